//! What a reader of the workbook sees, with sheets made small.

use std::io::Cursor;

use super::*;
use crate::language::Language;
use crate::sample;
use calamine::{Data, Reader, Xlsx};

fn document(n_rows: i64) -> Document {
    sample::codes(n_rows)
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

#[test]
fn every_kind_of_cell_is_what_it_says() {
    let mut book = opened(written(&sample::training_matrix(), RowLimits::EXCEL));
    assert_eq!(
        book.sheet_names(),
        ["Summary", "Matrix", "Departments", "Chart data", "Provenance"]
    );
    let matrix = book.worksheet_range("Matrix").unwrap();
    let headings: Vec<String> =
        matrix.rows().next().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(headings, ["Manager", "Person", "Fire safety", "FIRE SAFETY (2)"]);
    for (row, name) in matrix.rows().skip(1).zip(sample::NAMES.iter()) {
        assert_eq!(row[1], Data::String((*name).to_owned()));
        assert_eq!(row[2], Data::String("completed late 2026-02-01".to_owned()));
    }
    let departments = book.worksheet_range("Departments").unwrap();
    let row = departments.rows().nth(1).unwrap();
    assert_eq!(row[1], Data::Float(0.75));
    assert_eq!(row[2], Data::Float(12.5));
    assert_eq!(row[3], Data::Float(-1.5));
    assert_eq!(
        departments.rows().nth(2).unwrap()[1],
        Data::Empty,
        "nobody tells the part of nothing"
    );
    let aside = book.worksheet_range("Chart data").unwrap();
    let told: Vec<String> = aside.rows().map(|row| row[0].to_string()).collect();
    assert_eq!(told[0], "Months");
    assert!(told.contains(&"Changes".to_owned()), "{told:?}");
}

#[test]
fn headings_are_of_the_language_and_data_are_not() {
    let mut document = sample::training_matrix();
    document.say_in(Language::De);
    let mut book = opened(written(&document, RowLimits::EXCEL));
    let names = book.sheet_names();
    assert_eq!((names[0].as_str(), names.last().unwrap().as_str()), ("Übersicht", "Herkunft"));
    let matrix = book.worksheet_range("Matrix").unwrap();
    assert_eq!(
        matrix.get((1, 2)),
        Some(&Data::String("verspätet abgeschlossen 2026-02-01".to_owned()))
    );
    assert_eq!(matrix.get((1, 1)), Some(&Data::String(sample::NAMES[0].to_owned())));
}
