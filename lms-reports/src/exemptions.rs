//! `exemptions`: who is excused from what, why, who approved it, and for how long.

use std::collections::HashSet;

use lms_core::{Actor, ExemptionFacts, Lms, Result};

use crate::asked::{
    Parts, day, days_until, document, person_cells, person_columns, query, reconciled,
    training_cells, training_columns, whole,
};
use crate::document::{Document, Fact, Figure, Value};
use crate::report::{Params, Report};
use crate::shape::crossed;
use crate::table::{Cell, Column, Kind, Table};

pub(crate) async fn run(lms: &Lms, actor: &Actor, params: &Params) -> Result<Document> {
    let facts = lms.analytics().exemptions(actor, query(params)?).await?;
    let (by_training, counted) = by_training(&facts)?;
    let notes =
        if facts.exemptions.is_empty() { vec!["Nobody is exempt.".into()] } else { Vec::new() };
    let provenance = vec![
        Fact::new(
            "Exemptions",
            "those that hold on the day; where a period was given, on any day of it. What was taken back \
             as a mistake is not in it",
        ),
        Fact::new("Compliance", "who is exempt is left out of every share: neither met nor missed"),
        Fact::new("Exemptions reconcile", reconciled(whole(facts.exemptions.len()), counted)),
    ];
    let parts = Parts {
        notes,
        figures: figures(&facts),
        charts: Vec::new(),
        tables: vec![list(&facts), by_training],
        population:
            "people who are active or on leave on that day, and whoever is named, as far as the \
                     one who asked may see them"
                .into(),
        period_from: None,
        provenance,
    };
    Ok(document(Report::Exemptions, &facts.origin, params, actor, parts))
}

fn figures(facts: &ExemptionFacts) -> Vec<Figure> {
    let own = &facts.exemptions;
    let people: HashSet<u32> = own.person.iter().copied().collect();
    let endless = own.until.iter().filter(|until| until.is_none()).count();
    let unapproved = own.approved_by.iter().filter(|by| by.is_none()).count();
    let as_of = facts.origin.as_of;
    let ends_soon = own
        .until
        .iter()
        .flatten()
        .filter(|until| (0..=30).contains(&days_until(as_of, **until)))
        .count();
    let figure = |key, label: &'static str, n: usize, meaning: &'static str| {
        Figure::new(key, label, Value::Count(whole(n)), meaning)
    };
    vec![
        figure("exemptions", "Exemptions", own.len(), "One person and one training each"),
        figure("people", "People", people.len(), "People who are exempt from something"),
        figure("endless", "Without an end", endless, "They hold until further notice"),
        figure("ends_30", "End within 30 days", ends_soon, "Their last day is near"),
        figure(
            "unapproved",
            "Nobody named as approver",
            unapproved,
            "Who approved it was not recorded",
        ),
    ]
}

/// Each exemption.
pub(crate) fn list(facts: &ExemptionFacts) -> Table {
    let mut columns = person_columns();
    columns.extend(training_columns());
    columns.extend([
        Column::new("from", "From", Kind::Day, 12),
        Column::new("until", "Until", Kind::Day, 12)
            .about("The last day; blank where it holds until further notice"),
        Column::new("status", "Status", Kind::Status, 12).about("Whether it holds on the day"),
        Column::new("reason", "Reason", Kind::Text, 40),
        Column::new("approved_by", "Approved by", Kind::Text, 24),
        Column::new("evidence", "Evidence", Kind::Text, 36),
    ]);
    let mut table = Table::new("exemptions", "Exemptions", "Nobody is exempt.", columns);
    let own = &facts.exemptions;
    for at in 0..own.len() {
        let mut row = person_cells(&facts.people, &facts.units, own.person[at]);
        row.extend(training_cells(&facts.trainings, own.training[at]));
        row.extend([
            Cell::Day(own.from[at]),
            day(own.until[at]),
            Cell::Text(if own.holds[at] { "active" } else { "ended" }),
            Cell::Text(&own.reason[at]),
            own.approved_by[at].as_deref().into(),
            own.evidence[at].as_deref().into(),
        ]);
        table.push(row);
    }
    table
}

fn by_training(facts: &ExemptionFacts) -> Result<(Table, i64)> {
    let own = &facts.exemptions;
    let endless: Vec<u32> = own.until.iter().map(|until| u32::from(until.is_none())).collect();
    let mut columns = training_columns();
    columns.extend([
        Column::new("exemptions", "Exemptions", Kind::Integer, 12),
        Column::new("endless", "Without an end", Kind::Integer, 14),
    ]);
    let mut table = Table::new("by_training", "By training", "Nobody is exempt.", columns);
    let mut n_all = 0;
    for (training, counts) in crossed(&own.training, &endless, 2)? {
        let n: i64 = counts.iter().sum();
        n_all += n;
        let mut row = training_cells(&facts.trainings, training);
        row.extend([Cell::Integer(n), Cell::Integer(counts[1])]);
        table.push(row);
    }
    Ok((table, n_all))
}
