//! Golden cases of the calendar: months' ends, 29 February, days of the year, grace, windows, and
//! which day it is for whom, from UTC−12 to UTC+14.

use jiff::tz::TimeZone;

use super::days::{local_day, plus_days};
use super::golden::check;
use super::testing::{Story, day};
use crate::kernel::clock::Timestamp;

#[test]
fn months_end_where_the_month_does() {
    check(
        "hired 2023-01-01..; in 1 2023-01-01..; since 2024-01-01; today 2024-12-31",
        "
        rule 1 mandatory due 2025-12-31 renew completion 13 window 10d; done 2024-01-31
            => 1 completed 2025-12-31 covers 2025-02-28 # thirteen months from 31 January
        rule 1 mandatory due 2025-12-31 renew completion 25 window 10d; done 2024-01-31
            => 1 completed 2025-12-31 covers 2026-02-28 # twenty-five
        rule 1 mandatory due 2025-12-31 renew completion 49 window 10d; done 2024-01-31
            => 1 completed 2025-12-31 covers 2028-02-29 # forty-nine: a leap year
        rule 1 mandatory due 2025-12-31 renew completion 12 window 10d; done 2024-02-29
            => 1 completed 2025-12-31 covers 2025-02-28 # a year after 29 February
        rule 1 mandatory due 2025-12-31 renew completion 48 window 10d; done 2024-02-29
            => 1 completed 2025-12-31 covers 2028-02-29 # four years after it
        rule 1 mandatory due 2025-12-31 renew completion 18 window 10d; done 2024-08-31
            => 1 completed 2025-12-31 covers 2026-02-28 # August to February
        rule 1 mandatory due 2025-12-31 renew completion 13 window 10d; done 2024-05-31
            => 1 completed 2025-12-31 covers 2025-06-30 # 31 to 30
        rule 1 mandatory due 2025-12-31 renew completion 13 window 10d; done 2024-06-30
            => 1 completed 2025-12-31 covers 2025-07-30 # 30 stays 30
        rule 1 mandatory due 2025-12-31 renew completion 15 window 10d; done 2024-11-30
            => 1 completed 2025-12-31 covers 2026-02-28 # November to February
        rule 1 mandatory due 2025-12-31 renew completion 14 window 10d; done 2024-12-31
            => 1 completed 2025-12-31 covers 2026-02-28 # over the new year
        rule 1 mandatory due 2025-12-31 renew completion 12 window 10d; done 2024-02-28
            => 1 completed 2025-12-31 covers 2025-02-28 # the 28th of a leap year
        rule 1 mandatory due 2025-12-31 renew completion 12 window 10d; done 2024-03-01
            => 1 completed 2025-12-31 covers 2025-03-01 # the day after it
        ",
    );
}

#[test]
fn days_of_the_year_come_next() {
    check(
        "hired 2020-01-01..; in 1 2020-01-01..",
        "
        rule 1 mandatory due 02-29; since 2027-03-01; today 2027-03-01
            => 1 assigned 2028-02-29 # 29 February in a leap year
        rule 1 mandatory due 02-29; since 2026-03-01; today 2026-03-01
            => 1 assigned 2027-02-28 # in any other
        rule 1 mandatory due 02-29; since 2028-02-28; today 2028-02-28
            => 1 due_soon 2028-02-29 # the 28th of a leap year is the day before
        rule 1 mandatory due 02-29; since 2028-02-29; today 2028-02-29
            => 1 due_soon 2028-02-29 # today
        rule 1 mandatory due 02-29; since 2026-02-28; today 2026-02-28
            => 1 due_soon 2026-02-28 # today, clamped
        rule 1 mandatory due 12-31; since 2026-12-31; today 2026-12-31
            => 1 due_soon 2026-12-31 # the last day of the year
        rule 1 mandatory due 01-01; since 2026-12-31; today 2026-12-31
            => 1 due_soon 2027-01-01 # the first of the next
        rule 1 mandatory due 12-31; since 2027-01-01; today 2027-01-01
            => 1 assigned 2027-12-31 # missed by a day
        ",
    );
    check(
        "in 1 2024-02-29..; since 2024-02-29; today 2024-02-29",
        "
        rule 1 mandatory due hire+1; hired 2024-02-28.. => 1 due_soon 2024-02-29 # over the leap day
        rule 1 mandatory due hire+2; hired 2024-02-28.. => 1 due_soon 2024-03-01 # and past it
        rule 1 mandatory due hire+365; hired 2024-02-29.. => 1 assigned 2025-02-28 # days are days
        rule 1 mandatory due joined+366; hired 2020-01-01.. => 1 assigned 2025-03-01 # one more
        rule 1 mandatory due assigned+31; hired 2020-01-01.. => 1 assigned 2024-03-31 # a month of days
        ",
    );
}

