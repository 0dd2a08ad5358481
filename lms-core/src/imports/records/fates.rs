//! What becomes of each row of a file of records.

use uuid::Uuid;

use crate::imports::plan::{PlannedRow, RowEffect, RowProblem};
use crate::imports::row::FileRow;
use crate::kernel::error::Error;
use crate::operations::FieldChange;
use crate::people::PersonId;

/// Fields that say whom a row is about, as it is called in lists.
const WHO: [&str; 5] = ["person", "email", "employee_number", "username", "source_key"];

/// Why a row does not land.
#[derive(Debug)]
pub(super) struct Aside {
    pub(super) effect: RowEffect,
    pub(super) errors: Vec<Error>,
}

impl Aside {
    pub(super) fn rejected(error: Error) -> Self {
        Self { effect: RowEffect::Rejected, errors: error.into_parts() }
    }

    pub(super) fn conflict(error: Error) -> Self {
        Self { effect: RowEffect::Conflict, errors: vec![error] }
    }

    /// Everything that is wrong with a row; where it cannot be said whom it is about, that is what it is.
    pub(super) fn join(self, other: Self) -> Self {
        let mut errors = self.errors;
        errors.extend(other.errors);
        Self { effect: self.effect.min(other.effect), errors }
    }
}

/// The rows of a file with what becomes of each.
#[derive(Debug)]
pub(super) struct Fates<'a> {
    rows: &'a [FileRow],
    of: Vec<Option<PlannedRow>>,
}

/// Whom or what a row is about, once that is known.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) person: Uuid,
    /// How it is called in lists.
    pub(super) name: String,
}

impl<'a> Fates<'a> {
    pub(super) fn of(rows: &'a [FileRow]) -> Self {
        Self { rows, of: rows.iter().map(|_| None).collect() }
    }

    /// It says something new.
    pub(super) fn landed(&mut self, at: usize, known: &Known, effect: RowEffect) {
        self.put(at, Some(known), effect, Vec::new());
    }

    /// It was so already, or there is nothing to do; perhaps something that should be known.
    pub(super) fn unchanged(&mut self, at: usize, known: &Known, why: Option<Error>) {
        self.put(at, Some(known), RowEffect::Unchanged, why.into_iter().collect());
    }

    /// Somebody has to look at it.
    pub(super) fn aside(&mut self, at: usize, known: Option<&Known>, aside: Aside) {
        self.put(at, known, aside.effect, aside.errors);
    }

    fn put(&mut self, at: usize, known: Option<&Known>, effect: RowEffect, errors: Vec<Error>) {
        let row = &self.rows[at];
        let changed = if effect == RowEffect::Create { said(row) } else { Vec::new() };
        self.of[at] = Some(PlannedRow {
            row: Some(row.number),
            person: known.map(|known| PersonId::new(known.person)),
            name: known.map_or_else(|| label(row), |known| known.name.clone()),
            effect,
            changed,
            assumed: Vec::new(),
            kept: Vec::new(),
            pending_manager: None,
            problems: errors.iter().map(|error| RowProblem::of(error, row)).collect(),
            id: known.map(|known| known.person),
        });
    }

    /// A row about a thing, under its name.
    pub(super) fn thing(
        &mut self,
        at: usize,
        name: String,
        effect: RowEffect,
        changed: Vec<FieldChange>,
        errors: Vec<Error>,
    ) {
        let row = &self.rows[at];
        self.of[at] = Some(PlannedRow {
            row: Some(row.number),
            person: None,
            name,
            effect,
            changed,
            assumed: Vec::new(),
            kept: Vec::new(),
            pending_manager: None,
            problems: errors.iter().map(|error| RowProblem::of(error, row)).collect(),
            id: None,
        });
    }

    pub(super) fn into_rows(self) -> impl Iterator<Item = PlannedRow> {
        self.of.into_iter().flatten()
    }
}

/// What a row says beside whom and what it is about.
fn said(row: &FileRow) -> Vec<FieldChange> {
    let values = row.values.iter().filter(|(field, _)| {
        !WHO.contains(&field.as_str()) && !["training", "training_title"].contains(&field.as_str())
    });
    values
        .filter(|(_, value)| value.is_some())
        .map(|(field, value)| FieldChange {
            field: field.clone(),
            before: None,
            after: value.clone(),
        })
        .collect()
}

/// What a row calls whom and what it is about.
pub(super) fn label(row: &FileRow) -> String {
    let who = WHO.iter().find_map(|field| row.text(field));
    let what = ["training", "code", "name"].iter().find_map(|field| row.text(field));
    let parts: Vec<&str> = [who, what].into_iter().flatten().collect();
    parts.join(", ")
}
