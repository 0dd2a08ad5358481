//! `lmsctl rule history`

use clap::Args;
use lms_core::HistoryFilter;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::paging::PageArgs;
use crate::commands::picking;
use crate::error::{Exit, Result};

/// Show everything that was done to a rule
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl rule add FIRE \"Fire safety\" --training FIRE-SAFETY --everybody && lmsctl rule history FIRE",
])]
pub(crate) struct HistoryArgs {
    /// Code
    rule: Option<String>,
    /// In the order in which it happened
    #[arg(long)]
    oldest_first: bool,
    #[command(flatten)]
    page: PageArgs,
}

pub(crate) async fn run(app: &App, args: HistoryArgs) -> Result {
    let session = app.open().await?;
    let rule = picking::rule(app, &session, args.rule).await?;
    let filter = HistoryFilter::new().oldest_first(args.oldest_first);
    let list = args
        .page
        .read(async |limit, cursor| {
            let filter = filter.clone().page(limit, cursor);
            session.lms.rules().history(&session.actor, &rule, filter).await
        })
        .await?;
    app.output.list(&list, "entry", "entries")?;
    Ok(Exit::Done)
}
