//! What was done: a completion is recorded, and what it settles is settled in the same transaction.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use super::engine::plus_months;
use super::paths::go_on;
use super::reconsider::{open_of_all, reconsider};
use super::rules;
use super::sql::AssignmentRow;
use super::store::Effects;
use super::{COMPLETED, NEVER_PUBLISHED, NOT_DONE_YET};
use crate::catalog;
use crate::certificates::{self, Issue};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::schema::COMPLETIONS;
use crate::kernel::db::{Assembly, Field, IdList, One, Tx, Value, bulk, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;
use crate::operations::{Operation, Write};
use crate::settings;

/// How a completion came about.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CompletionSource {
    /// The learner came to the end.
    Learner,
    /// A quiz was passed.
    Quiz,
    /// Somebody recorded it.
    Instructor,
    /// It came with a file or a feed.
    Import,
}

impl CompletionSource {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Learner, Self::Quiz, Self::Instructor, Self::Import];

    /// The name in tables, files and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Learner => "self",
            Self::Quiz => "quiz",
            Self::Instructor => "instructor",
            Self::Import => "import",
        }
    }

    pub(crate) fn parse(text: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|one| one.as_str() == text);
        found.ok_or_else(|| Error::inconsistent("completions.source", text))
    }
}

impl serde::Serialize for CompletionSource {
    fn serialize<S: serde::Serializer>(&self, output: S) -> std::result::Result<S::Ok, S::Error> {
        output.serialize_str(self.as_str())
    }
}

/// One completion that is to be recorded.
#[derive(Debug, Clone)]
pub(crate) struct Achieved {
    pub(crate) person: Uuid,
    pub(crate) training: Uuid,
    pub(crate) completed_on: Day,
    pub(crate) source: CompletionSource,
    /// In hundredths of a per cent.
    pub(crate) score: Option<u16>,
    /// Major and minor version; the newest that was published by that day, unless said.
    pub(crate) version: Option<(u32, u32)>,
    /// The last covered day that the evidence says; what the training says, unless said.
    pub(crate) valid_until: Option<Day>,
    pub(crate) evidence_link: Option<String>,
    pub(crate) evidence: Option<Uuid>,
    pub(crate) note: Option<String>,
}

/// An assignment that is open.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OpenAssignment {
    pub(crate) id: Uuid,
    pub(crate) started_on: Option<Day>,
    pub(crate) waiting: bool,
    pub(crate) version: Option<Uuid>,
}

impl From<AssignmentRow> for OpenAssignment {
    fn from(row: AssignmentRow) -> Self {
        Self {
            id: row.id,
            started_on: row.started_on,
            waiting: row.waiting_from.is_some() && row.waiting_until.is_none(),
            version: row.version_id,
        }
    }
}

/// The open assignment of a person for a training.
pub(crate) async fn open_of(
    tx: &mut Tx,
    person: Uuid,
    training: Uuid,
) -> Result<Option<OpenAssignment>> {
    Ok(open_of_all(tx, &[person], training).await?.remove(&person).map(Into::into))
}

/// The person begins an assignment, and is on this version from now on. Beginning again changes
/// nothing.
pub(crate) async fn start(
    write: &mut Write,
    assignment: Uuid,
    on: Day,
    version: Uuid,
) -> Result<()> {
    super::reconsider::amend(write, &[assignment], |record| {
        let days = &mut record.obligation.days;
        days.started_on = days.started_on.or(Some(on));
        record.version = record.version.or(Some(version));
    })
    .await
}

row! {
    struct VersionRow {
        training_id: Uuid,
        major: i64,
        minor: i64,
        published_at: Timestamp,
    }
}

row! {
    struct PlaceRow {
        person_id: Uuid,
        valid_from: Day,
        valid_until: Option<Day>,
        department_id: Option<Uuid>,
        manager_id: Option<Uuid>,
    }
}

/// Records completions and settles what they settle. Gives the ids back in their order.
pub(crate) async fn complete(write: &mut Write, achieved: Vec<Achieved>) -> Result<Vec<Uuid>> {
    let (ids, effects) = complete_in(write, achieved).await?;
    write.record(effects.told(Operation::new(COMPLETED)));
    Ok(ids)
}

