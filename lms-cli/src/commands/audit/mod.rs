//! `lmsctl audit`: who changed what, when and why, and the proof that nobody touched it since.

use clap::Subcommand;
use lms_core::{AuditEntry, Finding, Seal};

use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;
use crate::output::{Cell, Column, Row, apart, drop_first, keep, prose, shrink};

pub(crate) mod export;
pub(crate) mod list;
pub(crate) mod seal;
pub(crate) mod show;
pub(crate) mod verify;

/// See who changed what, and prove it
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples![
    "lmsctl audit list",
    "lmsctl audit show 1",
    "lmsctl audit verify",
])]
pub(crate) enum AuditCommand {
    List(list::ListArgs),
    Show(show::ShowArgs),
    Verify(verify::VerifyArgs),
    Seal(seal::SealArgs),
    Export(export::ExportArgs),
}

pub(crate) async fn run(app: &App, command: AuditCommand) -> Result {
    match command {
        AuditCommand::List(args) => list::run(app, args).await,
        AuditCommand::Show(args) => show::run(app, args).await,
        AuditCommand::Verify(args) => verify::run(app, args).await,
        AuditCommand::Seal(args) => seal::run(app, args).await,
        AuditCommand::Export(args) => export::run(app, args).await,
    }
}

impl Row for AuditEntry {
    const COLUMNS: &'static [Column] = &[
        keep("seq"),
        keep("recorded_at"),
        keep("kind"),
        shrink("actor"),
        drop_first("origin"),
        drop_first("reason"),
        drop_first("counts"),
        apart("undoes"),
        apart("undone_by"),
        apart("operation_id"),
        apart("request_id"),
        apart("hash"),
    ];
    fn cells(&self) -> Vec<Cell> {
        let counts = self.counts.iter().map(|(name, count)| format!("{name}: {count}")).collect();
        vec![
            self.seq.into(),
            self.recorded_at.into(),
            self.kind.as_str().into(),
            self.actor.as_str().into(),
            self.origin.as_str().into(),
            self.reason.clone().into(),
            Cell::List(counts),
            self.undoes.into(),
            self.undone_by.into(),
            self.operation_id.to_string().into(),
            self.request_id.clone().into(),
            self.hash.as_str().into(),
        ]
    }
}

impl Row for Finding {
    const COLUMNS: &'static [Column] = &[keep("seq"), prose("what")];
    fn cells(&self) -> Vec<Cell> {
        vec![self.seq.into(), self.what.as_str().into()]
    }
}

impl Row for Seal {
    const COLUMNS: &'static [Column] = &[keep("seq"), keep("hash"), keep("sealed_at")];
    fn cells(&self) -> Vec<Cell> {
        vec![self.seq.into(), self.hash.as_str().into(), self.sealed_at.into()]
    }
}
