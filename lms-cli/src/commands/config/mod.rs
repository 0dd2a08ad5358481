//! `lmsctl config`: what holds, and where it was written.

use clap::Subcommand;

use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;

pub(crate) mod check;
pub(crate) mod path;
pub(crate) mod show;

/// Show which configuration holds, and why
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples!["lmsctl config show", "lmsctl config check"])]
pub(crate) enum ConfigCommand {
    Show(show::ShowArgs),
    Path(path::PathArgs),
    Check(check::CheckArgs),
}

pub(crate) fn run(app: &App, command: ConfigCommand) -> Result {
    match command {
        ConfigCommand::Show(args) => show::run(app, &args),
        ConfigCommand::Path(args) => path::run(app, &args),
        ConfigCommand::Check(args) => check::run(app, &args),
    }
}
