//! What a learner gets: the questions as they are asked, and nothing of what is right.
//!
//! A sheet is made from the fields that are shown, one by one; it has no field that could hold a
//! key. Options and choices have keys that follow from the seed, which the learner never sees. What
//! has its order as its answer (ordering, matching) is sorted before it is shuffled, so that the
//! order in which it was written has no way into the sheet.

use serde::Serialize;

use super::chance::{Keys, Seed};
use super::decimal::Points;
use super::definition::{Body, Definition, Part, QuestionKind, choices};
use super::quiz_definition::QuizDefinition;

/// The questions of one attempt.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sheet {
    /// The code of the quiz.
    pub quiz: String,
    /// Which version of it.
    pub version: i64,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub description: Option<String>,
    /// The share of the points that passes.
    pub passing_percent: i64,
    /// How long there is.
    pub time_limit_minutes: Option<i64>,
    /// What all answers together can earn.
    pub max: Points,
    /// The questions, in order.
    pub sections: Vec<SheetSection>,
}

/// Questions that stand together.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SheetSection {
    /// What stands above them.
    pub title: Option<String>,
    /// The questions, in order.
    pub questions: Vec<SheetQuestion>,
}

/// A question as it is asked. Lists are empty where the kind has none.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SheetQuestion {
    /// Its number on the sheet, from 1.
    pub number: usize,
    /// What its answer is given under.
    pub key: String,
    /// What kind of answer it wants.
    pub kind: QuestionKind,
    /// The question; gaps stand in it as `{1}`, `{2}` …, which are also their keys.
    pub text: String,
    /// What it can earn.
    pub points: Points,
    /// Options to choose, items to bring into order, or left sides to match.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<SheetOption>,
    /// What can be put beside the left sides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<SheetOption>,
    /// The keys of the gaps.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<String>,
    /// The unit of the number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// At most so many words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words_max: Option<i64>,
    /// The language of the program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What the program begins with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starter: Option<String>,
}

/// Something to choose.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SheetOption {
    /// What it is chosen by.
    pub key: String,
    /// What it says.
    pub text: String,
}

/// A sheet with what is right: it never leaves the server.
#[derive(Debug, Clone)]
pub(crate) struct Paper {
    pub(crate) code: String,
    pub(crate) version: i64,
    pub(crate) quiz: QuizDefinition,
    /// By section.
    pub(crate) asked: Vec<Vec<Asked>>,
}

/// A question on a paper: its definition, and the way from the keys that are shown to its parts.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) number: usize,
    pub(crate) key: String,
    pub(crate) question: BankedQuestion,
    /// In the order in which they are shown: key and place in the definition.
    pub(crate) options: Vec<(String, usize)>,
    pub(crate) choices: Vec<(String, usize)>,
}

/// One version of a question of the bank.
#[derive(Debug, Clone)]
pub(crate) struct BankedQuestion {
    pub(crate) code: String,
    pub(crate) version: i64,
    pub(crate) definition: Definition,
}

