//! `compliance`: who meets what they have to.
//!
//! Answers it four times: obligation by obligation, people beside trainings, by department and by training.
//! All sums are those of the library's one function for compliance; what is optional or recommended is not
//! in it.

use std::collections::HashMap;

use lms_core::{
    Actor, ComplianceFigures, ComplianceRow, Counted, Day, Lms, ObligationColumns, ObligationFacts,
    Result,
};

use crate::asked::{
    PRESENT, Parts, compliance_figures, day, definitions, document, figure_cells, figure_columns,
    person_cells, person_columns, query, reconciled, training_cells, training_columns, unit, whole,
};
use crate::document::{Chart, ChartKind, Document, Fact, Series};
use crate::report::{Params, Report};
use crate::table::{Cell, Column, Kind, Table};
use crate::tone::Tone;
use crate::words::Words;

/// A matrix that is larger than this is no use to anybody, and is left out.
const MATRIX_CELLS_MAX: usize = 5_000_000;
const MATRIX_TRAININGS_MAX: usize = 1_000;

pub(crate) async fn run(lms: &Lms, actor: &Actor, params: &Params) -> Result<Document> {
    let facts = lms.analytics().obligations(actor, query(params)?).await?;
    let mandatory = mandatory(&facts.obligations);
    let total = &facts.compliance.total;
    let mut notes = notes(total);
    let mut tables = vec![
        long_form(&facts, &mandatory),
        by_department(&facts.compliance.rows),
        by_training(&facts.by_training),
    ];
    match matrix(&facts, &mandatory) {
        Ok(table) => tables.insert(1, table),
        Err(note) => notes.push(note),
    }
    let (aside, chart) = drawn(&facts.compliance.rows);
    tables.push(aside);
    let counted = total.met
        + total.missed
        + total.open
        + total.in_grace
        + total.exempt
        + total.on_leave
        + total.cancelled;
    let optional = facts.obligations.len() - mandatory.len();
    let mut provenance = definitions();
    provenance
        .push(Fact::new("Obligations reconcile", reconciled(whole(mandatory.len()), counted)));
    provenance.push(Fact::new(
        "Not in it",
        Words::with("{} assignments that are recommended or optional", [optional]),
    ));
    let parts = Parts {
        notes,
        figures: compliance_figures(total),
        charts: vec![chart],
        tables,
        population: PRESENT.into(),
        period_from: None,
        provenance,
    };
    Ok(document(Report::Compliance, &facts.origin, params, actor, parts))
}

fn notes(total: &ComplianceFigures) -> Vec<Words> {
    if total.people == 0 {
        return vec!["Nobody was found: there is nothing to count.".into()];
    }
    if total.measured_people == 0 {
        return vec!["Nobody in this report has a mandatory training.".into()];
    }
    Vec::new()
}

/// The places of the obligations that count, with how.
fn mandatory(obligations: &ObligationColumns) -> Vec<(usize, Counted)> {
    let counted = obligations.counted.iter().enumerate();
    counted.filter_map(|(at, counted)| Some((at, (*counted)?))).collect()
}

