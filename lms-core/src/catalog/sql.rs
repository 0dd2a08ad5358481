//! Statements over trainings.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::definition::TrainingDefinition;
use super::publishing::{Known, KnownTraining};
use super::types::{TrainingStatus, VersionNumber};
use super::visibility::Visibility;
use super::{TrainingId, UNKNOWN_TRAINING};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Assembly, IdList, One, Tx, row, statements};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::kernel::suggest::suggest;
use crate::kernel::text::Day;

statements! {
    /// With $2, whatever there is; without, what was published.
    TRAINING_ID = "SELECT t.id FROM trainings t WHERE t.id = $1 AND t.removed_at IS NULL
                     AND ($2 OR EXISTS (SELECT 1 FROM training_versions v
                                        WHERE v.training_id = t.id AND v.state = 'published'))";

    TRAINING_ID_BY_CODE = "SELECT t.id FROM trainings t WHERE t.code_key = $1 AND t.removed_at IS NULL
                             AND ($2 OR EXISTS (SELECT 1 FROM training_versions v
                                                WHERE v.training_id = t.id AND v.state = 'published'))";

    /// For \"did you mean\": those whose code is near in the alphabet.
    NEAR_CODES = "SELECT t.code, t.title FROM trainings t
                  WHERE t.code_key >= $1 AND t.removed_at IS NULL
                    AND ($2 OR EXISTS (SELECT 1 FROM training_versions v
                                       WHERE v.training_id = t.id AND v.state = 'published'))
                  ORDER BY t.code_key LIMIT 200";

    VERSIONS_OF = "SELECT id, training_id, major, minor, state, document, require_retraining_by,
                          created_at, updated_at, published_at
                   FROM training_versions WHERE training_id = $1 ORDER BY major DESC, minor DESC";

    VERSION = "SELECT id, training_id, major, minor, state, document, require_retraining_by,
                      created_at, updated_at, published_at
               FROM training_versions WHERE id = $1";

    /// The newest that was published.
    PUBLISHED_VERSION = "SELECT id, training_id, major, minor, state, document, require_retraining_by,
                                created_at, updated_at, published_at
                         FROM training_versions WHERE training_id = $1 AND state = 'published'
                         ORDER BY major DESC, minor DESC LIMIT 1";

    REQUIRED_BY = "SELECT t.code FROM training_prerequisites p JOIN trainings t ON t.id = p.training_id
                   WHERE p.required_id = $1 AND t.status = 'published' ORDER BY t.code_key";

    CATEGORIES = "SELECT MIN(l.label), COUNT(*) FROM training_labels l
                  JOIN trainings t ON t.id = l.training_id
                  WHERE l.kind = 'category' AND t.removed_at IS NULL AND t.status <> 'archived'
                    AND NOT t.is_template AND ($1 OR t.status = 'published')
                  GROUP BY l.label_key ORDER BY l.label_key";

    PREREQUISITES_OF = "SELECT t.code FROM training_prerequisites p JOIN trainings t ON t.id = p.required_id
                        WHERE p.training_id = $1 ORDER BY t.code_key";

    /// Learning paths that people are given, and could no longer go to their end.
    PATHS_WITH = "SELECT p.code FROM path_trainings u JOIN paths p ON p.id = u.path_id
                  WHERE u.training_id = $1 AND u.state = 'published' AND p.status = 'published'
                  ORDER BY p.code_key";

    /// The same, and those that are only being written.
    PATHS_NAMING = "SELECT p.code FROM paths p
                    WHERE p.id IN (SELECT u.path_id FROM path_trainings u WHERE u.training_id = $1)
                    ORDER BY p.code_key";

    EQUIVALENTS_OF = "SELECT e.id, e.satisfied_by_id, t.code, e.valid_from, e.valid_until
                      FROM training_equivalents e JOIN trainings t ON t.id = e.satisfied_by_id
                      WHERE e.training_id = $1 AND e.retracted_at IS NULL
                      ORDER BY e.valid_from, t.code_key";

    RETRACT_EQUIVALENT = "UPDATE training_equivalents SET retracted_at = $2
                          WHERE id = $1 AND retracted_at IS NULL";
}

row! {
    pub(crate) struct CategoryRow {
        pub(crate) name: String,
        pub(crate) trainings: i64,
    }
}

row! {
    struct TrainingRow {
        id: Uuid,
        code: String,
        status: String,
        is_template: bool,
        created_at: Timestamp,
        updated_at: Timestamp,
    }
}

row! {
    pub(super) struct VersionRow {
        id: Uuid,
        training_id: Uuid,
        major: i64,
        minor: i64,
        state: String,
        document: String,
        require_retraining_by: Option<Day>,
        created_at: Timestamp,
        updated_at: Timestamp,
        published_at: Option<Timestamp>,
    }
}

row! {
    pub(super) struct EquivalentRow {
        pub(super) id: Uuid,
        pub(super) satisfied_by_id: Uuid,
        pub(super) code: String,
        pub(super) valid_from: Day,
        pub(super) valid_until: Option<Day>,
    }
}

row! {
    struct NearRow {
        code: String,
        title: String,
    }
}

