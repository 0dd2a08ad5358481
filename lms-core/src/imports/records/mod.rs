//! What files bring beside people: who did what, who has to, who need not, who is away,
//! departments, trainings and questions.
//!
//! Each kind reads its rows, finds out whom and what they are about, and lets them land by the way of the
//! context that owns what they say. What is the same for all of them stands here: a fate for each row, the
//! counts, the plan. No kind knows of runs, plan files, rejects or the way back.

mod options;
mod stage;
mod fates;
mod subjects;
mod named;
mod about;
mod twice;
mod completions;
mod assignments;
mod exemptions;
mod leaves;
mod departments;
mod trainings;
mod questions;

use std::collections::BTreeMap;

pub use options::RecordsImport;
pub(crate) use options::StagedRecords;
pub(super) use stage::stage;

use self::fates::Fates;
use super::Mode;
use super::people::decide::with_counts;
use super::people::guards::{Figures, findings};
use super::plan::{ImportCounts, ImportPlan, PlannedRow, RowEffect};
use super::reading::Kind;
use super::row::FileRow;
use crate::kernel::error::{Error, Result};
use crate::operations::{Operation, OperationId, Write, fingerprint_of_each};

/// A remark or a reason has so many at most.
const TEXT_CHARS_MAX: usize = 1_000;

/// What came of a file.
#[derive(Debug, Default)]
struct Landing {
    /// What was done, where anything was.
    operation: Option<Operation>,
    /// The same, where the context that did it noted it already.
    recorded: Option<OperationId>,
    /// What else came of it, in counts.
    consequences: BTreeMap<String, i64>,
    /// What was made because the file names it.
    made: Vec<String>,
    /// What somebody should know.
    warnings: Vec<String>,
}

/// Does it, in a transaction that the caller commits or not.
pub(super) async fn decide(
    write: &mut Write,
    staged: &StagedRecords,
) -> Result<(ImportPlan, Option<OperationId>)> {
    let mut fates = Fates::of(&staged.rows);
    let landing = match staged.options.kind {
        Kind::Completions => completions::land(write, staged, &mut fates).await?,
        Kind::Assignments => assignments::land(write, staged, &mut fates).await?,
        Kind::Exemptions => exemptions::land(write, staged, &mut fates).await?,
        Kind::Trainings => trainings::land(write, staged, &mut fates).await?,
        Kind::Departments => departments::land(write, staged, &mut fates).await?,
        Kind::Leaves => leaves::land(write, staged, &mut fates).await?,
        Kind::Questions => questions::land(write, staged, &mut fates).await?,
        other => return Err(Error::internal(format!("{} are no records", other.as_str()))),
    };
    let (rows, counts) = told(staged, fates);
    let Landing { operation, recorded, mut consequences, made, warnings } = landing;
    let operation = operation.map(|operation| write.record(with_counts(operation, &counts)));
    let operation = operation.or(recorded);
    for (name, count) in write.consequences().await? {
        *consequences.entry(name).or_default() += count;
    }
    let figures = Figures { n_rows: staged.n_rows, ..Figures::default() };
    let mut plan = ImportPlan {
        kind: staged.options.kind,
        source: staged.options.source.clone(),
        file: staged.file.clone(),
        mode: Mode::Delta,
        counts,
        rows,
        new_units: made,
        consequences,
        guards: findings(&figures, &staged.options.accepted),
        warnings: staged.notes.iter().cloned().chain(warnings).collect(),
        fingerprint: String::new(),
    };
    plan.place(&staged.columns);
    plan.fingerprint = fingerprint_of_each(plan.effects());
    Ok((plan, operation))
}

/// Every row with what became of it, but for those that simply change nothing.
fn told(staged: &StagedRecords, fates: Fates<'_>) -> (Vec<PlannedRow>, ImportCounts) {
    let mut counts = ImportCounts { rows: staged.n_rows, ..ImportCounts::default() };
    let unread = staged.rejected.iter().map(|row| PlannedRow {
        row: Some(row.known_by.number),
        person: None,
        name: fates::label(&row.known_by),
        effect: RowEffect::Rejected,
        changed: Vec::new(),
        assumed: Vec::new(),
        kept: Vec::new(),
        pending_manager: None,
        problems: row.problems.clone(),
        id: None,
    });
    let mut rows: Vec<PlannedRow> = unread.chain(fates.into_rows()).collect();
    for row in &rows {
        counts.add(row);
    }
    rows.retain(|row| row.effect != RowEffect::Unchanged || !row.problems.is_empty());
    rows.sort_by_key(|row| row.row);
    (rows, counts)
}

/// A remark, a reason or an address, if it is none that is too long.
fn text_of(row: &FileRow, field: &str) -> Result<Option<String>> {
    let Some(text) = row.text(field) else { return Ok(None) };
    if text.chars().count() > TEXT_CHARS_MAX {
        let wrong = format!("it is longer than {TEXT_CHARS_MAX} characters");
        return Err(Error::invalid(field, wrong));
    }
    Ok(Some(text.to_owned()))
}
