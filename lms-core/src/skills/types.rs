//! Skills as they are shown, and as they are asked for.

use serde::Serialize;

use super::level::SkillLevel;
use super::{SkillId, sql};
use crate::kernel::clock::Timestamp;
use crate::kernel::page::{Paging, paged};
use crate::kernel::text::Day;
use crate::people::UnitId;

/// Something that people can.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skill {
    /// Its id.
    pub id: SkillId,
    /// The short name that people type; unique without regard to case, and the same for good.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// What somebody can who has it.
    pub description: Option<String>,
    /// Under which heading it stands.
    pub category: Option<String>,
    /// Whether it was put away.
    pub archived: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// A skill with what teaches it now, and which job roles require it on a day.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SkillCard {
    /// The skill.
    #[serde(flatten)]
    pub skill: Skill,
    /// The day.
    pub as_of: Day,
    /// The trainings that are published now and teach it, those of the highest level first.
    pub taught_by: Vec<TaughtBy>,
    /// The job roles that require it on the day.
    pub required_by: Vec<RequiredBy>,
}

/// A training that teaches a skill.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TaughtBy {
    /// The code of the training.
    pub training: String,
    /// What it is called.
    pub title: String,
    /// Up to which level.
    pub level: SkillLevel,
}

/// A job role that requires a skill.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RequiredBy {
    /// The code of the job role.
    pub job_role: String,
    /// What it is called.
    pub name: String,
    /// At which level.
    pub level: SkillLevel,
    /// Since when.
    pub from: Day,
    /// The first day on which it no longer does.
    pub until: Option<Day>,
}

/// What a job role requires on a day.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoleRequirements {
    /// The id of the job role.
    pub job_role_id: UnitId,
    /// Its code.
    pub job_role: String,
    /// The day.
    pub as_of: Day,
    /// The skills, by code.
    pub skills: Vec<RequiredSkill>,
}

/// A skill that a job role requires.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RequiredSkill {
    /// The code of the skill.
    pub skill: String,
    /// What it is called.
    pub name: String,
    /// At which level.
    pub level: SkillLevel,
    /// Since when.
    pub from: Day,
    /// The first day on which it no longer does.
    pub until: Option<Day>,
}

/// A skill to be made.
#[derive(Debug, Clone)]
pub struct NewSkill {
    pub(super) code: String,
    pub(super) change: SkillChange,
}

impl NewSkill {
    /// A skill of this code and name.
    #[must_use]
    pub fn new(code: &str, name: &str) -> Self {
        Self { code: code.to_owned(), change: SkillChange::new().name(name) }
    }

    /// What somebody can who has it.
    #[must_use]
    pub fn description(mut self, description: &str) -> Self {
        self.change = self.change.description(description);
        self
    }

    /// Under which heading it stands.
    #[must_use]
    pub fn category(mut self, category: &str) -> Self {
        self.change = self.change.category(category);
        self
    }
}

/// What to change of a skill.
#[derive(Debug, Clone, Default)]
pub struct SkillChange {
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) category: Option<String>,
}

impl SkillChange {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Another name.
    #[must_use]
    pub fn name(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }

    /// Another description; an empty one clears it.
    #[must_use]
    pub fn description(mut self, description: &str) -> Self {
        self.description = Some(description.to_owned());
        self
    }

    /// Another category; an empty one clears it.
    #[must_use]
    pub fn category(mut self, category: &str) -> Self {
        self.category = Some(category.to_owned());
        self
    }
}

/// Which skills.
#[derive(Debug, Clone, Default)]
pub struct SkillFilter {
    pub(super) search: Option<String>,
    pub(super) categories: Vec<String>,
    pub(super) archived: bool,
    pub(super) paging: Paging,
}

paged!(SkillFilter);

impl SkillFilter {
    /// All that are not archived.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only those with this in code or name.
    #[must_use]
    pub fn search(mut self, text: &str) -> Self {
        self.search = Some(text.to_owned());
        self
    }

    /// Only those under this heading, or another one that is asked for.
    #[must_use]
    pub fn category(mut self, category: &str) -> Self {
        self.categories.push(category.to_owned());
        self
    }

    /// Also those that are archived.
    #[must_use]
    pub fn archived(mut self, archived: bool) -> Self {
        self.archived = archived;
        self
    }
}

impl From<sql::SkillRow> for Skill {
    fn from(row: sql::SkillRow) -> Self {
        Self {
            id: SkillId::new(row.id),
            code: row.code,
            name: row.name,
            description: row.description,
            category: row.category,
            archived: row.archived_at.is_some(),
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}
