//! Who leads departments: many of them at once, since a day.

use std::collections::BTreeMap;

use serde_json::json;
use uuid::Uuid;

use super::directory::find;
use super::names::{Called, find_all};
use super::reach::Reach;
use super::sql;
use super::timeline::{Period, change_from};
use super::unit_changes::{difference, period_values};
use super::units::{UnitFields, UnitKind, Units};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::bulk;
use crate::kernel::db::schema::UNIT_PERIODS;
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;
use crate::operations::{Operation, OperationId, Write};
use crate::settings;

/// Units that one event names at most.
const EVENT_UNITS_MAX: usize = 1_000;

/// Who leads a department from a day on.
#[derive(Debug, Clone)]
pub struct Appointment {
    department: String,
    head: Option<String>,
    deputy: Option<String>,
    from: Option<Day>,
}

impl Appointment {
    /// To this department, by code or name.
    #[must_use]
    pub fn new(department: &str) -> Self {
        Self { department: department.to_owned(), head: None, deputy: None, from: None }
    }

    /// Who leads it; as before, unless said.
    #[must_use]
    pub fn head(mut self, person: &str) -> Self {
        self.head = Some(person.to_owned());
        self
    }

    /// Who leads it while the head is away; as before, unless said.
    #[must_use]
    pub fn deputy(mut self, person: &str) -> Self {
        self.deputy = Some(person.to_owned());
        self
    }

    /// From this day on; today, unless said.
    #[must_use]
    pub fn from(mut self, day: Day) -> Self {
        self.from = Some(day);
        self
    }
}

pub(super) async fn appoint(
    core: &Core,
    actor: &Actor,
    appointments: Vec<Appointment>,
) -> Result<Option<OperationId>> {
    let mut write = Write::begin(core, actor).await?;
    let operation = appoint_in(&mut write, &appointments).await?;
    write.commit().await?;
    Ok(operation)
}

async fn appoint_in(
    write: &mut Write,
    appointments: &[Appointment],
) -> Result<Option<OperationId>> {
    let today = settings::today(&mut write.tx, write.ctx.now).await?;
    let units = Units::load(&mut write.tx).await?;
    let named: Vec<&str> = appointments
        .iter()
        .flat_map(|appointment| [&appointment.head, &appointment.deputy])
        .flatten()
        .map(String::as_str)
        .collect();
    let people = find_all(&mut write.tx, named).await?;

    let mut wanted: BTreeMap<Uuid, (Day, Vec<Period<UnitFields>>)> = BTreeMap::new();
    for (number, appointment) in (1..).zip(appointments) {
        let within = |error: Error| {
            error.within(&format!("appointment {number}, `{}`", appointment.department))
        };
        let from = appointment.from.unwrap_or(today);
        let department =
            units.find_open(UnitKind::Department, &appointment.department, from).map_err(within)?;
        let head = person(write, &people, appointment.head.as_deref()).await.map_err(within)?;
        let deputy = person(write, &people, appointment.deputy.as_deref()).await.map_err(within)?;
        let (since, periods) = wanted.entry(department).or_insert_with(|| {
            (from, units.periods(department).iter().map(|(_, period)| period.clone()).collect())
        });
        *since = from.min(*since);
        *periods = change_from(periods, from, |base, later| {
            let mut fields = later.clone();
            for (to, base, field) in
                [(head, base.head, &mut fields.head), (deputy, base.deputy, &mut fields.deputy)]
            {
                if to.is_some() && *field == base {
                    *field = to;
                }
            }
            fields
        });
    }
    save(write, &units, wanted).await
}

async fn person(write: &mut Write, people: &Called, text: Option<&str>) -> Result<Option<Uuid>> {
    let Some(text) = text else { return Ok(None) };
    match people.only(text) {
        Some(id) => Ok(Some(id)),
        None => find(&mut write.tx, &Reach::everybody(), text).await.map(|id| Some(id.uuid())),
    }
}

async fn save(
    write: &mut Write,
    units: &Units,
    wanted: BTreeMap<Uuid, (Day, Vec<Period<UnitFields>>)>,
) -> Result<Option<OperationId>> {
    let now = write.ctx.now;
    let (mut retracted, mut rows, mut touched) = (Vec::new(), Vec::new(), Vec::new());
    let mut operation = Operation::new("unit.changed");
    for (id, (from, periods)) in wanted {
        let stored = units.periods(id);
        let (gone, new) = difference(write, stored, periods);
        if gone.is_empty() && new.is_empty() {
            continue;
        }
        let told = |fields: Option<&UnitFields>, day: Option<Day>| {
            json!({
                "head": fields.and_then(|fields| fields.head),
                "deputy": fields.and_then(|fields| fields.deputy),
                "from": day,
            })
        };
        let on = |period: &&Period<UnitFields>| period.covers(from);
        let before = stored.iter().map(|(_, period)| period).find(on);
        let after = new.iter().map(|(_, period)| period).find(on);
        operation = operation.change(
            "unit",
            Some(id),
            Some(&told(before.map(|period| &period.fields), None)),
            Some(&told(after.or(before).map(|period| &period.fields), Some(from))),
        );
        retracted.extend(gone);
        rows.extend(
            new.iter().map(|(period_id, period)| period_values(*period_id, id, period, now)),
        );
        touched.push(id);
    }
    if touched.is_empty() {
        return Ok(None);
    }
    sql::retract_unit_periods(&mut write.tx, &retracted, now).await?;
    bulk::insert(&mut write.tx, &UNIT_PERIODS, rows).await?;
    operation = operation.count("changed", i64::try_from(touched.len()).unwrap_or(i64::MAX));
    for chunk in touched.chunks(EVENT_UNITS_MAX) {
        let subject = (chunk.len() == 1).then(|| chunk[0].to_string());
        operation = operation.event("unit.changed", subject, json!({ "unit_ids": chunk }));
    }
    Ok(Some(write.record(operation)))
}
