//! `lmsctl quiz attempts`

use clap::Args;
use lms_core::{Attempt, AttemptFilter, AttemptState};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::paging::PageArgs;
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Row, apart, drop_first, keep, shrink};

/// List attempts at quizzes, the newest first
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl quiz attempts",
    "lmsctl quiz attempts FIRE-SHORT --state waiting",
    "lmsctl quiz attempts --person ada@demo.example --output json",
])]
pub(crate) struct AttemptsArgs {
    /// Only those at this quiz
    quiz: Option<String>,
    /// Only those in this training
    #[arg(long)]
    training: Option<String>,
    /// Only those of this person
    #[arg(long)]
    person: Option<String>,
    /// Only those that stand so: open, waiting, graded
    #[arg(long, value_parser = state)]
    state: Option<AttemptState>,
    #[command(flatten)]
    page: PageArgs,
}

fn state(text: &str) -> std::result::Result<AttemptState, String> {
    AttemptState::parse(text).map_err(|_| "expected open, waiting or graded".to_owned())
}

pub(crate) async fn run(app: &App, args: AttemptsArgs) -> Result {
    let filter = args.quiz.iter().fold(AttemptFilter::new(), |filter, quiz| filter.quiz(quiz));
    let filter = args.training.iter().fold(filter, |filter, code| filter.training(code));
    let filter = args.person.iter().fold(filter, |filter, person| filter.person(person));
    let filter = args.state.into_iter().fold(filter, AttemptFilter::state);
    let session = app.open().await?;
    let progress = session.lms.progress();
    let list = args
        .page
        .read(async |limit, cursor| {
            progress.attempts(&session.actor, filter.clone().page(limit, cursor)).await
        })
        .await?;
    app.output.list(&list, "attempt", "attempts")?;
    Ok(Exit::Done)
}

impl Row for Attempt {
    const COLUMNS: &'static [Column] = &[
        keep("id"),
        shrink("person"),
        keep("quiz"),
        drop_first("training"),
        keep("number"),
        keep("state"),
        keep("percent"),
        keep("passed"),
        drop_first("submitted_at"),
        apart("points"),
        apart("points_max"),
        apart("points_open"),
        apart("expired"),
        apart("begun_at"),
        apart("deadline_at"),
        apart("module"),
        apart("quiz_version"),
        apart("person_id"),
        apart("updated_at"),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.id.to_string().into(),
            self.person.as_str().into(),
            self.quiz.as_str().into(),
            self.training.as_str().into(),
            self.number.into(),
            self.state.as_str().into(),
            self.percent.into(),
            self.passed.map(yes).into(),
            self.submitted_at.into(),
            self.points.map(|points| points.to_string()).into(),
            self.points_max.to_string().into(),
            self.points_open.to_string().into(),
            yes(self.expired).into(),
            self.begun_at.into(),
            self.deadline_at.into(),
            self.module.as_str().into(),
            self.quiz_version.into(),
            self.person_id.to_string().into(),
            self.updated_at.into(),
        ]
    }
}

fn yes(flag: bool) -> &'static str {
    if flag { "yes" } else { "no" }
}
