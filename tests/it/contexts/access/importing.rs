//! Who may do what: the verbs over imports.

use lms_core::imports::reading::{Kind, ReadOptions, Source, survey};
use lms_core::testkit::TestLms;
use lms_core::{
    Actor, FactsQuery, HrisSource, ImportFile, ImportRunFilter, NewConnection, NextAnswer,
    PeopleImport, PlanFile, RecordsImport, Result, Secret, StagedImport, Vendor,
};
use serde_json::json;

use crate::support::vendor::{Reply, VendorServer};

/// Every verb that takes an actor, and the permission that it needs.
pub(super) const VERBS: &[(&str, &str)] = &[
    ("imports.stage_people", "people.write"),
    ("imports.stage_records", "assignments.write"),
    ("imports.plan", "people.write"),
    ("imports.apply", "people.write"),
    ("imports.apply_plan", "people.write"),
    ("imports.operation", "people.write"),
    ("imports.list", "people.read"),
    ("imports.show", "people.read"),
    ("imports.facts", "people.read"),
    ("hris.connect", "settings.write"),
    ("hris.disconnect", "settings.write"),
    ("hris.test", "settings.write"),
    ("hris.list", "people.read"),
    ("hris.show", "people.read"),
    ("hris.pull", "people.write"),
    ("hris.pull_from", "people.write"),
    ("hris.replay", "people.write"),
    ("hris.stage", "people.write"),
];

/// An import that there was.
pub(super) async fn to_try_on(lms: &TestLms) {
    let admin = lms.admin();
    let staged = staged(lms, &admin, "imported").await.unwrap();
    lms.imports().apply(&admin, &staged, None).await.unwrap();
}

async fn staged(lms: &TestLms, actor: &Actor, tag: &str) -> Result<StagedImport> {
    let text = format!("username,first_name,last_name\n{tag},Imp,Ort\n");
    let source = Source::bytes("people.csv", text.into_bytes());
    let survey = survey(&source, Kind::People, &ReadOptions::new())?;
    let file = ImportFile::new(survey.layout(), survey.records()?);
    let options = PeopleImport::from_source(&format!("of-{tag}"))?;
    lms.imports().stage_people(actor, options, file, &mut |_, _| ()).await
}

pub(super) async fn attempt(lms: &TestLms, actor: &Actor, verb: &str, tag: &str) -> Result<()> {
    let (imports, admin) = (lms.imports(), lms.admin());
    match verb {
        "imports.stage_people" => staged(lms, actor, tag).await.map(drop),
        "imports.stage_records" => {
            let text = "email,training,completed_on\na@x.org,A,2026-01-01\n";
            let source = Source::bytes("records.csv", text.as_bytes().to_vec());
            let survey = survey(&source, Kind::Completions, &ReadOptions::new())?;
            let file = ImportFile::new(survey.layout(), survey.records()?);
            let options = RecordsImport::of(Kind::Completions, tag)?;
            imports.stage_records(actor, options, file, &mut |_, _| ()).await.map(drop)
        }
        "imports.plan" => {
            let staged = staged(lms, &admin, tag).await?;
            imports.plan(actor, &staged).await.map(drop)
        }
        "imports.apply" => {
            let staged = staged(lms, &admin, tag).await?;
            imports.apply(actor, &staged, None).await.map(drop)
        }
        "imports.apply_plan" => {
            let staged = staged(lms, &admin, tag).await?;
            let plan = imports.plan(&admin, &staged).await?;
            let file = PlanFile::read(&PlanFile::write(&staged, &plan))?;
            imports.apply_plan(actor, &file).await.map(drop)
        }
        "imports.operation" => {
            let runs = imports.list(&admin, ImportRunFilter::new()).await?.items;
            let first = runs.last().expect("there was one").id.to_string();
            imports.operation(actor, &first).await.map(drop)
        }
        "imports.list" => imports.list(actor, ImportRunFilter::new()).await.map(drop),
        "imports.facts" => imports.facts(actor, None, FactsQuery::new()).await.map(drop),
        "imports.show" => imports.show(actor, "last").await.map(drop),
        verb if verb.starts_with("hris.") => attempt_hris(lms, actor, verb, tag).await,
        other => panic!("say how to try `{other}`"),
    }
}

/// Nobody works here.
struct Nobody;

impl HrisSource for Nobody {
    fn next_answer(&mut self) -> NextAnswer<'_> {
        Box::pin(async { Ok(None) })
    }
}

async fn attempt_hris(lms: &TestLms, actor: &Actor, verb: &str, tag: &str) -> Result<()> {
    let (hris, admin) = (lms.hris(), lms.admin());
    let name = format!("of-{tag}");
    let server = VendorServer::start(|_| Reply::Json(json!({"employees": []})));
    let new = NewConnection::new(&name, Vendor::BambooHr)?.option("company", "acme");
    let new = new.base_url(&server.url());
    let secret = Secret::new("key");
    if verb == "hris.connect" {
        return hris.connect(actor, new).await.map(drop);
    }
    hris.connect(&admin, new.clone()).await?;
    match verb {
        "hris.disconnect" => hris.disconnect(actor, &name).await.map(drop),
        "hris.test" => hris.test(actor, &new, &secret).await.map(drop),
        "hris.list" => hris.list(actor).await.map(drop),
        "hris.show" => hris.show(actor, &name).await.map(drop),
        "hris.pull" => hris.pull(actor, &name, &secret, &mut |_, _| ()).await.map(drop),
        "hris.pull_from" => {
            hris.pull_from(actor, &name, &mut Nobody, &mut |_, _| ()).await.map(drop)
        }
        "hris.replay" => hris.replay(actor, &name, dump(lms, &name).await?).await.map(drop),
        "hris.stage" => {
            let pulled = hris.replay(&admin, &name, dump(lms, &name).await?).await?;
            let options = PeopleImport::from_source(&name)?;
            hris.stage(actor, options, &pulled, &mut |_, _| ()).await.map(drop)
        }
        other => panic!("say how to try `{other}`"),
    }
}

async fn dump(lms: &TestLms, name: &str) -> Result<Source> {
    let pulled = lms.hris().pull_from(&lms.admin(), name, &mut Nobody, &mut |_, _| ()).await?;
    let mut dump = Vec::new();
    pulled.dump(&mut dump).unwrap();
    Ok(Source::bytes("dump", dump))
}
