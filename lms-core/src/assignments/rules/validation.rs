//! Whether a definition can be kept: names, numbers, what fits together. Pure, and all faults at once.

use std::collections::HashSet;

use super::definition::RuleDefinition;
use super::parts::{RenewalBase, RuleEscalation, RuleReminders, RuleRenewal};
use crate::assignments::engine::{Due, OnPastDue};
use crate::catalog::Problem;
use crate::kernel::fold::fold;
use crate::kernel::text::{Code, Name};

const TRAININGS_MAX: usize = 300;
const PATHS_MAX: usize = 100;
const REMINDERS_MAX: usize = 20;
/// Ten years of days: what is longer was meant as something else.
const DAYS_MAX: u32 = 3_650;
const REMINDER_DAYS_MAX: u32 = 365;
const MONTHS_MAX: u32 = 1_200;
const WEEKS_MAX: u32 = 104;

/// Brings a definition into the one form in which it is kept: blanks trimmed, reminders in order.
pub(super) fn tidy(definition: &mut RuleDefinition) {
    let texts = [&mut definition.code, &mut definition.title].into_iter();
    for text in texts.chain(&mut definition.trainings).chain(&mut definition.paths) {
        if text.trim().len() != text.len() {
            *text = text.trim().to_owned();
        }
    }
    if let Some(reminders) = &mut definition.reminders {
        reminders.days.sort_unstable();
        reminders.days.dedup();
    }
    let nobody = RuleEscalation { manager_after_days: None, head_after_days: None };
    definition.escalation = definition.escalation.filter(|escalation| *escalation != nobody);
}

/// All that is wrong with a definition that was tidied, as far as the definition itself tells.
pub(super) fn problems_of(definition: &RuleDefinition) -> Vec<Problem> {
    let mut found = Faults(Vec::new());
    if let Err(error) = Code::parse(&definition.code) {
        found.add("code", error.message().replace("the code", "it"));
    }
    if let Err(error) = Name::parse(&definition.title) {
        found.add("title", error.message().replace("the name", "it"));
    }
    found.codes("trainings", &definition.trainings, TRAININGS_MAX);
    found.codes("paths", &definition.paths, PATHS_MAX);
    if definition.trainings.is_empty() && definition.paths.is_empty() {
        found.add("trainings", "it asks for nothing: name at least one training, or a path");
    }
    found.due(definition);
    if let Some(renewal) = &definition.renewal {
        found.renewal(renewal);
    }
    found.at_most("grace_days", definition.grace_days, DAYS_MAX);
    found.within("credit.within_months", definition.credit.within_months, 1, MONTHS_MAX);
    if let OnPastDue::Extend(days) = definition.on_past_due {
        found.at_most("on_past_due.extend_days", Some(days), DAYS_MAX);
    }
    if let Some(reminders) = &definition.reminders {
        found.reminders(reminders);
    }
    if let Some(escalation) = definition.escalation {
        found.at_most("escalation.manager_after_days", escalation.manager_after_days, DAYS_MAX);
        found.at_most("escalation.head_after_days", escalation.head_after_days, DAYS_MAX);
    }
    if let (Some(from), Some(until)) = (definition.from, definition.until)
        && until < from
    {
        found.add("until", format!("{until} comes before {from}, when it begins"));
    }
    found.within("stagger_weeks", definition.stagger_weeks, 1, WEEKS_MAX);
    found.0
}

/// Problems in the making.
struct Faults(Vec<Problem>);

impl Faults {
    fn add(&mut self, path: &str, message: impl Into<String>) {
        self.0.push(Problem::new(path, message));
    }

    fn within(&mut self, path: &str, number: Option<u32>, min: u32, max: u32) {
        if let Some(number) = number.filter(|number| !(min..=max).contains(number)) {
            self.add(path, format!("`{number}` is not from {min} to {max}"));
        }
    }

    fn at_most(&mut self, path: &str, number: Option<u32>, max: u32) {
        self.within(path, number, 0, max);
    }

