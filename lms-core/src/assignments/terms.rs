//! What somebody asks for when they assign: how strongly, by when, and what happens where that is
//! past. Read from text, kept as a document, told in words.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::engine::{Due, Kind, OnPastDue, Terms};
use crate::kernel::document::in_document;
use crate::kernel::error::{Error, Result};
use crate::kernel::suggest::suggest;
use crate::kernel::text::Day;

const WEEK: u32 = 7;

/// When something is due, as it is written: `2026-12-31`, `+30d`, `after hire + 14d`,
/// `after joining + 30d`, `after completing GDPR-101 + 7d`, `every 12-01`, `never`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum DueRule {
    /// Whenever they like.
    #[default]
    Never,
    /// On a day.
    On(Day),
    /// So many days after it is assigned.
    AfterAssignment(u32),
    /// So many days after the person was hired.
    AfterHire(u32),
    /// So many days after the person came into the audience of a rule. Whoever is assigned something by
    /// hand comes into its audience then.
    AfterJoining(u32),
    /// So many days after the person completed another training, by its code or id.
    AfterCompleting(String, u32),
    /// When this month and day come next.
    Next {
        /// From one to twelve.
        month: u8,
        /// From one to the length of the month.
        day: u8,
    },
}

impl DueRule {
    /// Reads it; days told from today are days from then on.
    pub fn parse(text: &str, today: Day) -> Result<Self> {
        if let Some(due) = Self::lasting(text)? {
            return Ok(due);
        }
        Day::parse_relative(text, today).map(Self::On).map_err(|_| wrong(text))
    }

    /// Reads it for a rule. That holds for years, so that there is no today to count from.
    pub fn parse_for_rule(text: &str) -> Result<Self> {
        if let Some(due) = Self::lasting(text)? {
            return Ok(due);
        }
        let text = text.trim();
        Day::parse(text).map(Self::On).map_err(|_| match text.strip_prefix('+').map(span) {
            Some(Some(days)) => {
                Error::invalid("due", format!("`{text}` does not say after what in a rule"))
                    .with_hint(format!(
                        "write `after assignment + {days}d`, or after `hire`, `joining` or \
                         `completing CODE`"
                    ))
            }
            _ => Error::invalid("due", format!("`{text}` does not say when something is due"))
                .with_hint(
                    "write `after assignment + 30d`, `after hire + 14d`, `after joining + 30d`, \
                     `after completing CODE + 7d`, `2026-12-31`, `every 12-01` or `never`",
                ),
        })
    }

    /// What does not depend on which day it is read.
    fn lasting(text: &str) -> Result<Option<Self>> {
        const AFTER: &str = "after ";
        let text = text.trim();
        let lower = text.to_lowercase();
        if lower == "never" || lower == "none" {
            return Ok(Some(Self::Never));
        }
        if text.get(..AFTER.len()).is_some_and(|start| start.eq_ignore_ascii_case(AFTER)) {
            return Self::after(&text[AFTER.len()..]).map(Some);
        }
        let month_and_day = lower.strip_prefix("every ").or_else(|| lower.strip_prefix("next "));
        if let Some(rest) = month_and_day {
            let parts = rest.trim().split_once('-');
            let parts =
                parts.and_then(|(month, day)| Some((month.parse().ok()?, day.parse().ok()?)));
            let (month, day) = parts.ok_or_else(|| wrong(text))?;
            Due::Next { month, day }.check()?;
            return Ok(Some(Self::Next { month, day }));
        }
        Ok(None)
    }

    /// What stands behind `after`.
    fn after(text: &str) -> Result<Self> {
        let (anchor, days) = match text.rsplit_once('+') {
            Some((anchor, days)) => (anchor.trim(), span(days).ok_or_else(|| wrong(text))?),
            None => (text.trim(), 0),
        };
        let (word, rest) = anchor.split_once(' ').unwrap_or((anchor, ""));
        match (word.to_lowercase().as_str(), rest.trim()) {
            ("assignment", "") => Ok(Self::AfterAssignment(days)),
            ("hire", "") => Ok(Self::AfterHire(days)),
            ("joining", "") => Ok(Self::AfterJoining(days)),
            ("completing", code) if !code.is_empty() => {
                Ok(Self::AfterCompleting(code.to_owned(), days))
            }
            (other, _) => Err(wrong(&format!("after {text}"))
                .with_hints(suggest(other, ["assignment", "hire", "joining", "completing"]))),
        }
    }
}

fn wrong(text: &str) -> Error {
    Error::invalid("due", format!("`{text}` does not say when something is due")).with_hint(
        "write `2026-12-31`, `+30d`, `end-of-month`, `after hire + 14d`, `after completing CODE + 7d`, \
         `every 12-01` or `never`",
    )
}

