//! What the API counts about itself, in the text form that Prometheus reads.
//!
//! Routes are counted under their pattern, never under the path that was asked for, and methods
//! only by the names that exist: no caller can make new time series.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use crate::auth::Call;
use crate::error::{METRICS_FORBIDDEN, Problem};
use crate::state::ApiState;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const PERMISSION: &str = "metrics.read";

/// From a read on a warm cache to the default time-out of a request.
const BUCKETS_SECONDS: [f64; 14] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// The counters of one router. Clones count together.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    requests: Family<Answered, Counter>,
    durations: Family<Answered, Histogram, Buckets>,
    in_flight: Gauge<i64, AtomicI64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone)]
struct Buckets;

impl MetricConstructor<Histogram> for Buckets {
    fn new_metric(&self) -> Histogram {
        Histogram::new(BUCKETS_SECONDS)
    }
}

impl Metrics {
    /// Counters that stand at nought.
    #[must_use]
    pub fn new() -> Self {
        let requests = Family::default();
        let durations = Family::new_with_constructor(Buckets);
        let in_flight = Gauge::default();
        let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);

        let mut registry = Registry::with_prefix("lms");
        registry.register("build", "The program that answers", build);
        let http = registry.sub_registry_with_prefix("http");
        http.register("requests", "Requests answered", requests.clone());
        http.register_with_unit(
            "request_duration",
            "Time from the head of a request to its answer",
            Unit::Seconds,
            durations.clone(),
        );
        http.register("requests_in_flight", "Requests being answered now", in_flight.clone());
        Self(Arc::new(Inner { registry, requests, durations, in_flight }))
    }

    /// Everything counted so far, in the text form that Prometheus reads.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut text = String::new();
        text::encode(&mut text, &self.0.registry).expect("a string takes every metric");
        text
    }

    /// Begins to measure a request; what is dropped unfinished was given up by its caller.
    pub(crate) fn begin(&self, method: &Method, route: &str) -> Measured {
        self.0.in_flight.inc();
        Measured {
            metrics: self.clone(),
            method: method_name(method),
            route: route.to_owned(),
            begun: Instant::now(),
        }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics")
            .field("in_flight", &self.0.in_flight.get())
            .finish_non_exhaustive()
    }
}

/// A request that is being answered.
pub(crate) struct Measured {
    metrics: Metrics,
    method: &'static str,
    route: String,
    begun: Instant,
}

impl Measured {
    /// Counts the answer, and tells how long it took.
    pub(crate) fn finish(self, status: StatusCode) -> Duration {
        let duration = self.begun.elapsed();
        let labels =
            Answered { method: self.method, route: self.route.clone(), status: status.as_u16() };
        self.metrics.0.requests.get_or_create(&labels).inc();
        self.metrics.0.durations.get_or_create(&labels).observe(duration.as_secs_f64());
        duration
    }
}

impl Drop for Measured {
    fn drop(&mut self) {
        self.metrics.0.in_flight.dec();
    }
}

/// `GET /metrics` of the router, for whoever holds `metrics.read`.
pub(crate) async fn show(call: Call, State(state): State<ApiState>) -> Result<Response, Problem> {
    if call.actor.may(PERMISSION) {
        return Ok(answer(&state.options.metrics));
    }
    let problem = METRICS_FORBIDDEN.problem("you may not read metrics");
    Err(problem.with_hint(format!("ask an administrator for the permission `{PERMISSION}`")))
}

/// `GET /metrics` of a listener of its own.
pub(crate) async fn show_to_all(State(metrics): State<Metrics>) -> Response {
    answer(&metrics)
}

fn answer(metrics: &Metrics) -> Response {
    ([(CONTENT_TYPE, OPEN_METRICS)], metrics.encode()).into_response()
}

fn method_name(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_method_route_and_status() {
        let metrics = Metrics::new();
        for status in [StatusCode::OK, StatusCode::OK, StatusCode::NOT_FOUND] {
            metrics.begin(&Method::GET, "/a/{id}").finish(status);
        }
        let given_up = metrics.begin(&Method::from_bytes(b"BREW").unwrap(), "unmatched");
        assert!(metrics.encode().contains("lms_http_requests_in_flight 1"));
        drop(given_up);

        let text = metrics.encode();
        for line in [
            r#"lms_http_requests_total{method="GET",route="/a/{id}",status="200"} 2"#,
            r#"lms_http_requests_total{method="GET",route="/a/{id}",status="404"} 1"#,
            r#"lms_http_request_duration_seconds_count{method="GET",route="/a/{id}",status="200"} 2"#,
            "lms_http_requests_in_flight 0",
            concat!(r#"lms_build_info{version=""#, env!("CARGO_PKG_VERSION"), r#""} 1"#),
        ] {
            assert!(text.contains(line), "{line} is not in:\n{text}");
        }
        assert!(text.ends_with("# EOF\n"));
    }

    #[test]
    fn methods_that_do_not_exist_are_counted_together() {
        assert_eq!(method_name(&Method::from_bytes(b"BREW").unwrap()), "other");
        assert_eq!(method_name(&Method::PATCH), "PATCH");
    }
}
