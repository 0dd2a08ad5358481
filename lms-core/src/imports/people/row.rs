//! What a row of a file says of a person.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::imports::row::FileRow;
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;
use crate::people::delivery::{Known, Names, Said};
use crate::people::{PersonField, PersonStatus};

/// Fields by which a person is known, the surest first.
const KEYS: [&str; 4] = ["source_key", "employee_number", "email", "username"];

impl FileRow {
    /// By what the source knows them: its key, else the employee number, which is one as well.
    pub(crate) fn key(&self) -> Option<&str> {
        self.text("source_key").or_else(|| self.text("employee_number"))
    }

    pub(crate) fn email(&self) -> Option<String> {
        self.text("email").map(str::to_lowercase)
    }

    pub(crate) fn username(&self) -> Option<String> {
        self.text("username").map(str::to_lowercase)
    }

    /// The name under which it is kept what the source said of them last.
    pub(crate) fn row_key(&self) -> Option<String> {
        if let Some(key) = self.key() {
            return Some(format!("key:{}", key.to_lowercase()));
        }
        let email = self.email().map(|email| format!("email:{email}"));
        email.or_else(|| self.username().map(|name| format!("username:{name}")))
    }

    /// Adds all by which the person may be there already.
    pub(crate) fn add_names(&self, names: &mut Names) {
        names.keys.extend(self.key().map(str::to_owned));
        names.numbers.extend(self.text("employee_number").map(str::to_owned));
        names.emails.extend(self.email());
        names.usernames.extend(self.username());
    }

    /// Everybody who is there and whom it may be about.
    pub(crate) fn people_in(&self, known: &Known) -> Vec<Uuid> {
        let number = self.text("employee_number");
        let found = [
            self.key().and_then(|key| known.by_key.get(key)),
            number.and_then(|number| known.by_number.get(number)),
            self.email().and_then(|email| known.by_email.get(&email).copied()),
            self.username().and_then(|name| known.by_username.get(&name).copied()),
        ];
        found.into_iter().flatten().collect()
    }

    /// What to call the person in a list: their name, else what they are known by.
    pub(crate) fn label(&self) -> String {
        let names = [self.text("first_name"), self.text("last_name")];
        let name: Vec<&str> = names.into_iter().flatten().collect();
        if !name.is_empty() {
            return name.join(" ");
        }
        let known = KEYS.iter().find_map(|key| self.text(key));
        known.unwrap_or_default().to_owned()
    }

    /// The fields that are a person's own, as they are set.
    pub(crate) fn fields(&self) -> BTreeMap<PersonField, String> {
        let settable = self.values.iter().filter_map(|(name, value)| {
            let field = PersonField::named(name).filter(|field| *field != PersonField::Manager)?;
            Some((field, value.clone().unwrap_or_default()))
        });
        settable.collect()
    }

    pub(crate) fn attributes(&self) -> BTreeMap<String, String> {
        let kept = self.values.iter().filter_map(|(name, value)| {
            Some((name.strip_prefix("attr:")?.to_owned(), value.clone().unwrap_or_default()))
        });
        kept.collect()
    }

    /// What it says of the employment.
    pub(crate) fn employment(&self) -> Result<Said> {
        let day = |field: &str| -> Result<Option<Option<Day>>> {
            let Some(value) = self.values.get(field) else { return Ok(None) };
            let day = value.as_deref().map(Day::parse).transpose();
            Ok(Some(day.map_err(|error| error.with_field(field))?))
        };
        let status = match self.text("status") {
            None => None,
            Some("suspended") => Some(PersonStatus::Inactive),
            Some(text) => Some(PersonStatus::parse(text)?),
        };
        Ok(Said {
            hired_on: day("hired_on")?.flatten(),
            terminated_on: day("terminated_on")?,
            status,
            is_missing: false,
        })
    }

