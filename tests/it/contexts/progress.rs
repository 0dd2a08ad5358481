//! How far people are: begun in a version, gone through, passed, signed or marked, and completed in the
//! transaction of what was missing last.

use std::time::Duration;

use lms_core::testkit::TestLms;
use lms_core::{
    Actor, AttemptCard, AuditFilter, Completion, CompletionFilter, CompletionSource, Engine,
    ErrorKind, EventFilter, Grading, Item, ItemContent, Missing, Module, ModuleUpdate, NewAttempt,
    NewTraining, Points, Publishing, Result, TrainingChange, TrainingDefinition, TrainingField,
    TrainingProgress,
};
use serde_json::{Value as Json, json};

use crate::support::engines::on_both_engines;
use crate::support::learning::{assign, learner, quizzes_and_trainings, to_be_signed};
use crate::support::looks::{assert_sound, entries, events, head};
use crate::support::raw::Raw;

on_both_engines! {
    the_last_step_completes_in_its_transaction,
    percentages_rise_and_time_adds_up,
    who_began_stays_in_their_version,
    what_comes_first_is_done_first,
    time_has_to_be_spent,
    a_text_is_signed_in_its_version,
    an_instructor_says_that_it_is_done,
    whoever_grades_last_completes_as_of_the_day_of_handing_in,
    a_step_that_cannot_be_is_refused,
    the_end_of_a_time_limit_can_be_the_end_of_a_training,
    erasing_takes_words_and_leaves_figures,
}

const HOUR: Duration = Duration::from_hours(1);

/// A module with a text and, perhaps, a quiz.
fn module(title: &str, quiz: Option<&str>) -> Module {
    let mut module = Module::new(title);
    let text = ItemContent::Text { text: format!("# {title}") };
    module.items = vec![Item::new("Text", text)];
    let quiz = quiz.map(|quiz| ItemContent::Quiz { quiz: quiz.to_owned() });
    module.items.extend(quiz.map(|quiz| Item::new("Quiz", quiz)));
    module
}

async fn publish(lms: &TestLms, code: &str, definition: TrainingDefinition) {
    let (catalog, admin) = (lms.catalog(), lms.admin());
    catalog.add(&admin, NewTraining::new(code, "").definition(definition)).await.unwrap();
    catalog.publish(&admin, code, &Publishing::minor()).await.unwrap();
}

/// Ada has to do `COURSE`: a module to be read, and one with a quiz at its end.
async fn ready(engine: Engine) -> (TestLms, Actor) {
    let lms = TestLms::organisation(engine).await;
    quizzes_and_trainings(&lms).await;
    let mut definition = TrainingDefinition::new("Course");
    definition.modules = vec![module("Read", None), module("Ask", Some("FIRE"))];
    publish(&lms, "COURSE", definition).await;
    let ada = learner(&lms, "ada_l", "employee").await;
    assign(&lms, "ada_l", "COURSE").await;
    (lms, ada)
}

async fn read(lms: &TestLms, actor: &Actor, module: &str) -> Result<TrainingProgress> {
    lms.progress().update(actor, ModuleUpdate::new("COURSE", module).percent(100)).await
}

async fn take(
    lms: &TestLms,
    actor: &Actor,
    training: &str,
    quiz: &str,
    option: &str,
) -> AttemptCard {
    let begun = lms.progress().begin_attempt(actor, NewAttempt::new(training, quiz)).await.unwrap();
    let id = begun.value.attempt.id.to_string();
    let answers = answers(&begun.value, option);
    lms.progress().submit_attempt(actor, &id, Some(&answers)).await.unwrap().value
}

/// The option that says so, and a text where there is none to choose.
fn answers(card: &AttemptCard, option: &str) -> Json {
    let questions = card.sheet.sections.iter().flat_map(|section| &section.questions);
    let answers = questions.map(|question| {
        let chosen = question.options.iter().find(|known| known.text == option);
        (question.key.clone(), chosen.map_or(json!("The stairs."), |one| json!(one.key)))
    });
    Json::Object(answers.collect())
}

async fn completions(lms: &TestLms) -> Vec<Completion> {
    lms.assignments().completions(&lms.admin(), CompletionFilter::new()).await.unwrap().items
}

fn asked(module: &str) -> Missing {
    Missing::Module { module: module.to_owned() }
}

