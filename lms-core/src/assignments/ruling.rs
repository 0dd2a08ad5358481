//! Changes of rules: planned with everybody whom they concern, then done exactly so.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;
use uuid::Uuid;

use super::RULE_CHANGED;
use super::assign::PersonName;
use super::effects::{Came, came_of};
use super::engine::{Outcome, Plan, plan_telling};
use super::load::{Asked, Loaded, Today};
use super::reconsider::{CHUNK, fill_seats};
use super::regrouping::concerned_by;
use super::rules::{self, RuleChange, RuleInForce, RuleStatus, put, resolve};
use super::seating::Seating;
use super::store::{Effects, Ending, store};
use crate::catalog;
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::{IdList, Tx};
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::operations::{Operation, OperationId, Write, fingerprint, refuse_other, refuse_stale};
use crate::people::audience::known::people_of;
use crate::people::memberships::traits_of;
use crate::people::{self, PersonId};
use crate::settings;

/// What a change of rules means for somebody and a training.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleEffect {
    /// Whom it concerns.
    pub person: PersonName,
    /// The code of the training.
    pub training: String,
    /// What becomes of it: `assigned`, `strengthened`, `moved`, `cancelled` and so on.
    pub effect: String,
    /// Why.
    pub because: String,
    /// The day it is due now, where something is.
    pub due_on_before: Option<Day>,
    /// The day it will be due.
    pub due_on: Option<Day>,
    /// The first day on which it is overdue now.
    pub overdue_on_before: Option<Day>,
    /// The first day on which it will be.
    pub overdue_on: Option<Day>,
}

/// What becomes of everybody in the audience for one training of a rule.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedRuleTraining {
    /// The code of the training.
    pub training: String,
    /// What it is called.
    pub title: String,
    /// How many come to what; the sum is the number of people in the audience. Beside the outcomes of an
    /// assignment there are `later`, whose turn is still to come, `paused`, whom a paused rule gives nothing,
    /// and `not_asked`, of whom it wants this no more.
    pub counts: BTreeMap<String, u64>,
    /// Those whose turn is still to come, by the day on which it is.
    pub later: Vec<PlannedTurn>,
}

/// People for whom a rule begins on a day to come.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedTurn {
    /// The day.
    pub on: Day,
    /// How many they are.
    pub n_people: u64,
}

/// A rule that would be changed.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedRule {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// How it stands now; nothing where it is new.
    pub status_before: Option<RuleStatus>,
    /// How it would stand.
    pub status: RuleStatus,
    /// The version that holds now.
    pub version_before: Option<u32>,
    /// The version that would hold.
    pub version: u32,
    /// How many people are in the audience.
    pub n_people: usize,
    /// What becomes of them, for each training.
    pub trainings: Vec<PlannedRuleTraining>,
}

/// What changes of rules would do.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct RulePlan {
    /// The day that it is looked at.
    pub day: Day,
    /// The rules, in the order of the changes.
    pub rules: Vec<PlannedRule>,
    /// How many times each effect happens.
    pub counts: BTreeMap<String, u64>,
    /// Everything that changes for anybody, by training and name.
    pub effects: Vec<RuleEffect>,
    /// What [`super::Rules::apply`] compares.
    pub fingerprint: String,
    #[serde(skip)]
    changes: Vec<RuleChange>,
}

impl RulePlan {
    /// The plan, if it is still the one with this fingerprint, which somebody looked at.
    pub fn still(self, fingerprint: Option<&str>) -> Result<Self> {
        refuse_other(fingerprint, &self.fingerprint)?;
        Ok(self)
    }

    /// Whether anything would be different afterwards.
    #[must_use]
    pub fn changes_anything(&self) -> bool {
        let differs = |rule: &PlannedRule| {
            (rule.status_before, rule.version_before) != (Some(rule.status), Some(rule.version))
        };
        !self.effects.is_empty() || self.rules.iter().any(differs)
    }
}

/// What changes of rules did.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct RuleOutcome {
    /// The day on which it was done.
    pub day: Day,
    /// The rules as they are in force now.
    pub rules: Vec<PlannedRule>,
    /// How many times each effect happened.
    pub counts: BTreeMap<String, u64>,
    /// The operation; none where there was nothing to do.
    pub operation: Option<OperationId>,
}

/// A rule as it is and as it would be.
pub(super) struct Changed {
    pub(super) before: Option<RuleInForce>,
    pub(super) after: RuleInForce,
}

