//! Where in an answer something stands. Pure.
//!
//! A JSON pointer, such as `/work/department`, with one thing more: `[type=work]` is the first of a list
//! that has this, as in `/emails/[type=work]/value`.

use serde_json::Value;

use super::FEED;
use crate::kernel::error::{Error, Result};

/// A place in an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    text: String,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    /// The first of a list whose key has this value.
    Where(String, String),
}

impl Path {
    /// Reads `/a/b`, `/list/0`, `/list/[type=work]/value`. An empty text is the whole.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self { text: String::new(), steps: Vec::new() });
        }
        let rest = text.strip_prefix('/').ok_or_else(|| wrong(text))?;
        let step = |part: &str| -> Result<Step> {
            let condition = part.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            match condition {
                Some(condition) => match condition.split_once('=') {
                    Some((key, value)) if !key.is_empty() => {
                        Ok(Step::Where(key.to_owned(), value.to_owned()))
                    }
                    _ => Err(wrong(text)),
                },
                None => Ok(Step::Key(part.replace("~1", "/").replace("~0", "~"))),
            }
        };
        let steps = rest.split('/').map(step).collect::<Result<_>>()?;
        Ok(Self { text: text.to_owned(), steps })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// What stands there; nothing where the way ends before.
    pub(super) fn find<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        self.steps.iter().try_fold(value, |value, step| match (step, value) {
            (Step::Key(key), Value::Object(fields)) => fields.get(key),
            (Step::Key(key), Value::Array(items)) => items.get(key.parse::<usize>().ok()?),
            (Step::Where(key, wanted), Value::Array(items)) => items.iter().find(|item| {
                item.get(key).is_some_and(|value| match value {
                    Value::String(text) => text.eq_ignore_ascii_case(wanted),
                    Value::Bool(is) => is.to_string() == *wanted,
                    Value::Number(number) => number.to_string() == *wanted,
                    _ => false,
                })
            }),
            _ => None,
        })
    }

    /// The name of the field at the top, by which a system is asked for it.
    pub(super) fn top(&self) -> Option<&str> {
        match self.steps.first()? {
            Step::Key(key) => Some(key),
            Step::Where(..) => None,
        }
    }

    /// The names on the way with dots between them.
    pub(super) fn dotted(&self) -> String {
        let keys = self.steps.iter().map_while(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Where(..) => None,
        });
        keys.collect::<Vec<_>>().join(".")
    }
}

fn wrong(text: &str) -> Error {
    FEED.error(format!("`{text}` is no place in an answer")).with_hint(
        "write it like `/work/department`, or `/emails/[type=work]/value` for one of a list",
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_place_is_found_or_not() {
        let value = json!({
            "a": {"b/c": 1, "urn:x:2.0:User": {"d": null}},
            "emails": [{"type": "home", "value": "h"}, {"type": "Work", "value": "w"}],
        });
        let find = |text: &str| Path::parse(text).unwrap().find(&value).cloned();
        assert_eq!(find("/a/b~1c"), Some(json!(1)));
        assert_eq!(find("/a/urn:x:2.0:User/d"), Some(json!(null)));
        assert_eq!(find("/emails/[type=work]/value"), Some(json!("w")));
        assert_eq!(find("/emails/0/value"), Some(json!("h")));
        assert_eq!(find("/emails/[type=other]/value"), None);
        assert_eq!(find("/nothing/here"), None);
        assert_eq!(find(""), Some(value.clone()));
        assert_eq!(Path::parse("/work/site").unwrap().dotted(), "work.site");
    }

    #[test]
    fn what_is_no_place_is_told() {
        for text in ["a", "work.site", "/a/[b]", "/a/[=c]"] {
            assert!(Path::parse(text).unwrap_err().message().contains(text));
        }
    }
}