async fn the_last_step_completes_in_its_transaction(engine: Engine) {
    let (lms, ada) = ready(engine).await;
    let progress = lms.progress();
    let before = progress.show(&ada, None, "COURSE").await.unwrap();
    assert_eq!((before.started_on, before.version.to_string().as_str()), (None, "1.0"));
    let quiz = Missing::Quiz { quiz: "FIRE".to_owned() };
    assert_eq!(before.missing, [asked("read"), asked("ask"), quiz.clone()]);

    let failed = take(&lms, &ada, "COURSE", "FIRE", "Lift").await;
    assert_eq!(failed.attempt.passed, Some(false));
    let after = read(&lms, &ada, "read").await.unwrap();
    assert_eq!(after.started_on.map(|day| day.to_string()).as_deref(), Some("2026-03-31"));
    assert_eq!(after.missing, [asked("ask"), quiz.clone()]);
    let after = read(&lms, &ada, "ask").await.unwrap();
    assert_eq!(after.missing, [quiz]);
    assert!(after.modules[0].done && !after.modules[1].done);
    assert!(completions(&lms).await.is_empty());

    let passed = take(&lms, &ada, "COURSE", "FIRE", "Alarm").await;
    assert_eq!(passed.attempt.passed, Some(true));
    let done = completions(&lms).await;
    assert_eq!(done.len(), 1);
    let told = (done[0].source, done[0].score, done[0].version.as_str());
    assert_eq!(told, (CompletionSource::Quiz, Some(10_000), "1.0"));
    let all = entries(&lms, AuditFilter::new()).await;
    let kinds: Vec<&str> = all.iter().take(4).map(|entry| entry.kind.as_str()).collect();
    let expected = ["training.completed", "certificate.issued", "quiz.submitted", "quiz.begun"];
    assert_eq!(kinds, expected);
    assert_eq!(all[0].recorded_at, all[1].recorded_at, "one transaction");
    assert_eq!(events(&lms, EventFilter::new().event_type("training.started")).await.len(), 1);
    let closed = progress.show(&ada, None, "COURSE").await.unwrap();
    assert!(closed.closed_on.is_some() && closed.missing.is_empty());
    assert!(closed.modules.iter().all(|module| module.done));
    let over = read(&lms, &ada, "read").await.unwrap_err();
    assert_eq!(over.code(), "progress.not_assigned");
    assert_sound(&lms).await;
}

async fn percentages_rise_and_time_adds_up(engine: Engine) {
    let (lms, ada) = ready(engine).await;
    let progress = lms.progress();
    progress.start(&ada, None, "COURSE").await.unwrap();
    let again = progress.start(&ada, None, "course").await.unwrap();
    assert_eq!(again.operation, None);
    let before = head(&lms).await;
    let new = || ModuleUpdate::new("COURSE", "read");
    for update in [
        new().percent(40).seconds(30).position("00:30"),
        new().percent(70).seconds(30).position("01:00"),
        new().percent(20).seconds(5),
    ] {
        progress.update(&ada, update).await.unwrap();
    }
    let shown = progress.show(&ada, None, "COURSE").await.unwrap();
    let module = &shown.modules[0];
    assert_eq!((module.percent, module.seconds), (70, 65));
    assert_eq!((module.position.as_deref(), module.done), (Some("01:00"), false));
    assert_eq!((shown.seconds, shown.modules[1].percent), (65, 0));
    assert_eq!(head(&lms).await, before, "a step on the way is no operation");
}

async fn who_began_stays_in_their_version(engine: Engine) {
    let (lms, ada) = ready(engine).await;
    let (progress, catalog, admin) = (lms.progress(), lms.catalog(), lms.admin());
    progress.start(&ada, None, "COURSE").await.unwrap();
    let change = TrainingChange::new().add_module(module("More", None));
    catalog.edit(&admin, "COURSE", change).await.unwrap();
    catalog.publish(&admin, "COURSE", &Publishing::major()).await.unwrap();
    let bo = learner(&lms, "bo", "employee").await;
    assign(&lms, "bo", "COURSE").await;
    let of_bo = progress.start(&bo, None, "COURSE").await.unwrap().value;
    assert_eq!((of_bo.version.to_string().as_str(), of_bo.modules.len()), ("2.0", 3));
    let foreign = read(&lms, &ada, "more").await.unwrap_err();
    assert_eq!((foreign.code(), foreign.field()), ("progress.module_unknown", Some("module")));
    read(&lms, &ada, "read").await.unwrap();
    read(&lms, &ada, "ask").await.unwrap();
    take(&lms, &ada, "COURSE", "FIRE", "Alarm").await;
    assert_eq!(completions(&lms).await[0].version, "1.0");
}

