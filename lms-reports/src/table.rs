//! Rows by columns: each column keeps its values side by side, so that a million rows stay small,
//! and knows what it means, so that every format can write it properly.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use lms_core::{Day, Timestamp};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::words::Words;

/// A table of a report: a sheet of a workbook, a list in JSON.
#[derive(Debug)]
pub struct Table {
    /// Its name in JSON.
    pub(crate) key: Cow<'static, str>,
    /// The name of its sheet; at most 25 characters, so that a number fits behind it.
    pub(crate) title: Words,
    /// What to say where it has no rows.
    pub(crate) if_empty: Words,
    pub(crate) columns: Vec<Column>,
    /// So many columns from the left say which group a row belongs to; rows of a group follow each
    /// other.
    pub(crate) n_grouping: usize,
    /// It is there for a chart, and shares a sheet with others of its kind.
    pub(crate) is_aside: bool,
    /// It tells how things are, and nobody can say any more how they were.
    pub(crate) is_of_the_moment: bool,
    /// What is drawn behind each of its rows.
    pub(crate) lines: Option<Lines>,
    values: Vec<Values>,
    n_rows: usize,
    turned_over: bool,
}

/// A small line behind each row, through the numbers that another table has for it. Only where it can be
/// looked at: programs read the other table.
#[derive(Debug)]
pub(crate) struct Lines {
    pub(crate) title: Words,
    /// The key of the other table, and which of its columns is drawn.
    pub(crate) of: Cow<'static, str>,
    pub(crate) column: usize,
    /// So many rows of it belong to each row, in the same order.
    pub(crate) n_each: usize,
}

/// What stands in a column.
#[derive(Debug)]
pub struct Column {
    /// Its name in JSON and CSV; no two of a table are the same.
    pub(crate) key: Cow<'static, str>,
    /// Its heading in a workbook.
    pub(crate) title: Words,
    /// What it says, in a sentence, where the heading leaves a question open.
    pub(crate) about: Option<Words>,
    pub(crate) kind: Kind,
    /// How wide it becomes in a workbook at most, in characters; longer text takes more lines.
    pub(crate) width_max: u16,
}

