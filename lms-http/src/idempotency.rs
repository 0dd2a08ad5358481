//! `Idempotency-Key`: a write that its client can ask for again without doing it again.
//!
//! The library notes the key in the transaction of what a request does (`lms_core::Requests`). Here the
//! request is begun with it, and what was answered is kept and told again. Only successes are: whatever
//! failed did nothing, and can be mended and sent again under the same key.
//!
//! Uploads take no key: the same bytes are put in once anyway, and nobody reads them twice to compare.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::header::{CONTENT_TYPE, ETAG, LOCATION};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use lms_core::{Error, KeptAnswer, RequestBegun};
use tokio::time::Instant;
use tracing::Instrument;

use crate::auth::Call;
use crate::error::{IDEMPOTENCY_KEY_SEVERAL, INTERNAL, Problem};
use crate::extract::body_of;
use crate::frame::panicked;
use crate::limits::is_upload;
use crate::state::ApiState;

pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// On an answer that was given before.
pub(crate) const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// What is kept of an answer beside its status and body.
const KEPT_HEADERS: [HeaderName; 3] = [CONTENT_TYPE, ETAG, LOCATION];

/// How long to wait for the answer that another attempt is about to be given.
const PATIENCE: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(25);

/// Lets a request with a key come to its end even where its client goes away: what was done is then
/// answered when the client comes back.
pub(crate) async fn to_the_end(request: Request, next: Next) -> Response {
    if !is_keyed(&request) {
        return next.run(request).await;
    }
    let task = tokio::spawn(next.run(request).in_current_span());
    match task.await.map_err(tokio::task::JoinError::try_into_panic) {
        Ok(response) => response,
        Err(Ok(panic)) => panicked(panic),
        Err(Err(_)) => INTERNAL.problem("the service ended before the request").into_response(),
    }
}

/// Carries a request out, or tells what was answered when it was.
pub(crate) async fn once(
    State(state): State<ApiState>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if !is_keyed(&request) {
        return Ok(next.run(request).await);
    }
    let (mut parts, body) = request.into_parts();
    let Ok(call) = Call::from_request_parts(&mut parts, &state).await else {
        // The handler will say who is not let in, and why.
        return Ok(next.run(Request::from_parts(parts, body)).await);
    };
    let key = key_of(&parts.headers)?.to_owned();
    // Without the host, which HTTP/2 has here and HTTP/1 has not.
    let address = parts.uri.path_and_query().map_or("", PathAndQuery::as_str).to_owned();
    let method = parts.method.clone();
    let body = body_of(Request::from_parts(parts.clone(), body), &state).await?;
    let asked = Asked { call, key, method, address, body: body.clone() };
    let RequestBegun::New(actor) = asked.begin().await? else {
        return asked.answered_before().await;
    };
    let call = Call { lms: asked.call.lms.clone(), actor };
    parts.extensions.insert(call.clone());
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    asked.finish(&call, response).await
}

fn is_keyed(request: &Request) -> bool {
    let writes = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    request.headers().contains_key(IDEMPOTENCY_KEY)
        && writes.contains(request.method())
        && request.extensions().get::<MatchedPath>().is_some()
        && !is_upload(request)
}

/// Of two keys nobody can say which counts.
fn key_of(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => Ok(value.to_str().unwrap_or_default()),
        _ => Err(IDEMPOTENCY_KEY_SEVERAL
            .problem("the request has several keys")
            .with_hint("send one header `Idempotency-Key`")),
    }
}

/// A request with a key.
struct Asked {
    call: Call,
    key: String,
    method: Method,
    address: String,
    body: Bytes,
}

impl Asked {
    async fn begin(&self) -> Result<RequestBegun, Problem> {
        let parts = [self.method.as_str().as_bytes(), self.address.as_bytes(), &self.body];
        let begun = self.call.lms.requests().begin(&self.call.actor, &self.key, &parts).await;
        begun.map_err(|error: Error| {
            Problem::from(error).with_fields_named(|_| "Idempotency-Key".to_owned())
        })
    }

    /// The answer of the attempt that did it, for which another one may still be waiting.
    async fn answered_before(&self) -> Result<Response, Problem> {
        let begun = Instant::now();
        loop {
            let RequestBegun::Done(done) = self.begin().await? else {
                // It ended while it was waited for; whoever asks once more is new.
                return Err(INTERNAL.problem("the key of the request ended at this very moment"));
            };
            if let Some(answer) = done.answer {
                return Ok(replayed(answer));
            }
            if begun.elapsed() > PATIENCE {
                return Err(done.refusal().into());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn finish(&self, call: &Call, response: Response) -> Result<Response, Problem> {
        let requests = call.lms.requests();
        if !response.status().is_success() {
            return match requests.finish(&call.actor, None).await? {
                Some(_) => self.answered_before().await,
                None => Ok(response),
            };
        }
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await;
        let body = body.map_err(|_| INTERNAL.problem("an answer could not be put together"))?;
        let answer = kept(parts.status, &parts.headers, &body);
        match requests.finish(&call.actor, answer).await {
            Ok(Some(_)) => self.answered_before().await,
            Ok(None) => Ok(Response::from_parts(parts, Body::from(body))),
            Err(error) => {
                // It was done, and its client is told; only asking again will not be answered so.
                tracing::warn!(code = error.code(), "an answer could not be kept: {error}");
                Ok(Response::from_parts(parts, Body::from(body)))
            }
        }
    }
}

fn kept(status: StatusCode, headers: &HeaderMap, body: &Bytes) -> Option<KeptAnswer> {
    let kept = KEPT_HEADERS
        .iter()
        .filter_map(|name| Some((name.to_string(), headers.get(name)?.to_str().ok()?.to_owned())));
    let body = String::from_utf8(body.to_vec()).ok()?;
    Some(KeptAnswer::new(status.as_u16(), kept.collect(), body))
}

fn replayed(answer: KeptAnswer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
