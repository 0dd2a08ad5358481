//! What an import of people is asked to do, and with what.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::contract::Contract;
use super::guards::Acceptance;
use crate::imports::plan::{Columns, RejectedRow};
use crate::imports::row::FileRow;
use crate::imports::{Mode, source_named};
use crate::kernel::access::Actor;
use crate::kernel::error::{Error, Result};
use crate::people::{ORGANISATION_WRITE, WRITE};

/// How people are imported.
#[expect(clippy::struct_excessive_bools, reason = "each of them is a flag that somebody gives")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeopleImport {
    pub(crate) source: String,
    pub(crate) mode: Mode,
    pub(crate) deactivates_missing: bool,
    pub(crate) missing_after: u32,
    pub(crate) creates_units: bool,
    pub(crate) releases_edits: bool,
    pub(crate) is_strict: bool,
    pub(crate) accepted: Vec<Acceptance>,
}

/// After so many whole files without somebody they are gone.
const MISSING_AFTER: u32 = 2;

impl PeopleImport {
    /// From a source of this name: a feed, or whoever sends the files. It owns what it delivers.
    pub fn from_source(name: &str) -> Result<Self> {
        Ok(Self {
            source: source_named(name)?,
            mode: Mode::Delta,
            deactivates_missing: false,
            missing_after: MISSING_AFTER,
            creates_units: false,
            releases_edits: false,
            is_strict: false,
            accepted: Vec::new(),
        })
    }

    /// Whether the file holds everybody of the source, or only what changed, as unless said.
    #[must_use]
    pub fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// Deactivates people of the source whom so many whole files in a row do not have: two, unless said.
    pub fn deactivate_missing(mut self, after: Option<u32>) -> Result<Self> {
        let after = after.unwrap_or(MISSING_AFTER);
        if after == 0 {
            return Err(Error::invalid("missing_after", "nobody is missing after no file at all")
                .with_hint("say 1 for the first file that does not have them, or more"));
        }
        self.deactivates_missing = true;
        self.missing_after = after;
        Ok(self)
    }

    /// Makes departments, locations and job roles that do not exist.
    #[must_use]
    pub fn create_units(mut self) -> Self {
        self.creates_units = true;
        self
    }

    /// Gives fields that somebody set by hand back to the source.
    #[must_use]
    pub fn release_edits(mut self) -> Self {
        self.releases_edits = true;
        self
    }

    /// Does nothing where any row is rejected or in conflict.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.is_strict = true;
        self
    }

    /// Lets a guard through, by its exact number.
    #[must_use]
    pub fn accept(mut self, accepted: Acceptance) -> Self {
        self.accepted.push(accepted);
        self
    }

    /// Refuses whoever may not import so: importing people is changing them.
    pub fn require(&self, actor: &Actor) -> Result<()> {
        if self.creates_units {
            actor.require(ORGANISATION_WRITE)?;
        }
        actor.require_for_all(WRITE)
    }

    pub(crate) fn check(&self) -> Result<()> {
        if self.deactivates_missing && self.mode != Mode::Full {
            return Err(Error::invalid(
                "deactivate_missing",
                "whoever is missing in a file of changes is not gone",
            )
            .with_hint("say `--mode full` if the file holds everybody of the source"));
        }
        Ok(())
    }
}

/// A file that was read, and compared with what its source said last: what is left of it is what may
/// change something.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct StagedPeople {
    pub(crate) options: PeopleImport,
    pub(crate) file: String,
    pub(crate) fingerprint: String,
    /// What somebody should know of it.
    #[serde(default)]
    pub(crate) notes: Vec<String>,
    #[serde(default)]
    pub(crate) columns: Columns,
    pub(crate) contract: Contract,
    pub(crate) rows: Vec<FileRow>,
    /// Rows that could not be read, with whom they seem to be about.
    pub(crate) rejected: Vec<RejectedRow>,
    pub(crate) n_rows: u64,
    /// The people of whom the file said nothing new.
    pub(crate) unchanged: BTreeSet<Uuid>,
}

impl StagedPeople {
    pub(crate) fn source(&self) -> &str {
        &self.options.source
    }
}
