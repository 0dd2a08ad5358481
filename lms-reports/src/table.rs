//! Rows by columns: each column keeps its values side by side, so that a million rows stay small,
//! and knows what it means, so that every format can write it properly.

use std::collections::BTreeMap;

use lms_core::{Day, Timestamp};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

/// A table of a report: a sheet of a workbook, a list in JSON.
#[derive(Debug)]
pub(crate) struct Table {
    /// Its name in JSON.
    pub(crate) key: &'static str,
    /// The name of its sheet; at most 25 characters, so that a number fits behind it.
    pub(crate) title: &'static str,
    /// What to say where it has no rows.
    pub(crate) if_empty: String,
    pub(crate) columns: Vec<Column>,
    values: Vec<Values>,
    n_rows: usize,
    turned_over: bool,
}

/// What stands in a column.
#[derive(Debug)]
pub(crate) struct Column {
    /// Its name in JSON and CSV.
    pub(crate) key: &'static str,
    /// Its heading in a workbook.
    pub(crate) title: &'static str,
    pub(crate) kind: Kind,
    /// How wide it becomes in a workbook at most, in characters; longer text takes more lines.
    pub(crate) width_max: u16,
}

/// How the values of a column are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    /// An id or a hash: nobody reads it, but it must be all there.
    Id,
    /// A word of a small set that says whether all is well.
    Status,
    Integer,
    Instant,
    Day,
    /// The first day of a month, standing for all of it.
    Month,
    /// Several names; kept as a JSON array.
    List,
    /// How many of what; kept as a JSON object.
    Counts,
}

/// One value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Cell<'a> {
    Nothing,
    /// Also the JSON of a list or of counts.
    Text(&'a str),
    Integer(i64),
    Instant(Timestamp),
    Day(Day),
}

#[derive(Debug)]
enum Values {
    Texts(Texts),
    Integers(Vec<Option<i64>>),
    Instants(Vec<Option<Timestamp>>),
    Days(Vec<Option<Day>>),
}

/// Many texts in one piece of memory.
#[derive(Debug, Default)]
struct Texts {
    all: String,
    /// Where each text ends, and whether there is one.
    ends: Vec<(usize, bool)>,
}

impl Column {
    pub(crate) const fn new(
        key: &'static str,
        title: &'static str,
        kind: Kind,
        width_max: u16,
    ) -> Self {
        Self { key, title, kind, width_max }
    }
}

impl Table {
    pub(crate) fn new(
        key: &'static str,
        title: &'static str,
        if_empty: impl Into<String>,
        columns: impl Into<Vec<Column>>,
    ) -> Self {
        let columns = columns.into();
        let values = columns.iter().map(|column| Values::for_kind(column.kind)).collect();
        let if_empty = if_empty.into();
        Self { key, title, if_empty, columns, values, n_rows: 0, turned_over: false }
    }

    /// Adds a row with a cell for each of the columns.
    pub(crate) fn push<const N: usize>(&mut self, row: [Cell<'_>; N]) {
        assert_eq!(N, self.columns.len(), "a row of `{}` has a cell for each column", self.key);
        for (values, cell) in self.values.iter_mut().zip(row) {
            values.push(cell);
        }
        self.n_rows += 1;
    }

    /// Shows the last row first: for what can only be read backwards.
    pub(crate) fn turn_over(mut self) -> Self {
        self.turned_over = !self.turned_over;
        self
    }

    pub(crate) fn n_rows(&self) -> usize {
        self.n_rows
    }

    pub(crate) fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        let row = if self.turned_over { self.n_rows - 1 - row } else { row };
        self.values[column].get(row)
    }

    /// A row as one JSON object.
    pub(crate) fn row(&self, row: usize) -> impl Serialize + '_ {
        TableRow { table: self, row }
    }
}

impl Values {
    fn for_kind(kind: Kind) -> Self {
        match kind {
            Kind::Integer => Self::Integers(Vec::new()),
            Kind::Instant => Self::Instants(Vec::new()),
            Kind::Day | Kind::Month => Self::Days(Vec::new()),
            Kind::Text | Kind::Id | Kind::Status | Kind::List | Kind::Counts => {
                Self::Texts(Texts::default())
            }
        }
    }

    fn push(&mut self, cell: Cell<'_>) {
        match (self, cell) {
            (Self::Texts(texts), Cell::Text(text)) => texts.push(Some(text)),
            (Self::Texts(texts), Cell::Nothing) => texts.push(None),
            (Self::Integers(values), Cell::Integer(value)) => values.push(Some(value)),
            (Self::Integers(values), Cell::Nothing) => values.push(None),
            (Self::Instants(values), Cell::Instant(value)) => values.push(Some(value)),
            (Self::Instants(values), Cell::Nothing) => values.push(None),
            (Self::Days(values), Cell::Day(value)) => values.push(Some(value)),
            (Self::Days(values), Cell::Nothing) => values.push(None),
            (values, cell) => unreachable!("{cell:?} does not belong into {values:?}"),
        }
    }

