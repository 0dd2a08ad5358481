//! `/events`: the feed of what happened, for those who follow it.

use axum::Json as Answer;
use lms_core::{Event, EventFilter};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::answer::PageBody;
use crate::auth::Call;
use crate::error::Problem;
use crate::openapi::{About, Resource};
use crate::query::Query;

pub(super) fn resource() -> Resource {
    Resource::new("Events", "What happened, as CloudEvents, in the order of commit.").get(
        "/api/v1/events",
        list,
        About::new("list_events", "Follow the feed")
            .text(
                "Oldest first. A receiver keeps the `cursor` of the last event that it has taken, and \
                 goes on from there, also after the end of the feed.",
            )
            .permission("events.read")
            .query::<EventsQuery>()
            .page::<EventBody>(),
    )
}

/// Which events.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EventsQuery {
    /// Only events of this type.
    #[serde(rename = "type")]
    #[param(example = "user.created")]
    event_type: Option<String>,
    /// Only events about this.
    subject: Option<String>,
    /// Newest first, for people who look.
    newest_first: Option<bool>,
    /// How many on a page: 1 to 500, and 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The `next` of the page before, or the `cursor` of an event.
    cursor: Option<String>,
}

/// One event.
#[derive(Serialize, ToSchema)]
#[schema(as = Event)]
struct EventBody {
    /// A receiver that has taken this event goes on from here.
    cursor: String,
    /// The operation's place in the chain.
    seq: i64,
    /// Which event of the operation, from 1.
    position: i64,
    /// The id by which a receiver knows a repeated delivery.
    #[schema(format = "uuid")]
    id: String,
    /// Such as `user.created`.
    #[serde(rename = "type")]
    event_type: String,
    /// What it is about.
    subject: Option<String>,
    /// When it happened.
    #[schema(format = DateTime)]
    recorded_at: String,
    /// The whole `CloudEvent`.
    #[schema(value_type = Object)]
    body: Value,
}

async fn list(
    call: Call,
    Query(query): Query<EventsQuery>,
) -> Result<Answer<PageBody<EventBody>>, Problem> {
    let page = call.lms.events().list(&call.actor, query.into_filter()).await;
    Ok(Answer(PageBody::of(page.map_err(Problem::in_query)?, EventBody::from)))
}

type SetText = fn(EventFilter, &str) -> EventFilter;

impl EventsQuery {
    fn into_filter(self) -> EventFilter {
        let filter = EventFilter::new().newest_first(self.newest_first.unwrap_or_default());
        let filter = self.limit.into_iter().fold(filter, EventFilter::limit);
        let texts: [(&Option<String>, SetText); 3] = [
            (&self.event_type, EventFilter::event_type),
            (&self.subject, EventFilter::subject),
            (&self.cursor, EventFilter::cursor),
        ];
        texts.into_iter().fold(filter, |filter, (text, set)| match text {
            Some(text) => set(filter, text),
            None => filter,
        })
    }
}

impl From<Event> for EventBody {
    fn from(event: Event) -> Self {
        Self {
            cursor: event.cursor,
            seq: event.seq,
            position: event.position,
            id: event.id.to_string(),
            event_type: event.event_type,
            subject: event.subject,
            recorded_at: event.recorded_at.to_string(),
            body: event.body,
        }
    }
}
