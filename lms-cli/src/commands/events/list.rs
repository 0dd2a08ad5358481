//! `lmsctl events list`

use clap::Args;
use lms_core::EventFilter;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::paging::PageArgs;
use crate::error::{Exit, Result};

/// List events, the oldest first
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl events list",
    "lmsctl events list --newest --limit 10",
    "lmsctl events list --all --output ndjson    # with the whole CloudEvents document",
])]
pub(crate) struct ListArgs {
    /// Only events of this type
    #[arg(long = "type", value_name = "TYPE")]
    event_type: Option<String>,
    /// Only events about this
    #[arg(long, value_name = "SUBJECT")]
    subject: Option<String>,
    /// Begin with the newest
    #[arg(long)]
    newest: bool,
    #[command(flatten)]
    page: PageArgs,
}

pub(crate) async fn run(app: &App, args: ListArgs) -> Result {
    let session = app.open().await?;
    let list = args
        .page
        .read(async |limit, cursor| {
            let mut filter = EventFilter::new().page(limit, cursor).newest_first(args.newest);
            if let Some(event_type) = &args.event_type {
                filter = filter.event_type(event_type);
            }
            if let Some(subject) = &args.subject {
                filter = filter.subject(subject);
            }
            session.lms.events().list(&session.actor, filter).await
        })
        .await?;
    app.output.list(&list, "event", "events")?;
    Ok(Exit::Done)
}
