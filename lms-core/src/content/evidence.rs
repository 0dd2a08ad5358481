//! Proof of what people did: kept as files are, but nothing that one learns from, so that reading files
//! does not open it. Whoever may see a completion may see its proof; the contexts above decide.

use tokio::io::AsyncRead;
use uuid::Uuid;

use super::types::{ContentFile, NewContent, OpenContent, Purpose};
use super::{add, read};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, IdList, Tx};
use crate::kernel::error::Result;
use crate::operations::{Changed, Write};

/// Puts it in, as it streams by.
pub(crate) async fn put(
    core: &Core,
    actor: &Actor,
    new: NewContent,
    bytes: &mut (dyn AsyncRead + Send + Unpin),
) -> Result<Changed<ContentFile>> {
    add::add(core, actor, new, Purpose::Evidence, bytes).await
}

/// One that was put in, by its id.
pub(crate) async fn find(tx: &mut Tx, id: &str) -> Result<ContentFile> {
    read::find_for(tx, id, Purpose::Evidence).await
}

/// It with its bytes; it is noted who read it.
pub(crate) async fn open(core: &Core, actor: &Actor, id: Uuid) -> Result<OpenContent> {
    read::open(core, actor, &id.to_string(), Purpose::Evidence).await
}

/// Takes these away, their names at once and their bytes with the next sweep.
pub(crate) async fn forget(write: &mut Write, ids: impl IntoIterator<Item = Uuid>) -> Result<()> {
    let ids = IdList::new(ids);
    Assembly::new("UPDATE contents SET name = 'erased', removed_at = ?")
        .bind(write.ctx.now)
        .push("WHERE purpose = 'evidence' AND id IN (ids?)")
        .bind_ids(&ids)
        .on(&mut write.tx)
        .run()
        .await
        .map(drop)
}
