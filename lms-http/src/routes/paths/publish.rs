//! Publishing a path, and taking it out of the catalog and back.

use axum::Json as Answer;
use axum::response::{IntoResponse, Response};
use lms_core::{Changed, LearningPath, Timestamp};
use serde::Deserialize;
use utoipa::IntoParams;

use super::body::{PathBody, PublishPlanBody};
use super::{PUBLISH, of_one, problem};
use crate::answer::changed;
use crate::auth::Call;
use crate::conditional::IfMatch;
use crate::error::Problem;
use crate::extract::Segment;
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
            "/api/v1/paths/{code}/publish",
            publish,
            of_one("publish_path", "Publish the draft of a path")
                .text("It becomes a version that never changes again, or nothing happens and all that stands in the way is told.")
                .permission(PUBLISH)
                .query::<PublishQuery>()
                .if_match()
                .outcome::<PathBody>()
                .or_answers::<PublishPlanBody>(200, "what would be published, with `dry_run`")
                .conflicts(),
        )
        .post(
            "/api/v1/paths/{code}/archive",
            archive,
            of_one("archive_path", "Take a path out of the catalog")
                .text("What was done on it stays; nobody is given it any more.")
                .permission(PUBLISH)
                .if_match()
                .outcome::<PathBody>()
                .conflicts(),
        )
        .post(
            "/api/v1/paths/{code}/reopen",
            reopen,
            of_one("reopen_path", "Take a path back into the catalog")
                .text("As long as its trainings are there.")
                .permission(PUBLISH)
                .if_match()
                .outcome::<PathBody>()
                .conflicts(),
        )
}

async fn publish(
    call: Call,
    Segment(code): Segment,
    Query(query): Query<PublishQuery>,
    IfMatch(seen): IfMatch<Timestamp>,
) -> Result<Response, Problem> {
    let paths = call.lms.paths().unchanged_since(seen);
    if query.dry_run.unwrap_or_default() {
        let plan = paths.plan_publish(&call.actor, &code).await.map_err(problem)?;
        return Ok(Answer(PublishPlanBody::from(plan)).into_response());
    }
    moved(paths.publish(&call.actor, &code).await)
}

async fn archive(
    call: Call,
    Segment(code): Segment,
    Query(NoParameters {}): Query<NoParameters>,
    IfMatch(seen): IfMatch<Timestamp>,
) -> Result<Response, Problem> {
    let paths = call.lms.paths().unchanged_since(seen);
    moved(paths.archive(&call.actor, &code).await)
}

async fn reopen(
    call: Call,
    Segment(code): Segment,
    Query(NoParameters {}): Query<NoParameters>,
    IfMatch(seen): IfMatch<Timestamp>,
) -> Result<Response, Problem> {
    let paths = call.lms.paths().unchanged_since(seen);
    moved(paths.reopen(&call.actor, &code).await)
}

fn moved(outcome: lms_core::Result<Changed<LearningPath>>) -> Result<Response, Problem> {
    let outcome = outcome.map_err(problem)?;
    Ok(changed::<PathBody>(outcome.value.updated_at, outcome.into()))
}
