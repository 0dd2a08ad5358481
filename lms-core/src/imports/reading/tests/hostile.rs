//! Files that were made to do harm, or arrived broken: a clear error each, within bounded memory.

use std::fmt::Write;

use super::{Zip, ods, refused, sheet, source, text_cell, workbook};
use crate::imports::reading::{Kind, ReadOptions, Source, inspect};

const FAR_APART: &[u8] = include_bytes!("../../../../../tests/fixtures/imports/far_apart.xls");
const OLD: &[u8] = include_bytes!("../../../../../tests/fixtures/imports/people.xls");
const MESSY: &[u8] = include_bytes!("../../../../../tests/fixtures/imports/people_messy.xlsx");

fn says(source: &Source, part: &str) {
    let error = refused(source);
    assert!(error.to_string().contains(part), "{error:?}");
}

fn xlsx(zip: Zip) -> Source {
    source("x.xlsx", zip.bytes())
}

fn with_sheet(rows: &str) -> Source {
    xlsx(workbook(&sheet(rows)))
}

#[test]
fn cells_that_stand_far_apart_cost_nothing_or_are_refused() {
    let header = text_cell("A1", "email");
    let far_down = format!(
        "<row r=\"1\">{header}</row><row r=\"1048576\">{}</row>",
        text_cell("A1048576", "a@x.org")
    );
    let inspection = inspect(&with_sheet(&far_down), Kind::People, &ReadOptions::new()).unwrap();
    assert_eq!(inspection.layout.rows, 1);
    let far_right = format!("<row r=\"1\">{header}{}</row>", text_cell("XFD1", "x"));
    says(&with_sheet(&far_right), "has a value in column XFD");
    says(&source("x.xls", FAR_APART), "cells, from the first value to the last");
    let backwards =
        format!("<row r=\"5\">{}</row><row r=\"1\">{header}</row>", text_cell("A5", "a@x.org"));
    says(&with_sheet(&backwards), "stands behind");
}

#[test]
fn columns_without_end_that_are_empty_are_none() {
    let mut row = format!("<row r=\"1\">{}", text_cell("A1", "email"));
    for _ in 0..200_000 {
        row.push_str("<c/>");
    }
    row.push_str("</row><row r=\"2\">");
    let _ = write!(row, "{}</row>", text_cell("A2", "a@x.org"));
    let inspection = inspect(&with_sheet(&row), Kind::People, &ReadOptions::new()).unwrap();
    assert_eq!((inspection.layout.rows, inspection.layout.columns.len()), (1, 1));
}

#[test]
fn bombs_are_refused_by_what_they_say_and_by_what_they_do() {
    let bomb = vec![b' '; 17 << 20];
    says(&xlsx(workbook("").with("xl/media/x.xml", &bomb)), "times its size");
    // Its directory says that it is small.
    let lying = workbook("").claiming("xl/sharedStrings.xml", &bomb, 1000);
    says(&xlsx(lying), "larger than its directory says");
    let huge = Zip::new().claiming("users.csv", b"email\n", u32::MAX - 1);
    says(&source("x.zip", huge.bytes()), "times its size");
}

