//! What a row of a file says, kept apart from how the file said it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::reading::{Cell, Field, Layout, ReadRow, Record, Scalar};
use crate::kernel::error::Result;
use crate::kernel::text::Day;

/// A row: by the names of fields, a value, or that there is none any more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileRow {
    /// Its number, as the file counts.
    pub(crate) number: u64,
    pub(crate) values: BTreeMap<String, Option<String>>,
}

impl FileRow {
    pub(crate) fn of(record: &Record) -> Self {
        let mut values = BTreeMap::new();
        for (field, cell) in record.iter() {
            let value = match cell {
                Cell::Absent => continue,
                Cell::Empty => None,
                Cell::Value(scalar) => Some(text(scalar)),
            };
            values.insert(field.name(), value);
        }
        Self { number: record.number(), values }
    }

    /// Of a row that cannot be read: whom or what it seems to be about, so that nobody takes them for missing.
    pub(crate) fn known_by(row: &ReadRow, layout: &Layout) -> Self {
        let mut values = BTreeMap::new();
        for column in &layout.columns {
            let Some(Field::Known(spec)) = &column.field else { continue };
            let Some(raw) = row.raw.get(column.place()) else { continue };
            let raw = raw.trim().trim_start_matches('=').trim_matches('"').trim();
            // A question is called by its code, and need not have one.
            if (spec.key || spec.name == "code") && !raw.is_empty() {
                values.insert(spec.name.to_owned(), Some(raw.to_owned()));
            }
        }
        Self { number: row.number, values }
    }

    pub(crate) fn text(&self, field: &str) -> Option<&str> {
        self.values.get(field).and_then(Option::as_deref)
    }

    /// What it says, in 16 bytes. Case and position of columns do not count.
    pub(crate) fn digest(&self) -> Vec<u8> {
        let mut digest = Sha256::new();
        for (field, value) in &self.values {
            digest.update(field.as_bytes());
            digest.update([0]);
            match value {
                Some(value) => digest.update(value.as_bytes()),
                None => digest.update([1]),
            }
            digest.update([0]);
        }
        digest.finalize()[..16].to_vec()
    }

    /// The day that a field holds.
    pub(crate) fn day(&self, field: &str) -> Result<Option<Day>> {
        let day = self.text(field).map(Day::parse).transpose();
        day.map_err(|error| error.with_field(field))
    }
}

fn text(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Text(text) => text.trim().to_owned(),
        Scalar::Day(day) => day.to_string(),
        Scalar::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Scalar::Number(number) => number.as_str().to_owned(),
        Scalar::List(texts) => texts.join("|"),
    }
}
