//! `lmsctl report`, as a script calls it.

use std::path::Path;
use std::process::{Command, Output};

use lms_core::Engine;
use lms_core::testkit::TestLms;

use crate::support::cli;
use crate::support::engines::on_both_engines;

on_both_engines! {
    a_report_is_written_to_a_file_or_to_standard_output,
    what_cannot_be_done_is_said_before_anything_is_read,
    a_report_is_verified,
}

async fn a_report_is_verified(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let page = lms.place().folder().join("pruefung.html");
    let written = report(&lms, &["audit", "--out", path(&page), "--lang", "de"]);
    assert_eq!(ended(&written), (0, String::new()), "{}", told(&written));
    let text = std::fs::read_to_string(&page).unwrap();
    assert!(text.contains("<html lang=\"de\">") && text.contains("Prüfnachweis"));

    let holds = report(&lms, &["verify", path(&page)]);
    assert_eq!(ended(&holds).0, 0, "{}", told(&holds));
    assert!(told(&holds).starts_with("the report holds: "), "{}", told(&holds));

    std::fs::write(&page, text.replacen("database.migrated", "database.restored", 1)).unwrap();
    let broken = report(&lms, &["verify", path(&page), "-o", "json"]);
    let (code, json) = ended(&broken);
    assert_eq!(code, 6, "{}", told(&broken));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["ok"], &json["n_differences"]), (&false.into(), &1.into()), "{json}");
    assert!(told(&broken).contains("is not what the data say: 1 difference"), "{}", told(&broken));
}

async fn a_report_is_written_to_a_file_or_to_standard_output(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let workbook = lms.place().folder().join("audit.xlsx");

    let to_file = report(&lms, &["audit", "--out", path(&workbook)]);
    assert_eq!(ended(&to_file), (0, String::new()));
    assert!(told(&to_file).starts_with("wrote "), "{}", told(&to_file));
    assert!(std::fs::read(&workbook).unwrap().starts_with(b"PK"));
    let again = report(&lms, &["audit", "--quiet", "--out", path(&workbook)]);
    assert_eq!((ended(&again), told(&again)), ((0, String::new()), String::new()));

    let to_stdout = report(&lms, &["audit", "--out", "-", "--format", "ndjson", "--to", "today"]);
    let (code, lines) = ended(&to_stdout);
    assert_eq!(code, 0, "{}", told(&to_stdout));
    for (seq, line) in (1..).zip(lines.lines()) {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(row["seq"], seq);
    }

    for format in ["xlsx", "html", "csv", "json", "ndjson"] {
        let reproducible = ["audit", "--out", "-", "--format", format, "--reproducible"];
        let (first, second) = (report(&lms, &reproducible), report(&lms, &reproducible));
        assert!(first.status.success() && first.stdout == second.stdout, "{format}");
    }

    let nothing = report(&lms, &["audit", "--out", path(&workbook), "--to", "2020-01-01"]);
    assert_eq!(ended(&nothing).0, 0);
    assert!(told(&nothing).contains("There are no operations up to and with 2020-01-01."));
}

async fn what_cannot_be_done_is_said_before_anything_is_read(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let missing = lms.place().folder().join("missing").join("audit.xlsx");
    let picture = lms.place().folder().join("audit.png");

    for (arguments, code, said) in [
        (vec!["audt", "--out", "a.xlsx"], 7, "did you mean `audit`?"),
        (vec!["overdue", "--out", "a.xlsx", "--training", "GDRP"], 7, "no training `GDRP`"),
        (vec!["people", "--out", "a.xlsx", "--department", "SALLES"], 7, "no department `SALLES`"),
        (vec!["audit"], 2, "--out <FILE>"),
        (
            vec!["audit", "--out", "-"],
            2,
            "add `--format xlsx`, `html`, `csv`, `json`, `ndjson` or `parquet`",
        ),
        (vec!["audit", "--out", "-", "--format", "cvs"], 2, "did you mean `csv`?"),
        (vec!["audit", "--out", "a.csv", "--format", "json"], 2, "is not named like a `.json`"),
        (vec!["audit", "--out", path(&picture)], 2, "ends with `.png`, which is no format"),
        (vec!["audit", "--out", path(&missing)], 1, "no such file or directory"),
        (
            vec![
                "audit",
                "--out",
                "-",
                "--format",
                "csv",
                "--from",
                "2026-02-01",
                "--to",
                "2026-01-01",
            ],
            2,
            "ends before it begins",
        ),
    ] {
        let refused = report(&lms, &arguments);
        assert_eq!(ended(&refused), (code, String::new()), "{arguments:?}: {}", told(&refused));
        assert!(told(&refused).contains(said), "{arguments:?}: {}", told(&refused));
    }
    assert!(!missing.exists() && !picture.exists());
}

#[test]
fn the_reports_are_listed_without_a_database() {
    let list = cli::lmsctl().args(["report", "list", "-o", "json"]).output().unwrap();
    let (code, json) = ended(&list);
    assert_eq!(code, 0, "{}", told(&list));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["items"][0]["name"], "activity");
}

fn report(lms: &TestLms, arguments: &[&str]) -> Output {
    let mut command: Command = cli::lmsctl();
    command.current_dir(lms.place().folder()).env("LMS_DATABASE_URL", lms.database_url());
    command.arg("report").args(arguments).output().unwrap()
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn ended(output: &Output) -> (i32, String) {
    (output.status.code().unwrap(), String::from_utf8(output.stdout.clone()).unwrap())
}

fn told(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}
