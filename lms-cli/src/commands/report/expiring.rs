//! `lmsctl report expiring`

use clap::Args;
use lms_reports::Report;

use super::{AboutArgs, OutArgs, produce};
use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;

/// Write what runs out in 30, 60 and 90 days, and in twelve months
///
/// Completions that are valid on the day and end within twelve months, of every kind.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl report expiring --out expiring.xlsx",
    "lmsctl report expiring --out - --format csv --department Engineering",
])]
pub(crate) struct ExpiringArgs {
    #[command(flatten)]
    out: OutArgs,
    #[command(flatten)]
    about: AboutArgs,
}

pub(crate) async fn run(app: &App, args: ExpiringArgs) -> Result {
    let audience = args.about.audience()?;
    produce(app, Report::Expiring, args.out, async |session, params| {
        args.about.ask(session, params, audience).await
    })
    .await
}
