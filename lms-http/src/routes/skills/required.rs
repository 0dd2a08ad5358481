//! `/job-roles/{code}/skills`: what job roles require.

use axum::Json as Answer;
use lms_core::{Error, SkillLevel};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::body::RequirementsBody;
use super::{READ, WRITE};
use crate::answer::OutcomeBody;
use crate::auth::Call;
use crate::error::Problem;
use crate::extract::{Json, Segment, Segments};
use crate::openapi::{About, Resource};
use crate::query::{AsOf, HoldsFrom, Query};

const OF_ROLE: &str = "/api/v1/job-roles/{code}/skills";
const ONE: &str = "/api/v1/job-roles/{code}/skills/{skill}";

pub(super) fn routes(resource: Resource) -> Resource {
    resource
        .get(
            OF_ROLE,
            show,
            of_role("show_requirements", "Show what a job role requires")
                .permission(READ)
                .query::<AsOf>()
                .answers::<RequirementsBody>(200, "what it requires on the day"),
        )
        .put(
            ONE,
            require,
            of_skill("require_skill", "Require a skill of a job role")
                .text(
                    "From a day on, and until what was decided already for a later day. Whatever is \
                     required again at the same level changes nothing.",
                )
                .permission(WRITE)
                .query::<HoldsFrom>()
                .body::<LevelBody>(json!({ "level": 2 }))
                .outcome::<RequirementsBody>()
                .conflicts(),
        )
        .delete(
            ONE,
            release,
            of_skill("release_skill", "Require a skill of a job role no longer")
                .text("From a day on, and until what was decided already for a later day.")
                .permission(WRITE)
                .query::<HoldsFrom>()
                .outcome::<RequirementsBody>(),
        )
}

fn of_role(id: &str, summary: &str) -> About {
    About::new(id, summary).path("code", "The job role, by code, name or id", "dev")
}

fn of_skill(id: &str, summary: &str) -> About {
    of_role(id, summary).path("skill", "The skill, by code, name or id", "FIRST-AID")
}

/// At which level a skill is required.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SkillRequirement)]
struct LevelBody {
    /// 1 (aware), 2 (basic), 3 (proficient), 4 (advanced) or 5 (expert).
    #[schema(minimum = 1, maximum = 5)]
    level: u8,
}

fn problem(error: Error) -> Problem {
    match error.field() {
        Some("skill") => Problem::at_address(error, "skill"),
        _ => Problem::at_address(error, "job_role"),
    }
}

async fn show(
    call: Call,
    Segment(role): Segment,
    Query(query): Query<AsOf>,
) -> Result<Answer<RequirementsBody>, Problem> {
    let required = call.lms.skills().requirements(&call.actor, &role, query.day()?).await;
    Ok(Answer(required.map_err(problem)?.into()))
}

async fn require(
    call: Call,
    Segments(role, skill): Segments,
    Query(query): Query<HoldsFrom>,
    Json(body): Json<LevelBody>,
) -> Result<Answer<OutcomeBody<RequirementsBody>>, Problem> {
    let level = SkillLevel::parse(&body.level.to_string())?;
    let skills = call.lms.skills();
    let outcome = skills.require(&call.actor, &role, &skill, Some(level), query.day()?).await;
    Ok(Answer(outcome.map_err(problem)?.into()))
}

async fn release(
    call: Call,
    Segments(role, skill): Segments,
    Query(query): Query<HoldsFrom>,
) -> Result<Answer<OutcomeBody<RequirementsBody>>, Problem> {
    let skills = call.lms.skills();
    let outcome = skills.require(&call.actor, &role, &skill, None, query.day()?).await;
    Ok(Answer(outcome.map_err(problem)?.into()))
}
