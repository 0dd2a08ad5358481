//! What an obligation is on a day: a total function of its boundary days and what surrounds it.
//!
//! Nothing of it is stored. The same in SQL is one `CASE` over the same columns, in this order; the
//! first line that holds decides. `$day` is the day asked about, `$soon` the last day that is due
//! soon from there; `exempt` and `waiting` are facts of the person and the training on that day;
//! `leave_from` is the first day of the leave that the person is on, leaves that meet joined.
//!
//! | status | when |
//! | --- | --- |
//! | *(none)* | `assigned_on > $day` and not (`closed_on <= $day`) |
//! | `cancelled` | `closed_on <= $day AND closed_as <> 'completed'` |
//! | `exempt` | `exempt` |
//! | `completed` | `closed_on <= $day AND (expires_on IS NULL OR expires_on >= $day) AND (due_on IS NULL OR closed_on <= due_on)` |
//! | `completed_late` | `closed_on <= $day AND (expires_on IS NULL OR expires_on >= $day)` |
//! | `expired` | `closed_on <= $day` |
//! | `waitlisted` | `waiting` |
//! | `on_leave` | `pauses AND leave_from IS NOT NULL AND (overdue_on IS NULL OR overdue_on > leave_from)` |
//! | `overdue` | `overdue_on <= $day` |
//! | `late` | `due_on < $day` |
//! | `due_soon` | `due_on <= $soon` |
//! | `in_progress` | `started_on <= $day` |
//! | `assigned` | else |
//!
//! It reads `assigned_on, started_on, due_on, overdue_on, expires_on, closed_on, closed_as` and
//! `pauses`. `baseline_due_on`, `window_on` and `wake_on` decide nothing here.

use super::days::plus_days;
use super::reasons::Kind;
use crate::kernel::text::Day;

/// How an obligation ended.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ClosedAs {
    /// It was done.
    Completed,
    /// Nothing wants it any more.
    Cancelled,
    /// The person left the organisation.
    Left,
    /// What assigned it was undone.
    Undone,
}

impl ClosedAs {
    /// The name in tables, files and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Left => "left",
            Self::Undone => "undone",
        }
    }
}

/// The days on which something about an obligation changes: what its row holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Boundaries {
    /// Since when it stands.
    pub assigned_on: Day,
    /// When the person began.
    pub started_on: Option<Day>,
    /// The last day in time, with extension and pauses.
    pub due_on: Option<Day>,
    /// The first day past the grace.
    pub overdue_on: Option<Day>,
    /// The due day as it was ruled.
    pub baseline_due_on: Option<Day>,
    /// When the next cycle opens; for one that is completed.
    pub window_on: Option<Day>,
    /// The last day that it covers; for one that is completed.
    pub expires_on: Option<Day>,
    /// When it ended: the day of the completion, or of the cancellation.
    pub closed_on: Option<Day>,
    /// How it ended.
    pub closed_as: Option<ClosedAs>,
    /// The next day on which anything about it can change.
    pub wake_on: Option<Day>,
}

impl Boundaries {
    /// Assigned on a day, and nothing else.
    #[must_use]
    pub fn new(assigned_on: Day) -> Self {
        Self {
            assigned_on,
            started_on: None,
            due_on: None,
            overdue_on: None,
            baseline_due_on: None,
            window_on: None,
            expires_on: None,
            closed_on: None,
            closed_as: None,
            wake_on: None,
        }
    }

    /// Whether it is closed on a day.
    #[must_use]
    pub fn is_closed(&self, day: Day) -> bool {
        self.closed_on.is_some_and(|closed_on| closed_on <= day)
    }
}

/// What surrounds an obligation on the day asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Around {
    /// An exemption covers the day.
    pub exempt: bool,
    /// The person waits for a seat.
    pub waiting: bool,
    /// The first day of the leave that the person is on; none where leaves do not stop the clock.
    pub leave_from: Option<Day>,
    /// How many days ahead are due soon.
    pub due_soon_days: u32,
}

/// What an obligation is on a day. The order is that in which they are looked for.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// Nobody wants it any more.
    Cancelled,
    /// The person need not.
    Exempt,
    /// Done in time, and it covers the day.
    Completed,
    /// Done after the due day, and it covers the day.
    CompletedLate,
    /// Done once; it covers no longer.
    Expired,
    /// The person waits for a seat.
    Waitlisted,
    /// The person is away, and the clock stands still.
    OnLeave,
    /// Past the due day and the grace.
    Overdue,
    /// Past the due day, within the grace.
    Late,
    /// Due within the days of the setting.
    DueSoon,
    /// Begun.
    InProgress,
    /// Nothing happened yet.
    Assigned,
}

impl Status {
    /// All of them, in order.
    pub const ALL: [Self; 12] = [
        Self::Cancelled,
        Self::Exempt,
        Self::Completed,
        Self::CompletedLate,
        Self::Expired,
        Self::Waitlisted,
        Self::OnLeave,
        Self::Overdue,
        Self::Late,
        Self::DueSoon,
        Self::InProgress,
        Self::Assigned,
    ];

