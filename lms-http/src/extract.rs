//! What requests are read with: strict JSON, strict queries, `If-Match`.
//!
//! Strict means that nothing is ignored in silence. A misspelt field or parameter, such as a
//! `dry_run` that this address does not have, is an error and not a surprise.

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, FailedToBufferBody, JsonRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use crate::error::{
    self, BODY_BROKEN, BODY_SYNTAX, BODY_TOO_LARGE, FIELDS, FieldError, MEDIA_TYPE, Problem, QUERY,
};
use crate::state::ApiState;

/// A JSON object without unknown fields, if `T` denies them.
pub(crate) struct Json<T>(pub(crate) T);

/// A query without unknown parameters, if `T` denies them.
pub(crate) struct Query<T>(pub(crate) T);

/// For addresses that take no parameters.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoParameters {}

/// The version that a write expects to find, if it says so.
pub(crate) struct IfMatch(pub(crate) Option<i64>);

/// A field of a `PATCH`: absent, `null`, or a value.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) enum Patch<T> {
    #[default]
    Keep,
    Clear,
    Set(T),
}

/// The version of a thing as a validator for [`IfMatch`].
pub(crate) fn etag(version: i64) -> [(HeaderName, HeaderValue); 1] {
    let tag = format!("\"{version}\"");
    [(ETAG, HeaderValue::try_from(tag).expect("a number in quotes is visible ASCII"))]
}

impl<T: DeserializeOwned> FromRequest<ApiState> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self, Problem> {
        check_media_type(request.headers())?;
        let bytes_max = state.options.body_bytes_max;
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| unread_body(&rejection, bytes_max))?;
        parse(&bytes).map(Self)
    }
}

impl<T: DeserializeOwned> FromRequestParts<ApiState> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Self, Problem> {
        match axum::extract::Query::try_from_uri(&parts.uri) {
            Ok(axum::extract::Query(query)) => Ok(Self(query)),
            Err(rejection) => {
                let reason = Reason::of(&rejection);
                let name = reason.name("parameter");
                Err(QUERY.problem(name).with_hints(reason.hint()))
            }
        }
    }
}

impl FromRequestParts<ApiState> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Self, Problem> {
        expected_version(&parts.headers).map(Self)
    }
}

