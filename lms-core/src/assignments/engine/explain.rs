//! Why a person has to do something, or why not: the same decision, told as a chain of facts.
//!
//! Nothing is decided here. The verdicts are those of `evaluate.rs`; beside them stands what led to
//! them: for each demand the first condition that does not hold, which completions do not count and
//! why, and the steps by which the due day was found.

use super::credit::{Coverage, counting};
use super::days::plus_days;
use super::due::{Due, OnPastDue, ParkedBecause, Ruled};
use super::evaluate::{Case, Verdict};
use super::facts::{Completion, Membership, Obligation, PersonView};
use super::leave::{Pause, due_after_pauses};
use super::plan::NotEligible;
use super::planner::{Present, pauses_of};
use super::reasons::{Pauses, Reason, Source, effective_due};
use super::renewal::Method;
use super::rulebook::{Demand, Rulebook};
use super::status::{Status, status};
use super::transitions::around;
use crate::kernel::text::Day;

/// Why a person has to do a training, or why not.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The training.
    pub training: u32,
    /// The day asked about.
    pub day: Day,
    /// Each rule and order for the training, in the order of the book.
    pub demands: Vec<DemandExplained>,
    /// What stands: the open obligation, else the last one; none where there never was any.
    pub obligation: Option<ObligationExplained>,
}

/// What one rule or order comes to for the person.
#[derive(Debug, Clone, PartialEq)]
pub struct DemandExplained {
    /// Which one.
    pub source: Source,
    /// Its number in the book.
    pub demand: u32,
    /// Since when the person is in its audience.
    pub member_since: Option<Day>,
    /// The first condition that does not hold; none where it is a reason.
    pub hindrance: Option<Hindrance>,
    /// Completions that do not count for it, and why.
    pub not_counted: Vec<(Completion, NotCounted)>,
}

/// Why a rule or order is no reason.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Hindrance {
    /// It begins on a day to come.
    NotYet(Day),
    /// It ended.
    Ended(Day),
    /// It is paused.
    Paused,
    /// The person is not, and was not, in its audience.
    NotInAudience,
    /// The person will be in its audience from a day on.
    JoinsOn(Day),
    /// The person was in its audience until a day; that day no longer.
    LeftAudience(Day),
    /// The person has left the organisation.
    Gone(Day),
    /// An exemption covers the day; the first day on which it no longer does.
    Exempt {
        /// None where it has no end.
        until: Option<Day>,
    },
    /// A completion covers.
    Covered(Coverage),
    /// The training is a draft or archived.
    TrainingClosed,
    /// It waits for somebody to decide.
    Parked(ParkedBecause),
}

/// Why a completion does not count.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotCounted {
    /// The rule counts those since a day.
    BeforeCredit(Day),
    /// The rule counts those of some months before it was wanted, which is since this day.
    TooOld(Day),
    /// It is of another training, which counts at other times.
    EquivalentAtOtherTimes,
    /// It had run out on this day, before it was wanted or by now.
    RanOut(Day),
}

/// What stands, and how its due day was found.
#[derive(Debug, Clone, PartialEq)]
pub struct ObligationExplained {
    /// The obligation.
    pub obligation: Obligation,
    /// Its reasons.
    pub reasons: Vec<Reason>,
    /// What it is on the day.
    pub status: Option<Status>,
    /// How the due day was found, step by step; empty where there is none.
    pub due: Vec<DueStep>,
}

/// A step on the way to a due day.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueStep {
    /// This reason has the earliest due day.
    Decides(Source),
    /// It is counted from a day.
    Counted {
        /// What the rule says.
        due: Due,
        /// The day that is counted from.
        from: Day,
        /// What comes out.
        due_on: Day,
    },
    /// It is the last day that the completion before covers, by how renewals are counted.
    Renewed {
        /// When that was.
        completed_on: Day,
        /// How it is counted.
        method: Method,
        /// The day that is counted from.
        from: Day,
        /// The months after it.
        months: u32,
        /// What comes out.
        due_on: Day,
    },
    /// It is the last day that the completion before covers, by what its evidence says or because a new
    /// version asks for it.
    Renews(Day),
    /// It was set when the reason was added, and is not counted.
    Set(Day),
    /// That was past when it was assigned.
    WasPast {
        /// When it was assigned.
        on: Day,
        /// The days that are given from then.
        days: u32,
        /// What comes out.
        due_on: Day,
    },
    /// It was decided otherwise.
    BeganWith(Day),
    /// It was extended.
    Extended {
        /// When.
        granted_on: Day,
        /// Until when.
        due_on: Day,
    },
    /// The clock stood still.
    Paused {
        /// When.
        pause: Pause,
        /// Why.
        by: PausedBy,
        /// What comes out.
        due_on: Day,
    },
    /// What comes out in the end.
    Due(Day),
    /// Since when it is overdue.
    Overdue {
        /// The days of grace.
        grace_days: u32,
        /// The first day past them.
        overdue_on: Day,
    },
}

