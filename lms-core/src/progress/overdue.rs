//! Attempts whose time is over are closed by whoever looks next: nothing has to run for it.

use uuid::Uuid;

use super::settling;
use super::sql::{self, AttemptRow};
use super::stored::{self, handed_in};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, IdList, One, Tx};
use crate::kernel::error::Result;
use crate::operations::{Operation, Write};

/// As many are closed in one transaction.
const CLOSED_MAX: i64 = 500;

/// Closes what is open beyond its time, as of the end of its time.
pub(super) async fn close(core: &Core) -> Result<()> {
    while !overdue(&mut core.db().begin_read().await?, core.now()).await?.is_empty() {
        // It is nobody's doing: the actor who looks may have no right to write.
        let mut write = Write::begin(core, &Actor::system("quiz clock")).await?;
        let now = write.ctx.now;
        let ids = overdue(&mut write.tx, now).await?;
        let rows = Assembly::new(sql::ATTEMPTS_FROM).push("a.id IN (ids?)");
        let rows = rows.bind_ids(&IdList::new(ids)).on(&mut write.tx).all().await?;
        let mut closed = stored::load(&mut write.tx, rows).await?;
        let mut operation = Operation::new("quiz.expired");
        let (mut rows, mut answers) = (Vec::new(), Vec::new());
        for attempt in &mut closed {
            let over = attempt.row.deadline_at.unwrap_or(now);
            attempt.close(over, true)?;
            attempt.row.updated_at = now;
            operation = handed_in(operation, &attempt.row);
        }
        for attempt in closed {
            rows.push(attempt.row);
            answers.extend(attempt.answers);
        }
        if rows.is_empty() {
            // Somebody else closed them meanwhile.
            return Ok(());
        }
        write.record(operation.count("attempts", i64::try_from(rows.len()).unwrap_or(i64::MAX)));
        let passed: Vec<AttemptRow> =
            rows.iter().filter(|row| row.passed == Some(true)).cloned().collect();
        sql::store(&mut write.tx, rows, answers).await?;
        for row in &passed {
            // Each may be the end of another training, in another version.
            settling::after_attempt(&mut write, row).await?;
        }
        write.commit().await?;
    }
    Ok(())
}

async fn overdue(tx: &mut Tx, now: Timestamp) -> Result<Vec<Uuid>> {
    let ids: Vec<One<Uuid>> = tx.sql(&sql::OVERDUE).bind(now).bind(CLOSED_MAX).all().await?;
    Ok(ids.into_iter().map(|One(id)| id).collect())
}
