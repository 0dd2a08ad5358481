//! Questions as other programs write them: Moodle's GIFT and XML, and tables. Pure, and bounded.
//!
//! A format says what it can. What it cannot say of a question is told when it is written, and left alone where
//! it is read over a question that is there; a question that it cannot say at all is left out, and told. What a
//! file asks that no question here can ask is told with its place, and never made into something else.

mod choices;
mod cloze;
mod gift;
mod html;
mod moodle;
mod moodle_out;
mod table;
#[cfg(test)]
mod tests;

use serde::Serialize;
use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};

use super::FILE_INVALID;
use super::bank::tag;
use super::wanted::WantedQuestion;
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::words;
use crate::kernel::text::Code;

pub(crate) use table::of_row;

/// What a file may have.
pub(crate) const BYTES_MAX: usize = 32 << 20;
const QUESTIONS_MAX: usize = 10_000;
/// A code that is made of a name ends with the last word that fits.
const SLUG_CHARS_MAX: usize = 48;

/// How questions are written for other programs.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionFormat {
    /// A table, for a spreadsheet.
    Csv,
    /// A text that people can write, as Moodle reads it.
    Gift,
    /// As Moodle writes its question bank.
    MoodleXml,
}

impl QuestionFormat {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Csv, Self::Gift, Self::MoodleXml];

    /// The name in options.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Gift => "gift",
            Self::MoodleXml => "xml",
        }
    }

    /// The format of this name, or of a file that ends so.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.as_str().eq_ignore_ascii_case(name))
    }
}

/// Questions, written for another program.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QuestionExport {
    /// The file.
    #[serde(skip)]
    pub text: String,
    /// How many questions are in it.
    pub n_questions: u64,
    /// What the format could not say.
    pub unsaid: Vec<Unsaid>,
}

/// What a format could not say of a question.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unsaid {
    /// The code of the question.
    pub code: String,
    /// Whether it is not in the file at all.
    pub left_out: bool,
    /// What is not in the file, or why the question is not.
    pub what: Vec<&'static str>,
}

/// A question as a file of another program has it.
#[derive(Debug, Clone)]
pub(crate) struct Foreign {
    /// The line on which it begins.
    pub(crate) line: u64,
    /// What it is called there.
    pub(crate) name: String,
    /// As it stands in the file, for whoever has to correct it.
    pub(crate) source: String,
    pub(crate) outcome: std::result::Result<Said, Unfit>,
}

/// What a file says of a question: fields of its document, with nothing for what is no longer so.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Said {
    pub(crate) document: Map<String, Json>,
    /// What the file says beside that, and no question here holds.
    pub(crate) notes: Vec<String>,
}

/// Why a question cannot be one here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unfit {
    pub(crate) message: String,
    pub(crate) hint: &'static str,
}

impl Unfit {
    fn new(message: impl Into<String>, hint: &'static str) -> Self {
        Self { message: message.into(), hint }
    }
}

impl Said {
    fn of_kind(kind: &str) -> Self {
        let mut said = Self::default();
        said.put("kind", kind);
        said
    }

    fn put(&mut self, field: &str, value: impl Into<Json>) {
        self.document.insert(field.to_owned(), value.into());
    }

    fn note(&mut self, what: impl Into<String>) {
        self.notes.push(what.into());
    }
}

/// One question of a file, written; and what of it could not be.
struct Written<T> {
    text: T,
    lost: Vec<&'static str>,
}

/// A question of a file that is being read: what it is called, and by which tags it is drawn.
#[derive(Debug, Default)]
struct Called<'a> {
    id: Option<&'a str>,
    name: &'a str,
    tags: Vec<String>,
    category: Option<&'a str>,
}

impl Called<'_> {
    /// Adds code and tags to what is said.
    fn complete(self, mut said: Said) -> std::result::Result<Said, Unfit> {
        let text = said.document.get("text").and_then(Json::as_str).unwrap_or_default();
        let code = code(self.id, self.name, text).ok_or_else(|| {
            Unfit::new("it has no name and no words to make a code of", "give it a name")
        })?;
        let mut tags: Vec<String> = Vec::new();
        for text in self.tags.iter().map(String::as_str).chain(self.category.and_then(last_part)) {
            match tag(text).ok().or_else(|| slug(text)) {
                Some(tag) if !tags.contains(&tag) => tags.push(tag),
                Some(_) => {}
                None => said.note(format!("the tag `{text}`, which has no letter and no digit")),
            }
        }
        said.put("code", code);
        if !tags.is_empty() {
            said.put("tags", tags);
        }
        Ok(said)
    }
}

