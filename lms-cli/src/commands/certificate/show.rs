//! `lmsctl certificate show`

use clap::Args;

use super::picked;
use crate::app::App;
use crate::cli::help::examples;
use crate::error::{Exit, Result};

/// Show a certificate
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl certificate show \"$(lmsctl certificate list --limit 1 --fields number -o csv | tail -n 1)\"",
])]
pub(crate) struct ShowArgs {
    /// Number, code or id
    certificate: Option<String>,
}

pub(crate) async fn run(app: &App, args: ShowArgs) -> Result {
    let session = app.open().await?;
    let certificate = picked(app, &session, args.certificate).await?;
    let certificate = session.lms.certificates().show(&session.actor, &certificate).await?;
    app.output.record(&certificate)?;
    Ok(Exit::Done)
}
