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

pub(crate) mod audit;
pub(crate) mod import_run;
pub(crate) mod list;
pub(crate) mod quiz_items;
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
    /// Write what happened to people's learning, and by whom
    ///
    /// What was assigned, begun, handed in, completed, extended, excused and taken back, in the order in which it
    /// was recorded. The period is one month, unless said.
    #[command(after_help = examples![
        "lmsctl report activity --out activity.xlsx",
        "lmsctl report activity --out zoe.csv --person zoe@demo.example --from -12m",
    ])]
    Activity(PeriodArgs),
    Audit(audit::AuditArgs),
    /// Write why compliance is another than before a period, step by step
    ///
    /// Opens with the figures of the day before the period, as they were told when it was over, and closes with
    /// those of its last day. Each obligation that counts otherwise is in one of the steps between. The period is
    /// one month, unless said.
    #[command(after_help = examples![
        "lmsctl report bridge --out bridge.xlsx",
        "lmsctl report bridge --out april.xlsx --from 2026-04-01 --as-of 2026-04-30",
        "lmsctl report bridge --out sales.xlsx --department Sales --from -3m",
    ])]
    Bridge(PeriodArgs),
    /// Write who meets what they have to, by person, department and training
    ///
    /// Mandatory obligations only. Met are those with a completion that is valid; measured are those that are
    /// met or missed. The workbook has them one by one, people beside trainings, by department and by training.
    #[command(after_help = examples![
        "lmsctl report compliance --out compliance.xlsx",
        "lmsctl report compliance --out engineering.xlsx --department Engineering",
        "lmsctl report compliance --out q1.xlsx --as-of 2026-03-31 --known-at 2026-04-01T00:00:00Z",
        "lmsctl report compliance --out - --format csv --training GDPR-101",
    ])]
    Compliance(DayArgs),
    /// Write how departments do, beside each other and compared with before
    ///
    /// Each counts with all below it. The change is that since the day before the period, and the days to
    /// complete are those of what was completed in it. The period is one month, unless said.
    #[command(after_help = examples![
        "lmsctl report departments --out departments.xlsx",
        "lmsctl report departments --out quarter.xlsx --as-of 2026-03-31 --from 2026-01-01",
    ])]
    Departments(PeriodArgs),
    /// Write who is excused from what, why, and who approved it
    ///
    /// Exemptions that hold on the day; with --from, on any day of the period that ends with it.
    #[command(after_help = examples![
        "lmsctl report exemptions --out exemptions.xlsx",
        "lmsctl report exemptions --out year.xlsx --from 2026-01-01 --as-of 2026-12-31",
    ])]
    Exemptions(PeriodArgs),
    /// Write what runs out in 30, 60 and 90 days, and in twelve months
    ///
    /// Completions that are valid on the day and end within twelve months, of every kind.
    #[command(after_help = examples![
        "lmsctl report expiring --out expiring.xlsx",
        "lmsctl report expiring --out - --format csv --department Engineering",
    ])]
    Expiring(DayArgs),
    ImportRun(import_run::ImportRunArgs),
    /// Write what is yet to be learnt: hours and cost, by month and department
    ///
    /// What is open, by the month in which it is due, and what comes round again by the end of the twelfth month. It
    /// is what is on the plan; `lmsctl rule simulate` guesses what people will do.
    #[command(after_help = examples![
        "lmsctl report load --out load.xlsx",
        "lmsctl report load --out sales.xlsx --department Sales --lang de",
    ])]
    Load(DayArgs),
    /// Write how new people settle in: what they had done on day 1, 30, 60 and 90
    ///
    /// Whoever was hired in the period, with the mandatory trainings of their first days, how much of them was done,
    /// and what holds them up. The period is six months, unless said.
    #[command(after_help = examples![
        "lmsctl report onboarding --out onboarding.xlsx",
        "lmsctl report onboarding --out spring.xlsx --from 2026-01-01 --as-of 2026-06-30",
    ])]
    Onboarding(PeriodArgs),
    /// Write who is late with what, for how long, and whom to call
    ///
    /// Assignments of every kind, by manager, person and training, with how far it went up and when the person
    /// was reminded last.
    #[command(after_help = examples![
        "lmsctl report overdue --out overdue.xlsx",
        "lmsctl report overdue --out overdue.csv --manager zoe@demo.example",
    ])]
    Overdue(DayArgs),
    /// Write who is there, where, and to whom they report
    ///
    /// People who are active or on leave on the day, unless another --status is asked for.
    #[command(after_help = examples![
        "lmsctl report people --out people.xlsx",
        "lmsctl report people --out all.csv --status '*'",
    ])]
    People(DayArgs),
    QuizItems(quiz_items::QuizItemsArgs),
    /// Write who has the skills that job roles require, and who lacks them
    ///
    /// A heat map of job roles and skills, and each gap with whom to ask. Who has a skill follows from completions that
    /// are valid on the day.
    #[command(after_help = examples![
        "lmsctl report skills --out skills.xlsx",
        "lmsctl report skills --out ops.xlsx --department Operations",
    ])]
    Skills(DayArgs),
    /// Write how good trainings are: completion, drop-off, days and quizzes
    ///
    /// Of what was assigned, begun and completed in the period; twelve months, unless said.
    #[command(after_help = examples![
        "lmsctl report trainings --out trainings.xlsx",
        "lmsctl report trainings --out quarter.xlsx --from 2026-01-01 --as-of 2026-03-31",
    ])]
    Trainings(PeriodArgs),
    /// Write what people have done, when, with which score and evidence
    ///
    /// One person's training record with --person, or that of many: every completion that was not revoked.
    #[command(after_help = examples![
        "lmsctl report transcript --out zoe.xlsx --person zoe@demo.example",
        "lmsctl report transcript --out year.xlsx --from 2026-01-01 --as-of 2026-12-31",
    ])]
    Transcript(PeriodArgs),
    /// Write how compliance developed, month by month
    ///
    /// What was assigned and completed in each month, and how things stood at its end: twelve months, unless
    /// said.
    #[command(after_help = examples![
        "lmsctl report trend --out trend.xlsx",
        "lmsctl report trend --out year.xlsx --as-of 2026-12-31 --from 2026-01-01",
    ])]
    Trend(PeriodArgs),
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

