//! `/api/v1/paths`: trainings in order, from a draft into the catalog and out of it.

use axum::body::Body;
use axum::http::{Request, header};
use lms_core::{Engine, NewPath, PathStep};
use serde_json::{Value, json};

use super::trainings::{codes, draft, fields, published};
use super::{Answer, Api, RequestExt};
use crate::support::engines::on_both_engines;

on_both_engines! {
    from_single_trainings_to_a_path_and_out_of_the_catalog,
    steps_are_put_in_moved_and_taken_out,
    paths_are_listed_searched_and_paged,
    a_stale_tag_changes_no_path,
    what_is_wrong_is_told_of_its_field,
    who_is_not_there_is_not_found,
    who_learns_sees_no_draft_and_writes_nothing,
}

const ALL: &str = "/api/v1/paths";
const WAY: &str = "/api/v1/paths/NEW-HIRE";

async fn with_path(api: &Api, steps: &[&str]) {
    let new = NewPath::new("NEW-HIRE", "Your first weeks");
    let new = steps.iter().fold(new, |new, code| new.step(PathStep::required(code)));
    api.lms.paths().add(&api.lms.admin(), new).await.unwrap();
}

/// What the examples of the document take for granted.
pub(super) async fn furnish(api: &Api, operation: &str) {
    for code in ["GDPR-101", "SEC-200", "FIRE-WARDEN"] {
        published(api, code, code).await;
    }
    if operation == "add_path" {
        return;
    }
    with_path(api, &["GDPR-101"]).await;
    let (paths, admin) = (api.lms.paths(), api.lms.admin());
    if !["publish_path", "remove_path"].contains(&operation) {
        paths.publish(&admin, "NEW-HIRE").await.unwrap();
    }
    if operation == "reopen_path" {
        paths.archive(&admin, "NEW-HIRE").await.unwrap();
    }
}

async fn steps(api: &Api, query: &str) -> Value {
    api.get(&format!("{WAY}{query}")).await.json()["definition"]["steps"].clone()
}

