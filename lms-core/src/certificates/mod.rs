//! What people can show for what they learnt: certificates with a number, a code by which a stranger can
//! verify them, and a page to hang up.
//!
//! Owns `certificates` and `certificate_logos`. Promises that a number is given once and counted without
//! gaps, that nobody can guess a code, that number and code lead to what is true now, whatever was
//! printed, and that the same certificate is printed in the same bytes as long as nobody changes it or
//! the look of certificates. Never says more to a stranger than that a certificate holds, and what for.
//!
//! Whoever records completions issues, amends and revokes in its own transaction: see [`issue`],
//! [`amend_for`] and [`revoke_for`].

mod types;
mod number;
mod words;
mod issue;
mod change;
mod find;
mod of_completion;
mod verify;
mod logo;
mod pdf;
#[cfg(feature = "certificates")]
mod print;
mod erase;
pub(crate) mod sql;

pub(crate) use change::{Amendment, amend_for, revoke_for};
pub(crate) use erase::{people_erased, people_merged};
pub(crate) use issue::{Issue, issue};
pub use logo::CertificateLogo;
pub(crate) use of_completion::of_completion;
pub use types::{
    Certificate, CertificateFilter, CertificatePdf, CertificateState, CertificateVerification,
    VerifiedState,
};
pub use words::CertificateLanguage;

use crate::kernel::access::{Actor, Permission};
use crate::kernel::core::Core;
use crate::kernel::error::{Result, error_codes};
use crate::kernel::ids::id;
use crate::kernel::page::Page;
use crate::operations::Changed;
use crate::settings;

/// May see and print certificates.
pub(crate) const READ: Permission = Permission::scoped("certificates.read", "see certificates");
/// May revoke certificates.
pub(crate) const WRITE: Permission =
    Permission::scoped("certificates.write", "revoke certificates");

id! {
    /// A certificate.
    CertificateId;
}

error_codes! {
    UNKNOWN = "certificate.unknown", NotFound, "there is no such certificate";
    REVOKED = "certificate.revoked", Refused, "a revoked certificate is not printed";
    ERASED = "certificate.erased", Refused, "the holder of the certificate was erased";
    LETTER = "certificate.letter", Refused, "a name or a title has a letter that cannot be printed";
    NO_PRINTING = "certificate.no_printing", Precondition, "the program was built without printing";
    LOGO = "certificate.logo", Invalid, "the logo is not an image that can be printed";
}

/// Certificates; made by [`crate::Lms::certificates`].
#[derive(Debug)]
pub struct Certificates<'a> {
    pub(crate) core: &'a Core,
}

impl Certificates<'_> {
    /// Lists certificates, those with the highest numbers first.
    pub async fn list(
        &self,
        actor: &Actor,
        filter: CertificateFilter,
    ) -> Result<Page<Certificate>> {
        actor.require(READ)?;
        find::list(self.core, actor, filter).await
    }

    /// One certificate, by its number, its code or its id.
    pub async fn show(&self, actor: &Actor, certificate: &str) -> Result<Certificate> {
        actor.require(READ)?;
        find::show(self.core, actor, certificate).await
    }

    /// The page to hang up. It is printed when it is asked for, in the same bytes each time.
    pub async fn pdf(&self, actor: &Actor, certificate: &str) -> Result<CertificatePdf> {
        actor.require(READ)?;
        pdf::pdf(self.core, actor, certificate).await
    }

    /// Whether a code is that of a certificate that holds, for anybody who has the code. It tells no
    /// more than stands on the page, and that it was revoked. A code that is not there costs the same.
    pub async fn verify(&self, code: &str) -> Result<CertificateVerification> {
        verify::verify(self.core, code).await
    }

    /// Revokes a certificate. Nothing happens, and it says so, where it was revoked already.
    pub async fn revoke(
        &self,
        actor: &Actor,
        certificate: &str,
        reason: &str,
    ) -> Result<Changed<Certificate>> {
        actor.require(WRITE)?;
        change::revoke(self.core, actor, certificate, reason).await
    }

    /// The logo that is printed on certificates, where there is one.
    pub async fn logo(&self, actor: &Actor) -> Result<Option<CertificateLogo>> {
        actor.require(settings::READ)?;
        logo::present(self.core).await
    }

    /// Prints this image, a PNG or a JPEG, on certificates from now on; without one, the name of the
    /// organisation alone. Nothing happens, and it says so, where it was so already.
    pub async fn set_logo(
        &self,
        actor: &Actor,
        image: Option<&[u8]>,
    ) -> Result<Changed<Option<CertificateLogo>>> {
        actor.require(settings::WRITE)?;
        logo::set(self.core, actor, image).await
    }
}
