//! A table as a sheet, or as several where it is longer than a sheet can be.

use std::ops::Range;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use rust_xlsxwriter::{
    IgnoreError, Table as ExcelTable, TableColumn, TableStyle, Workbook, Worksheet, XlsxError,
};

use super::RowLimits;
use super::fit::{column_width, fitting, row_height, serial};
use super::style::{Style, number, set_up_page};
use crate::document::Document;
use crate::table::{Cell, Column, Kind, Table, counts_in_words, list_in_words};

/// Which rows are on which sheet, and what had to be cut.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// The name of each sheet, and what is on it in words.
    pub(super) sheets: Vec<(String, String)>,
    pub(super) n_cut: usize,
}

/// Writes the sheets of all tables.
pub(super) fn write_all(
    book: &mut Workbook,
    document: &Document,
    style: &Style,
    limits: RowLimits,
) -> Result<Written, XlsxError> {
    let mut written = Written::default();
    for table in &document.tables {
        let layout = Layout::new(document, table, style, limits);
        for (number, rows) in (1..).zip(parts(table.n_rows(), limits.per_sheet)) {
            let sheet = if rows.len() <= limits.in_memory {
                book.add_worksheet()
            } else {
                book.add_worksheet_with_constant_memory()?
            };
            let (name, key) = match number {
                1 => (table.title.to_owned(), table.key.to_owned()),
                _ => (format!("{} ({number})", table.title), format!("{}_{number}", table.key)),
            };
            sheet.set_name(&name)?;
            set_up_page(sheet, document);
            layout.set_up(sheet)?;
            layout.write_head(sheet, &key, rows.len())?;
            written.n_cut += layout.write_rows(sheet, rows.clone())?;
            written.sheets.push((name, in_words(&rows, table.n_rows())));
        }
    }
    Ok(written)
}

/// How a table is laid out, the same on each of its sheets.
struct Layout<'a> {
    table: &'a Table,
    style: &'a Style,
    limits: RowLimits,
    zone: TimeZone,
    headings: Vec<String>,
    widths: Vec<f64>,
}

/// What a cell shows.
enum Shown<'a> {
    Nothing,
    Number(f64),
    Status(&'a str),
    /// A text, and whether all of it is there.
    Text(String, bool),
}

impl<'a> Layout<'a> {
    fn new(document: &Document, table: &'a Table, style: &'a Style, limits: RowLimits) -> Self {
        let heading = |column: &Column| match column.kind {
            Kind::Instant => format!("{} ({})", column.title, document.timezone),
            _ => column.title.to_owned(),
        };
        let headings: Vec<String> = table.columns.iter().map(heading).collect();
        let widths =
            (0..).zip(&headings).map(|(at, heading)| column_width(table, at, heading)).collect();
        Self { table, style, limits, zone: document.timezone.zone(), headings, widths }
    }

    fn set_up(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_repeat_rows(0, 0)?.set_freeze_panes(1, 1)?;
        for ((at, column), width) in (0..).zip(&self.table.columns).zip(&self.widths) {
            // A format of the column costs nothing for each of its cells.
            sheet
                .set_column_width(at, *width)?
                .set_column_format(at, self.style.of(column.kind))?;
        }
        let headings = self.headings.iter().map(String::as_str).zip(self.widths.iter().copied());
        if let Some(height) = row_height(headings) {
            sheet.set_row_height(0, height)?;
        }
        Ok(())
    }

    /// The header row, as that of a real table, or with a filter where there are too many rows.
    fn write_head(&self, sheet: &mut Worksheet, key: &str, n_rows: usize) -> Result<(), XlsxError> {
        let header = &self.style.header;
        let last_row = u32::try_from(n_rows).expect("a sheet has fewer rows than that");
        let last_column = u16::try_from(self.headings.len() - 1).expect("a table has few columns");
        if n_rows > 0 && n_rows <= self.limits.in_full {
            let column = |title| TableColumn::new().set_header(title).set_header_format(header);
            let columns: Vec<TableColumn> = self.headings.iter().map(column).collect();
            let excel =
                ExcelTable::new().set_name(key).set_columns(&columns).set_style(TableStyle::Light1);
            sheet.add_table(0, 0, last_row, last_column, &excel)?;
        } else {
            for (at, title) in (0..).zip(&self.headings) {
                sheet.write_string_with_format(0, at, title, header)?;
            }
            if n_rows > 0 {
                sheet.autofilter(0, 0, last_row, last_column)?;
            }
        }
        if n_rows > 0 {
            // Codes and settings may look like numbers, and are meant as text.
            let ignored = IgnoreError::NumberStoredAsText;
            sheet.ignore_error_range(1, 0, last_row, last_column, ignored)?;
        }
        Ok(())
    }

