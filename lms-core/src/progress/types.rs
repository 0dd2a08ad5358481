//! Attempts as they are asked for and shown.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::AttemptId;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::{Error, Result};
use crate::people::PersonId;
use crate::quizzes::{GradeState, KeyEntry, Points, QuestionKind, Sheet};

/// Where an attempt stands.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptState {
    /// It is being answered.
    Open,
    /// It was handed in, and a person has to grade some of it.
    Waiting,
    /// All of it is graded.
    Graded,
}

impl AttemptState {
    /// All of them, in order.
    pub const ALL: &'static [Self] = &[Self::Open, Self::Waiting, Self::Graded];

    /// The name in commands, tables and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Waiting => "waiting",
            Self::Graded => "graded",
        }
    }

    /// Reads the name.
    pub fn parse(text: &str) -> Result<Self> {
        let wanted = text.trim().to_lowercase();
        Self::ALL.iter().copied().find(|state| state.as_str() == wanted).ok_or_else(|| {
            Error::invalid("state", format!("`{}` is not a state of an attempt", text.trim()))
                .with_hint("it is one of: open, waiting, graded")
        })
    }
}

/// An attempt to be begun.
#[derive(Debug, Clone)]
pub struct NewAttempt {
    pub(super) training: String,
    pub(super) quiz: String,
    pub(super) person: Option<String>,
}

impl NewAttempt {
    /// An attempt of one's own at a quiz of a training.
    #[must_use]
    pub fn new(training: &str, quiz: &str) -> Self {
        Self { training: training.to_owned(), quiz: quiz.to_owned(), person: None }
    }

    /// An attempt of this person.
    #[must_use]
    pub fn person(mut self, person: &str) -> Self {
        self.person = Some(person.to_owned());
        self
    }
}

/// Points for answers, by the numbers of their questions.
#[derive(Debug, Clone, Default)]
pub struct Grading {
    pub(super) points: BTreeMap<i64, (Points, Option<String>)>,
}

impl Grading {
    /// No points yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Points for one answer, and what there is to say to whoever gave it.
    #[must_use]
    pub fn points(mut self, question: i64, points: Points, comment: Option<&str>) -> Self {
        let comment = comment.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        self.points.insert(question, (points, comment));
        self
    }
}

/// An attempt at a quiz.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Attempt {
    /// Its id.
    pub id: AttemptId,
    /// Whose it is.
    pub person_id: PersonId,
    /// What they are called.
    pub person: String,
    /// The code of the training.
    pub training: String,
    /// The key of the module in which the quiz is asked.
    pub module: String,
    /// The code of the quiz.
    pub quiz: String,
    /// Which version of it.
    pub quiz_version: i64,
    /// Which attempt it is, from 1, in this cycle of the obligation.
    pub number: i64,
    /// Where it stands.
    pub state: AttemptState,
    /// When it was begun.
    pub begun_at: Timestamp,
    /// Until when it can be answered.
    pub deadline_at: Option<Timestamp>,
    /// When it was handed in, or its time was over.
    pub submitted_at: Option<Timestamp>,
    /// Whether its time was over before it was handed in.
    pub expired: bool,
    /// What its answers earned; nothing while it is open.
    pub points: Option<Points>,
    /// What they could earn.
    pub points_max: Points,
    /// What a person has yet to decide about.
    pub points_open: Points,
    /// Whole per cent, rounded down; nothing while it is open.
    pub percent: Option<i64>,
    /// Whether that passes; nothing where it is open, or depends on what waits.
    pub passed: Option<bool>,
    /// When anything about it changed last.
    pub updated_at: Timestamp,
}

/// An attempt with all that may be told of it.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AttemptCard {
    /// The attempt.
    #[serde(flatten)]
    pub attempt: Attempt,
    /// What is asked, and nothing of what is right.
    pub sheet: Sheet,
    /// What was answered, by the keys of the questions.
    pub answers: Map<String, Json>,
    /// What each answer earned; empty while the attempt is open.
    pub graded: Vec<GradedAnswer>,
    /// What is right, where that may be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<Vec<KeyEntry>>,
}

/// What an answer earned.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GradedAnswer {
    /// The number of its question on the sheet.
    pub number: i64,
    /// The key of its question on the sheet.
    pub key: String,
    /// The code of the question.
    pub question: String,
    /// Which version of it.
    pub version: i64,
    /// What kind of answer it wants.
    pub kind: QuestionKind,
    /// How it turned out.
    pub state: GradeState,
    /// What it earned.
    pub points: Points,
    /// What it could earn.
    pub points_max: Points,
    /// What the author has to say to this answer.
    pub feedback: Vec<String>,
    /// What whoever graded it has to say.
    pub comment: Option<String>,
    /// Who graded it, where a person did.
    pub graded_by: Option<String>,
    /// When.
    pub graded_at: Option<Timestamp>,
}

/// An attempt that waits for somebody who grades.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QueueEntry {
    /// The attempt.
    #[serde(flatten)]
    pub attempt: Attempt,
    /// The numbers of the questions whose answers wait.
    pub questions: Vec<i64>,
}
