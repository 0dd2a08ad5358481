//! What rules would mean over a time to come: who is gained and lost, what has to be learnt when, and who
//! will be late. Both as it is and as it would be, so that the difference is that of the change.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;
use uuid::Uuid;

use super::engine::{Behaviour, Occurrence, Simulated, simulate as live};
use super::load::{Asked, Today};
use super::rules::{self, RuleChange, RuleInForce, in_force, resolve, ruled_trainings};
use super::ruling::Changed;
use crate::catalog;
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::{IdList, Tx, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;
use crate::people::audience::known::{holding_on, people_of};
use crate::people::{Unit, UnitKind, Units, units_listed};
use crate::settings;

/// So many people live through the time at once: memory is that of a chunk.
const CHUNK: usize = 10_000;

/// Longer than this nobody plans ahead, and nobody wants to wait for.
const YEARS_MAX: i32 = 3;

/// What is asked of a simulation.
#[derive(Debug, Clone)]
pub struct Simulation {
    changes: Vec<RuleChange>,
    from: Day,
    until: Day,
    behaviour: Behaviour,
}

impl Simulation {
    /// Over the days from one to another, both included, as people usually behave.
    #[must_use]
    pub fn over(from: Day, until: Day) -> Self {
        Self { changes: Vec::new(), from, until, behaviour: Behaviour::default() }
    }

    /// Were this changed.
    #[must_use]
    pub fn with(mut self, change: RuleChange) -> Self {
        self.changes.push(change);
        self
    }

    /// Were people to behave like this.
    #[must_use]
    pub fn behaviour(mut self, behaviour: Behaviour) -> Self {
        self.behaviour = behaviour;
        self
    }
}

/// What has to be done, and is, in a time.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Load {
    /// How many assignments begin.
    pub assigned: u64,
    /// How many are done.
    pub completed: u64,
    /// How many become overdue.
    pub overdue: u64,
    /// How many are wanted no longer.
    pub cancelled: u64,
    /// What learning takes of what is done, in minutes, as far as trainings say how long they take.
    pub minutes: u64,
}

/// A month, as it would go by now and after the change.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SimulatedMonth {
    /// The month, such as `2027-03`.
    pub month: String,
    /// As the rules are.
    pub now: Load,
    /// As they would be.
    pub then: Load,
}

/// A department with all below it, in the month in which it has most to learn.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SimulatedDepartment {
    /// Its code; nothing for those who are in none.
    pub department: Option<String>,
    /// What it is called.
    pub name: Option<String>,
    /// How many departments are above it.
    pub depth: usize,
    /// How many people are in it, or below it.
    pub people: u64,
    /// What its people learn in all the time, in minutes.
    pub minutes: u64,
    /// The month in which its people learn most.
    pub peak_month: Option<String>,
    /// What they learn then, in minutes.
    pub peak_minutes: u64,
    /// How often something of theirs becomes overdue in all the time.
    pub overdue: u64,
}

/// Whom a change of a rule gains and loses.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SimulatedRule {
    /// Its code.
    pub code: String,
    /// How many are in its audience now.
    pub people_now: usize,
    /// How many would be.
    pub people_then: usize,
    /// How many would be new to it.
    pub gained: usize,
    /// How many would be out of it.
    pub lost: usize,
}

/// What would happen.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct Forecast {
    /// The first day that is told.
    pub from: Day,
    /// The last one.
    pub until: Day,
    /// How many people there are; nobody is taken to come who is not recorded yet.
    pub people: usize,
    /// So many of a hundred are taken to be in time.
    pub on_time_percent: u32,
    /// The rules that would be changed.
    pub rules: Vec<SimulatedRule>,
    /// All the time as the rules are, and as they would be.
    pub now: Load,
    /// As they would be.
    pub then: Load,
    /// Each month.
    pub months: Vec<SimulatedMonth>,
    /// Each department as it would be, as a tree; those without one last.
    pub departments: Vec<SimulatedDepartment>,
}

