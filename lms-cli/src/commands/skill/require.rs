//! `lmsctl skill require·release`

use clap::Args;
use lms_core::{SkillLevel, UnitKind};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::changes::changed;
use crate::commands::picking::{self, Choice, Question};
use crate::error::{Exit, Result};

/// Require a skill of everybody who has a job role, from a day on
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl skill require SECURITY --job-role SELLER --level 2",
    "lmsctl skill require SECURITY --job-role Developer --level expert --from 2027-01-01",
])]
pub(crate) struct RequireArgs {
    /// Code or name
    skill: Option<String>,
    /// Job role, by code or name
    #[arg(long, value_name = "ROLE")]
    job_role: Option<String>,
    /// 1 aware, 2 basic, 3 proficient, 4 advanced or 5 expert
    #[arg(long, value_name = "LEVEL")]
    level: Option<String>,
    /// First day; today, unless said
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    from: Option<String>,
}

/// Require a skill of a job role no longer
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl skill release SECURITY --job-role DEV",
    "lmsctl skill release SECURITY --job-role DEV --from 2027-01-01",
])]
pub(crate) struct ReleaseArgs {
    /// Code or name
    skill: Option<String>,
    /// Job role, by code or name
    #[arg(long, value_name = "ROLE")]
    job_role: Option<String>,
    /// First day on which it is no longer required; today, unless said
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    from: Option<String>,
}

pub(crate) async fn require(app: &App, args: RequireArgs) -> Result {
    let level = args.level.as_deref().map(SkillLevel::parse).transpose()?;
    let session = app.open().await?;
    let skill = picking::skill(app, &session, args.skill).await?;
    let role = picking::unit(app, &session, UnitKind::JobRole, args.job_role).await?;
    let level = match level {
        Some(level) => level,
        None => picked_level(app).await?,
    };
    let day = session.optional_day(args.from.as_deref()).await?;
    let skills = session.lms.skills();
    let outcome = skills.require(&session.actor, &role, &skill, Some(level), day).await?;
    changed(app, &outcome, &format!("what job role `{}` requires", outcome.value.job_role))?;
    Ok(Exit::Done)
}

async fn picked_level(app: &App) -> Result<SkillLevel> {
    let question = Question {
        asked: "At which level?",
        answered_by: "`--level`, from 1 to 5",
        none: "there is no level",
    };
    let choice = |level: &SkillLevel| Choice {
        shown: format!("{level}  {}", level.name()),
        typed: level.to_string(),
    };
    let all = async || Ok(SkillLevel::ALL.iter().map(choice).collect());
    Ok(SkillLevel::parse(&picking::named_or_picked(app, None, &question, all).await?)?)
}

pub(crate) async fn release(app: &App, args: ReleaseArgs) -> Result {
    let session = app.open().await?;
    let skill = picking::skill(app, &session, args.skill).await?;
    let role = picking::unit(app, &session, UnitKind::JobRole, args.job_role).await?;
    let day = session.optional_day(args.from.as_deref()).await?;
    let skills = session.lms.skills();
    let outcome = skills.require(&session.actor, &role, &skill, None, day).await?;
    changed(app, &outcome, &format!("what job role `{}` requires", outcome.value.job_role))?;
    Ok(Exit::Done)
}
