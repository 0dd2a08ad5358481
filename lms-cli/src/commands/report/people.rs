//! `lmsctl report people`

use clap::Args;
use lms_reports::Report;

use super::{AboutArgs, OutArgs, produce};
use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;

/// Write who is there, where, and to whom they report
///
/// People who are active or on leave on the day, unless another --status is asked for.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl report people --out people.xlsx",
    "lmsctl report people --out all.csv --status '*'",
])]
pub(crate) struct PeopleArgs {
    #[command(flatten)]
    out: OutArgs,
    #[command(flatten)]
    about: AboutArgs,
}

pub(crate) async fn run(app: &App, args: PeopleArgs) -> Result {
    let audience = args.about.audience()?;
    produce(app, Report::People, args.out, async |session, params| {
        args.about.ask(session, params, audience).await
    })
    .await
}
