//! `/api/v1/rules`: drafts, what is refused, what is found when they are looked over.

use lms_core::{
    Audience, AudienceField, Engine, NewPerson, NewUnit, PersonField, RuleDefinition, UnitKind,
};
use serde_json::{Value, json};

use super::Api;
use super::trainings::{fields, published};
use crate::support::engines::on_both_engines;

on_both_engines! {
    from_a_draft_to_another_and_away,
    a_stale_tag_changes_no_rule,
    what_is_wrong_is_told_of_its_field,
    rules_are_looked_over,
    a_rule_is_planned_and_applied,
}

const ALL: &str = "/api/v1/rules";
const GDPR: &str = "/api/v1/rules/GDPR";

async fn sales(api: &Api) {
    let unit = NewUnit::new(UnitKind::Department, "SALES", "Sales");
    api.lms.people().add_unit(&api.lms.admin(), unit).await.unwrap();
    published(api, "GDPR-101", "Data protection").await;
}

fn rule(code: &str) -> RuleDefinition {
    let audience = Audience::everybody().with(AudienceField::Department, "Sales");
    let mut rule = RuleDefinition::new(code, "Data protection", audience);
    rule.trainings = vec!["GDPR-101".to_owned()];
    rule
}

/// What the examples of the document take for granted.
pub(super) async fn furnish(api: &Api, operation: &str) {
    sales(api).await;
    if operation != "add_rule" {
        api.lms.rules().add(&api.lms.admin(), rule("GDPR")).await.unwrap();
    }
}

fn definition() -> Value {
    json!({
        "code": "GDPR", "title": "Data protection", "trainings": ["gdpr-101"],
        "audience": { "department": ["Sales"] }, "due": "after joining + 30d",
        "renewal": { "active_months": 12, "window_months": 2 }
    })
}

