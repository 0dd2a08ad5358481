//! `/content`: the files that people learn from, put in and handed out as they stream by.

mod arriving;
mod body;
mod bytes;
pub(super) mod evidence;
mod range;
mod upload;

use std::time::Duration;

use axum::Json as Answer;
use axum::response::Response;
use lms_core::{ContentFilter, Error, ErrorKind};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::answer::{PageBody, changed};
use crate::auth::Call;
use crate::conditional::IfNoneMatch;
use crate::error::Problem;
use crate::extract::Segment;
use crate::openapi::{About, Resource};
use crate::query::{NoParameters, Query};
use body::{AccessBody, ContentBody, LinkBody, version};

pub(super) use arriving::Arriving;
pub(crate) use bytes::Verbatim;
pub(crate) use evidence::EVIDENCE;
pub(crate) use upload::UPLOADS;
pub(super) use upload::refuse_forms;

const READ: &str = "content.read";
const WRITE: &str = "content.write";

const ALL: &str = "/api/v1/content";
const ONE: &str = "/api/v1/content/{id}";

/// Long enough to fetch a page that has it, short enough that passing it on is of little use.
const MINUTES_DEFAULT: u64 = 15;

pub(super) fn resource() -> Resource {
    let text =
        "Films, documents and packages: each content once, under the names it was put in with.";
    let resource = Resource::new("Content", text)
        .get(
            ALL,
            list,
            About::new("list_content", "List files")
                .text("Those that are there, newest first.")
                .permission(READ)
                .query::<ContentQuery>()
                .page::<ContentBody>(),
        )
        .get(
            ONE,
            show,
            of_one("show_content", "Show what is known of a file")
                .permission(READ)
                .if_none_match()
                .shows::<ContentBody>("the file, without its bytes"),
        )
        .delete(
            ONE,
            remove,
            of_one("remove_content", "Remove a file")
                .text("One that a training shows stays. The bytes go when the store is swept.")
                .permission(WRITE)
                .outcome::<ContentBody>()
                .conflicts(),
        )
        .get(
            "/api/v1/content/{id}/signed-url",
            link,
            of_one("link_content", "Make an address for a file")
                .text("At which an S3 store hands the file out to whoever has it, until it expires. Where files are kept in a folder there is none: 409.")
                .permission(READ)
                .query::<LinkQuery>()
                .answers::<LinkBody>(200, "the address")
                .conflicts(),
        )
        .get(
            "/api/v1/content/{id}/accesses",
            accesses,
            of_one("list_content_accesses", "List who looked at a file")
                .text("The latest 500 in one page, the latest first. Parts that somebody fetches within an hour count once.")
                .permission(WRITE)
                .page::<AccessBody>(),
        );
    bytes::routes(upload::routes(resource))
}

fn of_one(id: &str, summary: &str) -> About {
    About::new(id, summary).path("id", "An id", "0197a9c0-5a10-7000-8000-000000000001")
}

/// Which files.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ContentQuery {
    /// Those with these bytes, by their SHA-256 in hexadecimal, as trainings name them.
    #[serde(default)]
    #[param(required = false)]
    sha256: Vec<String>,
    /// Also those that were removed.
    removed: Option<bool>,
    /// How many on a page: 1 to 500, and 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// For how long an address is wanted.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LinkQuery {
    /// Minutes until it expires: up to seven days, and 15 unless said.
    #[param(minimum = 1, maximum = 10_080)]
    minutes: Option<u32>,
}

async fn list(
    call: Call,
    Query(query): Query<ContentQuery>,
) -> Result<Answer<PageBody<ContentBody>>, Problem> {
    let mut filter = ContentFilter::new().include_removed(query.removed.unwrap_or_default());
    if !query.sha256.is_empty() {
        filter = filter.bytes_of(query.sha256);
    }
    filter = query.limit.into_iter().fold(filter, ContentFilter::limit);
    filter = query.cursor.iter().fold(filter, |filter, cursor| filter.cursor(cursor));
    let page = call.lms.content().list(&call.actor, filter).await.map_err(Problem::in_query)?;
    Ok(Answer(PageBody::of(page, ContentBody::from)))
}

async fn show(
    call: Call,
    Segment(id): Segment,
    tags: IfNoneMatch,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Response, Problem> {
    let file = call.lms.content().show(&call.actor, &id).await?;
    Ok(tags.show(version(&file), &ContentBody::from(file)))
}

async fn remove(
    call: Call,
    Segment(id): Segment,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Response, Problem> {
    let outcome = call.lms.content().remove(&call.actor, &id).await?;
    Ok(changed::<ContentBody>(version(&outcome.value), outcome.into()))
}

async fn link(
    call: Call,
    Segment(id): Segment,
    Query(query): Query<LinkQuery>,
) -> Result<Answer<LinkBody>, Problem> {
    let minutes = query.minutes.map_or(MINUTES_DEFAULT, u64::from);
    let valid = Duration::from_mins(minutes);
    let link = call.lms.content().link(&call.actor, &id, valid).await.map_err(in_minutes)?;
    Ok(Answer(LinkBody::from(link)))
}

/// The library measures in any unit, this address in minutes.
fn in_minutes(error: Error) -> Problem {
    let is_time = error.kind() == ErrorKind::Invalid;
    Problem::in_query(if is_time { error.with_field("minutes") } else { error })
}

async fn accesses(
    call: Call,
    Segment(id): Segment,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Answer<PageBody<AccessBody>>, Problem> {
    let accesses = call.lms.content().accesses(&call.actor, &id).await?;
    Ok(Answer(PageBody::whole(accesses, AccessBody::from)))
}
