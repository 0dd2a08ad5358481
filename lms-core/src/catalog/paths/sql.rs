//! Statements over paths.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::PathId;
use super::definition::PathDefinition;
use crate::catalog::UNKNOWN_PATH;
use crate::catalog::types::PathStatus;
use crate::catalog::visibility::Visibility;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Assembly, Engine, IdList, One, Tx, row, statements};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::kernel::suggest::suggest;

statements! {
    /// With $2, whatever there is; without, what was published.
    PATH_ID = "SELECT p.id FROM paths p WHERE p.id = $1 AND p.removed_at IS NULL
                 AND ($2 OR EXISTS (SELECT 1 FROM path_versions v
                                    WHERE v.path_id = p.id AND v.state = 'published'))";

    PATH_ID_BY_CODE = "SELECT p.id FROM paths p WHERE p.code_key = $1 AND p.removed_at IS NULL
                         AND ($2 OR EXISTS (SELECT 1 FROM path_versions v
                                            WHERE v.path_id = p.id AND v.state = 'published'))";

    /// For \"did you mean\": those whose code is near in the alphabet.
    NEAR_CODES = "SELECT p.code, p.title FROM paths p
                  WHERE p.code_key >= $1 AND p.removed_at IS NULL
                    AND ($2 OR EXISTS (SELECT 1 FROM path_versions v
                                       WHERE v.path_id = p.id AND v.state = 'published'))
                  ORDER BY p.code_key LIMIT 200";

    VERSIONS_OF = "SELECT id, path_id, number, state, document, created_at, updated_at, published_at
                   FROM path_versions WHERE path_id = $1 ORDER BY number DESC";
}

row! {
    struct PathRow {
        id: Uuid,
        code: String,
        status: String,
        created_at: Timestamp,
        updated_at: Timestamp,
    }
}

row! {
    pub(super) struct VersionRow {
        id: Uuid,
        path_id: Uuid,
        number: i64,
        state: String,
        document: String,
        created_at: Timestamp,
        updated_at: Timestamp,
        published_at: Option<Timestamp>,
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

/// A version as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Version {
    pub(super) id: Uuid,
    pub(super) number: u32,
    pub(super) state: PathStatus,
    pub(super) definition: PathDefinition,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) published_at: Option<Timestamp>,
}

/// A path as it is kept, with the two versions that matter: its draft, and the newest that was
/// published. It has one of them at least.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stored {
    pub(super) id: Uuid,
    pub(super) code: String,
    pub(super) status: PathStatus,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) removed_at: Option<Timestamp>,
    pub(super) draft: Option<Version>,
    pub(super) published: Option<Version>,
}

impl Stored {
    /// The version that others see: the published one, or the draft where there is none.
    pub(super) fn shown(&self) -> Option<&Version> {
        self.published.as_ref().or(self.draft.as_ref())
    }

    /// The version that an author works on: the draft, or the published one where there is none.
    pub(super) fn working(&self) -> Option<&Version> {
        self.draft.as_ref().or(self.published.as_ref())
    }

    /// The number of the version after the published one.
    pub(super) fn next_number(&self) -> u32 {
        self.published.as_ref().map_or(1, |version| version.number + 1)
    }
}

pub(super) fn status(text: &str) -> Result<PathStatus> {
    PathStatus::parse(text).map_err(|cause| Error::inconsistent("paths.status", cause))
}

pub(super) fn number(number: i64) -> Result<u32> {
    u32::try_from(number).map_err(|cause| Error::inconsistent("path_versions.number", cause))
}

impl TryFrom<VersionRow> for Version {
    type Error = Error;

    fn try_from(row: VersionRow) -> Result<Self> {
        Ok(Self {
            id: row.id,
            number: number(row.number)?,
            state: status(&row.state)?,
            definition: PathDefinition::from_document(&row.document)?,
            created_at: row.created_at,
            updated_at: row.updated_at,
            published_at: row.published_at,
        })
    }
}

/// A path by code or id.
pub(crate) async fn find(tx: &mut Tx, text: &str) -> Result<PathId> {
    find_seen(tx, Visibility::Everything, text).await
}

