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
               FROM contents WHERE sha256 = $1 AND name = $2 AND purpose = $3
                 AND removed_at IS NULL";

    BY_ID = "SELECT id, name, media_type, sha256, size, created_at, removed_at
             FROM contents WHERE id = $1 AND purpose = $2";

    REMOVE = "UPDATE contents SET removed_at = $2 WHERE id = $1 AND removed_at IS NULL";

    ACCESSES = "SELECT actor, kind, accessed_at FROM content_accesses
                WHERE content_id = $1 ORDER BY id DESC LIMIT 500";

    /// Bytes that neither a file nor a training names any more.
    UNNAMED = "SELECT b.sha256, b.object_key, b.size FROM blobs b
               WHERE NOT EXISTS (SELECT 1 FROM contents c
                                 WHERE c.sha256 = b.sha256 AND c.removed_at IS NULL)
                 AND NOT EXISTS (SELECT 1 FROM content_uses u WHERE u.sha256 = b.sha256)";

    DELETE_UNNAMED = "DELETE FROM blobs
                      WHERE NOT EXISTS (SELECT 1 FROM contents c
                                        WHERE c.sha256 = blobs.sha256 AND c.removed_at IS NULL)
                        AND NOT EXISTS (SELECT 1 FROM content_uses u
                                        WHERE u.sha256 = blobs.sha256)";

    /// Whether another file has the same bytes of the same kind.
    TWIN = "SELECT id FROM contents
            WHERE sha256 = $1 AND media_type = $2 AND id <> $3 AND purpose = 'learning'
              AND removed_at IS NULL LIMIT 1";

    /// In which versions of which trainings bytes are shown, for whoever wants to remove them.
    USERS = "SELECT t.code, v.major, v.minor, v.state FROM content_uses u
             JOIN training_versions v ON v.id = u.version_id
             JOIN trainings t ON t.id = v.training_id
             WHERE u.sha256 = $1 ORDER BY t.code_key, v.major, v.minor LIMIT 20";

    OBJECT_KEYS = "SELECT object_key FROM blobs";

    /// Whether somebody read a file since; ids are in the order of time.
    READ_SINCE = "SELECT id FROM content_accesses
                  WHERE content_id = $1 AND id > $2 AND actor = $3 AND kind = 'read' LIMIT 1";

    /// The first operation of all.
    BEGUN = "SELECT operation_id FROM audit_chain WHERE seq = 1";

    /// Those by which a backup was restored, in the order of time.
    RESTORED = "SELECT id FROM operations WHERE kind = 'database.restored' ORDER BY id";
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

row! {
    pub(crate) struct UserRow {
        pub(crate) code: String,
        pub(crate) major: i64,
        pub(crate) minor: i64,
        pub(crate) state: String,
    }
}

row! {
    pub(crate) struct StoredRow {
        pub(crate) sha256: Vec<u8>,
        pub(crate) media_type: String,
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
