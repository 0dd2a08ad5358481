//! What people can: taught by trainings, held through completions, required by job roles.

mod both_ways;
mod reach;
mod requirements;

use lms_core::testkit::TestLms;
use lms_core::{
    Audience, AudienceField, CompletionChange, CompletionFilter, Day, Engine, GapFilter,
    HolderFilter, Item, ItemContent, Module, NewCompletions, NewPerson, NewSkill, NewTraining,
    NewUnit, PersonChange, PersonField, Publishing, SkillChange, SkillFilter, SkillLevel,
    Timestamp, TrainingChange, TrainingField, UnitKind,
};

use crate::support::engines::on_both_engines;
use crate::support::looks::{assert_sound, newest};

on_both_engines! {
    a_skill_is_held_as_long_as_its_completion_holds,
    a_completion_that_is_revoked_taught_nothing,
    a_version_without_a_skill_leaves_what_was_learnt,
    what_stands_in_teaches_what_it_says_itself,
    what_is_taught_or_required_is_not_put_away,
    nothing_is_published_that_teaches_what_is_not_there,
    another_record_of_somebody_brings_what_they_learnt,
    saying_it_twice_changes_nothing,
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn level(number: u8) -> SkillLevel {
    SkillLevel::new(number).unwrap()
}

/// Noon of a day.
pub(crate) fn noon(lms: &TestLms, day: &str) {
    lms.clock().set(Timestamp::parse(&format!("{day}T12:00:00Z")).unwrap());
}

/// Skills, and drivers and clerks who may have them: Ada and Bo drive, Cy is a clerk.
pub(crate) async fn company(engine: Engine) -> TestLms {
    let lms = TestLms::organisation(engine).await;
    let admin = lms.admin();
    for (code, name) in [("LOADS", "Securing loads"), ("AID", "First aid")] {
        lms.skills().add(&admin, NewSkill::new(code, name).category("Safety")).await.unwrap();
    }
    let role = |code: &str, name: &str| NewUnit::new(UnitKind::JobRole, code, name);
    let units = vec![
        role("DRIVER", "Driver"),
        role("CLERK", "Clerk"),
        NewUnit::new(UnitKind::Department, "OPS", "Operations"),
    ];
    lms.people().add_units(&admin, units).await.unwrap();
    for (name, role) in [("Ada", "DRIVER"), ("Bo", "DRIVER"), ("Cy", "CLERK")] {
        hire(&lms, name, role).await;
    }
    lms
}

async fn hire(lms: &TestLms, name: &str, role: &str) {
    let person = NewPerson::new(name, "Example")
        .set(PersonField::Username, &name.to_lowercase())
        .set(PersonField::Department, "OPS")
        .set(PersonField::JobRole, role)
        .hired_on(day("2024-01-01"));
    lms.people().add(&lms.admin(), vec![person]).await.unwrap();
}

/// A training that teaches this, such as `LOADS=3, AID=1`, published; more about it in pairs.
pub(crate) async fn training(
    lms: &TestLms,
    code: &str,
    skills: &str,
    more: &[(TrainingField, &str)],
) {
    let (catalog, admin) = (lms.catalog(), lms.admin());
    let new = NewTraining::new(code, code).set(TrainingField::Skills, skills);
    let new = more.iter().fold(new, |new, (field, value)| new.set(*field, value));
    catalog.add(&admin, new).await.unwrap();
    let mut module = Module::new("Basics");
    module.items.push(Item::new("Read this", ItemContent::Text { text: code.to_owned() }));
    catalog.edit(&admin, code, TrainingChange::new().add_module(module)).await.unwrap();
    catalog.publish(&admin, code, &Publishing::minor()).await.unwrap();
}

fn person(name: &str) -> Audience {
    Audience::everybody()
        .with(AudienceField::Person, &name.to_lowercase())
        .with(AudienceField::Status, "*")
}

pub(crate) async fn done(lms: &TestLms, name: &str, code: &str, on: &str) {
    let new = NewCompletions::of(code, person(name)).on(day(on));
    let plan = lms.assignments().plan_complete(&lms.admin(), new).await.unwrap();
    lms.assignments().complete(&lms.admin(), plan).await.unwrap();
}

pub(crate) async fn require(lms: &TestLms, role: &str, skill: &str, wanted: u8, from: &str) {
    let (level, from) = (SkillLevel::new(wanted), Some(day(from)));
    lms.skills().require(&lms.admin(), role, skill, level, from).await.unwrap();
}

/// What somebody can and lacks on a day: `AID 2 of 3 by A until 2026-12-31`.
async fn skills_of(lms: &TestLms, name: &str, on: &str) -> Vec<String> {
    let name = name.to_lowercase();
    let card = lms.readiness().of(&lms.admin(), &name, Some(day(on))).await.unwrap();
    card.skills
        .iter()
        .map(|skill| {
            let mut told = skill.skill.clone();
            told.push_str(
                &skill.held.as_ref().map_or(" 0".into(), |held| format!(" {}", held.level)),
            );
            if let Some(required) = skill.required {
                told.push_str(&format!(" of {required}"));
            }
            if let Some(held) = &skill.held {
                told.push_str(&format!(" by {}", held.training));
                if let Some(until) = held.valid_until {
                    told.push_str(&format!(" until {until}"));
                }
            }
            told
        })
        .collect()
}

/// Who lacks what on a day: `Ada Example lacks 2 of LOADS: A, B`.
async fn gaps(lms: &TestLms, filter: GapFilter) -> Vec<String> {
    let count = lms.readiness().count_gaps(&lms.admin(), filter.clone()).await.unwrap();
    let page = lms.readiness().gaps(&lms.admin(), filter.limit(500)).await.unwrap();
    assert_eq!(i64::try_from(page.items.len()).unwrap(), count);
    page.items
        .iter()
        .map(|gap| {
            let closing: Vec<&str> = gap.closed_by.iter().map(|one| &*one.training).collect();
            format!("{} lacks {} of {}: {}", gap.person, gap.missing, gap.skill, closing.join(", "))
        })
        .collect()
}

async fn holders(lms: &TestLms, skill: &str, wanted: u8, on: &str) -> Vec<String> {
    let filter = HolderFilter::new().level(Some(level(wanted))).as_of(Some(day(on)));
    let page = lms.readiness().holders(&lms.admin(), skill, filter).await.unwrap();
    page.items.iter().map(|one| format!("{} {}", one.person, one.held.level)).collect()
}

async fn a_skill_is_held_as_long_as_its_completion_holds(engine: Engine) {
    let lms = company(engine).await;
    noon(&lms, "2026-03-31");
    training(&lms, "A", "LOADS=2, AID=1", &[(TrainingField::ValidityMonths, "12")]).await;
    training(&lms, "B", "LOADS=4", &[(TrainingField::ValidityMonths, "1")]).await;
    require(&lms, "DRIVER", "LOADS", 3, "2026-01-01").await;
    done(&lms, "Ada", "A", "2026-01-31").await;
    done(&lms, "Ada", "B", "2026-03-10").await;
    // What is held through several completions is held at the highest level, and then at the next.
    assert_eq!(skills_of(&lms, "Ada", "2026-01-30").await, ["LOADS 0 of 3"]);
    assert_eq!(
        skills_of(&lms, "Ada", "2026-01-31").await,
        ["AID 1 by A until 2027-01-31", "LOADS 2 of 3 by A until 2027-01-31"]
    );
    assert_eq!(
        skills_of(&lms, "Ada", "2026-04-10").await[1..],
        ["LOADS 4 of 3 by B until 2026-04-10"]
    );
    assert_eq!(
        skills_of(&lms, "Ada", "2026-04-11").await[1..],
        ["LOADS 2 of 3 by A until 2027-01-31"]
    );
    assert_eq!(skills_of(&lms, "Ada", "2027-02-01").await, ["LOADS 0 of 3"]);

    let on = |text: &str| GapFilter::new().as_of(Some(day(text)));
    assert_eq!(gaps(&lms, on("2026-04-10")).await, ["Bo Example lacks 3 of LOADS: B"]);
    assert_eq!(
        gaps(&lms, on("2026-04-11")).await,
        ["Ada Example lacks 1 of LOADS: B", "Bo Example lacks 3 of LOADS: B"]
    );
    assert_eq!(gaps(&lms, on("2025-12-31")).await, [""; 0], "nothing was required yet");
    assert_eq!(gaps(&lms, on("2026-04-11").skill("AID")).await, [""; 0]);
    assert_eq!(gaps(&lms, on("2026-04-11").audience(person("Bo"))).await.len(), 1);
    assert_eq!(holders(&lms, "LOADS", 1, "2026-04-10").await, ["Ada Example 4"]);
    assert_eq!(holders(&lms, "Securing loads", 2, "2026-04-11").await, ["Ada Example 2"]);
    assert_eq!(holders(&lms, "loads", 3, "2026-04-11").await, [""; 0]);
    assert_sound(&lms).await;
}

async fn a_completion_that_is_revoked_taught_nothing(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", "AID=2", &[]).await;
    done(&lms, "Ada", "A", "2026-03-30").await;
    assert_eq!(skills_of(&lms, "Ada", "2026-03-30").await, ["AID 2 by A"]);
    let (assignments, admin) = (lms.assignments(), lms.admin());
    let all = assignments.completions(&admin, CompletionFilter::new()).await.unwrap().items;
    let later = CompletionChange::new().on(day("2026-03-31"));
    assignments.change_completion(&admin, all[0].id, later).await.unwrap();
    assert_eq!(skills_of(&lms, "Ada", "2026-03-30").await, [""; 0], "it was done a day later");
    assert_eq!(skills_of(&lms, "Ada", "2026-03-31").await, ["AID 2 by A"]);
    let revoked = CompletionChange::revoked();
    assignments.change_completion(&admin, all[0].id, revoked).await.unwrap();
    assert_eq!(skills_of(&lms, "Ada", "2026-03-31").await, [""; 0]);
}

async fn a_version_without_a_skill_leaves_what_was_learnt(engine: Engine) {
    let lms = company(engine).await;
    noon(&lms, "2026-03-31");
    training(&lms, "A", "AID=2, LOADS=1", &[]).await;
    done(&lms, "Ada", "A", "2026-03-31").await;
    noon(&lms, "2026-05-01");
    let (catalog, admin) = (lms.catalog(), lms.admin());
    let change = TrainingChange::new().set(TrainingField::Skills, "AID=3");
    let edited = catalog.edit(&admin, "A", change).await.unwrap();
    let told: Vec<_> = edited.changed.iter().filter(|change| change.field == "skills").collect();
    assert_eq!(told[0].before.as_deref(), Some("AID=2, LOADS=1"));
    assert_eq!(told[0].after.as_deref(), Some("AID=3"));
    catalog.publish(&admin, "A", &Publishing::major()).await.unwrap();
    done(&lms, "Bo", "A", "2026-05-01").await;
    assert_eq!(skills_of(&lms, "Ada", "2026-05-01").await, ["AID 2 by A", "LOADS 1 by A"]);
    assert_eq!(skills_of(&lms, "Bo", "2026-05-01").await, ["AID 3 by A"]);
    // Done before the second version was there: it taught what the first one does.
    done(&lms, "Cy", "A", "2026-04-15").await;
    assert_eq!(skills_of(&lms, "Cy", "2026-05-01").await, ["AID 2 by A", "LOADS 1 by A"]);
    let card = lms.skills().show(&admin, "LOADS", None).await.unwrap();
    assert_eq!(card.taught_by, [], "nobody can learn it there any more");
}

async fn what_stands_in_teaches_what_it_says_itself(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", "AID=2", &[]).await;
    training(&lms, "B", "LOADS=2", &[]).await;
    let since = Some(day("2026-01-01"));
    lms.catalog().add_equivalent(&lms.admin(), "A", "B", since, None).await.unwrap();
    done(&lms, "Ada", "B", "2026-03-30").await;
    assert_eq!(skills_of(&lms, "Ada", "2026-03-31").await, ["LOADS 2 by B"]);
}

async fn what_is_taught_or_required_is_not_put_away(engine: Engine) {
    let lms = company(engine).await;
    noon(&lms, "2026-03-31");
    let (skills, catalog, admin) = (lms.skills(), lms.catalog(), lms.admin());
    training(&lms, "A", "AID=2", &[]).await;
    require(&lms, "DRIVER", "AID", 1, "2027-01-01").await;
    done(&lms, "Ada", "A", "2026-03-31").await;
    let refused = skills.archive(&admin, "AID").await.unwrap_err();
    assert_eq!((refused.code(), refused.hints().len()), ("skills.in_use", 2));
    assert!(refused.hints()[0].contains("A") && refused.hints()[1].contains("DRIVER"));

    // Half of it is not enough.
    catalog.archive(&admin, "A").await.unwrap();
    let refused = skills.archive(&admin, "AID").await.unwrap_err();
    assert_eq!(refused.hints().len(), 1, "{refused}");
    skills.require(&admin, "DRIVER", "AID", None, Some(day("2027-01-01"))).await.unwrap();
    let archived = skills.archive(&admin, "AID").await.unwrap();
    assert!(archived.value.archived && archived.operation.is_some());
    assert_eq!(skills.archive(&admin, "AID").await.unwrap().operation, None);
    assert_eq!(skills_of(&lms, "Ada", "2026-03-31").await, ["AID 2 by A"], "who has it keeps it");
    let refused = skills.require(&admin, "DRIVER", "AID", Some(level(1)), None).await.unwrap_err();
    assert_eq!(refused.code(), "skills.archived");
    let codes = async |filter: SkillFilter| {
        let page = skills.list(&admin, filter).await.unwrap();
        page.items.into_iter().map(|skill| skill.code).collect::<Vec<_>>()
    };
    assert_eq!(codes(SkillFilter::new()).await, ["LOADS"]);
    assert_eq!(codes(SkillFilter::new().archived(true)).await, ["AID", "LOADS"]);
    assert!(!skills.reopen(&admin, "AID").await.unwrap().value.archived);
    assert_eq!(codes(SkillFilter::new().search("rst a")).await, ["AID"]);
    assert_eq!(codes(SkillFilter::new().search("%")).await, [""; 0]);
    assert_eq!(codes(SkillFilter::new().category("safety")).await.len(), 2);
    assert_eq!(codes(SkillFilter::new().category("Languages")).await, [""; 0]);
    assert_sound(&lms).await;
}

async fn nothing_is_published_that_teaches_what_is_not_there(engine: Engine) {
    let lms = company(engine).await;
    let (catalog, admin) = (lms.catalog(), lms.admin());
    lms.skills().archive(&admin, "LOADS").await.unwrap();
    training(&lms, "A", "", &[]).await;
    let change = TrainingChange::new().set(TrainingField::Skills, "aid=2, LOADS=1, CHESS=5");
    catalog.edit(&admin, "A", change).await.unwrap();
    let refused = catalog.publish(&admin, "A", &Publishing::minor()).await.unwrap_err();
    assert_eq!(refused.code(), "catalog.not_publishable");
    assert_eq!(
        refused.hints(),
        [
            "skills[1].skill: the skill `LOADS` is archived",
            "skills[2].skill: there is no skill `CHESS`"
        ]
    );
    let bad = TrainingChange::new().set(TrainingField::Skills, "AID=2, aid=3");
    let refused = catalog.edit(&admin, "A", bad).await.unwrap_err();
    assert_eq!(refused.hints(), ["skills[1].skill: `aid` is there twice"]);
    let good = TrainingChange::new().set(TrainingField::Skills, "aid=2");
    catalog.edit(&admin, "A", good).await.unwrap();
    catalog.publish(&admin, "A", &Publishing::minor()).await.unwrap();
    let card = lms.skills().show(&admin, "AID", None).await.unwrap();
    assert_eq!((card.taught_by[0].training.as_str(), card.taught_by[0].level), ("A", level(2)));
}

async fn another_record_of_somebody_brings_what_they_learnt(engine: Engine) {
    let lms = company(engine).await;
    let (people, admin) = (lms.people(), lms.admin());
    training(&lms, "A", "AID=2", &[]).await;
    require(&lms, "DRIVER", "AID", 2, "2026-01-01").await;
    done(&lms, "Bo", "A", "2026-03-30").await;
    people.merge(&admin, "ada", "bo", None).await.unwrap();
    assert_eq!(skills_of(&lms, "Ada", "2026-03-31").await, ["AID 2 of 2 by A"]);
    assert_eq!(holders(&lms, "AID", 1, "2026-03-31").await, ["Ada Example 2"]);
    let on = GapFilter::new().as_of(Some(day("2026-03-31")));
    assert_eq!(gaps(&lms, on.clone()).await, [""; 0]);

    people.erase(&admin, "ada", None).await.unwrap();
    assert_eq!(holders(&lms, "AID", 1, "2026-03-31").await, [""; 0]);
    assert_eq!(gaps(&lms, on).await, [""; 0]);
    assert_sound(&lms).await;
}

async fn saying_it_twice_changes_nothing(engine: Engine) {
    let lms = company(engine).await;
    let (skills, admin) = (lms.skills(), lms.admin());
    let twice = skills.add(&admin, NewSkill::new("aid", "Other")).await.unwrap_err();
    assert_eq!((twice.code(), twice.field()), ("skills.exists", Some("code")));
    let change = SkillChange::new().name("First aid").description("Bandages").category("");
    let edited = skills.edit(&admin, "AID", change.clone()).await.unwrap();
    let fields: Vec<&str> = edited.changed.iter().map(|change| &*change.field).collect();
    assert_eq!(fields, ["description", "category"]);
    assert_eq!(newest(&lms).await.kind, "skill.changed");
    assert_eq!(skills.edit(&admin, "AID", change).await.unwrap().operation, None);
    let seen = Some(edited.value.created_at);
    let late = skills_unchanged(&lms, seen).await;
    assert_eq!(late, "skills.stale");
    let unknown = skills.show(&admin, "AIDS", None).await.unwrap_err();
    assert_eq!(
        (unknown.code(), unknown.hints()[0].as_str()),
        ("skills.unknown", "did you mean `AID`?")
    );
    for bad in [NewSkill::new("A B", "x"), NewSkill::new("X", " "), NewSkill::new("", "x")] {
        assert!(skills.add(&admin, bad).await.is_err());
    }
    let long = SkillChange::new().category(&"x".repeat(61));
    assert_eq!(skills.edit(&admin, "AID", long).await.unwrap_err().field(), Some("category"));
    // Somebody who changes the job role is asked for what the new one requires.
    require(&lms, "CLERK", "AID", 1, "2026-01-01").await;
    let change = PersonChange::new().set(PersonField::JobRole, "CLERK").from(day("2026-02-01"));
    lms.people().edit(&admin, "ada", change).await.unwrap();
    assert_eq!(skills_of(&lms, "Ada", "2026-01-31").await, [""; 0]);
    assert_eq!(skills_of(&lms, "Ada", "2026-02-01").await, ["AID 0 of 1"]);
}

async fn skills_unchanged(lms: &TestLms, seen: Option<Timestamp>) -> &'static str {
    let change = SkillChange::new().name("Z");
    let skills = lms.skills().unchanged_since(seen);
    skills.edit(&lms.admin(), "AID", change).await.unwrap_err().code()
}