#[test]
fn grace_is_counted_in_days_over_the_end_of_february() {
    let common = "hired 2020-01-01..; in 1 2020-01-01..";
    check(
        &format!("{common}; since 2024-02-01; rule 1 mandatory due 2024-02-28 grace 3"),
        "
        today 2024-02-28 => 1 due_soon 2024-02-28 # the last day in time
        today 2024-02-29 => 1 late 2024-02-28 # the leap day is the first day of grace
        today 2024-03-02 => 1 late 2024-02-28 # the third
        today 2024-03-03 => 1 overdue 2024-02-28 # past it
        ",
    );
    check(
        &format!("{common}; since 2026-02-01; rule 1 mandatory due 2026-02-28 grace 3"),
        "
        today 2026-03-01 => 1 late 2026-02-28 # the first day of grace
        today 2026-03-03 => 1 late 2026-02-28 # the third
        today 2026-03-04 => 1 overdue 2026-02-28 # past it
        ",
    );
}

#[test]
fn windows_open_by_the_calendar() {
    let common = "hired 2020-01-01..; in 1 2020-01-01..; since 2025-01-10";
    check(
        &format!("{common}; done 2025-03-31; rule 1 mandatory due 2025-12-31 renew completion 12 window 1m"),
        "
        today 2026-02-27 => 1 completed 2025-12-31 covers 2026-03-31 # not yet
        today 2026-02-28
            => 1 completed 2025-12-31 covers 2026-03-31; 2 assigned 2026-03-31 # a month before, clamped
        today 2026-03-31
            => 1 completed 2025-12-31 covers 2026-03-31; 2 due_soon 2026-03-31 # the last covered day
        today 2026-04-01
            => 1 expired 2025-12-31 covers 2026-03-31; 2 overdue 2026-03-31 # the first uncovered one
        ",
    );
    check(
        &format!(
            "{common}; done 2025-03-31; rule 1 mandatory due 2025-12-31 renew completion 12 window 30d"
        ),
        "
        today 2026-02-28 => 1 completed 2025-12-31 covers 2026-03-31 # thirty days are later
        today 2026-03-01
            => 1 completed 2025-12-31 covers 2026-03-31; 2 assigned 2026-03-31 # by a day
        ",
    );
    check(
        "hired 2020-01-01..; in 1 2020-01-01..; since 2026-08-01; done 2026-08-29; rule 1 mandatory due 2026-12-31 renew completion 18 window 3m",
        "
        today 2027-11-27 => 1 completed 2026-12-31 covers 2028-02-29 # not yet
        today 2027-11-29
            => 1 completed 2026-12-31 covers 2028-02-29; 2 assigned 2028-02-29 # from the leap day back
        ",
    );
}

