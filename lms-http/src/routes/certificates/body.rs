//! Certificates as JSON.

use lms_core::{Certificate, CertificateVerification};
use serde::Serialize;
use utoipa::ToSchema;

/// A certificate.
#[derive(Serialize, ToSchema)]
#[schema(as = Certificate)]
pub(in crate::routes) struct CertificateBody {
    #[schema(format = "uuid")]
    id: String,
    /// The number, which is on the page.
    #[schema(examples("2026-000123"))]
    number: String,
    /// `valid`, `expired` or `revoked`, as of today.
    state: String,
    /// Who holds it.
    #[schema(format = "uuid")]
    person: String,
    /// What they were called when it was issued; null once they were erased.
    holder: Option<String>,
    /// The code of the training.
    training: String,
    /// What the training was called when it was issued.
    title: String,
    /// Which version was done.
    #[schema(examples("1.0"))]
    version: String,
    /// What the organisation was called when it was issued.
    organisation: String,
    /// The language that it is printed in.
    #[schema(examples("en"))]
    language: String,
    #[schema(format = Date)]
    completed_on: String,
    #[schema(format = Date)]
    issued_on: String,
    /// The last day on which it holds; null where it holds for good.
    #[schema(format = Date)]
    valid_until: Option<String>,
    #[schema(format = Date)]
    revoked_on: Option<String>,
    /// Why it was revoked.
    revoked_because: Option<String>,
    /// The code by which anybody can verify it.
    code: String,
    /// Where anybody can verify it, if the organisation has a base address.
    verify_url: Option<String>,
    /// The completion that it tells of.
    #[schema(format = "uuid")]
    completion_id: String,
    #[schema(format = DateTime)]
    recorded_at: String,
}

/// What a stranger is told of a code.
#[derive(Serialize, ToSchema)]
#[schema(as = CertificateVerification)]
pub(super) struct VerificationBody {
    /// `valid`, `expired`, `revoked` or `unknown`; of an unknown code nothing else is told.
    state: String,
    /// The number, which is on the page.
    number: Option<String>,
    /// Who holds it.
    holder: Option<String>,
    /// What the training was called.
    title: Option<String>,
    /// Who issued it.
    organisation: Option<String>,
    #[schema(format = Date)]
    completed_on: Option<String>,
    /// The last day on which it holds; null where it holds for good.
    #[schema(format = Date)]
    valid_until: Option<String>,
    #[schema(format = Date)]
    revoked_on: Option<String>,
}

impl From<Certificate> for CertificateBody {
    fn from(certificate: Certificate) -> Self {
        Self {
            id: certificate.id.to_string(),
            number: certificate.number,
            state: certificate.state.as_str().to_owned(),
            person: certificate.person.to_string(),
            holder: certificate.holder,
            training: certificate.training,
            title: certificate.title,
            version: certificate.version.to_string(),
            organisation: certificate.organisation,
            language: certificate.language.as_str().to_owned(),
            completed_on: certificate.completed_on.to_string(),
            issued_on: certificate.issued_on.to_string(),
            valid_until: certificate.valid_until.map(|day| day.to_string()),
            revoked_on: certificate.revoked_on.map(|day| day.to_string()),
            revoked_because: certificate.revoked_because,
            code: certificate.code,
            verify_url: certificate.verify_url,
            completion_id: certificate.completion_id.to_string(),
            recorded_at: certificate.recorded_at.to_string(),
        }
    }
}

impl From<CertificateVerification> for VerificationBody {
    fn from(verified: CertificateVerification) -> Self {
        Self {
            state: verified.state.as_str().to_owned(),
            number: verified.number,
            holder: verified.holder,
            title: verified.title,
            organisation: verified.organisation,
            completed_on: verified.completed_on.map(|day| day.to_string()),
            valid_until: verified.valid_until.map(|day| day.to_string()),
            revoked_on: verified.revoked_on.map(|day| day.to_string()),
        }
    }
}
