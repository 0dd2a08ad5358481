//! `lmsctl group list`

use clap::Args;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::paging::FieldsArgs;
use crate::error::{Exit, Result};
use crate::output::Listing;

/// List the groups
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl group list",
    "lmsctl group list --as-of 2026-03-31 --closed",
    "lmsctl group list --fields code,audience --output json",
])]
pub(crate) struct ListArgs {
    /// As it was on this day
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    as_of: Option<String>,
    /// Also those that are closed
    #[arg(long)]
    closed: bool,
    #[command(flatten)]
    fields: FieldsArgs,
}

pub(crate) async fn run(app: &App, args: ListArgs) -> Result {
    let session = app.open().await?;
    let as_of = session.optional_day(args.as_of.as_deref()).await?;
    let groups = session.lms.people().groups(&session.actor, as_of, args.closed).await?;
    app.output.list(&Listing::all(groups).fields(args.fields.fields), "group", "groups")?;
    Ok(Exit::Done)
}
