//! A file with questions and quizzes, in TOML or JSON: bounded in size and depth, written in one way.

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value as Json};

use super::FILE_INVALID;
use super::fields::cut;
use crate::kernel::error::{Error, Result};
use crate::kernel::suggest::suggest;

const BYTES_MAX: usize = 8 * 1024 * 1024;
const ENTRIES_MAX: usize = 10_000;
const PARTS: [&str; 2] = ["questions", "quizzes"];

/// How a file is written.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuizFileFormat {
    /// For people, and for version control.
    Toml,
    /// For programs.
    Json,
}

/// Questions and quizzes as they stand in a file. What is wrong with them is told by the plan.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct QuizFile {
    pub(crate) questions: Vec<Json>,
    pub(crate) quizzes: Vec<Json>,
}

impl QuizFile {
    /// What can stand in a file, as a JSON schema.
    pub const SCHEMA: &str = include_str!("../../../docs/quiz.schema.json");

    /// Of documents that were read already.
    pub fn of_documents(questions: Vec<Json>, quizzes: Vec<Json>) -> Result<Self> {
        let [questions, quizzes] =
            [(questions, PARTS[0]), (quizzes, PARTS[1])].map(|(items, name)| bounded(items, name));
        Ok(Self { questions: questions?, quizzes: quizzes? })
    }

    /// Reads a file: a list `questions` and a list `quizzes`.
    pub fn parse(text: &str, format: QuizFileFormat) -> Result<Self> {
        if text.len() > BYTES_MAX {
            return Err(FILE_INVALID
                .error(format!("the file has {} bytes, expected at most {BYTES_MAX}", text.len()))
                .with_hint("split it; questions and quizzes may come from several files"));
        }
        let json = match format {
            QuizFileFormat::Toml => of_toml(text)?,
            QuizFileFormat::Json => of_json(text)?,
        };
        let Json::Object(mut parts) = json else {
            return Err(FILE_INVALID
                .error("the file is no table")
                .with_hint("write an object with the lists `questions` and `quizzes`"));
        };
        let file = Self {
            questions: list(parts.remove(PARTS[0]), PARTS[0])?,
            quizzes: list(parts.remove(PARTS[1]), PARTS[1])?,
        };
        match parts.keys().next() {
            None => Ok(file),
            Some(name) => Err(FILE_INVALID
                .error(format!("a file with questions has no part `{}`", cut(name)))
                .with_hints(suggest(name, PARTS))
                .with_hint("its parts are `questions` and `quizzes`")),
        }
    }

    /// Writes it: the same content gives the same bytes.
    #[must_use]
    pub fn to_text(&self, format: QuizFileFormat) -> String {
        let mut parts = Map::new();
        for (name, items) in PARTS.into_iter().zip([&self.questions, &self.quizzes]) {
            parts.insert(name.to_owned(), Json::Array(items.clone()));
        }
        let document = Json::Object(parts);
        let written = match format {
            QuizFileFormat::Toml => toml::to_string_pretty(&InOrder(&document)).ok(),
            QuizFileFormat::Json => serde_json::to_string_pretty(&InOrder(&document)).ok(),
        };
        let text = written.expect("a document of texts, numbers, lists and tables can be written");
        if text.ends_with('\n') { text } else { text + "\n" }
    }

    /// The documents of the questions.
    #[must_use]
    pub fn questions(&self) -> &[Json] {
        &self.questions
    }

    /// The documents of the quizzes.
    #[must_use]
    pub fn quizzes(&self) -> &[Json] {
        &self.quizzes
    }

    /// How many questions and quizzes it has.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        (self.questions.len(), self.quizzes.len())
    }
}

fn list(json: Option<Json>, name: &str) -> Result<Vec<Json>> {
    match json {
        None => Ok(Vec::new()),
        Some(Json::Array(items)) => bounded(items, name),
        Some(_) => Err(FILE_INVALID.error(format!("`{name}` is no list")).with_hint(format!(
            "begin each entry with `[[{name}]]` in TOML, or write a list in JSON"
        ))),
    }
}

