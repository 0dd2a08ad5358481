//! A backup restores onto either engine, row by row, and the chain goes on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lms_core::engine::OnPastDue;
use lms_core::imports::reading::{Kind, ReadOptions, Source, survey};
use lms_core::testkit::{TestDatabase, TestLms};
use lms_core::{
    AccountChange, AccountStatus, Actor, Audience, AudienceField, AuditFilter, Day, DueRule,
    Engine, ImportFile, Item, ItemContent, ItemFile, KeptAnswer, Module, ModuleStep, ModuleUpdate,
    NewAccount, NewAssignments, NewAttempt, NewCompletions, NewContent, NewExemptions, NewGroup,
    NewPath, NewPerson, NewQuestion, NewQuiz, NewRole, NewSkill, NewToken, NewTraining, NewUnit,
    Password, PathChange, PathField, PathStep, PeopleImport, PersonField, Publishing,
    QuestionChange, QuestionKind, RequestBegun, RuleDefinition, RuleStatus, SETTING_KEYS,
    SettingsChange, SkillLevel, SweepOptions, TrainingChange, TrainingField, UnitKind,
};
use lms_core::{NewConnection, Vendor};

use super::{backup, open_to_restore, restore, unpacked};
use crate::support::engines::{asked_for, on_both_engines};
use crate::support::images::png;
use crate::support::learning;
use crate::support::looks::{another_handle, assert_sound, entries, findings, head, newest, token};
use crate::support::raw::Raw;

on_both_engines! {
    every_row_comes_back_on_either_engine,
    a_copy_of_a_copy_is_the_same,
    a_backup_while_others_write_is_one_moment,
    a_place_with_a_schema_and_nothing_else_will_do,
    progress_reaches_the_end,
    leases_stay_behind,
}

const ENGINES: [Engine; 2] = [Engine::Sqlite, Engine::Postgres];

/// An organisation with something of everything, and a token that works.
async fn a_full_organisation(engine: Engine) -> (TestLms, String) {
    let lms = TestLms::organisation(engine).await;
    let reason = "line one\nline \"two\"\t\u{1F980} \\ ünï";
    let admin = lms.admin().with_reason(reason).with_request_id("request-1");
    let access = lms.access();
    lms.clock().advance(Duration::from_micros(1));
    let bob = NewAccount::new("bob").role("hr").role("auditor").email("bob@müller.de");
    access.add_account(&admin, bob.display_name(&"ß\u{1F980}".repeat(100))).await.unwrap();
    access.add_account(&admin, NewAccount::new("ROLE-less+x@y")).await.unwrap();
    let change = AccountChange::new().status(AccountStatus::Disabled).email(None);
    access.edit_account(&admin, "bob", change).await.unwrap();
    let all = SETTING_KEYS.iter().fold(SettingsChange::new(), |change, setting| {
        change.set(setting.key, setting.example).unwrap()
    });
    lms.settings().set(&admin, all).await.unwrap();
    let ends = Day::parse("2099-12-31").unwrap();
    let narrow = NewToken::new("ada", "narrow").permission("audit.read").expires_on(ends);
    let secret = token(&lms, narrow).await;
    let gone = access.create_token(&admin, NewToken::new("ada", "gone")).await.unwrap();
    access.revoke_token(&admin, &gone.token.id.to_string()).await.unwrap();
    hire_and_part(&lms, &admin).await;
    ask(&lms, &admin).await;
    let role = NewRole::new("lead").grant("people.read@reports").grant("people.*@department");
    access.add_role(&admin, role).await.unwrap();
    lms.people().add_account_for(&admin, "bo", NewAccount::new("bo").role("lead")).await.unwrap();
    let password = Password::new("correct horse battery");
    access.set_password(&admin, "bo", Some(password)).await.unwrap();
    access.sign_in("bo", Password::new("wrong")).await.unwrap_err();
    require_skills(&lms, &admin).await;
    teach(&lms, &admin).await;
    keep_a_file(&lms, &admin).await;
    assign(&lms, &admin).await;
    rule(&lms, &admin).await;
    certify(&lms, &admin).await;
    take_a_quiz(&lms, &admin).await;
    ask_with_a_key(&lms, &secret).await;
    import(&lms, &admin).await;
    connect_a_system(&lms, &admin).await;
    let_it_become_overdue(&lms, &admin).await;
    (lms, secret)
}

