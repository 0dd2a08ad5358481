//! `lmsctl access user disable` and `enable`: two directions of one change.

use clap::Args;
use lms_core::{AccountChange, AccountStatus};

use super::edit::apply;
use crate::app::App;
use crate::cli::help::examples;
use crate::commands::access::named_or_picked;
use crate::error::Result;

/// Disable an account: it may no longer sign in, and its tokens stop working
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl access user disable hanna",
])]
pub(crate) struct DisableArgs {
    #[command(flatten)]
    which: WhichArgs,
}

/// Enable an account again
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl access user enable hanna"])]
pub(crate) struct EnableArgs {
    #[command(flatten)]
    which: WhichArgs,
}

#[derive(Debug, Args)]
struct WhichArgs {
    /// Username, e-mail address or id
    account: Option<String>,
}

pub(crate) async fn disable(app: &App, args: DisableArgs) -> Result {
    set(app, args.which, AccountStatus::Disabled).await
}

pub(crate) async fn enable(app: &App, args: EnableArgs) -> Result {
    set(app, args.which, AccountStatus::Active).await
}

async fn set(app: &App, which: WhichArgs, status: AccountStatus) -> Result {
    let session = app.open().await?;
    let account = named_or_picked(app, &session, which.account).await?;
    apply(app, &session, &account, AccountChange::new().status(status)).await
}
