//! `lmsctl training list`

use clap::Args;
use lms_core::{Delivery, TrainingFilter, TrainingStatus};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::paging::PageArgs;
use crate::error::{Exit, Result};

/// List trainings by title; those that are not archived, unless a status is asked for
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl training list --category Safety --language de",
    "lmsctl training list --search \"data prot\"",
    "lmsctl training list --status archived --status draft --by-code",
    "lmsctl training list --templates",
])]
pub(crate) struct ListArgs {
    /// Words that begin so, in code, title, description, labels and headings
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Draft, in-review, published or archived; repeat for several
    #[arg(long = "status", value_name = "STATUS")]
    statuses: Vec<String>,
    /// Heading of the catalog; repeat for several
    #[arg(long = "category", value_name = "CATEGORY")]
    categories: Vec<String>,
    /// Tag; repeat for several
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Language, such as de; repeat for several
    #[arg(long = "language", value_name = "LANGUAGE")]
    languages: Vec<String>,
    /// Self-paced, classroom, virtual or external; repeat for several
    #[arg(long = "delivery", value_name = "HOW")]
    deliveries: Vec<String>,
    /// Templates, in place of trainings
    #[arg(long)]
    templates: bool,
    /// In the order of their codes
    #[arg(long)]
    by_code: bool,
    #[command(flatten)]
    page: PageArgs,
}

pub(crate) async fn run(app: &App, args: ListArgs) -> Result {
    let mut filter = TrainingFilter::new().templates(args.templates).by_code(args.by_code);
    for text in &args.statuses {
        filter = filter.status(TrainingStatus::parse(text)?);
    }
    for text in &args.deliveries {
        filter = filter.delivery(Delivery::parse(text)?);
    }
    if let Some(text) = &args.search {
        filter = filter.search(text);
    }
    filter = args.categories.iter().fold(filter, |filter, name| filter.category(name));
    filter = args.tags.iter().fold(filter, |filter, name| filter.tag(name));
    filter = args.languages.iter().fold(filter, |filter, name| filter.language(name));
    let session = app.open().await?;
    let list = args
        .page
        .read(async |limit, cursor| {
            let filter = filter.clone().page(limit, cursor);
            session.lms.catalog().list(&session.actor, filter).await
        })
        .await?;
    app.output.list(&list, "training", "trainings")?;
    Ok(Exit::Done)
}
