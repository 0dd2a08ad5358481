//! Assigning: an order is given to everybody whom a filter means. Planned first, then done exactly
//! as planned; a chunk of people at a time, in one transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::Serialize;
use uuid::Uuid;

use super::delivery::new_to;
use super::engine::{Due, Kind, OnPastDue, Outcome, SourceKind, Spell, plan_telling};
use super::load::{Asked, Fresh, Today};
use super::reconsider::open_of_all;
use super::seating::Seating;
use super::store::{Effects, Ending, store};
use super::terms::{DueRule, OrderTerms, TermsDocument};
use super::{ASSIGNED, NOT_GIVEN, PAST_DUE, WRITE};
use crate::catalog::{self, TrainingStatus};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::schema::ASSIGNMENT_ORDERS;
use crate::kernel::db::{Field, IdList, Tx, bulk};
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;
use crate::operations::{Operation, OperationId, Write, fingerprint, refuse_other, refuse_stale};
use crate::people::{self, Audience, Member, PersonFilter, PersonId, Reach};
use crate::settings;

/// So many people are decided at once: memory is that of a chunk, whoever many there are.
const CHUNK: usize = 50_000;

/// So many people are named for each thing that becomes of them.
pub(super) const SAMPLES: usize = 5;

/// What is to be assigned, to whom, and under which terms.
#[derive(Debug, Clone)]
pub struct NewAssignments {
    trainings: Vec<String>,
    paths: Vec<String>,
    who: PersonFilter,
    due: DueRule,
    kind: Kind,
    grace_days: Option<u32>,
    on_past_due: OnPastDue,
    again: bool,
    with_prerequisites: bool,
}

impl NewAssignments {
    /// Mandatory, without a due day, and nothing yet.
    #[must_use]
    pub fn to(audience: Audience) -> Self {
        Self {
            trainings: Vec::new(),
            paths: Vec::new(),
            who: PersonFilter::new().audience(audience.or_whoever_is_named()),
            due: DueRule::Never,
            kind: Kind::Mandatory,
            grace_days: None,
            on_past_due: OnPastDue::default(),
            again: false,
            with_prerequisites: false,
        }
    }

    /// Also this training, by code or id.
    #[must_use]
    pub fn training(mut self, training: &str) -> Self {
        self.trainings.push(training.to_owned());
        self
    }

    /// Also this learning path: what it requires as it is said here, its electives as optional.
    #[must_use]
    pub fn path(mut self, path: &str) -> Self {
        self.paths.push(path.to_owned());
        self
    }

    /// When it is due.
    #[must_use]
    pub fn due(mut self, due: DueRule) -> Self {
        self.due = due;
        self
    }

    /// How strongly it is meant.
    #[must_use]
    pub fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// The days of grace after the due day; as the organisation has it, unless said.
    #[must_use]
    pub fn grace_days(mut self, days: u32) -> Self {
        self.grace_days = Some(days);
        self
    }

    /// What happens to those for whom it would be past due from the beginning.
    #[must_use]
    pub fn on_past_due(mut self, on_past_due: OnPastDue) -> Self {
        self.on_past_due = on_past_due;
        self
    }

    /// Also to those who have done it.
    #[must_use]
    pub fn again(mut self, again: bool) -> Self {
        self.again = again;
        self
    }

    /// With what has to come first.
    #[must_use]
    pub fn with_prerequisites(mut self, with: bool) -> Self {
        self.with_prerequisites = with;
        self
    }
}

/// Somebody, by id and name.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct PersonName {
    /// The person.
    pub id: PersonId,
    /// Their name.
    pub name: String,
}

/// Some of those who come to one thing.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutcomeSample {
    /// What they come to, by the names of the counts.
    pub outcome: String,
    /// The first of them by name.
    pub people: Vec<PersonName>,
}