/// An instant, a time zone, the day that it is there.
const DAYS: &[(&str, &str, &str)] = &[
    // The day begins last at UTC−12 and first at UTC+14: 26 hours between them.
    ("2026-03-31T11:59:59Z", "Etc/GMT+12", "2026-03-30"),
    ("2026-03-31T12:00:00Z", "Etc/GMT+12", "2026-03-31"),
    ("2026-03-31T09:59:59Z", "Pacific/Kiritimati", "2026-03-31"),
    ("2026-03-31T10:00:00Z", "Pacific/Kiritimati", "2026-04-01"),
    ("2026-12-31T10:00:00Z", "Pacific/Kiritimati", "2027-01-01"),
    ("2027-01-01T11:59:59Z", "Etc/GMT+12", "2026-12-31"),
    // The leap day.
    ("2028-02-28T23:59:59Z", "UTC", "2028-02-28"),
    ("2028-02-28T10:00:00Z", "Pacific/Kiritimati", "2028-02-29"),
    ("2028-03-01T11:59:59Z", "Etc/GMT+12", "2028-02-29"),
    // Quarters of an hour.
    ("2026-01-10T18:14:59Z", "Asia/Kathmandu", "2026-01-10"),
    ("2026-01-10T18:15:00Z", "Asia/Kathmandu", "2026-01-11"),
    ("2026-03-31T10:14:59Z", "Pacific/Chatham", "2026-03-31"),
    ("2026-03-31T10:15:00Z", "Pacific/Chatham", "2026-04-01"),
    ("2026-06-30T11:14:59Z", "Pacific/Chatham", "2026-06-30"),
    ("2026-06-30T11:15:00Z", "Pacific/Chatham", "2026-07-01"),
    // A day of 23 hours and one of 25.
    ("2026-03-28T22:59:59Z", "Europe/Berlin", "2026-03-28"),
    ("2026-03-28T23:00:00Z", "Europe/Berlin", "2026-03-29"),
    ("2026-03-29T21:59:59Z", "Europe/Berlin", "2026-03-29"),
    ("2026-03-29T22:00:00Z", "Europe/Berlin", "2026-03-30"),
    ("2026-10-24T22:00:00Z", "Europe/Berlin", "2026-10-25"),
    ("2026-10-25T22:59:59Z", "Europe/Berlin", "2026-10-25"),
    ("2026-10-25T23:00:00Z", "Europe/Berlin", "2026-10-26"),
    ("2026-03-08T04:59:59Z", "America/New_York", "2026-03-07"),
    ("2026-03-09T03:59:59Z", "America/New_York", "2026-03-08"),
    ("2026-03-09T04:00:00Z", "America/New_York", "2026-03-09"),
    // Half an hour of daylight saving.
    ("2026-04-05T13:29:59Z", "Australia/Lord_Howe", "2026-04-05"),
    ("2026-04-05T13:30:00Z", "Australia/Lord_Howe", "2026-04-06"),
    // A day without a midnight, and one that was left out.
    ("2026-03-28T21:59:59Z", "Asia/Beirut", "2026-03-28"),
    ("2026-03-28T22:00:00Z", "Asia/Beirut", "2026-03-29"),
    ("2011-12-30T09:59:59Z", "Pacific/Apia", "2011-12-29"),
    ("2011-12-30T10:00:00Z", "Pacific/Apia", "2011-12-31"),
];

#[test]
fn every_zone_has_its_own_day() {
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    for (instant, zone, expected) in DAYS {
        let now = Timestamp::parse(instant).unwrap();
        let own = TimeZone::get(zone).unwrap();
        assert_eq!(local_day(now, Some(&own), &berlin), day(expected), "{instant} in {zone}");
        assert_eq!(local_day(now, None, &own), day(expected), "{instant} in {zone}, of all");
    }
}

#[test]
fn what_is_overdue_for_one_is_in_time_for_another() {
    let common =
        "hired 2020-01-01..; in 1 2020-01-01..; since 2026-03-01; rule 1 mandatory due 2026-03-31";
    let now = Timestamp::parse("2026-04-01T10:30:00Z").unwrap();
    for (zone, expected) in [
        ("Etc/GMT+12", "1 due_soon 2026-03-31"),
        ("Pacific/Pago_Pago", "1 due_soon 2026-03-31"),
        ("America/Los_Angeles", "1 overdue 2026-03-31"),
        ("Europe/Berlin", "1 overdue 2026-03-31"),
        ("Pacific/Kiritimati", "1 overdue 2026-03-31"),
    ] {
        let today = local_day(now, Some(&TimeZone::get(zone).unwrap()), &TimeZone::UTC);
        let told = Story::read(&format!("{common}; today {today}")).told();
        assert_eq!(told.shown(), expected, "{zone}");
    }
}

/// Nobody has the same day twice, and none is left out but where the calendar leaves one out.
#[test]
fn days_follow_each_other_everywhere() {
    for zone in
        ["Etc/GMT+12", "America/New_York", "Europe/Berlin", "Asia/Beirut", "Pacific/Chatham"]
    {
        let zone = TimeZone::get(zone).unwrap();
        let mut expected = day("2026-01-01");
        for _ in 0..366 {
            let begins = expected.starts_at(&zone);
            assert_eq!(local_day(begins, Some(&zone), &TimeZone::UTC), expected);
            let a_moment_before = begins.minus(std::time::Duration::from_micros(1));
            let before = local_day(a_moment_before, Some(&zone), &TimeZone::UTC);
            assert_eq!(before, plus_days(expected, -1), "{zone:?}");
            expected = plus_days(expected, 1);
        }
    }
}
