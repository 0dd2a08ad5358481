//! What figures are asked for, and how they are told.

use serde::Serialize;
use uuid::Uuid;

use super::figures::ComplianceFigures;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::{Error, Result};
use crate::kernel::suggest::suggest;
use crate::kernel::text::Day;
use crate::people::Audience;
use crate::readiness::Percent;

/// By what figures are told apart.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupBy {
    /// The department on the day; each with and without those below it.
    Department,
    /// The training.
    Training,
    /// Whom people report to on the day.
    Manager,
    /// The location on the day.
    Location,
    /// The job role on the day.
    JobRole,
}

impl GroupBy {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Department, Self::Training, Self::Manager, Self::Location, Self::JobRole];

    /// The name in commands, queries and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Department => "department",
            Self::Training => "training",
            Self::Manager => "manager",
            Self::Location => "location",
            Self::JobRole => "job_role",
        }
    }

    /// The name for people.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::JobRole => "job role",
            other => other.as_str(),
        }
    }

    /// Reads the name.
    pub fn parse(text: &str) -> Result<Self> {
        let wanted = text.trim().to_lowercase().replace('-', "_");
        Self::ALL.into_iter().find(|by| by.as_str() == wanted).ok_or_else(|| {
            let names = Self::ALL.map(Self::as_str);
            Error::invalid("by", format!("figures cannot be told apart by `{}`", text.trim()))
                .with_hints(suggest(&wanted, names))
                .with_hint(format!("it is one of: {}", names.join(", ")))
        })
    }
}

/// Whose compliance, with what, on which day.
#[derive(Debug, Clone, Default)]
pub struct ComplianceQuery {
    pub(super) audience: Audience,
    pub(super) trainings: Vec<String>,
    pub(super) by: Option<GroupBy>,
    pub(super) as_of: Option<Day>,
    pub(super) known_at: Option<Timestamp>,
}

impl ComplianceQuery {
    /// Of everybody who is active or on leave, today.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only of these people, as they are on the day.
    #[must_use]
    pub fn audience(mut self, audience: Audience) -> Self {
        self.audience = audience;
        self
    }

    /// Only with this training, or another one that is asked for.
    #[must_use]
    pub fn training(mut self, training: &str) -> Self {
        self.trainings.push(training.to_owned());
        self
    }

    /// Told apart by this.
    #[must_use]
    pub fn by(mut self, by: impl Into<Option<GroupBy>>) -> Self {
        self.by = by.into();
        self
    }

    /// On this day; today, unless said.
    #[must_use]
    pub fn as_of(mut self, day: Option<Day>) -> Self {
        self.as_of = day;
        self
    }

    /// By what had been recorded at this instant; by what is known now, unless said. Without a day, it is
    /// the day of the instant.
    #[must_use]
    pub fn known_at(mut self, instant: Option<Timestamp>) -> Self {
        self.known_at = instant;
        self
    }
}

/// How people comply.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComplianceReport {
    /// The day.
    pub as_of: Day,
    /// By what was known when; nothing is now.
    pub known_at: Option<Timestamp>,
    /// By what they are told apart.
    pub by: Option<GroupBy>,
    /// All together.
    pub total: ComplianceFigures,
    /// One by one: departments as a tree, others by name.
    pub rows: Vec<ComplianceRow>,
}

impl ComplianceReport {
    /// All together as a row, for lists of rows.
    #[must_use]
    pub fn all_together(&self) -> ComplianceRow {
        ComplianceRow {
            id: None,
            code: None,
            name: "all together".to_owned(),
            depth: 0,
            figures: self.total.clone(),
            own: None,
        }
    }
}

/// How people complied on a day of the past, as the nightly pass counted it: by what was known then.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SnapshotFigures {
    /// The day.
    pub day: Day,
    /// The figures.
    pub figures: ComplianceFigures,
}

/// One department, training, manager, location or job role.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComplianceRow {
    /// Its id; nothing for those who have none.
    pub id: Option<Uuid>,
    /// The code of a unit or training, the employee number of a manager.
    pub code: Option<String>,
    /// What it is called.
    pub name: String,
    /// How many departments are above it.
    pub depth: usize,
    /// Its figures; those of a department with all below it.
    #[serde(flatten)]
    pub figures: ComplianceFigures,
    /// Those of a department alone, where there are some below it.
    pub own: Option<ComplianceFigures>,
}

/// What is overdue, and by whose it is told apart.
#[derive(Debug, Clone, Default)]
pub struct OverdueQuery {
    pub(super) audience: Option<Audience>,
    pub(super) trainings: Vec<String>,
    pub(super) by: Option<GroupBy>,
    pub(super) as_of: Option<Day>,
}

impl OverdueQuery {
    /// Of everybody, today.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only of these people.
    #[must_use]
    pub fn audience(mut self, audience: Audience) -> Self {
        self.audience = Some(audience);
        self
    }

    /// Only with this training, or another one that is asked for.
    #[must_use]
    pub fn training(mut self, training: &str) -> Self {
        self.trainings.push(training.to_owned());
        self
    }

    /// Told apart by this.
    #[must_use]
    pub fn by(mut self, by: impl Into<Option<GroupBy>>) -> Self {
        self.by = by.into();
        self
    }

    /// On this day; today, unless said.
    #[must_use]
    pub fn as_of(mut self, day: Option<Day>) -> Self {
        self.as_of = day;
        self
    }
}

/// What is overdue.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OverdueReport {
    /// The day.
    pub as_of: Day,
    /// By what it is told apart.
    pub by: Option<GroupBy>,
    /// All together.
    pub total: OverdueFigures,
    /// One by one, the most first; departments without those below them.
    pub rows: Vec<OverdueRow>,
}

