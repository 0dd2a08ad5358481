//! Writing a backup: gzip over JSON lines, the same for both engines.
//!
//! ```text
//! {"lms_backup":1,"schema_version":3,"engine":"sqlite","created_at":"…","head_seq":42}
//! {"table":"accounts","columns":[["id","id"],["username","text"],…]}
//! ["0197…","ada",…]
//! …
//! {"end":true,"rows":1234,"sha256":"…"}
//! ```

use std::io::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::status::count;
use super::{BACKUP_FAILED, BackupSummary, TableStatus};
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::migrate::{self, hex};
use crate::kernel::db::schema::{TABLES, Table};
use crate::kernel::db::{Kind, Tx, Value};
use crate::kernel::error::{Error, Result};
use crate::operations::sql::{HEAD, HeadRow};

pub(super) const FORMAT: u32 = 1;
const PROGRESS_STEP: u64 = 1_000;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Header {
    pub(super) lms_backup: u32,
    pub(super) schema_version: i64,
    pub(super) engine: String,
    pub(super) created_at: Timestamp,
    pub(super) head_seq: i64,
    /// For the progress of a restore.
    pub(super) rows: u64,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct TableHeader {
    pub(super) table: String,
    pub(super) columns: Vec<(String, Kind)>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Footer {
    pub(super) end: bool,
    pub(super) rows: u64,
    /// Over every line before this one.
    pub(super) sha256: String,
}

/// Lines on their way into the file, hashed as they pass.
struct Lines<'a> {
    out: GzEncoder<&'a mut (dyn Write + Send)>,
    hash: Sha256,
}

impl Lines<'_> {
    fn write(&mut self, line: &impl Serialize) -> Result<()> {
        let mut line = serde_json::to_vec(line).expect("a backup is plain data");
        line.push(b'\n');
        self.hash.update(&line);
        self.out.write_all(&line).map_err(unwritable)
    }
}

fn unwritable(cause: std::io::Error) -> Error {
    BACKUP_FAILED
        .error(format!("the backup could not be written: {}", cause.kind()))
        .with_hint("check room and permissions where it goes, and run the same command again")
}

/// All columns of a table by its registry, in the order of its key.
pub(super) fn select(table: &Table) -> String {
    let columns: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
    format!("SELECT {} FROM {} ORDER BY {}", columns.join(", "), table.name, table.key)
}

pub(super) async fn backup(
    core: &Core,
    out: &mut (dyn Write + Send),
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<BackupSummary> {
    let mut tx = core.db().begin_read().await?;
    migrate::inspect(&mut tx).await?.require_current()?;
    let mut tables = Vec::new();
    for table in TABLES.iter().filter(|table| table.in_backup) {
        tables
            .push(TableStatus { name: table.name.to_owned(), rows: count(&mut tx, table).await? });
    }
    let rows = tables.iter().map(|table| u64::try_from(table.rows).unwrap_or_default()).sum();
    let head: HeadRow = tx.sql(&HEAD).one().await?;
    let header = Header {
        lms_backup: FORMAT,
        schema_version: migrate::newest(),
        engine: core.db().engine().as_str().to_owned(),
        created_at: core.now(),
        head_seq: head.seq,
        rows,
    };
    let mut lines = Lines { out: GzEncoder::new(out, Compression::fast()), hash: Sha256::new() };
    lines.write(&header)?;
    let mut done = 0;
    for table in TABLES.iter().filter(|table| table.in_backup) {
        write_table(&mut tx, table, &mut lines, &mut || {
            done += 1;
            if done % PROGRESS_STEP == 0 || done == rows {
                progress(done, rows);
            }
        })
        .await?;
    }
    let sha256 = hex(&std::mem::take(&mut lines.hash).finalize());
    lines.write(&Footer { end: true, rows, sha256 })?;
    lines.out.finish().and_then(Write::flush).map_err(unwritable)?;
    Ok(BackupSummary {
        schema_version: header.schema_version,
        tables,
        rows,
        head_seq: header.head_seq,
        created_at: header.created_at,
    })
}

async fn write_table(
    tx: &mut Tx,
    table: &'static Table,
    lines: &mut Lines<'_>,
    step: &mut (dyn FnMut() + Send),
) -> Result<()> {
    let columns =
        table.columns.iter().map(|column| (column.name.to_owned(), column.kind)).collect();
    lines.write(&TableHeader { table: table.name.to_owned(), columns })?;
    tx.assembled(select(table))
        .each(|row| {
            step();
            let values = table
                .columns
                .iter()
                .enumerate()
                .map(|(place, column)| row.value(place, column.kind).map(to_json))
                .collect::<Result<Vec<Json>>>()?;
            lines.write(&values)
        })
        .await
}

fn to_json(value: Value) -> Json {
    match value {
        Value::Null(_) => Json::Null,
        Value::Bool(flag) => flag.into(),
        Value::Int(n) => n.into(),
        // As text, so that not a bit is lost.
        Value::Real(n) => n.to_string().into(),
        Value::Text(text) => text.into(),
        Value::Id(id) => id.to_string().into(),
        Value::Instant(instant) => instant.as_micros().into(),
        Value::Day(day) => day.to_string().into(),
        Value::Bytes(bytes) => STANDARD.encode(bytes).into(),
    }
}