/// How the values of a column are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// An id or a hash: nobody reads it, but it must be all there.
    Id,
    /// A word of a small set that says whether all is well.
    Status,
    /// Such a word, with the day since when or until when it is so.
    StatusOn,
    /// A whole number.
    Integer,
    /// A number with one digit behind the point.
    Decimal,
    /// An amount of money, with two digits behind the point.
    Money,
    /// A part of a whole, shown in percent.
    Share,
    /// The same on a ground that says how much of it there is.
    Heat,
    /// Points of percent more or less than before.
    Change,
    /// A number with two digits behind the point: points, or a correlation.
    Coefficient,
    /// A point in time.
    Instant,
    /// A day of the calendar.
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
pub enum Cell<'a> {
    /// There is none.
    Nothing,
    /// Also the JSON of a list or of counts.
    Text(&'a str),
    /// A whole number.
    Integer(i64),
    /// A number that need not be whole.
    Decimal(f64),
    /// A part of a whole; nobody can tell the part of nothing.
    Share {
        /// How many of them.
        numerator: i64,
        /// Of how many.
        denominator: i64,
    },
    /// A word of the domain, with its day.
    StatusOn(&'a str, Option<Day>),
    /// A point in time.
    Instant(Timestamp),
    /// A day of the calendar.
    Day(Day),
}

#[derive(Debug)]
enum Values {
    Texts(Texts),
    /// Words of a small set.
    Choices(Choices),
    ChoicesOn(Choices, Vec<Option<Day>>),
    Integers(Vec<Option<i64>>),
    Decimals(Vec<Option<f64>>),
    Shares(Vec<Option<(i64, i64)>>),
    Instants(Vec<Option<Timestamp>>),
    Days(Vec<Option<Day>>),
}

/// Many texts in one piece of memory.
#[derive(Debug, Default)]
struct Texts {
    all: String,
    /// Where each text ends.
    ends: Vec<usize>,
    present: Vec<bool>,
}

/// Words of a small set, each kept once.
#[derive(Debug, Default)]
struct Choices {
    words: Vec<Box<str>>,
    numbers: HashMap<Box<str>, u16>,
    /// Which word each row has; [`Choices::NONE`] where there is none.
    chosen: Vec<u16>,
}

impl Column {
    /// A column: its name for programs and for people, what is in it, and how wide it becomes.
    pub fn new(
        key: impl Into<Cow<'static, str>>,
        title: impl Into<Words>,
        kind: Kind,
        width_max: u16,
    ) -> Self {
        Self { key: key.into(), title: title.into(), about: None, kind, width_max }
    }

    /// Says what stands in it.
    #[must_use]
    pub fn about(mut self, sentence: impl Into<Words>) -> Self {
        self.about = Some(sentence.into());
        self
    }
}

impl Table {
    /// A table without rows: its name for programs and for people, and what to say while it has none.
    pub fn new(
        key: impl Into<Cow<'static, str>>,
        title: impl Into<Words>,
        if_empty: impl Into<Words>,
        columns: impl Into<Vec<Column>>,
    ) -> Self {
        let columns = columns.into();
        let values = columns.iter().map(|column| Values::for_kind(column.kind)).collect();
        Self {
            key: key.into(),
            title: title.into(),
            if_empty: if_empty.into(),
            columns,
            n_grouping: 0,
            is_aside: false,
            is_of_the_moment: false,
            lines: None,
            values,
            n_rows: 0,
            turned_over: false,
        }
    }

    /// Says that the first columns tell which group a row belongs to.
    #[must_use]
    pub fn grouped_by(mut self, n_columns: usize) -> Self {
        self.n_grouping = n_columns;
        self
    }

    /// Puts it on the sheet of the small tables that charts are drawn from.
    #[must_use]
    pub fn aside(mut self) -> Self {
        self.is_aside = true;
        self
    }

    /// Says that it cannot be computed again once something has changed.
    #[must_use]
    pub fn of_the_moment(mut self) -> Self {
        self.is_of_the_moment = true;
        self
    }

    /// Draws a small line behind each row: through a column of another table, of which so many rows belong to
    /// each row, in the same order.
    #[must_use]
    pub fn with_lines(
        mut self,
        title: impl Into<Words>,
        of: impl Into<Cow<'static, str>>,
        column: usize,
        n_each: usize,
    ) -> Self {
        self.lines = Some(Lines { title: title.into(), of: of.into(), column, n_each });
        self
    }

    /// Adds a row with a cell for each of the columns.
    pub fn push<'c>(&mut self, row: impl IntoIterator<Item = Cell<'c>>) {
        let mut row = row.into_iter();
        let mut n_cells = 0;
        for (values, cell) in self.values.iter_mut().zip(row.by_ref()) {
            values.push(cell);
            n_cells += 1;
        }
        let whole = n_cells == self.columns.len() && row.next().is_none();
        assert!(whole, "a row of `{}` has a cell for each column", self.key);
        self.n_rows += 1;
    }

    /// All that it says itself.
    pub(crate) fn words_mut(&mut self) -> impl Iterator<Item = &mut Words> {
        let columns = self
            .columns
            .iter_mut()
            .flat_map(|column| std::iter::once(&mut column.title).chain(column.about.as_mut()));
        let lines = self.lines.as_mut().map(|lines| &mut lines.title);
        [&mut self.title, &mut self.if_empty].into_iter().chain(columns).chain(lines)
    }

    /// Whether a row belongs to another group than the one before it.
    pub(crate) fn begins_group(&self, row: usize) -> bool {
        row == 0 || (0..self.n_grouping).any(|at| self.cell(row, at) != self.cell(row - 1, at))
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
            Kind::Decimal | Kind::Change | Kind::Coefficient | Kind::Money => {
                Self::Decimals(Vec::new())
            }
            Kind::Share | Kind::Heat => Self::Shares(Vec::new()),
            Kind::Status => Self::Choices(Choices::default()),
            Kind::StatusOn => Self::ChoicesOn(Choices::default(), Vec::new()),
            Kind::Instant => Self::Instants(Vec::new()),
            Kind::Day | Kind::Month => Self::Days(Vec::new()),
            Kind::Text | Kind::Id | Kind::List | Kind::Counts => Self::Texts(Texts::default()),
        }
    }

    fn push(&mut self, cell: Cell<'_>) {
        match (self, cell) {
            (Self::Texts(texts), Cell::Text(text)) => texts.push(Some(text)),
            (Self::Texts(texts), Cell::Nothing) => texts.push(None),
            (Self::Choices(values), Cell::Text(word)) => values.push(Some(word)),
            (Self::Choices(values), Cell::Nothing) => values.push(None),
            (Self::ChoicesOn(values, days), Cell::StatusOn(word, day)) => {
                values.push(Some(word));
                days.push(day);
            }
            (Self::ChoicesOn(values, days), Cell::Nothing) => {
                values.push(None);
                days.push(None);
            }
            (Self::Decimals(values), Cell::Decimal(value)) => values.push(Some(value)),
            (Self::Decimals(values), Cell::Nothing) => values.push(None),
            (Self::Shares(values), Cell::Share { numerator, denominator }) => {
                values.push((denominator != 0).then_some((numerator, denominator)));
            }
            (Self::Shares(values), Cell::Nothing) => values.push(None),
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
            Self::Choices(values) => values.get(row).into(),
            Self::ChoicesOn(values, days) => {
                values.get(row).map_or(Cell::Nothing, |word| Cell::StatusOn(word, days[row]))
            }
            Self::Integers(values) => values[row].into(),
            Self::Decimals(values) => values[row].map_or(Cell::Nothing, Cell::Decimal),
            Self::Shares(values) => {
                values[row].map_or(Cell::Nothing, |(numerator, denominator)| Cell::Share {
                    numerator,
                    denominator,
                })
            }
            Self::Instants(values) => values[row].into(),
            Self::Days(values) => values[row].map_or(Cell::Nothing, Cell::Day),
        }
    }
}

