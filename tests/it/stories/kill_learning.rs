//! Processes that are killed while they say who has to learn what, or keep how far people are.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use lms_core::{
    Actor, Audience, Engine, Item, ItemContent, Lms, Module, NewAssignments, NewPerson,
    NewTraining, PersonField, Publishing, TrainingDefinition,
};
use serde_json::json;
use tokio::task::JoinSet;

use super::kill::{Killer, kill, random};
use super::server::{Server, read};
use super::{Place, rounds};
use crate::support::engines::on_both_engines;

on_both_engines! {
    a_killed_assignment_is_whole_or_not_at_all,
    a_killed_unassignment_is_whole_or_not_at_all,
    a_killed_completion_of_many_is_whole_or_not_at_all,
    a_killed_server_keeps_the_progress_that_it_acknowledged,
}

const ASSIGN: &[&str] = &["assign", "DRILL", "--status", "*", "--due", "2099-12-31", "--quiet"];
const UNASSIGN: &[&str] = &["unassign", "DRILL", "--status", "*", "--quiet"];
const COMPLETE: &[&str] = &["complete", "add", "DRILL", "--status", "*", "--quiet"];

/// What is believed now, but for ids and instants, which differ from run to run.
const STATE: [&str; 4] = [
    // The newest word on each rule; one that was removed is as one that never was.
    "SELECT r.code || ' ' || p.status FROM rules r JOIN rule_periods p ON p.rule_id = r.id
     WHERE p.status <> 'removed' AND p.recorded_at =
           (SELECT MAX(q.recorded_at) FROM rule_periods q WHERE q.rule_id = r.id) ORDER BY 1",
    "SELECT kind || ' ' || COALESCE(CAST(due_on AS TEXT), '-') || ' ' || CAST(COUNT(*) AS TEXT) || ' '
            || CAST(COUNT(DISTINCT person_id) AS TEXT) FROM assignments
     WHERE retracted_at IS NULL AND closed_on IS NULL GROUP BY kind, due_on ORDER BY 1",
    "SELECT r.source || ' ' || CAST(COUNT(*) AS TEXT) FROM assignment_reasons r
     JOIN assignments a ON a.id = r.assignment_id AND a.retracted_at IS NULL AND a.closed_on IS NULL
     WHERE r.retracted_at IS NULL AND r.removed_on IS NULL GROUP BY r.source ORDER BY 1",
    "SELECT CAST(completed_on AS TEXT) || ' ' || CAST(COUNT(*) AS TEXT) FROM completions
     WHERE retracted_at IS NULL AND revoked_on IS NULL GROUP BY completed_on ORDER BY 1",
];

/// An organisation of so many people, and a training that consists of a text.
pub(super) async fn with_people(engine: Engine, n_people: usize) -> (Place, String) {
    let (place, token) = Place::organisation(engine);
    let lms = Lms::open(place.0.url()).await.unwrap();
    let actor = Actor::os_user("ada");
    let person = |n| NewPerson::new("Kim", &format!("No {n}")).set(PersonField::Username, &name(n));
    lms.people().add(&actor, (0..n_people).map(person).collect()).await.unwrap();
    let mut definition = TrainingDefinition::new("Drill");
    let mut module = Module::new("Read");
    let text = ItemContent::Text { text: "Run.".to_owned() };
    module.items = vec![Item::new("Text", text)];
    definition.modules = vec![module];
    let catalog = lms.catalog();
    catalog.add(&actor, NewTraining::new("DRILL", "").definition(definition)).await.unwrap();
    catalog.publish(&actor, "DRILL", &Publishing::minor()).await.unwrap();
    lms.close().await;
    (place, token)
}

fn name(n: usize) -> String {
    format!("person_{n}")
}

/// Something that is done to everybody, killed again and again, and what takes it back.
pub(super) struct Disturbed<'a> {
    pub(super) place: &'a Place,
    pub(super) what: &'static str,
    pub(super) forth: &'a [&'a str],
    pub(super) back: &'a dyn Fn(),
    /// Whether doing it a second time changes nothing.
    pub(super) is_idempotent: bool,
}

impl Disturbed<'_> {
    /// Kills it at any moment. What is left is the state before or the one after, sound; and running
    /// it again ends in what an undisturbed run ends in.
    pub(super) fn kill(&self, engine: Engine) {
        let before = self.place.told(&STATE);
        let entries = self.place.entries_of_sound_database();
        self.place.must(self.forth);
        let after = self.place.told(&STATE);
        assert_ne!(before, after, "{} does something", self.what);
        let n_operations = self.place.entries_of_sound_database() - entries;
        let call = || -> Command {
            if self.place.told(&STATE) != before {
                (self.back)();
            }
            assert_eq!(self.place.told(&STATE), before, "{} was taken back", self.what);
            self.place.call(self.forth)
        };
        let killer = Killer::new(engine, self.what, call);
        let entries = || self.place.entries_of_sound_database();
        killer.kill(
            || {
                let call = call();
                (entries(), call)
            },
            |entries_before, _| {
                self.place.settle();
                self.place.end_leases();
                let found = self.place.told(&STATE);
                let was_done = found == after;
                assert!(was_done || found == before, "half of it: {found:?}");
                let expected = entries_before + if was_done { n_operations } else { 0 };
                assert_eq!(entries(), expected);
                if !was_done || self.is_idempotent {
                    self.place.must(self.forth);
                }
                assert_eq!(self.place.told(&STATE), after, "run again");
                assert_eq!(entries(), entries_before + n_operations, "done once");
                was_done
            },
        );
    }
}

async fn a_killed_assignment_is_whole_or_not_at_all(engine: Engine) {
    let (place, _) = with_people(engine, 400).await;
    let back = || drop(place.must(UNASSIGN));
    let what = "assign";
    Disturbed { place: &place, what, forth: ASSIGN, back: &back, is_idempotent: true }.kill(engine);
}

