//! What is wrong with a document, all of it at once, each with its place.

use std::cell::RefCell;

use serde::Serialize;

use crate::kernel::error::{Error, ErrorCode};

/// More than these nobody reads before mending the first.
const PROBLEMS_MAX: usize = 100;
/// So many are told in one error; a plan has all of them.
const TOLD_MAX: usize = 20;

/// One thing that is wrong.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Where, such as `question FIRE-03, option 2`.
    pub place: String,
    /// What, in half a sentence.
    pub message: String,
}

/// Gathers problems while a document is read.
#[derive(Debug, Default)]
pub(crate) struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    pub(crate) fn add(&self, place: &str, message: impl Into<String>) {
        let mut all = self.0.borrow_mut();
        if all.len() < PROBLEMS_MAX {
            all.push(Problem { place: place.to_owned(), message: message.into() });
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.0.borrow().len()
    }

    pub(crate) fn into_vec(self) -> Vec<Problem> {
        self.0.into_inner()
    }
}

/// One error for all problems: the first is its message, the others are told below it.
pub(crate) fn refusal(code: &'static ErrorCode, problems: &[Problem]) -> Option<Error> {
    let told = |problem: &Problem| format!("{}: {}", problem.place, problem.message);
    let (first, others) = problems.split_first()?;
    let error = code.error(told(first)).with_field(first.place.clone());
    let rest = others.len().saturating_sub(TOLD_MAX);
    let error = error.with_hints(others.iter().take(TOLD_MAX).map(told));
    Some(if rest == 0 { error } else { error.with_hint(format!("there are {rest} more")) })
}
