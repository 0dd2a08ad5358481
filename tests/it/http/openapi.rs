//! The OpenAPI document: committed, complete, and true.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Request, header};
use lms_core::{Day, Engine, NewAccount, NewGroup, NewPerson, NewUnit, PersonField, UnitKind};
use lms_http::Options;
use serde_json::Value;

use super::document::{Operation, document, operations, validate};
use super::{
    Api, RequestExt, assignments, attempts, certificates, content, imports, notifications, paths,
    questions, reports, rules, skills, trainings,
};
use crate::support::engines::on_both_engines;

on_both_engines! {
    the_document_and_its_page_are_served_to_all,
    the_examples_of_the_document_work,
    every_route_asks_for_a_token_and_for_its_permission,
}

/// A change of the contract is a change of this file, and so somebody sees it.
#[test]
fn the_document_is_committed() {
    let path = format!("{}/../docs/openapi.json", env!("CARGO_MANIFEST_DIR"));
    let written = lms_http::openapi_document(&Options::new());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &written).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    let hint = "write it anew: UPDATE_DOCS=1 cargo test -p lms-tests openapi";
    assert!(committed == written, "docs/openapi.json is not what the routes say; {hint}");
}

/// What is not made through a `Resource` would not be in the document.
#[test]
fn no_route_is_made_beside_the_document() {
    let folder = format!("{}/../lms-http/src", env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![std::path::PathBuf::from(folder)];
    let mut makers = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            if [".route(", ".route_service(", ".nest("].iter().any(|call| source.contains(call)) {
                makers.insert(path.file_name().unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    // `lib.rs` shows how a host nests the router, `server.rs` serves metrics on a listener of its
    // own, and `mod.rs` is that of `openapi`.
    let known = ["lib.rs", "mod.rs", "server.rs"].map(str::to_owned);
    assert_eq!(makers, BTreeSet::from(known));
}

#[test]
fn every_reference_leads_somewhere() {
    let mut values = vec![document()];
    let mut references = BTreeSet::new();
    while let Some(value) = values.pop() {
        match value {
            Value::Array(items) => values.extend(items),
            Value::Object(fields) => {
                references.extend(fields.get("$ref").and_then(Value::as_str));
                values.extend(fields.values());
            }
            _ => {}
        }
    }
    assert!(references.len() > 20, "{references:?}");
    for reference in &references {
        let target = document().pointer(reference.strip_prefix('#').unwrap());
        assert!(target.is_some_and(Value::is_object), "{reference} leads nowhere");
    }
    let schemas = document()["components"]["schemas"].as_object().unwrap().keys();
    let unused: Vec<&String> = schemas
        .filter(|name| !references.contains(format!("#/components/schemas/{name}").as_str()))
        .collect();
    assert!(unused.is_empty(), "nothing refers to {unused:?}");
}

#[test]
fn every_failure_is_a_problem_document() {
    let problem = "#/components/responses/Problem";
    for operation in operations() {
        let responses = operation.body["responses"].as_object().unwrap();
        assert!(responses.contains_key("default"), "{}", operation.id());
        for (status, response) in responses.iter().filter(|(status, _)| status.as_str() >= "400") {
            assert_eq!(response["$ref"], problem, "{} {status}", operation.id());
        }
    }
    let codes = document()["x-error-codes"].as_object().unwrap();
    for code in lms_core::error_codes() {
        assert!(codes.contains_key(code.code), "{}", code.code);
    }
}

#[test]
fn operations_have_names_of_their_own() {
    let ids: Vec<&str> = operations().iter().map(Operation::id).collect();
    assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len());
    assert!(ids.len() > 25, "{ids:?}");
    for operation in operations() {
        for word in ["summary", "tags", "responses"] {
            assert!(operation.body.get(word).is_some(), "{} has no {word}", operation.id());
        }
    }
}

async fn the_document_and_its_page_are_served_to_all(engine: Engine) {
    let api = Api::on(engine).await;
    let plain = async |path: &str| api.send(Request::get(path).body(Body::empty()).unwrap()).await;
    let served = plain("/api/openapi.json").await;
    assert_eq!(served.text, lms_http::openapi_document(&Options::new()));

    let page = plain("/api/docs").await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    // Everything that the page names is here, and nothing of it at any other host.
    assert!(!page.text.contains("http://") && !page.text.contains("https://"), "{}", page.text);
    assert!(!page.text.contains("style=") && !page.text.contains("<script>"), "{}", page.text);
    for (file, content_type) in
        [("page.js", "text/javascript; charset=utf-8"), ("page.css", "text/css; charset=utf-8")]
    {
        assert!(page.text.contains(&format!("\"docs/{file}\"")), "{}", page.text);
        let answer = plain(&format!("/api/docs/{file}")).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(content_type)));
        assert!(!answer.text.contains("//cdn") && !answer.text.contains("https://"), "{file}");
    }
    assert_eq!(plain("/api/docs/secret").await.status, 404);

    let without = lms_http::openapi_document(&Options::new().metrics_route(false));
    assert!(!without.contains("\"/metrics\""));
}

