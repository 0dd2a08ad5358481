//! What people notice of rules: planned, looked at, and done exactly so.

use std::collections::BTreeMap;

use axum::Json as Answer;
use lms_core::{PlannedRule, PlannedTurn, RuleChange, RuleEffect, RulePlan};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{WRITE, of_one, problem};
use crate::auth::Call;
use crate::error::{FIELDS, Problem};
use crate::extract::{Json, Segment};
use crate::openapi::Resource;
use crate::plans::first;
use crate::query::{NoParameters, Query};
use crate::routes::assignments::{PlanQuery, because};

/// What is done with a rule.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RuleAct)]
struct ActBody {
    /// `apply` puts its draft into force, `activate` ends a pause, `pause` begins one, `remove` takes it
    /// out of force, and `go_back` puts an earlier version into force.
    act: String,
    /// The version to go back to.
    version: Option<u32>,
    /// Why; it is kept in the audit log.
    reason: Option<String>,
}

/// What it means, for whom and why.
#[derive(Serialize, ToSchema)]
#[schema(as = RulePlan)]
struct PlanBody {
    /// Whether nothing was written.
    dry_run: bool,
    /// What tells this plan from every other one.
    plan: String,
    /// The day that it is looked at.
    #[schema(format = Date)]
    day: String,
    /// The rules, as they would stand.
    rules: Vec<PlannedBody>,
    /// How many times each effect happens.
    counts: BTreeMap<String, u64>,
    /// What changes for whom, by training and name: the first of them.
    effects: Vec<EffectBody>,
    /// The operation; null where nothing was written.
    #[schema(format = "uuid")]
    operation: Option<String>,
}

/// A rule as it would stand.
#[derive(Serialize, ToSchema)]
#[schema(as = PlannedRule)]
struct PlannedBody {
    /// Its code.
    code: String,
    /// What it is called.
    title: String,
    /// How it stands now; null where it is new.
    status_before: Option<&'static str>,
    /// How it would stand.
    status: &'static str,
    /// The version that holds now.
    version_before: Option<u32>,
    /// The version that would hold.
    version: u32,
    /// How many people are in the audience.
    people: usize,
    /// What becomes of them, for each training.
    trainings: Vec<TrainingBody>,
}

/// What becomes of an audience for one training.
#[derive(Serialize, ToSchema)]
#[schema(as = PlannedRuleTraining)]
struct TrainingBody {
    /// The code of the training.
    training: String,
    /// What it is called.
    title: String,
    /// How many come to what; the sum is the number of people in the audience. Those whose turn is still to
    /// come are `later`, those whom a paused rule gives nothing `paused`.
    counts: BTreeMap<String, u64>,
    /// Those whose turn is still to come, by the day on which it is.
    later: Vec<TurnBody>,
}

/// People for whom a rule begins on a day to come.
#[derive(Serialize, ToSchema)]
#[schema(as = PlannedTurn)]
struct TurnBody {
    /// The day.
    #[schema(format = Date)]
    on: String,
    /// How many they are.
    people: u64,
}

/// What a change means for somebody and a training.
#[derive(Serialize, ToSchema)]
#[schema(as = RuleEffect)]
struct EffectBody {
    /// Whom it concerns.
    #[schema(format = "uuid")]
    person_id: String,
    /// Their name.
    person: String,
    /// The code of the training.
    training: String,
    /// What becomes of it, such as `assigned`, `moved` or `cancelled`.
    effect: String,
    /// Why.
    because: String,
    /// The day it is due now.
    #[schema(format = Date)]
    due_on_before: Option<String>,
    /// The day it will be due.
    #[schema(format = Date)]
    due_on: Option<String>,
    /// The first day on which it is overdue now.
    #[schema(format = Date)]
    overdue_on_before: Option<String>,
    /// The first day on which it will be.
    #[schema(format = Date)]
    overdue_on: Option<String>,
}

pub(super) fn routes(resource: Resource) -> Resource {
    resource
        .post(
            "/api/v1/rules/{code}/plan",
            plan,
            of_one("plan_rule", "Say what a change of a rule would mean")
                .text("For whom and why. Nothing is written; `plan` in the answer does exactly this at `apply`.")
                .permission(WRITE)
                .body::<ActBody>(json!({ "act": "apply" }))
                .shows::<PlanBody>("what would become of whom")
                .conflicts(),
        )
        .post(
            "/api/v1/rules/{code}/apply",
            apply,
            of_one("apply_rule", "Change a rule, and what follows for people")
                .text("All of it or nothing. With the `plan` of a plan exactly what that said, or nothing.")
                .permission(WRITE)
                .query::<PlanQuery>()
                .body::<ActBody>(json!({ "act": "apply" }))
                .shows::<PlanBody>("what became of whom")
                .conflicts(),
        )
}

