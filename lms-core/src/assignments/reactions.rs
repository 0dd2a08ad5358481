//! What follows here when people are erased, or two records become one.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::pin::Pin;

use uuid::Uuid;

use super::engine::ClosedAs;
use super::evidence::forget_unneeded;
use super::reconsider::{amend, reconsider_all};
use super::rules::mentions;
use super::sql::{
    AssignmentRecord, AssignmentRow, ReasonRecord, ReasonRow, assignment_columns, reason_columns,
};
use super::store::{Ending, retract, retract_assignments};
use crate::kernel::db::schema::{ASSIGNMENT_REASONS, ASSIGNMENTS};
use crate::kernel::db::{Assembly, IdList, One, bulk};
use crate::kernel::error::Result;
use crate::operations::Write;
use crate::settings;

/// What tells of a person goes; what they had to do and did stays, under a record without a name.
pub(crate) fn people_erased<'a>(
    write: &'a mut Write,
    people: &'a BTreeSet<Uuid>,
) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>> {
    Box::pin(async move {
        let ids = IdList::new(people.iter().copied());
        let open: Vec<One<Uuid>> = Assembly::new(
            "SELECT id FROM assignments
             WHERE retracted_at IS NULL AND closed_on IS NULL AND person_id IN (ids?)",
        )
        .bind_ids(&ids)
        .on(&mut write.tx)
        .all()
        .await?;
        let today = settings::today(&mut write.tx, write.ctx.now).await?;
        let open: Vec<Uuid> = open.into_iter().map(|One(id)| id).collect();
        amend(write, &open, |record| {
            record.obligation.days.closed_on = Some(today);
            record.obligation.days.closed_as = Some(ClosedAs::Left);
            record.wake_on = None;
        })
        .await?;
        let proofs: Vec<One<Uuid>> = Assembly::new(
            "SELECT DISTINCT evidence_id FROM completions
             WHERE evidence_id IS NOT NULL AND person_id IN (ids?)",
        )
        .bind_ids(&ids)
        .on(&mut write.tx)
        .all()
        .await?;
        for forget in [
            "UPDATE completions SET evidence_link = NULL, evidence_id = NULL, note = NULL
             WHERE person_id IN (ids?)",
            "UPDATE exemptions SET reason = 'erased', approved_by = NULL, evidence = NULL
             WHERE person_id IN (ids?)",
        ] {
            Assembly::new(forget).bind_ids(&ids).on(&mut write.tx).run().await?;
        }
        // Bounded by the records that were merged into the one that is erased.
        for person in people {
            mentions::rename(&mut write.tx, [*person], *person).await?;
        }
        // A list that others signed as well stays, for them.
        forget_unneeded(write, proofs.into_iter().map(|One(id)| id).collect()).await
    })
}

/// What the one had to do and did is the other's. Of two open assignments for one training the reasons
/// come together in one.
pub(crate) fn people_merged<'a>(
    write: &'a mut Write,
    other: Uuid,
    keep: Uuid,
) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>> {
    Box::pin(async move {
        hand_over(write, other, keep).await?;
        mentions::rename(&mut write.tx, [other], keep).await?;
        merge_assignments(write, other, keep).await?;
        // The change of the record itself makes the reactions look again; what was done counts then.
        reconsider_all(write, &[keep], &[], Ending::Cancelled).await.map(drop)
    })
}

/// Completions, exemptions and exceptions: the same rows, recorded anew under the other person.
async fn hand_over(write: &mut Write, other: Uuid, keep: Uuid) -> Result<()> {
    let now = write.ctx.now;
    for (insert, what) in [
        (
            "INSERT INTO completions
                 (id, recorded_at, person_id, training_id, completed_on, source, score, major, minor,
                  valid_until, department_id, manager_id, evidence_link, evidence_id, note, revoked_on)
             SELECT id, ?",
            ", training_id, completed_on, source, score, major, minor, valid_until, department_id,
                  manager_id, evidence_link, evidence_id, note, revoked_on
             FROM completions WHERE retracted_at IS NULL AND person_id = ?",
        ),
        (
            "INSERT INTO exemptions
                 (id, recorded_at, person_id, training_id, from_on, until_on, reason, approved_by, evidence,
                  wake_on)
             SELECT id, ?",
            ", training_id, from_on, until_on, reason, approved_by, evidence, wake_on
             FROM exemptions WHERE retracted_at IS NULL AND person_id = ?",
        ),
    ] {
        Assembly::new(insert)
            .bind(now)
            .push(", ?")
            .bind(keep)
            .push(what)
            .bind(other)
            .on(&mut write.tx)
            .run()
            .await?;
    }
    for retract in
        ["UPDATE completions SET retracted_at = ?", "UPDATE exemptions SET retracted_at = ?"]
    {
        Assembly::new(retract)
            .bind(now)
            .push("WHERE retracted_at IS NULL AND person_id = ?")
            .bind(other)
            .on(&mut write.tx)
            .run()
            .await?;
    }
    Ok(())
}

