//! A table as a sheet, or as several where it is longer than a sheet can be.

use std::collections::HashSet;
use std::ops::Range;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use rust_xlsxwriter::{
    Color, IgnoreError, Note, Sparkline, Table as ExcelTable, TableColumn, TableStyle, Workbook,
    Worksheet, XlsxError,
};

use super::RowLimits;
use super::fit::{column_width, fitting, row_height, serial};
use super::style::{Style, heat, number, set_up_page};
use crate::document::Document;
use crate::language::Language;
use crate::table::{Cell, Kind, Lines, Table, counts_in_words, list_in_words, share};
use crate::tone::Tone;
use crate::write::{heading, in_words, status_on};

/// Which rows are on which sheet, and what had to be cut.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// The name of each sheet, and what is on it in words.
    pub(super) sheets: Vec<(String, String)>,
    pub(super) n_cut: usize,
}

/// Where a table begins: its sheet, and the row of its headings.
pub(super) struct Place {
    pub(super) sheet: String,
    pub(super) row: u32,
}

/// A name of a sheet has at most 31 letters; these leave room for a number behind it.
const NAME_MAX: usize = 25;
/// What a name of a sheet must not have in it.
const NOT_IN_NAMES: [char; 7] = ['[', ']', ':', '*', '?', '/', '\\'];
/// How wide a column of small lines is, in characters.
const LINE_WIDTH: f64 = 16.0;
/// Empty rows between two small tables, and the title of the second.
const BETWEEN: u32 = 2;

/// Where each table will stand. Charts have to know before there is a sheet.
pub(super) fn places(document: &Document) -> Vec<Place> {
    let language = document.language;
    let frame = [language.say("Summary"), language.say("Provenance"), language.say("Chart data")];
    let mut taken: Vec<String> = frame.iter().map(|name| name.to_lowercase()).collect();
    let mut row_aside = 1;
    let place = |table: &Table| {
        if table.is_aside {
            let row = row_aside;
            row_aside += rows_of(table.n_rows()) + 1 + BETWEEN;
            return Place { sheet: frame[2].to_owned(), row };
        }
        let title = table.title.text().replace(NOT_IN_NAMES, " ");
        let title: String = title.trim_matches(['\'', ' ']).chars().take(NAME_MAX).collect();
        let numbered = (2..).map(|number| format!("{title} {number}"));
        let mut names = std::iter::once(title.clone()).chain(numbered);
        let free = |name: &String| !name.is_empty() && !taken.contains(&name.to_lowercase());
        let sheet = names.find(free).expect("some number is free");
        taken.push(sheet.to_lowercase());
        Place { sheet, row: 0 }
    };
    document.tables.iter().map(place).collect()
}

/// Writes the sheets of all tables.
pub(super) fn write_all(
    book: &mut Workbook,
    document: &Document,
    places: &[Place],
    style: &Style,
    limits: RowLimits,
) -> Result<Written, XlsxError> {
    let mut written = Written::default();
    let said = |rows: &Range<usize>, n_rows| in_words(rows, n_rows, document.language);
    let placed = || document.tables.iter().zip(places);
    for (table, place) in placed().filter(|(table, _)| !table.is_aside) {
        let layout = Layout::new(document, table, style, limits);
        for (number, rows) in (1..).zip(parts(table.n_rows(), limits.per_sheet)) {
            let sheet = if rows.len() <= limits.in_memory {
                book.add_worksheet()
            } else {
                book.add_worksheet_with_constant_memory()?
            };
            let (name, key) = match number {
                1 => (place.sheet.clone(), table.key.to_string()),
                _ => (format!("{} ({number})", place.sheet), format!("{}_{number}", table.key)),
            };
            sheet.set_name(&name)?;
            set_up_page(sheet, document);
            layout.set_up(sheet)?;
            layout.write_head(sheet, 0, &key, rows.len())?;
            written.n_cut += layout.write_rows(sheet, 1, rows.clone())?;
            if let Some((lines, through)) = lines_of(document, table, places)
                && rows.len() <= limits.in_memory
            {
                layout.draw(sheet, lines, through, rows.clone())?;
            }
            written.sheets.push((name, said(&rows, table.n_rows())));
        }
    }
    let aside: Vec<_> = placed().filter(|(table, _)| table.is_aside).collect();
    if let Some((_, first)) = aside.first() {
        let sheet = book.add_worksheet();
        sheet.set_name(&first.sheet)?;
        set_up_page(sheet, document);
        let layouts: Vec<Layout<'_>> =
            aside.iter().map(|(table, _)| Layout::new(document, table, style, limits)).collect();
        let n_columns = layouts.iter().map(|layout| layout.widths.len()).max().unwrap_or(0);
        for at in 0..n_columns {
            let widths = layouts.iter().filter_map(|layout| layout.widths.get(at).copied());
            let column = u16::try_from(at).expect("a table has few columns");
            sheet.set_column_width(column, widths.fold(8.0, f64::max))?;
        }
        for (layout, (table, place)) in layouts.iter().zip(&aside) {
            let title = table.title.text();
            sheet.write_string_with_format(place.row - 1, 0, title.as_ref(), &style.plain_label)?;
            let n_rows = table.n_rows();
            layout.write_head(sheet, place.row, &table.key, n_rows)?;
            written.n_cut += layout.write_rows(sheet, place.row + 1, 0..n_rows)?;
            let name = format!("{}: {title}", place.sheet);
            written.sheets.push((name, said(&(0..n_rows), n_rows)));
        }
    }
    Ok(written)
}

