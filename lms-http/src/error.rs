//! Errors as RFC 9457 problem documents: the one table from kind to status, and what may be told.
//!
//! A `Problem` travels as an extension of an empty answer and becomes a body in `frame`, which
//! knows the request id. So panics, time-outs and unknown routes look like any other error.
//!
//! What went wrong inside (`Internal`, `Unavailable`) is for the log: the caller learns the code,
//! the request id and whether trying again makes sense.

use std::sync::Arc;

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use lms_core::{Error, ErrorCode, ErrorKind};
use serde::Serialize;
use utoipa::ToSchema;

/// The code of an error that is nothing but its parts.
const SEVERAL: &str = "input.several";

/// A file that is too large is a body that is too large.
const FILE_TOO_LARGE: &str = "content.too_large";

/// How long a client should wait when the service cannot work.
const RETRY_AFTER_SECONDS: &str = "5";

/// The status of each kind of error. A wrong value in a named field is 422, and so is a name in a
/// field that nothing has, see [`status`]; a file that is too large is 413.
pub const STATUS_BY_KIND: &[(ErrorKind, StatusCode)] = &[
    (ErrorKind::Invalid, StatusCode::BAD_REQUEST),
    (ErrorKind::NotFound, StatusCode::NOT_FOUND),
    (ErrorKind::Conflict, StatusCode::CONFLICT),
    (ErrorKind::Unauthenticated, StatusCode::UNAUTHORIZED),
    (ErrorKind::Forbidden, StatusCode::FORBIDDEN),
    (ErrorKind::Refused, StatusCode::CONFLICT),
    (ErrorKind::Stale, StatusCode::PRECONDITION_FAILED),
    (ErrorKind::Precondition, StatusCode::CONFLICT),
    (ErrorKind::CheckFailed, StatusCode::CONFLICT),
    (ErrorKind::Busy, StatusCode::CONFLICT),
    (ErrorKind::Unavailable, StatusCode::SERVICE_UNAVAILABLE),
    (ErrorKind::Internal, StatusCode::INTERNAL_SERVER_ERROR),
];

/// The status that an error of the library is answered with.
#[must_use]
pub fn status(error: &Error) -> StatusCode {
    if error.code() == FILE_TOO_LARGE {
        return StatusCode::PAYLOAD_TOO_LARGE;
    }
    let is_named = error.field().is_some() || !error.parts().is_empty();
    if matches!(error.kind(), ErrorKind::Invalid | ErrorKind::NotFound) && is_named {
        return StatusCode::UNPROCESSABLE_ENTITY;
    }
    STATUS_BY_KIND
        .iter()
        .find(|(kind, _)| *kind == error.kind())
        .map_or(StatusCode::INTERNAL_SERVER_ERROR, |(_, status)| *status)
}

/// An error that only HTTP knows.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HttpError {
    /// The stable code, such as `http.not_found`.
    pub code: &'static str,
    /// What it is answered with.
    pub status: StatusCode,
    /// What it means, for the reference and as the title of the document.
    pub summary: &'static str,
}

macro_rules! http_errors {
    ($($name:ident = $code:literal, $status:ident, $summary:literal;)+) => {
        $(pub(crate) const $name: HttpError =
            HttpError { code: $code, status: StatusCode::$status, summary: $summary };)+
        /// Every error that only HTTP knows, for the reference.
        pub const HTTP_ERRORS: &[HttpError] = &[$($name),+];
    };
}

