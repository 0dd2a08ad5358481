//! `/skills`: what people can, and what stands below `/users` and `/job-roles` about it.

mod body;
mod readiness;
mod required;

use axum::Json as Answer;
use axum::response::{IntoResponse, Response};
use lms_core::{Error, NewSkill, SkillChange, SkillFilter, Timestamp};
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use crate::answer::{OutcomeBody, PageBody, changed, made};
use crate::auth::Call;
use crate::conditional::{IfMatch, IfNoneMatch};
use crate::error::Problem;
use crate::extract::{Json, Patch, Segment};
use crate::openapi::{About, Resource};
use crate::query::{AsOf, NoParameters, Query};
use body::{SkillBody, SkillCardBody};

const READ: &str = "skills.read";
const WRITE: &str = "skills.write";

const ALL: &str = "/api/v1/skills";
const ONE: &str = "/api/v1/skills/{id}";

pub(super) fn resource() -> Resource {
    let text = "What people can: taught by trainings, held through completions that are valid, and \
                required by job roles. A level is 1 (aware), 2 (basic), 3 (proficient), 4 (advanced) or \
                5 (expert).";
    let resource = Resource::new("Skills", text)
        .get(
            ALL,
            list,
            About::new("list_skills", "List skills")
                .text("By code; those that are archived only where they are asked for.")
                .permission(READ)
                .query::<SkillsQuery>()
                .page::<SkillBody>(),
        )
        .post(
            ALL,
            add,
            About::new("add_skill", "Make a skill")
                .permission(WRITE)
                .body::<NewSkillBody>(json!({ "code": "GERMAN", "name": "German" }))
                .made::<SkillBody>()
                .conflicts(),
        )
        .get(
            ONE,
            show,
            of_one("show_skill", "Show a skill")
                .text("With the trainings that teach it, and the job roles that require it on a day.")
                .permission(READ)
                .query::<AsOf>()
                .if_none_match()
                .shows::<SkillCardBody>("the skill"),
        )
        .patch(
            ONE,
            edit,
            of_one("edit_skill", "Change a skill")
                .text("The code stays: trainings call by it.")
                .permission(WRITE)
                .if_match()
                .body::<SkillPatch>(json!({ "name": "Helping others", "category": null }))
                .outcome::<SkillBody>(),
        )
        .post(
            "/api/v1/skills/{id}/archive",
            archive,
            of_one("archive_skill", "Put a skill away")
                .text(
                    "Refused while a published training teaches it, or a job role requires it. Whoever \
                     has it keeps it.",
                )
                .permission(WRITE)
                .if_match()
                .outcome::<SkillBody>()
                .conflicts(),
        )
        .post(
            "/api/v1/skills/{id}/reopen",
            reopen,
            of_one("reopen_skill", "Take a skill out again that was archived")
                .permission(WRITE)
                .if_match()
                .outcome::<SkillBody>(),
        );
    required::routes(readiness::routes(resource))
}

fn of_one(id: &str, summary: &str) -> About {
    About::new(id, summary).path("id", "A code, a name or an id", "FIRST-AID")
}

fn problem(error: Error) -> Problem {
    Problem::at_address(error, "skill")
}

/// Which skills.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SkillsQuery {
    /// Only those with this in code or name.
    search: Option<String>,
    /// Only those under this heading; repeated for several.
    #[serde(default)]
    #[param(required = false)]
    category: Vec<String>,
    /// Also those that are archived.
    archived: Option<bool>,
    /// How many on a page: 1 to 500, and 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// A skill to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewSkill)]
struct NewSkillBody {
    /// The short name that people type; it stays the same for good.
    code: String,
    name: String,
    /// What somebody can who has it.
    description: Option<String>,
    /// Under which heading it stands.
    category: Option<String>,
}

/// What is to change of a skill; `null` clears what may be empty.
#[derive(Deserialize, Default, ToSchema)]
#[serde(deny_unknown_fields)]
struct SkillPatch {
    name: Option<String>,
    /// What somebody can who has it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    description: Patch<String>,
    /// Under which heading it stands.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    category: Patch<String>,
}

impl SkillPatch {
    fn into_change(self) -> SkillChange {
        let mut change = SkillChange::new();
        if let Some(name) = &self.name {
            change = change.name(name);
        }
        if let Some(text) = self.description.into_text() {
            change = change.description(&text);
        }
        if let Some(text) = self.category.into_text() {
            change = change.category(&text);
        }
        change
    }
}

async fn list(
    call: Call,
    Query(query): Query<SkillsQuery>,
) -> Result<Answer<PageBody<SkillBody>>, Problem> {
    let filter = SkillFilter::new().archived(query.archived.unwrap_or_default());
    let filter = query.search.iter().fold(filter, |filter, text| filter.search(text));
    let filter = query.category.iter().fold(filter, |filter, text| filter.category(text));
    let filter = query.limit.into_iter().fold(filter, SkillFilter::limit);
    let filter = query.cursor.iter().fold(filter, |filter, cursor| filter.cursor(cursor));
    let page = call.lms.skills().list(&call.actor, filter).await;
    Ok(Answer(PageBody::of(page.map_err(Problem::in_query)?, SkillBody::from)))
}

async fn add(
    call: Call,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<NewSkillBody>,
) -> Result<Response, Problem> {
    let new = NewSkill::new(&body.code, &body.name);
    let new = body.description.iter().fold(new, |new, text| new.description(text));
    let new = body.category.iter().fold(new, |new, text| new.category(text));
    let outcome = call.lms.skills().add(&call.actor, new).await?;
    let (location, version) = (format!("skills/{}", outcome.value.id), outcome.value.updated_at);
    Ok(made::<SkillBody>(&location, version, outcome.into()))
}

async fn show(
    call: Call,
    Segment(id): Segment,
    tags: IfNoneMatch,
    Query(query): Query<AsOf>,
) -> Result<Response, Problem> {
    let card = call.lms.skills().show(&call.actor, &id, query.day()?).await.map_err(problem)?;
    Ok(tags.show_all_of(card.skill.updated_at, &SkillCardBody::from(card)).into_response())
}

async fn edit(
    call: Call,
    Segment(id): Segment,
    Query(NoParameters {}): Query<NoParameters>,
    IfMatch(seen): IfMatch<Timestamp>,
    Json(body): Json<SkillPatch>,
) -> Result<Response, Problem> {
    let skills = call.lms.skills().unchanged_since(seen);
    let outcome = skills.edit(&call.actor, &id, body.into_change()).await.map_err(problem)?;
    Ok(told(outcome.value.updated_at, outcome.into()))
}

async fn archive(
    call: Call,
    Segment(id): Segment,
    Query(NoParameters {}): Query<NoParameters>,
    IfMatch(seen): IfMatch<Timestamp>,
) -> Result<Response, Problem> {
    let skills = call.lms.skills().unchanged_since(seen);
    let outcome = skills.archive(&call.actor, &id).await.map_err(problem)?;
    Ok(told(outcome.value.updated_at, outcome.into()))
}

async fn reopen(
    call: Call,
    Segment(id): Segment,
    Query(NoParameters {}): Query<NoParameters>,
    IfMatch(seen): IfMatch<Timestamp>,
) -> Result<Response, Problem> {
    let skills = call.lms.skills().unchanged_since(seen);
    let outcome = skills.reopen(&call.actor, &id).await.map_err(problem)?;
    Ok(told(outcome.value.updated_at, outcome.into()))
}

fn told(version: Timestamp, outcome: OutcomeBody<SkillBody>) -> Response {
    changed(version, outcome)
}
