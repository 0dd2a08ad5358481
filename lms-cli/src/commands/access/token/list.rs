//! `lmsctl access token list`

use clap::Args;
use lms_core::TokenFilter;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::paging::PageArgs;
use crate::error::{Exit, Result};

/// List API tokens; what is secret about them is not stored
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl access token list",
    "lmsctl access token list --account admin --revoked",
])]
pub(crate) struct ListArgs {
    /// Only those of this account
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Also those that were revoked
    #[arg(long)]
    revoked: bool,
    #[command(flatten)]
    page: PageArgs,
}

pub(crate) async fn run(app: &App, args: ListArgs) -> Result {
    let session = app.open().await?;
    let list = args
        .page
        .read(async |limit, cursor| {
            let mut filter = TokenFilter::new().include_revoked(args.revoked).page(limit, cursor);
            if let Some(account) = &args.account {
                filter = filter.account(account);
            }
            session.lms.access().tokens(&session.actor, filter).await
        })
        .await?;
    app.output.list(&list, "token", "tokens")?;
    Ok(Exit::Done)
}
