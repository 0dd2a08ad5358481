//! Days on which nobody looked: what would have happened on each of them.
//!
//! The state is looked at on every day on which anything can have changed, in order, so that one run
//! over many days comes to what a run on each of them would have come to. Only what acts on people
//! happens once and today: whoever was assigned something in the meantime that is past due by now
//! is given time from today, as the rule says for what begins past due.

use super::apply::apply_to;
use super::facts::{Facts, PersonView};
use super::plan::{Counts, Plan};
use super::planner::Planner;
use super::reasons::earliest;
use super::rulebook::{Rulebook, row};
use super::transitions::{Transition, walk};
use crate::kernel::text::Day;

/// What happened since a day, and what has to be done about it.
#[derive(Debug, Clone, Default)]
pub struct CaughtUp {
    /// What has to be done, by person and in order of time; each action with the day on which it
    /// became so. The counts are how the audience stood when anything changed last.
    pub plan: Plan,
    /// What happened, by person and in order of time.
    pub transitions: Vec<Transition>,
    /// The people as they are afterwards.
    pub after: Facts,
}

/// Catches up with the days after `last_run`, for each person until the day it is for them.
#[must_use]
pub fn catch_up(book: &Rulebook, facts: &Facts, last_run: Day) -> CaughtUp {
    catch_up_each(book, facts, |_| last_run)
}

/// The same, each person from a day of their own on, by their number. A training about which something
/// was recorded for a later day is left alone on an earlier one: it was decided on that later day, with
/// all that was known.
#[must_use]
pub fn catch_up_each(book: &Rulebook, facts: &Facts, last_run: impl Fn(u32) -> Day) -> CaughtUp {
    let mut planner = Planner::new(book);
    planner.leaves_later_alone = true;
    let mut caught_up = CaughtUp::default();
    let mut counts = planner.plan.counts.clone();
    let mut one = Facts::new();
    for number in 0..row(facts.len()) {
        let mut person = facts.to_person(number);
        let today = person.today;
        let last_run = last_run(number);
        let begun = planner.plan.actions.len();
        let begun_transitions = caught_up.transitions.len();
        let mut day = last_run.next().min(today);
        loop {
            one.clear();
            one.push(&mut person);
            planner.plan.counts.fill(Counts::default());
            let planned = planner.plan.actions.len();
            planner.person(&one.person(0), day, today);
            person = one.to_person(0);
            apply_to(&mut person, &planner.plan.actions[planned..]);

            one.clear();
            one.push(&mut person);
            if planner.plan.actions.len() > planned {
                // What covers is told by how it stands now: a cycle that ended counts as the last one.
                let told = planner.plan.counts.clone();
                planner.person(&one.person(0), day, today);
                planner.plan.counts = told;
            }
            let view = one.person(0);
            let next = earliest(next_change(book, &view, day), planner.runs_out_on);
            let next = next.filter(|next| *next <= today);
            let last = next.map_or(today, before);
            walk(&view, before(day).max(last_run), last, &mut caught_up.transitions);
            person = one.to_person(0);
            let Some(next) = next else { break };
            day = next;
        }
        sum(&mut counts, &planner.plan.counts);
        let original = facts.person(number);
        for action in &mut planner.plan.actions[begun..] {
            action.person = number;
            let place = original.cycle(action.training, action.cycle);
            action.obligation = place.map(|at| original.first_obligation + row(at));
        }
        for transition in &mut caught_up.transitions[begun_transitions..] {
            transition.person = number;
        }
        caught_up.after.push(&mut person);
    }
    let Plan { actions, .. } = planner.plan;
    caught_up.plan = Plan { actions, counts, outcomes: None };
    caught_up
}

pub(super) fn before(day: Day) -> Day {
    day.previous()
}

fn sum(into: &mut [Counts], counts: &[Counts]) {
    for (sum, counts) in into.iter_mut().zip(counts) {
        sum.join(counts);
    }
}

/// The next day on which a fact begins or ends to hold.
pub(super) fn next_change(book: &Rulebook, person: &PersonView<'_>, day: Day) -> Option<Day> {
    let mut next: Option<Day> = None;
    let mut at = |boundary: Option<Day>| {
        next = earliest(next, boundary.filter(|boundary| *boundary > day));
    };
    for membership in person.memberships {
        at(Some(membership.joined_on.max(membership.known_on)));
        at(membership.left_on);
        for number in book.of_audience(membership.audience) {
            let demand = book.demand(*number);
            at(Some(demand.from));
            at(demand.until);
            let retraining = book.training(demand.training).and_then(|about| about.retraining);
            at(retraining.map(|retraining| retraining.announced_on));
            at(retraining.map(|retraining| retraining.by.next()));
        }
    }
    let exemptions = person.exemptions.iter().map(|exemption| exemption.time);
    let waits = person.obligations.iter().filter_map(|obligation| obligation.waiting);
    for pause in person.leaves.iter().copied().chain(exemptions).chain(waits) {
        at(Some(pause.from));
        at(pause.back_on);
    }
    for spell in person.spells {
        at(Some(spell.hired_on));
        at(spell.gone_on);
    }
    for completion in person.completions {
        at(Some(completion.completed_on));
    }
    for obligation in person.obligations {
        at(obligation.days.started_on);
        at(obligation.days.window_on);
        at(obligation.days.expires_on.map(Day::next));
    }
    next
}
