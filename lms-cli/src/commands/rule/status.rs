//! `lmsctl rule activate`, `pause` and `remove`

use clap::Args;
use lms_core::{RuleChange, RuleShown, RuleStatus};

use super::acting::{ActingArgs, act};
use crate::app::App;
use crate::cli::help::examples;
use crate::commands::changes::changed;
use crate::commands::picking;
use crate::error::{Exit, Result};

/// Let a rule go on after a pause
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl rule activate GDPR --dry-run      # exit 7",
])]
pub(crate) struct ActivateArgs {
    /// Code
    rule: Option<String>,
    #[command(flatten)]
    acting: ActingArgs,
}

/// Let a rule rest: it neither gives nor takes anything until it goes on
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl rule pause GDPR --reason \"until the new version\"      # exit 7",
])]
pub(crate) struct PauseArgs {
    /// Code
    rule: Option<String>,
    #[command(flatten)]
    acting: ActingArgs,
}

/// Take a rule out of force; a draft that never was in force is thrown away
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl rule add FIRE \"Fire safety\" --training FIRE-SAFETY --everybody && lmsctl rule remove FIRE",
])]
pub(crate) struct RemoveArgs {
    /// Code
    rule: Option<String>,
    #[command(flatten)]
    acting: ActingArgs,
}

pub(crate) async fn activate(app: &App, args: ActivateArgs) -> Result<Exit> {
    let session = app.open().await?;
    let rule = picking::rule(app, &session, args.rule).await?;
    act(app, &session, &args.acting, vec![RuleChange::Activate(rule)], "Activate").await
}

pub(crate) async fn pause(app: &App, args: PauseArgs) -> Result<Exit> {
    let session = app.open().await?;
    let rule = picking::rule(app, &session, args.rule).await?;
    act(app, &session, &args.acting, vec![RuleChange::Pause(rule)], "Pause").await
}

pub(crate) async fn remove(app: &App, args: RemoveArgs) -> Result<Exit> {
    let session = app.open().await?;
    let rule = picking::rule(app, &session, args.rule).await?;
    let rules = || session.lms.rules();
    let card = rules().show(&session.actor, &rule, RuleShown::Current).await?;
    if card.rule.status == RuleStatus::Draft && !args.acting.is_dry_run() {
        let outcome = rules().drop_draft(&session.actor, &rule).await?;
        changed(app, &outcome, &format!("`{rule}`, a draft: it is gone"))?;
        return Ok(Exit::Done);
    }
    act(app, &session, &args.acting, vec![RuleChange::Remove(rule)], "Remove").await
}
