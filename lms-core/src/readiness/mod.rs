//! Who can what, and who lacks what their job role requires: skills as people hold them.
//!
//! Owns no table, and writes nothing: a skill is held on a day by whoever has a completion that holds on
//! that day, of a version that teaches it, at the highest level that one of them teaches. `grants.rs` is
//! the one place that says so; every question here is asked through it. A completion teaches what the
//! version taught that was done, whatever later versions teach, and nothing else: what stands in for
//! another training spares people the other, and teaches what it says itself.

mod grants;
mod types;
pub(crate) mod asked;
mod closing;
mod holders;
mod person;
pub(crate) mod gaps;
pub(crate) mod roles;

pub use types::{
    ClosingTraining, GapFilter, HeldBy, HeldSkill, HolderFilter, Percent, PersonSkill,
    PersonSkills, RoleReadiness, SkillGap,
};

use crate::kernel::access::{Actor, Permission};
use crate::kernel::core::Core;
use crate::kernel::error::Result;
use crate::kernel::page::Page;
use crate::kernel::text::Day;

/// May see who has which skills, and who lacks them: of all people, or of those within a scope.
pub(crate) const READ: Permission =
    Permission::scoped("readiness.read", "see who has which skills, and who lacks them");

/// Who can what; made by [`crate::Lms::readiness`].
#[derive(Debug)]
pub struct Readiness<'a> {
    pub(crate) core: &'a Core,
}

impl Readiness<'_> {
    /// The skills of one person on a day (today, unless said): those that they have, and those that their
    /// job role requires of them.
    pub async fn of(
        &self,
        actor: &Actor,
        person: &str,
        as_of: Option<Day>,
    ) -> Result<PersonSkills> {
        actor.require(READ)?;
        person::of(self.core, actor, person, as_of).await
    }

    /// Who has a skill, in the order of their names.
    pub async fn holders(
        &self,
        actor: &Actor,
        skill: &str,
        filter: HolderFilter,
    ) -> Result<Page<HeldBy>> {
        actor.require(READ)?;
        holders::list(self.core, actor, skill, filter).await
    }

    /// What people lack that their job roles require, in the order of their names, with the trainings
    /// that would close each gap.
    pub async fn gaps(&self, actor: &Actor, filter: GapFilter) -> Result<Page<SkillGap>> {
        actor.require(READ)?;
        gaps::list(self.core, actor, filter).await
    }

    /// How many gaps there are on all pages.
    pub async fn count_gaps(&self, actor: &Actor, filter: GapFilter) -> Result<i64> {
        actor.require(READ)?;
        gaps::count(self.core, actor, filter).await
    }

    /// How many people of each job role have each skill that it requires, and how many lack it.
    pub async fn by_job_role(
        &self,
        actor: &Actor,
        filter: GapFilter,
    ) -> Result<Page<RoleReadiness>> {
        actor.require(READ)?;
        roles::list(self.core, actor, filter).await
    }
}
