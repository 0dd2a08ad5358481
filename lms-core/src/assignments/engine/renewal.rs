//! How long a completion covers, and when the next one is wanted: three methods.
//!
//! The expiry is the last covered day and the due day of the renewal. It is always an anchor and a
//! whole number of active periods, clamped to the month's end once, so that 31 January with one
//! month gives 28 February and then 31 March.

use super::days::{fewest_days, plus_days, plus_months};
use super::due::DAYS_MAX;
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;

const MONTHS_MAX: u32 = 1_200;

/// How a renewal is counted.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// From the day of each completion. Who is early loses time, who is late gains some.
    Completion,
    /// From the expiry before, as long as nobody is late. Who is early loses nothing.
    Expiry,
    /// On the same days for ever, as 1 December; a completion covers at least so many months.
    Fixed {
        /// The fewest months that a completion covers.
        min_active_months: u32,
    },
}

/// How long before the expiry the next cycle opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Window {
    /// Calendar months.
    Months(u32),
    /// Days.
    Days(u32),
}

/// That a training has to be done again, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Renewal {
    /// How many months a completion covers.
    pub active_months: u32,
    /// How long before the end the next cycle opens.
    pub window: Window,
    /// From where it is counted.
    pub method: Method,
}

/// The last completion of a chain, and how far it reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Chain {
    /// The day that whole periods are counted from.
    pub anchor_on: Day,
    /// The last covered day.
    pub expires_on: Day,
    /// When it was completed.
    pub completed_on: Day,
}

impl Renewal {
    /// Checks that the lengths fit: window ≤ least months ≤ active months, and window < active.
    pub fn check(&self) -> Result<()> {
        let wrong = |field: &str, message: String| Err(Error::invalid(field, message));
        let active = self.active_months;
        if active == 0 || active > MONTHS_MAX {
            let message = format!("`{active}` months is not between 1 and {MONTHS_MAX}");
            return wrong("active", message);
        }
        let (window_days, shown) = match self.window {
            Window::Months(months) => (None, format!("{months} months")),
            Window::Days(days) => {
                (Some(i32::try_from(days).unwrap_or(i32::MAX)), format!("{days} days"))
            }
        };
        let longer_than = |months: u32| match (self.window, window_days) {
            (Window::Months(window), _) => window > months,
            (_, days) => days.is_some_and(|days| days > fewest_days(months)),
        };
        let as_long_as_active = match self.window {
            Window::Months(window) => window >= active,
            Window::Days(days) => days > DAYS_MAX || window_days >= Some(fewest_days(active)),
        };
        if as_long_as_active {
            let message = format!(
                "a window of {shown} is not shorter than the {active} months that a completion covers: \
                 the next cycle would open before this one is done"
            );
            return wrong("window", message);
        }
        if let Method::Fixed { min_active_months: least } = self.method {
            if least > active {
                let message = format!("`{least}` is more than the {active} months that it covers");
                return wrong("min_active", message);
            }
            if longer_than(least) {
                let message = format!(
                    "a window of {shown} is longer than the {least} months that a completion covers \
                     at least: what is renewed in the window would be open again at once"
                );
                return wrong("window", message);
            }
        }
        Ok(())
    }

    /// The day on which the next cycle opens.
    #[must_use]
    pub fn window_on(&self, chain: &Chain) -> Day {
        match self.window {
            Window::Months(months) => {
                let steps = self.months_to(chain);
                let from = if steps.is_some() { chain.anchor_on } else { chain.expires_on };
                plus_months(from, steps.unwrap_or(0) - signed(months))
            }
            Window::Days(days) => plus_days(chain.expires_on, -signed(days)),
        }
    }