/// Somebody overdue for so long that others hear of it, by a nightly pass that is on record.
async fn let_it_become_overdue(lms: &TestLms, admin: &Actor) {
    let zoe = Audience::everybody().with(AudienceField::Person, "00123");
    let new = NewAssignments::to(zoe.with(AudienceField::Status, "*")).training("OPEN");
    let new = new.due(DueRule::AfterAssignment(1)).grace_days(0);
    let plan = lms.assignments().plan_assign(admin, new).await.unwrap();
    assert!(lms.assignments().assign(admin, plan).await.unwrap().operation.is_some());
    lms.clock().advance(Duration::from_hours(24 * 20));
    let outcome = lms.sweep().run(admin, SweepOptions::new(), &mut |_, _| ()).await.unwrap();
    assert!(outcome.counts["escalated"] > 0, "{outcome:?}");
}

/// Somebody out of a file, whose manager is still to come, and a row that was rejected.
async fn import(lms: &TestLms, admin: &Actor) {
    let text = "employee_number,first_name,last_name,department,manager_email\n\
                777,Zoë,Importée,,boss@example.com\n778,Al,Rejected,Nowhere,\n";
    let source = Source::bytes("people.csv", text.as_bytes().to_vec());
    let survey = survey(&source, Kind::People, &ReadOptions::new()).unwrap();
    let file = ImportFile::new(survey.layout(), survey.records().unwrap());
    let options = PeopleImport::from_source("hr").unwrap();
    let imports = lms.imports();
    let staged = imports.stage_people(admin, options, file, &mut |_, _| ()).await.unwrap();
    let done = imports.apply(admin, &staged, None).await.unwrap();
    let counts = done.plan.counts;
    assert_eq!((counts.create, counts.pending, counts.rejected), (1, 1, 1));
}

/// A system whose people are imported, at an address of its own.
async fn connect_a_system(lms: &TestLms, admin: &Actor) {
    let new = NewConnection::new("hris", Vendor::BambooHr).unwrap();
    let new = new.option("company", "acme").base_url("https://hr.example.com");
    let new = new.mapping("format = 1\n[constants]\nlocation = \"Zürich\"\n");
    lms.hris().connect(admin, new).await.unwrap();
}

/// A rule in force, with a draft.
async fn rule(lms: &TestLms, admin: &Actor) {
    let mut rule = RuleDefinition::new("RULE", "Zoë's \"Ⅰ\"", Audience::everybody());
    rule.trainings = vec!["FREE".to_owned()];
    rule.paths = vec!["PATH".to_owned()];
    rule.due = DueRule::AfterCompleting("DONE".to_owned(), 7);
    let from = Day::parse("2026-03-01").unwrap();
    lms.put_rule(from, rule.clone(), RuleStatus::Active).await.unwrap();
    rule.due = DueRule::Never;
    lms.rules().save_draft(admin, rule).await.unwrap();
}

/// A request with a key, and its answer.
async fn ask_with_a_key(lms: &TestLms, secret: &str) {
    let actor = lms.access().authenticate(secret).await.unwrap();
    let begun = lms.requests().begin(&actor, "key-1", &[b"POST", b"/"]).await.unwrap();
    let RequestBegun::New(actor) = begun else { panic!("{begun:?}") };
    let answer =
        KeptAnswer::new(201, vec![("etag".to_owned(), "\"1\"".to_owned())], "{\"ü\":1}".to_owned());
    lms.requests().finish(&actor, Some(answer)).await.unwrap();
}

