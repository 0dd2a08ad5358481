//! Workbooks of Excel since 2007, cell by cell.

use std::io::BufReader;

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError};

use super::{Book, Gather, Sheet, Sink, digits, refuse_many, serial_day};
use crate::imports::reading::rows::RawCell;
use crate::imports::reading::source::{Input, Source};
use crate::imports::reading::{DAMAGED, NO_SHEET, PROTECTED, TOO_LARGE, limits};
use crate::kernel::error::{Error, Result};

type Opened = Xlsx<BufReader<Input>>;

fn open(source: &Source) -> Result<Opened> {
    Xlsx::new(BufReader::new(source.input())).map_err(|cause| told(source, &cause))
}

fn told(source: &Source, cause: &XlsxError) -> Error {
    match cause {
        XlsxError::Password => PROTECTED
            .error(format!("`{}` is protected by a password", source.name()))
            .with_hint("save it without one"),
        cause => DAMAGED
            .error(format!("`{}` is damaged: {cause}", source.name()))
            .with_hint("open it in a spreadsheet, save it again, and try once more"),
    }
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
    refuse_many(source.name(), about.len())?;
    for (name, is_visible) in about {
        let mut first = Vec::new();
        let mut sink = |row| {
            first.push(row);
            first.len() < limits::HEADER_ROWS
        };
        rows_of(source, &mut book, &name, &mut Blanks::Nothing, &mut sink)?;
        sheets.push(Sheet { name, is_visible, first });
    }
    Ok(Book { sheets, is_1904, ..Book::default() })
}

pub(super) fn read(source: &Source, sheet: &str, sink: Sink<'_>) -> Result<()> {
    rows_of(source, &mut open(source)?, sheet, &mut Blanks::Unknown, sink)
}

/// What stands behind cells without a value.
enum Blanks {
    /// Nobody asks: of the headers they say nothing.
    Nothing,
    /// There was no such cell yet.
    Unknown,
    /// These are formulas of which nobody ever stored what comes of them, in order.
    Formulas(Vec<(u32, u32)>),
}

impl Blanks {
    /// Whether a cell without a value holds a formula. Most sheets have no such cell, or it is only painted: it
    /// is found out for all of them at once, and only where there is one.
    fn is_formula(&mut self, source: &Source, sheet: &str, at: (u32, u32)) -> Result<bool> {
        if let Self::Unknown = self {
            *self = Self::Formulas(formulas(source, sheet)?);
        }
        match self {
            Self::Formulas(formulas) => Ok(formulas.binary_search(&at).is_ok()),
            _ => Ok(false),
        }
    }
}

/// Where formulas stand without a value: whoever wrote them with a program never let a spreadsheet calculate.
fn formulas(source: &Source, sheet: &str) -> Result<Vec<(u32, u32)>> {
    let mut book = open(source)?;
    let mut cells = book.worksheet_cells_reader(sheet).map_err(|cause| told(source, &cause))?;
    let mut found = Vec::new();
    let next = |cause: XlsxError| told(source, &cause);
    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(next)? {
        if cell.formula.is_none() || cell.value != DataRef::Empty {
            continue;
        }
        if found.len() == limits::FORMULAS {
            return Err(TOO_LARGE
                .error(format!(
                    "`{}` has more than {} formulas without a value",
                    source.name(),
                    limits::FORMULAS
                ))
                .with_hint("open it in a spreadsheet, which calculates them, and save it"));
        }
        found.push(cell.pos);
    }
    found.sort_unstable();
    Ok(found)
}

fn rows_of(
    source: &Source,
    book: &mut Opened,
    sheet: &str,
    blanks: &mut Blanks,
    sink: Sink<'_>,
) -> Result<()> {
    let is_1904 = book.has_1904_epoch();
    let mut cells = match book.worksheet_cells_reader(sheet) {
        Ok(cells) => cells,
        Err(XlsxError::WorksheetNotFound(_)) => {
            return Err(NO_SHEET.error(format!("`{}` has no sheet `{sheet}`", source.name())));
        }
        // A sheet that is a chart, or dialogue, has no rows.
        Err(XlsxError::NotAWorksheet(_)) => return Ok(()),
        Err(cause) => return Err(told(source, &cause)),
    };
    // Numbers that the sheet shows with zeros before them have them: `00123`.
    let padded: Vec<usize> = cells
        .styles()
        .iter()
        .map(|style| {
            let code =
                style.number_format.as_ref().map_or("", |format| format.format_code.as_str());
            let is_padding = code.len() > 1 && code.bytes().all(|byte| byte == b'0');
            if is_padding { code.len().min(30) } else { 0 }
        })
        .collect();
    let mut gather = Gather::new(source.name(), sink);
    loop {
        let next = cells.next_cell_with_style_id().map_err(|cause| told(source, &cause))?;
        let Some((cell, style)) = next else { break };
        let (row, column) = cell.get_position();
        let value = match cell.get_value() {
            DataRef::Empty if blanks.is_formula(source, sheet, (row, column))? => RawCell::Formula,
            DataRef::Empty => continue,
            DataRef::Int(number) => RawCell::Number(number.to_string()),
            DataRef::Float(number) => match (digits(*number), padded.get(style)) {
                (RawCell::Number(digits), Some(width)) if *width > 0 && *number >= 0.0 => {
                    RawCell::Text(format!("{digits:0>width$}"))
                }
                (number, _) => number,
            },
            DataRef::String(text) | DataRef::DurationIso(text) => RawCell::Text(text.clone()),
            DataRef::SharedString(text) => RawCell::Text((*text).to_owned()),
            DataRef::Bool(is) => RawCell::Bool(*is),
            DataRef::DateTime(day) if day.is_datetime() => serial_day(day.as_f64(), is_1904),
            DataRef::DateTime(time) => digits(time.as_f64()),
            DataRef::DateTimeIso(text) => RawCell::Day(text.clone()),
            DataRef::Error(error) => RawCell::Error(error.to_string()),
        };
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if !gather.cell(row.into(), column, value)? {
            return Ok(());
        }
    }
    gather.flush();
    Ok(())
}
