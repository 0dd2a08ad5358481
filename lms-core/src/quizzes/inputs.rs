//! What is asked for: questions and quizzes to be made or changed. Inputs hold the fields of the
//! document that files have as well, so that there is one reader, and one list of what can be wrong.

use serde_json::{Map, Value as Json, json};

use super::INVALID;
use super::decimal::Decimal;
use super::definition::QuestionKind;
use crate::kernel::error::Result;

/// What a file has beside the definition of a question.
pub(crate) const BESIDE_QUESTION: &[&str] = &["code", "tags", "archived"];
/// What a file has beside the definition of a quiz.
pub(crate) const BESIDE_QUIZ: &[&str] = &["code", "archived"];

/// A definition, with nothing in it of what stands beside it: that would be taken for said and then
/// passed over.
fn alone(definition: Map<String, Json>, beside: &[&str]) -> Result<Map<String, Json>> {
    match beside.iter().find(|name| definition.contains_key(**name)) {
        None => Ok(definition),
        Some(name) => Err(INVALID
            .error(format!("there is no field `{name}` in a definition"))
            .with_field(*name)
            .with_hint(format!("`{name}` stands beside the definition, not in it"))),
    }
}

/// A question to be made.
#[derive(Debug, Clone)]
pub struct NewQuestion {
    pub(crate) document: Map<String, Json>,
}

impl NewQuestion {
    /// Of this kind, with a code to call it by and what it asks.
    #[must_use]
    pub fn new(code: &str, kind: QuestionKind, text: &str) -> Self {
        let new = Self { document: Map::new() };
        new.set("code", code).set("kind", kind.as_str()).set("text", text)
    }

    /// With this code, and all else as [`Question::definition`](super::Question::definition) tells it.
    pub fn of_definition(code: &str, definition: Map<String, Json>) -> Result<Self> {
        Ok(Self { document: alone(definition, BESIDE_QUESTION)? }.set("code", code))
    }

    /// Sets a field of the document; what is wrong with it is told when the question is made.
    #[must_use]
    pub fn set(mut self, field: &str, value: impl Into<Json>) -> Self {
        self.document.insert(field.to_owned(), value.into());
        self
    }

    fn add(mut self, field: &str, value: Json) -> Self {
        let list = self.document.entry(field).or_insert_with(|| Json::Array(Vec::new()));
        if let Json::Array(items) = list {
            items.push(value);
        }
        self
    }

    /// With an option to choose.
    #[must_use]
    pub fn option(self, text: &str, right: bool) -> Self {
        self.add("options", json!({ "text": text, "right": right }))
    }

    /// With a text that counts as right.
    #[must_use]
    pub fn accepted(self, text: &str) -> Self {
        self.add("accepted", text.into())
    }

    /// With a number that is right, such as `9.81`.
    #[must_use]
    pub fn value(self, number: &str) -> Self {
        let value = exact(number);
        self.set("value", value)
    }

    /// Accepting numbers at most so far away.
    #[must_use]
    pub fn tolerance(self, number: &str) -> Self {
        let tolerance = exact(number);
        self.set("tolerance", tolerance)
    }

    /// Accepting numbers at most so many per cent away.
    #[must_use]
    pub fn tolerance_percent(self, percent: &str) -> Self {
        let tolerance = exact(percent);
        self.set("tolerance_percent", tolerance)
    }

    /// With the next item of the right order.
    #[must_use]
    pub fn item(self, text: &str) -> Self {
        self.add("items", text.into())
    }

    /// With two that belong together.
    #[must_use]
    pub fn pair(self, left: &str, right: &str) -> Self {
        self.add("pairs", json!({ "left": left, "right": right }))
    }

    /// With a text that counts as right in a gap.
    #[must_use]
    pub fn gap(mut self, name: &str, accepted: &str) -> Self {
        let gaps = self.document.entry("gaps").or_insert_with(|| Json::Object(Map::new()));
        if let Json::Object(gaps) = gaps
            && let Json::Array(texts) = gaps.entry(name).or_insert_with(|| Json::Array(Vec::new()))
        {
            texts.push(accepted.into());
        }
        self
    }

    /// Worth so many points, such as `1.5`.
    #[must_use]
    pub fn points(self, points: &str) -> Self {
        let points = exact(points);
        self.set("points", points)
    }

    /// With a tag, by which quizzes draw.
    #[must_use]
    pub fn tag(self, tag: &str) -> Self {
        self.add("tags", tag.into())
    }
}

