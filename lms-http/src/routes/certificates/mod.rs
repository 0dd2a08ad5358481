//! `/certificates`: what people can show for what they learnt, and whether it holds, for everybody.

mod body;
mod page;
mod verify;

use axum::Json as Answer;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use lms_core::{CertificateFilter, CertificatePdf, CertificateState, Error};
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use crate::answer::{OutcomeBody, PageBody, changed};
use crate::auth::Call;
use crate::error::Problem;
use crate::extract::{Json, Segment};
use crate::openapi::{About, Resource};
use crate::query::{NoParameters, Query};
pub(super) use body::CertificateBody;

const READ: &str = "certificates.read";
const WRITE: &str = "certificates.write";

const ALL: &str = "/api/v1/certificates";
const ONE: &str = "/api/v1/certificates/{id}";
const PDF: &str = "application/pdf";

pub(super) fn resource() -> Resource {
    let text = "What people can show for what they learnt, and whether it holds.";
    let resource = Resource::new("Certificates", text)
        .get(
            ALL,
            list,
            About::new("list_certificates", "List certificates")
                .text("The highest numbers first; those of people whom the caller may see.")
                .permission(READ)
                .query::<CertificatesQuery>()
                .page::<CertificateBody>(),
        )
        .get(
            "/api/v1/progress/certificates/{user}",
            of_user,
            About::new("list_certificates_of_user", "List the certificates of a person")
                .text("The highest numbers first.")
                .path("user", "An id, `employee_number:…` or `email:…`", "email:ada@example.com")
                .permission(READ)
                .query::<PageQuery>()
                .page::<CertificateBody>(),
        )
        .get(
            ONE,
            show,
            of_one("show_certificate", "Show or print a certificate")
                .text("With `Accept: application/pdf` as a page of A4 to hang up, in the same bytes each time. One that was revoked is shown, and not printed any more: 409.")
                .permission(READ)
                .answers::<CertificateBody>(200, "the certificate")
                .answers_text(PDF, "the page")
                .conflicts(),
        )
        .post(
            "/api/v1/certificates/{id}/revoke",
            revoke,
            of_one("revoke_certificate", "Revoke a certificate")
                .text("Whoever verifies it is told so from then on.")
                .permission(WRITE)
                .body::<RevokeBody>(json!({ "reason": "issued by mistake" }))
                .outcome::<CertificateBody>(),
        );
    verify::routes(resource)
}

fn of_one(id: &str, summary: &str) -> About {
    About::new(id, summary).path("id", "A number, a code or an id", "2026-000001")
}

fn problem(error: Error) -> Problem {
    Problem::at_address(error, "certificate")
}

/// Which certificates. Several values of one parameter: any of them; several parameters: all.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CertificatesQuery {
    /// Those of these people, by id, `employee_number:…` or `email:…`.
    #[serde(default)]
    #[param(required = false)]
    person: Vec<String>,
    /// Those for these trainings, by code or id.
    #[serde(default)]
    #[param(required = false)]
    training: Vec<String>,
    /// `valid`, `expired` or `revoked`, as of today.
    #[serde(default)]
    #[param(required = false)]
    state: Vec<String>,
    /// How many on a page: 1 to 500, and 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// A page of a list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PageQuery {
    /// How many on a page: 1 to 500, and 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// Why a certificate is revoked.
#[derive(Deserialize, ToSchema)]
#[schema(as = RevokeCertificate)]
#[serde(deny_unknown_fields)]
struct RevokeBody {
    /// Why; it is kept with the certificate.
    reason: String,
}

impl CertificatesQuery {
    fn into_filter(self) -> Result<CertificateFilter, Problem> {
        let mut filter = CertificateFilter::new();
        for text in &self.state {
            filter = filter.state(CertificateState::parse(text).map_err(Problem::in_query)?);
        }
        filter = self.person.iter().fold(filter, |filter, name| filter.person(name));
        filter = self.training.iter().fold(filter, |filter, name| filter.training(name));
        Ok(paged(filter, self.limit, self.cursor.as_deref()))
    }
}

