//! The HTTP API from outside: the real router, and once in a while a real server.
//!
//! `settings` and `users` are what resources promise, `frame` what surrounds every request, and
//! `openapi` what is said of all of them; every answer is held against it.

mod analytics;
mod assignments;
mod assignments_reach;
mod attempts;
mod batches;
mod certificates;
mod content;
mod document;
mod examples;
mod frame;
mod groups;
mod history_and_roles;
mod idempotency;
mod imports;
mod keys;
mod notifications;
mod openapi;
mod paths;
mod questions;
mod reach;
mod reorganise;
mod reports;
mod rules;
mod server;
mod settings;
mod skills;
mod trainings;
mod units;
mod users;
mod users_list;
mod users_many;

use std::fmt::Write as _;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, header};
use lms_core::testkit::TestLms;
use lms_core::{Engine, Lms, NewToken};
use lms_http::{Options, router};
use serde_json::Value;
use tower::ServiceExt;

const SETTINGS: &str = "/api/v1/settings";

/// An organisation with its API, and the token of somebody who may do everything.
struct Api {
    lms: TestLms,
    router: Router,
    token: String,
}

/// What the API answered.
struct Answer {
    status: u16,
    headers: HeaderMap,
    text: String,
}

impl Api {
    async fn on(engine: Engine) -> Self {
        Self::with(engine, Options::new()).await
    }

    async fn with(engine: Engine, options: Options) -> Self {
        let lms = TestLms::organisation(engine).await;
        let router = router(Lms::clone(&lms), options);
        let token = super_admin_token(&lms).await;
        Self { lms, router, token }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        Answer::of(&self.router, request).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.get_as(&self.token, path).await
    }

    async fn get_as(&self, token: &str, path: &str) -> Answer {
        self.send(Request::get(path).bearer(token).body(Body::empty()).unwrap()).await
    }

    /// The whole of a list, a line each.
    async fn stream(&self, path: &str) -> Answer {
        let request = Request::get(path).bearer(&self.token);
        let request = request.header(header::ACCEPT, "application/x-ndjson; q=0.9, */*;q=0.1");
        self.send(request.body(Body::empty()).unwrap()).await
    }

    async fn patch(&self, body: &str) -> Answer {
        self.patch_as(&self.token, body).await
    }

    async fn patch_as(&self, token: &str, body: &str) -> Answer {
        self.send(patch().bearer(token).body(Body::from(body.to_owned())).unwrap()).await
    }

    async fn patch_if_match(&self, tag: &str, body: &str) -> Answer {
        let request = patch().bearer(&self.token).header(header::IF_MATCH, tag);
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    async fn ask(&self, method: &str, path: &str, body: &str) -> Answer {
        let request = Request::builder().method(method).uri(path).bearer(&self.token);
        let request = request.header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    async fn post(&self, path: &str, body: &str) -> Answer {
        self.ask("POST", path, body).await
    }

    /// A write that is tied to what the caller saw.
    async fn ask_if_match(&self, method: &str, path: &str, tag: &str, body: &str) -> Answer {
        let request = Request::builder().method(method).uri(path).bearer(&self.token);
        let request =
            request.header(header::CONTENT_TYPE, "application/json").header(header::IF_MATCH, tag);
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    /// A read by somebody who has something already.
    async fn get_if_none_match(&self, path: &str, tag: &str) -> Answer {
        let request = Request::get(path).bearer(&self.token).header(header::IF_NONE_MATCH, tag);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// A token that may do no more than this.
    async fn token_for(&self, permissions: &[&str]) -> String {
        let name: String = permissions.join(" ").chars().take(200).collect();
        let token = NewToken::new("ada", &name);
        let token = permissions.iter().fold(token, |token, name| token.permission(name));
        self.lms.access().create_token(&self.lms.admin(), token).await.unwrap().secret
    }
}

impl Answer {
    async fn of(router: &Router, request: Request<Body>) -> Self {
        let (method, address) = (request.method().to_string(), request.uri().to_string());
        let response = router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let answer = Self { status: parts.status.as_u16(), headers: parts.headers, text };
        let content_type = answer.header("content-type").unwrap_or_default();
        if answer.header("content-encoding").is_none() {
            document::check(&method, &address, answer.status, content_type, &answer.text);
        }
        answer
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Status, headers that matter and body, a field a line, with ids and times left out.
    fn shown(&self) -> String {
        let mut shown = format!("{}\n", self.status);
        for name in ["content-type", "etag", "www-authenticate", "allow", "retry-after"] {
            if let Some(value) = self.header(name) {
                writeln!(shown, "{name}: {value}").unwrap();
            }
        }
        shown.push_str(&self.text.replace(",\"", ",\n\""));
        without_ids_and_times(&shown)
    }
}

/// Shorthands for building requests.
trait RequestExt {
    fn bearer(self, token: &str) -> Self;
}

impl RequestExt for axum::http::request::Builder {
    fn bearer(self, token: &str) -> Self {
        self.header(header::AUTHORIZATION, format!("Bearer {token}"))
    }
}

fn patch() -> axum::http::request::Builder {
    Request::patch(SETTINGS).header(header::CONTENT_TYPE, "application/json")
}

/// A token that may do everything.
async fn super_admin_token(lms: &TestLms) -> String {
    let token = NewToken::new("ada", "test");
    lms.access().create_token(&lms.admin(), token).await.unwrap().secret
}

/// Puts `[id]` and `[time]` in the place of UUIDs and instants.
fn without_ids_and_times(text: &str) -> String {
    let mut parts = Vec::new();
    for (index, part) in text.split('"').enumerate() {
        let is_uuid =
            |text: &str| text.len() == 36 && text.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
        let is_account = part.strip_prefix("account:").is_some_and(is_uuid);
        let is_time = part.ends_with('Z') && part.as_bytes().get(10) == Some(&b'T');
        let is_sum = part.split_once('/').is_some_and(|(version, sum)| {
            version.ends_with('Z') && sum.len() == 16 && sum.bytes().all(|c| c.is_ascii_hexdigit())
        });
        parts.push(match (is_uuid(part), is_time) {
            _ if index == 0 => part,
            _ if is_account => "account:[id]",
            _ if is_sum => "[time]/[sum]",
            (true, _) => "[id]",
            (_, true) => "[time]",
            _ => part,
        });
    }
    parts.join("\"")
}
