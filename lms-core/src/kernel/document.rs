//! What somebody wrote, read out of a file: TOML for people, JSON for programs, the same document either
//! way. What is wrong is told with its line.
//!
//! What comes in may be hostile: its size is bounded before it is read, its nesting while it is. What
//! it says is for the context to check.

use std::fmt;

use serde::de::{DeserializeOwned, IgnoredAny, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

use super::error::{Error, ErrorCode, Result};
use super::suggest::suggest;
use super::text::Day;

/// What a file may have.
pub(crate) const BYTES_MAX: usize = 2 << 20;
/// The shape of the files that this program writes and reads.
pub(crate) const FORMAT: u32 = 1;

/// How a file is written.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFormat {
    /// For people.
    Toml,
    /// For programs.
    Json,
}

/// Whether there is a value that is read elsewhere.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Beside(bool);

impl Beside {
    pub(crate) fn is_there(self) -> bool {
        self.0
    }
}

impl PartialEq for Beside {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Beside {}

impl<'de> Deserialize<'de> for Beside {
    fn deserialize<D: Deserializer<'de>>(input: D) -> std::result::Result<Self, D::Error> {
        IgnoredAny::deserialize(input).map(|_| Self(true))
    }
}

/// A text, or a day that TOML writes without quotation marks.
#[derive(Debug)]
pub(crate) struct TextOrDay(pub(crate) Option<String>);

/// What the TOML reader calls such a day.
const TOML_DAY: &str = "$__toml_private_datetime";

impl<'de> Deserialize<'de> for TextOrDay {
    fn deserialize<D: Deserializer<'de>>(input: D) -> std::result::Result<Self, D::Error> {
        struct Reading;

        impl<'de> Visitor<'de> for Reading {
            type Value = TextOrDay;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text such as `2026-03-31`")
            }

            fn visit_str<E: serde::de::Error>(
                self,
                text: &str,
            ) -> std::result::Result<Self::Value, E> {
                Ok(TextOrDay(Some(text.to_owned())))
            }

            fn visit_unit<E: serde::de::Error>(self) -> std::result::Result<Self::Value, E> {
                Ok(TextOrDay(None))
            }

            fn visit_map<A: MapAccess<'de>>(
                self,
                mut map: A,
            ) -> std::result::Result<Self::Value, A::Error> {
                match map.next_entry::<String, String>()? {
                    Some((key, day)) if key == TOML_DAY => Ok(TextOrDay(Some(day))),
                    _ => Err(serde::de::Error::invalid_type(Unexpected::Map, &self)),
                }
            }
        }

        input.deserialize_any(Reading)
    }
}

/// Reads a field that is a day, with quotation marks around it or without.
pub(crate) fn day<'de, D: Deserializer<'de>>(
    input: D,
) -> std::result::Result<Option<Day>, D::Error> {
    let TextOrDay(text) = TextOrDay::deserialize(input)?;
    text.map(|text| Day::parse(&text).map_err(in_document)).transpose()
}

/// An error as a reader of documents tells it, which has no place for hints.
pub(crate) fn in_document<E: serde::de::Error>(error: Error) -> E {
    let hints = error.hints().join("; ");
    let between = if hints.is_empty() { "" } else { "; " };
    E::custom(format!("{}{between}{hints}", error.message()))
}

