//! What would happen over a time to come: obligations begin, people do them or are late, what covers
//! runs out. Nothing here is by chance: whoever asks again gets the same answer.

use super::apply::apply_to;
use super::catch_up::{before, next_change};
use super::days::{days_between, plus_days, plus_months};
use super::facts::{Completion, Facts, Obligation, PersonFacts, PersonView};
use super::plan::{Act, Counts};
use super::planner::Planner;
use super::reasons::earliest;
use super::rulebook::{Rulebook, row};
use super::status::ClosedAs;
use super::transitions::{Transition, TransitionKind, around, walk};
use super::{Status, status};
use crate::kernel::text::Day;

/// More steps than anybody's year has: a guard against rules that never come to rest.
const STEPS_MAX: usize = 2_000;

/// How people are taken to behave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Behaviour {
    /// So many of a hundred do what is due in time, spread over the time that they have.
    pub on_time_percent: u32,
    /// The others do it within so many days after the due day.
    pub late_days: u32,
    /// What is never due is done within so many days.
    pub undue_days: u32,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self { on_time_percent: 90, late_days: 30, undue_days: 180 }
    }
}

/// What happens to somebody's training.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Occurrence {
    /// A cycle begins.
    Assigned,
    /// It is done.
    Completed,
    /// It is past the grace.
    Overdue,
    /// Nothing wants it any more.
    Cancelled,
}

/// Something that would happen on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Simulated {
    /// The number of the person within the chunk.
    pub person: u32,
    /// When.
    pub day: Day,
    /// The training.
    pub training: u32,
    /// What.
    pub what: Occurrence,
}

/// Lives through the days from one to another, both included. `lot` gives each person and training a
/// number that decides when they do it; `valid_months` how long a completion covers by itself.
#[must_use]
pub fn simulate(
    book: &Rulebook,
    facts: &Facts,
    (from, until): (Day, Day),
    behaviour: Behaviour,
    lot: impl Fn(u32, u32, u32) -> u32,
    valid_months: impl Fn(u32) -> Option<u32>,
) -> Vec<Simulated> {
    let mut life = Life { planner: Planner::new(book), book, from, until, behaviour, valid_months };
    let mut happened = Vec::new();
    for number in 0..row(facts.len()) {
        let own_lot = |training, cycle| lot(number, training, cycle);
        life.of(number, facts.to_person(number), own_lot, &mut happened);
    }
    happened
}

struct Life<'a, V> {
    planner: Planner<'a>,
    book: &'a Rulebook,
    from: Day,
    until: Day,
    behaviour: Behaviour,
    valid_months: V,
}

