//! Writing the difference between trainings as they were and as they are now, in sets; with what
//! lists and searches ask for.

use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::difference::difference;
use super::item_file::digests;
use super::sql::{Stored, Version};
use super::types::TrainingStatus;
use crate::content;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::schema::{
    TRAINING_LABELS, TRAINING_PREREQUISITES, TRAINING_QUIZZES, TRAINING_SKILLS, TRAINING_TERMS,
    TRAINING_VERSIONS, TRAININGS,
};
use crate::kernel::db::{Assembly, Field, IdList, Value, bulk};
use crate::kernel::error::Result;
use crate::kernel::fold::{fold, words};
use crate::operations::{FieldChange, Operation, OperationId, Write};

/// Subjects that one event names at most.
const EVENT_TRAININGS_MAX: usize = 1_000;

/// A training that is being worked on.
#[derive(Debug, Clone)]
pub(crate) struct Work {
    pub(crate) before: Option<Stored>,
    pub(crate) after: Stored,
    /// What now has to come before it, where that was published anew.
    pub(crate) prerequisites: Option<Vec<Uuid>>,
    /// The quizzes that the version asks that was published just now.
    pub(crate) quizzes: Vec<Uuid>,
    /// The skills that it teaches, with levels.
    pub(crate) skills: Vec<(Uuid, u8)>,
}

impl Work {
    pub(crate) fn on(stored: Stored) -> Self {
        Self {
            before: Some(stored.clone()),
            after: stored,
            prerequisites: None,
            quizzes: Vec::new(),
            skills: Vec::new(),
        }
    }

    pub(crate) fn is_new(&self) -> bool {
        self.before.is_none()
    }

    /// What became different, by field.
    pub(crate) fn changed(&self) -> Vec<FieldChange> {
        let before = self.before.as_ref();
        let number = |version: Option<&Version>| version.map(|version| version.number.to_string());
        let draft = |version: &Version| match version.state {
            TrainingStatus::InReview => format!("{} in review", version.number),
            _ => version.number.to_string(),
        };
        let facts = |stored: &Stored| {
            [
                Some(stored.code.clone()),
                Some(stored.status.as_str().to_owned()),
                stored.template.then(|| "yes".to_owned()),
                number(stored.published.as_ref()),
                stored.draft.as_ref().map(draft),
                stored
                    .published
                    .as_ref()
                    .and_then(|version| version.require_retraining_by)
                    .map(|day| day.to_string()),
                stored.removed_at.map(|_| "yes".to_owned()),
            ]
        };
        let names =
            ["code", "status", "template", "version", "draft", "require_retraining_by", "removed"];
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
            _ if self.after.removed_at.is_some() => "training.removed",
            before if number(&self.after) != before.as_ref().and_then(number) => {
                "training.published"
            }
            None => "training.created",
            Some(before) if self.after.status == before.status => "training.changed",
            Some(_) if self.after.status == TrainingStatus::Archived => "training.archived",
            Some(_) => "training.changed",
        }
    }
}