/// Something open, something parked, something done, and somebody who need not.
async fn assign(lms: &TestLms, admin: &Actor) {
    let (assignments, catalog) = (lms.assignments(), lms.catalog());
    for code in ["OPEN", "LATE", "DONE", "FREE"] {
        let new = NewTraining::new(code, code).set(TrainingField::SignText, "Be kind.");
        catalog.add(admin, new).await.unwrap();
        catalog.publish(admin, code, &Publishing::minor()).await.unwrap();
    }
    let bo = || Audience::everybody().with(AudienceField::Person, "bo");
    let open = NewAssignments::to(bo()).training("OPEN").due(DueRule::AfterAssignment(30));
    let late = NewAssignments::to(bo()).training("LATE").due(DueRule::AfterHire(1));
    for new in [open, late.on_past_due(OnPastDue::Park)] {
        let plan = assignments.plan_assign(admin, new).await.unwrap();
        assert!(assignments.assign(admin, plan).await.unwrap().operation.is_some());
    }
    let done = NewCompletions::of("DONE", bo()).score(9_950).note("with ünï");
    let plan = assignments.plan_complete(admin, done).await.unwrap();
    assignments.complete(admin, plan).await.unwrap();
    let free = NewExemptions::from_training("FREE", bo(), "elsewhere").approved_by("Zoë");
    let plan = assignments.plan_exempt(admin, free).await.unwrap();
    assignments.exempt(admin, plan).await.unwrap();
}

/// Somebody with a manager, a leave and an end.
async fn hire_and_part(lms: &TestLms, admin: &Actor) {
    let people = lms.people();
    let day = |text: &str| Day::parse(text).unwrap();
    let unit = |kind, code: &str| NewUnit::new(kind, code, code);
    let units = vec![unit(UnitKind::Department, "ENG"), unit(UnitKind::Location, "BER")];
    people.add_units(admin, units).await.unwrap();
    let zoe = NewPerson::new("Zoë", "Łukasik")
        .source("payroll", "P-1")
        .set(PersonField::EmployeeNumber, "00123");
    let bo = NewPerson::new("Bo", "Bø").set(PersonField::Manager, "00123");
    let bo = bo.set(PersonField::Department, "ENG").set(PersonField::Username, "bo");
    let bo = bo.attribute("cost_centre", "00042").hired_on(day("2025-01-01"));
    people.add(admin, vec![zoe, bo]).await.unwrap();
    people.add_leave(admin, "bo", day("2025-06-01"), None, Some("parental")).await.unwrap();
    let council = NewGroup::fixed("COUNCIL", "Works council").members(["bo", "00123"]);
    people.add_group(admin, council).await.unwrap();
    people.deactivate(admin, "bo", day("2026-12-31"), Some("resigned")).await.unwrap();
}

/// A quiz with a question that was changed.
async fn ask(lms: &TestLms, admin: &Actor) {
    let quizzes = lms.quizzes();
    let question = NewQuestion::new("FIRE-1", QuestionKind::Numeric, "Wie viele Straßen?");
    let question = question.value("0.10").tag("fire").points("1.5");
    quizzes.add_questions(admin, vec![question]).await.unwrap();
    let change = QuestionChange::new().text("Wie viele?");
    quizzes.edit_question(admin, "FIRE-1", change).await.unwrap();
    quizzes.add_quiz(admin, NewQuiz::new("FIRE", "Feuer").draw(1, "fire")).await.unwrap();
}

/// A skill that a job role requires.
async fn require_skills(lms: &TestLms, admin: &Actor) {
    let skill = NewSkill::new("FIRE", "Löschen").description("line one\n\"two\"").category("ß");
    lms.skills().add(admin, skill).await.unwrap();
    let role = NewUnit::new(UnitKind::JobRole, "WARDEN", "Wärter");
    lms.people().add_unit(admin, role).await.unwrap();
    let level = SkillLevel::new(3);
    lms.skills().require(admin, "WARDEN", "FIRE", level, None).await.unwrap();
}