#[test]
fn texts_are_counted_before_anybody_makes_room_for_them() {
    let claims = |count: &str| {
        let texts = format!(
            r#"<sst xmlns="x" count="1" uniqueCount="{count}"><si><t>email</t></si></sst>"#
        );
        xlsx(
            workbook(&sheet(r#"<row r="1"><c r="A1" t="s"><v>0</v></c></row>"#))
                .with("xl/sharedStrings.xml", texts.as_bytes()),
        )
    };
    assert!(inspect(&claims("1"), Kind::People, &ReadOptions::new()).is_ok());
    says(&claims("99999999999"), "claims to hold more texts");
    says(&claims("18446744073709551615"), "claims to hold more texts");
}

#[test]
fn entities_are_never_followed() {
    for declared in [
        r#"<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>"#,
        r#"<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>"#,
    ] {
        let part =
            format!("{declared}{}", sheet(r#"<row r="1"><c r="A1" t="str"><v>&a;</v></c></row>"#));
        says(&xlsx(workbook(&part)), "declares entities");
        let table = Zip::new().with("content.xml", part.as_bytes()).bytes();
        says(&source("x.ods", table), "declares entities");
    }
}

#[test]
fn a_part_that_is_there_twice_is_refused() {
    let twice = workbook("").with("xl/worksheets/sheet1.xml", sheet("").as_bytes());
    says(&xlsx(twice), "has two parts");
    let alike = workbook("").with("XL\\Worksheets\\Sheet1.xml", sheet("").as_bytes());
    says(&xlsx(alike), "has two parts");
}

#[test]
fn whatever_is_cut_off_anywhere_ends_in_an_error() {
    for part in 0..60 {
        let cut = |whole: &[u8]| source("x", &whole[..whole.len() * part / 60]);
        assert!(inspect(&cut(MESSY), Kind::People, &ReadOptions::new()).is_err(), "{part}");
        // Behind the last record of an old workbook there is room that nobody needs.
        let _ = inspect(&cut(OLD), Kind::People, &ReadOptions::new());
    }
}

#[test]
fn whatever_is_changed_anywhere_is_read_or_refused() {
    for whole in [MESSY, OLD] {
        for at in (0..whole.len()).step_by(whole.len() / 150) {
            let mut bytes = whole.to_vec();
            bytes[at] ^= 0xFF;
            let _ = inspect(&source("x", bytes), Kind::People, &ReadOptions::new());
        }
    }
}

#[test]
fn what_is_nested_deeply_does_not_hurt() {
    let deep = format!("{}{}", "<a>".repeat(200_000), "</a>".repeat(200_000));
    let row = format!("<row r=\"1\">{}</row>", text_cell("A1", "email"));
    let nested = format!("<x>{deep}</x>");
    let _ = inspect(&with_sheet(&format!("{nested}{row}")), Kind::People, &ReadOptions::new());
    let rows = format!(
        "{deep}<table:table-row><table:table-cell office:value-type=\"string\"><text:p>email</text:p></table:table-cell></table:table-row>"
    );
    let _ = inspect(&source("x.ods", ods(&rows)), Kind::People, &ReadOptions::new());
}

#[test]
fn a_cell_that_is_written_once_for_many_is_counted() {
    let cell = |times: &str| {
        format!(
            r#"<table:table-row><table:table-cell office:value-type="string" table:number-columns-repeated="{times}"><text:p>email</text:p></table:table-cell></table:table-row>"#
        )
    };
    says(&source("x.ods", ods(&cell("16384"))), "more than 1000 columns");
    says(&source("x.ods", ods(&cell("18446744073709551615"))), "more than 1000 columns");
    let rows = r#"<table:table-row table:number-rows-repeated="4000000000"><table:table-cell office:value-type="string"><text:p>email</text:p></table:table-cell></table:table-row>"#;
    says(&source("x.ods", ods(rows)), "is written for 4000000000 rows");
    let spaces = r#"<table:table-row><table:table-cell office:value-type="string"><text:p>email<text:s text:c="4000000000"/></text:p></table:table-cell></table:table-row>"#;
    says(&source("x.ods", ods(spaces)), "no row among the first looks like headers");
}

#[test]
fn what_is_no_table_is_named() {
    for (bytes, part) in [
        (&b"%PDF-1.7"[..], "is a PDF"),
        (b"<html><table><tr><td>email</td></tr></table>", "HTML or XML"),
        (b"{\"people\": []}", "is JSON"),
        (b"\x1f\x8b\x08", "packed"),
        (b"PK\x03\x04", "directory"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and nothing else", "damaged"),
    ] {
        says(&source("x", bytes), part);
    }
    says(&source("x.xlsb", Zip::new().with("xl/workbook.bin", b"x").bytes()), "binary workbook");
    says(
        &source("x.docx", Zip::new().with("word/document.xml", b"x").bytes()),
        "neither a workbook nor a CSV",
    );
    let forced = ReadOptions::new().format(crate::imports::reading::Format::Xlsx);
    assert!(inspect(&source("x.csv", "email\na@x.org\n"), Kind::People, &forced).is_err());
}

#[test]
fn a_value_of_a_gigabyte_is_never_kept() {
    struct Endless(u64);

    impl std::io::Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let left = usize::try_from(self.0).unwrap().min(buffer.len());
            buffer[..left].fill(b'x');
            self.0 -= left as u64;
            Ok(left)
        }
    }

    let line = std::io::Read::chain(&b"email,name\na@x.org,\""[..], Endless(8 << 20));
    let source = Source::reader("x.csv", line).unwrap();
    says(&source, "the row that begins on line 2 has more than 1024 kB");
}