    fn codes(&mut self, path: &str, codes: &[String], max: usize) {
        if codes.len() > max {
            let n = codes.len();
            self.add(path, format!("there are {n} of them, and at most {max} are possible"));
        }
        let mut seen = HashSet::new();
        for (at, code) in codes.iter().enumerate().take(max) {
            let path = format!("{path}[{at}]");
            if Code::parse(code).is_err() {
                self.add(&path, format!("`{code}` cannot be a code"));
            } else if !seen.insert(fold(code)) {
                self.add(&path, format!("`{code}` is in it twice"));
            }
        }
    }

    fn due(&mut self, definition: &RuleDefinition) {
        let terms = definition.terms(1, Some(0), 0);
        let days = match terms.due {
            Due::AfterAssignment(days)
            | Due::AfterHire(days)
            | Due::AfterJoining(days)
            | Due::AfterCompleting { days, .. } => Some(days),
            _ => None,
        };
        self.at_most("due", days, DAYS_MAX);
        if let Err(error) = terms.due.check()
            && days.is_none()
        {
            self.add("due", error.message());
        }
        let Some(after) = definition.due_after() else { return };
        if Code::parse(after).is_err() {
            self.add("due", format!("`{after}` cannot be the code of a training"));
        } else if definition.trainings.iter().any(|code| fold(code) == fold(after)) {
            let message = format!("`{after}` would be due after it is completed itself");
            self.add("due", message);
        }
    }

    fn renewal(&mut self, renewal: &RuleRenewal) {
        let RuleRenewal { window_months, window_days, min_active_months, .. } = renewal;
        match (window_months, window_days) {
            (None, None) => {
                let message = "say how long before the end the next cycle opens, in \
                               `window_months` or `window_days`";
                self.add("renewal", message);
            }
            (Some(_), Some(_)) => {
                self.add("renewal.window_days", "say it in months or in days, not in both");
            }
            _ => {}
        }
        let is_fixed = renewal.base == RenewalBase::Fixed;
        match min_active_months {
            None if is_fixed => {
                let message = "where the days are fixed, say how many months a completion covers \
                               at least";
                self.add("renewal.min_active_months", message);
            }
            Some(_) if !is_fixed => {
                let message = "only a renewal with `base = \"fixed\"` has it";
                self.add("renewal.min_active_months", message);
            }
            _ => {}
        }
        if !self.0.iter().any(|problem| problem.path.starts_with("renewal"))
            && let Err(error) = renewal.renewal().check()
        {
            let path = match error.field() {
                Some("active") => "renewal.active_months",
                Some("min_active") => "renewal.min_active_months",
                _ if window_months.is_some() => "renewal.window_months",
                _ => "renewal.window_days",
            };
            self.add(path, error.message());
        }
    }