    /// Writes the rows, and counts the texts that had to be cut.
    fn write_rows(&self, sheet: &mut Worksheet, rows: Range<usize>) -> Result<usize, XlsxError> {
        if rows.is_empty() {
            sheet.write_string_with_format(1, 0, &self.table.if_empty, &self.style.remark)?;
        }
        let in_full = rows.len() <= self.limits.in_full;
        let mut n_cut = 0;
        let mut cells = Vec::with_capacity(self.widths.len());
        for (line, row) in (1..).zip(rows) {
            cells.clear();
            let columns = self.table.columns.iter().enumerate();
            cells.extend(
                columns.map(|(at, column)| self.shown(self.table.cell(row, at), column.kind)),
            );
            if in_full && let Some(height) = row_height(self.texts_of(&cells)) {
                sheet.set_row_height(line, height)?;
            }
            for (at, cell) in (0..).zip(cells.drain(..)) {
                match cell {
                    Shown::Nothing => {}
                    Shown::Number(number) => {
                        sheet.write_number(line, at, number)?;
                    }
                    Shown::Status(word) => {
                        sheet.write_string_with_format(line, at, word, self.style.status(word))?;
                    }
                    Shown::Text(text, whole) => {
                        sheet.write_string(line, at, text)?;
                        n_cut += usize::from(!whole);
                    }
                }
            }
        }
        Ok(n_cut)
    }

    /// The texts of a row that may take several lines, and how much room each has.
    fn texts_of<'b>(&'b self, cells: &'b [Shown<'_>]) -> impl Iterator<Item = (&'b str, f64)> {
        let columns = self.table.columns.iter().zip(&self.widths);
        columns.zip(cells).filter_map(|((column, width), cell)| match cell {
            Shown::Text(text, _) if column.kind != Kind::Id => Some((text.as_str(), *width)),
            _ => None,
        })
    }

    fn shown(&self, cell: Cell<'a>, kind: Kind) -> Shown<'a> {
        let text = |text: &str| {
            let (text, whole) = fitting(text);
            Shown::Text(text, whole)
        };
        match (cell, kind) {
            (Cell::Nothing, _) => Shown::Nothing,
            (Cell::Text(word), Kind::Status) => Shown::Status(word),
            (Cell::Text(json), Kind::List) => text(&list_in_words(json)),
            (Cell::Text(json), Kind::Counts) => text(&counts_in_words(json)),
            (Cell::Text(words), _) => text(words),
            (Cell::Integer(count), _) => Shown::Number(number(count)),
            (Cell::Instant(instant), _) => {
                serial(instant.inner().to_zoned(self.zone.clone()).datetime())
                    .map_or_else(|| text(&instant.to_string()), Shown::Number)
            }
            (Cell::Day(day), _) => serial(day.inner().to_datetime(Time::midnight()))
                .map_or_else(|| text(&day.to_string()), Shown::Number),
        }
    }
}

/// Which rows come together on a sheet; one sheet where there are none.
fn parts(n_rows: usize, most: usize) -> impl Iterator<Item = Range<usize>> {
    (0..n_rows.max(1)).step_by(most).map(move |begin| begin..n_rows.min(begin + most))
}

fn in_words(rows: &Range<usize>, n_rows: usize) -> String {
    match rows.len() {
        0 => "no rows".to_owned(),
        1 if n_rows == 1 => "1 row".to_owned(),
        n if n == n_rows => format!("{n} rows"),
        _ => format!("rows {} to {} of {n_rows}", rows.start + 1, rows.end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_dealt_out_to_sheets() {
        let dealt = |n, most| parts(n, most).collect::<Vec<_>>();
        assert_eq!(dealt(0, 3), vec![0..0; 1]);
        assert_eq!(dealt(3, 3), vec![0..3; 1]);
        assert_eq!(dealt(7, 3), [0..3, 3..6, 6..7]);
        assert_eq!(in_words(&(3..6), 7), "rows 4 to 6 of 7");
        assert_eq!(in_words(&(0..7), 7), "7 rows");
    }
}