    /// How far a completion reaches, after the chain before it, or with the due day it was done for.
    #[must_use]
    pub fn renew(&self, before: Option<Chain>, due_on: Option<Day>, completed_on: Day) -> Chain {
        let active = signed(self.active_months.max(1));
        let from = |anchor_on: Day, months: i32| Chain {
            anchor_on,
            expires_on: plus_months(anchor_on, months),
            completed_on,
        };
        match (self.method, before) {
            (Method::Completion, _) => from(completed_on, active),
            (Method::Expiry, Some(before)) if completed_on > before.expires_on => {
                from(completed_on, active)
            }
            (Method::Expiry, Some(before)) if completed_on < self.window_on(&before) => {
                Chain { completed_on, ..before }
            }
            (Method::Expiry, Some(before)) => {
                let (anchor_on, months) = self.anchored(&before);
                from(anchor_on, months + active)
            }
            (Method::Expiry, None) => {
                from(due_on.map_or(completed_on, |due| due.max(completed_on)), active)
            }
            (Method::Fixed { min_active_months }, before) => {
                let (anchor_on, months) = match before {
                    Some(before) => self.anchored(&before),
                    None => (due_on.unwrap_or(completed_on), 0),
                };
                let least = signed(min_active_months);
                from(anchor_on, fixed(anchor_on, months, active, least, completed_on))
            }
        }
    }

    /// The anchor of a chain and the months from it to the expiry. A chain of other lengths, as of
    /// an earlier version of a rule, is anchored anew at its expiry.
    fn anchored(&self, chain: &Chain) -> (Day, i32) {
        self.months_to(chain).map_or((chain.expires_on, 0), |months| (chain.anchor_on, months))
    }

    /// The months from the anchor of a chain to its expiry, where they are whole periods.
    pub(super) fn months_to(&self, chain: &Chain) -> Option<i32> {
        let (anchor, expiry) = (chain.anchor_on.inner(), chain.expires_on.inner());
        let years = i32::from(expiry.year()) - i32::from(anchor.year());
        let months = years * 12 + i32::from(expiry.month()) - i32::from(anchor.month());
        let whole = months.rem_euclid(signed(self.active_months.max(1))) == 0;
        (whole && plus_months(chain.anchor_on, months) == chain.expires_on).then_some(months)
    }
}

/// The months from the anchor to the expiry: the base is stepped back while the completion would
/// still have its least months, then forward until it has them.
fn fixed(anchor_on: Day, base: i32, active: i32, least: i32, completed_on: Day) -> i32 {
    let mut base = base;
    let enough = plus_months(completed_on, least);
    while plus_months(anchor_on, base - least) >= completed_on && base > -12 * 9_999 {
        base -= active;
    }
    while plus_months(anchor_on, base + active) < enough && base < 12 * 9_999 {
        base += active;
    }
    base + active
}

fn signed(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX / 2)
}

#[cfg(test)]
mod tests {
    use super::super::testing::day;
    use super::*;

    fn renewal(active_months: u32, window: Window, method: Method) -> Renewal {
        let renewal = Renewal { active_months, window, method };
        renewal.check().unwrap();
        renewal
    }

    /// What a first completion and then others lead to, due on a day or not.
    fn expiries(renewal: Renewal, due: &str, completions: &str) -> String {
        let due = (!due.is_empty()).then(|| day(due));
        let mut before = None;
        let mut expiries = Vec::new();
        for completed in completions.split(' ') {
            let chain = renewal.renew(before, due, day(completed));
            expiries.push(chain.expires_on.to_string());
            before = Some(chain);
        }
        expiries.join(" ")
    }

