//! `lmsctl import list`

use clap::Args;
use lms_core::ImportRunFilter;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::paging::PageArgs;
use crate::error::{Exit, Result};

/// List imports, the newest first
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl import list",
    "lmsctl import list --source hr --output json",
])]
pub(crate) struct ListArgs {
    /// Only those of this source
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    #[command(flatten)]
    page: PageArgs,
}

pub(crate) async fn run(app: &App, args: ListArgs) -> Result {
    let session = app.open().await?;
    let list = args
        .page
        .read(async |limit, cursor| {
            let mut filter = ImportRunFilter::new().page(limit, cursor);
            if let Some(source) = &args.source {
                filter = filter.source(source);
            }
            session.lms.imports().list(&session.actor, filter).await
        })
        .await?;
    app.output.list(&list, "import", "imports")?;
    Ok(Exit::Done)
}
