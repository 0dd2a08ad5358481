//! How people stand to their trainings on any day, by what was known at any instant.
//!
//! A row holds the days on which something about an obligation changes, so that most of it can be read
//! as of another day. What a row shows is put right for the day: what was closed later is open, and its
//! kind and due day follow from the reasons, the extension and the pauses there were. The first half of
//! this file loads, the second is pure.
//!
//! As of a day, as known at an instant, never changes again: only what was recorded by then is read. As
//! known now it may, when something about that day is recorded late.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::engine::{
    Around, Boundaries, ClosedAs, Extension, Kind, Obligation, Pause, Pauses, Reason, Source,
    SourceKind, Status, head, join_pauses, pause_on, status,
};
use super::sql::{ReasonRow, closed_as, kind, reason_columns};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Assembly, IdList, Tx, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;

/// Which day, as known when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) day: Day,
    /// Nothing: now.
    pub(crate) known_at: Option<Timestamp>,
    pub(crate) due_soon_days: u32,
}

/// How somebody stands to a training on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) person: Uuid,
    pub(crate) training: Uuid,
    /// The kind of the latest cycle.
    pub(crate) kind: Kind,
    /// What each cycle is, the latest last; never empty.
    pub(crate) cycles: Vec<Status>,
    /// The record of the latest cycle, which one it is, and its days.
    pub(crate) assignment: Uuid,
    pub(crate) cycle: u32,
    pub(crate) days: Boundaries,
    /// The days of the cycle whose completion covers the day, be it the latest or one before it.
    pub(crate) covered: Option<Boundaries>,
}

/// So many people are looked at a time: what is known of them is in memory at once.
const CHUNK: usize = 2_000;

row! {
    /// A version of an assignment.
    #[derive(Debug, Clone)]
    struct VersionRow {
        id: Uuid,
        person_id: Uuid,
        training_id: Uuid,
        cycle: i64,
        kind: String,
        assigned_on: Day,
        started_on: Option<Day>,
        due_on: Option<Day>,
        overdue_on: Option<Day>,
        expires_on: Option<Day>,
        closed_on: Option<Day>,
        closed_as: Option<String>,
        pauses: bool,
        waiting_from: Option<Day>,
        waiting_until: Option<Day>,
        extended_to: Option<Day>,
        extended_on: Option<Day>,
        recorded_at: Timestamp,
        retracted_at: Option<Timestamp>,
        window_on: Option<Day>,
    }
}

/// What is selected of a version, in the order of [`VersionRow`].
const VERSION_COLUMNS: &str = "
       a.id, a.person_id, a.training_id, a.cycle, a.kind, a.assigned_on, a.started_on, a.due_on,
       a.overdue_on, a.expires_on, a.closed_on, a.closed_as, a.pauses, a.waiting_from, a.waiting_until,
       a.extended_to, a.extended_on, a.recorded_at, a.retracted_at, a.window_on";

fn versions_where(condition: &'static str) -> Assembly {
    Assembly::select::<VersionRow>(VERSION_COLUMNS).push("FROM assignments a WHERE").push(condition)
}

/// One for each index by person.
const PARTS: [&str; 2] = [
    "a.closed_on IS NULL AND a.retracted_at IS NULL AND a.person_id IN (ids?)",
    "a.closed_on IS NOT NULL AND a.retracted_at IS NULL AND a.person_id IN (ids?)",
];

/// What was believed once: at the instant asked about, or of what is done, which may have been lengthened
/// since.
const SUPERSEDED: &str = "a.retracted_at IS NOT NULL AND a.person_id IN (ids?)";

row! {
    /// A version of a reason.
    #[derive(Debug, Clone)]
    struct ReasonVersionRow {
        assignment_id: Uuid,
        source_id: Uuid,
        kind: String,
        added_on: Day,
        due_on: Option<Day>,
        grace_days: i64,
        pauses: bool,
        left_on: Option<Day>,
        settled_on: Option<Day>,
        removed_on: Option<Day>,
        recorded_at: Timestamp,
        retracted_at: Option<Timestamp>,
    }
}

row! {
    struct LeaveRow {
        person_id: Uuid,
        from_on: Day,
        until_on: Option<Day>,
    }
}

row! {
    struct ExemptionRow {
        person_id: Uuid,
        training_id: Uuid,
        from_on: Day,
        until_on: Option<Day>,
    }
}

