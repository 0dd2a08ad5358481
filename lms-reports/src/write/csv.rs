//! The main table as comma-separated values, for spreadsheets.
//!
//! A spreadsheet takes a cell that begins with `=` for a formula, and whoever chose that text
//! would have it run. Such a text gets a `'` before it. So does one that begins with such marks
//! behind `'` already, so that taking one `'` away always gives back what was there.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::heading;
use crate::document::Document;
use crate::table::{Cell, Column, Kind, counts_in_words, list_in_words, share};

pub(super) fn write(document: &Document, out: &mut dyn Write) -> io::Result<()> {
    let table = document.main_table();
    let zone = document.timezone.zone();
    let said = |word| match document.params.language {
        Some(language) => language.word(word),
        None => word.into(),
    };
    let mut line = String::new();
    for (at, column) in table.columns.iter().enumerate() {
        if at > 0 {
            line.push(',');
        }
        push_heading(&mut line, document, column);
    }
    line.push('\n');
    out.write_all(line.as_bytes())?;
    for row in 0..table.n_rows() {
        line.clear();
        for (at, column) in table.columns.iter().enumerate() {
            if at > 0 {
                line.push(',');
            }
            match (table.cell(row, at), column.kind) {
                (Cell::Nothing, Kind::Share | Kind::Heat) => line.push_str(",,"),
                (Cell::Nothing, Kind::StatusOn) => line.push(','),
                (Cell::Nothing, _) => {}
                (Cell::Text(word), Kind::Status) => push_text(&mut line, &said(word)),
                (Cell::StatusOn(word, on), _) => {
                    push_text(&mut line, &said(word));
                    line.push(',');
                    if let Some(on) = on {
                        line.push_str(&on.to_string());
                    }
                }
                (Cell::Decimal(number), _) => line.push_str(&number.to_string()),
                (Cell::Share { numerator, denominator }, _) => {
                    let percent = share(numerator, denominator) * 100.0;
                    let _ = write!(line, "{percent:.1},{numerator},{denominator}");
                }
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

/// Programs find a column by its key. Where a language was asked for, people read the heading. A part
/// of a whole stands with both, and a status has its day beside it.
fn push_heading(line: &mut String, document: &Document, column: &Column) {
    let asked = document.params.language;
    let name = asked.map_or_else(|| column.key.to_string(), |_| heading(document, column));
    push_text(line, &name);
    let beside: &[(&str, &'static str)] = match column.kind {
        Kind::Share | Kind::Heat => &[("numerator", "of them"), ("denominator", "of all")],
        Kind::StatusOn => &[("on", "on")],
        _ => &[],
    };
    for (key, words) in beside {
        line.push(',');
        match asked {
            Some(language) => push_text(line, &format!("{name}: {}", language.say(words))),
            None => push_text(line, &format!("{name}_{key}")),
        }
    }
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
    use crate::sample;

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

    #[test]
    fn a_share_has_both_its_numbers_and_a_status_its_day() {
        let mut document = sample::training_matrix();
        let lines = |document: &Document| {
            let mut csv = Vec::new();
            write(document, &mut csv).unwrap();
            String::from_utf8(csv).unwrap()
        };
        let csv = lines(&document);
        assert!(csv.starts_with("manager,person,fire,fire_on,fire_2,fire_2_on\n"), "{csv}");
        assert!(csv.contains("Ada,'+1,completed_late,2026-02-01,,\n"), "{csv}");
        document.tables.swap(0, 1);
        let csv = lines(&document);
        let head =
            "department,met,met_numerator,met_denominator,days,change,completed,late,overdue,chain";
        assert!(csv.starts_with(head), "{csv}");
        assert!(csv.contains("\nProduction,75.0,3,4,12.5,-1.5,1200,0,35,overdue\n"), "{csv}");
        document.params.language = Some(crate::Language::De);
        assert!(lines(&document).contains("Met,Met: davon,Met: von allen,"));
    }
}
