//! People come from files: who they are, what lands, what is kept, and what stops an import.

mod absence;
mod edits;
mod guards;
mod hris;
mod matching;
mod departments;
mod properties;
mod questions;
mod records;
mod trainings;
mod undo;

use lms_core::imports::reading::{Kind, ReadOptions, Source, survey};
use lms_core::testkit::TestLms;
use lms_core::{
    Clock, Day, Engine, ErrorKind, FileImportPlan, FileImported, ImportFile, ImportMode,
    ImportRunFilter, NewUnit, PeopleImport, Person, PersonStatus, PlanFile, PlannedRow, RowEffect,
    RuleDefinition, RuleStatus, StagedImport, UnitKind,
};

use crate::support::engines::on_both_engines;
use crate::support::looks::{assert_sound, head};

on_both_engines! {
    a_file_becomes_people_with_history_and_one_operation,
    the_same_file_again_changes_nothing,
    a_plan_is_what_apply_does,
    a_plan_file_is_carried_out_or_refused_by_name,
    rules_follow_in_the_plan_and_in_the_same_transaction,
    people_leave_and_come_back,
    a_termination_that_is_withdrawn_never_was,
    a_plan_says_since_when_somebody_new_is_there,
    what_a_file_lacks_is_told_with_the_plan,
    where_a_problem_stands_is_told,
    each_file_of_a_system_is_held_against_its_like,
    a_file_that_contradicts_itself_is_refused_row_by_row,
    units_are_made_only_where_that_is_asked_for,
    strict_refuses_the_whole,
    runs_are_listed_with_the_rows_that_did_not_land,
    another_import_of_the_source_is_told,
    a_manager_who_arrives_by_hand_is_the_one_who_was_waited_for,
}

pub(super) const HEADER: &str =
    "employee_number,email,first_name,last_name,department,manager,hired_on,status\n";

pub(super) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

pub(crate) fn from_hr() -> PeopleImport {
    PeopleImport::from_source("hr").unwrap()
}

pub(super) fn full() -> PeopleImport {
    from_hr().mode(ImportMode::Full)
}

/// Engineering and Sales, and nobody in them.
pub(crate) async fn company(engine: Engine) -> TestLms {
    let lms = TestLms::organisation(engine).await;
    let department = |code: &str, name: &str| NewUnit::new(UnitKind::Department, code, name);
    let units = vec![department("ENG", "Engineering"), department("SALES", "Sales")];
    lms.people().add_units(&lms.admin(), units).await.unwrap();
    lms
}

/// A file with these lines below the usual headers.
pub(crate) fn csv(lines: &[&str]) -> String {
    format!("{HEADER}{}\n", lines.join("\n"))
}

pub(super) async fn staged(lms: &TestLms, options: PeopleImport, file: &str) -> StagedImport {
    try_staged(lms, options, file).await.unwrap()
}

pub(super) async fn try_staged(
    lms: &TestLms,
    options: PeopleImport,
    file: &str,
) -> lms_core::Result<StagedImport> {
    let source = Source::bytes("people.csv", file.as_bytes().to_vec());
    let survey = survey(&source, Kind::People, &ReadOptions::new())?;
    let file = ImportFile::new(survey.layout(), survey.records()?);
    lms.imports().stage_people(&lms.admin(), options, file, &mut |_, _| {}).await
}

pub(super) async fn plan(lms: &TestLms, options: PeopleImport, file: &str) -> FileImportPlan {
    let staged = staged(lms, options, file).await;
    lms.imports().plan(&lms.admin(), &staged).await.unwrap()
}

pub(crate) async fn import(lms: &TestLms, options: PeopleImport, file: &str) -> FileImported {
    try_import(lms, options, file).await.unwrap()
}

pub(super) async fn try_import(
    lms: &TestLms,
    options: PeopleImport,
    file: &str,
) -> lms_core::Result<FileImported> {
    let staged = try_staged(lms, options, file).await?;
    lms.imports().apply(&lms.admin(), &staged, None).await
}

pub(super) async fn person(lms: &TestLms, name: &str) -> Person {
    lms.people().card(&lms.admin(), name, None).await.unwrap().person
}

/// The counts that are not nought, but for the rows.
pub(super) fn counts(plan: &FileImportPlan) -> Vec<(&'static str, u64)> {
    plan.counts.named().into_iter().filter(|(_, n)| *n > 0).collect()
}

