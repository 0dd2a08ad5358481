//! `lmsctl group remove`

use clap::Args;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::changes::changed;
use crate::commands::picking;
use crate::error::{Exit, Result};

/// Close a group that no other group asks for; what it was before can still be asked
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl group remove GERMAN-ENGINEERS",
    "lmsctl group remove WORKS-COUNCIL --since 2027-01-01",
])]
pub(crate) struct RemoveArgs {
    /// Code or name
    group: Option<String>,
    /// First day on which it is no longer there; today, unless said
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    since: Option<String>,
}

pub(crate) async fn run(app: &App, args: RemoveArgs) -> Result {
    let session = app.open().await?;
    let group = picking::group(app, &session, args.group).await?;
    let since = session.optional_day(args.since.as_deref()).await?;
    let outcome = session.lms.people().remove_group(&session.actor, &group, since).await?;
    changed(app, &outcome, &format!("group `{}`", outcome.value.code))?;
    Ok(Exit::Done)
}