row! {
    struct DoneRow {
        person_id: Uuid,
        training_id: Uuid,
        recorded_at: Timestamp,
    }
}

/// How these people stand to their trainings, to all or to some, in no particular order. Memory is that of
/// these people: ask for some thousands at a time.
async fn standings(
    tx: &mut Tx,
    moment: Moment,
    people: &[Uuid],
    trainings: Option<&[Uuid]>,
) -> Result<Vec<Standing>> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let loader = Loader { moment, people: IdList::new(people.iter().copied()), trainings };
    let versions = loader.versions(tx).await?;
    let mut assignments: HashMap<Uuid, Vec<VersionRow>> = HashMap::new();
    for row in versions {
        assignments.entry(row.id).or_default().push(row);
    }
    assignments.retain(|_, versions| {
        versions.sort_by_key(|row| row.recorded_at);
        believed(versions, moment.known_at).is_some()
    });
    let done = loader.done_later(tx, &assignments).await?;
    let mut pairs: BTreeMap<(Uuid, Uuid), Vec<Cycle>> = BTreeMap::new();
    let mut open = Vec::new();
    for versions in assignments.values() {
        let Some(current) = believed(versions, moment.known_at) else { continue };
        let later = done.get(&(current.person_id, current.training_id)).map_or(&[][..], |l| l);
        let Some(cycle) = cycle_on(versions, current, later, moment.day)? else { continue };
        if cycle.obligation.is_open() {
            open.push(current.id);
        }
        pairs.entry((current.person_id, current.training_id)).or_default().push(cycle);
    }
    let reasons = loader.reasons(tx, open).await?;
    let leaves = loader.leaves(tx).await?;
    let exemptions = loader.exemptions(tx).await?;
    let mut standings = Vec::with_capacity(pairs.len());
    for ((person, training), mut cycles) in pairs {
        let around = Surroundings {
            leaves: leaves.get(&person).map_or(&[][..], |all| all),
            exemptions: exemptions.get(&(person, training)).map_or(&[][..], |all| all),
            due_soon_days: moment.due_soon_days,
        };
        cycles.sort_by_key(|cycle| (cycle.is_open_as_known, cycle.obligation.cycle));
        let mut found: Option<Standing> = None;
        for cycle in cycles {
            let own = reasons.get(&cycle.id).map_or(&[][..], |all| all);
            let obligation = headed(cycle.obligation, own, &around, moment.day);
            let Some(status) = around.status(&obligation, moment.day) else { continue };
            let (mut cycles, mut covered) =
                found.map_or_else(Default::default, |before| (before.cycles, before.covered));
            cycles.push(status);
            if matches!(status, Status::Completed | Status::CompletedLate) {
                covered = Some(obligation.days);
            }
            found = Some(Standing {
                person,
                training,
                kind: obligation.kind,
                cycles,
                assignment: cycle.id,
                cycle: obligation.cycle,
                days: obligation.days,
                covered,
            });
        }
        standings.extend(found);
    }
    Ok(standings)
}

/// As [`standings`] for any number of people, in their order and some thousands at a time: `look` gets those
/// of a chunk of people.
pub(crate) async fn each_standing(
    tx: &mut Tx,
    moment: Moment,
    people: &[Uuid],
    trainings: Option<&[Uuid]>,
    mut look: impl FnMut(&[Uuid], Vec<Standing>),
) -> Result<()> {
    for chunk in people.chunks(CHUNK) {
        look(chunk, standings(tx, moment, chunk, trainings).await?);
    }
    Ok(())
}

/// A cycle as it was on a day, with its reasons then.
#[derive(Debug)]
pub(super) struct Stood {
    pub(super) obligation: Obligation,
    pub(super) reasons: Vec<ReasonRow>,
}

