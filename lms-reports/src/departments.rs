//! `departments`: how departments do, beside each other and compared with before.

use lms_core::{Actor, ComplianceFigures, Day, DepartmentScore, Lms, Result, Scorecard};

use crate::asked::{
    PRESENT, Parts, definitions, document, figure_cells, figure_columns, query, tenths,
};
use crate::compliance::{compared, department_cells, department_columns};
use crate::document::{Chart, ChartKind, Document, Fact, Figure, Series, Value};
use crate::report::{Params, Report};
use crate::table::{Cell, Column, Kind, Table};
use crate::tone::Tone;
use crate::words::Words;

pub(crate) async fn run(lms: &Lms, actor: &Actor, params: &Params) -> Result<Document> {
    let card = lms.analytics().scorecard(actor, query(params)?).await?;
    let mut provenance = definitions();
    provenance.extend(defined(&card));
    let notes = if card.total.row.figures.people == 0 {
        vec!["Nobody was found: there is nothing to count.".into()]
    } else {
        Vec::new()
    };
    provenance.push(Fact::new(
        "Months before",
        "as the last nightly pass of each month counted it, by what was known then, with the people and \
         departments of that day; nothing where it did not run, and none where not everybody is asked \
         about",
    ));
    let (aside, charts) = drawn(&card);
    let mut tables = vec![scorecard(&card)];
    tables.extend(by_month(&card));
    tables.push(aside);
    let parts = Parts {
        notes,
        figures: figures(&card),
        charts,
        tables,
        population: PRESENT.into(),
        period_from: Some(card.from),
        provenance,
    };
    Ok(document(Report::Departments, &card.origin, params, actor, parts))
}

fn defined(card: &Scorecard) -> Vec<Fact> {
    let period = [card.from.to_string(), card.origin.as_of.to_string()];
    vec![
        Fact::new(
            "Ending soon",
            "mandatory obligations that are met on the day and whose completion is valid for no more \
             than 30, 60 or 90 further days; those within 30 days are also within 60 and 90",
        ),
        Fact::new(
            "Days to complete",
            Words::with(
                "from the day on which people began to the day on which they were done, on average, \
                 rounded down to tenths; of what was completed from {} to {} after it was begun",
                period,
            ),
        ),
        Fact::new(
            "Change",
            Words::with(
                "points of percent by which Met % is more or less than on {}, by the organisation of \
                 that day",
                [card.compared_with.to_string()],
            ),
        ),
        Fact::new(
            "Rank",
            "by Met %, the largest first, among all departments in which there is something to measure; \
             equal shares have the same rank",
        ),
    ]
}

fn figures(card: &Scorecard) -> Vec<Figure> {
    let total = &card.total;
    let mut figures = crate::asked::compliance_figures(&total.row.figures);
    let before = total.before.as_ref();
    figures.push(Figure::new(
        "met_percent_before",
        "Obligations met before",
        Value::Share {
            numerator: before.map_or(0, |before| before.met),
            denominator: before.map_or(0, |before| before.measured),
        },
        Words::with(
            "The same share on {}, the day before the period",
            [card.compared_with.to_string()],
        ),
    ));
    figures.push(Figure::new(
        "expiring_90",
        "Ending within 90 days",
        Value::Count(total.expiring_90),
        Words::with(
            "Obligations that are met, and whose completion ends within 90 days; {} of them within 30, {} \
             within 60",
            [total.expiring_30, total.expiring_60],
        ),
    ));
    figures.push(Figure::new(
        "average_days",
        "Days to complete",
        Value::Decimal(total.average_days.map(|days| tenths(days.count()))),
        Words::with(
            "On average, of {} that were completed in the period after they were begun",
            [total.timed],
        ),
    ));
    figures
}

fn scorecard(card: &Scorecard) -> Table {
    let mut columns = department_columns();
    columns.extend(figure_columns());
    columns.extend([
        Column::new("change", "Change", Kind::Change, 10)
            .about("Points of percent of Met % more or less than on the day before the period"),
        Column::new("rank", "Rank", Kind::Integer, 8).about("By Met %, the largest first"),
        Column::new("expiring_30", "Ends in 30 days", Kind::Integer, 10)
            .about("Met, and the completion is valid for no more than 30 further days"),
        Column::new("expiring_60", "Ends in 60 days", Kind::Integer, 10),
        Column::new("expiring_90", "Ends in 90 days", Kind::Integer, 10),
        Column::new("average_days", "Days to complete", Kind::Decimal, 11)
            .about("From begun to done, on average, in the period"),
    ]);
    let mut table = Table::new("departments", "Departments", "There are no departments.", columns);
    for score in &card.departments {
        table.push(cells(score));
    }
    match card.months.len() {
        0 => table,
        n_before => table.with_lines("Met % by month", "by_month", MET_PERCENT, n_before + 1),
    }
}

