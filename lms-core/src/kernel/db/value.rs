//! One value type for both databases. A context binds and reads Rust types through `Field`; only
//! this file knows how each engine keeps them.
//!
//! | kind | SQLite (STRICT) | PostgreSQL |
//! | --- | --- | --- |
//! | `Bool` | INTEGER | BOOLEAN |
//! | `Int` | INTEGER | BIGINT |
//! | `Real` | REAL | DOUBLE PRECISION |
//! | `Text` | TEXT | TEXT |
//! | `Id` | BLOB | UUID |
//! | `Instant` | INTEGER, microseconds since 1970 | TIMESTAMPTZ |
//! | `Day` | TEXT, `YYYY-MM-DD` | DATE |
//! | `Bytes` | BLOB | BYTEA |

#[cfg(feature = "sqlite")]
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sqlx::{Arguments, Row as _};
use uuid::Uuid;

use super::failure::explain;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Bool,
    Int,
    Real,
    Text,
    Id,
    Instant,
    Day,
    Bytes,
}

impl Kind {
    /// The type of such a column on PostgreSQL.
    pub(crate) fn postgres_name(self) -> &'static str {
        match self {
            Self::Bool => "BOOLEAN",
            Self::Int => "BIGINT",
            Self::Real => "DOUBLE PRECISION",
            Self::Text => "TEXT",
            Self::Id => "UUID",
            Self::Instant => "TIMESTAMPTZ",
            Self::Day => "DATE",
            Self::Bytes => "BYTEA",
        }
    }
}

/// A value on its way into or out of a database.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// PostgreSQL wants to know the type also of nothing.
    Null(Kind),
    Bool(bool),
    Int(i64),
    Real(f64),
    Text(String),
    Id(Uuid),
    Instant(Timestamp),
    Day(Day),
    Bytes(Vec<u8>),
}

/// What a statement is given for one of its parameters: what a column could hold, or a list to look
/// among. A list goes to PostgreSQL as an array and to SQLite as JSON.
#[derive(Debug, Clone)]
pub(crate) enum Parameter {
    One(Value),
    Ids(Vec<Uuid>),
    Texts(Vec<String>),
}

impl From<Value> for Parameter {
    fn from(value: Value) -> Self {
        Self::One(value)
    }
}

/// A Rust type that a column can hold.
pub(crate) trait Field: Sized {
    const KIND: Kind;
    const NULLABLE: bool = false;
    fn into_value(self) -> Value;
    fn from_value(value: Value) -> Result<Self>;
}

macro_rules! plain_fields {
    ($($type:ty, $kind:ident;)+) => {$(
        impl Field for $type {
            const KIND: Kind = Kind::$kind;

            fn into_value(self) -> Value {
                Value::$kind(self)
            }

            fn from_value(value: Value) -> Result<Self> {
                match value {
                    Value::$kind(inner) => Ok(inner),
                    other => Err(Error::internal(format!("read a {other:?} as {:?}", Self::KIND))),
                }
            }
        }
    )+};
}

plain_fields! {
    bool, Bool;
    i64, Int;
    f64, Real;
    String, Text;
    Uuid, Id;
    Timestamp, Instant;
    Day, Day;
    Vec<u8>, Bytes;
}

impl Field for &str {
    const KIND: Kind = Kind::Text;

    fn into_value(self) -> Value {
        Value::Text(self.to_owned())
    }

    fn from_value(_: Value) -> Result<Self> {
        Err(Error::internal("a borrowed text can only be bound"))
    }
}

impl<F: Field> Field for Option<F> {
    const KIND: Kind = F::KIND;
    const NULLABLE: bool = true;

    fn into_value(self) -> Value {
        self.map_or(Value::Null(F::KIND), F::into_value)
    }

    fn from_value(value: Value) -> Result<Self> {
        match value {
            Value::Null(_) => Ok(None),
            value => F::from_value(value).map(Some),
        }
    }
}

/// A row of either engine.
pub(crate) enum Row {
    #[cfg(feature = "sqlite")]
    Sqlite(sqlx::sqlite::SqliteRow),
    #[cfg(feature = "sqlite")]
    Packed(super::packed::PackedRow),
    #[cfg(feature = "postgres")]
    Postgres(sqlx::postgres::PgRow),
}

/// A record that is read from a row; `row!` makes them.
pub(crate) trait FromRow: Sized {
    fn from_row(row: &Row) -> Result<Self>;
}

/// A record that has a field for each column of its row, and nothing else.
pub(crate) trait Columns: FromRow {
    /// What they hold, in their order.
    const KINDS: &'static [Kind];
}

