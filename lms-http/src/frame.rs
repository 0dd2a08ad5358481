//! What surrounds every request: its id and span, one log line, the metrics, the headers that
//! every answer carries, and problems turned into documents.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use crate::error::{INTERNAL, Problem};
use crate::request_id::{RequestId, X_REQUEST_ID, traceparent};
use crate::state::ApiState;

/// Requests that no route took are logged and counted under this name.
const UNMATCHED: &str = "unmatched";

/// The outermost middleware.
pub(crate) async fn frame(
    State(state): State<ApiState>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = RequestId::of(request.headers());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or(UNMATCHED, MatchedPath::as_str);
    let span = tracing::info_span!(
        "request",
        request_id = %id,
        traceparent = traceparent(request.headers()),
        // The route and never the address: addresses name people.
        http.method = method.as_str(),
        http.route = route,
    );
    let measured = state.options.metrics.begin(&method, route);
    request.extensions_mut().insert(id.clone());

    let answer = async {
        let response = finished(next.run(request).await, &id, &method);
        let status = response.status();
        let duration = measured.finish(status);
        let duration_ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(http.status = status.as_u16(), duration_ms, "request answered");
        response
    };
    answer.instrument(span).await
}

/// Turns a panic of a handler into a problem. What it said is for the log.
pub(crate) fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!("a handler panicked: {}", text.unwrap_or("without a word"));
    let problem = INTERNAL.problem("something went wrong inside the service");
    problem
        .with_hint("report it with the `request_id`, under which the cause is in the log")
        .into_response()
}

fn finished(mut response: Response, id: &RequestId, method: &Method) -> Response {
    if let Some(problem) = response.extensions_mut().remove::<Arc<Problem>>() {
        let document = problem.document(id.as_str());
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(document.len()));
        if method != Method::HEAD {
            *response.body_mut() = Body::from(document);
        }
    }
    let headers = response.headers_mut();
    headers.insert(X_REQUEST_ID, id.to_header());
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
