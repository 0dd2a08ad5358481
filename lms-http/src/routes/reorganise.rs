//! Moving, merging and removing departments, locations and job roles, with their people.

use axum::Json as Answer;
use lms_core::{
    OperationId, PlannedLeader, PlannedMove, PlannedUnit, Reorganisation, ReorganisationPlan,
    UnitKind,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use crate::answer::ChangeBody;
use crate::auth::Call;
use crate::error::Problem;
use crate::extract::{Json, Segment};
use crate::openapi::{About, Resource};
use crate::plans::{Counts, counts, first};
use crate::query::{Query, day};

const WRITE: &str = "organisation.write";

/// The routes of one unit of a kind, at `one`; `example` is its code, and `other` that of another one.
pub(super) fn routes(
    kind: UnitKind,
    resource: Resource,
    one: &str,
    [example, other]: [&str; 2],
) -> Resource {
    let noun = kind.noun();
    let about = |id: &str, summary: String| {
        About::new(format!("{id}_{}", kind.as_str()), summary)
            .path("code", "A code, a name or an id", example)
            .permission(WRITE)
            .answers::<ReorganisationBody>(200, "what changed, or with `dry_run` what would")
            .conflicts()
            .fails_with(412)
    };
    let needs = "Needs `people.write` for everybody as well.";
    let resource = resource
        .post(
            &format!("{one}/merge"),
            move |call, code, query, body| merge(kind, call, code, query, body),
            about("merge", format!("Merge others into a {noun}"))
                .text(format!(
                    "The others close; their people, and what lies below them, go to this one. {needs}"
                ))
                .query::<ReorganiseQuery>()
                .body::<MergeBody>(json!({ "units": [other] })),
        )
        .delete(
            one,
            move |call, code, query| remove(kind, call, code, query),
            about("remove", format!("Remove a {noun}"))
                .text(format!(
                    "It closes, and what lies below it moves up. Its people go to `people_to`; without \
                     that, nobody may be in it. {needs}"
                ))
                .query::<RemoveQuery>(),
        );
    if kind != UnitKind::Department {
        return resource;
    }
    resource.post(
        &format!("{one}/move"),
        r#move,
        about("move", format!("Move a {noun}"))
            .text(format!("With all below it, below another or to the top. {needs}"))
            .query::<ReorganiseQuery>()
            .body::<MoveBody>(json!({ "parent": other })),
    )
}

/// How units are reorganised.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ReorganiseQuery {
    /// From this day on; today, unless said. What was before stays as it was.
    #[param(format = Date)]
    from: Option<String>,
    /// Say what would change, and write nothing.
    dry_run: Option<bool>,
    /// The `plan` of a dry run: do exactly what it said, or nothing.
    plan: Option<String>,
}

/// How a unit is removed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RemoveQuery {
    /// Where its people go, by code or name.
    people_to: Option<String>,
    /// The first day on which it is no longer there; today, unless said.
    #[param(format = Date)]
    from: Option<String>,
    /// Say what would change, and write nothing.
    dry_run: Option<bool>,
    /// The `plan` of a dry run: do exactly what it said, or nothing.
    plan: Option<String>,
}

/// Where a department moves.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MoveBody {
    /// The department above, by code or name; `null` for the top.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required)]
    parent: Option<String>,
}

/// What is merged into another one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MergeBody {
    /// Those that close, by code or name.
    units: Vec<String>,
}

/// What a reorganisation did, or would do.
#[derive(Serialize, ToSchema)]
#[schema(as = Reorganisation)]
struct ReorganisationBody {
    /// Whether nothing was written.
    dry_run: bool,
    /// What tells this plan from every other one.
    plan: String,
    /// From this day on.
    #[schema(format = Date)]
    from: String,
    /// How many units change, people go elsewhere, leaders lead no longer, and people are carried
    /// along in departments that move.
    counts: Counts,
    /// What becomes of units: the first 500.
    units: Vec<UnitChanged>,
    /// Who goes from which unit to which, by name: the first 500.
    people: Vec<UserMoved>,
    /// Who leads a unit that closes, and leads it no longer.
    leaders: Vec<LeaderGone>,
    /// The entry of the audit log; null where nothing was written.
    #[schema(format = "uuid")]
    operation: Option<String>,
}

/// What becomes of one unit.
#[derive(Serialize, ToSchema)]
struct UnitChanged {
    /// The unit.
    #[schema(format = "uuid")]
    id: String,
    /// Its code.
    code: String,
    /// Its name.
    name: String,
    /// The fields, before and after: `parent`, `open`.
    changed: Vec<ChangeBody>,
}

