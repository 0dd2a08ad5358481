//! `lmsctl export`: what other systems compute with.

use clap::Subcommand;

use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;

mod warehouse;

/// Write tables for other systems
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples!["lmsctl export warehouse lake"])]
pub(crate) enum ExportCommand {
    Warehouse(warehouse::WarehouseArgs),
}

pub(crate) async fn run(app: &App, command: ExportCommand) -> Result {
    match command {
        ExportCommand::Warehouse(args) => warehouse::run(app, args).await,
    }
}
