//! What a list of people is asked for.

use super::audience::{Audience, AudienceField};
use super::types::PersonStatus;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::page::{Paging, order_named, paged};
use crate::kernel::text::Day;

/// Which people, as of which day, in which order.
#[derive(Debug, Clone, Default)]
pub struct PersonFilter {
    pub(super) audience: Audience,
    /// The group whose members these are, besides all else that is asked for.
    pub(super) within: Option<String>,
    pub(super) search: Option<String>,
    pub(super) as_of: Option<Day>,
    pub(super) known_at: Option<Timestamp>,
    pub(super) sort: PersonSort,
    pub(super) paging: Paging,
}

paged!(PersonFilter);

/// The order of a list of people.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum PersonSort {
    /// By family name and given name.
    #[default]
    Name,
    /// The same from the end of the alphabet.
    NameDown,
    /// By the first day of their employment.
    HiredOn,
    /// Those hired last first.
    HiredOnDown,
    /// By employee number; those without one at the end.
    EmployeeNumber,
    /// By employee number from the last one; those without one at the end.
    EmployeeNumberDown,
}

impl PersonSort {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Name,
        Self::NameDown,
        Self::HiredOn,
        Self::HiredOnDown,
        Self::EmployeeNumber,
        Self::EmployeeNumberDown,
    ];

    /// The name in commands and queries.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::NameDown => "-name",
            Self::HiredOn => "hired_on",
            Self::HiredOnDown => "-hired_on",
            Self::EmployeeNumber => "employee_number",
            Self::EmployeeNumberDown => "-employee_number",
        }
    }

    /// Reads the name.
    pub fn parse(text: &str) -> Result<Self> {
        order_named(text, "people", Self::ALL, Self::as_str)
    }
}

impl PersonFilter {
    /// Everybody who is active or on leave, today, by name.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only those of this audience, in place of what was asked for so far.
    #[must_use]
    pub fn audience(mut self, audience: Audience) -> Self {
        self.audience = audience;
        self
    }

    /// Only those with words that begin so, in names, address, user name or employee number.
    #[must_use]
    pub fn search(mut self, text: &str) -> Self {
        self.search = Some(text.to_owned());
        self
    }

    /// Only those with this value; where others of the field are asked for, also those.
    #[must_use]
    pub fn with(mut self, field: AudienceField, value: &str) -> Self {
        self.audience = self.audience.with(field, value);
        self
    }

    /// Only those in this department or below it.
    #[must_use]
    pub fn department(self, department: &str) -> Self {
        self.with(AudienceField::Department, department)
    }

    /// The departments themselves, without those below.
    #[must_use]
    pub fn exact(mut self, exact: bool) -> Self {
        self.audience = self.audience.exact(exact);
        self
    }

    /// Only those at this location.
    #[must_use]
    pub fn location(self, location: &str) -> Self {
        self.with(AudienceField::Location, location)
    }

    /// Only those with this job role.
    #[must_use]
    pub fn job_role(self, job_role: &str) -> Self {
        self.with(AudienceField::JobRole, job_role)
    }

    /// Only those who report to this person.
    #[must_use]
    pub fn manager(self, person: &str) -> Self {
        self.with(AudienceField::Manager, person)
    }

    /// Also those who report to the reports, all the way down.
    #[must_use]
    pub fn all_reports(mut self, all: bool) -> Self {
        self.audience = self.audience.all_reports(all);
        self
    }

    /// Only those in this country.
    #[must_use]
    pub fn country(self, country: &str) -> Self {
        self.with(AudienceField::Country, country)
    }

    /// Only those employed in this way.
    #[must_use]
    pub fn employment_type(self, employment_type: &str) -> Self {
        self.with(AudienceField::EmploymentType, employment_type)
    }

    /// Those with this status, in place of active and on leave.
    #[must_use]
    pub fn status(self, status: PersonStatus) -> Self {
        self.with(AudienceField::Status, status.as_str())
    }

    /// Only those hired after this day.
    #[must_use]
    pub fn hired_after(self, day: Day) -> Self {
        self.with(AudienceField::HiredAfter, &day.to_string())
    }

    /// Only those hired before this day.
    #[must_use]
    pub fn hired_before(self, day: Day) -> Self {
        self.with(AudienceField::HiredBefore, &day.to_string())
    }

    /// As it was on this day, as far as is known now.
    #[must_use]
    pub fn as_of(mut self, day: Day) -> Self {
        self.as_of = Some(day);
        self
    }

    /// With what had been recorded by this instant; nothing recorded later changes the answer.
    #[must_use]
    pub fn known_at(mut self, instant: Timestamp) -> Self {
        self.known_at = Some(instant);
        self
    }

    /// In this order.
    #[must_use]
    pub fn sort(mut self, sort: PersonSort) -> Self {
        self.sort = sort;
        self
    }

    pub(super) fn within(mut self, group: &str) -> Self {
        self.within = Some(group.to_owned());
        self
    }
}