impl ActBody {
    fn change(&self, code: String) -> Result<RuleChange, Problem> {
        match (self.act.as_str(), self.version) {
            ("apply", None) => Ok(RuleChange::ApplyDraft(code)),
            ("activate", None) => Ok(RuleChange::Activate(code)),
            ("pause", None) => Ok(RuleChange::Pause(code)),
            ("remove", None) => Ok(RuleChange::Remove(code)),
            ("go_back", Some(version)) => Ok(RuleChange::GoBack(code, version)),
            ("go_back", None) => Err(FIELDS
                .problem("going back needs the version to go back to")
                .with_hint("send it as `version`")),
            ("apply" | "activate" | "pause" | "remove", Some(_)) => Err(FIELDS
                .problem("only going back has a version")
                .with_hint("leave `version` out, or send `go_back`")),
            (other, _) => Err(FIELDS
                .problem(format!("`{}` is nothing that is done with a rule", other.escape_debug()))
                .with_hint("it is one of: apply, activate, pause, remove, go_back")),
        }
    }
}

async fn plan(
    call: Call,
    Segment(code): Segment,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<ActBody>,
) -> Result<Answer<PlanBody>, Problem> {
    let change = body.change(code)?;
    let plan = call.lms.rules().plan(&call.actor, vec![change]).await.map_err(problem)?;
    Ok(Answer(PlanBody::of(plan, true, None)))
}

async fn apply(
    call: Call,
    Segment(code): Segment,
    Query(query): Query<PlanQuery>,
    Json(body): Json<ActBody>,
) -> Result<Answer<PlanBody>, Problem> {
    let change = body.change(code)?;
    let actor = because(&call.actor, body.reason.as_deref());
    let rules = call.lms.rules();
    let plan = rules.plan(&actor, vec![change]).await.map_err(problem)?;
    let plan = plan.still(query.plan())?;
    if query.is_dry_run() {
        return Ok(Answer(PlanBody::of(plan, true, None)));
    }
    let outcome = rules.apply(&actor, plan.clone()).await.map_err(problem)?;
    let operation = outcome.operation.map(|id| id.to_string());
    Ok(Answer(PlanBody::of(plan, false, operation)))
}

impl PlanBody {
    fn of(plan: RulePlan, dry_run: bool, operation: Option<String>) -> Self {
        Self {
            dry_run,
            plan: plan.fingerprint,
            day: plan.day.to_string(),
            rules: plan.rules.into_iter().map(PlannedBody::from).collect(),
            counts: plan.counts,
            effects: first(plan.effects, EffectBody::from),
            operation,
        }
    }
}

impl From<PlannedRule> for PlannedBody {
    fn from(rule: PlannedRule) -> Self {
        let training = |one: lms_core::PlannedRuleTraining| TrainingBody {
            training: one.training,
            title: one.title,
            counts: one.counts,
            later: one.later.into_iter().map(TurnBody::from).collect(),
        };
        Self {
            code: rule.code,
            title: rule.title,
            status_before: rule.status_before.map(lms_core::RuleStatus::as_str),
            status: rule.status.as_str(),
            version_before: rule.version_before,
            version: rule.version,
            people: rule.n_people,
            trainings: rule.trainings.into_iter().map(training).collect(),
        }
    }
}

impl From<PlannedTurn> for TurnBody {
    fn from(turn: PlannedTurn) -> Self {
        Self { on: turn.on.to_string(), people: turn.n_people }
    }
}

impl From<RuleEffect> for EffectBody {
    fn from(effect: RuleEffect) -> Self {
        let day = |day: Option<lms_core::Day>| day.map(|day| day.to_string());
        Self {
            person_id: effect.person.id.to_string(),
            person: effect.person.name,
            training: effect.training,
            effect: effect.effect,
            because: effect.because,
            due_on_before: day(effect.due_on_before),
            due_on: day(effect.due_on),
            overdue_on_before: day(effect.overdue_on_before),
            overdue_on: day(effect.overdue_on),
        }
    }
}
