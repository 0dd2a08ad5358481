//! `lmsctl access role show`

use clap::Args;

use crate::app::App;
use crate::cli::help::examples;
use crate::cli::names;
use crate::commands::picking;
use crate::error::{Exit, Result};

/// Show an access role
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl access role show manager",
    "lmsctl access role show hr --output json",
])]
pub(crate) struct ShowArgs {
    /// Its name
    #[arg(value_parser = names::roles(), hide_possible_values = true)]
    role: Option<String>,
}

pub(crate) async fn run(app: &App, args: ShowArgs) -> Result {
    let session = app.open().await?;
    let role = picking::role(app, &session, args.role, |_| true).await?;
    let role = session.lms.access().role(&session.actor, &role).await?;
    app.output.record(&role)?;
    Ok(Exit::Done)
}
