//! What was believed of people and units before an operation, right after it, and what is now.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::super::sql::{IdentityRow, UnitRow, parse_attributes};
use super::super::timeline::Period;
use super::super::types::{Employment, Leave};
use super::merge::{Fact, Fields, Versions};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Assembly, IdList, Tx, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;
use crate::operations::{ChangedSubject, LaterChange, TakenBack};

/// A fact with the time for which it was believed.
#[derive(Debug)]
pub(super) struct Believed<F> {
    pub(super) recorded_at: Timestamp,
    pub(super) retracted_at: Option<Timestamp>,
    pub(super) fact: F,
}

/// Everything that was ever believed of a record, oldest first in its own order.
pub(super) struct Ever<F>(pub(super) Vec<Believed<F>>);

/// What the operation said of a record, and what later ones did.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) before: Map<String, Json>,
    pub(super) after: Map<String, Json>,
    pub(super) later: Vec<Later>,
}

/// A later operation on the same record, with the fields that it named.
#[derive(Debug)]
pub(super) struct Later {
    pub(super) change: LaterChange,
    pub(super) fields: Vec<String>,
}

pub(super) struct PersonHistory {
    pub(super) identity: IdentityRow,
    pub(super) employments: Ever<Employment>,
    pub(super) leaves: Ever<Leave>,
    pub(super) placements: Ever<Period<Fields>>,
    pub(super) told: Told,
}

pub(super) struct UnitHistory {
    pub(super) row: UnitRow,
    pub(super) periods: Ever<Period<Fields>>,
    pub(super) told: Told,
}

impl<F> Default for Ever<F> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<F: Clone> Ever<F> {
    /// What was believed right before the instant, right after it, and what is now.
    pub(super) fn versions(&self, instant: Timestamp) -> [Vec<F>; 3] {
        let of = |believed: &dyn Fn(&Believed<F>) -> bool| -> Vec<F> {
            self.0.iter().filter(|row| believed(row)).map(|row| row.fact.clone()).collect()
        };
        [
            of(&|row| row.recorded_at < instant && row.retracted_at.is_none_or(|at| at >= instant)),
            of(&|row| row.recorded_at <= instant && row.retracted_at.is_none_or(|at| at > instant)),
            of(&|row| row.retracted_at.is_none()),
        ]
    }
}

impl Ever<Period<Fields>> {
    pub(super) fn timelines(&self, instant: Timestamp) -> Versions {
        let [before, after, now] = self.versions(instant);
        Versions { before, after, now }
    }

    /// When a field got the value that it has now on a day.
    pub(super) fn changed_at(&self, field: &str, day: Day) -> Option<Timestamp> {
        let mut rows: Vec<_> = self.0.iter().filter(|row| row.fact.covers(day)).collect();
        rows.sort_by_key(|row| row.recorded_at);
        let value = |row: &Believed<Period<Fields>>| row.fact.fields.get(field).cloned();
        if rows.last().is_some_and(|last| last.retracted_at.is_some()) {
            // It is not there any more on that day.
            return rows.last().and_then(|last| last.retracted_at);
        }
        let now = rows.last().map(|row| value(row));
        let same = rows.iter().rev().take_while(|row| Some(value(row)) == now);
        same.last().map(|row| row.recorded_at)
    }
}

impl Told {
    /// The latest operation that did this: the one of the instant, or else the last that named the
    /// field, or else the last of all.
    pub(super) fn blame(&self, at: Option<Timestamp>, field: &str) -> Option<LaterChange> {
        let by_instant = self.later.iter().find(|later| Some(later.change.recorded_at) == at);
        let by_field =
            || self.later.iter().rev().find(|later| later.fields.iter().any(|name| name == field));
        let found = by_instant.or_else(by_field).or(self.later.last());
        found.map(|later| later.change.clone())
    }
}

row! {
    struct LaterRow {
        subject: Option<Uuid>,
        seq: i64,
        kind: String,
        actor: String,
        recorded_at: Timestamp,
        after: Option<String>,
    }
}

