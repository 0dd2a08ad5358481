//! Which person a row is about. Pure.
//!
//! The source's key comes first, then the employee number, the e-mail address and the user name. What is
//! not sure is a conflict, for somebody to look at: it is shown and not applied.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use crate::imports::plan::RowProblem;
use crate::imports::row::FileRow;
use crate::imports::{
    CONFLICT_EMAIL, CONFLICT_KEY, CONFLICT_NUMBER, CONFLICT_PEOPLE, CONFLICT_ROWS,
};
use crate::kernel::fold::fold;
use crate::people::delivery::{Known, KnownPerson};

/// Whom a row is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Match {
    /// Nobody who is there.
    New,
    /// Somebody who is there.
    Person(Uuid),
    /// It cannot be said: why, and who it may be.
    Conflict { why: Why, people: Vec<Uuid> },
}

/// Why it cannot be said whom a row is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Why {
    /// These rows are about the same person.
    SeveralRows(Vec<u64>),
    /// By one name it is somebody else than by another.
    SeveralPeople { by: &'static str, and: &'static str },
    /// The source knows the person by another key.
    OtherKey(String),
    /// Only the address says so; name and day of hiring do not.
    EmailAlone,
    /// The number is that of somebody with another name and address.
    NumberReused,
}

impl Why {
    /// What is wrong, and what to do.
    pub(crate) fn told(&self, row: &FileRow) -> RowProblem {
        let error = match self {
            Self::SeveralRows(rows) => {
                let rows: Vec<String> = rows.iter().map(ToString::to_string).collect();
                CONFLICT_ROWS
                    .error(format!("rows {} are about the same person", rows.join(", ")))
                    .with_hint("keep one of them")
            }
            Self::SeveralPeople { by, and } => CONFLICT_PEOPLE
                .error(format!("by {by} it is one person, by {and} another"))
                .with_hint(
                    "correct the one or the other; if both are one human, merge their records with \
                     `lmsctl person merge`",
                ),
            Self::OtherKey(key) => CONFLICT_KEY
                .error(format!("the source knows this person as `{key}` already"))
                .with_hint(
                    "correct the key; if somebody else has it now, correct their address and number \
                     first",
                ),
            Self::EmailAlone => CONFLICT_EMAIL
                .error(format!(
                    "`{}` belongs to somebody with another name and day of hiring",
                    row.text("email").unwrap_or_default()
                ))
                .with_hint(
                    "give the employee number, or correct the name; an address alone is no proof",
                ),
            Self::NumberReused => CONFLICT_NUMBER
                .error(format!(
                    "the number `{}` belongs to somebody with another name and address",
                    row.text("employee_number").unwrap_or_default()
                ))
                .with_hint(
                    "give the newcomer another number, or change the name of the one who is there \
                     with `lmsctl person edit`",
                ),
        };
        RowProblem::of(&error, row)
    }
}

/// Whom each of the rows is about. `seen` are people of whom rows of this file said nothing new.
pub(crate) fn matches(rows: &[FileRow], known: &Known, seen: &BTreeSet<Uuid>) -> Vec<Match> {
    let mut matches: Vec<Match> = rows.iter().map(|row| match_one(row, known)).collect();
    let mut by_person: BTreeMap<Uuid, Vec<usize>> = BTreeMap::new();
    let mut by_key: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, one) in matches.iter().enumerate() {
        match one {
            Match::Person(id) => by_person.entry(*id).or_default().push(at),
            Match::New => {
                if let Some(key) = rows[at].row_key() {
                    by_key.entry(key).or_default().push(at);
                }
            }
            Match::Conflict { .. } => {}
        }
    }
    let of_people = by_person.into_iter().map(|(id, places)| (vec![id], places));
    for (people, places) in of_people.chain(by_key.into_values().map(|at| (Vec::new(), at))) {
        let is_seen = people.iter().any(|id| seen.contains(id));
        if places.len() < 2 && !is_seen {
            continue;
        }
        let numbers: Vec<u64> = places.iter().map(|at| rows[*at].number).collect();
        for at in places {
            let why = Why::SeveralRows(numbers.clone());
            matches[at] = Match::Conflict { why, people: people.clone() };
        }
    }
    matches
}

