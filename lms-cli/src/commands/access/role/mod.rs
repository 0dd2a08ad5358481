//! `lmsctl access role`: what accounts may be.

use clap::Subcommand;

use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;

pub(crate) mod add;
pub(crate) mod edit;
pub(crate) mod list;
pub(crate) mod remove;
pub(crate) mod show;

/// Show the access roles and what they allow; make your own
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples![
    "lmsctl access role list",
    "lmsctl access role add team_lead --grant people.read@reports --grant organisation.read",
])]
pub(crate) enum RoleCommand {
    List(list::ListArgs),
    Show(show::ShowArgs),
    Add(add::AddArgs),
    Edit(edit::EditArgs),
    Remove(remove::RemoveArgs),
}

pub(crate) async fn run(app: &App, command: RoleCommand) -> Result {
    match command {
        RoleCommand::List(args) => list::run(app, &args).await,
        RoleCommand::Show(args) => show::run(app, args).await,
        RoleCommand::Add(args) => add::run(app, &args).await,
        RoleCommand::Edit(args) => edit::run(app, args).await,
        RoleCommand::Remove(args) => remove::run(app, args).await,
    }
}