/// The lines of a table, and where the numbers stand through which they go.
fn lines_of<'a>(
    document: &Document,
    table: &'a Table,
    places: &'a [Place],
) -> Option<(&'a Lines, &'a Place)> {
    let lines = table.lines.as_ref()?;
    let at = document.tables.iter().position(|other| other.key == lines.of)?;
    Some((lines, &places[at]))
}

/// What a column says, for whoever points at its heading; large enough for all of it.
fn note(about: &str) -> Note {
    let n_lines = u32::try_from(about.chars().count() / 40).unwrap_or_default() + 1;
    Note::new(about).add_author_prefix(false).set_width(300).set_height(16 * n_lines + 14)
}

/// Rows on a sheet; one that says so where there are none.
fn rows_of(n_rows: usize) -> u32 {
    u32::try_from(n_rows.max(1)).expect("a sheet has fewer rows than that")
}

/// How a table is laid out, the same on each of its sheets.
struct Layout<'a> {
    table: &'a Table,
    style: &'a Style,
    limits: RowLimits,
    language: Language,
    zone: TimeZone,
    headings: Vec<String>,
    widths: Vec<f64>,
}

/// What a cell shows.
enum Shown<'a> {
    Nothing,
    Number(f64),
    /// A word of the domain, and what is shown for it.
    Status(&'a str, String),
    /// A text, and whether all of it is there.
    Text(String, bool),
}

impl<'a> Layout<'a> {
    fn new(document: &Document, table: &'a Table, style: &'a Style, limits: RowLimits) -> Self {
        let language = document.language;
        let headings = unlike(table.columns.iter().map(|column| heading(document, column)));
        let widths = (0..)
            .zip(&headings)
            .map(|(at, heading)| column_width(table, at, heading, language))
            .collect();
        Self { table, style, limits, language, zone: document.timezone.zone(), headings, widths }
    }

    fn set_up(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let n_frozen = u16::try_from(self.table.n_grouping.max(1)).expect("groups are few");
        sheet.set_repeat_rows(0, 0)?.set_freeze_panes(1, n_frozen)?;
        for ((at, column), width) in (0..).zip(&self.table.columns).zip(&self.widths) {
            // A format of the column costs nothing for each of its cells.
            sheet
                .set_column_width(at, *width)?
                .set_column_format(at, self.style.of(column.kind))?;
        }
        for (at, column) in (0..).zip(&self.table.columns) {
            if let Some(about) = &column.about {
                sheet.insert_note(0, at, &note(&about.text()))?;
            }
        }
        let headings = self.headings.iter().map(String::as_str).zip(self.widths.iter().copied());
        if let Some(height) = row_height(headings) {
            sheet.set_row_height(0, height)?;
        }
        Ok(())
    }

