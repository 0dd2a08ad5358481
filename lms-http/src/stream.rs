//! All people of a list, a JSON object on each line, for whoever wants them all.
//!
//! Memory holds one page at a time, whatever the length of the list: a page is read when the one
//! before it has been taken. Each page is a read of its own, and no transaction is open while the
//! reader is slow. So nobody who stays as they are is left out or comes twice; who is changed
//! meanwhile is told as before or as after, and one whose name moves may be missed or come twice.
//!
//! An error behind the first page breaks the connection off, so that half a list is never taken for
//! the whole of it.

use std::io;

use axum::body::{Body, Bytes};
use axum::extract::FromRequestParts;
use axum::http::header::{ACCEPT, CONTENT_TYPE, VARY};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use lms_core::{Page, Person};

use super::body::UserBody;
use super::list::{Asked, problem};
use crate::error::{Problem, QUERY};
use crate::query::Fields;
use crate::state::ApiState;

const NDJSON: &str = "application/x-ndjson";

/// How many people are read at once.
const LINES_AT_ONCE: u32 = 500;

/// How a list is wanted.
#[derive(Clone, Copy)]
pub(in crate::routes) enum Form {
    Pages,
    Stream,
}

/// An answer that would be another one for another `Accept`.
pub(super) fn varying(answer: impl IntoResponse) -> Response {
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
struct Rest {
    asked: Asked,
    state: ApiState,
    fields: Fields,
    next: Next,
}

enum Next {
    Ready(Page<Person>),
    At(String),
    Nothing,
}

/// Answers with all of a list. The first page is read before, so that what is wrong with the
/// question is still told in a problem document.
pub(super) async fn all(
    mut asked: Asked,
    state: ApiState,
    fields: Fields,
    is_page: bool,
) -> Result<Response, Problem> {
    if is_page {
        return Err(QUERY
            .problem("a stream is the whole list: it has no `limit`, no `cursor` and no `total`")
            .with_hint("leave them out, or ask for pages with `Accept: application/json`"));
    }
    asked.filter = asked.filter.limit(LINES_AT_ONCE);
    let first = asked.page(asked.filter.clone()).await.map_err(problem)?;
    let rest = Rest { asked, state, fields, next: Next::Ready(first) };
    let body = Body::from_stream(stream::try_unfold(rest, Rest::lines));
    Ok(varying(([(CONTENT_TYPE, NDJSON)], body)))
}

impl Rest {
    async fn lines(mut self) -> io::Result<Option<(Bytes, Self)>> {
        let page = match std::mem::replace(&mut self.next, Next::Nothing) {
            Next::Ready(page) => page,
            Next::At(cursor) => self.read(&cursor).await?,
            Next::Nothing => return Ok(None),
        };
        let mut lines = Vec::new();
        for person in page.items {
            let row = self.fields.of_row(UserBody::from(person));
            serde_json::to_writer(&mut lines, &row)?;
            lines.push(b'\n');
        }
        self.next = page.next.map_or(Next::Nothing, Next::At);
        Ok(Some((lines.into(), self)))
    }

    /// A page takes no longer than a request may, and none is read once the server gives up.
    async fn read(&self, cursor: &str) -> io::Result<Page<Person>> {
        let page = self.asked.page(self.asked.filter.clone().cursor(cursor));
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
