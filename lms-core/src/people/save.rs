//! Writing the difference between what was believed and what is now, in sets.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::draft::Draft;
use super::ownership;
use super::sql::{self, Facts, IdentityRow, Stored};
use super::timeline::Period;
use super::types::{Employment, Leave, Placement};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::schema::{EMPLOYMENTS, LEAVES, PERSON_TERMS, PERSONS, PLACEMENTS};
use crate::kernel::db::{Assembly, Engine, Field, IdList, Value, bulk, statistics};
use crate::kernel::error::Result;
use crate::kernel::fold::{fold, words};
use crate::operations::{Ctx, FieldChange, Operation, OperationId, Write};

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
    let mut rows = Difference::default();
    for draft in drafts.values() {
        rows.take(&write.ctx, draft, facts);
    }
    if rows.touched.is_empty() {
        return Ok(rows.touched);
    }
    let made: bulk::Rows<'_> =
        Box::new(rows.made.iter().map(|identity| identity_values(identity, now)));
    bulk::insert(&mut write.tx, &PERSONS, made).await?;
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
    let renamed: bulk::Rows<'_> =
        Box::new(rows.renamed.iter().map(|identity| identity_values(identity, now)));
    bulk::upsert(&mut write.tx, &PERSONS, renamed).await?;
    on_persons(write, "DELETE FROM person_terms WHERE person_id IN (ids?)", &rows.terms_of).await?;
    let named = rows.made.iter().chain(&rows.renamed);
    let terms: bulk::Rows<'_> = Box::new(named.flat_map(|identity| term_rows(identity)));
    bulk::insert(&mut write.tx, &PERSON_TERMS, terms).await?;
    if !rows.moved.is_empty() {
        Assembly::new("UPDATE persons SET updated_at = ? WHERE id IN (ids?)")
            .bind(now)
            .bind_ids(&IdList::new(rows.moved))
            .on(&mut write.tx)
            .run()
            .await?;
    }
    sql::retract_employments(&mut write.tx, &rows.gone_employments, now).await?;
    let employments: bulk::Rows<'_> =
        Box::new(rows.employments.iter().map(|new| employment_row(new, now)));
    bulk::insert(&mut write.tx, &EMPLOYMENTS, employments).await?;
    sql::retract_leaves(&mut write.tx, &rows.gone_leaves, now).await?;
    let leaves: bulk::Rows<'_> = Box::new(rows.leaves.iter().map(|new| leave_row(new, now)));
    bulk::insert(&mut write.tx, &LEAVES, leaves).await?;
    sql::retract_placements(&mut write.tx, &rows.gone_placements, now).await?;
    let placements: bulk::Rows<'_> =
        Box::new(rows.placements.iter().map(|new| placement_row(new, now)));
    bulk::insert(&mut write.tx, &PLACEMENTS, placements).await?;
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
        let values = |of: fn(&FieldChange) -> &Option<String>| -> BTreeMap<&str, Option<&str>> {
            let changed = draft.changed.iter();
            changed.map(|change| (change.field.as_str(), of(change).as_deref())).collect()
        };
        let before = (!draft.is_new).then(|| values(|change| &change.before));
        let after = values(|change| &change.after);
        operation = operation.change_of_texts("person", *id, before.as_ref(), &after);
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

/// What is to be written, by table. Rows are made of it when they are written: those of everybody at once
/// would take more room than the people.
#[derive(Default)]
struct Difference<'a> {
    touched: Vec<Uuid>,
    made: Vec<&'a IdentityRow>,
    renamed: Vec<&'a IdentityRow>,
    /// Of whom only facts changed.
    moved: Vec<Uuid>,
    terms_of: Vec<Uuid>,
    gone_employments: Vec<Uuid>,
    employments: Vec<New<'a, Employment>>,
    gone_leaves: Vec<Uuid>,
    leaves: Vec<New<'a, Leave>>,
    gone_placements: Vec<Uuid>,
    placements: Vec<New<'a, Period<Placement>>>,
}

