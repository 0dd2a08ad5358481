//! What a plan comes to for somebody and a training, in a word, with the reason.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use uuid::Uuid;

use super::engine::{Act, Action, Boundaries, Cause, ClosedAs, Head, ParkedBecause, Plan, Reason};
use super::load::Loaded;
use crate::kernel::text::Day;

/// What becomes of a training of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Effect {
    Assigned,
    Waitlisted,
    Completed,
    Credited,
    Cancelled,
    Left,
    Strengthened,
    Weakened,
    Moved,
    Parked,
    ReasonAdded,
    ReasonRemoved,
    Other,
}

impl Effect {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Assigned => "assigned",
            Self::Waitlisted => "waitlisted",
            Self::Completed => "completed",
            Self::Credited => "credited",
            Self::Cancelled => "cancelled",
            Self::Left => "left",
            Self::Strengthened => "strengthened",
            Self::Weakened => "weakened",
            Self::Moved => "moved",
            Self::Parked => "parked",
            Self::ReasonAdded => "reason_added",
            Self::ReasonRemoved => "reason_removed",
            Self::Other => "changed",
        }
    }
}

/// What somebody's training comes to, and why.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Came {
    pub(super) effect: Effect,
    pub(super) cause: Cause,
    pub(super) before: Dues,
    pub(super) after: Dues,
}

/// When something is due, and overdue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Dues {
    pub(super) due_on: Option<Day>,
    pub(super) overdue_on: Option<Day>,
}

impl Dues {
    /// These, else others.
    fn or(self, others: Self) -> Self {
        if self.due_on.is_some() { self } else { others }
    }
}

impl From<Boundaries> for Dues {
    fn from(days: Boundaries) -> Self {
        Self { due_on: days.due_on, overdue_on: days.overdue_on }
    }
}

impl From<Head> for Dues {
    fn from(head: Head) -> Self {
        Self { due_on: head.due_on, overdue_on: head.overdue_on }
    }
}

impl Came {
    /// Why, in words; with what of the person the audience goes by, where that is the reason.
    pub(super) fn because(&self, traits: Option<&str>) -> String {
        let with = |sentence: String| match traits {
            Some(traits) if !traits.is_empty() => format!("{sentence} ({traits})"),
            _ => sentence,
        };
        match self.cause {
            Cause::InAudience { since } => {
                format!("{}, wanted since {since}", with("in the audience".to_owned()))
            }
            Cause::LeftAudience => with("no longer in the audience".to_owned()),
            Cause::Ordered => "somebody assigned it".to_owned(),
            Cause::Renewal => "what covers runs out".to_owned(),
            Cause::Retraining => "a new version asks for it again".to_owned(),
            Cause::RuleChanged => format!("the rule says otherwise now{}", self.overdue_moves()),
            Cause::AnchorMoved => "the day that is counted from is another".to_owned(),
            Cause::ClockMoved => "the clock stood still, or an extension".to_owned(),
            Cause::RuleEnded => "the rule has ended".to_owned(),
            Cause::Withdrawn => "it was taken back".to_owned(),
            Cause::LeftOrganisation => "they have left".to_owned(),
            Cause::Completed { .. } if self.effect == Effect::Credited => {
                "it was done before it was wanted".to_owned()
            }
            Cause::Completed { .. } => "it is done".to_owned(),
            Cause::NoLongerParked => "it waits no longer".to_owned(),
            Cause::Unassignable(ParkedBecause::PastDue(day)) => {
                format!("it would have been due on {day}")
            }
            Cause::Unassignable(ParkedBecause::HireUnknown) => {
                "nobody knows when they were hired".to_owned()
            }
        }
    }
}

impl Came {
    /// Since when it is overdue, where nothing else about it is another day.
    fn overdue_moves(&self) -> String {
        let (before, after) = (self.before, self.after);
        match (before.overdue_on, after.overdue_on) {
            (Some(was), Some(is)) if was != is && before.due_on == after.due_on => {
                format!(": overdue from {is} on instead of {was}")
            }
            _ => String::new(),
        }
    }
}

