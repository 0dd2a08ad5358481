//! `lmsctl quiz preview`

use std::fmt::Write;

use clap::Args;
use lms_core::{GradedQuestion, GradedSheet, KeyEntry, QuizPreview, Seed, SheetQuestion};

use super::play;
use crate::app::App;
use crate::cli::help::examples;
use crate::commands::picking;
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Row, harmless, keep, shrink};

/// Show a sheet as a learner would get it, with what is right
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl quiz preview FIRE",
    "lmsctl quiz preview FIRE --seed 2    # another draw",
    "lmsctl quiz preview FIRE --learner",
    "lmsctl quiz preview FIRE --output json",
])]
pub(crate) struct PreviewArgs {
    /// Code of the quiz
    quiz: Option<String>,
    /// What chance follows from: the same text gives the same sheet
    #[arg(long, value_name = "TEXT", default_value = "1")]
    seed: String,
    /// Only what a learner gets, without what is right
    #[arg(long, conflicts_with = "play")]
    learner: bool,
    /// Take it here and now, and see the grade; nothing is recorded
    #[arg(long)]
    play: bool,
}

pub(crate) async fn run(app: &App, args: PreviewArgs) -> Result {
    if args.play {
        app.prompt.need_terminal("what are the answers?", "no `--play` to look at the sheet")?;
    }
    let session = app.open().await?;
    let quiz = picking::quiz(app, &session, args.quiz).await?;
    let seed = Seed::of_text(&args.seed);
    let preview = session.lms.quizzes().preview(&session.actor, &quiz, &seed).await?;
    if args.play {
        let graded = play::play(app, &preview)?;
        app.output.present(&graded, &graded.questions, || app.output.table(&graded.questions))?;
        app.output.done(&verdict(&graded));
        return Ok(Exit::Done);
    }
    if args.learner {
        app.output.present(&preview.sheet, &[] as &[KeyEntry], || page(app, &preview, false))?;
    } else {
        app.output.present(&preview, &preview.key, || page(app, &preview, true))?;
    }
    Ok(Exit::Done)
}

fn verdict(graded: &GradedSheet) -> String {
    let score = &graded.score;
    let passed = match score.passed {
        Some(true) => "passed",
        Some(false) => "not passed",
        None => "it depends on what a person has yet to grade",
    };
    format!("{} of {} points, {} %: {passed}", score.points, score.max, score.percent)
}

fn page(app: &App, preview: &QuizPreview, with_key: bool) -> String {
    let sheet = &preview.sheet;
    let limit = sheet.time_limit_minutes.map(|minutes| format!(", {minutes} minutes"));
    let mut page = app.output.heading(&harmless(&sheet.title));
    let _ = writeln!(
        page,
        "{} points, {} % pass{}",
        sheet.max,
        sheet.passing_percent,
        limit.unwrap_or_default()
    );
    let mut key = preview.key.iter();
    for section in &sheet.sections {
        page.push('\n');
        if let Some(title) = &section.title {
            page.push_str(&app.output.heading(&harmless(title)));
        }
        for question in &section.questions {
            page.push_str(&shown(question));
            if let Some(entry) = key.next().filter(|_| with_key) {
                page.push_str(&right(entry));
            }
        }
    }
    page
}

/// A question as text.
pub(super) fn shown(question: &SheetQuestion) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{:>3}. {}  ({}, {})",
        question.number,
        lines(&question.text),
        question.kind.as_str(),
        question.points
    );
    for (number, option) in (1..).zip(&question.options) {
        let number: usize = number;
        let _ = writeln!(text, "       {number}  {}", harmless(&option.text));
    }
    for (letter, choice) in ('a'..='z').zip(&question.choices) {
        let _ = writeln!(text, "             {letter}  {}", harmless(&choice.text));
    }
    if let Some(starter) = &question.starter {
        let _ = writeln!(text, "       {}", lines(starter));
    }
    text
}

fn lines(text: &str) -> String {
    text.lines().map(harmless).collect::<Vec<_>>().join("\n       ")
}

fn right(entry: &KeyEntry) -> String {
    let mut text = String::new();
    let question = format!("{} version {}", entry.question, entry.version);
    let right =
        if entry.right.is_empty() { "graded by hand".to_owned() } else { entry.right.join("; ") };
    let _ = writeln!(text, "     → {}  [{question}]", harmless(&right));
    for (what, told) in [("feedback", &entry.feedback), ("guide", &entry.guide)] {
        if let Some(told) = told {
            let _ = writeln!(text, "       {what}: {}", lines(told));
        }
    }
    text
}

impl Row for KeyEntry {
    const COLUMNS: &'static [Column] =
        &[keep("number"), keep("question"), keep("version"), shrink("right")];
    fn cells(&self) -> Vec<Cell> {
        vec![
            i64::try_from(self.number).unwrap_or(i64::MAX).into(),
            self.question.as_str().into(),
            self.version.into(),
            (&self.right).into(),
        ]
    }
}

impl Row for GradedQuestion {
    const COLUMNS: &'static [Column] = &[
        keep("number"),
        keep("question"),
        keep("state"),
        keep("points"),
        keep("max"),
        shrink("feedback"),
    ];
    fn cells(&self) -> Vec<Cell> {
        vec![
            i64::try_from(self.number).unwrap_or(i64::MAX).into(),
            self.question.as_str().into(),
            self.grade.state.as_str().into(),
            self.grade.points.to_string().into(),
            self.grade.max.to_string().into(),
            (&self.feedback).into(),
        ]
    }
}
