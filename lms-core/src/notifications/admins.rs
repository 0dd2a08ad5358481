//! Who hears of what concerns the system as a whole.

use uuid::Uuid;

use super::queue::Inbox;
use crate::access::ADMIN_ROLES;
use crate::kernel::db::{Assembly, Tx, row};
use crate::kernel::error::Result;

row! {
    struct AdminRow {
        account_id: Uuid,
        person_id: Option<Uuid>,
    }
}

/// The inboxes of those who run the system: of the persons behind the accounts, else of the accounts.
pub(crate) async fn admins(tx: &mut Tx) -> Result<Vec<Inbox>> {
    let rows: Vec<AdminRow> = Assembly::new(
        "SELECT DISTINCT a.id, l.person_id
         FROM accounts a
         JOIN account_roles r ON r.account_id = a.id AND r.retracted_at IS NULL AND r.valid_until IS NULL
         LEFT JOIN account_links l ON l.account_id = a.id
         WHERE a.status = 'active' AND r.role IN (texts?)",
    )
    .bind_texts(ADMIN_ROLES)
    .push("ORDER BY a.id")
    .on(tx)
    .all()
    .await?;
    let inbox = |row: AdminRow| row.person_id.map_or(Inbox::Account(row.account_id), Inbox::Person);
    Ok(rows.into_iter().map(inbox).collect())
}