/// What the example of an operation takes for granted.
async fn furnish(api: &Api, operation: &Operation) {
    if operation.path.starts_with("/api/v1/analytics/reports") {
        return reports::furnish(api).await;
    }
    if operation.path.starts_with("/api/v1/trainings") {
        return trainings::furnish(api, operation.id()).await;
    }
    if operation.path.contains("/certificates") {
        return certificates::furnish(api).await;
    }
    if operation.permission().is_some_and(skills::is_about) {
        return skills::furnish(api, operation.id()).await;
    }
    if operation.path.starts_with("/api/v1/paths") {
        return paths::furnish(api, operation.id()).await;
    }
    if operation.path.starts_with("/api/v1/rules") {
        return rules::furnish(api, operation.id()).await;
    }
    if assignments::is_about(operation) {
        return assignments::furnish(api).await;
    }
    if attempts::is_about(operation) {
        return attempts::furnish(api).await;
    }
    if operation.permission().is_some_and(|name| name.starts_with("quizzes.")) {
        return questions::furnish(api).await;
    }
    if operation.path.starts_with("/api/v1/imports") {
        return imports::furnish(api, operation.id()).await;
    }
    if operation.path.starts_with("/api/v1/notifications") {
        return notifications::furnish(api).await;
    }
    let (people, admin) = (api.lms.people(), api.lms.admin());
    let day = |text: &str| Day::parse(text).unwrap();
    people
        .add_unit(&admin, NewUnit::new(UnitKind::Department, "ENG", "Engineering"))
        .await
        .unwrap();
    let unit = |kind, code| NewUnit::new(kind, code, code);
    let known = [
        unit(UnitKind::Department, "ENG-PLAT"),
        unit(UnitKind::Location, "BER"),
        unit(UnitKind::Location, "LIS"),
        unit(UnitKind::JobRole, "dev"),
        unit(UnitKind::JobRole, "lead"),
    ];
    if !operation.id().starts_with("add_") {
        people.add_units(&admin, known.to_vec()).await.unwrap();
    }
    if operation.id() == "add_users" {
        return;
    }
    let ada = NewPerson::new("Ada", "Lovelace").set(PersonField::Email, "ada@example.com");
    let ada = people.add_one(&admin, ada.hired_on(day("2026-01-01"))).await.unwrap().value;
    let id = ada.id.to_string();
    let account = NewAccount::new("ada.lovelace").role("employee");
    people.add_account_for(&admin, &id, account).await.unwrap();
    if operation.id() != "add_group" {
        people.add_group(&admin, NewGroup::fixed("WORKS-COUNCIL", "Council")).await.unwrap();
    }
    match operation.id() {
        "end_leave" => {
            people.add_leave(&admin, &id, day("2027-02-01"), None, None).await.map(drop).unwrap();
        }
        "reactivate_user" => {
            people.deactivate(&admin, &id, day("2026-12-31"), None).await.map(drop).unwrap();
        }
        _ => {}
    }
}

