//! Whether a certificate holds, for whoever has its code: as JSON for programs, and as a page for those
//! who scanned it or type it in. No token, no cookie, no script.

use axum::Json as Answer;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;

use super::body::VerificationBody;
use super::{page, prefers};
use crate::auth::Visitor;
use crate::error::Problem;
use crate::extract::Segment;
use crate::openapi::{About, Resource};
use crate::query::{NoParameters, Query};

const HTML: &str = "text/html";
const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; \
                      frame-ancestors 'none'";

pub(super) fn routes(resource: Resource) -> Resource {
    resource
        .get(
            "/api/v1/certificates/verify",
            form,
            About::new("verify_certificate_page", "Enter a code")
                .text("A page for people with a certificate in their hands. Needs no token.")
                .query::<CodeQuery>()
                .answers_text(HTML, "the page"),
        )
        .get(
            "/api/v1/certificates/verify.css",
            style,
            About::new("verify_certificate_style", "What the page needs")
                .answers_text("text/css", "style"),
        )
        .get(
            "/api/v1/certificates/verify/{code}",
            verify,
            About::new("verify_certificate", "Verify a certificate")
                .text("Where the code on a certificate leads that is scanned. Capitals, spaces and dashes do not matter. It tells no more than stands on the certificate, and whether it holds; with `Accept: text/html` as a page. Needs no token.")
                .path("code", "The code", "0000-0000-0000-0000-0000-0000-0000")
                .answers::<VerificationBody>(200, "what is known of the code")
                .answers_text(HTML, "the page"),
        )
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CodeQuery {
    /// The code on the certificate.
    #[param(required = false)]
    code: Option<String>,
}

async fn form(
    visitor: Visitor,
    headers: HeaderMap,
    Query(query): Query<CodeQuery>,
) -> Result<Response, Problem> {
    let verified = match query.code.as_deref() {
        Some(code) => Some(visitor.lms.certificates().verify(code).await?),
        None => None,
    };
    Ok(shown(page::html(verified.as_ref(), accepted_language(&headers), "verify")))
}

async fn verify(
    visitor: Visitor,
    Segment(code): Segment,
    headers: HeaderMap,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Response, Problem> {
    let verified = visitor.lms.certificates().verify(&code).await?;
    let mut response = if prefers(&headers, HTML, "application/json") {
        shown(page::html(Some(&verified), accepted_language(&headers), "../verify"))
    } else {
        Answer(VerificationBody::from(verified)).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("accept, accept-language"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

async fn style() -> Response {
    let content_type = [(header::CONTENT_TYPE, "text/css; charset=utf-8")];
    (content_type, include_str!("page.css")).into_response()
}

/// A page that does nothing but show, and says to nobody where its reader came from.
fn shown(html: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, html).into_response()
}

/// The language that a reader put first.
fn accepted_language(headers: &HeaderMap) -> &str {
    let first = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    first.and_then(|text| text.split([',', ';', '-']).next()).map_or("en", str::trim)
}
