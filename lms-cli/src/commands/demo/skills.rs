//! What the people of the demo company have to be able to do. The trainings say themselves what they
//! teach: see their files.

use lms_core::{Actor, Day, Lms, NewSkill, Result, SkillLevel, UnitKind};

/// Code, name, category, what somebody can who has it.
const SKILLS: &[(&str, &str, &str, &str)] = &[
    ("FIRST-AID", "First aid", "Safety", "Helps until the ambulance is there"),
    ("FIRE", "Fire protection", "Safety", "Knows the ways out, and how to put a fire out"),
    ("FORKLIFT", "Driving a forklift", "Safety", "Drives one without endangering anybody"),
    (
        "PRIVACY",
        "Data protection",
        "Law",
        "Knows which data are personal, and what may be done with them",
    ),
    ("SECURITY", "Security", "Engineering", "Writes and runs software that withstands attacks"),
    ("LEADERSHIP", "Leading people", "Leadership", "Gives feedback and goals, and holds to them"),
    ("SPANISH", "Spanish", "Languages", "Speaks and writes it"),
    ("TYPEWRITING", "Typewriting", "Office", "Writes with ten fingers"),
];

/// Which nobody needs any more.
const ARCHIVED: &str = "TYPEWRITING";

/// Job role, skill, level.
const REQUIRED: &[(&str, &str, u8)] = &[
    ("DEV", "SECURITY", 4),
    ("DEV", "PRIVACY", 2),
    ("LEAD", "LEADERSHIP", 2),
    ("LEAD", "SECURITY", 2),
    ("SELLER", "PRIVACY", 2),
    ("PARTNER", "PRIVACY", 4),
    ("PARTNER", "FIRST-AID", 2),
    ("PICKER", "FORKLIFT", 3),
    ("PICKER", "FIRE", 1),
];

/// Names the skills, before the catalog that teaches them is published.
pub(super) async fn name(lms: &Lms, actor: &Actor) -> Result<()> {
    let skills = lms.skills();
    // Few, each an entry of the log of its own, as an admin would have made them.
    for (code, name, category, description) in SKILLS {
        let new = NewSkill::new(code, name).category(category).description(description);
        skills.add(actor, new).await?;
    }
    skills.archive(actor, ARCHIVED).await?;
    let since = Day::parse("2026-01-01")?;
    let roles = lms.people().units(actor, UnitKind::JobRole, None, false).await?;
    // A small company does not have all of the job roles.
    let there = |role: &str| roles.iter().any(|unit| unit.code == role);
    for (role, skill, level) in REQUIRED.iter().filter(|(role, ..)| there(role)) {
        skills.require(actor, role, skill, SkillLevel::new(*level), Some(since)).await?;
    }
    Ok(())
}
