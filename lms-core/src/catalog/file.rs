//! A training as a file: TOML for people, JSON for programs, the same document either way.
//!
//! What comes in may be hostile: its size is bounded before it is read, its nesting while it is, and
//! its contents (`validation.rs`) before anything is kept.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::definition::TrainingDefinition;
use super::problems::refuse;
use super::validation::{problems_of, tidy};
use super::{INVALID_DEFINITION, INVALID_FILE};
use crate::kernel::document::{self, BYTES_MAX, FORMAT, FileFormat};
use crate::kernel::error::Result;
use crate::kernel::text::Code;

/// A whole training outside of a database.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub struct TrainingFile {
    /// Its code.
    pub code: String,
    /// Whether it is there to be copied only.
    pub template: bool,
    /// What it consists of.
    pub definition: TrainingDefinition,
}

/// What a file says before the definition.
#[derive(Deserialize)]
pub(super) struct Head {
    format: Option<u32>,
    #[serde(default)]
    pub(super) code: String,
    #[serde(default)]
    template: bool,
}

/// A file as it is written.
#[derive(Serialize)]
struct Written<'f> {
    format: u32,
    code: &'f str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    template: bool,
    #[serde(flatten)]
    definition: &'f TrainingDefinition,
}

impl TrainingFile {
    /// A training of this code.
    #[must_use]
    pub fn new(code: &str, definition: TrainingDefinition) -> Self {
        Self { code: code.to_owned(), template: false, definition }
    }

    /// What can stand in a file, as a JSON schema.
    pub const SCHEMA: &str = include_str!("../../../docs/training.schema.json");

    /// How many bytes a file may have; whoever reads one stops behind them.
    pub const BYTES_MAX: usize = BYTES_MAX;

    /// Reads a file; what is wrong is told with its line, or its field.
    pub fn read(text: &str, format: FileFormat) -> Result<Self> {
        let (head, mut definition): (Head, TrainingDefinition) =
            parts(text, format, "docs/training.schema.json")?;
        let code = head.code;
        tidy(&mut definition);
        let problems = problems_of(&definition);
        if !problems.is_empty() {
            return Err(refuse(&INVALID_DEFINITION, &format!("the training `{code}`"), &problems));
        }
        Ok(Self { code, template: head.template, definition })
    }

    /// Writes it; reading it again gives the same training.
    #[must_use]
    pub fn write(&self, format: FileFormat) -> String {
        let written = Written {
            format: FORMAT,
            code: &self.code,
            template: self.template,
            definition: &self.definition,
        };
        match format {
            FileFormat::Toml => {
                toml::to_string_pretty(&written).expect("a training has a form in TOML")
            }
            FileFormat::Json => {
                let text = serde_json::to_string_pretty(&written);
                text.expect("a training has a form in JSON") + "\n"
            }
        }
    }
}

