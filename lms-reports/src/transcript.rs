//! `transcript`: what people have done, completion by completion.
//!
//! One person's training record, or that of many. What was revoked is not in it.

use std::collections::BTreeMap;

use lms_core::{Actor, CompletionSource, Lms, Result, TranscriptFacts};

use crate::asked::{
    Parts, day, document, in_hours, percent, person_cells, person_columns, query, reconciled,
    training_cells, training_columns, whole,
};
use crate::document::{Document, Fact, Figure, Value};
use crate::report::{Params, Report};
use crate::table::{Cell, Column, Kind, Table};
use crate::words::Words;

pub(crate) async fn run(lms: &Lms, actor: &Actor, params: &Params) -> Result<Document> {
    let facts = lms.analytics().transcript(actor, query(params)?).await?;
    let records = Records::of(&facts);
    let by_person = records.by_person(&facts);
    let notes = if facts.completions.is_empty() {
        vec!["Nothing was completed.".into()]
    } else {
        Vec::new()
    };
    let counted: i64 = records.by_person.values().map(|one| one.completions).sum();
    let provenance = vec![
        Fact::new(
            "Completions",
            "what was done up to and with the day, whoever asked for it; what was revoked is not in it",
        ),
        Fact::new(
            "Assigned and due",
            "of the assignment that the completion closed; blank where nobody had asked for it",
        ),
        Fact::new(
            "On time",
            "completed on the due day or before; blank where there was no due day",
        ),
        Fact::new(
            "Hours",
            "recorded in the modules of the training, as its players reported them; blank where none did",
        ),
        Fact::new("Completions reconcile", reconciled(whole(facts.completions.len()), counted)),
    ];
    let parts = Parts {
        notes,
        figures: figures(&facts, &records),
        charts: Vec::new(),
        tables: vec![list(&facts), by_person],
        population:
            "people who are active or on leave on that day, and whoever is named, as far as the \
                     one who asked may see them"
                .into(),
        period_from: None,
        provenance,
    };
    Ok(document(Report::Transcript, &facts.origin, params, actor, parts))
}

/// What adds up of the record of one person.
#[derive(Debug, Default)]
struct Record {
    completions: i64,
    on_time: i64,
    with_due_day: i64,
    seconds: i64,
    last: Option<lms_core::Day>,
}

struct Records {
    by_person: BTreeMap<u32, Record>,
}

impl Records {
    fn of(facts: &TranscriptFacts) -> Self {
        let own = &facts.completions;
        let mut by_person: BTreeMap<u32, Record> = BTreeMap::new();
        for at in 0..own.len() {
            let record = by_person.entry(own.person[at]).or_default();
            record.completions += 1;
            record.with_due_day += i64::from(own.on_time[at].is_some());
            record.on_time += i64::from(own.on_time[at] == Some(true));
            record.seconds += own.seconds[at].unwrap_or_default();
            record.last = record.last.max(Some(own.completed_on[at]));
        }
        Self { by_person }
    }

    fn by_person(&self, facts: &TranscriptFacts) -> Table {
        let mut columns = person_columns();
        columns.extend([
            Column::new("completions", "Completions", Kind::Integer, 12),
            Column::new("on_time_percent", "On time %", Kind::Share, 10)
                .about("Of those that had a due day"),
            Column::new("hours", "Hours", Kind::Decimal, 10).about("Recorded in the modules"),
            Column::new("last_on", "Last", Kind::Day, 12),
        ]);
        let mut table = Table::new("by_person", "By person", "Nothing was completed.", columns);
        for (person, record) in &self.by_person {
            let mut row = person_cells(&facts.people, &facts.units, *person);
            row.extend([
                Cell::Integer(record.completions),
                Cell::Share { numerator: record.on_time, denominator: record.with_due_day },
                hours((record.seconds > 0).then_some(record.seconds)),
                day(record.last),
            ]);
            table.push(row);
        }
        table
    }
}

