//! From documents to what is wanted of the bank: questions and quizzes as they shall be.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json, json};

use super::bank::tag;
use super::definition::Definition;
use super::fields::{Fields, told};
use super::problems::{Place, Problems};
use super::quiz_definition::{QuizDefinition, read_quiz};
use super::read::{read_definition, read_kind, read_of_kind};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;

const TAGS_MAX: usize = 20;
const TAG_CHARS_MAX: usize = 200;

/// Questions and quizzes as they shall be, each by the key of its code.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    pub(crate) questions: BTreeMap<String, WantedQuestion>,
    pub(crate) quizzes: BTreeMap<String, WantedQuiz>,
    /// Where the quizzes were written.
    pub(crate) quiz_places: BTreeMap<String, Place>,
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
        for (at, json) in questions.iter().enumerate() {
            let place = Place::new(format!("question {}", at + 1), format!("questions[{at}]"));
            wanted.read_question(json, place, problems);
        }
        for (at, json) in quizzes.iter().enumerate() {
            let place = Place::new(format!("quiz {}", at + 1), format!("quizzes[{at}]"));
            wanted.read_quiz(json, place, problems);
        }
        wanted
    }

    /// Reads the document of one question, with paths that begin in it.
    pub(crate) fn question(json: &Json, problems: &Problems) -> Self {
        let mut wanted = Self::default();
        wanted.read_question(json, Place::new("the question", ""), problems);
        wanted
    }

    /// Reads the document of one quiz, with paths that begin in it.
    pub(crate) fn quiz(json: &Json, problems: &Problems) -> Self {
        let mut wanted = Self::default();
        wanted.read_quiz(json, Place::new("the quiz", ""), problems);
        wanted
    }

    fn read_question(&mut self, json: &Json, place: Place, problems: &Problems) {
        let Some((place, question)) = read_question(json, place, problems) else { return };
        if self.questions.insert(fold(&question.code), question).is_some() {
            problems.add(&place.field("code"), "the code is there twice");
        }
    }

    fn read_quiz(&mut self, json: &Json, place: Place, problems: &Problems) {
        let Some((place, quiz)) = read_wanted_quiz(json, place, problems) else { return };
        let key = fold(&quiz.code);
        if self.quizzes.insert(key.clone(), quiz).is_some() {
            problems.add(&place.field("code"), "the code is there twice");
        }
        self.quiz_places.insert(key, place);
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
    place: Place,
    problems: &Problems,
) -> Option<(Place, WantedQuestion)> {
    let before = problems.count();
    let mut fields = Fields::of(json, place, problems)?;
    let code = fields.code("code");
    if let Some(code) = &code {
        fields.is_called(format!("question {code}"));
    }
    let mut tags = BTreeSet::new();
    for text in fields.texts("tags", TAGS_MAX, TAG_CHARS_MAX) {
        match tag(&text) {
            Ok(tag) => drop(tags.insert(tag)),
            Err(error) => fields.problem_of("tags", format!("`tags`: {}", told(&error))),
        }
    }
    let archived = fields.flag("archived", false);
    let kind = read_kind(&mut fields);
    let definition = kind.and_then(|kind| read_of_kind(&mut fields, kind));
    let place = fields.place().clone();
    // Without a kind nobody knows which fields there are.
    if kind.is_some() {
        fields.done();
    }
    let (code, definition) = (code?.to_string(), definition?);
    let question = WantedQuestion { code, tags, archived, definition };
    (problems.count() == before).then_some((place, question))
}

fn read_wanted_quiz(json: &Json, place: Place, problems: &Problems) -> Option<(Place, WantedQuiz)> {
    let before = problems.count();
    let mut fields = Fields::of(json, place, problems)?;
    let code = fields.code("code");
    if let Some(code) = &code {
        fields.is_called(format!("quiz {code}"));
    }
    let archived = fields.flag("archived", false);
    let definition = read_quiz(&mut fields);
    let place = fields.place().clone();
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
    let found = Fields::of(&json, Place::elsewhere(code), &problems)
        .and_then(|mut fields| read(&mut fields));
    found.ok_or_else(|| {
        let first = problems.into_vec().into_iter().next();
        let what = first.map(|problem| format!("{}: {}", problem.place, problem.message));
        Error::inconsistent(column, what.unwrap_or_default())
    })
}