impl OverdueReport {
    /// All together as a row, for lists of rows.
    #[must_use]
    pub fn all_together(&self) -> OverdueRow {
        let figures = self.total.clone();
        OverdueRow { id: None, code: None, name: "all together".to_owned(), figures }
    }
}

/// How much is overdue.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OverdueFigures {
    /// Assignments of every kind that are overdue.
    pub assignments: i64,
    /// Those of them that are mandatory.
    pub mandatory: i64,
    /// The people who have them.
    pub people: i64,
    /// Since when the longest is overdue.
    pub since: Option<Day>,
    /// For how many days that is, the first one included.
    pub longest_days: Option<i32>,
}

/// What is overdue in one department, training, ….
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OverdueRow {
    /// Its id; nothing for those who have none.
    pub id: Option<Uuid>,
    /// The code of a unit or training, the employee number of a manager.
    pub code: Option<String>,
    /// What it is called.
    pub name: String,
    /// How much.
    #[serde(flatten)]
    pub figures: OverdueFigures,
}

/// What was learnt, by whom, and when.
#[derive(Debug, Clone, Default)]
pub struct LearningQuery {
    pub(super) audience: Audience,
    pub(super) trainings: Vec<String>,
    pub(super) from: Option<Day>,
    pub(super) until: Option<Day>,
}

impl LearningQuery {
    /// Of everybody who is active or on leave, in the twelve months up to today.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only of these people.
    #[must_use]
    pub fn audience(mut self, audience: Audience) -> Self {
        self.audience = audience;
        self
    }

    /// Only of this training, or another one that is asked for.
    #[must_use]
    pub fn training(mut self, training: &str) -> Self {
        self.trainings.push(training.to_owned());
        self
    }

    /// From this day on; twelve months before the last day, unless said.
    #[must_use]
    pub fn from(mut self, day: Option<Day>) -> Self {
        self.from = day;
        self
    }

    /// Until this day, which belongs to it; today, unless said.
    #[must_use]
    pub fn until(mut self, day: Option<Day>) -> Self {
        self.until = day;
        self
    }
}

/// How much was learnt in a time.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LearningFigures {
    /// The first day.
    pub from: Day,
    /// The last day.
    pub until: Day,
    /// Assignments and enrolments that began in it, of every kind; what was taken back as a mistake is none.
    pub enrolments: i64,
    /// Those of them that are completed by now.
    pub enrolments_completed: i64,
    /// How many of a hundred of them are.
    pub completion_percent: Option<Percent>,
    /// What was done in it, whoever asked for it.
    pub completions: i64,
    /// Those of them that have a score.
    pub scored: i64,
    /// The average of the scores, in hundredths of a per cent, rounded down.
    pub average_score: Option<i64>,
    /// What was completed in it after it was begun.
    pub timed: i64,
    /// The days that it took on average, from the beginning to the completion, in tenths, rounded down.
    pub average_days: Option<Tenths>,
    /// Minutes that were recorded in modules that were last worked on in it.
    pub learnt_minutes: i64,
    /// People who began, went on with or completed something in it.
    pub active_learners: i64,
}

/// A number in tenths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tenths(pub(super) i64);

impl Tenths {
    /// As a whole number of tenths.
    #[must_use]
    pub fn count(self) -> i64 {
        self.0
    }
}

impl std::fmt::Display for Tenths {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

impl Serialize for Tenths {
    fn serialize<S: serde::Serializer>(&self, output: S) -> std::result::Result<S::Ok, S::Error> {
        #[expect(clippy::cast_precision_loss, reason = "days of one life")]
        output.serialize_f64(self.0 as f64 / 10.0)
    }
}

/// How an organisation stands, on one page.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OrganisationStatus {
    /// What it is called.
    pub organisation: String,
    /// The day.
    pub as_of: Day,
    /// By what was known when; nothing is now.
    pub known_at: Option<Timestamp>,
    /// How many people there are, by their status.
    pub people: PeopleByStatus,
    /// How they comply, by department.
    pub compliance: ComplianceReport,
    /// What becomes due, of every kind.
    pub due: DueSoon,
    /// What is parked, and waits for a decision.
    pub exceptions: i64,
    /// Who waits for a seat.
    pub waitlisted: i64,
}

/// How many people there are.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct PeopleByStatus {
    /// At work.
    pub active: i64,
    /// On leave.
    pub on_leave: i64,
    /// Yet to begin.
    pub pre_hire: i64,
    /// Gone.
    pub inactive: i64,
}

/// What is open, in time, and due soon.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct DueSoon {
    /// Due on the day or in the seven after it.
    pub within_7_days: i64,
    /// Due on the day or in the thirty after it.
    pub within_30_days: i64,
}

/// Of whom, and on which day, it is told how things stand.
#[derive(Debug, Clone, Default)]
pub struct StatusQuery {
    pub(super) audience: Audience,
    pub(super) as_of: Option<Day>,
    pub(super) known_at: Option<Timestamp>,
}

impl StatusQuery {
    /// Of everybody who is active or on leave, today.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only of these people, as they are on the day.
    #[must_use]
    pub fn audience(mut self, audience: Audience) -> Self {
        self.audience = audience;
        self
    }

    /// On this day; today, unless said.
    #[must_use]
    pub fn as_of(mut self, day: Option<Day>) -> Self {
        self.as_of = day;
        self
    }

    /// By what had been recorded at this instant; by what is known now, unless said.
    #[must_use]
    pub fn known_at(mut self, instant: Option<Timestamp>) -> Self {
        self.known_at = instant;
        self
    }
}
