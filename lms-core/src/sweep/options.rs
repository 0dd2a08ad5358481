//! How a pass is asked for.

use serde::Serialize;

use crate::kernel::error::{Error, Result};
use crate::kernel::suggest::suggest;
use crate::kernel::text::Day;

/// A step of the pass. The first four are decided in one: what rules ask, what is renewed, what runs out
/// and what becomes overdue hang together, day by day, so that none of them can be had without the others.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SweepStep {
    /// What rules and orders ask of people now.
    Rules,
    /// What is to be done again.
    Renewals,
    /// What was done and covers no longer; exemptions that end.
    Expiries,
    /// What is past due.
    Overdue,
    /// Telling people what is due.
    Reminders,
    /// Telling others what is overdue.
    Escalations,
    /// Keeping how departments comply on the day, for trends.
    Snapshots,
}

impl SweepStep {
    /// All of them, in order.
    pub const ALL: &'static [Self] = &[
        Self::Rules,
        Self::Renewals,
        Self::Expiries,
        Self::Overdue,
        Self::Reminders,
        Self::Escalations,
        Self::Snapshots,
    ];

    /// The name in commands and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rules => "rules",
            Self::Renewals => "renewals",
            Self::Expiries => "expiries",
            Self::Overdue => "overdue",
            Self::Reminders => "reminders",
            Self::Escalations => "escalations",
            Self::Snapshots => "snapshots",
        }
    }

    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self> {
        let wanted = text.trim().to_lowercase();
        Self::ALL.iter().copied().find(|step| step.as_str() == wanted).ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|step| step.as_str()).collect();
            Error::invalid("only", format!("`{}` is not a step of the sweep", text.trim()))
                .with_hints(suggest(text, &names))
                .with_hint(format!("there are `{}`", names.join("`, `")))
        })
    }

    /// Whether it is one of those that are decided together.
    pub(super) fn is_about_obligations(self) -> bool {
        !matches!(self, Self::Reminders | Self::Escalations | Self::Snapshots)
    }
}

/// How to run the pass; as every night, unless said otherwise.
#[derive(Debug, Clone, Default)]
pub struct SweepOptions {
    pub(super) date: Option<Day>,
    pub(super) only: Option<SweepStep>,
    pub(super) full: bool,
    pub(super) holder: Option<String>,
}

impl SweepOptions {
    /// For the day it is for each person, all steps.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// For this day, the same for everybody.
    #[must_use]
    pub fn date(mut self, day: Day) -> Self {
        self.date = Some(day);
        self
    }

    /// Only this step. One of those about obligations carries out all of these, and tells nobody: whoever
    /// was to be told is told the next day. All others alone change no obligation.
    #[must_use]
    pub fn only(mut self, step: SweepStep) -> Self {
        self.only = Some(step);
        self
    }

    /// Looks at everybody, also at those for whom nothing can have happened.
    #[must_use]
    pub fn full(mut self, full: bool) -> Self {
        self.full = full;
        self
    }

    /// Who others are told is running it, such as `lmsctl on host7, process 4711`.
    #[must_use]
    pub fn holder(mut self, holder: &str) -> Self {
        self.holder = Some(holder.to_owned());
        self
    }

    pub(super) fn does_obligations(&self) -> bool {
        self.only.is_none_or(SweepStep::is_about_obligations)
    }

    pub(super) fn does(&self, step: SweepStep) -> bool {
        self.only.is_none_or(|only| only == step)
    }
}
