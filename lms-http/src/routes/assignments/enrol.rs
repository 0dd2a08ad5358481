//! Enrolments: assignments that somebody asked for themselves.

use axum::Json as Answer;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::ToSchema;

use super::body::{AssignmentBody, OperationBody};
use super::{AssignmentPath, of_one_problem};
use crate::answer::OutcomeBody;
use crate::auth::Call;
use crate::error::Problem;
use crate::extract::Json;
use crate::query::{NoParameters, Query};
use crate::routes::certificates::CertificateBody;
use crate::routes::progress::ProgressBody;

/// A training, and who takes part.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewEnrollment)]
pub(super) struct EnrolBody {
    /// The training, by code or id.
    training: String,
    /// Who takes part; oneself, unless said.
    #[serde(default)]
    person: Option<String>,
}

/// `POST /enrollments`.
pub(super) async fn enrol(
    call: Call,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<EnrolBody>,
) -> Result<Response, Problem> {
    let assignments = call.lms.assignments();
    let outcome = match &body.person {
        Some(person) => assignments.enrol(&call.actor, person, &body.training).await,
        None => assignments.enrol_oneself(&call.actor, &body.training).await,
    }?;
    let is_new = outcome.operation.is_some();
    let location = format!("enrollments/{}", outcome.value.id);
    let body = Answer(OutcomeBody::<AssignmentBody>::from(outcome));
    if !is_new {
        return Ok(body.into_response());
    }
    Ok((StatusCode::CREATED, [(LOCATION, location)], body).into_response())
}

/// `DELETE /enrollments/{id}`.
pub(super) async fn withdraw(
    call: Call,
    path: AssignmentPath,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Answer<OperationBody>, Problem> {
    let operation = call.lms.assignments().withdraw(&call.actor, path.0).await;
    Ok(Answer(operation.map_err(of_one_problem)?.into()))
}

/// `GET /enrollments/{id}/progress`.
pub(super) async fn progress(
    call: Call,
    path: AssignmentPath,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Answer<ProgressBody>, Problem> {
    let shown = call.lms.progress().show_assignment(&call.actor, path.0).await;
    Ok(Answer(shown.map_err(of_one_problem)?.into()))
}

/// `POST /enrollments/{id}/certificate`.
pub(super) async fn certificate(
    call: Call,
    path: AssignmentPath,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Response, Problem> {
    let outcome = call.lms.assignments().certify(&call.actor, path.0).await;
    let outcome = outcome.map_err(of_one_problem)?;
    Ok(Answer(OutcomeBody::<CertificateBody>::from(outcome)).into_response())
}
