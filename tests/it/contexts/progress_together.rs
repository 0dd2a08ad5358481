//! Steps of many people that come at once: they share commits, and nobody notices but by the time.

use std::time::Duration;

use lms_core::testkit::{TestDatabase, TestLms};
use lms_core::{
    Actor, Audience, CompletionFilter, Engine, EventFilter, Item, ItemContent, Lms, Module,
    ModuleUpdate, NewAssignments, NewPerson, NewTraining, PersonField, Publishing, Result,
    SchemaMode, TrainingDefinition, TrainingProgress,
};
use tokio::task::JoinHandle;

use crate::support::engines::on_both_engines;
use crate::support::learning::{assign, learner};
use crate::support::looks::{another_handle, assert_sound, events, head, os_admin};
use crate::support::raw::Raw;

on_both_engines! {
    steps_that_come_at_once_are_all_kept_and_share_commits,
    one_that_cannot_be_fails_alone,
    a_repeat_is_answered_and_counts_for_nothing,
    whoever_comes_to_the_end_completes_in_a_transaction_of_their_own,
    what_waits_is_written_before_the_database_is_closed,
    a_caller_who_goes_away_disturbs_nobody,
    two_handles_on_one_database_add_up,
}

const PEOPLE: usize = 24;

fn name(n: usize) -> String {
    format!("person_{n}")
}

/// `COURSE`, of two modules to be read, which everybody has begun.
async fn begun(engine: Engine) -> TestLms {
    let lms = TestLms::organisation(engine).await;
    let (admin, people) = (lms.admin(), lms.people());
    let person = |n| NewPerson::new("Kim", &name(n)).set(PersonField::Username, &name(n));
    people.add(&admin, (0..PEOPLE).map(person).collect()).await.unwrap();
    let mut definition = TrainingDefinition::new("Course");
    definition.modules = ["Read", "Look"].map(module).to_vec();
    let (catalog, assignments) = (lms.catalog(), lms.assignments());
    catalog.add(&admin, NewTraining::new("COURSE", "").definition(definition)).await.unwrap();
    catalog.publish(&admin, "COURSE", &Publishing::minor()).await.unwrap();
    let new = NewAssignments::to(Audience::everybody()).training("COURSE");
    let plan = assignments.plan_assign(&admin, new).await.unwrap();
    assignments.assign(&admin, plan).await.unwrap();
    for n in 0..PEOPLE {
        lms.progress().start(&admin, Some(&name(n)), "COURSE").await.unwrap();
    }
    lms
}

fn module(title: &str) -> Module {
    let mut module = Module::new(title);
    let text = ItemContent::Text { text: format!("# {title}") };
    module.items = vec![Item::new("Text", text)];
    module
}

fn step(n: usize) -> ModuleUpdate {
    ModuleUpdate::new("COURSE", "read").person(&name(n))
}

/// An update that is sent now and answered some time.
fn send(lms: &Lms, actor: &Actor, update: ModuleUpdate) -> JoinHandle<Result<TrainingProgress>> {
    let (lms, actor) = (lms.clone(), actor.clone());
    tokio::spawn(async move { lms.progress().update(&actor, update).await })
}

async fn shown(lms: &Lms, n: usize) -> TrainingProgress {
    lms.progress().show(&os_admin(), Some(&name(n)), "COURSE").await.unwrap()
}

/// Somebody else who writes, so that everybody else waits.
struct OtherWriter(Raw);

impl OtherWriter {
    async fn begin(place: &TestDatabase) -> Self {
        let mut raw = Raw::open(place).await;
        match place.url().rsplit_once("schema=") {
            None => raw.run("BEGIN IMMEDIATE").await,
            Some((_, schema)) => {
                raw.run("BEGIN").await;
                raw.run(format!(
                    "SELECT pg_advisory_xact_lock(hashtextextended('lms/' || current_database() || \
                     '/{schema}', 0))"
                ))
                .await
            }
        };
        Self(raw)
    }

    /// Lets the others go on, after they had time to queue up.
    async fn end(mut self) {
        tokio::time::sleep(Duration::from_secs(1)).await;
        self.0.run("ROLLBACK").await;
    }
}

