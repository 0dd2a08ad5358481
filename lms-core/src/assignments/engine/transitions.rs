//! What happens to obligations as days pass, each on its own day, and the next day on which
//! anything can.
//!
//! Walking many days at once gives what walking them one by one gives.

use super::days::plus_days;
use super::facts::{Exemption, Obligation, PersonView};
use super::leave::{Pause, pause_on};
use super::status::{Around, ClosedAs, Status, status};
use crate::kernel::text::Day;

/// How many days before its end somebody is warned of an exemption.
pub const EXEMPTION_WARNING_DAYS: i32 = 14;

/// What happens on a day.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TransitionKind {
    /// The cycle began.
    Assigned,
    /// The next cycle can be begun.
    WindowOpened,
    /// It is past the due day, within the grace.
    Late,
    /// It is past the grace.
    Overdue,
    /// What was done covers no longer.
    Expired,
    /// An exemption is about to end.
    ExemptionEnding,
    /// An exemption has ended.
    ExemptionEnded,
}

/// Something that happened to an obligation on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Transition {
    /// The number of the person within the chunk.
    pub person: u32,
    /// When.
    pub day: Day,
    /// The training.
    pub training: u32,
    /// The cycle; nought for exemptions.
    pub cycle: u32,
    /// What.
    pub kind: TransitionKind,
}

/// When people are to be told, beside the boundary days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notices {
    /// How many days ahead are due soon.
    pub due_soon_days: u32,
    /// Days after the due day; before it where they are negative.
    pub reminders: Vec<i32>,
    /// After the last of these, again every so many days.
    pub then_every_days: Option<u32>,
    /// Days after the first overdue day.
    pub escalations: Vec<u32>,
}

impl Default for Notices {
    fn default() -> Self {
        Self {
            due_soon_days: 14,
            reminders: vec![-14, -7, -1, 1, 7],
            then_every_days: Some(7),
            escalations: Vec::new(),
        }
    }
}

/// What surrounds an obligation of a person on a day.
#[must_use]
pub fn around(
    person: &PersonView<'_>,
    obligation: &Obligation,
    day: Day,
    due_soon_days: u32,
) -> Around {
    let leave = || pause_on(person.leaves, day).map(|leave| leave.from);
    Around {
        exempt: person.exemption_on(obligation.training, day).is_some(),
        waiting: obligation.waiting.is_some_and(|waiting| waiting.covers(day)),
        leave_from: if obligation.pauses { leave() } else { None },
        due_soon_days,
    }
}

/// What happened to a person after a day until another, in order of time.
pub fn walk(person: &PersonView<'_>, after: Day, until: Day, into: &mut Vec<Transition>) {
    let begun = into.len();
    for obligation in person.obligations {
        walk_one(person, obligation, after, until, into);
    }
    for exemption in person.exemptions {
        let Some(back_on) = exemption.time.back_on else { continue };
        if person.exemption_on(exemption.training, back_on).is_some() {
            continue;
        }
        let ending = plus_days(back_on, -EXEMPTION_WARNING_DAYS).max(exemption.time.from);
        for (day, kind) in
            [(ending, TransitionKind::ExemptionEnding), (back_on, TransitionKind::ExemptionEnded)]
        {
            if after < day && day <= until {
                let (person, training) = (person.number, exemption.training);
                into.push(Transition { person, day, training, cycle: 0, kind });
            }
        }
    }
    into[begun..].sort_unstable();
}

fn walk_one(
    person: &PersonView<'_>,
    obligation: &Obligation,
    after: Day,
    until: Day,
    into: &mut Vec<Transition>,
) {
    let days = &obligation.days;
    let mut push = |day: Option<Day>, kind, holds: &dyn Fn(Day) -> bool| {
        if let Some(day) = day.filter(|day| after < *day && *day <= until && holds(*day)) {
            let (training, cycle) = (obligation.training, obligation.cycle);
            into.push(Transition { person: person.number, day, training, cycle, kind });
        }
    };
    let is = |wanted: Status| {
        move |day: Day| status(days, &around(person, obligation, day, 0), day) == Some(wanted)
    };
    let latest = |day: Day| !superseded(person, obligation, day);
    let completed = days.closed_as == Some(ClosedAs::Completed);
    push(Some(days.assigned_on), TransitionKind::Assigned, &|_| !obligation.is_credit());
    push(days.due_on.map(Day::next), TransitionKind::Late, &is(Status::Late));
    push(days.overdue_on, TransitionKind::Overdue, &is(Status::Overdue));
    push(days.window_on, TransitionKind::WindowOpened, &|day| completed && latest(day));
    let is_expired = is(Status::Expired);
    push(days.expires_on.map(Day::next), TransitionKind::Expired, &|day| {
        is_expired(day) && latest(day)
    });
}

/// Whether a later cycle was completed by a day: what becomes of this one matters no more.
fn superseded(person: &PersonView<'_>, obligation: &Obligation, day: Day) -> bool {
    person.obligations.iter().any(|other| {
        other.training == obligation.training
            && other.cycle > obligation.cycle
            && other.days.closed_as == Some(ClosedAs::Completed)
            && other.days.is_closed(day)
    })
}

