//! `load`: what people have yet to learn, month by month and department by department, in hours and money.
//!
//! It is what is on the plan: what is open, and what comes round again. Nobody guesses who will be in time.

use std::collections::{BTreeMap, BTreeSet};

use lms_core::{Actor, Day, Lms, LoadFacts, LoadSum, Result, UnitColumns};

use crate::asked::{
    PRESENT, Parts, document, in_hours, query, reconciled, training_cells, training_columns, unit,
};
use crate::document::{Chart, ChartKind, Document, Fact, Figure, Series, Value};
use crate::report::{Params, Report};
use crate::table::{Cell, Column, Kind, Table};
use crate::words::Words;

/// So many departments are drawn one by one; the others are one area.
const AREAS_MAX: usize = 7;

pub(crate) async fn run(lms: &Lms, actor: &Actor, params: &Params) -> Result<Document> {
    let facts = lms.analytics().load(actor, query(params)?).await?;
    let currencies: BTreeSet<&str> = facts.total.costs.keys().map(String::as_str).collect();
    let notes = if facts.total.turns == 0 {
        vec![Words::with("Nothing is due until {}.", [facts.until.to_string()])]
    } else {
        Vec::new()
    };
    let (aside, charts) = drawn(&facts);
    let parts = Parts {
        notes,
        figures: figures(&facts),
        charts,
        tables: vec![
            by_department(&facts, &currencies),
            by_month(&facts, &currencies),
            by_training(&facts, &currencies),
            aside,
        ],
        population: PRESENT.into(),
        period_from: None,
        provenance: provenance(&facts),
    };
    Ok(document(Report::Load, &facts.origin, params, actor, parts))
}

fn provenance(facts: &LoadFacts) -> Vec<Fact> {
    let by_department = facts.cells.iter().map(|cell| cell.sum.turns).sum();
    vec![
        Fact::new(
            "What is to do",
            "what is open, by the month in which it is due, and what is done and comes round again, by the \
             month in which its cover ends; of that, the next turn only. What is past its due day stands in \
             the month of the report",
        ),
        Fact::new(
            "Not in it",
            "what is exempt or cancelled; what is expired and asked for by nobody; who is yet to be hired. \
             What waits for a seat or for somebody on leave, what is never due and what is due later stand \
             on the first sheet",
        ),
        Fact::new(
            "Horizon",
            Words::with(
                "from {} to {}, the end of the twelfth month; what ends later, or never, is not in it",
                [facts.origin.as_of.to_string(), facts.until.to_string()],
            ),
        ),
        Fact::new(
            "Hours",
            "what the newest version of the training says that it takes, or its modules together; what was \
             begun already counts whole",
        ),
        Fact::new(
            "Cost",
            "what the newest version of the training says that a seat costs, by currency; nothing is \
             converted",
        ),
        Fact::new("Turns reconcile", reconciled(by_department, facts.total.turns)),
    ]
}

fn figures(facts: &LoadFacts) -> Vec<Figure> {
    let total = &facts.total;
    let mut figures = vec![
        Figure::new(
            "hours",
            "Hours to come",
            Value::Decimal(Some(in_hours(total.minutes * 60))),
            Words::with(
                "Of what is due until {}; {} whose training does not say how long it takes are left out",
                [facts.until.to_string(), total.untimed.to_string()],
            ),
        ),
        Figure::new(
            "turns",
            "Trainings to do",
            Value::Count(total.turns),
            Words::with(
                "One for each person and training; {} of them are mandatory, {} are past their due day, {} \
                 come round again",
                [total.mandatory, total.past_due, total.renewals],
            ),
        ),
        Figure::new(
            "people",
            "People",
            Value::Count(total.people),
            Words::with(
                "People who have something to do by then, of {} who were asked about",
                [facts.people],
            ),
        ),
    ];
    for cost in facts.total.costs.values() {
        figures.push(Figure::new(
            "cost",
            Words::with("Cost in {}", [cost.currency.clone()]),
            Value::Money(cost.amount()),
            "What a seat costs, for each of them; where the training does not say it, nothing is added",
        ));
    }
    figures.extend([
        Figure::new(
            "undated",
            "Never due",
            Value::Count(facts.undated.turns),
            "Open without a due day; not in the months",
        ),
        Figure::new(
            "resting",
            "Waiting",
            Value::Count(facts.resting.turns),
            "For a seat, or for somebody to be back from leave; not in the months",
        ),
        Figure::new(
            "later",
            "Due later",
            Value::Count(facts.later.turns),
            Words::with("After {}; not in the months", [facts.until.to_string()]),
        ),
    ]);
    figures
}

