//! Rows of the tables of imports.

use uuid::Uuid;

use crate::kernel::clock::Timestamp;
use crate::kernel::db::row;

row! {
    pub(crate) struct SettledRow {
        pub(crate) row_key: String,
        pub(crate) person_id: Uuid,
        pub(crate) digest: Vec<u8>,
    }
}

row! {
    pub(crate) struct PendingRow {
        pub(crate) person_id: Uuid,
        pub(crate) manager: String,
    }
}

row! {
    pub(crate) struct SourceRow {
        pub(crate) contract: String,
        pub(crate) n_rows: i64,
    }
}

row! {
    pub(crate) struct RunRow {
        pub(crate) id: Uuid,
        pub(crate) source: String,
        pub(crate) kind: String,
        pub(crate) mode: String,
        pub(crate) file: String,
        pub(crate) fingerprint: String,
        pub(crate) n_rows: i64,
        pub(crate) counts: String,
        pub(crate) consequences: String,
        pub(crate) accepted: String,
        pub(crate) actor: String,
        pub(crate) started_at: Timestamp,
        pub(crate) finished_at: Timestamp,
        pub(crate) operation_id: Option<Uuid>,
        pub(crate) undo_of: Option<Uuid>,
        // The operation that took it back, if that was not taken back in its turn.
        pub(crate) undone_by: Option<Uuid>,
    }
}

row! {
    pub(crate) struct RunLine {
        pub(crate) row_number: Option<i64>,
        pub(crate) person_id: Option<Uuid>,
        pub(crate) effect: String,
        pub(crate) field: Option<String>,
        pub(crate) code: Option<String>,
    }
}
