//! The records of people: their history, duplicates, merging, export, erasure and feeds.

mod duplicates;
mod erase;
mod export;
mod history;
mod merge;
mod ownership;

use lms_core::testkit::TestLms;
use lms_core::{Day, Engine, NewPerson, NewUnit, PersonField, PersonId, UnitKind};

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// An organisation with two departments.
async fn company(engine: Engine) -> TestLms {
    let lms = TestLms::organisation(engine).await;
    let unit = |code: &str, name: &str| NewUnit::new(UnitKind::Department, code, name);
    let units = vec![unit("ENG", "Engineering"), unit("SALES", "Sales")];
    lms.people().add_units(&lms.admin(), units).await.unwrap();
    lms
}

/// Somebody with an address of their first name.
fn person(first: &str, last: &str, hired_on: &str) -> NewPerson {
    NewPerson::new(first, last)
        .set(PersonField::Email, &format!("{first}@example.com").to_lowercase())
        .hired_on(day(hired_on))
}

async fn hire(lms: &TestLms, people: Vec<NewPerson>) -> Vec<PersonId> {
    lms.people().add(&lms.admin(), people).await.unwrap().people
}
