//! `lmsctl rule list`

use clap::Args;
use lms_core::{RuleFilter, RuleStatus};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::paging::PageArgs;
use crate::error::{Exit, Result};

/// List rules by code; those that were not removed
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl rule list",
    "lmsctl rule list --training GDPR-101 --status active",
    "lmsctl rule list --removed --output csv",
])]
pub(crate) struct ListArgs {
    /// Words that begin so, in code, title, and the codes of trainings and paths
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Draft, active, paused or removed; repeat for several
    #[arg(long = "status", value_name = "STATUS")]
    statuses: Vec<String>,
    /// Training that it asks for by name; repeat for several
    #[arg(long = "training", value_name = "TRAINING")]
    trainings: Vec<String>,
    /// Also those that were removed
    #[arg(long)]
    removed: bool,
    #[command(flatten)]
    page: PageArgs,
}

pub(crate) async fn run(app: &App, args: ListArgs) -> Result {
    let mut filter = RuleFilter::new().removed(args.removed);
    for text in &args.statuses {
        filter = filter.status(RuleStatus::parse(text)?);
    }
    filter = args.search.iter().fold(filter, |filter, text| filter.search(text));
    filter = args.trainings.iter().fold(filter, |filter, name| filter.training(name));
    let session = app.open().await?;
    let list = args
        .page
        .read(async |limit, cursor| {
            let filter = filter.clone().page(limit, cursor);
            session.lms.rules().list(&session.actor, filter).await
        })
        .await?;
    app.output.list(&list, "rule", "rules")?;
    Ok(Exit::Done)
}
