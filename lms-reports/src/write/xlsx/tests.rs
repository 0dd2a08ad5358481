//! What a reader of the workbook sees, with sheets made small.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use lms_core::{TimeZoneName, Timestamp};

use super::*;
use crate::document::{Fact, Revision};
use crate::language::Language;
use crate::report::Params;
use crate::table::{Cell, Column, Kind, Table};

fn document(n_rows: i64) -> Document {
    let columns = [
        Column::new("number", "Number", Kind::Integer, 10),
        Column::new("code", "Code", Kind::Text, 10),
    ];
    let mut table = Table::new("codes", "Codes", "There are no codes.", columns);
    for number in 1..=n_rows {
        table.push([Cell::Integer(number), Cell::Text(&format!("{number:05}"))]);
    }
    Document {
        name: "codes".into(),
        title: "Codes".to_owned().into(),
        language: Language::En,
        organisation: "Müller & Söhne".to_owned(),
        timezone: TimeZoneName::parse("Europe/Berlin").unwrap(),
        as_of: Timestamp::parse("2026-03-31T12:00:00Z").unwrap(),
        day: None,
        asked_by: "os:ada".to_owned(),
        data_revision: Revision { seq: 1, hash: "00".to_owned() },
        params: Params::new(),
        filters: Vec::new(),
        notes: Vec::new(),
        figures: Vec::new(),
        charts: Vec::new(),
        tables: vec![table],
        provenance: vec![Fact::new("Population", "all")],
    }
}

fn written(document: &Document, limits: RowLimits) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(document, limits, &mut bytes).unwrap();
    bytes
}

fn opened(bytes: Vec<u8>) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(bytes)).unwrap()
}

const SMALL: RowLimits = RowLimits { per_sheet: 3, in_memory: 1, in_full: 2 };

#[test]
fn more_rows_than_a_sheet_takes_go_on_in_the_next() {
    let mut book = opened(written(&document(7), SMALL));
    assert_eq!(book.sheet_names(), ["Summary", "Codes", "Codes (2)", "Codes (3)", "Provenance"]);
    let mut codes = Vec::new();
    for name in ["Codes", "Codes (2)", "Codes (3)"] {
        let range = book.worksheet_range(name).unwrap();
        assert_eq!(range.get((0, 1)), Some(&Data::String("Code".to_owned())));
        codes.extend(range.rows().skip(1).map(|row| row[1].to_string()));
    }
    assert_eq!(codes, ["00001", "00002", "00003", "00004", "00005", "00006", "00007"]);
    let provenance = book.worksheet_range("Provenance").unwrap();
    let sheets: Vec<String> = provenance
        .rows()
        .filter(|row| row[0].to_string().starts_with("Sheet"))
        .map(|row| format!("{}: {}", row[0], row[1]))
        .collect();
    assert_eq!(
        sheets,
        [
            "Sheet Codes: rows 1 to 3 of 7",
            "Sheet Codes (2): rows 4 to 6 of 7",
            "Sheet Codes (3): rows 7 to 7 of 7"
        ]
    );
}

#[test]
fn short_sheets_are_real_tables() {
    let mut book = opened(written(&document(2), RowLimits::EXCEL));
    book.load_tables().unwrap();
    let table = book.table_by_name("codes").unwrap();
    assert_eq!(table.columns(), ["Number", "Code"]);
    assert_eq!(table.data().get_size(), (2, 2));
}

#[test]
fn a_table_without_rows_says_so() {
    let mut book = opened(written(&document(0), RowLimits::EXCEL));
    let range = book.worksheet_range("Codes").unwrap();
    assert_eq!(range.get((1, 0)), Some(&Data::String("There are no codes.".to_owned())));
}

#[test]
fn a_sheet_reads_the_same_from_memory_and_from_a_file() {
    let cells = |limits| opened(written(&document(7), limits)).worksheets();
    assert_eq!(cells(SMALL), cells(RowLimits { in_memory: 3, ..SMALL }));
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    for limits in [SMALL, RowLimits::EXCEL] {
        assert!(written(&document(7), limits) == written(&document(7), limits));
    }
}
