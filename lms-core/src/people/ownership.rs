//! Which fields of a person belong to a feed, and which of them somebody set by hand since.
//!
//! A field that a feed delivers belongs to that feed. Whoever sets it by hand pins it: from then on
//! the feed's word is noted and not followed, until the field is released. The first feed to deliver
//! a field owns it; two that disagree would change it to and fro every night.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::Serialize;
use uuid::Uuid;

use super::draft::Draft;
use super::sql::Facts;
use super::types::{FieldValues, PersonChange, PersonField};
use super::{FIELD_NOT_OWNED, PERSON_EXISTS, PersonId};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::schema::{PERSON_FIELDS, PERSON_SOURCES};
use crate::kernel::db::{Assembly, Engine, Field, IdList, One, Tx, bulk, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::suggest::suggest;
use crate::kernel::text::Code;
use crate::operations::{FieldChange, OperationId, Write};

/// The field under which it is kept what a feed says of an employment: hired, gone, back, on leave.
/// Whoever ends or resumes one by hand pins it, as any other.
pub(super) const EMPLOYMENT: &str = "employment";

/// What of a person is changed where an employment is.
const OF_EMPLOYMENT: [&str; 2] = ["hired_on", "terminated_on"];

/// A field that belongs to a feed.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OwnedField {
    /// The field, or `attribute.KEY`.
    pub field: String,
    /// The feed.
    pub source: String,
    /// What the feed said last.
    pub delivered: Option<String>,
    /// Since when the value that somebody set by hand stands in its place.
    pub pinned_at: Option<Timestamp>,
}

/// By which key a feed knows a person.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct PersonSource {
    /// The feed.
    pub source: String,
    /// The key in it.
    pub key: String,
}

/// A field that a feed delivered and that stayed as it was.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeptField {
    /// The field, or `attribute.KEY`.
    pub field: String,
    /// What was delivered.
    pub delivered: Option<String>,
    /// The feed that it belongs to.
    pub owner: String,
    /// Since when it is pinned; nothing where it belongs to another feed.
    pub pinned_at: Option<Timestamp>,
}

/// What became of what a feed said of a person.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delivered {
    /// The person.
    pub person: PersonId,
    /// What it changed.
    pub changed: Vec<FieldChange>,
    /// What was noted, and not followed.
    pub kept: Vec<KeptField>,
    /// The operation, where there was anything to do.
    pub operation: Option<OperationId>,
}

/// A field's owner, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owned {
    pub(crate) source: String,
    pub(crate) delivered: Option<String>,
    pub(crate) pinned_at: Option<Timestamp>,
}

/// Who lays claim to which field of a person, as far as this act has come.
#[derive(Debug, Clone, Default)]
pub(super) struct Claims {
    pub(super) owned: BTreeMap<String, Owned>,
    /// Links to feeds that this act makes.
    pub(super) linked: Vec<PersonSource>,
    pub(super) kept: Vec<KeptField>,
    by_hand: BTreeSet<String>,
}

impl Claims {
    pub(super) fn of(stored: Option<&BTreeMap<String, Owned>>) -> Self {
        Self { owned: stored.cloned().unwrap_or_default(), ..Self::default() }
    }

    pub(super) fn differ_from(&self, stored: Option<&BTreeMap<String, Owned>>) -> bool {
        let none = BTreeMap::new();
        !self.linked.is_empty() || self.owned != *stored.unwrap_or(&none)
    }

    /// Of the values of a new person, those that are to be set: all of them.
    pub(super) fn admit(
        &mut self,
        values: FieldValues,
        source: Option<&PersonSource>,
    ) -> Result<FieldValues> {
        let Some(from) = source else { return Ok(values) };
        let source = source_code(&from.source)?;
        self.link(&source, &from.key)?;
        Ok(self.deliver(values, &source))
    }

    /// Of the values of a change, those that are to be set: without those that stay pinned, and
    /// with those that are released.
    pub(super) fn admit_change(&mut self, change: PersonChange, name: &str) -> Result<FieldValues> {
        let mut values = self.release(&change.release, name)?;
        let set = if let Some(source) = &change.source {
            let source = source_code(source)?;
            if let Some(key) = &change.known_as {
                self.link(&source, key)?;
            }
            self.deliver(change.values, &source)
        } else {
            self.by_hand.extend(names(&change.values));
            change.values
        };
        values.replaces_attributes = set.replaces_attributes;
        values.fields.extend(set.fields);
        values.attributes.extend(set.attributes);
        Ok(values)
    }

    /// What a feed says of somebody whom it knows by this key, or by none: the values that are to be set.
    pub(super) fn admit_feed(
        &mut self,
        values: FieldValues,
        source: &str,
        key: Option<&str>,
        releases: bool,
    ) -> Result<FieldValues> {
        if let Some(key) = key {
            self.link(source, key)?;
        }
        if releases {
            for field in names(&values) {
                self.unpin(&field, source);
            }
        }
        Ok(self.deliver(values, source))
    }

