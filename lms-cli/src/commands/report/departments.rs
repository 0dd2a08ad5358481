//! `lmsctl report departments`

use clap::Args;
use lms_reports::Report;

use super::{AboutArgs, OutArgs, produce};
use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;

/// Write how departments do, beside each other and compared with before
///
/// Each counts with all below it. The change is that since the day before the period, and the days to
/// complete are those of what was completed in it.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl report departments --out departments.xlsx",
    "lmsctl report departments --out quarter.xlsx --as-of 2026-03-31 --from 2026-01-01",
])]
pub(crate) struct DepartmentsArgs {
    /// The first day of the period that ends with the day; one month, unless said
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    from: Option<String>,
    #[command(flatten)]
    out: OutArgs,
    #[command(flatten)]
    about: AboutArgs,
}

pub(crate) async fn run(app: &App, args: DepartmentsArgs) -> Result {
    let audience = args.about.audience()?;
    produce(app, Report::Departments, args.out, async |session, params| {
        let params = args.about.ask(session, params, audience).await?;
        Ok(params.from(session.optional_day(args.from.as_deref()).await?))
    })
    .await
}
