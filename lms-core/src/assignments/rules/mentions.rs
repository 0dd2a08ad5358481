//! Audiences of rules that name somebody by an address, a number or a user name which will not find
//! them any more: the id takes its place, in every version.

use uuid::Uuid;

use super::definition::RuleDefinition;
use super::sql;
use crate::kernel::db::{Assembly, IdList, Tx, row};
use crate::kernel::error::{Error, Result};
use crate::people::{Audience, renamed};

row! {
    struct KeysRow {
        email: Option<String>,
        username: Option<String>,
        employee_number: Option<String>,
    }
}

row! {
    struct DocumentRow {
        rule_id: Uuid,
        version: i64,
        document: String,
    }
}

/// Puts an id in the place of all that these records are found by.
pub(in crate::assignments) async fn rename(
    tx: &mut Tx,
    records: impl IntoIterator<Item = Uuid>,
    id: Uuid,
) -> Result<()> {
    let records: Vec<Uuid> = records.into_iter().collect();
    let rows: Vec<KeysRow> =
        Assembly::new("SELECT email, username, employee_number FROM persons WHERE id IN (ids?)")
            .bind_ids(&IdList::new(records.iter().copied()))
            .on(tx)
            .all()
            .await?;
    let mut keys: Vec<String> = records.iter().map(ToString::to_string).collect();
    let of_rows = rows.into_iter().flat_map(|row| [row.email, row.username, row.employee_number]);
    keys.extend(of_rows.flatten());
    let documents: Vec<DocumentRow> =
        Assembly::new("SELECT rule_id, version, document FROM rule_versions").on(tx).all().await?;
    for row in documents {
        let mut definition = RuleDefinition::from_document(&row.document)?;
        let audience = serde_json::to_string(&definition.audience)
            .map_err(|cause| Error::inconsistent("rule_versions.document", cause))?;
        let Some(audience) = renamed(&audience, &keys, id) else { continue };
        definition.audience = Audience::from_json(&audience)?;
        // Bounded by the rules that name this one person.
        let change = tx.sql(&sql::SET_DOCUMENT).bind(row.rule_id).bind(row.version);
        change.bind(definition.document()).run_one().await?;
    }
    Ok(())
}