/// Why a clock stood still.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PausedBy {
    /// The person was away.
    Leave,
    /// The person was exempt.
    Exemption,
    /// The person waited for a seat.
    Waiting,
}

/// Explains what stands between a person and a training on a day.
#[must_use]
pub fn explain(book: &Rulebook, person: &PersonView<'_>, training: u32, day: Day) -> Explanation {
    let members = members(book, person, training, day);
    let mut memory = Vec::new();
    let done = person.completions_of(training);
    let counting = counting(person, done, book.training(training), day, &mut memory);
    let mut present = Present::default();
    let own =
        (0..person.obligations.len()).filter(|at| person.obligations[*at].training == training);
    own.clone().for_each(|at| present.take(person, at));
    let with_reasons = |at: usize| (&person.obligations[at], person.reasons_of(at));
    let case = Case {
        book,
        person,
        gone_since: person.gone_since(day),
        training,
        day,
        run_day: day,
        open: present.open.map(with_reasons),
        last: present.last.map(with_reasons),
        members: &members,
        counting,
    };
    let mut wants = Vec::new();
    case.decide(&mut wants);

    let of_training = (0..).zip(book.demands()).filter(|(_, demand)| demand.training == training);
    let demands = of_training.map(|(number, demand)| {
        let membership = members.iter().find(|(of, _)| *of == number).map(|(_, one)| *one);
        let verdict =
            wants.iter().find(|want| want.demand == Some(number)).map(|want| want.verdict);
        DemandExplained {
            source: demand.source,
            demand: number,
            member_since: membership.map(|one| one.joined_on),
            hindrance: hindrance(demand, person, verdict, day),
            not_counted: not_counted(&case, demand, membership),
        }
    });
    let demands = demands.collect();
    let shown = present.open.or(own.max_by_key(|at| person.obligations[*at].cycle));
    let obligation = shown.map(|at| {
        let (mut always, mut with_leaves) = (Vec::new(), Vec::new());
        let pauses = pauses_of(person, training, Some(at), &mut always, &mut with_leaves);
        explained(&case, at, pauses)
    });
    Explanation { training, day, demands, obligation }
}

/// The demands for a training in whose audience the person is on a day.
fn members(
    book: &Rulebook,
    person: &PersonView<'_>,
    training: u32,
    day: Day,
) -> Vec<(u32, Membership)> {
    let mut members: Vec<(u32, Membership)> = Vec::new();
    for membership in person.memberships.iter().filter(|one| one.holds(day)) {
        for number in book.of_audience(membership.audience) {
            let demand = book.demand(*number);
            if demand.training == training && demand.holds(day) {
                members.push((*number, *membership));
            }
        }
    }
    members.sort_unstable();
    members.dedup_by_key(|(number, _)| *number);
    members
}

