//! What bodies are read with: strict JSON, and fields that are absent, `null` or set.
//!
//! Strict means that nothing is ignored in silence. A misspelt field is an error and not a surprise,
//! and so is a parameter, such as a `dry_run` that an address does not have (`query`).

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, FailedToBufferBody, JsonRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use crate::error::{
    BODY_BROKEN, BODY_SYNTAX, BODY_TOO_LARGE, FIELDS, FieldError, MEDIA_TYPE, NOT_FOUND, Problem,
};
use crate::state::ApiState;

/// A JSON object without unknown fields, if `T` denies them.
pub(crate) struct Json<T>(pub(crate) T);

/// The part of the path that names a thing.
pub(crate) struct Segment(pub(crate) String);

/// Two parts of the path: a thing, and one within it.
pub(crate) struct Segments(pub(crate) String, pub(crate) String);

/// An object, or several of them in an array.
pub(crate) enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

/// A field of a `PATCH`: absent, `null`, or a value.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) enum Patch<T> {
    #[default]
    Keep,
    Clear,
    Set(T),
}

impl<T: DeserializeOwned> FromRequest<ApiState> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self, Problem> {
        parse(&read(request, state).await?).map(Self)
    }
}

impl FromRequestParts<ApiState> for Segment {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(text)) => Ok(Self(text)),
            Err(_) => Err(NOT_FOUND.problem("there is nothing at this address")),
        }
    }
}

impl FromRequestParts<ApiState> for Segments {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        match Path::<(String, String)>::from_request_parts(parts, state).await {
            Ok(Path((whole, part))) => Ok(Self(whole, part)),
            Err(_) => Err(NOT_FOUND.problem("there is nothing at this address")),
        }
    }
}

impl<T: DeserializeOwned> FromRequest<ApiState> for OneOrMany<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self, Problem> {
        let bytes = read(request, state).await?;
        match first(&bytes) {
            Some(b'[') => parse_any(&bytes).map(Self::Many),
            _ => parse(&bytes).map(Self::One),
        }
    }
}

async fn read(request: Request, state: &ApiState) -> Result<Bytes, Problem> {
    check_media_type(request.headers())?;
    body_of(request, state).await
}

/// A body as it came, up to the size that is allowed.
pub(crate) async fn body_of(request: Request, state: &ApiState) -> Result<Bytes, Problem> {
    let bytes_max = state.options.body_bytes_max;
    let bytes = Bytes::from_request(request, state).await;
    bytes.map_err(|rejection| unread_body(&rejection, bytes_max))
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
    let given = headers.get(CONTENT_TYPE).map(|value| value.to_str().unwrap_or("?").trim());
    let given = given.unwrap_or_default();
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
    check_encoding(headers)
}

/// A body is taken as it is.
pub(crate) fn check_encoding(headers: &HeaderMap) -> Result<(), Problem> {
    let coding = headers.get(CONTENT_ENCODING);
    match coding.map(|value| value.to_str().unwrap_or("?").trim()) {
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
    if first(bytes).is_some_and(|byte| byte != b'{') {
        return Err(BODY_SYNTAX
            .problem("the body is not a JSON object")
            .with_hint("send an object, like `{\"name\": \"Acme\"}`"));
    }
    parse_any(bytes)
}

fn first(bytes: &Bytes) -> Option<u8> {
    bytes.iter().copied().find(|byte| !byte.is_ascii_whitespace())
}

fn parse_any<T: DeserializeOwned>(bytes: &Bytes) -> Result<T, Problem> {
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
pub(crate) struct Reason {
    field: Option<String>,
    text: String,
}

impl Reason {
    fn of(rejection: &dyn std::error::Error) -> Self {
        Self::told(&rejection.source().map_or_else(|| rejection.to_string(), ToString::to_string))
    }

    pub(crate) fn told(whole: &str) -> Self {
        // `at line 1 column 7` also follows a colon-free text, so only a path may stand in front.
        let path = |field: &&str| {
            !field.is_empty() && !field.contains(|c: char| c.is_whitespace() || c == '`')
        };
        let split = whole.split_once(": ").filter(|(field, _)| path(field));
        let (field, text) = match split {
            Some((field, text)) => (Some(field.to_owned()), text),
            None => (None, whole),
        };
        let field = field.or_else(|| quoted(text).next().map(str::to_owned));
        let text = text.replace("expected i64", "expected a whole number");
        Self { field, text }
    }

    /// The whole reason for people, a field or parameter by its name.
    pub(crate) fn name(&self, noun: &str) -> String {
        match (&self.field, self.text.starts_with("unknown field")) {
            (Some(field), true) => format!("there is no {noun} `{}` here", field.escape_debug()),
            (Some(field), false) => {
                format!("the {noun} `{}` cannot be read: {}", field.escape_debug(), self.text)
            }
            (None, _) => self.text.clone(),
        }
    }

    /// For an unknown name the nearest known one, else all that there are.
    pub(crate) fn hint(&self) -> Option<String> {
        self.hint_with(&[])
    }

    /// The same where other names than those that were looked for are known as well.
    pub(crate) fn hint_with(&self, also: &[String]) -> Option<String> {
        if !self.text.starts_with("unknown field") {
            return None;
        }
        let unknown = quoted(&self.text).next()?;
        let known: Vec<&str> =
            quoted(&self.text).skip(1).chain(also.iter().map(String::as_str)).collect();
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

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

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
}
