//! Why a share became another one: between two days, each obligation that counts otherwise, and why.
//!
//! The first day is looked at twice: by what was known when it was over, which is what was told of it then,
//! and by what is known now; what lies between them was corrected. What lies between the first day and the
//! last, both by what is known now, happened. Which step that was follows from how the obligation counts on
//! both days and from nothing else, so that the steps add up to the figures of the days.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::Duration;

use uuid::Uuid;

use super::{
    CHUNK, FactsOrigin, FactsQuery, PeopleColumns, Reading, TrainingColumns, UnitColumns, Whom,
    places, places_of,
};
use crate::analytics::compliance::Sums;
use crate::analytics::figures::{ComplianceFigures, is_missed};
use crate::assignments::READ;
use crate::assignments::as_of::{Moment, each_standing};
use crate::assignments::counting::Counted;
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, One};
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::people::{Described, Units};
use crate::readiness::Percent;

/// Why an obligation counts otherwise than before.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BridgeStep {
    /// Something about the first day was recorded after it was over.
    Corrected,
    /// The person was not among those who count on the first day.
    Joined,
    /// The person is no longer among them.
    Left,
    /// It is met now, and was not.
    Completed,
    /// It was done, and the completion is valid no longer.
    Expired,
    /// It was open or in grace, and is overdue.
    Overdue,
    /// It was missed, and is in time again: there is a later due day, or it is asked for anew.
    InTimeAgain,
    /// The person did not have to do it on the first day.
    Assigned,
    /// The person does not have to do it any more.
    Withdrawn,
    /// An exemption began or ended.
    Exempted,
    /// A leave began or ended.
    OnLeave,
}

impl BridgeStep {
    /// All of them, in the order in which they lead from the first day to the last.
    pub const ALL: [Self; 11] = [
        Self::Corrected,
        Self::Joined,
        Self::Left,
        Self::Completed,
        Self::Expired,
        Self::Overdue,
        Self::InTimeAgain,
        Self::Assigned,
        Self::Withdrawn,
        Self::Exempted,
        Self::OnLeave,
    ];

    /// The name in tables and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Corrected => "corrected",
            Self::Joined => "joined",
            Self::Left => "left",
            Self::Completed => "completed",
            Self::Expired => "expired",
            Self::Overdue => "overdue",
            Self::InTimeAgain => "in_time_again",
            Self::Assigned => "newly_assigned",
            Self::Withdrawn => "no_longer_required",
            Self::Exempted => "exempted",
            Self::OnLeave => "on_leave",
        }
    }
}

/// Obligations that count otherwise than before, by person and training; one that was corrected may have
/// moved on since, and is there twice.
#[non_exhaustive]
#[derive(Debug, Clone, Default)]
pub struct BridgeColumns {
    /// The place of the person among the people.
    pub person: Vec<u32>,
    /// The place of the training among the trainings.
    pub training: Vec<u32>,
    /// Why.
    pub step: Vec<BridgeStep>,
    /// How it counted; nothing where the person was not there, or did not have to.
    pub before: Vec<Option<Counted>>,
    /// How it counts.
    pub after: Vec<Option<Counted>>,
    /// By how much more or less is met: 1, 0 or -1.
    pub met: Vec<i64>,
    /// By how much more or less is measured.
    pub measured: Vec<i64>,
}

/// What a step adds up to.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BridgeSum {
    /// Which.
    pub step: BridgeStep,
    /// Obligations that count otherwise by it.
    pub obligations: i64,
    /// The people who have them.
    pub people: i64,
    /// How many more are met.
    pub met: i64,
    /// How many more are measured.
    pub measured: i64,
    /// How many are met after it.
    pub met_after: i64,
    /// How many are measured after it.
    pub measured_after: i64,
    /// How many of a hundred of these are met; nothing where there is nothing to measure.
    pub percent_after: Option<Percent>,
    /// By how many tenths of a per cent the share is more; nothing where there is none before or after it.
    pub change_tenths: Option<i32>,
}

/// Why compliance is another one than before a period.
#[non_exhaustive]
#[derive(Debug, Clone)]
pub struct BridgeFacts {
    /// Which state of the data.
    pub origin: FactsOrigin,
    /// The day before the period, with whose figures it opens.
    pub opens_on: Day,
    /// By what was known when it opens: when the day was over. Nothing where nothing had been recorded by
    /// then, or the day is not over: it opens with what is known of it.
    pub opens_as_known_at: Option<Timestamp>,
    /// Everybody who counts on one of the days; those of the last day first, by name.
    pub people: PeopleColumns,
    /// All trainings.
    pub trainings: TrainingColumns,
    /// All units.
    pub units: UnitColumns,
    /// What was told of the first day.
    pub opening: ComplianceFigures,
    /// What is known of it now.
    pub corrected: ComplianceFigures,
    /// What is so on the last day.
    pub closing: ComplianceFigures,
    /// Every step, in order: they lead from what was told of the first day to the last.
    pub steps: Vec<BridgeSum>,
    /// What the steps are made of.
    pub movements: BridgeColumns,
}