/// What an operation must be asked.
fn query_of(operation: &Operation) -> &'static str {
    match operation.id() {
        "edit_users" => "?department=ENG",
        "search_trainings" => "?q=data%20prot",
        "upload_content" | "upload_evidence" => "?name=ways-out.txt",
        "assign_bulk"
        | "withdraw_assignments"
        | "extend_assignments"
        | "exempt"
        | "record_completions" => "?person=ada@example.com",
        "end_equivalent" => "?satisfied_by=FIRE-WARDEN&until=2027-01-01",
        _ => "",
    }
}

pub(super) fn request(
    operation: &Operation,
    token: &str,
    example: Option<&Value>,
) -> Request<Body> {
    let request = Request::builder()
        .method(operation.method.to_uppercase().as_str())
        .uri(operation.address() + query_of(operation))
        .bearer(token);
    match example {
        Some(example) => request
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(example.to_string())),
        None if operation.id() == "import_file" => request.body(Body::from(imports::PEOPLE)),
        None if operation.takes_bytes() => request.body(Body::from("Through the door.")),
        None => request.body(Body::empty()),
    }
    .unwrap()
}

/// Every route that the document names is there, and takes what the document proposes.
async fn the_examples_of_the_document_work(engine: Engine) {
    for operation in operations() {
        let examples = operation.examples();
        for example in &examples {
            validate(operation.body_schema(), example, "").unwrap();
        }
        let examples: Vec<Option<&Value>> = match examples.as_slice() {
            [] => vec![None],
            examples => examples.iter().map(|example| Some(*example)).collect(),
        };
        for example in examples {
            let (api, _server) = content::api_for(engine, operation.id()).await;
            furnish(&api, &operation).await;
            let example = example.map(|example| attempts::of_a_real_one(&api, example));
            let example = match example {
                Some(example) => Some(example.await),
                None => None,
            };
            let request = request(&operation, &api.token, example.as_ref());
            let request = attempts::at_a_real_one(&api, request).await;
            let request = assignments::at_a_real_one(&api, request).await;
            let request = notifications::at_a_real_one(&api, request).await;
            let answer = api.send(content::of_a_real_file(&api, &operation, request).await).await;
            let promised = &operation.body["responses"];
            assert!(answer.status < 300, "{}: {}", operation.id(), answer.text);
            assert!(promised.get(answer.status.to_string()).is_some(), "{}", operation.id());
        }
    }
}

async fn every_route_asks_for_a_token_and_for_its_permission(engine: Engine) {
    let api = Api::on(engine).await;
    let all: Vec<&str> = lms_core::PERMISSIONS.iter().map(|permission| permission.name).collect();
    for operation in operations() {
        let Some(permission) = operation.permission() else {
            let open =
                ["/healthz", "/readyz", "/api/openapi.json", "/api/docs", "/api/docs/{file}"];
            let is_open = open.contains(&operation.path)
                || operation.path.starts_with("/api/v1/certificates/verify");
            assert!(is_open, "{} asks for nothing", operation.path);
            continue;
        };
        let example = operation.examples().first().copied();
        let mut nobody = request(&operation, "", example);
        nobody.headers_mut().remove(header::AUTHORIZATION);
        let nobody = api.send(nobody).await;
        assert_eq!((nobody.status, nobody.code().as_str()), (401, "http.token_missing"));

        let wrong = api.send(request(&operation, "lms_wrong", example)).await;
        assert_eq!((wrong.status, wrong.code().as_str()), (401, "access.unauthenticated"));

        let others: Vec<&str> = all.iter().copied().filter(|name| *name != permission).collect();
        let blind = api.token_for(&others).await;
        let forbidden = api.send(request(&operation, &blind, example)).await;
        assert_eq!(forbidden.status, 403, "{}: {}", operation.id(), forbidden.text);
        assert!(forbidden.text.contains(permission), "{}", forbidden.text);
    }
}
