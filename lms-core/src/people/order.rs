//! The orders of a list of people, as fragments of statements. A page begins behind the last key of
//! the page before; who has no value of the field comes at the end, as a list of its own, so that an
//! index serves both parts on either database.

use uuid::Uuid;

use super::person_filter::PersonSort;
use super::types::Person;
use crate::kernel::db::Assembly;
use crate::kernel::error::Result;
use crate::kernel::page::of_another_order;
use crate::kernel::text::Day;

/// Behind whom a page begins: the order it was made in, the value of its field, the person.
pub(super) type Key = (String, Option<String>, Uuid);

/// A part of an ordered list.
pub(super) struct Part {
    /// Which people it has.
    pub(super) only: &'static str,
    pub(super) by: &'static str,
    behind: &'static str,
    has_value: bool,
}

const fn part(only: &'static str, by: &'static str, behind: &'static str) -> Part {
    Part { only, by, behind, has_value: true }
}

const fn rest(only: &'static str) -> Part {
    Part { only, by: "ORDER BY p.person_id", behind: "AND p.person_id > ?", has_value: false }
}

const BY_NAME: &[Part] =
    &[part("", "ORDER BY x.sort_key, x.id", "AND (x.sort_key, x.id) > (?, ?)")];
const BY_NAME_DOWN: &[Part] =
    &[part("", "ORDER BY x.sort_key DESC, x.id DESC", "AND (x.sort_key, x.id) < (?, ?)")];
const BY_HIRED_ON: &[Part] = &[
    part(
        "AND p.hired_on IS NOT NULL",
        "ORDER BY p.hired_on, p.person_id",
        "AND (p.hired_on, p.person_id) > (?, ?)",
    ),
    rest("AND p.hired_on IS NULL"),
];
const BY_HIRED_ON_DOWN: &[Part] = &[
    part(
        "AND p.hired_on IS NOT NULL",
        "ORDER BY p.hired_on DESC, p.person_id DESC",
        "AND (p.hired_on, p.person_id) < (?, ?)",
    ),
    rest("AND p.hired_on IS NULL"),
];
const BY_NUMBER: &[Part] = &[
    part(
        "AND x.employee_number_key IS NOT NULL",
        "ORDER BY x.employee_number_key, x.id",
        "AND (x.employee_number_key, x.id) > (?, ?)",
    ),
    rest("AND x.employee_number_key IS NULL"),
];
const BY_NUMBER_DOWN: &[Part] = &[
    part(
        "AND x.employee_number_key IS NOT NULL",
        "ORDER BY x.employee_number_key DESC, x.id DESC",
        "AND (x.employee_number_key, x.id) < (?, ?)",
    ),
    rest("AND x.employee_number_key IS NULL"),
];

impl PersonSort {
    fn parts(self) -> &'static [Part] {
        match self {
            Self::Name => BY_NAME,
            Self::NameDown => BY_NAME_DOWN,
            Self::HiredOn => BY_HIRED_ON,
            Self::HiredOnDown => BY_HIRED_ON_DOWN,
            Self::EmployeeNumber => BY_NUMBER,
            Self::EmployeeNumberDown => BY_NUMBER_DOWN,
        }
    }

    /// Whether the field lies in the placement, rather than with the person.
    pub(super) fn is_of_placement(self) -> bool {
        matches!(self, Self::HiredOn | Self::HiredOnDown)
    }

    pub(super) fn key(self, person: &Person, sort_key: &str) -> Key {
        let value = match self {
            Self::Name | Self::NameDown => Some(sort_key.to_owned()),
            Self::HiredOn | Self::HiredOnDown => person.hired_on.map(|day| day.to_string()),
            Self::EmployeeNumber | Self::EmployeeNumberDown => person.employee_number.clone(),
        };
        (self.as_str().to_owned(), value, person.id.uuid())
    }

    /// The parts of the list from a key on.
    pub(super) fn parts_behind(self, key: Option<&Key>) -> Result<&'static [Part]> {
        let parts = self.parts();
        match key {
            Some((sort, _, _)) if sort != self.as_str() => Err(of_another_order()),
            Some((_, None, _)) => Ok(&parts[1..]),
            _ => Ok(parts),
        }
    }

    /// Leaves out what stands before the key, which may lie in an earlier part.
    pub(super) fn behind(
        self,
        wanted: Assembly,
        part: &Part,
        key: Option<&Key>,
    ) -> Result<Assembly> {
        Ok(match key {
            Some((_, Some(value), id)) if part.has_value => {
                let wanted = wanted.push(part.behind);
                if self.is_of_placement() {
                    wanted.bind(Day::parse(value)?).bind(*id)
                } else {
                    wanted.bind(value.as_str()).bind(*id)
                }
            }
            Some((_, None, id)) => wanted.push(part.behind).bind(*id),
            _ => wanted,
        })
    }
}
