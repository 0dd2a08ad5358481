//! What there is to learn: trainings, their versions, what comes before which, what counts for which.
//!
//! Owns `trainings`, `training_versions`, `training_labels`, `training_terms`,
//! `training_prerequisites`, `training_quizzes`, `training_skills` and `training_equivalents`; with
//! `paths/`, the tables of learning paths.
//! Promises that a published version never changes again, that what is published has nothing missing
//! and waits for nothing that waits for it, that a path never leads to a training which is no longer
//! given, and that modules and items keep their keys from version to version, so that progress can
//! refer to them. A code is one training, without regard to case.
//!
//! A version is one document (`definition.rs`), the same in a file and in the database. What it may
//! say (`validation.rs`), what it must not lack (`publishing.rs`), where a training goes from where
//! it is (`lifecycle.rs`) and what is different between two (`difference.rs`) are pure. One training
//! is written by the same way as ten thousand (`save.rs`).

mod types;
mod definition;
mod item_file;
mod teaching;
mod problems;
mod validation;
mod visibility;
pub(crate) mod difference;
mod lifecycle;
mod fields;
mod modules;
mod publishing;
mod file;
mod authoring;
mod publish;
mod exchange;
mod equivalents;
mod find;
mod save;
mod learning;
pub(crate) mod sql;
pub(crate) mod paths;

pub use authoring::{NewTraining, TrainingChange};
pub(crate) use authoring::{add_drafts, check_draft, checked};
pub use definition::{
    Completion, Cost, Item, ItemContent, Module, ReadAndSign, TrainingDefinition,
};
pub(crate) use exchange::deliver;
pub use exchange::{ImportAction, ImportOutcome, ImportPlan, PlannedTraining};
pub use fields::TrainingField;
pub use file::TrainingFile;
pub use find::TrainingFilter;
pub use item_file::ItemFile;
pub(crate) use learning::{find_for, version_in, versions_in};
pub use modules::ModuleStep;
pub use paths::{
    LearningPath, NewPath, PathCard, PathChange, PathDefinition, PathField, PathFile, PathFilter,
    PathId, PathImportOutcome, PathImportPlan, PathPublishPlan, PathShown, PathStep, PathTraining,
    PathVersion, Paths, PlannedPath,
};
pub use problems::Problem;
pub(crate) use problems::refuse;
pub use publish::Publishing;
pub use teaching::TaughtSkill;
pub use types::{
    Category, Delivery, Difficulty, Equivalent, PathStatus, PublishPlan, Shown, Training,
    TrainingCard, TrainingStatus, TrainingVersion, VersionNumber,
};

use crate::kernel::access::{Actor, Permission};
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::error::{Result, error_codes};
use crate::kernel::ids::id;
use crate::kernel::page::Page;
use crate::kernel::text::Day;
use crate::operations::Changed;
use crate::people::{HistoryFilter, RecordHistoryEntry};
use lifecycle::Wish;
use visibility::Visibility;

/// May see the catalog.
pub(crate) const READ: Permission = Permission::new("catalog.read", "see trainings");
/// May see what is not published; so may whoever writes it.
pub(crate) const DRAFTS: Permission =
    Permission::new("drafts.read", "see trainings and paths before they are published");
/// May write trainings.
pub(crate) const WRITE: Permission = Permission::new("catalog.write", "make or change trainings");
/// May decide what is given to people.
pub(crate) const PUBLISH: Permission =
    Permission::new("catalog.publish", "publish or archive trainings");

id! {
    /// A training.
    TrainingId;
}

