//! Texts with names in curly brackets, and what stands for them. Pure.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

/// A credential. It is in no log and no error, and shows itself to nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The credential, without the end of the line that files have.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.trim_end_matches(['\n', '\r']).to_owned())
    }

    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// How texts are filled in.
#[derive(Debug)]
pub(super) struct Template;

impl Template {
    /// The names that a text speaks of.
    pub(super) fn names(text: &str) -> Vec<&str> {
        pieces(text).into_iter().filter_map(|piece| piece.1).collect()
    }

    /// All texts of a document.
    pub(super) fn texts(value: &Value) -> Vec<&str> {
        match value {
            Value::String(text) => vec![text],
            Value::Array(items) => items.iter().flat_map(Self::texts).collect(),
            Value::Object(fields) => fields.values().flat_map(Self::texts).collect(),
            _ => Vec::new(),
        }
    }

    /// The text with what its names stand for; what nobody says stays as it is.
    pub(super) fn fill<'v>(text: &str, value: impl Fn(&str) -> Option<&'v str>) -> String {
        let mut filled = String::with_capacity(text.len());
        for (plain, name) in pieces(text) {
            filled.push_str(plain);
            if let Some(name) = name {
                match value(name) {
                    Some(value) => filled.push_str(value),
                    None => filled.extend(["{", name, "}"]),
                }
            }
        }
        filled
    }

    /// A document with what the names in its texts stand for. A name that stands for a list takes the place
    /// of an item by all of its own.
    pub(super) fn fill_all(
        value: &Value,
        texts: &BTreeMap<&str, &str>,
        lists: &BTreeMap<&str, Vec<String>>,
    ) -> Value {
        match value {
            Value::String(text) => {
                let joined: BTreeMap<&str, String> =
                    lists.iter().map(|(name, items)| (*name, items.join(","))).collect();
                Value::String(Self::fill(text, |name| {
                    texts.get(name).copied().or_else(|| joined.get(name).map(String::as_str))
                }))
            }
            Value::Array(items) => {
                let filled = items.iter().flat_map(|item| {
                    let list = item.as_str().and_then(|text| {
                        let name = text.strip_prefix('{')?.strip_suffix('}')?;
                        lists.get(name)
                    });
                    match list {
                        Some(list) => list.iter().cloned().map(Value::String).collect(),
                        None => vec![Self::fill_all(item, texts, lists)],
                    }
                });
                Value::Array(filled.collect())
            }
            Value::Object(fields) => {
                let filled = fields
                    .iter()
                    .map(|(key, value)| (key.clone(), Self::fill_all(value, texts, lists)));
                Value::Object(filled.collect())
            }
            other => other.clone(),
        }
    }
}

/// A text in pieces: what stands there, and the name behind it.
fn pieces(text: &str) -> Vec<(&str, Option<&str>)> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let name = after.split_once('}').filter(|(name, _)| is_name(name));
        let Some((name, behind)) = name else {
            let (plain, after) = rest.split_at(before.len() + 1);
            pieces.push((plain, None));
            rest = after;
            continue;
        };
        pieces.push((before, Some(name)));
        rest = behind;
    }
    pieces.push((rest, None));
    pieces
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_filled_in_and_nothing_else() {
        let fill = |text| Template::fill(text, |name| (name == "a").then_some("1"));
        assert_eq!(fill("x{a}y{a}"), "x1y1");
        assert_eq!(fill("{b} {A} {} {a"), "{b} {A} {} {a");
        assert_eq!(Template::names("{a}/{b_c}"), ["a", "b_c"]);
    }

    #[test]
    fn a_list_takes_the_place_of_an_item() {
        let texts = BTreeMap::from([("company", "acme")]);
        let lists = BTreeMap::from([("names", vec!["id".to_owned(), "mail".to_owned()])]);
        let body = json!({"of": "{company}", "fields": ["x", "{names}"], "all": "{names}", "n": 1});
        assert_eq!(
            Template::fill_all(&body, &texts, &lists),
            json!({"of": "acme", "fields": ["x", "id", "mail"], "all": "id,mail", "n": 1})
        );
    }

    #[test]
    fn a_secret_does_not_show() {
        let secret = Secret::new("hunter2\n");
        assert_eq!(secret.reveal(), "hunter2");
        assert!(!format!("{secret:?}").contains("hunter"));
    }
}