pub(super) fn row(plan: &FileImportPlan, number: u64) -> &PlannedRow {
    let found = plan.rows.iter().find(|row| row.row == Some(number));
    found.unwrap_or_else(|| panic!("row {number} is told: {:?}", plan.rows))
}

pub(super) fn codes(row: &PlannedRow) -> Vec<&str> {
    row.problems.iter().map(|problem| problem.code.as_str()).collect()
}

async fn a_file_becomes_people_with_history_and_one_operation(engine: Engine) {
    let lms = company(engine).await;
    let before = head(&lms).await.seq;
    let file = csv(&[
        "00123, ADA@Example.com ,Ada,Lovelace,Engineering,00124,2020-01-01,active",
        "00124,bo@example.com,Bo,Baker,ENG,,2019-05-06,active",
        "00125,,Cy,Cole,Sales,bo@example.com,2026-05-01,active",
    ]);
    let done = import(&lms, from_hr(), &file).await;
    assert_eq!(counts(&done.plan), [("create", 3)]);
    assert_eq!(head(&lms).await.seq, before + 1, "one operation");
    let ada = person(&lms, "00123").await;
    assert_eq!(ada.email.as_deref(), Some("ADA@Example.com"));
    assert_eq!(ada.department.as_deref(), Some("ENG"));
    assert_eq!(ada.manager_name.as_deref(), Some("Bo Baker"), "who stands further below");
    assert_eq!(ada.hired_on, Some(day("2020-01-01")));
    assert_eq!(person(&lms, "00125").await.status, PersonStatus::PreHire);
    let card = lms.people().card(&lms.admin(), "hr:00124", None).await.unwrap();
    assert_eq!(card.person.first_name, "Bo", "the number is the key of the source");
    assert!(card.owned.iter().any(|owned| owned.field == "email" && owned.source == "hr"));
    assert_sound(&lms).await;
}

async fn the_same_file_again_changes_nothing(engine: Engine) {
    let lms = company(engine).await;
    let file = csv(&[
        "1,ada@example.com,Ada,Lovelace,Engineering,2,2020-01-01,active",
        "2,bo@example.com,Bo,Baker,ENG,,2019-05-06,active",
    ]);
    import(&lms, full(), &file).await;
    let before = head(&lms).await.seq;
    for _ in 0..2 {
        lms.clock().advance(std::time::Duration::from_secs(86_400));
        let again = import(&lms, full(), &file).await;
        assert_eq!(counts(&again.plan), [("unchanged", 2)]);
        assert_eq!(again.operation, None);
        assert!(again.plan.rows.is_empty() && !again.plan.changes_something());
    }
    // As well where it has to look at everybody, because a department has another name.
    let unit = NewUnit::new(UnitKind::Department, "HR", "Human Resources");
    lms.people().add_unit(&lms.admin(), unit).await.unwrap();
    let again = import(&lms, full(), &file).await;
    assert_eq!(counts(&again.plan), [("unchanged", 2)]);
    assert_eq!(head(&lms).await.seq, before + 1, "the department, and nothing else");
}

async fn a_plan_is_what_apply_does(engine: Engine) {
    let lms = company(engine).await;
    import(&lms, from_hr(), &csv(&["1,ada@example.com,Ada,Lovelace,ENG,,2020-01-01,active"])).await;
    let file = csv(&[
        "1,ada@example.com,Ada,King,SALES,2,2020-01-01,active",
        "2,bo@example.com,Bo,Baker,ENG,,2019-05-06,active",
        "3,not an address,Cy,Cole,ENG,,2019-05-06,active",
    ]);
    let before = head(&lms).await;
    let staged = staged(&lms, from_hr(), &file).await;
    let plan = lms.imports().plan(&lms.admin(), &staged).await.unwrap();
    assert_eq!(head(&lms).await, before, "a plan does nothing");
    assert_eq!(counts(&plan), [("create", 1), ("move", 1), ("rejected", 1)]);
    let ada = row(&plan, 2);
    assert_eq!(ada.effect, RowEffect::Move);
    let told: Vec<String> = ada
        .changed
        .iter()
        .map(|change| {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            format!("{}: {} → {}", change.field, text(&change.before), text(&change.after))
        })
        .collect();
    assert_eq!(
        told,
        ["last_name: Lovelace → King", "department: ENG → SALES", "manager:  → Bo Baker"]
    );
    let done = lms.imports().apply(&lms.admin(), &staged, Some(&plan)).await.unwrap();
    assert_eq!(done.plan.rows.len(), plan.rows.len());
    assert_eq!(done.plan.fingerprint, plan.fingerprint);
    assert_eq!(person(&lms, "1").await.last_name, "King");
}

