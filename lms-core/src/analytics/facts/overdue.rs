//! What is overdue, one by one: for how long, how far it went up, and when the person was last reminded.

use std::collections::HashMap;

use uuid::Uuid;

use super::{
    CHUNK, FactsOrigin, FactsQuery, PeopleColumns, Reading, TrainingColumns, UnitColumns, Whom,
};
use crate::analytics::overdue::{Sum, days_overdue};
use crate::analytics::types::OverdueFigures;
use crate::assignments::READ;
use crate::assignments::as_of::{Moment, each_standing};
use crate::assignments::engine::{Kind, Status};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, IdList, Tx, row};
use crate::kernel::error::Result;
use crate::kernel::text::Day;

/// For how long something is overdue.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OverdueAge {
    /// Up to 7 days.
    Week,
    /// 8 to 30 days.
    Month,
    /// 31 to 90 days.
    Quarter,
    /// More than 90 days.
    Longer,
}

impl OverdueAge {
    /// All of them, the shortest first.
    pub const ALL: [Self; 4] = [Self::Week, Self::Month, Self::Quarter, Self::Longer];

    /// By the number of days, the first one included.
    #[must_use]
    pub fn of(days: i32) -> Self {
        match days {
            ..=7 => Self::Week,
            8..=30 => Self::Month,
            31..=90 => Self::Quarter,
            _ => Self::Longer,
        }
    }

    /// The name in tables, files and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Week => "0-7",
            Self::Month => "8-30",
            Self::Quarter => "31-90",
            Self::Longer => "over_90",
        }
    }
}

/// What is overdue, of every kind. By person, then by training.
#[non_exhaustive]
#[derive(Debug, Clone, Default)]
pub struct OverdueColumns {
    /// The place of the person among the people.
    pub person: Vec<u32>,
    /// The place of the training among the trainings.
    pub training: Vec<u32>,
    /// Whether it must be done.
    pub kind: Vec<Kind>,
    /// Since when it stands.
    pub assigned_on: Vec<Day>,
    /// When the person began.
    pub started_on: Vec<Option<Day>>,
    /// The last day in time.
    pub due_on: Vec<Option<Day>>,
    /// The first day past the grace.
    pub overdue_on: Vec<Day>,
    /// For how many days it is overdue, the first one included.
    pub days: Vec<i32>,
    /// How far it went up by the day: nothing, `manager` or `head`.
    pub escalated_to: Vec<Option<String>>,
    /// When it went up last.
    pub escalated_on: Vec<Option<Day>>,
    /// When the person was reminded last.
    pub reminded_on: Vec<Option<Day>>,
}

/// What is overdue.
#[non_exhaustive]
#[derive(Debug, Clone)]
pub struct OverdueFacts {
    /// Which state of the data.
    pub origin: FactsOrigin,
    /// Everybody who was asked about.
    pub people: PeopleColumns,
    /// All trainings.
    pub trainings: TrainingColumns,
    /// All units.
    pub units: UnitColumns,
    /// What they are late with.
    pub overdue: OverdueColumns,
    /// What it adds up to.
    pub total: OverdueFigures,
}

row! {
    struct EscalationRow {
        assignment_id: Uuid,
        due_on: Day,
        level: String,
        day: Day,
    }
}

row! {
    struct RemindedRow {
        assignment_id: Uuid,
        day: Day,
    }
}

impl OverdueColumns {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.person.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.person.is_empty()
    }
}

