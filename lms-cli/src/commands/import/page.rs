//! An import as people read it.

use lms_core::imports::reading::Kind;
use lms_core::{FileImportPlan, ImportLine, ImportRun, KeptField, PlannedRow, RowEffect};

use crate::app::App;
use crate::commands::plans::{part, parts};
use crate::error::Exit;
use crate::output::{Cell, Column, Row, apart, drop_first, keep, prose, shrink};

/// How an import ends that was carried out: with 3 where rows were put aside.
pub(super) fn exit_of(plan: &FileImportPlan) -> Exit {
    if plan.counts.rejected + plan.counts.conflict > 0 { Exit::RowsRejected } else { Exit::Done }
}

/// `people.csv: create 3, rejected 1 (4 rows)`.
pub(super) fn told(plan: &FileImportPlan) -> String {
    let counts = plan.counts.named().into_iter().filter(|(_, count)| *count > 0);
    let told: Vec<String> =
        counts.map(|(name, count)| format!("{} {count}", name.replace('_', " "))).collect();
    let told = if told.is_empty() { "nothing".to_owned() } else { told.join(", ") };
    format!("{}: {told} ({} rows)", plan.file, plan.counts.rows)
}

/// The titles of the parts, in the order in which somebody has to look at them.
const PARTS: [(RowEffect, &str); 8] = [
    (RowEffect::Rejected, "Rejected, to be corrected"),
    (RowEffect::Conflict, "In conflict, and not applied"),
    (RowEffect::Deactivate, "Deactivated"),
    (RowEffect::Reactivate, "Back"),
    (RowEffect::Move, "In another department"),
    (RowEffect::Create, "New"),
    (RowEffect::Update, "Changed"),
    (RowEffect::Link, "Known to the source from now on"),
];

pub(super) fn page(app: &App, plan: &FileImportPlan) -> String {
    let mut all = vec![app.output.heading(&told(plan))];
    if !plan.guards.is_empty() {
        let lines = plan.guards.iter().map(|found| {
            format!("  {} (--accept {} if it is meant)\n", found.message, found.accept)
        });
        all.push(format!("{}{}", app.output.heading("This stops it"), lines.collect::<String>()));
    }
    let remarks = lines(&plan.warnings);
    if !remarks.is_empty() {
        all.push(format!("{}{remarks}", app.output.heading("To be known")));
    }
    if !plan.new_units.is_empty() {
        let units = lines(&plan.new_units);
        all.push(format!("{}{units}", app.output.heading("Made for it")));
    }
    for (effect, title) in PARTS {
        let rows: Vec<Line<'_>> =
            plan.rows.iter().filter(|row| row.effect == effect).map(Line).collect();
        all.push(part(app, title, &rows));
    }
    let kept: Vec<Kept<'_>> = plan
        .rows
        .iter()
        .flat_map(|row| row.kept.iter().map(move |kept| Kept { row, kept }))
        .collect();
    all.push(part(app, "Kept as somebody set it (--release-edits gives it back)", &kept));
    let noted: Vec<Noted<'_>> = plan
        .rows
        .iter()
        .filter(|row| !row.effect.is_put_aside())
        .filter(|row| !row.problems.is_empty() || row.pending_manager.is_some())
        .map(Noted)
        .collect();
    all.push(part(app, "To be looked at", &noted));
    if !plan.consequences.is_empty() {
        let told: Vec<String> = plan
            .consequences
            .iter()
            .map(|(name, count)| format!("{} {count}", name.replace('_', " ")))
            .collect();
        let title = match plan.kind {
            Kind::People => "What rules make of it",
            _ => "What follows from it",
        };
        let heading = app.output.heading(title);
        all.push(format!("{heading}  assignments: {}\n", told.join(", ")));
    }
    parts(&all)
}

/// What changes, from what to what.
fn changes(row: &PlannedRow) -> String {
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let told = row.changed.iter().map(|change| {
        let assumed = if row.assumed.contains(&change.field) { " (assumed)" } else { "" };
        let (before, after) = (text(&change.before), text(&change.after));
        match row.effect {
            RowEffect::Create => format!("{} {after}{assumed}", change.field),
            _ => format!("{} {before} → {after}{assumed}", change.field),
        }
    });
    told.collect::<Vec<_>>().join(", ")
}

fn problems(row: &PlannedRow) -> String {
    let pending = row
        .pending_manager
        .iter()
        .map(|manager| format!("the manager `{manager}` is not known yet"));
    let told = row.problems.iter().map(|problem| {
        let place = problem.column.as_ref().map(|column| format!("column {column}: "));
        let hint = problem.hint.as_ref().map(|hint| format!(" ({hint})"));
        format!("{}{}{}", place.unwrap_or_default(), problem.message, hint.unwrap_or_default())
    });
    told.chain(pending).collect::<Vec<_>>().join("; ")
}

