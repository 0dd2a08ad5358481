//! `lmsctl audit verify`

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use clap::Args;
use lms_core::{Seal, Verification, verify_export};

use crate::app::App;
use crate::cli::help::examples;
use crate::error::{CHECK_FAILED, Exit, Result, USAGE, file_error};
use crate::output::{Cell, Column, Row, counted, keep};

/// Check that no entry of the log was edited, deleted, reordered or inserted
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl audit verify",
    "lmsctl audit verify --seal seal.json        # also finds a cut tail, and a chain made anew",
    "lmsctl audit verify --export audit.ndjson   # needs no database",
])]
pub(crate) struct VerifyArgs {
    /// Hold the log against a seal kept elsewhere (see: lmsctl audit seal)
    #[arg(long, value_name = "FILE")]
    seal: Option<PathBuf>,
    /// Check a file that `lmsctl audit export` wrote, without a database
    #[arg(long, value_name = "FILE")]
    export: Option<PathBuf>,
}

pub(crate) async fn run(app: &App, args: VerifyArgs) -> Result {
    let seal = args.seal.as_deref().map(read_seal).transpose()?;
    let verification = if let Some(path) = &args.export {
        let file = File::open(path).map_err(|cause| file_error("read", path, &cause))?;
        verify_export(&mut BufReader::new(file), seal.as_ref())?
    } else {
        let session = app.open().await?;
        let mut progress = app.output.progress("verifying");
        let mut at = |done, total| progress.at(done, total);
        session.lms.audit().verify(&session.actor, seal.as_ref(), &mut at).await?
    };
    app.output.present(&verification, &verification.findings, || {
        let mut page = app.output.card(&verification);
        if !verification.findings.is_empty() {
            page.push('\n');
        }
        page.push_str(&app.output.table(&verification.findings));
        page
    })?;
    conclude(app, &verification, args.export.is_some())
}

fn conclude(app: &App, verification: &Verification, is_export: bool) -> Result {
    if !verification.ok {
        let findings = counted(verification.findings.len(), "finding", "findings");
        let hint = if is_export {
            "the file was cut or changed after it was written: ask for a new export, and for \
             `lmsctl audit verify` where it came from"
        } else {
            "keep this output and a copy of the database as it is now, and compare with a backup: \
             the log was changed from outside this program, or the disk is failing"
        };
        return Err(CHECK_FAILED
            .error(format!("the audit log does not hold: {findings}"))
            .with_hint(hint)
            .into());
    }
    let entries = verification.entries;
    let sealed = match verification.sealed_seq {
        Some(seq) => format!(", and agrees with the seal of entry {seq}"),
        None => String::new(),
    };
    let noun = if entries == 1 { "entry" } else { "entries" };
    app.output.done_with(
        &format!("the audit log holds: {entries} {noun}, unbroken{sealed}"),
        &[("entries", entries), ("changes", verification.changes)],
    );
    Ok(Exit::Done)
}

fn read_seal(path: &Path) -> Result<Seal> {
    let text = std::fs::read_to_string(path).map_err(|cause| file_error("read", path, &cause))?;
    serde_json::from_str(&text).map_err(|_| {
        USAGE
            .error(format!("`{}` is not a seal", path.display()))
            .with_hint("name a file that `lmsctl audit seal` wrote")
            .into()
    })
}

impl Row for Verification {
    const COLUMNS: &'static [Column] = &[
        keep("ok"),
        keep("entries"),
        keep("changes"),
        keep("head_seq"),
        keep("head_hash"),
        keep("sealed_seq"),
    ];
    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::Verdict(self.ok),
            self.entries.into(),
            self.changes.into(),
            self.head_seq.into(),
            self.head_hash.as_str().into(),
            self.sealed_seq.into(),
        ]
    }
}
