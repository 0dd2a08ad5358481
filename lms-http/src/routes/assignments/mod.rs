//! `/assignments` and `/enrollments`: who has to learn what, by when and why. An enrolment is an
//! assignment that somebody asked for themselves, under the same id.

mod body;
mod enrol;
mod extend;
mod list;
mod terms;
mod write;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use lms_core::{Actor, AssignmentId, Audience, Error};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use crate::audience::AudienceParameters;
use crate::error::{NOT_FOUND, Problem, QUERY};
use crate::extract::Segment;
use crate::openapi::{About, Resource};
use crate::routes::certificates::CertificateBody;
use crate::routes::progress::ProgressBody;
use crate::state::ApiState;
use body::{AssignmentBody, ExplainedBody, PlanBody, WithdrawalBody};
pub(super) use body::{NameBody, OperationBody};
use enrol::EnrolBody;
use extend::{ExtendBody, ExtendedBody};
use list::{ExplainQuery, ListQuery, ShortQuery};
use terms::{BulkBody, NewBody};
pub(super) use write::PlanQuery;
use write::{StatusBody, WithdrawBody};

const READ: &str = "assignments.read";
const WRITE: &str = "assignments.write";
const ENROL: &str = "enrolments.write";

const ALL: &str = "/api/v1/assignments";
const ONE: &str = "/api/v1/assignments/{id}";
const ENROLMENT: &str = "/api/v1/enrollments/{id}";

pub(super) fn resources() -> [Resource; 2] {
    [assignments(), enrolments()]
}

fn assignments() -> Resource {
    let text = "Who has to learn what, by when and why.";
    let resource = plans(Resource::new("Assignments", text));
    resource
        .get(
            ALL,
            list::list,
            About::new("list_assignments", "List assignments")
                .text("The earliest due first, unless sorted; those that are open, unless a status is asked for.")
                .permission(READ)
                .query::<AudienceParameters>()
                .query::<ListQuery>()
                .counted_page::<AssignmentBody>()
                .or_stream::<AssignmentBody>(),
        )
        .get(
            "/api/v1/assignments/overdue",
            list::overdue,
            About::new("list_overdue", "List what is overdue")
                .text("The longest overdue first.")
                .permission(READ)
                .query::<AudienceParameters>()
                .query::<ShortQuery>()
                .counted_page::<AssignmentBody>()
                .or_stream::<AssignmentBody>(),
        )
        .get(
            "/api/v1/waitlist",
            list::waitlist,
            About::new("list_waitlist", "List who waits for a seat")
                .text("Seats go to those who came first.")
                .permission(READ)
                .query::<AudienceParameters>()
                .query::<ShortQuery>()
                .counted_page::<AssignmentBody>()
                .or_stream::<AssignmentBody>(),
        )
        .get(
            "/api/v1/assignments/user/{id}",
            list::of_user,
            About::new("list_assignments_of_user", "List what a person has to learn")
                .path("id", "The person, as of users", "email:ada@example.com")
                .permission(READ)
                .query::<ListQuery>()
                .counted_page::<AssignmentBody>()
                .or_stream::<AssignmentBody>(),
        )
        .get(
            ONE,
            list::show,
            of_one("show_assignment", "Show an assignment")
                .permission(READ)
                .answers::<AssignmentBody>(200, "the assignment, as it is today"),
        )
        .put(
            "/api/v1/assignments/{id}/status",
            write::set_status,
            of_one("set_assignment_status", "Begin an assignment, or take it back")
                .text(
                    "The status follows from days and from what was done: `in_progress` begins it, which \
                     needs `progress.write` instead, and `cancelled` takes it back, whoever asked for it.",
                )
                .permission(WRITE)
                .bodies::<StatusBody>([
                    ("take_back", json!({ "status": "cancelled", "reason": "moved to another team" })),
                    ("to_begin", json!({ "status": "in_progress" })),
                ])
                .outcome::<AssignmentBody>()
                .conflicts(),
        )
        .delete(
            ONE,
            write::cancel,
            of_one("cancel_assignment", "Take an assignment back")
                .text("Whoever asked for it, and even if it was begun. Nothing is deleted.")
                .permission(WRITE)
                .query::<ReasonQuery>()
                .outcome::<AssignmentBody>()
                .conflicts(),
        )
        .get(
            "/api/v1/users/{id}/explain/{training}",
            list::explain,
            About::new("explain_assignment", "Explain why somebody has to do a training, or not")
                .path("id", "The person, as of users", "email:ada@example.com")
                .path("training", "The training, by code or id", "GDPR-101")
                .permission(READ)
                .query::<ExplainQuery>()
                .answers::<ExplainedBody>(200, "the chain of facts, and all cycles"),
        )
}