/// Reads a file of GIFT.
pub(crate) fn read_gift(text: &str) -> Result<Vec<Foreign>> {
    within_bounds(text)?;
    few(gift::read(text))
}

/// Reads a file of Moodle's XML.
pub(crate) fn read_moodle(text: &str) -> Result<Vec<Foreign>> {
    within_bounds(text)?;
    few(moodle::read(text)?)
}

/// Writes questions for another program.
pub(crate) fn write(questions: &[WantedQuestion], format: QuestionFormat) -> QuestionExport {
    let (mut unsaid, mut n_questions) = (Vec::new(), 0);
    let mut keep = |question: &WantedQuestion, told: std::result::Result<Vec<_>, _>| {
        let (left_out, what) = match told {
            Ok(lost) => (false, lost),
            Err(why) => (true, vec![why]),
        };
        n_questions += u64::from(!left_out);
        if !what.is_empty() {
            unsaid.push(Unsaid { code: question.code.clone(), left_out, what });
        }
    };
    let mut text = match format {
        QuestionFormat::Csv => table::HEADER.join(",") + "\r\n",
        QuestionFormat::Gift => String::new(),
        QuestionFormat::MoodleXml => moodle_out::BEGIN.to_owned(),
    };
    for question in questions {
        let written = match format {
            QuestionFormat::Csv => table::write(question),
            QuestionFormat::Gift => gift::write(question),
            QuestionFormat::MoodleXml => moodle_out::write(question),
        };
        keep(
            question,
            written.map(|Written { text: one, lost }| {
                text.push_str(&one);
                lost
            }),
        );
    }
    if format == QuestionFormat::MoodleXml {
        text.push_str(moodle_out::END);
    }
    QuestionExport { text, n_questions, unsaid }
}

/// What is lost in any format of another program.
fn lost_of(question: &WantedQuestion) -> Vec<&'static str> {
    let mut lost = Vec::new();
    if !question.definition.partial {
        lost.push("partial_credit");
    }
    lost
}

fn within_bounds(text: &str) -> Result<()> {
    if text.len() <= BYTES_MAX {
        return Ok(());
    }
    Err(FILE_INVALID
        .error(format!("the file has more than {} MB", BYTES_MAX >> 20))
        .with_hint("split it; questions may come from several files"))
}

fn few(questions: Vec<Foreign>) -> Result<Vec<Foreign>> {
    if questions.len() <= QUESTIONS_MAX {
        return Ok(questions);
    }
    Err(FILE_INVALID
        .error(format!("the file has more than {QUESTIONS_MAX} questions"))
        .with_hint("split it; questions may come from several files"))
}

/// A file that is no file of its format.
fn broken(line: u64, what: &str) -> Error {
    FILE_INVALID
        .error(format!("the file is no Moodle XML: line {line}: {}", super::fields::cut(what)))
        .with_hint("export the questions once more, or mend that line")
}

/// The code of a question: its id where it is one, else made of its name, else of what it asks. The same
/// question has the same code each time.
fn code(id: Option<&str>, name: &str, text: &str) -> Option<String> {
    let as_is = |text: &str| Code::parse(text).ok().map(|code| code.to_string());
    id.and_then(as_is)
        .or_else(|| as_is(name))
        .or_else(|| id.and_then(slug))
        .or_else(|| slug(name))
        .or_else(|| {
            let digest = Sha256::digest(text.as_bytes());
            let mark = digest.iter().take(3).fold(0_u32, |mark, byte| mark << 8 | u32::from(*byte));
            Some(format!("{}-{mark:06x}", slug(text)?))
        })
}

/// The words of a text as a code, as many as fit.
fn slug(text: &str) -> Option<String> {
    let mut slug = String::new();
    for word in words(text) {
        let word: String = word.chars().filter(char::is_ascii_alphanumeric).collect();
        if slug.len() + word.len() >= SLUG_CHARS_MAX {
            break;
        }
        if !slug.is_empty() && !word.is_empty() {
            slug.push('-');
        }
        slug.push_str(&word);
    }
    (!slug.is_empty()).then_some(slug)
}

/// The last part of a category, where somebody named it.
fn last_part(path: &str) -> Option<&str> {
    let last = path.rsplit('/').next().unwrap_or_default().trim();
    let is_made = last.is_empty() || last == "top" || last.starts_with("Default for ");
    (!is_made && !last.starts_with('$')).then_some(last)
}

/// A text with gaps has its braces twice.
fn with_braces(words: &str) -> String {
    words.replace('{', "{{").replace('}', "}}")
}