/// The cycles of some people and trainings as they were on a day, by their ids. What began later is not
/// among them, nor what was taken back as a mistake.
pub(super) async fn stood(
    tx: &mut Tx,
    moment: Moment,
    people: &[Uuid],
    trainings: &[Uuid],
) -> Result<HashMap<Uuid, Stood>> {
    let people = IdList::new(people.iter().copied());
    let loader = Loader { moment, people, trainings: Some(trainings) };
    let mut assignments: HashMap<Uuid, Vec<VersionRow>> = HashMap::new();
    for row in loader.versions(tx).await? {
        assignments.entry(row.id).or_default().push(row);
    }
    for versions in assignments.values_mut() {
        versions.sort_by_key(|row| row.recorded_at);
    }
    let done = loader.done_later(tx, &assignments).await?;
    let mut reasons = loader.reason_rows(tx, assignments.keys().copied().collect()).await?;
    let leaves = loader.leaves(tx).await?;
    let exemptions = loader.exemptions(tx).await?;
    let mut stood = HashMap::new();
    for (id, versions) in &assignments {
        let Some(current) = believed(versions, moment.known_at) else { continue };
        let pair = (current.person_id, current.training_id);
        let later = done.get(&pair).map_or(&[][..], |all| all);
        let Some(cycle) = cycle_on(versions, current, later, moment.day)? else { continue };
        let around = Surroundings {
            leaves: leaves.get(&current.person_id).map_or(&[][..], |all| all),
            exemptions: exemptions.get(&pair).map_or(&[][..], |all| all),
            due_soon_days: moment.due_soon_days,
        };
        let own = reasons.remove(id).unwrap_or_default();
        let live: Vec<Reason> = own.iter().map(|row| row.reason(0)).collect::<Result<_>>()?;
        let obligation = headed(cycle.obligation, &live, &around, moment.day);
        stood.insert(*id, Stood { obligation, reasons: own });
    }
    Ok(stood)
}

/// Reads what was known of some people.
struct Loader<'a> {
    moment: Moment,
    people: IdList,
    trainings: Option<&'a [Uuid]>,
}

