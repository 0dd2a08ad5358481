//! Tables and cards for people: they fit the terminal, and every line makes sense without colour.
//! Without a terminal they fit a page, and what a terminal would cut goes on in the next line.

use std::fmt::Write;

use dialoguer::console::measure_text_width;
use tabled::builder::Builder;
use tabled::settings::object::Columns;
use tabled::settings::peaker::PriorityMax;
use tabled::settings::{Alignment, Modify, Padding, Style, Width};

use super::cell::{Cell, Column, Fit, Row};

const GAP: usize = 2;
/// Narrower than this a column says nothing any more.
const WIDTH_MIN: usize = 8;
/// How wide a page is that no terminal has a say in: a pipe, a file, a mail from cron.
const PAGE_WIDTH: usize = 100;

/// Lays out rows under titles; `width` is the terminal's, if there is one.
pub(super) fn render<T: Row>(rows: &[T], width: Option<usize>, colour: bool) -> String {
    lay_out(rows, None, width, colour)
}

/// The same with columns that somebody chose: none of them is left out.
pub(super) fn render_places<T: Row>(
    rows: &[T],
    places: &[usize],
    width: Option<usize>,
    colour: bool,
) -> String {
    lay_out(rows, Some(places), width, colour)
}

fn lay_out<T: Row>(
    rows: &[T],
    places: Option<&[usize]>,
    width: Option<usize>,
    colour: bool,
) -> String {
    let cells: Vec<Vec<Cell>> = rows.iter().map(Row::cells).collect();
    let texts: Vec<Vec<String>> =
        cells.iter().map(|row| row.iter().map(Cell::shown).collect()).collect();
    let widths = natural_widths(T::COLUMNS, &texts);
    let room = Room {
        width: width.unwrap_or(PAGE_WIDTH),
        is_terminal: width.is_some(),
        columns: T::COLUMNS,
        words: widths_of_words(T::COLUMNS, &texts),
        widths,
    };
    let shown = match places {
        Some(places) => places.to_vec(),
        None => room.columns_that_fit(),
    };
    let limits = room.shrunk_widths(&shown);

    // A column of which the end may not get lost goes on in the next line.
    let broken: Vec<Option<usize>> = limits
        .iter()
        .zip(&shown)
        .map(|(limit, &at)| limit.filter(|_| !room.cuts(T::COLUMNS[at].fit)))
        .collect();

    let mut builder = Builder::with_capacity(rows.len() + 1, shown.len());
    builder.push_record(shown.iter().map(|&at| bold(T::COLUMNS[at].title(), colour)));
    for (row, texts) in cells.iter().zip(&texts) {
        builder.push_record(shown.iter().zip(&broken).map(|(&at, width)| {
            let text = match width {
                Some(width) => in_pieces(&texts[at], *width).join("\n"),
                None => texts[at].clone(),
            };
            judged(&row[at], text, colour)
        }));
    }
    let mut table = builder.build();
    table.with(Style::empty()).with(Padding::new(0, GAP, 0, 0));
    for (place, &at) in shown.iter().enumerate() {
        if cells.iter().any(|row| matches!(row[at], Cell::Number(_))) {
            table.with(Modify::new(Columns::one(place)).with(Alignment::right()));
        }
        if let Some(limit) = limits[place].filter(|_| broken[place].is_none()) {
            table.with(
                Modify::new(Columns::one(place))
                    .with(Width::truncate(limit).suffix("…").priority(PriorityMax::right())),
            );
        }
    }
    let mut page = String::new();
    for line in table.to_string().lines() {
        page.push_str(line.trim_end());
        page.push('\n');
    }
    page
}

/// Lays out one record, a value a line; a long one goes on below itself.
pub(super) fn card<T: Row>(record: &T, width: Option<usize>, colour: bool) -> String {
    labelled(T::COLUMNS.iter().map(Column::label).zip(record.cells()).collect(), width, colour)
}

/// Lays out labels with their values, as a card does.
pub(super) fn pairs(pairs: &[(&str, String)], width: Option<usize>, colour: bool) -> String {
    let cell = |(label, value): &(&str, String)| ((*label).to_owned(), value.as_str().into());
    labelled(pairs.iter().map(cell).collect(), width, colour)
}

fn labelled(values: Vec<(String, Cell)>, width: Option<usize>, colour: bool) -> String {
    let indent = values.iter().map(|(label, _)| measure_text_width(label)).max().unwrap_or(0) + GAP;
    let room = width.unwrap_or(PAGE_WIDTH).saturating_sub(indent).max(WIDTH_MIN);
    let mut page = String::new();
    for (label, cell) in values {
        let gap = " ".repeat(indent - measure_text_width(&label));
        let value = in_lines(&cell.shown(), room).join(&format!("\n{}", " ".repeat(indent)));
        let value = judged(&cell, value, colour);
        let _ = writeln!(page, "{}{gap}{value}", bold(label, colour));
    }
    page
}

