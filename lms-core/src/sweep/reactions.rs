//! What follows here when people are erased, or two records become one.

use std::collections::BTreeSet;
use std::pin::Pin;

use uuid::Uuid;

use crate::kernel::db::{Assembly, IdList};
use crate::kernel::error::Result;
use crate::operations::Write;

/// Nobody is told of somebody who is nobody any more.
pub(crate) fn people_erased<'a>(
    write: &'a mut Write,
    people: &'a BTreeSet<Uuid>,
) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>> {
    Box::pin(async move {
        Assembly::new("DELETE FROM escalations WHERE notice_id IS NULL AND person_id IN (ids?)")
            .bind_ids(&IdList::new(people.iter().copied()))
            .on(&mut write.tx)
            .run()
            .await
            .map(drop)
    })
}

/// What was told of the one was told of the other.
pub(crate) fn people_merged<'a>(
    write: &'a mut Write,
    other: Uuid,
    keep: Uuid,
) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>> {
    Box::pin(async move {
        Assembly::new("UPDATE escalations SET person_id = ?")
            .bind(keep)
            .push("WHERE person_id = ?")
            .bind(other)
            .on(&mut write.tx)
            .run()
            .await
            .map(drop)
    })
}