async fn from_single_trainings_to_a_path_and_out_of_the_catalog(engine: Engine) {
    let api = Api::on(engine).await;
    published(&api, "GDPR-101", "Data protection").await;
    published(&api, "SEC-200", "Security").await;
    draft(&api, "LADDERS", "Ladders").await;
    let act = async |verb: &str| api.post(&format!("{WAY}/{verb}"), "").await;
    let choice = json!({ "title": "Choose", "any": 1, "of": ["ladders", "SEC-200"] });
    let definition = json!({
        "title": "Your first weeks", "category": "Onboarding",
        "steps": [{ "training": "gdpr-101" }, choice]
    });
    let new = json!({ "code": "NEW-HIRE", "definition": definition }).to_string();
    let made = api.post(ALL, &new).await;
    let value = made.json()["value"].clone();
    assert_eq!((made.status, &value["status"]), (201, &json!("draft")), "{}", made.text);
    assert_eq!((&value["version"], &value["draft"]), (&Value::Null, &json!(1)));
    assert_eq!((&value["steps"], &value["trainings"]), (&json!(2), &json!(3)));
    let location = made.header("location").unwrap();
    assert_eq!(api.get(&format!("/api/v1/{location}")).await.json()["code"], "NEW-HIRE");
    let again = api.post(ALL, &new).await;
    assert_eq!((again.status, again.code().as_str()), (409, "catalog.path_exists"));

    // What stands in the way is told, by a look at the path, by a dry run, and by publishing.
    let shown = api.get(WAY).await.json();
    assert_eq!(shown["problems"][0]["path"], "steps[1].of[0]", "{shown}");
    assert_eq!(shown["named"][0]["title"], "Data protection");
    let planned = act("publish?dry_run=true").await.json();
    assert_eq!((&planned["dry_run"], &planned["version"]), (&json!(true), &json!(1)));
    assert_eq!(planned["problems"], shown["problems"]);
    let refused = act("publish").await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "catalog.not_publishable"));
    assert_eq!(fields(&refused), ["steps[1].of[0]"]);

    // It is mended from what was shown, published, and edited again.
    let mut mended = shown["definition"].clone();
    mended["steps"][1]["of"] = json!(["SEC-200"]);
    let put = async |definition: &Value| {
        api.ask("PUT", WAY, &json!({ "definition": definition }).to_string()).await
    };
    assert_eq!(put(&mended).await.status, 200);
    let first = act("publish").await.json()["value"].clone();
    assert_eq!((&first["status"], &first["version"]), (&json!("published"), &json!(1)));
    let nothing = act("publish").await;
    assert_eq!((nothing.status, &nothing.json()["operation"]), (200, &Value::Null));
    mended["title"] = json!("Your first month");
    assert_eq!(put(&mended).await.json()["value"]["draft"], 2);
    let title = async |query: &str| {
        api.get(&format!("{WAY}{query}")).await.json()["shown"]["title"].clone()
    };
    assert_eq!(title("").await, "Your first weeks");
    assert_eq!(title("?version=draft").await, "Your first month");
    assert_eq!(act("publish").await.json()["value"]["version"], 2);
    assert_eq!(title("?version=1").await, "Your first weeks");
    let versions = api.get(&format!("{WAY}/versions")).await.json()["items"].clone();
    assert_eq!((&versions[0]["version"], &versions[1]["version"]), (&json!(2), &json!(1)));

    // A training that it leads to stays; it goes with the path, which does not come back without it.
    let training = "/api/v1/trainings/SEC-200/archive";
    assert_eq!(api.post(training, "").await.code(), "catalog.required");
    assert_eq!(act("archive").await.json()["value"]["status"], "archived");
    assert_eq!(codes(&api.get(ALL).await), [""; 0]);
    mended["title"] = json!("Your first year");
    let refused = put(&mended).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "catalog.archived"));
    assert_eq!(api.post(training, "").await.status, 200);
    let refused = act("reopen").await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "catalog.not_publishable"));
    assert_eq!(api.post("/api/v1/trainings/SEC-200/reopen", "").await.status, 200);
    assert_eq!(act("reopen").await.json()["value"]["status"], "published");
    let kept = api.ask("DELETE", WAY, "").await;
    assert_eq!((kept.status, kept.code().as_str()), (409, "catalog.published"));
    let other = json!({ "code": "OTHER", "definition": { "title": "Other" } }).to_string();
    assert_eq!(api.post(ALL, &other).await.status, 201);
    assert_eq!(api.ask("DELETE", &format!("{ALL}/OTHER"), "").await.status, 200);
    assert_eq!(api.get(&format!("{ALL}/OTHER")).await.status, 404);
}

