//! `/paths`: trainings in order, each required or one of several to choose from.

mod body;
mod publish;
mod steps;

use axum::Json as Answer;
use axum::response::Response;
use lms_core::{Error, PathChange, PathFilter, PathShown, PathStatus, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

use super::trainings::{PUBLISH, READ, WRITE};
use crate::answer::{PageBody, changed, made};
use crate::auth::Call;
use crate::conditional::{IfMatch, IfNoneMatch};
use crate::definitions::named;
use crate::error::{Problem, QUERY};
use crate::extract::{Json, Segment};
use crate::openapi::{About, Resource};
use crate::query::{NoParameters, Query};
use body::{CardBody, NewPathBody, PathBody, PathPut, VersionBody};

const ALL: &str = "/api/v1/paths";
const ONE: &str = "/api/v1/paths/{code}";

pub(super) fn resource() -> Resource {
    let text = "Trainings in order, in versions, each a document as it stands in files too.";
    let resource = Resource::new("Learning paths", text)
        .get(
            ALL,
            list,
            About::new("list_paths", "List learning paths")
                .text("Those that are not archived, unless other ones are asked for.")
                .permission(READ)
                .query::<PathsQuery>()
                .page::<PathBody>(),
        )
        .post(
            ALL,
            add,
            About::new("add_path", "Make a learning path")
                .text("As a draft; nobody is given it before it is published.")
                .permission(WRITE)
                .body::<NewPathBody>(json!({ "code": "NEW-LEAD", "definition": lead() }))
                .made::<PathBody>()
                .conflicts(),
        )
        .get(
            ONE,
            show,
            of_one("show_path", "Show a learning path")
                .text("With all that stands in one of its versions, and what stands in the way of publishing its draft.")
                .permission(READ)
                .query::<ShownQuery>()
                .if_none_match()
                .shows::<CardBody>("the version that was asked for"),
        )
        .put(
            ONE,
            put,
            of_one("put_path", "Write a learning path anew")
                .text("All that is said of it, as its draft. What is published stays as it is.")
                .permission(WRITE)
                .if_match()
                .body::<PathPut>(json!({ "definition": lead() }))
                .outcome::<PathBody>()
                .conflicts(),
        )
        .delete(
            ONE,
            remove,
            of_one("remove_path", "Take a learning path away")
                .text("Only one that was never published; what was published once is archived.")
                .permission(WRITE)
                .if_match()
                .outcome::<PathBody>()
                .conflicts(),
        )
        .get(
            "/api/v1/paths/{code}/versions",
            versions,
            of_one("list_path_versions", "List the versions of a learning path")
                .text("All of them in one page, the newest first.")
                .permission(READ)
                .page::<VersionBody>(),
        );
    publish::routes(steps::routes(resource))
}

/// A path that could be published.
fn lead() -> Value {
    json!({
        "title": "New in the lead",
        "category": "Leadership",
        "steps": [
            { "training": "GDPR-101" },
            { "title": "Choose one", "any": 1, "of": ["SEC-200", "FIRE-WARDEN"] }
        ]
    })
}

fn of_one(id: &str, summary: &str) -> About {
    About::new(id, summary).path("code", "A code or an id", "NEW-HIRE")
}

/// What went wrong with the path in the address.
fn problem(error: Error) -> Problem {
    Problem::at_address(error, "path")
}

/// What went wrong with a body that has a definition: fields of it are found within it.
fn problem_of_whole(error: Error) -> Problem {
    named(problem(error), &["code"])
}

/// Which paths. Several values of one parameter: any of them; several parameters: all.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PathsQuery {
    /// Words that begin so, in code, title, description, labels, choices and the codes of trainings.
    search: Option<String>,
    /// `draft`, `published` or `archived`; all but archived ones, unless said.
    #[serde(default)]
    #[param(required = false)]
    status: Vec<String>,
    /// The heading that they stand under.
    #[serde(default)]
    #[param(required = false)]
    category: Vec<String>,
    /// Words that they are tagged with.
    #[serde(default)]
    #[param(required = false)]
    tag: Vec<String>,
    /// Trainings that they have in a step, by code or id.
    #[serde(default)]
    #[param(required = false)]
    training: Vec<String>,
    /// By `title` or by `code`; by title, unless said.
    sort: Option<String>,
    /// How many on a page: 1 to 500, and 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

impl PathsQuery {
    fn into_filter(self) -> Result<PathFilter, Problem> {
        let mut filter = PathFilter::new();
        filter = self.search.iter().fold(filter, |filter, text| filter.search(text));
        for text in &self.status {
            filter = filter.status(PathStatus::parse(text).map_err(Problem::in_query)?);
        }
        filter = self.category.iter().fold(filter, |filter, label| filter.category(label));
        filter = self.tag.iter().fold(filter, |filter, label| filter.tag(label));
        filter = self.training.iter().fold(filter, |filter, name| filter.training(name));
        filter = match self.sort.as_deref() {
            None | Some("title") => filter,
            Some("code") => filter.by_code(true),
            Some(other) => {
                let detail = format!("paths are not sorted by `{}`", other.escape_debug());
                return Err(QUERY.problem(detail).with_hint("sort by `title` or by `code`"));
            }
        };
        filter = self.limit.into_iter().fold(filter, PathFilter::limit);
        Ok(self.cursor.iter().fold(filter, |filter, cursor| filter.cursor(cursor)))
    }
}

/// Which version is shown.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ShownQuery {
    /// A number, or `draft`; unless said, the newest that was published, or the draft where none was.
    #[param(example = "1")]
    version: Option<String>,
}

