//! `lmsctl question archive·restore`

use clap::Args;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::changes::changed;
use crate::commands::picking;
use crate::error::{Exit, Result};

/// Take a question out of use; refused while a quiz needs it
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl question archive FIRE-12",
    "lmsctl question archive FIRE-01    # exit 4: a quiz asks it",
])]
pub(crate) struct ArchiveArgs {
    /// Code of the question
    question: Option<String>,
}

/// Take an archived question into use again
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl question restore FIRE-12"])]
pub(crate) struct RestoreArgs {
    /// Code of the question
    question: Option<String>,
}

pub(crate) async fn archive(app: &App, args: ArchiveArgs) -> Result {
    let session = app.open().await?;
    let question = picking::question(app, &session, args.question).await?;
    let quizzes = session.lms.quizzes();
    let outcome = quizzes.archive_question(&session.actor, &question).await?;
    changed(app, &outcome, &format!("question `{}`", outcome.value.code))?;
    Ok(Exit::Done)
}

pub(crate) async fn restore(app: &App, args: RestoreArgs) -> Result {
    let session = app.open().await?;
    let question = picking::question(app, &session, args.question).await?;
    let quizzes = session.lms.quizzes();
    let outcome = quizzes.restore_question(&session.actor, &question).await?;
    changed(app, &outcome, &format!("question `{}`", outcome.value.code))?;
    Ok(Exit::Done)
}
