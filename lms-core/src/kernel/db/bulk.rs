//! Many rows in few statements, by the fastest way that was measured for each engine: multi-row
//! `VALUES` with plain `?` on SQLite (numbered parameters take quadratic time there), binary
//! `COPY` on PostgreSQL, where there is more than a handful. Rows are made one after the other while the
//! engine writes those before them: callers hand over what makes them, not what was made.

use futures_util::future::join;

use super::Engine;
#[cfg(feature = "postgres")]
use super::failure::explain;
use super::schema::Table;
use super::tx::Tx;
use super::value::Value;
use crate::kernel::error::Result;

/// Parameters of one SQLite statement; its limit is 32,766, and more than this gains nothing: a full
/// statement is read once, and kept.
const PARAMETERS_MAX: usize = 4_000;
/// Up to so many rows, one prepared statement beats the round trips of a `COPY`.
const FEW_ROWS: usize = 8;
/// Bytes gathered before they are sent to PostgreSQL.
#[cfg(feature = "postgres")]
const BUFFER_BYTES: usize = 256 * 1024;

/// Rows that are made one after the other, when they are written. Boxed, so that what is written in a
/// transaction can be so on any thread.
pub(crate) type Rows<'a> = Box<dyn Iterator<Item = Vec<Value>> + Send + 'a>;

/// Inserts the rows, each with all columns of the table in their order.
pub(crate) async fn insert(
    tx: &mut Tx,
    table: &'static Table,
    rows: impl IntoIterator<Item = Vec<Value>>,
) -> Result<u64> {
    let columns: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
    insert_into(tx, table.name, &columns, rows).await
}

/// The same for a table of an older schema, whose columns a backup names. Table and column names
/// must have been checked: they become part of the statement.
pub(crate) async fn insert_into(
    tx: &mut Tx,
    table: &str,
    columns: &[&str],
    rows: impl IntoIterator<Item = Vec<Value>>,
) -> Result<u64> {
    let mut rows = rows.into_iter();
    let first: Vec<Vec<Value>> = rows.by_ref().take(FEW_ROWS + 1).collect();
    #[cfg(feature = "postgres")]
    if first.len() > FEW_ROWS
        && let Tx::Postgres(tx) = tx
    {
        return copy(tx, table, columns, first.into_iter().chain(rows)).await;
    }
    values(tx, table, columns, "", first.into_iter().chain(rows)).await
}

/// Inserts the rows, or updates those whose `id` is there already.
pub(crate) async fn upsert(
    tx: &mut Tx,
    table: &'static Table,
    rows: impl IntoIterator<Item = Vec<Value>>,
) -> Result<u64> {
    upsert_by(tx, table, &["id"], rows).await
}

/// The same for a table with another key.
pub(crate) async fn upsert_by(
    tx: &mut Tx,
    table: &'static Table,
    key: &[&str],
    rows: impl IntoIterator<Item = Vec<Value>>,
) -> Result<u64> {
    let columns: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
    let updates: Vec<String> = columns
        .iter()
        .filter(|column| !key.contains(column))
        .map(|column| format!("{column} = excluded.{column}"))
        .collect();
    let (key, updates) = (key.join(", "), updates.join(", "));
    let tail = format!(" ON CONFLICT ({key}) DO UPDATE SET {updates}");
    values(tx, table.name, &columns, &tail, rows.into_iter()).await
}

/// Inserts the rows but for those that a unique key keeps out; the number of those that are new.
pub(crate) async fn insert_new(
    tx: &mut Tx,
    table: &'static Table,
    rows: Vec<Vec<Value>>,
) -> Result<u64> {
    let columns: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
    values(tx, table.name, &columns, " ON CONFLICT DO NOTHING", rows.into_iter()).await
}

/// Sets one column of the rows with these values in another, each to a value of its own, where a condition
/// over the table holds; the number of rows touched.
pub(crate) async fn set(
    tx: &mut Tx,
    table: &'static Table,
    (key, column): (&'static str, &'static str),
    condition: &'static str,
    rows: Vec<(Value, Value)>,
) -> Result<u64> {
    let kind = |name: &str| {
        let found = table.columns.iter().find(|column| column.name == name);
        found.expect("a column of the table").kind
    };
    let kinds = [kind(key), kind(column)];
    let mut n_rows = 0;
    for chunk in rows.chunks(PARAMETERS_MAX / 2) {
        let engine = tx.engine();
        let mut list = places(engine, chunk.len(), 2);
        if engine == Engine::Postgres {
            // The first row says of which types the columns of the list are.
            for (number, kind) in ["$1", "$2"].iter().zip(kinds) {
                let typed = format!("CAST({number} AS {})", kind.postgres_name());
                list = list.replacen(number, &typed, 1);
            }
        }
        let name = table.name;
        let text = format!(
            "WITH list (key, value) AS (VALUES {list})
             UPDATE {name} SET {column} = list.value FROM list
             WHERE {name}.{key} = list.key AND {condition}"
        );
        let flat = chunk.iter().flat_map(|(key, value)| [key.clone(), value.clone()]);
        n_rows += tx.assembled(text).values(flat.collect()).run().await?;
    }
    Ok(n_rows)
}