impl<V: Fn(u32) -> Option<u32>> Life<'_, V> {
    fn of(
        &mut self,
        number: u32,
        mut person: PersonFacts,
        lot: impl Fn(u32, u32) -> u32,
        happened: &mut Vec<Simulated>,
    ) {
        let (mut one, mut transitions) = (Facts::new(), Vec::new());
        let mut day = self.from;
        let mut completions = u32::MAX;
        for _ in 0..STEPS_MAX {
            person.today = day;
            one.clear();
            one.push(&mut person);
            self.planner.plan.counts.fill(Counts::default());
            self.planner.plan.actions.clear();
            self.planner.person(&one.person(0), day, day);
            person = one.to_person(0);
            apply_to(&mut person, &self.planner.plan.actions);
            for action in &self.planner.plan.actions {
                let what = match action.act {
                    Act::Assign(_) => Occurrence::Assigned,
                    Act::Close { days, .. } if days.closed_as == Some(ClosedAs::Completed) => {
                        Occurrence::Completed
                    }
                    Act::Close { .. } => Occurrence::Cancelled,
                    _ => continue,
                };
                happened.push(Simulated { person: number, day, training: action.training, what });
            }
            one.clear();
            one.push(&mut person);
            let view = one.person(0);
            let done = self.next_done(&view, day, &lot);
            let changes = earliest(next_change(self.book, &view, day), self.planner.runs_out_on);
            let next = earliest(changes, done.as_ref().map(|(day, _)| *day));
            let next = next.filter(|next| *next <= self.until);
            let last = next.map_or(self.until, before);
            transitions.clear();
            walk(&view, before(day), last, &mut transitions);
            let overdue = transitions.iter().filter(|one| one.kind == TransitionKind::Overdue);
            happened.extend(overdue.map(|one: &Transition| Simulated {
                person: number,
                day: one.day,
                training: one.training,
                what: Occurrence::Overdue,
            }));
            let finished: Vec<u32> = done
                .filter(|(done_on, _)| Some(*done_on) == next)
                .map(|(_, trainings)| trainings)
                .unwrap_or_default();
            person = one.to_person(0);
            let Some(next) = next else { return };
            for training in finished {
                let months =
                    (self.valid_months)(training).and_then(|months| i32::try_from(months).ok());
                person.completions.push(Completion {
                    training,
                    completed_on: next,
                    number: completions,
                    // The newest version, whichever that will be.
                    major: u32::MAX,
                    valid_until: months.map(|months| plus_months(next, months)),
                });
                completions -= 1;
            }
            day = next;
        }
    }

    /// The next day on which the person does something that is open, and what.
    fn next_done(
        &self,
        person: &PersonView<'_>,
        day: Day,
        lot: impl Fn(u32, u32) -> u32,
    ) -> Option<(Day, Vec<u32>)> {
        let mut next: Option<(Day, Vec<u32>)> = None;
        for obligation in person.obligations.iter().filter(|one| one.is_open()) {
            let around = around(person, obligation, day, 0);
            let now = status(&obligation.days, &around, day);
            if matches!(now, Some(Status::Exempt | Status::Waitlisted | Status::OnLeave)) {
                continue;
            }
            let lot = lot(obligation.training, obligation.cycle);
            let done_on = self.done_on(obligation, lot).max(day.next());
            match &mut next {
                Some((earliest, trainings)) if *earliest == done_on => {
                    trainings.push(obligation.training);
                }
                Some((earliest, _)) if *earliest < done_on => {}
                _ => next = Some((done_on, vec![obligation.training])),
            }
        }
        next
    }

    /// When somebody with this lot does it.
    fn done_on(&self, obligation: &Obligation, lot: u32) -> Day {
        let Behaviour { on_time_percent, late_days, undue_days } = self.behaviour;
        let begins_on = obligation.days.assigned_on.max(self.from);
        let (is_on_time, place) = (lot % 100 < on_time_percent, lot / 100);
        let within = |days: u32| i32::try_from(place % days.max(1)).unwrap_or_default();
        match obligation.days.due_on {
            None => plus_days(begins_on, within(undue_days)),
            Some(due_on) if is_on_time && due_on > begins_on => {
                let span = u32::try_from(days_between(begins_on, due_on)).unwrap_or_default();
                plus_days(begins_on, within(span) + 1)
            }
            Some(due_on) => plus_days(due_on.max(begins_on), within(late_days) + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Story, day};
    use super::*;

    const YEAR: &str = "hired 2025-01-01..; in 1 2025-01-01..; since 2025-01-01; today 2026-01-01; \
                        rule 1 mandatory due assigned+30 renew completion 6 window 1m";

    fn lived(story: &str, behaviour: Behaviour, lot: u32) -> Vec<String> {
        let story = Story::read(story);
        let mut facts = Facts::new();
        facts.push(&mut story.person.clone());
        let time = (day("2026-01-01"), day("2026-12-31"));
        simulate(&story.book(), &facts, time, behaviour, |_, _, _| lot, |_| None)
            .into_iter()
            .map(|one| format!("{} {:?}", one.day, one.what))
            .collect()
    }

    #[test]
    fn whoever_is_in_time_is_never_overdue() {
        let usual = Behaviour::default();
        assert_eq!(
            lived(YEAR, usual, 0),
            [
                "2026-01-01 Assigned",
                "2026-01-02 Completed",
                "2026-06-02 Assigned",
                "2026-06-03 Completed",
                "2026-11-03 Assigned",
                "2026-11-04 Completed",
            ]
        );
    }

    #[test]
    fn whoever_is_late_is_overdue_first() {
        let late = Behaviour { on_time_percent: 0, ..Behaviour::default() };
        assert_eq!(
            lived(YEAR, late, 400),
            [
                "2026-01-01 Assigned",
                "2026-02-01 Overdue",
                "2026-02-05 Completed",
                "2026-07-05 Assigned",
                "2026-08-06 Overdue",
                "2026-08-10 Completed",
            ]
        );
    }

    #[test]
    fn whoever_leaves_has_nothing_left_to_do() {
        let story = YEAR.replace("hired 2025-01-01..", "hired 2025-01-01..2026-01-10");
        let slow = Behaviour { on_time_percent: 100, ..Behaviour::default() };
        assert_eq!(lived(&story, slow, 2_900), ["2026-01-01 Assigned", "2026-01-10 Cancelled"]);
    }
}
