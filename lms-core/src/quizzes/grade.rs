//! Grading: a pure function of a definition and an answer, exact and never below nothing.
//!
//! | kind | part that is right |
//! | --- | --- |
//! | `single`, `true_false`, `short_text`, `numeric` | all or nothing |
//! | `multiple` | (right options chosen − wrong ones chosen) ÷ right options, not below 0 |
//! | `ordering` | (pairs in the right order − pairs in the wrong one) ÷ all pairs, not below 0 |
//! | `matching` | left sides with the right one beside them ÷ left sides |
//! | `fill_in` | gaps filled rightly ÷ gaps |
//! | `essay`, `code` | waits for a person |
//!
//! Points are the part times the points of the question, rounded to the hundredth, halves up. With
//! `partial_credit = false` all but the whole counts as nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::decimal::Points;
use super::definition::{AnswerOption, Body, Definition, Pair, choices};
use super::number;

/// How an answer turned out.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GradeState {
    /// All of it is right.
    Right,
    /// A part of it is right.
    Partly,
    /// Nothing of it is right, or there was no answer.
    Wrong,
    /// A person has to look at it.
    Waiting,
}

impl GradeState {
    /// The name in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Partly => "partly",
            Self::Wrong => "wrong",
            Self::Waiting => "waiting",
        }
    }
}

/// What an answer earned.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Grade {
    /// What it earned; nothing yet where it waits.
    pub points: Points,
    /// What it could earn.
    pub max: Points,
    /// How it turned out.
    pub state: GradeState,
}

/// An answer, in terms of the definition: places in its lists, whatever order they were shown in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    Options(BTreeSet<usize>),
    Truth(bool),
    Text(String),
    /// Places in the right order, in the order that was given.
    Order(Vec<usize>),
    /// Left side → choice.
    Matches(BTreeMap<usize, usize>),
    /// Gap → text.
    Gaps(BTreeMap<usize, String>),
}

/// Grades an answer; none, or one of another kind, is wrong.
pub(crate) fn grade(definition: &Definition, answer: Option<&Answer>) -> Grade {
    let max = definition.points;
    let (part, whole) = match (&definition.body, answer) {
        (Body::Essay { .. } | Body::Code { .. }, Some(Answer::Text(_))) => {
            return Grade { points: Points::ZERO, max, state: GradeState::Waiting };
        }
        (Body::Single(options), Some(Answer::Options(chosen))) => {
            let right = chosen.len() == 1 && chosen.iter().all(|at| is_right(options, *at));
            (i64::from(right), 1)
        }
        (Body::Multiple(options), Some(Answer::Options(chosen))) => multiple(options, chosen),
        (Body::TrueFalse { answer: right }, Some(Answer::Truth(given))) => {
            (i64::from(right == given), 1)
        }
        (Body::ShortText(wording), Some(Answer::Text(text))) => {
            (i64::from(wording.matches(text)), 1)
        }
        (Body::Numeric { value, tolerance, unit }, Some(Answer::Text(text))) => {
            let readings = number::readings(text, unit.as_deref());
            let right = readings.into_iter().any(|given| tolerance.accepts(given, *value));
            (i64::from(right), 1)
        }
        (Body::Ordering(items), Some(Answer::Order(order))) => ordering(items.len(), order),
        (Body::Matching { pairs, distractors }, Some(Answer::Matches(matches))) => {
            matching(pairs, &choices(pairs, distractors), matches)
        }
        (Body::FillIn { gaps, .. }, Some(Answer::Gaps(texts))) => {
            let right = |(at, text): (&usize, &String)| {
                gaps.get(*at).is_some_and(|gap| gap.wording.matches(text))
            };
            (count(texts.iter().filter(|filled| right(*filled))), count(gaps))
        }
        _ => (0, 1),
    };
    let whole = whole.max(1);
    let part = if part < whole && !definition.partial { 0 } else { part.clamp(0, whole) };
    let state = match part {
        0 => GradeState::Wrong,
        _ if part == whole => GradeState::Right,
        _ => GradeState::Partly,
    };
    Grade { points: max.share(part, whole), max, state }
}

fn count(items: impl IntoIterator) -> i64 {
    i64::try_from(items.into_iter().count()).unwrap_or(i64::MAX)
}

fn is_right(options: &[AnswerOption], at: usize) -> bool {
    options.get(at).is_some_and(|option| option.right)
}

fn multiple(options: &[AnswerOption], chosen: &BTreeSet<usize>) -> (i64, i64) {
    let rights = count(chosen.iter().filter(|at| is_right(options, **at)));
    let wrongs = count(chosen) - rights;
    (rights - wrongs, count(options.iter().filter(|option| option.right)))
}

/// An order that leaves something out or has it twice is none.
fn ordering(n_items: usize, order: &[usize]) -> (i64, i64) {
    let places: BTreeSet<usize> = order.iter().copied().collect();
    if order.len() != n_items || places != (0..n_items).collect() {
        return (0, 1);
    }
    let later = |at: usize| order[at + 1..].iter().filter(move |later| **later > order[at]);
    let right: i64 = (0..n_items).map(|at| count(later(at))).sum();
    let all = count(0..n_items) * (count(0..n_items) - 1) / 2;
    (right - (all - right), all)
}

fn matching(pairs: &[Pair], choices: &[&str], matches: &BTreeMap<usize, usize>) -> (i64, i64) {
    let right = matches.iter().filter(|(left, choice)| {
        let pair = pairs.get(**left).map(|pair| pair.right.as_str());
        pair.is_some() && pair == choices.get(**choice).copied()
    });
    (count(right), count(pairs))
}
