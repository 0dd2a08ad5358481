//! What happened to people's learning: the workbook, opened again, against what the ten of them did.

use calamine::Reader;
use lms_core::engine::Kind;
use lms_core::testkit::TestLms;
use lms_core::{Actor, Engine, ErrorKind};
use lms_reports::{Params, Report};
use serde_json::json;

use super::figures::{figure, on, opened, rows, run};
use crate::contexts::analytics::company::{assign, done, noon, person};
use crate::contexts::analytics::{account, assigned};
use crate::support::engines::on_both_engines;

on_both_engines! {
    what_happened_is_told_with_who_did_it,
    a_period_an_audience_and_a_reader_narrow_it,
}

async fn what_happened_is_told_with_who_did_it(engine: Engine) {
    let lms = assigned(engine).await;
    noon(&lms, "2027-04-01");
    assign(&lms, "jo", "SAFETY", Kind::Optional, "2027-04-30", 0).await;
    noon(&lms, "2027-04-02");
    let hr = account(&lms, "ina", "hr").await;
    done_by(&lms, &hr, "jo", "SAFETY", "2027-04-02").await;
    noon(&lms, "2027-04-03");
    let new = lms_core::NewExemptions::from_training("GDPR", person("cy"), "knows it");
    let plan = lms.assignments().plan_exempt(&hr, new).await.unwrap();
    lms.assignments().exempt(&hr, plan).await.unwrap();
    noon(&lms, "2027-04-05");
    let back = lms_core::Unassigning::of(["GDPR"], person("di"));
    let back = lms.assignments().plan_unassign(&lms.admin(), back).await.unwrap();
    lms.assignments().unassign(&lms.admin(), back).await.unwrap();

    let april = Params::new().from(Some(on("2027-04-01")));
    let document = run(&lms, &lms.admin(), Report::Activity, april).await;

    let mut book = opened(&document);
    let headings = ["Recorded at (UTC)", "Person", "Training", "What happened"];
    let headings: Vec<&str> =
        headings.into_iter().chain(["Due, done or until", "Detail", "By whom"]).collect();
    assert_eq!(
        rows(&mut book, "Activity", &headings),
        [
            "2027-04-01 | Jo Example | SAFETY | assigned | 2027-04-30 | optional | os:admin",
            "2027-04-02 | Jo Example | SAFETY | completed | 2027-04-02 | instructor | ina-as-hr",
            "2027-04-03 | Cy Example | GDPR | exempted | 2027-04-03 | knows it | ina-as-hr",
            "2027-04-05 | Di Example | GDPR | withdrawn | 2027-04-05 |  | os:admin",
        ]
    );
    for (key, expected) in
        [("activity", 4), ("people", 3), ("assigned", 1), ("completed", 1), ("taken_back", 1)]
    {
        assert_eq!(figure(&document, key), json!(expected), "{key}");
    }
    let entries = rows(&mut book, "Activity", &["Operation", "Entry"]);
    for row in &entries {
        let (kind, entry) = row.split_once(" | ").unwrap();
        let entry = lms.audit().show(&lms.admin(), entry).await.unwrap().entry;
        assert_eq!(entry.kind, kind, "{row}");
    }
    let charts = book.worksheet_range("Chart data").unwrap();
    assert_eq!(charts.rows().count(), 7, "a title, headings, and each of the five days");
}

async fn done_by(lms: &TestLms, actor: &Actor, name: &str, code: &str, day: &str) {
    let new = lms_core::NewCompletions::of(code, person(name)).on(on(day));
    let plan = lms.assignments().plan_complete(actor, new).await.unwrap();
    lms.assignments().complete(actor, plan).await.unwrap();
}

async fn a_period_an_audience_and_a_reader_narrow_it(engine: Engine) {
    let lms = assigned(engine).await;
    let count = async |params: Params| {
        figure(&run(&lms, &lms.admin(), Report::Activity, params).await, "activity")
    };
    let year = || Params::new().from(Some(on("2027-01-01")));
    // Nine were assigned, one was excused, one assignment withdrawn, and two completed it.
    assert_eq!(count(year()).await, 13);
    assert_eq!(count(year().as_of(Some(on("2027-02-19")))).await, 11);
    assert_eq!(count(Params::new()).await, 0, "nothing happened in the last month");
    assert_eq!(count(year().training("SAFETY")).await, 0);
    assert_eq!(count(year().audience(Some("--department SALES".to_owned()))).await, 8);
    let known = lms_core::Timestamp::parse("2027-02-10T00:00:00Z").unwrap();
    assert_eq!(count(year().known_at(Some(known))).await, 11);

    let ada = account(&lms, "ada", "manager").await;
    let document = run(&lms, &ada, Report::Activity, year()).await;
    let seen = rows(&mut opened(&document), "Activity", &["Person"]);
    assert_eq!(seen.len(), 5, "{seen:?}");
    assert!(!seen.iter().any(|name| name.contains("Hal")), "{seen:?}");
    let hidden = year().audience(Some("--person hal@example.com".to_owned()));
    let refused = lms_reports::run(Report::Activity, &lms, &ada, hidden, &mut |_, _| ()).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::NotFound);

    noon(&lms, "2027-04-02");
    done(&lms, "bo", "GDPR", "2027-03-15", None).await;
    assert_eq!(
        count(Params::new().from(Some(on("2027-04-01")))).await,
        1,
        "by when it was recorded"
    );
}
