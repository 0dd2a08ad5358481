//! Statements over certificates.

use uuid::Uuid;

use super::CertificateId;
use super::number::{grouped, number, verify_url};
use super::types::{Certificate, CertificateState};
use super::words::CertificateLanguage;
use crate::catalog::VersionNumber;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::schema::CERTIFICATES;
use crate::kernel::db::{Assembly, Field, IdList, Tx, Value, bulk, row, statements};
use crate::kernel::error::{Error, Result};
use crate::kernel::text::{Day, Locale};
use crate::people::PersonId;

statements! {
    /// The last one of a year.
    LAST_SEQUENCE = "SELECT sequence FROM certificates
                     WHERE year = $1 AND retracted_at IS NULL ORDER BY sequence DESC LIMIT 1";

    /// All that a stranger is told.
    BY_CODE = "SELECT year, sequence, holder, title, organisation, completed_on, valid_until,
                      revoked_on, language
               FROM certificates WHERE code = $1 AND retracted_at IS NULL";

    NEWEST_LOGO = "SELECT version, media_type, image, recorded_at FROM certificate_logos
                   ORDER BY version DESC LIMIT 1";
}

/// What is shown of certificates, before the conditions: `c` is the certificate, `x` its holder.
pub(super) const SELECT: &str = "
SELECT c.id, c.recorded_at, c.year, c.sequence, c.code, c.completion_id, c.person_id, t.code, c.major,
       c.minor, c.holder, c.title, c.organisation, c.language, c.completed_on, c.issued_on,
       c.valid_until, c.revoked_on, c.revoked_because
FROM certificates c
JOIN persons x ON x.id = c.person_id
JOIN trainings t ON t.id = c.training_id
WHERE c.retracted_at IS NULL";

row! {
    pub(super) struct CertificateRow {
        pub(super) id: CertificateId,
        pub(super) recorded_at: Timestamp,
        pub(super) year: i64,
        pub(super) sequence: i64,
        pub(super) code: String,
        pub(super) completion_id: Uuid,
        pub(super) person_id: Uuid,
        pub(super) training: String,
        pub(super) major: i64,
        pub(super) minor: i64,
        pub(super) holder: Option<String>,
        pub(super) title: String,
        pub(super) organisation: String,
        pub(super) language: String,
        pub(super) completed_on: Day,
        pub(super) issued_on: Day,
        pub(super) valid_until: Option<Day>,
        pub(super) revoked_on: Option<Day>,
        pub(super) revoked_because: Option<String>,
    }
}

impl CertificateRow {
    pub(super) fn certificate(self, today: Day, base_url: Option<&str>) -> Result<Certificate> {
        let part = |n: i64| {
            u32::try_from(n).map_err(|cause| Error::inconsistent("certificates.major", cause))
        };
        Ok(Certificate {
            id: self.id,
            number: number(self.year, self.sequence),
            state: CertificateState::on(today, self.valid_until, self.revoked_on),
            person: PersonId::new(self.person_id),
            holder: self.holder,
            training: self.training,
            title: self.title,
            version: VersionNumber { major: part(self.major)?, minor: part(self.minor)? },
            organisation: self.organisation,
            language: CertificateLanguage::stored(&self.language)?,
            completed_on: self.completed_on,
            issued_on: self.issued_on,
            valid_until: self.valid_until,
            revoked_on: self.revoked_on,
            revoked_because: self.revoked_because,
            verify_url: verify_url(base_url, &self.code),
            code: grouped(&self.code),
            completion_id: self.completion_id,
            recorded_at: self.recorded_at,
        })
    }
}

row! {
    pub(super) struct VerifiedRow {
        pub(super) year: i64,
        pub(super) sequence: i64,
        pub(super) holder: Option<String>,
        pub(super) title: String,
        pub(super) organisation: String,
        pub(super) completed_on: Day,
        pub(super) valid_until: Option<Day>,
        pub(super) revoked_on: Option<Day>,
        pub(super) language: String,
    }
}

row! {
    pub(super) struct HolderRow {
        pub(super) id: Uuid,
        pub(super) first_name: String,
        pub(super) last_name: String,
        pub(super) locale: Option<Locale>,
    }
}

