//! Restoring a backup: the schema that it was made with, its rows, then what is pending since, all
//! in one transaction.

use std::io::{BufRead, BufReader, Read};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::MultiGzDecoder;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use super::backup::{FORMAT, Footer, Header, TableHeader};
use super::{BACKUP_NEWER, BACKUP_UNREADABLE, BackupSummary, NOT_EMPTY, TableStatus, busy, schema};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::migrate::{self, hex};
use crate::kernel::db::schema::TABLES;
use crate::kernel::db::{Kind, Tx, Value, bulk};
use crate::kernel::error::{Error, ErrorKind, Result};
use crate::kernel::text::Day;
use crate::operations::sql::{HEAD, HeadRow};
use crate::operations::{Operation, Write};

/// Rows that are inserted together; memory holds no more.
const ROWS_AT_ONCE: usize = 5_000;
/// A longer line is no row of ours; a hostile file must not fill the memory.
const LINE_BYTES_MAX: u64 = 64 * 1024 * 1024;

fn unreadable(why: impl std::fmt::Display) -> Error {
    BACKUP_UNREADABLE.error(format!("the backup cannot be restored: {why}")).with_hint(
        "name a file that `lmsctl db backup` wrote, and that was copied whole; nothing was changed",
    )
}

/// The lines of a backup, hashed as they pass.
struct Lines<'a> {
    input: BufReader<MultiGzDecoder<&'a mut (dyn Read + Send)>>,
    hash: Sha256,
    line: Vec<u8>,
    number: u64,
}

impl<'a> Lines<'a> {
    fn new(input: &'a mut (dyn Read + Send)) -> Self {
        Self {
            input: BufReader::new(MultiGzDecoder::new(input)),
            hash: Sha256::new(),
            line: Vec::new(),
            number: 0,
        }
    }

    /// The next line; the one before it is part of the hash from now on.
    fn advance(&mut self) -> Result<()> {
        self.hash.update(&self.line);
        self.line.clear();
        self.number += 1;
        let read = (&mut self.input).take(LINE_BYTES_MAX).read_until(b'\n', &mut self.line);
        match read {
            Ok(0) => Err(unreadable("it ends too early")),
            Ok(_) if self.line.last() != Some(&b'\n') => Err(unreadable("it ends within a line")),
            Ok(_) => Ok(()),
            Err(cause) if self.number == 1 => Err(unreadable(format!("it is no backup: {cause}"))),
            Err(cause) => Err(unreadable(cause)),
        }
    }

    fn parse<T: serde::de::DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.line).map_err(|cause| {
            unreadable(format!("line {} is not what it should be: {cause}", self.number))
        })
    }

    fn is_row(&self) -> bool {
        self.line.first() == Some(&b'[')
    }
}

