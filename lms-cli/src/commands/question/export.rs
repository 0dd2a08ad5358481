//! `lmsctl question export`

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use lms_core::{QuestionFilter, QuestionFormat, QuestionKind, Unsaid};

use super::kind;
use crate::app::App;
use crate::cli::help::examples;
use crate::error::{Exit, Result, file_error};
use crate::out_file::OutFile;
use crate::output::counted;

/// So many questions are named of which something is not in the file.
const NAMED_MAX: usize = 20;

/// Write questions for another program: a table, or Moodle's GIFT or XML
///
/// What the format cannot say of a question is told; `lmsctl import questions` reads the file again and
/// leaves that alone. `lmsctl quiz export` writes all there is, with the quizzes.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl question export --format csv --out questions.csv",
    "lmsctl question export --format gift --tag escape",
    "lmsctl question export --out bank.xml --quiet",
])]
pub(crate) struct ExportArgs {
    /// Words that begin so, in code or text
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// With this tag; repeat for those that have all of them
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Of this kind, such as single or numeric
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: Option<QuestionKind>,
    /// Also those that are archived
    #[arg(long)]
    archived: bool,
    /// File to write, or - for standard output
    #[arg(long, value_name = "FILE", default_value = "-")]
    out: PathBuf,
    /// How it is written; by the ending of the file, unless said: csv, gift or xml
    #[arg(long, value_name = "FORMAT", hide_possible_values = true)]
    format: Option<Written>,
    /// Overwrite an existing file
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Written {
    Csv,
    Gift,
    Xml,
}

impl From<Written> for QuestionFormat {
    fn from(written: Written) -> Self {
        match written {
            Written::Csv => Self::Csv,
            Written::Gift => Self::Gift,
            Written::Xml => Self::MoodleXml,
        }
    }
}

pub(crate) async fn run(app: &App, args: ExportArgs) -> Result {
    let by_name = args.out.extension().and_then(|ending| ending.to_str());
    let by_name = by_name.and_then(QuestionFormat::named).unwrap_or(QuestionFormat::Csv);
    let format = args.format.map_or(by_name, QuestionFormat::from);
    let mut filter = QuestionFilter::new().archived(args.archived);
    if let Some(search) = &args.search {
        filter = filter.search(search);
    }
    if let Some(kind) = args.kind {
        filter = filter.kind(kind);
    }
    filter = args.tags.iter().fold(filter, |filter, tag| filter.tag(tag));
    let session = app.open().await?;
    let export = session.lms.quizzes().export_questions(&session.actor, filter, format).await?;
    let mut file = OutFile::create(&args.out, args.force)?;
    let written = file.write_all(export.text.as_bytes());
    written.map_err(|cause| file.stop(file_error("write", &args.out, &cause)))?;
    let name = file.name();
    file.commit()?;
    for unsaid in export.unsaid.iter().take(NAMED_MAX) {
        app.output.note(&told(unsaid, format));
    }
    if let Some(more @ 1..) = export.unsaid.len().checked_sub(NAMED_MAX) {
        app.output.note(&format!("{more} more questions are not, or not wholly, in the file"));
    }
    let n_questions = usize::try_from(export.n_questions).unwrap_or(usize::MAX);
    app.output.done_with(
        &format!("wrote {} to {name}", counted(n_questions, "question", "questions")),
        &[("questions", i64::try_from(export.n_questions).unwrap_or(i64::MAX))],
    );
    Ok(Exit::Done)
}

fn told(unsaid: &Unsaid, format: QuestionFormat) -> String {
    let Unsaid { code, what, left_out, .. } = unsaid;
    let (format, what) = (format.as_str(), what.join(", "));
    if *left_out {
        format!("{code} is not in the file: {format} cannot say {what}")
    } else {
        format!("{code}: {format} cannot say {what}")
    }
}
