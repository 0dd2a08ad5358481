//! Taking back by three versions of the same thing: as it was before an operation, as the operation
//! left it, and as it is now. Pure.
//!
//! Where the present is what the operation wrote, the former value comes back; where somebody has
//! changed it since, it stays. This is decided for each field and for each span of days alone.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::super::timeline::{Period, joined};
use crate::kernel::text::Day;

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fact {
    /// It is there.
    There,
    Id(Uuid),
    Text(String),
}

/// The fields that are set, by name.
pub(super) type Fields = BTreeMap<String, Fact>;

/// What becomes of one field on some days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The operation did not change it, or it is as before already.
    Untouched,
    /// It goes back.
    Restored,
    /// Somebody changed it since.
    Kept,
}

pub(super) fn verdict<T: PartialEq>(before: &T, after: &T, now: &T) -> Verdict {
    if before == after || before == now {
        Verdict::Untouched
    } else if after == now {
        Verdict::Restored
    } else {
        Verdict::Kept
    }
}

/// The three versions of something that holds for times.
#[derive(Debug)]
pub(super) struct Versions {
    pub(super) before: Vec<Period<Fields>>,
    pub(super) after: Vec<Period<Fields>>,
    pub(super) now: Vec<Period<Fields>>,
}

/// One field on days on which it has one fate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) field: String,
    pub(super) from: Day,
    pub(super) until: Option<Day>,
    pub(super) before: Option<Fact>,
    pub(super) now: Option<Fact>,
    pub(super) verdict: Verdict,
}

impl Versions {
    /// The first period of each version reaches back to the first day of any: a person is what they
    /// are first also on the days before.
    pub(super) fn reaching_back(mut self) -> Self {
        let versions = [&mut self.before, &mut self.after, &mut self.now];
        let first = versions.iter().filter_map(|periods| periods.first()).map(|period| period.from);
        if let Some(day) = first.min() {
            for periods in versions {
                if let Some(first) = periods.first_mut() {
                    first.from = day;
                }
            }
        }
        self
    }

    /// Every field on every day that the operation changed and that is not as before already.
    pub(super) fn segments(&self) -> Vec<Segment> {
        let mut open: BTreeMap<String, Segment> = BTreeMap::new();
        let mut segments = Vec::new();
        for (from, until) in self.spans() {
            let [before, after, now] = self.on(from);
            let names: BTreeSet<&String> =
                [before, after].into_iter().flatten().flat_map(BTreeMap::keys).collect();
            for name in names {
                let of =
                    |fields: Option<&Fields>| fields.and_then(|fields| fields.get(name)).cloned();
                let (before, after, now) = (of(before), of(after), of(now));
                let verdict = verdict(&before, &after, &now);
                if verdict == Verdict::Untouched {
                    continue;
                }
                let segment = Segment { field: name.clone(), from, until, before, now, verdict };
                match open.get_mut(name) {
                    Some(last) if last.until == Some(from) && last.same_fate(&segment) => {
                        last.until = until;
                    }
                    _ => segments.extend(open.insert(name.clone(), segment)),
                }
            }
        }
        segments.extend(open.into_values());
        segments.sort_by(|a, b| (&a.field, a.from).cmp(&(&b.field, b.from)));
        segments
    }

    /// The present with the former values in these segments.
    pub(super) fn with(&self, restored: &[&Segment]) -> Vec<Period<Fields>> {
        let periods = self.spans().into_iter().map(|(from, until)| {
            let mut fields = self.on(from)[2].cloned().unwrap_or_default();
            for segment in restored.iter().filter(|segment| segment.covers(from)) {
                match &segment.before {
                    Some(fact) => fields.insert(segment.field.clone(), fact.clone()),
                    None => fields.remove(&segment.field),
                };
            }
            Period { from, until, fields }
        });
        joined(periods.collect())
    }

    /// The spans of days on which none of the versions changes.
    fn spans(&self) -> Vec<(Day, Option<Day>)> {
        let periods = || [&self.before, &self.after, &self.now].into_iter().flatten();
        let mut days: BTreeSet<Day> = periods().map(|period| period.from).collect();
        days.extend(periods().filter_map(|period| period.until));
        let ends = days.iter().skip(1).copied().map(Some).chain([None]);
        days.iter().copied().zip(ends).collect()
    }

    fn on(&self, day: Day) -> [Option<&Fields>; 3] {
        [&self.before, &self.after, &self.now].map(|periods| {
            periods.iter().find(|period| period.covers(day)).map(|period| &period.fields)
        })
    }
}

impl Segment {
    pub(super) fn covers(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }

