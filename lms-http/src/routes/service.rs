//! What belongs to the service and not to an organisation: health, metrics, and the description of
//! the API itself.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use utoipa::openapi::OpenApi;

use crate::health::{self, HealthBody};
use crate::metrics;
use crate::openapi::{About, Resource, documents, file, page};
use crate::options::Options;
use crate::state::ApiState;

pub(super) fn resource(options: &Options) -> Resource {
    let service = Resource::new("Service", "Health, figures, and this description.")
        .get(
            "/healthz",
            health::live,
            About::new("health", "Whether the process lives")
                .answers::<HealthBody>(200, "it answers"),
        )
        .get(
            "/readyz",
            health::ready,
            About::new("readiness", "Whether the service can work")
                .text("Every database answers and has the schema of this program.")
                .answers::<HealthBody>(200, "it can")
                .fails_with(503),
        )
        .get(
            "/api/openapi.json",
            document,
            About::new("openapi", "This document").answers_text("application/json", "OpenAPI 3.1"),
        )
        .get(
            "/api/docs",
            page,
            About::new("docs", "This document as a page").answers_text("text/html", "the page"),
        )
        .get(
            "/api/docs/{file}",
            file,
            About::new("docs_file", "What the page needs")
                .path("file", "The name of the file", "page.js")
                .answers_text("text/javascript", "script or style")
                .answers_text("text/css", "style"),
        );
    if !options.metrics_route {
        return service;
    }
    service.get(
        "/metrics",
        metrics::show,
        About::new("metrics", "Figures for Prometheus")
            .permission("metrics.read")
            .answers_text("application/openmetrics-text", "OpenMetrics text"),
    )
}

/// The document as it is served and committed.
pub(super) fn text_of(document: &OpenApi) -> String {
    let text = document.to_pretty_json().expect("the document is plain data");
    documents::put_into(text) + "\n"
}

/// `GET /api/openapi.json`.
async fn document(State(state): State<ApiState>) -> Response {
    let json = [(CONTENT_TYPE, "application/json")];
    (json, state.document.to_string()).into_response()
}
