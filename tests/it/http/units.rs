//! `/api/v1/departments`, `/locations` and `/job-roles`: one pattern, three lists.

use insta::{allow_duplicates, assert_snapshot};
use lms_core::Engine;
use serde_json::{Value, json};

use super::Api;
use super::users::company;
use crate::support::engines::on_both_engines;

on_both_engines! {
    a_department_is_made_moved_and_closed,
    locations_and_job_roles_are_lists,
    mistakes_are_named,
    a_stale_tag_changes_no_unit,
}

const DEPARTMENTS: &str = "/api/v1/departments";

async fn codes(api: &Api, path: &str) -> Vec<String> {
    let answer = api.get(path).await;
    let items = answer.json()["items"].as_array().expect(&answer.text).clone();
    items.iter().map(|item| item["code"].as_str().unwrap().to_owned()).collect()
}

async fn a_department_is_made_moved_and_closed(engine: Engine) {
    let api = company(engine).await;
    let body = r#"{"code": "ENG-PLAT", "name": "Platform", "parent": "Engineering"}"#;
    let made = api.post(DEPARTMENTS, body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let id = made.json()["value"]["id"].as_str().unwrap().to_owned();
    assert_eq!(made.header("location"), Some(format!("departments/{id}").as_str()));
    let platform = format!("{DEPARTMENTS}/eng-plat");
    let shown = api.get(&platform).await;
    allow_duplicates! {
        assert_snapshot!(shown.shown(), @r#"
        200
        content-type: application/json
        etag: "[time]/[sum]"
        {"id":"[id]",
        "kind":"department",
        "code":"ENG-PLAT",
        "name":"Platform",
        "parent":"ENG",
        "head":null,
        "deputy":null,
        "open":true,
        "updated_at":"[time]"}
        "#);
    }
    assert_eq!(codes(&api, DEPARTMENTS).await, ["ENG", "ENG-PLAT", "SALES"]);

    let ada = json!({ "first_name": "Ada", "last_name": "L", "email": "ada@example.com" });
    api.post("/api/v1/users", &ada.to_string()).await;
    let change = r#"{"parent": "SALES", "head": "email:ada@example.com", "name": "Base"}"#;
    let moved = api.ask("PATCH", &format!("{platform}?from=2026-06-01"), change).await;
    assert_eq!(moved.status, 200, "{}", moved.text);
    assert_eq!(moved.json()["value"]["parent"], "SALES");
    let now = api.get(&platform).await.json();
    assert_eq!(
        (&now["parent"], &now["head"], &now["name"]),
        (&json!("ENG"), &Value::Null, &json!("Base"))
    );
    let then = api.get(&format!("{platform}?as_of=2026-06-01")).await.json();
    assert_eq!(then["parent"], "SALES");
    assert!(then["head"].is_string());

    let top = api
        .ask("PATCH", &format!("{platform}?from=2026-06-01"), r#"{"parent": null, "head": null}"#)
        .await;
    assert_eq!(
        (&top.json()["value"]["parent"], &top.json()["value"]["head"]),
        (&Value::Null, &Value::Null)
    );
    let closed = api.ask("PATCH", &platform, r#"{"open": false}"#).await;
    assert_eq!(closed.json()["value"]["open"], false, "{}", closed.text);
    assert_eq!(codes(&api, DEPARTMENTS).await, ["ENG", "SALES"]);
    assert_eq!(codes(&api, &format!("{DEPARTMENTS}?closed=true")).await.len(), 3);
    assert_eq!(codes(&api, &format!("{DEPARTMENTS}?as_of=2026-01-01")).await.len(), 3);
    assert_eq!(api.ask("PATCH", &platform, r#"{"open": true}"#).await.status, 422);
}

async fn locations_and_job_roles_are_lists(engine: Engine) {
    let api = Api::on(engine).await;
    for (path, kind) in [("/api/v1/locations", "location"), ("/api/v1/job-roles", "job_role")] {
        let made = api.post(path, r#"{"code": "a", "name": "Alpha"}"#).await;
        assert_eq!(
            (made.status, &made.json()["value"]["kind"]),
            (201, &json!(kind)),
            "{}",
            made.text
        );
        assert_eq!(codes(&api, path).await, ["a"]);
        let renamed = api.ask("PATCH", &format!("{path}/Alpha"), r#"{"name": "Beta"}"#).await;
        assert_eq!(
            renamed.json()["changed"],
            json!([{ "field": "name", "before": "Alpha", "after": "Beta" }])
        );
        let again = api.ask("PATCH", &format!("{path}/A"), r#"{"name": "Beta"}"#).await;
        assert_eq!(again.json()["operation"], Value::Null);
        let tree = api.post(path, r#"{"code": "b", "name": "B", "parent": "a"}"#).await;
        assert_eq!((tree.status, &tree.json()["errors"][0]["field"]), (422, &json!("parent")));
    }
    assert_eq!(codes(&api, DEPARTMENTS).await, [""; 0]);
}

async fn mistakes_are_named(engine: Engine) {
    let api = company(engine).await;
    let unknown = api.get(&format!("{DEPARTMENTS}/Engneering")).await;
    assert_eq!((unknown.status, unknown.code().as_str()), (404, "people.unit_unknown"));
    assert_eq!(unknown.json()["hints"][0], "did you mean `Engineering`?");
    assert_eq!(unknown.json()["errors"], json!([]));

    let taken = api.post(DEPARTMENTS, r#"{"code": "eng", "name": "Again"}"#).await;
    assert_eq!((taken.status, taken.code().as_str()), (409, "people.unit_exists"));
    let parent = api.ask("PATCH", &format!("{DEPARTMENTS}/ENG"), r#"{"parent": "Salse"}"#).await;
    assert_eq!(
        (parent.status, &parent.json()["errors"][0]["field"]),
        (422, &json!("parent")),
        "{}",
        parent.text
    );
    let round = api.ask("PATCH", &format!("{DEPARTMENTS}/ENG"), r#"{"parent": "ENG"}"#).await;
    assert_eq!(
        (round.status, round.code().as_str()),
        (422, "people.department_cycle"),
        "{}",
        round.text
    );
    let head = api.ask("PATCH", &format!("{DEPARTMENTS}/ENG"), r#"{"head": "nobody"}"#).await;
    assert_eq!(
        (head.status, &head.json()["errors"][0]["field"]),
        (422, &json!("head")),
        "{}",
        head.text
    );
    for (path, status) in [("?as_of=soon", 400), ("?limit=5", 400), ("?closed=maybe", 400)] {
        assert_eq!(api.get(&format!("{DEPARTMENTS}{path}")).await.status, status, "{path}");
    }
    assert_eq!(api.get(&format!("{DEPARTMENTS}/%FF")).await.status, 404);
}

async fn a_stale_tag_changes_no_unit(engine: Engine) {
    let api = company(engine).await;
    let eng = format!("{DEPARTMENTS}/ENG");
    let tag = api.get(&eng).await.header("etag").unwrap().to_owned();
    assert_eq!(api.get_if_none_match(&eng, &tag).await.status, 304);
    let first = api.ask_if_match("PATCH", &eng, &tag, r#"{"name": "Technology"}"#).await;
    assert_eq!(first.status, 200, "{}", first.text);
    let stale = api.ask_if_match("PATCH", &eng, &tag, r#"{"name": "Other"}"#).await;
    assert_eq!((stale.status, stale.code().as_str()), (412, "people.stale"), "{}", stale.text);
    assert_eq!(api.get_if_none_match(&eng, &tag).await.status, 200);
    let tag = first.header("etag").unwrap().to_owned();
    assert_eq!(api.ask_if_match("PATCH", &eng, &tag, r#"{"name": "Other"}"#).await.status, 200);
}
