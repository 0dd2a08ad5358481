//! The URL map.
//!
//! | address                                                    | resource                 |
//! | ---------------------------------------------------------- | ------------------------ |
//! | `/api/v1/settings`                                         | [`settings`]             |
//! | `/api/v1/users` and below                                  | [`users`]                |
//! | `/api/v1/groups` and below                                 | [`groups`]               |
//! | `/api/v1/departments`, `/locations`, `/job-roles`          | [`units`], [`reorganise`] |
//! | `/api/v1/trainings` and below                              | [`trainings`]            |
//! | `/api/v1/paths` and below                                  | [`paths`]                |
//! | `/api/v1/questions` and below                              | [`questions`]            |
//! | `/api/v1/quizzes` and below                                | [`quizzes`]              |
//! | `/api/v1/progress/quiz` and `/attempts`, and below       | [`attempts`]             |
//! | `/api/v1/progress` and `/lessons`, and below             | [`progress`]             |
//! | `/api/v1/assignments`, `/enrollments`, and below, `/waitlist` | [`assignments`]      |
//! | `/api/v1/rules` and below                                  | [`rules`]                |
//! | `/api/v1/exemptions`, `/exceptions`, `/completions`        | [`exemptions`], [`exceptions`], [`completions`] |
//! | `/api/v1/content` and below                                | [`content`]              |
//! | `/api/v1/certificates` and below, `/progress/certificates` | [`certificates`]         |
//! | `/api/v1/skills` and below, `/users/{id}/skills`, `/job-roles/{code}/skills` | [`skills`] |
//! | `/api/v1/notifications` and below                          | [`notifications`]        |
//! | `/api/v1/analytics` and below                              | [`analytics`], `reports` |
//! | `/api/v1/batches` and below                                | [`batches`]              |
//! | `/api/v1/imports` and below                                | [`imports`]              |
//! | `/api/v1/events`                                           | [`events`]               |
//! | `/api/v1/audit`                                            | [`audit`]                |
//! | `/api/openapi.json`, `/api/docs`, `/healthz`, `/readyz`, `/metrics` | [`service`]     |
//!
//! Each is a [`Resource`]: its routes, and what the OpenAPI document says of them, in one call. No
//! route is made in any other way. `HEAD` works wherever `GET` does.

mod settings;
mod users;
mod groups;
mod units;
mod reorganise;
mod trainings;
mod paths;
mod questions;
mod quizzes;
mod attempts;
mod progress;
mod assignments;
mod rules;
mod exemptions;
mod exceptions;
mod completions;
mod content;
mod certificates;
mod skills;
mod notifications;
mod analytics;
#[cfg(feature = "reports")]
mod reports;
mod batches;
mod imports;
mod events;
mod audit;
mod service;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{Extensions, HeaderMap, HeaderName, Method, StatusCode, Version, header};
use axum::middleware::{from_fn, from_fn_with_state};
use std::time::Duration;
use tower::util::option_layer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate};
use tower_http::cors::CorsLayer;

use crate::error::{METHOD, NOT_FOUND, Problem};
use crate::idempotency::{IDEMPOTENCY_KEY, REPLAYED};
use crate::openapi::{Resource, assemble};
use crate::options::Options;
use crate::organisations::Organisations;
use crate::request_id::{TRACEPARENT, X_REQUEST_ID};
use crate::state::ApiState;
use crate::{frame, idempotency, limits};

pub(crate) use content::{EVIDENCE, UPLOADS};
pub(crate) use imports::IMPORTS;
#[cfg(feature = "reports")]
pub(crate) use reports::Desk;

/// The API of one or several organisations, to be nested in any axum service.
pub fn router(lms: impl Organisations, options: Options) -> Router {
    build(ApiState::new(lms, options, None))
}

/// The OpenAPI document of a router with these options, as it serves it at `/api/openapi.json`.
#[must_use]
pub fn openapi_document(options: &Options) -> String {
    service::text_of(&assemble(resources(options)).1)
}

pub(crate) fn build(state: ApiState) -> Router {
    let (routes, document) = assemble(resources(&state.options));
    let state = state.with_document(service::text_of(&document));
    framed(routes, state)
}

fn resources(options: &Options) -> Vec<Resource> {
    let mut resources = vec![users::resource(), groups::resource()];
    resources.extend(units::resources());
    resources.extend(assignments::resources());
    resources.extend([
        rules::resource(),
        exemptions::resource(),
        exceptions::resource(),
        completions::resource(),
        trainings::resource(),
        paths::resource(),
        questions::resource(),
        quizzes::resource(),
        attempts::resource(),
        progress::resource(),
        content::resource(),
        certificates::resource(),
        skills::resource(),
        notifications::resource(),
        analytics::resource(),
        #[cfg(feature = "reports")]
        reports::resource(),
        batches::resource(),
        imports::resource(),
        settings::resource(),
        events::resource(),
        audit::resource(),
        service::resource(options),
    ]);
    resources
}

/// Puts a request through, from the last line to the first: frame, compression, CORS, keys, limits,
/// panics, keys again, handler.
fn framed(routes: Router<ApiState>, state: ApiState) -> Router {
    routes
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(state.clone(), idempotency::once))
        .layer(DefaultBodyLimit::max(state.options.body_bytes_max))
        .layer(CatchPanicLayer::custom(frame::panicked))
        .layer(from_fn_with_state(state.clone(), limits::limits))
        .layer(from_fn(idempotency::to_the_end))
        .layer(option_layer(cors(&state.options)))
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(may_change)))
        .layer(from_fn_with_state(state.clone(), frame::frame))
        .with_state(state)
}

/// Files go out as they are.
fn may_change(_: StatusCode, _: Version, _: &HeaderMap, extensions: &Extensions) -> bool {
    extensions.get::<content::Verbatim>().is_none()
}

async fn not_found() -> Problem {
    NOT_FOUND
        .problem("there is nothing at this address")
        .with_hint("check the path; `/api/docs` shows all that there are")
}

async fn method_not_allowed() -> Problem {
    METHOD
        .problem("this method is not offered here")
        .with_hint("the header `Allow` lists the methods that are")
}

fn cors(options: &Options) -> Option<CorsLayer> {
    let exposed: [HeaderName; 7] = [
        header::ETAG,
        header::RETRY_AFTER,
        header::LOCATION,
        header::CONTENT_DISPOSITION,
        header::CONTENT_RANGE,
        X_REQUEST_ID,
        REPLAYED,
    ];
    let accepted: [HeaderName; 9] = [
        header::AUTHORIZATION,
        header::CONTENT_TYPE,
        header::IF_MATCH,
        header::IF_NONE_MATCH,
        header::IF_RANGE,
        header::RANGE,
        X_REQUEST_ID,
        TRACEPARENT,
        IDEMPOTENCY_KEY,
    ];
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
