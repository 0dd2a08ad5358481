//! Completions that somebody records, corrects or revokes, and the list of them.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::assign::{PersonName, SAMPLES};
use super::completing::{Achieved, CompletionSource, CompletionValues, complete_in, settle};
use super::evidence;
use super::{COMPLETED, COMPLETION_CHANGED, CompletionId, READ, UNKNOWN_COMPLETION, WRITE};
use crate::catalog::{self, TrainingId};
use crate::certificates::{self, Amendment};
use crate::content::ContentId;
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::schema::COMPLETIONS;
use crate::kernel::db::{Assembly, IdList, One, Tx, bulk, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::page::{Page, Paging, paged};
use crate::kernel::text::Day;
use crate::operations::{Operation, OperationId, Write, fingerprint, refuse_other};
use crate::people::{self, Audience, PersonFilter, PersonId, Reach};
use crate::settings;

const SCORE_MAX: u16 = 10_000;
const TEXT_CHARS_MAX: usize = 1_000;

/// What somebody has done, to be recorded for one or many people.
#[derive(Debug, Clone)]
pub struct NewCompletions {
    training: String,
    who: PersonFilter,
    completed_on: Option<Day>,
    source: CompletionSource,
    score: Option<u16>,
    version: Option<(u32, u32)>,
    valid_until: Option<Day>,
    evidence_link: Option<String>,
    evidence: Option<String>,
    note: Option<String>,
}

impl NewCompletions {
    /// That these people have done a training, today.
    #[must_use]
    pub fn of(training: &str, audience: Audience) -> Self {
        Self {
            training: training.to_owned(),
            who: PersonFilter::new().audience(audience.or_whoever_is_named()),
            completed_on: None,
            source: CompletionSource::Instructor,
            score: None,
            version: None,
            valid_until: None,
            evidence_link: None,
            evidence: None,
            note: None,
        }
    }

    /// On this day.
    #[must_use]
    pub fn on(mut self, day: Day) -> Self {
        self.completed_on = Some(day);
        self
    }

    /// With a score, in hundredths of a per cent.
    #[must_use]
    pub fn score(mut self, score: u16) -> Self {
        self.score = Some(score);
        self
    }

    /// Of this version, by major and minor number; the one of that day, unless said.
    #[must_use]
    pub fn version(mut self, major: u32, minor: u32) -> Self {
        self.version = Some((major, minor));
        self
    }

    /// It covers until this day, whatever else is said.
    #[must_use]
    pub fn valid_until(mut self, day: Day) -> Self {
        self.valid_until = Some(day);
        self
    }

    /// Where the evidence lies.
    #[must_use]
    pub fn evidence(mut self, link: &str) -> Self {
        self.evidence_link = Some(link.trim().to_owned());
        self
    }

    /// The evidence itself: a file put in with [`super::Assignments::add_evidence`], by its id.
    #[must_use]
    pub fn evidence_file(mut self, file: &str) -> Self {
        self.evidence = Some(file.to_owned());
        self
    }

    /// A remark.
    #[must_use]
    pub fn note(mut self, note: &str) -> Self {
        self.note = Some(note.trim().to_owned());
        self
    }

    fn check(&self) -> Result<()> {
        if self.score.is_some_and(|score| score > SCORE_MAX) {
            return Err(Error::invalid("score", "a score is at most 100 %"));
        }
        for (field, text) in [("evidence", &self.evidence_link), ("note", &self.note)] {
            if text.as_ref().is_some_and(|text| text.chars().count() > TEXT_CHARS_MAX) {
                let wrong = format!("it is longer than {TEXT_CHARS_MAX} characters");
                return Err(Error::invalid(field, wrong));
            }
        }
        if let (Some(on), Some(until)) = (self.completed_on, self.valid_until)
            && until < on
        {
            return Err(Error::invalid("valid_until", format!("{until} is before {on}")));
        }
        Ok(())
    }
}

/// What recording would do.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct CompletePlan {
    /// The code of the training.
    pub training: String,
    /// What it is called.
    pub title: String,
    /// The day of the completion.
    pub completed_on: Day,
    /// How many people are meant.
    pub n_people: usize,
    /// For how many of them an assignment is open, which may be settled by it.
    pub n_assigned: usize,
    /// How many more are meant, for whom it is recorded already that they did it on that day.
    pub n_recorded: usize,
    /// The first of them by name.
    pub samples: Vec<PersonName>,
    /// What [`super::Assignments::complete`] compares.
    pub fingerprint: String,
    #[serde(skip)]
    new: NewCompletions,
}

