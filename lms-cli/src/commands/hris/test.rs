//! `lmsctl hris test`

use clap::Args;

use super::{credential, page, tell_missing};
use crate::app::App;
use crate::cli::help::examples;
use crate::error::{Exit, Result};
use crate::output::counted;

/// Ask a connected system for its first page, and show what it has; nothing is imported
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl hris test hr      # exit 7: the demo is connected to nothing"])]
pub(crate) struct TestArgs {
    /// Name of the connection
    name: String,
}

pub(crate) async fn run(app: &App, args: TestArgs) -> Result {
    let session = app.open().await?;
    let hris = session.lms.hris();
    let connection = hris.show(&session.actor, &args.name).await?;
    let found = credential(app, &connection)?;
    let new = connection.again();
    let probe = hris.test(&session.actor, &new, &found.secret).await?;
    let shown = page(app, &new, &probe)?;
    app.output.present(&probe, &probe.fields, || shown)?;
    tell_missing(app, &probe);
    let n_records = usize::try_from(probe.n_records).unwrap_or(usize::MAX);
    let told = counted(n_records, "record", "records");
    app.output.done(&format!("{} answers: {told} on its first page", connection.name));
    Ok(Exit::Done)
}
