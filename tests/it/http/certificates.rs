//! `/api/v1/certificates`: shown, printed, revoked, and verified by everybody.

use axum::body::Body;
use axum::http::{Request, header};
use lms_core::{
    Day, Engine, NewPerson, NewTraining, PersonField, Publishing, SettingsChange, TrainingField,
};
use serde_json::Value;

use super::{Answer, Api, RequestExt};
use crate::support::engines::on_both_engines;

on_both_engines! {
    a_certificate_is_shown_and_printed,
    anybody_verifies_a_code,
    a_revoked_one_is_told_to_everybody,
    those_of_a_person_are_found_by_their_names,
}

const ALL: &str = "/api/v1/certificates";

/// What the examples of these operations need: a certificate of Ada's.
pub(super) async fn furnish(api: &Api) {
    let admin = api.lms.admin();
    let ada = NewPerson::new("Ada", "Lovelace").set(PersonField::Email, "ada@example.com");
    let ada = ada.set(PersonField::EmployeeNumber, "00104").set(PersonField::Username, "ada");
    api.lms.people().add_one(&admin, ada).await.unwrap();
    let new = NewTraining::new("GDPR-101", "<Data> & protection");
    let new = new.set(TrainingField::SignText, "Be kind.");
    api.lms.catalog().add(&admin, new).await.unwrap();
    api.lms.catalog().publish(&admin, "GDPR-101", &Publishing::minor()).await.unwrap();
    let (done, until) = (Day::parse("2026-03-30").unwrap(), Day::parse("2027-03-30").unwrap());
    api.lms.issue_certificates("GDPR-101", &["ada"], done, Some(until)).await.unwrap();
}

async fn furnished(engine: Engine) -> Api {
    let api = Api::on(engine).await;
    furnish(&api).await;
    let base = SettingsChange::new().set("base_url", "https://learn.example.com").unwrap();
    api.lms.settings().set(&api.lms.admin(), base).await.unwrap();
    api
}

/// Asked by somebody without a token.
async fn plain(api: &Api, path: &str, accept: &str) -> Answer {
    let request = Request::get(path).header(header::ACCEPT, accept);
    api.send(request.body(Body::empty()).unwrap()).await
}

async fn code(api: &Api) -> String {
    api.get(&format!("{ALL}/2026-000001")).await.json()["code"].as_str().unwrap().to_owned()
}

async fn a_certificate_is_shown_and_printed(engine: Engine) {
    let api = furnished(engine).await;
    let shown = api.get(&format!("{ALL}/2026-000001")).await;
    assert_eq!((shown.status, shown.header("vary")), (200, Some("accept")));
    let body = shown.json();
    assert_eq!((&body["state"], &body["holder"]), (&"valid".into(), &"Ada Lovelace".into()));
    assert_eq!((&body["training"], &body["version"]), (&"GDPR-101".into(), &"1.0".into()));
    for name in [&body["id"], &body["code"]] {
        let again = api.get(&format!("{ALL}/{}", name.as_str().unwrap())).await;
        assert_eq!(again.json(), body);
    }
    let page = Request::get(format!("{ALL}/2026-000001")).bearer(&api.token);
    let page = page.header(header::ACCEPT, "application/pdf").body(Body::empty()).unwrap();
    let page = api.send(page).await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("application/pdf")));
    assert_eq!(
        page.header("content-disposition"),
        Some("inline; filename=\"certificate-2026-000001.pdf\"")
    );
    assert!(page.text.starts_with("%PDF-1.7"));

    let missing = api.get(&format!("{ALL}/2026-000002")).await;
    assert_eq!((missing.status, missing.code().as_str()), (404, "certificate.unknown"));
    let listed = api.get(&format!("{ALL}?training=GDPR-101&state=valid&person=ada")).await;
    assert_eq!(listed.json()["items"], Value::Array(vec![body]));
    let wrong = api.get(&format!("{ALL}?state=good")).await;
    assert_eq!((wrong.status, wrong.code().as_str()), (400, "input.invalid"));
}

