//! A report that was asked and answered, before it is written in any format.

use lms_core::{Day, TimeZoneName, Timestamp};
use serde::ser::{SerializeMap, SerializeStruct, Serializer};
use serde::{Deserialize, Serialize};

use crate::report::Report;
use crate::table::Table;

/// The answer of a report: figures, tables and where all of it comes from.
///
/// It is written by [`Document::save`] and [`Document::write`].
#[derive(Debug, Serialize)]
pub struct Document {
    #[serde(rename = "report", serialize_with = "name_of_report")]
    pub(crate) report: Report,
    pub(crate) organisation: String,
    pub(crate) timezone: TimeZoneName,
    pub(crate) as_of: Timestamp,
    pub(crate) asked_by: String,
    pub(crate) data_revision: Revision,
    pub(crate) filters: Filters,
    pub(crate) notes: Vec<String>,
    pub(crate) figures: Vec<Figure>,
    #[serde(skip)]
    pub(crate) chart: Option<Chart>,
    /// The first is the main one.
    #[serde(serialize_with = "by_key")]
    pub(crate) tables: Vec<Table>,
    #[serde(serialize_with = "by_label")]
    pub(crate) provenance: Vec<Fact>,
}

/// Which state of the data: the entry of the audit chain that it ends with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Revision {
    pub(crate) seq: i64,
    pub(crate) hash: String,
}

/// What was left out on request; nothing where all is in.
#[derive(Debug, Serialize)]
pub(crate) struct Filters {
    pub(crate) from: Option<Day>,
    pub(crate) to: Option<Day>,
    /// The same in words.
    #[serde(skip)]
    pub(crate) in_words: String,
}

/// A figure with what it means.
#[derive(Debug)]
pub(crate) struct Figure {
    pub(crate) key: &'static str,
    pub(crate) label: &'static str,
    pub(crate) value: Value,
    pub(crate) definition: String,
}

/// What a figure can be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Value {
    Count(i64),
    /// A part of a whole; nobody can tell the part of nothing.
    Share {
        numerator: i64,
        denominator: i64,
    },
    Instant(Option<Timestamp>),
    Status(&'static str),
}

/// A column chart over a table: which one, and which of its columns.
#[derive(Debug)]
pub(crate) struct Chart {
    pub(crate) title: &'static str,
    /// The place of the table in the document.
    pub(crate) table: usize,
    pub(crate) categories: u16,
    pub(crate) values: u16,
}

/// Something that is to be known about the report itself.
#[derive(Debug)]
pub(crate) struct Fact {
    pub(crate) label: String,
    pub(crate) text: String,
}

impl Document {
    /// Which report it is.
    #[must_use]
    pub fn report(&self) -> Report {
        self.report
    }

    /// How many rows its main table has.
    #[must_use]
    pub fn row_count(&self) -> usize {
        self.main_table().n_rows()
    }

    /// What a reader has to know first, a sentence each: nothing was found, something does not
    /// hold.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// As of when, in the organisation's time zone.
    pub(crate) fn as_of_in_words(&self) -> String {
        let local = self.as_of.inner().to_zoned(self.timezone.zone());
        format!("{} ({})", local.strftime("%Y-%m-%d %H:%M:%S"), self.timezone)
    }

    pub(crate) fn main_table(&self) -> &Table {
        self.tables.first().expect("every report has a main table")
    }
}

impl Fact {
    pub(crate) fn new(label: impl Into<String>, text: impl Into<String>) -> Self {
        Self { label: label.into(), text: text.into() }
    }
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut figure = out.serialize_struct("Figure", 5)?;
        figure.serialize_field("key", self.key)?;
        match self.value {
            Value::Count(count) => figure.serialize_field("value", &count)?,
            Value::Instant(instant) => figure.serialize_field("value", &instant)?,
            Value::Status(word) => figure.serialize_field("value", word)?,
            Value::Share { numerator, denominator } => {
                figure.serialize_field("numerator", &numerator)?;
                figure.serialize_field("denominator", &denominator)?;
            }
        }
        figure.serialize_field("label", self.label)?;
        figure.serialize_field("definition", &self.definition)?;
        figure.end()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn name_of_report<S: Serializer>(report: &Report, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(report.name())
}

fn by_key<S: Serializer>(tables: &[Table], out: S) -> Result<S::Ok, S::Error> {
    let mut map = out.serialize_map(Some(tables.len()))?;
    for table in tables {
        map.serialize_entry(table.key, table)?;
    }
    map.end()
}

fn by_label<S: Serializer>(facts: &[Fact], out: S) -> Result<S::Ok, S::Error> {
    let mut map = out.serialize_map(Some(facts.len()))?;
    for fact in facts {
        map.serialize_entry(&fact.label, &fact.text)?;
    }
    map.end()
}
