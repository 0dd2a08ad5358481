//! Carries a plan out in memory: for simulations, for days that are caught up, and to prove that
//! nothing is left to plan afterwards.

use super::facts::{Facts, Obligation, Parked, PersonFacts};
use super::plan::{Act, Action, Plan};
use super::reasons::Reason;
use super::rulebook::row;

/// The facts after a plan was carried out.
#[must_use]
pub fn apply(facts: &Facts, plan: &Plan) -> Facts {
    let mut after = Facts::new();
    let mut actions = plan.actions.as_slice();
    for number in 0..row(facts.len()) {
        let mut person = facts.to_person(number);
        let n_own = actions.iter().take_while(|action| action.person == number).count();
        let (own, others) = actions.split_at(n_own);
        apply_to(&mut person, own);
        actions = others;
        after.push(&mut person);
    }
    after
}

/// Carries out what is to be done for one person.
pub(super) fn apply_to(person: &mut PersonFacts, actions: &[Action]) {
    for action in actions {
        match action.act {
            Act::Assign(obligation) | Act::Credit(obligation) => {
                person.obligations.push((obligation, Vec::new()));
            }
            Act::Park { source, .. } => {
                let training = action.training;
                person.parked.push(Parked { training, source, decided: None });
            }
            Act::Unpark { source } => person
                .parked
                .retain(|parked| (parked.training, parked.source) != (action.training, source)),
            act => {
                let of = |(obligation, _): &&mut (Obligation, Vec<Reason>)| {
                    (obligation.training, obligation.cycle) == (action.training, action.cycle)
                };
                if let Some((obligation, reasons)) = person.obligations.iter_mut().find(of) {
                    change(obligation, reasons, act);
                }
            }
        }
    }
    person.withdrawals.clear();
}

fn change(obligation: &mut Obligation, reasons: &mut Vec<Reason>, act: Act) {
    match act {
        Act::AddReason(reason) => reasons.push(reason),
        Act::ChangeReason(to) => {
            if let Some(reason) = reasons.iter_mut().find(|reason| reason.source == to.source) {
                *reason = to;
            }
        }
        Act::RemoveReason(source) => reasons.retain(|reason| reason.source != source),
        Act::ChangeHead { to, .. } => *obligation = obligation.with_head(to),
        Act::Close { days, by } => {
            obligation.days = days;
            obligation.closed_by = by;
        }
        Act::Cover { expires_on, window_on } => {
            obligation.days.expires_on = expires_on;
            obligation.days.window_on = window_on;
        }
        Act::Assign(_) | Act::Credit(_) | Act::Park { .. } | Act::Unpark { .. } => {}
    }
}
