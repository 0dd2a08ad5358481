//! `lmsctl skill edit`

use clap::Args;
use lms_core::SkillChange;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::changes::changed;
use crate::commands::picking;
use crate::error::{Exit, Result};

/// Change name, description or category of a skill
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl skill edit SECURITY --name \"Information security\"",
    "lmsctl skill edit SECURITY --category \"\"",
])]
pub(crate) struct EditArgs {
    /// Code or name
    skill: Option<String>,
    /// New name
    #[arg(long)]
    name: Option<String>,
    /// What somebody can who has it; empty: nothing is said
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Under which heading it stands; empty: under none
    #[arg(long, value_name = "CATEGORY")]
    category: Option<String>,
}

pub(crate) async fn run(app: &App, args: EditArgs) -> Result {
    let mut change = SkillChange::new();
    change = args.name.iter().fold(change, |change, text| change.name(text));
    change = args.description.iter().fold(change, |change, text| change.description(text));
    change = args.category.iter().fold(change, |change, text| change.category(text));
    let session = app.open().await?;
    let skill = picking::skill(app, &session, args.skill).await?;
    let outcome = session.lms.skills().edit(&session.actor, &skill, change).await?;
    changed(app, &outcome, &format!("skill `{}`", outcome.value.code))?;
    Ok(Exit::Done)
}