/// What becomes of everybody for one training.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedTrainingAssignment {
    /// The code of the training.
    pub training: String,
    /// What it is called.
    pub title: String,
    /// The code of the learning path that it is part of.
    pub path: Option<String>,
    /// How strongly it is meant.
    pub kind: Kind,
    /// When it is due.
    pub due: String,
    /// How many come to what; the sum is the number of people.
    pub counts: BTreeMap<String, u64>,
    /// Some of them.
    pub samples: Vec<OutcomeSample>,
}

/// What assigning would do.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct AssignPlan {
    /// The day that it is looked at.
    pub day: Day,
    /// How many people are meant.
    pub n_people: usize,
    /// What becomes of them, for each training.
    pub trainings: Vec<PlannedTrainingAssignment>,
    /// What [`super::Assignments::assign`] compares.
    pub fingerprint: String,
    #[serde(skip)]
    new: NewAssignments,
    #[serde(skip)]
    told: Vec<Told>,
}

impl AssignPlan {
    /// The plan, if it is still the one with this fingerprint, which somebody looked at.
    pub fn still(self, fingerprint: Option<&str>) -> Result<Self> {
        refuse_other(fingerprint, &self.fingerprint)?;
        Ok(self)
    }

    /// How many come to something, over all trainings.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> u64 {
        let of = |one: &PlannedTrainingAssignment| one.counts.get(outcome.as_str()).copied();
        self.trainings.iter().filter_map(of).sum()
    }

    /// Whether anything would be different afterwards.
    #[must_use]
    pub fn changes_anything(&self) -> bool {
        [Outcome::Assigned, Outcome::Strengthened, Outcome::Waitlisted, Outcome::Parked]
            .iter()
            .any(|outcome| self.count(*outcome) > 0)
    }
}

/// What assigning did.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AssignOutcome {
    /// The day on which it was assigned.
    pub day: Day,
    /// How many people were meant.
    pub n_people: usize,
    /// What became of them, for each training.
    pub trainings: Vec<PlannedTrainingAssignment>,
    /// The operation, by which all of it is taken back; none where there was nothing to do.
    pub operation: Option<OperationId>,
}

/// What becomes of one person for one training.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Told {
    person: Uuid,
    order: usize,
    outcome: Outcome,
}

/// A training, how strongly it is meant, and the path that it is part of.
type Wanted = (Uuid, Kind, Option<(Uuid, String)>);

/// One training of an order, its names known.
#[derive(Debug)]
struct Ordered {
    training: Uuid,
    code: String,
    title: String,
    path: Option<(Uuid, String)>,
    kind: Kind,
    due: String,
    terms: TermsDocument,
}

/// An order with everything that is needed to decide it.
struct Order {
    day: Day,
    of: Vec<Ordered>,
    members: Vec<Member>,
}

pub(super) async fn plan(core: &Core, actor: &Actor, new: NewAssignments) -> Result<AssignPlan> {
    let mut tx = core.db().begin_read().await?;
    let order = Order::load(&mut tx, actor, core.now(), &new).await?;
    let fresh = order.fresh(Uuid::nil);
    let mut told = Vec::new();
    let mut seating = Seating::default();
    for chunk in order.members.chunks(CHUNK) {
        let people: Vec<Uuid> = chunk.iter().map(|member| member.person).collect();
        let (loaded, plans) = order.decide(&mut tx, chunk, &people, &fresh, &mut seating).await?;
        drop(loaded);
        told.extend(order.told(&people, &plans));
    }
    order.planned(&mut tx, new, told).await
}

