//! `lmsctl certificate revoke`

use clap::Args;

use super::picked;
use crate::app::App;
use crate::cli::help::examples;
use crate::commands::changes::changed;
use crate::error::{Exit, Result};

/// Revoke a certificate: whoever verifies it is told so from now on
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl certificate revoke \"$(lmsctl certificate list --limit 1 --fields number -o csv | tail -n 1)\" --reason \"issued by mistake\"",
])]
pub(crate) struct RevokeArgs {
    /// Number, code or id
    certificate: Option<String>,
    /// Why; it is kept with the certificate and in the audit log
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

pub(crate) async fn run(app: &App, args: RevokeArgs) -> Result {
    let session = app.open().await?;
    let certificate = picked(app, &session, args.certificate).await?;
    let outcome =
        session.lms.certificates().revoke(&session.actor, &certificate, &args.reason).await?;
    changed(app, &outcome, &format!("certificate `{}`", outcome.value.number))?;
    Ok(Exit::Done)
}