    /// Notes what a feed says of a field, and gives it back to the feed where that is wanted; whether
    /// the field follows.
    pub(super) fn hear(&mut self, field: &str, value: &str, source: &str, releases: bool) -> bool {
        if releases {
            self.unpin(field, source);
        }
        self.follows(field, value, source)
    }

    /// Somebody ended or resumed the employment by hand.
    pub(super) fn employed_by_hand(&mut self) {
        self.by_hand.insert(EMPLOYMENT.to_owned());
    }

    fn unpin(&mut self, field: &str, source: &str) {
        if let Some(owned) = self.owned.get_mut(field).filter(|owned| owned.source == source) {
            owned.pinned_at = None;
        }
    }

    fn link(&mut self, source: &str, key: &str) -> Result<()> {
        let key = key.trim();
        if key.is_empty() || key.chars().count() > 200 || key.chars().any(char::is_control) {
            return Err(Error::invalid("source_key", format!("`{key}` cannot be a key of a feed"))
                .with_hint("a key is one line of up to 200 characters"));
        }
        self.linked.push(PersonSource { source: source.to_owned(), key: key.to_owned() });
        Ok(())
    }

    fn deliver(&mut self, values: FieldValues, source: &str) -> FieldValues {
        let mut admitted = FieldValues::default();
        for (field, value) in values.fields {
            if self.follows(field.as_str(), &value, source) {
                admitted.fields.insert(field, value);
            }
        }
        for (key, value) in values.attributes {
            if self.follows(&attribute(&key), &value, source) {
                admitted.attributes.insert(key, value);
            }
        }
        admitted
    }

    /// Notes what a feed says of a field; whether the field follows.
    fn follows(&mut self, field: &str, value: &str, source: &str) -> bool {
        let delivered = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
        let owned = self.owned.entry(field.to_owned()).or_insert_with(|| Owned {
            source: source.to_owned(),
            delivered: None,
            pinned_at: None,
        });
        let is_owner = owned.source == source;
        if is_owner {
            owned.delivered.clone_from(&delivered);
        }
        let follows = is_owner && owned.pinned_at.is_none();
        if !follows {
            self.kept.push(KeptField {
                field: field.to_owned(),
                delivered,
                owner: owned.source.clone(),
                pinned_at: owned.pinned_at,
            });
        }
        follows
    }

    /// Gives fields back to their feeds: the values that hold again.
    fn release(&mut self, fields: &[String], name: &str) -> Result<FieldValues> {
        let mut values = FieldValues::default();
        for text in fields {
            let field = text.trim().replace('-', "_");
            let Some(owned) = self.owned.get_mut(&field) else {
                let known: Vec<&str> = self.owned.keys().map(String::as_str).collect();
                let delivered = if known.is_empty() {
                    format!("no feed delivers anything of {name}")
                } else {
                    format!("feeds deliver: {}", known.join(", "))
                };
                return Err(FIELD_NOT_OWNED
                    .error(format!("no feed delivers `{}` of {name}", text.trim()))
                    .with_field("release")
                    .with_hints(suggest(text, known))
                    .with_hint(delivered));
            };
            if owned.pinned_at.take().is_none() {
                continue;
            }
            if field == EMPLOYMENT {
                // What the feed says next holds again: of days gone by it says nothing.
                continue;
            }
            let value = owned.delivered.clone().unwrap_or_default();
            match (PersonField::named(&field), field.strip_prefix("attribute.")) {
                (Some(field), _) => drop(values.fields.insert(field, value)),
                (None, Some(key)) => drop(values.attributes.insert(key.to_owned(), value)),
                (None, None) => return Err(Error::inconsistent("person_fields.field", field)),
            }
        }
        Ok(values)
    }
}

fn names(values: &FieldValues) -> Vec<String> {
    let fields = values.fields.keys().map(|field| field.as_str().to_owned());
    fields.chain(values.attributes.keys().map(|key| attribute(key))).collect()
}

fn attribute(key: &str) -> String {
    format!("attribute.{}", key.trim())
}

fn source_code(text: &str) -> Result<String> {
    let code = Code::parse(text).map_err(|error| error.with_field("source"))?;
    Ok(code.as_str().to_lowercase())
}

