//! `overdue`: who is late with what, for how long, and whom to call.
//!
//! Answers it by manager, then by person, then by training; assignments of every kind are in it, and the
//! mandatory ones are told apart. How far it went up and when the person was reminded is what the nightly
//! pass recorded.

use lms_core::engine::Kind as Obligation;
use lms_core::{Actor, Day, Lms, OverdueAge, OverdueFacts, Result};

use crate::asked::{
    Parts, day, document, person_cells, person_columns, query, reconciled, training_cells,
    training_columns, whole,
};
use crate::document::{Chart, ChartKind, Document, Fact, Figure, Series, Value};
use crate::report::{Params, Report};
use crate::shape::{SortKey, crossed, ordered};
use crate::table::{Cell, Column, Kind, Table};
use crate::tone::Tone;
use crate::words::Words;

pub(crate) async fn run(lms: &Lms, actor: &Actor, params: &Params) -> Result<Document> {
    let facts = lms.analytics().overdue_facts(actor, query(params)?).await?;
    let managers = Managers::of(&facts);
    let list = list(&facts, &managers)?;
    let by_manager = by_manager(&facts, &managers)?;
    let by_training = by_training(&facts)?;
    let total = &facts.total;
    let notes =
        if facts.overdue.is_empty() { vec!["Nothing is overdue.".into()] } else { Vec::new() };
    let provenance = vec![
        Fact::new(
            "Overdue",
            "past the due day and the days of grace, and neither done, exempt, on leave nor cancelled; \
             assignments of every kind, also what is only recommended",
        ),
        Fact::new(
            "Days overdue",
            "counted from the first day past the grace, which is day 1, to the day of the report",
        ),
        Fact::new(
            "Escalated to",
            "how far the nightly pass has told it: to the manager, or to the head of the department; \
             blank where it has not gone up for this due day",
        ),
        Fact::new(
            "Assignments reconcile",
            reconciled(whole(facts.overdue.len()), total.assignments),
        ),
    ];
    let parts = Parts {
        notes,
        figures: figures(&facts),
        charts: vec![chart(&by_manager)],
        tables: vec![list, by_manager, by_training],
        population:
            "people of every status whose overdue trainings the one who asked may see; or the \
                     audience, where one was given"
                .into(),
        period_from: None,
        provenance,
    };
    Ok(document(Report::Overdue, &facts.origin, params, actor, parts))
}

fn figures(facts: &OverdueFacts) -> Vec<Figure> {
    let total = &facts.total;
    let count = |age: OverdueAge| {
        whole(facts.overdue.days.iter().filter(|days| OverdueAge::of(**days) == age).count())
    };
    let aged = |key, label: &'static str, age, meaning: &'static str| {
        Figure::new(key, label, Value::Count(count(age)), meaning)
    };
    vec![
        Figure::new(
            "overdue",
            "Overdue",
            Value::Count(total.assignments),
            Words::with(
                "Assignments of every kind past their due day and grace; {} of them are mandatory",
                [total.mandatory],
            ),
        ),
        Figure::new(
            "people",
            "People",
            Value::Count(total.people),
            "People who are late with them",
        ),
        aged("overdue_0_7", "Up to 7 days", OverdueAge::Week, "Overdue for 1 to 7 days"),
        aged("overdue_8_30", "8 to 30 days", OverdueAge::Month, "Overdue for 8 to 30 days"),
        aged("overdue_31_90", "31 to 90 days", OverdueAge::Quarter, "Overdue for 31 to 90 days"),
        aged(
            "overdue_over_90",
            "More than 90 days",
            OverdueAge::Longer,
            "Overdue for 91 days or more",
        ),
        Figure::new(
            "since",
            "Longest since",
            Value::Day(total.since),
            "The first day on which the oldest of them was overdue",
        ),
    ]
}

/// Those to whom people who are late report, numbered.
struct Managers {
    names: Vec<Option<String>>,
    /// Of each row: the number of the manager.
    of_row: Vec<u32>,
}

