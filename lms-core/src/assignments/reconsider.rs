//! Looking again: facts about people changed, something was done, a seat became free. What follows is
//! decided by the engine and written in the same transaction.

use std::collections::{BTreeSet, HashMap};
use std::pin::Pin;

use uuid::Uuid;

use super::RECONSIDERED;
use super::engine::{Applicant, Obligation, Pause, move_up, plan};
use super::load::{Asked, Today};
use super::regrouping::regroup;
use super::rules::ruled_trainings;
use super::seating::{Seating, seats_of};
use super::sql::{AssignmentRecord, AssignmentRow, assignment_columns, kind};
use super::store::{Effects, Ending, retract_assignments, store};
use crate::catalog;
use crate::kernel::db::schema::ASSIGNMENTS;
use crate::kernel::db::{Assembly, IdList, One, Tx, bulk, row};
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::operations::{Operation, Write};
use crate::people::Audience;
use crate::settings;

/// So many people are decided about at a time.
pub(super) const CHUNK: usize = 50_000;

/// After people came or were changed: they meet the rules; leaves, hire days, departures move what is
/// open for them.
pub(crate) fn people_changed<'a>(
    write: &'a mut Write,
    people: &'a BTreeSet<Uuid>,
) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>> {
    Box::pin(async move {
        let people: Vec<Uuid> = people.iter().copied().collect();
        let ruled = ruled_trainings(&mut write.tx).await?;
        let mut effects = reconsider_all(write, &people, &ruled, Ending::Cancelled).await?;
        // Whoever has other managers has other people above the reports as well.
        effects.join(regroup(write, Audience::asks_all_reports).await?);
        if !effects.is_empty() {
            write.record(effects.told(Operation::new(RECONSIDERED)));
        }
        Ok(())
    })
}

/// Decides anew about these trainings, and no others; then gives the seats that became free to those
/// who wait.
pub(super) async fn reconsider(
    write: &mut Write,
    people: &[Uuid],
    trainings: &[Uuid],
) -> Result<Effects> {
    let mut effects = Effects::default();
    for people in people.chunks(CHUNK) {
        effects.join(decide_on(write, people, trainings, Ending::Cancelled).await?);
    }
    let left = effects.left();
    effects.join(fill_seats(write, &left).await?);
    Ok(effects)
}

/// The same about all that is open for these people, and these trainings; with how what nothing wants
/// any more ends.
pub(super) async fn reconsider_all(
    write: &mut Write,
    people: &[Uuid],
    also: &[Uuid],
    ending: Ending,
) -> Result<Effects> {
    let mut effects = Effects::default();
    for people in people.chunks(CHUNK) {
        let mut trainings: BTreeSet<Uuid> = open_trainings(&mut write.tx, people).await?;
        trainings.extend(also);
        let trainings: Vec<Uuid> = trainings.into_iter().collect();
        effects.join(decide_on(write, people, &trainings, ending).await?);
    }
    let left = effects.left();
    effects.join(fill_seats(write, &left).await?);
    Ok(effects)
}

/// Decides anew about these trainings, and no others.
pub(super) async fn decide_on(
    write: &mut Write,
    people: &[Uuid],
    trainings: &[Uuid],
    ending: Ending,
) -> Result<Effects> {
    if trainings.is_empty() {
        return Ok(Effects::default());
    }
    let asked = Asked::of(Today::Local(write.ctx.now), people, trainings);
    let loaded = asked.load(&mut write.tx).await?;
    let plan = plan(&loaded.book, &loaded.facts);
    let plan = Seating::default().allot(&mut write.tx, &loaded, plan).await?;
    store(write, &loaded, &plan, ending).await
}

async fn open_trainings(tx: &mut Tx, people: &[Uuid]) -> Result<BTreeSet<Uuid>> {
    let found: Vec<One<Uuid>> = Assembly::new(
        "SELECT DISTINCT training_id FROM assignments
         WHERE retracted_at IS NULL AND closed_on IS NULL AND person_id IN (ids?)",
    )
    .bind_ids(&IdList::new(people.iter().copied()))
    .on(tx)
    .all()
    .await?;
    Ok(found.into_iter().map(|One(id)| id).collect())
}

row! {
    struct WaitingRow {
        id: Uuid,
        person_id: Uuid,
        waiting_from: Day,
        kind: String,
    }
}

