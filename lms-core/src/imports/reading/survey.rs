//! The first pass: everything about a file is found out before a record is made of any row.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::convert::{Plan, PlannedColumn};
use super::dates::{DateColumn, DateFormat};
use super::fields::{Kind, Shape};
use super::header::{Assigned, Assigning, shortened};
use super::headers::{fold, letters};
use super::mapping::{ColumnMapping, Mapping, field};
use super::questions;
use super::rows::{RawCell, RawRow, Rows, is_space};
use super::source::Source;
use super::systems;
use super::table::{self, Table};
use super::types::{
    Cell, Column, Decimal, Field, HowKnown, Layout, ReadOptions, ReadRow, Scalar, Skipped,
};
use super::words;
use super::{MAPPING, NOT_A_TABLE, TOO_LARGE, limits};
use crate::kernel::document;
use crate::kernel::error::{Error, Result};
use crate::kernel::suggest::suggest;
use crate::kernel::text::Day;

const SAMPLES: usize = 3;
const SAMPLE_CHARS: usize = 40;
/// Rows at the end among which a total is looked for.
const LAST_ROWS: usize = 3;
/// Skipped rows that are told.
const SKIPPED_TOLD: usize = 20;

/// What was found of a file, and how its rows are read.
#[derive(Debug, Clone)]
pub struct Survey {
    kind: Kind,
    layout: Layout,
    mapping: Mapping,
    body: Body,
}

#[derive(Debug, Clone)]
enum Body {
    /// Rows of a table, which are read as they are asked for.
    Table(Box<Surveyed>),
    /// Questions of a file that has no rows.
    Questions(Arc<[ReadRow]>),
}

#[derive(Debug, Clone)]
struct Surveyed {
    table: Table,
    plan: Arc<Plan>,
    columns: Vec<Assigned>,
    /// Rows behind the header that are no records.
    left_out: Arc<BTreeSet<u64>>,
}

/// Reads all of a file once, and finds out what its columns are and how they are written. Nothing is kept of
/// the rows. Blocks while it reads.
pub fn survey(source: &Source, kind: Kind, options: &ReadOptions) -> Result<Survey> {
    match look_over(source, kind, options)? {
        (_, Some(missing)) => Err(missing),
        (survey, None) => Ok(survey),
    }
}

/// The same of a file that lacks a column without which no row can land: what was found all the same, and
/// what is missing.
pub(super) fn look_over(
    source: &Source,
    kind: Kind,
    options: &ReadOptions,
) -> Result<(Survey, Option<Error>)> {
    if kind == Kind::Questions
        && let Some(format) = questions::format_of(source, options)?
    {
        let (layout, rows) = questions::read(source, format, options)?;
        let body = Body::Questions(rows.into());
        return Ok((Survey { kind, layout, mapping: Mapping::default(), body }, None));
    }
    let map = options.map.as_ref();
    let table = Table::open(source, kind, options)?;
    let headers = table.header.texts.clone();
    let system = systems::recognise(kind, &headers);
    if kind == Kind::People && system.is_none() && map.is_none() {
        refuse_other_kind(source, kind, &headers)?;
    }
    let said =
        options.date_format.as_ref().or_else(|| map.and_then(|map| map.date_format.as_ref()));
    let dates = said.map(|text| DateFormat::parse(text)).transpose()?;
    let empty = options.empty.or_else(|| map.and_then(Mapping::empty)).unwrap_or_default();
    let keeps_attributes =
        options.keep_attributes || map.and_then(|map| map.keep_attributes).unwrap_or_default();
    let assigning =
        Assigning { kind, headers: &headers, map, system, keeps_attributes, empty, dates };
    let columns = assigning.assign()?;
    let missing = assigning.refuse_missing(&columns).err();
    let found = Found::of(&table, &columns)?;
    let mut warnings = table.warnings.clone();
    if let Some(map) = map {
        warnings.extend(unused(map, &headers));
    }
    let (plan, evidence) = plan(kind, &table, &headers, &columns, map, &found)?;
    warnings.extend(found.warnings(&headers, &columns, table.loses_zeros()));
    let layout = Layout {
        name: source.name().to_owned(),
        format: table.format,
        system: system.map(|system| system.name),
        encoding: match &table.body {
            table::Body::Text { encoding, .. } => Some(encoding.name()),
            #[cfg(feature = "xlsx")]
            table::Body::Sheet { .. } => None,
        },
        delimiter: match &table.body {
            table::Body::Text { dialect, .. } => Some(char::from(dialect.delimiter)),
            #[cfg(feature = "xlsx")]
            table::Body::Sheet { .. } => None,
        },
        sheet: table.part.clone(),
        sheets: table.parts.clone(),
        header_row: table.header.row,
        rows: found.rows,
        columns: described(&headers, &columns, &found, evidence),
        unknown: columns
            .iter()
            .zip(&headers)
            .filter(|(column, header)| column.how == HowKnown::Unknown && !header.is_empty())
            .map(|(_, header)| header.clone())
            .collect(),
        never_delivered: never_delivered(kind, &plan),
        full: table.full,
        skipped: found.skipped,
        warnings,
    };
    let (plan, left_out) = (Arc::new(plan), Arc::new(found.left_out));
    let body = Body::Table(Box::new(Surveyed { table, plan, columns, left_out }));
    Ok((Survey { kind, layout, mapping: map.cloned().unwrap_or_default(), body }, missing))
}

