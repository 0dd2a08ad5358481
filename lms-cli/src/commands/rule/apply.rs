//! `lmsctl rule apply`

use clap::Args;
use lms_core::RuleChange;

use super::acting::{ActingArgs, act, changes};
use crate::app::App;
use crate::cli::help::examples;
use crate::commands::picking;
use crate::error::{Exit, Result, USAGE};

/// Put rules into force, shown as a plan first
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl rule add FIRE \"Fire safety\" --training FIRE-SAFETY --everybody && lmsctl rule apply FIRE",
    "lmsctl rule apply GDPR --version 1      # exit 7",
])]
pub(crate) struct ApplyArgs {
    /// Codes of rules with a draft, or files in TOML or JSON, or - for standard input
    #[arg(value_name = "RULE|FILE")]
    rules: Vec<String>,
    /// Go back to what this version said
    #[arg(long, value_name = "N")]
    version: Option<u32>,
    #[command(flatten)]
    acting: ActingArgs,
}

pub(crate) async fn run(app: &App, args: ApplyArgs) -> Result<Exit> {
    let asked = match (args.version, args.rules.as_slice()) {
        (Some(version), [code]) => vec![RuleChange::GoBack(code.clone(), version)],
        (Some(_), _) => {
            return Err(USAGE
                .error("`--version` goes back with one rule")
                .with_hint("name it by its code: `lmsctl rule apply GDPR --version 1`")
                .into());
        }
        (None, named) => changes(named)?,
    };
    let session = app.open().await?;
    let asked = if asked.is_empty() {
        vec![RuleChange::ApplyDraft(picking::rule(app, &session, None).await?)]
    } else {
        asked
    };
    act(app, &session, &args.acting, asked, "Apply").await
}
