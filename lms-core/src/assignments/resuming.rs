//! An operation on people that ended assignments, and is taken back: what ended with it goes on, as it stood,
//! with its days. Rules look only then, so that nobody who was late is given a new start.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::RECONSIDERED;
use super::engine::ClosedAs;
use super::reopen::restore;
use super::store::{Effects, Happened};
use super::undo::settled_back;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Assembly, IdList, Tx, row};
use crate::kernel::error::Result;
use crate::operations::{Operation, UndoItem, UndoParts, Write};
use crate::people;

/// The parts of a person without which nobody is employed.
const OF_EMPLOYMENT: [&str; 2] = ["employment", "record"];

/// What ended with an operation, and goes on when that is taken back.
#[derive(Debug, Default)]
pub(crate) struct Ended {
    /// When each of them ended.
    assignments: BTreeMap<Uuid, Timestamp>,
    /// Decisions that nobody had to make any more.
    exceptions: Vec<Uuid>,
    at: Option<Timestamp>,
    whose: Vec<(Uuid, Uuid)>,
}

row! {
    struct EndedRow {
        id: Uuid,
        person_id: Uuid,
        training_id: Uuid,
        training: String,
        closed_as: String,
        recorded_at: Timestamp,
        is_anew: i64,
    }
}

row! {
    struct SettledRow {
        id: Uuid,
        person_id: Uuid,
    }
}

const ENDED: &str = "
SELECT v.id, v.person_id, v.training_id, t.code, v.closed_as, v.recorded_at,
       (SELECT COUNT(*) FROM assignments o
        WHERE o.person_id = v.person_id AND o.training_id = v.training_id
          AND o.retracted_at IS NULL AND o.closed_on IS NULL)
FROM assignments v
JOIN trainings t ON t.id = v.training_id
JOIN assignments b ON b.id = v.id AND b.retracted_at = v.recorded_at AND b.closed_on IS NULL
WHERE v.retracted_at IS NULL AND v.closed_as IN ('left', 'cancelled')";

/// Finds what ended with the operation of an instant, of those for whom it goes back, and adds it to the parts.
/// Whoever's last day came only later left with that operation all the same.
pub(crate) async fn decide(tx: &mut Tx, at: Timestamp, parts: &mut UndoParts) -> Result<Ended> {
    let mut people: BTreeSet<Uuid> = BTreeSet::new();
    let mut employed: BTreeSet<Uuid> = BTreeSet::new();
    for item in parts.restored.iter().filter(|item| item.subject_type == "person") {
        people.insert(item.subject_id);
        if OF_EMPLOYMENT.contains(&item.field.as_str()) {
            employed.insert(item.subject_id);
        }
    }
    let regroups = parts.restored.iter().any(|item| item.subject_type != "person");
    let mut ended = Ended { at: Some(at), ..Ended::default() };
    let list = IdList::new(people.iter().copied());
    let mut rows: Vec<EndedRow> = Assembly::new(ENDED)
        .push("AND v.person_id IN (ids?)")
        .bind_ids(&list)
        .push("AND v.recorded_at >= ? ORDER BY t.code_key, v.id")
        .bind(at)
        .on(tx)
        .all()
        .await?;
    if regroups {
        // A department hangs elsewhere: rules let go of people of whom nothing was recorded.
        let others: Vec<EndedRow> = Assembly::new(ENDED)
            .push("AND v.recorded_at = ? ORDER BY t.code_key, v.id")
            .bind(at)
            .on(tx)
            .all()
            .await?;
        rows.extend(others.into_iter().filter(|row| !people.contains(&row.person_id)));
    }
    rows.retain(|row| {
        if row.closed_as == ClosedAs::Left.as_str() {
            employed.contains(&row.person_id)
        } else {
            row.recorded_at == at
        }
    });
    let names = people::names_in(tx, rows.iter().map(|row| row.person_id).collect()).await?;
    for row in rows {
        let mut item = UndoItem {
            subject_type: "person".to_owned(),
            subject_id: row.person_id,
            subject: names.get(&row.person_id).cloned().unwrap_or_default(),
            field: row.training,
            from: None,
            until: None,
            now: Some(row.closed_as),
            back_to: Some(Happened::Assigned.as_str().to_owned()),
            why: None,
            changed_by: None,
        };
        if row.is_anew > 0 {
            item.why = Some("it was assigned anew since".to_owned());
            parts.kept.push(item);
            continue;
        }
        parts.restored.push(item);
        ended.assignments.insert(row.id, row.recorded_at);
        ended.whose.push((row.training_id, row.person_id));
    }
    let settled: Vec<SettledRow> = Assembly::new(
        "SELECT v.id, v.person_id FROM assignment_exceptions v
         JOIN assignment_exceptions b
              ON b.id = v.id AND b.retracted_at = v.recorded_at AND b.resolved_as IS NULL
         WHERE v.retracted_at IS NULL AND v.resolved_as = 'settled' AND v.recorded_at = ?",
    )
    .bind(at)
    .push("ORDER BY v.id")
    .on(tx)
    .all()
    .await?;
    let is_back = |row: &SettledRow| regroups || people.contains(&row.person_id);
    ended.exceptions = settled.into_iter().filter(is_back).map(|row| row.id).collect();
    Ok(ended)
}

/// Lets it go on. What rules make of it, they say before the transaction commits.
pub(crate) async fn carry_out(write: &mut Write, ended: Ended) -> Result<()> {
    let Ended { assignments, exceptions, at, whose } = ended;
    let Some(at) = at else { return Ok(()) };
    settled_back(write, &exceptions, at).await?;
    if assignments.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = assignments.keys().copied().collect();
    restore(write, &ids, &assignments).await?;
    let mut effects = Effects::default();
    for (training, person) in whose {
        effects.add(training, Happened::Resumed, person);
    }
    write.record(effects.told(Operation::new(RECONSIDERED)));
    Ok(())
}
