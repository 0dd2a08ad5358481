//! Files as people have them, and files as nobody should.

mod files;
mod hostile;
mod packed;

use super::{Inspection, Kind, ReadOptions, ReadRow, Source, inspect, survey};
use crate::kernel::error::{Error, Result};

pub(super) fn source(name: &str, bytes: impl Into<Vec<u8>>) -> Source {
    Source::bytes(name, bytes.into())
}

pub(super) fn people(text: &str) -> Vec<ReadRow> {
    read(&source("people.csv", text), Kind::People, &ReadOptions::new()).unwrap()
}

pub(super) fn read(source: &Source, kind: Kind, options: &ReadOptions) -> Result<Vec<ReadRow>> {
    survey(source, kind, options)?.records()?.collect()
}

pub(super) fn inspected(text: &str) -> Inspection {
    inspect(&source("people.csv", text), Kind::People, &ReadOptions::new()).unwrap()
}

pub(super) fn refused(source: &Source) -> Error {
    inspect(source, Kind::People, &ReadOptions::new()).unwrap_err()
}

/// What a row says of some fields, with `-` for nothing and `=` for "no longer".
pub(super) fn says(row: &ReadRow, fields: &[&str]) -> Vec<String> {
    let record = row.outcome.as_ref().unwrap_or_else(|errors| panic!("{errors:#?}"));
    fields
        .iter()
        .map(|field| match record.get(field) {
            super::Cell::Absent => "-".to_owned(),
            super::Cell::Empty => "=".to_owned(),
            super::Cell::Value(super::Scalar::Text(text)) => text.clone(),
            super::Cell::Value(super::Scalar::Day(day)) => day.to_string(),
            super::Cell::Value(super::Scalar::Bool(is)) => is.to_string(),
            super::Cell::Value(super::Scalar::Number(number)) => number.as_str().to_owned(),
            super::Cell::Value(super::Scalar::List(list)) => list.join("+"),
        })
        .collect()
}

/// The errors of a row: column and code.
pub(super) fn wrong(row: &ReadRow) -> Vec<(&str, &str)> {
    let errors = row.outcome.as_ref().expect_err("the row is wrong");
    errors.iter().map(|error| (error.column.as_deref().unwrap_or(""), error.code)).collect()
}

/// An archive, as a spreadsheet would pack it, or as nobody would.
pub(super) struct Zip {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    count: u16,
}

impl Zip {
    pub(super) fn new() -> Self {
        Self { bytes: Vec::new(), directory: Vec::new(), count: 0 }
    }

    pub(super) fn with(self, name: &str, content: &[u8]) -> Self {
        let claimed = u32::try_from(content.len()).unwrap();
        self.claiming(name, content, claimed)
    }

    /// A part of which the directory says that it has so many bytes.
    pub(super) fn claiming(mut self, name: &str, content: &[u8], claimed: u32) -> Self {
        use std::io::Write;
        let mut packer =
            flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::new(6));
        packer.write_all(content).unwrap();
        let packed = packer.finish().unwrap();
        let mut crc = flate2::Crc::new();
        crc.update(content);
        let at = u32::try_from(self.bytes.len()).unwrap();
        let mut fields = Vec::new();
        for short in [20_u16, 0, 8, 0, 0] {
            fields.extend(short.to_le_bytes());
        }
        for long in [crc.sum(), u32::try_from(packed.len()).unwrap(), claimed] {
            fields.extend(long.to_le_bytes());
        }
        for short in [u16::try_from(name.len()).unwrap(), 0] {
            fields.extend(short.to_le_bytes());
        }
        self.bytes.extend(b"PK\x03\x04");
        self.bytes.extend(&fields);
        self.bytes.extend(name.as_bytes());
        self.bytes.extend(packed);
        self.directory.extend(b"PK\x01\x02\x14\x00");
        self.directory.extend(&fields);
        self.directory.extend([0; 10]);
        self.directory.extend(at.to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.count += 1;
        self
    }

    pub(super) fn bytes(mut self) -> Vec<u8> {
        let at = u32::try_from(self.bytes.len()).unwrap();
        let size = u32::try_from(self.directory.len()).unwrap();
        self.bytes.extend(self.directory);
        self.bytes.extend(b"PK\x05\x06\x00\x00\x00\x00");
        self.bytes.extend(self.count.to_le_bytes());
        self.bytes.extend(self.count.to_le_bytes());
        self.bytes.extend(size.to_le_bytes());
        self.bytes.extend(at.to_le_bytes());
        self.bytes.extend([0, 0]);
        self.bytes
    }
}

/// A workbook with one sheet, whose XML this is.
pub(super) fn workbook(sheet: &str) -> Zip {
    Zip::new()
        .with(
            "[Content_Types].xml",
            br#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#,
        )
        .with(
            "_rels/.rels",
            br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
        )
        .with(
            "xl/workbook.xml",
            br#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Staff" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
        )
        .with(
            "xl/_rels/workbook.xml.rels",
            br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
        )
        .with("xl/worksheets/sheet1.xml", sheet.as_bytes())
}

pub(super) fn sheet(rows: &str) -> String {
    format!(
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#
    )
}

pub(super) fn text_cell(place: &str, text: &str) -> String {
    format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

/// A sheet of OpenDocument with these rows.
pub(super) fn ods(rows: &str) -> Vec<u8> {
    let content = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet><table:table table:name="Staff">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"#
    );
    Zip::new()
        .with("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")
        .with("content.xml", content.as_bytes())
        .bytes()
}
