//! `Idempotency-Key`: asked for again, and done once.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, header};
use lms_core::testkit::TestLms;
use lms_core::{
    Engine, Lms, NewAccount, NewPerson, NewToken, PersonField, PersonFilter, RequestBegun,
    SettingsChange,
};
use lms_http::{Options, router};
use serde_json::{Value, json};

use super::server::Server;
use super::{Answer, Api, RequestExt, SETTINGS};
use crate::support::engines::on_both_engines;
use crate::support::learning::{assign, to_be_signed};
use crate::support::looks::{another_handle, assert_sound, head};

on_both_engines! {
    asked_for_again_it_is_answered_again,
    another_request_under_the_same_key_is_refused,
    keys_belong_to_accounts,
    fifty_at_once_are_one,
    whoever_goes_away_comes_back_to_an_answer,
    a_day_later_it_is_done_anew,
    what_failed_can_be_mended,
    what_changed_nothing_is_known_as_well,
    time_is_added_once,
    a_crash_before_the_answer_does_nothing_twice,
    nobody_who_was_erased_stands_in_an_answer,
    keys_have_a_form,
}

const DEPARTMENTS: &str = "/api/v1/departments";
const ENG: &str = r#"{"code": "ENG", "name": "Engineering"}"#;

/// A write with a key.
fn keyed(token: &str, key: &str, method: &str, path: &str, body: &str) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri(path)
        .bearer(token)
        .header(header::CONTENT_TYPE, "application/json")
        .header("idempotency-key", key)
        .body(Body::from(body.to_owned()))
        .unwrap()
}

async fn ask(api: &Api, key: &str, method: &str, path: &str, body: &str) -> Answer {
    api.send(keyed(&api.token, key, method, path, body)).await
}

/// Asserts that an answer is that of another one, given again.
fn assert_replayed(again: &Answer, first: &Answer) {
    assert_eq!((again.status, &again.text), (first.status, &first.text));
    for name in ["content-type", "etag", "location"] {
        assert_eq!(again.header(name), first.header(name), "{name}");
    }
    assert_eq!(
        (first.header("idempotency-replayed"), again.header("idempotency-replayed")),
        (None, Some("true"))
    );
}

