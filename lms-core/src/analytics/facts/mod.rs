//! What reports are made of: figures and the rows behind them, as columns side by side.
//!
//! Each verb reads in one transaction, so that all that it hands over is one state of the data, and says
//! which: the last entry of the audit chain that the transaction sees. Rows refer to people, trainings and
//! units by their places in columns of their own, so that a million of them stay small. How somebody stands
//! is what the engine says (`assignments/as_of.rs`), on whatever day; sums are those of `compliance.rs` and
//! `overdue.rs`. Nothing here counts in a way of its own.

mod activity;
mod bridge;
mod exemptions;
mod load;
mod obligations;
mod onboarding;
mod overdue;
mod people;
mod quiz_items;
mod scorecard;
mod skills;
mod trainings;
mod transcript;
mod trend;
mod warehouse;

pub use activity::{ActivityColumns, ActivityFacts, ActivityKind, ActivityOperation};
pub use bridge::{BridgeColumns, BridgeFacts, BridgeStep, BridgeSum};
pub use exemptions::{ExemptionColumns, ExemptionFacts};
pub use load::{LoadCell, LoadFacts, LoadSum};
pub use obligations::{ObligationColumns, ObligationFacts};
pub use onboarding::{
    ONBOARDING_DAYS, OnboardingBlocks, OnboardingCohort, OnboardingColumns, OnboardingFacts,
    OnboardingFigures,
};
pub use overdue::{OverdueAge, OverdueColumns, OverdueFacts};
pub use people::{PeopleColumns, PeopleFacts, TrainingColumns, UnitColumns};
pub use quiz_items::{QuizItem, QuizItemFacts, QuizOption, QuizScores};
pub use scorecard::{DepartmentScore, Scorecard};
pub use skills::{SkillFacts, SkillGapColumns};
pub use trainings::{TrainingScore, TrainingScores};
pub use transcript::{CompletionColumns, TranscriptFacts};
pub use trend::{Trend, TrendMonth};
pub use warehouse::WarehouseFacts;

pub(super) use activity::activity;
pub(super) use bridge::bridge;
pub(super) use exemptions::exemptions;
pub(super) use load::load;
pub(super) use obligations::obligations;
pub(super) use onboarding::onboarding;
pub(super) use overdue::overdue;
pub(super) use people::people;
pub(super) use quiz_items::quiz_items;
pub(super) use scorecard::scorecard;
pub(super) use skills::skills;
pub(super) use trainings::trainings;
pub(super) use transcript::transcript;
pub(super) use trend::trend;
pub(super) use warehouse::warehouse;

use std::collections::HashMap;

use uuid::Uuid;

