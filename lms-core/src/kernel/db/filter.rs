//! Statements whose conditions depend on what was asked: put together from static fragments, so
//! that an index can serve those that are there.

use std::fmt::Write as _;

use uuid::Uuid;

use super::value::Parameter;
use super::{Columns, Engine, Field, Kind, Query, Tx, packed};

/// Ids on their way into a statement.
///
/// PostgreSQL gets them as one array, and plans for the very ids, however many there are. SQLite gets a
/// parameter each where they are few, and one text else: of few it knows how many rows to expect; of a
/// list in a text it thinks the worst, and reads whole tables.
#[derive(Debug, Clone)]
pub(crate) struct IdList(Vec<Uuid>);

impl IdList {
    pub(crate) fn new(ids: impl IntoIterator<Item = Uuid>) -> Self {
        Self(ids.into_iter().collect())
    }
}

/// Up to so many ids, each is a parameter of its own: a department with all below it, or a page.
const FEW_IDS: usize = 64;

/// A statement in the making. A fragment has a `?` for each value, `(ids?)` for a list of ids, and
/// `(texts?)` for a list of texts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Assembly {
    /// The columns with which it begins, where they travel together.
    packed: Option<(&'static str, &'static [Kind])>,
    fragments: Vec<&'static str>,
    bound: Vec<Parameter>,
}

impl Assembly {
    pub(crate) fn new(start: &'static str) -> Self {
        Self { packed: None, fragments: vec![start], bound: Vec::new() }
    }

    /// Selects many rows of many columns: plain columns that hold ids, days, numbers and words of ours,
    /// never what somebody wrote.
    pub(crate) fn select<R: Columns>(columns: &'static str) -> Self {
        Self { packed: Some((columns, R::KINDS)), ..Self::default() }
    }

    pub(crate) fn push(mut self, fragment: &'static str) -> Self {
        self.fragments.push(fragment);
        self
    }

    /// Puts another one behind it.
    pub(crate) fn append(mut self, other: Self) -> Self {
        self.fragments.extend(other.fragments);
        self.bound.extend(other.bound);
        self
    }

    pub(crate) fn bind(mut self, value: impl Field) -> Self {
        self.bound.push(value.into_value().into());
        self
    }

    pub(crate) fn bind_ids(mut self, ids: &IdList) -> Self {
        self.bound.push(Parameter::Ids(ids.0.clone()));
        self
    }

    pub(crate) fn bind_texts(mut self, texts: &[impl AsRef<str>]) -> Self {
        let texts = texts.iter().map(|text| text.as_ref().to_owned()).collect();
        self.bound.push(Parameter::Texts(texts));
        self
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
        if let Some((columns, kinds)) = self.packed {
            packed::select(engine, columns, kinds, &mut text);
            text.push('\n');
        }
        let mut parameters: Vec<Parameter> = Vec::with_capacity(self.bound.len());
        let mut bound = self.bound.into_iter();
        for fragment in self.fragments {
            let mut rest = fragment;
            while let Some(at) = rest.find('?') {
                let parameter = bound.next().expect("every `?` has its value");
                let before = &rest[..at];
                match parameter {
                    Parameter::One(_) => {
                        parameters.push(parameter);
                        let _ = write!(text, "{before}${}", parameters.len());
                    }
                    Parameter::Ids(ids) => {
                        text.push_str(before.strip_suffix("IN (ids").expect("ids are asked for"));
                        among_ids(engine, ids, &mut text, &mut parameters);
                    }
                    Parameter::Texts(_) => {
                        let before = before.strip_suffix("IN (texts").expect("texts are asked for");
                        parameters.push(parameter);
                        let number = parameters.len();
                        let _ = match engine {
                            Engine::Sqlite => {
                                write!(text, "{before}IN (SELECT value FROM json_each(${number})")
                            }
                            Engine::Postgres => write!(text, "{before}= ANY (${number}"),
                        };
                    }
                }
                rest = &rest[at + 1..];
            }
            text.push_str(rest);
            text.push('\n');
        }
        // Few shapes come up again and again.
        tx.assembled(text).recurring(true).packed(self.packed.is_some()).parameters(parameters)
    }
}

/// What stands for `IN (ids?` in a fragment.
fn among_ids(engine: Engine, ids: Vec<Uuid>, text: &mut String, parameters: &mut Vec<Parameter>) {
    let number = parameters.len() + 1;
    match engine {
        Engine::Postgres => {
            parameters.push(Parameter::Ids(ids));
            let _ = write!(text, "= ANY (${number}");
        }
        Engine::Sqlite if (1..=FEW_IDS).contains(&ids.len()) => {
            text.push_str("IN (");
            for (nth, id) in ids.into_iter().enumerate() {
                parameters.push(id.into_value().into());
                let comma = if nth == 0 { "" } else { ", " };
                let _ = write!(text, "{comma}${}", parameters.len());
            }
        }
        Engine::Sqlite => {
            parameters.push(Parameter::Ids(ids));
            let _ = write!(text, "IN (SELECT unhex(value) FROM json_each(${number})");
        }
    }
}
