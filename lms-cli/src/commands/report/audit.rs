//! `lmsctl report audit`

use clap::Args;
use lms_reports::Report;

use super::{OutArgs, produce};
use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;

/// Write the evidence for an auditor: who did what and why, the chain, who has access
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl report audit --out audit.xlsx",
    "lmsctl report audit --out march.xlsx --from 2026-03-01 --to 2026-03-31",
    "lmsctl report audit --out audit.xlsx --reproducible",
    "lmsctl report audit --out - --format ndjson --from -1w",
])]
pub(crate) struct AuditArgs {
    /// From this day on: YYYY-MM-DD, today, -1w
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    from: Option<String>,
    /// Up to and with this day
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    to: Option<String>,
    #[command(flatten)]
    out: OutArgs,
}

pub(crate) async fn run(app: &App, args: AuditArgs) -> Result {
    let AuditArgs { from, to, out } = args;
    produce(app, Report::Audit, out, async |session, params| {
        let from = session.optional_day(from.as_deref()).await?;
        let to = session.optional_day(to.as_deref()).await?;
        Ok(params.from(from).to(to))
    })
    .await
}
