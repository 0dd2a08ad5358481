//! `/api/v1/batches`: what changed records, and the way back.

use insta::{allow_duplicates, assert_snapshot};
use lms_core::{Engine, PersonChange, PersonField};
use serde_json::{Value, json};

use super::Api;
use super::users::company;
use crate::support::engines::on_both_engines;

on_both_engines! {
    batches_are_listed_and_shown,
    a_batch_is_taken_back_as_it_was_looked_at,
    an_outdated_plan_takes_nothing_back,
    what_is_not_taken_back_is_said,
}

const BATCHES: &str = "/api/v1/batches";
const BO: &str = "/api/v1/users/username:bo";

/// Two people whose country was changed together; the number of that operation.
async fn with_a_change(engine: Engine) -> (Api, i64) {
    let api = company(engine).await;
    let people = json!([
        { "first_name": "Ada", "last_name": "L", "username": "ada", "department": "ENG" },
        { "first_name": "Bo", "last_name": "E", "username": "bo", "department": "ENG" }
    ]);
    assert_eq!(api.post("/api/v1/users", &people.to_string()).await.status, 201);
    let changed = api.ask("PATCH", "/api/v1/users?department=ENG", r#"{"country": "DE"}"#).await;
    assert_eq!(changed.json()["counts"]["changed"], 2, "{}", changed.text);
    let newest = api.get(&format!("{BATCHES}?limit=1")).await.json()["items"][0].clone();
    assert_eq!(newest["operation_id"], changed.json()["operation"]);
    (api, newest["seq"].as_i64().unwrap())
}

async fn batches_are_listed_and_shown(engine: Engine) {
    let (api, seq) = with_a_change(engine).await;
    let shown = api.get(&format!("{BATCHES}/{seq}")).await;
    allow_duplicates! {
        assert_snapshot!(shown.shown(), @r#"
        200
        content-type: application/json
        {"seq":9,
        "operation_id":"[id]",
        "kind":"person.changed",
        "actor":"account:[id]",
        "recorded_at":"[time]",
        "reason":null,
        "n_records":2,
        "counts":{"changed":2},
        "undoes":null,
        "undone_by":null,
        "samples":[{"subject_type":"person",
        "subject_id":"[id]",
        "subject":"Ada L",
        "changed":[{"field":"country",
        "before":null,
        "after":"DE"}]},{"subject_type":"person",
        "subject_id":"[id]",
        "subject":"Bo E",
        "changed":[{"field":"country",
        "before":null,
        "after":"DE"}]}]}
        "#);
    }
    let by_id = shown.json()["operation_id"].as_str().unwrap().to_owned();
    assert_eq!(api.get(&format!("{BATCHES}/{by_id}")).await.text, shown.text);
    let kinds = async |query: &str| {
        let page = api.get(&format!("{BATCHES}?{query}")).await;
        let items = page.json()["items"].as_array().expect(&page.text).clone();
        items.iter().map(|item| item["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(kinds("many=true").await, ["person.changed", "person.created", "unit.created"]);
    assert_eq!(kinds("kind=person.created").await, ["person.created"]);
    assert_eq!(kinds("actor=os:nobody").await, [""; 0]);
    let page = api.get(&format!("{BATCHES}?limit=1")).await;
    let next = page.json()["next"].as_str().unwrap().to_owned();
    assert_eq!(kinds(&format!("limit=1&cursor={next}")).await, ["person.created"]);
    for query in ["limit=0", "cursor=x", "kinds=x"] {
        assert_eq!(api.get(&format!("{BATCHES}?{query}")).await.status, 400, "{query}");
    }
}

async fn a_batch_is_taken_back_as_it_was_looked_at(engine: Engine) {
    let (api, seq) = with_a_change(engine).await;
    // What somebody changed since stays.
    let change = PersonChange::new().set(PersonField::Country, "FR");
    api.lms.people().edit(&api.lms.admin(), "ada", change).await.unwrap();
    let undo = format!("{BATCHES}/{seq}/undo");
    let planned = api.post(&format!("{undo}?dry_run=true"), "").await;
    allow_duplicates! {
        assert_snapshot!(shown_without_plan(&planned.shown()), @r#"
        200
        content-type: application/json
        {"dry_run":true,
        "plan":"[plan]",
        "batch":{"seq":9,
        "operation_id":"[id]",
        "kind":"person.changed",
        "actor":"account:[id]",
        "recorded_at":"[time]",
        "reason":null,
        "n_records":2,
        "counts":{"changed":2},
        "undoes":null,
        "undone_by":null},
        "counts":{"blocked":0,
        "kept":1,
        "restored":1},
        "restored":[{"subject_type":"person",
        "subject_id":"[id]",
        "subject":"Bo E",
        "field":"country",
        "from":"2026-03-31",
        "until":null,
        "now":"DE",
        "back_to":null,
        "why":null,
        "changed_by":null}],
        "kept":[{"subject_type":"person",
        "subject_id":"[id]",
        "subject":"Ada L",
        "field":"country",
        "from":"2026-03-31",
        "until":null,
        "now":"FR",
        "back_to":null,
        "why":"changed since by os:admin in #10",
        "changed_by":{"seq":10,
        "kind":"person.changed",
        "actor":"os:admin",
        "recorded_at":"[time]"}}],
        "blocked":[],
        "operation":null}
        "#);
    }
    assert_eq!(api.get(BO).await.json()["country"], "DE");

    let plan = planned.json()["plan"].as_str().unwrap().to_owned();
    let done = api.post(&format!("{undo}?plan={plan}"), "").await;
    assert_eq!(done.status, 200, "{}", done.text);
    assert_eq!(
        (&done.json()["dry_run"], &done.json()["counts"]),
        (&json!(false), &planned.json()["counts"])
    );
    assert!(done.json()["operation"].is_string() && done.json()["batch"]["undone_by"].is_i64());
    assert_eq!(api.get(BO).await.json()["country"], Value::Null);
    let again = api.post(&undo, "").await;
    assert_eq!((again.status, &again.json()["operation"]), (200, &Value::Null), "{}", again.text);
    // The way back has a way back.
    let undone_by = done.json()["batch"]["undone_by"].as_i64().unwrap();
    assert_eq!(api.post(&format!("{BATCHES}/{undone_by}/undo"), "").await.status, 200);
    assert_eq!(api.get(BO).await.json()["country"], "DE");
}

async fn an_outdated_plan_takes_nothing_back(engine: Engine) {
    let (api, seq) = with_a_change(engine).await;
    let undo = format!("{BATCHES}/{seq}/undo");
    let plan = api.post(&format!("{undo}?dry_run=true"), "").await.json()["plan"].clone();
    let change = PersonChange::new().set(PersonField::Country, "FR");
    api.lms.people().edit(&api.lms.admin(), "ada", change).await.unwrap();
    for plan in [plan.as_str().unwrap(), "another"] {
        let stale = api.post(&format!("{undo}?plan={plan}"), "").await;
        assert_eq!((stale.status, stale.code().as_str()), (412, "plan.stale"), "{}", stale.text);
    }
    assert_eq!(api.get(BO).await.json()["country"], "DE");
}

async fn what_is_not_taken_back_is_said(engine: Engine) {
    let (api, _) = with_a_change(engine).await;
    for path in ["999", "nonsense", "01a1fb54-3231-73ec-9dbd-97197c48cdd2"] {
        for (method, path) in [("GET", path.to_owned()), ("POST", format!("{path}/undo"))] {
            let unknown = api.ask(method, &format!("{BATCHES}/{path}"), "").await;
            assert_eq!((unknown.status, unknown.code().as_str()), (404, "batch.unknown"), "{path}");
            assert_eq!(unknown.json()["errors"], json!([]));
        }
    }
    let foreign = api.post(&format!("{BATCHES}/1/undo"), "").await;
    assert_eq!((foreign.status, foreign.code().as_str()), (409, "batch.not_undoable"));
    let misspelt = api.post(&format!("{BATCHES}/1/undo?dryrun=true"), "").await;
    assert_eq!((misspelt.status, misspelt.code().as_str()), (400, "http.query"));
}

/// The fingerprint of a plan is that of ids, which are others each time.
pub(super) fn shown_without_plan(shown: &str) -> String {
    let line = |line: &str| {
        if line.starts_with("\"plan\":") {
            "\"plan\":\"[plan]\",".to_owned()
        } else {
            line.to_owned()
        }
    };
    shown.lines().map(line).collect::<Vec<_>>().join("\n")
}
