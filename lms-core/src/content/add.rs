//! Putting a file in and removing it. The bytes go to the store first; a row speaks of them only
//! once they are all there and are what they should be.

use object_store::{ObjectStoreExt, WriteMultipart, path::Path as Key};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt};

use super::media::{SNIFFED_BYTES, disposition, file_name, media_type, refuse_disguise};
use super::sql::{self, ContentRow};
use super::types::Purpose;
use super::{ContentFile, ContentId, INCOMPLETE, NewContent, TOO_LARGE, owner, read, store, uses};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::migrate::hex;
use crate::kernel::db::schema::{BLOBS, CONTENTS};
use crate::kernel::db::{Field, One, bulk};
use crate::kernel::error::{Error, Result};
use crate::kernel::store::FileStore;
use crate::operations::{Changed, FieldChange, Operation, Write};

/// What is read at once; memory does not grow with the file.
const PIECE_BYTES: usize = 64 * 1024;
/// Pieces of an upload that may be under way at once.
const PARTS_AT_ONCE: usize = 4;
/// The smallest part that S3 takes.
const PART_BYTES: u64 = 5 * 1024 * 1024;
/// S3 takes no more parts of one object.
const PARTS_MAX: u64 = 10_000;

/// What arrived in the store.
struct Stored {
    key: Key,
    sha256: Vec<u8>,
    size: u64,
}

pub(super) async fn add(
    core: &Core,
    actor: &Actor,
    new: NewContent,
    purpose: Purpose,
    bytes: &mut (dyn AsyncRead + Send + Unpin),
) -> Result<Changed<ContentFile>> {
    let name = file_name(&new.name)?;
    media_type(&name)?;
    refuse_no_digest(&new)?;
    let store = store(core)?;
    refuse_size(core, new.size.unwrap_or_default())?;
    owner::require_own(core, store).await?;
    // A key of its own for each upload: sweeping an old object can never hit a new one.
    let key = Key::from(format!("content/{}", core.ids().id(core.now())));
    let stored = upload(core, store, &key, &name, &new, bytes).await?;
    let outcome = record(core, actor, &name, purpose, &stored).await;
    if !matches!(&outcome, Ok((_, true))) {
        // The same bytes were there already, or nothing came of it. What is left behind where even
        // this fails is swept later.
        let _ = store.objects().delete(&stored.key).await;
    }
    outcome.map(|(file, _)| file)
}

/// Streams the bytes into the store, counting, hashing and looking at them.
async fn upload(
    core: &Core,
    store: &FileStore,
    key: &Key,
    name: &str,
    new: &NewContent,
    bytes: &mut (dyn AsyncRead + Send + Unpin),
) -> Result<Stored> {
    let begun = store.begin(key, media_type(name)?, disposition(name)).await?;
    let part_bytes = part_bytes(new.size.unwrap_or_else(|| core.file_bytes_max()));
    let mut target = WriteMultipart::new_with_chunk_size(begun, part_bytes);
    match fill(core, &mut target, name, new, bytes).await {
        Ok((size, sha256)) => {
            target.finish().await.map_err(|cause| store.failed("write to", cause))?;
            Ok(Stored { key: key.clone(), sha256, size })
        }
        Err(error) => {
            // What went wrong first is what is told.
            let _ = target.abort().await;
            Err(error)
        }
    }
}

/// How large the parts are in which a file of at most so many bytes is stored.
fn part_bytes(bytes_max: u64) -> usize {
    usize::try_from(PART_BYTES.max(bytes_max.div_ceil(PARTS_MAX))).unwrap_or(usize::MAX)
}

async fn fill(
    core: &Core,
    target: &mut WriteMultipart,
    name: &str,
    new: &NewContent,
    bytes: &mut (dyn AsyncRead + Send + Unpin),
) -> Result<(u64, Vec<u8>)> {
    let mut hash = Sha256::new();
    let mut size = 0_u64;
    let mut first = Vec::with_capacity(SNIFFED_BYTES);
    let mut looked = false;
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let n_read = bytes.read(&mut piece).await.map_err(|cause| cut_off(name, size, cause))?;
        let read = &piece[..n_read];
        size += n_read as u64;
        refuse_size(core, size)?;
        hash.update(read);
        if !looked {
            first.extend(read.iter().take(SNIFFED_BYTES - first.len()));
            if first.len() == SNIFFED_BYTES || n_read == 0 {
                refuse_disguise(name, &first)?;
                looked = true;
            }
        }
        if n_read == 0 {
            break;
        }
        target.wait_for_capacity(PARTS_AT_ONCE).await.map_err(|cause| {
            store(core).map_or_else(|error| error, |at| at.failed("write to", cause))
        })?;
        target.write(read);
    }
    let sha256 = hash.finalize().to_vec();
    refuse_other(name, new, size, &hex(&sha256))?;
    Ok((size, sha256))
}

/// Whether it is the file that was announced.
fn refuse_other(name: &str, new: &NewContent, size: u64, sha256: &str) -> Result<()> {
    let incomplete =
        |what: String| INCOMPLETE.error(what).with_hint("send it again; nothing was kept of it");
    if size == 0 {
        return Err(incomplete(format!("`{name}` is empty")));
    }
    if let Some(expected) = new.size.filter(|expected| *expected != size) {
        return Err(incomplete(format!("of `{name}` {size} bytes arrived, not {expected}")));
    }
    match &new.sha256 {
        Some(expected) if expected != sha256 => {
            Err(incomplete(format!("`{name}` arrived with the SHA-256 {sha256}, not {expected}")))
        }
        _ => Ok(()),
    }
}

