//! All rows of a list, a JSON object on each line, for whoever wants them all.
//!
//! Memory holds one page at a time, whatever the length of the list: a page is read when the one
//! before it has been taken. Each page is a read of its own, and no transaction is open while the
//! reader is slow. So nothing that stays as it is is left out or comes twice; what is changed
//! meanwhile is told as before or as after, and what moves in the order may be missed or come twice.
//!
//! An error behind the first page breaks the connection off, so that half a list is never taken for
//! the whole of it.

use std::future::Future;
use std::io;

use axum::body::{Body, Bytes};
use axum::extract::FromRequestParts;
use axum::http::header::{ACCEPT, CONTENT_TYPE, VARY};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use lms_core::{Error, Page};
use serde::Serialize;

use crate::error::{Problem, QUERY};
use crate::query::Fields;
use crate::state::ApiState;

const NDJSON: &str = "application/x-ndjson";

/// How many rows are read at once.
const LINES_AT_ONCE: u32 = 500;

/// How a list is wanted.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    Pages,
    Stream,
}

/// A list that can be read on from where a page of it ended.
pub(crate) trait List: Send + Sync + 'static {
    type Item: Send + Sync;
    type Row: Serialize + From<Self::Item>;

    fn page(
        &self,
        limit: u32,
        cursor: Option<&str>,
    ) -> impl Future<Output = lms_core::Result<Page<Self::Item>>> + Send;
}

/// An answer that would be another one for another `Accept`.
pub(crate) fn varying(answer: impl IntoResponse) -> Response {
    ([(VARY, "accept")], answer).into_response()
}

impl FromRequestParts<ApiState> for Form {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Self, Problem> {
        let accepted = parts.headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let mut types = accepted.flat_map(|value| value.split(','));
        let media_type = |one: &str| one.split(';').next().unwrap_or_default().trim().to_owned();
        let is_stream = types.any(|one| media_type(one).eq_ignore_ascii_case(NDJSON));
        Ok(if is_stream { Self::Stream } else { Self::Pages })
    }
}

/// The pages that are still to come.
struct Rest<L: List> {
    list: L,
    state: ApiState,
    fields: Fields,
    next: Next<L::Item>,
}

enum Next<T> {
    Ready(Page<T>),
    At(String),
    Nothing,
}

/// Answers with all of a list. The first page is read before, so that what is wrong with the
/// question is still told in a problem document.
pub(crate) async fn all<L: List>(
    list: L,
    state: ApiState,
    fields: Fields,
    is_page: bool,
    problem: impl Fn(Error) -> Problem,
) -> Result<Response, Problem> {
    if is_page {
        return Err(QUERY
            .problem("a stream is the whole list: it has no `limit`, no `cursor` and no `total`")
            .with_hint("leave them out, or ask for pages with `Accept: application/json`"));
    }
    let first = list.page(LINES_AT_ONCE, None).await.map_err(problem)?;
    let rest = Rest { list, state, fields, next: Next::Ready(first) };
    let body = Body::from_stream(stream::try_unfold(rest, Rest::lines));
    Ok(varying(([(CONTENT_TYPE, NDJSON)], body)))
}

impl<L: List> Rest<L> {
    async fn lines(mut self) -> io::Result<Option<(Bytes, Self)>> {
        let page = match std::mem::replace(&mut self.next, Next::Nothing) {
            Next::Ready(page) => page,
            Next::At(cursor) => self.read(&cursor).await?,
            Next::Nothing => return Ok(None),
        };
        let mut lines = Vec::new();
        for item in page.items {
            let row = self.fields.of_row(L::Row::from(item));
            serde_json::to_writer(&mut lines, &row)?;
            lines.push(b'\n');
        }
        self.next = page.next.map_or(Next::Nothing, Next::At);
        Ok(Some((lines.into(), self)))
    }

    /// A page takes no longer than a request may, and none is read once the server gives up.
    async fn read(&self, cursor: &str) -> io::Result<Page<L::Item>> {
        let page = self.list.page(LINES_AT_ONCE, Some(cursor));
        tokio::select! {
            biased;
            page = page => page.map_err(|error| {
                tracing::error!(code = error.code(), "a stream broke off: {error}");
                io::Error::other("the list could not be read on")
            }),
            () = tokio::time::sleep(self.state.options.request_timeout) => {
                tracing::error!("a stream broke off: a page took too long");
                Err(io::ErrorKind::TimedOut.into())
            }
            () = self.state.cut() => Err(io::ErrorKind::ConnectionAborted.into()),
        }
    }
}
