//! What a context has to be told in order to take an operation back, and what it answers. Each
//! context knows the way back for its own records; `batches` knows the contexts.

use serde::Serialize;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::kernel::clock::Timestamp;
use crate::kernel::text::Day;

/// An operation that is to be taken back.
#[derive(Debug)]
pub(crate) struct TakenBack {
    /// Rows of this instant are its own: no two writes share one.
    pub(crate) recorded_at: Timestamp,
    pub(crate) changes: Vec<ChangedSubject>,
}

/// What the operation did to one subject. Values that were erased are not there.
#[derive(Debug)]
pub(crate) struct ChangedSubject {
    pub(crate) subject_type: String,
    pub(crate) subject_id: Option<Uuid>,
    pub(crate) before: Map<String, Json>,
    pub(crate) after: Map<String, Json>,
}

/// The three parts of taking an operation back.
#[non_exhaustive]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct UndoParts {
    /// What goes back to what it was: the present is what the operation wrote.
    pub restored: Vec<UndoItem>,
    /// What stays, because somebody changed it since.
    pub kept: Vec<UndoItem>,
    /// What cannot go back as things are, and why.
    pub blocked: Vec<UndoItem>,
}

/// One field of one record.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UndoItem {
    /// What kind of record: `person`, `department`, `location`, `job_role`, `group`.
    pub subject_type: String,
    /// Which one.
    pub subject_id: Uuid,
    /// Its name.
    pub subject: String,
    /// The field; `record` for the whole of it.
    pub field: String,
    /// The first day on which it is so, where the field has days.
    pub from: Option<Day>,
    /// The first day on which it is no longer so.
    pub until: Option<Day>,
    /// What it is now.
    pub now: Option<String>,
    /// What it was before the operation.
    pub back_to: Option<String>,
    /// Why it stays as it is.
    pub why: Option<String>,
    /// Who changed it since.
    pub changed_by: Option<LaterChange>,
}

/// A later operation that changed the same.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LaterChange {
    /// Its place in the audit log.
    pub seq: i64,
    /// What was done.
    pub kind: String,
    /// By whom.
    pub actor: String,
    /// When.
    pub recorded_at: Timestamp,
}
