//! `lmsctl path list`

use clap::Args;
use lms_core::{PathFilter, PathStatus};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::paging::PageArgs;
use crate::error::{Exit, Result};

/// List learning paths by title; those that are not archived, unless a status is asked for
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl path list --search \"first\"",
    "lmsctl path list --training GDPR-101",
    "lmsctl path list --status archived --status draft --by-code",
])]
pub(crate) struct ListArgs {
    /// Words that begin so, in code, title, description, labels, choices and codes of trainings
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Draft, published or archived; repeat for several
    #[arg(long = "status", value_name = "STATUS")]
    statuses: Vec<String>,
    /// Heading of the catalog; repeat for several
    #[arg(long = "category", value_name = "CATEGORY")]
    categories: Vec<String>,
    /// Tag; repeat for several
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Training that is a step of it, published or in the draft; repeat for several
    #[arg(long = "training", value_name = "TRAINING")]
    trainings: Vec<String>,
    /// In the order of their codes
    #[arg(long)]
    by_code: bool,
    #[command(flatten)]
    page: PageArgs,
}

pub(crate) async fn run(app: &App, args: ListArgs) -> Result {
    let mut filter = PathFilter::new().by_code(args.by_code);
    for text in &args.statuses {
        filter = filter.status(PathStatus::parse(text)?);
    }
    if let Some(text) = &args.search {
        filter = filter.search(text);
    }
    filter = args.categories.iter().fold(filter, |filter, name| filter.category(name));
    filter = args.tags.iter().fold(filter, |filter, name| filter.tag(name));
    filter = args.trainings.iter().fold(filter, |filter, name| filter.training(name));
    let session = app.open().await?;
    let list = args
        .page
        .read(async |limit, cursor| {
            let filter = filter.clone().page(limit, cursor);
            session.lms.paths().list(&session.actor, filter).await
        })
        .await?;
    app.output.list(&list, "path", "paths")?;
    Ok(Exit::Done)
}
