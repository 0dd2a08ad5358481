//! French.

use super::Pair;

pub(super) const TEXTS: &[Pair] =
    &[("overdue", "en retard"), ("{} of {} rows", "{} lignes sur {}")];
