//! Processes that are killed at any moment of their work.

use std::hash::{BuildHasher, Hasher};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use lms_core::{
    Actor, Engine, Lms, NewPerson, NewUnit, PersonChange, PersonField, PersonFilter,
    SettingsChange, UnitKind,
};

use super::server::Server;
use super::{Place, rounds, spawn, succeeded, timed, was_killed};
use crate::support::engines::on_both_engines;

on_both_engines! {
    a_killed_migration_is_completed_by_the_next,
    a_killed_change_is_whole_or_not_at_all,
    a_killed_undo_is_whole_or_not_at_all,
    a_killed_restore_is_whole_or_not_at_all,
    a_killed_server_keeps_what_it_acknowledged,
}

/// Kills at moments that lie all over the time that the work takes when it is left alone.
pub(super) struct Killer {
    engine: Engine,
    what: &'static str,
    undisturbed: Duration,
    kills: u32,
    /// Times that the work was done before the kill came. They do not count.
    missed: u32,
    /// Kills after which the work was found done.
    done: u32,
}

impl Killer {
    /// Measures the work on places that `call` makes.
    pub(super) fn new(
        engine: Engine,
        what: &'static str,
        mut call: impl FnMut() -> Command,
    ) -> Self {
        let mut times: Vec<Duration> = (0..3)
            .map(|_| {
                let mut call = call();
                let (took, output) = timed(|| call.output().expect("`lmsctl` starts"));
                succeeded(what, output);
                took
            })
            .collect();
        times.sort();
        Self { engine, what, undisturbed: times[1], kills: rounds(10), missed: 0, done: 0 }
    }

    /// For each kill: lets `work` begin, kills it, and hands what it left to `look`, which says
    /// whether the work was done.
    pub(super) fn kill<W>(
        mut self,
        mut work: impl FnMut() -> (W, Command),
        mut look: impl FnMut(W, &Output) -> bool,
    ) {
        let mut killed = 0;
        while killed < self.kills {
            let part = (f64::from(killed) + random()) / f64::from(self.kills);
            let moment = self.undisturbed.mul_f64(part);
            let (place, mut command) = work();
            let mut process = spawn(&mut command);
            std::thread::sleep(moment);
            process.kill().expect("a process can be killed");
            let output = process.wait_with_output().expect("it ends");
            let done = look(place, &output);
            if was_killed(&output) {
                killed += 1;
                self.done += u32::from(done);
            } else {
                succeeded(self.what, output);
                assert!(done, "what succeeded is done");
                self.missed += 1;
                // The machine is faster now than it was.
                self.undisturbed = moment;
                assert!(self.missed < 20 * self.kills, "{}: nothing was hit", self.what);
            }
        }
        println!(
            "{}: {killed} kills of `{}`, which takes {:.0} ms: {} before its commit, {} after it; \
             {} rounds hit nothing and do not count",
            self.engine,
            self.what,
            self.undisturbed.as_secs_f64() * 1000.0,
            killed - self.done,
            self.done,
            self.missed
        );
    }
}

/// From 0 to 1, another one each time.
pub(super) fn random() -> f64 {
    let state = std::collections::hash_map::RandomState::new();
    f64::from((state.build_hasher().finish() >> 32) as u32) / f64::from(u32::MAX)
}

async fn a_killed_migration_is_completed_by_the_next(engine: Engine) {
    let migrate = ["db", "migrate"];
    let killer = {
        let mut places = Vec::new();
        Killer::new(engine, "db migrate", || {
            places.push(Place::empty(engine));
            places[places.len() - 1].call(&migrate)
        })
    };
    killer.kill(
        || {
            let place = Place::empty(engine);
            let call = place.call(&migrate);
            (place, call)
        },
        |place, _| {
            let outcome = place.json(&migrate);
            let was_done = outcome["applied"].as_array().expect("a list").is_empty();
            place.assert_migrated_once();
            was_done
        },
    );
}

async fn a_killed_change_is_whole_or_not_at_all(engine: Engine) {
    let (place, _) = Place::organisation(engine);
    let mut version = 1;
    let killer = Killer::new(engine, "settings set", || {
        version += 1;
        place.call(&["settings", "set", &format!("name=version {version}")])
    });
    let version = std::cell::Cell::new(version);
    let before = place.entries_of_sound_database() - version.get();
    killer.kill(
        || {
            let next = format!("name=version {}", version.get() + 1);
            ((), place.call(&["settings", "set", &next]))
        },
        |(), _| {
            place.settle();
            let settings = place.json(&["settings", "show"]);
            let found = settings["version"].as_u64().expect("a number");
            let was_done = found == version.get() + 1;
            assert!(was_done || found == version.get(), "{settings}");
            assert_eq!(settings["name"], format!("version {found}"));
            version.set(found);
            let verified = place.json(&["audit", "verify"]);
            assert_eq!(verified["entries"], before + found, "{verified}");
            was_done
        },
    );
    place.must(&["db", "check"]);
}

