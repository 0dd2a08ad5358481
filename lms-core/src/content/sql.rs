//! Statements over files.

use super::ContentId;
use super::types::{ContentAccess, ContentFile};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::migrate::hex;
use crate::kernel::db::{row, statements};

statements! {
    OBJECT_OF = "SELECT b.object_key FROM contents c JOIN blobs b ON b.sha256 = c.sha256
                 WHERE c.id = $1";

    BLOB = "SELECT object_key FROM blobs WHERE sha256 = $1";

    PRESENT = "SELECT id, name, media_type, sha256, size, created_at, removed_at
               FROM contents WHERE sha256 = $1 AND name = $2 AND removed_at IS NULL";

    BY_ID = "SELECT id, name, media_type, sha256, size, created_at, removed_at
             FROM contents WHERE id = $1";

    LIST = "SELECT id, name, media_type, sha256, size, created_at, removed_at
            FROM contents
            WHERE id < $1 AND (removed_at IS NULL OR $2)
            ORDER BY id DESC LIMIT $3";

    REMOVE = "UPDATE contents SET removed_at = $2 WHERE id = $1 AND removed_at IS NULL";

    ACCESSES = "SELECT actor, kind, accessed_at FROM content_accesses
                WHERE content_id = $1 ORDER BY id DESC LIMIT 500";

    /// Contents that no file names any more.
    UNNAMED = "SELECT b.sha256, b.object_key, b.size FROM blobs b
               WHERE NOT EXISTS (SELECT 1 FROM contents c
                                 WHERE c.sha256 = b.sha256 AND c.removed_at IS NULL)";

    DELETE_UNNAMED = "DELETE FROM blobs
                      WHERE NOT EXISTS (SELECT 1 FROM contents c
                                        WHERE c.sha256 = blobs.sha256 AND c.removed_at IS NULL)";

    OBJECT_KEYS = "SELECT object_key FROM blobs";
}

row! {
    pub(crate) struct ContentRow {
        pub(crate) id: ContentId,
        pub(crate) name: String,
        pub(crate) media_type: String,
        pub(crate) sha256: Vec<u8>,
        pub(crate) size: i64,
        pub(crate) created_at: Timestamp,
        pub(crate) removed_at: Option<Timestamp>,
    }
}

row! {
    pub(crate) struct AccessRow {
        actor: String,
        kind: String,
        accessed_at: Timestamp,
    }
}

row! {
    pub(crate) struct BlobRow {
        pub(crate) sha256: Vec<u8>,
        pub(crate) object_key: String,
        pub(crate) size: i64,
    }
}

impl From<ContentRow> for ContentFile {
    fn from(row: ContentRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            media_type: row.media_type,
            size: row.size,
            sha256: hex(&row.sha256),
            created_at: row.created_at,
            removed_at: row.removed_at,
        }
    }
}

impl From<AccessRow> for ContentAccess {
    fn from(row: AccessRow) -> Self {
        Self { actor: row.actor, kind: row.kind, accessed_at: row.accessed_at }
    }
}
