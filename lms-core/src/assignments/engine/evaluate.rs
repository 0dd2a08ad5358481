//! What should be: for a person and a training on a day, what each demand and each standing reason
//! comes to.
//!
//! Only the state is looked at: that somebody is in an audience, not that they joined it today. Two
//! rules for one training are two reasons of one obligation.

use super::credit::{Asked, Coverage, DoneFor, Ends, coverage};
use super::due::{Anchors, Due, ParkedBecause, Ruled};
use super::facts::{Completion, Decided, Membership, Obligation, PersonView};
use super::plan::{Cause, NotEligible};
use super::reasons::{Reason, Source};
use super::renewal::{Method, Renewal};
use super::rulebook::{Demand, Rulebook, Terms, Training};
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
    pub(super) person: &'a PersonView<'a>,
    /// Since when the person is gone, if that is so on the day.
    pub(super) gone_since: Option<Day>,
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
    pub(super) fn about(&self) -> Option<&'a Training> {
        self.book.training(self.training)
    }

    /// Everything that is wanted, in the order of the demands and then of the reasons.
    pub(super) fn decide(&self, wants: &mut Vec<Want>) {
        wants.clear();
        let gone = self.gone_since;
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
        if demand.again && !self.is_reason_of_last(demand.source) {
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
                let standing = demand.source.kind.is_standing();
                let cause = if standing { Cause::InAudience { since } } else { Cause::Ordered };
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
    pub(super) fn begin(
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
        let (due_on, baseline_due_on) = if let Some(decided) = decided {
            (decided.due_on, ruled.day().or(decided.due_on))
        } else {
            let born = ruled.born(judged_on, terms.on_past_due)?;
            (born.due_on, born.baseline_due_on)
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
        let is_fixed = |renewal: Renewal| matches!(renewal.method, Method::Fixed { .. });
        let would_be =
            || terms.due.ruled(&self.anchors(terms.due, membership, demand, since)).day();
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
                would_be: if before.is_none() && terms.renewal.is_some_and(is_fixed) {
                    would_be()
                } else {
                    None
                },
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

    /// What rules want and is done: for each of them a reason that is settled, and how far it covers.
    pub(super) fn done_for_rules(&self) -> impl Iterator<Item = (Reason, Coverage)> {
        let nobody = self.counting.is_empty() || self.gone_since.is_some();
        let members = if nobody { &[][..] } else { self.members };
        members.iter().filter_map(|(number, membership)| {
            let demand = self.book.demand(*number);
            let stands = !demand.paused || self.is_reason_of_last(demand.source);
            if !demand.source.kind.is_standing() || !stands {
                return None;
            }
            let since = membership.joined_on.max(demand.from);
            let terms = &demand.terms;
            let covered = self.covered(demand, terms, since, None, membership);
            let covered = covered.filter(|covered| covered.covers(self.day))?;
            let reason = Reason {
                version: terms.version,
                grace_days: terms.grace_days,
                pauses: terms.pauses,
                chain: covered.chain,
                settled_on: Some(covered.completion.completed_on),
                ..Reason::new(demand.source, terms.kind, self.day)
            };
            Some((reason, covered))
        })
    }

    /// Whether the last completed cycle was for this rule or order.
    pub(super) fn is_reason_of_last(&self, source: Source) -> bool {
        let of_source = |reason: &Reason| reason.source == source;
        self.last.is_some_and(|(_, reasons)| reasons.iter().any(of_source))
    }

    /// The day of the completion that a completed cycle goes by.
    pub(super) fn done_on(&self, done: &Obligation) -> Option<Day> {
        let by = self.counting.iter().find(|one| Some(one.number) == done.closed_by);
        by.map(|by| by.completed_on).or(done.days.closed_on)
    }

    /// Whether one of the rules that a completed cycle was for has stopped wanting it of this person.
    pub(super) fn has_left(&self, reasons: &[Reason]) -> bool {
        self.gone_since.is_none()
            && reasons.iter().any(|reason| {
                reason.source.kind.is_standing()
                    && self.book.of_source(self.training, reason.source).is_some()
                    && self.wanting(reason).is_none()
            })
    }

    /// Whether one of the rules that a completed cycle was for wants it renewed.
    pub(super) fn renews(&self, reasons: &[Reason]) -> bool {
        let wanting = |reason| self.wanting(reason);
        reasons.iter().filter_map(wanting).any(|demand| demand.terms.renewal.is_some())
    }

    /// The demand of a reason, where the person is in its audience.
    fn wanting(&self, reason: &Reason) -> Option<&'a Demand> {
        let mut demands = self.members.iter().map(|(number, _)| self.book.demand(*number));
        demands.find(|demand| demand.source == reason.source)
    }

    /// How far a completed cycle reaches that no rule wants any more: what its evidence says, for those who
    /// spoke once.
    pub(super) fn evidence_of(
        &self,
        done: &Obligation,
        reasons: &[Reason],
    ) -> (Option<Day>, Option<Day>) {
        let ordered = reasons.iter().any(|reason| !reason.source.kind.is_standing());
        let by = self.counting.iter().find(|one| Some(one.number) == done.closed_by);
        let until = by.and_then(|by| by.valid_until).filter(|_| ordered);
        (until, until.map(Day::next))
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

/// The coverage that ends first.
pub(super) fn shortest(coverages: impl Iterator<Item = Coverage>) -> Option<Coverage> {
    coverages.min_by_key(|one| (one.expires_on.is_none(), one.expires_on, one.window_on))
}