    /// Whom they report to: nothing is said, nobody, or somebody by one of their names.
    #[expect(clippy::option_option, reason = "nothing is said, that there is none, or which it is")]
    pub(crate) fn manager(&self) -> Option<Option<ManagerName>> {
        let mut is_said = false;
        for (field, kind) in [
            ("manager_key", ManagerName::Key as fn(String) -> ManagerName),
            ("manager_number", ManagerName::Number),
            ("manager_email", ManagerName::Email),
            ("manager", ManagerName::Any),
        ] {
            match self.values.get(field) {
                Some(Some(text)) => return Some(Some(kind(text.trim().to_owned()))),
                Some(None) => is_said = true,
                None => {}
            }
        }
        is_said.then_some(None)
    }
}

/// What a manager is called. Never by name: two people may share one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ManagerName {
    Key(String),
    Number(String),
    Email(String),
    Any(String),
}

impl ManagerName {
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Key(text) | Self::Number(text) | Self::Email(text) | Self::Any(text) => text,
        }
    }

    /// As it is kept until the manager arrives.
    pub(crate) fn kept(&self) -> String {
        let kind = match self {
            Self::Key(_) => "key",
            Self::Number(_) => "number",
            Self::Email(_) => "email",
            Self::Any(_) => "any",
        };
        format!("{kind}:{}", self.text())
    }

    pub(crate) fn parse(kept: &str) -> Result<Self> {
        match kept.split_once(':') {
            Some(("key", text)) => Ok(Self::Key(text.to_owned())),
            Some(("number", text)) => Ok(Self::Number(text.to_owned())),
            Some(("email", text)) => Ok(Self::Email(text.to_owned())),
            Some(("any", text)) => Ok(Self::Any(text.to_owned())),
            _ => Err(Error::inconsistent("import_pending.manager", "it is of no kind")),
        }
    }

    pub(crate) fn add_names(&self, names: &mut Names) {
        let text = self.text();
        if matches!(self, Self::Key(_) | Self::Any(_)) {
            names.keys.insert(text.to_owned());
        }
        if matches!(self, Self::Number(_) | Self::Any(_)) {
            names.numbers.insert(text.to_owned());
        }
        if matches!(self, Self::Email(_) | Self::Any(_)) {
            names.emails.insert(text.to_lowercase());
        }
        if matches!(self, Self::Any(_)) {
            names.usernames.insert(text.to_lowercase());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn row(values: &[(&str, &str)]) -> FileRow {
        let value = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let values = values.iter().map(|(name, text)| ((*name).to_owned(), value(text))).collect();
        FileRow { number: 2, values }
    }

    #[test]
    fn the_surest_name_is_the_key() {
        let key = |values: &[(&str, &str)]| row(values).row_key();
        let all = [("source_key", "S1"), ("employee_number", "7"), ("email", "A@X.org")];
        assert_eq!(key(&all).as_deref(), Some("key:s1"));
        assert_eq!(key(&all[1..]).as_deref(), Some("key:7"));
        assert_eq!(key(&all[2..]).as_deref(), Some("email:a@x.org"));
        assert_eq!(key(&[("username", "Ada")]).as_deref(), Some("username:ada"));
        assert_eq!(key(&[("first_name", "Ada")]), None);
    }

    #[test]
    fn the_digest_tells_an_empty_cell_from_no_cell_and_from_a_value() {
        let texts = [row(&[]), row(&[("email", "")]), row(&[("email", "a@x.org")])];
        let digests: Vec<Vec<u8>> = texts.iter().map(FileRow::digest).collect();
        assert!(digests[0] != digests[1] && digests[1] != digests[2] && digests[0] != digests[2]);
        let mut elsewhere = texts[2].clone();
        elsewhere.number = 99;
        assert_eq!(elsewhere.digest(), digests[2]);
    }

    #[test]
    fn a_manager_is_what_the_surest_column_says() {
        let said = |values: &[(&str, &str)]| row(values).manager();
        assert_eq!(said(&[]), None);
        assert_eq!(said(&[("manager_email", "")]), Some(None));
        assert_eq!(
            said(&[("manager", "x"), ("manager_email", "A@x.org")]),
            Some(Some(ManagerName::Email("A@x.org".to_owned())))
        );
        let kept = ManagerName::Number("00:7".to_owned());
        assert_eq!(ManagerName::parse(&kept.kept()).unwrap(), kept);
    }
}
