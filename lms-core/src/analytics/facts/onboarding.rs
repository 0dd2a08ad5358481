//! How new people settle in: what they had to learn by their first days, and how much of it they had done.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::{CHUNK, FactsOrigin, FactsQuery, PeopleColumns, Reading, UnitColumns, Whom};
use crate::assignments::as_of::{Moment, each_standing};
use crate::assignments::counting::Counted;
use crate::assignments::engine::{Status, plus_days, plus_months};
use crate::assignments::{self, READ};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;
use crate::people::Described;

/// The days on which it is looked how far people are; the day on which they begin is the first.
pub const ONBOARDING_DAYS: [i32; 4] = [1, 30, 60, 90];

/// So many months, unless said.
const MONTHS: i32 = 6;
/// So many at most: each day of the period may be looked at as if it were today.
const MONTHS_MAX: i32 = 12;

/// How many mandatory obligations count for somebody on a day, and how many of them are met.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OnboardingFigures {
    /// Those who have come so far, with or without anything to learn.
    pub people: i64,
    /// Met, open, in grace, overdue and expired.
    pub obligations: i64,
    /// Met.
    pub met: i64,
}

/// What holds somebody up, counted in obligations.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OnboardingBlocks {
    /// Open, and something that comes first is not done.
    pub prerequisite: i64,
    /// Open, and every seat is taken.
    pub seat: i64,
    /// Parked: somebody has to decide.
    pub parked: i64,
}

/// New people, in the order of their names.
#[non_exhaustive]
#[derive(Debug, Clone, Default)]
pub struct OnboardingColumns {
    /// The place of the person among the people.
    pub person: Vec<u32>,
    /// The first day of their employment.
    pub hired_on: Vec<Day>,
    /// How they stood on each of [`ONBOARDING_DAYS`]; nothing where that is yet to come.
    pub settled: Vec<[Option<OnboardingFigures>; 4]>,
    /// How they stand on the day.
    pub now: Vec<OnboardingFigures>,
    /// Those that are overdue or expired on the day.
    pub missed: Vec<i64>,
    /// What holds them up on the day.
    pub held_up: Vec<OnboardingBlocks>,
}

/// Those who were hired in a month.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnboardingCohort {
    /// The first day of the month.
    pub month: Day,
    /// How many there are.
    pub people: i64,
    /// How those of them stood who have come so far.
    pub settled: [OnboardingFigures; 4],
    /// How they stand on the day.
    pub now: OnboardingFigures,
}

/// How new people settle in.
#[non_exhaustive]
#[derive(Debug, Clone)]
pub struct OnboardingFacts {
    /// Which state of the data.
    pub origin: FactsOrigin,
    /// The first day on which somebody counts as new.
    pub from: Day,
    /// Everybody who was asked about, new or not.
    pub people: PeopleColumns,
    /// All units.
    pub units: UnitColumns,
    /// Those who are new.
    pub hired: OnboardingColumns,
    /// The months in which somebody was hired.
    pub cohorts: Vec<OnboardingCohort>,
    /// All new people together.
    pub total: OnboardingCohort,
}

row! {
    struct ParkedRow {
        person_id: Uuid,
        parked: i64,
    }
}

impl OnboardingFigures {
    fn count(&mut self, counted: Counted) {
        let is_left_out =
            matches!(counted, Counted::Exempt | Counted::OnLeave | Counted::Cancelled);
        self.obligations += i64::from(!is_left_out);
        self.met += i64::from(counted == Counted::Met);
    }

    fn join(&mut self, other: &Self) {
        self.people += other.people;
        self.obligations += other.obligations;
        self.met += other.met;
    }
}

impl OnboardingBlocks {
    /// What is held up in one way or another.
    #[must_use]
    pub fn all(&self) -> i64 {
        self.prerequisite + self.seat + self.parked
    }
}

impl OnboardingColumns {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.person.len()
    }

    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.person.is_empty()
    }
}

impl OnboardingCohort {
    fn of(month: Day) -> Self {
        Self { month, people: 0, settled: Default::default(), now: OnboardingFigures::default() }
    }

    fn add(&mut self, hired: &OnboardingColumns, at: usize) {
        self.people += 1;
        for (sum, one) in self.settled.iter_mut().zip(&hired.settled[at]) {
            if let Some(one) = one {
                sum.join(one);
            }
        }
        self.now.join(&hired.now[at]);
    }
}

/// Somebody who is new.
struct Hired {
    person: Uuid,
    place: u32,
    since: Day,
}

/// The day on which somebody is there for so many days.
fn day_of(hired_on: Day, n: i32) -> Day {
    plus_days(hired_on, n - 1)
}

