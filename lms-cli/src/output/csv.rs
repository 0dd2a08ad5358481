//! Comma-separated values as RFC 4180 has them, with a header row.
//!
//! Cells are written as they are: a program reads this. What is meant for a spreadsheet, where a
//! cell that begins with `=` would be obeyed, is a workbook.

use std::io::{self, Write};

use super::cell::Row;

/// Writes a header row and a line for each record.
pub(super) fn write<T: Row>(out: &mut dyn Write, rows: &[T]) -> io::Result<()> {
    let places: Vec<usize> = (0..T::COLUMNS.len()).collect();
    write_places(out, rows, &places)
}

/// The same with some of the columns.
pub(super) fn write_places<T: Row>(
    out: &mut dyn Write,
    rows: &[T],
    places: &[usize],
) -> io::Result<()> {
    line(out, places.iter().map(|place| T::COLUMNS[*place].key.to_owned()))?;
    rows.iter().try_for_each(|row| {
        let cells = row.cells();
        line(out, places.iter().map(|place| cells[*place].exact()))
    })
}

fn line(out: &mut dyn Write, fields: impl Iterator<Item = String>) -> io::Result<()> {
    let fields: Vec<String> = fields.map(quoted).collect();
    writeln!(out, "{}", fields.join(","))
}

fn quoted(field: String) -> String {
    let must_be_quoted = field.contains([',', '"', '\n', '\r'])
        || field.starts_with(char::is_whitespace)
        || field.ends_with(char::is_whitespace);
    if must_be_quoted { format!("\"{}\"", field.replace('"', "\"\"")) } else { field }
}

#[cfg(test)]
mod tests {
    use super::super::table::tests::{Fruit, fruits};
    use super::*;

    #[test]
    fn there_is_a_header_and_fields_are_quoted_where_they_must_be() {
        let mut out = Vec::new();
        write(&mut out, &fruits()).expect("memory");
        assert_eq!(
            String::from_utf8(out).expect("text"),
            "name,count,seen_in\nApple,3,\"a \"\"garden\"\", two, three\"\n=1+1,12,\n"
        );
    }

    #[test]
    fn an_empty_list_still_has_its_header() {
        let mut out = Vec::new();
        write::<Fruit>(&mut out, &[]).expect("memory");
        assert_eq!(String::from_utf8(out).expect("text"), "name,count,seen_in\n");
    }
}
