//! What surrounds every request: ids, problems, headers, metrics, health, organisations by host.

use std::collections::HashMap;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use axum::routing::get;
use insta::{allow_duplicates, assert_snapshot};
use lms_core::{Engine, Lms};
use lms_http::{Metrics, Options, Organisations, router};

use super::{Answer, Api, RequestExt, SETTINGS, patch};
use crate::support::engines::on_both_engines;

on_both_engines! {
    readiness_follows_the_database,
    metrics_need_a_permission_and_count_by_route,
    organisations_are_found_by_host,
    the_router_nests_in_a_service,
}

async fn readiness_follows_the_database(engine: Engine) {
    let api = Api::on(engine).await;
    assert_eq!(api.send(plain("/healthz")).await.shown(), HEALTHY);
    assert_eq!(api.send(plain("/readyz")).await.status, 200);

    api.lms.close().await;
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let gone = api.send(plain("/readyz")).await;
    allow_duplicates! {
        assert_snapshot!(gone.shown(), @r#"
        503
        content-type: application/problem+json
        retry-after: 5
        {"type":"urn:lms:error:http.not_ready",
        "title":"the service cannot work at the moment",
        "status":503,
        "detail":"a database does not answer, or is not set up",
        "code":"http.not_ready",
        "hints":["the log says which and why; `lmsctl db status` looks closer"],
        "errors":[],
        "request_id":"[id]"}
        "#);
    }
    assert_eq!(api.send(plain("/healthz")).await.status, 200);

    // Nothing of what happened inside is told, only that it was not the caller's fault.
    let failed = api.get(SETTINGS).await;
    assert!(failed.status >= 500, "{}", failed.text);
    for secret in ["sqlite", "postgres", "pool", "SELECT", api.lms.database_url()] {
        assert!(!failed.text.contains(secret), "{}", failed.text);
    }
}

const HEALTHY: &str = "200\ncontent-type: application/json\n{\"status\":\"alive\"}";

async fn metrics_need_a_permission_and_count_by_route(engine: Engine) {
    let api = Api::on(engine).await;
    assert_eq!(api.send(plain("/metrics")).await.status, 401);
    let blind = api.token_for(&["settings.read"]).await;
    let refused = api.get_as(&blind, "/metrics").await;
    allow_duplicates! {
        assert_snapshot!(refused.shown(), @r#"
        403
        content-type: application/problem+json
        {"type":"urn:lms:error:http.metrics_forbidden",
        "title":"metrics need a permission",
        "status":403,
        "detail":"you may not read metrics",
        "code":"http.metrics_forbidden",
        "hints":["ask an administrator for the permission `metrics.read`"],
        "errors":[],
        "request_id":"[id]"}
        "#);
    }

    api.get(SETTINGS).await;
    api.get("/api/v1/people/ada%40example.com").await;
    let brew = Request::builder().method("BREW").uri(SETTINGS).body(Body::empty()).unwrap();
    api.send(brew).await;

    let metrics = api.get_as(&api.token_for(&["metrics.read"]).await, "/metrics").await;
    assert_eq!(metrics.status, 200);
    let counted = |method: &str, route: &str, status: u16| {
        format!(
            "lms_http_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}} 1\n"
        )
    };
    assert!(metrics.text.contains(&counted("GET", SETTINGS, 200)), "{}", metrics.text);
    assert!(metrics.text.contains(&counted("GET", "unmatched", 404)), "{}", metrics.text);
    assert!(metrics.text.contains(&counted("other", SETTINGS, 405)), "{}", metrics.text);
    assert!(metrics.text.contains("lms_http_requests_in_flight 1\n"), "{}", metrics.text);
    assert!(!metrics.text.contains("ada"), "{}", metrics.text);
}

async fn organisations_are_found_by_host(engine: Engine) {
    let api = Api::on(engine).await;
    let by_host = HashMap::from([("Learn.example.com".to_owned(), Lms::clone(&api.lms))]);
    let router = router(by_host, Options::new());
    let ask = async |host: Option<&str>| {
        let mut request = Request::get(SETTINGS).bearer(&api.token);
        if let Some(host) = host {
            request =
                request.header(header::HOST, host).header("x-forwarded-host", "learn.example.com");
        }
        Answer::of(&router, request.body(Body::empty()).unwrap()).await
    };
    assert_eq!(ask(Some("learn.example.com")).await.status, 200);
    assert_eq!(ask(Some("LEARN.example.com.:8443")).await.status, 200);
    assert_eq!(ask(None).await.status, 421);
    let unknown = ask(Some("other.example.com")).await;
    allow_duplicates! {
        assert_snapshot!(unknown.shown(), @r#"
        421
        content-type: application/problem+json
        {"type":"urn:lms:error:http.unknown_host",
        "title":"no organisation is served here",
        "status":421,
        "detail":"no organisation is served under this host name",
        "code":"http.unknown_host",
        "hints":["check the address; an organisation is found by the host name alone"],
        "errors":[],
        "request_id":"[id]"}
        "#);
    }
    assert_eq!(Answer::of(&router, plain("/readyz")).await.status, 200);
}

async fn the_router_nests_in_a_service(engine: Engine) {
    let api = Api::on(engine).await;
    let metrics = Metrics::new();
    let lms_api = router(Lms::clone(&api.lms), Options::new().metrics(metrics.clone()));
    let service: Router =
        Router::new().route("/hello", get(async || "hello")).nest("/lms", lms_api);

    let own = Answer::of(&service, plain("/hello")).await;
    assert_eq!((own.status, own.header("x-request-id")), (200, None));
    assert_eq!(Answer::of(&service, plain("/lms/readyz")).await.status, 200);
    let ours = Request::get("/lms/api/v1/settings").bearer(&api.token).body(Body::empty()).unwrap();
    assert_eq!(Answer::of(&service, ours).await.status, 200);
    let nothing = Answer::of(&service, plain("/lms/nothing")).await;
    assert_eq!((nothing.status, nothing.code().as_str()), (404, "http.not_found"));
    assert!(metrics.encode().contains(r#"route="/lms/api/v1/settings",status="200""#));
}

#[tokio::test]
async fn a_request_id_is_echoed_only_when_it_is_sane() {
    let api = Api::on(Engine::Sqlite).await;
    let id_of = async |given: &[u8]| {
        let request = Request::get("/nothing").header("x-request-id", given);
        let answer = api.send(request.body(Body::empty()).unwrap()).await;
        let id = answer.header("x-request-id").unwrap().to_owned();
        assert_eq!(answer.json()["request_id"], id);
        assert_eq!(answer.header("set-cookie"), None);
        id
    };
    for sane in ["order-4711", "a%0d%0aSet-Cookie:b=c", "\"};alert(1)//"] {
        assert_eq!(id_of(sane.as_bytes()).await, sane);
    }
    let too_long = "x".repeat(129);
    for wild in ["", "a b", "a\tset-cookie: b=c", "naïve", &too_long] {
        let id = id_of(wild.as_bytes()).await;
        assert_eq!((id.len(), id.contains(' ')), (36, false), "{wild:?}");
    }
    let first = api.send(plain("/healthz")).await;
    let second = api.send(plain("/healthz")).await;
    assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
}

#[tokio::test]
async fn whatever_goes_wrong_is_a_problem_document() {
    let api = Api::on(Engine::Sqlite).await;
    assert_snapshot!(api.get("/api/v1/nothing").await.shown(), @r#"
    404
    content-type: application/problem+json
    {"type":"urn:lms:error:http.not_found",
    "title":"there is nothing at this address",
    "status":404,
    "detail":"there is nothing at this address",
    "code":"http.not_found",
    "hints":["check the path; `/api/docs` shows all that there are"],
    "errors":[],
    "request_id":"[id]"}
    "#);
    let delete = Request::delete(SETTINGS).bearer(&api.token).body(Body::empty()).unwrap();
    assert_snapshot!(api.send(delete).await.shown(), @r#"
    405
    content-type: application/problem+json
    allow: GET,HEAD,PATCH
    {"type":"urn:lms:error:http.method",
    "title":"the method is not offered here",
    "status":405,
    "detail":"this method is not offered here",
    "code":"http.method",
    "hints":["the header `Allow` lists the methods that are"],
    "errors":[],
    "request_id":"[id]"}
    "#);

    let long_uri = format!("/{}", "a".repeat(9_000));
    assert_eq!(api.get(&long_uri).await.code(), "http.uri_too_long");
    let large_head = Request::get(SETTINGS).header("x-large", "x".repeat(40_000));
    let large_head = api.send(large_head.body(Body::empty()).unwrap()).await;
    assert_eq!((large_head.status, large_head.code().as_str()), (431, "http.head_too_large"));

    let head = Request::head("/nothing").body(Body::empty()).unwrap();
    let head = api.send(head).await;
    assert_eq!((head.status, head.text.as_str()), (404, ""));
    assert_eq!(head.header("content-type"), Some("application/problem+json"));
}

#[tokio::test]
async fn a_panic_is_a_problem_that_says_nothing() {
    struct Panics;
    impl Organisations for Panics {
        fn at(&self, host: &str) -> Option<Lms> {
            panic!("the secret of {host} is 42");
        }
        fn all(&self) -> Vec<Lms> {
            Vec::new()
        }
    }
    let router = router(Panics, Options::new());
    let answer = Answer::of(&router, plain(SETTINGS)).await;
    assert_snapshot!(answer.shown(), @r#"
    500
    content-type: application/problem+json
    {"type":"urn:lms:error:http.internal",
    "title":"a defect of this service",
    "status":500,
    "detail":"something went wrong inside the service",
    "code":"http.internal",
    "hints":["report it with the `request_id`, under which the cause is in the log"],
    "errors":[],
    "request_id":"[id]"}
    "#);
    assert_eq!(Answer::of(&router, plain("/healthz")).await.status, 200);
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let api = Api::on(Engine::Sqlite).await;
    let answers = [
        api.get(SETTINGS).await,
        api.patch("{").await,
        api.send(plain("/nothing")).await,
        api.send(plain("/healthz")).await,
        api.get("/metrics").await,
    ];
    for answer in answers {
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert!(answer.header("x-request-id").is_some());
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
}

#[tokio::test]
async fn only_listed_origins_may_call_from_a_browser() {
    let origins = ["https://learn.example.com"];
    let options = Options::new().cors_origins(origins).unwrap();
    let api = Api::with(Engine::Sqlite, options).await;
    let preflight = async |origin: &str| {
        let request = Request::options(SETTINGS)
            .header(header::ORIGIN, origin)
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "PATCH")
            .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "authorization,if-match");
        api.send(request.body(Body::empty()).unwrap()).await
    };
    let allowed = preflight(origins[0]).await;
    assert_eq!(allowed.header("access-control-allow-origin"), Some(origins[0]));
    assert!(allowed.header("access-control-allow-methods").unwrap().contains("PATCH"));
    assert_eq!(allowed.header("access-control-allow-credentials"), None);
    let foreign = preflight("https://evil.example.com").await;
    assert_eq!(foreign.header("access-control-allow-origin"), None);

    let request = patch().header(header::ORIGIN, origins[0]).body(Body::from("{}")).unwrap();
    let refused = api.send(request).await;
    assert_eq!(
        (refused.status, refused.header("access-control-allow-origin")),
        (401, Some(origins[0]))
    );
}

#[tokio::test]
async fn answers_are_compressed_for_those_who_ask() {
    let api = Api::on(Engine::Sqlite).await;
    let ask = async |coding: &str| {
        let request = Request::get(SETTINGS).bearer(&api.token);
        let request = request.header(header::ACCEPT_ENCODING, coding);
        api.send(request.body(Body::empty()).unwrap()).await
    };
    assert_eq!(ask("gzip").await.header("content-encoding"), Some("gzip"));
    assert_eq!(ask("identity").await.header("content-encoding"), None);
}

#[test]
fn the_documentation_lists_every_code_of_http() {
    let page = include_str!("../../../docs/api.md");
    for error in lms_http::error::HTTP_ERRORS {
        assert!(page.contains(&format!("`{}`", error.code)), "{}", error.code);
        assert!(page.contains(error.status.as_str()), "{}", error.code);
    }
}

fn plain(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}
