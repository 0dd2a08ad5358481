//! Taking the holder out of certificates.

use uuid::Uuid;

use crate::kernel::db::{Assembly, IdList};
use crate::kernel::error::Result;
use crate::operations::Write;

/// Takes the names of people, and why something was revoked, out of all that was ever recorded of their
/// certificates; the number of rows. What was learnt, when, and under which number stays, and a code
/// still says whether it holds. The log says nothing of these: see `issue.rs`.
pub(crate) async fn erase_in(write: &mut Write, people: &[Uuid]) -> Result<u64> {
    Assembly::new(
        "UPDATE certificates SET holder = NULL, revoked_because = NULL
         WHERE (holder IS NOT NULL OR revoked_because IS NOT NULL) AND person_id IN (ids?)",
    )
    .bind_ids(&IdList::new(people.iter().copied()))
    .on(&mut write.tx)
    .run()
    .await
}
