//! `lmsctl import people`

use clap::Args;
use lms_core::imports::reading::{Kind, Survey};
use lms_core::{ImportMode, PeopleImport};

use super::importing::ImportingArgs;
use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;

/// Import people from a file: shown as a plan first, then all or nothing
///
/// What can be imported lands in one transaction with everything that rules make of it. Rows that cannot
/// are written beside the file with what is wrong, to be corrected and imported again. The same file again
/// changes nothing.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl import people people.csv --dry-run",
    "lmsctl import people people.csv --source hr --yes",
    "lmsctl import people people.csv --source hr --mode full --deactivate-missing --dry-run",
    "lmsctl import people people.csv --source hr --plan-out plan.json",
])]
pub(crate) struct PeopleArgs {
    #[command(flatten)]
    importing: ImportingArgs,
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
}

pub(crate) async fn run(app: &App, args: PeopleArgs) -> Result {
    let opened = args.importing.open(Kind::People)?;
    let options = args.options(&opened.survey)?;
    let session = app.open().await?;
    let file = opened.file()?;
    let mut progress = app.output.progress("reading");
    let imports = session.lms.imports();
    let staged = imports
        .stage_people(&session.actor, options, file, &mut |done, total| progress.at(done, total))
        .await?;
    progress.finish();
    args.importing.carry_out(app, &session, &opened, &staged).await
}

impl PeopleArgs {
    fn options(&self, survey: &Survey) -> Result<PeopleImport> {
        let mode = match &self.mode {
            Some(mode) => ImportMode::parse(mode)?,
            // Some files say it themselves.
            None if survey.layout().full == Some(true) => ImportMode::Full,
            None => ImportMode::Delta,
        };
        let mut options = PeopleImport::from_source(&self.importing.source)?.mode(mode);
        if self.deactivate_missing {
            options = options.deactivate_missing(self.missing_after)?;
        }
        if self.create_departments {
            options = options.create_units();
        }
        if self.release_edits {
            options = options.release_edits();
        }
        if self.importing.strict {
            options = options.strict();
        }
        Ok(self.importing.accept.iter().cloned().fold(options, PeopleImport::accept))
    }
}
