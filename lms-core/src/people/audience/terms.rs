//! From pairs of key and value to an audience, and back. Pure; every other form is read through
//! here, so that they cannot mean different things.

use super::{Audience, AudienceField, pattern};
use crate::kernel::error::{Error, Result};
use crate::kernel::suggest::suggest;
use crate::kernel::text::{Code, Country, Day};
use crate::people::{AUDIENCE_KEY, PersonStatus};

const PLAIN: &[(&str, AudienceField)] = &[
    ("department", AudienceField::Department),
    ("location", AudienceField::Location),
    ("country", AudienceField::Country),
    ("job_role", AudienceField::JobRole),
    ("job_title", AudienceField::JobTitle),
    ("employment_type", AudienceField::EmploymentType),
    ("manager", AudienceField::Manager),
    ("group", AudienceField::Group),
    ("access_role", AudienceField::AccessRole),
    ("person", AudienceField::Person),
    ("status", AudienceField::Status),
    ("hired_before", AudienceField::HiredBefore),
    ("hired_after", AudienceField::HiredAfter),
];

const ATTRIBUTE: &str = "attribute";
const EXACT: &str = "exact";
const ALL_REPORTS: &str = "all_reports";

impl AudienceField {
    /// The fields that have a name of their own, in the order in which they are shown.
    pub fn plain() -> impl Iterator<Item = Self> {
        PLAIN.iter().map(|(_, field)| field.clone())
    }

    /// The name in commands, files, JSON and queries.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Attribute(name) => format!("{ATTRIBUTE}.{name}"),
            plain => PLAIN
                .iter()
                .find(|(_, field)| field == plain)
                .map(|(key, _)| (*key).to_owned())
                .expect("every field without a name of its own is in the list"),
        }
    }

    /// The name for people.
    pub(in crate::people) fn noun(&self) -> String {
        match self {
            Self::Attribute(name) => format!("{ATTRIBUTE} {name}"),
            plain => plain.key().replace('_', " "),
        }
    }
}

/// What a key says.
enum Key {
    Field {
        field: AudienceField,
        is_excluded: bool,
    },
    /// An attribute whose name stands in the value: `KEY=VALUE`.
    AttributePair {
        is_excluded: bool,
    },
    Exact,
    AllReports,
}

fn key(text: &str) -> Option<Key> {
    let text = text.trim();
    // The name of an attribute stays as it is; all else is written with `-` or `_`.
    let (head, name) = match text.split_once('.') {
        Some((head, name)) => (head, Some(name)),
        None => (text, None),
    };
    let head = head.to_lowercase().replace('-', "_");
    let (head, is_excluded) = match head.strip_prefix("not_") {
        Some(rest) => (rest, true),
        None => (head.as_str(), false),
    };
    match (head, name) {
        (ATTRIBUTE, Some(name)) => {
            Some(Key::Field { field: AudienceField::Attribute(name.to_owned()), is_excluded })
        }
        (ATTRIBUTE, None) => Some(Key::AttributePair { is_excluded }),
        (EXACT, None) if !is_excluded => Some(Key::Exact),
        (ALL_REPORTS, None) if !is_excluded => Some(Key::AllReports),
        (plain, None) => PLAIN
            .iter()
            .find(|(key, _)| *key == plain)
            .map(|(_, field)| Key::Field { field: field.clone(), is_excluded }),
        _ => None,
    }
}

pub(super) fn is_key(text: &str) -> bool {
    key(text).is_some()
}

pub(super) fn read<K: AsRef<str>, V: AsRef<str>>(
    pairs: impl IntoIterator<Item = (K, V)>,
) -> Result<Audience> {
    let mut audience = Audience::default();
    for (name, value) in pairs {
        let (name, value) = (name.as_ref(), value.as_ref());
        let (field, value, is_excluded) = match key(name).ok_or_else(|| unknown(name))? {
            Key::Exact => {
                audience.exact = flag(EXACT, value)?;
                continue;
            }
            Key::AllReports => {
                audience.all_reports = flag(ALL_REPORTS, value)?;
                continue;
            }
            Key::Field { field, is_excluded } => (field, value, is_excluded),
            Key::AttributePair { is_excluded } => {
                let (name, value) = value.split_once('=').ok_or_else(|| {
                    Error::invalid(ATTRIBUTE, format!("the attribute `{value}` has no value"))
                        .with_hint(format!("write `{value}=VALUE`, or `{value}=*` for any"))
                })?;
                (AudienceField::Attribute(name.trim().to_owned()), value, is_excluded)
            }
        };
        let value = value.trim();
        check_value(&field, value).map_err(|error| on_side(is_excluded, error))?;
        audience =
            if is_excluded { audience.without(field, value) } else { audience.with(field, value) };
    }
    audience.check()?;
    Ok(audience)
}

/// What is wrong with an excluded value is told of the key that excludes.
pub(super) fn on_side(is_excluded: bool, error: Error) -> Error {
    match error.field().map(str::to_owned) {
        Some(field) if is_excluded => error.with_field(format!("not_{field}")),
        _ => error,
    }
}

pub(super) fn write(audience: &Audience) -> Vec<(String, String)> {
    let side = |prefix: &'static str, terms: &super::Terms| -> Vec<(String, String)> {
        terms
            .iter()
            .flat_map(|(field, values)| {
                values.iter().map(move |value| (format!("{prefix}{}", field.key()), value.clone()))
            })
            .collect()
    };
    let mut pairs = side("", &audience.include);
    pairs.extend(side("not_", &audience.exclude));
    for (name, is_set) in [(EXACT, audience.exact), (ALL_REPORTS, audience.all_reports)] {
        if is_set {
            pairs.push((name.to_owned(), "true".to_owned()));
        }
    }
    pairs
}

