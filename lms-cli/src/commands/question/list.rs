//! `lmsctl question list`

use clap::Args;
use lms_core::{QuestionFilter, QuestionKind};

use super::kind;
use crate::app::App;
use crate::cli::help::examples;
use crate::commands::paging::PageArgs;
use crate::error::{Exit, Result};

/// List the questions of the bank
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl question list",
    "lmsctl question list --tag fire-safety --tag alarm",
    "lmsctl question list --kind essay --output json",
    "lmsctl question list --search \"exting\"",
])]
pub(crate) struct ListArgs {
    /// Words that begin so, in code or text
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// With this tag; repeat for those that have all of them
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Of this kind, such as single or numeric
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: Option<QuestionKind>,
    /// Also those that are archived
    #[arg(long)]
    archived: bool,
    #[command(flatten)]
    page: PageArgs,
}

pub(crate) async fn run(app: &App, args: ListArgs) -> Result {
    let mut filter = QuestionFilter::new().archived(args.archived);
    if let Some(search) = &args.search {
        filter = filter.search(search);
    }
    if let Some(kind) = args.kind {
        filter = filter.kind(kind);
    }
    filter = args.tags.iter().fold(filter, |filter, tag| filter.tag(tag));
    let session = app.open().await?;
    let quizzes = session.lms.quizzes();
    let list = args
        .page
        .read(async |limit, cursor| {
            quizzes.questions(&session.actor, filter.clone().page(limit, cursor)).await
        })
        .await?;
    app.output.list(&list, "question", "questions")?;
    Ok(Exit::Done)
}
