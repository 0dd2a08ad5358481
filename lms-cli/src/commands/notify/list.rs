//! `lmsctl notify list`

use clap::Args;
use lms_core::{NoticeFilter, NoticeType};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::paging::PageArgs;
use crate::error::{Exit, Result};

/// List what people were told, the newest first
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl notify list",
    "lmsctl notify list --person ada@demo.example --unread",
    "lmsctl notify list --type job.failed --output json",
])]
pub(crate) struct ListArgs {
    /// Who was told, by e-mail, employee number, user name or id; repeat for several
    #[arg(long = "person", value_name = "PERSON")]
    people: Vec<String>,
    /// Type: reminder, escalation, exemption.ending, job.failed or rule.stopped; repeat for several
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,
    /// Only what is not read
    #[arg(long)]
    unread: bool,
    #[command(flatten)]
    page: PageArgs,
}

pub(crate) async fn run(app: &App, args: ListArgs) -> Result {
    let mut filter = NoticeFilter::new().unread(args.unread);
    for text in &args.types {
        filter = filter.notice_type(NoticeType::parse(text)?);
    }
    filter = args.people.iter().fold(filter, |filter, name| filter.person(name));
    let session = app.open().await?;
    let list = args
        .page
        .read(async |limit, cursor| {
            let filter = filter.clone().page(limit, cursor);
            session.lms.notifications().list(&session.actor, filter).await
        })
        .await?;
    app.output.list(&list, "notice", "notices")?;
    Ok(Exit::Done)
}
