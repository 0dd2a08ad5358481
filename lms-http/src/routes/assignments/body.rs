//! Assignments and plans over them as JSON.

use std::collections::BTreeMap;

use lms_core::{
    AssignPlan, Assignment, Explained, OperationId, OutcomeSample, PersonName,
    PlannedTrainingAssignment, PlannedUnassignment, UnassignPlan,
};
use serde::Serialize;
use utoipa::ToSchema;

/// An assignment, as it is on a day: one cycle of what somebody has to learn.
#[derive(Serialize, ToSchema)]
#[schema(as = Assignment)]
pub(in crate::routes) struct AssignmentBody {
    /// The assignment; an enrolment is one, under the same id.
    #[schema(format = "uuid")]
    id: String,
    /// Whose.
    #[schema(format = "uuid")]
    person_id: String,
    /// Their name.
    person: String,
    /// Their number in the payroll.
    employee_number: Option<String>,
    /// Of what.
    #[schema(format = "uuid")]
    training_id: String,
    /// The code of the training.
    training: String,
    /// What it is called.
    title: String,
    /// Which turn of it.
    cycle: i64,
    /// `mandatory`, `recommended` or `optional`.
    kind: &'static str,
    /// What it is on the day: `assigned`, `in_progress`, `due_soon`, `late`, `overdue`, `on_leave`,
    /// `waitlisted`, `exempt`, `completed`, `completed_late`, `expired` or `cancelled`.
    status: &'static str,
    /// Since when it stands.
    #[schema(format = Date)]
    assigned_on: String,
    /// When it was begun.
    #[schema(format = Date)]
    started_on: Option<String>,
    /// The last day in time.
    #[schema(format = Date)]
    due_on: Option<String>,
    /// The first day past the grace.
    #[schema(format = Date)]
    overdue_on: Option<String>,
    /// The due day as it was asked for, before extensions and leaves.
    #[schema(format = Date)]
    baseline_due_on: Option<String>,
    /// Until when it was extended.
    #[schema(format = Date)]
    extended_to: Option<String>,
    /// The last day that it covers, where it is done.
    #[schema(format = Date)]
    expires_on: Option<String>,
    /// When the next one begins, where it is done.
    #[schema(format = Date)]
    window_on: Option<String>,
    /// When it ended.
    #[schema(format = Date)]
    closed_on: Option<String>,
    /// How it ended.
    closed_as: Option<String>,
    /// Since when a seat is waited for.
    #[schema(format = Date)]
    waiting_since: Option<String>,
}

/// Somebody, by id and name.
#[derive(Serialize, ToSchema)]
#[schema(as = PersonName)]
pub(in crate::routes) struct NameBody {
    /// The person.
    #[schema(format = "uuid")]
    id: String,
    /// Their name.
    name: String,
}

/// What assigning did, or would do.
#[derive(Serialize, ToSchema)]
#[schema(as = AssignmentPlan)]
pub(super) struct PlanBody {
    /// Whether nothing was written.
    dry_run: bool,
    /// What tells this plan from every other one.
    plan: String,
    /// The day on which it is assigned.
    #[schema(format = Date)]
    day: String,
    /// How many people are meant.
    people: usize,
    /// How many come to what, over all trainings.
    counts: BTreeMap<String, u64>,
    /// The same for each training, with some of the people.
    trainings: Vec<PlannedBody>,
    /// The operation, which is the batch that takes all of it back; null where nothing was written.
    #[schema(format = "uuid")]
    operation: Option<String>,
}

/// What becomes of people for one training.
#[derive(Serialize, ToSchema)]
#[schema(as = PlannedAssignment)]
struct PlannedBody {
    /// The code of the training.
    training: String,
    /// What it is called.
    title: String,
    /// The code of the learning path that it is part of.
    path: Option<String>,
    /// How strongly it is meant.
    kind: &'static str,
    /// When it is due.
    due: String,
    /// How many come to what; the sum is the number of people.
    counts: BTreeMap<String, u64>,
    /// Some of them.
    samples: Vec<SampleBody>,
}

/// Some of those to whom the same happens.
#[derive(Serialize, ToSchema)]
#[schema(as = OutcomeSample)]
struct SampleBody {
    /// What, by the names of the counts.
    outcome: String,
    /// The first of them.
    people: Vec<NameBody>,
}

/// What taking assignments back did, or would do.
#[derive(Serialize, ToSchema)]
#[schema(as = WithdrawalPlan)]
pub(super) struct WithdrawalBody {
    /// Whether nothing was written.
    dry_run: bool,
    /// What tells this plan from every other one.
    plan: String,
    /// How many are `cancelled`, `weakened` (another reason keeps them), `exempted` (from what a rule goes on
    /// wanting) and `kept_started`.
    counts: BTreeMap<String, u64>,
    /// The same for each training, with some of the people.
    trainings: Vec<WithdrawnBody>,
    /// The entry of the audit log; null where nothing was written.
    #[schema(format = "uuid")]
    operation: Option<String>,
}

