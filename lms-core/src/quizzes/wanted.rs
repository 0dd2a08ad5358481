//! From documents to what is wanted of the bank: questions and quizzes as they shall be.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json, json};

use super::bank::tag;
use super::definition::Definition;
use super::fields::{Fields, told};
use super::problems::Problems;
use super::quiz_definition::{QuizDefinition, read_quiz};
use super::read::read_definition;
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;

const TAGS_MAX: usize = 20;
const TAG_CHARS_MAX: usize = 200;

/// Questions and quizzes as they shall be, each by the key of its code.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    pub(crate) questions: BTreeMap<String, WantedQuestion>,
    pub(crate) quizzes: BTreeMap<String, WantedQuiz>,
}

/// A question as it shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WantedQuestion {
    pub(crate) code: String,
    pub(crate) tags: BTreeSet<String>,
    pub(crate) archived: bool,
    pub(crate) definition: Definition,
}

/// A quiz as it shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WantedQuiz {
    pub(crate) code: String,
    pub(crate) archived: bool,
    pub(crate) definition: QuizDefinition,
}

impl Wanted {
    /// Reads documents; what is wrong is told to the problems, and is not wanted.
    pub(crate) fn read(questions: &[Json], quizzes: &[Json], problems: &Problems) -> Self {
        let mut wanted = Self::default();
        for (number, json) in (1..).zip(questions) {
            let Some((place, question)) = read_question(json, number, problems) else { continue };
            let key = fold(&question.code);
            if wanted.questions.insert(key, question).is_some() {
                problems.add(&place, "the code is there twice");
            }
        }
        for (number, json) in (1..).zip(quizzes) {
            let Some((place, quiz)) = read_wanted_quiz(json, number, problems) else { continue };
            if wanted.quizzes.insert(fold(&quiz.code), quiz).is_some() {
                problems.add(&place, "the code is there twice");
            }
        }
        wanted
    }
}

impl WantedQuestion {
    /// The whole document, as it stands in a file.
    pub(crate) fn document(&self) -> Map<String, Json> {
        let mut out = self.definition.document();
        out.insert("code".to_owned(), self.code.as_str().into());
        if !self.tags.is_empty() {
            out.insert("tags".to_owned(), json!(self.tags));
        }
        if self.archived {
            out.insert("archived".to_owned(), true.into());
        }
        out
    }
}

impl WantedQuiz {
    /// The whole document, as it stands in a file.
    pub(crate) fn document(&self) -> Map<String, Json> {
        let mut out = self.definition.document();
        out.insert("code".to_owned(), self.code.as_str().into());
        if self.archived {
            out.insert("archived".to_owned(), true.into());
        }
        out
    }
}

fn read_question(
    json: &Json,
    number: usize,
    problems: &Problems,
) -> Option<(String, WantedQuestion)> {
    let before = problems.count();
    let mut fields = Fields::of(json, format!("question {number}"), problems)?;
    let code = fields.code("code");
    if let Some(code) = &code {
        fields.stands_at(format!("question {code}"));
    }
    let mut tags = BTreeSet::new();
    for text in fields.texts("tags", TAGS_MAX, TAG_CHARS_MAX) {
        match tag(&text) {
            Ok(tag) => drop(tags.insert(tag)),
            Err(error) => fields.problem(format!("`tags`: {}", told(&error))),
        }
    }
    let archived = fields.flag("archived", false);
    let definition = read_definition(&mut fields);
    let place = fields.place().to_owned();
    // Without a kind nobody knows which fields there are.
    if definition.is_some() || fields.has("kind") {
        fields.done();
    }
    let (code, definition) = (code?.to_string(), definition?);
    let question = WantedQuestion { code, tags, archived, definition };
    (problems.count() == before).then_some((place, question))
}

fn read_wanted_quiz(
    json: &Json,
    number: usize,
    problems: &Problems,
) -> Option<(String, WantedQuiz)> {
    let before = problems.count();
    let mut fields = Fields::of(json, format!("quiz {number}"), problems)?;
    let code = fields.code("code");
    if let Some(code) = &code {
        fields.stands_at(format!("quiz {code}"));
    }
    let archived = fields.flag("archived", false);
    let definition = read_quiz(&mut fields);
    let place = fields.place().to_owned();
    fields.done();
    let quiz = WantedQuiz { code: code?.to_string(), archived, definition: definition? };
    (problems.count() == before).then_some((place, quiz))
}

/// A definition as the database keeps it.
pub(crate) fn stored_definition(code: &str, text: &str) -> Result<Definition> {
    stored(code, text, "question_versions.definition", read_definition)
}

/// What a quiz is made of, as the database keeps it.
pub(crate) fn stored_quiz(code: &str, text: &str) -> Result<QuizDefinition> {
    stored(code, text, "quiz_versions.definition", read_quiz)
}

fn stored<T>(
    code: &str,
    text: &str,
    column: &str,
    read: impl FnOnce(&mut Fields<'_>) -> Option<T>,
) -> Result<T> {
    let json: Json =
        serde_json::from_str(text).map_err(|cause| Error::inconsistent(column, cause))?;
    let problems = Problems::default();
    let found =
        Fields::of(&json, code.to_owned(), &problems).and_then(|mut fields| read(&mut fields));
    found.ok_or_else(|| {
        let first = problems.into_vec().into_iter().next();
        let what = first.map(|problem| format!("{}: {}", problem.place, problem.message));
        Error::inconsistent(column, what.unwrap_or_default())
    })
}
