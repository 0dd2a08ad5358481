//! What is wrong with something that somebody wrote: all of it at once, each with its place.

use serde::Serialize;

use crate::kernel::error::{Error, ErrorCode};

/// A problem, and where it is.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Where: a path such as `modules[2].items[0].url`.
    pub path: String,
    /// What is wrong there, and what would be right.
    pub message: String,
}

impl Problem {
    pub(crate) fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into() }
    }
}

/// Says that a thing has these problems, a hint each.
pub(crate) fn refuse(code: &'static ErrorCode, what: &str, problems: &[Problem]) -> Error {
    let field = problems.first().map(|problem| problem.path.clone()).unwrap_or_default();
    let count = match problems.len() {
        1 => "one problem".to_owned(),
        n => format!("{n} problems"),
    };
    code.error(format!("{what} has {count}"))
        .with_field(field)
        .with_hints(problems.iter().map(|problem| format!("{}: {}", problem.path, problem.message)))
        .with_parts(problems.iter().map(|problem| (problem.path.clone(), problem.message.clone())))
}