/// Breaks a text between words; what has no gap, such as an id or an address, stays whole, so that
/// it can be copied.
fn in_lines(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is a first line");
        if line.is_empty() || measure_text_width(line) + 1 + measure_text_width(word) > width {
            if line.is_empty() { line.push_str(word) } else { lines.push(word.to_owned()) }
        } else {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines
}

/// The same for a column, where also what has no gap must fit.
fn in_pieces(text: &str, width: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    for line in in_lines(text, width) {
        let mut piece = String::new();
        for letter in line.chars() {
            let wider = format!("{piece}{letter}");
            if measure_text_width(&wider) > width && !piece.is_empty() {
                pieces.push(std::mem::take(&mut piece));
            }
            piece.push(letter);
        }
        pieces.push(piece);
    }
    pieces
}

fn natural_widths(columns: &[Column], rows: &[Vec<String>]) -> Vec<usize> {
    columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let widest = rows.iter().map(|row| measure_text_width(&row[at])).max().unwrap_or(0);
            widest.max(measure_text_width(&column.title()))
        })
        .collect()
}

fn columns_of_tables(columns: &[Column]) -> Vec<usize> {
    (0..columns.len()).filter(|&at| columns[at].fit != Fit::Apart).collect()
}

/// The longest of what stands between two gaps: narrower than this a column breaks names in two.
fn widths_of_words(columns: &[Column], rows: &[Vec<String>]) -> Vec<usize> {
    let longest = |text: &str| text.split(' ').map(measure_text_width).max().unwrap_or(0);
    columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let widest = rows.iter().map(|row| longest(&row[at])).max().unwrap_or(0);
            widest.max(longest(&column.title()))
        })
        .collect()
}

/// What a table has to fit into, and how wide its columns are by themselves.
struct Room {
    width: usize,
    is_terminal: bool,
    columns: &'static [Column],
    widths: Vec<usize>,
    words: Vec<usize>,
}

impl Room {
    /// Whether a column that is too wide loses its end; otherwise it goes on in the next line.
    fn cuts(&self, fit: Fit) -> bool {
        self.is_terminal && fit != Fit::Prose
    }

    /// How narrow a column may become and still say what it says.
    fn least(&self, at: usize) -> usize {
        let fit = self.columns[at].fit;
        match fit {
            Fit::Keep | Fit::DropFirst | Fit::Apart => self.widths[at],
            Fit::Shrink if self.is_terminal => self.widths[at].min(WIDTH_MIN * 2),
            Fit::Shrink => self.words[at],
            Fit::Prose => self.widths[at].min(WIDTH_MIN * 2).max(self.words[at]),
        }
    }

    /// Leaves out columns, the last first, until those that shrink have room to.
    fn columns_that_fit(&self) -> Vec<usize> {
        let mut shown = columns_of_tables(self.columns);
        // A column less is better than every name in two lines.
        let least = |&at: &usize| match self.columns[at].fit {
            Fit::Shrink if !self.is_terminal => self.widths[at],
            _ => self.least(at),
        };
        while shown.iter().map(least).sum::<usize>() > self.without_gaps(&shown) {
            let is_first = |&at: &usize| self.columns[at].fit == Fit::DropFirst;
            let Some(last) = shown.iter().rposition(is_first) else { break };
            shown.remove(last);
        }
        shown
    }

    /// Takes what is missing from the widest of the columns that may shrink, again and again: from
    /// prose first, and from names in the end.
    fn shrunk_widths(&self, shown: &[usize]) -> Vec<Option<usize>> {
        let mut limits: Vec<usize> = shown.iter().map(|&at| self.widths[at]).collect();
        let room = self.without_gaps(shown);
        let readable = |at: usize| self.least(at).max(WIDTH_MIN * 3);
        let whole = |at: usize| self.least(at);
        // What has no gap and takes more than half a page, such as the address of a database, is
        // there to be copied: without a terminal it stays whole, and the page is too narrow for it.
        let is_copied = |at: usize| !self.is_terminal && self.words[at] > self.width / 2;
        let anything = |at: usize| if is_copied(at) { self.words[at] } else { WIDTH_MIN };
        let rounds: [(Fit, &dyn Fn(usize) -> usize); 5] = [
            (Fit::Prose, &readable),
            (Fit::Shrink, &whole),
            (Fit::Prose, &whole),
            (Fit::Shrink, &anything),
            (Fit::Prose, &anything),
        ];
        for (fit, least) in rounds {
            while limits.iter().sum::<usize>() > room {
                let may_shrink = |&place: &usize| {
                    let at = shown[place];
                    self.columns[at].fit == fit && limits[place] > least(at)
                };
                let widest = (0..shown.len()).filter(may_shrink).max_by_key(|&at| limits[at]);
                let Some(widest) = widest else { break };
                limits[widest] -= 1;
            }
        }
        let shrunk = limits.into_iter().zip(shown);
        shrunk.map(|(limit, &at)| (limit < self.widths[at]).then_some(limit)).collect()
    }

