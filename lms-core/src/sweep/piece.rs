//! One lot of people: what became of them, what they are told, and when each is looked at again, in one
//! transaction.

use std::collections::{BTreeSet, HashMap};

use serde_json::json;
use uuid::Uuid;

use super::escalating;
use super::options::{SweepOptions, SweepStep};
use super::reminding::{Called, reminder, warning};
use super::types::{LOOKED_AT, SweepSample, Tally};
use super::{ADVANCED, ladder::Level};
use crate::assignments::sweeping::{self, Looked, Moment, Piece, Standing, Work};
use crate::jobs::JobRunId;
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, IdList, Tx, row};
use crate::kernel::error::Result;
use crate::notifications::{self, Told};
use crate::operations::{Operation, Write};
use crate::people::{self, PersonId};

/// So many samples are shown of what would happen.
const SAMPLES_MAX: usize = 10;

row! {
    struct CalledRow {
        id: Uuid,
        code: String,
        title: String,
    }
}

/// What trainings are called.
async fn called(tx: &mut Tx, trainings: BTreeSet<Uuid>) -> Result<HashMap<Uuid, Called>> {
    if trainings.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<CalledRow> =
        Assembly::new("SELECT id, code, title FROM trainings WHERE id IN (ids?)")
            .bind_ids(&IdList::new(trainings))
            .on(tx)
            .all()
            .await?;
    let called = |row: CalledRow| (row.id, Called { code: row.code, title: row.title });
    Ok(rows.into_iter().map(called).collect())
}

/// What is to be told of people.
struct Telling {
    standing: Vec<Standing>,
    reminders: Vec<Told>,
    escalations: Vec<(usize, Level)>,
    /// The assignments of which something is told when the rules that ask for them go on.
    paused: BTreeSet<Uuid>,
}

impl Telling {
    /// What was not told before.
    async fn of(
        tx: &mut Tx,
        looked: &Looked,
        begun: &HashMap<(Uuid, Uuid), Uuid>,
        slack: i32,
        new_id: impl Fn() -> Uuid,
    ) -> Result<Self> {
        let standing = looked.standing(begun, slack);
        let called = called(tx, standing.iter().map(|one| one.training).collect()).await?;
        let mut reminders: Vec<Told> =
            standing.iter().filter_map(|one| reminder(one, &called, new_id())).collect();
        let keys: Vec<String> = reminders.iter().map(Told::key).collect();
        let known = notifications::known(tx, &keys).await?;
        reminders.retain(|told| !known.contains(&told.key()));
        let mut escalations = escalating::new_among(tx, &standing).await?;
        let rests: BTreeSet<Uuid> =
            standing.iter().filter(|one| one.is_paused).map(|one| one.assignment).collect();
        let mut paused = BTreeSet::new();
        reminders.retain(|told| {
            let rests = told.assignment.filter(|id| rests.contains(id));
            paused.extend(rests);
            rests.is_none()
        });
        escalations.retain(|(at, _)| {
            let rests = Some(standing[*at].assignment).filter(|id| rests.contains(id));
            paused.extend(rests);
            rests.is_none()
        });
        Ok(Self { standing, reminders, escalations, paused })
    }

    /// The assignments of which something is left untold: by rules that are paused, and where only some
    /// steps are carried out.
    fn held_back(&self, options: &SweepOptions) -> BTreeSet<Uuid> {
        let mut held_back = self.paused.clone();
        if !options.does(SweepStep::Reminders) {
            held_back.extend(self.reminders.iter().filter_map(|told| told.assignment));
        }
        if !options.does(SweepStep::Escalations) {
            let of = |(at, _): &(usize, Level)| self.standing[*at].assignment;
            held_back.extend(self.escalations.iter().map(of));
        }
        held_back
    }
}

