//! `lmsctl quiz list`

use clap::Args;
use lms_core::QuizFilter;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::paging::PageArgs;
use crate::error::{Exit, Result};

/// List quizzes
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl quiz list",
    "lmsctl quiz list --search fire --archived --output json",
])]
pub(crate) struct ListArgs {
    /// Words that begin so, in code or title
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Also those that are archived
    #[arg(long)]
    archived: bool,
    #[command(flatten)]
    page: PageArgs,
}

pub(crate) async fn run(app: &App, args: ListArgs) -> Result {
    let mut filter = QuizFilter::new().archived(args.archived);
    if let Some(search) = &args.search {
        filter = filter.search(search);
    }
    let session = app.open().await?;
    let quizzes = session.lms.quizzes();
    let list = args
        .page
        .read(async |limit, cursor| {
            quizzes.quizzes(&session.actor, filter.clone().page(limit, cursor)).await
        })
        .await?;
    app.output.list(&list, "quiz", "quizzes")?;
    Ok(Exit::Done)
}
