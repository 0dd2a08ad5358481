//! The evidence for an auditor.

use std::io::Cursor;
use std::time::Duration;

use calamine::{Data, DataType, Range, Reader, Xlsx};
use lms_core::testkit::TestLms;
use lms_core::{
    Actor, AuditFilter, Day, Engine, ErrorKind, NewAccount, NewToken, SettingsChange, Timestamp,
};
use lms_reports::{Document, Format, Params, Report};

use crate::support::engines::on_both_engines;
use crate::support::looks;
use crate::support::raw::Raw;

on_both_engines! {
    the_operations_are_those_of_the_audit_list,
    every_sheet_is_there_and_the_first_says_what_matters,
    text_stays_text_in_every_format,
    a_period_is_told_in_the_days_of_the_organisation,
    a_period_without_operations_says_so,
    the_same_data_give_the_same_bytes,
    who_has_access_is_told_as_of_the_report,
    an_altered_entry_is_in_the_report,
    a_database_without_an_organisation_is_refused,
    whoever_may_not_read_the_log_gets_no_report,
    what_was_there_stays_when_the_report_cannot_be_written,
}

/// What somebody may try to put into a name or a reason.
const NAUGHTY: &[&str] = &[
    r#"=HYPERLINK("http://example.com","click")"#,
    "+1",
    "-2+3",
    "@SUM(1)",
    "\ttab first",
    "'=1",
    "naïve 👩‍🚒 emoji",
    "שלום עולם من اليمين",
    "<b>&amp;</b>",
    "_x0041_",
    "00123",
    "a, \"b\"\nand c",
];

async fn the_operations_are_those_of_the_audit_list(engine: Engine) {
    let lms = organisation_with_a_past(engine).await;

    let mut book = opened(&asked(&lms, Params::new()).await);

    let sheet = book.worksheet_range("Operations").unwrap();
    let mut entries = looks::entries(&lms, AuditFilter::new()).await;
    entries.reverse();
    assert_eq!(sheet.height(), entries.len() + 1);
    for (row, entry) in sheet.rows().skip(1).zip(&entries) {
        assert_eq!(row[at(&sheet, "Entry")].as_i64(), Some(entry.seq));
        assert_eq!(text(&row[at(&sheet, "What was done")]), entry.kind);
        assert_eq!(text(&row[at(&sheet, "By whom")]), entry.actor);
        assert_eq!(text(&row[at(&sheet, "Why")]), entry.reason.clone().unwrap_or_default());
        assert_eq!(text(&row[at(&sheet, "Operation")]), entry.operation_id.to_string());
        assert_eq!(text(&row[at(&sheet, "Hash of the entry")]), entry.hash);
        let shown = row[at(&sheet, "Recorded at (Europe/Berlin)")].get_datetime().unwrap();
        let (year, month, day, hour, minute, second, _) = shown.to_ymd_hms_milli();
        let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
        let local = entry.recorded_at.inner().to_zoned(zone);
        assert_eq!(
            format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"),
            local.strftime("%F %T").to_string()
        );
    }
    let by_account = sheet.rows().find(|row| text(&row[at(&sheet, "User name")]) == "ada");
    assert!(by_account.is_some(), "an account is told by its user name too");
}

async fn every_sheet_is_there_and_the_first_says_what_matters(engine: Engine) {
    let lms = organisation_with_a_past(engine).await;
    let head = looks::head(&lms).await;

    let mut book = opened(&asked(&lms, Params::new()).await);

    assert_eq!(
        book.sheet_names(),
        [
            "Summary",
            "Operations",
            "Chain",
            "Rule versions",
            "Exemptions",
            "Operations by day",
            "By kind",
            "By actor",
            "Accounts",
            "Tokens",
            "Roles",
            "Settings",
            "Provenance"
        ]
    );
    let summary = words(&book.worksheet_range("Summary").unwrap());
    for expected in ["Audit evidence", "Acme", "os:admin", "holds", &head.hash] {
        assert!(summary.contains(expected), "{expected} is not in\n{summary}");
    }
    let provenance = words(&book.worksheet_range("Provenance").unwrap());
    let reconciled =
        format!("yes: {0} listed ({0} by day, {0} by kind, {0} by actor), {0} in the", head.seq);
    for expected in [&reconciled, "the chain ended at entry", &head.hash, "since the beginning"] {
        assert!(provenance.contains(expected), "{expected} is not in\n{provenance}");
    }
    let days = book.worksheet_range("Operations by day").unwrap();
    let counted: i64 = days.rows().skip(1).map(|row| row[1].as_i64().unwrap()).sum();
    assert_eq!(counted, head.seq);
    assert_eq!(days.rows().nth(2).unwrap()[1].as_i64(), Some(0), "a quiet day is a row too");
    book.load_tables().unwrap();
    assert_eq!(book.table_names_in_sheet("Operations"), ["operations"]);
}

