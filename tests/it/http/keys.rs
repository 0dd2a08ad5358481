//! What is right never reaches who learns, and every endpoint of the catalog × every role. What each
//! role may do is written here by hand, without the library's matching.

use axum::body::Body;
use axum::http::{Request, header};
use lms_core::{
    AccountChange, Engine, Item, ItemContent, Module, NewAccount, NewPath, NewToken, NewTraining,
    PathStep, Publishing, QuizFile, QuizFileFormat, TrainingDefinition,
};
use serde_json::json;

use super::document::operations;
use super::openapi::request;
use super::{Answer, Api, RequestExt};
use crate::support::engines::on_both_engines;

on_both_engines! {
    every_endpoint_of_the_catalog_for_every_role,
    whoever_learns_never_sees_what_is_right,
}

const CATALOG: &[&str] = &["catalog.read"];
const AUTHOR: &[&str] = &["catalog.read", "catalog.write", "quizzes.read", "quizzes.write"];
const EDITOR: &[&str] = &["catalog.read", "catalog.write", "catalog.publish", "quizzes.read"];
const EVERYTHING: &[&str] =
    &["catalog.read", "catalog.write", "catalog.publish", "quizzes.read", "quizzes.write"];

/// What each role may do with trainings, paths, quizzes and questions.
const ROLES: &[(&str, &[&str])] = &[
    ("employee", CATALOG),
    ("manager", CATALOG),
    ("instructor", AUTHOR),
    ("hr", EDITOR),
    ("auditor", &["catalog.read", "quizzes.read"]),
    ("admin", EVERYTHING),
    ("super_admin", EVERYTHING),
];

/// A word that stands in everything that is right, and in everything that leads there.
const KEY: &str = "zqxkey";

/// A question of each kind with its key, a quiz, a training and a path that lead to it, and somebody
/// who signs in.
async fn furnished(engine: Engine) -> Api {
    let api = Api::on(engine).await;
    let (quizzes, admin) = (api.lms.quizzes(), api.lms.admin());
    let wrong = json!({ "text": "b" });
    let right = json!({ "text": KEY, "right": true, "feedback": KEY });
    let pair = |left: &str, right: String| json!({ "left": left, "right": right });
    let bodies = [
        json!({ "kind": "single", "options": [right, wrong] }),
        json!({ "kind": "multiple", "options": [right, wrong] }),
        json!({ "kind": "true_false", "answer": true }),
        json!({ "kind": "short_text", "accepted": [KEY] }),
        json!({ "kind": "numeric", "value": 918_273 }),
        json!({ "kind": "ordering", "items": [format!("{KEY} 1"), format!("{KEY} 2")] }),
        json!({ "kind": "matching", "pairs": [pair("a", KEY.into()), pair("b", format!("{KEY} 2"))] }),
        json!({ "kind": "fill_in", "text": "a {1}", "gaps": { "1": [KEY] } }),
        json!({ "kind": "essay", "guide": KEY }),
        json!({ "kind": "code", "guide": KEY }),
    ];
    let questions: Vec<_> = (1..)
        .zip(bodies)
        .map(|(number, mut question): (u32, _)| {
            question["code"] = json!(format!("FIRE-{number:02}"));
            question["feedback"] = json!(KEY);
            if question.get("text").is_none() {
                question["text"] = json!("What comes first?");
            }
            question
        })
        .collect();
    let codes: Vec<_> = questions.iter().map(|question| question["code"].clone()).collect();
    let quiz =
        json!({ "code": "FIRE-SHORT", "title": "Fire", "sections": [{ "questions": codes }] });
    let file = json!({ "questions": questions, "quizzes": [quiz] }).to_string();
    let file = QuizFile::parse(&file, QuizFileFormat::Json).unwrap();
    let plan = quizzes.plan_import(&admin, file).await.unwrap();
    quizzes.import(&admin, plan).await.unwrap();

    let mut module = Module::new("In the end");
    module.items = vec![Item::new("Quiz", ItemContent::Quiz { quiz: "FIRE-SHORT".to_owned() })];
    let mut definition = TrainingDefinition::new("Fire safety");
    definition.modules = vec![module];
    let new = NewTraining::new("GDPR-101", "").definition(definition);
    let catalog = api.lms.catalog();
    catalog.add(&admin, new).await.unwrap();
    catalog.publish(&admin, "GDPR-101", &Publishing::minor()).await.unwrap();
    let path = NewPath::new("NEW-HIRE", "New").step(PathStep::required("GDPR-101"));
    api.lms.paths().add(&admin, path).await.unwrap();
    api.lms.paths().publish(&admin, "NEW-HIRE").await.unwrap();
    api.lms.access().add_account(&admin, NewAccount::new("kim")).await.unwrap();
    api
}

