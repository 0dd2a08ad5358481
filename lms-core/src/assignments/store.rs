//! From a plan to rows: the plan is carried out in memory, and what is different afterwards is
//! written, in sets. Rows are never changed; what stood before is marked with the instant.

use std::collections::{BTreeMap, HashSet};

use serde_json::json;
use uuid::Uuid;

use super::engine::{Act, ClosedAs, Facts, ParkedBecause, Plan, Reason, Source, apply, wake_on};
use super::load::Loaded;
use super::policy;
use super::sql::{AssignmentRecord, ReasonRecord};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::schema::{ASSIGNMENT_EXCEPTIONS, ASSIGNMENT_REASONS, ASSIGNMENTS};
use crate::kernel::db::{Assembly, Field, IdList, Tx, Value, bulk};
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::operations::{Operation, Write};

/// How many people one event, and one entry of the log of changes, is about at most.
pub(super) const CHUNK: usize = 1_000;

/// What happened to an assignment, as it is told in the log and in events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Happened {
    Assigned,
    Changed,
    Completed,
    /// It was done before it was wanted.
    Credited,
    Cancelled,
    Left,
    Undone,
    /// What made it end was taken back.
    Resumed,
    Parked,
    Unparked,
    Seated,
    Exempted,
}

impl Happened {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Assigned => "assigned",
            Self::Changed => "changed",
            Self::Completed => "completed",
            Self::Credited => "credited",
            Self::Cancelled => "cancelled",
            Self::Left => "left",
            Self::Undone => "undone",
            Self::Resumed => "resumed",
            Self::Parked => "parked",
            Self::Unparked => "unparked",
            Self::Seated => "seated",
            Self::Exempted => "exempted",
        }
    }

    /// What those who listen are told.
    fn event(self) -> Option<&'static str> {
        match self {
            Self::Assigned | Self::Resumed => Some("training.assigned"),
            Self::Completed => Some("training.completed"),
            Self::Credited => Some("training.credited"),
            Self::Cancelled | Self::Left | Self::Undone => Some("training.unassigned"),
            Self::Parked => Some("training.parked"),
            Self::Seated => Some("training.seated"),
            Self::Exempted => Some("exemption.granted"),
            Self::Changed | Self::Unparked => None,
        }
    }
}

impl From<ClosedAs> for Happened {
    fn from(closed_as: ClosedAs) -> Self {
        match closed_as {
            ClosedAs::Completed => Self::Completed,
            ClosedAs::Cancelled => Self::Cancelled,
            ClosedAs::Left => Self::Left,
            ClosedAs::Undone => Self::Undone,
        }
    }
}

/// What a write did: to whom, by training.
#[derive(Debug, Default)]
pub(super) struct Effects {
    of: BTreeMap<(Uuid, Happened), Vec<Uuid>>,
    /// Who came to the end of a learning path, by path.
    paths: BTreeMap<Uuid, Vec<Uuid>>,
}

impl Effects {
    pub(super) fn add(&mut self, training: Uuid, happened: Happened, person: Uuid) {
        self.of.entry((training, happened)).or_default().push(person);
    }

    pub(super) fn add_path(&mut self, path: Uuid, person: Uuid) {
        self.paths.entry(path).or_default().push(person);
    }

