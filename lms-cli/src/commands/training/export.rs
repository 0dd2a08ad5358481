//! `lmsctl training export`

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use lms_core::FileFormat;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::picking;
use crate::error::{Exit, Result, file_error};
use crate::out_file::OutFile;

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

/// How a training is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shape {
    /// For people
    Toml,
    /// For programs
    Json,
}

impl Shape {
    /// By the ending of a file; TOML unless it says otherwise.
    pub(crate) fn of(path: &std::path::Path) -> Self {
        let ending = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
        if ending { Self::Json } else { Self::Toml }
    }

    /// By the ending of a file; what comes without a name, by how it begins.
    pub(crate) fn of_text(path: &std::path::Path, text: &str) -> Self {
        let is_json = path == std::path::Path::new("-") && text.trim_start().starts_with('{');
        if is_json { Self::Json } else { Self::of(path) }
    }

    pub(crate) fn format(self) -> FileFormat {
        match self {
            Self::Toml => FileFormat::Toml,
            Self::Json => FileFormat::Json,
        }
    }
}

pub(crate) async fn run(app: &App, args: ExportArgs) -> Result {
    let shape = args.shape.unwrap_or_else(|| Shape::of(&args.out));
    let session = app.open().await?;
    let training = picking::training(app, &session, args.training).await?;
    let training = session.lms.catalog().export(&session.actor, &training).await?;
    let mut file = OutFile::create(&args.out, args.force)?;
    let written = file.write_all(training.write(shape.format()).as_bytes());
    written.map_err(|cause| file.stop(file_error("write", &args.out, &cause)))?;
    let name = file.name();
    file.commit()?;
    app.output.done(&format!("wrote `{}` to {name}", training.code));
    Ok(Exit::Done)
}
