//! Erasing a person: what is personal goes, what is anonymous stays, the chain holds.
//!
//! The record becomes a tombstone that keeps its id, because others refer to it. Placements keep
//! where somebody was, and lose who it was. What the audit log says of them loses its values; one
//! chained entry accounts for that.

use serde::Serialize;
use uuid::Uuid;

use super::closed::{self, Record, find_record, with_merged};
use super::mentions::renamed_in;
use super::reach::Reach;
use super::save::placement_values;
use super::sql;
use super::timeline::{Period, end_before};
use super::types::Placement;
use super::{PERSON_CLOSED, PersonId, REASON_NAMES};
use crate::access::{self, Account, Token};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::schema::PLACEMENTS;
use crate::kernel::db::{Assembly, Field, IdList, One, Tx, bulk, row};
use crate::kernel::error::Result;
use crate::operations::erase::{Erasure, count_values_in, erase_values_in, names_any};
use crate::operations::{OperationId, Write};
use crate::settings;

/// What erasing a person would take away, and what would stay.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErasePlan {
    /// The person.
    pub id: PersonId,
    /// What they are called.
    pub name: String,
    /// Whether they are employed today.
    pub employed: bool,
    /// What goes, and how many of it.
    pub goes: Vec<ErasedPart>,
    /// What stays without a name, and how many of it.
    pub stays: Vec<ErasedPart>,
    /// The account that cannot be used any more.
    pub account: Option<String>,
    /// How many report to them today, and would report to nobody who is there.
    pub reports: i64,
    /// The codes of the departments that they lead or are deputy of.
    pub leads: Vec<String>,
}

/// A part of what is held about a person.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErasedPart {
    /// What it is.
    pub what: String,
    /// How many rows.
    pub rows: i64,
}

/// What became of an erasure.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Erased {
    /// The id of the tombstone.
    pub id: PersonId,
    /// The operation; nothing where the person was erased before.
    pub operation: Option<OperationId>,
    /// How many values of the audit log went.
    pub values: i64,
    /// Whether the database's files hold no trace of them any more. Erasing again tries again. A
    /// server's files are not cleaned from here.
    pub files_clean: bool,
}

/// All that belongs to the person who is to be erased.
struct Subject {
    record: Record,
    /// The record and those that were merged into it.
    ids: Vec<Uuid>,
    /// Their whole names.
    names: Vec<String>,
    /// Names that others bear too.
    parts_of_names: Vec<String>,
    /// Addresses, user names and numbers.
    keys: Vec<String>,
    account: Option<(Account, Vec<Token>)>,
}

/// A key with fewer characters may be anything.
const TELLING_CHARS: usize = 4;

row! {
    struct Named {
        first_name: String,
        last_name: String,
        preferred_name: Option<String>,
        email: Option<String>,
        username: Option<String>,
        employee_number: Option<String>,
    }
}

impl Subject {
    async fn load(tx: &mut Tx, person: &str) -> Result<Self> {
        let record = find_record(tx, &Reach::everybody(), person).await?;
        let ids = with_merged(tx, record.id).await?;
        let rows: Vec<Named> = Assembly::new(
            "SELECT first_name, last_name, preferred_name, email, username, employee_number
             FROM persons WHERE id IN (ids?)",
        )
        .bind_ids(&IdList::new(ids.iter().copied()))
        .on(tx)
        .all()
        .await?;
        let (mut names, mut parts_of_names, mut keys) = (Vec::new(), Vec::new(), Vec::new());
        for row in rows {
            keys.extend([row.email, row.username, row.employee_number].into_iter().flatten());
            names.push(format!("{} {}", row.first_name, row.last_name));
            names.extend(row.preferred_name.iter().map(|name| format!("{name} {}", row.last_name)));
            parts_of_names.extend(row.preferred_name);
            parts_of_names.extend([row.first_name, row.last_name]);
        }
        let account = match access::linked_in(tx, record.id.uuid()).await? {
            Some(account) => {
                let tokens = access::tokens_in(tx, account.id).await?;
                keys.push(account.username.clone());
                keys.extend(account.email.clone());
                parts_of_names.extend(account.display_name.clone());
                Some((account, tokens))
            }
            None => None,
        };
        Ok(Self { record, ids, names, parts_of_names, keys, account })
    }

    fn is_erased(&self) -> bool {
        self.record.closed_as.as_deref() == Some("erased")
    }

