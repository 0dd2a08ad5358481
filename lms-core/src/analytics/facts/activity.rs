//! What happened to people's learning in a period, one thing after the other: what was assigned, begun, done,
//! excused and taken back, when it was recorded and by whom.
//!
//! Read from the versions of records, of which each says from when on it was believed; the operation that
//! wrote one has the same instant, and no two operations of different transactions share one.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use super::{
    CHUNK, FactsOrigin, FactsQuery, PeopleColumns, Reading, TrainingColumns, UnitColumns, Whom,
};
use crate::access::usernames_in;
use crate::assignments::READ;
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, IdList, row};
use crate::kernel::error::Result;
use crate::kernel::text::Day;

/// What happened.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ActivityKind {
    /// Somebody was assigned a training, or enrolled.
    Assigned,
    /// What was done before counts for it.
    Credited,
    /// Somebody began.
    Begun,
    /// A quiz was passed.
    QuizPassed,
    /// A quiz was failed.
    QuizFailed,
    /// A quiz was handed in, and waits for somebody who grades.
    QuizHandedIn,
    /// It was done.
    Completed,
    /// A completion was corrected.
    Corrected,
    /// A completion was revoked.
    Revoked,
    /// There is more time.
    Extended,
    /// It is due on another day, or of another kind.
    Changed,
    /// Nobody wants it any more.
    Withdrawn,
    /// The person has left.
    Left,
    /// It is open again.
    Reopened,
    /// The person need not.
    Exempted,
    /// An exemption holds for another time.
    ExemptionChanged,
    /// It was taken back as a mistake.
    Undone,
}

impl ActivityKind {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::Assigned,
        Self::Credited,
        Self::Begun,
        Self::QuizPassed,
        Self::QuizFailed,
        Self::QuizHandedIn,
        Self::Completed,
        Self::Corrected,
        Self::Revoked,
        Self::Extended,
        Self::Changed,
        Self::Withdrawn,
        Self::Left,
        Self::Reopened,
        Self::Exempted,
        Self::ExemptionChanged,
        Self::Undone,
    ];

    /// The name in tables and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Assigned => "assigned",
            Self::Credited => "credited",
            Self::Begun => "begun",
            Self::QuizPassed => "quiz_passed",
            Self::QuizFailed => "quiz_failed",
            Self::QuizHandedIn => "quiz_handed_in",
            Self::Completed => "completed",
            Self::Corrected => "corrected",
            Self::Revoked => "revoked",
            Self::Extended => "extended",
            Self::Changed => "changed",
            Self::Withdrawn => "withdrawn",
            Self::Left => "left",
            Self::Reopened => "reopened",
            Self::Exempted => "exempted",
            Self::ExemptionChanged => "exemption_changed",
            Self::Undone => "undone",
        }
    }
}

/// What happened, in the order in which it was recorded.
#[non_exhaustive]
#[derive(Debug, Clone, Default)]
pub struct ActivityColumns {
    /// When it was recorded.
    pub recorded_at: Vec<Timestamp>,
    /// The place of the person among the people.
    pub person: Vec<u32>,
    /// The place of the training among the trainings.
    pub training: Vec<u32>,
    /// What happened.
    pub kind: Vec<ActivityKind>,
    /// The day that it is about: when it was done, is due, ends.
    pub on: Vec<Option<Day>>,
    /// What else there is to say: the quiz, the source, the reason.
    pub detail: Vec<Option<String>>,
    /// The place of the operation among the operations; nothing where none was recorded.
    pub operation: Vec<Option<u32>>,
}

/// An operation that did some of it.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityOperation {
    /// Its entry in the audit log.
    pub seq: i64,
    /// What was done, such as `completion.imported`.
    pub kind: String,
    /// Who did it: the user name of an account, where it is still there.
    pub actor: String,
    /// By which door.
    pub origin: String,
}

