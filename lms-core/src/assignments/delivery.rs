//! What files say of many people and many trainings at once: the ways of recording, exempting and assigning,
//! in sets. Whom and what a row is about, and whether it is sound, is known before; what was said here
//! already is told, so that nothing is said twice.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use uuid::Uuid;

use super::assign::FileOrder;
pub(crate) use super::completing::Achieved;
use super::completing::complete_in;
use super::engine::Outcome;
pub(crate) use super::exempting::Granted;
use super::exempting::grant;
use super::store::Effects;
use super::{ASSIGNED, COMPLETED, EXEMPTED};
use crate::kernel::db::{Assembly, IdList, Tx, row};
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::operations::{Operation, Write};

/// Somebody and a training.
pub(crate) type Pair = (Uuid, Uuid);

row! {
    struct RecordedRow {
        person_id: Uuid,
        training_id: Uuid,
        completed_on: Day,
        revoked_on: Option<Day>,
    }
}

row! {
    struct CoveredRow {
        person_id: Uuid,
        training_id: Uuid,
        from_on: Day,
        until_on: Option<Day>,
    }
}

/// What is recorded of these people and trainings, with the day on which it was revoked, if it was.
pub(crate) async fn recorded(
    tx: &mut Tx,
    pairs: &BTreeSet<Pair>,
) -> Result<HashMap<(Pair, Day), Option<Day>>> {
    let rows: Vec<RecordedRow> = about(
        "SELECT person_id, training_id, completed_on, revoked_on FROM completions
         WHERE retracted_at IS NULL AND person_id IN (ids?)",
        pairs,
    )
    .on(tx)
    .all()
    .await?;
    let mut recorded: HashMap<(Pair, Day), Option<Day>> = HashMap::with_capacity(rows.len());
    for row in rows {
        let revoked = recorded
            .entry(((row.person_id, row.training_id), row.completed_on))
            .or_insert(row.revoked_on);
        // What was revoked and recorded anew counts.
        *revoked = revoked.and(row.revoked_on);
    }
    Ok(recorded)
}

/// When these people are exempt from these trainings, from which day to which last one.
pub(crate) async fn covered(
    tx: &mut Tx,
    pairs: &BTreeSet<Pair>,
) -> Result<HashMap<Pair, Vec<(Day, Option<Day>)>>> {
    let rows: Vec<CoveredRow> = about(
        "SELECT person_id, training_id, from_on, until_on FROM exemptions
         WHERE retracted_at IS NULL AND person_id IN (ids?)",
        pairs,
    )
    .on(tx)
    .all()
    .await?;
    let mut covered: HashMap<Pair, Vec<(Day, Option<Day>)>> = HashMap::new();
    for row in rows {
        let spans = covered.entry((row.person_id, row.training_id)).or_default();
        spans.push((row.from_on, row.until_on));
    }
    Ok(covered)
}

fn about(select: &'static str, pairs: &BTreeSet<Pair>) -> Assembly {
    let people: BTreeSet<Uuid> = pairs.iter().map(|(person, _)| *person).collect();
    let trainings: BTreeSet<Uuid> = pairs.iter().map(|(_, training)| *training).collect();
    Assembly::new(select)
        .bind_ids(&IdList::new(people))
        .push("AND training_id IN (ids?)")
        .bind_ids(&IdList::new(trainings))
}

/// Records completions, and settles what they settle. What is to be recorded of it is for the caller to note.
pub(crate) async fn complete(write: &mut Write, achieved: Vec<Achieved>) -> Result<Operation> {
    let (_, effects) = complete_in(write, achieved).await?;
    Ok(effects.told(Operation::new(COMPLETED)))
}

/// Grants exemptions; what they stop stands still.
pub(crate) async fn exempt(write: &mut Write, granted: Vec<Granted>) -> Result<Operation> {
    let effects = grant(write, &granted).await?;
    Ok(super::exempting::told(&granted, effects.told(Operation::new(EXEMPTED))))
}

/// A training for these people by this day.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) training: Uuid,
    pub(crate) due_on: Option<Day>,
    pub(crate) people: Vec<Uuid>,
}

/// Assigns. Each training with its day is an order of its own, as if somebody had given it; whoever has what
/// it asks for already is left alone. What became of whom, and the operation, where anything was done.
pub(crate) async fn assign(
    write: &mut Write,
    wanted: Vec<Wanted>,
) -> Result<(BTreeMap<Pair, Outcome>, Option<Operation>)> {
    let (mut outcomes, mut effects) = (BTreeMap::new(), Effects::default());
    // As many as the file has different days for a training: each is one order, for all its people.
    for Wanted { training, due_on, people } in wanted {
        let order = FileOrder::load(write, training, due_on).await?;
        let (told, of_order) = order.give(write, &people).await?;
        outcomes.extend(told.into_iter().map(|(person, outcome)| ((person, training), outcome)));
        effects.join(of_order);
    }
    let operation = (!effects.is_empty()).then(|| effects.told(Operation::new(ASSIGNED)));
    Ok((outcomes, operation))
}

/// Whoever has not got what an order asks for.
pub(super) fn new_to(outcomes: &[(Uuid, Outcome)], open: &HashSet<Uuid>) -> Vec<Uuid> {
    let is_new = |(person, outcome): &&(Uuid, Outcome)| match outcome {
        Outcome::Assigned | Outcome::Strengthened | Outcome::Parked => true,
        // Who waits for a seat already goes on waiting.
        Outcome::Waitlisted => !open.contains(person),
        _ => false,
    };
    outcomes.iter().filter(is_new).map(|(person, _)| *person).collect()
}
