//! Days that hire days are held against. One that is told from today, such as `-90d`, is another one on
//! each day: whoever asks about a time asks on which days it comes to pass a hire day. Pure.

use crate::kernel::error::Result;
use crate::kernel::text::Day;

/// So many days the months that a day is told in are longer or shorter than those on the way back.
const STEPS_MAX: usize = 64;

/// The day, of one or several of which the first or the last counts.
#[derive(Debug, Clone)]
pub(crate) struct Bound {
    /// As of the day on which the audience was resolved.
    pub(crate) day: Day,
    /// As they were written.
    values: Vec<String>,
    is_last: bool,
    /// Those that are told from today.
    moving: Vec<String>,
}

/// Whether a day is told from today.
pub(super) fn is_moving(value: &str) -> bool {
    Day::parse(value).is_err()
}

impl Bound {
    pub(super) fn first(values: &[&str], today: Day) -> Result<Self> {
        Self::of(values, false, today)
    }

    pub(super) fn last(values: &[&str], today: Day) -> Result<Self> {
        Self::of(values, true, today)
    }

    fn of(values: &[&str], is_last: bool, today: Day) -> Result<Self> {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        let moving = values.iter().filter(|value| is_moving(value)).cloned().collect();
        let mut bound = Self { day: today, values, is_last, moving };
        bound.day = bound.read(today)?;
        Ok(bound)
    }

    fn read(&self, today: Day) -> Result<Day> {
        let days = self.values.iter().map(|value| Day::parse_relative(value, today));
        let days = days.collect::<Result<Vec<_>>>()?;
        let one = if self.is_last { days.iter().max() } else { days.iter().min() };
        Ok(one.copied().unwrap_or(today))
    }

    /// As of another day.
    pub(super) fn on(&self, today: Day) -> Day {
        if self.moving.is_empty() {
            return self.day;
        }
        // Where the calendar ends it stays where it was.
        self.read(today).unwrap_or(self.day)
    }

    /// The days on which it comes to a hire day, and on which it passes it.
    pub(super) fn turns(&self, hired_on: Day, turns: &mut Vec<Day>) {
        for value in &self.moving {
            for reached in [hired_on, hired_on.next()] {
                turns.extend(first_day_reaching(value, reached));
            }
        }
    }

    /// What it goes over from one day to another, for each that is told from today.
    pub(super) fn passed(&self, since: Day, until: Day) -> Vec<(Day, Day)> {
        let day = |value: &String, today| Day::parse_relative(value, today).ok();
        self.moving
            .iter()
            .filter_map(|value| Some((day(value, since)?, day(value, until)?)))
            .collect()
    }
}

/// The first day from which a day is told that is this one or a later one.
fn first_day_reaching(value: &str, wanted: Day) -> Option<Day> {
    let reaches = |today: Day| Day::parse_relative(value, today).is_ok_and(|day| day >= wanted);
    // As far the other way, and from there to the day itself: months have their lengths.
    let back = match (value.strip_prefix('-'), value.strip_prefix('+')) {
        (Some(span), _) => format!("+{span}"),
        (_, Some(span)) => format!("-{span}"),
        _ => "today".to_owned(),
    };
    let mut today = Day::parse_relative(&back, wanted).ok()?;
    for _ in 0..STEPS_MAX {
        if !reaches(today) {
            today = today.next();
        } else if reaches(today.previous()) && today.previous() < today {
            today = today.previous();
        } else {
            return Some(today);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn a_day_told_from_today_reaches_another_once() {
        for (value, wanted, expected) in [
            ("-90d", "2026-01-01", "2026-04-01"),
            ("-2w", "2026-02-20", "2026-03-06"),
            ("+30d", "2026-03-31", "2026-03-01"),
            ("today", "2026-03-31", "2026-03-31"),
            // 31 March less a month is 28 February: the first that reaches it is the 28th.
            ("-1m", "2026-02-28", "2026-03-28"),
            ("-1m", "2026-03-01", "2026-04-01"),
            ("-1m", "2026-01-31", "2026-03-01"),
            ("-12m", "2024-02-29", "2025-03-01"),
            ("end-of-month", "2026-02-28", "2026-02-01"),
            ("end-of-month", "2026-03-01", "2026-03-01"),
        ] {
            let first = first_day_reaching(value, day(wanted)).unwrap();
            assert_eq!(first, day(expected), "{value} {wanted}");
            let read = |today: Day| Day::parse_relative(value, today).unwrap();
            assert!(read(first) >= day(wanted) && read(first.previous()) < day(wanted));
        }
    }

    #[test]
    fn of_several_days_any_will_do() {
        let today = day("2026-03-31");
        let days = ["-30d", "2026-03-15"];
        assert_eq!(Bound::first(&days, today).unwrap().day, day("2026-03-01"));
        let last = Bound::last(&days, today).unwrap();
        assert_eq!(last.day, day("2026-03-15"));
        assert_eq!(last.on(day("2026-05-31")), day("2026-05-01"));
        let mut turns = Vec::new();
        last.turns(day("2026-04-10"), &mut turns);
        assert_eq!(turns, [day("2026-05-10"), day("2026-05-11")]);
    }
}
