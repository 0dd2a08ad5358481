//! `lmsctl person list`

use clap::Args;
use lms_core::{PersonFilter, PersonSort, Timestamp};

use crate::app::{App, Session};
use crate::cli::help::examples;
use crate::commands::audience::AudienceArgs;
use crate::commands::paging::PageArgs;
use crate::error::{Exit, Result};

/// List people by name; those who are active or on leave, unless a status is asked for
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl person list --department Engineering --location Berlin",
    "lmsctl person list --search \"mull jur\"",
    "lmsctl person list --manager ada@demo.example --all-reports --not-job-role LEAD",
    "lmsctl person list --hired-after 2024-01-01 --sort -hired_on --total",
    "lmsctl person list --group WORKS-COUNCIL --fields last_name,email -o csv",
    "lmsctl person list --department ENG --as-of 2026-03-31 --known-at 2026-04-01T00:00:00Z",
])]
pub(crate) struct ListArgs {
    /// Words that begin so, in names, address, user name or number
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    #[command(flatten)]
    look: LookArgs,
    #[command(flatten)]
    page: PageArgs,
    #[command(flatten)]
    audience: AudienceArgs,
}

/// When, in which order, and how many: for every list of people.
#[derive(Debug, Args)]
pub(crate) struct LookArgs {
    /// As it was on this day
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    as_of: Option<String>,
    /// As it was known at this instant
    #[arg(long, value_name = "INSTANT")]
    known_at: Option<String>,
    /// By name, hired-on or employee-number; -name and so on: from the end
    #[arg(long, value_name = "FIELD", default_value = "name", allow_hyphen_values = true)]
    sort: String,
    /// Tell how many there are on all pages
    #[arg(long)]
    total: bool,
}

impl LookArgs {
    /// Puts the options into a filter, and tells whether the total is asked for.
    pub(crate) async fn filter(
        &self,
        session: &Session,
        mut filter: PersonFilter,
    ) -> Result<(PersonFilter, bool)> {
        filter = filter.sort(PersonSort::parse(&self.sort)?);
        if let Some(instant) = &self.known_at {
            filter = filter.known_at(Timestamp::parse(instant)?);
        }
        if let Some(day) = session.optional_day(self.as_of.as_deref()).await? {
            filter = filter.as_of(day);
        }
        Ok((filter, self.total))
    }
}

pub(crate) async fn run(app: &App, args: ListArgs) -> Result {
    let mut filter = PersonFilter::new().audience(args.audience.audience()?);
    if let Some(text) = &args.search {
        filter = filter.search(text);
    }
    let session = app.open().await?;
    let (filter, wants_total) = args.look.filter(&session, filter).await?;
    let people = session.lms.people();
    let mut list = args
        .page
        .read(async |limit, cursor| {
            people.list(&session.actor, filter.clone().page(limit, cursor)).await
        })
        .await?;
    if wants_total {
        list.total = Some(people.count(&session.actor, filter.clone()).await?);
    }
    app.output.list(&list, "person", "people")?;
    Ok(Exit::Done)
}
