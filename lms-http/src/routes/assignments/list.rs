//! Looking at assignments: lists by what they are on a day, one of them, and why it is so.

use axum::Json as Answer;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;
use lms_core::engine::{Kind, Status};
use lms_core::{
    Assignment, AssignmentFilter, AssignmentSort, Audience, AudienceField, Error, Page,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::body::{AssignmentBody, ExplainedBody};
use super::{AssignmentPath, of_one_problem};
use crate::answer::{CountedPageBody, PageBody};
use crate::audience::AudienceQuery;
use crate::auth::Call;
use crate::error::Problem;
use crate::extract::{Segment, Segments};
use crate::query::{Fields, NoParameters, Query, day};
use crate::state::ApiState;
use crate::stream::{self, Form, List};

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
    /// By `due_on`, `assigned_on`, `person` or `training`, or with `-` before it from the end; by due day,
    /// unless said.
    #[param(example = "-assigned_on")]
    sort: Option<String>,
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
    as_of: Option<String>,
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
        if let Some(sort) = &self.sort {
            filter = filter.sort(AssignmentSort::parse(sort)?);
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

/// Who asks for a list, and in which form.
pub(super) struct Asking {
    call: Call,
    form: Form,
    state: ApiState,
}

impl FromRequestParts<ApiState> for Asking {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        Ok(Self {
            call: Call::from_request_parts(parts, state).await?,
            form: Form::from_request_parts(parts, state).await?,
            state: state.clone(),
        })
    }
}

/// Assignments that were asked for.
struct Asked {
    call: Call,
    filter: AssignmentFilter,
}

impl List for Asked {
    type Item = Assignment;
    type Row = AssignmentBody;

    async fn page(&self, limit: u32, cursor: Option<&str>) -> lms_core::Result<Page<Assignment>> {
        let filter = self.filter.clone().limit(limit);
        self.read(cursor.into_iter().fold(filter, AssignmentFilter::cursor)).await
    }
}

impl Asked {
    async fn read(&self, filter: AssignmentFilter) -> lms_core::Result<Page<Assignment>> {
        self.call.lms.assignments().list(&self.call.actor, filter).await
    }
}

/// Those that a query means, in the form in which they are wanted.
async fn answer(
    asking: Asking,
    filter: AssignmentFilter,
    query: &ListQuery,
    problem: impl Fn(Error) -> Problem,
) -> Result<Response, Problem> {
    let Asking { call, form, state } = asking;
    let fields = Fields::of::<AssignmentBody>(query.fields.as_deref())?;
    let wants_total = query.total.unwrap_or_default();
    let asked = Asked { call, filter };
    if let Form::Stream = form {
        let is_page = query.limit.is_some() || query.cursor.is_some() || wants_total;
        return stream::all(asked, state, fields, is_page, problem).await;
    }
    let total = if wants_total {
        let Asked { call, filter } = &asked;
        let count = call.lms.assignments().count(&call.actor, filter).await;
        Some(count.map_err(&problem)?)
    } else {
        None
    };
    let page = asked.read(asked.filter.clone()).await.map_err(problem)?;
    let page = PageBody::of(page, |one| fields.of_row(AssignmentBody::from(one)));
    Ok(stream::varying(Answer(CountedPageBody::new(page, total))))
}

/// `GET /assignments`.
pub(super) async fn list(
    asking: Asking,
    query: AudienceQuery<ListQuery>,
) -> Result<Response, Problem> {
    let AudienceQuery { audience, beside } = query;
    let filter = beside.filter(audience).map_err(Problem::in_query)?;
    answer(asking, filter, &beside, Problem::in_query).await
}

/// `GET /assignments/overdue`.
pub(super) async fn overdue(
    asking: Asking,
    query: AudienceQuery<ShortQuery>,
) -> Result<Response, Problem> {
    of_status(asking, query, Status::Overdue).await
}

/// `GET /waitlist`.
pub(super) async fn waitlist(
    asking: Asking,
    query: AudienceQuery<ShortQuery>,
) -> Result<Response, Problem> {
    of_status(asking, query, Status::Waitlisted).await
}

async fn of_status(
    asking: Asking,
    query: AudienceQuery<ShortQuery>,
    status: Status,
) -> Result<Response, Problem> {
    let AudienceQuery { audience, beside } = query;
    let query = ListQuery::from(beside);
    let filter = query.filter(audience).map_err(Problem::in_query)?.status(status);
    answer(asking, filter, &query, Problem::in_query).await
}

/// `GET /assignments/user/{id}`.
pub(super) async fn of_user(
    asking: Asking,
    Segment(person): Segment,
    Query(query): Query<ListQuery>,
) -> Result<Response, Problem> {
    let whose = Audience::everybody().with(AudienceField::Person, &person);
    let filter = query.filter(whose).map_err(Problem::in_query)?;
    let at_address = |error: Error| match error.field() {
        Some("person") => Problem::at_address(error, "person"),
        _ => Problem::in_query(error),
    };
    answer(asking, filter, &query, at_address).await
}

/// `GET /enrollments/mine`.
pub(super) async fn mine(
    asking: Asking,
    Query(query): Query<ListQuery>,
) -> Result<Response, Problem> {
    let filter = query.filter(Audience::everybody()).map_err(Problem::in_query)?;
    let filter = filter.own(true).enrolled(true);
    answer(asking, filter, &query, Problem::in_query).await
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
    let day = day("as_of", query.as_of.as_deref()).map_err(Problem::in_query)?;
    let told = call.lms.assignments().explain(&call.actor, &person, &training, day).await;
    let told = told.map_err(|error| {
        let is_training = error.field() == Some("training");
        Problem::at_address(error, if is_training { "training" } else { "person" })
    })?;
    Ok(Answer(told.into()))
}