/// `14d`, `2w`.
fn span(text: &str) -> Option<u32> {
    let text = text.trim();
    let (number, times) = match text.strip_suffix(['d', 'D']) {
        Some(number) => (number, 1),
        None => (text.strip_suffix(['w', 'W'])?, WEEK),
    };
    number.trim().parse::<u32>().ok()?.checked_mul(times)
}

impl fmt::Display for DueRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never => f.write_str("never"),
            Self::On(day) => write!(f, "{day}"),
            Self::AfterAssignment(days) => write!(f, "after assignment + {days}d"),
            Self::AfterHire(days) => write!(f, "after hire + {days}d"),
            Self::AfterJoining(days) => write!(f, "after joining + {days}d"),
            Self::AfterCompleting(code, days) => write!(f, "after completing {code} + {days}d"),
            Self::Next { month, day } => write!(f, "every {month:02}-{day:02}"),
        }
    }
}

impl Serialize for DueRule {
    fn serialize<S: serde::Serializer>(&self, output: S) -> std::result::Result<S::Ok, S::Error> {
        output.collect_str(self)
    }
}

impl Kind {
    /// Reads the name.
    pub fn parse(text: &str) -> Result<Self> {
        let all = [Self::Mandatory, Self::Recommended, Self::Optional];
        let wanted = text.trim().to_lowercase();
        all.into_iter().find(|kind| kind.as_str() == wanted).ok_or_else(|| {
            let names = all.map(Self::as_str);
            Error::invalid("kind", format!("`{}` is not a kind of assignment", text.trim()))
                .with_hints(suggest(&wanted, names))
                .with_hint(format!("it is one of: {}", names.join(", ")))
        })
    }
}

impl Serialize for Kind {
    fn serialize<S: serde::Serializer>(&self, output: S) -> std::result::Result<S::Ok, S::Error> {
        output.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> std::result::Result<Self, D::Error> {
        Self::parse(&String::deserialize(input)?).map_err(in_document)
    }
}

/// The terms of an order as they are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TermsDocument {
    kind: String,
    #[serde(default, skip_serializing_if = "DueDocument::is_never")]
    due: DueDocument,
    grace_days: u32,
    on_past_due: PastDueDocument,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) again: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum DueDocument {
    #[default]
    Never,
    On(Day),
    AfterAssignment(u32),
    AfterHire(u32),
    AfterCompleting {
        training: Uuid,
        days: u32,
    },
    Next {
        month: u8,
        day: u8,
    },
}

impl DueDocument {
    fn is_never(&self) -> bool {
        *self == Self::Never
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PastDueDocument {
    Extend(u32),
    Assign,
    Park,
}

/// What an order says, its names known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OrderTerms<'a> {
    pub(super) kind: Kind,
    pub(super) due: &'a DueRule,
    /// The other training, where the due day is counted from completing it.
    pub(super) after: Option<Uuid>,
    pub(super) grace_days: u32,
    pub(super) on_past_due: OnPastDue,
    pub(super) again: bool,
}

impl TermsDocument {
    pub(super) fn new(terms: &OrderTerms<'_>) -> Self {
        let due = match (terms.due, terms.after) {
            (DueRule::On(day), _) => DueDocument::On(*day),
            (DueRule::AfterAssignment(days) | DueRule::AfterJoining(days), _) => {
                DueDocument::AfterAssignment(*days)
            }
            (DueRule::AfterHire(days), _) => DueDocument::AfterHire(*days),
            (DueRule::AfterCompleting(_, days), Some(training)) => {
                DueDocument::AfterCompleting { training, days: *days }
            }
            (DueRule::Never, _) | (DueRule::AfterCompleting(..), None) => DueDocument::Never,
            (DueRule::Next { month, day }, _) => DueDocument::Next { month: *month, day: *day },
        };
        let on_past_due = match terms.on_past_due {
            OnPastDue::Extend(days) => PastDueDocument::Extend(days),
            OnPastDue::AssignAnyway => PastDueDocument::Assign,
            OnPastDue::Park => PastDueDocument::Park,
        };
        Self {
            kind: terms.kind.as_str().to_owned(),
            due,
            grace_days: terms.grace_days,
            on_past_due,
            again: terms.again,
        }
    }

    pub(super) fn text(&self) -> String {
        serde_json::to_string(self).expect("terms are plain data")
    }

    pub(super) fn read(text: &str) -> Result<Self> {
        serde_json::from_str(text)
            .map_err(|cause| Error::inconsistent("assignment_orders.terms", cause))
    }

