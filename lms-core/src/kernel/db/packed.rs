//! Rows that travel as one text each. SQLite's driver copies every value of a row twice, with memory of
//! its own for each copy; where many rows of many columns are read, that is most of the time. PostgreSQL
//! sends a row in one piece anyway.

use std::fmt::Write as _;

#[cfg(feature = "sqlite")]
use uuid::Uuid;

#[cfg(feature = "sqlite")]
use super::Value;
use super::{Engine, Kind};
#[cfg(feature = "sqlite")]
use crate::kernel::clock::Timestamp;
#[cfg(feature = "sqlite")]
use crate::kernel::error::{Error, Result};
#[cfg(feature = "sqlite")]
use crate::kernel::text::Day;

/// What stands between two values: no id, day, number or word of ours has it.
const BETWEEN: char = '\u{1f}';

/// Writes what is selected: the columns, packed into one where the engine wants it so.
pub(super) fn select(engine: Engine, columns: &str, kinds: &[Kind], text: &mut String) {
    text.push_str("SELECT ");
    if engine == Engine::Postgres {
        text.push_str(columns);
        return;
    }
    text.push_str("format('");
    for nth in 0..kinds.len() {
        if nth > 0 {
            text.push(BETWEEN);
        }
        text.push_str("%s");
    }
    text.push('\'');
    for (column, kind) in columns.split(',').zip(kinds) {
        let column = column.trim();
        let _ = match kind {
            Kind::Id => write!(text, ", hex({column})"),
            _ => write!(text, ", {column}"),
        };
    }
    text.push(')');
}

/// A row of SQLite that came as one text.
#[cfg(feature = "sqlite")]
pub(crate) struct PackedRow {
    text: String,
    /// Where each value ends.
    ends: Vec<usize>,
}

#[cfg(feature = "sqlite")]
impl PackedRow {
    pub(super) fn new(text: String) -> Self {
        let separator = BETWEEN as u8;
        let between = text.bytes().enumerate().filter(|(_, byte)| *byte == separator);
        let mut ends = Vec::with_capacity(32);
        ends.extend(between.map(|(at, _)| at));
        ends.push(text.len());
        Self { text, ends }
    }

    /// The value at this place. Nothing is written as nothing: no word of ours is empty.
    pub(super) fn value(&self, index: usize, kind: Kind) -> Result<Value> {
        let end = self.ends.get(index).copied();
        let start = if index == 0 { 0 } else { self.ends.get(index - 1).map_or(0, |end| end + 1) };
        let Some(text) = end.and_then(|end| self.text.get(start..end)) else {
            return Err(Error::internal(format!("a packed row has no column {index}")));
        };
        if text.is_empty() {
            return Ok(Value::Null(kind));
        }
        let wrong = || Error::inconsistent("a packed column", format!("`{text}` as {kind:?}"));
        let number = || text.parse::<i64>().map_err(|_| wrong());
        Ok(match kind {
            Kind::Bool => Value::Bool(number()? != 0),
            Kind::Int => Value::Int(number()?),
            Kind::Real => Value::Real(text.parse().map_err(|_| wrong())?),
            Kind::Text => Value::Text(text.to_owned()),
            Kind::Id => Value::Id(Uuid::try_parse(text).map_err(|_| wrong())?),
            Kind::Instant => Value::Instant(Timestamp::from_micros(number()?)?),
            Kind::Day => {
                Value::Day(Day::parse(text).map_err(|cause| Error::inconsistent("a day", cause))?)
            }
            Kind::Bytes => return Err(Error::internal("bytes are not packed")),
        })
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use super::*;

    #[test]
    fn a_row_comes_out_as_it_was_selected() {
        let id = Uuid::from_u128(0x0123_4567_89ab_cdef);
        let hex = id.simple().to_string().to_uppercase();
        let row =
            PackedRow::new(format!("{hex}\u{1f}2026-02-28\u{1f}\u{1f}-7\u{1f}1\u{1f}mandatory"));
        let day = Day::parse("2026-02-28").unwrap();
        let kinds = [Kind::Id, Kind::Day, Kind::Day, Kind::Int, Kind::Bool, Kind::Text];
        let values = [
            Value::Id(id),
            Value::Day(day),
            Value::Null(Kind::Day),
            Value::Int(-7),
            Value::Bool(true),
            Value::Text("mandatory".to_owned()),
        ];
        for (index, (kind, value)) in kinds.into_iter().zip(values).enumerate() {
            assert_eq!(row.value(index, kind).unwrap(), value);
        }
        assert!(row.value(6, Kind::Int).is_err(), "there is no such column");
        assert!(row.value(5, Kind::Int).is_err(), "a word is no number");
    }

    #[test]
    fn only_sqlite_packs() {
        let kinds = [Kind::Id, Kind::Day];
        let mut text = String::new();
        select(Engine::Sqlite, "a.id, a.due_on", &kinds, &mut text);
        assert_eq!(text, "SELECT format('%s\u{1f}%s', hex(a.id), a.due_on)");
        text.clear();
        select(Engine::Postgres, "a.id, a.due_on", &kinds, &mut text);
        assert_eq!(text, "SELECT a.id, a.due_on");
    }
}
