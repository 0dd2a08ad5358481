//! What an import of records is asked to do, and with what.

use serde::{Deserialize, Serialize};

use crate::assignments;
use crate::catalog;
use crate::imports::people::Acceptance;
use crate::imports::plan::{Columns, RejectedRow};
use crate::imports::reading::Kind;
use crate::imports::row::FileRow;
use crate::imports::source_named;
use crate::kernel::access::Actor;
use crate::kernel::error::{Error, Result};
use crate::people;
use crate::quizzes;

/// How everything but people is imported: departments, trainings, questions, assignments,
/// completions, exemptions, leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordsImport {
    pub(crate) kind: Kind,
    pub(crate) source: String,
    pub(crate) creates_trainings: bool,
    pub(crate) is_strict: bool,
    pub(crate) accepted: Vec<Acceptance>,
}

impl RecordsImport {
    /// The kinds that are imported in this way.
    pub const KINDS: &'static [Kind] = &[
        Kind::Departments,
        Kind::Trainings,
        Kind::Questions,
        Kind::Assignments,
        Kind::Completions,
        Kind::Exemptions,
        Kind::Leaves,
    ];

    /// Records of this kind, from a source of this name: people are known by its keys as well.
    pub fn of(kind: Kind, source: &str) -> Result<Self> {
        if !Self::KINDS.contains(&kind) {
            let names: Vec<&str> = Self::KINDS.iter().map(|kind| kind.as_str()).collect();
            let wrong = format!("{} are not imported as records", kind.as_str());
            return Err(Error::invalid("kind", wrong)
                .with_hint(format!("it is one of: {}", names.join(", "))));
        }
        let source = source_named(source)?;
        Ok(Self { kind, source, creates_trainings: false, is_strict: false, accepted: Vec::new() })
    }

    /// Makes drafts of trainings that nobody knows, so that what was done of them can be kept. For completions.
    pub fn create_trainings(mut self) -> Result<Self> {
        if self.kind != Kind::Completions {
            let wrong = "nobody is given a training of which nothing is known";
            return Err(Error::invalid("create_trainings", wrong)
                .with_hint("only completions make trainings: they may be of long ago"));
        }
        self.creates_trainings = true;
        Ok(self)
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

    /// Refuses whoever may not do by hand what it does, for everybody.
    pub fn require(&self, actor: &Actor) -> Result<()> {
        if self.creates_trainings {
            actor.require(catalog::WRITE)?;
        }
        match self.kind {
            Kind::Departments => actor.require(people::ORGANISATION_WRITE),
            Kind::Trainings => actor.require(catalog::WRITE),
            Kind::Questions => actor.require(quizzes::WRITE),
            Kind::Leaves => actor.require_for_all(people::WRITE),
            _ => actor.require_for_all(assignments::WRITE),
        }
    }
}

/// A file of records that was read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct StagedRecords {
    pub(crate) options: RecordsImport,
    pub(crate) file: String,
    pub(crate) fingerprint: String,
    /// What somebody should know of it.
    #[serde(default)]
    pub(crate) notes: Vec<String>,
    #[serde(default)]
    pub(crate) columns: Columns,
    pub(crate) rows: Vec<FileRow>,
    /// Rows that could not be read.
    pub(crate) rejected: Vec<RejectedRow>,
    pub(crate) n_rows: u64,
}
