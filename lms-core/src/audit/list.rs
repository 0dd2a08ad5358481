//! Reading the log.

use uuid::Uuid;

use super::{AuditDetail, AuditEntry, AuditFilter, Change, UNKNOWN, parse_values};
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::migrate::hex;
use crate::kernel::db::{FromRow, One, Row};
use crate::kernel::error::{Error, Result};
use crate::kernel::page::Page;
use crate::kernel::text::Day;
use crate::operations::OperationId;
use crate::operations::sql::{self, ChangeRow, OperationRow, REASON_SUBJECT};

/// The row of a list: an operation and, in the columns behind it, its reason, the place of the
/// operation that it takes back and of the one that takes it back.
struct ListedRow {
    operation: OperationRow,
    reason: Option<String>,
    undoes: Option<i64>,
    undone_by: Option<i64>,
}

const REASON_COLUMN: usize = 13;

impl FromRow for ListedRow {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            operation: OperationRow::from_row(row)?,
            reason: row.get(REASON_COLUMN)?,
            undoes: row.get(REASON_COLUMN + 1)?,
            undone_by: row.get(REASON_COLUMN + 2)?,
        })
    }
}

pub(super) async fn list(core: &Core, filter: AuditFilter) -> Result<Page<AuditEntry>> {
    let subject_id = filter.subject.as_deref().and_then(|text| text.parse::<Uuid>().ok());
    let subject_type = filter.subject.filter(|_| subject_id.is_none());
    let zone = filter.zone.map_or(jiff::tz::TimeZone::UTC, |zone| zone.zone());
    let from: Option<Timestamp> = filter.from.map(|day| day.starts_at(&zone));
    let until: Option<Timestamp> = filter.until.map(|day: Day| day.next().starts_at(&zone));

    let mut tx = core.db().begin_read().await?;
    let rows: Vec<ListedRow> = tx
        .sql(&sql::LIST)
        .bind(filter.paging.after::<i64>()?.unwrap_or(i64::MAX))
        .bind(filter.kind)
        .bind(filter.actor)
        .bind(from)
        .bind(until)
        .bind(subject_type)
        .bind(subject_id)
        .bind(filter.paging.rows_wanted()?)
        .all()
        .await?;
    let entries = rows.into_iter().map(AuditEntry::try_from).collect::<Result<Vec<_>>>()?;
    filter.paging.page(entries, |entry| entry.seq)
}

pub(super) async fn show(core: &Core, entry: &str) -> Result<AuditDetail> {
    let unknown = || {
        UNKNOWN
            .error(format!("there is no audit entry `{entry}`"))
            .with_hint("name its number or its operation's id; `lmsctl audit list` shows both")
    };
    let mut tx = core.db().begin_read().await?;
    let id: Uuid = match (entry.parse::<Uuid>(), entry.parse::<i64>()) {
        (Ok(id), _) => id,
        (_, Ok(seq)) => {
            tx.sql(&sql::BY_SEQ).bind(seq).opt::<One<Uuid>>().await?.ok_or_else(unknown)?.0
        }
        _ => return Err(unknown()),
    };
    let row: ListedRow = tx.sql(&sql::BY_ID).bind(id).opt().await?.ok_or_else(unknown)?;
    let changes: Vec<ChangeRow> = tx.sql(&sql::CHANGES_OF).bind(id).all().await?;
    let changes = changes
        .into_iter()
        .filter(|change| change.subject_type != REASON_SUBJECT)
        .map(|change| {
            Ok(Change {
                subject_type: change.subject_type,
                subject_id: change.subject_id,
                before: parse_values(change.value_before)?,
                after: parse_values(change.value_after)?,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(AuditDetail { entry: row.try_into()?, changes })
}

impl TryFrom<ListedRow> for AuditEntry {
    type Error = Error;

    fn try_from(row: ListedRow) -> Result<Self> {
        let operation = row.operation;
        let reason = parse_values(row.reason)?
            .and_then(|values| values.get("reason")?.as_str().map(str::to_owned));
        Ok(Self {
            seq: operation.seq.unwrap_or_default(),
            operation_id: OperationId::new(operation.id),
            kind: operation.kind,
            actor: operation.actor,
            origin: operation.origin,
            request_id: operation.request_id,
            reason,
            recorded_at: operation.recorded_at,
            counts: serde_json::from_str(&operation.counts)
                .map_err(|cause| Error::inconsistent("operations.counts", cause))?,
            undoes: row.undoes,
            undone_by: row.undone_by,
            hash: hex(&operation.hash.unwrap_or_default()),
        })
    }
}
