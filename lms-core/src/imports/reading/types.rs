//! What reading gives: cells in three states, records, errors of rows, and what was found of a file.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use super::fields::FieldSpec;
use crate::kernel::text::Day;

/// How a file is written.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Text with a delimiter between cells.
    Csv,
    /// A workbook of Excel since 2007, with macros or without.
    Xlsx,
    /// A workbook of Excel before 2007.
    Xls,
    /// A sheet of OpenDocument.
    Ods,
    /// Several CSV files packed together, as OneRoster delivers them.
    Zip,
    /// Questions as Moodle's GIFT has them.
    Gift,
    /// Questions as Moodle's XML has them.
    MoodleXml,
    /// Answers of a system that was asked over the network; no file is of this format.
    Feed,
}

impl Format {
    /// All that a file can be of.
    pub const ALL: &'static [Self] =
        &[Self::Csv, Self::Xlsx, Self::Xls, Self::Ods, Self::Zip, Self::Gift, Self::MoodleXml];

    /// The name in options and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Xls => "xls",
            Self::Ods => "ods",
            Self::Zip => "zip",
            Self::Gift => "gift",
            Self::MoodleXml => "xml",
            Self::Feed => "feed",
        }
    }
}

/// What an empty cell says.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EmptyMeans {
    /// Nothing: what is there stays.
    #[default]
    LeaveAlone,
    /// That there is no such value any more.
    Clear,
}

/// What somebody says of a file, so that it need not be found out.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    pub(crate) format: Option<Format>,
    pub(crate) encoding: Option<String>,
    pub(crate) delimiter: Option<char>,
    pub(crate) quote: Option<char>,
    pub(crate) sheet: Option<String>,
    pub(crate) header_row: Option<u64>,
    pub(crate) date_format: Option<String>,
    pub(crate) map: Option<super::Mapping>,
    pub(crate) keep_attributes: bool,
    pub(crate) empty: Option<EmptyMeans>,
}

impl ReadOptions {
    /// Everything is found out.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How the file is written.
    #[must_use]
    pub fn format(mut self, format: Format) -> Self {
        self.format = Some(format);
        self
    }

    /// In which encoding, by one of its names, such as `windows-1252`.
    #[must_use]
    pub fn encoding(mut self, name: &str) -> Self {
        self.encoding = Some(name.to_owned());
        self
    }

    /// What stands between cells.
    #[must_use]
    pub fn delimiter(mut self, delimiter: char) -> Self {
        self.delimiter = Some(delimiter);
        self
    }

    /// What stands around cells that hold delimiters.
    #[must_use]
    pub fn quote(mut self, quote: char) -> Self {
        self.quote = Some(quote);
        self
    }

    /// Which sheet of a workbook, by name, or by number from one.
    #[must_use]
    pub fn sheet(mut self, sheet: &str) -> Self {
        self.sheet = Some(sheet.to_owned());
        self
    }

    /// In which row the headers stand, as the file counts.
    #[must_use]
    pub fn header_row(mut self, row: u64) -> Self {
        self.header_row = Some(row);
        self
    }

    /// How days are written, such as `DD/MM/YYYY`.
    #[must_use]
    pub fn date_format(mut self, format: &str) -> Self {
        self.date_format = Some(format.to_owned());
        self
    }

    /// Which column is which field.
    #[must_use]
    pub fn map(mut self, map: super::Mapping) -> Self {
        self.map = Some(map);
        self
    }

    /// Columns that nobody knows become attributes, where the kind has any.
    #[must_use]
    pub fn keep_attributes(mut self) -> Self {
        self.keep_attributes = true;
        self
    }

    /// What an empty cell says.
    #[must_use]
    pub fn empty(mut self, means: EmptyMeans) -> Self {
        self.empty = Some(means);
        self
    }
}

/// A field of a record: one that the kind knows, or an attribute that is kept.
#[derive(Debug, Clone)]
pub enum Field {
    /// One that the kind knows.
    Known(&'static FieldSpec),
    /// An attribute of this name.
    Attribute(Arc<str>),
}

impl Field {
    /// The name in commands, files and JSON: `department`, or `attr:cost_centre`.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Known(spec) => spec.name.to_owned(),
            Self::Attribute(name) => format!("attr:{name}"),
        }
    }
}

impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Known(one), Self::Known(two)) => one.name == two.name,
            (Self::Attribute(one), Self::Attribute(two)) => one == two,
            _ => false,
        }
    }
}

impl Eq for Field {}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

impl Serialize for Field {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

/// What a record says of a field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Cell {
    /// Nothing: there is no such column, or the row ends before it. What is there stays.
    #[default]
    Absent,
    /// That there is no such value any more. Only where empty cells clear; else they are [`Cell::Absent`].
    Empty,
    /// A value.
    Value(Scalar),
}

impl Cell {
    /// The value, where there is one.
    #[must_use]
    pub fn value(&self) -> Option<&Scalar> {
        match self {
            Self::Value(scalar) => Some(scalar),
            Self::Absent | Self::Empty => None,
        }
    }

    /// The text, where there is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Value(Scalar::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The day, where there is one.
    #[must_use]
    pub fn day(&self) -> Option<Day> {
        match self {
            Self::Value(Scalar::Day(day)) => Some(*day),
            _ => None,
        }
    }
}

/// A value that was read, as the shape of its field has it.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scalar {
    /// A text; codes, addresses, languages and the like as well.
    Text(String),
    /// A day.
    Day(Day),
    /// Yes or no.
    Bool(bool),
    /// A number.
    Number(Decimal),
    /// Several texts.
    List(Vec<String>),
}

