//! Records come from files: who did what, who has to, who need not, and who is away.

use lms_core::imports::reading::{Kind, ReadOptions, Source, survey};
use lms_core::testkit::TestLms;
use lms_core::{
    Actor, CompletionChange, CompletionFilter, Engine, ErrorKind, ExemptionFilter, FileImported,
    ImportFile, NewTraining, PersonStatus, PlanFile, RecordsImport, RuleDefinition, RuleStatus,
    StagedImport, TrainingField,
};

use super::super::assignments::{company, day, done, of, training};
use super::{codes, counts, row};
use crate::support::engines::on_both_engines;
use crate::support::looks::{assert_sound, head};

on_both_engines! {
    what_was_done_is_recorded_and_settles_what_it_settles,
    the_same_file_again_changes_nothing,
    rows_that_cannot_land_say_everything_that_is_wrong,
    rows_that_contradict_each_other_do_not_land,
    unknown_trainings_become_drafts_where_that_is_asked_for,
    what_somebody_revoked_stays_so,
    rules_follow_in_the_same_transaction,
    a_plan_file_of_records_is_carried_out_or_refused_by_name,
    strict_refuses_the_whole_and_an_empty_file_stops,
    people_are_assigned_what_a_file_says,
    enrolments_of_canvas_are_assignments,
    seats_are_given_once,
    people_are_exempted_as_a_file_says,
    people_are_away_as_a_file_says,
    an_import_of_records_goes_back,
    whoever_may_not_do_it_by_hand_may_not_import_it,
}

async fn staged(
    lms: &TestLms,
    actor: &Actor,
    options: RecordsImport,
    kind: Kind,
    text: &str,
) -> lms_core::Result<StagedImport> {
    let source = Source::bytes("records.csv", text.as_bytes().to_vec());
    let survey = survey(&source, kind, &ReadOptions::new())?;
    let file = ImportFile::new(survey.layout(), survey.records()?);
    lms.imports().stage_records(actor, options, file, &mut |_, _| ()).await
}

fn records(kind: Kind) -> RecordsImport {
    RecordsImport::of(kind, "old-lms").unwrap()
}

async fn try_import(
    lms: &TestLms,
    options: RecordsImport,
    kind: Kind,
    text: &str,
) -> lms_core::Result<FileImported> {
    let admin = lms.admin();
    let staged = staged(lms, &admin, options, kind, text).await?;
    let plan = lms.imports().plan(&admin, &staged).await?;
    let before = head(lms).await;
    let done = lms.imports().apply(&admin, &staged, Some(&plan)).await?;
    assert_eq!(done.plan.counts, plan.counts, "a plan is what is done");
    assert_eq!(done.plan.consequences, plan.consequences);
    assert_eq!(done.operation.is_none(), head(lms).await == before);
    Ok(done)
}

async fn import(lms: &TestLms, kind: Kind, text: &str) -> FileImported {
    try_import(lms, records(kind), kind, text).await.unwrap()
}

/// `Ada Example GDPR-101 2026-03-01 by import`.
async fn completions(lms: &TestLms) -> Vec<String> {
    let filter = CompletionFilter::new().revoked(true).limit(100);
    let page = lms.assignments().completions(&lms.admin(), filter).await.unwrap();
    let told = page.items.iter().map(|one| {
        format!("{} {} {} by {}", one.person, one.training, one.completed_on, one.source.as_str())
    });
    let mut told: Vec<String> = told.collect();
    told.sort();
    told
}

const DONE: &str = "email,training,completed_on,score,version,valid_until,evidence_link,note\n";

