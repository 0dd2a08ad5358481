//! Who may do what: the verbs over skills, and over who has them.

use lms_core::testkit::TestLms;
use lms_core::{
    Actor, GapFilter, HolderFilter, NewSkill, NewUnit, Result, SkillChange, SkillFilter,
    SkillLevel, UnitKind,
};

use crate::support::learning::learner;

/// Every verb that takes an actor, and the permission that it needs.
pub(super) const VERBS: &[(&str, &str)] = &[
    ("skills.add", "skills.write"),
    ("skills.edit", "skills.write"),
    ("skills.archive", "skills.write"),
    ("skills.reopen", "skills.write"),
    ("skills.list", "skills.read"),
    ("skills.show", "skills.read"),
    ("skills.requirements", "skills.read"),
    ("skills.require", "skills.write"),
    ("readiness.of", "readiness.read"),
    ("readiness.holders", "readiness.read"),
    ("readiness.gaps", "readiness.read"),
    ("readiness.count_gaps", "readiness.read"),
    ("readiness.by_job_role", "readiness.read"),
];

/// Lists of people, which are empty for whoever sees nobody.
pub(super) const LISTS: &[&str] =
    &["readiness.holders", "readiness.gaps", "readiness.count_gaps", "readiness.by_job_role"];

/// Skills, a job role that may require them, and somebody who may have them.
pub(super) async fn to_try_on(lms: &TestLms) {
    let admin = lms.admin();
    for code in ["SKILL", "UNUSED"] {
        lms.skills().add(&admin, NewSkill::new(code, code)).await.unwrap();
    }
    let role = NewUnit::new(UnitKind::JobRole, "SKILLED", "Skilled");
    lms.people().add_unit(&admin, role).await.unwrap();
    learner(lms, "skilled", "employee").await;
}

pub(super) async fn attempt(lms: &TestLms, actor: &Actor, verb: &str, tag: &str) -> Result<()> {
    let (skills, readiness) = (lms.skills(), lms.readiness());
    match verb {
        "skills.add" => skills.add(actor, NewSkill::new(tag, tag)).await.map(drop),
        "skills.edit" => skills.edit(actor, "SKILL", SkillChange::new().name(tag)).await.map(drop),
        "skills.archive" => skills.archive(actor, "UNUSED").await.map(drop),
        "skills.reopen" => skills.reopen(actor, "UNUSED").await.map(drop),
        "skills.list" => skills.list(actor, SkillFilter::new()).await.map(drop),
        "skills.show" => skills.show(actor, "SKILL", None).await.map(drop),
        "skills.requirements" => skills.requirements(actor, "SKILLED", None).await.map(drop),
        "skills.require" => {
            // Another level for each, so that there is something to do.
            let level = SkillLevel::ALL[tag.len() % SkillLevel::ALL.len()];
            skills.require(actor, "SKILLED", "SKILL", Some(level), None).await.map(drop)
        }
        "readiness.of" => readiness.of(actor, "skilled", None).await.map(drop),
        "readiness.holders" => {
            readiness.holders(actor, "SKILL", HolderFilter::new()).await.map(drop)
        }
        "readiness.gaps" => readiness.gaps(actor, GapFilter::new()).await.map(drop),
        "readiness.count_gaps" => readiness.count_gaps(actor, GapFilter::new()).await.map(drop),
        "readiness.by_job_role" => readiness.by_job_role(actor, GapFilter::new()).await.map(drop),
        other => panic!("say how to try `{other}`"),
    }
}