/// A token of Kim, who has this role and no other.
async fn kim_as(api: &Api, role: &str) -> String {
    let (access, admin) = (api.lms.access(), api.lms.admin());
    let before = access.account(&admin, "kim").await.unwrap().roles;
    let change = before.iter().fold(AccountChange::new(), |change, held| change.remove_role(held));
    access.edit_account(&admin, "kim", change.add_role(role)).await.unwrap();
    access.create_token(&admin, NewToken::new("kim", role)).await.unwrap().secret
}

async fn every_endpoint_of_the_catalog_for_every_role(engine: Engine) {
    let api = furnished(engine).await;
    let areas = ["trainings", "paths", "questions", "quizzes"];
    let (mut done, mut forbidden) = (0, 0);
    for (role, may) in ROLES {
        let token = kim_as(&api, role).await;
        for operation in operations() {
            let area = operation.path.strip_prefix("/api/v1/").unwrap_or_default();
            if !areas.contains(&area.split('/').next().unwrap()) {
                continue;
            }
            let needed = operation.permission().unwrap();
            let example = operation.examples().first().copied();
            let answer = api.send(request(&operation, &token, example)).await;
            let case = format!("{} as {role}: {} {}", operation.id(), answer.status, answer.text);
            assert!(answer.status < 500, "{case}");
            if may.contains(&needed) {
                done += 1;
                assert_ne!(answer.status, 403, "{case}");
            } else {
                forbidden += 1;
                assert_eq!(
                    (answer.status, answer.code().as_str()),
                    (403, "access.forbidden"),
                    "{case}"
                );
            }
        }
    }
    assert!(done > 100 && forbidden > 100, "{done} {forbidden}");
}

async fn ask(api: &Api, token: &str, method: &str, path: &str, body: &str) -> Answer {
    let request = Request::builder().method(method).uri(path).bearer(token);
    let request = request.header(header::CONTENT_TYPE, "application/json");
    api.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

/// Every address of the document, and those ways to ask that could tell something by the way.
async fn whoever_learns_never_sees_what_is_right(engine: Engine) {
    let api = furnished(engine).await;
    let sees = |answer: &Answer| answer.text.contains(KEY) || answer.text.contains("918273");
    let (questions, quizzes) = ("/api/v1/questions", "/api/v1/quizzes");
    let file = json!({ "questions": [{ "code": "FIRE-01", "kind": "essay", "text": "?" }] });
    let put = json!({ "definition": { "kind": "essay", "text": "?" } });
    let by_the_way = [
        ("GET", format!("{questions}?search=comes&fields=definition"), String::new()),
        ("GET", format!("{questions}?limit=0"), String::new()),
        ("GET", format!("{questions}/FIRE-1"), String::new()),
        ("PUT", format!("{questions}/FIRE-01"), put.to_string()),
        ("PUT", format!("{questions}/FIRE-01"), "{}".to_owned()),
        ("POST", format!("{quizzes}/import?dry_run=true"), file.to_string()),
        ("GET", format!("{quizzes}/export?quiz=FIRE-SHORT"), String::new()),
        ("GET", format!("{quizzes}/FIRE-SHORT/preview?seed=2"), String::new()),
        ("GET", "/api/v1/trainings/GDPR-101?version=draft".to_owned(), String::new()),
        ("GET", "/api/v1/trainings/search?q=zqx".to_owned(), String::new()),
        ("GET", "/api/v1/trainings?search=first".to_owned(), String::new()),
        ("GET", "/api/v1/paths?search=zqx".to_owned(), String::new()),
    ];
    let everything = format!("{quizzes}/export");
    assert!(sees(&api.get(&everything).await), "who may read it does");
    for role in ["employee", "manager"] {
        let token = kim_as(&api, role).await;
        for operation in operations() {
            let examples = operation.examples();
            let answer = api.send(request(&operation, &token, examples.first().copied())).await;
            assert!(!sees(&answer), "{} as {role}: {}", operation.id(), answer.text);
            let is_of_quizzes =
                operation.permission().is_some_and(|name| name.starts_with("quizzes."));
            assert!(!is_of_quizzes || answer.status == 403, "{} as {role}", operation.id());
        }
        for (method, path, body) in &by_the_way {
            let answer = ask(&api, &token, method, path, body).await;
            assert!(!sees(&answer), "{method} {path} as {role}: {}", answer.text);
        }
        let shown = ask(&api, &token, "GET", "/api/v1/trainings/GDPR-101", "").await;
        assert!(shown.text.contains("FIRE-SHORT"), "they see that there is a quiz: {}", shown.text);
    }
    assert!(sees(&api.get(&everything).await), "it is all still there");
}