    fn reminders(&mut self, reminders: &RuleReminders) {
        if reminders.days.len() > REMINDERS_MAX {
            let n = reminders.days.len();
            let message =
                format!("there are {n} of them, and at most {REMINDERS_MAX} are possible");
            self.add("reminders.days", message);
        }
        for (at, days) in reminders.days.iter().enumerate() {
            if days.unsigned_abs() > REMINDER_DAYS_MAX {
                let message =
                    format!("`{days}` is not from -{REMINDER_DAYS_MAX} to {REMINDER_DAYS_MAX}");
                self.add(&format!("reminders.days[{at}]"), message);
            }
        }
        self.within("reminders.then_every_days", reminders.then_every_days, 1, REMINDER_DAYS_MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assignments::engine::Credit;
    use crate::assignments::terms::DueRule;
    use crate::kernel::text::Day;
    use crate::people::Audience;

    fn rule() -> RuleDefinition {
        let mut rule = RuleDefinition::new("GDPR", "Data protection", Audience::everybody());
        rule.trainings = vec!["GDPR-101".to_owned()];
        rule
    }

    fn paths(change: impl FnOnce(&mut RuleDefinition)) -> Vec<String> {
        let mut rule = rule();
        change(&mut rule);
        tidy(&mut rule);
        problems_of(&rule).into_iter().map(|problem| problem.path).collect()
    }

    #[test]
    fn a_rule_without_fault_has_none() {
        assert_eq!(paths(|_| {}), [""; 0]);
        assert_eq!(
            paths(|rule| rule.renewal =
                Some(RuleRenewal { window_months: Some(2), ..RuleRenewal::new(12) })),
            [""; 0]
        );
    }

    #[test]
    fn all_faults_are_told_at_once_with_their_places() {
        let day = |text: &str| Day::parse(text).unwrap();
        let found = paths(|rule| {
            rule.code = "not a code".to_owned();
            rule.title = " ".to_owned();
            rule.trainings = vec!["A".to_owned(), " a ".to_owned(), "b c".to_owned()];
            rule.paths = vec!["P".to_owned(), "p".to_owned()];
            rule.due = DueRule::AfterCompleting("a".to_owned(), 9_000);
            rule.renewal = Some(RuleRenewal::new(12));
            rule.grace_days = Some(4_000);
            rule.credit = Credit { since: None, within_months: Some(0) };
            rule.on_past_due = OnPastDue::Extend(5_000);
            rule.reminders = Some(RuleReminders { days: vec![400, -1], then_every_days: Some(0) });
            rule.escalation =
                Some(RuleEscalation { manager_after_days: Some(9_999), head_after_days: None });
            rule.from = Some(day("2026-02-01"));
            rule.until = Some(day("2026-01-31"));
            rule.stagger_weeks = Some(0);
        });
        assert_eq!(
            found,
            [
                "code",
                "title",
                "trainings[1]",
                "trainings[2]",
                "paths[1]",
                "due",
                "due",
                "renewal",
                "grace_days",
                "credit.within_months",
                "on_past_due.extend_days",
                "reminders.days[1]",
                "reminders.then_every_days",
                "escalation.manager_after_days",
                "until",
                "stagger_weeks",
            ]
        );
    }

    #[test]
    fn a_rule_asks_for_something() {
        assert_eq!(paths(|rule| rule.trainings.clear()), ["trainings"]);
        assert_eq!(
            paths(|rule| {
                rule.trainings.clear();
                rule.paths = vec!["WELCOME".to_owned()];
            }),
            [""; 0]
        );
        let one_day = Day::parse("2026-03-31").ok();
        assert_eq!(paths(|rule| (rule.from, rule.until) = (one_day, one_day)), [""; 0]);
    }

    #[test]
    fn the_parts_of_a_renewal_fit() {
        let of = |renewal: RuleRenewal| paths(|rule| rule.renewal = Some(renewal));
        let yearly = RuleRenewal { window_months: Some(2), ..RuleRenewal::new(12) };
        let fixed =
            RuleRenewal { base: RenewalBase::Fixed, min_active_months: Some(6), ..yearly.clone() };
        assert_eq!(of(fixed.clone()), [""; 0]);
        for (renewal, path) in [
            (RuleRenewal { window_days: Some(9), ..yearly.clone() }, "renewal.window_days"),
            (
                RuleRenewal { min_active_months: Some(6), ..yearly.clone() },
                "renewal.min_active_months",
            ),
            (RuleRenewal { min_active_months: None, ..fixed.clone() }, "renewal.min_active_months"),
            (
                RuleRenewal { min_active_months: Some(13), ..fixed.clone() },
                "renewal.min_active_months",
            ),
            (RuleRenewal { min_active_months: Some(1), ..fixed.clone() }, "renewal.window_months"),
            (RuleRenewal { window_months: Some(12), ..yearly.clone() }, "renewal.window_months"),
            (
                RuleRenewal { window_months: None, window_days: Some(400), ..yearly.clone() },
                "renewal.window_days",
            ),
            (RuleRenewal { active_months: 0, ..yearly.clone() }, "renewal.active_months"),
            (RuleRenewal { active_months: 2_000, ..yearly }, "renewal.active_months"),
        ] {
            assert_eq!(of(renewal.clone()), [path], "{renewal:?}");
        }
    }

    #[test]
    fn tidying_twice_is_tidying_once() {
        let mut rule = rule();
        rule.code = " GDPR ".to_owned();
        rule.reminders = Some(RuleReminders { days: vec![7, -7, 7], then_every_days: None });
        rule.escalation = Some(RuleEscalation { manager_after_days: None, head_after_days: None });
        tidy(&mut rule);
        let once = rule.clone();
        tidy(&mut rule);
        assert_eq!(rule, once);
        assert_eq!((&*once.code, once.escalation), ("GDPR", None));
        assert_eq!(once.reminders.unwrap().days, [-7, 7]);
    }
}
