//! `lmsctl report activity`

use clap::Args;
use lms_reports::Report;

use super::{AboutArgs, OutArgs, produce};
use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;

/// Write what happened to people's learning, and by whom
///
/// What was assigned, begun, handed in, completed, extended, excused and taken back, in the order in which it
/// was recorded.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl report activity --out activity.xlsx",
    "lmsctl report activity --out zoe.csv --person zoe@demo.example --from -12m",
])]
pub(crate) struct ActivityArgs {
    /// The first day of the period that ends with the day; one month, unless said
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    from: Option<String>,
    #[command(flatten)]
    out: OutArgs,
    #[command(flatten)]
    about: AboutArgs,
}

pub(crate) async fn run(app: &App, args: ActivityArgs) -> Result {
    let audience = args.about.audience()?;
    produce(app, Report::Activity, args.out, async |session, params| {
        let params = args.about.ask(session, params, audience).await?;
        Ok(params.from(session.optional_day(args.from.as_deref()).await?))
    })
    .await
}