/// What happened to people's learning.
#[non_exhaustive]
#[derive(Debug, Clone)]
pub struct ActivityFacts {
    /// Which state of the data.
    pub origin: FactsOrigin,
    /// The first day of the period, which ends with the day asked about.
    pub from: Day,
    /// Everybody who was asked about.
    pub people: PeopleColumns,
    /// All trainings.
    pub trainings: TrainingColumns,
    /// All units.
    pub units: UnitColumns,
    /// What happened.
    pub activity: ActivityColumns,
    /// Who did it, by which operation; in the order of the log.
    pub operations: Vec<ActivityOperation>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Event {
    recorded_at: Timestamp,
    person: Uuid,
    training: Uuid,
    kind: ActivityKind,
    on: Option<Day>,
    detail: Option<String>,
}

/// A version of a record.
trait Version {
    fn id(&self) -> Uuid;
    fn about(&self) -> (Uuid, Uuid);
    fn believed(&self) -> (Timestamp, Option<Timestamp>);
    /// Takes it for believed, where it was not taken back yet at an instant.
    fn forget_after(&mut self, known_at: Timestamp);
    /// What happened when it came to be, after the version before it.
    fn told(&self, before: Option<&Self>) -> Vec<Told>;
}

/// What happened, the day, and what else there is to say.
type Told = (ActivityKind, Option<Day>, Option<String>);

/// A row that is a version: what all of them have, and what tells them apart.
macro_rules! version {
    ($row:ty) => {
        impl Version for $row {
            fn id(&self) -> Uuid {
                self.id
            }

            fn about(&self) -> (Uuid, Uuid) {
                (self.person_id, self.training_id)
            }

            fn believed(&self) -> (Timestamp, Option<Timestamp>) {
                (self.recorded_at, self.retracted_at)
            }

            fn forget_after(&mut self, known_at: Timestamp) {
                self.retracted_at = self.retracted_at.filter(|gone| *gone <= known_at);
            }

            fn told(&self, before: Option<&Self>) -> Vec<Told> {
                self.told_after(before)
            }
        }
    };
}

version!(AssignmentVersion);
version!(CompletionVersion);
version!(ExemptionVersion);

row! {
    #[derive(Debug, Clone)]
    struct AssignmentVersion {
        id: Uuid,
        person_id: Uuid,
        training_id: Uuid,
        recorded_at: Timestamp,
        retracted_at: Option<Timestamp>,
        kind: String,
        started_on: Option<Day>,
        due_on: Option<Day>,
        closed_on: Option<Day>,
        closed_as: Option<String>,
        extended_to: Option<Day>,
    }
}

const ASSIGNMENTS: &str = "
SELECT id, person_id, training_id, recorded_at, retracted_at, kind, started_on, due_on, closed_on, closed_as,
       extended_to
FROM assignments WHERE";

/// One for each index by person.
const PARTS: [&str; 3] = [
    "closed_on IS NULL AND retracted_at IS NULL",
    "closed_on IS NOT NULL AND retracted_at IS NULL",
    "retracted_at IS NOT NULL",
];

row! {
    #[derive(Debug, Clone)]
    struct CompletionVersion {
        id: Uuid,
        person_id: Uuid,
        training_id: Uuid,
        recorded_at: Timestamp,
        retracted_at: Option<Timestamp>,
        completed_on: Day,
        source: String,
        revoked_on: Option<Day>,
    }
}

const COMPLETIONS: &str = "
SELECT id, person_id, training_id, recorded_at, retracted_at, completed_on, source, revoked_on
FROM completions WHERE TRUE";

row! {
    #[derive(Debug, Clone)]
    struct ExemptionVersion {
        id: Uuid,
        person_id: Uuid,
        training_id: Uuid,
        recorded_at: Timestamp,
        retracted_at: Option<Timestamp>,
        from_on: Day,
        until_on: Option<Day>,
        reason: String,
    }
}

const EXEMPTIONS: &str = "
SELECT id, person_id, training_id, recorded_at, retracted_at, from_on, until_on, reason
FROM exemptions WHERE TRUE";

row! {
    struct AttemptRow {
        person_id: Uuid,
        training_id: Uuid,
        submitted_at: Timestamp,
        passed: Option<bool>,
        quiz: String,
    }
}

const ATTEMPTS: &str = "
SELECT a.person_id, a.training_id, a.submitted_at, a.passed, q.code
FROM quiz_attempts a JOIN quizzes q ON q.id = a.quiz_id
WHERE a.submitted_at IS NOT NULL";

row! {
    struct OperationRow {
        recorded_at: Timestamp,
        seq: i64,
        kind: String,
        actor: String,
        origin: String,
    }
}

impl AssignmentVersion {
    fn told_after(&self, before: Option<&Self>) -> Vec<Told> {
        let Some(before) = before else {
            let is_credited = self.closed_as.as_deref() == Some("completed");
            return vec![if is_credited {
                (ActivityKind::Credited, self.closed_on, Some(self.kind.clone()))
            } else {
                (ActivityKind::Assigned, self.due_on, Some(self.kind.clone()))
            }];
        };
        let mut told = Vec::new();
        if before.started_on.is_none() && self.started_on.is_some() {
            told.push((ActivityKind::Begun, self.started_on, None));
        }
        match (before.closed_as.as_deref(), self.closed_as.as_deref()) {
            (None, Some("cancelled")) => told.push((ActivityKind::Withdrawn, self.closed_on, None)),
            (None, Some("left")) => told.push((ActivityKind::Left, self.closed_on, None)),
            (None, Some("undone")) => told.push((ActivityKind::Undone, self.closed_on, None)),
            (Some(_), None) => told.push((ActivityKind::Reopened, self.due_on, None)),
            _ => {}
        }
        if self.extended_to != before.extended_to && self.extended_to.is_some() {
            told.push((ActivityKind::Extended, self.extended_to, None));
        } else if self.closed_as.is_none()
            && before.closed_as.is_none()
            && (self.kind != before.kind || self.due_on != before.due_on)
        {
            told.push((ActivityKind::Changed, self.due_on, Some(self.kind.clone())));
        }
        told
    }
}

impl CompletionVersion {
    fn told_after(&self, before: Option<&Self>) -> Vec<Told> {
        let source = Some(self.source.clone());
        vec![match before {
            None => (ActivityKind::Completed, Some(self.completed_on), source),
            Some(before) if before.revoked_on.is_none() && self.revoked_on.is_some() => {
                (ActivityKind::Revoked, self.revoked_on, source)
            }
            Some(_) => (ActivityKind::Corrected, Some(self.completed_on), source),
        }]
    }
}

impl ExemptionVersion {
    fn told_after(&self, before: Option<&Self>) -> Vec<Told> {
        let reason = Some(self.reason.clone());
        vec![match before {
            None => (ActivityKind::Exempted, Some(self.from_on), reason),
            Some(_) => (ActivityKind::ExemptionChanged, self.until_on, reason),
        }]
    }
}

/// What happened to records between two instants, by their versions; the second is no longer in it.
fn happened<V: Version>(mut versions: Vec<V>, (from, until): (Timestamp, Timestamp)) -> Vec<Event> {
    versions.sort_by_key(|version| (version.id(), version.believed().0));
    let mut events = Vec::new();
    let mut before: Option<&V> = None;
    for (at, version) in versions.iter().enumerate() {
        let (recorded_at, retracted_at) = version.believed();
        let earlier = before.filter(|before| before.id() == version.id());
        let (person, training) = version.about();
        let mut push = |recorded_at: Timestamp, (kind, on, detail): Told| {
            if (from..until).contains(&recorded_at) {
                events.push(Event { recorded_at, person, training, kind, on, detail });
            }
        };
        for told in version.told(earlier) {
            push(recorded_at, told);
        }
        let is_last = versions.get(at + 1).is_none_or(|next| next.id() != version.id());
        if let Some(gone) = retracted_at.filter(|_| is_last) {
            push(gone, (ActivityKind::Undone, None, None));
        }
        before = Some(version);
    }
    events
}

impl ActivityColumns {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.recorded_at.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.recorded_at.is_empty()
    }
}

