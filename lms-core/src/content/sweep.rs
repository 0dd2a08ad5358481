//! Sweeping the store: the rows go first, in a transaction; then the objects that no row names.
//! Killed in between, the next sweep finds those as left behind.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt};
use object_store::{ObjectMeta, ObjectStoreExt, path::Path as Key};
use serde_json::json;

use super::sql::{self, BlobRow};
use super::types::Garbage;
use super::{owner, store};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::{One, Tx};
use crate::kernel::error::Result;
use crate::kernel::store::FileStore;
use crate::operations::{Operation, Write};

/// An upload may be under way that no row names yet; one of this age is not.
const UPLOAD_TIME_MAX: Duration = Duration::from_hours(24);

pub(super) async fn plan(core: &Core) -> Result<Garbage> {
    let store = store(core)?;
    owner::require_own_or_new(core, store).await?;
    let mut tx = core.db().begin_read().await?;
    let unnamed: Vec<BlobRow> = tx.sql(&sql::UNNAMED).all().await?;
    let known = keys(&mut tx).await?;
    drop(tx);
    let orphans = orphans(store, &known, core.now()).await?;
    Ok(told(&unnamed, &orphans))
}

pub(super) async fn sweep(core: &Core, actor: &Actor) -> Result<Garbage> {
    let store = store(core)?;
    owner::require_own(core, store).await?;
    let mut write = Write::begin(core, actor).await?;
    let unnamed: Vec<BlobRow> = write.tx.sql(&sql::UNNAMED).all().await?;
    write.tx.sql(&sql::DELETE_UNNAMED).run().await?;
    if !unnamed.is_empty() {
        let n_blobs = i64::try_from(unnamed.len()).unwrap_or(i64::MAX);
        let digests: Vec<String> =
            unnamed.iter().map(|blob| crate::kernel::db::migrate::hex(&blob.sha256)).collect();
        write.record(Operation::new("content.swept").count("blobs", n_blobs).change(
            "content_store",
            None,
            Some(&json!({ "sha256": digests })),
            None::<&()>,
        ));
    }
    write.commit().await?;

    let known = keys(&mut core.db().begin_read().await?).await?;
    let orphans = orphans(store, &known, core.now()).await?;
    let gone = unnamed.iter().map(|blob| Key::from(blob.object_key.as_str()));
    let gone = gone.chain(orphans.iter().map(|object| object.location.clone()));
    let keys: HashSet<Key> = gone.collect();
    for key in keys {
        match store.objects().delete(&key).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(cause) => return Err(store.failed("sweep", cause)),
        }
    }
    Ok(told(&unnamed, &orphans))
}

async fn keys(tx: &mut Tx) -> Result<HashSet<String>> {
    let rows: Vec<One<String>> = tx.sql(&sql::OBJECT_KEYS).all().await?;
    Ok(rows.into_iter().map(|One(key)| key).collect())
}

/// Objects of uploads that never came to their end.
async fn orphans(
    store: &FileStore,
    known: &HashSet<String>,
    now: Timestamp,
) -> Result<Vec<ObjectMeta>> {
    let oldest = now.inner().saturating_sub(UPLOAD_TIME_MAX).unwrap_or(now.inner()).as_second();
    let prefix = Key::from("content");
    let objects = store.objects().list(Some(&prefix));
    let left = objects.try_filter(|object| {
        let left =
            !known.contains(object.location.as_ref()) && object.last_modified.timestamp() < oldest;
        futures_util::future::ready(left)
    });
    left.boxed().try_collect().await.map_err(|cause| store.failed("look through", cause))
}

fn told(unnamed: &[BlobRow], orphans: &[ObjectMeta]) -> Garbage {
    let named: HashSet<&str> = unnamed.iter().map(|blob| blob.object_key.as_str()).collect();
    let orphans: Vec<&ObjectMeta> =
        orphans.iter().filter(|object| !named.contains(object.location.as_ref())).collect();
    Garbage {
        blobs: unnamed.len() as u64,
        orphans: orphans.len() as u64,
        bytes: unnamed.iter().map(|blob| blob.size.unsigned_abs()).sum::<u64>()
            + orphans.iter().map(|object| object.size).sum::<u64>(),
    }
}
