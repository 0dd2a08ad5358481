//! Who need not do a training for a time. The clock of what is open for them stands still meanwhile.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::assign::{PersonName, SAMPLES};
use super::engine::{EXEMPTION_WARNING_DAYS, plus_days};
use super::reconsider::reconsider;
use super::store::{Effects, Happened};
use super::{EXEMPTED, EXEMPTION_ENDED, ExemptionId, READ, UNKNOWN_EXEMPTION, WRITE};
use crate::catalog;
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::schema::EXEMPTIONS;
use crate::kernel::db::{Assembly, Field, IdList, Tx, Value, bulk, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::page::{Page, Paging, paged};
use crate::kernel::text::Day;
use crate::operations::{Operation, OperationId, Write, fingerprint, refuse_other};
use crate::people::{self, Audience, PersonFilter, PersonId, Reach};
use crate::settings;

const CHUNK: usize = 1_000;
const TEXT_CHARS_MAX: usize = 1_000;

/// An exemption that is to be granted.
#[derive(Debug, Clone)]
pub struct NewExemptions {
    training: String,
    who: PersonFilter,
    from: Option<Day>,
    until: Option<Day>,
    reason: String,
    approved_by: Option<String>,
    evidence: Option<String>,
}

impl NewExemptions {
    /// From a training, for these people, because of something; from today and for good.
    #[must_use]
    pub fn from_training(training: &str, audience: Audience, reason: &str) -> Self {
        Self {
            training: training.to_owned(),
            who: PersonFilter::new().audience(audience.or_whoever_is_named()),
            from: None,
            until: None,
            reason: reason.trim().to_owned(),
            approved_by: None,
            evidence: None,
        }
    }

    /// From this day on.
    #[must_use]
    pub fn from(mut self, day: Day) -> Self {
        self.from = Some(day);
        self
    }

    /// Until this day, the last one.
    #[must_use]
    pub fn until(mut self, day: Day) -> Self {
        self.until = Some(day);
        self
    }

    /// Who approved it.
    #[must_use]
    pub fn approved_by(mut self, name: &str) -> Self {
        self.approved_by = Some(name.trim().to_owned());
        self
    }

    /// Where the evidence lies.
    #[must_use]
    pub fn evidence(mut self, link: &str) -> Self {
        self.evidence = Some(link.trim().to_owned());
        self
    }
}

/// What granting would do.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct ExemptPlan {
    /// The code of the training.
    pub training: String,
    /// The first day.
    pub from: Day,
    /// The last day.
    pub until: Option<Day>,
    /// How many people are meant.
    pub n_people: usize,
    /// How many of them are exempt in that time already, and stay as they are.
    pub n_already: usize,
    /// For how many of the others an assignment is open.
    pub n_assigned: usize,
    /// The first of those who will be exempt, by name.
    pub samples: Vec<PersonName>,
    /// What [`super::Assignments::exempt`] compares.
    pub fingerprint: String,
    #[serde(skip)]
    new: NewExemptions,
}

impl ExemptPlan {
    /// The plan, if it is still the one with this fingerprint, which somebody looked at.
    pub fn still(self, fingerprint: Option<&str>) -> Result<Self> {
        refuse_other(fingerprint, &self.fingerprint)?;
        Ok(self)
    }
}

/// What granting did.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExemptOutcome {
    /// How many were exempted.
    pub n_exempted: usize,
    /// How many were exempt already.
    pub n_already: usize,
    /// The exemptions, in the order of the people's names.
    pub exemptions: Vec<ExemptionId>,
    /// The operation; none where there was nothing to do.
    pub operation: Option<OperationId>,
}

struct Asked {
    plan: ExemptPlan,
    training: Uuid,
    people: Vec<Uuid>,
}

row! {
    struct CoveredRow {
        person_id: Uuid,
        from_on: Day,
        until_on: Option<Day>,
    }
}

