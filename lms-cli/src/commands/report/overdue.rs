//! `lmsctl report overdue`

use clap::Args;
use lms_reports::Report;

use super::{AboutArgs, OutArgs, produce};
use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;

/// Write who is late with what, for how long, and whom to call
///
/// Assignments of every kind, by manager, person and training, with how far it went up and when the person
/// was reminded last.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl report overdue --out overdue.xlsx",
    "lmsctl report overdue --out overdue.csv --manager zoe@demo.example",
])]
pub(crate) struct OverdueArgs {
    #[command(flatten)]
    out: OutArgs,
    #[command(flatten)]
    about: AboutArgs,
}

pub(crate) async fn run(app: &App, args: OverdueArgs) -> Result {
    let audience = args.about.audience()?;
    produce(app, Report::Overdue, args.out, async |session, params| {
        args.about.ask(session, params, audience).await
    })
    .await
}