impl ShownQuery {
    fn shown(&self) -> Result<PathShown, Problem> {
        match self.version.as_deref() {
            None => Ok(PathShown::Current),
            Some("draft") => Ok(PathShown::Draft),
            Some(number) => number.parse().map(PathShown::Version).map_err(|_| {
                QUERY
                    .problem(format!("`{}` is no version of a path", number.escape_debug()))
                    .with_hint("ask for a whole number, or for `draft`")
            }),
        }
    }
}

async fn list(
    call: Call,
    Query(query): Query<PathsQuery>,
) -> Result<Answer<PageBody<PathBody>>, Problem> {
    let filter = query.into_filter()?;
    let page = call.lms.paths().list(&call.actor, filter).await.map_err(Problem::in_query)?;
    Ok(Answer(PageBody::of(page, PathBody::from)))
}

async fn add(
    call: Call,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<NewPathBody>,
) -> Result<Response, Problem> {
    let new = body.into_new()?;
    let outcome = call.lms.paths().add(&call.actor, new).await.map_err(problem_of_whole)?;
    let location = format!("paths/{}", outcome.value.id);
    Ok(made::<PathBody>(&location, outcome.value.updated_at, outcome.into()))
}

async fn show(
    call: Call,
    Segment(code): Segment,
    tags: IfNoneMatch,
    Query(query): Query<ShownQuery>,
) -> Result<Response, Problem> {
    let card = call.lms.paths().show(&call.actor, &code, query.shown()?).await;
    let card = card.map_err(|error| match error.field() {
        Some("version") => Problem::at_address(error, "version"),
        _ => problem(error),
    })?;
    Ok(tags.show_all_of(card.path.updated_at, &CardBody::from(card)))
}

async fn put(
    call: Call,
    Segment(code): Segment,
    Query(NoParameters {}): Query<NoParameters>,
    IfMatch(seen): IfMatch<Timestamp>,
    Json(body): Json<PathPut>,
) -> Result<Response, Problem> {
    edited(&call, &code, seen, body.into_change()?, problem_of_whole).await
}

/// Changes the draft of a path.
async fn edited(
    call: &Call,
    code: &str,
    seen: Option<Timestamp>,
    change: PathChange,
    problem: fn(Error) -> Problem,
) -> Result<Response, Problem> {
    let paths = call.lms.paths().unchanged_since(seen);
    let outcome = paths.edit(&call.actor, code, change).await.map_err(problem)?;
    Ok(changed::<PathBody>(outcome.value.updated_at, outcome.into()))
}

async fn remove(
    call: Call,
    Segment(code): Segment,
    Query(NoParameters {}): Query<NoParameters>,
    IfMatch(seen): IfMatch<Timestamp>,
) -> Result<Response, Problem> {
    let paths = call.lms.paths().unchanged_since(seen);
    let outcome = paths.remove(&call.actor, &code).await.map_err(problem)?;
    Ok(changed::<PathBody>(outcome.value.updated_at, outcome.into()))
}

async fn versions(
    call: Call,
    Segment(code): Segment,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Answer<PageBody<VersionBody>>, Problem> {
    let card = call.lms.paths().show(&call.actor, &code, PathShown::Current).await;
    Ok(Answer(PageBody::whole(card.map_err(problem)?.versions, VersionBody::from)))
}
