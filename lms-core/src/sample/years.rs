//! A company that lives: what was known on the day it began with the program, then week by week who
//! comes, moves, is away and leaves, what people learn, and the nightly pass.
//!
//! The clock is moved by hand, from some years ago up to a given instant, so that what is recorded then
//! has the times of then. People are recorded up to a week ahead, as a payroll does.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::learning::learn;
use super::staff::{after, before, days_between};
use super::{CHUNK_PEOPLE, Company};
use crate::kernel::access::Actor;
use crate::kernel::clock::{ManualClock, Timestamp};
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::lms::Lms;
use crate::people::{Appointment, PersonAct};
use crate::sweep::SweepOptions;

const WEEK_DAYS: usize = 7;
const YEAR_DAYS: usize = 365;
/// What people learn is recorded every so many weeks.
const LEARNT_IN_WEEKS: usize = 2;
/// When offices open, and when the nightly pass runs, after midnight.
const MORNING: Duration = Duration::from_hours(8);
const NIGHT: Duration = Duration::from_hours(26);

/// The years in which a company has worked with the program.
#[derive(Debug)]
pub struct Years<'c> {
    company: &'c Company,
    first_day: Day,
    until: Timestamp,
    /// What was known when they began, so many people at a time.
    known: Vec<Vec<PersonAct>>,
    led: Vec<Appointment>,
    weeks: VecDeque<Week>,
    /// The week that is lived in.
    present: Option<Present>,
}

/// What is recorded in a week.
#[derive(Debug, Default)]
struct Week {
    acts: Vec<PersonAct>,
    stories: Vec<PersonAct>,
    led: Vec<Appointment>,
}

#[derive(Debug, Clone, Copy)]
struct Present {
    day: Day,
    is_last: bool,
}

impl<'c> Years<'c> {
    /// So many years, the last day of which is this instant's. Without any, all is known at once.
    #[must_use]
    pub fn of(company: &'c Company, years: usize, until: Timestamp) -> Self {
        let last_day = until.day_in(&TimeZone::UTC);
        let n_weeks = (YEAR_DAYS * years).div_ceil(WEEK_DAYS);
        let first_day = before(last_day, n_weeks * WEEK_DAYS);
        let mut of = Self {
            company,
            first_day,
            until,
            known: Vec::new(),
            led: Vec::new(),
            weeks: VecDeque::new(),
            present: None,
        };
        of.weeks.resize_with(if n_weeks == 0 { 0 } else { n_weeks + 1 }, Week::default);
        for acts in company.acts(CHUNK_PEOPLE) {
            let mut known = Vec::new();
            for act in acts {
                match of.week_of(act.day()) {
                    Some(week) => of.weeks[week].acts.push(act),
                    None => known.push(act),
                }
            }
            of.known.push(known);
        }
        for story in company.stories() {
            // Those of before the years are told when they begin.
            let week = of.week_of(story.day()).unwrap_or_default();
            if let Some(week) = of.weeks.get_mut(week) {
                week.stories.push(story);
            }
        }
        if n_weeks == 0 {
            of.led = company.appointments();
            return of;
        }
        for (known_from, appointment) in company.dated_appointments() {
            match of.week_of(Some(known_from)) {
                Some(week) => of.weeks[week].led.push(appointment),
                None => of.led.push(appointment),
            }
        }
        of
    }

    /// In which week something is recorded; none where it was known before them.
    fn week_of(&self, day: Option<Day>) -> Option<usize> {
        let day = day.filter(|day| *day > self.first_day)?;
        let last = self.weeks.len().checked_sub(1)?;
        Some(((days_between(self.first_day, day) - 1) / WEEK_DAYS).min(last))
    }

    /// When the company begins: what it is set up with is recorded then.
    #[must_use]
    pub fn begin_at(&self) -> Timestamp {
        if self.weeks.is_empty() { self.until } else { instant(self.first_day, MORNING) }
    }

    /// How many weeks are still to come.
    #[must_use]
    pub fn weeks_left(&self) -> usize {
        self.weeks.len()
    }

    /// Records what is known on the first day. Says how many of the people are there, of how many.
    pub async fn found(
        &mut self,
        lms: &Lms,
        actor: &Actor,
        progress: &mut (dyn FnMut(u64, u64) + Send),
    ) -> Result<()> {
        let people = lms.people();
        people.add_units(actor, self.company.units()).await?;
        let n_people = self.company.n_people() as u64;
        let mut n_done = 0;
        progress(n_done, n_people);
        for acts in std::mem::take(&mut self.known) {
            people.apply(actor, acts).await?;
            n_done = n_people.min(n_done + CHUNK_PEOPLE as u64);
            progress(n_done, n_people);
        }
        people.appoint(actor, std::mem::take(&mut self.led)).await?;
        if self.weeks.is_empty() {
            for story in self.company.stories() {
                people.apply(actor, vec![story]).await?;
            }
        }
        for group in self.company.groups() {
            people.add_group(actor, group).await?;
        }
        Ok(())
    }

