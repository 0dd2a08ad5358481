//! `lmsctl training export`

use clap::Args;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::documents::OutArgs;
use crate::commands::picking;
use crate::error::{Exit, Result};

/// Write a whole training to a file, as its author has it now
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl training export GDPR-101 --out gdpr-101.toml",
    "lmsctl training export GDPR-101 --out gdpr-101.json",
    "lmsctl training export GDPR-101 | head -n 3",
])]
pub(crate) struct ExportArgs {
    /// Code
    training: Option<String>,
    #[command(flatten)]
    out: OutArgs,
}

pub(crate) async fn run(app: &App, args: ExportArgs) -> Result {
    let session = app.open().await?;
    let training = picking::training(app, &session, args.training).await?;
    let training = session.lms.catalog().export(&session.actor, &training).await?;
    let name = args.out.write(|written| training.write(written.into()))?;
    app.output.done(&format!("wrote `{}` to {name}", training.code));
    Ok(Exit::Done)
}