    /// The header row, as that of a real table, or with a filter where there are too many rows.
    fn write_head(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        key: &str,
        n_rows: usize,
    ) -> Result<(), XlsxError> {
        let header = &self.style.header;
        let last_row = row + u32::try_from(n_rows).expect("a sheet has fewer rows than that");
        let last_column = u16::try_from(self.headings.len() - 1).expect("a table has few columns");
        if n_rows > 0 && n_rows <= self.limits.in_full {
            let column = |title| TableColumn::new().set_header(title).set_header_format(header);
            let columns: Vec<TableColumn> = self.headings.iter().map(column).collect();
            let excel = ExcelTable::new()
                .set_name(name_of_table(key))
                .set_columns(&columns)
                .set_autofilter(!self.table.is_aside)
                .set_style(TableStyle::Light1);
            sheet.add_table(row, 0, last_row, last_column, &excel)?;
        } else {
            for (at, title) in (0..).zip(&self.headings) {
                sheet.write_string_with_format(row, at, title, header)?;
            }
            if n_rows > 0 {
                sheet.autofilter(row, 0, last_row, last_column)?;
            }
        }
        if n_rows > 0 {
            // Codes and settings may look like numbers, and are meant as text.
            let ignored = IgnoreError::NumberStoredAsText;
            sheet.ignore_error_range(row + 1, 0, last_row, last_column, ignored)?;
        }
        Ok(())
    }

    /// Writes the rows, and counts the texts that had to be cut.
    fn write_rows(
        &self,
        sheet: &mut Worksheet,
        first_line: u32,
        rows: Range<usize>,
    ) -> Result<usize, XlsxError> {
        self.warm(sheet, first_line, rows.len())?;
        if rows.is_empty() {
            let why = self.table.if_empty.text();
            sheet.write_string_with_format(first_line, 0, why.as_ref(), &self.style.remark)?;
        }
        let in_full = rows.len() <= self.limits.in_full;
        let mut n_cut = 0;
        let mut cells = Vec::with_capacity(self.widths.len());
        for (line, row) in (first_line..).zip(rows) {
            cells.clear();
            let columns = self.table.columns.iter().enumerate();
            cells.extend(
                columns.map(|(at, column)| self.shown(self.table.cell(row, at), column.kind)),
            );
            if in_full && let Some(height) = row_height(self.texts_of(&cells)) {
                sheet.set_row_height(line, height)?;
            }
            let n_repeated = if self.table.begins_group(row) { 0 } else { self.table.n_grouping };
            for (at, (cell, column)) in (0..).zip(cells.drain(..).zip(&self.table.columns)) {
                let format = if usize::from(at) < n_repeated {
                    &self.style.repeated
                } else {
                    self.style.of(column.kind)
                };
                match cell {
                    Shown::Nothing if self.table.is_aside => {
                        sheet.write_blank(line, at, format)?;
                    }
                    Shown::Nothing => {}
                    Shown::Number(number) => {
                        sheet.write_number_with_format(line, at, number, format)?;
                    }
                    Shown::Status(word, said) => {
                        sheet.write_string_with_format(line, at, said, self.style.status(word))?;
                    }
                    Shown::Text(text, whole) => {
                        sheet.write_string_with_format(line, at, text, format)?;
                        n_cut += usize::from(!whole);
                    }
                }
            }
        }
        Ok(n_cut)
    }

    /// Small lines in a column behind the table, through numbers that stand elsewhere.
    fn draw(
        &self,
        sheet: &mut Worksheet,
        lines: &Lines,
        through: &Place,
        rows: Range<usize>,
    ) -> Result<(), XlsxError> {
        let at = u16::try_from(self.headings.len()).expect("a table has few columns");
        let column = u16::try_from(lines.column).expect("a table has few columns");
        let title = lines.title.text();
        sheet.write_string_with_format(0, at, title.as_ref(), &self.style.header)?;
        sheet.set_column_width(at, LINE_WIDTH)?;
        for (line, row) in (1..).zip(rows) {
            let first = through.row + 1 + rows_of(row * lines.n_each + 1) - 1;
            let last = first + rows_of(lines.n_each) - 1;
            let range = (through.sheet.as_str(), first, column, last, column);
            let drawn = Sparkline::new()
                .set_range(range)
                .set_sparkline_color(Color::RGB(Tone::Good.fill()))
                .set_line_weight(1.75)
                .show_last_point(true)
                .show_low_point(true)
                .set_low_point_color(Color::RGB(Tone::Bad.fill()))
                .set_last_point_color(Color::RGB(Tone::Open.fill()));
            sheet.add_sparkline(line, at, &drawn)?;
        }
        Ok(())
    }

