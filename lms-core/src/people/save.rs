//! Writing the difference between what was believed and what is now, in sets.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::draft::Draft;
use super::ownership;
use super::sql::{self, Facts, IdentityRow, Stored};
use super::types::Placement;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::schema::{EMPLOYMENTS, LEAVES, PERSON_TERMS, PERSONS, PLACEMENTS};
use crate::kernel::db::{Assembly, Engine, Field, IdList, Value, bulk, statistics};
use crate::kernel::error::Result;
use crate::kernel::fold::{fold, words};
use crate::operations::{FieldChange, Operation, OperationId, Write};

/// Subjects that one event names at most.
const EVENT_PEOPLE_MAX: usize = 1_000;

/// Writes the difference between what was believed and what is now, in sets, and records it as an
/// operation of its own.
pub(super) async fn save(
    write: &mut Write,
    drafts: &BTreeMap<Uuid, Draft>,
    facts: &Facts,
) -> Result<Option<OperationId>> {
    let touched = save_rows(write, drafts, facts).await?;
    if touched.is_empty() {
        return Ok(None);
    }
    let (made, changed): (Vec<Uuid>, Vec<Uuid>) = touched.iter().partition(|id| drafts[id].is_new);
    let kind = if changed.is_empty() { "person.created" } else { "person.changed" };
    let mut operation = with_changes(Operation::new(kind), drafts, &touched);
    for (name, event, people) in
        [("created", "user.created", made), ("changed", "user.changed", changed)]
    {
        if !people.is_empty() {
            operation = operation.count(name, i64::try_from(people.len()).unwrap_or(i64::MAX));
            operation = with_events(operation, event, &people);
        }
    }
    Ok(Some(write.record(operation)))
}

/// Writes the difference, and leaves it to the caller to say what was done; who was touched.
pub(super) async fn save_rows(
    write: &mut Write,
    drafts: &BTreeMap<Uuid, Draft>,
    facts: &Facts,
) -> Result<Vec<Uuid>> {
    let now = write.ctx.now;
    let mut rows = Rows::default();
    for draft in drafts.values() {
        rows.take(write, draft, facts, now);
    }
    if rows.touched.is_empty() {
        return Ok(rows.touched);
    }
    bulk::insert(&mut write.tx, &PERSONS, rows.made).await?;
    if rows.renamed.len() > 1 {
        // One may get what another has until now: nobody has it in between.
        on_persons(
            write,
            "UPDATE persons SET email_key = NULL, username_key = NULL, employee_number_key = NULL
             WHERE id IN (ids?)",
            &rows.terms_of,
        )
        .await?;
    }
    bulk::upsert(&mut write.tx, &PERSONS, rows.renamed).await?;
    on_persons(write, "DELETE FROM person_terms WHERE person_id IN (ids?)", &rows.terms_of).await?;
    bulk::insert(&mut write.tx, &PERSON_TERMS, rows.terms).await?;
    if !rows.moved.is_empty() {
        Assembly::new("UPDATE persons SET updated_at = ? WHERE id IN (ids?)")
            .bind(now)
            .bind_ids(&IdList::new(rows.moved))
            .on(&mut write.tx)
            .run()
            .await?;
    }
    sql::retract_employments(&mut write.tx, &rows.gone_employments, now).await?;
    bulk::insert(&mut write.tx, &EMPLOYMENTS, rows.employments).await?;
    sql::retract_leaves(&mut write.tx, &rows.gone_leaves, now).await?;
    bulk::insert(&mut write.tx, &LEAVES, rows.leaves).await?;
    sql::retract_placements(&mut write.tx, &rows.gone_placements, now).await?;
    bulk::insert(&mut write.tx, &PLACEMENTS, rows.placements).await?;
    ownership::write_in(&mut write.tx, drafts, facts).await?;
    if rows.touched.len() >= statistics::WORTH_FROM {
        // Where nobody has a user name, SQLite would take its key for one that everybody shares, and
        // read all people instead: of unique keys it needs to know nothing.
        let tables: &[_] = match write.tx.engine() {
            Engine::Sqlite => &[&PERSON_TERMS, &PLACEMENTS],
            Engine::Postgres => &[&PERSONS, &PERSON_TERMS, &EMPLOYMENTS, &LEAVES, &PLACEMENTS],
        };
        statistics::refresh(&mut write.tx, tables).await?;
    }
    Ok(rows.touched)
}