fn figures(facts: &TranscriptFacts, records: &Records) -> Vec<Figure> {
    let sum = |part: fn(&Record) -> i64| records.by_person.values().map(part).sum::<i64>();
    let scores: Vec<i64> = facts.completions.score.iter().copied().flatten().collect();
    let (on_time, due) = (sum(|one| one.on_time), sum(|one| one.with_due_day));
    let seconds = sum(|one| one.seconds);
    vec![
        Figure::new(
            "completions",
            "Completions",
            Value::Count(whole(facts.completions.len())),
            "What was done, in the period where one was given, and was not revoked",
        ),
        Figure::new(
            "people",
            "People",
            Value::Count(whole(records.by_person.len())),
            Words::with(
                "People who completed something, of {} who were asked about",
                [facts.people.len()],
            ),
        ),
        Figure::new(
            "on_time",
            "On time",
            Value::Share { numerator: on_time, denominator: due },
            Words::with(
                "{} completed on the due day or before, of {} that had a due day; others are left out",
                [on_time, due],
            ),
        ),
        Figure::new(
            "average_score",
            "Average score",
            Value::Decimal(average(&scores)),
            Words::with("In percent, of {} completions that have a score", [scores.len()]),
        ),
        Figure::new(
            "hours",
            "Hours learnt",
            Value::Decimal((seconds > 0).then(|| in_hours(seconds))),
            "Recorded in the modules of what was completed",
        ),
    ]
}

fn list(facts: &TranscriptFacts) -> Table {
    let mut columns = person_columns();
    columns.extend(training_columns());
    columns.extend([
        Column::new("version", "Version", Kind::Text, 9),
        Column::new("assigned_on", "Assigned", Kind::Day, 12),
        Column::new("due_on", "Due", Kind::Day, 12),
        Column::new("completed_on", "Completed", Kind::Day, 12),
        Column::new("on_time", "On time", Kind::Status, 10)
            .about("Blank where there was no due day"),
        Column::new("score", "Score %", Kind::Decimal, 10),
        Column::new("hours", "Hours", Kind::Decimal, 10).about("Recorded in the modules"),
        Column::new("expires_on", "Valid until", Kind::Day, 12)
            .about("Blank where it does not end"),
        Column::new("source", "Recorded by", Kind::Text, 16).about("How it came to be recorded"),
        Column::new("evidence", "Evidence", Kind::Text, 40)
            .about("Where it lies, or that a file is kept"),
    ]);
    let mut table =
        Table::new("completions", "Completions", "Nothing was completed.", columns).grouped_by(1);
    let own = &facts.completions;
    for at in 0..own.len() {
        let version = match own.version[at] {
            (0, 0) => String::new(),
            (major, minor) => format!("{major}.{minor}"),
        };
        let mut row = person_cells(&facts.people, &facts.units, own.person[at]);
        row.extend(training_cells(&facts.trainings, own.training[at]));
        let file = own.has_file[at].then_some("file");
        row.extend([
            (!version.is_empty()).then_some(version.as_str()).into(),
            day(own.assigned_on[at]),
            day(own.due_on[at]),
            Cell::Day(own.completed_on[at]),
            own.on_time[at].map(|on_time| if on_time { "yes" } else { "no" }).into(),
            own.score[at].map_or(Cell::Nothing, |score| Cell::Decimal(percent(score))),
            hours(own.seconds[at]),
            day(own.expires_on[at]),
            Cell::Text(source(own.source[at])),
            own.evidence[at].as_deref().or(file).into(),
        ]);
        table.push(row);
    }
    table
}

fn source(source: CompletionSource) -> &'static str {
    match source {
        CompletionSource::Learner => "learner",
        CompletionSource::Quiz => "quiz",
        CompletionSource::Instructor => "somebody",
        _ => "import",
    }
}

fn hours(seconds: Option<i64>) -> Cell<'static> {
    seconds.map_or(Cell::Nothing, |seconds| Cell::Decimal(in_hours(seconds)))
}

fn average(scores: &[i64]) -> Option<f64> {
    // Rounded down to hundredths, as the library tells averages.
    scores.iter().sum::<i64>().checked_div(whole(scores.len())).map(percent)
}
