//! What handlers share: the organisations, the options, what readiness last found, and whether
//! the server has lost its patience with requests under way.

use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};
use lms_core::Lms;
use tokio::sync::watch;

use crate::error::{Problem, UNKNOWN_HOST};
use crate::health::Readiness;
use crate::options::Options;
use crate::organisations::{Organisations, host_name};

/// The state of one router; clones share everything.
#[derive(Clone)]
pub(crate) struct ApiState {
    pub(crate) organisations: Arc<dyn Organisations>,
    pub(crate) options: Arc<Options>,
    pub(crate) readiness: Arc<Readiness>,
    pub(crate) document: Arc<str>,
    #[cfg(feature = "reports")]
    pub(crate) desk: Arc<crate::routes::Desk>,
    cut: Option<watch::Receiver<bool>>,
}

impl ApiState {
    /// `cut` turns true when a shutdown has waited long enough; a host that runs the router
    /// itself has no such moment.
    pub(crate) fn new(
        organisations: impl Organisations,
        options: Options,
        cut: Option<watch::Receiver<bool>>,
    ) -> Self {
        Self {
            organisations: Arc::new(organisations),
            options: Arc::new(options),
            readiness: Arc::default(),
            document: Arc::from(""),
            #[cfg(feature = "reports")]
            desk: Arc::default(),
            cut,
        }
    }

    /// With the OpenAPI document that is served.
    pub(crate) fn with_document(mut self, document: String) -> Self {
        self.document = document.into();
        self
    }

    /// The organisation that a request is for.
    pub(crate) fn organisation(&self, parts: &Parts) -> Result<Lms, Problem> {
        let host = host_name(authority(&parts.uri, &parts.headers));
        self.organisations.at(&host).ok_or_else(|| {
            UNKNOWN_HOST
                .problem("no organisation is served under this host name")
                .with_hint("check the address; an organisation is found by the host name alone")
        })
    }

    /// Returns when requests under way must end.
    pub(crate) async fn cut(&self) {
        if let Some(mut cut) = self.cut.clone()
            && cut.wait_for(|cut| *cut).await.is_ok()
        {
            return;
        }
        std::future::pending::<()>().await;
    }
}

/// HTTP/2 names the host in the address, HTTP/1 in a header.
fn authority<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> &'a str {
    let header = || headers.get(header::HOST).and_then(|value| value.to_str().ok());
    uri.authority().map(axum::http::uri::Authority::as_str).or_else(header).unwrap_or_default()
}
