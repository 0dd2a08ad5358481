//! `lmsctl access user list`

use clap::{Args, ValueEnum};
use lms_core::{AccountFilter, AccountStatus};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::paging::PageArgs;
use crate::error::{Exit, Result};

/// List accounts
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl access user list",
    "lmsctl access user list --status disabled",
    "lmsctl access user list --all --output csv > accounts.csv",
])]
pub(crate) struct ListArgs {
    /// Only accounts in this state
    #[arg(long, value_name = "STATUS")]
    status: Option<Status>,
    #[command(flatten)]
    page: PageArgs,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Status {
    Active,
    Disabled,
}

pub(crate) async fn run(app: &App, args: ListArgs) -> Result {
    let session = app.open().await?;
    let filter = || match args.status {
        Some(Status::Active) => AccountFilter::new().status(AccountStatus::Active),
        Some(Status::Disabled) => AccountFilter::new().status(AccountStatus::Disabled),
        None => AccountFilter::new(),
    };
    let list = args
        .page
        .read(async |limit, cursor| {
            let filter = filter().page(limit, cursor);
            session.lms.access().accounts(&session.actor, filter).await
        })
        .await?;
    app.output.list(&list, "account", "accounts")?;
    Ok(Exit::Done)
}