async fn asked_for_again_it_is_answered_again(engine: Engine) {
    let api = Api::on(engine).await;
    let first = ask(&api, "k-1", "POST", DEPARTMENTS, ENG).await;
    assert_eq!(first.status, 201, "{}", first.text);
    assert!(first.header("location").is_some() && first.header("etag").is_some());
    let done = head(&api.lms).await;
    let again = ask(&api, "k-1", "POST", DEPARTMENTS, ENG).await;
    assert_replayed(&again, &first);
    assert_eq!(api.post(DEPARTMENTS, ENG).await.status, 409, "without a key it is another one");

    // A write that would be refused by now, since it was made.
    let tag = api.get(SETTINGS).await.header("etag").unwrap().to_owned();
    let change = || {
        let mut request = keyed(&api.token, "k-2", "PATCH", SETTINGS, r#"{"grace_days": 3}"#);
        request.headers_mut().insert(header::IF_MATCH, tag.parse().unwrap());
        request
    };
    let first = api.send(change()).await;
    assert_eq!(first.status, 200, "{}", first.text);
    assert_replayed(&api.send(change()).await, &first);
    assert_eq!(head(&api.lms).await.seq, done.seq + 1);

    // Another process knows it as well.
    let other = another_handle(&api.lms).await;
    let elsewhere = router(other, Options::new());
    assert_replayed(&Answer::of(&elsewhere, change()).await, &first);
    assert_sound(&api.lms).await;
}

async fn another_request_under_the_same_key_is_refused(engine: Engine) {
    let api = Api::on(engine).await;
    assert_eq!(ask(&api, "k", "POST", DEPARTMENTS, ENG).await.status, 201);
    let done = head(&api.lms).await;
    for (method, path, body) in [
        ("POST", DEPARTMENTS, r#"{"code": "OPS", "name": "Operations"}"#),
        ("POST", "/api/v1/locations", ENG),
        ("POST", "/api/v1/departments?dry_run=true", ENG),
        ("PATCH", SETTINGS, r#"{"grace_days": 3}"#),
        ("DELETE", "/api/v1/departments/ENG", ""),
    ] {
        let other = ask(&api, "k", method, path, body).await;
        assert_eq!(
            (other.status, other.code().as_str()),
            (422, "request.key_reused"),
            "{method} {path}: {}",
            other.text
        );
        assert_eq!(other.json()["errors"][0]["field"], "Idempotency-Key");
    }
    assert_eq!(head(&api.lms).await, done);
}

async fn keys_belong_to_accounts(engine: Engine) {
    let api = Api::on(engine).await;
    let admin = api.lms.admin();
    api.lms.access().add_account(&admin, NewAccount::new("bo").role("admin")).await.unwrap();
    let bo = api.lms.access().create_token(&admin, NewToken::new("bo", "t")).await.unwrap().secret;
    let first = ask(&api, "k", "PATCH", SETTINGS, r#"{"grace_days": 3}"#).await;
    assert_eq!(first.json()["changed"][0]["after"], "3", "{}", first.text);
    let other = api.send(keyed(&bo, "k", "PATCH", SETTINGS, r#"{"grace_days": 4}"#)).await;
    assert_eq!((other.status, &other.json()["changed"][0]["after"]), (200, &json!("4")));
    // Another token of the same account is the same account.
    let again = api.token_for(&["settings.read", "settings.write"]).await;
    let again = api.send(keyed(&again, "k", "PATCH", SETTINGS, r#"{"grace_days": 3}"#)).await;
    assert_replayed(&again, &first);
    assert_eq!(api.get(SETTINGS).await.json()["grace_days"], 4);
}

async fn fifty_at_once_are_one(engine: Engine) {
    let server = Server::start(engine, Options::new()).await;
    let before = head(&server.lms).await;
    let client = crate::support::web::client();
    let body = r#"[{"first_name": "Ada", "last_name": "Lovelace"}, {"first_name": "Bo", "last_name": "Ek"}]"#;
    let ask = || {
        let request = client.post(server.url("/api/v1/users")).bearer_auth(&server.token);
        let request = request.header("content-type", "application/json").body(body);
        let request = request.header("idempotency-key", "0b5e0b1e-5d33-4b1c-9a3c-3a1d52b1a5b7");
        tokio::spawn(async move {
            let answer = request.send().await.unwrap();
            let replayed = answer.headers().contains_key("idempotency-replayed");
            (answer.status().as_u16(), replayed, answer.text().await.unwrap())
        })
    };
    let all: Vec<_> = (0..50).map(|_| ask()).collect();
    let mut answers = Vec::new();
    for one in all {
        answers.push(one.await.unwrap());
    }
    let (_, _, told) = answers[0].clone();
    for (status, _, text) in &answers {
        assert_eq!((*status, text), (201, &told));
    }
    assert_eq!(answers.iter().filter(|(_, replayed, _)| !replayed).count(), 1, "one did it");
    assert_eq!(head(&server.lms).await.seq, before.seq + 1);
    let (people, admin) = (server.lms.people(), server.lms.admin());
    assert_eq!(people.count(&admin, PersonFilter::new()).await.unwrap(), 2);
    assert_sound(&server.lms).await;
}

async fn whoever_goes_away_comes_back_to_an_answer(engine: Engine) {
    let server = Server::start(engine, Options::new()).await;
    let before = head(&server.lms).await;
    let client = crate::support::web::client();
    for n in 0..10_u32 {
        let body = format!(r#"{{"code": "D{n}", "name": "Department {n}"}}"#);
        let head = format!(
            "POST {DEPARTMENTS} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\
             idempotency-key: k-{n}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            server.token,
            body.len()
        );
        let mut gone = TcpStream::connect(server.address).unwrap();
        gone.write_all(head.as_bytes()).unwrap();
        gone.write_all(body.as_bytes()).unwrap();
        // It goes away at once, a little later, or with half an answer.
        tokio::time::sleep(Duration::from_millis(u64::from(n))).await;
        gone.set_nonblocking(true).unwrap();
        let _ = gone.read(&mut [0; 1]);
        drop(gone);
        let again = client.post(server.url(DEPARTMENTS)).bearer_auth(&server.token).body(body);
        let again = again.header("content-type", "application/json");
        let again = again.header("idempotency-key", format!("k-{n}")).send().await.unwrap();
        let status = again.status().as_u16();
        assert_eq!(status, 201, "{}", again.text().await.unwrap());
    }
    assert_eq!(head(&server.lms).await.seq, before.seq + 10);
}

async fn a_day_later_it_is_done_anew(engine: Engine) {
    let api = Api::on(engine).await;
    let three = r#"{"grace_days": 3}"#;
    let first = ask(&api, "k", "PATCH", SETTINGS, three).await;
    assert_eq!(first.status, 200);
    assert_eq!(api.patch(r#"{"grace_days": 9}"#).await.status, 200);
    api.lms.clock().advance(Duration::from_hours(24) - Duration::from_secs(1));
    assert_replayed(&ask(&api, "k", "PATCH", SETTINGS, three).await, &first);
    assert_eq!(api.get(SETTINGS).await.json()["grace_days"], 9);
    api.lms.clock().advance(Duration::from_secs(2));
    let anew = ask(&api, "k", "PATCH", SETTINGS, three).await;
    assert_eq!((anew.status, &anew.json()["changed"][0]["before"]), (200, &json!("9")));
    assert_eq!(anew.header("idempotency-replayed"), None);
    // What is too old is gone, and not only overlooked.
    let other = ask(&api, "k-2", "PATCH", SETTINGS, r#"{"grace_days": 4}"#).await;
    assert_eq!(other.status, 200);
    let mut raw = crate::support::raw::Raw::open(api.lms.place()).await;
    assert_eq!(
        raw.texts("SELECT CAST(COUNT(*) AS TEXT) FROM request_keys".to_owned()).await,
        ["2"]
    );
}

async fn what_failed_can_be_mended(engine: Engine) {
    let api = Api::on(engine).await;
    for (body, status) in [
        (r#"{"code": "ENG", "nmae": "Engineering"}"#, 422),
        (r#"{"code": "ENG", "name": ""}"#, 422),
        ("{", 400),
    ] {
        assert_eq!(ask(&api, "k", "POST", DEPARTMENTS, body).await.status, status, "{body}");
    }
    let nobody = api.send(keyed("lms_wrong", "k", "POST", DEPARTMENTS, ENG)).await;
    assert_eq!((nobody.status, nobody.code().as_str()), (401, "access.unauthenticated"));
    let first = ask(&api, "k", "POST", DEPARTMENTS, ENG).await;
    assert_eq!(first.status, 201, "{}", first.text);
    assert_replayed(&ask(&api, "k", "POST", DEPARTMENTS, ENG).await, &first);
    // A refusal is told anew each time, from what is there then.
    let full = ask(&api, "k-2", "POST", DEPARTMENTS, ENG).await;
    assert_eq!(full.status, 409);
    let closed = api.ask("DELETE", "/api/v1/departments/ENG", "").await;
    assert_eq!(closed.status, 200, "{}", closed.text);
    let lost = ask(&api, "k-3", "POST", "/api/v1/nowhere", ENG).await;
    assert_eq!((lost.status, lost.code().as_str()), (404, "http.not_found"));
}

async fn what_changed_nothing_is_known_as_well(engine: Engine) {
    let api = Api::on(engine).await;
    let before = head(&api.lms).await;
    let first = ask(&api, "k", "PATCH", SETTINGS, "{}").await;
    assert_eq!((first.status, &first.json()["operation"]), (200, &Value::Null));
    assert_eq!(api.patch(r#"{"grace_days": 9}"#).await.status, 200);
    assert_replayed(&ask(&api, "k", "PATCH", SETTINGS, "{}").await, &first);
    let other = ask(&api, "k", "PATCH", SETTINGS, r#"{"grace_days": 3}"#).await;
    assert_eq!((other.status, other.code().as_str()), (422, "request.key_reused"));
    assert_eq!(head(&api.lms).await.seq, before.seq + 1, "the change without a key alone");
}

async fn time_is_added_once(engine: Engine) {
    let api = Api::on(engine).await;
    let ada = NewPerson::new("Ada", "Lovelace").set(PersonField::Email, "ada@example.com");
    api.lms.people().add(&api.lms.admin(), vec![ada]).await.unwrap();
    to_be_signed(&api.lms, "SIGN-101").await;
    assign(&api.lms, "ada@example.com", "SIGN-101").await;
    let update = json!({
        "training": "SIGN-101", "module": "text", "person": "ada@example.com", "seconds": 30
    });
    // The first begins the training; the second is a step of which the log tells nothing.
    for (key, seconds) in [("k-1", 30), ("k-2", 60)] {
        let path = "/api/v1/progress/update";
        let first = ask(&api, key, "POST", path, &update.to_string()).await;
        assert_eq!((first.status, &first.json()["seconds"]), (200, &json!(seconds)));
        assert_replayed(&ask(&api, key, "POST", path, &update.to_string()).await, &first);
    }
    let progress = api.lms.progress();
    let shown = progress.show(&api.lms.admin(), Some("ada@example.com"), "SIGN-101").await;
    assert_eq!(shown.unwrap().seconds, 60);
}

/// What a process did that died before it could answer.
async fn done_without_an_answer(lms: &TestLms, token: &str, key: &str, body: &str) -> Lms {
    let process = another_handle(lms).await;
    let actor = process.access().authenticate(token).await.unwrap();
    let parts = [b"PATCH", SETTINGS.as_bytes(), body.as_bytes()];
    let begun = process.requests().begin(&actor, key, &parts).await.unwrap();
    let RequestBegun::New(actor) = begun else { panic!("{begun:?}") };
    let change = SettingsChange::new().set("grace_days", "3").unwrap();
    process.settings().set(&actor, change).await.unwrap();
    process
}

async fn a_crash_before_the_answer_does_nothing_twice(engine: Engine) {
    let api = Api::on(engine).await;
    let three = r#"{"grace_days": 3}"#;
    drop(done_without_an_answer(&api.lms, &api.token, "k", three).await);
    let done = head(&api.lms).await;
    assert_eq!(api.patch(r#"{"grace_days": 9}"#).await.status, 200);
    let again = ask(&api, "k", "PATCH", SETTINGS, three).await;
    assert_eq!((again.status, again.code().as_str()), (409, "request.done"), "{}", again.text);
    let audit = api.get("/api/v1/audit?limit=2").await.json();
    assert_eq!(audit["items"][1]["seq"], done.seq);
    let operation = audit["items"][1]["operation_id"].as_str().unwrap();
    assert!(again.json()["detail"].as_str().unwrap().contains(operation), "{}", again.text);
    assert_eq!(api.get(SETTINGS).await.json()["grace_days"], 9);

    // One that died before it did anything did nothing, and whoever comes next does it.
    let actor = api.lms.access().authenticate(&api.token).await.unwrap();
    let parts = [b"PATCH", SETTINGS.as_bytes(), three.as_bytes()];
    drop(api.lms.requests().begin(&actor, "k-2", &parts).await.unwrap());
    let next = ask(&api, "k-2", "PATCH", SETTINGS, three).await;
    assert_eq!((next.status, &next.json()["changed"][0]["after"]), (200, &json!("3")));
}

async fn nobody_who_was_erased_stands_in_an_answer(engine: Engine) {
    let api = Api::on(engine).await;
    let ada = r#"{"first_name": "Ada", "last_name": "Lovelace", "username": "ada"}"#;
    let first = ask(&api, "k", "POST", "/api/v1/users", ada).await;
    assert_eq!(first.status, 201, "{}", first.text);
    let admin = api.lms.admin();
    // A request that is under way meanwhile, and read her name before.
    let actor = api.lms.access().authenticate(&api.token).await.unwrap();
    let begun = api.lms.requests().begin(&actor, "k-2", &[b"GET"]).await.unwrap();
    let RequestBegun::New(late) = begun else { panic!("{begun:?}") };
    api.lms
        .people()
        .deactivate(&admin, "ada", api.lms.now().day_in(&jiff::tz::TimeZone::UTC), None)
        .await
        .unwrap();
    api.lms.people().erase(&admin, "ada", None).await.unwrap();
    let answer = lms_core::KeptAnswer::new(200, Vec::new(), r#"{"name": "Lovelace"}"#.to_owned());
    api.lms.requests().finish(&late, Some(answer)).await.unwrap();
    let dump = format!("{:?}", crate::support::raw::Raw::open(api.lms.place()).await.dump().await);
    assert!(!dump.contains("Lovelace"), "{dump}");

    let done = head(&api.lms).await;
    let again = ask(&api, "k", "POST", "/api/v1/users", ada).await;
    assert_eq!((again.status, again.code().as_str()), (409, "request.done"), "{}", again.text);
    assert_eq!(head(&api.lms).await, done, "she is not recorded anew");
}

async fn keys_have_a_form(engine: Engine) {
    let api = Api::on(engine).await;
    let long = "k".repeat(256);
    for key in ["", " ", "a b", long.as_str(), "a\tb"] {
        let refused = ask(&api, key, "PATCH", SETTINGS, "{}").await;
        assert_eq!((refused.status, refused.code().as_str()), (400, "request.key"), "`{key}`");
    }
    let mut two = keyed(&api.token, "a", "PATCH", SETTINGS, "{}");
    two.headers_mut().append("idempotency-key", "b".parse().unwrap());
    let two = api.send(two).await;
    assert_eq!((two.status, two.code().as_str()), (400, "http.idempotency_key"));
    assert_eq!(ask(&api, &long[1..], "PATCH", SETTINGS, "{}").await.status, 200);
    // What only reads has no need of a key.
    let read = keyed(&api.token, "k", "GET", SETTINGS, "");
    assert_eq!(api.send(read).await.status, 200);
}
