//! What is wanted of people: rules and orders, compiled, and what the engine has to know of trainings.

use serde::{Deserialize, Serialize};

use super::due::{Due, OnPastDue};
use super::reasons::{Kind, Source};
use super::renewal::Renewal;
use crate::kernel::document;
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;

/// What the engine knows of a training; trainings are told apart by their place in the list.
#[derive(Debug, Clone, Default)]
pub struct Training {
    /// Nobody can be given it: it is a draft, or archived. Who has it keeps it.
    pub closed: bool,
    /// A major version asks for being done again.
    pub retraining: Option<Retraining>,
    /// What counts in its place.
    pub equivalents: Vec<Equivalent>,
}

/// A major version that has to be done by a day, whatever was done of earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retraining {
    /// The first version that will do.
    pub major: u32,
    /// Since when it is asked for.
    pub announced_on: Day,
    /// The last day on which an earlier version covers.
    pub by: Day,
}

impl Retraining {
    fn check(self) -> Result<()> {
        if self.by >= self.announced_on {
            return Ok(());
        }
        let Self { by, announced_on, .. } = self;
        let message =
            format!("retraining by {by} was announced on {announced_on}, when that was past");
        Err(Error::invalid("retraining", message))
    }
}

/// A training that counts for another one when it is completed in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Equivalent {
    /// The training that counts.
    pub by: u32,
    /// The first day on which its completion counts.
    pub from: Day,
    /// The first day on which it no longer does.
    pub until: Option<Day>,
}

/// Which earlier completions count for somebody who is new to a rule. What is completed while the
/// rule wants it always counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credit {
    /// Those since this day.
    #[serde(default, deserialize_with = "document::day", skip_serializing_if = "Option::is_none")]
    pub since: Option<Day>,
    /// Those of this many months before the person came into the audience.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_months: Option<u32>,
}

/// What happens to an obligation when its rule wants it no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leaving {
    /// It is cancelled.
    Cancel,
    /// It may be finished: optional, without a due day.
    Optional,
    /// It stays as it is.
    Keep,
}

/// What happens on leaving an audience, by how far the person came. What is completed stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OnLeaving {
    /// Nothing was begun.
    pub not_started: Leaving,
    /// Something was.
    pub started: Leaving,
}

impl Default for OnLeaving {
    fn default() -> Self {
        Self { not_started: Leaving::Cancel, started: Leaving::Optional }
    }
}

/// What a version of a rule, or an order, says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// The version of the rule; nought for an order.
    pub version: u32,
    /// How strong it is.
    pub kind: Kind,
    /// When it is due.
    pub due: Due,
    /// What happens where that is past.
    pub on_past_due: OnPastDue,
    /// The days of grace after the due day.
    pub grace_days: u32,
    /// Which earlier completions count.
    pub credit: Credit,
    /// Whether it comes again.
    pub renewal: Option<Renewal>,
    /// What happens on leaving the audience.
    pub on_leaving: OnLeaving,
    /// Whether leaves stop the clock.
    pub pauses: bool,
}

impl Terms {
    /// Of a kind, due on a day, and all else as usual.
    #[must_use]
    pub fn new(kind: Kind, due: Due) -> Self {
        Self {
            version: 0,
            kind,
            due,
            on_past_due: OnPastDue::default(),
            grace_days: 0,
            credit: Credit::default(),
            renewal: None,
            on_leaving: OnLeaving::default(),
            pauses: true,
        }
    }

    /// Checks that its parts can be, and fit each other.
    pub fn check(&self) -> Result<()> {
        self.due.check()?;
        if let OnPastDue::Extend(days) = self.on_past_due {
            Due::AfterAssignment(days).check().map_err(|error| error.with_field("on_past_due"))?;
        }
        Due::AfterAssignment(self.grace_days).check().map_err(|error| error.with_field("grace"))?;
        self.renewal.map_or(Ok(()), |renewal| renewal.check())
    }
}

/// A rule or an order for one training: what it wants, of which audience, under which terms.
#[derive(Debug, Clone)]
pub struct Demand {
    /// Which rule or order it is.
    pub source: Source,
    /// The training.
    pub training: u32,
    /// The audience, by the number that memberships name.
    pub audience: u32,
    /// The terms as they are now.
    pub terms: Terms,
    /// The terms of earlier versions, which open cycles and standing completions keep.
    pub earlier: Vec<Terms>,
    /// The first day on which it wants anything.
    pub from: Day,
    /// The first day on which it no longer does.
    pub until: Option<Day>,
    /// It neither gives nor takes anything for now.
    pub paused: bool,
    /// An order that does not mind earlier completions.
    pub again: bool,
    /// Cycles that are open change to the terms of now, rather than keeping theirs.
    pub moves_open: bool,
}

