//! `/api/v1/progress/quiz` and `/api/v1/attempts`: a quiz as somebody takes it, and as it is graded.

use axum::body::Body;
use axum::http::{Request, header};
use lms_core::{
    AttemptFilter, Engine, NewAccount, NewAttempt, NewPerson, NewQuestion, NewQuiz, NewToken,
    PersonField, QuestionKind,
};
use serde_json::{Value, json};

use super::document::Operation;
use super::{Answer, Api, RequestExt};
use crate::support::engines::on_both_engines;
use crate::support::learning::{assign, learner, publish, quizzes_and_trainings, to_be_signed};

on_both_engines! {
    somebody_takes_a_quiz_and_it_is_graded,
    an_attempt_of_somebody_else_is_not_there,
    what_is_wrong_is_told_where_it_stands,
}

/// An attempt and a question as the examples of the document name them.
const EXAMPLE: &str = "019d3f1c-4a00-7000-8000-000000000001";
const KEY: &str = "5f0d2c9a71be";
const START: &str = "/api/v1/progress/quiz/start";
const SUBMIT: &str = "/api/v1/progress/quiz/submit";

pub(super) fn is_about(operation: &Operation) -> bool {
    ["/api/v1/progress/", "/api/v1/lessons/", "/api/v1/attempts"]
        .iter()
        .any(|start| operation.path.starts_with(start))
}

/// What the examples of the document take for granted: Ada has to take a quiz, and has handed in a
/// text at another one.
pub(super) async fn furnish(api: &Api) {
    let (lms, admin) = (&api.lms, api.lms.admin());
    let essay = NewQuestion::new("WAY-1", QuestionKind::Essay, "Which ways out are there?");
    lms.quizzes().add_questions(&admin, vec![essay]).await.unwrap();
    for (quiz, training) in [("FIRE-SHORT", "FIRE-101"), ("WAYS", "WAYS-101")] {
        let new = NewQuiz::new(quiz, "Ways out").ask(&["WAY-1"]);
        lms.quizzes().add_quiz(&admin, new).await.unwrap();
        publish(lms, training, &[quiz]).await;
    }
    let ada = NewPerson::new("Ada", "Lovelace").set(PersonField::Email, "ada@example.com");
    lms.people().add(&admin, vec![ada]).await.unwrap();
    to_be_signed(lms, "SIGN-101").await;
    for training in ["FIRE-101", "WAYS-101", "SIGN-101"] {
        assign(lms, "ada@example.com", training).await;
    }
}

/// An attempt of Ada's at the quiz of which no example speaks, open or handed in.
async fn attempt(api: &Api, handed_in: bool) -> (String, String) {
    let (progress, admin) = (api.lms.progress(), api.lms.admin());
    let new = NewAttempt::new("WAYS-101", "WAYS").person("ada@example.com");
    let known = progress.attempts(&admin, AttemptFilter::new().quiz("WAYS")).await.unwrap();
    let card = match known.items.first() {
        Some(known) => progress.attempt(&admin, &known.id.to_string()).await.unwrap(),
        None => progress.begin_attempt(&admin, new).await.unwrap().value,
    };
    let (id, key) = (card.attempt.id.to_string(), &card.sheet.sections[0].questions[0].key);
    if handed_in {
        let answers = json!({ key.as_str(): "The stairs." });
        progress.submit_attempt(&admin, &id, Some(&answers)).await.unwrap();
    }
    (id, key.clone())
}

/// An example with an attempt that is there in the place of the one that it names.
pub(super) async fn of_a_real_one(api: &Api, example: &Value) -> Value {
    let text = example.to_string();
    if !text.contains(EXAMPLE) && !text.contains(KEY) {
        return example.clone();
    }
    let (id, key) = attempt(api, false).await;
    serde_json::from_str(&text.replace(EXAMPLE, &id).replace(KEY, &key)).unwrap()
}

/// The same for an address.
pub(super) async fn at_a_real_one(api: &Api, mut request: Request<Body>) -> Request<Body> {
    let address = request.uri().to_string();
    if address.contains(EXAMPLE) {
        let (id, _) = attempt(api, address.ends_with("/grade")).await;
        *request.uri_mut() = address.replace(EXAMPLE, &id).parse().unwrap();
    }
    request
}