impl CompletePlan {
    /// With a file that proves it: it may be put in once somebody has agreed to the plan.
    #[must_use]
    pub fn evidence_file(mut self, file: &str) -> Self {
        self.new = self.new.evidence_file(file);
        self
    }

    /// The plan, if it is still the one with this fingerprint, which somebody looked at.
    pub fn still(self, fingerprint: Option<&str>) -> Result<Self> {
        refuse_other(fingerprint, &self.fingerprint)?;
        Ok(self)
    }
}

/// What recording did.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CompleteOutcome {
    /// The completions, in the order of the people's names.
    pub completions: Vec<CompletionId>,
    /// How many assignments were settled by them.
    pub n_settled: usize,
    /// The operation; none where nobody was meant.
    pub operation: Option<OperationId>,
}

struct Asked {
    plan: CompletePlan,
    training: Uuid,
    people: Vec<Uuid>,
}

async fn load(tx: &mut Tx, actor: &Actor, now: Timestamp, new: NewCompletions) -> Result<Asked> {
    new.check()?;
    let today = settings::today(tx, now).await?;
    let training = catalog::sql::find(tx, &new.training).await?;
    let stored = catalog::sql::load_one(tx, training).await?;
    let reach = Reach::of(tx, actor, WRITE, now).await?;
    let members = people::members_in(tx, reach, now, &new.who).await?;
    let completed_on = new.completed_on.unwrap_or(today);
    let mut people: Vec<Uuid> = members.into_iter().map(|member| member.person).collect();
    let recorded = recorded(tx, &people, training.uuid(), completed_on).await?;
    people.retain(|person| !recorded.contains(person));
    let named: Vec<Uuid> = people.iter().take(SAMPLES).copied().collect();
    let names = people::names_in(tx, named.iter().copied().collect()).await?;
    let name = |id: &Uuid| PersonName {
        id: PersonId::new(*id),
        name: names.get(id).cloned().unwrap_or_default(),
    };
    let open = super::reconsider::open_of_all(tx, &people, training.uuid()).await?;
    let fingerprint = fingerprint(&(completed_on, training, &people, open.len()));
    let plan = CompletePlan {
        title: stored.shown().map(|one| one.definition.title.clone()).unwrap_or_default(),
        training: stored.code,
        completed_on,
        n_people: people.len(),
        n_assigned: open.len(),
        n_recorded: recorded.len(),
        samples: named.iter().map(name).collect(),
        fingerprint,
        new,
    };
    Ok(Asked { plan, training: training.uuid(), people })
}

/// Those for whom it is recorded already that they did it on this day.
async fn recorded(
    tx: &mut Tx,
    people: &[Uuid],
    training: Uuid,
    completed_on: Day,
) -> Result<BTreeSet<Uuid>> {
    let rows: Vec<One<Uuid>> = Assembly::new(
        "SELECT DISTINCT person_id FROM completions
         WHERE retracted_at IS NULL AND revoked_on IS NULL AND training_id = ?",
    )
    .bind(training)
    .push("AND completed_on = ?")
    .bind(completed_on)
    .push("AND person_id IN (ids?)")
    .bind_ids(&IdList::new(people.iter().copied()))
    .on(tx)
    .all()
    .await?;
    Ok(rows.into_iter().map(|One(id)| id).collect())
}

