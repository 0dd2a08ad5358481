//! `lmsctl hris disconnect`

use clap::Args;

use crate::app::App;
use crate::cli::help::examples;
use crate::error::{Exit, Result};
use crate::secrets::Keeper;

/// Forget a connection and its credential; the people whom it brought stay
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl hris disconnect hr      # exit 7: the demo is connected to nothing"])]
pub(crate) struct DisconnectArgs {
    /// Name of the connection
    name: String,
}

pub(crate) async fn run(app: &App, args: DisconnectArgs) -> Result {
    let session = app.open().await?;
    let gone = session.lms.hris().disconnect(&session.actor, &args.name).await?.value;
    let keeper = Keeper::new(&gone.name, &gone.url);
    if keeper.forget() {
        app.output.note("Its credential is out of the keyring");
    } else if let Ok(Some(found)) = keeper.find() {
        app.output.note(&format!("Its credential is still in {}: take it out there", found.place));
    }
    app.output.hint("revoke the credential in the system itself as well");
    app.output.done(&format!("disconnected {}; the people whom it brought stay", gone.name));
    Ok(Exit::Done)
}
