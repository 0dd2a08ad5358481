//! `lmsctl quiz edit`

use clap::Args;
use lms_core::QuizChange;

use super::add::LimitArgs;
use crate::app::App;
use crate::cli::help::examples;
use crate::commands::changes::changed;
use crate::commands::picking;
use crate::error::{Exit, Result};

/// Change a quiz; attempts that began keep it as it was
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl quiz edit FIRE --passing 80 --attempts 5",
    "lmsctl quiz edit FIRE-SHORT --title \"Five questions about fire\" --shuffle false",
    "lmsctl quiz edit FIRE --archive",
    "lmsctl quiz export FIRE > fire.toml    # sections are easier to change in a file",
])]
pub(crate) struct EditArgs {
    /// Code of the quiz
    quiz: Option<String>,
    /// Another title
    #[arg(long)]
    title: Option<String>,
    /// What it is about; empty: nothing
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    #[command(flatten)]
    limits: LimitArgs,
    /// Give it no longer
    #[arg(long, conflicts_with = "restore")]
    archive: bool,
    /// Give it again
    #[arg(long)]
    restore: bool,
}

pub(crate) async fn run(app: &App, args: EditArgs) -> Result {
    let mut change = QuizChange::new();
    if let Some(title) = &args.title {
        change = change.title(title);
    }
    if let Some(description) = &args.description {
        change = change.set("description", description.as_str());
    }
    let fields = args.limits.fields().into_iter();
    change = fields.fold(change, |change, (name, value)| change.set(name, value));
    if args.archive || args.restore {
        change = change.archived(args.archive);
    }
    let session = app.open().await?;
    let quiz = picking::quiz(app, &session, args.quiz).await?;
    let outcome = session.lms.quizzes().edit_quiz(&session.actor, &quiz, change).await?;
    changed(app, &outcome, &format!("quiz `{}`", outcome.value.code))?;
    Ok(Exit::Done)
}
