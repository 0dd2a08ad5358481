//! `lmsctl db backup`

use std::path::PathBuf;

use clap::Args;
use lms_core::BackupSummary;

use crate::app::App;
use crate::cli::help::examples;
use crate::error::{Exit, Result};
use crate::out_file::OutFile;
use crate::output::{Cell, Column, Row, keep};

/// Write a backup of one moment, also while others write
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl db backup lms.backup",
    "lmsctl db backup --force /backups/lms-latest.backup",
    "lmsctl db backup - | ssh vault 'cat > lms.backup'",
])]
pub(crate) struct BackupArgs {
    /// File to write, or - for standard output
    file: PathBuf,
    /// Overwrite an existing file, once the new one is whole
    #[arg(long)]
    force: bool,
}

pub(crate) async fn run(app: &App, args: BackupArgs) -> Result {
    let session = app.open().await?;
    let mut file = OutFile::create_binary(&args.file, args.force)?;
    let written = {
        let mut progress = app.output.progress("backing up");
        let mut at = |rows, total| progress.at(rows, total);
        session.lms.database().backup(&session.actor, &mut file, &mut at).await
    };
    let summary = written.map_err(|error| file.stop(error))?;
    let name = file.name();
    let to_stdout = matches!(file, OutFile::Stdout { .. });
    file.commit()?;
    // Standard output is taken by the backup itself, if it goes there.
    if !to_stdout {
        app.output.record(&summary)?;
    }
    let rows = i64::try_from(summary.rows).unwrap_or(i64::MAX);
    app.output.done_with(
        &format!("backed up {rows} rows to {name}, up to audit entry {}", summary.head_seq),
        &[("rows", rows)],
    );
    Ok(Exit::Done)
}

impl Row for BackupSummary {
    const COLUMNS: &'static [Column] = &[
        keep("created_at"),
        keep("schema_version"),
        keep("tables"),
        keep("rows"),
        keep("head_seq"),
    ];
    fn cells(&self) -> Vec<Cell> {
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        vec![
            self.created_at.into(),
            self.schema_version.into(),
            count(self.tables.len()).into(),
            i64::try_from(self.rows).unwrap_or(i64::MAX).into(),
            self.head_seq.into(),
        ]
    }
}
