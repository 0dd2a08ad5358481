//! Rules as JSON. What stands in a version is the document that files hold too.

use lms_core::{
    RecordHistoryEntry, Rule, RuleCard, RuleDefinition, RuleFinding, RulePeriod, RuleVersion,
    RulesChecked,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::answer::ChangeBody;
use crate::definitions::refuse_field_of_file;
use crate::error::Problem;
use crate::openapi::documents::RuleDocument;

/// A rule to be begun.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewRule)]
pub(super) struct NewRuleBody {
    /// What it says.
    #[schema(value_type = RuleDocument)]
    definition: RuleDefinition,
}

/// What a rule is to say.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RulePut {
    /// What it says; what is left out here is not there afterwards. Its code is that in the address.
    #[schema(value_type = RuleDocument)]
    definition: RuleDefinition,
}

/// Rules to be looked over.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RulesToCheck)]
pub(super) struct CheckBody {
    /// These, among those that are kept; all that are kept, unless said.
    #[schema(value_type = Option<Vec<RuleDocument>>)]
    rules: Option<Vec<RuleDefinition>>,
}

/// A rule.
#[derive(Serialize, ToSchema)]
#[schema(as = Rule)]
pub(super) struct RuleBody {
    /// Its id.
    #[schema(format = "uuid")]
    id: String,
    /// The short name that people type; unique without regard to case.
    code: String,
    /// What it is called.
    title: String,
    /// `draft`, `active`, `paused` or `removed`.
    status: &'static str,
    /// Since when it stands so, or from when on it will.
    #[schema(format = Date)]
    since: Option<String>,
    /// The version that is in force.
    version: Option<u32>,
    /// The version that is being written.
    draft: Option<u32>,
    /// The codes of the trainings that it asks for.
    trainings: Vec<String>,
    /// The codes of the learning paths that it asks for.
    paths: Vec<String>,
    /// Of whom, in words.
    audience: String,
    /// `mandatory`, `recommended` or `optional`.
    kind: &'static str,
    /// By when.
    due: String,
    /// After how many months it has to be done again.
    renews_after_months: Option<u32>,
    /// The last day on which it wants anything.
    #[schema(format = Date)]
    until: Option<String>,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was changed last.
    #[schema(format = DateTime)]
    updated_at: String,
}

/// A rule with all that stands in one of its versions.
#[derive(Serialize, ToSchema)]
#[schema(as = RuleCard)]
pub(super) struct CardBody {
    #[serde(flatten)]
    rule: RuleBody,
    /// The version that is shown.
    shown: VersionBody,
    /// What stands in it.
    #[schema(value_type = RuleDocument)]
    definition: RuleDefinition,
    /// All its versions, the newest first.
    versions: Vec<VersionBody>,
    /// When which of them began to hold, the newest first.
    periods: Vec<PeriodBody>,
    /// How many people have something to do because of it.
    people: i64,
}

/// A version of a rule.
#[derive(Serialize, ToSchema)]
#[schema(as = RuleVersion)]
pub(super) struct VersionBody {
    /// Its number.
    version: u32,
    /// `draft` or `applied`.
    state: &'static str,
    /// What the rule is called in it.
    title: String,
    /// When it was applied; of a draft, when it was written last.
    #[schema(format = DateTime)]
    recorded_at: String,
    /// By whom.
    by: Option<String>,
}

/// That a rule stands so from a day on.
#[derive(Serialize, ToSchema)]
#[schema(as = RulePeriod)]
struct PeriodBody {
    /// From when on.
    #[schema(format = Date)]
    valid_from: String,
    /// `active`, `paused` or `removed`.
    status: &'static str,
    /// Which version.
    version: u32,
    /// When it was said.
    #[schema(format = DateTime)]
    recorded_at: String,
    /// By whom.
    by: Option<String>,
}

/// What was found in rules.
#[derive(Serialize, ToSchema)]
#[schema(as = RulesChecked)]
pub(super) struct CheckedBody {
    /// How many were looked at.
    rules: usize,
    /// Whether there is no error.
    holds: bool,
    /// What was found, errors first.
    findings: Vec<FindingBody>,
}

