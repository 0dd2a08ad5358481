//! What handlers answer with: a page of a list, the outcome of a write, a thing that was made.
//!
//! The same three for every resource, so that a client needs each of them once.

use axum::Json;
use axum::http::header::LOCATION;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use lms_core::{Changed, FieldChange, Page};
use serde::Serialize;
use utoipa::ToSchema;

use crate::conditional::{Version, etag};

/// A page of a list.
#[derive(Serialize)]
pub(crate) struct PageBody<T> {
    items: Vec<T>,
    next: Option<String>,
}

/// A page of a list that can be counted; the total is there where it was asked for.
#[derive(Serialize)]
pub(crate) struct CountedPageBody<T> {
    #[serde(flatten)]
    page: PageBody<T>,
    total: Option<i64>,
}

/// What a write did; `changed` is empty and `operation` null where all was so already.
#[derive(Serialize)]
pub(crate) struct OutcomeBody<T> {
    value: T,
    changed: Vec<ChangeBody>,
    operation: Option<String>,
}

/// One field, before and after.
#[derive(Serialize, ToSchema)]
#[schema(as = FieldChange)]
pub(crate) struct ChangeBody {
    field: String,
    before: Option<String>,
    after: Option<String>,
}

impl<T> PageBody<T> {
    pub(crate) fn of<S>(page: Page<S>, row: impl FnMut(S) -> T) -> Self {
        Self { items: page.items.into_iter().map(row).collect(), next: page.next }
    }

    /// A list that is so short that it is one page.
    pub(crate) fn whole<S>(items: Vec<S>, row: impl FnMut(S) -> T) -> Self {
        Self { items: items.into_iter().map(row).collect(), next: None }
    }
}

impl<T> CountedPageBody<T> {
    pub(crate) fn new(page: PageBody<T>, total: Option<i64>) -> Self {
        Self { page, total }
    }
}

impl<T> OutcomeBody<T> {
    pub(crate) fn new(value: T, changed: Vec<FieldChange>, operation: Option<String>) -> Self {
        Self { value, changed: ChangeBody::all(changed), operation }
    }
}

impl<T, S: Into<T>> From<Changed<S>> for OutcomeBody<T> {
    fn from(outcome: Changed<S>) -> Self {
        let operation = outcome.operation.map(|id| id.to_string());
        Self::new(outcome.value.into(), outcome.changed, operation)
    }
}

impl ChangeBody {
    pub(crate) fn all(changes: Vec<FieldChange>) -> Vec<Self> {
        changes.into_iter().map(Self::from).collect()
    }
}

impl From<FieldChange> for ChangeBody {
    fn from(change: FieldChange) -> Self {
        Self { field: change.field, before: change.before, after: change.after }
    }
}

/// What a write left behind, with its new tag.
pub(crate) fn changed<T: Serialize>(version: impl Version, outcome: OutcomeBody<T>) -> Response {
    (etag(version), Json(outcome)).into_response()
}

/// What was made, with its tag and where it is from now on, relative to the address of the list.
pub(crate) fn made<T: Serialize>(
    location: &str,
    version: impl Version,
    outcome: OutcomeBody<T>,
) -> Response {
    let location: [(HeaderName, HeaderValue); 1] =
        [(LOCATION, HeaderValue::try_from(location).expect("an address is visible ASCII"))];
    (StatusCode::CREATED, location, etag(version), Json(outcome)).into_response()
}