/// Reads a document; what is wrong with its form is an error of this code.
pub(crate) fn read<T: DeserializeOwned>(
    code: &'static ErrorCode,
    text: &str,
    format: FileFormat,
) -> Result<T> {
    if text.len() > BYTES_MAX {
        return Err(code
            .error(format!("it has more than {BYTES_MAX} bytes"))
            .with_hint("large content is kept as content of its own, and referred to"));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match format {
        FileFormat::Toml => toml::from_str(text).map_err(|cause: toml::de::Error| {
            let place = cause.span().map(|span| place(text, span.start));
            told(code, cause.message(), place)
        }),
        FileFormat::Json => serde_json::from_str(text).map_err(|cause| {
            let place = (cause.line() > 0).then(|| (cause.line(), cause.column()));
            let message = cause.to_string();
            // The place is told in our words.
            let message =
                message.rsplit_once(" at line ").map_or(&*message, |(message, _)| message);
            told(code, message, place)
        }),
    }
}

/// Refuses a file of another format than this program reads.
pub(crate) fn check_format(code: &'static ErrorCode, format: Option<u32>) -> Result<()> {
    match format {
        Some(FORMAT) => Ok(()),
        None => Err(code
            .error("it does not say of which format it is")
            .with_field("format")
            .with_hint("begin it with `format = 1`, and `code = \"…\"`")),
        Some(other) => Err(code
            .error(format!("it is of format {other}, and this program reads {FORMAT}"))
            .with_field("format")
            .with_hint("a newer program may read it")),
    }
}

/// Line and column of a byte, counted from one.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

fn told(code: &'static ErrorCode, message: &str, place: Option<(usize, usize)>) -> Error {
    // Both readers stop before the stack does, each in words of its own.
    let message = if message.contains("recurs") {
        "it lies deeper than anything does".to_owned()
    } else {
        plainly(&message.trim().lines().collect::<Vec<_>>().join("; "))
    };
    let hint = meant(&message);
    let told = match place {
        Some((line, column)) => format!("line {line}, column {column}: {message}"),
        None => message,
    };
    code.error(told).with_hints(hint)
}

/// What was expected in words, where the reader names a type of the program.
fn plainly(message: &str) -> String {
    let types = [
        ("expected u8", "expected a whole number from 0 to 255"),
        ("expected u16", "expected a whole number from 0 to 65535"),
        ("expected u32", "expected a whole number, 0 or more"),
        ("expected u64", "expected a whole number, 0 or more"),
        ("expected i64", "expected a whole number"),
        ("expected f64", "expected a number"),
        ("expected bool", "expected true or false"),
    ];
    // The longer name is not the shorter one with something behind it.
    let ends = |rest: &str| !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_');
    for (name, meaning) in types {
        if let Some((before, rest)) = message.split_once(name).filter(|(_, rest)| ends(rest)) {
            return format!("{before}{meaning}{rest}");
        }
    }
    message.to_owned()
}

/// Which of the names that can stand in a place somebody may have meant, by what the reader says.
fn meant(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("unknown field `")?;
    let (unknown, known) = rest.split_once("`, expected ")?;
    suggest(unknown, known.split('`').skip(1).step_by(2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::error::ErrorKind;

    static WRONG: ErrorCode = ErrorCode::new("test.wrong", ErrorKind::Invalid, "it is wrong");

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Thing {
        title: String,
        #[serde(default)]
        note: Beside,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Dated {
        #[serde(default, deserialize_with = "day")]
        from: Option<Day>,
    }

    #[test]
    fn a_day_is_read_with_quotation_marks_and_without() {
        let dated = Dated { from: Some(Day::parse("2026-03-31").unwrap()) };
        for (text, format) in [
            ("from = 2026-03-31", FileFormat::Toml),
            ("from = '2026-03-31'", FileFormat::Toml),
            ("{\"from\": \"2026-03-31\"}", FileFormat::Json),
        ] {
            assert_eq!(read::<Dated>(&WRONG, text, format).unwrap(), dated, "{text}");
        }
        let nothing = read::<Dated>(&WRONG, "{\"from\": null}", FileFormat::Json).unwrap();
        assert_eq!(nothing, Dated { from: None });
        for text in ["from = 7", "from = {a = 'b'}", "from = '31.3.2026'", "from = 12:00:00"] {
            assert!(read::<Dated>(&WRONG, text, FileFormat::Toml).is_err(), "{text}");
        }
    }

    #[derive(Debug, Deserialize)]
    struct Counted {
        #[expect(dead_code, reason = "only what cannot be read is of interest")]
        days: u32,
    }

    #[test]
    fn a_number_that_cannot_be_is_told_without_a_type() {
        for (text, format) in
            [("days = -3", FileFormat::Toml), ("{\"days\": -3}", FileFormat::Json)]
        {
            let error = read::<Counted>(&WRONG, text, format).unwrap_err();
            assert!(
                error.message().ends_with("`-3`, expected a whole number, 0 or more"),
                "{error}"
            );
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line_and_what_was_meant() {
        let thing: Thing = read(&WRONG, "title = 'x'\nnote = 1", FileFormat::Toml).unwrap();
        assert!(thing.title == "x" && thing.note.is_there());
        let toml = |text: &str| read::<Thing>(&WRONG, text, FileFormat::Toml).unwrap_err();
        let json = |text: &str| read::<Thing>(&WRONG, text, FileFormat::Json).unwrap_err();
        for error in [toml("\n\n titel = 'x'"), json("{\n\n\"titel\": 1}")] {
            assert!(error.message().starts_with("line 3, column "), "{error}");
            assert_eq!(error.hints(), ["did you mean `title`?"], "{error}");
        }
        assert_eq!(toml("zzzzzzz = 1").hints(), [""; 0]);
        assert_eq!(check_format(&WRONG, Some(2)).unwrap_err().field(), Some("format"));
        let large = "#".repeat(BYTES_MAX + 1);
        assert!(read::<Thing>(&WRONG, &large, FileFormat::Toml).is_err());
    }
}
