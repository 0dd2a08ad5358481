//! `lmsctl path export`

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::picking;
use crate::commands::training::export::Shape;
use crate::error::{Exit, Result, file_error};
use crate::out_file::OutFile;

/// Write a whole learning path to a file, as its author has it now
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl path export NEW-HIRE --out new-hire.toml",
    "lmsctl path export NEW-HIRE --shape json | head -n 3",
])]
pub(crate) struct ExportArgs {
    /// Code
    path: Option<String>,
    /// File to write, or - for standard output
    #[arg(long, value_name = "FILE", default_value = "-")]
    out: PathBuf,
    /// How it is written; by the ending of the file, unless said: toml or json
    #[arg(long, value_name = "SHAPE", hide_possible_values = true)]
    shape: Option<Shape>,
    /// Overwrite an existing file
    #[arg(long)]
    force: bool,
}

pub(crate) async fn run(app: &App, args: ExportArgs) -> Result {
    let shape = args.shape.unwrap_or_else(|| Shape::of(&args.out));
    let session = app.open().await?;
    let path = picking::path(app, &session, args.path).await?;
    let path = session.lms.paths().export(&session.actor, &path).await?;
    let mut file = OutFile::create(&args.out, args.force)?;
    let written = file.write_all(path.write(shape.format()).as_bytes());
    written.map_err(|cause| file.stop(file_error("write", &args.out, &cause)))?;
    let name = file.name();
    file.commit()?;
    app.output.done(&format!("wrote `{}` to {name}", path.code));
    Ok(Exit::Done)
}