row! {
    struct PlaceRow {
        person_id: Uuid,
        department: Option<Uuid>,
    }
}

/// Loads by month, and by department and month.
#[derive(Debug, Default)]
struct Loads {
    months: BTreeMap<String, Load>,
    departments: BTreeMap<Option<Uuid>, BTreeMap<String, Load>>,
}

pub(super) async fn simulate(core: &Core, actor: &Actor, asked: Simulation) -> Result<Forecast> {
    actor.require(rules::READ)?;
    let mut tx = core.db().begin_read().await?;
    let today = settings::today(&mut tx, core.now()).await?;
    asked.check(today)?;
    let changed = resolve(&mut tx, today, &asked.changes).await?;
    let as_if: Vec<RuleInForce> = changed.iter().map(|one| one.after.clone()).collect();
    let rules = rules_of(&mut tx, &changed, today).await?;
    let mut trainings: BTreeSet<Uuid> = ruled_trainings(&mut tx).await?.into_iter().collect();
    for rule in &as_if {
        trainings.extend(rule.all_trainings(&mut tx).await?);
    }
    let trainings: Vec<Uuid> = trainings.into_iter().collect();
    let about = About::load(&mut tx, &trainings).await?;
    let places = places(&mut tx, today).await?;
    let people: Vec<Uuid> = places.keys().copied().collect();
    let is_change = !in_force(&mut tx, today, None, None).await?.is_empty() || !as_if.is_empty();
    let (mut now, mut then) = (Loads::default(), Loads::default());
    if is_change {
        for people in people.chunks(CHUNK) {
            for (as_if, loads) in [(&[][..], &mut now), (&as_if[..], &mut then)] {
                let asked_of = Asked { as_if, ..Asked::of(Today::One(today), people, &trainings) };
                let loaded = asked_of.load(&mut tx).await?;
                let numbers: Vec<Uuid> = loaded.trainings.ids().to_vec();
                let of = |number: u32| numbers[number as usize];
                let lot = |person: u32, training: u32, cycle: u32| {
                    lot(people[person as usize], of(training), cycle)
                };
                let valid_months = |training: u32| about.validity(of(training));
                let time = (today, asked.until);
                let happened =
                    live(&loaded.book, &loaded.facts, time, asked.behaviour, lot, valid_months);
                for one in happened.iter().filter(|one| one.day >= asked.from) {
                    let department = places[&people[one.person as usize]];
                    loads.add(one, department, about.minutes(of(one.training)));
                }
            }
        }
    }
    let tree = Tree { units: Units::load_as_known(&mut tx, None).await?, day: today };
    asked.told(rules, &places, &tree, (&now, &then))
}

/// The departments of a day.
struct Tree {
    units: Units,
    day: Day,
}

impl Simulation {
    fn check(&self, today: Day) -> Result<()> {
        let Self { from, until, .. } = self;
        if until < from {
            return Err(Error::invalid("over", format!("{from}..{until} ends before it begins"))
                .with_hint(format!("write `{until}..{from}`")));
        }
        if *from < today {
            return Err(Error::invalid("over", format!("{from} is over: it is {today}"))
                .with_hint(format!("write `{today}..{}`", (*until).max(today)))
                .with_hint("what happened is told by `lmsctl report trend`"));
        }
        if *until > super::engine::plus_months(today, 12 * YEARS_MAX) {
            return Err(Error::invalid("over", format!("{until} is too far away"))
                .with_hint(format!("nothing is told of more than {YEARS_MAX} years ahead")));
        }
        if self.behaviour.on_time_percent > 100 {
            let message =
                format!("{} of a hundred cannot be in time", self.behaviour.on_time_percent);
            return Err(Error::invalid("on_time", message).with_hint("it is a percentage"));
        }
        Ok(())
    }

