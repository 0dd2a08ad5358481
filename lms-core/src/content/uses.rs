//! What trainings show: their versions say it, and what they name stays.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use super::sql::{self, StoredRow, UserRow};
use super::types::ContentFile;
use super::{IN_USE, read};
use crate::kernel::db::migrate::hex;
use crate::kernel::db::schema::CONTENT_USES;
use crate::kernel::db::{Assembly, Engine, Field, IdList, One, Tx, bulk};
use crate::kernel::error::{Error, Result};

/// Says which bytes, by their SHA-256 in hexadecimal, each of these versions shows: these, and none
/// that it showed before.
pub(crate) async fn note_uses(tx: &mut Tx, uses: &[(Uuid, Vec<String>)]) -> Result<()> {
    let versions: Vec<Uuid> = uses.iter().map(|(version, _)| *version).collect();
    forget_uses(tx, &versions).await?;
    let mut rows = Vec::new();
    for (version, digests) in uses {
        for digest in digests {
            let bytes = read::digest(digest).ok_or_else(|| Error::internal("not a digest"))?;
            rows.push(vec![version.into_value(), bytes.into_value()]);
        }
    }
    bulk::insert(tx, &CONTENT_USES, rows).await?;
    Ok(())
}

/// These versions show nothing any more.
pub(crate) async fn forget_uses(tx: &mut Tx, versions: &[Uuid]) -> Result<()> {
    if versions.is_empty() {
        return Ok(());
    }
    let delete = Assembly::new("DELETE FROM content_uses WHERE version_id IN (ids?)");
    delete.bind_ids(&IdList::new(versions.iter().copied())).on(tx).run().await?;
    Ok(())
}

/// Of these bytes, those that can be shown, with the kinds of file as which they were put in.
pub(crate) async fn stored(
    tx: &mut Tx,
    digests: BTreeSet<&str>,
) -> Result<HashMap<String, BTreeSet<String>>> {
    if digests.is_empty() {
        return Ok(HashMap::new());
    }
    let list = serde_json::to_string(&digests).expect("digests are plain text");
    let rows: Vec<StoredRow> = match tx.engine() {
        Engine::Sqlite => Assembly::new(
            "SELECT c.sha256, c.media_type FROM contents c JOIN blobs b ON b.sha256 = c.sha256
             WHERE c.removed_at IS NULL AND c.purpose = 'learning'
               AND c.sha256 IN (SELECT unhex(value) FROM json_each(?))",
        ),
        Engine::Postgres => Assembly::new(
            "SELECT c.sha256, c.media_type FROM contents c JOIN blobs b ON b.sha256 = c.sha256
             WHERE c.removed_at IS NULL AND c.purpose = 'learning'
               AND c.sha256 IN (
                   SELECT decode(json_array_elements_text(CAST(? AS JSON)), 'hex'))",
        ),
    }
    .bind(list)
    .on(tx)
    .all()
    .await?;
    let mut found: HashMap<String, BTreeSet<String>> = HashMap::new();
    for row in rows {
        found.entry(hex(&row.sha256)).or_default().insert(row.media_type);
    }
    Ok(found)
}

/// A file that a training shows stays, unless another one has its bytes.
pub(super) async fn refuse_used(tx: &mut Tx, file: &ContentFile) -> Result<()> {
    let digest = read::digest(&file.sha256).unwrap_or_default();
    let users: Vec<UserRow> = tx.sql(&sql::USERS).bind(digest.clone()).all().await?;
    if users.is_empty() {
        return Ok(());
    }
    let twin: Option<One<Uuid>> =
        tx.sql(&sql::TWIN).bind(digest).bind(file.media_type.as_str()).bind(file.id).opt().await?;
    if twin.is_some() {
        return Ok(());
    }
    let told = |user: &UserRow| {
        let draft = if user.state == "published" { "" } else { " (draft)" };
        format!("`{}` {}.{}{draft}", user.code, user.major, user.minor)
    };
    let told: Vec<String> = users.iter().map(told).collect();
    Err(IN_USE
        .error(format!("`{}` is shown in {}", file.name, told.join(", ")))
        .with_hint("take it out of the drafts; what was published keeps what it shows"))
}
