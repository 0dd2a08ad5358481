//! How many people the departments have.

use std::collections::HashMap;

use serde::Serialize;
use uuid::Uuid;

use super::PersonId;
use super::sql::parse_status;
use super::types::PersonStatus;
use super::units::{self, Unit, UnitKind, Units};
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, IdList, row, statements};
use crate::kernel::error::Result;
use crate::kernel::text::Day;

statements! {
    /// Everybody is counted: it reads what holds on the day, whole.
    COUNT_BY_DEPARTMENT = "SELECT department_id, status, COUNT(*) FROM placements
                           WHERE retracted_at IS NULL AND department_id IS NOT NULL
                             AND valid_from <= $1 AND (valid_until > $1 OR valid_until IS NULL)
                           GROUP BY department_id, status";
}

/// A department with the number of its people who are active or on leave.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Headcount {
    /// The code of the department.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The code of the department above.
    pub parent: Option<String>,
    /// How many departments are above it.
    pub depth: usize,
    /// The name of who leads it.
    pub head_name: Option<String>,
    /// Its people, with those of the departments below.
    pub people: i64,
    /// Its own people.
    pub own_people: i64,
}

row! {
    struct CountRow {
        department_id: Uuid,
        status: String,
        count: i64,
    }
}

row! {
    struct NameRow {
        id: Uuid,
        name: String,
    }
}

/// The departments of a day as a tree, each before those below it.
pub(super) async fn headcounts(core: &Core, day: Day) -> Result<Vec<Headcount>> {
    let mut tx = core.db().begin_read().await?;
    let units = Units::load(&mut tx).await?;
    let listed = units::listed(&units, UnitKind::Department, day, false)?;
    let rows: Vec<CountRow> = tx.sql(&COUNT_BY_DEPARTMENT).bind(day).all().await?;
    let mut own: HashMap<Uuid, i64> = HashMap::new();
    let mut all: HashMap<Uuid, i64> = HashMap::new();
    for row in rows {
        if matches!(parse_status(&row.status)?, PersonStatus::Active | PersonStatus::OnLeave) {
            *own.entry(row.department_id).or_default() += row.count;
            for id in units.way_up(row.department_id, day) {
                *all.entry(id).or_default() += row.count;
            }
        }
    }
    let heads = listed.iter().filter_map(|unit| unit.head).map(PersonId::uuid);
    let names: Vec<NameRow> = Assembly::new(
        "SELECT id, COALESCE(preferred_name, first_name) || ' ' || last_name
         FROM persons WHERE id IN (ids?)",
    )
    .bind_ids(&IdList::new(heads))
    .on(&mut tx)
    .all()
    .await?;
    let names: HashMap<Uuid, String> = names.into_iter().map(|row| (row.id, row.name)).collect();
    let headcount = |unit: Unit| {
        let id = unit.id.uuid();
        Headcount {
            depth: units.way_up(id, day).len() - 1,
            head_name: unit.head.and_then(|head| names.get(&head.uuid()).cloned()),
            people: all.get(&id).copied().unwrap_or_default(),
            own_people: own.get(&id).copied().unwrap_or_default(),
            code: unit.code,
            name: unit.name,
            parent: unit.parent,
        }
    };
    Ok(listed.into_iter().map(headcount).collect())
}