    /// Grounds for shares, from none to all: Excel draws them, so that they follow what is typed over.
    fn warm(&self, sheet: &mut Worksheet, first: u32, n_rows: usize) -> Result<(), XlsxError> {
        let Some(n_more) = n_rows.checked_sub(1) else { return Ok(()) };
        let last = first + u32::try_from(n_more).expect("a sheet has fewer rows than that");
        for (at, column) in (0..).zip(&self.table.columns) {
            if column.kind == Kind::Heat {
                sheet.add_conditional_format(first, at, last, at, &heat())?;
            }
        }
        Ok(())
    }

    /// The texts of a row that may take several lines, and how much room each has.
    fn texts_of<'b>(&'b self, cells: &'b [Shown<'_>]) -> impl Iterator<Item = (&'b str, f64)> {
        let columns = self.table.columns.iter().zip(&self.widths);
        columns.zip(cells).filter_map(|((column, width), cell)| match cell {
            Shown::Text(text, _) if column.kind != Kind::Id => Some((text.as_str(), *width)),
            _ => None,
        })
    }

    fn shown(&self, cell: Cell<'a>, kind: Kind) -> Shown<'a> {
        let text = |text: &str| {
            let (text, whole) = fitting(text);
            Shown::Text(text, whole)
        };
        match (cell, kind) {
            (Cell::Nothing, _) => Shown::Nothing,
            (Cell::Text(word), Kind::Status) => {
                Shown::Status(word, self.language.word(word).into_owned())
            }
            (Cell::StatusOn(word, on), _) => {
                Shown::Status(word, status_on(&self.language.word(word), on))
            }
            (Cell::Decimal(number), _) => Shown::Number(number),
            (Cell::Share { numerator, denominator }, _) => {
                Shown::Number(share(numerator, denominator))
            }
            (Cell::Text(json), Kind::List) => text(&list_in_words(json)),
            (Cell::Text(json), Kind::Counts) => text(&counts_in_words(json)),
            (Cell::Text(words), _) => text(words),
            (Cell::Integer(count), _) => Shown::Number(number(count)),
            (Cell::Instant(instant), _) => {
                serial(instant.inner().to_zoned(self.zone.clone()).datetime())
                    .map_or_else(|| text(&instant.to_string()), Shown::Number)
            }
            (Cell::Day(day), _) => serial(day.inner().to_datetime(Time::midnight()))
                .map_or_else(|| text(&day.to_string()), Shown::Number),
        }
    }
}

/// Which rows come together on a sheet; one sheet where there are none.
fn parts(n_rows: usize, most: usize) -> impl Iterator<Item = Range<usize>> {
    (0..n_rows.max(1)).step_by(most).map(move |begin| begin..n_rows.min(begin + most))
}

/// Headings of which no two are the same, as Excel wants those of a table.
fn unlike(headings: impl Iterator<Item = String>) -> Vec<String> {
    let mut taken = HashSet::new();
    let free = |heading: String| {
        // Excel takes 255 letters into a heading.
        let short: String = heading.chars().take(240).collect();
        let numbered = (2..).map(|number| format!("{short} ({number})"));
        let mut names = std::iter::once(short.clone()).chain(numbered);
        names.find(|name| taken.insert(name.to_lowercase())).expect("some number is free")
    };
    headings.map(free).collect()
}

/// A name that Excel takes for a table: letters, digits and `_`.
fn name_of_table(key: &str) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '_' };
    key.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_dealt_out_to_sheets() {
        let dealt = |n, most| parts(n, most).collect::<Vec<_>>();
        assert_eq!(dealt(0, 3), vec![0..0; 1]);
        assert_eq!(dealt(3, 3), vec![0..3; 1]);
        assert_eq!(dealt(7, 3), [0..3, 3..6, 6..7]);
        assert_eq!(in_words(&(3..6), 7, Language::En), "rows 4 to 6 of 7");
        assert_eq!(in_words(&(0..7), 7, Language::En), "7 rows");
    }

    #[test]
    fn headings_of_a_table_differ_also_where_only_case_does_not() {
        let headings = ["Fire", "FIRE", "Fire (2)", "Other"].map(ToOwned::to_owned);
        assert_eq!(unlike(headings.into_iter()), ["Fire", "FIRE (2)", "Fire (2) (2)", "Other"]);
        assert_eq!(name_of_table("by-training/2"), "by_training_2");
    }
}
