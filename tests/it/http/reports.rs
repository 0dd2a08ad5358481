//! `/api/v1/analytics/reports`: asked for, made beside other requests, and fetched by who asked.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, header};
use lms_core::{Engine, NewAccount, NewToken};
use serde_json::{Value, json};

use super::{Answer, Api, RequestExt};
use crate::support::engines::on_both_engines;

on_both_engines! {
    a_report_is_asked_for_and_fetched,
    an_audience_is_an_object_or_flags,
    every_format_is_handed_out_as_what_it_is,
    a_report_is_there_for_who_asked,
    a_report_runs_with_the_rights_of_who_asked,
    a_key_asks_once,
    what_cannot_be_made_is_refused,
}

const ALL: &str = "/api/v1/analytics/reports";

/// What the examples of the document take for granted.
pub(super) async fn furnish(api: &Api) {
    made(api, &json!({ "report": "audit", "format": "csv" })).await;
}

/// Asks for a report, and waits until it is there or has failed.
async fn made(api: &Api, order: &Value) -> Value {
    let asked = api.post(ALL, &order.to_string()).await;
    assert_eq!(asked.status, 202, "{}", asked.text);
    at_its_end(api, &api.token, asked.header("location").unwrap()).await
}

async fn at_its_end(api: &Api, token: &str, address: &str) -> Value {
    loop {
        let standing = api.get_as(token, address).await;
        assert_eq!(standing.status, 200, "{}", standing.text);
        let standing = standing.json();
        if ["done", "failed"].contains(&standing["status"].as_str().unwrap()) {
            return standing;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn a_report_is_asked_for_and_fetched(engine: Engine) {
    let api = Api::on(engine).await;
    let order = json!({ "report": "audit", "format": "json", "filters": { "lang": "de" } });
    let standing = made(&api, &order).await;
    assert_eq!(standing["status"], "done", "{standing}");
    assert_eq!((&standing["report"], &standing["format"]), (&json!("audit"), &json!("json")));
    let file = api.get(standing["file"].as_str().unwrap()).await;
    assert_eq!(file.status, 200, "{}", file.text);
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"audit.json\""));
    assert_eq!(standing["bytes"], json!(file.text.len()));
    let document = file.json();
    assert_eq!(document["title"], "Prüfnachweis");
    let rows = document["tables"]["operations"].as_array().unwrap();
    assert_eq!(standing["rows"], json!(rows.len()));
    assert!(document["asked_by"].as_str().unwrap().starts_with("account:"), "as the caller");
    let last = api.get(&format!("{ALL}/last")).await.json();
    assert_eq!(last["id"], standing["id"]);
}

async fn an_audience_is_an_object_or_flags(engine: Engine) {
    let api = Api::on(engine).await;
    for audience in [json!({ "not": { "country": "DE" } }), json!("--not-country DE")] {
        let filters = json!({ "audience": audience });
        let order = json!({ "report": "people", "format": "json", "filters": filters });
        let standing = made(&api, &order).await;
        assert_eq!(standing["status"], "done", "{standing}");
        let document = api.get(standing["file"].as_str().unwrap()).await.json();
        assert_eq!(document["filters"]["audience"], "--not-country DE");
    }
    let filters = json!({ "trainings": ["GDPR-10"] });
    let order = json!({ "report": "compliance", "format": "json", "filters": filters });
    let failed = made(&api, &order).await;
    assert_eq!(failed["status"], "failed", "{failed}");
    assert!(!failed["hints"].as_array().unwrap().is_empty(), "{failed}");
}

async fn every_format_is_handed_out_as_what_it_is(engine: Engine) {
    let api = Api::on(engine).await;
    let formats =
        [("xlsx", "PK"), ("html", "<!doctype html>"), ("csv", "seq,"), ("ndjson", "{\"seq\":1,")];
    for (format, begins) in formats {
        let standing = made(&api, &json!({ "report": "audit", "format": format })).await;
        let file = api.get(standing["file"].as_str().unwrap()).await;
        assert!(file.text.starts_with(begins), "{format}: {}", file.status);
        assert_eq!(file.header("content-security-policy"), Some("sandbox"), "{format}");
    }
}

async fn a_report_is_there_for_who_asked(engine: Engine) {
    let api = Api::on(engine).await;
    let standing = made(&api, &json!({ "report": "audit" })).await;
    let (access, admin) = (api.lms.access(), api.lms.admin());
    access.add_account(&admin, NewAccount::new("kim").role("admin")).await.unwrap();
    let kim = access.create_token(&admin, NewToken::new("kim", "test")).await.unwrap().secret;
    let file = standing["file"].as_str().unwrap();
    for address in [file.trim_end_matches("/file"), file, &format!("{ALL}/last")] {
        let foreign = api.get_as(&kim, address).await;
        assert_eq!((foreign.status, foreign.code().as_str()), (404, "http.not_found"), "{address}");
    }
    assert_eq!(api.get(file).await.status, 200);
}

async fn a_report_runs_with_the_rights_of_who_asked(engine: Engine) {
    let api = Api::on(engine).await;
    let token = api.token_for(&["analytics.read"]).await;
    let asked = ask(&api, &token, None, &json!({ "report": "audit" })).await;
    assert_eq!(asked.status, 202, "{}", asked.text);
    let address = asked.header("location").unwrap();
    let standing = at_its_end(&api, &token, address).await;
    assert_eq!(
        (&standing["status"], &standing["code"]),
        (&json!("failed"), &json!("access.forbidden"))
    );
    let file = api.get_as(&token, &format!("{address}/file")).await;
    assert_eq!(file.status, 403, "{}", file.text);
}

async fn a_key_asks_once(engine: Engine) {
    let api = Api::on(engine).await;
    let order = json!({ "report": "audit", "format": "csv" });
    let first = ask(&api, &api.token, Some("a-key"), &order).await;
    let again = ask(&api, &api.token, Some("a-key"), &order).await;
    assert_eq!((first.status, again.status), (202, 202), "{}", again.text);
    assert_eq!(first.json()["id"], again.json()["id"]);
    assert_eq!(first.header("location"), again.header("location"));
    let other = ask(&api, &api.token, Some("a-key"), &json!({ "report": "audit" })).await;
    assert_eq!(other.status, 422, "{}", other.text);
}

async fn what_cannot_be_made_is_refused(engine: Engine) {
    let api = Api::on(engine).await;
    for (order, code, said) in [
        (json!({ "report": "audt" }), "reports.unknown", "did you mean `audit`?"),
        (json!({ "report": "audit", "format": "pdf" }), "reports.format", ".xlsx"),
        (
            json!({ "report": "audit", "filters": { "form": "2026-01-01" } }),
            "http.report_filters",
            "unknown field `form`",
        ),
        (
            json!({ "report": "audit", "filters": { "from": "2026-02-01", "to": "2026-01-01" } }),
            "reports.period",
            "ends before it begins",
        ),
        (
            json!({ "report": "trend", "filters": { "as_of": "2026-13-01" } }),
            "input.invalid",
            "\"field\":\"filters.as_of\"",
        ),
        (
            json!({ "report": "trend", "filters": { "audience": { "departmnt": "Sales" } } }),
            "people.audience_field_unknown",
            "\"field\":\"filters.audience\"",
        ),
    ] {
        let refused = api.post(ALL, &order.to_string()).await;
        assert_eq!((refused.status, refused.code().as_str()), (422, code), "{}", refused.text);
        assert!(refused.text.contains(said), "{}", refused.text);
    }
    assert_eq!(api.get(&format!("{ALL}/last")).await.status, 404);
}

async fn ask(api: &Api, token: &str, key: Option<&str>, order: &Value) -> Answer {
    let mut request = Request::post(ALL).bearer(token);
    request = request.header(header::CONTENT_TYPE, "application/json");
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    api.send(request.body(Body::from(order.to_string())).unwrap()).await
}