impl Paper {
    /// Lays the drawn questions out; the same seed gives the same paper.
    pub(crate) fn new(
        code: String,
        version: i64,
        quiz: QuizDefinition,
        drawn: Vec<Vec<BankedQuestion>>,
        seed: &Seed,
    ) -> Self {
        let mut keys = Keys::new(seed);
        let mut numbers = 1..;
        let asked = drawn
            .into_iter()
            .map(|section| {
                let numbered = section.into_iter().zip(numbers.by_ref());
                numbered
                    .map(|(question, number)| Asked::new(question, number, seed, &mut keys))
                    .collect()
            })
            .collect();
        Self { code, version, quiz, asked }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Asked> {
        self.asked.iter().flatten()
    }

    /// What the learner gets.
    pub(crate) fn sheet(&self) -> Sheet {
        let sections = self.quiz.sections.iter().zip(&self.asked);
        Sheet {
            quiz: self.code.clone(),
            version: self.version,
            title: self.quiz.title.clone(),
            description: self.quiz.description.clone(),
            passing_percent: self.quiz.passing_percent,
            time_limit_minutes: self.quiz.time_limit_minutes,
            max: self.all().map(|asked| asked.question.definition.points).sum(),
            sections: sections
                .map(|(section, asked)| SheetSection {
                    title: section.title.clone(),
                    questions: asked.iter().map(Asked::shown).collect(),
                })
                .collect(),
        }
    }
}

impl Asked {
    fn new(question: BankedQuestion, number: usize, seed: &Seed, keys: &mut Keys<'_>) -> Self {
        let code = question.code.clone();
        let definition = &question.definition;
        let (mut options, mut choosable) = (Vec::new(), Vec::new());
        match &definition.body {
            Body::Single(all) | Body::Multiple(all) => options = (0..all.len()).collect(),
            Body::Ordering(items) => {
                options = (0..items.len()).collect();
                options.sort_by_key(|at: &usize| &items[*at]);
            }
            Body::Matching { pairs, distractors } => {
                options = (0..pairs.len()).collect();
                choosable = (0..choices(pairs, distractors).len()).collect();
                seed.shuffle("choices", &code, &mut choosable);
            }
            _ => {}
        }
        if definition.shuffle {
            seed.shuffle("options", &code, &mut options);
        }
        let key = keys.next("question", &code);
        // A key follows from what is shown, and from where.
        let mut keyed = |purpose: &str, places: Vec<usize>| -> Vec<(String, usize)> {
            let numbered = (1..).zip(places);
            numbered
                .map(|(number, at): (usize, usize)| {
                    (keys.next(purpose, &format!("{code} {number}")), at)
                })
                .collect()
        };
        let options = keyed("option", options);
        let choices = keyed("choice", choosable);
        Self { number, key, question, options, choices }
    }

    fn shown(&self) -> SheetQuestion {
        let definition = &self.question.definition;
        let mut shown = SheetQuestion {
            number: self.number,
            key: self.key.clone(),
            kind: definition.kind(),
            text: definition.text.clone(),
            points: definition.points,
            options: Vec::new(),
            choices: Vec::new(),
            gaps: Vec::new(),
            unit: None,
            words_max: None,
            language: None,
            starter: None,
        };
        let listed = |keyed: &[(String, usize)], text: &dyn Fn(usize) -> String| {
            keyed
                .iter()
                .map(|(key, at)| SheetOption { key: key.clone(), text: text(*at) })
                .collect()
        };
        match &definition.body {
            Body::Single(all) | Body::Multiple(all) => {
                shown.options = listed(&self.options, &|at| all[at].text.clone());
            }
            Body::Ordering(items) => {
                shown.options = listed(&self.options, &|at| items[at].clone());
            }
            Body::Matching { pairs, distractors } => {
                let choosable = choices(pairs, distractors);
                shown.options = listed(&self.options, &|at| pairs[at].left.clone());
                shown.choices = listed(&self.choices, &|at| choosable[at].to_owned());
            }
            Body::Numeric { unit, .. } => shown.unit.clone_from(unit),
            Body::FillIn { parts, gaps } => {
                shown.text = parts.iter().map(Part::shown).collect();
                shown.gaps = (1..=gaps.len()).map(|number| number.to_string()).collect();
            }
            Body::Essay { words_max, .. } => shown.words_max = *words_max,
            Body::Code { language, starter, .. } => {
                shown.language.clone_from(language);
                shown.starter.clone_from(starter);
            }
            Body::TrueFalse { .. } | Body::ShortText(_) => {}
        }
        shown
    }
}

impl Part {
    /// The name that the author gave a gap may give its answer away: it has a number here.
    fn shown(&self) -> String {
        match self {
            Self::Words(words) => words.clone(),
            Self::Gap(at) => format!("{{{}}}", at + 1),
        }
    }
}