    fn without_gaps(&self, shown: &[usize]) -> usize {
        self.width.saturating_sub(GAP * shown.len().saturating_sub(1))
    }
}

fn bold(text: String, colour: bool) -> String {
    if colour { format!("\x1b[1m{text}\x1b[0m") } else { text }
}

fn judged(cell: &Cell, text: String, colour: bool) -> String {
    match cell {
        Cell::Verdict(true) if colour => format!("\x1b[32m{text}\x1b[0m"),
        Cell::Verdict(false) if colour => format!("\x1b[1;31m{text}\x1b[0m"),
        _ => text,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::cell::{drop_first, keep, prose, shrink};
    use super::*;

    #[derive(serde::Serialize)]
    pub(in crate::output) struct Fruit {
        name: String,
        count: i64,
        seen_in: Option<String>,
    }

    impl Row for Fruit {
        const COLUMNS: &'static [Column] = &[keep("name"), drop_first("count"), shrink("seen_in")];
        fn cells(&self) -> Vec<Cell> {
            vec![self.name.as_str().into(), self.count.into(), self.seen_in.clone().into()]
        }
    }

    pub(in crate::output) fn fruits() -> Vec<Fruit> {
        vec![
            Fruit {
                name: "Apple".into(),
                count: 3,
                seen_in: Some("a \"garden\", two, three".into()),
            },
            Fruit { name: "=1+1".into(), count: 12, seen_in: None },
        ]
    }

    #[test]
    fn without_a_terminal_nothing_is_cut() {
        assert_eq!(
            render(&fruits(), None, false),
            "NAME   COUNT  SEEN IN\n\
             Apple      3  a \"garden\", two, three\n\
             =1+1      12  -\n"
        );
    }

    #[test]
    fn a_narrow_terminal_cuts_what_may_be_cut() {
        assert_eq!(
            render(&fruits(), Some(30), false),
            "NAME   COUNT  SEEN IN\n\
             Apple      3  a \"garden\", two…\n\
             =1+1      12  -\n"
        );
    }

    #[test]
    fn a_very_narrow_terminal_leaves_columns_out() {
        for line in render(&fruits(), Some(20), false).lines() {
            assert!(measure_text_width(line) <= 20, "{line}");
            assert!(!line.contains("COUNT"), "{line}");
        }
    }

    #[test]
    fn a_card_has_a_line_for_each_value() {
        assert_eq!(card(&fruits()[1], None, false), "name     =1+1\ncount    12\nseen in  -\n");
    }

    #[test]
    fn a_long_value_on_a_card_goes_on_below_itself() {
        assert_eq!(
            card(&fruits()[0], Some(24), false),
            "name     Apple\ncount    3\nseen in  a \"garden\",\n         two, three\n"
        );
    }

    #[derive(serde::Serialize)]
    struct Tale {
        number: String,
        told: String,
        teller: String,
        since: String,
    }

    impl Row for Tale {
        const COLUMNS: &'static [Column] =
            &[keep("number"), prose("told"), shrink("teller"), drop_first("since")];
        fn cells(&self) -> Vec<Cell> {
            [&self.number, &self.told, &self.teller, &self.since]
                .map(|text| text.as_str().into())
                .into()
        }
    }

    fn tale(told: &str, teller: &str) -> Tale {
        let [number, told, teller, since] =
            ["00107", told, teller, "2026-01-01"].map(str::to_owned);
        Tale { number, told, teller, since }
    }

    #[test]
    fn prose_goes_on_in_the_next_line() {
        let tales = [tale("there was a person who moved to Lisbon and came back", "Zoë")];
        assert_eq!(
            render(&tales, Some(46), false),
            "NUMBER  TOLD                TELLER  SINCE\n\
             00107   there was a person  Zoë     2026-01-01\n\
             \x20       who moved to\n\
             \x20       Lisbon and came\n\
             \x20       back\n"
        );
    }

    #[test]
    fn without_a_terminal_a_table_fits_a_page_and_has_every_letter() {
        let (told, teller) = ("one word more ".repeat(12), "x".repeat(60));
        let page = render(&[tale(told.trim(), &teller)], None, false);
        for line in page.lines() {
            assert!(measure_text_width(line) <= PAGE_WIDTH, "{line}");
        }
        assert!(!page.contains('…'), "{page}");
        assert_eq!(page.matches("word").count(), 12, "{page}");
        assert!(page.contains(&teller), "{page}");

        let address = "x".repeat(150);
        let page = render(&[tale("told", &address)], None, false);
        assert!(page.contains(&address), "an address is never broken: {page}");
    }
}