impl Managers {
    fn of(facts: &OverdueFacts) -> Self {
        let people = &facts.people;
        let mut numbers = std::collections::HashMap::new();
        let (mut names, mut of_row) = (Vec::new(), Vec::with_capacity(facts.overdue.len()));
        for person in &facts.overdue.person {
            let at = *person as usize;
            let number = *numbers.entry(people.manager[at]).or_insert_with(|| {
                names.push(people.manager_name[at].clone());
                u32::try_from(names.len() - 1).unwrap_or(u32::MAX)
            });
            of_row.push(number);
        }
        Self { names, of_row }
    }

    fn name(&self, number: u32) -> Cell<'_> {
        Cell::Text(self.names[number as usize].as_deref().unwrap_or(NO_MANAGER))
    }
}

const NO_MANAGER: &str = "–";

fn list(facts: &OverdueFacts, managers: &Managers) -> Result<Table> {
    let mut columns = vec![
        Column::new("manager", "Manager", Kind::Text, 26)
            .about("To whom the person reports; – where there is nobody"),
    ];
    columns.extend(person_columns());
    columns.extend(training_columns());
    columns.extend([
        Column::new("kind", "Kind", Kind::Text, 14),
        Column::new("due_on", "Due", Kind::Day, 12).about("The last day in time"),
        Column::new("overdue_on", "Overdue since", Kind::Day, 14)
            .about("The first day past the days of grace"),
        Column::new("days_overdue", "Days overdue", Kind::Integer, 12),
        Column::new("age", "Age", Kind::Text, 12).about("Days overdue in four groups"),
        Column::new("started_on", "Begun", Kind::Day, 12),
        Column::new("reminded_on", "Last reminder", Kind::Day, 14)
            .about("When the person was reminded of it last"),
        Column::new("escalated_to", "Escalated to", Kind::Text, 14)
            .about("manager, or head of the department"),
        Column::new("escalated_on", "Escalated on", Kind::Day, 14),
    ]);
    let mut table = Table::new("overdue", "Overdue", "Nothing is overdue.", columns).grouped_by(2);
    let own = &facts.overdue;
    let names = |number: &u32| managers.names[*number as usize].clone();
    let keys = vec![
        SortKey::Text(managers.of_row.iter().map(names).collect()),
        SortKey::Number(managers.of_row.iter().copied().map(i64::from).collect()),
        SortKey::Number(own.person.iter().copied().map(i64::from).collect()),
        SortKey::Falling(own.days.iter().copied().map(i64::from).collect()),
    ];
    for at in ordered(own.len(), keys)? {
        let mut row = vec![managers.name(managers.of_row[at])];
        row.extend(person_cells(&facts.people, &facts.units, own.person[at]));
        row.extend(training_cells(&facts.trainings, own.training[at]));
        row.extend([
            Cell::Text(own.kind[at].as_str()),
            day(own.due_on[at]),
            Cell::Day(own.overdue_on[at]),
            Cell::Integer(i64::from(own.days[at])),
            Cell::Text(shown(OverdueAge::of(own.days[at]))),
            day(own.started_on[at]),
            day(own.reminded_on[at]),
            own.escalated_to[at].as_deref().into(),
            day(own.escalated_on[at]),
        ]);
        table.push(row);
    }
    Ok(table)
}

fn shown(age: OverdueAge) -> &'static str {
    match age {
        OverdueAge::Week => "0–7 days",
        OverdueAge::Month => "8–30 days",
        OverdueAge::Quarter => "31–90 days",
        _ => "over 90 days",
    }
}

fn age_columns() -> Vec<Column> {
    vec![
        Column::new("overdue", "Overdue", Kind::Integer, 10),
        Column::new("mandatory", "Mandatory", Kind::Integer, 11),
        Column::new("people", "People", Kind::Integer, 10),
        Column::new("days_0_7", "0–7 days", Kind::Integer, 12),
        Column::new("days_8_30", "8–30 days", Kind::Integer, 12),
        Column::new("days_31_90", "31–90 days", Kind::Integer, 12),
        Column::new("days_over_90", "Over 90 days", Kind::Integer, 13),
        Column::new("since", "Longest since", Kind::Day, 14),
    ]
}

