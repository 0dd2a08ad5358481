//! `/api/v1/groups`: lists and audiences under a name.

use insta::{allow_duplicates, assert_snapshot};
use lms_core::{Engine, NewPerson, PersonField};
use serde_json::{Value, json};

use super::users::company;
use super::{Answer, Api};
use crate::support::engines::on_both_engines;

on_both_engines! {
    a_list_is_made_changed_and_closed,
    an_audience_is_kept_under_a_name,
    a_dry_run_changes_no_group,
    the_people_of_a_group_are_listed_like_any_others,
    what_is_wrong_with_a_group_is_told_of_its_field,
    a_stale_tag_changes_no_group,
}

const GROUPS: &str = "/api/v1/groups";
const COUNCIL: &str = "/api/v1/groups/COUNCIL";

/// Three people, of whom `ada` and `bo` are in engineering.
async fn with_people(engine: Engine) -> Api {
    let api = company(engine).await;
    let person = |name: &str, department: &str| {
        NewPerson::new("P", name)
            .set(PersonField::Username, name)
            .set(PersonField::Department, department)
    };
    let people = vec![person("ada", "ENG"), person("bo", "ENG"), person("cy", "SALES")];
    api.lms.people().add(&api.lms.admin(), people).await.unwrap();
    api
}

async fn with_council(engine: Engine) -> Api {
    let api = with_people(engine).await;
    let body = json!({ "code": "COUNCIL", "name": "Works council", "members": ["ada", "cy"] });
    let made = api.post(GROUPS, &body.to_string()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    api
}

fn usernames(answer: &Answer) -> Vec<String> {
    let items = answer.json()["items"].as_array().expect(&answer.text).clone();
    items.iter().map(|item| item["username"].as_str().unwrap().to_owned()).collect()
}

async fn a_list_is_made_changed_and_closed(engine: Engine) {
    let api = with_people(engine).await;
    let body = json!({ "code": "COUNCIL", "name": "Works council", "members": ["ada", "cy"] });
    let made = api.post(GROUPS, &body.to_string()).await;
    allow_duplicates! {
        assert_snapshot!(made.shown(), @r#"
        201
        content-type: application/json
        etag: "[time]"
        {"value":{"id":"[id]",
        "code":"COUNCIL",
        "name":"Works council",
        "kind":"fixed",
        "audience":null,
        "open":true,
        "created_at":"[time]",
        "updated_at":"[time]"},
        "changed":[{"field":"code",
        "before":null,
        "after":"COUNCIL"},{"field":"name",
        "before":null,
        "after":"Works council"},{"field":"members",
        "before":null,
        "after":"2"}],
        "operation":"[id]"}
        "#);
    }
    let id = made.json()["value"]["id"].as_str().unwrap().to_owned();
    assert_eq!(made.header("location"), Some(format!("groups/{id}").as_str()));
    let again = api.post(GROUPS, &body.to_string()).await;
    assert_eq!((again.status, again.code().as_str()), (409, "people.group_exists"));

    let shown = api.get(&format!("{GROUPS}/works%20council")).await;
    allow_duplicates! {
        assert_snapshot!(shown.shown(), @r#"
        200
        content-type: application/json
        etag: "[time]/[sum]"
        {"id":"[id]",
        "code":"COUNCIL",
        "name":"Works council",
        "kind":"fixed",
        "audience":null,
        "open":true,
        "created_at":"[time]",
        "updated_at":"[time]",
        "people":2,
        "problem":null}
        "#);
    }

    let change = r#"{"name": "Council", "add": ["bo"], "remove": ["cy"]}"#;
    let changed = api.ask("PATCH", COUNCIL, change).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    assert_eq!(changed.json()["changed"][0]["after"], "Council");
    assert_eq!(usernames(&api.get(&format!("{COUNCIL}/members")).await), ["ada", "bo"]);
    let again = api.ask("PATCH", COUNCIL, change).await;
    assert_eq!((&again.json()["changed"], &again.json()["operation"]), (&json!([]), &Value::Null));
    assert_eq!(again.header("etag"), changed.header("etag"));

    let later = r#"{"add": ["cy"]}"#;
    let later = api.ask("PATCH", &format!("{COUNCIL}?from=2027-01-01"), later).await;
    assert_eq!(later.status, 200, "{}", later.text);
    let count =
        async |day: &str| api.get(&format!("{COUNCIL}?as_of={day}")).await.json()["people"].clone();
    assert_eq!((count("2026-12-31").await, count("2027-01-01").await), (json!(2), json!(3)));

    let closed = api.ask("DELETE", &format!("{COUNCIL}?from=2027-06-01"), "").await;
    assert_eq!(
        (closed.status, &closed.json()["value"]["open"]),
        (200, &json!(false)),
        "{}",
        closed.text
    );
    let again = api.ask("DELETE", &format!("{COUNCIL}?from=2027-06-01"), "").await;
    assert_eq!((again.status, &again.json()["changed"]), (200, &json!([])));
    let listed = async |query: &str| {
        api.get(&format!("{GROUPS}{query}")).await.json()["items"].as_array().unwrap().len()
    };
    assert_eq!((listed("").await, listed("?as_of=2027-06-01").await), (1, 0));
    assert_eq!(listed("?as_of=2027-06-01&closed=true").await, 1);
    let gone = api.get(&format!("{COUNCIL}/members?as_of=2027-06-01")).await;
    assert_eq!((gone.status, gone.code().as_str()), (409, "people.group_closed"));
}

async fn an_audience_is_kept_under_a_name(engine: Engine) {
    let api = with_people(engine).await;
    let audience = json!({ "department": ["ENG", "SALES"], "not": { "person": "bo" } });
    let body = json!({ "code": "SOME", "name": "Some", "audience": audience });
    let made = api.post(GROUPS, &body.to_string()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(
        (&made.json()["value"]["kind"], &made.json()["value"]["audience"]),
        (&json!("saved"), &audience)
    );
    assert_eq!(usernames(&api.get(&format!("{GROUPS}/SOME/members")).await), ["ada", "cy"]);
    let change = r#"{"audience": {"group": "SOME", "department": "ENG"}}"#;
    let round = api.ask("PATCH", &format!("{GROUPS}/SOME"), change).await;
    assert_eq!(
        (round.status, round.code().as_str(), &round.json()["errors"][0]["field"]),
        (422, "people.group_cycle", &json!("audience.group")),
        "{}",
        round.text
    );
    let narrower = r#"{"audience": {"department": "Engineering"}}"#;
    let changed = api.ask("PATCH", &format!("{GROUPS}/SOME"), narrower).await;
    assert_eq!(changed.json()["changed"][0]["field"], "audience", "{}", changed.text);
    assert_eq!(usernames(&api.get(&format!("{GROUPS}/SOME/members")).await), ["ada", "bo"]);

    let outer = json!({ "code": "OUTER", "name": "Outer", "audience": { "group": "SOME" } });
    assert_eq!(api.post(GROUPS, &outer.to_string()).await.status, 201);
    let used = api.ask("DELETE", &format!("{GROUPS}/SOME"), "").await;
    assert_eq!((used.status, used.code().as_str()), (409, "people.group_in_use"));
}

async fn a_dry_run_changes_no_group(engine: Engine) {
    let api = with_council(engine).await;
    let before = api.get(COUNCIL).await;
    let planned = api.ask("PATCH", &format!("{COUNCIL}?dry_run=true"), r#"{"add": ["bo"]}"#).await;
    let members = json!({ "field": "members", "before": "2", "after": "3" });
    assert_eq!(
        (planned.status, planned.json()),
        (200, json!({ "dry_run": true, "changed": [members] }))
    );
    assert_eq!(api.get(COUNCIL).await.text, before.text);
    let unknown = api.ask("PATCH", &format!("{COUNCIL}?dry_run=true"), r#"{"add": ["zoe"]}"#).await;
    assert_eq!((unknown.status, unknown.code().as_str()), (422, "people.person_unknown"));
}

async fn the_people_of_a_group_are_listed_like_any_others(engine: Engine) {
    let api = with_council(engine).await;
    let members = format!("{COUNCIL}/members");
    let sorted = api.get(&format!("{members}?sort=-name&total=true&limit=1")).await;
    assert_eq!((usernames(&sorted), &sorted.json()["total"]), (vec!["cy".to_owned()], &json!(2)));
    assert_eq!(usernames(&api.get(&format!("{members}?not_department=SALES")).await), ["ada"]);
    let lines = api.stream(&format!("{members}?fields=username")).await;
    assert_eq!(lines.text, "{\"username\":\"ada\"}\n{\"username\":\"cy\"}\n");

    // A group in the address is not there; one in the query is a mistake in the query.
    let nowhere = api.get(&format!("{GROUPS}/CUONCIL/members")).await;
    assert_eq!((nowhere.status, nowhere.code().as_str()), (404, "people.group_unknown"));
    assert_eq!(nowhere.json()["hints"][0], "did you mean `COUNCIL`?");
    let asked = api.get(&format!("{members}?group=CUONCIL")).await;
    assert_eq!((asked.status, &asked.json()["errors"][0]["field"]), (400, &json!("group")));
}

async fn what_is_wrong_with_a_group_is_told_of_its_field(engine: Engine) {
    let api = with_council(engine).await;
    let wrong = async |method: &str, path: &str, body: Value| {
        let answer = api.ask(method, path, &body.to_string()).await;
        let field = answer.json()["errors"][0]["field"].as_str().unwrap_or_default().to_owned();
        (answer.status, answer.code(), field)
    };
    let told = |code: &str, field: &str| (422, code.to_owned(), field.to_owned());
    let new = |audience: Value| json!({ "code": "X", "name": "X", "audience": audience });
    assert_eq!(
        wrong("POST", GROUPS, new(json!({ "departement": "ENG" }))).await,
        told("people.audience_field_unknown", "audience.departement")
    );
    assert_eq!(
        wrong("POST", GROUPS, new(json!({ "not": { "location": "Nowhere" } }))).await,
        told("people.unit_unknown", "audience.not_location")
    );
    assert_eq!(wrong("POST", GROUPS, new(json!(["ENG"]))).await, told("input.invalid", "audience"));
    let both = json!({ "code": "X", "name": "X", "members": ["ada"], "audience": { "department": "ENG" } });
    assert_eq!(wrong("POST", GROUPS, both).await, told("people.group_kind", "group"));
    let unknown = json!({ "code": "X", "name": "X", "members": ["ada", "zoe"] });
    assert_eq!(wrong("POST", GROUPS, unknown).await, told("people.person_unknown", "members"));
    assert_eq!(wrong("POST", GROUPS, json!({ "code": "X", "name": "" })).await.0, 422);
    let listed = json!({ "audience": { "department": "ENG" } });
    assert_eq!(wrong("PATCH", COUNCIL, listed).await, told("people.group_kind", "group"));
    assert_eq!(
        wrong("PATCH", COUNCIL, json!({ "audience": null })).await,
        told("input.invalid", "audience")
    );
    assert_eq!(
        wrong("PATCH", COUNCIL, json!({ "remove": ["zoe"] })).await,
        told("people.person_unknown", "remove")
    );
    assert_eq!(
        wrong("PATCH", COUNCIL, json!({ "members": ["bo"] })).await,
        told("http.fields", "members")
    );
    let nowhere = format!("{GROUPS}/NOWHERE");
    for (method, body) in [("GET", json!({})), ("PATCH", json!({})), ("DELETE", json!({}))] {
        assert_eq!(
            wrong(method, &nowhere, body).await,
            (404, "people.group_unknown".to_owned(), String::new())
        );
    }
}

async fn a_stale_tag_changes_no_group(engine: Engine) {
    let api = with_council(engine).await;
    let tag = api.get(COUNCIL).await.header("etag").unwrap().to_owned();
    assert_eq!(api.get_if_none_match(COUNCIL, &tag).await.status, 304);
    let first = api.ask_if_match("PATCH", COUNCIL, &tag, r#"{"add": ["bo"]}"#).await;
    assert_eq!(first.status, 200, "{}", first.text);
    for (method, path, body) in [
        ("PATCH", COUNCIL.to_owned(), r#"{"name": "Other"}"#),
        ("PATCH", format!("{COUNCIL}?dry_run=true"), r#"{"name": "Other"}"#),
        ("DELETE", COUNCIL.to_owned(), ""),
    ] {
        let stale = api.ask_if_match(method, &path, &tag, body).await;
        assert_eq!((stale.status, stale.code().as_str()), (412, "people.stale"), "{method} {path}");
    }
    let tag = first.header("etag").unwrap().to_owned();
    let closed = api.ask_if_match("DELETE", COUNCIL, &tag, "").await;
    assert_eq!(closed.status, 200, "{}", closed.text);
    assert_ne!(closed.header("etag"), Some(tag.as_str()));
}
