//! `/api/v1/skills`, and the skills of people and job roles.

use lms_core::testkit::TestLms;
use lms_core::{
    Audience, AudienceField, Day, Engine, NewCompletions, NewPerson, NewSkill, NewTraining,
    NewUnit, PersonField, Publishing, SkillLevel, TrainingField, UnitKind,
};
use serde_json::{Value, json};

use super::Api;
use crate::support::engines::on_both_engines;

on_both_engines! {
    a_skill_is_made_changed_and_put_away,
    gaps_are_listed_counted_and_closed,
    callers_see_whom_they_may_see,
}

const ALL: &str = "/api/v1/skills";

pub(super) fn is_about(permission: &str) -> bool {
    permission.starts_with("skills.") || permission.starts_with("readiness.")
}

/// What the examples of these operations need: a job role, somebody who has it, and a skill.
pub(super) async fn furnish(api: &Api, id: &str) {
    let (lms, admin) = (&api.lms, api.lms.admin());
    let unit = NewUnit::new(UnitKind::JobRole, "dev", "Developer");
    lms.people().add_unit(&admin, unit).await.unwrap();
    let ada = NewPerson::new("Ada", "Lovelace")
        .set(PersonField::Email, "ada@example.com")
        .set(PersonField::JobRole, "dev")
        .hired_on(Day::parse("2024-01-01").unwrap());
    lms.people().add_one(&admin, ada).await.unwrap();
    if id != "add_skill" {
        lms.skills().add(&admin, NewSkill::new("FIRST-AID", "First aid")).await.unwrap();
    }
}

/// Ada and Bo are developers; Ada has done what teaches first aid up to level 2, and 3 is required.
async fn furnished(engine: Engine) -> Api {
    let api = Api::on(engine).await;
    furnish(&api, "").await;
    let admin = api.lms.admin();
    let bo = NewPerson::new("Bo", "Example")
        .set(PersonField::Username, "bo")
        .set(PersonField::JobRole, "dev")
        .hired_on(Day::parse("2024-01-01").unwrap());
    api.lms.people().add_one(&admin, bo).await.unwrap();
    training(&api.lms, "AID-2", "FIRST-AID=2").await;
    training(&api.lms, "AID-4", "FIRST-AID=4").await;
    let ada = Audience::everybody().with(AudienceField::Person, "ada@example.com");
    let new = NewCompletions::of("AID-2", ada).on(Day::parse("2026-03-30").unwrap());
    let plan = api.lms.assignments().plan_complete(&admin, new).await.unwrap();
    api.lms.assignments().complete(&admin, plan).await.unwrap();
    let (level, from) = (SkillLevel::new(3), Day::parse("2026-01-01").ok());
    api.lms.skills().require(&admin, "dev", "FIRST-AID", level, from).await.unwrap();
    api
}

async fn training(lms: &TestLms, code: &str, skills: &str) {
    let new = NewTraining::new(code, code)
        .set(TrainingField::SignText, "Be kind.")
        .set(TrainingField::Skills, skills);
    lms.catalog().add(&lms.admin(), new).await.unwrap();
    lms.catalog().publish(&lms.admin(), code, &Publishing::minor()).await.unwrap();
}

