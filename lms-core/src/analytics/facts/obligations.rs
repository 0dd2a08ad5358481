//! How people stand to what they have to learn, one by one, beside the figures that they add up to.

use super::{
    FactsOrigin, FactsQuery, Named, PeopleColumns, Reading, TrainingColumns, UnitColumns, Whom,
};
use crate::analytics::compliance::{Sums, with_people};
use crate::analytics::groups;
use crate::analytics::types::{ComplianceReport, ComplianceRow, GroupBy};
use crate::assignments::READ;
use crate::assignments::as_of::{Standing, each_standing};
use crate::assignments::counting::Counted;
use crate::assignments::engine::{Kind, Status, days_between};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::error::Result;
use crate::kernel::text::Day;

/// Obligations of every kind: one for each person and training, by its latest cycle. By person, then by
/// training.
#[non_exhaustive]
#[derive(Debug, Clone, Default)]
pub struct ObligationColumns {
    /// The place of the person among the people.
    pub person: Vec<u32>,
    /// The place of the training among the trainings.
    pub training: Vec<u32>,
    /// Which cycle it is.
    pub cycle: Vec<u32>,
    /// Whether it must be done.
    pub kind: Vec<Kind>,
    /// What it is on the day.
    pub status: Vec<Status>,
    /// How it counts for compliance; nothing where it is not mandatory.
    pub counted: Vec<Option<Counted>>,
    /// Since when it stands.
    pub assigned_on: Vec<Day>,
    /// When the person began.
    pub started_on: Vec<Option<Day>>,
    /// The last day in time.
    pub due_on: Vec<Option<Day>>,
    /// When it was done last: what covers the day, or what covered until it ran out.
    pub completed_on: Vec<Option<Day>>,
    /// The last day that this covers.
    pub expires_on: Vec<Option<Day>>,
    /// When the next cycle opens.
    pub window_on: Vec<Option<Day>>,
    /// For how many more days it covers, where it ends and somebody still wants it.
    pub days_left: Vec<Option<i32>>,
}

/// How people stand to what they have to learn.
#[non_exhaustive]
#[derive(Debug, Clone)]
pub struct ObligationFacts {
    /// Which state of the data.
    pub origin: FactsOrigin,
    /// Everybody who was asked about, also those who have nothing to do.
    pub people: PeopleColumns,
    /// All trainings.
    pub trainings: TrainingColumns,
    /// All units.
    pub units: UnitColumns,
    /// What they have to learn.
    pub obligations: ObligationColumns,
    /// What the mandatory ones add up to, all together and by department.
    pub compliance: ComplianceReport,
    /// The same by training.
    pub by_training: Vec<ComplianceRow>,
}

impl ObligationColumns {
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

    fn push(&mut self, (person, training): (u32, u32), standing: &Standing, day: Day) {
        let Some(status) = standing.cycles.last() else { return };
        self.person.push(person);
        self.training.push(training);
        self.cycle.push(standing.cycle);
        self.kind.push(standing.kind);
        self.status.push(*status);
        self.counted.push(Counted::of(standing));
        self.assigned_on.push(standing.days.assigned_on);
        self.started_on.push(standing.days.started_on);
        self.due_on.push(standing.days.due_on);
        let last = standing.covered.or((*status == Status::Expired).then_some(standing.days));
        self.completed_on.push(last.and_then(|days| days.closed_on));
        self.expires_on.push(last.and_then(|days| days.expires_on));
        self.window_on.push(last.and_then(|days| days.window_on));
        self.days_left.push(days_left(standing, day));
    }
}

/// For how many more days the last completion covers. What nobody wants, or the person need not do, does not
/// run out for anybody.
pub(super) fn days_left(standing: &Standing, day: Day) -> Option<i32> {
    let is_wanted = !matches!(standing.cycles.last(), Some(Status::Cancelled | Status::Exempt));
    let covered = standing.covered.filter(|_| is_wanted)?;
    covered.expires_on.map(|expires_on| days_between(day, expires_on))
}

pub(in crate::analytics) async fn obligations(
    core: &Core,
    actor: &Actor,
    query: &FactsQuery,
) -> Result<ObligationFacts> {
    let mut reading = Reading::begin(core, actor, READ, query).await?;
    let named = reading.named(Whom::Present).await?;
    let (columns, sums) = reading.obligations(&named).await?;
    let moment = reading.moment;
    let tx = &mut reading.tx;
    let by_training = with_people(sums.by_training, sums.total.people);
    Ok(ObligationFacts {
        compliance: ComplianceReport {
            as_of: moment.day,
            known_at: moment.known_at,
            by: Some(GroupBy::Department),
            total: sums.total.figures(),
            rows: groups::rows(tx, GroupBy::Department, sums.by_place, &moment).await?,
        },
        by_training: groups::rows(tx, GroupBy::Training, by_training, &moment).await?,
        origin: reading.origin,
        people: named.people,
        trainings: named.trainings,
        units: named.units,
        obligations: columns,
    })
}

impl Reading<'_> {
    /// How each of them stands to what they have to learn, and what it adds up to.
    pub(super) async fn obligations(&mut self, named: &Named) -> Result<(ObligationColumns, Sums)> {
        let moment = self.moment;
        let mut sums = Sums::default();
        let mut columns = ObligationColumns::default();
        let trainings = self.trainings.as_deref();
        each_standing(&mut self.tx, moment, &named.ids, trainings, |people, found| {
            sums.add(people, &found, |person| named.department(person));
            let place = |one: &Standing| {
                let person = named.of_person.get(&one.person)?;
                Some((*person, *named.of_training.get(&one.training)?))
            };
            let mut placed: Vec<_> =
                found.iter().filter_map(|one| Some((place(one)?, one))).collect();
            placed.sort_unstable_by_key(|(places, _)| *places);
            for (places, standing) in placed {
                columns.push(places, standing, moment.day);
            }
        })
        .await?;
        Ok((columns, sums))
    }
}