async fn ask(api: &Api, token: &str, method: &str, path: &str, body: &Value) -> Answer {
    let request = Request::builder().method(method).uri(path).bearer(token);
    let request = request.header(header::CONTENT_TYPE, "application/json");
    let body = if body.is_null() { String::new() } else { body.to_string() };
    api.send(request.body(Body::from(body)).unwrap()).await
}

async fn signed_in(api: &Api, name: &str, role: &str) -> String {
    drop(learner(&api.lms, name, role).await);
    let token = NewToken::new(name, "http");
    api.lms.access().create_token(&api.lms.admin(), token).await.unwrap().secret
}

/// Answers to a sheet: the option that says so, and this text.
fn answers(card: &Value, option: &str, text: &str) -> Value {
    let questions = card["sheet"]["sections"][0]["questions"].as_array().unwrap();
    let answer = |question: &Value| {
        let options = question["options"].as_array().unwrap();
        let chosen = options.iter().find(|known| known["text"] == option);
        let answer = chosen.map_or(json!(text), |option| option["key"].clone());
        (question["key"].as_str().unwrap().to_owned(), answer)
    };
    Value::Object(questions.iter().map(answer).collect())
}

async fn somebody_takes_a_quiz_and_it_is_graded(engine: Engine) {
    let api = Api::on(engine).await;
    quizzes_and_trainings(&api.lms).await;
    let ada = signed_in(&api, "ada_l", "employee").await;
    assign(&api.lms, "ada_l", "WAYS-101").await;
    let new = json!({ "training": "WAYS-101", "quiz": "WAYS" });
    let begun = ask(&api, &ada, "POST", START, &new).await;
    assert_eq!(begun.status, 201, "{}", begun.text);
    let card = begun.json()["value"].clone();
    let id = card["id"].as_str().unwrap().to_owned();
    assert_eq!(begun.header("location"), Some(format!("../../attempts/{id}").as_str()));
    assert_eq!(
        (&card["state"], &card["key"], &card["graded"]),
        (&json!("open"), &Value::Null, &json!([]))
    );
    let again = ask(&api, &ada, "POST", START, &new).await;
    assert_eq!((again.status, &again.json()["value"]["sheet"]), (200, &card["sheet"]));

    let one = format!("/api/v1/attempts/{id}");
    let all = answers(&card, "Alarm", "The stairs.");
    let draft = json!({ "answers": all });
    let saved = ask(&api, &ada, "PATCH", &format!("{one}/answers"), &draft).await;
    assert_eq!((saved.status, &saved.json()["state"]), (200, &json!("open")), "{}", saved.text);
    let shown = ask(&api, &ada, "GET", &one, &Value::Null).await;
    assert_eq!((shown.status, &shown.json()["answers"]), (200, &all));
    for trace in ["FIRE-1\"", "WAY-1", "Two ways"] {
        assert!(!shown.text.contains(trace), "`{trace}` in {}", shown.text);
    }

    let submission = json!({ "attempt": id });
    let done = ask(&api, &ada, "POST", SUBMIT, &submission).await;
    assert_eq!(done.status, 200, "{}", done.text);
    let value = &done.json()["value"];
    assert_eq!((&value["state"], &value["passed"]), (&json!("waiting"), &Value::Null));
    assert_eq!((&value["points"], &value["points_open"]), (&json!(1), &json!(3)));
    let again = ask(&api, &ada, "POST", SUBMIT, &submission).await;
    assert_eq!((again.status, &again.json()["operation"]), (200, &Value::Null));
    let late = ask(&api, &ada, "PATCH", &format!("{one}/answers"), &draft).await;
    assert_eq!((late.status, late.code().as_str()), (409, "progress.attempt_closed"));

    let ines = signed_in(&api, "ines", "instructor").await;
    let queue = ask(&api, &ines, "GET", "/api/v1/attempts/queue?quiz=ways", &Value::Null).await;
    let waiting = &queue.json()["items"][0];
    assert_eq!((&waiting["id"], &waiting["questions"]), (&json!(id), &json!([2])));
    let grading =
        json!({ "questions": [{ "number": 2, "points": 2.5, "comment": "And the roof?" }] });
    let denied = ask(&api, &ada, "PUT", &format!("{one}/grade"), &grading).await;
    assert_eq!((denied.status, denied.code().as_str()), (403, "access.forbidden"));
    let graded = ask(&api, &ines, "PUT", &format!("{one}/grade"), &grading).await;
    let value = &graded.json()["value"];
    assert_eq!(
        (&value["points"], &value["passed"]),
        (&json!(3.5), &json!(true)),
        "{}",
        graded.text
    );
    let shown = ask(&api, &ada, "GET", &one, &Value::Null).await;
    assert_eq!(shown.json()["graded"][1]["comment"], "And the roof?");
    assert_eq!(shown.json()["key"][0]["right"], json!(["Alarm"]));
    let list = ask(&api, &ada, "GET", "/api/v1/progress/quiz/ways/attempts", &Value::Null).await;
    assert_eq!(list.json()["items"].as_array().unwrap().len(), 1);
}