async fn what_was_done_is_recorded_and_settles_what_it_settles(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[(TrainingField::ValidityMonths, "12")]).await;
    training(&lms, "B", &[]).await;
    import(&lms, Kind::Assignments, "email,training,due_on\nada@example.com,A,2026-05-01\n").await;
    let text = format!(
        "{DONE}ADA@example.com,a,2026-03-01,87.5,,,https://files.example/1,by hand\n\
         bo@example.com,B,2019-05-06,,2.1,2030-01-01,,\n"
    );
    let imported = import(&lms, Kind::Completions, &text).await;
    assert_eq!(counts(&imported.plan), [("create", 2)]);
    assert_eq!(imported.plan.consequences.get("completed"), Some(&1), "what was assigned is done");
    assert_eq!(
        completions(&lms).await,
        ["Ada Example A 2026-03-01 by import", "Bo Example B 2019-05-06 by import"]
    );
    assert_eq!(of(&lms, "Ada").await, ["A mandatory completed, due 2026-05-01, until 2027-03-01"]);
    let page = lms.assignments().completions(&lms.admin(), CompletionFilter::new()).await.unwrap();
    let (ada, bo) = (&page.items[0], &page.items[1]);
    assert_eq!((ada.score, ada.version.as_str()), (Some(8_750), "1.0"));
    assert_eq!(ada.note.as_deref(), Some("by hand"));
    assert_eq!((bo.version.as_str(), bo.valid_until), ("2.1", Some(day("2030-01-01"))));
    assert_sound(&lms).await;
}

async fn the_same_file_again_changes_nothing(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    training(&lms, "B", &[]).await;
    for (kind, text) in [
        (Kind::Completions, format!("{DONE}ada@example.com,A,2026-03-01,,,,,\nbo@example.com,A,2026-03-01,,,,,\n")),
        (Kind::Assignments, "email,training,due_on\ncy@example.com,B,2026-05-01\nada@example.com,B,\n".to_owned()),
        (Kind::Exemptions, "email,training,reason,until\ndi@example.com,B,elsewhere,2026-12-31\nbo@example.com,B,old,\n".to_owned()),
        (Kind::Leaves, "email,from,until,reason\ncy@example.com,2026-03-01,2026-04-30,care\nbo@example.com,2026-06-01,,\n".to_owned()),
    ] {
        let first = import(&lms, kind, &text).await;
        assert_eq!(counts(&first.plan), [("create", 2)], "{kind:?}: {:?}", first.plan.rows);
        assert!(first.operation.is_some());
        lms.clock().advance(std::time::Duration::from_hours(24));
        let again = import(&lms, kind, &text).await;
        assert_eq!(counts(&again.plan), [("unchanged", 2)], "{kind:?}: {:?}", again.plan.rows);
        assert_eq!(again.operation, None, "{kind:?}");
    }
    assert_sound(&lms).await;
}

async fn rows_that_cannot_land_say_everything_that_is_wrong(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "GDPR-101", &[]).await;
    let draft = NewTraining::new("DRAFT", "A draft");
    lms.catalog().add(&lms.admin(), draft).await.unwrap();
    let text = format!(
        "{DONE}nobody@example.com,GDPR-102,2027-01-01,101,x,,,\n\
         ada@example.com,DRAFT,2026-01-01,,,,,\n\
         ada@example.com,GDPR-101,2026-03-01,,,2026-02-01,,\n\
         bo@example.com,GDPR-101,2026-03-01,,,,,\n\
         cy@example.com,GDPR-101,not a day,,,,,\n"
    );
    let imported = import(&lms, Kind::Completions, &text).await;
    assert_eq!(counts(&imported.plan), [("create", 1), ("rejected", 4)]);
    let wrong = row(&imported.plan, 2);
    assert_eq!(
        codes(wrong),
        [
            "people.person_unknown",
            "catalog.training_unknown",
            "assignments.not_done_yet",
            "input.invalid",
            "input.invalid"
        ],
        "{wrong:?}"
    );
    let place = &wrong.problems[1];
    assert_eq!(
        (place.field.as_deref(), place.value.as_deref()),
        (Some("training"), Some("GDPR-102"))
    );
    let hint = place.hint.as_deref().unwrap();
    assert!(hint.contains("`GDPR-101`") && hint.contains("--create-trainings"), "{hint}");
    assert_eq!(codes(row(&imported.plan, 3)), ["assignments.never_published"]);
    assert_eq!(row(&imported.plan, 4).problems[0].field.as_deref(), Some("valid_until"));
    assert_eq!(row(&imported.plan, 4).name, "Ada Example, GDPR-101");
    let card = lms.imports().show(&lms.admin(), "last").await.unwrap();
    assert_eq!((card.run.kind.as_str(), card.run.n_rows), ("completions", 5));
    assert_eq!(card.lines.len(), 8, "{:?}", card.lines);
}