    #[test]
    fn fixed_has_the_golden_cases() {
        let fixed = renewal(12, Window::Months(3), Method::Fixed { min_active_months: 6 });
        for (due, completed, expected, why) in [
            // Those of the specification.
            ("2025-12-01", "2025-08-15", "2026-12-01", "in August before it was due"),
            ("2025-12-01", "2025-08-15 2026-11-10", "2026-12-01 2027-12-01", "renewed in time"),
            (
                "2025-12-01",
                "2025-08-15 2027-04-20",
                "2026-12-01 2027-12-01",
                "lapsed, done in April",
            ),
            ("2021-12-31", "2021-02-28", "2021-12-31", "so early that it counts for this year"),
            ("2021-12-31", "2021-07-30", "2022-12-31", "early, and counts for the next"),
            // The edges between them: exactly the least months.
            ("2021-12-31", "2021-06-30", "2021-12-31", "six months before the day"),
            ("2021-12-31", "2021-07-01", "2022-12-31", "a day less than that"),
            ("2021-12-31", "2022-06-30", "2022-12-31", "late, and six months are left"),
            ("2021-12-31", "2022-07-01", "2023-12-31", "late, and less than six months are left"),
            ("2021-12-31", "2021-12-31", "2022-12-31", "on the day"),
            ("2021-12-31", "2022-01-01", "2022-12-31", "a day late"),
            ("2021-12-31", "2019-03-01", "2019-12-31", "years before"),
            ("2021-12-31", "2030-03-01", "2030-12-31", "years after"),
            ("", "2026-03-10", "2027-03-10", "without a due day"),
            (
                "",
                "2024-02-29 2025-02-10 2026-02-10 2027-02-10 2028-02-10",
                "2025-02-28 2026-02-28 2027-02-28 2028-02-29 2029-02-28",
                "29 February comes back",
            ),
            ("2026-08-31", "2026-08-01 2027-08-01", "2027-08-31 2028-08-31", "month ends"),
        ] {
            assert_eq!(expiries(fixed, due, completed), expected, "{why}");
        }
        let monthly = renewal(1, Window::Days(7), Method::Fixed { min_active_months: 1 });
        assert_eq!(
            expiries(monthly, "2026-01-31", "2026-01-31 2026-02-28 2026-03-30"),
            "2026-02-28 2026-03-31 2026-04-30",
            "a month is covered in full, never drifting"
        );
    }

    #[test]
    fn expiry_gives_neither_for_early_nor_takes_for_it() {
        let expiry = renewal(12, Window::Months(2), Method::Expiry);
        for (due, completed, expected, why) in [
            ("2026-06-30", "2026-05-01", "2027-06-30", "the first, before it is due: from due"),
            ("2026-06-30", "2026-06-30", "2027-06-30", "on the day"),
            ("2026-06-30", "2026-07-01", "2027-07-01", "late: from the completion"),
            ("", "2026-05-01", "2027-05-01", "without a due day"),
            ("2026-06-30", "2026-05-01 2027-04-29", "2027-06-30 2027-06-30", "before the window"),
            (
                "2026-06-30",
                "2026-05-01 2027-04-30",
                "2027-06-30 2028-06-30",
                "the window's first day",
            ),
            ("2026-06-30", "2026-05-01 2027-06-30", "2027-06-30 2028-06-30", "its last"),
            (
                "2026-06-30",
                "2026-05-01 2027-07-01",
                "2027-06-30 2028-07-01",
                "a day late: starts anew",
            ),
            (
                "2026-06-30",
                "2026-05-01 2027-03-01 2027-05-10",
                "2027-06-30 2027-06-30 2028-06-30",
                "too early, and then in the window",
            ),
            (
                "2024-02-29",
                "2024-02-01 2025-02-01 2026-02-01 2027-02-01",
                "2025-02-28 2026-02-28 2027-02-28 2028-02-29",
                "29 February comes back",
            ),
        ] {
            assert_eq!(expiries(expiry, due, completed), expected, "{why}");
        }
        let monthly = renewal(1, Window::Days(7), Method::Expiry);
        assert_eq!(
            expiries(monthly, "2026-01-31", "2026-01-20 2026-02-25 2026-03-28 2026-04-29"),
            "2026-02-28 2026-03-31 2026-04-30 2026-05-31",
            "the chain keeps its anchor"
        );
    }

