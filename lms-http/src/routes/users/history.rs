//! What happened to a person.

use axum::Json as Answer;
use lms_core::{HistoryEntry, HistoryFilter};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::PersonPath;
use crate::answer::{ChangeBody, PageBody};
use crate::auth::Call;
use crate::error::Problem;
use crate::query::Query;

/// Which part of a history.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct HistoryQuery {
    /// In the order in which it happened; the newest first, unless said.
    oldest_first: Option<bool>,
    /// How many on a page: 1 to 500, and 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// One thing that happened to a person.
#[derive(Serialize, ToSchema)]
#[schema(as = HistoryEntry)]
pub(super) struct HistoryBody {
    /// The number of the audit entry.
    seq: i64,
    /// The operation.
    #[schema(format = "uuid")]
    operation_id: String,
    /// When it was recorded.
    #[schema(format = DateTime)]
    recorded_at: String,
    /// What was done, such as `person.changed`.
    kind: String,
    /// Who did it: the user name of an account, else what the audit log calls them.
    actor: String,
    /// Why, in the actor's words.
    reason: Option<String>,
    /// The first day on which what holds of them became different.
    #[schema(format = Date)]
    from: Option<String>,
    /// What changed.
    changed: Vec<ChangeBody>,
    /// The record that it was done to, where that was merged into this one later.
    #[schema(format = "uuid")]
    merged_record: Option<String>,
}

/// `GET /users/{id}/history`.
pub(super) async fn list(
    call: Call,
    path: PersonPath,
    Query(query): Query<HistoryQuery>,
) -> Result<Answer<PageBody<HistoryBody>>, Problem> {
    let page = call.lms.people().history(&call.actor, &path.0, query.into_filter()).await;
    let page = page.map_err(|error| match error.field() {
        Some("limit" | "cursor") => Problem::in_query(error),
        _ => PersonPath::problem(error),
    })?;
    Ok(Answer(PageBody::of(page, HistoryBody::from)))
}

impl HistoryQuery {
    fn into_filter(self) -> HistoryFilter {
        let filter = HistoryFilter::new().oldest_first(self.oldest_first.unwrap_or_default());
        let filter = self.limit.into_iter().fold(filter, HistoryFilter::limit);
        self.cursor.iter().fold(filter, |filter, cursor| filter.cursor(cursor))
    }
}

impl From<HistoryEntry> for HistoryBody {
    fn from(entry: HistoryEntry) -> Self {
        Self {
            seq: entry.seq,
            operation_id: entry.operation_id.to_string(),
            recorded_at: entry.recorded_at.to_string(),
            kind: entry.kind,
            actor: entry.actor,
            reason: entry.reason,
            from: entry.from.map(|day| day.to_string()),
            changed: ChangeBody::all(entry.changed),
            merged_record: entry.merged_record.map(|id| id.to_string()),
        }
    }
}
