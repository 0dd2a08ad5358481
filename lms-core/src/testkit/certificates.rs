//! Certificates without the completions that they tell of: what whoever records completions does.

use uuid::Uuid;

use crate::catalog;
use crate::certificates::{Amendment, Issue, amend_for, issue, revoke_for};
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::operations::Write;
use crate::people::directory;
use crate::people::reach::Reach;
use crate::testkit::TestLms;

/// A completion, and the certificate that it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenCertificate {
    /// The completion, which is none.
    pub completion: Uuid,
    /// The number of the certificate.
    pub number: String,
}

impl TestLms {
    /// Issues certificates for the first version of a training, to one person after the other.
    pub async fn issue_certificates(
        &self,
        training: &str,
        people: &[&str],
        completed_on: Day,
        valid_until: Option<Day>,
    ) -> Result<Vec<GivenCertificate>> {
        let mut write = Write::begin(self.core(), &self.admin()).await?;
        let training = catalog::sql::find(&mut write.tx, training).await?.uuid();
        let mut wanted = Vec::with_capacity(people.len());
        for person in people {
            let found = directory::find(&mut write.tx, &Reach::everybody(), person).await?;
            wanted.push(Issue {
                completion: write.ctx.new_id(),
                person: found.uuid(),
                training,
                completed_on,
                valid_until,
                version: (1, 0),
            });
        }
        let given = issue(&mut write, wanted).await?;
        write.commit().await?;
        let given = given.into_iter();
        Ok(given
            .map(|one| GivenCertificate { completion: one.completion, number: one.number })
            .collect())
    }

    /// Issues a certificate for a completion to whoever has one for it already, or to nobody new.
    pub async fn issue_certificate_again(
        &self,
        completion: Uuid,
        training: &str,
        person: &str,
        completed_on: Day,
    ) -> Result<GivenCertificate> {
        let mut write = Write::begin(self.core(), &self.admin()).await?;
        let training = catalog::sql::find(&mut write.tx, training).await?.uuid();
        let person = directory::find(&mut write.tx, &Reach::everybody(), person).await?.uuid();
        let version = (1, 0);
        let wanted =
            Issue { completion, person, training, completed_on, valid_until: None, version };
        let mut given = issue(&mut write, vec![wanted]).await?;
        write.commit().await?;
        let one = given.remove(0);
        Ok(GivenCertificate { completion: one.completion, number: one.number })
    }

    /// Makes the certificates of completions say something else; how many changed.
    pub async fn amend_certificates(
        &self,
        completions: &[Uuid],
        completed_on: Day,
        valid_until: Option<Day>,
    ) -> Result<usize> {
        let mut write = Write::begin(self.core(), &self.admin()).await?;
        let amendment = |completion| Amendment { completion, completed_on, valid_until };
        let amendments: Vec<Amendment> = completions.iter().copied().map(amendment).collect();
        let n_amended = amend_for(&mut write, &amendments).await?;
        write.commit().await?;
        Ok(n_amended)
    }

    /// Revokes the certificates of completions; how many there were.
    pub async fn revoke_certificates(&self, completions: &[Uuid], reason: &str) -> Result<usize> {
        let mut write = Write::begin(self.core(), &self.admin()).await?;
        let n_revoked = revoke_for(&mut write, completions, reason).await?;
        write.commit().await?;
        Ok(n_revoked)
    }
}
