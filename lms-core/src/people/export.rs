//! All that is held about a person, for the person.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::PersonId;
use super::closed::{find_record, with_merged};
use super::history::{self, HistoryEntry};
use super::ownership::{OwnedField, PersonSource, owned_of, shown, sources_of};
use super::reach::Reach;
use super::sql::{self, PlacedEver};
use super::types::{Employment, Leave, PersonStatus};
use super::units::Units;
use crate::access::{self, Account, Token};
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, IdList, One, Tx, Value, row};
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::operations::Reactions;

/// All that is held about a person. Where records were merged, that of each.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct PersonExport {
    /// When it was taken out.
    pub exported_at: Timestamp,
    /// The record, and before it those that were merged into it.
    pub records: Vec<ExportedRecord>,
    /// The account that belongs to the person.
    pub account: Option<Account>,
    /// Since when the account has a password; the password itself is not known to anybody.
    pub password_since: Option<Timestamp>,
    /// The account's API tokens. Their secrets are not known to anybody.
    pub tokens: Vec<Token>,
    /// Everything that was done, oldest first.
    pub history: Vec<HistoryEntry>,
    /// What was done to the account and its tokens.
    pub account_history: Vec<AccountEntry>,
    /// What they have to learn, learnt and wrote: every row that is about them, by the name of its table.
    pub learning: BTreeMap<&'static str, Vec<Map<String, Json>>>,
}

/// What one record holds.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExportedRecord {
    /// Its id.
    pub id: PersonId,
    /// As the payroll has it.
    pub employee_number: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// User name elsewhere.
    pub username: Option<String>,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// What they are called.
    pub preferred_name: Option<String>,
    /// Language.
    pub locale: Option<String>,
    /// Time zone.
    pub timezone: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// The words by which the person is found.
    pub search_terms: Vec<String>,
    /// What they are sorted by.
    pub sorted_as: String,
    /// Employments, also those that are not believed any more.
    pub employments: Vec<Held<Employment>>,
    /// Leaves, also those that are not believed any more.
    pub leaves: Vec<Held<Leave>>,
    /// Placements, also those that are not believed any more.
    pub placements: Vec<Held<ExportedPlacement>>,
    /// Groups of which they are a member by name.
    pub groups: Vec<Held<ExportedMembership>>,
    /// The departments that they led or stood in for.
    pub leads: Vec<String>,
    /// By which keys feeds know them.
    pub sources: Vec<PersonSource>,
    /// The fields that belong to a feed.
    pub owned: Vec<OwnedField>,
}

/// A fact with the instants between which it was believed.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Held<F> {
    /// What is held.
    #[serde(flatten)]
    pub fact: F,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Since when it is no longer believed.
    pub retracted_at: Option<Timestamp>,
}

/// A placement with everything in it.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExportedPlacement {
    /// The first day.
    pub from: Day,
    /// The first day on which it was no longer so.
    pub until: Option<Day>,
    /// How they stood to the organisation.
    pub status: PersonStatus,
    /// The first day of their employment.
    pub hired_on: Option<Day>,
    /// The code of their department.
    pub department: Option<String>,
    /// The code of their location.
    pub location: Option<String>,
    /// The code of their job role.
    pub job_role: Option<String>,
    /// What stood on their door.
    pub job_title: Option<String>,
    /// Two-letter code of the country they worked in.
    pub country: Option<String>,
    /// Such as `permanent`.
    pub employment_type: Option<String>,
    /// Whom they reported to.
    pub manager: Option<PersonId>,
    /// Whatever else was known.
    pub attributes: BTreeMap<String, String>,
}

/// Being in a group.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExportedMembership {
    /// The code of the group.
    pub group: String,
    /// The first day.
    pub from: Day,
    /// The first day on which they were no longer in it.
    pub until: Option<Day>,
}

/// One thing that was done to the account or a token of it.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AccountEntry {
    /// The number of the audit entry.
    pub seq: i64,
    /// What was done.
    pub kind: String,
    /// When.
    pub recorded_at: Timestamp,
    /// The changed values before.
    pub before: Option<serde_json::Value>,
    /// The changed values after.
    pub after: Option<serde_json::Value>,
}

