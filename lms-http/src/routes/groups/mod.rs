//! `/groups`: fixed lists of people, and audiences that are kept under a name.

mod body;

use axum::Json as Answer;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use lms_core::{Error, GroupChange, NewGroup, Timestamp};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::units::UnitsQuery;
use super::users::body::UserBody;
use super::users::list::{self, ListQuery};
use crate::answer::{PageBody, changed, made};
use crate::audience::{AudienceParameters, AudienceQuery};
use crate::auth::Call;
use crate::conditional::{IfMatch, IfNoneMatch};
use crate::error::Problem;
use crate::extract::{Json, Segment};
use crate::openapi::{About, Resource};
use crate::query::{AsOf, HoldsFrom, NoParameters, Query, day};
use crate::state::ApiState;
use crate::stream::Form;
use body::{GroupBody, GroupCardBody, GroupPatch, GroupPlan, NewGroupBody};

const READ: &str = "people.read";
const WRITE: &str = "people.write";

pub(super) fn resource() -> Resource {
    let all = "/api/v1/groups";
    let one = "/api/v1/groups/{code}";
    let council =
        json!({ "code": "WORKS-COUNCIL", "name": "Works council", "members": ["ada@example.com"] });
    let engineers =
        json!({ "code": "ENGINEERS", "name": "Engineers", "audience": { "department": "ENG" } });
    Resource::new("Groups", "Lists of people, and audiences that are kept under a name.")
        .get(
            all,
            list,
            About::new("list_groups", "List groups")
                .text("All of them in one page, by code.")
                .permission(READ)
                .query::<UnitsQuery>()
                .page::<GroupBody>(),
        )
        .post(
            all,
            add,
            About::new("add_group", "Make a group")
                .text("With `members` it is a list of people, with `audience` whoever that is true of.")
                .permission(WRITE)
                .bodies::<NewGroupBody>([("list", council), ("audience", engineers)])
                .made::<GroupBody>()
                .conflicts(),
        )
        .get(
            one,
            show,
            of_one("show_group", "Show a group")
                .permission(READ)
                .query::<AsOf>()
                .if_none_match()
                .shows::<GroupCardBody>("as of the day, with how many people are in it"),
        )
        .patch(
            one,
            edit,
            of_one("edit_group", "Change a group")
                .text("Code and name are the same for all days; list and audience hold from a day on.")
                .permission(WRITE)
                .query::<GroupEditQuery>()
                .if_match()
                .body::<GroupPatch>(json!({ "name": "Council", "add": ["ada@example.com"] }))
                .outcome::<GroupBody>()
                .or_answers::<GroupPlan>(200, "what would change, with `dry_run`")
                .conflicts(),
        )
        .delete(
            one,
            remove,
            of_one("remove_group", "Close a group")
                .text("What it was before can still be asked. A group that another asks for stays.")
                .permission(WRITE)
                .query::<HoldsFrom>()
                .if_match()
                .outcome::<GroupBody>()
                .conflicts(),
        )
        .get(
            "/api/v1/groups/{code}/members",
            members,
            of_one("list_members", "List the people of a group")
                .text("As people are listed everywhere; the parameters narrow the list further.")
                .permission(READ)
                .query::<AudienceParameters>()
                .query::<ListQuery>()
                .counted_page::<UserBody>()
                .or_stream::<UserBody>()
                .conflicts(),
        )
}

fn of_one(id: &str, summary: &str) -> About {
    About::new(id, summary).path("code", "A code, a name or an id", "WORKS-COUNCIL")
}

/// How a group is changed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct GroupEditQuery {
    /// List and audience hold from this day on; today, unless said.
    #[param(format = Date)]
    from: Option<String>,
    /// Say what would change, and write nothing.
    dry_run: Option<bool>,
}

async fn list(
    call: Call,
    Query(query): Query<UnitsQuery>,
) -> Result<Answer<PageBody<GroupBody>>, Problem> {
    let (day, closed) = query.parts()?;
    let groups = call.lms.people().groups(&call.actor, day, closed).await?;
    Ok(Answer(PageBody::whole(groups, GroupBody::from)))
}

async fn add(
    call: Call,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<NewGroupBody>,
) -> Result<Response, Problem> {
    let new: NewGroup = body.into_new()?;
    let outcome = call.lms.people().add_group(&call.actor, new).await?;
    let location = format!("groups/{}", outcome.value.id);
    Ok(made::<GroupBody>(&location, outcome.value.updated_at, outcome.into()))
}

async fn show(
    call: Call,
    Segment(code): Segment,
    tags: IfNoneMatch,
    Query(query): Query<AsOf>,
) -> Result<Response, Problem> {
    let card = call.lms.people().group(&call.actor, &code, query.day()?).await;
    let card = card.map_err(problem)?;
    Ok(tags.show_all_of(card.group.updated_at, &GroupCardBody::from(card)))
}

async fn edit(
    call: Call,
    Segment(code): Segment,
    Query(query): Query<GroupEditQuery>,
    IfMatch(seen): IfMatch<Timestamp>,
    Json(body): Json<GroupPatch>,
) -> Result<Response, Problem> {
    let from = day("from", query.from.as_deref()).map_err(Problem::in_query)?;
    let change = from.into_iter().fold(body.into_change()?, GroupChange::from);
    let people = call.lms.people().unchanged_since(seen);
    if query.dry_run.unwrap_or_default() {
        let planned = people.plan_group(&call.actor, &code, change).await.map_err(problem)?;
        return Ok(Answer(GroupPlan::from(planned)).into_response());
    }
    let outcome = people.edit_group(&call.actor, &code, change).await.map_err(problem)?;
    Ok(changed::<GroupBody>(outcome.value.updated_at, outcome.into()))
}

async fn remove(
    call: Call,
    Segment(code): Segment,
    Query(query): Query<HoldsFrom>,
    IfMatch(seen): IfMatch<Timestamp>,
) -> Result<Response, Problem> {
    let people = call.lms.people().unchanged_since(seen);
    let outcome = people.remove_group(&call.actor, &code, query.day()?).await.map_err(problem)?;
    Ok(changed::<GroupBody>(outcome.value.updated_at, outcome.into()))
}

async fn members(
    call: Call,
    Segment(code): Segment,
    form: Form,
    State(state): State<ApiState>,
    query: AudienceQuery<ListQuery>,
) -> Result<Response, Problem> {
    list::answer(call, Some(code), form, state, query).await
}

fn problem(error: Error) -> Problem {
    Problem::at_address(error, "group")
}
