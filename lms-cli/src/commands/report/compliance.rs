//! `lmsctl report compliance`

use clap::Args;
use lms_reports::Report;

use super::{AboutArgs, OutArgs, produce};
use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;

/// Write who meets what they have to, by person, department and training
///
/// Mandatory obligations only. Met are those with a completion that is valid; measured are those that are
/// met or missed. The workbook has them one by one, people beside trainings, by department and by training.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl report compliance --out compliance.xlsx",
    "lmsctl report compliance --out engineering.xlsx --department Engineering",
    "lmsctl report compliance --out q1.xlsx --as-of 2026-03-31 --known-at 2026-04-01T00:00:00Z",
    "lmsctl report compliance --out - --format csv --training GDPR-101",
])]
pub(crate) struct ComplianceArgs {
    #[command(flatten)]
    out: OutArgs,
    #[command(flatten)]
    about: AboutArgs,
}

pub(crate) async fn run(app: &App, args: ComplianceArgs) -> Result {
    let audience = args.about.audience()?;
    produce(app, Report::Compliance, args.out, async |session, params| {
        args.about.ask(session, params, audience).await
    })
    .await
}
