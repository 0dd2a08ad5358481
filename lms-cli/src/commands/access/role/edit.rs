//! `lmsctl access role edit`

use clap::Args;
use lms_core::RoleChange;

use crate::app::App;
use crate::cli::help::examples;
use crate::cli::names;
use crate::commands::changes::changed;
use crate::commands::picking;
use crate::error::{Exit, Result, USAGE};

/// Change what an access role of your own gives
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl access role edit partner --grant people.write@department",
    "lmsctl access role edit partner --revoke people.read@department --summary \"keeps own teams\"",
    "lmsctl access role edit hr --grant settings.write     # exit 4: every organisation has it",
])]
pub(crate) struct EditArgs {
    /// Its name
    #[arg(value_parser = names::roles(), hide_possible_values = true)]
    role: Option<String>,
    /// Who it is for; empty says nothing
    #[arg(long, value_name = "TEXT")]
    summary: Option<String>,
    /// Give this too, as PERMISSION or PERMISSION@SCOPE; repeat for several
    #[arg(long = "grant", value_name = "GRANT")]
    #[arg(value_parser = names::permissions(), hide_possible_values = true)]
    grants: Vec<String>,
    /// Give this no longer; repeat for several
    #[arg(long = "revoke", value_name = "GRANT")]
    #[arg(value_parser = names::permissions(), hide_possible_values = true)]
    revoked: Vec<String>,
}

pub(crate) async fn run(app: &App, args: EditArgs) -> Result {
    if args.summary.is_none() && args.grants.is_empty() && args.revoked.is_empty() {
        return Err(USAGE
            .error("no change was named")
            .with_hint("name one: `--grant`, `--revoke`, `--summary`")
            .into());
    }
    let mut change = RoleChange::new();
    if let Some(summary) = &args.summary {
        change = change.summary(summary);
    }
    change = args.grants.iter().fold(change, |change, grant| change.grant(grant));
    change = args.revoked.iter().fold(change, |change, grant| change.revoke(grant));
    let session = app.open().await?;
    let role = picking::role(app, &session, args.role, |role| !role.built_in).await?;
    let outcome = session.lms.access().edit_role(&session.actor, &role, change).await?;
    changed(app, &outcome, &format!("access role `{}`", outcome.value.name))?;
    Ok(Exit::Done)
}
