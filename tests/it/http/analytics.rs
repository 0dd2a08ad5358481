//! `/api/v1/analytics`: figures over HTTP are those of the library, whoever asks for them how.

use lms_core::{
    ComplianceQuery, Engine, FactsQuery, GroupBy, MinPercent, NewAccount, NewToken, StatusQuery,
};
use lms_reports::{Format, Params, Report};
use serde_json::{Value, json};

use super::Api;
use super::assignments::furnish;
use crate::support::engines::on_both_engines;
use crate::support::learning::assign;
use crate::support::looks::token;

on_both_engines! {
    one_figure_everywhere,
    figures_of_one_thing,
    what_is_wrong_is_told,
    callers_see_figures_of_whom_they_may_see,
}

const ALL: &str = "/api/v1/analytics";

async fn furnished(engine: Engine) -> Api {
    let api = Api::on(engine).await;
    furnish(&api).await;
    assign(&api.lms, "ada@example.com", "GDPR-101").await;
    assign(&api.lms, "ada@example.com", "PARKED").await;
    let done = json!({ "training": "GDPR-101", "score": 87.5 }).to_string();
    let done = api.post("/api/v1/completions?person=ada@example.com", &done).await;
    assert_eq!(done.status, 200, "{}", done.text);
    api
}

async fn one_figure_everywhere(engine: Engine) {
    let api = furnished(engine).await;
    let (analytics, admin) = (api.lms.analytics(), api.lms.admin());
    let over_http = api.get(&format!("{ALL}/compliance?by=department")).await.json();
    let query = ComplianceQuery::new().by(GroupBy::Department);
    let report = analytics.compliance(&admin, query.clone()).await.unwrap();
    assert_eq!(over_http, serde_json::to_value(&report).unwrap());
    assert_eq!((&over_http["total"]["met"], &over_http["total"]["open"]), (&json!(1), &json!(1)));
    assert_eq!(over_http["total"]["met_percent"], json!(100.0));
    let gate = analytics.gate(&admin, query, MinPercent::parse("100").unwrap()).await.unwrap();
    assert!(gate.holds);
    assert_eq!(gate.compliance, report);
    let status = analytics.status(&admin, StatusQuery::new()).await.unwrap();
    assert_eq!(status.compliance, report);
    let dashboard = api.get(&format!("{ALL}/dashboard")).await.json();
    assert_eq!(dashboard["compliance"], over_http);
    assert_eq!(dashboard["people"]["active"], 1);
    // As of today it is the same, whoever counts.
    let day = over_http["as_of"].as_str().unwrap();
    let again = api.get(&format!("{ALL}/compliance?by=department&as_of={day}")).await.json();
    assert_eq!(again, over_http);
    let one = api.get(&format!("{ALL}/department/ENG")).await.json();
    assert_eq!(one["compliance"], over_http["total"]);
    // The rows behind the figures, and the reports that are made of them.
    let facts = analytics.obligations(&admin, FactsQuery::new()).await.unwrap();
    assert_eq!(facts.compliance, report);
    let card = analytics.scorecard(&admin, FactsQuery::new()).await.unwrap();
    assert_eq!(card.total.row.figures, report.total);
    let rows: Vec<_> = card.departments.into_iter().map(|one| one.row).collect();
    assert_eq!(rows, report.rows);
    for name in ["compliance", "departments"] {
        let report = Report::named(name).unwrap();
        let asked = Params::new();
        let told = lms_reports::run(report, &api.lms, &admin, asked, &mut |_, _| ()).await.unwrap();
        let mut json = Vec::new();
        told.write(Format::Json, &mut json).unwrap();
        let json: Value = serde_json::from_slice(&json).unwrap();
        let figures = json["figures"].as_array().unwrap();
        let met = figures.iter().find(|figure| figure["key"] == "met_percent").unwrap();
        let total = &over_http["total"];
        assert_eq!((&met["numerator"], &met["denominator"]), (&total["met"], &total["measured"]));
    }
}

async fn figures_of_one_thing(engine: Engine) {
    let api = furnished(engine).await;
    let of_training = api.get(&format!("{ALL}/training/GDPR-101")).await.json();
    let learning = &of_training["learning"];
    assert_eq!((&learning["enrolments"], &learning["completions"]), (&json!(1), &json!(1)));
    assert_eq!((&learning["average_score"], &learning["scored"]), (&json!(8_750), &json!(1)));
    assert_eq!(learning["completion_percent"], json!(100.0));
    assert_eq!((&learning["active_learners"], &learning["timed"]), (&json!(1), &json!(0)));
    assert_eq!(learning["average_days"], Value::Null);
    assert_eq!(of_training["compliance"]["open"], 0, "the other training is not asked about");
    let of_user = api.get(&format!("{ALL}/user/email:ada@example.com")).await.json();
    assert_eq!(
        (&of_user["compliance"]["met"], &of_user["compliance"]["open"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(of_user["overdue"]["assignments"], 0);
    let before =
        api.get(&format!("{ALL}/training/GDPR-101?from=2020-01-01&until=2020-12-31")).await;
    assert_eq!(before.json()["learning"]["completions"], 0);
    let overdue = api.get(&format!("{ALL}/overdue?by=training")).await.json();
    assert_eq!((&overdue["total"]["assignments"], &overdue["rows"]), (&json!(0), &json!([])));
}

async fn what_is_wrong_is_told(engine: Engine) {
    let api = furnished(engine).await;
    for (path, status, code) in [
        ("compliance?by=departement", 400, "input.invalid"),
        ("compliance?as_of=yesterday", 400, "input.invalid"),
        ("compliance?known_at=now", 400, "input.invalid"),
        ("compliance?training=GDRP-101", 400, "catalog.training_unknown"),
        ("compliance?department=ENGG", 400, "people.unit_unknown"),
        ("training/GDRP-101", 404, "catalog.training_unknown"),
        ("department/ENGG", 404, "people.unit_unknown"),
        ("user/email:eve@example.com", 404, "people.person_unknown"),
        ("user/email:ada@example.com?from=2026-05-01&until=2026-04-01", 400, "input.invalid"),
    ] {
        let answer = api.get(&format!("{ALL}/{path}")).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (status, code),
            "{path}: {}",
            answer.text
        );
    }
}

async fn callers_see_figures_of_whom_they_may_see(engine: Engine) {
    let api = furnished(engine).await;
    let (people, admin) = (api.lms.people(), api.lms.admin());
    let bo = lms_core::NewPerson::new("Bo", "Example").set(lms_core::PersonField::Username, "bo");
    people.add_one(&admin, bo).await.unwrap();
    people.add_account_for(&admin, "bo", NewAccount::new("bo").role("employee")).await.unwrap();
    let bo = token(&api.lms, NewToken::new("bo", "test")).await;
    let own = api.get_as(&bo, &format!("{ALL}/compliance")).await.json();
    assert_eq!((&own["total"]["people"], &own["total"]["met"]), (&json!(1), &json!(0)));
    let hidden = api.get_as(&bo, &format!("{ALL}/user/email:ada@example.com")).await;
    let nobody = api.get_as(&bo, &format!("{ALL}/user/email:eve@example.com")).await;
    assert_eq!((hidden.status, nobody.status), (404, 404));
    assert_eq!(hidden.code(), nobody.code());
    let training = api.get_as(&bo, &format!("{ALL}/training/GDPR-101")).await.json();
    assert_eq!(training["learning"]["completions"], 0, "what others did is not told");
}
