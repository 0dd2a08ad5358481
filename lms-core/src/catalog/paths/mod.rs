//! Learning paths: trainings in order, each required or one of several to choose from.
//!
//! Writes `paths`, `path_versions`, `path_labels`, `path_terms` and `path_trainings`, which belong to
//! the catalog. A path lives as a training does, but for the review: its versions are documents
//! (`definition.rs`) that never change once they were published, beside one draft. Promises that a
//! path in the catalog can be gone to its end: all its trainings are in the catalog, too, and stay
//! there as long as the path does.
//!
//! Trainings are named by their codes, as people do in files. A code that is not known is refused at
//! once, even in a draft: nobody means a training that there is not. What prerequisites make of the
//! order (`publishing.rs`) is a warning and no refusal, for whoever is given a path may have done
//! them long ago.

mod definition;
mod text;
mod validation;
mod publishing;
mod fields;
mod types;
mod file;
mod steps;
mod authoring;
mod publish;
mod exchange;
mod find;
mod save;
pub(crate) mod sql;

pub use authoring::{NewPath, PathChange};
pub use definition::{PathDefinition, PathStep};
pub use exchange::{PathImportOutcome, PathImportPlan, PlannedPath};
pub use fields::PathField;
pub use file::PathFile;
#[cfg(test)]
pub(crate) use find::GivenStep;
pub use find::PathFilter;
pub(crate) use find::{GivenPath, all_given, given};
pub use types::{LearningPath, PathCard, PathPublishPlan, PathShown, PathTraining, PathVersion};

use super::lifecycle::Wish;
use super::visibility::Visibility;
use super::{PUBLISH, READ, WRITE};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::error::Result;
use crate::kernel::ids::id;
use crate::kernel::page::Page;
use crate::operations::Changed;

id! {
    /// A learning path.
    PathId;
}

/// Learning paths; made by [`crate::Lms::paths`].
#[derive(Debug)]
pub struct Paths<'a> {
    pub(crate) core: &'a Core,
    pub(crate) unchanged_since: Option<Timestamp>,
}

impl Paths<'_> {
    /// Lets the next change of a path happen only if nobody changed it after this instant, which is
    /// the `updated_at` that the caller saw. No two writes have the same one.
    #[must_use]
    pub fn unchanged_since(mut self, updated_at: Option<Timestamp>) -> Self {
        self.unchanged_since = updated_at;
        self
    }

    /// Makes a path, as a draft.
    pub async fn add(&self, actor: &Actor, new: NewPath) -> Result<Changed<LearningPath>> {
        actor.require(WRITE)?;
        authoring::add(self.core, actor, new).await
    }

    /// Changes a path. What is published stays as it is: the change becomes its draft.
    pub async fn edit(
        &self,
        actor: &Actor,
        path: &str,
        change: PathChange,
    ) -> Result<Changed<LearningPath>> {
        actor.require(WRITE)?;
        authoring::edit(self, actor, path, change).await
    }

    /// Paths by title or code.
    pub async fn list(&self, actor: &Actor, filter: PathFilter) -> Result<Page<LearningPath>> {
        actor.require(READ)?;
        find::list(self.core, Visibility::of(actor), filter).await
    }

    /// One path by code or id, with all that is in one of its versions.
    pub async fn show(&self, actor: &Actor, path: &str, shown: PathShown) -> Result<PathCard> {
        actor.require(READ)?;
        find::card(self.core, Visibility::of(actor), path, shown).await
    }

    /// What publishing would do, and what stands in its way.
    pub async fn plan_publish(&self, actor: &Actor, path: &str) -> Result<PathPublishPlan> {
        actor.require(READ)?;
        Visibility::require(actor)?;
        publish::plan(self, path).await
    }

    /// Publishes the draft of a path, or says all that stands in the way. Nothing happens, and it
    /// says so, where there is no draft.
    pub async fn publish(&self, actor: &Actor, path: &str) -> Result<Changed<LearningPath>> {
        actor.require(PUBLISH)?;
        publish::publish(self, actor, path).await
    }

    /// Takes a path out of the catalog; what was done on it stays.
    pub async fn archive(&self, actor: &Actor, path: &str) -> Result<Changed<LearningPath>> {
        actor.require(PUBLISH)?;
        authoring::move_on(self, actor, path, Wish::Archive).await
    }

    /// Takes a path back into the catalog, as long as its trainings are there.
    pub async fn reopen(&self, actor: &Actor, path: &str) -> Result<Changed<LearningPath>> {
        actor.require(PUBLISH)?;
        authoring::move_on(self, actor, path, Wish::Reopen).await
    }

    /// Takes a path away that was never published; its code is free again.
    pub async fn remove(&self, actor: &Actor, path: &str) -> Result<Changed<LearningPath>> {
        actor.require(WRITE)?;
        authoring::move_on(self, actor, path, Wish::Remove).await
    }

    /// A path as a file, as its author has it now.
    pub async fn export(&self, actor: &Actor, path: &str) -> Result<PathFile> {
        actor.require(READ)?;
        Visibility::require(actor)?;
        exchange::export(self.core, path).await
    }

    /// What importing these files would do; with `publish`, they are published as well.
    pub async fn plan_import(
        &self,
        actor: &Actor,
        files: Vec<PathFile>,
        publish: bool,
    ) -> Result<PathImportPlan> {
        actor.require(if publish { PUBLISH } else { WRITE })?;
        exchange::plan(self.core, actor, files, publish).await
    }

    /// Imports exactly what was planned, all or nothing; refuses where something else would happen
    /// by now.
    pub async fn import(&self, actor: &Actor, plan: PathImportPlan) -> Result<PathImportOutcome> {
        actor.require(WRITE)?;
        if plan.publishes() {
            actor.require(PUBLISH)?;
        }
        exchange::apply(self.core, actor, plan).await
    }
}
