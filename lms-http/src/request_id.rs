//! The id of a request and the trace that it belongs to, as far as a caller's word can be taken.
//!
//! Both end in log lines, answers and the audit log, so only what cannot be mistaken for anything
//! else there is accepted: visible ASCII for the id, the exact form of W3C Trace Context for the
//! trace. Anything else is replaced without a word: a wrong id is no reason to refuse work.

use std::fmt;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use lms_core::{Clock, Ids, RandomIds, SystemClock};

pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
pub(crate) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

const ID_LENGTH_MAX: usize = 128;

/// The id under which a request is found in logs and in the audit log.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(HeaderValue);

impl RequestId {
    /// The caller's id if it is a sane one, else a new one.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let given = only_value(headers, &X_REQUEST_ID);
        given.filter(|value| is_sane(value)).map_or_else(Self::make, |value| Self(value.clone()))
    }

    pub(crate) fn as_str(&self) -> &str {
        self.0.to_str().expect("a request id is visible ASCII")
    }

    pub(crate) fn to_header(&self) -> HeaderValue {
        self.0.clone()
    }

    fn make() -> Self {
        let id = RandomIds.id(SystemClock.now()).to_string();
        Self(HeaderValue::try_from(id).expect("a UUID is visible ASCII"))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The trace that a request belongs to: version, trace id, parent id and flags.
pub(crate) fn traceparent(headers: &HeaderMap) -> Option<&str> {
    let value = only_value(headers, &TRACEPARENT)?.to_str().ok()?;
    let parts: Vec<&str> = value.split('-').collect();
    let [version, trace, parent, flags] = parts[..] else { return None };
    let hex = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let named = |part: &str| part.bytes().any(|byte| byte != b'0');
    (version == "00" && hex(trace, 32) && hex(parent, 16) && hex(flags, 2))
        .then_some(value)
        .filter(|_| named(trace) && named(parent))
}

/// A header that is there once. Of several, nobody can say which one was meant.
fn only_value<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a HeaderValue> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())
}

fn is_sane(value: &HeaderValue) -> bool {
    (1..=ID_LENGTH_MAX).contains(&value.len()) && value.as_bytes().iter().all(u8::is_ascii_graphic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request_id(values: &[&[u8]]) -> String {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(X_REQUEST_ID, HeaderValue::from_bytes(value).unwrap());
        }
        RequestId::of(&headers).to_string()
    }

    fn trace(value: &'static str) -> Option<String> {
        let headers = HeaderMap::from_iter([(TRACEPARENT, HeaderValue::from_static(value))]);
        traceparent(&headers).map(str::to_owned)
    }

    #[test]
    fn a_sane_id_is_kept_and_any_other_replaced() {
        assert_eq!(request_id(&[b"order-4711/a"]), "order-4711/a");
        assert_eq!(request_id(&[&[b'x'; 128]]).len(), 128);
        let bad: &[&[&[u8]]] = &[
            &[],
            &[b""],
            &[b"a b"],
            &[b"a\tb"],
            &["ä".as_bytes()],
            &[&[b'x'; 129]],
            &[b"a", b"b"],
        ];
        for values in bad {
            assert_eq!(request_id(values).len(), 36, "{values:?}");
        }
    }

    #[test]
    fn a_trace_has_the_exact_form() {
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert_eq!(trace(good).as_deref(), Some(good));
        for bad in [
            "",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        ] {
            assert_eq!(trace(bad), None, "{bad}");
        }
    }
}