async fn on_persons(write: &mut Write, statement: &'static str, people: &[Uuid]) -> Result<()> {
    if people.is_empty() {
        return Ok(());
    }
    let people = IdList::new(people.iter().copied());
    Assembly::new(statement).bind_ids(&people).on(&mut write.tx).run().await.map(drop)
}

/// The operation with a change for each person.
pub(super) fn with_changes(
    mut operation: Operation,
    drafts: &BTreeMap<Uuid, Draft>,
    touched: &[Uuid],
) -> Operation {
    for id in touched {
        let draft = &drafts[id];
        let values = |of: fn(&FieldChange) -> &Option<String>| -> Map<String, Json> {
            draft
                .changed
                .iter()
                .map(|change| (change.field.clone(), of(change).clone().into()))
                .collect()
        };
        let before = (!draft.is_new).then(|| values(|change| &change.before));
        operation = operation.change(
            "person",
            Some(*id),
            before.as_ref(),
            Some(&values(|change| &change.after)),
        );
    }
    operation
}

/// The operation with an event for each thousand people.
pub(super) fn with_events(
    mut operation: Operation,
    event: &'static str,
    people: &[Uuid],
) -> Operation {
    for chunk in people.chunks(EVENT_PEOPLE_MAX) {
        let subject = (chunk.len() == 1).then(|| chunk[0].to_string());
        operation = operation.event(event, subject, json!({ "person_ids": chunk }));
    }
    operation
}

/// The rows to be written, by table.
#[derive(Default)]
struct Rows {
    touched: Vec<Uuid>,
    made: Vec<Vec<Value>>,
    renamed: Vec<Vec<Value>>,
    /// Of whom only facts changed.
    moved: Vec<Uuid>,
    terms_of: Vec<Uuid>,
    terms: Vec<Vec<Value>>,
    gone_employments: Vec<Uuid>,
    employments: Vec<Vec<Value>>,
    gone_leaves: Vec<Uuid>,
    leaves: Vec<Vec<Value>>,
    gone_placements: Vec<Uuid>,
    placements: Vec<Vec<Value>>,
}

impl Rows {
    fn take(&mut self, write: &Write, draft: &Draft, facts: &Facts, now: Timestamp) {
        let before = self.employments.len() + self.leaves.len() + self.placements.len();
        let identity_changed = facts.identities.get(&draft.id) != Some(&draft.identity);
        let person = draft.id.into_value();
        let head = |id: Uuid| vec![id.into_value(), person.clone()];
        let recorded = || [now.into_value(), None::<Timestamp>.into_value()];

        let (gone, new) = difference(facts.employments.get(&draft.id), &draft.employments);
        let mut n_gone = gone.len();
        self.gone_employments.extend(gone);
        self.employments.extend(new.into_iter().map(|fact| {
            let mut row = head(write.ctx.new_id());
            row.extend([
                fact.hired_on.into_value(),
                fact.terminated_on.into_value(),
                fact.reason.clone().into_value(),
            ]);
            row.extend(recorded());
            row
        }));
        let (gone, new) = difference(facts.leaves.get(&draft.id), &draft.leaves);
        n_gone += gone.len();
        self.gone_leaves.extend(gone);
        self.leaves.extend(new.into_iter().map(|fact| {
            let mut row = head(write.ctx.new_id());
            row.extend([
                fact.from_on.into_value(),
                fact.until_on.into_value(),
                fact.reason.clone().into_value(),
            ]);
            row.extend(recorded());
            row
        }));
        let (gone, new) = difference(facts.placements.get(&draft.id), &draft.placements);
        n_gone += gone.len();
        self.gone_placements.extend(gone);
        self.placements.extend(new.into_iter().map(|period| {
            let mut row = head(write.ctx.new_id());
            row.extend([period.from.into_value(), period.until.into_value()]);
            row.extend(recorded());
            row.extend(placement_values(&period.fields));
            row
        }));

        let written = self.employments.len() + self.leaves.len() + self.placements.len() - before;
        let claims_changed = draft.claims.differ_from(facts.owned.get(&draft.id));
        if !identity_changed && !claims_changed && written == 0 && n_gone == 0 {
            return;
        }
        self.touched.push(draft.id);
        if draft.is_new {
            self.made.push(identity_values(&draft.identity, now));
        } else if identity_changed {
            self.renamed.push(identity_values(&draft.identity, now));
        } else {
            self.moved.push(draft.id);
        }
        if identity_changed {
            self.terms_of.extend((!draft.is_new).then_some(draft.id));
            let terms = terms(&draft.identity);
            self.terms
                .extend(terms.into_iter().map(|term| vec![term.into_value(), person.clone()]));
        }
    }
}

