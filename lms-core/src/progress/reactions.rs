//! What follows here when people are erased, or two records become one.

use std::collections::BTreeSet;
use std::pin::Pin;

use uuid::Uuid;

use crate::kernel::db::{Assembly, IdList};
use crate::kernel::error::Result;
use crate::operations::Write;

/// Answers, comments and positions go; figures stay, under a record without a name.
pub(crate) fn people_erased<'a>(
    write: &'a mut Write,
    people: &'a BTreeSet<Uuid>,
) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>> {
    Box::pin(async move {
        let ids = IdList::new(people.iter().copied());
        for forget in [
            "UPDATE quiz_answers SET answer = NULL, comment = NULL
             WHERE attempt_id IN (SELECT a.id FROM quiz_attempts a WHERE a.person_id IN (ids?))",
            "UPDATE module_progress SET position = NULL WHERE person_id IN (ids?)",
        ] {
            Assembly::new(forget).bind_ids(&ids).on(&mut write.tx).run().await?;
        }
        Ok(())
    })
}

/// What the one learnt is the other's.
pub(crate) fn people_merged<'a>(
    write: &'a mut Write,
    other: Uuid,
    keep: Uuid,
) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>> {
    Box::pin(async move {
        for hand_over in [
            "UPDATE quiz_attempts SET person_id = ?",
            "UPDATE module_progress SET person_id = ?",
            "UPDATE acknowledgements SET person_id = ?",
        ] {
            let hand_over = Assembly::new(hand_over).bind(keep).push("WHERE person_id = ?");
            hand_over.bind(other).on(&mut write.tx).run().await?;
        }
        Ok(())
    })
}
