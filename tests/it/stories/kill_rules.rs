//! A rule is put into force by processes that are killed, and by many at once.

use std::time::Duration;

use lms_core::{Engine, Lms};

use super::kill_learning::{Disturbed, with_people};
use super::{Place, after_shell, rounds, spawn};
use crate::support::engines::on_both_engines;

on_both_engines! {
    a_killed_rule_is_in_force_for_all_or_for_nobody,
    of_eight_at_once_one_puts_a_rule_into_force,
    whoever_comes_second_is_told_who_is_at_it,
}

const PEOPLE: usize = 400;
const RULE: &str = "format = 1\ncode = \"DRILLS\"\ntitle = \"Drills\"\ntrainings = [\"DRILL\"]\n\
                    due = \"after assignment + 30d\"\n\n[audience]\n";
/// The job, of which only one runs.
const JOB: &str = "rule apply";

/// An organisation, and a file with a rule for everybody.
async fn ruled(engine: Engine) -> (Place, String) {
    let (place, _) = with_people(engine, PEOPLE).await;
    let file = place.file("drills.toml");
    std::fs::write(&file, RULE).expect("the folder can be written to");
    (place, file)
}

async fn a_killed_rule_is_in_force_for_all_or_for_nobody(engine: Engine) {
    let (place, file) = ruled(engine).await;
    let back = || drop(place.must(&["rule", "remove", "DRILLS", "--quiet"]));
    let forth = ["rule", "apply", &file, "--quiet"];
    let what = "rule apply";
    Disturbed { place: &place, what, forth: &forth, back: &back, is_idempotent: true }.kill(engine);
}

async fn of_eight_at_once_one_puts_a_rule_into_force(engine: Engine) {
    for _ in 0..rounds(2) {
        let (place, file) = ruled(engine).await;
        let entries = place.entries_of_sound_database();
        let apply = place.call(&["rule", "apply", &file, "--output", "json"]);
        // Each waits in a shell for the end of one pipe, so that all set out at the same instant.
        let (gate, gatekeeper) = std::io::pipe().expect("a pipe");
        let all: Vec<_> = (0..8)
            .map(|_| {
                let mut waiting = after_shell("read -r _", &apply);
                spawn(waiting.stdin(gate.try_clone().expect("a descriptor")))
            })
            .collect();
        drop((gate, gatekeeper));
        let mut worked = 0;
        for one in all {
            let output = one.wait_with_output().expect("it ends");
            let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
            match output.status.code() {
                // Whoever planned afterwards finds nothing to do.
                Some(0) => {
                    let outcome: serde_json::Value =
                        serde_json::from_slice(&output.stdout).expect("the output is JSON");
                    worked += usize::from(outcome["operation"].is_string());
                }
                // Whoever planned before, and came after: what they looked at is no longer so.
                Some(5) => assert!(complaint.contains("changed"), "{complaint}"),
                Some(75) => {
                    assert!(complaint.contains("`rule apply` is being run by os:"), "{complaint}");
                }
                code => panic!("{engine}: {code:?}: {complaint}"),
            }
        }
        assert_eq!(worked, 1, "{engine}");
        assert_eq!(place.entries_of_sound_database(), entries + 1, "{engine}: done once");
        let open = place.json(&["assignment", "list", "--limit", "1", "--total"]);
        assert_eq!(open["total"], PEOPLE, "{open}");
    }
}

async fn whoever_comes_second_is_told_who_is_at_it(engine: Engine) {
    let (place, file) = ruled(engine).await;
    let entries = place.entries_of_sound_database();
    let lms = Lms::open(place.0.url()).await.unwrap();
    let lease =
        lms.jobs().acquire(JOB, "os:bo, process 4711", Duration::from_mins(2)).await.unwrap();
    let output = place.run(&["rule", "apply", &file]);
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(75), "{complaint}");
    assert!(complaint.contains("is being run by os:bo, process 4711 since 20"), "{complaint}");
    assert_eq!(place.entries_of_sound_database(), entries, "nothing was done");
    lease.release().await.unwrap();
    place.must(&["rule", "apply", &file]);
    assert_eq!(place.entries_of_sound_database(), entries + 1);
    lms.close().await;
}