pub(super) async fn assign(core: &Core, actor: &Actor, plan: AssignPlan) -> Result<AssignOutcome> {
    let mut write = Write::begin(core, actor).await?;
    let order = Order::load(&mut write.tx, actor, write.ctx.now, &plan.new).await?;
    let ctx = write.ctx.clone();
    let fresh = order.fresh(|| ctx.new_id());
    order.insert(&mut write, &fresh).await?;
    let (mut told, mut effects) = (Vec::new(), Effects::default());
    let mut seating = Seating::default();
    for chunk in order.members.chunks(CHUNK) {
        let people: Vec<Uuid> = chunk.iter().map(|member| member.person).collect();
        let (loaded, plans) =
            order.decide(&mut write.tx, chunk, &people, &fresh, &mut seating).await?;
        told.extend(order.told(&people, &plans));
        effects.join(store(&mut write, &loaded, &plans, Ending::Cancelled).await?);
    }
    let now = order.planned(&mut write.tx, plan.new, told).await?;
    if now.fingerprint != plan.fingerprint {
        let (day, before) = (plan.day, &plan.told);
        refuse_stale(
            effects_of(&mut write.tx, day, before, &now.told).await?,
            effects_of(&mut write.tx, now.day, &now.told, before).await?,
        )?;
        refuse_other(Some(&plan.fingerprint), &now.fingerprint)?;
    }
    let AssignPlan { day, n_people, trainings, .. } = now;
    if effects.is_empty() {
        return Ok(AssignOutcome { day, n_people, trainings, operation: None });
    }
    let operation = write.record(effects.told(Operation::new(ASSIGNED)));
    write.commit().await?;
    Ok(AssignOutcome { day, n_people, trainings, operation: Some(operation) })
}

/// An order that a file gives: one training, mandatory, with a due day or without.
pub(super) struct FileOrder {
    order: Order,
    fresh: Vec<Fresh>,
}

impl FileOrder {
    /// Refuses what nobody can be given, and a day that is past.
    pub(super) async fn load(
        write: &mut Write,
        training: Uuid,
        due_on: Option<Day>,
    ) -> Result<Self> {
        let organisation = settings::current(&mut write.tx).await?;
        let day = settings::today(&mut write.tx, write.ctx.now).await?;
        let due = due_on.map_or(DueRule::Never, DueRule::On);
        let new =
            NewAssignments::to(Audience::everybody()).training(&training.to_string()).due(due);
        let of = Order::ordered(&mut write.tx, day, &new, &organisation).await?;
        let order = Order { day, of, members: Vec::new() };
        let ctx = write.ctx.clone();
        let fresh = order.fresh(|| ctx.new_id());
        Ok(Self { order, fresh })
    }

    /// Gives it to those who have not got it yet, and says what becomes of everybody. Seats go to those who
    /// come first.
    pub(super) async fn give(
        &self,
        write: &mut Write,
        people: &[Uuid],
    ) -> Result<(Vec<(Uuid, Outcome)>, Effects)> {
        let training = self.order.of[0].training;
        let (mut told, mut effects, mut is_kept) = (Vec::new(), Effects::default(), false);
        for people in people.chunks(CHUNK) {
            let open = open_of_all(&mut write.tx, people, training).await?;
            let open: HashSet<Uuid> = open.into_keys().collect();
            let (_, plan) = self.decide(&mut write.tx, people).await?;
            let outcomes = self.order.told(people, &plan);
            let outcomes: Vec<(Uuid, Outcome)> =
                outcomes.into_iter().map(|one| (one.person, one.outcome)).collect();
            let new = new_to(&outcomes, &open);
            let is_meant: HashSet<Uuid> = new.iter().copied().collect();
            // Who is left alone gets no further reason for what they have: the same file changes nothing.
            told.extend(outcomes.into_iter().map(|(person, outcome)| match outcome {
                Outcome::Waitlisted if !is_meant.contains(&person) => {
                    (person, Outcome::AlreadyAssigned)
                }
                other => (person, other),
            }));
            if new.is_empty() {
                continue;
            }
            if !std::mem::replace(&mut is_kept, true) {
                self.order.insert(write, &self.fresh).await?;
            }
            let (loaded, plan) = self.decide(&mut write.tx, &new).await?;
            effects.join(store(write, &loaded, &plan, Ending::Cancelled).await?);
        }
        Ok((told, effects))
    }

