//! What a training consists of: the whole of one version, as it lies in a file and in the database.
//!
//! The document is the same everywhere: fields in the order in which they stand here, those that are
//! not set left out. Modules and items are known by their keys, which progress refers to and which
//! therefore stay the same from version to version, whatever becomes of title and place.

use serde::{Deserialize, Serialize};

use super::item_file::ItemFile;
use super::teaching::TaughtSkill;
use super::types::{Delivery, Difficulty};
use crate::kernel::document::Beside;
use crate::kernel::error::{Error, Result};

/// One version of a training, whole.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TrainingDefinition {
    /// What it is called.
    #[serde(default)]
    pub title: String,
    /// What it is about, in Markdown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Under which heading of the catalog it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Words to find it by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// How much it takes for granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difficulty: Option<Difficulty>,
    /// How long it takes; the sum of the modules, unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_minutes: Option<u32>,
    /// In which languages it can be taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<String>,
    /// How it is given.
    #[serde(default)]
    pub delivery: Delivery,
    /// For how many months a completion holds; for ever, unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validity_months: Option<u32>,
    /// How many can take it at one time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat_limit: Option<u32>,
    /// The time that counts as training, where it is not the duration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_minutes: Option<u32>,
    /// Codes of the trainings that come first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prerequisites: Vec<String>,
    /// What a seat costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    /// When it is done.
    #[serde(default, skip_serializing_if = "Completion::is_default")]
    pub completion: Completion,
    /// A text to be acknowledged in the version that was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_and_sign: Option<ReadAndSign>,
    /// What whoever completes it can from then on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<TaughtSkill>,
    /// What it consists of, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modules: Vec<Module>,

    // What a file has beside the definition: read by the head of the file, and no part of the
    // document. They stand here so that one strict reading of the whole file finds every
    // misspelt name, with its line.
    #[serde(default, skip_serializing)]
    format: Beside,
    #[serde(default, skip_serializing)]
    code: Beside,
    #[serde(default, skip_serializing)]
    template: Beside,
}

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// In the smallest unit of the currency: 12000 is 120.00 EUR.
    pub amount_minor: u64,
    /// Three letters of ISO 4217.
    pub currency: String,
}

/// When a training is done. Required modules always count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Completion {
    /// After at least so much time in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_minutes: Option<u32>,
    /// Only when an instructor, or an import, says so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub marked_by_instructor: bool,
}

impl Completion {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// A text that people acknowledge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadAndSign {
    /// What is read, in Markdown.
    pub text: String,
    /// The sentence that is signed.
    #[serde(default = "ReadAndSign::usual_statement")]
    pub statement: String,
}

impl ReadAndSign {
    /// A text with the usual statement.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), statement: Self::usual_statement() }
    }

    fn usual_statement() -> String {
        "I have read and understood this, and I will keep to it.".to_owned()
    }
}

/// A part of a training, in sequence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Module {
    /// Its name within the training, for good: progress refers to it. Made of the title, unless said.
    #[serde(default)]
    pub key: String,
    /// What it is called.
    #[serde(default)]
    pub title: String,
    /// Whether the training is not done without it.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub required: bool,
    /// How long it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    /// What it shows, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
}

impl Module {
    /// A required module without anything in it yet.
    #[must_use]
    pub fn new(title: &str) -> Self {
        let title = title.to_owned();
        Self { key: String::new(), title, required: true, minutes: None, items: Vec::new() }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_yes(value: &bool) -> bool {
    *value
}

fn yes() -> bool {
    true
}

/// A piece of a module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenItem")]
#[non_exhaustive]
pub struct Item {
    /// Its name within the module, for good. Made of the title, unless said.
    pub key: String,
    /// What it is called.
    pub title: String,
    /// What it is.
    #[serde(flatten)]
    pub content: ItemContent,
}

impl Item {
    /// A piece of a module.
    #[must_use]
    pub fn new(title: &str, content: ItemContent) -> Self {
        Self { key: String::new(), title: title.to_owned(), content }
    }
}

/// What a piece of a module shows. A kind more is a variant here, its check in `validation.rs`, and
/// what publishing wants of it in `publishing.rs`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ItemContent {
    /// Text in Markdown.
    Text {
        /// The text.
        text: String,
    },
    /// A page elsewhere.
    Link {
        /// Its address; `https` only.
        url: String,
    },
    /// A quiz, to be passed. It has versions of its own: an attempt asks what the quiz asks then.
    Quiz {
        /// Its code.
        quiz: String,
    },
    /// A film, or something to listen to.
    Video(ItemFile),
    /// Something to read or to look at.
    Document(ItemFile),
    /// A zip archive with a course of its own.
    Package(ItemFile),
}

impl ItemContent {
    /// The name of the kind in files and JSON.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Link { .. } => "link",
            Self::Quiz { .. } => "quiz",
            Self::Video(_) => "video",
            Self::Document(_) => "document",
            Self::Package(_) => "package",
        }
    }

    /// The file that it is, where it is one.
    #[must_use]
    pub fn file(&self) -> Option<&ItemFile> {
        match self {
            Self::Video(file) | Self::Document(file) | Self::Package(file) => Some(file),
            _ => None,
        }
    }
}

