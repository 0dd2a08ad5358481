//! What reports tell of a company that is counted on one's fingers: each workbook, opened again, against
//! what is known of the ten of them.

use std::io::Cursor;

use calamine::{Data, Range, Reader, Xlsx};
use lms_core::engine::Kind;
use lms_core::testkit::TestLms;
use lms_core::{
    Actor, Audience, AudienceField, ComplianceQuery, Day, Engine, ErrorKind, GroupBy, OverdueQuery,
};
use lms_reports::{Document, Format, Params, Report};
use serde_json::{Value, json};

use crate::contexts::analytics::company::{assign, done, noon};
use crate::contexts::analytics::{account, assigned};
use crate::support::engines::on_both_engines;

on_both_engines! {
    compliance_tells_of_each_obligation_how_it_counts,
    departments_are_those_of_the_figures,
    departments_are_compared_with_before,
    whoever_is_late_stands_with_their_manager,
    a_record_tells_what_was_done_and_how,
    what_runs_out_is_told_ahead,
    months_tell_how_it_developed,
    who_is_excused_and_who_is_there,
    a_report_holds_those_whom_its_reader_may_see,
    an_audience_and_a_training_narrow_it,
    a_day_that_is_past_is_told_as_it_was_known,
    the_same_data_give_the_same_bytes,
}

pub(super) fn on(text: &str) -> Day {
    Day::parse(text).unwrap()
}

pub(super) async fn run(lms: &TestLms, actor: &Actor, report: Report, params: Params) -> Document {
    lms_reports::run(report, lms, actor, params, &mut |_, _| ()).await.unwrap()
}

async fn asked(lms: &TestLms, report: Report) -> Document {
    run(lms, &lms.admin(), report, Params::new()).await
}

pub(super) fn opened(document: &Document) -> Xlsx<Cursor<Vec<u8>>> {
    let mut bytes = Vec::new();
    document.write(Format::Xlsx, &mut bytes).unwrap();
    Xlsx::new(Cursor::new(bytes)).unwrap()
}

fn json_of(document: &Document) -> Value {
    let mut bytes = Vec::new();
    document.write(Format::Json, &mut bytes).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// A figure of the first sheet, with what it is of where it is a share.
pub(super) fn figure(document: &Document, key: &str) -> Value {
    let json = json_of(document);
    let figures = json["figures"].as_array().unwrap();
    let found = figures.iter().find(|figure| figure["key"] == key);
    let found = found.unwrap_or_else(|| panic!("{key} is not among {figures:?}"));
    match found.get("numerator") {
        Some(numerator) => json!([numerator, found["denominator"]]),
        None => found["value"].clone(),
    }
}

fn shown(cell: &Data) -> String {
    match cell {
        Data::DateTime(at) => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            format!("{year}-{month:02}-{day:02}")
        }
        Data::Float(number) if number.fract() != 0.0 => format!("{number:.3}"),
        other => other.to_string(),
    }
}

/// The columns with these headings of all rows of a sheet: `Ada Example | met | 2027-03-01`.
pub(super) fn rows(
    book: &mut Xlsx<Cursor<Vec<u8>>>,
    sheet: &str,
    headings: &[&str],
) -> Vec<String> {
    let sheet: Range<Data> = book.worksheet_range(sheet).unwrap();
    let first: Vec<String> = sheet.rows().next().unwrap().iter().map(Data::to_string).collect();
    let place = |heading: &&str| {
        let found = first.iter().position(|one| one == heading);
        found.unwrap_or_else(|| panic!("{heading} is not among {first:?}"))
    };
    let places: Vec<usize> = headings.iter().map(place).collect();
    let row =
        |row: &[Data]| places.iter().map(|at| shown(&row[*at])).collect::<Vec<_>>().join(" | ");
    sheet.rows().skip(1).map(row).collect()
}

