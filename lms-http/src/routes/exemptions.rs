//! `/exemptions`: who need not do a training for a time.

use axum::Json as Answer;
use lms_core::{ExemptPlan, Exemption, ExemptionFilter, ExemptionId, NewExemptions, OperationId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::assignments::{NameBody, OperationBody, PlanQuery, because, everybody_unsaid, of_plan};
use crate::answer::PageBody;
use crate::audience::{AudienceParameters, AudienceQuery};
use crate::auth::Call;
use crate::error::{NOT_FOUND, Problem};
use crate::extract::{Json, Segment};
use crate::openapi::{About, Resource};
use crate::plans::{Counts, counts};
use crate::query::{Query, day};

const READ: &str = "assignments.read";
const WRITE: &str = "assignments.write";
const ALL: &str = "/api/v1/exemptions";

pub(super) fn resource() -> Resource {
    Resource::new("Exemptions", "Who need not do a training for a time.")
        .get(
            ALL,
            list,
            About::new("list_exemptions", "List exemptions")
                .text("By their first day; those that hold today or later.")
                .permission(READ)
                .query::<AudienceParameters>()
                .query::<ExemptionsQuery>()
                .page::<ExemptionBody>(),
        )
        .post(
            ALL,
            exempt,
            About::new("exempt", "Exempt people from a training")
                .text(
                    "Everybody whom the query means; somebody has to be named. Who is exempt in that time \
                     already stays as they are. Whoever comes later is not exempt.",
                )
                .permission(WRITE)
                .query::<AudienceParameters>()
                .query::<PlanQuery>()
                .body::<NewBody>(json!({
                    "training": "GDPR-101", "reason": "certified elsewhere",
                    "from": "2026-01-01", "until": "2026-12-31", "approved_by": "Works council"
                }))
                .answers::<ExemptedBody>(200, "who is exempt, or with `dry_run` would be")
                .conflicts()
                .fails_with(412),
        )
        .delete(
            "/api/v1/exemptions/{id}",
            revoke,
            About::new("end_exemption", "End an exemption")
                .text("It holds until the day before `from`. One that has ended changes nothing.")
                .path("id", "The exemption", "019d3f1c-4a00-7000-8000-0000000000a2")
                .permission(WRITE)
                .query::<RevokeQuery>()
                .answers::<OperationBody>(200, "it has ended")
                .conflicts(),
        )
}

/// Which of them, beside whose.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ExemptionsQuery {
    /// Only those from this training, by code or id.
    training: Option<String>,
    /// Also those that have ended.
    ended: Option<bool>,
    /// How many on a page: 1 to 500, and 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// When an exemption ends.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RevokeQuery {
    /// The first day on which it holds no longer; today, unless said.
    #[param(format = Date)]
    from: Option<String>,
    /// Why; it is kept in the audit log.
    reason: Option<String>,
}

/// From what and for how long people are exempt.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewExemption)]
struct NewBody {
    /// The training, by code or id.
    training: String,
    /// Why they need not do it.
    reason: String,
    /// The first day; today, unless said.
    #[serde(default)]
    #[schema(format = Date)]
    from: Option<String>,
    /// The last day; for good, unless said.
    #[serde(default)]
    #[schema(format = Date)]
    until: Option<String>,
    /// Who approved it.
    #[serde(default)]
    approved_by: Option<String>,
    /// Where the evidence lies.
    #[serde(default)]
    evidence: Option<String>,
}

/// What exempting did, or would do.
#[derive(Serialize, ToSchema)]
#[schema(as = ExemptionPlan)]
struct ExemptedBody {
    /// Whether nothing was written.
    dry_run: bool,
    /// What tells this plan from every other one.
    plan: String,
    /// The code of the training.
    training: String,
    /// The first day.
    #[schema(format = Date)]
    from: String,
    /// The last day.
    #[schema(format = Date)]
    until: Option<String>,
    /// How many are `exempted`, how many of those have it `assigned`, and how many are exempt `already`.
    counts: Counts,
    /// The first of those who are exempted, by name.
    samples: Vec<NameBody>,
    /// The exemptions, in the order of the people's names; none with `dry_run`.
    exemptions: Vec<String>,
    /// The entry of the audit log; null where nothing was written.
    #[schema(format = "uuid")]
    operation: Option<String>,
}

