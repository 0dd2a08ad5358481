//! The part of the nightly pass that is about obligations: whom to look at, what became of them as days
//! went by, and carrying it out.
//!
//! An obligation is looked at on the day it wakes. Its `wake_on` is how far it was looked at: what happens
//! to it before that day was told, what happens on it or later was not. It is moved on in the transaction
//! that tells, so that whoever dies between two of them has told each thing once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::json;
use uuid::Uuid;

use super::engine::{
    Act, CaughtUp, Cause, Reason, Status, Transition, TransitionKind, around, catch_up_each,
    days_between, local_day, pause_on, plus_days, status, wake_on,
};
use super::load::{Asked, Loaded, Today};
pub(crate) use super::pieces::Piece;
use super::pieces::pieces;
use super::policy::{self, Policy};
use super::reconsider::fill_seats;
use super::regrouping::people_of_rules;
use super::rules::{RuleStatus, ruled_trainings};
use super::store::{CHUNK as TOLD_MAX, Effects, Ending, Happened, store};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::schema::{ASSIGNMENTS, EXEMPTIONS};
use crate::kernel::db::{Assembly, Field, IdList, One, Tx, Value, bulk, row};
use crate::kernel::error::Result;
use crate::kernel::text::{Day, TimeZoneName};
use crate::operations::{Operation, Write};
use crate::settings;

/// Of so many people at a time it is read for which trainings they are looked at, where everybody is.
const PEOPLE_MAX: usize = 2_000;
/// So many days behind the organisation it can be for somebody: from UTC+14 to UTC−12.
const BEHIND_DAYS: i32 = 2;

/// Which day it is, for the whole of a pass.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    /// The day it is for the organisation, or the one that was named.
    pub(crate) day: Day,
    /// Whether it is the same for everybody.
    pub(crate) named: bool,
    /// When the pass began.
    pub(crate) now: Timestamp,
}

impl Moment {
    fn today(&self) -> Today {
        if self.named { Today::One(self.day) } else { Today::Local(self.now) }
    }
}

/// Whom a pass looks at.
#[derive(Debug, Default)]
pub(crate) struct Work {
    /// By person: the trainings.
    wanted: BTreeMap<Uuid, BTreeSet<Uuid>>,
    /// What is looked at next, the first last.
    ready: Vec<Piece>,
    /// People for whom a fact begins or ends to hold by the passing of days alone.
    moved: BTreeSet<Uuid>,
    /// The day after which the pass before this one has looked at nothing of theirs.
    since: Option<Day>,
    /// Those who are looked at for all that they have.
    everybody: Vec<Uuid>,
}

row! {
    struct PairRow {
        training_id: Uuid,
        person_id: Uuid,
    }
}

row! {
    #[derive(Debug)]
    struct AwakeExemption {
        id: Uuid,
        person_id: Uuid,
        training_id: Uuid,
        until_on: Option<Day>,
        wake_on: Option<Day>,
    }
}

/// The day it is where it is latest, of all people.
async fn latest_day(tx: &mut Tx, moment: &Moment) -> Result<Day> {
    if moment.named {
        return Ok(moment.day);
    }
    let zones: Vec<One<TimeZoneName>> =
        Assembly::new("SELECT DISTINCT timezone FROM persons WHERE timezone IS NOT NULL")
            .on(tx)
            .all()
            .await?;
    let usual = settings::current(tx).await?.timezone.zone();
    let local = |One(zone): One<TimeZoneName>| local_day(moment.now, Some(&zone.zone()), &usual);
    Ok(zones.into_iter().map(local).max().map_or(moment.day, |day| day.max(moment.day)))
}

