//! `lmsctl access role`: what accounts may be.

use clap::Subcommand;

use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;

pub(crate) mod list;

/// Show the access roles and what they allow
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples!["lmsctl access role list"])]
pub(crate) enum RoleCommand {
    List(list::ListArgs),
}

pub(crate) fn run(app: &App, command: &RoleCommand) -> Result {
    match command {
        RoleCommand::List(args) => list::run(app, args),
    }
}
