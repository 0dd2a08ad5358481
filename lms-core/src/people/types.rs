//! People as they are shown, and what is put in to make and change them.

use std::collections::BTreeMap;

use serde::Serialize;
use uuid::Uuid;

use super::PersonId;
use super::ownership::{OwnedField, PersonSource};
use crate::kernel::clock::Timestamp;
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;
use crate::operations::OperationId;

/// How a person stands to the organisation on a day. It follows from employment and leaves.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonStatus {
    /// Hired, but not there yet.
    PreHire,
    /// There.
    Active,
    /// There, but on leave.
    OnLeave,
    /// Gone.
    Inactive,
}

impl PersonStatus {
    /// All of them, in the order of a working life.
    pub const ALL: &'static [Self] = &[Self::PreHire, Self::Active, Self::OnLeave, Self::Inactive];

    /// The name in tables and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PreHire => "pre_hire",
            Self::Active => "active",
            Self::OnLeave => "on_leave",
            Self::Inactive => "inactive",
        }
    }

    /// Reads the name.
    pub fn parse(text: &str) -> Result<Self> {
        let wanted = text.trim().to_lowercase().replace([' ', '-'], "_");
        Self::ALL.iter().copied().find(|status| status.as_str() == wanted).ok_or_else(|| {
            let all: Vec<&str> = Self::ALL.iter().map(|status| status.as_str()).collect();
            Error::invalid("status", format!("`{text}` is not a status"))
                .with_hint(format!("a status is one of: {}", all.join(", ")))
        })
    }
}

/// A person as of a day.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// As the payroll has it; leading zeros matter.
    pub employee_number: Option<String>,
    /// Where they are written to.
    pub email: Option<String>,
    /// What they sign in as elsewhere.
    pub username: Option<String>,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// What they are called.
    pub preferred_name: Option<String>,
    /// How they stand to the organisation.
    pub status: PersonStatus,
    /// The first day of this employment.
    pub hired_on: Option<Day>,
    /// The last day of the latest employment.
    pub terminated_on: Option<Day>,
    /// The code of their department.
    pub department: Option<String>,
    /// The code of their location.
    pub location: Option<String>,
    /// The code of their job role.
    pub job_role: Option<String>,
    /// What stands on their door.
    pub job_title: Option<String>,
    /// Two-letter code of the country they work in.
    pub country: Option<String>,
    /// Such as `permanent`, `temporary`.
    pub employment_type: Option<String>,
    /// Whom they report to.
    pub manager: Option<PersonId>,
    /// The name of whom they report to.
    pub manager_name: Option<String>,
    /// Their language, where it is not that of the organisation.
    pub locale: Option<String>,
    /// Their time zone, where it is not that of the organisation.
    pub timezone: Option<String>,
    /// Whatever else is known.
    pub attributes: BTreeMap<String, String>,
    /// When they were recorded first.
    pub created_at: Timestamp,
    /// When they were changed last.
    pub updated_at: Timestamp,
}

impl Person {
    /// What to call them.
    #[must_use]
    pub fn name(&self) -> String {
        let first = self.preferred_name.as_ref().unwrap_or(&self.first_name);
        format!("{first} {}", self.last_name)
    }
}

/// A person with what is known of their way through the organisation.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PersonCard {
    /// The person on that day.
    #[serde(flatten)]
    pub person: Person,
    /// Their employments, oldest first.
    pub employments: Vec<Employment>,
    /// Their leaves, oldest first.
    pub leaves: Vec<Leave>,
    /// How they were placed, oldest first.
    pub placements: Vec<Placed>,
    /// How many report to them.
    pub reports: i64,
    /// By which keys feeds know them.
    pub sources: Vec<PersonSource>,
    /// The fields that belong to a feed.
    pub owned: Vec<OwnedField>,
}

/// A time of employment.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Employment {
    /// The first day.
    pub hired_on: Day,
    /// The last day.
    pub terminated_on: Option<Day>,
    /// Why it ended.
    pub reason: Option<String>,
}

/// A leave.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Leave {
    /// The first day.
    pub from_on: Day,
    /// The last day, where it is known.
    pub until_on: Option<Day>,
    /// What for.
    pub reason: Option<String>,
}

/// How a person was placed for a time.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Placed {
    /// The first day.
    pub from: Day,
    /// The first day on which it was no longer so.
    pub until: Option<Day>,
    /// How they stood to the organisation.
    pub status: PersonStatus,
    /// The code of their department.
    pub department: Option<String>,
    /// The code of their location.
    pub location: Option<String>,
    /// The code of their job role.
    pub job_role: Option<String>,
    /// What stood on their door.
    pub job_title: Option<String>,
    /// Whom they reported to.
    pub manager: Option<PersonId>,
    /// When this was recorded.
    pub recorded_at: Timestamp,
}

/// A field of a person that can be set, by its name in commands, files and JSON.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PersonField {
    /// As the payroll has it.
    EmployeeNumber,
    /// E-mail address.
    Email,
    /// User name elsewhere.
    Username,
    /// Given name.
    FirstName,
    /// Family name.
    LastName,
    /// What they are called.
    PreferredName,
    /// Language.
    Locale,
    /// Time zone.
    TimeZone,
    /// Department, by code or name.
    Department,
    /// Location, by code or name.
    Location,
    /// Job role, by code or name.
    JobRole,
    /// What stands on their door.
    JobTitle,
    /// Country code.
    Country,
    /// Such as `permanent`.
    EmploymentType,
    /// Whom they report to: e-mail, employee number, user name or id.
    Manager,
}

