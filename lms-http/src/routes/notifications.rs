//! `/notifications`: what people are told, their own and, for those who may, that of others.

use axum::Json as Answer;
use axum::response::Response;
use lms_core::{Error, Notice, NoticeFilter, NoticeId, NoticeType};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::answer::{OutcomeBody, PageBody, changed};
use crate::auth::Call;
use crate::error::{NOT_FOUND, Problem};
use crate::extract::Segment;
use crate::openapi::{About, Resource};
use crate::query::{NoParameters, Query};

const READ: &str = "notifications.read";
const WRITE: &str = "notifications.write";

pub(super) fn resource() -> Resource {
    let text = "What people are told: what is due, who is overdue, what ends.";
    Resource::new("Notifications", text)
        .get(
            "/api/v1/notifications/user/{user}",
            of_user,
            About::new("list_notifications_of_user", "List what a person was told")
                .text("The newest first.")
                .path("user", "An id, `employee_number:…` or `email:…`", "email:ada@example.com")
                .permission(READ)
                .query::<NoticesQuery>()
                .page::<NoticeBody>(),
        )
        .get(
            "/api/v1/notifications/unread-count",
            unread_count,
            About::new("count_unread_notifications", "Count what the caller has not read")
                .text("Of the person to whom the account belongs, else of the account.")
                .permission(READ)
                .answers::<CountBody>(200, "how many there are"),
        )
        .put(
            "/api/v1/notifications/read-all",
            read_all,
            About::new("read_all_notifications", "Mark all that the caller was told as read")
                .permission(WRITE)
                .answers::<CountBody>(200, "how many were not read before"),
        )
        .put(
            "/api/v1/notifications/{id}/read",
            read,
            About::new("read_notification", "Mark a notification as read")
                .path("id", "The id of a notification", "01980000-0000-7000-8000-000000000000")
                .permission(WRITE)
                .outcome::<NoticeBody>(),
        )
}

/// Which notifications. Several values of one parameter: any of them; several parameters: all.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct NoticesQuery {
    /// `reminder`, `escalation`, `exemption.ending`, `job.failed` or `rule.stopped`.
    #[serde(default, rename = "type")]
    #[param(required = false)]
    notice_type: Vec<String>,
    /// Only what is not read.
    unread: Option<bool>,
    /// How many on a page: 1 to 500, and 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// What somebody was told.
#[derive(Serialize, ToSchema)]
#[schema(as = Notification)]
struct NoticeBody {
    #[schema(format = "uuid")]
    id: String,
    /// `reminder`, `escalation`, `exemption.ending`, `job.failed` or `rule.stopped`.
    #[serde(rename = "type")]
    notice_type: String,
    /// Who is told; null where it is an account that belongs to nobody.
    #[schema(format = "uuid")]
    person_id: Option<String>,
    /// Their name, or that of the account.
    recipient: String,
    /// In a few words.
    subject: String,
    /// In a sentence.
    body: String,
    /// The code of the training that it is about.
    training: Option<String>,
    /// The assignment that it is about.
    #[schema(format = "uuid")]
    assignment_id: Option<String>,
    /// About how many people it is.
    n_people: i64,
    /// Ids, codes and days, for programs.
    #[schema(value_type = Object)]
    data: Value,
    /// The day that it was for.
    #[schema(format = Date)]
    day: String,
    #[schema(format = DateTime)]
    recorded_at: String,
    #[schema(format = DateTime)]
    read_at: Option<String>,
}

/// How many there are.
#[derive(Serialize, ToSchema)]
#[schema(as = Count)]
struct CountBody {
    count: i64,
}

impl NoticesQuery {
    fn into_filter(self, user: &str) -> Result<NoticeFilter, Problem> {
        let mut filter = NoticeFilter::new().person(user).unread(self.unread.unwrap_or_default());
        for text in &self.notice_type {
            filter = filter.notice_type(NoticeType::parse(text).map_err(Problem::in_query)?);
        }
        filter = self.limit.into_iter().fold(filter, NoticeFilter::limit);
        Ok(self.cursor.iter().fold(filter, |filter, cursor| filter.cursor(cursor)))
    }
}

async fn of_user(
    call: Call,
    Segment(user): Segment,
    Query(query): Query<NoticesQuery>,
) -> Result<Answer<PageBody<NoticeBody>>, Problem> {
    let filter = query.into_filter(&user)?;
    let page = call.lms.notifications().list(&call.actor, filter).await;
    let page = page.map_err(|error| match error.field() {
        Some("person") => Problem::at_address(error, "person"),
        _ => Problem::in_query(error),
    })?;
    Ok(Answer(PageBody::of(page, NoticeBody::from)))
}

async fn unread_count(
    call: Call,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Answer<CountBody>, Problem> {
    let count = call.lms.notifications().unread_count(&call.actor, None).await?;
    Ok(Answer(CountBody { count }))
}

async fn read_all(
    call: Call,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Answer<CountBody>, Problem> {
    let n_read = call.lms.notifications().read_all(&call.actor, None).await?;
    Ok(Answer(CountBody { count: i64::try_from(n_read).unwrap_or(i64::MAX) }))
}

async fn read(
    call: Call,
    Segment(id): Segment,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Response, Problem> {
    let at_address = |error: Error| Problem::at_address(error, "notice");
    let id: NoticeId = id.parse().map_err(|_| {
        NOT_FOUND
            .problem("this does not name a notification")
            .with_hint("address a notification by its id; lists have it")
    })?;
    let outcome = call.lms.notifications().read(&call.actor, id).await.map_err(at_address)?;
    let version = outcome.value.recorded_at;
    let outcome: OutcomeBody<NoticeBody> = outcome.into();
    Ok(changed(version, outcome))
}

impl From<Notice> for NoticeBody {
    fn from(notice: Notice) -> Self {
        Self {
            id: notice.id.to_string(),
            notice_type: notice.notice_type.as_str().to_owned(),
            person_id: notice.person_id.map(|id| id.to_string()),
            recipient: notice.recipient,
            subject: notice.subject,
            body: notice.body,
            training: notice.training,
            assignment_id: notice.assignment_id.map(|id| id.to_string()),
            n_people: notice.n_people,
            data: notice.data,
            day: notice.day.to_string(),
            recorded_at: notice.recorded_at.to_string(),
            read_at: notice.read_at.map(|at| at.to_string()),
        }
    }
}