async fn a_killed_undo_is_whole_or_not_at_all(engine: Engine) {
    const PEOPLE: u64 = 300;
    let (place, _) = Place::organisation(engine);
    move_everybody(&place, PEOPLE).await;
    // Each undo is taken back by the next one, so that there is always one to kill.
    let last = || place.json(&["batch", "list", "--limit", "1"])["items"][0].clone();
    let seq_of = |batch: &serde_json::Value| batch["seq"].as_u64().expect("a number").to_string();
    let killer = Killer::new(engine, "batch undo", || {
        place.call(&["batch", "undo", &seq_of(&last()), "--quiet"])
    });
    let in_lisbon = || {
        let list = place.json(&["person", "list", "--location", "LIS", "--limit", "1", "--total"]);
        list["total"].as_u64().expect("a number")
    };
    let moved = std::cell::Cell::new(in_lisbon());
    let mut entries = place.entries_of_sound_database();
    killer.kill(
        || {
            let batch = last();
            let call = place.call(&["batch", "undo", &seq_of(&batch)]);
            (batch, call)
        },
        |batch, _| {
            place.settle();
            let was_done = last()["seq"] != batch["seq"];
            if was_done {
                assert_eq!(last()["undoes"], batch["seq"]);
                moved.set(PEOPLE - moved.get());
            }
            assert_eq!(in_lisbon(), moved.get(), "all of them, or nobody");
            let found = place.entries_of_sound_database();
            assert_eq!(found, entries + u64::from(was_done));
            entries = found;
            was_done
        },
    );
}

/// Hires this many people in Berlin, and moves them to Lisbon at once.
async fn move_everybody(place: &Place, n_people: u64) {
    let lms = Lms::open(place.0.url()).await.unwrap();
    let (people, actor) = (lms.people(), Actor::os_user("ada"));
    let location = |code: &str, name: &str| NewUnit::new(UnitKind::Location, code, name);
    let places = vec![location("BER", "Berlin"), location("LIS", "Lisbon")];
    people.add_units(&actor, places).await.unwrap();
    let hire = |n| NewPerson::new("Hire", &format!("No {n}")).set(PersonField::Location, "BER");
    people.add(&actor, (0..n_people).map(hire).collect()).await.unwrap();
    let change = PersonChange::new().set(PersonField::Location, "LIS");
    let plan = people.plan_edit_all(&actor, PersonFilter::new(), change).await.unwrap();
    people.edit_all(&actor, plan).await.unwrap();
    lms.close().await;
}

async fn a_killed_restore_is_whole_or_not_at_all(engine: Engine) {
    let (origin, _) = Place::organisation(engine);
    change_often(&origin, 500).await;
    let entries = origin.entries_of_sound_database();
    let backup = origin.file("backup");
    origin.must(&["db", "backup", &backup]);

    let restore = ["db", "restore", &backup];
    let killer = {
        let mut places = Vec::new();
        Killer::new(engine, "db restore", || {
            places.push(Place::empty(engine));
            places[places.len() - 1].call(&restore)
        })
    };
    killer.kill(
        || {
            let place = Place::empty(engine);
            let call = place.call(&restore);
            (place, call)
        },
        |place, _| {
            let again = place.run(&restore);
            let was_done = !again.status.success();
            if was_done {
                let complaint = String::from_utf8_lossy(&again.stderr).into_owned();
                assert!(complaint.contains("holds data"), "{complaint}");
            }
            assert_eq!(place.entries_of_sound_database(), entries + 1);
            was_done
        },
    );
}

async fn change_often(place: &Place, times: u32) {
    let lms = Lms::open(place.0.url()).await.unwrap();
    let actor = Actor::os_user("ada");
    for number in 0..times {
        let change = SettingsChange::new().set("name", &format!("change {number}")).unwrap();
        lms.settings().set(&actor, change).await.unwrap();
    }
    lms.close().await;
}

async fn a_killed_server_keeps_what_it_acknowledged(engine: Engine) {
    const CLIENTS: u32 = 16;
    let (place, token) = Place::organisation(engine);
    let mut entries = place.entries_of_sound_database();
    let mut acknowledged = 0;
    let rounds = rounds(3);
    for _ in 0..rounds {
        let server = Server::start(&place);
        let moment = Duration::from_millis(100) + Duration::from_secs(1).mul_f64(random());
        let killing = server.id();
        let killed = tokio::spawn(async move {
            tokio::time::sleep(moment).await;
            kill(killing);
        });
        let until = Instant::now() + Duration::from_secs(60);
        let written = server.write(&token, CLIENTS, until).await;
        killed.await.unwrap();

        assert!(written.complaints.iter().all(|complaint| complaint.contains("answer: ")));
        place.settle();
        let found = place.entries_of_sound_database();
        let range =
            entries + written.acknowledged..=entries + written.acknowledged + u64::from(CLIENTS);
        assert!(range.contains(&found), "{found} entries, not {range:?}");
        entries = found;
        acknowledged += written.acknowledged;
    }
    assert!(acknowledged > 0, "the server was killed each time before it did anything");
    println!(
        "{engine}: {rounds} kills of `serve` among {acknowledged} acknowledged writes, all kept"
    );
}

pub(super) fn kill(process: u32) {
    let killed = Command::new("kill").args(["-9", &process.to_string()]).status();
    assert!(killed.expect("`kill` starts").success());
}
