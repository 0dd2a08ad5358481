//! The languages of reports. English is in the code; each other language is one list of English
//! texts with their translations, in a file of its own.

mod de;
mod es;
mod fr;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use lms_core::{Result, suggest};
use serde::{Deserialize, Serialize};

use crate::error::LANGUAGE;
use crate::tone::readable;

/// A text in English, and the same in another language.
type Pair = (&'static str, &'static str);

/// The language of headings, labels and sentences.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// German.
    De,
    /// French.
    Fr,
    /// Spanish.
    Es,
}

impl Language {
    /// Every language.
    pub const ALL: &'static [Self] = &[Self::En, Self::De, Self::Fr, Self::Es];

    /// Its code in ISO 639.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Fr => "fr",
            Self::Es => "es",
        }
    }

    /// The language of this code.
    pub fn named(code: &str) -> Result<Self> {
        let wanted = code.trim().to_lowercase();
        Self::ALL.iter().find(|language| language.code() == wanted).copied().ok_or_else(|| {
            let codes = Self::ALL.iter().map(|language| language.code());
            LANGUAGE
                .error(format!("reports do not speak `{}`", code.trim()))
                .with_field("lang")
                .with_hints(suggest(code, codes.clone()))
                .with_hint(format!("the languages are: {}", codes.collect::<Vec<_>>().join(", ")))
        })
    }

    /// A text of ours in this language.
    pub(crate) fn find(self, english: &'static str) -> Option<&'static str> {
        match self {
            Self::En => Some(english),
            Self::De => found(&DE, de::TEXTS, english),
            Self::Fr => found(&FR, fr::TEXTS, english),
            Self::Es => found(&ES, es::TEXTS, english),
        }
    }

    /// A text of the frame that all reports share; each has a translation, which a test looks after.
    pub(crate) fn say(self, english: &'static str) -> &'static str {
        self.find(english).unwrap_or(english)
    }

    /// A sentence of the frame with its parts.
    pub(crate) fn tell<const N: usize>(self, english: &'static str, parts: [&str; N]) -> String {
        let mut pieces = self.say(english).split("{}");
        let mut told = pieces.next().unwrap_or_default().to_owned();
        for (part, piece) in parts.iter().zip(pieces) {
            told.push_str(part);
            told.push_str(piece);
        }
        told
    }

    /// A word of the domain as people read it: a status, for one.
    pub(crate) fn word(self, word: &str) -> Cow<'_, str> {
        let readable = if word.contains('_') { Cow::Owned(readable(word)) } else { word.into() };
        let said = match self {
            Self::En => None,
            Self::De => table(&DE, de::TEXTS).get(readable.as_ref()),
            Self::Fr => table(&FR, fr::TEXTS).get(readable.as_ref()),
            Self::Es => table(&ES, es::TEXTS).get(readable.as_ref()),
        };
        match said {
            Some(said) => Cow::Borrowed(*said),
            None => Cow::Owned(readable.into_owned()),
        }
    }
}

type Texts = OnceLock<HashMap<&'static str, &'static str>>;

static DE: Texts = OnceLock::new();
static FR: Texts = OnceLock::new();
static ES: Texts = OnceLock::new();

fn table(texts: &'static Texts, pairs: &[Pair]) -> &'static HashMap<&'static str, &'static str> {
    texts.get_or_init(|| pairs.iter().copied().collect())
}

fn found(texts: &'static Texts, pairs: &[Pair], english: &str) -> Option<&'static str> {
    table(texts, pairs).get(english).copied()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_language_has_the_same_texts_with_the_same_parts_in_alphabetical_order() {
        let english = |pairs: &[Pair]| pairs.iter().map(|pair| pair.0).collect::<Vec<_>>();
        for pairs in [de::TEXTS, fr::TEXTS, es::TEXTS] {
            assert_eq!(english(pairs), english(de::TEXTS));
            assert!(pairs.is_sorted_by(|one, other| one.0 < other.0), "{:?}", unsorted(pairs));
            for (english, said) in pairs {
                let parts = |text: &str| text.matches("{}").count();
                assert_eq!(parts(english), parts(said), "{english}: {said}");
                assert!(!said.is_empty(), "{english}");
            }
        }
    }

    fn unsorted(pairs: &'static [Pair]) -> Option<&'static [Pair]> {
        pairs.windows(2).find(|two| two[0].0 >= two[1].0)
    }

    #[test]
    fn all_that_the_frame_says_is_said_in_every_language() {
        let mut n = 0;
        for file in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
            let source = std::fs::read_to_string(&file).unwrap();
            for call in [".say(", ".tell("] {
                for said in source.split(call).skip(1) {
                    let Some(text) = said.trim_start().strip_prefix('"') else { continue };
                    let text = text.split("\",").next().unwrap().split("\")").next().unwrap();
                    let text = text.split("\\\n").map(str::trim_start).collect::<String>();
                    let text: &'static str = text.leak();
                    assert!(Language::De.find(text).is_some(), "{}: {text}", file.display());
                    n += 1;
                }
            }
        }
        assert!(n > 10, "only {n} texts were found");
    }

    fn sources(folder: &Path) -> Vec<std::path::PathBuf> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries
            .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
            .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
            .filter(|path| !path.ends_with("language/mod.rs"))
            .collect()
    }

    #[test]
    fn an_unknown_language_is_answered_with_those_there_are() {
        assert_eq!(Language::named(" DE ").unwrap(), Language::De);
        let error = Language::named("it").unwrap_err();
        assert_eq!(error.code(), "reports.language");
        assert!(error.hints().iter().any(|hint| hint.contains("en, de, fr, es")));
    }

    #[test]
    fn statuses_are_read_as_words() {
        assert_eq!(Language::En.word("completed_late"), "completed late");
        assert_eq!(Language::De.word("overdue"), "überfällig");
        assert_eq!(Language::Fr.word("a word of the organisation"), "a word of the organisation");
    }
}