async fn a_skill_is_made_changed_and_put_away(engine: Engine) {
    let api = Api::on(engine).await;
    let made = api.post(ALL, r#"{"code":"GERMAN","name":"German","category":"Languages"}"#).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let location = made.header("location").unwrap().to_owned();
    assert_eq!(location, format!("skills/{}", made.json()["value"]["id"].as_str().unwrap()));
    let twice = api.post(ALL, r#"{"code":"german","name":"x"}"#).await;
    assert_eq!((twice.status, twice.code().as_str()), (409, "skills.exists"));
    let one = format!("{ALL}/GERMAN");
    let tag = made.header("etag").unwrap().to_owned();
    let patched = api.ask("PATCH", &one, r#"{"category":null,"description":"Speaks it"}"#).await;
    assert_eq!(patched.status, 200, "{}", patched.text);
    let fields: Vec<Value> = patched.json()["changed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["field"].clone())
        .collect();
    assert_eq!(fields, ["description", "category"]);
    assert_ne!(patched.header("etag").unwrap(), tag);
    let archived = api.post(&format!("{one}/archive"), "").await;
    assert_eq!((archived.status, &archived.json()["value"]["archived"]), (200, &json!(true)));
    assert_eq!(api.get(ALL).await.json()["items"], json!([]));
    let listed = api.get(&format!("{ALL}?archived=true&search=GER")).await.json();
    assert_eq!(listed["items"][0]["code"], "GERMAN");
    assert_eq!(api.post(&format!("{one}/reopen"), "").await.status, 200);
    let missing = api.get(&format!("{ALL}/GERMANY")).await;
    assert_eq!((missing.status, missing.code().as_str()), (404, "skills.unknown"));
    assert_eq!(missing.json()["hints"][0], "did you mean `GERMAN` or `German`?");
}

async fn gaps_are_listed_counted_and_closed(engine: Engine) {
    let api = furnished(engine).await;
    let gaps = api.get(&format!("{ALL}/gaps?as_of=2026-03-31&total=true")).await.json();
    assert_eq!(gaps["total"], 2);
    let told =
        |gap: &Value| (gap["person"].clone(), gap["missing"].clone(), gap["held"]["level"].clone());
    let items: Vec<_> = gaps["items"].as_array().unwrap().iter().map(told).collect();
    // In the order of family names.
    assert_eq!(
        items,
        [(json!("Bo Example"), json!(3), Value::Null), (json!("Ada Lovelace"), json!(1), json!(2)),]
    );
    assert_eq!(gaps["items"][0]["closed_by"][0]["training"], "AID-4");
    let page = api.get(&format!("{ALL}/gaps?as_of=2026-03-31&limit=1")).await.json();
    let next = page["next"].as_str().unwrap();
    let page = api.get(&format!("{ALL}/gaps?as_of=2026-03-31&limit=1&cursor={next}")).await.json();
    assert_eq!(
        (&page["items"][0]["person"], &page["next"]),
        (&json!("Ada Lovelace"), &Value::Null)
    );
    let none =
        api.get(&format!("{ALL}/gaps?person=bo&skill=FIRST-AID&as_of=2025-12-31")).await.json();
    assert_eq!(none["items"], json!([]));
    let wrong = api.get(&format!("{ALL}/gaps?skill=FIRST-ADE")).await;
    assert_eq!((wrong.status, wrong.code().as_str()), (400, "skills.unknown"));

    let table = api.get(&format!("{ALL}/readiness?as_of=2026-03-31")).await.json();
    let row = &table["items"][0];
    assert_eq!((&row["people"], &row["met"], &row["missed"]), (&json!(2), &json!(0), &json!(2)));
    assert_eq!(row["met_percent"], json!(0.0));
    let holders = api.get(&format!("{ALL}/FIRST-AID/holders?level=basic")).await.json();
    assert_eq!(holders["items"][0]["held"]["training"], "AID-2");
    let card = api.get("/api/v1/users/email:ada@example.com/skills").await.json();
    assert_eq!((&card["job_role"], &card["skills"][0]["missing"]), (&json!("dev"), &json!(1)));

    let role = "/api/v1/job-roles/dev/skills";
    let path = format!("{role}/FIRST-AID?from=2026-03-31");
    let lower = api.ask("PUT", &path, r#"{"level":2}"#).await;
    assert_eq!(lower.status, 200, "{}", lower.text);
    let changed = &lower.json()["changed"][0];
    assert_eq!(changed["field"], "required.dev");
    let again = api.ask("PUT", &path, r#"{"level":2}"#).await.json();
    assert_eq!(again["operation"], Value::Null);
    assert_eq!(api.ask("PUT", &path, r#"{"level":6}"#).await.status, 422);
    let gaps = api.get(&format!("{ALL}/gaps?as_of=2026-03-31&total=true")).await.json();
    assert_eq!(gaps["total"], 1);
    assert_eq!(api.get(role).await.json()["skills"][0]["level"], 2);
    let refused = api.post(&format!("{ALL}/FIRST-AID/archive"), "").await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "skills.in_use"));
    assert_eq!(api.ask("DELETE", &path, "").await.status, 200);
    assert_eq!(api.get(role).await.json()["skills"], json!([]));
    let unknown = api.get("/api/v1/job-roles/def/skills").await;
    assert_eq!((unknown.status, unknown.code().as_str()), (404, "people.unit_unknown"));
}

async fn callers_see_whom_they_may_see(engine: Engine) {
    let api = furnished(engine).await;
    let account = lms_core::NewAccount::new("bo").role("employee");
    api.lms.people().add_account_for(&api.lms.admin(), "bo", account).await.unwrap();
    let token = crate::support::looks::token(&api.lms, lms_core::NewToken::new("bo", "test")).await;
    let gaps = api.get_as(&token, &format!("{ALL}/gaps?total=true")).await.json();
    assert_eq!((&gaps["total"], &gaps["items"][0]["person"]), (&json!(1), &json!("Bo Example")));
    let hidden = api.get_as(&token, "/api/v1/users/email:ada@example.com/skills").await;
    let nobody = api.get_as(&token, "/api/v1/users/email:eve@example.com/skills").await;
    assert_eq!((hidden.status, nobody.status), (404, 404));
    assert_eq!(hidden.code(), nobody.code());
    let own = api.get_as(&token, "/api/v1/users/username:bo/skills").await;
    assert_eq!(own.status, 200, "{}", own.text);
    assert_eq!(api.get_as(&token, &format!("{ALL}/FIRST-AID")).await.status, 200);
    let table = api.get_as(&token, &format!("{ALL}/readiness")).await.json();
    assert_eq!(table["items"][0]["people"], 1);
}