/// A number as it was typed: exact, and wrong where it is none.
fn exact(text: &str) -> Json {
    Decimal::parse(text.trim()).map_or_else(|| text.into(), Decimal::to_json)
}

/// What to change of a question.
#[derive(Debug, Clone, Default)]
pub struct QuestionChange {
    pub(crate) definition: Option<Map<String, Json>>,
    pub(crate) fields: Map<String, Json>,
    pub(crate) tags_added: Vec<String>,
    pub(crate) tags_removed: Vec<String>,
}

impl QuestionChange {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// All that is asked anew; tags and archiving stay unless they are changed as well.
    pub fn definition(mut self, definition: Map<String, Json>) -> Result<Self> {
        self.definition = Some(alone(definition, BESIDE_QUESTION)?);
        Ok(self)
    }

    /// Another value of a field of the document; `null` leaves the field out.
    #[must_use]
    pub fn set(mut self, field: &str, value: impl Into<Json>) -> Self {
        self.fields.insert(field.to_owned(), value.into());
        self
    }

    /// Another wording.
    #[must_use]
    pub fn text(self, text: &str) -> Self {
        self.set("text", text)
    }

    /// Worth so many points.
    #[must_use]
    pub fn points(self, points: &str) -> Self {
        let points = exact(points);
        self.set("points", points)
    }

    /// With another tag.
    #[must_use]
    pub fn add_tag(mut self, tag: &str) -> Self {
        self.tags_added.push(tag.to_owned());
        self
    }

    /// Without a tag.
    #[must_use]
    pub fn remove_tag(mut self, tag: &str) -> Self {
        self.tags_removed.push(tag.to_owned());
        self
    }
}

/// A quiz to be made.
#[derive(Debug, Clone)]
pub struct NewQuiz {
    pub(crate) document: Map<String, Json>,
}

impl NewQuiz {
    /// With a code to call it by and a title.
    #[must_use]
    pub fn new(code: &str, title: &str) -> Self {
        let new = Self { document: Map::new() };
        new.set("code", code).set("title", title)
    }

    /// With this code, and all else as [`Quiz::definition`](super::Quiz::definition) tells it.
    pub fn of_definition(code: &str, definition: Map<String, Json>) -> Result<Self> {
        Ok(Self { document: alone(definition, BESIDE_QUIZ)? }.set("code", code))
    }

    /// Sets a field of the document; what is wrong with it is told when the quiz is made.
    #[must_use]
    pub fn set(mut self, field: &str, value: impl Into<Json>) -> Self {
        self.document.insert(field.to_owned(), value.into());
        self
    }

    /// Passed with this share of the points.
    #[must_use]
    pub fn passing_percent(self, percent: i64) -> Self {
        self.set("passing_percent", percent)
    }

    /// With a section that asks these questions, by code.
    #[must_use]
    pub fn ask(self, questions: &[&str]) -> Self {
        self.section(json!({ "questions": questions }))
    }

    /// With a section that draws so many of those with a tag.
    #[must_use]
    pub fn draw(self, count: u32, tag: &str) -> Self {
        self.section(json!({ "draw": count, "tag": tag }))
    }

    fn section(mut self, section: Json) -> Self {
        let list = self.document.entry("sections").or_insert_with(|| Json::Array(Vec::new()));
        if let Json::Array(sections) = list {
            sections.push(section);
        }
        self
    }
}

/// What to change of a quiz.
#[derive(Debug, Clone, Default)]
pub struct QuizChange {
    pub(crate) definition: Option<Map<String, Json>>,
    pub(crate) fields: Map<String, Json>,
}

impl QuizChange {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// All that it is made of anew; archiving stays unless it is changed as well.
    pub fn definition(mut self, definition: Map<String, Json>) -> Result<Self> {
        self.definition = Some(alone(definition, BESIDE_QUIZ)?);
        Ok(self)
    }

    /// Another value of a field of the document; `null` leaves the field out.
    #[must_use]
    pub fn set(mut self, field: &str, value: impl Into<Json>) -> Self {
        self.fields.insert(field.to_owned(), value.into());
        self
    }

    /// Another title.
    #[must_use]
    pub fn title(self, title: &str) -> Self {
        self.set("title", title)
    }

    /// No longer given, or given again.
    #[must_use]
    pub fn archived(self, archived: bool) -> Self {
        self.set("archived", archived)
    }
}