async fn anybody_verifies_a_code(engine: Engine) {
    let api = furnished(engine).await;
    let code = code(&api).await;
    let verified = plain(&api, &format!("{ALL}/verify/{}", code.to_lowercase()), "*/*").await;
    assert_eq!((verified.status, verified.header("cache-control")), (200, Some("no-store")));
    let expected = serde_json::json!({
        "state": "valid", "number": "2026-000001", "holder": "Ada Lovelace",
        "title": "<Data> & protection", "organisation": "Acme", "completed_on": "2026-03-30",
        "valid_until": "2027-03-30", "revoked_on": null
    });
    assert_eq!(verified.json(), expected, "and nothing more");

    let unknown = plain(&api, &format!("{ALL}/verify/0000"), "*/*").await;
    assert_eq!((unknown.status, &unknown.json()["state"]), (200, &"unknown".into()));
    let told =
        unknown.json().as_object().unwrap().values().filter(|value| !value.is_null()).count();
    assert_eq!(told, 1, "{}", unknown.text);

    // A browser gets a page, in the reader's language, with what people typed as text.
    let page = |path: String| {
        let request =
            Request::get(path).header(header::ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8");
        request.header(header::ACCEPT_LANGUAGE, "de-DE,de;q=0.9").body(Body::empty()).unwrap()
    };
    let shown = api.send(page(format!("{ALL}/verify/{code}"))).await;
    assert_eq!(shown.header("content-type"), Some("text/html; charset=utf-8"));
    let policy = shown.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert!(shown.text.contains("Dieses Zertifikat ist gültig"), "{}", shown.text);
    assert!(shown.text.contains("&lt;Data&gt; &amp; protection"), "{}", shown.text);
    assert!(!shown.text.contains("<script") && !shown.text.contains("style="), "{}", shown.text);
    let form = api.send(page(format!("{ALL}/verify"))).await;
    assert!(form.text.contains("<form action=\"verify\""), "{}", form.text);
    let asked = api.send(page(format!("{ALL}/verify?code={code}"))).await;
    assert!(asked.text.contains("Dieses Zertifikat ist gültig"), "{}", asked.text);
    let style = plain(&api, &format!("{ALL}/verify.css"), "*/*").await;
    assert_eq!(style.header("content-type"), Some("text/css; charset=utf-8"));
    let nothing = api.send(page(format!("{ALL}/verify/%3Cscript%3E"))).await;
    assert!(nothing.text.contains("kein Zertifikat") && !nothing.text.contains("script"));
}

async fn a_revoked_one_is_told_to_everybody(engine: Engine) {
    let api = furnished(engine).await;
    let code = code(&api).await;
    let revoke = format!("{ALL}/2026-000001/revoke");
    let refused = api.post(&revoke, r#"{"reason": " "}"#).await;
    assert_eq!((refused.status, &refused.json()["errors"][0]["field"]), (422, &"reason".into()));
    let revoked = api.post(&revoke, r#"{"reason": "copied"}"#).await;
    assert_eq!((revoked.status, &revoked.json()["value"]["state"]), (200, &"revoked".into()));
    let verified = plain(&api, &format!("{ALL}/verify/{code}"), "application/json").await;
    assert_eq!(verified.json()["state"], "revoked");
    assert!(!verified.text.contains("copied"), "why is nobody else's affair");
    let page = Request::get(format!("{ALL}/2026-000001")).bearer(&api.token);
    let page = page.header(header::ACCEPT, "application/pdf").body(Body::empty()).unwrap();
    let page = api.send(page).await;
    assert_eq!((page.status, page.code().as_str()), (409, "certificate.revoked"));
    let again = api.post(&revoke, r#"{"reason": "again"}"#).await;
    assert_eq!((again.status, &again.json()["operation"]), (200, &Value::Null));
}

async fn those_of_a_person_are_found_by_their_names(engine: Engine) {
    let api = furnished(engine).await;
    for name in ["email:ada@example.com", "employee_number:00104", "ada"] {
        let listed = api.get(&format!("/api/v1/progress/certificates/{name}")).await;
        assert_eq!(listed.json()["items"].as_array().map(Vec::len), Some(1), "{name}");
    }
    let missing = api.get("/api/v1/progress/certificates/email:eve@example.com").await;
    assert_eq!((missing.status, missing.code().as_str()), (404, "people.person_unknown"));
    let blind = api.token_for(&["people.read"]).await;
    let refused = api.get_as(&blind, "/api/v1/progress/certificates/ada").await;
    assert_eq!(refused.status, 403);
}