async fn load(tx: &mut Tx, actor: &Actor, now: Timestamp, new: NewExemptions) -> Result<Asked> {
    if new.reason.is_empty() {
        return Err(Error::invalid("reason", "an exemption needs a reason")
            .with_hint("say why, such as `certified elsewhere`"));
    }
    for (field, text) in [
        ("reason", Some(&new.reason)),
        ("approved_by", new.approved_by.as_ref()),
        ("evidence", new.evidence.as_ref()),
    ] {
        if text.is_some_and(|text| text.chars().count() > TEXT_CHARS_MAX) {
            let wrong = format!("it is longer than {TEXT_CHARS_MAX} characters");
            return Err(Error::invalid(field, wrong));
        }
    }
    let from = match new.from {
        Some(day) => day,
        None => settings::today(tx, now).await?,
    };
    if new.until.is_some_and(|until| until < from) {
        return Err(Error::invalid("until", format!("it would end before {from}, when it begins")));
    }
    let training = catalog::sql::find(tx, &new.training).await?;
    let stored = catalog::sql::load_one(tx, training).await?;
    let reach = Reach::of(tx, actor, WRITE, now).await?;
    let members = people::members_in(tx, reach, now, &new.who).await?;
    let people: Vec<Uuid> = members.into_iter().map(|member| member.person).collect();
    let rows: Vec<CoveredRow> = Assembly::new(
        "SELECT person_id, from_on, until_on FROM exemptions WHERE retracted_at IS NULL AND training_id = ?",
    )
    .bind(training.uuid())
    .push("AND person_id IN (ids?)")
    .bind_ids(&IdList::new(people.iter().copied()))
    .on(tx)
    .all()
    .await?;
    let overlaps = |row: &&CoveredRow| {
        row.until_on.is_none_or(|until| from <= until)
            && new.until.is_none_or(|until| row.from_on <= until)
    };
    let already: BTreeSet<Uuid> = rows.iter().filter(overlaps).map(|row| row.person_id).collect();
    let n_people = people.len();
    let people: Vec<Uuid> = people.into_iter().filter(|id| !already.contains(id)).collect();
    let open = super::reconsider::open_of_all(tx, &people, training.uuid()).await?;
    let named: Vec<Uuid> = people.iter().take(SAMPLES).copied().collect();
    let names = people::names_in(tx, named.iter().copied().collect()).await?;
    let name = |id: &Uuid| PersonName {
        id: PersonId::new(*id),
        name: names.get(id).cloned().unwrap_or_default(),
    };
    let fingerprint = fingerprint(&(training, from, new.until, &people, &new.reason));
    let plan = ExemptPlan {
        training: stored.code,
        from,
        until: new.until,
        n_people,
        n_already: already.len(),
        n_assigned: open.len(),
        samples: named.iter().map(name).collect(),
        fingerprint,
        new,
    };
    Ok(Asked { plan, training: training.uuid(), people })
}

pub(super) async fn plan(core: &Core, actor: &Actor, new: NewExemptions) -> Result<ExemptPlan> {
    let mut tx = core.db().begin_read().await?;
    Ok(load(&mut tx, actor, core.now(), new).await?.plan)
}

pub(super) async fn exempt(core: &Core, actor: &Actor, plan: ExemptPlan) -> Result<ExemptOutcome> {
    let mut write = Write::begin(core, actor).await?;
    let now = write.ctx.now;
    let asked = load(&mut write.tx, actor, now, plan.new).await?;
    refuse_other(Some(&plan.fingerprint), &asked.plan.fingerprint)?;
    let n_already = asked.plan.n_already;
    if asked.people.is_empty() {
        let none =
            ExemptOutcome { n_exempted: 0, n_already, exemptions: Vec::new(), operation: None };
        return Ok(none);
    }
    let granted: Vec<Granted> = asked
        .people
        .iter()
        .map(|person| Granted {
            id: write.ctx.new_id(),
            person: *person,
            training: asked.training,
            from: asked.plan.from,
            until: asked.plan.until,
            reason: asked.plan.new.reason.clone(),
            approved_by: asked.plan.new.approved_by.clone(),
            evidence: asked.plan.new.evidence.clone(),
        })
        .collect();
    let ids: Vec<ExemptionId> = granted.iter().map(|one| ExemptionId::new(one.id)).collect();
    let effects = grant(&mut write, &granted).await?;
    let exempted = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    let operation = effects.told(Operation::new(EXEMPTED)).count("exempted", exempted);
    let operation = told(&granted, operation);
    let operation = write.record(operation);
    write.commit().await?;
    let n_exempted = ids.len();
    Ok(ExemptOutcome { n_exempted, n_already, exemptions: ids, operation: Some(operation) })
}

