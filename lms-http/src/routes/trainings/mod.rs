//! `/trainings`: the catalog, and the life of a training from draft to archive.

mod body;
mod list;
mod modules;
mod publish;

use axum::Json as Answer;
use axum::response::Response;
use lms_core::{Day, Error, NewTraining, Shown, Timestamp, TrainingChange, VersionNumber};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

use crate::answer::{PageBody, changed, made};
use crate::auth::Call;
use crate::conditional::{IfMatch, IfNoneMatch};
use crate::definitions::named;
use crate::error::{Problem, QUERY};
use crate::extract::{Json, Segment};
use crate::openapi::{About, Resource};
use crate::query::{NoParameters, Query, day};
pub(super) use body::ProblemBody;
use body::{
    CardBody, CategoryBody, CloneBody, EquivalentEnd, EquivalentNew, Equivalents, ModuleDocument,
    NewTrainingBody, PublishBody, PublishPlanBody, QuizItemBody, TrainingBody, TrainingPut,
    VersionBody,
};
use list::{SearchQuery, TrainingsQuery};

pub(super) const READ: &str = "catalog.read";
pub(super) const WRITE: &str = "catalog.write";
pub(super) const PUBLISH: &str = "catalog.publish";

const ALL: &str = "/api/v1/trainings";
const ONE: &str = "/api/v1/trainings/{code}";

pub(super) fn resource() -> Resource {
    let text = "The catalog: trainings in versions, each a document as it stands in files too.";
    let resource = Resource::new("Trainings", text)
        .get(
            ALL,
            list::list,
            About::new("list_trainings", "List trainings")
                .text("Those that are not archived, without templates, unless other ones are asked for.")
                .permission(READ)
                .query::<TrainingsQuery>()
                .page::<TrainingBody>(),
        )
        .get(
            "/api/v1/trainings/search",
            list::search,
            About::new("search_trainings", "Search trainings")
                .text("By the beginnings of words in code, title, description, labels and headings.")
                .permission(READ)
                .query::<SearchQuery>()
                .page::<TrainingBody>(),
        )
        .get(
            "/api/v1/trainings/categories",
            categories,
            About::new("list_categories", "List the headings of the catalog")
                .text("All of them in one page, with how many trainings stand under each.")
                .permission(READ)
                .page::<CategoryBody>(),
        )
        .post(
            ALL,
            add,
            About::new("add_training", "Make a training")
                .text("As a draft; nobody is given it before it is published.")
                .permission(WRITE)
                .body::<NewTrainingBody>(json!({ "code": "LIFTS", "definition": lifts() }))
                .made::<TrainingBody>()
                .conflicts(),
        )
        .get(
            ONE,
            show,
            of_one("show_training", "Show a training")
                .text("With all that stands in one of its versions, and what stands in the way of publishing its draft.")
                .permission(READ)
                .query::<ShownQuery>()
                .if_none_match()
                .shows::<CardBody>("the version that was asked for"),
        )
        .put(
            ONE,
            put,
            of_one("put_training", "Write a training anew")
                .text("All that is said of it, as its draft. What is published stays as it is.")
                .permission(WRITE)
                .if_match()
                .body::<TrainingPut>(json!({ "definition": lifts() }))
                .outcome::<TrainingBody>()
                .conflicts(),
        )
        .delete(
            ONE,
            remove,
            of_one("remove_training", "Take a training away")
                .text("Only one that was never published; what was published once is archived.")
                .permission(WRITE)
                .if_match()
                .outcome::<TrainingBody>()
                .conflicts(),
        )
        .get(
            "/api/v1/trainings/{code}/versions",
            versions,
            of_one("list_versions", "List the versions of a training")
                .text("All of them in one page, the newest first.")
                .permission(READ)
                .page::<VersionBody>(),
        )
        .post(
            "/api/v1/trainings/{code}/clone",
            copy,
            of_one("clone_training", "Copy a training")
                .text("As its author has it now, with a code of its own; it begins as a draft.")
                .permission(WRITE)
                .body::<CloneBody>(json!({ "code": "LIFTS-2" }))
                .made::<TrainingBody>()
                .conflicts(),
        );
    publish::routes(modules::routes(resource))
}

/// A training that could be published.
fn lifts() -> Value {
    json!({
        "title": "Working with lifts",
        "category": "Safety",
        "validity_months": 12,
        "modules": [{
            "title": "Before you begin",
            "minutes": 10,
            "items": [{ "title": "Look first", "kind": "text", "text": "Is the **cage** closed?" }]
        }]
    })
}

fn of_one(id: &str, summary: &str) -> About {
    About::new(id, summary).path("code", "A code or an id", "GDPR-101")
}

