//! `onboarding`: how new people settle in: what they had to learn by their first days, how much of it they
//! had done, and what holds them up.

use lms_core::{
    Actor, Lms, ONBOARDING_DAYS, OnboardingBlocks, OnboardingCohort, OnboardingFacts,
    OnboardingFigures, Result,
};

use crate::asked::{Parts, document, person_cells, person_columns, query, reconciled, unit, whole};
use crate::document::{Chart, ChartKind, Document, Fact, Figure, Series, Value};
use crate::report::{Params, Report};
use crate::table::{Cell, Column, Kind, Table};
use crate::words::Words;

/// So many cohorts are drawn: the latest.
const DRAWN_MAX: usize = 8;

/// Headings for each of the days.
const TO_DO: [&str; 4] =
    ["To do on day 1", "To do on day 30", "To do on day 60", "To do on day 90"];
const DONE: [&str; 4] =
    ["Done % on day 1", "Done % on day 30", "Done % on day 60", "Done % on day 90"];

pub(crate) async fn run(lms: &Lms, actor: &Actor, params: &Params) -> Result<Document> {
    let facts = lms.analytics().onboarding(actor, query(params)?).await?;
    let notes = if facts.hired.is_empty() {
        vec![Words::with("Nobody was hired since {}.", [facts.from.to_string()])]
    } else {
        Vec::new()
    };
    let (aside, charts) = drawn(&facts);
    let parts = Parts {
        notes,
        figures: figures(&facts),
        charts,
        tables: vec![list(&facts), by_month(&facts), aside],
        population:
            "people who are active or on leave on the day and were hired in the period, as far as \
                     the one who asked may see them; or those of the audience, where one was given"
                .into(),
        period_from: Some(facts.from),
        provenance: provenance(&facts),
    };
    Ok(document(Report::Onboarding, &facts.origin, params, actor, parts))
}

fn provenance(facts: &OnboardingFacts) -> Vec<Fact> {
    let in_cohorts = facts.cohorts.iter().map(|cohort| cohort.people).sum();
    let period = [facts.from.to_string(), facts.origin.as_of.to_string()];
    vec![
        Fact::new("Hired", Words::with("from {} to {}, both included", period)),
        Fact::new(
            "Days",
            "day 1 is the day of hiring; each is looked at by the assignments of that day, and blank where it \
             is yet to come",
        ),
        Fact::new(
            "Done %",
            "mandatory obligations that are met, of all that are met, open, in grace or missed; what is \
             exempt, on leave or cancelled is left out. So it differs from Met %, which leaves out what is \
             open or in grace as well",
        ),
        Fact::new(
            "Blocked",
            "mandatory obligations that are not begun and wait for something that comes first, or for a \
             seat, and those that are parked for somebody to decide. What comes first is what does so now",
        ),
        Fact::new("People reconcile", reconciled(in_cohorts, whole(facts.hired.len()))),
    ]
}

fn share(settled: &OnboardingFigures) -> Cell<'static> {
    Cell::Share { numerator: settled.met, denominator: settled.obligations }
}

fn figures(facts: &OnboardingFacts) -> Vec<Figure> {
    let total = &facts.total;
    let held_up = facts.hired.held_up.iter().filter(|one| one.all() > 0).count();
    let mut figures = vec![
        Figure::new(
            "people",
            "New people",
            Value::Count(total.people),
            Words::with(
                "Hired since {}, and active or on leave on the day",
                [facts.from.to_string()],
            ),
        ),
        Figure::new(
            "done_percent",
            "Done by now",
            Value::Share { numerator: total.now.met, denominator: total.now.obligations },
            Words::with(
                "{} mandatory obligations of new people that are met, of {} that are met, open, in grace or \
                 missed; exempt, on leave or cancelled ones are left out",
                [total.now.met, total.now.obligations],
            ),
        ),
    ];
    let keys = ["done_percent_1", "done_percent_30", "done_percent_60", "done_percent_90"];
    let labels = ["Done by day 1", "Done by day 30", "Done by day 60", "Done by day 90"];
    for ((key, label), settled) in keys.into_iter().zip(labels).zip(&total.settled) {
        figures.push(Figure::new(
            key,
            label,
            Value::Share { numerator: settled.met, denominator: settled.obligations },
            Words::with(
                "{} that were met, of {} that counted on that day of {} people who have come so far; others \
                 are left out",
                [settled.met, settled.obligations, settled.people],
            ),
        ));
    }
    figures.push(Figure::new(
        "missed",
        "Obligations missed",
        Value::Count(facts.hired.missed.iter().sum()),
        "Of new people: overdue or expired on the day",
    ));
    figures.push(Figure::new(
        "blocked_people",
        "People who are blocked",
        Value::Count(whole(held_up)),
        "New people who cannot begin something that they must do",
    ));
    figures
}