impl PersonField {
    /// All of them, in the order in which they are shown.
    pub const ALL: &'static [Self] = &[
        Self::EmployeeNumber,
        Self::Email,
        Self::Username,
        Self::FirstName,
        Self::LastName,
        Self::PreferredName,
        Self::Locale,
        Self::TimeZone,
        Self::Department,
        Self::Location,
        Self::JobRole,
        Self::JobTitle,
        Self::Country,
        Self::EmploymentType,
        Self::Manager,
    ];

    /// The field of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.as_str() == name)
    }

    /// The name in commands, files and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EmployeeNumber => "employee_number",
            Self::Email => "email",
            Self::Username => "username",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::PreferredName => "preferred_name",
            Self::Locale => "locale",
            Self::TimeZone => "timezone",
            Self::Department => "department",
            Self::Location => "location",
            Self::JobRole => "job_role",
            Self::JobTitle => "job_title",
            Self::Country => "country",
            Self::EmploymentType => "employment_type",
            Self::Manager => "manager",
        }
    }
}

/// Fields to be set, and free attributes. An empty text clears a field.
#[derive(Debug, Clone, Default)]
pub(crate) struct FieldValues {
    pub(crate) fields: BTreeMap<PersonField, String>,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) replaces_attributes: bool,
}

/// A person to be made.
#[derive(Debug, Clone)]
pub struct NewPerson {
    pub(crate) values: FieldValues,
    pub(crate) hired_on: Option<Day>,
    pub(crate) source: Option<PersonSource>,
}

impl NewPerson {
    /// With given and family name.
    #[must_use]
    pub fn new(first_name: &str, last_name: &str) -> Self {
        let new = Self { values: FieldValues::default(), hired_on: None, source: None };
        new.set(PersonField::FirstName, first_name).set(PersonField::LastName, last_name)
    }

    /// With a field; what is wrong with it is told when the person is made.
    #[must_use]
    pub fn set(mut self, field: PersonField, value: &str) -> Self {
        self.values.fields.insert(field, value.to_owned());
        self
    }

    /// With a free attribute.
    #[must_use]
    pub fn attribute(mut self, key: &str, value: &str) -> Self {
        self.values.attributes.insert(key.to_owned(), value.to_owned());
        self
    }

    /// Employed from this day on; today, unless said.
    #[must_use]
    pub fn hired_on(mut self, day: Day) -> Self {
        self.hired_on = Some(day);
        self
    }

    /// Delivered by a feed that knows them by this key: all that is set belongs to the feed.
    #[must_use]
    pub fn source(mut self, source: &str, key: &str) -> Self {
        self.source = Some(PersonSource { source: source.to_owned(), key: key.to_owned() });
        self
    }
}

/// What to change of a person.
#[derive(Debug, Clone, Default)]
pub struct PersonChange {
    pub(crate) values: FieldValues,
    pub(crate) from: Option<Day>,
    pub(crate) source: Option<String>,
    pub(crate) known_as: Option<String>,
    pub(crate) release: Vec<String>,
}

impl PersonChange {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a field; an empty text clears it.
    #[must_use]
    pub fn set(mut self, field: PersonField, value: &str) -> Self {
        self.values.fields.insert(field, value.to_owned());
        self
    }

    /// Sets a free attribute; an empty text removes it.
    #[must_use]
    pub fn attribute(mut self, key: &str, value: &str) -> Self {
        self.values.attributes.insert(key.to_owned(), value.to_owned());
        self
    }

    /// Removes every attribute that this change does not set.
    #[must_use]
    pub fn replacing_attributes(mut self) -> Self {
        self.values.replaces_attributes = true;
        self
    }

    /// Placement fields hold from this day on; today, unless said. Names and addresses are the same
    /// for all days.
    #[must_use]
    pub fn from(mut self, day: Day) -> Self {
        self.from = Some(day);
        self
    }

    /// Speaks for a feed: what is set belongs to the feed afterwards, and what somebody set by hand
    /// since the feed delivered it is kept.
    #[must_use]
    pub fn from_source(mut self, source: &str) -> Self {
        self.source = Some(source.to_owned());
        self
    }

    /// The feed knows them by this key from now on.
    #[must_use]
    pub fn known_as(mut self, key: &str) -> Self {
        self.known_as = Some(key.to_owned());
        self
    }

    /// Gives a field that was set by hand back to its feed, with the value that the feed delivered
    /// last. A free attribute is named `attribute.KEY`.
    #[must_use]
    pub fn release(mut self, field: &str) -> Self {
        self.release.push(field.to_owned());
        self
    }
}

/// People that were recorded together.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Added {
    /// Their ids, in the order in which they were given.
    pub people: Vec<PersonId>,
    /// The operation, where there was anybody to record.
    pub operation: Option<OperationId>,
}

impl IntoIterator for Added {
    type Item = PersonId;
    type IntoIter = std::vec::IntoIter<PersonId>;

    fn into_iter(self) -> Self::IntoIter {
        self.people.into_iter()
    }
}

/// What holds of a person for a time: every field that an audience can ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placement {
    pub(crate) status: PersonStatus,
    pub(crate) hired_on: Option<Day>,
    pub(crate) department: Option<Uuid>,
    pub(crate) location: Option<Uuid>,
    pub(crate) job_role: Option<Uuid>,
    pub(crate) manager: Option<Uuid>,
    pub(crate) country: Option<String>,
    pub(crate) job_title: Option<String>,
    pub(crate) employment_type: Option<String>,
    pub(crate) attributes: BTreeMap<String, String>,
}
