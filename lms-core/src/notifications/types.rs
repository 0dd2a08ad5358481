//! Notices as they are shown, and which ones are asked for.

use serde::Serialize;
use uuid::Uuid;

use super::NoticeId;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::{Error, Result};
use crate::kernel::page::{Paging, paged};
use crate::kernel::suggest::suggest;
use crate::kernel::text::Day;
use crate::people::PersonId;

/// What a notice is about.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum NoticeType {
    /// Something is due soon, or past due.
    #[serde(rename = "reminder")]
    Reminder,
    /// People for whom one answers are overdue.
    #[serde(rename = "escalation")]
    Escalation,
    /// An exemption is about to end.
    #[serde(rename = "exemption.ending")]
    ExemptionEnding,
    /// A job of the program failed.
    #[serde(rename = "job.failed")]
    JobFailed,
    /// A rule stands still, because a name in its audience means nothing any more.
    #[serde(rename = "rule.stopped")]
    RuleStopped,
}

impl NoticeType {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Reminder,
        Self::Escalation,
        Self::ExemptionEnding,
        Self::JobFailed,
        Self::RuleStopped,
    ];

    /// The name in commands and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reminder => "reminder",
            Self::Escalation => "escalation",
            Self::ExemptionEnding => "exemption.ending",
            Self::JobFailed => "job.failed",
            Self::RuleStopped => "rule.stopped",
        }
    }

    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self> {
        let wanted = text.trim().to_lowercase();
        Self::ALL.iter().copied().find(|known| known.as_str() == wanted).ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|known| known.as_str()).collect();
            Error::invalid("type", format!("`{}` is not a type of a notice", text.trim()))
                .with_hints(suggest(text, &names))
                .with_hint(format!("there are `{}`", names.join("`, `")))
        })
    }

    pub(super) fn stored(text: &str) -> Result<Self> {
        let known = Self::ALL.iter().copied().find(|known| known.as_str() == text);
        known.ok_or_else(|| Error::inconsistent("notices.type", format!("`{text}`")))
    }
}

/// What somebody was told.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// Its id.
    pub id: NoticeId,
    /// What it is about.
    #[serde(rename = "type")]
    pub notice_type: NoticeType,
    /// Who is told; nobody where it is an account of its own.
    pub person_id: Option<PersonId>,
    /// Their name, or that of the account.
    pub recipient: String,
    /// In a few words.
    pub subject: String,
    /// In a sentence.
    pub body: String,
    /// The code of the training that it is about.
    pub training: Option<String>,
    /// The assignment that it is about.
    pub assignment_id: Option<Uuid>,
    /// About how many people it is.
    pub n_people: i64,
    /// Ids, codes and days, for programs.
    pub data: serde_json::Value,
    /// The day that it was for.
    pub day: Day,
    /// When it was said.
    pub recorded_at: Timestamp,
    /// When it was read.
    pub read_at: Option<Timestamp>,
}

/// Which notices.
#[derive(Debug, Clone, Default)]
pub struct NoticeFilter {
    pub(super) people: Vec<String>,
    pub(super) own: bool,
    pub(super) types: Vec<NoticeType>,
    pub(super) unread: bool,
    pub(super) paging: Paging,
}

paged!(NoticeFilter);

impl NoticeFilter {
    /// All that one may see.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only those for this person; repeatable.
    #[must_use]
    pub fn person(mut self, person: &str) -> Self {
        self.people.push(person.to_owned());
        self
    }

    /// Only one's own.
    #[must_use]
    pub fn own(mut self, own: bool) -> Self {
        self.own = own;
        self
    }

    /// Only those of this type; repeatable.
    #[must_use]
    pub fn notice_type(mut self, notice_type: NoticeType) -> Self {
        self.types.push(notice_type);
        self
    }

    /// Only those that are not read.
    #[must_use]
    pub fn unread(mut self, unread: bool) -> Self {
        self.unread = unread;
        self
    }
}
