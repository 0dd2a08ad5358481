//! `lmsctl quiz export`

use clap::Args;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::documents::OutArgs;
use crate::error::{Exit, Result};
use crate::output::counted;

/// Write quizzes with all that they can ask to a file, or the whole bank
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl quiz export > everything.toml",
    "lmsctl quiz export FIRE --out fire.toml",
    "lmsctl quiz export FIRE FIRE-SHORT --format json",
])]
pub(crate) struct ExportArgs {
    /// Codes of quizzes; everything, unless said
    quizzes: Vec<String>,
    #[command(flatten)]
    out: OutArgs,
}

pub(crate) async fn run(app: &App, args: ExportArgs) -> Result {
    let session = app.open().await?;
    let file = session.lms.quizzes().export(&session.actor, &args.quizzes).await?;
    let name = args.out.write(|written| file.to_text(written.into()))?;
    let (questions, quizzes) = file.counts();
    let counts = [questions, quizzes].map(|count| i64::try_from(count).unwrap_or(i64::MAX));
    app.output.done_with(
        &format!(
            "wrote {} and {} to {name}",
            counted(questions, "question", "questions"),
            counted(quizzes, "quiz", "quizzes")
        ),
        &[("questions", counts[0]), ("quizzes", counts[1])],
    );
    Ok(Exit::Done)
}
