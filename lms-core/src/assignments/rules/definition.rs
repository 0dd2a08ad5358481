//! What a rule says: the whole of one version, as it lies in a file and in the database.
//!
//! The document is the same everywhere: fields in the order in which they stand here, those that are
//! not set, or as usual, left out. Names are kept as they were written.

use serde::{Deserialize, Serialize};

use super::parts::{
    LeavePolicy, OpenCycles, RuleEscalation, RuleReminders, RuleRenewal, is_usual, past_due,
};
use crate::assignments::engine::{Credit, Due, Kind, OnLeaving, OnPastDue, Terms};
use crate::assignments::terms::DueRule;
use crate::kernel::document::Beside;
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;
use crate::people::Audience;

/// One version of a rule, whole: who has to learn what, by when, and how often again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RuleDefinition {
    /// The short name that people type.
    #[serde(default)]
    pub code: String,
    /// What it is called.
    #[serde(default)]
    pub title: String,
    /// Codes of the trainings that it asks for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trainings: Vec<String>,
    /// Codes of the learning paths that it asks for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<String>,
    /// Of whom. It has to be said, also where it is everybody.
    pub audience: Audience,
    /// How strongly; mandatory, unless said.
    #[serde(default = "mandatory", skip_serializing_if = "is_mandatory")]
    pub kind: Kind,
    /// By when.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub due: DueRule,
    /// Whether it has to be done again, and when; once and for all, unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renewal: Option<RuleRenewal>,
    /// The days between being late and being overdue; those of the organisation, unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace_days: Option<u32>,
    /// Which completions from before the rule wanted it count; all, unless said.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub credit: Credit,
    /// What becomes of it for whoever leaves the audience.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub on_leaving: OnLeaving,
    /// Whether the clock stands still for whoever is on leave.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub leave: LeavePolicy,
    /// What happens where the due day is past before anything was assigned.
    #[serde(default, with = "past_due", skip_serializing_if = "is_usual")]
    pub on_past_due: OnPastDue,
    /// When people are reminded; as usual, unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminders: Option<RuleReminders>,
    /// Who else is told of what is overdue; as usual, unless said; nobody where it is said to be empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalation: Option<RuleEscalation>,
    /// The first day on which it wants anything.
    #[serde(
        default,
        deserialize_with = "crate::kernel::document::day",
        skip_serializing_if = "Option::is_none"
    )]
    pub from: Option<Day>,
    /// The last day on which it does.
    #[serde(
        default,
        deserialize_with = "crate::kernel::document::day",
        skip_serializing_if = "Option::is_none"
    )]
    pub until: Option<Day>,
    /// Whoever is in the audience when it begins starts within so many weeks, some in each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stagger_weeks: Option<u32>,
    /// Whether what is open changes to the terms of this version, or keeps those it was opened under.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub open_cycles: OpenCycles,

    // What a file has beside the definition: read by the head of the file, and no part of the
    // document.
    #[serde(default, skip_serializing)]
    format: Beside,
}

fn mandatory() -> Kind {
    Kind::Mandatory
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_mandatory(kind: &Kind) -> bool {
    *kind == Kind::Mandatory
}

impl RuleDefinition {
    /// A rule for an audience that asks for nothing yet.
    #[must_use]
    pub fn new(code: &str, title: &str, audience: Audience) -> Self {
        Self {
            code: code.to_owned(),
            title: title.to_owned(),
            trainings: Vec::new(),
            paths: Vec::new(),
            audience,
            kind: Kind::Mandatory,
            due: DueRule::Never,
            renewal: None,
            grace_days: None,
            credit: Credit::default(),
            on_leaving: OnLeaving::default(),
            leave: LeavePolicy::default(),
            on_past_due: OnPastDue::default(),
            reminders: None,
            escalation: None,
            from: None,
            until: None,
            stagger_weeks: None,
            open_cycles: OpenCycles::default(),
            format: Beside::default(),
        }
    }

    /// A field that only a whole file has, and no definition, if one was read.
    #[must_use]
    pub fn field_of_file(&self) -> Option<&'static str> {
        self.format.is_there().then_some("format")
    }

    /// The code of the training after which it is due.
    #[must_use]
    pub fn due_after(&self) -> Option<&str> {
        match &self.due {
            DueRule::AfterCompleting(code, _) => Some(code),
            _ => None,
        }
    }

    /// The first day on which it wants nothing any more.
    #[must_use]
    pub fn ends_on(&self) -> Option<Day> {
        self.until.map(Day::next)
    }

    /// When people are reminded of what it asks for.
    #[must_use]
    pub fn reminders_or_usual(&self) -> RuleReminders {
        self.reminders.clone().unwrap_or_default()
    }

    /// As the engine takes it: as this version, with the number of the training after which it is due,
    /// and the grace of the organisation for where it says none.
    pub(in crate::assignments) fn terms(
        &self,
        version: u32,
        after: Option<u32>,
        default_grace_days: u32,
    ) -> Terms {
        let due = match (&self.due, after) {
            (DueRule::Never, _) | (DueRule::AfterCompleting(..), None) => Due::Never,
            (DueRule::On(day), _) => Due::On(*day),
            (DueRule::AfterAssignment(days), _) => Due::AfterAssignment(*days),
            (DueRule::AfterHire(days), _) => Due::AfterHire(*days),
            (DueRule::AfterJoining(days), _) => Due::AfterJoining(*days),
            (DueRule::AfterCompleting(_, days), Some(training)) => {
                Due::AfterCompleting { training, days: *days }
            }
            (DueRule::Next { month, day }, _) => Due::Next { month: *month, day: *day },
        };
        Terms {
            version,
            on_past_due: self.on_past_due,
            grace_days: self.grace_days.unwrap_or(default_grace_days),
            credit: self.credit,
            renewal: self.renewal.as_ref().map(RuleRenewal::renewal),
            on_leaving: self.on_leaving,
            pauses: self.leave == LeavePolicy::Pause,
            ..Terms::new(self.kind, due)
        }
    }

    /// Whether cycles that are open change to these terms.
    pub(in crate::assignments) fn moves_open(&self) -> bool {
        self.open_cycles == OpenCycles::Move
    }

    /// The document as it is kept: one text for one definition.
    pub(in crate::assignments) fn document(&self) -> String {
        serde_json::to_string(self).expect("a definition is plain data")
    }

    pub(in crate::assignments) fn from_document(document: &str) -> Result<Self> {
        serde_json::from_str(document)
            .map_err(|cause| Error::inconsistent("rule_versions.document", cause))
    }
}