pub(super) async fn restore(
    core: &Core,
    actor: &Actor,
    input: &mut (dyn Read + Send),
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<BackupSummary> {
    // The head of the file first: what is no backup does not touch the database.
    let mut lines = Lines::new(input);
    let header = read_header(&mut lines)?;
    // A look first: the file of another program is not to be touched.
    migrate::inspect(&mut core.db().begin_read().await?).await?;
    core.db().prepare_file().await.map_err(busy)?;
    let mut write = Write::begin_without_schema(core, actor).await.map_err(busy)?;
    refuse_data(&mut write.tx, &header).await?;
    let now = write.ctx.now;
    migrate::apply(&mut write.tx, schema(core), header.schema_version, now).await?;
    clear(&mut write.tx, header.schema_version).await?;

    let tables = read_tables(Some(&mut write.tx), &mut lines, &header, progress).await?;
    let rows = header.rows;
    migrate::apply(&mut write.tx, schema(core), migrate::newest(), now).await?;
    write.follow_the_last().await?;
    let after = json!({ "created_at": header.created_at, "head_seq": header.head_seq, "engine": header.engine });
    write.record(
        Operation::new("database.restored")
            .count("rows", i64::try_from(rows).unwrap_or(i64::MAX))
            .change("database", None, None::<&Json>, Some(&after)),
    );
    write.commit().await?;
    Ok(summary(header, tables))
}

/// Reads a backup to its end and says what it holds; no database is needed.
pub async fn read_backup(
    input: &mut (dyn Read + Send),
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<BackupSummary> {
    let mut lines = Lines::new(input);
    let header = read_header(&mut lines)?;
    let tables = read_tables(None, &mut lines, &header, progress).await?;
    Ok(summary(header, tables))
}

fn read_header(lines: &mut Lines<'_>) -> Result<Header> {
    lines.advance()?;
    let header: Header = lines.parse()?;
    if header.lms_backup > FORMAT || header.schema_version > migrate::newest() {
        return Err(BACKUP_NEWER
            .error(format!(
                "the backup has schema {}, this program knows schemas up to {}",
                header.schema_version,
                migrate::newest()
            ))
            .with_hint("use the newer program that made it; nothing was changed"));
    }
    Ok(header)
}

fn summary(header: Header, tables: Vec<TableStatus>) -> BackupSummary {
    BackupSummary {
        schema_version: header.schema_version,
        tables,
        rows: header.rows,
        head_seq: header.head_seq,
        created_at: header.created_at,
    }
}

/// A schema alone is no data, nor is the entry that says that it was made.
async fn refuse_data(tx: &mut Tx, header: &Header) -> Result<()> {
    let found = migrate::inspect(tx).await?;
    if found.version == 0 {
        return Ok(());
    }
    found.require_current()?;
    if crate::settings::newest(tx).await?.is_none() {
        if found.version == header.schema_version {
            return Ok(());
        }
        return Err(NOT_EMPTY
            .error(format!(
                "the database has schema {} already, the backup is of schema {}",
                found.version, header.schema_version
            ))
            .with_hint("restore into a place where nothing is yet: it is migrated afterwards"));
    }
    let head: HeadRow = tx.sql(&HEAD).one().await?;
    Err(NOT_EMPTY
        .error(format!("the database to restore into holds data: {} operations", head.seq))
        .with_hint(
            "restore into a new file, schema or database, look at it, then point `lmsctl` at it",
        ))
}

/// Empties what the migrations themselves wrote, children first.
async fn clear(tx: &mut Tx, schema_version: i64) -> Result<()> {
    if schema_version < migrate::newest() {
        // The tables of an older schema were made just now, in this transaction.
        return tx.assembled("DELETE FROM audit_head".to_owned()).run().await.map(|_| ());
    }
    for table in TABLES.iter().rev().filter(|table| table.in_backup) {
        tx.assembled(format!("DELETE FROM {}", table.name)).run().await?;
    }
    Ok(())
}

/// Checks every line, and inserts the rows where there is a transaction to insert them into.
async fn read_tables(
    mut tx: Option<&mut Tx>,
    lines: &mut Lines<'_>,
    header: &Header,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<Vec<TableStatus>> {
    let mut tables = Vec::new();
    let mut done = 0;
    lines.advance()?;
    loop {
        let line: Json = lines.parse()?;
        if line.get("end").is_some() {
            break;
        }
        let table: TableHeader = lines.parse()?;
        let names: Vec<&str> = table.columns.iter().map(|(name, _)| name.as_str()).collect();
        if !names.iter().copied().chain([table.table.as_str()]).all(is_identifier) {
            return Err(unreadable(format!("line {} names no table of ours", lines.number)));
        }
        let mut n_rows = 0;
        let mut chunk = Vec::with_capacity(ROWS_AT_ONCE);
        loop {
            lines.advance()?;
            let more = lines.is_row();
            if more {
                chunk.push(read_row(lines, &table)?);
            }
            if chunk.len() == ROWS_AT_ONCE || !more {
                let rows = std::mem::take(&mut chunk);
                done += rows.len() as u64;
                n_rows += rows.len() as u64;
                if let Some(tx) = tx.as_deref_mut() {
                    bulk::insert_into(tx, &table.table, &names, rows)
                        .await
                        .map_err(|error| unfitting(&table.table, error))?;
                }
                progress(done, header.rows);
            }
            if !more {
                break;
            }
        }
        tables.push(TableStatus {
            name: table.table,
            rows: i64::try_from(n_rows).unwrap_or(i64::MAX),
        });
    }
    let footer: Footer = lines.parse()?;
    let sha256 = hex(&std::mem::take(&mut lines.hash).finalize());
    if footer.sha256 != sha256 || footer.rows != done || header.rows != done {
        return Err(unreadable("its check sum does not fit: it was altered or damaged"));
    }
    // Reading on makes the decoder look at the last bytes too, and at what follows them.
    match lines.input.read(&mut [0]) {
        Ok(0) => {}
        Ok(_) => return Err(unreadable("something stands behind its end")),
        Err(cause) => return Err(unreadable(cause)),
    }
    Ok(tables)
}

/// What the database refuses of a backup is the fault of the backup, not of this program.
fn unfitting(table: &str, error: Error) -> Error {
    match error.kind() {
        ErrorKind::Internal | ErrorKind::Conflict => {
            unreadable(format!("the rows for `{table}` do not fit")).with_source(error)
        }
        _ => error,
    }
}

/// Names become part of a statement.
fn is_identifier(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn read_row(lines: &Lines<'_>, table: &TableHeader) -> Result<Vec<Value>> {
    let values: Vec<Json> = lines.parse()?;
    if values.len() != table.columns.len() {
        return Err(unreadable(format!(
            "line {} has {} values, not {}",
            lines.number,
            values.len(),
            table.columns.len()
        )));
    }
    values
        .into_iter()
        .zip(&table.columns)
        .map(|(value, (column, kind))| {
            from_json(value, *kind).ok_or_else(|| {
                unreadable(format!(
                    "line {} has no {kind:?} in `{}.{column}`",
                    lines.number, table.table
                ))
            })
        })
        .collect()
}

fn from_json(json: Json, kind: Kind) -> Option<Value> {
    if json.is_null() {
        return Some(Value::Null(kind));
    }
    match kind {
        Kind::Bool => json.as_bool().map(Value::Bool),
        Kind::Int => json.as_i64().map(Value::Int),
        Kind::Real => json.as_str()?.parse().ok().map(Value::Real),
        Kind::Text => match json {
            Json::String(text) => Some(Value::Text(text)),
            _ => None,
        },
        Kind::Id => json.as_str()?.parse().ok().map(Value::Id),
        Kind::Instant => Timestamp::from_micros(json.as_i64()?).ok().map(Value::Instant),
        Kind::Day => Day::parse(json.as_str()?).ok().map(Value::Day),
        Kind::Bytes => STANDARD.decode(json.as_str()?).ok().map(Value::Bytes),
    }
}
