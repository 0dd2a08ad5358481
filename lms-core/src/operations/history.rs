//! What was done to a subject: its changes with the operations that made them.

use uuid::Uuid;

use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Assembly, IdList, Tx, row};
use crate::kernel::error::Result;

row! {
    /// One change of one subject.
    #[derive(Debug)]
    pub(crate) struct HistoryRow {
        pub(crate) seq: i64,
        pub(crate) position: i64,
        pub(crate) operation_id: Uuid,
        pub(crate) kind: String,
        pub(crate) actor: String,
        pub(crate) recorded_at: Timestamp,
        pub(crate) subject_type: String,
        pub(crate) subject: Uuid,
        pub(crate) before: Option<String>,
        pub(crate) after: Option<String>,
        pub(crate) reason: Option<String>,
    }
}

/// The changes of these subjects behind a place in the log, in the order of the log or against it.
pub(crate) async fn history_in(
    tx: &mut Tx,
    subject_types: &[&'static str],
    subjects: &IdList,
    after: (i64, i64),
    oldest_first: bool,
    rows: i64,
) -> Result<Vec<HistoryRow>> {
    let (beyond, order) = if oldest_first {
        ("AND (c.seq, h.position) > (?, ?)", "ORDER BY c.seq, h.position LIMIT ?")
    } else {
        ("AND (c.seq, h.position) < (?, ?)", "ORDER BY c.seq DESC, h.position DESC LIMIT ?")
    };
    let mut wanted = Assembly::new(
        "SELECT c.seq, h.position, o.id, o.kind, o.actor, o.recorded_at, h.subject_type,
                h.subject_id, h.value_before, h.value_after, r.value_after
         FROM operation_changes h
         JOIN operations o ON o.id = h.operation_id
         JOIN audit_chain c ON c.operation_id = o.id
         LEFT JOIN operation_changes r
                ON r.operation_id = o.id AND r.position = 1 AND r.subject_type = 'operation'
         WHERE h.subject_id IN (ids?)",
    )
    .bind_ids(subjects);
    for (at, subject_type) in subject_types.iter().enumerate() {
        let or = if at == 0 { "AND (h.subject_type = ?" } else { "OR h.subject_type = ?" };
        wanted = wanted.push(or).bind(*subject_type);
    }
    wanted
        .push(")")
        .push(beyond)
        .bind(after.0)
        .bind(after.1)
        .push(order)
        .bind(rows)
        .on(tx)
        .all()
        .await
}