/// How somebody stands to a training on a day, as far as it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// The person does not count.
    Nobody,
    /// There is nothing that they have to do.
    Nothing,
    /// There is.
    As(Counted),
}

impl Found {
    fn counted(self) -> Option<Counted> {
        match self {
            Self::As(counted) => Some(counted),
            Self::Nobody | Self::Nothing => None,
        }
    }

    /// How many it adds to what is met, and to what is measured.
    fn worth(self) -> (i64, i64) {
        match self {
            Self::As(Counted::Met) => (1, 1),
            Self::As(counted) if is_missed(counted) => (0, 1),
            _ => (0, 0),
        }
    }
}

/// Which step leads from one to the other; none where both are worth the same.
fn step(before: Found, after: Found) -> Option<BridgeStep> {
    use Counted::{Cancelled, Exempt, Expired, InGrace, Met, OnLeave, Open, Overdue};
    if before.worth() == after.worth() {
        return None;
    }
    Some(match (before, after) {
        (Found::Nobody, _) => BridgeStep::Joined,
        (_, Found::Nobody) => BridgeStep::Left,
        (Found::Nothing | Found::As(Cancelled), _) => BridgeStep::Assigned,
        (_, Found::Nothing | Found::As(Cancelled)) => BridgeStep::Withdrawn,
        (Found::As(Exempt), _) | (_, Found::As(Exempt)) => BridgeStep::Exempted,
        (Found::As(OnLeave), _) | (_, Found::As(OnLeave)) => BridgeStep::OnLeave,
        (_, Found::As(Met)) => BridgeStep::Completed,
        (Found::As(Met), _) | (_, Found::As(Expired)) => BridgeStep::Expired,
        (_, Found::As(Overdue)) => BridgeStep::Overdue,
        (_, Found::As(Open | InGrace)) => BridgeStep::InTimeAgain,
    })
}

/// Likewise, between what was known of a day and what is known of it now.
fn correction(before: Found, after: Found) -> Option<BridgeStep> {
    (before.worth() != after.worth()).then_some(BridgeStep::Corrected)
}

impl BridgeColumns {
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

    fn push(
        &mut self,
        (person, training): (u32, u32),
        step: BridgeStep,
        before: Found,
        after: Found,
    ) {
        let ((met, measured), (met_then, measured_then)) = (after.worth(), before.worth());
        self.person.push(person);
        self.training.push(training);
        self.step.push(step);
        self.before.push(before.counted());
        self.after.push(after.counted());
        self.met.push(met - met_then);
        self.measured.push(measured - measured_then);
    }

    /// What the steps add up to, beginning with what was met and measured.
    fn sums(&self, (mut met, mut measured): (i64, i64)) -> Vec<BridgeSum> {
        let mut people: HashSet<(BridgeStep, u32)> = HashSet::new();
        let mut sums: HashMap<BridgeStep, (i64, i64, i64, i64)> = HashMap::new();
        for at in 0..self.len() {
            let sum = sums.entry(self.step[at]).or_default();
            sum.0 += 1;
            sum.1 += i64::from(people.insert((self.step[at], self.person[at])));
            sum.2 += self.met[at];
            sum.3 += self.measured[at];
        }
        let share = |met: i64, measured: i64| (measured > 0).then(|| Percent::of(met, measured));
        let sum = |step: BridgeStep| {
            let (obligations, people, more_met, more_measured) =
                sums.get(&step).copied().unwrap_or_default();
            let before = share(met, measured);
            met += more_met;
            measured += more_measured;
            let percent_after = share(met, measured);
            let shares = percent_after.zip(before);
            BridgeSum {
                step,
                obligations,
                people,
                met: more_met,
                measured: more_measured,
                met_after: met,
                measured_after: measured,
                percent_after,
                change_tenths: shares.map(|(after, before)| after.tenths() - before.tenths()),
            }
        };
        BridgeStep::ALL.map(sum).to_vec()
    }
}

/// Who counts on a day, by what was known when.
struct Side {
    moment: Moment,
    people: HashSet<Uuid>,
    sums: Sums,
}

/// How obligations of some people count on it.
type Look = HashMap<(Uuid, Uuid), Counted>;

