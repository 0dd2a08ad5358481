//! `lmsctl import show`

use clap::Args;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::plans::{part, parts};
use crate::error::{Exit, Result};

/// Show an import, with the rows that did not simply land
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl import show last      # exit 7: the demo imported nothing"])]
pub(crate) struct ShowArgs {
    /// Its id, or `last`
    import: String,
}

pub(crate) async fn run(app: &App, args: ShowArgs) -> Result {
    let session = app.open().await?;
    let card = session.lms.imports().show(&session.actor, &args.import).await?;
    app.output.present(&card, &card.lines, || {
        let about = app.output.card(&card.run);
        parts(&[about, part(app, "Rows that did not simply land", &card.lines)])
    })?;
    if let Some(operation) = card.run.operation {
        app.output.hint(&format!("`lmsctl audit show {operation}` says what it changed of whom"));
    }
    Ok(Exit::Done)
}
