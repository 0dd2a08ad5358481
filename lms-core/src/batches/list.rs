//! Reading batches.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{Batch, BatchDetail, BatchFilter, BatchSample, UNKNOWN};
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, One, Tx, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::page::Page;
use crate::operations::sql::{self, ChangeRow, REASON_SUBJECT};
use crate::operations::{FieldChange, OperationId, UndoItem};
use crate::{assignments, people, quizzes};

const SELECT: &str = "
SELECT c.seq, o.id, o.kind, o.actor, o.recorded_at, o.counts, o.n_changes, r.value_after,
       r.position, uc.seq, bc.seq
FROM audit_chain c
JOIN operations o ON o.id = c.operation_id
LEFT JOIN operation_changes r
       ON r.operation_id = o.id AND r.position = 1 AND r.subject_type = 'operation'
LEFT JOIN audit_chain uc ON uc.operation_id = o.undoes
LEFT JOIN operations b ON b.undoes = o.id
LEFT JOIN audit_chain bc ON bc.operation_id = b.id";

/// Records that are shown of a batch.
const SAMPLES_MAX: usize = 20;

row! {
    struct BatchRow {
        seq: i64,
        id: Uuid,
        kind: String,
        actor: String,
        recorded_at: Timestamp,
        counts: String,
        n_changes: i64,
        reason: Option<String>,
        reason_position: Option<i64>,
        undoes: Option<i64>,
        undone_by: Option<i64>,
    }
}

pub(super) async fn list(core: &Core, filter: BatchFilter) -> Result<Page<Batch>> {
    let mut tx = core.db().begin_read().await?;
    let mut wanted = Assembly::new(SELECT)
        .push("WHERE c.seq < ?")
        .bind(filter.paging.after::<i64>()?.unwrap_or(i64::MAX));
    for (at, kind) in super::kinds().enumerate() {
        wanted = wanted.push(if at == 0 { "AND (o.kind = ?" } else { "OR o.kind = ?" }).bind(kind);
    }
    wanted = wanted
        .push(")")
        .push_some("AND o.kind = ?", filter.kind)
        .push_some("AND o.actor = ?", filter.actor);
    if filter.many {
        // One entry of what assignments log is about up to a thousand people.
        wanted = wanted
            .push("AND (o.n_changes - COALESCE(r.position, 0) > 1 OR o.kind IN (texts?))")
            .bind_texts(assignments::undo::KINDS);
    }
    let rows: Vec<BatchRow> = wanted
        .push("ORDER BY c.seq DESC LIMIT ?")
        .bind(filter.paging.rows_wanted()?)
        .on(&mut tx)
        .all()
        .await?;
    let batches = rows.into_iter().map(Batch::try_from).collect::<Result<Vec<_>>>()?;
    filter.paging.page(batches, |batch| batch.seq)
}

/// An operation by its number or its id, whether or not it can be taken back.
pub(super) async fn find(tx: &mut Tx, name: &str) -> Result<Batch> {
    let unknown = || {
        UNKNOWN
            .error(format!("there is no operation `{name}`"))
            .with_field("batch")
            .with_hint("name its number or its id; `lmsctl batch list` shows both")
    };
    let name = name.trim().trim_start_matches('#');
    let id: Uuid = match (name.parse::<Uuid>(), name.parse::<i64>()) {
        (Ok(id), _) => id,
        (_, Ok(seq)) => {
            tx.sql(&sql::BY_SEQ).bind(seq).opt::<One<Uuid>>().await?.ok_or_else(unknown)?.0
        }
        _ => return Err(unknown()),
    };
    let row: Option<BatchRow> =
        Assembly::new(SELECT).push("WHERE o.id = ?").bind(id).on(tx).opt().await?;
    row.ok_or_else(unknown)?.try_into()
}

