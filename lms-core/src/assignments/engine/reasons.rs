//! Why an obligation stands, and what follows from all of its reasons together.

use super::leave::{Pause, due_after_pauses, overdue_on};
use super::renewal::Chain;
use crate::kernel::text::Day;

/// How strong an obligation is. The order is that of strength.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// May be done.
    Optional,
    /// Should be done.
    Recommended,
    /// Must be done, and counts for compliance.
    Mandatory,
}

impl Kind {
    /// The name in tables, files and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mandatory => "mandatory",
            Self::Recommended => "recommended",
            Self::Optional => "optional",
        }
    }
}

/// Who or what wants something of a person.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SourceKind {
    /// A rule, for as long as the person is in its audience.
    Rule,
    /// Somebody who assigned it.
    Person,
    /// An import.
    Import,
    /// A learning path that was assigned.
    Path,
    /// The learner.
    Learner,
}

impl SourceKind {
    /// The name in tables, files and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Person => "person",
            Self::Import => "import",
            Self::Path => "path",
            Self::Learner => "self",
        }
    }

    /// Whether it goes on wanting by itself: a rule looks at the state every day, all others spoke
    /// once and stand until they are withdrawn.
    #[must_use]
    pub fn is_standing(self) -> bool {
        self == Self::Rule
    }
}

/// One particular rule, order, import, path: its kind and the number that the caller gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Source {
    /// What it is.
    pub kind: SourceKind,
    /// Which one.
    pub number: u32,
}

/// One reason of an obligation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason {
    /// Who wants it.
    pub source: Source,
    /// The version of the rule under which the cycle was opened, which it keeps; nought where
    /// there are no versions.
    pub version: u32,
    /// How strongly.
    pub kind: Kind,
    /// The day on which it was added.
    pub added_on: Day,
    /// When it is due by this reason, before extensions and pauses.
    pub due_on: Option<Day>,
    /// The due day as it was ruled: what a later renewal counts from.
    pub baseline_due_on: Option<Day>,
    /// The days of grace after it.
    pub grace_days: u32,
    /// Whether leaves stop its clock.
    pub pauses: bool,
    /// The rule wants it no longer since this day; it stands so that what was begun can be
    /// finished, optional and without a due day.
    pub left_on: Option<Day>,
    /// Only completions from this day on will do: it was ordered again.
    pub counts_from: Option<Day>,
    /// It renews what covers until this day: only what covers longer will do.
    pub renews_on: Option<Day>,
    /// How far the completions before reach; for a reason that is settled, those with it.
    pub chain: Option<Chain>,
    /// The day of the completion that settled it, which the obligation may outlive for the sake of
    /// other reasons.
    pub settled_on: Option<Day>,
}

impl Reason {
    /// A reason without a due day or anything else.
    #[must_use]
    pub fn new(source: Source, kind: Kind, added_on: Day) -> Self {
        Self {
            source,
            version: 0,
            kind,
            added_on,
            due_on: None,
            baseline_due_on: None,
            grace_days: 0,
            pauses: true,
            left_on: None,
            counts_from: None,
            renews_on: None,
            chain: None,
            settled_on: None,
        }
    }

    /// Whether an order says what another one says: as strongly, due on the same day, under the same terms.
    pub(super) fn says(&self, other: &Self) -> bool {
        let by_somebody = self.source.kind == SourceKind::Person;
        let as_if =
            Self { source: Source { number: self.source.number, ..other.source }, ..*other };
        by_somebody && *self == Self { added_on: self.added_on, ..as_if }
    }

    /// Whether something is still to be done for its sake.
    #[must_use]
    pub fn is_owed(&self) -> bool {
        self.settled_on.is_none()
    }
}

/// A later due day for this cycle only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Extension {
    /// The due day.
    pub due_on: Day,
    /// The day on which it was granted: it holds for the reasons there were, and it knew of the
    /// leaves that had begun.
    pub granted_on: Day,
}

/// The times in which the clock of a person's obligation stands still, each list joined.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pauses<'a> {
    /// For every reason: exemptions and waiting for a seat.
    pub always: &'a [Pause],
    /// For reasons that pause on leave: the same and the leaves.
    pub with_leaves: &'a [Pause],
}

impl<'a> Pauses<'a> {
    /// Those that count for a reason.
    #[must_use]
    pub fn of(&self, pauses_on_leave: bool) -> &'a [Pause] {
        if pauses_on_leave { self.with_leaves } else { self.always }
    }
}

