//! What the file of a report says: where it comes from, its figures and its tables.

use std::collections::HashSet;
use std::io::Cursor;
use std::path::Path;

use calamine::{Data, Range, Reader, Xlsx};
use jiff::ToSpan;
use jiff::civil::date;
use lms_core::{Error, Result};
use serde_json::Value;

use crate::error::UNREADABLE;
use crate::write::{Format, Origin};

/// A report as its file has it.
pub(super) struct Content {
    pub(super) origin: Origin,
    pub(super) parts: Vec<Part>,
}

/// A sheet, a table, the figures, or what is said of the report as a whole.
pub(super) struct Part {
    pub(super) name: String,
    /// Each row has a name of its own in its first cell.
    pub(super) has_labels: bool,
    is_sheet: bool,
    /// What its columns are called, where they have names.
    columns: Vec<String>,
    pub(super) rows: Vec<Row>,
}

/// A row, with the line on which it stands.
pub(super) struct Row {
    pub(super) line: usize,
    pub(super) cells: Vec<String>,
}

impl Content {
    pub(super) fn read(format: Format, bytes: Vec<u8>, file: &Path) -> Result<Self> {
        let read = match format {
            Format::Xlsx => workbook(bytes),
            Format::Html => String::from_utf8(bytes).ok().and_then(|page| self::page(&page)),
            _ => serde_json::from_slice(&bytes).ok().and_then(|value: Value| json(&value)),
        };
        read.ok_or_else(|| not_ours(file))
    }
}

impl Part {
    fn new(name: &str, has_labels: bool) -> Self {
        Self {
            name: name.to_owned(),
            has_labels,
            is_sheet: false,
            columns: Vec::new(),
            rows: Vec::new(),
        }
    }

    fn push(&mut self, cells: Vec<String>) {
        let line = self.rows.len() + 1;
        self.rows.push(Row { line, cells });
    }

    /// Whether it is one of these, also as a further sheet of one, or with a name that was cut.
    pub(super) fn is_in(&self, names: &HashSet<String>) -> bool {
        let base = self.name.rsplit_once(" (").map_or(self.name.as_str(), |(base, _)| base);
        names.iter().any(|name| {
            name == base || (self.is_sheet && base.chars().count() == 25 && name.starts_with(base))
        })
    }

    /// A cell in words.
    pub(super) fn place(&self, line: usize, column: usize) -> String {
        if self.is_sheet {
            format!("sheet {}, cell {}{line}", self.name, letters(column))
        } else {
            let name = self.columns.get(column).cloned();
            let name = name.unwrap_or_else(|| format!("column {}", column + 1));
            format!("{}, {name}", self.row(line))
        }
    }

    /// All of it in words.
    pub(super) fn whole(&self) -> String {
        let what = if self.is_sheet { "sheet " } else { "" };
        format!("{what}{}", self.name)
    }

    /// A row in words.
    pub(super) fn row(&self, line: usize) -> String {
        format!("{}, row {line}", self.whole())
    }
}

/// The last sheet says where it comes from, and the first has the figures.
fn workbook(bytes: Vec<u8>) -> Option<Content> {
    let mut book = Xlsx::new(Cursor::new(bytes)).ok()?;
    let sheets = book.worksheets();
    let (last, (_, provenance)) = sheets.iter().enumerate().next_back()?;
    let lines = provenance.rows().rev().filter_map(|row| row.get(1).map(ToString::to_string));
    let origin = lines.into_iter().find_map(|line| serde_json::from_str(&line).ok())?;
    let part = |(at, (name, range)): (usize, (String, Range<Data>))| {
        let (first, _) = range.start().unwrap_or_default();
        let rows = (first as usize + 1..).zip(range.rows());
        Part {
            name,
            has_labels: at == 0 || at == last,
            is_sheet: true,
            columns: Vec::new(),
            rows: rows
                .map(|(line, row)| Row { line, cells: row.iter().map(said).collect() })
                .collect(),
        }
    };
    Some(Content { origin, parts: sheets.into_iter().enumerate().map(part).collect() })
}

/// A cell as it is shown: a point in time to the second, however a program stores the rest of it.
fn said(cell: &Data) -> String {
    match cell {
        Data::DateTime(at) if !at.is_duration() => {
            let instant = at.as_f64();
            let (day, part) = (instant.floor(), instant.fract());
            let seconds = (part * 86_400.0).round();
            calendar(day, seconds).unwrap_or_else(|| cell.to_string())
        }
        _ => cell.to_string(),
    }
}

