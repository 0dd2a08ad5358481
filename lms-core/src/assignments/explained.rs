//! An explanation as data, for programs: what `engine::sentences` tells in words.

use std::collections::BTreeMap;

use serde::Serialize;
use uuid::Uuid;

use super::engine::{
    Coverage, Due, DueStep, Ends, Explanation, Hindrance, Method, NotCounted, ParkedBecause,
    PausedBy, Reason, Source,
};
use super::load::Loaded;
use crate::kernel::text::Day;
use crate::people::AudienceCondition;

/// A rule or an order, and what it comes to for the person.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedDemand {
    /// Who asks.
    #[serde(flatten)]
    pub source: ExplainedSource,
    /// Whether it is a reason to do the training.
    pub asks: bool,
    /// Since when the person is in its audience.
    pub member_since: Option<Day>,
    /// The first condition that does not hold; nothing where it asks.
    pub hindrance: Option<ExplainedHindrance>,
    /// For a rule in whose audience the person is not: how they stand to each of its conditions.
    pub audience: Vec<AudienceCondition>,
    /// What was done and does not count for it.
    pub not_counted: Vec<ExplainedNotCounted>,
}

/// Who or what asks for a training.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedSource {
    /// `rule`, `person`, `import`, `path` or `self`.
    pub source: String,
    /// Its id.
    pub source_id: Uuid,
    /// The code of the rule.
    pub rule: Option<String>,
    /// When it was ordered.
    pub ordered_on: Option<Day>,
    /// Who ordered it, or did that by which a rule gave it, as the audit log calls them.
    pub actor: Option<String>,
    /// What that was, as the audit log calls it: `sweep.advanced` for the nightly pass.
    pub operation: Option<String>,
    /// The learning path behind it.
    pub path: Option<String>,
    /// The version of the rule that holds.
    pub version: Option<u32>,
    /// The entry of the audit log.
    pub seq: Option<i64>,
}

impl ExplainedSource {
    /// Nothing but which one it is.
    pub(super) fn of(source_id: Uuid) -> Self {
        Self {
            source: String::new(),
            source_id,
            rule: None,
            ordered_on: None,
            actor: None,
            operation: None,
            path: None,
            version: None,
            seq: None,
        }
    }
}

/// Why a rule or order does not ask.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedHindrance {
    /// `not_yet`, `ended`, `paused`, `not_in_audience`, `joins_on`, `left_audience`, `gone`, `exempt`, `covered`,
    /// `training_closed` or `parked`.
    pub code: &'static str,
    /// The day it is about: on which it begins, ended, was joined or left, or would have been due; the first
    /// day after an exemption.
    pub day: Option<Day>,
    /// What was done, where that covers.
    pub covered_by: Option<ExplainedCredit>,
    /// Why it is parked: `past_due` or `hire_unknown`.
    pub because: Option<&'static str>,
}

/// A completion that counts.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedCredit {
    /// The completion.
    pub completion_id: Uuid,
    /// Of which training: this one, or one that counts in its place.
    pub training: String,
    /// When it was done.
    pub completed_on: Day,
    /// The last day that it covers; nothing where that is for good.
    pub expires_on: Option<Day>,
    /// What ends it: `never`, `renewal`, `evidence` or `retraining`.
    pub ends: &'static str,
}

/// A completion that does not count.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedNotCounted {
    /// The completion.
    pub completion_id: Uuid,
    /// Of which training.
    pub training: String,
    /// When it was done.
    pub completed_on: Day,
    /// `before_credit`, `too_old`, `equivalent_at_other_times` or `ran_out`.
    pub because: &'static str,
    /// The day it is about: since which counts what was done, or until which it covered.
    pub day: Option<Day>,
}

/// One of the reasons that are merged in what stands.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedReason {
    /// Who asked.
    #[serde(flatten)]
    pub source: ExplainedSource,
    /// How strongly.
    pub kind: &'static str,
    /// Since when.
    pub added_on: Day,
    /// When it is due by this reason alone, before extensions and pauses.
    pub due_on: Option<Day>,
    /// The days of grace after it.
    pub grace_days: u32,
    /// When it was settled.
    pub settled_on: Option<Day>,
    /// Since when the person is no longer in the audience of its rule.
    pub left_on: Option<Day>,
}