pub(super) async fn plan(core: &Core, actor: &Actor, new: NewCompletions) -> Result<CompletePlan> {
    let mut tx = core.db().begin_read().await?;
    Ok(load(&mut tx, actor, core.now(), new).await?.plan)
}

pub(super) async fn complete(
    core: &Core,
    actor: &Actor,
    plan: CompletePlan,
) -> Result<CompleteOutcome> {
    let mut write = Write::begin(core, actor).await?;
    let now = write.ctx.now;
    let asked = load(&mut write.tx, actor, now, plan.new).await?;
    refuse_other(Some(&plan.fingerprint), &asked.plan.fingerprint)?;
    if asked.people.is_empty() {
        return Ok(CompleteOutcome { completions: Vec::new(), n_settled: 0, operation: None });
    }
    let new = &asked.plan.new;
    let evidence = match &new.evidence {
        Some(file) => Some(evidence::in_store(&mut write.tx, file).await?),
        None => None,
    };
    let achieved = |person: &Uuid| Achieved {
        person: *person,
        training: asked.training,
        completed_on: asked.plan.completed_on,
        source: new.source,
        score: new.score,
        version: new.version,
        valid_until: new.valid_until,
        evidence_link: new.evidence_link.clone(),
        evidence,
        note: new.note.clone(),
    };
    let (ids, effects) =
        complete_in(&mut write, asked.people.iter().map(achieved).collect()).await?;
    let n_settled = effects.count(super::store::Happened::Completed);
    let recorded = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    let operation = effects.told(Operation::new(COMPLETED)).count("recorded", recorded);
    let operation = write.record(operation);
    write.commit().await?;
    let completions = ids.into_iter().map(CompletionId::new).collect();
    Ok(CompleteOutcome { completions, n_settled, operation: Some(operation) })
}

/// Something that was done.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Completion {
    /// Its id.
    pub id: CompletionId,
    /// By whom.
    pub person_id: PersonId,
    /// Their name.
    pub person: String,
    /// What.
    pub training_id: TrainingId,
    /// Its code.
    pub training: String,
    /// When.
    pub completed_on: Day,
    /// How it came about.
    pub source: CompletionSource,
    /// In hundredths of a per cent.
    pub score: Option<i64>,
    /// Which version, as `2.0`.
    pub version: String,
    /// The last covered day by what it says itself.
    pub valid_until: Option<Day>,
    /// The code of the department on that day.
    pub department: Option<String>,
    /// The name of the manager on that day.
    pub manager: Option<String>,
    /// Where the evidence lies.
    pub evidence_link: Option<String>,
    /// The file that proves it; [`super::Assignments::open_evidence`] reads it.
    pub evidence_id: Option<ContentId>,
    /// A remark.
    pub note: Option<String>,
    /// Since when it counts no longer.
    pub revoked_on: Option<Day>,
    /// When this was recorded.
    pub recorded_at: Timestamp,
}

row! {
    #[derive(Debug, Clone)]
    pub(super) struct CompletionRow {
        id: Uuid,
        recorded_at: Timestamp,
        person_id: Uuid,
        person: String,
        training_id: Uuid,
        training: String,
        completed_on: Day,
        source: String,
        score: Option<i64>,
        major: i64,
        minor: i64,
        valid_until: Option<Day>,
        department_id: Option<Uuid>,
        department: Option<String>,
        manager_id: Option<Uuid>,
        manager: Option<String>,
        evidence_link: Option<String>,
        pub(super) evidence_id: Option<Uuid>,
        note: Option<String>,
        revoked_on: Option<Day>,
    }
}