impl Survey {
    /// What was found.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// What is imported.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The fields that columns or constants deliver; every record has them in this order.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        match &self.body {
            Body::Table(surveyed) => &surveyed.plan.fields,
            Body::Questions(_) => &[],
        }
    }

    /// What was found, as a mapping file: each column with what it is read as, and nothing beside those that are
    /// left out.
    #[must_use]
    pub fn mapping(&self) -> Mapping {
        let mut mapping = self.mapping.clone();
        mapping.format = Some(document::FORMAT);
        mapping.kind = Some(self.kind.as_str().to_owned());
        let Body::Table(surveyed) = &self.body else { return mapping };
        for (header, column) in surveyed.table.header.texts.iter().zip(&surveyed.columns) {
            if header.is_empty()
                || mapping.column(header).is_some()
                || super::headers::is_ours(header)
            {
                continue;
            }
            // Two columns under one field, of which one says the opposite, have no form in a mapping file.
            if column.inverted.is_some() {
                continue;
            }
            let name = column.field.as_ref().map(Field::name).unwrap_or_default();
            let is_twice =
                mapping.columns.values().any(|other| other.names().any(|one| one == name));
            if !is_twice {
                mapping.columns.insert(header.clone(), ColumnMapping::Field(name));
            }
        }
        mapping
    }

    /// The second pass: every row behind the header, read. Blocks while it reads.
    pub fn records(&self) -> Result<Records> {
        Ok(Records(match &self.body {
            Body::Table(surveyed) => Reading::Table(TableRecords {
                rows: surveyed.table.rows()?,
                plan: Arc::clone(&surveyed.plan),
                header: surveyed.table.header.row,
                texts: surveyed.table.header.texts.clone(),
                left_out: Arc::clone(&surveyed.left_out),
            }),
            Body::Questions(rows) => Reading::Questions(Arc::clone(rows), 0),
        }))
    }
}

/// The rows of a file, one after the other. An error ends them: the file could not be read further.
pub struct Records(Reading);

enum Reading {
    Table(TableRecords),
    /// The questions, and how many of them were handed out.
    Questions(Arc<[ReadRow]>, usize),
}

struct TableRecords {
    rows: Rows,
    plan: Arc<Plan>,
    header: u64,
    texts: Vec<String>,
    left_out: Arc<BTreeSet<u64>>,
}

impl std::fmt::Debug for Records {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Records").finish_non_exhaustive()
    }
}

impl Iterator for Records {
    type Item = Result<ReadRow>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Reading::Table(records) => records.next(),
            Reading::Questions(rows, at) => {
                let row = rows.get(*at).cloned();
                *at += 1;
                row.map(Ok)
            }
        }
    }
}

impl TableRecords {
    fn next(&mut self) -> Option<Result<ReadRow>> {
        loop {
            let row = match self.rows.next()? {
                Ok(row) => row,
                Err(error) => return Some(Err(error)),
            };
            let is_record = row.number > self.header
                && !self.left_out.contains(&row.number)
                && !row.is_blank()
                && !is_header_again(&row, &self.texts);
            if is_record {
                return Some(Ok(self.plan.read(row)));
            }
        }
    }
}

/// Whether a row is the header once more, as in files that were put together.
fn is_header_again(row: &RawRow, headers: &[String]) -> bool {
    row.filled() > 1
        && row
            .cells
            .iter()
            .enumerate()
            .filter(|(_, cell)| !cell.is_blank())
            .all(|(at, cell)| headers.get(at).is_some_and(|header| header == cell.text().trim()))
}

