//! `/api/v1/settings`: the one resource that is there from the start, and by it what all promise.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, header};
use insta::{allow_duplicates, assert_snapshot};
use lms_core::testkit::NOON;
use lms_core::{AccountChange, AccountStatus, AuditFilter, Day, Engine, NewAccount, NewToken};
use serde_json::{Value, json};

use super::{Api, RequestExt, SETTINGS, patch};
use crate::support::engines::on_both_engines;

on_both_engines! {
    settings_are_shown_with_their_version,
    a_change_says_what_it_did_and_a_repeat_does_nothing,
    null_clears_what_may_be_empty,
    a_stale_tag_changes_nothing,
    of_two_writers_with_one_tag_one_wins,
    a_change_is_audited_with_its_request,
    without_a_token_there_is_nothing_to_see,
    tokens_that_no_longer_count_are_refused,
    what_one_may_not_do_reveals_nothing,
    unknown_fields_and_wrong_values_are_named,
    several_wrong_values_are_told_at_once,
    a_body_must_be_json_and_not_too_large,
    a_parameter_that_does_not_exist_is_refused,
}

async fn settings_are_shown_with_their_version(engine: Engine) {
    let api = Api::on(engine).await;
    let answer = api.get(SETTINGS).await;
    allow_duplicates! {
        assert_snapshot!(answer.shown(), @r#"
        200
        content-type: application/json
        etag: "1"
        {"name":"Acme",
        "timezone":"UTC",
        "locale":"en",
        "grace_days":0,
        "due_soon_days":14,
        "quiet_hours":null,
        "base_url":null,
        "logo_url":null,
        "certificate_colour":null,
        "version":1,
        "recorded_at":"[time]"}
        "#);
    }

    let head = Request::head(SETTINGS).bearer(&api.token).body(Body::empty()).unwrap();
    let head = api.send(head).await;
    assert_eq!((head.status, head.text.as_str()), (200, ""));
    assert_eq!(head.header("etag"), answer.header("etag"));
}

async fn a_change_says_what_it_did_and_a_repeat_does_nothing(engine: Engine) {
    let api = Api::on(engine).await;
    let before = api.get(SETTINGS).await;
    let body = r#"{"name": "Bolt & Söhne", "grace_days": 5}"#;

    let first = api.patch(body).await;
    allow_duplicates! {
        assert_snapshot!(first.shown(), @r#"
        200
        content-type: application/json
        etag: "2"
        {"value":{"name":"Bolt & Söhne",
        "timezone":"UTC",
        "locale":"en",
        "grace_days":5,
        "due_soon_days":14,
        "quiet_hours":null,
        "base_url":null,
        "logo_url":null,
        "certificate_colour":null,
        "version":2,
        "recorded_at":"[time]"},
        "changed":[{"field":"name",
        "before":"Acme",
        "after":"Bolt & Söhne"},{"field":"grace_days",
        "before":"0",
        "after":"5"}],
        "operation":"[id]"}
        "#);
    }
    assert_ne!(first.header("etag"), before.header("etag"));

    let again = api.patch(body).await;
    assert_eq!(again.status, 200);
    assert_eq!(again.json()["changed"], json!([]));
    assert_eq!(again.json()["operation"], Value::Null);
    assert_eq!(again.header("etag"), first.header("etag"));
    assert_eq!(again.json()["value"], first.json()["value"]);
    assert_eq!(api.get(SETTINGS).await.json(), first.json()["value"]);
}

async fn null_clears_what_may_be_empty(engine: Engine) {
    let api = Api::on(engine).await;
    let set = api.patch(r#"{"base_url": "https://learn.example.com"}"#).await;
    assert_eq!(set.json()["value"]["base_url"], "https://learn.example.com", "{}", set.text);
    let cleared = api.patch(r#"{"base_url": null}"#).await;
    assert_eq!(cleared.status, 200);
    assert_eq!(cleared.json()["value"]["base_url"], Value::Null);

    let refused = api.patch(r#"{"name": null}"#).await;
    assert_eq!((refused.status, &refused.json()["errors"][0]["field"]), (422, &json!("name")));
}

async fn a_stale_tag_changes_nothing(engine: Engine) {
    let api = Api::on(engine).await;
    let tag = api.get(SETTINGS).await.header("etag").unwrap().to_owned();

    let current = api.patch_if_match(&tag, r#"{"name": "Bolt"}"#).await;
    assert_eq!(current.status, 200);
    let stale = api.patch_if_match(&tag, r#"{"name": "Cog"}"#).await;
    assert_eq!(stale.status, 412);
    allow_duplicates! {
        assert_snapshot!(stale.shown(), @r#"
        412
        content-type: application/problem+json
        {"type":"urn:lms:error:settings.stale",
        "title":"the settings changed since they were read",
        "status":412,
        "detail":"somebody changed the settings after you looked: the version is `2`, not `1`",
        "code":"settings.stale",
        "hints":["read the settings again, and repeat the change if it is still wanted"],
        "errors":[],
        "request_id":"[id]"}
        "#);
    }
    assert_eq!(api.get(SETTINGS).await.json()["name"], "Bolt");

    let any = api.patch_if_match("*", r#"{"name": "Dot"}"#).await;
    assert_eq!(any.status, 200);
    let nonsense = api.patch_if_match("yesterday", r#"{"name": "Eke"}"#).await;
    assert_eq!((nonsense.status, nonsense.code().as_str()), (400, "http.if_match"));
}

async fn of_two_writers_with_one_tag_one_wins(engine: Engine) {
    let api = Api::on(engine).await;
    let tag = api.get(SETTINGS).await.header("etag").unwrap().to_owned();
    let (one, two) = tokio::join!(
        api.patch_if_match(&tag, r#"{"name": "One"}"#),
        api.patch_if_match(&tag, r#"{"name": "Two"}"#),
    );
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412], "{}\n{}", one.text, two.text);
    let winner = if one.status == 200 { "One" } else { "Two" };
    assert_eq!(api.get(SETTINGS).await.json()["name"], winner);
}

async fn a_change_is_audited_with_its_request(engine: Engine) {
    let api = Api::on(engine).await;
    let request = patch().bearer(&api.token).header("x-request-id", "order-4711");
    let answer = api.send(request.body(Body::from(r#"{"name": "Bolt"}"#)).unwrap()).await;

    let filter = AuditFilter::new().limit(1);
    let newest = api.lms.audit().list(&api.lms.admin(), filter).await.unwrap().items.remove(0);
    assert_eq!(json!(newest.operation_id.to_string()), answer.json()["operation"]);
    assert!(newest.origin.starts_with("http token:"), "{}", newest.origin);
    assert_eq!(newest.request_id.as_deref(), Some("order-4711"));
    assert!(newest.actor.starts_with("account:"), "{}", newest.actor);
}

async fn without_a_token_there_is_nothing_to_see(engine: Engine) {
    let api = Api::on(engine).await;
    let none = api.send(Request::get(SETTINGS).body(Body::empty()).unwrap()).await;
    allow_duplicates! {
        assert_snapshot!(none.shown(), @r#"
        401
        content-type: application/problem+json
        www-authenticate: Bearer realm="lms"
        {"type":"urn:lms:error:http.token_missing",
        "title":"the request carries no token",
        "status":401,
        "detail":"the request has no bearer token",
        "code":"http.token_missing",
        "hints":["send one header `Authorization: Bearer TOKEN` with an API token",
        "make one with `lmsctl access token create`"],
        "errors":[],
        "request_id":"[id]"}
        "#);
    }

    // The body is not even read, so that nobody learns from its errors.
    let broken = api.send(patch().body(Body::from("{")).unwrap()).await;
    assert_eq!(broken.status, 401);
}

async fn tokens_that_no_longer_count_are_refused(engine: Engine) {
    let api = Api::on(engine).await;
    let wrong = api.get_as("lms_nobody-has-this-token", SETTINGS).await;
    allow_duplicates! {
        assert_snapshot!(wrong.shown(), @r#"
        401
        content-type: application/problem+json
        www-authenticate: Bearer realm="lms", error="invalid_token"
        {"type":"urn:lms:error:access.unauthenticated",
        "title":"the API token is not one that is valid now",
        "status":401,
        "detail":"the API token is not valid",
        "code":"access.unauthenticated",
        "hints":["make a new one with `lmsctl access token create`"],
        "errors":[],
        "request_id":"[id]"}
        "#);
    }

    let admin = api.lms.admin();
    let access = api.lms.access();
    let revoked = access.create_token(&admin, NewToken::new("ada", "revoked")).await.unwrap();
    assert_eq!(api.get_as(&revoked.secret, SETTINGS).await.status, 200);
    access.revoke_token(&admin, &revoked.token.id.to_string()).await.unwrap();

    let today = Day::parse(&NOON[..10]).unwrap();
    let expired = NewToken::new("ada", "expired").expires_on(today);
    let expired = access.create_token(&admin, expired).await.unwrap();
    assert_eq!(api.get_as(&expired.secret, SETTINGS).await.status, 200);
    api.lms.clock().advance(Duration::from_secs(3 * 24 * 60 * 60));

    // Whatever the reason, the answer is the same: it does not tell which tokens ever existed.
    for secret in [&revoked.secret, &expired.secret] {
        let answer = api.get_as(secret, SETTINGS).await;
        assert_eq!(answer.shown(), wrong.shown());
    }

    access.add_account(&admin, NewAccount::new("bea").role("admin")).await.unwrap();
    let disabled = access.create_token(&admin, NewToken::new("bea", "test")).await.unwrap();
    assert_eq!(api.get_as(&disabled.secret, SETTINGS).await.status, 200);
    let change = AccountChange::new().status(AccountStatus::Disabled);
    access.edit_account(&admin, "bea", change).await.unwrap();
    assert_eq!(api.get_as(&disabled.secret, SETTINGS).await.shown(), wrong.shown());
}

async fn what_one_may_not_do_reveals_nothing(engine: Engine) {
    let api = Api::on(engine).await;
    let blind = api.token_for(&["audit.read"]).await;
    let refused = api.get_as(&blind, SETTINGS).await;
    allow_duplicates! {
        assert_snapshot!(refused.shown(), @r#"
        403
        content-type: application/problem+json
        {"type":"urn:lms:error:access.forbidden",
        "title":"the actor lacks the permission for this",
        "status":403,
        "detail":"you may not read the settings",
        "code":"access.forbidden",
        "hints":["ask an administrator for the permission `settings.read`"],
        "errors":[],
        "request_id":"[id]"}
        "#);
    }
    assert!(!refused.text.contains("Acme"));
    assert_eq!(refused.header("etag"), None);

    let reader = api.token_for(&["settings.read", "audit.read"]).await;
    assert_eq!(api.get_as(&reader, SETTINGS).await.status, 200);
    let refused = api.patch_as(&reader, r#"{"name": "Bolt"}"#).await;
    assert_eq!(refused.status, 403);
    assert!(!refused.text.contains("Acme") && !refused.text.contains("Bolt"));
    assert_eq!(api.get(SETTINGS).await.json()["name"], "Acme");
}

async fn unknown_fields_and_wrong_values_are_named(engine: Engine) {
    let api = Api::on(engine).await;
    let unknown = api.patch(r#"{"name": "Bolt", "time_zone": "Europe/Berlin"}"#).await;
    allow_duplicates! {
        assert_snapshot!(unknown.shown(), @r#"
        422
        content-type: application/problem+json
        {"type":"urn:lms:error:http.fields",
        "title":"fields of the body are not acceptable",
        "status":422,
        "detail":"there is no field `time_zone` here",
        "code":"http.fields",
        "hints":["did you mean `timezone`?"],
        "errors":[{"field":"time_zone",
        "code":"http.fields",
        "detail":"there is no field `time_zone` here",
        "hints":["did you mean `timezone`?"]}],
        "request_id":"[id]"}
        "#);
    }

    let mistyped = api.patch(r#"{"grace_days": "five"}"#).await;
    assert_eq!(mistyped.status, 422);
    assert_eq!(mistyped.json()["errors"][0]["field"], "grace_days");

    let impossible = api.patch(r#"{"timezone": "Europe/Atlantis"}"#).await;
    assert_eq!(impossible.status, 422);
    assert_eq!(impossible.json()["errors"][0]["field"], "timezone");

    // What a client must never set is no field of the request at all.
    for mass_assigned in [r#"{"version": 99}"#, r#"{"recorded_at": "2026-01-01T00:00:00Z"}"#] {
        assert_eq!(api.patch(mass_assigned).await.status, 422);
    }
    assert_eq!(api.get(SETTINGS).await.json()["name"], "Acme");
}

async fn several_wrong_values_are_told_at_once(engine: Engine) {
    let api = Api::on(engine).await;
    let answer = api.patch(r#"{"timezone": "Mars", "name": "", "grace_days": -1}"#).await;
    assert_eq!((answer.status, answer.code().as_str()), (422, "http.fields"));
    let document = answer.json();
    let errors = document["errors"].as_array().unwrap();
    let fields: Vec<&str> = errors.iter().map(|error| error["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["name", "timezone", "grace_days"]);
}

async fn a_body_must_be_json_and_not_too_large(engine: Engine) {
    let api = Api::on(engine).await;
    let send = async |content_type: &str, body: String| {
        let request = Request::patch(SETTINGS).bearer(&api.token);
        let request = request.header(header::CONTENT_TYPE, content_type);
        api.send(request.body(Body::from(body)).unwrap()).await
    };
    let good = r#"{"name": "Bolt"}"#.to_owned();
    let too_large = format!(r#"{{"name": "{}"}}"#, "x".repeat(1024 * 1024));
    let too_deep = format!(r#"{{"name": {}"#, "[".repeat(100_000));

    let form = send("application/x-www-form-urlencoded", "name=Bolt".to_owned()).await;
    allow_duplicates! {
        assert_snapshot!(form.shown(), @r#"
        415
        content-type: application/problem+json
        {"type":"urn:lms:error:http.media_type",
        "title":"the body is of a type not taken here",
        "status":415,
        "detail":"a body of the type `application/x-www-form-urlencoded` is not taken here",
        "code":"http.media_type",
        "hints":["send JSON with the header `Content-Type: application/json`"],
        "errors":[],
        "request_id":"[id]"}
        "#);
    }
    let broken = send("application/json", r#"{"name": "Bolt""#.to_owned()).await;
    allow_duplicates! {
        assert_snapshot!(broken.shown(), @r#"
        400
        content-type: application/problem+json
        {"type":"urn:lms:error:http.body_syntax",
        "title":"the body is not JSON",
        "status":400,
        "detail":"the body cannot be read as JSON: EOF while parsing an object at line 1 column 15",
        "code":"http.body_syntax",
        "hints":["check it with a JSON linter"],
        "errors":[],
        "request_id":"[id]"}
        "#);
    }
    let large = send("application/json", too_large).await;
    allow_duplicates! {
        assert_snapshot!(large.shown(), @r#"
        413
        content-type: application/problem+json
        {"type":"urn:lms:error:http.body_too_large",
        "title":"the body is larger than allowed",
        "status":413,
        "detail":"the body has more than 1048576 bytes",
        "code":"http.body_too_large",
        "hints":["send less in one request"],
        "errors":[],
        "request_id":"[id]"}
        "#);
    }

    assert_eq!(send("text/plain", good.clone()).await.status, 415);
    assert_eq!(send("application/json", String::new()).await.status, 400);
    assert_eq!(send("application/json", r#"["Bolt"]"#.to_owned()).await.status, 400);
    assert_eq!(send("application/json", too_deep).await.status, 422);
    assert_eq!(api.get(SETTINGS).await.json()["name"], "Acme");
    assert_eq!(send("application/json; charset=utf-8", good).await.status, 200);
}

async fn a_parameter_that_does_not_exist_is_refused(engine: Engine) {
    let api = Api::on(engine).await;
    let request = Request::patch(format!("{SETTINGS}?dry_run=true")).bearer(&api.token);
    let request = request.header(header::CONTENT_TYPE, "application/json");
    let answer = api.send(request.body(Body::from(r#"{"name": "Bolt"}"#)).unwrap()).await;
    allow_duplicates! {
        assert_snapshot!(answer.shown(), @r#"
        400
        content-type: application/problem+json
        {"type":"urn:lms:error:http.query",
        "title":"the query is not acceptable",
        "status":400,
        "detail":"there is no parameter `dry_run` here",
        "code":"http.query",
        "hints":["leave it out; this address takes none"],
        "errors":[],
        "request_id":"[id]"}
        "#);
    }
    assert_eq!(api.get(SETTINGS).await.json()["name"], "Acme");
}