const SELECT: &str = "
SELECT c.id, c.recorded_at, c.person_id, COALESCE(x.preferred_name, x.first_name) || ' ' || x.last_name,
       c.training_id, t.code, c.completed_on, c.source, c.score, c.major, c.minor, c.valid_until,
       c.department_id, d.code, c.manager_id,
       COALESCE(m.preferred_name, m.first_name) || ' ' || m.last_name,
       c.evidence_link, c.evidence_id, c.note, c.revoked_on
FROM completions c
JOIN persons x ON x.id = c.person_id
JOIN trainings t ON t.id = c.training_id
LEFT JOIN units d ON d.id = c.department_id
LEFT JOIN persons m ON m.id = c.manager_id
WHERE c.retracted_at IS NULL";

impl TryFrom<CompletionRow> for Completion {
    type Error = Error;

    fn try_from(row: CompletionRow) -> Result<Self> {
        Ok(Self {
            id: CompletionId::new(row.id),
            person_id: PersonId::new(row.person_id),
            person: row.person,
            training_id: TrainingId::new(row.training_id),
            training: row.training,
            completed_on: row.completed_on,
            source: CompletionSource::parse(&row.source)?,
            score: row.score,
            version: format!("{}.{}", row.major, row.minor),
            valid_until: row.valid_until,
            department: row.department,
            manager: row.manager,
            evidence_link: row.evidence_link,
            evidence_id: row.evidence_id.map(ContentId::new),
            note: row.note,
            revoked_on: row.revoked_on,
            recorded_at: row.recorded_at,
        })
    }
}

/// Which completions.
#[derive(Debug, Clone, Default)]
pub struct CompletionFilter {
    who: Option<PersonFilter>,
    trainings: Vec<String>,
    from: Option<Day>,
    to: Option<Day>,
    revoked: bool,
    paging: Paging,
}

paged!(CompletionFilter);

impl CompletionFilter {
    /// All that count, the latest first.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only those of these people.
    #[must_use]
    pub fn audience(mut self, audience: Audience) -> Self {
        self.who = Some(PersonFilter::new().audience(audience.or_whoever_is_named()));
        self
    }

    /// Only those of this training, or another one that is asked for.
    #[must_use]
    pub fn training(mut self, training: &str) -> Self {
        self.trainings.push(training.to_owned());
        self
    }

    /// Only those from one day to another.
    #[must_use]
    pub fn between(mut self, from: Option<Day>, to: Option<Day>) -> Self {
        (self.from, self.to) = (from, to);
        self
    }

    /// Also those that were revoked.
    #[must_use]
    pub fn revoked(mut self, revoked: bool) -> Self {
        self.revoked = revoked;
        self
    }
}

pub(super) async fn list(
    core: &Core,
    actor: &Actor,
    filter: CompletionFilter,
) -> Result<Page<Completion>> {
    let mut tx = core.db().begin_read().await?;
    let reach = Reach::of(&mut tx, actor, READ, core.now()).await?;
    let mut wanted = Assembly::new(SELECT);
    if !filter.revoked {
        wanted = wanted.push("AND c.revoked_on IS NULL");
    }
    if !filter.trainings.is_empty() {
        let ids = catalog::sql::find_all(&mut tx, &filter.trainings).await?;
        wanted = wanted.push("AND c.training_id IN (ids?)").bind_ids(&IdList::new(ids));
    }
    wanted = wanted
        .push_some("AND c.completed_on >= ?", filter.from)
        .push_some("AND c.completed_on <= ?", filter.to);
    wanted = match &filter.who {
        Some(who) => {
            let people = people::selecting(&mut tx, reach, core.now(), who).await?;
            wanted.push("AND c.person_id IN (").append(people).push(")")
        }
        None => reach.narrow(wanted),
    };
    if let Some((day, id)) = filter.paging.after::<(Day, Uuid)>()? {
        wanted =
            wanted.push("AND (c.completed_on, c.id) < (?").bind(day).push(", ?").bind(id).push(")");
    }
    let rows: Vec<CompletionRow> = wanted
        .push("ORDER BY c.completed_on DESC, c.id DESC LIMIT ?")
        .bind(filter.paging.rows_wanted()?)
        .on(&mut tx)
        .all()
        .await?;
    let page = filter.paging.page(rows, |row| (row.completed_on, row.id))?;
    let items = page.items.into_iter().map(Completion::try_from).collect::<Result<Vec<_>>>()?;
    Ok(Page { items, next: page.next })
}