async fn a_plan_file_is_carried_out_or_refused_by_name(engine: Engine) {
    let lms = company(engine).await;
    import(&lms, from_hr(), &csv(&["1,ada@example.com,Ada,Lovelace,ENG,,2020-01-01,active"])).await;
    let file = csv(&["1,ada@example.com,Ada,King,SALES,,2020-01-01,active"]);
    let staged = staged(&lms, from_hr(), &file).await;
    let plan = lms.imports().plan(&lms.admin(), &staged).await.unwrap();
    let text = PlanFile::write(&staged, &plan);
    let read = PlanFile::read(&text).unwrap();
    assert_eq!((read.source(), read.file()), ("hr", "people.csv"));
    let tampered = PlanFile::read(&text.replace("King", "Kong")).unwrap_err();
    assert_eq!(tampered.code(), "import.plan_file");

    let change = lms_core::PersonChange::new().set(lms_core::PersonField::LastName, "Byron");
    lms.people().edit(&lms.admin(), "1", change).await.unwrap();
    let refused = lms.imports().apply_plan(&lms.admin(), &read).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Stale);
    assert!(refused.message().contains("row 2 (Ada"), "{refused}");
    let change = lms_core::PersonChange::new().release("last_name");
    lms.people().edit(&lms.admin(), "1", change).await.unwrap();
    lms.imports().apply_plan(&lms.admin(), &read).await.unwrap();
    assert_eq!(person(&lms, "1").await.last_name, "King");
}

async fn rules_follow_in_the_plan_and_in_the_same_transaction(engine: Engine) {
    let lms = company(engine).await;
    crate::support::learning::to_be_signed(&lms, "GDPR-101").await;
    let rule = RuleDefinition::read(
        r#"format = 1
           code = "GDPR"
           title = "Data protection"
           trainings = ["GDPR-101"]
           audience = { department = ["ENG"] }
           due = "after assignment + 30d""#,
        lms_core::FileFormat::Toml,
    );
    let rule = rule.unwrap_or_else(|error| panic!("{error}: {:?}", error.hints()));
    lms.put_rule(day("2026-01-01"), rule, RuleStatus::Active).await.unwrap();
    let file = csv(&[
        "1,ada@example.com,Ada,Lovelace,ENG,,2020-01-01,active",
        "2,bo@example.com,Bo,Baker,SALES,,2020-01-01,active",
    ]);
    let planned = plan(&lms, from_hr(), &file).await;
    assert_eq!(planned.consequences.get("assigned"), Some(&1), "{:?}", planned.consequences);
    let done = import(&lms, from_hr(), &file).await;
    assert_eq!(done.plan.consequences, planned.consequences);
    let filter = lms_core::AssignmentFilter::new();
    let assigned = lms.assignments().list(&lms.admin(), filter).await.unwrap();
    assert_eq!(assigned.items.len(), 1);
    let file = csv(&["1,ada@example.com,Ada,Lovelace,SALES,,2020-01-01,active"]);
    let moved = plan(
        &lms,
        from_hr(),
        &format!("{file}2,bo@example.com,Bo,Baker,SALES,,2020-01-01,active\n"),
    )
    .await;
    assert_eq!(moved.consequences.get("cancelled"), Some(&1), "{:?}", moved.consequences);
}

