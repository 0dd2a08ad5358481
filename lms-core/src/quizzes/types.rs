//! What is told of questions and quizzes.

use serde::Serialize;
use serde_json::Value as Json;

use super::decimal::Points;
use super::definition::QuestionKind;
use super::{QuestionId, QuizId};
use crate::kernel::clock::Timestamp;

/// A question of the bank.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Question {
    /// Its id.
    pub id: QuestionId,
    /// The short name that quizzes and files call it by.
    pub code: String,
    /// What kind of answer it wants.
    pub kind: QuestionKind,
    /// What it asks.
    pub text: String,
    /// What it can earn.
    pub points: Points,
    /// Its tags, by which quizzes draw.
    pub tags: Vec<String>,
    /// The number of its newest version.
    pub version: i64,
    /// Whether it is no longer asked.
    pub archived: bool,
    /// The newest version as it stands in files, with what is right.
    pub definition: Json,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A quiz.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quiz {
    /// Its id.
    pub id: QuizId,
    /// The short name that trainings and files call it by.
    pub code: String,
    /// Its title.
    pub title: String,
    /// How many questions an attempt has.
    pub questions: i64,
    /// The share of the points that passes.
    pub passing_percent: i64,
    /// How long an attempt may take.
    pub time_limit_minutes: Option<i64>,
    /// How many attempts there are.
    pub attempts_max: Option<i64>,
    /// How long to wait before the next attempt.
    pub cool_down_hours: Option<i64>,
    /// The number of its newest version.
    pub version: i64,
    /// Whether it is no longer given.
    pub archived: bool,
    /// The newest version as it stands in files.
    pub definition: Json,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}
