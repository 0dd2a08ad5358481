//! Taking assignments back: those of an operation, or those of everybody whom a filter means. What has
//! been begun stays, unless it is said that it goes, too.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;
use uuid::Uuid;

use super::assign::{PersonName, SAMPLES};
use super::engine::{Act, PersonView, Plan, SourceKind, plan as decide};
use super::exempting::exempt_by_hand;
use super::load::{Asked, Loaded, TakenBack, Today};
use super::reconsider::fill_seats;
use super::sql::{self, OrderRow};
use super::store::{Effects, Ending, store};
use super::{NOTHING_ORDERED, OF_A_RULE, UNASSIGNED, WRITE};
use crate::catalog;
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, IdList, One, Tx, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;
use crate::operations::{Operation, OperationId, Write, fingerprint, refuse_other};
use crate::people::{self, Audience, PersonFilter, PersonId, Reach};
use crate::settings;

const CHUNK: usize = 10_000;

/// What is to be taken back.
#[derive(Debug, Clone)]
pub struct Unassigning {
    pub(super) what: What,
    even_started: bool,
}

#[derive(Debug, Clone)]
pub(super) enum What {
    /// What an operation assigned.
    Batch(Timestamp),
    /// These trainings, of everybody whom a filter means.
    Of { trainings: Vec<String>, who: Box<PersonFilter> },
}

impl Unassigning {
    /// These trainings, of these people.
    pub fn of<T: Into<String>>(trainings: impl IntoIterator<Item = T>, audience: Audience) -> Self {
        let trainings = trainings.into_iter().map(Into::into).collect();
        let who = Box::new(PersonFilter::new().audience(audience.or_whoever_is_named()));
        Self { what: What::Of { trainings, who }, even_started: false }
    }

    /// All that one operation assigned, by the instant of it: no two share one.
    #[must_use]
    pub fn batch(recorded_at: Timestamp) -> Self {
        Self { what: What::Batch(recorded_at), even_started: false }
    }

    /// Also where somebody has begun.
    #[must_use]
    pub fn even_started(mut self, even_started: bool) -> Self {
        self.even_started = even_started;
        self
    }
}

/// What becomes of an assignment that is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    /// It is closed.
    Cancelled,
    /// Another reason keeps it.
    Weakened,
    /// A rule goes on wanting it: the person is exempt from now on.
    Exempted,
    /// The person has begun.
    KeptStarted,
}

impl Fate {
    const ALL: [Self; 4] = [Self::Cancelled, Self::Weakened, Self::Exempted, Self::KeptStarted];

    fn as_str(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Weakened => "weakened",
            Self::Exempted => "exempted",
            Self::KeptStarted => "kept_started",
        }
    }
}

/// Some of those to whom one thing happens.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FateSample {
    /// What, by the names of the counts.
    pub fate: String,
    /// The first of them.
    pub people: Vec<PersonName>,
}

/// What becomes of the assignments of one training.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedUnassignment {
    /// The code of the training.
    pub training: String,
    /// What it is called.
    pub title: String,
    /// How many are cancelled, stay for another reason, are wanted by a rule from which people are exempt
    /// now, stay because they were begun.
    pub counts: BTreeMap<String, u64>,
    /// Some of them.
    pub samples: Vec<FateSample>,
}

/// What taking back would do.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct UnassignPlan {
    /// The day that it is looked at.
    pub day: Day,
    /// For each training.
    pub trainings: Vec<PlannedUnassignment>,
    /// What [`super::Assignments::unassign`] compares.
    pub fingerprint: String,
    #[serde(skip)]
    asked: Unassigning,
}

impl UnassignPlan {
    /// The plan, if it is still the one with this fingerprint, which somebody looked at.
    pub fn still(self, fingerprint: Option<&str>) -> Result<Self> {
        refuse_other(fingerprint, &self.fingerprint)?;
        Ok(self)
    }

    /// How many come to something, over all trainings.
    #[must_use]
    pub fn count(&self, fate: &str) -> u64 {
        self.trainings.iter().filter_map(|one| one.counts.get(fate)).sum()
    }
}

/// What taking back did.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnassignOutcome {
    /// For each training.
    pub trainings: Vec<PlannedUnassignment>,
    /// The operation; none where there was nothing to do.
    pub operation: Option<OperationId>,
}

/// One assignment, and what becomes of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fated {
    pub(super) person: Uuid,
    pub(super) training: Uuid,
    pub(super) fate: Fate,
}

/// What is taken back of whom.
pub(super) struct Asking {
    day: Day,
    people: Vec<Uuid>,
    trainings: Vec<Uuid>,
    taken_back: TakenBack,
}

row! {
    struct ReasonedRow {
        person_id: Uuid,
        training_id: Uuid,
    }
}

