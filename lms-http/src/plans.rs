//! Changes of many: looked at with `dry_run=true`, and then made as they were looked at.
//!
//! A dry run answers with the plan and with its fingerprint. A write that sends the fingerprint as
//! `plan` does what was looked at, or nothing; without it, it does what there is to do now. Both
//! answer in the same form, the one with `operation` and the other without.

use std::collections::BTreeMap;

/// So many of each kind are listed; the counts tell of all.
const LISTED_MAX: usize = 500;

/// How many of what.
pub(crate) type Counts = BTreeMap<&'static str, i64>;

/// The first of a list, for an answer.
pub(crate) fn first<T, U>(all: Vec<T>, row: impl Fn(T) -> U) -> Vec<U> {
    all.into_iter().take(LISTED_MAX).map(row).collect()
}

/// Counts under their names.
pub(crate) fn counts<const N: usize>(counts: [(&'static str, usize); N]) -> Counts {
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    counts.into_iter().map(|(name, n)| (name, count(n))).collect()
}