    async fn decide(
        &self,
        tx: &mut Tx,
        people: &[Uuid],
    ) -> Result<(super::load::Loaded, super::engine::Plan)> {
        let trainings: Vec<Uuid> = self.order.of.iter().map(|ordered| ordered.training).collect();
        let asked = Asked::of(Today::One(self.order.day), people, &trainings);
        let loaded = Asked { fresh: &self.fresh, ..asked }.load(tx).await?;
        let plan = plan_telling(&loaded.book, &loaded.facts);
        let plan = Seating::default().allot(tx, &loaded, plan).await?;
        Ok((loaded, plan))
    }
}

/// What of one side is not the same on the other, by name.
async fn effects_of(
    tx: &mut Tx,
    day: Day,
    told: &[Told],
    other: &[Told],
) -> Result<Vec<(String, String)>> {
    let known: HashMap<(Uuid, usize), Outcome> =
        other.iter().map(|one| ((one.person, one.order), one.outcome)).collect();
    let differs = |one: &&Told| known.get(&(one.person, one.order)) != Some(&one.outcome);
    let different: Vec<&Told> = told.iter().filter(differs).take(100).collect();
    let names = people::names_in(tx, different.iter().map(|one| one.person).collect()).await?;
    let name = |id: &Uuid| names.get(id).cloned().unwrap_or_else(|| id.to_string());
    let effects = different.iter().map(|one| (name(&one.person), format!("{one:?}")));
    Ok(effects.chain([("the day".to_owned(), day.to_string())]).collect())
}

impl Order {
    async fn load(
        tx: &mut Tx,
        actor: &Actor,
        now: Timestamp,
        new: &NewAssignments,
    ) -> Result<Self> {
        let organisation = settings::current(tx).await?;
        let day = settings::today(tx, now).await?;
        let of = Self::ordered(tx, day, new, &organisation).await?;
        let reach = Reach::of(tx, actor, WRITE, now).await?;
        let members = people::members_in(tx, reach, now, &new.who).await?;
        Ok(Self { day, of, members })
    }