fn sum_columns(currencies: &BTreeSet<&str>) -> Vec<Column> {
    let mut columns = vec![
        Column::new("people", "People", Kind::Integer, 10).about("Who have something to do"),
        Column::new("turns", "To do", Kind::Integer, 10)
            .about("Trainings to be done: one for each person and training"),
        Column::new("mandatory", "Mandatory", Kind::Integer, 12),
        Column::new("past_due", "Past due", Kind::Integer, 10)
            .about("Past the due day; they stand in the month of the report"),
        Column::new("renewals", "Renewals", Kind::Integer, 11)
            .about("Done, and due again in this month"),
        Column::new("hours", "Hours", Kind::Decimal, 11)
            .about("As far as trainings say how long they take"),
        Column::new("untimed", "Without a duration", Kind::Integer, 12)
            .about("Those whose training does not say how long it takes"),
    ];
    columns.extend(currencies.iter().map(|currency| {
        let title = Words::with("Cost in {}", [(*currency).to_owned()]);
        Column::new(format!("cost_{}", currency.to_lowercase()), title, Kind::Money, 14)
    }));
    columns
}

fn sum_cells(sum: &LoadSum, currencies: &BTreeSet<&str>) -> Vec<Cell<'static>> {
    let mut cells = vec![
        Cell::Integer(sum.people),
        Cell::Integer(sum.turns),
        Cell::Integer(sum.mandatory),
        Cell::Integer(sum.past_due),
        Cell::Integer(sum.renewals),
        Cell::Decimal(in_hours(sum.minutes * 60)),
        Cell::Integer(sum.untimed),
    ];
    cells.extend(currencies.iter().map(|currency| {
        sum.costs.get(*currency).map_or(Cell::Nothing, |cost| Cell::Decimal(cost.amount()))
    }));
    cells
}

const NOTHING_DUE: &str = "Nothing is due in this time.";

fn by_department(facts: &LoadFacts, currencies: &BTreeSet<&str>) -> Table {
    let mut columns = vec![
        Column::new("month", "Month", Kind::Month, 12),
        Column::new("department", "Department", Kind::Text, 30)
            .about("In the department itself, without those below it"),
    ];
    columns.extend(sum_columns(currencies));
    let mut table = Table::new("load", "By department", NOTHING_DUE, columns);
    for cell in &facts.cells {
        let mut row = vec![Cell::Day(cell.month), unit(&facts.units, cell.department)];
        row.extend(sum_cells(&cell.sum, currencies));
        table.push(row);
    }
    table
}

fn by_month(facts: &LoadFacts, currencies: &BTreeSet<&str>) -> Table {
    let mut columns = vec![Column::new("month", "Month", Kind::Month, 12)];
    columns.extend(sum_columns(currencies));
    let mut table = Table::new("by_month", "By month", NOTHING_DUE, columns);
    for (month, sum) in &facts.months {
        let mut row = vec![Cell::Day(*month)];
        row.extend(sum_cells(sum, currencies));
        table.push(row);
    }
    table
}

fn by_training(facts: &LoadFacts, currencies: &BTreeSet<&str>) -> Table {
    let mut columns = training_columns();
    columns.extend(sum_columns(currencies));
    let mut table = Table::new("by_training", "By training", NOTHING_DUE, columns);
    for (training, sum) in &facts.by_training {
        let mut row = training_cells(&facts.trainings, *training);
        row.extend(sum_cells(sum, currencies));
        table.push(row);
    }
    table
}

