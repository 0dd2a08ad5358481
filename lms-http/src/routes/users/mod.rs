//! `/users`: people. At the edge they are called users; inside they are persons.

pub(super) mod body;
mod edit_all;
mod history;
pub(super) mod list;
mod roles;
mod write;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use lms_core::Error;
use serde_json::json;

use crate::audience::AudienceParameters;
use crate::error::{NOT_FOUND, Problem};
use crate::extract::Segment;
use crate::openapi::{About, Resource};
use crate::query::{AsOf, HoldsFrom};
use crate::state::ApiState;
use body::{AddedBody, LeaveBody, NewUser, UserBody, UserCard, UserPatch, UserReplacement};
use edit_all::{EditAllQuery, UsersEdited};
use history::{HistoryBody, HistoryQuery};
use list::ListQuery;
use roles::{RolesChange, UserRoles};
use write::{LeaveEndBody, LeavingQuery, NewUsersQuery, ReturnBody};

const READ: &str = "people.read";
const WRITE: &str = "people.write";

/// How many people one request may make.
const NEW_USERS_MAX: usize = 1_000;

pub(super) fn resource() -> Resource {
    let all = "/api/v1/users";
    let one = "/api/v1/users/{id}";
    let users = Resource::new("Users", "People: who they are, where they are, and since when.")
        .get(all, list::list, about_list())
        .post(all, write::create, about_create())
        .patch(all, edit_all::edit_all, about_edit_all());
    let users = users
        .get(
            one,
            list::show,
            of_one("show_user", "Show a person")
                .text("The person as of a day, with employments, leaves and placements.")
                .permission(READ)
                .query::<AsOf>()
                .if_none_match()
                .shows::<UserCard>("the person"),
        )
        .put(
            one,
            write::replace,
            changing("replace_user", "Replace a person")
                .text("Sets every field that can be set; what is not in the body is cleared.")
                .query::<HoldsFrom>()
                .if_match()
                .body::<UserReplacement>(json!({
                    "first_name": "Ada", "last_name": "Lovelace",
                    "email": "ada@example.com", "department": "ENG"
                })),
        )
        .patch(
            one,
            write::edit,
            changing("edit_user", "Change a person")
                .text("Changes the fields that are there; `null` clears one that may be empty.")
                .query::<HoldsFrom>()
                .if_match()
                .body::<UserPatch>(json!({ "preferred_name": "Countess", "job_title": null })),
        )
        .delete(
            one,
            write::deactivate,
            changing("deactivate_user", "Deactivate a person")
                .text(
                    "Ends the employment. Nothing is deleted: what was learnt stays, and the person \
                     can be reactivated.",
                )
                .query::<LeavingQuery>()
                .if_match(),
        );
    let users = working_life(users);
    users
        .get(
            "/api/v1/users/{id}/history",
            history::list,
            of_one("list_history", "List what happened to a person")
                .text(
                    "Newest first, unless asked otherwise: every operation that touched them, with what \
                     it changed. A record that was merged or erased has a history too, by its id.",
                )
                .permission(READ)
                .query::<HistoryQuery>()
                .page::<HistoryBody>(),
        )
        .get(
            "/api/v1/users/{id}/roles",
            roles::show,
            of_one("show_roles", "Show the access roles of a person")
                .text("Those of the account that belongs to them; 404 where they have none.")
                .permission("access.read")
                .if_none_match()
                .shows::<UserRoles>("the account and its roles"),
        )
        .post(
            "/api/v1/users/{id}/roles",
            roles::edit,
            of_one("edit_roles", "Give a person access roles, or take them")
                .text(
                    "Changes the account that belongs to them; 404 where they have none. Nobody gives \
                     or takes more than they hold themselves.",
                )
                .permission("access.write")
                .if_match()
                .body::<RolesChange>(json!({ "add": ["manager"], "remove": ["employee"] }))
                .outcome::<UserRoles>()
                .conflicts(),
        )
}

