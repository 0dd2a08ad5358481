//! Statements whose conditions depend on what was asked: put together from static fragments, so
//! that an index can serve those that are there.

use uuid::Uuid;

use super::value::Value;
use super::{Engine, Field, Query, Tx};

/// Ids on their way into a statement: one text parameter on either engine.
#[derive(Debug, Clone)]
pub(crate) struct IdList(Vec<Uuid>);

impl IdList {
    pub(crate) fn new(ids: impl IntoIterator<Item = Uuid>) -> Self {
        Self(ids.into_iter().collect())
    }

    fn json(&self) -> String {
        let ids: Vec<String> = self.0.iter().map(|id| format!("\"{}\"", id.simple())).collect();
        format!("[{}]", ids.join(","))
    }
}

/// What an [`IdList`] is on each engine: a query over one text parameter.
fn id_query(engine: Engine, number: usize) -> String {
    match engine {
        Engine::Sqlite => format!("SELECT unhex(value) FROM json_each(${number})"),
        Engine::Postgres => {
            format!(
                "SELECT CAST(value AS UUID) FROM json_array_elements_text(CAST(${number} AS JSON))"
            )
        }
    }
}

/// The same for a list of texts.
fn text_query(engine: Engine, number: usize) -> String {
    match engine {
        Engine::Sqlite => format!("SELECT value FROM json_each(${number})"),
        Engine::Postgres => format!("SELECT json_array_elements_text(CAST(${number} AS JSON))"),
    }
}

/// A statement in the making. A fragment has a `?` for each value, `(ids?)` for a list of ids, and
/// `(texts?)` for a list of texts.
#[derive(Debug, Default)]
pub(crate) struct Assembly {
    fragments: Vec<&'static str>,
    values: Vec<Value>,
}

impl Assembly {
    pub(crate) fn new(start: &'static str) -> Self {
        Self { fragments: vec![start], values: Vec::new() }
    }

    pub(crate) fn push(mut self, fragment: &'static str) -> Self {
        self.fragments.push(fragment);
        self
    }

    pub(crate) fn bind(mut self, value: impl Field) -> Self {
        self.values.push(value.into_value());
        self
    }

    pub(crate) fn bind_ids(self, ids: &IdList) -> Self {
        self.bind(ids.json())
    }

    pub(crate) fn bind_texts(self, texts: &[impl AsRef<str>]) -> Self {
        let texts: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
        self.bind(serde_json::to_string(&texts).expect("texts are plain data"))
    }

    /// A fragment with its one value, where there is one.
    pub(crate) fn push_some(self, fragment: &'static str, value: Option<impl Field>) -> Self {
        match value {
            Some(value) => self.push(fragment).bind(value),
            None => self,
        }
    }

    pub(crate) fn on(self, tx: &mut Tx) -> Query<'_> {
        let engine = tx.engine();
        let mut text = String::new();
        let mut number = 0;
        for fragment in self.fragments {
            let mut rest = fragment;
            while let Some(at) = rest.find('?') {
                number += 1;
                let (before, after) = (&rest[..at], &rest[at + 1..]);
                if let Some(before) = before.strip_suffix("(ids") {
                    text.push_str(before);
                    text.push('(');
                    text.push_str(&id_query(engine, number));
                } else if let Some(before) = before.strip_suffix("(texts") {
                    text.push_str(before);
                    text.push('(');
                    text.push_str(&text_query(engine, number));
                } else {
                    text.push_str(before);
                    text.push('$');
                    text.push_str(&number.to_string());
                }
                rest = after;
            }
            text.push_str(rest);
            text.push('\n');
        }
        // Few shapes come up again and again.
        tx.assembled(text).recurring(true).values(self.values)
    }
}
