//! A table as a sheet, or as several where it is longer than a sheet can be.

use std::ops::Range;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use rust_xlsxwriter::{
    IgnoreError, Table as ExcelTable, TableColumn, TableStyle, Workbook, Worksheet, XlsxError,
};

use super::Limits;
use super::style::{Style, fitting, number, serial, set_up_page};
use crate::document::Document;
use crate::table::{Cell, Column, Kind, Table, counts_in_words, list_in_words};

/// Which rows are on which sheet, and what had to be cut.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// The name of each sheet, and what is on it in words.
    pub(super) sheets: Vec<(String, String)>,
    pub(super) n_cut: usize,
}

/// Writes the sheets of a table. The data of a chart stay in memory, because the chart keeps a
/// copy of them for programs that only preview.
pub(super) fn write(
    book: &mut Workbook,
    document: &Document,
    table: &Table,
    charted: bool,
    limits: Limits,
    style: &Style,
    written: &mut Written,
) -> Result<(), XlsxError> {
    let zone = document.time_zone.zone();
    let headings = headings(table, document.time_zone.as_str());
    for (number, rows) in (1..).zip(parts(table.n_rows(), limits.rows_per_sheet)) {
        let sheet =
            if charted { book.add_worksheet() } else { book.add_worksheet_with_constant_memory()? };
        let (name, key) = match number {
            1 => (table.title.to_owned(), table.key.to_owned()),
            _ => (format!("{} ({number})", table.title), format!("{}_{number}", table.key)),
        };
        sheet.set_name(&name)?;
        set_up(sheet, document, table, style)?;
        head(sheet, &headings, &key, table, rows.len(), limits, style)?;
        if rows.is_empty() {
            sheet.write_string_with_format(1, 0, &table.if_empty, &style.remark)?;
        }
        for (line, row) in (1..).zip(rows.clone()) {
            for (at, column) in (0..).zip(&table.columns) {
                let cell = table.cell(row, usize::from(at));
                written.n_cut += usize::from(!put(sheet, line, at, column, cell, &zone, style)?);
            }
        }
        written.sheets.push((name, in_words(&rows, table.n_rows())));
    }
    Ok(())
}

/// Which rows come together on a sheet; one sheet where there are none.
fn parts(n_rows: usize, rows_per_sheet: usize) -> impl Iterator<Item = Range<usize>> {
    (0..n_rows.max(1))
        .step_by(rows_per_sheet)
        .map(move |begin| begin..n_rows.min(begin + rows_per_sheet))
}

fn in_words(rows: &Range<usize>, n_rows: usize) -> String {
    match rows.len() {
        0 => "no rows".to_owned(),
        1 if n_rows == 1 => "1 row".to_owned(),
        n if n == n_rows => format!("{n} rows"),
        _ => format!("rows {} to {} of {n_rows}", rows.start + 1, rows.end),
    }
}

fn headings(table: &Table, zone: &str) -> Vec<String> {
    let heading = |column: &Column| match column.kind {
        Kind::Instant => format!("{} ({zone})", column.title),
        _ => column.title.to_owned(),
    };
    table.columns.iter().map(heading).collect()
}

fn set_up(
    sheet: &mut Worksheet,
    document: &Document,
    table: &Table,
    style: &Style,
) -> Result<(), XlsxError> {
    set_up_page(sheet, document)?;
    sheet.set_repeat_rows(0, 0)?.set_freeze_panes(1, 1)?;
    for (at, column) in (0..).zip(&table.columns) {
        sheet.set_column_width(at, column.width)?;
        // A format of the column costs nothing for each of its cells.
        sheet.set_column_format(at, style.of(column.kind))?;
    }
    Ok(())
}

/// The header row, as that of a real table, or with a filter where there are too many rows.
fn head(
    sheet: &mut Worksheet,
    headings: &[String],
    key: &str,
    table: &Table,
    n_rows: usize,
    limits: Limits,
    style: &Style,
) -> Result<(), XlsxError> {
    let format = |column: &Column| match column.kind {
        Kind::Integer => &style.header_right,
        _ => &style.header,
    };
    if table.columns.iter().any(|column| column.kind == Kind::Instant) {
        // The zone stands below the title.
        sheet.set_row_height(0, 31)?;
    }
    let last_row = u32::try_from(n_rows).expect("a sheet has fewer rows than that");
    let last_column = u16::try_from(headings.len() - 1).expect("a table has few columns");
    if n_rows > 0 && n_rows <= limits.rows_per_table {
        let columns: Vec<TableColumn> = headings
            .iter()
            .zip(&table.columns)
            .map(|(title, column)| {
                TableColumn::new().set_header(title).set_header_format(format(column))
            })
            .collect();
        let excel =
            ExcelTable::new().set_name(key).set_columns(&columns).set_style(TableStyle::Light1);
        sheet.add_table(0, 0, last_row, last_column, &excel)?;
    } else {
        for ((at, title), column) in (0..).zip(headings).zip(&table.columns) {
            sheet.write_string_with_format(0, at, title, format(column))?;
        }
        if n_rows > 0 {
            sheet.autofilter(0, 0, last_row, last_column)?;
        }
    }
    if n_rows > 0 {
        // Codes and settings may look like numbers, and are meant as text.
        sheet.ignore_error_range(1, 0, last_row, last_column, IgnoreError::NumberStoredAsText)?;
    }
    Ok(())
}

/// Writes a cell; false where its text was too long and had to be cut.
fn put(
    sheet: &mut Worksheet,
    row: u32,
    at: u16,
    column: &Column,
    cell: Cell<'_>,
    zone: &TimeZone,
    style: &Style,
) -> Result<bool, XlsxError> {
    let (text, whole) = match (cell, column.kind) {
        (Cell::Nothing, _) => return Ok(true),
        (Cell::Text(word), Kind::Status) => {
            sheet.write_string_with_format(row, at, word, style.status(word))?;
            return Ok(true);
        }
        (Cell::Text(json), Kind::List) => fitting(&list_in_words(json)),
        (Cell::Text(json), Kind::Counts) => fitting(&counts_in_words(json)),
        (Cell::Text(text), _) => fitting(text),
        (Cell::Integer(count), _) => {
            sheet.write_number(row, at, number(count))?;
            return Ok(true);
        }
        (Cell::Instant(instant), _) => {
            let local = instant.inner().to_zoned(zone.clone()).datetime();
            match serial(local) {
                Some(serial) => {
                    sheet.write_number(row, at, serial)?;
                    return Ok(true);
                }
                None => (instant.to_string(), true),
            }
        }
        (Cell::Day(day), _) => match serial(day.inner().to_datetime(Time::midnight())) {
            Some(serial) => {
                sheet.write_number(row, at, serial)?;
                return Ok(true);
            }
            None => (day.to_string(), true),
        },
    };
    sheet.write_string(row, at, text)?;
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_dealt_out_to_sheets() {
        let dealt = |n, most| parts(n, most).collect::<Vec<_>>();
        assert_eq!(dealt(0, 3), [0..0]);
        assert_eq!(dealt(3, 3), [0..3]);
        assert_eq!(dealt(7, 3), [0..3, 3..6, 6..7]);
        assert_eq!(in_words(&(3..6), 7), "rows 4 to 6 of 7");
        assert_eq!(in_words(&(0..7), 7), "7 rows");
    }
}
