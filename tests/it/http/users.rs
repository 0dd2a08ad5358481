//! `/api/v1/users`: making, showing and changing people.

use insta::{allow_duplicates, assert_snapshot};
use lms_core::{Engine, NewUnit, UnitKind};
use serde_json::{Value, json};

use super::Api;
use crate::support::engines::on_both_engines;

on_both_engines! {
    somebody_is_hired_and_shown,
    many_are_made_together_or_not_at_all,
    a_dry_run_writes_nothing,
    everything_that_is_wrong_is_told_at_once,
    a_field_is_changed_and_another_cleared,
    a_replacement_sets_all_and_clears_the_rest,
    a_stale_tag_changes_nobody,
    what_the_caller_has_is_not_sent_again,
    a_working_life,
    people_are_addressed_in_four_ways,
    who_is_not_there_is_not_found,
}

const USERS: &str = "/api/v1/users";
const ADA: &str = "/api/v1/users/email:ada@example.com";

/// An organisation with two departments.
pub(super) async fn company(engine: Engine) -> Api {
    let api = Api::on(engine).await;
    let unit = |code: &str, name: &str| NewUnit::new(UnitKind::Department, code, name);
    let units = vec![unit("ENG", "Engineering"), unit("SALES", "Sales")];
    api.lms.people().add_units(&api.lms.admin(), units).await.unwrap();
    api
}

async fn with_ada(engine: Engine) -> Api {
    let api = company(engine).await;
    let ada = json!({
        "first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com",
        "department": "eng", "hired_on": "2025-01-01", "attributes": { "floor": "3" }
    });
    assert_eq!(api.post(USERS, &ada.to_string()).await.status, 201);
    api
}