/// What follows from all reasons of an obligation: what its row shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The strongest kind.
    pub kind: Kind,
    /// The earliest due day.
    pub due_on: Option<Day>,
    /// The earliest day on which it is overdue.
    pub overdue_on: Option<Day>,
    /// The earliest due day as it was ruled, without extension or pause.
    pub baseline_due_on: Option<Day>,
    /// Whether leaves stop its clock: no reason wants it to run on.
    pub pauses: bool,
}

/// What follows from the reasons that are still owed, as things stand on a day; none where nothing
/// is owed.
#[must_use]
pub fn head(
    reasons: &[Reason],
    extension: Option<Extension>,
    pauses: Pauses<'_>,
    day: Day,
) -> Option<Head> {
    let mut head: Option<Head> = None;
    for reason in reasons.iter().filter(|reason| reason.is_owed()) {
        let due_on =
            reason.due_on.map(|due_on| effective_due(reason, due_on, extension, pauses, day));
        let overdue_on = due_on.map(|due_on| overdue_on(due_on, reason.grace_days));
        let next = Head {
            kind: reason.kind,
            due_on,
            overdue_on,
            baseline_due_on: reason.baseline_due_on,
            pauses: reason.pauses,
        };
        head = Some(head.map_or(next, |head| head.joined(next)));
    }
    head
}

/// The due day of one reason after extension and pauses.
#[must_use]
pub fn effective_due(
    reason: &Reason,
    due_on: Day,
    extension: Option<Extension>,
    pauses: Pauses<'_>,
    day: Day,
) -> Day {
    let pauses = pauses.of(reason.pauses);
    match extension.filter(|extension| reason.added_on <= extension.granted_on) {
        None => due_after_pauses(due_on, reason.grace_days, reason.added_on, pauses, day),
        Some(extension) => {
            // Whoever extended knew of the pauses that had begun: the later of both holds.
            let paused = due_after_pauses(due_on, reason.grace_days, reason.added_on, pauses, day);
            let later = pauses.partition_point(|pause| pause.from <= extension.granted_on);
            let extended = due_after_pauses(
                extension.due_on.max(due_on),
                reason.grace_days,
                extension.granted_on,
                &pauses[later..],
                day,
            );
            paused.max(extended)
        }
    }
}

impl Head {
    fn joined(self, other: Self) -> Self {
        Self {
            kind: self.kind.max(other.kind),
            due_on: earliest(self.due_on, other.due_on),
            overdue_on: earliest(self.overdue_on, other.overdue_on),
            baseline_due_on: earliest(self.baseline_due_on, other.baseline_due_on),
            pauses: self.pauses && other.pauses,
        }
    }

    /// Whether this asks for more than the other: a stronger kind or an earlier due day.
    #[must_use]
    pub fn is_stronger_than(&self, other: &Self) -> bool {
        let earlier = match (self.due_on, other.due_on) {
            (Some(a), Some(b)) => a < b,
            (Some(_), None) => true,
            (None, _) => false,
        };
        self.kind > other.kind || earlier
    }
}

