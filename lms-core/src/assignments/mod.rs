//! Who has to learn what, by when and why; what was done, and who need not.
//!
//! Owns `assignment_orders`, `assignments`, `assignment_reasons`, `assignment_exceptions`,
//! `exemptions` and `completions`, and in `rules/` the tables of rules. Promises that at most one assignment is open for a person and a
//! training; that whatever changed it, it stands as the engine would have it from its reasons; that
//! nothing of what was known is lost; and that a completion and all that follows from it are one
//! transaction. It never decides outside of the engine.
//!
//! What should be is decided in [`engine`], which is pure: facts, rules and a day go in, obligations
//! with their reasons come out, and the difference to what stands is the plan. `load.rs` loads for it
//! in bulk, `store.rs` writes what is different afterwards, and the verbs stand around the two.

pub mod engine;
mod terms;
pub(crate) mod rules;
pub(crate) mod sql;
mod pieces;
mod policy;
mod load;
mod ruled;
mod seating;
mod store;
pub(crate) mod sweeping;
mod assign;
mod unassign;
mod reconsider;
mod regrouping;
mod ruling;
mod effects;
mod simulating;
mod completing;
mod paths;
mod records;
mod reopen;
mod exempting;
mod extending;
mod exceptions;
mod enrolling;
pub(crate) mod delivery;
mod order;
pub(crate) mod list;
mod explained;
mod explaining;
mod evidence;
pub(crate) mod as_of;
pub(crate) mod counting;
mod one;
#[cfg(feature = "testkit")]
pub(crate) mod both_ways;
mod reactions;
mod retraining;
pub(crate) mod undo;
pub(crate) mod resuming;

pub use assign::{
    AssignOutcome, AssignPlan, NewAssignments, OutcomeSample, PersonName, PlannedTrainingAssignment,
};
pub use completing::CompletionSource;
pub(crate) use completing::{Achieved, complete, open_of, start};
pub(crate) use enrolling::{lacking_prerequisites, missing_prerequisites, prerequisites_missing};
pub use exceptions::{Exception, ExceptionFilter, Resolution};
pub use exempting::{ExemptOutcome, ExemptPlan, Exemption, ExemptionFilter, NewExemptions};
pub use explained::{
    ExplainedCredit, ExplainedDemand, ExplainedHindrance, ExplainedNotCounted, ExplainedReason,
    ExplainedSource, ExplainedStep,
};
pub use explaining::Explained;
pub use extending::{Extend, ExtendOutcome, ExtendPlan, NewExtension, PlannedExtension};
pub use list::{Assignment, AssignmentFilter};
pub(crate) use one::{find, still_open};
pub use order::AssignmentSort;
pub(crate) use reactions::{people_erased, people_merged};
pub(crate) use reconsider::people_changed;
pub use records::{
    CompleteOutcome, CompletePlan, Completion, CompletionChange, CompletionFilter, NewCompletions,
};
pub(crate) use regrouping::regrouped;
pub(crate) use retraining::{retrained, trainings_changed};
pub(crate) use rules::asking::rules_asking_for;
pub use rules::{
    ExampleCompletion, ExampleDifference, ExampleExpected, ExampleOutcome, ExamplePeriod,
    ExamplePerson, ExpectedDay, LeavePolicy, OpenCycles, RenewalBase, Rule, RuleCard, RuleChange,
    RuleDefinition, RuleEscalation, RuleExample, RuleExamples, RuleFilter, RuleFinding, RuleId,
    RuleOnDay, RulePeriod, RuleReminders, RuleRenewal, RuleSeverity, RuleShown, RuleStatus,
    RuleTested, RuleVersion, Rules, RulesChecked, StoppedRule,
};
pub(crate) use rules::{rules_on, stopped};
pub use ruling::{
    PlannedRule, PlannedRuleTraining, PlannedTurn, RuleEffect, RuleOutcome, RulePlan,
};
pub use simulating::{
    Forecast, Load, SimulatedDepartment, SimulatedMonth, SimulatedRule, Simulation,
};
pub use terms::DueRule;
pub use unassign::{FateSample, PlannedUnassignment, UnassignOutcome, UnassignPlan, Unassigning};

