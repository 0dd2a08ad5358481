//! What happened to a person: every operation that touched them, with what it changed. To whoever may
//! see accounts it also tells what happened to the account that is theirs, and to its tokens.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::Value as Json;
use uuid::Uuid;

use super::closed::{find_record, with_merged};
use super::reach::Reach;
use super::sql;
use super::timeline::Period;
use super::{PersonId, READ};
use crate::access;
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, IdList, Tx, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::page::{Page, Paging, paged};
use crate::kernel::text::Day;
use crate::operations::history::{HistoryRow, history_in};
use crate::operations::{FieldChange, OperationId};

/// Which part of a history.
#[derive(Debug, Clone, Default)]
pub struct HistoryFilter {
    pub(crate) oldest_first: bool,
    pub(crate) paging: Paging,
}

paged!(HistoryFilter);

impl HistoryFilter {
    /// All of it, newest first.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// In the order in which it happened.
    #[must_use]
    pub fn oldest_first(mut self, oldest_first: bool) -> Self {
        self.oldest_first = oldest_first;
        self
    }
}

/// Fields that hold the id of a person.
const NAMING_FIELDS: &[&str] = &["manager", "merged_into", "merged_from", "person_id"];
/// What makes up the history of a person, and what comes to it with their account.
const SUBJECTS: &[&str] = &["person", "account", "token"];

/// One thing that happened to a person.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HistoryEntry {
    /// The number of the audit entry.
    pub seq: i64,
    /// The operation.
    pub operation_id: OperationId,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// What was done, such as `person.changed`.
    pub kind: String,
    /// To what of theirs: `person`, `account` or `token`.
    pub subject_type: String,
    /// Who did it: the user name of an account, else what the audit log calls them.
    pub actor: String,
    /// Why, in the actor's words.
    pub reason: Option<String>,
    /// The first day on which what holds of them became different.
    pub from: Option<Day>,
    /// What changed, as people read it.
    pub changed: Vec<FieldChange>,
    /// The record that it was done to, where that was merged into this one later.
    pub merged_record: Option<PersonId>,
}

/// One thing that was done to something that is no person: a training, a rule.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordHistoryEntry {
    /// The number of the audit entry.
    pub seq: i64,
    /// The operation.
    pub operation_id: OperationId,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// What was done, such as `rule.drafted`.
    pub kind: String,
    /// Who did it: the user name of an account, else what the audit log calls them.
    pub actor: String,
    /// Why, in the actor's words.
    pub reason: Option<String>,
    /// What changed.
    pub changed: Vec<FieldChange>,
}

/// What was done to a record of a type, for contexts above: they know what may be seen of theirs.
pub(crate) async fn history_of(
    tx: &mut Tx,
    subject_type: &'static str,
    id: Uuid,
    filter: HistoryFilter,
) -> Result<Page<RecordHistoryEntry>> {
    let start = if filter.oldest_first { (0, 0) } else { (i64::MAX, i64::MAX) };
    let after = filter.paging.after::<(i64, i64)>()?.unwrap_or(start);
    let wanted = filter.paging.rows_wanted()?;
    let subjects = IdList::new([id]);
    let rows =
        history_in(tx, &[subject_type], &subjects, after, filter.oldest_first, wanted).await?;
    let page = filter.paging.page(rows, |row| (row.seq, row.position))?;
    let accounts: Vec<Uuid> = page.items.iter().filter_map(|row| account_of(&row.actor)).collect();
    let usernames = access::usernames_in(tx, &IdList::new(accounts)).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for row in page.items {
        let changed = changes_of(&row)?;
        let known = account_of(&row.actor).and_then(|id| usernames.get(&id)).cloned();
        items.push(RecordHistoryEntry {
            seq: row.seq,
            operation_id: OperationId::new(row.operation_id),
            recorded_at: row.recorded_at,
            kind: row.kind,
            actor: known.unwrap_or(row.actor),
            reason: reason_of(row.reason.as_deref())?,
            changed,
        });
    }
    Ok(Page { items, next: page.next })
}

fn reason_of(text: Option<&str>) -> Result<Option<String>> {
    let values: Option<Json> = text.map(parsed).transpose()?;
    Ok(values.and_then(|values| Some(values.get("reason")?.as_str()?.to_owned())))
}

