//! `lmsctl quiz export`

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use lms_core::QuizFileFormat;

use crate::app::App;
use crate::cli::help::examples;
use crate::error::{Exit, Result, file_error};
use crate::out_file::OutFile;
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
    /// File to write: NAME.toml or NAME.json
    #[arg(long, value_name = "FILE", default_value = "-", hide_default_value = true)]
    out: PathBuf,
    /// toml or json; by the name of the file, unless said
    #[arg(long, value_name = "FORMAT", hide_possible_values = true)]
    format: Option<FileFormat>,
    /// Overwrite an existing file
    #[arg(long)]
    force: bool,
}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FileFormat {
    /// For people, and for version control
    Toml,
    /// For programs
    Json,
}

pub(crate) async fn run(app: &App, args: ExportArgs) -> Result {
    let session = app.open().await?;
    let file = session.lms.quizzes().export(&session.actor, &args.quizzes).await?;
    let text = file.to_text(format(&args));
    let mut out = OutFile::create(&args.out, args.force)?;
    if let Err(cause) = out.write_all(text.as_bytes()) {
        return Err(out.stop(file_error("write", &args.out, &cause)));
    }
    let name = out.name();
    out.commit()?;
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

fn format(args: &ExportArgs) -> QuizFileFormat {
    let by_name = || {
        let extension = Path::new(&args.out).extension().and_then(|extension| extension.to_str());
        extension.is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
    };
    match args.format {
        Some(FileFormat::Json) => QuizFileFormat::Json,
        None if by_name() => QuizFileFormat::Json,
        _ => QuizFileFormat::Toml,
    }
}
