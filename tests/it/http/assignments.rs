//! `/api/v1/assignments` and what stands around it: assigned, enrolled in, extended, exempted, done.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Request, header};
use lms_core::engine::OnPastDue;
use lms_core::{
    Audience, AudienceField, CompletionChange, DueRule, Engine, ExceptionFilter, NewAssignments,
    NewCompletions, NewContent, NewExemptions, NewPerson, NewToken, NewTraining, NewUnit,
    PersonField, Publishing, TrainingField, UnitKind,
};
use serde_json::{Value, json};

use super::document::Operation;
use super::{Answer, Api, RequestExt};
use crate::support::engines::on_both_engines;
use crate::support::learning::{assign, learner, to_be_signed};

on_both_engines! {
    a_person_is_assigned_learns_and_is_certified,
    an_audience_gets_what_was_looked_at,
    somebody_enrols_and_thinks_better_of_it,
    seats_are_waited_for,
    more_time_and_none_at_all,
    what_is_wrong_is_told_where_it_stands,
    a_list_can_be_had_as_a_whole,
}

const ALL: &str = "/api/v1/assignments";
const BULK: &str = "/api/v1/assignments/bulk";

pub(super) fn is_about(operation: &Operation) -> bool {
    let about = [
        "assignments",
        "enrollments",
        "exemptions",
        "exceptions",
        "completions",
        "waitlist",
        "analytics",
    ];
    about.iter().any(|name| operation.path.starts_with(&format!("/api/v1/{name}")))
        || operation.path.contains("/explain/")
}

/// What the examples of the document take for granted.
pub(super) async fn furnish(api: &Api) {
    let (people, admin) = (api.lms.people(), api.lms.admin());
    let eng = NewUnit::new(UnitKind::Department, "ENG", "Engineering");
    people.add_unit(&admin, eng).await.unwrap();
    let ada = NewPerson::new("Ada", "Lovelace")
        .set(PersonField::Email, "ada@example.com")
        .set(PersonField::Department, "ENG")
        .hired_on(lms_core::Day::parse("2020-01-01").unwrap());
    people.add(&admin, vec![ada]).await.unwrap();
    people.link_account(&admin, "ada", Some("ada@example.com")).await.unwrap();
    for code in ["GDPR-101", "PARKED"] {
        to_be_signed(&api.lms, code).await;
    }
}

/// A request to something that is there, in the place of what the example of the document names.
pub(super) async fn at_a_real_one(api: &Api, mut request: Request<Body>) -> Request<Body> {
    let address = request.uri().to_string();
    let example = |n: u8| format!("019d3f1c-4a00-7000-8000-0000000000a{n}");
    let Some(n) = (1..=5).find(|n| address.contains(&example(*n))) else { return request };
    let (assignments, admin) = (api.lms.assignments(), api.lms.admin());
    let ada = || Audience::everybody().with(AudienceField::Person, "ada@example.com");
    let id = match n {
        1 => open(api, "GDPR-101").await,
        2 => {
            let new = NewExemptions::from_training("GDPR-101", ada(), "certified elsewhere");
            let plan = assignments.plan_exempt(&admin, new).await.unwrap();
            assignments.exempt(&admin, plan).await.unwrap().exemptions[0].to_string()
        }
        3 => {
            let new = NewAssignments::to(ada()).training("PARKED").due(DueRule::AfterHire(1));
            let plan = assignments.plan_assign(&admin, new.on_past_due(OnPastDue::Park)).await;
            assignments.assign(&admin, plan.unwrap()).await.unwrap();
            let page = assignments.exceptions(&admin, ExceptionFilter::new()).await.unwrap();
            page.items[0].id.to_string()
        }
        4 if address.ends_with("/evidence") => {
            let id = complete(api).await;
            let mut bytes = &b"Through the door."[..];
            let new = NewContent::new("proof.txt");
            let file = assignments.add_evidence(&admin, new, &mut bytes).await.unwrap().value.id;
            let change = CompletionChange::new().evidence_file(Some(file));
            assignments.change_completion(&admin, id.parse().unwrap(), change).await.unwrap();
            id
        }
        4 => complete(api).await,
        _ => {
            let enrolled = assignments.enrol(&admin, "ada@example.com", "GDPR-101").await.unwrap();
            if address.ends_with("/certificate") {
                complete(api).await;
            }
            enrolled.value.id.to_string()
        }
    };
    *request.uri_mut() = address.replace(&example(n), &id).parse().unwrap();
    request
}