impl Texts {
    fn push(&mut self, text: Option<&str>) {
        self.all.push_str(text.unwrap_or_default());
        self.ends.push(self.all.len());
        self.present.push(text.is_some());
    }

    fn get(&self, at: usize) -> Option<&str> {
        let begin = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.present[at].then(|| &self.all[begin..self.ends[at]])
    }
}

impl Choices {
    const NONE: u16 = u16::MAX;

    fn push(&mut self, word: Option<&str>) {
        let number = match word.map(|word| (word, self.numbers.get(word))) {
            None => Self::NONE,
            Some((_, Some(number))) => *number,
            Some((word, None)) => {
                let number = u16::try_from(self.words.len()).expect("statuses are few");
                self.words.push(word.into());
                self.numbers.insert(word.into(), number);
                number
            }
        };
        self.chosen.push(number);
    }

    fn get(&self, at: usize) -> Option<&str> {
        self.words.get(usize::from(self.chosen[at])).map(AsRef::as_ref)
    }
}

impl Cell<'_> {
    /// As a number that can be drawn; nothing where it is none.
    pub(crate) fn number(self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "a drawing is not that exact")]
            Self::Integer(count) => Some(count as f64),
            Self::Decimal(number) => Some(number),
            Self::Share { numerator, denominator } => Some(share(numerator, denominator)),
            _ => None,
        }
    }
}

/// A part of a whole that is not nothing, rounded down to a tenth of a per cent, as the library tells it
/// everywhere. A program that shows one digit by rounding then shows the same, and only all of them are
/// 100.0 %.
pub(crate) fn share(numerator: i64, denominator: i64) -> f64 {
    let thousandths = numerator.saturating_mul(1_000).div_euclid(denominator);
    #[expect(clippy::cast_precision_loss, reason = "a thousand of a thousand")]
    let share = thousandths as f64 / 1_000.0;
    share
}

