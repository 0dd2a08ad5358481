//! Reads a table of a document field by field: what is missing, wrong or unknown becomes a problem
//! with its place, and reading goes on.

use std::ops::RangeInclusive;

use serde_json::{Map, Value as Json};

use super::decimal::{Decimal, Points};
use super::problems::{Place, Problems};
use crate::kernel::error::Error;
use crate::kernel::suggest::suggest;
use crate::kernel::text::Code;

/// What texts may be at most, in characters.
pub(crate) const TEXT_CHARS_MAX: usize = 4_000;
pub(crate) const LINE_CHARS_MAX: usize = 1_000;
const SHOWN_CHARS_MAX: usize = 40;

/// A table, and which of its fields were asked for.
pub(crate) struct Fields<'d> {
    place: Place,
    map: &'d Map<String, Json>,
    asked: Vec<&'static str>,
    problems: &'d Problems,
}

impl<'d> Fields<'d> {
    /// The table at a place; a problem where there is something else.
    pub(crate) fn of(json: &'d Json, place: Place, problems: &'d Problems) -> Option<Self> {
        if let Json::Object(map) = json {
            return Some(Self { place, map, asked: Vec::new(), problems });
        }
        problems.add(&place, format!("expected a table with fields, found {}", shown(json)));
        None
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    pub(crate) fn problems(&self) -> &'d Problems {
        self.problems
    }

    /// Says what people call the table, once that is known.
    pub(crate) fn is_called(&mut self, told: String) {
        self.place = self.place.clone().told(told);
    }

    /// Something is wrong with the table as a whole.
    pub(crate) fn problem(&self, message: impl Into<String>) {
        self.problems.add(&self.place, message);
    }

    /// Something is wrong with a field of it, or with a part of that, such as `tags[2]`.
    pub(crate) fn problem_of(&self, name: &str, message: impl Into<String>) {
        self.problems.add(&self.place.field(name), message);
    }

    fn get(&mut self, name: &'static str) -> Option<&'d Json> {
        self.asked.push(name);
        self.map.get(name).filter(|value| !value.is_null())
    }

    /// Whether the field is there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.map.get(name).is_some_and(|value| !value.is_null())
    }

    fn wrong(&self, name: &str, expected: &str, found: &Json) {
        self.problem_of(name, format!("`{name}` is {}, expected {expected}", shown(found)));
    }

    fn missing(&self, name: &str) {
        self.problem_of(name, format!("`{name}` is missing"));
    }

    /// A text of one or more lines that must be there.
    pub(crate) fn text(&mut self, name: &'static str, chars_max: usize) -> String {
        let before = self.problems.count();
        let text = self.optional_text(name, chars_max);
        if text.is_none() && self.problems.count() == before {
            self.missing(name);
        }
        text.unwrap_or_default()
    }

    /// A text that may be missing; an empty one is none.
    pub(crate) fn optional_text(&mut self, name: &'static str, chars_max: usize) -> Option<String> {
        let json = self.get(name)?;
        let Json::String(text) = json else {
            self.wrong(name, "a text", json);
            return None;
        };
        self.sound([name, name], text, chars_max)
    }

    fn sound(&self, [name, path]: [&str; 2], text: &str, chars_max: usize) -> Option<String> {
        let text = text.trim();
        if text.chars().count() > chars_max {
            self.problem_of(path, format!("`{name}` is longer than {chars_max} characters"));
            return None;
        }
        if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            self.problem_of(path, format!("`{name}` has a control character in it"));
            return None;
        }
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// A code that must be there.
    pub(crate) fn code(&mut self, name: &'static str) -> Option<Code> {
        let text = self.text(name, LINE_CHARS_MAX);
        if text.is_empty() {
            return None;
        }
        Code::parse(&text).map_err(|error| self.problem_of(name, told(&error))).ok()
    }

    /// Yes or no; `default` where nothing is said.
    pub(crate) fn flag(&mut self, name: &'static str, default: bool) -> bool {
        match self.get(name) {
            None => default,
            Some(Json::Bool(flag)) => *flag,
            Some(other) => {
                self.wrong(name, "`true` or `false`", other);
                default
            }
        }
    }

    /// Yes or no, which must be said.
    pub(crate) fn decided(&mut self, name: &'static str) -> bool {
        if !self.has(name) {
            self.missing(name);
        }
        self.flag(name, false)
    }

