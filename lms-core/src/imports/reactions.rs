//! What follows here when people arrive, are erased, or two records become one.

use std::collections::BTreeSet;
use std::pin::Pin;

use uuid::Uuid;

use crate::kernel::db::{Assembly, IdList};
use crate::kernel::error::Result;
use crate::operations::Write;

/// They may be the managers for whom others wait.
pub(crate) fn people_arrived<'a>(
    write: &'a mut Write,
    _: &'a BTreeSet<Uuid>,
) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>> {
    Box::pin(super::people::settle(write))
}

/// By what a source knew them goes, and of whom their manager was to come.
pub(crate) fn people_erased<'a>(
    write: &'a mut Write,
    people: &'a BTreeSet<Uuid>,
) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>> {
    Box::pin(async move {
        let ids = IdList::new(people.iter().copied());
        for forget in [
            "DELETE FROM import_sightings WHERE person_id IN (ids?)",
            "DELETE FROM import_pending WHERE person_id IN (ids?)",
            "DELETE FROM import_rows WHERE person_id IN (ids?)",
        ] {
            Assembly::new(forget).bind_ids(&ids).on(&mut write.tx).run().await?;
        }
        Ok(())
    })
}

/// Who was known as the one is known as the other.
pub(crate) fn people_merged<'a>(
    write: &'a mut Write,
    other: Uuid,
    keep: Uuid,
) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>> {
    Box::pin(async move {
        for hand_over in
            ["UPDATE import_sightings SET person_id = ?", "UPDATE import_rows SET person_id = ?"]
        {
            Assembly::new(hand_over)
                .bind(keep)
                .push("WHERE person_id = ?")
                .bind(other)
                .on(&mut write.tx)
                .run()
                .await?;
        }
        // What the source says of the one who stays counts, and it says it again.
        Assembly::new("DELETE FROM import_pending WHERE person_id = ?")
            .bind(other)
            .on(&mut write.tx)
            .run()
            .await
            .map(drop)
    })
}
