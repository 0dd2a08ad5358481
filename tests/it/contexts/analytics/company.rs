//! A company so small that its figures are counted on one's fingers.

use lms_core::engine::Kind;
use lms_core::testkit::TestLms;
use lms_core::{
    Audience, AudienceField, Day, DueRule, Engine, Item, ItemContent, Module, NewAssignments,
    NewCompletions, NewExemptions, NewPerson, NewTraining, NewUnit, PersonField, Publishing,
    Timestamp, TrainingChange, UnitKind,
};

/// Noon of a day.
pub(crate) fn noon(lms: &TestLms, day: &str) {
    lms.clock().set(Timestamp::parse(&format!("{day}T12:00:00Z")).unwrap());
}

pub(crate) fn person(name: &str) -> Audience {
    let address = format!("{name}@example.com");
    Audience::everybody().with(AudienceField::Person, &address).with(AudienceField::Status, "*")
}

/// Ada leads Bo, Cy and Di in Engineering, of whom Cy and Di are with Web, a department below it; all others
/// but Jo, who belongs to none, are in Sales.
pub(crate) async fn company(engine: Engine) -> TestLms {
    let lms = TestLms::organisation(engine).await;
    noon(&lms, "2027-01-01");
    let unit = |code: &str| NewUnit::new(UnitKind::Department, code, code);
    let units = vec![unit("ENG"), unit("SALES"), unit("WEB").parent("ENG")];
    lms.people().add_units(&lms.admin(), units).await.unwrap();
    for (name, department) in [
        ("ada", "ENG"),
        ("bo", "ENG"),
        ("cy", "WEB"),
        ("di", "WEB"),
        ("ed", "SALES"),
        ("flo", "SALES"),
        ("gus", "SALES"),
        ("hal", "SALES"),
        ("ina", "SALES"),
        ("jo", ""),
    ] {
        let first = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
        let mut new = NewPerson::new(&first, "Example")
            .set(PersonField::Email, &format!("{name}@example.com"))
            .hired_on(Day::parse("2024-01-01").unwrap());
        if !department.is_empty() {
            new = new.set(PersonField::Department, department);
        }
        if ["bo", "cy", "di"].contains(&name) {
            new = new.set(PersonField::Manager, "ada@example.com");
        }
        lms.people().add(&lms.admin(), vec![new]).await.unwrap();
    }
    for code in ["GDPR", "SAFETY"] {
        let (catalog, admin) = (lms.catalog(), lms.admin());
        catalog.add(&admin, NewTraining::new(code, code)).await.unwrap();
        let mut module = Module::new("Basics");
        let text = ItemContent::Text { text: format!("# {code}") };
        module.items.push(Item::new("Read this", text));
        catalog.edit(&admin, code, TrainingChange::new().add_module(module)).await.unwrap();
        catalog.publish(&admin, code, &Publishing::minor()).await.unwrap();
    }
    lms
}

pub(crate) async fn assign(
    lms: &TestLms,
    name: &str,
    code: &str,
    kind: Kind,
    due: &str,
    grace: u32,
) {
    let due = DueRule::parse(due, Day::parse("2027-01-01").unwrap()).unwrap();
    let new = NewAssignments::to(person(name)).training(code).kind(kind).due(due);
    let plan = lms.assignments().plan_assign(&lms.admin(), new.grace_days(grace)).await.unwrap();
    lms.assignments().assign(&lms.admin(), plan).await.unwrap();
}

pub(crate) async fn done(lms: &TestLms, name: &str, code: &str, on: &str, until: Option<&str>) {
    let mut new = NewCompletions::of(code, person(name)).on(Day::parse(on).unwrap());
    if let Some(until) = until {
        new = new.valid_until(Day::parse(until).unwrap());
    }
    let plan = lms.assignments().plan_complete(&lms.admin(), new).await.unwrap();
    lms.assignments().complete(&lms.admin(), plan).await.unwrap();
}

pub(crate) async fn exempt(lms: &TestLms, name: &str, code: &str) {
    let new = NewExemptions::from_training(code, person(name), "elsewhere");
    let plan = lms.assignments().plan_exempt(&lms.admin(), new).await.unwrap();
    lms.assignments().exempt(&lms.admin(), plan).await.unwrap();
}
