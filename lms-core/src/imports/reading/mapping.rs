//! Mapping files: which column is which field, and what its words mean. TOML, written by people or by
//! `lmsctl import inspect --save-map`.
//!
//! ```toml
//! format = 1
//! kind = "people"
//! date_format = "DD.MM.YYYY"
//!
//! [columns]
//! "Pers.-Nr." = "employee_number"
//! "Kostenstelle" = "attr:cost_centre"
//! "Bemerkung" = ""                      # left out
//! "Name" = { split = ",", into = ["last_name", "first_name"] }
//! "Austritt" = { field = "terminated_on", date_format = "DD/MM/YYYY", empty = "clear" }
//!
//! [values.department]
//! "Eng." = "Engineering"
//!
//! [constants]
//! location = "BER"
//! ```

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::dates::DateFormat;
use super::fields::Kind;
use super::headers::fold;
use super::types::{EmptyMeans, Field};
use super::{MAPPING, limits};
use crate::kernel::document::{self, FileFormat};
use crate::kernel::error::{Error, Result};
use crate::kernel::suggest::suggest;

/// A mapping file. Made by [`Mapping::parse`], which checks it, or by a survey.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    pub(super) format: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) encoding: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) delimiter: Option<char>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sheet: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) header_row: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) date_format: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) empty: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) keep_attributes: Option<bool>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) columns: BTreeMap<String, ColumnMapping>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) values: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) constants: BTreeMap<String, String>,
}

/// What a column is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum ColumnMapping {
    /// A field; nothing, where the name is empty.
    Field(String),
    /// More than that.
    Full(FullMapping),
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FullMapping {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) date_format: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) empty: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) values: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) split: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) into: Vec<String>,
}

impl Mapping {
    /// Reads a mapping file, and checks all of it against the kind.
    pub fn parse(text: &str, kind: Kind) -> Result<Self> {
        let mapping: Self = document::read(&MAPPING, text, FileFormat::Toml)?;
        document::check_format(&MAPPING, mapping.format)?;
        mapping.check(kind)?;
        Ok(mapping)
    }

    /// As a file, with every column in it, so that it can be corrected by hand.
    pub fn to_toml(&self) -> Result<String> {
        toml::to_string_pretty(self)
            .map_err(|cause| Error::internal("a mapping cannot be written").with_source(cause))
    }

    fn check(&self, kind: Kind) -> Result<()> {
        let mut wrong = Vec::new();
        if let Some(other) = self.kind.as_deref().filter(|name| *name != kind.as_str()) {
            wrong.push(
                MAPPING
                    .error(format!("it is for `{other}`, and this import is of {}", kind.as_str()))
                    .with_field("kind"),
            );
        }
        wrong.extend(self.empty.as_deref().and_then(|word| empty_means(word).err()));
        wrong.extend(self.date_format.as_deref().and_then(|text| DateFormat::parse(text).err()));
        if self.columns.len() > limits::COLUMNS {
            wrong.push(MAPPING.error(format!("it names more than {} columns", limits::COLUMNS)));
        }
        let mut by_field: BTreeMap<String, &str> = BTreeMap::new();
        for (header, column) in &self.columns {
            let place = format!("columns.{header:?}");
            if let ColumnMapping::Full(full) = column {
                wrong.extend(full.check().map_err(|error| error.within(&place)).err());
            }
            for name in column.names() {
                match field(kind, name) {
                    Err(error) => wrong.push(error.within(&place)),
                    Ok(field) => {
                        if let Some(other) = by_field.insert(field.name(), header) {
                            wrong.push(MAPPING.error(format!(
                                "{place}: `{other}` is `{}` already; a field is one column",
                                field.name()
                            )));
                        }
                    }
                }
            }
        }
        for name in self.values.keys() {
            wrong.extend(field(kind, name).map_err(|error| error.within("values")).err());
        }
        for name in self.constants.keys() {
            match field(kind, name) {
                Err(error) => wrong.push(error.within("constants")),
                Ok(field) if by_field.contains_key(&field.name()) => wrong.push(MAPPING.error(
                    format!("constants: `{name}` is a column as well; it can be one of them"),
                )),
                Ok(_) => {}
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(Error::several(wrong)) }
    }

    /// What it says of the column with this header: exactly as written, or without regard to case,
    /// accents and punctuation.
    pub(super) fn column(&self, header: &str) -> Option<&ColumnMapping> {
        self.columns.get(header.trim()).or_else(|| {
            let wanted = fold(header);
            let mut same = self.columns.iter().filter(|(name, _)| fold(name) == wanted);
            same.next().filter(|_| !wanted.is_empty()).map(|(_, column)| column)
        })
    }

    /// The words of a field and what they mean, those of its column first.
    pub(super) fn values_of(&self, field: &str, column: Option<&ColumnMapping>) -> Arc<Words> {
        let mut words = Words::default();
        for (word, meant) in self.values.get(field).into_iter().flatten() {
            words.insert(word, meant);
        }
        if let Some(ColumnMapping::Full(full)) = column {
            for (word, meant) in &full.values {
                words.insert(word, meant);
            }
        }
        Arc::new(words)
    }

    /// What an empty cell says, where the file says so.
    pub(super) fn empty(&self) -> Option<EmptyMeans> {
        self.empty.as_deref().and_then(|word| empty_means(word).ok())
    }
}

/// What words of a file mean. Case does not matter, unless two words differ in nothing else.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    exact: BTreeMap<String, String>,
    folded: BTreeMap<String, String>,
}

impl Words {
    fn insert(&mut self, word: &str, meant: &str) {
        self.exact.insert(word.trim().to_owned(), meant.to_owned());
        self.folded.insert(word.trim().to_lowercase(), meant.to_owned());
    }

