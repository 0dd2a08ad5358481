//! `lmsctl report exemptions`

use clap::Args;
use lms_reports::Report;

use super::{AboutArgs, OutArgs, produce};
use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;

/// Write who is excused from what, why, and who approved it
///
/// Exemptions that hold on the day; with --from, on any day of the period that ends with it.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl report exemptions --out exemptions.xlsx",
    "lmsctl report exemptions --out year.xlsx --from 2026-01-01 --as-of 2026-12-31",
])]
pub(crate) struct ExemptionsArgs {
    /// Also those that held on a day since this one
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    from: Option<String>,
    #[command(flatten)]
    out: OutArgs,
    #[command(flatten)]
    about: AboutArgs,
}

pub(crate) async fn run(app: &App, args: ExemptionsArgs) -> Result {
    let audience = args.about.audience()?;
    produce(app, Report::Exemptions, args.out, async |session, params| {
        let params = args.about.ask(session, params, audience).await?;
        Ok(params.from(session.optional_day(args.from.as_deref()).await?))
    })
    .await
}