impl Side {
    fn new(moment: Moment, described: &[Described]) -> Self {
        let people = described.iter().map(|one| one.person).collect();
        Self { moment, people, sums: Sums::default() }
    }

    async fn look(&mut self, reading: &mut Reading<'_>, people: &[Uuid]) -> Result<Look> {
        let present: Vec<Uuid> =
            people.iter().filter(|one| self.people.contains(one)).copied().collect();
        let mut look = Look::new();
        let (tx, trainings) = (&mut reading.tx, reading.trainings.as_deref());
        each_standing(tx, self.moment, &present, trainings, |people, found| {
            self.sums.add(people, &found, |_| None);
            for one in &found {
                if let Some(counted) = Counted::of(one) {
                    look.insert((one.person, one.training), counted);
                }
            }
        })
        .await?;
        Ok(look)
    }

    fn found(&self, look: &Look, pair: &(Uuid, Uuid)) -> Found {
        match look.get(pair) {
            Some(counted) => Found::As(*counted),
            None if self.people.contains(&pair.0) => Found::Nothing,
            None => Found::Nobody,
        }
    }
}

pub(in crate::analytics) async fn bridge(
    core: &Core,
    actor: &Actor,
    query: &FactsQuery,
) -> Result<BridgeFacts> {
    let mut reading = Reading::begin(core, actor, READ, query).await?;
    let closes = reading.moment;
    let opens = Moment { day: reading.period_from().previous(), ..closes };
    let opens_as_known_at = reading.known_when_over(opens.day).await?;
    let mut people = reading.described_at(Whom::Present, closes).await?;
    let mut closing = Side::new(closes, &people);
    let others = reading.described_at(Whom::Present, opens).await?;
    let mut opening = Side::new(opens, &others);
    let mut told = None;
    add_others(&mut people, others);
    if opens_as_known_at.is_some() {
        let moment = Moment { known_at: opens_as_known_at, ..opens };
        let others = reading.described_at(Whom::Present, moment).await?;
        told = Some(Side::new(moment, &others));
        add_others(&mut people, others);
    }
    let trainings = TrainingColumns::load(&mut reading.tx).await?;
    let of_training = places(trainings.id.iter().map(|id| id.uuid()));
    let of_person = places_of(&people);
    let ids: Vec<Uuid> = people.iter().map(|one| one.person).collect();
    let mut movements = BridgeColumns::default();
    for chunk in ids.chunks(CHUNK) {
        let now = closing.look(&mut reading, chunk).await?;
        let then = opening.look(&mut reading, chunk).await?;
        let said = match &mut told {
            Some(told) => told.look(&mut reading, chunk).await?,
            None => Look::new(),
        };
        let pairs = now.keys().chain(then.keys()).chain(said.keys());
        let placed = pairs.filter_map(|pair| {
            Some(((*of_person.get(&pair.0)?, *of_training.get(&pair.1)?), *pair))
        });
        for (places, pair) in placed.collect::<BTreeSet<_>>() {
            let (before, after) = (opening.found(&then, &pair), closing.found(&now, &pair));
            if let Some(told) = &told {
                let said = told.found(&said, &pair);
                if let Some(step) = correction(said, before) {
                    movements.push(places, step, said, before);
                }
            }
            if let Some(step) = step(before, after) {
                movements.push(places, step, before, after);
            }
        }
    }
    let corrected = opening.sums.total.figures();
    let opening = told.map_or_else(|| corrected.clone(), |told| told.sums.total.figures());
    let units = Units::load_as_known(&mut reading.tx, closes.known_at).await?;
    let units = UnitColumns::of(&units, closes.day)?;
    Ok(BridgeFacts {
        opens_on: opens.day,
        opens_as_known_at,
        people: PeopleColumns::of(&people, &units)?,
        trainings,
        units,
        steps: movements.sums((opening.met, opening.measured)),
        opening,
        corrected,
        closing: closing.sums.total.figures(),
        movements,
        origin: reading.origin,
    })
}

/// Adds those who are not there yet.
fn add_others(people: &mut Vec<Described>, others: Vec<Described>) {
    let known: HashSet<Uuid> = people.iter().map(|one| one.person).collect();
    people.extend(others.into_iter().filter(|one| !known.contains(&one.person)));
}

