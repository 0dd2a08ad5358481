//! When something is due: from which day the days are counted, and what happens when that is past.

use super::days::{next_month_day, plus_days};
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;

/// More days than anybody plans ahead.
pub(super) const DAYS_MAX: u32 = 36_500;

/// When an obligation is due, as a rule or an order says it.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Due {
    /// Whenever they like.
    Never,
    /// So many days after it was assigned.
    AfterAssignment(u32),
    /// So many days after the person was hired, at the latest time.
    AfterHire(u32),
    /// So many days after the person came into the audience.
    AfterJoining(u32),
    /// So many days after the person completed another training.
    AfterCompleting {
        /// The other training.
        training: u32,
        /// The days after it.
        days: u32,
    },
    /// On this day.
    On(Day),
    /// When this month and day come next; 29 February is the 28th where there is none.
    Next {
        /// From one to twelve.
        month: u8,
        /// From one to the length of the month.
        day: u8,
    },
}

/// The days that due days are counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchors {
    /// When it was, or would be, assigned.
    pub assigned_on: Day,
    /// When the person was hired, at the latest time.
    pub hired_on: Option<Day>,
    /// When the person came into the audience.
    pub joined_on: Option<Day>,
    /// When the person completed the other training.
    pub completed_on: Option<Day>,
}

/// What a rule says about a due day, before it is asked whether that is past.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ruled {
    /// It is due on a day; `from` is the day that was counted from.
    On {
        /// The due day.
        due_on: Day,
        /// What was counted from.
        from: Day,
    },
    /// There is none.
    Never,
    /// There will be one when the other training is completed.
    Waiting,
    /// The day that it is counted from is not known: that of hire.
    Unknown,
}

/// What to do where a due day is past before anything was assigned, or cannot be counted.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnPastDue {
    /// It is due so many days from today.
    Extend(u32),
    /// It is assigned as it is: overdue, or without a due day.
    AssignAnyway,
    /// Nothing is assigned; somebody has to look at it.
    Park,
}

impl Default for OnPastDue {
    fn default() -> Self {
        Self::Extend(14)
    }
}

/// Why something was parked.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParkedBecause {
    /// It would be overdue from the beginning.
    PastDue(Day),
    /// Nobody knows when the person was hired.
    HireUnknown,
}

/// The due day with which something begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Born {
    pub(super) due_on: Option<Day>,
    /// What was ruled, from which the next cycle counts.
    pub(super) baseline_due_on: Option<Day>,
}

impl Due {
    /// Checks that such a day can be.
    pub fn check(self) -> Result<()> {
        let days = match self {
            Self::AfterAssignment(days)
            | Self::AfterHire(days)
            | Self::AfterJoining(days)
            | Self::AfterCompleting { days, .. } => days,
            Self::Next { month, day } => {
                let last = match month {
                    2 => 29,
                    4 | 6 | 9 | 11 => 30,
                    1..=12 => 31,
                    _ => 0,
                };
                if day == 0 || day > last {
                    let wrong = format!("`{month:02}-{day:02}` is not a day of the year");
                    return Err(Error::invalid("due", wrong).with_hint("write it like `12-01`"));
                }
                0
            }
            Self::Never | Self::On(_) => 0,
        };
        if days > DAYS_MAX {
            let wrong = format!("`{days}` days are more than {DAYS_MAX}, which is a hundred years");
            return Err(Error::invalid("due", wrong));
        }
        Ok(())
    }

    /// The due day that follows from the days to count from.
    #[must_use]
    pub fn ruled(self, anchors: &Anchors) -> Ruled {
        let after = |from: Day, days: u32| {
            let days = i32::try_from(days).unwrap_or(i32::MAX);
            Ruled::On { due_on: plus_days(from, days), from }
        };
        match self {
            Self::Never => Ruled::Never,
            Self::AfterAssignment(days) => after(anchors.assigned_on, days),
            Self::AfterHire(days) => anchors.hired_on.map_or(Ruled::Unknown, |on| after(on, days)),
            Self::AfterJoining(days) => {
                after(anchors.joined_on.unwrap_or(anchors.assigned_on), days)
            }
            Self::AfterCompleting { days, .. } => {
                anchors.completed_on.map_or(Ruled::Waiting, |on| after(on, days))
            }
            Self::On(day) => Ruled::On { due_on: day, from: day },
            Self::Next { month, day } => {
                let from = anchors.assigned_on;
                Ruled::On { due_on: next_month_day(from, month.into(), day.into()), from }
            }
        }
    }
}

impl Ruled {
    /// The day, where there is one.
    pub(super) fn day(self) -> Option<Day> {
        match self {
            Self::On { due_on, .. } => Some(due_on),
            _ => None,
        }
    }