/// What the operation and later ones said of these subjects.
pub(super) async fn told(
    tx: &mut Tx,
    operation: &TakenBack,
    subjects: &IdList,
) -> Result<HashMap<Uuid, Told>> {
    let mut told: HashMap<Uuid, Told> = HashMap::new();
    for ChangedSubject { subject_id, before, after, .. } in &operation.changes {
        if let Some(id) = subject_id {
            let of = told.entry(*id).or_default();
            of.before.extend(before.clone());
            of.after.extend(after.clone());
        }
    }
    let rows: Vec<LaterRow> = Assembly::new(
        "SELECT s.subject_id, c.seq, o.kind, o.actor, o.recorded_at, s.value_after
         FROM operation_changes s
         JOIN operations o ON o.id = s.operation_id
         JOIN audit_chain c ON c.operation_id = o.id
         WHERE s.subject_id IN (ids?)",
    )
    .bind_ids(subjects)
    .push("AND o.recorded_at > ? ORDER BY c.seq")
    .bind(operation.recorded_at)
    .on(tx)
    .all()
    .await?;
    for row in rows {
        let LaterRow { subject: Some(subject), seq, kind, actor, recorded_at, after } = row else {
            continue;
        };
        // What was erased names no fields any more.
        let after = after.and_then(|text| serde_json::from_str::<Map<String, Json>>(&text).ok());
        let fields = after.map(|after| after.keys().cloned().collect()).unwrap_or_default();
        let change = LaterChange { seq, kind, actor, recorded_at };
        told.entry(subject).or_default().later.push(Later { change, fields });
    }
    Ok(told)
}

row! {
    struct EmploymentRow {
        person_id: Uuid,
        hired_on: Day,
        terminated_on: Option<Day>,
        reason: Option<String>,
        recorded_at: Timestamp,
        retracted_at: Option<Timestamp>,
    }
}

row! {
    struct LeaveRow {
        person_id: Uuid,
        from_on: Day,
        until_on: Option<Day>,
        reason: Option<String>,
        recorded_at: Timestamp,
        retracted_at: Option<Timestamp>,
    }
}

row! {
    struct PlacementRow {
        person_id: Uuid,
        valid_from: Day,
        valid_until: Option<Day>,
        department_id: Option<Uuid>,
        location_id: Option<Uuid>,
        job_role_id: Option<Uuid>,
        manager_id: Option<Uuid>,
        country: Option<String>,
        job_title: Option<String>,
        employment_type: Option<String>,
        attributes: String,
        recorded_at: Timestamp,
        retracted_at: Option<Timestamp>,
    }
}

/// Loads people with all that was ever believed of them, in five statements however many they are.
pub(super) async fn people(
    tx: &mut Tx,
    operation: &TakenBack,
    identities: &BTreeMap<Uuid, IdentityRow>,
) -> Result<BTreeMap<Uuid, PersonHistory>> {
    let ids = IdList::new(identities.keys().copied());
    let mut told = told(tx, operation, &ids).await?;
    let mut people: BTreeMap<Uuid, PersonHistory> = identities
        .iter()
        .map(|(id, identity)| {
            let history = PersonHistory {
                identity: identity.clone(),
                employments: Ever::default(),
                leaves: Ever::default(),
                placements: Ever::default(),
                told: told.remove(id).unwrap_or_default(),
            };
            (*id, history)
        })
        .collect();
    let employments: Vec<EmploymentRow> = Assembly::new(
        "SELECT person_id, hired_on, terminated_on, reason, recorded_at, retracted_at
         FROM employments WHERE person_id IN (ids?) ORDER BY person_id, hired_on, recorded_at",
    )
    .bind_ids(&ids)
    .on(tx)
    .all()
    .await?;
    for row in employments {
        let EmploymentRow { hired_on, terminated_on, reason, recorded_at, retracted_at, .. } = row;
        let fact = Employment { hired_on, terminated_on, reason };
        if let Some(person) = people.get_mut(&row.person_id) {
            person.employments.0.push(Believed { recorded_at, retracted_at, fact });
        }
    }
    let leaves: Vec<LeaveRow> = Assembly::new(
        "SELECT person_id, from_on, until_on, reason, recorded_at, retracted_at
         FROM leaves WHERE person_id IN (ids?) ORDER BY person_id, from_on, recorded_at",
    )
    .bind_ids(&ids)
    .on(tx)
    .all()
    .await?;
    for row in leaves {
        let LeaveRow { from_on, until_on, reason, recorded_at, retracted_at, .. } = row;
        let fact = Leave { from_on, until_on, reason };
        if let Some(person) = people.get_mut(&row.person_id) {
            person.leaves.0.push(Believed { recorded_at, retracted_at, fact });
        }
    }
    let placements: Vec<PlacementRow> = Assembly::new(
        "SELECT person_id, valid_from, valid_until, department_id, location_id, job_role_id,
                manager_id, country, job_title, employment_type, attributes,
                recorded_at, retracted_at
         FROM placements WHERE person_id IN (ids?) ORDER BY person_id, valid_from, recorded_at",
    )
    .bind_ids(&ids)
    .on(tx)
    .all()
    .await?;
    for row in placements {
        let (recorded_at, retracted_at) = (row.recorded_at, row.retracted_at);
        if let Some(person) = people.get_mut(&row.person_id) {
            let fact = row.try_into()?;
            person.placements.0.push(Believed { recorded_at, retracted_at, fact });
        }
    }
    Ok(people)
}