/// A path by code or id, as far as somebody sees it.
pub(super) async fn find_seen(tx: &mut Tx, visibility: Visibility, text: &str) -> Result<PathId> {
    let (text, all) = (text.trim(), visibility.is_of_everything());
    let found: Option<One<Uuid>> = match text.parse::<Uuid>() {
        Ok(id) => tx.sql(&PATH_ID).bind(id).bind(all).opt().await?,
        Err(_) => tx.sql(&PATH_ID_BY_CODE).bind(fold(text)).bind(all).opt().await?,
    };
    match found {
        Some(One(id)) => Ok(PathId::new(id)),
        None => Err(unknown(tx, visibility, text).await?),
    }
}

async fn unknown(tx: &mut Tx, visibility: Visibility, text: &str) -> Result<Error> {
    let start: String = fold(text).chars().take(2).collect();
    let near: Vec<NearRow> =
        tx.sql(&NEAR_CODES).bind(start).bind(visibility.is_of_everything()).all().await?;
    let by_title = near.iter().find(|near| fold(&near.title) == fold(text));
    let hint = by_title
        .map(|near| format!("did you mean `{}`?", near.code))
        .or_else(|| suggest(text, near.iter().map(|near| &near.code)));
    Ok(UNKNOWN_PATH
        .error(format!("there is no learning path `{text}`"))
        .with_field("path")
        .with_hints(hint)
        .with_hint("name a path by its code; `lmsctl path list --search` finds it"))
}

/// The ids of those codes that are there, by the folded code.
pub(crate) async fn ids_by_code(tx: &mut Tx, codes: &[String]) -> Result<BTreeMap<String, Uuid>> {
    if codes.is_empty() {
        return Ok(BTreeMap::new());
    }
    let keys: Vec<String> = codes.iter().map(|code| fold(code)).collect();
    let keys = serde_json::to_string(&keys).expect("codes are plain text");
    let rows: Vec<CodeRow> = match tx.engine() {
        Engine::Sqlite => Assembly::new(
            "SELECT id, code_key FROM paths
             WHERE removed_at IS NULL AND code_key IN (SELECT value FROM json_each(?))",
        ),
        Engine::Postgres => Assembly::new(
            "SELECT id, code_key FROM paths WHERE removed_at IS NULL
             AND code_key IN (SELECT json_array_elements_text(CAST(? AS JSON)))",
        ),
    }
    .bind(keys)
    .on(tx)
    .all()
    .await?;
    Ok(rows.into_iter().map(|row| (row.code_key, row.id)).collect())
}

/// Loads paths whole, in two statements however many they are.
pub(super) async fn load(tx: &mut Tx, ids: &IdList) -> Result<BTreeMap<Uuid, Stored>> {
    let rows: Vec<PathRow> = Assembly::new(
        "SELECT id, code, status, created_at, updated_at FROM paths
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
            created_at: row.created_at,
            updated_at: row.updated_at,
            removed_at: None,
            draft: None,
            published: None,
        };
        found.insert(row.id, stored);
    }
    let versions: Vec<VersionRow> = Assembly::new(
        "SELECT v.id, v.path_id, v.number, v.state, v.document, v.created_at, v.updated_at,
                v.published_at
         FROM path_versions v
         WHERE v.path_id IN (ids?)
           AND (v.state = 'draft' OR NOT EXISTS (
                SELECT 1 FROM path_versions w
                WHERE w.path_id = v.path_id AND w.state = 'published' AND w.number > v.number))",
    )
    .bind_ids(ids)
    .on(tx)
    .all()
    .await?;
    for row in versions {
        let Some(stored) = found.get_mut(&row.path_id) else { continue };
        let version: Version = row.try_into()?;
        match version.state {
            PathStatus::Published => stored.published = Some(version),
            _ => stored.draft = Some(version),
        }
    }
    Ok(found)
}

/// One path that is known to be there.
pub(super) async fn load_one(tx: &mut Tx, id: PathId) -> Result<Stored> {
    let mut found = load(tx, &IdList::new([id.uuid()])).await?;
    found.remove(&id.uuid()).ok_or_else(|| Error::internal("a path is gone"))
}
