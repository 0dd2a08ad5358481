//! Who has to learn what: assigning and taking back, what was done, who need not.

mod completions;
mod evidence;
mod figures;
mod lives;
mod order;
mod paths;
mod plans;
mod seats;
mod status;
mod sweep;
mod undo;
mod versions;

use std::collections::BTreeMap;

use lms_core::testkit::TestLms;
use lms_core::{
    AssignOutcome, Assignment, AssignmentFilter, Audience, AudienceField, Clock, Day, DueRule,
    Engine, Item, ItemContent, Module, NewAssignments, NewCompletions, NewPerson, NewTraining,
    NewUnit, PersonField, Publishing, Timestamp, TrainingChange, TrainingField, UnitKind,
};

pub(super) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// Noon of a day.
pub(super) fn noon(lms: &TestLms, day: &str) {
    lms.clock().set(Timestamp::parse(&format!("{day}T12:00:00Z")).unwrap());
}

/// A training that people can be given; more about it in pairs of field and value.
pub(super) async fn training(lms: &TestLms, code: &str, more: &[(TrainingField, &str)]) {
    let (catalog, admin) = (lms.catalog(), lms.admin());
    let new = more
        .iter()
        .fold(NewTraining::new(code, code), |new, (field, value)| new.set(*field, value));
    catalog.add(&admin, new).await.unwrap();
    let mut module = Module::new("Basics");
    let text = ItemContent::Text { text: format!("# {code}") };
    module.items.push(Item::new("Read this", text));
    catalog.edit(&admin, code, TrainingChange::new().add_module(module)).await.unwrap();
    catalog.publish(&admin, code, &Publishing::minor()).await.unwrap();
}

/// Ada and Bo in Engineering, Cy and Di in Sales; Di has a hire day of her own.
pub(super) async fn company(engine: Engine) -> TestLms {
    let lms = TestLms::organisation(engine).await;
    let unit = |code: &str, name: &str| NewUnit::new(UnitKind::Department, code, name);
    let units = vec![unit("ENG", "Engineering"), unit("SALES", "Sales")];
    lms.people().add_units(&lms.admin(), units).await.unwrap();
    for (first, department, hired_on) in [
        ("Ada", "ENG", "2024-01-01"),
        ("Bo", "ENG", "2024-01-01"),
        ("Cy", "SALES", "2024-01-01"),
        ("Di", "SALES", "2026-03-20"),
    ] {
        let person = NewPerson::new(first, "Example")
            .set(PersonField::Email, &format!("{first}@example.com").to_lowercase())
            .set(PersonField::Department, department)
            .hired_on(day(hired_on));
        lms.people().add(&lms.admin(), vec![person]).await.unwrap();
    }
    lms
}

pub(super) fn person(name: &str) -> Audience {
    let address = format!("{}@example.com", name.to_lowercase());
    Audience::everybody().with(AudienceField::Person, &address).with(AudienceField::Status, "*")
}

pub(super) fn department(name: &str) -> Audience {
    Audience::everybody().with(AudienceField::Department, name)
}

/// Assigns what a plan says, and gives the counts that are not nought, as `assigned 2, exempt 1`.
async fn assign(lms: &TestLms, new: NewAssignments) -> String {
    let plan = lms.assignments().plan_assign(&lms.admin(), new).await.unwrap();
    let outcome = lms.assignments().assign(&lms.admin(), plan.clone()).await.unwrap();
    assert_eq!(plan.trainings, outcome.trainings, "what was planned is what was done");
    assert_eq!(outcome.operation.is_some(), plan.changes_anything());
    counted(&outcome)
}

fn counted(outcome: &AssignOutcome) -> String {
    let told = |counts: &BTreeMap<String, u64>| {
        assert_eq!(counts.values().sum::<u64>() as usize, outcome.n_people);
        let some = counts.iter().filter(|(_, count)| **count > 0);
        some.map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
    };
    outcome.trainings.iter().map(|one| told(&one.counts)).collect::<Vec<_>>().join("; ")
}

fn due(text: &str, on: &str) -> DueRule {
    DueRule::parse(text, day(on)).unwrap()
}

/// Records that somebody has done a training on a day.
pub(super) async fn done(lms: &TestLms, name: &str, code: &str, on: &str) {
    let new = NewCompletions::of(code, person(name)).on(day(on));
    let plan = lms.assignments().plan_complete(&lms.admin(), new).await.unwrap();
    lms.assignments().complete(&lms.admin(), plan).await.unwrap();
}

/// What somebody has, all cycles: `GDPR-101 mandatory due_soon, due 2026-04-10`.
pub(super) async fn of(lms: &TestLms, name: &str) -> Vec<String> {
    let filter = AssignmentFilter::new().audience(person(name)).closed(true).limit(100);
    let page = lms.assignments().list(&lms.admin(), filter).await.unwrap();
    let mut all = page.items;
    all.sort_by_key(|one| (one.training.clone(), one.cycle));
    all.iter().map(told).collect()
}

fn told(one: &Assignment) -> String {
    let mut told = format!("{} {} {}", one.training, one.kind.as_str(), one.status.as_str());
    if let Some(due_on) = one.due_on {
        told.push_str(&format!(", due {due_on}"));
    }
    if let Some(expires_on) = one.expires_on {
        told.push_str(&format!(", until {expires_on}"));
    }
    told
}

/// What day it is for the test.
fn today(lms: &TestLms) -> String {
    lms.clock().now().day_in(&jiff::tz::TimeZone::UTC).to_string()
}
