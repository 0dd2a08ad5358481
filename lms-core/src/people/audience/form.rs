//! The form of an audience in JSON and TOML, and its words for people. Pure.

use std::collections::BTreeMap;
use std::fmt;

use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Audience, AudienceField, Terms, terms};
use crate::kernel::error::{Error, Result};

/// What may stand in a document where one value, or several, or further fields are meant.
#[derive(Deserialize)]
#[serde(untagged)]
enum Loose {
    Flag(bool),
    Number(i64),
    Text(String),
    Several(Vec<Self>),
    Fields(BTreeMap<String, Self>),
}

/// What the TOML reader calls a day that is written without quotation marks.
const TOML_DAY: &str = "$__toml_private_datetime";

impl Loose {
    /// Lays it out as pairs: fields in fields have a key with both names.
    fn pairs(self, key: &str, pairs: &mut Vec<(String, String)>) -> Result<()> {
        match self {
            Self::Flag(flag) => pairs.push((key.to_owned(), flag.to_string())),
            Self::Number(number) => pairs.push((key.to_owned(), number.to_string())),
            Self::Text(text) => pairs.push((key.to_owned(), text)),
            Self::Several(values) => {
                for value in values {
                    if matches!(value, Self::Several(_)) {
                        return Err(Error::invalid(key, "there is a list in a list")
                            .with_hint("a field has one value, or a list of values"));
                    }
                    value.pairs(key, pairs)?;
                }
            }
            Self::Fields(mut fields) => {
                if let Some(Self::Text(day)) = fields.remove(TOML_DAY) {
                    pairs.push((key.to_owned(), day));
                }
                for (name, value) in fields {
                    let joined = match key {
                        "" => name,
                        "not" => format!("not_{name}"),
                        "attribute" | "not_attribute" => format!("{key}.{name}"),
                        _ => {
                            return Err(Error::invalid(
                                key,
                                format!("`{key}` has no fields in it"),
                            )
                            .with_hint("only `not` and `attribute` have fields of their own"));
                        }
                    };
                    value.pairs(&joined, pairs)?;
                }
            }
        }
        Ok(())
    }

    fn audience(self) -> Result<Audience> {
        let mut pairs = Vec::new();
        match self {
            Self::Fields(_) => self.pairs("", &mut pairs)?,
            _ => {
                return Err(Error::invalid("audience", "an audience is an object of fields")
                    .with_hint("write it like `{\"department\": [\"Sales\"]}`"));
            }
        }
        terms::read(pairs)
    }
}

pub(super) fn from_json(text: &str) -> Result<Audience> {
    let loose: Loose = serde_json::from_str(text).map_err(|cause| {
        Error::invalid("audience", format!("this is not the JSON of an audience: {cause}"))
            .with_hint(
                "write it like `{\"department\": [\"Sales\"], \"not\": {\"location\": \"BER\"}}`",
            )
    })?;
    loose.audience()
}

impl<'de> Deserialize<'de> for Audience {
    fn deserialize<D: Deserializer<'de>>(input: D) -> std::result::Result<Self, D::Error> {
        Loose::deserialize(input)?.audience().map_err(|error| {
            // A reader of documents has no place for hints.
            let hint = error.hints().first().map(|hint| format!("; {hint}")).unwrap_or_default();
            serde::de::Error::custom(format!("{}{hint}", error.message()))
        })
    }
}

/// One side of an audience: a value by itself, several as a list, attributes by their names.
struct Side<'a>(&'a Terms);

/// One value, or several.
struct Values<'a>(Vec<&'a str>);

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, output: S) -> std::result::Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => output.serialize_str(one),
            several => output.collect_seq(several),
        }
    }
}