/// A person who goes from one unit to another.
#[derive(Serialize, ToSchema)]
struct UserMoved {
    /// The person.
    #[schema(format = "uuid")]
    id: String,
    /// Their name.
    name: String,
    /// The code of the unit that they leave.
    before: String,
    /// The code of the unit that they come to.
    after: String,
}

/// Somebody who leads a unit that closes.
#[derive(Serialize, ToSchema)]
struct LeaderGone {
    /// The person.
    #[schema(format = "uuid")]
    id: String,
    /// Their name.
    name: String,
    /// The code of the unit.
    unit: String,
    /// `head` or `deputy`.
    role: String,
}

/// `POST /departments/{code}/move`.
async fn r#move(
    call: Call,
    Segment(code): Segment,
    Query(query): Query<ReorganiseQuery>,
    Json(body): Json<MoveBody>,
) -> Result<Answer<ReorganisationBody>, Problem> {
    let asked = Reorganisation::move_department(&code, body.parent.as_deref());
    reorganise(&call, asked, query, UnitKind::Department.as_str()).await
}

/// `POST /departments/{code}/merge`.
async fn merge(
    kind: UnitKind,
    call: Call,
    Segment(code): Segment,
    Query(query): Query<ReorganiseQuery>,
    Json(body): Json<MergeBody>,
) -> Result<Answer<ReorganisationBody>, Problem> {
    reorganise(&call, Reorganisation::merge(kind, &body.units, &code), query, "into").await
}

/// `DELETE /departments/{code}`.
async fn remove(
    kind: UnitKind,
    call: Call,
    Segment(code): Segment,
    Query(query): Query<RemoveQuery>,
) -> Result<Answer<ReorganisationBody>, Problem> {
    let RemoveQuery { people_to, from, dry_run, plan } = query;
    let asked = Reorganisation::remove(kind, &code);
    let asked = people_to.iter().fold(asked, |asked, unit| asked.people_to(unit));
    let outcome = reorganise(&call, asked, ReorganiseQuery { from, dry_run, plan }, kind.as_str());
    outcome.await
}

/// Plans and, unless only that was asked for, does as planned. `address` is what errors call the unit
/// that stands in the address.
async fn reorganise(
    call: &Call,
    asked: Reorganisation,
    query: ReorganiseQuery,
    address: &str,
) -> Result<Answer<ReorganisationBody>, Problem> {
    let problem = |error: lms_core::Error| match error.field() {
        Some("people_to") => Problem::in_query(error),
        _ => Problem::at_address(error, address),
    };
    let from = day("from", query.from.as_deref()).map_err(Problem::in_query)?;
    let asked = from.into_iter().fold(asked, Reorganisation::from);
    let people = call.lms.people();
    let plan = people.plan_reorganisation(&call.actor, asked).await.map_err(problem)?;
    let plan = plan.still(query.plan.as_deref())?;
    if query.dry_run.unwrap_or_default() {
        return Ok(Answer(ReorganisationBody::of(plan, true, None)));
    }
    let outcome = people.reorganise(&call.actor, plan.clone()).await.map_err(problem)?;
    Ok(Answer(ReorganisationBody::of(plan, false, outcome.operation)))
}

impl ReorganisationBody {
    fn of(plan: ReorganisationPlan, dry_run: bool, operation: Option<OperationId>) -> Self {
        let mut counts = counts([
            ("units", plan.units.len()),
            ("people", plan.people.len()),
            ("leaders", plan.leaders.len()),
        ]);
        counts.insert("carried", plan.n_carried);
        Self {
            dry_run,
            plan: plan.fingerprint,
            from: plan.from.to_string(),
            counts,
            units: first(plan.units, UnitChanged::from),
            people: first(plan.people, UserMoved::from),
            leaders: first(plan.leaders, LeaderGone::from),
            operation: operation.map(|id| id.to_string()),
        }
    }
}

impl From<PlannedUnit> for UnitChanged {
    fn from(unit: PlannedUnit) -> Self {
        let changed = ChangeBody::all(unit.changed);
        Self { id: unit.unit.to_string(), code: unit.code, name: unit.name, changed }
    }
}

impl From<PlannedMove> for UserMoved {
    fn from(person: PlannedMove) -> Self {
        let PlannedMove { person: id, name, before, after, .. } = person;
        Self { id: id.to_string(), name, before, after }
    }
}

impl From<PlannedLeader> for LeaderGone {
    fn from(leader: PlannedLeader) -> Self {
        let PlannedLeader { person: id, name, unit, role, .. } = leader;
        Self { id: id.to_string(), name, unit, role }
    }
}
