//! How new people settle in, told of three of them.

use lms_core::engine::Kind;
use lms_core::testkit::TestLms;
use lms_core::{
    ComplianceQuery, Engine, ErrorKind, Item, ItemContent, Module, NewPerson, NewTraining,
    PersonField, Publishing, TrainingChange, TrainingField,
};
use lms_reports::{Params, Report};
use serde_json::json;

use super::figures::{asked, figure, on, opened, rows, run};
use crate::contexts::analytics::account;
use crate::contexts::analytics::company::{assign, company, done, noon, person};
use crate::support::engines::on_both_engines;

on_both_engines! {
    new_people_are_looked_at_on_their_own_days,
    new_people_stand_as_compliance_says,
    a_manager_finds_their_own_new_people,
}

async fn hire(lms: &TestLms, name: &str, department: &str, day: &str) {
    noon(lms, day);
    let mut new = NewPerson::new(name, "Newly")
        .set(PersonField::Email, &format!("{}@example.com", name.to_lowercase()))
        .set(PersonField::Department, department)
        .hired_on(on(day));
    if department == "ENG" {
        new = new.set(PersonField::Manager, "ada@example.com");
    }
    lms.people().add(&lms.admin(), vec![new]).await.unwrap();
}

/// Kim is hired in January and does the first of two things; Lee comes in March and cannot begin what he has
/// to, because he lacks what comes first; Max comes at the end of March and has nothing to do.
async fn settling(engine: Engine) -> TestLms {
    let lms = company(engine).await;
    let (catalog, admin) = (lms.catalog(), lms.admin());
    let ladders =
        NewTraining::new("LADDERS", "Ladders").set(TrainingField::Prerequisites, "SAFETY");
    catalog.add(&admin, ladders).await.unwrap();
    let mut module = Module::new("Basics");
    module.items.push(Item::new("Read this", ItemContent::Text { text: "Up.".to_owned() }));
    catalog.edit(&admin, "LADDERS", TrainingChange::new().add_module(module)).await.unwrap();
    catalog.publish(&admin, "LADDERS", &Publishing::minor()).await.unwrap();
    hire(&lms, "Kim", "ENG", "2027-01-15").await;
    assign(&lms, "kim", "GDPR", Kind::Mandatory, "2027-02-28", 5).await;
    noon(&lms, "2027-02-10");
    done(&lms, "kim", "GDPR", "2027-02-10", None).await;
    hire(&lms, "Lee", "SALES", "2027-03-01").await;
    assign(&lms, "kim", "SAFETY", Kind::Mandatory, "2027-03-20", 5).await;
    noon(&lms, "2027-03-05");
    assign(&lms, "lee", "LADDERS", Kind::Mandatory, "2027-04-05", 5).await;
    assign(&lms, "lee", "GDPR", Kind::Recommended, "2027-04-05", 5).await;
    hire(&lms, "Max", "SALES", "2027-03-20").await;
    noon(&lms, "2027-03-31");
    lms
}

async fn new_people_are_looked_at_on_their_own_days(engine: Engine) {
    let lms = settling(engine).await;

    let document = asked(&lms, Report::Onboarding).await;

    let mut book = opened(&document);
    let headings = [
        "Person",
        "Hired",
        "To do on day 1",
        "Done % on day 1",
        "To do on day 30",
        "Done % on day 30",
        "To do on day 60",
        "Done % on day 60",
        "To do on day 90",
        "To do by now",
        "Done % by now",
        "Missed",
        "Blocked",
        "Waits for a training",
    ];
    assert_eq!(
        rows(&mut book, "New people", &headings),
        [
            "Kim Newly | 2027-01-15 | 1 | 0 | 1 | 1 | 2 | 0.500 |  | 2 | 0.500 | 1 | 0 | 0",
            "Lee Newly | 2027-03-01 | 0 |  | 1 | 0 |  |  |  | 1 | 0 | 0 | 1 | 1",
            "Max Newly | 2027-03-20 | 0 |  |  |  |  |  |  | 0 |  | 0 | 0 | 0",
        ]
    );
    let headings = ["Hired in", "People", "Done % on day 30", "Done % by now"];
    assert_eq!(
        rows(&mut book, "By month", &headings),
        ["2027-01-01 | 1 | 1 | 0.500", "2027-03-01 | 2 | 0 | 0"]
    );
    for (key, of) in [
        ("done_percent", [1, 3]),
        ("done_percent_1", [0, 1]),
        ("done_percent_30", [1, 2]),
        ("done_percent_60", [1, 2]),
        ("done_percent_90", [0, 0]),
    ] {
        assert_eq!(figure(&document, key), json!(of), "{key}");
    }
    assert_eq!((figure(&document, "people"), figure(&document, "missed")), (3.into(), 1.into()));
    assert_eq!(figure(&document, "blocked_people"), 1);
    // Once he has done what comes first, nothing holds him up.
    done(&lms, "lee", "SAFETY", "2027-03-31", None).await;
    assert_eq!(figure(&asked(&lms, Report::Onboarding).await, "blocked_people"), 0);
}

async fn new_people_stand_as_compliance_says(engine: Engine) {
    let lms = settling(engine).await;
    let document = asked(&lms, Report::Onboarding).await;
    let headings = ["Person", "To do on day 30", "Done % on day 30"];
    let told = rows(&mut opened(&document), "New people", &headings);
    for (name, day, row) in [("kim", "2027-02-13", &told[0]), ("lee", "2027-03-30", &told[1])] {
        let query = ComplianceQuery::new().audience(person(name)).as_of(Some(on(day)));
        let figures = lms.analytics().compliance(&lms.admin(), query).await.unwrap().total;
        let all = figures.met + figures.missed + figures.open + figures.in_grace;
        assert!(row.ends_with(&format!(" | {all} | {}", figures.met)), "{row}: {figures:?}");
    }
}

async fn a_manager_finds_their_own_new_people(engine: Engine) {
    let lms = settling(engine).await;
    let ada = account(&lms, "ada", "manager").await;
    let own = run(&lms, &ada, Report::Onboarding, Params::new()).await;
    assert_eq!(rows(&mut opened(&own), "New people", &["Person"]), ["Kim Newly"]);
    let march = Params::new().from(Some(on("2027-03-02")));
    let late = run(&lms, &lms.admin(), Report::Onboarding, march).await;
    assert_eq!(rows(&mut opened(&late), "New people", &["Person"]), ["Max Newly"]);
    let nobody = Params::new().from(Some(on("2027-03-30")));
    let nobody = run(&lms, &lms.admin(), Report::Onboarding, nobody).await;
    assert_eq!(nobody.notes().collect::<Vec<_>>(), ["Nobody was hired since 2027-03-30."]);
    let long = Params::new().from(Some(on("2026-01-01")));
    let admin = lms.admin();
    let refused = lms_reports::run(Report::Onboarding, &lms, &admin, long, &mut |_, _| ()).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Invalid);
}