    /// The training after which it is due.
    pub(super) fn after(&self) -> Option<Uuid> {
        match self.due {
            DueDocument::AfterCompleting { training, .. } => Some(training),
            _ => None,
        }
    }

    /// As the engine takes it; trainings are numbers there.
    pub(super) fn terms(&self, number: impl Fn(Uuid) -> u32) -> Result<Terms> {
        let due = match self.due {
            DueDocument::Never => Due::Never,
            DueDocument::On(day) => Due::On(day),
            DueDocument::AfterAssignment(days) => Due::AfterAssignment(days),
            DueDocument::AfterHire(days) => Due::AfterHire(days),
            DueDocument::AfterCompleting { training, days } => {
                Due::AfterCompleting { training: number(training), days }
            }
            DueDocument::Next { month, day } => Due::Next { month, day },
        };
        let on_past_due = match self.on_past_due {
            PastDueDocument::Extend(days) => OnPastDue::Extend(days),
            PastDueDocument::Assign => OnPastDue::AssignAnyway,
            PastDueDocument::Park => OnPastDue::Park,
        };
        let kind = Kind::parse(&self.kind)
            .map_err(|cause| Error::inconsistent("assignment_orders.terms", cause))?;
        Ok(Terms { on_past_due, grace_days: self.grace_days, ..Terms::new(kind, due) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Day {
        Day::parse("2026-03-10").unwrap()
    }

    #[test]
    fn due_days_are_read_and_told() {
        for (text, told) in [
            ("2026-12-31", "2026-12-31"),
            ("+30d", "2026-04-09"),
            ("+3m", "2026-06-10"),
            ("end-of-month", "2026-03-31"),
            ("after hire + 14d", "after hire + 14d"),
            ("After Hire+2w", "after hire + 14d"),
            ("after hire", "after hire + 0d"),
            ("after assignment + 30d", "after assignment + 30d"),
            ("after joining", "after joining + 0d"),
            ("after joining + 1w", "after joining + 7d"),
            ("after completing Gdpr-101 + 7d", "after completing Gdpr-101 + 7d"),
            ("every 12-01", "every 12-01"),
            ("never", "never"),
        ] {
            assert_eq!(DueRule::parse(text, today()).unwrap().to_string(), told, "{text}");
        }
        for text in [
            "",
            "soon",
            "after",
            "after lunch + 3d",
            "after hire + 3",
            "every 13-01",
            "after completing",
        ] {
            let error = DueRule::parse(text, today()).unwrap_err();
            assert_eq!(error.field(), Some("due"), "{text}");
        }
    }

    #[test]
    fn a_rule_counts_from_no_today() {
        for text in
            ["2026-12-31", "after joining + 30d", "after hire + 14d", "every 12-01", "never"]
        {
            let due = DueRule::parse_for_rule(text).unwrap();
            assert_eq!(due.to_string(), text);
            assert_eq!(DueRule::parse(text, today()).unwrap(), due);
        }
        let error = DueRule::parse_for_rule("+2w").unwrap_err();
        assert!(error.hints()[0].contains("`after assignment + 14d`"), "{error}");
        for text in ["today", "end-of-month", "+3m", "-1d", "soon", ""] {
            assert_eq!(DueRule::parse_for_rule(text).unwrap_err().field(), Some("due"), "{text}");
        }
    }

    #[test]
    fn terms_come_back_as_they_were() {
        let other = Uuid::from_u128(7);
        for due in [
            DueRule::Never,
            DueRule::On(today()),
            DueRule::AfterAssignment(3),
            DueRule::AfterHire(14),
            DueRule::AfterJoining(30),
            DueRule::AfterCompleting("X".to_owned(), 9),
            DueRule::Next { month: 2, day: 29 },
        ] {
            for on_past_due in [OnPastDue::Extend(14), OnPastDue::AssignAnyway, OnPastDue::Park] {
                let terms = OrderTerms {
                    kind: Kind::Recommended,
                    due: &due,
                    after: Some(other),
                    grace_days: 5,
                    on_past_due,
                    again: true,
                };
                let document = TermsDocument::new(&terms);
                let read = TermsDocument::read(&document.text()).unwrap();
                assert_eq!(read, document);
                let engine = read.terms(|_| 4).unwrap();
                assert_eq!((engine.kind, engine.grace_days), (Kind::Recommended, 5));
                assert_eq!(engine.on_past_due, on_past_due);
                assert_eq!(engine.due == Due::Never, due == DueRule::Never);
            }
        }
        assert!(TermsDocument::read("{\"kind\":\"x\"}").is_err());
    }
}
