//! What people have yet to learn, month by month: what is open, and what comes round again.

use std::collections::{BTreeMap, HashMap, HashSet};

use uuid::Uuid;

use super::obligations::days_left;
use super::{FactsOrigin, FactsQuery, Reading, TrainingColumns, UnitColumns, Whom};
use crate::analytics::READ;
use crate::assignments::as_of::{Standing, each_standing};
use crate::assignments::engine::{Kind, Status, plus_months};
use crate::catalog::{self, Cost, TrainingDefinition};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::IdList;
use crate::kernel::error::Result;
use crate::kernel::text::Day;

/// The month of the day, and so many after it.
const MONTHS: i32 = 12;

/// How much is to be learnt.
#[non_exhaustive]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoadSum {
    /// Trainings to be done, of every kind: one for each person and training.
    pub turns: i64,
    /// Those of them that are mandatory.
    pub mandatory: i64,
    /// Those of them that are past their due day.
    pub past_due: i64,
    /// Those of them that come round again: nobody has asked for them yet.
    pub renewals: i64,
    /// The people who have them.
    pub people: i64,
    /// How long it takes them, as far as trainings say how long they take.
    pub minutes: i64,
    /// Those whose training does not say how long it takes.
    pub untimed: i64,
    /// What it costs, by currency, as far as trainings say what a seat costs.
    pub costs: BTreeMap<String, Cost>,
}

/// A month of a department.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadCell {
    /// The first day of the month.
    pub month: Day,
    /// The place of the department among the units, without those below it.
    pub department: Option<u32>,
    /// How much it is.
    pub sum: LoadSum,
}

/// What people have yet to learn.
#[non_exhaustive]
#[derive(Debug, Clone)]
pub struct LoadFacts {
    /// Which state of the data.
    pub origin: FactsOrigin,
    /// The last day of the last month.
    pub until: Day,
    /// All trainings.
    pub trainings: TrainingColumns,
    /// All units.
    pub units: UnitColumns,
    /// Everybody who was asked about.
    pub people: i64,
    /// All that is told by month.
    pub total: LoadSum,
    /// Each month, also those in which there is nothing.
    pub months: Vec<(Day, LoadSum)>,
    /// Each month of each department in which there is something, by month and then by department.
    pub cells: Vec<LoadCell>,
    /// Each training in which there is something, in the order of the trainings.
    pub by_training: Vec<(u32, LoadSum)>,
    /// What is due, or comes round, after the last month.
    pub later: LoadSum,
    /// What is open and never due.
    pub undated: LoadSum,
    /// What waits for a seat, or for somebody to be back from leave: nobody knows when it is due.
    pub resting: LoadSum,
}

/// A sum in the making.
#[derive(Debug, Default)]
struct Adding {
    sum: LoadSum,
    people: HashSet<Uuid>,
}

/// When something is to be done.
enum When {
    In(Day),
    Undated,
    Resting,
}

/// Something that is to be done.
struct Turn {
    when: When,
    is_past_due: bool,
    is_renewal: bool,
}

impl Adding {
    fn add(&mut self, one: &Standing, turn: &Turn, definition: Option<&TrainingDefinition>) {
        let sum = &mut self.sum;
        sum.turns += 1;
        sum.mandatory += i64::from(one.kind == Kind::Mandatory);
        sum.past_due += i64::from(turn.is_past_due);
        sum.renewals += i64::from(turn.is_renewal);
        match definition.and_then(TrainingDefinition::minutes) {
            Some(minutes) => sum.minutes += i64::from(minutes),
            None => sum.untimed += 1,
        }
        if let Some(cost) = definition.and_then(|one| one.cost.as_ref()) {
            let none = || Cost { amount_minor: 0, currency: cost.currency.clone() };
            let all = sum.costs.entry(cost.currency.clone()).or_insert_with(none);
            all.amount_minor = all.amount_minor.saturating_add(cost.amount_minor);
        }
        self.people.insert(one.person);
    }

    fn told(self) -> LoadSum {
        let people = i64::try_from(self.people.len()).unwrap_or(i64::MAX);
        LoadSum { people, ..self.sum }
    }
}

