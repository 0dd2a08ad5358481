//! Taking a batch back: planning it, and doing what was planned.

use super::list::{changes, fields, find};
use super::{Batch, NOT_UNDOABLE, NOTHING_LEFT, REDONE, UNDONE, UndoOutcome, UndoPlan};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::Tx;
use crate::kernel::error::{Error, Result};
use crate::operations::{
    ChangedSubject, Operation, TakenBack, UndoItem, UndoParts, Write, fingerprint, refuse_stale,
};
use crate::{assignments, imports, people, quizzes};

pub(super) async fn plan(core: &Core, name: &str) -> Result<UndoPlan> {
    let mut tx = core.db().begin_read().await?;
    let batch = find(&mut tx, name).await?;
    refuse_foreign(&batch)?;
    let parts = if let Some(by) = batch.undone_by {
        refuse_redone(&mut tx, &batch, by).await?;
        UndoParts::default()
    } else {
        decide(&mut tx, &batch, core.now()).await?.parts().clone()
    };
    let fingerprint = fingerprint(&(batch.operation_id, &parts));
    Ok(UndoPlan { batch, parts, fingerprint })
}

pub(super) async fn undo(core: &Core, actor: &Actor, plan: UndoPlan) -> Result<UndoOutcome> {
    let mut write = Write::begin(core, actor).await?;
    let batch = find(&mut write.tx, &plan.batch.operation_id.to_string()).await?;
    refuse_foreign(&batch)?;
    if let Some(by) = batch.undone_by {
        refuse_redone(&mut write.tx, &batch, by).await?;
        return Ok(UndoOutcome { batch, parts: UndoParts::default(), operation: None });
    }
    let now = write.ctx.now;
    let undo = decide(&mut write.tx, &batch, now).await?;
    let parts = undo.parts().clone();
    if fingerprint(&(batch.operation_id, &parts)) != plan.fingerprint {
        refuse_stale(effects(&plan.parts), effects(&parts))?;
    }
    if parts.restored.is_empty() {
        return match parts.kept.first().or(parts.blocked.first()) {
            None => Ok(UndoOutcome { batch, parts, operation: None }),
            Some(first) => Err(nothing_left(&batch, first)),
        };
    }
    let count = |items: &[UndoItem]| i64::try_from(items.len()).unwrap_or(i64::MAX);
    let mut undone = Operation::new(UNDONE)
        .undoes(batch.operation_id)
        .count("restored", count(&parts.restored))
        .count("kept", count(&parts.kept))
        .count("blocked", count(&parts.blocked));
    if let Undo::Questions(_) = &undo {
        quizzes::undo::require(actor)?;
    }
    let mut ended = None;
    undone = match undo {
        Undo::People(undo, with_it) => {
            ended = Some(with_it);
            people::undo::carry_out(&mut write, *undo, undone).await?
        }
        Undo::Assignments(undo) => assignments::undo::carry_out(&mut write, *undo, undone).await?,
        Undo::Questions(undo) => quizzes::undo::carry_out(&mut write, *undo, undone).await?,
    };
    let operation = write.record(undone);
    if let Some(ended) = ended {
        assignments::resuming::carry_out(&mut write, ended).await?;
    }
    let n_restored = count(&parts.restored);
    imports::note_undone(&mut write, batch.operation_id, operation, n_restored).await?;
    let name = batch.operation_id.to_string();
    write.commit().await?;
    let batch = find(&mut core.db().begin_read().await?, &name).await?;
    Ok(UndoOutcome { batch, parts, operation: Some(operation) })
}

/// What taking an operation back would do, by the context that knows how.
enum Undo {
    People(Box<people::undo::Undo>, assignments::resuming::Ended),
    Assignments(Box<assignments::undo::Undo>),
    Questions(Box<quizzes::undo::Undo>),
}

impl Undo {
    fn parts(&self) -> &UndoParts {
        match self {
            Self::People(undo, _) => &undo.parts,
            Self::Assignments(undo) => &undo.parts,
            Self::Questions(undo) => &undo.parts,
        }
    }
}

