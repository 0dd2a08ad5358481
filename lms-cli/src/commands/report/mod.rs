//! `lmsctl report`: questions over the whole organisation, answered as a workbook, CSV or JSON.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use lms_reports::{Document, Format, Params, Report, ReportFile};

use crate::app::{App, Session};
use crate::cli::help::examples;
use crate::error::{Exit, Result, Stop, USAGE};
use crate::out_file::OutFile;
use crate::output::counted;

pub(crate) mod audit;
pub(crate) mod list;

/// Write a report as a workbook, CSV or JSON
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples![
    "lmsctl report list",
    "lmsctl report audit --out audit.xlsx",
])]
pub(crate) enum ReportCommand {
    List(list::ListArgs),
    Audit(audit::AuditArgs),
    /// A name that is no report, to say which there are.
    #[command(external_subcommand)]
    Unknown(Vec<String>),
}

/// Where a report is written to, and as what.
#[derive(Debug, Clone, Args)]
pub(crate) struct OutArgs {
    /// File to write: NAME.xlsx, .csv, .json or .ndjson; - for standard output
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Format for standard output: xlsx, csv, json or ndjson
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    /// As of the last entry of the audit log: the same data give the same bytes
    #[arg(long)]
    reproducible: bool,
}

pub(crate) async fn run(app: &App, command: ReportCommand) -> Result {
    match command {
        ReportCommand::List(args) => list::run(app, &args),
        ReportCommand::Audit(args) => audit::run(app, args).await,
        ReportCommand::Unknown(words) => {
            let name = words.first().map(String::as_str).unwrap_or_default();
            let report = Report::named(name)?;
            Err(USAGE.error(format!("the report `{}` has no command", report.name())).into())
        }
    }
}

impl OutArgs {
    fn goes_to_stdout(&self) -> bool {
        self.out == Path::new("-")
    }

    /// What to write, found out before anything is read.
    fn format(&self) -> Result<Format> {
        let named = self.format.as_deref().map(Format::named).transpose()?;
        match named {
            Some(format) if self.goes_to_stdout() => Ok(format),
            None if self.goes_to_stdout() => Err(USAGE
                .error("standard output has no name that says which format to write")
                .with_hint("add `--format xlsx`, `csv`, `json` or `ndjson`")
                .into()),
            None => Ok(Format::of_file(&self.out)?),
            Some(format) if Format::of_file(&self.out).is_ok_and(|other| other != format) => {
                let message =
                    format!("`{}` is not named like a `.{}`", self.out.display(), format.name());
                Err(USAGE.error(message).with_hint("leave `--format` out, or rename it").into())
            }
            Some(format) => Ok(format),
        }
    }
}

/// Asks, writes, and says what was written. What a report can be asked besides is up to its own
/// command.
async fn produce(
    app: &App,
    report: Report,
    args: OutArgs,
    ask: impl AsyncFnOnce(&Session, Params) -> Result<Params>,
) -> Result {
    let format = args.format()?;
    let session = app.open().await?;
    let params = ask(&session, Params::new().reproducible(args.reproducible)).await?;
    // Where it cannot be written, nobody wants to wait for it first.
    let place = Place::open(&args, format)?;
    let mut progress = app.output.progress("reading");
    let mut at = |done, total| progress.at(done, total);
    let document = lms_reports::run(report, &session.lms, &session.actor, params, &mut at).await?;
    progress.finish();

    for note in document.notes() {
        app.output.note(&note);
    }
    let n_rows = document.row_count();
    place.write(document, format).await?;
    let rows = counted(n_rows, "row", "rows");
    let place = if args.goes_to_stdout() {
        "standard output".to_owned()
    } else {
        format!("`{}`", args.out.display())
    };
    let count = i64::try_from(n_rows).unwrap_or(i64::MAX);
    app.output.done_with(&format!("wrote {rows} to {place}"), &[("rows", count)]);
    Ok(Exit::Done)
}

/// Standard output, or a file that is replaced when the report is whole.
enum Place {
    Stdout(OutFile),
    File(ReportFile),
}

impl Place {
    fn open(args: &OutArgs, format: Format) -> Result<Self> {
        if !args.goes_to_stdout() {
            return Ok(Self::File(ReportFile::create(&args.out)?));
        }
        let stdout = if format.is_binary() { OutFile::create_binary } else { OutFile::create };
        Ok(Self::Stdout(stdout(&args.out, true)?))
    }

    /// Writes on a thread of its own, so that Ctrl-C is heard meanwhile; the temporary file then
    /// goes away with `self`.
    async fn write(self, document: Document, format: Format) -> Result<()> {
        match self {
            Self::Stdout(mut stdout) => {
                apart(move || {
                    document.write(format, &mut stdout).map_err(|error| stdout.stop(error))?;
                    stdout.commit()
                })
                .await
            }
            Self::File(file) => {
                let mut writer = file.writer()?;
                apart(move || Ok(document.write(format, &mut writer)?)).await?;
                Ok(file.commit()?)
            }
        }
    }
}

async fn apart(work: impl FnOnce() -> Result<()> + Send + 'static) -> Result<()> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(Stop::Panicked))
}
