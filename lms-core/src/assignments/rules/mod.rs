//! Mandatory rules: who has to learn what without anybody assigning it.
//!
//! Owns `rules`, `rule_versions`, `rule_periods` and `rule_trainings`. A rule is a document
//! (`definition.rs`), the same in a file, over HTTP and in the database; versions that were applied are
//! never changed, and the log of periods says which of them holds since when. What follows for people
//! is planned and applied elsewhere; nothing here decides about anybody.

mod acting;
mod parts;
mod definition;
mod validation;
mod file;
mod names;
pub(crate) mod sql;
pub(in crate::assignments) mod in_force;
pub(in crate::assignments) mod store;
mod types;
mod stored;
mod find;
pub(in crate::assignments) mod save;
pub(in crate::assignments) mod changes;
pub(crate) mod asking;
pub(in crate::assignments) mod mentions;
#[cfg(feature = "testkit")]
pub(crate) mod testing;
mod judging;
mod check;
mod examples;
mod trying;
mod stopped;

pub use changes::RuleChange;
pub(in crate::assignments) use changes::resolve;
pub use check::{RuleFinding, RuleSeverity, RulesChecked};
pub use definition::RuleDefinition;
pub use examples::{
    ExampleCompletion, ExampleDifference, ExampleExpected, ExampleOutcome, ExamplePeriod,
    ExamplePerson, ExpectedDay, RuleExample, RuleExamples, RuleTested,
};
pub use find::RuleFilter;
pub use in_force::RuleOnDay;
pub(crate) use in_force::rules_on;
pub(in crate::assignments) use in_force::{
    RuleInForce, beside, due_after, in_force, ruled_trainings,
};
pub use parts::{
    LeavePolicy, OpenCycles, RenewalBase, RuleEscalation, RuleReminders, RuleRenewal, RuleStatus,
};
pub use stopped::StoppedRule;
pub(crate) use stopped::stopped;
pub(in crate::assignments) use store::put;
pub use types::{Rule, RuleCard, RulePeriod, RuleShown, RuleVersion};

use crate::kernel::access::{Actor, Permission};
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::error::{Result, error_codes};
use crate::kernel::ids::id;
use crate::kernel::page::Page;
use crate::operations::Changed;
use crate::people::{HistoryFilter, RecordHistoryEntry};
use save::Saving;

/// May see rules.
pub(crate) const READ: Permission = Permission::new("rules.read", "see rules");
/// May write rules and put them into force.
pub(crate) const WRITE: Permission =
    Permission::new("rules.write", "write rules, and put them into force");

/// What is recorded of each act.
const DRAFTED: &str = "rule.drafted";
const DRAFT_DROPPED: &str = "rule.draft_dropped";

id! {
    /// A rule.
    RuleId;
}

error_codes! {
    UNKNOWN_RULE = "rules.unknown", NotFound, "there is no such rule";
    UNKNOWN_VERSION = "rules.version_unknown", NotFound, "a rule has no such version";
    EXISTS = "rules.exists", Conflict, "a rule has this code already";
    INVALID_DEFINITION = "rules.definition_invalid", Invalid, "a rule says something that it cannot";
    INVALID_FILE = "rules.file_invalid", Invalid, "a file is not that of a rule";
    STALE = "rules.stale", Stale, "the rule changed since it was read";
    NOT_IN_FORCE = "rules.not_in_force", Precondition, "a rule is a draft, and asks nobody for anything";
    BAD_EXAMPLE = "rules.example_invalid", Invalid, "an example says something that cannot be";
    NO_DRAFT = "rules.no_draft", Precondition, "nothing of the rule is a draft";
}

/// Rules; made by [`crate::Lms::rules`].
#[derive(Debug)]
pub struct Rules<'a> {
    pub(crate) core: &'a Core,
    pub(crate) unchanged_since: Option<Timestamp>,
}

impl Rules<'_> {
    /// The same, for writing only what nobody changed since an instant: the `updated_at` that was read.
    #[must_use]
    pub fn unchanged_since(self, instant: Option<Timestamp>) -> Self {
        Self { unchanged_since: instant, ..self }
    }

    /// Begins a rule, as a draft; nothing follows from it before it is applied.
    pub async fn add(&self, actor: &Actor, definition: RuleDefinition) -> Result<Changed<Rule>> {
        actor.require(WRITE)?;
        save::save_draft(self, actor, definition, Saving::New).await
    }

    /// Makes this the draft of the rule that it names; begins the rule where it is not there. What is in
    /// force stays as it is. What says the same as what is in force is no draft.
    pub async fn save_draft(
        &self,
        actor: &Actor,
        definition: RuleDefinition,
    ) -> Result<Changed<Rule>> {
        actor.require(WRITE)?;
        save::save_draft(self, actor, definition, Saving::Named).await
    }

    /// Makes this the draft of a rule that is there, by its code or id; the definition need not name it.
    pub async fn edit(
        &self,
        actor: &Actor,
        rule: &str,
        definition: RuleDefinition,
    ) -> Result<Changed<Rule>> {
        actor.require(WRITE)?;
        save::save_draft(self, actor, definition, Saving::Known(rule)).await
    }

    /// Throws a draft away; with it the rule, where it was never applied.
    pub async fn drop_draft(&self, actor: &Actor, rule: &str) -> Result<Changed<Rule>> {
        actor.require(WRITE)?;
        save::drop_draft(self, actor, rule).await
    }

    /// Rules, by code.
    pub async fn list(&self, actor: &Actor, filter: RuleFilter) -> Result<Page<Rule>> {
        actor.require(READ)?;
        find::list(self.core, filter).await
    }

    /// One rule with one of its versions, and with what became of it over time.
    pub async fn show(&self, actor: &Actor, rule: &str, shown: RuleShown) -> Result<RuleCard> {
        actor.require(READ)?;
        find::show(self.core, rule, shown).await
    }

    /// Rules as they stand in files: as they are in force, or as drafts where they never were; of these,
    /// or of all that were not removed. With `draft`, drafts come before what is in force.
    pub async fn export(
        &self,
        actor: &Actor,
        rules: &[String],
        draft: bool,
    ) -> Result<Vec<RuleDefinition>> {
        actor.require(READ)?;
        find::export(self.core, rules, draft).await
    }

    /// Looks over these rules, among those that are kept; or over all that are kept, with drafts as they
    /// would be.
    pub async fn check(
        &self,
        actor: &Actor,
        rules: Option<Vec<RuleDefinition>>,
    ) -> Result<RulesChecked> {
        actor.require(READ)?;
        check::check(self.core, rules).await
    }

    /// Tries a rule out on people who are made up. The rule is the one of these that the examples name,
    /// or else the one that is kept, with its draft before what is in force.
    pub async fn test(
        &self,
        actor: &Actor,
        rules: Vec<RuleDefinition>,
        examples: RuleExamples,
    ) -> Result<RuleTested> {
        actor.require(READ)?;
        trying::test(self.core, rules, examples).await
    }

    /// What was done to a rule, the latest first.
    pub async fn history(
        &self,
        actor: &Actor,
        rule: &str,
        filter: HistoryFilter,
    ) -> Result<Page<RecordHistoryEntry>> {
        actor.require(READ)?;
        find::history(self.core, rule, filter).await
    }
}
