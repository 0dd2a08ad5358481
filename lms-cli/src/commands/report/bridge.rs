//! `lmsctl report bridge`

use clap::Args;
use lms_reports::Report;

use super::{AboutArgs, OutArgs, produce};
use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;

/// Write why compliance is another than before a period, step by step
///
/// Opens with the figures of the day before the period, as they were told when it was over, and closes with
/// those of its last day. Each obligation that counts otherwise is in one of the steps between.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl report bridge --out bridge.xlsx",
    "lmsctl report bridge --out april.xlsx --from 2026-04-01 --as-of 2026-04-30",
    "lmsctl report bridge --out sales.xlsx --department Sales --from -3m",
])]
pub(crate) struct BridgeArgs {
    /// The first day of the period that ends with the day; one month, unless said
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    from: Option<String>,
    #[command(flatten)]
    out: OutArgs,
    #[command(flatten)]
    about: AboutArgs,
}

pub(crate) async fn run(app: &App, args: BridgeArgs) -> Result {
    let audience = args.about.audience()?;
    produce(app, Report::Bridge, args.out, async |session, params| {
        let params = args.about.ask(session, params, audience).await?;
        Ok(params.from(session.optional_day(args.from.as_deref()).await?))
    })
    .await
}
