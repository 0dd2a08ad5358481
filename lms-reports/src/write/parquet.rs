//! A table by columns, as Parquet: typed, compressed, and read by everything that computes.
//!
//! Nothing is shown here, so nothing is said in words: columns have the names that programs know, days are
//! days, instants are in UTC, and a part of a whole is both its numbers.

use std::io::Write;
use std::ops::Range;
use std::sync::Arc;

use lms_core::{Day, Error, Result};
use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;

use super::{MADE_BY, cut_off};
use crate::document::Document;
use crate::error::LAYOUT;
use crate::table::{Cell, Kind, Table};

/// So many rows are compressed together, and can be left out together by whoever reads.
const ROWS_TOGETHER: usize = 1 << 17;
/// A cell may be two columns: a status with its day, a part with its whole.
const DAY_OF_STATUS: &str = "_on";
const NUMERATOR: &str = "_numerator";
const DENOMINATOR: &str = "_denominator";

/// The main table of a report.
pub(super) fn write_document(document: &Document, out: &mut (dyn Write + Send)) -> Result<()> {
    let about = [
        ("report", document.name.to_string()),
        ("as_of", document.as_of.to_string()),
        ("audit_entry", document.data_revision.seq.to_string()),
        ("audit_hash", document.data_revision.hash.clone()),
    ];
    write(document.main_table(), &about, out)
}

/// A table, with what is said about it.
pub(crate) fn write(
    table: &Table,
    about: &[(&str, String)],
    out: &mut (dyn Write + Send),
) -> Result<()> {
    let columns: Vec<Part> = parts(table).collect();
    let failed = |cause| failed(table, cause);
    let about = about.iter().map(|(key, value)| KeyValue::new((*key).to_owned(), value.clone()));
    let properties = WriterProperties::builder()
        .set_created_by(MADE_BY.to_owned())
        .set_compression(Compression::SNAPPY)
        .set_key_value_metadata(Some(about.collect()))
        .build();
    let fields = columns
        .iter()
        .map(Part::field)
        .collect::<parquet::errors::Result<Vec<_>>>()
        .map_err(failed)?;
    let schema =
        Type::group_type_builder(&table.key).with_fields(fields).build().map_err(failed)?;
    let mut file =
        SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties)).map_err(failed)?;
    for begin in (0..table.n_rows()).step_by(ROWS_TOGETHER) {
        let rows = begin..table.n_rows().min(begin + ROWS_TOGETHER);
        let mut group = file.next_row_group().map_err(failed)?;
        for column in &columns {
            let next = group.next_column().map_err(failed)?;
            let mut next = next.ok_or_else(|| LAYOUT.error("a table has too many columns"))?;
            column.write(table, rows.clone(), &mut next).map_err(failed)?;
            next.close().map_err(failed)?;
        }
        group.close().map_err(failed)?;
    }
    file.close().map(drop).map_err(failed)
}

fn failed(table: &Table, cause: ParquetError) -> Error {
    match cause {
        ParquetError::External(cause) => cut_off(std::io::Error::other(cause)),
        cause => LAYOUT
            .error(format!("`{}` cannot be written as Parquet: {cause}", table.key))
            .with_source(cause),
    }
}

/// A column of the file: one of the table, or a part of one.
struct Part {
    name: String,
    at: usize,
    what: What,
}

#[derive(Clone, Copy)]
enum What {
    Text,
    Json,
    Number,
    Decimal,
    Numerator,
    Denominator,
    Instant,
    Day,
}

