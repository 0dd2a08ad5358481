//! `/analytics`: how things stand. Figures come with what they are of, and with what was left out.

mod body;

use axum::Json as Answer;
use lms_core::{
    Audience, AudienceField, ComplianceQuery, Day, Error, GroupBy, LearningQuery, OverdueQuery,
    StatusQuery,
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::audience::{AudienceParameters, AudienceQuery};
use crate::auth::Call;
use crate::error::Problem;
use crate::extract::Segment;
use crate::openapi::{About, Resource};
use crate::query::{Query, day, instant};
use crate::routes::users::PersonPath;
use body::{ComplianceBody, DashboardBody, FiguresBody, OverdueBody};

const READ: &str = "analytics.read";

pub(super) fn resource() -> Resource {
    let text = "How things stand. Compliance counts mandatory obligations: `met` have a completion that is \
                valid, `missed` are overdue or expired, and the share is of both together; what is open, \
                within the grace, exempt, on leave or cancelled stands beside it. Shares are rounded down.";
    let one = |about: About| about.permission(READ).query::<PeriodQuery>();
    Resource::new("Analytics", text)
        .get(
            "/api/v1/analytics/dashboard",
            dashboard,
            About::new("show_dashboard", "Show how things stand")
                .permission(READ)
                .query::<AudienceParameters>()
                .query::<MomentQuery>()
                .answers::<DashboardBody>(200, "people, compliance by department, and what is due"),
        )
        .get(
            "/api/v1/analytics/compliance",
            compliance,
            About::new("show_compliance", "Show how people comply")
                .text("Of the people whom the query means, all together and by what is asked.")
                .permission(READ)
                .query::<AudienceParameters>()
                .query::<CompliesQuery>()
                .answers::<ComplianceBody>(200, "the figures"),
        )
        .get(
            "/api/v1/analytics/overdue",
            overdue,
            About::new("count_overdue", "Count what is overdue")
                .text("By whose it is, the most first; `/assignments/overdue` lists it.")
                .permission(READ)
                .query::<AudienceParameters>()
                .query::<OverduesQuery>()
                .answers::<OverdueBody>(200, "the figures"),
        )
        .get(
            "/api/v1/analytics/training/{id}",
            of_training,
            one(About::new("show_training_figures", "Show the figures of a training").path(
                "id",
                "The training, by code or id",
                "GDPR-101",
            ))
            .answers::<FiguresBody>(200, "the figures"),
        )
        .get(
            "/api/v1/analytics/user/{id}",
            of_user,
            one(About::new("show_user_figures", "Show the figures of a person").path(
                "id",
                "The person, as of users",
                "email:ada@example.com",
            ))
            .answers::<FiguresBody>(200, "the figures"),
        )
        .get(
            "/api/v1/analytics/department/{id}",
            of_department,
            one(About::new("show_department_figures", "Show the figures of a department")
                .text("With all departments below it.")
                .path("id", "The department, by code, name or id", "ENG"))
            .answers::<FiguresBody>(200, "the figures"),
        )
}

/// On which day, and as known when.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MomentQuery {
    /// On this day; today, unless said.
    #[param(format = Date)]
    as_of: Option<String>,
    /// By what had been recorded at this instant; nothing recorded later changes the answer.
    #[param(format = DateTime)]
    known_at: Option<String>,
}

/// Which compliance, beside whose.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CompliesQuery {
    /// Told apart by `department`, `training`, `manager`, `location` or `job_role`.
    #[param(example = "department")]
    by: Option<String>,
    /// Only with these trainings, by code or id.
    #[serde(default)]
    #[param(required = false)]
    training: Vec<String>,
    /// On this day; today, unless said.
    #[param(format = Date)]
    as_of: Option<String>,
    /// By what had been recorded at this instant; nothing recorded later changes the answer.
    #[param(format = DateTime)]
    known_at: Option<String>,
}

/// What is overdue, beside whose.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OverduesQuery {
    /// Told apart by `department`, `training`, `manager`, `location` or `job_role`.
    #[param(example = "manager")]
    by: Option<String>,
    /// Only with these trainings, by code or id.
    #[serde(default)]
    #[param(required = false)]
    training: Vec<String>,
    /// On this day; today, unless said.
    #[param(format = Date)]
    as_of: Option<String>,
}

/// In which time it is counted how much was learnt.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PeriodQuery {
    /// From this day on; twelve months before the last day, unless said.
    #[param(format = Date)]
    from: Option<String>,
    /// Until this day, which belongs to it and is the day of all other figures; today, unless said.
    #[param(format = Date)]
    until: Option<String>,
}

fn by(text: Option<&str>) -> Result<Option<GroupBy>, Problem> {
    text.map(GroupBy::parse).transpose().map_err(Problem::in_query)
}

