//! `/questions`: the bank that quizzes ask from. What is right stands in it, so that all of it needs
//! `quizzes.read`, which learners and managers do not have.

mod body;

use axum::Json as Answer;
use axum::response::Response;
use lms_core::{Error, QuestionFilter, QuestionKind, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

use super::quizzes::{READ, WRITE};
use crate::answer::{CountedPageBody, PageBody, changed, made};
use crate::auth::Call;
use crate::conditional::{IfMatch, IfNoneMatch};
use crate::definitions::named;
use crate::error::Problem;
use crate::extract::{Json, Segment};
use crate::openapi::{About, Resource};
use crate::query::{Fields, NoParameters, Query, Row};
use body::{NewQuestionBody, QuestionBody, QuestionCard, QuestionPut};

const ALL: &str = "/api/v1/questions";
const ONE: &str = "/api/v1/questions/{code}";

pub(super) fn resource() -> Resource {
    let text =
        "The bank that quizzes ask from: each question a document as it stands in files too.";
    Resource::new("Questions", text)
        .get(
            ALL,
            list,
            About::new("list_questions", "List questions")
                .text("By code, and without those that are archived, unless they are asked for.")
                .permission(READ)
                .query::<QuestionsQuery>()
                .counted_page::<QuestionBody>(),
        )
        .post(
            ALL,
            add,
            About::new("add_question", "Add a question")
                .text("For more than a few there is `POST quizzes/import`.")
                .permission(WRITE)
                .body::<NewQuestionBody>(json!({
                    "code": "LIFT-01", "tags": ["lifts"], "definition": lifts()
                }))
                .made::<QuestionBody>()
                .conflicts(),
        )
        .get(
            ONE,
            show,
            of_one("show_question", "Show a question")
                .text("With what is right.")
                .permission(READ)
                .if_none_match()
                .shows::<QuestionCard>("the newest version"),
        )
        .put(
            ONE,
            put,
            of_one("put_question", "Write a question anew")
                .text(
                    "A new version; attempts keep theirs. Refused while a quiz could then no longer be \
                     asked in full.",
                )
                .permission(WRITE)
                .if_match()
                .body::<QuestionPut>(json!({ "definition": lifts() }))
                .outcome::<QuestionBody>()
                .conflicts(),
        )
        .delete(
            ONE,
            archive,
            of_one("archive_question", "Take a question out of use")
                .text(
                    "Nothing is deleted: `PUT` with `\"archived\": false` takes it back. Refused while \
                     a quiz cannot do without it.",
                )
                .permission(WRITE)
                .if_match()
                .outcome::<QuestionBody>()
                .conflicts(),
        )
}

/// A question that could be asked.
fn lifts() -> Value {
    json!({
        "kind": "single",
        "text": "What do you look at before a lift is loaded?",
        "options": [
            { "text": "Whether its cage is closed", "right": true },
            { "text": "Whether somebody waits", "feedback": "Let them wait." }
        ]
    })
}

fn of_one(id: &str, summary: &str) -> About {
    About::new(id, summary).path("code", "A code or an id", "FIRE-01")
}

/// What went wrong with the question in the address.
fn problem(error: Error) -> Problem {
    Problem::at_address(error, "question")
}

/// What went wrong with a body that has a definition: fields of it are found within it.
fn problem_of_whole(error: Error) -> Problem {
    named(problem(error), &["code", "tags", "archived"])
}

/// Which questions. Several values of one parameter: all of them.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct QuestionsQuery {
    /// Words that begin so, in code or text.
    search: Option<String>,
    /// Tags that they have, all of them.
    #[serde(default)]
    #[param(required = false)]
    tag: Vec<String>,
    /// The kind of answer that they want, such as `single` or `numeric`.
    kind: Option<String>,
    /// Also those that are archived.
    archived: Option<bool>,
    /// Tell how many there are on all pages.
    total: Option<bool>,
    /// Only these fields of each question, separated by commas.
    #[param(example = "code,kind,tags")]
    fields: Option<String>,
    /// How many on a page: 1 to 500, and 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

impl QuestionsQuery {
    fn filter(&self) -> Result<QuestionFilter, Error> {
        let filter = QuestionFilter::new().archived(self.archived.unwrap_or_default());
        let filter = self.search.iter().fold(filter, |filter, text| filter.search(text));
        let filter = self.tag.iter().fold(filter, |filter, tag| filter.tag(tag));
        let kind = self.kind.as_deref().map(QuestionKind::parse).transpose()?;
        let filter = kind.into_iter().fold(filter, QuestionFilter::kind);
        let filter = self.limit.into_iter().fold(filter, QuestionFilter::limit);
        Ok(self.cursor.iter().fold(filter, |filter, cursor| filter.cursor(cursor)))
    }
}

async fn list(
    call: Call,
    Query(query): Query<QuestionsQuery>,
) -> Result<Answer<CountedPageBody<Row<QuestionBody>>>, Problem> {
    let fields = Fields::of::<QuestionBody>(query.fields.as_deref())?;
    let filter = query.filter().map_err(Problem::in_query)?;
    let quizzes = call.lms.quizzes();
    let page = quizzes.questions(&call.actor, filter.clone()).await.map_err(Problem::in_query)?;
    let total = match query.total {
        Some(true) => Some(quizzes.count_questions(&call.actor, &filter).await?),
        _ => None,
    };
    let page = PageBody::of(page, |question| fields.of_row(QuestionBody::from(question)));
    Ok(Answer(CountedPageBody::new(page, total)))
}

async fn add(
    call: Call,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<NewQuestionBody>,
) -> Result<Response, Problem> {
    let new = body.into_new()?;
    let outcome = call.lms.quizzes().add_question(&call.actor, new).await;
    let outcome = outcome.map_err(problem_of_whole)?;
    let location = format!("questions/{}", outcome.value.id);
    Ok(made::<QuestionBody>(&location, outcome.value.updated_at, outcome.into()))
}

async fn show(
    call: Call,
    Segment(code): Segment,
    tags: IfNoneMatch,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Response, Problem> {
    let question = call.lms.quizzes().question(&call.actor, &code).await.map_err(problem)?;
    Ok(tags.show(question.updated_at, &QuestionCard::from(question)))
}

async fn put(
    call: Call,
    Segment(code): Segment,
    Query(NoParameters {}): Query<NoParameters>,
    IfMatch(seen): IfMatch<Timestamp>,
    Json(body): Json<QuestionPut>,
) -> Result<Response, Problem> {
    let change = body.into_change()?;
    let quizzes = call.lms.quizzes().unchanged_since(seen);
    let outcome = quizzes.edit_question(&call.actor, &code, change).await;
    let outcome = outcome.map_err(problem_of_whole)?;
    Ok(changed::<QuestionBody>(outcome.value.updated_at, outcome.into()))
}

async fn archive(
    call: Call,
    Segment(code): Segment,
    Query(NoParameters {}): Query<NoParameters>,
    IfMatch(seen): IfMatch<Timestamp>,
) -> Result<Response, Problem> {
    let quizzes = call.lms.quizzes().unchanged_since(seen);
    let outcome = quizzes.archive_question(&call.actor, &code).await.map_err(problem)?;
    Ok(changed::<QuestionBody>(outcome.value.updated_at, outcome.into()))
}