error_codes! {
    UNKNOWN_TRAINING = "catalog.training_unknown", NotFound, "there is no such training";
    UNKNOWN_VERSION = "catalog.version_unknown", NotFound, "a training or path has no such version";
    UNKNOWN_MODULE = "catalog.module_unknown", NotFound, "the training has no such module or item";
    TRAINING_EXISTS = "catalog.training_exists", Conflict, "a training has this code already";
    INVALID_DEFINITION = "catalog.definition_invalid", Invalid, "a training or path says something that it cannot";
    INVALID_FILE = "catalog.file_invalid", Invalid, "a file is not that of a training, or of a path";
    DUPLICATE = "catalog.duplicate", Invalid, "two files hold the same training or path";
    STALE = "catalog.stale", Stale, "the training or path changed since it was read";
    STALE_PLAN = "catalog.plan_stale", Stale, "something was changed since the import was planned";
    NOT_PUBLISHABLE = "catalog.not_publishable", Refused, "a draft lacks something that what is published has";
    NO_DRAFT = "catalog.no_draft", Precondition, "nothing was changed since the training was published";
    ARCHIVED = "catalog.archived", Refused, "the training or path is archived";
    EVER_PUBLISHED = "catalog.published", Refused, "what was published once stays";
    REQUIRED = "catalog.required", Refused, "others cannot do without it: trainings wait for it, paths have it as a step, or rules ask for it";
    TEMPLATE = "catalog.template", Refused, "a template is there to be copied only";
    NOT_A_TEMPLATE = "catalog.not_a_template", Refused, "the training is not a template";
    CODE_FIXED = "catalog.code_fixed", Refused, "what was published keeps its code";
    NOT_EQUIVALENT = "catalog.not_equivalent", Invalid, "one training cannot stand in for another";
    NOT_GIVEN = "catalog.not_given", Refused, "a training or path is not published, so that nobody is given it";
    UNKNOWN_PATH = "catalog.path_unknown", NotFound, "there is no such learning path";
    UNKNOWN_STEP = "catalog.step_unknown", NotFound, "a learning path has no such step";
    PATH_EXISTS = "catalog.path_exists", Conflict, "a learning path has this code already";
    EQUIVALENT_UNKNOWN = "catalog.equivalent_unknown", NotFound, "the one does not count for the other";
}

/// Trainings; made by [`crate::Lms::catalog`].
#[derive(Debug)]
pub struct Catalog<'a> {
    pub(crate) core: &'a Core,
    pub(crate) unchanged_since: Option<Timestamp>,
}

