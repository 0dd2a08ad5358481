//! Finding files and reading them.

use std::ops::Range;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use object_store::{GetOptions, ObjectStoreExt, path::Path as Key};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::sql::{self, AccessRow, ContentRow};
use super::types::{ContentAccess, ContentFile, ContentFilter, ContentLink, OpenContent, Purpose};
use super::{ALTERED, ContentId, NO_LINK, UNKNOWN, store};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::migrate::hex;
use crate::kernel::db::schema::CONTENT_ACCESSES;
use crate::kernel::db::{Assembly, Engine, Field, One, Tx, bulk};
use crate::kernel::error::{Error, Result};
use crate::kernel::page::Page;
use crate::kernel::store::{FileStore, STORE_MISSING};

/// How long an address may be valid at most: what S3 itself allows.
const LINK_MAX: Duration = Duration::from_hours(7 * 24);
const PARTS_OF_ONE_READING: Duration = Duration::from_hours(1);

pub(super) async fn list(core: &Core, filter: ContentFilter) -> Result<Page<ContentFile>> {
    let mut tx = core.db().begin_read().await?;
    let mut query = Assembly::new(
        "SELECT id, name, media_type, sha256, size, created_at, removed_at FROM contents
         WHERE purpose = 'learning' AND id < ?",
    )
    .bind(filter.paging.after::<Uuid>()?.unwrap_or(Uuid::max()));
    if !filter.include_removed {
        query = query.push("AND removed_at IS NULL");
    }
    if let Some(digests) = &filter.digests {
        let digests: Vec<&str> =
            digests.iter().map(String::as_str).filter(|text| digest(text).is_some()).collect();
        query = match tx.engine() {
            Engine::Sqlite => query.push("AND sha256 IN (SELECT unhex(value) FROM json_each(?))"),
            Engine::Postgres => query.push(
                "AND sha256 IN (SELECT decode(json_array_elements_text(CAST(? AS JSON)), 'hex'))",
            ),
        }
        .bind(serde_json::to_string(&digests).expect("digests are plain text"));
    }
    let query = query.push("ORDER BY id DESC LIMIT ?").bind(filter.paging.rows_wanted()?);
    let rows: Vec<ContentRow> = query.on(&mut tx).all().await?;
    filter.paging.page(rows.into_iter().map(ContentFile::from).collect(), |file| file.id.uuid())
}

/// The bytes of a SHA-256 in hexadecimal.
pub(super) fn digest(text: &str) -> Option<Vec<u8>> {
    let is_digest = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_digest {
        return None;
    }
    let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).ok();
    (0..text.len()).step_by(2).map(byte).collect()
}

/// A file that people learn from.
pub(super) async fn find(tx: &mut Tx, id: &str) -> Result<ContentFile> {
    find_for(tx, id, Purpose::Learning).await
}

pub(super) async fn find_for(tx: &mut Tx, id: &str, purpose: Purpose) -> Result<ContentFile> {
    let row: Option<ContentRow> = match id.trim().parse::<Uuid>() {
        Ok(id) => tx.sql(&sql::BY_ID).bind(id).bind(purpose.as_str()).opt().await?,
        Err(_) => None,
    };
    row.map(ContentFile::from).ok_or_else(|| {
        UNKNOWN.error(format!("there is no file `{id}`")).with_hint("name it by its id")
    })
}

pub(super) async fn open(
    core: &Core,
    actor: &Actor,
    id: &str,
    purpose: Purpose,
) -> Result<OpenContent> {
    let store = store(core)?;
    let (file, key) = locate(core, id, purpose).await?;
    note(core, actor, file.id, "read").await?;
    let found = store.objects().get(&key).await;
    let found = found.map_err(|cause| store.failed("read from", cause))?;
    Ok(OpenContent { bytes: checked(store.clone(), found.into_stream(), &file), file })
}

/// Passes the bytes on, and ends with an error where they are not those that were put in. The last
/// piece is kept back until that is known, so that what is altered never arrives whole.
fn checked(
    store: FileStore,
    bytes: BoxStream<'static, object_store::Result<Bytes>>,
    file: &ContentFile,
) -> BoxStream<'static, Result<Bytes>> {
    let (name, expected) = (file.name.clone(), file.sha256.clone());
    let state = Some((bytes, Sha256::new(), None));
    futures_util::stream::unfold(state, move |state| {
        let (store, name, expected) = (store.clone(), name.clone(), expected.clone());
        async move {
            let (mut bytes, mut hash, mut kept) = state?;
            loop {
                match bytes.next().await {
                    Some(Ok(piece)) => {
                        hash.update(&piece);
                        if let Some(before) = kept.replace(piece) {
                            return Some((Ok(before), Some((bytes, hash, kept))));
                        }
                    }
                    Some(Err(cause)) => return Some((Err(store.failed("read from", cause)), None)),
                    None if hex(&hash.finalize()) == expected => {
                        return kept.map(|last| (Ok(last), None));
                    }
                    None => return Some((Err(altered(&name)), None)),
                }
            }
        }
    })
    .boxed()
}

