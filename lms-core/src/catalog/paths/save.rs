//! Writing the difference between paths as they were and as they are now, in sets; with what lists
//! and searches ask for, and which trainings they name.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::definition::{PathDefinition, PathStep};
use super::sql::{Stored, Version};
use crate::catalog::difference::{compared, json as told, spread};
use crate::catalog::sql::ids_by_code;
use crate::catalog::types::PathStatus;
use crate::kernel::db::schema::{PATH_LABELS, PATH_TERMS, PATH_TRAININGS, PATH_VERSIONS, PATHS};
use crate::kernel::db::{Assembly, Field, IdList, Value, bulk};
use crate::kernel::error::Result;
use crate::kernel::fold::{fold, words};
use crate::operations::{FieldChange, Operation, OperationId, Write};

/// Subjects that one event names at most.
const EVENT_PATHS_MAX: usize = 1_000;

/// A path that is being worked on.
#[derive(Debug, Clone)]
pub(super) struct Work {
    pub(super) before: Option<Stored>,
    pub(super) after: Stored,
}

impl Work {
    pub(super) fn on(stored: Stored) -> Self {
        Self { before: Some(stored.clone()), after: stored }
    }

    pub(super) fn is_new(&self) -> bool {
        self.before.is_none()
    }

    /// What became different, by field.
    pub(super) fn changed(&self) -> Vec<FieldChange> {
        let before = self.before.as_ref();
        let number =
            |version: &Option<Version>| version.as_ref().map(|version| version.number.to_string());
        let facts = |stored: &Stored| {
            [
                Some(stored.code.clone()),
                Some(stored.status.as_str().to_owned()),
                number(&stored.published),
                number(&stored.draft),
                stored.removed_at.map(|_| "yes".to_owned()),
            ]
        };
        let names = ["code", "status", "version", "draft", "removed"];
        let was = before.map(facts).unwrap_or_default();
        let mut changed: Vec<FieldChange> = names
            .into_iter()
            .zip(was.into_iter().zip(facts(&self.after)))
            .filter(|(_, (before, after))| before != after)
            .map(|(field, (before, after))| FieldChange { field: field.to_owned(), before, after })
            .collect();
        if let Some(now) = self.after.working() {
            let was = before.and_then(Stored::working).map(|version| &version.definition);
            changed.extend(difference(was, &now.definition));
        }
        changed
    }

    fn event(&self) -> &'static str {
        let number = |stored: &Stored| stored.published.as_ref().map(|version| version.number);
        match &self.before {
            _ if self.after.removed_at.is_some() => "path.removed",
            before if number(&self.after) != before.as_ref().and_then(number) => "path.published",
            None => "path.created",
            Some(before) if self.after.status == before.status => "path.changed",
            Some(_) if self.after.status == PathStatus::Archived => "path.archived",
            Some(_) => "path.changed",
        }
    }
}

/// The fields that differ; the steps are one of them, so that one that was moved is not told as all
/// behind it having changed.
pub(super) fn difference(
    before: Option<&PathDefinition>,
    after: &PathDefinition,
) -> Vec<FieldChange> {
    let fields = |definition: &PathDefinition| {
        let mut plain = definition.clone();
        let steps = std::mem::take(&mut plain.steps);
        let mut found = Vec::new();
        spread("", &told(&plain), &mut found);
        if !steps.is_empty() {
            let steps: Vec<String> = steps.iter().map(ToString::to_string).collect();
            found.push(("steps".to_owned(), steps.join(" → ")));
        }
        found
    };
    compared(&before.map(fields).unwrap_or_default(), &fields(after))
}