pub(in crate::analytics) async fn activity(
    core: &Core,
    actor: &Actor,
    query: &FactsQuery,
) -> Result<ActivityFacts> {
    let mut reading = Reading::begin(core, actor, READ, query).await?;
    let named = reading.named(Whom::All).await?;
    let zone = reading.origin.timezone.zone();
    let from = reading.period_from();
    let begins = from.starts_at(&zone);
    let ends = reading.moment.day.next().starts_at(&zone);
    let mut events: Vec<Event> = Vec::new();
    for chunk in named.ids.chunks(CHUNK) {
        let mut versions: Vec<AssignmentVersion> = Vec::new();
        for part in PARTS {
            let wanted = Assembly::new(ASSIGNMENTS).push(part);
            let wanted = reading.until(wanted, chunk, ends);
            versions.extend(wanted.on(&mut reading.tx).all::<AssignmentVersion>().await?);
        }
        events.extend(happened(reading.known(versions), (begins, ends)));
        let wanted = reading.until(Assembly::new(COMPLETIONS), chunk, ends);
        let versions: Vec<CompletionVersion> = wanted.on(&mut reading.tx).all().await?;
        events.extend(happened(reading.known(versions), (begins, ends)));
        let wanted = reading.until(Assembly::new(EXEMPTIONS), chunk, ends);
        let versions: Vec<ExemptionVersion> = wanted.on(&mut reading.tx).all().await?;
        events.extend(happened(reading.known(versions), (begins, ends)));
        events.extend(reading.attempts(chunk, (begins, ends)).await?);
    }
    let operations = reading.operations((begins, ends)).await?;
    let mut activity = ActivityColumns::default();
    let place = |event: &Event| {
        let person = named.of_person.get(&event.person)?;
        Some((event.recorded_at, *person, *named.of_training.get(&event.training)?, event.kind))
    };
    let mut placed: Vec<_> =
        events.into_iter().filter_map(|event| Some((place(&event)?, event))).collect();
    placed.sort_by_key(|(place, _)| *place);
    let mut numbers: HashMap<Timestamp, u32> = HashMap::new();
    for (number, (recorded_at, _)) in (0..).zip(&operations) {
        numbers.entry(*recorded_at).or_insert(number);
    }
    for ((recorded_at, person, training, kind), event) in placed {
        activity.recorded_at.push(recorded_at);
        activity.person.push(person);
        activity.training.push(training);
        activity.kind.push(kind);
        activity.on.push(event.on);
        activity.detail.push(event.detail);
        activity.operation.push(numbers.get(&recorded_at).copied());
    }
    Ok(ActivityFacts {
        origin: reading.origin,
        from,
        people: named.people,
        trainings: named.trainings,
        units: named.units,
        activity,
        operations: operations.into_iter().map(|(_, operation)| operation).collect(),
    })
}

