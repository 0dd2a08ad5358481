//! What people are told, once each: the inbox of everybody.
//!
//! Owns `notices`. Promises that what has a key is told once, however often somebody says it; that a notice
//! commits with what caused it; and that its words are put together when it is read, from its type and
//! data. Never sends anything: other channels deliver from here.
//!
//! An inbox belongs to a person. An account that belongs to nobody has one of its own, so that whoever runs
//! the system hears of it also where no person stands behind the account.

mod types;
mod words;
mod queue;
mod inbox;
mod admins;
mod reactions;

pub(crate) use admins::admins;
pub(crate) use queue::{Inbox, Told, known, queue};
pub(crate) use reactions::{people_erased, people_merged};
pub use types::{Notice, NoticeFilter, NoticeType};

use crate::kernel::access::{Actor, Permission};
use crate::kernel::core::Core;
use crate::kernel::error::{Result, error_codes};
use crate::kernel::ids::id;
use crate::kernel::page::Page;
use crate::operations::Changed;

/// May see what people are told.
pub(crate) const READ: Permission =
    Permission::scoped("notifications.read", "see what people are told");
/// May mark what people are told as read.
pub(crate) const WRITE: Permission =
    Permission::scoped("notifications.write", "mark as read what people are told");

id! {
    /// A notice.
    NoticeId;
}

error_codes! {
    UNKNOWN = "notice.unknown", NotFound, "there is no such notice";
}

/// What people are told; made by [`crate::Lms::notifications`].
#[derive(Debug)]
pub struct Notifications<'a> {
    pub(crate) core: &'a Core,
}

impl Notifications<'_> {
    /// What people were told, the newest first.
    pub async fn list(&self, actor: &Actor, filter: NoticeFilter) -> Result<Page<Notice>> {
        actor.require(READ)?;
        inbox::list(self.core, actor, filter).await
    }

    /// How many of somebody's notices are not read; one's own, unless somebody is named.
    pub async fn unread_count(&self, actor: &Actor, person: Option<&str>) -> Result<i64> {
        actor.require(READ)?;
        inbox::unread_count(self.core, actor, person).await
    }

    /// Marks a notice as read. Nothing happens, and it says so, where it was read before.
    pub async fn read(&self, actor: &Actor, notice: NoticeId) -> Result<Changed<Notice>> {
        actor.require(WRITE)?;
        inbox::read(self.core, actor, notice).await
    }

    /// Marks all of somebody's notices as read, one's own unless somebody is named; says how many were not.
    pub async fn read_all(&self, actor: &Actor, person: Option<&str>) -> Result<u64> {
        actor.require(WRITE)?;
        inbox::read_all(self.core, actor, person).await
    }
}
