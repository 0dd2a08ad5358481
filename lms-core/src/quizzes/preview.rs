//! A sheet as a learner would get it, with what is right beside it: for authors.

use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use super::answers::GradedSheet;
use super::chance::Seed;
use super::definition::{AnswerOption, Body, Tolerance, choices};
use super::find;
use super::sheet::{Asked, Paper, Sheet};
use super::wanted::stored_quiz;
use crate::kernel::core::Core;
use crate::kernel::error::Result;

/// A sheet and its key.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct QuizPreview {
    /// What a learner would get.
    pub sheet: Sheet,
    /// What is right, question by question.
    pub key: Vec<KeyEntry>,
    #[serde(skip)]
    paper: Paper,
}

/// What is right for one question of a sheet.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KeyEntry {
    /// Its number on the sheet.
    pub number: usize,
    /// The code of the question.
    pub question: String,
    /// Which version of it.
    pub version: i64,
    /// What is right, for people.
    pub right: Vec<String>,
    /// An answer that earns all points, as it would be sent; nothing where a person grades.
    pub answer: Json,
    /// What is told afterwards.
    pub feedback: Option<String>,
    /// What those who grade go by.
    pub guide: Option<String>,
}

impl QuizPreview {
    /// Grades answers to this sheet: an object with a field for each answered question, by its key.
    pub fn grade(&self, answers: &Json) -> Result<GradedSheet> {
        Ok(self.paper.grade(&self.paper.read_answers(answers)?))
    }

    /// The answers that earn all points, where no person has to grade.
    #[must_use]
    pub fn right_answers(&self) -> Json {
        let keyed = self.paper.all().zip(&self.key).filter(|(_, entry)| !entry.answer.is_null());
        let answers: Map<String, Json> =
            keyed.map(|(asked, entry)| (asked.key.clone(), entry.answer.clone())).collect();
        Json::Object(answers)
    }
}

pub(super) async fn preview(core: &Core, code: &str, seed: &Seed) -> Result<QuizPreview> {
    let mut tx = core.db().begin_read().await?;
    let row = find::quiz_row(&mut tx, code).await?;
    let quiz = stored_quiz(&row.code, &row.definition)?;
    let bank = find::bank(&mut tx).await?;
    let drawn = bank.draw(&quiz, seed);
    let drawn = find::drawn_questions(&mut tx, &bank, drawn).await?;
    Ok(QuizPreview::of(Paper::new(row.code, row.version, quiz, drawn, seed)))
}

impl QuizPreview {
    pub(crate) fn of(paper: Paper) -> Self {
        Self { sheet: paper.sheet(), key: paper.key(), paper }
    }
}

impl Paper {
    /// What is right, question by question.
    pub(crate) fn key(&self) -> Vec<KeyEntry> {
        self.all().map(Asked::entry).collect()
    }
}

impl Asked {
    fn entry(&self) -> KeyEntry {
        let definition = &self.question.definition;
        let (right, answer) = self.right();
        let guide = match &definition.body {
            Body::Essay { guide, .. } | Body::Code { guide, .. } => guide.clone(),
            _ => None,
        };
        KeyEntry {
            number: self.number,
            question: self.question.code.clone(),
            version: self.question.version,
            right,
            answer,
            feedback: definition.feedback.clone(),
            guide,
        }
    }

    /// The key that a place of the definition has on this sheet.
    fn key_of(keyed: &[(String, usize)], wanted: usize) -> &str {
        let found = keyed.iter().find(|(_, at)| *at == wanted);
        found.map_or("", |(key, _)| key.as_str())
    }

    /// What is right: for people, and as it would be sent.
    fn right(&self) -> (Vec<String>, Json) {
        let option = |at: usize| Self::key_of(&self.options, at);
        match &self.question.definition.body {
            Body::Single(options) => {
                let right = options.iter().position(|option| option.right);
                (texts(options), right.map(option).into())
            }
            Body::Multiple(options) => {
                let right = options.iter().enumerate().filter(|(_, option)| option.right);
                (texts(options), right.map(|(at, _)| option(at)).collect())
            }
            Body::TrueFalse { answer } => (vec![answer.to_string()], (*answer).into()),
            Body::ShortText(wording) => {
                (wording.accepted.clone(), wording.accepted.first().map(String::as_str).into())
            }
            Body::Numeric { value, tolerance, unit } => {
                let unit = unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
                let within = match tolerance {
                    Tolerance::Absolute(tolerance) if tolerance.to_string() == "0" => String::new(),
                    Tolerance::Absolute(tolerance) => format!(" ± {tolerance}"),
                    Tolerance::Percent(percent) => format!(" ± {percent} %"),
                };
                (vec![format!("{value}{within}{unit}")], value.to_string().into())
            }
            Body::Ordering(items) => (items.clone(), (0..items.len()).map(option).collect()),
            Body::Matching { pairs, distractors } => {
                let choosable = choices(pairs, distractors);
                let choice = |right: &str| choosable.iter().position(|choice| *choice == right);
                let matches = pairs.iter().enumerate().filter_map(|(at, pair)| {
                    let key = Self::key_of(&self.choices, choice(&pair.right)?);
                    Some((option(at).to_owned(), Json::from(key)))
                });
                let told = pairs.iter().map(|pair| format!("{} → {}", pair.left, pair.right));
                (told.collect(), Json::Object(matches.collect()))
            }
            Body::FillIn { gaps, .. } => {
                let numbered = || (1..).zip(gaps);
                let told = numbered().map(|(number, gap): (usize, _)| {
                    format!("{number}: {}", gap.wording.accepted.join(" | "))
                });
                let texts = numbered()
                    .map(|(number, gap)| (number.to_string(), json!(gap.wording.accepted.first())));
                (told.collect(), Json::Object(texts.collect()))
            }
            Body::Essay { .. } | Body::Code { .. } => (Vec::new(), Json::Null),
        }
    }
}

fn texts(options: &[AnswerOption]) -> Vec<String> {
    options.iter().filter(|option| option.right).map(|option| option.text.clone()).collect()
}
