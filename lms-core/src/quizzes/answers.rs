//! From the answers as they are sent to what can be graded: strict, bounded, and each refusal names
//! its question.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::ANSWERS_INVALID;
use super::decimal::Points;
use super::definition::Body;
use super::fields::{cut, number_text, shown};
use super::grade::{Answer, Grade, grade};
use super::number;
use super::problems::{Place, Problems, refusal};
use super::score::{Score, score};
use super::sheet::{Asked, Paper};
use crate::kernel::error::Result;

const LINE_CHARS_MAX: usize = 1_000;
const TEXT_CHARS_MAX: usize = 50_000;

/// Answers by the number of their question; what is missing was not answered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Answers(BTreeMap<usize, Answer>);

/// A graded sheet.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GradedSheet {
    /// What all of it earned.
    pub score: Score,
    /// What each answer earned, in the order of the sheet.
    pub questions: Vec<GradedQuestion>,
}

/// A graded answer.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GradedQuestion {
    /// Its number on the sheet.
    pub number: usize,
    /// The code of the question.
    pub question: String,
    /// Which version of it.
    pub version: i64,
    /// What the answer earned.
    #[serde(flatten)]
    pub grade: Grade,
    /// What the author has to say to this answer.
    pub feedback: Vec<String>,
}

impl Answers {
    /// The answer to a question by its number; nothing where there was none.
    pub(super) fn of(&self, number: usize) -> Option<&Answer> {
        self.0.get(&number)
    }
}

impl Paper {
    /// Reads answers: an object with a field for each answered question, by its key.
    ///
    /// | kind | answer |
    /// | --- | --- |
    /// | `single` | the key of an option |
    /// | `multiple` | a list of keys of options |
    /// | `true_false` | `true` or `false` |
    /// | `short_text`, `essay`, `code` | a text |
    /// | `numeric` | a number, or a text with one |
    /// | `ordering` | the list of all keys, in order |
    /// | `matching` | an object: key on the left → key of a choice |
    /// | `fill_in` | an object: key of a gap → text |
    pub(crate) fn read_answers(&self, answers: &Json) -> Result<Answers> {
        let problems = Problems::default();
        let mut read = Answers::default();
        if let Json::Object(given) = answers {
            for asked in self.all() {
                match given.get(&asked.key).map_or(Ok(None), |answer| asked.read(answer)) {
                    Ok(Some(answer)) => drop(read.0.insert(asked.number, answer)),
                    Ok(None) => {}
                    Err(wrong) => problems
                        .add(&Place::new(format!("question {}", asked.number), &*asked.key), wrong),
                }
            }
            let known: BTreeSet<&str> = self.all().map(|asked| asked.key.as_str()).collect();
            for key in given.keys().filter(|key| !known.contains(key.as_str())) {
                problems.add(
                    &Place::new("answers", key),
                    format!("no question of this sheet has the key `{}`", cut(key)),
                );
            }
        } else {
            problems.add(
                &Place::new("answers", ""),
                format!("expected an object, found {}", shown(answers)),
            );
        }
        refusal(&ANSWERS_INVALID, &problems.into_vec()).map_or(Ok(read), Err)
    }

    /// Grades the answers: the same ones always earn the same.
    pub(crate) fn grade(&self, answers: &Answers) -> GradedSheet {
        let questions: Vec<GradedQuestion> = self
            .all()
            .map(|asked| {
                let definition = &asked.question.definition;
                let answer = answers.0.get(&asked.number);
                GradedQuestion {
                    number: asked.number,
                    question: asked.question.code.clone(),
                    version: asked.question.version,
                    grade: grade(definition, answer),
                    feedback: feedback(&definition.body, answer)
                        .chain(definition.feedback.clone())
                        .collect(),
                }
            })
            .collect();
        let grades = questions.iter().map(|question| &question.grade);
        GradedSheet { score: score(grades, self.quiz.passing_percent), questions }
    }
}

/// What stands beside the options that were chosen.
fn feedback<'d>(body: &'d Body, answer: Option<&'d Answer>) -> impl Iterator<Item = String> + 'd {
    let (options, chosen) = match (body, answer) {
        (Body::Single(options) | Body::Multiple(options), Some(Answer::Options(chosen))) => {
            (options.as_slice(), Some(chosen))
        }
        _ => (&[][..], None),
    };
    let chosen = chosen.into_iter().flatten();
    chosen.filter_map(|at| options.get(*at)).filter_map(|option| option.feedback.clone())
}

/// What is wrong with an answer.
type Read<T> = std::result::Result<T, String>;

