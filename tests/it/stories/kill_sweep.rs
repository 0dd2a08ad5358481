//! The nightly pass is killed at any moment, and started by many at once.

use std::process::Command;
use std::sync::Arc;

use lms_core::{
    Actor, Audience, AudienceField, DueRule, Engine, Item, ItemContent, Lms, ManualClock, Module,
    NewAssignments, NewPerson, NewTraining, PersonField, Publishing, SchemaMode, SetUp,
    TrainingDefinition,
};

use super::kill::Killer;
use super::{Place, after_shell, rounds, spawn};
use crate::support::engines::on_both_engines;

on_both_engines! {
    a_killed_sweep_goes_on_where_it_was,
    of_eight_sweeps_at_once_one_works,
}

const PEOPLE: usize = 40;
/// So many that they are looked at in several transactions.
const TRAININGS: usize = 50;

const SWEEP: &[&str] = &["sweep", "--quiet"];

/// What is so and what was told, but for ids and instants, which differ from run to run; and but for what
/// those who run the system are told of a run that died.
const STATE: [&str; 5] = [
    "SELECT CAST(due_on AS TEXT) || ' ' || COALESCE(CAST(wake_on AS TEXT), '-') || ' '
            || CAST(COUNT(*) AS TEXT) FROM assignments
     WHERE retracted_at IS NULL GROUP BY due_on, wake_on ORDER BY 1",
    "SELECT type || ' ' || CAST(COUNT(*) AS TEXT) || ' ' || CAST(COUNT(DISTINCT person_id) AS TEXT)
     FROM notices WHERE type NOT IN ('escalation', 'job.failed') GROUP BY type ORDER BY 1",
    // How many of them come together hangs on what was noted before the kill.
    "SELECT level || ' ' || CAST(COUNT(*) AS TEXT) || ' ' || CAST(COUNT(notice_id) AS TEXT)
     FROM escalations GROUP BY level ORDER BY 1",
    "SELECT type || ' ' || CAST(COUNT(*) AS TEXT) || ' ' || CAST(COUNT(DISTINCT subject) AS TEXT)
     FROM outbox_events WHERE type IN ('training.late', 'training.overdue')
     GROUP BY type ORDER BY 1",
    "SELECT CAST(COUNT(*) AS TEXT) FROM job_runs WHERE state = 'running'",
];

/// A company that was set up in January, everybody overdue with everything since; as a backup.
async fn overdue(engine: Engine) -> (Place, String) {
    let place = Place::empty(engine);
    let clock = ManualClock::at("2026-01-05T12:00:00Z").unwrap();
    let lms = Lms::builder(place.0.url())
        .clock(Arc::new(clock))
        .schema_mode(SchemaMode::Apply)
        .open()
        .await
        .unwrap();
    let actor = Actor::os_user("ada");
    lms.access().set_up(&actor, SetUp::new("Acme", "ada")).await.unwrap();
    let name = |n: usize| format!("person_{n}");
    let person = |n| NewPerson::new("Kim", &format!("No {n}")).set(PersonField::Username, &name(n));
    lms.people().add(&actor, (0..PEOPLE).map(person).collect()).await.unwrap();
    let everybody = Audience::everybody().with(AudienceField::Status, "*");
    let due = DueRule::AfterAssignment(10);
    let mut new = NewAssignments::to(everybody).due(due).grace_days(5);
    for n in 0..TRAININGS {
        let code = format!("DRILL-{n}");
        let mut definition = TrainingDefinition::new(&code);
        let mut module = Module::new("Read");
        let text = ItemContent::Text { text: "Run.".to_owned() };
        module.items = vec![Item::new("Text", text)];
        definition.modules = vec![module];
        let training = NewTraining::new(&code, "").definition(definition);
        lms.catalog().add(&actor, training).await.unwrap();
        lms.catalog().publish(&actor, &code, &Publishing::minor()).await.unwrap();
        new = new.training(&code);
    }
    let plan = lms.assignments().plan_assign(&actor, new).await.unwrap();
    lms.assignments().assign(&actor, plan).await.unwrap();
    lms.close().await;
    let file = place.file("overdue.backup");
    place.must(&["db", "backup", &file]);
    (place, file)
}

fn copy(engine: Engine, backup: &str) -> Place {
    let place = Place::empty(engine);
    place.must(&["db", "restore", backup]);
    place
}

async fn a_killed_sweep_goes_on_where_it_was(engine: Engine) {
    let (_original, backup) = overdue(engine).await;
    let undisturbed = copy(engine, &backup);
    undisturbed.must(SWEEP);
    let after = undisturbed.told(&STATE);
    let n_all = PEOPLE * TRAININGS;
    assert!(after.contains(&format!("reminder {n_all} {PEOPLE}")), "{after:?}");
    assert!(after.contains(&format!("head {n_all} {n_all}")), "{after:?}");
    assert!(after.contains(&format!("training.overdue {TRAININGS} {TRAININGS}")), "{after:?}");
    let killer = {
        let mut places = Vec::new();
        Killer::new(engine, "sweep", || -> Command {
            places.push(copy(engine, &backup));
            places[places.len() - 1].call(SWEEP)
        })
    };
    killer.kill(
        || {
            let place = copy(engine, &backup);
            let call = place.call(SWEEP);
            (place, call)
        },
        |place, _| {
            place.settle();
            let was_done = place.told(&STATE) == after;
            place.end_leases();
            place.must(SWEEP);
            assert_eq!(place.told(&STATE), after, "the same end, each thing told once");
            place.entries_of_sound_database();
            was_done
        },
    );
}

async fn of_eight_sweeps_at_once_one_works(engine: Engine) {
    let (_original, backup) = overdue(engine).await;
    let undisturbed = copy(engine, &backup);
    undisturbed.must(SWEEP);
    let after = undisturbed.told(&STATE);
    for _ in 0..rounds(2) {
        let place = copy(engine, &backup);
        let sweep = place.call(&["sweep", "--output", "json"]);
        // Each waits in a shell for the end of one pipe, so that all set out at the same instant.
        let (gate, gatekeeper) = std::io::pipe().expect("a pipe");
        let sweeps: Vec<_> = (0..8)
            .map(|_| {
                let mut waiting = after_shell("read -r _", &sweep);
                spawn(waiting.stdin(gate.try_clone().expect("a descriptor")))
            })
            .collect();
        drop((gate, gatekeeper));
        let (mut worked, mut met) = (0, 0);
        for sweep in sweeps {
            let output = sweep.wait_with_output().expect("it ends");
            let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
            match output.status.code() {
                Some(0) => {
                    let outcome: serde_json::Value =
                        serde_json::from_slice(&output.stdout).expect("the output is JSON");
                    worked += usize::from(outcome["counts"]["overdue"] != 0);
                }
                Some(75) => {
                    met += 1;
                    assert!(complaint.contains("`sweep` is being run by os:"), "{complaint}");
                }
                code => panic!("{engine}: {code:?}: {complaint}"),
            }
        }
        assert_eq!(worked, 1, "{engine}");
        assert!(met > 0, "{engine}: nobody met another");
        assert_eq!(place.told(&STATE), after, "{engine}");
        place.entries_of_sound_database();
    }
}