pub(in crate::analytics) async fn onboarding(
    core: &Core,
    actor: &Actor,
    query: &FactsQuery,
) -> Result<OnboardingFacts> {
    let mut reading = Reading::begin(core, actor, READ, query).await?;
    let as_of = reading.origin.as_of;
    let from = reading.origin.from.unwrap_or_else(|| plus_months(as_of, -MONTHS).next());
    if from < plus_months(as_of, -MONTHS_MAX) {
        return Err(Error::invalid("from", format!("`{from}` is too long before `{as_of}`"))
            .with_hint(format!("ask for {MONTHS_MAX} months at most")));
    }
    let described = reading.described(Whom::Present, as_of).await?;
    let units = reading.units().await?;
    let new = |(place, one): (u32, &Described)| {
        let hired_on = one.hired_on.filter(|day| (from..=as_of).contains(day))?;
        Some(Hired { person: one.person, place, since: hired_on })
    };
    let hired: Vec<Hired> = (0..).zip(&described).filter_map(new).collect();
    let settled = reading.settled(&hired).await?;
    let today = reading.standing_today(&hired).await?;
    let mut columns = OnboardingColumns::default();
    for one in &hired {
        let own = today.get(&one.person).copied().unwrap_or_default();
        columns.person.push(one.place);
        columns.hired_on.push(one.since);
        columns.settled.push(ONBOARDING_DAYS.map(|n| {
            let day = day_of(one.since, n);
            let settled = settled.get(&(one.person, day)).copied().unwrap_or_default();
            (day <= as_of).then_some(OnboardingFigures { people: 1, ..settled })
        }));
        columns.now.push(OnboardingFigures { people: 1, ..own.now });
        columns.missed.push(own.missed);
        columns.held_up.push(own.held_up);
    }
    let mut total = OnboardingCohort::of(from);
    let mut cohorts: BTreeMap<Day, OnboardingCohort> = BTreeMap::new();
    for (at, hired_on) in columns.hired_on.iter().enumerate() {
        let month = Day::new(hired_on.inner().first_of_month());
        cohorts.entry(month).or_insert_with(|| OnboardingCohort::of(month)).add(&columns, at);
        total.add(&columns, at);
    }
    Ok(OnboardingFacts {
        origin: reading.origin,
        from,
        people: PeopleColumns::of(&described, &units)?,
        units,
        hired: columns,
        cohorts: cohorts.into_values().collect(),
        total,
    })
}

/// How somebody stands on the day of the report.
#[derive(Debug, Clone, Copy, Default)]
struct Today {
    now: OnboardingFigures,
    missed: i64,
    held_up: OnboardingBlocks,
}

impl Reading<'_> {
    /// How each stood on their own days, asked day by day: there are no more of them than the period has.
    async fn settled(
        &mut self,
        hired: &[Hired],
    ) -> Result<HashMap<(Uuid, Day), OnboardingFigures>> {
        let mut whom: BTreeMap<Day, BTreeSet<Uuid>> = BTreeMap::new();
        for one in hired {
            for n in ONBOARDING_DAYS {
                let day = day_of(one.since, n);
                if day <= self.moment.day {
                    whom.entry(day).or_default().insert(one.person);
                }
            }
        }
        let mut settled: HashMap<(Uuid, Day), OnboardingFigures> = HashMap::new();
        let trainings = self.trainings.as_deref();
        for (day, people) in whom {
            let people: Vec<Uuid> = people.into_iter().collect();
            let moment = Moment { day, ..self.moment };
            each_standing(&mut self.tx, moment, &people, trainings, |_, found| {
                for one in &found {
                    let Some(counted) = Counted::of(one) else { continue };
                    settled.entry((one.person, day)).or_default().count(counted);
                }
            })
            .await?;
        }
        Ok(settled)
    }

    async fn standing_today(&mut self, hired: &[Hired]) -> Result<HashMap<Uuid, Today>> {
        let people: Vec<Uuid> = hired.iter().map(|one| one.person).collect();
        let mut today: HashMap<Uuid, Today> = HashMap::new();
        let mut open = Vec::new();
        let trainings = self.trainings.as_deref();
        each_standing(&mut self.tx, self.moment, &people, trainings, |_, found| {
            for one in &found {
                let Some(counted) = Counted::of(one) else { continue };
                let own = today.entry(one.person).or_default();
                own.now.count(counted);
                own.missed += i64::from(matches!(counted, Counted::Overdue | Counted::Expired));
                match one.cycles.last() {
                    Some(Status::Waitlisted) => own.held_up.seat += 1,
                    Some(Status::Assigned | Status::DueSoon | Status::Late | Status::Overdue) => {
                        open.push((one.assignment, one.person));
                    }
                    _ => {}
                }
            }
        })
        .await?;
        for chunk in open.chunks(CHUNK) {
            let ids: Vec<Uuid> = chunk.iter().map(|(assignment, _)| *assignment).collect();
            let lacking =
                assignments::lacking_prerequisites(&mut self.tx, &ids, &self.moment).await?;
            for (_, person) in chunk.iter().filter(|(id, _)| lacking.contains(id)) {
                today.entry(*person).or_default().held_up.prerequisite += 1;
            }
        }
        for chunk in people.chunks(CHUNK) {
            for row in self.parked(chunk).await? {
                today.entry(row.person_id).or_default().held_up.parked += row.parked;
            }
        }
        Ok(today)
    }

    async fn parked(&mut self, people: &[Uuid]) -> Result<Vec<ParkedRow>> {
        let day = self.moment.day;
        let wanted = Assembly::new(
            "SELECT person_id, COUNT(*) FROM assignment_exceptions WHERE parked_on <= ?",
        )
        .bind(day)
        .push("AND (resolved_on IS NULL OR resolved_on > ?")
        .bind(day)
        .push(")");
        let wanted = self.of(self.believed(wanted), people).push("GROUP BY person_id");
        wanted.on(&mut self.tx).all().await
    }
}
