//! `/progress/quiz` and `/attempts`: taking quizzes, and grading what a machine cannot.

mod body;

use axum::Json as Answer;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use lms_core::{AttemptFilter, AttemptState, Error, QueueFilter};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

use crate::answer::{OutcomeBody, PageBody, changed, made};
use crate::auth::Call;
use crate::conditional::IfNoneMatch;
use crate::error::Problem;
use crate::extract::{Json, Segment};
use crate::openapi::{About, Resource};
use crate::query::{NoParameters, Query};
use body::{
    AnswersBody, AttemptBody, AttemptCardBody, GradingBody, NewAttemptBody, QueuedBody,
    SubmissionBody,
};

/// To see how far people are.
const READ: &str = "progress.read";
/// To learn.
const WRITE: &str = "progress.write";
/// To grade what a machine cannot.
const GRADE: &str = "quizzes.grade";

const ONE: &str = "/api/v1/attempts/{id}";

pub(super) fn resource() -> Resource {
    let text = "Quizzes as they are taken: one attempt at a time, until its time is over. What is \
                right is told to nobody before an attempt is closed.";
    Resource::new("Attempts", text)
        .post(
            "/api/v1/progress/quiz/start",
            begin,
            About::new("begin_attempt", "Begin an attempt")
                .text(
                    "At a quiz of a training that one has to do. While an attempt is open it is \
                     given back as it is, with 200 instead of 201.",
                )
                .permission(WRITE)
                .body::<NewAttemptBody>(json!({
                    "training": "FIRE-101", "quiz": "FIRE-SHORT", "person": "ada@example.com"
                }))
                .made::<AttemptCardBody>()
                .outcome::<AttemptCardBody>()
                .conflicts(),
        )
        .patch(
            "/api/v1/attempts/{id}/answers",
            save,
            of_one("save_answers", "Keep answers")
                .text(
                    "Those that are new; what was saved before stays. They are there when this is \
                     answered, and count when the time is over.",
                )
                .permission(WRITE)
                .body::<AnswersBody>(json!({ "answers": { KEY: "Through the door." } }))
                .shows::<AttemptBody>("the attempt as it is now")
                .conflicts(),
        )
        .post(
            "/api/v1/progress/quiz/submit",
            submit,
            About::new("submit_attempt", "Hand an attempt in")
                .text(
                    "With answers beside those that were saved. What comes when the time is over is \
                     not looked at. Handing in again changes nothing, so that it can be tried again.",
                )
                .permission(WRITE)
                .body::<SubmissionBody>(json!({
                    "attempt": EXAMPLE, "answers": { KEY: "Through the door." }
                }))
                .outcome::<AttemptCardBody>(),
        )
        .get(
            "/api/v1/progress/quiz/{code}/attempts",
            list,
            About::new("list_attempts", "List attempts at a quiz")
                .text("Of all whom one may see, the newest first.")
                .path("code", "The quiz, by code or id", "FIRE-SHORT")
                .permission(READ)
                .query::<AttemptsQuery>()
                .page::<AttemptBody>(),
        )
        .get(
            "/api/v1/attempts/queue",
            queue,
            About::new("list_grading_queue", "List what waits to be graded")
                .text("Attempts with answers that wait for a person, the oldest first.")
                .permission(GRADE)
                .query::<QueueQuery>()
                .page::<QueuedBody>(),
        )
        .get(
            ONE,
            show,
            of_one("show_attempt", "Show an attempt")
                .text(
                    "With its sheet and answers; when it is closed, with what each earned; and with \
                     what is right when the person can make no other attempt.",
                )
                .permission(READ)
                .if_none_match()
                .shows::<AttemptCardBody>("the attempt"),
        )
        .put(
            "/api/v1/attempts/{id}/grade",
            grade,
            of_one("grade_attempt", "Grade answers by hand")
                .text(
                    "Nobody grades their own. An answer can be graded again until that would undo \
                     that the attempt passed.",
                )
                .permission(GRADE)
                .body::<GradingBody>(json!({
                    "questions": [{ "number": 1, "points": 0.5, "comment": "And the other way out?" }]
                }))
                .outcome::<AttemptBody>()
                .conflicts(),
        )
}

/// An attempt and a question of it, as examples name them.
const EXAMPLE: &str = "019d3f1c-4a00-7000-8000-000000000001";
const KEY: &str = "5f0d2c9a71be";

fn of_one(id: &str, summary: &str) -> About {
    About::new(id, summary).path("id", "Its id", EXAMPLE)
}

/// What went wrong with the attempt in the address.
fn problem(error: Error) -> Problem {
    Problem::at_address(error, "attempt")
}

