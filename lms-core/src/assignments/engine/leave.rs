//! Times in which the clock of an obligation stands still: leaves, exemptions, and waiting for a
//! seat. One arithmetic for all of them.
//!
//! What is due before the return and fourteen days moves to the later of: the return and what was
//! left at the beginning, the return and fourteen days. What was overdue already stays so. As long
//! as nobody knows when a pause ends, nothing moves and nothing becomes late.

use super::days::{days_between, plus_days};
use crate::kernel::text::Day;

/// What everybody has at least after coming back.
pub const RETURN_DAYS: i32 = 14;

/// A time in which the clock stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pause {
    /// The first day of it.
    pub from: Day,
    /// The first day after it; none as long as nobody knows.
    pub back_on: Option<Day>,
}

impl Pause {
    /// Whether it is on on a day.
    #[must_use]
    pub fn covers(self, day: Day) -> bool {
        self.from <= day && self.back_on.is_none_or(|back| day < back)
    }
}

/// Sorts pauses and joins those that overlap or follow each other, so that somebody who goes from
/// one leave straight into the next comes back once.
pub fn join_pauses(pauses: &mut Vec<Pause>) {
    pauses.retain(|pause| pause.back_on.is_none_or(|back| pause.from < back));
    pauses.sort_unstable();
    pauses.dedup_by(|next, kept| {
        let meets = kept.back_on.is_none_or(|back| next.from <= back);
        if meets {
            kept.back_on = match (kept.back_on, next.back_on) {
                (Some(a), Some(b)) => Some(a.max(b)),
                _ => None,
            };
        }
        meets
    });
}

/// The due day after all pauses that have begun by `day`. The pauses are joined; the clock of the
/// obligation runs from `runs_from`, so that what was over by then does not touch it.
#[must_use]
pub fn due_after_pauses(
    due_on: Day,
    grace_days: u32,
    runs_from: Day,
    pauses: &[Pause],
    day: Day,
) -> Day {
    let mut due_on = due_on;
    for pause in pauses.iter().take_while(|pause| pause.from <= day) {
        let Some(back_on) = pause.back_on else { break };
        let over_before = back_on <= runs_from;
        let overdue_already = overdue_on(due_on, grace_days) <= pause.from;
        if over_before || overdue_already || due_on >= plus_days(back_on, RETURN_DAYS) {
            continue;
        }
        let left = days_between(pause.from.max(runs_from), due_on).max(RETURN_DAYS);
        due_on = plus_days(back_on, left);
    }
    due_on
}

/// The first day on which it is overdue: past the due day and the days of grace.
#[must_use]
pub fn overdue_on(due_on: Day, grace_days: u32) -> Day {
    plus_days(due_on, i32::try_from(grace_days).unwrap_or(i32::MAX).saturating_add(1))
}

