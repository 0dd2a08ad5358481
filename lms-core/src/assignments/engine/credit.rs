//! Which completion counts for what, and how long.
//!
//! A completion counts for a training if it is one of it, or of an equivalent while that counted. It
//! counts for a demand if the demand's credit takes it. How long it covers follows from the
//! completions before it (`renewal.rs`), from what its evidence says, and from a major version that
//! asks for retraining: the earliest of these.

use super::days::{plus_days, plus_months};
use super::facts::{Completion, PersonView};
use super::renewal::{Chain, Method, Window};
use super::rulebook::{Credit, Terms, Training};
use crate::kernel::text::Day;

/// What ends a coverage.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ends {
    /// Nothing: once is enough.
    Never,
    /// The renewal of the rule.
    Renewal,
    /// What the evidence says.
    Evidence,
    /// A major version that has to be done by then.
    Retraining,
}

/// How far a person is covered, and by what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coverage {
    /// The completion.
    pub completion: Completion,
    /// Where renewals go on from.
    pub chain: Option<Chain>,
    /// The last covered day.
    pub expires_on: Option<Day>,
    /// The day on which the next cycle opens.
    pub window_on: Option<Day>,
    /// What ends it.
    pub ends: Ends,
}

impl Coverage {
    /// Whether a day is covered.
    #[must_use]
    pub fn covers(&self, day: Day) -> bool {
        self.expires_on.is_none_or(|expires_on| day <= expires_on)
    }

    /// Whether the next cycle is open on a day.
    #[must_use]
    pub fn is_open(&self, day: Day) -> bool {
        self.window_on.is_some_and(|window_on| window_on <= day)
    }
}

impl Credit {
    /// Whether a completion counts for somebody of whom it is wanted since a day.
    #[must_use]
    pub fn takes(&self, completed_on: Day, wanted_since: Day) -> bool {
        completed_on >= wanted_since
            || (self.since.is_none_or(|since| since <= completed_on)
                && (self.within_months.is_none() || self.earliest(wanted_since) <= completed_on))
    }

    /// The first day of the months before it was wanted.
    pub(super) fn earliest(&self, wanted_since: Day) -> Day {
        let months = i32::try_from(self.within_months.unwrap_or(0)).unwrap_or(i32::MAX);
        plus_months(wanted_since, -months)
    }
}

/// The due day that a first completion was done for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct DoneFor {
    /// Since when there is an obligation, and its due day as ruled.
    pub(super) obligation: Option<(Day, Option<Day>)>,
    /// The due day that there would be, for methods that keep to the same days for ever.
    pub(super) would_be: Option<Day>,
}

/// What is asked about a person and a demand.
pub(super) struct Asked<'a> {
    pub(super) training_number: u32,
    pub(super) training: Option<&'a Training>,
    /// What counts for the training, in order of days.
    pub(super) counting: &'a [Completion],
    /// The terms for what is completed now.
    pub(super) terms: &'a Terms,
    /// The chain so far, with the terms under which it was made.
    pub(super) chain: Option<(Chain, &'a Terms)>,
    pub(super) wanted_since: Day,
    /// The day asked about.
    pub(super) day: Day,
    /// Only completions from this day on.
    pub(super) counts_from: Option<Day>,
    pub(super) done_for: DoneFor,
}

/// What counts for a training, in order of days, as far as it happened. Where other trainings count in
/// its place, that is put together in the memory that is given; else it is there already.
pub(super) fn counting<'a>(
    person: &PersonView<'a>,
    own: &'a [Completion],
    training: Option<&Training>,
    day: Day,
    memory: &'a mut Vec<Completion>,
) -> &'a [Completion] {
    let happened = |all: &[Completion]| all.partition_point(|one| one.completed_on <= day);
    let equivalents = training.map_or(&[][..], |training| &training.equivalents);
    if equivalents.is_empty() {
        return &own[..happened(own)];
    }
    memory.clear();
    memory.extend(own);
    for equivalent in equivalents {
        memory.extend(person.completions_of(equivalent.by).iter().filter(|completion| {
            equivalent.from <= completion.completed_on
                && equivalent.until.is_none_or(|until| completion.completed_on < until)
        }));
    }
    memory.sort_unstable_by_key(|completion| (completion.completed_on, completion.number));
    memory.dedup();
    memory.truncate(happened(memory));
    memory
}