async fn a_termination_that_is_withdrawn_never_was(engine: Engine) {
    let lms = company(engine).await;
    let file = |line: &str| {
        format!("employee_number,first_name,last_name,hired_on,terminated_on,status\n{line}\n")
    };
    let spells = async || -> Vec<_> {
        let card = lms.people().card(&lms.admin(), "1", None).await.unwrap();
        card.employments.iter().map(|spell| (spell.hired_on, spell.terminated_on)).collect()
    };
    import(&lms, from_hr(), &file("1,Ada,Lovelace,2020-01-05,,active")).await;
    let gone = file("1,Ada,Lovelace,2020-01-05,2026-03-15,inactive");
    import(&lms, from_hr(), &gone).await;
    let back = import(&lms, from_hr(), &file("1,Ada,Lovelace,2020-01-05,,active")).await;
    assert_eq!(counts(&back.plan), [("reactivate", 1)]);
    assert_eq!(spells().await, [(day("2020-01-05"), None)], "the day that the file gives");
    assert!(row(&back.plan, 2).assumed.is_empty());
    import(&lms, from_hr(), &gone).await;
    // Where it gives none, today is as good a day as any, and said to be no more than that.
    let back = import(&lms, from_hr(), &file("1,Ada,Lovelace,,,active")).await;
    assert_eq!(spells().await.len(), 2);
    assert_eq!(row(&back.plan, 2).assumed, ["hired_on"]);
    assert_sound(&lms).await;
}

async fn a_plan_says_since_when_somebody_new_is_there(engine: Engine) {
    let lms = company(engine).await;
    let file = csv(&[
        "1,a@x.org,Ada,Lovelace,ENG,,2020-01-05,active",
        "2,b@x.org,Bo,Baker,ENG,,,",
        "3,c@x.org,Cy,Cole,ENG,,2030-01-01,",
    ]);
    let plan = plan(&lms, from_hr(), &file).await;
    let told = |number: u64, field: &str| {
        let row = row(&plan, number);
        let change = row.changed.iter().find(|change| change.field == field);
        change.and_then(|change| change.after.clone())
    };
    assert_eq!(told(2, "hired_on").as_deref(), Some("2020-01-05"));
    assert_eq!(told(2, "status"), None, "they simply work");
    assert!(row(&plan, 2).assumed.is_empty());
    let today = lms.clock().now().day_in(&jiff::tz::TimeZone::UTC).to_string();
    assert_eq!(told(3, "hired_on"), Some(today));
    assert_eq!(row(&plan, 3).assumed, ["hired_on"]);
    assert_eq!(told(4, "status").as_deref(), Some("pre_hire"));
    let done = import(&lms, from_hr(), &file).await;
    assert_eq!(done.plan.fingerprint, plan.fingerprint);
}

async fn what_a_file_lacks_is_told_with_the_plan(engine: Engine) {
    let lms = company(engine).await;
    let file = "employee_number,first_name,last_name,email,Favourite colour\n\
                1,Ada,Lovelace,,red\n2,Bo\nTotal,2,,,\n";
    let plan = plan(&lms, from_hr(), file).await;
    for told in [
        "`Favourite colour`",
        "`email`) holds nothing",
        "shorter than the header",
        "preferred_name",
    ] {
        assert!(plan.warnings.iter().any(|one| one.contains(told)), "{told}: {:?}", plan.warnings);
    }
    assert!(
        plan.warnings.iter().any(|one| one.contains("4 (it is a total)")),
        "{:?}",
        plan.warnings
    );
    let moodle = "username,firstname,lastname,email,course1\nann,Ann,Lee,ann@x.org,FIRE\n";
    let plan = self::plan(&lms, PeopleImport::from_source("moodle").unwrap(), moodle).await;
    assert!(plan.warnings[0].contains("Moodle user upload"), "{:?}", plan.warnings);
}

async fn where_a_problem_stands_is_told(engine: Engine) {
    let lms = company(engine).await;
    let plan = plan(&lms, from_hr(), &csv(&["1,a@x.org,Ada,Lovelace,Enginering,,,"])).await;
    let problem = &row(&plan, 2).problems[0];
    assert_eq!(
        (problem.field.as_deref(), problem.column.as_deref()),
        (Some("department"), Some("E"))
    );
    assert!(problem.hint.as_ref().unwrap().contains("Engineering"), "{problem:?}");
}

