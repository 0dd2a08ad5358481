//! Putting a file in: the body is the file.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use lms_core::{Changed, ContentFile, Error, NewContent};
use serde::Deserialize;
use tracing::Instrument;
use utoipa::IntoParams;

use super::WRITE;
use super::arriving::Arriving;
use super::body::{ContentBody, version};
use crate::answer::{changed, made};
use crate::auth::Call;
use crate::error::{MEDIA_TYPE, Problem};
use crate::extract::check_encoding;
use crate::openapi::{About, Resource};
use crate::query::Query;
use crate::state::ApiState;

/// Where files are put in: what is sent here may be long on its way.
pub(crate) const UPLOADS: &str = "/api/v1/content/uploads";

pub(super) fn routes(resource: Resource) -> Resource {
    resource.post(
        UPLOADS,
        upload,
        About::new("upload_content", "Put a file in")
            .text(
                "The body is the file, as it is. It streams into the store, and what does not arrive \
                 whole leaves nothing behind. The same file under the same name is there already: 200.",
            )
            .permission(WRITE)
            .query::<UploadQuery>()
            .takes_bytes("the file")
            .made::<ContentBody>()
            .outcome::<ContentBody>()
            .conflicts()
            .fails_with(503),
    )
}

/// What is put in.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct UploadQuery {
    /// Its name, whose ending says what it is.
    #[param(example = "ways-out.pdf")]
    pub(super) name: String,
    /// SHA-256 of its bytes, in hexadecimal: if others arrive, they are refused.
    pub(super) sha256: Option<String>,
}

async fn upload(
    State(state): State<ApiState>,
    call: Call,
    Query(query): Query<UploadQuery>,
    request: Request,
) -> Result<Response, Problem> {
    let kept = receive(&state, query, request, async move |new, mut body| {
        call.lms.content().add(&call.actor, new, &mut body).await
    });
    kept.await.map(answer)
}

/// Hands a file that arrives to whoever keeps it; its name and its digest stand in the query.
pub(super) async fn receive<K, F>(
    state: &ApiState,
    query: UploadQuery,
    request: Request,
    keep: K,
) -> Result<Changed<ContentFile>, Problem>
where
    K: FnOnce(NewContent, Arriving) -> F,
    F: Future<Output = Result<Changed<ContentFile>, Error>> + Send + 'static,
{
    refuse_forms(request.headers())?;
    check_encoding(request.headers())?;
    let mut new = NewContent::new(&query.name);
    if let Some(sha256) = &query.sha256 {
        new = new.sha256(sha256);
    }
    if let Some(size) = announced(request.headers()) {
        new = new.size(size);
    }
    let (body, answering) = Arriving::new(request.into_body(), state.options.request_timeout);
    // A task of its own: where the client goes away, what it sent is still cleared up.
    let outcome = tokio::spawn(keep(new, body).in_current_span()).await;
    drop(answering);
    match outcome {
        Ok(outcome) => outcome.map_err(Problem::in_query),
        Err(failed) => std::panic::resume_unwind(failed.into_panic()),
    }
}

fn answer(outcome: Changed<ContentFile>) -> Response {
    let version = version(&outcome.value);
    if outcome.operation.is_none() {
        return changed::<ContentBody>(version, outcome.into());
    }
    // Beside `uploads`.
    let location = outcome.value.id.to_string();
    made::<ContentBody>(&location, version, outcome.into())
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// What browsers and `curl -d` send has more in it than the file, or less.
pub(in crate::routes) fn refuse_forms(headers: &HeaderMap) -> Result<(), Problem> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let given = given.unwrap_or_default().to_ascii_lowercase();
    let is_form =
        given.starts_with("multipart/") || given.starts_with("application/x-www-form-urlencoded");
    if !is_form {
        return Ok(());
    }
    Err(MEDIA_TYPE.problem("the body is a form, and should be the file itself").with_hint(
        "send the bytes with `Content-Type: application/octet-stream`, and the name as `?name=`",
    ))
}
