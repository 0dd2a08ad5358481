//! The steps of a path, one by one: each call makes, or goes on with, its draft.

use axum::response::Response;
use lms_core::{Error, PathChange, Timestamp};
use serde_json::json;

use super::body::{NewPathStep, PathBody, PathStepMove, place};
use super::{WRITE, edited, of_one, problem};
use crate::auth::Call;
use crate::conditional::IfMatch;
use crate::error::Problem;
use crate::extract::{Json, Segment, Segments};
use crate::openapi::Resource;
use crate::query::{NoParameters, Query};

pub(super) fn routes(resource: Resource) -> Resource {
    let step = |id, summary| {
        let name = "The number of a step, or the code of a training in it";
        of_one(id, summary).path("step", name, "GDPR-101").permission(WRITE).if_match()
    };
    resource
        .post(
            "/api/v1/paths/{code}/steps",
            add,
            of_one("add_path_step", "Put a step in")
                .text("At the end, unless said.")
                .permission(WRITE)
                .if_match()
                .bodies::<NewPathStep>([
                    ("training", json!({ "step": { "training": "SEC-200" }, "at": 1 })),
                    ("choice", json!({ "step": { "any": 1, "of": ["SEC-200", "FIRE-WARDEN"] } })),
                ])
                .outcome::<PathBody>()
                .conflicts(),
        )
        .delete(
            "/api/v1/paths/{code}/steps/{step}",
            remove,
            step("remove_path_step", "Take a step out")
                .text("Of several to choose from, a code takes out that one.")
                .outcome::<PathBody>()
                .conflicts(),
        )
        .post(
            "/api/v1/paths/{code}/steps/{step}/move",
            r#move,
            step("move_path_step", "Move a step")
                .body::<PathStepMove>(json!({ "to": 1 }))
                .outcome::<PathBody>()
                .conflicts(),
        )
}

async fn add(
    call: Call,
    Segment(code): Segment,
    Query(NoParameters {}): Query<NoParameters>,
    IfMatch(seen): IfMatch<Timestamp>,
    Json(body): Json<NewPathStep>,
) -> Result<Response, Problem> {
    edited(&call, &code, seen, body.into_change(), problem_of_new).await
}

async fn remove(
    call: Call,
    Segments(code, step): Segments,
    Query(NoParameters {}): Query<NoParameters>,
    IfMatch(seen): IfMatch<Timestamp>,
) -> Result<Response, Problem> {
    edited(&call, &code, seen, PathChange::new().remove_step(&step), problem_of_step).await
}

async fn r#move(
    call: Call,
    Segments(code, step): Segments,
    Query(NoParameters {}): Query<NoParameters>,
    IfMatch(seen): IfMatch<Timestamp>,
    Json(body): Json<PathStepMove>,
) -> Result<Response, Problem> {
    let change = PathChange::new().move_step(&step, place(body.to));
    edited(&call, &code, seen, change, problem_of_step).await
}

/// What went wrong with a new step: its fields are told from where it stands in the body.
fn problem_of_new(error: Error) -> Problem {
    problem(error).with_fields_named(|field| match field.split_once("].") {
        Some((_, rest)) if field.starts_with("steps[") => format!("step.{rest}"),
        _ => field.to_owned(),
    })
}

/// What went wrong with the step in the address, or with its new place.
fn problem_of_step(error: Error) -> Problem {
    let problem = match error.field() {
        Some("step") => Problem::at_address(error, "step"),
        _ => problem(error),
    };
    problem.with_fields_named(|field| if field == "at" { "to" } else { field }.to_owned())
}
