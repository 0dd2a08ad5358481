//! Handing a draft in, publishing it, and taking a training out of the catalog and back.

use axum::Json as Answer;
use axum::response::{IntoResponse, Response};
use lms_core::{Changed, Publishing, Timestamp, Training};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::{
    PUBLISH, PublishBody, PublishPlanBody, TrainingBody, WRITE, needed_day, of_one, problem,
};
use crate::answer::changed;
use crate::auth::Call;
use crate::conditional::IfMatch;
use crate::error::Problem;
use crate::extract::{Json, Segment};
use crate::openapi::Resource;
use crate::query::{NoParameters, Query};

/// Whether to publish, or only to say what that would do.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PublishQuery {
    /// Say what would be published and what stands in the way, and change nothing.
    dry_run: Option<bool>,
}

pub(super) fn routes(resource: Resource) -> Resource {
    resource
        .post(
            "/api/v1/trainings/{code}/submit",
            submit,
            of_one("submit_training", "Hand a draft in")
                .text("To be looked at before it is published. Editing it takes it back.")
                .permission(WRITE)
                .if_match()
                .outcome::<TrainingBody>()
                .conflicts(),
        )
        .post(
            "/api/v1/trainings/{code}/publish",
            publish,
            of_one("publish_training", "Publish the draft of a training")
                .text("It becomes a version that never changes again, or nothing happens and all that stands in the way is told.")
                .permission(PUBLISH)
                .query::<PublishQuery>()
                .if_match()
                .bodies::<PublishBody>([
                    ("minor", json!({})),
                    ("major", json!({ "major": true, "require_retraining_by": "2027-06-30" })),
                ])
                .outcome::<TrainingBody>()
                .or_answers::<PublishPlanBody>(200, "what would be published, with `dry_run`")
                .conflicts(),
        )
        .post(
            "/api/v1/trainings/{code}/archive",
            archive,
            of_one("archive_training", "Take a training out of the catalog")
                .text("What was done in it stays; nobody is given it any more.")
                .permission(PUBLISH)
                .if_match()
                .outcome::<TrainingBody>()
                .conflicts(),
        )
        .post(
            "/api/v1/trainings/{code}/reopen",
            reopen,
            of_one("reopen_training", "Take a training back into the catalog")
                .permission(PUBLISH)
                .if_match()
                .outcome::<TrainingBody>()
                .conflicts(),
        )
}

async fn submit(
    call: Call,
    Segment(code): Segment,
    Query(NoParameters {}): Query<NoParameters>,
    IfMatch(seen): IfMatch<Timestamp>,
) -> Result<Response, Problem> {
    let catalog = call.lms.catalog().unchanged_since(seen);
    moved(catalog.submit(&call.actor, &code).await)
}

async fn publish(
    call: Call,
    Segment(code): Segment,
    Query(query): Query<PublishQuery>,
    IfMatch(seen): IfMatch<Timestamp>,
    Json(body): Json<PublishBody>,
) -> Result<Response, Problem> {
    let publishing = body.into_publishing()?;
    let catalog = call.lms.catalog().unchanged_since(seen);
    if query.dry_run.unwrap_or_default() {
        let plan = catalog.plan_publish(&call.actor, &code, &publishing).await.map_err(problem)?;
        return Ok(Answer(PublishPlanBody::from(plan)).into_response());
    }
    moved(catalog.publish(&call.actor, &code, &publishing).await)
}

async fn archive(
    call: Call,
    Segment(code): Segment,
    Query(NoParameters {}): Query<NoParameters>,
    IfMatch(seen): IfMatch<Timestamp>,
) -> Result<Response, Problem> {
    let catalog = call.lms.catalog().unchanged_since(seen);
    moved(catalog.archive(&call.actor, &code).await)
}

async fn reopen(
    call: Call,
    Segment(code): Segment,
    Query(NoParameters {}): Query<NoParameters>,
    IfMatch(seen): IfMatch<Timestamp>,
) -> Result<Response, Problem> {
    let catalog = call.lms.catalog().unchanged_since(seen);
    moved(catalog.reopen(&call.actor, &code).await)
}

fn moved(outcome: lms_core::Result<Changed<Training>>) -> Result<Response, Problem> {
    let outcome = outcome.map_err(problem)?;
    Ok(changed::<TrainingBody>(outcome.value.updated_at, outcome.into()))
}

impl PublishBody {
    fn into_publishing(self) -> Result<Publishing, lms_core::Error> {
        let publishing = if self.major { Publishing::major() } else { Publishing::minor() };
        match self.require_retraining_by.as_deref() {
            None => Ok(publishing),
            Some(day) => {
                let day = needed_day("require_retraining_by", day)?;
                Ok(publishing.require_retraining_by(day))
            }
        }
    }
}