// What stands before these would stand on the page of each command.
#[derive(Debug, Args)]
pub(crate) struct DayArgs {
    #[command(flatten)]
    out: OutArgs,
    #[command(flatten)]
    about: AboutArgs,
}

#[derive(Debug, Args)]
pub(crate) struct PeriodArgs {
    /// The first day of the period, which ends with the day
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    from: Option<String>,
    #[command(flatten)]
    of: DayArgs,
}

impl DayArgs {
    async fn make(self, app: &App, report: Report) -> Result {
        PeriodArgs { from: None, of: self }.make(app, report).await
    }
}

impl PeriodArgs {
    async fn make(self, app: &App, report: Report) -> Result {
        let Self { from, of: DayArgs { out, about } } = self;
        let audience = about.audience()?;
        produce(app, report, out, async |session, params| {
            let params = about.ask(session, params, audience).await?;
            Ok(params.from(session.optional_day(from.as_deref()).await?))
        })
        .await
    }
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
        ReportCommand::Activity(args) => args.make(app, Report::Activity).await,
        ReportCommand::Audit(args) => audit::run(app, args).await,
        ReportCommand::Bridge(args) => args.make(app, Report::Bridge).await,
        ReportCommand::Compliance(args) => args.make(app, Report::Compliance).await,
        ReportCommand::Departments(args) => args.make(app, Report::Departments).await,
        ReportCommand::Exemptions(args) => args.make(app, Report::Exemptions).await,
        ReportCommand::Expiring(args) => args.make(app, Report::Expiring).await,
        ReportCommand::ImportRun(args) => import_run::run(app, args).await,
        ReportCommand::Load(args) => args.make(app, Report::Load).await,
        ReportCommand::Onboarding(args) => args.make(app, Report::Onboarding).await,
        ReportCommand::Overdue(args) => args.make(app, Report::Overdue).await,
        ReportCommand::People(args) => args.make(app, Report::People).await,
        ReportCommand::QuizItems(args) => quiz_items::run(app, args).await,
        ReportCommand::Skills(args) => args.make(app, Report::Skills).await,
        ReportCommand::Trainings(args) => args.make(app, Report::Trainings).await,
        ReportCommand::Transcript(args) => args.make(app, Report::Transcript).await,
        ReportCommand::Trend(args) => args.make(app, Report::Trend).await,
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
