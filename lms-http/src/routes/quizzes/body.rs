//! Quizzes as JSON. What a quiz is made of is the document that files hold too: the library reads and
//! writes it, and its schema is that of the files.

use lms_core::{NewQuiz, Quiz, QuizChange};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::definitions::named;
use crate::error::Problem;
use crate::openapi::documents::QuizDocument;

/// A quiz to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewQuiz)]
pub(super) struct NewQuizBody {
    /// The short name that trainings and files call it by, for good.
    code: String,
    /// Not given for now.
    #[serde(default)]
    archived: bool,
    /// What it is made of.
    #[schema(value_type = QuizDocument)]
    definition: Map<String, Value>,
}

/// What a quiz is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct QuizPut {
    /// Its code as it is: files and trainings call it so.
    code: Option<String>,
    /// Whether it is no longer given; as it is, unless said.
    archived: Option<bool>,
    /// What it is made of; what is left out here is not there afterwards.
    #[schema(value_type = QuizDocument)]
    definition: Map<String, Value>,
}

/// A quiz.
#[derive(Serialize, ToSchema)]
#[schema(as = Quiz)]
pub(super) struct QuizBody {
    /// Its id.
    #[schema(format = "uuid")]
    id: String,
    /// The short name that trainings and files call it by.
    code: String,
    /// What it is called.
    title: String,
    /// How many questions an attempt has.
    questions: i64,
    /// The share of the points that passes.
    passing_percent: i64,
    /// How long an attempt may take; as long as it takes where there is none.
    time_limit_minutes: Option<i64>,
    /// How many attempts there are; any number where there is none.
    attempts_max: Option<i64>,
    /// How long to wait before the next attempt.
    cool_down_hours: Option<i64>,
    /// The number of its newest version.
    version: i64,
    /// Whether it is no longer given.
    archived: bool,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was changed last.
    #[schema(format = DateTime)]
    updated_at: String,
}

/// A quiz with what it is made of.
#[derive(Serialize, ToSchema)]
#[schema(as = QuizCard)]
pub(super) struct QuizCard {
    #[serde(flatten)]
    quiz: QuizBody,
    /// What it is made of.
    #[schema(value_type = QuizDocument)]
    definition: Value,
}

impl NewQuizBody {
    pub(super) fn into_new(self) -> Result<NewQuiz, Problem> {
        let new = NewQuiz::of_definition(&self.code, self.definition).map_err(in_definition)?;
        Ok(if self.archived { new.set("archived", true) } else { new })
    }
}

impl QuizPut {
    pub(super) fn into_change(self) -> Result<QuizChange, Problem> {
        let change = QuizChange::new().definition(self.definition).map_err(in_definition)?;
        let change = self.code.into_iter().fold(change, |change, code| change.set("code", code));
        Ok(self.archived.into_iter().fold(change, QuizChange::archived))
    }
}

/// What went wrong with a definition by itself.
fn in_definition(error: lms_core::Error) -> Problem {
    named(error.into(), &[])
}

impl From<Quiz> for QuizBody {
    fn from(quiz: Quiz) -> Self {
        Self {
            id: quiz.id.to_string(),
            code: quiz.code,
            title: quiz.title,
            questions: quiz.questions,
            passing_percent: quiz.passing_percent,
            time_limit_minutes: quiz.time_limit_minutes,
            attempts_max: quiz.attempts_max,
            cool_down_hours: quiz.cool_down_hours,
            version: quiz.version,
            archived: quiz.archived,
            created_at: quiz.created_at.to_string(),
            updated_at: quiz.updated_at.to_string(),
        }
    }
}

impl From<Quiz> for QuizCard {
    fn from(mut quiz: Quiz) -> Self {
        let definition = quiz.definition.take();
        Self { quiz: quiz.into(), definition }
    }
}
