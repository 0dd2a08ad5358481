//! `lmsctl access`: who may sign in, and what they may do.

use clap::Subcommand;
use lms_core::{Account, AccountFilter};

use crate::app::{App, Session};
use crate::cli::help::examples;
use crate::commands::paging::PageArgs;
use crate::error::{Result, UNKNOWN_NAME};
use crate::output::Listing;

pub(crate) mod role;
pub(crate) mod token;
pub(crate) mod user;

/// Manage accounts, their roles and API tokens
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples![
    "lmsctl access user list",
    "lmsctl access role list",
    "lmsctl access token list",
])]
pub(crate) enum AccessCommand {
    #[command(subcommand)]
    User(user::UserCommand),
    #[command(subcommand)]
    Role(role::RoleCommand),
    #[command(subcommand)]
    Token(token::TokenCommand),
}

pub(crate) async fn run(app: &App, command: AccessCommand) -> Result {
    match command {
        AccessCommand::User(command) => user::run(app, command).await,
        AccessCommand::Role(command) => role::run(app, command).await,
        AccessCommand::Token(command) => token::run(app, command).await,
    }
}

/// The account that was named, or the one picked from a list on a terminal.
pub(crate) async fn named_or_picked(
    app: &App,
    session: &Session,
    named: Option<String>,
) -> Result<Account> {
    let access = session.lms.access();
    if let Some(name) = named {
        return Ok(access.account(&session.actor, &name).await?);
    }
    let question = "Which account?";
    app.prompt.need_terminal(question, "its username")?;
    let accounts = all_accounts(session).await?;
    let items: Vec<String> = accounts
        .items
        .iter()
        .map(|account| {
            let email = account.email.as_ref().map_or("", |email| email.as_str());
            format!("{:<20} {email}", account.username)
        })
        .collect();
    if items.is_empty() {
        return Err(UNKNOWN_NAME.error("there is no account yet").into());
    }
    let picked = app.prompt.pick(question, &items, "its username")?;
    Ok(accounts.items[picked].clone())
}

async fn all_accounts(session: &Session) -> Result<Listing<Account>> {
    PageArgs::everything()
        .read(async |limit, cursor| {
            let filter = AccountFilter::new().page(limit, cursor);
            session.lms.access().accounts(&session.actor, filter).await
        })
        .await
}
