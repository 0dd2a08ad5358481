//! What a question asks and which answers are right: the typed form of one version of a question.
//!
//! The document is what stands in files, in the database and in JSON. It is read here and nowhere
//! else (`read.rs`), and written in one way, so that two definitions are the same where their texts
//! are.

use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use super::decimal::{Decimal, Points};
use super::wording::Wording;
use crate::kernel::error::{Error, Result};
use crate::kernel::suggest::suggest;

/// What kind of answer a question wants.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    /// One of several options.
    Single,
    /// Any of several options.
    Multiple,
    /// Whether a statement is true.
    TrueFalse,
    /// A word or a few.
    ShortText,
    /// A number, within a tolerance.
    Numeric,
    /// Items brought into their order.
    Ordering,
    /// To each on the left, one on the right.
    Matching,
    /// A text with gaps.
    FillIn,
    /// A text that a person grades.
    Essay,
    /// A program that a person grades.
    Code,
}

impl QuestionKind {
    /// All of them, in the order in which they are shown.
    pub const ALL: &'static [Self] = &[
        Self::Single,
        Self::Multiple,
        Self::TrueFalse,
        Self::ShortText,
        Self::Numeric,
        Self::Ordering,
        Self::Matching,
        Self::FillIn,
        Self::Essay,
        Self::Code,
    ];

    /// The name in commands, files and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Multiple => "multiple",
            Self::TrueFalse => "true_false",
            Self::ShortText => "short_text",
            Self::Numeric => "numeric",
            Self::Ordering => "ordering",
            Self::Matching => "matching",
            Self::FillIn => "fill_in",
            Self::Essay => "essay",
            Self::Code => "code",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        let name = name.trim().to_lowercase().replace(['-', ' ', '/'], "_");
        Self::ALL.iter().copied().find(|kind| kind.as_str() == name)
    }

    /// Reads the name of a kind.
    pub fn parse(text: &str) -> Result<Self> {
        Self::of(text).ok_or_else(|| {
            let names = Self::ALL.iter().map(|kind| kind.as_str());
            Error::invalid("kind", format!("there is no kind of question `{}`", text.trim()))
                .with_hints(suggest(text, names.clone()))
                .with_hint(format!("there are {}", names.collect::<Vec<_>>().join(", ")))
        })
    }

    /// Whether a part of the answer can be right.
    pub(crate) fn has_parts(self) -> bool {
        matches!(self, Self::Multiple | Self::Ordering | Self::Matching | Self::FillIn)
    }
}

