//! Periods: what held from which day until which. Pure; stored periods are never edited, so that a
//! change is the difference between the periods before and after it.

use crate::kernel::text::Day;

/// What holds from a day, until before another or for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Period<F> {
    pub(crate) from: Day,
    /// The first day on which it no longer holds.
    pub(crate) until: Option<Day>,
    pub(crate) fields: F,
}

impl<F> Period<F> {
    pub(crate) fn covers(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

/// The part of a period from `from` on and before `until`; nothing where they do not meet.
pub(crate) fn clip<F: Clone>(
    period: &Period<F>,
    from: Day,
    until: Option<Day>,
) -> Option<Period<F>> {
    let start = period.from.max(from);
    let end = match (period.until, until) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    end.is_none_or(|end| start < end).then(|| Period {
        from: start,
        until: end,
        fields: period.fields.clone(),
    })
}

/// Changes what holds from a day on. `patch` is given what held on that day and what holds in a
/// later period, and says what holds in that period now: a field that was changed later again keeps
/// the later value.
pub(crate) fn change_from<F: Clone + PartialEq>(
    periods: &[Period<F>],
    day: Day,
    patch: impl Fn(&F, &F) -> F,
) -> Vec<Period<F>> {
    let Some(base) = periods.iter().find(|period| period.until.is_none_or(|until| day < until))
    else {
        return periods.to_vec();
    };
    let base = base.fields.clone();
    let mut changed = Vec::with_capacity(periods.len() + 1);
    for period in periods {
        changed.extend(clip(period, Day::MIN, Some(day)));
        if let Some(mut later) = clip(period, day, None) {
            later.fields = patch(&base, &later.fields);
            changed.push(later);
        }
    }
    joined(changed)
}

/// Changes everything that holds from a day on, each period by itself.
pub(crate) fn map_from<F: Clone + PartialEq>(
    periods: &[Period<F>],
    day: Day,
    map: impl Fn(&F) -> F,
) -> Vec<Period<F>> {
    let parts = periods.iter().flat_map(|period| {
        let before = clip(period, Day::MIN, Some(day));
        let mut after = clip(period, day, None);
        if let Some(after) = &mut after {
            after.fields = map(&after.fields);
        }
        [before, after].into_iter().flatten()
    });
    joined(parts.collect())
}

/// Ends everything before a day.
pub(crate) fn end_before<F: Clone + PartialEq>(periods: &[Period<F>], day: Day) -> Vec<Period<F>> {
    periods.iter().filter_map(|period| clip(period, Day::MIN, Some(day))).collect()
}

/// Neighbours that say the same become one.
pub(crate) fn joined<F: PartialEq>(periods: Vec<Period<F>>) -> Vec<Period<F>> {
    let mut joined: Vec<Period<F>> = Vec::with_capacity(periods.len());
    for period in periods {
        match joined.last_mut() {
            Some(last) if last.until == Some(period.from) && last.fields == period.fields => {
                last.until = period.until;
            }
            _ => joined.push(period),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn period(from: &str, until: Option<&str>, fields: (u8, u8)) -> Period<(u8, u8)> {
        Period { from: day(from), until: until.map(day), fields }
    }

    /// Sets the first field, unless it was changed later again.
    fn set_first(to: u8) -> impl Fn(&(u8, u8), &(u8, u8)) -> (u8, u8) {
        move |base, later| (if later.0 == base.0 { to } else { later.0 }, later.1)
    }

    #[test]
    fn a_change_splits_the_period_in_which_it_begins() {
        let before = [period("2026-01-01", None, (1, 1))];
        assert_eq!(
            change_from(&before, day("2026-03-01"), set_first(2)),
            [period("2026-01-01", Some("2026-03-01"), (1, 1)), period("2026-03-01", None, (2, 1)),]
        );
    }

    #[test]
    fn a_change_recorded_late_flows_on_until_that_field_was_changed_again() {
        let before = [
            period("2026-01-01", Some("2026-04-01"), (1, 1)),
            period("2026-04-01", Some("2026-06-01"), (1, 9)),
            period("2026-06-01", None, (5, 9)),
        ];
        assert_eq!(
            change_from(&before, day("2026-03-01"), set_first(2)),
            [
                period("2026-01-01", Some("2026-03-01"), (1, 1)),
                period("2026-03-01", Some("2026-04-01"), (2, 1)),
                period("2026-04-01", Some("2026-06-01"), (2, 9)),
                period("2026-06-01", None, (5, 9)),
            ]
        );
    }

    #[test]
    fn a_change_to_what_is_so_already_changes_nothing() {
        let before =
            [period("2026-01-01", Some("2026-04-01"), (1, 1)), period("2026-04-01", None, (1, 2))];
        assert_eq!(change_from(&before, day("2026-02-01"), set_first(1)), before);
    }

    #[test]
    fn a_change_before_the_beginning_begins_at_the_beginning() {
        let before = [period("2026-01-01", None, (1, 1))];
        assert_eq!(
            change_from(&before, day("2025-01-01"), set_first(2)),
            [period("2026-01-01", None, (2, 1))]
        );
    }

    #[test]
    fn what_is_mapped_changes_in_every_later_period() {
        let before = [
            period("2026-01-01", Some("2026-04-01"), (1, 1)),
            period("2026-04-01", Some("2026-06-01"), (5, 9)),
            period("2026-06-01", None, (1, 9)),
        ];
        let one_becomes_seven =
            |fields: &(u8, u8)| (if fields.0 == 1 { 7 } else { fields.0 }, fields.1);
        assert_eq!(
            map_from(&before, day("2026-03-01"), one_becomes_seven),
            [
                period("2026-01-01", Some("2026-03-01"), (1, 1)),
                period("2026-03-01", Some("2026-04-01"), (7, 1)),
                period("2026-04-01", Some("2026-06-01"), (5, 9)),
                period("2026-06-01", None, (7, 9)),
            ]
        );
    }

    #[test]
    fn what_ends_has_no_later_periods() {
        let before =
            [period("2026-01-01", Some("2026-04-01"), (1, 1)), period("2026-04-01", None, (1, 2))];
        assert_eq!(
            end_before(&before, day("2026-02-01")),
            [period("2026-01-01", Some("2026-02-01"), (1, 1))]
        );
        assert_eq!(end_before(&before, day("2025-02-01")), []);
    }
}
