//! `/api/v1/users/{id}/history` and `/roles`: what happened to a person, and what they may do.

use insta::{allow_duplicates, assert_snapshot};
use lms_core::{Engine, NewAccount, NewPerson, PersonChange, PersonField};
use serde_json::{Value, json};

use super::Api;
use super::users::company;
use crate::support::engines::on_both_engines;

on_both_engines! {
    the_history_of_a_person_comes_in_pages,
    roles_are_given_and_taken,
    somebody_without_an_account_has_no_roles,
    a_stale_tag_gives_no_roles,
}

const ADA: &str = "/api/v1/users/username:ada";

async fn with_ada(engine: Engine) -> Api {
    let api = company(engine).await;
    let (people, admin) = (api.lms.people(), api.lms.admin());
    let ada = NewPerson::new("Ada", "Lovelace").set(PersonField::Username, "ada");
    people.add_one(&admin, ada).await.unwrap();
    api
}

async fn with_account(engine: Engine) -> Api {
    let api = with_ada(engine).await;
    let account = NewAccount::new("ada.lovelace").role("employee");
    api.lms.people().add_account_for(&api.lms.admin(), "ada", account).await.unwrap();
    api
}

async fn the_history_of_a_person_comes_in_pages(engine: Engine) {
    let api = with_ada(engine).await;
    for title in ["Countess", "Analyst"] {
        let change = PersonChange::new().set(PersonField::JobTitle, title);
        api.lms.people().edit(&api.lms.admin(), "ada", change).await.unwrap();
    }
    let history = format!("{ADA}/history");
    let newest = api.get(&format!("{history}?limit=1")).await;
    allow_duplicates! {
        assert_snapshot!(newest.shown(), @r#"
        200
        content-type: application/json
        {"items":[{"seq":10,
        "operation_id":"[id]",
        "recorded_at":"[time]",
        "kind":"person.changed",
        "actor":"os:admin",
        "reason":null,
        "from":"2026-03-31",
        "changed":[{"field":"job_title",
        "before":"Countess",
        "after":"Analyst"}],
        "merged_record":null}],
        "next":"eyJrIjpbMTAsMV19"}
        "#);
    }
    let kinds = async |query: &str| {
        let page = api.get(&format!("{history}{query}")).await;
        let items = page.json()["items"].as_array().expect(&page.text).clone();
        let kinds: Vec<String> =
            items.iter().map(|item| item["kind"].as_str().unwrap().to_owned()).collect();
        (kinds, page.json()["next"].as_str().map(str::to_owned))
    };
    let (first, next) = kinds("?oldest_first=true&limit=2").await;
    assert_eq!(first, ["person.created", "person.changed"]);
    let (rest, end) = kinds(&format!("?oldest_first=true&limit=2&cursor={}", next.unwrap())).await;
    assert_eq!((rest, end), (vec!["person.changed".to_owned()], None));
    for (query, field) in [("limit=0", "limit"), ("cursor=x", "cursor")] {
        let refused = api.get(&format!("{history}?{query}")).await;
        assert_eq!((refused.status, &refused.json()["errors"][0]["field"]), (400, &json!(field)));
    }
    let nobody = api.get("/api/v1/users/username:nobody/history").await;
    assert_eq!((nobody.status, nobody.code().as_str()), (404, "people.person_unknown"));
}

async fn roles_are_given_and_taken(engine: Engine) {
    let api = with_account(engine).await;
    let roles = format!("{ADA}/roles");
    let body = r#"{"add": ["manager", "hr"], "remove": ["employee"]}"#;
    let changed = api.post(&roles, body).await;
    allow_duplicates! {
        assert_snapshot!(changed.shown(), @r#"
        200
        content-type: application/json
        etag: "[time]"
        {"value":{"username":"ada.lovelace",
        "status":"active",
        "roles":["hr",
        "manager"],
        "updated_at":"[time]"},
        "changed":[{"field":"roles",
        "before":"employee",
        "after":"hr, manager"}],
        "operation":"[id]"}
        "#);
    }
    let again = api.post(&roles, body).await;
    assert_eq!((again.status, &again.json()["changed"]), (200, &json!([])));
    assert_eq!(again.header("etag"), changed.header("etag"));
    let shown = api.get(&roles).await;
    assert_eq!(shown.json(), changed.json()["value"]);
    assert_eq!(shown.header("etag"), changed.header("etag"));
    assert_eq!(api.get_if_none_match(&roles, shown.header("etag").unwrap()).await.status, 304);

    for (body, field) in
        [(json!({ "add": ["mangaer"] }), "add"), (json!({ "remove": ["mangaer"] }), "remove")]
    {
        let unknown = api.post(&roles, &body.to_string()).await;
        assert_eq!((unknown.status, unknown.code().as_str()), (422, "access.role_unknown"));
        assert_eq!(unknown.json()["errors"][0]["field"], field);
        assert_eq!(unknown.json()["hints"][0], "did you mean `manager`?");
    }
    let mistyped = api.post(&roles, r#"{"roles": ["hr"]}"#).await;
    assert_eq!((mistyped.status, mistyped.code().as_str()), (422, "http.fields"));
    // Nobody gives more than they hold themselves.
    let keeper = api.token_for(&["access.write", "people.read"]).await;
    let request = axum::http::Request::post(&roles)
        .header("authorization", format!("Bearer {keeper}"))
        .header("content-type", "application/json");
    let request = request.body(axum::body::Body::from(r#"{"add": ["super_admin"]}"#)).unwrap();
    let refused = api.send(request).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "access.forbidden"));
    assert_eq!(api.get(&roles).await.json(), shown.json());
}

async fn somebody_without_an_account_has_no_roles(engine: Engine) {
    let api = with_ada(engine).await;
    let none = api.post(&format!("{ADA}/roles"), r#"{"add": ["manager"]}"#).await;
    let id = api.get(ADA).await.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(
        (none.status, none.code().as_str(), &none.json()["detail"]),
        (404, "people.no_account", &json!("Ada Lovelace has no account"))
    );
    let hint = format!("make one: `lmsctl access user add USERNAME --person {id}`");
    assert_eq!(none.json()["hints"], json!([hint]));
    assert_eq!(api.get(&format!("{ADA}/roles")).await.code(), "people.no_account");
    let nobody = api.get("/api/v1/users/username:nobody/roles").await;
    assert_eq!((nobody.status, nobody.code().as_str()), (404, "people.person_unknown"));
}

async fn a_stale_tag_gives_no_roles(engine: Engine) {
    let api = with_account(engine).await;
    let roles = format!("{ADA}/roles");
    let tag = api.get(&roles).await.header("etag").unwrap().to_owned();
    let first = api.ask_if_match("POST", &roles, &tag, r#"{"add": ["manager"]}"#).await;
    assert_eq!(first.status, 200, "{}", first.text);
    let stale = api.ask_if_match("POST", &roles, &tag, r#"{"add": ["hr"]}"#).await;
    assert_eq!((stale.status, stale.code().as_str()), (412, "people.stale"), "{}", stale.text);
    let held: Vec<Value> = api.get(&roles).await.json()["roles"].as_array().unwrap().clone();
    assert_eq!(held, [json!("employee"), json!("manager")]);
}
