//! `lmsctl training content get`

use std::path::PathBuf;

use clap::Args;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::files::receive;
use crate::error::{Exit, Result};
use crate::out_file::OutFile;

/// Get a file as it was put in
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl training content get 00000000-0000-7000-8000-000000000000 --out ways.txt      # exit 7",
])]
pub(crate) struct GetArgs {
    /// Id of the file
    id: String,
    /// File to write, or - for standard output
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Overwrite an existing file
    #[arg(long)]
    force: bool,
}

pub(crate) async fn run(app: &App, args: GetArgs) -> Result {
    let session = app.open_with_files().await?;
    // A name that is not there, or a place that is taken, is told before anybody is noted as a reader.
    session.lms.content().show(&session.actor, &args.id).await?;
    let file = OutFile::create_binary(&args.out, args.force)?;
    let open = session.lms.content().open(&session.actor, &args.id).await?;
    receive(app, file, open, &args.out).await?;
    Ok(Exit::Done)
}
