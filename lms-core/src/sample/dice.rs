//! Chance that repeats: `SplitMix64`, a few lines that every machine computes alike.

/// A die for one purpose: what is drawn for one person does not move what is drawn for the next.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    /// The same seed and purpose give the same throws.
    pub(super) fn new(seed: u64, purpose: u64) -> Self {
        let mut dice = Self(seed ^ purpose.wrapping_mul(0xD1B5_4A32_D192_ED03));
        dice.next();
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below this one; 0 where there is none.
    pub(super) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.next() % end).unwrap_or(0)
    }

    /// True in so many of a thousand throws.
    pub(super) fn per_mille(&mut self, n: usize) -> bool {
        self.below(1000) < n
    }

    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// A place in a list of weights.
    pub(super) fn weighted(&mut self, weights: impl Iterator<Item = usize> + Clone) -> usize {
        let mut rest = self.below(weights.clone().sum());
        for (at, weight) in weights.enumerate() {
            if rest < weight {
                return at;
            }
            rest -= weight;
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throws_repeat_and_differ_by_purpose() {
        let throws = |purpose| {
            let mut dice = Dice::new(1, purpose);
            [dice.below(1000), dice.below(1000), dice.below(1000)]
        };
        assert_eq!(throws(7), throws(7));
        assert_ne!(throws(7), throws(8));
        let mut dice = Dice::new(1, 1);
        let heads = (0..10_000).filter(|_| dice.per_mille(250)).count();
        assert!((2_300..2_700).contains(&heads), "{heads}");
        assert_eq!(dice.weighted([0, 3, 0].into_iter()), 1);
    }
}
