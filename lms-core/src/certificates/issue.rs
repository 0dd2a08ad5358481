//! Issuing certificates, for one completion or for many at once: nothing is printed here, so that five
//! thousand cost little more than their rows.

use std::collections::{BTreeSet, HashMap};

use serde_json::json;
use uuid::Uuid;

use super::number::new_code;
use super::sql::{self, HolderRow, Stored, TitleRow};
use super::words::CertificateLanguage;
use super::{CertificateId, number};
use crate::catalog::TrainingDefinition;
use crate::kernel::db::{Assembly, IdList, One, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;
use crate::operations::{Operation, Write};
use crate::settings;

/// An event tells of so many certificates at most.
pub(super) const EVENT_CERTIFICATES_MAX: usize = 1_000;

/// A completion for which there is to be a certificate.
#[derive(Debug, Clone)]
pub(crate) struct Issue {
    pub(crate) completion: Uuid,
    pub(crate) person: Uuid,
    pub(crate) training: Uuid,
    pub(crate) completed_on: Day,
    /// The last covered day.
    pub(crate) valid_until: Option<Day>,
    /// Major and minor number of the version that was done.
    pub(crate) version: (u32, u32),
}

/// The certificate of a completion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Issued {
    pub(crate) completion: Uuid,
    pub(crate) certificate: CertificateId,
    pub(crate) number: String,
}

/// Issues certificates within the transaction that records the completions. A completion that has a
/// certificate which was not revoked keeps it. The answer is in the order in which they were wanted.
///
/// People and trainings must be there.
pub(crate) async fn issue(write: &mut Write, wanted: Vec<Issue>) -> Result<Vec<Issued>> {
    let completions: Vec<Uuid> = wanted.iter().map(|one| one.completion).collect();
    let present = sql::holding(&mut write.tx, &completions).await?;
    let mut known: HashMap<Uuid, Stored> =
        present.into_iter().map(|one| (one.completion_id, one)).collect();
    let new: Vec<&Issue> =
        wanted.iter().filter(|one| !known.contains_key(&one.completion)).collect();
    if !new.is_empty() {
        for made in make(write, &new).await? {
            known.insert(made.completion_id, made);
        }
    }
    let issued = |one: &Issue| {
        let stored = known.get(&one.completion)?;
        Some(Issued { completion: one.completion, certificate: stored.id, number: stored.number() })
    };
    Ok(wanted.iter().filter_map(issued).collect())
}

async fn make(write: &mut Write, new: &[&Issue]) -> Result<Vec<Stored>> {
    let now = write.ctx.now;
    let settings = settings::current(&mut write.tx).await?;
    let today = Day::today(now, &settings.timezone.zone());
    let year = i64::from(today.inner().year());
    let holders = holders(&mut write.tx, new).await?;
    let titles = titles(&mut write.tx, new).await?;
    let last: Option<One<i64>> = write.tx.sql(&sql::LAST_SEQUENCE).bind(year).opt().await?;
    let first = last.map_or(1, |One(sequence)| sequence + 1);
    let usual = CertificateLanguage::of(&settings.locale).unwrap_or(CertificateLanguage::English);

    let mut made = Vec::with_capacity(new.len());
    let mut seen = BTreeSet::new();
    for one in new.iter().filter(|one| seen.insert(one.completion)) {
        let holder = holders
            .get(&one.person)
            .ok_or_else(|| Error::internal("a certificate is to be issued to nobody"))?;
        let title = titles
            .get(&(one.training, one.version))
            .ok_or_else(|| Error::internal("a certificate is to be issued for no training"))?;
        let own = holder.locale.as_ref().and_then(CertificateLanguage::of);
        let nth = i64::try_from(made.len()).unwrap_or(i64::MAX);
        made.push(Stored {
            id: CertificateId::new(write.ctx.new_id()),
            year,
            sequence: first + nth,
            code: new_code(&*write.ctx.ids),
            completion_id: one.completion,
            person_id: one.person,
            training_id: one.training,
            major: i64::from(one.version.0),
            minor: i64::from(one.version.1),
            holder: Some(format!("{} {}", holder.first_name, holder.last_name)),
            title: title.clone(),
            organisation: settings.name.to_string(),
            language: own.unwrap_or(usual).as_str().to_owned(),
            completed_on: one.completed_on,
            issued_on: today,
            valid_until: one.valid_until,
            revoked_on: None,
            revoked_because: None,
        });
    }
    sql::insert(&mut write.tx, now, &made).await?;
    record(write, &made);
    Ok(made)
}

