//! Files as items of modules: which kind of item a file is, and what the bytes must be. Pure.
//!
//! A file is named by what is in it, so that a training means the same bytes in every system. A
//! draft may name a file that is not there yet, or not even say which bytes it will have: what is
//! published may not.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::definition::{Item, ItemContent, TrainingDefinition};
use super::problems::Problem;
use crate::content::{file_name, media_type};
use crate::kernel::error::{Error, Result};
use crate::kernel::suggest::suggest;

/// A file that is shown in a module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemFile {
    /// Its name, whose ending says what it is.
    pub file: String,
    /// SHA-256 of its bytes, in hexadecimal, once they are there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// The kinds of file that lie in the store, by the SHA-256 of their bytes.
pub(crate) type StoredFiles = HashMap<String, BTreeSet<String>>;

impl ItemContent {
    /// A file as an item of this kind: `video`, `document` or `package`.
    pub fn of_kind(kind: &str, file: ItemFile) -> Result<Self> {
        match kind.trim().to_lowercase().as_str() {
            "video" => Ok(Self::Video(file)),
            "document" => Ok(Self::Document(file)),
            "package" => Ok(Self::Package(file)),
            other => Err(Error::invalid("kind", format!("`{other}` is not a kind of file"))
                .with_hints(suggest(other, ["video", "document", "package"]))
                .with_hint("it is one of: video, document, package")),
        }
    }

    /// A file as an item of the kind that its name speaks of.
    pub fn of_file(file: ItemFile) -> Result<Self> {
        Ok(match kind_for(media_type(&file.file)?) {
            "video" => Self::Video(file),
            "package" => Self::Package(file),
            _ => Self::Document(file),
        })
    }
}

/// What files of this media type are shown as.
fn kind_for(media_type: &str) -> &'static str {
    match media_type.split('/').next() {
        Some("video" | "audio") => "video",
        _ if media_type == "application/zip" => "package",
        _ => "document",
    }
}

/// Brings the reference into the one form in which it is kept.
pub(crate) fn tidy(file: &mut ItemFile) {
    file.file = file.file.trim().to_owned();
    let sha256 = file.sha256.take().map(|text| text.trim().to_lowercase());
    file.sha256 = sha256.filter(|text| !text.is_empty());
}

/// Why an item cannot name this file: the field, and what is wrong with it.
pub(crate) fn problem(content: &ItemContent) -> Option<(&'static str, String)> {
    let file = content.file()?;
    let media_type = match file_name(&file.file).and_then(|name| media_type(&name)) {
        Ok(media_type) => media_type,
        Err(error) => return Some(("file", error.message().to_owned())),
    };
    let fitting = kind_for(media_type);
    if fitting != content.kind() {
        let message = format!("`{}` is a {fitting}, not a {}", file.file, content.kind());
        return Some(("kind", message));
    }
    let is_digest = |text: &String| text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
    match &file.sha256 {
        Some(text) if !is_digest(text) => {
            Some(("sha256", "it is not a SHA-256: 64 hexadecimal digits".to_owned()))
        }
        _ => None,
    }
}

/// The digests that a definition names, once each.
pub(crate) fn digests(definition: &TrainingDefinition) -> BTreeSet<&str> {
    items(definition).filter_map(|(.., item)| item.content.file()?.sha256.as_deref()).collect()
}

/// The files whose bytes are not there, or are something else.
pub(crate) fn missing(
    code: &str,
    definition: &TrainingDefinition,
    stored: &StoredFiles,
) -> Vec<Problem> {
    let mut found = Vec::new();
    for (path, module, item) in items(definition) {
        let Some(file) = item.content.file() else { continue };
        let put_in =
            format!("`lmsctl training content add {code} {} --module {module}`", file.file);
        let types = file.sha256.as_deref().and_then(|sha256| stored.get(sha256));
        let message = match (types, media_type(&file.file)) {
            (Some(types), Ok(wanted)) if types.contains(wanted) => continue,
            (Some(types), _) => {
                let types: Vec<&str> = types.iter().map(String::as_str).collect();
                format!(
                    "the bytes of `{}` are {}; put in others: {put_in}",
                    file.file,
                    types.join(", ")
                )
            }
            (None, _) => format!("the bytes of `{}` are not there: {put_in}", file.file),
        };
        found.push(Problem::new(format!("{path}.file"), message));
    }
    found
}

