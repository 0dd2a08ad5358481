//! Reading the whole chain and saying what does not hold, with flat memory.

use std::collections::BTreeMap;

use super::{Finding, Seal, Verification};
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::migrate::hex;
use crate::kernel::db::{FromRow, Tx};
use crate::kernel::error::{Error, Result};
use crate::operations::entry::{
    ChangesHash, Entry, GENESIS, Hash, canonical_day, canonical_instant, value_digest,
};
use crate::operations::erase::Erasures;
use crate::operations::sql::{self, HeadRow, OperationRow, REASON_SUBJECT, Totals, WalkedChange};

const FINDINGS_MAX: usize = 100;
/// How many rows are read between two reports of progress.
const PROGRESS_STEP: u64 = 1_000;

/// Collects findings, but not without end: a cut in the middle makes everything after it wrong.
#[derive(Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    pub(super) fn add(&mut self, seq: Option<i64>, what: impl Into<String>) {
        if self.0.len() < FINDINGS_MAX {
            self.0.push(Finding { seq, what: what.into() });
        }
    }
}

/// Follows the chain from its beginning. Pure: rows of a database and lines of an export are the
/// same to it.
pub(super) struct Chain {
    next_seq: i64,
    previous: Hash,
    seal: Option<Seal>,
    sealed_hash: Option<String>,
    pub(super) findings: Findings,
    pub(super) entries: i64,
    pub(super) changes: i64,
}

impl Chain {
    pub(super) fn new(seal: Option<&Seal>) -> Self {
        Self {
            next_seq: 1,
            previous: GENESIS,
            seal: seal.cloned(),
            sealed_hash: None,
            findings: Findings::default(),
            entries: 0,
            changes: 0,
        }
    }

    /// Takes the next entry with the hash that stands beside it.
    pub(super) fn follow(&mut self, entry: &Entry, stored: &[u8]) {
        self.entries += 1;
        let seq = entry.seq;
        if seq != self.next_seq {
            let missing = match seq - self.next_seq {
                1 => format!("entry {} is missing", self.next_seq),
                n if n > 1 => format!("entries {} to {} are missing", self.next_seq, seq - 1),
                _ => format!("entry {seq} stands where {} should", self.next_seq),
            };
            self.findings.add(Some(seq), missing);
        }
        if entry.hash(&self.previous).as_slice() != stored {
            self.findings.add(
                Some(seq),
                format!(
                    "the hash of entry {seq} does not fit: it, or the one before it, was altered"
                ),
            );
        }
        // Going on from what is stored, so that one altered entry is one finding, not all after it.
        self.previous = stored.try_into().unwrap_or(GENESIS);
        self.next_seq = seq + 1;
        if self.seal.as_ref().is_some_and(|seal| seal.seq == seq) {
            self.sealed_hash = Some(hex(stored));
        }
    }

    /// Compares with the head and the seal, and says what was found.
    pub(super) fn finish(mut self, head: Option<(i64, Vec<u8>)>) -> Verification {
        let last_seq = self.next_seq - 1;
        if let Some((seq, hash)) = head {
            if seq != last_seq {
                self.findings.add(
                    Some(seq),
                    format!(
                        "the head says that there are {seq} entries, the chain ends at {last_seq}"
                    ),
                );
            } else if hash != self.previous {
                self.findings.add(Some(seq), "the head has another hash than the last entry");
            }
        }
        if let Some(seal) = &self.seal {
            match self.sealed_hash.as_deref() {
                None if seal.seq > 0 => self.findings.add(
                    Some(seal.seq),
                    format!("entry {} was sealed, the chain ends at {last_seq}: its tail was cut off", seal.seq),
                ),
                Some(hash) if hash != seal.hash => self.findings.add(
                    Some(seal.seq),
                    format!("entry {} is not the one that was sealed: the chain was computed anew, or the seal is of another database", seal.seq),
                ),
                _ => {}
            }
        }
        Verification {
            ok: self.findings.0.is_empty(),
            entries: self.entries,
            changes: self.changes,
            head_seq: last_seq,
            head_hash: hex(&self.previous),
            sealed_seq: self.seal.map(|seal| seal.seq),
            findings: self.findings.0,
        }
    }
}

/// The entry that a row stands for, as it was hashed.
pub(super) fn entry_of(row: &OperationRow) -> Result<Entry> {
    let counts: BTreeMap<String, i64> = serde_json::from_str(&row.counts)
        .map_err(|cause| Error::inconsistent("operations.counts", cause))?;
    // What is hashed are the parsed counts: a text that only parses to the same is an edited one.
    if serde_json::to_string(&counts).is_ok_and(|canonical| canonical != row.counts) {
        return Err(Error::inconsistent("operations.counts", "it is not in canonical form"));
    }
    Ok(Entry {
        format: Entry::FORMAT,
        seq: row.seq.unwrap_or_default(),
        id: row.id,
        kind: row.kind.clone(),
        actor: row.actor.clone(),
        origin: row.origin.clone(),
        request_id: row.request_id.clone(),
        recorded_at: canonical_instant(row.recorded_at),
        day: canonical_day(row.day),
        counts,
        undoes: row.undoes,
        n_changes: row.n_changes,
        changes_sha256: hex(&row.changes_sha256),
    })
}

pub(super) async fn seal(core: &Core) -> Result<Seal> {
    seal_in(&mut core.db().begin_read().await?, core.now()).await
}