fn parts(table: &Table) -> impl Iterator<Item = Part> {
    table.columns.iter().enumerate().flat_map(|(at, column)| {
        let parts: &[(&str, What)] = match column.kind {
            Kind::Text | Kind::Id | Kind::Status => &[("", What::Text)],
            Kind::List | Kind::Counts => &[("", What::Json)],
            Kind::StatusOn => &[("", What::Text), (DAY_OF_STATUS, What::Day)],
            Kind::Integer => &[("", What::Number)],
            Kind::Decimal | Kind::Change | Kind::Money | Kind::Coefficient => {
                &[("", What::Decimal)]
            }
            Kind::Share | Kind::Heat => {
                &[(NUMERATOR, What::Numerator), (DENOMINATOR, What::Denominator)]
            }
            Kind::Instant => &[("", What::Instant)],
            Kind::Day | Kind::Month => &[("", What::Day)],
        };
        let part = move |(ending, what): &(&str, What)| Part {
            name: format!("{}{ending}", column.key),
            at,
            what: *what,
        };
        parts.iter().map(part)
    })
}

impl Part {
    fn field(&self) -> parquet::errors::Result<Arc<Type>> {
        let (physical, logical) = match self.what {
            What::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            What::Json => (Physical::BYTE_ARRAY, Some(LogicalType::Json)),
            What::Number | What::Numerator | What::Denominator => (Physical::INT64, None),
            What::Decimal => (Physical::DOUBLE, None),
            What::Instant => {
                let utc = LogicalType::timestamp(true, TimeUnit::MICROS);
                (Physical::INT64, Some(utc))
            }
            What::Day => (Physical::INT32, Some(LogicalType::Date)),
        };
        Type::primitive_type_builder(&self.name, physical)
            .with_logical_type(logical)
            .with_repetition(Repetition::OPTIONAL)
            .build()
            .map(Arc::new)
    }

    fn write(
        &self,
        table: &Table,
        rows: Range<usize>,
        out: &mut SerializedColumnWriter<'_>,
    ) -> parquet::errors::Result<()> {
        let cells = rows.map(|row| table.cell(row, self.at));
        match self.what {
            What::Text | What::Json => put::<ByteArrayType>(out, cells.map(text)),
            What::Decimal => put::<DoubleType>(out, cells.map(decimal)),
            What::Day => put::<Int32Type>(out, cells.map(day)),
            what => put::<Int64Type>(out, cells.map(|cell| number(cell, what))),
        }
    }
}

/// What is there is written, and beside it for every row whether something is there.
fn put<T: DataType>(
    out: &mut SerializedColumnWriter<'_>,
    cells: impl Iterator<Item = Option<T::T>>,
) -> parquet::errors::Result<()> {
    let (mut values, mut levels) = (Vec::new(), Vec::with_capacity(cells.size_hint().0));
    for value in cells {
        levels.push(i16::from(value.is_some()));
        values.extend(value);
    }
    out.typed::<T>().write_batch(&values, Some(&levels), None).map(drop)
}

fn text(cell: Cell<'_>) -> Option<ByteArray> {
    match cell {
        Cell::Text(text) | Cell::StatusOn(text, _) => Some(ByteArray::from(text)),
        _ => None,
    }
}

fn decimal(cell: Cell<'_>) -> Option<f64> {
    match cell {
        Cell::Decimal(number) => Some(number),
        _ => None,
    }
}

fn number(cell: Cell<'_>, what: What) -> Option<i64> {
    match (cell, what) {
        (Cell::Integer(number), _) => Some(number),
        (Cell::Instant(instant), _) => Some(instant.inner().as_microsecond()),
        (Cell::Share { numerator, .. }, What::Numerator) => Some(numerator),
        (Cell::Share { denominator, .. }, What::Denominator) => Some(denominator),
        _ => None,
    }
}

fn day(cell: Cell<'_>) -> Option<i32> {
    match cell {
        Cell::Day(day) | Cell::StatusOn(_, Some(day)) => Some(days_since_1970(day)),
        _ => None,
    }
}

