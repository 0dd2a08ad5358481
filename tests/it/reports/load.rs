//! What is yet to be learnt, told of a company that is counted on one's fingers.

use lms_core::engine::Kind;
use lms_core::testkit::TestLms;
use lms_core::{
    Audience, AudienceField, DueRule, Engine, Item, ItemContent, Module, NewTraining, Publishing,
    RuleChange, RuleDefinition, RuleRenewal, TrainingChange, TrainingField,
};
use lms_reports::{Params, Report};

use super::figures::{asked, figure, on, opened, rows, run};
use crate::contexts::analytics::account;
use crate::contexts::analytics::company::{assign, company, done, exempt, noon};
use crate::support::engines::on_both_engines;

on_both_engines! {
    what_is_to_come_stands_in_its_month,
    a_reader_finds_the_load_of_their_own_people,
    what_is_to_come_is_told_as_it_was_known,
}

const HEADINGS: [&str; 10] = [
    "Month",
    "Department",
    "People",
    "To do",
    "Mandatory",
    "Past due",
    "Renewals",
    "Hours",
    "Without a duration",
    "Cost in EUR",
];

async fn training(lms: &TestLms, code: &str, about: &[(TrainingField, &str)]) {
    let (catalog, admin) = (lms.catalog(), lms.admin());
    let new = NewTraining::new(code, code);
    let new = about.iter().fold(new, |new, (field, value)| new.set(*field, value));
    catalog.add(&admin, new).await.unwrap();
    let mut module = Module::new("Basics");
    module.items.push(Item::new("Read this", ItemContent::Text { text: code.to_owned() }));
    catalog.edit(&admin, code, TrainingChange::new().add_module(module)).await.unwrap();
    catalog.publish(&admin, code, &Publishing::minor()).await.unwrap();
}

/// On the first of March: Ada has time, and Bo is past his due day. Cy has time until May, and Di something
/// of which nobody knows how long it takes. Ed's is due after the last month, Flo is away, Gus is exempt, and
/// what Hal has done is to be done again by August.
async fn planned(engine: Engine) -> TestLms {
    let lms = company(engine).await;
    training(
        &lms,
        "SHORT",
        &[(TrainingField::DurationMinutes, "90"), (TrainingField::Cost, "120 EUR")],
    )
    .await;
    noon(&lms, "2027-02-01");
    for (name, code, kind, due) in [
        ("ada", "SHORT", Kind::Mandatory, "2027-03-10"),
        ("bo", "SHORT", Kind::Mandatory, "2027-02-20"),
        ("cy", "SHORT", Kind::Recommended, "2027-05-01"),
        ("di", "SAFETY", Kind::Mandatory, "2027-03-31"),
        ("ed", "SHORT", Kind::Optional, "2028-06-30"),
        ("flo", "SHORT", Kind::Mandatory, "2027-03-15"),
        ("gus", "SHORT", Kind::Mandatory, "2027-03-15"),
    ] {
        assign(&lms, name, code, kind, due, 5).await;
    }
    exempt(&lms, "gus", "SHORT").await;
    let away = on("2027-02-15");
    lms.people().add_leave(&lms.admin(), "flo@example.com", away, None, None).await.unwrap();
    let hal = Audience::everybody().with(AudienceField::Person, "hal@example.com");
    let mut rule = RuleDefinition::new("HALF", "Twice a year", hal);
    rule.trainings = vec!["SHORT".to_owned()];
    rule.due = DueRule::AfterAssignment(30);
    let mut renewal = RuleRenewal::new(6);
    renewal.window_months = Some(1);
    rule.renewal = Some(renewal);
    let change = RuleChange::Apply(Box::new(rule));
    let plan = lms.rules().plan(&lms.admin(), vec![change]).await.unwrap();
    lms.rules().apply(&lms.admin(), plan).await.unwrap();
    noon(&lms, "2027-02-05");
    done(&lms, "hal", "SHORT", "2027-02-05", None).await;
    noon(&lms, "2027-03-01");
    lms
}

