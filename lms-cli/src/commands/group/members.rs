//! `lmsctl group members`

use clap::Args;
use lms_core::PersonFilter;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::audience::AudienceArgs;
use crate::commands::paging::PageArgs;
use crate::commands::person::list::LookArgs;
use crate::commands::picking;
use crate::error::{Exit, Result};

/// List the people of a group; those who are active or on leave, unless a status is asked for
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl group members WORKS-COUNCIL",
    "lmsctl group members GERMAN-ENGINEERS --as-of 2024-12-31 --total",
    "lmsctl group members WORKS-COUNCIL --location LIS --fields employee_number,email -o csv",
])]
pub(crate) struct MembersArgs {
    /// Code or name
    group: Option<String>,
    #[command(flatten)]
    look: LookArgs,
    #[command(flatten)]
    page: PageArgs,
    #[command(flatten)]
    audience: AudienceArgs,
}

pub(crate) async fn run(app: &App, args: MembersArgs) -> Result {
    let filter = PersonFilter::new().audience(args.audience.audience()?);
    let session = app.open().await?;
    let group = picking::group(app, &session, args.group).await?;
    let (filter, wants_total) = args.look.filter(&session, filter).await?;
    let people = session.lms.people();
    let mut list = args
        .page
        .read(async |limit, cursor| {
            let filter = filter.clone().page(limit, cursor);
            people.group_members(&session.actor, &group, filter).await
        })
        .await?;
    if wants_total {
        let total = people.count_members(&session.actor, &group, filter.clone()).await?;
        list.total = Some(total);
    }
    app.output.list(&list, "person", "people")?;
    Ok(Exit::Done)
}