impl<T: ToString> Patch<T> {
    /// The field as text: nothing to keep what is there, and empty text to clear it.
    pub(crate) fn into_text(self) -> Option<String> {
        match self {
            Self::Keep => None,
            Self::Clear => Some(String::new()),
            Self::Set(value) => Some(value.to_string()),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(|value| value.map_or(Self::Clear, Self::Set))
    }
}

fn check_media_type(headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?").trim());
    let given = text(CONTENT_TYPE).unwrap_or_default();
    let media_type = given.split_once(';').map_or(given, |(media_type, _)| media_type).trim();
    let known = ["application/json", "application/merge-patch+json"];
    if !known.iter().any(|known| media_type.eq_ignore_ascii_case(known)) {
        let detail = if given.is_empty() {
            "the body has no content type".to_owned()
        } else {
            format!("a body of the type `{}` is not taken here", given.escape_debug())
        };
        return Err(MEDIA_TYPE
            .problem(detail)
            .with_hint("send JSON with the header `Content-Type: application/json`"));
    }
    match text(CONTENT_ENCODING) {
        None | Some("identity") => Ok(()),
        Some(coding) => Err(MEDIA_TYPE
            .problem(format!("a body coded as `{}` is not taken here", coding.escape_debug()))
            .with_hint("send the body as it is, without `Content-Encoding`")),
    }
}

fn unread_body(rejection: &BytesRejection, bytes_max: usize) -> Problem {
    match rejection {
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => {
            BODY_TOO_LARGE
                .problem(format!("the body has more than {bytes_max} bytes"))
                .with_hint("send less in one request")
        }
        _ => BODY_BROKEN
            .problem("the body ended before it was complete")
            .with_hint("check the connection and `Content-Length`, and send it again"),
    }
}

fn parse<T: DeserializeOwned>(bytes: &Bytes) -> Result<T, Problem> {
    // A struct could also be read from an array, field by field, which nobody means to send.
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    if first.is_some_and(|byte| *byte != b'{') {
        return Err(BODY_SYNTAX
            .problem("the body is not a JSON object")
            .with_hint("send an object, like `{\"name\": \"Acme\"}`"));
    }
    match axum::Json::from_bytes(bytes) {
        Ok(axum::Json(value)) => Ok(value),
        Err(JsonRejection::JsonDataError(rejection)) => Err(wrong_field(&Reason::of(&rejection))),
        Err(rejection) => {
            let reason = Reason::of(&rejection);
            let detail = format!("the body cannot be read as JSON: {}", reason.text);
            Err(BODY_SYNTAX.problem(detail).with_hint("check it with a JSON linter"))
        }
    }
}

fn wrong_field(reason: &Reason) -> Problem {
    let detail = reason.name("field");
    let hints: Vec<String> = reason.hint().into_iter().collect();
    let problem = FIELDS.problem(&*detail).with_hints(hints.clone());
    match &reason.field {
        None => problem,
        Some(field) => problem.with_field_error(FieldError {
            field: field.clone(),
            code: FIELDS.code,
            detail,
            hints,
        }),
    }
}

/// Why something could not be read, taken apart from `FIELD: TEXT`, which is how the
/// deserialiser words it, FIELD being a path such as `modules[2].title`.
struct Reason {
    field: Option<String>,
    text: String,
}

impl Reason {
    fn of(rejection: &dyn std::error::Error) -> Self {
        let whole = rejection.source().map_or_else(|| rejection.to_string(), ToString::to_string);
        // `at line 1 column 7` also follows a colon-free text, so only a path may stand in front.
        let path = |field: &&str| {
            !field.is_empty() && !field.contains(|c: char| c.is_whitespace() || c == '`')
        };
        let split = whole.split_once(": ").filter(|(field, _)| path(field));
        let (field, text) = match split {
            Some((field, text)) => (Some(field.to_owned()), text),
            None => (None, &*whole),
        };
        let field = field.or_else(|| quoted(text).next().map(str::to_owned));
        let text = text.replace("expected i64", "expected a whole number");
        Self { field, text }
    }

    /// The whole reason for people, a field or parameter by its name.
    fn name(&self, noun: &str) -> String {
        match (&self.field, self.text.starts_with("unknown field")) {
            (Some(field), true) => format!("there is no {noun} `{}` here", field.escape_debug()),
            (Some(field), false) => {
                format!("the {noun} `{}` cannot be read: {}", field.escape_debug(), self.text)
            }
            (None, _) => self.text.clone(),
        }
    }

    /// For an unknown name the nearest known one, else all that there are.
    fn hint(&self) -> Option<String> {
        let unknown = self.field.as_deref()?;
        if !self.text.starts_with("unknown field") {
            return None;
        }
        let known: Vec<&str> = quoted(&self.text).skip(1).collect();
        lms_core::suggest(unknown, &known).or_else(|| match known.as_slice() {
            [] => Some("leave it out; this address takes none".to_owned()),
            known => Some(format!("there are `{}`", known.join("`, `"))),
        })
    }
}

/// What stands in backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Reads `If-Match`. A weak tag counts as its strong one: the tag is the version of the thing,
/// whatever form it was sent in, and proxies that compress make tags weak.
fn expected_version(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let mut values = headers.get_all(IF_MATCH).iter();
    let value = match (values.next(), values.next()) {
        (None, _) => return Ok(None),
        (Some(value), None) => value.to_str().unwrap_or_default().trim(),
        (Some(_), Some(_)) => "",
    };
    if value == "*" {
        return Ok(None);
    }
    let tag = value.strip_prefix("W/").unwrap_or(value);
    let version = tag.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match version.and_then(|version| version.parse().ok()) {
        Some(version) => Ok(Some(version)),
        None => Err(error::IF_MATCH
            .problem("`If-Match` does not hold one tag of this service")
            .with_hint("send the `ETag` of the last answer as it was, like `If-Match: \"7\"`")),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{StatusCode, Uri};

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields, default)]
    struct Body {
        name: Patch<String>,
        grace_days: Patch<i64>,
    }

    impl Default for Body {
        fn default() -> Self {
            Self { name: Patch::Keep, grace_days: Patch::Keep }
        }
    }

