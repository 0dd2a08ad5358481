//! `lmsctl quiz attempt`

use std::fmt::Write;

use clap::Args;
use lms_core::{AttemptCard, GradedAnswer, KeyEntry, SheetOption, SheetQuestion};
use serde_json::Value;

use super::preview::shown;
use crate::app::App;
use crate::cli::help::examples;
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Row, apart, harmless, keep, shrink};

/// Show an attempt with its answers and what they earned
///
/// What each answer earned is there when the attempt was handed in; before that nobody is told what is
/// right.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl quiz attempts --output csv    # has the ids",
    "lmsctl quiz attempt 01990000-0000-7000-8000-000000000000    # exit 7",
])]
pub(crate) struct AttemptArgs {
    /// Its id, as `quiz attempts` shows it
    #[arg(value_name = "ATTEMPT")]
    attempt: String,
}

pub(crate) async fn run(app: &App, args: AttemptArgs) -> Result {
    let session = app.open().await?;
    let card = session.lms.progress().attempt(&session.actor, &args.attempt).await?;
    app.output.present(&card, &card.graded, || {
        format!("{}\n{}", app.output.card(&card.attempt), page(&card))
    })?;
    Ok(Exit::Done)
}

fn page(card: &AttemptCard) -> String {
    let questions = card.sheet.sections.iter().flat_map(|section| &section.questions);
    questions.map(|question| of_question(card, question)).collect()
}

/// A question with its answer, and what that earned.
pub(super) fn of_question(card: &AttemptCard, question: &SheetQuestion) -> String {
    let mut text = shown(question);
    let answer = card.answers.get(&question.key).map(|answer| said(question, answer));
    let _ = writeln!(text, "     = {}", answer.unwrap_or_else(|| "no answer".to_owned()));
    let is_this = |number: usize| number == question.number;
    let graded = card.graded.iter();
    if let Some(graded) = graded.into_iter().find(|graded| graded.key == question.key) {
        let _ = writeln!(
            text,
            "     {} of {} points, {}",
            graded.points,
            graded.points_max,
            graded.state.as_str()
        );
        let told = graded.feedback.iter().map(|told| ("feedback", told));
        for (what, told) in told.chain(graded.comment.iter().map(|told| ("comment", told))) {
            let _ = writeln!(text, "     {what}: {}", indented(told));
        }
    }
    let key = card.key.iter().flatten();
    if let Some(entry) = key.into_iter().find(|entry: &&KeyEntry| is_this(entry.number)) {
        if !entry.right.is_empty() {
            let _ = writeln!(text, "     → {}", harmless(&entry.right.join("; ")));
        }
        if let Some(guide) = &entry.guide {
            let _ = writeln!(text, "     guide: {}", indented(guide));
        }
    }
    text
}

fn indented(text: &str) -> String {
    text.lines().map(harmless).collect::<Vec<_>>().join("\n       ")
}

/// An answer in words: what was chosen in the place of its key.
fn said(question: &SheetQuestion, answer: &Value) -> String {
    let text_of = |all: &[SheetOption], key: &str| {
        let found = all.iter().find(|option| option.key == key);
        found.map_or_else(|| key.to_owned(), |option| option.text.clone())
    };
    let one = |value: &Value| match value {
        Value::String(text) => text_of(&question.options, text),
        other => other.to_string(),
    };
    match answer {
        Value::Array(all) => harmless(&all.iter().map(one).collect::<Vec<_>>().join("; ")),
        Value::Object(all) => {
            let pair = |(left, right): (&String, &Value)| {
                let right = right.as_str().unwrap_or_default();
                let left = text_of(&question.options, left);
                format!("{left} → {}", text_of(&question.choices, right))
            };
            harmless(&all.iter().map(pair).collect::<Vec<_>>().join("; "))
        }
        Value::String(text) if question.options.is_empty() => indented(text),
        other => harmless(&one(other)),
    }
}

impl Row for GradedAnswer {
    const COLUMNS: &'static [Column] = &[
        keep("number"),
        keep("question"),
        keep("state"),
        keep("points"),
        keep("points_max"),
        shrink("comment"),
        apart("feedback"),
        apart("graded_by"),
        apart("graded_at"),
        apart("kind"),
        apart("version"),
        apart("key"),
    ];
    fn cells(&self) -> Vec<Cell> {
        vec![
            self.number.into(),
            self.question.as_str().into(),
            self.state.as_str().into(),
            self.points.to_string().into(),
            self.points_max.to_string().into(),
            self.comment.clone().into(),
            (&self.feedback).into(),
            self.graded_by.clone().into(),
            self.graded_at.into(),
            self.kind.as_str().into(),
            self.version.into(),
            self.key.as_str().into(),
        ]
    }
}