fn match_one(row: &FileRow, known: &Known) -> Match {
    let conflict = |why, people: &[Uuid]| Match::Conflict { why, people: people.to_vec() };
    let person = |id: Uuid| known.people.get(&id);
    let number = row.text("employee_number");
    let by_number = number.and_then(|number| known.by_number.get(number));
    if let Some(id) = row.key().and_then(|key| known.by_key.get(key)) {
        let is_by_number = row.text("source_key").is_none();
        if is_by_number && person(id).is_some_and(|known| is_somebody_else(row, known)) {
            return conflict(Why::NumberReused, &[id]);
        }
        return Match::Person(id);
    }
    let by_email = row.email().and_then(|email| known.by_email.get(&email).copied());
    let by_username = row.username().and_then(|name| known.by_username.get(&name).copied());
    let named =
        [("employee number", by_number), ("e-mail address", by_email), ("user name", by_username)];
    let mut found = named.into_iter().filter_map(|(name, id)| Some((name, id?)));
    let Some((by, id)) = found.next() else { return Match::New };
    if let Some((and, other)) = found.find(|(_, other)| *other != id) {
        return conflict(Why::SeveralPeople { by, and }, &[id, other]);
    }
    let Some(known) = person(id) else { return Match::Person(id) };
    if by_number.is_some() && is_somebody_else(row, known) {
        return conflict(Why::NumberReused, &[id]);
    }
    if let Some(other) =
        known.keys.iter().find(|known| row.key().is_some_and(|key| !is_same_key(key, known)))
    {
        return conflict(Why::OtherKey(other.clone()), &[id]);
    }
    let agrees = by != "e-mail address" || same_name(row, known) || same_day(row, known);
    if agrees { Match::Person(id) } else { conflict(Why::EmailAlone, &[id]) }
}

/// Neither name nor address of a row are those of the person whose number it has. One name that agrees says
/// little: whoever has another family name, another address and another day of hiring is somebody else.
fn is_somebody_else(row: &FileRow, known: &KnownPerson) -> bool {
    let (Some(first), Some(last)) = (row.text("first_name"), row.text("last_name")) else {
        return false;
    };
    let known_as = |name: &str| {
        let preferred = known.preferred_name.as_deref().unwrap_or_default();
        [known.first_name.as_str(), known.last_name.as_str(), preferred]
            .iter()
            .any(|known| fold(known) == fold(name))
    };
    let known_email = known.email.as_ref().map(|email| email.to_lowercase());
    let has_email = row.email().is_some() && row.email() == known_email;
    let both_have_email = row.email().is_some() && known_email.is_some();
    let other_day =
        row.text("hired_on").is_some() && known.hired_on.is_some() && !same_day(row, known);
    !has_email && !known_as(last) && (!known_as(first) || (both_have_email && other_day))
}

/// Case never makes another of a key.
pub(super) fn is_same_key(key: &str, known: &str) -> bool {
    key == known || key.to_lowercase() == known.to_lowercase()
}

fn same_name(row: &FileRow, known: &KnownPerson) -> bool {
    let (Some(first), Some(last)) = (row.text("first_name"), row.text("last_name")) else {
        return false;
    };
    let preferred = known.preferred_name.as_deref().unwrap_or_default();
    let firsts = [known.first_name.as_str(), preferred];
    fold(last) == fold(&known.last_name) && firsts.iter().any(|known| fold(known) == fold(first))
}