row! {
    struct CodeRow {
        id: Uuid,
        code_key: String,
    }
}

row! {
    struct KnownRow {
        id: Uuid,
        code: String,
        status: String,
        is_template: bool,
    }
}

row! {
    struct LinkRow {
        training_id: Uuid,
        required_id: Uuid,
    }
}

/// A version as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Version {
    pub(crate) id: Uuid,
    pub(crate) number: VersionNumber,
    pub(crate) state: TrainingStatus,
    pub(crate) definition: TrainingDefinition,
    pub(crate) require_retraining_by: Option<Day>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) published_at: Option<Timestamp>,
}

/// A training as it is kept, with the two versions that matter: its draft, and the newest that was
/// published. It has one of them at least.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stored {
    pub(crate) id: Uuid,
    pub(crate) code: String,
    pub(crate) status: TrainingStatus,
    pub(crate) template: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) removed_at: Option<Timestamp>,
    pub(crate) draft: Option<Version>,
    pub(crate) published: Option<Version>,
}

impl Stored {
    /// The version that others see: the published one, or the draft where there is none.
    pub(crate) fn shown(&self) -> Option<&Version> {
        self.published.as_ref().or(self.draft.as_ref())
    }

    /// The version that an author works on: the draft, or the published one where there is none.
    pub(crate) fn working(&self) -> Option<&Version> {
        self.draft.as_ref().or(self.published.as_ref())
    }
}

pub(super) fn status(text: &str) -> Result<TrainingStatus> {
    TrainingStatus::parse(text).map_err(|cause| Error::inconsistent("trainings.status", cause))
}

pub(super) fn number(major: i64, minor: i64) -> Result<VersionNumber> {
    let part = |n: i64| {
        u32::try_from(n).map_err(|cause| Error::inconsistent("training_versions.major", cause))
    };
    Ok(VersionNumber { major: part(major)?, minor: part(minor)? })
}

impl TryFrom<VersionRow> for Version {
    type Error = Error;

    fn try_from(row: VersionRow) -> Result<Self> {
        Ok(Self {
            id: row.id,
            number: number(row.major, row.minor)?,
            state: status(&row.state)?,
            definition: TrainingDefinition::from_document(&row.document)?,
            require_retraining_by: row.require_retraining_by,
            created_at: row.created_at,
            updated_at: row.updated_at,
            published_at: row.published_at,
        })
    }
}

/// A training by code or id.
pub(crate) async fn find(tx: &mut Tx, text: &str) -> Result<TrainingId> {
    find_seen(tx, Visibility::Everything, text).await
}

/// Trainings by code or id, in that order: as many as somebody typed.
pub(crate) async fn find_all(tx: &mut Tx, texts: &[String]) -> Result<Vec<Uuid>> {
    let mut ids = Vec::with_capacity(texts.len());
    for text in texts {
        ids.push(find(tx, text).await?.uuid());
    }
    Ok(ids)
}

/// A training by code or id that is published, or was: what drafts there are is told to nobody.
pub(crate) async fn find_published(tx: &mut Tx, text: &str) -> Result<TrainingId> {
    find_seen(tx, Visibility::Published, text).await
}

/// A training by code or id, as far as somebody sees it.
pub(super) async fn find_seen(
    tx: &mut Tx,
    visibility: Visibility,
    text: &str,
) -> Result<TrainingId> {
    let (text, all) = (text.trim(), visibility.is_of_everything());
    let found: Option<One<Uuid>> = match text.parse::<Uuid>() {
        Ok(id) => tx.sql(&TRAINING_ID).bind(id).bind(all).opt().await?,
        Err(_) => tx.sql(&TRAINING_ID_BY_CODE).bind(fold(text)).bind(all).opt().await?,
    };
    match found {
        Some(One(id)) => Ok(TrainingId::new(id)),
        None => Err(unknown(tx, visibility, text).await?),
    }
}

pub(super) async fn unknown(tx: &mut Tx, visibility: Visibility, text: &str) -> Result<Error> {
    let start: String = fold(text).chars().take(2).collect();
    let near: Vec<NearRow> =
        tx.sql(&NEAR_CODES).bind(start).bind(visibility.is_of_everything()).all().await?;
    let by_title = near.iter().find(|near| fold(&near.title) == fold(text));
    let hint = by_title
        .map(|near| format!("did you mean `{}`?", near.code))
        .or_else(|| suggest(text, near.iter().map(|near| &near.code)));
    Ok(UNKNOWN_TRAINING
        .error(format!("there is no training `{text}`"))
        .with_field("training")
        .with_hints(hint)
        .with_hint("name a training by its code; `lmsctl training list --search` finds it"))
}

/// The ids of those codes that are there, by the folded code.
pub(crate) async fn ids_by_code(tx: &mut Tx, codes: &[String]) -> Result<HashMap<String, Uuid>> {
    if codes.is_empty() {
        return Ok(HashMap::new());
    }
    let keys: Vec<String> = codes.iter().map(|code| fold(code)).collect();
    let rows: Vec<CodeRow> = Assembly::new(
        "SELECT id, code_key FROM trainings
         WHERE removed_at IS NULL AND code_key IN (texts?)",
    )
    .bind_texts(&keys)
    .on(tx)
    .all()
    .await?;
    Ok(rows.into_iter().map(|row| (row.code_key, row.id)).collect())
}