/// A training that comes after another, with a draft, and one that counts for it.
async fn teach(lms: &TestLms, admin: &Actor) {
    let catalog = lms.catalog();
    for (code, first) in [("FIRST", ""), ("SECOND", "FIRST")] {
        let new = NewTraining::new(code, "Zoë's \"Ⅰ\"")
            .set(TrainingField::SignText, "line one\n\u{1F980} \\ two")
            .set(TrainingField::Tags, "a, ß")
            .set(TrainingField::Skills, "FIRE=2")
            .set(TrainingField::Prerequisites, first);
        catalog.add(admin, new).await.unwrap();
        catalog.publish(admin, code, &Publishing::minor()).await.unwrap();
    }
    let change = TrainingChange::new().set(TrainingField::Title, "Draft");
    catalog.edit(admin, "SECOND", change).await.unwrap();
    let item = Item::new("Quiz", ItemContent::Quiz { quiz: "FIRE".to_owned() });
    let module = ModuleStep::PutItem { module: "test".to_owned(), item };
    let change = TrainingChange::new().add_module(Module::new("Test")).step(module);
    catalog.edit(admin, "FIRST", change).await.unwrap();
    catalog.publish(admin, "FIRST", &Publishing::minor()).await.unwrap();
    let path = NewPath::new("PATH", "Zoë's \"Weg\"").set(PathField::Tags, "ß");
    let path = path.step(PathStep::elective(1, ["FIRST", "SECOND"]));
    lms.paths().add(admin, path).await.unwrap();
    lms.paths().publish(admin, "PATH").await.unwrap();
    lms.paths().edit(admin, "PATH", PathChange::new().remove_step("FIRST")).await.unwrap();
    let since = Some(Day::parse("2026-01-01").unwrap());
    catalog.add_equivalent(admin, "SECOND", "FIRST", since, None).await.unwrap();
}

/// An attempt with an answer.
async fn take_a_quiz(lms: &TestLms, admin: &Actor) {
    learning::assign(lms, "bo", "FIRST").await;
    let progress = lms.progress();
    let new = NewAttempt::new("FIRST", "FIRE").person("bo");
    let begun = progress.begin_attempt(admin, new).await.unwrap().value;
    let (id, key) = (begun.attempt.id.to_string(), &begun.sheet.sections[0].questions[0].key);
    let answer = serde_json::json!({ key.as_str(): "0,1" });
    progress.submit_attempt(admin, &id, Some(&answer)).await.unwrap();
    learning::to_be_signed(lms, "SIGN").await;
    learning::assign(lms, "bo", "SIGN").await;
    let update = ModuleUpdate::new("SIGN", "text").person("bo").percent(50).position("Absatz 3");
    progress.update(admin, update).await.unwrap();
    progress.sign(admin, Some("bo"), "SIGN").await.unwrap();
}

/// A file that somebody has read.
async fn keep_a_file(lms: &TestLms, admin: &Actor) {
    let mut text: &[u8] = "Wer rennt, fällt.".as_bytes();
    let added = lms.content().add(admin, NewContent::new("wege.txt"), &mut text).await.unwrap();
    lms.content().open(admin, &added.value.id.to_string()).await.unwrap();
    let file = ItemFile { file: added.value.name, sha256: Some(added.value.sha256) };
    let mut module = Module::new("Ways");
    module.items.push(Item::new("Ways", ItemContent::of_file(file).unwrap()));
    let change = TrainingChange::new().add_module(module);
    lms.catalog().edit(admin, "SECOND", change).await.unwrap();
}

/// A certificate with a logo on it, and one that was revoked.
async fn certify(lms: &TestLms, admin: &Actor) {
    let done = Day::parse("2026-03-30").unwrap();
    let given = lms.issue_certificates("FIRST", &["bo", "00123"], done, Some(done)).await.unwrap();
    lms.certificates().revoke(admin, &given[0].number, "line one\nline \"two\"").await.unwrap();
    lms.certificates().set_logo(admin, Some(&png(3, 2, [1, 2, 3]))).await.unwrap();
}

