//! Looking at paths: lists, search by the beginnings of words, one with all that is in it.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::PathId;
use super::definition::{PathDefinition, PathStep};
use super::publish::surroundings;
use super::publishing::{problems, warnings};
use super::sql::{self, Stored, Version, number, status};
use super::types::{LearningPath, PathCard, PathShown, PathTraining, PathVersion};
use crate::catalog::sql as trainings;
use crate::catalog::types::PathStatus;
use crate::catalog::visibility::Visibility;
use crate::catalog::{NOT_GIVEN, UNKNOWN_VERSION};
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, IdList, Narrowing, Tx, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::kernel::page::{Page, Paging, paged};

/// Which paths. Several values of one field: any of them; several fields: all.
#[derive(Debug, Clone, Default)]
pub struct PathFilter {
    search: Option<String>,
    statuses: Vec<PathStatus>,
    categories: Vec<String>,
    tags: Vec<String>,
    trainings: Vec<String>,
    by_code: bool,
    paging: Paging,
}

paged!(PathFilter);

impl PathFilter {
    /// All that are not archived, by title.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only those with words that begin so, in code, title, description, labels, the titles of
    /// choices and the codes of trainings.
    #[must_use]
    pub fn search(mut self, text: &str) -> Self {
        self.search = Some(text.to_owned());
        self
    }