/// Pins what was changed by hand, tells what only the feed said, and refuses a key of a feed that
/// is somebody else's.
pub(super) async fn settle(
    write: &mut Write,
    drafts: &mut BTreeMap<Uuid, Draft>,
    facts: &Facts,
) -> Result<()> {
    let now = write.ctx.now;
    for draft in drafts.values_mut() {
        settle_one(draft, facts.owned.get(&draft.id), now);
    }
    let mut wanted: BTreeMap<&str, HashMap<&str, Uuid>> = BTreeMap::new();
    for draft in drafts.values() {
        for link in &draft.claims.linked {
            let keys = wanted.entry(&link.source).or_default();
            let earlier = keys.insert(&link.key, draft.id);
            if earlier.is_some_and(|other| other != draft.id) {
                return Err(taken(&link.source, &link.key));
            }
        }
    }
    let mut known = HashSet::new();
    for (source, keys) in wanted {
        for (key, person) in known_keys(&mut write.tx, source, keys.keys().copied()).await? {
            if keys.get(key.as_str()).is_some_and(|wanted| *wanted != person) {
                return Err(taken(source, &key));
            }
            known.insert((PersonSource { source: source.to_owned(), key }, person));
        }
    }
    for draft in drafts.values_mut() {
        let id = draft.id;
        draft.claims.linked.retain(|link| !known.contains(&(link.clone(), id)));
        draft.claims.linked.sort();
        draft.claims.linked.dedup();
        for link in draft.claims.linked.clone() {
            draft.note(&format!("source.{}", link.source), None, Some(link.key));
        }
    }
    Ok(())
}

fn settle_one(draft: &mut Draft, stored: Option<&BTreeMap<String, Owned>>, now: Timestamp) {
    let mut changed: BTreeSet<&str> =
        draft.changed.iter().map(|change| change.field.as_str()).collect();
    if OF_EMPLOYMENT.iter().any(|field| changed.contains(field)) {
        changed.insert(EMPLOYMENT);
    }
    for (field, owned) in &mut draft.claims.owned {
        if draft.claims.by_hand.contains(field) && changed.contains(field.as_str()) {
            owned.pinned_at = owned.pinned_at.or(Some(now));
        }
    }
    let mut told = Vec::new();
    for (field, owned) in &draft.claims.owned {
        let before = stored.and_then(|stored| stored.get(field));
        if before == Some(owned) || changed.contains(field.as_str()) {
            continue;
        }
        let delivered = before.and_then(|before| before.delivered.clone());
        let pinned = |owned: Option<&Owned>| {
            owned.and_then(|owned| owned.pinned_at).map(|instant| instant.to_string())
        };
        told.push((format!("delivered.{field}"), delivered, owned.delivered.clone()));
        told.push((format!("pinned.{field}"), pinned(before), pinned(Some(owned))));
    }
    for (field, before, after) in told {
        draft.note(&field, before, after);
    }
}

fn taken(source: &str, key: &str) -> Error {
    PERSON_EXISTS
        .error(format!("the feed `{source}` knows another person as `{key}`"))
        .with_field("source_key")
        .with_hint("if they are one, merge the two records with `lmsctl person merge`")
}

row! {
    struct KnownKey {
        key: String,
        person: Uuid,
    }
}

/// The people whom a feed knows by one of these keys.
pub(super) async fn known_keys<'a>(
    tx: &mut Tx,
    source: &str,
    keys: impl Iterator<Item = &'a str>,
) -> Result<Vec<(String, Uuid)>> {
    let keys: Vec<&str> = keys.collect();
    let keys = serde_json::to_string(&keys).expect("keys are plain text");
    let known: Vec<KnownKey> = match tx.engine() {
        Engine::Sqlite => Assembly::new(
            "SELECT source_key, person_id FROM person_sources
             WHERE source_key IN (SELECT value FROM json_each(?)) AND source = ?",
        ),
        Engine::Postgres => Assembly::new(
            "SELECT source_key, person_id FROM person_sources
             WHERE source_key IN (SELECT json_array_elements_text(CAST(? AS JSON))) AND source = ?",
        ),
    }
    .bind(keys)
    .bind(source.to_owned())
    .on(tx)
    .all()
    .await?;
    Ok(known.into_iter().map(|row| (row.key, row.person)).collect())
}

/// The people whom a feed knows by one of these keys, given in lower case, however they are written.
pub(super) async fn keys_in_any_case(
    tx: &mut Tx,
    source: &str,
    keys: &BTreeSet<String>,
) -> Result<Vec<(String, Uuid)>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let known: Vec<KnownKey> = Assembly::new(
        "SELECT source_key, person_id FROM person_sources WHERE LOWER(source_key) IN (texts?)",
    )
    .bind_texts(&keys.iter().collect::<Vec<_>>())
    .push("AND source = ?")
    .bind(source.to_owned())
    .on(tx)
    .all()
    .await?;
    Ok(known.into_iter().map(|row| (row.key, row.person)).collect())
}

