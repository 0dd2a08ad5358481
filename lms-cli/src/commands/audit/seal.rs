//! `lmsctl audit seal`

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use crate::app::App;
use crate::cli::help::examples;
use crate::error::{Exit, Result, file_error};
use crate::out_file::OutFile;

/// Write down where the log ends now, to be kept where the database's owner cannot reach it
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl audit seal",
    "lmsctl audit seal seal.json",
    "lmsctl audit verify --seal seal.json",
])]
pub(crate) struct SealArgs {
    /// File to write; standard output if it is missing
    #[arg(value_name = "FILE", default_value = "-", hide_default_value = true)]
    file: PathBuf,
    /// Overwrite an existing file
    #[arg(long)]
    force: bool,
}

pub(crate) async fn run(app: &App, args: SealArgs) -> Result {
    let session = app.open().await?;
    let mut file = OutFile::create(&args.file, args.force)?;
    let seal = session.lms.audit().seal(&session.actor).await?;
    // A seal is a document that is kept and read again: it is JSON in every format.
    let text = serde_json::to_string_pretty(&seal).expect("a seal is plain data");
    writeln!(file, "{text}").map_err(|cause| file_error("write", &args.file, &cause))?;
    file.commit()?;
    app.output.done(&format!("sealed the audit log at entry {}", seal.seq));
    Ok(Exit::Done)
}