async fn merge_assignments(write: &mut Write, other: Uuid, keep: Uuid) -> Result<()> {
    let now = write.ctx.now;
    let both = IdList::new([other, keep]);
    let rows: Vec<AssignmentRow> = Assembly::new(concat!(
        "SELECT ",
        assignment_columns!(),
        " FROM assignments a WHERE a.retracted_at IS NULL AND a.person_id IN (ids?)"
    ))
    .bind_ids(&both)
    .push("ORDER BY a.training_id, a.cycle")
    .on(&mut write.tx)
    .all()
    .await?;
    let mut last: HashMap<Uuid, u32> = HashMap::new();
    let mut open: HashMap<Uuid, Uuid> = HashMap::new();
    for row in rows.iter().filter(|row| row.person_id == keep) {
        let cycle = last.entry(row.training_id).or_default();
        *cycle = (*cycle).max(u32::try_from(row.cycle).unwrap_or_default());
        if row.closed_on.is_none() {
            open.insert(row.training_id, row.id);
        }
    }
    let theirs: Vec<&AssignmentRow> = rows.iter().filter(|row| row.person_id == other).collect();
    if theirs.is_empty() {
        return Ok(());
    }
    let mut moved = Vec::new();
    let mut joined: BTreeMap<Uuid, Uuid> = BTreeMap::new();
    for row in &theirs {
        let into = open.get(&row.training_id).filter(|_| row.closed_on.is_none());
        if let Some(into) = into {
            joined.insert(row.id, *into);
            continue;
        }
        let cycle = last.entry(row.training_id).or_default();
        *cycle += 1;
        let mut record = AssignmentRecord {
            id: row.id,
            person: keep,
            training: row.training_id,
            obligation: row.obligation(0, None)?,
            version: row.version_id,
            completion: row.completion_id,
            wake_on: row.wake_on,
        };
        record.obligation.cycle = *cycle;
        moved.push(record.values(now));
    }
    let ids: Vec<Uuid> = theirs.iter().map(|row| row.id).collect();
    retract_assignments(&mut write.tx, now, ids).await?;
    bulk::insert(&mut write.tx, &ASSIGNMENTS, moved).await?;

    // The reasons of those that were joined, but for those that the other has as well.
    let concerned = joined.keys().chain(joined.values()).copied();
    let reasons: Vec<ReasonRow> = Assembly::new(concat!(
        "SELECT ",
        reason_columns!(),
        " FROM assignment_reasons r
         WHERE r.retracted_at IS NULL AND r.removed_on IS NULL AND r.assignment_id IN (ids?)"
    ))
    .bind_ids(&IdList::new(concerned))
    .on(&mut write.tx)
    .all()
    .await?;
    let has: BTreeSet<(Uuid, Uuid)> =
        reasons.iter().map(|row| (row.assignment_id, row.source_id)).collect();
    let mut taken = Vec::new();
    for row in &reasons {
        let Some(into) = joined.get(&row.assignment_id) else { continue };
        if has.contains(&(*into, row.source_id)) {
            continue;
        }
        let record = ReasonRecord {
            assignment: *into,
            source: row.source_id,
            reason: row.reason(0)?,
            removed_on: None,
        };
        taken.push(record.values(now));
    }
    let statements = [
        "DELETE FROM assignment_reasons WHERE recorded_at = ?",
        "UPDATE assignment_reasons SET retracted_at = ?",
    ];
    let which = "AND retracted_at IS NULL AND removed_on IS NULL AND assignment_id IN (ids?)";
    retract(&mut write.tx, statements, which, now, joined.keys().copied().collect()).await?;
    bulk::insert(&mut write.tx, &ASSIGNMENT_REASONS, taken).await.map(drop)
}
