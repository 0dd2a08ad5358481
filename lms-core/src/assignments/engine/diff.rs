//! From what should be to what has to be done: desired against present.

use super::credit::{Ends, counting};
use super::evaluate::{Case, Verdict, Want, shortest};
use super::facts::{Completion, Facts, Membership, Obligation, PersonView};
use super::leave::{Pause, join_pauses};
use super::plan::{Act, Action, Cause, Counts, Outcome, Plan};
use super::reasons::{Head, Pauses, Reason, earliest, head};
use super::rulebook::Rulebook;
use super::status::{Boundaries, ClosedAs};
use crate::kernel::text::Day;

/// What has to be done for the people of a chunk, each on the day it is for them.
#[must_use]
pub fn plan(book: &Rulebook, facts: &Facts) -> Plan {
    let mut planner = Planner::new(book);
    for number in 0..super::rulebook::row(facts.len()) {
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
            plan: Plan { actions: Vec::new(), counts },
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
        step.parked(&self.wants);
        match present.open {
            Some(at) => step.open(at, &mut self.wants, &mut self.reasons),
            None => step.begin(present.cycle + 1, &self.wants, &mut self.reasons),
        }
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

/// The plan for one person and training.
struct Step<'a, 'p> {
    case: Case<'a>,
    present: Present,
    pauses: Pauses<'a>,
    plan: &'p mut Plan,
}

impl Step<'_, '_> {
    fn push(&mut self, cycle: u32, obligation: Option<usize>, act: Act, cause: Cause) {
        let first = self.case.person.first_obligation;
        self.plan.actions.push(Action {
            person: self.case.person.number,
            training: self.case.training,
            cycle,
            obligation: obligation.map(|at| first + super::rulebook::row(at)),
            day: self.case.day,
            act,
            cause,
        });
    }

    fn count(&mut self, want: &Want, outcome: Outcome) {
        if let Some(demand) = want.demand {
            self.plan.counts[demand as usize].add(outcome);
        }
    }

    /// What waits for a decision, and what no longer has to.
    fn parked(&mut self, wants: &[Want]) {
        let training = self.case.training;
        let parked = self.case.person.parked.iter().filter(|one| one.training == training);
        for want in wants {
            if let Verdict::Parked(because) = want.verdict
                && !parked.clone().any(|one| one.source == want.source)
            {
                let act = Act::Park { source: want.source, because };
                self.push(0, None, act, Cause::Unassignable(because));
            }
        }
        for one in parked {
            let waits = wants.iter().any(|want| {
                want.source == one.source && matches!(want.verdict, Verdict::Parked(_))
            });
            let demand = self.case.book.of_source(training, one.source);
            let paused = demand.is_none_or(|demand| self.case.book.demand(demand).paused);
            if !waits && !paused {
                self.push(0, None, Act::Unpark { source: one.source }, Cause::NoLongerParked);
            }
        }
    }

    /// Nothing is open: a cycle begins if anything is owed.
    fn begin(&mut self, cycle: u32, wants: &[Want], reasons: &mut Vec<Reason>) {
        reasons.clear();
        let mut first = None;
        for want in wants {
            let outcome = match want.verdict {
                Verdict::Owed { reason, cause } => {
                    first.get_or_insert(cause);
                    reasons.push(reason);
                    Outcome::Assigned
                }
                Verdict::Complete(_) => Outcome::AlreadyComplete,
                Verdict::Exempt { .. } => Outcome::Exempt,
                Verdict::Parked(_) => Outcome::Parked,
                _ => Outcome::NotEligible,
            };
            self.count(want, outcome);
        }
        self.cover(true);
        let head = head(reasons, None, self.pauses, self.case.day);
        let (Some(head), Some(cause)) = (head, first) else { return };
        let obligation = Obligation {
            training: self.case.training,
            cycle,
            days: Boundaries::new(self.case.day),
            kind: head.kind,
            pauses: head.pauses,
            waiting: None,
            extension: None,
            closed_by: None,
        };
        self.push(cycle, None, Act::Assign(obligation.with_head(head)), cause);
        for want in wants {
            if let Verdict::Owed { reason, cause } = want.verdict {
                self.push(cycle, None, Act::AddReason(reason), cause);
            }
        }
    }

    /// What is done covers longer by a completion between two cycles, or shorter because a major
    /// version asks for retraining.
    fn cover(&mut self, between_cycles: bool) {
        let Some((last, _)) = self.case.last else { return };
        let Some(covered) = self.case.last_covered() else { return };
        let newer = Some(covered.completion.completed_on) > last.days.closed_on;
        let longer = last
            .days
            .expires_on
            .is_some_and(|before| covered.expires_on.is_none_or(|expires_on| expires_on > before));
        let shorter = covered
            .expires_on
            .is_some_and(|on| last.days.expires_on.is_none_or(|before| on < before));
        let cause = match covered.ends {
            _ if between_cycles && newer && longer => {
                Cause::Completed { completion: covered.completion.number }
            }
            Ends::Retraining if shorter && !newer => Cause::Retraining,
            _ => return,
        };
        let act = Act::Cover { expires_on: covered.expires_on, window_on: covered.window_on };
        self.push(last.cycle, self.present.last, act, cause);
    }

    /// Something is open: its reasons change, and it with them, or it is closed.
    fn open(&mut self, at: usize, wants: &mut Vec<Want>, reasons: &mut Vec<Reason>) {
        let Some((obligation, present)) = self.case.open else { return };
        let cycle = obligation.cycle;
        reasons.clear();
        let mut causes = Causes::default();
        for want in &*wants {
            let place = want.present;
            match (want.verdict, place) {
                (Verdict::Owed { reason, cause }, None) => {
                    causes.changed.get_or_insert(cause);
                    reasons.push(reason);
                    self.push(cycle, Some(at), Act::AddReason(reason), cause);
                }
                (Verdict::Owed { reason, cause }, Some(place)) => {
                    reasons.push(reason);
                    if reason != present[place as usize] {
                        causes.changed.get_or_insert(cause);
                        let act = Act::ChangeReason(reason);
                        self.push(cycle, Some(at), act, cause);
                    }
                }
                (Verdict::Settled { reason, coverage }, Some(place)) => {
                    let cause = Cause::Completed { completion: coverage.completion.number };
                    reasons.push(reason);
                    if reason != present[place as usize] {
                        causes.changed.get_or_insert(cause);
                        let act = Act::ChangeReason(reason);
                        self.push(cycle, Some(at), act, cause);
                    }
                }
                (Verdict::Kept | Verdict::Exempt { .. }, Some(place)) => {
                    reasons.push(present[place as usize]);
                }
                (Verdict::Removed(cause), Some(place)) => {
                    causes.remove(cause);
                    self.push(
                        cycle,
                        Some(at),
                        Act::RemoveReason(present[place as usize].source),
                        cause,
                    );
                }
                (Verdict::NotEligible(_), Some(place)) => {
                    let cause = Cause::LeftOrganisation;
                    causes.remove(cause);
                    self.push(
                        cycle,
                        Some(at),
                        Act::RemoveReason(present[place as usize].source),
                        cause,
                    );
                }
                _ => {}
            }
        }
        self.cover(false);
        let before = obligation.head();
        match head(reasons, obligation.extension, self.pauses, self.case.day) {
            Some(head) => {
                if head != before {
                    let act = Act::ChangeHead { from: before, to: head };
                    self.push(cycle, Some(at), act, causes.changed.unwrap_or(Cause::ClockMoved));
                }
                self.count_open(wants, obligation, &head);
            }
            None => self.close(at, *obligation, wants, reasons, causes.removed),
        }
    }

    fn count_open(&mut self, wants: &[Want], obligation: &Obligation, head: &Head) {
        let before = obligation.head();
        let waits = obligation.waiting.is_some_and(|waiting| waiting.covers(self.case.day));
        let stronger = head.is_stronger_than(&before);
        for want in wants {
            let outcome = match want.verdict {
                Verdict::Exempt { .. } => Outcome::Exempt,
                Verdict::Complete(_) | Verdict::Settled { .. } => Outcome::AlreadyComplete,
                Verdict::Parked(_) => Outcome::Parked,
                Verdict::NotEligible(_) => Outcome::NotEligible,
                Verdict::Owed { reason, .. } if stronger && brings(&reason, &before) => {
                    Outcome::Strengthened
                }
                _ if waits => Outcome::Waitlisted,
                _ => Outcome::AlreadyAssigned,
            };
            self.count(want, outcome);
        }
    }

    /// Nothing is owed any more: it was done, or nobody wants it.
    fn close(
        &mut self,
        at: usize,
        obligation: Obligation,
        wants: &mut Vec<Want>,
        reasons: &mut Vec<Reason>,
        removed: Option<Cause>,
    ) {
        let coverages = wants.iter().filter_map(|want| match want.verdict {
            Verdict::Settled { coverage, .. } => Some(coverage),
            _ => None,
        });
        let settled_on = reasons.iter().filter_map(|reason| reason.settled_on).max();
        let mut closed = obligation;
        let cause = if let Some(settled_on) = settled_on {
            let shortest = shortest(coverages);
            let by = self.case.counting.iter().find(|one| one.completed_on == settled_on);
            closed.days.closed_on = Some(settled_on);
            closed.days.closed_as = Some(ClosedAs::Completed);
            closed.days.expires_on = shortest.and_then(|one| one.expires_on);
            closed.days.window_on = shortest.and_then(|one| one.window_on);
            closed.closed_by = by.map(|by| by.number);
            by.map_or(Cause::Withdrawn, |by| Cause::Completed { completion: by.number })
        } else {
            let gone = self.case.person.gone_since(self.case.day);
            closed.days.closed_on = Some(gone.unwrap_or(self.case.day));
            closed.days.closed_as =
                Some(if gone.is_some() { ClosedAs::Left } else { ClosedAs::Cancelled });
            removed.unwrap_or(Cause::Withdrawn)
        };
        let act = Act::Close { days: closed.days, by: closed.closed_by };
        self.push(closed.cycle, Some(at), act, cause);
        if settled_on.is_none() {
            for want in &*wants {
                self.count(want, Outcome::NotEligible);
            }
            return;
        }
        // What was done may have run out again by now.
        let done = std::mem::take(reasons);
        let case = Case { open: None, last: Some((&closed, &done)), ..self.case };
        case.decide(wants);
        let mut step =
            Step { case, present: self.present, pauses: self.pauses, plan: &mut *self.plan };
        step.begin(closed.cycle + 1, wants, reasons);
    }
}

/// Why reasons changed, the first of each.
#[derive(Debug, Default)]
struct Causes {
    changed: Option<Cause>,
    removed: Option<Cause>,
}

impl Causes {
    fn remove(&mut self, cause: Cause) {
        self.changed.get_or_insert(cause);
        self.removed.get_or_insert(cause);
    }
}

/// Whether a reason makes an obligation stronger than it was.
fn brings(reason: &Reason, before: &Head) -> bool {
    let earlier = match (reason.due_on, before.due_on) {
        (Some(due_on), Some(before)) => due_on < before,
        (due_on, None) => due_on.is_some(),
        (None, Some(_)) => false,
    };
    reason.kind > before.kind || earlier
}
