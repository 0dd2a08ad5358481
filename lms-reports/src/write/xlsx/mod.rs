//! All of a report as a workbook: Summary first, a sheet for each table, Provenance last.
//!
//! Data sheets are written row by row to temporary files and packed at the end, so that memory
//! does not grow with them. A text is always a text cell, whatever it begins with.

mod front;
mod sheet;
mod style;

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use lms_core::{Error, Result};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use self::sheet::Written;
use self::style::Style;
use super::cut_off;
use crate::document::Document;
use crate::error::UNWRITABLE;

/// How much goes onto one sheet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Rows of data, besides the header.
    pub(super) rows_per_sheet: usize,
    /// Up to this many rows a sheet holds a real table; more have a filter only, because the
    /// library keeps a note of every cell of a table in memory.
    pub(super) rows_per_table: usize,
}

impl Limits {
    /// Those of Excel: 1,048,576 rows with the header.
    pub(super) const EXCEL: Self = Self { rows_per_sheet: 1_048_575, rows_per_table: 50_000 };
}

pub(super) fn write(
    document: &Document,
    limits: Limits,
    out: &mut (impl Write + Send),
) -> Result<()> {
    // The library panics where its temporary files cannot grow, such as on a full disk. Nothing
    // of it is used afterwards.
    let written = catch_unwind(AssertUnwindSafe(|| {
        workbook(document, limits).and_then(|mut book| book.save_to_writer(out))
    }));
    written.map_err(|_| no_room())?.map_err(unwritable)
}

fn workbook(document: &Document, limits: Limits) -> std::result::Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    book.set_properties(&properties(document)?);
    let style = Style::new();
    // The sheets of the tables are named before they are there: the chart stands before its data.
    front::summary(&mut book, document, &style)?;
    let mut written = Written::default();
    for (at, table) in document.tables.iter().enumerate() {
        let charted = document.chart.as_ref().is_some_and(|chart| chart.table == at);
        sheet::write(&mut book, document, table, charted, limits, &style, &mut written)?;
    }
    front::provenance(&mut book, document, &written, &style)?;
    Ok(book)
}

/// The creation date is that of the data, so that the same data give the same bytes.
fn properties(document: &Document) -> std::result::Result<DocProperties, XlsxError> {
    let as_of = ExcelDateTime::from_timestamp(document.as_of.inner().as_second())?;
    Ok(DocProperties::new()
        .set_title(document.report.title())
        .set_company(&document.organisation)
        .set_author(&document.asked_by)
        .set_comment(format!(
            "As of {}, entry {} of the audit chain",
            document.as_of, document.data_revision.seq
        ))
        .set_creation_datetime(&as_of))
}

fn unwritable(cause: XlsxError) -> Error {
    match cause {
        XlsxError::IoError(cause) => cut_off(cause),
        XlsxError::TempFileError(folder, cause) => {
            crate::error::unwritable("create a temporary file in", &folder, cause)
                .with_hint("set `TMPDIR` to a folder with room for it")
        }
        cause => UNWRITABLE
            .error("the workbook could not be put together")
            .with_hint("write the report as `.json` or `.csv`, and report this as a bug")
            .with_source(cause),
    }
}

fn no_room() -> Error {
    UNWRITABLE
        .error("the workbook could not be written: its temporary files cannot grow")
        .with_hint("make room in the folder for temporary files, or set `TMPDIR` to another one")
}

#[cfg(test)]
mod tests;