    fn erasure(&self) -> Erasure {
        let mut subjects: Vec<(&'static str, Uuid)> =
            self.ids.iter().map(|id| ("person", *id)).collect();
        if let Some((account, tokens)) = &self.account {
            subjects.push(("account", account.id.uuid()));
            subjects.extend(tokens.iter().map(|token| ("token", token.id.uuid())));
        }
        // A short number may be any number.
        let keys = self.keys.iter().filter(|key| key.chars().count() >= TELLING_CHARS);
        let names = self.names.iter().chain(keys).cloned().collect();
        let parts_of_names = self.parts_of_names.iter().chain(&self.keys).cloned().collect();
        Erasure { subjects, names, parts_of_names }
    }

    /// Whether a text tells who they are.
    fn is_named_in(&self, text: &str) -> bool {
        [&self.names, &self.parts_of_names, &self.keys].iter().any(|names| names_any(text, names))
    }
}

row! {
    struct Counts {
        terms: i64,
        spans: i64,
        feeds: i64,
        groups: i64,
        placements: i64,
        n_employed: i64,
        reports: i64,
    }
}

pub(super) async fn plan(core: &Core, person: &str) -> Result<ErasePlan> {
    let mut tx = core.db().begin_read().await?;
    let subject = Subject::load(&mut tx, person).await?;
    refuse_merged(&mut tx, &subject).await?;
    let today = settings::today(&mut tx, core.now()).await?;
    let id = subject.record.id;
    let ids = IdList::new(subject.ids.iter().copied());
    let many = |select: &'static str| Assembly::new(select);
    let counts: Counts =
        many("SELECT (SELECT COUNT(*) FROM person_terms WHERE person_id IN (ids?)")
            .bind_ids(&ids)
            .push("), (SELECT COUNT(*) FROM employments WHERE person_id IN (ids?)")
            .bind_ids(&ids)
            .push(") + (SELECT COUNT(*) FROM leaves WHERE person_id IN (ids?)")
            .bind_ids(&ids)
            .push("), (SELECT COUNT(*) FROM person_sources WHERE person_id IN (ids?)")
            .bind_ids(&ids)
            .push(") + (SELECT COUNT(*) FROM person_fields WHERE person_id IN (ids?)")
            .bind_ids(&ids)
            .push("), (SELECT COUNT(*) FROM group_members WHERE person_id IN (ids?)")
            .bind_ids(&ids)
            .push("), (SELECT COUNT(*) FROM placements WHERE person_id IN (ids?)")
            .bind_ids(&ids)
            .push("), (SELECT COUNT(*) FROM placements WHERE person_id IN (ids?)")
            .bind_ids(&ids)
            .push(
                "AND retracted_at IS NULL AND status IN ('active', 'on_leave') AND valid_from <= ?",
            )
            .bind(today)
            .push("AND (valid_until > ? OR valid_until IS NULL)")
            .bind(today)
            .push("), (SELECT COUNT(*) FROM placements WHERE manager_id IN (ids?)")
            .bind_ids(&ids)
            .push("AND retracted_at IS NULL AND status <> 'inactive' AND valid_from <= ?")
            .bind(today)
            .push("AND (valid_until > ? OR valid_until IS NULL))")
            .bind(today)
            .on(&mut tx)
            .one()
            .await?;
    let leads: Vec<One<String>> = many(
        "SELECT DISTINCT u.code FROM unit_periods p JOIN units u ON u.id = p.unit_id
         WHERE p.retracted_at IS NULL AND (p.head_id = ?",
    )
    .bind(id)
    .push("OR p.deputy_id = ?")
    .bind(id)
    .push(") AND (p.valid_until > ? OR p.valid_until IS NULL) ORDER BY u.code")
    .bind(today)
    .on(&mut tx)
    .all()
    .await?;
    let (values, entries) = count_values_in(&mut tx, &subject.erasure()).await?;
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let n_tokens = subject.account.as_ref().map_or(0, |(_, tokens)| count(tokens.len()));
    let part = |(what, rows): (&str, i64)| ErasedPart { what: what.to_owned(), rows };
    let some = |parts: Vec<(&str, i64)>| -> Vec<ErasedPart> {
        parts.into_iter().filter(|(_, rows)| *rows > 0).map(part).collect()
    };
    Ok(ErasePlan {
        id,
        name: subject.record.name,
        employed: counts.n_employed > 0,
        goes: some(vec![
            ("records with names, addresses and numbers", count(subject.ids.len())),
            ("employments and leaves", counts.spans),
            ("job titles, first days and attributes of placements", counts.placements),
            ("links to feeds and what they delivered", counts.feeds),
            ("memberships of groups by name", counts.groups),
            ("words by which they are found", counts.terms),
            ("API tokens", n_tokens),
            ("values and reasons in the audit log", values),
        ]),
        stays: some(vec![
            ("placements: department, location, job role, country, status", counts.placements),
            ("audit entries: who did what, and when", entries),
        ]),
        account: subject.account.map(|(account, _)| account.username),
        reports: counts.reports,
        leads: leads.into_iter().map(|One(code)| code).collect(),
    })
}

/// A merged record goes with the one that it became part of.
async fn refuse_merged(tx: &mut Tx, subject: &Subject) -> Result<()> {
    if subject.record.closed_as.as_deref() != Some("merged") {
        return Ok(());
    }
    let id = subject.record.id.to_string();
    Err(closed::refusal(tx, &id)
        .await?
        .unwrap_or_else(|| PERSON_CLOSED.error("the record was merged into another"))
        .with_hint("erasing that person erases this record, too"))
}

pub(super) async fn erase(
    core: &Core,
    actor: &Actor,
    person: &str,
    reason: Option<&str>,
) -> Result<Erased> {
    let actor = match reason {
        Some(reason) => actor.clone().with_reason(reason),
        None => actor.clone(),
    };
    let mut write = Write::begin(core, &actor).await?;
    let subject = Subject::load(&mut write.tx, person).await?;
    refuse_merged(&mut write.tx, &subject).await?;
    let id = subject.record.id;
    if subject.is_erased() {
        drop(write);
        return Ok(Erased { id, operation: None, values: 0, files_clean: cleaned(core).await });
    }
    if actor.reason().is_some_and(|reason| subject.is_named_in(reason)) {
        return Err(REASON_NAMES
            .error("the reason names the person, and it would stay")
            .with_field("reason")
            .with_hint(
                "say it without a name, an address or a number, such as `request of 3 May`",
            ));
    }
    let ids = IdList::new(subject.ids.iter().copied());
    if let Some((account, tokens)) = &subject.account {
        access::erase_in(&mut write, account, tokens).await?;
    }
    for saved in renamed_in(&mut write.tx, &subject.keys, id.uuid()).await? {
        // Bounded by the groups that name this one person.
        Assembly::new("UPDATE group_periods SET audience = ?")
            .bind(saved.audience)
            .push("WHERE id = ?")
            .bind(saved.id)
            .on(&mut write.tx)
            .run_one()
            .await?;
    }
    write.erase_above(&subject.ids.iter().copied().collect()).await?;
    forget(&mut write, &ids).await?;
    end_placements(&mut write, &ids).await?;
    entomb(&mut write, &ids).await?;

    let (operation, values) = erase_values_in(&mut write, &subject.erasure()).await?;
    let count = i64::try_from(subject.ids.len()).unwrap_or(i64::MAX);
    let operation = operation.count("records", count).event(
        "user.erased",
        Some(id.to_string()),
        serde_json::json!({ "person_ids": subject.ids }),
    );
    let operation = write.record(operation);
    write.commit().await?;
    Ok(Erased { id, operation: Some(operation), values, files_clean: cleaned(core).await })
}

/// Cleans the files. That it could not be done does not bring anything back, so that it is told
/// and not refused.
async fn cleaned(core: &Core) -> bool {
    match core.db().scrub().await {
        Ok(()) => true,
        Err(error) => {
            tracing::warn!(%error, "the files could not be cleaned after an erasure");
            false
        }
    }
}

/// Deletes what has no meaning without the person.
async fn forget(write: &mut Write, ids: &IdList) -> Result<()> {
    for delete in [
        "DELETE FROM person_terms WHERE person_id IN (ids?)",
        "DELETE FROM person_sources WHERE person_id IN (ids?)",
        "DELETE FROM person_fields WHERE person_id IN (ids?)",
        "DELETE FROM employments WHERE person_id IN (ids?)",
        "DELETE FROM leaves WHERE person_id IN (ids?)",
        "DELETE FROM group_members WHERE person_id IN (ids?)",
        "UPDATE placements SET hired_on = NULL, job_title = NULL, job_title_key = NULL, attributes = '{}'
         WHERE person_id IN (ids?)",
    ] {
        Assembly::new(delete).bind_ids(ids).on(&mut write.tx).run().await?;
    }
    Ok(())
}

/// From today on a tombstone is nowhere: it is not counted, and no department waits for it to go.
async fn end_placements(write: &mut Write, ids: &IdList) -> Result<()> {
    let now = write.ctx.now;
    let today = settings::today(&mut write.tx, now).await?;
    let facts = sql::facts(&mut write.tx, ids).await?;
    let (mut gone, mut rows) = (Vec::new(), Vec::new());
    for (person, stored) in facts.placements {
        let periods: Vec<Period<Placement>> =
            stored.iter().map(|(_, period)| period.clone()).collect();
        let wanted = end_before(&periods, today);
        gone.extend(
            stored.iter().filter(|(_, period)| !wanted.contains(period)).map(|(id, _)| *id),
        );
        for period in wanted.into_iter().filter(|period| !periods.contains(period)) {
            let mut row = vec![
                write.ctx.new_id().into_value(),
                person.into_value(),
                period.from.into_value(),
                period.until.into_value(),
                now.into_value(),
                None::<Timestamp>.into_value(),
            ];
            row.extend(placement_values(&period.fields));
            rows.push(row);
        }
    }
    sql::retract_placements(&mut write.tx, &gone, now).await?;
    bulk::insert(&mut write.tx, &PLACEMENTS, rows).await.map(|_| ())
}

/// Leaves a record that tells nothing but that there was somebody.
async fn entomb(write: &mut Write, ids: &IdList) -> Result<()> {
    let now = write.ctx.now;
    Assembly::new(
        "UPDATE persons
         SET employee_number = NULL, employee_number_key = NULL, email = NULL, email_key = NULL,
             username = NULL, username_key = NULL, first_name = 'Erased', last_name = 'person',
             preferred_name = NULL, sort_key = '', locale = NULL, timezone = NULL,
             closed_as = 'erased', closed_at = COALESCE(closed_at, ?",
    )
    .bind(now)
    .push("), updated_at = ?")
    .bind(now)
    .push("WHERE id IN (ids?)")
    .bind_ids(ids)
    .on(&mut write.tx)
    .run()
    .await
    .map(|_| ())
}