async fn rows_that_contradict_each_other_do_not_land(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let text = format!(
        "{DONE}ada@example.com,A,2026-03-01,80,,,,\nada@example.com,a,2026-03-01,90,,,,\n\
         bo@example.com,A,2026-03-01,80,,,,\nbo@example.com,A,2026-03-01,80,,,,\n\
         bo@example.com,A,2026-03-02,80,,,,\n"
    );
    let imported = import(&lms, Kind::Completions, &text).await;
    assert_eq!(counts(&imported.plan), [("create", 2), ("unchanged", 1), ("conflict", 2)]);
    assert_eq!(codes(row(&imported.plan, 2)), ["import.conflict_several_rows"]);
    assert_eq!(completions(&lms).await.len(), 2);
    // Two names of two people.
    let text = "person,email,training,completed_on\nbo@example.com,ada@example.com,A,2026-01-01\n";
    let imported = import(&lms, Kind::Completions, text).await;
    assert_eq!(counts(&imported.plan), [("conflict", 1)]);
    assert_eq!(codes(row(&imported.plan, 2)), ["import.conflict_several_people"]);
}

async fn unknown_trainings_become_drafts_where_that_is_asked_for(engine: Engine) {
    let lms = company(engine).await;
    let text = "email,training,training_title,completed_on\n\
                ada@example.com,FORKLIFT,Driving a forklift,2015-02-03\n\
                bo@example.com,forklift,,2016-02-03\nnobody@example.com,OTHER,,2016-02-03\n";
    let refused = import(&lms, Kind::Completions, text).await;
    assert_eq!(counts(&refused.plan), [("rejected", 3)]);
    let options = || records(Kind::Completions).create_trainings().unwrap();
    let imported = try_import(&lms, options(), Kind::Completions, text).await.unwrap();
    assert_eq!(counts(&imported.plan), [("create", 2), ("rejected", 1)]);
    assert_eq!(imported.plan.new_units, ["training FORKLIFT: Driving a forklift"]);
    assert_eq!(
        completions(&lms).await,
        ["Ada Example FORKLIFT 2015-02-03 by import", "Bo Example FORKLIFT 2016-02-03 by import"]
    );
    let again = try_import(&lms, options(), Kind::Completions, text).await.unwrap();
    assert_eq!(counts(&again.plan), [("unchanged", 2), ("rejected", 1)]);
    assert!(again.plan.new_units.is_empty());
    let wrong = RecordsImport::of(Kind::Leaves, "x").unwrap().create_trainings().unwrap_err();
    assert_eq!(wrong.field(), Some("create_trainings"));
    assert_sound(&lms).await;
}

async fn what_somebody_revoked_stays_so(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let text = format!("{DONE}ada@example.com,A,2026-03-01,,,,,\n");
    import(&lms, Kind::Completions, &text).await;
    let page = lms.assignments().completions(&lms.admin(), CompletionFilter::new()).await.unwrap();
    let change = CompletionChange::revoked();
    lms.assignments().change_completion(&lms.admin(), page.items[0].id, change).await.unwrap();
    let again = import(&lms, Kind::Completions, &text).await;
    assert_eq!(counts(&again.plan), [("unchanged", 1)]);
    assert_eq!(codes(row(&again.plan, 2)), ["import.revoked_before"], "and it is said");
}

async fn rules_follow_in_the_same_transaction(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    training(&lms, "B", &[]).await;
    let rule = RuleDefinition::read(
        r#"format = 1
           code = "AFTER-A"
           title = "B after A"
           trainings = ["B"]
           audience = { department = ["ENG"] }
           due = "after completing A + 10d""#,
        lms_core::FileFormat::Toml,
    );
    lms.put_rule(day("2026-01-01"), rule.unwrap(), RuleStatus::Active).await.unwrap();
    let before = of(&lms, "Ada").await;
    let text = format!("{DONE}ada@example.com,A,2026-03-30,,,,,\n");
    let imported = import(&lms, Kind::Completions, &text).await;
    assert!(!imported.plan.consequences.is_empty(), "{:?}", imported.plan);
    let after = of(&lms, "Ada").await;
    assert_ne!(before, after);
    assert!(after.iter().any(|one| one.contains("due 2026-04-09")), "{after:?}");
}