/// An exemption.
#[derive(Serialize, ToSchema)]
#[schema(as = Exemption)]
struct ExemptionBody {
    /// Its id.
    #[schema(format = "uuid")]
    id: String,
    /// Whose.
    #[schema(format = "uuid")]
    person_id: String,
    /// Their name.
    person: String,
    /// The code of the training.
    training: String,
    /// The first day.
    #[schema(format = Date)]
    from: String,
    /// The last day.
    #[schema(format = Date)]
    until: Option<String>,
    /// Why.
    reason: String,
    /// Who approved it.
    approved_by: Option<String>,
    /// Where the evidence lies.
    evidence: Option<String>,
}

async fn list(
    call: Call,
    query: AudienceQuery<ExemptionsQuery>,
) -> Result<Answer<PageBody<ExemptionBody>>, Problem> {
    let AudienceQuery { audience, beside } = query;
    let mut filter = ExemptionFilter::new().ended(beside.ended.unwrap_or_default());
    filter = beside.training.iter().fold(filter, |filter, one| filter.training(one));
    filter = beside.limit.into_iter().fold(filter, ExemptionFilter::limit);
    filter = beside.cursor.iter().fold(filter, |filter, cursor| filter.cursor(cursor));
    if !audience.is_everybody() {
        filter = filter.audience(audience);
    }
    let page = call.lms.assignments().exemptions(&call.actor, filter).await;
    Ok(Answer(PageBody::of(page.map_err(Problem::in_query)?, ExemptionBody::from)))
}

async fn exempt(
    call: Call,
    query: AudienceQuery<PlanQuery>,
    Json(body): Json<NewBody>,
) -> Result<Answer<ExemptedBody>, Problem> {
    let AudienceQuery { audience, beside } = query;
    everybody_unsaid(&audience)?;
    let mut new = NewExemptions::from_training(&body.training, audience, &body.reason);
    new = day("from", body.from.as_deref())?.into_iter().fold(new, NewExemptions::from);
    new = day("until", body.until.as_deref())?.into_iter().fold(new, NewExemptions::until);
    new = body.approved_by.iter().fold(new, |new, name| new.approved_by(name));
    new = body.evidence.iter().fold(new, |new, link| new.evidence(link));
    let assignments = call.lms.assignments();
    let plan = assignments.plan_exempt(&call.actor, new).await;
    let plan = plan.map_err(of_plan)?.still(beside.plan())?;
    if beside.is_dry_run() {
        return Ok(Answer(ExemptedBody::of(plan, true, &[], None)));
    }
    let done = assignments.exempt(&call.actor, plan.clone()).await.map_err(of_plan)?;
    Ok(Answer(ExemptedBody::of(plan, false, &done.exemptions, done.operation)))
}

async fn revoke(
    call: Call,
    Segment(id): Segment,
    Query(query): Query<RevokeQuery>,
) -> Result<Answer<OperationBody>, Problem> {
    let id: ExemptionId =
        id.parse().map_err(|_| NOT_FOUND.problem("this does not name an exemption"))?;
    let from = day("from", query.from.as_deref()).map_err(Problem::in_query)?;
    let actor = because(&call.actor, query.reason.as_deref());
    let operation = call.lms.assignments().revoke_exemption(&actor, id, from).await?;
    Ok(Answer(operation.into()))
}

impl ExemptedBody {
    fn of(
        plan: ExemptPlan,
        dry_run: bool,
        exemptions: &[ExemptionId],
        operation: Option<OperationId>,
    ) -> Self {
        Self {
            dry_run,
            plan: plan.fingerprint,
            training: plan.training,
            from: plan.from.to_string(),
            until: plan.until.map(|day| day.to_string()),
            counts: counts([
                ("exempted", plan.n_people - plan.n_already),
                ("assigned", plan.n_assigned),
                ("already", plan.n_already),
            ]),
            samples: NameBody::all(plan.samples),
            exemptions: exemptions.iter().map(ToString::to_string).collect(),
            operation: operation.map(|id| id.to_string()),
        }
    }
}

impl From<Exemption> for ExemptionBody {
    fn from(one: Exemption) -> Self {
        Self {
            id: one.id.to_string(),
            person_id: one.person_id.to_string(),
            person: one.person,
            training: one.training,
            from: one.from.to_string(),
            until: one.until.map(|day| day.to_string()),
            reason: one.reason,
            approved_by: one.approved_by,
            evidence: one.evidence,
        }
    }
}