fn days_since_1970(day: Day) -> i32 {
    (day.inner() - jiff::civil::Date::new(1970, 1, 1).unwrap_or_default()).get_days()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use lms_core::Timestamp;
    use parquet::file::reader::{FileReader, SerializedFileReader};

    use super::*;
    use crate::sample;
    use crate::table::Column;

    /// The schema and the rows, as another program reads them.
    fn read(bytes: Vec<u8>) -> (String, Vec<String>) {
        let reader = SerializedFileReader::new(Bytes::from(bytes)).unwrap();
        let schema = reader.metadata().file_metadata().schema_descr().columns().iter().map(|one| {
            format!("{} {} {:?}", one.name(), one.physical_type(), one.logical_type_ref())
        });
        let schema = schema.collect::<Vec<_>>().join("\n");
        let rows = reader.get_row_iter(None).unwrap();
        (schema, rows.map(|row| row.unwrap().to_string()).collect())
    }

    fn written(table: &Table) -> (String, Vec<String>) {
        let mut bytes = Vec::new();
        write(table, &[("report", "test".to_owned())], &mut bytes).unwrap();
        read(bytes)
    }

    #[test]
    fn every_kind_of_value_comes_back_as_what_it_is() {
        let columns = [
            Column::new("name", "Name", Kind::Text, 10),
            Column::new("status", "Status", Kind::StatusOn, 10),
            Column::new("count", "Count", Kind::Integer, 10),
            Column::new("days", "Days", Kind::Decimal, 10),
            Column::new("met", "Met", Kind::Share, 10),
            Column::new("at", "At", Kind::Instant, 10),
            Column::new("on", "On", Kind::Day, 10),
            Column::new("seen_in", "Seen in", Kind::List, 10),
        ];
        let n_columns = columns.len();
        let mut table = Table::new("things", "Things", "None.", columns);
        let on = Day::parse("1969-12-31").unwrap();
        table.push([
            Cell::Text("=1"),
            Cell::StatusOn("overdue", Some(Day::parse("2026-03-31").unwrap())),
            Cell::Integer(-3),
            Cell::Decimal(2.5),
            Cell::Share { numerator: 1, denominator: 3 },
            Cell::Instant(Timestamp::parse("2026-03-31T22:00:00.000001Z").unwrap()),
            Cell::Day(on),
            Cell::Text(r#"["a","b"]"#),
        ]);
        table.push(vec![Cell::Nothing; n_columns]);
        let (schema, rows) = written(&table);
        insta_like(&schema);
        assert_eq!(days_since_1970(on), -1);
        assert_eq!(
            rows[0],
            "{name: \"=1\", status: \"overdue\", status_on: 2026-03-31, count: -3, days: 2.5, \
             met_numerator: 1, met_denominator: 3, at: 2026-03-31 22:00:00.000001 +00:00, \
             on: 1969-12-31, seen_in: \"[\"a\",\"b\"]\"}"
        );
        assert_eq!(rows[1].matches("null").count(), n_columns + 2, "{}", rows[1]);
    }

    fn insta_like(schema: &str) {
        for said in
            ["status_on INT32 Some(Date)", "count INT64 None", "seen_in BYTE_ARRAY Some(Json)"]
        {
            assert!(schema.contains(said), "{schema}");
        }
    }

    #[test]
    fn many_rows_are_in_several_groups_and_all_there() {
        let mut table = Table::new("n", "N", "", [Column::new("n", "N", Kind::Integer, 10)]);
        let n_rows = ROWS_TOGETHER + 3;
        for n in 0..n_rows {
            table.push([Cell::Integer(i64::try_from(n).unwrap())]);
        }
        let (_, rows) = written(&table);
        assert_eq!(rows.len(), n_rows);
        assert_eq!(rows[n_rows - 1], format!("{{n: {}}}", n_rows - 1));
    }

    #[test]
    fn a_table_without_rows_still_says_what_its_columns_are() {
        let mut bytes = Vec::new();
        write_document(&sample::codes(0), &mut bytes).unwrap();
        let (schema, rows) = read(bytes);
        assert!(rows.is_empty() && !schema.is_empty());
    }
}
