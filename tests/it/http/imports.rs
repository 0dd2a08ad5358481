//! `/api/v1/imports`: files are planned, carried out, listed, shown and taken back.

use axum::body::{Body, Bytes};
use axum::http::Request;
use futures_util::stream;
use lms_core::Engine;
use serde_json::Value;

use super::{Answer, Api, RequestExt};
use crate::support::engines::on_both_engines;
use crate::support::learning::to_be_signed;
use crate::support::looks::head;

on_both_engines! {
    a_file_is_looked_at_and_then_carried_out_exactly,
    what_changed_since_it_was_looked_at_is_refused,
    records_are_imported_as_people_are,
    questions_are_imported_as_moodle_writes_them,
    an_import_is_listed_shown_and_taken_back,
    what_is_no_import_is_refused,
    a_guard_stops_until_its_number_is_said,
    what_breaks_off_imports_nothing,
}

const IMPORTS: &str = "/api/v1/imports";
pub(super) const PEOPLE: &str = "email,first_name,last_name\nann@example.com,Ann,Lee\n";

/// What the examples of the document take for granted.
pub(super) async fn furnish(api: &Api, operation: &str) {
    if operation != "import_file" {
        assert_eq!(send(api, "people?source=hr", PEOPLE).await.status, 200);
    }
}