/// Whom to look at: whoever has something that wakes, and those for whom a fact begins or ends to hold
/// after a day. `since` is the day of the pass before this one; `slack` adds those who wake so many days
/// later.
pub(crate) async fn work(
    tx: &mut Tx,
    moment: &Moment,
    since: Option<Day>,
    slack: i32,
    full: bool,
) -> Result<Work> {
    let until = plus_days(latest_day(tx, moment).await?, slack);
    let mut work = Work { since, ..Work::default() };
    // What began on the day of the pass before had not begun for those for whom it was still the day
    // before: nothing wakes them but this.
    let since = since.map(|since| plus_days(since, -BEHIND_DAYS));
    if full {
        let all: Vec<One<Uuid>> =
            Assembly::new("SELECT id FROM persons ORDER BY id").on(tx).all().await?;
        work.everybody = all.into_iter().map(|One(id)| id).collect();
    }
    let awake = [
        "SELECT training_id, person_id FROM assignments WHERE retracted_at IS NULL AND wake_on <= ?",
        "SELECT training_id, person_id FROM exemptions
         WHERE retracted_at IS NULL AND wake_on IS NOT NULL AND wake_on <= ?",
        // What waits for a decision can have settled itself.
        "SELECT training_id, person_id FROM assignment_exceptions
         WHERE resolved_on IS NULL AND retracted_at IS NULL AND parked_on <= ?",
    ];
    for asked in awake {
        work.add_pairs(Assembly::new(asked).bind(until), tx).await?;
    }
    let of_rules = people_of_rules(tx, since.filter(|_| !full), until).await?;
    let Some(since) = since else {
        work.add_all(of_rules);
        return Ok(work);
    };
    let begun = Assembly::new(
        "SELECT training_id, person_id FROM exemptions WHERE retracted_at IS NULL AND from_on > ?",
    );
    work.add_pairs(begun.bind(since).push("AND from_on <= ?").bind(until), tx).await?;
    // Hired, gone, away and back: each of these is a placement that begins.
    let moved: Vec<One<Uuid>> = Assembly::new(
        "SELECT DISTINCT person_id FROM placements WHERE retracted_at IS NULL AND valid_from > ?",
    )
    .bind(since)
    .push("AND valid_from <= ?")
    .bind(until)
    .on(tx)
    .all()
    .await?;
    work.moved.extend(moved.into_iter().map(|One(id)| id));
    let moved: Vec<Uuid> = work.moved.iter().copied().collect();
    if !work.moved.is_empty() {
        for asked in all_of(&moved) {
            work.add_pairs(asked, tx).await?;
        }
        let ruled = ruled_trainings(tx).await?;
        for person in &work.moved {
            work.wanted.entry(*person).or_default().extend(&ruled);
        }
    }
    work.moved.extend(of_rules.values().flatten().copied());
    work.add_all(of_rules);
    // What a training asks of people, and what counts for it, has days of its own.
    let taught: Vec<One<Uuid>> = Assembly::new(
        "SELECT training_id FROM training_versions
         WHERE state = 'published' AND require_retraining_by >= ?",
    )
    .bind(since)
    .push("AND require_retraining_by < ?")
    .bind(until)
    .push("UNION SELECT training_id FROM training_equivalents WHERE retracted_at IS NULL AND valid_from > ?")
    .bind(since)
    .push("AND valid_from <= ?")
    .bind(until)
    .push("UNION SELECT training_id FROM training_equivalents WHERE retracted_at IS NULL AND valid_until > ?")
    .bind(since)
    .push("AND valid_until <= ?")
    .bind(until)
    .on(tx)
    .all()
    .await?;
    for One(training) in taught {
        work.add_pairs(everybody_of(training), tx).await?;
    }
    Ok(work)
}

/// Everybody who has or had to do a training, or need not.
fn everybody_of(training: Uuid) -> Assembly {
    Assembly::new(
        "SELECT training_id, person_id FROM assignments WHERE retracted_at IS NULL AND training_id = ?",
    )
    .bind(training)
    .push("UNION SELECT training_id, person_id FROM exemptions WHERE retracted_at IS NULL AND training_id = ?")
    .bind(training)
}