row! {
    pub(super) struct TitleRow {
        pub(super) training_id: Uuid,
        pub(super) major: i64,
        pub(super) minor: i64,
        pub(super) document: String,
    }
}

row! {
    /// A certificate as it is kept, with all of its columns but the instants.
    #[derive(Debug, Clone)]
    pub(super) struct Stored {
        pub(super) id: CertificateId,
        pub(super) year: i64,
        pub(super) sequence: i64,
        pub(super) code: String,
        pub(super) completion_id: Uuid,
        pub(super) person_id: Uuid,
        pub(super) training_id: Uuid,
        pub(super) major: i64,
        pub(super) minor: i64,
        pub(super) holder: Option<String>,
        pub(super) title: String,
        pub(super) organisation: String,
        pub(super) language: String,
        pub(super) completed_on: Day,
        pub(super) issued_on: Day,
        pub(super) valid_until: Option<Day>,
        pub(super) revoked_on: Option<Day>,
        pub(super) revoked_because: Option<String>,
    }
}

const SELECT_STORED: &str = "
SELECT id, year, sequence, code, completion_id, person_id, training_id, major, minor, holder, title,
       organisation, language, completed_on, issued_on, valid_until, revoked_on, revoked_because
FROM certificates
WHERE retracted_at IS NULL";

/// The certificates that hold for these completions: one each at most.
pub(super) async fn holding(tx: &mut Tx, completions: &[Uuid]) -> Result<Vec<Stored>> {
    if completions.is_empty() {
        return Ok(Vec::new());
    }
    Assembly::new(SELECT_STORED)
        .push("AND revoked_on IS NULL AND completion_id IN (ids?)")
        .bind_ids(&IdList::new(completions.iter().copied()))
        .push("ORDER BY year, sequence")
        .on(tx)
        .all()
        .await
}

pub(super) async fn stored(tx: &mut Tx, id: CertificateId) -> Result<Stored> {
    Assembly::new(SELECT_STORED).push("AND id = ?").bind(id).on(tx).one().await
}

/// Records certificates anew that were there before.
pub(super) async fn replace(tx: &mut Tx, now: Timestamp, after: &[Stored]) -> Result<()> {
    if after.is_empty() {
        return Ok(());
    }
    let ids = IdList::new(after.iter().map(|one| one.id.uuid()));
    // What was recorded in this very transaction nobody has believed yet.
    Assembly::new("DELETE FROM certificates WHERE recorded_at = ?")
        .bind(now)
        .push("AND id IN (ids?)")
        .bind_ids(&ids)
        .on(tx)
        .run()
        .await?;
    Assembly::new("UPDATE certificates SET retracted_at = ?")
        .bind(now)
        .push("WHERE retracted_at IS NULL AND id IN (ids?)")
        .bind_ids(&ids)
        .on(tx)
        .run()
        .await?;
    insert(tx, now, after).await
}

pub(super) async fn insert(tx: &mut Tx, now: Timestamp, all: &[Stored]) -> Result<()> {
    let rows: Vec<Vec<Value>> = all.iter().map(|one| one.values(now)).collect();
    bulk::insert(tx, &CERTIFICATES, rows).await.map(|_| ())
}

impl Stored {
    pub(super) fn number(&self) -> String {
        number(self.year, self.sequence)
    }

    fn values(&self, now: Timestamp) -> Vec<Value> {
        vec![
            self.id.into_value(),
            now.into_value(),
            None::<Timestamp>.into_value(),
            self.year.into_value(),
            self.sequence.into_value(),
            self.code.as_str().into_value(),
            self.completion_id.into_value(),
            self.person_id.into_value(),
            self.training_id.into_value(),
            self.major.into_value(),
            self.minor.into_value(),
            self.holder.clone().into_value(),
            self.title.as_str().into_value(),
            self.organisation.as_str().into_value(),
            self.language.as_str().into_value(),
            self.completed_on.into_value(),
            self.issued_on.into_value(),
            self.valid_until.into_value(),
            self.revoked_on.into_value(),
            self.revoked_because.clone().into_value(),
        ]
    }
}

row! {
    pub(super) struct LogoRow {
        pub(super) version: i64,
        pub(super) media_type: Option<String>,
        pub(super) image: Option<Vec<u8>>,
        pub(super) recorded_at: Timestamp,
    }
}