impl Loader<'_> {
    fn of_trainings(&self, wanted: Assembly, condition: &'static str) -> Assembly {
        match self.trainings {
            Some(ids) => wanted.push(condition).bind_ids(&IdList::new(ids.iter().copied())),
            None => wanted,
        }
    }

    /// Only what was believed at the instant.
    fn believed(&self, wanted: Assembly) -> Assembly {
        match self.moment.known_at {
            None => wanted.push("AND retracted_at IS NULL"),
            Some(instant) => wanted
                .push("AND recorded_at <= ?")
                .bind(instant)
                .push("AND (retracted_at IS NULL OR retracted_at > ?")
                .bind(instant)
                .push(")"),
        }
    }

    async fn versions(&self, tx: &mut Tx) -> Result<Vec<VersionRow>> {
        let mut versions = Vec::new();
        let known_at = self.moment.known_at;
        for part in PARTS {
            let wanted = versions_where(part).bind_ids(&self.people);
            let wanted = wanted.push_some("AND a.recorded_at <= ?", known_at);
            let wanted = self.of_trainings(wanted, "AND a.training_id IN (ids?)");
            versions.extend(wanted.on(tx).all::<VersionRow>().await?);
        }
        let wanted = versions_where(SUPERSEDED).bind_ids(&self.people);
        let wanted = match known_at {
            None => wanted.push("AND a.closed_as = 'completed'"),
            Some(instant) => wanted
                .push("AND a.recorded_at <= ?")
                .bind(instant)
                .push("AND (a.retracted_at > ?")
                .bind(instant)
                .push("OR a.closed_as = 'completed')"),
        };
        let wanted = self.of_trainings(wanted, "AND a.training_id IN (ids?)");
        versions.extend(wanted.on(tx).all::<VersionRow>().await?);
        Ok(versions)
    }

    /// What was done after the day, where it may have lengthened what was done before.
    async fn done_later(
        &self,
        tx: &mut Tx,
        assignments: &HashMap<Uuid, Vec<VersionRow>>,
    ) -> Result<HashMap<(Uuid, Uuid), Vec<DoneRow>>> {
        let differ = |versions: &&Vec<VersionRow>| {
            let closed = versions.iter().filter(|row| row.closed_on.is_some());
            let mut expiries: Vec<_> = closed.map(|row| row.expires_on).collect();
            expiries.dedup();
            expiries.len() > 1
        };
        let people: Vec<Uuid> =
            assignments.values().filter(differ).map(|versions| versions[0].person_id).collect();
        let mut done: HashMap<(Uuid, Uuid), Vec<DoneRow>> = HashMap::new();
        if people.is_empty() {
            return Ok(done);
        }
        let wanted = Assembly::new(
            "SELECT person_id, training_id, recorded_at FROM completions
             WHERE revoked_on IS NULL AND completed_on > ?",
        )
        .bind(self.moment.day)
        .push("AND person_id IN (ids?)")
        .bind_ids(&IdList::new(people));
        for row in self.believed(wanted).on(tx).all::<DoneRow>().await? {
            done.entry((row.person_id, row.training_id)).or_default().push(row);
        }
        Ok(done)
    }

    /// By assignment: the reasons as they stood on the day.
    async fn reasons(&self, tx: &mut Tx, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Vec<Reason>>> {
        let mut reasons: HashMap<Uuid, Vec<Reason>> = HashMap::new();
        for ((assignment, _), versions) in self.reason_versions(tx, ids).await? {
            let reason = reason_on(&versions, self.moment.known_at, self.moment.day)?;
            reasons.entry(assignment).or_default().extend(reason);
        }
        Ok(reasons)
    }

    /// The same with all that their rows hold, for few assignments.
    async fn reason_rows(
        &self,
        tx: &mut Tx,
        ids: Vec<Uuid>,
    ) -> Result<HashMap<Uuid, Vec<ReasonRow>>> {
        let Moment { day, known_at, .. } = self.moment;
        let mut reasons: HashMap<Uuid, Vec<ReasonRow>> = HashMap::new();
        let versions = self.reason_versions(tx, ids.clone()).await?;
        if versions.is_empty() {
            return Ok(reasons);
        }
        let mut wanted = Assembly::select::<ReasonRow>(reason_columns!())
            .push("FROM assignment_reasons r WHERE r.assignment_id IN (ids?)")
            .bind_ids(&IdList::new(ids))
            .push("AND (FALSE");
        for ((assignment, source), versions) in &versions {
            let Some(row) = telling(versions, known_at, day) else { continue };
            wanted = wanted
                .push("OR (r.assignment_id = ?")
                .bind(*assignment)
                .push("AND r.source_id = ?")
                .bind(*source)
                .push("AND r.recorded_at = ?")
                .bind(row.recorded_at)
                .push(")");
        }
        for mut row in wanted.push(")").on(tx).all::<ReasonRow>().await? {
            row.settled_on = row.settled_on.filter(|settled_on| *settled_on <= day);
            reasons.entry(row.assignment_id).or_default().push(row);
        }
        Ok(reasons)
    }

    /// By assignment and source: every version of a reason, in the order in which they were recorded.
    async fn reason_versions(
        &self,
        tx: &mut Tx,
        ids: Vec<Uuid>,
    ) -> Result<BTreeMap<(Uuid, Uuid), Vec<ReasonVersionRow>>> {
        let mut versions: BTreeMap<(Uuid, Uuid), Vec<ReasonVersionRow>> = BTreeMap::new();
        if ids.is_empty() {
            return Ok(versions);
        }
        let rows: Vec<ReasonVersionRow> = Assembly::select::<ReasonVersionRow>(
            "r.assignment_id, r.source_id, r.kind, r.added_on, r.due_on, r.grace_days, r.pauses,
             r.left_on, r.settled_on, r.removed_on, r.recorded_at, r.retracted_at",
        )
        .push("FROM assignment_reasons r WHERE r.assignment_id IN (ids?)")
        .bind_ids(&IdList::new(ids))
        .push_some("AND r.recorded_at <= ?", self.moment.known_at)
        .on(tx)
        .all()
        .await?;
        for row in rows {
            versions.entry((row.assignment_id, row.source_id)).or_default().push(row);
        }
        for all in versions.values_mut() {
            all.sort_by_key(|row| row.recorded_at);
        }
        Ok(versions)
    }

    /// Joined, in order.
    async fn leaves(&self, tx: &mut Tx) -> Result<HashMap<Uuid, Vec<Pause>>> {
        let wanted = Assembly::new("SELECT person_id, from_on, until_on FROM leaves WHERE")
            .push("person_id IN (ids?)")
            .bind_ids(&self.people);
        let mut leaves: HashMap<Uuid, Vec<Pause>> = HashMap::new();
        for row in self.believed(wanted).on(tx).all::<LeaveRow>().await? {
            let pause = Pause { from: row.from_on, back_on: row.until_on.map(Day::next) };
            leaves.entry(row.person_id).or_default().push(pause);
        }
        leaves.values_mut().for_each(join_pauses);
        Ok(leaves)
    }

    async fn exemptions(&self, tx: &mut Tx) -> Result<HashMap<(Uuid, Uuid), Vec<Pause>>> {
        let wanted =
            Assembly::new("SELECT person_id, training_id, from_on, until_on FROM exemptions WHERE")
                .push("person_id IN (ids?)")
                .bind_ids(&self.people);
        let mut exemptions: HashMap<(Uuid, Uuid), Vec<Pause>> = HashMap::new();
        for row in self.believed(wanted).on(tx).all::<ExemptionRow>().await? {
            let pause = Pause { from: row.from_on, back_on: row.until_on.map(Day::next) };
            exemptions.entry((row.person_id, row.training_id)).or_default().push(pause);
        }
        exemptions.values_mut().for_each(join_pauses);
        Ok(exemptions)
    }
}

