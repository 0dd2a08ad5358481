//! `lmsctl import people`

use std::path::PathBuf;

use clap::Args;
use lms_core::imports::reading::{Kind, Survey, survey};
use lms_core::{
    Acceptance, ImportFile, ImportMode, PeopleImport, PeopleImportPlan, PlanFile, StagedPeople,
};

use super::page::{exit_of, page, told};
use super::reading::{ReadingArgs, source};
use super::rejects;
use crate::app::{App, Session};
use crate::cli::DryRunArgs;
use crate::cli::help::examples;
use crate::commands::plans::{Look, Next, done, look};
use crate::error::{Exit, Result};
use crate::out_file::{OutFile, put};

/// Import people from a file: shown as a plan first, then all or nothing
///
/// What can be imported lands in one transaction with everything that rules make of it. Rows that cannot
/// are written beside the file with what is wrong, to be corrected and imported again. The same file again
/// changes nothing.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each of them is a flag that somebody gives")]
#[command(after_help = examples![
    "lmsctl import people people.csv --dry-run",
    "lmsctl import people people.csv --source hr --yes",
    "lmsctl import people people.csv --source hr --mode full --deactivate-missing --dry-run",
    "lmsctl import people people.csv --source hr --plan-out plan.json",
])]
pub(crate) struct PeopleArgs {
    /// The file; `-` is standard input
    file: PathBuf,
    /// Who sends it: what a source delivers belongs to it, and its files are held against each other
    #[arg(long, value_name = "NAME", default_value = "file")]
    source: String,
    /// Whether it holds everybody of the source (full) or what changed (delta, unless said)
    #[arg(long, value_name = "MODE")]
    mode: Option<String>,
    /// Deactivate people of the source whom two full files in a row do not have
    #[arg(long)]
    deactivate_missing: bool,
    /// Or whom so many do not have
    #[arg(long, value_name = "FILES", requires = "deactivate_missing")]
    missing_after: Option<u32>,
    /// Make departments, locations and job roles that do not exist
    #[arg(long)]
    create_departments: bool,
    /// Give fields that somebody set by hand back to the source
    #[arg(long)]
    release_edits: bool,
    /// Import nothing where any row cannot be
    #[arg(long)]
    strict: bool,
    /// Let a guard through by its exact number, such as deactivate=37 or deactivate@SALES=12
    #[arg(long, value_name = "KIND[@DEPARTMENT]=N", value_parser = Acceptance::parse)]
    accept: Vec<Acceptance>,
    /// Where rows go that cannot be imported; `-` for nowhere
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Write the plan to a file, for `import apply`, and import nothing
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    plan_out: Option<PathBuf>,
    #[command(flatten)]
    dry_run: DryRunArgs,
    #[command(flatten)]
    reading: ReadingArgs,
}

pub(crate) async fn run(app: &App, args: PeopleArgs) -> Result {
    let file = source(&args.file)?;
    let survey = survey(&file, Kind::People, &args.reading.options(Kind::People)?)?;
    let options = args.options(&survey)?;
    let session = app.open().await?;
    let staged = stage(app, &session, options, &survey, &file.digest()?).await?;
    let imports = session.lms.imports();
    if let Some(target) = &args.plan_out {
        let plan = imports.plan_people(&session.actor, &staged).await?;
        let mut out = OutFile::create(target, false)?;
        put(&mut out, PlanFile::write(&staged, &plan).as_bytes())?;
        out.commit()?;
        app.output.present(&plan, &plan.rows, || page(app, &plan))?;
        app.output.hint(&format!("`lmsctl import apply {}` carries it out", target.display()));
        app.output.done_with(&format!("planned {}", told(&plan)), &[]);
        return Ok(Exit::Done);
    }
    // Where nobody looks at the plan, it need not be made before it is carried out.
    let is_looked_at = args.dry_run.dry_run || app.prompt.asks();
    let mut was_shown = false;
    let plan = if is_looked_at {
        let plan = imports.plan_people(&session.actor, &staged).await?;
        match ask(app, &args, &plan)? {
            Next::Stop(exit) => return Ok(exit),
            Next::GoOn { was_shown: shown } => was_shown = shown,
        }
        Some(plan)
    } else {
        app.prompt.confirm(&question(&staged))?;
        None
    };
    let done_so = imports.apply_people(&session.actor, &staged, plan.as_ref()).await?;
    done(app, &done_so, &done_so.plan.rows, &|| page(app, &done_so.plan), was_shown)?;
    rejects::write(app, &args.file, args.rejects.as_deref(), &survey, &done_so.plan)?;
    let counts: Vec<(&str, i64)> = done_so
        .plan
        .counts
        .named()
        .into_iter()
        .map(|(name, count)| (name, i64::try_from(count).unwrap_or(i64::MAX)))
        .collect();
    let run = done_so.run;
    app.output.done_with(&format!("imported {} as {run}", told(&done_so.plan)), &counts);
    Ok(exit_of(&done_so.plan))
}

impl PeopleArgs {
    fn options(&self, survey: &Survey) -> Result<PeopleImport> {
        let mode = match &self.mode {
            Some(mode) => ImportMode::parse(mode)?,
            // Some files say it themselves.
            None if survey.layout().full == Some(true) => ImportMode::Full,
            None => ImportMode::Delta,
        };
        let mut options = PeopleImport::from_source(&self.source)?.mode(mode);
        if self.deactivate_missing {
            options = options.deactivate_missing(self.missing_after)?;
        }
        if self.create_departments {
            options = options.create_units();
        }
        if self.release_edits {
            options = options.release_edits();
        }
        if self.strict {
            options = options.strict();
        }
        Ok(self.accept.iter().cloned().fold(options, PeopleImport::accept))
    }
}

async fn stage(
    app: &App,
    session: &Session,
    options: PeopleImport,
    survey: &Survey,
    digest: &str,
) -> Result<StagedPeople> {
    let file = ImportFile::new(survey.layout(), survey.records()?).fingerprint(digest);
    let mut progress = app.output.progress("reading");
    let imports = session.lms.imports();
    let staged = imports
        .stage_people(&session.actor, options, file, &mut |done, total| progress.at(done, total))
        .await?;
    progress.finish();
    Ok(staged)
}

fn question(staged: &StagedPeople) -> String {
    format!("Import {}, {} rows?", staged.file(), staged.n_rows())
}

fn ask(app: &App, args: &PeopleArgs, plan: &PeopleImportPlan) -> Result<Next> {
    let n_changes = usize::try_from(plan.counts.changed()).unwrap_or(usize::MAX);
    // What a guard stops is refused without a question: there is no yes to it.
    let is_asked = plan.changes_something() && plan.guards.is_empty();
    let question = format!("Import {}?", told(plan));
    let looked =
        Look { dry_run: args.dry_run, n_changes, question: is_asked.then_some(question.as_str()) };
    look(app, plan, &plan.rows, &|| page(app, plan), &looked)
}
