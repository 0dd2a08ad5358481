//! What was settled by a completion that is not as it was: the assignments stand again as they stood
//! before it, so that the engine can look at them anew.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::engine::ClosedAs;
use super::reconsider::amend;
use super::sql::{
    AssignmentRecord, AssignmentRow, ReasonRecord, ReasonRow, assignment_columns, reason_columns,
};
use super::store::retract_assignments;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::schema::{ASSIGNMENT_REASONS, ASSIGNMENTS};
use crate::kernel::db::{Assembly, IdList, One, Tx, bulk, row};
use crate::kernel::error::Result;
use crate::operations::Write;

row! {
    struct ClosingRow {
        id: Uuid,
        retracted_at: Option<Timestamp>,
    }
}

/// Opens what a completion closed. Where the next cycle has begun since, that one stands for both.
pub(super) async fn reopen(write: &mut Write, completion: Uuid) -> Result<()> {
    let closed: Vec<AssignmentRow> = Assembly::new(concat!(
        "SELECT ",
        assignment_columns!(),
        " FROM assignments a JOIN completions c
               ON c.person_id = a.person_id AND c.retracted_at IS NULL
          WHERE a.retracted_at IS NULL AND a.closed_on IS NOT NULL AND a.completion_id = c.id AND c.id = ?"
    ))
    .bind(completion)
    .on(&mut write.tx)
    .all()
    .await?;
    if closed.is_empty() {
        return Ok(());
    }
    // What one completion closed is one training, and those for which it stands in.
    let trainings = IdList::new(closed.iter().map(|row| row.training_id));
    let open: Vec<One<Uuid>> = Assembly::new(
        "SELECT training_id FROM assignments
         WHERE retracted_at IS NULL AND closed_on IS NULL AND person_id = ?",
    )
    .bind(closed[0].person_id)
    .push("AND training_id IN (ids?)")
    .bind_ids(&trainings)
    .on(&mut write.tx)
    .all()
    .await?;
    let goes_on = |row: &&AssignmentRow| open.iter().any(|One(id)| *id == row.training_id);
    let (overtaken, stand): (Vec<_>, Vec<_>) = closed.iter().partition(goes_on);

    let overtaken: Vec<Uuid> = overtaken.iter().map(|row| row.id).collect();
    amend(write, &overtaken, |record| {
        let days = &mut record.obligation.days;
        (days.expires_on, days.window_on) = (None, None);
        days.closed_as = Some(ClosedAs::Cancelled);
        record.completion = None;
    })
    .await?;

    let stand: Vec<Uuid> = stand.iter().map(|row| row.id).collect();
    let before = versions_before(&mut write.tx, &stand).await?;
    restore(write, &stand, &before).await
}

/// Until when each of them stood open.
async fn versions_before(tx: &mut Tx, ids: &[Uuid]) -> Result<BTreeMap<Uuid, Timestamp>> {
    let rows: Vec<ClosingRow> = Assembly::new(
        "SELECT id, MAX(retracted_at) FROM assignments
         WHERE closed_on IS NULL AND retracted_at IS NOT NULL AND id IN (ids?)",
    )
    .bind_ids(&IdList::new(ids.iter().copied()))
    .push("GROUP BY id")
    .on(tx)
    .all()
    .await?;
    Ok(rows.into_iter().filter_map(|row| Some((row.id, row.retracted_at?))).collect())
}

pub(super) async fn restore(
    write: &mut Write,
    ids: &[Uuid],
    before: &BTreeMap<Uuid, Timestamp>,
) -> Result<()> {
    let mut by_instant: BTreeMap<Timestamp, Vec<Uuid>> = BTreeMap::new();
    for (id, until) in before {
        by_instant.entry(*until).or_default().push(*id);
    }
    // One instant for an operation that is taken back; few for a completion.
    for (until, ids) in by_instant {
        restore_until(write, until, ids).await?;
    }

    // Closed from the beginning: done before it was asked for.
    let at_once: Vec<Uuid> = ids.iter().filter(|id| !before.contains_key(id)).copied().collect();
    amend(write, &at_once, |record| {
        if record.obligation.is_credit() {
            return never_was(record);
        }
        let days = &mut record.obligation.days;
        (days.closed_on, days.closed_as) = (None, None);
        (days.expires_on, days.window_on) = (None, None);
        record.completion = None;
    })
    .await
}

/// What began completed goes with what it began by: there is nothing that could stand open again.
pub(super) fn never_was(record: &mut AssignmentRecord) {
    let days = &mut record.obligation.days;
    days.closed_as = Some(ClosedAs::Undone);
    (days.expires_on, days.window_on) = (None, None);
    record.completion = None;
}

/// Records anew what stood until an instant, the reasons with it.
async fn restore_until(write: &mut Write, until: Timestamp, ids: Vec<Uuid>) -> Result<()> {
    let now = write.ctx.now;
    let list = IdList::new(ids.iter().copied());
    let rows: Vec<AssignmentRow> = Assembly::new(concat!(
        "SELECT ",
        assignment_columns!(),
        " FROM assignments a WHERE a.retracted_at = ?"
    ))
    .bind(until)
    .push("AND a.id IN (ids?)")
    .bind_ids(&list)
    .on(&mut write.tx)
    .all()
    .await?;
    let stood: Vec<ReasonRow> = Assembly::new(concat!(
        "SELECT ",
        reason_columns!(),
        " FROM assignment_reasons r WHERE r.removed_on IS NULL AND r.retracted_at = ?"
    ))
    .bind(until)
    .push("AND r.assignment_id IN (ids?)")
    .bind_ids(&list)
    .on(&mut write.tx)
    .all()
    .await?;
    let (mut assignments, mut reasons) = (Vec::new(), Vec::new());
    for row in rows {
        let record = AssignmentRecord {
            id: row.id,
            person: row.person_id,
            training: row.training_id,
            obligation: row.obligation(0, None)?,
            version: row.version_id,
            completion: row.completion_id,
            wake_on: row.wake_on,
        };
        assignments.push(record.values(now));
    }
    for row in &stood {
        let record = ReasonRecord {
            assignment: row.assignment_id,
            source: row.source_id,
            reason: row.reason(0)?,
            removed_on: None,
        };
        reasons.push(record.values(now));
    }
    retract_assignments(&mut write.tx, now, ids).await?;
    // Reasons that did not change then stand as they do.
    Assembly::new("UPDATE assignment_reasons SET retracted_at = ?")
        .bind(now)
        .push("WHERE retracted_at IS NULL AND recorded_at >= ?")
        .bind(until)
        .push("AND assignment_id IN (ids?)")
        .bind_ids(&list)
        .on(&mut write.tx)
        .run()
        .await?;
    bulk::insert(&mut write.tx, &ASSIGNMENTS, assignments).await?;
    bulk::insert(&mut write.tx, &ASSIGNMENT_REASONS, reasons).await.map(drop)
}