impl Work {
    fn add_all(&mut self, people: BTreeMap<Uuid, BTreeSet<Uuid>>) {
        for (training, people) in people {
            for person in people {
                self.wanted.entry(person).or_default().insert(training);
            }
        }
    }

    async fn add_pairs(&mut self, asked: Assembly, tx: &mut Tx) -> Result<()> {
        let rows: Vec<PairRow> = asked.on(tx).all().await?;
        for row in rows {
            self.wanted.entry(row.person_id).or_default().insert(row.training_id);
        }
        Ok(())
    }

    /// How many people there are to look at, each once for every training; not of all where everybody is
    /// looked at.
    pub(crate) fn len(&self) -> usize {
        self.wanted.values().map(BTreeSet::len).sum()
    }

    /// The next people to look at; none when all were. What everybody has is read for some people at a
    /// time, so that memory is that of them.
    pub(crate) async fn next(&mut self, tx: &mut Tx) -> Result<Option<Piece>> {
        while self.ready.is_empty() {
            let some = if self.everybody.is_empty() {
                std::mem::take(&mut self.wanted)
            } else {
                let left = self.everybody.len().saturating_sub(PEOPLE_MAX);
                let people = self.everybody.split_off(left);
                for asked in all_of(&people) {
                    self.add_pairs(asked, tx).await?;
                }
                let taken = |person: Uuid| Some((person, self.wanted.remove(&person)?));
                people.into_iter().filter_map(taken).collect()
            };
            if some.is_empty() && self.everybody.is_empty() && self.wanted.is_empty() {
                return Ok(None);
            }
            self.ready = pieces(some);
            self.ready.reverse();
        }
        Ok(self.ready.pop())
    }
}

/// What people have or had to do, or need not.
fn all_of(people: &[Uuid]) -> [Assembly; 3] {
    // One for each index by person.
    [
        "FROM assignments WHERE retracted_at IS NULL AND closed_on IS NULL AND person_id IN (ids?)",
        "FROM assignments WHERE retracted_at IS NULL AND closed_on IS NOT NULL AND person_id IN (ids?)",
        "FROM exemptions WHERE retracted_at IS NULL AND person_id IN (ids?)",
    ]
    .map(|of| {
        Assembly::select::<PairRow>("training_id, person_id")
            .push(of)
            .bind_ids(&IdList::new(people.iter().copied()))
    })
}

/// What became of the people of a piece.
#[derive(Debug)]
pub(crate) struct Looked {
    loaded: Loaded,
    caught_up: CaughtUp,
    usual: Policy,
    exemptions: Vec<AwakeExemption>,
}

/// Looks at people: what has to be done for them, and what happened to them on which day. Nothing is
/// written.
pub(crate) async fn look(
    tx: &mut Tx,
    moment: &Moment,
    work: &Work,
    piece: &Piece,
) -> Result<Looked> {
    let asked = Asked::of(moment.today(), &piece.people, &piece.trainings);
    let mut loaded = asked.load(tx).await?;
    loaded.caught_up = true;
    let exemptions: Vec<AwakeExemption> = Assembly::new(
        "SELECT id, person_id, training_id, until_on, wake_on FROM exemptions
         WHERE retracted_at IS NULL AND wake_on IS NOT NULL AND person_id IN (ids?)",
    )
    .bind_ids(&IdList::new(piece.people.iter().copied()))
    .push("AND training_id IN (ids?)")
    .bind_ids(&IdList::new(piece.trainings.iter().copied()))
    .on(tx)
    .all()
    .await?;
    let mut first: HashMap<Uuid, Day> = HashMap::new();
    for row in &exemptions {
        if let Some(on) = row.wake_on {
            let first = first.entry(row.person_id).or_insert(on);
            *first = on.min(*first);
        }
    }
    // As many days as lie between the two passes, and one for zones that are apart.
    let gap = work.since.map_or(0, |since| days_between(since, moment.day).max(0) + 1);
    let last_looked = |number: u32| {
        let view = loaded.facts.person(number);
        let person = loaded.people[number as usize];
        let wakes = view.obligations.iter().filter_map(|one| one.days.wake_on);
        let wakes = wakes.chain(first.get(&person).copied()).min();
        let slept = wakes.unwrap_or(view.today).min(view.today);
        let slept = plus_days(slept, -1);
        if work.moved.contains(&person) { slept.min(plus_days(view.today, -gap)) } else { slept }
    };
    let mut caught_up = catch_up_each(&loaded.book, &loaded.facts, last_looked);
    let usual = policy::usual(loaded.due_soon_days);
    let untold = |one: &Transition| is_untold(&loaded, &exemptions, one);
    caught_up.transitions.retain(untold);
    Ok(Looked { loaded, caught_up, usual, exemptions })
}