/// A digest that is none would be noticed only when all has arrived.
fn refuse_no_digest(new: &NewContent) -> Result<()> {
    match &new.sha256 {
        Some(text) if read::digest(text).is_none() => {
            Err(Error::invalid("sha256", format!("`{}` is not a SHA-256", text.escape_debug()))
                .with_hint("write it as 64 hexadecimal digits, as `sha256sum` does"))
        }
        _ => Ok(()),
    }
}

fn refuse_size(core: &Core, size: u64) -> Result<()> {
    let largest = core.file_bytes_max();
    if size <= largest {
        return Ok(());
    }
    Err(TOO_LARGE
        .error(format!("the file has more than {largest} bytes"))
        .with_hint("make it smaller, or raise `files.size_max` in the configuration"))
}

fn cut_off(name: &str, size: u64, cause: std::io::Error) -> Error {
    INCOMPLETE
        .error(format!("`{name}` broke off after {size} bytes"))
        .with_hint("send it again; nothing was kept of it")
        .with_source(cause)
}

/// The rows that speak of it; whether they speak of this object.
async fn record(
    core: &Core,
    actor: &Actor,
    name: &str,
    purpose: Purpose,
    stored: &Stored,
) -> Result<(Changed<ContentFile>, bool)> {
    let mut write = Write::begin(core, actor).await?;
    let sha256 = stored.sha256.clone();
    let present: Option<ContentRow> = write
        .tx
        .sql(&sql::PRESENT)
        .bind(sha256.clone())
        .bind(name)
        .bind(purpose.as_str())
        .opt()
        .await?;
    if let Some(row) = present {
        let unchanged = Changed { value: row.into(), changed: Vec::new(), operation: None };
        return Ok((unchanged, false));
    }
    let now = write.ctx.now;
    let size = i64::try_from(stored.size).unwrap_or(i64::MAX);
    let known: Option<One<String>> = write.tx.sql(&sql::BLOB).bind(sha256.clone()).opt().await?;
    if known.is_none() {
        let row = vec![
            sha256.clone().into_value(),
            stored.key.to_string().into_value(),
            size.into_value(),
            now.into_value(),
        ];
        bulk::insert(&mut write.tx, &BLOBS, [row]).await?;
    }
    let file = ContentFile {
        id: ContentId::new(write.ctx.new_id()),
        name: name.to_owned(),
        media_type: media_type(name)?.to_owned(),
        size,
        sha256: hex(&sha256),
        created_at: now,
        removed_at: None,
    };
    let row = vec![
        file.id.into_value(),
        name.into_value(),
        file.media_type.as_str().into_value(),
        sha256.into_value(),
        size.into_value(),
        now.into_value(),
        None::<Timestamp>.into_value(),
        purpose.as_str().into_value(),
    ];
    bulk::insert(&mut write.tx, &CONTENTS, [row]).await?;
    let mut after =
        json!({ "name": name, "media_type": file.media_type, "size": size, "sha256": file.sha256 });
    let id = Some(file.id.uuid());
    let operation = match purpose {
        Purpose::Learning => Operation::new("content.added")
            .change("content", id, None::<&()>, Some(&after))
            .event("content.added", Some(file.id.to_string()), json!({ "content_id": file.id })),
        Purpose::Evidence => {
            // The name may be somebody's, and nothing is erased from here with them.
            after["name"] = json!(null);
            Operation::new("evidence.added").change("evidence", id, None::<&()>, Some(&after))
        }
    };
    let operation = write.record(operation.count("added", 1));
    write.commit().await?;
    let changed = FieldChange::between([("sha256", None, Some(file.sha256.clone()))]);
    Ok((Changed { value: file, changed, operation: Some(operation) }, known.is_none()))
}

pub(super) async fn remove(core: &Core, actor: &Actor, id: &str) -> Result<Changed<ContentFile>> {
    let mut write = Write::begin(core, actor).await?;
    let mut file = read::find(&mut write.tx, id).await?;
    if file.removed_at.is_some() {
        return Ok(Changed { value: file, changed: Vec::new(), operation: None });
    }
    uses::refuse_used(&mut write.tx, &file).await?;
    let now = write.ctx.now;
    write.tx.sql(&sql::REMOVE).bind(file.id).bind(now).run_one().await?;
    file.removed_at = Some(now);
    let operation = write.record(
        Operation::new("content.removed")
            .count("removed", 1)
            .change(
                "content",
                Some(file.id.uuid()),
                Some(&json!({ "removed_at": null })),
                Some(&json!({ "removed_at": now })),
            )
            .event("content.removed", Some(file.id.to_string()), json!({ "content_id": file.id })),
    );
    write.commit().await?;
    let changed = FieldChange::between([("removed_at", None, Some(now.to_string()))]);
    Ok(Changed { value: file, changed, operation: Some(operation) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_file_fits_into_the_parts_that_a_store_takes() {
        assert_eq!(part_bytes(1), 5 * 1024 * 1024);
        assert_eq!(part_bytes(2 << 30), 5 * 1024 * 1024);
        for bytes in [1_u64 << 36, (1 << 40) + 1] {
            assert!(part_bytes(bytes) as u64 * PARTS_MAX >= bytes);
        }
    }
}