/// The tables that a backup carries, without those that tell of the database it lies in.
fn carried(mut dump: BTreeMap<String, Vec<String>>) -> BTreeMap<String, Vec<String>> {
    dump.remove("schema_migrations").unwrap();
    dump.remove("job_leases").unwrap();
    dump
}

/// Asserts that the copy has every row of the original, and of its own only what tells of the
/// restoring.
async fn assert_same(original: &TestLms, copy: &TestLms) {
    let before = carried(Raw::open(original.place()).await.dump().await);
    let after = carried(Raw::open(copy.place()).await.dump().await);
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    for (table, rows) in &before {
        assert!(!rows.is_empty(), "`{table}` proves nothing");
        let more: Vec<&String> = after[table].iter().filter(|row| !rows.contains(row)).collect();
        let lost: Vec<&String> = rows.iter().filter(|row| !after[table].contains(row)).collect();
        match table.as_str() {
            "audit_head" => assert_eq!((more.len(), lost.len()), (1, 1)),
            "operations" | "audit_chain" | "operation_changes" => {
                assert_eq!((more.len(), lost.len()), (1, 0), "{table}: {more:#?} {lost:#?}");
                assert_eq!(after[table].len(), rows.len() + 1);
            }
            _ => assert_eq!(&after[table], rows, "{table}"),
        }
    }
}

async fn every_row_comes_back_on_either_engine(engine: Engine) {
    let (lms, secret) = a_full_organisation(engine).await;
    let (file, written) = backup(&lms).await;
    let seal = head(&lms).await;
    assert_eq!(written.head_seq, seal.seq);
    assert_eq!(written.created_at, lms.now());
    assert_eq!(
        written.rows,
        written.tables.iter().map(|table| table.rows.unsigned_abs()).sum::<u64>()
    );

    let looked_at = lms_core::read_backup(&mut file.as_slice(), &mut |_, _| ()).await.unwrap();
    assert_eq!(looked_at.tables, written.tables, "without a database too");
    assert_eq!((looked_at.rows, looked_at.head_seq), (written.rows, written.head_seq));

    for target in ENGINES.into_iter().filter(|target| asked_for(*target)) {
        let copy = open_to_restore(TestDatabase::empty(target)).await;
        let read = restore(&copy, &file).await.unwrap();
        assert_eq!(read.tables, written.tables);
        assert_eq!((read.rows, read.head_seq), (written.rows, written.head_seq));
        assert_same(&lms, &copy).await;

        assert_sound(&copy).await;
        assert_eq!(findings(&copy, Some(&seal)).await, [], "a seal of the original holds");
        let entry = newest(&copy).await;
        assert_eq!((entry.kind.as_str(), entry.seq), ("database.restored", seal.seq + 1));
        assert_eq!(entry.actor, "os:admin");
        let check = copy.database().check(&copy.admin()).await.unwrap();
        assert!(check.ok, "{:#?}", check.checks);

        // Life goes on: old tokens work, new changes chain on.
        let actor = copy.access().authenticate(&secret).await.unwrap();
        assert!(actor.may("audit.read") && !actor.may("settings.read"));
        let change = SettingsChange::new().set("grace_days", "1").unwrap();
        copy.settings().set(&copy.admin(), change).await.unwrap();
        assert_eq!(head(&copy).await.seq, seal.seq + 2);
        assert_sound(&copy).await;
    }
    assert_eq!(head(&lms).await, seal, "the original knows nothing of it");
}

async fn a_copy_of_a_copy_is_the_same(engine: Engine) {
    let (lms, _) = a_full_organisation(engine).await;
    let (file, _) = backup(&lms).await;
    let other = ENGINES.into_iter().find(|other| *other != engine && asked_for(*other));
    let copy = open_to_restore(TestDatabase::empty(other.unwrap_or(engine))).await;
    restore(&copy, &file).await.unwrap();
    let (file, _) = backup(&copy).await;
    let home = open_to_restore(TestDatabase::empty(engine)).await;
    restore(&home, &file).await.unwrap();
    assert_same(&copy, &home).await;
    assert_eq!(findings(&home, Some(&head(&lms).await)).await, []);
}