fn same_day(row: &FileRow, known: &KnownPerson) -> bool {
    let said = row.text("hired_on");
    said.is_some() && said == known.hired_on.map(|day| day.to_string()).as_deref()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::text::Day;

    fn row(number: u64, values: &[(&str, &str)]) -> FileRow {
        let values =
            values.iter().map(|(name, text)| ((*name).to_owned(), Some((*text).to_owned())));
        FileRow { number, values: values.collect() }
    }

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    /// Ada is 1, with the number 7, and the source knows her as K1. Bo is 2, with the number 8.
    fn known() -> Known {
        let mut known = Known::default();
        let person = |first: &str, last: &str, email: &str, keys: &[&str]| KnownPerson {
            first_name: first.to_owned(),
            last_name: last.to_owned(),
            email: Some(email.to_owned()),
            keys: keys.iter().map(|key| (*key).to_owned()).collect(),
            ..KnownPerson::default()
        };
        known.people.insert(id(1), person("Ada", "Lovelace", "Ada@x.org", &["K1"]));
        known.people.insert(id(2), person("Bo", "Baker", "bo@x.org", &[]));
        known.by_key.insert("K1".to_owned(), id(1));
        known.by_number.insert("7".to_owned(), id(1));
        known.by_number.insert("8".to_owned(), id(2));
        let emails = [("ada@x.org".to_owned(), id(1)), ("bo@x.org".to_owned(), id(2))];
        known.by_email.extend(emails);
        known
    }

    fn one(values: &[(&str, &str)]) -> Match {
        matches(&[row(2, values)], &known(), &BTreeSet::new()).remove(0)
    }

    fn why(found: Match) -> Why {
        match found {
            Match::Conflict { why, .. } => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_key_comes_first_and_an_address_may_change() {
        let found = one(&[("source_key", "K1"), ("email", "new@x.org"), ("last_name", "King")]);
        assert_eq!(found, Match::Person(id(1)));
        assert_eq!(one(&[("employee_number", "8")]), Match::Person(id(2)));
        assert_eq!(one(&[("source_key", "K9"), ("employee_number", "9")]), Match::New);
    }

    #[test]
    fn an_address_alone_is_no_proof() {
        let with =
            |first, last| one(&[("email", "BO@x.org"), ("first_name", first), ("last_name", last)]);
        assert_eq!(with("bo", "BAKER"), Match::Person(id(2)));
        assert_eq!(why(with("Cy", "Cole")), Why::EmailAlone);
    }

    #[test]
    fn a_second_key_for_one_person_is_a_conflict() {
        let found = one(&[("source_key", "K9"), ("employee_number", "7")]);
        assert_eq!(why(found), Why::OtherKey("K1".to_owned()));
    }

    #[test]
    fn one_row_and_two_people_is_a_conflict() {
        let found = one(&[("employee_number", "8"), ("email", "ada@x.org")]);
        assert!(matches!(why(found), Why::SeveralPeople { .. }));
    }

    #[test]
    fn a_number_with_another_name_and_address_is_reused() {
        let with = |email| {
            let names = [("first_name", "Cy"), ("last_name", "Cole")];
            one(&[("employee_number", "8"), ("email", email), names[0], names[1]])
        };
        assert_eq!(why(with("cy@x.org")), Why::NumberReused);
        assert_eq!(with("bo@x.org"), Match::Person(id(2)), "a new name, and the same address");
    }

    #[test]
    fn one_name_that_agrees_is_not_enough_where_all_else_differs() {
        let mut known = known();
        let bo = known.people.get_mut(&id(2)).unwrap();
        bo.hired_on = Some(Day::parse("2020-01-01").unwrap());
        let with = |email, hired_on| {
            let values = [
                ("employee_number", "8"),
                ("first_name", "Bo"),
                ("last_name", "Cole"),
                ("email", email),
                ("hired_on", hired_on),
            ];
            matches(&[row(2, &values)], &known, &BTreeSet::new()).remove(0)
        };
        assert_eq!(why(with("other@x.org", "2026-01-01")), Why::NumberReused);
        assert_eq!(with("bo.cole@x.org", "2020-01-01"), Match::Person(id(2)), "married");
        assert_eq!(with("bo@x.org", "2026-01-01"), Match::Person(id(2)), "hired again");
    }

    #[test]
    fn two_rows_for_one_person_are_both_conflicts_whatever_their_order() {
        let rows = [
            row(2, &[("source_key", "K1")]),
            row(3, &[("source_key", "N"), ("email", "n@x.org")]),
            row(4, &[("source_key", "K1"), ("email", "other@x.org")]),
            row(5, &[("source_key", "N")]),
        ];
        let found = matches(&rows, &known(), &BTreeSet::new());
        for one in found {
            assert!(matches!(one, Match::Conflict { why: Why::SeveralRows(_), .. }), "{one:?}");
        }
        let seen = BTreeSet::from([id(2)]);
        let found = matches(&[row(9, &[("employee_number", "8")])], &known(), &seen);
        assert_eq!(why(found[0].clone()), Why::SeveralRows(vec![9]));
    }
}