async fn what_comes_first_is_done_first(engine: Engine) {
    let (lms, ada) = ready(engine).await;
    let progress = lms.progress();
    let mut definition = TrainingDefinition::new("Later");
    definition.modules = vec![module("Later", Some("FIRE"))];
    definition.prerequisites = vec!["COURSE".to_owned()];
    publish(&lms, "LATER", definition).await;
    assign(&lms, "ada_l", "LATER").await;
    let before = head(&lms).await;
    let update = ModuleUpdate::new("LATER", "later").percent(1);
    for refused in [
        progress.start(&ada, None, "LATER").await.map(drop),
        progress.update(&ada, update).await.map(drop),
        progress.begin_attempt(&ada, NewAttempt::new("LATER", "FIRE")).await.map(drop),
    ] {
        let refused = refused.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Refused);
        assert_eq!(refused.message(), "before `LATER` comes COURSE");
    }
    assert_eq!(head(&lms).await, before);
    read(&lms, &ada, "read").await.unwrap();
    read(&lms, &ada, "ask").await.unwrap();
    take(&lms, &ada, "COURSE", "FIRE", "Alarm").await;
    assert!(progress.start(&ada, None, "LATER").await.unwrap().operation.is_some());
}

async fn time_has_to_be_spent(engine: Engine) {
    let (lms, ada) = ready(engine).await;
    let progress = lms.progress();
    let mut definition = TrainingDefinition::new("Long");
    definition.modules = vec![module("Long", None)];
    definition.completion.minimum_minutes = Some(2);
    publish(&lms, "LONG", definition).await;
    assign(&lms, "ada_l", "LONG").await;
    let new = || ModuleUpdate::new("LONG", "long");
    let first = progress.update(&ada, new().percent(100).seconds(61)).await.unwrap();
    assert_eq!(first.missing, [Missing::Time { minutes: 1 }]);
    let second = progress.update(&ada, new().seconds(59)).await.unwrap();
    assert!(second.closed_on.is_some(), "{second:?}");
    let done = completions(&lms).await;
    assert_eq!((done[0].source, done[0].score), (CompletionSource::Learner, None));
}

async fn a_text_is_signed_in_its_version(engine: Engine) {
    let (lms, ada) = ready(engine).await;
    let progress = lms.progress();
    to_be_signed(&lms, "SIGN-101").await;
    assign(&lms, "ada_l", "SIGN-101").await;
    progress.start(&ada, None, "SIGN-101").await.unwrap();
    let change = TrainingChange::new().set(TrainingField::SignText, "Keep all doors shut.");
    lms.catalog().edit(&lms.admin(), "SIGN-101", change).await.unwrap();
    lms.catalog().publish(&lms.admin(), "SIGN-101", &Publishing::major()).await.unwrap();
    let signed = progress.sign(&ada, None, "SIGN-101").await.unwrap();
    assert!(signed.operation.is_some() && signed.value.signed_at.is_some());
    assert!(signed.value.closed_on.is_some(), "it asks for nothing else");
    assert_eq!(completions(&lms).await[0].version, "1.0", "what she read is what she signed");
    let told = events(&lms, EventFilter::new().event_type("training.signed")).await;
    assert_eq!(told[0].body["data"]["version"], "1.0");
    let nothing = progress.sign(&ada, None, "COURSE").await.unwrap_err();
    assert_eq!(nothing.code(), "progress.nothing_to_sign");
}

async fn an_instructor_says_that_it_is_done(engine: Engine) {
    let (lms, ada) = ready(engine).await;
    let progress = lms.progress();
    let mut definition = TrainingDefinition::new("Drill");
    definition.modules = vec![module("Drill", None)];
    definition.completion.marked_by_instructor = true;
    publish(&lms, "DRILL", definition).await;
    let ines = learner(&lms, "ines", "instructor").await;
    for name in ["ada_l", "ines"] {
        assign(&lms, name, "DRILL").await;
    }
    let read = ModuleUpdate::new("DRILL", "drill").percent(100);
    let waits = progress.update(&ada, read).await.unwrap();
    assert_eq!(waits.missing, [Missing::Instructor]);
    let herself = progress.mark(&ada, "ada_l", "DRILL").await.unwrap_err();
    assert_eq!(herself.kind(), ErrorKind::Forbidden);
    let herself = progress.mark(&ines, "ines", "DRILL").await.unwrap_err();
    assert_eq!((herself.code(), herself.kind()), ("progress.own_mark", ErrorKind::Refused));
    let done = progress.mark(&ines, "ada_l", "DRILL").await.unwrap();
    assert!(done.closed_on.is_some());
    assert_eq!(completions(&lms).await[0].source, CompletionSource::Instructor);
    let again = progress.mark(&ines, "ada_l", "DRILL").await.unwrap_err();
    assert_eq!(again.code(), "progress.not_assigned");
}

