//! What a quiz is made of: the typed form of one version of a quiz, and its document.

use serde_json::{Map, Value as Json, json};

use super::bank::tag;
use super::fields::{Fields, TEXT_CHARS_MAX, told};
use super::problems::Place;
use crate::kernel::text::{Code, Name};

const NAME_CHARS_MAX: usize = 200;
const SECTIONS_MAX: usize = 50;
pub(crate) const QUESTIONS_MAX: usize = 500;
const MINUTES_MAX: i64 = 24 * 60;
const ATTEMPTS_MAX: i64 = 100;
const HOURS_MAX: i64 = 365 * 24;
const PASSING_DEFAULT: i64 = 80;

/// One version of a quiz.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct QuizDefinition {
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) passing_percent: i64,
    pub(crate) time_limit_minutes: Option<i64>,
    pub(crate) attempts_max: Option<i64>,
    /// How long to wait before the next attempt.
    pub(crate) cool_down_hours: Option<i64>,
    /// Whether the questions of a section come in any order.
    pub(crate) shuffle: bool,
    pub(crate) sections: Vec<Section>,
}

/// Questions that stand together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) title: Option<String>,
    /// Those that everybody gets, by code.
    pub(crate) questions: Vec<String>,
    pub(crate) draw: Option<Draw>,
}

/// Some of those with a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draw {
    pub(crate) count: usize,
    pub(crate) tag: String,
}

impl QuizDefinition {
    /// How many questions an attempt has.
    pub(crate) fn n_questions(&self) -> usize {
        self.sections.iter().map(Section::n_questions).sum()
    }

    /// As it stands in files and in the database; what goes without saying is left out.
    pub(crate) fn document(&self) -> Map<String, Json> {
        let mut out = Map::new();
        out.insert("title".to_owned(), self.title.as_str().into());
        out.insert("passing_percent".to_owned(), self.passing_percent.into());
        let mut put = |name: &str, value: Option<Json>| {
            if let Some(value) = value {
                out.insert(name.to_owned(), value);
            }
        };
        put("description", self.description.as_deref().map(Json::from));
        put("time_limit_minutes", self.time_limit_minutes.map(Json::from));
        put("attempts_max", self.attempts_max.map(Json::from));
        put("cool_down_hours", self.cool_down_hours.map(Json::from));
        put("shuffle", self.shuffle.then(|| true.into()));
        put("sections", Some(self.sections.iter().map(Section::document).collect()));
        out
    }
}

impl Section {
    pub(crate) fn n_questions(&self) -> usize {
        self.questions.len() + self.draw.as_ref().map_or(0, |draw| draw.count)
    }

    fn document(&self) -> Json {
        let mut out = Map::new();
        if let Some(title) = &self.title {
            out.insert("title".to_owned(), title.as_str().into());
        }
        if !self.questions.is_empty() {
            out.insert("questions".to_owned(), json!(self.questions));
        }
        if let Some(draw) = &self.draw {
            out.insert("draw".to_owned(), draw.count.into());
            out.insert("tag".to_owned(), draw.tag.as_str().into());
        }
        Json::Object(out)
    }
}

/// Reads what a quiz is made of; what is wrong is told to the problems, and then there is none.
pub(crate) fn read_quiz(fields: &mut Fields<'_>) -> Option<QuizDefinition> {
    let before = fields.problems().count();
    let title = fields.text("title", NAME_CHARS_MAX);
    if !title.is_empty()
        && let Err(error) = Name::parse(&title)
    {
        fields.problem_of("title", format!("`title`: {}", told(&error)));
    }
    let definition = QuizDefinition {
        title,
        description: fields.optional_text("description", TEXT_CHARS_MAX),
        passing_percent: fields.whole("passing_percent", 0..=100).unwrap_or(PASSING_DEFAULT),
        time_limit_minutes: fields.whole("time_limit_minutes", 1..=MINUTES_MAX),
        attempts_max: fields.whole("attempts_max", 1..=ATTEMPTS_MAX),
        cool_down_hours: fields.whole("cool_down_hours", 1..=HOURS_MAX),
        shuffle: fields.flag("shuffle", false),
        sections: sections(fields),
    };
    let n_questions = definition.n_questions();
    if n_questions > QUESTIONS_MAX {
        fields.problem_of(
            "sections",
            format!("it asks {n_questions} questions, expected at most {QUESTIONS_MAX}"),
        );
    }
    (fields.problems().count() == before).then_some(definition)
}

/// A section of a quiz, counted from one.
pub(crate) fn section_at(quiz: &Place, number: usize) -> Place {
    quiz.part(&format!("section {number}"), &format!("sections[{}]", number - 1))
}

fn sections(fields: &mut Fields<'_>) -> Vec<Section> {
    let items = fields.list("sections", SECTIONS_MAX);
    let before = fields.problems().count();
    let mut sections = Vec::with_capacity(items.len());
    for (number, item) in (1..).zip(items) {
        let place = section_at(fields.place(), number);
        let Some(mut section) = Fields::of(item, place, fields.problems()) else { continue };
        sections.push(read_section(&mut section));
        section.done();
    }
    if items.is_empty() && fields.problems().count() == before {
        fields.problem_of("sections", "it has no section, so that it asks nothing");
    }
    sections
}

fn read_section(section: &mut Fields<'_>) -> Section {
    let before = section.problems().count();
    let title = section.optional_text("title", NAME_CHARS_MAX);
    let mut questions: Vec<String> = Vec::new();
    for text in section.texts("questions", QUESTIONS_MAX, NAME_CHARS_MAX) {
        match Code::parse(&text) {
            Ok(code) => questions.push(code.to_string()),
            Err(error) => section.problem_of("questions", format!("`questions`: {}", told(&error))),
        }
    }
    let bounds = 1..=i64::try_from(QUESTIONS_MAX).unwrap_or(i64::MAX);
    let count = section.whole("draw", bounds);
    let tag = section.optional_text("tag", NAME_CHARS_MAX).and_then(|text| {
        tag(&text)
            .map_err(|error| section.problem_of("tag", format!("`tag`: {}", told(&error))))
            .ok()
    });
    let draw = match (count, tag) {
        (Some(count), Some(tag)) => {
            Some(Draw { count: usize::try_from(count).unwrap_or(QUESTIONS_MAX), tag })
        }
        (None, None) => None,
        _ if section.problems().count() > before => None,
        (Some(_), None) => {
            section.problem_of("tag", "it draws questions and does not say of which `tag`");
            None
        }
        (None, Some(_)) => {
            section.problem_of("draw", "it has a `tag` and does not say how many to `draw`");
            None
        }
    };
    if questions.is_empty() && draw.is_none() && section.problems().count() == before {
        section.problem("it asks nothing; give it `questions`, or `draw` and `tag`");
    }
    Section { title, questions, draw }
}
