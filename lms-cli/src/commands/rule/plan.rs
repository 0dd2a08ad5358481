//! `lmsctl rule plan`

use clap::Args;

use super::acting::{changes, show};
use crate::app::App;
use crate::cli::help::examples;
use crate::error::{Exit, Result};

/// Show what putting rules into force would change, for whom and why; it changes nothing
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl rule add FIRE \"Fire safety\" --training FIRE-SAFETY --everybody && lmsctl rule plan FIRE",
    "lmsctl rule plan gdpr.toml --output json      # exit 7",
])]
pub(crate) struct PlanArgs {
    /// Codes of rules with a draft, or files in TOML or JSON, or - for standard input
    #[arg(value_name = "RULE|FILE", required = true)]
    rules: Vec<String>,
    /// Exit with 10 when anything would change
    #[arg(long)]
    detailed_exitcode: bool,
}

pub(crate) async fn run(app: &App, args: PlanArgs) -> Result {
    let changes = changes(&args.rules)?;
    let session = app.open().await?;
    let plan = session.lms.rules().plan(&session.actor, changes).await?;
    show(app, &plan)?;
    let named = args.rules.join(" ");
    if plan.changes_anything() {
        let short = &plan.fingerprint;
        app.output.hint(&format!("`lmsctl rule apply {named} --plan {short}` does exactly this"));
    }
    Ok(Exit::of_dry_run(args.detailed_exitcode, plan.changes_anything()))
}
