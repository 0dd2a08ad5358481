//! The main table as comma-separated values, for spreadsheets.
//!
//! A spreadsheet takes a cell that begins with `=` for a formula, and whoever chose that text
//! would have it run. Such a text gets a `'` before it. So does one that begins with such marks
//! behind `'` already, so that taking one `'` away always gives back what was there.

use std::io::{self, Write};

use crate::document::Document;
use crate::table::{Cell, Kind, counts_in_words, list_in_words};

pub(super) fn write(document: &Document, out: &mut dyn Write) -> io::Result<()> {
    let table = document.main_table();
    let zone = document.timezone.zone();
    let keys: Vec<&str> = table.columns.iter().map(|column| column.key).collect();
    writeln!(out, "{}", keys.join(","))?;
    let mut line = String::new();
    for row in 0..table.n_rows() {
        line.clear();
        for (at, column) in table.columns.iter().enumerate() {
            if at > 0 {
                line.push(',');
            }
            match (table.cell(row, at), column.kind) {
                (Cell::Nothing, _) => {}
                (Cell::Text(json), Kind::List) => push_text(&mut line, &list_in_words(json)),
                (Cell::Text(json), Kind::Counts) => push_text(&mut line, &counts_in_words(json)),
                (Cell::Text(text), _) => push_text(&mut line, text),
                (Cell::Integer(number), _) => line.push_str(&number.to_string()),
                (Cell::Instant(instant), _) => {
                    let local = instant.inner().to_zoned(zone.clone());
                    line.push_str(&local.strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string());
                }
                (Cell::Day(day), Kind::Month) => {
                    line.push_str(&day.inner().strftime("%Y-%m").to_string());
                }
                (Cell::Day(day), _) => line.push_str(&day.to_string()),
            }
        }
        line.push('\n');
        out.write_all(line.as_bytes())?;
    }
    Ok(())
}

fn push_text(line: &mut String, text: &str) {
    let guard = if looks_like_a_formula(text) { "'" } else { "" };
    let must_be_quoted = text.contains([',', '"', '\n', '\r'])
        || text.starts_with(char::is_whitespace)
        || text.ends_with(char::is_whitespace);
    if must_be_quoted {
        line.push('"');
        line.push_str(guard);
        line.push_str(&text.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(guard);
        line.push_str(text);
    }
}

fn looks_like_a_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(text: &str) -> String {
        let mut line = String::new();
        push_text(&mut line, text);
        line
    }

    #[test]
    fn what_a_spreadsheet_would_run_is_guarded() {
        assert_eq!(field("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        for text in ["=1", "+1", "-1", "@x"] {
            assert_eq!(field(text), format!("'{text}"));
        }
        assert_eq!(field("\tx"), "\"'\tx\"");
        assert_eq!(field("'=1"), "''=1");
        assert_eq!(field("a=1"), "a=1");
        assert_eq!(field("'tis"), "'tis");
    }
}