/// Writes what changed, records it as one operation of this kind, and says what changed in each.
pub(crate) async fn save(
    write: &mut Write,
    kind: &'static str,
    works: &mut [Work],
) -> Result<(Vec<Vec<FieldChange>>, Option<OperationId>)> {
    let now = write.ctx.now;
    let changed: Vec<Vec<FieldChange>> = works.iter().map(Work::changed).collect();
    let mut rows = Rows::default();
    for (work, changed) in works.iter_mut().zip(&changed) {
        if !changed.is_empty() {
            work.after.updated_at = now;
            rows.take(work);
        }
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
        operation =
            operation.change("training", Some(work.after.id), before.as_ref(), Some(&after));
    }
    for name in [
        "training.created",
        "training.changed",
        "training.published",
        "training.archived",
        "training.removed",
    ] {
        let of_name: Vec<&Work> =
            touched.iter().map(|(work, _)| *work).filter(|work| work.event() == name).collect();
        if of_name.is_empty() {
            continue;
        }
        let count = name.trim_start_matches("training.");
        operation = operation.count(count, i64::try_from(of_name.len()).unwrap_or(i64::MAX));
        for chunk in of_name.chunks(EVENT_TRAININGS_MAX) {
            let subject = (chunk.len() == 1).then(|| chunk[0].after.id.to_string());
            let ids: Vec<Uuid> = chunk.iter().map(|work| work.after.id).collect();
            let codes: Vec<&str> = chunk.iter().map(|work| &*work.after.code).collect();
            let data = json!({ "training_ids": ids, "codes": codes });
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
    /// Whose labels and terms are written anew.
    described: Vec<Uuid>,
    labels: Vec<Vec<Value>>,
    terms: Vec<Vec<Value>>,
    linked: Vec<Uuid>,
    links: Vec<Vec<Value>>,
    quizzes: Vec<Vec<Value>>,
    skills: Vec<Vec<Value>>,
    /// Which version shows which files; none where it is gone.
    uses: Vec<(Uuid, Vec<String>)>,
}

impl Rows {
    fn take(&mut self, work: &Work) {
        let Work { before, after, prerequisites, quizzes, skills } = work;
        let row = training_values(after);
        if before.is_some() {
            self.known.push(row);
        } else {
            self.new.push(row);
        }
        let was = |version: &Version| {
            let versions = before.iter().flat_map(|before| [&before.draft, &before.published]);
            versions.flatten().any(|known| known == version)
        };
        for version in [&after.draft, &after.published].into_iter().flatten() {
            if !was(version) {
                self.versions.push(version_values(after.id, version));
                let named = digests(&version.definition);
                self.uses.push((version.id, named.into_iter().map(str::to_owned).collect()));
            }
        }
        if after.removed_at.is_some() {
            self.uses.extend(after.draft.iter().map(|draft| (draft.id, Vec::new())));
        }
        if let Some(draft) = before.as_ref().and_then(|before| before.draft.as_ref()) {
            let kept = [&after.draft, &after.published].into_iter().flatten();
            if !kept.map(|version| version.id).any(|id| id == draft.id) {
                self.gone_drafts.push(draft.id);
            }
        }
        let described = |stored: &Stored| {
            let shown = stored.shown().map(|version| version.definition.clone());
            (stored.code.clone(), shown, stored.removed_at.is_some())
        };
        if before.as_ref().map(described) != Some(described(after)) {
            self.describe(before.is_none(), after);
        }
        if let Some(prerequisites) = prerequisites {
            self.linked.extend(before.as_ref().map(|before| before.id));
            self.links.extend(
                prerequisites.iter().map(|id| vec![after.id.into_value(), id.into_value()]),
            );
        }
        if let Some(version) = &after.published {
            let pair = |id: &Uuid| vec![version.id.into_value(), id.into_value()];
            self.quizzes.extend(quizzes.iter().map(pair));
            let taught = |(id, level): &(Uuid, u8)| {
                vec![version.id.into_value(), id.into_value(), i64::from(*level).into_value()]
            };
            self.skills.extend(skills.iter().map(taught));
        }
    }

    fn describe(&mut self, is_new: bool, training: &Stored) {
        if !is_new {
            self.described.push(training.id);
        }
        let Some(version) = training.shown().filter(|_| training.removed_at.is_none()) else {
            return;
        };
        let definition = &version.definition;
        let mut label = |kind: &str, label: &str| {
            self.labels.push(vec![
                kind.into_value(),
                fold(label).into_value(),
                training.id.into_value(),
                label.into_value(),
            ]);
        };
        definition.category.iter().for_each(|text| label("category", text));
        definition.tags.iter().for_each(|text| label("tag", text));
        definition.languages.iter().for_each(|text| label("language", text));
        let terms = terms(training, version);
        self.terms.extend(
            terms.into_iter().map(|term| vec![term.into_value(), training.id.into_value()]),
        );
    }

    async fn write(self, write: &mut Write) -> Result<()> {
        let tx = &mut write.tx;
        bulk::insert(tx, &TRAININGS, self.new).await?;
        bulk::upsert(tx, &TRAININGS, self.known).await?;
        content::forget_uses(tx, &self.gone_drafts).await?;
        for (delete, ids) in [
            ("DELETE FROM training_versions WHERE id IN (ids?)", self.gone_drafts),
            ("DELETE FROM training_labels WHERE training_id IN (ids?)", self.described.clone()),
            ("DELETE FROM training_terms WHERE training_id IN (ids?)", self.described),
            ("DELETE FROM training_prerequisites WHERE training_id IN (ids?)", self.linked),
        ] {
            if !ids.is_empty() {
                Assembly::new(delete).bind_ids(&IdList::new(ids)).on(tx).run().await?;
            }
        }
        bulk::upsert(tx, &TRAINING_VERSIONS, self.versions).await?;
        content::note_uses(tx, &self.uses).await?;
        bulk::insert(tx, &TRAINING_LABELS, self.labels).await?;
        bulk::insert(tx, &TRAINING_TERMS, self.terms).await?;
        bulk::insert(tx, &TRAINING_PREREQUISITES, self.links).await?;
        bulk::insert(tx, &TRAINING_QUIZZES, self.quizzes).await?;
        bulk::insert(tx, &TRAINING_SKILLS, self.skills).await?;
        Ok(())
    }
}

fn training_values(training: &Stored) -> Vec<Value> {
    let definition = training.shown().map(|version| version.definition.clone()).unwrap_or_default();
    let number = |n: Option<u32>| n.map(i64::from).into_value();
    vec![
        training.id.into_value(),
        training.code.as_str().into_value(),
        fold(&training.code).into_value(),
        training.status.as_str().into_value(),
        training.template.into_value(),
        definition.title.as_str().into_value(),
        fold(&definition.title).into_value(),
        definition.category.clone().into_value(),
        definition.difficulty.map(|word| word.as_str().to_owned()).into_value(),
        definition.delivery.as_str().into_value(),
        number(definition.minutes()),
        number(definition.validity_months),
        training.created_at.into_value(),
        training.updated_at.into_value(),
        training.removed_at.into_value(),
    ]
}

fn version_values(training: Uuid, version: &Version) -> Vec<Value> {
    let published_at: Option<Timestamp> = version.published_at;
    vec![
        version.id.into_value(),
        training.into_value(),
        i64::from(version.number.major).into_value(),
        i64::from(version.number.minor).into_value(),
        version.state.as_str().into_value(),
        version.definition.document().into_value(),
        version.require_retraining_by.into_value(),
        version.created_at.into_value(),
        version.updated_at.into_value(),
        published_at.into_value(),
    ]
}

/// The words by which a training is found. What its texts say is not among them: the words that a
/// catalog is searched for stand in its headings.
fn terms(training: &Stored, version: &Version) -> Vec<String> {
    let definition = &version.definition;
    let headings = definition.modules.iter().flat_map(|module| {
        std::iter::once(&module.title).chain(module.items.iter().map(|item| &item.title))
    });
    let mut terms: Vec<String> = [&training.code, &definition.title, &definition.description]
        .into_iter()
        .chain(&definition.category)
        .chain(&definition.tags)
        .chain(headings)
        .flat_map(|text| words(text))
        .collect();
    // A whole code is found as it is typed, too.
    terms.push(fold(&training.code));
    terms.sort_unstable();
    terms.dedup();
    terms
}