/// How much is overdue in each group of rows, the most first.
struct Aged {
    group: u32,
    by_age: Vec<i64>,
    mandatory: i64,
    people: i64,
    since: Option<Day>,
}

fn aged(facts: &OverdueFacts, groups: &[u32]) -> Result<Vec<Aged>> {
    let own = &facts.overdue;
    let place = |days: &i32| {
        let age = OverdueAge::of(*days);
        let at = OverdueAge::ALL.iter().position(|one| *one == age).unwrap_or_default();
        u32::try_from(at).unwrap_or_default()
    };
    let ages: Vec<u32> = own.days.iter().map(place).collect();
    let by_age = crossed(groups, &ages, OverdueAge::ALL.len())?;
    let kinds: Vec<u32> =
        own.kind.iter().map(|kind| u32::from(*kind == Obligation::Mandatory)).collect();
    let mandatory = crossed(groups, &kinds, 2)?;
    let mut seen = std::collections::HashSet::new();
    let mut people = std::collections::HashMap::<u32, i64>::new();
    let mut since = std::collections::HashMap::<u32, Day>::new();
    for ((group, person), day) in groups.iter().zip(&own.person).zip(&own.overdue_on) {
        if seen.insert((*group, *person)) {
            *people.entry(*group).or_default() += 1;
        }
        since.entry(*group).and_modify(|first| *first = (*first).min(*day)).or_insert(*day);
    }
    let mut aged: Vec<Aged> = by_age
        .into_iter()
        .map(|(group, by_age)| Aged {
            group,
            by_age,
            mandatory: mandatory.get(&group).map_or(0, |counts| counts[1]),
            people: people.get(&group).copied().unwrap_or_default(),
            since: since.get(&group).copied(),
        })
        .collect();
    aged.sort_by_key(|one| (-one.by_age.iter().sum::<i64>(), one.group));
    Ok(aged)
}

impl Aged {
    fn cells(&self) -> Vec<Cell<'static>> {
        let mut cells = vec![
            Cell::Integer(self.by_age.iter().sum()),
            Cell::Integer(self.mandatory),
            Cell::Integer(self.people),
        ];
        cells.extend(self.by_age.iter().copied().map(Cell::Integer));
        cells.push(day(self.since));
        cells
    }
}

fn by_manager(facts: &OverdueFacts, managers: &Managers) -> Result<Table> {
    let mut columns = vec![Column::new("manager", "Manager", Kind::Text, 28)];
    columns.extend(age_columns());
    let mut table = Table::new("by_manager", "By manager", "Nothing is overdue.", columns);
    for one in aged(facts, &managers.of_row)? {
        let mut row = vec![managers.name(one.group)];
        row.extend(one.cells());
        table.push(row);
    }
    Ok(table)
}

fn by_training(facts: &OverdueFacts) -> Result<Table> {
    let mut columns = training_columns();
    columns.extend(age_columns());
    let mut table = Table::new("by_training", "By training", "Nothing is overdue.", columns);
    for one in aged(facts, &facts.overdue.training)? {
        let mut row = training_cells(&facts.trainings, one.group);
        row.extend(one.cells());
        table.push(row);
    }
    Ok(table)
}

fn chart(by_manager: &Table) -> Chart {
    let series = [
        Series::new(4).tone(Tone::Open),
        Series::new(5).tone(Tone::Warn),
        Series::new(6).tone(Tone::Bad),
        Series::new(7).tone(Tone::Worst),
    ];
    Chart::new(
        ChartKind::StackedBar,
        "Overdue by manager and age",
        by_manager.key.clone(),
        0,
        series,
    )
    .axes("Assignments", "Manager")
}
