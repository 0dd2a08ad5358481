//! What a pass did, or would do.

use std::collections::BTreeMap;

use serde::Serialize;

use super::options::SweepStep;
use crate::assignments::StoppedRule;
use crate::jobs::{JobRunId, JobStep};
use crate::kernel::clock::Timestamp;
use crate::kernel::text::Day;
use crate::people::PersonId;

/// What a pass did, or would do.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SweepOutcome {
    /// Whether nothing of it was done.
    pub dry_run: bool,
    /// The day that it was for: that of the organisation, or the one that was named.
    pub day: Day,
    /// Whether that day was named, and so the same for everybody.
    pub day_named: bool,
    /// Whether everybody was looked at.
    pub full: bool,
    /// The one step it was kept to.
    pub only: Option<SweepStep>,
    /// The run on record; none where nothing was done.
    pub run: Option<JobRunId>,
    /// When it began.
    pub started_at: Timestamp,
    /// How long it took.
    pub duration_ms: i64,
    /// What it did.
    pub counts: BTreeMap<String, i64>,
    /// What it did step by step.
    pub steps: Vec<JobStep>,
    /// Some of what it would do.
    pub samples: Vec<SweepSample>,
    /// The rules that stand still on the day, because a name in their audience means nothing any more.
    pub stopped_rules: Vec<StoppedRule>,
}

impl SweepOutcome {
    /// Whether there was anything to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let is_work = |name: &str| name != LOOKED_AT && name != SNAPSHOTS;
        self.counts.iter().all(|(name, count)| *count == 0 || !is_work(name))
    }
}

/// What is counted although nothing happened.
pub(super) const LOOKED_AT: &str = "looked_at";
/// Departments of which it is kept how they stand; that changes nothing either.
pub(super) const SNAPSHOTS: &str = "snapshots";

/// Something that would happen.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SweepSample {
    /// To whom.
    pub person_id: PersonId,
    /// Their name.
    pub person: String,
    /// The code of the training.
    pub training: String,
    /// What.
    pub what: String,
    /// When.
    pub day: Day,
}

/// What is counted, as it adds up.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    pub(super) counts: BTreeMap<&'static str, i64>,
    /// Looking at obligations and carrying out what became of them.
    pub(super) obligations_us: i64,
    /// Deciding what is told and noting it, with the commits.
    pub(super) telling_us: i64,
    /// Putting what has gone up together.
    pub(super) digests_us: i64,
    /// Counting how departments stand, and keeping it.
    pub(super) snapshots_us: i64,
}

/// What each step counts.
const COUNTED: &[(SweepStep, &[&str])] = &[
    (SweepStep::Rules, &["assigned", "changed", "completed", "cancelled", "left", "parked"]),
    (SweepStep::Renewals, &["renewed", "window_opened"]),
    (SweepStep::Expiries, &["expired", "exemption_ending", "exemption_ended"]),
    (SweepStep::Overdue, &["late", "overdue"]),
    (SweepStep::Reminders, &["reminded"]),
    (SweepStep::Escalations, &["escalated", "digests"]),
    (SweepStep::Snapshots, &[SNAPSHOTS]),
];

impl Tally {
    pub(super) fn add(&mut self, name: &'static str, n: impl TryInto<i64>) {
        *self.counts.entry(name).or_default() += n.try_into().unwrap_or(i64::MAX);
    }

    pub(super) fn join(&mut self, counts: BTreeMap<&'static str, i64>) {
        for (name, count) in counts {
            self.add(name, count);
        }
    }

    /// All that is counted, also what did not happen.
    pub(super) fn counts(&self) -> BTreeMap<String, i64> {
        let named = COUNTED.iter().flat_map(|(_, names)| names.iter().copied());
        let count = |name: &str| self.counts.get(name).copied().unwrap_or_default();
        named.chain([LOOKED_AT]).map(|name| (name.to_owned(), count(name))).collect()
    }

    /// The steps that were carried out.
    pub(super) fn steps(&self, does: impl Fn(SweepStep) -> bool) -> Vec<JobStep> {
        let step = |(step, names): &(SweepStep, &[&str])| JobStep {
            step: step.as_str().to_owned(),
            duration_ms: match step {
                SweepStep::Reminders => self.telling_us / 1_000,
                SweepStep::Escalations => self.digests_us / 1_000,
                SweepStep::Snapshots => self.snapshots_us / 1_000,
                _ => self.obligations_us / 1_000,
            },
            one_pass: step.is_about_obligations(),
            counts: names
                .iter()
                .map(|name| {
                    ((*name).to_owned(), self.counts.get(name).copied().unwrap_or_default())
                })
                .collect(),
        };
        COUNTED.iter().filter(|(step, _)| does(*step)).map(step).collect()
    }
}