    fn told(
        &self,
        rules: Vec<SimulatedRule>,
        places: &BTreeMap<Uuid, Option<Uuid>>,
        tree: &Tree,
        (now, then): (&Loads, &Loads),
    ) -> Result<Forecast> {
        let load =
            |loads: &Loads, month: &String| loads.months.get(month).copied().unwrap_or_default();
        let months = months(self.from, self.until).into_iter().map(|month| SimulatedMonth {
            now: load(now, &month),
            then: load(then, &month),
            month,
        });
        Ok(Forecast {
            from: self.from,
            until: self.until,
            people: places.len(),
            on_time_percent: self.behaviour.on_time_percent,
            rules,
            now: now.total(),
            then: then.total(),
            months: months.collect(),
            departments: tree.departments(places, then)?,
        })
    }
}

impl Tree {
    /// Each department with all below it, where there is anybody.
    fn departments(
        &self,
        places: &BTreeMap<Uuid, Option<Uuid>>,
        loads: &Loads,
    ) -> Result<Vec<SimulatedDepartment>> {
        let with_above = |place: &Option<Uuid>| -> Vec<Option<Uuid>> {
            match place {
                Some(place) => self.units.way_up(*place, self.day).into_iter().map(Some).collect(),
                None => vec![None],
            }
        };
        let mut people: BTreeMap<Option<Uuid>, u64> = BTreeMap::new();
        for place in places.values().flat_map(with_above) {
            *people.entry(place).or_default() += 1;
        }
        let mut months: BTreeMap<Option<Uuid>, BTreeMap<&str, Load>> = BTreeMap::new();
        for (place, own) in &loads.departments {
            for above in with_above(place) {
                let sums = months.entry(above).or_default();
                for (month, load) in own {
                    sums.entry(month).or_default().join(load);
                }
            }
        }
        let told = |unit: Option<Unit>| {
            let id = unit.as_ref().map(|unit| unit.id.uuid());
            let people = *people.get(&id)?;
            let own = || months.get(&id).into_iter().flatten();
            let peak = own().max_by_key(|(_, load)| load.minutes);
            let depth = id.map_or(0, |id| self.units.way_up(id, self.day).len() - 1);
            Some(SimulatedDepartment {
                people,
                depth,
                minutes: own().map(|(_, load)| load.minutes).sum(),
                peak_month: peak.map(|(month, _)| (*month).to_owned()),
                peak_minutes: peak.map_or(0, |(_, load)| load.minutes),
                overdue: own().map(|(_, load)| load.overdue).sum(),
                name: unit.as_ref().map(|unit| unit.name.clone()),
                department: unit.map(|unit| unit.code),
            })
        };
        let listed = units_listed(&self.units, UnitKind::Department, self.day, true)?;
        Ok(listed.into_iter().map(Some).chain([None]).filter_map(told).collect())
    }
}

impl Load {
    fn join(&mut self, other: &Self) {
        self.assigned += other.assigned;
        self.completed += other.completed;
        self.overdue += other.overdue;
        self.cancelled += other.cancelled;
        self.minutes += other.minutes;
    }
}

impl Loads {
    fn total(&self) -> Load {
        let mut total = Load::default();
        self.months.values().for_each(|load| total.join(load));
        total
    }

    fn add(&mut self, one: &Simulated, department: Option<Uuid>, minutes: u64) {
        let month = month_of(one.day);
        let of_department = self.departments.entry(department).or_default();
        let of_department = of_department.entry(month.clone()).or_default();
        for load in [of_department, self.months.entry(month).or_default()] {
            match one.what {
                Occurrence::Assigned => load.assigned += 1,
                Occurrence::Completed => {
                    load.completed += 1;
                    load.minutes += minutes;
                }
                Occurrence::Overdue => load.overdue += 1,
                Occurrence::Cancelled => load.cancelled += 1,
            }
        }
    }
}