/// The head of a file and the definition in it; this schema says what can stand there.
pub(super) fn parts<T: DeserializeOwned>(
    text: &str,
    format: FileFormat,
    schema: &str,
) -> Result<(Head, T)> {
    let read = || -> Result<(Head, T)> {
        let head: Head = document::read(&INVALID_FILE, text, format)?;
        Ok((head, document::read(&INVALID_FILE, text, format)?))
    };
    let hint = || format!("{schema} says what can stand in it");
    let (mut head, definition) = read().map_err(|error| error.with_hint(hint()))?;
    document::check_format(&INVALID_FILE, head.format)?;
    head.code = Code::parse(&head.code)?.to_string();
    Ok((head, definition))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::error::Error;

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let toml = |text: &str| TrainingFile::read(text, FileFormat::Toml).unwrap_err();
        let json = |text: &str| TrainingFile::read(text, FileFormat::Json).unwrap_err();
        let head = "format = 1\ncode = \"X\"\n";
        let told = |error: &Error| format!("{}: {}", error.code(), error.message());
        let misspelt = toml(&format!("{head}titel = \"x\"\n"));
        assert!(told(&misspelt).contains("line 3, column 1: unknown field `titel`"), "{misspelt}");
        let kind = toml(&format!(
            "{head}title = \"x\"\n[[modules]]\ntitle = \"m\"\n[[modules.items]]\nkind = \"film\"\n"
        ));
        assert!(told(&kind).contains("`film` is not a kind of item"), "{kind}");
        assert!(told(&kind).contains("line 6"), "{kind}");
        let foreign = toml(&format!(
            "{head}title = \"x\"\n[[modules]]\ntitle = \"m\"\n[[modules.items]]\nkind = \"link\"\nurl = \"https://a.de\"\ntext = \"x\"\n"
        ));
        assert!(told(&foreign).contains("has no field `text`"), "{foreign}");
        let cut = json("{\"format\": 1,\n \"code\": \"X\",");
        assert!(told(&cut).contains("line 2"), "{cut}");
        assert_eq!(toml("code = \"X\"").field(), Some("format"));
        assert_eq!(toml("format = 2").field(), Some("format"));
        assert_eq!(toml("format = 1\ntitle = \"x\"").field(), Some("code"));
        let empty = toml(head);
        assert_eq!((empty.code(), empty.field()), ("catalog.definition_invalid", Some("title")));
    }

    #[test]
    fn nesting_bombs_are_refused() {
        let deep = format!("{{\"format\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(
            TrainingFile::read(&deep, FileFormat::Json).unwrap_err().code(),
            "catalog.file_invalid"
        );
        let deep = format!("code = {}1{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(
            TrainingFile::read(&deep, FileFormat::Toml).unwrap_err().code(),
            "catalog.file_invalid"
        );
        let wide = format!("{} = 1", vec!["a"; 100_000].join("."));
        assert!(TrainingFile::read(&wide, FileFormat::Toml).is_err());
        let large = "x".repeat(BYTES_MAX + 1);
        assert!(TrainingFile::read(&large, FileFormat::Toml).is_err());
    }

    /// Texts that files could trip over.
    const TEXTS: &[&str] = &[
        "plain",
        "two\nlines",
        "\"quoted\"",
        "\"\"\"",
        "'''",
        "back\\slash",
        "\\",
        "tab\there",
        "# no comment",
        "[modules]",
        "a = 1",
        "Zoë \u{1F980}",
        "{{x}}",
        "a\u{2028}b",
        "-",
        "true",
        "1.0",
        "'",
        "\"",
        "ends in a quote\"",
        "line\n\n\n  indented\n",
        "e\u{301}",
    ];

    /// A definition made of a number: the same number, the same definition.
    fn made_of(mut seed: u64) -> TrainingDefinition {
        use super::super::definition::{Completion, Cost, Item, ItemContent, Module, ReadAndSign};
        use super::super::item_file::ItemFile;
        use super::super::teaching::TaughtSkill;
        use crate::skills::SkillLevel;
        let mut draw = move |n: usize| {
            // Steele and Vigna's mixer: every seed gives a sequence of its own.
            seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let z = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            usize::try_from((z ^ (z >> 27)) % (n as u64)).unwrap()
        };
        let mut definition = TrainingDefinition::new("Title");
        definition.description = TEXTS[draw(TEXTS.len())].to_owned();
        definition.tags = (0..draw(3)).map(|n| format!("{n} 'tag'")).collect();
        definition.category = (draw(2) == 0).then(|| "Cat \"egory\"".to_owned());
        definition.difficulty = (draw(2) == 0).then_some(super::super::types::Difficulty::Advanced);
        definition.delivery = *pick(super::super::types::Delivery::ALL, draw(4));
        definition.validity_months = (draw(2) == 0).then_some(12);
        definition.languages = (0..draw(2)).map(|_| "de-AT".to_owned()).collect();
        definition.prerequisites = (0..draw(3)).map(|n| format!("P.{n}")).collect();
        definition.cost =
            (draw(2) == 0).then(|| Cost { amount_minor: 1, currency: "EUR".to_owned() });
        definition.completion = Completion {
            minimum_minutes: (draw(2) == 0).then_some(5),
            marked_by_instructor: draw(2) == 0,
        };
        definition.read_and_sign =
            (draw(2) == 0).then(|| ReadAndSign::new(TEXTS[draw(TEXTS.len())]));
        definition.skills = (0..draw(3))
            .map(|n| TaughtSkill::new(&format!("S.{n}"), SkillLevel::ALL[draw(5)]))
            .collect();
        for n in 0..draw(4) {
            let mut module = Module::new(&format!("Module {n}"));
            module.required = draw(2) == 0;
            module.minutes = (draw(2) == 0).then_some(7);
            for n in 0..draw(4) {
                let content = match draw(4) {
                    0 => ItemContent::Text { text: TEXTS[draw(TEXTS.len())].to_owned() },
                    1 => ItemContent::Link { url: format!("https://example.com/{n}?a='b'#c") },
                    2 => ItemContent::Quiz { quiz: format!("QUIZ-{n}") },
                    _ => ItemContent::of_file(ItemFile {
                        file: ["a 'b'.mp4", "Ü.pdf", "c.zip"][draw(3)].to_owned(),
                        sha256: (draw(2) == 0).then(|| "0a".repeat(32)),
                    })
                    .unwrap(),
                };
                module.items.push(Item::new(&format!("Item {n}"), content));
            }
            definition.modules.push(module);
        }
        tidy(&mut definition);
        definition
    }

    fn pick<T>(all: &[T], at: usize) -> &T {
        &all[at % all.len()]
    }

    #[test]
    fn a_definition_is_the_same_in_toml_in_json_and_as_a_document() {
        let mut seen = std::collections::HashSet::new();
        for seed in 0..2_000 {
            let definition = made_of(seed);
            let document = definition.document();
            seen.insert(document.clone());
            assert_eq!(TrainingDefinition::from_document(&document).unwrap(), definition);
            let file =
                TrainingFile { template: seed % 2 == 0, ..TrainingFile::new("X", definition) };
            for format in [FileFormat::Toml, FileFormat::Json] {
                let text = file.write(format);
                let read = TrainingFile::read(&text, format);
                assert_eq!(read.as_ref().ok(), Some(&file), "{seed}: {read:?} of\n{text}");
                assert_eq!(read.unwrap().definition.document(), document);
            }
        }
        assert!(seen.len() > 1_500, "{} different ones", seen.len());
    }

    /// The schema is written by hand; it has the names that a full file has, and no other.
    #[test]
    fn the_schema_has_every_name_that_a_file_can_have() {
        use serde_json::Value;
        use std::collections::BTreeSet;
        let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/training.schema.json");
        let schema: Value =
            serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
        let full = include_str!("full.toml");
        let file = TrainingFile::read(full, FileFormat::Toml).unwrap();
        let written: Value = serde_json::from_str(&file.write(FileFormat::Json)).unwrap();
        let names = |value: &Value| -> BTreeSet<String> {
            value.as_object().unwrap().keys().cloned().collect()
        };
        let of = |path: &str| names(schema.pointer(path).unwrap());
        assert_eq!(names(&written), of("/properties"));
        for object in ["cost", "completion", "read_and_sign"] {
            assert_eq!(names(&written[object]), of(&format!("/properties/{object}/properties")));
        }
        let module = "/properties/modules/items/properties";
        assert_eq!(names(&written["skills"][0]), of("/properties/skills/items/properties"));
        assert_eq!(names(&written["modules"][0]), of(module));
        let items = written["modules"][0]["items"].as_array().unwrap();
        let all: BTreeSet<String> = items.iter().flat_map(names).collect();
        assert_eq!(all, of(&format!("{module}/items/items/properties")));
        let words = |path: &str| schema.pointer(path).unwrap().clone();
        let kinds = words(&format!("{module}/items/items/properties/kind/enum"));
        let known: Vec<Value> = items.iter().map(|item| item["kind"].clone()).collect();
        assert_eq!(kinds, Value::Array(known));
        let known = |words: &[&str]| Value::from(words.to_vec());
        let delivery: Vec<&str> =
            super::super::types::Delivery::ALL.iter().map(|word| word.as_str()).collect();
        assert_eq!(words("/properties/delivery/enum"), known(&delivery));
        let difficulty: Vec<&str> =
            super::super::types::Difficulty::ALL.iter().map(|word| word.as_str()).collect();
        assert_eq!(words("/properties/difficulty/enum"), known(&difficulty));
    }
}
