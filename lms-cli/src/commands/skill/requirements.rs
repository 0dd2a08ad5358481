//! `lmsctl skill requirements`

use clap::Args;
use lms_core::UnitKind;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::picking;
use crate::error::{Exit, Result};

/// Show which skills a job role requires
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl skill requirements DEV",
    "lmsctl skill requirements Developer --as-of 2027-01-01 --output csv",
])]
pub(crate) struct RequirementsArgs {
    /// Job role, by code or name
    #[arg(value_name = "JOB_ROLE")]
    job_role: Option<String>,
    /// On this day; today, unless said
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    as_of: Option<String>,
}

pub(crate) async fn run(app: &App, args: RequirementsArgs) -> Result {
    let session = app.open().await?;
    let role = picking::unit(app, &session, UnitKind::JobRole, args.job_role).await?;
    let day = session.optional_day(args.as_of.as_deref()).await?;
    let required = session.lms.skills().requirements(&session.actor, &role, day).await?;
    app.output.present(&required, &required.skills, || {
        let title = format!("{} on {}", required.job_role, required.as_of);
        let table = app.output.table(&required.skills);
        let table = if table.is_empty() { "  nothing\n".to_owned() } else { table };
        format!("{}{table}", app.output.heading(&title))
    })?;
    Ok(Exit::Done)
}
