//! `/progress` and `/lessons`: how far people are. A lesson is a module.

mod body;

use axum::Json as Answer;
use axum::response::IntoResponse;
use axum::response::Response;
use serde_json::json;

use crate::answer::OutcomeBody;
use crate::auth::Call;
use crate::error::Problem;
use crate::extract::{Json, Segment, Segments};
use crate::openapi::{About, Resource};
use crate::query::{NoParameters, Query};
pub(super) use body::ProgressBody;
use body::{MarkBody, OneBody, UpdateBody};

/// To see how far people are.
const READ: &str = "progress.read";
/// To learn.
const WRITE: &str = "progress.write";
/// To say that somebody has done a training.
const MARK: &str = "progress.mark";

pub(super) fn resource() -> Resource {
    let text = "How far people are in what they have to do. Whoever has done all that a training asks \
                has completed it, in the transaction of what was missing last.";
    let one = || json!({ "training": "SIGN-101", "person": "ada@example.com" });
    Resource::new("Progress", text)
        .post(
            "/api/v1/progress/start",
            start,
            About::new("start_training", "Begin a training")
                .text(
                    "From now on the person is in the version that is published now. Refused, with \
                     what is missing, while something else comes first. Beginning again changes nothing.",
                )
                .permission(WRITE)
                .body::<OneBody>(one())
                .outcome::<ProgressBody>()
                .conflicts(),
        )
        .post(
            "/api/v1/progress/update",
            update,
            of_update("update_progress", "Note how far somebody came in a module"),
        )
        .post(
            "/api/v1/progress/video/update",
            update,
            of_update("update_video_progress", "Note how far somebody came in a video"),
        )
        .post(
            "/api/v1/lessons/{module}/complete",
            complete_lesson,
            About::new("complete_lesson", "Come to the end of a module")
                .path("module", "The key of the module", "text")
                .permission(WRITE)
                .body::<OneBody>(one())
                .answers::<ProgressBody>(200, "how far they are")
                .conflicts(),
        )
        .post(
            "/api/v1/progress/sign",
            sign,
            About::new("sign_training", "Acknowledge a text")
                .text("In the version that was begun. Signing again changes nothing.")
                .permission(WRITE)
                .body::<OneBody>(one())
                .outcome::<ProgressBody>()
                .conflicts(),
        )
        .post(
            "/api/v1/progress/complete",
            mark,
            About::new("mark_training", "Say that somebody has done a training")
                .text("Today, whatever else it asks for; never of oneself.")
                .permission(MARK)
                .body::<MarkBody>(one())
                .answers::<ProgressBody>(200, "how far they are")
                .conflicts(),
        )
        .get(
            "/api/v1/progress/user/{id}/training/{code}",
            show,
            About::new("show_progress", "Show how far somebody is")
                .text("In the last cycle of what they have to do, or had.")
                .path("id", "The person, as of users", "email:ada@example.com")
                .path("code", "The training, by code or id", "SIGN-101")
                .permission(READ)
                .answers::<ProgressBody>(200, "how far they are")
                .conflicts(),
        )
}

fn of_update(id: &str, summary: &str) -> About {
    About::new(id, summary)
        .text(
            "Per cent only rise, and time adds up. It is durable when this is answered; updates of many \
             people that come at once share a commit. Where no answer came, send it again with the \
             same `update_id`: the last sixteen of a module are remembered, and none counts twice. A \
             step on the way is no entry of the audit log.",
        )
        .permission(WRITE)
        .body::<UpdateBody>(json!({
            "training": "SIGN-101",
            "module": "text",
            "person": "ada@example.com",
            "percent": 40,
            "seconds": 30,
            "position": "00:30",
            "update_id": "5f0c6a3e-0001"
        }))
        .answers::<ProgressBody>(200, "how far they are")
        .conflicts()
}

async fn start(
    call: Call,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<OneBody>,
) -> Result<Response, Problem> {
    let progress = call.lms.progress();
    let outcome = progress.start(&call.actor, body.person.as_deref(), &body.training).await?;
    Ok(Answer(OutcomeBody::<ProgressBody>::from(outcome)).into_response())
}

async fn update(
    call: Call,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<UpdateBody>,
) -> Result<Answer<ProgressBody>, Problem> {
    Ok(Answer(call.lms.progress().update(&call.actor, body.into_update()).await?.into()))
}

async fn complete_lesson(
    call: Call,
    Segment(module): Segment,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<OneBody>,
) -> Result<Answer<ProgressBody>, Problem> {
    let update = body.into_end_of(&module);
    let updated = call.lms.progress().update(&call.actor, update).await;
    Ok(Answer(updated.map_err(|error| Problem::at_address(error, "module"))?.into()))
}

async fn sign(
    call: Call,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<OneBody>,
) -> Result<Response, Problem> {
    let progress = call.lms.progress();
    let outcome = progress.sign(&call.actor, body.person.as_deref(), &body.training).await?;
    Ok(Answer(OutcomeBody::<ProgressBody>::from(outcome)).into_response())
}

async fn mark(
    call: Call,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<MarkBody>,
) -> Result<Answer<ProgressBody>, Problem> {
    let progress = call.lms.progress();
    Ok(Answer(progress.mark(&call.actor, &body.person, &body.training).await?.into()))
}

async fn show(
    call: Call,
    Segments(person, training): Segments,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Answer<ProgressBody>, Problem> {
    let shown = call.lms.progress().show(&call.actor, Some(&person), &training).await;
    let shown = shown.map_err(|error| {
        let field = error.field().unwrap_or_default().to_owned();
        Problem::at_address(error, if field == "training" { "training" } else { "person" })
    })?;
    Ok(Answer(shown.into()))
}
