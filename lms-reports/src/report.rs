//! Which reports there are, and what one can be asked.

use lms_core::{Day, Result, Timestamp, suggest};
use serde::{Deserialize, Serialize};

use crate::document::Revision;
use crate::error::{PERIOD, UNKNOWN};
use crate::language::Language;
use crate::words::Words;

/// A report, by what it answers.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// What happened to people's learning.
    Activity,
    /// Evidence for an auditor.
    Audit,
    /// Why a share became another one.
    Bridge,
    /// Who meets what they have to.
    Compliance,
    /// How departments do.
    Departments,
    /// Who is excused.
    Exemptions,
    /// What runs out.
    Expiring,
    /// What an import did.
    ImportRun,
    /// What is yet to be learnt.
    Load,
    /// How new people settle in.
    Onboarding,
    /// Who is late.
    Overdue,
    /// Who is there.
    People,
    /// How good the questions are.
    QuizItems,
    /// Who has the skills that are required.
    Skills,
    /// How good trainings are.
    Trainings,
    /// What people have done.
    Transcript,
    /// How it developed.
    Trend,
}

impl Report {
    /// Every report, in the order of their names.
    pub const ALL: &'static [Self] = &[
        Self::Activity,
        Self::Audit,
        Self::Bridge,
        Self::Compliance,
        Self::Departments,
        Self::Exemptions,
        Self::Expiring,
        Self::ImportRun,
        Self::Load,
        Self::Onboarding,
        Self::Overdue,
        Self::People,
        Self::QuizItems,
        Self::Skills,
        Self::Trainings,
        Self::Transcript,
        Self::Trend,
    ];

    /// What it is called in commands, routes and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Activity => "activity",
            Self::Audit => "audit",
            Self::Bridge => "bridge",
            Self::Compliance => "compliance",
            Self::Departments => "departments",
            Self::Exemptions => "exemptions",
            Self::Expiring => "expiring",
            Self::ImportRun => "import-run",
            Self::Load => "load",
            Self::Onboarding => "onboarding",
            Self::Overdue => "overdue",
            Self::People => "people",
            Self::QuizItems => "quiz-items",
            Self::Skills => "skills",
            Self::Trainings => "trainings",
            Self::Transcript => "transcript",
            Self::Trend => "trend",
        }
    }

    /// What stands on its first sheet.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Activity => "Learning activity",
            Self::Audit => "Audit evidence",
            Self::Bridge => "Compliance bridge",
            Self::Compliance => "Compliance",
            Self::Departments => "Departments",
            Self::Exemptions => "Exemptions",
            Self::Expiring => "Expiring completions",
            Self::ImportRun => "Import",
            Self::Load => "Learning to come",
            Self::Onboarding => "Onboarding",
            Self::Overdue => "Overdue trainings",
            Self::People => "People",
            Self::QuizItems => "Quiz questions",
            Self::Skills => "Skills",
            Self::Trainings => "Trainings",
            Self::Transcript => "Training record",
            Self::Trend => "Compliance over time",
        }
    }

    /// What it answers, in one line.
    #[must_use]
    pub fn answers(self) -> &'static str {
        match self {
            Self::Activity => "what happened to people's learning, when, and by whom",
            Self::Audit => {
                "who did what, when and why, whether the log was touched, and who has access"
            }
            Self::Bridge => {
                "why compliance is another than before: step by step, and whose obligations"
            }
            Self::Compliance => "who meets what they have to, by person, department and training",
            Self::Departments => "how departments do, beside each other and compared with before",
            Self::Exemptions => "who is excused from what, why, and who approved it",
            Self::Expiring => "what runs out in 30, 60 and 90 days and in the next twelve months",
            Self::ImportRun => "what an import did: counts, changed fields, rows that did not land",
            Self::Load => {
                "how many hours of learning are to come, and at what cost, by month and department"
            }
            Self::Onboarding => {
                "how new people settle in: what they had done on day 1, 30, 60 and 90"
            }
            Self::Overdue => "who is late with what, for how long, and whom to call",
            Self::People => "who is there, where, and to whom they report",
            Self::QuizItems => {
                "how good the questions are, by what first attempts at quizzes earned"
            }
            Self::Skills => "who has the skills that their job roles require, and who lacks them",
            Self::Trainings => {
                "how good trainings are: completion, drop-off, days, quizzes and scores"
            }
            Self::Transcript => {
                "what people have done, when, with which version, score and evidence"
            }
            Self::Trend => "how compliance developed, month by month",
        }
    }

    /// The report of this name.
    pub fn named(name: &str) -> Result<Self> {
        Self::ALL.iter().find(|report| report.name() == name.trim()).copied().ok_or_else(|| {
            let names = Self::ALL.iter().map(|report| report.name());
            let all = names.clone().collect::<Vec<_>>().join(", ");
            UNKNOWN
                .error(format!("there is no report `{}`", name.trim()))
                .with_hints(suggest(name, names))
                .with_hint(format!("the reports are: {all}"))
        })
    }
}