/// What all rows say together.
#[derive(Default)]
struct Found {
    rows: u64,
    stats: Vec<Stats>,
    left_out: BTreeSet<u64>,
    skipped: Vec<Skipped>,
    short: Vec<u64>,
    n_short: u64,
}

/// What the rows of a column say.
#[derive(Default)]
struct Stats {
    empty: u64,
    samples: Vec<String>,
    dates: DateColumn,
    /// Lengths of numbers that are numbers to the sheet.
    digits: BTreeSet<usize>,
    numbers: u64,
    texts: u64,
}

impl Found {
    fn of(table: &Table, columns: &[Assigned]) -> Result<Self> {
        let header = &table.header;
        let mut found =
            Self { stats: columns.iter().map(|_| Stats::default()).collect(), ..Self::default() };
        let is_text = matches!(table.body, table::Body::Text { .. });
        let mut last: Vec<RawRow> = Vec::new();
        for row in table.rows()? {
            let row = row?;
            if row.is_blank() || row.number == header.row {
                continue;
            }
            if row.number < header.row {
                found.skip(&row, "it stands above the header");
                continue;
            }
            if Some(row.number) == header.labels {
                found.left_out.insert(row.number);
                found.skip(&row, "it is a second header");
                continue;
            }
            if is_header_again(&row, &header.texts) {
                found.skip(&row, "it is the header again");
                continue;
            }
            if super::csv::is_about_file(&row) && columns.len() > 1 {
                found.left_out.insert(row.number);
                found.skip(&row, "it is about the file");
                continue;
            }
            found.rows += 1;
            if found.rows > limits::ROWS {
                return Err(TOO_LARGE
                    .error(format!("it has more than {} rows", limits::ROWS))
                    .with_hint("split it, and import the parts one after the other"));
            }
            if is_text && row.cells.len() < columns.len() {
                found.n_short += 1;
                if found.short.len() < 3 {
                    found.short.push(row.number);
                }
            }
            if last.len() == LAST_ROWS {
                found.note(&last.remove(0), columns);
            }
            last.push(row);
        }
        found.leave_out_totals(&mut last, columns.len());
        for row in &last {
            found.note(row, columns);
        }
        Ok(found)
    }

    fn note(&mut self, row: &RawRow, columns: &[Assigned]) {
        for (at, (column, stats)) in columns.iter().zip(&mut self.stats).enumerate() {
            let cell = row.cells.get(at).unwrap_or(&RawCell::Empty);
            if cell.is_blank() {
                stats.empty += 1;
                continue;
            }
            stats.note(row.number, cell, column);
        }
    }

    /// Rows at the end that sum the list up, or say who made it.
    fn leave_out_totals(&mut self, last: &mut Vec<RawRow>, width: usize) {
        while let Some(row) = last.last() {
            let first = row.cells.iter().position(|cell| !cell.is_blank()).unwrap_or_default();
            let text = row.text(first).trim();
            let filled = row.filled();
            let is_total = words::is_total(text) && (filled < width || width == 1);
            let is_remark = filled == 1
                && width >= 3
                && text.split_whitespace().count() > 2
                && !text.contains('@');
            if !(is_total || is_remark) || self.rows <= 1 {
                return;
            }
            let row = last.pop().unwrap_or_default();
            self.rows -= 1;
            if self.short.last() == Some(&row.number) {
                self.short.pop();
            }
            self.n_short = self.n_short.saturating_sub(u64::from(row.cells.len() < width));
            self.left_out.insert(row.number);
            self.skip(
                &row,
                if is_total { "it is a total" } else { "it is a remark below the list" },
            );
        }
    }

    fn skip(&mut self, row: &RawRow, why: &'static str) {
        if self.skipped.len() < SKIPPED_TOLD {
            let texts: Vec<&str> =
                row.cells.iter().map(RawCell::text).filter(|text| !text.is_empty()).collect();
            self.skipped.push(Skipped {
                row: row.number,
                why,
                text: shortened(&texts.join(" · ")),
            });
        }
    }

