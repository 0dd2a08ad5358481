//! How wide columns and how high rows must be for everything in them to be seen.
//!
//! Only a program that draws knows exactly; this errs towards room. It also cuts what is more than
//! a cell can hold.

use jiff::civil::{DateTime, Time, date};

use crate::language::Language;
use crate::table::{Cell, Kind, Table, counts_in_words, list_in_words};

/// Excel takes no longer text into a cell, counted as UTF-16.
const TEXT_MAX: usize = 32_767;
/// Rows that are looked at to find out how wide a column must be.
const ROWS_LOOKED_AT: usize = 5_000;
/// An id stands in smaller letters.
const ID_SCALE: f64 = 0.84;
/// Room for the indent of a cell.
const MARGIN: f64 = 2.5;
/// Room for the button of the filter in a heading.
const BUTTON: f64 = 3.0;
/// How full a line becomes, because words that do not fit go to the next.
const WORDS_FILL: f64 = 0.97;
/// How wide a letter of a text is, beside a digit.
const LETTER: f64 = 0.92;
const LINE_POINTS: f64 = 15.0;
/// Excel has no higher rows.
const ROW_POINTS_MAX: f64 = 409.0;

/// How wide a column must be, in characters: as its values want, up to its own limit, beyond which
/// they go on in the next line.
pub(super) fn column_width(table: &Table, at: usize, heading: &str, language: Language) -> f64 {
    let column = &table.columns[at];
    let rows = 0..table.n_rows().min(ROWS_LOOKED_AT);
    let widest =
        rows.map(|row| width(table.cell(row, at), column.kind, language)).max().unwrap_or(0);
    let wanted = match column.kind {
        Kind::Id => number(widest) * ID_SCALE,
        _ => number(widest).min(f64::from(column.width_max)),
    };
    // A heading may break before its time zone.
    let parts = heading.split(" (").map(text_width);
    let heading = number(parts.max().unwrap_or(0)) + BUTTON;
    (wanted + MARGIN).max(heading)
}

/// How high a row must be for what is in it, in points; nothing where one line is enough.
pub(super) fn row_height<'a>(cells: impl Iterator<Item = (&'a str, f64)>) -> Option<f64> {
    let lines = cells.map(|(text, width)| n_lines(text, width)).max().unwrap_or(1);
    (lines > 1).then(|| (number(lines) * LINE_POINTS).min(ROW_POINTS_MAX))
}

/// Lines of a text in a column.
fn n_lines(text: &str, column_width: f64) -> usize {
    let room = (column_width - MARGIN).max(1.0);
    let lines = text.lines().map(|line| {
        let width = number(text_width(line)) * LETTER;
        let n = if width <= room { 1.0 } else { (width / (room * WORDS_FILL)).ceil() };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a text of a cell has few lines, and at least one"
        )]
        let n = n as usize;
        n
    });
    lines.sum()
}

fn width(cell: Cell<'_>, kind: Kind, language: Language) -> usize {
    match (cell, kind) {
        (Cell::Nothing, _) => 0,
        (Cell::Text(json), Kind::List) => text_width(&list_in_words(json)),
        (Cell::Text(json), Kind::Counts) => text_width(&counts_in_words(json)),
        (Cell::Text(word), Kind::Status) => text_width(&language.word(word)),
        (Cell::StatusOn(word, on), _) => {
            text_width(&language.word(word)) + if on.is_some() { " 2026-03-31".len() } else { 0 }
        }
        (Cell::Text(text), _) => text.lines().map(text_width).max().unwrap_or(0),
        (Cell::Integer(number), _) => number.to_string().len() + 2,
        (Cell::Decimal(number), Kind::Money) => format!("{number:.2}").len() + 3,
        (Cell::Decimal(number), Kind::Coefficient) => format!("{number:.2}").len() + 2,
        (Cell::Decimal(number), _) => format!("{number:.1}").len() + 2,
        (Cell::Share { .. }, _) => "100.0%".len(),
        (Cell::Instant(_), _) => "2026-03-31 12:00:00".len(),
        (Cell::Day(_), _) => "2026-03-31".len(),
    }
}