/// One version of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Definition {
    pub(crate) text: String,
    pub(crate) points: Points,
    /// Whether a part of an answer earns a part of the points, where the kind has parts.
    pub(crate) partial: bool,
    pub(crate) shuffle: bool,
    pub(crate) feedback: Option<String>,
    pub(crate) body: Body,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Body {
    Single(Vec<AnswerOption>),
    Multiple(Vec<AnswerOption>),
    TrueFalse {
        answer: bool,
    },
    ShortText(Wording),
    Numeric {
        value: Decimal,
        tolerance: Tolerance,
        unit: Option<String>,
    },
    /// In the right order.
    Ordering(Vec<String>),
    Matching {
        pairs: Vec<Pair>,
        distractors: Vec<String>,
    },
    FillIn {
        parts: Vec<Part>,
        gaps: Vec<Gap>,
    },
    Essay {
        words_max: Option<i64>,
        guide: Option<String>,
    },
    Code {
        language: Option<String>,
        starter: Option<String>,
        guide: Option<String>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AnswerOption {
    pub(crate) text: String,
    pub(crate) right: bool,
    pub(crate) feedback: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tolerance {
    Absolute(Decimal),
    Percent(Decimal),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) left: String,
    pub(crate) right: String,
}

/// A piece of a text with gaps: words, or the gap at this place of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Words(String),
    Gap(usize),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gap {
    pub(crate) name: String,
    pub(crate) wording: Wording,
}

impl Tolerance {
    /// Whether a number is near enough to the right one.
    pub(crate) fn accepts(self, given: Decimal, value: Decimal) -> bool {
        match self {
            Self::Absolute(tolerance) => given.is_within(tolerance, value),
            Self::Percent(percent) => given.is_within_percent(percent, value),
        }
    }
}

/// What can be put beside the left sides: all right sides and the distractors, each once. Sorted, so
/// that nothing of what belongs together is left in their order.
pub(crate) fn choices<'d>(pairs: &'d [Pair], distractors: &'d [String]) -> Vec<&'d str> {
    let rights = pairs.iter().map(|pair| pair.right.as_str());
    let mut choices: Vec<&str> = rights.chain(distractors.iter().map(String::as_str)).collect();
    choices.sort_unstable();
    choices.dedup();
    choices
}

impl Definition {
    pub(crate) fn kind(&self) -> QuestionKind {
        match &self.body {
            Body::Single(_) => QuestionKind::Single,
            Body::Multiple(_) => QuestionKind::Multiple,
            Body::TrueFalse { .. } => QuestionKind::TrueFalse,
            Body::ShortText(_) => QuestionKind::ShortText,
            Body::Numeric { .. } => QuestionKind::Numeric,
            Body::Ordering(_) => QuestionKind::Ordering,
            Body::Matching { .. } => QuestionKind::Matching,
            Body::FillIn { .. } => QuestionKind::FillIn,
            Body::Essay { .. } => QuestionKind::Essay,
            Body::Code { .. } => QuestionKind::Code,
        }
    }

    /// Whether the order of what is shown can be shuffled, and an author may forbid it.
    pub(crate) fn can_keep_order(&self) -> bool {
        matches!(self.body, Body::Single(_) | Body::Multiple(_) | Body::Matching { .. })
    }

    /// As it stands in files and in the database; what goes without saying is left out.
    pub(crate) fn document(&self) -> Map<String, Json> {
        let mut out = Map::new();
        out.insert("kind".to_owned(), self.kind().as_str().into());
        out.insert("text".to_owned(), self.text.as_str().into());
        let mut put = |name: &str, value: Option<Json>| {
            if let Some(value) = value {
                out.insert(name.to_owned(), value);
            }
        };
        put("points", (self.points != Points::ONE).then(|| self.points.to_json()));
        put("partial_credit", (!self.partial).then(|| false.into()));
        put("shuffle", (!self.shuffle).then(|| false.into()));
        put("feedback", some(self.feedback.as_ref()));
        match &self.body {
            Body::Single(options) | Body::Multiple(options) => {
                put("options", Some(options.iter().map(AnswerOption::document).collect()));
            }
            Body::TrueFalse { answer } => put("answer", Some((*answer).into())),
            Body::ShortText(wording) => {
                put("accepted", Some(json!(wording.accepted)));
                put("exact", wording.exact.then(|| true.into()));
                put("wildcards", wording.wildcards.then(|| true.into()));
            }
            Body::Numeric { value, tolerance, unit } => {
                put("value", Some(value.to_json()));
                match *tolerance {
                    Tolerance::Absolute(Decimal::ZERO) => {}
                    Tolerance::Absolute(tolerance) => put("tolerance", Some(tolerance.to_json())),
                    Tolerance::Percent(percent) => {
                        put("tolerance_percent", Some(percent.to_json()));
                    }
                }
                put("unit", some(unit.as_ref()));
            }
            Body::Ordering(items) => put("items", Some(json!(items))),
            Body::Matching { pairs, distractors } => {
                let pair = |pair: &Pair| json!({ "left": pair.left, "right": pair.right });
                put("pairs", Some(pairs.iter().map(pair).collect()));
                put("distractors", (!distractors.is_empty()).then(|| json!(distractors)));
            }
            Body::FillIn { gaps, .. } => {
                let accepted =
                    gaps.iter().map(|gap| (gap.name.clone(), json!(gap.wording.accepted)));
                put("gaps", Some(Json::Object(accepted.collect())));
                let first = gaps.first().map(|gap| &gap.wording);
                put("exact", first.filter(|wording| wording.exact).map(|_| true.into()));
                put("wildcards", first.filter(|wording| wording.wildcards).map(|_| true.into()));
            }
            Body::Essay { words_max, guide } => {
                put("words_max", words_max.map(Json::from));
                put("guide", some(guide.as_ref()));
            }
            Body::Code { language, starter, guide } => {
                put("language", some(language.as_ref()));
                put("starter", some(starter.as_ref()));
                put("guide", some(guide.as_ref()));
            }
        }
        out
    }
}

impl AnswerOption {
    fn document(&self) -> Json {
        let mut out = Map::new();
        out.insert("text".to_owned(), self.text.as_str().into());
        if self.right {
            out.insert("right".to_owned(), true.into());
        }
        if let Some(feedback) = &self.feedback {
            out.insert("feedback".to_owned(), feedback.as_str().into());
        }
        Json::Object(out)
    }
}

fn some(text: Option<&String>) -> Option<Json> {
    text.map(|text| text.as_str().into())
}
