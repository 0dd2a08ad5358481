//! `/quizzes`: what is asked of whom passes, the sheet that a learner gets, and whole files.

mod body;
mod file;
mod preview;

use axum::Json as Answer;
use axum::response::Response;
use lms_core::{Changed, Error, Quiz, QuizChange, QuizFilter, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

use crate::answer::{CountedPageBody, PageBody, changed, made};
use crate::auth::Call;
use crate::conditional::{IfMatch, IfNoneMatch};
use crate::definitions::named;
use crate::error::Problem;
use crate::extract::{Json, Segment};
use crate::openapi::{About, Resource};
use crate::query::{Fields, NoParameters, Query, Row};
use body::{NewQuizBody, QuizBody, QuizCard, QuizPut};
use file::{ExportQuery, FileBody, ImportBody, ImportQuery};
use preview::PreviewQuery;
pub(super) use preview::SheetBody;

/// To see questions with what is right, and quizzes.
pub(super) const READ: &str = "quizzes.read";
/// To write both.
pub(super) const WRITE: &str = "quizzes.write";

const ALL: &str = "/api/v1/quizzes";
const ONE: &str = "/api/v1/quizzes/{code}";

pub(super) fn resource() -> Resource {
    let text = "What is asked of whoever is to pass: questions of the bank, by code and by chance.";
    let resource = Resource::new("Quizzes", text)
        .get(
            ALL,
            list,
            About::new("list_quizzes", "List quizzes")
                .text("By code, and without those that are archived, unless they are asked for.")
                .permission(READ)
                .query::<QuizzesQuery>()
                .counted_page::<QuizBody>(),
        )
        .post(
            ALL,
            add,
            About::new("add_quiz", "Make a quiz")
                .text("Refused with all that it asks and the bank does not have.")
                .permission(WRITE)
                .body::<NewQuizBody>(json!({ "code": "FIRE-LONG", "definition": fire() }))
                .made::<QuizBody>()
                .conflicts(),
        )
        .get(
            ONE,
            show,
            of_one("show_quiz", "Show a quiz")
                .permission(READ)
                .if_none_match()
                .shows::<QuizCard>("the newest version"),
        )
        .put(
            ONE,
            put,
            of_one("put_quiz", "Write a quiz anew")
                .text("A new version; attempts keep theirs.")
                .permission(WRITE)
                .if_match()
                .body::<QuizPut>(json!({ "definition": fire() }))
                .outcome::<QuizBody>()
                .conflicts(),
        )
        .delete(
            ONE,
            archive,
            of_one("archive_quiz", "Take a quiz out of use")
                .text(
                    "Nothing is deleted: `PUT` with `\"archived\": false` takes it back. Refused while \
                     a training asks for it.",
                )
                .permission(WRITE)
                .if_match()
                .outcome::<QuizBody>()
                .conflicts(),
        )
        .get(
            "/api/v1/quizzes/{code}/preview",
            preview::preview,
            of_one("preview_quiz", "Show a sheet")
                .text("The questions of one attempt as a learner gets them, without what is right.")
                .permission(READ)
                .query::<PreviewQuery>()
                .answers::<SheetBody>(200, "the sheet that follows from the seed"),
        );
    files(resource)
}

fn files(resource: Resource) -> Resource {
    resource
        .get(
            "/api/v1/quizzes/export",
            file::export,
            About::new("export_quizzes", "Write quizzes as a file")
                .text("With all that they can ask and what is right, as `POST quizzes/import` takes it.")
                .permission(READ)
                .query::<ExportQuery>()
                .answers::<FileBody>(200, "the file"),
        )
        .post(
            "/api/v1/quizzes/import",
            file::import,
            About::new("import_quizzes", "Import a file with questions and quizzes")
                .text(
                    "All of it or nothing. It makes and changes what it names, and leaves everything \
                     else alone.",
                )
                .permission(WRITE)
                .query::<ImportQuery>()
                .body::<FileBody>(json!({
                    "questions": [
                        { "code": "HEIGHT-01", "kind": "essay", "text": "Why is there a rail?" }
                    ],
                    "quizzes": [{
                        "code": "HEIGHT",
                        "title": "Working at height",
                        "sections": [{ "questions": ["HEIGHT-01"] }]
                    }]
                }))
                .answers::<ImportBody>(200, "what changed, or with `dry_run` what would")
                .conflicts()
                .fails_with(412),
        )
}

/// A quiz that could be given.
fn fire() -> Value {
    json!({
        "title": "Fire safety",
        "passing_percent": 80,
        "attempts_max": 3,
        "sections": [{ "title": "To begin with", "questions": ["FIRE-01"] }]
    })
}

fn of_one(id: &str, summary: &str) -> About {
    About::new(id, summary).path("code", "A code or an id", "FIRE-SHORT")
}

/// What went wrong with the quiz in the address.
fn problem(error: Error) -> Problem {
    Problem::at_address(error, "quiz")
}

/// What went wrong with a body that has a definition: fields of it are found within it.
fn problem_of_whole(error: Error) -> Problem {
    named(problem(error), &["code", "archived"])
}

/// Which quizzes.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct QuizzesQuery {
    /// Words that begin so, in code or title.
    search: Option<String>,
    /// Also those that are archived.
    archived: Option<bool>,
    /// Tell how many there are on all pages.
    total: Option<bool>,
    /// Only these fields of each quiz, separated by commas.
    #[param(example = "code,title,questions")]
    fields: Option<String>,
    /// How many on a page: 1 to 500, and 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

impl QuizzesQuery {
    fn filter(&self) -> QuizFilter {
        let filter = QuizFilter::new().archived(self.archived.unwrap_or_default());
        let filter = self.search.iter().fold(filter, |filter, text| filter.search(text));
        let filter = self.limit.into_iter().fold(filter, QuizFilter::limit);
        self.cursor.iter().fold(filter, |filter, cursor| filter.cursor(cursor))
    }
}

async fn list(
    call: Call,
    Query(query): Query<QuizzesQuery>,
) -> Result<Answer<CountedPageBody<Row<QuizBody>>>, Problem> {
    let fields = Fields::of::<QuizBody>(query.fields.as_deref())?;
    let filter = query.filter();
    let quizzes = call.lms.quizzes();
    let page = quizzes.quizzes(&call.actor, filter.clone()).await.map_err(Problem::in_query)?;
    let total = match query.total {
        Some(true) => Some(quizzes.count_quizzes(&call.actor, &filter).await?),
        _ => None,
    };
    let page = PageBody::of(page, |quiz| fields.of_row(QuizBody::from(quiz)));
    Ok(Answer(CountedPageBody::new(page, total)))
}

async fn add(
    call: Call,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<NewQuizBody>,
) -> Result<Response, Problem> {
    let new = body.into_new()?;
    let outcome = call.lms.quizzes().add_quiz(&call.actor, new).await;
    let outcome = outcome.map_err(problem_of_whole)?;
    let location = format!("quizzes/{}", outcome.value.id);
    Ok(made::<QuizBody>(&location, outcome.value.updated_at, outcome.into()))
}

async fn show(
    call: Call,
    Segment(code): Segment,
    tags: IfNoneMatch,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Response, Problem> {
    let quiz = call.lms.quizzes().quiz(&call.actor, &code).await.map_err(problem)?;
    Ok(tags.show(quiz.updated_at, &QuizCard::from(quiz)))
}

async fn put(
    call: Call,
    Segment(code): Segment,
    Query(NoParameters {}): Query<NoParameters>,
    IfMatch(seen): IfMatch<Timestamp>,
    Json(body): Json<QuizPut>,
) -> Result<Response, Problem> {
    let change = body.into_change()?;
    let outcome = edited(&call, &code, seen, change).await.map_err(problem_of_whole)?;
    Ok(changed::<QuizBody>(outcome.value.updated_at, outcome.into()))
}

async fn archive(
    call: Call,
    Segment(code): Segment,
    Query(NoParameters {}): Query<NoParameters>,
    IfMatch(seen): IfMatch<Timestamp>,
) -> Result<Response, Problem> {
    let change = QuizChange::new().archived(true);
    let outcome = edited(&call, &code, seen, change).await.map_err(problem)?;
    Ok(changed::<QuizBody>(outcome.value.updated_at, outcome.into()))
}

async fn edited(
    call: &Call,
    code: &str,
    seen: Option<Timestamp>,
    change: QuizChange,
) -> lms_core::Result<Changed<Quiz>> {
    call.lms.quizzes().unchanged_since(seen).edit_quiz(&call.actor, code, change).await
}