pub(super) async fn history(
    core: &Core,
    actor: &Actor,
    person: &str,
    filter: HistoryFilter,
) -> Result<Page<HistoryEntry>> {
    let mut tx = core.db().begin_read().await?;
    let reach = Reach::of(&mut tx, actor, READ, core.now()).await?;
    let record = find_record(&mut tx, &reach, person).await?;
    let records = with_merged(&mut tx, record.id).await?;
    let start = if filter.oldest_first { (0, 0) } else { (i64::MAX, i64::MAX) };
    let after = filter.paging.after::<(i64, i64)>()?.unwrap_or(start);
    let wanted = filter.paging.rows_wanted()?;
    let mut subjects = records;
    if actor.require(access::READ).is_ok() {
        subjects.extend(account_and_tokens(&mut tx, record.id.uuid()).await?);
    }
    let list = IdList::new(subjects);
    let rows = history_in(&mut tx, SUBJECTS, &list, after, filter.oldest_first, wanted).await?;
    let page = filter.paging.page(rows, |row| (row.seq, row.position))?;
    let items = entries(&mut tx, record.id, page.items).await?;
    Ok(Page { items, next: page.next })
}

/// The account of a person as it is now, and all its tokens.
async fn account_and_tokens(tx: &mut Tx, person: Uuid) -> Result<Vec<Uuid>> {
    let Some(account) = access::linked_in(tx, person).await? else { return Ok(Vec::new()) };
    let tokens = access::tokens_in(tx, account.id).await?;
    let tokens = tokens.iter().map(|token| token.id.uuid());
    Ok(std::iter::once(account.id.uuid()).chain(tokens).collect())
}

/// All entries of these records, oldest first.
pub(super) async fn whole(
    tx: &mut Tx,
    person: PersonId,
    records: &IdList,
) -> Result<Vec<HistoryEntry>> {
    let rows = history_in(tx, &SUBJECTS[..1], records, (0, 0), true, i64::MAX).await?;
    entries(tx, person, rows).await
}

async fn entries(
    tx: &mut Tx,
    person: PersonId,
    rows: Vec<HistoryRow>,
) -> Result<Vec<HistoryEntry>> {
    let mut changes = rows.iter().map(changes_of).collect::<Result<Vec<_>>>()?;
    let named: Vec<Uuid> = changes
        .iter()
        .flatten()
        .filter(|change| NAMING_FIELDS.contains(&change.field.as_str()))
        .flat_map(|change| [&change.before, &change.after])
        .flatten()
        .filter_map(|id| id.parse().ok())
        .collect();
    let names = names_of(tx, &IdList::new(named)).await?;
    let name = |text: &mut Option<String>| {
        let id = text.as_deref().and_then(|text| text.parse::<Uuid>().ok());
        if let Some(known) = id.and_then(|id| names.get(&id)) {
            *text = Some(known.clone());
        }
    };
    let naming = |change: &&mut FieldChange| NAMING_FIELDS.contains(&change.field.as_str());
    for change in changes.iter_mut().flatten().filter(naming) {
        name(&mut change.before);
        name(&mut change.after);
    }
    let accounts = rows.iter().filter_map(|row| account_of(&row.actor));
    let usernames = access::usernames_in(tx, &IdList::new(accounts)).await?;
    let days = days_from(tx, &rows).await?;
    let entry = |(row, changed): (HistoryRow, Vec<FieldChange>)| {
        let known = account_of(&row.actor).and_then(|id| usernames.get(&id)).cloned();
        let reason = reason_of(row.reason.as_deref())?;
        let subject = PersonId::new(row.subject);
        Ok(HistoryEntry {
            seq: row.seq,
            operation_id: OperationId::new(row.operation_id),
            recorded_at: row.recorded_at,
            from: days.get(&(row.subject, row.recorded_at)).copied(),
            kind: row.kind,
            actor: known.unwrap_or(row.actor),
            reason,
            changed,
            merged_record: (row.subject_type == SUBJECTS[0] && subject != person)
                .then_some(subject),
            subject_type: row.subject_type,
        })
    };
    rows.into_iter().zip(changes).map(entry).collect()
}

fn account_of(actor: &str) -> Option<Uuid> {
    actor.strip_prefix("account:")?.parse().ok()
}

pub(super) fn parsed(text: &str) -> Result<Json> {
    serde_json::from_str(text).map_err(|cause| Error::inconsistent("a changed value", cause))
}