/// What is to be different about a completion.
#[derive(Debug, Clone, Default)]
pub struct CompletionChange(Vec<Edit>);

#[derive(Debug, Clone)]
enum Edit {
    On(Day),
    Score(Option<u16>),
    ValidUntil(Option<Day>),
    Evidence(Option<String>),
    EvidenceFile(Option<ContentId>),
    Note(Option<String>),
    Revoke,
}

impl CompletionChange {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// It counts no longer, as if it had not been done; it stays to be seen.
    #[must_use]
    pub fn revoked() -> Self {
        Self(vec![Edit::Revoke])
    }

    fn with(mut self, edit: Edit) -> Self {
        self.0.push(edit);
        self
    }

    /// It was done on this day.
    #[must_use]
    pub fn on(self, day: Day) -> Self {
        self.with(Edit::On(day))
    }

    /// With this score, in hundredths of a per cent, or without one.
    #[must_use]
    pub fn score(self, score: Option<u16>) -> Self {
        self.with(Edit::Score(score))
    }

    /// It covers until this day, or as long as is said elsewhere.
    #[must_use]
    pub fn valid_until(self, day: Option<Day>) -> Self {
        self.with(Edit::ValidUntil(day))
    }

    /// Where the evidence lies.
    #[must_use]
    pub fn evidence(self, link: Option<&str>) -> Self {
        self.with(Edit::Evidence(link.map(|link| link.trim().to_owned())))
    }

    /// The file that proves it, or none.
    #[must_use]
    pub fn evidence_file(self, file: Option<ContentId>) -> Self {
        self.with(Edit::EvidenceFile(file))
    }

    fn evidence_files(&self) -> Vec<ContentId> {
        let file = |edit: &Edit| match edit {
            Edit::EvidenceFile(file) => *file,
            _ => None,
        };
        self.0.iter().filter_map(file).collect()
    }

    /// A remark.
    #[must_use]
    pub fn note(self, note: Option<&str>) -> Self {
        self.with(Edit::Note(note.map(|note| note.trim().to_owned())))
    }

    /// The completion as it would be, if it can be so.
    fn applied(self, row: &CompletionRow, today: Day) -> Result<CompletionRow> {
        let mut after = row.clone();
        for edit in self.0 {
            match edit {
                Edit::On(day) if day > today => {
                    return Err(Error::invalid("completed_on", format!("{day} is a day to come")));
                }
                Edit::On(day) => after.completed_on = day,
                Edit::Score(Some(score)) if score > SCORE_MAX => {
                    return Err(Error::invalid("score", "a score is at most 100 %"));
                }
                Edit::Score(score) => after.score = score.map(i64::from),
                Edit::ValidUntil(day) => after.valid_until = day,
                Edit::Evidence(link) => after.evidence_link = link,
                Edit::EvidenceFile(file) => after.evidence_id = file.map(ContentId::uuid),
                Edit::Note(note) => after.note = note,
                Edit::Revoke => after.revoked_on = after.revoked_on.or(Some(today)),
            }
        }
        if after.valid_until.is_some_and(|until| until < after.completed_on) {
            return Err(Error::invalid("valid_until", "it would end before it was done"));
        }
        Ok(after)
    }
}