pub(super) async fn export(core: &Core, person: &str) -> Result<PersonExport> {
    let mut tx = core.db().begin_read().await?;
    let record = find_record(&mut tx, &Reach::everybody(), person).await?;
    let ids = with_merged(&mut tx, record.id).await?;
    let units = Units::load(&mut tx).await?;
    let mut records = Vec::with_capacity(ids.len());
    // One human has few records.
    for id in ids.iter().rev() {
        records.push(exported_record(&mut tx, &units, *id).await?);
    }
    let account = access::linked_in(&mut tx, record.id.uuid()).await?;
    let (mut tokens, mut password_since, mut account_history) = (Vec::new(), None, Vec::new());
    if let Some(account) = &account {
        tokens = access::tokens_in(&mut tx, account.id).await?;
        password_since = access::password_since_in(&mut tx, account.id).await?;
        account_history = account_entries(&mut tx, account, &tokens).await?;
    }
    let learning = held(core, &mut tx, &ids).await?;
    let history = history::whole(&mut tx, record.id, &IdList::new(ids)).await?;
    let exported_at = core.now();
    Ok(PersonExport {
        exported_at,
        records,
        account,
        password_since,
        tokens,
        history,
        account_history,
        learning,
    })
}

/// Everything that contexts above hold about these records of one human. The registry knows what there
/// is, so that no column can be forgotten.
async fn held(
    core: &Core,
    tx: &mut Tx,
    ids: &[Uuid],
) -> Result<BTreeMap<&'static str, Vec<Map<String, Json>>>> {
    let mut held = BTreeMap::new();
    let Some(reactions) = core.extension::<Reactions>() else { return Ok(held) };
    for (table, condition) in reactions.held {
        let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        let select = format!("SELECT {} FROM {} WHERE {condition}", names.join(", "), table.name);
        let mut rows = Vec::new();
        // One human has few records.
        for id in ids {
            let query = tx.assembled(select.clone()).bind(*id);
            query
                .each(|row| {
                    let mut fields = Map::new();
                    for (at, column) in table.columns.iter().enumerate() {
                        if let Some(value) = told(row.value(at, column.kind)?) {
                            fields.insert(column.name.to_owned(), value);
                        }
                    }
                    rows.push(fields);
                    Ok(())
                })
                .await?;
        }
        if !rows.is_empty() {
            held.insert(table.name, rows);
        }
    }
    Ok(held)
}

/// A value as JSON; nothing where there is none, and for bytes, which tell nobody anything.
fn told(value: Value) -> Option<Json> {
    Some(match value {
        Value::Null(_) | Value::Bytes(_) => return None,
        Value::Bool(flag) => flag.into(),
        Value::Int(n) => n.into(),
        Value::Real(n) => n.into(),
        Value::Text(text) => text.into(),
        Value::Id(id) => id.to_string().into(),
        Value::Instant(instant) => instant.to_string().into(),
        Value::Day(day) => day.to_string().into(),
    })
}

async fn account_entries(
    tx: &mut Tx,
    account: &Account,
    tokens: &[Token],
) -> Result<Vec<AccountEntry>> {
    use crate::operations::history::history_in;
    let account = IdList::new([account.id.uuid()]);
    let tokens = IdList::new(tokens.iter().map(|token| token.id.uuid()));
    let mut rows = history_in(tx, &["account"], &account, (0, 0), true, i64::MAX).await?;
    rows.extend(history_in(tx, &["token"], &tokens, (0, 0), true, i64::MAX).await?);
    rows.sort_by_key(|row| (row.seq, row.position));
    let entry = |row: crate::operations::history::HistoryRow| {
        Ok(AccountEntry {
            seq: row.seq,
            kind: row.kind,
            recorded_at: row.recorded_at,
            before: row.before.as_deref().map(history::parsed).transpose()?,
            after: row.after.as_deref().map(history::parsed).transpose()?,
        })
    };
    rows.into_iter().map(entry).collect()
}

row! {
    struct IdentityRow {
        employee_number: Option<String>,
        email: Option<String>,
        username: Option<String>,
        first_name: String,
        last_name: String,
        preferred_name: Option<String>,
        locale: Option<String>,
        timezone: Option<String>,
        created_at: Timestamp,
        updated_at: Timestamp,
        sort_key: String,
    }
}

row! {
    struct EmploymentRow {
        hired_on: Day,
        terminated_on: Option<Day>,
        reason: Option<String>,
        recorded_at: Timestamp,
        retracted_at: Option<Timestamp>,
    }
}

row! {
    struct MemberRow {
        group: String,
        from: Day,
        until: Option<Day>,
        recorded_at: Timestamp,
        retracted_at: Option<Timestamp>,
    }
}