impl Asked {
    /// Reads one answer; nothing where it says nothing.
    fn read(&self, json: &Json) -> Read<Option<Answer>> {
        if json.is_null() {
            return Ok(None);
        }
        match &self.question.definition.body {
            Body::Single(_) => {
                let chosen = place(&self.options, json, "option")?;
                Ok(Some(Answer::Options(BTreeSet::from([chosen]))))
            }
            Body::Multiple(_) => {
                let chosen: BTreeSet<usize> =
                    self.places(json, "several options")?.into_iter().collect();
                Ok((!chosen.is_empty()).then_some(Answer::Options(chosen)))
            }
            Body::TrueFalse { .. } => match json {
                Json::Bool(given) => Ok(Some(Answer::Truth(*given))),
                other => Err(format!("expected `true` or `false`, found {}", shown(other))),
            },
            Body::ShortText(_) => Ok(text(json, LINE_CHARS_MAX)?.map(Answer::Text)),
            Body::Essay { .. } | Body::Code { .. } => {
                Ok(text(json, TEXT_CHARS_MAX)?.map(Answer::Text))
            }
            Body::Numeric { unit, .. } => {
                let given = number_text(json).filter(|text| text.chars().count() <= LINE_CHARS_MAX);
                let given =
                    given.ok_or_else(|| format!("expected a number, found {}", shown(json)))?;
                if given.is_empty() {
                    return Ok(None);
                }
                if number::readings(&given, unit.as_deref()).is_empty() {
                    let unit = unit.as_ref().map(|unit| format!(" of {unit}")).unwrap_or_default();
                    return Err(format!("`{}` is not a number{unit}", cut(&given)));
                }
                Ok(Some(Answer::Text(given)))
            }
            Body::Ordering(items) => {
                let order = self.places(json, "all items in order")?;
                match order.len() {
                    0 => Ok(None),
                    n if n == items.len() => Ok(Some(Answer::Order(order))),
                    n => Err(format!("{n} of {} items are in the list, expected all", items.len())),
                }
            }
            Body::Matching { .. } => self.matches(json),
            Body::FillIn { gaps, .. } => filled(json, gaps.len()),
        }
    }

    /// The places that a list of keys names, each once.
    fn places(&self, json: &Json, what: &str) -> Read<Vec<usize>> {
        let Json::Array(keys) = json else {
            return Err(format!("expected a list with {what}, found {}", shown(json)));
        };
        if keys.len() > self.options.len() {
            return Err(format!("{} keys for {} options", keys.len(), self.options.len()));
        }
        let mut places = Vec::with_capacity(keys.len());
        for key in keys {
            let at = place(&self.options, key, "option")?;
            if places.contains(&at) {
                return Err(format!("the key {} is there twice", shown(key)));
            }
            places.push(at);
        }
        Ok(places)
    }

    fn matches(&self, json: &Json) -> Read<Option<Answer>> {
        let mut matches = BTreeMap::new();
        for (left, choice) in object(json)?.iter().filter(|(_, choice)| !choice.is_null()) {
            let left = place(&self.options, &Json::from(left.as_str()), "left side")?;
            matches.insert(left, place(&self.choices, choice, "choice")?);
        }
        Ok((!matches.is_empty()).then_some(Answer::Matches(matches)))
    }
}

fn filled(json: &Json, n_gaps: usize) -> Read<Option<Answer>> {
    let mut texts = BTreeMap::new();
    for (key, answer) in object(json)?.iter().filter(|(_, answer)| !answer.is_null()) {
        let number = (1..=n_gaps).find(|number| number.to_string() == *key);
        let number = number.ok_or_else(|| format!("there is no gap `{}`", cut(key)))?;
        if let Some(text) = text(answer, LINE_CHARS_MAX)? {
            texts.insert(number - 1, text);
        }
    }
    Ok((!texts.is_empty()).then_some(Answer::Gaps(texts)))
}

fn object(json: &Json) -> Read<&Map<String, Json>> {
    json.as_object().ok_or_else(|| format!("expected an object, found {}", shown(json)))
}

fn place(keyed: &[(String, usize)], key: &Json, what: &str) -> Read<usize> {
    let Json::String(wanted) = key else {
        return Err(format!("expected the key of one {what}, found {}", shown(key)));
    };
    let found = keyed.iter().find(|(key, _)| key == wanted).map(|(_, at)| *at);
    found.ok_or_else(|| format!("no {what} has the key `{}`", cut(wanted)))
}

fn text(json: &Json, chars_max: usize) -> Read<Option<String>> {
    let Json::String(text) = json else {
        return Err(format!("expected a text, found {}", shown(json)));
    };
    if text.chars().count() > chars_max {
        return Err(format!("the answer is longer than {chars_max} characters"));
    }
    Ok((!text.trim().is_empty()).then(|| text.clone()))
}

impl GradedSheet {
    /// What the questions of the sheet earned together.
    #[must_use]
    pub fn points(&self) -> Points {
        self.score.points
    }
}
