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
    /// Where, for people, such as `question FIRE-03, option 2`.
    pub place: String,
    /// Where in what was written, such as `questions[2].options[1].text`, or without the list where
    /// one document alone was written; nothing where it is about a quiz that is there already.
    pub path: Option<String>,
    /// What, in half a sentence.
    pub message: String,
}

/// Where something stands: for people, and as a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    told: String,
    path: Option<String>,
}

impl Place {
    /// In a document that was written.
    pub(crate) fn new(told: impl Into<String>, path: impl Into<String>) -> Self {
        Self { told: told.into(), path: Some(path.into()) }
    }

    /// In what is there already.
    pub(crate) fn elsewhere(told: impl Into<String>) -> Self {
        Self { told: told.into(), path: None }
    }

    /// By another name for people.
    pub(crate) fn told(mut self, told: impl Into<String>) -> Self {
        self.told = told.into();
        self
    }

    /// A part of it that has a name for people.
    pub(crate) fn part(&self, told: &str, path: &str) -> Self {
        self.field(path).told(format!("{}, {told}", self.told))
    }

    /// A field of it, which messages name themselves.
    pub(crate) fn field(&self, name: &str) -> Self {
        let path = self.path.as_deref().map(|path| match path {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        });
        Self { told: self.told.clone(), path }
    }
}

/// Gathers problems while a document is read.
#[derive(Debug, Default)]
pub(crate) struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    pub(crate) fn add(&self, place: &Place, message: impl Into<String>) {
        let mut all = self.0.borrow_mut();
        if all.len() < PROBLEMS_MAX {
            let Place { told, path } = place.clone();
            all.push(Problem { place: told, path, message: message.into() });
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
    let placed = || {
        problems.iter().filter_map(|problem| Some((problem.path.clone()?, problem.message.clone())))
    };
    let error = code.error(told(first));
    let error = match placed().next() {
        Some((path, _)) => error.with_field(path).with_parts(placed()),
        None => error,
    };
    let rest = others.len().saturating_sub(TOLD_MAX);
    let error = error.with_hints(others.iter().take(TOLD_MAX).map(told));
    Some(if rest == 0 { error } else { error.with_hint(format!("there are {rest} more")) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::error::ErrorKind;

    static WRONG: ErrorCode = ErrorCode::new("test.wrong", ErrorKind::Invalid, "a test");

    #[test]
    fn what_was_written_has_a_path_and_what_is_there_has_none() {
        let question = Place::new("question 3", "questions[2]").told("question A");
        let option = question.part("option 2", "options[1]").field("text");
        let problems = Problems::default();
        problems.add(&Place::elsewhere("quiz Q").part("section 1", "sections[0]"), "nothing left");
        problems.add(&option, "`text` is missing");
        problems.add(&Place::new("question A", "").field("kind"), "`kind` is missing");
        let problems = problems.into_vec();
        let paths: Vec<Option<&str>> =
            problems.iter().map(|problem| problem.path.as_deref()).collect();
        assert_eq!(paths, [None, Some("questions[2].options[1].text"), Some("kind")]);

        let error = refusal(&WRONG, &problems).unwrap();
        assert_eq!(error.message(), "quiz Q, section 1: nothing left");
        assert_eq!(error.hints()[0], "question A, option 2: `text` is missing");
        assert_eq!(error.field(), Some("questions[2].options[1].text"));
        let parts: Vec<Option<&str>> = error.parts().iter().map(Error::field).collect();
        assert_eq!(parts, [Some("questions[2].options[1].text"), Some("kind")]);
        let error = refusal(&WRONG, &problems[..1]).unwrap();
        assert_eq!((error.field(), error.parts().len()), (None, 0));
        assert!(refusal(&WRONG, &[]).is_none());
    }
}
