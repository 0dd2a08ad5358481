//! `expiring`: what runs out in 30, 60 and 90 days, and in the twelve months ahead.

use lms_core::{Actor, Day, Lms, ObligationFacts, Result};

use crate::asked::{
    PRESENT, Parts, day, document, person_cells, person_columns, query, reconciled, training_cells,
    training_columns, whole,
};
use crate::document::{Chart, ChartKind, Document, Fact, Figure, Series, Value};
use crate::report::{Params, Report};
use crate::shape::{SortKey, crossed, ordered};
use crate::table::{Cell, Column, Kind, Table};
use crate::tone::Tone;
use crate::words::Words;

const MONTHS: i32 = 12;

pub(crate) async fn run(lms: &Lms, actor: &Actor, params: &Params) -> Result<Document> {
    let facts = lms.analytics().obligations(actor, query(params)?).await?;
    let as_of = facts.origin.as_of;
    let months = months(as_of);
    let ends = last_day(&months);
    let expiring = Expiring::of(&facts, ends);
    let list = list(&facts, &expiring)?;
    let (by_month, n_by_month) = by_month(&facts, &expiring, &months)?;
    let notes = if expiring.places.is_empty() {
        vec![Words::with("Nothing runs out until {}.", [ends.to_string()])]
    } else {
        Vec::new()
    };
    let series = [Series::new(1).tone(Tone::Bad), Series::new(2).tone(Tone::Muted)];
    let chart = Chart::new(
        ChartKind::StackedColumn,
        "Completions that run out, by month",
        "by_month",
        0,
        series,
    )
    .axes("Month", "Completions");
    let provenance = vec![
        Fact::new(
            "Runs out",
            "a completion that is valid on the day and has a last day on which it is; what is exempt, or \
             what nobody wants any more, is not in it",
        ),
        Fact::new(
            "Horizon",
            Words::with(
                "from {} to {}, the end of the twelfth month; what ends later, or never, is not in it",
                [as_of.to_string(), ends.to_string()],
            ),
        ),
        Fact::new(
            "Renewal opens",
            "from then on it can be done again ahead of time; blank where nothing asks for it again",
        ),
        Fact::new("Completions reconcile", reconciled(whole(expiring.places.len()), n_by_month)),
    ];
    let parts = Parts {
        notes,
        figures: figures(&facts, &expiring),
        charts: vec![chart],
        tables: vec![list, by_month],
        population: PRESENT.into(),
        period_from: None,
        provenance,
    };
    Ok(document(Report::Expiring, &facts.origin, params, actor, parts))
}

/// The first days of the month of the day and of those that follow.
fn months(as_of: Day) -> Vec<Day> {
    let first = Day::new(as_of.inner().first_of_month());
    (0..=MONTHS).map(|n| lms_core::engine::plus_months(first, n)).collect()
}

/// The last day of the last month.
fn last_day(months: &[Day]) -> Day {
    months
        .last()
        .map_or(Day::new(jiff::civil::Date::MAX), |last| Day::new(last.inner().last_of_month()))
}

/// What runs out within the horizon: the places of the obligations, with their last days.
struct Expiring {
    places: Vec<(usize, Day)>,
    days_left: Vec<i64>,
}

impl Expiring {
    fn of(facts: &ObligationFacts, ends: Day) -> Self {
        let own = &facts.obligations;
        let (mut places, mut days) = (Vec::new(), Vec::new());
        for at in 0..own.len() {
            let (Some(left), Some(expires_on)) = (own.days_left[at], own.expires_on[at]) else {
                continue;
            };
            if expires_on <= ends {
                places.push((at, expires_on));
                days.push(i64::from(left));
            }
        }
        Self { places, days_left: days }
    }
}

