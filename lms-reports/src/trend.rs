//! `trend`: how compliance developed, month by month.

use lms_core::{Actor, Lms, Result, Trend};

use crate::asked::{
    Parts, compliance_figures, definitions, document, figure_cells, figure_columns, query,
};
use crate::document::{Chart, ChartKind, Document, Fact, Figure, Series, Value};
use crate::report::{Params, Report};
use crate::table::{Cell, Column, Kind, Table};
use crate::words::Words;

pub(crate) async fn run(lms: &Lms, actor: &Actor, params: &Params) -> Result<Document> {
    let trend = lms.analytics().trend(actor, query(params)?).await?;
    let mut provenance = definitions();
    provenance.push(Fact::new(
        "Assigned and completed",
        "mandatory obligations of those who are in the report on its last day, by the day on which they \
         were assigned or completed",
    ));
    provenance.push(Fact::new(
        "At the end",
        "everything else is as of the last day of the month, with the people and departments of that day",
    ));
    provenance.push(Fact::new(
        "Met % then",
        "as the last nightly pass of the month counted it, by what was known then: what was recorded late \
         shows as the difference; nothing where it did not run, and none where not everybody is asked about",
    ));
    let chart = Chart::new(
        ChartKind::LineOverColumns,
        "Assigned and completed in the month, and met at its end",
        "months",
        0,
        [Series::new(3), Series::new(2), Series::new(7)],
    )
    .axes("Month", "Obligations");
    let is_empty = trend.months.iter().all(|month| month.figures.people == 0);
    let notes = if is_empty {
        vec!["Nobody was found: there is nothing to count.".into()]
    } else {
        Vec::new()
    };
    let parts = Parts {
        notes,
        figures: figures(&trend),
        charts: vec![chart],
        tables: vec![months(&trend)],
        population:
            "people who are active or on leave at the end of each month, as far as the one who \
                     asked may see them; or the audience, where one was given"
                .into(),
        period_from: trend.months.first().map(|month| month.from),
        provenance,
    };
    Ok(document(Report::Trend, &trend.origin, params, actor, parts))
}

fn figures(trend: &Trend) -> Vec<Figure> {
    let Some(last) = trend.months.last() else { return Vec::new() };
    let mut figures = compliance_figures(&last.figures);
    let sum = |part: fn(&lms_core::TrendMonth) -> i64| trend.months.iter().map(part).sum::<i64>();
    let (completed, on_time) = (sum(|one| one.completed), sum(|one| one.on_time));
    figures.push(Figure::new(
        "completed",
        "Completed in the period",
        Value::Count(completed),
        "Mandatory obligations that were completed in these months",
    ));
    figures.push(Figure::new(
        "on_time",
        "Completed on time",
        Value::Share { numerator: on_time, denominator: completed },
        Words::with(
            "{} completed on the due day or before, or without one, of {} completed in the period",
            [on_time, completed],
        ),
    ));
    figures
}

fn months(trend: &Trend) -> Table {
    let mut columns = vec![
        Column::new("month", "Month", Kind::Month, 12),
        Column::new("until", "Up to", Kind::Day, 12),
        Column::new("assigned", "Assigned", Kind::Integer, 10).about("In the month"),
        Column::new("completed", "Completed", Kind::Integer, 11).about("In the month"),
        Column::new("on_time", "On time", Kind::Integer, 10)
            .about("Completed on the due day or before, or without one"),
        Column::new("late", "Late", Kind::Integer, 10).about("Completed after the due day"),
        Column::new("people", "People", Kind::Integer, 10).about("At the end of the month"),
    ];
    columns.extend(figure_columns());
    columns.push(
        Column::new("met_percent_then", "Met % then", Kind::Share, 11)
            .about("As it was told then, on the last night of the month"),
    );
    let mut table = Table::new("months", "By month", "There are no months.", columns);
    for month in &trend.months {
        let mut row = vec![
            Cell::Day(month.from),
            Cell::Day(month.until),
            Cell::Integer(month.assigned),
            Cell::Integer(month.completed),
            Cell::Integer(month.on_time),
            Cell::Integer(month.completed - month.on_time),
            Cell::Integer(month.figures.people),
        ];
        row.extend(figure_cells(&month.figures));
        row.push(month.then.as_ref().map_or(Cell::Nothing, |then| Cell::Share {
            numerator: then.figures.met,
            denominator: then.figures.measured,
        }));
        table.push(row);
    }
    table
}