    /// Only those that stand so.
    #[must_use]
    pub fn status(mut self, status: PathStatus) -> Self {
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

    /// Only those with this training in a step, published or in a draft; by code or id.
    #[must_use]
    pub fn training(mut self, training: &str) -> Self {
        self.trainings.push(training.to_owned());
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
SELECT p.id, p.code, p.title, p.status, p.category, p.step_count, p.training_count,
       p.created_at, p.updated_at,
       (SELECT MAX(v.number) FROM path_versions v WHERE v.path_id = p.id AND v.state = 'published'),
       d.number, p.code_key, p.title_key
FROM paths p
LEFT JOIN path_versions d ON d.path_id = p.id AND d.state = 'draft'
WHERE";

/// What leaves those that everybody may see.
const WAS_PUBLISHED: &str = "
AND EXISTS (SELECT 1 FROM path_versions v WHERE v.path_id = p.id AND v.state = 'published')";

const LABELLED_CATEGORY: &str = "
SELECT path_id FROM path_labels WHERE kind = 'category' AND label_key IN (texts?)";

const LABELLED_TAG: &str = "
SELECT path_id FROM path_labels WHERE kind = 'tag' AND label_key IN (texts?)";

row! {
    struct ListedRow {
        id: Uuid,
        code: String,
        title: String,
        status: String,
        category: Option<String>,
        step_count: i64,
        training_count: i64,
        created_at: Timestamp,
        updated_at: Timestamp,
        version: Option<i64>,
        draft: Option<i64>,
        code_key: String,
        title_key: String,
    }
}

row! {
    struct TagRow {
        path_id: Uuid,
        label: String,
    }
}

row! {
    struct TrainingRow {
        code: String,
        title: String,
        status: String,
        duration_minutes: Option<i64>,
    }
}

impl TryFrom<ListedRow> for LearningPath {
    type Error = Error;

    fn try_from(row: ListedRow) -> Result<Self> {
        Ok(Self {
            id: PathId::new(row.id),
            code: row.code,
            title: row.title,
            status: status(&row.status)?,
            version: row.version.map(number).transpose()?,
            draft: row.draft.map(number).transpose()?,
            category: row.category,
            tags: Vec::new(),
            steps: number(row.step_count)?,
            trainings: number(row.training_count)?,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

pub(super) async fn list(
    core: &Core,
    visibility: Visibility,
    filter: PathFilter,
) -> Result<Page<LearningPath>> {
    let mut tx = core.db().begin_read().await?;
    let statuses: Vec<PathStatus> = match filter.statuses.as_slice() {
        [] => vec![PathStatus::Draft, PathStatus::Published],
        asked => asked.to_vec(),
    };
    let wanted = Assembly::new(SELECT)
        .push("p.removed_at IS NULL AND p.status IN (texts?)")
        .bind_texts(&statuses.iter().map(|status| status.as_str()).collect::<Vec<_>>());
    let wanted = match visibility {
        Visibility::Everything => wanted,
        Visibility::Published => wanted.push(WAS_PUBLISHED),
    };
    let mut narrowing = Narrowing::new(wanted, "AND p.id");
    narrowing.only_labelled(&mut tx, LABELLED_CATEGORY, &filter.categories).await?;
    narrowing.only_labelled(&mut tx, LABELLED_TAG, &filter.tags).await?;
    if !filter.trainings.is_empty() {
        let mut ids = Vec::new();
        for name in &filter.trainings {
            ids.push(trainings::find_seen(&mut tx, visibility, name).await?.uuid());
        }
        let with = Assembly::new("SELECT path_id FROM path_trainings WHERE training_id IN (ids?)");
        let with = with.bind_ids(&IdList::new(ids));
        let with = match visibility {
            Visibility::Everything => with,
            Visibility::Published => with.push("AND state = 'published'"),
        };
        narrowing.only(&mut tx, with).await?;
    }
    let with_word = "SELECT path_id FROM path_terms WHERE term >= ?";
    narrowing.only_with_words(&mut tx, with_word, filter.search.as_deref()).await?;
    let mut wanted = narrowing.done();
    if let Some((key, id)) = filter.paging.after::<(String, Uuid)>()? {
        let behind = if filter.by_code {
            "AND (p.code_key, p.id) > (?, ?)"
        } else {
            "AND (p.title_key, p.id) > (?, ?)"
        };
        wanted = wanted.push(behind).bind(key).bind(id);
    }
    let order = if filter.by_code {
        "ORDER BY p.code_key, p.id LIMIT ?"
    } else {
        "ORDER BY p.title_key, p.id LIMIT ?"
    };
    let rows: Vec<ListedRow> =
        wanted.push(order).bind(filter.paging.rows_wanted()?).on(&mut tx).all().await?;
    let page = filter.paging.page(rows, |row| {
        let key = if filter.by_code { &row.code_key } else { &row.title_key };
        (key.clone(), row.id)
    })?;
    let mut items = tagged(&mut tx, page.items).await?;
    for item in &mut items {
        visibility.hide(&mut item.draft);
    }
    Ok(Page { items, next: page.next })
}

async fn tagged(tx: &mut Tx, rows: Vec<ListedRow>) -> Result<Vec<LearningPath>> {
    let ids = IdList::new(rows.iter().map(|row| row.id));
    let tags: Vec<TagRow> = Assembly::new(
        "SELECT path_id, label FROM path_labels
         WHERE kind = 'tag' AND path_id IN (ids?) ORDER BY label_key",
    )
    .bind_ids(&ids)
    .on(tx)
    .all()
    .await?;
    let mut by_path: BTreeMap<Uuid, Vec<String>> = BTreeMap::new();
    for tag in tags {
        by_path.entry(tag.path_id).or_default().push(tag.label);
    }
    rows.into_iter()
        .map(|row| {
            let tags = by_path.remove(&row.id).unwrap_or_default();
            Ok(LearningPath { tags, ..row.try_into()? })
        })
        .collect()
}

/// One path as a list shows it; also one that was taken away in this very transaction.
pub(super) async fn path(tx: &mut Tx, id: PathId) -> Result<LearningPath> {
    let row: ListedRow = Assembly::new(SELECT).push("p.id = ?").bind(id).on(tx).one().await?;
    tagged(tx, vec![row]).await?.pop().ok_or_else(|| Error::internal("a path is gone"))
}

pub(super) async fn card(
    core: &Core,
    visibility: Visibility,
    name: &str,
    shown: PathShown,
) -> Result<PathCard> {
    let mut tx = core.db().begin_read().await?;
    let id = sql::find_seen(&mut tx, visibility, name).await?;
    let mut stored = sql::load_one(&mut tx, id).await?;
    let rows: Vec<sql::VersionRow> = tx.sql(&sql::VERSIONS_OF).bind(id).all().await?;
    let mut versions = rows.into_iter().map(Version::try_from).collect::<Result<Vec<_>>>()?;
    visibility.hide(&mut stored.draft);
    if !visibility.is_of_everything() {
        versions.retain(|version| version.published_at.is_some());
    }
    let mut path = path(&mut tx, id).await?;
    visibility.hide(&mut path.draft);
    let version = version(&stored, &versions, shown)?;
    let draft = stored.draft.as_ref().map(|draft| &draft.definition);
    let known = surroundings(&mut tx, draft.into_iter().chain([&version.definition])).await?;
    let named = named(&mut tx, &version.definition).await?;
    let (minutes_min, minutes_max) = minutes(&version.definition, &named).unzip();
    Ok(PathCard {
        path,
        shown: told(version),
        named,
        minutes_min,
        minutes_max,
        problems: draft.map(|draft| problems(draft, &known)).unwrap_or_default(),
        warnings: warnings(&version.definition, &known),
        definition: version.definition.clone(),
        versions: versions.iter().map(told).collect(),
    })
}

fn version<'v>(path: &'v Stored, all: &'v [Version], shown: PathShown) -> Result<&'v Version> {
    let found = match shown {
        PathShown::Current => path.shown(),
        PathShown::Draft => path.draft.as_ref(),
        PathShown::Version(wanted) => all.iter().find(|version| version.number == wanted),
    };
    found.ok_or_else(|| {
        let code = &path.code;
        let message = match shown {
            PathShown::Draft => format!("there is no draft of `{code}`"),
            PathShown::Version(wanted) => format!("there is no version {wanted} of `{code}`"),
            PathShown::Current => format!("there is no version of `{code}`"),
        };
        UNKNOWN_VERSION
            .error(message)
            .with_field("version")
            .with_hint(format!("`lmsctl path show {code}` says which versions there are"))
    })
}

/// The trainings of a path as they are now, in the order of its steps.
async fn named(tx: &mut Tx, definition: &PathDefinition) -> Result<Vec<PathTraining>> {
    let codes: Vec<String> = definition.trainings().map(str::to_owned).collect();
    let ids = trainings::ids_by_code(tx, &codes).await?;
    let rows: Vec<TrainingRow> = Assembly::new(
        "SELECT code, title, status, duration_minutes FROM trainings WHERE id IN (ids?)",
    )
    .bind_ids(&IdList::new(ids.values().copied()))
    .on(tx)
    .all()
    .await?;
    let mut found: HashMap<String, TrainingRow> =
        rows.into_iter().map(|row| (fold(&row.code), row)).collect();
    let mut named = Vec::new();
    for row in codes.iter().filter_map(|code| found.remove(&fold(code))) {
        named.push(PathTraining {
            code: row.code,
            title: row.title,
            status: trainings::status(&row.status)?,
            duration_minutes: row.duration_minutes.and_then(|n| u32::try_from(n).ok()),
        });
    }
    Ok(named)
}

/// How long a path takes for those who choose the shortest, and for those who choose the longest;
/// unknown where one of its trainings does not say.
fn minutes(definition: &PathDefinition, named: &[PathTraining]) -> Option<(u32, u32)> {
    let known: HashMap<&str, u32> = named
        .iter()
        .filter_map(|training| Some((&*training.code, training.duration_minutes?)))
        .collect();
    let (mut least, mut most) = (0_u32, 0_u32);
    for step in &definition.steps {
        let times: Option<Vec<u32>> =
            step.trainings().map(|code| known.get(code).copied()).collect();
        let mut times = times?;
        times.sort_unstable();
        let n_chosen = match step {
            PathStep::Required { .. } => times.len(),
            PathStep::Elective { any, .. } => usize::try_from(*any).ok()?,
        };
        let sum = |times: &mut dyn Iterator<Item = &u32>| {
            times.take(n_chosen).fold(0_u32, |sum, time| sum.saturating_add(*time))
        };
        least = least.saturating_add(sum(&mut times.iter()));
        most = most.saturating_add(sum(&mut times.iter().rev()));
    }
    (!definition.steps.is_empty()).then_some((least, most))
}

fn told(version: &Version) -> PathVersion {
    PathVersion {
        version: version.number,
        state: version.state,
        title: version.definition.title.clone(),
        created_at: version.created_at,
        published_at: version.published_at,
    }
}

/// A path as it is given to people, in its published version.
#[derive(Debug, Clone)]
pub(crate) struct GivenPath {
    pub(crate) id: Uuid,
    pub(crate) code: String,
    pub(crate) steps: Vec<GivenStep>,
}

/// So many of these trainings have to be done.
#[derive(Debug, Clone)]
pub(crate) struct GivenStep {
    pub(crate) n_needed: usize,
    pub(crate) of: Vec<Uuid>,
}

impl GivenStep {
    /// Whether there is nothing to choose.
    pub(crate) fn is_required(&self) -> bool {
        self.n_needed >= self.of.len()
    }
}

/// A path that is given to people, by its code or id.
pub(crate) async fn given(tx: &mut Tx, path: &str) -> Result<GivenPath> {
    let id = sql::find(tx, path).await?;
    let stored = sql::load_one(tx, id).await?;
    if stored.published.is_none() || stored.status != PathStatus::Published {
        return Err(NOT_GIVEN
            .error(format!("the path `{}` is not given to anybody", stored.code))
            .with_field("path")
            .with_hint(format!("publish it first: `lmsctl path publish {}`", stored.code)));
    }
    let found = given_of(tx, vec![stored]).await?.pop();
    found.ok_or_else(|| Error::internal("a published path is gone"))
}

/// Paths that people were given, also where nobody else is given them any more.
pub(crate) async fn all_given(tx: &mut Tx, ids: &IdList) -> Result<Vec<GivenPath>> {
    let stored = sql::load(tx, ids).await?.into_values().collect();
    given_of(tx, stored).await
}

async fn given_of(tx: &mut Tx, paths: Vec<Stored>) -> Result<Vec<GivenPath>> {
    let published: Vec<(Uuid, String, Vec<PathStep>)> = paths
        .into_iter()
        .filter_map(|path| Some((path.id, path.code, path.published?.definition.steps)))
        .collect();
    let steps = published.iter().flat_map(|(.., steps)| steps);
    let codes: Vec<String> = steps.flat_map(PathStep::trainings).map(str::to_owned).collect();
    let ids = trainings::ids_by_code(tx, &codes).await?;
    let step = |step: &PathStep| {
        let of: Vec<Uuid> =
            step.trainings().filter_map(|code| ids.get(&fold(code)).copied()).collect();
        let n_needed = match step {
            PathStep::Required { .. } => of.len(),
            PathStep::Elective { any, .. } => usize::try_from(*any).unwrap_or(usize::MAX),
        };
        GivenStep { n_needed, of }
    };
    let path = |(id, code, steps): (Uuid, String, Vec<PathStep>)| GivenPath {
        id,
        code,
        steps: steps.iter().map(step).collect(),
    };
    Ok(published.into_iter().map(path).collect())
}
