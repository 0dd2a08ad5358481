//! Several processes on one database at the same time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use lms_core::Engine;

use super::server::{Server, Written};
use super::{Place, after_shell, duration, rounds, spawn, succeeded, timed};
use crate::support::engines::on_both_engines;

on_both_engines! {
    of_sixteen_migrations_at_once_one_migrates,
    all_writers_get_their_turn,
    a_backup_between_writes_is_of_one_moment,
}

async fn of_sixteen_migrations_at_once_one_migrates(engine: Engine) {
    let rounds = rounds(2);
    let (took, ()) = timed(|| (0..rounds).for_each(|_| migrate_sixteen_times(engine)));
    println!("{engine}: {rounds} rounds of 16 migrations at once, {:.1} s", took.as_secs_f64());
}

fn migrate_sixteen_times(engine: Engine) {
    let place = Place::empty(engine);
    let migrate = place.call(&["db", "migrate", "--output", "json"]);
    // Each waits in a shell for the end of one pipe, so that all set out at the same instant.
    let (gate, gatekeeper) = std::io::pipe().expect("a pipe");
    let migrations: Vec<_> = (0..16)
        .map(|_| {
            let mut waiting = after_shell("read -r _", &migrate);
            spawn(waiting.stdin(gate.try_clone().expect("a descriptor")))
        })
        .collect();
    drop((gate, gatekeeper));

    let applied = migrations.into_iter().map(|migration| {
        let output = migration.wait_with_output().expect("it ends");
        let outcome: serde_json::Value =
            serde_json::from_str(&succeeded("db migrate", output)).expect("the output is JSON");
        outcome["applied"].as_array().expect("a list").len()
    });
    let migrated: Vec<usize> = applied.filter(|n| *n > 0).collect();
    assert_eq!(migrated.len(), 1, "{engine}: the migrations that applied something: {migrated:?}");
    place.assert_migrated_once();
}

/// Fifty clients of one server and, beside it, a loop of commands.
async fn all_writers_get_their_turn(engine: Engine) {
    let (place, token) = Place::organisation(engine);
    let before = place.entries_of_sound_database();
    let server = Server::start(&place);
    let seconds = duration(3);
    let until = Instant::now() + seconds;

    let place = Arc::new(place);
    let commands = {
        let place = Arc::clone(&place);
        tokio::task::spawn_blocking(move || write_by_command(&place, until))
    };
    let by_http = server.write(&token, 50, until).await;
    let by_command = commands.await.expect("no writer panics");
    server.stop();

    let acknowledged = by_http.acknowledged + by_command.acknowledged;
    println!(
        "{engine}: {acknowledged} audited commits in {} s, {}/s: {} through HTTP, the slowest in \
         {:.2} s, {} by command, the slowest in {:.2} s",
        seconds.as_secs(),
        acknowledged / seconds.as_secs(),
        by_http.acknowledged,
        by_http.slowest.as_secs_f64(),
        by_command.acknowledged,
        by_command.slowest.as_secs_f64(),
    );
    by_http.assert_no_complaints();
    by_command.assert_no_complaints();
    assert!(by_command.acknowledged > 0, "no command got its turn");
    assert_eq!(place.entries_of_sound_database(), before + acknowledged);
}

fn write_by_command(place: &Place, until: Instant) -> Written {
    let mut written = Written::default();
    for number in 0.. {
        if Instant::now() >= until {
            break;
        }
        let name = format!("name=by command {number}");
        let (took, output) = timed(|| place.run(&["settings", "set", &name]));
        written.note(
            took,
            match output.status.success() {
                true => Ok(()),
                false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
            },
        );
    }
    written
}

async fn a_backup_between_writes_is_of_one_moment(engine: Engine) {
    let (place, token) = Place::organisation(engine);
    let before = place.entries_of_sound_database();
    let server = Server::start(&place);
    let until = Instant::now() + duration(2);

    let place = Arc::new(place);
    let backing_up = {
        let place = Arc::clone(&place);
        tokio::task::spawn_blocking(move || back_up(&place, until))
    };
    let written = server.write(&token, 8, until).await;
    let backups = backing_up.await.expect("every backup succeeds");
    server.stop();
    written.assert_no_complaints();

    // Some of them are looked at more closely, from the first to the last.
    let step = (backups.len() / rounds(4).max(1) as usize).max(1);
    for (file, head) in backups.iter().step_by(step) {
        let copy = Place::empty(engine);
        copy.must(&["db", "restore", file]);
        // The entry of the restore comes on top.
        assert_eq!(copy.entries_of_sound_database(), head + 1);
        let version = copy.json(&["settings", "show"])["version"].as_u64().expect("a number");
        assert_eq!(version - 1, head - before, "settings and audit log are of two moments");
    }
    let while_writing = backups.iter().filter(|(_, head)| *head > before).count();
    println!(
        "{engine}: {} backups beside {} commits, {while_writing} of them after the first commit",
        backups.len(),
        written.acknowledged
    );
    assert!(while_writing > 0, "no backup was made beside a commit");
}

/// Backup files, each with the last entry of the audit log that it says it has.
fn back_up(place: &Place, until: Instant) -> Vec<(String, u64)> {
    let mut backups = Vec::new();
    while Instant::now() < until {
        let file = place.file(&format!("{}.backup", backups.len()));
        let summary = place.json(&["db", "backup", &file]);
        backups.push((file, summary["head_seq"].as_u64().expect("a number")));
        std::thread::sleep(Duration::from_millis(20));
    }
    backups
}