pub(super) async fn complete_in(
    write: &mut Write,
    achieved: Vec<Achieved>,
) -> Result<(Vec<Uuid>, Effects)> {
    let today = settings::today(&mut write.tx, write.ctx.now).await?;
    if let Some(early) = achieved.iter().find(|one| one.completed_on > today) {
        return Err(NOT_DONE_YET
            .error(format!("{} is a day to come: it is {today}", early.completed_on))
            .with_field("completed_on")
            .with_hint("record a completion on the day on which it was done, or later"));
    }
    let surroundings = Surroundings::load(&mut write.tx, &achieved).await?;
    let now = write.ctx.now;
    let (mut rows, mut certified) = (Vec::new(), Vec::new());
    // In the order in which indexes have them: what lies together is written together.
    let mut order: Vec<usize> = (0..achieved.len()).collect();
    order.sort_by_key(|at| achieved[*at].person);
    let mut ids = vec![Uuid::nil(); achieved.len()];
    for at in order {
        let one = &achieved[at];
        let (major, minor) = match one.version {
            Some(version) => version,
            None => surroundings.version_on(one)?,
        };
        let (department, manager) = surroundings.place_on(one.person, one.completed_on);
        let valid_until = one.valid_until.or_else(|| surroundings.validity(one));
        let id = write.ctx.new_id();
        ids[at] = id;
        certified.push((
            at,
            Issue {
                completion: id,
                person: one.person,
                training: one.training,
                completed_on: one.completed_on,
                valid_until,
                version: (major, minor),
            },
        ));
        rows.push(
            CompletionValues {
                id,
                person: one.person,
                training: one.training,
                completed_on: one.completed_on,
                source: one.source.as_str(),
                score: one.score.map(i64::from),
                version: (i64::from(major), i64::from(minor)),
                valid_until,
                department,
                manager,
                evidence_link: one.evidence_link.clone(),
                evidence: one.evidence,
                note: one.note.clone(),
                revoked_on: None,
            }
            .values(now),
        );
    }
    bulk::insert(&mut write.tx, &COMPLETIONS, rows).await?;
    certified.sort_unstable_by_key(|(at, _)| *at);
    let certified = certified.into_iter().map(|(_, issue)| issue).collect();
    certificates::issue(write, certified).await?;
    let people: BTreeSet<Uuid> = achieved.iter().map(|one| one.person).collect();
    let trainings: BTreeSet<Uuid> = achieved.iter().map(|one| one.training).collect();
    let concerned = concerned(&mut write.tx, trainings).await?;
    let people: Vec<Uuid> = people.into_iter().collect();
    let mut effects = reconsider(write, &people, &concerned).await?;
    effects.join(go_on(write, &people, &concerned).await?);
    Ok((ids, effects))
}

/// Decides anew after completions of these trainings came, went or changed: also for what they stand
/// in for.
pub(super) async fn settle(
    write: &mut Write,
    people: BTreeSet<Uuid>,
    trainings: BTreeSet<Uuid>,
) -> Result<Effects> {
    let concerned = concerned(&mut write.tx, trainings).await?;
    let people: Vec<Uuid> = people.into_iter().collect();
    reconsider(write, &people, &concerned).await
}

/// Trainings, with those that they stand in for, and those that are due some time after them.
async fn concerned(tx: &mut Tx, mut trainings: BTreeSet<Uuid>) -> Result<Vec<Uuid>> {
    let satisfied: Vec<One<Uuid>> = Assembly::new(
        "SELECT DISTINCT training_id FROM training_equivalents
         WHERE retracted_at IS NULL AND satisfied_by_id IN (ids?)",
    )
    .bind_ids(&IdList::new(trainings.iter().copied()))
    .on(tx)
    .all()
    .await?;
    trainings.extend(satisfied.into_iter().map(|One(id)| id));
    let later: Vec<One<Uuid>> = Assembly::new(
        "SELECT DISTINCT training_id FROM assignment_orders WHERE after_id IN (ids?)",
    )
    .bind_ids(&IdList::new(trainings.iter().copied()))
    .on(tx)
    .all()
    .await?;
    trainings.extend(later.into_iter().map(|One(id)| id));
    let all: Vec<Uuid> = trainings.iter().copied().collect();
    trainings.extend(rules::due_after(tx, &all).await?);
    trainings.extend(rules::beside(tx, &all).await?);
    Ok(trainings.into_iter().collect())
}

/// What has to be known to record completions.
struct Surroundings {
    versions: HashMap<Uuid, Vec<VersionRow>>,
    trainings: std::collections::BTreeMap<Uuid, catalog::sql::Stored>,
    places: HashMap<Uuid, Vec<PlaceRow>>,
    zone: jiff::tz::TimeZone,
}

