//! From what should be to what has to be done: desired against present, for one person and training.

use super::credit::{Coverage, Ends};
use super::evaluate::{Case, Verdict, Want, shortest};
use super::facts::{Obligation, Parked};
use super::plan::{Act, Action, Cause, Outcome, Plan};
use super::planner::Present;
use super::reasons::{Head, Pauses, Reason, head};
use super::status::{Boundaries, ClosedAs};

/// The plan for one person and training.
pub(super) struct Step<'a, 'p> {
    pub(super) case: Case<'a>,
    pub(super) present: Present,
    /// What waits for a decision about the training.
    pub(super) parked: &'a [Parked],
    pub(super) pauses: Pauses<'a>,
    pub(super) plan: &'p mut Plan,
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
            self.plan.tell(self.case.person.number, demand, outcome);
        }
    }

    /// What waits for a decision, and what no longer has to.
    pub(super) fn parked(&mut self, wants: &[Want]) {
        let training = self.case.training;
        let parked = self.parked;
        for want in wants {
            if let Verdict::Parked(because) = want.verdict
                && !parked.iter().any(|one| one.source == want.source)
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

    /// Nothing is open: a cycle begins if anything is owed, or to say that what is wanted was done.
    pub(super) fn begin(&mut self, cycle: u32, wants: &mut Vec<Want>, reasons: &mut Vec<Reason>) {
        if let Some(done) = self.credit(cycle, wants, reasons) {
            return self.go_on(&done, wants, reasons);
        }
        reasons.clear();
        let mut first = None;
        for want in &*wants {
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
        for want in &*wants {
            if let Verdict::Owed { reason, cause } = want.verdict {
                self.push(cycle, None, Act::AddReason(reason), cause);
            }
        }
    }

    /// What rules want was done before they wanted it, and no cycle says so: one is noted. None where something is owed anew: then
    /// that is what counts.
    fn credit(
        &mut self,
        cycle: u32,
        wants: &[Want],
        reasons: &mut Vec<Reason>,
    ) -> Option<Obligation> {
        if wants.iter().any(|want| matches!(want.verdict, Verdict::Exempt { .. })) {
            return None;
        }
        let done: Vec<(Reason, Coverage)> = self.case.done_for_rules().collect();
        if done.iter().all(|(reason, _)| self.case.is_reason_of_last(reason.source)) {
            return None;
        }
        let covered = shortest(done.iter().map(|(_, covered)| *covered))?;
        reasons.clear();
        reasons.extend(done.iter().map(|(reason, _)| *reason));
        let by_credit = |want: &Want| reasons.iter().any(|reason| reason.source == want.source);
        let owed = |want: &Want| matches!(want.verdict, Verdict::Owed { .. }) && !by_credit(want);
        if wants.iter().any(owed) {
            return None;
        }
        let completion = covered.completion.number;
        let obligation = Obligation {
            training: self.case.training,
            cycle,
            days: Boundaries {
                closed_on: Some(self.case.day),
                closed_as: Some(ClosedAs::Completed),
                expires_on: covered.expires_on,
                window_on: covered.window_on,
                ..Boundaries::new(self.case.day)
            },
            kind: reasons.iter().map(|reason| reason.kind).max()?,
            pauses: reasons.iter().all(|reason| reason.pauses),
            waiting: None,
            extension: None,
            closed_by: Some(completion),
        };
        let cause = Cause::Completed { completion };
        self.push(cycle, None, Act::Credit(obligation), cause);
        for reason in &*reasons {
            self.push(cycle, None, Act::AddReason(*reason), cause);
        }
        Some(obligation)
    }

    /// What covers is different: by a completion between two cycles, because a major version asks for
    /// retraining, or because rules stopped wanting it, or want it again.
    fn cover(&mut self, between_cycles: bool) {
        let Some((last, reasons)) = self.case.last else { return };
        let done_on = self.case.done_on(last);
        // Nothing new was done, and what is asked is the same: most people on most days.
        let done_since = self.case.counting.last();
        let done_since = done_since.is_some_and(|one| Some(one.completed_on) > done_on);
        let asked = self.case.about().is_some_and(|training| training.retraining.is_some());
        let left = last.days.expires_on >= Some(self.case.day) && self.case.has_left(reasons);
        let may_run_out = last.days.expires_on.is_none() && self.case.renews(reasons);
        if !done_since && !asked && !left && !may_run_out {
            return;
        }
        let (days, cause) = match self.case.last_covered() {
            None if left => (self.case.evidence_of(last, reasons), Cause::LeftAudience),
            None => return,
            Some(covered) => {
                let newer = Some(covered.completion.completed_on) > done_on;
                let (before, after) = (last.days.expires_on, covered.expires_on);
                let longer = before.is_some_and(|before| after.is_none_or(|on| on > before));
                let shorter = after.is_some_and(|on| before.is_none_or(|before| on < before));
                let cause = match covered.ends {
                    _ if between_cycles && newer && longer => {
                        Cause::Completed { completion: covered.completion.number }
                    }
                    Ends::Retraining if shorter && !newer => Cause::Retraining,
                    _ if left && longer && !newer => Cause::LeftAudience,
                    _ if may_run_out && shorter && !newer => Cause::RuleChanged,
                    _ => return,
                };
                ((after, covered.window_on), cause)
            }
        };
        let (expires_on, window_on) = days;
        self.push(last.cycle, self.present.last, Act::Cover { expires_on, window_on }, cause);
    }

    /// Something is open: its reasons change, and it with them, or it is closed.
    pub(super) fn open(&mut self, at: usize, wants: &mut Vec<Want>, reasons: &mut Vec<Reason>) {
        let Some((obligation, present)) = self.case.open else { return };
        let cycle = obligation.cycle;
        reasons.clear();
        let mut causes = Causes::default();
        for want in &*wants {
            let place = want.present;
            match (want.verdict, place) {
                // Whoever says the same once more says nothing new.
                (Verdict::Owed { reason, .. }, None)
                    if present.iter().any(|stands| stands.says(&reason)) => {}
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
        // What was done may have run out again by now, while other reasons keep the cycle open.
        let day = self.case.day;
        let ran_out = |want: &Want| match (want.verdict, want.present) {
            (Verdict::Settled { reason, coverage }, Some(place)) => {
                let is_new = reason != present[place as usize];
                is_new && (coverage.is_open(day) || !coverage.covers(day))
            }
            _ => false,
        };
        if reasons.iter().any(Reason::is_owed) && wants.iter().any(ran_out) {
            let standing = std::mem::take(reasons);
            let case = Case { open: Some((obligation, &standing)), ..self.case };
            case.decide(wants);
            let mut again = Step { case, plan: &mut *self.plan, ..*self };
            return again.open(at, wants, reasons);
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
        let settled_on = reasons.iter().filter_map(|reason| reason.settled_on).max();
        let mut closed = obligation;
        let cause = if let Some(settled_on) = settled_on {
            let by = self.case.counting.iter().find(|one| one.completed_on == settled_on);
            let mut shortest = shortest(wants.iter().filter_map(|want| match want.verdict {
                Verdict::Settled { coverage, .. } => Some(coverage),
                _ => None,
            }));
            // What rules are spared by the same completion needs no cycle of its own.
            let case = self.case;
            for (reason, covered) in case.done_for_rules() {
                let by_it = by.is_some_and(|by| by.number == covered.completion.number);
                let is_there = reasons.iter().any(|one| one.source == reason.source);
                if by_it && !is_there && reason.kind <= closed.kind {
                    reasons.push(reason);
                    shortest = super::evaluate::shortest(shortest.into_iter().chain([covered]));
                    let cause = Cause::Completed { completion: covered.completion.number };
                    self.push(closed.cycle, Some(at), Act::AddReason(reason), cause);
                }
            }
            closed.days.closed_on = Some(settled_on);
            closed.days.closed_as = Some(ClosedAs::Completed);
            closed.days.expires_on = shortest.and_then(|one| one.expires_on);
            closed.days.window_on = shortest.and_then(|one| one.window_on);
            closed.closed_by = by.map(|by| by.number);
            by.map_or(Cause::Withdrawn, |by| Cause::Completed { completion: by.number })
        } else {
            let gone = self.case.gone_since;
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
        self.go_on(&closed, wants, reasons);
    }

    /// After a cycle that is completed: what was done may have run out again by now.
    fn go_on(&mut self, done: &Obligation, wants: &mut Vec<Want>, reasons: &mut Vec<Reason>) {
        let by = std::mem::take(reasons);
        let case = Case { open: None, last: Some((done, &by)), ..self.case };
        case.decide(wants);
        let mut step = Step { case, plan: &mut *self.plan, ..*self };
        step.begin(done.cycle + 1, wants, reasons);
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
