//! What two records of one human say together. Pure.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::ownership::Owned;
use super::sql::IdentityRow;
use super::timeline::{Period, joined};
use super::types::{Employment, Leave, PersonStatus};
use crate::kernel::text::Day;

/// One timeline of two: each day is as the record that is kept says, unless it says nothing of the
/// day, or `prefers_other` says that the other knows better.
pub(super) fn overlaid<F: Clone + PartialEq>(
    keep: &[Period<F>],
    other: &[Period<F>],
    prefers_other: impl Fn(&F, &F) -> bool,
) -> Vec<Period<F>> {
    let both = || keep.iter().chain(other);
    let mut days: Vec<Day> = both().map(|period| period.from).collect();
    days.extend(both().filter_map(|period| period.until));
    days.sort();
    days.dedup();
    let on = |periods: &[Period<F>], day: Day| -> Option<F> {
        periods.iter().find(|period| period.covers(day)).map(|period| period.fields.clone())
    };
    let mut periods = Vec::with_capacity(days.len());
    for (at, from) in days.iter().enumerate() {
        let fields = match (on(keep, *from), on(other, *from)) {
            (Some(keep), Some(other)) if prefers_other(&keep, &other) => other,
            (Some(keep), _) => keep,
            (None, Some(other)) => other,
            (None, None) => continue,
        };
        periods.push(Period { from: *from, until: days.get(at + 1).copied(), fields });
    }
    joined(periods)
}

/// How much a status says: whoever is there today is described better than whoever has left.
pub(super) fn weight(status: PersonStatus) -> u8 {
    match status {
        PersonStatus::Inactive => 0,
        PersonStatus::PreHire => 1,
        PersonStatus::Active | PersonStatus::OnLeave => 2,
    }
}

/// Both records' employments, those that overlap made one.
pub(super) fn employments(keep: &[Employment], other: &[Employment]) -> Vec<Employment> {
    let spans = keep.iter().chain(other);
    let spans =
        spans.map(|fact| (fact.hired_on, fact.terminated_on, fact.reason.clone())).collect();
    let fact = |(hired_on, terminated_on, reason)| Employment { hired_on, terminated_on, reason };
    united(spans).into_iter().map(fact).collect()
}

/// Both records' leaves, those that overlap made one.
pub(super) fn leaves(keep: &[Leave], other: &[Leave]) -> Vec<Leave> {
    let spans = keep.iter().chain(other);
    let spans = spans.map(|fact| (fact.from_on, fact.until_on, fact.reason.clone())).collect();
    let fact = |(from_on, until_on, reason)| Leave { from_on, until_on, reason };
    united(spans).into_iter().map(fact).collect()
}

/// First day, last day, reason.
type Span = (Day, Option<Day>, Option<String>);

/// Spans that share a day become one, with the reason of that which ends last.
fn united(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by_key(|(first, last, _)| (*first, last.is_none(), *last));
    let mut united: Vec<Span> = Vec::with_capacity(spans.len());
    for (first, last, reason) in spans {
        match united.last_mut() {
            Some(open) if open.1.is_none_or(|end| first <= end) => {
                let ends_later = match (open.1, last) {
                    (Some(end), Some(last)) => last > end,
                    (Some(_), None) => true,
                    (None, _) => false,
                };
                if ends_later {
                    (open.1, open.2) = (last, reason.or(open.2.take()));
                } else if open.2.is_none() {
                    open.2 = reason;
                }
            }
            _ => united.push((first, last, reason)),
        }
    }
    united
}

/// The record that is kept, its gaps filled from the other.
pub(super) fn identity(keep: &IdentityRow, other: &IdentityRow) -> IdentityRow {
    let filled = |keep: &Option<String>, other: &Option<String>| keep.clone().or(other.clone());
    IdentityRow {
        employee_number: filled(&keep.employee_number, &other.employee_number),
        email: filled(&keep.email, &other.email),
        username: filled(&keep.username, &other.username),
        preferred_name: filled(&keep.preferred_name, &other.preferred_name),
        locale: filled(&keep.locale, &other.locale),
        timezone: filled(&keep.timezone, &other.timezone),
        ..keep.clone()
    }
}

/// Who owns which field. What a feed delivered to the other record alone is its field here, too: the
/// feed knows the one that stays by the other's key from now on.
pub(super) fn owned(
    keep: &BTreeMap<String, Owned>,
    other: &BTreeMap<String, Owned>,
) -> BTreeMap<String, Owned> {
    let mut owned = other.clone();
    owned.extend(keep.iter().map(|(field, owned)| (field.clone(), owned.clone())));
    owned
}