impl Surroundings {
    async fn load(tx: &mut Tx, achieved: &[Achieved]) -> Result<Self> {
        let trainings: BTreeSet<Uuid> = achieved.iter().map(|one| one.training).collect();
        let trainings = IdList::new(trainings);
        let rows: Vec<VersionRow> = Assembly::new(
            "SELECT training_id, major, minor, published_at FROM training_versions
             WHERE state = 'published' AND training_id IN (ids?)",
        )
        .bind_ids(&trainings)
        .push("ORDER BY major, minor")
        .on(tx)
        .all()
        .await?;
        let mut versions: HashMap<Uuid, Vec<VersionRow>> = HashMap::new();
        for row in rows {
            versions.entry(row.training_id).or_default().push(row);
        }
        let people: BTreeSet<Uuid> = achieved.iter().map(|one| one.person).collect();
        let rows: Vec<PlaceRow> = Assembly::new(
            "SELECT person_id, valid_from, valid_until, department_id, manager_id FROM placements
             WHERE retracted_at IS NULL AND person_id IN (ids?)",
        )
        .bind_ids(&IdList::new(people))
        .on(tx)
        .all()
        .await?;
        let mut places: HashMap<Uuid, Vec<PlaceRow>> = HashMap::new();
        for row in rows {
            places.entry(row.person_id).or_default().push(row);
        }
        let trainings = catalog::sql::load(tx, &trainings).await?;
        let zone = settings::current(tx).await?.timezone.zone();
        Ok(Self { versions, trainings, places, zone })
    }

    /// The newest version that was published by that day; the first, where it was done before any
    /// was.
    fn version_on(&self, one: &Achieved) -> Result<(u32, u32)> {
        let all = self.versions.get(&one.training).map_or(&[][..], Vec::as_slice);
        let by_then =
            all.iter().rfind(|row| row.published_at.day_in(&self.zone) <= one.completed_on);
        let Some(version) = by_then.or(all.first()) else {
            let code = self.trainings.get(&one.training).map_or("it", |stored| &stored.code);
            return Err(NEVER_PUBLISHED
                .error(format!("`{code}` was never published: nobody can have done it"))
                .with_field("training"));
        };
        let part = |n: i64| {
            u32::try_from(n).map_err(|cause| Error::inconsistent("training_versions.major", cause))
        };
        Ok((part(version.major)?, part(version.minor)?))
    }

    /// The last covered day by what the training says of its validity.
    fn validity(&self, one: &Achieved) -> Option<Day> {
        let version = self.trainings.get(&one.training)?.shown()?;
        let months = i32::try_from(version.definition.validity_months?).ok()?;
        Some(plus_months(one.completed_on, months))
    }

    fn place_on(&self, person: Uuid, day: Day) -> (Option<Uuid>, Option<Uuid>) {
        let all = self.places.get(&person).map_or(&[][..], Vec::as_slice);
        let holds = |row: &&PlaceRow| {
            row.valid_from <= day && row.valid_until.is_none_or(|until| day < until)
        };
        // What was done before somebody came is kept with where they came to.
        let first = || all.iter().min_by_key(|row| row.valid_from);
        let place = all.iter().find(holds).or_else(first);
        place.map_or((None, None), |row| (row.department_id, row.manager_id))
    }
}

/// A completion on its way into its table.
#[derive(Debug, Clone)]
pub(super) struct CompletionValues {
    pub(super) id: Uuid,
    pub(super) person: Uuid,
    pub(super) training: Uuid,
    pub(super) completed_on: Day,
    pub(super) source: &'static str,
    pub(super) score: Option<i64>,
    pub(super) version: (i64, i64),
    pub(super) valid_until: Option<Day>,
    pub(super) department: Option<Uuid>,
    pub(super) manager: Option<Uuid>,
    pub(super) evidence_link: Option<String>,
    pub(super) evidence: Option<Uuid>,
    pub(super) note: Option<String>,
    pub(super) revoked_on: Option<Day>,
}

impl CompletionValues {
    pub(super) fn values(self, now: Timestamp) -> Vec<Value> {
        vec![
            self.id.into_value(),
            now.into_value(),
            None::<Timestamp>.into_value(),
            self.person.into_value(),
            self.training.into_value(),
            self.completed_on.into_value(),
            self.source.into_value(),
            self.score.into_value(),
            self.version.0.into_value(),
            self.version.1.into_value(),
            self.valid_until.into_value(),
            self.department.into_value(),
            self.manager.into_value(),
            self.evidence_link.into_value(),
            self.evidence.into_value(),
            self.note.into_value(),
            self.revoked_on.into_value(),
        ]
    }
}