async fn an_attempt_of_somebody_else_is_not_there(engine: Engine) {
    let api = Api::on(engine).await;
    quizzes_and_trainings(&api.lms).await;
    let ada = signed_in(&api, "ada_l", "employee").await;
    let bo = signed_in(&api, "bo", "employee").await;
    assign(&api.lms, "ada_l", "FIRE-101").await;
    let new = json!({ "training": "FIRE-101", "quiz": "FIRE" });
    let begun = ask(&api, &ada, "POST", START, &new).await.json()["value"].clone();
    let id = begun["id"].as_str().unwrap();
    let one = format!("/api/v1/attempts/{id}");
    let nothing = json!({ "answers": {} });
    let seen = [
        ask(&api, &bo, "GET", &one, &Value::Null).await,
        ask(&api, &bo, "PATCH", &format!("{one}/answers"), &nothing).await,
    ];
    for answer in seen {
        assert_eq!((answer.status, answer.code().as_str()), (404, "progress.attempt_unknown"));
    }
    let submission = json!({ "attempt": id });
    let foreign = ask(&api, &bo, "POST", SUBMIT, &submission).await;
    assert_eq!((foreign.status, foreign.code().as_str()), (422, "progress.attempt_unknown"));
    let list = ask(&api, &bo, "GET", "/api/v1/progress/quiz/FIRE/attempts", &Value::Null).await;
    assert_eq!(list.json()["items"], json!([]));
    let unknown =
        ask(&api, &bo, "GET", "/api/v1/progress/quiz/NOWHERE/attempts", &Value::Null).await;
    assert_eq!(
        (unknown.status, &unknown.json()["items"]),
        (200, &json!([])),
        "quizzes are not hers"
    );
    let unknown = api.get("/api/v1/progress/quiz/NOWHERE/attempts").await;
    assert_eq!((unknown.status, unknown.code().as_str()), (404, "quizzes.quiz_unknown"));
}

async fn what_is_wrong_is_told_where_it_stands(engine: Engine) {
    let api = Api::on(engine).await;
    furnish(&api).await;
    let account = NewAccount::new("ada_l").role("employee");
    api.lms.people().add_account_for(&api.lms.admin(), "ada@example.com", account).await.unwrap();
    let nobody = api.post(START, r#"{"training": "WAYS-101", "quiz": "WAYS"}"#).await;
    assert_eq!((nobody.status, nobody.code().as_str()), (422, "progress.nobody"));
    let other = r#"{"training": "WAYS-101", "quiz": "FIRE-SHORT", "person": "ada@example.com"}"#;
    let other = api.post(START, other).await;
    assert_eq!((other.status, other.code().as_str()), (422, "progress.not_asked"));
    let (id, key) = attempt(&api, false).await;
    let wrong = json!({ "answers": { key: 7 } }).to_string();
    let wrong = api.ask("PATCH", &format!("/api/v1/attempts/{id}/answers"), &wrong).await;
    assert_eq!((wrong.status, wrong.code().as_str()), (422, "quizzes.answers"), "{}", wrong.text);
    attempt(&api, true).await;
    let grade =
        |points: Value| json!({ "questions": [{ "number": 1, "points": points }] }).to_string();
    let path = format!("/api/v1/attempts/{id}/grade");
    for points in [json!(0.005), json!(-1)] {
        let wrong = api.ask("PUT", &path, &grade(points)).await;
        assert_eq!(wrong.status, 422, "{}", wrong.text);
        assert_eq!(wrong.json()["errors"][0]["field"], "questions[0].points");
    }
    let much = api.ask("PUT", &path, &grade(json!(9))).await;
    assert_eq!((much.status, much.code().as_str()), (422, "progress.not_by_hand"));
    let state = api.get("/api/v1/progress/quiz/WAYS/attempts?state=done").await;
    assert_eq!((state.status, state.code().as_str()), (400, "input.invalid"));
}
