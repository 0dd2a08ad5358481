//! The URL map.
//!
//! | address                  | methods      | handler               |
//! | ------------------------ | ------------ | --------------------- |
//! | `/api/v1/settings`       | GET PATCH    | [`settings`]          |
//! | `/healthz`               | GET          | [`crate::health`]     |
//! | `/readyz`                | GET          | [`crate::health`]     |
//! | `/metrics`               | GET          | [`crate::metrics`]    |
//!
//! `HEAD` works wherever `GET` does.

mod settings;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, Method, header};
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use std::time::Duration;
use tower::util::option_layer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::CorsLayer;

use crate::error::{METHOD, NOT_FOUND, Problem};
use crate::options::Options;
use crate::organisations::Organisations;
use crate::request_id::{TRACEPARENT, X_REQUEST_ID};
use crate::state::ApiState;
use crate::{frame, health, limits, metrics};

/// The API of one or several organisations, to be nested in any axum service.
pub fn router(lms: impl Organisations, options: Options) -> Router {
    build(ApiState::new(lms, options, None))
}

pub(crate) fn build(state: ApiState) -> Router {
    let v1 = Router::new().route("/settings", get(settings::show).patch(settings::edit));

    let mut routes = Router::new()
        .nest("/api/v1", v1)
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready));
    if state.options.metrics_route {
        routes = routes.route("/metrics", get(metrics::show));
    }
    framed(routes, state)
}

/// Puts a request through, from the last line to the first: frame, compression, CORS, limits,
/// panics, handler.
fn framed(routes: Router<ApiState>, state: ApiState) -> Router {
    routes
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(state.options.body_bytes_max))
        .layer(CatchPanicLayer::custom(frame::panicked))
        .layer(from_fn_with_state(state.clone(), limits::limits))
        .layer(option_layer(cors(&state.options)))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(state.clone(), frame::frame))
        .with_state(state)
}

async fn not_found() -> Problem {
    NOT_FOUND.problem("there is nothing at this address").with_hint(
        "check the path; everything but `/healthz`, `/readyz` and `/metrics` is below `/api/v1`",
    )
}

async fn method_not_allowed() -> Problem {
    METHOD
        .problem("this method is not offered here")
        .with_hint("the header `Allow` lists the methods that are")
}

fn cors(options: &Options) -> Option<CorsLayer> {
    let exposed: [HeaderName; 4] =
        [header::ETAG, header::RETRY_AFTER, header::LOCATION, X_REQUEST_ID];
    let accepted: [HeaderName; 5] =
        [header::AUTHORIZATION, header::CONTENT_TYPE, header::IF_MATCH, X_REQUEST_ID, TRACEPARENT];
    let methods =
        [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    (!options.cors_origins.is_empty()).then(|| {
        CorsLayer::new()
            .allow_origin(options.cors_origins.clone())
            .allow_methods(methods)
            .allow_headers(accepted)
            .expose_headers(exposed)
            .max_age(Duration::from_mins(10))
    })
}
