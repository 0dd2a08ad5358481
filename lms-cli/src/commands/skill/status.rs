//! `lmsctl skill archive·reopen`

use clap::Args;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::changes::changed;
use crate::commands::picking;
use crate::error::{Exit, Result};

/// Put a skill away that nothing teaches and no job role requires
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl skill archive SPANISH",
    "lmsctl skill archive SECURITY      # exit 4: trainings teach it, and job roles require it",
])]
pub(crate) struct ArchiveArgs {
    /// Code or name
    skill: Option<String>,
}

/// Take a skill out again that was archived
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl skill reopen TYPEWRITING"])]
pub(crate) struct ReopenArgs {
    /// Code or name
    skill: Option<String>,
}

pub(crate) async fn archive(app: &App, args: ArchiveArgs) -> Result {
    let session = app.open().await?;
    let skill = picking::skill(app, &session, args.skill).await?;
    let outcome = session.lms.skills().archive(&session.actor, &skill).await?;
    changed(app, &outcome, &format!("skill `{}`", outcome.value.code))?;
    Ok(Exit::Done)
}

pub(crate) async fn reopen(app: &App, args: ReopenArgs) -> Result {
    let session = app.open().await?;
    let skill = picking::skill(app, &session, args.skill).await?;
    let outcome = session.lms.skills().reopen(&session.actor, &skill).await?;
    changed(app, &outcome, &format!("skill `{}`", outcome.value.code))?;
    Ok(Exit::Done)
}