async fn each_file_of_a_system_is_held_against_its_like(engine: Engine) {
    let lms = company(engine).await;
    let users = "idnumber,timemodified,username,deleted,firstname,lastname,email\n\
                 7,0,ada,0,Ada,Lovelace,a@x.org\n8,0,bo,0,Bo,Baker,b@x.org\n9,0,cy,0,Cy,Cole,c@x.org\n";
    let jobs = "idnumber,useridnumber,timemodified,fullname,orgidnumber,posidnumber\n\
                j1,7,0,Engineer,ENG,\n";
    for _ in 0..2 {
        import(&lms, from_hr(), users).await;
        let done = import(&lms, from_hr(), jobs).await;
        assert!(done.plan.guards.is_empty(), "{:?}", done.plan.guards);
    }
    assert_eq!(person(&lms, "hr:7").await.job_title.as_deref(), Some("Engineer"));
    let refused = try_import(&lms, from_hr(), &users.replace("email", "city")).await.unwrap_err();
    assert!(refused.message().contains("-email"), "{refused}");
}

async fn people_leave_and_come_back(engine: Engine) {
    let lms = company(engine).await;
    let header = "employee_number,first_name,last_name,hired_on,terminated_on,status\n";
    let file = |line: &str| format!("{header}{line}\n");
    import(&lms, from_hr(), &file("1,Ada,Lovelace,2020-01-01,,active")).await;
    let left =
        import(&lms, from_hr(), &file("1,Ada,Lovelace,2020-01-01,2026-03-15,inactive")).await;
    assert_eq!(counts(&left.plan), [("deactivate", 1)]);
    assert_eq!(person(&lms, "1").await.status, PersonStatus::Inactive);
    let again =
        import(&lms, from_hr(), &file("1,Ada,Lovelace,2020-01-01,2026-03-15,inactive")).await;
    assert_eq!(counts(&again.plan), [("unchanged", 1)]);
    let back = import(&lms, from_hr(), &file("1,Ada,Lovelace,2026-03-20,,active")).await;
    assert_eq!(counts(&back.plan), [("reactivate", 1)]);
    let card = lms.people().card(&lms.admin(), "1", None).await.unwrap();
    let spells: Vec<_> =
        card.employments.iter().map(|spell| (spell.hired_on, spell.terminated_on)).collect();
    assert_eq!(
        spells,
        [(day("2020-01-01"), Some(day("2026-03-15"))), (day("2026-03-20"), None)],
        "the same person, a new employment"
    );
    // Somebody who is gone before anybody knew of them is there, as gone.
    import(&lms, from_hr(), &file("9,Al,Old,2010-01-01,2015-12-31,inactive")).await;
    assert_eq!(person(&lms, "9").await.status, PersonStatus::Inactive);
    assert_sound(&lms).await;
}

async fn a_file_that_contradicts_itself_is_refused_row_by_row(engine: Engine) {
    let lms = company(engine).await;
    let header = "employee_number,email,first_name,last_name,hired_on,terminated_on,status\n";
    let file = format!(
        "{header}1,a@x.org,Ada,Lovelace,2020-01-01,2021-01-01,active\n2,b@x.org,Bo,Baker,2020-01-01,2019-01-01,\n\
         3,same@x.org,Cy,Cole,,,\n4,SAME@x.org,Di,Dunn,,,\n5,e@x.org,Ed,Egg,,,\n"
    );
    let done = import(&lms, from_hr(), &file).await;
    assert_eq!(counts(&done.plan), [("create", 1), ("conflict", 2), ("rejected", 2)]);
    assert!(row(&done.plan, 2).problems[0].message.contains("has passed"));
    assert_eq!(row(&done.plan, 4).effect, RowEffect::Conflict, "of two nobody gets the address");
    assert_eq!(codes(row(&done.plan, 5)), ["people.person_exists"]);
    assert_eq!(person(&lms, "5").await.first_name, "Ed", "the others land");
}

async fn units_are_made_only_where_that_is_asked_for(engine: Engine) {
    let lms = company(engine).await;
    let file = csv(&[
        "1,a@x.org,Ada,Lovelace,Enginering,,,",
        "2,b@x.org,Bo,Baker,Human Resources,,,",
        "3,c@x.org,Cy,Cole,human  resources,,,",
    ]);
    let planned = plan(&lms, from_hr(), &file).await;
    assert_eq!(counts(&planned), [("rejected", 3)]);
    let problem = &row(&planned, 2).problems[0];
    assert_eq!(
        (problem.code.as_str(), problem.value.as_deref()),
        ("people.unit_unknown", Some("Enginering"))
    );
    let hint = problem.hint.as_deref().unwrap();
    assert!(hint.contains("`Engineering`") && hint.contains("--create-departments"), "{hint}");
    let fixed = file.replace("Enginering", "Engineering");
    let done = import(&lms, from_hr().create_units(), &fixed).await;
    assert_eq!(done.plan.new_units, ["department Human Resources"]);
    assert_eq!(person(&lms, "3").await.department.as_deref(), Some("HUMAN-RESOURCES"));
    assert_sound(&lms).await;
}