impl TryFrom<PlacementRow> for Period<Fields> {
    type Error = Error;

    fn try_from(row: PlacementRow) -> Result<Self> {
        let id = |id: Option<Uuid>| id.map(Fact::Id);
        let set = [
            ("department", id(row.department_id)),
            ("location", id(row.location_id)),
            ("job_role", id(row.job_role_id)),
            ("manager", id(row.manager_id)),
            ("country", row.country.map(Fact::Text)),
            ("job_title", row.job_title.map(Fact::Text)),
            ("employment_type", row.employment_type.map(Fact::Text)),
        ];
        let set = set.into_iter().filter_map(|(name, fact)| Some((name.to_owned(), fact?)));
        let mut fields: Fields = set.collect();
        let attributes = parse_attributes(&row.attributes)?;
        fields.extend(
            attributes
                .into_iter()
                .map(|(key, value)| (format!("{ATTRIBUTE}{key}"), Fact::Text(value))),
        );
        Ok(Self { from: row.valid_from, until: row.valid_until, fields })
    }
}

/// Free attributes are fields of this prefix.
pub(super) const ATTRIBUTE: &str = "attribute.";
/// The field of a unit that says whether it is there.
pub(super) const OPEN: &str = "open";

row! {
    struct PeriodRow {
        unit_id: Uuid,
        valid_from: Day,
        valid_until: Option<Day>,
        parent_id: Option<Uuid>,
        head_id: Option<Uuid>,
        deputy_id: Option<Uuid>,
        recorded_at: Timestamp,
        retracted_at: Option<Timestamp>,
    }
}

/// Loads units with all that was ever believed of them.
pub(super) async fn units(
    tx: &mut Tx,
    operation: &TakenBack,
    rows: Vec<UnitRow>,
) -> Result<BTreeMap<Uuid, UnitHistory>> {
    let ids = IdList::new(rows.iter().map(|row| row.id));
    let mut told = told(tx, operation, &ids).await?;
    let mut units: BTreeMap<Uuid, UnitHistory> = rows
        .into_iter()
        .map(|row| {
            let told = told.remove(&row.id).unwrap_or_default();
            (row.id, UnitHistory { row, periods: Ever::default(), told })
        })
        .collect();
    let periods: Vec<PeriodRow> = Assembly::new(
        "SELECT unit_id, valid_from, valid_until, parent_id, head_id, deputy_id,
                recorded_at, retracted_at
         FROM unit_periods WHERE unit_id IN (ids?) ORDER BY unit_id, valid_from, recorded_at",
    )
    .bind_ids(&ids)
    .on(tx)
    .all()
    .await?;
    for row in periods {
        let set = [
            (OPEN, Some(Fact::There)),
            ("parent", row.parent_id.map(Fact::Id)),
            ("head", row.head_id.map(Fact::Id)),
            ("deputy", row.deputy_id.map(Fact::Id)),
        ];
        let set = set.into_iter().filter_map(|(name, fact)| Some((name.to_owned(), fact?)));
        let fact = Period { from: row.valid_from, until: row.valid_until, fields: set.collect() };
        let (recorded_at, retracted_at) = (row.recorded_at, row.retracted_at);
        if let Some(unit) = units.get_mut(&row.unit_id) {
            unit.periods.0.push(Believed { recorded_at, retracted_at, fact });
        }
    }
    Ok(units)
}
