//! What should be: for a person and a training on a day, what each demand and each standing reason
//! comes to.
//!
//! Only the state is looked at: that somebody is in an audience, not that they joined it today. Two
//! rules for one training are two reasons of one obligation.

use super::credit::{Asked, Coverage, DoneFor, Ends, coverage};
use super::due::{Anchors, Due, ParkedBecause, Ruled};
use super::facts::{Completion, Decided, Membership, Obligation, PersonView};
use super::plan::{Cause, NotEligible};
use super::reasons::{Kind, Reason, Source};
use super::rulebook::{Demand, Leaving, Rulebook, Terms, Training};
use crate::kernel::text::Day;

/// What is wanted by somebody of a person for a training, and what it comes to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Want {
    /// Who wants it, or wanted it.
    pub(super) source: Source,
    /// The demand, where the person is in its audience: what is counted.
    pub(super) demand: Option<u32>,
    /// The place among the reasons of the open obligation, where it is one already.
    pub(super) present: Option<u32>,
    /// What it comes to.
    pub(super) verdict: Verdict,
}

/// What a demand or a standing reason comes to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Verdict {
    /// It is to be done. The reason as it has to stand, and why it is new or different.
    Owed {
        /// The reason.
        reason: Reason,
        /// Why it is not as it was.
        cause: Cause,
    },
    /// The reason stands as it is.
    Kept,
    /// A completion has met the reason.
    Settled {
        /// The reason, with what follows from the completion.
        reason: Reason,
        /// What covers now.
        coverage: Coverage,
    },
    /// Nothing is to be done: a completion covers.
    Complete(Coverage),
    /// An exemption covers the day; the last day of it, if there is one.
    Exempt {
        /// The first day on which it no longer covers.
        until: Option<Day>,
    },
    /// It could not be assigned as ruled.
    Parked(ParkedBecause),
    /// The person cannot be given it.
    NotEligible(NotEligible),
    /// The reason goes.
    Removed(Cause),
}

/// A person and a training on a day.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) book: &'a Rulebook,
    pub(super) person: PersonView<'a>,
    pub(super) training: u32,
    /// The day asked about.
    pub(super) day: Day,
    /// The day on which it is asked, later where days are caught up.
    pub(super) run_day: Day,
    pub(super) open: Option<(&'a Obligation, &'a [Reason])>,
    pub(super) last: Option<(&'a Obligation, &'a [Reason])>,
    /// The demands in whose audience the person is, each with the membership.
    pub(super) members: &'a [(u32, Membership)],
    pub(super) counting: &'a [Completion],
}