// --- what was so: pure

/// A cycle with its days put right for the day; kind and due day are still those of the row.
#[derive(Debug, Clone, Copy)]
struct Cycle {
    id: Uuid,
    obligation: Obligation,
    /// Whether it stood open at the instant, whatever it was on the day.
    is_open_as_known: bool,
}

/// What else bears on a person and a training.
struct Surroundings<'a> {
    /// Joined.
    leaves: &'a [Pause],
    /// From the training; joined.
    exemptions: &'a [Pause],
    due_soon_days: u32,
}

impl Surroundings<'_> {
    fn status(&self, obligation: &Obligation, day: Day) -> Option<Status> {
        let leave = pause_on(self.leaves, day).filter(|_| obligation.pauses);
        let around = Around {
            exempt: pause_on(self.exemptions, day).is_some(),
            waiting: obligation.waiting.is_some_and(|waiting| waiting.covers(day)),
            leave_from: leave.map(|leave| leave.from),
            due_soon_days: self.due_soon_days,
        };
        status(&obligation.days, &around, day)
    }
}

/// The version that was believed at an instant; the versions are in the order in which they were recorded.
fn believed(versions: &[VersionRow], known_at: Option<Timestamp>) -> Option<&VersionRow> {
    versions.iter().rev().find(|row| match known_at {
        None => row.retracted_at.is_none(),
        Some(instant) => {
            row.recorded_at <= instant && row.retracted_at.is_none_or(|gone| gone > instant)
        }
    })
}

/// A cycle as it was on a day. What was taken back as a mistake never was.
fn cycle_on(
    versions: &[VersionRow],
    current: &VersionRow,
    done_later: &[DoneRow],
    day: Day,
) -> Result<Option<Cycle>> {
    let how = current.closed_as.as_deref().map(closed_as).transpose()?;
    let closed = how.is_some() && current.closed_on.is_some_and(|on| on <= day);
    if how == Some(ClosedAs::Undone) || (current.assigned_on > day && !closed) {
        return Ok(None);
    }
    let expires_on = if closed { expiry_on(versions, current, done_later) } else { None };
    let days = Boundaries {
        started_on: current.started_on,
        due_on: current.due_on,
        overdue_on: current.overdue_on,
        // The window belongs to the expiry that stands now.
        window_on: current.window_on.filter(|_| closed && expires_on == current.expires_on),
        expires_on,
        closed_on: current.closed_on.filter(|_| closed),
        closed_as: how.filter(|_| closed),
        ..Boundaries::new(current.assigned_on)
    };
    // The seat came later than the day: nobody knew when.
    let until = current.waiting_until.filter(|until| *until <= day);
    let extension = current.extended_to.zip(current.extended_on);
    let cycle = u32::try_from(current.cycle)
        .map_err(|cause| Error::inconsistent("assignments.cycle", cause))?;
    Ok(Some(Cycle {
        id: current.id,
        is_open_as_known: current.closed_on.is_none(),
        obligation: Obligation {
            training: 0,
            cycle,
            days,
            kind: kind(&current.kind)?,
            pauses: current.pauses,
            waiting: current.waiting_from.map(|from| Pause { from, back_on: until }),
            extension: extension
                .filter(|(_, granted_on)| *granted_on <= day)
                .map(|(due_on, granted_on)| Extension { due_on, granted_on }),
            closed_by: None,
        },
    }))
}