/// What becomes of the assignments of one training.
#[derive(Serialize, ToSchema)]
#[schema(as = PlannedWithdrawal)]
struct WithdrawnBody {
    /// The code of the training.
    training: String,
    /// What it is called.
    title: String,
    /// How many come to what.
    counts: BTreeMap<String, u64>,
    /// Some of them.
    samples: Vec<SampleBody>,
}

/// Why somebody has to do a training, or why not.
#[derive(Serialize, ToSchema)]
#[schema(as = Explanation)]
pub(super) struct ExplainedBody {
    /// Who.
    #[schema(format = "uuid")]
    person_id: String,
    /// Their name.
    person: String,
    /// The code of the training.
    training: String,
    /// What it is called.
    title: String,
    /// The day asked about.
    #[schema(format = Date)]
    day: String,
    /// The chain of facts, a sentence each.
    because: Vec<String>,
    /// All cycles, the newest last.
    cycles: Vec<AssignmentBody>,
}

/// What a write did that answers with nothing else.
#[derive(Serialize, ToSchema)]
#[schema(as = OperationDone)]
pub(in crate::routes) struct OperationBody {
    /// The entry of the audit log; null where all was so already.
    #[schema(format = "uuid")]
    operation: Option<String>,
}

impl From<Option<OperationId>> for OperationBody {
    fn from(operation: Option<OperationId>) -> Self {
        Self { operation: operation.map(|id| id.to_string()) }
    }
}

impl From<Assignment> for AssignmentBody {
    fn from(one: Assignment) -> Self {
        let day = |day: Option<lms_core::Day>| day.map(|day| day.to_string());
        Self {
            id: one.id.to_string(),
            person_id: one.person_id.to_string(),
            person: one.person,
            employee_number: one.employee_number,
            training_id: one.training_id.to_string(),
            training: one.training,
            title: one.title,
            cycle: one.cycle,
            kind: one.kind.as_str(),
            status: one.status.as_str(),
            assigned_on: one.assigned_on.to_string(),
            started_on: day(one.started_on),
            due_on: day(one.due_on),
            overdue_on: day(one.overdue_on),
            baseline_due_on: day(one.baseline_due_on),
            extended_to: day(one.extended_to),
            expires_on: day(one.expires_on),
            window_on: day(one.window_on),
            closed_on: day(one.closed_on),
            closed_as: one.closed_as,
            waiting_since: day(one.waiting_since),
        }
    }
}

impl From<PersonName> for NameBody {
    fn from(person: PersonName) -> Self {
        Self { id: person.id.to_string(), name: person.name }
    }
}

impl NameBody {
    pub(in crate::routes) fn all(people: Vec<PersonName>) -> Vec<Self> {
        people.into_iter().map(Self::from).collect()
    }
}

impl PlanBody {
    pub(super) fn of(plan: AssignPlan, dry_run: bool, operation: Option<OperationId>) -> Self {
        Self {
            dry_run,
            plan: plan.fingerprint,
            day: plan.day.to_string(),
            people: plan.n_people,
            counts: sum(plan.trainings.iter().map(|one| &one.counts)),
            trainings: plan.trainings.into_iter().map(PlannedBody::from).collect(),
            operation: operation.map(|id| id.to_string()),
        }
    }
}

impl From<PlannedTrainingAssignment> for PlannedBody {
    fn from(one: PlannedTrainingAssignment) -> Self {
        Self {
            training: one.training,
            title: one.title,
            path: one.path,
            kind: one.kind.as_str(),
            due: one.due,
            counts: one.counts,
            samples: one.samples.into_iter().map(SampleBody::from).collect(),
        }
    }
}

impl From<OutcomeSample> for SampleBody {
    fn from(sample: OutcomeSample) -> Self {
        Self { outcome: sample.outcome, people: NameBody::all(sample.people) }
    }
}

impl WithdrawalBody {
    pub(super) fn of(plan: UnassignPlan, dry_run: bool, operation: Option<OperationId>) -> Self {
        Self {
            dry_run,
            plan: plan.fingerprint,
            counts: sum(plan.trainings.iter().map(|one| &one.counts)),
            trainings: plan.trainings.into_iter().map(WithdrawnBody::from).collect(),
            operation: operation.map(|id| id.to_string()),
        }
    }
}

impl From<PlannedUnassignment> for WithdrawnBody {
    fn from(one: PlannedUnassignment) -> Self {
        let samples = one.samples.into_iter();
        let sample = |sample: lms_core::FateSample| SampleBody {
            outcome: sample.fate,
            people: NameBody::all(sample.people),
        };
        Self {
            training: one.training,
            title: one.title,
            counts: one.counts,
            samples: samples.map(sample).collect(),
        }
    }
}

impl From<Explained> for ExplainedBody {
    fn from(told: Explained) -> Self {
        Self {
            person_id: told.person_id.to_string(),
            person: told.person,
            training: told.training,
            title: told.title,
            day: told.day.to_string(),
            because: told.because,
            cycles: told.cycles.into_iter().map(AssignmentBody::from).collect(),
        }
    }
}

fn sum<'a>(all: impl Iterator<Item = &'a BTreeMap<String, u64>>) -> BTreeMap<String, u64> {
    let mut sum = BTreeMap::new();
    for (name, count) in all.flatten() {
        *sum.entry(name.clone()).or_default() += count;
    }
    sum
}