impl<'a> Case<'a> {
    fn about(&self) -> Option<&'a Training> {
        self.book.training(self.training)
    }

    /// Everything that is wanted, in the order of the demands and then of the reasons.
    pub(super) fn decide(&self, wants: &mut Vec<Want>) {
        wants.clear();
        let gone = self.person.gone_since(self.day);
        let exempt = self.person.exemption_on(self.training, self.day);
        let reasons = self.open.map_or(&[][..], |(_, reasons)| reasons);
        for (number, membership) in self.members {
            let demand = self.book.demand(*number);
            let present = reasons.iter().position(|reason| reason.source == demand.source);
            if demand.paused && present.is_none() {
                continue;
            }
            let verdict = match (present, exempt) {
                _ if gone.is_some() => Verdict::NotEligible(NotEligible::Gone),
                (present, Some(exemption)) => present
                    .and_then(|at| self.met(demand, membership, &reasons[at]))
                    .filter(|verdict| matches!(verdict, Verdict::Settled { .. }))
                    .unwrap_or(Verdict::Exempt { until: exemption.time.back_on }),
                (Some(at), None) => self.standing(demand, membership, &reasons[at]),
                (None, None) => self.fresh(demand, membership),
            };
            wants.push(Want {
                source: demand.source,
                demand: Some(*number),
                present: present.map(super::rulebook::row),
                verdict,
            });
        }
        for (at, reason) in reasons.iter().enumerate() {
            if wants.iter().any(|want| want.source == reason.source) {
                continue;
            }
            let verdict = match gone {
                Some(_) => Verdict::Removed(Cause::LeftOrganisation),
                None => self.without_demand(reason, exempt.is_some()),
            };
            let present = Some(super::rulebook::row(at));
            wants.push(Want { source: reason.source, demand: None, present, verdict });
        }
    }

    /// A demand that is no reason yet.
    fn fresh(&self, demand: &'a Demand, membership: &Membership) -> Verdict {
        let since = membership.joined_on.max(demand.from);
        let decided = self
            .person
            .parked
            .iter()
            .find(|parked| parked.training == self.training && parked.source == demand.source)
            .and_then(|parked| parked.decided);
        let done_for_it = self.last.is_some_and(|(_, reasons)| {
            reasons.iter().any(|reason| reason.source == demand.source)
        });
        if demand.again && !done_for_it {
            let reason = self.begin(demand, membership, None, decided);
            let again = |reason| Reason { counts_from: Some(self.day), ..reason };
            return self.owed(reason.map(again), Cause::Ordered);
        }
        let covered = self.covered(demand, &demand.terms, since, None, membership);
        // What had run out before it was wanted is as good as nothing.
        let covered = covered.filter(|covered| covered.expires_on.is_none_or(|on| on >= since));
        match covered {
            Some(covered) if covered.covers(self.day) && !covered.is_open(self.day) => {
                Verdict::Complete(covered)
            }
            Some(covered) if demand.terms.renewal.is_some() || covered.ends == Ends::Retraining => {
                let cause = match covered.ends {
                    Ends::Retraining => Cause::Retraining,
                    _ => Cause::Renewal,
                };
                self.owed(self.begin(demand, membership, Some(covered), decided), cause)
            }
            _ => {
                let cause = match demand.source.kind.is_standing() {
                    true => Cause::InAudience { since },
                    false => Cause::Ordered,
                };
                self.owed(self.begin(demand, membership, None, decided), cause)
            }
        }
    }

    fn owed(&self, reason: Result<Reason, ParkedBecause>, cause: Cause) -> Verdict {
        let closed = self.about().is_some_and(|training| training.closed);
        match reason {
            _ if closed => Verdict::NotEligible(NotEligible::TrainingClosed),
            Ok(reason) => Verdict::Owed { reason, cause },
            Err(because) => Verdict::Parked(because),
        }
    }

    /// The reason with which a demand begins today: for the first time, or to renew.
    fn begin(
        &self,
        demand: &Demand,
        membership: &Membership,
        renews: Option<Coverage>,
        decided: Option<Decided>,
    ) -> Result<Reason, ParkedBecause> {
        let terms = &demand.terms;
        let expires_on = renews.and_then(|covered| covered.expires_on);
        let ruled = match expires_on {
            Some(day) => Ruled::On { due_on: day, from: day },
            None => terms.due.ruled(&self.anchors(terms.due, membership, demand, self.day)),
        };
        // A renewal that nobody could have missed is not late for being caught up.
        let judged_on = if expires_on.is_some() { self.day } else { self.run_day };
        let (due_on, baseline_due_on) = match decided {
            Some(decided) => (decided.due_on, ruled.day().or(decided.due_on)),
            None => {
                let born = ruled.born(judged_on, terms.on_past_due)?;
                (born.due_on, born.baseline_due_on)
            }
        };
        Ok(Reason {
            version: terms.version,
            due_on,
            baseline_due_on,
            grace_days: terms.grace_days,
            pauses: terms.pauses,
            renews_on: expires_on,
            chain: renews.and_then(|covered| covered.chain),
            ..Reason::new(demand.source, terms.kind, self.day)
        })
    }

    /// A reason whose demand goes on wanting it.
    fn standing(&self, demand: &Demand, membership: &Membership, reason: &Reason) -> Verdict {
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
    fn met(&self, demand: &Demand, membership: &Membership, reason: &Reason) -> Option<Verdict> {
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
    fn without_demand(&self, reason: &Reason, exempt: bool) -> Verdict {
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
            let cause = match demand.holds(self.day) {
                true => Cause::LeftAudience,
                false => Cause::RuleEnded,
            };
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
        let terms = match demand {
            Some(demand) => demand.terms_of(reason.version),
            None => {
                plain = Terms::new(reason.kind, Due::Never);
                &plain
            }
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

    /// How far the person is covered in the eyes of a demand.
    pub(super) fn covered(
        &self,
        demand: &Demand,
        terms: &Terms,
        since: Day,
        reason: Option<&Reason>,
        membership: &Membership,
    ) -> Option<Coverage> {
        if self.counting.is_empty() {
            return None;
        }
        // A version without a renewal pins nothing: the one of now holds for what was done.
        let pinned = |version: u32| {
            let terms = demand.terms_of(version);
            if terms.renewal.is_some() { terms } else { &demand.terms }
        };
        let before = match reason {
            Some(reason) => reason.chain.map(|chain| (chain, pinned(reason.version))),
            None => self.last.and_then(|(_, reasons)| {
                let reason = reasons.iter().find(|one| one.source == demand.source)?;
                Some((reason.chain?, pinned(reason.version)))
            }),
        };
        let terms = if terms.renewal.is_some() { terms } else { &demand.terms };
        let fixed = || terms.due.ruled(&self.anchors(terms.due, membership, demand, since)).day();
        coverage(&Asked {
            training_number: self.training,
            training: self.about(),
            counting: self.counting,
            terms,
            chain: before,
            wanted_since: since,
            day: self.day,
            counts_from: reason.and_then(|reason| reason.counts_from),
            done_for: DoneFor {
                obligation: reason
                    .filter(|reason| reason.renews_on.is_none())
                    .map(|reason| (reason.added_on, reason.baseline_due_on)),
                would_be: if before.is_none() && terms.renewal.is_some() { fixed() } else { None },
            },
        })
    }

    /// How far the last completed cycle reaches now, by the demands that were its reasons; the
    /// shortest of them.
    pub(super) fn last_covered(&self) -> Option<Coverage> {
        let (_, reasons) = self.last?;
        let covered = self.members.iter().filter_map(|(number, membership)| {
            let demand = self.book.demand(*number);
            reasons.iter().find(|reason| reason.source == demand.source)?;
            let since = membership.joined_on.max(demand.from);
            self.covered(demand, &demand.terms, since, None, membership)
        });
        shortest(covered)
    }

    /// The days that due days of a demand are counted from.
    pub(super) fn anchors(
        &self,
        due: Due,
        membership: &Membership,
        demand: &Demand,
        assigned_on: Day,
    ) -> Anchors {
        let since = membership.joined_on.max(demand.from);
        let completed_on = match due {
            Due::AfterCompleting { training, .. } => {
                let all = self.person.completions_of(training);
                let happened = all.partition_point(|one| one.completed_on <= self.day);
                let before = all[..happened].partition_point(|one| one.completed_on < since);
                // The first since it was wanted, so that doing it again later moves nothing.
                all[..happened].get(before).or(all[..before].last()).map(|one| one.completed_on)
            }
            _ => None,
        };
        Anchors {
            assigned_on,
            hired_on: self.person.spell_on(self.day).map(|spell| spell.hired_on),
            joined_on: Some(membership.joined_on),
            completed_on,
        }
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

/// The coverage that ends first.
pub(super) fn shortest(coverages: impl Iterator<Item = Coverage>) -> Option<Coverage> {
    coverages.min_by_key(|one| (one.expires_on.is_none(), one.expires_on, one.window_on))
}

fn settled(reason: &Reason, covered: &Coverage) -> Reason {
    Reason { chain: covered.chain, settled_on: Some(covered.completion.completed_on), ..*reason }
}