async fn somebody_is_hired_and_shown(engine: Engine) {
    let api = company(engine).await;
    let body = json!({
        "first_name": "Ada", "last_name": "Lovelace", "email": "Ada@Example.com",
        "employee_number": "00123", "department": "Engineering", "country": "gb",
        "hired_on": "2025-01-01", "attributes": { "floor": "3" }
    });
    let made = api.post(USERS, &body.to_string()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let id = made.json()["value"]["id"].as_str().unwrap().to_owned();
    assert_eq!(made.header("location"), Some(format!("users/{id}").as_str()));
    allow_duplicates! {
        assert_snapshot!(made.shown(), @r#"
        201
        content-type: application/json
        etag: "[time]"
        {"value":{"id":"[id]",
        "employee_number":"00123",
        "email":"Ada@Example.com",
        "username":null,
        "first_name":"Ada",
        "last_name":"Lovelace",
        "preferred_name":null,
        "status":"active",
        "hired_on":"2025-01-01",
        "terminated_on":null,
        "department":"ENG",
        "location":null,
        "job_role":null,
        "job_title":null,
        "country":"GB",
        "employment_type":null,
        "manager":null,
        "manager_name":null,
        "locale":null,
        "timezone":null,
        "attributes":{"floor":"3"},
        "created_at":"[time]",
        "updated_at":"[time]"},
        "changed":[{"field":"employee_number",
        "before":null,
        "after":"00123"},{"field":"email",
        "before":null,
        "after":"Ada@Example.com"},{"field":"first_name",
        "before":null,
        "after":"Ada"},{"field":"last_name",
        "before":null,
        "after":"Lovelace"},{"field":"department",
        "before":null,
        "after":"ENG"},{"field":"country",
        "before":null,
        "after":"GB"},{"field":"attribute.floor",
        "before":null,
        "after":"3"}],
        "operation":"[id]"}
        "#);
    }

    let shown = api.get(&format!("{USERS}/{id}")).await;
    allow_duplicates! {
        assert_snapshot!(shown.shown(), @r#"
        200
        content-type: application/json
        etag: "[time]/[sum]"
        {"id":"[id]",
        "employee_number":"00123",
        "email":"Ada@Example.com",
        "username":null,
        "first_name":"Ada",
        "last_name":"Lovelace",
        "preferred_name":null,
        "status":"active",
        "hired_on":"2025-01-01",
        "terminated_on":null,
        "department":"ENG",
        "location":null,
        "job_role":null,
        "job_title":null,
        "country":"GB",
        "employment_type":null,
        "manager":null,
        "manager_name":null,
        "locale":null,
        "timezone":null,
        "attributes":{"floor":"3"},
        "created_at":"[time]",
        "updated_at":"[time]",
        "employments":[{"hired_on":"2025-01-01",
        "terminated_on":null,
        "reason":null}],
        "leaves":[],
        "placements":[{"from":"2025-01-01",
        "until":null,
        "status":"active",
        "department":"ENG",
        "location":null,
        "job_role":null,
        "job_title":null,
        "manager":null,
        "recorded_at":"[time]"}],
        "reports":0}
        "#);
    }
}

async fn many_are_made_together_or_not_at_all(engine: Engine) {
    let api = company(engine).await;
    let boss = json!({ "first_name": "Ada", "last_name": "A", "email": "ada@example.com" });
    let bo = json!({ "first_name": "Bo", "last_name": "B", "manager": "email:ada@example.com" });
    let refused =
        json!([boss, { "first_name": "Cy", "last_name": "C", "department": "Engneering" }]);
    let refused = api.post(USERS, &refused.to_string()).await;
    allow_duplicates! {
        assert_snapshot!(refused.shown(), @r#"
        422
        content-type: application/problem+json
        {"type":"urn:lms:error:people.unit_unknown",
        "title":"there is no such department, location or job role",
        "status":422,
        "detail":"person 2: there is no department `Engneering`",
        "code":"people.unit_unknown",
        "hints":["did you mean `Engineering`?",
        "`lmsctl department list` shows all"],
        "errors":[{"field":"[1].department",
        "code":"people.unit_unknown",
        "detail":"person 2: there is no department `Engneering`",
        "hints":["did you mean `Engineering`?",
        "`lmsctl department list` shows all"]}],
        "request_id":"[id]"}
        "#);
    }
    assert_eq!(api.get(USERS).await.json()["items"], json!([]));

    let made = api.post(USERS, &json!([boss, bo]).to_string()).await;
    assert_eq!((made.status, &made.json()["counts"]["created"]), (201, &json!(2)), "{}", made.text);
    assert_eq!(made.json()["dry_run"], false);
    let ids = made.json()["ids"].clone();
    let bo = api.get(&format!("{USERS}/{}", ids[1].as_str().unwrap())).await.json();
    assert_eq!((&bo["manager"], &bo["manager_name"]), (&ids[0], &json!("Ada A")));

    let many = |n: usize| vec![json!({ "first_name": "X", "last_name": "Y" }); n];
    let nobody = api.post(USERS, "[]").await;
    assert_eq!((nobody.status, &nobody.json()["operation"]), (201, &Value::Null));
    let too_many = api.post(USERS, &json!(many(1_001)).to_string()).await;
    assert_eq!((too_many.status, too_many.code().as_str()), (413, "http.body_too_large"));
    let all = api.post(USERS, &json!(many(1_000)).to_string()).await;
    assert_eq!(all.json()["counts"]["created"], 1_000, "{}", all.text);
}

async fn a_dry_run_writes_nothing(engine: Engine) {
    let api = company(engine).await;
    let dry = format!("{USERS}?dry_run=true");
    let ada = json!({ "first_name": "Ada", "last_name": "A", "email": "ada@example.com" });
    for body in [ada.to_string(), json!([ada]).to_string()] {
        let planned = api.post(&dry, &body).await;
        let expected =
            json!({ "dry_run": true, "counts": { "created": 1 }, "ids": [], "operation": null });
        assert_eq!((planned.status, planned.json()), (200, expected));
    }
    assert_eq!(api.get(USERS).await.json()["items"], json!([]));
    assert_eq!(api.post(USERS, &ada.to_string()).await.status, 201);
    let taken = api.post(&dry, &json!([ada]).to_string()).await;
    assert_eq!((taken.status, taken.code().as_str()), (409, "people.person_exists"));
    assert_eq!(taken.json()["errors"][0]["field"], "email");
}

async fn everything_that_is_wrong_is_told_at_once(engine: Engine) {
    let api = company(engine).await;
    let body = json!({
        "first_name": "", "last_name": "L", "email": "nonsense", "department": "Engneering",
        "country": "Germany"
    });
    let refused = api.post(USERS, &body.to_string()).await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "http.fields"), "{}", refused.text);
    let document = refused.json();
    let errors = document["errors"].as_array().unwrap();
    let fields: Vec<&str> = errors.iter().map(|error| error["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["email", "first_name", "department", "country"]);
    assert_eq!(errors[2]["code"], "people.unit_unknown");
    assert_eq!(errors[2]["hints"][0], "did you mean `Engineering`?");

    let unknown = api.post(USERS, r#"{"first_name": "A", "lastname": "L"}"#).await;
    assert_eq!(
        (unknown.status, &unknown.json()["hints"][0]),
        (422, &json!("did you mean `last_name` or `first_name`?"))
    );
    let mistyped = api.post(USERS, r#"[{"first_name": "A", "last_name": 7}]"#).await;
    assert_eq!(
        (mistyped.status, &mistyped.json()["errors"][0]["field"]),
        (422, &json!("[0].last_name"))
    );
    let day = api.post(USERS, r#"{"first_name": "A", "last_name": "L", "hired_on": "soon"}"#).await;
    assert_eq!((day.status, &day.json()["errors"][0]["field"]), (422, &json!("hired_on")));
    let days = r#"[{"first_name": "A", "last_name": "L", "hired_on": "soon"}, {"first_name": "B", "last_name": "M", "hired_on": "late"}]"#;
    let days = api.post(USERS, days).await;
    assert_eq!((days.status, &days.json()["errors"][1]["field"]), (422, &json!("[1].hired_on")));
    assert_eq!(api.post(USERS, "7").await.status, 400);
    assert_eq!(api.get(USERS).await.json()["items"], json!([]));
}

async fn a_field_is_changed_and_another_cleared(engine: Engine) {
    let api = with_ada(engine).await;
    let body = r#"{"department": "SALES", "email": "ada@example.org", "attributes": {"floor": null, "desk": "7"}}"#;
    let changed = api.ask("PATCH", &format!("{ADA}?from=2026-01-01"), body).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    let person = &changed.json()["value"];
    assert_eq!(
        (&person["department"], &person["email"]),
        (&json!("SALES"), &json!("ada@example.org"))
    );
    assert_eq!(person["attributes"], json!({ "desk": "7" }));
    let fields: Vec<String> = changed.json()["changed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["field"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(fields, ["email", "department", "attribute.desk", "attribute.floor"]);

    let ada = format!("{USERS}/email:ada@example.org");
    let before = api.get(&format!("{ada}?as_of=2025-12-31")).await.json();
    assert_eq!(
        (&before["department"], &before["attributes"]),
        (&json!("ENG"), &json!({ "floor": "3" }))
    );

    let again = api.ask("PATCH", &format!("{ada}?from=2026-01-01"), body).await;
    assert_eq!((&again.json()["changed"], &again.json()["operation"]), (&json!([]), &Value::Null));
    assert_eq!(again.header("etag"), changed.header("etag"));

    let cleared = api.ask("PATCH", &ada, r#"{"department": null, "attributes": null}"#).await;
    assert_eq!(cleared.json()["value"]["department"], Value::Null);
    assert_eq!(cleared.json()["value"]["attributes"], json!({}));
    let nameless = api.ask("PATCH", &ada, r#"{"last_name": null}"#).await;
    assert_eq!(
        (nameless.status, &nameless.json()["errors"][0]["field"]),
        (422, &json!("last_name"))
    );

    let boss = api.ask("PATCH", &ada, r#"{"manager": "nobody@example.com"}"#).await;
    assert_eq!(
        (boss.status, &boss.json()["errors"][0]["field"]),
        (422, &json!("manager")),
        "{}",
        boss.text
    );
    let round = api.ask("PATCH", &ada, r#"{"manager": "email:ada@example.org"}"#).await;
    assert_eq!(
        (round.status, round.code().as_str()),
        (422, "people.manager_cycle"),
        "{}",
        round.text
    );
    for mass_assigned in
        [r#"{"status": "inactive"}"#, r#"{"id": "x"}"#, r#"{"hired_on": "2020-01-01"}"#]
    {
        assert_eq!(api.ask("PATCH", &ada, mass_assigned).await.status, 422);
    }
}

async fn a_replacement_sets_all_and_clears_the_rest(engine: Engine) {
    let api = with_ada(engine).await;
    let body = r#"{"first_name": "Ada", "last_name": "King", "email": "ada@example.com", "attributes": {"desk": "7"}}"#;
    let replaced = api.ask("PUT", ADA, body).await;
    assert_eq!(replaced.status, 200, "{}", replaced.text);
    let person = &replaced.json()["value"];
    assert_eq!((&person["last_name"], &person["department"]), (&json!("King"), &Value::Null));
    assert_eq!(person["attributes"], json!({ "desk": "7" }));
    assert_eq!(person["hired_on"], "2025-01-01");
    let again = api.ask("PUT", ADA, body).await;
    assert_eq!(again.json()["changed"], json!([]));
    let nameless = api.ask("PUT", ADA, r#"{"first_name": "Ada"}"#).await;
    assert_eq!(nameless.status, 422, "{}", nameless.text);
}

async fn a_stale_tag_changes_nobody(engine: Engine) {
    let api = with_ada(engine).await;
    let tag = api.get(ADA).await.header("etag").unwrap().to_owned();
    let first = api.ask_if_match("PATCH", ADA, &tag, r#"{"job_title": "Countess"}"#).await;
    assert_eq!(first.status, 200, "{}", first.text);
    let stale = api.ask_if_match("PATCH", ADA, &tag, r#"{"job_title": "Analyst"}"#).await;
    assert_eq!((stale.status, stale.code().as_str()), (412, "people.stale"), "{}", stale.text);
    let everything = [
        ("PUT", ADA.to_owned(), r#"{"first_name": "A", "last_name": "B"}"#),
        ("DELETE", ADA.to_owned(), ""),
        ("POST", format!("{ADA}/leaves"), r#"{"from_on": "2027-01-01"}"#),
        ("POST", format!("{ADA}/leaves/end"), "{}"),
        ("POST", format!("{ADA}/reactivate"), "{}"),
    ];
    for (method, path, body) in &everything {
        assert_eq!(api.ask_if_match(method, path, &tag, body).await.status, 412, "{method} {path}");
    }
    // The tag of a write is as good as that of a read, and one is as new as the other.
    let new = first.header("etag").unwrap().to_owned();
    let second = api.ask_if_match("PATCH", ADA, &new, r#"{"job_title": "Analyst"}"#).await;
    assert_eq!(second.status, 200);
    let nonsense = api.ask_if_match("PATCH", ADA, "\"7\"", "{}").await;
    assert_eq!((nonsense.status, nonsense.code().as_str()), (400, "http.if_match"));

    let tag = second.header("etag").unwrap().to_owned();
    let (one, two) = tokio::join!(
        api.ask_if_match("PATCH", ADA, &tag, r#"{"job_title": "One"}"#),
        api.ask_if_match("PATCH", ADA, &tag, r#"{"job_title": "Two"}"#),
    );
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
}

async fn what_the_caller_has_is_not_sent_again(engine: Engine) {
    let api = with_ada(engine).await;
    let leave = api.post(&format!("{ADA}/leaves"), r#"{"from_on": "2026-07-01"}"#).await;
    assert_eq!(leave.status, 200, "{}", leave.text);
    let tag = api.get(ADA).await.header("etag").unwrap().to_owned();
    let same = api.get_if_none_match(ADA, &tag).await;
    assert_eq!(
        (same.status, same.text.as_str(), same.header("etag")),
        (304, "", Some(tag.as_str()))
    );

    // Nobody wrote this person, and yet they look different: another day, another code.
    let in_summer = format!("{ADA}?as_of=2026-07-01");
    let on_leave = api.get_if_none_match(&in_summer, &tag).await;
    assert_eq!((on_leave.status, &on_leave.json()["status"]), (200, &json!("on_leave")));
    let renamed = api.ask("PATCH", "/api/v1/departments/ENG", r#"{"code": "TECH"}"#).await;
    assert_eq!(renamed.status, 200, "{}", renamed.text);
    let moved = api.get_if_none_match(ADA, &tag).await;
    assert_eq!((moved.status, &moved.json()["department"]), (200, &json!("TECH")));
    // A write is not refused for that.
    let write = api.ask_if_match("PATCH", ADA, &tag, r#"{"job_title": "Countess"}"#).await;
    assert_eq!(write.status, 200);
}

async fn a_working_life(engine: Engine) {
    let api = with_ada(engine).await;
    let status = async |day: &str| {
        api.get(&format!("{ADA}?as_of={day}")).await.json()["status"].as_str().unwrap().to_owned()
    };
    let leave = api
        .post(&format!("{ADA}/leaves"), r#"{"from_on": "2026-07-01", "reason": "parental"}"#)
        .await;
    assert_eq!(leave.status, 200, "{}", leave.text);
    assert_eq!(status("2026-12-01").await, "on_leave");
    let overlapping = api.post(&format!("{ADA}/leaves"), r#"{"from_on": "2026-08-01"}"#).await;
    assert_eq!(
        (overlapping.status, &overlapping.json()["errors"][0]["field"]),
        (422, &json!("from_on"))
    );
    let none = api.post(&format!("{ADA}/leaves/end"), r#"{"last_day": "2026-06-01"}"#).await;
    assert_eq!((none.status, none.code().as_str()), (404, "people.leave_unknown"), "{}", none.text);
    let end = api.post(&format!("{ADA}/leaves/end"), r#"{"last_day": "2026-09-30"}"#).await;
    assert_eq!(end.status, 200, "{}", end.text);
    assert_eq!(status("2026-10-01").await, "active");

    let gone = api.ask("DELETE", &format!("{ADA}?last_day=2026-12-31&reason=resigned"), "").await;
    assert_eq!(gone.json()["value"]["terminated_on"], "2026-12-31", "{}", gone.text);
    let again = api.ask("DELETE", &format!("{ADA}?last_day=2026-12-31&reason=resigned"), "").await;
    assert_eq!((again.status, &again.json()["changed"]), (200, &json!([])));
    let back = api.post(&format!("{ADA}/reactivate"), r#"{"hired_on": "2027-03-01"}"#).await;
    assert_eq!(back.status, 200, "{}", back.text);
    let card = api.get(&format!("{ADA}?as_of=2027-03-01")).await.json();
    assert_eq!(
        (card["employments"].as_array().unwrap().len(), &card["status"]),
        (2, &json!("active"))
    );
    assert_eq!(card["leaves"][0]["until_on"], "2026-09-30");
    let still = api.post(&format!("{ADA}/reactivate"), r#"{"hired_on": "2027-06-01"}"#).await;
    assert_eq!((still.status, still.code().as_str()), (409, "people.not_gone"));
    let nonsense = api.ask("DELETE", &format!("{ADA}?last_day=soon"), "").await;
    assert_eq!(
        (nonsense.status, &nonsense.json()["errors"][0]["field"]),
        (400, &json!("last_day"))
    );
}

async fn people_are_addressed_in_four_ways(engine: Engine) {
    let api = with_ada(engine).await;
    let numbered = json!({
        "first_name": "Bo", "last_name": "Ek", "username": "ada@example.com", "employee_number": "00/7"
    });
    let bo = api.post(USERS, &numbered.to_string()).await.json()["value"]["id"].clone();
    let id = |answer: super::Answer| answer.json()["id"].clone();
    let ada = id(api.get("/api/v1/users/email:ADA@example.com").await);
    assert_ne!(ada, bo);
    assert_eq!(id(api.get(&format!("{USERS}/{}", ada.as_str().unwrap())).await), ada);
    // What one person calls their address and another their user name is never confused.
    assert_eq!(id(api.get("/api/v1/users/username:ada@example.com").await), bo);
    assert_eq!(id(api.get("/api/v1/users/employee_number:00%2F7").await), bo);
    assert_eq!(api.get("/api/v1/users/employee_number:7").await.status, 404);
    assert_eq!(api.get("/api/v1/users/ada@example.com").await.status, 404);
}

async fn who_is_not_there_is_not_found(engine: Engine) {
    let api = with_ada(engine).await;
    let unknown = api.get("/api/v1/users/email:adam@example.com").await;
    allow_duplicates! {
        assert_snapshot!(unknown.shown(), @r#"
        404
        content-type: application/problem+json
        {"type":"urn:lms:error:people.person_unknown",
        "title":"there is no such person",
        "status":404,
        "detail":"there is no person `email:adam@example.com`",
        "code":"people.person_unknown",
        "hints":["address a person by id, or as `email:…`, `employee_number:…` or `username:…`"],
        "errors":[],
        "request_id":"[id]"}
        "#);
    }
    let nobody = "/api/v1/users/01a1fb54-3231-73ec-9dbd-97197c48cdd2";
    for (method, path, body) in [
        ("GET", nobody.to_owned(), ""),
        ("PATCH", nobody.to_owned(), "{}"),
        ("PUT", nobody.to_owned(), r#"{"first_name": "A", "last_name": "B"}"#),
        ("DELETE", nobody.to_owned(), ""),
        ("POST", format!("{nobody}/leaves"), r#"{"from_on": "2027-01-01"}"#),
        ("POST", format!("{nobody}/leaves/end"), "{}"),
        ("POST", format!("{nobody}/reactivate"), "{}"),
    ] {
        let answer = api.ask(method, &path, body).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (404, "people.person_unknown"),
            "{method} {path}"
        );
    }
}
