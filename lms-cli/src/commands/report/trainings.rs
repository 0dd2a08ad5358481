//! `lmsctl report trainings`

use clap::Args;
use lms_reports::Report;

use super::{AboutArgs, OutArgs, produce};
use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;

/// Write how good trainings are: completion, drop-off, days and quizzes
///
/// Of what was assigned, begun and completed in the period; twelve months, unless said.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl report trainings --out trainings.xlsx",
    "lmsctl report trainings --out quarter.xlsx --from 2026-01-01 --as-of 2026-03-31",
])]
pub(crate) struct TrainingsArgs {
    /// The first day of the period; twelve months before the last, unless said
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    from: Option<String>,
    #[command(flatten)]
    out: OutArgs,
    #[command(flatten)]
    about: AboutArgs,
}

pub(crate) async fn run(app: &App, args: TrainingsArgs) -> Result {
    let audience = args.about.audience()?;
    produce(app, Report::Trainings, args.out, async |session, params| {
        let params = args.about.ask(session, params, audience).await?;
        Ok(params.from(session.optional_day(args.from.as_deref()).await?))
    })
    .await
}