/// What people are called, and the languages that they read.
async fn holders(tx: &mut Tx, new: &[&Issue]) -> Result<HashMap<Uuid, HolderRow>> {
    let people: BTreeSet<Uuid> = new.iter().map(|one| one.person).collect();
    let rows: Vec<HolderRow> =
        Assembly::new("SELECT id, first_name, last_name, locale FROM persons WHERE id IN (ids?)")
            .bind_ids(&IdList::new(people))
            .on(tx)
            .all()
            .await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// What trainings are called in the versions that were done; where such a version is not there, as in
/// what was imported from elsewhere, as in the newest one.
async fn titles(tx: &mut Tx, new: &[&Issue]) -> Result<HashMap<(Uuid, (u32, u32)), String>> {
    let wanted: BTreeSet<(Uuid, (u32, u32))> =
        new.iter().map(|one| (one.training, one.version)).collect();
    let trainings: BTreeSet<Uuid> = wanted.iter().map(|(training, _)| *training).collect();
    let rows: Vec<TitleRow> = Assembly::new(
        "SELECT training_id, major, minor, document FROM training_versions
         WHERE training_id IN (ids?)",
    )
    .bind_ids(&IdList::new(trainings))
    .push("ORDER BY training_id, major, minor")
    .on(tx)
    .all()
    .await?;
    let mut exact = HashMap::new();
    let mut newest = HashMap::new();
    for row in rows {
        let title = TrainingDefinition::from_document(&row.document)?.title;
        exact.insert((row.training_id, row.major, row.minor), title.clone());
        newest.insert(row.training_id, title);
    }
    let title = |(training, version): (Uuid, (u32, u32))| {
        let key = (training, i64::from(version.0), i64::from(version.1));
        let title = exact.get(&key).or_else(|| newest.get(&training))?;
        Some(((training, version), title.clone()))
    };
    Ok(wanted.into_iter().filter_map(title).collect())
}

/// The log says which and whose, and neither name nor code: names can be erased, and whoever reads the
/// log need not be able to verify.
fn record(write: &mut Write, made: &[Stored]) {
    let n_issued = i64::try_from(made.len()).unwrap_or(i64::MAX);
    let mut operation = Operation::new("certificate.issued").count("issued", n_issued);
    for one in made {
        let after = json!({
            "number": one.number(),
            "person_id": one.person_id,
            "training_id": one.training_id,
            "completion_id": one.completion_id,
            "completed_on": one.completed_on,
            "valid_until": one.valid_until,
        });
        operation = operation.change("certificate", Some(one.id.uuid()), None::<&()>, Some(&after));
    }
    for chunk in made.chunks(EVENT_CERTIFICATES_MAX) {
        let subject = (chunk.len() == 1).then(|| chunk[0].id.to_string());
        operation = operation.event("certificate.issued", subject, told(chunk));
    }
    write.record(operation);
}

/// What listeners get to know of certificates.
pub(super) fn told(chunk: &[Stored]) -> serde_json::Value {
    let one = |one: &Stored| {
        json!({
            "certificate_id": one.id,
            "number": number::number(one.year, one.sequence),
            "person_id": one.person_id,
            "training_id": one.training_id,
            "completion_id": one.completion_id,
        })
    };
    json!({ "certificates": chunk.iter().map(one).collect::<Vec<_>>() })
}
