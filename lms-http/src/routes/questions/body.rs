//! Questions as JSON. What is asked is the document that files hold too: the library reads and writes
//! it, and its schema is that of the files.

use lms_core::{NewQuestion, Points, Question, QuestionChange};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::definitions::named;
use crate::error::Problem;
use crate::openapi::documents::QuestionDocument;

/// A question to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewQuestion)]
pub(super) struct NewQuestionBody {
    /// The short name that quizzes and files call it by, for good.
    code: String,
    /// By these quizzes draw it.
    #[serde(default)]
    tags: Vec<String>,
    /// Not asked for now.
    #[serde(default)]
    archived: bool,
    /// What it asks, and what is right.
    #[schema(value_type = QuestionDocument)]
    definition: Map<String, Value>,
}

/// What a question is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct QuestionPut {
    /// Its code as it is: files and quizzes call it so.
    code: Option<String>,
    /// Other tags; those that it has, unless said.
    tags: Option<Vec<String>>,
    /// Whether it is no longer asked; as it is, unless said.
    archived: Option<bool>,
    /// What it asks, and what is right; what is left out here is not there afterwards.
    #[schema(value_type = QuestionDocument)]
    definition: Map<String, Value>,
}

/// A question.
#[derive(Serialize, ToSchema)]
#[schema(as = Question)]
pub(super) struct QuestionBody {
    /// Its id.
    #[schema(format = "uuid")]
    id: String,
    /// The short name that quizzes and files call it by.
    code: String,
    /// `single`, `multiple`, `true_false`, `short_text`, `numeric`, `ordering`, `matching`, `fill_in`,
    /// `essay` or `code`.
    kind: &'static str,
    /// What it asks.
    text: String,
    /// What it can earn.
    #[schema(value_type = f64)]
    points: Points,
    /// By these quizzes draw it.
    tags: Vec<String>,
    /// The number of its newest version.
    version: i64,
    /// Whether it is no longer asked.
    archived: bool,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was changed last.
    #[schema(format = DateTime)]
    updated_at: String,
}

/// A question with what is right.
#[derive(Serialize, ToSchema)]
#[schema(as = QuestionCard)]
pub(super) struct QuestionCard {
    #[serde(flatten)]
    question: QuestionBody,
    /// What it asks, and what is right.
    #[schema(value_type = QuestionDocument)]
    definition: Value,
}

impl NewQuestionBody {
    pub(super) fn into_new(self) -> Result<NewQuestion, Problem> {
        let new = NewQuestion::of_definition(&self.code, self.definition);
        let new = self.tags.iter().fold(new.map_err(in_definition)?, |new, tag| new.tag(tag));
        Ok(if self.archived { new.set("archived", true) } else { new })
    }
}

impl QuestionPut {
    pub(super) fn into_change(self) -> Result<QuestionChange, Problem> {
        let change = QuestionChange::new().definition(self.definition).map_err(in_definition)?;
        let change = self.code.into_iter().fold(change, |change, code| change.set("code", code));
        let change = self.tags.into_iter().fold(change, |change, tags| change.set("tags", tags));
        Ok(self.archived.into_iter().fold(change, |change, flag| change.set("archived", flag)))
    }
}

/// What went wrong with a definition by itself.
fn in_definition(error: lms_core::Error) -> Problem {
    named(error.into(), &[])
}

impl From<Question> for QuestionBody {
    fn from(question: Question) -> Self {
        Self {
            id: question.id.to_string(),
            code: question.code,
            kind: question.kind.as_str(),
            text: question.text,
            points: question.points,
            tags: question.tags,
            version: question.version,
            archived: question.archived,
            created_at: question.created_at.to_string(),
            updated_at: question.updated_at.to_string(),
        }
    }
}

impl From<Question> for QuestionCard {
    fn from(mut question: Question) -> Self {
        let definition = question.definition.take();
        Self { question: question.into(), definition }
    }
}
