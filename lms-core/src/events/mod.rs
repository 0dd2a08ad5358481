//! The feed of what happened, as CloudEvents 1.0, in the order of commit.
//!
//! Owns no table: events are written into `outbox_events` by the operation that caused them. They
//! carry ids and codes, never personal values.

use serde::Serialize;
use uuid::Uuid;

use crate::kernel::access::{Actor, Permission};
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::error::{Error, Result};
use crate::kernel::page::{Page, Paging, paged};
use crate::operations::sql::{self, EventRow};

/// May read the event feed.
pub(crate) const READ: Permission = Permission::new("events.read", "read the event feed");

/// The event feed; made by [`crate::Lms::events`].
#[derive(Debug)]
pub struct Events<'a> {
    pub(crate) core: &'a Core,
}

/// One event.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct Event {
    /// A receiver that has taken this event goes on from here, also after the end of the feed.
    pub cursor: String,
    /// The operation's place in the chain.
    pub seq: i64,
    /// Which event of the operation, from 1.
    pub position: i64,
    /// The id by which a receiver knows a repeated delivery.
    pub id: Uuid,
    /// Such as `settings.changed`.
    #[serde(rename = "type")]
    pub event_type: String,
    /// What it is about.
    pub subject: Option<String>,
    /// When it happened.
    pub recorded_at: Timestamp,
    /// The whole `CloudEvent`.
    pub body: serde_json::Value,
}

/// Which events.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    event_type: Option<String>,
    subject: Option<String>,
    newest_first: bool,
    paging: Paging,
}

paged!(EventFilter);

impl EventFilter {
    /// All events, oldest first.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only events of this type.
    #[must_use]
    pub fn event_type(mut self, event_type: &str) -> Self {
        self.event_type = Some(event_type.to_owned());
        self
    }

    /// Only events about this subject.
    #[must_use]
    pub fn subject(mut self, subject: &str) -> Self {
        self.subject = Some(subject.to_owned());
        self
    }

    /// Newest first, for people; a receiver follows oldest first.
    #[must_use]
    pub fn newest_first(mut self, newest_first: bool) -> Self {
        self.newest_first = newest_first;
        self
    }
}

impl Events<'_> {
    /// Lists events.
    pub async fn list(&self, actor: &Actor, filter: EventFilter) -> Result<Page<Event>> {
        actor.require(READ)?;
        let (statement, start) = if filter.newest_first {
            (&sql::EVENTS_NEWEST_FIRST, (i64::MAX, i64::MAX))
        } else {
            (&sql::EVENTS_OLDEST_FIRST, (0, 0))
        };
        let (seq, position) = filter.paging.after::<(i64, i64)>()?.unwrap_or(start);
        let mut tx = self.core.db().begin_read().await?;
        let rows: Vec<EventRow> = tx
            .sql(statement)
            .bind(seq)
            .bind(position)
            .bind(filter.event_type)
            .bind(filter.subject)
            .bind(filter.paging.rows_wanted()?)
            .all()
            .await?;
        let events = rows.into_iter().map(Event::try_from).collect::<Result<Vec<_>>>()?;
        filter.paging.page(events, |event| (event.seq, event.position))
    }
}

impl TryFrom<EventRow> for Event {
    type Error = Error;

    fn try_from(row: EventRow) -> Result<Self> {
        Ok(Self {
            cursor: Paging::encode(&(row.seq, row.position)),
            seq: row.seq,
            position: row.position,
            id: row.id,
            event_type: row.event_type,
            subject: row.subject,
            recorded_at: row.recorded_at,
            body: serde_json::from_str(&row.body)
                .map_err(|cause| Error::inconsistent("outbox_events.body", cause))?,
        })
    }
}