async fn strict_refuses_the_whole(engine: Engine) {
    let lms = company(engine).await;
    let file = csv(&["1,a@x.org,Ada,Lovelace,ENG,,,", "2,b@x.org,Bo,Baker,Nowhere,,,"]);
    let before = head(&lms).await;
    let refused = try_import(&lms, from_hr().strict(), &file).await.unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (ErrorKind::Refused, "import.rows_rejected"));
    assert!(refused.message().contains("row 3, `Bo Baker`"), "{refused}");
    assert_eq!(head(&lms).await, before);
}

async fn runs_are_listed_with_the_rows_that_did_not_land(engine: Engine) {
    let lms = company(engine).await;
    let file = csv(&["1,a@x.org,Ada,Lovelace,ENG,99,,", "2,b@x.org,Bo,Baker,Nowhere,,,"]);
    let done = import(&lms, from_hr(), &file).await;
    let runs = lms.imports().list(&lms.admin(), ImportRunFilter::new()).await.unwrap();
    assert_eq!(runs.items.len(), 1);
    assert_eq!(runs.items[0].id, done.run);
    assert_eq!(runs.items[0].counts.get("create"), Some(&1));
    let card = lms.imports().show(&lms.admin(), "last").await.unwrap();
    let told: Vec<_> = card
        .lines
        .iter()
        .map(|line| (line.row, line.effect.as_str(), line.name.as_deref()))
        .collect();
    assert_eq!(told, [(Some(2), "pending", Some("Ada Lovelace")), (Some(3), "rejected", None)]);
    let unknown = lms.imports().show(&lms.admin(), "nothing").await.unwrap_err();
    assert_eq!(unknown.code(), "import.unknown");
    let other = ImportRunFilter::new().source("payroll");
    assert!(lms.imports().list(&lms.admin(), other).await.unwrap().items.is_empty());
}

async fn a_manager_who_arrives_by_hand_is_the_one_who_was_waited_for(engine: Engine) {
    let lms = company(engine).await;
    let file = csv(&["1,a@x.org,Ada,Lovelace,ENG,bo@x.org,,", "3,c@x.org,Cy,Cole,ENG,99,,"]);
    let done = import(&lms, from_hr(), &file).await;
    assert_eq!(done.plan.counts.pending, 2);
    let boss =
        lms_core::NewPerson::new("Bo", "Baker").set(lms_core::PersonField::Email, "BO@x.org");
    lms.people().add(&lms.admin(), vec![boss]).await.unwrap();
    assert_eq!(person(&lms, "1").await.manager_name.as_deref(), Some("Bo Baker"));
    assert_eq!(person(&lms, "3").await.manager_name, None, "who waits for somebody else");
    // What the last file says counts: nobody is waited for any more.
    import(&lms, from_hr(), &csv(&["3,c@x.org,Cy,Cole,SALES,1,,"])).await;
    let late =
        lms_core::NewPerson::new("Di", "Dunn").set(lms_core::PersonField::EmployeeNumber, "99");
    lms.people().add(&lms.admin(), vec![late]).await.unwrap();
    assert_eq!(person(&lms, "3").await.manager_name.as_deref(), Some("Ada Lovelace"));
    assert_sound(&lms).await;
}

async fn another_import_of_the_source_is_told(engine: Engine) {
    let lms = company(engine).await;
    let file = csv(&["1,a@x.org,Ada,Lovelace,ENG,,,"]);
    let ttl = std::time::Duration::from_secs(60);
    let lease = lms.jobs().acquire("import hr", "somebody", ttl).await.unwrap();
    let refused = try_import(&lms, from_hr(), &file).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Busy);
    assert!(refused.message().contains("somebody"), "{refused}");
    let other = PeopleImport::from_source("payroll").unwrap();
    import(&lms, other, &file).await;
    lease.release().await.unwrap();
    import(&lms, from_hr(), &file).await;
}