async fn compliance_tells_of_each_obligation_how_it_counts(engine: Engine) {
    let lms = assigned(engine).await;

    let document = asked(&lms, Report::Compliance).await;

    let mut book = opened(&document);
    let headings = ["Person", "Department", "Counts as", "Due", "Completed", "Valid until"];
    assert_eq!(
        rows(&mut book, "Obligations", &headings),
        [
            "Ada Example | ENG | met | 2027-03-01 | 2027-02-20 | ",
            "Bo Example | ENG | overdue | 2027-03-01 |  | ",
            "Cy Example | WEB | in grace | 2027-03-28 |  | ",
            "Di Example | WEB | open | 2027-04-15 |  | ",
            "Ed Example | SALES | exempt | 2027-03-01 |  | ",
            "Flo Example | SALES | on leave | 2027-03-15 |  | ",
            "Gus Example | SALES | cancelled | 2027-03-01 |  | ",
            "Hal Example | SALES | expired | 2027-03-01 | 2027-02-20 | 2027-03-20",
        ]
    );
    let json = json_of(&document);
    let matrix = json["tables"]["matrix"].as_array().unwrap();
    assert_eq!(matrix.len(), 10, "everybody has a row, also who has nothing to do");
    let cells: Vec<&Value> = matrix.iter().map(|row| &row["training_GDPR"]).collect();
    assert_eq!(cells[0], &json!({ "status": "met", "on": "2027-02-20" }));
    assert_eq!(cells[1], &json!({ "status": "overdue", "on": "2027-03-01" }));
    assert_eq!(cells[4], &json!({ "status": "exempt", "on": null }));
    assert_eq!(cells[7], &json!({ "status": "expired", "on": "2027-03-20" }));
    assert_eq!((cells[8], cells[9]), (&Value::Null, &Value::Null), "Ina need not, Jo has nothing");
    assert_eq!(figure(&document, "met_percent"), json!([1, 3]));
    assert_eq!(figure(&document, "compliant_people_percent"), json!([3, 5]));
    assert_eq!(figure(&document, "missed"), 2);
    let headings = ["Training", "People", "Met", "Missed", "Open", "Left out"];
    assert_eq!(rows(&mut book, "By training", &headings), ["GDPR | 5 | 1 | 2 | 1 | 3"]);
    let provenance = book.worksheet_range("Provenance").unwrap();
    let words: Vec<String> = provenance.rows().map(|row| row[1].to_string()).collect();
    assert!(words.contains(&"yes: 8 listed, 8 counted".to_owned()), "{words:?}");
    assert!(words.contains(&"1 assignments that are recommended or optional".to_owned()));
}

async fn departments_are_those_of_the_figures(engine: Engine) {
    let lms = assigned(engine).await;
    let headings = ["Department", "Level", "People", "In scope", "Met", "Missed", "Left out"];
    let expected = [
        "ENG | 0 | 4 | 4 | 1 | 1 | 0",
        "WEB | 1 | 2 | 2 | 0 | 0 | 0",
        "SALES | 0 | 5 | 1 | 0 | 1 | 3",
        "without a department | 0 | 1 | 0 | 0 | 0 | 0",
    ];
    let mut compliance = opened(&asked(&lms, Report::Compliance).await);
    assert_eq!(rows(&mut compliance, "By department", &headings), expected);
    let mut departments = opened(&asked(&lms, Report::Departments).await);
    assert_eq!(rows(&mut departments, "Departments", &headings), expected);
    let query = ComplianceQuery::new().by(GroupBy::Department);
    let report = lms.analytics().compliance(&lms.admin(), query).await.unwrap();
    let counted = report.rows.iter().map(|row| {
        let (figures, name) = (&row.figures, &row.name);
        let left_out = figures.exempt + figures.on_leave + figures.cancelled;
        format!(
            "{name} | {} | {} | {} | {} | {} | {left_out}",
            row.depth, figures.people, figures.measured_people, figures.met, figures.missed
        )
    });
    assert_eq!(counted.collect::<Vec<_>>(), expected);
}

