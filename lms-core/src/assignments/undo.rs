//! Taking an operation on assignments back. Every row is a version: where the present one is that of
//! the operation, the one before it is recorded anew; where somebody changed it since, it stays. Then
//! the engine looks again, and what nothing wants any more closes as undone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use uuid::Uuid;

use super::engine::ClosedAs;
use super::reconsider::amend;
use super::reconsider::reconsider_all;
use super::reopen::{never_was, restore};
use super::sql::{ReasonRecord, ReasonRow, reason_columns};
use super::store::{Ending, retract};
use crate::certificates;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::schema::ASSIGNMENT_REASONS;
use crate::kernel::db::{Assembly, IdList, Tx, bulk, row};
use crate::kernel::error::Result;
use crate::operations::{LaterChange, Operation, UndoItem, UndoParts, Write};
use crate::people;
use crate::settings;

/// The kinds of operations that are taken back here.
pub(crate) const KINDS: &[&str] = &[
    super::ASSIGNED,
    super::UNASSIGNED,
    super::COMPLETED,
    super::EXEMPTED,
    super::EXTENDED,
    super::RESOLVED,
    super::ENROLLED,
    super::WITHDRAWN,
];

/// What taking an operation back would do here, and what is needed to do it.
pub(crate) struct Undo {
    pub(crate) parts: UndoParts,
    recorded_at: Timestamp,
    people: BTreeSet<Uuid>,
    trainings: BTreeSet<Uuid>,
    /// Assignments that had stood before.
    stood: Vec<Uuid>,
    /// Those that began with the operation.
    begun: Vec<Uuid>,
    /// Those that began completed.
    done: Vec<Uuid>,
    completions: Vec<Uuid>,
    exemptions: Vec<Uuid>,
    exceptions: Vec<Uuid>,
}

row! {
    /// A version that the operation wrote, and the one before it.
    struct VersionRow {
        id: Uuid,
        person_id: Uuid,
        training_id: Uuid,
        training: String,
        retracted_at: Option<Timestamp>,
        now: String,
        before: Option<String>,
    }
}

row! {
    struct LaterRow {
        recorded_at: Timestamp,
        seq: i64,
        kind: String,
        actor: String,
    }
}