/// What a report is asked about. A report keeps it with its answer, so that it can be computed again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<Day>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) to: Option<Day>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) as_of: Option<Day>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) known_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) audience: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) trainings: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) quizzes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) import: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", rename = "lang")]
    pub(crate) language: Option<Language>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) reproducible: bool,
    /// It is computed again: nothing that came later counts.
    #[serde(skip)]
    pub(crate) again: Option<Again>,
}

/// Which state of the data a report saw that is computed again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Again {
    /// The instant at which it looked, and the entry of the audit chain that it ended with.
    pub(crate) at: Timestamp,
    pub(crate) revision: Revision,
}

impl Params {
    /// Everything there is, as of now.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only from this day on, in the organisation's calendar.
    #[must_use]
    pub fn from(mut self, day: Option<Day>) -> Self {
        self.from = day;
        self
    }

    /// Only up to and with this day, in the organisation's calendar.
    #[must_use]
    pub fn to(mut self, day: Option<Day>) -> Self {
        self.to = day;
        self
    }

    /// As it was on this day; today where none is told.
    #[must_use]
    pub fn as_of(mut self, day: Option<Day>) -> Self {
        self.as_of = day;
        self
    }

    /// As it was known at this instant; now where none is told.
    #[must_use]
    pub fn known_at(mut self, instant: Option<Timestamp>) -> Self {
        self.known_at = instant;
        self
    }

    /// Only with this training, or another one that is asked for, by code.
    #[must_use]
    pub fn training(mut self, training: &str) -> Self {
        self.trainings.push(training.to_owned());
        self
    }

    /// Only with this quiz, or another one that is asked for, by code; for reports about quizzes.
    #[must_use]
    pub fn quiz(mut self, quiz: &str) -> Self {
        self.quizzes.push(quiz.to_owned());
        self
    }

    /// This import, by its id or `last`; the last one where none is told.
    #[must_use]
    pub fn import(mut self, run: Option<&str>) -> Self {
        self.import = run.map(str::to_owned);
        self
    }

    /// Only these people, as [`lms_core::Audience::to_flags`] writes them.
    #[must_use]
    pub fn audience(mut self, audience: Option<String>) -> Self {
        self.audience = audience;
        self
    }

    /// In this language; in English where none is told.
    #[must_use]
    pub fn language(mut self, language: Option<Language>) -> Self {
        self.language = language;
        self
    }

    /// As of the last entry of the audit log, not as of now: the same data give the same bytes.
    #[must_use]
    pub fn reproducible(mut self, reproducible: bool) -> Self {
        self.reproducible = reproducible;
        self
    }

    /// Whether what is asked can be answered at all.
    pub fn check(&self) -> Result<()> {
        match (self.from, self.to) {
            (Some(from), Some(to)) if from.inner() > to.inner() => Err(PERIOD
                .error(format!("the period from `{from}` to `{to}` ends before it begins"))
                .with_field("to")
                .with_hint("swap the two days")),
            _ => Ok(()),
        }
    }

    /// Whether a day belongs to the period.
    pub(crate) fn covers(&self, day: Day) -> bool {
        self.from.is_none_or(|from| from.inner() <= day.inner())
            && self.to.is_none_or(|to| day.inner() <= to.inner())
    }

    /// The period in words, to complete "operations …".
    pub(crate) fn period(&self) -> Words {
        let day = |day: Day| day.to_string();
        match (self.from, self.to) {
            (None, None) => "since the beginning".into(),
            (Some(from), None) => Words::with("from {} on", [day(from)]),
            (None, Some(to)) => Words::with("up to and with {}", [day(to)]),
            (Some(from), Some(to)) => {
                Words::with("from {} to {}, both included", [day(from), day(to)])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_report_is_answered_with_the_nearest() {
        assert_eq!(Report::named(" audit ").unwrap(), Report::Audit);
        let error = Report::named("audt").unwrap_err();
        assert_eq!(error.code(), "reports.unknown");
        assert_eq!(error.hints()[0], "did you mean `audit`?");
    }

    #[test]
    fn a_period_includes_both_its_days_and_must_not_run_backwards() {
        let day = |text: &str| Day::parse(text).unwrap();
        let march = Params::new().from(Some(day("2026-03-01"))).to(Some(day("2026-03-31")));
        assert!(march.covers(day("2026-03-01")) && march.covers(day("2026-03-31")));
        assert!(!march.covers(day("2026-02-28")) && !march.covers(day("2026-04-01")));
        assert!(march.check().is_ok());
        assert_eq!(
            march.from(Some(day("2026-04-01"))).check().unwrap_err().code(),
            "reports.period"
        );
    }
}
