//! `lmsctl report transcript`

use clap::Args;
use lms_reports::Report;

use super::{AboutArgs, OutArgs, produce};
use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;

/// Write what people have done, when, with which score and evidence
///
/// One person's training record with --person, or that of many: every completion that was not revoked.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl report transcript --out zoe.xlsx --person zoe@demo.example",
    "lmsctl report transcript --out year.xlsx --from 2026-01-01 --as-of 2026-12-31",
])]
pub(crate) struct TranscriptArgs {
    /// Only what was completed from this day on
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    from: Option<String>,
    #[command(flatten)]
    out: OutArgs,
    #[command(flatten)]
    about: AboutArgs,
}

pub(crate) async fn run(app: &App, args: TranscriptArgs) -> Result {
    let audience = args.about.audience()?;
    produce(app, Report::Transcript, args.out, async |session, params| {
        let params = args.about.ask(session, params, audience).await?;
        Ok(params.from(session.optional_day(args.from.as_deref()).await?))
    })
    .await
}
