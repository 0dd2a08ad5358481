//! `lmsctl access user`: accounts.

use clap::Subcommand;
use lms_core::Account;

use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;
use crate::output::{Cell, Column, Row, apart, keep, prose, shrink};

pub(crate) mod add;
pub(crate) mod edit;
pub(crate) mod list;
pub(crate) mod password;
pub(crate) mod show;
pub(crate) mod status;

/// Add, show and change accounts; give them a password
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples![
    "lmsctl access user list",
    "lmsctl access user add kim --role auditor --email kim@example.com",
])]
pub(crate) enum UserCommand {
    Add(add::AddArgs),
    List(list::ListArgs),
    Show(show::ShowArgs),
    Edit(edit::EditArgs),
    Password(password::PasswordArgs),
    Disable(status::DisableArgs),
    Enable(status::EnableArgs),
}

pub(crate) async fn run(app: &App, command: UserCommand) -> Result {
    match command {
        UserCommand::Add(args) => add::run(app, args).await,
        UserCommand::List(args) => list::run(app, args).await,
        UserCommand::Show(args) => show::run(app, args).await,
        UserCommand::Edit(args) => edit::run(app, args).await,
        UserCommand::Password(args) => password::run(app, args).await,
        UserCommand::Disable(args) => status::disable(app, args).await,
        UserCommand::Enable(args) => status::enable(app, args).await,
    }
}

impl Row for Account {
    const COLUMNS: &'static [Column] = &[
        keep("username"),
        shrink("display_name"),
        shrink("email"),
        prose("roles"),
        keep("status"),
        keep("person"),
        apart("person_id"),
        apart("created_at"),
        apart("updated_at"),
        apart("id"),
    ];
    fn cells(&self) -> Vec<Cell> {
        vec![
            self.username.as_str().into(),
            self.display_name.as_ref().map(ToString::to_string).into(),
            self.email.as_ref().map(ToString::to_string).into(),
            (&self.roles).into(),
            self.status.as_str().into(),
            self.person_id.map(|_| "yes").into(),
            self.person_id.map(|id| id.to_string()).into(),
            self.created_at.into(),
            self.updated_at.into(),
            self.id.to_string().into(),
        ]
    }
}