/// The fields in which before and after differ.
pub(crate) fn changes_of(row: &HistoryRow) -> Result<Vec<FieldChange>> {
    let fields = |text: &Option<String>| -> Result<BTreeMap<String, Json>> {
        match text.as_deref().map(parsed).transpose()? {
            Some(Json::Object(fields)) => Ok(fields.into_iter().collect()),
            _ => Ok(BTreeMap::new()),
        }
    };
    let (before, after) = (fields(&row.before)?, fields(&row.after)?);
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    let text = |value: Option<&Json>| match value {
        None | Some(Json::Null) => None,
        Some(Json::String(text)) => Some(text.clone()),
        // Such as the roles of an account.
        Some(Json::Array(items)) => {
            let items =
                items.iter().map(|item| item.as_str().map_or(item.to_string(), str::to_owned));
            Some(items.collect::<Vec<_>>().join(", "))
        }
        Some(other) => Some(other.to_string()),
    };
    let changed = names.into_iter().map(|name| FieldChange {
        field: name.clone(),
        before: text(before.get(name)),
        after: text(after.get(name)),
    });
    Ok(changed.filter(|change| change.before != change.after).collect())
}

row! {
    struct NameRow {
        id: Uuid,
        name: String,
    }
}

/// What people are called.
pub(super) async fn names_of(tx: &mut Tx, people: &IdList) -> Result<HashMap<Uuid, String>> {
    let rows: Vec<NameRow> = Assembly::new(
        "SELECT id, COALESCE(preferred_name, first_name) || ' ' || last_name
         FROM persons WHERE id IN (ids?)",
    )
    .bind_ids(people)
    .on(tx)
    .all()
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// The day from which each operation changed what holds of its subject. No two writes share an
/// instant, so that the rows of an operation are those which it recorded and those which it retracted.
async fn days_from(tx: &mut Tx, rows: &[HistoryRow]) -> Result<HashMap<(Uuid, Timestamp), Day>> {
    let people = IdList::new(rows.iter().map(|row| row.subject));
    let placements = sql::placements_ever(tx, &people).await?;
    let mut days = HashMap::new();
    for row in rows {
        let at = row.recorded_at;
        let of_person = placements.get(&row.subject).map(Vec::as_slice).unwrap_or_default();
        let after: Vec<_> = of_person
            .iter()
            .filter(|placed| placed.recorded_at == at)
            .map(|placed| &placed.period)
            .collect();
        let before: Vec<_> = of_person
            .iter()
            .filter(|placed| placed.retracted_at == Some(at))
            .map(|placed| &placed.period)
            .collect();
        if let Some(day) = first_difference(&before, &after) {
            days.insert((row.subject, at), day);
        }
    }
    Ok(days)
}

/// The first day on which two timelines differ. Pure.
fn first_difference<F: PartialEq>(before: &[&Period<F>], after: &[&Period<F>]) -> Option<Day> {
    let on = |periods: &[&Period<F>], day: Day| -> Option<usize> {
        periods.iter().position(|period| period.covers(day))
    };
    let mut days: Vec<Day> = before.iter().chain(after).map(|period| period.from).collect();
    days.extend(before.iter().chain(after).filter_map(|period| period.until));
    days.sort();
    days.into_iter().find(|day| {
        let (was, is) = (on(before, *day), on(after, *day));
        was.map(|at| &before[at].fields) != is.map(|at| &after[at].fields)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(from: &str, until: Option<&str>, fields: u8) -> Period<u8> {
        let day = |text: &str| Day::parse(text).unwrap();
        Period { from: day(from), until: until.map(day), fields }
    }

    #[test]
    fn a_change_begins_where_the_timelines_part() {
        let before = [period("2026-01-01", None, 1)];
        let after = [period("2026-01-01", Some("2026-03-01"), 1), period("2026-03-01", None, 2)];
        let first = |a: &[Period<u8>], b: &[Period<u8>]| {
            let (a, b): (Vec<_>, Vec<_>) = (a.iter().collect(), b.iter().collect());
            first_difference(&a, &b).map(|day| day.to_string())
        };
        assert_eq!(first(&before, &after).as_deref(), Some("2026-03-01"));
        assert_eq!(first(&[], &after).as_deref(), Some("2026-01-01"));
        assert_eq!(first(&before, &before), None);
        let ended = [period("2026-01-01", Some("2026-02-01"), 1)];
        assert_eq!(first(&before, &ended).as_deref(), Some("2026-02-01"));
    }
}
