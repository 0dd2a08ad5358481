//! Files that prove what people did: put in as files are, and handed out to whoever may see what they prove.

use axum::extract::{Request, State};
use axum::response::Response;
use lms_core::CompletionId;

use super::body::{ContentBody, version};
use super::bytes::handed_out;
use super::upload::{UploadQuery, receive};
use crate::answer::{changed, made};
use crate::auth::Call;
use crate::error::{NOT_FOUND, Problem};
use crate::extract::Segment;
use crate::openapi::{About, Resource};
use crate::query::{NoParameters, Query};
use crate::state::ApiState;

/// Where proof is put in: what is sent here may be long on its way.
pub(crate) const EVIDENCE: &str = "/api/v1/completions/evidence";

pub(in crate::routes) fn routes(resource: Resource) -> Resource {
    resource
        .post(
            EVIDENCE,
            add,
            About::new("upload_evidence", "Put in a file that proves what people did")
                .text(
                    "The body is the file, as it is. Name its id as `evidence` where the completion is \
                     recorded or corrected: proof that nothing names is cleared away.",
                )
                .permission("assignments.write")
                .query::<UploadQuery>()
                .takes_bytes("the file")
                .made::<ContentBody>()
                .outcome::<ContentBody>()
                .conflicts()
                .fails_with(503),
        )
        .get(
            "/api/v1/completions/{id}/evidence",
            open,
            About::new("get_evidence", "Get the file that proves a completion")
                .text("It is noted who read it. Bytes that are no longer those that were put in break the answer off before its end.")
                .path("id", "The completion", "019d3f1c-4a00-7000-8000-0000000000a4")
                .permission("assignments.read")
                .hands_out_bytes("the file"),
        )
}

async fn add(
    State(state): State<ApiState>,
    call: Call,
    Query(query): Query<UploadQuery>,
    request: Request,
) -> Result<Response, Problem> {
    let kept = receive(&state, query, request, async move |new, mut body| {
        call.lms.assignments().add_evidence(&call.actor, new, &mut body).await
    });
    let outcome = kept.await?;
    let version = version(&outcome.value);
    if outcome.operation.is_none() {
        return Ok(changed::<ContentBody>(version, outcome.into()));
    }
    let location = format!("../content/{}", outcome.value.id);
    Ok(made::<ContentBody>(&location, version, outcome.into()))
}

async fn open(
    call: Call,
    Segment(id): Segment,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Response, Problem> {
    let id: CompletionId = id.parse().map_err(|_| {
        NOT_FOUND
            .problem("this does not name a completion")
            .with_hint("address a completion by its id; lists have it")
    })?;
    let open = call.lms.assignments().open_evidence(&call.actor, id).await;
    let open = open.map_err(|error| Problem::at_address(error, "completion"))?;
    handed_out(open).await
}
