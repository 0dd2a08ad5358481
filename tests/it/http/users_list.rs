//! `GET /api/v1/users`: filters, pages, fields, streams.

use insta::{allow_duplicates, assert_snapshot};
use lms_core::{Engine, NewAccount, NewGroup, NewPerson, PersonChange, PersonField};
use serde_json::{Value, json};

use super::users::company;
use super::{Answer, Api};
use crate::support::engines::on_both_engines;

on_both_engines! {
    filters_mean_the_same_as_everywhere,
    the_whole_language_of_audiences_is_known,
    lists_are_sorted_and_counted,
    pages_neither_skip_nor_repeat,
    fields_are_chosen,
    mistakes_in_a_query_are_named,
    a_stream_has_everybody,
    events_and_the_audit_log_are_lists_too,
}

const USERS: &str = "/api/v1/users";

async fn people(api: &Api, n: usize) {
    let person = |at: usize| {
        NewPerson::new("P", &format!("Person{at:04}"))
            .set(PersonField::Username, &format!("p{at}"))
            .set(PersonField::Department, if at.is_multiple_of(2) { "ENG" } else { "SALES" })
    };
    api.lms.people().add(&api.lms.admin(), (0..n).map(person).collect()).await.unwrap();
}

fn names(answer: &Answer) -> Vec<String> {
    let items = answer.json()["items"].as_array().expect(&answer.text).clone();
    items.iter().map(|item| item["username"].as_str().unwrap().to_owned()).collect()
}

async fn stream(api: &Api, query: &str) -> Answer {
    api.stream(&format!("{USERS}{query}")).await
}