async fn whoever_grades_last_completes_as_of_the_day_of_handing_in(engine: Engine) {
    let (lms, ada) = ready(engine).await;
    let ines = learner(&lms, "ines", "instructor").await;
    assign(&lms, "ada_l", "WAYS-101").await;
    let waiting = take(&lms, &ada, "WAYS-101", "WAYS", "Alarm").await;
    assert_eq!(waiting.attempt.passed, None);
    assert!(completions(&lms).await.is_empty());
    lms.clock().advance(72 * HOUR);
    let id = waiting.attempt.id.to_string();
    let grading = Grading::new().points(2, Points::parse("2.5").unwrap(), None);
    lms.progress().grade_attempt(&ines, &id, grading).await.unwrap();
    let done = completions(&lms).await;
    assert_eq!((done[0].training.as_str(), done[0].score), ("WAYS-101", Some(8_750)));
    assert_eq!(done[0].completed_on.to_string(), "2026-03-31", "nobody is late for a slow grader");
    let all = entries(&lms, AuditFilter::new()).await;
    let kinds: Vec<&str> = all.iter().take(3).map(|entry| entry.kind.as_str()).collect();
    assert_eq!(kinds, ["training.completed", "certificate.issued", "quiz.graded"]);
    assert_eq!(all[0].recorded_at, all[1].recorded_at);
}

async fn a_step_that_cannot_be_is_refused(engine: Engine) {
    let (lms, ada) = ready(engine).await;
    let progress = lms.progress();
    let new = || ModuleUpdate::new("COURSE", "read");
    for (update, field) in [
        (new().percent(101), "percent"),
        (new().percent(-1), "percent"),
        (new().seconds(-1), "seconds"),
        (new().seconds(86_401), "seconds"),
        (new().position(&"x".repeat(201)), "position"),
    ] {
        let refused = progress.update(&ada, update).await.unwrap_err();
        assert_eq!((refused.code(), refused.field()), ("progress.invalid", Some(field)));
    }
    let misspelt = progress.update(&ada, ModuleUpdate::new("COURSE", "raed")).await.unwrap_err();
    assert_eq!(misspelt.hints()[0], "did you mean `read`?");
    let nothing = progress.show(&ada, None, "FIRE-101").await.unwrap_err();
    assert_eq!(nothing.code(), "progress.not_assigned");
    let bo = learner(&lms, "bo", "employee").await;
    let foreign = progress.show(&bo, Some("ada_l"), "COURSE").await.unwrap_err();
    assert_eq!(foreign.code(), "people.person_unknown");
    let foreign = progress.update(&bo, new().person("ada_l").percent(1)).await.unwrap_err();
    assert_eq!(foreign.code(), "people.person_unknown");
    assert_eq!(progress.show(&ada, None, "COURSE").await.unwrap().started_on, None);
}

async fn the_end_of_a_time_limit_can_be_the_end_of_a_training(engine: Engine) {
    let (lms, ada) = ready(engine).await;
    let (progress, admin) = (lms.progress(), lms.admin());
    let change = lms_core::QuizChange::new().set("time_limit_minutes", 10);
    lms.quizzes().edit_quiz(&admin, "FIRE", change).await.unwrap();
    for module in ["read", "ask"] {
        read(&lms, &ada, module).await.unwrap();
    }
    let begun =
        progress.begin_attempt(&ada, NewAttempt::new("COURSE", "FIRE")).await.unwrap().value;
    let id = begun.attempt.id.to_string();
    progress.save_answers(&ada, &id, &answers(&begun, "Alarm")).await.unwrap();
    lms.clock().advance(48 * HOUR);
    let shown = progress.show(&admin, Some("ada_l"), "COURSE").await.unwrap();
    assert!(shown.closed_on.is_some(), "whoever looks finds it done");
    let done = completions(&lms).await;
    assert_eq!(done[0].completed_on.to_string(), "2026-03-31");
    assert_sound(&lms).await;
}

async fn erasing_takes_words_and_leaves_figures(engine: Engine) {
    let (lms, ada) = ready(engine).await;
    assign(&lms, "ada_l", "WAYS-101").await;
    let waiting = take(&lms, &ada, "WAYS-101", "WAYS", "Alarm").await;
    let id = waiting.attempt.id.to_string();
    let grading = Grading::new().points(2, Points::ONE, Some("Kim, think of the roof."));
    lms.progress().grade_attempt(&lms.admin(), &id, grading).await.unwrap();
    let update = ModuleUpdate::new("COURSE", "read").percent(50).position("Kim's bookmark");
    lms.progress().update(&ada, update).await.unwrap();
    let today = lms_core::Day::parse("2026-03-31").unwrap();
    let _ = lms.people().deactivate(&lms.admin(), "ada_l", today, None).await;
    lms.people().erase(&lms.admin(), "ada_l", None).await.unwrap();
    let card = lms.progress().attempt(&lms.admin(), &id).await.unwrap();
    assert!(card.answers.is_empty() && card.graded.iter().all(|graded| graded.comment.is_none()));
    assert_eq!(card.attempt.points, Some(Points::parse("2").unwrap()));
    let mut raw = Raw::open(lms.place()).await;
    let rows = raw.texts("SELECT COALESCE(position, 'none') FROM module_progress").await;
    assert_eq!(rows, ["none"]);
    assert_sound(&lms).await;
}
