//! Who has skills, and who lacks what their job role requires.

use axum::Json as Answer;
use lms_core::{Audience, GapFilter, HolderFilter, SkillLevel};
use serde::Deserialize;
use utoipa::IntoParams;

use super::body::{GapBody, HolderBody, PersonSkillsBody, ReadinessBody};
use super::of_one;
use crate::answer::{CountedPageBody, PageBody};
use crate::audience::{AudienceParameters, AudienceQuery};
use crate::auth::Call;
use crate::error::Problem;
use crate::extract::Segment;
use crate::openapi::{About, Resource};
use crate::query::{AsOf, Query, day};
use crate::routes::users::PersonPath;

const READ: &str = "readiness.read";

pub(super) fn routes(resource: Resource) -> Resource {
    resource
        .get(
            "/api/v1/skills/gaps",
            gaps,
            About::new("list_skill_gaps", "List who lacks what their job role requires")
                .text(
                    "In the order of their names, with the trainings that would close each gap: first \
                     what costs nothing, then what costs less, then what takes less time.",
                )
                .permission(READ)
                .query::<AudienceParameters>()
                .query::<GapsQuery>()
                .counted_page::<GapBody>(),
        )
        .get(
            "/api/v1/skills/readiness",
            by_job_role,
            About::new("list_readiness", "Count who has what job roles require")
                .text("By job role and skill; of the people whom the query means.")
                .permission(READ)
                .query::<AudienceParameters>()
                .query::<ReadinessQuery>()
                .page::<ReadinessBody>(),
        )
        .get(
            "/api/v1/skills/{id}/holders",
            holders,
            of_one("list_skill_holders", "List who has a skill")
                .text("In the order of their names, with what taught it and until when it lasts.")
                .permission(READ)
                .query::<AudienceParameters>()
                .query::<HoldersQuery>()
                .page::<HolderBody>(),
        )
        .get(
            "/api/v1/users/{id}/skills",
            of_user,
            About::new("show_user_skills", "Show the skills of a person")
                .text("What they have, what their job role requires, and what would close the gaps.")
                .path("id", "A UUID, `email:…`, `employee_number:…` or `username:…`", "email:ada@example.com")
                .permission(READ)
                .query::<AsOf>()
                .answers::<PersonSkillsBody>(200, "their skills on the day"),
        )
}

/// Which gaps.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct GapsQuery {
    /// Only in these skills, by code, name or id.
    #[serde(default)]
    #[param(required = false)]
    skill: Vec<String>,
    /// On this day, by what is known now; today, unless said.
    #[param(format = Date)]
    as_of: Option<String>,
    /// Tell how many there are on all pages.
    total: Option<bool>,
    /// How many on a page: 1 to 500, and 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// Which counts.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ReadinessQuery {
    /// Only in these skills, by code, name or id.
    #[serde(default)]
    #[param(required = false)]
    skill: Vec<String>,
    /// On this day, by what is known now; today, unless said.
    #[param(format = Date)]
    as_of: Option<String>,
    /// How many on a page: 1 to 500, and 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// Which of those who have a skill.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HoldersQuery {
    /// Only those who have it at this level or above: 1 to 5, or a name such as `expert`.
    #[param(example = "3")]
    level: Option<String>,
    /// On this day, by what is known now; today, unless said.
    #[param(format = Date)]
    as_of: Option<String>,
    /// How many on a page: 1 to 500, and 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// What all questions about gaps share.
fn gap_filter(
    audience: Audience,
    skills: &[String],
    as_of: Option<&str>,
    limit: Option<u32>,
    cursor: Option<&str>,
) -> Result<GapFilter, Problem> {
    let day = day("as_of", as_of).map_err(Problem::in_query)?;
    let filter = GapFilter::new().audience(audience).as_of(day);
    let filter = skills.iter().fold(filter, |filter, skill| filter.skill(skill));
    let filter = limit.into_iter().fold(filter, GapFilter::limit);
    Ok(cursor.into_iter().fold(filter, GapFilter::cursor))
}

async fn gaps(
    call: Call,
    AudienceQuery { audience, beside }: AudienceQuery<GapsQuery>,
) -> Result<Answer<CountedPageBody<GapBody>>, Problem> {
    let GapsQuery { skill, as_of, total, limit, cursor } = beside;
    let filter = gap_filter(audience, &skill, as_of.as_deref(), limit, cursor.as_deref())?;
    let readiness = call.lms.readiness();
    let page = readiness.gaps(&call.actor, filter.clone()).await.map_err(Problem::in_query)?;
    let total = if total.unwrap_or_default() {
        Some(readiness.count_gaps(&call.actor, filter).await.map_err(Problem::in_query)?)
    } else {
        None
    };
    Ok(Answer(CountedPageBody::new(PageBody::of(page, GapBody::from), total)))
}

async fn by_job_role(
    call: Call,
    AudienceQuery { audience, beside }: AudienceQuery<ReadinessQuery>,
) -> Result<Answer<PageBody<ReadinessBody>>, Problem> {
    let ReadinessQuery { skill, as_of, limit, cursor } = beside;
    let filter = gap_filter(audience, &skill, as_of.as_deref(), limit, cursor.as_deref())?;
    let page = call.lms.readiness().by_job_role(&call.actor, filter).await;
    Ok(Answer(PageBody::of(page.map_err(Problem::in_query)?, ReadinessBody::from)))
}

async fn holders(
    call: Call,
    Segment(id): Segment,
    AudienceQuery { audience, beside }: AudienceQuery<HoldersQuery>,
) -> Result<Answer<PageBody<HolderBody>>, Problem> {
    let level = beside.level.as_deref().map(SkillLevel::parse).transpose();
    let day = day("as_of", beside.as_of.as_deref()).map_err(Problem::in_query)?;
    let filter = HolderFilter::new().audience(audience).as_of(day);
    let filter = filter.level(level.map_err(Problem::in_query)?);
    let filter = beside.limit.into_iter().fold(filter, HolderFilter::limit);
    let filter = beside.cursor.iter().fold(filter, |filter, cursor| filter.cursor(cursor));
    let page = call.lms.readiness().holders(&call.actor, &id, filter).await;
    let page = page.map_err(|error| match error.field() {
        Some("skill") => Problem::at_address(error, "skill"),
        _ => Problem::in_query(error),
    })?;
    Ok(Answer(PageBody::of(page, HolderBody::from)))
}

async fn of_user(
    call: Call,
    path: PersonPath,
    Query(query): Query<AsOf>,
) -> Result<Answer<PersonSkillsBody>, Problem> {
    let card = call.lms.readiness().of(&call.actor, path.name(), query.day()?).await;
    Ok(Answer(card.map_err(PersonPath::problem)?.into()))
}
