//! `lmsctl audit export`

use std::path::PathBuf;

use clap::Args;

use crate::app::App;
use crate::cli::help::examples;
use crate::error::{Exit, Result};
use crate::out_file::OutFile;

/// Write the whole log to a file that can be checked without this database
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl audit export audit.ndjson",
    "lmsctl audit export - | gzip > audit.ndjson.gz",
    "lmsctl audit verify --export audit.ndjson",
])]
pub(crate) struct ExportArgs {
    /// File to write, or - for standard output
    file: PathBuf,
    /// Overwrite an existing file
    #[arg(long)]
    force: bool,
}

pub(crate) async fn run(app: &App, args: ExportArgs) -> Result {
    let session = app.open().await?;
    let mut file = OutFile::create(&args.file, args.force)?;
    let exported = session.lms.audit().export(&session.actor, &mut file).await;
    let entries = exported.map_err(|error| file.stop(error))?;
    let name = file.name();
    file.commit()?;
    app.output.done_with(&format!("wrote {entries} entries to {name}"), &[("entries", entries)]);
    Ok(Exit::Done)
}