/// How far the person is covered; none where nothing counts.
pub(super) fn coverage(asked: &Asked<'_>) -> Option<Coverage> {
    let mut best: Option<Coverage> = None;
    let mut chain: Option<Chain> = None;
    if let Some((before, opened_under)) = asked.chain {
        // Without its completion, which may have been revoked, a chain means nothing.
        let made_by = asked.counting.iter().find(|one| one.completed_on == before.completed_on);
        let taken =
            |one: &&Completion| opened_under.credit.takes(one.completed_on, asked.wanted_since);
        if let Some(completion) = made_by.filter(taken) {
            chain = Some(before);
            if asked.counts_from.is_none_or(|from| from <= completion.completed_on) {
                best = Some(cover(asked, completion, chain, opened_under));
            }
        }
    }
    let begun = chain.map(|chain| chain.completed_on);
    for completion in asked.counting {
        let completed_on = completion.completed_on;
        let known = begun.is_some_and(|begun| completed_on <= begun);
        let counts = asked.counts_from.is_none_or(|from| from <= completed_on);
        if known || !counts || !asked.terms.credit.takes(completed_on, asked.wanted_since) {
            continue;
        }
        if let Some(renewal) = asked.terms.renewal {
            let due_on = asked.done_for.due_on(renewal.method, completed_on);
            chain = Some(renewal.renew(chain, due_on, completed_on));
        }
        let next = cover(asked, completion, chain, asked.terms);
        // An old version that was done after the new one had to be covers nothing.
        let covers_anything = next.covers(completed_on);
        if covers_anything && best.is_none_or(|best| reaches_as_far(&next, &best)) {
            best = Some(next);
        }
    }
    best
}

impl DoneFor {
    fn due_on(self, method: Method, completed_on: Day) -> Option<Day> {
        match self.obligation {
            Some((added_on, due_on)) if added_on <= completed_on => due_on,
            _ if matches!(method, Method::Fixed { .. }) => self.would_be,
            _ => None,
        }
    }
}

fn reaches_as_far(next: &Coverage, best: &Coverage) -> bool {
    match (next.expires_on, best.expires_on) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(next), Some(best)) => next >= best,
    }
}

fn cover(
    asked: &Asked<'_>,
    completion: &Completion,
    chain: Option<Chain>,
    terms: &Terms,
) -> Coverage {
    let chain = chain.filter(|_| terms.renewal.is_some());
    let mut coverage = Coverage {
        completion: *completion,
        chain,
        expires_on: None,
        window_on: None,
        ends: Ends::Never,
    };
    if let (Some(chain), Some(renewal)) = (chain, terms.renewal) {
        coverage.expires_on = Some(chain.expires_on);
        coverage.window_on = Some(renewal.window_on(&chain));
        coverage.ends = Ends::Renewal;
    }
    if let Some(valid_until) = completion.valid_until
        && coverage.expires_on.is_none_or(|expires_on| valid_until < expires_on)
    {
        coverage.expires_on = Some(valid_until);
        coverage.window_on = Some(match terms.renewal.map(|renewal| renewal.window) {
            None => plus_days(valid_until, 1),
            Some(Window::Months(months)) => {
                plus_months(valid_until, -i32::try_from(months).unwrap_or(i32::MAX))
            }
            Some(Window::Days(days)) => {
                plus_days(valid_until, -i32::try_from(days).unwrap_or(i32::MAX))
            }
        });
        coverage.ends = Ends::Evidence;
    }
    // The versions of an equivalent are not those of the training.
    if let Some(retraining) = asked.training.and_then(|training| training.retraining)
        && completion.training == asked.training_number
        && retraining.announced_on <= asked.day
        && completion.major < retraining.major
        && coverage.expires_on.is_none_or(|expires_on| retraining.by < expires_on)
    {
        let opens = retraining.announced_on;
        coverage.expires_on = Some(retraining.by);
        coverage.window_on = Some(coverage.window_on.map_or(opens, |on| on.min(opens)));
        coverage.ends = Ends::Retraining;
    }
    coverage
}