http_errors! {
    BODY_BROKEN = "http.body_broken", BAD_REQUEST, "the body ended before it was complete";
    BODY_SYNTAX = "http.body_syntax", BAD_REQUEST, "the body is not JSON";
    BODY_TOO_LARGE = "http.body_too_large", PAYLOAD_TOO_LARGE, "the body is larger than allowed";
    FIELDS = "http.fields", UNPROCESSABLE_ENTITY, "fields of the body are not acceptable";
    HEAD_TOO_LARGE = "http.head_too_large", REQUEST_HEADER_FIELDS_TOO_LARGE,
        "the headers are larger than allowed";
    IDEMPOTENCY_KEY_SEVERAL = "http.idempotency_key", BAD_REQUEST,
        "there are several `Idempotency-Key`";
    IF_MATCH = "http.if_match", BAD_REQUEST, "`If-Match` is not understood";
    INTERNAL = "http.internal", INTERNAL_SERVER_ERROR, "a defect of this service";
    MEDIA_TYPE = "http.media_type", UNSUPPORTED_MEDIA_TYPE, "the body is of a type not taken here";
    METHOD = "http.method", METHOD_NOT_ALLOWED, "the method is not offered here";
    METRICS_FORBIDDEN = "http.metrics_forbidden", FORBIDDEN, "metrics need a permission";
    NOT_FOUND = "http.not_found", NOT_FOUND, "there is nothing at this address";
    NOT_READY = "http.not_ready", SERVICE_UNAVAILABLE, "the service cannot work at the moment";
    QUERY = "http.query", BAD_REQUEST, "the query is not acceptable";
    RANGE = "http.range", RANGE_NOT_SATISFIABLE, "the file has no such bytes";
    REPORTS_BUSY = "http.reports_busy", SERVICE_UNAVAILABLE, "too many reports are being made";
    REPORT_FILTERS = "http.report_filters", UNPROCESSABLE_ENTITY, "a report cannot be asked so";
    REPORT_NOT_READY = "http.report_not_ready", CONFLICT, "a report is still being made";
    SHUTTING_DOWN = "http.shutting_down", SERVICE_UNAVAILABLE, "the service is shutting down";
    TIMEOUT = "http.timeout", SERVICE_UNAVAILABLE, "the request took too long";
    TOKEN_MISSING = "http.token_missing", UNAUTHORIZED, "the request carries no token";
    UNKNOWN_HOST = "http.unknown_host", MISDIRECTED_REQUEST, "no organisation is served here";
    URI_TOO_LONG = "http.uri_too_long", URI_TOO_LONG, "the address is longer than allowed";
}

/// An answer that says what is wrong and what to do about it.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    hints: Vec<String>,
    errors: Vec<FieldError>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FieldError {
    /// The name of the field; `[2].email` is that of the third of many.
    pub(crate) field: String,
    /// For programs.
    pub(crate) code: &'static str,
    /// What was wrong with it.
    pub(crate) detail: String,
    /// What to do about it.
    pub(crate) hints: Vec<String>,
}

impl FieldError {
    fn of(error: &Error) -> Option<Self> {
        error.field().map(|field| Self {
            field: field.to_owned(),
            code: error.code(),
            detail: error.message().to_owned(),
            hints: error.hints().to_vec(),
        })
    }
}

impl HttpError {
    pub(crate) fn problem(self, detail: impl Into<String>) -> Problem {
        Problem {
            status: self.status,
            code: self.code,
            detail: detail.into(),
            hints: Vec::new(),
            errors: Vec::new(),
        }
    }
}

#[cfg(feature = "reports")]
impl Problem {
    pub(crate) fn code(&self) -> &'static str {
        self.code
    }

    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    pub(crate) fn hints(&self) -> &[String] {
        &self.hints
    }
}

impl Problem {
    #[must_use]
    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    #[must_use]
    pub(crate) fn with_hints(mut self, hints: impl IntoIterator<Item = String>) -> Self {
        self.hints.extend(hints);
        self
    }

    #[must_use]
    pub(crate) fn with_field_error(mut self, error: FieldError) -> Self {
        self.errors.push(error);
        self
    }

    /// One answer for all that is wrong with the fields of a body; a single error speaks for itself.
    pub(crate) fn of_fields(mut errors: Vec<Error>) -> Self {
        if errors.len() == 1 {
            return errors.remove(0).into();
        }
        let detail = format!("{} fields are not acceptable", errors.len());
        let mut problem = FIELDS.problem(detail);
        for error in errors {
            let error = Self::from(error);
            // An error that is about no field, such as a database that is gone, outranks the others.
            if error.errors.is_empty() {
                return error;
            }
            problem.errors.extend(error.errors);
        }
        problem
    }

    /// What is wrong with a query: with its form or with a name in it, the whole of it is no good.
    pub(crate) fn in_query(error: Error) -> Self {
        let mut problem = Self::from(error);
        if problem.status == StatusCode::UNPROCESSABLE_ENTITY {
            problem.status = StatusCode::BAD_REQUEST;
        }
        problem
    }

