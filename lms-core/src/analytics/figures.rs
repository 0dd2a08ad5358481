//! From how each obligation counts to figures. Pure.

use serde::Serialize;

use crate::assignments::counting::Counted;
use crate::readiness::Percent;

/// How obligations and the people who have them were counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// By the place in [`Counted`].
    pub(super) counts: [i64; 8],
    /// People who have an obligation that counts.
    pub(super) measured: i64,
    /// Those of them who have missed one.
    pub(super) missing: i64,
    /// People who were asked about.
    pub(super) people: i64,
}

impl Tally {
    pub(super) fn of(&self, counted: Counted) -> i64 {
        self.counts[counted as usize]
    }

    /// Adds what one person has to do.
    pub(super) fn add_obligations(&mut self, counted: &[Counted]) {
        for one in counted {
            self.counts[*one as usize] += 1;
        }
        self.measured += i64::from(counted.iter().any(|one| counts(*one)));
        self.missing += i64::from(counted.iter().any(|one| is_missed(*one)));
    }

    pub(super) fn join(&mut self, other: &Self) {
        for (sum, count) in self.counts.iter_mut().zip(other.counts) {
            *sum += count;
        }
        self.measured += other.measured;
        self.missing += other.missing;
        self.people += other.people;
    }

    pub(super) fn figures(&self) -> ComplianceFigures {
        let met = self.of(Counted::Met);
        let (overdue, expired) = (self.of(Counted::Overdue), self.of(Counted::Expired));
        let missed = overdue + expired;
        let compliant_people = self.measured - self.missing;
        ComplianceFigures {
            met,
            missed,
            measured: met + missed,
            met_percent: share(met, met + missed),
            overdue,
            expired,
            open: self.of(Counted::Open),
            in_grace: self.of(Counted::InGrace),
            exempt: self.of(Counted::Exempt),
            on_leave: self.of(Counted::OnLeave),
            cancelled: self.of(Counted::Cancelled),
            people: self.people,
            compliant_people,
            not_compliant_people: self.missing,
            measured_people: self.measured,
            people_without_obligations: self.people - self.measured,
            compliant_people_percent: share(compliant_people, self.measured),
        }
    }
}

/// What is neither outside nor done by anybody counts for the person.
fn counts(counted: Counted) -> bool {
    !matches!(counted, Counted::Exempt | Counted::OnLeave | Counted::Cancelled)
}

pub(super) fn is_missed(counted: Counted) -> bool {
    matches!(counted, Counted::Overdue | Counted::Expired)
}

fn share(part: i64, whole: i64) -> Option<Percent> {
    (whole > 0).then(|| Percent::of(part, whole))
}

/// How people comply: mandatory obligations, and the people who have them.
///
/// A share is told in tenths of a per cent and rounded down, so that only all of them are 100.0, and what is
/// shown as 95.0 is at least that. It is nothing where there is nothing to measure.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ComplianceFigures {
    /// Obligations with a completion that is valid: the numerator.
    pub met: i64,
    /// Obligations that are overdue, or whose completion expired.
    pub missed: i64,
    /// Met and missed together: the denominator.
    pub measured: i64,
    /// How many of a hundred of those that are measured are met.
    pub met_percent: Option<Percent>,
    /// Of those that are missed: past the due day and the grace.
    pub overdue: i64,
    /// Of those that are missed: done once, and covered no longer.
    pub expired: i64,
    /// Not done, and in time; not measured.
    pub open: i64,
    /// Past the due day, within the grace; not measured.
    pub in_grace: i64,
    /// Left out: the person need not.
    pub exempt: i64,
    /// Left out: the person is away, and the clock stands still.
    pub on_leave: i64,
    /// Left out: nobody wants it any more.
    pub cancelled: i64,
    /// Everybody who was asked about.
    pub people: i64,
    /// People with obligations who have missed none.
    pub compliant_people: i64,
    /// People who have missed one.
    pub not_compliant_people: i64,
    /// People with obligations: the denominator.
    pub measured_people: i64,
    /// People without any obligation that counts, who are left out.
    pub people_without_obligations: i64,
    /// How many of a hundred people with obligations have missed none.
    pub compliant_people_percent: Option<Percent>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use Counted as C;

    fn tally(people: &[&[Counted]]) -> Tally {
        let mut tally = Tally { people: i64::try_from(people.len()).unwrap(), ..Tally::default() };
        for counted in people {
            tally.add_obligations(counted);
        }
        tally
    }

    #[test]
    fn the_shares_are_of_what_is_measured() {
        let figures = tally(&[
            &[C::Met, C::Met, C::Open],
            &[C::Met, C::Overdue, C::Expired],
            &[C::InGrace, C::Open],
            &[C::Exempt, C::OnLeave, C::Cancelled],
            &[],
        ])
        .figures();
        assert_eq!((figures.met, figures.missed, figures.measured), (3, 2, 5));
        assert_eq!(figures.met_percent.map(|share| share.to_string()).as_deref(), Some("60.0"));
        assert_eq!((figures.open, figures.in_grace), (2, 1));
        assert_eq!((figures.exempt, figures.on_leave, figures.cancelled), (1, 1, 1));
        assert_eq!((figures.people, figures.measured_people), (5, 3));
        assert_eq!((figures.compliant_people, figures.not_compliant_people), (2, 1));
        assert_eq!(figures.people_without_obligations, 2);
        let people = figures.compliant_people_percent.map(|share| share.to_string());
        assert_eq!(people.as_deref(), Some("66.6"), "rounded down");
    }

    #[test]
    fn of_nothing_there_is_no_share() {
        let figures = tally(&[&[C::Open, C::Exempt]]).figures();
        assert_eq!((figures.measured, figures.met_percent), (0, None));
        assert_eq!(
            figures.compliant_people_percent.map(|share| share.to_string()).unwrap(),
            "100.0"
        );
        assert_eq!(tally(&[]).figures().compliant_people_percent, None);
    }

    #[test]
    fn tallies_are_summed() {
        let mut all = tally(&[&[C::Met], &[C::Overdue]]);
        all.join(&tally(&[&[C::Overdue, C::Expired]]));
        assert_eq!(all, tally(&[&[C::Met], &[C::Overdue], &[C::Overdue, C::Expired]]));
    }
}
