//! Rows of one file that are about the same thing. Pure.

use std::collections::BTreeMap;

use super::fates::Aside;
use crate::imports::CONFLICT_ROWS;
use crate::imports::row::FileRow;
use crate::kernel::text::Day;

/// A row that may land: about what, and for which time.
#[derive(Debug, Clone)]
pub(super) struct Claim<K> {
    /// Its place among the rows.
    pub(super) at: usize,
    pub(super) key: K,
    pub(super) from: Day,
    /// The last day; none where it has no end.
    pub(super) until: Option<Day>,
}

/// What is wrong with a row because of another one.
#[derive(Debug)]
pub(super) enum Twice {
    /// An earlier row says the very same.
    Same,
    /// Others say something else of the same time.
    Clash(Vec<u64>),
}

/// Rows that are about the same thing at the same time, by place. Of those that say the very same the first
/// lands; of those that say something else none does, whatever their order.
pub(super) fn twice<K: Ord>(rows: &[FileRow], claims: Vec<Claim<K>>) -> BTreeMap<usize, Twice> {
    let mut by_key: BTreeMap<K, Vec<(Day, Option<Day>, usize)>> = BTreeMap::new();
    for Claim { at, key, from, until } in claims {
        by_key.entry(key).or_default().push((from, until, at));
    }
    let mut found = BTreeMap::new();
    for mut spans in by_key.into_values() {
        spans.sort_by_key(|(from, _, at)| (*from, *at));
        // Runs of rows that overlap with one before them.
        let mut run: Vec<usize> = Vec::new();
        let mut ends: Option<Day> = None;
        for (from, until, at) in spans {
            let overlaps = !run.is_empty() && ends.is_none_or(|ends| from <= ends);
            if !overlaps {
                settle(rows, &std::mem::take(&mut run), &mut found);
                ends = until;
            }
            ends = ends.and_then(|ends| until.map(|until| until.max(ends)));
            run.push(at);
        }
        settle(rows, &run, &mut found);
    }
    found
}

fn settle(rows: &[FileRow], run: &[usize], found: &mut BTreeMap<usize, Twice>) {
    let Some((first, others)) = run.split_first() else { return };
    let said = |at: &usize| &rows[*at].values;
    if others.iter().all(|at| said(at) == said(first)) {
        found.extend(others.iter().map(|at| (*at, Twice::Same)));
        return;
    }
    let numbers: Vec<u64> = run.iter().map(|at| rows[*at].number).collect();
    found.extend(run.iter().map(|at| (*at, Twice::Clash(numbers.clone()))));
}

/// What to say of rows that contradict each other.
pub(super) fn clash(numbers: &[u64]) -> Aside {
    let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    let error = CONFLICT_ROWS
        .error(format!("rows {} say something different of the same", numbers.join(", ")))
        .with_hint("keep one of them");
    Aside::conflict(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    /// Key, first day, last day, and what the row says.
    type Said = (&'static str, &'static str, &'static str, &'static str);

    fn told(claims: &[Said]) -> Vec<String> {
        let row = |(at, (_, _, _, says)): (usize, &Said)| FileRow {
            number: at as u64 + 2,
            values: [("reason".to_owned(), Some((*says).to_owned()))].into_iter().collect(),
        };
        let rows: Vec<FileRow> = claims.iter().enumerate().map(row).collect();
        let claim = |(at, (key, from, until, _)): (usize, &Said)| Claim {
            at,
            key: *key,
            from: day(from),
            until: (!until.is_empty()).then(|| day(until)),
        };
        let text = |(at, what): (usize, Twice)| match what {
            Twice::Same => format!("{at} same"),
            Twice::Clash(rows) => format!("{at} clashes {rows:?}"),
        };
        let found = twice(&rows, claims.iter().enumerate().map(claim).collect());
        found.into_iter().map(text).collect()
    }

    #[test]
    fn the_same_twice_lands_once_and_what_differs_never() {
        let once = ("ada", "2026-01-01", "2026-01-31", "a");
        assert_eq!(told(&[once, once, once]), ["1 same", "2 same"]);
        let later = ("ada", "2026-01-31", "2026-02-05", "a");
        assert_eq!(
            told(&[once, ("ada", "2026-02-01", "", "a"), ("bo", "2026-01-01", "", "b")]),
            [""; 0]
        );
        let other = ("ada", "2026-01-31", "2026-02-05", "b");
        let clash = ["0 clashes [2, 3]", "1 clashes [2, 3]"];
        assert_eq!(told(&[once, other]), clash);
        assert_eq!(told(&[other, once]), ["0 clashes [3, 2]", "1 clashes [3, 2]"]);
        // Three of which the last only overlaps with the second.
        let third = ("ada", "2026-02-05", "", "c");
        assert_eq!(told(&[once, later, third]).len(), 3);
        let open = ("ada", "2026-01-01", "", "a");
        assert_eq!(
            told(&[open, ("ada", "2030-01-01", "2030-01-02", "z")]).len(),
            2,
            "it has no end"
        );
    }
}
