//! Handing a file out: the whole of it or a part, from the store to the caller piece by piece.
//!
//! A file is saved under its name and never shown as a page of ours: it is an attachment, of the type
//! that its ending says and no other, and whatever a browser makes of it runs nowhere.

use std::ops::Range;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, TryStreamExt, stream};
use lms_core::{ContentFile, OpenContent};

use super::range::{Asked, asked};
use super::{READ, of_one};
use crate::auth::Call;
use crate::conditional::IfNoneMatch;
use crate::error::{self, Problem};
use crate::extract::Segment;
use crate::openapi::Resource;
use crate::query::{NoParameters, Query};

/// An answer that is passed on as it is: compressed, a file would have another length and no parts.
#[derive(Clone, Copy)]
pub(crate) struct Verbatim;

pub(super) fn routes(resource: Resource) -> Resource {
    resource.get(
        "/api/v1/content/{id}/bytes",
        bytes,
        of_one("get_content", "Get a file as it was put in")
            .text("A header `Range` asks for a part of it. Bytes that are no longer those that were put in break the answer off before its end.")
            .permission(READ)
            .if_none_match()
            .hands_out_bytes("the file"),
    )
}

async fn bytes(
    call: Call,
    Segment(id): Segment,
    tags: IfNoneMatch,
    method: Method,
    headers: HeaderMap,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Response, Problem> {
    let content = call.lms.content();
    let file = content.show(&call.actor, &id).await?;
    let tag = format!("\"{}\"", file.sha256);
    if tags.holds(&tag) {
        return Ok(described(&file, StatusCode::NOT_MODIFIED, Body::empty()));
    }
    let size = file.size.unsigned_abs();
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    // Whoever has a part of another content wants the whole of this one.
    let is_same = text(header::IF_RANGE).is_none_or(|seen| seen == tag);
    let range = text(header::RANGE).filter(|_| is_same && method == Method::GET);
    match asked(range, size) {
        Asked::Nowhere => Ok(nowhere(size)),
        Asked::Whole if method == Method::HEAD => Ok(whole(&file, Body::empty())),
        Asked::Whole => {
            let open = content.open(&call.actor, &id).await?;
            Ok(whole(&file, body(open).await?))
        }
        Asked::Part(part) => {
            let open = content.open_part(&call.actor, &id, part.clone()).await?;
            Ok(partly(&file, &part, body(open).await?))
        }
    }
}

/// The whole of a file that is open.
pub(super) async fn handed_out(open: OpenContent) -> Result<Response, Problem> {
    let file = open.file.clone();
    Ok(whole(&file, body(open).await?))
}

/// What goes wrong at once is answered. What goes wrong on the way is for the log; the caller sees that
/// the answer has no end.
async fn body(open: OpenContent) -> Result<Body, Problem> {
    let mut bytes = open.bytes;
    let first = bytes.try_next().await?;
    let all = stream::iter(first.map(Ok)).chain(bytes);
    Ok(Body::from_stream(all.inspect_err(|error: &lms_core::Error| {
        tracing::error!(code = error.code(), "a file was broken off: {error}");
    })))
}

fn whole(file: &ContentFile, body: Body) -> Response {
    let mut response = described(file, StatusCode::OK, body);
    response.headers_mut().insert(header::CONTENT_LENGTH, file.size.unsigned_abs().into());
    response
}

fn partly(file: &ContentFile, part: &Range<u64>, body: Body) -> Response {
    let mut response = described(file, StatusCode::PARTIAL_CONTENT, body);
    let of = format!("bytes {}-{}/{}", part.start, part.end - 1, file.size);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_RANGE, header_value(&of));
    headers.insert(header::CONTENT_LENGTH, (part.end - part.start).into());
    response
}

fn nowhere(size: u64) -> Response {
    let problem = error::RANGE
        .problem(format!("the file has {size} bytes, and none of those that were asked for"))
        .with_hint("leave `Range` out, or ask for bytes that are there");
    let mut response = problem.into_response();
    let of = header_value(&format!("bytes */{size}"));
    response.headers_mut().insert(header::CONTENT_RANGE, of);
    response
}

fn described(file: &ContentFile, status: StatusCode, body: Body) -> Response {
    let mut response = (status, body).into_response();
    response.extensions_mut().insert(Verbatim);
    let media_type = match file.media_type.as_str() {
        text if text.starts_with("text/") => format!("{text}; charset=utf-8"),
        other => other.to_owned(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header_value(&media_type));
    headers.insert(header::CONTENT_DISPOSITION, header_value(&file.disposition()));
    headers.insert(header::ETAG, header_value(&format!("\"{}\"", file.sha256)));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    // It may be kept, and is asked after each time: whoever lost the right does not get it again.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    let policy = HeaderValue::from_static("default-src 'none'; sandbox");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

fn header_value(text: &str) -> HeaderValue {
    HeaderValue::try_from(text).expect("what describes a file is visible ASCII")
}
