//! German.

use super::Pair;

pub(super) const TEXTS: &[Pair] =
    &[("overdue", "überfällig"), ("{} of {} rows", "{} von {} Zeilen")];