impl Catalog<'_> {
    /// Lets the next change of a training happen only if nobody changed it after this instant, which
    /// is the `updated_at` that the caller saw. No two writes have the same one.
    #[must_use]
    pub fn unchanged_since(mut self, updated_at: Option<Timestamp>) -> Self {
        self.unchanged_since = updated_at;
        self
    }

    /// Makes a training, as a draft: new, as a copy, or of a template.
    pub async fn add(&self, actor: &Actor, new: NewTraining) -> Result<Changed<Training>> {
        actor.require(WRITE)?;
        authoring::add(self.core, actor, new).await
    }

    /// Changes a training. What is published stays as it is: the change becomes its draft.
    pub async fn edit(
        &self,
        actor: &Actor,
        training: &str,
        change: TrainingChange,
    ) -> Result<Changed<Training>> {
        actor.require(WRITE)?;
        authoring::edit(self, actor, training, change).await
    }

    /// Trainings by title or code.
    pub async fn list(&self, actor: &Actor, filter: TrainingFilter) -> Result<Page<Training>> {
        actor.require(READ)?;
        find::list(self.core, Visibility::of(actor), filter).await
    }

    /// The headings under which trainings stand, by name.
    pub async fn categories(&self, actor: &Actor) -> Result<Vec<Category>> {
        actor.require(READ)?;
        find::categories(self.core, Visibility::of(actor)).await
    }

    /// One training by code or id, with all that is in one of its versions.
    pub async fn show(&self, actor: &Actor, training: &str, shown: Shown) -> Result<TrainingCard> {
        actor.require(READ)?;
        find::card(self.core, Visibility::of(actor), training, shown).await
    }

    /// The versions of a training, the newest first.
    pub async fn versions(&self, actor: &Actor, training: &str) -> Result<Vec<TrainingVersion>> {
        actor.require(READ)?;
        find::versions(self.core, Visibility::of(actor), training).await
    }

    /// What was done to a training, the latest first: how it was written, published and archived, and how
    /// many were given it or spared it.
    pub async fn history(
        &self,
        actor: &Actor,
        training: &str,
        filter: HistoryFilter,
    ) -> Result<Page<RecordHistoryEntry>> {
        Visibility::require(actor)?;
        find::history(self.core, training, filter).await
    }

    /// Hands a draft over to be looked at. Editing it takes it back.
    pub async fn submit(&self, actor: &Actor, training: &str) -> Result<Changed<Training>> {
        actor.require(WRITE)?;
        authoring::move_on(self, actor, training, Wish::Submit).await
    }

    /// What publishing would do, and what stands in its way.
    pub async fn plan_publish(
        &self,
        actor: &Actor,
        training: &str,
        publishing: &Publishing,
    ) -> Result<PublishPlan> {
        actor.require(READ)?;
        Visibility::require(actor)?;
        publish::plan(self, training, publishing).await
    }

    /// Publishes the draft of a training, or says all that stands in the way. Nothing happens, and
    /// it says so, where there is no draft.
    pub async fn publish(
        &self,
        actor: &Actor,
        training: &str,
        publishing: &Publishing,
    ) -> Result<Changed<Training>> {
        actor.require(PUBLISH)?;
        publish::publish(self, actor, training, publishing).await
    }

    /// Takes a training out of the catalog; what was done in it stays.
    pub async fn archive(&self, actor: &Actor, training: &str) -> Result<Changed<Training>> {
        actor.require(PUBLISH)?;
        authoring::move_on(self, actor, training, Wish::Archive).await
    }

    /// Takes a training back into the catalog.
    pub async fn reopen(&self, actor: &Actor, training: &str) -> Result<Changed<Training>> {
        actor.require(PUBLISH)?;
        authoring::move_on(self, actor, training, Wish::Reopen).await
    }

    /// Takes a training away that was never published; its code is free again.
    pub async fn remove(&self, actor: &Actor, training: &str) -> Result<Changed<Training>> {
        actor.require(WRITE)?;
        authoring::move_on(self, actor, training, Wish::Remove).await
    }

    /// From a day on (today, unless said), whoever has done `by` has done `training` as well.
    pub async fn add_equivalent(
        &self,
        actor: &Actor,
        training: &str,
        by: &str,
        from: Option<Day>,
        until: Option<Day>,
    ) -> Result<Changed<Vec<Equivalent>>> {
        actor.require(PUBLISH)?;
        equivalents::add(self.core, actor, training, by, from, until).await
    }

    /// From this day on `by` no longer counts for `training`.
    pub async fn end_equivalent(
        &self,
        actor: &Actor,
        training: &str,
        by: &str,
        until: Day,
    ) -> Result<Changed<Vec<Equivalent>>> {
        actor.require(PUBLISH)?;
        equivalents::end(self.core, actor, training, by, until).await
    }

    /// A training as a file, as its author has it now.
    pub async fn export(&self, actor: &Actor, training: &str) -> Result<TrainingFile> {
        actor.require(READ)?;
        Visibility::require(actor)?;
        exchange::export(self.core, training).await
    }

    /// What importing these files would do; with `publish`, they are published as well.
    pub async fn plan_import(
        &self,
        actor: &Actor,
        files: Vec<TrainingFile>,
        publish: bool,
    ) -> Result<ImportPlan> {
        actor.require(if publish { PUBLISH } else { WRITE })?;
        exchange::plan(self.core, actor, files, publish).await
    }

    /// Imports exactly what was planned, all or nothing; refuses where something else would happen
    /// by now.
    pub async fn import(&self, actor: &Actor, plan: ImportPlan) -> Result<ImportOutcome> {
        actor.require(WRITE)?;
        if plan.publishes() {
            actor.require(PUBLISH)?;
        }
        exchange::apply(self.core, actor, plan).await
    }
}