/// The first condition that does not hold.
fn hindrance(
    demand: &Demand,
    person: &PersonView<'_>,
    verdict: Option<Verdict>,
    day: Day,
) -> Option<Hindrance> {
    if let Some(verdict) = verdict {
        return match verdict {
            Verdict::Complete(coverage) | Verdict::Settled { coverage, .. } => {
                Some(Hindrance::Covered(coverage))
            }
            Verdict::Exempt { until } => Some(Hindrance::Exempt { until }),
            Verdict::Parked(because) => Some(Hindrance::Parked(because)),
            Verdict::NotEligible(NotEligible::TrainingClosed) => Some(Hindrance::TrainingClosed),
            Verdict::NotEligible(NotEligible::Gone) => {
                Some(Hindrance::Gone(person.gone_since(day).unwrap_or(day)))
            }
            Verdict::Kept if demand.paused => Some(Hindrance::Paused),
            Verdict::Owed { .. } | Verdict::Kept | Verdict::Removed(_) => None,
        };
    }
    if day < demand.from {
        return Some(Hindrance::NotYet(demand.from));
    }
    if let Some(until) = demand.until.filter(|until| *until <= day) {
        return Some(Hindrance::Ended(until));
    }
    if demand.paused {
        return Some(Hindrance::Paused);
    }
    if let Some(gone_on) = person.gone_since(day) {
        return Some(Hindrance::Gone(gone_on));
    }
    let own = person.memberships.iter().filter(|one| one.audience == demand.audience);
    let joins_on = own.clone().map(|one| one.joined_on.max(one.known_on)).find(|on| *on > day);
    let left_on = own.filter_map(|one| one.left_on).filter(|on| *on <= day).max();
    Some(match (joins_on, left_on) {
        (Some(joins_on), _) => Hindrance::JoinsOn(joins_on),
        (None, Some(left_on)) => Hindrance::LeftAudience(left_on),
        (None, None) => Hindrance::NotInAudience,
    })
}

/// Completions that one might think count for a demand, and do not.
fn not_counted(
    case: &Case<'_>,
    demand: &Demand,
    membership: Option<Membership>,
) -> Vec<(Completion, NotCounted)> {
    let since = membership.map_or(demand.from, |one| one.joined_on.max(demand.from));
    let credit = demand.terms.credit;
    let about = case.book.training(case.training);
    let near = |completion: &&Completion| {
        completion.completed_on <= case.day
            && (completion.training == case.training
                || about.is_some_and(|about| {
                    about.equivalents.iter().any(|one| one.by == completion.training)
                }))
    };
    let mut not_counted = Vec::new();
    for completion in case.person.completions.iter().filter(near) {
        let completed_on = completion.completed_on;
        let why = if !case.counting.contains(completion) {
            NotCounted::EquivalentAtOtherTimes
        } else if credit.takes(completed_on, since) {
            let alone = Case { counting: std::slice::from_ref(completion), ..*case };
            let covered = membership.and_then(|membership| {
                alone.covered(demand, &demand.terms, since, None, &membership)
            });
            match covered.and_then(|covered| covered.expires_on) {
                Some(expires_on) if expires_on < since.max(case.day) => {
                    NotCounted::RanOut(expires_on)
                }
                _ => continue,
            }
        } else if let Some(day) = credit.since.filter(|day| completed_on < *day) {
            NotCounted::BeforeCredit(day)
        } else {
            NotCounted::TooOld(credit.earliest(since))
        };
        not_counted.push((*completion, why));
    }
    not_counted
}

fn explained(case: &Case<'_>, at: usize, pauses: Pauses<'_>) -> ObligationExplained {
    let obligation = case.person.obligations[at];
    let reasons = case.person.reasons_of(at).to_vec();
    let status = status(&obligation.days, &around(case.person, &obligation, case.day, 0), case.day);
    let due = due_steps(case, &obligation, &reasons, pauses);
    ObligationExplained { obligation, reasons, status, due }
}

