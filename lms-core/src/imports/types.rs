//! Runs of imports as they are shown.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::kernel::clock::Timestamp;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::id;
use crate::kernel::page::{Paging, paged};
use crate::operations::OperationId;
use crate::people::PersonId;

id! {
    /// A run of an import.
    ImportRunId;
}

/// What a file holds.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Everybody of the source: whoever is not in it is missing.
    Full,
    /// Whatever changed: of whoever is not in it, it says nothing.
    #[default]
    Delta,
}

impl Mode {
    /// The name in flags, tables and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Delta => "delta",
        }
    }

    /// Reads the name.
    pub fn parse(text: &str) -> Result<Self> {
        match text.trim().to_lowercase().as_str() {
            "full" => Ok(Self::Full),
            "delta" => Ok(Self::Delta),
            _ => Err(Error::invalid("mode", format!("`{text}` is not a mode")).with_hint(
                "a file is `full`, which is everybody, or `delta`, which is what changed",
            )),
        }
    }
}

/// Which imports.
#[derive(Debug, Clone, Default)]
pub struct ImportRunFilter {
    pub(super) source: Option<String>,
    pub(super) paging: Paging,
}

paged!(ImportRunFilter);

impl ImportRunFilter {
    /// All of them.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only those of this source.
    #[must_use]
    pub fn source(mut self, source: &str) -> Self {
        self.source = Some(source.to_owned());
        self
    }
}

/// An import that was carried out, or what took one back.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportRun {
    /// Its id.
    pub id: ImportRunId,
    /// The source.
    pub source: String,
    /// What was imported, such as `people`.
    pub kind: String,
    /// Whether the file held everybody.
    pub mode: Mode,
    /// The name of the file.
    pub file: String,
    /// The SHA-256 of its bytes, where it is known.
    pub fingerprint: String,
    /// How many rows it had.
    pub n_rows: u64,
    /// How many of what.
    pub counts: BTreeMap<String, i64>,
    /// What rules did about it.
    pub consequences: BTreeMap<String, i64>,
    /// The guards that it was allowed to pass, each by its very number, such as `deactivate=37`.
    pub accepted: Vec<String>,
    /// Who did it.
    pub actor: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was carried out.
    pub finished_at: Timestamp,
    /// What it is in the audit log; nothing where all was so already.
    pub operation: Option<OperationId>,
    /// The import that it took back.
    pub undo_of: Option<ImportRunId>,
    /// What took it back.
    pub undone_by: Option<OperationId>,
}

/// An import with the rows that did not simply land. What it changed of whom is in the audit log, by its
/// operation.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportRunCard {
    /// The import.
    #[serde(flatten)]
    pub run: ImportRun,
    /// The rows.
    pub lines: Vec<ImportLine>,
}

/// Something that was said of a row.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportLine {
    /// The row, as the file counts.
    pub row: Option<u64>,
    /// Who it is about.
    pub person: Option<PersonId>,
    /// Their name.
    pub name: Option<String>,
    /// What became of it: `rejected`, `conflict`, `kept_edit`, `pending`, `noted`.
    pub effect: String,
    /// The field.
    pub field: Option<String>,
    /// Why.
    pub code: Option<String>,
}
