//! `ETag`, `If-Match` and `If-None-Match`.
//!
//! A tag is the version of a thing, and where more than the thing decides what is shown of it (the
//! day, the name of its department), a sum of what was shown: `"VERSION"` or `"VERSION/SUM"`. A
//! write goes by the version alone: it is refused where the thing was written since, and only then.
//! A conditional read goes by all of it, so that 304 means that the very same bytes would follow.

use std::hash::{DefaultHasher, Hasher};

use axum::extract::FromRequestParts;
use axum::http::header::{CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use lms_core::Timestamp;
use serde::Serialize;

use crate::error::{self, Problem};
use crate::state::ApiState;

/// What tells one version of a thing from the next.
pub(crate) trait Version: Sized {
    fn parse(text: &str) -> Option<Self>;
    fn text(&self) -> String;
}

/// The version that a write expects to find, if it says so.
pub(crate) struct IfMatch<V>(pub(crate) Option<V>);

/// The tags of what the caller has already.
pub(crate) struct IfNoneMatch(Vec<String>);

/// A number that is counted up.
impl Version for i64 {
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn text(&self) -> String {
        self.to_string()
    }
}

/// The instant of the last write: no two writes share one.
impl Version for Timestamp {
    fn parse(text: &str) -> Option<Self> {
        Self::parse(text).ok()
    }

    fn text(&self) -> String {
        self.to_string()
    }
}

/// The header for what a write left behind.
pub(crate) fn etag(version: impl Version) -> [(HeaderName, HeaderValue); 1] {
    [(ETAG, header_value(&format!("\"{}\"", version.text())))]
}

impl IfNoneMatch {
    /// Whether the caller has what this tag is of.
    pub(crate) fn holds(&self, tag: &str) -> bool {
        self.0.iter().any(|known| known == tag || known == "*")
    }

    /// Shows a thing of which its version says everything.
    pub(crate) fn show(&self, version: impl Version, body: &impl Serialize) -> Response {
        self.answer(&format!("\"{}\"", version.text()), to_json(body))
    }

    /// Shows a thing that may look different without having been written.
    pub(crate) fn show_all_of(&self, version: impl Version, body: &impl Serialize) -> Response {
        let bytes = to_json(body);
        let mut sum = DefaultHasher::new();
        sum.write(&bytes);
        self.answer(&format!("\"{}/{:016x}\"", version.text(), sum.finish()), bytes)
    }

    fn answer(&self, tag: &str, bytes: Vec<u8>) -> Response {
        let headers = [(ETAG, header_value(tag))];
        if self.holds(tag) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        let json = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        (headers, json, bytes).into_response()
    }
}

impl<V: Version> FromRequestParts<ApiState> for IfMatch<V> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Self, Problem> {
        expected(&parts.headers).map(Self)
    }
}

impl FromRequestParts<ApiState> for IfNoneMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Self, Problem> {
        Ok(known(&parts.headers))
    }
}

/// Reads `If-Match`. A weak tag counts as its strong one: the tag is the version of the thing,
/// whatever form it was sent in, and proxies that compress make tags weak.
fn expected<V: Version>(headers: &HeaderMap) -> Result<Option<V>, Problem> {
    let mut values = headers.get_all(IF_MATCH).iter();
    let value = match (values.next(), values.next()) {
        (None, _) => return Ok(None),
        (Some(value), None) => value.to_str().unwrap_or_default().trim(),
        (Some(_), Some(_)) => "",
    };
    if value == "*" {
        return Ok(None);
    }
    let tag = strong(value).strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let version = tag.map(|tag| tag.split_once('/').map_or(tag, |(version, _)| version));
    match version.and_then(V::parse) {
        Some(version) => Ok(Some(version)),
        None => Err(error::IF_MATCH
            .problem("`If-Match` does not hold one tag of this address")
            .with_hint("send the `ETag` of the last answer as it was")),
    }
}

/// Reads `If-None-Match`: a wrong tag is one that nobody has, and no reason to refuse a read.
fn known(headers: &HeaderMap) -> IfNoneMatch {
    let values = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let tags = values.flat_map(|value| value.split(','));
    IfNoneMatch(tags.map(|tag| strong(tag.trim()).to_owned()).collect())
}

fn strong(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

fn to_json(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).expect("an answer is plain data")
}

fn header_value(tag: &str) -> HeaderValue {
    HeaderValue::try_from(tag).expect("a version is visible ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: HeaderName, values: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(&name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn if_match_takes_the_tag_it_was_given() {
        let version =
            |values: &[&'static str]| expected::<i64>(&headers(IF_MATCH, values)).map_err(drop);
        assert_eq!(version(&[]), Ok(None));
        assert_eq!(version(&["*"]), Ok(None));
        assert_eq!(version(&["\"7\""]), Ok(Some(7)));
        assert_eq!(version(&["\"7/0123456789abcdef\""]), Ok(Some(7)));
        assert_eq!(version(&["W/\"7\""]), Ok(Some(7)));
        for bad in [&["7"][..], &["\"x\""], &["\"7\", \"8\""], &["\"7\"", "\"8\""], &["\""], &[""]]
        {
            assert_eq!(version(bad), Err(()), "{bad:?}");
        }
        let instant = "\"2026-03-31T12:00:00.000001Z/0123456789abcdef\"";
        let instant = expected::<Timestamp>(&headers(IF_MATCH, &[instant])).unwrap().unwrap();
        assert_eq!(instant.to_string(), "2026-03-31T12:00:00.000001Z");
    }

    #[test]
    fn what_the_caller_has_is_not_sent_again() {
        let body = serde_json::json!({ "name": "Ada" });
        let fresh = known(&HeaderMap::new()).show_all_of(7_i64, &body);
        assert_eq!(fresh.status(), StatusCode::OK);
        let tag = fresh.headers()[ETAG].to_str().unwrap().to_owned();
        let ask = |value: &str| {
            let value = HeaderValue::try_from(value).unwrap();
            known(&HeaderMap::from_iter([(IF_NONE_MATCH, value)]))
        };
        for same in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
            let answer = ask(&same).show_all_of(7_i64, &body);
            assert_eq!(answer.status(), StatusCode::NOT_MODIFIED, "{same}");
            assert_eq!(answer.headers()[ETAG], tag);
        }
        let other = serde_json::json!({ "name": "Ada L." });
        assert_eq!(ask(&tag).show_all_of(7_i64, &other).status(), StatusCode::OK);
        assert_eq!(ask(&tag).show_all_of(8_i64, &body).status(), StatusCode::OK);
    }
}