fn bounded(items: Vec<Json>, name: &str) -> Result<Vec<Json>> {
    if items.len() <= ENTRIES_MAX {
        return Ok(items);
    }
    Err(FILE_INVALID
        .error(format!("`{name}` has {} entries, expected at most {ENTRIES_MAX}", items.len()))
        .with_field(name)
        .with_hint("split the file; questions and quizzes may come from several files"))
}

fn of_json(text: &str) -> Result<Json> {
    serde_json::from_str(text).map_err(|cause| {
        let what = cause.to_string();
        let what = what.split(" at line ").next().unwrap_or_default();
        unreadable("JSON", cause.line(), cause.column(), what)
    })
}

fn of_toml(text: &str) -> Result<Json> {
    let table: toml::Table = toml::from_str(text).map_err(|cause| {
        let at = cause.span().map_or(0, |span| span.start).min(text.len());
        let before = &text.as_bytes()[..at];
        let line = before.split(|byte| *byte == b'\n').count();
        let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
        unreadable("TOML", line, column, cause.message().lines().next().unwrap_or_default())
    })?;
    Ok(json_of(toml::Value::Table(table)))
}

fn unreadable(format: &str, line: usize, column: usize, what: &str) -> Error {
    FILE_INVALID
        .error(format!("the file is not {format}: line {line}, column {column}: {}", cut(what)))
        .with_field("file")
        .with_hint("mend that line; `lmsctl quiz export` shows how a file is written")
}

/// The same in JSON, which has no days and no infinity: those become texts.
fn json_of(value: toml::Value) -> Json {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => serde_json::Number::from_f64(number)
            .map_or_else(|| number.to_string().into(), Json::Number),
        toml::Value::Boolean(flag) => flag.into(),
        toml::Value::Datetime(instant) => instant.to_string().into(),
        toml::Value::Array(items) => items.into_iter().map(json_of).collect(),
        toml::Value::Table(table) => {
            Json::Object(table.into_iter().map(|(name, value)| (name, json_of(value))).collect())
        }
    }
}

/// The fields that come first, in this order; all others follow by name.
const FIRST: &[&str] = &[
    "code",
    "kind",
    "title",
    "left",
    "text",
    "right",
    "description",
    "points",
    "tags",
    "archived",
    "passing_percent",
    "time_limit_minutes",
    "attempts_max",
    "cool_down_hours",
    "draw",
    "tag",
];
/// What is written as tables of its own comes last.
const LAST: &[&str] = &["options", "pairs", "gaps", "sections"];

/// A document in the order in which people read it.
struct InOrder<'d>(&'d Json);

impl Serialize for InOrder<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> std::result::Result<S::Ok, S::Error> {
        match self.0 {
            Json::Object(map) => {
                let mut names: Vec<&String> = map.keys().collect();
                names.sort_by_key(|name| rank(name));
                let mut out = out.serialize_map(Some(names.len()))?;
                for name in names {
                    out.serialize_entry(name, &InOrder(&map[name]))?;
                }
                out.end()
            }
            Json::Array(items) => {
                let mut out = out.serialize_seq(Some(items.len()))?;
                for item in items {
                    out.serialize_element(&InOrder(item))?;
                }
                out.end()
            }
            other => other.serialize(out),
        }
    }
}

