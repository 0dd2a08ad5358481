//! `lmsctl db`: the database itself.

use clap::Subcommand;
use lms_core::{Check, TableStatus};

use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;
use crate::output::{Cell, Column, Row, keep, prose, shrink};

pub(crate) mod backup;
pub(crate) mod check;
pub(crate) mod migrate;
pub(crate) mod restore;
pub(crate) mod status;

/// Migrate, check, back up and restore the database
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples![
    "lmsctl db status",
    "lmsctl db backup lms.backup",
    "lmsctl db check",
])]
pub(crate) enum DbCommand {
    Migrate(migrate::MigrateArgs),
    Status(status::StatusArgs),
    Check(check::CheckArgs),
    Backup(backup::BackupArgs),
    Restore(restore::RestoreArgs),
}

pub(crate) async fn run(app: &App, command: DbCommand) -> Result {
    match command {
        DbCommand::Migrate(args) => migrate::run(app, args).await,
        DbCommand::Status(args) => status::run(app, args).await,
        DbCommand::Check(args) => check::run(app, args).await,
        DbCommand::Backup(args) => backup::run(app, args).await,
        DbCommand::Restore(args) => restore::run(app, args).await,
    }
}

impl Row for TableStatus {
    const COLUMNS: &'static [Column] = &[shrink("name"), keep("rows")];
    fn cells(&self) -> Vec<Cell> {
        vec![self.name.as_str().into(), self.rows.into()]
    }
}

impl Row for Check {
    const COLUMNS: &'static [Column] = &[keep("name"), keep("ok"), prose("detail")];
    fn cells(&self) -> Vec<Cell> {
        vec![self.name.as_str().into(), Cell::Verdict(self.ok), self.detail.as_str().into()]
    }
}