/// A piece of a module as somebody writes it. Read as one flat record, so that a field that is
/// missing, or belongs to another kind, is told in its place.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenItem {
    #[serde(default)]
    key: String,
    #[serde(default)]
    title: String,
    kind: String,
    text: Option<String>,
    url: Option<String>,
    quiz: Option<String>,
    file: Option<String>,
    sha256: Option<String>,
}

impl TryFrom<WrittenItem> for Item {
    type Error = String;

    fn try_from(written: WrittenItem) -> std::result::Result<Self, String> {
        let WrittenItem { key, title, kind, text, url, quiz, file, sha256 } = written;
        let mut fields =
            [("text", text), ("url", url), ("quiz", quiz), ("file", file), ("sha256", sha256)];
        let mut given = |name: &str| {
            let own = fields.iter_mut().find(|(field, _)| *field == name);
            own.and_then(|(_, value)| value.take())
        };
        let mut take = |name: &str| {
            given(name).ok_or_else(|| format!("an item of kind `{kind}` has a field `{name}`"))
        };
        let content = match kind.as_str() {
            "text" => ItemContent::Text { text: take("text")? },
            "link" => ItemContent::Link { url: take("url")? },
            "quiz" => ItemContent::Quiz { quiz: take("quiz")? },
            "video" | "document" | "package" => {
                let file = ItemFile { file: take("file")?, sha256: given("sha256") };
                match kind.as_str() {
                    "video" => ItemContent::Video(file),
                    "document" => ItemContent::Document(file),
                    _ => ItemContent::Package(file),
                }
            }
            other => {
                return Err(format!(
                    "`{other}` is not a kind of item: it is `text`, `link`, `quiz`, `video`, \
                     `document` or `package`"
                ));
            }
        };
        match fields.into_iter().find(|(_, value)| value.is_some()) {
            Some((field, _)) => Err(format!("an item of kind `{kind}` has no field `{field}`")),
            None => Ok(Self { key, title, content }),
        }
    }
}

impl TrainingDefinition {
    /// An empty training of this name.
    #[must_use]
    pub fn new(title: &str) -> Self {
        Self { title: title.to_owned(), ..Self::default() }
    }

    /// A field that only a whole file has, and no definition, if one was read.
    #[must_use]
    pub fn field_of_file(&self) -> Option<&'static str> {
        let fields = [("format", self.format), ("code", self.code), ("template", self.template)];
        fields.into_iter().find(|(_, beside)| beside.is_there()).map(|(name, _)| name)
    }

    /// How long it takes: as is said, or as its modules add up to.
    #[must_use]
    pub fn minutes(&self) -> Option<u32> {
        let of_modules = || {
            let sum = self.modules.iter().filter_map(|module| module.minutes);
            let sum = sum.fold(0_u32, u32::saturating_add);
            (sum > 0).then_some(sum)
        };
        self.duration_minutes.or_else(of_modules)
    }

    /// The codes of the quizzes that are to be passed.
    pub(crate) fn quizzes(&self) -> impl Iterator<Item = &str> {
        let items = self.modules.iter().flat_map(|module| &module.items);
        items.filter_map(|item| match &item.content {
            ItemContent::Quiz { quiz } => Some(quiz.as_str()),
            _ => None,
        })
    }

    /// The codes of the skills that it teaches.
    pub(crate) fn skill_codes(&self) -> impl Iterator<Item = &str> {
        self.skills.iter().map(|taught| taught.skill.as_str())
    }

    /// The document as it is kept: one text for one definition.
    pub(crate) fn document(&self) -> String {
        serde_json::to_string(self).expect("a definition is plain data")
    }

    pub(crate) fn from_document(document: &str) -> Result<Self> {
        serde_json::from_str(document)
            .map_err(|cause| Error::inconsistent("training_versions.document", cause))
    }
}
