//! `lmsctl import completions`, `assignments`, `exemptions`, `leaves`, `departments`,
//! `trainings`, `questions`

use clap::Args;
use lms_core::RecordsImport;
use lms_core::imports::reading::Kind;

use super::importing::FileArgs;
use super::landing::LandingArgs;
use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;

/// Import training records: who did what, and when
///
/// Each lands as one that somebody records: assignments are settled, rules follow, and there is a
/// certificate. People and trainings that are not there are listed; the same file again changes nothing.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl import completions records.csv --dry-run",
    "lmsctl import completions records.csv --create-trainings --yes",
    "lmsctl import completions records.csv --source old-lms --plan-out plan.json --rejects -",
])]
pub(crate) struct CompletionsArgs {
    #[command(flatten)]
    file: FileArgs,
    #[command(flatten)]
    landing: LandingArgs,
    /// Make drafts of trainings that nobody knows, and keep what was done of drafts
    #[arg(long)]
    create_trainings: bool,
}

/// Import assignments: who has to learn what, and by when
///
/// Enrolments of Canvas and OneRoster are read as they are. Each training with its due day is assigned
/// as `lmsctl assign` does it; whoever has, did or is exempt from it is left alone.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl import assignments assignments.csv --dry-run",
    "lmsctl import assignments assignments.csv --strict --yes",
])]
pub(crate) struct AssignmentsArgs {
    #[command(flatten)]
    file: FileArgs,
    #[command(flatten)]
    landing: LandingArgs,
}

/// Import exemptions: who need not learn what, for how long and why
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl import exemptions exemptions.csv --dry-run"])]
pub(crate) struct ExemptionsArgs {
    #[command(flatten)]
    file: FileArgs,
    #[command(flatten)]
    landing: LandingArgs,
}

/// Import leaves: who is away, from when to when
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl import leaves leaves.csv --dry-run"])]
pub(crate) struct LeavesArgs {
    #[command(flatten)]
    file: FileArgs,
    #[command(flatten)]
    landing: LandingArgs,
}

/// Import departments with their parents, which may stand in any order
///
/// What is new is made, and what has another name, parent or leader is changed. Departments that would
/// be below themselves are listed, and so are those that hang below what cannot be made.
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl import departments departments.tsv --dry-run"])]
pub(crate) struct DepartmentsArgs {
    #[command(flatten)]
    file: FileArgs,
    #[command(flatten)]
    landing: LandingArgs,
}

pub(crate) async fn departments(app: &App, args: DepartmentsArgs) -> Result {
    let options = RecordsImport::of(Kind::Departments, &args.file.source)?;
    run(app, Kind::Departments, options, (&args.file, &args.landing)).await
}

/// Import trainings, with a row for each or for each of their modules
///
/// What is new is a draft, and so is what changes: nothing is published. Modules are added and changed,
/// never taken away.
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl import trainings trainings.csv --dry-run"])]
pub(crate) struct TrainingsArgs {
    #[command(flatten)]
    file: FileArgs,
    #[command(flatten)]
    landing: LandingArgs,
}

pub(crate) async fn trainings(app: &App, args: TrainingsArgs) -> Result {
    let options = RecordsImport::of(Kind::Trainings, &args.file.source)?;
    run(app, Kind::Trainings, options, (&args.file, &args.landing)).await
}

/// Import questions for quizzes: a table, or Moodle's GIFT or XML
///
/// A question is known by its code, its id or its name. What a file does not say of one that is there
/// stays as it is; what no question here can ask is rejected, and said.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl import questions questions.gift --dry-run",
    "lmsctl import questions questions.gift --yes",
    "lmsctl question export --format xml --out fire.xml && lmsctl import questions fire.xml --dry-run",
])]
pub(crate) struct QuestionsArgs {
    #[command(flatten)]
    file: FileArgs,
    #[command(flatten)]
    landing: LandingArgs,
}

pub(crate) async fn questions(app: &App, args: QuestionsArgs) -> Result {
    let options = RecordsImport::of(Kind::Questions, &args.file.source)?;
    run(app, Kind::Questions, options, (&args.file, &args.landing)).await
}

pub(crate) async fn completions(app: &App, args: CompletionsArgs) -> Result {
    let mut options = RecordsImport::of(Kind::Completions, &args.file.source)?;
    if args.create_trainings {
        options = options.create_trainings()?;
    }
    run(app, Kind::Completions, options, (&args.file, &args.landing)).await
}

pub(crate) async fn assignments(app: &App, args: AssignmentsArgs) -> Result {
    let options = RecordsImport::of(Kind::Assignments, &args.file.source)?;
    run(app, Kind::Assignments, options, (&args.file, &args.landing)).await
}

pub(crate) async fn exemptions(app: &App, args: ExemptionsArgs) -> Result {
    let options = RecordsImport::of(Kind::Exemptions, &args.file.source)?;
    run(app, Kind::Exemptions, options, (&args.file, &args.landing)).await
}

pub(crate) async fn leaves(app: &App, args: LeavesArgs) -> Result {
    let options = RecordsImport::of(Kind::Leaves, &args.file.source)?;
    run(app, Kind::Leaves, options, (&args.file, &args.landing)).await
}

async fn run(
    app: &App,
    kind: Kind,
    options: RecordsImport,
    (file, landing): (&FileArgs, &LandingArgs),
) -> Result {
    let mut options = landing.accept.iter().cloned().fold(options, RecordsImport::accept);
    if landing.strict {
        options = options.strict();
    }
    let opened = file.open(kind)?;
    let session = app.open().await?;
    let mut progress = app.output.progress("reading");
    let imports = session.lms.imports();
    let staged = imports
        .stage_records(&session.actor, options, opened.file()?, &mut |done, total| {
            progress.at(done, total);
        })
        .await?;
    progress.finish();
    file.carry_out(app, &session, (&opened, &staged), landing).await
}
