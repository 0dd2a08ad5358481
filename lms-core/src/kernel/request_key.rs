//! What a client calls a request by, so that asking again does not do it again. What follows from it is
//! decided in `operations`.

use uuid::Uuid;

/// A request under the key of its client, as one of possibly several attempts at it.
#[derive(Debug, Clone)]
pub(crate) struct RequestKey {
    /// The digest of the key: whatever a client puts into a key is kept nowhere.
    pub(crate) key_sha256: [u8; 32],
    /// The digest of what is asked.
    pub(crate) request_sha256: [u8; 32],
    /// This attempt, and no other one.
    pub(crate) attempt: Uuid,
    /// The place of the last entry of the log when this attempt began.
    pub(crate) begun_at_seq: i64,
}