    fn same_fate(&self, next: &Self) -> bool {
        (&self.before, &self.now, self.verdict) == (&next.before, &next.now, next.verdict)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(n: u8) -> Day {
        Day::parse(&format!("2026-01-{n:02}")).unwrap()
    }

    fn fields(values: &[(&str, &str)]) -> Fields {
        values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Fact::Text((*value).to_owned())))
            .collect()
    }

    fn told(segments: &[Segment]) -> Vec<String> {
        let text = |fact: &Option<Fact>| match fact {
            Some(Fact::Text(text)) => text.clone(),
            _ => "-".to_owned(),
        };
        segments
            .iter()
            .map(|segment| {
                let until = segment.until.map_or("…".to_owned(), |day| day.to_string());
                let (now, before) = (text(&segment.now), text(&segment.before));
                let Segment { field, from, verdict, .. } = segment;
                format!("{field} {from} to {until}: {verdict:?} {now} → {before}")
            })
            .collect()
    }

    #[test]
    fn each_field_and_each_span_of_days_has_its_own_fate() {
        let period = |from, until: Option<u8>, values: &[(&str, &str)]| Period {
            from: day(from),
            until: until.map(day),
            fields: fields(values),
        };
        let versions = Versions {
            before: vec![period(1, None, &[("dept", "A"), ("role", "x")])],
            after: vec![
                period(1, Some(5), &[("dept", "A"), ("role", "x")]),
                period(5, None, &[("dept", "B"), ("role", "y"), ("site", "s")]),
            ],
            now: vec![
                period(1, Some(5), &[("dept", "A"), ("role", "x")]),
                period(5, Some(9), &[("dept", "B"), ("role", "x"), ("site", "s")]),
                period(9, None, &[("dept", "C"), ("role", "x"), ("site", "s")]),
            ],
        };
        let segments = versions.segments();
        assert_eq!(
            told(&segments),
            [
                "dept 2026-01-05 to 2026-01-09: Restored B → A",
                "dept 2026-01-09 to …: Kept C → A",
                "site 2026-01-05 to …: Restored s → -",
            ]
        );
        let restored: Vec<&Segment> =
            segments.iter().filter(|segment| segment.verdict == Verdict::Restored).collect();
        assert_eq!(
            versions.with(&restored),
            [
                period(1, Some(9), &[("dept", "A"), ("role", "x")]),
                period(9, None, &[("dept", "C"), ("role", "x")]),
            ]
        );
    }

    type Edit = (u8, usize, u8);

    fn edited(periods: &[Period<Fields>], (from, field, value): &Edit) -> Vec<Period<Fields>> {
        let name = ["a", "b", "c"][*field].to_owned();
        crate::people::timeline::change_from(periods, day(*from), |base, later| {
            let mut changed = later.clone();
            if later.get(&name) == base.get(&name) {
                changed.insert(name.clone(), Fact::Text(value.to_string()));
            }
            changed
        })
    }

    fn after_all(start: &[Period<Fields>], edits: &[Edit]) -> Vec<Period<Fields>> {
        edits.iter().fold(start.to_vec(), |periods, edit| edited(&periods, edit))
    }

    fn edits(max: usize) -> impl Strategy<Value = Vec<Edit>> {
        prop::collection::vec((1_u8..29, 0_usize..3, 0_u8..4), 0..max)
    }

    fn undone(versions: &Versions) -> (Vec<Period<Fields>>, Vec<Segment>) {
        let segments = versions.segments();
        let restored: Vec<&Segment> =
            segments.iter().filter(|segment| segment.verdict == Verdict::Restored).collect();
        (versions.with(&restored), segments)
    }

    proptest! {
        #[test]
        fn what_nobody_touched_is_as_before(history in edits(6), operation in edits(4)) {
            let start = [Period { from: day(1), until: None, fields: Fields::new() }];
            let before = after_all(&start, &history);
            let after = after_all(&before, &operation);
            let versions = Versions { before: before.clone(), after: after.clone(), now: after };
            let (merged, segments) = undone(&versions);
            prop_assert_eq!(&merged, &joined(before));
            prop_assert!(segments.iter().all(|segment| segment.verdict == Verdict::Restored));
        }

        #[test]
        fn what_others_changed_stays_and_the_rest_goes_back(
            history in edits(6),
            operation in edits(4),
            later in edits(4),
        ) {
            let start = [Period { from: day(1), until: None, fields: Fields::new() }];
            let before = after_all(&start, &history);
            let after = after_all(&before, &operation);
            let now = after_all(&after, &later);
            let versions = Versions { before, after, now };
            let (merged, _) = undone(&versions);
            for n in 1..31 {
                let on = |periods: &[Period<Fields>], name: &str| {
                    let period = periods.iter().find(|period| period.covers(day(n)));
                    period.and_then(|period| period.fields.get(name)).cloned()
                };
                for name in ["a", "b", "c"] {
                    let [before, after, now] = [&versions.before, &versions.after, &versions.now]
                        .map(|periods| on(periods, name));
                    let wanted = if after == now { before } else { now };
                    prop_assert_eq!(on(&merged, name), wanted, "{} on {}", name, n);
                }
            }
        }
    }
}