#[cfg(test)]
mod tests {
    use super::super::parts::RenewalBase;
    use super::*;
    use crate::assignments::engine::{Leaving, Method, Renewal, Window};

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn rule() -> RuleDefinition {
        let mut rule = RuleDefinition::new("GDPR", "Data protection", Audience::everybody());
        rule.trainings = vec!["GDPR-101".to_owned()];
        rule
    }

    #[test]
    fn what_is_as_usual_is_not_written() {
        let text =
            r#"{"code":"GDPR","title":"Data protection","trainings":["GDPR-101"],"audience":{}}"#;
        assert_eq!(rule().document(), text);
        assert_eq!(RuleDefinition::from_document(text).unwrap(), rule());
        assert!(RuleDefinition::from_document(r#"{"code":"X","title":"Y"}"#).is_err(), "for whom?");
    }

    #[test]
    fn a_rule_becomes_the_terms_that_it_says() {
        let terms = rule().terms(3, None, 5);
        assert_eq!(
            terms,
            Terms { version: 3, grace_days: 5, ..Terms::new(Kind::Mandatory, Due::Never) }
        );

        let mut rule = rule();
        rule.kind = Kind::Recommended;
        rule.due = DueRule::AfterJoining(30);
        rule.grace_days = Some(0);
        rule.renewal = Some(RuleRenewal {
            window_days: Some(40),
            base: RenewalBase::Fixed,
            min_active_months: Some(6),
            ..RuleRenewal::new(12)
        });
        rule.credit = Credit { since: Some(day("2025-01-01")), within_months: Some(9) };
        rule.on_leaving = OnLeaving { not_started: Leaving::Keep, started: Leaving::Cancel };
        rule.leave = LeavePolicy::Run;
        rule.on_past_due = OnPastDue::Park;
        let terms = rule.terms(1, None, 5);
        let expected = Terms {
            version: 1,
            kind: Kind::Recommended,
            due: Due::AfterJoining(30),
            on_past_due: OnPastDue::Park,
            grace_days: 0,
            credit: rule.credit,
            renewal: Some(Renewal {
                active_months: 12,
                window: Window::Days(40),
                method: Method::Fixed { min_active_months: 6 },
            }),
            on_leaving: rule.on_leaving,
            pauses: false,
        };
        assert_eq!(terms, expected);
        assert!(terms.check().is_ok());
        let text = rule.document();
        assert_eq!(RuleDefinition::from_document(&text).unwrap(), rule, "{text}");
    }

    #[test]
    fn every_way_of_being_due_reaches_the_engine() {
        for (text, due) in [
            ("never", Due::Never),
            ("2026-12-31", Due::On(day("2026-12-31"))),
            ("after assignment + 30d", Due::AfterAssignment(30)),
            ("after hire + 14d", Due::AfterHire(14)),
            ("after joining + 7d", Due::AfterJoining(7)),
            ("after completing SEC-101 + 9d", Due::AfterCompleting { training: 4, days: 9 }),
            ("every 12-01", Due::Next { month: 12, day: 1 }),
        ] {
            let mut rule = rule();
            rule.due = DueRule::parse_for_rule(text).unwrap();
            assert_eq!(rule.terms(1, Some(4), 0).due, due, "{text}");
            assert_eq!(RuleDefinition::from_document(&rule.document()).unwrap(), rule, "{text}");
        }
    }

    #[test]
    fn the_last_day_is_part_of_it() {
        let mut rule = rule();
        rule.until = Some(day("2026-12-31"));
        assert_eq!(rule.ends_on(), Some(day("2027-01-01")));
    }
}
