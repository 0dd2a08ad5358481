//! `lmsctl group show`

use clap::Args;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::picking;
use crate::error::{Exit, Result};

/// Show a group, whom it stands for and how many are in it
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl group show WORKS-COUNCIL",
    "lmsctl group show GERMAN-ENGINEERS --as-of 2024-12-31",
])]
pub(crate) struct ShowArgs {
    /// Code or name
    group: Option<String>,
    /// As it was on this day
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    as_of: Option<String>,
}

pub(crate) async fn run(app: &App, args: ShowArgs) -> Result {
    let session = app.open().await?;
    let group = picking::group(app, &session, args.group).await?;
    let as_of = session.optional_day(args.as_of.as_deref()).await?;
    let card = session.lms.people().group(&session.actor, &group, as_of).await?;
    app.output.record(&card)?;
    Ok(Exit::Done)
}