impl Side<'_> {
    fn entries<M: SerializeMap>(&self, map: &mut M) -> std::result::Result<(), M::Error> {
        let mut attributes: BTreeMap<&str, Values<'_>> = BTreeMap::new();
        for (field, values) in self.0 {
            let values = Values(values.iter().map(String::as_str).collect());
            match field {
                AudienceField::Attribute(name) => {
                    attributes.insert(name, values);
                }
                plain => map.serialize_entry(&plain.key(), &values)?,
            }
        }
        if !attributes.is_empty() {
            map.serialize_entry("attribute", &attributes)?;
        }
        Ok(())
    }
}

impl Serialize for Side<'_> {
    fn serialize<S: Serializer>(&self, output: S) -> std::result::Result<S::Ok, S::Error> {
        let mut map = output.serialize_map(None)?;
        self.entries(&mut map)?;
        map.end()
    }
}

impl Serialize for Audience {
    fn serialize<S: Serializer>(&self, output: S) -> std::result::Result<S::Ok, S::Error> {
        let mut map = output.serialize_map(None)?;
        for (name, is_set) in [("exact", self.exact), ("all_reports", self.all_reports)] {
            if is_set {
                map.serialize_entry(name, &true)?;
            }
        }
        Side(&self.include).entries(&mut map)?;
        if !self.exclude.is_empty() {
            map.serialize_entry("not", &Side(&self.exclude))?;
        }
        map.end()
    }
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        for (prefix, terms) in [("", &self.include), ("not ", &self.exclude)] {
            for (field, values) in terms {
                let values: Vec<&str> = values.iter().map(String::as_str).collect();
                let how = match field {
                    AudienceField::Department if self.exact => " exactly",
                    AudienceField::Manager if self.all_reports => " (all reports)",
                    _ => "",
                };
                parts.push(format!("{prefix}{}{how} {}", field.noun(), values.join(" or ")));
            }
        }
        if parts.is_empty() { f.write_str("everybody") } else { f.write_str(&parts.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"{
        "department": ["Sales", "Engineering"], "location": "Berlin",
        "not": {"job_role": "Intern", "attribute": {"grade": ["E1", "E2"]}},
        "attribute": {"cost_centre": 42}, "hired_after": "2025-01-01", "exact": true
    }"#;

    #[test]
    fn json_says_the_same_as_a_line_and_comes_back() {
        let audience = from_json(WHOLE).unwrap();
        let line = "--department Engineering --department Sales --location Berlin \
                    --hired-after 2025-01-01 --attribute cost_centre=42 --not-job-role Intern \
                    --not-attribute grade=E1 --not-attribute grade=E2 --exact";
        assert_eq!(audience, Audience::parse(line).unwrap());
        let json = serde_json::to_string(&audience).unwrap();
        assert_eq!(
            json,
            r#"{"exact":true,"department":["Engineering","Sales"],"location":"Berlin","hired_after":"2025-01-01","attribute":{"cost_centre":"42"},"not":{"job_role":"Intern","attribute":{"grade":["E1","E2"]}}}"#
        );
        assert_eq!(from_json(&json).unwrap(), audience);
        assert_eq!(Audience::parse(&audience.to_flags()).unwrap(), audience);
        assert_eq!(
            audience.to_string(),
            "department exactly Engineering or Sales, location Berlin, hired after 2025-01-01, \
             attribute cost_centre 42, not job role Intern, not attribute grade E1 or E2"
        );
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let error = from_json(r#"{"departement": "Sales"}"#).unwrap_err();
        assert_eq!(error.hints()[0], "did you mean `department`?");
        let error = serde_json::from_str::<Audience>(r#"{"not": {"lokation": "x"}}"#).unwrap_err();
        assert!(error.to_string().contains("did you mean `not_location`?"), "{error}");
        for wrong in [
            "[]",
            "{",
            r#"{"department": {"x": "y"}}"#,
            r#"{"department": [["x"]]}"#,
            r#"{"not": {"not": {"status": "active"}}}"#,
            r#"{"department": null}"#,
        ] {
            assert!(from_json(wrong).is_err(), "{wrong}");
        }
        assert_eq!(from_json("{}").unwrap().to_string(), "everybody");
    }
}