/// Loads trainings whole, in two statements however many they are.
pub(crate) async fn load(tx: &mut Tx, ids: &IdList) -> Result<BTreeMap<Uuid, Stored>> {
    let rows: Vec<TrainingRow> = Assembly::new(
        "SELECT id, code, status, is_template, created_at, updated_at FROM trainings
         WHERE removed_at IS NULL AND id IN (ids?)",
    )
    .bind_ids(ids)
    .on(tx)
    .all()
    .await?;
    let mut found = BTreeMap::new();
    for row in rows {
        let stored = Stored {
            id: row.id,
            code: row.code,
            status: status(&row.status)?,
            template: row.is_template,
            created_at: row.created_at,
            updated_at: row.updated_at,
            removed_at: None,
            draft: None,
            published: None,
        };
        found.insert(row.id, stored);
    }
    let versions: Vec<VersionRow> = Assembly::new(
        "SELECT v.id, v.training_id, v.major, v.minor, v.state, v.document, v.require_retraining_by,
                v.created_at, v.updated_at, v.published_at
         FROM training_versions v
         WHERE v.training_id IN (ids?)
           AND (v.state <> 'published' OR NOT EXISTS (
                SELECT 1 FROM training_versions w
                WHERE w.training_id = v.training_id AND w.state = 'published'
                  AND (w.major, w.minor) > (v.major, v.minor)))",
    )
    .bind_ids(ids)
    .on(tx)
    .all()
    .await?;
    for row in versions {
        let Some(stored) = found.get_mut(&row.training_id) else { continue };
        let version: Version = row.try_into()?;
        match version.state {
            TrainingStatus::Published => stored.published = Some(version),
            _ => stored.draft = Some(version),
        }
    }
    Ok(found)
}

/// What trainings are: their newest versions that were published, by now or by an instant.
pub(crate) async fn published_by(
    tx: &mut Tx,
    ids: &IdList,
    instant: Option<Timestamp>,
) -> Result<HashMap<Uuid, TrainingDefinition>> {
    let wanted = Assembly::new(
        "SELECT v.id, v.training_id, v.major, v.minor, v.state, v.document, v.require_retraining_by,
                v.created_at, v.updated_at, v.published_at
         FROM training_versions v
         WHERE v.state = 'published' AND v.training_id IN (ids?)",
    )
    .bind_ids(ids)
    .push_some("AND v.published_at <= ?", instant)
    .push(
        "AND NOT EXISTS (SELECT 1 FROM training_versions w
                         WHERE w.training_id = v.training_id AND w.state = 'published'
                           AND (w.major, w.minor) > (v.major, v.minor)",
    )
    .push_some("AND w.published_at <= ?", instant)
    .push(")");
    let rows: Vec<VersionRow> = wanted.on(tx).all().await?;
    rows.into_iter()
        .map(|row| Ok((row.training_id, TrainingDefinition::from_document(&row.document)?)))
        .collect()
}

/// One training that is known to be there.
pub(crate) async fn load_one(tx: &mut Tx, id: TrainingId) -> Result<Stored> {
    let mut found = load(tx, &IdList::new([id.uuid()])).await?;
    found.remove(&id.uuid()).ok_or_else(|| Error::internal("a training is gone"))
}

/// What is known of these trainings, and of all that has to come before them; with the ids.
pub(crate) async fn known(tx: &mut Tx, ids: &HashMap<String, Uuid>) -> Result<Known> {
    let mut known = Known::default();
    if ids.is_empty() {
        return Ok(known);
    }
    let list = IdList::new(ids.values().copied());
    let reach = || {
        Assembly::new(
            "WITH RECURSIVE reach (id) AS (
                 SELECT id FROM trainings WHERE id IN (ids?)",
        )
        .bind_ids(&list)
        .push(
            "UNION
                 SELECT p.required_id FROM reach r
                 JOIN training_prerequisites p ON p.training_id = r.id)",
        )
    };
    let rows: Vec<KnownRow> = reach()
        .push("SELECT t.id, t.code, t.status, t.is_template FROM reach r JOIN trainings t ON t.id = r.id")
        .on(tx)
        .all()
        .await?;
    let keys: HashMap<Uuid, String> = rows.iter().map(|row| (row.id, fold(&row.code))).collect();
    for row in rows {
        let training = KnownTraining {
            code: row.code,
            status: status(&row.status)?,
            template: row.is_template,
        };
        known.trainings.insert(fold(&training.code), training);
    }
    let links: Vec<LinkRow> = reach()
        .push(
            "SELECT p.training_id, p.required_id FROM reach r
             JOIN training_prerequisites p ON p.training_id = r.id",
        )
        .on(tx)
        .all()
        .await?;
    for link in links {
        if let (Some(of), Some(first)) = (keys.get(&link.training_id), keys.get(&link.required_id))
        {
            known.prerequisites.entry(of.clone()).or_default().push(first.clone());
        }
    }
    Ok(known)
}
