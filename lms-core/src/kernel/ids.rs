//! Ids and randomness as a port. Ids are UUIDv7: ordered by time, the same order on both databases.

use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::clock::Timestamp;

/// Where ids and secrets come from.
pub trait Ids: Send + Sync + fmt::Debug {
    /// A new UUIDv7 of this instant.
    fn id(&self, now: Timestamp) -> Uuid;
    /// 32 bytes that nobody can guess.
    fn secret(&self) -> [u8; 32];
}

fn uuid_v7(now: Timestamp, random: [u8; 10]) -> Uuid {
    let millis = u64::try_from(now.inner().as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

/// Ids and secrets from the operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomIds;

impl RandomIds {
    fn fill(bytes: &mut [u8]) {
        #[expect(clippy::disallowed_methods, reason = "this is the port that all others use")]
        getrandom::fill(bytes).expect("the operating system has randomness");
    }
}

impl Ids for RandomIds {
    /// Those of one instant sort in the order in which they were made, so that indexes grow at their end
    /// however much is written in one transaction: after the time come 26 bits of a count, then 48 that are
    /// random.
    fn id(&self, now: Timestamp) -> Uuid {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let count = MADE.fetch_add(1, Ordering::Relaxed);
        let mut random = [0; 10];
        Self::fill(&mut random[4..]);
        // Around the bits of version and variant, with which the first byte and the third begin.
        let [.., first, second] = (count >> 14).to_be_bytes();
        let [.., third, fourth] = (count & 0x3fff).to_be_bytes();
        random[..4].copy_from_slice(&[first, second, third, fourth]);
        uuid_v7(now, random)
    }

    fn secret(&self) -> [u8; 32] {
        let mut secret = [0; 32];
        Self::fill(&mut secret);
        secret
    }
}

/// Ids that repeat with the seed, and secrets that nobody can guess: for demonstrations.
#[derive(Debug)]
pub struct RepeatableIds(SeededIds);

impl RepeatableIds {
    /// The same seed gives the same ids in the same order.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(SeededIds::new(seed))
    }
}

impl Ids for RepeatableIds {
    fn id(&self, now: Timestamp) -> Uuid {
        self.0.id(now)
    }

    fn secret(&self) -> [u8; 32] {
        RandomIds.secret()
    }
}

/// Ids and "secrets" that repeat with the seed, for tests only.
#[derive(Debug)]
pub struct SeededIds {
    seed: u64,
    drawn: Mutex<u64>,
}

impl SeededIds {
    /// The same seed gives the same ids in the same order.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, drawn: Mutex::new(0) }
    }

    fn next(&self) -> (u64, [u8; 32]) {
        let mut drawn = self.drawn.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *drawn += 1;
        let mut hash = Sha256::new();
        hash.update(self.seed.to_be_bytes());
        hash.update(drawn.to_be_bytes());
        (*drawn, hash.finalize().into())
    }
}

impl Ids for SeededIds {
    fn id(&self, now: Timestamp) -> Uuid {
        // The count leads, so that ids of one instant sort in the order in which they were made.
        let (count, hash) = self.next();
        let mut random = [0; 10];
        random[..6].copy_from_slice(&count.to_be_bytes()[2..]);
        random[6..].copy_from_slice(&hash[..4]);
        uuid_v7(now, random)
    }

    fn secret(&self) -> [u8; 32] {
        self.next().1
    }
}

/// Declares a newtype over a UUID for each kind of thing that has an id.
macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord,
            serde::Serialize, serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(uuid::Uuid);

        impl $name {
            /// Wraps a UUID.
            #[must_use]
            pub const fn new(id: uuid::Uuid) -> Self {
                Self(id)
            }

            /// The UUID itself.
            #[must_use]
            pub const fn uuid(self) -> uuid::Uuid {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> std::result::Result<Self, uuid::Error> {
                text.parse().map(Self)
            }
        }

        impl $crate::kernel::db::Field for $name {
            const KIND: $crate::kernel::db::Kind = $crate::kernel::db::Kind::Id;

            fn into_value(self) -> $crate::kernel::db::Value {
                $crate::kernel::db::Value::Id(self.0)
            }

            fn from_value(value: $crate::kernel::db::Value) -> $crate::Result<Self> {
                uuid::Uuid::from_value(value).map(Self)
            }
        }
    )+};
}
pub(crate) use id;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_instant_sort_in_the_order_in_which_they_were_made() {
        let now = Timestamp::from_micros(1_774_958_400_000_000).unwrap();
        let made: Vec<Uuid> = (0..100_000).map(|_| RandomIds.id(now)).collect();
        assert!(made.is_sorted_by(|one, next| one < next));
        assert!(made.iter().all(|id| id.get_version_num() == 7));
    }
}
