//! What a report says itself, which has a language, and what the data say, which stays as it is.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use crate::language::Language;

/// A text of a report. One that is borrowed is ours: it is English, has `{}` where parts go in, and is
/// said in the language of the report. One that is owned is data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    text: Cow<'static, str>,
    parts: Vec<Words>,
}

impl Words {
    /// A sentence of ours with parts; as many as it has `{}`.
    pub fn with<P: Into<Self>>(sentence: &'static str, parts: impl IntoIterator<Item = P>) -> Self {
        let parts = parts.into_iter().map(Into::into).collect();
        Self { text: Cow::Borrowed(sentence), parts }
    }

    /// The text in a language, with its parts in their places. What cannot be said in it stays
    /// English and is added to `unsaid`.
    fn said(&self, language: Language, unsaid: &mut Vec<&'static str>) -> String {
        let text = match self.text {
            Cow::Borrowed(ours) => language.find(ours).unwrap_or_else(|| {
                if !ours.is_empty() && !unsaid.contains(&ours) {
                    unsaid.push(ours);
                }
                ours
            }),
            Cow::Owned(ref data) => return data.clone(),
        };
        let mut said = String::with_capacity(text.len());
        let mut parts = self.parts.iter();
        for (at, piece) in text.split("{}").enumerate() {
            if at > 0
                && let Some(part) = parts.next()
            {
                said.push_str(&part.said(language, unsaid));
            }
            said.push_str(piece);
        }
        said
    }

    /// Says it in a language for good.
    pub(crate) fn say_in(&mut self, language: Language, unsaid: &mut Vec<&'static str>) {
        *self = Self::from(self.said(language, unsaid));
    }

    /// As it is to be read: said in a language, or else in English.
    pub(crate) fn text(&self) -> Cow<'_, str> {
        match (&self.text, self.parts.is_empty()) {
            (text, true) => Cow::Borrowed(text),
            (_, false) => Cow::Owned(self.said(Language::En, &mut Vec::new())),
        }
    }
}

impl From<&'static str> for Words {
    fn from(ours: &'static str) -> Self {
        Self { text: Cow::Borrowed(ours), parts: Vec::new() }
    }
}

impl From<String> for Words {
    fn from(data: String) -> Self {
        Self { text: Cow::Owned(data), parts: Vec::new() }
    }
}

impl From<i64> for Words {
    fn from(number: i64) -> Self {
        Self::from(number.to_string())
    }
}

impl From<usize> for Words {
    fn from(number: usize) -> Self {
        Self::from(number.to_string())
    }
}

impl Serialize for Words {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&self.text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_go_where_a_language_wants_them_and_data_stay_as_they_are() {
        let data = Words::from("Table {}".to_owned());
        assert_eq!(data.text(), "Table {}");
        let mut words = Words::with("{} of {} rows", [Words::from(3_usize), data]);
        assert_eq!(words.text(), "3 of Table {} rows");
        let mut unsaid = Vec::new();
        words.say_in(Language::De, &mut unsaid);
        assert_eq!(words.text(), "3 von Table {} Zeilen");
        Words::from("nobody says this").say_in(Language::De, &mut unsaid);
        assert_eq!(unsaid, ["nobody says this"]);
    }
}
