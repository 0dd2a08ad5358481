//! `lmsctl person export`

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use lms_core::PersonStatus;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::picking;
use crate::error::{Exit, Result, file_error};
use crate::out_file::OutFile;

/// Write all that is held about a person, as JSON
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl person export ada@demo.example",
    "lmsctl person export 00104 --out zoe.json",
])]
pub(crate) struct ExportArgs {
    /// E-mail, employee number, user name or id
    person: Option<String>,
    /// File to write, readable by its owner only; or - for standard output
    #[arg(long, value_name = "FILE", default_value = "-")]
    out: PathBuf,
    /// Overwrite an existing file
    #[arg(long)]
    force: bool,
}

pub(crate) async fn run(app: &App, args: ExportArgs) -> Result {
    let session = app.open().await?;
    let person = picking::person(app, &session, args.person, PersonStatus::ALL).await?;
    let export = session.lms.people().export(&session.actor, &person).await?;
    let mut file = OutFile::create(&args.out, args.force)?;
    let name = file.name();
    let text = serde_json::to_string_pretty(&export).map_err(std::io::Error::from);
    let written = text.and_then(|text| writeln!(file, "{text}"));
    written.map_err(|cause| file.stop(file_error("write", &args.out, &cause)))?;
    file.commit()?;
    app.output.done(&format!("wrote all that is held about the person to {name}"));
    Ok(Exit::Done)
}