async fn a_backup_while_others_write_is_one_moment(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let stop = Arc::new(AtomicBool::new(false));
    let mut writers = Vec::new();
    for writer in 0..4 {
        let other =
            if writer % 2 == 0 { lms_core::Lms::clone(&lms) } else { another_handle(&lms).await };
        let (stop, admin) = (stop.clone(), lms.admin());
        writers.push(tokio::spawn(async move {
            let mut n_written = 0;
            while !stop.load(Ordering::Relaxed) {
                let new = NewAccount::new(&format!("w{writer}-{n_written}")).role("hr");
                other.access().add_account(&admin, new).await.unwrap();
                n_written += 1;
            }
            n_written
        }));
    }
    let mut backups = Vec::new();
    for _ in 0..5 {
        tokio::time::sleep(Duration::from_millis(30)).await;
        backups.push(backup(&lms).await);
    }
    stop.store(true, Ordering::Relaxed);
    for writer in writers {
        assert!(writer.await.unwrap() > 0);
    }
    let heads: Vec<i64> = backups.iter().map(|(_, summary)| summary.head_seq).collect();
    assert!(heads.is_sorted() && heads[0] < heads[4], "others did write: {heads:?}");

    for (file, summary) in backups {
        let copy = open_to_restore(TestDatabase::empty(engine)).await;
        restore(&copy, &file).await.unwrap();
        assert_sound(&copy).await;
        assert_eq!(head(&copy).await.seq, summary.head_seq + 1, "the restoring's own entry");
        let made = entries(&copy, AuditFilter::new().kind("account.created")).await.len();
        let usernames = crate::support::looks::usernames(&copy).await;
        assert_eq!(usernames.len(), made, "accounts and their entries are of one moment");
        let check = copy.database().check(&copy.admin()).await.unwrap();
        assert!(check.ok, "{:#?}", check.checks);
    }
}

async fn a_place_with_a_schema_and_nothing_else_will_do(engine: Engine) {
    let (lms, _) = a_full_organisation(engine).await;
    let (file, _) = backup(&lms).await;
    let copy = TestLms::fresh(engine).await;
    copy.clock().advance(Duration::from_hours(1));
    restore(&copy, &file).await.unwrap();
    assert_same(&lms, &copy).await;
    assert_sound(&copy).await;
}

async fn progress_reaches_the_end(engine: Engine) {
    let (lms, _) = a_full_organisation(engine).await;
    let (mut file, mut reports) = (Vec::new(), Vec::new());
    let summary = lms
        .database()
        .backup(&lms.admin(), &mut file, &mut |done, total| reports.push((done, total)))
        .await
        .unwrap();
    assert_eq!(reports.last(), Some(&(summary.rows, summary.rows)));
    let copy = open_to_restore(TestDatabase::empty(engine)).await;
    let mut reports = Vec::new();
    copy.database()
        .restore(&copy.admin(), &mut file.as_slice(), &mut |done, total| {
            reports.push((done, total))
        })
        .await
        .unwrap();
    assert_eq!(reports.last(), Some(&(summary.rows, summary.rows)));
    assert!(reports.is_sorted());
}

/// A job that runs here does not run there.
async fn leases_stay_behind(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let ttl = Duration::from_hours(1);
    let _held = lms.jobs().acquire("sweep", "here", ttl).await.unwrap();
    let (file, _) = backup(&lms).await;
    assert!(unpacked(&file).iter().all(|line| !line.contains("job_leases")));
    let copy = open_to_restore(TestDatabase::empty(engine)).await;
    restore(&copy, &file).await.unwrap();
    copy.jobs().acquire("sweep", "there", ttl).await.unwrap();
}