/// An exemption of one person that is to be kept.
#[derive(Debug, Clone)]
pub(crate) struct Granted {
    pub(crate) id: Uuid,
    pub(crate) person: Uuid,
    pub(crate) training: Uuid,
    pub(crate) from: Day,
    /// The last day.
    pub(crate) until: Option<Day>,
    pub(crate) reason: String,
    pub(crate) approved_by: Option<String>,
    pub(crate) evidence: Option<String>,
}

/// Keeps exemptions, and lets the engine look again.
pub(super) async fn grant(write: &mut Write, granted: &[Granted]) -> Result<Effects> {
    let now = write.ctx.now;
    let today = settings::today(&mut write.tx, now).await?;
    let row = |one: &Granted| {
        let row = ExemptionRow {
            id: one.id,
            person_id: one.person,
            training_id: one.training,
            from_on: one.from,
            until_on: one.until,
            reason: one.reason.clone(),
            approved_by: one.approved_by.clone(),
            evidence: one.evidence.clone(),
            wake_on: told_on(one.from, one.until, today),
        };
        row.values(now)
    };
    let rows: Vec<Vec<Value>> = granted.iter().map(row).collect();
    bulk::insert(&mut write.tx, &EXEMPTIONS, rows).await?;
    let people: BTreeSet<Uuid> = granted.iter().map(|one| one.person).collect();
    let trainings: BTreeSet<Uuid> = granted.iter().map(|one| one.training).collect();
    let (people, trainings): (Vec<Uuid>, Vec<Uuid>) =
        (people.into_iter().collect(), trainings.into_iter().collect());
    reconsider(write, &people, &trainings).await
}

/// Says in the log and to those who listen who is exempt from what, and when.
pub(super) fn told(granted: &[Granted], mut operation: Operation) -> Operation {
    let mut by_span: BTreeMap<(Uuid, Day, Option<Day>), Vec<Uuid>> = BTreeMap::new();
    for one in granted {
        by_span.entry((one.training, one.from, one.until)).or_default().push(one.person);
    }
    for ((training, from, until), people) in by_span {
        for people in people.chunks(CHUNK) {
            let told = json!({ "exempted": people, "from": from, "until": until });
            let data = json!({ "training_id": training, "person_ids": people });
            operation = operation
                .change("training", Some(training), None::<&()>, Some(&told))
                .event(EXEMPTED, Some(training.to_string()), data);
        }
    }
    operation
}

/// Exempts people from what rules want of them, because somebody takes it back by hand: the rule goes on
/// wanting it, and everybody sees that and why they need not.
pub(super) async fn exempt_by_hand(
    write: &mut Write,
    whom: &BTreeMap<Uuid, Vec<Uuid>>,
    from: Day,
) -> Result<Effects> {
    let now = write.ctx.now;
    let by = write.ctx.actor.label();
    let reason = write.ctx.actor.reason().unwrap_or("unassigned by hand").to_owned();
    let (mut rows, mut effects) = (Vec::new(), Effects::default());
    for (training, people) in whom {
        for person in people {
            let row = ExemptionRow {
                id: write.ctx.new_id(),
                person_id: *person,
                training_id: *training,
                from_on: from,
                until_on: None,
                reason: reason.clone(),
                approved_by: Some(by.clone()),
                evidence: None,
                wake_on: None,
            };
            rows.push(row.values(now));
            effects.add(*training, Happened::Exempted, *person);
        }
    }
    bulk::insert(&mut write.tx, &EXEMPTIONS, rows).await?;
    // As many as somebody names.
    for (training, people) in whom {
        effects.join(reconsider(write, people, &[*training]).await?);
    }
    Ok(effects)
}