fn list(facts: &OnboardingFacts) -> Table {
    let mut columns = person_columns();
    columns.extend([
        Column::new("job_role", "Job role", Kind::Text, 22),
        Column::new("manager", "Manager", Kind::Text, 24),
        Column::new("hired_on", "Hired", Kind::Day, 12),
    ]);
    for ((day, to_do), done) in ONBOARDING_DAYS.into_iter().zip(TO_DO).zip(DONE) {
        columns.push(
            Column::new(format!("obligations_{day}"), to_do, Kind::Integer, 9)
                .about("Mandatory obligations that counted on that day, done or not"),
        );
        columns.push(
            Column::new(format!("done_percent_{day}"), done, Kind::Share, 10)
                .about("Those of them that were met"),
        );
    }
    columns.extend([
        Column::new("obligations", "To do by now", Kind::Integer, 9),
        Column::new("done_percent", "Done % by now", Kind::Share, 10),
        Column::new("missed", "Missed", Kind::Integer, 9).about("Overdue and expired"),
        Column::new("blocked", "Blocked", Kind::Integer, 9)
            .about("Not begun, and it cannot be: the next three columns together"),
        Column::new("waits_for_training", "Waits for a training", Kind::Integer, 10)
            .about("Something that comes first is not done"),
        Column::new("waits_for_seat", "Waits for a seat", Kind::Integer, 10),
        Column::new("parked", "Parked", Kind::Integer, 9)
            .about("Somebody has to decide: `lmsctl exception list`"),
    ]);
    let mut table = Table::new("people", "New people", "Nobody was hired in this time.", columns);
    let hired = &facts.hired;
    for (at, place) in hired.person.iter().enumerate() {
        let mut row = person_cells(&facts.people, &facts.units, *place);
        let person = *place as usize;
        row.extend([
            unit(&facts.units, facts.people.job_role[person]),
            facts.people.manager_name[person].as_deref().into(),
            Cell::Day(hired.hired_on[at]),
        ]);
        for settled in &hired.settled[at] {
            row.push(settled.map(|one| one.obligations).into());
            row.push(settled.as_ref().map_or(Cell::Nothing, share));
        }
        let OnboardingBlocks { prerequisite, seat, parked, .. } = hired.held_up[at];
        row.extend([
            Cell::Integer(hired.now[at].obligations),
            share(&hired.now[at]),
            Cell::Integer(hired.missed[at]),
            Cell::Integer(hired.held_up[at].all()),
            Cell::Integer(prerequisite),
            Cell::Integer(seat),
            Cell::Integer(parked),
        ]);
        table.push(row);
    }
    table
}

fn by_month(facts: &OnboardingFacts) -> Table {
    let mut columns = vec![
        Column::new("month", "Hired in", Kind::Month, 12),
        Column::new("people", "People", Kind::Integer, 10),
    ];
    for (day, title) in ONBOARDING_DAYS.into_iter().zip(DONE) {
        columns.push(
            Column::new(format!("done_percent_{day}"), title, Kind::Share, 12)
                .about("Of those who have come so far"),
        );
    }
    columns.push(Column::new("done_percent", "Done % by now", Kind::Share, 12));
    let mut table = Table::new("by_month", "By month", "Nobody was hired in this time.", columns);
    for cohort in &facts.cohorts {
        let mut row = vec![Cell::Day(cohort.month), Cell::Integer(cohort.people)];
        row.extend(cohort.settled.iter().map(share));
        row.push(share(&cohort.now));
        table.push(row);
    }
    table
}

/// A line for each of the latest months, and one for all new people.
fn drawn(facts: &OnboardingFacts) -> (Table, Vec<Chart>) {
    let latest = facts.cohorts.len().saturating_sub(DRAWN_MAX);
    let month = |cohort: &OnboardingCohort| cohort.month.inner().strftime("%Y-%m").to_string();
    let cohorts = &facts.cohorts[latest..];
    let mut columns = vec![Column::new("day", "Day", Kind::Text, 12)];
    columns.extend((1..).zip(cohorts).map(|(number, cohort)| {
        Column::new(format!("cohort_{number}"), month(cohort), Kind::Share, 12)
    }));
    columns.push(Column::new("all", "All new people", Kind::Share, 14));
    let title = "Done on the first days, by month of hiring";
    let mut table =
        Table::new("onboarding_chart", title, "Nobody was hired in this time.", columns).aside();
    for (at, day) in ONBOARDING_DAYS.iter().enumerate().filter(|_| !cohorts.is_empty()) {
        let day = day.to_string();
        let of_cohorts = cohorts.iter().map(|cohort| share(&cohort.settled[at]));
        let all = std::iter::once(share(&facts.total.settled[at]));
        table.push(std::iter::once(Cell::Text(&day)).chain(of_cohorts).chain(all));
    }
    let series: Vec<Series> = (1..=cohorts.len() + 1).map(Series::new).collect();
    let chart = Chart::new(ChartKind::Line, title, "onboarding_chart", 0, series)
        .axes("Days since hiring", "Percent");
    (table, vec![chart])
}
