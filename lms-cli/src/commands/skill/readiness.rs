//! `lmsctl skill readiness`

use clap::Args;

use super::gaps::AskedArgs;
use crate::app::App;
use crate::cli::help::examples;
use crate::commands::audience::AudienceArgs;
use crate::commands::paging::PageArgs;
use crate::error::{Exit, Result};

/// Count, by job role and skill, who has what is required and who lacks it
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl skill readiness",
    "lmsctl skill readiness --job-role DEV --as-of 2026-03-31",
    "lmsctl skill readiness --location Berlin --skill SECURITY -o json",
])]
pub(crate) struct ReadinessArgs {
    #[command(flatten)]
    asked: AskedArgs,
    #[command(flatten)]
    page: PageArgs,
    #[command(flatten)]
    audience: AudienceArgs,
}

pub(crate) async fn run(app: &App, args: ReadinessArgs) -> Result {
    args.audience.audience()?;
    let session = app.open().await?;
    let filter = args.asked.filter(&session, &args.audience).await?;
    let list = args
        .page
        .read(async |limit, cursor| {
            let filter = filter.clone().page(limit, cursor);
            session.lms.readiness().by_job_role(&session.actor, filter).await
        })
        .await?;
    app.output.list(&list, "requirement", "requirements")?;
    Ok(Exit::Done)
}