use tokio::io::AsyncRead;

use crate::certificates::Certificate;
use crate::content::{ContentFile, NewContent, OpenContent};
use crate::kernel::access::{Actor, Permission};
use crate::kernel::core::Core;
use crate::kernel::error::{Result, error_codes};
use crate::kernel::ids::id;
use crate::kernel::page::Page;
use crate::kernel::text::Day;
use crate::operations::{Changed, OperationId};

/// May see assignments and completions.
pub(crate) const READ: Permission =
    Permission::scoped("assignments.read", "see what people have to learn and have learnt");
/// May assign, exempt, extend, and record what was done.
pub(crate) const WRITE: Permission =
    Permission::scoped("assignments.write", "assign trainings and record completions");
/// May enrol people, oneself for most.
pub(crate) const ENROL: Permission = Permission::scoped("enrolments.write", "enrol in trainings");

/// What is recorded of each act.
const ASSIGNED: &str = "training.assigned";
const UNASSIGNED: &str = "training.unassigned";
const RECONSIDERED: &str = "assignment.reconsidered";
const COMPLETED: &str = "training.completed";
const COMPLETION_CHANGED: &str = "completion.changed";
const EXEMPTED: &str = "exemption.granted";
const EXEMPTION_ENDED: &str = "exemption.ended";
const EXTENDED: &str = "assignment.extended";
const RESOLVED: &str = "exception.resolved";
const ENROLLED: &str = "training.enrolled";
const RULE_CHANGED: &str = "rule.changed";
const WITHDRAWN: &str = "training.withdrawn";

id! {
    /// An assignment: one cycle of an obligation.
    AssignmentId;
    /// A completion.
    CompletionId;
    /// An exemption.
    ExemptionId;
    /// Something that waits for a decision.
    ExceptionId;
}

error_codes! {
    PAST_DUE = "assignments.past_due", Invalid, "something would be due on a day that is past";
    NOT_GIVEN = "assignments.not_given", Refused, "a training is not published, so that nobody is given it";
    OF_A_RULE = "assignments.of_a_rule", Refused, "what a rule assigned is taken back through the rule";
    NOTHING_ORDERED = "assignments.nothing_ordered", NotFound, "an operation assigned nothing";
    NOT_DONE_YET = "assignments.not_done_yet", Invalid, "a completion would lie on a day to come";
    NEVER_PUBLISHED = "assignments.never_published", Refused, "nobody can have done what was never published";
    UNKNOWN_ASSIGNMENT = "assignments.unknown", NotFound, "there is no such assignment";
    UNKNOWN_COMPLETION = "assignments.completion_unknown", NotFound, "there is no such completion";
    NO_EVIDENCE = "assignments.no_evidence", NotFound, "no file proves a completion";
    UNKNOWN_EXEMPTION = "assignments.exemption_unknown", NotFound, "there is no such exemption";
    UNKNOWN_EXCEPTION = "assignments.exception_unknown", NotFound, "nothing waits for this decision";
    PREREQUISITES_MISSING = "assignments.prerequisites_missing", Refused, "something else has to be done first";
    CLOSED = "assignments.closed", Refused, "an assignment has come to its end";
    NOT_DONE = "assignments.not_done", Refused, "what is not done has no certificate";
    ALREADY_DONE = "assignments.already_done", Refused, "what is done need not be enrolled in again";
}

/// Assignments and completions; made by [`crate::Lms::assignments`].
#[derive(Debug)]
pub struct Assignments<'a> {
    pub(crate) core: &'a Core,
}

