//! Looking at trainings: lists, search by the beginnings of words, one with all that is in it.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::publish::problems_of_draft;
use super::sql::{self, Stored, Version, number, status};
use super::types::{
    Category, Delivery, Difficulty, Equivalent, Shown, Training, TrainingCard, TrainingStatus,
    TrainingVersion,
};
use super::visibility::Visibility;
use super::{TrainingId, UNKNOWN_VERSION};
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, IdList, Narrowing, One, Tx, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::page::{Page, Paging, paged};
use crate::kernel::text::Day;
use crate::people::{HistoryFilter, RecordHistoryEntry, history_of};
use crate::settings;

/// Which trainings. Several values of one field: any of them; several fields: all.
#[derive(Debug, Clone, Default)]
pub struct TrainingFilter {
    search: Option<String>,
    statuses: Vec<TrainingStatus>,
    categories: Vec<String>,
    tags: Vec<String>,
    languages: Vec<String>,
    deliveries: Vec<Delivery>,
    templates: bool,
    by_code: bool,
    paging: Paging,
}

paged!(TrainingFilter);

impl TrainingFilter {
    /// All that are not archived, without templates, by title.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only those with words that begin so, in code, title, description, labels and headings.
    #[must_use]
    pub fn search(mut self, text: &str) -> Self {
        self.search = Some(text.to_owned());
        self
    }

    /// Only those that stand so.
    #[must_use]
    pub fn status(mut self, status: TrainingStatus) -> Self {
        self.statuses.push(status);
        self
    }

    /// Only those under this heading.
    #[must_use]
    pub fn category(mut self, category: &str) -> Self {
        self.categories.push(category.to_owned());
        self
    }

    /// Only those with this tag.
    #[must_use]
    pub fn tag(mut self, tag: &str) -> Self {
        self.tags.push(tag.to_owned());
        self
    }

    /// Only those in this language.
    #[must_use]
    pub fn language(mut self, language: &str) -> Self {
        self.languages.push(language.to_owned());
        self
    }

    /// Only those that are given so.
    #[must_use]
    pub fn delivery(mut self, delivery: Delivery) -> Self {
        self.deliveries.push(delivery);
        self
    }

    /// Templates, in place of trainings.
    #[must_use]
    pub fn templates(mut self, templates: bool) -> Self {
        self.templates = templates;
        self
    }

    /// In the order of their codes.
    #[must_use]
    pub fn by_code(mut self, by_code: bool) -> Self {
        self.by_code = by_code;
        self
    }
}

const SELECT: &str = "
SELECT t.id, t.code, t.title, t.status, t.is_template, t.category, t.delivery, t.difficulty,
       t.duration_minutes, t.validity_months, t.created_at, t.updated_at,
       (SELECT v.major FROM training_versions v WHERE v.training_id = t.id AND v.state = 'published'
        ORDER BY v.major DESC, v.minor DESC LIMIT 1),
       (SELECT v.minor FROM training_versions v WHERE v.training_id = t.id AND v.state = 'published'
        ORDER BY v.major DESC, v.minor DESC LIMIT 1),
       d.major, d.minor, t.code_key, t.title_key
FROM trainings t
LEFT JOIN training_versions d ON d.training_id = t.id AND d.state <> 'published'
WHERE";

/// What leaves those that everybody may see.
const WAS_PUBLISHED: &str = "
AND EXISTS (SELECT 1 FROM training_versions v WHERE v.training_id = t.id AND v.state = 'published')";

const LABELLED_CATEGORY: &str = "
SELECT training_id FROM training_labels WHERE kind = 'category' AND label_key IN (texts?)";

const LABELLED_TAG: &str = "
SELECT training_id FROM training_labels WHERE kind = 'tag' AND label_key IN (texts?)";

const LABELLED_LANGUAGE: &str = "
SELECT training_id FROM training_labels WHERE kind = 'language' AND label_key IN (texts?)";

row! {
    struct ListedRow {
        id: Uuid,
        code: String,
        title: String,
        status: String,
        is_template: bool,
        category: Option<String>,
        delivery: String,
        difficulty: Option<String>,
        duration_minutes: Option<i64>,
        validity_months: Option<i64>,
        created_at: Timestamp,
        updated_at: Timestamp,
        major: Option<i64>,
        minor: Option<i64>,
        draft_major: Option<i64>,
        draft_minor: Option<i64>,
        code_key: String,
        title_key: String,
    }
}

row! {
    struct LabelRow {
        training_id: Uuid,
        kind: String,
        label: String,
    }
}

impl TryFrom<ListedRow> for Training {
    type Error = Error;

