//! Which rules ask people for a training or a path, so that it is not taken away from under them.

use std::pin::Pin;

use uuid::Uuid;

use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Assembly, One, Tx};
use crate::kernel::error::Result;
use crate::settings;

/// The codes of the rules that ask for it now, or will on a day to come; also of those that are paused,
/// and of those that are due after it.
pub(crate) fn rules_asking_for<'a>(
    tx: &'a mut Tx,
    now: Timestamp,
    wanted: Uuid,
) -> Pin<Box<dyn Future<Output = Result<Vec<String>>> + Send + 'a>> {
    Box::pin(async move {
        let today = settings::today(tx, now).await?;
        let codes: Vec<One<String>> = Assembly::new(
            "SELECT r.code FROM rules r
             WHERE EXISTS (
                 SELECT 1 FROM rule_periods p
                 JOIN rule_trainings n ON n.rule_id = p.rule_id AND n.version = p.version
                 WHERE p.rule_id = r.id AND p.status <> 'removed' AND (n.training_id = ?",
        )
        .bind(wanted)
        .push("OR n.path_id = ?")
        .bind(wanted)
        .push("OR n.after_id = ?")
        .bind(wanted)
        .push(
            ") AND NOT EXISTS (
                 SELECT 1 FROM rule_periods q
                 WHERE q.rule_id = p.rule_id
                   AND (q.valid_from, q.recorded_at) > (p.valid_from, p.recorded_at)
                   AND (q.valid_from = p.valid_from OR q.valid_from <= ?",
        )
        .bind(today)
        .push("))) ORDER BY r.code_key")
        .on(tx)
        .all()
        .await?;
        Ok(codes.into_iter().map(|One(code)| code).collect())
    })
}
