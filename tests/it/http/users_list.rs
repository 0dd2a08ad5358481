//! `GET /api/v1/users`: filters, pages, fields, streams.

use axum::body::Body;
use axum::http::{Request, header};
use insta::{allow_duplicates, assert_snapshot};
use lms_core::{Engine, NewPerson, PersonField};
use serde_json::{Value, json};

use super::users::company;
use super::{Answer, Api, RequestExt};
use crate::support::engines::on_both_engines;

on_both_engines! {
    filters_mean_the_same_as_everywhere,
    pages_neither_skip_nor_repeat,
    fields_are_chosen,
    mistakes_in_a_query_are_named,
    a_stream_has_everybody,
    events_and_the_audit_log_are_lists_too,
}

const USERS: &str = "/api/v1/users";

async fn people(api: &Api, n: usize) {
    let person = |at: usize| {
        NewPerson::new("P", &format!("Person{at:04}"))
            .set(PersonField::Username, &format!("p{at}"))
            .set(PersonField::Department, if at.is_multiple_of(2) { "ENG" } else { "SALES" })
    };
    api.lms.people().add(&api.lms.admin(), (0..n).map(person).collect()).await.unwrap();
}

fn names(answer: &Answer) -> Vec<String> {
    let items = answer.json()["items"].as_array().expect(&answer.text).clone();
    items.iter().map(|item| item["username"].as_str().unwrap().to_owned()).collect()
}

async fn stream(api: &Api, query: &str) -> Answer {
    let request = Request::get(format!("{USERS}{query}")).bearer(&api.token);
    let request = request.header(header::ACCEPT, "application/x-ndjson; q=0.9, */*;q=0.1");
    api.send(request.body(Body::empty()).unwrap()).await
}

