//! `/audit`: who did what, when and why.

use std::collections::BTreeMap;

use axum::Json as Answer;
use lms_core::{AuditEntry, AuditFilter};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::answer::PageBody;
use crate::auth::Call;
use crate::error::Problem;
use crate::openapi::{About, Resource};
use crate::query::{Query, day};

pub(super) fn resource() -> Resource {
    Resource::new("Audit", "The log of everything that changed anything.").get(
        "/api/v1/audit",
        list,
        About::new("list_audit", "List the audit log")
            .text("Newest first. Each entry is chained to the one before by its hash.")
            .permission("audit.read")
            .query::<AuditQuery>()
            .page::<AuditBody>(),
    )
}

/// Which entries.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AuditQuery {
    /// Only this kind of operation.
    #[param(example = "person.changed")]
    kind: Option<String>,
    /// Only what this actor did.
    actor: Option<String>,
    /// Only what was done to this: an id, or a type such as `person`.
    subject: Option<String>,
    /// From this day on.
    #[param(format = Date)]
    from: Option<String>,
    /// Until this day, the day itself included.
    #[param(format = Date)]
    until: Option<String>,
    /// How many on a page: 1 to 500, and 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// One operation.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEntry)]
struct AuditBody {
    /// Its place in the chain.
    seq: i64,
    /// The operation.
    #[schema(format = "uuid")]
    operation_id: String,
    /// What was done, such as `person.changed`.
    kind: String,
    /// Who did it, such as `os:ada` or `account:0197…`.
    actor: String,
    /// By which door.
    origin: String,
    /// The request that it belonged to.
    request_id: Option<String>,
    /// Why, in the actor's words.
    reason: Option<String>,
    /// When.
    #[schema(format = DateTime)]
    recorded_at: String,
    /// How many of what.
    counts: BTreeMap<String, i64>,
    /// The hash of the entry, in hexadecimal.
    hash: String,
}

async fn list(
    call: Call,
    Query(query): Query<AuditQuery>,
) -> Result<Answer<PageBody<AuditBody>>, Problem> {
    let filter = query.into_filter().map_err(Problem::in_query)?;
    let page = call.lms.audit().list(&call.actor, filter).await;
    Ok(Answer(PageBody::of(page.map_err(Problem::in_query)?, AuditBody::from)))
}

type SetText = fn(AuditFilter, &str) -> AuditFilter;

impl AuditQuery {
    fn into_filter(self) -> lms_core::Result<AuditFilter> {
        let mut filter = self.limit.into_iter().fold(AuditFilter::new(), AuditFilter::limit);
        let texts: [(&Option<String>, SetText); 4] = [
            (&self.kind, AuditFilter::kind),
            (&self.actor, AuditFilter::actor),
            (&self.subject, AuditFilter::subject),
            (&self.cursor, AuditFilter::cursor),
        ];
        for (text, set) in texts {
            filter = text.iter().fold(filter, |filter, text| set(filter, text));
        }
        let from = day("from", self.from.as_deref())?;
        let until = day("until", self.until.as_deref())?;
        Ok(until
            .into_iter()
            .fold(from.into_iter().fold(filter, AuditFilter::from), AuditFilter::until))
    }
}

impl From<AuditEntry> for AuditBody {
    fn from(entry: AuditEntry) -> Self {
        Self {
            seq: entry.seq,
            operation_id: entry.operation_id.to_string(),
            kind: entry.kind,
            actor: entry.actor,
            origin: entry.origin,
            request_id: entry.request_id,
            reason: entry.reason,
            recorded_at: entry.recorded_at.to_string(),
            counts: entry.counts,
            hash: entry.hash,
        }
    }
}