async fn send(api: &Api, path: &str, body: &str) -> Answer {
    let request = Request::post(format!("{IMPORTS}/{path}")).bearer(&api.token);
    api.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

async fn a_file_is_looked_at_and_then_carried_out_exactly(engine: Engine) {
    let api = Api::on(engine).await;
    let text = format!("{PEOPLE}no address,Bo,Baker\n");
    let before = head(&api.lms).await;
    let looked = send(&api, "people?source=hr&name=people.csv&dry_run=true", &text).await;
    assert_eq!(looked.status, 200, "{}", looked.text);
    assert_eq!(head(&api.lms).await, before, "a dry run writes nothing");
    let plan = looked.json();
    assert_eq!(
        (&plan["dry_run"], &plan["counts"]["create"]),
        (&Value::Bool(true), &Value::from(1))
    );
    assert_eq!(plan["file"], "people.csv");
    let reject = &plan["rejects"][0];
    assert_eq!((&reject["row"], &reject["effect"]), (&Value::from(3), &Value::from("rejected")));
    assert_eq!(reject["problems"][0]["value"], "no address", "{reject}");
    let fingerprint = plan["plan"].as_str().unwrap();
    let done =
        send(&api, &format!("people?source=hr&name=people.csv&plan={fingerprint}"), &text).await;
    assert_eq!(done.status, 200, "{}", done.text);
    let done = done.json();
    assert!(done["import"].is_string() && done["operation"].is_string(), "{done}");
    assert_eq!(done["rows"], plan["rows"]);
    let person = api.get("/api/v1/users/email:ann@example.com").await;
    assert_eq!(person.json()["last_name"], "Lee");
    let again = send(&api, "people?source=hr", &text).await.json();
    assert_eq!(
        (&again["counts"]["unchanged"], &again["operation"]),
        (&Value::from(1), &Value::Null)
    );
}

async fn questions_are_imported_as_moodle_writes_them(engine: Engine) {
    let api = Api::on(engine).await;
    let text = "::FIRE::Is it hot? {T}\n\nA text about fires.\n";
    let done = send(&api, "questions?source=moodle&name=fire.gift", text).await;
    assert_eq!(done.status, 200, "{}", done.text);
    let done = done.json();
    assert_eq!(done["counts"]["create"], 1);
    let reject = &done["rejects"][0];
    assert_eq!((&reject["row"], &reject["effect"]), (&Value::from(3), &Value::from("rejected")));
    assert_eq!(reject["problems"][0]["code"], "import.question_unfit");
    assert_eq!(api.get("/api/v1/questions/FIRE").await.json()["kind"], "true_false");
    let again = send(&api, "questions?source=moodle&name=fire.gift", text).await.json();
    assert_eq!(again["counts"]["unchanged"], 1);
}

async fn what_changed_since_it_was_looked_at_is_refused(engine: Engine) {
    let api = Api::on(engine).await;
    let looked = send(&api, "people?dry_run=true", PEOPLE).await.json();
    let plan = looked["plan"].as_str().unwrap().to_owned();
    let other = PEOPLE.replace("Lee", "Leigh");
    let refused = send(&api, &format!("people?plan={plan}"), &other).await;
    assert_eq!(refused.status, 412, "{}", refused.text);
    assert_eq!(api.get("/api/v1/users/email:ann@example.com").await.status, 404);
}

async fn records_are_imported_as_people_are(engine: Engine) {
    let api = Api::on(engine).await;
    to_be_signed(&api.lms, "GDPR-101").await;
    send(&api, "people", PEOPLE).await;
    for (path, text) in [
        ("assignments", "email,training,due_on\nann@example.com,GDPR-101,2026-05-01\n"),
        ("completions", "email,training,completed_on\nann@example.com,GDPR-101,2026-03-01\n"),
        (
            "completions?create_trainings=true",
            "email,training,completed_on\nann@example.com,OLD,2016-03-01\n",
        ),
        ("exemptions", "email,training,reason\nann@example.com,GDPR-101,elsewhere\n"),
        ("leaves", "email,from,until\nann@example.com,2026-04-01,2026-04-30\n"),
    ] {
        let done = send(&api, path, text).await;
        assert_eq!(done.status, 200, "{path}: {}", done.text);
        assert_eq!(done.json()["counts"]["create"], 1, "{path}: {}", done.text);
    }
    let completions = api.get("/api/v1/completions?person=ann@example.com").await.json();
    assert_eq!(completions["items"].as_array().unwrap().len(), 2, "{completions}");
}

async fn an_import_is_listed_shown_and_taken_back(engine: Engine) {
    let api = Api::on(engine).await;
    let done =
        send(&api, "people?source=hr", &format!("{PEOPLE}no address,Bo,Baker\n")).await.json();
    let id = done["import"].as_str().unwrap();
    let listed = api.get(&format!("{IMPORTS}?source=hr")).await.json();
    assert_eq!(listed["items"][0]["id"], done["import"]);
    let shown = api.get(&format!("{IMPORTS}/{id}")).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    assert_eq!(shown.json()["lines"][0]["effect"], "rejected");
    let looked = api.post(&format!("{IMPORTS}/{id}/undo?dry_run=true"), "").await.json();
    assert_eq!(looked["restored"][0]["subject"], "Ann Lee", "{looked}");
    let undone = api.post(&format!("{IMPORTS}/last/undo"), "").await;
    assert_eq!(undone.status, 200, "{}", undone.text);
    assert_eq!(api.get("/api/v1/users/email:ann@example.com").await.status, 404);
    let last = api.get(&format!("{IMPORTS}/last")).await.json();
    assert_eq!(last["undo_of"], done["import"]);
    assert_eq!(api.get(&format!("{IMPORTS}/nothing")).await.status, 404);
}

async fn what_is_no_import_is_refused(engine: Engine) {
    let api = Api::on(engine).await;
    let unknown = send(&api, "peopel", PEOPLE).await;
    assert_eq!(unknown.status, 404);
    assert!(unknown.text.contains("people"), "{}", unknown.text);
    for (path, body) in [
        ("people", "Through the door."),
        ("people?mode=half", PEOPLE),
        ("people?accept=all", PEOPLE),
        ("leaves?create_trainings=true", "email,from\na@x.org,2026-01-01\n"),
        ("people?sources=hr", PEOPLE),
    ] {
        let refused = send(&api, path, body).await;
        assert_eq!(refused.status, 400, "{path}: {}", refused.text);
    }
    let form = Request::post(format!("{IMPORTS}/people")).bearer(&api.token);
    let form = form.header("content-type", "multipart/form-data; boundary=x");
    assert_eq!(api.send(form.body(Body::from(PEOPLE)).unwrap()).await.status, 415);
}

async fn a_guard_stops_until_its_number_is_said(engine: Engine) {
    let api = Api::on(engine).await;
    let empty = "email,first_name,last_name\n";
    let stopped = send(&api, "people", empty).await;
    assert_eq!(
        (stopped.status, stopped.code().as_str()),
        (409, "import.guarded"),
        "{}",
        stopped.text
    );
    let accepted = send(&api, "people?accept=rows=0", empty).await;
    assert_eq!(accepted.status, 200, "{}", accepted.text);
}

async fn what_breaks_off_imports_nothing(engine: Engine) {
    let api = Api::on(engine).await;
    let pieces = [Ok(Bytes::from(PEOPLE)), Err(std::io::Error::other("gone"))];
    let request = Request::post(format!("{IMPORTS}/people")).bearer(&api.token);
    let broken = api.send(request.body(Body::from_stream(stream::iter(pieces))).unwrap()).await;
    assert_eq!(broken.status, 400, "{}", broken.text);
    assert_eq!(api.get("/api/v1/users/email:ann@example.com").await.status, 404);
}
