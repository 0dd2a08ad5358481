//! What content is, for those who put it in and those who read it.

use bytes::Bytes;
use futures_util::stream::BoxStream;
use serde::Serialize;

use super::ContentId;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::page::{Paging, paged};

/// What a file is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// People learn from it.
    Learning,
    /// It proves what somebody did.
    Evidence,
}

impl Purpose {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Learning => "learning",
            Self::Evidence => "evidence",
        }
    }
}

/// A file that people learn from.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContentFile {
    /// Its id.
    pub id: ContentId,
    /// Its name.
    pub name: String,
    /// What it is, such as `video/mp4`.
    pub media_type: String,
    /// How many bytes it has.
    pub size: i64,
    /// SHA-256 of the bytes, in hexadecimal: the same content has the same one.
    pub sha256: String,
    /// When it was put in.
    pub created_at: Timestamp,
    /// When it was removed.
    pub removed_at: Option<Timestamp>,
}

impl ContentFile {
    /// The value of the header `Content-Disposition` under which a browser saves it.
    #[must_use]
    pub fn disposition(&self) -> String {
        super::media::disposition(&self.name)
    }
}

/// A file to be put in.
#[derive(Debug, Clone)]
pub struct NewContent {
    pub(super) name: String,
    pub(super) size: Option<u64>,
    pub(super) sha256: Option<String>,
}

impl NewContent {
    /// With this name, whose ending says what it is.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), size: None, sha256: None }
    }

    /// Of so many bytes: fewer or more are refused.
    #[must_use]
    pub fn size(mut self, size: u64) -> Self {
        self.size = Some(size);
        self
    }

    /// With this SHA-256, in hexadecimal: another one is refused.
    #[must_use]
    pub fn sha256(mut self, sha256: &str) -> Self {
        self.sha256 = Some(sha256.trim().to_lowercase());
        self
    }
}

/// A file with its bytes.
#[non_exhaustive]
pub struct OpenContent {
    /// Which file.
    pub file: ContentFile,
    /// The bytes in pieces. It ends with an error where they are not those that were put in.
    pub bytes: BoxStream<'static, Result<Bytes>>,
}

impl std::fmt::Debug for OpenContent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenContent").field("file", &self.file).finish_non_exhaustive()
    }
}

/// Which files.
#[derive(Debug, Clone, Default)]
pub struct ContentFilter {
    pub(super) include_removed: bool,
    pub(super) digests: Option<Vec<String>>,
    pub(super) paging: Paging,
}

paged!(ContentFilter);

impl ContentFilter {
    /// All that are there, newest first.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Those with these bytes, by their SHA-256 in hexadecimal.
    #[must_use]
    pub fn bytes_of(mut self, digests: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.digests = Some(digests.into_iter().map(Into::into).collect());
        self
    }

    /// Also those that were removed.
    #[must_use]
    pub fn include_removed(mut self, include: bool) -> Self {
        self.include_removed = include;
        self
    }
}

/// Who looked at a file, and when.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct ContentAccess {
    /// Who.
    pub actor: String,
    /// `read`, or `link` where an address was handed out.
    pub kind: String,
    /// When.
    pub accessed_at: Timestamp,
}

/// An address at which the store itself hands a file out, to whoever has it.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct ContentLink {
    /// The address.
    pub url: String,
    /// Until when.
    pub expires_at: Timestamp,
}

/// Whose the store of files is.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoreOwner {
    /// Where it is.
    pub place: String,
    /// The database that it belongs to, if it belongs to any.
    pub database: Option<String>,
    /// What the organisation of that database was called.
    pub organisation: Option<String>,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Whether it is the database that asks.
    pub is_own: bool,
}

/// What was, or would be, swept out of the store.
#[non_exhaustive]
#[derive(Debug, Clone, Default, Serialize)]
pub struct Garbage {
    /// Contents that neither a file nor a training names any more.
    pub blobs: u64,
    /// Objects of uploads that never came to their end.
    pub orphans: u64,
    /// How many bytes.
    pub bytes: u64,
}