row! {
    #[derive(Debug, Clone)]
    struct ExemptionRow {
        id: Uuid,
        person_id: Uuid,
        training_id: Uuid,
        from_on: Day,
        until_on: Option<Day>,
        reason: String,
        approved_by: Option<String>,
        evidence: Option<String>,
        wake_on: Option<Day>,
    }
}

/// The next day on which the end of an exemption is told, by the nightly pass; none where it has ended.
fn told_on(from: Day, until: Option<Day>, today: Day) -> Option<Day> {
    let back_on = until?.next();
    let warned_on = plus_days(back_on, -EXEMPTION_WARNING_DAYS).max(from);
    (today < back_on).then_some(warned_on)
}

impl ExemptionRow {
    fn values(&self, now: Timestamp) -> Vec<Value> {
        vec![
            self.id.into_value(),
            now.into_value(),
            None::<Timestamp>.into_value(),
            self.person_id.into_value(),
            self.training_id.into_value(),
            self.from_on.into_value(),
            self.until_on.into_value(),
            self.reason.clone().into_value(),
            self.approved_by.clone().into_value(),
            self.evidence.clone().into_value(),
            self.wake_on.into_value(),
        ]
    }
}

/// An exemption.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exemption {
    /// Its id.
    pub id: ExemptionId,
    /// Whose.
    pub person_id: PersonId,
    /// Their name.
    pub person: String,
    /// The code of the training.
    pub training: String,
    /// The first day.
    pub from: Day,
    /// The last day.
    pub until: Option<Day>,
    /// Why.
    pub reason: String,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// Where the evidence lies.
    pub evidence: Option<String>,
}

/// Which exemptions.
#[derive(Debug, Clone, Default)]
pub struct ExemptionFilter {
    who: Option<PersonFilter>,
    training: Option<String>,
    ended: bool,
    paging: Paging,
}

paged!(ExemptionFilter);

impl ExemptionFilter {
    /// Those that hold today or later.
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

    /// Only those from this training.
    #[must_use]
    pub fn training(mut self, training: &str) -> Self {
        self.training = Some(training.to_owned());
        self
    }

    /// Also those that have ended.
    #[must_use]
    pub fn ended(mut self, ended: bool) -> Self {
        self.ended = ended;
        self
    }
}

const SELECT: &str = "
SELECT e.id, e.person_id, COALESCE(x.preferred_name, x.first_name) || ' ' || x.last_name,
       t.code, e.from_on, e.until_on, e.reason, e.approved_by, e.evidence
FROM exemptions e JOIN persons x ON x.id = e.person_id JOIN trainings t ON t.id = e.training_id
WHERE e.retracted_at IS NULL";

row! {
    struct ListedRow {
        id: Uuid,
        person_id: Uuid,
        person: String,
        training: String,
        from_on: Day,
        until_on: Option<Day>,
        reason: String,
        approved_by: Option<String>,
        evidence: Option<String>,
    }
}

pub(super) async fn list(
    core: &Core,
    actor: &Actor,
    filter: ExemptionFilter,
) -> Result<Page<Exemption>> {
    let mut tx = core.db().begin_read().await?;
    let now = core.now();
    let reach = Reach::of(&mut tx, actor, READ, now).await?;
    let today = settings::today(&mut tx, now).await?;
    let mut wanted = Assembly::new(SELECT);
    if !filter.ended {
        wanted = wanted.push("AND (e.until_on IS NULL OR e.until_on >= ?").bind(today).push(")");
    }
    if let Some(training) = &filter.training {
        let id = catalog::sql::find(&mut tx, training).await?;
        wanted = wanted.push("AND e.training_id = ?").bind(id.uuid());
    }
    wanted = match &filter.who {
        Some(who) => {
            let people = people::selecting(&mut tx, reach, now, who).await?;
            wanted.push("AND e.person_id IN (").append(people).push(")")
        }
        None => reach.narrow(wanted),
    };
    if let Some((from, id)) = filter.paging.after::<(Day, Uuid)>()? {
        wanted =
            wanted.push("AND (e.from_on, e.id) > (?").bind(from).push(", ?").bind(id).push(")");
    }
    let rows: Vec<ListedRow> = wanted
        .push("ORDER BY e.from_on, e.id LIMIT ?")
        .bind(filter.paging.rows_wanted()?)
        .on(&mut tx)
        .all()
        .await?;
    let page = filter.paging.page(rows, |row| (row.from_on, row.id))?;
    Ok(Page { items: page.items.into_iter().map(Exemption::from).collect(), next: page.next })
}

