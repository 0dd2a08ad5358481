//! All of a report as one JSON document, or its main table as a line a row. Text is as it is:
//! programs read this, and run no formulas.

use std::io::{self, Write};

use crate::document::Document;

pub(super) fn write(document: &Document, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, document).map_err(io::Error::from)?;
    out.write_all(b"\n")
}

pub(super) fn write_lines(document: &Document, out: &mut dyn Write) -> io::Result<()> {
    let table = document.main_table();
    for row in 0..table.n_rows() {
        serde_json::to_writer(&mut *out, &table.row(row)).map_err(io::Error::from)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
