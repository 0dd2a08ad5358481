//! Planning an import of people, and carrying it out: one transaction, all or nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::decide::{Decided, decide};
use super::guards::GuardFinding;
use super::plan::{ImportOutcome, ImportPlan, RowEffect, StagedPeople};
use crate::imports::reading::Kind;
use crate::imports::{GUARDED, ImportRunId, PLAN_FILE, REJECTED, runs, sql};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::schema::{
    IMPORT_PENDING, IMPORT_ROWS, IMPORT_RUNS, IMPORT_SIGHTINGS, IMPORT_SOURCES,
};
use crate::kernel::db::{Assembly, Field, IdList, One, Value, bulk, statistics};
use crate::kernel::error::{Error, Result};
use crate::kernel::lease::{Jobs, LOST};
use crate::operations::{OperationId, Write, refuse_stale};

/// So long another import of the source has to wait at most after one has died.
const LEASE: std::time::Duration = std::time::Duration::from_mins(1);

/// What it would do. It is done and rolled back.
pub(crate) async fn plan(core: &Core, actor: &Actor, staged: &StagedPeople) -> Result<ImportPlan> {
    let mut write = Write::begin(core, actor).await?;
    Ok(decide(&mut write, staged).await?.plan)
}

/// Does it: exactly what was looked at, where somebody looked.
pub(crate) async fn apply(
    core: &Core,
    actor: &Actor,
    staged: &StagedPeople,
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
    staged: &StagedPeople,
    looked_at: Option<&[(String, String)]>,
) -> Result<ImportOutcome> {
    let started_at = core.now();
    let mut write = Write::begin(core, actor).await?;
    let decided = decide(&mut write, staged).await?;
    if let Some(effects) = looked_at {
        refuse_stale(effects.iter().cloned(), decided.plan.effects())?;
    }
    refuse_guarded(&decided.plan)?;
    if staged.options.is_strict {
        refuse_put_aside(&decided.plan)?;
    }
    let run = ImportRunId::new(write.ctx.new_id());
    keep(&mut write, staged, &decided, run, started_at).await?;
    let Decided { plan, operation, .. } = decided;
    if operation.is_some() {
        write.commit().await?;
    } else {
        // Nobody changed; that the file was here is kept all the same.
        write.commit_unrecorded().await?;
    }
    Ok(ImportOutcome { run, operation, plan })
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

/// Keeps that there was a run, what its source looks like now, whom it knows, and who is to come.
async fn keep(
    write: &mut Write,
    staged: &StagedPeople,
    decided: &Decided,
    run: ImportRunId,
    started_at: Timestamp,
) -> Result<()> {
    let now = write.ctx.now;
    let source = staged.source();
    let mode = staged.options.mode.as_str();
    let n_rows = i64::try_from(staged.n_rows).unwrap_or(i64::MAX);
    let row = vec![
        run.into_value(),
        source.into_value(),
        Kind::People.as_str().into_value(),
        mode.into_value(),
        staged.file.as_str().into_value(),
        staged.fingerprint.as_str().into_value(),
        n_rows.into_value(),
        text(&decided.plan.counts).into_value(),
        text(&decided.plan.consequences).into_value(),
        write.ctx.actor.label().into_value(),
        started_at.into_value(),
        now.into_value(),
        decided.operation.map(OperationId::uuid).into_value(),
        None::<Uuid>.into_value(),
    ];
    bulk::insert(&mut write.tx, &IMPORT_RUNS, [row]).await?;
    bulk::insert(&mut write.tx, &IMPORT_ROWS, lines(run, &decided.plan)).await?;
    if !staged.contract.is_correction {
        let row = vec![
            source.into_value(),
            Kind::People.as_str().into_value(),
            mode.into_value(),
            text(&staged.contract).into_value(),
            n_rows.into_value(),
            run.into_value(),
            now.into_value(),
        ];
        bulk::upsert_by(&mut write.tx, &IMPORT_SOURCES, &["name", "kind"], vec![row]).await?;
    }
    keep_sightings(write, source, decided).await?;
    keep_pending(write, source, decided).await
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

async fn keep_sightings(write: &mut Write, source: &str, decided: &Decided) -> Result<()> {
    let now = write.ctx.now;
    let keys: Vec<&String> = decided.seen.iter().map(|(key, ..)| key).collect();
    let known: Vec<One<String>> = if keys.is_empty() {
        Vec::new()
    } else {
        Assembly::new("SELECT row_key FROM import_sightings WHERE row_key IN (texts?)")
            .bind_texts(&keys)
            .push("AND source = ?")
            .bind(source.to_owned())
            .on(&mut write.tx)
            .all()
            .await?
    };
    let known: BTreeSet<String> = known.into_iter().map(|One(key)| key).collect();
    let (mut new, mut again) = (Vec::new(), Vec::new());
    let mut told = BTreeSet::new();
    for (key, person, digest) in &decided.seen {
        if !told.insert(key) {
            continue;
        }
        let row = vec![
            source.into_value(),
            key.as_str().into_value(),
            (*person).into_value(),
            digest.clone().into_value(),
            now.into_value(),
            0_i64.into_value(),
        ];
        if known.contains(key) { again.push(row) } else { new.push(row) }
    }
    let n_rows = new.len() + again.len();
    bulk::insert(&mut write.tx, &IMPORT_SIGHTINGS, new).await?;
    bulk::upsert_by(&mut write.tx, &IMPORT_SIGHTINGS, &["source", "row_key"], again).await?;
    for (update, people) in [
        ("UPDATE import_sightings SET n_missed = n_missed + 1", &decided.missing),
        ("UPDATE import_sightings SET n_missed = 0", &decided.returned),
    ] {
        if !people.is_empty() {
            Assembly::new(update)
                .push("WHERE person_id IN (ids?)")
                .bind_ids(&IdList::new(people.iter().copied()))
                .push("AND source = ?")
                .bind(source.to_owned())
                .on(&mut write.tx)
                .run()
                .await?;
        }
    }
    if n_rows >= statistics::WORTH_FROM {
        statistics::refresh(&mut write.tx, &[&IMPORT_SIGHTINGS]).await?;
    }
    Ok(())
}

async fn keep_pending(write: &mut Write, source: &str, decided: &Decided) -> Result<()> {
    let now = write.ctx.now;
    let pending: BTreeMap<Uuid, &String> =
        decided.pending.iter().map(|(person, manager)| (*person, manager)).collect();
    let settled: BTreeSet<Uuid> =
        decided.said.iter().copied().chain(pending.keys().copied()).collect();
    if !settled.is_empty() {
        Assembly::new("DELETE FROM import_pending WHERE person_id IN (ids?)")
            .bind_ids(&IdList::new(settled))
            .push("AND source = ?")
            .bind(source.to_owned())
            .on(&mut write.tx)
            .run()
            .await?;
    }
    let rows: Vec<Vec<Value>> = pending
        .into_iter()
        .map(|(person, manager)| {
            vec![
                source.into_value(),
                person.into_value(),
                manager.as_str().into_value(),
                now.into_value(),
            ]
        })
        .collect();
    bulk::insert(&mut write.tx, &IMPORT_PENDING, rows).await.map(drop)
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

/// What to say of a file that is no plan.
pub(crate) fn not_a_plan(why: &str) -> Error {
    PLAN_FILE
        .error(format!("it is no plan of an import: {why}"))
        .with_hint("`lmsctl import people FILE --plan-out PLAN` writes one")
}
