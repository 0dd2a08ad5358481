//! Trainings with a limited number of seats: who gets one, and who waits in which order.
//!
//! First come, first served; of those who come on the same day the stronger obligation, then the
//! rank that the caller gives. Nobody who waits is overtaken by somebody new.

use std::cmp::Reverse;

use super::leave::Pause;
use super::plan::{Act, Outcome, Plan};
use super::reasons::Kind;
use super::rulebook::Rulebook;
use crate::kernel::text::Day;

/// Somebody who wants a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Applicant {
    /// Since when.
    pub since: Day,
    /// How strong the obligation is.
    pub kind: Kind,
    /// Who is first among equals; also tells the applicants apart.
    pub rank: u64,
}

/// The seats of one training.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seats {
    /// Those that are free.
    pub free: u64,
    /// How many people wait already.
    pub waiting: u64,
}

/// Puts applicants in the order in which they are served.
pub fn line_up(applicants: &mut [Applicant]) {
    applicants.sort_unstable_by_key(|one| (one.since, Reverse(one.kind), one.rank));
}

/// Who of those that wait gets one of the free seats, in order.
#[must_use]
pub fn move_up(mut waiting: Vec<Applicant>, free: u64) -> Vec<Applicant> {
    line_up(&mut waiting);
    waiting.truncate(usize::try_from(free).unwrap_or(usize::MAX));
    waiting
}

/// Gives the seats of a training to those whom plans assign it to, and lets the others wait. All
/// chunks of a run are given together; `rank` says who is first among equals.
pub fn allot(
    book: &Rulebook,
    plans: &mut [Plan],
    training: u32,
    seats: Seats,
    rank: impl Fn(usize, u32) -> u64,
) {
    let mut newcomers = Vec::new();
    for (chunk, plan) in plans.iter().enumerate() {
        for (at, action) in plan.actions.iter().enumerate() {
            if let Act::Assign(obligation) = action.act
                && action.training == training
            {
                let rank = rank(chunk, action.person);
                let applicant = Applicant { since: action.day, kind: obligation.kind, rank };
                newcomers.push((applicant, chunk, at));
            }
        }
    }
    newcomers.sort_unstable_by_key(|(one, ..)| (one.since, Reverse(one.kind), one.rank));
    let free = seats.free.saturating_sub(seats.waiting);
    let seated = usize::try_from(free).unwrap_or(usize::MAX).min(newcomers.len());
    for (_, chunk, at) in &newcomers[seated..] {
        wait(book, &mut plans[*chunk], *at);
    }
}

/// An obligation that begins, begins with waiting.
fn wait(book: &Rulebook, plan: &mut Plan, at: usize) {
    let Act::Assign(obligation) = &mut plan.actions[at].act else { return };
    obligation.waiting = Some(Pause { from: obligation.days.assigned_on, back_on: None });
    let (person, training, cycle) =
        (plan.actions[at].person, plan.actions[at].training, plan.actions[at].cycle);
    let mut waiting = Vec::new();
    let own = plan.actions[at + 1..]
        .iter()
        .take_while(|one| (one.person, one.training, one.cycle) == (person, training, cycle));
    for action in own {
        if let Act::AddReason(reason) = action.act
            && let Some(demand) = book.of_source(training, reason.source)
        {
            waiting.push(demand);
        }
    }
    for demand in waiting {
        plan.retell(person, demand, Outcome::Assigned, Outcome::Waitlisted);
    }
}

#[cfg(test)]
mod tests {
    use super::super::facts::{Facts, Membership, PersonFacts};
    use super::super::plan::Counts;
    use super::super::planner::plan;
    use super::super::testing::{Story, day};
    use super::*;

    fn applicant(since: &str, kind: Kind, rank: u64) -> Applicant {
        Applicant { since: day(since), kind, rank }
    }

    #[test]
    fn the_first_who_came_is_served_first() {
        let waiting = vec![
            applicant("2026-03-02", Kind::Mandatory, 1),
            applicant("2026-03-01", Kind::Optional, 2),
            applicant("2026-03-01", Kind::Mandatory, 4),
            applicant("2026-03-01", Kind::Mandatory, 3),
        ];
        let ranks = |free| -> Vec<u64> {
            move_up(waiting.clone(), free).iter().map(|one| one.rank).collect()
        };
        assert_eq!(ranks(9), [3, 4, 2, 1]);
        assert_eq!(ranks(2), [3, 4]);
        assert_eq!(ranks(0), Vec::<u64>::new());
    }

    /// Two chunks of three people each, who all want a seat.
    fn plans(book: &Rulebook) -> Vec<Plan> {
        let chunk = |_| {
            let mut facts = Facts::new();
            for _ in 0..3 {
                let mut person = PersonFacts::employed(day("2026-03-01"), day("2026-01-01"));
                person.memberships.push(Membership::known(1, day("2026-01-01")));
                facts.push(&mut person);
            }
            plan(book, &facts)
        };
        (0..2).map(chunk).collect()
    }

    #[test]
    fn seats_are_given_over_all_chunks_and_the_counts_say_so() {
        let book = Story::read("rule 1 mandatory due assigned+30").book();
        for (free, waiting, seated) in
            [(9, 0, 6), (6, 0, 6), (4, 0, 4), (4, 3, 1), (3, 5, 0), (0, 0, 0)]
        {
            let mut plans = plans(&book);
            // Whoever has the higher number comes first here.
            let rank = |chunk: usize, person: u32| 10 - (chunk as u64 * 3 + u64::from(person));
            allot(&book, &mut plans, 0, Seats { free, waiting }, rank);
            let mut total = Counts::default();
            for plan in &plans {
                total.join(&plan.total());
            }
            assert_eq!(total.total(), 6);
            assert_eq!(total.of(Outcome::Assigned), seated, "{free} {waiting}");
            assert_eq!(total.of(Outcome::Waitlisted), 6 - seated);
            let has_seat =
                plans.iter().flat_map(|plan| &plan.actions).filter_map(|action| match action.act {
                    Act::Assign(obligation) => Some(obligation.waiting.is_none()),
                    _ => None,
                });
            let expected: Vec<bool> = (0..6).map(|number| number >= 6 - seated).collect();
            assert_eq!(has_seat.collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn other_trainings_are_not_touched() {
        let book = Story::read("rule 1 mandatory due assigned+30").book();
        let mut plans = plans(&book);
        let before = plans.clone();
        allot(&book, &mut plans, 1, Seats::default(), |_, person| person.into());
        assert_eq!(plans, before);
    }
}
