//! Records of a feed: no headers to find and no days to guess, and the same rows as of a file.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::convert::{Plan, PlannedColumn};
use super::dates::DateFormat;
use super::fields::{Kind, Shape};
use super::headers::letters;
use super::mapping::{Words, field};
use super::rows::{RawCell, RawRow};
use super::survey::{constant, make_room_for_names};
use super::types::{Column, EmptyMeans, Field, Format, HowKnown, Layout, ReadRow};
use crate::kernel::error::Result;

/// What a record says of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::imports) enum FeedCell {
    /// Nothing.
    Absent,
    /// That there is none.
    Empty,
    Text(String),
    Bool(bool),
}

/// A field that a feed delivers.
#[derive(Debug)]
pub(in crate::imports) struct FeedColumn {
    /// Where in its records it stands.
    pub(in crate::imports) header: String,
    pub(in crate::imports) field: Field,
    dates: DateFormat,
    words: Words,
    empty: EmptyMeans,
}

impl FeedColumn {
    /// A field of people by its name, read where the header says.
    pub(in crate::imports) fn new(
        header: String,
        name: &str,
        date_format: Option<&str>,
        words: &[(&str, &str)],
        empty: EmptyMeans,
    ) -> Result<Self> {
        let dates = date_format.map(DateFormat::parse).transpose()?;
        Ok(Self {
            header,
            field: field(Kind::People, name)?,
            dates: dates.unwrap_or_else(DateFormat::plain),
            words: Words::of(words),
            empty,
        })
    }

    /// Whether it holds days.
    pub(in crate::imports) fn is_day(&self) -> bool {
        matches!(&self.field, Field::Known(spec) if spec.shape == Shape::Day)
    }
}

/// What the records of a feed are like, and how each is read.
#[derive(Debug)]
pub(in crate::imports) struct FeedReader {
    pub(in crate::imports) layout: Layout,
    plan: Plan,
}

impl FeedReader {
    /// For a feed of this name with so many records, of what they have and what they lack.
    pub(in crate::imports) fn new(
        name: &str,
        n_rows: u64,
        columns: Vec<FeedColumn>,
        never_delivered: &[FeedColumn],
        constants: &BTreeMap<String, String>,
    ) -> Result<Self> {
        let mut fields: Vec<Field> = columns.iter().map(|column| column.field.clone()).collect();
        let mut fixed = Vec::new();
        for (name, value) in constants {
            let field = field(Kind::People, name)?;
            fixed.push((fields.len(), constant(&field, value)?));
            fields.push(field);
        }
        make_room_for_names(Kind::People, &mut fields);
        let layout = Layout {
            name: name.to_owned(),
            format: Format::Feed,
            system: None,
            encoding: None,
            delimiter: None,
            sheet: None,
            sheets: Vec::new(),
            header_row: 0,
            rows: n_rows,
            columns: columns.iter().enumerate().map(described).collect(),
            unknown: Vec::new(),
            never_delivered: never_delivered.iter().filter_map(known_name).collect(),
            full: None,
            skipped: Vec::new(),
            warnings: Vec::new(),
        };
        let plan = Plan {
            kind: Kind::People,
            fields: fields.into(),
            width: columns.len(),
            columns: columns.into_iter().enumerate().map(planned).collect(),
            constants: fixed,
            delimiter: None,
            encoding: None,
        };
        Ok(Self { layout, plan })
    }

    /// Reads a record, with a cell for each column.
    pub(in crate::imports) fn read(&self, number: u64, cells: Vec<FeedCell>) -> ReadRow {
        let cells = cells.into_iter().map(|cell| match cell {
            FeedCell::Absent => RawCell::Absent,
            FeedCell::Empty => RawCell::Empty,
            FeedCell::Text(text) => RawCell::Text(text),
            FeedCell::Bool(is) => RawCell::Bool(is),
        });
        let mut row = self.plan.read(RawRow { number, cells: cells.collect(), is_cut: false });
        if let Err(errors) = &mut row.outcome {
            for error in errors {
                // A place in a record has a path, and no letters.
                error.column = None;
            }
        }
        row
    }
}

fn planned((at, column): (usize, FeedColumn)) -> PlannedColumn {
    PlannedColumn {
        at,
        header: column.header,
        into: vec![at],
        split: None,
        is_path: false,
        inverted: None,
        words: Arc::new(column.words),
        dates: column.dates,
        empty: column.empty,
    }
}

fn described((at, column): (usize, &FeedColumn)) -> Column {
    Column {
        column: letters(at),
        header: column.header.clone(),
        field: Some(column.field.clone()),
        how: HowKnown::Mapping,
        dates: None,
        samples: Vec::new(),
        empty: 0,
    }
}

fn known_name(column: &FeedColumn) -> Option<&'static str> {
    match &column.field {
        Field::Known(spec) => Some(spec.name),
        Field::Attribute(_) => None,
    }
}
