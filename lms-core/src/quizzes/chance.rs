//! Chance that repeats: the same seed draws and shuffles in the same way for ever, on every
//! machine. It comes from SHA-256 alone, so that no update of a library changes what an attempt saw.

use std::collections::BTreeSet;
use std::fmt;

use sha2::{Digest, Sha256};

use crate::kernel::db::migrate::hex;

const KEY_CHARS: usize = 12;

/// What draws and shuffles follow from. It is a secret of the attempt: who knows it can compute in
/// which order an author wrote the options.
#[derive(Clone, PartialEq, Eq)]
pub struct Seed([u8; 32]);

impl Seed {
    /// From random bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// From a text, for previews that are to look the same again.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        Self(Sha256::digest(text).into())
    }

    /// The bytes, to keep them.
    #[must_use]
    pub const fn bytes(&self) -> [u8; 32] {
        self.0
    }

    fn hash(&self, purpose: &str, of: &str, number: u64) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.0);
        // Lengths stand before texts, so that no two purposes run into each other.
        for text in [purpose, of] {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        hash.update(number.to_be_bytes());
        hash.finalize().into()
    }

    /// Brings the items into an order in which none is more likely to be than another.
    pub(crate) fn shuffle<T>(&self, purpose: &str, of: &str, items: &mut [T]) {
        let mut numbers = Numbers { seed: self, purpose, of, count: 0, left: Vec::new() };
        for at in (1..items.len()).rev() {
            items.swap(at, numbers.below(at + 1));
        }
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(…)")
    }
}

/// Random numbers, one after the other.
struct Numbers<'s> {
    seed: &'s Seed,
    purpose: &'s str,
    of: &'s str,
    count: u64,
    left: Vec<u64>,
}

impl Numbers<'_> {
    fn next(&mut self) -> u64 {
        if self.left.is_empty() {
            let hash = self.seed.hash(self.purpose, self.of, self.count);
            self.count += 1;
            let eight = |chunk: &[u8]| u64::from_be_bytes(chunk.try_into().expect("eight bytes"));
            self.left = hash.chunks_exact(8).map(eight).collect();
        }
        self.left.pop().expect("there are four at a time")
    }

    /// A number below `end`, each as likely as the next: what would favour the small ones is drawn
    /// again.
    fn below(&mut self, end: usize) -> usize {
        let end = end as u64;
        let fair = u64::MAX - u64::MAX % end;
        loop {
            let number = self.next();
            if number < fair {
                return usize::try_from(number % end).expect("it is below a usize");
            }
        }
    }
}

/// Keys for the parts of a sheet: they repeat with the seed and tell nothing of their place.
pub(crate) struct Keys<'s> {
    seed: &'s Seed,
    given: BTreeSet<String>,
}

impl<'s> Keys<'s> {
    pub(crate) fn new(seed: &'s Seed) -> Self {
        Self { seed, given: BTreeSet::new() }
    }

    /// A key that no other part of the sheet has.
    pub(crate) fn next(&mut self, purpose: &str, of: &str) -> String {
        let mut tries = 0..;
        loop {
            let number = tries.next().unwrap_or_default();
            let key = hex(&self.seed.hash(purpose, of, number))[..KEY_CHARS].to_owned();
            if self.given.insert(key.clone()) {
                return key;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_shuffles_in_the_same_way_for_ever() {
        let mut items: Vec<u8> = (0..10).collect();
        Seed::new([7; 32]).shuffle("options", "FIRE-01", &mut items);
        assert_eq!(items, [9, 4, 1, 8, 7, 2, 6, 3, 0, 5]);
        let mut others: Vec<u8> = (0..10).collect();
        Seed::new([8; 32]).shuffle("options", "FIRE-01", &mut others);
        assert_ne!(items, others);
    }

    #[test]
    fn every_order_comes_up_as_often_as_the_next() {
        const ROUNDS: usize = 6_000;
        let mut counts = std::collections::BTreeMap::new();
        for round in 0..ROUNDS {
            let mut items = ['a', 'b', 'c'];
            Seed::of_text(&round.to_string()).shuffle("options", "q", &mut items);
            *counts.entry(items).or_insert(0_usize) += 1;
        }
        assert_eq!(counts.len(), 6);
        for (order, count) in counts {
            // A thousand each; ten in a hundred off would be three and a half deviations.
            assert!((900..=1_100).contains(&count), "{order:?}: {count}");
        }
    }

    #[test]
    fn keys_are_told_apart() {
        let seed = Seed::new([7; 32]);
        let mut keys = Keys::new(&seed);
        let given: BTreeSet<String> = (0..200).map(|_| keys.next("option", "q")).collect();
        assert_eq!(given.len(), 200);
        assert_eq!(format!("{seed:?}"), "Seed(…)");
    }
}
