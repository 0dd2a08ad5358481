//! When people are told of what they have to do, and who else is.

use std::collections::HashMap;

use super::engine::{Kind, Notices, Reason};
use super::rules::RuleDefinition;

/// After how many days overdue it goes to the manager, and then to the head of the department.
const MANAGER_AFTER_DAYS: u32 = 7;
const HEAD_AFTER_DAYS: u32 = 14;

/// When people are told of an obligation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Policy {
    /// Reminders, and all days on which somebody is to be told.
    pub(crate) notices: Notices,
    /// Days overdue after which the manager hears of it.
    pub(crate) manager_after_days: Option<u32>,
    /// Days overdue after which the head of the department hears of it.
    pub(crate) head_after_days: Option<u32>,
}

/// What holds where nothing else is said.
pub(super) fn usual(due_soon_days: u32) -> Policy {
    Policy {
        notices: Notices {
            due_soon_days,
            escalations: vec![MANAGER_AFTER_DAYS, HEAD_AFTER_DAYS],
            ..Notices::default()
        },
        manager_after_days: Some(MANAGER_AFTER_DAYS),
        head_after_days: Some(HEAD_AFTER_DAYS),
    }
}

/// What rules say for themselves, by their number as a source.
pub(super) type Policies = HashMap<u32, Policy>;

/// What holds of an obligation with these reasons: what the one says that is due first.
pub(super) fn of<'a>(reasons: &[Reason], own: &'a Policies, usual: &'a Policy) -> &'a Policy {
    let standing = reasons.iter().filter(|reason| reason.left_on.is_none());
    let first = standing.min_by_key(|one| (one.due_on.is_none(), one.due_on, one.source));
    first.and_then(|reason| own.get(&reason.source.number)).unwrap_or(usual)
}

/// What a rule says for itself; nothing where it is as usual.
pub(super) fn of_rule(rule: &RuleDefinition, due_soon_days: u32) -> Option<Policy> {
    if rule.reminders.is_none() && rule.escalation.is_none() {
        return None;
    }
    let mut policy = usual(due_soon_days);
    if let Some(escalation) = rule.escalation {
        policy.manager_after_days = escalation.manager_after_days;
        policy.head_after_days = escalation.head_after_days;
    }
    let reminders = rule.reminders_or_usual();
    policy.notices = Notices {
        due_soon_days,
        reminders: reminders.days,
        then_every_days: reminders.then_every_days,
        escalations: [policy.manager_after_days, policy.head_after_days]
            .into_iter()
            .flatten()
            .collect(),
    };
    Some(policy)
}

/// Whether others hear of it when it is overdue: only of what people must do.
pub(super) fn escalates(kind: Kind) -> bool {
    kind == Kind::Mandatory
}

impl Policy {
    /// The days after the due day of the latest reminder by a day that lies behind another one; none where
    /// there is none. Catching up sends the latest, and not all that were missed.
    pub(crate) fn latest_reminder(&self, behind: i32, until: i32) -> Option<i32> {
        let Notices { reminders, then_every_days, .. } = &self.notices;
        let named = reminders.iter().copied().filter(|offset| *offset <= until).max();
        let last = reminders.iter().copied().max().unwrap_or(0);
        let every = then_every_days.map(|days| i32::try_from(days.max(1)).unwrap_or(i32::MAX));
        let again = every.filter(|_| until > last).map(|every| until - (until - last) % every);
        named.max(again.filter(|again| *again > last)).filter(|offset| *offset > behind)
    }
}

#[cfg(test)]
mod tests {
    use super::super::engine::{Source, SourceKind};
    use super::super::rules::{RuleEscalation, RuleReminders};
    use super::*;
    use crate::kernel::text::Day;
    use crate::people::Audience;

    #[test]
    fn what_is_due_first_says_when_people_are_told() {
        let mut rule = RuleDefinition::new("R", "R", Audience::everybody());
        assert_eq!(of_rule(&rule, 14), None);
        rule.escalation =
            Some(RuleEscalation { manager_after_days: Some(2), head_after_days: None });
        let own = of_rule(&rule, 14).unwrap();
        assert_eq!(own.notices.reminders, usual(14).notices.reminders);
        assert_eq!((own.manager_after_days, own.head_after_days), (Some(2), None));
        rule.reminders = Some(RuleReminders { days: vec![-3], then_every_days: None });
        assert_eq!(of_rule(&rule, 14).unwrap().notices.reminders, [-3]);

        let reason = |number: u32, due_on: &str| {
            let source = Source { kind: SourceKind::Rule, number };
            let day = Day::parse(due_on).unwrap();
            Reason { due_on: Some(day), ..Reason::new(source, Kind::Mandatory, day) }
        };
        let own = HashMap::from([(1, own)]);
        let usual = usual(14);
        let reasons = [reason(1, "2026-05-01"), reason(2, "2026-04-01")];
        assert_eq!(of(&reasons, &own, &usual), &usual);
        assert_eq!(of(&reasons[..1], &own, &usual).manager_after_days, Some(2));
    }

    #[test]
    fn the_latest_reminder_is_sent_and_not_all_that_were_missed() {
        let usual = usual(14);
        for (behind, until, expected) in [
            // Assigned thirty days before it is due.
            (-30, -15, None),
            (-30, -14, Some(-14)),
            (-30, -8, Some(-14)),
            (-30, -7, Some(-7)),
            (-30, 0, Some(-1)),
            (-30, 1, Some(1)),
            (-30, 13, Some(7)),
            (-30, 14, Some(14)),
            (-30, 20, Some(14)),
            (-30, 21, Some(21)),
            (-30, 100, Some(98)),
            // Assigned a week before: what lies behind was never due.
            (-7, -7, None),
            (-7, -2, None),
            (-7, -1, Some(-1)),
            // Given when it was past due.
            (3, 6, None),
            (3, 7, Some(7)),
        ] {
            assert_eq!(usual.latest_reminder(behind, until), expected, "{behind} {until}");
        }
        let once = Policy {
            notices: Notices { reminders: vec![-3], then_every_days: None, ..Notices::default() },
            ..usual
        };
        assert_eq!(once.latest_reminder(-30, 100), Some(-3));
        let never = Policy {
            notices: Notices { reminders: Vec::new(), then_every_days: None, ..Notices::default() },
            ..once
        };
        assert_eq!(never.latest_reminder(-30, 100), None);
    }
}
