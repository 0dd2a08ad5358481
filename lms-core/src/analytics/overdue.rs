//! What is overdue, by whose it is: the counts of the list of what is overdue.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use super::READ;
use super::groups::called;
use super::types::{GroupBy, OverdueFigures, OverdueQuery, OverdueReport, OverdueRow};
use crate::assignments::AssignmentFilter;
use crate::assignments::engine::{Status, days_between};
use crate::assignments::list::asked;
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::row;
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::people::{self, Place};
use crate::settings;

row! {
    struct OfPersonRow {
        person_id: Uuid,
        training_id: Uuid,
        mandatory: i64,
        overdue_on: Day,
    }
}

/// A sum in the making.
#[derive(Debug, Default)]
pub(super) struct Sum {
    assignments: i64,
    mandatory: i64,
    people: BTreeSet<Uuid>,
    since: Option<Day>,
}

impl Sum {
    pub(super) fn add(&mut self, person: Uuid, is_mandatory: bool, overdue_on: Day) {
        self.assignments += 1;
        self.mandatory += i64::from(is_mandatory);
        self.people.insert(person);
        self.since = Some(self.since.map_or(overdue_on, |since| since.min(overdue_on)));
    }

    fn add_row(&mut self, row: &OfPersonRow) {
        self.add(row.person_id, row.mandatory > 0, row.overdue_on);
    }

    pub(super) fn figures(&self, day: Day) -> OverdueFigures {
        OverdueFigures {
            assignments: self.assignments,
            mandatory: self.mandatory,
            people: i64::try_from(self.people.len()).unwrap_or(i64::MAX),
            since: self.since,
            longest_days: self.since.map(|since| days_overdue(since, day)),
        }
    }
}

/// For how many days something is overdue, the first one included.
pub(super) fn days_overdue(since: Day, day: Day) -> i32 {
    days_between(since, day) + 1
}

pub(super) async fn overdue(
    core: &Core,
    actor: &Actor,
    query: &OverdueQuery,
) -> Result<OverdueReport> {
    let mut tx = core.db().begin_read().await?;
    let day = match query.as_of {
        Some(day) => day,
        None => settings::today(&mut tx, core.now()).await?,
    };
    let mut filter = AssignmentFilter::new().status(Status::Overdue).as_of(query.as_of);
    if let Some(audience) = &query.audience {
        filter = filter.audience(audience.clone());
    }
    filter = query.trainings.iter().fold(filter, |filter, one| filter.training(one));
    // A row for each: who is overdue is few, or there is more to worry about than memory.
    let select = "SELECT b.person_id, b.training_id,
                         CAST(CASE WHEN b.kind = 'mandatory' THEN 1 ELSE 0 END AS BIGINT), b.overdue_on";
    let rows: Vec<OfPersonRow> =
        asked(&mut tx, core, actor, READ, &filter, select).await?.on(&mut tx).all().await?;
    let mut total = Sum::default();
    for row in &rows {
        total.add_row(row);
    }
    let place = match query.by {
        None | Some(GroupBy::Training) => None,
        Some(GroupBy::Department) => Some(Place::Department),
        Some(GroupBy::Manager) => Some(Place::Manager),
        Some(GroupBy::Location) => Some(Place::Location),
        Some(GroupBy::JobRole) => Some(Place::JobRole),
    };
    let places = match place {
        Some(place) => people::places_of(&mut tx, place, day, total.people.iter().copied()).await?,
        None => HashMap::new(),
    };
    let mut sums: HashMap<Option<Uuid>, Sum> = HashMap::new();
    if let Some(by) = query.by {
        for row in &rows {
            let group = match by {
                GroupBy::Training => Some(row.training_id),
                _ => places.get(&row.person_id).copied(),
            };
            sums.entry(group).or_default().add_row(row);
        }
    }
    let mut told = Vec::with_capacity(sums.len());
    if let Some(by) = query.by {
        let names = called(&mut tx, by, sums.keys().flatten().copied()).await?;
        for (id, sum) in &sums {
            let (code, name) = match id {
                Some(id) => names.get(id).cloned().unwrap_or_else(|| (None, id.to_string())),
                None => (None, format!("without a {}", by.noun())),
            };
            told.push(OverdueRow { id: *id, code, name, figures: sum.figures(day) });
        }
    }
    told.sort_by_cached_key(|row| (-row.figures.assignments, row.name.to_lowercase(), row.id));
    Ok(OverdueReport { as_of: day, by: query.by, total: total.figures(day), rows: told })
}
