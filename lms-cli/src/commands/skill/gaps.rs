//! `lmsctl skill gaps`

use clap::Args;
use lms_core::GapFilter;

use crate::app::{App, Session};
use crate::cli::help::examples;
use crate::commands::audience::AudienceArgs;
use crate::commands::paging::PageArgs;
use crate::error::{Exit, Result};

/// List who lacks what their job role requires, with the trainings that close each gap
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl skill gaps",
    "lmsctl skill gaps --department Engineering --skill SECURITY --total",
    "lmsctl skill gaps --as-of 2027-01-01 --all -o csv > gaps.csv",
])]
pub(crate) struct GapsArgs {
    #[command(flatten)]
    asked: AskedArgs,
    /// Tell how many there are on all pages
    #[arg(long)]
    total: bool,
    #[command(flatten)]
    page: PageArgs,
    #[command(flatten)]
    audience: AudienceArgs,
}

/// Which gaps, on which day.
#[derive(Debug, Args)]
pub(super) struct AskedArgs {
    /// Only this skill, by code or name; repeat for several
    #[arg(long = "skill", value_name = "SKILL")]
    skills: Vec<String>,
    /// On this day; today, unless said
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    as_of: Option<String>,
}

impl AskedArgs {
    pub(super) async fn filter(
        &self,
        session: &Session,
        audience: &AudienceArgs,
    ) -> Result<GapFilter> {
        let filter = GapFilter::new().audience(audience.audience()?);
        let filter = self.skills.iter().fold(filter, |filter, skill| filter.skill(skill));
        Ok(filter.as_of(session.optional_day(self.as_of.as_deref()).await?))
    }
}

pub(crate) async fn run(app: &App, args: GapsArgs) -> Result {
    args.audience.audience()?;
    let session = app.open().await?;
    let filter = args.asked.filter(&session, &args.audience).await?;
    let readiness = session.lms.readiness();
    let mut list = args
        .page
        .read(async |limit, cursor| {
            readiness.gaps(&session.actor, filter.clone().page(limit, cursor)).await
        })
        .await?;
    if args.total {
        list.total = Some(readiness.count_gaps(&session.actor, filter.clone()).await?);
    }
    app.output.list(&list, "gap", "gaps")?;
    Ok(Exit::Done)
}
