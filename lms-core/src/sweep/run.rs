//! A pass from beginning to end: one at a time, on record, told if it fails.

use std::time::Duration;

use super::DAY_TO_COME;
use super::escalating;
use super::options::{SweepOptions, SweepStep};
use super::piece::{self, Lot};
use super::stopping;
use super::types::{LOOKED_AT, SNAPSHOTS, SweepOutcome, SweepSample, Tally};
use crate::assignments::sweeping::{self, Moment, Work};
use crate::assignments::{StoppedRule, stopped};
use crate::jobs::{self, JobRunId, NewRun};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, One, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::lease::{Jobs, LOST, Lease};
use crate::kernel::text::Day;
use crate::operations::{Reactions, Write};
use crate::settings;

/// The name of the job, and of its lease.
const JOB: &str = "sweep";
/// So long it is another's turn at the latest after one has died.
const LEASE: Duration = Duration::from_mins(1);
/// After so long the lease is held on to anew.
const RENEWED_AFTER: Duration = Duration::from_secs(15);

/// Told how many were looked at, and of how many.
pub(super) type Progress<'a> = &'a mut (dyn FnMut(u64, u64) + Send);

pub(super) async fn run(
    core: &Core,
    actor: &Actor,
    options: &SweepOptions,
    progress: Progress<'_>,
) -> Result<SweepOutcome> {
    let mut tx = core.db().begin_read().await?;
    let moment = moment(&mut tx, core.now(), options).await?;
    drop(tx);
    let holder = options.holder.clone().unwrap_or_else(|| actor.label());
    let mut lease = Jobs { core }.acquire(JOB, &holder, LEASE).await?;
    let outcome = recorded(core, actor, options, moment, &mut lease, progress).await;
    let released = lease.release().await;
    let outcome = outcome?;
    // Another one may have taken over at the very end; what was done is done.
    match released {
        Err(error) if !error.is(&LOST) => Err(error),
        _ => Ok(outcome),
    }
}

/// The day, and whether it can be that one.
async fn moment(tx: &mut Tx, now: Timestamp, options: &SweepOptions) -> Result<Moment> {
    let today = settings::today(tx, now).await?;
    let day = options.date.unwrap_or(today);
    if day > today {
        return Err(DAY_TO_COME
            .error(format!("{day} is still to come; today is {today}"))
            .with_field("date")
            .with_hint("leave the date out; `--dry-run` says what a run would do"));
    }
    Ok(Moment { day, named: options.date.is_some(), now })
}

/// The pass, with its record.
async fn recorded(
    core: &Core,
    actor: &Actor,
    options: &SweepOptions,
    moment: Moment,
    lease: &mut Lease,
    progress: Progress<'_>,
) -> Result<SweepOutcome> {
    let new = NewRun {
        job: JOB,
        day: moment.day,
        day_named: moment.named,
        only_step: options.only.map(SweepStep::as_str),
        started_at: moment.now,
    };
    let mut write = Write::begin(core, actor).await?;
    let n_interrupted = jobs::note_interrupted(&mut write, JOB).await?;
    let id = jobs::begin(&mut write, &new).await?;
    match n_interrupted {
        0 => write.commit_unrecorded().await?,
        _ => write.commit().await?,
    }
    match pass(core, actor, options, moment, (id, lease), progress).await {
        Ok((tally, stopped)) => {
            let now = core.now();
            let mut outcome = outcome(options, moment, &tally, now, Some(id), Vec::new());
            outcome.stopped_rules = stopped;
            let mut write = Write::begin(core, actor).await?;
            jobs::finish(&mut write.tx, id, now, &outcome.counts, &outcome.steps).await?;
            write.commit_unrecorded().await?;
            Ok(outcome)
        }
        // Whoever took over has noted that this one is no longer running.
        Err(error) if error.is(&LOST) => Err(error),
        Err(error) => {
            // Where this cannot be written either, the next run notes that this one came to no end; why it
            // failed is what whoever ran it has to know.
            let _ = failed(core, actor, &new, id, &error).await;
            Err(error)
        }
    }
}

/// Notes that a run failed, in a transaction of its own.
async fn failed(
    core: &Core,
    actor: &Actor,
    new: &NewRun,
    id: JobRunId,
    error: &Error,
) -> Result<()> {
    let mut write = Write::begin(core, actor).await?;
    jobs::fail(&mut write, new, id, error).await?;
    write.commit().await
}

