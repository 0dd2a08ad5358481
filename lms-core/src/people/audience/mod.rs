//! Whom something is for: one filter over people, with one meaning on the command line, in files, in
//! JSON and in queries.
//!
//! An [`Audience`] is what somebody asked for, by name (`terms.rs` reads it, `form.rs` is its JSON
//! and its words). [`Known`](known::Known) loads what the names can mean, in bulk and as of a day;
//! from it comes a [`Resolved`](resolved::Resolved), which is asked in two ways: `matches` decides
//! over plain facts in memory, `push` puts the same conditions into a statement. A property test
//! holds the two to the same answer.

mod terms;
mod form;
mod flags;
pub(super) mod pattern;
pub(crate) mod known;
pub(crate) mod values;
mod bounds;
mod resolve;
pub(crate) mod resolved;

use std::collections::{BTreeMap, BTreeSet};

use crate::kernel::error::Result;

/// What an audience can ask for.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AudienceField {
    /// A department and all below it, by code or name.
    Department,
    /// A location, by code or name.
    Location,
    /// A country code.
    Country,
    /// A job role, by code or name.
    JobRole,
    /// What stands on the door.
    JobTitle,
    /// Such as `permanent`.
    EmploymentType,
    /// Those who report to this person.
    Manager,
    /// The members of a group, by code or name.
    Group,
    /// Those with an account that has this access role.
    AccessRole,
    /// A single person.
    Person,
    /// How they stand to the organisation; active and on leave, unless it is asked for.
    Status,
    /// Hired before this day, which may be told from the day asked about: `-90d`.
    HiredBefore,
    /// Hired after this day, which may be told from the day asked about: `-90d`.
    HiredAfter,
    /// A free attribute of this name.
    Attribute(String),
}

/// For each field the values of which any will do.
type Terms = BTreeMap<AudienceField, BTreeSet<String>>;

/// A filter over people. Several values of one field: any of them; several fields: all of them; and
/// whoever has any of the excluded values, in whichever field, is not in it. `*` and `?` stand for
/// text in every value but days; case and accents do not matter. Unless a status is asked for, it
/// is of people who are active or on leave.
///
/// ```
/// use lms_core::{Audience, AudienceField};
///
/// let audience = Audience::parse("--department Engineering --not-job-role Intern")?;
/// let same = Audience::everybody()
///     .with(AudienceField::Department, "Engineering")
///     .without(AudienceField::JobRole, "Intern");
/// assert_eq!(audience, same);
/// assert_eq!(audience.to_string(), "department Engineering, not job role Intern");
/// # Ok::<(), lms_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Audience {
    include: Terms,
    exclude: Terms,
    exact: bool,
    all_reports: bool,
}

impl Audience {
    /// Everybody who is active or on leave.
    #[must_use]
    pub fn everybody() -> Self {
        Self::default()
    }

    /// Reads pairs of key and value: `department`, `not_department`, `attribute.cost_centre`,
    /// `exact`. Hyphens in keys are as good as underscores. This is what all other forms are read
    /// through.
    pub fn from_pairs<K: AsRef<str>, V: AsRef<str>>(
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self> {
        terms::read(pairs)
    }

    /// Reads one line as it would be typed: `--department Sales --not-location "New York"`.
    pub fn parse(text: &str) -> Result<Self> {
        terms::read(flags::pairs(text)?)
    }

    /// Reads JSON: `{"department": ["Engineering", "Sales"], "not": {"job_role": "Intern"}}`.
    pub fn from_json(text: &str) -> Result<Self> {
        form::from_json(text)
    }

    /// Whether a key of a pair is one of an audience, rather than of the page around it.
    #[must_use]
    pub fn is_key(key: &str) -> bool {
        terms::is_key(key)
    }

    /// The pairs from which it can be read again.
    #[must_use]
    pub fn to_pairs(&self) -> Vec<(String, String)> {
        terms::write(self)
    }

    /// The line from which it can be read again.
    #[must_use]
    pub fn to_flags(&self) -> String {
        flags::write(&self.to_pairs())
    }

    /// Also those with this value, where others of the field are asked for; else only those.
    #[must_use]
    pub fn with(mut self, field: AudienceField, value: &str) -> Self {
        self.include.entry(field).or_default().insert(value.trim().to_owned());
        self
    }

    /// Nobody with this value.
    #[must_use]
    pub fn without(mut self, field: AudienceField, value: &str) -> Self {
        self.exclude.entry(field).or_default().insert(value.trim().to_owned());
        self
    }

    /// An audience for each single value that stands in it, however it is meant.
    pub(crate) fn single_values(&self) -> Vec<Self> {
        let side = |terms: &Terms| -> Vec<Terms> {
            let each = terms.iter().flat_map(|(field, values)| {
                values.iter().map(move |value| (field.clone(), BTreeSet::from([value.clone()])))
            });
            each.map(|one| Terms::from([one])).collect()
        };
        let of = |include, exclude| Self { include, exclude, exact: false, all_reports: false };
        let included = side(&self.include).into_iter().map(|terms| of(terms, Terms::new()));
        let excluded = side(&self.exclude).into_iter().map(|terms| of(Terms::new(), terms));
        included.chain(excluded).collect()
    }

    /// The departments themselves, without those below.
    #[must_use]
    pub fn exact(mut self, exact: bool) -> Self {
        self.exact = exact;
        self
    }

    /// With a manager also those who report to the reports, all the way down.
    #[must_use]
    pub fn all_reports(mut self, all: bool) -> Self {
        self.all_reports = all;
        self
    }

    /// Where people are named and no status is asked for, they are meant whatever their status is:
    /// whoever names somebody who has left is told so, rather than left wondering.
    #[must_use]
    pub(crate) fn or_whoever_is_named(self) -> Self {
        let names = self.include.contains_key(&AudienceField::Person);
        if names && !self.include.contains_key(&AudienceField::Status) {
            return self.with(AudienceField::Status, "*");
        }
        self
    }

    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_everybody(&self) -> bool {
        self.include.is_empty() && self.exclude.is_empty()
    }

    /// Whether nothing is asked for but all reports of somebody.
    pub(super) fn is_all_reports_alone(&self) -> bool {
        self.all_reports
            && self.exclude.is_empty()
            && self.include.keys().eq([&AudienceField::Manager])
    }

    /// Whether all reports of somebody are asked for.
    pub(crate) fn asks_all_reports(&self) -> bool {
        self.all_reports
    }

    /// Whether what it names can come to stand for others without that anything about them changes.
    pub(crate) fn can_come_to_mean_others(&self) -> bool {
        let names = |field| self.values_of(&field).next().is_some();
        self.all_reports
            || names(AudienceField::Department)
            || names(AudienceField::Group)
            || names(AudienceField::AccessRole)
    }

    /// Whether somebody can come to be in it by the passing of days alone: a hire day is held against one
    /// that is told from today, or may be by a group.
    pub(crate) fn can_move_with_days(&self) -> bool {
        let moves = |field| self.values_of(&field).any(bounds::is_moving);
        moves(AudienceField::HiredBefore)
            || moves(AudienceField::HiredAfter)
            || self.values_of(&AudienceField::Group).next().is_some()
    }

    /// What is asked for and what is excluded.
    pub(super) fn sides(&self) -> [&Terms; 2] {
        [&self.include, &self.exclude]
    }

    /// The values of a field, on both sides.
    pub(super) fn values_of<'a>(
        &'a self,
        field: &'a AudienceField,
    ) -> impl Iterator<Item = &'a str> {
        self.sides().into_iter().filter_map(|terms| terms.get(field)).flatten().map(String::as_str)
    }
}