async fn departments_are_compared_with_before(engine: Engine) {
    let lms = assigned(engine).await;

    let march = Params::new().from(Some(on("2027-03-10"))).as_of(Some(on("2027-03-31")));
    let document = run(&lms, &lms.admin(), Report::Departments, march).await;

    // On the 9th, Ada and Hal were met and Bo overdue: 66.6 %, in ENG one of two and in SALES all.
    assert_eq!(figure(&document, "met_percent_before"), json!([2, 3]));
    let mut book = opened(&document);
    let headings = ["Department", "Met %", "Change", "Rank"];
    let told = rows(&mut book, "Departments", &headings);
    assert_eq!(told[0], "ENG | 0.500 | 0 | 1");
    assert_eq!(told[1], "WEB |  |  | ", "there is nothing to measure");
    assert_eq!(told[2], "SALES | 0 | -100 | 2");
    // What Hal has done is valid until the 20th.
    let early = Params::new().as_of(Some(on("2027-02-25")));
    let document = run(&lms, &lms.admin(), Report::Departments, early).await;
    let headings = ["Department", "Ends in 30 days", "Ends in 90 days"];
    let told = rows(&mut opened(&document), "Departments", &headings);
    assert_eq!(
        told,
        ["ENG | 0 | 0", "WEB | 0 | 0", "SALES | 1 | 1", "without a department | 0 | 0"]
    );
}

async fn whoever_is_late_stands_with_their_manager(engine: Engine) {
    let lms = assigned(engine).await;

    let document = asked(&lms, Report::Overdue).await;

    let mut book = opened(&document);
    let headings = ["Manager", "Person", "Kind", "Due", "Overdue since", "Days overdue", "Age"];
    assert_eq!(
        rows(&mut book, "Overdue", &headings),
        [
            "Ada Example | Bo Example | mandatory | 2027-03-01 | 2027-03-07 | 25 | 8–30 days",
            "– | Ina Example | recommended | 2027-03-01 | 2027-03-02 | 30 | 8–30 days",
        ]
    );
    let headings = ["Manager", "Overdue", "Mandatory", "People", "8–30 days", "Over 90 days"];
    assert_eq!(
        rows(&mut book, "By manager", &headings),
        ["Ada Example | 1 | 1 | 1 | 1 | 0", "– | 1 | 0 | 1 | 1 | 0"]
    );
    let listed = lms.analytics().overdue(&lms.admin(), OverdueQuery::new()).await.unwrap();
    assert_eq!(figure(&document, "overdue"), listed.total.assignments);
    assert_eq!(figure(&document, "people"), listed.total.people);
    assert_eq!(figure(&document, "since"), json!("2027-03-02"));
    assert_eq!(figure(&document, "overdue_8_30"), 2);
    assert_eq!(figure(&document, "overdue_0_7"), 0);
}

async fn a_record_tells_what_was_done_and_how(engine: Engine) {
    let lms = assigned(engine).await;
    done(&lms, "bo", "GDPR", "2027-03-15", None).await;
    done(&lms, "jo", "SAFETY", "2027-03-20", None).await;

    let document = asked(&lms, Report::Transcript).await;

    let headings =
        ["Person", "Training", "Version", "Assigned", "Due", "Completed", "On time", "Valid until"];
    assert_eq!(
        rows(&mut opened(&document), "Completions", &headings),
        [
            "Ada Example | GDPR | 1.0 | 2027-02-01 | 2027-03-01 | 2027-02-20 | yes | ",
            "Bo Example | GDPR | 1.0 | 2027-02-01 | 2027-03-01 | 2027-03-15 | no | ",
            "Hal Example | GDPR | 1.0 | 2027-02-01 | 2027-03-01 | 2027-02-20 | yes | 2027-03-20",
            "Jo Example | SAFETY | 1.0 |  |  | 2027-03-20 |  | ",
        ]
    );
    assert_eq!(figure(&document, "completions"), 4);
    assert_eq!(figure(&document, "on_time"), json!([2, 3]));
    let one = Audience::everybody().with(AudienceField::Person, "hal@example.com");
    let march = Params::new().from(Some(on("2027-03-01"))).audience(Some(one.to_flags()));
    let none = run(&lms, &lms.admin(), Report::Transcript, march).await;
    assert_eq!(none.row_count(), 0);
    assert_eq!(none.notes().collect::<Vec<_>>(), ["Nothing was completed."]);
}