impl Assignments<'_> {
    /// Says what assigning would do, to whom, and does nothing.
    pub async fn plan_assign(&self, actor: &Actor, new: NewAssignments) -> Result<AssignPlan> {
        actor.require(WRITE)?;
        assign::plan(self.core, actor, new).await
    }

    /// Assigns exactly what was planned; refuses where something else would happen by now.
    pub async fn assign(&self, actor: &Actor, plan: AssignPlan) -> Result<AssignOutcome> {
        actor.require(WRITE)?;
        assign::assign(self.core, actor, plan).await
    }

    /// Says what taking assignments back would do, and does nothing.
    pub async fn plan_unassign(&self, actor: &Actor, asked: Unassigning) -> Result<UnassignPlan> {
        actor.require(WRITE)?;
        unassign::plan(self.core, actor, asked).await
    }

    /// Takes back exactly what was planned; refuses where something else would happen by now.
    pub async fn unassign(&self, actor: &Actor, plan: UnassignPlan) -> Result<UnassignOutcome> {
        actor.require(WRITE)?;
        unassign::unassign(self.core, actor, plan).await
    }

    /// Assignments as they are on a day, the earliest due first.
    pub async fn list(&self, actor: &Actor, filter: AssignmentFilter) -> Result<Page<Assignment>> {
        actor.require(READ)?;
        list::list(self.core, actor, filter).await
    }

    /// How many a list has on all its pages.
    pub async fn count(&self, actor: &Actor, filter: &AssignmentFilter) -> Result<i64> {
        actor.require(READ)?;
        list::count(self.core, actor, filter).await
    }

    /// One assignment, as it is today.
    pub async fn show(&self, actor: &Actor, assignment: AssignmentId) -> Result<Assignment> {
        actor.require(READ)?;
        one::show(self.core, actor, assignment).await
    }

    /// Cancels one assignment, whoever asked for it and even if it was begun. Nothing happens, and it
    /// says so, where it was cancelled before.
    pub async fn cancel(
        &self,
        actor: &Actor,
        assignment: AssignmentId,
    ) -> Result<Changed<Assignment>> {
        actor.require(WRITE)?;
        one::cancel(self.core, actor, assignment).await
    }

    /// The certificate of what closed an assignment: the one that is there, also where it was revoked;
    /// where there never was one, it is issued.
    pub async fn certify(
        &self,
        actor: &Actor,
        assignment: AssignmentId,
    ) -> Result<Changed<Certificate>> {
        actor.require(ENROL)?;
        one::certify(self.core, actor, assignment).await
    }

    /// Why a person has to do a training on a day, or why not.
    pub async fn explain(
        &self,
        actor: &Actor,
        person: &str,
        training: &str,
        day: Option<Day>,
    ) -> Result<Explained> {
        actor.require(READ)?;
        explaining::explained(self.core, actor, person, training, day).await
    }

    /// Enrols somebody, oneself for most, in a training that is published. Whoever is enrolled
    /// already stays so.
    pub async fn enrol(
        &self,
        actor: &Actor,
        person: &str,
        training: &str,
    ) -> Result<Changed<Assignment>> {
        actor.require(ENROL)?;
        enrolling::enrol(self.core, actor, person, training).await
    }

    /// Enrols whoever asks.
    pub async fn enrol_oneself(
        &self,
        actor: &Actor,
        training: &str,
    ) -> Result<Changed<Assignment>> {
        actor.require(ENROL)?;
        enrolling::enrol(self.core, actor, &actor.own()?.to_string(), training).await
    }

    /// Takes an enrolment back; what others ask for stays.
    pub async fn withdraw(
        &self,
        actor: &Actor,
        assignment: AssignmentId,
    ) -> Result<Option<OperationId>> {
        actor.require(ENROL)?;
        enrolling::withdraw(self.core, actor, assignment).await
    }

    /// Says whose completion would be recorded, and does nothing.
    pub async fn plan_complete(&self, actor: &Actor, new: NewCompletions) -> Result<CompletePlan> {
        actor.require(WRITE)?;
        records::plan(self.core, actor, new).await
    }

    /// Records completions exactly as planned, and settles what they settle.
    pub async fn complete(&self, actor: &Actor, plan: CompletePlan) -> Result<CompleteOutcome> {
        actor.require(WRITE)?;
        records::complete(self.core, actor, plan).await
    }

    /// Completions, the latest first.
    pub async fn completions(
        &self,
        actor: &Actor,
        filter: CompletionFilter,
    ) -> Result<Page<Completion>> {
        actor.require(READ)?;
        records::list(self.core, actor, filter).await
    }

    /// Puts in a file that proves what people did, as it streams by; name it where that is recorded.
    pub async fn add_evidence(
        &self,
        actor: &Actor,
        new: NewContent,
        bytes: &mut (dyn AsyncRead + Send + Unpin),
    ) -> Result<Changed<ContentFile>> {
        actor.require(WRITE)?;
        evidence::add(self.core, actor, new, bytes).await
    }

    /// The file that proves a completion, with its bytes; it is noted who read it.
    pub async fn open_evidence(
        &self,
        actor: &Actor,
        completion: CompletionId,
    ) -> Result<OpenContent> {
        actor.require(READ)?;
        evidence::open(self.core, actor, completion).await
    }

    /// Corrects or revokes a completion; what it settled is decided anew.
    pub async fn change_completion(
        &self,
        actor: &Actor,
        completion: CompletionId,
        change: CompletionChange,
    ) -> Result<Completion> {
        actor.require(WRITE)?;
        records::change(self.core, actor, completion, change).await
    }

    /// Says who would be exempted, and does nothing.
    pub async fn plan_exempt(&self, actor: &Actor, new: NewExemptions) -> Result<ExemptPlan> {
        actor.require(WRITE)?;
        exempting::plan(self.core, actor, new).await
    }

    /// Exempts exactly those who were planned.
    pub async fn exempt(&self, actor: &Actor, plan: ExemptPlan) -> Result<ExemptOutcome> {
        actor.require(WRITE)?;
        exempting::exempt(self.core, actor, plan).await
    }

    /// Exemptions, by their first day.
    pub async fn exemptions(
        &self,
        actor: &Actor,
        filter: ExemptionFilter,
    ) -> Result<Page<Exemption>> {
        actor.require(READ)?;
        exempting::list(self.core, actor, filter).await
    }

    /// Ends an exemption: from a day on, today unless said, it holds no longer.
    pub async fn revoke_exemption(
        &self,
        actor: &Actor,
        exemption: ExemptionId,
        from: Option<Day>,
    ) -> Result<Option<OperationId>> {
        actor.require(WRITE)?;
        exempting::revoke(self.core, actor, exemption, from).await
    }

    /// Says what would be due later, and does nothing.
    pub async fn plan_extend(&self, actor: &Actor, new: NewExtension) -> Result<ExtendPlan> {
        actor.require(WRITE)?;
        extending::plan(self.core, actor, new).await
    }

    /// Extends exactly what was planned, for this cycle.
    pub async fn extend(&self, actor: &Actor, plan: ExtendPlan) -> Result<ExtendOutcome> {
        actor.require(WRITE)?;
        extending::extend(self.core, actor, plan).await
    }

    /// What waits for a decision, the oldest first.
    pub async fn exceptions(
        &self,
        actor: &Actor,
        filter: ExceptionFilter,
    ) -> Result<Page<Exception>> {
        actor.require(READ)?;
        exceptions::list(self.core, actor, filter).await
    }

    /// Decides what waited.
    pub async fn resolve_exception(
        &self,
        actor: &Actor,
        exception: ExceptionId,
        resolution: Resolution,
    ) -> Result<Option<OperationId>> {
        actor.require(WRITE)?;
        exceptions::resolve(self.core, actor, exception, resolution).await
    }
}
