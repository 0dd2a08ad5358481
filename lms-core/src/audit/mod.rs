//! Who did what to whom, when, from where, why, before and after.
//!
//! Owns no table: it reads what `operations` writes. The chain proves that nobody without write
//! access to the database altered an entry, and that nobody at all did since the last [`Seal`] that
//! is kept elsewhere: whoever can write the database can also compute the whole chain anew, but
//! cannot change the seal in a safe.

mod export;
mod list;
mod verify;

pub(crate) use verify::seal_in;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use export::verify_export;
pub(crate) use verify::verify_in;

use crate::kernel::access::{Actor, Permission};
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::error::{Error, Result, error_codes};
use crate::kernel::page::{Page, Paging, paged};
use crate::kernel::text::{Day, TimeZoneName};
use crate::operations::OperationId;

/// May read the audit log.
pub(crate) const READ: Permission = Permission::new("audit.read", "read the audit log");
/// May verify the chain and seal its head.
pub(crate) const VERIFY: Permission =
    Permission::new("audit.verify", "verify and seal the audit log");

error_codes! {
    UNKNOWN = "audit.unknown", NotFound, "there is no such audit entry";
    EXPORT_UNREADABLE = "audit.export_unreadable", Invalid, "an export of the audit log cannot be read";
    EXPORT_FAILED = "audit.export_failed", Unavailable, "the export of the audit log could not be written";
}

/// The audit log; made by [`crate::Lms::audit`].
#[derive(Debug)]
pub struct Audit<'a> {
    pub(crate) core: &'a Core,
}

/// Which entries.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    kind: Option<String>,
    actor: Option<String>,
    subject: Option<String>,
    from: Option<Day>,
    until: Option<Day>,
    zone: Option<TimeZoneName>,
    paging: Paging,
}

/// One operation, as the chain has it.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct AuditEntry {
    /// Its place in the chain.
    pub seq: i64,
    /// The operation.
    pub operation_id: OperationId,
    /// What was done, such as `settings.changed`.
    pub kind: String,
    /// Who did it, such as `os:ada` or `account:0197…`.
    pub actor: String,
    /// By which door, such as `cli` or `http`.
    pub origin: String,
    /// The request that it belonged to.
    pub request_id: Option<String>,
    /// Why, in the actor's words.
    pub reason: Option<String>,
    /// When.
    pub recorded_at: Timestamp,
    /// How many of what.
    pub counts: BTreeMap<String, i64>,
    /// The place of the operation that this one takes back.
    pub undoes: Option<i64>,
    /// The place of the operation that takes this one back.
    pub undone_by: Option<i64>,
    /// The hash of the entry, in hexadecimal.
    pub hash: String,
}

/// One operation with what it changed.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct AuditDetail {
    /// The entry.
    #[serde(flatten)]
    pub entry: AuditEntry,
    /// What became of each subject.
    pub changes: Vec<Change>,
}

/// What an operation did to one subject.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct Change {
    /// What kind of thing it is, such as `account`.
    pub subject_type: String,
    /// Which one; nothing where there is only one, as with the settings.
    pub subject_id: Option<uuid::Uuid>,
    /// The changed fields before; nothing for something new.
    pub before: Option<serde_json::Value>,
    /// The changed fields after; nothing for something that is gone.
    pub after: Option<serde_json::Value>,
}

/// The head of the chain, to be kept where nobody who can write the database can write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seal {
    /// The last entry.
    pub seq: i64,
    /// Its hash, in hexadecimal.
    pub hash: String,
    /// When it was sealed.
    pub sealed_at: Timestamp,
}

/// What a verification found.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct Verification {
    /// Whether nothing was found.
    pub ok: bool,
    /// How many entries were read.
    pub entries: i64,
    /// How many changes were read.
    pub changes: i64,
    /// The last entry.
    pub head_seq: i64,
    /// Its hash, in hexadecimal.
    pub head_hash: String,
    /// The entry of the seal that was compared, where one was given.
    pub sealed_seq: Option<i64>,
    /// What does not hold; the first hundred.
    pub findings: Vec<Finding>,
}

/// Something that does not hold.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The entry.
    pub seq: Option<i64>,
    /// What is wrong with it.
    pub what: String,
}

paged!(AuditFilter);

impl AuditFilter {
    /// All entries.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only this kind, such as `settings.changed`.
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

    /// Only what touched this subject: an id, or a type such as `settings`.
    #[must_use]
    pub fn subject(mut self, subject: &str) -> Self {
        self.subject = Some(subject.to_owned());
        self
    }

    /// Only from the beginning of this day.
    #[must_use]
    pub fn from(mut self, day: Day) -> Self {
        self.from = Some(day);
        self
    }

    /// Only to the end of this day.
    #[must_use]
    pub fn until(mut self, day: Day) -> Self {
        self.until = Some(day);
        self
    }

    /// Days begin and end in this zone, such as that of the organisation; in UTC unless said.
    #[must_use]
    pub fn days_in(mut self, zone: &TimeZoneName) -> Self {
        self.zone = Some(zone.clone());
        self
    }
}

impl Audit<'_> {
    /// Lists entries, newest first.
    pub async fn list(&self, actor: &Actor, filter: AuditFilter) -> Result<Page<AuditEntry>> {
        actor.require(READ)?;
        list::list(self.core, filter).await
    }

    /// Shows one entry, by its number or its operation's id, with what it changed.
    pub async fn show(&self, actor: &Actor, entry: &str) -> Result<AuditDetail> {
        actor.require(READ)?;
        list::show(self.core, entry).await
    }

    /// Reads the whole chain and says what does not hold. A seal that was kept elsewhere also finds
    /// a tail that was cut off and a chain that was computed anew.
    pub async fn verify(
        &self,
        actor: &Actor,
        seal: Option<&Seal>,
        progress: &mut (dyn FnMut(u64, u64) + Send),
    ) -> Result<Verification> {
        actor.require(VERIFY)?;
        verify::verify(self.core, seal, progress).await
    }

    /// The head of the chain, for keeping elsewhere.
    pub async fn seal(&self, actor: &Actor) -> Result<Seal> {
        actor.require(VERIFY)?;
        verify::seal(self.core).await
    }

    /// Writes the log as NDJSON, an entry a line, in a form that [`verify_export`] can check
    /// without the database. The number of entries written.
    pub async fn export(
        &self,
        actor: &Actor,
        out: &mut (dyn std::io::Write + Send),
    ) -> Result<i64> {
        actor.require(READ)?;
        export::export(self.core, out).await
    }
}

fn parse_values(text: Option<String>) -> Result<Option<serde_json::Value>> {
    text.map(|text| {
        serde_json::from_str(&text).map_err(|cause| Error::inconsistent("a changed value", cause))
    })
    .transpose()
}
