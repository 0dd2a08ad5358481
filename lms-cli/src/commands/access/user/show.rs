//! `lmsctl access user show`

use clap::Args;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::access::named_or_picked;
use crate::error::{Exit, Result};

/// Show an account
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl access user show admin",
    "lmsctl access user show admin@demo.example --output json",
])]
pub(crate) struct ShowArgs {
    /// Username, e-mail address or id
    account: Option<String>,
}

pub(crate) async fn run(app: &App, args: ShowArgs) -> Result {
    let session = app.open().await?;
    let account = named_or_picked(app, &session, args.account).await?;
    app.output.record(&account)?;
    Ok(Exit::Done)
}