    fn try_from(row: ListedRow) -> Result<Self> {
        let wrong = |cause: Error| Error::inconsistent("trainings", cause);
        let count = |n: Option<i64>| n.and_then(|n| u32::try_from(n).ok());
        let version = |major: Option<i64>, minor: Option<i64>| match (major, minor) {
            (Some(major), Some(minor)) => number(major, minor).map(Some),
            _ => Ok(None),
        };
        Ok(Self {
            id: TrainingId::new(row.id),
            code: row.code,
            title: row.title,
            status: status(&row.status)?,
            version: version(row.major, row.minor)?,
            draft: version(row.draft_major, row.draft_minor)?,
            template: row.is_template,
            category: row.category,
            tags: Vec::new(),
            languages: Vec::new(),
            delivery: Delivery::parse(&row.delivery).map_err(wrong)?,
            difficulty: row
                .difficulty
                .map(|text| Difficulty::parse(&text))
                .transpose()
                .map_err(wrong)?,
            duration_minutes: count(row.duration_minutes),
            validity_months: count(row.validity_months),
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

pub(super) async fn list(
    core: &Core,
    visibility: Visibility,
    filter: TrainingFilter,
) -> Result<Page<Training>> {
    let mut tx = core.db().begin_read().await?;
    let statuses: Vec<TrainingStatus> = match filter.statuses.as_slice() {
        [] => TrainingStatus::ALL
            .iter()
            .copied()
            .filter(|status| *status != TrainingStatus::Archived)
            .collect(),
        asked => asked.to_vec(),
    };
    let wanted = Assembly::new(SELECT)
        .push("t.removed_at IS NULL AND t.is_template = ?")
        .bind(filter.templates)
        .push("AND t.status IN (texts?)")
        .bind_texts(&statuses.iter().map(|status| status.as_str()).collect::<Vec<_>>());
    let wanted = match visibility {
        Visibility::Everything => wanted,
        Visibility::Published => wanted.push(WAS_PUBLISHED),
    };
    let wanted = match filter.deliveries.as_slice() {
        [] => wanted,
        asked => wanted
            .push("AND t.delivery IN (texts?)")
            .bind_texts(&asked.iter().map(|delivery| delivery.as_str()).collect::<Vec<_>>()),
    };
    let mut narrowing = Narrowing::new(wanted, "AND t.id");
    for (labelled, labels) in [
        (LABELLED_CATEGORY, &filter.categories),
        (LABELLED_TAG, &filter.tags),
        (LABELLED_LANGUAGE, &filter.languages),
    ] {
        narrowing.only_labelled(&mut tx, labelled, labels).await?;
    }
    let with_word = "SELECT training_id FROM training_terms WHERE term >= ?";
    narrowing.only_with_words(&mut tx, with_word, filter.search.as_deref()).await?;
    let mut wanted = narrowing.done();
    if let Some((key, id)) = filter.paging.after::<(String, Uuid)>()? {
        let behind = if filter.by_code {
            "AND (t.code_key, t.id) > (?, ?)"
        } else {
            "AND (t.title_key, t.id) > (?, ?)"
        };
        wanted = wanted.push(behind).bind(key).bind(id);
    }
    let order = if filter.by_code {
        "ORDER BY t.code_key, t.id LIMIT ?"
    } else {
        "ORDER BY t.title_key, t.id LIMIT ?"
    };
    let rows: Vec<ListedRow> =
        wanted.push(order).bind(filter.paging.rows_wanted()?).on(&mut tx).all().await?;
    let page = filter.paging.page(rows, |row| {
        let key = if filter.by_code { &row.code_key } else { &row.title_key };
        (key.clone(), row.id)
    })?;
    let mut items = labelled(&mut tx, page.items).await?;
    for item in &mut items {
        visibility.hide(&mut item.draft);
    }
    Ok(Page { items, next: page.next })
}

pub(super) async fn categories(core: &Core, visibility: Visibility) -> Result<Vec<Category>> {
    let mut tx = core.db().begin_read().await?;
    let rows: Vec<sql::CategoryRow> =
        tx.sql(&sql::CATEGORIES).bind(visibility.is_of_everything()).all().await?;
    let category = |row: sql::CategoryRow| Category { name: row.name, trainings: row.trainings };
    Ok(rows.into_iter().map(category).collect())
}

async fn labelled(tx: &mut Tx, rows: Vec<ListedRow>) -> Result<Vec<Training>> {
    let ids = IdList::new(rows.iter().map(|row| row.id));
    let labels: Vec<LabelRow> = Assembly::new(
        "SELECT training_id, kind, label FROM training_labels
         WHERE training_id IN (ids?) ORDER BY kind, label_key",
    )
    .bind_ids(&ids)
    .on(tx)
    .all()
    .await?;
    let mut by_training: BTreeMap<Uuid, Vec<LabelRow>> = BTreeMap::new();
    for label in labels {
        by_training.entry(label.training_id).or_default().push(label);
    }
    rows.into_iter()
        .map(|row| {
            let labels = by_training.remove(&row.id).unwrap_or_default();
            let mut training = Training::try_from(row)?;
            for LabelRow { kind, label, .. } in labels {
                match kind.as_str() {
                    "tag" => training.tags.push(label),
                    "language" => training.languages.push(label),
                    _ => {}
                }
            }
            Ok(training)
        })
        .collect()
}

/// One training as a list shows it; also one that was taken away in this very transaction.
pub(super) async fn training(tx: &mut Tx, id: TrainingId) -> Result<Training> {
    let row: ListedRow = Assembly::new(SELECT).push("t.id = ?").bind(id).on(tx).one().await?;
    labelled(tx, vec![row]).await?.pop().ok_or_else(|| Error::internal("a training is gone"))
}

pub(super) async fn card(
    core: &Core,
    visibility: Visibility,
    name: &str,
    shown: Shown,
) -> Result<TrainingCard> {
    let mut tx = core.db().begin_read().await?;
    let id = sql::find_seen(&mut tx, visibility, name).await?;
    let mut stored = sql::load_one(&mut tx, id).await?;
    visibility.hide(&mut stored.draft);
    let version = version(&mut tx, visibility, &stored, shown).await?;
    let problems = problems_of_draft(&mut tx, &stored).await?;
    let mut training = training(&mut tx, id).await?;
    visibility.hide(&mut training.draft);
    let codes = |rows: Vec<One<String>>| rows.into_iter().map(|One(code)| code).collect();
    let prerequisites = tx.sql(&sql::PREREQUISITES_OF).bind(id).all().await?;
    let required_by = tx.sql(&sql::REQUIRED_BY).bind(id).all().await?;
    Ok(TrainingCard {
        training,
        shown: told(&version),
        definition: version.definition,
        prerequisites: codes(prerequisites),
        required_by: codes(required_by),
        equivalents: equivalents(&mut tx, id).await?,
        problems,
    })
}

pub(super) async fn equivalents(tx: &mut Tx, id: TrainingId) -> Result<Vec<Equivalent>> {
    let rows: Vec<sql::EquivalentRow> = tx.sql(&sql::EQUIVALENTS_OF).bind(id).all().await?;
    let equivalent = |row: sql::EquivalentRow| Equivalent {
        satisfied_by: row.code,
        from: row.valid_from,
        until: row.valid_until,
    };
    Ok(rows.into_iter().map(equivalent).collect())
}

async fn version(
    tx: &mut Tx,
    visibility: Visibility,
    training: &Stored,
    shown: Shown,
) -> Result<Version> {
    let found = match shown {
        Shown::Current => training.shown().cloned(),
        Shown::Draft => training.draft.clone(),
        Shown::Version(wanted) => {
            let known = versions_of(tx, visibility, training.id).await?;
            known.into_iter().find(|known| known.number == wanted)
        }
        Shown::AsOf(day) => {
            let end = end_of(tx, day).await?;
            let then = |known: &Version| known.published_at.is_some_and(|at| at < end);
            versions_of(tx, visibility, training.id).await?.into_iter().find(then)
        }
    };
    found.ok_or_else(|| {
        let code = &training.code;
        let message = match shown {
            Shown::Draft => format!("there is no draft of `{code}`"),
            Shown::Version(wanted) => format!("there is no version {wanted} of `{code}`"),
            Shown::AsOf(day) => format!("`{code}` was not published yet on {day}"),
            Shown::Current => format!("there is no version of `{code}`"),
        };
        UNKNOWN_VERSION
            .error(message)
            .with_field("version")
            .with_hint(format!("`lmsctl training versions {code}` lists them"))
    })
}

/// The first instant behind a day, where the organisation is.
async fn end_of(tx: &mut Tx, day: Day) -> Result<Timestamp> {
    let zone = settings::current(tx).await?.timezone.zone();
    Ok(day.next().starts_at(&zone))
}

/// All versions that somebody sees, the newest first.
async fn versions_of(tx: &mut Tx, visibility: Visibility, training: Uuid) -> Result<Vec<Version>> {
    let rows: Vec<sql::VersionRow> = tx.sql(&sql::VERSIONS_OF).bind(training).all().await?;
    let versions = rows.into_iter().map(Version::try_from);
    versions
        .filter(|version| {
            let is_seen = |version: &Version| version.published_at.is_some();
            visibility.is_of_everything() || version.as_ref().map_or(true, is_seen)
        })
        .collect()
}

pub(super) async fn versions(
    core: &Core,
    visibility: Visibility,
    name: &str,
) -> Result<Vec<TrainingVersion>> {
    let mut tx = core.db().begin_read().await?;
    let id = sql::find_seen(&mut tx, visibility, name).await?;
    Ok(versions_of(&mut tx, visibility, id.uuid()).await?.iter().map(told).collect())
}

pub(super) async fn history(
    core: &Core,
    name: &str,
    filter: HistoryFilter,
) -> Result<Page<RecordHistoryEntry>> {
    let mut tx = core.db().begin_read().await?;
    let id = sql::find(&mut tx, name).await?;
    history_of(&mut tx, "training", id.uuid(), filter).await
}

fn told(version: &Version) -> TrainingVersion {
    TrainingVersion {
        version: version.number,
        state: version.state,
        title: version.definition.title.clone(),
        created_at: version.created_at,
        published_at: version.published_at,
        require_retraining_by: version.require_retraining_by,
    }
}
