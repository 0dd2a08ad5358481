//! `lmsctl access role add`

use clap::Args;
use lms_core::NewRole;

use crate::app::App;
use crate::cli::help::examples;
use crate::cli::names;
use crate::error::{Exit, Result};

/// Make an access role of your own
///
/// What it gives is a permission, or a pattern such as `people.*`; for people with the scope behind
/// an @: self, reports (all the way down), department (those they lead, and below), or all.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl access role add team_lead --summary \"looks after a team\" --grant people.read@reports",
    "lmsctl access role add site_hr --grant people.read --grant people.write@department",
])]
pub(crate) struct AddArgs {
    /// Its name: letters, digits and _
    #[arg(value_name = "NAME")]
    role: String,
    /// Who it is for
    #[arg(long, value_name = "TEXT")]
    summary: Option<String>,
    /// Give this, as PERMISSION or PERMISSION@SCOPE; repeat for several
    #[arg(long = "grant", value_name = "GRANT", required = true)]
    #[arg(value_parser = names::permissions(), hide_possible_values = true)]
    grants: Vec<String>,
}

pub(crate) async fn run(app: &App, args: &AddArgs) -> Result {
    let mut role = NewRole::new(&args.role);
    if let Some(summary) = &args.summary {
        role = role.summary(summary);
    }
    let role = args.grants.iter().fold(role, |role, grant| role.grant(grant));
    let session = app.open().await?;
    let role = session.lms.access().add_role(&session.actor, role).await?;
    app.output.record(&role)?;
    app.output.done(&format!("made access role `{}`", role.name));
    app.output
        .hint(&format!("give it with `lmsctl access user edit NAME --add-role {}`", role.name));
    Ok(Exit::Done)
}
