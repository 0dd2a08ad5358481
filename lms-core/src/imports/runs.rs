//! Which imports there were, and what became of their rows.

use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::sql::{RunLine, RunRow};
use super::{
    ImportLine, ImportRun, ImportRunCard, ImportRunFilter, ImportRunId, Mode, UNKNOWN_RUN,
};
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::page::Page;
use crate::operations::OperationId;
use crate::people::{self, PersonId};

const SELECT: &str = "
SELECT r.id, r.source, r.kind, r.mode, r.file, r.fingerprint, r.n_rows, r.counts, r.consequences,
       r.accepted, r.actor, r.started_at, r.finished_at, r.operation_id, r.undo_of, u.id
FROM import_runs r
LEFT JOIN operations u ON u.undoes = r.operation_id";

pub(super) async fn list(core: &Core, filter: ImportRunFilter) -> Result<Page<ImportRun>> {
    let mut tx = core.db().begin_read().await?;
    let rows: Vec<RunRow> = Assembly::new(SELECT)
        .push("WHERE 1 = 1")
        .push_some("AND r.id < ?", filter.paging.after::<Uuid>()?)
        .push_some("AND r.source = ?", filter.source.map(|source| source.trim().to_lowercase()))
        .push("ORDER BY r.id DESC LIMIT ?")
        .bind(filter.paging.rows_wanted()?)
        .on(&mut tx)
        .all()
        .await?;
    let runs = rows.into_iter().map(ImportRun::try_from).collect::<Result<Vec<_>>>()?;
    filter.paging.page(runs, |run| run.id.uuid())
}

/// Which run is looked for, by what was known when.
#[derive(Debug, Clone, Copy)]
pub(super) struct RunsAsked<'a> {
    /// Its id, or `last`; the last one, unless said.
    pub(super) run: Option<&'a str>,
    pub(super) known_at: Option<Timestamp>,
}

/// A run by what was known; nothing where there was none and the last one is meant.
pub(super) async fn find_as_known(tx: &mut Tx, asked: RunsAsked<'_>) -> Result<Option<ImportRun>> {
    let name = asked.run.map(str::trim).filter(|name| !name.eq_ignore_ascii_case("last"));
    if let Some(name) = name {
        return find(tx, name).await.map(Some);
    }
    let wanted = Assembly::new(SELECT)
        .push("WHERE 1 = 1")
        .push_some("AND r.finished_at <= ?", asked.known_at)
        .push("ORDER BY r.id DESC LIMIT 1");
    let found: Option<RunRow> = wanted.on(tx).opt().await?;
    found.map(ImportRun::try_from).transpose()
}

/// The run of this id, or `last`, or the one that begins so.
pub(super) async fn find(tx: &mut Tx, name: &str) -> Result<ImportRun> {
    let name = name.trim();
    let found = if name.eq_ignore_ascii_case("last") {
        Assembly::new(SELECT).push("ORDER BY r.id DESC LIMIT 1").on(tx).opt().await?
    } else if let Ok(id) = name.parse::<Uuid>() {
        Assembly::new(SELECT).push("WHERE r.id = ?").bind(id).on(tx).opt().await?
    } else {
        None
    };
    let row: RunRow = found.ok_or_else(|| {
        UNKNOWN_RUN
            .error(format!("there is no import `{name}`"))
            .with_field("import")
            .with_hint("name its id, or `last`; `lmsctl import list` shows them")
    })?;
    row.try_into()
}

pub(super) async fn of_operation(tx: &mut Tx, operation: OperationId) -> Result<Option<RunRow>> {
    Assembly::new(SELECT).push("WHERE r.operation_id = ?").bind(operation).on(tx).opt().await
}

pub(super) async fn show(core: &Core, name: &str) -> Result<ImportRunCard> {
    let mut tx = core.db().begin_read().await?;
    let run = find(&mut tx, name).await?;
    let lines = lines(&mut tx, &run).await?;
    Ok(ImportRunCard { run, lines })
}

/// What was said of rows that did not simply land.
pub(super) async fn lines(tx: &mut Tx, run: &ImportRun) -> Result<Vec<ImportLine>> {
    let lines: Vec<RunLine> = Assembly::new(
        "SELECT row_number, person_id, effect, field, code FROM import_rows WHERE run_id = ?",
    )
    .bind(run.id)
    .push("ORDER BY position")
    .on(tx)
    .all()
    .await?;
    let ids = lines.iter().filter_map(|line| line.person_id).collect();
    let names = people::names_in(tx, ids).await?;
    let line = |line: RunLine| ImportLine {
        row: line.row_number.and_then(|number| u64::try_from(number).ok()),
        person: line.person_id.map(PersonId::new),
        name: line.person_id.and_then(|id| names.get(&id).cloned()),
        effect: line.effect,
        field: line.field,
        code: line.code,
    };
    Ok(lines.into_iter().map(line).collect())
}

impl TryFrom<RunRow> for ImportRun {
    type Error = Error;

    fn try_from(row: RunRow) -> Result<Self> {
        fn json<T: DeserializeOwned>(what: &str, text: &str) -> Result<T> {
            serde_json::from_str(text).map_err(|cause| Error::inconsistent(what, cause))
        }
        Ok(Self {
            id: ImportRunId::new(row.id),
            source: row.source,
            kind: row.kind,
            mode: Mode::parse(&row.mode)?,
            file: row.file,
            fingerprint: row.fingerprint,
            n_rows: u64::try_from(row.n_rows)
                .map_err(|cause| Error::inconsistent("import_runs.n_rows", cause))?,
            counts: json("import_runs.counts", &row.counts)?,
            consequences: json("import_runs.consequences", &row.consequences)?,
            accepted: json("import_runs.accepted", &row.accepted)?,
            actor: row.actor,
            started_at: row.started_at,
            finished_at: row.finished_at,
            operation: row.operation_id.map(OperationId::new),
            undo_of: row.undo_of.map(ImportRunId::new),
            undone_by: row.undone_by.map(OperationId::new),
        })
    }
}
