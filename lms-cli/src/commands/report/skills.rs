//! `lmsctl report skills`

use clap::Args;
use lms_reports::Report;

use super::{AboutArgs, OutArgs, produce};
use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;

/// Write who has the skills that job roles require, and who lacks them
///
/// A heat map of job roles and skills, and each gap with whom to ask. Who has a skill follows from completions that
/// are valid on the day.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl report skills --out skills.xlsx",
    "lmsctl report skills --out ops.xlsx --department Operations",
])]
pub(crate) struct SkillsArgs {
    #[command(flatten)]
    out: OutArgs,
    #[command(flatten)]
    about: AboutArgs,
}

pub(crate) async fn run(app: &App, args: SkillsArgs) -> Result {
    let audience = args.about.audience()?;
    produce(app, Report::Skills, args.out, async |session, params| {
        args.about.ask(session, params, audience).await
    })
    .await
}
