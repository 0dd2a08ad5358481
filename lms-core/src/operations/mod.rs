//! Everything that changes anything is an operation.
//!
//! Owns `operations`, `operation_changes`, `audit_head`, `audit_chain`, `outbox_events` and
//! `request_keys`. A verb of any context works in a [`Write`], tells it what it did, and commits: the
//! entry of the hash chain, the changed values and the events are written in the same transaction as
//! the change, and so is the key of the request that asked for it.
//!
//! The sequence has no gaps and is the order of commit: the head is locked last, and nothing comes
//! after it. What `audit` and `events` read is written here and nowhere else.

pub(crate) mod entry;
pub(crate) mod erase;
pub(crate) mod history;
pub(crate) mod requests;
pub(crate) mod sql;
mod plan;
mod undo;
mod write;

pub(crate) use plan::{
    CODES, fingerprint, fingerprint_of_each, refuse_changed, refuse_other, refuse_stale,
};
pub use requests::{KeptAnswer, RequestBegun, RequestDone, Requests};
pub(crate) use undo::{ChangedSubject, TakenBack};
pub use undo::{LaterChange, UndoItem, UndoParts};
pub(crate) use write::{Ctx, Operation, Reactions, Write};

use crate::kernel::ids::id;

id! {
    /// One operation: a command, a request, a run.
    OperationId;
    /// One event of the feed.
    EventId;
}

/// A field that an operation changed, as text.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FieldChange {
    /// The name of the field.
    pub field: String,
    /// What it was; nothing where it was not set.
    pub before: Option<String>,
    /// What it is now.
    pub after: Option<String>,
}

impl FieldChange {
    /// The fields that differ, from pairs of before and after.
    pub(crate) fn between<const N: usize>(
        fields: [(&str, Option<String>, Option<String>); N],
    ) -> Vec<Self> {
        fields
            .into_iter()
            .filter(|(_, before, after)| before != after)
            .map(|(field, before, after)| Self { field: field.to_owned(), before, after })
            .collect()
    }
}

/// What a verb left behind: the record as it is now, what changed, and the operation that did it.
/// Nothing changed and no operation, where everything was so already.
#[non_exhaustive]
#[derive(Debug, Clone, serde::Serialize)]
pub struct Changed<T> {
    /// The record as it is now.
    pub value: T,
    /// What this call changed.
    pub changed: Vec<FieldChange>,
    /// The operation, where there was anything to do.
    pub operation: Option<OperationId>,
}
