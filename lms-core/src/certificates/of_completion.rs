//! The certificate of a completion, whoever asks: who may see the completion has been looked at.

use uuid::Uuid;

use super::sql::{CertificateRow, SELECT};
use super::types::Certificate;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Assembly, Tx};
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::settings;

/// The one that holds, else the last one that was revoked.
pub(crate) async fn of_completion(
    tx: &mut Tx,
    completion: Uuid,
    now: Timestamp,
) -> Result<Option<Certificate>> {
    let row: Option<CertificateRow> = Assembly::new(SELECT)
        .push("AND c.completion_id = ?")
        .bind(completion)
        .push("ORDER BY c.revoked_on IS NOT NULL, c.year DESC, c.sequence DESC LIMIT 1")
        .on(tx)
        .opt()
        .await?;
    let settings = settings::current(tx).await?;
    let today = Day::today(now, &settings.timezone.zone());
    row.map(|row| row.certificate(today, settings.base_url.as_deref())).transpose()
}
