//! `lmsctl training content get`

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use futures_util::TryStreamExt;

use crate::app::App;
use crate::cli::help::examples;
use crate::error::{Exit, Result, file_error};
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
    let found = session.lms.content().show(&session.actor, &args.id).await?;
    let mut file = OutFile::create_binary(&args.out, args.force)?;
    let mut open = session.lms.content().open(&session.actor, &args.id).await?;
    let total = found.size.unsigned_abs();
    let (mut done, mut progress) = (0, app.output.progress("receiving"));
    // What turns out to be altered at its end is never moved into place.
    while let Some(piece) = open.bytes.try_next().await? {
        let written = file.write_all(&piece);
        written.map_err(|cause| file.stop(file_error("write", &args.out, &cause)))?;
        done += piece.len() as u64;
        progress.at(done, total);
    }
    progress.finish();
    let name = file.name();
    file.commit()?;
    app.output.done(&format!("wrote `{}` to {name}", found.name));
    Ok(Exit::Done)
}