/// How the due day of the deciding reason was found.
fn due_steps(
    case: &Case<'_>,
    obligation: &Obligation,
    reasons: &[Reason],
    pauses: Pauses<'_>,
) -> Vec<DueStep> {
    let day = obligation.days.closed_on.unwrap_or(case.day);
    let effective = |reason: &&Reason| {
        let due_on = reason.due_on?;
        Some(effective_due(reason, due_on, obligation.extension, pauses, day))
    };
    let deciding = reasons
        .iter()
        .filter(|reason| reason.due_on.is_some())
        .min_by_key(|reason| (effective(reason), reason.source));
    let Some((reason, begun)) = deciding.and_then(|one| Some((one, one.due_on?))) else {
        return Vec::new();
    };
    let mut steps = vec![DueStep::Decides(reason.source)];
    steps.push(ruled(case, reason));
    if reason.baseline_due_on != Some(begun) {
        steps.push(began(case, reason, begun));
    }
    let holds = |extension: &super::reasons::Extension| reason.added_on <= extension.granted_on;
    if let Some(extension) = obligation.extension.filter(holds) {
        let (granted_on, due_on) = (extension.granted_on, extension.due_on);
        steps.push(DueStep::Extended { granted_on, due_on });
    }
    let all = pauses.of(reason.pauses);
    let mut due_on = begun;
    for (number, pause) in all.iter().enumerate() {
        let runs_from = reason.added_on;
        let moved = due_after_pauses(begun, reason.grace_days, runs_from, &all[..=number], day);
        if moved != due_on {
            due_on = moved;
            let by = paused_by(case, obligation, *pause);
            steps.push(DueStep::Paused { pause: *pause, by, due_on });
        }
    }
    steps.extend(effective(&reason).map(DueStep::Due));
    if let Some(overdue_on) = obligation.days.overdue_on.filter(|_| obligation.is_open()) {
        steps.push(DueStep::Overdue { grace_days: reason.grace_days, overdue_on });
    }
    steps
}

/// Why a reason began with another due day than was ruled.
fn began(case: &Case<'_>, reason: &Reason, begun: Day) -> DueStep {
    let demand = case.book.of_source(case.training, reason.source).map(|at| case.book.demand(at));
    let policy = demand.map(|demand| demand.terms_of(reason.version).on_past_due);
    if let (Some(OnPastDue::Extend(days)), Some(ruled)) = (policy, reason.baseline_due_on) {
        let on = plus_days(begun, i32::try_from(days).unwrap_or(i32::MAX).saturating_neg());
        if ruled < on && reason.added_on <= on {
            return DueStep::WasPast { on, days, due_on: begun };
        }
    }
    DueStep::BeganWith(begun)
}

fn paused_by(case: &Case<'_>, obligation: &Obligation, pause: Pause) -> PausedBy {
    match obligation.waiting {
        _ if case.person.exemption_on(case.training, pause.from).is_some() => PausedBy::Exemption,
        Some(waiting) if waiting.covers(pause.from) => PausedBy::Waiting,
        _ => PausedBy::Leave,
    }
}

/// How far the completion before covers, which is when a renewal is due.
fn renewed(case: &Case<'_>, reason: &Reason, expiry: Day) -> DueStep {
    let demand = case.book.of_source(case.training, reason.source).map(|at| case.book.demand(at));
    let renewal = demand.and_then(|demand| demand.terms_of(reason.version).renewal);
    let counted = renewal.zip(reason.chain).and_then(|(renewal, chain)| {
        let months = u32::try_from(renewal.months_to(&chain)?).ok()?;
        (chain.expires_on == expiry).then_some(DueStep::Renewed {
            completed_on: chain.completed_on,
            method: renewal.method,
            from: chain.anchor_on,
            months,
            due_on: expiry,
        })
    });
    counted.unwrap_or(DueStep::Renews(expiry))
}

/// What a reason's due day was counted from.
fn ruled(case: &Case<'_>, reason: &Reason) -> DueStep {
    let set = DueStep::Set(reason.baseline_due_on.or(reason.due_on).unwrap_or(reason.added_on));
    if let Some(expiry) = reason.renews_on {
        return renewed(case, reason, expiry);
    }
    let member =
        case.members.iter().find(|(number, _)| case.book.demand(*number).source == reason.source);
    let Some((number, membership)) = member else { return set };
    let demand = case.book.demand(*number);
    let due = demand.terms_of(reason.version).due;
    match due.ruled(&case.anchors(due, membership, demand, reason.added_on)) {
        Ruled::On { due_on, from } if Some(due_on) == reason.baseline_due_on => {
            DueStep::Counted { due, from, due_on }
        }
        _ => set,
    }
}

impl Explanation {
    /// Whether anything is to be done on the day.
    #[must_use]
    pub fn is_owed(&self) -> bool {
        self.obligation.as_ref().is_some_and(|one| one.obligation.is_open())
    }

    /// The rules and orders that are reasons.
    pub fn reasons(&self) -> impl Iterator<Item = &DemandExplained> {
        self.demands.iter().filter(|demand| demand.hindrance.is_none())
    }
}
