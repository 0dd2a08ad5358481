//! What an import would do or did, whatever is imported: a row of the file each, with what becomes of it.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::people::GuardFinding;
use super::reading::{Format, Kind, Layout, RowError};
use super::row::FileRow;
use super::{ImportRunId, Mode};
use crate::kernel::error::{Error, Result};
use crate::operations::{FieldChange, OperationId, refuse_other};
use crate::people::{KeptField, PersonId};

/// A row that could not be read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RejectedRow {
    pub(crate) known_by: FileRow,
    pub(crate) problems: Vec<RowProblem>,
}

/// In which column of a file each field stands, by its letters.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Columns(BTreeMap<String, String>);

impl Columns {
    pub(crate) fn of_file(layout: &Layout) -> Self {
        // A place in a record has a path, and no letters.
        let is_file = layout.format != Format::Feed;
        let named = layout.columns.iter().filter(|_| is_file);
        let named = named.filter_map(|column| Some((column.field.as_ref()?.name(), column)));
        Self(named.map(|(field, column)| (field, column.column.clone())).collect())
    }

    /// Whoever somebody reports to may be told in one of several ways.
    fn of(&self, field: &str) -> Option<String> {
        let Self(columns) = self;
        let in_other_words = || {
            let ways = columns.iter().filter(|(name, _)| name.starts_with("manager_"));
            ways.map(|(_, column)| column).next().filter(|_| field == "manager")
        };
        columns.get(field).or_else(in_other_words).cloned()
    }
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
    pub(crate) fn of(error: &Error, row: &FileRow) -> Self {
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

impl From<&RowError> for RowProblem {
    fn from(error: &RowError) -> Self {
        Self {
            field: error.field.clone(),
            column: error.column.clone(),
            value: error.value.clone(),
            code: error.code.to_owned(),
            message: error.message.clone(),
            hint: error.hint.clone(),
        }
    }
}

/// What becomes of a row.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowEffect {
    /// Somebody or something new.
    Create,
    /// Somebody is back.
    Reactivate,
    /// Somebody's employment ends.
    Deactivate,
    /// Somebody is in another department.
    Move,
    /// It says something else than before.
    Update,
    /// The source knows somebody who was there already; nothing else.
    Link,
    /// Nothing.
    Unchanged,
    /// It cannot be said whom or what it is about.
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
    /// Who it is about, where they are there already; nobody where it is about a thing.
    pub person: Option<PersonId>,
    /// Their name and what it is about, or what the row calls them.
    pub name: String,
    /// What becomes of it.
    pub effect: RowEffect,
    /// What changes, from what to what.
    pub changed: Vec<FieldChange>,
    /// Fields of which it says nothing, and that are taken to be so: `hired_on` is today, for one.
    pub assumed: Vec<String>,
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
    /// New people, or things.
    pub create: u64,
    /// Those that say something else.
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
    /// Rows of which it cannot be said whom or what they are about.
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

    /// How many are not as they were.
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
    /// What is imported.
    pub kind: Kind,
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
    /// What is made for it because the file names it: departments, trainings.
    pub new_units: Vec<String>,
    /// What rules do about it: how many assignments are made, cancelled, parked.
    pub consequences: BTreeMap<String, i64>,
    /// What stops it.
    pub guards: Vec<GuardFinding>,
    /// What somebody should know.
    pub warnings: Vec<String>,
    /// What [`crate::Imports::apply`] compares.
    pub fingerprint: String,
}

impl ImportPlan {
    /// Whether it changes anything.
    #[must_use]
    pub fn changes_something(&self) -> bool {
        self.counts.changed() > 0 || !self.new_units.is_empty()
    }

    /// The plan, if it is still the one with this fingerprint, which somebody looked at.
    pub fn still(self, fingerprint: Option<&str>) -> Result<Self> {
        refuse_other(fingerprint, &self.fingerprint)?;
        Ok(self)
    }

    /// Says of each problem in which column it stands, where the file has one for the field.
    pub(super) fn place(&mut self, columns: &Columns) {
        for row in self.rows.iter_mut().filter(|row| row.row.is_some()) {
            for problem in row.problems.iter_mut().filter(|problem| problem.column.is_none()) {
                problem.column = problem.field.as_deref().and_then(|field| columns.of(field));
            }
        }
    }

    /// Whose effect it is, and which.
    pub(crate) fn effects(&self) -> impl Iterator<Item = (String, String)> {
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
        self.rows.iter().map(of_row).chain(units).chain(rules)
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
