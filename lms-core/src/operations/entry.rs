//! What is hashed, to the byte. Pure: the writer and the verifier call the same functions.
//!
//! An entry's hash is SHA-256 over the hash before it and the canonical text of the operation. That
//! text holds ids, codes and verbs, and the SHA-256 of the changes; a change enters by a salted
//! digest, so that erasing salt and values of a person leaves the chain whole.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::kernel::clock::Timestamp;
use crate::kernel::db::migrate::hex;
use crate::kernel::text::Day;

pub(crate) type Hash = [u8; 32];

/// The hash before the first entry.
pub(crate) const GENESIS: Hash = [0; 32];

/// The canonical text of an entry is the JSON of this, fields in this order. Its shape is part of
/// every chain that was ever written: a new shape is a new `format`, beside this one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    pub(crate) format: u32,
    pub(crate) seq: i64,
    pub(crate) id: Uuid,
    pub(crate) kind: String,
    pub(crate) actor: String,
    pub(crate) origin: String,
    pub(crate) request_id: Option<String>,
    /// Microseconds since 1970.
    pub(crate) recorded_at: i64,
    pub(crate) day: String,
    pub(crate) counts: BTreeMap<String, i64>,
    pub(crate) undoes: Option<Uuid>,
    pub(crate) n_changes: i64,
    pub(crate) changes_sha256: String,
}

impl Entry {
    pub(crate) const FORMAT: u32 = 1;

    pub(crate) fn canonical(&self) -> String {
        serde_json::to_string(self).expect("an entry is plain data")
    }

    pub(crate) fn hash(&self, previous: &Hash) -> Hash {
        let mut hash = Sha256::new();
        hash.update(previous);
        hash.update(self.canonical());
        hash.finalize().into()
    }
}

/// The day and instant fields as they are hashed.
pub(crate) fn canonical_instant(instant: Timestamp) -> i64 {
    instant.as_micros()
}

pub(crate) fn canonical_day(day: Day) -> String {
    day.to_string()
}

/// The salted digest of what a change did to its subject. Lengths are hashed with the texts, so
/// that no two different pairs are one.
pub(crate) fn value_digest(salt: &[u8], before: Option<&str>, after: Option<&str>) -> Hash {
    let mut hash = Sha256::new();
    hash.update(salt);
    for text in [before, after] {
        match text {
            None => hash.update([0]),
            Some(text) => {
                hash.update([1]);
                hash.update((text.len() as u64).to_be_bytes());
                hash.update(text);
            }
        }
    }
    hash.finalize().into()
}

/// The salt of one change, drawn from the secret of its operation, which is kept nowhere.
pub(crate) fn salt(secret: &[u8; 32], position: i64) -> [u8; 16] {
    let mut hash = Sha256::new();
    hash.update(secret);
    hash.update(position.to_be_bytes());
    let hash: Hash = hash.finalize().into();
    std::array::from_fn(|at| hash[at])
}

/// The running hash over the changes of one operation, in their order.
#[derive(Clone, Default)]
pub(crate) struct ChangesHash {
    hash: Sha256,
    pub(crate) n_changes: i64,
}

impl ChangesHash {
    pub(crate) fn add(
        &mut self,
        position: i64,
        subject_type: &str,
        subject_id: Option<Uuid>,
        digest: &[u8],
    ) {
        let subject_id = subject_id.map_or(String::new(), |id| id.to_string());
        self.hash.update(format!("{position}\t{subject_type}\t{subject_id}\t{}\n", hex(digest)));
        self.n_changes += 1;
    }

    pub(crate) fn finish(self) -> Hash {
        self.hash.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pins the bytes: a change here would make every chain in the world look forged.
    #[test]
    fn the_canonical_form_never_changes() {
        let mut changes = ChangesHash::default();
        let digest = value_digest(&salt(&[7; 32], 1), None, Some("{\"name\":\"Acme\"}"));
        changes.add(1, "settings", None, &digest);
        let entry = Entry {
            format: Entry::FORMAT,
            seq: 1,
            id: Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_0001),
            kind: "settings.changed".to_owned(),
            actor: "os:ada".to_owned(),
            origin: "cli".to_owned(),
            request_id: None,
            recorded_at: 1_774_958_400_000_001,
            day: "2026-03-31".to_owned(),
            counts: BTreeMap::from([("changed".to_owned(), 1)]),
            undoes: None,
            n_changes: changes.n_changes,
            changes_sha256: hex(&changes.finish()),
        };
        assert_eq!(
            entry.canonical(),
            "{\"format\":1,\"seq\":1,\"id\":\"01970000-0000-7000-8000-000000000001\",\
             \"kind\":\"settings.changed\",\"actor\":\"os:ada\",\"origin\":\"cli\",\
             \"request_id\":null,\"recorded_at\":1774958400000001,\"day\":\"2026-03-31\",\
             \"counts\":{\"changed\":1},\"undoes\":null,\"n_changes\":1,\
             \"changes_sha256\":\"b54bb9f3ba7ab5d5f5ed7ceae23f78b4e0059be72220e061f6cc61c3a8a58b73\"}"
        );
        assert_eq!(
            hex(&entry.hash(&GENESIS)),
            "60d72d5b73792b1468bb998eb5d158b4dcc3cb669a219e0be9615715aa501c6f"
        );
    }

    #[test]
    fn a_digest_tells_apart_what_runs_together() {
        let of = |before, after| value_digest(b"salt", before, after);
        assert_ne!(of(Some("ab"), Some("c")), of(Some("a"), Some("bc")));
        assert_ne!(of(None, Some("")), of(Some(""), None));
        assert_ne!(of(None, None), of(Some(""), None));
    }
}