/// What somebody has to do of a training from a day on; nothing where it is done for good, or not asked.
fn turn_of(one: &Standing, day: Day) -> Option<Turn> {
    let open = |when| Some(Turn { when, is_past_due: false, is_renewal: false });
    match one.cycles.last()? {
        Status::Cancelled | Status::Exempt | Status::Expired => None,
        Status::Waitlisted | Status::OnLeave => open(When::Resting),
        Status::Completed | Status::CompletedLate => {
            // What covers until a day is due again on it, where anybody asks for it again.
            days_left(one, day)?;
            let covered = one.covered.filter(|covered| covered.window_on.is_some())?;
            let when = When::In(covered.expires_on?);
            Some(Turn { when, is_past_due: false, is_renewal: true })
        }
        Status::Overdue | Status::Late => {
            Some(Turn { when: When::In(day), is_past_due: true, is_renewal: false })
        }
        Status::DueSoon | Status::InProgress | Status::Assigned => {
            open(one.days.due_on.map_or(When::Undated, |due_on| When::In(due_on.max(day))))
        }
    }
}

fn month_of(day: Day) -> Day {
    Day::new(day.inner().first_of_month())
}

pub(in crate::analytics) async fn load(
    core: &Core,
    actor: &Actor,
    query: &FactsQuery,
) -> Result<LoadFacts> {
    let mut reading = Reading::begin(core, actor, READ, query).await?;
    let named = reading.named(Whom::Present).await?;
    let moment = reading.moment;
    let ids = IdList::new(named.trainings.id.iter().map(|id| id.uuid()));
    let about = catalog::sql::published_by(&mut reading.tx, &ids, moment.known_at).await?;
    let first = month_of(moment.day);
    let mut months: BTreeMap<Day, Adding> =
        (0..=MONTHS).map(|n| (plus_months(first, n), Adding::default())).collect();
    let mut cells: BTreeMap<(Day, Option<u32>), Adding> = BTreeMap::new();
    let mut by_training: HashMap<Uuid, Adding> = HashMap::new();
    let [mut total, mut later, mut undated, mut resting] = <[Adding; 4]>::default();
    let trainings = reading.trainings.as_deref();
    each_standing(&mut reading.tx, moment, &named.ids, trainings, |_, found| {
        for one in &found {
            let Some(turn) = turn_of(one, moment.day) else { continue };
            let definition = about.get(&one.training);
            let month = match turn.when {
                When::In(day) => month_of(day),
                When::Undated => {
                    undated.add(one, &turn, definition);
                    continue;
                }
                When::Resting => {
                    resting.add(one, &turn, definition);
                    continue;
                }
            };
            let Some(of_month) = months.get_mut(&month) else {
                later.add(one, &turn, definition);
                continue;
            };
            let place = named.of_person.get(&one.person);
            let department = place.and_then(|at| named.people.department[*at as usize]);
            of_month.add(one, &turn, definition);
            cells.entry((month, department)).or_default().add(one, &turn, definition);
            by_training.entry(one.training).or_default().add(one, &turn, definition);
            total.add(one, &turn, definition);
        }
    })
    .await?;
    let mut by_training: Vec<(u32, LoadSum)> = by_training
        .into_iter()
        .filter_map(|(id, sum)| Some((*named.of_training.get(&id)?, sum.told())))
        .collect();
    by_training.sort_unstable_by_key(|(training, _)| *training);
    let last = plus_months(first, MONTHS);
    Ok(LoadFacts {
        origin: reading.origin,
        until: Day::new(last.inner().last_of_month()),
        trainings: named.trainings,
        units: named.units,
        people: i64::try_from(named.ids.len()).unwrap_or(i64::MAX),
        total: total.told(),
        months: months.into_iter().map(|(month, sum)| (month, sum.told())).collect(),
        cells: cells
            .into_iter()
            .map(|((month, department), sum)| LoadCell { month, department, sum: sum.told() })
            .collect(),
        by_training,
        later: later.told(),
        undated: undated.told(),
        resting: resting.told(),
    })
}
