//! Whom rows are about: people who are there, by whatever the file knows them.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::fates::{Aside, Known};
use crate::imports::CONFLICT_PEOPLE;
use crate::imports::row::FileRow;
use crate::kernel::error::Result;
use crate::operations::Write;
use crate::people::UNKNOWN_PERSON;
use crate::people::delivery::{self, Names, known};

/// The people whom a file names, as far as they are there.
#[derive(Debug)]
pub(super) struct Subjects(delivery::Known);

impl Subjects {
    /// Looks all of them up; keys are those of the source.
    pub(super) async fn load(write: &mut Write, source: &str, rows: &[FileRow]) -> Result<Self> {
        let mut names = Names::default();
        for row in rows {
            names.keys.extend(row.text("source_key").map(str::to_owned));
            names.numbers.extend(row.text("employee_number").map(str::to_owned));
            names.emails.extend(row.email());
            names.usernames.extend(row.username());
            if let Some(any) = row.text("person") {
                names.keys.insert(any.to_owned());
                names.numbers.insert(any.to_owned());
                names.emails.insert(any.to_lowercase());
                names.usernames.insert(any.to_lowercase());
            }
        }
        Ok(Self(known(&mut write.tx, source, &names).await?))
    }

    /// Who it is. Nobody is made: a record of somebody who is not there says nothing of who they are.
    pub(super) fn of(&self, row: &FileRow) -> std::result::Result<Known, Aside> {
        let by = self.found(row);
        let found: BTreeSet<Uuid> = by.iter().map(|(_, id)| *id).collect();
        let mut found = found.into_iter();
        match (found.next(), found.next()) {
            (Some(person), None) => Ok(Known { person, name: self.name(person) }),
            (Some(first), Some(_)) => {
                let field = |is_first: bool| {
                    let found = by.iter().find(|(_, id)| (*id == first) == is_first);
                    found.map_or("person", |(field, _)| *field)
                };
                let (one, other) = (field(true), field(false));
                let error = if one == other {
                    CONFLICT_PEOPLE.error(format!("`{one}` could be one person or another"))
                } else {
                    let wrong = format!("by `{one}` it is one person, by `{other}` another");
                    CONFLICT_PEOPLE.error(wrong)
                };
                Err(Aside::conflict(
                    error.with_field(other).with_hint("correct the one or the other"),
                ))
            }
            (None, _) => Err(Aside::rejected(unknown(row))),
        }
    }

    /// Who is found by which field.
    fn found(&self, row: &FileRow) -> Vec<(&'static str, Uuid)> {
        let Self(known) = self;
        let mut by = Vec::new();
        let mut find = |field: &'static str, person: Option<Uuid>| {
            by.extend(person.map(|person| (field, person)));
        };
        find("source_key", row.text("source_key").and_then(|key| known.by_key.get(key)));
        let number = row.text("employee_number");
        find("employee_number", number.and_then(|number| known.by_number.get(number)));
        find("email", row.email().and_then(|email| known.by_email.get(&email).copied()));
        find("username", row.username().and_then(|name| known.by_username.get(&name).copied()));
        if let Some(any) = row.text("person") {
            let lower = any.to_lowercase();
            find("person", known.by_key.get(any));
            find("person", known.by_number.get(any));
            find("person", known.by_email.get(&lower).copied());
            find("person", known.by_username.get(&lower).copied());
        }
        by
    }

    fn name(&self, person: Uuid) -> String {
        let Some(known) = self.0.people.get(&person) else { return person.to_string() };
        let first = known.preferred_name.as_deref().unwrap_or(&known.first_name);
        format!("{first} {}", known.last_name)
    }
}

fn unknown(row: &FileRow) -> crate::kernel::error::Error {
    let fields = ["person", "employee_number", "email", "username", "source_key"];
    let named = fields.into_iter().find_map(|field| Some((field, row.text(field)?)));
    let (field, text) = named.unwrap_or(("person", ""));
    let error = UNKNOWN_PERSON.error(format!("there is no person `{text}`")).with_field(field);
    if field == "source_key" {
        return error.with_hint(
            "people are known by keys of the source that brought them: give the same `--source`",
        );
    }
    error.with_hint(
        "import the person first, or correct the row; `lmsctl person list --search` finds people",
    )
}