/// Whether something that happened was not told by an earlier pass, or by whoever did it.
fn is_untold(loaded: &Loaded, exemptions: &[AwakeExemption], one: &Transition) -> bool {
    if let TransitionKind::ExemptionEnding | TransitionKind::ExemptionEnded = one.kind {
        let person = loaded.people[one.person as usize];
        let training = loaded.trainings.id(one.training);
        return exemptions.iter().any(|row| {
            let is_it = (row.person_id, row.training_id) == (person, training);
            let awake = row.wake_on.is_some_and(|on| on <= one.day);
            let back_on = row.until_on.map(Day::next);
            let ends = one.kind == TransitionKind::ExemptionEnded;
            is_it
                && awake
                && back_on.is_some_and(|on| if ends { on == one.day } else { on > one.day })
        });
    }
    let stood = loaded.facts.person(one.person);
    match stood.cycle(one.training, one.cycle) {
        Some(at) => stood.obligations[at].days.wake_on.is_some_and(|on| on <= one.day),
        None => true,
    }
}

/// Something that stands open and may have to be told.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    pub(crate) assignment: Uuid,
    pub(crate) person: Uuid,
    pub(crate) training: Uuid,
    pub(crate) due_on: Day,
    pub(crate) overdue_on: Day,
    pub(crate) is_overdue: bool,
    /// Whether others hear of it.
    pub(crate) escalates: bool,
    /// Whether all that asks for it are rules that are paused: nobody is told until they go on.
    pub(crate) is_paused: bool,
    /// The days from the due day to the day it is for the person.
    pub(crate) days_past: i32,
    /// The days from the due day to the one before which nobody is reminded.
    pub(crate) not_before: i32,
    pub(crate) today: Day,
    pub(crate) policy: Policy,
}

/// An exemption that is about to end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EndingExemption {
    pub(crate) exemption: Uuid,
    pub(crate) person: Uuid,
    pub(crate) training: Uuid,
    pub(crate) until: Day,
    pub(crate) day: Day,
}

