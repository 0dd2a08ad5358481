//! `lmsctl department show`, `location show`, `job-role show`

use clap::Args;
use lms_core::UnitKind;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::picking;
use crate::error::{Exit, Result};

/// Show one
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl department show Engineering", "lmsctl location show BER --output json"])]
pub(crate) struct ShowArgs {
    /// Code or name
    #[arg(value_name = "UNIT")]
    name: Option<String>,
    /// As it was on this day
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    as_of: Option<String>,
}

pub(crate) async fn run(app: &App, kind: UnitKind, args: ShowArgs) -> Result {
    let session = app.open().await?;
    let name = picking::unit(app, &session, kind, args.name).await?;
    let as_of = session.optional_day(args.as_of.as_deref()).await?;
    let unit = session.lms.people().unit(&session.actor, kind, &name, as_of).await?;
    app.output.record(&unit)?;
    Ok(Exit::Done)
}
