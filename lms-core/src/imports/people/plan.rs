//! What an import of people is asked to do, and what it would do or did.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::contract::Contract;
use super::guards::{Acceptance, GuardFinding};
use super::row::PersonRow;
use crate::imports::{ImportRunId, Mode};
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Code;
use crate::operations::{FieldChange, OperationId};
use crate::people::{KeptField, PersonId};

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
        let source = Code::parse(name).map_err(|error| error.with_field("source"))?;
        Ok(Self {
            source: source.as_str().to_lowercase(),
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
pub struct StagedPeople {
    pub(crate) options: PeopleImport,
    pub(crate) file: String,
    pub(crate) fingerprint: String,
    pub(crate) contract: Contract,
    pub(crate) rows: Vec<PersonRow>,
    /// Rows that could not be read, with whom they seem to be about.
    pub(crate) rejected: Vec<RejectedRow>,
    pub(crate) n_rows: u64,
    /// The people of whom the file said nothing new.
    pub(crate) unchanged: BTreeSet<Uuid>,
}

impl StagedPeople {
    /// The name of the file.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The source.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.options.source
    }

    /// How many rows the file has, rejected ones as well.
    #[must_use]
    pub fn n_rows(&self) -> u64 {
        self.n_rows
    }
}

/// A row that could not be read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RejectedRow {
    pub(crate) known_by: PersonRow,
    pub(crate) problems: Vec<RowProblem>,
}

/// What is wrong with a row.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowProblem {
    /// The field, where it is about one.
    pub field: Option<String>,
    /// The letters of the column in the file, where they are known.
    pub column: Option<String>,
    /// What the file has there.
    pub value: Option<String>,
    /// The stable code.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl RowProblem {
    pub(crate) fn of(error: &Error, row: &PersonRow) -> Self {
        let field = error.field().map(str::to_owned);
        let value = field.as_deref().and_then(|field| row.text(field)).map(str::to_owned);
        let hints = error.hints();
        Self {
            field,
            column: None,
            value,
            code: error.code().to_owned(),
            message: error.message().to_owned(),
            hint: (!hints.is_empty()).then(|| hints.join("; ")),
        }
    }
}

/// What becomes of a row.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowEffect {
    /// Somebody new.
    Create,
    /// Somebody is back.
    Reactivate,
    /// Somebody's employment ends.
    Deactivate,
    /// Somebody is in another department.
    Move,
    /// Other fields are others.
    Update,
    /// The source knows somebody who was there already; nothing else.
    Link,
    /// Nothing.
    Unchanged,
    /// It cannot be said whom it is about.
    Conflict,
    /// It is wrong.
    Rejected,
}

impl RowEffect {
    /// The name in JSON and tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Reactivate => "reactivate",
            Self::Deactivate => "deactivate",
            Self::Move => "move",
            Self::Update => "update",
            Self::Link => "link",
            Self::Unchanged => "unchanged",
            Self::Conflict => "conflict",
            Self::Rejected => "rejected",
        }
    }

    /// Whether it does nothing because somebody has to look at it.
    #[must_use]
    pub fn is_put_aside(self) -> bool {
        matches!(self, Self::Conflict | Self::Rejected)
    }
}

impl fmt::Display for RowEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A row of the file, or somebody whom a whole file does not have, and what becomes of it.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedRow {
    /// Its number, as the file counts; nothing for somebody who is missing in it.
    pub row: Option<u64>,
    /// Who it is about, where they are there already.
    pub person: Option<PersonId>,
    /// Their name, or what the row calls them.
    pub name: String,
    /// What becomes of it.
    pub effect: RowEffect,
    /// What changes, from what to what.
    pub changed: Vec<FieldChange>,
    /// What the source says and what stays as somebody set it.
    pub kept: Vec<KeptField>,
    /// A manager whom nobody knows yet.
    pub pending_manager: Option<String>,
    /// What is wrong with it, or what somebody should know.
    pub problems: Vec<RowProblem>,
    /// Who it is about, as well where they are new: it is another id each time it is planned.
    #[serde(skip)]
    pub(crate) id: Option<Uuid>,
}

