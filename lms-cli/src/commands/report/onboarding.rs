//! `lmsctl report onboarding`

use clap::Args;
use lms_reports::Report;

use super::{AboutArgs, OutArgs, produce};
use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;

/// Write how new people settle in: what they had done on day 1, 30, 60 and 90
///
/// Whoever was hired in the period, with the mandatory trainings of their first days, how much of them was done,
/// and what holds them up.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl report onboarding --out onboarding.xlsx",
    "lmsctl report onboarding --out spring.xlsx --from 2026-01-01 --as-of 2026-06-30",
])]
pub(crate) struct OnboardingArgs {
    /// The first day of hiring; six months before the last, unless said
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    from: Option<String>,
    #[command(flatten)]
    out: OutArgs,
    #[command(flatten)]
    about: AboutArgs,
}

pub(crate) async fn run(app: &App, args: OnboardingArgs) -> Result {
    let audience = args.about.audience()?;
    produce(app, Report::Onboarding, args.out, async |session, params| {
        let params = args.about.ask(session, params, audience).await?;
        Ok(params.from(session.optional_day(args.from.as_deref()).await?))
    })
    .await
}
