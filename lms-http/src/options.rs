//! What a host may decide about the API. The defaults suit a small service behind a proxy.

use std::time::Duration;

use axum::http::HeaderValue;
use lms_core::{ErrorCode, ErrorKind, Result};

use crate::metrics::Metrics;

/// An origin of the CORS list that no browser would ever send.
pub(crate) static BAD_ORIGIN: ErrorCode = ErrorCode::new(
    "http.cors_origin",
    ErrorKind::Invalid,
    "an allowed origin is not written the way browsers send it",
);

/// Limits and features of the router and the server. Everything has a default.
#[derive(Debug, Clone)]
pub struct Options {
    pub(crate) body_bytes_max: usize,
    pub(crate) request_timeout: Duration,
    pub(crate) drain_timeout: Duration,
    pub(crate) idle_timeout: Duration,
    pub(crate) head_timeout: Duration,
    pub(crate) connections_max: usize,
    pub(crate) cors_origins: Vec<HeaderValue>,
    pub(crate) metrics: Metrics,
    pub(crate) metrics_route: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            body_bytes_max: 1024 * 1024,
            request_timeout: Duration::from_secs(30),
            drain_timeout: Duration::from_secs(25),
            idle_timeout: Duration::from_secs(75),
            head_timeout: Duration::from_secs(10),
            connections_max: 4096,
            cors_origins: Vec::new(),
            metrics: Metrics::new(),
            metrics_route: true,
        }
    }
}

impl Options {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How large a request body may be: 1 MiB.
    #[must_use]
    pub fn body_bytes_max(mut self, bytes: usize) -> Self {
        self.body_bytes_max = bytes;
        self
    }

    /// How long a request may take, its body included: 30 seconds.
    #[must_use]
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.request_timeout = timeout;
        self
    }

    /// How long a shutdown waits for the requests under way: 25 seconds, a little less than what
    /// service managers give a program before they kill it.
    #[must_use]
    pub fn drain_timeout(mut self, timeout: Duration) -> Self {
        self.drain_timeout = timeout;
        self
    }

    /// How long a connection may be silent between two requests: 75 seconds.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// How long a client may take to send the head of a request, on top of
    /// [`Self::request_timeout`]: 10 seconds.
    #[must_use]
    pub fn head_timeout(mut self, timeout: Duration) -> Self {
        self.head_timeout = timeout;
        self
    }

    /// How many connections are open at the same time: 4096. Others wait to be accepted.
    #[must_use]
    pub fn connections_max(mut self, connections: usize) -> Self {
        self.connections_max = connections.max(1);
        self
    }

    /// Which web origins may call from a browser, such as `https://learn.example.com`: none.
    pub fn cors_origins(
        mut self,
        origins: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Self> {
        self.cors_origins = origins
            .into_iter()
            .map(|origin| parse_origin(origin.as_ref()))
            .collect::<Result<_>>()?;
        Ok(self)
    }

    /// The metrics to count in, for a host that offers them elsewhere as well.
    #[must_use]
    pub fn metrics(mut self, metrics: Metrics) -> Self {
        self.metrics = metrics;
        self
    }

    /// Whether the router has `/metrics`, for whoever holds `metrics.read`: it has. A host of
    /// several organisations turns it off, because the figures are those of all of them.
    #[must_use]
    pub fn metrics_route(mut self, present: bool) -> Self {
        self.metrics_route = present;
        self
    }
}

/// Takes an origin as browsers send it: scheme, host and port where it is not the usual one.
fn parse_origin(origin: &str) -> Result<HeaderValue> {
    let (scheme, authority) = origin.split_once("://").unwrap_or_default();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-:[]".contains(c);
    let well_formed =
        matches!(scheme, "http" | "https") && !authority.is_empty() && authority.chars().all(plain);
    match HeaderValue::from_str(origin) {
        Ok(value) if well_formed => Ok(value),
        _ => Err(BAD_ORIGIN
            .error(format!("`{}` is not a web origin", origin.escape_debug()))
            .with_field("cors_origins")
            .with_hint(
                "write scheme, host in lower case and port, without path or trailing slash, \
                 like `https://learn.example.com`; `*` is not allowed",
            )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_browsers_send() {
        for good in ["https://learn.example.com", "http://localhost:5173", "http://[::1]:3000"] {
            assert_eq!(parse_origin(good).unwrap(), good);
        }
        for bad in [
            "*",
            "null",
            "",
            "learn.example.com",
            "https://",
            "https://learn.example.com/",
            "https://Learn.example.com",
            "https://*.example.com",
            "file://learn",
            "https://a\r\nb",
        ] {
            assert!(parse_origin(bad).is_err(), "{bad:?}");
        }
    }
}
