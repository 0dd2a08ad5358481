//! `lmsctl batch list`

use clap::Args;
use lms_core::BatchFilter;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::paging::PageArgs;
use crate::error::{Exit, Result};

/// List what can be taken back, or was, the newest first
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl batch list",
    "lmsctl batch list --many --actor os:ada",
    "lmsctl batch list --kind organisation.changed --output json",
])]
pub(crate) struct ListArgs {
    /// Only operations of this kind
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Only what this one did
    #[arg(long, value_name = "ACTOR")]
    actor: Option<String>,
    /// Only what changed more than one record
    #[arg(long)]
    many: bool,
    #[command(flatten)]
    page: PageArgs,
}

pub(crate) async fn run(app: &App, args: ListArgs) -> Result {
    let session = app.open().await?;
    let list = args
        .page
        .read(async |limit, cursor| {
            let mut filter = BatchFilter::new().many(args.many).page(limit, cursor);
            if let Some(kind) = &args.kind {
                filter = filter.kind(kind);
            }
            if let Some(actor) = &args.actor {
                filter = filter.actor(actor);
            }
            session.lms.batches().list(&session.actor, filter).await
        })
        .await?;
    app.output.list(&list, "batch", "batches")?;
    Ok(Exit::Done)
}
