//! Certificates as they are shown.

use serde::Serialize;
use uuid::Uuid;

use super::words::CertificateLanguage;
use super::{CertificateId, number};
use crate::catalog::VersionNumber;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::{Error, Result};
use crate::kernel::page::{Paging, paged};
use crate::kernel::suggest::suggest;
use crate::kernel::text::Day;
use crate::people::PersonId;

/// A certificate as it is now.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Certificate {
    /// Its id.
    pub id: CertificateId,
    /// The number, such as `2026-000123`.
    pub number: String,
    /// Whether it holds today.
    pub state: CertificateState,
    /// Who holds it.
    pub person: PersonId,
    /// What they were called when it was issued; nothing once they were erased.
    pub holder: Option<String>,
    /// The code of the training.
    pub training: String,
    /// What the training was called when it was issued.
    pub title: String,
    /// Which version was done.
    pub version: VersionNumber,
    /// What the organisation was called when it was issued.
    pub organisation: String,
    /// The language that it is printed in.
    pub language: CertificateLanguage,
    /// When the training was completed.
    pub completed_on: Day,
    /// When the certificate was issued.
    pub issued_on: Day,
    /// The last day on which it holds; nothing where it holds for good.
    pub valid_until: Option<Day>,
    /// When it was revoked.
    pub revoked_on: Option<Day>,
    /// Why it was revoked.
    pub revoked_because: Option<String>,
    /// The code by which anybody can verify it.
    pub code: String,
    /// Where anybody can verify it, if the organisation has a base address.
    pub verify_url: Option<String>,
    /// The completion that it tells of.
    pub completion_id: Uuid,
    /// When what is shown was recorded.
    pub recorded_at: Timestamp,
}

/// Whether a certificate holds on a day.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateState {
    /// It holds.
    Valid,
    /// Its last day is over.
    Expired,
    /// It was taken back.
    Revoked,
}

impl CertificateState {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Valid, Self::Expired, Self::Revoked];

    /// The name in commands and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }

    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self> {
        let wanted = text.trim().to_lowercase();
        Self::ALL.iter().copied().find(|state| state.as_str() == wanted).ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|state| state.as_str()).collect();
            Error::invalid("state", format!("`{}` is not a state of a certificate", text.trim()))
                .with_hints(suggest(text, &names))
                .with_hint(format!("there are `{}`", names.join("`, `")))
        })
    }

    /// A revoked one stays so, whether or not its last day is over.
    pub(super) fn on(day: Day, valid_until: Option<Day>, revoked_on: Option<Day>) -> Self {
        match (revoked_on, valid_until) {
            (Some(_), _) => Self::Revoked,
            (None, Some(last)) if last < day => Self::Expired,
            _ => Self::Valid,
        }
    }
}

/// What a stranger is told of a code.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CertificateVerification {
    /// Whether it holds, or is not known at all. Of an unknown code nothing else is told.
    pub state: VerifiedState,
    /// The number.
    pub number: Option<String>,
    /// Who holds it.
    pub holder: Option<String>,
    /// For which training.
    pub title: Option<String>,
    /// Who issued it.
    pub organisation: Option<String>,
    /// When the training was completed.
    pub completed_on: Option<Day>,
    /// The last day on which it holds.
    pub valid_until: Option<Day>,
    /// When it was revoked.
    pub revoked_on: Option<Day>,
    /// The language that it is printed in.
    pub language: Option<CertificateLanguage>,
}

/// Whether a code is that of a certificate that holds.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VerifiedState {
    /// It holds.
    Valid,
    /// Its last day is over.
    Expired,
    /// It was taken back.
    Revoked,
    /// There is no certificate with this code.
    Unknown,
}

impl VerifiedState {
    /// The name in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::Unknown => "unknown",
        }
    }
}

impl From<CertificateState> for VerifiedState {
    fn from(state: CertificateState) -> Self {
        match state {
            CertificateState::Valid => Self::Valid,
            CertificateState::Expired => Self::Expired,
            CertificateState::Revoked => Self::Revoked,
        }
    }
}

/// A certificate as a page to hang up.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificatePdf {
    /// The number.
    pub number: String,
    /// The PDF.
    pub bytes: Vec<u8>,
}

impl CertificatePdf {
    /// A name under which it can be saved.
    #[must_use]
    pub fn file_name(&self) -> String {
        number::file_name(&self.number)
    }
}

/// Which certificates. Several values of one field: any of them; several fields: all.
#[derive(Debug, Clone, Default)]
pub struct CertificateFilter {
    pub(super) people: Vec<String>,
    pub(super) trainings: Vec<String>,
    pub(super) states: Vec<CertificateState>,
    pub(super) paging: Paging,
}

paged!(CertificateFilter);

impl CertificateFilter {
    /// All of them.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Those of this person.
    #[must_use]
    pub fn person(mut self, person: &str) -> Self {
        self.people.push(person.to_owned());
        self
    }

    /// Those for this training.
    #[must_use]
    pub fn training(mut self, training: &str) -> Self {
        self.trainings.push(training.to_owned());
        self
    }

    /// Those that stand so today.
    #[must_use]
    pub fn state(mut self, state: CertificateState) -> Self {
        self.states.push(state);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_holds_up_to_its_last_day_unless_it_was_revoked() {
        let day = |text: &str| Day::parse(text).unwrap();
        let last = Some(day("2027-03-31"));
        let on = |text, revoked| CertificateState::on(day(text), last, revoked);
        assert_eq!(on("2027-03-31", None), CertificateState::Valid);
        assert_eq!(on("2027-04-01", None), CertificateState::Expired);
        assert_eq!(on("2027-04-01", last), CertificateState::Revoked);
        assert_eq!(CertificateState::on(day("2099-01-01"), None, None), CertificateState::Valid);
    }

    #[test]
    fn a_state_that_is_none_is_told_its_neighbours() {
        assert_eq!(CertificateState::parse(" Expired ").unwrap(), CertificateState::Expired);
        let error = CertificateState::parse("exspired").unwrap_err();
        assert_eq!(error.hints()[0], "did you mean `expired`?");
    }
}