fn long_form(facts: &ObligationFacts, mandatory: &[(usize, Counted)]) -> Table {
    let mut columns = person_columns();
    columns.push(Column::new("job_role", "Job role", Kind::Text, 22));
    columns.push(Column::new("manager", "Manager", Kind::Text, 24));
    columns.extend(training_columns());
    columns.extend([
        Column::new("counts_as", "Counts as", Kind::Status, 14)
            .about("How the obligation counts for compliance on the day"),
        Column::new("status", "Status", Kind::Status, 16)
            .about("Where the person stands with it on the day"),
        Column::new("assigned_on", "Assigned", Kind::Day, 12),
        Column::new("due_on", "Due", Kind::Day, 12).about("The last day in time"),
        Column::new("completed_on", "Completed", Kind::Day, 12)
            .about("When it was done last, as far as that counts or counted until it expired"),
        Column::new("expires_on", "Valid until", Kind::Day, 12)
            .about("The last day on which this completion is valid; blank where it does not end"),
        Column::new("cycle", "Turn", Kind::Integer, 8)
            .about("How often it became due for this person, this time included"),
    ]);
    let mut table =
        Table::new("obligations", "Obligations", "There are no mandatory obligations.", columns);
    let (people, own) = (&facts.people, &facts.obligations);
    for (at, counted) in mandatory.iter().copied() {
        let person = own.person[at];
        let mut row = person_cells(people, &facts.units, person);
        row.push(unit(&facts.units, people.job_role[person as usize]));
        row.push(people.manager_name[person as usize].as_deref().into());
        row.extend(training_cells(&facts.trainings, own.training[at]));
        row.extend([
            Cell::Text(counted.as_str()),
            Cell::Text(own.status[at].as_str()),
            Cell::Day(own.assigned_on[at]),
            day(own.due_on[at]),
            day(own.completed_on[at]),
            day(own.expires_on[at]),
            Cell::Integer(i64::from(own.cycle[at])),
        ]);
        table.push(row);
    }
    table
}

/// People beside the trainings that somebody in the report must do; or why there is none.
fn matrix(
    facts: &ObligationFacts,
    mandatory: &[(usize, Counted)],
) -> std::result::Result<Table, Words> {
    let own = &facts.obligations;
    let mut trainings: Vec<u32> = mandatory.iter().map(|(at, _)| own.training[*at]).collect();
    trainings.sort_unstable();
    trainings.dedup();
    let (n_people, n_trainings) = (facts.people.len(), trainings.len());
    if n_people * n_trainings > MATRIX_CELLS_MAX || n_trainings > MATRIX_TRAININGS_MAX {
        return Err(Words::with(
            "The matrix is left out: {} people beside {} trainings are too many for a sheet. Ask for a \
             department, or for some trainings.",
            [n_people, n_trainings],
        ));
    }
    let mut columns = person_columns();
    // The code of a training that was taken away may have been given again.
    let mut given = HashMap::new();
    columns.extend(trainings.iter().map(|training| {
        let at = *training as usize;
        let code = &facts.trainings.code[at];
        let nth = given.entry(code.to_lowercase()).and_modify(|nth| *nth += 1).or_insert(1);
        let key = match *nth {
            1 => format!("training_{code}"),
            nth => format!("training_{code}_{nth}"),
        };
        Column::new(key, code.clone(), Kind::StatusOn, 22).about(facts.trainings.title[at].clone())
    }));
    let mut table = Table::new("matrix", "Matrix", "There is nobody.", columns);
    // Both are in the order of people: one pass lays them side by side.
    let mut obligations = mandatory.iter().copied().peekable();
    for person in 0..u32::try_from(n_people).unwrap_or(u32::MAX) {
        let mut row = person_cells(&facts.people, &facts.units, person);
        let before = row.len();
        row.resize(before + n_trainings, Cell::Nothing);
        while let Some((at, counted)) = obligations.next_if(|(at, _)| own.person[*at] == person) {
            if let Ok(place) = trainings.binary_search(&own.training[at]) {
                row[before + place] = Cell::StatusOn(counted.as_str(), told_on(own, at, counted));
            }
        }
        table.push(row);
    }
    Ok(table)
}

/// The day beside a status: when it was done, until when it was valid, or when it is due.
fn told_on(own: &ObligationColumns, at: usize, counted: Counted) -> Option<Day> {
    match counted {
        Counted::Met => own.completed_on[at],
        Counted::Expired => own.expires_on[at],
        Counted::Open | Counted::InGrace | Counted::Overdue => own.due_on[at],
        _ => None,
    }
}

