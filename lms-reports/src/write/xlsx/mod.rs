//! All of a report as a workbook: Summary first, a sheet for each table, Provenance last.
//!
//! Long sheets are written row by row to temporary files and packed at the end, so that memory
//! does not grow with them. A text is always a text cell, whatever it begins with.

mod chart;
mod fit;
mod front;
mod sheet;
mod style;

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use lms_core::{Error, Result};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use self::style::Style;
use super::cut_off;
use crate::document::Document;
use crate::error::UNWRITABLE;

/// How many rows of data a sheet may have, besides the header, to be made in which way.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowLimits {
    /// More than this go on in a further sheet.
    pub(super) per_sheet: usize,
    /// Up to this many rows a sheet is put together in memory, without a temporary file.
    pub(super) in_memory: usize,
    /// Up to this many rows a sheet holds a real table, with rows as high as their text; more have
    /// a filter only and leave the heights to whoever opens them. The library keeps a note in
    /// memory of every cell of a table and of every height.
    pub(super) in_full: usize,
}

impl RowLimits {
    /// Those of Excel: 1,048,576 rows with the header.
    pub(super) const EXCEL: Self = Self { per_sheet: 1_048_575, in_memory: 5_000, in_full: 50_000 };
}

pub(super) fn write(
    document: &Document,
    limits: RowLimits,
    out: &mut (impl Write + Send),
) -> Result<()> {
    // The library panics where its temporary files cannot grow, such as on a full disk. Nothing
    // of it is used afterwards.
    let written = catch_unwind(AssertUnwindSafe(|| {
        workbook(document, limits).and_then(|mut book| book.save_to_writer(out))
    }));
    written.map_err(|_| no_room())?.map_err(unwritable)
}

fn workbook(document: &Document, limits: RowLimits) -> std::result::Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    book.set_properties(&properties(document)?);
    let style = Style::new();
    // The sheets of the tables are named before they are there: the chart stands before its data.
    let places = sheet::places(document);
    front::summary(&mut book, document, &places, &style)?;
    let written = sheet::write_all(&mut book, document, &places, &style, limits)?;
    front::provenance(&mut book, document, &written, &style)?;
    Ok(book)
}

/// The creation date is that of the data, so that the same data give the same bytes.
fn properties(document: &Document) -> std::result::Result<DocProperties, XlsxError> {
    let as_of = ExcelDateTime::from_timestamp(document.as_of.inner().as_second())?;
    Ok(DocProperties::new()
        .set_title(document.title.text())
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
