//! Statements over operations, chain and outbox.

use crate::kernel::clock::Timestamp;
use crate::kernel::db::{row, statements};
use crate::kernel::text::Day;
use uuid::Uuid;

/// The subject type under which an operation's reason is kept, as its first change.
pub(crate) const REASON_SUBJECT: &str = "operation";

statements! {
    /// Locks the head and takes the next places; the hash is still that of the last entry.
    ADVANCE_HEAD = "UPDATE audit_head SET seq = seq + $1 WHERE id = 1 RETURNING seq, hash";

    SEAL_HEAD = "UPDATE audit_head SET hash = $1, recorded_at = $2 WHERE id = 1";

    LAST_INSTANT = "SELECT recorded_at FROM audit_head WHERE id = 1";

    HEAD = "SELECT seq, hash FROM audit_head WHERE id = 1";

    /// Newest first. The actor's name is that of the account, where it is one that is still there.
    LIST = "SELECT c.seq, c.hash, o.id, o.kind, o.actor, o.origin, o.request_id, o.recorded_at,
                   o.day, o.counts, o.undoes, o.n_changes, o.changes_sha256, r.value_after,
                   uc.seq, bc.seq
            FROM audit_chain c
            JOIN operations o ON o.id = c.operation_id
            LEFT JOIN audit_chain uc ON uc.operation_id = o.undoes
            LEFT JOIN operations b ON b.undoes = o.id
            LEFT JOIN audit_chain bc ON bc.operation_id = b.id
            LEFT JOIN operation_changes r
                   ON r.operation_id = o.id AND r.position = 1 AND r.subject_type = 'operation'
            WHERE c.seq < $1
              AND (o.kind = $2 OR $2 IS NULL)
              AND (o.actor = $3 OR $3 IS NULL)
              AND (o.recorded_at >= $4 OR $4 IS NULL)
              AND (o.recorded_at < $5 OR $5 IS NULL)
              AND (EXISTS (SELECT 1 FROM operation_changes s
                                         WHERE s.operation_id = o.id AND s.subject_type = $6) OR $6 IS NULL)
              AND (EXISTS (SELECT 1 FROM operation_changes s
                                         WHERE s.operation_id = o.id AND s.subject_id = $7) OR $7 IS NULL)
            ORDER BY c.seq DESC
            LIMIT $8";

    /// The whole chain from its beginning, for verification and export. An operation without a
    /// place in the chain comes first, where it is noticed.
    WALK = "SELECT c.seq, c.hash, o.id, o.kind, o.actor, o.origin, o.request_id, o.recorded_at,
                   o.day, o.counts, o.undoes, o.n_changes, o.changes_sha256
            FROM operations o
            LEFT JOIN audit_chain c ON c.operation_id = o.id
            ORDER BY c.seq NULLS FIRST";

    BY_SEQ = "SELECT operation_id FROM audit_chain WHERE seq = $1";

    BY_ID = "SELECT c.seq, c.hash, o.id, o.kind, o.actor, o.origin, o.request_id, o.recorded_at,
                    o.day, o.counts, o.undoes, o.n_changes, o.changes_sha256, r.value_after,
                    uc.seq, bc.seq
             FROM audit_chain c
             JOIN operations o ON o.id = c.operation_id
             LEFT JOIN audit_chain uc ON uc.operation_id = o.undoes
             LEFT JOIN operations b ON b.undoes = o.id
             LEFT JOIN audit_chain bc ON bc.operation_id = b.id
             LEFT JOIN operation_changes r
                    ON r.operation_id = o.id AND r.position = 1 AND r.subject_type = 'operation'
             WHERE o.id = $1";

    CHANGES_OF = "SELECT subject_type, subject_id, value_before, value_after
                  FROM operation_changes WHERE operation_id = $1 ORDER BY position";

    /// All changes in the order of the chain, each beside what its operation says of them.
    WALK_CHANGES = "SELECT c.seq, o.n_changes, o.changes_sha256,
                           o.id, COALESCE(h.position, 0), COALESCE(h.subject_type, ''), h.subject_id,
                           h.digest, h.salt, h.value_before, h.value_after
                    FROM operations o
                    LEFT JOIN audit_chain c ON c.operation_id = o.id
                    LEFT JOIN operation_changes h ON h.operation_id = o.id
                    ORDER BY c.seq NULLS FIRST, o.id, h.position";

    COUNT_TOTALS = "SELECT (SELECT COUNT(*) FROM operations), (SELECT COUNT(*) FROM operation_changes),
                           (SELECT COUNT(*) FROM audit_chain)";

    EVENTS_OLDEST_FIRST = "SELECT seq, position, id, type, subject, recorded_at, body
                           FROM outbox_events
                           WHERE (seq, position) > ($1, $2)
                             AND (type = $3 OR $3 IS NULL)
                             AND (subject = $4 OR $4 IS NULL)
                           ORDER BY seq, position
                           LIMIT $5";

    EVENTS_NEWEST_FIRST = "SELECT seq, position, id, type, subject, recorded_at, body
                           FROM outbox_events
                           WHERE (seq, position) < ($1, $2)
                             AND (type = $3 OR $3 IS NULL)
                             AND (subject = $4 OR $4 IS NULL)
                           ORDER BY seq DESC, position DESC
                           LIMIT $5";
}

row! {
    #[derive(Debug)]
    pub(crate) struct HeadRow {
        pub(crate) seq: i64,
        pub(crate) hash: Vec<u8>,
    }
}

row! {
    #[derive(Debug)]
    pub(crate) struct OperationRow {
        pub(crate) seq: Option<i64>,
        pub(crate) hash: Option<Vec<u8>>,
        pub(crate) id: Uuid,
        pub(crate) kind: String,
        pub(crate) actor: String,
        pub(crate) origin: String,
        pub(crate) request_id: Option<String>,
        pub(crate) recorded_at: Timestamp,
        pub(crate) day: Day,
        pub(crate) counts: String,
        pub(crate) undoes: Option<Uuid>,
        pub(crate) n_changes: i64,
        pub(crate) changes_sha256: Vec<u8>,
    }
}

row! {
    #[derive(Debug)]
    pub(crate) struct ChangeRow {
        pub(crate) subject_type: String,
        pub(crate) subject_id: Option<Uuid>,
        pub(crate) value_before: Option<String>,
        pub(crate) value_after: Option<String>,
    }
}

row! {
    /// A change beside what its operation says; position 0 where the operation changed nothing.
    #[derive(Debug)]
    pub(crate) struct WalkedChange {
        pub(crate) seq: Option<i64>,
        pub(crate) n_changes: i64,
        pub(crate) changes_sha256: Vec<u8>,
        pub(crate) operation_id: Uuid,
        pub(crate) position: i64,
        pub(crate) subject_type: String,
        pub(crate) subject_id: Option<Uuid>,
        pub(crate) digest: Option<Vec<u8>>,
        pub(crate) salt: Option<Vec<u8>>,
        pub(crate) value_before: Option<String>,
        pub(crate) value_after: Option<String>,
    }
}

row! {
    #[derive(Debug)]
    pub(crate) struct EventRow {
        pub(crate) seq: i64,
        pub(crate) position: i64,
        pub(crate) id: Uuid,
        pub(crate) event_type: String,
        pub(crate) subject: Option<String>,
        pub(crate) recorded_at: Timestamp,
        pub(crate) body: String,
    }
}

row! {
    pub(crate) struct Totals {
        pub(crate) operations: i64,
        pub(crate) changes: i64,
        pub(crate) places: i64,
    }
}