async fn filters_mean_the_same_as_everywhere(engine: Engine) {
    let api = company(engine).await;
    people(&api, 4).await;
    let list = async |query: &str| names(&api.get(&format!("{USERS}?{query}")).await);
    assert_eq!(list("department=engineering").await, ["p0", "p2"]);
    assert_eq!(list("department=ENG&department=SALES").await, ["p0", "p1", "p2", "p3"]);
    assert_eq!(list("department=ENG&exact=true&search=person0002").await, ["p2"]);
    assert_eq!(list("status=inactive").await, [""; 0]);
    let changed = r#"{"manager": "username:p0", "country": "DE", "employment_type": "permanent"}"#;
    for (path, body) in [("username:p1", changed), ("username:p3", r#"{"manager": "username:p1"}"#)]
    {
        let answer = api.ask("PATCH", &format!("{USERS}/{path}"), body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    assert_eq!(list("manager=username:p0").await, ["p1"]);
    assert_eq!(list("manager=p0&all_reports=true").await, ["p1", "p3"]);
    assert_eq!(list("country=de&employment_type=Permanent").await, ["p1"]);
    assert_eq!(list("hired_after=2026-03-30&hired_before=2026-04-01").await.len(), 4);
    assert_eq!(list("as_of=2020-01-01").await, [""; 0]);
    assert_eq!(list("known_at=2020-01-01T00:00:00Z").await, [""; 0]);
}

async fn the_whole_language_of_audiences_is_known(engine: Engine) {
    let api = company(engine).await;
    people(&api, 4).await;
    let list = async |query: &str| names(&api.get(&format!("{USERS}?{query}")).await);
    let (verbs, admin) = (api.lms.people(), api.lms.admin());
    let change =
        PersonChange::new().attribute("cost_centre", "4711").set(PersonField::JobTitle, "VP");
    verbs.edit(&admin, "p1", change).await.unwrap();
    verbs.add_group(&admin, NewGroup::fixed("TEAM", "Team").members(["p2", "p3"])).await.unwrap();
    let account = NewAccount::new("third").role("manager");
    verbs.add_account_for(&admin, "p3", account).await.unwrap();

    assert_eq!(list("not_department=ENG").await, ["p1", "p3"]);
    assert_eq!(list("department=*&not_department=Sales&not_person=p0").await, ["p2"]);
    assert_eq!(list("attribute.cost_centre=47*").await, ["p1"]);
    assert_eq!(list("attribute=cost_centre%3D4711").await, ["p1"]);
    assert_eq!(list("not_attribute.cost_centre=*").await, ["p0", "p2", "p3"]);
    assert_eq!(list("job_title=vp").await, ["p1"]);
    assert_eq!(list("group=Team").await, ["p2", "p3"]);
    assert_eq!(list("group=TEAM&not_access_role=manager").await, ["p2"]);
    assert_eq!(list("access_role=manager").await, ["p3"]);
    assert_eq!(list("person=p0&person=username:p2").await, ["p0", "p2"]);
    assert_eq!(list("hired_after=-1d").await.len(), 4);
    assert_eq!(list("hired_before=-1d").await, [""; 0]);
    assert_eq!(list("status=active&status=on_leave&not_status=active").await, [""; 0]);
    // The day that is asked about decides who is in a group, and what is known by then too.
    assert_eq!(list("group=TEAM&as_of=2026-03-31").await, ["p2", "p3"]);
}

async fn lists_are_sorted_and_counted(engine: Engine) {
    let api = company(engine).await;
    people(&api, 5).await;
    let from_the_end = api.get(&format!("{USERS}?sort=-name&limit=2&total=true")).await;
    assert_eq!(names(&from_the_end), ["p4", "p3"]);
    assert_eq!(from_the_end.json()["total"], 5);
    let cursor = from_the_end.json()["next"].as_str().unwrap().to_owned();
    let next = api.get(&format!("{USERS}?sort=-name&limit=2&cursor={cursor}")).await;
    assert_eq!(
        (names(&next), &next.json()["total"]),
        (vec!["p2".into(), "p1".into()], &Value::Null)
    );
    let some = api.get(&format!("{USERS}?department=SALES&total=true&limit=1")).await;
    assert_eq!((names(&some).len(), &some.json()["total"]), (1, &json!(2)));
    let stranger = api.get(&format!("{USERS}?sort=name&cursor={cursor}")).await;
    assert_eq!(
        (stranger.status, stranger.code().as_str()),
        (400, "input.cursor"),
        "{}",
        stranger.text
    );
    let lines = stream(&api, "?sort=-name&fields=username").await;
    assert_eq!(lines.text.lines().next(), Some(r#"{"username":"p4"}"#));
}

async fn pages_neither_skip_nor_repeat(engine: Engine) {
    let api = company(engine).await;
    people(&api, 25).await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = api.get(&format!("{USERS}?limit=7{cursor}")).await;
        seen.extend(names(&page));
        match page.json()["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let all: Vec<String> = (0..25).map(|at| format!("p{at}")).collect();
    assert_eq!(seen, all);
}

async fn fields_are_chosen(engine: Engine) {
    let api = company(engine).await;
    people(&api, 1).await;
    let chosen = api.get(&format!("{USERS}?fields=last_name,department")).await;
    assert_eq!(
        chosen.text,
        r#"{"items":[{"last_name":"Person0000","department":"ENG"}],"next":null,"total":null}"#
    );
    let unknown = api.get(&format!("{USERS}?fields=lastname")).await;
    assert_eq!(
        (unknown.status, &unknown.json()["hints"][0]),
        (400, &json!("did you mean `last_name` or `first_name`?"))
    );
}

async fn mistakes_in_a_query_are_named(engine: Engine) {
    let api = company(engine).await;
    let refused = async |query: &str| {
        let answer = api.get(&format!("{USERS}?{query}")).await;
        let document = answer.json();
        let field = document["errors"][0]["field"].as_str().unwrap_or_default().to_owned();
        (answer.status, answer.code(), field)
    };
    let told = |code: &str, field: &str| (400, code.to_owned(), field.to_owned());
    assert_eq!(refused("departmnet=ENG").await, told("http.query", ""));
    assert_eq!(refused("limit=many").await, told("http.query", ""));
    assert_eq!(refused("limit=0").await, told("input.invalid", "limit"));
    assert_eq!(refused("limit=501").await, told("input.invalid", "limit"));
    assert_eq!(refused("cursor=nonsense").await, told("input.cursor", "cursor"));
    assert_eq!(refused("as_of=yesterday-ish").await, told("input.invalid", "as_of"));
    assert_eq!(refused("known_at=soon").await, told("input.invalid", "known_at"));
    assert_eq!(refused("status=gone").await, told("input.invalid", "status"));
    assert_eq!(refused("country=Germany").await, told("input.invalid", "country"));
    assert_eq!(refused("not_country=Germany").await, told("input.invalid", "not_country"));
    assert_eq!(
        refused("manager=nobody@example.com").await,
        told("people.person_unknown", "manager")
    );
    assert_eq!(refused("not_person=nobody").await, told("people.person_unknown", "not_person"));
    assert_eq!(
        refused("not_department=Engneering").await,
        told("people.unit_unknown", "not_department")
    );
    assert_eq!(refused("location=X*").await, told("people.unit_unknown", "location"));
    assert_eq!(refused("group=nobody").await, told("people.group_unknown", "group"));
    assert_eq!(refused("access_role=boss").await, told("access.role_unknown", "access_role"));
    assert_eq!(refused("attribute.floor=3").await, told("people.value_unknown", "attribute.floor"));
    assert_eq!(
        refused("not_attribute.floor=3").await,
        told("people.value_unknown", "not_attribute.floor")
    );
    assert_eq!(refused("attribute=floor").await, told("input.invalid", "attribute"));
    assert_eq!(refused("hired_before=soon").await, told("input.invalid", "hired_before"));
    assert_eq!(refused("exact=perhaps").await, told("input.invalid", "exact"));
    assert_eq!(refused("exact=true").await, told("input.invalid", "exact"));
    assert_eq!(refused("all_reports=true").await, told("input.invalid", "all_reports"));
    assert_eq!(refused("sort=age").await, told("input.invalid", "sort"));
    assert_eq!(refused("search=--").await, told("input.invalid", "search"));
    assert_eq!(refused("department=").await, told("input.invalid", "department"));
    let unknown = api.get(&format!("{USERS}?department=Engneering")).await;
    allow_duplicates! {
        assert_snapshot!(unknown.shown(), @r#"
        400
        content-type: application/problem+json
        {"type":"urn:lms:error:people.unit_unknown",
        "title":"there is no such department, location or job role",
        "status":400,
        "detail":"there is no department `Engneering`",
        "code":"people.unit_unknown",
        "hints":["did you mean `Engineering`?",
        "`lmsctl department list` shows all"],
        "errors":[{"field":"department",
        "code":"people.unit_unknown",
        "detail":"there is no department `Engneering`",
        "hints":["did you mean `Engineering`?",
        "`lmsctl department list` shows all"]}],
        "request_id":"[id]"}
        "#);
    }
}

async fn a_stream_has_everybody(engine: Engine) {
    let api = company(engine).await;
    people(&api, 1_203).await;
    let all = stream(&api, "").await;
    assert_eq!(all.header("content-type"), Some("application/x-ndjson"));
    assert_eq!(all.header("vary"), Some("accept"));
    let lines: Vec<Value> =
        all.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let seen: Vec<&str> = lines.iter().map(|line| line["username"].as_str().unwrap()).collect();
    let expected: Vec<String> = (0..1_203).map(|at| format!("p{at}")).collect();
    assert_eq!(seen, expected);

    let some = stream(&api, "?department=SALES&fields=username").await;
    assert_eq!(some.text.lines().count(), 601);
    assert_eq!(some.text.lines().next(), Some(r#"{"username":"p1"}"#));
    assert_eq!(stream(&api, "?status=inactive").await.text, "");

    // What is wrong with the question is told before the stream begins.
    assert_eq!(stream(&api, "?department=Nowhere").await.code(), "people.unit_unknown");
    for pages in ["?limit=5", "?total=true"] {
        assert_eq!(stream(&api, pages).await.code(), "http.query");
    }
}

async fn events_and_the_audit_log_are_lists_too(engine: Engine) {
    let api = company(engine).await;
    people(&api, 1).await;
    let events = api.get("/api/v1/events?type=user.created&limit=1").await;
    assert_eq!(events.status, 200, "{}", events.text);
    let event = events.json()["items"][0].clone();
    assert_eq!(
        (&event["type"], &event["body"]["specversion"]),
        (&json!("user.created"), &json!("1.0"))
    );
    let cursor = event["cursor"].as_str().unwrap();
    let behind = api.get(&format!("/api/v1/events?cursor={cursor}")).await;
    assert_eq!(behind.json()["items"], json!([]));
    let newest = api.get("/api/v1/events?newest_first=true&limit=1").await;
    assert_eq!(newest.json()["items"][0]["id"], event["id"]);

    let audit = api.get("/api/v1/audit?kind=person.created").await;
    assert_eq!(audit.json()["items"][0]["counts"], json!({ "created": 1 }), "{}", audit.text);
    assert_eq!(api.get("/api/v1/audit?from=soon").await.status, 400);
    assert_eq!(api.get("/api/v1/audit?until=2020-01-01").await.json()["items"], json!([]));
    assert_eq!(api.get("/api/v1/events?limit=0").await.status, 400);
}
