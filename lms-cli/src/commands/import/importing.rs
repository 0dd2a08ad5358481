//! The way of every import: read, looked at, carried out, and what could not be written beside the file.

use std::path::PathBuf;

use clap::Args;
use lms_core::imports::reading::{Kind, Survey, survey};
use lms_core::{Acceptance, FileImportPlan, ImportFile, PlanFile, StagedImport};

use super::page::{exit_of, page, told};
use super::reading::{ReadingArgs, source};
use super::rejects;
use crate::app::{App, Session};
use crate::cli::DryRunArgs;
use crate::commands::plans::{Look, Next, done, look};
use crate::error::{Exit, Result};
use crate::out_file::{OutFile, put};

/// What every import takes.
#[derive(Debug, Args)]
pub(super) struct ImportingArgs {
    /// The file; `-` is standard input
    file: PathBuf,
    /// Who sends it: people are known by the keys of a source, and what it delivers belongs to it
    #[arg(long, value_name = "NAME", default_value = "file")]
    pub(super) source: String,
    /// Import nothing where any row cannot be
    #[arg(long)]
    pub(super) strict: bool,
    /// Let a guard through by its exact number, such as deactivate=37 or deactivate@SALES=12
    #[arg(long, value_name = "KIND[@DEPARTMENT]=N", value_parser = Acceptance::parse)]
    pub(super) accept: Vec<Acceptance>,
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

/// A file that was surveyed.
pub(super) struct Opened {
    pub(super) survey: Survey,
    digest: String,
}

impl Opened {
    /// Its rows, for the library.
    pub(super) fn file(&self) -> Result<ImportFile<'_>> {
        let rows = self.survey.records()?;
        Ok(ImportFile::new(self.survey.layout(), rows).fingerprint(&self.digest))
    }
}

impl ImportingArgs {
    /// Reads what the file is. No database is opened for a file that nobody can read.
    pub(super) fn open(&self, kind: Kind) -> Result<Opened> {
        let file = source(&self.file)?;
        let survey = survey(&file, kind, &self.reading.options(kind)?)?;
        Ok(Opened { survey, digest: file.digest()? })
    }

    /// Shows and asks, carries out, and says what came of it.
    pub(super) async fn carry_out(
        &self,
        app: &App,
        session: &Session,
        opened: &Opened,
        staged: &StagedImport,
    ) -> Result {
        let imports = session.lms.imports();
        if let Some(target) = &self.plan_out {
            let plan = imports.plan(&session.actor, staged).await?;
            let mut out = OutFile::create(target, false)?;
            put(&mut out, PlanFile::write(staged, &plan).as_bytes())?;
            out.commit()?;
            app.output.present(&plan, &plan.rows, || page(app, &plan))?;
            app.output.hint(&format!("`lmsctl import apply {}` carries it out", target.display()));
            app.output.done_with(&format!("planned {}", told(&plan)), &[]);
            return Ok(Exit::Done);
        }
        // Where nobody looks at the plan, it need not be made before it is carried out.
        let is_looked_at = self.dry_run.dry_run || app.prompt.asks();
        let mut was_shown = false;
        let plan = if is_looked_at {
            let plan = imports.plan(&session.actor, staged).await?;
            match self.ask(app, &plan)? {
                Next::Stop(exit) => return Ok(exit),
                Next::GoOn { was_shown: shown } => was_shown = shown,
            }
            Some(plan)
        } else {
            app.prompt.confirm(&question(staged))?;
            None
        };
        let done_so = imports.apply(&session.actor, staged, plan.as_ref()).await?;
        done(app, &done_so, &done_so.plan.rows, &|| page(app, &done_so.plan), was_shown)?;
        rejects::write(app, &self.file, self.rejects.as_deref(), &opened.survey, &done_so.plan)?;
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

fn question(staged: &StagedImport) -> String {
    format!("Import {}, {} rows?", staged.file(), staged.n_rows())
}
