//! What becomes of certificates that were issued: they are revoked, or amended where the completion was
//! corrected. Number and code stay, so that what was printed leads to what is true now.

use std::collections::HashMap;

use serde_json::json;
use uuid::Uuid;

use super::find::find_in;
use super::issue::{EVENT_CERTIFICATES_MAX, told};
use super::sql::{self, Stored};
use super::types::Certificate;
use super::{READ, WRITE};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::error::{Error, FORBIDDEN, Result};
use crate::kernel::text::Day;
use crate::operations::{Changed, FieldChange, Operation, OperationId, Write};
use crate::people::reach::Reach;
use crate::settings;

const REASON_CHARS_MAX: usize = 500;

/// What a completion is corrected to.
#[derive(Debug, Clone)]
pub(crate) struct Amendment {
    pub(crate) completion: Uuid,
    pub(crate) completed_on: Day,
    /// The last covered day.
    pub(crate) valid_until: Option<Day>,
}

pub(super) async fn revoke(
    core: &Core,
    actor: &Actor,
    name: &str,
    reason: &str,
) -> Result<Changed<Certificate>> {
    let reason = checked(reason)?;
    // The reason stands in the row, from which it goes when the holder is erased.
    let mut write = Write::begin(core, actor).await?;
    let now = write.ctx.now;
    let readable = Reach::of(&mut write.tx, actor, READ, now).await?;
    let before = find_in(&mut write.tx, &readable, now, name).await?;
    let person = before.person.uuid();
    let changeable = Reach::of(&mut write.tx, actor, WRITE, now).await?;
    if !changeable.within(&mut write.tx, &[person]).await?.contains(&person) {
        return Err(FORBIDDEN.error("you may not revoke this certificate").with_hint(
            "ask an administrator for the permission `certificates.write` with a wider scope",
        ));
    }
    if before.revoked_on.is_some() {
        return Ok(Changed { value: before, changed: Vec::new(), operation: None });
    }
    let stored = sql::stored(&mut write.tx, before.id).await?;
    let operation = revoke_in(&mut write, vec![stored], &reason).await?;
    let after = find_in(&mut write.tx, &readable, now, &before.id.to_string()).await?;
    write.commit().await?;
    let day = |certificate: &Certificate| certificate.revoked_on.map(|day| day.to_string());
    let state = |certificate: &Certificate| Some(certificate.state.as_str().to_owned());
    let changed = FieldChange::between([
        ("state", state(&before), state(&after)),
        ("revoked_on", day(&before), day(&after)),
    ]);
    Ok(Changed { value: after, changed, operation })
}

fn checked(reason: &str) -> Result<String> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Error::invalid("reason", "a certificate is revoked for a reason")
            .with_hint("say why, such as `issued by mistake`"));
    }
    if reason.chars().count() > REASON_CHARS_MAX {
        return Err(Error::invalid(
            "reason",
            format!("the reason is longer than {REASON_CHARS_MAX} characters"),
        ));
    }
    Ok(reason.to_owned())
}

/// Revokes what these completions gave, within the transaction that takes them back. Those that have no
/// certificate, or a revoked one, are passed over; the number of those revoked.
pub(crate) async fn revoke_for(
    write: &mut Write,
    completions: &[Uuid],
    reason: &str,
) -> Result<usize> {
    let holding = sql::holding(&mut write.tx, completions).await?;
    let n_revoked = holding.len();
    revoke_in(write, holding, reason).await?;
    Ok(n_revoked)
}

async fn revoke_in(
    write: &mut Write,
    certificates: Vec<Stored>,
    reason: &str,
) -> Result<Option<OperationId>> {
    if certificates.is_empty() {
        return Ok(None);
    }
    let now = write.ctx.now;
    let today = settings::today(&mut write.tx, now).await?;
    let after: Vec<Stored> = certificates
        .into_iter()
        .map(|one| Stored {
            revoked_on: Some(today),
            revoked_because: Some(reason.to_owned()),
            ..one
        })
        .collect();
    sql::replace(&mut write.tx, now, &after).await?;

    let n_revoked = i64::try_from(after.len()).unwrap_or(i64::MAX);
    let mut operation = Operation::new("certificate.revoked").count("revoked", n_revoked);
    for one in &after {
        operation = operation.change(
            "certificate",
            Some(one.id.uuid()),
            Some(&json!({ "revoked_on": null })),
            Some(&json!({ "revoked_on": today })),
        );
    }
    for chunk in after.chunks(EVENT_CERTIFICATES_MAX) {
        let subject = (chunk.len() == 1).then(|| chunk[0].id.to_string());
        operation = operation.event("certificate.revoked", subject, told(chunk));
    }
    Ok(Some(write.record(operation)))
}

/// Makes certificates say what their completions say now, within the transaction that corrects these.
/// Completions without a certificate that holds are passed over, as are those that were so already; the
/// number of those that changed.
pub(crate) async fn amend_for(write: &mut Write, amendments: &[Amendment]) -> Result<usize> {
    let by_completion: HashMap<Uuid, &Amendment> =
        amendments.iter().map(|one| (one.completion, one)).collect();
    let completions: Vec<Uuid> = amendments.iter().map(|one| one.completion).collect();
    let holding = sql::holding(&mut write.tx, &completions).await?;
    let mut operation = Operation::new("certificate.amended");
    let mut after = Vec::new();
    for one in holding {
        let amendment = by_completion[&one.completion_id];
        let days = |completed_on: Day, valid_until: Option<Day>| json!({ "completed_on": completed_on, "valid_until": valid_until });
        let before = days(one.completed_on, one.valid_until);
        let now = days(amendment.completed_on, amendment.valid_until);
        if before == now {
            continue;
        }
        operation = operation.change("certificate", Some(one.id.uuid()), Some(&before), Some(&now));
        after.push(Stored {
            completed_on: amendment.completed_on,
            valid_until: amendment.valid_until,
            ..one
        });
    }
    if after.is_empty() {
        return Ok(0);
    }
    let now = write.ctx.now;
    sql::replace(&mut write.tx, now, &after).await?;
    operation = operation.count("amended", i64::try_from(after.len()).unwrap_or(i64::MAX));
    for chunk in after.chunks(EVENT_CERTIFICATES_MAX) {
        let subject = (chunk.len() == 1).then(|| chunk[0].id.to_string());
        operation = operation.event("certificate.amended", subject, told(chunk));
    }
    write.record(operation);
    Ok(after.len())
}