/// Which attempts at the quiz.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AttemptsQuery {
    /// Only those in this training.
    training: Option<String>,
    /// Only those of this person.
    person: Option<String>,
    /// Only those that stand so: `open`, `waiting` or `graded`.
    state: Option<String>,
    /// How many on a page: 1 to 500, and 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

impl AttemptsQuery {
    fn filter(&self, quiz: &str) -> Result<AttemptFilter, Error> {
        let filter = AttemptFilter::new().quiz(quiz);
        let filter = self.training.iter().fold(filter, |filter, code| filter.training(code));
        let filter = self.person.iter().fold(filter, |filter, person| filter.person(person));
        let state = self.state.as_deref().map(AttemptState::parse).transpose()?;
        let filter = state.into_iter().fold(filter, AttemptFilter::state);
        let filter = self.limit.into_iter().fold(filter, AttemptFilter::limit);
        Ok(self.cursor.iter().fold(filter, |filter, cursor| filter.cursor(cursor)))
    }
}

/// Which of what waits.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct QueueQuery {
    /// Only attempts at this quiz.
    quiz: Option<String>,
    /// Only those in this training.
    training: Option<String>,
    /// How many on a page: 1 to 500, and 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

impl QueueQuery {
    fn filter(&self) -> QueueFilter {
        let filter = self.quiz.iter().fold(QueueFilter::new(), |filter, quiz| filter.quiz(quiz));
        let filter = self.training.iter().fold(filter, |filter, code| filter.training(code));
        let filter = self.limit.into_iter().fold(filter, QueueFilter::limit);
        self.cursor.iter().fold(filter, |filter, cursor| filter.cursor(cursor))
    }
}

async fn begin(
    call: Call,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<NewAttemptBody>,
) -> Result<Response, Problem> {
    let outcome = call.lms.progress().begin_attempt(&call.actor, body.into_new()).await?;
    let version = outcome.value.attempt.updated_at;
    if outcome.operation.is_none() {
        return Ok(changed::<AttemptCardBody>(version, outcome.into()));
    }
    let location = format!("../../attempts/{}", outcome.value.attempt.id);
    Ok(made::<AttemptCardBody>(&location, version, outcome.into()))
}

async fn save(
    call: Call,
    Segment(id): Segment,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<AnswersBody>,
) -> Result<Response, Problem> {
    let progress = call.lms.progress();
    let saved = progress.save_answers(&call.actor, &id, &Value::Object(body.answers)).await;
    let saved = saved.map_err(problem)?;
    let tag = crate::conditional::etag(saved.updated_at);
    Ok((StatusCode::OK, tag, Answer(AttemptBody::from(saved))).into_response())
}

async fn submit(
    call: Call,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<SubmissionBody>,
) -> Result<Response, Problem> {
    let answers = body.answers.map(Value::Object);
    let progress = call.lms.progress();
    let outcome = progress.submit_attempt(&call.actor, &body.attempt, answers.as_ref()).await?;
    Ok(changed::<AttemptCardBody>(outcome.value.attempt.updated_at, OutcomeBody::from(outcome)))
}

async fn list(
    call: Call,
    Segment(code): Segment,
    Query(query): Query<AttemptsQuery>,
) -> Result<Answer<PageBody<AttemptBody>>, Problem> {
    let filter = query.filter(&code).map_err(Problem::in_query)?;
    let page = call.lms.progress().attempts(&call.actor, filter).await.map_err(|error| {
        let of_quiz = error.field() == Some("quiz");
        if of_quiz { Problem::at_address(error, "quiz") } else { Problem::in_query(error) }
    })?;
    Ok(Answer(PageBody::of(page, AttemptBody::from)))
}

async fn queue(
    call: Call,
    Query(query): Query<QueueQuery>,
) -> Result<Answer<PageBody<QueuedBody>>, Problem> {
    let page = call.lms.progress().grading_queue(&call.actor, query.filter()).await;
    Ok(Answer(PageBody::of(page.map_err(Problem::in_query)?, QueuedBody::from)))
}

async fn show(
    call: Call,
    Segment(id): Segment,
    tags: IfNoneMatch,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Response, Problem> {
    let card = call.lms.progress().attempt(&call.actor, &id).await.map_err(problem)?;
    Ok(tags.show(card.attempt.updated_at, &AttemptCardBody::from(card)))
}

async fn grade(
    call: Call,
    Segment(id): Segment,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<GradingBody>,
) -> Result<Response, Problem> {
    let progress = call.lms.progress();
    let outcome = progress.grade_attempt(&call.actor, &id, body.into_grading()?).await;
    let outcome = outcome.map_err(problem)?;
    Ok(changed::<AttemptBody>(outcome.value.updated_at, outcome.into()))
}
