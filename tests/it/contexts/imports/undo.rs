//! An import goes back in three parts, and what took it back is a run as well.

use lms_core::testkit::TestLms;
use lms_core::{
    AssignmentFilter, Engine, FileFormat, FileImported, ImportRunFilter, PersonChange, PersonField,
    RuleDefinition, RuleStatus, SweepOptions, UndoPlan,
};

use super::{company, csv, day, from_hr, import, person};
use crate::support::engines::on_both_engines;
use crate::support::looks::assert_sound;

on_both_engines! {
    what_nobody_changed_goes_back_and_what_somebody_changed_stays,
    an_undo_is_a_run_and_goes_back_in_its_turn,
    departments_that_it_made_go_with_it,
    after_an_undo_the_same_file_does_the_same_again,
    what_people_were_late_with_goes_on_when_they_are_back,
    whoever_left_only_later_goes_on_as_well,
}

async fn plan_undo(lms: &TestLms, done: &FileImported) -> UndoPlan {
    let operation = done.operation.expect("it did something").to_string();
    lms.batches().plan_undo(&lms.admin(), &operation).await.unwrap()
}

async fn what_nobody_changed_goes_back_and_what_somebody_changed_stays(engine: Engine) {
    let lms = company(engine).await;
    let file = csv(&["1,a@x.org,Ada,Lovelace,ENG,,,", "2,b@x.org,Bo,Baker,ENG,,,"]);
    import(&lms, from_hr(), &file).await;
    let file = csv(&[
        "1,a@x.org,Ada,King,SALES,2,,",
        "2,b2@x.org,Bo,Baker,SALES,,,",
        "3,c@x.org,Cy,Cole,SALES,,,",
        "4,d@x.org,Di,Dunn,SALES,3,,",
    ]);
    let done = import(&lms, from_hr(), &file).await;
    let change = PersonChange::new().set(PersonField::LastName, "Byron");
    lms.people().edit(&lms.admin(), "1", change).await.unwrap();
    let change = PersonChange::new().set(PersonField::JobTitle, "Lead");
    lms.people().edit(&lms.admin(), "4", change).await.unwrap();

    let plan = plan_undo(&lms, &done).await;
    let told = |items: &[lms_core::UndoItem]| -> Vec<String> {
        items.iter().map(|item| format!("{} {}", item.subject, item.field)).collect()
    };
    let restored = told(&plan.parts.restored);
    for expected in ["Ada Byron department", "Ada Byron manager", "Bo Baker email"] {
        assert!(restored.contains(&expected.to_owned()), "{restored:?}");
    }
    assert!(told(&plan.parts.kept).contains(&"Ada Byron last_name".to_owned()));
    assert!(told(&plan.parts.kept).contains(&"Di Dunn record".to_owned()));
    assert_eq!(told(&plan.parts.blocked), ["Cy Cole record"], "whom Di reports to");
    lms.batches().undo(&lms.admin(), plan).await.unwrap();
    let ada = person(&lms, "1").await;
    assert_eq!((ada.last_name.as_str(), ada.department.as_deref()), ("Byron", Some("ENG")));
    assert_eq!(person(&lms, "2").await.email.as_deref(), Some("b@x.org"), "the value");
    assert_eq!(person(&lms, "3").await.first_name, "Cy");
    assert_sound(&lms).await;
}

async fn an_undo_is_a_run_and_goes_back_in_its_turn(engine: Engine) {
    let lms = company(engine).await;
    let done = import(&lms, from_hr(), &csv(&["1,a@x.org,Ada,Lovelace,ENG,,,"])).await;
    let plan = plan_undo(&lms, &done).await;
    lms.batches().undo(&lms.admin(), plan).await.unwrap();
    assert!(lms.people().card(&lms.admin(), "1", None).await.is_err(), "nobody knows Ada");
    let runs = lms.imports().list(&lms.admin(), ImportRunFilter::new()).await.unwrap().items;
    assert_eq!(runs.len(), 2);
    assert_eq!(runs[0].undo_of, Some(done.run));
    assert_eq!(runs[1].undone_by, runs[0].operation);
    let undo = runs[0].operation.expect("it did something").to_string();
    let plan = lms.batches().plan_undo(&lms.admin(), &undo).await.unwrap();
    lms.batches().undo(&lms.admin(), plan).await.unwrap();
    assert_eq!(person(&lms, "1").await.first_name, "Ada");
    let runs = lms.imports().list(&lms.admin(), ImportRunFilter::new()).await.unwrap().items;
    assert_eq!(runs[0].undo_of, Some(runs[1].id));
    assert_sound(&lms).await;
}

async fn departments_that_it_made_go_with_it(engine: Engine) {
    let lms = company(engine).await;
    let file = csv(&["1,a@x.org,Ada,Lovelace,Legal,,,"]);
    let done = import(&lms, from_hr().create_units(), &file).await;
    let plan = plan_undo(&lms, &done).await;
    lms.batches().undo(&lms.admin(), plan).await.unwrap();
    let (people, admin) = (lms.people(), lms.admin());
    let units = people.units(&admin, lms_core::UnitKind::Department, None, true).await.unwrap();
    let codes: Vec<String> = units.into_iter().map(|unit| unit.code).collect();
    assert_eq!(codes, ["ENG", "SALES"]);
}

