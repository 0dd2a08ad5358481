//! `lmsctl skill holders`

use clap::Args;
use lms_core::{HolderFilter, SkillLevel};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::audience::AudienceArgs;
use crate::commands::paging::PageArgs;
use crate::commands::picking;
use crate::error::{Exit, Result};

/// List who has a skill, by which training and until when
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl skill holders FIRST-AID",
    "lmsctl skill holders SECURITY --level advanced --location Berlin",
    "lmsctl skill holders SECURITY --as-of 2026-03-31 -o csv",
])]
pub(crate) struct HoldersArgs {
    /// Code or name
    skill: Option<String>,
    /// Only at this level or above: 1 to 5, or a name
    #[arg(long, value_name = "LEVEL")]
    level: Option<String>,
    /// On this day; today, unless said
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    as_of: Option<String>,
    #[command(flatten)]
    page: PageArgs,
    #[command(flatten)]
    audience: AudienceArgs,
}

pub(crate) async fn run(app: &App, args: HoldersArgs) -> Result {
    let level = args.level.as_deref().map(SkillLevel::parse).transpose()?;
    let filter = HolderFilter::new().level(level).audience(args.audience.audience()?);
    let session = app.open().await?;
    let skill = picking::skill(app, &session, args.skill).await?;
    let filter = filter.as_of(session.optional_day(args.as_of.as_deref()).await?);
    let list = args
        .page
        .read(async |limit, cursor| {
            let filter = filter.clone().page(limit, cursor);
            session.lms.readiness().holders(&session.actor, &skill, filter).await
        })
        .await?;
    app.output.list(&list, "person", "people")?;
    Ok(Exit::Done)
}
