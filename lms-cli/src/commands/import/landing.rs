//! How rows land, wherever they come from: planned, looked at, applied, told.

use std::path::PathBuf;

use clap::Args;
use lms_core::{
    Acceptance, FileImportPlan, FileImported, ImportMode, PeopleImport, PlanFile, StagedImport,
};

use super::page::{exit_of, page, told};
use crate::app::{App, Session};
use crate::cli::DryRunArgs;
use crate::commands::plans::{Look, Next, done, look};
use crate::error::{Exit, Result};
use crate::out_file::OutFile;

/// What every import takes.
#[derive(Debug, Args)]
pub(crate) struct LandingArgs {
    /// Import nothing where any row cannot be
    #[arg(long)]
    pub(super) strict: bool,
    /// Let a guard through by its exact number, such as deactivate=37 or deactivate@SALES=12
    #[arg(long, value_name = "KIND[@DEPARTMENT]=N", value_parser = Acceptance::parse)]
    pub(super) accept: Vec<Acceptance>,
    /// Write the plan to a file, for `import apply`, and import nothing
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    plan_out: Option<PathBuf>,
    #[command(flatten)]
    dry_run: DryRunArgs,
}

/// What may happen to people beside that.
#[derive(Debug, Args)]
pub(crate) struct PeopleLandingArgs {
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
    #[command(flatten)]
    pub(crate) landing: LandingArgs,
}

/// Whether somebody is asked before anything happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asking {
    /// They are.
    First,
    /// Never: it is a standing order, with guards.
    #[cfg(feature = "hris")]
    Never,
}

/// What came of it.
pub(crate) enum Landed {
    /// Somebody only looked.
    Stopped(Exit),
    /// It was carried out.
    Done(Box<FileImported>),
}

impl PeopleLandingArgs {
    /// As the library takes it.
    pub(crate) fn options(&self, source: &str, mode: ImportMode) -> Result<PeopleImport> {
        let mut options = PeopleImport::from_source(source)?.mode(mode);
        if self.deactivate_missing {
            options = options.deactivate_missing(self.missing_after)?;
        }
        Ok(self.options_of_changes(options))
    }

    /// The same of half of a list, in which nobody is missing.
    #[cfg(feature = "hris")]
    pub(crate) fn options_of_half(&self, source: &str) -> Result<PeopleImport> {
        let options = PeopleImport::from_source(source)?.mode(ImportMode::Delta);
        Ok(self.options_of_changes(options))
    }

    fn options_of_changes(&self, mut options: PeopleImport) -> PeopleImport {
        if self.create_departments {
            options = options.create_units();
        }
        if self.release_edits {
            options = options.release_edits();
        }
        if self.landing.strict {
            options = options.strict();
        }
        self.landing.accept.iter().cloned().fold(options, PeopleImport::accept)
    }
}

impl LandingArgs {
    /// Plans it, shows it to whoever wants to see it, and carries it out.
    pub(crate) async fn land(
        &self,
        app: &App,
        session: &Session,
        staged: &StagedImport,
        asking: Asking,
    ) -> Result<Landed> {
        let imports = session.lms.imports();
        if let Some(target) = &self.plan_out {
            let plan = imports.plan(&session.actor, staged).await?;
            OutFile::create_new(target)?.fill(PlanFile::write(staged, &plan).as_bytes())?;
            app.output.present(&plan, &plan.rows, || page(app, &plan))?;
            app.output.hint(&format!("`lmsctl import apply {}` carries it out", target.display()));
            app.output.done_with(&format!("planned {}", told(&plan)), &[]);
            return Ok(Landed::Stopped(Exit::Done));
        }
        let asks = asking == Asking::First;
        // Where nobody looks at the plan, it need not be made before it is carried out.
        let is_looked_at = self.dry_run.dry_run || (asks && app.prompt.asks());
        let mut was_shown = false;
        let plan = if is_looked_at {
            let plan = imports.plan(&session.actor, staged).await?;
            match self.ask(app, &plan)? {
                Next::Stop(exit) => return Ok(Landed::Stopped(exit)),
                Next::GoOn { was_shown: shown } => was_shown = shown,
            }
            Some(plan)
        } else {
            if asks {
                app.prompt.confirm(&question(staged))?;
            }
            None
        };
        let done_so = imports.apply(&session.actor, staged, plan.as_ref()).await?;
        // From cron, whoever asks for quiet hears nothing but what went wrong.
        if asks || !app.output.is_quiet() {
            done(app, &done_so, &done_so.plan.rows, &|| page(app, &done_so.plan), was_shown)?;
        }
        Ok(Landed::Done(Box::new(done_so)))
    }

    fn ask(&self, app: &App, plan: &FileImportPlan) -> Result<Next> {
        let n_changes = usize::try_from(plan.counts.changed()).unwrap_or(usize::MAX);
        // What a guard stops is refused without a question: there is no yes to it.
        let is_asked = plan.changes_something() && plan.guards.is_empty();
        let question = format!("Import {}?", told(plan));
        let looked = Look {
            dry_run: self.dry_run,
            n_changes,
            question: is_asked.then_some(question.as_str()),
        };
        look(app, plan, &plan.rows, &|| page(app, plan), &looked)
    }
}

/// The last line, and how it ends.
pub(crate) fn tell(app: &App, done_so: &FileImported) -> Exit {
    let counts: Vec<(&str, i64)> = done_so
        .plan
        .counts
        .named()
        .into_iter()
        .map(|(name, count)| (name, i64::try_from(count).unwrap_or(i64::MAX)))
        .collect();
    let run = done_so.run;
    app.output.done_with(&format!("imported {} as {run}", told(&done_so.plan)), &counts);
    exit_of(&done_so.plan)
}

fn question(staged: &StagedImport) -> String {
    format!("Import {}, {} rows?", staged.file(), staged.n_rows())
}
