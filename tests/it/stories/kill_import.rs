//! An import of people, with a rule in force, is killed at any moment.

use std::fmt::Write;
use std::process::Command;

use lms_core::Engine;

use super::Place;
use super::from_environment;
use super::kill::Killer;
use super::kill_learning::with_people;
use crate::support::engines::on_both_engines;

on_both_engines! {
    a_killed_import_is_whole_or_not_at_all,
}

/// Rows of the file: as many as a company has, where there is time for it.
const ROWS: usize = 10_000;
const ROWS_IN_SHORT: usize = 400;
const RULE: &str = "format = 1\ncode = \"DRILLS\"\ntitle = \"Drills\"\ntrainings = [\"DRILL\"]\n\
                    due = \"after assignment + 30d\"\n\n[audience]\n";
const IMPORT: [&str; 7] =
    ["import", "people", "FILE", "--source", "hr", "--create-departments", "--quiet"];

/// What is believed now, and what was told, but for ids and instants, which differ from run to run.
const STATE: [&str; 6] = [
    "SELECT CAST(COUNT(*) AS TEXT) || ' ' || CAST(COUNT(DISTINCT employee_number) AS TEXT)
     FROM persons",
    "SELECT status || ' ' || CAST(COUNT(DISTINCT person_id) AS TEXT) || ' ' || CAST(COUNT(manager_id) AS TEXT)
            || ' ' || CAST(COUNT(DISTINCT department_id) AS TEXT)
     FROM placements WHERE retracted_at IS NULL GROUP BY status ORDER BY 1",
    "SELECT CAST(COUNT(*) AS TEXT) || ' ' || CAST(COUNT(DISTINCT person_id) AS TEXT)
     FROM assignments WHERE retracted_at IS NULL AND closed_on IS NULL",
    "SELECT CAST(COUNT(*) AS TEXT) || ' ' || CAST(COUNT(DISTINCT person_id) AS TEXT)
     FROM import_sightings",
    "SELECT kind || ' ' || CAST(n_rows AS TEXT) || ' ' || counts || ' ' || consequences
     FROM import_runs ORDER BY 1",
    "SELECT type || ' ' || CAST(COUNT(*) AS TEXT) FROM outbox_events GROUP BY type ORDER BY 1",
];

/// Everybody reports to somebody further down, and every tenth is in another department.
fn people(n_rows: usize) -> String {
    let mut file = String::from(
        "employee_number,email,first_name,last_name,department,manager,hired_on,status\n",
    );
    for n in 0..n_rows {
        let manager = if n + 1 < n_rows { format!("{:05}", n + 1 + n % 7) } else { String::new() };
        let _ = writeln!(
            file,
            "{n:05},p{n}@acme.example,Kim,No {n},TEAM-{},{manager},2020-01-01,active",
            n % 10
        );
    }
    file
}

async fn a_killed_import_is_whole_or_not_at_all(engine: Engine) {
    let is_long = from_environment("LMS_FAULT_ROUNDS").is_some();
    let n_rows = if is_long { ROWS } else { ROWS_IN_SHORT };
    let (original, _) = with_people(engine, 1).await;
    let rule = original.file("drills.toml");
    std::fs::write(&rule, RULE).expect("the folder can be written to");
    original.must(&["rule", "apply", &rule, "--quiet"]);
    let file = original.file("people.csv");
    std::fs::write(&file, people(n_rows)).expect("the folder can be written to");
    let backup = original.file("before.backup");
    original.must(&["db", "backup", &backup]);
    let import = IMPORT.map(|word| if word == "FILE" { file.as_str() } else { word });
    let copy = || {
        let place = Place::empty(engine);
        place.must(&["db", "restore", &backup]);
        place
    };
    let undisturbed = copy();
    let before = undisturbed.told(&STATE);
    let entries_before = undisturbed.entries_of_sound_database();
    undisturbed.must(&import);
    let after = undisturbed.told(&STATE);
    assert!(after.contains(&format!("{} {}", n_rows + 1, n_rows + 1)), "rules followed: {after:?}");
    let entries_after = undisturbed.entries_of_sound_database();
    let killer = {
        let mut places = Vec::new();
        Killer::new(engine, "import people", || -> Command {
            places.push(copy());
            places[places.len() - 1].call(&import)
        })
    };
    killer.kill(
        || {
            let place = copy();
            let call = place.call(&import);
            (place, call)
        },
        |place, _| {
            place.settle();
            place.end_leases();
            let found = place.told(&STATE);
            let was_done = found == after;
            assert!(was_done || found == before, "half of it: {found:?}");
            let entries = if was_done { entries_after } else { entries_before };
            assert_eq!(place.entries_of_sound_database(), entries);
            place.must(&import);
            let mut found = place.told(&STATE);
            if was_done {
                // That the file was here once more is noted, and that it changed nothing.
                let n_runs = found.iter().filter(|line| line.starts_with("people ")).count();
                assert_eq!(n_runs, 2, "{found:?}");
                let unchanged = format!("\"unchanged\":{n_rows}");
                found.retain(|line| !line.contains(&unchanged));
            }
            assert_eq!(found, after, "run again");
            assert_eq!(place.entries_of_sound_database(), entries_after, "done once");
            was_done
        },
    );
}