    /// The trainings, each once, with their terms.
    async fn ordered(
        tx: &mut Tx,
        day: Day,
        new: &NewAssignments,
        organisation: &settings::OrganisationSettings,
    ) -> Result<Vec<Ordered>> {
        if new.trainings.is_empty() && new.paths.is_empty() {
            return Err(Error::invalid("training", "no training is named")
                .with_hint("name one by its code; `lmsctl training list` shows them"));
        }
        if let DueRule::On(due_on) = new.due
            && due_on < day
        {
            return Err(PAST_DUE
                .error(format!("{due_on} is past: it is {day}"))
                .with_field("due")
                .with_hint("name a day to come, such as `+14d`"));
        }
        let grace_days = match new.grace_days {
            Some(days) => days,
            None => organisation.grace_days.try_into().unwrap_or_default(),
        };
        Due::AfterAssignment(grace_days).check().map_err(|error| error.with_field("grace"))?;
        let after = match &new.due {
            DueRule::AfterCompleting(training, _) => {
                let found = catalog::sql::find(tx, training).await;
                Some(found.map_err(|error| error.with_field("due"))?.uuid())
            }
            _ => None,
        };
        let mut wanted: Vec<Wanted> = Vec::new();
        for training in &new.trainings {
            wanted.push((catalog::sql::find(tx, training).await?.uuid(), new.kind, None));
        }
        for path in &new.paths {
            let given = catalog::paths::given(tx, path).await?;
            for step in &given.steps {
                let kind = if step.is_required() { new.kind } else { Kind::Optional };
                let path = Some((given.id, given.code.clone()));
                wanted.extend(step.of.iter().map(|training| (*training, kind, path.clone())));
            }
        }
        let mut seen = BTreeSet::new();
        wanted.retain(|(training, ..)| seen.insert(*training));
        let mut stored =
            catalog::sql::load(tx, &IdList::new(wanted.iter().map(|(id, ..)| *id))).await?;
        if new.with_prerequisites {
            // As deep as trainings wait for each other; no circle is ever published.
            let mut at = 0;
            while at < wanted.len() {
                let (id, kind, path) = wanted[at].clone();
                at += 1;
                let Some(version) = stored.get(&id).and_then(|one| one.published.as_ref()) else {
                    continue;
                };
                let codes = version.definition.prerequisites.clone();
                let mut first: Vec<Uuid> =
                    catalog::sql::ids_by_code(tx, &codes).await?.into_values().collect();
                first.retain(|id| seen.insert(*id));
                stored.extend(catalog::sql::load(tx, &IdList::new(first.iter().copied())).await?);
                wanted.extend(first.into_iter().map(|id| (id, kind, path.clone())));
            }
        }
        let mut of = Vec::with_capacity(wanted.len());
        for (training, kind, path) in wanted {
            let Some(stored) = stored.remove(&training) else { continue };
            let Some(version) =
                stored.published.filter(|_| stored.status == TrainingStatus::Published)
            else {
                let how = stored.status.as_str().replace('_', " ");
                return Err(NOT_GIVEN
                    .error(format!("`{}` is not given to anybody: it is {how}", stored.code))
                    .with_field("training")
                    .with_hint("publish it first, or name another one"));
            };
            let never = DueRule::Never;
            let is_elective =
                path.is_some() && kind == Kind::Optional && new.kind != Kind::Optional;
            let due = if is_elective { &never } else { &new.due };
            let terms = TermsDocument::new(&OrderTerms {
                kind,
                due,
                after,
                grace_days,
                on_past_due: new.on_past_due,
                again: new.again,
            });
            of.push(Ordered {
                training,
                code: stored.code,
                title: version.definition.title.clone(),
                path,
                kind,
                due: due.to_string(),
                terms,
            });
        }
        Ok(of)
    }

    /// An order for each training, under ids of its own.
    fn fresh(&self, new_id: impl Fn() -> Uuid) -> Vec<Fresh> {
        // While planning, places stand in for ids: nothing of it is kept.
        let id = |at: usize| match new_id() {
            id if id.is_nil() => Uuid::from_u128(at as u128 + 1),
            id => id,
        };
        let fresh = |(at, ordered): (usize, &Ordered)| Fresh {
            id: id(at),
            kind: if ordered.path.is_some() { SourceKind::Path } else { SourceKind::Person },
            training: ordered.training,
            path: ordered.path.as_ref().map(|(id, _)| *id),
            ordered_on: self.day,
            terms: ordered.terms.clone(),
        };
        self.of.iter().enumerate().map(fresh).collect()
    }

    async fn insert(&self, write: &mut Write, fresh: &[Fresh]) -> Result<()> {
        let now = write.ctx.now;
        let row = |one: &Fresh| {
            vec![
                one.id.into_value(),
                one.kind.as_str().into_value(),
                one.training.into_value(),
                one.path.into_value(),
                one.ordered_on.into_value(),
                one.terms.text().into_value(),
                one.terms.after().into_value(),
                now.into_value(),
            ]
        };
        let rows: Vec<_> = fresh.iter().map(row).collect();
        bulk::insert(&mut write.tx, &ASSIGNMENT_ORDERS, rows).await.map(drop)
    }

