//! `lmsctl training submit`, `archive` and `remove`

use clap::Args;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::changes::changed;
use crate::commands::picking;
use crate::error::{Exit, Result};

/// Hand a draft over to be looked at
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl training submit LADDERS"])]
pub(crate) struct SubmitArgs {
    /// Code
    training: Option<String>,
}

/// Take a training out of the catalog; what was done in it stays
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl training archive FIRE-WARDEN",
    "lmsctl training archive FIRE-WARDEN --undo",
    "lmsctl training archive ONBOARDING      # exit 4: others come after it",
])]
pub(crate) struct ArchiveArgs {
    /// Code
    training: Option<String>,
    /// Take it back into the catalog
    #[arg(long)]
    undo: bool,
}

/// Take a training away that was never published
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl training remove LADDERS",
    "lmsctl training remove GDPR-101      # exit 4: it was published",
])]
pub(crate) struct RemoveArgs {
    /// Code
    training: Option<String>,
}

pub(crate) async fn submit(app: &App, args: SubmitArgs) -> Result {
    let session = app.open().await?;
    let training = picking::training(app, &session, args.training).await?;
    let outcome = session.lms.catalog().submit(&session.actor, &training).await?;
    changed(app, &outcome, &format!("`{}`", outcome.value.code))?;
    Ok(Exit::Done)
}

pub(crate) async fn archive(app: &App, args: ArchiveArgs) -> Result {
    let session = app.open().await?;
    let training = picking::training(app, &session, args.training).await?;
    let catalog = session.lms.catalog();
    let outcome = if args.undo {
        catalog.reopen(&session.actor, &training).await?
    } else {
        catalog.archive(&session.actor, &training).await?
    };
    changed(app, &outcome, &format!("`{}`", outcome.value.code))?;
    Ok(Exit::Done)
}

pub(crate) async fn remove(app: &App, args: RemoveArgs) -> Result {
    let session = app.open().await?;
    let training = picking::training(app, &session, args.training).await?;
    let outcome = session.lms.catalog().remove(&session.actor, &training).await?;
    app.output.present(&outcome, &outcome.changed, String::new)?;
    app.output.done(&format!("removed `{}`; its code is free again", outcome.value.code));
    Ok(Exit::Done)
}