    /// The name in tables, files and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Exempt => "exempt",
            Self::Completed => "completed",
            Self::CompletedLate => "completed_late",
            Self::Expired => "expired",
            Self::Waitlisted => "waitlisted",
            Self::OnLeave => "on_leave",
            Self::Overdue => "overdue",
            Self::Late => "late",
            Self::DueSoon => "due_soon",
            Self::InProgress => "in_progress",
            Self::Assigned => "assigned",
        }
    }
}

/// What an obligation is on a day; none before it was assigned.
#[must_use]
pub fn status(days: &Boundaries, around: &Around, day: Day) -> Option<Status> {
    let reached = |boundary: Option<Day>| boundary.is_some_and(|boundary| boundary <= day);
    let closed = days.is_closed(day);
    if days.assigned_on > day && !closed {
        return None;
    }
    let completed = closed && days.closed_as == Some(ClosedAs::Completed);
    let covers = days.expires_on.is_none_or(|expires_on| expires_on >= day);
    let in_time = days.due_on.is_none_or(|due_on| days.closed_on <= Some(due_on));
    let paused = around
        .leave_from
        .is_some_and(|from| days.overdue_on.is_none_or(|overdue_on| overdue_on > from));
    let soon = i32::try_from(around.due_soon_days).unwrap_or(i32::MAX);
    Some(match () {
        () if closed && !completed => Status::Cancelled,
        () if around.exempt => Status::Exempt,
        () if completed && covers && in_time => Status::Completed,
        () if completed && covers => Status::CompletedLate,
        () if completed => Status::Expired,
        () if around.waiting => Status::Waitlisted,
        () if paused => Status::OnLeave,
        () if reached(days.overdue_on) => Status::Overdue,
        () if days.due_on.is_some_and(|due_on| due_on < day) => Status::Late,
        () if days.due_on.is_some_and(|due_on| due_on <= plus_days(day, soon)) => Status::DueSoon,
        () if reached(days.started_on) => Status::InProgress,
        () => Status::Assigned,
    })
}

/// How a mandatory obligation counts for compliance.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Compliance {
    /// A valid completion is there.
    Met,
    /// Not done, and in time.
    Open,
    /// Past the due day, within the grace.
    InGrace,
    /// Overdue, or expired.
    Missed,
    /// Exempt, on leave or cancelled: in no denominator.
    Outside,
}