/// The earlier of two days that there may be; a day is earlier than none.
pub(super) fn earliest(a: Option<Day>, b: Option<Day>) -> Option<Day> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{day, pauses};
    use super::*;

    fn reason(number: u32, kind: Kind, due: &str) -> Reason {
        let source = Source { kind: SourceKind::Rule, number };
        let due_on = (!due.is_empty()).then(|| day(due));
        Reason { due_on, baseline_due_on: due_on, ..Reason::new(source, kind, day("2026-01-01")) }
    }

    fn plain(reasons: &[Reason]) -> (Kind, Option<Day>) {
        let head = head(reasons, None, Pauses::default(), day("2026-01-01")).unwrap();
        (head.kind, head.due_on)
    }

    #[test]
    fn the_strongest_kind_and_the_earliest_due_day_hold() {
        let (must, should, may) = (Kind::Mandatory, Kind::Recommended, Kind::Optional);
        for (reasons, kind, due) in [
            (vec![(may, "")], may, ""),
            (vec![(may, ""), (must, "2026-06-01")], must, "2026-06-01"),
            (vec![(must, "2026-06-01"), (may, "2026-05-01")], must, "2026-05-01"),
            (vec![(should, "2026-06-01"), (may, ""), (may, "2026-07-01")], should, "2026-06-01"),
            (vec![(must, ""), (must, "")], must, ""),
        ] {
            let mut reasons: Vec<Reason> =
                (0..).zip(reasons).map(|(n, (kind, due))| reason(n, kind, due)).collect();
            let expected = (kind, (!due.is_empty()).then(|| day(due)));
            assert_eq!(plain(&reasons), expected, "{reasons:?}");
            reasons.reverse();
            assert_eq!(plain(&reasons), expected, "{reasons:?}");
        }
    }

    #[test]
    fn a_reason_that_goes_or_is_settled_is_computed_back() {
        let weak = reason(1, Kind::Optional, "2026-09-01");
        let strong = reason(2, Kind::Mandatory, "2026-03-01");
        assert_eq!(plain(&[weak, strong]), (Kind::Mandatory, Some(day("2026-03-01"))));
        assert_eq!(plain(&[weak]), (Kind::Optional, Some(day("2026-09-01"))));
        let settled = Reason { settled_on: Some(day("2026-01-01")), ..strong };
        assert_eq!(plain(&[weak, settled]), (Kind::Optional, Some(day("2026-09-01"))));
        assert_eq!(head(&[settled], None, Pauses::default(), day("2026-01-01")), None);
    }

    #[test]
    fn grace_is_that_of_the_reason() {
        let generous = Reason { grace_days: 30, ..reason(1, Kind::Mandatory, "2026-03-01") };
        let strict = reason(2, Kind::Mandatory, "2026-03-10");
        let head = head(&[generous, strict], None, Pauses::default(), day("2026-01-01")).unwrap();
        assert_eq!(head.due_on, Some(day("2026-03-01")));
        assert_eq!(head.overdue_on, Some(day("2026-03-11")));
    }

    #[test]
    fn an_extension_moves_the_due_day_and_not_the_baseline() {
        let old = reason(1, Kind::Mandatory, "2026-03-01");
        let extension = Extension { due_on: day("2026-04-15"), granted_on: day("2026-02-20") };
        let with = |reasons: &[Reason], leaves: &str, today: &str| {
            let leaves = pauses(leaves);
            let pauses = Pauses { always: &[], with_leaves: &leaves };
            let head = head(reasons, Some(extension), pauses, day(today)).unwrap();
            (head.due_on.unwrap().to_string(), head.baseline_due_on.unwrap().to_string())
        };
        let shown = |due: &str, baseline: &str| (due.to_owned(), baseline.to_owned());
        assert_eq!(with(&[old], "", "2026-03-01"), shown("2026-04-15", "2026-03-01"));
        // A reason that came later has not been extended.
        let later =
            Reason { added_on: day("2026-02-21"), ..reason(2, Kind::Optional, "2026-03-20") };
        assert_eq!(with(&[old, later], "", "2026-03-01"), shown("2026-03-20", "2026-03-01"));
        // It never makes anything due earlier.
        let far = reason(3, Kind::Mandatory, "2026-08-01");
        assert_eq!(with(&[far], "", "2026-03-01"), shown("2026-08-01", "2026-08-01"));
        // A leave that began later moves it on; one that had begun was known.
        let after = "2026-04-01..2026-05-01";
        assert_eq!(with(&[old], after, "2026-05-02"), shown("2026-05-15", "2026-03-01"));
        let before = "2026-02-10..2026-03-10";
        assert_eq!(with(&[old], before, "2026-05-02"), shown("2026-04-15", "2026-03-01"));
    }

    #[test]
    fn leaves_stop_the_clock_of_those_reasons_that_pause() {
        let pausing = reason(1, Kind::Mandatory, "2026-03-10");
        let running = Reason { pauses: false, ..reason(2, Kind::Mandatory, "2026-03-20") };
        let leaves = pauses("2026-03-01..2026-03-31");
        let exempt = pauses("2026-03-15..2026-03-17");
        let head = |reasons: &[Reason]| {
            let both = pauses("2026-03-01..2026-03-31 2026-03-15..2026-03-17");
            let all = Pauses { always: &exempt, with_leaves: &both };
            assert_eq!(both, leaves);
            let head = head(reasons, None, all, day("2026-04-01")).unwrap();
            (head.due_on.unwrap().to_string(), head.pauses)
        };
        assert_eq!(head(&[pausing]), ("2026-04-14".to_owned(), true));
        assert_eq!(head(&[running]), ("2026-03-31".to_owned(), false));
        assert_eq!(head(&[pausing, running]), ("2026-03-31".to_owned(), false));
    }
}
