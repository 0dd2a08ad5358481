//! The modules of a training, one by one: each call makes, or goes on with, its draft.

use axum::Json as Answer;
use axum::response::Response;
use lms_core::{Error, Item, ItemContent, ModuleStep, Timestamp, TrainingChange};
use serde_json::json;

use super::{
    EquivalentEnd, EquivalentNew, Equivalents, ModuleDocument, PUBLISH, QuizItemBody, TrainingBody,
    WRITE, edited, needed_day, of_one, problem,
};
use crate::answer::{OutcomeBody, changed};
use crate::auth::Call;
use crate::conditional::IfMatch;
use crate::error::Problem;
use crate::extract::{Json, Segment, Segments};
use crate::openapi::Resource;
use crate::query::{NoParameters, Query, day};

pub(super) fn routes(resource: Resource) -> Resource {
    let one = "/api/v1/trainings/{code}/modules/{module}";
    let module = |id, summary| {
        of_one(id, summary).path("module", "The key of a module", "your-rights").permission(WRITE)
    };
    let example = json!({
        "title": "The law",
        "minutes": 5,
        "items": [{ "title": "In full", "kind": "link", "url": "https://example.com/law" }]
    });
    let equivalents = "/api/v1/trainings/{code}/equivalents";
    resource
        .post(
            "/api/v1/trainings/{code}/modules",
            add,
            of_one("add_module", "Put a module in")
                .text("At the end.")
                .permission(WRITE)
                .if_match()
                .body::<ModuleDocument>(example.clone())
                .outcome::<TrainingBody>()
                .conflicts(),
        )
        .put(
            one,
            put,
            module("put_module", "Write a module anew")
                .text("It keeps its place, and its key unless the body has another one.")
                .if_match()
                .body::<ModuleDocument>(example)
                .outcome::<TrainingBody>()
                .conflicts(),
        )
        .delete(
            one,
            remove,
            module("remove_module", "Take a module out")
                .if_match()
                .outcome::<TrainingBody>()
                .conflicts(),
        )
        .post(
            "/api/v1/trainings/{code}/quizzes",
            add_quiz,
            of_one("add_training_quiz", "Have a quiz passed in a training")
                .text(
                    "It becomes the last item of a module; publishing asks that the quiz is there.",
                )
                .permission(WRITE)
                .if_match()
                .body::<QuizItemBody>(json!({
                    "module": "your-rights", "title": "Before you go on", "quiz": "FIRE-SHORT"
                }))
                .outcome::<TrainingBody>()
                .conflicts(),
        )
        .post(
            equivalents,
            add_equivalent,
            of_one("add_equivalent", "Let another training count for this one")
                .text("A dated fact: it needs no new version of either.")
                .permission(PUBLISH)
                .body::<EquivalentNew>(json!({ "satisfied_by": "SEC-200", "from": "2027-01-01" }))
                .outcome::<Equivalents>()
                .conflicts(),
        )
        .delete(
            equivalents,
            end_equivalent,
            of_one("end_equivalent", "Let another training count no longer")
                .permission(PUBLISH)
                .query::<EquivalentEnd>()
                .outcome::<Equivalents>()
                .conflicts(),
        )
}

async fn add(
    call: Call,
    Segment(code): Segment,
    Query(NoParameters {}): Query<NoParameters>,
    IfMatch(seen): IfMatch<Timestamp>,
    Json(body): Json<ModuleDocument>,
) -> Result<Response, Problem> {
    edited(&call, &code, seen, TrainingChange::new().add_module(body.0), problem_of_module).await
}

async fn put(
    call: Call,
    Segments(code, module): Segments,
    Query(NoParameters {}): Query<NoParameters>,
    IfMatch(seen): IfMatch<Timestamp>,
    Json(body): Json<ModuleDocument>,
) -> Result<Response, Problem> {
    stepped(&call, &code, seen, ModuleStep::Replace { module, with: body.0 }).await
}

async fn remove(
    call: Call,
    Segments(code, module): Segments,
    Query(NoParameters {}): Query<NoParameters>,
    IfMatch(seen): IfMatch<Timestamp>,
) -> Result<Response, Problem> {
    stepped(&call, &code, seen, ModuleStep::Remove { module }).await
}

/// Takes a step with the module in the address.
async fn stepped(
    call: &Call,
    code: &str,
    seen: Option<Timestamp>,
    step: ModuleStep,
) -> Result<Response, Problem> {
    let catalog = call.lms.catalog().unchanged_since(seen);
    let change = TrainingChange::new().step(step);
    let outcome = catalog.edit(&call.actor, code, change).await;
    let outcome = outcome.map_err(|error| match error.field() {
        Some("module") => Problem::at_address(error, "module"),
        _ => problem_of_module(error),
    })?;
    Ok(changed::<TrainingBody>(outcome.value.updated_at, outcome.into()))
}

/// What went wrong with a body that is a module: fields are told from where it begins.
fn problem_of_module(error: Error) -> Problem {
    problem(error).with_fields_named(|field| within("modules", field).to_owned())
}

/// What went wrong with a body that is an item of a module.
fn problem_of_item(error: Error) -> Problem {
    problem_of_module(error).with_fields_named(|field| within("items", field).to_owned())
}

/// What stands behind `LIST[N].`, or all of it where that is not how it begins.
fn within<'f>(list: &str, field: &'f str) -> &'f str {
    let rest = field.strip_prefix(list).and_then(|rest| rest.strip_prefix('['));
    rest.and_then(|rest| rest.split_once("].")).map_or(field, |(_, rest)| rest)
}

async fn add_quiz(
    call: Call,
    Segment(code): Segment,
    Query(NoParameters {}): Query<NoParameters>,
    IfMatch(seen): IfMatch<Timestamp>,
    Json(body): Json<QuizItemBody>,
) -> Result<Response, Problem> {
    let mut item = Item::new(&body.title, ItemContent::Quiz { quiz: body.quiz });
    item.key = body.key.unwrap_or_default();
    let step = ModuleStep::PutItem { module: body.module, item };
    edited(&call, &code, seen, TrainingChange::new().step(step), problem_of_item).await
}

async fn add_equivalent(
    call: Call,
    Segment(code): Segment,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<EquivalentNew>,
) -> Result<Answer<OutcomeBody<Equivalents>>, Problem> {
    let from = day("from", body.from.as_deref())?;
    let until = day("until", body.until.as_deref())?;
    let catalog = call.lms.catalog();
    let outcome = catalog.add_equivalent(&call.actor, &code, &body.satisfied_by, from, until).await;
    Ok(Answer(outcome.map_err(problem)?.into()))
}

async fn end_equivalent(
    call: Call,
    Segment(code): Segment,
    Query(query): Query<EquivalentEnd>,
) -> Result<Answer<OutcomeBody<Equivalents>>, Problem> {
    let until = needed_day("until", &query.until).map_err(Problem::in_query)?;
    let catalog = call.lms.catalog();
    let outcome = catalog.end_equivalent(&call.actor, &code, &query.satisfied_by, until).await;
    let outcome = outcome.map_err(|error| match error.field() {
        Some("satisfied_by") => Problem::in_query(error),
        _ => problem(error),
    })?;
    Ok(Answer(outcome.into()))
}