/// The last day that it covered, before anything was done later that made it cover longer.
fn expiry_on(versions: &[VersionRow], current: &VersionRow, done_later: &[DoneRow]) -> Option<Day> {
    let Some(lengthened_at) = done_later.iter().map(|done| done.recorded_at).min() else {
        return current.expires_on;
    };
    let is_same = |row: &&VersionRow| {
        row.closed_as.as_deref() == Some(ClosedAs::Completed.as_str())
            && row.closed_on == current.closed_on
            && row.recorded_at <= current.recorded_at
    };
    let before = versions.iter().rev().filter(is_same).find(|row| row.recorded_at < lengthened_at);
    before.map_or(current.expires_on, |row| row.expires_on)
}

/// The version of a reason that tells of a day; they are in the order in which they were recorded. The
/// newest says whether it is one at all; where that speaks of later days only, one before it tells of the
/// day.
fn telling(
    versions: &[ReasonVersionRow],
    known_at: Option<Timestamp>,
    day: Day,
) -> Option<&ReasonVersionRow> {
    let is_believed = |row: &ReasonVersionRow| match (row.retracted_at, known_at) {
        (None, _) => true,
        (Some(gone), Some(instant)) => gone > instant,
        (Some(_), None) => false,
    };
    if !versions.last().is_some_and(is_believed) {
        return None;
    }
    let tells = |row: &&ReasonVersionRow| {
        row.added_on <= day && row.left_on.is_none_or(|left_on| left_on <= day)
    };
    let found = versions.iter().rev().find(tells);
    found.filter(|row| row.removed_on.is_none_or(|on| on > day))
}

/// A reason as it stood on a day.
fn reason_on(
    versions: &[ReasonVersionRow],
    known_at: Option<Timestamp>,
    day: Day,
) -> Result<Option<Reason>> {
    let Some(row) = telling(versions, known_at, day) else { return Ok(None) };
    // Who asked is of no matter here.
    let source = Source { kind: SourceKind::Person, number: 0 };
    let grace_days = u32::try_from(row.grace_days)
        .map_err(|cause| Error::inconsistent("assignment_reasons.grace_days", cause))?;
    Ok(Some(Reason {
        due_on: row.due_on,
        grace_days,
        pauses: row.pauses,
        left_on: row.left_on,
        settled_on: row.settled_on.filter(|settled_on| *settled_on <= day),
        ..Reason::new(source, kind(&row.kind)?, row.added_on)
    }))
}