impl Looked {
    /// What there is to count, by what it is called.
    pub(crate) fn counts(&self) -> BTreeMap<&'static str, i64> {
        let mut counts: BTreeMap<&'static str, i64> = BTreeMap::new();
        let mut count = |name: &'static str| *counts.entry(name).or_default() += 1;
        let mut renewed: BTreeSet<(u32, u32)> = BTreeSet::new();
        let mut touched: BTreeSet<u32> = BTreeSet::new();
        for action in &self.caught_up.plan.actions {
            touched.insert(action.person);
            match (action.act, action.cause) {
                (Act::Assign(_), Cause::Renewal | Cause::Retraining) => {
                    renewed.insert((action.person, action.training));
                }
                (Act::Park { .. }, _) => count("parked"),
                _ => {}
            }
        }
        for person in touched {
            let (before, after) =
                (self.loaded.facts.person(person), self.caught_up.after.person(person));
            for one in after.obligations {
                let stood = before.cycle(one.training, one.cycle).map(|at| &before.obligations[at]);
                if stood.is_none() {
                    let again = renewed.contains(&(person, one.training));
                    count(if again { "renewed" } else { "assigned" });
                }
                let stood_open = stood.is_none_or(super::engine::Obligation::is_open);
                match (stood_open, one.days.closed_as) {
                    (true, Some(closed_as)) => count(Happened::from(closed_as).as_str()),
                    _ if stood.is_some_and(|stood| stood != one) => count("changed"),
                    _ => {}
                }
            }
        }
        for transition in &self.caught_up.transitions {
            if let Some((name, _)) = called(transition.kind) {
                count(name);
            }
        }
        counts
    }

    /// How many people were looked at.
    pub(crate) fn n_looked_at(&self) -> usize {
        self.loaded.people.len()
    }

    /// Some of what happened, to be shown: person, training, what, and when.
    pub(crate) fn samples(&self, max: usize) -> Vec<(Uuid, Uuid, &'static str, Day)> {
        let told = self.caught_up.transitions.iter().filter_map(|one| {
            let (name, _) = match one.kind {
                TransitionKind::Assigned => ("assigned", ""),
                kind => called(kind)?,
            };
            let person = self.loaded.people[one.person as usize];
            Some((person, self.loaded.trainings.id(one.training), name, one.day))
        });
        told.take(max).collect()
    }

    /// Exemptions of which it was not said yet that they end.
    pub(crate) fn ending(&self) -> Vec<EndingExemption> {
        let ending = |one: &Transition| {
            let person = self.loaded.people[one.person as usize];
            let training = self.loaded.trainings.id(one.training);
            let row = self.exemptions.iter().find(|row| {
                (row.person_id, row.training_id) == (person, training)
                    && row.until_on.is_some_and(|until| until >= one.day)
            })?;
            let until = row.until_on?;
            // A warning that comes too late is none.
            let today = self.loaded.facts.person(one.person).today;
            (until >= today).then_some(EndingExemption {
                exemption: row.id,
                person,
                training,
                until,
                day: one.day,
            })
        };
        let transitions = self.caught_up.transitions.iter();
        transitions
            .filter(|one| one.kind == TransitionKind::ExemptionEnding)
            .filter_map(ending)
            .collect()
    }

    /// Whether nothing asks for it but rules that somebody paused.
    fn is_paused(&self, reasons: &[Reason]) -> bool {
        let is_paused = |reason: &Reason| {
            let id = self.loaded.sources.id(reason.source.number);
            let mut rules = self.loaded.rules.iter();
            rules.any(|rule| rule.id == id && rule.status == RuleStatus::Paused)
        };
        let mut owed = reasons.iter().filter(|reason| reason.is_owed()).peekable();
        owed.peek().is_some() && owed.all(is_paused)
    }

    /// What stands open, was due to be looked at, and is neither at rest nor of somebody who has left.
    /// What began with this pass has its id once it was carried out: `begun` knows them.
    pub(crate) fn standing(
        &self,
        begun: &HashMap<(Uuid, Uuid), Uuid>,
        slack: i32,
    ) -> Vec<Standing> {
        let mut standing = Vec::new();
        for number in 0..u32::try_from(self.loaded.people.len()).expect("a chunk of people") {
            let view = self.caught_up.after.person(number);
            let today = view.today;
            let comes_later = view.spell_on(today).is_some_and(|spell| spell.hired_on > today);
            if comes_later || view.gone_since(today).is_some() {
                continue;
            }
            let before = self.loaded.facts.person(number);
            for (at, one) in view.obligations.iter().enumerate() {
                let (true, Some(due_on), Some(overdue_on)) =
                    (one.is_open(), one.days.due_on, one.days.overdue_on)
                else {
                    continue;
                };
                let person = self.loaded.people[number as usize];
                let training = self.loaded.trainings.id(one.training);
                let stood = before.cycle(one.training, one.cycle).map(|at| &before.obligations[at]);
                let assignment = match stood {
                    Some(stood) => {
                        let wakes = stood.days.wake_on;
                        if wakes.is_none_or(|on| on > plus_days(today, slack)) {
                            continue;
                        }
                        self.loaded.kept.get(&(number, one.training, one.cycle)).map(|kept| kept.id)
                    }
                    None => begun.get(&(person, training)).copied(),
                };
                let Some(assignment) = assignment else { continue };
                let is = status(&one.days, &around(&view, one, today, 0), today);
                let runs = matches!(
                    is,
                    Some(
                        Status::Assigned
                            | Status::InProgress
                            | Status::DueSoon
                            | Status::Late
                            | Status::Overdue
                    )
                );
                let rests = one.pauses && pause_on(view.leaves, today).is_some();
                if !runs || rests {
                    continue;
                }
                let granted_on = one.extension.map(|extension| extension.granted_on);
                let not_before =
                    granted_on.map_or(one.days.assigned_on, |on| on.max(one.days.assigned_on));
                standing.push(Standing {
                    assignment,
                    person,
                    training,
                    due_on,
                    overdue_on,
                    is_overdue: is == Some(Status::Overdue),
                    escalates: policy::escalates(one.kind),
                    is_paused: self.is_paused(view.reasons_of(at)),
                    days_past: days_between(due_on, today),
                    not_before: days_between(due_on, not_before),
                    today,
                    policy: policy::of(view.reasons_of(at), &self.loaded.policies, &self.usual)
                        .clone(),
                });
            }
        }
        standing
    }
}

