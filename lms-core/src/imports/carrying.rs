//! Planning an import and carrying it out, whatever is imported: one transaction, all or nothing.

use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::people::GuardFinding;
use super::people::decide::{Decided as DecidedPeople, decide as decide_people};
use super::plan::{ImportOutcome, ImportPlan, RowEffect};
use super::records::decide as decide_records;
use super::staged::{StagedImport, StagedRows};
use super::{GUARDED, ImportRunId, REJECTED, runs, sql};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::schema::{IMPORT_ROWS, IMPORT_RUNS};
use crate::kernel::db::{Field, Value, bulk};
use crate::kernel::error::Result;
use crate::kernel::lease::{Jobs, LOST};
use crate::operations::{OperationId, Write, refuse_stale};

/// So long another import of the source has to wait at most after one has died. It need not be renewed: what
/// takes longer holds the one lock for writing, for which another import waits as well.
const LEASE: std::time::Duration = std::time::Duration::from_mins(1);

/// What an import comes to, and what is to be kept of it beside the run.
struct Decided {
    plan: ImportPlan,
    operation: Option<OperationId>,
    people: Option<DecidedPeople>,
}

/// What it would do. It is done and rolled back.
pub(super) async fn plan(core: &Core, actor: &Actor, staged: &StagedImport) -> Result<ImportPlan> {
    let mut write = Write::begin(core, actor).await?;
    Ok(decide(&mut write, staged).await?.plan)
}

/// Does it: exactly what was looked at, where somebody looked.
pub(super) async fn apply(
    core: &Core,
    actor: &Actor,
    staged: &StagedImport,
    looked_at: Option<&[(String, String)]>,
) -> Result<ImportOutcome> {
    let job = format!("import {}", staged.source());
    let lease = Jobs { core }.acquire(&job, &actor.label(), LEASE).await?;
    let outcome = carry_out(core, actor, staged, looked_at).await;
    let released = lease.release().await;
    let outcome = outcome?;
    match released {
        Err(error) if !error.is(&LOST) => Err(error),
        _ => Ok(outcome),
    }
}

async fn carry_out(
    core: &Core,
    actor: &Actor,
    staged: &StagedImport,
    looked_at: Option<&[(String, String)]>,
) -> Result<ImportOutcome> {
    let started_at = core.now();
    let mut write = Write::begin(core, actor).await?;
    let decided = decide(&mut write, staged).await?;
    if let Some(effects) = looked_at {
        refuse_stale(effects.iter().cloned(), decided.plan.effects())?;
    }
    refuse_guarded(&decided.plan)?;
    if staged.is_strict() {
        refuse_put_aside(&decided.plan)?;
    }
    let run = ImportRunId::new(write.ctx.new_id());
    keep(&mut write, staged, &decided, run, started_at).await?;
    let Decided { plan, operation, .. } = decided;
    if write.last_recorded().is_some() {
        write.commit().await?;
    } else {
        // Nothing changed; that the file was here is kept all the same.
        write.commit_unrecorded().await?;
    }
    Ok(ImportOutcome { run, operation, plan })
}

async fn decide(write: &mut Write, staged: &StagedImport) -> Result<Decided> {
    match &staged.0 {
        StagedRows::People(staged) => {
            let (plan, operation, people) = decide_people(write, staged).await?;
            Ok(Decided { plan, operation, people: Some(people) })
        }
        StagedRows::Records(staged) => {
            let (plan, operation) = decide_records(write, staged).await?;
            Ok(Decided { plan, operation, people: None })
        }
    }
}

fn refuse_guarded(plan: &ImportPlan) -> Result<()> {
    if plan.guards.is_empty() {
        return Ok(());
    }
    let told: Vec<&str> = plan.guards.iter().map(|found| found.message.as_str()).collect();
    let accept = |found: &GuardFinding| format!("--accept {}", found.accept);
    let accepts: Vec<String> = plan.guards.iter().map(accept).collect();
    Err(GUARDED
        .error(format!("nothing was imported: {}", told.join("; ")))
        .with_hint("look at the file, and at the plan with `--dry-run`")
        .with_hint(format!("if it is meant: `{}`", accepts.join(" "))))
}

