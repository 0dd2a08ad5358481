//! What an import did, in full: how many of what, what became of the rows that did not simply land, and each
//! field that it changed.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::runs::{self, RunsAsked};
use super::{ImportLine, ImportRun, READ};
use crate::analytics::{FactsOrigin, FactsQuery, read_from};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, One, Tx, row};
use crate::kernel::error::{Error, Result};
use crate::people;
use crate::{assignments, catalog, quizzes};

/// A field that an import changed.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedField {
    /// What kind of thing it is of, such as `person`.
    pub what: String,
    /// Which one.
    pub id: Option<Uuid>,
    /// What that is called: a person, a department.
    pub name: Option<String>,
    /// The field.
    pub field: String,
    /// What it was; nothing where it was not set, or was erased since.
    pub before: Option<String>,
    /// What it became.
    pub after: Option<String>,
    /// Whether the thing itself is new.
    pub is_new: bool,
}

/// What an import did.
#[non_exhaustive]
#[derive(Debug, Clone)]
pub struct ImportFacts {
    /// Which state of the data.
    pub origin: FactsOrigin,
    /// The import; nothing where there was none yet, and the last one was asked for.
    pub run: Option<ImportRun>,
    /// What was said of rows that did not simply land, in their order.
    pub lines: Vec<ImportLine>,
    /// Each field that it changed, and what followed from that in the same transaction.
    pub changes: Vec<ImportedField>,
}

row! {
    struct ChangedRow {
        what: String,
        id: Option<Uuid>,
        before: Option<String>,
        after: Option<String>,
    }
}

/// What the operations of one transaction changed: no two of them share an instant.
const CHANGED: &str = "
SELECT h.subject_type, h.subject_id, h.value_before, h.value_after
FROM operations o
JOIN audit_chain c ON c.operation_id = o.id
JOIN operation_changes h ON h.operation_id = o.id
WHERE h.subject_type <> 'operation' AND o.recorded_at = ?";

pub(super) async fn facts(
    core: &Core,
    actor: &Actor,
    run: Option<&str>,
    query: &FactsQuery,
) -> Result<ImportFacts> {
    let (mut tx, origin) = read_from(core, actor, READ, query).await?;
    let asked = RunsAsked { run, known_at: origin.known_at };
    let Some(mut run) = runs::find_as_known(&mut tx, asked).await? else {
        return Ok(ImportFacts { origin, run: None, lines: Vec::new(), changes: Vec::new() });
    };
    require(actor, &run.kind)?;
    if let Some((undone_by, known_at)) = run.undone_by.zip(origin.known_at) {
        let wanted = Assembly::new("SELECT id FROM operations WHERE id = ?").bind(undone_by);
        let known = wanted.push("AND recorded_at <= ?").bind(known_at);
        let known: Option<One<Uuid>> = known.on(&mut tx).opt().await?;
        run.undone_by = run.undone_by.filter(|_| known.is_some());
    }
    let lines = runs::lines(&mut tx, &run).await?;
    let changes = if run.operation.is_some() { changed(&mut tx, &run).await? } else { Vec::new() };
    Ok(ImportFacts { origin, run: Some(run), lines, changes })
}

/// Whoever may see what such files hold.
fn require(actor: &Actor, kind: &str) -> Result<()> {
    match kind {
        "people" | "departments" | "leaves" => Ok(()),
        "trainings" => actor.require(catalog::DRAFTS),
        "questions" => actor.require(quizzes::READ),
        _ => actor.require_for_all(assignments::READ),
    }
}

async fn changed(tx: &mut Tx, run: &ImportRun) -> Result<Vec<ImportedField>> {
    let rows: Vec<ChangedRow> = Assembly::new(CHANGED)
        .bind(run.finished_at)
        .push("ORDER BY c.seq, h.position")
        .on(tx)
        .all()
        .await?;
    let mut changes = Vec::new();
    let mut whose: HashMap<usize, Uuid> = HashMap::new();
    for row in rows {
        let (before, after) = (values(row.before)?, values(row.after)?);
        let person = person_in(&after).or_else(|| person_in(&before));
        let is_new = before.is_empty() && !after.is_empty();
        let fields: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for field in fields {
            let (old, new) = (told(before.get(field)), told(after.get(field)));
            let Some(field) = in_words(field).filter(|_| old != new) else { continue };
            if let Some(id) = person.or(row.id) {
                whose.insert(changes.len(), id);
            }
            changes.push(ImportedField {
                what: row.what.clone(),
                id: row.id,
                name: None,
                field,
                before: old,
                after: new,
                is_new,
            });
        }
    }
    let values = changes.iter().flat_map(|change| [&change.before, &change.after]);
    let named = values.flatten().filter_map(|text| text.parse::<Uuid>().ok());
    let ids = whose.values().copied().chain(named).collect();
    let names = people::names_in(tx, ids).await?;
    for (at, id) in whose {
        changes[at].name = names.get(&id).cloned();
    }
    // Whoever somebody reports to is kept by their id.
    for value in changes.iter_mut().flat_map(|change| [&mut change.before, &mut change.after]) {
        let id = value.as_deref().and_then(|text| text.parse::<Uuid>().ok());
        if let Some(name) = id.and_then(|id| names.get(&id)) {
            *value = Some(name.clone());
        }
    }
    Ok(changes)
}

/// What a field is called; nothing where it is what a source said, beside what became of it.
fn in_words(field: &str) -> Option<String> {
    if field.starts_with("delivered.") || field.starts_with("pinned.") {
        return None;
    }
    let source = field.strip_prefix("source.");
    Some(source.map_or(field.to_owned(), |source| format!("key in {source}")))
}

/// The fields of a change; none where it was erased, or there was nothing.
fn values(text: Option<String>) -> Result<Map<String, Json>> {
    let Some(text) = text else { return Ok(Map::new()) };
    match serde_json::from_str(&text) {
        Ok(Json::Object(fields)) => Ok(fields),
        Ok(other) => Ok(Map::from_iter([("value".to_owned(), other)])),
        Err(cause) => Err(Error::inconsistent("operation_changes.value_after", cause)),
    }
}

/// Whom something is about that is no person itself.
fn person_in(fields: &Map<String, Json>) -> Option<Uuid> {
    let named = fields.get("person").or_else(|| fields.get("person_id"))?;
    named.as_str()?.parse().ok()
}

/// A value in words: a text as it is, lists and the like as JSON.
fn told(value: Option<&Json>) -> Option<String> {
    match value {
        None | Some(Json::Null) => None,
        Some(Json::String(text)) => Some(text.clone()),
        Some(other) => Some(other.to_string()),
    }
}
