//! Rules as they are shown.

use serde::Serialize;

use super::RuleId;
use super::definition::RuleDefinition;
use super::parts::RuleStatus;
use crate::assignments::engine::Kind;
use crate::assignments::terms::DueRule;
use crate::kernel::clock::Timestamp;
use crate::kernel::text::Day;
use crate::people::Audience;

/// A rule as a list shows it: as it is in force, or as its draft is where it never was.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// Its id.
    pub id: RuleId,
    /// The short name that people type.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// Where it stands.
    pub status: RuleStatus,
    /// Since when it stands so, or from when on it will.
    pub since: Option<Day>,
    /// The version that is in force.
    pub version: Option<u32>,
    /// The version that is being written.
    pub draft: Option<u32>,
    /// The codes of the trainings that it asks for.
    pub trainings: Vec<String>,
    /// The codes of the learning paths that it asks for.
    pub paths: Vec<String>,
    /// Of whom.
    pub audience: Audience,
    /// How strongly.
    pub kind: Kind,
    /// By when.
    pub due: DueRule,
    /// After how many months it has to be done again.
    pub renews_after_months: Option<u32>,
    /// The last day on which it wants anything.
    pub until: Option<Day>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// A rule with one of its versions, whole.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleCard {
    /// The rule.
    #[serde(flatten)]
    pub rule: Rule,
    /// Which version is shown.
    pub shown: RuleVersion,
    /// What stands in it.
    pub definition: RuleDefinition,
    /// All its versions, the newest first.
    pub versions: Vec<RuleVersion>,
    /// When which of them began to hold, the newest first.
    pub periods: Vec<RulePeriod>,
    /// How many people have something to do because of it, and have not done it yet.
    pub people: i64,
}

/// A version of a rule.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleVersion {
    /// Its number.
    pub version: u32,
    /// Whether it is a draft, and was never applied.
    pub is_draft: bool,
    /// What the rule is called in it.
    pub title: String,
    /// When it was applied; of a draft, when it was written last.
    pub recorded_at: Timestamp,
    /// By whom.
    pub by: Option<String>,
}

/// That a rule stands so from a day on.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RulePeriod {
    /// From when on.
    pub valid_from: Day,
    /// Active, paused or removed.
    pub status: RuleStatus,
    /// Which version.
    pub version: u32,
    /// When it was said.
    pub recorded_at: Timestamp,
    /// By whom.
    pub by: Option<String>,
}

/// Which version of a rule to show.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RuleShown {
    /// The one that is in force, or else the newest.
    #[default]
    Current,
    /// The draft.
    Draft,
    /// The one of this number.
    Version(u32),
}