async fn from_a_draft_to_another_and_away(engine: Engine) {
    let api = Api::on(engine).await;
    sales(&api).await;
    let made = api.post(ALL, &json!({ "definition": definition() }).to_string()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let value = made.json()["value"].clone();
    assert_eq!((&value["status"], &value["draft"]), (&json!("draft"), &json!(1)));
    assert_eq!(value["due"], "after joining + 30d");
    let again = api.post(ALL, &json!({ "definition": definition() }).to_string()).await;
    assert_eq!((again.status, again.code().as_str()), (409, "rules.exists"));
    let listed = api.get(&format!("{ALL}?training=GDPR-101&status=draft")).await.json();
    assert_eq!(listed["items"][0]["code"], "GDPR");

    let mut other = definition();
    other["due"] = json!("every 12-01");
    other.as_object_mut().unwrap().remove("code");
    let put = api.ask("PUT", GDPR, &json!({ "definition": other }).to_string()).await;
    assert_eq!((put.status, &put.json()["changed"][0]["field"]), (200, &json!("due")));
    let same = api.ask("PUT", GDPR, &json!({ "definition": other }).to_string()).await;
    assert_eq!(same.json()["operation"], Value::Null);
    let card = api.get(GDPR).await.json();
    assert_eq!((&card["definition"]["due"], &card["people"]), (&json!("every 12-01"), &json!(0)));
    assert_eq!(api.get(&format!("{GDPR}/versions")).await.json()["items"][0]["state"], "draft");
    let history = api.get(&format!("{GDPR}/history")).await.json();
    assert_eq!(history["items"].as_array().unwrap().len(), 2);
    assert_eq!(api.get(&format!("{GDPR}?version=7")).await.status, 404);

    assert_eq!(api.ask("DELETE", &format!("{GDPR}/draft"), "").await.status, 200);
    assert_eq!(api.get(GDPR).await.status, 404);
}

async fn a_stale_tag_changes_no_rule(engine: Engine) {
    let api = Api::on(engine).await;
    furnish(&api, "").await;
    let tag = api.get(GDPR).await.header("etag").unwrap().to_owned();
    let body = json!({ "definition": definition() }).to_string();
    assert_eq!(api.ask("PUT", GDPR, &body).await.status, 200);
    let mut other = definition();
    other["title"] = json!("Another title");
    let body = json!({ "definition": other }).to_string();
    let late = api.ask_if_match("PUT", GDPR, &tag, &body).await;
    assert_eq!((late.status, late.code().as_str()), (412, "rules.stale"));
}

async fn what_is_wrong_is_told_of_its_field(engine: Engine) {
    let api = Api::on(engine).await;
    furnish(&api, "").await;
    let with = |name: &str, value: Value| {
        let mut other = definition();
        other["code"] = json!("OTHER");
        other[name] = value;
        json!({ "definition": other }).to_string()
    };
    for (body, field) in [
        (with("trainings", json!(["NOWHERE"])), "definition.trainings[0]"),
        (with("title", json!("")), "definition.title"),
        (with("audience", json!({ "department": "Sails" })), "definition.audience.department"),
        (with("format", json!(1)), "definition.format"),
        (with("renewal", json!({ "active_months": 12 })), "definition.renewal"),
        (with("until", json!("soon")), "definition.until"),
        (with("dew", json!("never")), "definition.dew"),
    ] {
        let wrong = api.post(ALL, &body).await;
        assert_eq!(
            (wrong.status, fields(&wrong)),
            (422, vec![field.to_owned()]),
            "{body} {}",
            wrong.text
        );
    }
    let foreign = json!({ "definition": with_code("OTHER") }).to_string();
    assert_eq!(api.ask("PUT", GDPR, &foreign).await.status, 422);
}

fn with_code(code: &str) -> Value {
    let mut other = definition();
    other["code"] = json!(code);
    other
}

async fn rules_are_looked_over(engine: Engine) {
    let api = Api::on(engine).await;
    furnish(&api, "").await;
    let check = format!("{ALL}/check");
    let kept = api.post(&check, "{}").await.json();
    assert_eq!((&kept["rules"], &kept["holds"]), (&json!(1), &json!(true)));
    let codes: Vec<&Value> =
        kept["findings"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
    assert_eq!(codes, [&json!("empty_audience"), &json!("never_due")]);
    let mut wrong = with_code("OTHER");
    wrong["trainings"] = json!(["NOWHERE"]);
    let found = api.post(&check, &json!({ "rules": [wrong] }).to_string()).await.json();
    assert_eq!(
        (&found["holds"], &found["findings"][0]["place"]),
        (&json!(false), &json!("trainings[0]"))
    );
}

async fn a_rule_is_planned_and_applied(engine: Engine) {
    let api = Api::on(engine).await;
    furnish(&api, "").await;
    let ada = NewPerson::new("Ada", "Example").set(PersonField::Department, "SALES");
    let people = api.lms.people();
    people.add(&api.lms.admin(), vec![ada]).await.unwrap();
    let act = async |verb: &str, act: &str| {
        api.post(&format!("{GDPR}/{verb}"), &json!({ "act": act }).to_string()).await
    };
    let planned = act("plan", "apply").await;
    assert_eq!(planned.status, 200, "{}", planned.text);
    let plan = planned.json();
    assert_eq!((&plan["dry_run"], &plan["counts"]["assigned"]), (&json!(true), &json!(1)));
    assert_eq!(plan["rules"][0]["status"], "active");
    let hash = plan["plan"].as_str().unwrap();
    let stale = act("apply?plan=0000", "apply").await;
    assert_eq!((stale.status, stale.code().as_str()), (412, "plan.stale"));
    let done = act(&format!("apply?plan={hash}"), "apply").await;
    assert_eq!(done.status, 200, "{}", done.text);
    assert!(done.json()["operation"].is_string());
    assert_eq!(api.get(GDPR).await.json()["people"], 1);
    assert_eq!(act("apply", "pause").await.json()["rules"][0]["status"], "paused");
    assert_eq!(act("apply", "activate").await.json()["rules"][0]["status"], "active");
    assert_eq!(act("apply", "remove").await.json()["counts"]["cancelled"], 1);
    assert_eq!(act("plan", "dance").await.status, 422);
    assert_eq!(act("plan", "go_back").await.status, 422);
}