    /// A whole number within bounds, where there is one.
    pub(crate) fn whole(&mut self, name: &'static str, bounds: RangeInclusive<i64>) -> Option<i64> {
        let json = self.get(name)?;
        let found = json.as_i64().filter(|number| bounds.contains(number));
        if found.is_none() {
            let expected = format!("a whole number from {} to {}", bounds.start(), bounds.end());
            self.wrong(name, &expected, json);
        }
        found
    }

    /// An exact number, where there is one.
    pub(crate) fn decimal(&mut self, name: &'static str) -> Option<Decimal> {
        let json = self.get(name)?;
        let found = number_text(json).as_deref().and_then(Decimal::parse);
        if found.is_none() {
            let expected = "a number with at most 15 digits before and 9 behind the point";
            self.wrong(name, expected, json);
        }
        found
    }

    /// Points; one where nothing is said.
    pub(crate) fn points(&mut self, name: &'static str) -> Points {
        let Some(number) = self.decimal(name) else { return Points::ONE };
        let points = Points::of(number).filter(|points| *points > Points::ZERO);
        if points.is_none() {
            self.problem_of(name, format!(
                "`{name}` is `{number}`, expected a number from 0.01 to 1000 with at most two decimals"
            ));
        }
        points.unwrap_or(Points::ONE)
    }

    /// A list; empty where nothing is said.
    pub(crate) fn list(&mut self, name: &'static str, max: usize) -> &'d [Json] {
        match self.get(name) {
            None => &[],
            Some(Json::Array(items)) if items.len() <= max => items,
            Some(Json::Array(items)) => {
                self.problem_of(
                    name,
                    format!("`{name}` has {} entries, expected at most {max}", items.len()),
                );
                &[]
            }
            Some(other) => {
                self.wrong(name, "a list", other);
                &[]
            }
        }
    }

    /// A list of texts.
    pub(crate) fn texts(
        &mut self,
        name: &'static str,
        max: usize,
        chars_max: usize,
    ) -> Vec<String> {
        let items = self.list(name, max);
        self.texts_of(name, items, chars_max)
    }

    pub(crate) fn texts_of(&self, name: &str, items: &[Json], chars_max: usize) -> Vec<String> {
        let mut texts = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            let path = format!("{name}[{at}]");
            match item.as_str().map(|text| (text, self.sound([name, &path], text, chars_max))) {
                Some((_, Some(text))) => texts.push(text),
                Some((text, None)) if text.trim().is_empty() => {
                    self.problem_of(&path, format!("`{name}` has an empty text in it"));
                }
                Some(_) => {}
                None => self.wrong(name, "a list of texts", item),
            }
        }
        texts
    }

    /// The entries of a table within the table.
    pub(crate) fn table(&mut self, name: &'static str) -> Vec<(&'d str, &'d Json)> {
        match self.get(name) {
            None => Vec::new(),
            Some(Json::Object(map)) => {
                map.iter().map(|(key, value)| (key.as_str(), value)).collect()
            }
            Some(other) => {
                self.wrong(name, "a table with fields", other);
                Vec::new()
            }
        }
    }

    /// Ends the reading: whatever was not asked for is not known here.
    pub(crate) fn done(self) {
        for name in self.map.keys().filter(|name| !self.asked.contains(&name.as_str())) {
            let near = suggest(name, &self.asked).unwrap_or_else(|| {
                let mut known = self.asked.clone();
                known.sort_unstable();
                format!("there are {}", known.join(", "))
            });
            let name = cut(name);
            self.problem_of(&name, format!("there is no field `{name}` here: {near}"));
        }
    }
}

/// What is wrong and the nearest advice, in one line.
pub(crate) fn told(error: &Error) -> String {
    match error.hints().first() {
        Some(hint) => format!("{}; {hint}", error.message()),
        None => error.message().to_owned(),
    }
}

/// The digits of a number, or a text in its place.
pub(crate) fn number_text(json: &Json) -> Option<String> {
    match json {
        Json::Number(number) => Some(number.to_string()),
        Json::String(text) => Some(text.trim().to_owned()),
        _ => None,
    }
}

/// A value as a message can name it.
pub(crate) fn shown(json: &Json) -> String {
    match json {
        Json::Null => "nothing".to_owned(),
        Json::Bool(_) | Json::Number(_) => format!("`{json}`"),
        Json::String(text) => format!("`{}`", cut(text)),
        Json::Array(_) => "a list".to_owned(),
        Json::Object(_) => "a table".to_owned(),
    }
}

pub(crate) fn cut(text: &str) -> String {
    let clean = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    if text.chars().count() <= SHOWN_CHARS_MAX {
        clean.collect()
    } else {
        clean.take(SHOWN_CHARS_MAX).chain(['…']).collect()
    }
}
