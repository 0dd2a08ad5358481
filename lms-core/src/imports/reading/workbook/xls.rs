//! Workbooks of Excel before 2007. Their reader holds all of it in memory; how much that can be was looked over
//! before (`biff.rs`).

use std::io::BufReader;

use calamine::{Data, Reader, SheetType, SheetVisible, Xls, XlsError};

use super::{Book, Gather, Sheet, Sink, digits, serial_day};
use crate::imports::reading::rows::RawCell;
use crate::imports::reading::source::{Input, Source};
use crate::imports::reading::{DAMAGED, NO_SHEET, PROTECTED, limits};
use crate::kernel::error::Result;

fn open(source: &Source) -> Result<Xls<BufReader<Input>>> {
    Xls::new(BufReader::new(source.input())).map_err(|cause| match cause {
        XlsError::Password => PROTECTED
            .error(format!("`{}` is protected by a password", source.name()))
            .with_hint("save it without one"),
        cause => DAMAGED
            .error(format!("`{}` is damaged: {cause}", source.name()))
            .with_hint("open it in a spreadsheet, save it as `.xlsx`, and try once more"),
    })
}

pub(super) fn look(source: &Source) -> Result<Book> {
    let mut book = open(source)?;
    let is_1904 = book.has_1904_epoch();
    let about: Vec<(String, bool)> = book
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible))
        .collect();
    let mut sheets = Vec::new();
    for (name, is_visible) in about {
        let mut first = Vec::new();
        let mut sink = |row| {
            first.push(row);
            first.len() < limits::HEADER_ROWS
        };
        rows_of(source, &mut book, &name, &mut sink)?;
        sheets.push(Sheet { name, is_visible, first });
    }
    Ok(Book { sheets, is_1904, ..Book::default() })
}

pub(super) fn read(source: &Source, sheet: &str, sink: Sink<'_>) -> Result<()> {
    rows_of(source, &mut open(source)?, sheet, sink)
}

fn rows_of(
    source: &Source,
    book: &mut Xls<BufReader<Input>>,
    sheet: &str,
    sink: Sink<'_>,
) -> Result<()> {
    let is_1904 = book.has_1904_epoch();
    let range = book
        .worksheet_range(sheet)
        .map_err(|_| NO_SHEET.error(format!("`{}` has no sheet `{sheet}`", source.name())))?;
    let (row_from, column_from) = range.start().unwrap_or_default();
    let mut gather = Gather::new(source.name(), sink);
    for (row, column, value) in range.used_cells() {
        let value = match value {
            Data::Empty => continue,
            Data::Int(number) => RawCell::Number(number.to_string()),
            Data::Float(number) => digits(*number),
            Data::String(text) | Data::DurationIso(text) => RawCell::Text(text.clone()),
            Data::Bool(is) => RawCell::Bool(*is),
            Data::DateTime(day) if day.is_datetime() => serial_day(day.as_f64(), is_1904),
            Data::DateTime(time) => digits(time.as_f64()),
            Data::DateTimeIso(text) => RawCell::Day(text.clone()),
            Data::Error(error) => RawCell::Error(error.to_string()),
        };
        let column = column.saturating_add(usize::try_from(column_from).unwrap_or_default());
        if !gather.cell(u64::from(row_from) + row as u64, column, value)? {
            return Ok(());
        }
    }
    gather.flush();
    Ok(())
}