/// A fact that is believed from now on.
struct New<'a, F> {
    id: Uuid,
    person: Uuid,
    fact: &'a F,
}

impl<'a> Difference<'a> {
    fn take(&mut self, ctx: &Ctx, draft: &'a Draft, facts: &Facts) {
        let identity_changed = facts.identities.get(&draft.id) != Some(&draft.identity);
        let claims_changed = draft.claims.differ_from(facts.owned.get(&draft.id));
        let facts_changed = [
            split(
                ctx,
                draft.id,
                (facts.employments.get(&draft.id), &draft.employments),
                (&mut self.gone_employments, &mut self.employments),
            ),
            split(
                ctx,
                draft.id,
                (facts.leaves.get(&draft.id), &draft.leaves),
                (&mut self.gone_leaves, &mut self.leaves),
            ),
            split(
                ctx,
                draft.id,
                (facts.placements.get(&draft.id), &draft.placements),
                (&mut self.gone_placements, &mut self.placements),
            ),
        ];
        if !identity_changed && !claims_changed && !facts_changed.contains(&true) {
            return;
        }
        self.touched.push(draft.id);
        if draft.is_new {
            self.made.push(&draft.identity);
        } else if identity_changed {
            self.renamed.push(&draft.identity);
            self.terms_of.push(draft.id);
        } else {
            self.moved.push(draft.id);
        }
    }
}

/// Notes which stored facts of a person are no longer believed, and which are new; whether there are any.
fn split<'a, F: PartialEq>(
    ctx: &Ctx,
    person: Uuid,
    (stored, wanted): (Option<&Vec<Stored<F>>>, &'a [F]),
    (gone, new): (&mut Vec<Uuid>, &mut Vec<New<'a, F>>),
) -> bool {
    let before = gone.len() + new.len();
    let stored = stored.map(Vec::as_slice).unwrap_or_default();
    gone.extend(stored.iter().filter(|(_, fact)| !wanted.contains(fact)).map(|(id, _)| *id));
    let unknown = wanted.iter().filter(|fact| !stored.iter().any(|(_, known)| known == *fact));
    new.extend(unknown.map(|fact| New { id: ctx.new_id(), person, fact }));
    gone.len() + new.len() > before
}

fn recorded(now: Timestamp) -> [Value; 2] {
    [now.into_value(), None::<Timestamp>.into_value()]
}

impl<F> New<'_, F> {
    fn row(&self, values: impl IntoIterator<Item = Value>) -> Vec<Value> {
        let mut row = vec![self.id.into_value(), self.person.into_value()];
        row.extend(values);
        row
    }
}

fn employment_row(new: &New<'_, Employment>, now: Timestamp) -> Vec<Value> {
    let Employment { hired_on, terminated_on, reason } = new.fact;
    let [recorded, retracted] = recorded(now);
    let reason = reason.clone().into_value();
    new.row([hired_on.into_value(), terminated_on.into_value(), reason, recorded, retracted])
}

fn leave_row(new: &New<'_, Leave>, now: Timestamp) -> Vec<Value> {
    let Leave { from_on, until_on, reason } = new.fact;
    let [recorded, retracted] = recorded(now);
    let reason = reason.clone().into_value();
    new.row([from_on.into_value(), until_on.into_value(), reason, recorded, retracted])
}

fn placement_row(new: &New<'_, Period<Placement>>, now: Timestamp) -> Vec<Value> {
    let Period { from, until, fields } = new.fact;
    let [recorded, retracted] = recorded(now);
    let period = [from.into_value(), until.into_value(), recorded, retracted];
    new.row(period.into_iter().chain(placement_values(fields)))
}

fn term_rows(identity: &IdentityRow) -> impl Iterator<Item = Vec<Value>> + use<> {
    let person = identity.id;
    terms(identity).into_iter().map(move |term| vec![term.into_value(), person.into_value()])
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
