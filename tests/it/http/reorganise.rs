//! Moving, merging and removing departments, locations and job roles.

use insta::{allow_duplicates, assert_snapshot};
use lms_core::{Engine, NewPerson, NewUnit, PersonField, UnitKind};
use serde_json::{Value, json};

use super::Api;
use super::batches::shown_without_plan;
use super::users::company;
use crate::support::engines::on_both_engines;

on_both_engines! {
    a_department_moves_with_all_below_it,
    departments_are_merged_as_planned,
    a_unit_is_removed_and_its_people_go_elsewhere,
    what_is_wrong_is_told_of_address_query_or_body,
}

const DEPARTMENTS: &str = "/api/v1/departments";

/// Engineering with a department below it, and somebody in that.
async fn with_tree(engine: Engine) -> Api {
    let api = company(engine).await;
    let (people, admin) = (api.lms.people(), api.lms.admin());
    let below = NewUnit::new(UnitKind::Department, "WEB", "Web").parent("ENG");
    people.add_units(&admin, vec![below]).await.unwrap();
    let ada = NewPerson::new("Ada", "L")
        .set(PersonField::Username, "ada")
        .set(PersonField::Department, "WEB");
    people.add_one(&admin, ada).await.unwrap();
    api
}

async fn department_of_ada(api: &Api) -> Value {
    api.get("/api/v1/users/username:ada").await.json()["department"].clone()
}