fn on(text: Option<&str>) -> Result<Option<Day>, Problem> {
    day("as_of", text).map_err(Problem::in_query)
}

async fn dashboard(
    call: Call,
    query: AudienceQuery<MomentQuery>,
) -> Result<Answer<DashboardBody>, Problem> {
    let AudienceQuery { audience, beside } = query;
    let known_at = instant("known_at", beside.known_at.as_deref()).map_err(Problem::in_query)?;
    let query = StatusQuery::new().audience(audience).as_of(on(beside.as_of.as_deref())?);
    let status = call.lms.analytics().status(&call.actor, query.known_at(known_at)).await;
    Ok(Answer(status.map_err(Problem::in_query)?.into()))
}

async fn compliance(
    call: Call,
    query: AudienceQuery<CompliesQuery>,
) -> Result<Answer<ComplianceBody>, Problem> {
    let AudienceQuery { audience, beside } = query;
    let known_at = instant("known_at", beside.known_at.as_deref()).map_err(Problem::in_query)?;
    let query = ComplianceQuery::new()
        .audience(audience)
        .by(by(beside.by.as_deref())?)
        .as_of(on(beside.as_of.as_deref())?)
        .known_at(known_at);
    let query = beside.training.iter().fold(query, |query, one| query.training(one));
    let report = call.lms.analytics().compliance(&call.actor, query).await;
    Ok(Answer(report.map_err(Problem::in_query)?.into()))
}

async fn overdue(
    call: Call,
    query: AudienceQuery<OverduesQuery>,
) -> Result<Answer<OverdueBody>, Problem> {
    let AudienceQuery { audience, beside } = query;
    let mut query = OverdueQuery::new().by(by(beside.by.as_deref())?);
    query = query.as_of(on(beside.as_of.as_deref())?);
    query = beside.training.iter().fold(query, |query, one| query.training(one));
    if !audience.is_everybody() {
        query = query.audience(audience);
    }
    let report = call.lms.analytics().overdue(&call.actor, query).await;
    Ok(Answer(report.map_err(Problem::in_query)?.into()))
}

async fn of_training(
    call: Call,
    Segment(training): Segment,
    Query(period): Query<PeriodQuery>,
) -> Result<Answer<FiguresBody>, Problem> {
    let figures = figures(&call, None, Some(&training), &period).await;
    figures.map_err(|error| at(error, "training"))
}

async fn of_user(
    call: Call,
    path: PersonPath,
    Query(period): Query<PeriodQuery>,
) -> Result<Answer<FiguresBody>, Problem> {
    let person = Audience::everybody().with(AudienceField::Person, path.name());
    let person = person.with(AudienceField::Status, "*");
    let figures = figures(&call, Some(person), None, &period).await;
    figures.map_err(|error| at(error, "person"))
}

async fn of_department(
    call: Call,
    Segment(department): Segment,
    Query(period): Query<PeriodQuery>,
) -> Result<Answer<FiguresBody>, Problem> {
    let department = Audience::everybody().with(AudienceField::Department, &department);
    let figures = figures(&call, Some(department), None, &period).await;
    figures.map_err(|error| at(error, "department"))
}

/// What the address names is not there, or what the query says is wrong.
fn at(error: Error, field: &str) -> Problem {
    match error.field() {
        Some(named) if named == field && field == "person" => PersonPath::problem(error),
        Some(named) if named == field => Problem::at_address(error, field),
        _ => Problem::in_query(error),
    }
}

/// Everything about some people, or about a training.
async fn figures(
    call: &Call,
    audience: Option<Audience>,
    training: Option<&str>,
    period: &PeriodQuery,
) -> Result<Answer<FiguresBody>, Error> {
    let (from, until) =
        (day("from", period.from.as_deref())?, day("until", period.until.as_deref())?);
    let mut compliance = ComplianceQuery::new().as_of(until);
    let mut overdue = OverdueQuery::new().as_of(until);
    let mut learning = LearningQuery::new().from(from).until(until);
    if let Some(audience) = audience {
        compliance = compliance.audience(audience.clone());
        overdue = overdue.audience(audience.clone());
        learning = learning.audience(audience);
    }
    if let Some(training) = training {
        compliance = compliance.training(training);
        overdue = overdue.training(training);
        learning = learning.training(training);
    }
    let analytics = call.lms.analytics();
    let compliance = analytics.compliance(&call.actor, compliance).await?;
    let overdue = analytics.overdue(&call.actor, overdue).await?;
    let learning = analytics.learning(&call.actor, learning).await?;
    Ok(Answer(FiguresBody::new(compliance, overdue, learning)))
}