pub(super) async fn show(core: &Core, name: &str) -> Result<BatchDetail> {
    let mut tx = core.db().begin_read().await?;
    let batch = find(&mut tx, name).await?;
    super::undo::refuse_foreign(&batch)?;
    if assignments::undo::KINDS.contains(&batch.kind.as_str()) {
        let parts = assignments::undo::decide(&mut tx, batch.recorded_at).await?.parts;
        let items = parts.restored.into_iter().chain(parts.kept).take(SAMPLES_MAX);
        return Ok(BatchDetail { batch, samples: items.map(sample_of).collect() });
    }
    let changes = changes(&mut tx, batch.operation_id).await?;
    let shown: Vec<ChangeRow> = changes.into_iter().take(SAMPLES_MAX).collect();
    let mut ids: BTreeSet<Uuid> = shown.iter().filter_map(|change| change.subject_id).collect();
    for change in &shown {
        // A manager is kept by id, so that the name can be erased.
        for side in [&change.value_before, &change.value_after] {
            let fields = fields(side.as_deref())?;
            ids.extend(fields.values().filter_map(|value| value.as_str()?.parse::<Uuid>().ok()));
        }
    }
    let mut names: HashMap<Uuid, String> = people::names_in(&mut tx, ids).await?;
    let questions = shown.iter().filter(|change| change.subject_type == quizzes::undo::SUBJECT);
    let questions: Vec<Uuid> = questions.filter_map(|change| change.subject_id).collect();
    names.extend(quizzes::codes_of(&mut tx, &questions).await?);
    let samples = shown.into_iter().map(|change| sample(change, &names));
    let samples = samples.collect::<Result<Vec<_>>>()?;
    Ok(BatchDetail { batch, samples })
}

/// What an operation said that it changed, without its reason.
pub(super) async fn changes(tx: &mut Tx, operation: OperationId) -> Result<Vec<ChangeRow>> {
    let changes: Vec<ChangeRow> = tx.sql(&sql::CHANGES_OF).bind(operation).all().await?;
    Ok(changes.into_iter().filter(|change| change.subject_type != REASON_SUBJECT).collect())
}

/// The fields of one side of a change; none where there are none, or where they were erased.
pub(super) fn fields(text: Option<&str>) -> Result<Map<String, Json>> {
    text.map_or(Ok(Map::new()), serde_json::from_str)
        .map_err(|cause| Error::inconsistent("operation_changes", cause))
}

fn sample_of(item: UndoItem) -> BatchSample {
    BatchSample {
        subject_type: item.subject_type,
        subject_id: Some(item.subject_id),
        subject: item.subject,
        changed: vec![FieldChange { field: item.field, before: item.back_to, after: item.now }],
    }
}

fn sample(change: ChangeRow, names: &HashMap<Uuid, String>) -> Result<BatchSample> {
    let before = fields(change.value_before.as_deref())?;
    let after = fields(change.value_after.as_deref())?;
    let mut all: Vec<&String> = before.keys().chain(after.keys()).collect();
    all.sort();
    all.dedup();
    let text = |value: Option<&Json>| match value {
        None | Some(Json::Null) => None,
        Some(Json::String(text)) => {
            let named = text.parse::<Uuid>().ok().and_then(|id| names.get(&id).cloned());
            Some(named.unwrap_or_else(|| text.clone()))
        }
        Some(other) => Some(other.to_string()),
    };
    let changed = all
        .into_iter()
        .map(|field| FieldChange {
            field: field.clone(),
            before: text(before.get(field)),
            after: text(after.get(field)),
        })
        .filter(|change| change.before != change.after)
        .collect();
    let id = change.subject_id;
    let named = id.and_then(|id| names.get(&id)).cloned();
    Ok(BatchSample {
        subject: named.or(id.map(|id| id.to_string())).unwrap_or_default(),
        subject_type: change.subject_type,
        subject_id: id,
        changed,
    })
}

impl TryFrom<BatchRow> for Batch {
    type Error = Error;

    fn try_from(row: BatchRow) -> Result<Self> {
        let reason = fields(row.reason.as_deref())?;
        let counts: BTreeMap<String, i64> = serde_json::from_str(&row.counts)
            .map_err(|cause| Error::inconsistent("operations.counts", cause))?;
        let n_records = if assignments::undo::KINDS.contains(&row.kind.as_str()) {
            counts.values().copied().max().unwrap_or_default()
        } else {
            row.n_changes - row.reason_position.unwrap_or_default()
        };
        Ok(Self {
            seq: row.seq,
            operation_id: OperationId::new(row.id),
            kind: row.kind,
            actor: row.actor,
            recorded_at: row.recorded_at,
            reason: reason.get("reason").and_then(|reason| reason.as_str()).map(str::to_owned),
            n_records,
            counts,
            undoes: row.undoes,
            undone_by: row.undone_by,
        })
    }
}