/// Those of a person from a training that hold on a day, the first to begin first.
pub(super) async fn holding(
    tx: &mut Tx,
    person: Uuid,
    training: Uuid,
    day: Day,
) -> Result<Vec<Exemption>> {
    let rows: Vec<ListedRow> = Assembly::new(SELECT)
        .push("AND e.person_id = ?")
        .bind(person)
        .push("AND e.training_id = ?")
        .bind(training)
        .push("AND e.from_on <= ?")
        .bind(day)
        .push("AND (e.until_on IS NULL OR e.until_on >= ?")
        .bind(day)
        .push(") ORDER BY e.from_on, e.id")
        .on(tx)
        .all()
        .await?;
    Ok(rows.into_iter().map(Exemption::from).collect())
}

impl From<ListedRow> for Exemption {
    fn from(row: ListedRow) -> Self {
        Self {
            id: ExemptionId::new(row.id),
            person_id: PersonId::new(row.person_id),
            person: row.person,
            training: row.training,
            from: row.from_on,
            until: row.until_on,
            reason: row.reason,
            approved_by: row.approved_by,
            evidence: row.evidence,
        }
    }
}

/// Ends an exemption before a day; one that would end before it began never was.
pub(super) async fn revoke(
    core: &Core,
    actor: &Actor,
    exemption: ExemptionId,
    from: Option<Day>,
) -> Result<Option<OperationId>> {
    let mut write = Write::begin(core, actor).await?;
    let now = write.ctx.now;
    let reach = Reach::of(&mut write.tx, actor, WRITE, now).await?;
    let wanted = Assembly::new(
        "SELECT e.id, e.person_id, e.training_id, e.from_on, e.until_on, e.reason, e.approved_by, e.evidence,
                e.wake_on
         FROM exemptions e JOIN persons x ON x.id = e.person_id
         WHERE e.retracted_at IS NULL AND e.id = ?",
    )
    .bind(exemption.uuid());
    let row: Option<ExemptionRow> = reach.narrow(wanted).on(&mut write.tx).opt().await?;
    let Some(row) = row else {
        return Err(UNKNOWN_EXEMPTION
            .error(format!("there is no exemption `{exemption}`"))
            .with_hint("`lmsctl exempt list` shows them with their ids"));
    };
    let today = settings::today(&mut write.tx, now).await?;
    let from = from.unwrap_or(today);
    if row.until_on.is_some_and(|until| until < from) {
        return Ok(None);
    }
    Assembly::new("UPDATE exemptions SET retracted_at = ?")
        .bind(now)
        .push("WHERE retracted_at IS NULL AND id = ?")
        .bind(row.id)
        .on(&mut write.tx)
        .run_one()
        .await?;
    let until_on = (row.from_on < from).then(|| plus_days(from, -1));
    let wake_on = told_on(row.from_on, until_on, today);
    let ended = ExemptionRow { until_on, wake_on, ..row.clone() };
    if until_on.is_some() {
        bulk::insert(&mut write.tx, &EXEMPTIONS, [ended.values(now)]).await?;
    }
    let effects = reconsider(&mut write, &[row.person_id], &[row.training_id]).await?;
    let (was, is) = (json!({ "until": row.until_on }), json!({ "until": until_on }));
    let data = json!({ "training_id": row.training_id, "person_ids": [row.person_id] });
    let operation = effects
        .told(Operation::new(EXEMPTION_ENDED))
        .change("exemption", Some(row.id), Some(&was), Some(&is))
        .event(EXEMPTION_ENDED, Some(row.training_id.to_string()), data);
    let operation = write.record(operation);
    write.commit().await?;
    Ok(Some(operation))
}
