//! `lmsctl access`: who may sign in, and what they may do.

use clap::Subcommand;
use lms_core::Account;

use crate::app::{App, Session};
use crate::cli::help::examples;
use crate::commands::picking;
use crate::error::Result;

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
    let name = picking::account(app, session, named).await?;
    Ok(session.lms.access().account(&session.actor, &name).await?)
}