/// What somebody's training comes to, before it has names.
struct Told {
    person: Uuid,
    training: Uuid,
    came: Came,
}

/// Changes with everything that is needed to decide them.
struct Ruling {
    day: Day,
    changed: Vec<Changed>,
    /// Who is in the audience of each rule as it would be.
    audiences: Vec<BTreeSet<Uuid>>,
    /// Everybody whom the changes can concern, in order.
    people: Vec<Uuid>,
    trainings: Vec<Uuid>,
}

pub(super) async fn plan(core: &Core, actor: &Actor, changes: Vec<RuleChange>) -> Result<RulePlan> {
    actor.require(rules::WRITE)?;
    let mut tx = core.db().begin_read().await?;
    let day = settings::today(&mut tx, core.now()).await?;
    let changed = resolve(&mut tx, day, &changes).await?;
    let ruling = Ruling::load(&mut tx, day, changed).await?;
    let (mut told, mut counts) = (Vec::new(), Counts::default());
    let mut seating = Seating::default();
    for people in ruling.people.chunks(CHUNK) {
        let (loaded, plan) = ruling.decide(&mut tx, people, &mut seating).await?;
        counts.join(&ruling, people, &loaded, &plan);
        told.extend(told_of(&loaded, &plan));
    }
    ruling.planned(&mut tx, changes, told, &counts).await
}

pub(super) async fn apply(core: &Core, actor: &Actor, plan: RulePlan) -> Result<RuleOutcome> {
    actor.require(rules::WRITE)?;
    let mut write = Write::begin(core, actor).await?;
    let day = settings::today(&mut write.tx, write.ctx.now).await?;
    let mut changed = resolve(&mut write.tx, day, &plan.changes).await?;
    for one in &mut changed {
        one.after.id = put(&mut write, &one.after).await?;
    }
    let ruling = Ruling::load(&mut write.tx, day, changed).await?;
    let (mut told, mut counts, mut effects) = (Vec::new(), Counts::default(), Effects::default());
    let mut seating = Seating::default();
    for people in ruling.people.chunks(CHUNK) {
        let (loaded, planned) = ruling.decide(&mut write.tx, people, &mut seating).await?;
        counts.join(&ruling, people, &loaded, &planned);
        told.extend(told_of(&loaded, &planned));
        effects.join(store(&mut write, &loaded, &planned, Ending::Cancelled).await?);
    }
    let now = ruling.planned(&mut write.tx, plan.changes.clone(), told, &counts).await?;
    if now.fingerprint != plan.fingerprint {
        refuse_stale(plan.told(), now.told())?;
        refuse_other(Some(&plan.fingerprint), &now.fingerprint)?;
    }
    if !now.changes_anything() {
        return Ok(RuleOutcome { day, rules: now.rules, counts: now.counts, operation: None });
    }
    let left = effects.left();
    effects.join(fill_seats(&mut write, &left).await?);
    let operation = write.record(ruling.recorded(effects.told(Operation::new(RULE_CHANGED))));
    write.commit().await?;
    Ok(RuleOutcome { day, rules: now.rules, counts: now.counts, operation: Some(operation) })
}

impl RulePlan {
    /// What is compared by name where the plan is not what would happen.
    fn told(&self) -> impl Iterator<Item = (String, String)> {
        let rules = self.rules.iter().map(|rule| {
            let state = format!(
                "{:?} {:?} {} {}",
                rule.status_before,
                rule.version_before,
                rule.status.as_str(),
                rule.version
            );
            (rule.code.clone(), state)
        });
        let effects = self.effects.iter().map(|one| {
            let days = [one.due_on_before, one.due_on, one.overdue_on_before, one.overdue_on];
            (one.person.name.clone(), format!("{} {} {days:?}", one.training, one.effect))
        });
        rules.chain(effects).chain([("the day".to_owned(), self.day.to_string())])
    }
}

fn told_of(loaded: &Loaded, plan: &Plan) -> Vec<Told> {
    let told = came_of(loaded, plan).into_iter();
    told.map(|(person, training, came)| Told { person, training, came }).collect()
}

/// How many of the audience of each rule come to what, by rule and training.
#[derive(Default)]
struct Counts(BTreeMap<(usize, Uuid), Count>);

#[derive(Default)]
struct Count {
    outcomes: BTreeMap<Outcome, u64>,
    /// By the day on which it is their turn.
    later: BTreeMap<Day, u64>,
    is_paused: bool,
}