impl Row {
    /// The column at this place.
    pub(crate) fn get<F: Field>(&self, index: usize) -> Result<F> {
        match self.value(index, F::KIND)? {
            Value::Null(kind) if !F::NULLABLE => Err(Error::inconsistent(
                "a column",
                format!("column {index} of kind {kind:?} is empty"),
            )),
            value => F::from_value(value),
        }
    }

    /// The column at this place, by its kind.
    pub(crate) fn value(&self, index: usize, kind: Kind) -> Result<Value> {
        let value = match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(row) => sqlite_value(row, index, kind),
            #[cfg(feature = "sqlite")]
            Self::Packed(row) => return row.value(index, kind),
            #[cfg(feature = "postgres")]
            Self::Postgres(row) => postgres_value(row, index, kind),
        };
        value.map_err(explain)?.map_or(Ok(Value::Null(kind)), |read| read)
    }

    /// A row of SQLite, or the one that was packed into its one column.
    #[cfg(feature = "sqlite")]
    pub(super) fn of_sqlite(row: sqlx::sqlite::SqliteRow, is_packed: bool) -> Result<Self> {
        if !is_packed {
            return Ok(Self::Sqlite(row));
        }
        let text = row.try_get::<String, _>(0).map_err(explain)?;
        Ok(Self::Packed(super::packed::PackedRow::new(text)))
    }
}

/// A driver's error, nothing, or a value that may turn out not to be one.
type Read = std::result::Result<Option<Result<Value>>, sqlx::Error>;

#[cfg(feature = "sqlite")]
fn sqlite_value(row: &sqlx::sqlite::SqliteRow, index: usize, kind: Kind) -> Read {
    Ok(match kind {
        Kind::Bool => row.try_get::<Option<i64>, _>(index)?.map(|n| Ok(Value::Bool(n != 0))),
        Kind::Int => row.try_get::<Option<i64>, _>(index)?.map(|n| Ok(Value::Int(n))),
        Kind::Real => row.try_get::<Option<f64>, _>(index)?.map(|n| Ok(Value::Real(n))),
        Kind::Text => row.try_get::<Option<String>, _>(index)?.map(|text| Ok(Value::Text(text))),
        Kind::Id => row.try_get::<Option<Uuid>, _>(index)?.map(|id| Ok(Value::Id(id))),
        Kind::Instant => row
            .try_get::<Option<i64>, _>(index)?
            .map(|micros| Timestamp::from_micros(micros).map(Value::Instant)),
        Kind::Day => row.try_get::<Option<String>, _>(index)?.map(|text| {
            Day::parse(&text).map(Value::Day).map_err(|cause| Error::inconsistent("a day", cause))
        }),
        Kind::Bytes => {
            row.try_get::<Option<Vec<u8>>, _>(index)?.map(|bytes| Ok(Value::Bytes(bytes)))
        }
    })
}

#[cfg(feature = "postgres")]
fn postgres_value(row: &sqlx::postgres::PgRow, index: usize, kind: Kind) -> Read {
    use super::postgres_wire::{WireDay, WireInstant};
    Ok(match kind {
        Kind::Bool => row.try_get::<Option<bool>, _>(index)?.map(|flag| Ok(Value::Bool(flag))),
        Kind::Int => row.try_get::<Option<i64>, _>(index)?.map(|n| Ok(Value::Int(n))),
        Kind::Real => row.try_get::<Option<f64>, _>(index)?.map(|n| Ok(Value::Real(n))),
        Kind::Text => row.try_get::<Option<String>, _>(index)?.map(|text| Ok(Value::Text(text))),
        Kind::Id => row.try_get::<Option<Uuid>, _>(index)?.map(|id| Ok(Value::Id(id))),
        Kind::Instant => row
            .try_get::<Option<WireInstant>, _>(index)?
            .map(|wire| wire.read().map(Value::Instant)),
        Kind::Day => {
            row.try_get::<Option<WireDay>, _>(index)?.map(|wire| wire.read().map(Value::Day))
        }
        Kind::Bytes => {
            row.try_get::<Option<Vec<u8>>, _>(index)?.map(|bytes| Ok(Value::Bytes(bytes)))
        }
    })
}

fn unbindable(cause: sqlx::error::BoxDynError) -> Error {
    explain(sqlx::Error::Encode(cause))
}