    pub(super) fn join(&mut self, other: Self) {
        for (key, mut people) in other.of {
            self.of.entry(key).or_default().append(&mut people);
        }
        for (path, mut people) in other.paths {
            self.paths.entry(path).or_default().append(&mut people);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.of.is_empty() && self.paths.is_empty()
    }

    /// Takes out what happened in one way, to be told otherwise.
    pub(super) fn without(mut self, happened: Happened) -> Self {
        self.of.retain(|(_, what), _| *what != happened);
        self
    }

    pub(super) fn count(&self, happened: Happened) -> usize {
        self.of.iter().filter(|((_, what), _)| *what == happened).map(|(_, all)| all.len()).sum()
    }

    /// The trainings in which a seat may have become free.
    pub(super) fn left(&self) -> Vec<Uuid> {
        let free = [Happened::Completed, Happened::Cancelled, Happened::Left, Happened::Undone];
        let mut trainings: Vec<Uuid> = self
            .of
            .keys()
            .filter(|(_, happened)| free.contains(happened))
            .map(|(training, _)| *training)
            .collect();
        trainings.dedup();
        trainings
    }

    /// Puts them into the log and the feed: ids only, a thousand people at a time.
    pub(super) fn told(&self, mut operation: Operation) -> Operation {
        let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
        for ((training, happened), people) in &self.of {
            *counts.entry(happened.as_str()).or_default() += people.len();
            for people in people.chunks(CHUNK) {
                let told = json!({ happened.as_str(): people });
                operation = operation.change("training", Some(*training), None::<&()>, Some(&told));
                if let Some(event) = happened.event() {
                    let data = json!({
                        "training_id": training,
                        "person_ids": people,
                        "as": happened.as_str(),
                    });
                    operation = operation.event(event, Some(training.to_string()), data);
                }
            }
        }
        for (path, people) in &self.paths {
            *counts.entry("paths_completed").or_default() += people.len();
            for people in people.chunks(CHUNK) {
                let told = json!({ "completed": people });
                let data = json!({ "path_id": path, "person_ids": people });
                operation = operation.change("path", Some(*path), None::<&()>, Some(&told)).event(
                    "path.completed",
                    Some(path.to_string()),
                    data,
                );
            }
        }
        for (name, count) in counts {
            operation = operation.count(name, i64::try_from(count).unwrap_or(i64::MAX));
        }
        operation
    }
}

/// Rows on their way into the tables.
#[derive(Debug, Default)]
struct Rows {
    retracted: Vec<Uuid>,
    assignments: Vec<AssignmentRecord>,
    /// The assignments whose reasons are written anew.
    reasoned: Vec<Uuid>,
    reasons: Vec<ReasonRecord>,
    retracted_exceptions: Vec<Uuid>,
    exceptions: Vec<Vec<Value>>,
}

/// How somebody's assignments end where nothing wants them any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Cancelled,
    /// What assigned it is taken back.
    Undone,
}

/// Carries a plan out: writes what is different afterwards, and says what happened to whom.
pub(super) async fn store(
    write: &mut Write,
    loaded: &Loaded,
    plan: &Plan,
    ending: Ending,
) -> Result<Effects> {
    let mut effects = Effects::default();
    if plan.is_empty() {
        return Ok(effects);
    }
    let after = apply(&loaded.facts, plan);
    let rows = {
        let mut difference = Difference {
            write,
            loaded,
            after: &after,
            ending,
            rows: Rows::default(),
            effects: &mut effects,
        };
        difference.people(plan);
        difference.exceptions(plan);
        difference.rows
    };
    let now = write.ctx.now;
    retract_assignments(&mut write.tx, now, rows.retracted).await?;
    retract(
        &mut write.tx,
        [
            "DELETE FROM assignment_reasons WHERE recorded_at = ?",
            "UPDATE assignment_reasons SET retracted_at = ?",
        ],
        "AND retracted_at IS NULL AND removed_on IS NULL AND assignment_id IN (ids?)",
        now,
        rows.reasoned,
    )
    .await?;
    retract(
        &mut write.tx,
        [
            "DELETE FROM assignment_exceptions WHERE recorded_at = ?",
            "UPDATE assignment_exceptions SET retracted_at = ?",
        ],
        "AND retracted_at IS NULL AND id IN (ids?)",
        now,
        rows.retracted_exceptions,
    )
    .await?;
    let assignments = rows.assignments.iter().map(|row| row.values(now));
    bulk::insert(&mut write.tx, &ASSIGNMENTS, assignments.collect::<Vec<_>>()).await?;
    let reasons = rows.reasons.iter().map(|row| row.values(now));
    bulk::insert(&mut write.tx, &ASSIGNMENT_REASONS, reasons.collect::<Vec<_>>()).await?;
    bulk::insert(&mut write.tx, &ASSIGNMENT_EXCEPTIONS, rows.exceptions).await?;
    Ok(effects)
}

