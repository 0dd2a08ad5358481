//! Goes through people and the trainings that concern them, and plans for each.

use super::credit::counting;
use super::days::plus_days;
use super::diff::Step;
use super::evaluate::{Case, Verdict, Want};
use super::facts::{Completion, Facts, Membership, Obligation, Parked, PersonView};
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

/// A demand that is made of a person, with the place of the membership that brings it. In order of
/// trainings, and of demands within one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Wanted {
    training: u32,
    demand: u32,
    membership: u32,
}

/// What there is still to look at of a person. All of it is in order of trainings.
struct Ahead<'a> {
    wanted: &'a [Wanted],
    obligations: &'a [Obligation],
    completions: &'a [Completion],
    parked: &'a [Parked],
}

/// The same of one training.
struct Concern<'a> {
    training: u32,
    wanted: &'a [Wanted],
    /// The place of the first of the obligations.
    begins: usize,
    obligations: &'a [Obligation],
    completions: &'a [Completion],
    parked: &'a [Parked],
}

/// Plans for people one after the other, with memory that is used again.
#[derive(Debug)]
pub(super) struct Planner<'a> {
    pub(super) book: &'a Rulebook,
    pub(super) plan: Plan,
    wanted: Vec<Wanted>,
    members: Vec<(u32, Membership)>,
    counting: Vec<Completion>,
    wants: Vec<Want>,
    /// Since when the person is gone, if that is so.
    gone_since: Option<Day>,
    /// The earliest day on which what covers runs out, or a next cycle opens.
    pub(super) runs_out_on: Option<Day>,
    reasons: Vec<Reason>,
    always: Vec<Pause>,
    with_leaves: Vec<Pause>,
    /// What was decided on a later day than the one looked at stays as it is.
    pub(super) leaves_later_alone: bool,
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
            plan: Plan { counts, ..Plan::default() },
            wanted: Vec::new(),
            members: Vec::new(),
            counting: Vec::new(),
            wants: Vec::new(),
            gone_since: None,
            runs_out_on: None,
            reasons: Vec::new(),
            always: Vec::new(),
            with_leaves: Vec::new(),
            leaves_later_alone: false,
        }
    }

    /// Plans for one person as of a day, run on the same day or later.
    pub(super) fn person(&mut self, person: &PersonView<'_>, day: Day, run_day: Day) {
        self.runs_out_on = None;
        self.wanted(person, day);
        let wanted = std::mem::take(&mut self.wanted);
        let mut ahead = Ahead {
            wanted: &wanted,
            obligations: person.obligations,
            completions: person.completions,
            parked: person.parked,
        };
        self.gone_since = person.gone_since(day);
        while let Some(concern) = ahead.next(person) {
            self.training(person, &concern, day, run_day);
        }
        self.wanted = wanted;
    }

    /// All demands that are made of a person on a day.
    fn wanted(&mut self, person: &PersonView<'_>, day: Day) {
        self.wanted.clear();
        for (membership, one) in (0..).zip(person.memberships) {
            if !one.holds(day) {
                continue;
            }
            for number in self.book.of_audience(one.audience) {
                let demand = self.book.demand(*number);
                if demand.holds(day) {
                    let training = demand.training;
                    self.wanted.push(Wanted { training, demand: *number, membership });
                }
            }
        }
        self.wanted.sort_unstable();
    }

    fn training(&mut self, person: &PersonView<'_>, concern: &Concern<'_>, day: Day, run_day: Day) {
        let training = concern.training;
        let mut present = Present::default();
        for at in concern.begins..concern.begins + concern.obligations.len() {
            present.take(person, at);
        }
        let covers = |at: usize| person.obligations[at].days.expires_on >= Some(day);
        let is_settled = present.open.is_none() && concern.parked.is_empty();
        if concern.wanted.is_empty() && is_settled && !present.last.is_some_and(covers) {
            return;
        }
        if self.leaves_later_alone && concern.is_of_later(person, day) {
            return;
        }
        self.members.clear();
        for one in concern.wanted {
            // Who is in an audience twice at once is so by the first.
            if self.members.last().is_none_or(|(last, _)| *last != one.demand) {
                self.members.push((one.demand, person.memberships[one.membership as usize]));
            }
        }
        let about = self.book.training(training);
        let counting = counting(person, concern.completions, about, day, &mut self.counting);
        let (always, with_leaves) = (&mut self.always, &mut self.with_leaves);
        let pauses = pauses_of(person, training, present.open, always, with_leaves);
        let with_reasons = |at: usize| (&person.obligations[at], person.reasons_of(at));
        let case = Case {
            book: self.book,
            person,
            gone_since: self.gone_since,
            training,
            day,
            run_day,
            open: present.open.map(with_reasons),
            last: present.last.map(with_reasons),
            members: &self.members,
            counting,
        };
        case.decide(&mut self.wants);
        for want in &self.wants {
            if let Verdict::Complete(coverage) | Verdict::Settled { coverage, .. } = &want.verdict {
                let ends_on = coverage.expires_on.map(|expires_on| plus_days(expires_on, 1));
                for boundary in [coverage.window_on, ends_on] {
                    let later = boundary.filter(|boundary| *boundary > day);
                    self.runs_out_on = earliest(self.runs_out_on, later);
                }
            }
        }
        let mut step = Step { case, present, parked: concern.parked, pauses, plan: &mut self.plan };
        match present.open {
            Some(at) => step.open(at, &mut self.wants, &mut self.reasons),
            None => step.begin(present.cycle + 1, &mut self.wants, &mut self.reasons),
        }
        step.parked(&self.wants);
    }
}

impl<'a> Ahead<'a> {
    /// The next training that concerns a person.
    fn next(&mut self, person: &PersonView<'_>) -> Option<Concern<'a>> {
        let firsts = (self.wanted.first(), self.obligations.first(), self.parked.first());
        let training = match firsts {
            (None, None, None) => return None,
            (wanted, obligation, parked) => wanted
                .map_or(u32::MAX, |one| one.training)
                .min(obligation.map_or(u32::MAX, |one| one.training))
                .min(parked.map_or(u32::MAX, |one| one.training)),
        };
        split(&mut self.completions, |one| one.training < training);
        Some(Concern {
            training,
            begins: person.obligations.len() - self.obligations.len(),
            wanted: split(&mut self.wanted, |one| one.training == training),
            obligations: split(&mut self.obligations, |one| one.training == training),
            completions: split(&mut self.completions, |one| one.training == training),
            parked: split(&mut self.parked, |one| one.training == training),
        })
    }
}

impl Concern<'_> {
    /// Whether something about the training was decided on a later day.
    fn is_of_later(&self, person: &PersonView<'_>, day: Day) -> bool {
        (self.begins..).zip(self.obligations).any(|(at, obligation)| {
            let later = |on: Option<Day>| on.is_some_and(|on| on > day);
            let days = &obligation.days;
            let reasons = person.reasons_of(at);
            later(Some(days.assigned_on))
                || later(days.closed_on)
                || reasons.iter().any(|one| later(Some(one.added_on)) || later(one.settled_on))
        })
    }
}

/// Takes away what stands at the beginning.
fn split<'a, T>(rows: &mut &'a [T], is_taken: impl Fn(&T) -> bool) -> &'a [T] {
    let end = rows.iter().position(|one| !is_taken(one)).unwrap_or(rows.len());
    let (taken, others) = rows.split_at(end);
    *rows = others;
    taken
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
