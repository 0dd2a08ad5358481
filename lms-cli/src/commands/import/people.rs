//! `lmsctl import people`

use clap::Args;
use lms_core::imports::reading::{Kind, Survey};
use lms_core::{ImportMode, PeopleImport};

use super::importing::FileArgs;
use super::landing::PeopleLandingArgs;
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
    file: FileArgs,
    /// Whether it holds everybody of the source (full) or what changed (delta, unless said)
    #[arg(long, value_name = "MODE")]
    mode: Option<String>,
    #[command(flatten)]
    landing: PeopleLandingArgs,
}

pub(crate) async fn run(app: &App, args: PeopleArgs) -> Result {
    let opened = args.file.open(Kind::People)?;
    let options = args.options(&opened.survey)?;
    let session = app.open().await?;
    let mut progress = app.output.progress("reading");
    let imports = session.lms.imports();
    let staged = imports
        .stage_people(&session.actor, options, opened.file()?, &mut |done, total| {
            progress.at(done, total);
        })
        .await?;
    progress.finish();
    args.file.carry_out(app, &session, (&opened, &staged), &args.landing.landing).await
}

impl PeopleArgs {
    fn options(&self, survey: &Survey) -> Result<PeopleImport> {
        let mode = match &self.mode {
            Some(mode) => ImportMode::parse(mode)?,
            // Some files say it themselves.
            None if survey.layout().full == Some(true) => ImportMode::Full,
            None => ImportMode::Delta,
        };
        self.landing.options(&self.file.source, mode)
    }
}
