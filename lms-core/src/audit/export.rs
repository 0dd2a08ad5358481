//! The log as a file that can be checked without the database.

use std::io::{BufRead, Write};

use serde::{Deserialize, Serialize};

use super::verify::{Chain, entry_of};
use super::{EXPORT_FAILED, EXPORT_UNREADABLE, Seal, Verification};
use crate::kernel::core::Core;
use crate::kernel::db::FromRow;
use crate::kernel::db::migrate::hex;
use crate::kernel::error::{Error, Result};
use crate::operations::entry::Entry;
use crate::operations::sql::{self, OperationRow};

/// A line of the export: the canonical entry and its hash.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    hash: String,
    entry: Entry,
}

pub(super) async fn export(core: &Core, out: &mut (dyn Write + Send)) -> Result<i64> {
    let mut tx = core.db().begin_read().await?;
    let mut n_entries = 0;
    tx.sql(&sql::WALK)
        .each(|row| {
            let row = OperationRow::from_row(row)?;
            let Some(hash) = &row.hash else { return Ok(()) };
            let line = Line { hash: hex(hash), entry: entry_of(&row)? };
            let line = serde_json::to_string(&line).expect("an entry is plain data");
            n_entries += 1;
            writeln!(out, "{line}").map_err(unwritable)
        })
        .await?;
    out.flush().map_err(unwritable)?;
    Ok(n_entries)
}

fn unwritable(cause: std::io::Error) -> Error {
    EXPORT_FAILED
        .error(format!("the export could not be written: {}", cause.kind()))
        .with_hint("check the disk and run the same command again")
}

/// Verifies an export of the audit log, without the database. What it cannot see are the values
/// behind the digests: those need the database or a backup of it.
pub fn verify_export(input: &mut dyn BufRead, seal: Option<&Seal>) -> Result<Verification> {
    let mut chain = Chain::new(seal);
    for (number, line) in (1..).zip(input.lines()) {
        let unreadable = |cause: &dyn std::fmt::Display| {
            EXPORT_UNREADABLE
                .error(format!("line {number} is no entry of an audit log: {cause}"))
                .with_hint("name a file that `lmsctl audit export` wrote")
        };
        let line = line.map_err(|cause| unreadable(&cause))?;
        let line: Line = serde_json::from_str(&line).map_err(|cause| unreadable(&cause))?;
        let hash = unhex(&line.hash).ok_or_else(|| unreadable(&"its hash is not hexadecimal"))?;
        chain.follow(&line.entry, &hash);
    }
    if chain.entries == 0 {
        return Err(EXPORT_UNREADABLE
            .error("the export is empty")
            .with_hint("name a file that `lmsctl audit export` wrote"));
    }
    Ok(chain.finish(None))
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}
