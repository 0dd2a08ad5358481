//! The orders of a list of assignments, as fragments of statements. A page begins behind the last key of
//! the page before.

use uuid::Uuid;

use crate::kernel::db::Assembly;
use crate::kernel::error::Result;
use crate::kernel::page::{of_another_order, order_named};
use crate::kernel::text::Day;

/// The order of a list of assignments.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum AssignmentSort {
    /// The earliest due first; those without a due day at the end.
    #[default]
    DueOn,
    /// The latest due first; those without a due day before all others.
    DueOnDown,
    /// The oldest first.
    AssignedOn,
    /// The newest first.
    AssignedOnDown,
    /// By family name and given name.
    Person,
    /// The same from the end of the alphabet.
    PersonDown,
    /// By the code of the training.
    Training,
    /// The same from the end of the alphabet.
    TrainingDown,
}

/// Behind what a page begins: the order it was made in, the value of its column, the assignment.
pub(super) type Key = (String, String, Uuid);

impl AssignmentSort {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::DueOn,
        Self::DueOnDown,
        Self::AssignedOn,
        Self::AssignedOnDown,
        Self::Person,
        Self::PersonDown,
        Self::Training,
        Self::TrainingDown,
    ];

    /// The name in commands and queries.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DueOn => "due_on",
            Self::DueOnDown => "-due_on",
            Self::AssignedOn => "assigned_on",
            Self::AssignedOnDown => "-assigned_on",
            Self::Person => "person",
            Self::PersonDown => "-person",
            Self::Training => "training",
            Self::TrainingDown => "-training",
        }
    }

    /// Reads the name.
    pub fn parse(text: &str) -> Result<Self> {
        order_named(text, "assignments", Self::ALL, Self::as_str)
    }

    /// What stands behind a key of the list `b` of people `x` and trainings `t`, and in which order.
    pub(super) fn from(self, key: Option<Key>, wanted: Assembly) -> Result<Assembly> {
        let (by, behind) = match self {
            Self::DueOn => ("ORDER BY b.due_key, b.id", "AND (b.due_key, b.id) > (?, ?)"),
            Self::DueOnDown => {
                ("ORDER BY b.due_key DESC, b.id DESC", "AND (b.due_key, b.id) < (?, ?)")
            }
            Self::AssignedOn => {
                ("ORDER BY b.assigned_on, b.id", "AND (b.assigned_on, b.id) > (?, ?)")
            }
            Self::AssignedOnDown => {
                ("ORDER BY b.assigned_on DESC, b.id DESC", "AND (b.assigned_on, b.id) < (?, ?)")
            }
            Self::Person => ("ORDER BY x.sort_key, b.id", "AND (x.sort_key, b.id) > (?, ?)"),
            Self::PersonDown => {
                ("ORDER BY x.sort_key DESC, b.id DESC", "AND (x.sort_key, b.id) < (?, ?)")
            }
            Self::Training => ("ORDER BY t.code_key, b.id", "AND (t.code_key, b.id) > (?, ?)"),
            Self::TrainingDown => {
                ("ORDER BY t.code_key DESC, b.id DESC", "AND (t.code_key, b.id) < (?, ?)")
            }
        };
        let Some((order, value, id)) = key else { return Ok(wanted.push(by)) };
        if order != self.as_str() {
            return Err(of_another_order());
        }
        let wanted = wanted.push(behind);
        let wanted = match self {
            Self::DueOn | Self::DueOnDown | Self::AssignedOn | Self::AssignedOnDown => {
                wanted.bind(Day::parse(&value)?)
            }
            _ => wanted.bind(value),
        };
        Ok(wanted.bind(id).push(by))
    }

    /// Where the page after a row begins; with what it goes by of the row.
    pub(super) fn key(self, id: Uuid, due: Day, assigned: Day, names: (&str, &str)) -> Key {
        let value = match self {
            Self::DueOn | Self::DueOnDown => due.to_string(),
            Self::AssignedOn | Self::AssignedOnDown => assigned.to_string(),
            Self::Person | Self::PersonDown => names.0.to_owned(),
            Self::Training | Self::TrainingDown => names.1.to_owned(),
        };
        (self.as_str().to_owned(), value, id)
    }
}