/// How many rows of each kind.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportCounts {
    /// Rows of the file.
    pub rows: u64,
    /// New people.
    pub create: u64,
    /// People with other fields.
    pub update: u64,
    /// People who are back.
    pub reactivate: u64,
    /// People whose employment ends.
    pub deactivate: u64,
    /// People in another department.
    #[serde(rename = "move")]
    pub moved: u64,
    /// People whom the source knows from now on.
    pub link: u64,
    /// Rows that change nothing.
    pub unchanged: u64,
    /// Rows of which somebody's edit is kept.
    pub kept_edit: u64,
    /// Rows of which it cannot be said whom they are about.
    pub conflict: u64,
    /// Rows that are wrong.
    pub rejected: u64,
    /// Rows with a manager whom nobody knows yet.
    pub pending: u64,
    /// People whom this whole file does not have.
    pub missing: u64,
}

impl ImportCounts {
    /// The counts by name, in the order in which they are shown.
    #[must_use]
    pub fn named(&self) -> [(&'static str, u64); 12] {
        [
            ("create", self.create),
            ("update", self.update),
            ("reactivate", self.reactivate),
            ("deactivate", self.deactivate),
            ("move", self.moved),
            ("link", self.link),
            ("unchanged", self.unchanged),
            ("kept_edit", self.kept_edit),
            ("conflict", self.conflict),
            ("rejected", self.rejected),
            ("pending", self.pending),
            ("missing", self.missing),
        ]
    }

    /// How many people are not as they were.
    #[must_use]
    pub fn changed(&self) -> u64 {
        self.create + self.update + self.reactivate + self.deactivate + self.moved + self.link
    }

    pub(super) fn add(&mut self, row: &PlannedRow) {
        *match row.effect {
            RowEffect::Create => &mut self.create,
            RowEffect::Reactivate => &mut self.reactivate,
            RowEffect::Deactivate => &mut self.deactivate,
            RowEffect::Move => &mut self.moved,
            RowEffect::Update => &mut self.update,
            RowEffect::Link => &mut self.link,
            RowEffect::Unchanged => &mut self.unchanged,
            RowEffect::Conflict => &mut self.conflict,
            RowEffect::Rejected => &mut self.rejected,
        } += 1;
        self.kept_edit += u64::from(!row.kept.is_empty());
        self.pending += u64::from(row.pending_manager.is_some());
    }
}

/// What an import would do.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportPlan {
    /// The source.
    pub source: String,
    /// The file.
    pub file: String,
    /// Whether it holds everybody of the source.
    pub mode: Mode,
    /// How many rows of each kind.
    pub counts: ImportCounts,
    /// What becomes of each row, but for those that change nothing.
    pub rows: Vec<PlannedRow>,
    /// Departments, locations and job roles that are made.
    pub new_units: Vec<String>,
    /// What rules do about it: how many assignments are made, cancelled, parked.
    pub consequences: BTreeMap<String, i64>,
    /// What stops it.
    pub guards: Vec<GuardFinding>,
    /// What somebody should know.
    pub warnings: Vec<String>,
    /// What [`crate::Imports::apply_people`] compares.
    pub fingerprint: String,
}

impl ImportPlan {
    /// Whether it changes anything.
    #[must_use]
    pub fn changes_something(&self) -> bool {
        self.counts.changed() > 0 || !self.new_units.is_empty()
    }

    /// Whose effect it is, and which.
    pub(crate) fn effects(&self) -> Vec<(String, String)> {
        let of_row = |row: &PlannedRow| {
            let whose = match row.row {
                Some(number) => format!("row {number} ({})", row.name),
                None => format!("{} (missing)", row.name),
            };
            let PlannedRow { effect, changed, kept, pending_manager, problems, .. } = row;
            let kept: Vec<(&str, Option<&str>)> =
                kept.iter().map(|kept| (kept.field.as_str(), kept.delivered.as_deref())).collect();
            let problems: Vec<&str> =
                problems.iter().map(|problem| problem.code.as_str()).collect();
            (whose, format!("{effect} {changed:?} {kept:?} {pending_manager:?} {problems:?}"))
        };
        let units = self.new_units.iter().map(|unit| (unit.clone(), "made".to_owned()));
        let rules = self.consequences.iter();
        let rules = rules.map(|(what, n)| (format!("assignments {what}"), n.to_string()));
        self.rows.iter().map(of_row).chain(units).chain(rules).collect()
    }
}

/// What an import did.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportOutcome {
    /// The run, by which it is shown and taken back.
    pub run: ImportRunId,
    /// What it is in the audit log; nothing where all was so already.
    pub operation: Option<OperationId>,
    /// What it did.
    #[serde(flatten)]
    pub plan: ImportPlan,
}