/// The head of the chain as a transaction sees it.
pub(crate) async fn seal_in(tx: &mut Tx, now: Timestamp) -> Result<Seal> {
    let head: HeadRow = tx.sql(&sql::HEAD).one().await?;
    Ok(Seal { seq: head.seq, hash: hex(&head.hash), sealed_at: now })
}

pub(super) async fn verify(
    core: &Core,
    seal: Option<&Seal>,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<Verification> {
    verify_in(&mut core.db().begin_read().await?, seal, progress).await
}

pub(crate) async fn verify_in(
    tx: &mut Tx,
    seal: Option<&Seal>,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<Verification> {
    let totals: Totals = tx.sql(&sql::COUNT_TOTALS).one().await?;
    let total = u64::try_from(totals.operations + totals.changes).unwrap_or_default();
    let mut done = 0;
    let mut step = move || {
        done += 1;
        if done % PROGRESS_STEP == 0 || done == total {
            progress(done, total);
        }
    };

    let head: HeadRow = tx.sql(&sql::HEAD).one().await?;
    let mut chain = Chain::new(seal);
    walk_entries(tx, &mut chain, &mut step).await?;
    walk_changes(tx, &mut chain, &mut step).await?;
    if totals.places > chain.entries {
        let astray = totals.places - chain.entries;
        chain.findings.add(None, format!("{astray} places of the chain have no sound operation"));
    }
    if chain.changes != totals.changes {
        let astray = totals.changes - chain.changes;
        chain
            .findings
            .add(None, format!("{astray} changes belong to no operation: they were inserted"));
    }
    Ok(chain.finish(Some((head.seq, head.hash))))
}

async fn walk_entries(
    tx: &mut Tx,
    chain: &mut Chain,
    step: &mut (dyn FnMut() + Send),
) -> Result<()> {
    tx.sql(&sql::WALK)
        .each(|row| {
            step();
            let row = match OperationRow::from_row(row) {
                Ok(row) => row,
                Err(error) => {
                    chain.findings.add(row.get(0).unwrap_or(None), error.message());
                    return Ok(());
                }
            };
            match &row.hash {
                None => chain.findings.add(
                    None,
                    format!("operation {} has no place in the chain: it was inserted", row.id),
                ),
                Some(hash) => match entry_of(&row) {
                    Ok(entry) => chain.follow(&entry, hash),
                    Err(error) => chain.findings.add(row.seq, error.message()),
                },
            }
            Ok(())
        })
        .await
}

/// The changes of one operation, as far as they have been read.
struct Gathered {
    seq: Option<i64>,
    id: uuid::Uuid,
    n_changes: i64,
    sha256: Vec<u8>,
    hash: ChangesHash,
}

impl Gathered {
    fn settle(self, findings: &mut Findings) {
        let n_changes = self.hash.n_changes;
        if n_changes != self.n_changes {
            findings.add(
                self.seq,
                format!("the operation made {} changes, {n_changes} are there", self.n_changes),
            );
        } else if self.hash.finish().as_slice() != self.sha256 {
            findings.add(
                self.seq,
                "the changes are not those that were recorded: one was altered or replaced",
            );
        }
    }
}

async fn walk_changes(
    tx: &mut Tx,
    chain: &mut Chain,
    step: &mut (dyn FnMut() + Send),
) -> Result<()> {
    let erasures = Erasures::load(tx).await?;
    let mut gathered: Option<Gathered> = None;
    let findings = &mut chain.findings;
    let n_changes = &mut chain.changes;
    tx.sql(&sql::WALK_CHANGES)
        .each(|row| {
            let row = match WalkedChange::from_row(row) {
                Ok(row) => row,
                Err(error) => {
                    findings.add(row.get(0).unwrap_or(None), error.message());
                    return Ok(());
                }
            };
            if gathered.as_ref().is_none_or(|open| open.id != row.operation_id) {
                let next = Gathered {
                    seq: row.seq,
                    id: row.operation_id,
                    n_changes: row.n_changes,
                    sha256: row.changes_sha256.clone(),
                    hash: ChangesHash::default(),
                };
                if let Some(complete) = gathered.replace(next) {
                    complete.settle(findings);
                }
            }
            if let (Some(digest), Some(open)) = (&row.digest, gathered.as_mut()) {
                step();
                *n_changes += 1;
                open.hash.add(row.position, &row.subject_type, row.subject_id, digest);
                check_values(&row, digest, &erasures, findings);
            }
            Ok(())
        })
        .await?;
    if let Some(complete) = gathered {
        complete.settle(findings);
    }
    Ok(())
}

/// Salt and values must give the digest. Where all of them are missing they were erased, which a
/// later entry of the chain must account for.
fn check_values(row: &WalkedChange, digest: &[u8], erasures: &Erasures, findings: &mut Findings) {
    let what = if row.subject_type == REASON_SUBJECT { "the reason" } else { "a changed value" };
    let Some(salt) = &row.salt else {
        let is_empty = row.value_before.is_none() && row.value_after.is_none();
        let subject = (row.subject_type.as_str(), row.subject_id);
        let seq = row.seq.unwrap_or(i64::MAX);
        if !is_empty || !erasures.account_for(seq, row.operation_id, row.position, subject) {
            findings.add(
                row.seq,
                format!(
                    "{what} (change {}) was taken away, and no erasure tells of it",
                    row.position
                ),
            );
        }
        return;
    };
    if value_digest(salt, row.value_before.as_deref(), row.value_after.as_deref()) != digest {
        findings.add(row.seq, format!("{what} (change {}) is not what was recorded", row.position));
    }
}