impl Count {
    /// By names, adding up to an audience.
    fn named(&self, n_people: usize) -> BTreeMap<String, u64> {
        let outcome = |outcome: &Outcome| {
            let count = self.outcomes.get(outcome).copied().unwrap_or_default();
            (outcome.as_str().to_owned(), count)
        };
        let mut counts: BTreeMap<String, u64> = Outcome::ALL.iter().map(outcome).collect();
        let later: u64 = self.later.values().sum();
        let known = later + self.outcomes.values().sum::<u64>();
        let rest = (n_people as u64).saturating_sub(known);
        let what = if self.is_paused { "paused" } else { "not_asked" };
        let others = [("later", later), (what, rest)].into_iter().filter(|(_, count)| *count > 0);
        counts.extend(others.map(|(what, count)| (what.to_owned(), count)));
        counts
    }

    fn turns(&self) -> Vec<PlannedTurn> {
        let turn = |(on, n_people): (&Day, &u64)| PlannedTurn { on: *on, n_people: *n_people };
        self.later.iter().map(turn).collect()
    }
}

impl Counts {
    fn join(&mut self, ruling: &Ruling, people: &[Uuid], loaded: &Loaded, plan: &Plan) {
        let places: HashMap<Uuid, usize> =
            ruling.changed.iter().enumerate().map(|(at, one)| (one.after.id, at)).collect();
        for one in plan.outcomes.iter().flatten() {
            let demand = &loaded.book.demands()[one.demand as usize];
            let Some(rule) = places.get(&loaded.sources.id(demand.source.number)) else { continue };
            if !ruling.audiences[*rule].contains(&people[one.person as usize]) {
                continue;
            }
            let training = loaded.trainings.id(demand.training);
            let count = self.0.entry((*rule, training)).or_default();
            *count.outcomes.entry(one.outcome).or_default() += 1;
        }
        let told: BTreeSet<(u32, u32)> =
            plan.outcomes.iter().flatten().map(|one| (one.person, one.demand)).collect();
        for (number, demand) in (0..).zip(loaded.book.demands()) {
            let Some(rule) = places.get(&loaded.sources.id(demand.source.number)) else { continue };
            let training = loaded.trainings.id(demand.training);
            let count = self.0.entry((*rule, training)).or_default();
            count.is_paused = ruling.changed[*rule].after.status == RuleStatus::Paused;
            let audience = &ruling.audiences[*rule];
            for (person, _) in (0..).zip(people).filter(|(_, id)| audience.contains(*id)) {
                if count.is_paused || told.contains(&(person, number)) {
                    continue;
                }
                let view = loaded.facts.person(person);
                let own = view.memberships.iter().filter(|one| one.audience == demand.audience);
                let turns = own.map(|one| one.joined_on.max(one.known_on).max(demand.from));
                if let Some(on) = turns.filter(|on| *on > view.today).min() {
                    *count.later.entry(on).or_default() += 1;
                }
            }
        }
    }
}

impl Ruling {
    async fn load(tx: &mut Tx, day: Day, changed: Vec<Changed>) -> Result<Self> {
        let (mut audiences, mut people) = (Vec::new(), BTreeSet::new());
        let mut trainings = BTreeSet::new();
        // As many as somebody changes at once.
        for one in &changed {
            let members = people_of(tx, &one.after.definition.audience, day).await?;
            people.extend(members.iter().copied());
            audiences.push(members.into_iter().collect());
            people.extend(concerned_by(tx, one.after.id).await?);
            for rule in one.before.iter().chain([&one.after]) {
                trainings.extend(rule.all_trainings(tx).await?);
            }
        }
        Ok(Self {
            day,
            changed,
            audiences,
            people: people.into_iter().collect(),
            trainings: trainings.into_iter().collect(),
        })
    }

    async fn decide(
        &self,
        tx: &mut Tx,
        people: &[Uuid],
        seating: &mut Seating,
    ) -> Result<(Loaded, Plan)> {
        let as_if: Vec<RuleInForce> = self.changed.iter().map(|one| one.after.clone()).collect();
        let today = Today::One(self.day);
        let asked = Asked { as_if: &as_if, ..Asked::of(today, people, &self.trainings) };
        let loaded = asked.load(tx).await?;
        let plan = plan_telling(&loaded.book, &loaded.facts);
        let plan = seating.allot(tx, &loaded, plan).await?;
        Ok((loaded, plan))
    }

