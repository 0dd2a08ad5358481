//! `lmsctl department list`, `location list`, `job-role list`

use clap::Args;
use lms_core::UnitKind;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::paging::FieldsArgs;
use crate::error::{Exit, Result};
use crate::output::Listing;

/// List them; departments as a tree
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl department list",
    "lmsctl department list --as-of 2026-03-31 --closed",
    "lmsctl job-role list --fields code,name --output csv > job-roles.csv",
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

pub(crate) async fn run(app: &App, kind: UnitKind, args: ListArgs) -> Result {
    let session = app.open().await?;
    let as_of = session.optional_day(args.as_of.as_deref()).await?;
    let units = session.lms.people().units(&session.actor, kind, as_of, args.closed).await?;
    let noun = kind.noun();
    let list = Listing::all(units).fields(args.fields.fields);
    app.output.list(&list, noun, &format!("{noun}s"))?;
    Ok(Exit::Done)
}