/// A number as text: digits, perhaps with a minus before and a point between them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Decimal(pub(crate) String);

impl Decimal {
    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number, where it has no fraction.
    #[must_use]
    pub fn whole(&self) -> Option<i64> {
        self.0.parse().ok()
    }
}

/// A row of the file, read.
#[derive(Debug, Clone)]
pub struct ReadRow {
    /// Its number, as the file counts: the line it begins on, or the row of the sheet.
    pub number: u64,
    /// Its cells as the file has them, for those who have to correct them. As many as the header has, and more
    /// where the row is longer.
    pub raw: Vec<String>,
    /// What it says, or everything that is wrong with it.
    pub outcome: Result<Record, Vec<RowError>>,
}

/// What a row says, field by field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub(crate) number: u64,
    pub(crate) fields: Arc<[Field]>,
    pub(crate) cells: Vec<Cell>,
}

/// What is said of a field for which there is no column.
static ABSENT: Cell = Cell::Absent;

impl Record {
    /// The number of the row, as the file counts.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// What it says of the field of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> &Cell {
        let at = self.fields.iter().position(|field| match field {
            Field::Known(spec) => spec.name == name,
            Field::Attribute(key) => {
                name.strip_prefix("attr:").is_some_and(|wanted| wanted == &**key)
            }
        });
        at.and_then(|at| self.cells.get(at)).unwrap_or(&ABSENT)
    }

    /// All that it says: the fields of the layout in its order, each with its cell.
    pub fn iter(&self) -> impl Iterator<Item = (&Field, &Cell)> {
        self.fields.iter().zip(&self.cells)
    }
}

/// What is wrong with a row. A row has all of its errors at once.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowError {
    /// The row, as the file counts.
    pub row: u64,
    /// The letters of the column, such as `C`.
    pub column: Option<String>,
    /// What stands above it.
    pub header: Option<String>,
    /// The field it is read as.
    pub field: Option<String>,
    /// What the file has there.
    pub value: Option<String>,
    /// The stable code.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// What was found of a file.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Layout {
    /// The name of the file.
    pub name: String,
    /// How it is written.
    pub format: Format,
    /// Of which system it comes, where its headers say so, such as `Moodle user upload`.
    pub system: Option<&'static str>,
    /// Its encoding, where it is text.
    pub encoding: Option<String>,
    /// What stands between its cells, where it is text.
    pub delimiter: Option<char>,
    /// The sheet, where it is a workbook; the file, where it is several.
    pub sheet: Option<String>,
    /// All sheets or files that it has.
    pub sheets: Vec<String>,
    /// The row with the headers, as the file counts.
    pub header_row: u64,
    /// How many rows hold something, without the header and what was skipped.
    pub rows: u64,
    /// The columns, from the left.
    pub columns: Vec<Column>,
    /// Headers of columns that are read as nothing.
    pub unknown: Vec<String>,
    /// Fields of the kind that no column delivers.
    pub never_delivered: Vec<&'static str>,
    /// Whether the file says of itself that it holds everybody (`true`) or only what changed (`false`).
    pub full: Option<bool>,
    /// Rows that hold nothing to import, such as a total.
    pub skipped: Vec<Skipped>,
    /// What somebody should know before they go on.
    pub warnings: Vec<String>,
}

/// A column of a file.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Column {
    /// Its letters, as a spreadsheet has them.
    pub column: String,
    /// What stands above it.
    pub header: String,
    /// What it is read as.
    pub field: Option<Field>,
    /// How that is known.
    pub how: HowKnown,
    /// How its days are written, where it holds any.
    pub dates: Option<DateEvidence>,
    /// Its first values. Passwords are never shown.
    pub samples: Vec<String>,
    /// How many of its cells hold nothing.
    pub empty: u64,
}

impl Column {
    /// Where it stands in a row, counted from nought: a file may have columns beside it that hold nothing.
    #[must_use]
    pub fn place(&self) -> usize {
        let digit = |letter: u8| usize::from(letter.to_ascii_uppercase().saturating_sub(b'A')) + 1;
        self.column.bytes().fold(0, |place, letter| place * 26 + digit(letter)).saturating_sub(1)
    }
}

/// How it is known what a column means.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HowKnown {
    /// By its header.
    Alias,
    /// By a mapping file.
    Mapping,
    /// By the system that the file comes from.
    System,
    /// It is kept as an attribute.
    Attribute,
    /// It is left out, by a mapping file or because it holds nothing for us.
    Ignored,
    /// Nobody knows it.
    Unknown,
}

/// How a column writes its days, and how that is known.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DateEvidence {
    /// How they are written, such as `DD/MM/YYYY`.
    pub format: String,
    /// How that is known.
    pub decided_by: DateDecision,
    /// The row that decides, where one does.
    pub row: Option<u64>,
    /// What stands there.
    pub value: Option<String>,
}

/// How it is known how days are written.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DateDecision {
    /// Somebody said so.
    Option,
    /// The sheet says that its cells are days.
    Cells,
    /// They can be read in one way only.
    Unambiguous,
    /// One row can be read in one way only, and all others agree with it.
    AllRowsAgree,
}

/// A row that holds nothing to import.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// Its number, as the file counts.
    pub row: u64,
    /// Why.
    pub why: &'static str,
    /// What it says.
    pub text: String,
}
