//! `lmsctl access role remove`

use clap::Args;

use crate::app::App;
use crate::cli::help::examples;
use crate::cli::names;
use crate::commands::picking;
use crate::error::{Exit, Result};

/// Do away with an access role of your own that no account has
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl access role remove interim",
    "lmsctl access role remove partner      # exit 4: accounts have it, and are named",
])]
pub(crate) struct RemoveArgs {
    /// Its name
    #[arg(value_parser = names::roles(), hide_possible_values = true)]
    role: Option<String>,
}

pub(crate) async fn run(app: &App, args: RemoveArgs) -> Result {
    let session = app.open().await?;
    let role = picking::role(app, &session, args.role, |role| !role.built_in).await?;
    let outcome = session.lms.access().remove_role(&session.actor, &role).await?;
    app.output.present(&outcome, &outcome.changed, || app.output.table(&outcome.changed))?;
    app.output.done(&format!("removed access role `{}`", outcome.value.name));
    Ok(Exit::Done)
}
