//! A field that a feed delivers belongs to it, until somebody sets it by hand.

use lms_core::testkit::TestLms;
use lms_core::{Delivered, Engine, NewPerson, PersonChange, PersonField};

use super::{company, day, person};
use crate::support::engines::on_both_engines;
use crate::support::looks::head;

on_both_engines! {
    what_is_set_by_hand_stays_until_it_is_released,
    the_first_feed_owns_a_field,
    a_feed_finds_people_by_its_own_key,
    the_same_delivery_again_changes_nothing,
    what_no_feed_delivers_cannot_be_released,
}

async fn from_payroll(lms: &TestLms, fields: &[(PersonField, &str)]) -> Delivered {
    let change = PersonChange::new().from_source("Payroll").from(day("2026-01-01"));
    let change = fields.iter().fold(change, |change, (field, value)| change.set(*field, value));
    lms.people().deliver(&lms.admin(), "payroll:P-1", change).await.unwrap()
}

/// Ada, as the payroll delivers her.
async fn delivered(engine: Engine) -> TestLms {
    let lms = company(engine).await;
    let ada = person("Ada", "Lovelace", "2025-01-01")
        .set(PersonField::Department, "ENG")
        .attribute("cost_centre", "100")
        .source("payroll", "P-1");
    lms.people().add(&lms.admin(), vec![ada]).await.unwrap();
    lms
}

async fn owned(lms: &TestLms, field: &str) -> (Option<String>, bool) {
    let card = lms.people().card(&lms.admin(), "ada@example.com", None).await.unwrap();
    let owned = card.owned.into_iter().find(|owned| owned.field == field).expect("it is owned");
    assert_eq!(owned.source, "payroll");
    (owned.delivered, owned.pinned_at.is_some())
}

async fn department(lms: &TestLms) -> Option<String> {
    lms.people().card(&lms.admin(), "ada@example.com", None).await.unwrap().person.department
}

async fn what_is_set_by_hand_stays_until_it_is_released(engine: Engine) {
    let lms = delivered(engine).await;
    let (people, admin) = (lms.people(), lms.admin());
    assert_eq!(owned(&lms, "department").await, (Some("ENG".to_owned()), false));

    // The feed changes what nobody touched.
    let moved = from_payroll(&lms, &[(PersonField::Department, "SALES")]).await;
    assert_eq!((moved.changed.len(), moved.kept.len()), (1, 0));
    assert_eq!(department(&lms).await.as_deref(), Some("SALES"));

    // By hand, it sticks.
    let by_hand = PersonChange::new()
        .set(PersonField::Department, "ENG")
        .attribute("cost_centre", "200")
        .from(day("2026-02-01"));
    people.edit(&admin, "ada@example.com", by_hand).await.unwrap();
    assert_eq!(owned(&lms, "department").await, (Some("SALES".to_owned()), true));
    assert_eq!(owned(&lms, "attribute.cost_centre").await, (Some("100".to_owned()), true));
    assert!(!owned(&lms, "last_name").await.1, "only what was set is pinned");

    let kept =
        from_payroll(&lms, &[(PersonField::Department, "Sales"), (PersonField::LastName, "King")]);
    let kept = kept.await;
    assert_eq!(kept.kept.len(), 1);
    assert_eq!(
        (kept.kept[0].field.as_str(), kept.kept[0].owner.as_str()),
        ("department", "payroll")
    );
    assert_eq!(department(&lms).await.as_deref(), Some("ENG"));
    assert_eq!(owned(&lms, "department").await, (Some("Sales".to_owned()), true));
    let card = people.card(&admin, "ada@example.com", None).await.unwrap();
    assert_eq!(card.person.last_name, "King", "what is not pinned follows");

    // Released, the feed's last word holds again.
    let released = PersonChange::new().release("department").from(day("2026-02-01"));
    let released = people.edit(&admin, "ada@example.com", released).await.unwrap();
    assert_eq!(released.value.department.as_deref(), Some("SALES"));
    assert_eq!(owned(&lms, "department").await, (Some("Sales".to_owned()), false));
    let again = PersonChange::new().release("department");
    let again = people.edit(&admin, "ada@example.com", again).await.unwrap();
    assert_eq!((again.operation, again.changed.len()), (None, 0));
    let attribute = PersonChange::new().release("attribute.cost_centre");
    let attribute = people.edit(&admin, "ada@example.com", attribute).await.unwrap();
    assert_eq!(attribute.value.attributes["cost_centre"], "100");
}

async fn the_first_feed_owns_a_field(engine: Engine) {
    let lms = delivered(engine).await;
    let change = PersonChange::new()
        .set(PersonField::Department, "SALES")
        .set(PersonField::JobTitle, "Countess")
        .from_source("directory")
        .known_as("uid=ada");
    let outcome = lms.people().deliver(&lms.admin(), "ada@example.com", change).await.unwrap();
    assert_eq!(outcome.kept.len(), 1);
    assert_eq!((outcome.kept[0].owner.as_str(), outcome.kept[0].pinned_at), ("payroll", None));
    let card = lms.people().card(&lms.admin(), "directory:uid=ada", None).await.unwrap();
    assert_eq!(card.person.department.as_deref(), Some("ENG"));
    assert_eq!(card.person.job_title.as_deref(), Some("Countess"));
    let sources: Vec<_> =
        card.sources.iter().map(|known| (known.source.as_str(), known.key.as_str())).collect();
    assert_eq!(sources, [("directory", "uid=ada"), ("payroll", "P-1")]);
}

async fn a_feed_finds_people_by_its_own_key(engine: Engine) {
    let lms = delivered(engine).await;
    let people = lms.people();
    let card = people.card(&lms.admin(), "PAYROLL:P-1", None).await.unwrap();
    assert_eq!(card.person.first_name, "Ada");
    let unknown = people.card(&lms.admin(), "payroll:p-1", None).await.unwrap_err();
    assert_eq!(unknown.code(), "people.person_unknown", "keys are as the feed writes them");

    let twin = NewPerson::new("Ada", "King").source("payroll", "P-1");
    let taken = people.add(&lms.admin(), vec![twin]).await.unwrap_err();
    assert_eq!((taken.code(), taken.field()), ("people.person_exists", Some("source_key")));
    let two = ["A", "B"].map(|name| NewPerson::new(name, "New").source("payroll", "P-2"));
    assert!(people.add(&lms.admin(), two.to_vec()).await.is_err());
    let empty = NewPerson::new("Bo", "Baker").source("payroll", " ");
    assert!(people.add(&lms.admin(), vec![empty]).await.is_err());
}

async fn the_same_delivery_again_changes_nothing(engine: Engine) {
    let lms = delivered(engine).await;
    let fields = [(PersonField::Department, "SALES"), (PersonField::Email, "ada@example.com")];
    from_payroll(&lms, &fields).await;
    let before = head(&lms).await;
    let again = from_payroll(&lms, &fields).await;
    assert_eq!((again.operation, again.changed.len(), again.kept.len()), (None, 0, 0));
    assert_eq!(head(&lms).await, before);
}

async fn what_no_feed_delivers_cannot_be_released(engine: Engine) {
    let lms = delivered(engine).await;
    let release = PersonChange::new().release("departement");
    let error = lms.people().edit(&lms.admin(), "ada@example.com", release).await.unwrap_err();
    assert_eq!(error.code(), "people.field_not_owned");
    assert_eq!(error.hints()[0], "did you mean `department`?");
    let release = PersonChange::new().release("country");
    assert!(lms.people().edit(&lms.admin(), "ada@example.com", release).await.is_err());
}