/// A step on the way to the due day.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedStep {
    /// `decides`, `counted`, `renewed`, `renews`, `set`, `was_past`, `began_with`, `extended`, `paused`, `due`
    /// or `overdue`.
    pub step: &'static str,
    /// The reason that decides.
    pub source_id: Option<Uuid>,
    /// From what it is counted: `assignment`, `hire`, `joining`, `completing`, `day` or `month_day`.
    pub counted_after: Option<&'static str>,
    /// How a renewal is counted: `completion`, `expiry` or `fixed`.
    pub method: Option<&'static str>,
    /// When it was done before.
    pub completed_on: Option<Day>,
    /// Why the clock stopped: `leave`, `exemption` or `waiting`.
    pub because: Option<&'static str>,
    /// How many days after it; of grace, where it is overdue.
    pub days: Option<u32>,
    /// How many months after it.
    pub months: Option<u32>,
    /// The day that is counted from, on which it was extended, or on which the clock stopped.
    pub from: Option<Day>,
    /// The day on which the clock went on.
    pub back_on: Option<Day>,
    /// What comes out.
    pub due_on: Option<Day>,
    /// The first day on which it is overdue.
    pub overdue_on: Option<Day>,
}

/// What is known of orders, by their ids.
pub(super) type Ordered = BTreeMap<Uuid, ExplainedSource>;

/// From numbers to names.
pub(super) struct Telling<'a> {
    pub(super) loaded: &'a Loaded,
    pub(super) codes: &'a BTreeMap<Uuid, String>,
    pub(super) ordered: &'a Ordered,
}

