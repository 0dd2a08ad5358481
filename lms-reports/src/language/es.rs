//! Spanish.

use super::Pair;

pub(super) const TEXTS: &[Pair] = &[("overdue", "vencido"), ("{} of {} rows", "{} filas de {}")];