/// A number with so many digits behind the point, half of the last one rounded away from nothing, as
/// spreadsheets do.
pub(crate) fn rounded(number: f64, digits: usize) -> String {
    let tens = f64::powi(10.0, i32::try_from(digits).unwrap_or(i32::MAX));
    let number = (number * tens).round() / tens;
    // Less than nothing by too little to be seen is nothing.
    let number = if number == 0.0 { 0.0 } else { number };
    format!("{number:.digits$}")
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

#[derive(serde::Serialize)]
struct Part {
    numerator: i64,
    denominator: i64,
}

#[derive(serde::Serialize)]
struct StatusOn<'a> {
    status: &'a str,
    on: Option<Day>,
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
            let key = column.key.as_ref();
            match (self.table.cell(self.row, at), column.kind) {
                (Cell::Nothing, _) => map.serialize_entry(key, &())?,
                (Cell::Text(json), Kind::List | Kind::Counts) => {
                    let value: serde_json::Value =
                        serde_json::from_str(json).map_err(serde::ser::Error::custom)?;
                    map.serialize_entry(key, &value)?;
                }
                (Cell::Text(text), _) => map.serialize_entry(key, text)?,
                (Cell::Integer(number), _) => map.serialize_entry(key, &number)?,
                (Cell::Decimal(number), _) => map.serialize_entry(key, &number)?,
                (Cell::Share { numerator, denominator }, _) => {
                    map.serialize_entry(key, &Part { numerator, denominator })?;
                }
                (Cell::StatusOn(status, on), _) => {
                    map.serialize_entry(key, &StatusOn { status, on })?;
                }
                (Cell::Instant(instant), _) => map.serialize_entry(key, &instant)?,
                (Cell::Day(day), Kind::Month) => {
                    map.serialize_entry(key, &day.inner().strftime("%Y-%m").to_string())?;
                }
                (Cell::Day(day), _) => map.serialize_entry(key, &day)?,
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
    fn columns_are_made_as_the_data_want_them() {
        let person = Column::new("person", "Person", Kind::Text, 20);
        let trainings = ["GDPR-101", "FIRE"]
            .map(|code| Column::new(code.to_lowercase(), code.to_owned(), Kind::StatusOn, 20));
        let columns: Vec<Column> = std::iter::once(person).chain(trainings).collect();
        let mut table = Table::new("matrix", "Matrix", "Nobody.", columns).grouped_by(1);
        let day = Day::parse("2026-03-31").unwrap();
        table.push([Cell::Text("Ada"), Cell::StatusOn("overdue", Some(day)), Cell::Nothing]);
        table.push(vec![Cell::Text("Ada"), Cell::Nothing, Cell::StatusOn("assigned", None)]);
        table.push([Cell::Text("Bo"), Cell::Nothing, Cell::StatusOn("overdue", None)]);
        assert_eq!(table.cell(0, 1), Cell::StatusOn("overdue", Some(day)));
        assert_eq!([0, 1, 2].map(|row| table.begins_group(row)), [true, false, true]);
        let row = serde_json::to_string(&table.row(0)).unwrap();
        let status = r#"{"status":"overdue","on":"2026-03-31"}"#;
        assert_eq!(row, format!(r#"{{"person":"Ada","gdpr-101":{status},"fire":null}}"#));
    }

    #[test]
    fn a_share_is_rounded_down_so_that_it_is_the_same_wherever_it_is_shown() {
        let shown =
            |numerator, denominator| format!("{:.1}", share(numerator, denominator) * 100.0);
        assert_eq!(shown(1_267, 1_400), "90.5");
        assert_eq!(shown(38, 42), "90.4", "90.476 is no 90.5");
        assert_eq!(shown(9_999, 10_000), "99.9", "which is not all of them");
        assert_eq!(shown(2, 3), "66.6");
        assert_eq!((share(0, 7), share(7, 7)), (0.0, 1.0));
        for part in 0..=1_000 {
            let tenths = format!("{}.{}", part / 10, part % 10);
            assert_eq!(shown(part, 1_000), tenths, "nothing is lost on the way");
        }
    }

    #[test]
    fn numbers_are_rounded_as_spreadsheets_round_them() {
        assert_eq!(rounded(169.25, 1), "169.3");
        assert_eq!(rounded(-0.04, 1), "0.0");
        assert_eq!(rounded(-1.25, 1), "-1.3");
        assert_eq!(rounded(2.0, 2), "2.00");
    }

    #[test]
    fn the_part_of_nothing_is_nothing() {
        let mut table = Table::new("t", "T", "", [Column::new("share", "Share", Kind::Share, 10)]);
        table.push([Cell::Share { numerator: 0, denominator: 0 }]);
        table.push([Cell::Share { numerator: 1, denominator: 3 }]);
        assert_eq!(table.cell(0, 0), Cell::Nothing);
        let row = serde_json::to_string(&table.row(1)).unwrap();
        assert_eq!(row, r#"{"share":{"numerator":1,"denominator":3}}"#);
    }

    #[test]
    fn counts_are_told_in_words() {
        assert_eq!(counts_in_words(r#"{"changed":2,"created":1}"#), "changed: 2, created: 1");
        assert_eq!(list_in_words(r#"["a","b, c"]"#), "a, b, c");
    }
}
