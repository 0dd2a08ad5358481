//! Rules before anything follows from them: what they say, in versions, and what is known about them.

mod checks;
mod drafts;
mod examples;
mod in_force;

use lms_core::testkit::TestLms;
use lms_core::{
    Audience, AudienceField, Day, DueRule, Engine, NewPerson, NewTraining, NewUnit, PersonField,
    Publishing, RuleDefinition, TrainingField, UnitKind,
};

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// A training that people can be given; more about it in pairs of field and value.
async fn training(lms: &TestLms, code: &str, more: &[(TrainingField, &str)]) {
    let (catalog, admin) = (lms.catalog(), lms.admin());
    let new = NewTraining::new(code, code).set(TrainingField::SignText, "Be kind.");
    let new = more.iter().fold(new, |new, (field, value)| new.set(*field, value));
    catalog.add(&admin, new).await.unwrap();
    catalog.publish(&admin, code, &Publishing::minor()).await.unwrap();
}

/// Ada and Bo in Engineering, Cy in Sales, and two trainings.
async fn company(engine: Engine) -> TestLms {
    let lms = TestLms::organisation(engine).await;
    let unit = |code: &str, name: &str| NewUnit::new(UnitKind::Department, code, name);
    let units = vec![
        unit("ENG", "Engineering"),
        unit("SALES", "Sales"),
        unit("EMPTY", "Nobody yet"),
        NewUnit::new(UnitKind::JobRole, "DEV", "Developer"),
    ];
    lms.people().add_units(&lms.admin(), units).await.unwrap();
    let person = |first: &str, department: &str| {
        NewPerson::new(first, "Example")
            .set(PersonField::Email, &format!("{first}@example.com").to_lowercase())
            .set(PersonField::Department, department)
            .hired_on(day("2024-01-01"))
    };
    let people = vec![person("Ada", "ENG"), person("Bo", "ENG"), person("Cy", "SALES")];
    lms.people().add(&lms.admin(), people).await.unwrap();
    training(&lms, "GDPR-101", &[]).await;
    training(&lms, "SEC-101", &[]).await;
    lms
}

fn of(department: &str) -> Audience {
    Audience::everybody().with(AudienceField::Department, department)
}

/// A rule about one training, due fourteen days after hire.
fn rule(code: &str, training: &str, audience: Audience) -> RuleDefinition {
    let mut rule = RuleDefinition::new(code, &format!("Rule {code}"), audience);
    rule.trainings = vec![training.to_owned()];
    rule.due = DueRule::AfterHire(14);
    rule
}