    /// What is wrong with a change of many: whom it means stands in the query, what is to become of
    /// them in the body.
    pub(crate) fn in_change_of_many(error: Error) -> Self {
        match error.field().and_then(|field| field.strip_prefix("where.")).map(str::to_owned) {
            Some(parameter) => Self::in_query(error.with_field(parameter)),
            None => error.into(),
        }
    }

    /// What went wrong with the thing at an address, which errors call by the name of this field:
    /// where there is none, it is the address that is wrong and no field of the body.
    pub(crate) fn at_address(error: Error, field: &str) -> Self {
        let is_address = error.kind() == ErrorKind::NotFound && error.field() == Some(field);
        let mut problem = Self::from(error);
        if is_address {
            problem.status = StatusCode::NOT_FOUND;
            problem.errors.clear();
        }
        problem
    }

    /// Calls the fields by the names that they have in the body of a request.
    #[must_use]
    pub(crate) fn with_fields_named(mut self, name: impl Fn(&str) -> String) -> Self {
        for error in &mut self.errors {
            error.field = name(&error.field);
        }
        self
    }

    /// Says something else about what to do.
    #[must_use]
    pub(crate) fn hinting(mut self, hint: &str) -> Self {
        self.hints = vec![hint.to_owned()];
        self
    }

    /// The document, as JSON.
    pub(crate) fn document(&self, request_id: &str) -> Vec<u8> {
        let document = ProblemDocument {
            kind: format!("urn:lms:error:{}", self.code),
            title: title(self.code).or(self.status.canonical_reason()).unwrap_or("error"),
            status: self.status.as_u16(),
            detail: &self.detail,
            code: self.code,
            hints: &self.hints,
            errors: &self.errors,
            request_id,
        };
        serde_json::to_vec(&document).expect("a problem document is plain data")
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let status = status(&error);
        if status.is_server_error() {
            return concealed(&error, status);
        }
        let errors: Vec<FieldError> = match error.parts() {
            [] => FieldError::of(&error).into_iter().collect(),
            parts => parts.iter().filter_map(FieldError::of).collect(),
        };
        if error.code() == SEVERAL {
            let detail = format!("{} fields are not acceptable", errors.len());
            return Self { errors, ..FIELDS.problem(detail) };
        }
        // What is told of a field is not told again as a hint.
        let told = |hint: &&String| {
            errors.iter().any(|error| **hint == format!("{}: {}", error.field, error.detail))
        };
        let hints = error.hints().iter().filter(|hint| !told(hint)).cloned().collect();
        let detail = error.message().to_owned();
        Self { status, code: error.code(), detail, hints, errors }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_SECONDS));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = if self.code == TOKEN_MISSING.code {
                "Bearer realm=\"lms\""
            } else {
                "Bearer realm=\"lms\", error=\"invalid_token\""
            };
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// Logs what is not for the caller's eyes, and tells them what is.
fn concealed(error: &Error, status: StatusCode) -> Problem {
    let cause = std::error::Error::source(error).map(tracing::field::display);
    tracing::error!(code = error.code(), cause, "request failed: {error}");
    let (detail, hint) = if error.code().starts_with("store.") {
        (
            "the service cannot work with its store of files at the moment",
            "report it with the `request_id`, under which the cause is in the log, if it lasts",
        )
    } else if status == StatusCode::SERVICE_UNAVAILABLE {
        ("the service cannot work with its database at the moment", "try again in a few seconds")
    } else {
        (
            "something went wrong inside the service",
            "report it with the `request_id`, under which the cause is in the log",
        )
    };
    Problem {
        status,
        code: error.code(),
        detail: detail.to_owned(),
        hints: vec![hint.to_owned()],
        errors: Vec::new(),
    }
}

/// What a code means. There are some dozens, and errors are rare.
fn title(code: &str) -> Option<&'static str> {
    let ours = HTTP_ERRORS.iter().find(|known| known.code == code).map(|known| known.summary);
    let theirs = || library_codes().find(|known| known.code == code);
    ours.or_else(|| theirs().map(|known| known.summary))
}

