//! Statements whose conditions depend on what was asked: put together from static fragments, so
//! that an index can serve those that are there.

use std::fmt::Write as _;

use uuid::Uuid;

use super::value::Value;
use super::{Engine, Field, Query, Tx};

/// Ids on their way into a statement: a parameter each where they are few, else one text parameter.
/// Of few, an engine knows how many rows to expect; of a list in a text it thinks the worst, and reads
/// whole tables.
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

/// Up to so many ids, each is a parameter of its own: a department with all below it, or a page.
const FEW_IDS: usize = 64;

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
    bound: Vec<Bound>,
}

/// What stands for one `?`.
#[derive(Debug)]
enum Bound {
    One(Value),
    Ids(Vec<Uuid>),
}

impl Assembly {
    pub(crate) fn new(start: &'static str) -> Self {
        Self { fragments: vec![start], bound: Vec::new() }
    }

    pub(crate) fn push(mut self, fragment: &'static str) -> Self {
        self.fragments.push(fragment);
        self
    }

    pub(crate) fn bind(mut self, value: impl Field) -> Self {
        self.bound.push(Bound::One(value.into_value()));
        self
    }

    pub(crate) fn bind_ids(mut self, ids: &IdList) -> Self {
        self.bound.push(match ids.0.len() {
            1..=FEW_IDS => Bound::Ids(ids.0.clone()),
            _ => Bound::One(ids.json().into_value()),
        });
        self
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
        let mut values: Vec<Value> = Vec::with_capacity(self.bound.len());
        let mut bound = self.bound.into_iter();
        for fragment in self.fragments {
            let mut rest = fragment;
            while let Some(at) = rest.find('?') {
                let (before, after) = (&rest[..at], &rest[at + 1..]);
                match bound.next().expect("every `?` has its value") {
                    Bound::Ids(ids) => {
                        text.push_str(before.strip_suffix("ids").expect("ids are asked for"));
                        for (nth, id) in ids.into_iter().enumerate() {
                            text.push_str(if nth == 0 { "" } else { ", " });
                            values.push(id.into_value());
                            let _ = write!(text, "${}", values.len());
                        }
                    }
                    Bound::One(value) => {
                        values.push(value);
                        let number = values.len();
                        if let Some(before) = before.strip_suffix("(ids") {
                            let _ = write!(text, "{before}({}", id_query(engine, number));
                        } else if let Some(before) = before.strip_suffix("(texts") {
                            let _ = write!(text, "{before}({}", text_query(engine, number));
                        } else {
                            let _ = write!(text, "{before}${number}");
                        }
                    }
                }
                rest = after;
            }
            text.push_str(rest);
            text.push('\n');
        }
        // Few shapes come up again and again.
        tx.assembled(text).recurring(true).values(values)
    }
}