/// Hours by month, an area for each department of the first level on which there are several.
fn drawn(facts: &LoadFacts) -> (Table, Vec<Chart>) {
    let areas = areas(facts);
    let mut hours: BTreeMap<(Day, usize), i64> = BTreeMap::new();
    for cell in &facts.cells {
        let area = areas.of_department(cell.department);
        *hours.entry((cell.month, area)).or_default() += cell.sum.minutes;
    }
    let mut columns = vec![Column::new("month", "Month", Kind::Month, 12)];
    columns.extend((1..).zip(&areas.titles).map(|(number, title)| {
        Column::new(format!("area_{number}"), title.clone(), Kind::Decimal, 16)
    }));
    let title = "Hours by month and department";
    let mut table = Table::new("load_chart", title, NOTHING_DUE, columns).aside();
    for (month, _) in facts.months.iter().filter(|_| !areas.titles.is_empty()) {
        let hours = (0..areas.titles.len()).map(|area| {
            let minutes = hours.get(&(*month, area)).copied().unwrap_or_default();
            Cell::Decimal(in_hours(minutes * 60))
        });
        table.push(std::iter::once(Cell::Day(*month)).chain(hours));
    }
    let series: Vec<Series> = (1..=areas.titles.len()).map(Series::new).collect();
    let chart = Chart::new(ChartKind::Area, title, "load_chart", 0, series).axes("Month", "Hours");
    (table, vec![chart])
}

/// Which department belongs to which area of the chart.
struct Areas {
    titles: Vec<Words>,
    /// The area of each unit that has one of its own; by its place among the units.
    own: BTreeMap<u32, usize>,
    /// Of each unit, the one that stands for it.
    tops: Vec<Option<u32>>,
}

impl Areas {
    fn of_department(&self, department: Option<u32>) -> usize {
        let top = department.and_then(|place| self.tops[place as usize]);
        // Whoever has no area of their own is in the last.
        let last = self.titles.len().saturating_sub(1);
        top.and_then(|top| self.own.get(&top).copied()).unwrap_or(last)
    }
}

fn areas(facts: &LoadFacts) -> Areas {
    let level = (0..).take(8).find(|level| {
        let tops = tops(&facts.units, *level);
        let used = facts.cells.iter().filter_map(|cell| tops[cell.department? as usize]);
        used.collect::<BTreeSet<u32>>().len() > 1
    });
    let tops = tops(&facts.units, level.unwrap_or(0));
    let mut minutes: BTreeMap<Option<u32>, i64> = BTreeMap::new();
    for cell in &facts.cells {
        let top = cell.department.and_then(|place| tops[place as usize]);
        *minutes.entry(top).or_default() += cell.sum.minutes;
    }
    let mut largest: Vec<(i64, u32)> =
        minutes.iter().filter_map(|(top, minutes)| Some((*minutes, (*top)?))).collect();
    largest.sort_unstable_by_key(|(minutes, top)| (-minutes, *top));
    let is_all = largest.len() <= AREAS_MAX && !minutes.contains_key(&None);
    largest.truncate(AREAS_MAX);
    let title = |(_, top): &(i64, u32)| Words::from(facts.units.name[*top as usize].clone());
    let mut titles: Vec<Words> = largest.iter().map(title).collect();
    if !is_all {
        titles.push("Other".into());
    }
    let own = largest.into_iter().map(|(_, top)| top).zip(0..).collect();
    Areas { titles, own, tops }
}

/// Of each department, the one above it on a level; itself where it stands higher. Departments are a tree,
/// each before those below it.
fn tops(units: &UnitColumns, level: u32) -> Vec<Option<u32>> {
    let mut above = None;
    (0..)
        .zip(&units.depth)
        .zip(&units.kind)
        .map(|((place, depth), kind)| {
            if *kind != lms_core::UnitKind::Department {
                return None;
            }
            if *depth <= level {
                above = Some(place);
            }
            above
        })
        .collect()
}