/// The day of a serial number, with the time where there is one.
fn calendar(day: f64, seconds: f64) -> Option<String> {
    #[expect(clippy::cast_possible_truncation, reason = "days and seconds of a calendar")]
    let (day, seconds) = (day as i64, seconds as i64);
    let on = date(1899, 12, 30).checked_add(day.days()).ok()?;
    let at = on.at(0, 0, 0, 0).checked_add(seconds.seconds()).ok()?;
    let format = if seconds == 0 { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M:%S" };
    Some(at.strftime(format).to_string())
}

fn json(value: &Value) -> Option<Content> {
    let origin = serde_json::from_value(value.clone()).ok()?;
    let mut figures = Part::new("figures", true);
    for figure in value["figures"].as_array()? {
        let numbers = ["value", "numerator", "denominator"].map(|key| text(&figure[key]));
        figures.push(std::iter::once(text(&figure["key"])).chain(numbers).collect());
    }
    let mut whole = Part::new("report", true);
    for key in ["title", "organisation", "timezone", "as_of"] {
        whole.push(vec![key.to_owned(), text(&value[key])]);
    }
    let mut provenance = Part::new("provenance", true);
    for (label, said) in value["provenance"].as_object()? {
        provenance.push(vec![label.clone(), text(said)]);
    }
    let mut parts = vec![figures, whole, provenance];
    for (key, rows) in value["tables"].as_object()? {
        let mut part = Part::new(key, false);
        for row in rows.as_array()? {
            let row = row.as_object()?;
            part.columns = row.keys().cloned().collect();
            part.push(row.values().map(text).collect());
        }
        parts.push(part);
    }
    Some(Content { origin, parts })
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The pages that we write have a figure and a row of a table on a line each.
fn page(page: &str) -> Option<Content> {
    let (main, rest) = page.split_once("<header>")?.1.split_once("</main>")?;
    let origin = rest.split_once("id=\"origin\">")?.1.split_once("</script>")?.0;
    let origin = serde_json::from_str(origin).ok()?;
    let mut figures = Part::new("figures", true);
    let mut whole = Part::new("report", true);
    let mut parts = Vec::new();
    for line in main.lines() {
        if line.starts_with("<div class=\"figure\">") {
            figures.push(line.split("<p").map(without_tags).collect());
        } else if line.starts_with("<h1") || line.starts_with("<p class=\"organisation\"") {
            whole.push(vec![without_tags(line)]);
        } else if line.starts_with("<div><dt>") || line.starts_with("<dt>") {
            let (label, said) = line.split_once("<dd").unwrap_or((line, ""));
            whole.push(vec![without_tags(label), without_tags(said)]);
        } else if line.starts_with("<section class=\"table\">") {
            let title = line.split("<span").next().unwrap_or_default();
            parts.push(Part::new(&without_tags(title), false));
        } else if line.starts_with("<tr")
            && line.contains("<td")
            && let Some(part) = parts.last_mut()
        {
            part.push(line.split("<td").skip(1).map(without_tags).collect());
        }
    }
    parts.splice(0..0, [figures, whole]);
    Some(Content { origin, parts })
}

/// What is read on the page, of a piece of it that may begin within a tag.
fn without_tags(piece: &str) -> String {
    let piece =
        if piece.starts_with('<') { piece } else { piece.split_once('>').map_or(piece, |it| it.1) };
    let mut text = String::new();
    let mut is_tag = false;
    for letter in piece.chars() {
        match letter {
            '<' => is_tag = true,
            '>' => is_tag = false,
            _ if !is_tag => text.push(letter),
            _ => {}
        }
    }
    let marks = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#10;", "\n")];
    let text = text.trim().replace("&nbsp;", " ");
    marks.iter().fold(text, |text, (mark, letter)| text.replace(mark, letter)).replace("&amp;", "&")
}

/// The name of a column of a sheet.
fn letters(column: usize) -> String {
    let last = char::from(b'A' + u8::try_from(column % 26).unwrap_or_default());
    match column / 26 {
        0 => last.to_string(),
        before => letters(before - 1) + &last.to_string(),
    }
}

fn not_ours(file: &Path) -> Error {
    UNREADABLE
        .error(format!("`{}` does not say of which report it is", file.display()))
        .with_hint("name a file that `lmsctl report` wrote: it is known by its last sheet or lines")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn every_format_says_where_it_comes_from_and_what_is_in_it() {
        let document = sample::training_matrix();
        for format in [Format::Xlsx, Format::Html, Format::Json] {
            let mut bytes = Vec::new();
            document.write(format, &mut bytes).unwrap();
            let content = Content::read(format, bytes, Path::new("x")).unwrap();
            assert_eq!(content.origin, Origin::of(&document), "{format:?}");
            let matrix = content.parts.iter().find(|part| part.name.to_lowercase() == "matrix");
            let cells = matrix.unwrap().rows.iter().flat_map(|row| &row.cells).collect::<Vec<_>>();
            for name in sample::NAMES.iter() {
                let is_it =
                    |cell: &&&String| cell.as_str() == *name || cell.as_str() == name.trim();
                assert!(cells.iter().any(|cell| is_it(&cell)), "{format:?}: {name}");
            }
            assert!(content.parts[0].rows.len() >= document.figures.len());
        }
        assert!(Content::read(Format::Json, b"{}".to_vec(), Path::new("x")).is_err());
    }

    #[test]
    fn columns_are_called_as_a_spreadsheet_calls_them() {
        assert_eq!([0, 25, 26, 701, 702].map(letters), ["A", "Z", "AA", "ZZ", "AAA"]);
    }
}