/// The person whom a feed knows by this key.
pub(super) async fn find(tx: &mut Tx, source: &str, key: &str) -> Result<Option<Uuid>> {
    let found: Option<One<Uuid>> =
        Assembly::new("SELECT person_id FROM person_sources WHERE source = ?")
            .bind(source.trim().to_lowercase())
            .push("AND source_key = ?")
            .bind(key.trim().to_owned())
            .on(tx)
            .opt()
            .await?;
    Ok(found.map(|One(id)| id))
}

row! {
    struct OwnedRow {
        person: Uuid,
        field: String,
        source: String,
        delivered: Option<String>,
        pinned_at: Option<Timestamp>,
    }
}

/// The owned fields of these people.
pub(crate) async fn owned_of(
    tx: &mut Tx,
    people: &IdList,
) -> Result<BTreeMap<Uuid, BTreeMap<String, Owned>>> {
    let rows: Vec<OwnedRow> = Assembly::new(
        "SELECT person_id, field, source, delivered, pinned_at
         FROM person_fields WHERE person_id IN (ids?)",
    )
    .bind_ids(people)
    .on(tx)
    .all()
    .await?;
    let mut owned: BTreeMap<Uuid, BTreeMap<String, Owned>> = BTreeMap::new();
    for row in rows {
        let field =
            Owned { source: row.source, delivered: row.delivered, pinned_at: row.pinned_at };
        owned.entry(row.person).or_default().insert(row.field, field);
    }
    Ok(owned)
}

row! {
    struct SourceRow {
        person: Uuid,
        source: String,
        key: String,
    }
}

/// By which keys feeds know these people.
pub(super) async fn sources_of(
    tx: &mut Tx,
    people: &IdList,
) -> Result<BTreeMap<Uuid, Vec<PersonSource>>> {
    let rows: Vec<SourceRow> = Assembly::new(
        "SELECT person_id, source, source_key FROM person_sources WHERE person_id IN (ids?)",
    )
    .bind_ids(people)
    .push("ORDER BY source, source_key")
    .on(tx)
    .all()
    .await?;
    let mut sources: BTreeMap<Uuid, Vec<PersonSource>> = BTreeMap::new();
    for row in rows {
        let source = PersonSource { source: row.source, key: row.key };
        sources.entry(row.person).or_default().push(source);
    }
    Ok(sources)
}

/// Owned fields as they are shown.
pub(super) fn shown(owned: Option<&BTreeMap<String, Owned>>) -> Vec<OwnedField> {
    let shown = |(field, owned): (&String, &Owned)| OwnedField {
        field: field.clone(),
        source: owned.source.clone(),
        delivered: owned.delivered.clone(),
        pinned_at: owned.pinned_at,
    };
    owned.into_iter().flatten().map(shown).collect()
}

/// No feed knows these people any more: the keys are free again.
pub(super) async fn unlink(tx: &mut Tx, people: impl Iterator<Item = Uuid>) -> Result<()> {
    let people = IdList::new(people);
    let forget = Assembly::new("DELETE FROM person_sources WHERE person_id IN (ids?)");
    forget.bind_ids(&people).on(tx).run().await.map(|_| ())
}

/// Writes the claims that differ from the stored ones.
pub(super) async fn write_in(
    tx: &mut Tx,
    drafts: &BTreeMap<Uuid, Draft>,
    facts: &Facts,
) -> Result<()> {
    let changed: Vec<&Draft> = drafts
        .values()
        .filter(|draft| draft.claims.differ_from(facts.owned.get(&draft.id)))
        .collect();
    let known: Vec<Uuid> =
        changed.iter().map(|draft| draft.id).filter(|id| facts.owned.contains_key(id)).collect();
    if !known.is_empty() {
        Assembly::new("DELETE FROM person_fields WHERE person_id IN (ids?)")
            .bind_ids(&IdList::new(known))
            .on(tx)
            .run()
            .await?;
    }
    let fields = changed
        .iter()
        .flat_map(|draft| draft.claims.owned.iter().map(|(field, owned)| (draft.id, field, owned)))
        .map(|(person, field, owned)| {
            vec![
                person.into_value(),
                field.as_str().into_value(),
                owned.source.as_str().into_value(),
                owned.delivered.clone().into_value(),
                owned.pinned_at.into_value(),
            ]
        });
    let fields: bulk::Rows<'_> = Box::new(fields);
    bulk::insert(tx, &PERSON_FIELDS, fields).await?;
    let sources = changed
        .iter()
        .flat_map(|draft| draft.claims.linked.iter().map(|link| (draft.id, link)))
        .map(|(person, link)| {
            vec![
                link.source.as_str().into_value(),
                link.key.as_str().into_value(),
                person.into_value(),
            ]
        });
    let sources: bulk::Rows<'_> = Box::new(sources);
    bulk::insert(tx, &PERSON_SOURCES, sources).await.map(|_| ())
}
