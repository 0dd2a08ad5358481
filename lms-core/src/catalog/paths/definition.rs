//! What a path consists of: the whole of one version, as it lies in a file and in the database.

use serde::{Deserialize, Serialize};

use crate::kernel::document::Beside;
use crate::kernel::error::{Error, Result};

/// One version of a path, whole.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PathDefinition {
    /// What it is called.
    #[serde(default)]
    pub title: String,
    /// What it is about, and for whom, in Markdown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Under which heading of the catalog it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Words to find it by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// What is done, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<PathStep>,

    // What a file has beside the definition, as with trainings.
    #[serde(default, skip_serializing)]
    format: Beside,
    #[serde(default, skip_serializing)]
    code: Beside,
}

/// A step of a path. A training is in a path once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, try_from = "WrittenStep")]
#[non_exhaustive]
pub enum PathStep {
    /// A training that everybody does.
    Required {
        /// Its code.
        training: String,
    },
    /// Trainings to choose from.
    Elective {
        /// What the choice is about.
        #[serde(skip_serializing_if = "Option::is_none")]
        title: Option<String>,
        /// So many of them have to be done …
        any: u32,
        /// … of these, by code.
        of: Vec<String>,
    },
}

/// A step as somebody writes it. Read as one flat record, so that a field that is missing, or does
/// not belong to the other, is told in its place.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenStep {
    training: Option<String>,
    title: Option<String>,
    any: Option<u32>,
    of: Option<Vec<String>>,
}

impl TryFrom<WrittenStep> for PathStep {
    type Error = &'static str;

    fn try_from(written: WrittenStep) -> std::result::Result<Self, &'static str> {
        match written {
            WrittenStep { training: Some(training), title: None, any: None, of: None } => {
                Ok(Self::Required { training })
            }
            WrittenStep { training: None, title, any: Some(any), of: Some(of) } => {
                Ok(Self::Elective { title, any, of })
            }
            WrittenStep { training: Some(_), title: Some(_), .. } => {
                Err("a step with `training` has no field `title`: it is called as the training is")
            }
            WrittenStep { training: Some(_), .. } => {
                Err("a step has either `training`, or `any` and `of`")
            }
            WrittenStep { any: None, of: Some(_), .. } => {
                Err("a step with `of` says in `any` how many of them")
            }
            WrittenStep { any: Some(_), of: None, .. } => {
                Err("a step with `any` says in `of` of which trainings")
            }
            _ => Err("a step has either `training`, or `any` and `of`"),
        }
    }
}

impl PathStep {
    /// A training that everybody does.
    #[must_use]
    pub fn required(training: &str) -> Self {
        Self::Required { training: training.to_owned() }
    }

    /// So many of these trainings.
    #[must_use]
    pub fn elective<T: Into<String>>(any: u32, of: impl IntoIterator<Item = T>) -> Self {
        Self::Elective { title: None, any, of: of.into_iter().map(Into::into).collect() }
    }

    /// The codes of the trainings in it.
    pub fn trainings(&self) -> impl Iterator<Item = &str> {
        let codes = match self {
            Self::Required { training } => std::slice::from_ref(training),
            Self::Elective { of, .. } => of.as_slice(),
        };
        codes.iter().map(String::as_str)
    }

    /// What a choice is about.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        match self {
            Self::Required { .. } => None,
            Self::Elective { title, .. } => title.as_deref(),
        }
    }

    /// Whether everybody does all that is in it.
    #[must_use]
    pub fn is_required(&self) -> bool {
        match self {
            Self::Required { .. } => true,
            Self::Elective { any, of, .. } => usize::try_from(*any).is_ok_and(|n| n >= of.len()),
        }
    }

    pub(super) fn codes_mut(&mut self) -> &mut [String] {
        match self {
            Self::Required { training } => std::slice::from_mut(training),
            Self::Elective { of, .. } => of.as_mut_slice(),
        }
    }
}

impl PathDefinition {
    /// A path of this name, without any steps yet.
    #[must_use]
    pub fn new(title: &str) -> Self {
        Self { title: title.to_owned(), ..Self::default() }
    }

    /// A field that only a whole file has, and no definition, if one was read.
    #[must_use]
    pub fn field_of_file(&self) -> Option<&'static str> {
        let fields = [("format", self.format), ("code", self.code)];
        fields.into_iter().find(|(_, beside)| beside.is_there()).map(|(name, _)| name)
    }

    /// The codes of its trainings, in order.
    pub fn trainings(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().flat_map(PathStep::trainings)
    }

    /// The same, each with its place and the number of its step.
    pub(super) fn places(&self) -> impl Iterator<Item = (usize, String, &str)> {
        self.steps.iter().enumerate().flat_map(|(at, step)| {
            let is_one = matches!(step, PathStep::Required { .. });
            step.trainings().enumerate().map(move |(n, code)| {
                let place = if is_one {
                    format!("steps[{at}].training")
                } else {
                    format!("steps[{at}].of[{n}]")
                };
                (at, place, code)
            })
        })
    }

    /// The document as it is kept: one text for one definition.
    pub(super) fn document(&self) -> String {
        serde_json::to_string(self).expect("a definition is plain data")
    }

    pub(super) fn from_document(document: &str) -> Result<Self> {
        serde_json::from_str(document)
            .map_err(|cause| Error::inconsistent("path_versions.document", cause))
    }
}