/// Columns of departments with their figures.
pub(crate) fn department_columns() -> Vec<Column> {
    vec![
        Column::new("department", "Department", Kind::Text, 30),
        Column::new("code", "Code", Kind::Text, 12),
        Column::new("level", "Level", Kind::Integer, 8)
            .about("How many departments are above it; each counts with all below it"),
        Column::new("people", "People", Kind::Integer, 10),
        Column::new("in_scope", "In scope", Kind::Integer, 10)
            .about("People who have a mandatory obligation that counts"),
        Column::new("compliant_people_percent", "Compliant people %", Kind::Share, 12)
            .about("Of those in scope, the ones who have missed nothing"),
    ]
}

/// The cells of [`department_columns`].
pub(crate) fn department_cells(row: &ComplianceRow) -> Vec<Cell<'_>> {
    let figures = &row.figures;
    vec![
        Cell::Text(&row.name),
        row.code.as_deref().into(),
        Cell::Integer(whole(row.depth)),
        Cell::Integer(figures.people),
        Cell::Integer(figures.measured_people),
        Cell::Share { numerator: figures.compliant_people, denominator: figures.measured_people },
    ]
}

fn by_department(rows: &[ComplianceRow]) -> Table {
    let mut columns = department_columns();
    columns.extend(figure_columns());
    let mut table =
        Table::new("by_department", "By department", "There are no departments.", columns);
    for row in rows {
        let mut cells = department_cells(row);
        cells.extend(figure_cells(&row.figures));
        table.push(cells);
    }
    table
}

fn by_training(rows: &[ComplianceRow]) -> Table {
    let mut columns = training_columns();
    columns.push(
        Column::new("people", "People", Kind::Integer, 10)
            .about("People who have this obligation, and it counts"),
    );
    columns.extend(figure_columns());
    let mut table =
        Table::new("by_training", "By training", "There are no mandatory trainings.", columns);
    for row in rows {
        let mut cells = vec![
            row.code.as_deref().into(),
            Cell::Text(&row.name),
            Cell::Integer(row.figures.measured_people),
        ];
        cells.extend(figure_cells(&row.figures));
        table.push(cells);
    }
    table
}

/// The departments to compare: those of the first level on which there are several.
pub(crate) fn compared<'r>(rows: impl Iterator<Item = &'r ComplianceRow> + Clone) -> usize {
    let deepest = rows.clone().map(|row| row.depth).max().unwrap_or_default();
    let n_on =
        |level: usize| rows.clone().filter(|row| row.id.is_some() && row.depth == level).count();
    (0..=deepest).find(|level| n_on(*level) > 1).unwrap_or_default()
}

fn drawn(rows: &[ComplianceRow]) -> (Table, Chart) {
    let columns = [
        Column::new("department", "Department", Kind::Text, 30),
        Column::new("met", "Met", Kind::Integer, 10),
        Column::new("open", "Open", Kind::Integer, 10),
        Column::new("in_grace", "In grace", Kind::Integer, 10),
        Column::new("missed", "Missed", Kind::Integer, 10),
    ];
    let mut table = Table::new(
        "compliance_chart",
        "Obligations by department",
        "There are no departments.",
        columns,
    )
    .aside();
    let level = compared(rows.iter());
    for row in rows.iter().filter(|row| row.depth == level || row.id.is_none()) {
        let figures = &row.figures;
        if figures.measured + figures.open + figures.in_grace == 0 {
            continue;
        }
        table.push([
            Cell::Text(&row.name),
            Cell::Integer(figures.met),
            Cell::Integer(figures.open),
            Cell::Integer(figures.in_grace),
            Cell::Integer(figures.missed),
        ]);
    }
    let series = [
        Series::new(1).tone(Tone::Good),
        Series::new(2).tone(Tone::Open),
        Series::new(3).tone(Tone::Warn),
        Series::new(4).tone(Tone::Bad),
    ];
    let chart = Chart::new(
        ChartKind::StackedBar,
        "Obligations by department",
        "compliance_chart",
        0,
        series,
    )
    .axes("Obligations", "Department");
    (table, chart)
}
