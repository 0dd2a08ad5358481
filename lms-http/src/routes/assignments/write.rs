//! Assigning and taking back: many as a plan, one by its id.

use axum::Json as Answer;
use axum::response::{IntoResponse, Response};
use lms_core::{Actor, Audience, Error, NewAssignments, Unassigning};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::body::{AssignmentBody, PlanBody, WithdrawalBody};
use super::terms::{BulkBody, NewBody, named};
use super::{AssignmentPath, because, everybody_unsaid, of_one_problem, of_plan};
use crate::answer::OutcomeBody;
use crate::audience::AudienceQuery;
use crate::auth::Call;
use crate::error::{FIELDS, FieldError, Problem};
use crate::extract::Json;
use crate::query::{NoParameters, Query};

/// How a change of many is made.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::routes) struct PlanQuery {
    /// Say what would be, and write nothing.
    dry_run: Option<bool>,
    /// The `plan` of a dry run: do exactly what it said, or nothing.
    plan: Option<String>,
}

impl PlanQuery {
    pub(in crate::routes) fn is_dry_run(&self) -> bool {
        self.dry_run.unwrap_or_default()
    }

    pub(in crate::routes) fn plan(&self) -> Option<&str> {
        self.plan.as_deref()
    }
}

/// What is taken back: trainings, of everybody whom the query means; or all that one operation assigned.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Withdrawal)]
pub(super) struct WithdrawBody {
    /// Trainings, by code or id.
    #[serde(default)]
    trainings: Vec<String>,
    /// All that one operation assigned, by its number or id.
    #[serde(default)]
    batch: Option<String>,
    /// Also where somebody has begun.
    #[serde(default)]
    even_started: bool,
    /// Why; it is kept in the audit log.
    #[serde(default)]
    reason: Option<String>,
}

/// What an assignment is to be. All else that it can be follows from what is known.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AssignmentStatus)]
pub(super) struct StatusBody {
    /// `in_progress` begins it, `cancelled` takes it back.
    status: String,
    /// Why; it is kept in the audit log.
    #[serde(default)]
    reason: Option<String>,
}

/// `POST /assignments`.
pub(super) async fn assign(
    call: Call,
    Query(query): Query<PlanQuery>,
    Json(body): Json<NewBody>,
) -> Result<Answer<PlanBody>, Problem> {
    let (actor, audience) = (body.because(&call.actor), body.audience()?);
    let new = body.to(audience)?;
    let told = |error: Error| named(error.into());
    carry_out(&call, &actor, new, &query, told).await
}

/// `POST /assignments/bulk`.
pub(super) async fn assign_bulk(
    call: Call,
    query: AudienceQuery<PlanQuery>,
    Json(body): Json<BulkBody>,
) -> Result<Answer<PlanBody>, Problem> {
    let AudienceQuery { audience, beside } = query;
    everybody_unsaid(&audience)?;
    let actor = body.because(&call.actor);
    let new = body.to(audience)?;
    let told = |error: Error| match error.field() {
        Some(field) if Audience::is_key(field) => Problem::in_query(error),
        _ => named(error.into()),
    };
    carry_out(&call, &actor, new, &beside, told).await
}

async fn carry_out(
    call: &Call,
    actor: &Actor,
    new: NewAssignments,
    query: &PlanQuery,
    told: impl Fn(Error) -> Problem,
) -> Result<Answer<PlanBody>, Problem> {
    let assignments = call.lms.assignments();
    let plan = assignments.plan_assign(actor, new).await.map_err(&told)?;
    let plan = plan.still(query.plan())?;
    if query.is_dry_run() {
        return Ok(Answer(PlanBody::of(plan, true, None)));
    }
    let done = assignments.assign(actor, plan.clone()).await.map_err(&told)?;
    Ok(Answer(PlanBody::of(plan, false, done.operation)))
}

/// `POST /assignments/withdrawals`.
pub(super) async fn withdraw(
    call: Call,
    query: AudienceQuery<PlanQuery>,
    Json(body): Json<WithdrawBody>,
) -> Result<Answer<WithdrawalBody>, Problem> {
    let AudienceQuery { audience, beside } = query;
    let asked = match (&body.batch, body.trainings.is_empty()) {
        (Some(batch), true) if audience.is_everybody() => {
            let found = call.lms.batches().find(&call.actor, batch).await;
            Unassigning::batch(found.map_err(|error| error.with_field("batch"))?.recorded_at)
        }
        (None, false) => {
            everybody_unsaid(&audience)?;
            Unassigning::of(body.trainings, audience)
        }
        _ => return Err(neither_nor()),
    };
    let actor = because(&call.actor, body.reason.as_deref());
    let assignments = call.lms.assignments();
    let told = |error: Error| named(of_plan(error));
    let plan = assignments.plan_unassign(&actor, asked.even_started(body.even_started)).await;
    let plan = plan.map_err(told)?.still(beside.plan())?;
    if beside.is_dry_run() {
        return Ok(Answer(WithdrawalBody::of(plan, true, None)));
    }
    let done = assignments.unassign(&actor, plan.clone()).await.map_err(told)?;
    Ok(Answer(WithdrawalBody::of(plan, false, done.operation)))
}

fn neither_nor() -> Problem {
    let detail = "either `trainings` with an audience, or a `batch` alone is taken back";
    FIELDS.problem(detail).with_field_error(FieldError {
        field: "trainings".to_owned(),
        code: FIELDS.code,
        detail: detail.to_owned(),
        hints: Vec::new(),
    })
}

/// `PUT /assignments/{id}/status`.
pub(super) async fn set_status(
    call: Call,
    path: AssignmentPath,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<StatusBody>,
) -> Result<Response, Problem> {
    let actor = because(&call.actor, body.reason.as_deref());
    let outcome = match body.status.as_str() {
        "in_progress" => call.lms.progress().start_assignment(&actor, path.0).await,
        "cancelled" => call.lms.assignments().cancel(&actor, path.0).await,
        other => return Err(is_derived(other)),
    };
    let outcome = outcome.map_err(of_one_problem)?;
    Ok(Answer(OutcomeBody::<AssignmentBody>::from(outcome)).into_response())
}

fn is_derived(status: &str) -> Problem {
    let detail = format!("an assignment is not made `{}` by saying so", status.escape_debug());
    let hints = vec![
        "its status follows from its days and from what was done".to_owned(),
        "`in_progress` begins it, `cancelled` takes it back; `POST completions` records what was done"
            .to_owned(),
    ];
    FIELDS.problem(&*detail).with_hints(hints.clone()).with_field_error(FieldError {
        field: "status".to_owned(),
        code: FIELDS.code,
        detail,
        hints,
    })
}

/// `DELETE /assignments/{id}`.
pub(super) async fn cancel(
    call: Call,
    path: AssignmentPath,
    Query(query): Query<super::ReasonQuery>,
) -> Result<Response, Problem> {
    let actor = because(&call.actor, query.reason.as_deref());
    let outcome = call.lms.assignments().cancel(&actor, path.0).await.map_err(of_one_problem)?;
    Ok(Answer(OutcomeBody::<AssignmentBody>::from(outcome)).into_response())
}
