//! `trainings`: how good trainings are: whether people end what they begin, how long it takes them, and how
//! quizzes turn out.

use lms_core::{Actor, Lms, Result, TrainingScore, TrainingScores};

use crate::asked::{
    Parts, document, in_hours, percent, query, reconciled, tenths, training_cells, training_columns,
};
use crate::document::{Chart, ChartKind, Document, Fact, Figure, Series, Value};
use crate::report::{Params, Report};
use crate::shape::{SortKey, ordered};
use crate::table::{Cell, Column, Kind, Table};
use crate::tone::Tone;
use crate::words::Words;

/// So many trainings are drawn: those that most people were given.
const DRAWN_MAX: usize = 20;

pub(crate) async fn run(lms: &Lms, actor: &Actor, params: &Params) -> Result<Document> {
    let scores = lms.analytics().trainings(actor, query(params)?).await?;
    let notes = if scores.scores.is_empty() {
        vec!["Nobody was given, began or completed anything in this time.".into()]
    } else {
        Vec::new()
    };
    let (aside, charts) = drawn(&scores)?;
    let parts = Parts {
        notes,
        figures: figures(&scores),
        charts,
        tables: vec![list(&scores), aside],
        population:
            "people of every status whom the one who asked may see, also who has left; or the \
                     audience, where one was given"
                .into(),
        period_from: Some(scores.from),
        provenance: provenance(&scores),
    };
    Ok(document(Report::Trainings, &scores.origin, params, actor, parts))
}

fn provenance(scores: &TrainingScores) -> Vec<Fact> {
    let (from, until) = (scores.from.to_string(), scores.origin.as_of.to_string());
    let listed: i64 = scores.scores.iter().map(|score| score.enrolments).sum();
    vec![
        Fact::new(
            "Time looked at",
            Words::with("from {} to {}, both included", [from.clone(), until]),
        ),
        Fact::new(
            "Assignments",
            "assignments and enrolments of every kind that began in the period; what was taken back as a \
             mistake is none",
        ),
        Fact::new(
            "Drop-off",
            Words::with(
                "what people began to learn from {} to {} and had not completed on the day; what was begun \
                 later is left out, because there was still time",
                [from, scores.begun_until.to_string()],
            ),
        ),
        Fact::new(
            "Median days",
            "from the day on which people began to the day on which they were done: half of what was \
             completed in the period after it was begun took no longer",
        ),
        Fact::new(
            "Quizzes",
            "attempts that were handed in within the period and are graded; one person, turn and quiz is \
             one, and is passed when one of its attempts is",
        ),
        Fact::new(
            "Hours",
            "recorded in the modules of what was completed in the period, as its players reported them",
        ),
        Fact::new("Assignments reconcile", reconciled(listed, scores.total.enrolments)),
    ]
}

fn figures(scores: &TrainingScores) -> Vec<Figure> {
    let total = &scores.total;
    let share = |numerator, denominator| Value::Share { numerator, denominator };
    vec![
        Figure::new(
            "completion_percent",
            "Completed, of those assigned",
            share(total.enrolments_completed, total.enrolments),
            Words::with(
                "{} that are completed on the day, of {} assignments and enrolments that began in the \
                 period; what was taken back as a mistake is left out",
                [total.enrolments_completed, total.enrolments],
            ),
        ),
        Figure::new(
            "drop_off_percent",
            "Drop-off",
            share(total.dropped, total.begun),
            Words::with(
                "{} that are not completed on the day, of {} that people began in the period; what was \
                 begun within 30 days before its end is left out",
                [total.dropped, total.begun],
            ),
        ),
        Figure::new(
            "pass_percent",
            "Quizzes passed",
            share(total.passed, total.tested),
            Words::with(
                "{} that were passed in the period, of {} that were handed in and graded; one for each \
                 person, turn and quiz, whatever number of attempts it took",
                [total.passed, total.tested],
            ),
        ),
        Figure::new(
            "first_pass_percent",
            "Passed at the first attempt",
            share(total.first_passed, total.first_attempts),
            Words::with(
                "{} that were passed, of {} first attempts that were handed in within the period and \
                 graded; further attempts are left out",
                [total.first_passed, total.first_attempts],
            ),
        ),
        Figure::new(
            "median_days",
            "Median days",
            Value::Decimal(total.median_days.map(|days| tenths(days.count()))),
            Words::with(
                "From begun to done, of {} that were completed in the period after they were begun",
                [total.timed],
            ),
        ),
        Figure::new(
            "average_score",
            "Average score",
            Value::Decimal(total.average_score.map(percent)),
            Words::with("In percent, of {} completions that have a score", [total.scored]),
        ),
        Figure::new(
            "completions",
            "Completions",
            Value::Count(total.completions),
            "What was done in the period, whoever asked for it, and was not revoked",
        ),
        Figure::new(
            "hours",
            "Hours learnt",
            Value::Decimal((total.seconds > 0).then(|| in_hours(total.seconds))),
            "Recorded in the modules of what was completed",
        ),
    ]
}

