//! `/exceptions`: what could not be assigned as it was asked for, and waits for somebody to decide.

use axum::Json as Answer;
use lms_core::{Exception, ExceptionFilter, ExceptionId, Resolution};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::assignments::{OperationBody, because};
use crate::answer::PageBody;
use crate::audience::{AudienceParameters, AudienceQuery};
use crate::auth::Call;
use crate::error::{NOT_FOUND, Problem};
use crate::extract::{Json, Segment};
use crate::openapi::{About, Resource};
use crate::query::{NoParameters, Query, day};

const READ: &str = "assignments.read";
const WRITE: &str = "assignments.write";

pub(super) fn resource() -> Resource {
    let text = "What could not be assigned as it was asked for, and waits for somebody to decide.";
    Resource::new("Exceptions", text)
        .get(
            "/api/v1/exceptions",
            list,
            About::new("list_exceptions", "List what waits for a decision")
                .text("The oldest first.")
                .permission(READ)
                .query::<AudienceParameters>()
                .query::<ExceptionsQuery>()
                .page::<ExceptionBody>(),
        )
        .post(
            "/api/v1/exceptions/{id}/resolve",
            resolve,
            About::new("resolve_exception", "Decide what waits")
                .text("Deciding again as it was decided changes nothing.")
                .path("id", "The exception", "019d3f1c-4a00-7000-8000-0000000000a3")
                .permission(WRITE)
                .bodies::<ResolveBody>([
                    ("assign", json!({ "as": "assign", "due": "2026-12-31" })),
                    ("dismiss", json!({ "as": "dismiss" })),
                ])
                .answers::<OperationBody>(200, "it is decided")
                .conflicts(),
        )
}

/// Which of them, beside whose.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ExceptionsQuery {
    /// Only those of this training, by code or id.
    training: Option<String>,
    /// Also those that are decided.
    resolved: Option<bool>,
    /// How many on a page: 1 to 500, and 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// Something that waits for a decision, or did.
#[derive(Serialize, ToSchema)]
#[schema(as = Exception)]
struct ExceptionBody {
    /// Its id.
    #[schema(format = "uuid")]
    id: String,
    /// Whose.
    #[schema(format = "uuid")]
    person_id: String,
    /// Their name.
    person: String,
    /// The code of the training.
    training: String,
    /// Why it could not be assigned: `past_due` or `hire_unknown`.
    because: String,
    /// When it would have been due.
    #[schema(format = Date)]
    due_on: Option<String>,
    /// Since when it waits.
    #[schema(format = Date)]
    parked_on: String,
    /// When it was decided.
    #[schema(format = Date)]
    resolved_on: Option<String>,
    /// How: `assigned`, `dismissed`, or `settled` where it is no question any more.
    resolved_as: Option<String>,
}

/// What can be decided.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Decision {
    /// It is assigned.
    Assign,
    /// It is not.
    Dismiss,
}

/// What is decided.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ExceptionDecision)]
struct ResolveBody {
    /// Whether it is assigned.
    #[serde(rename = "as")]
    decision: Decision,
    /// When it is due, where it is assigned; without a due day, unless said.
    #[serde(default)]
    #[schema(format = Date)]
    due: Option<String>,
    /// Why; it is kept in the audit log.
    #[serde(default)]
    reason: Option<String>,
}

async fn list(
    call: Call,
    query: AudienceQuery<ExceptionsQuery>,
) -> Result<Answer<PageBody<ExceptionBody>>, Problem> {
    let AudienceQuery { audience, beside } = query;
    let mut filter = ExceptionFilter::new().resolved(beside.resolved.unwrap_or_default());
    filter = beside.training.iter().fold(filter, |filter, one| filter.training(one));
    filter = beside.limit.into_iter().fold(filter, ExceptionFilter::limit);
    filter = beside.cursor.iter().fold(filter, |filter, cursor| filter.cursor(cursor));
    if !audience.is_everybody() {
        filter = filter.audience(audience);
    }
    let page = call.lms.assignments().exceptions(&call.actor, filter).await;
    Ok(Answer(PageBody::of(page.map_err(Problem::in_query)?, ExceptionBody::from)))
}

async fn resolve(
    call: Call,
    Segment(id): Segment,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<ResolveBody>,
) -> Result<Answer<OperationBody>, Problem> {
    let id: ExceptionId =
        id.parse().map_err(|_| NOT_FOUND.problem("this does not name an exception"))?;
    let due = day("due", body.due.as_deref())?;
    let resolution = match body.decision {
        Decision::Assign => Resolution::Assign(due),
        Decision::Dismiss => Resolution::Dismiss,
    };
    let actor = because(&call.actor, body.reason.as_deref());
    let operation = call.lms.assignments().resolve_exception(&actor, id, resolution).await;
    Ok(Answer(operation?.into()))
}

impl From<Exception> for ExceptionBody {
    fn from(one: Exception) -> Self {
        Self {
            id: one.id.to_string(),
            person_id: one.person_id.to_string(),
            person: one.person,
            training: one.training,
            because: one.because,
            due_on: one.due_on.map(|day| day.to_string()),
            parked_on: one.parked_on.to_string(),
            resolved_on: one.resolved_on.map(|day| day.to_string()),
            resolved_as: one.resolved_as,
        }
    }
}
