//! What people can and lack, as it is shown and asked for.

use serde::Serialize;
use uuid::Uuid;

use crate::catalog::{Cost, TrainingId};
use crate::kernel::page::{Paging, paged};
use crate::kernel::text::Day;
use crate::people::{Audience, PersonId};
use crate::skills::{SkillId, SkillLevel};

/// That somebody has a skill, and by what.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeldSkill {
    /// At which level.
    pub level: SkillLevel,
    /// The code of the training that taught it.
    pub training: String,
    /// When it was completed.
    pub completed_on: Day,
    /// The last day on which it is held at this level; nothing where it is held for good.
    pub valid_until: Option<Day>,
    /// The completion by which it is held.
    pub completion_id: Uuid,
}

/// Somebody who has a skill.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeldBy {
    /// Who.
    pub person_id: PersonId,
    /// Their name.
    pub person: String,
    /// Their number in the payroll.
    pub employee_number: Option<String>,
    /// At which level, and by what.
    #[serde(flatten)]
    pub held: HeldSkill,
}

/// One skill of one person: one that they have, or that their job role requires.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonSkill {
    /// The id of the skill.
    pub skill_id: SkillId,
    /// Its code.
    pub skill: String,
    /// What it is called.
    pub name: String,
    /// The level that the job role requires, where it does.
    pub required: Option<SkillLevel>,
    /// The level that they have, and by what, where they have any.
    pub held: Option<HeldSkill>,
    /// How many levels are missing; 0 where nothing is.
    pub missing: u8,
    /// The trainings that would close the gap, the cheapest first.
    pub closed_by: Vec<ClosingTraining>,
}

/// The skills of a person on a day.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonSkills {
    /// Whose.
    pub person_id: PersonId,
    /// Their name.
    pub person: String,
    /// The code of their job role on the day.
    pub job_role: Option<String>,
    /// The day.
    pub as_of: Day,
    /// What they have and what is required of them, by the code of the skill.
    pub skills: Vec<PersonSkill>,
}

/// A training that teaches a skill at the level that is required, or above.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClosingTraining {
    /// Its id.
    pub training_id: TrainingId,
    /// Its code.
    pub training: String,
    /// What it is called.
    pub title: String,
    /// The level that it teaches.
    pub level: SkillLevel,
    /// How long it takes.
    pub minutes: Option<u32>,
    /// What a seat costs.
    pub cost: Option<Cost>,
}

/// A skill that somebody's job role requires, and that they do not have at that level.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SkillGap {
    /// Who.
    pub person_id: PersonId,
    /// Their name.
    pub person: String,
    /// Their number in the payroll.
    pub employee_number: Option<String>,
    /// The code of their job role.
    pub job_role: String,
    /// The id of the skill.
    pub skill_id: SkillId,
    /// Its code.
    pub skill: String,
    /// What it is called.
    pub name: String,
    /// The level that is required.
    pub required: SkillLevel,
    /// The level that they have, and by what, where they have any.
    pub held: Option<HeldSkill>,
    /// How many levels are missing.
    pub missing: u8,
    /// The trainings that would close the gap, the cheapest first.
    pub closed_by: Vec<ClosingTraining>,
}

/// How a job role stands in one skill that it requires.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoleReadiness {
    /// The code of the job role.
    pub job_role: String,
    /// What it is called.
    pub job_role_name: String,
    /// The code of the skill.
    pub skill: String,
    /// What it is called.
    pub name: String,
    /// The level that is required.
    pub required: SkillLevel,
    /// How many people have the job role.
    pub people: i64,
    /// How many of them have the skill at that level.
    pub met: i64,
    /// How many do not.
    pub missed: i64,
    /// How many of a hundred have it, in tenths and rounded down, so that only all of them are 100.0.
    pub met_percent: Percent,
}

/// A share in tenths of a per cent, rounded down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(i32);

impl Percent {
    /// So many of so many; all of none.
    pub(crate) fn of(part: i64, whole: i64) -> Self {
        let tenths = part.saturating_mul(1_000).checked_div(whole).unwrap_or(1_000);
        Self(i32::try_from(tenths).unwrap_or(1_000))
    }

    /// In tenths of a per cent: 1,000 is all.
    #[must_use]
    pub fn tenths(self) -> i32 {
        self.0
    }
}

impl std::fmt::Display for Percent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

impl Serialize for Percent {
    fn serialize<S: serde::Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.serialize_f64(f64::from(self.0) / 10.0)
    }
}

/// Whose gaps, in which skills, on which day.
#[derive(Debug, Clone, Default)]
pub struct GapFilter {
    pub(super) audience: Audience,
    pub(super) skills: Vec<String>,
    pub(super) as_of: Option<Day>,
    pub(super) paging: Paging,
}

paged!(GapFilter, HolderFilter);

impl GapFilter {
    /// Of everybody who is active or on leave, today.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only of these people.
    #[must_use]
    pub fn audience(mut self, audience: Audience) -> Self {
        self.audience = audience;
        self
    }

    /// Only in this skill, or another one that is asked for.
    #[must_use]
    pub fn skill(mut self, skill: &str) -> Self {
        self.skills.push(skill.to_owned());
        self
    }

    /// On this day, by what is known now.
    #[must_use]
    pub fn as_of(mut self, day: Option<Day>) -> Self {
        self.as_of = day;
        self
    }
}

/// Who of those who have a skill.
#[derive(Debug, Clone, Default)]
pub struct HolderFilter {
    pub(super) audience: Audience,
    pub(super) level: Option<SkillLevel>,
    pub(super) as_of: Option<Day>,
    pub(super) paging: Paging,
}

impl HolderFilter {
    /// Everybody who is active or on leave and has it at any level today.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only these people.
    #[must_use]
    pub fn audience(mut self, audience: Audience) -> Self {
        self.audience = audience;
        self
    }

    /// Only those who have it at this level or above.
    #[must_use]
    pub fn level(mut self, level: Option<SkillLevel>) -> Self {
        self.level = level;
        self
    }

    /// On this day, by what is known now.
    #[must_use]
    pub fn as_of(mut self, day: Option<Day>) -> Self {
        self.as_of = day;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::Percent;

    #[test]
    fn only_all_are_a_hundred_per_cent() {
        let told = |part, whole| Percent::of(part, whole).to_string();
        assert_eq!(told(1, 3), "33.3");
        assert_eq!(told(9_999, 10_000), "99.9");
        assert_eq!(told(7, 7), "100.0");
        assert_eq!(told(0, 7), "0.0");
        assert_eq!(told(0, 0), "100.0");
    }
}
