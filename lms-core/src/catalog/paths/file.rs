//! A path as a file: TOML for people, JSON for programs, read and written as trainings are.

use serde::Serialize;

use super::definition::PathDefinition;
use super::validation::{problems_of, tidy};
use crate::catalog::INVALID_DEFINITION;
use crate::catalog::file::{TrainingFile, parts};
use crate::catalog::problems::refuse;
use crate::kernel::document::{FORMAT, FileFormat};
use crate::kernel::error::Result;

/// A whole path outside of a database.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub struct PathFile {
    /// Its code.
    pub code: String,
    /// What it consists of.
    pub definition: PathDefinition,
}

/// A file as it is written.
#[derive(Serialize)]
struct Written<'f> {
    format: u32,
    code: &'f str,
    #[serde(flatten)]
    definition: &'f PathDefinition,
}

impl PathFile {
    /// A path of this code.
    #[must_use]
    pub fn new(code: &str, definition: PathDefinition) -> Self {
        Self { code: code.to_owned(), definition }
    }

    /// What can stand in a file, as a JSON schema.
    pub const SCHEMA: &str = include_str!("../../../../docs/path.schema.json");

    /// How many bytes a file may have; whoever reads one stops behind them.
    pub const BYTES_MAX: usize = TrainingFile::BYTES_MAX;

    /// Reads a file; what is wrong is told with its line, or its field.
    pub fn read(text: &str, format: FileFormat) -> Result<Self> {
        let (head, mut definition) =
            parts::<PathDefinition>(text, format, "docs/path.schema.json")?;
        let code = head.code;
        tidy(&mut definition);
        let problems = problems_of(&definition);
        if !problems.is_empty() {
            return Err(refuse(&INVALID_DEFINITION, &format!("the path `{code}`"), &problems));
        }
        Ok(Self { code, definition })
    }

    /// Writes it; reading it again gives the same path.
    #[must_use]
    pub fn write(&self, format: FileFormat) -> String {
        let written = Written { format: FORMAT, code: &self.code, definition: &self.definition };
        match format {
            FileFormat::Toml => {
                toml::to_string_pretty(&written).expect("a path has a form in TOML")
            }
            FileFormat::Json => {
                let text = serde_json::to_string_pretty(&written);
                text.expect("a path has a form in JSON") + "\n"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::super::definition::PathStep;
    use super::*;

    const TEXTS: &[&str] =
        &["plain", "two\nlines", "\"\"\"", "'''", "back\\slash", "# no comment", "[steps]", "Zoë"];

    /// A definition made of a number: the same number, the same definition.
    fn made_of(seed: usize) -> PathDefinition {
        let mut definition = PathDefinition::new("Title");
        TEXTS[seed % TEXTS.len()].clone_into(&mut definition.description);
        definition.category = seed.is_multiple_of(3).then(|| "Cat \"egory\"".to_owned());
        definition.tags = (0..seed % 4).map(|n| format!("{n} 'tag'")).collect();
        for at in 0..seed % 5 {
            let of = (0..=(seed / 5 + at) % 3).map(|n| format!("T.{at}-{n}"));
            definition.steps.push(match (seed + at) % 3 {
                0 => PathStep::required(&format!("T-{at}")),
                1 => PathStep::elective(1, of),
                _ => PathStep::Elective {
                    title: Some(format!("Step {at}: choose")),
                    any: 1,
                    of: of.collect(),
                },
            });
        }
        tidy(&mut definition);
        definition
    }

    #[test]
    fn a_definition_is_the_same_in_toml_in_json_and_as_a_document() {
        let mut seen = BTreeSet::new();
        for seed in 0..600 {
            let definition = made_of(seed);
            let document = definition.document();
            assert_eq!(PathDefinition::from_document(&document).unwrap(), definition);
            let file = PathFile::new("X", definition);
            for format in [FileFormat::Toml, FileFormat::Json] {
                let text = file.write(format);
                let read = PathFile::read(&text, format);
                assert_eq!(read.as_ref().ok(), Some(&file), "{seed}: {read:?} of\n{text}");
            }
            seen.insert(document);
        }
        assert!(seen.len() > 100, "{} different ones", seen.len());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let head = "format = 1\ncode = \"X\"\ntitle = \"x\"\n";
        let told = |text: &str| {
            let error = PathFile::read(&format!("{head}{text}"), FileFormat::Toml).unwrap_err();
            assert!(error.hints().iter().any(|hint| hint.contains("path.schema.json")), "{error}");
            error.message().to_owned()
        };
        for (text, wanted) in [
            ("step = 1\n", "line 4, column 1: unknown field `step`"),
            ("template = true\n", "unknown field `template`"),
            ("[[steps]]\ntraining = \"A\"\nany = 1\n", "either `training`, or `any` and `of`"),
            ("[[steps]]\ntraining = \"A\"\ntitle = \"x\"\n", "has no field `title`"),
            ("[[steps]]\nof = [\"A\"]\n", "says in `any` how many"),
            ("[[steps]]\nany = 1\n", "says in `of` of which"),
            ("[[steps]]\nany = -1\nof = [\"A\"]\n", "-1"),
            ("[[steps]]\n", "either `training`, or `any` and `of`"),
            ("[[steps]]\ntrainings = [\"A\"]\n", "unknown field `trainings`"),
        ] {
            assert!(told(text).contains(wanted), "{text}: {}", told(text));
        }
        let twice = format!("{head}[[steps]]\nany = 3\nof = [\"A\", \"a\"]\n");
        let error = PathFile::read(&twice, FileFormat::Toml).unwrap_err();
        assert_eq!((error.code(), error.hints().len()), ("catalog.definition_invalid", 2));
        let deep = format!("{{\"steps\":{}1{}}}", "[".repeat(50_000), "]".repeat(50_000));
        let error = PathFile::read(&deep, FileFormat::Json).unwrap_err();
        assert_eq!(error.code(), "catalog.file_invalid");
    }

    /// The schema is written by hand; it has the names that a full file has, and no other.
    #[test]
    fn the_schema_has_every_name_that_a_file_can_have() {
        let schema: Value = serde_json::from_str(PathFile::SCHEMA).unwrap();
        let mut definition = PathDefinition::new("x");
        definition.description = "x".to_owned();
        definition.category = Some("x".to_owned());
        definition.tags = vec!["x".to_owned()];
        let choice =
            PathStep::Elective { title: Some("x".to_owned()), any: 1, of: vec!["B".to_owned()] };
        definition.steps = vec![PathStep::required("A"), choice];
        let written = PathFile::new("X", definition).write(FileFormat::Json);
        let written: Value = serde_json::from_str(&written).unwrap();
        let names = |value: &Value| -> BTreeSet<String> {
            value.as_object().unwrap().keys().cloned().collect()
        };
        assert_eq!(names(&written), names(&schema["properties"]));
        let kinds = schema["properties"]["steps"]["items"]["oneOf"].as_array().unwrap();
        let steps = written["steps"].as_array().unwrap();
        assert_eq!(kinds.len(), steps.len());
        for (kind, step) in kinds.iter().zip(steps) {
            assert_eq!(names(step), names(&kind["properties"]));
        }
    }
}
