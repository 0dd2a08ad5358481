//! Files that prove what people did: scans of offline courses, certificates of others.

use tokio::io::AsyncRead;
use uuid::Uuid;

use super::records::find;
use super::{CompletionId, NO_EVIDENCE, READ};
use crate::content::{self, ContentFile, NewContent, OpenContent};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, IdList, One, Tx};
use crate::kernel::error::Result;
use crate::operations::{Changed, Write};
use crate::people::Reach;

pub(super) async fn add(
    core: &Core,
    actor: &Actor,
    new: NewContent,
    bytes: &mut (dyn AsyncRead + Send + Unpin),
) -> Result<Changed<ContentFile>> {
    content::evidence::put(core, actor, new, bytes).await
}

/// The proof of a completion, for whoever may see the completion.
pub(super) async fn open(
    core: &Core,
    actor: &Actor,
    completion: CompletionId,
) -> Result<OpenContent> {
    let mut tx = core.db().begin_read().await?;
    let reach = Reach::of(&mut tx, actor, READ, core.now()).await?;
    let row = find(&mut tx, &reach, completion).await?;
    drop(tx);
    let Some(file) = row.evidence_id else {
        return Err(NO_EVIDENCE
            .error("no file was kept with this completion")
            .with_hint("`lmsctl complete correct --evidence FILE` puts one to it"));
    };
    content::evidence::open(core, actor, file).await
}

/// A file that can be named as proof.
pub(super) async fn in_store(tx: &mut Tx, file: &str) -> Result<Uuid> {
    let file = content::evidence::find(tx, file).await;
    let file = file.map_err(|error| error.with_field("evidence"))?;
    Ok(file.id.uuid())
}

/// Takes away what proves nothing any more, of these files.
pub(super) async fn forget_unneeded(write: &mut Write, files: Vec<Uuid>) -> Result<()> {
    if files.is_empty() {
        return Ok(());
    }
    let needed: Vec<One<Uuid>> =
        Assembly::new("SELECT DISTINCT evidence_id FROM completions WHERE evidence_id IN (ids?)")
            .bind_ids(&IdList::new(files.iter().copied()))
            .on(&mut write.tx)
            .all()
            .await?;
    let gone = files.into_iter().filter(|file| !needed.iter().any(|One(id)| id == file));
    content::evidence::forget(write, gone).await
}