/// Who is in the audiences of the rules now, and who would be.
async fn rules_of(tx: &mut Tx, changed: &[Changed], day: Day) -> Result<Vec<SimulatedRule>> {
    let mut rules = Vec::with_capacity(changed.len());
    // As many as somebody asked about.
    for one in changed {
        let mut audience = [BTreeSet::new(), BTreeSet::new()];
        for (rule, members) in
            [one.before.as_ref(), Some(&one.after)].into_iter().zip(&mut audience)
        {
            if let Some(rule) = rule.filter(|rule| rule.wants_anything()) {
                members.extend(people_of(tx, &rule.definition.audience, day).await?);
            }
        }
        let [now, then] = audience;
        rules.push(SimulatedRule {
            code: one.after.code.clone(),
            people_now: now.len(),
            people_then: then.len(),
            gained: then.difference(&now).count(),
            lost: now.difference(&then).count(),
        });
    }
    Ok(rules)
}

/// Everybody who is or will be there, with the department of today.
async fn places(tx: &mut Tx, day: Day) -> Result<BTreeMap<Uuid, Option<Uuid>>> {
    let select = "SELECT p.person_id, p.department_id FROM placements p
                  WHERE p.status <> 'inactive' AND";
    let rows: Vec<PlaceRow> = holding_on(select, "", day, None).on(tx).all().await?;
    Ok(rows.into_iter().map(|row| (row.person_id, row.department)).collect())
}

/// How long trainings take, and cover.
struct About(HashMap<Uuid, (Option<u32>, u64)>);

impl About {
    async fn load(tx: &mut Tx, trainings: &[Uuid]) -> Result<Self> {
        let stored = catalog::sql::load(tx, &IdList::new(trainings.iter().copied())).await?;
        let about = stored.into_iter().filter_map(|(id, one)| {
            let definition = &one.shown()?.definition;
            let minutes = definition.minutes().map_or(0, u64::from);
            Some((id, (definition.validity_months, minutes)))
        });
        Ok(Self(about.collect()))
    }

    fn validity(&self, training: Uuid) -> Option<u32> {
        self.0.get(&training).and_then(|(months, _)| *months)
    }

    fn minutes(&self, training: Uuid) -> u64 {
        self.0.get(&training).map_or(0, |(_, minutes)| *minutes)
    }
}

/// The number that decides when somebody does something: the same each time it is asked for.
fn lot(person: Uuid, training: Uuid, cycle: u32) -> u32 {
    let (one, other) = person.as_u64_pair();
    let (of_training, more) = training.as_u64_pair();
    let mixed = (one ^ other.rotate_left(17) ^ of_training.rotate_left(31) ^ more)
        .wrapping_add(u64::from(cycle))
        .wrapping_mul(0x9E37_79B9_7F4A_7C15);
    u32::try_from(mixed >> 32).unwrap_or_default()
}

fn month_of(day: Day) -> String {
    let mut month = day.to_string();
    month.truncate("2026-01".len());
    month
}

fn months(from: Day, until: Day) -> Vec<String> {
    let last = month_of(until);
    let mut months = vec![month_of(from)];
    let mut n_months = 1;
    while months.last() < Some(&last) {
        months.push(month_of(super::engine::plus_months(from, n_months)));
        n_months += 1;
    }
    months
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_told_whole() {
        let day = |text| Day::parse(text).unwrap();
        assert_eq!(
            months(day("2026-01-31"), day("2026-04-01")),
            ["2026-01", "2026-02", "2026-03", "2026-04"]
        );
        assert_eq!(months(day("2026-05-01"), day("2026-05-01")), ["2026-05"]);
    }

    #[test]
    fn lots_are_spread_and_stay() {
        let lots: BTreeSet<u32> =
            (0..1000).map(|n| lot(Uuid::from_u128(n), Uuid::from_u128(7), 1) % 100).collect();
        assert!(lots.len() > 90, "{}", lots.len());
        assert_eq!(
            lot(Uuid::from_u128(5), Uuid::nil(), 1),
            lot(Uuid::from_u128(5), Uuid::nil(), 1)
        );
    }
}
