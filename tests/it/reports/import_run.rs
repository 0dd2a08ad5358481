//! What an import did: the workbook, opened again, against the file.

use calamine::Reader;
use lms_core::testkit::TestLms;
use lms_core::{Engine, ErrorKind};
use lms_reports::{Document, Params, Report};
use serde_json::json;

use super::figures::{figure, opened, rows, run};
use crate::contexts::imports::{company, csv, from_hr, import};
use crate::support::engines::on_both_engines;

on_both_engines! {
    fields_and_rows_are_those_of_the_file,
    fields_are_told_as_people_read_them,
    an_import_is_asked_for_by_its_id_and_as_it_was_known,
    whoever_may_not_see_all_people_gets_no_import,
}

async fn asked(lms: &TestLms, params: Params) -> Document {
    run(lms, &lms.admin(), Report::ImportRun, params).await
}

/// Three people, and then a file that moves one of them, renames one, and has a row that is wrong.
async fn imported(engine: Engine) -> (TestLms, String, String) {
    let lms = company(engine).await;
    let first = csv(&[
        "1,a@x.org,Ada,Lovelace,ENG,,2020-01-01,active",
        "2,b@x.org,Bo,Baker,ENG,,2020-01-01,active",
        "3,c@x.org,Cy,Cole,SALES,,2020-01-01,active",
    ]);
    let first = import(&lms, from_hr(), &first).await;
    let second = csv(&[
        "1,a@x.org,Ada,Lovelace,SALES,,2020-01-01,active",
        "2,b@x.org,Bo,Butcher,ENG,,2020-01-01,active",
        "3,c@x.org,Cy,Cole,SALES,,2020-01-01,active",
        "4,d@x.org,Di,Dale,NOWHERE,,2020-01-01,active",
    ]);
    let second = import(&lms, from_hr(), &second).await;
    (lms, first.run.to_string(), second.run.to_string())
}

async fn fields_and_rows_are_those_of_the_file(engine: Engine) {
    let (lms, _, _) = imported(engine).await;

    let document = asked(&lms, Params::new()).await;

    for (key, expected) in
        [("rows", 4), ("changed", 2), ("unchanged", 1), ("put_aside", 1), ("fields", 2)]
    {
        assert_eq!(figure(&document, key), json!(expected), "{key}");
    }
    let mut book = opened(&document);
    assert_eq!(
        rows(&mut book, "Fields", &["What", "Name", "New", "Field", "Before", "After"]),
        [
            "person | Ada Lovelace | no | department | ENG | SALES",
            "person | Bo Butcher | no | last_name | Baker | Butcher",
        ]
    );
    let told = rows(&mut book, "Rows", &["Row", "What became of it", "Field"]);
    assert_eq!(told, ["5 | rejected | department"]);
    let why = rows(&mut book, "Rows", &["Why", "Code"]);
    assert!(why.iter().all(|row| !row.starts_with(" |") && !row.ends_with("| ")), "{why:?}");
    assert_eq!(
        rows(&mut book, "Counts", &["Of", "What became of it", "Count"]),
        ["rows | move | 1", "rows | rejected | 1", "rows | unchanged | 1", "rows | update | 1"]
    );
    let summary = book.worksheet_range("Summary").unwrap();
    let words: Vec<String> = summary.rows().flatten().map(ToString::to_string).collect();
    for word in ["people.csv", "hr", "people", "delta"] {
        assert!(words.iter().any(|one| one == word), "{word} is not in {words:?}");
    }
}

async fn fields_are_told_as_people_read_them(engine: Engine) {
    let lms = company(engine).await;
    let first =
        csv(&["1,a@x.org,Ada,Lovelace,ENG,,2020-01-01,active", "2,b@x.org,Bo,Baker,ENG,,,"]);
    import(&lms, from_hr(), &first).await;
    let second = csv(&[
        "1,a@x.org,Ada,Lovelace,ENG,,2020-01-01,active",
        "2,b@x.org,Bo,Baker,ENG,1,2026-03-31,active",
        "3,c@x.org,Cy,Cole,ENG,1,2026-03-31,active",
    ]);
    import(&lms, from_hr(), &second).await;
    let document = asked(&lms, Params::new()).await;
    let told = rows(&mut opened(&document), "Fields", &["Name", "Field", "After"]);
    for expected in [
        "Bo Baker | manager | Ada Lovelace",
        "Cy Cole | manager | Ada Lovelace",
        "Cy Cole | key in hr | 3",
    ] {
        assert!(told.contains(&expected.to_owned()), "{expected}: {told:?}");
    }
    assert!(!told.iter().any(|row| row.contains("delivered.")), "{told:?}");
    let by_field = rows(&mut opened(&document), "By field", &["Field"]);
    assert!(!by_field.iter().any(|row| row.contains("delivered.")), "{by_field:?}");
}

async fn an_import_is_asked_for_by_its_id_and_as_it_was_known(engine: Engine) {
    let (lms, first, second) = imported(engine).await;
    let of_first = asked(&lms, Params::new().import(Some(&first))).await;
    assert_eq!(figure(&of_first, "rows"), 3);
    let told = rows(&mut opened(&of_first), "Fields", &["Name", "New", "Field", "After"]);
    assert!(told.contains(&"Cy Cole | yes | department | SALES".to_owned()), "{told:?}");

    let batch = lms.imports().operation(&lms.admin(), &second).await.unwrap().to_string();
    lms.clock().advance(std::time::Duration::from_secs(60));
    let before = lms_core::Clock::now(lms.clock().as_ref());
    lms.clock().advance(std::time::Duration::from_secs(60));
    let plan = lms.batches().plan_undo(&lms.admin(), &batch).await.unwrap();
    lms.batches().undo(&lms.admin(), plan).await.unwrap();
    let undone = asked(&lms, Params::new().import(Some(&second))).await;
    assert_eq!(undone.notes().collect::<Vec<_>>(), ["This import was taken back since."]);
    let then = asked(&lms, Params::new().known_at(Some(before))).await;
    assert_eq!(then.notes().count(), 0, "nobody had taken it back");
    assert_eq!(figure(&then, "rows"), 4, "it was the last one");
    let undo = asked(&lms, Params::new()).await;
    assert_eq!(figure(&undo, "changed"), 2, "to take back is an import as well");

    let admin = lms.admin();
    let unknown = Params::new().import(Some("0197"));
    let refused = lms_reports::run(Report::ImportRun, &lms, &admin, unknown, &mut |_, _| ()).await;
    assert_eq!(refused.unwrap_err().code(), "import.unknown");
}

async fn whoever_may_not_see_all_people_gets_no_import(engine: Engine) {
    let (lms, ..) = imported(engine).await;
    let manager = account_of(&lms).await;
    let params = Params::new();
    let refused = lms_reports::run(Report::ImportRun, &lms, &manager, params, &mut |_, _| ()).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Forbidden);
}

/// Ada, who may see those who report to her.
async fn account_of(lms: &TestLms) -> lms_core::Actor {
    let new = lms_core::NewAccount::new("ada-leads").role("manager");
    lms.people().add_account_for(&lms.admin(), "1", new).await.unwrap();
    let secret =
        crate::support::looks::token(lms, lms_core::NewToken::new("ada-leads", "test")).await;
    lms.access().authenticate(&secret).await.unwrap()
}