/// Which stored facts are no longer believed, and which are new.
fn difference<'a, F: PartialEq>(
    stored: Option<&Vec<Stored<F>>>,
    wanted: &'a [F],
) -> (Vec<Uuid>, Vec<&'a F>) {
    let stored = stored.map(Vec::as_slice).unwrap_or_default();
    let gone =
        stored.iter().filter(|(_, fact)| !wanted.contains(fact)).map(|(id, _)| *id).collect();
    let new =
        wanted.iter().filter(|fact| !stored.iter().any(|(_, known)| known == *fact)).collect();
    (gone, new)
}

fn identity_values(identity: &IdentityRow, now: Timestamp) -> Vec<Value> {
    // A record that is not a person any more keeps what was known; its keys are free for others.
    let key = |text: &Option<String>| text.clone().filter(|_| identity.closed_at.is_none());
    let lower = |text: &Option<String>| key(text).map(|text| text.to_lowercase());
    let sort_key = fold(&format!("{} {}", identity.last_name, identity.first_name));
    vec![
        identity.id.into_value(),
        identity.employee_number.clone().into_value(),
        key(&identity.employee_number).into_value(),
        identity.email.clone().into_value(),
        lower(&identity.email).into_value(),
        identity.username.clone().into_value(),
        lower(&identity.username).into_value(),
        identity.first_name.as_str().into_value(),
        identity.last_name.as_str().into_value(),
        identity.preferred_name.clone().into_value(),
        sort_key.into_value(),
        identity.locale.clone().into_value(),
        identity.timezone.clone().into_value(),
        identity.created_at.into_value(),
        now.into_value(),
        identity.closed_as.clone().into_value(),
        identity.closed_at.into_value(),
        identity.merged_into.into_value(),
    ]
}

pub(super) fn placement_values(placement: &Placement) -> Vec<Value> {
    vec![
        placement.status.as_str().into_value(),
        placement.hired_on.into_value(),
        placement.department.into_value(),
        placement.location.into_value(),
        placement.job_role.into_value(),
        placement.manager.into_value(),
        placement.country.clone().into_value(),
        placement.job_title.clone().into_value(),
        placement.job_title.as_deref().map(fold).into_value(),
        placement.employment_type.clone().into_value(),
        text_of(&placement.attributes).into_value(),
    ]
}

fn text_of(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("attributes are plain text")
}

/// The words by which a person is found.
fn terms(identity: &IdentityRow) -> Vec<String> {
    if identity.closed_at.is_some() {
        return Vec::new();
    }
    let texts = [
        Some(&identity.first_name),
        Some(&identity.last_name),
        identity.preferred_name.as_ref(),
        identity.email.as_ref(),
        identity.username.as_ref(),
        identity.employee_number.as_ref(),
    ];
    let mut terms: Vec<String> = texts.iter().flatten().flat_map(|text| words(text)).collect();
    // A whole address and a whole number are found as they are typed, too.
    terms.extend(
        [&identity.email, &identity.employee_number].into_iter().flatten().map(|text| fold(text)),
    );
    terms.sort();
    terms.dedup();
    terms
}