/// Something about a rule that somebody should know.
#[derive(Serialize, ToSchema)]
#[schema(as = RuleFinding)]
struct FindingBody {
    /// `error` or `warning`.
    severity: &'static str,
    /// What kind of finding it is, such as `empty_audience`.
    code: String,
    /// The code of the rule.
    rule: String,
    /// Where in it, such as `trainings[1]`.
    place: String,
    /// What was found.
    message: String,
    /// What can be done.
    hint: Option<String>,
}

/// One thing that was done to a rule.
#[derive(Serialize, ToSchema)]
#[schema(as = RuleHistoryEntry)]
pub(super) struct HistoryBody {
    /// The number of the audit entry.
    seq: i64,
    /// The operation.
    #[schema(format = "uuid")]
    operation_id: String,
    /// When it was recorded.
    #[schema(format = DateTime)]
    recorded_at: String,
    /// What was done, such as `rule.drafted`.
    kind: String,
    /// Who did it: the user name of an account, else what the audit log calls them.
    actor: String,
    /// Why, in the actor's words.
    reason: Option<String>,
    /// What changed.
    changed: Vec<ChangeBody>,
}

impl NewRuleBody {
    pub(super) fn into_definition(self) -> Result<RuleDefinition, Problem> {
        refuse_field_of_file(self.definition.field_of_file())?;
        Ok(self.definition)
    }
}

impl RulePut {
    pub(super) fn into_definition(self) -> Result<RuleDefinition, Problem> {
        refuse_field_of_file(self.definition.field_of_file())?;
        Ok(self.definition)
    }
}

impl CheckBody {
    pub(super) fn into_rules(self) -> Result<Option<Vec<RuleDefinition>>, Problem> {
        for rule in self.rules.iter().flatten() {
            refuse_field_of_file(rule.field_of_file())?;
        }
        Ok(self.rules)
    }
}

impl From<Rule> for RuleBody {
    fn from(rule: Rule) -> Self {
        Self {
            id: rule.id.to_string(),
            code: rule.code,
            title: rule.title,
            status: rule.status.as_str(),
            since: rule.since.map(|day| day.to_string()),
            version: rule.version,
            draft: rule.draft,
            trainings: rule.trainings,
            paths: rule.paths,
            audience: rule.audience.to_string(),
            kind: rule.kind.as_str(),
            due: rule.due.to_string(),
            renews_after_months: rule.renews_after_months,
            until: rule.until.map(|day| day.to_string()),
            created_at: rule.created_at.to_string(),
            updated_at: rule.updated_at.to_string(),
        }
    }
}

impl From<RuleCard> for CardBody {
    fn from(card: RuleCard) -> Self {
        Self {
            rule: card.rule.into(),
            shown: card.shown.into(),
            definition: card.definition,
            versions: card.versions.into_iter().map(VersionBody::from).collect(),
            periods: card.periods.into_iter().map(PeriodBody::from).collect(),
            people: card.people,
        }
    }
}

impl From<RuleVersion> for VersionBody {
    fn from(version: RuleVersion) -> Self {
        Self {
            version: version.version,
            state: if version.is_draft { "draft" } else { "applied" },
            title: version.title,
            recorded_at: version.recorded_at.to_string(),
            by: version.by,
        }
    }
}

impl From<RulePeriod> for PeriodBody {
    fn from(period: RulePeriod) -> Self {
        Self {
            valid_from: period.valid_from.to_string(),
            status: period.status.as_str(),
            version: period.version,
            recorded_at: period.recorded_at.to_string(),
            by: period.by,
        }
    }
}

impl From<RulesChecked> for CheckedBody {
    fn from(checked: RulesChecked) -> Self {
        Self {
            rules: checked.rules,
            holds: checked.holds(),
            findings: checked.findings.into_iter().map(FindingBody::from).collect(),
        }
    }
}

impl From<RuleFinding> for FindingBody {
    fn from(finding: RuleFinding) -> Self {
        Self {
            severity: finding.severity.as_str(),
            code: finding.code,
            rule: finding.rule,
            place: finding.place,
            message: finding.message,
            hint: finding.hint,
        }
    }
}

impl From<RecordHistoryEntry> for HistoryBody {
    fn from(entry: RecordHistoryEntry) -> Self {
        Self {
            seq: entry.seq,
            operation_id: entry.operation_id.to_string(),
            recorded_at: entry.recorded_at.to_string(),
            kind: entry.kind,
            actor: entry.actor,
            reason: entry.reason,
            changed: ChangeBody::all(entry.changed),
        }
    }
}