#[cfg(feature = "sqlite")]
pub(crate) fn sqlite_arguments(
    parameters: Vec<Parameter>,
) -> Result<sqlx::sqlite::SqliteArguments> {
    let mut arguments = sqlx::sqlite::SqliteArguments::default();
    for parameter in parameters {
        let value = match parameter {
            Parameter::One(value) => value,
            Parameter::Ids(ids) => Value::Text(json_ids(&ids)),
            Parameter::Texts(texts) => {
                Value::Text(serde_json::to_string(&texts).expect("texts are plain data"))
            }
        };
        match value {
            Value::Null(_) => Arguments::add(&mut arguments, None::<i64>),
            Value::Bool(flag) => Arguments::add(&mut arguments, i64::from(flag)),
            Value::Int(n) => Arguments::add(&mut arguments, n),
            Value::Real(n) => Arguments::add(&mut arguments, n),
            Value::Text(text) => Arguments::add(&mut arguments, text),
            Value::Id(id) => Arguments::add(&mut arguments, id),
            Value::Instant(instant) => Arguments::add(&mut arguments, instant.as_micros()),
            Value::Day(day) => Arguments::add(&mut arguments, day.to_string()),
            Value::Bytes(bytes) => Arguments::add(&mut arguments, bytes),
        }
        .map_err(unbindable)?;
    }
    Ok(arguments)
}

/// Ids as SQLite's JSON functions read them: `unhex` makes each what a column holds.
#[cfg(feature = "sqlite")]
fn json_ids(ids: &[Uuid]) -> String {
    let mut json = String::with_capacity(ids.len() * 35 + 2);
    json.push('[');
    for (nth, id) in ids.iter().enumerate() {
        let comma = if nth == 0 { "" } else { "," };
        let _ = write!(json, "{comma}\"{}\"", id.simple());
    }
    json.push(']');
    json
}

#[cfg(feature = "postgres")]
pub(crate) fn postgres_arguments(
    parameters: Vec<Parameter>,
) -> Result<sqlx::postgres::PgArguments> {
    use super::postgres_wire::{WireDay, WireInstant};
    let mut arguments = sqlx::postgres::PgArguments::default();
    for parameter in parameters {
        let value = match parameter {
            Parameter::One(value) => value,
            Parameter::Ids(ids) => {
                Arguments::add(&mut arguments, ids).map_err(unbindable)?;
                continue;
            }
            Parameter::Texts(texts) => {
                Arguments::add(&mut arguments, texts).map_err(unbindable)?;
                continue;
            }
        };
        match value {
            Value::Null(kind) => match kind {
                Kind::Bool => Arguments::add(&mut arguments, None::<bool>),
                Kind::Int => Arguments::add(&mut arguments, None::<i64>),
                Kind::Real => Arguments::add(&mut arguments, None::<f64>),
                Kind::Text => Arguments::add(&mut arguments, None::<String>),
                Kind::Id => Arguments::add(&mut arguments, None::<Uuid>),
                Kind::Instant => Arguments::add(&mut arguments, None::<WireInstant>),
                Kind::Day => Arguments::add(&mut arguments, None::<WireDay>),
                Kind::Bytes => Arguments::add(&mut arguments, None::<Vec<u8>>),
            },
            Value::Bool(flag) => Arguments::add(&mut arguments, flag),
            Value::Int(n) => Arguments::add(&mut arguments, n),
            Value::Real(n) => Arguments::add(&mut arguments, n),
            Value::Text(text) => Arguments::add(&mut arguments, text),
            Value::Id(id) => Arguments::add(&mut arguments, id),
            Value::Instant(instant) => Arguments::add(&mut arguments, WireInstant::from(instant)),
            Value::Day(day) => Arguments::add(&mut arguments, WireDay::from(day)),
            Value::Bytes(bytes) => Arguments::add(&mut arguments, bytes),
        }
        .map_err(unbindable)?;
    }
    Ok(arguments)
}

/// Declares a record whose fields are the columns of a statement, in their order.
macro_rules! row {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($field_vis:vis $field:ident: $type:ty,)+ }) => {
        $(#[$meta])*
        $vis struct $name { $($field_vis $field: $type,)+ }

        impl $crate::kernel::db::Columns for $name {
            const KINDS: &'static [$crate::kernel::db::Kind] =
                &[$(<$type as $crate::kernel::db::Field>::KIND,)+];
        }

        impl $crate::kernel::db::FromRow for $name {
            fn from_row(row: &$crate::kernel::db::Row) -> $crate::Result<Self> {
                let mut columns = 0..;
                let mut place = || columns.next().unwrap_or(usize::MAX);
                Ok(Self { $($field: row.get(place())?,)+ })
            }
        }
    };
}
pub(crate) use row;

/// A statement that answers with one column.
pub(crate) struct One<F>(pub(crate) F);

impl<F: Field> FromRow for One<F> {
    fn from_row(row: &Row) -> Result<Self> {
        row.get(0).map(Self)
    }
}