fn figures(facts: &ObligationFacts, expiring: &Expiring) -> Vec<Figure> {
    let within = |days: i64| whole(expiring.days_left.iter().filter(|left| **left <= days).count());
    let figure = |key, label: &'static str, days| {
        Figure::new(
            key,
            label,
            Value::Count(within(days)),
            Words::with("Valid on the day, and for no more than {} further days", [days]),
        )
    };
    let mut people: Vec<u32> =
        expiring.places.iter().map(|(at, _)| facts.obligations.person[*at]).collect();
    people.dedup();
    vec![
        figure("expiring_30", "Within 30 days", 30),
        figure("expiring_60", "Within 60 days", 60),
        figure("expiring_90", "Within 90 days", 90),
        Figure::new(
            "expiring",
            "Within twelve months",
            Value::Count(whole(expiring.places.len())),
            "Valid on the day, and not beyond the twelfth month after it",
        ),
        Figure::new(
            "people",
            "People",
            Value::Count(whole(people.len())),
            "People who have something that runs out within twelve months",
        ),
    ]
}

fn list(facts: &ObligationFacts, expiring: &Expiring) -> Result<Table> {
    let mut columns = person_columns();
    columns.push(Column::new("manager", "Manager", Kind::Text, 24));
    columns.extend(training_columns());
    columns.extend([
        Column::new("kind", "Kind", Kind::Text, 14),
        Column::new("completed_on", "Completed", Kind::Day, 12),
        Column::new("expires_on", "Valid until", Kind::Day, 12),
        Column::new("days_left", "Days left", Kind::Integer, 10),
        Column::new("window_on", "Renewal opens", Kind::Day, 14)
            .about("From then on it can be done again; blank where nothing asks for it again"),
        Column::new("status", "Next turn", Kind::Status, 16)
            .about("Where the person stands with it on the day"),
        Column::new("due_on", "Next due", Kind::Day, 12)
            .about("Where the next turn is open already: its last day in time"),
    ]);
    let mut table = Table::new("expiring", "Expiring", "Nothing runs out in this time.", columns);
    let own = &facts.obligations;
    let keys = vec![
        SortKey::Number(expiring.days_left.clone()),
        SortKey::Number(expiring.places.iter().map(|(at, _)| i64::from(own.person[*at])).collect()),
    ];
    for place in ordered(expiring.places.len(), keys)? {
        let (at, expires_on) = expiring.places[place];
        let person = own.person[at];
        // The latest turn is the one that covers, unless the next is open.
        let is_open = !own.status[at].as_str().starts_with("completed");
        let mut row = person_cells(&facts.people, &facts.units, person);
        row.push(facts.people.manager_name[person as usize].as_deref().into());
        row.extend(training_cells(&facts.trainings, own.training[at]));
        row.extend([
            Cell::Text(own.kind[at].as_str()),
            day(own.completed_on[at]),
            Cell::Day(expires_on),
            Cell::Integer(expiring.days_left[place]),
            day(own.window_on[at]),
            is_open.then_some(own.status[at].as_str()).into(),
            day(own.due_on[at].filter(|_| is_open)),
        ]);
        table.push(row);
    }
    Ok(table)
}

/// How many end in each month, the mandatory ones apart, and how many that are.
fn by_month(facts: &ObligationFacts, expiring: &Expiring, months: &[Day]) -> Result<(Table, i64)> {
    let own = &facts.obligations;
    let month = |expires_on: Day| {
        let at = months.partition_point(|first| *first <= expires_on);
        u32::try_from(at.saturating_sub(1)).unwrap_or_default()
    };
    let rows: Vec<u32> = expiring.places.iter().map(|(_, on)| month(*on)).collect();
    let kind = |(at, _): &(usize, Day)| u32::from(own.counted[*at].is_none());
    let kinds: Vec<u32> = expiring.places.iter().map(kind).collect();
    let crossed = crossed(&rows, &kinds, 2)?;
    let columns = [
        Column::new("month", "Month", Kind::Month, 12),
        Column::new("mandatory", "Mandatory", Kind::Integer, 12),
        Column::new("other", "Other", Kind::Integer, 12).about("Recommended or optional"),
    ];
    let mut table = Table::new("by_month", "By month", "Nothing runs out in this time.", columns);
    let mut n_all = 0;
    for (number, first) in (0..).zip(months) {
        let none = vec![0, 0];
        let counts = crossed.get(&number).unwrap_or(&none);
        n_all += counts.iter().sum::<i64>();
        table.push([Cell::Day(*first), Cell::Integer(counts[0]), Cell::Integer(counts[1])]);
    }
    Ok((table, n_all))
}