impl Reading<'_> {
    /// The last instant of a day, where it is over and something had been recorded by then.
    async fn known_when_over(&mut self, day: Day) -> Result<Option<Timestamp>> {
        let zone = self.origin.timezone.zone();
        let over = day.next().starts_at(&zone).minus(Duration::from_micros(1));
        let wanted =
            "SELECT o.recorded_at FROM audit_chain c JOIN operations o ON o.id = c.operation_id
                      WHERE c.seq = 1";
        let began: Option<One<Timestamp>> = Assembly::new(wanted).on(&mut self.tx).opt().await?;
        let asked = self.moment.known_at.unwrap_or(self.origin.taken_at);
        let had_begun = began.is_some_and(|One(began)| began <= over);
        Ok((had_begun && over < asked).then_some(over))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use Counted as C;

    fn anything() -> impl Strategy<Value = Found> {
        let counted = (0..C::ALL.len()).prop_map(|at| Found::As(C::ALL[at]));
        prop_oneof![Just(Found::Nobody), Just(Found::Nothing), counted]
    }

    fn total(all: impl Iterator<Item = Found>) -> (i64, i64) {
        all.map(Found::worth).fold((0, 0), |sum, worth| (sum.0 + worth.0, sum.1 + worth.1))
    }

    proptest! {
        #[test]
        fn the_steps_lead_from_the_first_day_to_the_last(
            pairs in prop::collection::vec((anything(), anything(), anything()), 0..60)
        ) {
            let mut columns = BridgeColumns::default();
            for (at, (said, before, after)) in (0..).zip(&pairs) {
                if let Some(step) = correction(*said, *before) {
                    columns.push((at / 3, at), step, *said, *before);
                }
                if let Some(step) = step(*before, *after) {
                    prop_assert_ne!(step, BridgeStep::Corrected);
                    columns.push((at / 3, at), step, *before, *after);
                }
            }
            let first = total(pairs.iter().map(|pair| pair.0));
            let sums = columns.sums(first);
            let last = sums.last().unwrap();
            let closing = total(pairs.iter().map(|pair| pair.2));
            prop_assert_eq!((last.met_after, last.measured_after), closing);
            let corrected = (sums[0].met_after, sums[0].measured_after);
            prop_assert_eq!(corrected, total(pairs.iter().map(|pair| pair.1)));
            let moved: i64 = sums.iter().map(|sum| sum.obligations).sum();
            prop_assert_eq!(usize::try_from(moved).unwrap(), columns.len());
        }
    }

    #[test]
    fn why_an_obligation_counts_otherwise_follows_from_both_days() {
        let told = |before: Found, after: Found| step(before, after).map(BridgeStep::as_str);
        let (nobody, nothing) = (Found::Nobody, Found::Nothing);
        for (before, after, expected) in [
            (nobody, Found::As(C::Met), Some("joined")),
            (nobody, Found::As(C::Open), None),
            (Found::As(C::Overdue), nobody, Some("left")),
            (nothing, Found::As(C::Met), Some("newly_assigned")),
            (Found::As(C::Cancelled), Found::As(C::Overdue), Some("newly_assigned")),
            (Found::As(C::Met), Found::As(C::Cancelled), Some("no_longer_required")),
            (Found::As(C::Overdue), nothing, Some("no_longer_required")),
            (Found::As(C::Overdue), Found::As(C::Exempt), Some("exempted")),
            (Found::As(C::Exempt), Found::As(C::Met), Some("exempted")),
            (Found::As(C::Overdue), Found::As(C::OnLeave), Some("on_leave")),
            (Found::As(C::Open), Found::As(C::Met), Some("completed")),
            (Found::As(C::Expired), Found::As(C::Met), Some("completed")),
            (Found::As(C::Met), Found::As(C::Expired), Some("expired")),
            (Found::As(C::Met), Found::As(C::Open), Some("expired")),
            (Found::As(C::Met), Found::As(C::Overdue), Some("expired")),
            (Found::As(C::Open), Found::As(C::Expired), Some("expired")),
            (Found::As(C::InGrace), Found::As(C::Overdue), Some("overdue")),
            (Found::As(C::Overdue), Found::As(C::Open), Some("in_time_again")),
            (Found::As(C::Expired), Found::As(C::Overdue), None),
            (Found::As(C::Open), Found::As(C::InGrace), None),
            (Found::As(C::Exempt), Found::As(C::OnLeave), None),
        ] {
            assert_eq!(told(before, after), expected, "{before:?} {after:?}");
        }
    }

    #[test]
    fn a_share_that_nobody_can_tell_has_not_changed() {
        let mut columns = BridgeColumns::default();
        columns.push((0, 0), BridgeStep::Joined, Found::Nobody, Found::As(C::Met));
        columns.push((1, 0), BridgeStep::Overdue, Found::As(C::Open), Found::As(C::Overdue));
        let sums = columns.sums((0, 0));
        let change = |step| sums.iter().find(|sum| sum.step == step).unwrap().change_tenths;
        assert_eq!(change(BridgeStep::Joined), None, "there was nothing to measure before");
        assert_eq!(change(BridgeStep::Overdue), Some(-500));
    }
}