impl Asking {
    pub(super) async fn load(
        tx: &mut Tx,
        reach: Reach,
        now: Timestamp,
        asked: &Unassigning,
    ) -> Result<Self> {
        let day = settings::today(tx, now).await?;
        let even_started = asked.even_started;
        match &asked.what {
            What::Batch(recorded_at) => {
                let orders: Vec<OrderRow> =
                    tx.sql(&sql::ORDERS_OF).bind(*recorded_at).all().await?;
                if orders.is_empty() {
                    refuse_of_rules(tx, *recorded_at).await?;
                    return Err(NOTHING_ORDERED
                        .error("that operation assigned nothing")
                        .with_hint(
                            "`lmsctl batch list --kind training.assigned` shows those that did",
                        ));
                }
                let ids: BTreeSet<Uuid> = orders.iter().map(|order| order.id).collect();
                let rows: Vec<ReasonedRow> = Assembly::new(
                    "SELECT a.person_id, a.training_id
                     FROM assignment_reasons r JOIN assignments a ON a.id = r.assignment_id
                     WHERE r.retracted_at IS NULL AND r.removed_on IS NULL
                       AND a.retracted_at IS NULL AND a.closed_on IS NULL AND r.source_id IN (ids?)",
                )
                .bind_ids(&IdList::new(ids.iter().copied()))
                .on(tx)
                .all()
                .await?;
                let found: Vec<Uuid> = rows.iter().map(|row| row.person_id).collect();
                let within = reach.within(tx, &found).await?;
                let people: BTreeSet<Uuid> =
                    found.into_iter().filter(|person| within.contains(person)).collect();
                let trainings: BTreeSet<Uuid> = rows.iter().map(|row| row.training_id).collect();
                Ok(Self {
                    day,
                    people: people.into_iter().collect(),
                    trainings: trainings.into_iter().collect(),
                    taken_back: TakenBack { orders: Some(ids), even_started },
                })
            }
            What::Of { trainings, who } => {
                if trainings.is_empty() {
                    return Err(Error::invalid("training", "no training is named")
                        .with_hint("name one by its code"));
                }
                let ids: BTreeSet<Uuid> =
                    catalog::sql::find_all(tx, trainings).await?.into_iter().collect();
                let members = people::members_in(tx, reach, now, who).await?;
                Ok(Self {
                    day,
                    people: members.into_iter().map(|member| member.person).collect(),
                    trainings: ids.into_iter().collect(),
                    taken_back: TakenBack { orders: None, even_started },
                })
            }
        }
    }

    /// What has to be done for a chunk of people, and what becomes of each of them.
    async fn decide(&self, tx: &mut Tx, people: &[Uuid]) -> Result<(Loaded, Plan, Vec<Fated>)> {
        let taken_back = Some(&self.taken_back);
        let today = Today::One(self.day);
        let asked = Asked { taken_back, ..Asked::of(today, people, &self.trainings) };
        let loaded = asked.load(tx).await?;
        let plan = decide(&loaded.book, &loaded.facts);
        let mut closed = BTreeSet::new();
        let mut weakened = BTreeSet::new();
        for action in &plan.actions {
            let key = (action.person, action.training);
            match action.act {
                Act::Close { .. } => {
                    closed.insert(key);
                }
                Act::RemoveReason(_) => {
                    weakened.insert(key);
                }
                _ => {}
            }
        }
        let mut fated = Vec::new();
        for number in 0..u32::try_from(loaded.facts.len()).unwrap_or(u32::MAX) {
            let person = loaded.facts.person(number);
            let mut seen = BTreeSet::new();
            for (training, is_begun) in self.ruled(&person) {
                seen.insert(training);
                let stays = is_begun && !self.taken_back.even_started;
                let fate = if stays { Fate::KeptStarted } else { Fate::Exempted };
                let training = loaded.trainings.id(training);
                fated.push(Fated { person: loaded.people[number as usize], training, fate });
            }
            for withdrawal in person.withdrawals {
                if !seen.insert(withdrawal.training) {
                    continue;
                }
                let key = (number, withdrawal.training);
                let fate = match () {
                    () if closed.contains(&key) => Fate::Cancelled,
                    () if weakened.contains(&key) => Fate::Weakened,
                    () => Fate::KeptStarted,
                };
                let training = loaded.trainings.id(withdrawal.training);
                fated.push(Fated { person: loaded.people[number as usize], training, fate });
            }
        }
        Ok((loaded, plan, fated))
    }

    /// What rules want of somebody that is to be taken back, and whether it was begun. What one operation
    /// assigned is taken back without regard to rules.
    fn ruled(&self, person: &PersonView<'_>) -> Vec<(u32, bool)> {
        if self.taken_back.orders.is_some() {
            return Vec::new();
        }
        let of_rule = |at: &usize| {
            let reasons = person.reasons_of(*at).iter();
            let mut live = reasons.filter(|reason| reason.left_on.is_none());
            live.any(|reason| reason.source.kind == SourceKind::Rule)
        };
        let is_exempt = |training: u32| person.exemption_on(training, self.day).is_some();
        let open = (0..person.obligations.len()).filter(|at| person.obligations[*at].is_open());
        open.filter(of_rule)
            .map(|at| &person.obligations[at])
            .filter(|one| !is_exempt(one.training))
            .map(|one| (one.training, one.days.started_on.is_some()))
            .collect()
    }

    /// All of it, decided.
    pub(super) async fn fated(&self, tx: &mut Tx) -> Result<Vec<Fated>> {
        let mut all = Vec::new();
        for people in self.people.chunks(CHUNK) {
            all.extend(self.decide(tx, people).await?.2);
        }
        Ok(all)
    }