/// The column of [`by_month`] through which lines are drawn.
const MET_PERCENT: usize = 3;

/// How departments stood at the ends of the months before, and how they stand now; nothing where no month was
/// kept.
fn by_month(card: &Scorecard) -> Option<Table> {
    if card.months.is_empty() {
        return None;
    }
    let columns = [
        Column::new("department", "Department", Kind::Text, 34),
        Column::new("month", "Month", Kind::Month, 12),
        Column::new("day", "Day", Kind::Day, 12).about("The last night of the month that was kept"),
        Column::new("met_percent", "Met %", Kind::Share, 10)
            .about("Met, of those that are met or missed"),
        Column::new("met", "Met", Kind::Integer, 10),
        Column::new("missed", "Missed", Kind::Integer, 10).about("Overdue and expired"),
        Column::new("people", "People", Kind::Integer, 10),
    ];
    let mut table = Table::new("by_month", "By month", "There are no months.", columns);
    for score in &card.departments {
        let days = card.months.iter().copied().chain([card.origin.as_of]);
        let past = score.past.iter().map(Option::as_ref).chain([Some(&score.row.figures)]);
        for (day, figures) in days.zip(past) {
            let count = |of: fn(&ComplianceFigures) -> i64| Cell::from(figures.map(of));
            table.push([
                Cell::Text(&score.row.name),
                Cell::Day(Day::new(day.inner().first_of_month())),
                Cell::Day(day),
                figures.map_or(Cell::Nothing, |figures| Cell::Share {
                    numerator: figures.met,
                    denominator: figures.measured,
                }),
                count(|figures| figures.met),
                count(|figures| figures.missed),
                count(|figures| figures.people),
            ]);
        }
    }
    Some(table.grouped_by(1))
}

fn cells(score: &DepartmentScore) -> Vec<Cell<'_>> {
    let mut cells = department_cells(&score.row);
    cells.extend(figure_cells(&score.row.figures));
    let decimal = |count: Option<i64>| count.map_or(Cell::Nothing, |n| Cell::Decimal(tenths(n)));
    cells.extend([
        decimal(score.change_tenths.map(i64::from)),
        score.rank.into(),
        Cell::Integer(score.expiring_30),
        Cell::Integer(score.expiring_60),
        Cell::Integer(score.expiring_90),
        decimal(score.average_days.map(lms_core::Tenths::count)),
    ]);
    cells
}

/// The departments of the first level on which there are several.
fn drawn(card: &Scorecard) -> (Table, Vec<Chart>) {
    let columns = [
        Column::new("department", "Department", Kind::Text, 30),
        Column::new("met_percent", "Met %", Kind::Share, 10),
        Column::new("compliant_people_percent", "Compliant people %", Kind::Share, 12),
        Column::new("expiring_90", "Ends in 90 days", Kind::Integer, 10),
        Column::new("missed", "Missed", Kind::Integer, 10),
    ];
    let title = "Departments beside each other";
    let mut table =
        Table::new("departments_chart", title, "There are no departments.", columns).aside();
    let rows = card.departments.iter().map(|score| &score.row);
    let level = compared(rows);
    for score in card.departments.iter().filter(|one| one.row.depth == level) {
        let figures = &score.row.figures;
        if score.row.id.is_none() || figures.measured == 0 {
            continue;
        }
        table.push([
            Cell::Text(&score.row.name),
            Cell::Share { numerator: figures.met, denominator: figures.measured },
            Cell::Share {
                numerator: figures.compliant_people,
                denominator: figures.measured_people,
            },
            Cell::Integer(score.expiring_90),
            Cell::Integer(figures.missed),
        ]);
    }
    let shares = [Series::new(1).tone(Tone::Good), Series::new(2).tone(Tone::Open)];
    let work = [Series::new(4).tone(Tone::Bad), Series::new(3).tone(Tone::Warn)];
    let charts = vec![
        Chart::new(ChartKind::Bar, "Compliance by department", "departments_chart", 0, shares)
            .axes("Percent", "Department"),
        Chart::new(
            ChartKind::StackedBar,
            "Missed, and ending within 90 days",
            "departments_chart",
            0,
            work,
        )
        .axes("Obligations", "Department"),
    ];
    (table, charts)
}