async fn what_is_to_come_stands_in_its_month(engine: Engine) {
    let lms = planned(engine).await;

    let document = asked(&lms, Report::Load).await;

    let mut book = opened(&document);
    assert_eq!(
        rows(&mut book, "By department", &HEADINGS),
        [
            "2027-03-01 | ENG | 2 | 2 | 2 | 1 | 0 | 3 | 0 | 240",
            "2027-03-01 | WEB | 1 | 1 | 1 | 0 | 0 | 0 | 1 | ",
            "2027-05-01 | WEB | 1 | 1 | 0 | 0 | 0 | 1.500 | 0 | 120",
            "2027-08-01 | SALES | 1 | 1 | 1 | 0 | 1 | 1.500 | 0 | 120",
        ]
    );
    let by_month = rows(&mut book, "By month", &["Month", "To do", "Hours", "Cost in EUR"]);
    assert_eq!(by_month.len(), 13, "the month of the day, and twelve more");
    assert_eq!(
        (by_month[0].as_str(), by_month[1].as_str(), by_month[5].as_str()),
        ("2027-03-01 | 3 | 3 | 240", "2027-04-01 | 0 | 0 | ", "2027-08-01 | 1 | 1.500 | 120")
    );
    let by_training = rows(&mut book, "By training", &["Training", "To do", "Hours"]);
    assert_eq!(by_training, ["SAFETY | 1 | 0", "SHORT | 4 | 6"]);
    let areas = rows(&mut book, "Chart data", &[]);
    assert_eq!(areas.len(), 14, "the headings, and the months");
    for (key, n) in [("turns", 5), ("people", 5), ("undated", 0), ("resting", 1), ("later", 1)] {
        assert_eq!(figure(&document, key), n, "{key}");
    }
    assert_eq!((figure(&document, "hours"), figure(&document, "cost")), (6.0.into(), 480.0.into()));
    // What comes round again is what runs out.
    let expiring = asked(&lms, Report::Expiring).await;
    let expiring = rows(&mut opened(&expiring), "By month", &["Month", "Mandatory"]);
    let renewals = rows(&mut book, "By month", &["Month", "Renewals"]);
    assert_eq!(renewals, expiring);
}

async fn a_reader_finds_the_load_of_their_own_people(engine: Engine) {
    let lms = planned(engine).await;
    let ada = account(&lms, "ada", "manager").await;
    let document = run(&lms, &ada, Report::Load, Params::new()).await;
    let headings = ["Month", "Department", "To do"];
    assert_eq!(
        rows(&mut opened(&document), "By department", &headings),
        ["2027-03-01 | ENG | 2", "2027-03-01 | WEB | 1", "2027-05-01 | WEB | 1"]
    );
    let narrow = Params::new().audience(Some("--department WEB".to_owned())).training("SHORT");
    let document = run(&lms, &lms.admin(), Report::Load, narrow).await;
    assert_eq!(rows(&mut opened(&document), "By department", &headings), ["2027-05-01 | WEB | 1"]);
    let nobody = Params::new().audience(Some("--person jo@example.com".to_owned()));
    let document = run(&lms, &lms.admin(), Report::Load, nobody).await;
    assert_eq!(document.notes().collect::<Vec<_>>(), ["Nothing is due until 2028-03-31."]);
}

async fn what_is_to_come_is_told_as_it_was_known(engine: Engine) {
    let lms = planned(engine).await;
    let known = lms_core::Timestamp::parse("2027-03-01T13:00:00Z").unwrap();
    noon(&lms, "2027-03-02");
    done(&lms, "ada", "SHORT", "2027-02-26", None).await;
    // It takes longer from now on.
    let longer = TrainingChange::new().set(TrainingField::DurationMinutes, "600");
    lms.catalog().edit(&lms.admin(), "SHORT", longer).await.unwrap();
    lms.catalog().publish(&lms.admin(), "SHORT", &Publishing::minor()).await.unwrap();
    let march = Params::new().as_of(Some(on("2027-03-01")));
    let then = march.clone().known_at(Some(known));
    let then = run(&lms, &lms.admin(), Report::Load, then).await;
    assert_eq!((figure(&then, "turns"), figure(&then, "hours")), (5.into(), 6.0.into()));
    let now = run(&lms, &lms.admin(), Report::Load, march).await;
    assert_eq!((figure(&now, "turns"), figure(&now, "hours")), (4.into(), 30.0.into()));
}