impl Reading<'_> {
    /// Of these people, what was recorded before an instant.
    fn until(&self, wanted: Assembly, people: &[Uuid], ends: Timestamp) -> Assembly {
        let wanted = self.of(wanted, people).push("AND recorded_at < ?").bind(ends);
        wanted.push_some("AND recorded_at <= ?", self.moment.known_at)
    }

    /// Versions that were not taken back as far as was known.
    fn known<V: Version>(&self, mut versions: Vec<V>) -> Vec<V> {
        if let Some(known_at) = self.moment.known_at {
            for version in &mut versions {
                version.forget_after(known_at);
            }
        }
        versions
    }

    async fn attempts(
        &mut self,
        people: &[Uuid],
        (begins, ends): (Timestamp, Timestamp),
    ) -> Result<Vec<Event>> {
        let wanted = Assembly::new(ATTEMPTS)
            .push("AND a.submitted_at >= ?")
            .bind(begins)
            .push("AND a.submitted_at < ?")
            .bind(ends)
            .push_some("AND a.submitted_at <= ?", self.moment.known_at)
            .push("AND a.person_id IN (ids?)")
            .bind_ids(&IdList::new(people.iter().copied()));
        let rows: Vec<AttemptRow> = wanted.on(&mut self.tx).all().await?;
        let is_among = |row: &AttemptRow| {
            self.trainings.as_ref().is_none_or(|ids| ids.contains(&row.training_id))
        };
        let event = |row: AttemptRow| Event {
            recorded_at: row.submitted_at,
            person: row.person_id,
            training: row.training_id,
            kind: match row.passed {
                Some(true) => ActivityKind::QuizPassed,
                Some(false) => ActivityKind::QuizFailed,
                None => ActivityKind::QuizHandedIn,
            },
            on: None,
            detail: Some(row.quiz),
        };
        Ok(rows.into_iter().filter(is_among).map(event).collect())
    }

    /// The operations of a time, in the order of the log.
    async fn operations(
        &mut self,
        (begins, ends): (Timestamp, Timestamp),
    ) -> Result<Vec<(Timestamp, ActivityOperation)>> {
        let wanted = Assembly::new(
            "SELECT o.recorded_at, c.seq, o.kind, o.actor, o.origin
             FROM operations o JOIN audit_chain c ON c.operation_id = o.id WHERE o.recorded_at >= ?",
        )
        .bind(begins)
        .push("AND o.recorded_at < ?")
        .bind(ends)
        .push("ORDER BY c.seq");
        let rows: Vec<OperationRow> = wanted.on(&mut self.tx).all().await?;
        let account = |actor: &str| actor.strip_prefix("account:")?.parse::<Uuid>().ok();
        let accounts: BTreeSet<Uuid> = rows.iter().filter_map(|row| account(&row.actor)).collect();
        let names = usernames_in(&mut self.tx, &IdList::new(accounts)).await?;
        let operation = |row: OperationRow| {
            let name = account(&row.actor).and_then(|id| names.get(&id).cloned());
            let actor = name.unwrap_or(row.actor);
            let OperationRow { recorded_at, seq, kind, origin, .. } = row;
            (recorded_at, ActivityOperation { seq, kind, actor, origin })
        };
        Ok(rows.into_iter().map(operation).collect())
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

    fn assigned(recorded: &str) -> AssignmentVersion {
        AssignmentVersion {
            id: Uuid::nil(),
            person_id: Uuid::nil(),
            training_id: Uuid::nil(),
            recorded_at: at(recorded),
            retracted_at: None,
            kind: "mandatory".to_owned(),
            started_on: None,
            due_on: Some(day("2027-03-31")),
            closed_on: None,
            closed_as: None,
            extended_to: None,
        }
    }

    fn closed(recorded: &str, how: &str) -> AssignmentVersion {
        let closed_on = Some(day(recorded));
        AssignmentVersion { closed_on, closed_as: Some(how.to_owned()), ..assigned(recorded) }
    }

    fn until(version: AssignmentVersion, retracted: &str) -> AssignmentVersion {
        AssignmentVersion { retracted_at: Some(at(retracted)), ..version }
    }

    fn told(versions: Vec<AssignmentVersion>) -> Vec<String> {
        let all = (at("2027-01-01"), at("2028-01-01"));
        let told = |event: Event| {
            let on = event.on.map(|on| on.to_string()).unwrap_or_default();
            format!("{} {} {on}", event.recorded_at.inner().strftime("%F"), event.kind.as_str())
        };
        happened(versions, all).into_iter().map(told).collect()
    }

    #[test]
    fn each_version_tells_what_is_other_than_before() {
        let begun = AssignmentVersion {
            started_on: Some(day("2027-03-05")),
            ..until(assigned("2027-03-05"), "2027-03-20")
        };
        let longer = AssignmentVersion {
            started_on: Some(day("2027-03-05")),
            due_on: Some(day("2027-04-15")),
            extended_to: Some(day("2027-04-15")),
            ..until(assigned("2027-03-20"), "2027-04-01")
        };
        let first = until(assigned("2027-03-01"), "2027-03-05");
        assert_eq!(
            told(vec![
                longer.clone(),
                first.clone(),
                begun.clone(),
                closed("2027-04-01", "cancelled")
            ]),
            [
                "2027-03-01 assigned 2027-03-31",
                "2027-03-05 begun 2027-03-05",
                "2027-03-20 extended 2027-04-15",
                "2027-04-01 withdrawn 2027-04-01",
            ]
        );
        // That it was done is told by the completion.
        assert_eq!(
            told(vec![first.clone(), begun.clone(), closed("2027-03-20", "completed")]).len(),
            2
        );
        let again = until(closed("2027-03-10", "completed"), "2027-03-12");
        assert_eq!(
            told(vec![until(assigned("2027-03-01"), "2027-03-10"), again, assigned("2027-03-12")]),
            ["2027-03-01 assigned 2027-03-31", "2027-03-12 reopened 2027-03-31"]
        );
        assert_eq!(
            told(vec![closed("2027-03-01", "completed")]),
            ["2027-03-01 credited 2027-03-01"]
        );
    }

    #[test]
    fn what_nothing_came_after_was_undone() {
        let gone = until(assigned("2027-03-01"), "2027-03-02");
        assert_eq!(
            told(vec![gone.clone()]),
            ["2027-03-01 assigned 2027-03-31", "2027-03-02 undone "]
        );
        let mut known = gone;
        known.forget_after(at("2027-03-01"));
        assert_eq!(told(vec![known]), ["2027-03-01 assigned 2027-03-31"]);
    }

    #[test]
    fn what_lies_outside_the_time_is_not_told() {
        let versions =
            vec![until(assigned("2027-03-01"), "2027-03-10"), closed("2027-03-10", "left")];
        let march = (at("2027-03-05"), at("2027-03-10"));
        assert!(happened(versions.clone(), march).is_empty());
        assert_eq!(happened(versions, (at("2027-03-10"), at("2027-03-11"))).len(), 1);
    }
}