async fn after_an_undo_the_same_file_does_the_same_again(engine: Engine) {
    let lms = company(engine).await;
    let first = csv(&["1,a@x.org,Ada,Lovelace,ENG,,,"]);
    import(&lms, from_hr(), &first).await;
    let file = csv(&["1,a@x.org,Ada,King,SALES,,,", "2,b@x.org,Bo,Baker,ENG,,,"]);
    let done = import(&lms, from_hr(), &file).await;
    let plan = plan_undo(&lms, &done).await;
    lms.batches().undo(&lms.admin(), plan).await.unwrap();
    assert_eq!(person(&lms, "1").await.last_name, "Lovelace");
    let again = import(&lms, from_hr(), &file).await;
    assert_eq!(again.plan.counts, done.plan.counts);
    assert_eq!(person(&lms, "1").await.last_name, "King");
    assert_sound(&lms).await;
}

const WITH_LAST_DAYS: &str =
    "employee_number,first_name,last_name,department,hired_on,terminated_on,status\n";

/// Ada and Bo in Engineering, who are late with what a rule asks of them.
async fn late(engine: Engine) -> TestLms {
    let lms = company(engine).await;
    crate::support::learning::to_be_signed(&lms, "FIRE").await;
    let rule = RuleDefinition::read(
        r#"format = 1
           code = "FIRE"
           title = "Fire safety"
           trainings = ["FIRE"]
           audience = { department = ["ENG"] }
           due = "after assignment + 30d""#,
        FileFormat::Toml,
    );
    lms.put_rule(day("2026-01-01"), rule.unwrap(), RuleStatus::Active).await.unwrap();
    let file = "1,Ada,Lovelace,ENG,2020-01-01,,active\n2,Bo,Baker,ENG,2020-01-01,,active\n";
    import(&lms, from_hr(), &format!("{WITH_LAST_DAYS}{file}")).await;
    days_pass(&lms, 60).await;
    lms
}

async fn days_pass(lms: &TestLms, days: u64) {
    lms.clock().advance(std::time::Duration::from_secs(days * 86_400));
    lms.sweep().run(&lms.admin(), SweepOptions::new(), &mut |_, _| ()).await.unwrap();
}

async fn standing(lms: &TestLms) -> Vec<String> {
    let filter = AssignmentFilter::new().closed(true).limit(100);
    let page = lms.assignments().list(&lms.admin(), filter).await.unwrap();
    let told = |one: &lms_core::Assignment| {
        let due_on = one.due_on.map(|day| day.to_string()).unwrap_or_default();
        format!("{} {} {} {due_on}", one.person, one.cycle, one.status.as_str())
    };
    let mut all: Vec<String> = page.items.iter().map(told).collect();
    all.sort();
    all
}

async fn take_back(lms: &TestLms, done: &FileImported) -> UndoPlan {
    let plan = plan_undo(lms, done).await;
    lms.batches().undo(&lms.admin(), plan.clone()).await.unwrap();
    plan
}

async fn what_people_were_late_with_goes_on_when_they_are_back(engine: Engine) {
    let lms = late(engine).await;
    let before = standing(&lms).await;
    assert!(before.iter().all(|one| one.contains(" 1 overdue 2026-")), "{before:?}");
    let file = format!(
        "{WITH_LAST_DAYS}1,Ada,Lovelace,ENG,2020-01-01,2026-05-20,inactive\n\
         2,Bo,Baker,SALES,2020-01-01,,active\n"
    );
    let done = import(&lms, from_hr(), &file).await;
    assert_eq!(done.plan.consequences.get("left"), Some(&1), "{:?}", done.plan.consequences);
    assert_eq!(done.plan.consequences.get("cancelled"), Some(&1));
    let plan = take_back(&lms, &done).await;
    let items = plan.parts.restored.iter().filter(|item| item.field == "FIRE");
    let mut told: Vec<_> = items
        .map(|item| (item.subject.as_str(), item.now.as_deref().unwrap_or_default()))
        .collect();
    told.sort_unstable();
    assert_eq!(told, [("Ada Lovelace", "left"), ("Bo Baker", "cancelled")]);
    assert_eq!(standing(&lms).await, before, "as late as they were");
    assert_sound(&lms).await;
    days_pass(&lms, 1).await;
    assert_eq!(standing(&lms).await, before, "and so they stay");

    // Taken back as well, and that once more.
    let undo = lms.imports().operation(&lms.admin(), "last").await.unwrap().to_string();
    let again = lms.batches().plan_undo(&lms.admin(), &undo).await.unwrap();
    assert!(again.parts.blocked.is_empty(), "{:?}", again.parts.blocked);
    lms.batches().undo(&lms.admin(), again).await.unwrap();
    assert_ne!(standing(&lms).await, before);
    let undo = lms.imports().operation(&lms.admin(), "last").await.unwrap().to_string();
    let again = lms.batches().plan_undo(&lms.admin(), &undo).await.unwrap();
    lms.batches().undo(&lms.admin(), again).await.unwrap();
    assert_eq!(standing(&lms).await, before);
    assert_sound(&lms).await;
}

async fn whoever_left_only_later_goes_on_as_well(engine: Engine) {
    let lms = late(engine).await;
    let before = standing(&lms).await;
    let file = format!(
        "{WITH_LAST_DAYS}1,Ada,Lovelace,ENG,2020-01-01,2026-06-10,active\n\
         2,Bo,Baker,ENG,2020-01-01,,active\n"
    );
    let done = import(&lms, from_hr(), &file).await;
    assert_eq!(standing(&lms).await, before, "the last day is still to come");
    days_pass(&lms, 20).await;
    assert_ne!(standing(&lms).await, before);
    take_back(&lms, &done).await;
    assert_eq!(standing(&lms).await, before);
    assert_sound(&lms).await;
}