/// The next day after this one on which anything about an obligation can change, or somebody is to
/// be told; none where only a new fact can change it.
#[must_use]
pub fn wake_on(
    person: &PersonView<'_>,
    obligation: &Obligation,
    day: Day,
    notices: &Notices,
) -> Option<Day> {
    let mut next = Next { after: day, on: None };
    let days = &obligation.days;
    if let Some(closed_on) = days.closed_on {
        next.at(Some(closed_on));
        next.at(days.window_on);
        next.at(days.expires_on.map(Day::next));
        return next.on;
    }
    next.at(Some(days.assigned_on));
    next.at(days.due_on.map(Day::next));
    next.at(days.overdue_on);
    if let Some(due_on) = days.due_on {
        let soon = i32::try_from(notices.due_soon_days).unwrap_or(i32::MAX);
        next.at(Some(plus_days(due_on, -soon)));
        notices.reminders.iter().for_each(|offset| next.at(Some(plus_days(due_on, *offset))));
        let last = notices.reminders.iter().copied().max().unwrap_or(0);
        if let Some(every) = notices.then_every_days {
            next.every(plus_days(due_on, last), every);
        }
    }
    for offset in &notices.escalations {
        let offset = i32::try_from(*offset).unwrap_or(i32::MAX);
        next.at(days.overdue_on.map(|overdue_on| plus_days(overdue_on, offset)));
    }
    let pause = |next: &mut Next, pause: &Pause| {
        next.at(Some(pause.from));
        next.at(pause.back_on);
    };
    person.leaves.iter().for_each(|leave| pause(&mut next, leave));
    for Exemption { time, .. } in person.exemptions_of(obligation.training) {
        pause(&mut next, time);
        next.at(time.back_on.map(|back_on| plus_days(back_on, -EXEMPTION_WARNING_DAYS)));
    }
    obligation.waiting.iter().for_each(|waiting| pause(&mut next, waiting));
    next.on
}

/// The earliest day after one.
struct Next {
    after: Day,
    on: Option<Day>,
}

impl Next {
    fn at(&mut self, day: Option<Day>) {
        if let Some(day) = day.filter(|day| *day > self.after) {
            self.on = Some(self.on.map_or(day, |on| on.min(day)));
        }
    }

    fn every(&mut self, from: Day, days: u32) {
        let days = i32::try_from(days.max(1)).unwrap_or(i32::MAX);
        let gone = super::days::days_between(from, self.after);
        let steps = if gone < 0 { 1 } else { gone / days + 1 };
        self.at(Some(plus_days(from, steps.saturating_mul(days))));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Story, day};
    use super::*;

    /// The days on which a person's first obligation wakes, one after the other.
    fn wakes(story: &str, notices: &Notices) -> String {
        let facts = Story::read(story).told().facts;
        let person = facts.person(0);
        let mut on = person.today;
        let mut days = Vec::new();
        while let Some(next) = wake_on(&person, &person.obligations[0], on, notices) {
            days.push(next.to_string());
            on = next;
            if days.len() == 9 {
                break;
            }
        }
        days.join(" ")
    }

    fn quiet() -> Notices {
        Notices {
            due_soon_days: 10,
            reminders: Vec::new(),
            then_every_days: None,
            escalations: Vec::new(),
        }
    }

    const STORY: &str = "hired 2026-01-01..; in 1 2026-01-01..; since 2026-01-01; \
                         rule 1 mandatory due assigned+30 grace 5 renew completion 12 window 30d";

    #[test]
    fn an_obligation_wakes_when_something_can_change() {
        for (story, expected) in [
            ("today 2026-01-01", "2026-01-21 2026-02-01 2026-02-06"),
            ("today 2026-02-01", "2026-02-06"),
            ("today 2026-02-06", ""),
            ("done 2026-01-10; today 2026-01-10", "2026-12-11 2027-01-11"),
            (
                "leave 2026-01-10..2026-01-20; today 2026-01-02",
                "2026-01-10 2026-01-20 2026-01-21 2026-02-01 2026-02-06",
            ),
            ("leave 2026-01-10..; today 2026-02-20", ""),
            (
                "exempt 2026-01-10..2026-03-01; today 2026-01-10",
                "2026-02-15 2026-03-01 2026-03-12 2026-03-23 2026-03-28",
            ),
        ] {
            assert_eq!(wakes(&format!("{STORY}; {story}"), &quiet()), expected, "{story}");
        }
    }

    #[test]
    fn it_wakes_for_reminders_and_escalations_too() {
        let usual = Notices { escalations: vec![3, 10], ..Notices::default() };
        assert_eq!(
            wakes(&format!("{STORY}; today 2026-01-01"), &usual),
            "2026-01-17 2026-01-24 2026-01-30 2026-02-01 2026-02-06 2026-02-07 2026-02-09 2026-02-14 \
             2026-02-16"
        );
        // A year later it is still every week.
        let late = wakes(&format!("{STORY}; today 2026-12-31"), &usual);
        assert!(late.starts_with("2027-01-02 2027-01-09 2027-01-16"), "{late}");
    }

    #[test]
    fn one_exemption_into_the_next_does_not_end() {
        let facts = Story::read(
            "exempt 2026-01-01..2026-02-01; exempt 2026-02-01..2026-02-10; today 2026-01-01",
        )
        .told()
        .facts;
        let mut happened = Vec::new();
        walk(&facts.person(0), day("2025-12-31"), day("2026-12-31"), &mut happened);
        let told: Vec<_> = happened.iter().map(|one| (one.day.to_string(), one.kind)).collect();
        assert_eq!(
            told,
            [
                ("2026-02-01".to_owned(), TransitionKind::ExemptionEnding),
                ("2026-02-10".to_owned(), TransitionKind::ExemptionEnded),
            ]
        );
    }
}