/// What concerns many, planned first.
fn plans(resource: Resource) -> Resource {
    let planned = |about: About| about.permission(WRITE).query::<PlanQuery>().conflicts();
    let of_all = |about: About| planned(about.query::<AudienceParameters>()).fails_with(412);
    resource
        .post(
            ALL,
            write::assign,
            planned(About::new("assign", "Assign trainings to people by name"))
                .text(
                    "What is assigned already gains this reason; what is done is not assigned again, \
                     unless it is said. The counts of each training add up to the people.",
                )
                .fails_with(412)
                .body::<NewBody>(json!({
                    "people": ["ada@example.com"], "trainings": ["GDPR-101"], "due": "+30d",
                    "kind": "mandatory"
                }))
                .answers::<PlanBody>(200, "what becomes of everybody, or with `dry_run` would"),
        )
        .post(
            "/api/v1/assignments/bulk",
            write::assign_bulk,
            of_all(About::new("assign_bulk", "Assign trainings to an audience"))
                .text("Everybody whom the query means; somebody has to be named.")
                .body::<BulkBody>(json!({
                    "trainings": ["GDPR-101"], "due": "after hire + 14d", "on_past_due": "park",
                    "reason": "new policy"
                }))
                .answers::<PlanBody>(200, "what becomes of everybody, or with `dry_run` would"),
        )
        .post(
            "/api/v1/assignments/withdrawals",
            write::withdraw,
            of_all(About::new("withdraw_assignments", "Take assignments back"))
                .text(
                    "Those of everybody whom the query means, or all that one operation assigned. What \
                     others asked for as well stays for them; what was begun stays, unless it is said.",
                )
                .body::<WithdrawBody>(json!({ "trainings": ["GDPR-101"], "even_started": true }))
                .answers::<WithdrawalBody>(200, "what becomes of them, or with `dry_run` would"),
        )
        .post(
            "/api/v1/assignments/extensions",
            extend::extend,
            of_all(About::new("extend_assignments", "Give people more time"))
                .text(
                    "Everybody whom the query means, in this cycle alone: the next one is counted as if \
                     it had not been.",
                )
                .bodies::<ExtendBody>([
                    ("by", json!({ "training": "GDPR-101", "by": 14 })),
                    ("until", json!({ "training": "GDPR-101", "until": "2027-12-31" })),
                ])
                .answers::<ExtendedBody>(200, "who has more time, or with `dry_run` would"),
        )
}

fn enrolments() -> Resource {
    let enrolment = |id: &str, summary: &str| {
        About::new(id, summary).path("id", "The enrolment", "019d3f1c-4a00-7000-8000-0000000000a5")
    };
    Resource::new("Enrollments", "What people ask to learn themselves.")
        .post(
            "/api/v1/enrollments",
            enrol::enrol,
            About::new("enrol", "Enrol in a training")
                .text(
                    "Oneself, or with the right, somebody else: in what is published, with a seat or a \
                     place in the queue, and once what comes first is done. Whoever is enrolled, or has \
                     it assigned, stays so.",
                )
                .permission(ENROL)
                .body::<EnrolBody>(json!({ "training": "GDPR-101", "person": "ada@example.com" }))
                .made::<AssignmentBody>()
                .outcome::<AssignmentBody>()
                .conflicts(),
        )
        .get(
            "/api/v1/enrollments/mine",
            list::mine,
            About::new("list_own_enrolments", "List what one enrolled in")
                .text("409 for an account that belongs to no person.")
                .permission(READ)
                .query::<ListQuery>()
                .counted_page::<AssignmentBody>()
                .or_stream::<AssignmentBody>()
                .conflicts(),
        )
        .get(
            ENROLMENT,
            list::show,
            enrolment("show_enrolment", "Show an enrolment")
                .permission(READ)
                .answers::<AssignmentBody>(200, "the enrolment, as it is today"),
        )
        .delete(
            ENROLMENT,
            enrol::withdraw,
            enrolment("withdraw_enrolment", "Take an enrolment back")
                .text("What others ask for stays assigned.")
                .permission(ENROL)
                .answers::<OperationBody>(200, "it is taken back")
                .conflicts(),
        )
        .get(
            "/api/v1/enrollments/{id}/progress",
            enrol::progress,
            enrolment("show_enrolment_progress", "Show how far an enrolment is")
                .permission("progress.read")
                .answers::<ProgressBody>(200, "how far they are")
                .conflicts(),
        )
        .post(
            "/api/v1/enrollments/{id}/certificate",
            enrol::certificate,
            enrolment("certify_enrolment", "Have the certificate of what was done")
                .text(
                    "The one that is there, also where it was revoked; where there never was one, it is \
                     issued. 409 while it is not done.",
                )
                .permission(ENROL)
                .outcome::<CertificateBody>()
                .conflicts(),
        )
}

fn of_one(id: &str, summary: &str) -> About {
    About::new(id, summary).path("id", "The assignment", "019d3f1c-4a00-7000-8000-0000000000a1")
}

/// Why something is done that has no body.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ReasonQuery {
    /// Why; it is kept in the audit log.
    pub(super) reason: Option<String>,
}

/// An assignment as the address names it.
pub(super) struct AssignmentPath(AssignmentId);

impl FromRequestParts<ApiState> for AssignmentPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let Segment(id) = Segment::from_request_parts(parts, state).await?;
        id.parse().map(Self).map_err(|_| {
            NOT_FOUND
                .problem("this does not name an assignment")
                .with_hint("address an assignment by its id; lists have it")
        })
    }
}

fn of_one_problem(error: Error) -> Problem {
    Problem::at_address(error, "assignment")
}

/// The actor, with a reason where one was given.
pub(super) fn because(actor: &Actor, reason: Option<&str>) -> Actor {
    match reason.map(str::trim).filter(|reason| !reason.is_empty()) {
        Some(reason) => actor.clone().with_reason(reason),
        None => actor.clone(),
    }
}

/// Whom it is about has to be said: nothing is done to everybody by leaving something out.
pub(super) fn everybody_unsaid(audience: &Audience) -> Result<(), Problem> {
    if !audience.is_everybody() {
        return Ok(());
    }
    Err(QUERY
        .problem("the query does not say whom it is about")
        .with_hint("name them, such as `department=ENG`; `status=*` is everybody"))
}

/// Whom a plan means stands in the query, all else in the body.
pub(super) fn of_plan(error: Error) -> Problem {
    match error.field() {
        Some(field) if Audience::is_key(field) => Problem::in_query(error),
        _ => error.into(),
    }
}
