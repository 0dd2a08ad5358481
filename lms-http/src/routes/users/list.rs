//! Looking at people: lists as pages or as a stream, and one person.

use axum::Json as Answer;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use lms_core::{Audience, Error, Page, Person, PersonFilter, PersonSort};
use serde::Deserialize;
use utoipa::IntoParams;

use super::PersonPath;
use super::body::{UserBody, UserCard};
use crate::answer::{CountedPageBody, PageBody};
use crate::audience::AudienceQuery;
use crate::auth::Call;
use crate::conditional::IfNoneMatch;
use crate::error::Problem;
use crate::query::{AsOf, Fields, Query, day, instant};
use crate::state::ApiState;
use crate::stream::{self, Form, List};

/// How people are listed, beside who they are.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::routes) struct ListQuery {
    /// Words that begin so, in names, address, user name or employee number.
    search: Option<String>,
    /// As it was on this day, as far as is known now; today, unless said.
    #[param(format = Date)]
    as_of: Option<String>,
    /// With what had been recorded by this instant.
    #[param(format = DateTime)]
    known_at: Option<String>,
    /// By `name`, `hired_on` or `employee_number`, or with `-` before it from the end; by name, unless
    /// said.
    #[param(example = "-hired_on")]
    sort: Option<String>,
    /// Tell how many there are on all pages.
    total: Option<bool>,
    /// Only these fields of each person, separated by commas.
    #[param(example = "id,email,department")]
    fields: Option<String>,
    /// How many on a page: 1 to 500, and 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// A list that was asked for: of all people, or of those of a group.
struct Asked {
    call: Call,
    group: Option<String>,
    filter: PersonFilter,
}

/// `GET /users`.
pub(super) async fn list(
    call: Call,
    form: Form,
    State(state): State<ApiState>,
    query: AudienceQuery<ListQuery>,
) -> Result<Response, Problem> {
    answer(call, None, form, state, query).await
}

/// A list of people, in the form in which it is wanted.
pub(in crate::routes) async fn answer(
    call: Call,
    group: Option<String>,
    form: Form,
    state: ApiState,
    query: AudienceQuery<ListQuery>,
) -> Result<Response, Problem> {
    let AudienceQuery { audience, beside } = query;
    let fields = Fields::of::<UserBody>(beside.fields.as_deref())?;
    let wants_total = beside.total.unwrap_or_default();
    let is_page = beside.limit.is_some() || beside.cursor.is_some() || wants_total;
    let filter = beside.into_filter(audience).map_err(Problem::in_query)?;
    let asked = Asked { call, group, filter };
    if let Form::Stream = form {
        return stream::all(asked, state, fields, is_page, problem).await;
    }
    let page = asked.read(asked.filter.clone()).await.map_err(problem)?;
    let total = if wants_total { Some(asked.count().await.map_err(problem)?) } else { None };
    let page = PageBody::of(page, |person| fields.of_row(UserBody::from(person)));
    Ok(stream::varying(Answer(CountedPageBody::new(page, total))))
}

/// `GET /users/{id}`.
pub(super) async fn show(
    call: Call,
    path: PersonPath,
    tags: IfNoneMatch,
    Query(query): Query<AsOf>,
) -> Result<Response, Problem> {
    let card = call.lms.people().card(&call.actor, &path.0, query.day()?).await;
    let card = card.map_err(PersonPath::problem)?;
    Ok(tags.show_all_of(card.person.updated_at, &UserCard::from(card)).into_response())
}

/// The group within which people are listed stands in the address, all else in the query.
fn problem(error: Error) -> Problem {
    if error.field() == Some("within") {
        return Problem::at_address(error, "within");
    }
    Problem::in_query(error)
}

impl List for Asked {
    type Item = Person;
    type Row = UserBody;

    async fn page(&self, limit: u32, cursor: Option<&str>) -> lms_core::Result<Page<Person>> {
        let filter = self.filter.clone().limit(limit);
        self.read(cursor.into_iter().fold(filter, PersonFilter::cursor)).await
    }
}

impl Asked {
    async fn read(&self, filter: PersonFilter) -> lms_core::Result<Page<Person>> {
        let (people, actor) = (self.call.lms.people(), &self.call.actor);
        match &self.group {
            Some(group) => people.group_members(actor, group, filter).await,
            None => people.list(actor, filter).await,
        }
    }

    async fn count(&self) -> lms_core::Result<i64> {
        let (people, actor, filter) =
            (self.call.lms.people(), &self.call.actor, self.filter.clone());
        match &self.group {
            Some(group) => people.count_members(actor, group, filter).await,
            None => people.count(actor, filter).await,
        }
    }
}

impl ListQuery {
    fn into_filter(self, audience: Audience) -> Result<PersonFilter, Error> {
        let mut filter = PersonFilter::new().audience(audience);
        if let Some(sort) = &self.sort {
            filter = filter.sort(PersonSort::parse(sort)?);
        }
        if let Some(day) = day("as_of", self.as_of.as_deref())? {
            filter = filter.as_of(day);
        }
        if let Some(instant) = instant("known_at", self.known_at.as_deref())? {
            filter = filter.known_at(instant);
        }
        if let Some(search) = &self.search {
            filter = filter.search(search);
        }
        if let Some(limit) = self.limit {
            filter = filter.limit(limit);
        }
        Ok(self.cursor.iter().fold(filter, |filter, cursor| filter.cursor(cursor)))
    }
}