/// Writes what changed, records it as one operation of this kind, and says what changed in each.
pub(super) async fn save(
    write: &mut Write,
    kind: &'static str,
    works: &mut [Work],
) -> Result<(Vec<Vec<FieldChange>>, Option<OperationId>)> {
    let now = write.ctx.now;
    let changed: Vec<Vec<FieldChange>> = works.iter().map(Work::changed).collect();
    let mut touched = Vec::new();
    for (work, changed) in works.iter_mut().zip(&changed) {
        if !changed.is_empty() {
            work.after.updated_at = now;
            touched.push(&*work);
        }
    }
    let mut codes = Vec::new();
    for work in &touched {
        for version in [&work.after.draft, &work.after.published].into_iter().flatten() {
            codes.extend(version.definition.trainings().map(str::to_owned));
        }
    }
    let trainings = ids_by_code(&mut write.tx, &codes).await?;
    let mut rows = Rows::default();
    for work in touched {
        rows.take(work, &trainings);
    }
    rows.write(write).await?;
    let operation = record(write, kind, works, &changed);
    Ok((changed, operation))
}

fn record(
    write: &mut Write,
    kind: &'static str,
    works: &[Work],
    changed: &[Vec<FieldChange>],
) -> Option<OperationId> {
    let touched: Vec<(&Work, &Vec<FieldChange>)> =
        works.iter().zip(changed).filter(|(_, changed)| !changed.is_empty()).collect();
    if touched.is_empty() {
        return None;
    }
    let mut operation = Operation::new(kind);
    for (work, changed) in &touched {
        let values = |of: fn(&FieldChange) -> &Option<String>| -> Map<String, Json> {
            let pairs = changed.iter();
            pairs.map(|change| (change.field.clone(), of(change).clone().into())).collect()
        };
        let before = (!work.is_new()).then(|| values(|change| &change.before));
        let after = values(|change| &change.after);
        operation = operation.change("path", Some(work.after.id), before.as_ref(), Some(&after));
    }
    for name in ["path.created", "path.changed", "path.published", "path.archived", "path.removed"]
    {
        let of_name: Vec<&Work> =
            touched.iter().map(|(work, _)| *work).filter(|work| work.event() == name).collect();
        if of_name.is_empty() {
            continue;
        }
        let count = name.trim_start_matches("path.");
        operation = operation.count(count, i64::try_from(of_name.len()).unwrap_or(i64::MAX));
        for chunk in of_name.chunks(EVENT_PATHS_MAX) {
            let subject = (chunk.len() == 1).then(|| chunk[0].after.id.to_string());
            let ids: Vec<Uuid> = chunk.iter().map(|work| work.after.id).collect();
            let codes: Vec<&str> = chunk.iter().map(|work| &*work.after.code).collect();
            let data = json!({ "path_ids": ids, "codes": codes });
            operation = operation.event(name, subject, data);
        }
    }
    Some(write.record(operation))
}

/// The rows to be written, by table.
#[derive(Default)]
struct Rows {
    new: Vec<Vec<Value>>,
    known: Vec<Vec<Value>>,
    versions: Vec<Vec<Value>>,
    gone_drafts: Vec<Uuid>,
    /// Whose labels, terms and trainings are written anew.
    described: Vec<Uuid>,
    labels: Vec<Vec<Value>>,
    terms: Vec<Vec<Value>>,
    trainings: Vec<Vec<Value>>,
}

impl Rows {
    fn take(&mut self, work: &Work, trainings: &HashMap<String, Uuid>) {
        let Work { before, after } = work;
        let row = path_values(after);
        match before {
            Some(before) => {
                self.known.push(row);
                self.described.push(before.id);
            }
            None => self.new.push(row),
        }
        let versions = before.iter().flat_map(|before| [&before.draft, &before.published]);
        let was: Vec<&Version> = versions.flatten().collect();
        let is: Vec<&Version> = [&after.draft, &after.published].into_iter().flatten().collect();
        for version in &is {
            if !was.contains(version) {
                self.versions.push(version_values(after.id, version));
            }
        }
        if let Some(draft) = before.as_ref().and_then(|before| before.draft.as_ref())
            && !is.iter().any(|version| version.id == draft.id)
        {
            self.gone_drafts.push(draft.id);
        }
        if after.removed_at.is_none() {
            self.describe(after, trainings);
        }
    }