async fn a_plan_file_of_records_is_carried_out_or_refused_by_name(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let text =
        format!("{DONE}ada@example.com,A,2026-03-01,,,,,\nbo@example.com,A,2026-03-01,,,,,\n");
    let admin = lms.admin();
    let options = records(Kind::Completions);
    let staged = staged(&lms, &admin, options, Kind::Completions, &text).await.unwrap();
    let plan = lms.imports().plan(&admin, &staged).await.unwrap();
    let file = PlanFile::read(&PlanFile::write(&staged, &plan)).unwrap();
    done(&lms, "Bo", "A", "2026-03-01").await;
    let refused = lms.imports().apply_plan(&admin, &file).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Stale);
    assert!(refused.message().contains("row 3 (Bo Example, A)"), "{refused}");
    let plan = lms.imports().plan(&admin, &staged).await.unwrap();
    let file = PlanFile::read(&PlanFile::write(&staged, &plan)).unwrap();
    lms.imports().apply_plan(&admin, &file).await.unwrap();
    assert_eq!(completions(&lms).await.len(), 2);
}

async fn strict_refuses_the_whole_and_an_empty_file_stops(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let text =
        format!("{DONE}ada@example.com,A,2026-03-01,,,,,\nnobody@example.com,A,2026-03-01,,,,,\n");
    let strict = records(Kind::Completions).strict();
    let refused = try_import(&lms, strict, Kind::Completions, &text).await.unwrap_err();
    assert_eq!(refused.code(), "import.rows_rejected");
    assert!(completions(&lms).await.is_empty());
    let options = records(Kind::Completions);
    let empty = try_import(&lms, options, Kind::Completions, DONE).await.unwrap_err();
    assert_eq!(empty.code(), "import.guarded");
    let people = RecordsImport::of(Kind::People, "x").unwrap_err();
    assert_eq!(people.field(), Some("kind"));
}

async fn people_are_assigned_what_a_file_says(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    lms.catalog().add(&lms.admin(), NewTraining::new("DRAFT", "A draft")).await.unwrap();
    done(&lms, "Di", "A", "2026-03-30").await;
    let text = "email,training,due_on,assigned_on\n\
                ada@example.com,A,2026-05-01,2026-01-01\nbo@example.com,A,2026-06-01,\n\
                cy@example.com,A,2026-03-30,\ndi@example.com,A,,\nada@example.com,DRAFT,,\n";
    let imported = import(&lms, Kind::Assignments, text).await;
    assert_eq!(counts(&imported.plan), [("create", 2), ("unchanged", 1), ("rejected", 2)]);
    assert_eq!(codes(row(&imported.plan, 4)), ["assignments.past_due"]);
    assert_eq!(codes(row(&imported.plan, 6)), ["assignments.not_given"]);
    let told = imported.plan.warnings.last().unwrap();
    assert!(told.contains("assigned_on"), "{:?}", imported.plan.warnings);
    assert_eq!(of(&lms, "Ada").await, ["A mandatory assigned, due 2026-05-01"]);
    assert_eq!(of(&lms, "Bo").await, ["A mandatory assigned, due 2026-06-01"]);
    // An earlier day is stronger, a later one says nothing new.
    let text = "email,training,due_on\nada@example.com,A,2026-04-15\nbo@example.com,A,2026-07-01\n";
    let imported = import(&lms, Kind::Assignments, text).await;
    assert_eq!(counts(&imported.plan), [("update", 1), ("unchanged", 1)]);
    assert_eq!(of(&lms, "Ada").await, ["A mandatory assigned, due 2026-04-15"]);
    assert_eq!(of(&lms, "Bo").await, ["A mandatory assigned, due 2026-06-01"]);
    assert_sound(&lms).await;
}