pub(in crate::analytics) async fn overdue(
    core: &Core,
    actor: &Actor,
    query: &FactsQuery,
) -> Result<OverdueFacts> {
    let mut reading = Reading::begin(core, actor, READ, query).await?;
    // Whoever left late with something is told like anybody else, as in the list.
    let named = reading.named(Whom::All).await?;
    let moment = reading.moment;
    let mut found = Vec::new();
    let trainings = reading.trainings.as_deref();
    each_standing(&mut reading.tx, moment, &named.ids, trainings, |_, standings| {
        let is_overdue = |last: Option<&Status>| last == Some(&Status::Overdue);
        let mut overdue: Vec<_> =
            standings.into_iter().filter(|one| is_overdue(one.cycles.last())).collect();
        overdue.sort_unstable_by_key(|one| {
            (named.of_person.get(&one.person), named.of_training.get(&one.training))
        });
        found.append(&mut overdue);
    })
    .await?;
    let assignments: Vec<Uuid> = found.iter().map(|one| one.assignment).collect();
    let mut late: Vec<Uuid> = found.iter().map(|one| one.person).collect();
    late.dedup();
    let escalated = escalated(&mut reading.tx, &assignments, moment).await?;
    let reminded = reminded(&mut reading.tx, &late, moment).await?;
    let mut columns = OverdueColumns::default();
    let mut total = Sum::default();
    for one in &found {
        let places = named.of_person.get(&one.person).zip(named.of_training.get(&one.training));
        let (Some((person, training)), Some(since)) = (places, one.days.overdue_on) else {
            continue;
        };
        total.add(one.person, one.kind == Kind::Mandatory, since);
        // What went up for another due day is over.
        let up = escalated.get(&one.assignment).filter(|up| Some(up.due_on) == one.days.due_on);
        columns.person.push(*person);
        columns.training.push(*training);
        columns.kind.push(one.kind);
        columns.assigned_on.push(one.days.assigned_on);
        columns.started_on.push(one.days.started_on);
        columns.due_on.push(one.days.due_on);
        columns.overdue_on.push(since);
        columns.days.push(days_overdue(since, moment.day));
        columns.escalated_to.push(up.map(|up| up.level.clone()));
        columns.escalated_on.push(up.map(|up| up.day));
        columns.reminded_on.push(reminded.get(&one.assignment).copied());
    }
    Ok(OverdueFacts {
        origin: reading.origin,
        people: named.people,
        trainings: named.trainings,
        units: named.units,
        overdue: columns,
        total: total.figures(moment.day),
    })
}

/// Of each, the last time that it went up by the day, as far as was known.
async fn escalated(
    tx: &mut Tx,
    assignments: &[Uuid],
    moment: Moment,
) -> Result<HashMap<Uuid, EscalationRow>> {
    let mut last = HashMap::new();
    for chunk in assignments.chunks(CHUNK) {
        let rows: Vec<EscalationRow> = Assembly::new(
            "SELECT assignment_id, due_on, level, day FROM escalations WHERE day <= ?",
        )
        .bind(moment.day)
        .push_some("AND recorded_at <= ?", moment.known_at)
        .push("AND assignment_id IN (ids?)")
        .bind_ids(&IdList::new(chunk.iter().copied()))
        // What went up to both on one day went up to the head: the later in this order.
        .push("ORDER BY due_on, day, level DESC")
        .on(tx)
        .all()
        .await?;
        last.extend(rows.into_iter().map(|row| (row.assignment_id, row)));
    }
    Ok(last)
}

/// When these people were reminded of each assignment last.
async fn reminded(tx: &mut Tx, people: &[Uuid], moment: Moment) -> Result<HashMap<Uuid, Day>> {
    let mut last = HashMap::new();
    for chunk in people.chunks(CHUNK) {
        let rows: Vec<RemindedRow> = Assembly::new(
            "SELECT n.assignment_id, MAX(n.day) FROM notices n
             WHERE n.withdrawn_at IS NULL AND n.type = 'reminder' AND n.assignment_id IS NOT NULL
               AND n.day <= ?",
        )
        .bind(moment.day)
        .push_some("AND n.recorded_at <= ?", moment.known_at)
        .push("AND n.person_id IN (ids?)")
        .bind_ids(&IdList::new(chunk.iter().copied()))
        .push("GROUP BY n.assignment_id")
        .on(tx)
        .all()
        .await?;
        last.extend(rows.into_iter().map(|row| (row.assignment_id, row.day)));
    }
    Ok(last)
}