async fn what_runs_out_is_told_ahead(engine: Engine) {
    let lms = assigned(engine).await;
    let headings = ["Person", "Training", "Kind", "Valid until", "Days left"];

    let early = Params::new().as_of(Some(on("2027-03-01")));
    let document = run(&lms, &lms.admin(), Report::Expiring, early).await;

    let mut book = opened(&document);
    let hal = "Hal Example | GDPR | mandatory | 2027-03-20 | 19";
    assert_eq!(rows(&mut book, "Expiring", &headings), [hal]);
    assert_eq!(figure(&document, "expiring_30"), 1);
    let by_month = rows(&mut book, "By month", &["Month", "Mandatory", "Other"]);
    assert_eq!(by_month.len(), 13, "the month of the day, and twelve more");
    assert_eq!(by_month[0], "2027-03-01 | 1 | 0");

    // Once it has run out, it runs out no more.
    noon(&lms, "2027-04-01");
    assert_eq!(asked(&lms, Report::Expiring).await.row_count(), 0);
    assign(&lms, "jo", "SAFETY", Kind::Optional, "2027-04-30", 0).await;
    done(&lms, "jo", "SAFETY", "2027-04-01", Some("2027-05-15")).await;
    let document = asked(&lms, Report::Expiring).await;
    let mut book = opened(&document);
    let jo = "Jo Example | SAFETY | optional | 2027-05-15 | 44";
    assert_eq!(rows(&mut book, "Expiring", &headings), [jo]);
    for (key, n) in [("expiring_30", 0), ("expiring_60", 1), ("expiring_90", 1), ("expiring", 1)] {
        assert_eq!(figure(&document, key), n, "{key}");
    }
    let by_month = rows(&mut book, "By month", &["Month", "Mandatory", "Other"]);
    assert_eq!(by_month[1], "2027-05-01 | 0 | 1");
}

async fn months_tell_how_it_developed(engine: Engine) {
    let lms = assigned(engine).await;

    let document = run(
        &lms,
        &lms.admin(),
        Report::Trend,
        Params::new().from(Some(on("2027-01-01"))).as_of(Some(on("2027-03-31"))),
    )
    .await;

    let headings =
        ["Month", "Up to", "Assigned", "Completed", "On time", "Late", "Met", "Missed", "Open"];
    assert_eq!(
        rows(&mut opened(&document), "By month", &headings),
        [
            "2027-01-01 | 2027-01-31 | 0 | 0 | 0 | 0 | 0 | 0 | 0",
            "2027-02-01 | 2027-02-28 | 8 | 2 | 2 | 0 | 2 | 0 | 4",
            "2027-03-01 | 2027-03-31 | 0 | 0 | 0 | 0 | 1 | 2 | 1",
        ]
    );
    assert_eq!(figure(&document, "met_percent"), json!([1, 3]), "that of the last day");
    assert_eq!(figure(&document, "on_time"), json!([2, 2]));
}

async fn who_is_excused_and_who_is_there(engine: Engine) {
    let lms = assigned(engine).await;

    let exemptions = asked(&lms, Report::Exemptions).await;

    let headings = ["Person", "Training", "From", "Until", "Status", "Reason"];
    let mut book = opened(&exemptions);
    let expected = ["Ed Example | GDPR | 2027-02-01 |  | active | elsewhere"];
    assert_eq!(rows(&mut book, "Exemptions", &headings), expected);
    let none = Params::new().as_of(Some(on("2027-01-31")));
    assert_eq!(run(&lms, &lms.admin(), Report::Exemptions, none).await.row_count(), 0);

    let people = asked(&lms, Report::People).await;
    let headings = ["Person", "E-mail", "Status", "Hired", "Department", "Manager"];
    let told = rows(&mut opened(&people), "People", &headings);
    assert_eq!(told.len(), 10);
    assert_eq!(told[1], "Bo Example | bo@example.com | active | 2024-01-01 | ENG | Ada Example");
    assert_eq!(told[5], "Flo Example | flo@example.com | on leave | 2024-01-01 | SALES | ");
    assert_eq!(figure(&people, "on_leave"), 1);
}