async fn enrolments_of_canvas_are_assignments(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let users = "user_id,login_id,first_name,last_name,email,status\n\
                 u1,ada,Ada,Example,ada@example.com,active\nu2,bo,Bo,Example,bo@example.com,active\n\
                 u3,tess,Tess,Teacher,tess@example.com,active\n";
    let source = Source::bytes("users.csv", users.as_bytes().to_vec());
    let read = survey(&source, Kind::People, &ReadOptions::new()).unwrap();
    let options = lms_core::PeopleImport::from_source("canvas").unwrap();
    let file = ImportFile::new(read.layout(), read.records().unwrap());
    let (imports, admin) = (lms.imports(), lms.admin());
    let people = imports.stage_people(&admin, options, file, &mut |_, _| ()).await.unwrap();
    imports.apply(&admin, &people, None).await.unwrap();
    let text = "course_id,user_id,role,section_id,status\n\
                A,u1,student,,active\nA,u2,student,,deleted\nA,u3,teacher,,active\nA,u9,student,,active\n";
    let options = RecordsImport::of(Kind::Assignments, "canvas").unwrap();
    let imported = try_import(&lms, options, Kind::Assignments, text).await.unwrap();
    assert_eq!(counts(&imported.plan), [("create", 1), ("unchanged", 2), ("rejected", 1)]);
    assert_eq!(codes(row(&imported.plan, 3)), ["import.not_open"]);
    assert_eq!(codes(row(&imported.plan, 4)), ["import.no_learner"]);
    assert!(row(&imported.plan, 5).problems[0].hint.as_deref().unwrap().contains("--source"));
    assert_eq!(of(&lms, "Ada").await, ["A mandatory assigned"]);
    assert!(of(&lms, "Bo").await.is_empty());
}

async fn seats_are_given_once(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[(TrainingField::SeatLimit, "1")]).await;
    let text = "email,training\nada@example.com,A\nbo@example.com,A\n";
    assert_eq!(counts(&import(&lms, Kind::Assignments, text).await.plan), [("create", 2)]);
    assert_eq!(of(&lms, "Ada").await, ["A mandatory assigned"], "who stands first");
    let waiting = of(&lms, "Bo").await;
    let again = import(&lms, Kind::Assignments, text).await;
    assert_eq!(counts(&again.plan), [("unchanged", 2)]);
    assert_eq!(of(&lms, "Bo").await, waiting, "who waits goes on waiting");
}

async fn people_are_exempted_as_a_file_says(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    import(&lms, Kind::Assignments, "email,training,due_on\nada@example.com,A,2026-05-01\n").await;
    let text = "email,training,from,until,reason,approved_by,evidence_link\n\
                ada@example.com,A,2026-03-01,2026-12-31,certified elsewhere,HR,https://files.example/2\n\
                bo@example.com,A,,,,,\ncy@example.com,A,2026-03-01,2026-02-01,x,,\n";
    let imported = import(&lms, Kind::Exemptions, text).await;
    assert_eq!(counts(&imported.plan), [("create", 1), ("rejected", 2)]);
    assert_eq!(row(&imported.plan, 3).problems[0].field.as_deref(), Some("reason"));
    assert_eq!(row(&imported.plan, 4).problems[0].field.as_deref(), Some("until"));
    let page = lms.assignments().exemptions(&lms.admin(), ExemptionFilter::new()).await.unwrap();
    let one = &page.items[0];
    assert_eq!(
        (one.person.as_str(), one.from, one.until),
        ("Ada Example", day("2026-03-01"), Some(day("2026-12-31")))
    );
    assert_eq!(
        (one.reason.as_str(), one.approved_by.as_deref()),
        ("certified elsewhere", Some("HR"))
    );
    let later =
        "email,training,from,until,reason\nada@example.com,A,2026-06-01,2027-06-30,longer\n";
    let imported = import(&lms, Kind::Exemptions, later).await;
    assert_eq!(codes(row(&imported.plan, 2)), ["import.overlaps"]);
    assert_sound(&lms).await;
}

