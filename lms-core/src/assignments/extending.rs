//! More time: a later due day for this cycle only. The next one is counted as if it had not been.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::assign::{PersonName, SAMPLES};
use super::engine::{Extension, plus_days};
use super::reconsider::{amend, open_of_all, reconsider};
use super::sql::AssignmentRow;
use super::{EXTENDED, PAST_DUE, WRITE};
use crate::catalog;
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::Tx;
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;
use crate::operations::{Operation, OperationId, Write, fingerprint, refuse_other};
use crate::people::{self, Audience, PersonFilter, PersonId, Reach};
use crate::settings;

const CHUNK: usize = 1_000;
const DAYS_MAX: u32 = 3_650;

/// Until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extend {
    /// Until this day.
    Until(Day),
    /// By so many days.
    By(u32),
}

/// What is to be extended.
#[derive(Debug, Clone)]
pub struct NewExtension {
    training: String,
    who: PersonFilter,
    to: Extend,
}

impl NewExtension {
    /// A training, for these people.
    #[must_use]
    pub fn of(training: &str, audience: Audience, to: Extend) -> Self {
        Self {
            training: training.to_owned(),
            who: PersonFilter::new().audience(audience.or_whoever_is_named()),
            to,
        }
    }
}

/// One assignment that would be due later.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedExtension {
    /// Whose.
    pub person: PersonName,
    /// When it is due now.
    pub due_on: Day,
    /// When it would be due.
    pub extended_to: Day,
}

/// What extending would do.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct ExtendPlan {
    /// The code of the training.
    pub training: String,
    /// How many people are meant.
    pub n_people: usize,
    /// How many assignments would be due later.
    pub n_extended: usize,
    /// How many people have none that is open and due.
    pub n_without: usize,
    /// How many are due as late already.
    pub n_later: usize,
    /// The first of those that would be due later.
    pub samples: Vec<PlannedExtension>,
    /// What [`super::Assignments::extend`] compares.
    pub fingerprint: String,
    #[serde(skip)]
    new: NewExtension,
}

impl ExtendPlan {
    /// The plan, if it is still the one with this fingerprint, which somebody looked at.
    pub fn still(self, fingerprint: Option<&str>) -> Result<Self> {
        refuse_other(fingerprint, &self.fingerprint)?;
        Ok(self)
    }
}

/// What extending did.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExtendOutcome {
    /// How many are due later.
    pub n_extended: usize,
    /// The operation; none where there was nothing to do.
    pub operation: Option<OperationId>,
}

struct Asked {
    plan: ExtendPlan,
    today: Day,
    training: Uuid,
    /// What is open, with its new due day.
    extended: Vec<(AssignmentRow, Day)>,
}

async fn load(tx: &mut Tx, actor: &Actor, now: Timestamp, new: NewExtension) -> Result<Asked> {
    let today = settings::today(tx, now).await?;
    match new.to {
        Extend::Until(day) if day < today => {
            return Err(PAST_DUE
                .error(format!("{day} is past: it is {today}"))
                .with_field("until")
                .with_hint("name a day to come, such as `+14d`"));
        }
        Extend::By(days) if days == 0 || days > DAYS_MAX => {
            let wrong = format!("an extension is by 1 to {DAYS_MAX} days, not `{days}`");
            return Err(Error::invalid("by", wrong));
        }
        _ => {}
    }
    let training = catalog::sql::find(tx, &new.training).await?;
    let stored = catalog::sql::load_one(tx, training).await?;
    let reach = Reach::of(tx, actor, WRITE, now).await?;
    let members = people::members_in(tx, reach, now, &new.who).await?;
    let people: Vec<Uuid> = members.iter().map(|member| member.person).collect();
    let mut open = open_of_all(tx, &people, training.uuid()).await?;
    let (mut extended, mut n_without, mut n_later) = (Vec::new(), 0, 0);
    for person in &people {
        let Some(row) = open.remove(person) else {
            n_without += 1;
            continue;
        };
        let Some(due_on) = row.due_on else {
            n_without += 1;
            continue;
        };
        let to = match new.to {
            Extend::Until(day) => day,
            // From today, where it is past.
            Extend::By(days) => {
                plus_days(due_on.max(today), i32::try_from(days).unwrap_or(i32::MAX))
            }
        };
        if to > due_on {
            extended.push((row, to));
        } else {
            n_later += 1;
        }
    }
    let named = extended.iter().take(SAMPLES).map(|(row, _)| row.person_id).collect();
    let names = people::names_in(tx, named).await?;
    let sample = |(row, to): &(AssignmentRow, Day)| PlannedExtension {
        person: PersonName {
            id: PersonId::new(row.person_id),
            name: names.get(&row.person_id).cloned().unwrap_or_default(),
        },
        due_on: row.due_on.unwrap_or(*to),
        extended_to: *to,
    };
    let effects: Vec<_> = extended.iter().map(|(row, to)| (row.id, row.due_on, *to)).collect();
    let plan = ExtendPlan {
        training: stored.code,
        n_people: people.len(),
        n_extended: extended.len(),
        n_without,
        n_later,
        samples: extended.iter().take(SAMPLES).map(sample).collect(),
        fingerprint: fingerprint(&effects),
        new,
    };
    Ok(Asked { plan, today, training: training.uuid(), extended })
}

pub(super) async fn plan(core: &Core, actor: &Actor, new: NewExtension) -> Result<ExtendPlan> {
    let mut tx = core.db().begin_read().await?;
    Ok(load(&mut tx, actor, core.now(), new).await?.plan)
}

pub(super) async fn extend(core: &Core, actor: &Actor, plan: ExtendPlan) -> Result<ExtendOutcome> {
    let mut write = Write::begin(core, actor).await?;
    let now = write.ctx.now;
    let asked = load(&mut write.tx, actor, now, plan.new).await?;
    refuse_other(Some(&plan.fingerprint), &asked.plan.fingerprint)?;
    if asked.extended.is_empty() {
        return Ok(ExtendOutcome { n_extended: 0, operation: None });
    }
    let days: BTreeMap<Uuid, Day> = asked.extended.iter().map(|(row, to)| (row.id, *to)).collect();
    let ids: Vec<Uuid> = days.keys().copied().collect();
    let granted_on = asked.today;
    amend(&mut write, &ids, |record| {
        record.obligation.extension =
            days.get(&record.id).map(|due_on| Extension { due_on: *due_on, granted_on });
    })
    .await?;
    let people: Vec<Uuid> = asked.extended.iter().map(|(row, _)| row.person_id).collect();
    let effects = reconsider(&mut write, &people, &[asked.training]).await?;
    let extended = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    let mut operation = effects.told(Operation::new(EXTENDED)).count("extended", extended);
    for rows in asked.extended.chunks(CHUNK) {
        let before: BTreeMap<String, Option<Day>> =
            rows.iter().map(|(row, _)| (row.person_id.to_string(), row.due_on)).collect();
        let after: BTreeMap<String, Day> =
            rows.iter().map(|(row, to)| (row.person_id.to_string(), *to)).collect();
        let people: Vec<Uuid> = rows.iter().map(|(row, _)| row.person_id).collect();
        let data = json!({ "training_id": asked.training, "person_ids": people });
        operation = operation
            .change("training", Some(asked.training), Some(&before), Some(&after))
            .event(EXTENDED, Some(asked.training.to_string()), data);
    }
    let operation = write.record(operation);
    write.commit().await?;
    Ok(ExtendOutcome { n_extended: ids.len(), operation: Some(operation) })
}
