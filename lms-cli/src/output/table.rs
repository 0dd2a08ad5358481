//! Tables and cards for people: they fit the terminal, and every line makes sense without colour.

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
    let shown = match (places, width) {
        (Some(places), _) => places.to_vec(),
        (None, Some(width)) => columns_that_fit(T::COLUMNS, &widths, width),
        (None, None) => columns_of_tables(T::COLUMNS),
    };
    let limits = width.map(|width| shrunk_widths(T::COLUMNS, &widths, &shown, width));

    let mut builder = Builder::with_capacity(rows.len() + 1, shown.len());
    builder.push_record(shown.iter().map(|&at| bold(T::COLUMNS[at].title(), colour)));
    for (row, texts) in cells.iter().zip(&texts) {
        builder.push_record(shown.iter().map(|&at| judged(&row[at], texts[at].clone(), colour)));
    }
    let mut table = builder.build();
    table.with(Style::empty()).with(Padding::new(0, GAP, 0, 0));
    for (place, &at) in shown.iter().enumerate() {
        if cells.iter().any(|row| matches!(row[at], Cell::Number(_))) {
            table.with(Modify::new(Columns::one(place)).with(Alignment::right()));
        }
        if let Some(limit) = limits.as_ref().and_then(|limits| limits[place]) {
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

/// Lays out one record, a value a line.
pub(super) fn card<T: Row>(record: &T, colour: bool) -> String {
    let labels: Vec<String> = T::COLUMNS.iter().map(Column::label).collect();
    let widest = labels.iter().map(|label| measure_text_width(label)).max().unwrap_or(0);
    let mut page = String::new();
    for (label, cell) in labels.into_iter().zip(record.cells()) {
        let gap = " ".repeat(widest - measure_text_width(&label) + GAP);
        let value = judged(&cell, cell.shown(), colour);
        let _ = writeln!(page, "{}{gap}{value}", bold(label, colour));
    }
    page
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

/// Leaves out columns, the last first, until those that shrink have room to.
fn columns_that_fit(columns: &[Column], widths: &[usize], width: usize) -> Vec<usize> {
    let mut shown = columns_of_tables(columns);
    let least = |shown: &[usize]| -> usize {
        let each = shown.iter().map(|&at| match columns[at].fit {
            Fit::Shrink => widths[at].min(WIDTH_MIN * 2),
            _ => widths[at],
        });
        each.sum::<usize>() + GAP * shown.len().saturating_sub(1)
    };
    while least(&shown) > width {
        let Some(last) = shown.iter().rposition(|&at| columns[at].fit == Fit::DropFirst) else {
            break;
        };
        shown.remove(last);
    }
    shown
}

/// Takes what is missing from the widest of the columns that may shrink, again and again.
fn shrunk_widths(
    columns: &[Column],
    widths: &[usize],
    shown: &[usize],
    width: usize,
) -> Vec<Option<usize>> {
    let mut limits: Vec<usize> = shown.iter().map(|&at| widths[at]).collect();
    let room = width.saturating_sub(GAP * shown.len().saturating_sub(1));
    while limits.iter().sum::<usize>() > room {
        let widest = (0..shown.len())
            .filter(|&place| columns[shown[place]].fit == Fit::Shrink && limits[place] > WIDTH_MIN)
            .max_by_key(|&place| limits[place]);
        match widest {
            Some(place) => limits[place] -= 1,
            None => break,
        }
    }
    limits
        .into_iter()
        .zip(shown)
        .map(|(limit, &at)| (limit < widths[at]).then_some(limit))
        .collect()
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
    use super::super::cell::{drop_first, keep, shrink};
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
        assert_eq!(card(&fruits()[1], false), "name     =1+1\ncount    12\nseen in  -\n");
    }
}