async fn steps_that_come_at_once_are_all_kept_and_share_commits(engine: Engine) {
    let lms = begun(engine).await;
    let before = head(&lms).await;
    let other = OtherWriter::begin(lms.place()).await;
    let first: Vec<_> = (0..PEOPLE)
        .map(|n| send(&lms, &lms.admin(), step(n).percent(10).seconds(30).position("00:30")))
        .collect();
    other.end().await;
    for sent in first {
        let told = sent.await.unwrap().unwrap();
        assert_eq!((told.seconds, told.modules[0].percent), (30, 10));
    }
    if engine == Engine::Postgres {
        // Rows of one transaction bear its number.
        let mut raw = Raw::open(lms.place()).await;
        let commits = "SELECT CAST(COUNT(DISTINCT xmin::text) AS TEXT) FROM module_progress";
        let commits: usize = raw.texts(commits).await[0].parse().unwrap();
        assert!(commits <= PEOPLE / 2, "{commits} commits for {PEOPLE} steps");
    }
    let more = (0..PEOPLE).flat_map(|n| [(n, 20, 5), (n, 15, 5), (n, 40, 5), (n, 5, 5)]);
    let more: Vec<_> = more
        .map(|(n, percent, seconds)| {
            send(&lms, &lms.admin(), step(n).percent(percent).seconds(seconds))
        })
        .collect();
    for sent in more {
        sent.await.unwrap().unwrap();
    }
    for n in 0..PEOPLE {
        let told = shown(&lms, n).await;
        let module = &told.modules[0];
        assert_eq!((module.percent, module.seconds), (40, 50), "{}", name(n));
        assert_eq!(module.position.as_deref(), Some("00:30"));
    }
    assert_eq!(head(&lms).await, before, "steps on the way are no operations");
}

async fn one_that_cannot_be_fails_alone(engine: Engine) {
    let lms = begun(engine).await;
    let admin = lms.admin();
    let ada = learner(&lms, "ada_l", "employee").await;
    let other = OtherWriter::begin(lms.place()).await;
    let good: Vec<_> =
        (0..PEOPLE).map(|n| send(&lms, &admin, step(n).percent(50).seconds(7))).collect();
    let of = |training: &str, module: &str| ModuleUpdate::new(training, module).person(&name(0));
    let bad = [
        (of("COURSE", "raed"), Some("progress.module_unknown")),
        (of("CUORSE", "read"), Some("catalog.training_unknown")),
        (of("COURSE", "read").percent(101), Some("progress.invalid")),
        (of("COURSE", "read").position("a\u{0}b"), Some("progress.invalid")),
        (of("COURSE", "read").update_id(""), Some("progress.invalid")),
        (of("COURSE", "read").person("nobody"), Some("people.person_unknown")),
        // What a database cannot even be asked for.
        (of("CO\u{0}URSE", "read"), None),
    ];
    let bad: Vec<_> =
        bad.into_iter().map(|(update, code)| (send(&lms, &admin, update), code)).collect();
    let not_hers = send(&lms, &ada, ModuleUpdate::new("COURSE", "read").percent(1));
    other.end().await;
    for sent in good {
        assert_eq!(sent.await.unwrap().unwrap().modules[0].percent, 50);
    }
    for (sent, code) in bad {
        let refused = sent.await.unwrap().unwrap_err();
        assert!(code.is_none_or(|code| code == refused.code()), "{refused:?}");
    }
    assert_eq!(not_hers.await.unwrap().unwrap_err().code(), "progress.not_assigned");
    for n in 0..PEOPLE {
        assert_eq!(shown(&lms, n).await.seconds, 7);
    }
}

async fn a_repeat_is_answered_and_counts_for_nothing(engine: Engine) {
    let lms = begun(engine).await;
    let admin = lms.admin();
    let numbered = |id: &str| step(0).percent(10).seconds(30).update_id(id);
    let other = OtherWriter::begin(lms.place()).await;
    let sent: Vec<_> = (0..20).map(|_| send(&lms, &admin, numbered("first"))).collect();
    other.end().await;
    for sent in sent {
        assert_eq!(sent.await.unwrap().unwrap().seconds, 30);
    }
    let again = lms.progress().update(&admin, numbered("first").percent(90)).await.unwrap();
    assert_eq!((again.seconds, again.modules[0].percent), (30, 10), "as it was answered before");
    assert_eq!(lms.progress().update(&admin, numbered("second")).await.unwrap().seconds, 60);
    let elsewhere = ModuleUpdate::new("COURSE", "look").person(&name(0)).percent(100);
    let elsewhere = elsewhere.seconds(1).update_id("first");
    assert_eq!(lms.progress().update(&admin, elsewhere).await.unwrap().seconds, 61);

    let last = || step(0).percent(100).seconds(30).update_id("last");
    let done = lms.progress().update(&admin, last()).await.unwrap();
    assert!(done.closed_on.is_some());
    let before = head(&lms).await;
    let again = lms.progress().update(&admin, last()).await.unwrap();
    assert_eq!(again, done, "it was the last one, and nothing is open any more");
    assert_eq!(head(&lms).await, before);
    let over = lms.progress().update(&admin, step(0).update_id("new")).await.unwrap_err();
    assert_eq!(over.code(), "progress.not_assigned");
}