fn paged(filter: CertificateFilter, limit: Option<u32>, cursor: Option<&str>) -> CertificateFilter {
    let filter = limit.into_iter().fold(filter, CertificateFilter::limit);
    cursor.into_iter().fold(filter, CertificateFilter::cursor)
}

async fn list(
    call: Call,
    Query(query): Query<CertificatesQuery>,
) -> Result<Answer<PageBody<CertificateBody>>, Problem> {
    let filter = query.into_filter()?;
    let page = call.lms.certificates().list(&call.actor, filter).await;
    Ok(Answer(PageBody::of(page.map_err(Problem::in_query)?, CertificateBody::from)))
}

async fn of_user(
    call: Call,
    Segment(user): Segment,
    Query(query): Query<PageQuery>,
) -> Result<Answer<PageBody<CertificateBody>>, Problem> {
    let filter = CertificateFilter::new().person(&user);
    let filter = paged(filter, query.limit, query.cursor.as_deref());
    let page = call.lms.certificates().list(&call.actor, filter).await;
    let page = page.map_err(|error| match error.field() {
        Some("person") => Problem::at_address(error, "person"),
        _ => Problem::in_query(error),
    })?;
    Ok(Answer(PageBody::of(page, CertificateBody::from)))
}

async fn show(
    call: Call,
    Segment(id): Segment,
    headers: HeaderMap,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Response, Problem> {
    let certificates = call.lms.certificates();
    let mut response = if prefers(&headers, PDF, "application/json") {
        printed(certificates.pdf(&call.actor, &id).await.map_err(problem)?)
    } else {
        let certificate = certificates.show(&call.actor, &id).await.map_err(problem)?;
        Answer(CertificateBody::from(certificate)).into_response()
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    Ok(response)
}

fn printed(pdf: CertificatePdf) -> Response {
    let mut response = Response::new(Body::from(pdf.bytes));
    let name = format!("inline; filename=\"{}\"", pdf_name(&pdf.number));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PDF));
    let name = HeaderValue::try_from(name).expect("a number is visible ASCII");
    headers.insert(header::CONTENT_DISPOSITION, name);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response
}

fn pdf_name(number: &str) -> String {
    format!("certificate-{number}.pdf")
}

async fn revoke(
    call: Call,
    Segment(id): Segment,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<RevokeBody>,
) -> Result<Response, Problem> {
    let certificates = call.lms.certificates();
    let outcome = certificates.revoke(&call.actor, &id, &body.reason).await.map_err(problem)?;
    let version = outcome.value.recorded_at;
    let outcome: OutcomeBody<CertificateBody> = outcome.into();
    Ok(changed(version, outcome))
}

/// Whether somebody would rather have the one than the other, which they get unless they say so.
fn prefers(headers: &HeaderMap, one: &str, other: &str) -> bool {
    let accepted: Vec<&str> = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    // How much something is wanted, in thousandths; nothing where it was not named.
    let wanted = |media_type: &str| {
        let named = accepted.iter().filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            parts.next().filter(|name| name.eq_ignore_ascii_case(media_type))?;
            let weight = parts.find_map(|part| part.strip_prefix("q="))?.parse::<f32>();
            Some(weight.unwrap_or(1.0))
        });
        let plain = accepted.iter().filter(|range| range.trim().eq_ignore_ascii_case(media_type));
        named.chain(plain.map(|_| 1.0)).fold(0.0, f32::max)
    };
    wanted(one) > wanted(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pdf(accept: &'static str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
        prefers(&headers, PDF, "application/json")
    }

    #[test]
    fn a_page_is_for_those_who_ask_for_one() {
        for accept in ["application/pdf", "Application/PDF, */*;q=0.1", "application/pdf;q=0.9"] {
            assert!(pdf(accept), "{accept}");
        }
        for accept in [
            "*/*",
            "application/json",
            "application/json, application/pdf;q=0.5",
            "application/pdfx",
            "application/pdf;q=0",
            "",
        ] {
            assert!(!pdf(accept), "{accept}");
        }
        assert!(!prefers(&HeaderMap::new(), PDF, "application/json"));
    }
}
