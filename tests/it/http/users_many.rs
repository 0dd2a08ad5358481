//! `PATCH /api/v1/users`: one change for everybody whom the query means.

use insta::{allow_duplicates, assert_snapshot};
use lms_core::Engine;
use serde_json::{Value, json};

use super::Api;
use super::batches::shown_without_plan;
use super::users::company;
use crate::support::engines::on_both_engines;

on_both_engines! {
    many_are_changed_as_planned,
    an_outdated_plan_changes_nobody,
    somebody_has_to_be_meant,
    query_and_body_are_told_apart,
}

const USERS: &str = "/api/v1/users";
const ENGINEERS: &str = "/api/v1/users?department=ENG";

async fn with_people(engine: Engine) -> Api {
    let api = company(engine).await;
    let person = |name: &str, department: &str, country: &str| {
        json!({ "first_name": "P", "last_name": name, "username": name, "department": department,
                "country": country })
    };
    let people =
        json!([person("ada", "ENG", "FR"), person("bo", "ENG", "DE"), person("cy", "SALES", "FR")]);
    assert_eq!(api.post(USERS, &people.to_string()).await.status, 201);
    api
}

async fn country(api: &Api, who: &str) -> Value {
    api.get(&format!("{USERS}/username:{who}")).await.json()["country"].clone()
}

async fn many_are_changed_as_planned(engine: Engine) {
    let api = with_people(engine).await;
    let change = r#"{"country": "DE"}"#;
    let planned = api.ask("PATCH", &format!("{ENGINEERS}&dry_run=true"), change).await;
    allow_duplicates! {
        assert_snapshot!(shown_without_plan(&planned.shown()), @r#"
        200
        content-type: application/json
        {"dry_run":true,
        "plan":"[plan]",
        "from":"2026-03-31",
        "counts":{"changed":1,
        "refused":0,
        "unchanged":1},
        "changes":[{"id":"[id]",
        "name":"P ada",
        "changed":[{"field":"country",
        "before":"FR",
        "after":"DE"}]}],
        "refused":[],
        "operation":null}
        "#);
    }
    assert_eq!(country(&api, "ada").await, "FR");
    let plan = planned.json()["plan"].as_str().unwrap().to_owned();
    let done = api.ask("PATCH", &format!("{ENGINEERS}&plan={plan}"), change).await;
    assert_eq!(done.status, 200, "{}", done.text);
    assert_eq!(
        (&done.json()["changes"], &done.json()["counts"]),
        (&planned.json()["changes"], &planned.json()["counts"])
    );
    assert!(done.json()["operation"].is_string());
    assert_eq!((country(&api, "ada").await, country(&api, "cy").await), (json!("DE"), json!("FR")));
    let again = api.ask("PATCH", ENGINEERS, change).await;
    assert_eq!((&again.json()["changes"], &again.json()["operation"]), (&json!([]), &Value::Null));

    // From a day on, and for those who are meant on it.
    let later = format!("{USERS}?search=cy&not_department=ENG&from=2027-01-01");
    let later = api.ask("PATCH", &later, r#"{"manager": "username:cy", "job_title": null}"#).await;
    assert_eq!(
        later.json()["counts"],
        json!({ "changed": 0, "unchanged": 0, "refused": 1 }),
        "{}",
        later.text
    );
    assert_eq!(later.json()["refused"][0]["name"], "P cy");
}

async fn an_outdated_plan_changes_nobody(engine: Engine) {
    let api = with_people(engine).await;
    let change = r#"{"country": "PL"}"#;
    let plan =
        api.ask("PATCH", &format!("{ENGINEERS}&dry_run=true"), change).await.json()["plan"].clone();
    let moved = api.ask("PATCH", &format!("{USERS}/username:cy"), r#"{"department": "ENG"}"#).await;
    assert_eq!(moved.status, 200, "{}", moved.text);
    for path in [
        format!("{ENGINEERS}&plan={}", plan.as_str().unwrap()),
        format!("{ENGINEERS}&plan=x&dry_run=true"),
    ] {
        let stale = api.ask("PATCH", &path, change).await;
        assert_eq!((stale.status, stale.code().as_str()), (412, "plan.stale"), "{}", stale.text);
    }
    assert_eq!((country(&api, "ada").await, country(&api, "cy").await), (json!("FR"), json!("FR")));
}

async fn somebody_has_to_be_meant(engine: Engine) {
    let api = with_people(engine).await;
    for path in
        [USERS.to_owned(), format!("{USERS}?from=2027-01-01"), format!("{USERS}?dry_run=true")]
    {
        let refused = api.ask("PATCH", &path, r#"{"country": "PL"}"#).await;
        assert_eq!(
            (refused.status, refused.code().as_str()),
            (400, "http.query"),
            "{}",
            refused.text
        );
    }
    let all =
        api.ask("PATCH", &format!("{USERS}?status=*&dry_run=true"), r#"{"country": "PL"}"#).await;
    assert_eq!(all.json()["counts"]["changed"], 3, "{}", all.text);
}

async fn query_and_body_are_told_apart(engine: Engine) {
    let api = with_people(engine).await;
    let wrong = async |query: &str, body: &str| {
        let answer = api.ask("PATCH", &format!("{USERS}?{query}"), body).await;
        let field = answer.json()["errors"][0]["field"].as_str().unwrap_or_default().to_owned();
        (answer.status, answer.code(), field)
    };
    let told = |status: u16, code: &str, field: &str| (status, code.to_owned(), field.to_owned());
    let change = r#"{"department": "Salse"}"#;
    assert_eq!(
        wrong("department=ENG", change).await,
        told(422, "people.unit_unknown", "department")
    );
    assert_eq!(
        wrong("department=Engneering", r#"{"department": "SALES"}"#).await,
        told(400, "people.unit_unknown", "department")
    );
    assert_eq!(
        wrong("not_group=nobody&status=active", change).await,
        told(400, "people.group_unknown", "not_group")
    );
    assert_eq!(wrong("search=--", change).await, told(400, "input.invalid", "search"));
    assert_eq!(wrong("department=ENG&limit=5", change).await, told(400, "http.query", ""));
    assert_eq!(wrong("department=ENG&from=soon", change).await, told(400, "input.invalid", "from"));
    let personal = r#"{"email": "all@example.com"}"#;
    assert_eq!(
        wrong("department=ENG", personal).await,
        told(422, "people.one_persons_field", "email")
    );
    assert_eq!(wrong("department=ENG", "{}").await, told(422, "input.invalid", "change"));
}
