//! Imports as JSON.

use std::collections::BTreeMap;

use lms_core::{
    FileImportPlan, FileImported, GuardFinding, ImportLine, ImportRun, ImportRunCard, KeptField,
    PlannedRow, RowProblem,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::ChangeBody;
use crate::plans::first;

/// What an import did, or would do.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportOutcome)]
pub(super) struct ImportBody {
    /// Whether nothing was written.
    dry_run: bool,
    /// What tells this plan from every other one.
    plan: String,
    /// The import, by which it is shown and taken back; null where nothing was written.
    #[schema(format = "uuid")]
    import: Option<String>,
    /// What was imported.
    kind: String,
    /// The source.
    source: String,
    /// The name of the file.
    file: String,
    /// Whether it holds everybody of the source: `full` or `delta`.
    mode: String,
    /// How many rows came to what.
    counts: BTreeMap<&'static str, u64>,
    /// Rows that were put aside, with what is wrong: the first 500.
    rejects: Vec<ImportRowBody>,
    /// What became of the others, but for those that change nothing: the first 500.
    rows: Vec<ImportRowBody>,
    /// What was made because the file names it.
    made: Vec<String>,
    /// What follows from it, in counts.
    consequences: BTreeMap<String, i64>,
    /// What stops it; each is let through by its exact number.
    guards: Vec<GuardBody>,
    /// What somebody should know.
    warnings: Vec<String>,
    /// The entry of the audit log; null where nothing was written.
    #[schema(format = "uuid")]
    operation: Option<String>,
}

/// A row of the file, and what becomes of it.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportRow)]
struct ImportRowBody {
    /// Its number, as the file counts; null for somebody who is missing in it.
    row: Option<u64>,
    /// Who it is about, where they are there already.
    #[schema(format = "uuid")]
    person: Option<String>,
    /// How it is called.
    name: String,
    /// What becomes of it, such as `create`, `update` or `rejected`.
    effect: &'static str,
    /// What changes.
    changed: Vec<ChangeBody>,
    /// Fields of which it says nothing, and that are taken to be so.
    assumed: Vec<String>,
    /// What stays as somebody set it.
    kept: Vec<KeptBody>,
    /// A manager whom nobody knows yet.
    pending_manager: Option<String>,
    /// What is wrong with it, or what somebody should know.
    problems: Vec<RowProblemBody>,
}

/// A field that stays as somebody set it.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportKept)]
struct KeptBody {
    field: String,
    /// What the source says.
    delivered: Option<String>,
}

/// What is wrong with a row.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportRowProblem)]
struct RowProblemBody {
    /// The field, where it is about one.
    field: Option<String>,
    /// The letters of the column.
    column: Option<String>,
    /// What the file has there.
    value: Option<String>,
    /// The stable code.
    code: String,
    /// What is wrong.
    message: String,
    /// What to do about it.
    hint: Option<String>,
}

/// What stops an import.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportGuard)]
struct GuardBody {
    /// The kind of effect.
    kind: &'static str,
    /// The department, where it is about one.
    department: Option<String>,
    /// How many.
    number: u64,
    /// What it would be.
    message: String,
    /// What lets it through as `accept`.
    accept: String,
}

/// An import that there was, or what took one back.
#[derive(Serialize, ToSchema)]
#[schema(as = Import)]
pub(super) struct ImportRunBody {
    #[schema(format = "uuid")]
    id: String,
    /// The source.
    source: String,
    /// What was imported.
    kind: String,
    /// Whether the file held everybody: `full` or `delta`.
    mode: String,
    /// The name of the file.
    file: String,
    /// The SHA-256 of its bytes.
    fingerprint: String,
    /// How many rows it had.
    n_rows: u64,
    /// How many of what.
    counts: BTreeMap<String, i64>,
    /// What followed from it.
    consequences: BTreeMap<String, i64>,
    /// The guards that it was allowed to pass, each by its very number.
    accepted: Vec<String>,
    /// Who did it.
    actor: String,
    #[schema(format = DateTime)]
    started_at: String,
    #[schema(format = DateTime)]
    finished_at: String,
    /// The entry of the audit log; null where all was so already.
    #[schema(format = "uuid")]
    operation: Option<String>,
    /// The import that it took back.
    #[schema(format = "uuid")]
    undo_of: Option<String>,
    /// What took it back.
    #[schema(format = "uuid")]
    undone_by: Option<String>,
}

/// An import with the rows that did not simply land.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportCard)]
pub(super) struct ImportCardBody {
    #[serde(flatten)]
    import: ImportRunBody,
    /// The rows: the first 500.
    lines: Vec<ImportLineBody>,
}

/// Something that was said of a row.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportLine)]
struct ImportLineBody {
    /// The row, as the file counts.
    row: Option<u64>,
    /// Who it is about.
    #[schema(format = "uuid")]
    person: Option<String>,
    /// Their name.
    name: Option<String>,
    /// What became of it: `rejected`, `conflict`, `kept_edit`, `pending`, `noted`.
    effect: String,
    /// The field.
    field: Option<String>,
    /// Why.
    code: Option<String>,
}

impl ImportBody {
    pub(super) fn planned(plan: FileImportPlan) -> Self {
        Self::of(plan, true, None, None)
    }

    pub(super) fn done(done: FileImported) -> Self {
        let (import, operation) = (done.run.to_string(), done.operation.map(|id| id.to_string()));
        Self::of(done.plan, false, Some(import), operation)
    }

    fn of(
        plan: FileImportPlan,
        dry_run: bool,
        import: Option<String>,
        operation: Option<String>,
    ) -> Self {
        let (aside, rows): (Vec<PlannedRow>, Vec<PlannedRow>) =
            plan.rows.into_iter().partition(|row| row.effect.is_put_aside());
        let mut counts: BTreeMap<&'static str, u64> = plan.counts.named().into_iter().collect();
        counts.insert("rows", plan.counts.rows);
        Self {
            dry_run,
            plan: plan.fingerprint,
            import,
            kind: plan.kind.as_str().to_owned(),
            source: plan.source,
            file: plan.file,
            mode: plan.mode.as_str().to_owned(),
            counts,
            rejects: first(aside, ImportRowBody::from),
            rows: first(rows, ImportRowBody::from),
            made: plan.new_units,
            consequences: plan.consequences,
            guards: plan.guards.into_iter().map(GuardBody::from).collect(),
            warnings: plan.warnings,
            operation,
        }
    }
}

impl From<PlannedRow> for ImportRowBody {
    fn from(row: PlannedRow) -> Self {
        Self {
            row: row.row,
            person: row.person.map(|id| id.to_string()),
            name: row.name,
            effect: row.effect.as_str(),
            changed: ChangeBody::all(row.changed),
            assumed: row.assumed,
            kept: row.kept.into_iter().map(KeptBody::from).collect(),
            pending_manager: row.pending_manager,
            problems: row.problems.into_iter().map(RowProblemBody::from).collect(),
        }
    }
}

impl From<KeptField> for KeptBody {
    fn from(kept: KeptField) -> Self {
        Self { field: kept.field, delivered: kept.delivered }
    }
}

impl From<RowProblem> for RowProblemBody {
    fn from(problem: RowProblem) -> Self {
        let RowProblem { field, column, value, code, message, hint, .. } = problem;
        Self { field, column, value, code, message, hint }
    }
}

impl From<GuardFinding> for GuardBody {
    fn from(found: GuardFinding) -> Self {
        Self {
            kind: found.kind.as_str(),
            department: found.department,
            number: found.number,
            message: found.message,
            accept: found.accept,
        }
    }
}

impl From<ImportRun> for ImportRunBody {
    fn from(run: ImportRun) -> Self {
        Self {
            id: run.id.to_string(),
            source: run.source,
            kind: run.kind,
            mode: run.mode.as_str().to_owned(),
            file: run.file,
            fingerprint: run.fingerprint,
            n_rows: run.n_rows,
            counts: run.counts,
            consequences: run.consequences,
            accepted: run.accepted,
            actor: run.actor,
            started_at: run.started_at.to_string(),
            finished_at: run.finished_at.to_string(),
            operation: run.operation.map(|id| id.to_string()),
            undo_of: run.undo_of.map(|id| id.to_string()),
            undone_by: run.undone_by.map(|id| id.to_string()),
        }
    }
}

impl From<ImportRunCard> for ImportCardBody {
    fn from(card: ImportRunCard) -> Self {
        Self { import: card.run.into(), lines: first(card.lines, ImportLineBody::from) }
    }
}

impl From<ImportLine> for ImportLineBody {
    fn from(line: ImportLine) -> Self {
        Self {
            row: line.row,
            person: line.person.map(|id| id.to_string()),
            name: line.name,
            effect: line.effect,
            field: line.field,
            code: line.code,
        }
    }
}