fn refuse_put_aside(plan: &ImportPlan) -> Result<()> {
    let aside: Vec<_> = plan.rows.iter().filter(|row| row.effect.is_put_aside()).collect();
    let Some(first) = aside.first() else { return Ok(()) };
    let place = first.row.map(|row| format!("row {row}, ")).unwrap_or_default();
    let why = first.problems.first().map(|problem| problem.message.as_str()).unwrap_or_default();
    let name = &first.name;
    Err(REJECTED
        .error(format!(
            "nothing was imported: {} rows cannot be, such as {place}`{name}`: {why}",
            aside.len()
        ))
        .with_hint("correct them, or leave `--strict` out to import the others"))
}

/// Keeps that there was a run, which rows did not simply land, and of people who they are to their source.
async fn keep(
    write: &mut Write,
    staged: &StagedImport,
    decided: &Decided,
    run: ImportRunId,
    started_at: Timestamp,
) -> Result<()> {
    let plan = &decided.plan;
    let n_rows = i64::try_from(staged.n_rows()).unwrap_or(i64::MAX);
    let row = vec![
        run.into_value(),
        plan.source.as_str().into_value(),
        plan.kind.as_str().into_value(),
        plan.mode.as_str().into_value(),
        staged.file().into_value(),
        staged.fingerprint().into_value(),
        n_rows.into_value(),
        text(&plan.counts).into_value(),
        text(&plan.consequences).into_value(),
        text(&staged.accepted()).into_value(),
        write.ctx.actor.label().into_value(),
        started_at.into_value(),
        write.ctx.now.into_value(),
        decided.operation.map(OperationId::uuid).into_value(),
        None::<Uuid>.into_value(),
    ];
    bulk::insert(&mut write.tx, &IMPORT_RUNS, [row]).await?;
    bulk::insert(&mut write.tx, &IMPORT_ROWS, lines(run, plan)).await?;
    match (&staged.0, &decided.people) {
        (StagedRows::People(staged), Some(people)) => people.keep(write, staged, run).await,
        _ => Ok(()),
    }
}

/// Rows that did not simply land.
fn lines(run: ImportRunId, plan: &ImportPlan) -> Vec<Vec<Value>> {
    let mut lines = Vec::new();
    for row in &plan.rows {
        let mut told: Vec<(&str, Option<String>, Option<String>)> = Vec::new();
        for problem in &row.problems {
            let effect = if row.effect.is_put_aside() { row.effect.as_str() } else { "noted" };
            told.push((effect, problem.field.clone(), Some(problem.code.clone())));
        }
        told.extend(row.kept.iter().map(|kept| ("kept_edit", Some(kept.field.clone()), None)));
        if row.pending_manager.is_some() {
            told.push(("pending", Some("manager".to_owned()), None));
        }
        if told.is_empty() && row.effect == RowEffect::Rejected {
            told.push((row.effect.as_str(), None, None));
        }
        for (effect, field, code) in told {
            lines.push(vec![
                run.into_value(),
                i64::try_from(lines.len()).unwrap_or(i64::MAX).into_value(),
                row.row.and_then(|number| i64::try_from(number).ok()).into_value(),
                row.id.into_value(),
                effect.into_value(),
                field.into_value(),
                code.into_value(),
            ]);
        }
    }
    lines
}

/// The run of an operation was taken back, or what took it back was: that is a run as well.
pub(crate) async fn note_undone(
    write: &mut Write,
    undone: OperationId,
    by: OperationId,
    n_restored: i64,
) -> Result<()> {
    let of: Option<sql::RunRow> = runs::of_operation(&mut write.tx, undone).await?;
    let Some(of) = of else { return Ok(()) };
    let now = write.ctx.now;
    let counts = json!({ "restored": n_restored }).to_string();
    let row = vec![
        write.ctx.new_id().into_value(),
        of.source.into_value(),
        of.kind.into_value(),
        of.mode.into_value(),
        of.file.into_value(),
        of.fingerprint.into_value(),
        0_i64.into_value(),
        counts.into_value(),
        "{}".into_value(),
        "[]".into_value(),
        write.ctx.actor.label().into_value(),
        now.into_value(),
        now.into_value(),
        Some(by.uuid()).into_value(),
        Some(of.id).into_value(),
    ];
    bulk::insert(&mut write.tx, &IMPORT_RUNS, [row]).await.map(drop)
}

fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("it is plain data")
}
