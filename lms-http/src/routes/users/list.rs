//! Looking at people: lists as pages or as a stream, and one person.

use axum::Json as Answer;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use lms_core::{Day, Error, PersonFilter, PersonStatus};
use serde::Deserialize;
use utoipa::IntoParams;

use super::PersonPath;
use super::body::{UserBody, UserCard};
use super::stream::{self, Form};
use crate::answer::PageBody;
use crate::auth::Call;
use crate::conditional::IfNoneMatch;
use crate::error::Problem;
use crate::query::{AsOf, Fields, Query, day, instant};
use crate::state::ApiState;

/// Which people, and how they are listed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct UsersQuery {
    /// Words that begin so, in names, address, user name or employee number.
    search: Option<String>,
    /// In this department or below it, by code or name.
    #[serde(default)]
    department: Vec<String>,
    /// The departments themselves, without those below.
    exact: Option<bool>,
    /// At this location, by code or name.
    #[serde(default)]
    location: Vec<String>,
    /// With this job role, by code or name.
    #[serde(default)]
    job_role: Vec<String>,
    /// In this country: a two-letter code.
    #[serde(default)]
    country: Vec<String>,
    /// Employed in this way.
    #[serde(default)]
    employment_type: Vec<String>,
    /// Who report to this person: e-mail, employee number, user name or id.
    #[serde(default)]
    manager: Vec<String>,
    /// Also those who report to the reports, all the way down.
    all_reports: Option<bool>,
    /// `pre_hire`, `active`, `on_leave` or `inactive`; active and on leave, unless said.
    #[serde(default)]
    status: Vec<String>,
    /// Hired after this day.
    #[param(format = Date)]
    hired_after: Option<String>,
    /// Hired before this day.
    #[param(format = Date)]
    hired_before: Option<String>,
    /// As it was on this day, as far as is known now; today, unless said.
    #[param(format = Date)]
    as_of: Option<String>,
    /// With what had been recorded by this instant.
    #[param(format = DateTime)]
    known_at: Option<String>,
    /// Only these fields of each person, separated by commas.
    #[param(example = "id,email,department")]
    fields: Option<String>,
    /// How many on a page: 1 to 500, and 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// `GET /users`.
pub(super) async fn list(
    call: Call,
    form: Form,
    State(state): State<ApiState>,
    Query(query): Query<UsersQuery>,
) -> Result<Response, Problem> {
    let fields = Fields::of::<UserBody>(query.fields.as_deref())?;
    let is_page = query.limit.is_some() || query.cursor.is_some();
    let filter = query.into_filter().map_err(Problem::in_query)?;
    if let Form::Stream = form {
        return stream::all(call, state, filter, fields, is_page).await;
    }
    let page = call.lms.people().list(&call.actor, filter).await.map_err(Problem::in_query)?;
    Ok(stream::varying(Answer(PageBody::of(page, |person| fields.of_row(UserBody::from(person))))))
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

type SetText = fn(PersonFilter, &str) -> PersonFilter;
type SetDay = fn(PersonFilter, Day) -> PersonFilter;

impl UsersQuery {
    fn into_filter(self) -> Result<PersonFilter, Error> {
        let mut filter = PersonFilter::new()
            .exact(self.exact.unwrap_or_default())
            .all_reports(self.all_reports.unwrap_or_default());
        let named: [(&[String], SetText); 6] = [
            (&self.department, PersonFilter::department),
            (&self.location, PersonFilter::location),
            (&self.job_role, PersonFilter::job_role),
            (&self.country, PersonFilter::country),
            (&self.employment_type, PersonFilter::employment_type),
            (&self.manager, PersonFilter::manager),
        ];
        for (values, set) in named {
            filter = values.iter().fold(filter, |filter, value| set(filter, value));
        }
        for status in &self.status {
            filter = filter.status(PersonStatus::parse(status)?);
        }
        let days: [(&str, &Option<String>, SetDay); 3] = [
            ("hired_after", &self.hired_after, PersonFilter::hired_after),
            ("hired_before", &self.hired_before, PersonFilter::hired_before),
            ("as_of", &self.as_of, PersonFilter::as_of),
        ];
        for (name, text, set) in days {
            if let Some(day) = day(name, text.as_deref())? {
                filter = set(filter, day);
            }
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