    pub(super) fn of(pairs: &[(&str, &str)]) -> Self {
        let mut words = Self::default();
        for (word, meant) in pairs {
            words.insert(word, meant);
        }
        words
    }

    pub(super) fn is_empty(&self) -> bool {
        self.exact.is_empty()
    }

    /// What the word means, where it is said.
    pub(super) fn meant(&self, word: &str) -> Option<&str> {
        if self.exact.is_empty() {
            return None;
        }
        let found = self.exact.get(word).or_else(|| self.folded.get(&word.to_lowercase()));
        found.map(String::as_str)
    }
}

impl ColumnMapping {
    /// The fields that the column delivers.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let (one, several) = match self {
            Self::Field(name) => (Some(name), &[][..]),
            Self::Full(full) => (full.field.as_ref(), &*full.into),
        };
        one.into_iter().chain(several).map(String::as_str).filter(|name| !name.is_empty())
    }

    pub(super) fn full(&self) -> Option<&FullMapping> {
        match self {
            Self::Full(full) => Some(full),
            Self::Field(_) => None,
        }
    }
}

impl FullMapping {
    fn check(&self) -> Result<()> {
        if let Some(word) = &self.empty {
            empty_means(word)?;
        }
        if let Some(text) = &self.date_format {
            DateFormat::parse(text)?;
        }
        match (&self.field, &self.split) {
            (Some(_), Some(_)) => {
                Err(MAPPING.error("a column is one `field`, or is `split` into several"))
            }
            (None, Some(split)) if split.is_empty() || self.into.len() < 2 => Err(MAPPING
                .error("a split needs what stands between the parts, and what they are")
                .with_hint(
                    "write it like `{ split = \",\", into = [\"last_name\", \"first_name\"] }`",
                )),
            (None, None) => Err(MAPPING
                .error("it does not say which field it is")
                .with_hint("add `field = \"…\"`; an empty text leaves the column out")),
            (Some(_), None) if !self.into.is_empty() => {
                Err(MAPPING.error("`into` is for a column that is split"))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn empty(&self) -> Option<EmptyMeans> {
        self.empty.as_deref().and_then(|word| empty_means(word).ok())
    }
}

/// The field of this name, of the kind or an attribute.
pub(super) fn field(kind: Kind, name: &str) -> Result<Field> {
    let name = name.trim();
    if let Some(key) = name.strip_prefix("attr:") {
        let key = key.trim();
        if !kind.has_attributes() {
            return Err(MAPPING.error(format!("{} have no attributes: `{name}`", kind.as_str())));
        }
        if key.is_empty() {
            return Err(MAPPING.error("`attr:` lacks the name of the attribute"));
        }
        return Ok(Field::Attribute(key.into()));
    }
    kind.field(name).map(Field::Known).ok_or_else(|| {
        let names: Vec<&str> = kind.fields().iter().map(|field| field.name).collect();
        let near = suggest(name, &names);
        let hint = near.unwrap_or_else(|| format!("fields are: {}", names.join(", ")));
        MAPPING.error(format!("`{name}` is no field of {}", kind.as_str())).with_hint(hint)
    })
}

fn empty_means(word: &str) -> Result<EmptyMeans> {
    match word {
        "leave_alone" => Ok(EmptyMeans::LeaveAlone),
        "clear" => Ok(EmptyMeans::Clear),
        _ => Err(MAPPING
            .error(format!("`{word}` is not what an empty cell can mean"))
            .with_hint("it is `leave_alone` or `clear`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAP: &str = r#"
format = 1
kind = "people"
date_format = "DD.MM.YYYY"
[columns]
"Pers.-Nr." = "employee_number"
"Kostenstelle" = "attr:cost_centre"
"Bemerkung" = ""
"Name" = { split = ",", into = ["last_name", "first_name"] }
"Austritt" = { field = "terminated_on", empty = "clear" }
[values.department]
"Eng." = "Engineering"
[constants]
location = "BER"
"#;

    #[test]
    fn a_mapping_is_read_and_written_and_read_again() {
        let mapping = Mapping::parse(MAP, Kind::People).unwrap();
        let again = Mapping::parse(&mapping.to_toml().unwrap(), Kind::People).unwrap();
        assert_eq!(mapping, again);
        let column = mapping.column(" PERS NR ").unwrap();
        assert_eq!(column.names().collect::<Vec<_>>(), ["employee_number"]);
        assert_eq!(mapping.column("Bemerkung").unwrap().names().count(), 0);
        assert!(mapping.column("Anderes").is_none());
        let words = mapping.values_of("department", None);
        assert_eq!(words.meant("eng."), Some("Engineering"));
        assert_eq!(words.meant("Sales"), None);
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once_with_the_nearest_names() {
        let text = "format = 1\n[columns]\na = \"departmnt\"\nb = { split = \"\" }\nc = \"email\"\n\
                    d = \"email\"\n[constants]\nemail = \"x\"\n[values.nonsense]\nx = \"y\"";
        let error = Mapping::parse(text, Kind::People).unwrap_err();
        let told = error.to_string();
        for part in
            ["`departmnt` is no field", "a split needs", "a field is one column", "`nonsense`"]
        {
            assert!(told.contains(part), "{part}: {told}");
        }
        assert!(error.hints().iter().any(|hint| hint.contains("`department`")), "{error:?}");
        let other = Mapping::parse("format = 1\nkind = \"leaves\"", Kind::People).unwrap_err();
        assert!(other.message().contains("it is for `leaves`"), "{other}");
        let attribute = Mapping::parse("format = 1\n[columns]\na = \"attr:x\"", Kind::Leaves);
        assert!(attribute.unwrap_err().message().contains("have no attributes"));
    }
}