/// The day of the pass before, else of the day on which the organisation began.
async fn since(tx: &mut Tx) -> Result<Option<Day>> {
    if let Some(run) = jobs::last_good(tx, JOB).await? {
        return Ok(Some(run.day));
    }
    let first: Option<One<Option<Day>>> =
        Assembly::new("SELECT MIN(day) FROM operations").on(tx).opt().await?;
    Ok(first.and_then(|One(day)| day))
}

async fn pass(
    core: &Core,
    actor: &Actor,
    options: &SweepOptions,
    moment: Moment,
    (id, lease): (JobRunId, &mut Lease),
    progress: Progress<'_>,
) -> Result<(Tally, Vec<StoppedRule>)> {
    let mut tally = Tally::default();
    let mut tx = core.db().begin_read().await?;
    let mut work = work(&mut tx, options, &moment).await?;
    let stopped = stopped(&mut tx, moment.day).await?;
    drop(tx);
    // A step alone tells nobody; the next night does.
    if options.only.is_none() {
        stopping::tell(core, actor, &stopped, moment.day).await?;
    }
    let total = work.len() as u64;
    tally.obligations_us = core.now().as_micros() - moment.now.as_micros();
    let mut renewed_at = core.now();
    loop {
        let mut tx = core.db().begin_read().await?;
        let Some(piece) = work.next(&mut tx).await? else { break };
        drop(tx);
        if core.now() > renewed_at.plus(RENEWED_AFTER) {
            lease.renew().await?;
            renewed_at = core.now();
        }
        let lot = Lot { options, moment: &moment, work: &work, piece: &piece, run: Some(id) };
        piece::carry_out(core, actor, lot, &mut tally).await?;
        let done = tally.counts.get(LOOKED_AT).copied().unwrap_or_default();
        progress(done.unsigned_abs(), total.max(done.unsigned_abs()));
    }
    if options.does(SweepStep::Escalations) {
        let begun_at = core.now();
        let n_told = escalating::tell(core, actor, moment.day).await?;
        tally.add("digests", n_told);
        tally.digests_us = core.now().as_micros() - begun_at.as_micros();
    }
    if options.does(SweepStep::Snapshots)
        && let Some(reactions) = core.extension::<Reactions>()
    {
        let begun_at = core.now();
        // It reads for seconds in a large organisation: nobody takes over meanwhile.
        lease.renew().await?;
        let n_kept = (reactions.swept)(core, actor, moment.day).await?;
        tally.add(SNAPSHOTS, n_kept);
        tally.snapshots_us = core.now().as_micros() - begun_at.as_micros();
    }
    Ok((tally, stopped))
}

/// Whom to look at; nobody where no step is about people.
async fn work(tx: &mut Tx, options: &SweepOptions, moment: &Moment) -> Result<Work> {
    if options.only == Some(SweepStep::Snapshots) {
        return Ok(Work::default());
    }
    let slack = i32::from(!options.does_obligations());
    let before = since(tx).await?;
    sweeping::work(tx, moment, before, slack, options.full).await
}

pub(super) async fn preview(
    core: &Core,
    options: &SweepOptions,
    progress: Progress<'_>,
) -> Result<SweepOutcome> {
    let mut tally = Tally::default();
    let mut samples = Vec::new();
    let mut tx = core.db().begin_read().await?;
    let moment = moment(&mut tx, core.now(), options).await?;
    let mut work = work(&mut tx, options, &moment).await?;
    let total = work.len() as u64;
    while let Some(piece) = work.next(&mut tx).await? {
        let lot = Lot { options, moment: &moment, work: &work, piece: &piece, run: None };
        piece::preview(&mut tx, lot, &mut tally, &mut samples).await?;
        let done = tally.counts.get(LOOKED_AT).copied().unwrap_or_default();
        progress(done.unsigned_abs(), total.max(done.unsigned_abs()));
    }
    let mut outcome = outcome(options, moment, &tally, core.now(), None, samples);
    outcome.stopped_rules = stopped(&mut tx, outcome.day).await?;
    Ok(outcome)
}

fn outcome(
    options: &SweepOptions,
    moment: Moment,
    tally: &Tally,
    now: Timestamp,
    run: Option<JobRunId>,
    samples: Vec<SweepSample>,
) -> SweepOutcome {
    let does = |step: SweepStep| match options.only {
        Some(only) if only.is_about_obligations() => step.is_about_obligations(),
        _ => options.does(step),
    };
    SweepOutcome {
        dry_run: run.is_none(),
        day: moment.day,
        day_named: moment.named,
        full: options.full,
        only: options.only,
        run,
        started_at: moment.now,
        duration_ms: (now.as_micros() - moment.now.as_micros()) / 1_000,
        counts: tally.counts(),
        steps: tally.steps(does),
        samples,
        stopped_rules: Vec::new(),
    }
}
