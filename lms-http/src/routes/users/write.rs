//! Making and changing people.

use axum::Json as Answer;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use lms_core::{Changed, Day, NewPerson, Person, PersonChange, Timestamp};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::body::{AddedBody, LeaveBody, NewUser, UserPatch, UserReplacement};
use super::{NEW_USERS_MAX, PersonPath};
use crate::answer::{changed, made};
use crate::auth::Call;
use crate::conditional::IfMatch;
use crate::error::{BODY_TOO_LARGE, Problem};
use crate::extract::{Json, OneOrMany};
use crate::query::{HoldsFrom, NoParameters, Query, day};

/// How people are made.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct NewUsersQuery {
    /// Say what would be made, or what is wrong, and write nothing.
    dry_run: Option<bool>,
}

/// How somebody leaves.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct LeavingQuery {
    /// The last day of employment; today, unless said.
    #[param(format = Date)]
    last_day: Option<String>,
    /// Why.
    reason: Option<String>,
}

/// When a leave ends.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LeaveEnd)]
pub(super) struct LeaveEndBody {
    /// The last day of the leave; today, unless said.
    #[schema(format = Date)]
    last_day: Option<String>,
}

/// When somebody comes back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Return)]
pub(super) struct ReturnBody {
    /// The first day of the new employment; today, unless said.
    #[schema(format = Date)]
    hired_on: Option<String>,
}

/// `POST /users`: one person or many, all or none.
pub(super) async fn create(
    call: Call,
    Query(query): Query<NewUsersQuery>,
    body: OneOrMany<NewUser>,
) -> Result<Response, Problem> {
    let people = call.lms.people();
    if query.dry_run.unwrap_or_default() {
        let planned = people.plan_add(&call.actor, persons(body)?).await?;
        return Ok(Answer(AddedBody::planned(planned)).into_response());
    }
    match body {
        OneOrMany::One(new) => Ok(made_one(people.add_one(&call.actor, new.into_person()?).await?)),
        many @ OneOrMany::Many(_) => {
            let added = people.add(&call.actor, persons(many)?).await?;
            Ok((StatusCode::CREATED, Answer(AddedBody::from(added))).into_response())
        }
    }
}

/// `PUT /users/{id}`: sets everything that can be set.
pub(super) async fn replace(
    call: Call,
    path: PersonPath,
    Query(query): Query<HoldsFrom>,
    IfMatch(seen): IfMatch<Timestamp>,
    Json(body): Json<UserReplacement>,
) -> Result<Response, Problem> {
    change(&call, &path, seen, from(body.into_change(), query.day()?)).await
}

/// `PATCH /users/{id}`: changes the fields that are there; `null` clears one.
pub(super) async fn edit(
    call: Call,
    path: PersonPath,
    Query(query): Query<HoldsFrom>,
    IfMatch(seen): IfMatch<Timestamp>,
    Json(body): Json<UserPatch>,
) -> Result<Response, Problem> {
    change(&call, &path, seen, from(body.into_change(), query.day()?)).await
}

/// `DELETE /users/{id}`: ends the employment.
pub(super) async fn deactivate(
    call: Call,
    path: PersonPath,
    IfMatch(seen): IfMatch<Timestamp>,
    Query(query): Query<LeavingQuery>,
) -> Result<Response, Problem> {
    let last_day = day("last_day", query.last_day.as_deref()).map_err(Problem::in_query)?;
    let people = call.lms.people().unchanged_since(seen);
    let reason = query.reason.as_deref();
    PersonPath::outcome(people.deactivate(&call.actor, &path.0, last_day, reason).await)
}

/// `POST /users/{id}/leaves`.
pub(super) async fn add_leave(
    call: Call,
    path: PersonPath,
    IfMatch(seen): IfMatch<Timestamp>,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<LeaveBody>,
) -> Result<Response, Problem> {
    let from_on = Day::parse(&body.from_on).map_err(|error| error.with_field("from_on"))?;
    let until_on = day("until_on", body.until_on.as_deref())?;
    let people = call.lms.people().unchanged_since(seen);
    let reason = body.reason.as_deref();
    PersonPath::outcome(people.add_leave(&call.actor, &path.0, from_on, until_on, reason).await)
}

/// `POST /users/{id}/leaves/end`.
pub(super) async fn end_leave(
    call: Call,
    path: PersonPath,
    IfMatch(seen): IfMatch<Timestamp>,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<LeaveEndBody>,
) -> Result<Response, Problem> {
    let last_day = day("last_day", body.last_day.as_deref())?;
    let people = call.lms.people().unchanged_since(seen);
    PersonPath::outcome(people.end_leave(&call.actor, &path.0, last_day).await)
}

/// `POST /users/{id}/reactivate`.
pub(super) async fn reactivate(
    call: Call,
    path: PersonPath,
    IfMatch(seen): IfMatch<Timestamp>,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<ReturnBody>,
) -> Result<Response, Problem> {
    let hired_on = day("hired_on", body.hired_on.as_deref())?;
    let people = call.lms.people().unchanged_since(seen);
    PersonPath::outcome(people.reactivate(&call.actor, &path.0, hired_on).await)
}

async fn change(
    call: &Call,
    path: &PersonPath,
    seen: Option<Timestamp>,
    change: PersonChange,
) -> Result<Response, Problem> {
    let people = call.lms.people().unchanged_since(seen);
    PersonPath::outcome(people.edit(&call.actor, &path.0, change).await)
}

pub(super) fn from(change: PersonChange, day: Option<Day>) -> PersonChange {
    day.into_iter().fold(change, PersonChange::from)
}

fn made_one(outcome: Changed<Person>) -> Response {
    let person = &outcome.value;
    let (location, version) = (format!("users/{}", person.id), person.updated_at);
    made::<super::UserBody>(&location, version, outcome.into())
}

/// The people of a body, with everything that is wrong with them told at once.
fn persons(body: OneOrMany<NewUser>) -> Result<Vec<NewPerson>, Problem> {
    let new = match body {
        OneOrMany::One(new) => return Ok(vec![new.into_person()?]),
        OneOrMany::Many(new) => new,
    };
    if new.len() > NEW_USERS_MAX {
        let detail = format!("{} people are more than {NEW_USERS_MAX}", new.len());
        return Err(BODY_TOO_LARGE.problem(detail).with_hint("send them in several requests"));
    }
    let (mut people, mut wrong) = (Vec::with_capacity(new.len()), Vec::new());
    for (at, new) in new.into_iter().enumerate() {
        match new.into_person() {
            Ok(person) => people.push(person),
            Err(error) => {
                let field = format!("[{at}].{}", error.field().unwrap_or_default());
                wrong.push(error.with_field(field));
            }
        }
    }
    if wrong.is_empty() { Ok(people) } else { Err(Problem::of_fields(wrong)) }
}

impl PersonPath {
    fn outcome(outcome: lms_core::Result<Changed<Person>>) -> Result<Response, Problem> {
        let outcome = outcome.map_err(Self::problem)?;
        Ok(changed::<super::UserBody>(outcome.value.updated_at, outcome.into()))
    }
}