fn rank(name: &str) -> usize {
    let last = |at: usize| FIRST.len() + 1 + at;
    let first = FIRST.iter().position(|known| *known == name);
    let place = first.or_else(|| LAST.iter().position(|known| *known == name).map(last));
    place.unwrap_or(FIRST.len())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::quizzes::definition::QuestionKind;
    use crate::quizzes::problems::Problems;
    use crate::quizzes::wanted::Wanted;

    #[test]
    fn a_file_is_written_as_people_read_it_and_reads_back() {
        let file = QuizFile {
            questions: vec![json!({
                "text": "How fast?\nIn town.", "kind": "numeric", "code": "SPEED-1", "value": 50,
                "points": 1.5, "tags": ["road"], "unit": "km/h",
            })],
            quizzes: vec![json!({
                "code": "ROAD", "title": "On the road", "sections": [{ "questions": ["SPEED-1"] }],
            })],
        };
        let text = file.to_text(QuizFileFormat::Toml);
        assert_eq!(
            text,
            "[[questions]]\ncode = \"SPEED-1\"\nkind = \"numeric\"\ntext = \"\"\"\nHow fast?\nIn town.\"\"\"\n\
             points = 1.5\ntags = [\"road\"]\nunit = \"km/h\"\nvalue = 50\n\n\
             [[quizzes]]\ncode = \"ROAD\"\ntitle = \"On the road\"\n\n[[quizzes.sections]]\n\
             questions = [\"SPEED-1\"]\n"
        );
        for format in [QuizFileFormat::Toml, QuizFileFormat::Json] {
            assert_eq!(QuizFile::parse(&file.to_text(format), format).unwrap(), file);
        }
    }

    /// The schema is written by hand. Whatever reads a document tells all the names that it knows when
    /// it finds one that it does not.
    #[test]
    fn the_schema_has_every_name_that_a_file_can_have() {
        let unknown = "qqqqqqqqqqqqqqqqqqqq";
        let told = |questions: &[Json], quizzes: &[Json], place: &str| -> Vec<String> {
            let problems = Problems::default();
            Wanted::read(questions, quizzes, &problems);
            let told = problems.into_vec().into_iter();
            let path = Some(format!("{place}.{unknown}"));
            let mut at = told.filter(|problem| problem.path == path);
            let message = at.next().unwrap().message;
            let (_, names) = message.split_once(": there are ").unwrap();
            names.split(", ").map(str::to_owned).collect()
        };
        let names = |schema: &Json| -> Vec<String> {
            let mut names: Vec<String> =
                schema["properties"].as_object().unwrap().keys().cloned().collect();
            names.sort_unstable();
            names
        };
        let schema: Json = serde_json::from_str(QuizFile::SCHEMA).unwrap();
        let question = &schema["properties"]["questions"]["items"]["oneOf"];
        let of_kind = |kind: &str| {
            let mut alternatives = question.as_array().unwrap().iter();
            alternatives.find(|known| known["properties"]["kind"]["const"] == kind).unwrap()
        };
        assert_eq!(question.as_array().unwrap().len(), QuestionKind::ALL.len());
        for kind in QuestionKind::ALL {
            let schema = of_kind(kind.as_str());
            let read = told(&[json!({ "kind": kind, unknown: 1 })], &[], "questions[0]");
            assert_eq!(read, names(schema), "{kind:?}");
            for part in ["options", "pairs"] {
                let Some(list) = schema["properties"].get(part) else { continue };
                let read = json!({ "kind": kind, part: [{ unknown: 1 }] });
                let read = told(&[read], &[], &format!("questions[0].{part}[0]"));
                assert_eq!(read, names(&list["items"]), "{kind:?}");
            }
        }
        let quiz = &schema["properties"]["quizzes"]["items"];
        let read = json!({ unknown: 1, "sections": [{ unknown: 1 }] });
        assert_eq!(told(&[], std::slice::from_ref(&read), "quizzes[0]"), names(quiz));
        let section = &quiz["properties"]["sections"]["items"];
        assert_eq!(told(&[], &[read], "quizzes[0].sections[0]"), names(section));
    }

    #[test]
    fn a_hostile_file_is_refused_with_its_place() {
        let refused = |text: &str, format| {
            let error = QuizFile::parse(text, format).unwrap_err();
            assert!(!error.hints().is_empty(), "{error:?}");
            error.message().to_owned()
        };
        let toml = |text: &str| refused(text, QuizFileFormat::Toml);
        let json = |text: &str| refused(text, QuizFileFormat::Json);
        assert!(toml("a = 1\nb ==").contains("line 2, column 4"), "{}", toml("a = 1\nb =="));
        assert!(json("{\n \"a\": }").contains("line 2"), "{}", json("{\n \"a\": }"));
        assert!(toml("[[question]]").contains("no part `question`"));
        assert!(json("[]").contains("no table"));
        assert!(json("{\"quizzes\": {}}").contains("no list"));
        let bomb = format!("a = {}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(toml(&bomb).contains("the file is not TOML"));
        let bomb = "[".repeat(100_000);
        assert!(json(&bomb).contains("the file is not JSON"));
        assert!(json(&" ".repeat(BYTES_MAX + 1)).contains("bytes"));
        let many = format!("{{\"questions\": [{}1]}}", "1,".repeat(ENTRIES_MAX));
        assert!(json(&many).contains("10001 entries"));
    }
}