/// Every code of what is called here, the library and its reports.
pub(crate) fn library_codes() -> impl Iterator<Item = &'static ErrorCode> {
    let codes = lms_core::error_codes().into_iter();
    #[cfg(feature = "reports")]
    let codes = codes.chain(lms_reports::error_codes());
    codes
}

/// What is wrong, and what to do about it: RFC 9457.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemDocument<'a> {
    /// The code as a URN.
    #[serde(rename = "type")]
    kind: String,
    /// What the code means.
    title: &'a str,
    /// The status of the answer.
    status: u16,
    /// What was wrong this time.
    detail: &'a str,
    /// For programs: it never changes its meaning.
    code: &'a str,
    /// What to do about it.
    hints: &'a [String],
    /// An entry for each field at fault.
    errors: &'a [FieldError],
    /// Under this the request is found in logs and in the audit log.
    request_id: &'a str,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    static SECRET: ErrorCode = ErrorCode::new("test.secret", ErrorKind::Internal, "a test");
    static GONE: ErrorCode = ErrorCode::new("test.gone", ErrorKind::Unavailable, "a test");
    static WRONG: ErrorCode = ErrorCode::new("test.wrong", ErrorKind::Invalid, "a test");
    static WHO: ErrorCode = ErrorCode::new("test.who", ErrorKind::Unauthenticated, "a test");

    #[test]
    fn every_kind_has_exactly_one_row() {
        for kind in ErrorKind::ALL {
            let rows = STATUS_BY_KIND.iter().filter(|(known, _)| known == kind).count();
            assert_eq!(rows, 1, "{kind:?}");
        }
        assert_eq!(STATUS_BY_KIND.len(), ErrorKind::ALL.len());
    }

    #[test]
    fn codes_are_unique_and_not_those_of_the_library() {
        let codes: BTreeSet<_> = HTTP_ERRORS.iter().map(|error| error.code).collect();
        assert_eq!(codes.len(), HTTP_ERRORS.len());
        let theirs = lms_core::error_codes();
        assert!(theirs.iter().all(|theirs| !codes.contains(theirs.code)));
    }

    #[test]
    fn what_is_inside_stays_inside() {
        for code in [&SECRET, &GONE] {
            let error = code.error("select * from tokens").with_hint("look at /var/lib");
            let problem = Problem::from(error);
            assert!(!problem.detail.contains("select"), "{problem:?}");
            assert!(!problem.hints.concat().contains("/var"), "{problem:?}");
        }
    }

    #[test]
    fn a_wrong_value_in_a_field_is_422_and_names_it() {
        let without = Problem::from(WRONG.error("wrong"));
        assert_eq!((without.status, without.errors.len()), (StatusCode::BAD_REQUEST, 0));
        let within = Problem::from(WRONG.error("wrong").with_field("name"));
        assert_eq!(within.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(within.errors[0].field, "name");
    }

    #[test]
    fn several_wrong_fields_are_one_answer() {
        let wrong = |field: &str| WRONG.error("wrong").with_field(field);
        let problem = Problem::of_fields(vec![wrong("name"), wrong("locale")]);
        assert_eq!((problem.code, problem.errors.len()), ("http.fields", 2));
        assert_eq!(Problem::of_fields(vec![wrong("name")]).code, "test.wrong");
        assert_eq!(Problem::of_fields(vec![wrong("name"), GONE.error("gone")]).code, "test.gone");
    }

    #[test]
    fn clients_learn_when_to_come_back_and_how_to_sign_in() {
        let headers = |problem: Problem| problem.into_response().headers().clone();
        for problem in [GONE.error("gone").into(), TIMEOUT.problem("slow")] {
            assert_eq!(headers(problem)[RETRY_AFTER], "5");
        }
        let missing = headers(TOKEN_MISSING.problem("none"));
        assert_eq!(missing[WWW_AUTHENTICATE], "Bearer realm=\"lms\"");
        let wrong = headers(WHO.error("who").into());
        assert_eq!(wrong[WWW_AUTHENTICATE], "Bearer realm=\"lms\", error=\"invalid_token\"");
        assert!(!headers(WRONG.error("wrong").into()).contains_key(RETRY_AFTER));
    }
}