impl Telling<'_> {
    fn source(&self, source: Source) -> ExplainedSource {
        let source_id = self.loaded.sources.id(source.number);
        let known = self.ordered.get(&source_id).cloned();
        let known = known.unwrap_or_else(|| ExplainedSource::of(source_id));
        ExplainedSource { source: source.kind.as_str().to_owned(), ..known }
    }

    fn training(&self, number: u32) -> String {
        let id = self.loaded.trainings.id(number);
        self.codes.get(&id).cloned().unwrap_or_else(|| id.to_string())
    }

    fn credit(&self, coverage: &Coverage) -> ExplainedCredit {
        ExplainedCredit {
            completion_id: self.loaded.completions.id(coverage.completion.number),
            training: self.training(coverage.completion.training),
            completed_on: coverage.completion.completed_on,
            expires_on: coverage.expires_on,
            ends: match coverage.ends {
                Ends::Never => "never",
                Ends::Renewal => "renewal",
                Ends::Evidence => "evidence",
                Ends::Retraining => "retraining",
            },
        }
    }

    fn hindrance(&self, hindrance: &Hindrance) -> ExplainedHindrance {
        let (code, day) = match hindrance {
            Hindrance::NotYet(day) => ("not_yet", Some(*day)),
            Hindrance::Ended(day) => ("ended", Some(*day)),
            Hindrance::Paused => ("paused", None),
            Hindrance::NotInAudience => ("not_in_audience", None),
            Hindrance::JoinsOn(day) => ("joins_on", Some(*day)),
            Hindrance::LeftAudience(day) => ("left_audience", Some(*day)),
            Hindrance::Gone(day) => ("gone", Some(*day)),
            Hindrance::Exempt { until } => ("exempt", *until),
            Hindrance::Covered(_) => ("covered", None),
            Hindrance::TrainingClosed => ("training_closed", None),
            Hindrance::Parked(ParkedBecause::PastDue(day)) => ("parked", Some(*day)),
            Hindrance::Parked(ParkedBecause::HireUnknown) => ("parked", None),
        };
        ExplainedHindrance {
            code,
            day,
            covered_by: match hindrance {
                Hindrance::Covered(coverage) => Some(self.credit(coverage)),
                _ => None,
            },
            because: match hindrance {
                Hindrance::Parked(ParkedBecause::PastDue(_)) => Some("past_due"),
                Hindrance::Parked(ParkedBecause::HireUnknown) => Some("hire_unknown"),
                _ => None,
            },
        }
    }

    pub(super) fn demands(&self, told: &Explanation) -> Vec<ExplainedDemand> {
        let demand = |demand: &super::engine::DemandExplained| ExplainedDemand {
            source: self.source(demand.source),
            asks: demand.hindrance.is_none(),
            member_since: demand.member_since,
            hindrance: demand.hindrance.as_ref().map(|hindrance| self.hindrance(hindrance)),
            audience: Vec::new(),
            not_counted: demand
                .not_counted
                .iter()
                .map(|(completion, why)| {
                    let (because, day) = match why {
                        NotCounted::BeforeCredit(day) => ("before_credit", Some(*day)),
                        NotCounted::TooOld(day) => ("too_old", Some(*day)),
                        NotCounted::EquivalentAtOtherTimes => ("equivalent_at_other_times", None),
                        NotCounted::RanOut(day) => ("ran_out", Some(*day)),
                    };
                    ExplainedNotCounted {
                        completion_id: self.loaded.completions.id(completion.number),
                        training: self.training(completion.training),
                        completed_on: completion.completed_on,
                        because,
                        day,
                    }
                })
                .collect(),
        };
        told.demands.iter().map(demand).collect()
    }

    pub(super) fn reasons(&self, told: &Explanation) -> Vec<ExplainedReason> {
        let reason = |reason: &Reason| ExplainedReason {
            source: self.source(reason.source),
            kind: reason.kind.as_str(),
            added_on: reason.added_on,
            due_on: reason.due_on,
            grace_days: reason.grace_days,
            settled_on: reason.settled_on,
            left_on: reason.left_on,
        };
        told.obligation.iter().flat_map(|one| &one.reasons).map(reason).collect()
    }

    pub(super) fn steps(&self, told: &Explanation) -> Vec<ExplainedStep> {
        told.obligation.iter().flat_map(|one| &one.due).map(|step| self.step(step)).collect()
    }

    fn step(&self, step: &DueStep) -> ExplainedStep {
        let plain = |step, due_on| ExplainedStep {
            step,
            source_id: None,
            counted_after: None,
            method: None,
            completed_on: None,
            because: None,
            days: None,
            months: None,
            from: None,
            back_on: None,
            due_on,
            overdue_on: None,
        };
        match step {
            DueStep::Decides(source) => ExplainedStep {
                source_id: Some(self.loaded.sources.id(source.number)),
                ..plain("decides", None)
            },
            DueStep::Counted { due, from, due_on } => {
                let (after, days) = match due {
                    Due::AfterAssignment(days) => ("assignment", Some(*days)),
                    Due::AfterHire(days) => ("hire", Some(*days)),
                    Due::AfterJoining(days) => ("joining", Some(*days)),
                    Due::AfterCompleting { days, .. } => ("completing", Some(*days)),
                    Due::Next { .. } => ("month_day", None),
                    Due::On(_) | Due::Never => ("day", None),
                };
                ExplainedStep {
                    counted_after: Some(after),
                    days,
                    from: Some(*from),
                    ..plain("counted", Some(*due_on))
                }
            }
            DueStep::Renewed { completed_on, method, from, months, due_on } => ExplainedStep {
                method: Some(match method {
                    Method::Completion => "completion",
                    Method::Expiry => "expiry",
                    Method::Fixed { .. } => "fixed",
                }),
                completed_on: Some(*completed_on),
                from: Some(*from),
                months: Some(*months),
                ..plain("renewed", Some(*due_on))
            },
            DueStep::WasPast { on, days, due_on } => ExplainedStep {
                days: Some(*days),
                from: Some(*on),
                ..plain("was_past", Some(*due_on))
            },
            DueStep::Renews(day) => plain("renews", Some(*day)),
            DueStep::Set(day) => plain("set", Some(*day)),
            DueStep::BeganWith(day) => plain("began_with", Some(*day)),
            DueStep::Extended { granted_on, due_on } => {
                ExplainedStep { from: Some(*granted_on), ..plain("extended", Some(*due_on)) }
            }
            DueStep::Overdue { grace_days, overdue_on } => ExplainedStep {
                days: Some(*grace_days),
                overdue_on: Some(*overdue_on),
                ..plain("overdue", None)
            },
            DueStep::Paused { pause, by, due_on } => ExplainedStep {
                because: Some(match by {
                    PausedBy::Leave => "leave",
                    PausedBy::Exemption => "exemption",
                    PausedBy::Waiting => "waiting",
                }),
                from: Some(pause.from),
                back_on: pause.back_on,
                ..plain("paused", Some(*due_on))
            },
            DueStep::Due(day) => plain("due", Some(*day)),
        }
    }
}