async fn whoever_comes_to_the_end_completes_in_a_transaction_of_their_own(engine: Engine) {
    let lms = begun(engine).await;
    let admin = lms.admin();
    let ada = learner(&lms, "ada_l", "employee").await;
    assign(&lms, "ada_l", "COURSE").await;
    for n in 0..PEOPLE / 2 {
        let look = ModuleUpdate::new("COURSE", "look").person(&name(n)).percent(100);
        lms.progress().update(&admin, look).await.unwrap();
    }
    let other = OtherWriter::begin(lms.place()).await;
    let sent: Vec<_> = (0..PEOPLE)
        .flat_map(|n| [step(n).percent(100).seconds(9), step(n).seconds(1)])
        .map(|update| send(&lms, &admin, update))
        .collect();
    let begins = send(&lms, &ada, ModuleUpdate::new("COURSE", "read").percent(30));
    other.end().await;
    let mut answers = Vec::new();
    for sent in sent {
        answers.push(sent.await.unwrap());
    }
    for (n, of_person) in answers.chunks(2).enumerate() {
        let is_done = n < PEOPLE / 2;
        let last = of_person[0].as_ref().unwrap();
        assert_eq!((last.closed_on.is_some(), last.modules[0].percent), (is_done, 100), "{n}");
        // Whichever of the two was first: after the end there is nothing to be noted.
        match &of_person[1] {
            Ok(told) => assert!(told.seconds == 1 || told.seconds == 10, "{told:?}"),
            Err(refused) => assert!(is_done && refused.code() == "progress.not_assigned"),
        }
        let expected = 9 + i64::from(of_person[1].is_ok());
        assert_eq!(shown(&lms, n).await.seconds, expected, "what was acknowledged is there");
    }
    let ada = begins.await.unwrap().unwrap();
    assert!(ada.started_on.is_some() && ada.modules[0].percent == 30);
    let all = CompletionFilter::new().limit(100);
    let completions = lms.assignments().completions(&admin, all).await.unwrap();
    assert_eq!(completions.items.len(), PEOPLE / 2);
    let told = events(&lms, EventFilter::new().event_type("training.completed")).await;
    assert_eq!(told.len(), PEOPLE / 2);
    assert_sound(&lms).await;
}

async fn what_waits_is_written_before_the_database_is_closed(engine: Engine) {
    let lms = begun(engine).await;
    let other = OtherWriter::begin(lms.place()).await;
    let sent: Vec<_> = (0..PEOPLE).map(|n| send(&lms, &lms.admin(), step(n).seconds(30))).collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let closing = {
        let lms = Lms::clone(&lms);
        tokio::spawn(async move { lms.close().await })
    };
    other.end().await;
    closing.await.unwrap();
    for sent in sent {
        assert_eq!(sent.await.unwrap().unwrap().seconds, 30);
    }
    let refused = lms.progress().update(&lms.admin(), step(0)).await;
    assert!(refused.is_err(), "it is closed");
    let opened = Lms::builder(lms.place().url()).schema_mode(SchemaMode::Refuse);
    let opened = opened.open().await.unwrap();
    for n in 0..PEOPLE {
        assert_eq!(shown(&opened, n).await.seconds, 30);
    }
}

async fn a_caller_who_goes_away_disturbs_nobody(engine: Engine) {
    let lms = begun(engine).await;
    let admin = lms.admin();
    let other = OtherWriter::begin(lms.place()).await;
    let mut sent: Vec<_> = (0..PEOPLE).map(|n| send(&lms, &admin, step(n).seconds(30))).collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let gone: Vec<_> = sent.drain(..PEOPLE / 2).collect();
    for caller in &gone {
        caller.abort();
    }
    other.end().await;
    for sent in sent {
        assert_eq!(sent.await.unwrap().unwrap().seconds, 30);
    }
    for n in 0..PEOPLE / 2 {
        let told = lms.progress().update(&admin, step(n).seconds(1)).await.unwrap();
        assert!([1, 31].contains(&told.seconds), "all of it, or nothing: {}", told.seconds);
    }
}

async fn two_handles_on_one_database_add_up(engine: Engine) {
    let lms = begun(engine).await;
    let second = another_handle(&lms).await;
    let sent: Vec<_> = (0..PEOPLE)
        .flat_map(|n| [(&*lms, n), (&second, n), (&*lms, n), (&second, n)])
        .map(|(handle, n)| send(handle, &os_admin(), step(n).seconds(3)))
        .collect();
    for sent in sent {
        sent.await.unwrap().unwrap();
    }
    for n in 0..PEOPLE {
        assert_eq!(shown(&lms, n).await.seconds, 12);
    }
}