use crate::analytics::snapshots::{Snapshot, at_ends_of_months};
use crate::assignments::as_of::Moment;
use crate::assignments::engine::plus_months;
use crate::assignments::{self, RuleOnDay};
use crate::audit::{self, Seal};
use crate::catalog;
use crate::kernel::access::{Actor, Permission};
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::{One, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::text::{Day, TimeZoneName};
use crate::operations::sql::LAST_INSTANT;
use crate::people::{Audience, AudienceField, Described, PersonFilter, Reach, Units, described_in};
use crate::settings;

/// So many people are asked about in one statement.
const CHUNK: usize = 2_000;

/// Whose records, with what, on which day, and what a period is.
#[derive(Debug, Clone, Default)]
pub struct FactsQuery {
    audience: Audience,
    trainings: Vec<String>,
    quizzes: Vec<String>,
    as_of: Option<Day>,
    known_at: Option<Timestamp>,
    from: Option<Day>,
    at_last_entry: bool,
}

impl FactsQuery {
    /// Of everybody who is active or on leave, today.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only of these people, as they are on the day.
    #[must_use]
    pub fn audience(mut self, audience: Audience) -> Self {
        self.audience = audience;
        self
    }

    /// Only with this training, or another one that is asked for.
    #[must_use]
    pub fn training(mut self, training: &str) -> Self {
        self.trainings.push(training.to_owned());
        self
    }

    /// Only with this quiz, or another one that is asked for, where quizzes are told of.
    #[must_use]
    pub fn quiz(mut self, quiz: &str) -> Self {
        self.quizzes.push(quiz.to_owned());
        self
    }

    /// On this day; today, unless said.
    #[must_use]
    pub fn as_of(mut self, day: Option<Day>) -> Self {
        self.as_of = day;
        self
    }

    /// By what had been recorded at this instant; by what is known now, unless said. Without a day, it is
    /// the day of the instant.
    #[must_use]
    pub fn known_at(mut self, instant: Option<Timestamp>) -> Self {
        self.known_at = instant;
        self
    }

    /// The first day of the period that ends with the day asked about, where there is a period.
    #[must_use]
    pub fn from(mut self, day: Option<Day>) -> Self {
        self.from = day;
        self
    }

    /// Takes the last entry of the audit chain for now: the same data are told in the same words.
    #[must_use]
    pub fn at_last_entry(mut self, at_last_entry: bool) -> Self {
        self.at_last_entry = at_last_entry;
        self
    }
}

/// Where facts come from: which state of the data, seen from which day.
#[non_exhaustive]
#[derive(Debug, Clone)]
pub struct FactsOrigin {
    /// What the organisation is called.
    pub organisation: String,
    /// The zone in which its days begin and end.
    pub timezone: TimeZoneName,
    /// The version of the settings.
    pub settings_version: i64,
    /// When it was read; the instant of the last entry where that was asked for.
    pub taken_at: Timestamp,
    /// The day that it is about.
    pub as_of: Day,
    /// By what was known when; nothing is now.
    pub known_at: Option<Timestamp>,
    /// The first day of the period, where one was given.
    pub from: Option<Day>,
    /// The rules that asked for something on the day, or were paused.
    pub rules: Vec<RuleOnDay>,
    /// The last entry of the audit chain that was seen.
    pub head: Seal,
}

/// Whether people are meant who have left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whom {
    /// Those who are active or on leave, unless another status is asked for.
    Present,
    /// Also whoever is named.
    Named,
    /// Also everybody, where nobody is asked for in particular.
    All,
}

/// A read that has begun.
struct Reading<'a> {
    core: &'a Core,
    actor: &'a Actor,
    permission: Permission,
    tx: Tx,
    origin: FactsOrigin,
    moment: Moment,
    audience: Audience,
    trainings: Option<Vec<Uuid>>,
}

impl<'a> Reading<'a> {
    async fn begin(
        core: &'a Core,
        actor: &'a Actor,
        permission: Permission,
        query: &FactsQuery,
    ) -> Result<Self> {
        let mut tx = core.db().begin_read().await?;
        let organisation = match query.known_at {
            Some(instant) => settings::known_at(&mut tx, instant).await?,
            None => settings::current(&mut tx).await?,
        };
        let mut taken_at = core.now();
        if query.at_last_entry {
            let last: Option<One<Option<Timestamp>>> = tx.sql(&LAST_INSTANT).opt().await?;
            taken_at = last.and_then(|One(instant)| instant).unwrap_or(organisation.recorded_at);
        }
        let head = audit::seal_in(&mut tx, taken_at).await?;
        let zone = organisation.timezone.zone();
        let known_at = query.known_at.filter(|instant| *instant < taken_at);
        let as_of = query.as_of.unwrap_or_else(|| known_at.unwrap_or(taken_at).day_in(&zone));
        if query.from.is_some_and(|from| from > as_of) {
            let from = query.from.unwrap_or(as_of);
            return Err(Error::invalid("from", format!("`{from}` comes after `{as_of}`"))
                .with_hint("give the first day of the time, and then the last"));
        }
        let trainings = catalog::sql::find_all(&mut tx, &query.trainings).await?;
        let rules = assignments::rules_on(&mut tx, as_of, known_at).await?;
        let due_soon_days = u32::try_from(organisation.due_soon_days).unwrap_or(u32::MAX);
        Ok(Self {
            core,
            actor,
            permission,
            tx,
            moment: Moment { day: as_of, known_at, due_soon_days },
            origin: FactsOrigin {
                organisation: organisation.name.to_string(),
                timezone: organisation.timezone,
                settings_version: organisation.version,
                taken_at,
                as_of,
                known_at,
                from: query.from,
                rules,
                head,
            },
            audience: query.audience.clone(),
            trainings: (!trainings.is_empty()).then_some(trainings),
        })
    }