/// What a transition is called where it is counted, and as an event; none for what is told with what
/// was done.
fn called(kind: TransitionKind) -> Option<(&'static str, &'static str)> {
    match kind {
        TransitionKind::Assigned => None,
        TransitionKind::WindowOpened => Some(("window_opened", "training.window_opened")),
        TransitionKind::Late => Some(("late", "training.late")),
        TransitionKind::Overdue => Some(("overdue", "training.overdue")),
        TransitionKind::Expired => Some(("expired", "training.expired")),
        TransitionKind::ExemptionEnding => Some(("exemption_ending", "exemption.ending")),
        TransitionKind::ExemptionEnded => Some(("exemption_ended", super::EXEMPTION_ENDED)),
    }
}

/// Carries out what was found, and gives seats that became free to those who wait. When each is looked at
/// again is for [`move_on`].
pub(crate) async fn settle(write: &mut Write, looked: &Looked) -> Result<Settled> {
    let plan = &looked.caught_up.plan;
    let mut effects = store(write, &looked.loaded, plan, Ending::Cancelled).await?;
    let left = effects.left();
    effects.join(fill_seats(write, &left).await?);
    Ok(Settled(effects))
}

/// What was carried out.
#[derive(Debug)]
pub(crate) struct Settled(Effects);

/// What is put into the log and the feed, where there is anything to tell.
pub(crate) fn tell(looked: &Looked, settled: Settled, operation: Operation) -> Option<Operation> {
    let Settled(effects) = settled;
    let nothing = effects.is_empty() && looked.caught_up.transitions.is_empty();
    (!nothing).then(|| told(looked, effects, operation))
}

/// The assignments that began in this write, by person and training.
pub(crate) async fn begun(
    write: &mut Write,
    looked: &Looked,
) -> Result<HashMap<(Uuid, Uuid), Uuid>> {
    let began = |action: &super::engine::Action| matches!(action.act, Act::Assign(_));
    if !looked.caught_up.plan.actions.iter().any(began) {
        return Ok(HashMap::new());
    }
    let now = write.ctx.now;
    let rows: Vec<BegunRow> = Assembly::new(
        "SELECT id, person_id, training_id FROM assignments
         WHERE retracted_at IS NULL AND closed_on IS NULL AND recorded_at = ?",
    )
    .bind(now)
    .push("AND person_id IN (ids?)")
    .bind_ids(&IdList::new(looked.loaded.people.iter().copied()))
    .on(&mut write.tx)
    .all()
    .await?;
    Ok(rows.into_iter().map(|row| ((row.person_id, row.training_id), row.id)).collect())
}

