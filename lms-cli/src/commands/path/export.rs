//! `lmsctl path export`

use clap::Args;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::documents::OutArgs;
use crate::commands::picking;
use crate::error::{Exit, Result};

/// Write a whole learning path to a file, as its author has it now
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl path export NEW-HIRE --out new-hire.toml",
    "lmsctl path export NEW-HIRE --format json | head -n 3",
])]
pub(crate) struct ExportArgs {
    /// Code
    path: Option<String>,
    #[command(flatten)]
    out: OutArgs,
}

pub(crate) async fn run(app: &App, args: ExportArgs) -> Result {
    let session = app.open().await?;
    let path = picking::path(app, &session, args.path).await?;
    let path = session.lms.paths().export(&session.actor, &path).await?;
    let name = args.out.write(|written| path.write(written.into()))?;
    app.output.done(&format!("wrote `{}` to {name}", path.code));
    Ok(Exit::Done)
}