    fn describe(&mut self, path: &Stored, trainings: &HashMap<String, Uuid>) {
        for version in [&path.draft, &path.published].into_iter().flatten() {
            let ids: BTreeSet<Uuid> = version
                .definition
                .trainings()
                .filter_map(|code| trainings.get(&fold(code)).copied())
                .collect();
            let state = version.state.as_str();
            self.trainings.extend(ids.into_iter().map(|training| {
                vec![path.id.into_value(), state.into_value(), training.into_value()]
            }));
        }
        let Some(version) = path.shown() else { return };
        let definition = &version.definition;
        let category = definition.category.iter().map(|label| ("category", label));
        for (kind, label) in category.chain(definition.tags.iter().map(|label| ("tag", label))) {
            self.labels.push(vec![
                kind.into_value(),
                fold(label).into_value(),
                path.id.into_value(),
                label.as_str().into_value(),
            ]);
        }
        let terms = terms(&path.code, definition);
        self.terms
            .extend(terms.into_iter().map(|term| vec![term.into_value(), path.id.into_value()]));
    }

    async fn write(self, write: &mut Write) -> Result<()> {
        let tx = &mut write.tx;
        bulk::insert(tx, &PATHS, self.new).await?;
        bulk::upsert(tx, &PATHS, self.known).await?;
        for (delete, ids) in [
            ("DELETE FROM path_versions WHERE id IN (ids?)", self.gone_drafts),
            ("DELETE FROM path_labels WHERE path_id IN (ids?)", self.described.clone()),
            ("DELETE FROM path_terms WHERE path_id IN (ids?)", self.described.clone()),
            ("DELETE FROM path_trainings WHERE path_id IN (ids?)", self.described),
        ] {
            if !ids.is_empty() {
                Assembly::new(delete).bind_ids(&IdList::new(ids)).on(tx).run().await?;
            }
        }
        bulk::upsert(tx, &PATH_VERSIONS, self.versions).await?;
        bulk::insert(tx, &PATH_LABELS, self.labels).await?;
        bulk::insert(tx, &PATH_TERMS, self.terms).await?;
        bulk::insert(tx, &PATH_TRAININGS, self.trainings).await?;
        Ok(())
    }
}

fn path_values(path: &Stored) -> Vec<Value> {
    let definition = path.shown().map(|version| version.definition.clone()).unwrap_or_default();
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    vec![
        path.id.into_value(),
        path.code.as_str().into_value(),
        fold(&path.code).into_value(),
        path.status.as_str().into_value(),
        definition.title.as_str().into_value(),
        fold(&definition.title).into_value(),
        definition.category.clone().into_value(),
        count(definition.steps.len()).into_value(),
        count(definition.trainings().count()).into_value(),
        path.created_at.into_value(),
        path.updated_at.into_value(),
        path.removed_at.into_value(),
    ]
}

fn version_values(path: Uuid, version: &Version) -> Vec<Value> {
    vec![
        version.id.into_value(),
        path.into_value(),
        i64::from(version.number).into_value(),
        version.state.as_str().into_value(),
        version.definition.document().into_value(),
        version.created_at.into_value(),
        version.updated_at.into_value(),
        version.published_at.into_value(),
    ]
}

/// The words by which a path is found: its own, and of its trainings the codes; what those are called
/// may change without the path.
fn terms(code: &str, definition: &PathDefinition) -> Vec<String> {
    let mut terms: Vec<String> = [code, &definition.title, &definition.description]
        .into_iter()
        .chain(definition.category.as_deref())
        .chain(definition.tags.iter().map(String::as_str))
        .chain(definition.steps.iter().filter_map(PathStep::title))
        .chain(definition.trainings())
        .flat_map(words)
        .collect();
    // A whole code is found as it is typed, too.
    terms.push(fold(code));
    terms.sort_unstable();
    terms.dedup();
    terms
}