async fn filters_mean_the_same_as_everywhere(engine: Engine) {
    let api = company(engine).await;
    people(&api, 4).await;
    let list = async |query: &str| names(&api.get(&format!("{USERS}?{query}")).await);
    assert_eq!(list("department=engineering").await, ["p0", "p2"]);
    assert_eq!(list("department=ENG&department=SALES").await, ["p0", "p1", "p2", "p3"]);
    assert_eq!(list("department=ENG&exact=true&search=person0002").await, ["p2"]);
    assert_eq!(list("status=inactive").await, [""; 0]);
    let changed = r#"{"manager": "username:p0", "country": "DE", "employment_type": "permanent"}"#;
    for (path, body) in [("username:p1", changed), ("username:p3", r#"{"manager": "username:p1"}"#)]
    {
        let answer = api.ask("PATCH", &format!("{USERS}/{path}"), body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    assert_eq!(list("manager=username:p0").await, ["p1"]);
    assert_eq!(list("manager=p0&all_reports=true").await, ["p1", "p3"]);
    assert_eq!(list("country=de&employment_type=Permanent").await, ["p1"]);
    assert_eq!(list("hired_after=2026-03-30&hired_before=2026-04-01").await.len(), 4);
    assert_eq!(list("as_of=2020-01-01").await, [""; 0]);
    assert_eq!(list("known_at=2020-01-01T00:00:00Z").await, [""; 0]);
}

async fn pages_neither_skip_nor_repeat(engine: Engine) {
    let api = company(engine).await;
    people(&api, 25).await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = api.get(&format!("{USERS}?limit=7{cursor}")).await;
        seen.extend(names(&page));
        match page.json()["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let all: Vec<String> = (0..25).map(|at| format!("p{at}")).collect();
    assert_eq!(seen, all);
}

async fn fields_are_chosen(engine: Engine) {
    let api = company(engine).await;
    people(&api, 1).await;
    let chosen = api.get(&format!("{USERS}?fields=last_name,department")).await;
    assert_eq!(
        chosen.text,
        r#"{"items":[{"last_name":"Person0000","department":"ENG"}],"next":null}"#
    );
    let unknown = api.get(&format!("{USERS}?fields=lastname")).await;
    assert_eq!(
        (unknown.status, &unknown.json()["hints"][0]),
        (400, &json!("did you mean `last_name` or `first_name`?"))
    );
}

async fn mistakes_in_a_query_are_named(engine: Engine) {
    let api = company(engine).await;
    let refused = async |query: &str| {
        let answer = api.get(&format!("{USERS}?{query}")).await;
        let document = answer.json();
        let field = document["errors"][0]["field"].as_str().unwrap_or_default().to_owned();
        (answer.status, answer.code(), field)
    };
    let told = |code: &str, field: &str| (400, code.to_owned(), field.to_owned());
    assert_eq!(refused("departmnet=ENG").await, told("http.query", ""));
    assert_eq!(refused("limit=many").await, told("http.query", ""));
    assert_eq!(refused("limit=0").await, told("input.invalid", "limit"));
    assert_eq!(refused("limit=501").await, told("input.invalid", "limit"));
    assert_eq!(refused("cursor=nonsense").await, told("input.cursor", "cursor"));
    assert_eq!(refused("as_of=yesterday-ish").await, told("input.invalid", "as_of"));
    assert_eq!(refused("known_at=soon").await, told("input.invalid", "known_at"));
    assert_eq!(refused("status=gone").await, told("input.invalid", "status"));
    assert_eq!(refused("country=Germany").await.0, 400);
    assert_eq!(refused("manager=nobody@example.com").await.0, 400);
    let unknown = api.get(&format!("{USERS}?department=Engneering")).await;
    allow_duplicates! {
        assert_snapshot!(unknown.shown(), @r#"
        400
        content-type: application/problem+json
        {"type":"urn:lms:error:people.unit_unknown",
        "title":"there is no such department, location or job role",
        "status":400,
        "detail":"there is no department `Engneering`",
        "code":"people.unit_unknown",
        "hints":["did you mean `Engineering`?",
        "`lmsctl department list` shows all"],
        "errors":[{"field":"department",
        "code":"people.unit_unknown",
        "detail":"there is no department `Engneering`",
        "hints":["did you mean `Engineering`?",
        "`lmsctl department list` shows all"]}],
        "request_id":"[id]"}
        "#);
    }
}

async fn a_stream_has_everybody(engine: Engine) {
    let api = company(engine).await;
    people(&api, 1_203).await;
    let all = stream(&api, "").await;
    assert_eq!(all.header("content-type"), Some("application/x-ndjson"));
    assert_eq!(all.header("vary"), Some("accept"));
    let lines: Vec<Value> =
        all.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let seen: Vec<&str> = lines.iter().map(|line| line["username"].as_str().unwrap()).collect();
    let expected: Vec<String> = (0..1_203).map(|at| format!("p{at}")).collect();
    assert_eq!(seen, expected);

    let some = stream(&api, "?department=SALES&fields=username").await;
    assert_eq!(some.text.lines().count(), 601);
    assert_eq!(some.text.lines().next(), Some(r#"{"username":"p1"}"#));
    assert_eq!(stream(&api, "?status=inactive").await.text, "");

    // What is wrong with the question is told before the stream begins.
    assert_eq!(stream(&api, "?department=Nowhere").await.code(), "people.unit_unknown");
    assert_eq!(stream(&api, "?limit=5").await.code(), "http.query");
}

async fn events_and_the_audit_log_are_lists_too(engine: Engine) {
    let api = company(engine).await;
    people(&api, 1).await;
    let events = api.get("/api/v1/events?type=user.created&limit=1").await;
    assert_eq!(events.status, 200, "{}", events.text);
    let event = events.json()["items"][0].clone();
    assert_eq!(
        (&event["type"], &event["body"]["specversion"]),
        (&json!("user.created"), &json!("1.0"))
    );
    let cursor = event["cursor"].as_str().unwrap();
    let behind = api.get(&format!("/api/v1/events?cursor={cursor}")).await;
    assert_eq!(behind.json()["items"], json!([]));
    let newest = api.get("/api/v1/events?newest_first=true&limit=1").await;
    assert_eq!(newest.json()["items"][0]["id"], event["id"]);

    let audit = api.get("/api/v1/audit?kind=person.created").await;
    assert_eq!(audit.json()["items"][0]["counts"], json!({ "created": 1 }), "{}", audit.text);
    assert_eq!(api.get("/api/v1/audit?from=soon").await.status, 400);
    assert_eq!(api.get("/api/v1/audit?until=2020-01-01").await.json()["items"], json!([]));
    assert_eq!(api.get("/api/v1/events?limit=0").await.status, 400);
}
