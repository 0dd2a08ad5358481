//! What a request may ask of the server: the size of its head and how long it may take. The size
//! of its body is held where bodies are read, in `extract`. A file that is put in may be long on its
//! way; it must not be silent for long (`routes/content`).
//!
//! The HTTP library has bounds of its own in front of these (100 headers, about 400 KiB of head,
//! 64 KiB of address), which it answers without a problem document.

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::Response;

use crate::error::{HEAD_TOO_LARGE, Problem, SHUTTING_DOWN, TIMEOUT, URI_TOO_LONG};
use crate::routes::{EVIDENCE, IMPORTS, UPLOADS};
use crate::state::ApiState;

const URI_BYTES_MAX: usize = 8 * 1024;
const HEADERS_BYTES_MAX: usize = 32 * 1024;

/// Refuses too much, and gives up on what takes too long. A handler that is given up is dropped,
/// and with it the transaction that it had open.
pub(crate) async fn limits(
    State(state): State<ApiState>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let address_bytes = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    check_head(address_bytes, request.headers())?;
    let is_upload = is_upload(&request);
    tokio::select! {
        biased;
        response = next.run(request) => Ok(response),
        () = tokio::time::sleep(state.options.request_timeout), if !is_upload => Err(timed_out(&state)),
        () = state.cut() => Err(shutting_down()),
    }
}

/// By the route, which a host may have nested.
pub(crate) fn is_upload(request: &Request) -> bool {
    let route = request.extensions().get::<MatchedPath>();
    let takes_files =
        |route: &str| [UPLOADS, EVIDENCE, IMPORTS].iter().any(|taking| route.ends_with(taking));
    request.method() == Method::POST && route.is_some_and(|route| takes_files(route.as_str()))
}

fn check_head(address_bytes: usize, headers: &HeaderMap) -> Result<(), Problem> {
    if address_bytes > URI_BYTES_MAX {
        let detail = format!("the address has {address_bytes} bytes; {URI_BYTES_MAX} are allowed");
        return Err(URI_TOO_LONG.problem(detail).with_hint("ask for less in one request"));
    }
    let headers_bytes: usize =
        headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if headers_bytes > HEADERS_BYTES_MAX {
        let detail =
            format!("the headers have {headers_bytes} bytes; {HEADERS_BYTES_MAX} are allowed");
        return Err(HEAD_TOO_LARGE.problem(detail).with_hint("send fewer or shorter headers"));
    }
    Ok(())
}

fn timed_out(state: &ApiState) -> Problem {
    let seconds = state.options.request_timeout.as_secs_f64();
    TIMEOUT
        .problem(format!("the request was given up after {seconds} s"))
        .with_hint("a write may or may not have been made: look before you repeat it")
}

fn shutting_down() -> Problem {
    SHUTTING_DOWN
        .problem("the service is shutting down and could not wait for this request any longer")
        .with_hint("a write may or may not have been made: look before you repeat it")
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, header};

    use super::*;

    #[test]
    fn a_head_may_be_as_large_as_the_limits_and_no_larger() {
        let cookie = |bytes: usize| {
            HeaderMap::from_iter([(
                header::COOKIE,
                HeaderValue::try_from("x".repeat(bytes - "cookie".len())).unwrap(),
            )])
        };
        assert!(check_head(URI_BYTES_MAX, &cookie(HEADERS_BYTES_MAX)).is_ok());
        assert!(check_head(URI_BYTES_MAX + 1, &HeaderMap::new()).is_err());
        assert!(check_head(1, &cookie(HEADERS_BYTES_MAX + 1)).is_err());
    }
}