async fn decide(tx: &mut Tx, batch: &Batch, now: Timestamp) -> Result<Undo> {
    // What was taken back is known by what was done first.
    let mut kind = batch.kind.clone();
    let mut undoes = batch.undoes;
    while let Some(seq) = undoes {
        let first = find(tx, &seq.to_string()).await?;
        (kind, undoes) = (first.kind, first.undoes);
    }
    if assignments::undo::KINDS.contains(&kind.as_str()) {
        let undo = assignments::undo::decide(tx, batch.recorded_at).await?;
        return Ok(Undo::Assignments(Box::new(undo)));
    }
    let operation = taken_back(tx, batch).await?;
    if quizzes::undo::KINDS.contains(&kind.as_str()) {
        return Ok(Undo::Questions(Box::new(quizzes::undo::decide(tx, &operation).await?)));
    }
    let mut undo = people::undo::decide(tx, &operation, now).await?;
    let ended = assignments::resuming::decide(tx, batch.recorded_at, &mut undo.parts).await?;
    Ok(Undo::People(Box::new(undo), ended))
}

/// Loads what a context has to know of the operation.
async fn taken_back(tx: &mut Tx, batch: &Batch) -> Result<TakenBack> {
    let changes = changes(tx, batch.operation_id).await?;
    let changes = changes.into_iter().map(|change| {
        Ok(ChangedSubject {
            before: fields(change.value_before.as_deref())?,
            after: fields(change.value_after.as_deref())?,
            subject_type: change.subject_type,
            subject_id: change.subject_id,
        })
    });
    Ok(TakenBack { recorded_at: batch.recorded_at, changes: changes.collect::<Result<Vec<_>>>()? })
}

/// Whose effect it is, and which, for naming what changed since.
fn effects(parts: &UndoParts) -> Vec<(String, String)> {
    let lists = [("restored", &parts.restored), ("kept", &parts.kept), ("blocked", &parts.blocked)];
    let effect = |(fate, item): (&str, &UndoItem)| {
        let UndoItem { field, from, until, now, back_to, why, .. } = item;
        let what = format!("{fate} {field} {from:?} {until:?} {now:?} {back_to:?} {why:?}");
        (item.subject.clone(), what)
    };
    let all =
        lists.into_iter().flat_map(|(fate, items)| items.iter().map(move |item| (fate, item)));
    all.map(effect).collect()
}

/// Says which operations nobody takes back, and what to do instead.
pub(super) fn refuse_foreign(batch: &Batch) -> Result<()> {
    if super::kinds().any(|kind| kind == batch.kind) {
        return Ok(());
    }
    let instead = match batch.kind.split('.').next().unwrap_or_default() {
        "settings" => "set the former values: `lmsctl audit show` says what they were",
        "account" | "token" | "access" | "role" => {
            "change the account or the role: `lmsctl audit show` says what it was"
        }
        "database" => "restore a backup that was made before it",
        "group" => "close the group: `lmsctl group remove`",
        "rule" => {
            "go back to what the rule said before: `lmsctl rule apply CODE --version N`, or `rule pause`"
        }
        "person" => "it cannot be reversed; `lmsctl audit show` says what was done",
        _ => "`lmsctl audit show` says what it changed",
    };
    Err(NOT_UNDOABLE
        .error(format!("operation {}, `{}`, is not one that is taken back", batch.seq, batch.kind))
        .with_hint(instead)
        .with_hint("`lmsctl batch list` shows those that are"))
}

/// What was taken back and then put back again is taken back by its last operation.
async fn refuse_redone(tx: &mut Tx, batch: &Batch, undone_by: i64) -> Result<()> {
    let undone = find(tx, &undone_by.to_string()).await?;
    let Some(redone_by) = undone.undone_by else { return Ok(()) };
    let mut last = redone_by;
    // As long as somebody changed their mind.
    while let Some(next) = find(tx, &last.to_string()).await?.undone_by {
        last = next;
    }
    Err(REDONE
        .error(format!(
            "operation {} was taken back by {undone_by}, and that was taken back by {redone_by}",
            batch.seq
        ))
        .with_hint(format!("what was done last is operation {last}: `lmsctl batch undo {last}`")))
}

fn nothing_left(batch: &Batch, first: &UndoItem) -> Error {
    let UndoItem { subject, field, why, .. } = first;
    let why = why.as_deref().unwrap_or_default();
    NOTHING_LEFT
        .error(format!("nothing of operation {} can go back: {subject}, {field}: {why}", batch.seq))
        .with_hint(format!("`lmsctl batch undo {} --dry-run` shows all of it", batch.seq))
}
