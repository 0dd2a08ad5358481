//! Records that are no person any more: what to say of one, and how to look at it all the same.

use uuid::Uuid;

use super::reach::Reach;
use super::{PERSON_CLOSED, PersonId, directory};
use crate::kernel::db::{Assembly, IdList, One, Tx, row};
use crate::kernel::error::{Error, Result};

row! {
    struct ClosedRow {
        closed_as: Option<String>,
        merged_into: Option<Uuid>,
        keep_name: Option<String>,
        keep_key: Option<String>,
    }
}

/// What to say to whoever names a closed record by its id; nothing where it is not one.
pub(super) async fn refusal(tx: &mut Tx, text: &str) -> Result<Option<Error>> {
    let Ok(id) = text.trim().parse::<Uuid>() else { return Ok(None) };
    let row: Option<ClosedRow> = Assembly::new(
        "SELECT x.closed_as, x.merged_into, k.first_name || ' ' || k.last_name,
                COALESCE(k.email, k.employee_number, k.username)
         FROM persons x LEFT JOIN persons k ON k.id = x.merged_into
         WHERE x.closed_as IS NOT NULL AND x.id = ?",
    )
    .bind(id)
    .on(tx)
    .opt()
    .await?;
    Ok(row.map(|row| {
        let error = |what: &str| {
            PERSON_CLOSED.error(format!("the record `{id}` {what}")).with_field("person")
        };
        match (row.closed_as.as_deref(), row.keep_name, row.merged_into) {
            (Some("merged"), Some(name), Some(keep)) => {
                let key = row.keep_key.unwrap_or_else(|| keep.to_string());
                error(&format!("was merged into {name}")).with_hint(format!(
                    "name them as `{key}`; `lmsctl history {id}` tells of the merge"
                ))
            }
            (Some("erased"), ..) => error("is of a person who was erased")
                .with_hint("what may be kept without a name is still counted"),
            _ => error("was taken back")
                .with_hint(format!("`lmsctl history {id}` tells when and by whom")),
        }
    }))
}

row! {
    /// A record, open or closed.
    pub(super) struct Record {
        pub(super) id: PersonId,
        pub(super) name: String,
        pub(super) closed_as: Option<String>,
    }
}

/// A record by whatever names a person, or by the id of a closed one.
/// Only whoever reaches everybody finds closed ones.
pub(super) async fn find_record(tx: &mut Tx, reach: &Reach, text: &str) -> Result<Record> {
    let id = match text.trim().parse::<Uuid>() {
        Ok(id) if reach.is_everybody() => id,
        _ => directory::find(tx, reach, text).await?.uuid(),
    };
    let found: Option<Record> = Assembly::new(
        "SELECT id, first_name || ' ' || last_name, closed_as FROM persons WHERE id = ?",
    )
    .bind(id)
    .on(tx)
    .opt()
    .await?;
    match found {
        Some(record) => Ok(record),
        // It is not there: whoever looks for people knows best how to say so.
        None => Err(match directory::find(tx, reach, text).await {
            Err(error) => error,
            Ok(_) => Error::internal("a person who is found has a record"),
        }),
    }
}

/// A record and all that were merged into it, on any way.
pub(super) async fn with_merged(tx: &mut Tx, id: PersonId) -> Result<Vec<Uuid>> {
    let ids: Vec<One<Uuid>> = Assembly::new(
        "WITH RECURSIVE merged (id) AS (
             SELECT id FROM persons WHERE id IN (ids?)",
    )
    .bind_ids(&IdList::new([id.uuid()]))
    .push(
        "UNION
             SELECT x.id FROM merged JOIN persons x ON x.merged_into = merged.id)
         SELECT id FROM merged",
    )
    .on(tx)
    .all()
    .await?;
    Ok(ids.into_iter().map(|One(id)| id).collect())
}