/// Every item with its path and the key of its module.
fn items(definition: &TrainingDefinition) -> impl Iterator<Item = (String, &str, &Item)> {
    definition.modules.iter().enumerate().flat_map(|(at, module)| {
        let items = module.items.iter().enumerate();
        items.map(move |(nth, item)| (format!("modules[{at}].items[{nth}]"), &*module.key, item))
    })
}

#[cfg(test)]
mod tests {
    use super::super::definition::Module;
    use super::*;

    fn file(name: &str, sha256: Option<&str>) -> ItemFile {
        ItemFile { file: name.to_owned(), sha256: sha256.map(str::to_owned) }
    }

    #[test]
    fn a_file_is_of_the_kind_that_its_name_speaks_of() {
        for (name, kind) in [
            ("a.mp4", "video"),
            ("a.mp3", "video"),
            ("a.pdf", "document"),
            ("a.PNG", "document"),
            ("a.md", "document"),
            ("a.zip", "package"),
        ] {
            let content = ItemContent::of_file(file(name, None)).unwrap();
            assert_eq!((content.kind(), problem(&content)), (kind, None), "{name}");
        }
        assert!(ItemContent::of_file(file("a.exe", None)).is_err());
    }

    #[test]
    fn what_cannot_be_named_is_told_with_its_field() {
        let field = |content: ItemContent| problem(&content).map(|(field, _)| field);
        assert_eq!(field(ItemContent::Video(file("a.pdf", None))), Some("kind"));
        assert_eq!(field(ItemContent::Package(file("a.docx", None))), Some("kind"));
        for name in ["../a.pdf", "a.html", "", "a\u{202e}.pdf", "a\0.pdf", "/etc/a.pdf"] {
            assert_eq!(field(ItemContent::Document(file(name, None))), Some("file"), "{name:?}");
        }
        for sha256 in ["", "12", &"g".repeat(64), &"a".repeat(65)] {
            let content = ItemContent::Document(file("a.pdf", Some(sha256)));
            assert_eq!(field(content), Some("sha256"), "{sha256}");
        }
        let mut padded = file(" a.pdf ", Some(&"A".repeat(64)));
        tidy(&mut padded);
        assert_eq!(padded, file("a.pdf", Some(&"a".repeat(64))));
        assert_eq!(field(ItemContent::Document(padded)), None);
    }

    #[test]
    fn bytes_that_are_not_there_are_told_with_what_to_do() {
        let (there, gone) = ("a".repeat(64), "b".repeat(64));
        let mut definition = TrainingDefinition::new("X");
        let mut module = Module { key: "one".to_owned(), ..Module::new("One") };
        module.items = [
            file("there.pdf", Some(&there)),
            file("gone.pdf", Some(&gone)),
            file("named.mp4", None),
            file("there.png", Some(&there)),
        ]
        .map(|file| Item::new("I", ItemContent::of_file(file).unwrap()))
        .to_vec();
        definition.modules = vec![module];
        let stored =
            StoredFiles::from([(there.clone(), BTreeSet::from(["application/pdf".to_owned()]))]);
        assert_eq!(digests(&definition), BTreeSet::from([&*there, &*gone]));
        let told: Vec<String> = missing("FIRE", &definition, &stored)
            .into_iter()
            .map(|problem| format!("{}: {}", problem.path, problem.message))
            .collect();
        let put_in = |name| format!("`lmsctl training content add FIRE {name} --module one`");
        assert_eq!(
            told,
            [
                format!(
                    "modules[0].items[1].file: the bytes of `gone.pdf` are not there: {}",
                    put_in("gone.pdf")
                ),
                format!(
                    "modules[0].items[2].file: the bytes of `named.mp4` are not there: {}",
                    put_in("named.mp4")
                ),
                format!(
                    "modules[0].items[3].file: the bytes of `there.png` are application/pdf; \
                     put in others: {}",
                    put_in("there.png")
                ),
            ]
        );
    }
}
