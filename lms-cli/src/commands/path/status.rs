//! `lmsctl path archive` and `remove`

use clap::Args;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::changes::changed;
use crate::commands::picking;
use crate::error::{Exit, Result};

/// Take a learning path out of the catalog; what was done on it stays
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl path archive NEW-HIRE",
    "lmsctl path archive NEW-HIRE --undo",
])]
pub(crate) struct ArchiveArgs {
    /// Code
    path: Option<String>,
    /// Take it back into the catalog
    #[arg(long)]
    undo: bool,
}

/// Take a learning path away that was never published
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl path remove NEW-HIRE      # exit 4: it was published",
])]
pub(crate) struct RemoveArgs {
    /// Code
    path: Option<String>,
}

pub(crate) async fn archive(app: &App, args: ArchiveArgs) -> Result {
    let session = app.open().await?;
    let path = picking::path(app, &session, args.path).await?;
    let paths = session.lms.paths();
    let outcome = if args.undo {
        paths.reopen(&session.actor, &path).await?
    } else {
        paths.archive(&session.actor, &path).await?
    };
    changed(app, &outcome, &format!("`{}`", outcome.value.code))?;
    Ok(Exit::Done)
}

pub(crate) async fn remove(app: &App, args: RemoveArgs) -> Result {
    let session = app.open().await?;
    let path = picking::path(app, &session, args.path).await?;
    let outcome = session.lms.paths().remove(&session.actor, &path).await?;
    app.output.present(&outcome, &outcome.changed, String::new)?;
    app.output.done(&format!("removed `{}`; its code is free again", outcome.value.code));
    Ok(Exit::Done)
}
