//! What people can, by name: skills, and which job role requires which at what level.
//!
//! Owns `skills` and `skill_requirements`. Promises that a code is one skill for good, without regard to
//! case, that what is taught or required is not put away, and that what a job role requires has a
//! history: it holds from a day, and what was believed before is kept. Which trainings teach a skill is
//! the affair of `catalog`; who has it, and who lacks it, that of `readiness`.

mod types;
mod level;
mod timeline;
mod change;
mod requirements;
mod find;
pub(crate) mod sql;

pub(crate) use find::{Listed, find, listed};
pub use level::SkillLevel;
pub use types::{
    NewSkill, RequiredBy, RequiredSkill, RoleRequirements, Skill, SkillCard, SkillChange,
    SkillFilter, TaughtBy,
};

use crate::kernel::access::{Actor, Permission};
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::error::{Result, error_codes};
use crate::kernel::ids::id;
use crate::kernel::page::Page;
use crate::kernel::text::Day;
use crate::operations::Changed;

/// May see skills, and which job roles require them.
pub(crate) const READ: Permission =
    Permission::new("skills.read", "see skills, and which job roles require them");
/// May say which skills there are, and what job roles require.
pub(crate) const WRITE: Permission =
    Permission::new("skills.write", "make skills, or say which job roles require them");

id! {
    /// A skill.
    SkillId;
}

error_codes! {
    UNKNOWN = "skills.unknown", NotFound, "there is no such skill";
    EXISTS = "skills.exists", Conflict, "a skill has this code already";
    STALE = "skills.stale", Stale, "the skill changed since it was read";
    IN_USE = "skills.in_use", Refused, "a training teaches the skill, or a job role requires it";
    ARCHIVED = "skills.archived", Refused, "the skill is archived";
}

/// Skills; made by [`crate::Lms::skills`].
#[derive(Debug)]
pub struct Skills<'a> {
    pub(crate) core: &'a Core,
    pub(crate) unchanged_since: Option<Timestamp>,
}

impl Skills<'_> {
    /// Lets the next change of a skill happen only if nobody changed it after this instant, which is
    /// the `updated_at` that the caller saw. No two writes have the same one.
    #[must_use]
    pub fn unchanged_since(mut self, updated_at: Option<Timestamp>) -> Self {
        self.unchanged_since = updated_at;
        self
    }

    /// Makes a skill.
    pub async fn add(&self, actor: &Actor, new: NewSkill) -> Result<Changed<Skill>> {
        actor.require(WRITE)?;
        change::add(self.core, actor, new).await
    }

    /// Changes name, description or category. Nothing happens, and it says so, where all is so already.
    pub async fn edit(
        &self,
        actor: &Actor,
        skill: &str,
        change: SkillChange,
    ) -> Result<Changed<Skill>> {
        actor.require(WRITE)?;
        change::edit(self, actor, skill, change).await
    }

    /// Puts a skill away that nothing teaches and no job role requires any more. Who has it keeps it.
    pub async fn archive(&self, actor: &Actor, skill: &str) -> Result<Changed<Skill>> {
        actor.require(WRITE)?;
        change::archive(self, actor, skill).await
    }

    /// Takes a skill out again that was archived.
    pub async fn reopen(&self, actor: &Actor, skill: &str) -> Result<Changed<Skill>> {
        actor.require(WRITE)?;
        change::reopen(self, actor, skill).await
    }

    /// Skills by code.
    pub async fn list(&self, actor: &Actor, filter: SkillFilter) -> Result<Page<Skill>> {
        actor.require(READ)?;
        find::list(self.core, filter).await
    }

    /// One skill by code, name or id, with what teaches it now and which job roles require it on a day.
    pub async fn show(&self, actor: &Actor, skill: &str, as_of: Option<Day>) -> Result<SkillCard> {
        actor.require(READ)?;
        find::card(self.core, skill, as_of).await
    }

    /// What a job role requires on a day.
    pub async fn requirements(
        &self,
        actor: &Actor,
        job_role: &str,
        as_of: Option<Day>,
    ) -> Result<RoleRequirements> {
        actor.require(READ)?;
        requirements::show(self.core, job_role, as_of).await
    }

    /// From a day on (today, unless said) until what was decided later for a later day, a job role
    /// requires a skill at this level; at none, it no longer requires it.
    pub async fn require(
        &self,
        actor: &Actor,
        job_role: &str,
        skill: &str,
        level: Option<SkillLevel>,
        from: Option<Day>,
    ) -> Result<Changed<RoleRequirements>> {
        actor.require(WRITE)?;
        requirements::require(self.core, actor, job_role, skill, level, from).await
    }
}
