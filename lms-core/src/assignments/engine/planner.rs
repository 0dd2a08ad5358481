//! Goes through people and the trainings that concern them, and plans for each.

use super::credit::counting;
use super::diff::Step;
use super::evaluate::{Case, Verdict, Want};
use super::facts::{Completion, Facts, Membership, PersonView};
use super::leave::{Pause, join_pauses};
use super::plan::{Counts, Plan};
use super::reasons::{Pauses, Reason, earliest};
use super::rulebook::{Rulebook, row};
use super::status::ClosedAs;
use crate::kernel::text::Day;

/// What has to be done for the people of a chunk, each on the day it is for them.
#[must_use]
pub fn plan(book: &Rulebook, facts: &Facts) -> Plan {
    everybody(Planner::new(book), facts)
}

/// The same, with what became of each person.
#[must_use]
pub fn plan_telling(book: &Rulebook, facts: &Facts) -> Plan {
    let mut planner = Planner::new(book);
    planner.plan.outcomes = Some(Vec::new());
    everybody(planner, facts)
}

fn everybody(mut planner: Planner<'_>, facts: &Facts) -> Plan {
    for number in 0..row(facts.len()) {
        let person = facts.person(number);
        planner.person(&person, person.today, person.today);
    }
    planner.plan
}

/// What a person is concerned by: a training, and a demand of it or an obligation for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Concern {
    Demand { number: u32, membership: Membership },
    Obligation { at: u32 },
    Parked,
}

/// Plans for people one after the other, with memory that is used again.
#[derive(Debug)]
pub(super) struct Planner<'a> {
    pub(super) book: &'a Rulebook,
    pub(super) plan: Plan,
    concerns: Vec<(u32, Concern)>,
    members: Vec<(u32, Membership)>,
    counting: Vec<Completion>,
    wants: Vec<Want>,
    /// The earliest day on which what covers runs out, or a next cycle opens.
    pub(super) runs_out_on: Option<Day>,
    reasons: Vec<Reason>,
    always: Vec<Pause>,
    with_leaves: Vec<Pause>,
}

/// What is there of a person and a training.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Present {
    /// The place of the open obligation among those of the person.
    pub(super) open: Option<usize>,
    /// The place of the last completed one.
    pub(super) last: Option<usize>,
    /// The highest cycle.
    pub(super) cycle: u32,
}

impl<'a> Planner<'a> {
    pub(super) fn new(book: &'a Rulebook) -> Self {
        let counts = vec![Counts::default(); book.demands().len()];
        Self {
            book,
            plan: Plan { actions: Vec::new(), counts, outcomes: None },
            concerns: Vec::new(),
            members: Vec::new(),
            counting: Vec::new(),
            wants: Vec::new(),
            runs_out_on: None,
            reasons: Vec::new(),
            always: Vec::new(),
            with_leaves: Vec::new(),
        }
    }

    /// Plans for one person as of a day, run on the same day or later.
    pub(super) fn person(&mut self, person: &PersonView<'_>, day: Day, run_day: Day) {
        self.runs_out_on = None;
        self.concerns(person, day);
        let concerns = std::mem::take(&mut self.concerns);
        for group in concerns.chunk_by(|a, b| a.0 == b.0) {
            self.training(person, group, day, run_day);
        }
        self.concerns = concerns;
    }

    /// All that a person is concerned by on a day, in order of trainings.
    fn concerns(&mut self, person: &PersonView<'_>, day: Day) {
        self.concerns.clear();
        for membership in person.memberships.iter().filter(|one| one.holds(day)) {
            for number in self.book.of_audience(membership.audience) {
                let demand = self.book.demand(*number);
                if demand.holds(day) {
                    let concern = Concern::Demand { number: *number, membership: *membership };
                    self.concerns.push((demand.training, concern));
                }
            }
        }
        for (at, obligation) in (0..).zip(person.obligations) {
            self.concerns.push((obligation.training, Concern::Obligation { at }));
        }
        let parked = person.parked.iter().map(|parked| (parked.training, Concern::Parked));
        self.concerns.extend(parked);
        self.concerns.sort_unstable();
    }

    fn training(
        &mut self,
        person: &PersonView<'_>,
        group: &[(u32, Concern)],
        day: Day,
        run_day: Day,
    ) {
        let training = group[0].0;
        let mut present = Present::default();
        self.members.clear();
        for (_, concern) in group {
            match concern {
                Concern::Demand { number, membership } => {
                    let again = self.members.last().is_some_and(|(last, _)| last == number);
                    if !again {
                        self.members.push((*number, *membership));
                    }
                }
                Concern::Obligation { at } => present.take(person, *at as usize),
                Concern::Parked => {}
            }
        }
        let nothing = self.members.is_empty() && present.open.is_none();
        if nothing && person.parked.iter().all(|parked| parked.training != training) {
            return;
        }
        counting(person, training, self.book.training(training), day, &mut self.counting);
        let (always, with_leaves) = (&mut self.always, &mut self.with_leaves);
        let pauses = pauses_of(person, training, present.open, always, with_leaves);
        let with_reasons = |at: usize| (&person.obligations[at], person.reasons_of(at));
        let case = Case {
            book: self.book,
            person: *person,
            training,
            day,
            run_day,
            open: present.open.map(with_reasons),
            last: present.last.map(with_reasons),
            members: &self.members,
            counting: &self.counting,
        };
        case.decide(&mut self.wants);
        for want in &self.wants {
            if let Verdict::Complete(coverage) | Verdict::Settled { coverage, .. } = want.verdict {
                let ends_on = coverage.expires_on.map(Day::next);
                let next = [coverage.window_on, ends_on].into_iter().flatten();
                let later = next.filter(|boundary| *boundary > day).min();
                self.runs_out_on = earliest(self.runs_out_on, later);
            }
        }
        let mut step = Step { case, present, pauses, plan: &mut self.plan };
        match present.open {
            Some(at) => step.open(at, &mut self.wants, &mut self.reasons),
            None => step.begin(present.cycle + 1, &self.wants, &mut self.reasons),
        }
        step.parked(&self.wants);
    }
}

impl Present {
    pub(super) fn take(&mut self, person: &PersonView<'_>, at: usize) {
        let obligation = &person.obligations[at];
        self.cycle = self.cycle.max(obligation.cycle);
        if obligation.is_open() {
            self.open = Some(at);
        } else if obligation.days.closed_as == Some(ClosedAs::Completed) {
            self.last = Some(at);
        }
    }
}

/// The pauses of an obligation, joined: of the person, of the training, of the wait for a seat.
pub(super) fn pauses_of<'a>(
    person: &PersonView<'a>,
    training: u32,
    open: Option<usize>,
    always: &'a mut Vec<Pause>,
    with_leaves: &'a mut Vec<Pause>,
) -> Pauses<'a> {
    always.clear();
    always.extend(person.exemptions_of(training).iter().map(|exemption| exemption.time));
    always.extend(open.and_then(|at| person.obligations[at].waiting));
    if always.is_empty() {
        return Pauses { always: &[], with_leaves: person.leaves };
    }
    with_leaves.clear();
    with_leaves.extend(always.iter().chain(person.leaves));
    join_pauses(always);
    join_pauses(with_leaves);
    Pauses { always, with_leaves }
}