fn number(row: &PlannedRow) -> Cell {
    row.row.map(|number| i64::try_from(number).unwrap_or(i64::MAX)).into()
}

impl Row for PlannedRow {
    const COLUMNS: &'static [Column] = &[
        keep("row"),
        keep("effect"),
        shrink("name"),
        prose("changed"),
        prose("problems"),
        apart("kept"),
        apart("hints"),
        apart("person"),
    ];
    fn cells(&self) -> Vec<Cell> {
        let kept = self.kept.iter().map(|kept| kept.field.clone()).collect();
        let hints = self.problems.iter().filter_map(|problem| problem.hint.clone()).collect();
        vec![
            number(self),
            self.effect.as_str().into(),
            self.name.as_str().into(),
            changes(self).into(),
            problems(self).into(),
            Cell::List(kept),
            Cell::List(hints),
            self.person.map(|id| id.to_string()).into(),
        ]
    }
}

/// A row within its part: what is wrong with it where it is put aside, else what it changes.
#[derive(serde::Serialize)]
struct Line<'a>(&'a PlannedRow);

impl Row for Line<'_> {
    const COLUMNS: &'static [Column] = &[keep("row"), shrink("name"), prose("what")];
    fn cells(&self) -> Vec<Cell> {
        let Self(row) = self;
        let what = if row.effect.is_put_aside() { problems(row) } else { changes(row) };
        vec![number(row), row.name.as_str().into(), what.into()]
    }
}

/// A row that lands, with what somebody should look at.
#[derive(serde::Serialize)]
struct Noted<'a>(&'a PlannedRow);

impl Row for Noted<'_> {
    const COLUMNS: &'static [Column] = Line::COLUMNS;
    fn cells(&self) -> Vec<Cell> {
        let Self(row) = self;
        vec![number(row), row.name.as_str().into(), problems(row).into()]
    }
}

#[derive(serde::Serialize)]
struct Kept<'a> {
    row: &'a PlannedRow,
    kept: &'a KeptField,
}

impl Row for Kept<'_> {
    const COLUMNS: &'static [Column] = &[
        keep("row"),
        shrink("name"),
        keep("field"),
        shrink("the_source_says"),
        drop_first("owner"),
    ];
    fn cells(&self) -> Vec<Cell> {
        vec![
            number(self.row),
            self.row.name.as_str().into(),
            self.kept.field.as_str().into(),
            self.kept.delivered.clone().into(),
            self.kept.owner.as_str().into(),
        ]
    }
}

impl Row for ImportRun {
    const COLUMNS: &'static [Column] = &[
        keep("id"),
        keep("finished_at"),
        prose("what"),
        shrink("file"),
        drop_first("source"),
        drop_first("n_rows"),
        drop_first("counts"),
        drop_first("actor"),
        apart("kind"),
        apart("mode"),
        apart("accepted"),
        apart("undo_of"),
        apart("undone_by"),
        apart("operation"),
        apart("fingerprint"),
    ];
    fn cells(&self) -> Vec<Cell> {
        let some = self.counts.iter().filter(|(name, count)| **count != 0 && *name != "rows");
        let counts = some.map(|(name, count)| format!("{name}: {count}")).collect();
        let what = match self.undo_of {
            Some(_) => format!("undo of {}", self.kind),
            None => self.kind.clone(),
        };
        vec![
            self.id.to_string().into(),
            self.finished_at.into(),
            what.into(),
            self.file.as_str().into(),
            self.source.as_str().into(),
            i64::try_from(self.n_rows).unwrap_or(i64::MAX).into(),
            Cell::List(counts),
            self.actor.as_str().into(),
            self.kind.as_str().into(),
            self.mode.as_str().into(),
            Cell::List(self.accepted.clone()),
            self.undo_of.map(|id| id.to_string()).into(),
            self.undone_by.map(|id| id.to_string()).into(),
            self.operation.map(|id| id.to_string()).into(),
            self.fingerprint.as_str().into(),
        ]
    }
}

impl Row for ImportLine {
    const COLUMNS: &'static [Column] = &[
        keep("row"),
        keep("effect"),
        shrink("name"),
        keep("field"),
        prose("why"),
        apart("code"),
        apart("person"),
    ];
    fn cells(&self) -> Vec<Cell> {
        let why = self.code.as_deref().map(|code| {
            let known = lms_core::error_codes().into_iter().find(|known| known.code == code);
            known.map_or(code, |known| known.summary)
        });
        vec![
            self.row.map(|number| i64::try_from(number).unwrap_or(i64::MAX)).into(),
            self.effect.as_str().into(),
            self.name.clone().into(),
            self.field.clone().into(),
            why.into(),
            self.code.clone().into(),
            self.person.map(|id| id.to_string()).into(),
        ]
    }
}

/// Each on a line of its own, set in.
fn lines(all: &[impl std::fmt::Display]) -> String {
    all.iter().fold(String::new(), |text, one| text + &format!("  {one}\n"))
}
