//! What a plan comes to for somebody and a training, in a word, with the reason.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use uuid::Uuid;

use super::engine::{Act, Cause, ClosedAs, ParkedBecause, Plan};
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
    pub(super) due_on_before: Option<Day>,
    pub(super) due_on: Option<Day>,
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
            Cause::RuleChanged => "the rule says otherwise now".to_owned(),
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

/// What a plan comes to, by person and training; what decides about both is told.
pub(super) fn came_of(loaded: &Loaded, plan: &Plan) -> Vec<(Uuid, Uuid, Came)> {
    let mut came: BTreeMap<(u32, u32), Came> = BTreeMap::new();
    for action in &plan.actions {
        let (effect, due_on_before, due_on) = effect_of(&action.act);
        let stood = action.obligation.is_some().then(|| {
            let person = loaded.facts.person(action.person);
            let own = person.obligations.iter();
            let open = own.filter(|one| one.training == action.training && one.is_open());
            open.map(|one| one.days.due_on).next_back().flatten()
        });
        let before = due_on_before.or(stood.flatten());
        let one = Came { effect, cause: action.cause, due_on_before: before, due_on };
        came.entry((action.person, action.training))
            .and_modify(|known| {
                if one.effect < known.effect {
                    let due_on = one.due_on.or(known.due_on);
                    *known = Came { due_on, ..one };
                } else {
                    known.due_on = known.due_on.or(one.due_on);
                }
            })
            .or_insert(one);
    }
    let named = |((person, training), came): ((u32, u32), Came)| {
        (loaded.people[person as usize], loaded.trainings.id(training), came)
    };
    came.into_iter().map(named).collect()
}

/// What an act comes to, with the due day before and after it.
fn effect_of(act: &Act) -> (Effect, Option<Day>, Option<Day>) {
    match act {
        Act::Assign(obligation) if obligation.waiting.is_some() => {
            (Effect::Waitlisted, None, obligation.days.due_on)
        }
        Act::Assign(obligation) => (Effect::Assigned, None, obligation.days.due_on),
        Act::Credit(_) => (Effect::Credited, None, None),
        Act::Close { days, .. } => match days.closed_as {
            Some(ClosedAs::Completed) => (Effect::Completed, days.due_on, None),
            Some(ClosedAs::Left) => (Effect::Left, days.due_on, None),
            _ => (Effect::Cancelled, days.due_on, None),
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
            (effect, from.due_on, to.due_on)
        }
        Act::Park { .. } => (Effect::Parked, None, None),
        Act::AddReason(reason) => (Effect::ReasonAdded, None, reason.due_on),
        Act::RemoveReason(_) => (Effect::ReasonRemoved, None, None),
        Act::ChangeReason(_) | Act::Cover { .. } | Act::Unpark { .. } => {
            (Effect::Other, None, None)
        }
    }
}