    fn warnings(&self, headers: &[String], columns: &[Assigned], loses_zeros: bool) -> Vec<String> {
        let mut warnings = Vec::new();
        for (at, ((header, column), stats)) in
            headers.iter().zip(columns).zip(&self.stats).enumerate()
        {
            let is_code =
                matches!(&column.field, Some(Field::Known(spec)) if spec.shape == Shape::Code);
            if is_code && stats.numbers > 0 && loses_zeros {
                warnings.push(format!(
                    "column {} (`{header}`) holds numbers, which the sheet may show with zeros before them: a \
                     workbook of this old kind does not hand those over; save it as `.xlsx`",
                    letters(at)
                ));
            } else if is_code && stats.numbers > 0 && (stats.digits.len() > 1 || stats.texts > 0) {
                warnings.push(format!(
                    "column {} (`{header}`) holds numbers of different lengths: the sheet may have lost zeros \
                     at their beginning; format it as text where it comes from",
                    letters(at)
                ));
            }
            if column.field.is_some() && self.rows > 0 && stats.empty == self.rows {
                warnings.push(format!("column {} (`{header}`) holds nothing", letters(at)));
            }
        }
        if self.n_short > 0 {
            let rows: Vec<String> = self.short.iter().map(u64::to_string).collect();
            let more = if self.n_short > rows.len() as u64 { ", …" } else { "" };
            warnings.push(format!(
                "{} rows are shorter than the header (row {}{more}): what they lack is left alone",
                self.n_short,
                rows.join(", ")
            ));
        }
        warnings
    }
}

impl Stats {
    fn note(&mut self, row: u64, cell: &RawCell, column: &Assigned) {
        let text = cell.text().trim_matches(is_space);
        if !column.is_secret && self.samples.len() < SAMPLES {
            let sample: String = text.replace('\n', " ").chars().take(SAMPLE_CHARS).collect();
            if !self.samples.contains(&sample) {
                self.samples.push(sample);
            }
        }
        let delivers_days =
            |field: &Field| matches!(field, Field::Known(spec) if spec.shape == Shape::Day);
        if column.field.as_ref().is_some_and(delivers_days) {
            match cell {
                RawCell::Day(_) | RawCell::Number(_) => self.dates.note_cell(),
                RawCell::Text(_)
                    if column.words.is_empty() || column.words.meant(text).is_none() =>
                {
                    self.dates.note(row, text);
                }
                _ => {}
            }
        }
        match cell {
            RawCell::Number(number) => {
                self.numbers += 1;
                self.digits.insert(number.len());
            }
            RawCell::Text(_) => self.texts += 1,
            _ => {}
        }
    }
}

type Evidence = Vec<Option<super::types::DateEvidence>>;

fn plan(
    kind: Kind,
    table: &Table,
    headers: &[String],
    columns: &[Assigned],
    map: Option<&Mapping>,
    found: &Found,
) -> Result<(Plan, Evidence)> {
    let mut fields: Vec<Field> = Vec::new();
    let mut place = |field: &Field| {
        fields.iter().position(|other| other == field).unwrap_or_else(|| {
            fields.push(field.clone());
            fields.len() - 1
        })
    };
    let mut planned = Vec::new();
    let mut evidence = Vec::with_capacity(columns.len());
    let mut wrong = Vec::new();
    for (at, ((header, column), stats)) in headers.iter().zip(columns).zip(&found.stats).enumerate()
    {
        let several = column.split.iter().flat_map(|(_, fields)| fields);
        let into: Vec<usize> = column.field.iter().chain(several).map(&mut place).collect();
        let is_day = matches!(&column.field, Some(Field::Known(spec)) if spec.shape == Shape::Day);
        let mut dates = column.dates.clone().unwrap_or_else(DateFormat::plain);
        let mut told = None;
        if is_day {
            match stats.dates.decide(column.dates.as_ref(), &letters(at), header) {
                Ok((format, evidence)) => (dates, told) = (format, evidence),
                Err(error) => wrong.push(error),
            }
        }
        evidence.push(told);
        if !into.is_empty() {
            let dates = dates.counting_from_1904(table.is_1904());
            planned.push(PlannedColumn::new(at, header, into, column, dates));
        }
    }
    if !wrong.is_empty() {
        return Err(Error::several(wrong));
    }
    planned.sort_by_key(|column: &PlannedColumn| column.is_path);
    let mut constants = Vec::new();
    for (name, value) in map.iter().flat_map(|map| &map.constants) {
        let field = field(kind, name)?;
        constants.push((place(&field), constant(&field, value)?));
    }
    make_room_for_names(kind, &mut fields);
    let (delimiter, encoding) = match &table.body {
        table::Body::Text { dialect, encoding, .. } => {
            (Some(char::from(dialect.delimiter)), Some(encoding.name()))
        }
        #[cfg(feature = "xlsx")]
        table::Body::Sheet { .. } => (None, None),
    };
    let width = headers.len();
    let fields = fields.into();
    Ok((Plan { kind, fields, width, columns: planned, constants, delimiter, encoding }, evidence))
}

