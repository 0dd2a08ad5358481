//! Single fields of a path, set from text: what a command, a form or a patch gives. Pure.

use super::definition::PathDefinition;
use crate::kernel::error::{Error, Result};
use crate::kernel::suggest::suggest;

/// A field of a path that is one value.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PathField {
    /// What it is called.
    Title,
    /// What it is about, and for whom.
    Description,
    /// Under which heading it stands.
    Category,
    /// Words to find it by, with commas between them.
    Tags,
}

impl PathField {
    /// All of them, in the order in which they are shown.
    pub const ALL: &'static [Self] = &[Self::Title, Self::Description, Self::Category, Self::Tags];

    /// The name in commands, files and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Description => "description",
            Self::Category => "category",
            Self::Tags => "tags",
        }
    }

    /// Reads the name.
    pub fn parse(text: &str) -> Result<Self> {
        let wanted = text.trim().to_lowercase();
        Self::ALL.iter().copied().find(|field| field.as_str() == wanted).ok_or_else(|| {
            let names = Self::ALL.iter().map(|field| field.as_str());
            Error::invalid("field", format!("a path has no field `{}`", text.trim()))
                .with_hints(suggest(text, names.clone()))
                .with_hint(format!("the fields are: {}", names.collect::<Vec<_>>().join(", ")))
        })
    }

    /// Sets the field, or clears it with an empty text.
    pub(super) fn set(self, definition: &mut PathDefinition, text: &str) {
        let text = text.trim();
        match self {
            Self::Title => text.clone_into(&mut definition.title),
            Self::Description => text.clone_into(&mut definition.description),
            Self::Category => {
                definition.category = Some(text.to_owned()).filter(|text| !text.is_empty());
            }
            Self::Tags => definition.tags = text.split(',').map(str::to_owned).collect(),
        }
    }
}