pub(super) async fn change(
    core: &Core,
    actor: &Actor,
    completion: CompletionId,
    change: CompletionChange,
) -> Result<Completion> {
    let mut write = Write::begin(core, actor).await?;
    let now = write.ctx.now;
    let reach = Reach::of(&mut write.tx, actor, WRITE, now).await?;
    let before = find(&mut write.tx, &reach, completion).await?;
    let today = settings::today(&mut write.tx, now).await?;
    for file in change.evidence_files() {
        evidence::in_store(&mut write.tx, &file.to_string()).await?;
    }
    let mut after = change.applied(&before, today)?;
    // Words may name people: the log says that they changed, the rows say what they are.
    let words = |row: &CompletionRow| (row.evidence_link.clone(), row.note.clone());
    let reworded = words(&before) != words(&after);
    let told = |row: &CompletionRow, words: Option<&str>| {
        json!({
            "completed_on": row.completed_on,
            "score": row.score,
            "valid_until": row.valid_until,
            "evidence": row.evidence_id,
            "words": words,
            "revoked_on": row.revoked_on,
        })
    };
    let (was, is) = (told(&before, None), told(&after, reworded.then_some("changed")));
    if was == is {
        return before.try_into();
    }
    let retract = "UPDATE completions SET retracted_at = ?";
    Assembly::new(retract)
        .bind(now)
        .push("WHERE retracted_at IS NULL AND id = ?")
        .bind(after.id)
        .on(&mut write.tx)
        .run_one()
        .await?;
    let values = CompletionValues {
        id: after.id,
        person: after.person_id,
        training: after.training_id,
        completed_on: after.completed_on,
        source: CompletionSource::parse(&after.source)?.as_str(),
        score: after.score,
        version: (after.major, after.minor),
        valid_until: after.valid_until,
        department: after.department_id,
        manager: after.manager_id,
        evidence_link: after.evidence_link.clone(),
        evidence: after.evidence_id,
        note: after.note.clone(),
        revoked_on: after.revoked_on,
    };
    bulk::insert(&mut write.tx, &COMPLETIONS, [values.values(now)]).await?;
    certify(&mut write, &before, &after).await?;
    super::reopen::reopen(&mut write, after.id).await?;
    let effects = settle(
        &mut write,
        [after.person_id].into_iter().collect(),
        [after.training_id].into_iter().collect(),
    )
    .await?;
    let operation = effects
        .told(Operation::new(COMPLETION_CHANGED))
        .change("completion", Some(after.id), Some(&was), Some(&is))
        .event(
            COMPLETION_CHANGED,
            Some(after.id.to_string()),
            json!({ "person_id": after.person_id, "training_id": after.training_id,
                    "revoked": after.revoked_on.is_some() }),
        );
    write.record(operation);
    write.commit().await?;
    after.recorded_at = now;
    after.try_into()
}

/// Lets the certificate say what the completion says now.
async fn certify(write: &mut Write, before: &CompletionRow, after: &CompletionRow) -> Result<()> {
    if after.revoked_on.is_some() && before.revoked_on.is_none() {
        let reason = write.ctx.actor.reason().unwrap_or("the completion was revoked").to_owned();
        return certificates::revoke_for(write, &[after.id], &reason).await.map(drop);
    }
    let days = |row: &CompletionRow| (row.completed_on, row.valid_until);
    if days(before) == days(after) {
        return Ok(());
    }
    let amended = Amendment {
        completion: after.id,
        completed_on: after.completed_on,
        valid_until: after.valid_until,
    };
    certificates::amend_for(write, &[amended]).await.map(drop)
}

pub(super) async fn find(
    tx: &mut Tx,
    reach: &Reach,
    completion: CompletionId,
) -> Result<CompletionRow> {
    let wanted = Assembly::new(SELECT).push("AND c.id = ?").bind(completion.uuid());
    let row: Option<CompletionRow> = reach.narrow(wanted).on(tx).opt().await?;
    row.ok_or_else(|| {
        UNKNOWN_COMPLETION
            .error(format!("there is no completion `{completion}`"))
            .with_hint("`lmsctl complete list` shows them with their ids")
    })
}
