//! `lmsctl question edit`

use clap::Args;
use lms_core::QuestionChange;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::changes::changed;
use crate::commands::picking;
use crate::error::{Exit, Result};

/// Change a question; attempts that saw it as it was keep that
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl question edit FIRE-01 --points 2 --add-tag office",
    "lmsctl question edit FIRE-03 --text \"A fire door may be wedged open.\"",
    "lmsctl question edit FIRE-05 --feedback \"Aim low, in bursts.\"",
])]
pub(crate) struct EditArgs {
    /// Code of the question
    question: Option<String>,
    /// Another wording
    #[arg(long)]
    text: Option<String>,
    /// What it can earn
    #[arg(long, value_name = "NUMBER")]
    points: Option<String>,
    /// What is told afterwards; empty: nothing
    #[arg(long, value_name = "TEXT")]
    feedback: Option<String>,
    /// Add a tag; repeat for several
    #[arg(long = "add-tag", value_name = "TAG")]
    tags_added: Vec<String>,
    /// Remove a tag; repeat for several
    #[arg(long = "remove-tag", value_name = "TAG")]
    tags_removed: Vec<String>,
}

pub(crate) async fn run(app: &App, args: EditArgs) -> Result {
    let mut change = QuestionChange::new();
    if let Some(text) = &args.text {
        change = change.text(text);
    }
    if let Some(points) = &args.points {
        change = change.points(points);
    }
    if let Some(feedback) = &args.feedback {
        change = change.set("feedback", feedback.as_str());
    }
    change = args.tags_added.iter().fold(change, |change, tag| change.add_tag(tag));
    change = args.tags_removed.iter().fold(change, |change, tag| change.remove_tag(tag));
    let session = app.open().await?;
    let question = picking::question(app, &session, args.question).await?;
    let quizzes = session.lms.quizzes();
    let outcome = quizzes.edit_question(&session.actor, &question, change).await?;
    changed(app, &outcome, &format!("question `{}`", outcome.value.code))?;
    Ok(Exit::Done)
}
