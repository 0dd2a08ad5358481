//! What a stranger is told who has a code.
//!
//! A code that is not there, and a text that cannot be a code, run the same two statements as one that
//! is there: what is known cannot be told from how long it takes.

use super::number::{number, parse_code};
use super::sql::{self, VerifiedRow};
use super::types::{CertificateState, CertificateVerification, VerifiedState};
use super::words::CertificateLanguage;
use crate::kernel::core::Core;
use crate::kernel::error::Result;
use crate::settings;

pub(super) async fn verify(core: &Core, code: &str) -> Result<CertificateVerification> {
    let mut tx = core.db().begin_read().await?;
    let today = settings::today(&mut tx, core.now()).await?;
    let row: Option<VerifiedRow> = tx.sql(&sql::BY_CODE).bind(parse_code(code)).opt().await?;
    let Some(row) = row else {
        return Ok(CertificateVerification {
            state: VerifiedState::Unknown,
            number: None,
            holder: None,
            title: None,
            organisation: None,
            completed_on: None,
            valid_until: None,
            revoked_on: None,
            language: None,
        });
    };
    Ok(CertificateVerification {
        state: CertificateState::on(today, row.valid_until, row.revoked_on).into(),
        number: Some(number(row.year, row.sequence)),
        holder: row.holder,
        title: Some(row.title),
        organisation: Some(row.organisation),
        completed_on: Some(row.completed_on),
        valid_until: row.valid_until,
        revoked_on: row.revoked_on,
        language: Some(CertificateLanguage::stored(&row.language)?),
    })
}