/// The pause that is on on a day.
#[must_use]
pub fn pause_on(pauses: &[Pause], day: Day) -> Option<Pause> {
    pauses.iter().copied().find(|pause| pause.covers(day))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{day, pauses};
    use super::*;

    #[test]
    fn the_due_day_moves_as_the_law_says() {
        // Grace is nought, the clock runs from 1 January, and it is long after.
        for (due, leaves, expected, why) in [
            ("2026-03-15", "", "2026-03-15", "no leave"),
            (
                "2026-03-15",
                "2026-03-01..2026-03-11",
                "2026-03-25",
                "less was left than a fortnight",
            ),
            ("2026-03-05", "2026-02-01..2026-03-01", "2026-04-02", "32 days were left"),
            ("2026-03-15", "2026-03-15..2026-03-16", "2026-03-30", "due on the first day of it"),
            ("2026-03-14", "2026-03-15..2026-03-20", "2026-03-14", "overdue when it began"),
            ("2026-03-13", "2026-03-15..2026-06-01", "2026-03-13", "overdue before it began"),
            ("2026-04-03", "2026-03-01..2026-03-20", "2026-04-03", "due on return and 14 days"),
            ("2026-04-02", "2026-03-01..2026-03-20", "2026-04-21", "due a day before that"),
            ("2026-06-01", "2026-03-01..2026-03-20", "2026-06-01", "due long after"),
            ("2026-03-15", "2026-03-01..", "2026-03-15", "nobody knows the return"),
            ("2026-03-15", "2025-11-01..2026-01-01", "2026-03-15", "over before it ran"),
            ("2026-01-10", "2025-11-01..2026-01-05", "2026-01-19", "it ran from within the leave"),
            ("2026-01-25", "2025-11-01..2026-01-12", "2026-02-05", "24 days left from 1 January"),
            ("2026-02-28", "2026-02-20..2026-03-01", "2026-03-15", "over the end of February"),
            ("2028-02-29", "2028-02-20..2028-03-01", "2028-03-15", "and of a leap year's"),
            (
                "2026-03-10",
                "2026-03-01..2026-03-06 2026-03-04..2026-03-11",
                "2026-03-25",
                "overlapping",
            ),
            (
                "2026-03-10",
                "2026-03-01..2026-03-06 2026-03-06..2026-03-11",
                "2026-03-25",
                "back to back",
            ),
            (
                "2026-03-10",
                "2026-03-04..2026-03-11 2026-03-01..2026-03-06",
                "2026-03-25",
                "in any order",
            ),
            (
                "2026-03-10",
                "2026-03-01..2026-03-31 2026-03-05..2026-03-06",
                "2026-04-14",
                "one in the other",
            ),
            (
                "2026-03-10",
                "2026-03-01..2026-03-06 2026-03-10..2026-03-12",
                "2026-03-26",
                "one after the other",
            ),
            (
                "2026-03-10",
                "2026-03-01..2026-03-06 2026-05-01..2026-06-01",
                "2026-03-20",
                "overdue before the second",
            ),
            (
                "2026-03-10",
                "2026-03-01..2026-03-06 2026-03-10..",
                "2026-03-20",
                "the second has no end",
            ),
            ("2026-03-10", "2026-03-05..2026-03-05", "2026-03-10", "an empty one"),
            ("2026-12-20", "2026-12-15..2027-01-07", "2027-01-21", "over the turn of the year"),
        ] {
            let runs_from = day("2026-01-01");
            let after =
                due_after_pauses(day(due), 0, runs_from, &pauses(leaves), day("2030-01-01"));
            let runs_from = if due.starts_with("2028") { day("2028-01-01") } else { runs_from };
            assert_eq!(after, day(expected), "{due} with {leaves}: {why} {runs_from}");
        }
    }

    #[test]
    fn grace_is_not_overdue_yet() {
        let leave = pauses("2026-03-15..2026-04-01");
        let moved = |due: &str, grace| {
            due_after_pauses(day(due), grace, day("2026-01-01"), &leave, day("2026-05-01"))
        };
        assert_eq!(moved("2026-03-10", 7), day("2026-04-15"), "late, in grace");
        assert_eq!(moved("2026-03-07", 7), day("2026-03-07"), "overdue on the first day of it");
        assert_eq!(moved("2026-03-08", 7), day("2026-04-15"), "overdue one day later");
    }

    #[test]
    fn a_leave_that_is_to_come_moves_nothing_yet() {
        let leave = pauses("2026-03-15..2026-04-01");
        let on = |today: &str| {
            due_after_pauses(day("2026-03-20"), 0, day("2026-01-01"), &leave, day(today))
        };
        assert_eq!(on("2026-03-14"), day("2026-03-20"));
        assert_eq!(on("2026-03-15"), day("2026-04-15"));
    }

    #[test]
    fn pauses_are_joined() {
        let joined = |text: &str| {
            let shown = |pause: &Pause| {
                let back = pause.back_on.map(|day| day.to_string()).unwrap_or_default();
                format!("{}..{back}", pause.from)
            };
            pauses(text).iter().map(shown).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(joined("2026-03-01.. 2026-05-01..2026-06-01"), "2026-03-01..");
        assert_eq!(
            joined("2026-01-01..2026-02-01 2026-02-02..2026-03-01"),
            "2026-01-01..2026-02-01 2026-02-02..2026-03-01"
        );
        assert_eq!(joined("2026-01-01..2026-02-01 2026-02-01.."), "2026-01-01..");
    }
}