async fn a_department_moves_with_all_below_it(engine: Engine) {
    let api = with_tree(engine).await;
    let path = format!("{DEPARTMENTS}/ENG/move");
    let planned = api.post(&format!("{path}?dry_run=true"), r#"{"parent": "Sales"}"#).await;
    allow_duplicates! {
        assert_snapshot!(shown_without_plan(&planned.shown()), @r#"
        200
        content-type: application/json
        {"dry_run":true,
        "plan":"[plan]",
        "from":"2026-03-31",
        "counts":{"carried":1,
        "leaders":0,
        "people":0,
        "units":1},
        "units":[{"id":"[id]",
        "code":"ENG",
        "name":"Engineering",
        "changed":[{"field":"parent",
        "before":null,
        "after":"SALES"}]}],
        "people":[],
        "leaders":[],
        "operation":null}
        "#);
    }
    let parent = async || api.get(&format!("{DEPARTMENTS}/ENG")).await.json()["parent"].clone();
    assert_eq!(parent().await, Value::Null);
    let moved = api.post(&path, r#"{"parent": "Sales"}"#).await;
    assert_eq!((moved.status, parent().await), (200, json!("SALES")), "{}", moved.text);
    let again = api.post(&path, r#"{"parent": "Sales"}"#).await;
    assert_eq!((&again.json()["units"], &again.json()["operation"]), (&json!([]), &Value::Null));
    let top = api.post(&path, r#"{"parent": null}"#).await;
    assert_eq!((top.status, parent().await), (200, Value::Null), "{}", top.text);
}

async fn departments_are_merged_as_planned(engine: Engine) {
    let api = with_tree(engine).await;
    let path = format!("{DEPARTMENTS}/SALES/merge");
    let body = r#"{"units": ["WEB", "ENG"]}"#;
    let planned = api.post(&format!("{path}?dry_run=true"), body).await;
    assert_eq!(
        planned.json()["counts"],
        json!({ "units": 2, "people": 1, "leaders": 0, "carried": 0 }),
        "{}",
        planned.text
    );
    let person = &planned.json()["people"][0];
    assert_eq!(
        (&person["name"], &person["before"], &person["after"]),
        (&json!("Ada L"), &json!("WEB"), &json!("SALES"))
    );
    let plan = planned.json()["plan"].as_str().unwrap().to_owned();
    let stale = api.post(&format!("{path}?plan={plan}"), r#"{"units": ["WEB"]}"#).await;
    assert_eq!((stale.status, stale.code().as_str()), (412, "plan.stale"));
    assert_eq!(department_of_ada(&api).await, "WEB");
    let merged = api.post(&format!("{path}?plan={plan}"), body).await;
    assert_eq!(merged.status, 200, "{}", merged.text);
    assert_eq!(department_of_ada(&api).await, "SALES");
    assert_eq!(api.get(DEPARTMENTS).await.json()["items"].as_array().unwrap().len(), 1);
    // One operation, which is taken back as a whole.
    let operation = merged.json()["operation"].as_str().unwrap().to_owned();
    let undone = api.post(&format!("/api/v1/batches/{operation}/undo"), "").await;
    assert_eq!(undone.status, 200, "{}", undone.text);
    assert_eq!(department_of_ada(&api).await, "WEB");
}

async fn a_unit_is_removed_and_its_people_go_elsewhere(engine: Engine) {
    let api = with_tree(engine).await;
    let used = api.ask("DELETE", &format!("{DEPARTMENTS}/WEB"), "").await;
    assert_eq!((used.status, used.code().as_str()), (409, "people.unit_in_use"));
    let removed =
        api.ask("DELETE", &format!("{DEPARTMENTS}/WEB?people_to=ENG&from=2027-01-01"), "").await;
    assert_eq!(
        (removed.status, &removed.json()["counts"]["people"]),
        (200, &json!(1)),
        "{}",
        removed.text
    );
    assert_eq!(department_of_ada(&api).await, "WEB");
    let then = api.get("/api/v1/users/username:ada?as_of=2027-01-01").await.json();
    assert_eq!(then["department"], "ENG");
    for list in ["locations", "job-roles"] {
        for code in ["a", "b", "c"] {
            let body = json!({ "code": code, "name": format!("Name of {code}") });
            assert_eq!(api.post(&format!("/api/v1/{list}"), &body.to_string()).await.status, 201);
        }
        let merged = api.post(&format!("/api/v1/{list}/a/merge"), r#"{"units": ["b"]}"#).await;
        assert_eq!(merged.json()["units"][0]["code"], "b", "{}", merged.text);
        let removed = api.ask("DELETE", &format!("/api/v1/{list}/c"), "").await;
        assert_eq!(removed.json()["units"][0]["changed"][0]["field"], "open", "{}", removed.text);
        assert_eq!(api.post(&format!("/api/v1/{list}/a/move"), "{}").await.status, 404);
    }
}

async fn what_is_wrong_is_told_of_address_query_or_body(engine: Engine) {
    let api = with_tree(engine).await;
    let wrong = async |method: &str, path: &str, body: &str| {
        let answer = api.ask(method, &format!("{DEPARTMENTS}/{path}"), body).await;
        let field = answer.json()["errors"][0]["field"].as_str().unwrap_or_default().to_owned();
        (answer.status, answer.code(), field)
    };
    let told = |status: u16, code: &str, field: &str| (status, code.to_owned(), field.to_owned());
    let unknown = "people.unit_unknown";
    assert_eq!(wrong("POST", "NOPE/move", r#"{"parent": null}"#).await, told(404, unknown, ""));
    assert_eq!(
        wrong("POST", "ENG/move", r#"{"parent": "NOPE"}"#).await,
        told(422, unknown, "parent")
    );
    assert_eq!(wrong("POST", "ENG/move", "{}").await, told(422, "http.fields", "parent"));
    assert_eq!(
        wrong("POST", "ENG/move", r#"{"parent": "WEB"}"#).await.1,
        "people.department_cycle"
    );
    assert_eq!(wrong("POST", "NOPE/merge", r#"{"units": ["ENG"]}"#).await, told(404, unknown, ""));
    assert_eq!(
        wrong("POST", "ENG/merge", r#"{"units": ["NOPE"]}"#).await,
        told(422, unknown, "units")
    );
    assert_eq!(
        wrong("POST", "ENG/merge", r#"{"units": ["ENG"]}"#).await,
        told(422, "input.invalid", "units")
    );
    assert_eq!(wrong("DELETE", "NOPE", "").await, told(404, unknown, ""));
    assert_eq!(wrong("DELETE", "WEB?people_to=NOPE", "").await, told(400, unknown, "people_to"));
    assert_eq!(
        wrong("DELETE", "WEB?people_to=WEB", "").await,
        told(400, "input.invalid", "people_to")
    );
    assert_eq!(wrong("DELETE", "WEB?from=soon", "").await, told(400, "input.invalid", "from"));
}
