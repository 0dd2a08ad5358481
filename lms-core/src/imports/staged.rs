//! A file that was read, whatever it holds.

use serde::{Deserialize, Serialize};

use super::TOO_MANY;
use super::people::StagedPeople;
use super::reading::Kind;
use super::records::StagedRecords;
use crate::kernel::access::Actor;
use crate::kernel::error::Result;

/// So many rows may change something in one transaction.
const CHANGED_ROWS_MAX: usize = 200_000;

/// A file that was read, ready to be planned and carried out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StagedImport(pub(super) StagedRows);

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum StagedRows {
    People(Box<StagedPeople>),
    Records(StagedRecords),
}

impl StagedImport {
    /// What it holds.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match &self.0 {
            StagedRows::People(_) => Kind::People,
            StagedRows::Records(staged) => staged.options.kind,
        }
    }

    /// The name of the file.
    #[must_use]
    pub fn file(&self) -> &str {
        match &self.0 {
            StagedRows::People(staged) => &staged.file,
            StagedRows::Records(staged) => &staged.file,
        }
    }

    /// The source.
    #[must_use]
    pub fn source(&self) -> &str {
        match &self.0 {
            StagedRows::People(staged) => staged.source(),
            StagedRows::Records(staged) => &staged.options.source,
        }
    }

    /// How many rows the file has, rejected ones as well.
    #[must_use]
    pub fn n_rows(&self) -> u64 {
        match &self.0 {
            StagedRows::People(staged) => staged.n_rows,
            StagedRows::Records(staged) => staged.n_rows,
        }
    }

    /// Refuses whoever may not do by hand what it does.
    pub(super) fn require(&self, actor: &Actor) -> Result<()> {
        match &self.0 {
            StagedRows::People(staged) => staged.options.require(actor),
            StagedRows::Records(staged) => staged.options.require(actor),
        }
    }

    pub(super) fn fingerprint(&self) -> &str {
        match &self.0 {
            StagedRows::People(staged) => &staged.fingerprint,
            StagedRows::Records(staged) => &staged.fingerprint,
        }
    }

    /// The guards that may let it through, in the words of `--accept`.
    pub(super) fn accepted(&self) -> Vec<String> {
        let accepted = match &self.0 {
            StagedRows::People(staged) => &staged.options.accepted,
            StagedRows::Records(staged) => &staged.options.accepted,
        };
        accepted.iter().map(ToString::to_string).collect()
    }

    pub(super) fn is_strict(&self) -> bool {
        match &self.0 {
            StagedRows::People(staged) => staged.options.is_strict,
            StagedRows::Records(staged) => staged.options.is_strict,
        }
    }
}

pub(super) fn refuse_too_many(file: &str, n_rows: usize) -> Result<()> {
    if n_rows <= CHANGED_ROWS_MAX {
        return Ok(());
    }
    Err(TOO_MANY
        .error(format!("`{file}` has more than {CHANGED_ROWS_MAX} rows that may change something"))
        .with_hint("split the file: each part is one transaction, all or nothing"))
}
