//! `activity`: what happened to people's learning in a period: who, what, when, and by whom.

use std::collections::{BTreeMap, HashSet};

use lms_core::{ActivityFacts, ActivityKind, Actor, Day, Lms, Result};

use crate::asked::{
    Parts, day, document, person_cells, person_columns, query, reconciled, training_cells,
    training_columns, whole,
};
use crate::document::{Chart, ChartKind, Document, Fact, Figure, Series, Value};
use crate::report::{Params, Report};
use crate::table::{Cell, Column, Kind, Table};
use crate::tone::Tone;
use crate::words::Words;

pub(crate) async fn run(lms: &Lms, actor: &Actor, params: &Params) -> Result<Document> {
    let facts = lms.analytics().activity(actor, query(params)?).await?;
    let by_kind = by_kind(&facts);
    let counted = by_kind.values().sum();
    let notes =
        if facts.activity.is_empty() { vec!["Nothing happened.".into()] } else { Vec::new() };
    let period = [facts.from.to_string(), facts.origin.as_of.to_string()];
    let provenance = vec![
        Fact::new(
            "Activity",
            Words::with(
                "what was recorded from {} to {}, both included, whatever day it is about; what was \
                 recorded and taken back is there twice",
                period,
            ),
        ),
        Fact::new(
            "Due, done or until",
            "of what was assigned the due day, of what was done the day on which it was, of what was \
             extended the new due day, of exemptions their first day",
        ),
        Fact::new(
            "By whom",
            "of the operation that did it; blank where none was recorded, such as at the end of the time of \
             a quiz. What rules do, they do in the operation that they follow from, or in the nightly pass",
        ),
        Fact::new("Activity reconciles", reconciled(whole(facts.activity.len()), counted)),
    ];
    let days = by_day(&facts);
    let chart = Chart::new(
        ChartKind::StackedColumn,
        "What happened, day by day",
        "by_day",
        0,
        [
            Series::new(1).tone(Tone::Open),
            Series::new(2).tone(Tone::Good),
            Series::new(3).tone(Tone::Muted),
        ],
    )
    .axes("Day", "Happened");
    let parts = Parts {
        notes,
        figures: figures(&facts, &by_kind),
        charts: vec![chart],
        tables: vec![list(&facts), kinds(&by_kind), days],
        population:
            "people of every status whose trainings the one who asked may see; or the audience, where \
             one was given"
                .into(),
        period_from: Some(facts.from),
        provenance,
    };
    Ok(document(Report::Activity, &facts.origin, params, actor, parts))
}

fn by_kind(facts: &ActivityFacts) -> BTreeMap<ActivityKind, i64> {
    let mut counts = BTreeMap::new();
    for kind in &facts.activity.kind {
        *counts.entry(*kind).or_default() += 1;
    }
    counts
}

fn figures(facts: &ActivityFacts, by_kind: &BTreeMap<ActivityKind, i64>) -> Vec<Figure> {
    let own = &facts.activity;
    let people: HashSet<u32> = own.person.iter().copied().collect();
    let of = |kinds: &[ActivityKind]| {
        Value::Count(kinds.iter().filter_map(|kind| by_kind.get(kind)).sum())
    };
    vec![
        Figure::new(
            "activity",
            "What happened",
            Value::Count(whole(own.len())),
            "Each of it has a row in the list",
        ),
        Figure::new(
            "people",
            "People",
            Value::Count(whole(people.len())),
            "To whose learning something happened",
        ),
        Figure::new(
            "assigned",
            "Assigned",
            of(&[ActivityKind::Assigned]),
            "Trainings that were assigned to somebody, or in which they enrolled",
        ),
        Figure::new(
            "completed",
            "Completed",
            of(&[ActivityKind::Completed]),
            "Completions that were recorded",
        ),
        Figure::new(
            "exempted",
            "Exempted",
            of(&[ActivityKind::Exempted]),
            "Exemptions that were recorded",
        ),
        Figure::new(
            "taken_back",
            "Taken back",
            of(&[ActivityKind::Revoked, ActivityKind::Undone, ActivityKind::Withdrawn]),
            "Completions that were revoked, assignments that nobody wants any more, and what was undone as \
             a mistake",
        ),
    ]
}

fn list(facts: &ActivityFacts) -> Table {
    let mut columns = vec![Column::new("recorded_at", "Recorded at", Kind::Instant, 20)];
    columns.extend(person_columns());
    columns.extend(training_columns());
    columns.extend([
        Column::new("what", "What happened", Kind::Status, 18),
        Column::new("on", "Due, done or until", Kind::Day, 12),
        Column::new("detail", "Detail", Kind::Text, 26)
            .about("Of assignments their kind, of completions who says so, of quizzes the code"),
        Column::new("actor", "By whom", Kind::Text, 24),
        Column::new("origin", "Through", Kind::Text, 10),
        Column::new("operation", "Operation", Kind::Text, 26),
        Column::new("entry", "Entry", Kind::Integer, 9).about("Of the audit log"),
    ]);
    let mut table = Table::new("activity", "Activity", "Nothing happened.", columns);
    let own = &facts.activity;
    for at in 0..own.len() {
        let operation = own.operation[at].map(|place| &facts.operations[place as usize]);
        let mut row = vec![Cell::Instant(own.recorded_at[at])];
        row.extend(person_cells(&facts.people, &facts.units, own.person[at]));
        row.extend(training_cells(&facts.trainings, own.training[at]));
        row.extend([
            Cell::Text(own.kind[at].as_str()),
            day(own.on[at]),
            own.detail[at].as_deref().into(),
            operation.map(|one| one.actor.as_str()).into(),
            operation.map(|one| one.origin.as_str()).into(),
            operation.map(|one| one.kind.as_str()).into(),
            operation.map(|one| one.seq).into(),
        ]);
        table.push(row);
    }
    table
}

fn kinds(by_kind: &BTreeMap<ActivityKind, i64>) -> Table {
    let columns = [
        Column::new("what", "What happened", Kind::Status, 20),
        Column::new("count", "Count", Kind::Integer, 10),
    ];
    let mut table = Table::new("by_kind", "By kind", "Nothing happened.", columns);
    for (kind, count) in by_kind {
        table.push([Cell::Text(kind.as_str()), Cell::Integer(*count)]);
    }
    table
}

/// Every day of the period, also a quiet one.
fn by_day(facts: &ActivityFacts) -> Table {
    let columns = [
        Column::new("day", "Day", Kind::Day, 12),
        Column::new("assigned", "Assigned", Kind::Integer, 10),
        Column::new("completed", "Completed", Kind::Integer, 10),
        Column::new("other", "Other", Kind::Integer, 10),
    ];
    let mut table = Table::new("by_day", "By day", "Nothing happened.", columns).aside();
    let zone = facts.origin.timezone.zone();
    let mut counts: BTreeMap<Day, [i64; 3]> = BTreeMap::new();
    for (kind, at) in facts.activity.kind.iter().zip(&facts.activity.recorded_at) {
        let place = match kind {
            ActivityKind::Assigned => 0,
            ActivityKind::Completed => 1,
            _ => 2,
        };
        counts.entry(at.day_in(&zone)).or_default()[place] += 1;
    }
    let mut on = facts.from;
    while on <= facts.origin.as_of {
        let [assigned, completed, other] = counts.get(&on).copied().unwrap_or_default();
        table.push([
            Cell::Day(on),
            Cell::Integer(assigned),
            Cell::Integer(completed),
            Cell::Integer(other),
        ]);
        on = on.next();
    }
    table
}