/// How the cycles of one obligation count together, the latest last; none where it is not
/// mandatory or there are none. A completion that still covers the day is what counts, also while
/// the next cycle is open.
#[must_use]
pub fn compliance(kind: Kind, cycles: &[Status]) -> Option<Compliance> {
    let latest = cycles.last().filter(|_| kind == Kind::Mandatory)?;
    Some(match latest {
        Status::Cancelled | Status::Exempt | Status::OnLeave => Compliance::Outside,
        _ if cycles.iter().any(|one| matches!(one, Status::Completed | Status::CompletedLate)) => {
            Compliance::Met
        }
        Status::Overdue | Status::Expired => Compliance::Missed,
        Status::Late => Compliance::InGrace,
        _ => Compliance::Open,
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::day;
    use super::*;

    /// Assigned on 1 March, due on the 20th with five days of grace.
    fn days() -> Boundaries {
        Boundaries {
            due_on: Some(day("2026-03-20")),
            overdue_on: Some(day("2026-03-26")),
            ..Boundaries::new(day("2026-03-01"))
        }
    }

    fn completed(on: &str, expires: &str) -> Boundaries {
        Boundaries {
            closed_on: Some(day(on)),
            closed_as: Some(ClosedAs::Completed),
            expires_on: (!expires.is_empty()).then(|| day(expires)),
            ..days()
        }
    }

    fn name(days: &Boundaries, around: &Around, on: &str) -> &'static str {
        status(days, around, day(on)).map_or("none", Status::as_str)
    }

    #[test]
    fn the_status_follows_the_boundary_days() {
        let soon = Around { due_soon_days: 7, ..Around::default() };
        let started = Boundaries { started_on: Some(day("2026-03-05")), ..days() };
        let endless = Boundaries { due_on: None, overdue_on: None, ..started };
        let cancelled = |closed_as| Boundaries {
            closed_on: Some(day("2026-03-15")),
            closed_as: Some(closed_as),
            ..days()
        };
        for (days, on, expected) in [
            (days(), "2026-02-28", "none"),
            (days(), "2026-03-01", "assigned"),
            (started, "2026-03-04", "assigned"),
            (started, "2026-03-05", "in_progress"),
            (started, "2026-03-12", "in_progress"),
            (started, "2026-03-13", "due_soon"),
            (days(), "2026-03-20", "due_soon"),
            (days(), "2026-03-21", "late"),
            (days(), "2026-03-25", "late"),
            (days(), "2026-03-26", "overdue"),
            (started, "2026-03-26", "overdue"),
            (days(), "2036-03-26", "overdue"),
            (endless, "2036-03-26", "in_progress"),
            (completed("2026-03-20", ""), "2026-03-19", "due_soon"),
            (completed("2026-03-20", ""), "2026-03-20", "completed"),
            (completed("2026-03-20", ""), "2066-03-20", "completed"),
            (completed("2026-03-21", ""), "2026-03-21", "completed_late"),
            (completed("2026-03-20", "2027-03-20"), "2027-03-20", "completed"),
            (completed("2026-03-20", "2027-03-20"), "2027-03-21", "expired"),
            (completed("2026-03-30", "2027-03-20"), "2027-03-20", "completed_late"),
            (completed("2026-03-30", "2027-03-20"), "2027-03-21", "expired"),
            (completed("2026-01-10", "2027-01-10"), "2026-01-09", "none"),
            (completed("2026-01-10", "2027-01-10"), "2026-01-10", "completed"),
            (cancelled(ClosedAs::Cancelled), "2026-03-14", "due_soon"),
            (cancelled(ClosedAs::Cancelled), "2026-03-15", "cancelled"),
            (cancelled(ClosedAs::Left), "2026-04-15", "cancelled"),
            (cancelled(ClosedAs::Undone), "2026-04-15", "cancelled"),
        ] {
            assert_eq!(name(&days, &soon, on), expected, "{on} {days:?}");
        }
        assert_eq!(name(&days(), &Around::default(), "2026-03-20"), "due_soon", "with no days");
        assert_eq!(name(&days(), &Around::default(), "2026-03-19"), "assigned");
    }

    #[test]
    fn the_first_in_the_order_of_the_law_holds() {
        let all = Around {
            exempt: true,
            waiting: true,
            leave_from: Some(day("2026-03-10")),
            due_soon_days: 14,
        };
        let not_exempt = Around { exempt: false, ..all };
        let on_leave = Around { waiting: false, ..not_exempt };
        let nothing = Around { leave_from: None, ..on_leave };
        let cancelled = Boundaries {
            closed_on: Some(day("2026-03-15")),
            closed_as: Some(ClosedAs::Cancelled),
            ..days()
        };
        let done = completed("2026-03-15", "2026-12-31");
        for (days, around, on, expected) in [
            (cancelled, all, "2026-04-01", "cancelled"),
            (done, all, "2026-04-01", "exempt"),
            (done, not_exempt, "2026-04-01", "completed"),
            (done, not_exempt, "2027-04-01", "expired"),
            (days(), all, "2026-04-01", "exempt"),
            (days(), not_exempt, "2026-04-01", "waitlisted"),
            (days(), on_leave, "2026-04-01", "on_leave"),
            (days(), nothing, "2026-04-01", "overdue"),
        ] {
            assert_eq!(name(&days, &around, on), expected, "{around:?}");
        }
    }

    #[test]
    fn what_was_overdue_before_the_leave_stays_so() {
        let leave = |from: &str| Around { leave_from: Some(day(from)), ..Around::default() };
        for (from, expected) in [
            ("2026-03-25", "on_leave"),
            ("2026-03-26", "overdue"),
            ("2026-03-27", "overdue"),
            ("2026-03-21", "on_leave"),
        ] {
            assert_eq!(name(&days(), &leave(from), "2026-04-10"), expected, "{from}");
        }
    }

    #[test]
    fn compliance_counts_what_is_valid() {
        use Status as S;
        for (cycles, expected) in [
            (vec![S::Completed], Compliance::Met),
            (vec![S::CompletedLate], Compliance::Met),
            (vec![S::Expired], Compliance::Missed),
            (vec![S::Overdue], Compliance::Missed),
            (vec![S::Late], Compliance::InGrace),
            (vec![S::DueSoon], Compliance::Open),
            (vec![S::InProgress], Compliance::Open),
            (vec![S::Assigned], Compliance::Open),
            (vec![S::Waitlisted], Compliance::Open),
            (vec![S::Exempt], Compliance::Outside),
            (vec![S::OnLeave], Compliance::Outside),
            (vec![S::Cancelled], Compliance::Outside),
            (vec![S::Completed, S::DueSoon], Compliance::Met),
            (vec![S::Completed, S::Overdue], Compliance::Met),
            (vec![S::Expired, S::Overdue], Compliance::Missed),
            (vec![S::Expired, S::Assigned], Compliance::Open),
            (vec![S::Completed, S::Exempt], Compliance::Outside),
        ] {
            assert_eq!(compliance(Kind::Mandatory, &cycles), Some(expected), "{cycles:?}");
            assert_eq!(compliance(Kind::Recommended, &cycles), None);
        }
        assert_eq!(compliance(Kind::Mandatory, &[]), None);
    }
}
