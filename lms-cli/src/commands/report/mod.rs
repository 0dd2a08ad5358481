//! `lmsctl report`: questions over the whole organisation, answered as a workbook, a page, CSV or JSON.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use lms_reports::{Document, Format, Language, Params, Report, ReportFile};

use crate::app::{App, Session};
use crate::cli::help::examples;
use crate::commands::audience::AudienceArgs;
use crate::commands::figures::MomentArgs;
use crate::error::{Exit, Result, Stop, USAGE};
use crate::out_file::OutFile;
use crate::output::counted;

pub(crate) mod activity;
pub(crate) mod audit;
pub(crate) mod bridge;
pub(crate) mod compliance;
pub(crate) mod departments;
pub(crate) mod exemptions;
pub(crate) mod expiring;
pub(crate) mod import_run;
pub(crate) mod list;
pub(crate) mod load;
pub(crate) mod onboarding;
pub(crate) mod overdue;
pub(crate) mod people;
pub(crate) mod skills;
pub(crate) mod trainings;
pub(crate) mod quiz_items;
pub(crate) mod transcript;
pub(crate) mod trend;
pub(crate) mod verify;

/// Write reports as workbooks or pages, and verify them
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples![
    "lmsctl report list",
    "lmsctl report audit --out audit.xlsx",
    "lmsctl report audit --out pruefung.html --lang de",
    "lmsctl report verify audit.xlsx",
])]
pub(crate) enum ReportCommand {
    List(list::ListArgs),
    Activity(activity::ActivityArgs),
    Audit(audit::AuditArgs),
    Bridge(bridge::BridgeArgs),
    Compliance(compliance::ComplianceArgs),
    Departments(departments::DepartmentsArgs),
    Exemptions(exemptions::ExemptionsArgs),
    Expiring(expiring::ExpiringArgs),
    ImportRun(import_run::ImportRunArgs),
    Load(load::LoadArgs),
    Onboarding(onboarding::OnboardingArgs),
    Overdue(overdue::OverdueArgs),
    People(people::PeopleArgs),
    QuizItems(quiz_items::QuizItemsArgs),
    Skills(skills::SkillsArgs),
    Trainings(trainings::TrainingsArgs),
    Transcript(transcript::TranscriptArgs),
    Trend(trend::TrendArgs),
    Verify(verify::VerifyArgs),
    /// A name that is no report, to say which there are.
    #[command(external_subcommand)]
    Unknown(Vec<String>),
}

/// Where a report is written to, and as what.
#[derive(Debug, Clone, Args)]
pub(crate) struct OutArgs {
    /// File to write: NAME.xlsx, .html, .csv, .json, .ndjson or .parquet; - for standard
    /// output
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Format for standard output: xlsx, html, csv, json, ndjson or parquet
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    /// Language of headings and sentences: en, de, fr or es; what the data say stays as it is
    #[arg(long, value_name = "LANGUAGE")]
    lang: Option<String>,
    /// As of the last entry of the audit log: the same data give the same bytes
    #[arg(long)]
    reproducible: bool,
}

/// Whom a report is about, with what, and on which day.
#[derive(Debug, Args)]
pub(crate) struct AboutArgs {
    /// Only this training, by code; repeat for several
    #[arg(long = "training", value_name = "TRAINING")]
    trainings: Vec<String>,
    #[command(flatten)]
    moment: MomentArgs,
    #[command(flatten)]
    audience: AudienceArgs,
}

impl AboutArgs {
    /// Reads the audience; what is wrong with it is told before a database is needed.
    fn audience(&self) -> Result<Option<String>> {
        let audience = self.audience.audience()?;
        Ok((!self.audience.is_empty()).then(|| audience.to_flags()))
    }

    async fn ask(
        &self,
        session: &Session,
        params: Params,
        audience: Option<String>,
    ) -> Result<Params> {
        let (day, known_at) = self.moment.read(session).await?;
        let params = params.audience(audience).as_of(day).known_at(known_at);
        Ok(self.trainings.iter().fold(params, |params, one| params.training(one)))
    }
}

pub(crate) async fn run(app: &App, command: ReportCommand) -> Result {
    match command {
        ReportCommand::List(args) => list::run(app, &args),
        ReportCommand::Activity(args) => activity::run(app, args).await,
        ReportCommand::Audit(args) => audit::run(app, args).await,
        ReportCommand::Bridge(args) => bridge::run(app, args).await,
        ReportCommand::Compliance(args) => compliance::run(app, args).await,
        ReportCommand::Departments(args) => departments::run(app, args).await,
        ReportCommand::Exemptions(args) => exemptions::run(app, args).await,
        ReportCommand::Expiring(args) => expiring::run(app, args).await,
        ReportCommand::ImportRun(args) => import_run::run(app, args).await,
        ReportCommand::Load(args) => load::run(app, args).await,
        ReportCommand::Onboarding(args) => onboarding::run(app, args).await,
        ReportCommand::Overdue(args) => overdue::run(app, args).await,
        ReportCommand::People(args) => people::run(app, args).await,
        ReportCommand::QuizItems(args) => quiz_items::run(app, args).await,
        ReportCommand::Skills(args) => skills::run(app, args).await,
        ReportCommand::Trainings(args) => trainings::run(app, args).await,
        ReportCommand::Transcript(args) => transcript::run(app, args).await,
        ReportCommand::Trend(args) => trend::run(app, args).await,
        ReportCommand::Verify(args) => verify::run(app, args).await,
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
                .with_hint("add `--format xlsx`, `html`, `csv`, `json`, `ndjson` or `parquet`")
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
    let language = args.lang.as_deref().map(Language::named).transpose()?;
    let session = app.open().await?;
    let params = Params::new().reproducible(args.reproducible).language(language);
    let params = ask(&session, params).await?;
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
