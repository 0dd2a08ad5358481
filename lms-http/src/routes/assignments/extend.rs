//! More time for what is open, in this cycle alone.

use axum::Json as Answer;
use lms_core::{Extend, ExtendPlan, NewExtension, OperationId, PlannedExtension};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::NameBody;
use super::write::PlanQuery;
use super::{because, everybody_unsaid, of_plan};
use crate::audience::AudienceQuery;
use crate::auth::Call;
use crate::error::{FIELDS, FieldError, Problem};
use crate::extract::Json;
use crate::plans::{Counts, counts};
use crate::query::day;

/// What gets more time: until a day, or by so many days.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewExtension)]
pub(super) struct ExtendBody {
    /// The training, by code or id.
    training: String,
    /// The new due day.
    #[serde(default)]
    #[schema(format = Date)]
    until: Option<String>,
    /// So many days more; from today, where it is past due.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 3650)]
    by: Option<u32>,
    /// Why; it is kept in the audit log.
    #[serde(default)]
    reason: Option<String>,
}

/// What extending did, or would do.
#[derive(Serialize, ToSchema)]
#[schema(as = ExtensionPlan)]
pub(super) struct ExtendedBody {
    /// Whether nothing was written.
    dry_run: bool,
    /// What tells this plan from every other one.
    plan: String,
    /// The code of the training.
    training: String,
    /// How many are `extended`, have `none` that is open and due, and are due as late `already`.
    counts: Counts,
    /// The first of those that are due later.
    samples: Vec<ExtendedSample>,
    /// The entry of the audit log; null where nothing was written.
    #[schema(format = "uuid")]
    operation: Option<String>,
}

/// An assignment that is due later.
#[derive(Serialize, ToSchema)]
#[schema(as = PlannedExtension)]
struct ExtendedSample {
    /// Whose.
    person: NameBody,
    /// When it was due.
    #[schema(format = Date)]
    due_on: String,
    /// When it is due.
    #[schema(format = Date)]
    extended_to: String,
}

/// `POST /assignments/extensions`.
pub(super) async fn extend(
    call: Call,
    query: AudienceQuery<PlanQuery>,
    Json(body): Json<ExtendBody>,
) -> Result<Answer<ExtendedBody>, Problem> {
    let AudienceQuery { audience, beside } = query;
    everybody_unsaid(&audience)?;
    let to = match (day("until", body.until.as_deref())?, body.by) {
        (Some(day), None) => Extend::Until(day),
        (None, Some(days)) => Extend::By(days),
        _ => return Err(one_of_the_two()),
    };
    let actor = because(&call.actor, body.reason.as_deref());
    let assignments = call.lms.assignments();
    let new = NewExtension::of(&body.training, audience, to);
    let plan = assignments.plan_extend(&actor, new).await;
    let plan = plan.map_err(of_plan)?.still(beside.plan())?;
    if beside.is_dry_run() {
        return Ok(Answer(ExtendedBody::of(plan, true, None)));
    }
    let done = assignments.extend(&actor, plan.clone()).await.map_err(of_plan)?;
    Ok(Answer(ExtendedBody::of(plan, false, done.operation)))
}

fn one_of_the_two() -> Problem {
    let detail = "an extension is `until` a day or `by` so many days: one of the two";
    FIELDS.problem(detail).with_field_error(FieldError {
        field: "until".to_owned(),
        code: FIELDS.code,
        detail: detail.to_owned(),
        hints: Vec::new(),
    })
}

impl ExtendedBody {
    fn of(plan: ExtendPlan, dry_run: bool, operation: Option<OperationId>) -> Self {
        let sample = |one: PlannedExtension| ExtendedSample {
            person: one.person.into(),
            due_on: one.due_on.to_string(),
            extended_to: one.extended_to.to_string(),
        };
        Self {
            dry_run,
            plan: plan.fingerprint,
            training: plan.training,
            counts: counts([
                ("extended", plan.n_extended),
                ("none", plan.n_without),
                ("already", plan.n_later),
            ]),
            samples: plan.samples.into_iter().map(sample).collect(),
            operation: operation.map(|id| id.to_string()),
        }
    }
}