async fn a_report_holds_those_whom_its_reader_may_see(engine: Engine) {
    let lms = assigned(engine).await;
    let ada = account(&lms, "ada", "manager").await;

    for (report, sheet, expected) in [
        (
            Report::Compliance,
            "Obligations",
            &["Ada Example", "Bo Example", "Cy Example", "Di Example"][..],
        ),
        (Report::Overdue, "Overdue", &["Bo Example"]),
        (Report::Transcript, "Completions", &["Ada Example"]),
        (Report::People, "People", &["Ada Example", "Bo Example", "Cy Example", "Di Example"]),
    ] {
        let document = run(&lms, &ada, report, Params::new()).await;
        let seen = rows(&mut opened(&document), sheet, &["Person"]);
        assert_eq!(seen, expected, "{}", report.name());
    }
    let departments = run(&lms, &ada, Report::Departments, Params::new()).await;
    assert_eq!(figure(&departments, "people"), 4);
    let exempt = run(&lms, &ada, Report::Exemptions, Params::new()).await;
    assert_eq!(exempt.row_count(), 0);
    let hidden = Params::new().audience(Some("--person ed@example.com".to_owned()));
    let refused = lms_reports::run(Report::Transcript, &lms, &ada, hidden, &mut |_, _| ()).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::NotFound);
}

async fn an_audience_and_a_training_narrow_it(engine: Engine) {
    let lms = assigned(engine).await;
    let web = Params::new().audience(Some("--department WEB".to_owned()));
    let document = run(&lms, &lms.admin(), Report::Compliance, web).await;
    let seen = rows(&mut opened(&document), "Obligations", &["Person"]);
    assert_eq!(seen, ["Cy Example", "Di Example"]);
    let safety = Params::new().training("SAFETY");
    let document = run(&lms, &lms.admin(), Report::Compliance, safety).await;
    assert_eq!(document.row_count(), 0);
    let nothing = ["Nobody in this report has a mandatory training."];
    assert_eq!(document.notes().collect::<Vec<_>>(), nothing);
    let unknown = Params::new().training("GDRP");
    let admin = lms.admin();
    let refused = lms_reports::run(Report::Compliance, &lms, &admin, unknown, &mut |_, _| ()).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::NotFound);
}

async fn a_day_that_is_past_is_told_as_it_was_known(engine: Engine) {
    let lms = assigned(engine).await;
    let known = lms_core::Timestamp::parse("2027-03-31T13:00:00Z").unwrap();
    noon(&lms, "2027-04-02");
    done(&lms, "bo", "GDPR", "2027-02-25", None).await;
    let march = Params::new().as_of(Some(on("2027-03-31")));
    let now = run(&lms, &lms.admin(), Report::Compliance, march.clone()).await;
    let then = run(&lms, &lms.admin(), Report::Compliance, march.known_at(Some(known))).await;
    assert_eq!(figure(&now, "met_percent"), json!([2, 3]), "Bo's completion came to light late");
    assert_eq!(figure(&then, "met_percent"), json!([1, 3]));
}

async fn the_same_data_give_the_same_bytes(engine: Engine) {
    let lms = assigned(engine).await;
    for report in Report::ALL {
        let params = || Params::new().reproducible(true);
        let first = run(&lms, &lms.admin(), *report, params()).await;
        lms.clock().advance(std::time::Duration::from_secs(5 * 86_400));
        let again = run(&lms, &lms.admin(), *report, params()).await;
        let bytes = |document: &Document| {
            let mut bytes = Vec::new();
            document.write(Format::Xlsx, &mut bytes).unwrap();
            bytes
        };
        assert!(bytes(&first) == bytes(&again), "{}", report.name());
    }
}