/// What is open of Ada's.
async fn open(api: &Api, training: &str) -> String {
    assign(&api.lms, "ada@example.com", training).await;
    let page = api.get(&format!("{ALL}?training={training}")).await;
    page.json()["items"][0]["id"].as_str().unwrap().to_owned()
}

/// She has done it.
async fn complete(api: &Api) -> String {
    let (assignments, admin) = (api.lms.assignments(), api.lms.admin());
    let ada = Audience::everybody().with(AudienceField::Person, "ada@example.com");
    let plan = assignments.plan_complete(&admin, NewCompletions::of("GDPR-101", ada)).await;
    assignments.complete(&admin, plan.unwrap()).await.unwrap().completions[0].to_string()
}

async fn furnished(engine: Engine) -> Api {
    let api = Api::on(engine).await;
    furnish(&api).await;
    api
}

async fn ask(api: &Api, token: &str, method: &str, path: &str, body: &Value) -> Answer {
    let request = Request::builder().method(method).uri(path).bearer(token);
    let request = request.header(header::CONTENT_TYPE, "application/json");
    let body = if body.is_null() { String::new() } else { body.to_string() };
    api.send(request.body(Body::from(body)).unwrap()).await
}

async fn a_person_is_assigned_learns_and_is_certified(engine: Engine) {
    let api = furnished(engine).await;
    let new = json!({
        "people": ["ada@example.com"], "trainings": ["GDPR-101"], "due": "+30d", "reason": "new law"
    })
    .to_string();
    let looked = api.post(&format!("{ALL}?dry_run=true"), &new).await;
    assert_eq!(
        (looked.status, &looked.json()["operation"]),
        (200, &Value::Null),
        "{}",
        looked.text
    );
    assert_eq!(looked.json()["counts"]["assigned"], 1);
    assert_eq!(looked.json()["trainings"][0]["samples"][0]["people"][0]["name"], "Ada Lovelace");
    assert_eq!(api.get(ALL).await.json()["items"], json!([]));
    let plan = looked.json()["plan"].as_str().unwrap().to_owned();
    let done = api.post(&format!("{ALL}?plan={plan}"), &new).await.json();
    assert_eq!((&done["plan"], &done["dry_run"]), (&json!(plan), &json!(false)));
    let batch = done["operation"].as_str().unwrap();
    let batch = api.get(&format!("/api/v1/batches/{batch}")).await.json();
    assert_eq!(
        (&batch["kind"], &batch["reason"]),
        (&json!("training.assigned"), &json!("new law"))
    );
    let again = api.post(ALL, &new).await.json();
    assert_eq!(
        (&again["counts"]["already_assigned"], &again["counts"]["assigned"]),
        (&json!(1), &json!(0))
    );

    let listed = api.get("/api/v1/assignments/user/email:ada@example.com?total=true").await.json();
    let one = &listed["items"][0];
    assert_eq!((&listed["total"], &one["status"]), (&json!(1), &json!("assigned")));
    assert_eq!(
        api.get(&format!("{ALL}?department=ENG&is=assigned&kind=mandatory")).await.json()["items"]
            [0],
        *one
    );
    assert_eq!(api.get(&format!("{ALL}?is=overdue")).await.json()["items"], json!([]));
    let chosen = api.get(&format!("{ALL}?fields=training,due_on")).await.json();
    assert_eq!(chosen["items"][0], json!({ "training": "GDPR-101", "due_on": one["due_on"] }));
    let path = format!("{ALL}/{}", one["id"].as_str().unwrap());
    assert_eq!(api.get(&path).await.json(), *one);
    let why = api.get("/api/v1/users/email:ada@example.com/explain/GDPR-101").await.json();
    assert!(why["because"].as_array().is_some_and(|because| !because.is_empty()), "{why}");
    assert_eq!(why["cycles"][0], *one);
    let address = "/api/v1/users/email:ada@example.com/explain/GDPR-101";
    let before = api.get(&format!("{address}?as_of=2020-01-01")).await.json();
    assert_eq!((&before["day"], &before["cycles"]), (&json!("2020-01-01"), &json!([])));
    assert_eq!(api.get(&format!("{address}?as_of=soon")).await.status, 400);

    let begun = api.ask("PUT", &format!("{path}/status"), r#"{"status": "in_progress"}"#).await;
    assert_eq!((begun.status, &begun.json()["value"]["status"]), (200, &json!("in_progress")));
    let again = api.ask("PUT", &format!("{path}/status"), r#"{"status": "in_progress"}"#).await;
    assert_eq!((again.status, &again.json()["operation"]), (200, &Value::Null));
    let enrolment = path.replace("assignments", "enrollments");
    assert_eq!(
        api.post(&format!("{enrolment}/certificate"), "").await.code(),
        "assignments.not_done"
    );
    let progress = api.get(&format!("{enrolment}/progress")).await.json();
    assert_eq!((&progress["training"], &progress["closed_on"]), (&json!("GDPR-101"), &Value::Null));

    let recorded = json!({ "training": "GDPR-101", "score": 87.5 }).to_string();
    let recorded = api.post("/api/v1/completions?person=ada@example.com", &recorded).await;
    assert_eq!(
        (recorded.status, &recorded.json()["counts"]["settled"]),
        (200, &json!(1)),
        "{}",
        recorded.text
    );
    let completion = recorded.json()["completions"][0].as_str().unwrap().to_owned();
    assert_eq!(api.get(&path).await.json()["status"], "completed");
    let certified = api.post(&format!("{enrolment}/certificate"), "").await;
    assert_eq!((certified.status, &certified.json()["operation"]), (200, &Value::Null));
    assert_eq!(certified.json()["value"]["completion_id"], completion.as_str());
    let listed = api.get("/api/v1/completions?training=GDPR-101").await.json();
    assert_eq!(
        (&listed["items"][0]["id"], &listed["items"][0]["score"]),
        (&json!(completion), &json!(87.5))
    );

    let completion = format!("/api/v1/completions/{completion}");
    let corrected = api.ask("PATCH", &completion, r#"{"score": null, "note": "by hand"}"#).await;
    assert_eq!(
        (corrected.status, &corrected.json()["score"]),
        (200, &Value::Null),
        "{}",
        corrected.text
    );
    assert_eq!(corrected.json()["note"], "by hand");
    let revoked = api.ask("DELETE", &format!("{completion}?reason=mistaken"), "").await.json();
    assert!(revoked["revoked_on"].is_string(), "{revoked}");
    assert_eq!(api.get("/api/v1/completions").await.json()["items"], json!([]));
    let all = api.get("/api/v1/completions?revoked=true").await.json();
    assert_eq!(all["items"][0]["id"], revoked["id"]);
    assert_eq!(api.get(&path).await.json()["status"], "in_progress", "it is open again");

    let cancelled = api.ask("DELETE", &path, "").await;
    assert_eq!(cancelled.json()["value"]["status"], "cancelled", "{}", cancelled.text);
    let again = api.ask("PUT", &format!("{path}/status"), r#"{"status": "cancelled"}"#).await;
    assert_eq!((again.status, &again.json()["operation"]), (200, &Value::Null));
    let late = api.ask("PUT", &format!("{path}/status"), r#"{"status": "in_progress"}"#).await;
    assert_eq!((late.status, late.code().as_str()), (409, "assignments.closed"));
    let nowhere = api.get(&format!("{ALL}/019d3f1c-4a00-7000-8000-000000000000")).await;
    assert_eq!((nowhere.status, nowhere.code().as_str()), (404, "assignments.unknown"));
}

async fn an_audience_gets_what_was_looked_at(engine: Engine) {
    let api = furnished(engine).await;
    let new = json!({ "trainings": ["GDPR-101", "PARKED"], "due": "2027-12-31" }).to_string();
    let looked = api.post(&format!("{BULK}?department=ENG&dry_run=true"), &new).await.json();
    assert_eq!((&looked["people"], &looked["counts"]["assigned"]), (&json!(1), &json!(2)));
    let plan = looked["plan"].as_str().unwrap();
    let bo = NewPerson::new("Bo", "Ek").set(PersonField::Department, "ENG");
    api.lms.people().add(&api.lms.admin(), vec![bo]).await.unwrap();
    let stale = api.post(&format!("{BULK}?department=ENG&plan={plan}"), &new).await;
    assert_eq!((stale.status, stale.code().as_str()), (412, "plan.stale"));
    assert_eq!(api.get(ALL).await.json()["items"], json!([]));
    let done = api.post(&format!("{BULK}?department=ENG"), &new).await.json();
    assert_eq!((&done["people"], &done["counts"]["assigned"]), (&json!(2), &json!(4)));
    let batch = done["operation"].as_str().unwrap();

    let withdrawals = format!("{ALL}/withdrawals");
    let of_bo = json!({ "trainings": ["PARKED"] }).to_string();
    let looked = api
        .post(
            &format!("{withdrawals}?not_person=ada@example.com&department=ENG&dry_run=true"),
            &of_bo,
        )
        .await;
    assert_eq!(
        (looked.status, &looked.json()["counts"]["cancelled"]),
        (200, &json!(1)),
        "{}",
        looked.text
    );
    let gone = api.post(&withdrawals, &json!({ "batch": batch }).to_string()).await;
    assert_eq!(
        (gone.status, &gone.json()["counts"]["cancelled"]),
        (200, &json!(4)),
        "{}",
        gone.text
    );
    assert!(gone.json()["operation"].is_string());
    assert_eq!(api.get(ALL).await.json()["items"], json!([]));
    for body in [json!({}), json!({ "batch": batch, "trainings": ["PARKED"] })] {
        let neither = api.post(&format!("{withdrawals}?department=ENG"), &body.to_string()).await;
        assert_eq!((neither.status, neither.code().as_str()), (422, "http.fields"));
    }
}

async fn somebody_enrols_and_thinks_better_of_it(engine: Engine) {
    let api = furnished(engine).await;
    drop(learner(&api.lms, "kim", "employee").await);
    let token = NewToken::new("kim", "http");
    let kim = api.lms.access().create_token(&api.lms.admin(), token).await.unwrap().secret;
    let all = "/api/v1/enrollments";
    let new = json!({ "training": "GDPR-101" });
    let first = ask(&api, &kim, "POST", all, &new).await;
    assert_eq!(first.status, 201, "{}", first.text);
    let id = first.json()["value"]["id"].as_str().unwrap().to_owned();
    assert_eq!(first.header("location"), Some(format!("enrollments/{id}").as_str()));
    let again = ask(&api, &kim, "POST", all, &new).await;
    assert_eq!((again.status, &again.json()["operation"]), (200, &Value::Null));

    let one = format!("{all}/{id}");
    let mine = ask(&api, &kim, "GET", &format!("{all}/mine"), &Value::Null).await.json();
    assert_eq!(
        (&mine["items"][0]["id"], &mine["items"][0]["kind"]),
        (&json!(id), &json!("optional"))
    );
    // What others assigned is no enrolment.
    assign(&api.lms, "kim", "PARKED").await;
    let mine = ask(&api, &kim, "GET", &format!("{all}/mine?total=true"), &Value::Null).await.json();
    assert_eq!(mine["total"], 1);
    assert_eq!(ask(&api, &kim, "GET", &one, &Value::Null).await.json()["training"], "GDPR-101");
    let progress = ask(&api, &kim, "GET", &format!("{one}/progress"), &Value::Null).await;
    assert_eq!((progress.status, &progress.json()["person"]), (200, &json!("Kim kim")));
    let foreign = json!({ "training": "GDPR-101", "person": "ada@example.com" });
    let foreign = ask(&api, &kim, "POST", all, &foreign).await;
    assert_eq!((foreign.status, foreign.code().as_str()), (422, "people.person_unknown"));

    let gone = ask(&api, &kim, "DELETE", &one, &Value::Null).await;
    assert!(gone.status == 200 && gone.json()["operation"].is_string(), "{}", gone.text);
    let again = ask(&api, &kim, "DELETE", &one, &Value::Null).await;
    assert_eq!((again.status, &again.json()["operation"]), (200, &Value::Null));
    assert_eq!(ask(&api, &kim, "GET", &one, &Value::Null).await.json()["status"], "cancelled");

    // An account without a person has nothing of its own.
    api.lms.people().link_account(&api.lms.admin(), "ada", None).await.unwrap();
    for (method, path) in [("POST", all.to_owned()), ("GET", format!("{all}/mine"))] {
        let body = if method == "POST" { new.clone() } else { Value::Null };
        let nobody = ask(&api, &api.token, method, &path, &body).await;
        assert_eq!((nobody.status, nobody.code().as_str()), (409, "access.no_person"));
    }
}

async fn a_list_can_be_had_as_a_whole(engine: Engine) {
    let api = furnished(engine).await;
    let person = |at| {
        let person = NewPerson::new("P", "X").set(PersonField::JobTitle, "packer");
        let person = person.set(PersonField::Username, format!("p{at}").as_str());
        if at < 600 { person.set(PersonField::Department, "ENG") } else { person }
    };
    let admin = api.lms.admin();
    api.lms.people().add(&admin, (0..1_050).map(person).collect()).await.unwrap();
    let everybody = json!({ "trainings": ["GDPR-101"], "due": "+30d" }).to_string();
    let given = api.post(&format!("{BULK}?job_title=packer"), &everybody).await;
    assert_eq!(given.status, 200, "{}", given.text);

    let all = api.stream(&format!("{ALL}?fields=id,training")).await;
    assert_eq!(all.header("content-type"), Some("application/x-ndjson"));
    let ids: BTreeSet<&str> = all.text.lines().collect();
    assert_eq!((all.text.lines().count(), ids.len()), (1_050, 1_050));
    assert!(all.text.lines().all(|line| line.ends_with(r#""training":"GDPR-101"}"#)));
    let of_ada = api.stream("/api/v1/assignments/user/email:ada@example.com").await;
    assert_eq!((of_ada.status, of_ada.text.as_str()), (200, ""));
    assert_eq!(api.stream("/api/v1/assignments/overdue").await.text, "");

    let done = json!({ "training": "GDPR-101" }).to_string();
    let recorded = api.post("/api/v1/completions?department=ENG&job_title=packer", &done).await;
    assert_eq!(recorded.status, 200, "{}", recorded.text);
    let done = api.stream("/api/v1/completions?fields=training").await.text;
    assert_eq!(done, "{\"training\":\"GDPR-101\"}\n".repeat(600));
    let left = api.stream(&format!("{ALL}?department=ENG")).await.text;
    assert_eq!(left, "", "what is done is not open");
    let by_name = api.get(&format!("{ALL}?sort=-person&fields=training&limit=1")).await.json();
    assert_eq!(by_name["items"], json!([{ "training": "GDPR-101" }]));
    assert_eq!(api.get(&format!("{ALL}?sort=color")).await.status, 400);

    for list in [ALL, "/api/v1/completions"] {
        let paged = api.stream(&format!("{list}?limit=5")).await;
        assert_eq!((paged.status, paged.code().as_str()), (400, "http.query"));
        let nobody = api.stream(&format!("{list}?department=Nowhere")).await;
        assert_eq!(nobody.code(), "people.unit_unknown");
    }
}

async fn seats_are_waited_for(engine: Engine) {
    let api = furnished(engine).await;
    let (catalog, admin) = (api.lms.catalog(), api.lms.admin());
    let full = NewTraining::new("FULL", "Full")
        .set(TrainingField::SignText, "Be kind.")
        .set(TrainingField::SeatLimit, "1");
    catalog.add(&admin, full).await.unwrap();
    catalog.publish(&admin, "FULL", &Publishing::minor()).await.unwrap();
    drop(learner(&api.lms, "kim", "employee").await);
    for who in ["kim", "ada@example.com"] {
        let new = json!({ "training": "FULL", "person": who }).to_string();
        assert_eq!(api.post("/api/v1/enrollments", &new).await.status, 201);
    }
    let waiting = api.get("/api/v1/waitlist?training=FULL&total=true").await.json();
    assert_eq!(
        (&waiting["total"], &waiting["items"][0]["person"]),
        (&json!(1), &json!("Ada Lovelace"))
    );
    let elsewhere = api.get("/api/v1/waitlist?person=username:kim").await.json();
    assert_eq!(elsewhere["items"], json!([]));
    let kim = api.get(&format!("{ALL}?training=FULL&person=username:kim")).await.json();
    let kim = kim["items"][0]["id"].as_str().unwrap();
    assert_eq!(api.ask("DELETE", &format!("/api/v1/enrollments/{kim}"), "").await.status, 200);
    assert_eq!(api.get("/api/v1/waitlist").await.json()["items"], json!([]), "she moved up");
}

async fn more_time_and_none_at_all(engine: Engine) {
    let api = furnished(engine).await;
    let ada = "person=ada@example.com";
    let new = json!({ "trainings": ["GDPR-101"], "due": "2027-01-31" }).to_string();
    assert_eq!(api.post(&format!("{BULK}?{ada}"), &new).await.status, 200);
    let extensions = format!("{ALL}/extensions?{ada}");
    let by = json!({ "training": "GDPR-101", "by": 14 }).to_string();
    let looked = api.post(&format!("{extensions}&dry_run=true"), &by).await.json();
    assert_eq!(looked["samples"][0]["extended_to"], "2027-02-14");
    let plan = looked["plan"].as_str().unwrap();
    let done = api.post(&format!("{extensions}&plan={plan}"), &by).await.json();
    assert_eq!((&done["counts"]["extended"], done["operation"].is_string()), (&json!(1), true));
    let one = api.get(ALL).await.json()["items"][0].clone();
    assert_eq!(
        (&one["due_on"], &one["baseline_due_on"]),
        (&json!("2027-02-14"), &json!("2027-01-31"))
    );

    let all = "/api/v1/exemptions";
    let exempt = json!({ "training": "GDPR-101", "reason": "certified elsewhere" }).to_string();
    let looked = api.post(&format!("{all}?{ada}&dry_run=true"), &exempt).await.json();
    assert_eq!(
        (&looked["counts"]["exempted"], &looked["counts"]["assigned"]),
        (&json!(1), &json!(1))
    );
    let done = api.post(&format!("{all}?{ada}"), &exempt).await.json();
    let id = done["exemptions"][0].as_str().unwrap();
    let again = api.post(&format!("{all}?{ada}"), &exempt).await.json();
    assert_eq!((&again["counts"]["already"], &again["operation"]), (&json!(1), &Value::Null));
    assert_eq!(api.get(all).await.json()["items"][0]["reason"], "certified elsewhere");
    assert_eq!(
        api.get(&format!("{ALL}?is=exempt&{ada}")).await.json()["items"][0]["id"],
        one["id"]
    );
    let ended = api.ask("DELETE", &format!("{all}/{id}?reason=over"), "").await;
    assert!(ended.json()["operation"].is_string(), "{}", ended.text);
    assert_eq!(api.get(all).await.json()["items"], json!([]));

    let parked =
        json!({ "trainings": ["PARKED"], "due": "after hire + 1d", "on_past_due": "park" });
    let parked = api.post(&format!("{BULK}?{ada}"), &parked.to_string()).await.json();
    assert_eq!(parked["counts"]["parked"], 1);
    let waits = api.get("/api/v1/exceptions?training=PARKED").await.json();
    assert_eq!(waits["items"][0]["because"], "past_due");
    let resolve =
        format!("/api/v1/exceptions/{}/resolve", waits["items"][0]["id"].as_str().unwrap());
    let past = api.post(&resolve, r#"{"as": "assign", "due": "2020-01-01"}"#).await;
    assert_eq!((past.status, past.code().as_str()), (422, "assignments.past_due"));
    let decided = api.post(&resolve, r#"{"as": "assign", "due": "2027-12-31"}"#).await;
    assert!(decided.json()["operation"].is_string(), "{}", decided.text);
    let again = api.post(&resolve, r#"{"as": "assign", "due": "2027-12-31"}"#).await;
    assert_eq!((again.status, &again.json()["operation"]), (200, &Value::Null));
    let given = api.get(&format!("{ALL}?training=PARKED")).await.json();
    assert_eq!(given["items"][0]["due_on"], "2027-12-31");
    assert_eq!(api.get("/api/v1/exceptions").await.json()["items"], json!([]));
    let all = api.get("/api/v1/exceptions?resolved=true").await.json();
    assert_eq!(all["items"][0]["resolved_as"], "assigned");
}

async fn what_is_wrong_is_told_where_it_stands(engine: Engine) {
    let api = furnished(engine).await;
    let id = open(&api, "GDPR-101").await;
    let status = format!("{ALL}/{id}/status");
    let bulk = format!("{BULK}?department=ENG");
    let completions = "/api/v1/completions?department=ENG";
    let field = |answer: &Answer| answer.json()["errors"][0]["field"].as_str().map(str::to_owned);
    for (method, path, body, wrong) in [
        ("PUT", status.as_str(), json!({ "status": "completed" }), "status"),
        ("PUT", status.as_str(), json!({ "status": "overdue" }), "status"),
        ("POST", ALL, json!({ "people": [], "trainings": ["GDPR-101"] }), "people"),
        ("POST", ALL, json!({ "people": ["nobody"], "trainings": ["GDPR-101"] }), "people"),
        ("POST", ALL, json!({ "people": ["ada@example.com"], "trainings": ["NO"] }), "trainings"),
        ("POST", &bulk, json!({ "trainings": [] }), "trainings"),
        ("POST", &bulk, json!({ "trainings": ["GDPR-101"], "due": "soon" }), "due"),
        ("POST", &bulk, json!({ "trainings": ["GDPR-101"], "due": "2020-01-01" }), "due"),
        ("POST", &bulk, json!({ "trainings": ["GDPR-101"], "kind": "urgent" }), "kind"),
        ("POST", &bulk, json!({ "trainings": ["GDPR-101"], "people": ["x"] }), "people"),
        ("POST", completions, json!({ "training": "GDPR-101", "score": 100.5 }), "score"),
        ("POST", completions, json!({ "training": "GDPR-101", "version": "two" }), "version"),
        (
            "POST",
            completions,
            json!({ "training": "GDPR-101", "completed_on": "2099-01-01" }),
            "completed_on",
        ),
        (
            "POST",
            "/api/v1/exemptions?department=ENG",
            json!({ "training": "GDPR-101", "reason": " " }),
            "reason",
        ),
        (
            "POST",
            "/api/v1/assignments/extensions?department=ENG",
            json!({ "training": "GDPR-101" }),
            "until",
        ),
    ] {
        let refused = api.ask(method, path, &body.to_string()).await;
        assert_eq!(
            (refused.status, field(&refused).as_deref()),
            (422, Some(wrong)),
            "{method} {path} {body}: {}",
            refused.text
        );
    }
    let gdpr = json!({ "trainings": ["GDPR-101"] }).to_string();
    for path in [BULK, "/api/v1/assignments/withdrawals"] {
        let everybody = api.post(path, &gdpr).await;
        assert_eq!((everybody.status, everybody.code().as_str()), (400, "http.query"), "{path}");
    }
    for query in ["department=NOWHERE", "person=nobody", "is=late"] {
        let refused = api.post(&format!("{BULK}?{query}"), &gdpr).await;
        assert_eq!(refused.status, 400, "{query}: {}", refused.text);
    }
    for query in ["is=done", "kind=urgent", "training=NO", "limit=0", "as_of=soon", "fields=x"] {
        assert_eq!(api.get(&format!("{ALL}?{query}")).await.status, 400, "{query}");
    }
    for path in [
        "/api/v1/assignments/user/email:nobody@example.com",
        "/api/v1/users/email:nobody@example.com/explain/GDPR-101",
        "/api/v1/users/email:ada@example.com/explain/NO",
        "/api/v1/assignments/7",
        "/api/v1/enrollments/019d3f1c-4a00-7000-8000-000000000000/progress",
    ] {
        assert_eq!(api.get(path).await.status, 404, "{path}");
    }
}
