//! Files that people learn from: put in once, kept by what is in them, handed out and swept.
//!
//! Owns `blobs`, `contents`, `content_accesses` and `content_uses`; the bytes lie in a [`FileStore`]
//! beside the database. Promises that bytes are stored before a row speaks of them, that the same
//! bytes are stored once, that a file is what its name says, that nothing is swept or removed that a
//! training shows, and that no store of another database is written to or swept.
//! Never waits for the store while it holds the database.

mod types;
mod media;
mod add;
mod read;
mod sweep;
mod owner;
mod uses;
pub(crate) mod evidence;
pub(crate) mod sql;

pub(crate) use media::{file_name, media_type};
pub use types::{
    ContentAccess, ContentFile, ContentFilter, ContentLink, Garbage, NewContent, OpenContent,
    StoreOwner,
};
pub(crate) use uses::{forget_uses, note_uses, stored};

use std::ops::Range;
use std::time::Duration;

use tokio::io::AsyncRead;

use crate::kernel::access::{Actor, Permission};
use crate::kernel::core::Core;
use crate::kernel::error::{Result, error_codes};
use crate::kernel::ids::id;
use crate::kernel::page::Page;
use crate::kernel::store::FileStore;
use crate::operations::Changed;
use types::Purpose;

/// May see and read files.
pub(crate) const READ: Permission = Permission::new("content.read", "read files");
/// May put files in, remove and sweep them.
pub(crate) const WRITE: Permission = Permission::new("content.write", "put in or remove files");

id! {
    /// A file that people learn from.
    ContentId;
}

error_codes! {
    NO_STORE = "content.no_store", Precondition, "no place is named at which files are kept";
    ALTERED = "content.altered", Internal, "a file in the store is not what was put in";
    MEDIA_TYPE = "content.media_type", Invalid, "the file is of a kind that cannot be content";
    TOO_LARGE = "content.too_large", Invalid, "the file is larger than may be put in";
    INCOMPLETE = "content.incomplete", Invalid, "not all of the file arrived";
    IN_USE = "content.in_use", Refused, "a training shows the file";
    NO_LINK = "content.no_link", Precondition, "the store of files hands out no addresses";
    UNKNOWN = "content.unknown", NotFound, "there is no such file";
}

/// Files; made by [`crate::Lms::content`].
#[derive(Debug)]
pub struct Content<'a> {
    pub(crate) core: &'a Core,
}

impl Content<'_> {
    /// Puts a file in, as it streams by. The same file under the same name is there already, and
    /// it says so.
    pub async fn add(
        &self,
        actor: &Actor,
        new: NewContent,
        bytes: &mut (dyn AsyncRead + Send + Unpin),
    ) -> Result<Changed<ContentFile>> {
        actor.require(WRITE)?;
        add::add(self.core, actor, new, Purpose::Learning, bytes).await
    }

    /// Lists files, newest first.
    pub async fn list(&self, actor: &Actor, filter: ContentFilter) -> Result<Page<ContentFile>> {
        actor.require(READ)?;
        read::list(self.core, filter).await
    }

    /// One file, by its id.
    pub async fn show(&self, actor: &Actor, id: &str) -> Result<ContentFile> {
        actor.require(READ)?;
        read::find(&mut self.core.db().begin_read().await?, id).await
    }

    /// A file with its bytes; it is noted who read it.
    pub async fn open(&self, actor: &Actor, id: &str) -> Result<OpenContent> {
        actor.require(READ)?;
        read::open(self.core, actor, id, Purpose::Learning).await
    }

    /// A part of the bytes of a file, from a byte up to another one. Parts within an hour count as one
    /// reading. Only whole files can be held against what was put in.
    pub async fn open_part(
        &self,
        actor: &Actor,
        id: &str,
        part: Range<u64>,
    ) -> Result<OpenContent> {
        actor.require(READ)?;
        read::open_part(self.core, actor, id, part).await
    }

    /// An address at which the store itself hands the file out for a time, where it has such; it is
    /// noted for whom.
    pub async fn link(&self, actor: &Actor, id: &str, valid: Duration) -> Result<ContentLink> {
        actor.require(READ)?;
        read::link(self.core, actor, id, valid).await
    }

    /// Who looked at a file, the latest first.
    pub async fn accesses(&self, actor: &Actor, id: &str) -> Result<Vec<ContentAccess>> {
        actor.require(WRITE)?;
        read::accesses(self.core, id).await
    }

    /// Removes a file that no training shows. Its bytes stay until they are swept. Nothing happens,
    /// and it says so, where it was removed already.
    pub async fn remove(&self, actor: &Actor, id: &str) -> Result<Changed<ContentFile>> {
        actor.require(WRITE)?;
        add::remove(self.core, actor, id).await
    }

    /// What sweeping would take out of the store.
    pub async fn plan_sweep(&self, actor: &Actor) -> Result<Garbage> {
        actor.require(WRITE)?;
        sweep::plan(self.core).await
    }

    /// Takes out of the store what neither a file nor a training names any more, and what was left
    /// by uploads that never came to their end.
    pub async fn sweep(&self, actor: &Actor) -> Result<Garbage> {
        actor.require(WRITE)?;
        sweep::sweep(self.core, actor).await
    }

    /// Whose the store is.
    pub async fn plan_adopt(&self, actor: &Actor) -> Result<StoreOwner> {
        actor.require(WRITE)?;
        owner::plan_adopt(self.core).await
    }

    /// Makes the store this database's own, whosever it was: for a database that was restored, and
    /// takes the place of the one whose files these are. Nothing happens, and it says so, where it
    /// is its own already. It is for those who run the system, not for those who write trainings.
    pub async fn adopt(&self, actor: &Actor) -> Result<Changed<StoreOwner>> {
        actor.require(crate::settings::WRITE)?;
        owner::adopt(self.core, actor).await
    }
}

/// The store, or what to do about there being none.
fn store(core: &Core) -> Result<&FileStore> {
    core.store().ok_or_else(|| {
        NO_STORE.error("no place is named at which files are kept").with_hint(
            "set `files.url` in the configuration to a folder or `s3://bucket/folder` that is this organisation's alone",
        )
    })
}
