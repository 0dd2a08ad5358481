//! One change for everybody whom the query means.

use axum::Json as Answer;
use lms_core::{EditPlan, OperationId, PersonFilter, PlannedEdit, RefusedEdit};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::body::UserPatch;
use crate::answer::ChangeBody;
use crate::audience::AudienceQuery;
use crate::auth::Call;
use crate::error::{Problem, QUERY};
use crate::extract::Json;
use crate::plans::{Counts, counts, first};
use crate::query::day;

/// How many are changed, beside who they are.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct EditAllQuery {
    /// Words that begin so, in names, address, user name or employee number.
    search: Option<String>,
    /// Who is meant is looked at on this day, and from it on the change holds; today, unless said.
    #[param(format = Date)]
    from: Option<String>,
    /// Say what would change, and write nothing.
    dry_run: Option<bool>,
    /// The `plan` of a dry run: do exactly what it said, or nothing.
    plan: Option<String>,
}

/// What a change of many did, or would do.
#[derive(Serialize, ToSchema)]
pub(super) struct UsersEdited {
    /// Whether nothing was written.
    dry_run: bool,
    /// What tells this plan from every other one.
    plan: String,
    /// From this day on.
    #[schema(format = Date)]
    from: String,
    /// How many are changed, are so already, and cannot be changed so.
    counts: Counts,
    /// Who is changed, by name: the first 500 of them.
    changes: Vec<UserEdited>,
    /// Who cannot be changed so: the first 500 of them.
    refused: Vec<UserRefused>,
    /// The entry of the audit log; null where nothing was written.
    #[schema(format = "uuid")]
    operation: Option<String>,
}

/// What a change of many does to one person.
#[derive(Serialize, ToSchema)]
struct UserEdited {
    /// The person.
    #[schema(format = "uuid")]
    id: String,
    /// Their name.
    name: String,
    /// The fields, before and after.
    changed: Vec<ChangeBody>,
}

/// Somebody whom a change of many leaves out.
#[derive(Serialize, ToSchema)]
struct UserRefused {
    /// The person.
    #[schema(format = "uuid")]
    id: String,
    /// Their name.
    name: String,
    /// Why they cannot be changed so.
    why: String,
}

/// `PATCH /users`.
pub(super) async fn edit_all(
    call: Call,
    query: AudienceQuery<EditAllQuery>,
    Json(body): Json<UserPatch>,
) -> Result<Answer<UsersEdited>, Problem> {
    let AudienceQuery { audience, beside } = query;
    if audience.is_everybody() && beside.search.is_none() {
        return Err(QUERY
            .problem("the query does not say whom to change")
            .with_hint("name them, such as `department=ENG`; `status=*` is everybody"));
    }
    let from = day("from", beside.from.as_deref()).map_err(Problem::in_query)?;
    let who = beside
        .search
        .iter()
        .fold(PersonFilter::new().audience(audience), |who, text| who.search(text));
    let change = super::write::from(body.into_change(), from);
    let people = call.lms.people();
    let plan = people.plan_edit_all(&call.actor, who, change).await;
    let plan = plan.map_err(Problem::in_change_of_many)?.still(beside.plan.as_deref())?;
    if beside.dry_run.unwrap_or_default() {
        return Ok(Answer(UsersEdited::of(plan, true, None)));
    }
    let outcome = people.edit_all(&call.actor, plan.clone()).await;
    let outcome = outcome.map_err(Problem::in_change_of_many)?;
    Ok(Answer(UsersEdited::of(plan, false, outcome.operation)))
}

impl UsersEdited {
    fn of(plan: EditPlan, dry_run: bool, operation: Option<OperationId>) -> Self {
        Self {
            dry_run,
            plan: plan.fingerprint,
            from: plan.from.to_string(),
            counts: counts([
                ("changed", plan.changes.len()),
                ("unchanged", plan.n_unchanged),
                ("refused", plan.refused.len()),
            ]),
            changes: first(plan.changes, UserEdited::from),
            refused: first(plan.refused, UserRefused::from),
            operation: operation.map(|id| id.to_string()),
        }
    }
}

impl From<PlannedEdit> for UserEdited {
    fn from(edit: PlannedEdit) -> Self {
        let changed = ChangeBody::all(edit.changed);
        Self { id: edit.person.to_string(), name: edit.name, changed }
    }
}

impl From<RefusedEdit> for UserRefused {
    fn from(edit: RefusedEdit) -> Self {
        Self { id: edit.person.to_string(), name: edit.name, why: edit.why }
    }
}
