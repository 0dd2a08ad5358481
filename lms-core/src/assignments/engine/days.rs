//! Calendar arithmetic: days, months clamped to their end, and whose day it is.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::kernel::clock::Timestamp;
use crate::kernel::text::Day;

/// Days before the first of January of the year nought, in the count that starts in 1970.
const EPOCH: i32 = 719_468;
const DAYS_OF_400_YEARS: i32 = 146_097;
/// So many days are counted by months.
const DAYS_BY_MONTHS: i32 = 100;
/// Outside of these nothing is counted; whoever goes over stops there.
const YEAR_MIN: i32 = 0;
const YEAR_MAX: i32 = 9_999;

/// This many days later, or earlier where it is negative.
#[must_use]
pub fn plus_days(day: Day, days: i32) -> Day {
    if (0..=DAYS_BY_MONTHS).contains(&days) {
        return some_days_on(day, days);
    }
    from_number(number(day).saturating_add(days))
}

/// The same from month to month, which is quicker over a few of them.
fn some_days_on(day: Day, days: i32) -> Day {
    let date = day.inner();
    let (mut year, mut month) = (i32::from(date.year()), i32::from(date.month()));
    let mut day = i32::from(date.day()) + days;
    loop {
        // Most days do not lie so near the end of a month that its length matters.
        if day <= 28 {
            return make(year, month, day);
        }
        let length = days_in_month(year, month);
        if day <= length {
            return make(year, month, day);
        }
        day -= length;
        (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    }
}

/// This many calendar months later, on the same day of the month or the last that there is.
///
/// To go several steps, multiply the months: two single steps from 31 January end on 28 March.
#[must_use]
pub fn plus_months(day: Day, months: i32) -> Day {
    let date = day.inner();
    let total = (i32::from(date.year()) * 12 + i32::from(date.month()) - 1).saturating_add(months);
    let (year, month) = (total.div_euclid(12), total.rem_euclid(12) + 1);
    make(year, month, i32::from(date.day()).min(days_in_month(year, month)))
}

/// How many days lie from one to the other: negative where the second comes first.
#[must_use]
pub fn days_between(from: Day, to: Day) -> i32 {
    number(to) - number(from)
}

/// The calendar day that an instant is for a person: in their time zone, else in that of the
/// organisation.
#[must_use]
pub fn local_day(now: Timestamp, person: Option<&TimeZone>, organisation: &TimeZone) -> Day {
    now.day_in(person.unwrap_or(organisation))
}

/// The month and day in this year or the next that is not before a day; 29 February is the 28th
/// where there is none.
pub(super) fn next_month_day(from: Day, month: i32, day: i32) -> Day {
    let year = i32::from(from.inner().year());
    let in_year = |year| make(year, month, day.min(days_in_month(year, month)));
    let this = in_year(year);
    if this < from { in_year(year + 1) } else { this }
}

/// The fewest days that so many calendar months can have.
pub(super) fn fewest_days(months: u32) -> i32 {
    let months = i32::try_from(months).unwrap_or(i32::MAX);
    (1..=12)
        .map(|month| make(2025, month, 1))
        .map(|first| days_between(first, plus_months(first, months)))
        .min()
        .unwrap_or(0)
}

/// Days since 1 January 1970.
pub(super) fn number(day: Day) -> i32 {
    let date = day.inner();
    let (year, month) = (i32::from(date.year()), i32::from(date.month()));
    // Years begin in March here, so that the odd day comes last.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + i32::from(date.day()) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * DAYS_OF_400_YEARS + day_of_era - EPOCH
}

fn from_number(number: i32) -> Day {
    let shifted = number.saturating_add(EPOCH);
    let era = shifted.div_euclid(DAYS_OF_400_YEARS);
    let day_of_era = shifted.rem_euclid(DAYS_OF_400_YEARS);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = era * 400 + year_of_era + i32::from(month <= 2);
    make(year, month, day)
}

fn days_in_month(year: i32, month: i32) -> i32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn make(year: i32, month: i32, day: i32) -> Day {
    let within = |year: i32, month: i32, day: i32| {
        Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?)
            .ok()
    };
    let date = match year {
        ..YEAR_MIN => within(YEAR_MIN, 1, 1),
        YEAR_MIN..=YEAR_MAX => within(year, month, day),
        _ => within(YEAR_MAX, 12, 31),
    };
    Day::new(date.expect("the year was bounded, and the day by its month"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::day;
    use super::*;

    #[test]
    fn days_are_counted_as_the_calendar_has_them() {
        let mut date = Date::constant(1895, 12, 30);
        let before = number(Day::new(date));
        for n in 0..80_000 {
            assert_eq!(number(Day::new(date)), before + n, "{date}");
            assert_eq!(from_number(before + n), Day::new(date), "{date}");
            date = date.tomorrow().unwrap();
        }
        assert_eq!(number(day("1970-01-01")), 0);
    }

    #[test]
    fn whoever_counts_too_far_stops_at_the_end_of_time() {
        assert_eq!(plus_days(day("2026-01-01"), i32::MAX).to_string(), "9999-12-31");
        assert_eq!(plus_days(day("2026-01-01"), i32::MIN).to_string(), "0000-01-01");
        assert_eq!(plus_months(day("2026-01-01"), i32::MAX).to_string(), "9999-12-31");
        assert_eq!(plus_months(day("2026-01-01"), i32::MIN).to_string(), "0000-01-01");
    }

    #[test]
    fn months_are_calendar_months_clamped_to_their_end() {
        for (from, months, to) in [
            ("2026-01-31", 1, "2026-02-28"),
            ("2028-01-31", 1, "2028-02-29"),
            ("2024-02-29", 12, "2025-02-28"),
            ("2024-02-29", 48, "2028-02-29"),
            ("2096-02-29", 48, "2100-02-28"),
            ("2026-03-31", 1, "2026-04-30"),
            ("2026-03-31", -1, "2026-02-28"),
            ("2026-08-31", 6, "2027-02-28"),
            ("2026-08-31", -6, "2026-02-28"),
            ("2026-12-15", 1, "2027-01-15"),
            ("2026-01-15", -1, "2025-12-15"),
            ("2026-11-30", 3, "2027-02-28"),
            ("2026-05-31", 13, "2027-06-30"),
            ("2026-05-31", 0, "2026-05-31"),
            ("1999-12-31", 2, "2000-02-29"),
            ("1899-12-31", 2, "1900-02-28"),
        ] {
            assert_eq!(plus_months(day(from), months), day(to), "{from} + {months} months");
        }
    }

    #[test]
    fn a_few_days_are_counted_like_many() {
        let start = day("2023-12-20");
        for at in 0..500 {
            let from = from_number(number(start) + at);
            for days in -3..=DAYS_BY_MONTHS + 3 {
                assert_eq!(
                    plus_days(from, days),
                    from_number(number(from) + days),
                    "{from} {days}"
                );
            }
        }
        assert_eq!(plus_days(day("9999-12-20"), 40), day("9999-12-31"));
    }

    #[test]
    fn a_chain_of_months_does_not_drift() {
        let anchor = day("2026-01-31");
        let steps: Vec<String> =
            (1..=6).map(|step| plus_months(anchor, step).to_string()).collect();
        assert_eq!(
            steps,
            ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30", "2026-07-31"]
        );
    }

    #[test]
    fn a_month_and_a_day_come_again_every_year() {
        for (from, month, of_month, expected) in [
            ("2026-03-01", 12, 1, "2026-12-01"),
            ("2026-12-01", 12, 1, "2026-12-01"),
            ("2026-12-02", 12, 1, "2027-12-01"),
            ("2027-01-01", 2, 29, "2027-02-28"),
            ("2027-03-01", 2, 29, "2028-02-29"),
            ("2028-02-29", 2, 29, "2028-02-29"),
        ] {
            assert_eq!(next_month_day(day(from), month, of_month), day(expected), "{from}");
        }
    }

    #[test]
    fn months_have_at_least_so_many_days() {
        for (months, days) in [(0, 0), (1, 28), (2, 59), (3, 89), (6, 181), (12, 365), (24, 730)] {
            assert_eq!(fewest_days(months), days, "{months}");
        }
    }

    #[test]
    fn a_day_is_that_of_the_person() {
        let utc = TimeZone::UTC;
        for (instant, zone, expected) in [
            // Twenty-six hours lie between the ends of the world.
            ("2026-12-31T11:00:00Z", "Pacific/Kiritimati", "2027-01-01"),
            ("2026-12-31T11:00:00Z", "Etc/GMT+12", "2026-12-30"),
            ("2026-12-31T11:59:59Z", "Etc/GMT+12", "2026-12-30"),
            ("2026-12-31T12:00:00Z", "Etc/GMT+12", "2026-12-31"),
            // Summer time begins on 29 March 2026 in Berlin: midnight is at 22:00 UTC from then on.
            ("2026-03-28T22:59:59Z", "Europe/Berlin", "2026-03-28"),
            ("2026-03-28T23:00:00Z", "Europe/Berlin", "2026-03-29"),
            ("2026-03-29T21:59:59Z", "Europe/Berlin", "2026-03-29"),
            ("2026-03-29T22:00:00Z", "Europe/Berlin", "2026-03-30"),
            // It ends on 25 October: that day has twenty-five hours.
            ("2026-10-24T22:00:00Z", "Europe/Berlin", "2026-10-25"),
            ("2026-10-25T22:59:59Z", "Europe/Berlin", "2026-10-25"),
            ("2026-10-25T23:00:00Z", "Europe/Berlin", "2026-10-26"),
            // Where midnight itself is skipped, the day begins at one o'clock.
            ("2018-11-04T02:59:59Z", "America/Sao_Paulo", "2018-11-03"),
            ("2018-11-04T03:00:00Z", "America/Sao_Paulo", "2018-11-04"),
            // Samoa had no 30 December 2011.
            ("2011-12-30T09:59:59Z", "Pacific/Apia", "2011-12-29"),
            ("2011-12-30T10:00:00Z", "Pacific/Apia", "2011-12-31"),
            // Half and quarter hours.
            ("2026-06-30T18:14:59Z", "Asia/Kathmandu", "2026-06-30"),
            ("2026-06-30T18:15:00Z", "Asia/Kathmandu", "2026-07-01"),
            ("2026-02-28T18:30:00Z", "Asia/Kolkata", "2026-03-01"),
        ] {
            let now = Timestamp::parse(instant).unwrap();
            let zone = TimeZone::get(zone).unwrap();
            assert_eq!(local_day(now, Some(&zone), &utc), day(expected), "{instant} {zone:?}");
        }
        let now = Timestamp::parse("2026-12-31T23:30:00Z").unwrap();
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(local_day(now, None, &berlin), day("2027-01-01"));
    }
}