/// Names that are told apart go where names go.
pub(super) fn make_room_for_names(kind: Kind, fields: &mut Vec<Field>) {
    let names =
        ["full_name", "first_name", "last_name"].map(|name| kind.field(name).map(Field::Known));
    if let [Some(full), Some(first), Some(last)] = names
        && fields.contains(&full)
    {
        for field in [first, last] {
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
    }
}

pub(super) fn constant(field: &Field, value: &str) -> Result<Cell> {
    let wrong = |error: Error| MAPPING.error(format!("constants: `{field}`: {}", error.message()));
    let shape = match field {
        Field::Known(spec) => spec.shape,
        Field::Attribute(_) => Shape::Text,
    };
    let of = |what: &str| MAPPING.error(format!("constants: `{field}`: `{value}` is no {what}"));
    Ok(Cell::Value(match shape {
        Shape::Day => Scalar::Day(Day::parse(value).map_err(wrong)?),
        Shape::Bool => Scalar::Bool(words::yes_or_no(value).ok_or_else(|| of("yes or no"))?),
        Shape::Integer | Shape::Decimal => {
            Scalar::Number(Decimal(words::number(value).ok_or_else(|| of("number"))?))
        }
        Shape::Status => Scalar::Text(words::status(value).ok_or_else(|| of("status"))?.to_owned()),
        Shape::List => Scalar::List(value.split(',').map(|part| part.trim().to_owned()).collect()),
        _ => Scalar::Text(value.trim().to_owned()),
    }))
}

fn described(
    headers: &[String],
    columns: &[Assigned],
    found: &Found,
    evidence: Evidence,
) -> Vec<Column> {
    let parts = headers.iter().zip(columns).zip(&found.stats).zip(evidence).enumerate();
    parts
        .filter(|(_, (((header, _), stats), _))| !header.is_empty() || stats.empty < found.rows)
        .map(|(at, (((header, column), stats), dates))| Column {
            column: letters(at),
            header: header.clone(),
            field: column.field.clone(),
            how: column.how,
            dates,
            samples: stats.samples.clone(),
            empty: stats.empty,
        })
        .collect()
}

fn never_delivered(kind: Kind, plan: &Plan) -> Vec<&'static str> {
    let is_there = |name: &str| {
        plan.fields.iter().any(|field| matches!(field, Field::Known(spec) if spec.name == name))
    };
    // One way to tell a manager is enough, and so is one to tell a name.
    let has_manager =
        kind.fields().iter().any(|spec| spec.name.starts_with("manager") && is_there(spec.name));
    let is_told = |name: &str| {
        (name.starts_with("manager") && has_manager)
            || (name == "full_name" && is_there("first_name"))
    };
    let names = kind.fields().iter().map(|spec| spec.name);
    names.filter(|name| !is_there(name) && !is_told(name)).collect()
}

/// A file of a known system that holds something else would be read by whatever headers mean: an enrolment
/// that ended is nobody who left.
fn refuse_other_kind(source: &Source, kind: Kind, headers: &[String]) -> Result<()> {
    let Some(other) = systems::of_other_kind(kind, headers) else { return Ok(()) };
    let (is, wanted) = (other.kind.as_str(), kind.as_str());
    Err(NOT_A_TABLE
        .error(format!("`{}` is `{}`: it holds {is}, and no {wanted}", source.name(), other.name))
        .with_hint(format!("`lmsctl import {is}` reads it"))
        .with_hint(
            "if it is something else, say what its columns are in a mapping file with `--map`",
        ))
}

/// Columns of a mapping file that the file has not.
pub(super) fn unused(map: &Mapping, headers: &[String]) -> Vec<String> {
    let missing = map.columns.keys().filter(|name| {
        !headers.iter().any(|header| header == name.trim() || fold(header) == fold(name))
    });
    missing
        .map(|name| {
            let near = suggest(name, headers).map(|near| format!("; {near}")).unwrap_or_default();
            format!("the mapping file names a column `{name}`, which the file has not{near}")
        })
        .collect()
}