    fn read(text: &'static str) -> Result<Body, Problem> {
        parse(&Bytes::from_static(text.as_bytes()))
    }

    fn refusal(text: &'static str) -> serde_json::Value {
        let problem = read(text).unwrap_err();
        serde_json::from_slice(&problem.document("r")).unwrap()
    }

    #[test]
    fn absent_null_and_a_value_are_three_things() {
        let body = read(r#"{"name": null, "grace_days": 3}"#).unwrap();
        assert_eq!((&body.name, &body.grace_days), (&Patch::Clear, &Patch::Set(3)));
        assert_eq!(body.grace_days.into_text().as_deref(), Some("3"));
        assert_eq!(read("{}").unwrap().name.into_text(), None);
    }

    #[test]
    fn an_unknown_field_is_named_with_its_neighbour() {
        let refused = refusal(r#"{"nane": "Acme"}"#);
        assert_eq!(refused["detail"], "there is no field `nane` here");
        assert_eq!(refused["hints"][0], "did you mean `name`?");
        assert_eq!(refused["errors"][0]["field"], "nane");
        assert_eq!(refused["status"], 422);
        let far = refusal(r#"{"colour": 1}"#);
        assert_eq!(far["hints"][0], "there are `name`, `grace_days`");
    }

    #[test]
    fn a_wrong_type_names_its_field() {
        let refused = refusal(r#"{"grace_days": "3"}"#);
        assert_eq!(refused["errors"][0]["field"], "grace_days");
        let detail = refused["detail"].as_str().unwrap();
        assert!(detail.contains("expected a whole number"), "{detail}");
    }

    #[test]
    fn what_is_no_json_object_is_400() {
        for text in
            ["", "  ", "{", "[]", "[\"Acme\"]", "null", "{} {}", "{\"name\": }", "\u{feff}{}"]
        {
            let refused = refusal(text);
            assert_eq!(
                (&refused["status"], &refused["code"]),
                (&400.into(), &"http.body_syntax".into())
            );
        }
        assert_eq!(refusal(r#"{"name": "a", "name": "b"}"#)["status"], 422);
    }

    #[test]
    fn endless_nesting_is_refused_and_not_followed() {
        let deep: &'static str = format!("{{\"name\":{}", "[".repeat(100_000)).leak();
        assert!(read(deep).is_err());
    }

    #[test]
    fn only_plain_json_is_taken() {
        let check = |content_type: &str, coding: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::try_from(content_type).unwrap());
            if let Some(coding) = coding {
                headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
            }
            check_media_type(&headers).is_ok()
        };
        assert!(check("application/json", None));
        assert!(check("Application/JSON; charset=utf-8", Some("identity")));
        assert!(check("application/merge-patch+json", None));
        assert!(!check("text/plain", None));
        assert!(!check("", None));
        assert!(!check("application/jsonx", None));
        assert!(!check("application/json", Some("gzip")));
        assert!(check_media_type(&HeaderMap::new()).is_err());
    }

    #[test]
    fn if_match_takes_the_tag_it_was_given() {
        let version = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(IF_MATCH, HeaderValue::from_static(value));
            }
            expected_version(&headers).map_err(|_| "refused")
        };
        assert_eq!(version(&[]), Ok(None));
        assert_eq!(version(&["*"]), Ok(None));
        assert_eq!(version(&["\"7\""]), Ok(Some(7)));
        assert_eq!(version(&["W/\"7\""]), Ok(Some(7)));
        for bad in [&["7"][..], &["\"x\""], &["\"7\", \"8\""], &["\"7\"", "\"8\""], &["\""], &[""]]
        {
            assert_eq!(version(bad), Err("refused"), "{bad:?}");
        }
    }

    #[test]
    fn a_parameter_that_is_not_there_is_refused() {
        let uri = Uri::from_static("/settings?dry_run=true");
        let rejection = axum::extract::Query::<NoParameters>::try_from_uri(&uri).err().unwrap();
        let reason = Reason::of(&rejection);
        assert_eq!(reason.name("parameter"), "there is no parameter `dry_run` here");
        assert_eq!(reason.hint().as_deref(), Some("leave it out; this address takes none"));
        assert_eq!(QUERY.status, StatusCode::BAD_REQUEST);
    }
}
