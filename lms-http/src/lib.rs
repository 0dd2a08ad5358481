//! The HTTP API of the LMS as a library: a router that any axum service can nest, and a server
//! for those who want nothing else.
//!
//! ```no_run
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let lms = lms_core::Lms::open("sqlite:lms.db").await?;
//! let lms_api = lms_http::router(lms, lms_http::Options::new());
//! let service: axum::Router = axum::Router::new().nest("/lms", lms_api);
//! # Ok(())
//! # }
//! ```
//!
//! - [`router`] is the whole API: `/api/v1/…`, `/healthz`, `/readyz` and `/metrics`. It brings its
//!   own request ids, logging, limits, compression and problem documents, and touches nothing of
//!   the service around it. Nest it: two routers with a fallback of their own cannot be merged.
//! - [`serve`] runs the router on a listener and drains it on shutdown; [`serve_metrics`] offers
//!   the same [`Metrics`] on a listener of its own, without a token.
//! - [`error`] has the table from kinds of errors to statuses, and the codes that only HTTP knows.
//! - [`Organisations`] finds the organisation that a request is for. One [`lms_core::Lms`] is an
//!   implementation, and so is a map from host name to `Lms`.
//!
//! Handlers extract, call one verb of `lms-core`, and map. There are no rules here and no SQL, and
//! nothing global: neither a registry of metrics nor a subscriber of logs.

// In reading order: what a host sees, what a handler gets, what surrounds every request.
mod options;
mod organisations;
mod server;

mod auth;
pub mod error;
mod extract;
mod query;
mod audience;
mod plans;
mod conditional;
mod idempotency;
mod answer;
mod stream;
mod definitions;
mod openapi;
mod health;
mod metrics;
mod routes;
mod state;

mod connection;
mod frame;
mod limits;
mod request_id;

pub use metrics::Metrics;
pub use options::Options;
pub use organisations::Organisations;
pub use routes::{openapi_document, router};
pub use server::{serve, serve_metrics};
