//! `people`: who is there, where, and to whom they report.

use std::collections::BTreeMap;

use lms_core::{Actor, Lms, PeopleFacts, PersonStatus, Result};

use crate::asked::{Parts, day, document, query, reconciled, unit, whole};
use crate::document::{Document, Fact, Figure, Value};
use crate::report::{Params, Report};
use crate::table::{Cell, Column, Kind, Table};

pub(crate) async fn run(lms: &Lms, actor: &Actor, params: &Params) -> Result<Document> {
    let facts = lms.analytics().people(actor, query(params)?).await?;
    let by_department = by_department(&facts);
    let counted: i64 = counts(&facts).values().sum();
    let notes = if facts.people.is_empty() { vec!["Nobody was found.".into()] } else { Vec::new() };
    let parts = Parts {
        notes,
        figures: figures(&facts),
        charts: Vec::new(),
        tables: vec![list(&facts), by_department],
        population:
            "people who are active or on leave on that day, and whoever is named, as far as the \
                     one who asked may see them"
                .into(),
        period_from: None,
        provenance: vec![Fact::new(
            "People reconcile",
            reconciled(whole(facts.people.len()), counted),
        )],
    };
    Ok(document(Report::People, &facts.origin, params, actor, parts))
}

fn figures(facts: &PeopleFacts) -> Vec<Figure> {
    let count = |status: PersonStatus| {
        whole(facts.people.status.iter().filter(|one| **one == status).count())
    };
    let figure = |key, label: &'static str, n: i64, meaning: &'static str| {
        Figure::new(key, label, Value::Count(n), meaning)
    };
    vec![
        figure("people", "People", whole(facts.people.len()), "Everybody in this report"),
        figure("active", "Active", count(PersonStatus::Active), "At work on the day"),
        figure("on_leave", "On leave", count(PersonStatus::OnLeave), "Away on the day"),
        figure(
            "pre_hire",
            "Yet to begin",
            count(PersonStatus::PreHire),
            "Hired, and not there yet",
        ),
        figure("inactive", "Left", count(PersonStatus::Inactive), "Not employed on the day"),
    ]
}

fn list(facts: &PeopleFacts) -> Table {
    let columns = [
        Column::new("person", "Person", Kind::Text, 28),
        Column::new("employee_number", "Employee no.", Kind::Text, 14),
        Column::new("email", "E-mail", Kind::Text, 34),
        Column::new("status", "Status", Kind::Status, 12),
        Column::new("hired_on", "Hired", Kind::Day, 12),
        Column::new("department", "Department", Kind::Text, 26),
        Column::new("job_role", "Job role", Kind::Text, 22),
        Column::new("job_title", "Job title", Kind::Text, 24),
        Column::new("location", "Location", Kind::Text, 18),
        Column::new("country", "Country", Kind::Text, 9),
        Column::new("employment_type", "Employment", Kind::Text, 14),
        Column::new("manager", "Manager", Kind::Text, 26),
    ];
    let mut table = Table::new("people", "People", "Nobody was found.", columns);
    let (people, units) = (&facts.people, &facts.units);
    for at in 0..people.len() {
        table.push([
            Cell::Text(&people.name[at]),
            people.employee_number[at].as_deref().into(),
            facts.email[at].as_deref().into(),
            Cell::Text(people.status[at].as_str()),
            day(people.hired_on[at]),
            unit(units, people.department[at]),
            unit(units, people.job_role[at]),
            facts.job_title[at].as_deref().into(),
            unit(units, people.location[at]),
            facts.country[at].as_deref().into(),
            facts.employment_type[at].as_deref().into(),
            people.manager_name[at].as_deref().into(),
        ]);
    }
    table
}

/// By the place of the department; those without one last.
fn counts(facts: &PeopleFacts) -> BTreeMap<u32, i64> {
    let mut counts = BTreeMap::new();
    for department in &facts.people.department {
        *counts.entry(department.unwrap_or(u32::MAX)).or_default() += 1;
    }
    counts
}

fn by_department(facts: &PeopleFacts) -> Table {
    let columns = [
        Column::new("department", "Department", Kind::Text, 30),
        Column::new("code", "Code", Kind::Text, 12),
        Column::new("people", "People", Kind::Integer, 10)
            .about("In the department itself, without those below it"),
    ];
    let mut table = Table::new("by_department", "By department", "Nobody was found.", columns);
    for (place, n) in counts(facts) {
        let at = usize::try_from(place).ok().filter(|at| *at < facts.units.name.len());
        table.push([
            Cell::Text(at.map_or("–", |at| &facts.units.name[at])),
            at.map(|at| facts.units.code[at].as_str()).into(),
            Cell::Integer(n),
        ]);
    }
    table
}