    /// What has to be done for a chunk of people. Seats go to those who come first by name.
    async fn decide(
        &self,
        tx: &mut Tx,
        chunk: &[Member],
        people: &[Uuid],
        fresh: &[Fresh],
        seating: &mut Seating,
    ) -> Result<(super::load::Loaded, super::engine::Plan)> {
        let trainings: Vec<Uuid> = self.of.iter().map(|ordered| ordered.training).collect();
        let spells: Vec<Vec<Spell>> =
            chunk.iter().map(|member| spells_of(member, self.day)).collect();
        let asked = Asked::of(Today::One(self.day), people, &trainings);
        let asked = Asked { spells: Some(&spells), fresh, ..asked };
        let loaded = asked.load(tx).await?;
        let plan = plan_telling(&loaded.book, &loaded.facts);
        let plan = seating.allot(tx, &loaded, plan).await?;
        Ok((loaded, plan))
    }

    /// What becomes of each person, by the place of the order.
    fn told(&self, people: &[Uuid], plan: &super::engine::Plan) -> Vec<Told> {
        let n_orders = self.of.len();
        let n_demands = plan.counts.len();
        let first = u32::try_from(n_demands - n_orders).expect("few orders");
        let told = plan.outcomes.iter().flatten().filter(|one| one.demand >= first);
        told.map(|one| Told {
            person: people[one.person as usize],
            order: (one.demand - first) as usize,
            outcome: one.outcome,
        })
        .collect()
    }

    async fn planned(
        &self,
        tx: &mut Tx,
        new: NewAssignments,
        told: Vec<Told>,
    ) -> Result<AssignPlan> {
        let mut counts = vec![BTreeMap::<Outcome, u64>::new(); self.of.len()];
        let mut samples: Vec<BTreeMap<Outcome, Vec<Uuid>>> = vec![BTreeMap::new(); self.of.len()];
        for one in &told {
            *counts[one.order].entry(one.outcome).or_default() += 1;
            let named = samples[one.order].entry(one.outcome).or_default();
            if named.len() < SAMPLES {
                named.push(one.person);
            }
        }
        let named: BTreeSet<Uuid> =
            samples.iter().flat_map(BTreeMap::values).flatten().copied().collect();
        let names = people::names_in(tx, named).await?;
        let person = |id: Uuid| PersonName {
            id: PersonId::new(id),
            name: names.get(&id).cloned().unwrap_or_default(),
        };
        let mut trainings = Vec::with_capacity(self.of.len());
        for ((ordered, counts), samples) in self.of.iter().zip(counts).zip(samples) {
            let sample = |(outcome, people): (Outcome, Vec<Uuid>)| OutcomeSample {
                outcome: outcome.as_str().to_owned(),
                people: people.into_iter().map(person).collect(),
            };
            let count = |outcome: &Outcome| {
                (outcome.as_str().to_owned(), counts.get(outcome).copied().unwrap_or_default())
            };
            trainings.push(PlannedTrainingAssignment {
                training: ordered.code.clone(),
                title: ordered.title.clone(),
                path: ordered.path.as_ref().map(|(_, code)| code.clone()),
                kind: ordered.kind,
                due: ordered.due.clone(),
                counts: Outcome::ALL.iter().map(count).collect(),
                samples: samples.into_iter().map(sample).collect(),
            });
        }
        let terms: Vec<_> = self.of.iter().map(|one| (one.training, &one.terms)).collect();
        let effects: Vec<_> =
            told.iter().map(|one| (one.person, one.order, one.outcome.as_str())).collect();
        let fingerprint = fingerprint(&(self.day, terms, effects));
        let n_people = self.members.len();
        Ok(AssignPlan { day: self.day, n_people, trainings, fingerprint, new, told })
    }
}

/// The employment of somebody as their placement tells it: since when they are there, and whether
/// they are gone by now.
fn spells_of(member: &Member, day: Day) -> Vec<Spell> {
    let gone_on = (member.status == "inactive").then_some(day);
    let hired_on =
        member.hired_on.map(|hired_on| gone_on.map_or(hired_on, |gone| hired_on.min(gone)));
    match (hired_on, gone_on) {
        (None, None) => Vec::new(),
        (hired_on, gone_on) => vec![Spell { hired_on: hired_on.unwrap_or(day), gone_on }],
    }
}
