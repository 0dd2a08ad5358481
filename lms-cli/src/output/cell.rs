//! The one description of a record's columns, from which tables, cards and CSV are made.

use jiff::tz::TimeZone;
use lms_core::Timestamp;
use serde::Serialize;

/// A record that can be shown in columns.
pub(crate) trait Row: Serialize {
    /// The columns, in order.
    const COLUMNS: &'static [Column];
    /// A cell for each of the columns.
    fn cells(&self) -> Vec<Cell>;
}

/// A column: its key in CSV, which is also its title in tables.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) key: &'static str,
    pub(crate) fit: Fit,
}

/// What happens to a column when the terminal, or the page, is too narrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    /// It stays whole: it is what people copy.
    Keep,
    /// It is cut short, with an ellipsis.
    Shrink,
    /// It goes on in the next line: it is made of words.
    Prose,
    /// It is left out; the other formats have it.
    DropFirst,
    /// It is never in a table: it is for programs, and for cards.
    Apart,
}

pub(crate) const fn keep(key: &'static str) -> Column {
    Column { key, fit: Fit::Keep }
}

pub(crate) const fn shrink(key: &'static str) -> Column {
    Column { key, fit: Fit::Shrink }
}

pub(crate) const fn prose(key: &'static str) -> Column {
    Column { key, fit: Fit::Prose }
}

pub(crate) const fn drop_first(key: &'static str) -> Column {
    Column { key, fit: Fit::DropFirst }
}

pub(crate) const fn apart(key: &'static str) -> Column {
    Column { key, fit: Fit::Apart }
}

impl Column {
    /// The title above a column.
    pub(crate) fn title(&self) -> String {
        self.key.replace('_', " ").to_uppercase()
    }

    /// The name beside a value on a card.
    pub(crate) fn label(&self) -> String {
        self.key.replace('_', " ")
    }
}

/// A value in a column.
#[derive(Debug, Clone)]
pub(crate) enum Cell {
    Nothing,
    Text(String),
    Number(i64),
    Instant(Timestamp),
    List(Vec<String>),
    Verdict(bool),
}

impl Cell {
    /// For people: times in UTC to the second, lists with commas.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Nothing => "-".to_owned(),
            Self::Text(text) => harmless(text),
            Self::Number(number) => number.to_string(),
            Self::Instant(instant) => {
                let civil = instant.inner().to_zoned(TimeZone::UTC);
                civil.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
            }
            Self::List(items) if items.is_empty() => "-".to_owned(),
            Self::List(items) => harmless(&items.join(", ")),
            Self::Verdict(true) => "yes".to_owned(),
            Self::Verdict(false) => "NO".to_owned(),
        }
    }

    /// For programs: whole and exact; nothing is an empty field.
    pub(crate) fn exact(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Text(text) => text.clone(),
            Self::Instant(instant) => instant.to_string(),
            Self::List(items) => items.join(";"),
            Self::Verdict(ok) => ok.to_string(),
            Self::Number(number) => number.to_string(),
        }
    }
}

/// Text that cannot steer a terminal: control characters are shown, not obeyed.
pub(crate) fn harmless(text: &str) -> String {
    if !text.contains(|c: char| c.is_control()) {
        return text.to_owned();
    }
    text.chars()
        .flat_map(|c| {
            let escaped: Box<dyn Iterator<Item = char>> = if c.is_control() {
                Box::new(c.escape_default())
            } else {
                Box::new(Some(c).into_iter())
            };
            escaped
        })
        .collect()
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<Timestamp> for Cell {
    fn from(instant: Timestamp) -> Self {
        Self::Instant(instant)
    }
}

impl From<&Vec<String>> for Cell {
    fn from(items: &Vec<String>) -> Self {
        Self::List(items.clone())
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Nothing, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_shown_and_not_obeyed() {
        assert_eq!(harmless("a\u{1b}[31mb\nc"), "a\\u{1b}[31mb\\nc");
        assert_eq!(harmless("Zoë"), "Zoë");
    }

    #[test]
    fn programs_get_what_people_get_in_a_form_they_can_read() {
        let list = Cell::List(vec!["hr".into(), "auditor".into()]);
        assert_eq!((list.shown(), list.exact()), ("hr, auditor".into(), "hr;auditor".into()));
        assert_eq!((Cell::Nothing.shown(), Cell::Nothing.exact()), ("-".into(), String::new()));
        assert_eq!(Cell::Verdict(false).shown(), "NO");
    }
}