async fn values(
    tx: &mut Tx,
    table: &str,
    columns: &[&str],
    tail: &str,
    rows: impl Iterator<Item = Vec<Value>>,
) -> Result<u64> {
    let n_columns = columns.len();
    let chunk_values = PARAMETERS_MAX / n_columns * n_columns;
    let head = format!("INSERT INTO {table} ({}) VALUES ", columns.join(", "));

    let mut rows = rows;
    let mut next = || {
        let mut chunk = Vec::new();
        while chunk.len() < chunk_values
            && let Some(row) = rows.next()
        {
            debug_assert_eq!(row.len(), n_columns, "a row of {table} has all its columns");
            chunk.extend(row);
        }
        chunk
    };
    let (mut chunk, mut n_rows) = (next(), 0);
    while !chunk.is_empty() {
        let places = places(tx.engine(), chunk.len() / n_columns, n_columns);
        let recurring = chunk.len() == n_columns || chunk.len() == chunk_values;
        let insert = tx.assembled(format!("{head}{places}{tail}")).recurring(recurring);
        // Written while the next rows are made: SQLite has a thread of its own.
        let (written, following) = join(insert.values(chunk).run(), async { next() }).await;
        n_rows += written?;
        chunk = following;
    }
    Ok(n_rows)
}

/// `(?, ?), (?, ?)`, or `($1, $2), ($3, $4)` for PostgreSQL, which knows no other.
fn places(engine: Engine, n_rows: usize, n_columns: usize) -> String {
    let place = |number: usize| match engine {
        Engine::Sqlite => "?".to_owned(),
        Engine::Postgres => format!("${number}"),
    };
    let row = |row: usize| {
        let numbers = row * n_columns + 1..=(row + 1) * n_columns;
        format!("({})", numbers.map(place).collect::<Vec<_>>().join(", "))
    };
    (0..n_rows).map(row).collect::<Vec<_>>().join(", ")
}

#[cfg(feature = "postgres")]
async fn copy(
    connection: &mut sqlx::PgConnection,
    table: &str,
    columns: &[&str],
    rows: impl Iterator<Item = Vec<Value>>,
) -> Result<u64> {
    let statement = format!("COPY {table} ({}) FROM STDIN (FORMAT binary)", columns.join(", "));
    let mut copy = connection.copy_in_raw(&statement).await.map_err(explain)?;
    let mut buffer = Vec::with_capacity(BUFFER_BYTES + 4096);
    buffer.extend_from_slice(b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0");
    for row in rows {
        debug_assert_eq!(row.len(), columns.len(), "a row of {table} has all its columns");
        let n_columns = i16::try_from(row.len()).expect("a table has few columns");
        buffer.extend_from_slice(&n_columns.to_be_bytes());
        for value in &row {
            copy_value(&mut buffer, value);
        }
        if buffer.len() >= BUFFER_BYTES {
            copy.send(std::mem::take(&mut buffer)).await.map_err(explain)?;
            buffer.reserve(BUFFER_BYTES + 4096);
        }
    }
    buffer.extend_from_slice(&(-1_i16).to_be_bytes());
    copy.send(buffer).await.map_err(explain)?;
    copy.finish().await.map_err(explain)
}

#[cfg(feature = "postgres")]
fn copy_value(buffer: &mut Vec<u8>, value: &Value) {
    use super::postgres_wire::{WireDay, WireInstant};
    let mut field = |bytes: &[u8]| {
        let length = i32::try_from(bytes.len()).expect("a value is below 2 GiB");
        buffer.extend_from_slice(&length.to_be_bytes());
        buffer.extend_from_slice(bytes);
    };
    match value {
        Value::Null(_) => buffer.extend_from_slice(&(-1_i32).to_be_bytes()),
        Value::Bool(flag) => field(&[u8::from(*flag)]),
        Value::Int(n) => field(&n.to_be_bytes()),
        Value::Real(n) => field(&n.to_be_bytes()),
        Value::Text(text) => field(text.as_bytes()),
        Value::Id(id) => field(id.as_bytes()),
        Value::Instant(instant) => field(&WireInstant::from(*instant).to_wire()),
        Value::Day(day) => field(&WireDay::from(*day).to_wire()),
        Value::Bytes(bytes) => field(bytes),
    }
}