    /// Begins the next week: the clock is moved there, and what becomes of people is recorded. None
    /// where the years are over.
    pub async fn begin_week(
        &mut self,
        lms: &Lms,
        actor: &Actor,
        clock: &ManualClock,
    ) -> Result<Option<Day>> {
        let Some(week) = self.weeks.pop_front() else {
            self.present = None;
            return Ok(None);
        };
        let day = self.present.map_or(self.first_day, |present| after(present.day, WEEK_DAYS));
        let present = Present { day, is_last: self.weeks.is_empty() };
        self.present = Some(present);
        clock.set(if present.is_last { self.until } else { instant(day, MORNING) });
        let people = lms.people();
        if !week.acts.is_empty() {
            people.apply(actor, week.acts).await?;
        }
        for story in week.stories {
            people.apply(actor, vec![story]).await?;
        }
        if !week.led.is_empty() {
            people.appoint(actor, week.led).await?;
        }
        Ok(Some(day))
    }

    /// Ends the week that began: people have learnt, and the nightly pass looks at them.
    pub async fn end_week(&self, lms: &Lms, actor: &Actor, clock: &ManualClock) -> Result<()> {
        let Some(present) = self.present else { return Ok(()) };
        if self.weeks.len().is_multiple_of(LEARNT_IN_WEEKS) {
            let next = after(present.day, LEARNT_IN_WEEKS * WEEK_DAYS);
            learn(lms, actor, self.company.seed, (present.day, next)).await?;
        }
        if !present.is_last {
            clock.set(instant(present.day, NIGHT));
        }
        let cron = Actor::system("cron").with_origin("demo");
        lms.sweep().run(&cron, SweepOptions::new(), &mut |_, _| ()).await?;
        Ok(())
    }
}

fn instant(day: Day, later: Duration) -> Timestamp {
    day.starts_at(&TimeZone::UTC).plus(later)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const NOON: &str = "2026-11-21T12:00:00Z";

    fn told(acts: &[PersonAct]) -> Vec<String> {
        acts.iter().map(|act| format!("{act:?}")).collect()
    }

    #[test]
    fn everything_happens_once_and_in_its_week() {
        let company = Company::new(300, 1);
        let years = Years::of(&company, 2, Timestamp::parse(NOON).unwrap());
        assert_eq!(years.first_day, Day::parse("2024-11-16").unwrap());
        assert_eq!(years.weeks_left(), 106);
        let mut lived: Vec<String> = years.known.iter().flat_map(|acts| told(acts)).collect();
        for (n, week) in years.weeks.iter().enumerate() {
            let begins = after(years.first_day, n * WEEK_DAYS);
            for day in week.acts.iter().filter_map(PersonAct::day) {
                let is_last = n + 1 == years.weeks.len();
                assert!(day > begins && (is_last || day <= after(begins, WEEK_DAYS)), "{day}");
            }
            lived.extend(told(&week.acts));
        }
        lived.sort_unstable();
        let mut all: Vec<String> = company.acts(100).flat_map(|acts| told(&acts)).collect();
        all.sort_unstable();
        assert_eq!(lived, all);
        let stories: usize = years.weeks.iter().map(|week| week.stories.len()).sum();
        assert_eq!(stories, company.stories().len());
        assert!(years.weeks.iter().filter(|week| !week.acts.is_empty()).count() > 50);
    }

    #[test]
    fn nobody_is_named_who_was_not_hired_before() {
        let company = Company::new(300, 1);
        let years = Years::of(&company, 2, Timestamp::parse(NOON).unwrap());
        let mut hired: BTreeSet<String> = BTreeSet::new();
        let known = years.known.iter().flatten();
        for act in known.chain(years.weeks.iter().flat_map(|week| &week.acts)) {
            let act = format!("{act:?}");
            let number = act.split('"').nth(1).unwrap_or_default().to_owned();
            if act.contains("what: Hire(") {
                hired.insert(number);
            } else {
                assert!(hired.contains(&number), "{act}");
            }
            if let Some((_, manager)) = act.split_once("Manager: \"") {
                let manager = manager.split('"').next().unwrap_or_default();
                assert!(hired.contains(manager), "{manager} comes later: {act}");
            }
        }
    }

    #[test]
    fn without_years_all_is_known_at_once() {
        let company = Company::new(60, 1);
        let years = Years::of(&company, 0, Timestamp::parse(NOON).unwrap());
        assert_eq!(years.weeks_left(), 0);
        assert_eq!(years.begin_at(), Timestamp::parse(NOON).unwrap());
        let known: usize = years.known.iter().map(Vec::len).sum();
        assert_eq!(known, company.acts(60).map(|acts| acts.len()).sum::<usize>());
        assert_eq!(years.led.len(), company.appointments().len());
    }
}