async fn people_are_away_as_a_file_says(engine: Engine) {
    let lms = company(engine).await;
    let text = "email,from,until,reason\n\
                ada@example.com,2026-03-01,2026-04-30,care\nada@example.com,2026-08-01,2026-08-31,\n\
                bo@example.com,2026-05-01,2026-04-01,\ncy@example.com,2026-06-01,,\ncy@example.com,2026-07-01,,\n";
    let imported = import(&lms, Kind::Leaves, text).await;
    assert_eq!(counts(&imported.plan), [("create", 2), ("conflict", 2), ("rejected", 1)]);
    let card = lms.people().card(&lms.admin(), "ada@example.com", None).await.unwrap();
    assert_eq!(card.person.status, PersonStatus::OnLeave);
    let told: Vec<_> = card.leaves.iter().map(|leave| (leave.from_on, leave.until_on)).collect();
    assert_eq!(
        told,
        [
            (day("2026-03-01"), Some(day("2026-04-30"))),
            (day("2026-08-01"), Some(day("2026-08-31")))
        ]
    );
    let overlapping = "email,from,until\nada@example.com,2026-04-15,2026-05-15\n";
    let imported = import(&lms, Kind::Leaves, overlapping).await;
    assert_eq!(row(&imported.plan, 2).problems[0].field.as_deref(), Some("from"));
    assert_sound(&lms).await;
}

async fn an_import_of_records_goes_back(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    for (kind, text) in [
        (Kind::Assignments, "email,training,due_on\nada@example.com,A,2026-05-01\n".to_owned()),
        (Kind::Exemptions, "email,training,reason\nbo@example.com,A,elsewhere\n".to_owned()),
        (Kind::Leaves, "email,from,until\ncy@example.com,2026-03-01,2026-04-30\n".to_owned()),
        (Kind::Completions, format!("{DONE}ada@example.com,A,2026-03-30,,,,,\n")),
    ] {
        let before = of(&lms, "Ada").await;
        let imported = import(&lms, kind, &text).await;
        let operation = lms.imports().operation(&lms.admin(), "last").await.unwrap();
        assert_eq!(Some(operation), imported.operation);
        let batches = lms.batches();
        let plan = batches.plan_undo(&lms.admin(), &operation.to_string()).await.unwrap();
        assert!(plan.parts.kept.is_empty() && plan.parts.blocked.is_empty(), "{kind:?}: {plan:?}");
        batches.undo(&lms.admin(), plan).await.unwrap();
        let card = lms.imports().show(&lms.admin(), "last").await.unwrap();
        assert_eq!((card.run.undo_of, card.run.kind.as_str()), (Some(imported.run), kind.as_str()));
        if kind == Kind::Assignments {
            assert_eq!(of(&lms, "Ada").await, ["A mandatory cancelled, due 2026-05-01"]);
        } else {
            assert_eq!(of(&lms, "Ada").await, before, "{kind:?}");
        }
        // It does the same again.
        let again = import(&lms, kind, &text).await;
        assert_eq!(again.plan.counts, imported.plan.counts, "{kind:?}");
    }
    assert_sound(&lms).await;
}

async fn whoever_may_not_do_it_by_hand_may_not_import_it(engine: Engine) {
    let lms = company(engine).await;
    let learner = crate::support::learning::learner(&lms, "lea", "employee").await;
    for kind in RecordsImport::KINDS {
        let text = match kind {
            Kind::Leaves => "email,from\na@x.org,2026-01-01\n",
            Kind::Departments => "code,name\nQA,Quality\n",
            Kind::Trainings => "code,title\nQA,Quality\n",
            Kind::Questions => "code,text,correct\nQA,Is it?,true\n",
            Kind::Completions => "email,training,completed_on\na@x.org,A,2026-01-01\n",
            _ => "email,training\na@x.org,A\n",
        };
        let admin = lms.admin();
        let refused = staged(&lms, &learner, records(*kind), *kind, text).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Forbidden, "{kind:?}");
        let staged = staged(&lms, &admin, records(*kind), *kind, text).await.unwrap();
        let refused = lms.imports().plan(&learner, &staged).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Forbidden, "{kind:?}");
        let refused = lms.imports().apply(&learner, &staged, None).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Forbidden, "{kind:?}");
    }
}