/// Gives free seats to those who wait, in order; their due days follow.
pub(super) async fn fill_seats(write: &mut Write, trainings: &[Uuid]) -> Result<Effects> {
    let mut effects = Effects::default();
    if trainings.is_empty() {
        return Ok(effects);
    }
    let waiting: Vec<One<Uuid>> = Assembly::new(
        "SELECT DISTINCT training_id FROM assignments
         WHERE retracted_at IS NULL AND closed_on IS NULL
           AND waiting_from IS NOT NULL AND waiting_until IS NULL AND training_id IN (ids?)",
    )
    .bind_ids(&IdList::new(trainings.iter().copied()))
    .on(&mut write.tx)
    .all()
    .await?;
    let waited_for = IdList::new(waiting.into_iter().map(|One(id)| id));
    let stored = catalog::sql::load(&mut write.tx, &waited_for).await?;
    // As many as there are trainings with a limited number of seats.
    for (training, stored) in stored {
        let limit = stored.published.and_then(|version| version.definition.seat_limit);
        let free = match limit {
            Some(limit) => seats_of(&mut write.tx, training, limit).await?.free,
            None => u64::MAX,
        };
        if free == 0 {
            continue;
        }
        let rows: Vec<WaitingRow> = Assembly::new(
            "SELECT id, person_id, waiting_from, kind FROM assignments
             WHERE retracted_at IS NULL AND closed_on IS NULL
               AND waiting_from IS NOT NULL AND waiting_until IS NULL AND training_id = ?",
        )
        .bind(training)
        .push("ORDER BY id")
        .on(&mut write.tx)
        .all()
        .await?;
        let applicant = |(rank, row): (u64, &WaitingRow)| {
            Ok(Applicant { since: row.waiting_from, kind: kind(&row.kind)?, rank })
        };
        let applicants = (0..).zip(&rows).map(applicant).collect::<Result<Vec<_>>>()?;
        let served: Vec<&WaitingRow> = move_up(applicants, free)
            .into_iter()
            .filter_map(|one| rows.get(usize::try_from(one.rank).ok()?))
            .collect();
        let today = settings::today(&mut write.tx, write.ctx.now).await?;
        let seated = |obligation: &mut Obligation| {
            if let Some(waiting) = obligation.waiting {
                obligation.waiting =
                    Some(Pause { from: waiting.from, back_on: Some(today.max(waiting.from)) });
            }
        };
        let ids: Vec<Uuid> = served.iter().map(|row| row.id).collect();
        amend(write, &ids, |record| seated(&mut record.obligation)).await?;
        let people: Vec<Uuid> = served.iter().map(|row| row.person_id).collect();
        for person in &people {
            effects.add(training, super::store::Happened::Seated, *person);
        }
        effects.join(decide_on(write, &people, &[training], Ending::Cancelled).await?);
    }
    Ok(effects)
}

/// Changes assignments as they are kept; what follows is for [`reconsider`].
pub(super) async fn amend(
    write: &mut Write,
    ids: &[Uuid],
    change: impl Fn(&mut AssignmentRecord),
) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let list = IdList::new(ids.iter().copied());
    let rows: Vec<AssignmentRow> = Assembly::new(concat!(
        "SELECT ",
        assignment_columns!(),
        " FROM assignments a WHERE a.retracted_at IS NULL AND a.id IN (ids?)"
    ))
    .bind_ids(&list)
    .on(&mut write.tx)
    .all()
    .await?;
    let now = write.ctx.now;
    let mut values = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut record = AssignmentRecord {
            id: row.id,
            person: row.person_id,
            training: row.training_id,
            obligation: row.obligation(0, None)?,
            version: row.version_id,
            completion: row.completion_id,
            wake_on: row.wake_on,
        };
        change(&mut record);
        values.push(record.values(now));
    }
    retract_assignments(&mut write.tx, now, rows.iter().map(|row| row.id).collect()).await?;
    bulk::insert(&mut write.tx, &ASSIGNMENTS, values).await.map(drop)
}

/// The assignments of people for a training that are open, by person.
pub(super) async fn open_of_all(
    tx: &mut Tx,
    people: &[Uuid],
    training: Uuid,
) -> Result<HashMap<Uuid, AssignmentRow>> {
    let rows: Vec<AssignmentRow> = Assembly::new(concat!(
        "SELECT ",
        assignment_columns!(),
        " FROM assignments a WHERE a.retracted_at IS NULL AND a.closed_on IS NULL AND a.training_id = ?"
    ))
    .bind(training)
    .push("AND a.person_id IN (ids?)")
    .bind_ids(&IdList::new(people.iter().copied()))
    .on(tx)
    .all()
    .await?;
    Ok(rows.into_iter().map(|row| (row.person_id, row)).collect())
}