    fn get(&self, row: usize) -> Cell<'_> {
        match self {
            Self::Texts(texts) => texts.get(row).into(),
            Self::Integers(values) => values[row].into(),
            Self::Instants(values) => values[row].into(),
            Self::Days(values) => values[row].map_or(Cell::Nothing, Cell::Day),
        }
    }
}

impl Texts {
    fn push(&mut self, text: Option<&str>) {
        self.all.push_str(text.unwrap_or_default());
        self.ends.push((self.all.len(), text.is_some()));
    }

    fn get(&self, at: usize) -> Option<&str> {
        let begin = at.checked_sub(1).map_or(0, |before| self.ends[before].0);
        let (end, present) = self.ends[at];
        present.then(|| &self.all[begin..end])
    }
}

impl<'a> From<Option<&'a str>> for Cell<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Self::Nothing, Self::Text)
    }
}

impl From<Option<i64>> for Cell<'_> {
    fn from(number: Option<i64>) -> Self {
        number.map_or(Self::Nothing, Self::Integer)
    }
}

impl From<Option<Timestamp>> for Cell<'_> {
    fn from(instant: Option<Timestamp>) -> Self {
        instant.map_or(Self::Nothing, Self::Instant)
    }
}

/// Lists and counts, in the JSON in which a column keeps them.
pub(crate) fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("names and numbers are plain data")
}

/// Names with commas between, from their JSON.
pub(crate) fn list_in_words(json: &str) -> String {
    serde_json::from_str::<Vec<String>>(json).map_or_else(|_| json.to_owned(), |all| all.join(", "))
}

/// What was counted, in words, from its JSON.
pub(crate) fn counts_in_words(json: &str) -> String {
    serde_json::from_str::<BTreeMap<String, i64>>(json).map_or_else(
        |_| json.to_owned(),
        |counts| {
            let words = counts.iter().map(|(what, count)| format!("{what}: {count}"));
            words.collect::<Vec<_>>().join(", ")
        },
    )
}

struct TableRow<'a> {
    table: &'a Table,
    row: usize,
}

impl Serialize for TableRow<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let columns = &self.table.columns;
        let mut map = out.serialize_map(Some(columns.len()))?;
        for (at, column) in columns.iter().enumerate() {
            match (self.table.cell(self.row, at), column.kind) {
                (Cell::Nothing, _) => map.serialize_entry(column.key, &())?,
                (Cell::Text(json), Kind::List | Kind::Counts) => {
                    let value: serde_json::Value =
                        serde_json::from_str(json).map_err(serde::ser::Error::custom)?;
                    map.serialize_entry(column.key, &value)?;
                }
                (Cell::Text(text), _) => map.serialize_entry(column.key, text)?,
                (Cell::Integer(number), _) => map.serialize_entry(column.key, &number)?,
                (Cell::Instant(instant), _) => map.serialize_entry(column.key, &instant)?,
                (Cell::Day(day), Kind::Month) => {
                    map.serialize_entry(column.key, &day.inner().strftime("%Y-%m").to_string())?;
                }
                (Cell::Day(day), _) => map.serialize_entry(column.key, &day)?,
            }
        }
        map.end()
    }
}

impl Serialize for Table {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut rows = out.serialize_seq(Some(self.n_rows))?;
        for row in 0..self.n_rows {
            rows.serialize_element(&self.row(row))?;
        }
        rows.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fruits() -> Table {
        let columns = [
            Column::new("name", "Name", Kind::Text, 10),
            Column::new("count", "Count", Kind::Integer, 10),
            Column::new("seen_in", "Seen in", Kind::List, 10),
        ];
        let mut table = Table::new("fruits", "Fruits", "No fruits.", columns);
        table.push([Cell::Text("Apple"), Cell::Integer(3), Cell::Text(r#"["garden","shop"]"#)]);
        table.push([Cell::Text(""), Cell::Nothing, Cell::Nothing]);
        table
    }

    #[test]
    fn what_goes_in_comes_out_and_nothing_is_not_an_empty_text() {
        let table = fruits();
        assert_eq!(table.cell(0, 0), Cell::Text("Apple"));
        assert_eq!(table.cell(1, 0), Cell::Text(""));
        assert_eq!(table.cell(1, 1), Cell::Nothing);
        assert_eq!(table.cell(1, 2), Cell::Nothing);
        assert_eq!(table.turn_over().cell(1, 0), Cell::Text("Apple"));
    }

    #[test]
    fn a_row_is_an_object_with_real_lists() {
        let row = serde_json::to_string(&fruits().row(0)).unwrap();
        assert_eq!(row, r#"{"name":"Apple","count":3,"seen_in":["garden","shop"]}"#);
    }

    #[test]
    fn counts_are_told_in_words() {
        assert_eq!(counts_in_words(r#"{"changed":2,"created":1}"#), "changed: 2, created: 1");
        assert_eq!(list_in_words(r#"["a","b, c"]"#), "a, b, c");
    }
}
