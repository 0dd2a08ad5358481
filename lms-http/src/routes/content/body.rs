//! Files as JSON.

use lms_core::{ContentAccess, ContentFile, ContentLink, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

/// A file that people learn from.
#[derive(Serialize, ToSchema)]
#[schema(as = Content)]
pub(super) struct ContentBody {
    #[schema(format = "uuid")]
    id: String,
    /// Its name, whose ending says what it is.
    name: String,
    /// What it is, such as `video/mp4`.
    media_type: String,
    /// How many bytes it has.
    size: i64,
    /// SHA-256 of the bytes, in hexadecimal; trainings name them by it.
    sha256: String,
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was removed; what a training shows never is.
    #[schema(format = DateTime)]
    removed_at: Option<String>,
}

/// Who looked at a file.
#[derive(Serialize, ToSchema)]
#[schema(as = ContentAccess)]
pub(super) struct AccessBody {
    /// Who.
    actor: String,
    /// `read`, or `link` where an address was handed out.
    kind: String,
    #[schema(format = DateTime)]
    accessed_at: String,
}

/// An address of a file, good for whoever has it.
#[derive(Serialize, ToSchema)]
#[schema(as = ContentLink)]
pub(super) struct LinkBody {
    /// The address, in the store.
    url: String,
    /// Until when.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// What tells one state of a file from the next: it is there, and then removed.
pub(super) fn version(file: &ContentFile) -> Timestamp {
    file.removed_at.unwrap_or(file.created_at)
}

impl From<ContentFile> for ContentBody {
    fn from(file: ContentFile) -> Self {
        Self {
            id: file.id.to_string(),
            name: file.name,
            media_type: file.media_type,
            size: file.size,
            sha256: file.sha256,
            created_at: file.created_at.to_string(),
            removed_at: file.removed_at.map(|at| at.to_string()),
        }
    }
}

impl From<ContentAccess> for AccessBody {
    fn from(access: ContentAccess) -> Self {
        Self { actor: access.actor, kind: access.kind, accessed_at: access.accessed_at.to_string() }
    }
}

impl From<ContentLink> for LinkBody {
    fn from(link: ContentLink) -> Self {
        Self { url: link.url, expires_at: link.expires_at.to_string() }
    }
}