/// Letters of East Asia and pictures are as wide as two others.
fn text_width(text: &str) -> usize {
    text.chars().map(|letter| if letter >= '\u{1100}' { 2 } else { 1 }).sum()
}

/// A count of letters or lines, to calculate with.
fn number(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::from(u32::MAX), f64::from)
}

/// A text as far as a cell takes it, and whether all of it is there.
pub(super) fn fitting(text: &str) -> (String, bool) {
    if text.len() <= TEXT_MAX || text.encode_utf16().count() <= TEXT_MAX {
        return (text.to_owned(), true);
    }
    let mut room = TEXT_MAX - 1;
    let taken = text.chars().take_while(|letter| {
        let fits = letter.len_utf16() <= room;
        room = room.saturating_sub(letter.len_utf16());
        fits
    });
    (taken.chain(['…']).collect(), false)
}

/// A date as Excel counts them: days since the end of 1899, with the time as a fraction. Nothing
/// for days before March 1900, which Excel does not count right.
pub(super) fn serial(at: DateTime) -> Option<f64> {
    let days = at.date().since(date(1899, 12, 30)).ok()?.get_days();
    let seconds = at.time().duration_since(Time::midnight()).as_secs_f64();
    (days > 60).then(|| f64::from(days) + seconds / 86_400.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Column;

    #[test]
    fn a_column_is_as_wide_as_it_must_be_up_to_its_limit() {
        let columns = [
            Column::new("why", "Why", Kind::Text, 20),
            Column::new("hash", "Hash", Kind::Id, 0),
            Column::new("none", "Recorded at", Kind::Instant, 0),
        ];
        let mut table = Table::new("t", "T", "", columns);
        table.push([Cell::Text("short"), Cell::Text(&"a".repeat(64)), Cell::Nothing]);
        let wide = |at: usize, heading: &str| column_width(&table, at, heading, Language::En);
        assert!(wide(0, "Why") < 10.0);
        assert!((54.0..60.0).contains(&wide(1, "Hash")));
        assert!(wide(2, "Recorded at (Europe/Berlin)") < 20.0);
        table.push([Cell::Text(&"long ".repeat(80)), Cell::Nothing, Cell::Nothing]);
        assert!(column_width(&table, 0, "Why", Language::En) < 25.0);
    }

    #[test]
    fn a_row_is_as_high_as_its_longest_cell() {
        assert_eq!(row_height([("short", 20.0), ("", 10.0)].into_iter()), None);
        assert_eq!(row_height([("one\ntwo\nthree", 20.0)].into_iter()), Some(45.0));
        let long = "x".repeat(400);
        assert!(row_height([(long.as_str(), 42.5)].into_iter()).unwrap() >= 150.0);
        let endless = "x".repeat(40_000);
        assert_eq!(row_height([(endless.as_str(), 10.0)].into_iter()), Some(ROW_POINTS_MAX));
    }

    #[test]
    fn dates_are_counted_as_excel_counts_them() {
        let at = |text: &str| serial(text.parse().unwrap());
        assert_eq!(at("2026-03-31T12:00:00"), Some(46_112.5));
        assert_eq!(at("1900-03-01T00:00:00"), Some(61.0));
        assert_eq!(at("1899-01-01T00:00:00"), None);
    }

    #[test]
    fn a_text_is_cut_between_letters_and_says_so() {
        assert_eq!(fitting("short"), ("short".to_owned(), true));
        let (cut, whole) = fitting(&"🦀".repeat(20_000));
        assert!(!whole && cut.ends_with("🦀…"));
        assert_eq!(cut.encode_utf16().count(), TEXT_MAX);
    }
}