    /// The due day for somebody who is given it on `day`: nothing begins overdue, unless that was
    /// wanted.
    pub(super) fn born(
        self,
        day: Day,
        on_past_due: OnPastDue,
    ) -> std::result::Result<Born, ParkedBecause> {
        let (baseline_due_on, because) = match self {
            Self::On { due_on, .. } if due_on < day => {
                (Some(due_on), ParkedBecause::PastDue(due_on))
            }
            Self::On { due_on, .. } => {
                return Ok(Born { due_on: Some(due_on), baseline_due_on: Some(due_on) });
            }
            Self::Never | Self::Waiting => {
                return Ok(Born { due_on: None, baseline_due_on: None });
            }
            Self::Unknown => (None, ParkedBecause::HireUnknown),
        };
        match on_past_due {
            OnPastDue::Extend(days) => {
                let due_on = plus_days(day, i32::try_from(days).unwrap_or(i32::MAX));
                Ok(Born { due_on: Some(due_on), baseline_due_on: baseline_due_on.or(Some(due_on)) })
            }
            OnPastDue::AssignAnyway => Ok(Born { due_on: baseline_due_on, baseline_due_on }),
            OnPastDue::Park => Err(because),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::day;
    use super::*;

    fn anchors() -> Anchors {
        Anchors {
            assigned_on: day("2026-01-31"),
            hired_on: Some(day("2024-02-29")),
            joined_on: Some(day("2026-01-01")),
            completed_on: Some(day("2026-02-10")),
        }
    }

    #[test]
    fn due_days_are_counted_from_what_the_rule_names() {
        for (due, expected) in [
            (Due::Never, None),
            (Due::AfterAssignment(0), Some("2026-01-31")),
            (Due::AfterAssignment(30), Some("2026-03-02")),
            (Due::AfterHire(14), Some("2024-03-14")),
            (Due::AfterHire(366), Some("2025-03-01")),
            (Due::AfterJoining(90), Some("2026-04-01")),
            (Due::AfterCompleting { training: 3, days: 20 }, Some("2026-03-02")),
            (Due::On(day("2026-12-31")), Some("2026-12-31")),
            (Due::Next { month: 12, day: 1 }, Some("2026-12-01")),
            (Due::Next { month: 1, day: 31 }, Some("2026-01-31")),
            (Due::Next { month: 1, day: 30 }, Some("2027-01-30")),
            (Due::Next { month: 2, day: 29 }, Some("2026-02-28")),
        ] {
            assert_eq!(due.ruled(&anchors()).day(), expected.map(day), "{due:?}");
        }
    }

    #[test]
    fn what_cannot_be_counted_is_said() {
        let nothing = Anchors { hired_on: None, joined_on: None, completed_on: None, ..anchors() };
        assert_eq!(Due::AfterHire(1).ruled(&nothing), Ruled::Unknown);
        let waiting = Due::AfterCompleting { training: 0, days: 3 }.ruled(&nothing);
        assert_eq!(waiting, Ruled::Waiting);
        assert_eq!(Due::AfterJoining(1).ruled(&nothing).day(), Some(day("2026-02-01")));
    }

    #[test]
    fn nothing_is_born_overdue() {
        let today = day("2026-03-10");
        let past = Due::On(day("2026-03-09"));
        let ruled = past.ruled(&anchors());
        let born = |ruled: Ruled, policy| {
            ruled.born(today, policy).map(|born| (born.due_on, born.baseline_due_on))
        };
        let (extended, ruled_day) = (Some(day("2026-03-24")), Some(day("2026-03-09")));
        assert_eq!(born(ruled, OnPastDue::default()), Ok((extended, ruled_day)));
        assert_eq!(born(ruled, OnPastDue::AssignAnyway), Ok((ruled_day, ruled_day)));
        let parked = ParkedBecause::PastDue(day("2026-03-09"));
        assert_eq!(born(ruled, OnPastDue::Park), Err(parked));
        assert_eq!(born(Ruled::Unknown, OnPastDue::Extend(14)), Ok((extended, extended)));
        assert_eq!(born(Ruled::Unknown, OnPastDue::AssignAnyway), Ok((None, None)));
        assert_eq!(born(Ruled::Unknown, OnPastDue::Park), Err(ParkedBecause::HireUnknown));
        assert_eq!(born(Ruled::Waiting, OnPastDue::Park), Ok((None, None)));
        let today_is_in_time = Due::On(today).ruled(&anchors());
        assert_eq!(born(today_is_in_time, OnPastDue::Park), Ok((Some(today), Some(today))));
    }

    #[test]
    fn days_that_cannot_be_are_refused() {
        for due in [
            Due::Next { month: 2, day: 30 },
            Due::Next { month: 13, day: 1 },
            Due::Next { month: 0, day: 1 },
            Due::Next { month: 4, day: 31 },
            Due::Next { month: 4, day: 0 },
            Due::AfterHire(36_501),
        ] {
            assert_eq!(due.check().unwrap_err().field(), Some("due"), "{due:?}");
        }
        for due in [Due::Next { month: 2, day: 29 }, Due::AfterHire(36_500), Due::Never] {
            assert!(due.check().is_ok(), "{due:?}");
        }
    }
}