    async fn planned(
        &self,
        tx: &mut Tx,
        changes: Vec<RuleChange>,
        told: Vec<Told>,
        counts: &Counts,
    ) -> Result<RulePlan> {
        let everybody: BTreeSet<Uuid> = told.iter().map(|one| one.person).collect();
        let traits = self.traits(tx, &everybody).await?;
        let names = people::names_in(tx, everybody).await?;
        let stored = catalog::sql::load(tx, &IdList::new(self.trainings.iter().copied())).await?;
        let known: HashMap<Uuid, (String, String)> = stored
            .into_iter()
            .map(|(id, one)| {
                let title = one.shown().map(|version| version.definition.title.clone());
                (id, (one.code, title.unwrap_or_default()))
            })
            .collect();
        let mut effects: Vec<RuleEffect> = told
            .iter()
            .map(|one| RuleEffect {
                person: PersonName {
                    id: PersonId::new(one.person),
                    name: names.get(&one.person).cloned().unwrap_or_default(),
                },
                training: known
                    .get(&one.training)
                    .map(|(code, _)| code.clone())
                    .unwrap_or_default(),
                effect: one.came.effect.as_str().to_owned(),
                because: one.came.because(traits.get(&one.person).map(String::as_str)),
                due_on_before: one.came.before.due_on,
                due_on: one.came.after.due_on,
                overdue_on_before: one.came.before.overdue_on,
                overdue_on: one.came.after.overdue_on,
            })
            .collect();
        effects.sort_by(|one, other| {
            let key = |effect: &'_ RuleEffect| {
                (effect.training.clone(), effect.person.name.clone(), effect.person.id)
            };
            key(one).cmp(&key(other))
        });
        let mut totals: BTreeMap<String, u64> = BTreeMap::new();
        for one in &effects {
            *totals.entry(one.effect.clone()).or_default() += 1;
        }
        let mut rules = Vec::with_capacity(self.changed.len());
        for (at, one) in self.changed.iter().enumerate() {
            let of_rule = counts.0.range((at, Uuid::nil())..=(at, Uuid::max()));
            let trainings = of_rule.map(|((_, training), counts)| {
                let (code, title) = known.get(training).cloned().unwrap_or_default();
                let n_people = self.audiences[at].len();
                let (counts, later) = (counts.named(n_people), counts.turns());
                PlannedRuleTraining { training: code, title, counts, later }
            });
            let mut trainings: Vec<_> = trainings.collect();
            trainings.sort_by(|one, other| one.training.cmp(&other.training));
            rules.push(PlannedRule {
                code: one.after.code.clone(),
                title: one.after.definition.title.clone(),
                status_before: one.before.as_ref().map(|before| before.status),
                status: one.after.status,
                version_before: one.before.as_ref().map(|before| before.version),
                version: one.after.version,
                n_people: self.audiences[at].len(),
                trainings,
            });
        }
        let documents: Vec<String> =
            self.changed.iter().map(|one| one.after.definition.document()).collect();
        let fingerprint = fingerprint(&(self.day, &rules, &documents, &effects));
        Ok(RulePlan { day: self.day, rules, counts: totals, effects, fingerprint, changes })
    }

    /// What of people the audiences of these rules go by.
    async fn traits(&self, tx: &mut Tx, people: &BTreeSet<Uuid>) -> Result<HashMap<Uuid, String>> {
        let audiences: Vec<_> = self
            .changed
            .iter()
            .flat_map(|one| one.before.iter().chain([&one.after]))
            .map(|rule| &rule.definition.audience)
            .collect();
        traits_of(tx, &audiences, people, self.day).await
    }

    /// What the log says of the rules themselves.
    fn recorded(&self, mut operation: Operation) -> Operation {
        for one in &self.changed {
            let state = |rule: &RuleInForce| serde_json::json!({ "status": rule.status.as_str(), "version": rule.version });
            let before = one.before.as_ref().map(state);
            let after = state(&one.after);
            if before.as_ref() == Some(&after) {
                continue;
            }
            operation = operation
                .change("rule", Some(one.after.id), before.as_ref(), Some(&after))
                .event(
                    "rule.changed",
                    Some(one.after.id.to_string()),
                    serde_json::json!({ "rule_id": one.after.id, "code": one.after.code, "status": one.after.status.as_str(), "version": one.after.version }),
                );
        }
        operation
    }
}