/// Replaces one person by another; whoever would come to manage themselves has no manager.
pub(super) fn replaced(manager: Option<Uuid>, person: Uuid, from: Uuid, to: Uuid) -> Option<Uuid> {
    let manager = if manager == Some(from) { Some(to) } else { manager };
    manager.filter(|manager| *manager != person)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn employment(hired_on: &str, terminated_on: Option<&str>, reason: Option<&str>) -> Employment {
        Employment {
            hired_on: day(hired_on),
            terminated_on: terminated_on.map(day),
            reason: reason.map(str::to_owned),
        }
    }

    #[test]
    fn overlapping_employments_become_one_and_others_stay_apart() {
        let keep = [employment("2019-01-01", Some("2020-12-31"), Some("resigned"))];
        let other = [
            employment("2020-06-01", Some("2021-03-31"), None),
            employment("2023-01-01", None, None),
        ];
        assert_eq!(
            employments(&keep, &other),
            [
                employment("2019-01-01", Some("2021-03-31"), Some("resigned")),
                employment("2023-01-01", None, None),
            ]
        );
        let open = [employment("2019-01-01", None, None)];
        let ended = [employment("2019-01-01", Some("2020-01-01"), Some("moved"))];
        assert_eq!(employments(&open, &ended), [employment("2019-01-01", None, Some("moved"))]);
        assert_eq!(employments(&ended, &open), [employment("2019-01-01", None, Some("moved"))]);
    }

    #[test]
    fn whoever_works_on_a_day_is_described_by_that_record() {
        let period = |from: &str, until: Option<&str>, status, place: u8| Period {
            from: day(from),
            until: until.map(day),
            fields: (status, place),
        };
        let keep = [
            period("2019-01-01", Some("2021-01-01"), PersonStatus::Active, 1),
            period("2021-01-01", None, PersonStatus::Inactive, 1),
        ];
        let other = [
            period("2020-01-01", Some("2020-06-01"), PersonStatus::Active, 2),
            period("2020-06-01", Some("2024-01-01"), PersonStatus::Inactive, 2),
            period("2024-01-01", None, PersonStatus::Active, 3),
        ];
        let found = overlaid(&keep, &other, |keep, other| weight(other.0) > weight(keep.0));
        assert_eq!(
            found,
            [
                period("2019-01-01", Some("2021-01-01"), PersonStatus::Active, 1),
                period("2021-01-01", Some("2024-01-01"), PersonStatus::Inactive, 1),
                period("2024-01-01", None, PersonStatus::Active, 3),
            ]
        );
    }

    /// Numbers that are the same in every run.
    struct Chance(u64);

    impl Chance {
        fn below(&mut self, n: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (self.0 >> 33) % n
        }

        /// Periods on some of sixty days, with gaps.
        fn timeline(&mut self, name: u8) -> Vec<Period<(u8, u64)>> {
            let mut periods = Vec::new();
            let mut at = self.below(20);
            while at < 60 && self.below(6) > 0 {
                let until = at + 1 + self.below(15);
                let open = self.below(8) == 0;
                let fields = (name, self.below(3));
                let until_day = (!open).then(|| nth(until));
                periods.push(Period { from: nth(at), until: until_day, fields });
                if open {
                    break;
                }
                at = until + self.below(2) * self.below(10);
            }
            joined(periods)
        }
    }

    fn nth(n: u64) -> Day {
        (0..n).fold(day("2026-01-01"), |day, _| day.next())
    }

    #[test]
    fn every_day_that_either_covers_is_covered_once_and_the_kept_one_wins() {
        let mut chance = Chance(7);
        for _ in 0..2_000 {
            let (keep, other) = (chance.timeline(1), chance.timeline(2));
            let found = overlaid(&keep, &other, |_, _| false);
            for n in 0..80 {
                let day = nth(n);
                let on = |periods: &[Period<(u8, u64)>]| {
                    let fields: Vec<_> = periods
                        .iter()
                        .filter(|period| period.covers(day))
                        .map(|period| period.fields)
                        .collect();
                    assert!(fields.len() <= 1, "{day} is told twice: {fields:?}");
                    fields.first().copied()
                };
                assert_eq!(on(&found), on(&keep).or(on(&other)), "{day}: {keep:?} {other:?}");
            }
            assert_eq!(joined(found.clone()), found, "neighbours differ");
        }
    }

    #[test]
    fn nobody_comes_to_manage_themselves() {
        let id = Uuid::from_u128;
        assert_eq!(replaced(Some(id(2)), id(5), id(2), id(1)), Some(id(1)));
        assert_eq!(replaced(Some(id(2)), id(1), id(2), id(1)), None);
        assert_eq!(replaced(Some(id(9)), id(5), id(2), id(1)), Some(id(9)));
        assert_eq!(replaced(None, id(5), id(2), id(1)), None);
    }
}