/// What went wrong with the training in the address.
fn problem(error: Error) -> Problem {
    Problem::at_address(error, "training")
}

/// What went wrong with a body that has a definition: fields of it are found within it.
fn problem_of_whole(error: Error) -> Problem {
    named(problem(error), &["code", "template"])
}

/// Which version is shown.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ShownQuery {
    /// A number such as `2.0`, or `draft`; unless said, the newest that was published, or the draft
    /// where none was.
    #[param(example = "1.0")]
    version: Option<String>,
    /// The version that was in the catalog at the end of this day.
    #[param(format = Date)]
    as_of: Option<String>,
}

impl ShownQuery {
    fn shown(&self) -> Result<Shown, Problem> {
        let as_of = day("as_of", self.as_of.as_deref()).map_err(Problem::in_query)?;
        match (self.version.as_deref(), as_of) {
            (None, None) => Ok(Shown::Current),
            (None, Some(day)) => Ok(Shown::AsOf(day)),
            (Some("draft"), None) => Ok(Shown::Draft),
            (Some(number), None) => {
                VersionNumber::parse(number).map(Shown::Version).map_err(Problem::in_query)
            }
            (Some(_), Some(_)) => Err(QUERY
                .problem("`version` and `as_of` both say which version")
                .with_hint("leave one of them out")),
        }
    }
}

async fn categories(
    call: Call,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Answer<PageBody<CategoryBody>>, Problem> {
    let categories = call.lms.catalog().categories(&call.actor).await?;
    Ok(Answer(PageBody::whole(categories, CategoryBody::from)))
}

async fn add(
    call: Call,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<NewTrainingBody>,
) -> Result<Response, Problem> {
    added(&call, body.into_new()?, problem_of_whole).await
}

async fn copy(
    call: Call,
    Segment(code): Segment,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<CloneBody>,
) -> Result<Response, Problem> {
    let copy = NewTraining::copy_of(&body.code, &code).template(body.template);
    added(&call, copy, problem).await
}

async fn added(
    call: &Call,
    new: NewTraining,
    problem: fn(Error) -> Problem,
) -> Result<Response, Problem> {
    let outcome = call.lms.catalog().add(&call.actor, new).await.map_err(problem)?;
    let location = format!("trainings/{}", outcome.value.id);
    Ok(made::<TrainingBody>(&location, outcome.value.updated_at, outcome.into()))
}

async fn show(
    call: Call,
    Segment(code): Segment,
    tags: IfNoneMatch,
    Query(query): Query<ShownQuery>,
) -> Result<Response, Problem> {
    let card = call.lms.catalog().show(&call.actor, &code, query.shown()?).await;
    let card = card.map_err(|error| match error.field() {
        Some("version") => Problem::at_address(error, "version"),
        _ => problem(error),
    })?;
    Ok(tags.show_all_of(card.training.updated_at, &CardBody::from(card)))
}

async fn put(
    call: Call,
    Segment(code): Segment,
    Query(NoParameters {}): Query<NoParameters>,
    IfMatch(seen): IfMatch<Timestamp>,
    Json(body): Json<TrainingPut>,
) -> Result<Response, Problem> {
    edited(&call, &code, seen, body.into_change()?, problem_of_whole).await
}

/// Changes the draft of a training.
async fn edited(
    call: &Call,
    code: &str,
    seen: Option<Timestamp>,
    change: TrainingChange,
    problem: fn(Error) -> Problem,
) -> Result<Response, Problem> {
    let catalog = call.lms.catalog().unchanged_since(seen);
    let outcome = catalog.edit(&call.actor, code, change).await.map_err(problem)?;
    Ok(changed::<TrainingBody>(outcome.value.updated_at, outcome.into()))
}

async fn remove(
    call: Call,
    Segment(code): Segment,
    Query(NoParameters {}): Query<NoParameters>,
    IfMatch(seen): IfMatch<Timestamp>,
) -> Result<Response, Problem> {
    let catalog = call.lms.catalog().unchanged_since(seen);
    let outcome = catalog.remove(&call.actor, &code).await.map_err(problem)?;
    Ok(changed::<TrainingBody>(outcome.value.updated_at, outcome.into()))
}

async fn versions(
    call: Call,
    Segment(code): Segment,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Answer<PageBody<VersionBody>>, Problem> {
    let versions = call.lms.catalog().versions(&call.actor, &code).await.map_err(problem)?;
    Ok(Answer(PageBody::whole(versions, VersionBody::from)))
}

/// Reads a day that has to be there.
fn needed_day(field: &str, text: &str) -> Result<Day, Error> {
    Day::parse(text).map_err(|error| error.with_field(field))
}