/// What a plan comes to, by person and training; what decides about both is told. Of what goes on as it was,
/// but by another version of its rule, there is nothing to tell.
pub(super) fn came_of(loaded: &Loaded, plan: &Plan) -> Vec<(Uuid, Uuid, Came)> {
    let mut came: BTreeMap<(u32, u32), Came> = BTreeMap::new();
    for action in plan.actions.iter().filter(|action| !is_version_only(loaded, action)) {
        let (effect, before, after) = effect_of(&action.act);
        let stood = action.obligation.is_some().then(|| {
            let person = loaded.facts.person(action.person);
            let own = person.obligations.iter();
            let open = own.filter(|one| one.training == action.training && one.is_open());
            open.map(|one| Dues::from(one.days)).next_back().unwrap_or_default()
        });
        let before = before.or(stood.unwrap_or_default());
        let one = Came { effect, cause: action.cause, before, after };
        came.entry((action.person, action.training))
            .and_modify(|known| {
                if one.effect < known.effect {
                    *known = Came { after: one.after.or(known.after), ..one };
                } else {
                    known.after = known.after.or(one.after);
                }
            })
            .or_insert(one);
    }
    // What is said of neither goes on being due as it was.
    for one in came.values_mut().filter(|one| one.effect == Effect::Other) {
        one.after = one.after.or(one.before);
    }
    let named = |((person, training), came): ((u32, u32), Came)| {
        (loaded.people[person as usize], loaded.trainings.id(training), came)
    };
    came.into_iter().map(named).collect()
}

/// Whether a reason is another in nothing but the version of the rule that it goes by.
fn is_version_only(loaded: &Loaded, action: &Action) -> bool {
    let Act::ChangeReason(reason) = action.act else { return false };
    let person = loaded.facts.person(action.person);
    let stood = person
        .cycle(action.training, action.cycle)
        .and_then(|at| person.reasons_of(at).iter().find(|stood| stood.source == reason.source));
    stood.is_some_and(|stood| Reason { version: stood.version, ..reason } == *stood)
}

/// What an act comes to, with when it is due before and after it.
fn effect_of(act: &Act) -> (Effect, Dues, Dues) {
    let none = Dues::default();
    match act {
        Act::Assign(obligation) if obligation.waiting.is_some() => {
            (Effect::Waitlisted, none, obligation.days.into())
        }
        Act::Assign(obligation) => (Effect::Assigned, none, obligation.days.into()),
        Act::Credit(_) => (Effect::Credited, none, none),
        Act::Close { days, .. } => match days.closed_as {
            Some(ClosedAs::Completed) => (Effect::Completed, (*days).into(), none),
            Some(ClosedAs::Left) => (Effect::Left, (*days).into(), none),
            _ => (Effect::Cancelled, (*days).into(), none),
        },
        Act::ChangeHead { from, to } => {
            let earlier = match (from.due_on, to.due_on) {
                (Some(from), Some(to)) => to < from,
                (None, Some(_)) => true,
                _ => false,
            };
            let effect = match to.kind.cmp(&from.kind) {
                Ordering::Greater => Effect::Strengthened,
                Ordering::Less => Effect::Weakened,
                Ordering::Equal if earlier => Effect::Strengthened,
                Ordering::Equal => Effect::Moved,
            };
            (effect, (*from).into(), (*to).into())
        }
        Act::Park { .. } => (Effect::Parked, none, none),
        Act::AddReason(reason) => {
            (Effect::ReasonAdded, none, Dues { due_on: reason.due_on, overdue_on: None })
        }
        Act::RemoveReason(_) => (Effect::ReasonRemoved, none, none),
        Act::ChangeReason(_) | Act::Cover { .. } | Act::Unpark { .. } => {
            (Effect::Other, none, none)
        }
    }
}