    #[test]
    fn completion_drifts_both_ways() {
        let completion = renewal(12, Window::Days(30), Method::Completion);
        for (due, completed, expected) in [
            ("2026-06-30", "2026-05-01", "2027-05-01"),
            ("2026-06-30", "2026-08-01", "2027-08-01"),
            ("", "2024-02-29", "2025-02-28"),
            ("", "2026-05-01 2026-06-01", "2027-05-01 2027-06-01"),
            ("", "2026-05-01 2028-06-01", "2027-05-01 2029-06-01"),
        ] {
            assert_eq!(expiries(completion, due, completed), expected);
        }
        let monthly = renewal(1, Window::Days(7), Method::Completion);
        assert_eq!(expiries(monthly, "", "2026-01-31 2026-02-28"), "2026-02-28 2026-03-28");
    }

    #[test]
    fn windows_open_before_the_expiry() {
        let chain = |anchor: &str, expires: &str| Chain {
            anchor_on: day(anchor),
            expires_on: day(expires),
            completed_on: day(anchor),
        };
        for (window, anchor, expires, opens) in [
            (Window::Days(0), "2026-01-31", "2027-01-31", "2027-01-31"),
            (Window::Days(30), "2026-01-31", "2027-01-31", "2027-01-01"),
            (Window::Days(60), "2026-03-01", "2027-03-01", "2026-12-31"),
            (Window::Months(1), "2026-03-31", "2027-03-31", "2027-02-28"),
            (Window::Months(1), "2026-12-31", "2027-12-31", "2027-11-30"),
            (Window::Months(3), "2027-05-31", "2028-05-31", "2028-02-29"),
            // Clamped once, from the anchor: not 28 January.
            (Window::Months(1), "2024-02-29", "2025-02-28", "2025-01-29"),
            // Of other lengths: from the expiry itself.
            (Window::Months(1), "2026-01-15", "2026-12-20", "2026-11-20"),
        ] {
            let renewal = renewal(12, window, Method::Completion);
            assert_eq!(
                renewal.window_on(&chain(anchor, expires)),
                day(opens),
                "{window:?} {expires}"
            );
        }
    }

    #[test]
    fn a_rule_that_changed_its_length_goes_on_from_the_expiry() {
        let yearly = renewal(12, Window::Days(30), Method::Expiry);
        let first = yearly.renew(None, Some(day("2026-01-31")), day("2026-01-10"));
        let half_yearly = renewal(5, Window::Days(30), Method::Expiry);
        let second = half_yearly.renew(Some(first), None, day("2027-01-20"));
        assert_eq!((second.anchor_on, second.expires_on), (day("2027-01-31"), day("2027-06-30")));
    }

    #[test]
    fn lengths_that_do_not_fit_are_refused_by_name() {
        let fixed = |least| Method::Fixed { min_active_months: least };
        for (active, window, method, field) in [
            (0, Window::Days(0), Method::Completion, "active"),
            (1_201, Window::Days(0), Method::Completion, "active"),
            (12, Window::Months(12), Method::Completion, "window"),
            (12, Window::Months(13), Method::Expiry, "window"),
            (12, Window::Days(365), Method::Expiry, "window"),
            (1, Window::Days(28), Method::Expiry, "window"),
            (1, Window::Days(u32::MAX), Method::Expiry, "window"),
            (12, Window::Months(3), fixed(13), "min_active"),
            (12, Window::Months(7), fixed(6), "window"),
            (12, Window::Days(182), fixed(6), "window"),
        ] {
            let renewal = Renewal { active_months: active, window, method };
            assert_eq!(renewal.check().unwrap_err().field(), Some(field), "{renewal:?}");
        }
        for (active, window, method) in [
            (12, Window::Months(6), fixed(6)),
            (12, Window::Days(181), fixed(6)),
            (12, Window::Months(11), fixed(12)),
            (1, Window::Days(27), Method::Expiry),
            (36, Window::Days(364), Method::Completion),
        ] {
            assert!(Renewal { active_months: active, window, method }.check().is_ok());
        }
    }
}