/// Marks versions of assignments as no longer believed.
pub(super) async fn retract_assignments(tx: &mut Tx, now: Timestamp, ids: Vec<Uuid>) -> Result<()> {
    let statements = [
        "DELETE FROM assignments WHERE recorded_at = ?",
        "UPDATE assignments SET retracted_at = ?",
    ];
    retract(tx, statements, "AND retracted_at IS NULL AND id IN (ids?)", now, ids).await
}

/// Marks rows as no longer believed. What was written in this very transaction was never believed:
/// it goes, so that one act leaves one version however often it looks again.
pub(super) async fn retract(
    tx: &mut Tx,
    [delete, update]: [&'static str; 2],
    which: &'static str,
    now: Timestamp,
    ids: Vec<Uuid>,
) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let ids = IdList::new(ids);
    Assembly::new(delete).bind(now).push(which).bind_ids(&ids).on(tx).run().await?;
    let update = Assembly::new(update).bind(now).push("WHERE TRUE");
    update.push(which).bind_ids(&ids).on(tx).run().await.map(drop)
}

/// What is different between before and after.
struct Difference<'a> {
    write: &'a Write,
    loaded: &'a Loaded,
    after: &'a Facts,
    ending: Ending,
    rows: Rows,
    effects: &'a mut Effects,
}

