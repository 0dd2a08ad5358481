//! What a job role requires of one skill through time. Pure.

use super::level::SkillLevel;
use crate::kernel::text::Day;

/// A level that is required from a day, until before another or for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: Day,
    /// The first day on which it is no longer so.
    pub(super) until: Option<Day>,
    pub(super) level: SkillLevel,
}

/// The spans once another level, or none, is required from a day on: until the next day on which it was
/// decided otherwise already. Spans come and go in the order of their days and do not overlap.
pub(super) fn changed(spans: &[Span], day: Day, level: Option<SkillLevel>) -> Vec<Span> {
    let until = spans
        .iter()
        .flat_map(|span| [Some(span.from), span.until])
        .flatten()
        .filter(|turn| *turn > day)
        .min();
    let mut parts = Vec::with_capacity(spans.len() + 2);
    for span in spans {
        let before = Span { until: Some(span.until.map_or(day, |until| until.min(day))), ..*span };
        if span.from < day {
            parts.push(before);
        }
        if let Some(until) = until
            && span.until.is_none_or(|end| until < end)
        {
            parts.push(Span { from: span.from.max(until), ..*span });
        }
    }
    parts.extend(level.map(|level| Span { from: day, until, level }));
    parts.sort_by_key(|span| span.from);
    let mut joined: Vec<Span> = Vec::with_capacity(parts.len());
    for part in parts {
        match joined.last_mut() {
            Some(last) if last.until == Some(part.from) && last.level == part.level => {
                last.until = part.until;
            }
            _ => joined.push(part),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(n: u32) -> Day {
        Day::parse(&format!("2026-{:02}-{:02}", 1 + n / 28, 1 + n % 28)).unwrap()
    }

    fn span(from: u32, until: Option<u32>, level: u8) -> Span {
        let level = SkillLevel::new(level).unwrap();
        Span { from: day(from), until: until.map(day), level }
    }

    fn level(number: u8) -> Option<SkillLevel> {
        SkillLevel::new(number)
    }

    #[test]
    fn a_change_holds_until_what_was_decided_for_later() {
        let spans = [span(0, Some(50), 2), span(50, None, 3)];
        assert_eq!(
            changed(&spans, day(20), level(4)),
            [span(0, Some(20), 2), span(20, Some(50), 4), span(50, None, 3)]
        );
        assert_eq!(changed(&spans, day(20), None), [span(0, Some(20), 2), span(50, None, 3)]);
        assert_eq!(changed(&spans, day(60), None), [spans[0], span(50, Some(60), 3)]);
        assert_eq!(changed(&spans, day(50), level(2)), [span(0, None, 2)]);
        assert_eq!(changed(&spans, day(20), level(2)), spans);
        assert_eq!(changed(&[], day(5), level(1)), [span(5, None, 1)]);
        assert_eq!(changed(&[span(9, None, 1)], day(5), level(1)), [span(5, None, 1)]);
        assert_eq!(changed(&[], day(5), None), []);
    }

    /// Day by day, against what is meant, from every small beginning.
    #[test]
    fn only_the_days_up_to_the_next_turn_are_different() {
        let covers =
            |span: &&Span, day: Day| span.from <= day && span.until.is_none_or(|until| day < until);
        let on = |spans: &[Span], at: u32| {
            spans.iter().find(|span| covers(span, day(at))).map(|span| span.level)
        };
        let mut spans: Vec<Span> = Vec::new();
        let mut seed = 7_u32;
        for _ in 0..2_000 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let (at, number) = ((seed >> 8) % 60, u8::try_from((seed >> 16) % 4).unwrap());
            let turn = (at + 1..200).find(|n| {
                let turns = |span: &Span| span.from == day(*n) || span.until == Some(day(*n));
                spans.iter().any(turns)
            });
            let after = changed(&spans, day(at), level(number));
            for n in 0..200 {
                let is_meant = n >= at && turn.is_none_or(|turn| n < turn);
                let expected = if is_meant { level(number) } else { on(&spans, n) };
                assert_eq!(on(&after, n), expected, "{spans:?} at {at}");
            }
            assert!(after.windows(2).all(|two| two[0].until.is_some_and(|end| end <= two[1].from)));
            spans = if after.len() > 8 { Vec::new() } else { after };
        }
    }
}