/// Carries out what is to be done for one lot.
pub(super) async fn carry_out(
    core: &Core,
    actor: &Actor,
    lot: Lot<'_>,
    tally: &mut Tally,
) -> Result<()> {
    let Lot { options, moment, work, piece, run } = lot;
    let mut write = Write::begin(core, actor).await?;
    let begun_at = core.now();
    let looked = sweeping::look(&mut write.tx, moment, work, piece).await?;
    tally.add(LOOKED_AT, looked.n_looked_at());
    let day = json!({ "day": moment.day });
    let new = || {
        Operation::new(ADVANCED).change("job_run", run.map(JobRunId::uuid), None::<&()>, Some(&day))
    };
    let ids = std::sync::Arc::clone(&write.ctx.ids);
    let now = write.ctx.now;
    let new_id = || ids.id(now);
    let mut operation: Option<Operation> = None;
    let mut looked_until = core.now();
    if options.does_obligations() {
        // What is told hangs on what stands before anything is moved on.
        let effects = sweeping::settle(&mut write, &looked).await?;
        let begun = sweeping::begun(&mut write, &looked).await?;
        looked_until = core.now();
        let telling = Telling::of(&mut write.tx, &looked, &begun, 0, new_id).await?;
        let held_back = telling.held_back(options);
        operation = sweeping::tell(&looked, effects, new());
        let ending = looked.ending();
        if !ending.is_empty() {
            let called =
                called(&mut write.tx, ending.iter().map(|one| one.training).collect()).await?;
            let warnings: Vec<Told> =
                ending.iter().map(|one| warning(one, &called, new_id())).collect();
            notifications::queue(&mut write, &warnings).await?;
        }
        sweeping::move_on(&mut write, &looked, &held_back).await?;
        tally.join(looked.counts());
        operation = speak(&mut write, options, &telling, operation, new, tally).await?;
    } else {
        let telling = Telling::of(&mut write.tx, &looked, &HashMap::new(), 1, new_id).await?;
        operation = speak(&mut write, options, &telling, operation, new, tally).await?;
    }
    match operation {
        Some(operation) => {
            write.record(operation);
            write.commit().await?;
        }
        // When each is looked at again is no fact.
        None => write.commit_unrecorded().await?,
    }
    let micros = |from: crate::kernel::clock::Timestamp, until: crate::kernel::clock::Timestamp| {
        until.as_micros() - from.as_micros()
    };
    tally.obligations_us += micros(begun_at, looked_until);
    tally.telling_us += micros(looked_until, core.now());
    Ok(())
}

/// Puts reminders into inboxes and notes what has gone up.
async fn speak(
    write: &mut Write,
    options: &SweepOptions,
    telling: &Telling,
    mut operation: Option<Operation>,
    new: impl Fn() -> Operation,
    tally: &mut Tally,
) -> Result<Option<Operation>> {
    if options.does(SweepStep::Reminders) && !telling.reminders.is_empty() {
        let n_new = notifications::queue(write, &telling.reminders).await?;
        tally.add("reminded", n_new);
        let count = i64::try_from(n_new).unwrap_or(i64::MAX);
        operation = Some(operation.unwrap_or_else(&new).count("reminded", count));
    }
    if options.does(SweepStep::Escalations) && !telling.escalations.is_empty() {
        let n_new = escalating::note(write, &telling.standing, &telling.escalations).await?;
        tally.add("escalated", n_new);
        let count = i64::try_from(n_new).unwrap_or(i64::MAX);
        operation = Some(operation.unwrap_or_else(&new).count("escalated", count));
    }
    Ok(operation)
}

/// What one lot is carried out with.
#[derive(Clone, Copy)]
pub(super) struct Lot<'a> {
    pub(super) options: &'a SweepOptions,
    pub(super) moment: &'a Moment,
    pub(super) work: &'a Work,
    pub(super) piece: &'a Piece,
    pub(super) run: Option<JobRunId>,
}

/// Says what would be done for one lot.
pub(super) async fn preview(
    tx: &mut Tx,
    lot: Lot<'_>,
    tally: &mut Tally,
    samples: &mut Vec<SweepSample>,
) -> Result<()> {
    let Lot { options, moment, work, piece, .. } = lot;
    let looked = sweeping::look(tx, moment, work, piece).await?;
    tally.add(LOOKED_AT, looked.n_looked_at());
    let slack = i32::from(!options.does_obligations());
    let telling = Telling::of(tx, &looked, &HashMap::new(), slack, Uuid::nil).await?;
    if options.does_obligations() {
        tally.join(looked.counts());
    }
    if options.does(SweepStep::Reminders) {
        tally.add("reminded", telling.reminders.len());
    }
    if options.does(SweepStep::Escalations) {
        tally.add("escalated", telling.escalations.len());
    }
    let room = SAMPLES_MAX.saturating_sub(samples.len());
    if room == 0 || !options.does_obligations() {
        return Ok(());
    }
    let some = looked.samples(room);
    let names = people::names_in(tx, some.iter().map(|(person, ..)| *person).collect()).await?;
    let called = called(tx, some.iter().map(|(_, training, ..)| *training).collect()).await?;
    let sample =
        |(person, training, what, day): (Uuid, Uuid, &str, crate::kernel::text::Day)| SweepSample {
            person_id: PersonId::new(person),
            person: names.get(&person).cloned().unwrap_or_default(),
            training: called.get(&training).map(|one| one.code.clone()).unwrap_or_default(),
            what: what.to_owned(),
            day,
        };
    samples.extend(some.into_iter().map(sample));
    Ok(())
}