/// What the operation wrote into one table, told in a word. `?` is its instant, twice.
const ASSIGNMENTS: [&str; 3] = [
    "SELECT v.id, v.person_id, v.training_id, t.code, v.retracted_at,
            COALESCE(v.closed_as, CASE WHEN v.waiting_from IS NOT NULL AND v.waiting_until IS NULL
                                       THEN 'waitlisted' ELSE 'assigned' END),
            (SELECT COALESCE(b.closed_as, 'assigned') FROM assignments b WHERE b.id = v.id AND b.retracted_at = ?",
    ") FROM assignments v JOIN trainings t ON t.id = v.training_id WHERE v.recorded_at = ?",
    "ORDER BY t.code_key, v.id",
];

const COMPLETIONS: [&str; 3] = [
    "SELECT v.id, v.person_id, v.training_id, t.code, v.retracted_at, 'completion',
            (SELECT 'completion' FROM completions b WHERE b.id = v.id AND b.retracted_at = ?",
    ") FROM completions v JOIN trainings t ON t.id = v.training_id WHERE v.recorded_at = ?",
    "ORDER BY t.code_key, v.id",
];

const EXEMPTIONS: [&str; 3] = [
    "SELECT v.id, v.person_id, v.training_id, t.code, v.retracted_at, 'exemption',
            (SELECT 'exemption' FROM exemptions b WHERE b.id = v.id AND b.retracted_at = ?",
    ") FROM exemptions v JOIN trainings t ON t.id = v.training_id WHERE v.recorded_at = ?",
    "ORDER BY t.code_key, v.id",
];

const EXCEPTIONS: [&str; 3] = [
    "SELECT v.id, v.person_id, v.training_id, t.code, v.retracted_at,
            COALESCE(v.resolved_as, 'waits'),
            (SELECT COALESCE(b.resolved_as, 'waits') FROM assignment_exceptions b
             WHERE b.id = v.id AND b.retracted_at = ?",
    ") FROM assignment_exceptions v JOIN trainings t ON t.id = v.training_id WHERE v.recorded_at = ?",
    "ORDER BY t.code_key, v.id",
];

async fn versions(
    tx: &mut Tx,
    [select, from, order]: [&'static str; 3],
    recorded_at: Timestamp,
) -> Result<Vec<VersionRow>> {
    Assembly::new(select)
        .bind(recorded_at)
        .push(from)
        .bind(recorded_at)
        .push(order)
        .on(tx)
        .all()
        .await
}

/// Decides what of an operation can go back. Nothing is written.
pub(crate) async fn decide(tx: &mut Tx, recorded_at: Timestamp) -> Result<Undo> {
    let mut undo = Undo {
        parts: UndoParts::default(),
        recorded_at,
        people: BTreeSet::new(),
        trainings: BTreeSet::new(),
        stood: Vec::new(),
        begun: Vec::new(),
        done: Vec::new(),
        completions: Vec::new(),
        exemptions: Vec::new(),
        exceptions: Vec::new(),
    };
    let mut all = Vec::new();
    for (which, table) in [ASSIGNMENTS, COMPLETIONS, EXEMPTIONS, EXCEPTIONS].into_iter().enumerate()
    {
        let rows = versions(tx, table, recorded_at).await?;
        all.extend(rows.into_iter().map(|row| (which, row)));
    }
    let names = people::names_in(tx, all.iter().map(|(_, row)| row.person_id).collect()).await?;
    let changed: BTreeSet<Timestamp> = all.iter().filter_map(|(_, row)| row.retracted_at).collect();
    let later = later_changes(tx, &changed).await?;
    for (which, row) in all {
        let is_done = row.now == ClosedAs::Completed.as_str();
        let mut item = UndoItem {
            subject_type: "person".to_owned(),
            subject_id: row.person_id,
            subject: names.get(&row.person_id).cloned().unwrap_or_default(),
            field: row.training,
            from: None,
            until: None,
            now: Some(row.now),
            back_to: row.before.clone(),
            why: None,
            changed_by: None,
        };
        if let Some(at) = row.retracted_at {
            item.changed_by = later.get(&at).cloned();
            item.why = Some("it was changed since".to_owned());
            undo.parts.kept.push(item);
            continue;
        }
        undo.parts.restored.push(item);
        undo.people.insert(row.person_id);
        undo.trainings.insert(row.training_id);
        let list = match (which, row.before.is_some()) {
            (0, true) => &mut undo.stood,
            (0, false) if is_done => &mut undo.done,
            (0, false) => &mut undo.begun,
            (1, _) => &mut undo.completions,
            (2, _) => &mut undo.exemptions,
            (_, _) => &mut undo.exceptions,
        };
        list.push(row.id);
    }
    Ok(undo)
}

/// The operations at these instants.
async fn later_changes(
    tx: &mut Tx,
    instants: &BTreeSet<Timestamp>,
) -> Result<BTreeMap<Timestamp, LaterChange>> {
    let mut found = BTreeMap::new();
    // As many as there were operations on what this one wrote, of which a few are named.
    for instant in instants.iter().take(100) {
        let rows: Vec<LaterRow> = Assembly::new(
            "SELECT o.recorded_at, c.seq, o.kind, o.actor
             FROM operations o JOIN audit_chain c ON c.operation_id = o.id WHERE o.recorded_at = ?",
        )
        .bind(*instant)
        .push("ORDER BY c.seq LIMIT 1")
        .on(tx)
        .all()
        .await?;
        for LaterRow { recorded_at, seq, kind, actor } in rows {
            found.insert(recorded_at, LaterChange { seq, kind, actor, recorded_at });
        }
    }
    Ok(found)
}

/// Takes back what was decided, and lets the engine look again.
pub(crate) async fn carry_out(
    write: &mut Write,
    undo: Undo,
    operation: Operation,
) -> Result<Operation> {
    let at = undo.recorded_at;
    let before: BTreeMap<Uuid, Timestamp> = undo.stood.iter().map(|id| (*id, at)).collect();
    remove_reasons(write, &undo.begun, at).await?;
    restore(write, &undo.stood, &before).await?;
    amend(write, &undo.done, never_was).await?;
    back(write, &undo.completions, at, COMPLETIONS_BACK).await?;
    back(write, &undo.exemptions, at, EXEMPTIONS_BACK).await?;
    settled_back(write, &undo.exceptions, at).await?;
    certificates::revoke_for(write, &undo.completions, "the completion was taken back").await?;
    let people: Vec<Uuid> = undo.people.into_iter().collect();
    let trainings: Vec<Uuid> = undo.trainings.into_iter().collect();
    let effects = reconsider_all(write, &people, &trainings, Ending::Undone).await?;
    // What only went back to what it was changed as well.
    let told = json!({ "people": people, "trainings": trainings });
    Ok(effects.told(operation).change("assignments", None, None::<&()>, Some(&told)))
}

/// What waited for a decision until an instant waits for it again.
pub(super) async fn settled_back(write: &mut Write, ids: &[Uuid], at: Timestamp) -> Result<()> {
    back(write, ids, at, EXCEPTIONS_BACK).await
}

/// Records anew what stood in a table until an instant, in place of what stands there now.
async fn back(
    write: &mut Write,
    ids: &[Uuid],
    at: Timestamp,
    [delete, update, insert, select]: [&'static str; 4],
) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let now = write.ctx.now;
    let which = "AND retracted_at IS NULL AND id IN (ids?)";
    retract(&mut write.tx, [delete, update], which, now, ids.to_vec()).await?;
    Assembly::new(insert)
        .bind(now)
        .push(select)
        .bind(at)
        .push("AND id IN (ids?)")
        .bind_ids(&IdList::new(ids.iter().copied()))
        .on(&mut write.tx)
        .run()
        .await
        .map(drop)
}

const COMPLETIONS_BACK: [&str; 4] = [
    "DELETE FROM completions WHERE recorded_at = ?",
    "UPDATE completions SET retracted_at = ?",
    "INSERT INTO completions
         (id, recorded_at, person_id, training_id, completed_on, source, score, major, minor, valid_until,
          department_id, manager_id, evidence_link, evidence_id, note, revoked_on)
     SELECT id, ?",
    ", person_id, training_id, completed_on, source, score, major, minor, valid_until, department_id,
       manager_id, evidence_link, evidence_id, note, revoked_on
     FROM completions WHERE retracted_at = ?",
];

const EXEMPTIONS_BACK: [&str; 4] = [
    "DELETE FROM exemptions WHERE recorded_at = ?",
    "UPDATE exemptions SET retracted_at = ?",
    "INSERT INTO exemptions
         (id, recorded_at, person_id, training_id, from_on, until_on, reason, approved_by, evidence,
          wake_on)
     SELECT id, ?",
    ", person_id, training_id, from_on, until_on, reason, approved_by, evidence, wake_on
     FROM exemptions WHERE retracted_at = ?",
];

const EXCEPTIONS_BACK: [&str; 4] = [
    "DELETE FROM assignment_exceptions WHERE recorded_at = ?",
    "UPDATE assignment_exceptions SET retracted_at = ?",
    "INSERT INTO assignment_exceptions
         (id, recorded_at, person_id, training_id, source, source_id, because, due_on, parked_on,
          resolved_on, resolved_as, decided_due_on)
     SELECT id, ?",
    ", person_id, training_id, source, source_id, because, due_on, parked_on, resolved_on, resolved_as,
       decided_due_on
     FROM assignment_exceptions WHERE retracted_at = ?",
];

/// Takes away the reasons that came with the operation.
async fn remove_reasons(write: &mut Write, assignments: &[Uuid], at: Timestamp) -> Result<()> {
    if assignments.is_empty() {
        return Ok(());
    }
    let now = write.ctx.now;
    let today = settings::today(&mut write.tx, now).await?;
    let list = IdList::new(assignments.iter().copied());
    let rows: Vec<ReasonRow> = Assembly::new(concat!(
        "SELECT ",
        reason_columns!(),
        " FROM assignment_reasons r
         WHERE r.retracted_at IS NULL AND r.removed_on IS NULL AND r.recorded_at = ?"
    ))
    .bind(at)
    .push("AND r.assignment_id IN (ids?)")
    .bind_ids(&list)
    .on(&mut write.tx)
    .all()
    .await?;
    let record = |row: &ReasonRow| {
        let record = ReasonRecord {
            assignment: row.assignment_id,
            source: row.source_id,
            reason: row.reason(0)?,
            removed_on: Some(today),
        };
        Ok(record.values(now))
    };
    let removed = rows.iter().map(record).collect::<Result<Vec<_>>>()?;
    Assembly::new("UPDATE assignment_reasons SET retracted_at = ?")
        .bind(now)
        .push("WHERE retracted_at IS NULL AND removed_on IS NULL AND recorded_at = ?")
        .bind(at)
        .push("AND assignment_id IN (ids?)")
        .bind_ids(&list)
        .on(&mut write.tx)
        .run()
        .await?;
    bulk::insert(&mut write.tx, &ASSIGNMENT_REASONS, removed).await.map(drop)
}