/// How somebody goes, rests and comes back.
fn working_life(users: Resource) -> Resource {
    users
        .post(
            "/api/v1/users/{id}/leaves",
            write::add_leave,
            changing("add_leave", "Record a leave")
                .if_match()
                .body::<LeaveBody>(json!({ "from_on": "2027-02-01", "until_on": "2027-07-31" })),
        )
        .post(
            "/api/v1/users/{id}/leaves/end",
            write::end_leave,
            changing("end_leave", "End a leave")
                .text("Ends the leave that covers the last day.")
                .if_match()
                .body::<LeaveEndBody>(json!({ "last_day": "2027-05-31" })),
        )
        .post(
            "/api/v1/users/{id}/reactivate",
            write::reactivate,
            changing("reactivate_user", "Reactivate a person")
                .text("Employs somebody who has left again: the same person, a new employment.")
                .if_match()
                .body::<ReturnBody>(json!({ "hired_on": "2027-03-01" })),
        )
}

fn about_list() -> About {
    About::new("list_users", "List people")
        .text(
            "Several values of one parameter: any of them; several parameters: all of them; and nobody \
             whom a parameter with `not_` means. `*` and `?` stand for text in every value but days. A \
             name that nothing has is an error and not an empty list.",
        )
        .permission(READ)
        .query::<AudienceParameters>()
        .query::<ListQuery>()
        .counted_page::<UserBody>()
        .or_stream::<UserBody>()
}

fn about_edit_all() -> About {
    About::new("edit_users", "Change many people")
        .text(
            "The same change for everybody whom the query means; somebody has to be named. Names, \
             addresses and numbers are changed person by person.",
        )
        .permission(WRITE)
        .query::<AudienceParameters>()
        .query::<EditAllQuery>()
        .body::<UserPatch>(json!({ "country": "DE" }))
        .answers::<UsersEdited>(200, "what changed, or with `dry_run` what would")
        .conflicts()
        .fails_with(412)
}

fn about_create() -> About {
    let ada = json!({
        "first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com",
        "employee_number": "00123", "hired_on": "2027-01-01"
    });
    let bo = json!({ "first_name": "Bo", "last_name": "Ek", "manager": "ada@example.com" });
    About::new("add_users", "Record people")
        .text(
            "One person, or an array of up to 1,000: all or none. One may be the manager of another.",
        )
        .permission(WRITE)
        .query::<NewUsersQuery>()
        .one_or_many::<NewUser>(NEW_USERS_MAX, [ada.clone(), json!([ada, bo])])
        .made::<UserBody>()
        .or_answers::<AddedBody>(201, "they were made")
        .answers::<AddedBody>(200, "what would be made, with `dry_run`")
        .conflicts()
}

fn of_one(id: &str, summary: &str) -> About {
    let text = "A UUID, `email:…`, `employee_number:…` or `username:…`";
    About::new(id, summary).path("id", text, "email:ada@example.com")
}

fn changing(id: &str, summary: &str) -> About {
    of_one(id, summary).permission(WRITE).conflicts().outcome::<UserBody>()
}

/// A person as the address names them.
pub(super) struct PersonPath(String);

const HOW_TO_ADDRESS: &str =
    "address a person by id, or as `email:…`, `employee_number:…` or `username:…`";

impl PersonPath {
    /// How the person was named.
    pub(super) fn name(&self) -> &str {
        &self.0
    }

    /// Whoever is not there, and whoever is not the caller's to see, is answered in the same way.
    pub(super) fn problem(error: Error) -> Problem {
        let is_about_address = error.field() == Some("person");
        let problem = Problem::at_address(error, "person");
        if is_about_address { problem.hinting(HOW_TO_ADDRESS) } else { problem }
    }
}

impl FromRequestParts<ApiState> for PersonPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let known = ["email:", "employee_number:", "username:"];
        let is_uuid = |text: &str| text.len() == 36 && text.split('-').count() == 5;
        let Segment(id) = Segment::from_request_parts(parts, state).await?;
        if is_uuid(&id) || known.iter().any(|known| id.starts_with(known)) {
            return Ok(Self(id));
        }
        Err(NOT_FOUND.problem("this does not name a person").with_hint(HOW_TO_ADDRESS))
    }
}