async fn text_stays_text_in_every_format(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let long = "x".repeat(400);
    let reasons: Vec<&str> = NAUGHTY.iter().copied().chain([long.as_str()]).collect();
    for (days, reason) in (1..).zip(&reasons) {
        let change = SettingsChange::new().set("grace_days", &format!("{days}")).unwrap();
        lms.settings().set(&lms.admin().with_reason(*reason), change).await.unwrap();
    }
    let name = SettingsChange::new().set("name", NAUGHTY[0]).unwrap();
    lms.settings().set(&lms.admin(), name).await.unwrap();

    let document = asked(&lms, Params::new()).await;

    let mut book = opened(&document);
    let sheet = book.worksheet_range("Operations").unwrap();
    let column = at(&sheet, "Why");
    let whys: Vec<&Data> = sheet.rows().skip(1).map(|row| &row[column]).collect();
    for reason in &reasons {
        assert!(whys.contains(&&Data::String((*reason).to_owned())), "{reason:?}: {whys:?}");
    }
    for name in book.sheet_names() {
        let formulas = book.worksheet_formula(&name).unwrap();
        assert_eq!(formulas.used_cells().count(), 0, "{name} has formulas");
    }
    assert_eq!(text(book.worksheet_range("Summary").unwrap().get((1, 0)).unwrap()), NAUGHTY[0]);

    let csv = written(&document, Format::Csv);
    for line in csv.lines().skip(1) {
        for field in line.split(',') {
            let first = field.trim_start_matches('"').chars().next();
            assert!(!matches!(first, Some('=' | '+' | '-' | '@' | '\t')), "{line}");
        }
    }
    assert!(csv.contains(r#","'=HYPERLINK(""http://example.com"",""click"")","#), "{csv}");
    assert!(csv.contains(",''=1,") && csv.contains(",'+1,") && csv.contains("\"'\ttab first\""));

    let json: serde_json::Value = serde_json::from_str(&written(&document, Format::Json)).unwrap();
    assert_eq!(json["organisation"], NAUGHTY[0]);
    let rows = json["tables"]["operations"].as_array().unwrap();
    let lines: Vec<serde_json::Value> = written(&document, Format::Ndjson)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(rows, &lines);
    for reason in &reasons {
        assert!(rows.iter().any(|row| row["reason"] == **reason), "{reason:?}");
    }
}

async fn a_period_is_told_in_the_days_of_the_organisation(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    set(&lms, "timezone", "Pacific/Auckland").await;
    // Thirteen hours ahead: the first of May there, the last of April in London.
    lms.clock().set(Timestamp::parse("2026-04-30T13:30:00Z").unwrap());
    set(&lms, "grace_days", "1").await;
    lms.clock().set(Timestamp::parse("2026-05-01T12:30:00Z").unwrap());
    set(&lms, "grace_days", "2").await;

    let may_day = Some(Day::parse("2026-05-01").unwrap());
    let document = asked(&lms, Params::new().from(may_day).to(may_day)).await;

    assert_eq!(document.row_count(), 1);
    let csv = written(&document, Format::Csv);
    assert!(
        csv.lines().nth(1).unwrap().contains(",2026-05-01T01:30:00+12:00,settings.changed,"),
        "{csv}"
    );
}

async fn a_period_without_operations_says_so(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let day = Some(Day::parse("2020-01-01").unwrap());

    let document = asked(&lms, Params::new().to(day)).await;

    let nothing = "There are no operations up to and with 2020-01-01.";
    assert_eq!(document.notes().collect::<Vec<_>>(), [nothing]);
    assert_eq!(document.row_count(), 0);
    let mut book = opened(&document);
    assert!(words(&book.worksheet_range("Summary").unwrap()).contains(nothing));
    assert!(words(&book.worksheet_range("Operations").unwrap()).contains(nothing));
    assert_eq!(written(&document, Format::Csv).lines().count(), 1, "only the header");
    assert_eq!(written(&document, Format::Ndjson), "");

    let backwards = Params::new().from(day).to(Some(Day::parse("2019-12-31").unwrap()));
    let refused = run(&lms, &lms.admin(), backwards).await.unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (ErrorKind::Invalid, "reports.period"));
}

async fn the_same_data_give_the_same_bytes(engine: Engine) {
    let lms = organisation_with_a_past(engine).await;
    let reproducible = || Params::new().reproducible(true);
    let bytes = |document: &Document, format| {
        let mut bytes = Vec::new();
        document.write(format, &mut bytes).unwrap();
        bytes
    };
    let first = asked(&lms, reproducible()).await;
    let usual = asked(&lms, Params::new()).await;
    lms.clock().advance(Duration::from_secs(86_400));

    let second = asked(&lms, reproducible()).await;

    for format in Format::ALL {
        assert!(bytes(&first, *format) == bytes(&second, *format), "{format:?} differs");
    }
    let later = asked(&lms, Params::new()).await;
    assert!(bytes(&usual, Format::Xlsx) != bytes(&later, Format::Xlsx), "it is as of now");
}

async fn who_has_access_is_told_as_of_the_report(engine: Engine) {
    let lms = organisation_with_a_past(engine).await;
    let until = Day::parse("2026-04-30").unwrap();
    looks::token(&lms, NewToken::new("carla", "april").permission("audit.read").expires_on(until))
        .await;
    lms.clock().set(Timestamp::parse("2026-05-02T00:00:00Z").unwrap());

    let document = asked(&lms, Params::new()).await;

    let json: serde_json::Value = serde_json::from_str(&written(&document, Format::Json)).unwrap();
    let accounts = json["tables"]["accounts"].as_array().unwrap();
    let carla = accounts.iter().find(|account| account["username"] == "carla").unwrap();
    assert_eq!(carla["roles"], serde_json::json!(["auditor"]));
    assert_eq!(carla["permissions"], serde_json::json!(["*.read", "audit.verify"]));
    assert_eq!(carla["tokens_valid"], 1);
    let tokens = json["tables"]["tokens"].as_array().unwrap();
    let april = tokens.iter().find(|token| token["name"] == "april").unwrap();
    assert_eq!(april["status"], "expired");
    assert_eq!(april["permissions"], serde_json::json!(["audit.read"]));
    let settings = json["tables"]["settings"].as_array().unwrap();
    let zone = settings.iter().find(|setting| setting["setting"] == "timezone").unwrap();
    assert_eq!(zone["value"], "Europe/Berlin");
}

async fn an_altered_entry_is_in_the_report(engine: Engine) {
    let lms = organisation_with_a_past(engine).await;
    let mut raw = Raw::open(lms.place()).await;
    raw.run("UPDATE operations SET actor = 'os:eve' WHERE kind = 'account.created'").await;

    let document = asked(&lms, Params::new()).await;

    assert!(document.notes().next().unwrap().starts_with("The audit chain does not hold: "));
    let mut book = opened(&document);
    assert!(words(&book.worksheet_range("Summary").unwrap()).contains("broken"));
    let chain = book.worksheet_range("Chain").unwrap();
    let findings = looks::findings(&lms, None).await;
    assert_eq!(chain.height(), findings.len() + 1);
    for (row, finding) in chain.rows().skip(1).zip(&findings) {
        assert_eq!(text(&row[0]), "broken");
        assert_eq!(row[1].as_i64(), finding.seq);
        assert_eq!(text(&row[2]), finding.what);
    }
}

async fn a_database_without_an_organisation_is_refused(engine: Engine) {
    let lms = TestLms::fresh(engine).await;

    let refused = run(&lms, &lms.admin(), Params::new()).await.unwrap_err();

    assert_eq!(refused.kind(), ErrorKind::Precondition);
    assert_eq!(refused.hints(), ["run `lmsctl init`"]);
}

async fn whoever_may_not_read_the_log_gets_no_report(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let hr = looks::signed_in(&lms, "bert", "hr").await;
    let auditor = looks::signed_in(&lms, "carla", "auditor").await;

    assert_eq!(run(&lms, &hr, Params::new()).await.unwrap_err().kind(), ErrorKind::Forbidden);
    let document = run(&lms, &auditor, Params::new()).await.unwrap();
    assert_eq!(document.notes().count(), 0);
}

async fn what_was_there_stays_when_the_report_cannot_be_written(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let document = asked(&lms, Params::new()).await;
    let folder = lms.place().folder();
    let target = folder.join("audit.csv");
    std::fs::write(&target, "old").unwrap();

    let missing = document.save(&folder.join("missing").join("audit.xlsx")).unwrap_err();
    assert_eq!((missing.kind(), missing.code()), (ErrorKind::Unavailable, "reports.unwritable"));
    assert!(missing.message().contains("missing"), "{}", missing.message());
    let unknown = document.save(&folder.join("audit.xls")).unwrap_err();
    assert_eq!((unknown.kind(), unknown.code()), (ErrorKind::Invalid, "reports.format"));
    let full = document.write(Format::Csv, &mut NoRoom).unwrap_err();
    assert_eq!(full.code(), "reports.unwritable");
    assert_eq!(document.write(Format::Xlsx, &mut NoRoom).unwrap_err().code(), "reports.unwritable");
    assert_eq!(std::fs::read_to_string(&target).unwrap(), "old");

    document.save(&target).unwrap();
    assert_eq!(std::fs::read_to_string(&target).unwrap(), written(&document, Format::Csv));
    let left: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with(".lms-report"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

/// A disk that is full from the beginning.
struct NoRoom;

impl std::io::Write for NoRoom {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Some weeks of an organisation in Berlin, with a day on which nothing happened.
async fn organisation_with_a_past(engine: Engine) -> TestLms {
    let lms = TestLms::organisation(engine).await;
    set(&lms, "timezone", "Europe/Berlin").await;
    lms.clock().advance(Duration::from_secs(2 * 86_400));
    looks::signed_in(&lms, "carla", "auditor").await;
    let account = NewAccount::new("bert").display_name("Bert").role("hr");
    lms.access().add_account(&lms.admin().with_reason("joined HR"), account).await.unwrap();
    lms.clock().advance(Duration::from_millis(3_600_250));
    let super_admin = lms.access().act_as(&lms.admin(), "ada").await.unwrap();
    let change = SettingsChange::new().set("grace_days", "7").unwrap();
    lms.settings().set(&super_admin, change).await.unwrap();
    lms
}

async fn set(lms: &TestLms, key: &str, value: &str) {
    let change = SettingsChange::new().set(key, value).unwrap();
    lms.settings().set(&lms.admin(), change).await.unwrap();
}

async fn run(lms: &TestLms, actor: &Actor, params: Params) -> lms_core::Result<Document> {
    lms_reports::run(Report::Audit, lms, actor, params, &mut |_, _| ()).await
}

async fn asked(lms: &TestLms, params: Params) -> Document {
    run(lms, &lms.admin(), params).await.unwrap()
}

fn written(document: &Document, format: Format) -> String {
    let mut bytes = Vec::new();
    document.write(format, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn opened(document: &Document) -> Xlsx<Cursor<Vec<u8>>> {
    let mut bytes = Vec::new();
    document.write(Format::Xlsx, &mut bytes).unwrap();
    Xlsx::new(Cursor::new(bytes)).unwrap()
}

/// The place of a column by its heading.
fn at(sheet: &Range<Data>, heading: &str) -> usize {
    let headings = sheet.rows().next().unwrap();
    headings
        .iter()
        .position(|cell| text(cell) == heading)
        .unwrap_or_else(|| panic!("{heading} is not among {headings:?}"))
}

/// A text cell, or nothing; never something else that looks like it.
fn text(cell: &Data) -> String {
    match cell {
        Data::String(text) => text.clone(),
        Data::Empty => String::new(),
        other => panic!("{other:?} is no text"),
    }
}

fn words(sheet: &Range<Data>) -> String {
    let rows =
        sheet.rows().map(|row| row.iter().map(Data::to_string).collect::<Vec<_>>().join(" | "));
    rows.collect::<Vec<_>>().join("\n")
}
