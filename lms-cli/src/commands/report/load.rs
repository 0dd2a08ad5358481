//! `lmsctl report load`

use clap::Args;
use lms_reports::Report;

use super::{AboutArgs, OutArgs, produce};
use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;

/// Write what is yet to be learnt: hours and cost, by month and department
///
/// What is open, by the month in which it is due, and what comes round again by the end of the twelfth month. It
/// is what is on the plan; `lmsctl rule simulate` guesses what people will do.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl report load --out load.xlsx",
    "lmsctl report load --out sales.xlsx --department Sales --lang de",
])]
pub(crate) struct LoadArgs {
    #[command(flatten)]
    out: OutArgs,
    #[command(flatten)]
    about: AboutArgs,
}

pub(crate) async fn run(app: &App, args: LoadArgs) -> Result {
    let audience = args.about.audience()?;
    produce(app, Report::Load, args.out, async |session, params| {
        args.about.ask(session, params, audience).await
    })
    .await
}
