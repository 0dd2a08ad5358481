//! `lmsctl quiz queue`

use clap::Args;
use lms_core::{QueueEntry, QueueFilter};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::paging::PageArgs;
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Row, apart, drop_first, keep, shrink};

/// List attempts that wait for somebody who grades, the oldest first
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl quiz queue",
    "lmsctl quiz queue FIRE --output json",
])]
pub(crate) struct QueueArgs {
    /// Only those at this quiz
    quiz: Option<String>,
    /// Only those in this training
    #[arg(long)]
    training: Option<String>,
    #[command(flatten)]
    page: PageArgs,
}

pub(crate) async fn run(app: &App, args: QueueArgs) -> Result {
    let filter = args.quiz.iter().fold(QueueFilter::new(), |filter, quiz| filter.quiz(quiz));
    let filter = args.training.iter().fold(filter, |filter, code| filter.training(code));
    let session = app.open().await?;
    let progress = session.lms.progress();
    let list = args
        .page
        .read(async |limit, cursor| {
            progress.grading_queue(&session.actor, filter.clone().page(limit, cursor)).await
        })
        .await?;
    app.output.list(&list, "attempt waits", "attempts wait")?;
    if let Some(first) = list.items.first() {
        app.output.hint(&format!("`lmsctl quiz attempt {}` shows the answers", first.attempt.id));
    }
    Ok(Exit::Done)
}

impl Row for QueueEntry {
    const COLUMNS: &'static [Column] = &[
        keep("id"),
        shrink("person"),
        keep("quiz"),
        drop_first("training"),
        keep("questions"),
        keep("points_open"),
        drop_first("submitted_at"),
        apart("number"),
        apart("points"),
        apart("points_max"),
        apart("passed"),
        apart("person_id"),
    ];

    fn cells(&self) -> Vec<Cell> {
        let attempt = &self.attempt;
        let questions: Vec<String> = self.questions.iter().map(ToString::to_string).collect();
        vec![
            attempt.id.to_string().into(),
            attempt.person.as_str().into(),
            attempt.quiz.as_str().into(),
            attempt.training.as_str().into(),
            (&questions).into(),
            attempt.points_open.to_string().into(),
            attempt.submitted_at.into(),
            attempt.number.into(),
            attempt.points.map(|points| points.to_string()).into(),
            attempt.points_max.to_string().into(),
            attempt.passed.map(|passed| if passed { "yes" } else { "no" }).into(),
            attempt.person_id.to_string().into(),
        ]
    }
}
