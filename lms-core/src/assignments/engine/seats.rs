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
    let own = plan.actions[at + 1..]
        .iter()
        .take_while(|one| (one.person, one.training, one.cycle) == (person, training, cycle));
    for action in own {
        if let Act::AddReason(reason) = action.act
            && let Some(demand) = book.of_source(training, reason.source)
        {
            plan.counts[demand as usize].shift(Outcome::Assigned, Outcome::Waitlisted);
        }
    }
}
