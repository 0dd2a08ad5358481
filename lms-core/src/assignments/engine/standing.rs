//! Reasons that stand already: whether they are met, still wanted, moved, or left behind.

use super::credit::{Asked, Coverage, DoneFor, Ends, coverage};
use super::due::{Due, Ruled};
use super::evaluate::{Case, Verdict};
use super::facts::Membership;
use super::plan::Cause;
use super::reasons::{Kind, Reason};
use super::rulebook::{Demand, Leaving, Terms};
use crate::kernel::text::Day;

impl Case<'_> {
    /// A reason whose demand goes on wanting it.
    pub(super) fn standing(
        &self,
        demand: &Demand,
        membership: &Membership,
        reason: &Reason,
    ) -> Verdict {
        if let Some(verdict) = self.met(demand, membership, reason) {
            return verdict;
        }
        if demand.paused {
            return Verdict::Kept;
        }
        if reason.left_on.is_some() {
            let cause = Cause::InAudience { since: membership.joined_on };
            return match self.begin(demand, membership, None, None) {
                Ok(fresh) => Verdict::Owed { reason: fresh, cause },
                Err(_) => Verdict::Kept,
            };
        }
        let follows = demand.moves_open && reason.version != demand.terms.version;
        let version = if follows { demand.terms.version } else { reason.version };
        let terms = demand.terms_of(version);
        let mut next = *reason;
        if follows {
            next.version = version;
            next.kind = terms.kind;
            next.grace_days = terms.grace_days;
            next.pauses = terms.pauses;
        }
        if let Some(expiry) = reason.renews_on {
            // A major version may ask for it earlier than the cycle was opened for.
            let covered = self.covered(demand, terms, membership.joined_on, None, membership);
            let sooner = covered.filter(|covered| covered.ends == Ends::Retraining);
            if let Some(by) = sooner.and_then(|covered| covered.expires_on)
                && self.run_day <= by
                && by < expiry
            {
                (next.due_on, next.baseline_due_on) = (Some(by), Some(by));
                next.renews_on = Some(by);
            }
        } else {
            let ruled =
                terms.due.ruled(&self.anchors(terms.due, membership, demand, reason.added_on));
            match ruled {
                Ruled::Never => (next.due_on, next.baseline_due_on) = (None, None),
                Ruled::On { due_on, .. } if Some(due_on) != reason.baseline_due_on => {
                    // A due day does not move into the past, unless it was more so before.
                    let earlier = reason.due_on.is_none_or(|before| due_on < before);
                    if due_on >= self.run_day || !earlier {
                        (next.due_on, next.baseline_due_on) = (Some(due_on), Some(due_on));
                    } else if reason.due_on.is_none() {
                        // It had none because nobody knew it: it begins only now.
                        let born = ruled.born(self.run_day, terms.on_past_due).ok();
                        next.due_on = born.and_then(|born| born.due_on);
                        next.baseline_due_on = Some(due_on);
                    }
                }
                _ => {}
            }
        }
        if next == *reason {
            return Verdict::Kept;
        }
        let cause = match () {
            () if follows => Cause::RuleChanged,
            () if next.renews_on != reason.renews_on => Cause::Retraining,
            () => Cause::AnchorMoved,
        };
        Verdict::Owed { reason: next, cause }
    }

    /// Whether a completion has met a reason, or the coverage of a settled one has run out.
    pub(super) fn met(
        &self,
        demand: &Demand,
        membership: &Membership,
        reason: &Reason,
    ) -> Option<Verdict> {
        let since = membership.joined_on.max(demand.from).min(reason.added_on);
        let terms = demand.terms_of(reason.version);
        let covered = self.covered(demand, terms, since, Some(reason), membership);
        if reason.settled_on.is_some() {
            return Some(match covered {
                Some(coverage) if coverage.covers(self.day) && !coverage.is_open(self.day) => {
                    Verdict::Settled { reason: *reason, coverage }
                }
                _ if demand.paused => Verdict::Kept,
                covered => {
                    let renews = covered
                        .filter(|one| one.ends == Ends::Retraining || terms.renewal.is_some());
                    match self.begin(demand, membership, renews, None) {
                        Ok(reason) => Verdict::Owed { reason, cause: Cause::Renewal },
                        Err(_) => Verdict::Kept,
                    }
                }
            });
        }
        let covered = covered.filter(|covered| settles(reason, covered, self.day))?;
        Some(Verdict::Settled { reason: settled(reason, &covered), coverage: covered })
    }

    /// A reason that no demand speaks for: of a rule whose audience the person has left, or of
    /// somebody who spoke once.
    pub(super) fn without_demand(&self, reason: &Reason, exempt: bool) -> Verdict {
        let started = self.open.is_some_and(|(obligation, _)| {
            obligation.days.started_on.is_some_and(|started_on| started_on <= self.day)
        });
        let withdrawn = self
            .person
            .withdrawals
            .iter()
            .find(|one| one.training == self.training && one.source == reason.source);
        if withdrawn.is_some_and(|one| one.even_started || !started) {
            return Verdict::Removed(Cause::Withdrawn);
        }
        let demand =
            self.book.of_source(self.training, reason.source).map(|at| self.book.demand(at));
        if let Some(demand) = demand
            && demand.source.kind.is_standing()
            && !demand.paused
            && reason.left_on.is_none()
            && reason.settled_on.is_none()
        {
            if !exempt && let Some(verdict) = self.met_alone(Some(demand), reason) {
                return verdict;
            }
            let policy = demand.terms_of(reason.version).on_leaving;
            let holds = demand.holds(self.day);
            let cause = if holds { Cause::LeftAudience } else { Cause::RuleEnded };
            return match if started { policy.started } else { policy.not_started } {
                Leaving::Cancel => Verdict::Removed(cause),
                Leaving::Keep => Verdict::Kept,
                Leaving::Optional => {
                    let reason = Reason {
                        kind: Kind::Optional,
                        due_on: None,
                        left_on: Some(self.day),
                        ..*reason
                    };
                    Verdict::Owed { reason, cause }
                }
            };
        }
        if exempt {
            return Verdict::Kept;
        }
        self.met_alone(demand, reason).unwrap_or(Verdict::Kept)
    }

    /// Whether a completion has met a reason of which nothing more is known than itself. A rule that
    /// is not in the book cannot be asked how long it counts.
    fn met_alone(&self, demand: Option<&Demand>, reason: &Reason) -> Option<Verdict> {
        if demand.is_none() && reason.source.kind.is_standing() {
            return None;
        }
        let plain;
        let terms = if let Some(demand) = demand {
            demand.terms_of(reason.version)
        } else {
            plain = Terms::new(reason.kind, Due::Never);
            &plain
        };
        let covered = coverage(&Asked {
            training_number: self.training,
            training: self.about(),
            counting: self.counting,
            terms,
            chain: reason.chain.map(|chain| (chain, terms)),
            wanted_since: reason.added_on,
            day: self.day,
            counts_from: reason.counts_from,
            done_for: DoneFor {
                obligation: Some((reason.added_on, reason.baseline_due_on)),
                would_be: reason.baseline_due_on,
            },
        })?;
        let reason = match reason.settled_on {
            Some(_) => *reason,
            None if settles(reason, &covered, self.day) => settled(reason, &covered),
            None => return None,
        };
        Some(Verdict::Settled { reason, coverage: covered })
    }
}

/// Whether a coverage is what a reason asks for.
fn settles(reason: &Reason, covered: &Coverage, day: Day) -> bool {
    let reaches = |past: Day| covered.expires_on.is_none_or(|expires_on| expires_on > past);
    match (reason.counts_from, reason.renews_on) {
        (Some(from), _) => covered.completion.completed_on >= from,
        (None, Some(expiry)) => reaches(expiry),
        (None, None) => covered.completion.completed_on >= reason.added_on || covered.covers(day),
    }
}

fn settled(reason: &Reason, covered: &Coverage) -> Reason {
    Reason { chain: covered.chain, settled_on: Some(covered.completion.completed_on), ..*reason }
}
