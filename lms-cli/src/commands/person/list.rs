//! `lmsctl person list`

use clap::Args;
use lms_core::{PersonFilter, PersonStatus, Timestamp};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::paging::PageArgs;
use crate::error::{Exit, Result};

/// List people by name; those who are active or on leave, unless a status is asked for
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl person list --department Engineering --location Berlin",
    "lmsctl person list --search \"mull jur\"",
    "lmsctl person list --manager ada@demo.example --all-reports",
    "lmsctl person list --department ENG --as-of 2026-03-31 --known-at 2026-04-01T00:00:00Z",
])]
pub(crate) struct ListArgs {
    /// Words that begin so, in names, address, user name or number
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Department and all below it, by code or name; repeat for several
    #[arg(long = "department", value_name = "DEPARTMENT")]
    departments: Vec<String>,
    /// The departments themselves, without those below
    #[arg(long, requires = "departments")]
    exact: bool,
    /// Location, by code or name; repeat for several
    #[arg(long = "location", value_name = "LOCATION")]
    locations: Vec<String>,
    /// Job role, by code or name; repeat for several
    #[arg(long = "job-role", value_name = "ROLE")]
    job_roles: Vec<String>,
    /// Those who report to this person; repeat for several
    #[arg(long = "manager", value_name = "PERSON")]
    managers: Vec<String>,
    /// Also those who report to the reports
    #[arg(long, requires = "managers")]
    all_reports: bool,
    /// Country code; repeat for several
    #[arg(long = "country", value_name = "CODE")]
    countries: Vec<String>,
    /// Such as permanent; repeat for several
    #[arg(long = "employment-type", value_name = "TYPE")]
    employment_types: Vec<String>,
    /// Active, on-leave, inactive or pre-hire; repeat for several
    #[arg(long = "status", value_name = "STATUS")]
    statuses: Vec<String>,
    /// Hired after this day
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    hired_after: Option<String>,
    /// Hired before this day
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    hired_before: Option<String>,
    /// As it was on this day
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    as_of: Option<String>,
    /// As it was known at this instant
    #[arg(long, value_name = "INSTANT")]
    known_at: Option<String>,
    #[command(flatten)]
    page: PageArgs,
}

pub(crate) async fn run(app: &App, args: ListArgs) -> Result {
    let statuses = args
        .statuses
        .iter()
        .map(|text| PersonStatus::parse(text))
        .collect::<lms_core::Result<Vec<_>>>()?;
    let known_at = args.known_at.as_deref().map(Timestamp::parse).transpose()?;
    let session = app.open().await?;
    let mut filter = PersonFilter::new().exact(args.exact).all_reports(args.all_reports);
    if let Some(text) = &args.search {
        filter = filter.search(text);
    }
    filter = args.departments.iter().fold(filter, |filter, name| filter.department(name));
    filter = args.locations.iter().fold(filter, |filter, name| filter.location(name));
    filter = args.job_roles.iter().fold(filter, |filter, name| filter.job_role(name));
    filter = args.managers.iter().fold(filter, |filter, name| filter.manager(name));
    filter = args.countries.iter().fold(filter, |filter, code| filter.country(code));
    filter = args.employment_types.iter().fold(filter, |filter, kind| filter.employment_type(kind));
    filter = statuses.iter().fold(filter, |filter, status| filter.status(*status));
    if let Some(day) = session.optional_day(args.hired_after.as_deref()).await? {
        filter = filter.hired_after(day);
    }
    if let Some(day) = session.optional_day(args.hired_before.as_deref()).await? {
        filter = filter.hired_before(day);
    }
    if let Some(day) = session.optional_day(args.as_of.as_deref()).await? {
        filter = filter.as_of(day);
    }
    if let Some(instant) = known_at {
        filter = filter.known_at(instant);
    }
    let list = args
        .page
        .read(async |limit, cursor| {
            let filter = filter.clone().page(limit, cursor);
            session.lms.people().list(&session.actor, filter).await
        })
        .await?;
    app.output.list(&list, "person", "people")?;
    Ok(Exit::Done)
}