impl Demand {
    /// A demand that holds from a day on.
    #[must_use]
    pub fn new(source: Source, audience: u32, training: u32, terms: Terms, from: Day) -> Self {
        Self {
            source,
            training,
            audience,
            terms,
            earlier: Vec::new(),
            from,
            until: None,
            paused: false,
            again: false,
            moves_open: false,
        }
    }

    /// Whether it wants anything on a day.
    #[must_use]
    pub fn holds(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }

    /// The terms of a version; those of now where that is not known.
    #[must_use]
    pub fn terms_of(&self, version: u32) -> &Terms {
        match self.earlier.iter().find(|terms| terms.version == version) {
            Some(earlier) if self.terms.version != version => earlier,
            _ => &self.terms,
        }
    }
}

/// All that is wanted, with what has to be known of the trainings.
///
/// A rule that is not in it is left alone: what it wanted stays as it is. So whoever asks for a part
/// (an order, a changed rule, a completion) gives all rules of the trainings concerned.
#[derive(Debug, Clone, Default)]
pub struct Rulebook {
    trainings: Vec<Training>,
    demands: Vec<Demand>,
    /// For each audience, where its demands begin in `of_audience`.
    starts: Vec<u32>,
    of_audience: Vec<u32>,
    by_source: Vec<(u32, Source, u32)>,
}

impl Rulebook {
    /// Checks and arranges rules and orders.
    pub fn new(trainings: Vec<Training>, demands: Vec<Demand>) -> Result<Self> {
        let n_trainings = row(trainings.len());
        trainings
            .iter()
            .filter_map(|training| training.retraining)
            .try_for_each(Retraining::check)?;
        for demand in &demands {
            let at = |error: Error| error.within(&format!("demand {}", demand.source.number));
            std::iter::once(&demand.terms)
                .chain(&demand.earlier)
                .try_for_each(Terms::check)
                .map_err(at)?;
            let after = match demand.terms.due {
                Due::AfterCompleting { training, .. } => training,
                _ => 0,
            };
            if demand.training >= n_trainings || after >= n_trainings {
                return Err(at(Error::invalid("training", "there is no training of this number")));
            }
        }
        let mut by_source: Vec<(u32, Source, u32)> =
            (0..).zip(&demands).map(|(at, demand)| (demand.training, demand.source, at)).collect();
        by_source.sort_unstable();
        if let Some(twice) =
            by_source.windows(2).find(|two| (two[0].0, two[0].1) == (two[1].0, two[1].1))
        {
            let message = format!("demand {} names a training twice", twice[0].1.number);
            return Err(Error::invalid("training", message));
        }
        let mut order: Vec<(u32, u32)> =
            (0..).zip(&demands).map(|(at, demand)| (demand.audience, at)).collect();
        order.sort_unstable();
        let n_audiences = order.last().map_or(0, |(audience, _)| audience + 1);
        let starts = (0..=n_audiences)
            .map(|audience| row(order.partition_point(|(of, _)| *of < audience)))
            .collect();
        let of_audience = order.into_iter().map(|(_, at)| at).collect();
        Ok(Self { trainings, demands, starts, of_audience, by_source })
    }

    /// The same, were a retraining announced.
    pub fn announcing(mut self, training: u32, retraining: Retraining) -> Result<Self> {
        retraining.check()?;
        if let Some(training) = self.trainings.get_mut(training as usize) {
            training.retraining = Some(retraining);
        }
        Ok(self)
    }

    /// The rules and orders, in the order they were given in.
    #[must_use]
    pub fn demands(&self) -> &[Demand] {
        &self.demands
    }

    /// The trainings, in the order they were given in.
    #[must_use]
    pub fn trainings(&self) -> &[Training] {
        &self.trainings
    }

    pub(super) fn demand(&self, at: u32) -> &Demand {
        &self.demands[at as usize]
    }

    pub(super) fn training(&self, at: u32) -> Option<&Training> {
        self.trainings.get(at as usize)
    }

    /// The demands that go by an audience.
    pub(super) fn of_audience(&self, audience: u32) -> &[u32] {
        let at = audience as usize;
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(start), Some(end)) => &self.of_audience[*start as usize..*end as usize],
            _ => &[],
        }
    }

    /// The demand of a source for a training.
    pub(super) fn of_source(&self, training: u32, source: Source) -> Option<u32> {
        let found =
            self.by_source.binary_search_by_key(&(training, source), |(of, by, _)| (*of, *by));
        found.ok().map(|at| self.by_source[at].2)
    }
}

/// The number of a row.
pub(super) fn row(count: usize) -> u32 {
    u32::try_from(count).expect("a chunk has fewer than four billion rows")
}