    /// All of it, done.
    pub(super) async fn carry_out(
        &self,
        write: &mut Write,
        ending: Ending,
    ) -> Result<(Vec<Fated>, Effects)> {
        let (mut all, mut effects) = (Vec::new(), Effects::default());
        for people in self.people.chunks(CHUNK) {
            let (loaded, plan, fated) = self.decide(&mut write.tx, people).await?;
            all.extend(fated);
            effects.join(store(write, &loaded, &plan, ending).await?);
        }
        let mut exempted: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
        for one in all.iter().filter(|one: &&Fated| one.fate == Fate::Exempted) {
            exempted.entry(one.training).or_default().push(one.person);
        }
        if !exempted.is_empty() {
            effects.join(exempt_by_hand(write, &exempted, self.day).await?);
        }
        let left = effects.left();
        effects.join(fill_seats(write, &left).await?);
        Ok((all, effects))
    }
}

pub(super) async fn plan(core: &Core, actor: &Actor, asked: Unassigning) -> Result<UnassignPlan> {
    let mut tx = core.db().begin_read().await?;
    let reach = Reach::of(&mut tx, actor, WRITE, core.now()).await?;
    let asking = Asking::load(&mut tx, reach, core.now(), &asked).await?;
    let fated = asking.fated(&mut tx).await?;
    planned(&mut tx, asking.day, asked, &fated).await
}

pub(super) async fn unassign(
    core: &Core,
    actor: &Actor,
    plan: UnassignPlan,
) -> Result<UnassignOutcome> {
    let mut write = Write::begin(core, actor).await?;
    let now = write.ctx.now;
    let reach = Reach::of(&mut write.tx, actor, WRITE, now).await?;
    let asking = Asking::load(&mut write.tx, reach, now, &plan.asked).await?;
    let (fated, effects) = asking.carry_out(&mut write, Ending::Cancelled).await?;
    let now = planned(&mut write.tx, asking.day, plan.asked, &fated).await?;
    refuse_other(Some(&plan.fingerprint), &now.fingerprint)?;
    if effects.is_empty() {
        return Ok(UnassignOutcome { trainings: now.trainings, operation: None });
    }
    let operation = write.record(effects.told(Operation::new(UNASSIGNED)));
    write.commit().await?;
    Ok(UnassignOutcome { trainings: now.trainings, operation: Some(operation) })
}

async fn planned(
    tx: &mut Tx,
    day: Day,
    asked: Unassigning,
    fated: &[Fated],
) -> Result<UnassignPlan> {
    let mut of: BTreeMap<Uuid, BTreeMap<Fate, Vec<Uuid>>> = BTreeMap::new();
    for one in fated {
        of.entry(one.training).or_default().entry(one.fate).or_default().push(one.person);
    }
    let named: BTreeSet<Uuid> = of
        .values()
        .flat_map(BTreeMap::values)
        .flat_map(|people| people.iter().take(SAMPLES))
        .copied()
        .collect();
    let names: HashMap<Uuid, String> = people::names_in(tx, named).await?;
    let stored = catalog::sql::load(tx, &IdList::new(of.keys().copied())).await?;
    let mut trainings = Vec::with_capacity(of.len());
    for (training, fates) in &of {
        let Some(stored) = stored.get(training) else { continue };
        let count = |fate: &Fate| {
            let people = fates.get(fate).map_or(0, Vec::len);
            (fate.as_str().to_owned(), people as u64)
        };
        let person = |id: &Uuid| PersonName {
            id: PersonId::new(*id),
            name: names.get(id).cloned().unwrap_or_default(),
        };
        let sample = |(fate, people): (&Fate, &Vec<Uuid>)| FateSample {
            fate: fate.as_str().to_owned(),
            people: people.iter().take(SAMPLES).map(person).collect(),
        };
        trainings.push(PlannedUnassignment {
            training: stored.code.clone(),
            title: stored.shown().map(|one| one.definition.title.clone()).unwrap_or_default(),
            counts: Fate::ALL.iter().map(count).collect(),
            samples: fates.iter().map(sample).collect(),
        });
    }
    trainings.sort_by(|a, b| a.training.cmp(&b.training));
    let effects: Vec<_> =
        fated.iter().map(|one| (one.person, one.training, one.fate.as_str())).collect();
    let fingerprint = fingerprint(&(day, effects));
    Ok(UnassignPlan { day, trainings, fingerprint, asked })
}

/// What a rule assigned is taken back through the rule.
async fn refuse_of_rules(tx: &mut Tx, recorded_at: Timestamp) -> Result<()> {
    let rule: Option<One<String>> = tx.sql(&sql::RULE_CHANGED_AT).bind(recorded_at).opt().await?;
    match rule {
        Some(One(code)) => Err(OF_A_RULE
            .error(format!("the rule `{code}` assigned that"))
            .with_hint(format!(
                "`lmsctl rule show {code}` has its versions; `lmsctl rule apply {code} --version N` goes back"
            ))),
        None => Ok(()),
    }
}
