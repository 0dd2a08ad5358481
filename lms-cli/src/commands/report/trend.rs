//! `lmsctl report trend`

use clap::Args;
use lms_reports::Report;

use super::{AboutArgs, OutArgs, produce};
use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;

/// Write how compliance developed, month by month
///
/// What was assigned and completed in each month, and how things stood at its end: twelve months, unless
/// said.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl report trend --out trend.xlsx",
    "lmsctl report trend --out year.xlsx --as-of 2026-12-31 --from 2026-01-01",
])]
pub(crate) struct TrendArgs {
    /// The first day; twelve months before the last, unless said
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    from: Option<String>,
    #[command(flatten)]
    out: OutArgs,
    #[command(flatten)]
    about: AboutArgs,
}

pub(crate) async fn run(app: &App, args: TrendArgs) -> Result {
    let audience = args.about.audience()?;
    produce(app, Report::Trend, args.out, async |session, params| {
        let params = args.about.ask(session, params, audience).await?;
        Ok(params.from(session.optional_day(args.from.as_deref()).await?))
    })
    .await
}
