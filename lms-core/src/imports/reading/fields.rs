//! What can be imported, and by which headers its fields are known.

mod people;
mod things;

pub(super) use things::QUESTION;

use serde::{Deserialize, Serialize};

/// What a file holds.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// People.
    People,
    /// Departments.
    Departments,
    /// Trainings, with their modules.
    Trainings,
    /// Questions for quizzes.
    Questions,
    /// Who is to learn what.
    Assignments,
    /// Who learnt what, perhaps long ago.
    Completions,
    /// Who need not learn what.
    Exemptions,
    /// Who is on leave.
    Leaves,
}

impl Kind {
    /// All of them, in the order in which they are shown.
    pub const ALL: &'static [Self] = &[
        Self::People,
        Self::Departments,
        Self::Trainings,
        Self::Questions,
        Self::Assignments,
        Self::Completions,
        Self::Exemptions,
        Self::Leaves,
    ];

    /// The name in commands, files and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Departments => "departments",
            Self::Trainings => "trainings",
            Self::Questions => "questions",
            Self::Assignments => "assignments",
            Self::Completions => "completions",
            Self::Exemptions => "exemptions",
            Self::Leaves => "leaves",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == name)
    }

    /// Its fields, in the order in which they are shown.
    #[must_use]
    pub fn fields(self) -> &'static [FieldSpec] {
        match self {
            Self::People => people::PEOPLE,
            Self::Departments => things::DEPARTMENTS,
            Self::Trainings => things::TRAININGS,
            Self::Questions => things::QUESTIONS,
            Self::Assignments => things::ASSIGNMENTS,
            Self::Completions => things::COMPLETIONS,
            Self::Exemptions => things::EXEMPTIONS,
            Self::Leaves => things::LEAVES,
        }
    }

    /// Whether its records have free attributes.
    #[must_use]
    pub fn has_attributes(self) -> bool {
        self == Self::People
    }

    /// The field of this name.
    #[must_use]
    pub fn field(self, name: &str) -> Option<&'static FieldSpec> {
        self.fields().iter().find(|field| field.name == name)
    }
}

/// What a field must look like.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Any text of one line.
    Text,
    /// A text of any number of lines.
    LongText,
    /// A code or number that is a name: its zeros matter.
    Code,
    /// An e-mail address.
    Email,
    /// A day.
    Day,
    /// Yes or no.
    Bool,
    /// How a person stands to the organisation: `active`, `inactive`, `suspended`, `on_leave`, `pre_hire`.
    Status,
    /// A number without a fraction.
    Integer,
    /// A number.
    Decimal,
    /// Several texts, with `|`, `;` or `,` between them.
    List,
    /// A language.
    Locale,
    /// A time zone.
    TimeZone,
    /// A country.
    Country,
}

/// A field of a kind, and the headers by which it is known, as `headers.rs` folds them.
#[non_exhaustive]
#[derive(Debug)]
pub struct FieldSpec {
    /// The name in commands, files and JSON.
    pub name: &'static str,
    /// What it must look like.
    pub shape: Shape,
    /// Headers that mean it.
    pub aliases: &'static [&'static str],
    /// Headers that mean it where no better column does.
    pub weak: &'static [&'static str],
    /// Headers that mean the opposite of what they say: `suspended`.
    pub inverted: &'static [&'static str],
    /// Whether a record can be known by it.
    pub key: bool,
    /// Whether there is no record without it.
    pub required: bool,
}

impl FieldSpec {
    const fn new(name: &'static str, shape: Shape, aliases: &'static [&'static str]) -> Self {
        Self { name, shape, aliases, weak: &[], inverted: &[], key: false, required: false }
    }

    const fn weak(mut self, weak: &'static [&'static str]) -> Self {
        self.weak = weak;
        self
    }

    const fn inverted(mut self, inverted: &'static [&'static str]) -> Self {
        self.inverted = inverted;
        self
    }

    const fn key(mut self) -> Self {
        self.key = true;
        self
    }

    const fn required(mut self) -> Self {
        self.required = true;
        self
    }
}
