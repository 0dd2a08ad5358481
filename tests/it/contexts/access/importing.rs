//! Who may do what: the verbs over imports.

use lms_core::imports::reading::{Kind, ReadOptions, Source, survey};
use lms_core::testkit::TestLms;
use lms_core::{
    Actor, ImportFile, ImportRunFilter, PeopleImport, PlanFile, RecordsImport, Result, StagedImport,
};

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
        "imports.show" => imports.show(actor, "last").await.map(drop),
        other => panic!("say how to try `{other}`"),
    }
}