async fn exported_record(tx: &mut Tx, units: &Units, id: Uuid) -> Result<ExportedRecord> {
    let of = |select: &'static str| Assembly::new(select).bind(id);
    let identity: IdentityRow = of(
        "SELECT employee_number, email, username, first_name, last_name, preferred_name, locale,
                timezone, created_at, updated_at, sort_key
         FROM persons WHERE id = ?",
    )
    .on(tx)
    .one()
    .await?;
    let terms: Vec<One<String>> = of("SELECT term FROM person_terms WHERE person_id = ?")
        .push("ORDER BY term")
        .on(tx)
        .all()
        .await?;
    let employments: Vec<EmploymentRow> =
        of("SELECT hired_on, terminated_on, reason, recorded_at, retracted_at FROM employments
         WHERE person_id = ?")
        .push("ORDER BY recorded_at, hired_on")
        .on(tx)
        .all()
        .await?;
    let leaves: Vec<EmploymentRow> =
        of("SELECT from_on, until_on, reason, recorded_at, retracted_at FROM leaves
         WHERE person_id = ?")
        .push("ORDER BY recorded_at, from_on")
        .on(tx)
        .all()
        .await?;
    let groups: Vec<MemberRow> =
        of("SELECT g.code, m.valid_from, m.valid_until, m.recorded_at, m.retracted_at
         FROM group_members m JOIN groups g ON g.id = m.group_id WHERE m.person_id = ?")
        .push("ORDER BY m.recorded_at, g.code_key")
        .on(tx)
        .all()
        .await?;
    let leads: Vec<One<String>> =
        of("SELECT DISTINCT u.code FROM unit_periods p JOIN units u ON u.id = p.unit_id
         WHERE p.head_id = ?")
        .push("OR p.deputy_id = ?")
        .bind(id)
        .push("ORDER BY u.code")
        .on(tx)
        .all()
        .await?;
    let one = IdList::new([id]);
    let placements = sql::placements_ever(tx, &one).await?.remove(&id).unwrap_or_default();
    let sources = sources_of(tx, &one).await?.remove(&id).unwrap_or_default();
    let owned = owned_of(tx, &one).await?;
    Ok(ExportedRecord {
        id: PersonId::new(id),
        employee_number: identity.employee_number,
        email: identity.email,
        username: identity.username,
        first_name: identity.first_name,
        last_name: identity.last_name,
        preferred_name: identity.preferred_name,
        locale: identity.locale,
        timezone: identity.timezone,
        created_at: identity.created_at,
        updated_at: identity.updated_at,
        search_terms: terms.into_iter().map(|One(term)| term).collect(),
        sorted_as: identity.sort_key,
        employments: employments.into_iter().map(employment).collect(),
        leaves: leaves.into_iter().map(leave).collect(),
        placements: placements.into_iter().map(|placed| placement(units, placed)).collect(),
        groups: groups.into_iter().map(membership).collect(),
        leads: leads.into_iter().map(|One(code)| code).collect(),
        sources,
        owned: shown(owned.get(&id)),
    })
}

fn employment(row: EmploymentRow) -> Held<Employment> {
    let fact =
        Employment { hired_on: row.hired_on, terminated_on: row.terminated_on, reason: row.reason };
    Held { fact, recorded_at: row.recorded_at, retracted_at: row.retracted_at }
}

fn leave(row: EmploymentRow) -> Held<Leave> {
    let fact = Leave { from_on: row.hired_on, until_on: row.terminated_on, reason: row.reason };
    Held { fact, recorded_at: row.recorded_at, retracted_at: row.retracted_at }
}

fn membership(row: MemberRow) -> Held<ExportedMembership> {
    let fact = ExportedMembership { group: row.group, from: row.from, until: row.until };
    Held { fact, recorded_at: row.recorded_at, retracted_at: row.retracted_at }
}

fn placement(units: &Units, placed: PlacedEver) -> Held<ExportedPlacement> {
    let code = |id: Option<Uuid>| id.and_then(|id| units.code(id)).map(str::to_owned);
    let fields = placed.period.fields;
    Held {
        fact: ExportedPlacement {
            from: placed.period.from,
            until: placed.period.until,
            status: fields.status,
            hired_on: fields.hired_on,
            department: code(fields.department),
            location: code(fields.location),
            job_role: code(fields.job_role),
            job_title: fields.job_title,
            country: fields.country,
            employment_type: fields.employment_type,
            manager: fields.manager.map(PersonId::new),
            attributes: fields.attributes,
        },
        recorded_at: placed.recorded_at,
        retracted_at: placed.retracted_at,
    }
}
