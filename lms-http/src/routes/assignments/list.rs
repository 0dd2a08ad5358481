//! Looking at assignments: lists by what they are on a day, one of them, and why it is so.

use axum::Json as Answer;
use lms_core::engine::{Kind, Status};
use lms_core::{AssignmentFilter, Audience, AudienceField, Error};
use serde::Deserialize;
use utoipa::IntoParams;

use super::body::{AssignmentBody, ExplainedBody};
use super::{AssignmentPath, of_one_problem};
use crate::answer::{CountedPageBody, PageBody};
use crate::audience::AudienceQuery;
use crate::auth::Call;
use crate::error::Problem;
use crate::extract::{Segment, Segments};
use crate::query::{Fields, NoParameters, Query, Row, day};

type Page = Answer<CountedPageBody<Row<AssignmentBody>>>;

/// Which assignments, beside whose.
#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Only those for this training, by code or id.
    #[param(required = false)]
    training: Vec<String>,
    /// Only those that are this on the day, such as `overdue`; else those that are open.
    #[param(required = false)]
    is: Vec<String>,
    /// Only those of this kind.
    #[param(required = false)]
    kind: Vec<String>,
    /// Also those that are done or cancelled.
    closed: Option<bool>,
    /// Only those that are due before this day.
    #[param(format = Date)]
    due_before: Option<String>,
    /// What they are on this day, by what is known now; today, unless said.
    #[param(format = Date)]
    as_of: Option<String>,
    /// Tell how many there are on all pages.
    total: Option<bool>,
    /// Only these fields of each, separated by commas.
    #[param(example = "person,training,due_on")]
    fields: Option<String>,
    /// How many on a page: 1 to 500, and 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// Which assignments, where it is said which are meant.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ShortQuery {
    /// Only those for this training, by code or id.
    #[serde(default)]
    #[param(required = false)]
    training: Vec<String>,
    /// Tell how many there are on all pages.
    total: Option<bool>,
    /// Only these fields of each, separated by commas.
    fields: Option<String>,
    /// How many on a page: 1 to 500, and 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// As of which day something is explained.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ExplainQuery {
    /// The day; today, unless said.
    #[param(format = Date)]
    day: Option<String>,
}

impl ListQuery {
    fn filter(&self, audience: Audience) -> Result<AssignmentFilter, Error> {
        let mut filter = AssignmentFilter::new()
            .closed(self.closed.unwrap_or_default())
            .due_before(day("due_before", self.due_before.as_deref())?)
            .as_of(day("as_of", self.as_of.as_deref())?);
        for text in &self.is {
            filter = filter.status(Status::parse(text).map_err(|error| error.with_field("is"))?);
        }
        for text in &self.kind {
            filter = filter.kind(Kind::parse(text)?);
        }
        filter = self.training.iter().fold(filter, |filter, one| filter.training(one));
        filter = self.limit.into_iter().fold(filter, AssignmentFilter::limit);
        filter = self.cursor.iter().fold(filter, |filter, cursor| filter.cursor(cursor));
        Ok(if audience.is_everybody() { filter } else { filter.audience(audience) })
    }
}

impl From<ShortQuery> for ListQuery {
    fn from(short: ShortQuery) -> Self {
        let ShortQuery { training, total, fields, limit, cursor } = short;
        Self { training, total, fields, limit, cursor, ..Self::default() }
    }
}

/// A page of those that a query means.
async fn page(call: &Call, filter: AssignmentFilter, query: &ListQuery) -> Result<Page, PageError> {
    let fields = Fields::of::<AssignmentBody>(query.fields.as_deref())?;
    let assignments = call.lms.assignments();
    let total = if query.total.unwrap_or_default() {
        Some(assignments.count(&call.actor, &filter).await?)
    } else {
        None
    };
    let page = assignments.list(&call.actor, filter).await?;
    let page = PageBody::of(page, |one| fields.of_row(AssignmentBody::from(one)));
    Ok(Answer(CountedPageBody::new(page, total)))
}

/// What is wrong with a list: told already, or still to be told.
enum PageError {
    Told(Problem),
    Error(Error),
}

impl From<Problem> for PageError {
    fn from(problem: Problem) -> Self {
        Self::Told(problem)
    }
}

impl From<Error> for PageError {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl PageError {
    fn problem(self, told: impl Fn(Error) -> Problem) -> Problem {
        match self {
            Self::Told(problem) => problem,
            Self::Error(error) => told(error),
        }
    }
}

/// `GET /assignments`.
pub(super) async fn list(call: Call, query: AudienceQuery<ListQuery>) -> Result<Page, Problem> {
    let AudienceQuery { audience, beside } = query;
    let filter = beside.filter(audience).map_err(Problem::in_query)?;
    page(&call, filter, &beside).await.map_err(|error| error.problem(Problem::in_query))
}

/// `GET /assignments/overdue`.
pub(super) async fn overdue(call: Call, query: AudienceQuery<ShortQuery>) -> Result<Page, Problem> {
    of_status(call, query, Status::Overdue).await
}

/// `GET /waitlist`.
pub(super) async fn waitlist(
    call: Call,
    query: AudienceQuery<ShortQuery>,
) -> Result<Page, Problem> {
    of_status(call, query, Status::Waitlisted).await
}

async fn of_status(
    call: Call,
    query: AudienceQuery<ShortQuery>,
    status: Status,
) -> Result<Page, Problem> {
    let AudienceQuery { audience, beside } = query;
    let query = ListQuery::from(beside);
    let filter = query.filter(audience).map_err(Problem::in_query)?.status(status);
    page(&call, filter, &query).await.map_err(|error| error.problem(Problem::in_query))
}

/// `GET /assignments/user/{id}`.
pub(super) async fn of_user(
    call: Call,
    Segment(person): Segment,
    Query(query): Query<ListQuery>,
) -> Result<Page, Problem> {
    let whose = Audience::everybody().with(AudienceField::Person, &person);
    let filter = query.filter(whose).map_err(Problem::in_query)?;
    let at_address = |error: Error| match error.field() {
        Some("person") => Problem::at_address(error, "person"),
        _ => Problem::in_query(error),
    };
    page(&call, filter, &query).await.map_err(|error| error.problem(at_address))
}

/// `GET /enrollments/mine`.
pub(super) async fn mine(call: Call, Query(query): Query<ListQuery>) -> Result<Page, Problem> {
    let filter = query.filter(Audience::everybody()).map_err(Problem::in_query)?;
    let filter = filter.own(true).enrolled(true);
    page(&call, filter, &query).await.map_err(|error| error.problem(Problem::in_query))
}

/// `GET /assignments/{id}`, and an enrolment.
pub(super) async fn show(
    call: Call,
    path: AssignmentPath,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Answer<AssignmentBody>, Problem> {
    let shown = call.lms.assignments().show(&call.actor, path.0).await;
    Ok(Answer(shown.map_err(of_one_problem)?.into()))
}

/// `GET /users/{id}/explain/{training}`.
pub(super) async fn explain(
    call: Call,
    Segments(person, training): Segments,
    Query(query): Query<ExplainQuery>,
) -> Result<Answer<ExplainedBody>, Problem> {
    let day = day("day", query.day.as_deref()).map_err(Problem::in_query)?;
    let told = call.lms.assignments().explain(&call.actor, &person, &training, day).await;
    let told = told.map_err(|error| {
        let is_training = error.field() == Some("training");
        Problem::at_address(error, if is_training { "training" } else { "person" })
    })?;
    Ok(Answer(told.into()))
}