async fn steps_are_put_in_moved_and_taken_out(engine: Engine) {
    let api = Api::on(engine).await;
    for code in ["A", "B", "C"] {
        published(&api, code, code).await;
    }
    with_path(&api, &["A"]).await;
    let all = format!("{WAY}/steps");
    let add = async |body: Value| -> Answer { api.post(&all, &body.to_string()).await };
    let added = add(json!({ "step": { "any": 1, "of": ["b", "C"] } })).await;
    assert_eq!((added.status, &added.json()["changed"][0]["field"]), (200, &json!("steps")));
    let choice = json!({ "any": 1, "of": ["B", "C"] });
    assert_eq!(steps(&api, "").await, json!([{ "training": "A" }, choice]));
    let moved = api.post(&format!("{all}/c/move"), r#"{"to": 1}"#).await;
    assert_eq!(moved.status, 200, "{}", moved.text);
    assert_eq!(steps(&api, "").await, json!([choice, { "training": "A" }]));
    let same = api.post(&format!("{all}/1/move"), r#"{"to": 1}"#).await;
    assert_eq!((&same.json()["changed"], &same.json()["operation"]), (&json!([]), &Value::Null));
    // Of a choice a code takes out one, and a number all of it.
    assert_eq!(api.ask("DELETE", &format!("{all}/C"), "").await.status, 200);
    assert_eq!(steps(&api, "").await[0], json!({ "any": 1, "of": ["B"] }));
    assert_eq!(api.ask("DELETE", &format!("{all}/1"), "").await.status, 200);
    assert_eq!(add(json!({ "step": { "training": "B" }, "at": 1 })).await.status, 200);
    assert_eq!(steps(&api, "").await, json!([{ "training": "B" }, { "training": "A" }]));

    for (body, field) in [
        (json!({ "step": { "training": "A" } }), "step.training"),
        (json!({ "step": { "training": "NOWHERE" } }), "step.training"),
        (json!({ "step": { "any": 3, "of": ["C"] } }), "step.any"),
        (json!({ "step": { "any": 1, "of": ["C", "c"] } }), "step.of[1]"),
        (json!({ "step": { "training": "C" }, "at": 4 }), "at"),
        (json!({ "step": { "training": "C" }, "at": 0 }), "at"),
        (json!({ "step": { "training": "C" }, "at": -1 }), "at"),
        (json!({ "step": { "training": "C", "any": 1 } }), "step"),
        (json!({ "step": "C" }), "step"),
        (json!({ "training": "C" }), "training"),
    ] {
        let wrong = add(body.clone()).await;
        assert_eq!((wrong.status, fields(&wrong)), (422, vec![field.to_owned()]), "{body}");
    }
    for (method, path, status, code) in [
        ("DELETE", format!("{all}/3"), 404, "catalog.step_unknown"),
        ("DELETE", format!("{all}/C"), 404, "catalog.step_unknown"),
        ("POST", format!("{all}/C/move"), 404, "catalog.step_unknown"),
        ("POST", format!("{all}/B/move"), 422, "input.invalid"),
    ] {
        let body = if method == "POST" { r#"{"to": 3}"# } else { "" };
        let wrong = api.ask(method, &path, body).await;
        assert_eq!((wrong.status, wrong.code().as_str()), (status, code), "{method} {path}");
        let told = if status == 422 { vec!["to".to_owned()] } else { Vec::new() };
        assert_eq!(fields(&wrong), told);
    }
}

async fn paths_are_listed_searched_and_paged(engine: Engine) {
    let api = Api::on(engine).await;
    published(&api, "ONE", "One").await;
    for (code, title, category, steps) in [
        ("A-1", "Zürich", "Places", json!([])),
        ("B-2", "Security for all", "Safety", json!([{ "training": "ONE" }])),
        ("C-3", "Anybody", "Safety", json!([{ "title": "Data", "any": 1, "of": ["ONE"] }])),
    ] {
        let definition =
            json!({ "title": title, "category": category, "tags": [code], "steps": steps });
        let body = json!({ "code": code, "definition": definition });
        assert_eq!(api.post(ALL, &body.to_string()).await.status, 201);
    }
    assert_eq!(api.post(&format!("{ALL}/B-2/publish"), "").await.status, 200);
    let listed = async |query: &str| codes(&api.get(&format!("{ALL}?{query}")).await);
    assert_eq!(listed("").await, ["C-3", "B-2", "A-1"], "by title");
    assert_eq!(listed("sort=code").await, ["A-1", "B-2", "C-3"]);
    assert_eq!(listed("status=published").await, ["B-2"]);
    assert_eq!(listed("category=safety&sort=code").await, ["B-2", "C-3"]);
    assert_eq!(listed("tag=c-3").await, ["C-3"]);
    assert_eq!(listed("training=one&sort=code").await, ["B-2", "C-3"]);
    assert_eq!(listed("search=zuri").await, ["A-1"]);
    let first = api.get(&format!("{ALL}?sort=code&limit=2")).await;
    let cursor = first.json()["next"].as_str().unwrap().to_owned();
    let rest = api.get(&format!("{ALL}?sort=code&limit=2&cursor={cursor}")).await;
    assert_eq!((codes(&first).len(), codes(&rest)), (2, vec!["C-3".to_owned()]));
    for query in
        ["status=gone", "status=in_review", "training=NOWHERE", "sort=size", "limit=0", "titel=x"]
    {
        let wrong = api.get(&format!("{ALL}?{query}")).await;
        assert_eq!(wrong.status, 400, "{query}: {}", wrong.text);
    }
}

async fn a_stale_tag_changes_no_path(engine: Engine) {
    let api = Api::on(engine).await;
    for code in ["A", "B"] {
        published(&api, code, code).await;
    }
    with_path(&api, &["A"]).await;
    let shown = api.get(WAY).await;
    let tag = shown.header("etag").unwrap().to_owned();
    assert_eq!(api.get_if_none_match(WAY, &tag).await.status, 304);
    let step = json!({ "step": { "training": "B" } }).to_string();
    let all = format!("{WAY}/steps");
    let first = api.ask_if_match("POST", &all, &tag, &step).await;
    assert_eq!(first.status, 200, "{}", first.text);
    let definition = json!({ "definition": shown.json()["definition"] }).to_string();
    for (method, path, body) in [
        ("PUT", WAY.to_owned(), definition.as_str()),
        ("DELETE", WAY.to_owned(), ""),
        ("POST", all.clone(), &step),
        ("DELETE", format!("{all}/A"), ""),
        ("POST", format!("{all}/A/move"), r#"{"to": 2}"#),
        ("POST", format!("{WAY}/publish"), ""),
        ("POST", format!("{WAY}/publish?dry_run=true"), ""),
        ("POST", format!("{WAY}/archive"), ""),
        ("POST", format!("{WAY}/reopen"), ""),
    ] {
        let stale = api.ask_if_match(method, &path, &tag, body).await;
        let problem = (stale.status, stale.code());
        assert_eq!(problem, (412, "catalog.stale".to_owned()), "{method} {path}");
    }
    let tag = first.header("etag").unwrap().to_owned();
    let removed = api.ask_if_match("DELETE", &format!("{all}/B"), &tag, "").await;
    assert_eq!(removed.status, 200, "{}", removed.text);
    assert_ne!(removed.header("etag"), Some(tag.as_str()));
}

async fn what_is_wrong_is_told_of_its_field(engine: Engine) {
    let api = Api::on(engine).await;
    published(&api, "A", "A").await;
    with_path(&api, &["A"]).await;
    for (method, path) in [("POST", ALL), ("PUT", WAY)] {
        for (definition, code, wanted) in [
            (
                json!({ "title": "", "steps": [{ "any": 2, "of": ["A"] }] }),
                "catalog.definition_invalid",
                vec!["definition.title", "definition.steps[0].any"],
            ),
            (
                json!({ "title": "T", "steps": [{ "training": "A" }, { "training": "NOT" }] }),
                "catalog.definition_invalid",
                vec!["definition.steps[1].training"],
            ),
            (json!({ "title": "T", "stops": [] }), "http.fields", vec!["definition.stops"]),
            (json!({ "title": "T", "code": "X" }), "http.fields", vec!["definition.code"]),
            (json!({ "title": "T", "format": 1 }), "http.fields", vec!["definition.format"]),
            (
                json!({ "title": "T", "steps": [{ "training": "A", "title": "x" }] }),
                "http.fields",
                vec!["definition.steps[0]"],
            ),
        ] {
            let mut body = json!({ "definition": definition });
            if method == "POST" {
                body["code"] = json!("NEW");
            }
            let wrong = api.ask(method, path, &body.to_string()).await;
            assert_eq!((wrong.status, wrong.code().as_str()), (422, code), "{}", wrong.text);
            assert_eq!(fields(&wrong), wanted, "{method} {body}");
        }
    }
    let bad = json!({ "code": "no code", "definition": { "title": "T" } }).to_string();
    assert_eq!(fields(&api.post(ALL, &bad).await), ["code"]);
}

async fn who_is_not_there_is_not_found(engine: Engine) {
    let api = Api::on(engine).await;
    published(&api, "A", "A").await;
    with_path(&api, &["A"]).await;
    let nowhere = format!("{ALL}/NEW-HIER");
    let definition = json!({ "definition": { "title": "T" } }).to_string();
    for (method, path, body) in [
        ("GET", nowhere.clone(), ""),
        ("PUT", nowhere.clone(), definition.as_str()),
        ("DELETE", nowhere.clone(), ""),
        ("GET", format!("{nowhere}/versions"), ""),
        ("POST", format!("{nowhere}/publish"), ""),
        ("POST", format!("{nowhere}/publish?dry_run=true"), ""),
        ("POST", format!("{nowhere}/archive"), ""),
        ("POST", format!("{nowhere}/steps"), r#"{"step": {"training": "A"}}"#),
        ("DELETE", format!("{nowhere}/steps/1"), ""),
    ] {
        let answer = api.ask(method, &path, body).await;
        let problem = (answer.status, answer.code());
        assert_eq!(problem, (404, "catalog.path_unknown".to_owned()), "{method} {path}");
        assert_eq!(answer.json()["errors"], json!([]));
    }
    for (version, status) in [("7", 404), ("draft", 200), ("1.0", 400), ("-1", 400)] {
        let shown = api.get(&format!("{WAY}?version={version}")).await;
        assert_eq!(shown.status, status, "{version}: {}", shown.text);
    }
}

async fn who_learns_sees_no_draft_and_writes_nothing(engine: Engine) {
    let api = Api::on(engine).await;
    for code in ["A", "B"] {
        published(&api, code, code).await;
    }
    with_path(&api, &["A"]).await;
    let learner = api.token_for(&["catalog.read"]).await;
    let author = api.token_for(&["catalog.read", "catalog.write"]).await;
    let ask = async |token: &str, method: &str, path: &str, body: &str| {
        let request = Request::builder().method(method).uri(path).bearer(token);
        let request = request.header(header::CONTENT_TYPE, "application/json");
        api.send(request.body(Body::from(body.to_owned())).unwrap()).await
    };
    let unknown = ask(&learner, "GET", WAY, "").await;
    assert_eq!((unknown.status, unknown.code().as_str()), (404, "catalog.path_unknown"));
    assert_eq!(codes(&ask(&learner, "GET", ALL, "").await), [""; 0]);
    assert_eq!(ask(&author, "POST", &format!("{WAY}/publish"), "").await.status, 403);
    assert_eq!(api.post(&format!("{WAY}/publish"), "").await.status, 200);
    let step = json!({ "step": { "training": "B" } }).to_string();
    let steps = format!("{WAY}/steps");
    assert_eq!(ask(&learner, "POST", &steps, &step).await.status, 403);
    assert_eq!(ask(&author, "POST", &steps, &step).await.status, 200);

    let shown = ask(&learner, "GET", WAY, "").await;
    assert_eq!((shown.status, &shown.json()["draft"]), (200, &Value::Null), "{}", shown.text);
    assert_eq!(shown.json()["steps"], 1);
    let draft = ask(&learner, "GET", &format!("{WAY}?version=draft"), "").await;
    assert_eq!((draft.status, draft.code().as_str()), (404, "catalog.version_unknown"));
    let versions = async |token: &str| {
        let versions = ask(token, "GET", &format!("{WAY}/versions"), "").await.json();
        versions["items"].as_array().unwrap().len()
    };
    assert_eq!((versions(&learner).await, versions(&author).await), (1, 2));
    for (verb, token) in [("publish?dry_run=true", &learner), ("archive", &author)] {
        assert_eq!(ask(token, "POST", &format!("{WAY}/{verb}"), "").await.status, 403, "{verb}");
    }
}
