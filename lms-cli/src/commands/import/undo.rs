//! `lmsctl import undo`

use clap::Args;

use crate::app::App;
use crate::cli::DryRunArgs;
use crate::cli::help::examples;
use crate::commands::batch::undo::{UndoArgs as BatchUndoArgs, run as undo_batch};
use crate::error::Result;

/// Take an import back: what nobody changed since goes back to what it was
///
/// What somebody changed since stays, and is listed with by whom; what cannot go back as things are says
/// why. It is an import as well, so that it can be taken back in its turn.
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl import undo last --dry-run      # exit 7: the demo imported nothing"])]
pub(crate) struct UndoArgs {
    /// Its id, or `last`
    import: String,
    #[command(flatten)]
    dry_run: DryRunArgs,
}

pub(crate) async fn run(app: &App, args: UndoArgs) -> Result {
    let session = app.open().await?;
    let operation = session.lms.imports().operation(&session.actor, &args.import).await?;
    drop(session);
    undo_batch(app, BatchUndoArgs::of(operation.to_string(), args.dry_run)).await
}