row! {
    struct BegunRow {
        id: Uuid,
        person_id: Uuid,
        training_id: Uuid,
    }
}

/// Sets when each is looked at again, in place: it is no fact. `held_back` are those of which something was
/// not told this time: they are looked at again on the next day.
pub(crate) async fn move_on(
    write: &mut Write,
    looked: &Looked,
    held_back: &BTreeSet<Uuid>,
) -> Result<()> {
    let Looked { loaded, caught_up, usual, exemptions, .. } = looked;
    let mut wakes: Vec<(Value, Value)> = Vec::new();
    for number in 0..u32::try_from(loaded.people.len()).expect("a chunk of people") {
        let (before, after) = (loaded.facts.person(number), caught_up.after.person(number));
        for (at, one) in after.obligations.iter().enumerate() {
            let Some(stood) = before.cycle(one.training, one.cycle) else { continue };
            let stood = &before.obligations[stood];
            let key = (number, one.training, one.cycle);
            let Some(kept) = loaded.kept.get(&key) else { continue };
            let notices = &policy::of(after.reasons_of(at), &loaded.policies, usual).notices;
            let mut wakes_on = wake_on(&after, one, after.today, notices);
            if held_back.contains(&kept.id) {
                wakes_on = Some(after.today.next());
            }
            if stood.days.wake_on != wakes_on {
                wakes.push((kept.id.into_value(), wakes_on.into_value()));
            }
        }
    }
    let holds = "assignments.retracted_at IS NULL";
    bulk::set(&mut write.tx, &ASSIGNMENTS, ("id", "wake_on"), holds, wakes).await?;
    let places: HashMap<Uuid, u32> = loaded.people.iter().copied().zip(0..).collect();
    let mut wakes: Vec<(Value, Value)> = Vec::new();
    for row in exemptions {
        let today = caught_up.after.person(places[&row.person_id]).today;
        if row.wake_on.is_some_and(|on| on <= today) {
            let back_on = row.until_on.map(Day::next).filter(|on| *on > today);
            wakes.push((row.id.into_value(), back_on.into_value()));
        }
    }
    let holds = "exemptions.retracted_at IS NULL";
    bulk::set(&mut write.tx, &EXEMPTIONS, ("id", "wake_on"), holds, wakes).await.map(drop)
}

/// Puts what happened into the log and the feed, each with the day on which it became so.
fn told(looked: &Looked, effects: Effects, operation: Operation) -> Operation {
    let mut of: BTreeMap<(&'static str, &'static str, Uuid, Day), Vec<Uuid>> = BTreeMap::new();
    for one in &looked.caught_up.transitions {
        let (name, event) = match one.kind {
            TransitionKind::Assigned => ("assigned", "training.assigned"),
            kind => called(kind).expect("all others are told here"),
        };
        let training = looked.loaded.trainings.id(one.training);
        let person = looked.loaded.people[one.person as usize];
        of.entry((name, event, training, one.day)).or_default().push(person);
    }
    let mut operation = effects.without(Happened::Assigned).told(operation);
    let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
    for ((name, event, training, day), people) in &of {
        for people in people.chunks(TOLD_MAX) {
            *counts.entry(name).or_default() += i64::try_from(people.len()).unwrap_or(i64::MAX);
            let told = json!({ *name: people, "day": day });
            let data = json!({
                "training_id": training,
                "person_ids": people,
                "as": name,
                "day": day,
            });
            operation = operation
                .change("training", Some(*training), None::<&()>, Some(&told))
                .event(event, Some(training.to_string()), data);
        }
    }
    for (name, count) in counts {
        operation = operation.count(name, count);
    }
    operation
}
