//! `lmsctl skill list`

use clap::Args;
use lms_core::SkillFilter;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::paging::PageArgs;
use crate::error::{Exit, Result};

/// List the skills
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl skill list",
    "lmsctl skill list --category Safety --archived",
    "lmsctl skill list --search aid --output json",
])]
pub(crate) struct ListArgs {
    /// Only those with this in code or name
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Only those under this heading; repeat for several
    #[arg(long = "category", value_name = "CATEGORY")]
    categories: Vec<String>,
    /// Also those that are archived
    #[arg(long)]
    archived: bool,
    #[command(flatten)]
    page: PageArgs,
}

pub(crate) async fn run(app: &App, args: ListArgs) -> Result {
    let filter = SkillFilter::new().archived(args.archived);
    let filter = args.search.iter().fold(filter, |filter, text| filter.search(text));
    let filter = args.categories.iter().fold(filter, |filter, text| filter.category(text));
    let session = app.open().await?;
    let list = args
        .page
        .read(async |limit, cursor| {
            let filter = filter.clone().page(limit, cursor);
            session.lms.skills().list(&session.actor, filter).await
        })
        .await?;
    app.output.list(&list, "skill", "skills")?;
    Ok(Exit::Done)
}
