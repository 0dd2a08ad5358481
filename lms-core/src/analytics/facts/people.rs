//! People, trainings and units: what rows of facts refer to, and a list of its own.

use std::collections::HashMap;

use uuid::Uuid;

use super::{FactsOrigin, FactsQuery, Reading, Whom};
use crate::catalog::TrainingId;
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, Tx, row};
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::people::{
    Described, PersonId, PersonStatus, READ, UnitId, UnitKind, Units, units_listed,
};

/// People in the order of their names, as they are on the day.
#[non_exhaustive]
#[derive(Debug, Clone, Default)]
pub struct PeopleColumns {
    /// The person.
    pub id: Vec<PersonId>,
    /// What they are called.
    pub name: Vec<String>,
    /// The number that they have with the employer.
    pub employee_number: Vec<Option<String>>,
    /// Whether they are there.
    pub status: Vec<PersonStatus>,
    /// When they were hired.
    pub hired_on: Vec<Option<Day>>,
    /// The place of their department among the units.
    pub department: Vec<Option<u32>>,
    /// The place of their location among the units.
    pub location: Vec<Option<u32>>,
    /// The place of their job role among the units.
    pub job_role: Vec<Option<u32>>,
    /// To whom they report.
    pub manager: Vec<Option<PersonId>>,
    /// What that person is called.
    pub manager_name: Vec<Option<String>>,
}

/// Trainings in the order of their codes.
#[non_exhaustive]
#[derive(Debug, Clone, Default)]
pub struct TrainingColumns {
    /// The training.
    pub id: Vec<TrainingId>,
    /// Its code.
    pub code: Vec<String>,
    /// What it is called.
    pub title: Vec<String>,
}

/// Departments as a tree, each before those below it; then locations and job roles by code.
#[non_exhaustive]
#[derive(Debug, Clone, Default)]
pub struct UnitColumns {
    /// The unit.
    pub id: Vec<UnitId>,
    /// What it is.
    pub kind: Vec<UnitKind>,
    /// Its code.
    pub code: Vec<String>,
    /// What it is called.
    pub name: Vec<String>,
    /// How many departments are above it.
    pub depth: Vec<u32>,
}

/// People, and where they are.
#[non_exhaustive]
#[derive(Debug, Clone)]
pub struct PeopleFacts {
    /// Which state of the data.
    pub origin: FactsOrigin,
    /// The people.
    pub people: PeopleColumns,
    /// Where they can be.
    pub units: UnitColumns,
    /// Their addresses.
    pub email: Vec<Option<String>>,
    /// What they do, in words.
    pub job_title: Vec<Option<String>>,
    /// The country in which they work.
    pub country: Vec<Option<String>>,
    /// How they are employed.
    pub employment_type: Vec<Option<String>>,
}

row! {
    struct TrainingRow {
        id: Uuid,
        code: String,
        title: String,
    }
}

impl PeopleColumns {
    pub(super) fn of(described: &[Described], units: &UnitColumns) -> Result<Self> {
        let places: HashMap<Uuid, u32> = super::places(units.id.iter().map(|id| id.uuid()));
        let place = |unit: Option<Uuid>| unit.and_then(|id| places.get(&id).copied());
        let mut columns = Self::default();
        for one in described {
            columns.id.push(PersonId::new(one.person));
            columns.name.push(one.name.clone());
            columns.employee_number.push(one.employee_number.clone());
            columns.status.push(one.status()?);
            columns.hired_on.push(one.hired_on);
            columns.department.push(place(one.department));
            columns.location.push(place(one.location));
            columns.job_role.push(place(one.job_role));
            columns.manager.push(one.manager.map(PersonId::new));
            columns.manager_name.push(one.manager_name.clone());
        }
        Ok(columns)
    }

    /// How many people there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.id.len()
    }

    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.id.is_empty()
    }
}

impl TrainingColumns {
    /// Also those that were taken away: somebody did them.
    pub(super) async fn load(tx: &mut Tx) -> Result<Self> {
        let rows: Vec<TrainingRow> =
            Assembly::new("SELECT id, code, title FROM trainings ORDER BY code_key, id")
                .on(tx)
                .all()
                .await?;
        let mut columns = Self::default();
        for row in rows {
            columns.id.push(TrainingId::new(row.id));
            columns.code.push(row.code);
            columns.title.push(row.title);
        }
        Ok(columns)
    }
}

impl UnitColumns {
    /// Also those that are closed: somebody may still be in them.
    pub(super) fn of(units: &Units, day: Day) -> Result<Self> {
        let mut columns = Self::default();
        for kind in [UnitKind::Department, UnitKind::Location, UnitKind::JobRole] {
            for unit in units_listed(units, kind, day, true)? {
                let above = match kind {
                    UnitKind::Department => units.way_up(unit.id.uuid(), day).len() - 1,
                    _ => 0,
                };
                columns.id.push(unit.id);
                columns.kind.push(kind);
                columns.code.push(unit.code);
                columns.name.push(unit.name);
                columns.depth.push(u32::try_from(above).unwrap_or(u32::MAX));
            }
        }
        Ok(columns)
    }
}

pub(in crate::analytics) async fn people(
    core: &Core,
    actor: &Actor,
    query: &FactsQuery,
) -> Result<PeopleFacts> {
    let mut reading = Reading::begin(core, actor, READ, query).await?;
    let day = reading.moment.day;
    let described = reading.described(Whom::Named, day).await?;
    let units = reading.units().await?;
    let people = PeopleColumns::of(&described, &units)?;
    Ok(PeopleFacts::of(reading.origin, described, people, units))
}

impl PeopleFacts {
    pub(super) fn of(
        origin: FactsOrigin,
        described: Vec<Described>,
        people: PeopleColumns,
        units: UnitColumns,
    ) -> Self {
        let mut facts = Self {
            origin,
            people,
            units,
            email: Vec::with_capacity(described.len()),
            job_title: Vec::with_capacity(described.len()),
            country: Vec::with_capacity(described.len()),
            employment_type: Vec::with_capacity(described.len()),
        };
        for one in described {
            facts.email.push(one.email);
            facts.job_title.push(one.job_title);
            facts.country.push(one.country);
            facts.employment_type.push(one.employment_type);
        }
        facts
    }
}
