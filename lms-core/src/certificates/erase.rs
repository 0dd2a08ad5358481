//! What follows here when people are erased, or two records become one.

use std::collections::BTreeSet;
use std::pin::Pin;

use uuid::Uuid;

use crate::kernel::db::{Assembly, IdList};
use crate::kernel::error::Result;
use crate::operations::Write;

/// Takes the names of people, and why something was revoked, out of all that was ever recorded of their
/// certificates. What was learnt, when, and under which number stays, and a code still says whether it
/// holds. The log says nothing of these: see `issue.rs`.
pub(crate) fn people_erased<'a>(
    write: &'a mut Write,
    people: &'a BTreeSet<Uuid>,
) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>> {
    Box::pin(async move {
        Assembly::new(
            "UPDATE certificates SET holder = NULL, revoked_because = NULL
             WHERE (holder IS NOT NULL OR revoked_because IS NOT NULL) AND person_id IN (ids?)",
        )
        .bind_ids(&IdList::new(people.iter().copied()))
        .on(&mut write.tx)
        .run()
        .await
        .map(drop)
    })
}

/// The certificates of the one are the other's; the name on them stays as it was.
pub(crate) fn people_merged<'a>(
    write: &'a mut Write,
    other: Uuid,
    keep: Uuid,
) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>> {
    Box::pin(async move {
        let now = write.ctx.now;
        Assembly::new("UPDATE certificates SET retracted_at = ?")
            .bind(now)
            .push("WHERE retracted_at IS NULL AND person_id = ?")
            .bind(other)
            .on(&mut write.tx)
            .run()
            .await?;
        Assembly::new(
            "INSERT INTO certificates
                 (id, recorded_at, year, sequence, code, completion_id, person_id, training_id, major,
                  minor, holder, title, organisation, language, completed_on, issued_on, valid_until,
                  revoked_on, revoked_because)
             SELECT id, ?",
        )
        .bind(now)
        .push(", year, sequence, code, completion_id, ?")
        .bind(keep)
        .push(
            ", training_id, major, minor, holder, title, organisation, language, completed_on,
               issued_on, valid_until, revoked_on, revoked_because
             FROM certificates WHERE person_id = ?",
        )
        .bind(other)
        .push("AND retracted_at = ?")
        .bind(now)
        .on(&mut write.tx)
        .run()
        .await
        .map(drop)
    })
}
