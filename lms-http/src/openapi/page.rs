//! The page that shows the document: three small files, and nothing from any other host.
//!
//! They refer to each other by relative addresses, so that the page also works where the router is
//! nested. Its policy lets it run its own script and ask its own service, and nothing else.

use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};

use crate::error::{NOT_FOUND, Problem};
use crate::extract::Segment;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// `GET /api/docs`.
pub(crate) async fn page() -> Response {
    answer("text/html; charset=utf-8", PAGE)
}

/// `GET /api/docs/{file}`: what the page needs.
pub(crate) async fn file(Segment(name): Segment) -> Result<Response, Problem> {
    match name.as_str() {
        "page.css" => Ok(answer("text/css; charset=utf-8", STYLE)),
        "page.js" => Ok(answer("text/javascript; charset=utf-8", SCRIPT)),
        _ => Err(NOT_FOUND.problem("there is nothing at this address")),
    }
}

fn answer(content_type: &'static str, text: &'static str) -> Response {
    let headers: [(HeaderName, HeaderValue); 4] = [
        (CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, text).into_response()
}