fn altered(name: &str) -> Error {
    ALTERED
        .error(format!("`{name}` in the file store is not what was put in"))
        .with_hint("put the file in again, or restore the store from its backup")
}

pub(super) async fn open_part(
    core: &Core,
    actor: &Actor,
    id: &str,
    part: Range<u64>,
) -> Result<OpenContent> {
    let store = store(core)?;
    let (file, key) = locate(core, id, Purpose::Learning).await?;
    let size = file.size.unsigned_abs();
    if part.is_empty() || part.end > size {
        return Err(Error::invalid("part", format!("`{}` has {size} bytes", file.name))
            .with_hint("ask for bytes that are there"));
    }
    note_part(core, actor, file.id).await?;
    let options = GetOptions { range: Some(part.clone().into()), ..GetOptions::default() };
    let found = store.objects().get_opts(&key, options).await;
    let found = found.map_err(|cause| store.failed("read from", cause))?;
    if found.range != part {
        return Err(altered(&file.name));
    }
    let at = store.clone();
    let bytes =
        found.into_stream().map(move |piece| piece.map_err(|cause| at.failed("read from", cause)));
    Ok(OpenContent { bytes: bytes.boxed(), file })
}

pub(super) async fn link(
    core: &Core,
    actor: &Actor,
    id: &str,
    valid: Duration,
) -> Result<ContentLink> {
    if valid.is_zero() || valid > LINK_MAX {
        return Err(Error::invalid("valid", "an address is valid for up to seven days"));
    }
    let store = store(core)?;
    let (file, key) = locate(core, id, Purpose::Learning).await?;
    let Some(url) = store.signed_url(&key, valid).await? else {
        return Err(NO_LINK
            .error("files in a folder have no address of their own")
            .with_hint("read the bytes with your token; only an S3 store hands out addresses"));
    };
    note(core, actor, file.id, "link").await?;
    Ok(ContentLink { url, expires_at: core.now().plus(valid) })
}

pub(super) async fn accesses(core: &Core, id: &str) -> Result<Vec<ContentAccess>> {
    let mut tx = core.db().begin_read().await?;
    let file = find(&mut tx, id).await?;
    let rows: Vec<AccessRow> = tx.sql(&sql::ACCESSES).bind(file.id).all().await?;
    Ok(rows.into_iter().map(ContentAccess::from).collect())
}

/// The file and where its bytes lie.
async fn locate(core: &Core, id: &str, purpose: Purpose) -> Result<(ContentFile, Key)> {
    let mut tx = core.db().begin_read().await?;
    let file = find_for(&mut tx, id, purpose).await?;
    let key: Option<One<String>> = tx.sql(&sql::OBJECT_OF).bind(file.id).opt().await?;
    match key {
        Some(One(key)) => Ok((file, Key::from(key))),
        None if file.removed_at.is_some() => Err(UNKNOWN
            .error(format!("the file `{}` was removed", file.name))
            .with_hint("put it in again")),
        None => Err(STORE_MISSING
            .error(format!("nobody knows where the bytes of `{}` lie", file.name))
            .with_hint("`lmsctl db check` says more")),
    }
}

/// A film is fetched in many parts: those within an hour are one reading.
async fn note_part(core: &Core, actor: &Actor, id: ContentId) -> Result<()> {
    let hour_ago = core.now().inner().saturating_sub(PARTS_OF_ONE_READING);
    let since = core.ids().id(Timestamp::new(hour_ago.unwrap_or(jiff::Timestamp::MIN)));
    let mut tx = core.db().begin_read().await?;
    let read = tx.sql(&sql::READ_SINCE).bind(id).bind(since).bind(actor.label());
    let noted: Option<One<Uuid>> = read.opt().await?;
    drop(tx);
    match noted {
        Some(_) => Ok(()),
        None => note(core, actor, id, "read").await,
    }
}

/// Notes who looked. It is no operation: nothing that is managed changes.
async fn note(core: &Core, actor: &Actor, id: ContentId, kind: &str) -> Result<()> {
    let now = core.now();
    let row = vec![
        core.ids().id(now).into_value(),
        id.into_value(),
        actor.label().into_value(),
        kind.into_value(),
        now.into_value(),
    ];
    let mut tx = core.db().begin_write().await?;
    bulk::insert(&mut tx, &CONTENT_ACCESSES, [row]).await?;
    tx.commit().await
}
