//! `lmsctl training versions`

use clap::Args;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::picking;
use crate::error::{Exit, Result};
use crate::output::Listing;

/// List the versions of a training, the newest first
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl training versions GDPR-101"])]
pub(crate) struct VersionsArgs {
    /// Code
    training: Option<String>,
}

pub(crate) async fn run(app: &App, args: VersionsArgs) -> Result {
    let session = app.open().await?;
    let training = picking::training(app, &session, args.training).await?;
    let versions = session.lms.catalog().versions(&session.actor, &training).await?;
    app.output.list(&Listing::all(versions), "version", "versions")?;
    Ok(Exit::Done)
}
