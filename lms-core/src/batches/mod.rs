//! Everything that changed many records, and the way back.
//!
//! A batch is an operation of a context that knows how to take its own operations back. Owns no
//! table: the operation that takes another back is recorded like any other, names it in `undoes`,
//! and can be taken back in its turn. A context that learns the way back gets its kinds into
//! [`KINDS`] and a line each in `undo.rs`, where parts are decided and carried out.

mod list;
mod undo;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::kernel::access::{Actor, Permission};
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::error::{Result, error_codes};
use crate::kernel::page::{Page, Paging, paged};
use crate::operations::{FieldChange, OperationId, UndoParts, refuse_other};
use crate::{assignments, people, quizzes};

/// What is recorded of an undo.
const UNDONE: &str = "batch.undone";
/// The kinds of operations that can be taken back.
const KINDS: &[&str] = &[
    "person.created",
    "person.changed",
    people::delivery::IMPORTED,
    "unit.created",
    "unit.changed",
    "organisation.changed",
    "group.changed",
    UNDONE,
];
/// Those, and those that assignments and the question bank take back.
fn kinds() -> impl Iterator<Item = &'static str> {
    KINDS.iter().chain(assignments::undo::KINDS).chain(quizzes::undo::KINDS).copied()
}

/// Nearly all of them are about people, units and groups: who sees those sees what was done to them.
const READ: Permission = people::READ;
/// Taking back is changing.
const WRITE: Permission = people::WRITE;

error_codes! {
    UNKNOWN = "batch.unknown", NotFound, "there is no such operation";
    NOT_UNDOABLE = "batch.not_undoable", Refused, "operations of this kind are not taken back";
    REDONE = "batch.redone", Conflict, "the operation was taken back, and that was taken back again";
    NOTHING_LEFT = "batch.nothing_left", Refused, "nothing of the operation can go back as things are";
}

/// Operations that can be taken back; made by [`crate::Lms::batches`].
#[derive(Debug)]
pub struct Batches<'a> {
    pub(crate) core: &'a Core,
}

/// Which batches.
#[derive(Debug, Clone, Default)]
pub struct BatchFilter {
    kind: Option<String>,
    actor: Option<String>,
    many: bool,
    paging: Paging,
}

paged!(BatchFilter);

impl BatchFilter {
    /// All of them.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only this kind, such as `person.changed`.
    #[must_use]
    pub fn kind(mut self, kind: &str) -> Self {
        self.kind = Some(kind.to_owned());
        self
    }

    /// Only what this actor did, such as `os:ada`.
    #[must_use]
    pub fn actor(mut self, actor: &str) -> Self {
        self.actor = Some(actor.to_owned());
        self
    }

    /// Only what changed more than one record.
    #[must_use]
    pub fn many(mut self, many: bool) -> Self {
        self.many = many;
        self
    }
}

/// An operation that can be taken back, or was.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Batch {
    /// Its place in the audit log, by which it is named.
    pub seq: i64,
    /// The operation.
    pub operation_id: OperationId,
    /// What was done, such as `person.changed`.
    pub kind: String,
    /// By whom.
    pub actor: String,
    /// When.
    pub recorded_at: Timestamp,
    /// Why, in the actor's words.
    pub reason: Option<String>,
    /// How many records it changed.
    pub n_records: i64,
    /// How many of what.
    pub counts: BTreeMap<String, i64>,
    /// The place of the operation that this one took back.
    pub undoes: Option<i64>,
    /// The place of the operation that took this one back.
    pub undone_by: Option<i64>,
}

/// A batch with some of what it changed.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BatchDetail {
    /// The batch.
    #[serde(flatten)]
    pub batch: Batch,
    /// The first of the records.
    pub samples: Vec<BatchSample>,
}

/// One record that a batch changed.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BatchSample {
    /// What kind of record, such as `person`.
    pub subject_type: String,
    /// Which one.
    pub subject_id: Option<uuid::Uuid>,
    /// Its name.
    pub subject: String,
    /// What the batch changed of it.
    pub changed: Vec<FieldChange>,
}

/// What taking a batch back would do.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UndoPlan {
    /// The batch.
    pub batch: Batch,
    /// Its three parts; empty where it was taken back already.
    #[serde(flatten)]
    pub parts: UndoParts,
    /// What [`Batches::undo`] compares.
    pub fingerprint: String,
}

impl UndoPlan {
    /// The plan, if it is still the one with this fingerprint, which somebody looked at.
    pub fn still(self, fingerprint: Option<&str>) -> Result<Self> {
        refuse_other(fingerprint, &self.fingerprint)?;
        Ok(self)
    }
}

/// What taking a batch back did.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UndoOutcome {
    /// The batch as it is now.
    pub batch: Batch,
    /// What became of it.
    #[serde(flatten)]
    pub parts: UndoParts,
    /// The operation that took it back; none where there was nothing to do.
    pub operation: Option<OperationId>,
}

impl Batches<'_> {
    /// Lists batches, newest first.
    pub async fn list(&self, actor: &Actor, filter: BatchFilter) -> Result<Page<Batch>> {
        actor.require_for_all(READ)?;
        list::list(self.core, filter).await
    }

    /// Shows one batch, by its number or its operation's id, with some of what it changed.
    pub async fn show(&self, actor: &Actor, batch: &str) -> Result<BatchDetail> {
        actor.require_for_all(READ)?;
        list::show(self.core, batch).await
    }

    /// One operation by its number or its id, whether or not it can be taken back.
    pub async fn find(&self, actor: &Actor, operation: &str) -> Result<Batch> {
        actor.require_for_all(READ)?;
        list::find(&mut self.core.db().begin_read().await?, operation).await
    }

    /// Says what taking a batch back would do, and does nothing.
    pub async fn plan_undo(&self, actor: &Actor, batch: &str) -> Result<UndoPlan> {
        actor.require_for_all(WRITE)?;
        undo::plan(self.core, batch).await
    }

    /// Takes a batch back, exactly as planned; refuses where the plan would be another one now. One
    /// that was taken back already stays so, and nothing happens.
    pub async fn undo(&self, actor: &Actor, plan: UndoPlan) -> Result<UndoOutcome> {
        actor.require_for_all(WRITE)?;
        undo::undo(self.core, actor, plan).await
    }
}