async fn a_killed_unassignment_is_whole_or_not_at_all(engine: Engine) {
    let (place, _) = with_people(engine, 400).await;
    place.must(ASSIGN);
    let back = || drop(place.must(ASSIGN));
    let what = "unassign";
    Disturbed { place: &place, what, forth: UNASSIGN, back: &back, is_idempotent: true }
        .kill(engine);
}

async fn a_killed_completion_of_many_is_whole_or_not_at_all(engine: Engine) {
    let (place, _) = with_people(engine, 400).await;
    place.must(ASSIGN);
    let back = || {
        let last = place.json(&["batch", "list", "--limit", "1"]);
        let seq = last["items"][0]["seq"].as_u64().expect("a number").to_string();
        place.must(&["batch", "undo", &seq, "--quiet"]);
    };
    // Somebody may do a training twice in a day, and then there are two completions.
    let what = "complete add";
    Disturbed { place: &place, what, forth: COMPLETE, back: &back, is_idempotent: false }
        .kill(engine);
}

/// Somebody who learns, second by second, and sends again what was not answered.
#[derive(Debug, Clone, Copy, Default)]
struct Learner {
    acknowledged: i64,
    /// Whether an update after those is on its way, and nobody knows how far it came.
    is_unanswered: bool,
}

async fn a_killed_server_keeps_the_progress_that_it_acknowledged(engine: Engine) {
    const LEARNERS: usize = 16;
    let (place, token) = with_people(engine, LEARNERS).await;
    let lms = Lms::open(place.0.url()).await.unwrap();
    let actor = Actor::os_user("ada");
    let new = NewAssignments::to(Audience::everybody()).training("DRILL");
    let plan = lms.assignments().plan_assign(&actor, new).await.unwrap();
    lms.assignments().assign(&actor, plan).await.unwrap();
    for n in 0..LEARNERS {
        lms.progress().start(&actor, Some(&name(n)), "DRILL").await.unwrap();
    }
    let mut learners = [Learner::default(); LEARNERS];
    let (rounds, mut unanswered) = (rounds(3), 0);
    for _ in 0..rounds {
        let before: i64 = learners.iter().map(|learner| learner.acknowledged).sum();
        let server = Server::start(&place);
        // In the midst of them, however fast the machine is: after so many were acknowledged.
        let answered = Arc::new(AtomicU64::new(0));
        let (enough, count) =
            (16 + Duration::from_secs(300).mul_f64(random()).as_secs(), Arc::clone(&answered));
        let killing = server.id();
        let killed = tokio::spawn(async move {
            for _ in 0..60_000 {
                if count.load(Ordering::Relaxed) >= enough {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            kill(killing);
        });
        let client = crate::support::web::client();
        let mut all = JoinSet::new();
        for (n, learner) in learners.into_iter().enumerate() {
            let (client, url, token) =
                (client.clone(), server.url("progress/video/update"), token.clone());
            let (answered, mut learner) = (Arc::clone(&answered), learner);
            all.spawn(async move {
                while send(&client, &url, &token, n, &mut learner).await.is_ok() {
                    answered.fetch_add(1, Ordering::Relaxed);
                }
                (n, learner)
            });
        }
        while let Some(learner) = all.join_next().await {
            let (n, learner) = learner.expect("no learner panics");
            learners[n] = learner;
        }
        killed.await.unwrap();
        drop(server);
        place.settle();
        for (n, learner) in learners.iter().enumerate() {
            let shown = lms.progress().show(&actor, Some(&name(n)), "DRILL").await.unwrap();
            let most = learner.acknowledged + i64::from(learner.is_unanswered);
            let range = learner.acknowledged..=most;
            assert!(range.contains(&shown.seconds), "{} of {range:?}", shown.seconds);
            unanswered += u32::from(learner.is_unanswered);
        }
        let after: i64 = learners.iter().map(|learner| learner.acknowledged).sum();
        assert!(after > before, "the server was killed before it did anything");
    }
    assert!(unanswered > 0, "nothing was on its way when the server was killed");
    // What was sent again because nobody answered counts once.
    let server = Server::start(&place);
    for (n, learner) in learners.iter_mut().enumerate() {
        let client = crate::support::web::client();
        let sent = send(&client, &server.url("progress/video/update"), &token, n, learner).await;
        sent.expect("the server is there");
        let shown = lms.progress().show(&actor, Some(&name(n)), "DRILL").await.unwrap();
        assert_eq!(shown.seconds, learner.acknowledged);
    }
    server.stop();
    lms.close().await;
    place.entries_of_sound_database();
    let kept: i64 = learners.iter().map(|learner| learner.acknowledged).sum();
    println!(
        "{engine}: {rounds} kills of `serve` among {kept} acknowledged updates of progress, all kept; \
         {unanswered} were on their way, and sent again count once"
    );
}

/// Sends the next second, or again the one that was not answered.
async fn send(
    client: &reqwest::Client,
    url: &str,
    token: &str,
    n: usize,
    learner: &mut Learner,
) -> Result<(), String> {
    let number = learner.acknowledged + 1;
    let update = json!({
        "training": "DRILL",
        "module": "read",
        "person": name(n),
        "percent": 50,
        "seconds": 1,
        "position": format!("{number} s"),
        "update_id": format!("{n}/{number}"),
    });
    learner.is_unanswered = true;
    let sent = client.post(url).bearer_auth(token).json(&update).send().await;
    read(sent).await.inspect_err(|complaint| {
        assert!(complaint.contains("answer: "), "the server refused: {complaint}");
    })?;
    *learner = Learner { acknowledged: number, is_unanswered: false };
    Ok(())
}
