//! Rows as a file has them, whatever the file is.

use crate::kernel::error::Result;

/// A row before anybody knows what it means.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct RawRow {
    /// As the file counts.
    pub(super) number: u64,
    pub(super) cells: Vec<RawCell>,
    /// Whether the file ends within it.
    pub(super) is_cut: bool,
}

/// A cell before anybody knows what it means.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(
    not(feature = "xlsx"),
    expect(dead_code, reason = "a text has nothing but texts; sheets have the rest")
)]
pub(super) enum RawCell {
    #[default]
    Empty,
    /// A record of a feed does not speak of it; a row of a file always does, or ends before it.
    #[cfg_attr(
        all(feature = "xlsx", not(feature = "hris")),
        expect(dead_code, reason = "files have no such cell")
    )]
    Absent,
    Text(String),
    /// A number of a sheet, in digits.
    Number(String),
    Bool(bool),
    /// A cell of which the sheet says that it is a day, as `YYYY-MM-DD`.
    Day(String),
    /// The error of a formula.
    Error(String),
    /// A formula of which the sheet does not say what comes of it.
    Formula,
}

impl RawCell {
    /// What it says, as somebody would type it.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Empty | Self::Absent => "",
            Self::Text(text) | Self::Number(text) | Self::Day(text) | Self::Error(text) => text,
            Self::Bool(true) => "TRUE",
            Self::Bool(false) => "FALSE",
            // As a spreadsheet says it, so that it is no value wherever it goes.
            Self::Formula => "#N/A",
        }
    }

    /// Whether nothing is said, not even that there is nothing.
    pub(super) fn is_absent(&self) -> bool {
        *self == Self::Absent
    }

    pub(super) fn is_blank(&self) -> bool {
        match self {
            Self::Empty | Self::Absent => true,
            Self::Text(text) => text.chars().all(is_space),
            _ => false,
        }
    }
}

/// What stands around values and is none of them.
pub(super) fn is_space(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(letter, '\u{feff}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}')
}

impl RawRow {
    pub(super) fn is_blank(&self) -> bool {
        self.cells.iter().all(RawCell::is_blank)
    }

    /// How many of its cells hold something.
    pub(super) fn filled(&self) -> usize {
        self.cells.iter().filter(|cell| !cell.is_blank()).count()
    }

    /// The text of a cell; nothing where the row ends before it.
    pub(super) fn text(&self, at: usize) -> &str {
        self.cells.get(at).map_or("", RawCell::text)
    }
}

/// Rows of a table, one after the other. An error ends them.
pub(super) type Rows = Box<dyn Iterator<Item = Result<RawRow>> + Send>;