fn list(scores: &TrainingScores) -> Table {
    let mut columns = training_columns();
    columns.extend([
        Column::new("assigned", "Assignments", Kind::Integer, 12)
            .about("Assignments and enrolments of every kind that began in the period"),
        Column::new("completion_percent", "Completed %", Kind::Share, 12)
            .about("Those of them that are completed on the day"),
        Column::new("begun", "Begun", Kind::Integer, 10)
            .about("In the period, more than 30 days before its end"),
        Column::new("drop_off_percent", "Drop-off %", Kind::Share, 11)
            .about("Of what was begun, what is not completed on the day"),
        Column::new("median_days", "Median days", Kind::Decimal, 10)
            .about("From begun to done: half of them took no longer"),
        Column::new("tested", "Quizzes taken", Kind::Integer, 10)
            .about("Handed in within the period and graded: one for each person, turn and quiz"),
        Column::new("pass_percent", "Passed %", Kind::Share, 10)
            .about("Of the quizzes taken, whatever number of attempts it took"),
        Column::new("first_pass_percent", "First attempt %", Kind::Share, 12)
            .about("Of the first attempts in the period, those that were passed"),
        Column::new("completions", "Completions", Kind::Integer, 13)
            .about("What was done in the period, whoever asked for it"),
        Column::new("average_score", "Score %", Kind::Decimal, 10)
            .about("The mean of the completions that have a score"),
        Column::new("hours", "Hours", Kind::Decimal, 10).about("Recorded in the modules"),
    ]);
    let title = "Trainings";
    let mut table = Table::new("trainings", title, "Nothing happened in this time.", columns);
    for score in &scores.scores {
        let Some(training) = score.training else { continue };
        let decimal = |number: Option<f64>| number.map_or(Cell::Nothing, Cell::Decimal);
        let mut row = training_cells(&scores.trainings, training);
        row.extend([
            Cell::Integer(score.enrolments),
            completed(score),
            Cell::Integer(score.begun),
            Cell::Share { numerator: score.dropped, denominator: score.begun },
            decimal(score.median_days.map(|days| tenths(days.count()))),
            Cell::Integer(score.tested),
            Cell::Share { numerator: score.passed, denominator: score.tested },
            first(score),
            Cell::Integer(score.completions),
            decimal(score.average_score.map(percent)),
            decimal((score.seconds > 0).then(|| in_hours(score.seconds))),
        ]);
        table.push(row);
    }
    table
}

fn completed(score: &TrainingScore) -> Cell<'static> {
    Cell::Share { numerator: score.enrolments_completed, denominator: score.enrolments }
}

fn first(score: &TrainingScore) -> Cell<'static> {
    Cell::Share { numerator: score.first_passed, denominator: score.first_attempts }
}

/// The trainings that were given most.
fn drawn(scores: &TrainingScores) -> Result<(Table, Vec<Chart>)> {
    let columns = [
        Column::new("training", "Training", Kind::Text, 34),
        Column::new("completion_percent", "Completed %", Kind::Share, 12),
        Column::new("drop_off_percent", "Drop-off %", Kind::Share, 12),
        Column::new("first_pass_percent", "First attempt %", Kind::Share, 12),
    ];
    let title = "Trainings beside each other";
    let mut table =
        Table::new("trainings_chart", title, "Nothing happened in this time.", columns).aside();
    let all = &scores.scores;
    let keys = vec![SortKey::Falling(all.iter().map(|score| score.enrolments).collect())];
    for at in ordered(all.len(), keys)?.into_iter().take(DRAWN_MAX) {
        let score = &all[at];
        let Some(training) = score.training else { continue };
        table.push([
            Cell::Text(&scores.trainings.title[training as usize]),
            completed(score),
            Cell::Share { numerator: score.dropped, denominator: score.begun },
            first(score),
        ]);
    }
    let series = [
        Series::new(1).tone(Tone::Good),
        Series::new(2).tone(Tone::Bad),
        Series::new(3).tone(Tone::Open),
    ];
    let chart = Chart::new(
        ChartKind::Bar,
        "The trainings that were given most",
        "trainings_chart",
        0,
        series,
    )
    .axes("Percent", "Training");
    Ok((table, vec![chart]))
}