    /// The first day of the period: one month, unless said.
    fn period_from(&self) -> Day {
        let month = plus_months(self.origin.as_of, -1).next();
        self.origin.from.unwrap_or(month)
    }

    /// Those who are meant on a day, in the order of their names.
    async fn described(&mut self, whom: Whom, day: Day) -> Result<Vec<Described>> {
        self.described_at(whom, Moment { day, ..self.moment }).await
    }

    /// Those who were meant on a day, by what was known at an instant.
    async fn described_at(&mut self, whom: Whom, moment: Moment) -> Result<Vec<Described>> {
        let filter = self.filter(whom, moment);
        let reach = self.reach().await?;
        described_in(&mut self.tx, reach, self.core.now(), &filter).await
    }

    async fn reach(&mut self) -> Result<Reach> {
        Reach::of(&mut self.tx, self.actor, self.permission, self.core.now()).await
    }

    /// How everybody stood at the ends of months before, where everybody is asked about.
    async fn past(&mut self, n_months: usize) -> Result<Vec<Snapshot>> {
        let is_everything = self.audience.is_everybody() && self.trainings.is_none();
        if !is_everything || !self.reach().await?.is_everybody() {
            return Ok(Vec::new());
        }
        let n_months = i32::try_from(n_months).unwrap_or(i32::MAX);
        let Moment { day, known_at, .. } = self.moment;
        let known_at = known_at.or(Some(self.origin.taken_at));
        at_ends_of_months(&mut self.tx, day, n_months, known_at).await
    }

    /// All units, as they are on the day.
    async fn units(&mut self) -> Result<UnitColumns> {
        let units = Units::load_as_known(&mut self.tx, self.moment.known_at).await?;
        UnitColumns::of(&units, self.moment.day)
    }

    fn filter(&self, whom: Whom, moment: Moment) -> PersonFilter {
        let audience = match whom {
            Whom::Present => self.audience.clone(),
            Whom::All if self.audience.is_everybody() => {
                self.audience.clone().with(AudienceField::Status, "*")
            }
            Whom::Named | Whom::All => self.audience.clone().or_whoever_is_named(),
        };
        let filter = PersonFilter::new().audience(audience).as_of(moment.day);
        moment.known_at.into_iter().fold(filter, PersonFilter::known_at)
    }

    /// Whatever rows refer to: the people, the trainings, and the units.
    async fn named(&mut self, whom: Whom) -> Result<Named> {
        let described = self.described(whom, self.moment.day).await?;
        self.named_of(&described).await
    }

    async fn named_of(&mut self, described: &[Described]) -> Result<Named> {
        let units = self.units().await?;
        let trainings = TrainingColumns::load(&mut self.tx).await?;
        let places = places(trainings.id.iter().map(|id| id.uuid()));
        Ok(Named {
            of_person: places_of(described),
            of_training: places,
            people: PeopleColumns::of(described, &units)?,
            departments: described.iter().map(|one| one.department).collect(),
            ids: described.iter().map(|one| one.person).collect(),
            trainings,
            units,
        })
    }
}

/// Begins a read of one state of the data for facts of a context above, and says which state it is.
pub(crate) async fn read_from(
    core: &Core,
    actor: &Actor,
    permission: Permission,
    query: &FactsQuery,
) -> Result<(Tx, FactsOrigin)> {
    let reading = Reading::begin(core, actor, permission, query).await?;
    Ok((reading.tx, reading.origin))
}

/// People, trainings and units, and where each stands.
struct Named {
    people: PeopleColumns,
    trainings: TrainingColumns,
    units: UnitColumns,
    ids: Vec<Uuid>,
    departments: Vec<Option<Uuid>>,
    of_person: HashMap<Uuid, u32>,
    of_training: HashMap<Uuid, u32>,
}

impl Named {
    fn department(&self, person: Uuid) -> Option<Uuid> {
        self.of_person.get(&person).and_then(|place| self.departments[*place as usize])
    }
}

fn places_of(described: &[Described]) -> HashMap<Uuid, u32> {
    places(described.iter().map(|one| one.person))
}

fn places(ids: impl Iterator<Item = Uuid>) -> HashMap<Uuid, u32> {
    ids.zip(0..).collect()
}