impl Audience {
    /// What can be said without a database: that every value has the right form, and that what says
    /// how a field is meant has a field.
    pub(super) fn check(&self) -> Result<()> {
        for (terms, is_excluded) in [(&self.include, false), (&self.exclude, true)] {
            for (field, values) in terms {
                let checked = values.iter().try_for_each(|value| check_value(field, value));
                checked.map_err(|error| on_side(is_excluded, error))?;
            }
        }
        let says_how = [
            (self.exact, EXACT, AudienceField::Department),
            (self.all_reports, ALL_REPORTS, AudienceField::Manager),
        ];
        for (is_set, name, field) in says_how {
            if is_set && self.values_of(&field).next().is_none() {
                let noun = field.noun();
                return Err(Error::invalid(name, format!("`{name}` is said, and no {noun} named"))
                    .with_hint(format!(
                        "it says how a {noun} is meant: name one, or leave it out"
                    )));
            }
        }
        Ok(())
    }
}

fn check_value(field: &AudienceField, value: &str) -> Result<()> {
    let key = field.key();
    if value.is_empty() {
        return Err(Error::invalid(&key, format!("the {} is empty", field.noun()))
            .with_hint("name what is asked for, or leave the field out"));
    }
    if value.chars().any(char::is_control) {
        return Err(Error::invalid(&key, format!("the {} has a control character", field.noun())));
    }
    let is_pattern = pattern::is_pattern(value);
    match field {
        AudienceField::HiredBefore | AudienceField::HiredAfter => {
            // Any day will do to see whether the text is one.
            Day::parse_relative(value, Day::new(jiff::civil::date(2000, 1, 1))).map(|_| ())
        }
        AudienceField::Status if !is_pattern => PersonStatus::parse(value).map(|_| ()),
        AudienceField::Country if !is_pattern => Country::parse(value).map(|_| ()),
        AudienceField::Attribute(name) => Code::parse(name).map(|_| ()),
        _ => Ok(()),
    }
    .map_err(|error| error.with_field(key))
}

fn flag(name: &str, value: &str) -> Result<bool> {
    match value.trim().to_lowercase().as_str() {
        "" | "true" | "yes" | "1" => Ok(true),
        "false" | "no" | "0" => Ok(false),
        other => Err(Error::invalid(name, format!("`{other}` is neither true nor false"))
            .with_hint(format!("write `{name}=true`, or leave it out"))),
    }
}

fn unknown(name: &str) -> Error {
    let name = name.trim();
    let folded = name.to_lowercase().replace('-', "_");
    let prefix = if folded.starts_with("not_") { "not_" } else { "" };
    let mut known: Vec<String> = PLAIN.iter().map(|(key, _)| format!("{prefix}{key}")).collect();
    known.push(format!("{prefix}{ATTRIBUTE}"));
    known.extend([EXACT, ALL_REPORTS].map(str::to_owned));
    AUDIENCE_KEY
        .error(format!("an audience has no field `{name}`"))
        .with_field(name)
        .with_hints(suggest(&folded, &known))
        .with_hint(format!(
            "its fields are {}, `not_` before any of them, and {EXACT} and {ALL_REPORTS}",
            {
                let names: Vec<&str> = PLAIN.iter().map(|(key, _)| *key).collect();
                format!("{}, {ATTRIBUTE}.KEY", names.join(", "))
            }
        ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_and_written_again() {
        let pairs = [
            ("department", "Engineering"),
            ("Not-Job-Role", " Intern "),
            ("attribute.Cost-Centre", "42*"),
            ("attribute", "grade=E5"),
            ("hired_after", "-90d"),
            ("exact", ""),
        ];
        let audience = read(pairs).unwrap();
        let written = write(&audience);
        assert_eq!(
            written.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>(),
            [
                "department=Engineering",
                "hired_after=-90d",
                "attribute.Cost-Centre=42*",
                "attribute.grade=E5",
                "not_job_role=Intern",
                "exact=true"
            ]
        );
        assert_eq!(read(written).unwrap(), audience);
    }

    #[test]
    fn a_key_that_is_not_known_is_told_with_the_nearest() {
        let error = read([("not_departmnt", "x")]).unwrap_err();
        assert_eq!(error.hints()[0], "did you mean `not_department`?");
        assert!(read([("attribute.", "x")]).is_err());
        assert!(read([("department.x", "x")]).is_err());
        assert!(read([("not_exact", "")]).is_err());
        assert!(is_key("not-attribute.x") && !is_key("limit"));
    }

    #[test]
    fn values_have_the_form_of_their_field() {
        for (key, value) in [
            ("department", " "),
            ("status", "gone"),
            ("country", "UK"),
            ("hired_after", "2026-02-30"),
            ("attribute", "grade"),
            ("exact", "perhaps"),
            ("location", "a\u{7}b"),
        ] {
            assert!(read([(key, value)]).is_err(), "{key} {value}");
        }
        assert!(read([("exact", "true")]).is_err(), "no department is named");
        assert!(read([("not_manager", "x"), ("all_reports", "true")]).is_ok());
        assert!(read([("status", "*"), ("country", "D?")]).is_ok());
    }
}