impl Difference<'_> {
    fn people(&mut self, plan: &Plan) {
        let usual = policy::usual(self.loaded.due_soon_days);
        let touched: HashSet<(u32, u32)> =
            plan.actions.iter().map(|action| (action.person, action.training)).collect();
        let mut numbers: Vec<u32> = touched.iter().map(|(person, _)| *person).collect();
        numbers.sort_unstable();
        numbers.dedup();
        // In the order in which indexes have them: what lies together is written together.
        numbers.sort_unstable_by_key(|number| self.loaded.people[*number as usize]);
        for number in numbers {
            let (before, after) = (self.loaded.facts.person(number), self.after.person(number));
            let person = self.loaded.people[number as usize];
            for (at, obligation) in after.obligations.iter().enumerate() {
                if !touched.contains(&(number, obligation.training)) {
                    continue;
                }
                let mut obligation = *obligation;
                let key = (number, obligation.training, obligation.cycle);
                let kept = self.loaded.kept.get(&key).copied();
                let was = before.cycle(obligation.training, obligation.cycle);
                let stood = was.map(|was| before.obligations[was]);
                let cancelled = obligation.days.closed_as == Some(ClosedAs::Cancelled)
                    && stood.is_some_and(|stood| stood.is_open());
                if cancelled && self.ending == Ending::Undone {
                    obligation.days.closed_as = Some(ClosedAs::Undone);
                }
                let reasons = after.reasons_of(at);
                let notices = &policy::of(reasons, &self.loaded.policies, &usual).notices;
                let stood_reasons = was.map_or(&[][..], |was| before.reasons_of(was));
                let id = kept.map_or_else(|| self.write.ctx.new_id(), |kept| kept.id);
                let training = self.loaded.trainings.id(obligation.training);
                if stood != Some(obligation) {
                    if kept.is_some() {
                        self.rows.retracted.push(id);
                    }
                    // What the nightly pass has not looked at yet, it still will.
                    let waits = stood.and_then(|stood| stood.days.wake_on);
                    let waits = waits.filter(|on| *on <= after.today && !self.loaded.caught_up);
                    let completion = obligation.closed_by.map(|by| self.loaded.completions.id(by));
                    self.rows.assignments.push(AssignmentRecord {
                        id,
                        person,
                        training,
                        obligation,
                        version: kept.and_then(|kept| kept.version),
                        completion: completion.or(kept.and_then(|kept| kept.completion)),
                        wake_on: waits
                            .or_else(|| wake_on(&after, &obligation, after.today, notices)),
                    });
                    let happened = match (stood, obligation.days.closed_as) {
                        (None, None) => Happened::Assigned,
                        (Some(stood), Some(closed_as)) if stood.is_open() => closed_as.into(),
                        (None, Some(_)) if obligation.is_credit() => Happened::Credited,
                        (None, Some(closed_as)) => closed_as.into(),
                        _ => Happened::Changed,
                    };
                    self.effects.add(training, happened, person);
                } else if reasons != stood_reasons {
                    self.effects.add(training, Happened::Changed, person);
                }
                if reasons != stood_reasons {
                    self.reasons(id, stood_reasons, reasons, after.today);
                }
            }
        }
    }

    fn reasons(&mut self, assignment: Uuid, before: &[Reason], after: &[Reason], today: Day) {
        if !before.is_empty() {
            self.rows.reasoned.push(assignment);
        }
        let has = |source: Source| after.iter().any(|reason| reason.source == source);
        let gone = before.iter().filter(|reason| !has(reason.source));
        let all = after
            .iter()
            .map(|reason| (reason, None))
            .chain(gone.map(|reason| (reason, Some(today))));
        for (reason, removed_on) in all {
            let source = self.loaded.sources.id(reason.source.number);
            self.rows.reasons.push(ReasonRecord {
                assignment,
                source,
                reason: *reason,
                removed_on,
            });
        }
    }

    /// What waits for somebody to decide, and what no longer does.
    fn exceptions(&mut self, plan: &Plan) {
        for action in &plan.actions {
            let person = self.loaded.people[action.person as usize];
            let training = self.loaded.trainings.id(action.training);
            match action.act {
                Act::Park { source, because } => {
                    let (because, due_on) = match because {
                        ParkedBecause::PastDue(due_on) => ("past_due", Some(due_on)),
                        ParkedBecause::HireUnknown => ("hire_unknown", None),
                    };
                    let row = ExceptionValues {
                        id: self.write.ctx.new_id(),
                        person,
                        training,
                        source: source.kind.as_str(),
                        source_id: self.loaded.sources.id(source.number),
                        because,
                        due_on,
                        parked_on: action.day,
                        resolved: None,
                        decided_due_on: None,
                    };
                    self.rows.exceptions.push(row.values(self.write.ctx.now));
                    self.effects.add(training, Happened::Parked, person);
                }
                Act::Unpark { source } => {
                    let key = (action.person, action.training, source.number);
                    let Some(kept) = self.loaded.exceptions.get(&key) else { continue };
                    let row = &kept.row;
                    if row.resolved_on.is_some() {
                        // Decided before; it is assigned as decided now.
                        continue;
                    }
                    self.rows.retracted_exceptions.push(row.id);
                    let settled = ExceptionValues {
                        id: row.id,
                        person,
                        training,
                        source: source.kind.as_str(),
                        source_id: row.source_id,
                        because: &row.because,
                        due_on: row.due_on,
                        parked_on: row.parked_on,
                        resolved: Some((action.day, "settled")),
                        decided_due_on: None,
                    };
                    self.rows.exceptions.push(settled.values(self.write.ctx.now));
                    self.effects.add(training, Happened::Unparked, person);
                }
                _ => {}
            }
        }
    }
}

/// A parked assignment on its way into its table.
pub(super) struct ExceptionValues<'a> {
    pub(super) id: Uuid,
    pub(super) person: Uuid,
    pub(super) training: Uuid,
    pub(super) source: &'a str,
    pub(super) source_id: Uuid,
    pub(super) because: &'a str,
    pub(super) due_on: Option<Day>,
    pub(super) parked_on: Day,
    pub(super) resolved: Option<(Day, &'a str)>,
    pub(super) decided_due_on: Option<Day>,
}

impl ExceptionValues<'_> {
    pub(super) fn values(&self, now: Timestamp) -> Vec<Value> {
        vec![
            self.id.into_value(),
            now.into_value(),
            None::<Timestamp>.into_value(),
            self.person.into_value(),
            self.training.into_value(),
            self.source.into_value(),
            self.source_id.into_value(),
            self.because.into_value(),
            self.due_on.into_value(),
            self.parked_on.into_value(),
            self.resolved.map(|(on, _)| on).into_value(),
            self.resolved.map(|(_, how)| how).into_value(),
            self.decided_due_on.into_value(),
        ]
    }
}