/// An obligation that was open on a day with the kind and due day that followed from its reasons then.
fn headed(
    obligation: Obligation,
    reasons: &[Reason],
    around: &Surroundings<'_>,
    day: Day,
) -> Obligation {
    if !obligation.is_open() {
        return obligation;
    }
    let mut always: Vec<Pause> = around.exemptions.to_vec();
    always.extend(obligation.waiting);
    let mut with_leaves = always.clone();
    with_leaves.extend(around.leaves);
    join_pauses(&mut always);
    join_pauses(&mut with_leaves);
    let pauses = Pauses { always: &always, with_leaves: &with_leaves };
    match head(reasons, obligation.extension, pauses, day) {
        Some(head) => obligation.with_head(head),
        None => obligation,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(&format!("{text}T12:00:00Z")).unwrap()
    }

    fn some(text: &str) -> Option<Day> {
        (!text.is_empty()).then(|| day(text))
    }

    /// Assigned on 1 March, due on the 20th, overdue from the 26th on.
    fn version(recorded: &str) -> VersionRow {
        VersionRow {
            id: Uuid::nil(),
            person_id: Uuid::nil(),
            training_id: Uuid::nil(),
            cycle: 1,
            kind: "mandatory".to_owned(),
            assigned_on: day("2026-03-01"),
            started_on: None,
            due_on: some("2026-03-20"),
            overdue_on: some("2026-03-26"),
            expires_on: None,
            closed_on: None,
            closed_as: None,
            pauses: true,
            waiting_from: None,
            waiting_until: None,
            extended_to: None,
            extended_on: None,
            recorded_at: at(recorded),
            retracted_at: None,
            window_on: None,
        }
    }

    fn closed(recorded: &str, how: &str, on: &str, expires: &str) -> VersionRow {
        VersionRow {
            closed_on: some(on),
            closed_as: Some(how.to_owned()),
            expires_on: some(expires),
            ..version(recorded)
        }
    }

    fn reason(recorded: &str, kind: &str, added: &str, due: &str) -> ReasonVersionRow {
        ReasonVersionRow {
            assignment_id: Uuid::nil(),
            source_id: Uuid::nil(),
            kind: kind.to_owned(),
            added_on: day(added),
            due_on: some(due),
            grace_days: 5,
            pauses: true,
            left_on: None,
            settled_on: None,
            removed_on: None,
            recorded_at: at(recorded),
            retracted_at: None,
        }
    }

    fn nothing() -> Surroundings<'static> {
        Surroundings { leaves: &[], exemptions: &[], due_soon_days: 7 }
    }

    /// `mandatory overdue, due 2026-03-20` on a day, as known now.
    fn told(
        versions: &[VersionRow],
        reasons: &[Vec<ReasonVersionRow>],
        around: &Surroundings<'_>,
        on: &str,
    ) -> String {
        told_knowing(versions, reasons, around, on, None, &[])
    }

    fn told_knowing(
        versions: &[VersionRow],
        reasons: &[Vec<ReasonVersionRow>],
        around: &Surroundings<'_>,
        on: &str,
        known_at: Option<Timestamp>,
        later: &[DoneRow],
    ) -> String {
        let on = day(on);
        let Some(current) = believed(versions, known_at) else { return "unknown".to_owned() };
        let Some(cycle) = cycle_on(versions, current, later, on).unwrap() else {
            return "none".to_owned();
        };
        let standing = reasons.iter().filter_map(|all| reason_on(all, known_at, on).unwrap());
        let standing: Vec<Reason> = standing.collect();
        let obligation = headed(cycle.obligation, &standing, around, on);
        let status = around.status(&obligation, on).map_or("none", Status::as_str);
        let due = obligation.days.due_on.map(|day| format!(", due {day}")).unwrap_or_default();
        format!("{} {status}{due}", obligation.kind.as_str())
    }

    #[test]
    fn what_was_closed_later_was_open() {
        let done = [closed("2026-03-24", "completed", "2026-03-24", "2027-03-24")];
        let reasons = [vec![ReasonVersionRow {
            settled_on: some("2026-03-24"),
            ..reason("2026-03-01", "mandatory", "2026-03-01", "2026-03-20")
        }]];
        for (on, expected) in [
            ("2026-02-28", "none"),
            ("2026-03-01", "mandatory assigned, due 2026-03-20"),
            ("2026-03-13", "mandatory due_soon, due 2026-03-20"),
            ("2026-03-21", "mandatory late, due 2026-03-20"),
            ("2026-03-23", "mandatory late, due 2026-03-20"),
            ("2026-03-24", "mandatory completed_late, due 2026-03-20"),
            ("2027-03-24", "mandatory completed_late, due 2026-03-20"),
            ("2027-03-25", "mandatory expired, due 2026-03-20"),
        ] {
            assert_eq!(told(&done, &reasons, &nothing(), on), expected, "{on}");
        }
    }

    #[test]
    fn a_reason_counts_from_the_day_on_which_it_came_until_it_went() {
        let mut weak = reason("2026-03-01", "optional", "2026-03-01", "");
        weak.due_on = some("2026-06-01");
        let strong = ReasonVersionRow {
            removed_on: some("2026-03-18"),
            ..reason("2026-03-10", "mandatory", "2026-03-10", "2026-03-30")
        };
        let reasons = [vec![weak], vec![strong]];
        for (on, expected) in [
            ("2026-03-09", "optional assigned, due 2026-06-01"),
            ("2026-03-10", "mandatory assigned, due 2026-03-30"),
            ("2026-03-17", "mandatory assigned, due 2026-03-30"),
            ("2026-03-18", "optional assigned, due 2026-06-01"),
        ] {
            assert_eq!(told(&[version("2026-03-01")], &reasons, &nothing(), on), expected, "{on}");
        }
    }

    #[test]
    fn what_became_optional_by_leaving_was_mandatory_before() {
        let before = ReasonVersionRow {
            retracted_at: Some(at("2026-03-15")),
            ..reason("2026-03-01", "mandatory", "2026-03-01", "2026-03-20")
        };
        let after = ReasonVersionRow {
            left_on: some("2026-03-15"),
            ..reason("2026-03-15", "optional", "2026-03-01", "")
        };
        let stands = [VersionRow {
            kind: "optional".to_owned(),
            due_on: None,
            overdue_on: None,
            ..version("2026-03-15")
        }];
        let reasons = [vec![before.clone(), after]];
        assert_eq!(
            told(&stands, &reasons, &nothing(), "2026-03-14"),
            "mandatory due_soon, due 2026-03-20"
        );
        assert_eq!(told(&stands, &reasons, &nothing(), "2026-03-15"), "optional assigned");
        // A reason whose newest version was taken back without another was none.
        assert_eq!(told(&stands, &[vec![before]], &nothing(), "2026-03-14"), "optional assigned");
    }

    #[test]
    fn extensions_and_leaves_count_once_they_are_there() {
        let extended = [VersionRow {
            extended_to: some("2026-04-15"),
            extended_on: some("2026-03-22"),
            due_on: some("2026-04-15"),
            overdue_on: some("2026-04-21"),
            ..version("2026-03-22")
        }];
        let reasons = [vec![reason("2026-03-01", "mandatory", "2026-03-01", "2026-03-20")]];
        assert_eq!(
            told(&extended, &reasons, &nothing(), "2026-03-21"),
            "mandatory late, due 2026-03-20"
        );
        assert_eq!(
            told(&extended, &reasons, &nothing(), "2026-03-22"),
            "mandatory assigned, due 2026-04-15"
        );
        let leaves = [Pause { from: day("2026-03-10"), back_on: some("2026-03-31") }];
        let away = Surroundings { leaves: &leaves, ..nothing() };
        let stands = [version("2026-03-01")];
        for (on, expected) in [
            ("2026-03-09", "mandatory assigned, due 2026-03-20"),
            ("2026-03-10", "mandatory on_leave, due 2026-04-14"),
            ("2026-03-31", "mandatory assigned, due 2026-04-14"),
            ("2026-04-20", "mandatory overdue, due 2026-04-14"),
        ] {
            assert_eq!(told(&stands, &reasons, &away, on), expected, "{on}");
        }
    }

    #[test]
    fn what_was_taken_back_as_a_mistake_never_was() {
        let undone = [closed("2026-03-05", "undone", "2026-03-05", "")];
        assert_eq!(told(&undone, &[], &nothing(), "2026-03-03"), "none");
        let cancelled = [closed("2026-03-05", "cancelled", "2026-03-05", "")];
        assert_eq!(
            told(&cancelled, &[], &nothing(), "2026-03-05"),
            "mandatory cancelled, due 2026-03-20"
        );
    }

    #[test]
    fn what_was_known_then_stays_so() {
        let open = VersionRow { retracted_at: Some(at("2026-03-24")), ..version("2026-03-01") };
        let done = closed("2026-03-24", "completed", "2026-03-10", "2027-03-10");
        let versions = [open, done];
        let knowing = |on: &str, known: &str| {
            told_knowing(&versions, &[], &nothing(), on, Some(at(known)), &[])
        };
        assert_eq!(knowing("2026-03-21", "2026-02-01"), "unknown");
        assert_eq!(knowing("2026-03-21", "2026-03-23"), "mandatory late, due 2026-03-20");
        assert_eq!(knowing("2026-03-21", "2026-03-24"), "mandatory completed, due 2026-03-20");
        assert_eq!(
            told(&versions, &[], &nothing(), "2026-03-21"),
            "mandatory completed, due 2026-03-20"
        );
    }

    #[test]
    fn what_was_done_again_later_had_run_out_before() {
        let first = VersionRow {
            retracted_at: Some(at("2027-06-01")),
            ..closed("2026-03-10", "completed", "2026-03-10", "2027-03-10")
        };
        let longer = closed("2027-06-01", "completed", "2026-03-10", "2028-06-01");
        let versions = [first, longer];
        let again = DoneRow {
            person_id: Uuid::nil(),
            training_id: Uuid::nil(),
            recorded_at: at("2027-06-01"),
        };
        let on = |text: &str, later: &[DoneRow]| {
            told_knowing(&versions, &[], &nothing(), text, None, later)
        };
        let again = std::slice::from_ref(&again);
        assert_eq!(on("2027-03-10", again), "mandatory completed, due 2026-03-20");
        assert_eq!(on("2027-05-01", again), "mandatory expired, due 2026-03-20");
        // From then on nothing was done later; and without it, the newest is a correction.
        assert_eq!(on("2027-06-01", &[]), "mandatory completed, due 2026-03-20");
    }
}
