//! Databases that are not what they should be, or not where they should be.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use lms_core::Engine;
use lms_core::testkit::Postgres;

use super::transcript::assert_transcript;
use super::{Ran, Shell};
use crate::support::engines::{asked_for, on_both_engines};
use crate::support::raw::Raw;

on_both_engines! {
    a_schema_of_another_age_is_told_in_one_line,
    tables_of_another_program_are_left_alone,
}

#[test]
fn that_cannot_be_opened() {
    let shell = Shell::nowhere();
    shell.write("notes.txt", "These are notes, and no database at all.\n");
    shell.write("empty.db", "");
    assert_transcript(
        "places",
        &shell,
        &[
            "lmsctl settings show",
            "lmsctl settings show --database sqlite:nowhere.db",
            "lmsctl settings show --database sqlite:no/such/folder/lms.db",
            "lmsctl init Acme --database sqlite:no/such/folder/lms.db",
            "lmsctl settings show --database sqlite:.",
            "lmsctl settings show --database sqlite:notes.txt",
            "lmsctl init Acme --database sqlite:notes.txt",
            "lmsctl settings show --database sqlite:empty.db",
            "lmsctl db status --database sqlite:empty.db | grep -v version | grep -v bytes",
            "lmsctl settings show --database lms.db",
            "lmsctl settings show --database mysql://ada:s3cret@db/lms",
            "lmsctl settings show --database sqlite:",
            "lmsctl settings show --database 'postgres://db/lms?shema=acme'",
            "lmsctl demo --database sqlite:notes.txt",
            "cat notes.txt",
            "ls",
        ],
    );
}

async fn a_schema_of_another_age_is_told_in_one_line(engine: Engine) {
    let shell = Shell::organisation(engine);
    let mut raw = Raw::open(shell.place()).await;
    let version =
        shell.json("lmsctl db status -o json")["schema_version"].as_i64().expect("a number");
    let refused = |shell: &Shell, wanted: &[&str]| {
        for line in
            ["lmsctl settings show", "lmsctl serve --listen 127.0.0.1:0", "lmsctl db backup x"]
        {
            let told = shell.fails(1, line);
            let lines: Vec<&str> = told.lines().collect();
            assert!(lines[0].starts_with("error: the database has schema "), "{told}");
            assert!(lines.len() <= 3 && wanted.iter().all(|word| told.contains(word)), "{told}");
        }
        shell.must("lmsctl db status");
        assert!(shell.fails(6, "lmsctl doctor").contains("checks failed"));
    };
    raw.run(format!("UPDATE schema_migrations SET version = 999 WHERE version = {version}")).await;
    refused(&shell, &["999", "newer program"]);
    let told = shell.fails(1, "lmsctl db migrate");
    assert!(told.contains("newer program"), "{told}");
    raw.run("DELETE FROM schema_migrations WHERE version = 999").await;
    refused(&shell, &[&format!("needs {version}"), "lmsctl db migrate"]);
    let plan = shell.run("lmsctl init --dry-run --detailed-exitcode");
    assert_eq!((plan.code, plan.stdout.as_str()), (10, ""), "{}", plan.stderr);
}

async fn tables_of_another_program_are_left_alone(engine: Engine) {
    let shell = Shell::empty(engine);
    let mut raw = Raw::open(shell.place()).await;
    raw.run("CREATE TABLE notes (note TEXT)").await;
    for line in ["lmsctl settings show", "lmsctl db migrate", "lmsctl init Acme"] {
        let told = shell.fails(1, line);
        assert!(told.contains("1 tables of another program"), "{told}");
    }
}

#[test]
fn a_server_that_is_silent_is_given_up() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = silent.local_addr().expect("it has an address");
    let shell = Shell::at(&format!("postgres://lms:hush@{address}/lms"));
    // Building the program is not waiting for a server.
    shell.must("lmsctl --version");
    let begun = Instant::now();
    let told = shell.fails(1, "lmsctl settings show");
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    assert!(told.contains("does not answer") && told.contains("hint: "), "{told}");
    assert!(!told.contains("hush"), "{told}");
    drop(silent);
    let begun = Instant::now();
    let told = shell.fails(1, "lmsctl settings show");
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    assert!(told.contains("does not answer"), "{told}");
}

#[test]
fn a_password_comes_from_the_environment_or_a_file_and_is_never_told() {
    // A server that somebody else runs need not have the role.
    if !asked_for(Engine::Postgres) || std::env::var_os("LMS_TEST_POSTGRES_URL").is_some() {
        return;
    }
    let server = Postgres::shared().expect("there is a server");
    let schema = format!("?schema=cli_password_{}", std::process::id());
    let url = |password: &str| server.tcp_url(Postgres::ROLE, password) + &schema;
    let told = Shell::at(&url("let me in")).fails(1, "lmsctl settings show");
    assert!(
        told.contains("does not let this user in") && told.contains("LMS_DATABASE_URL"),
        "{told}"
    );
    assert!(!told.contains("let%20me%20in") && !told.contains("let me in"), "{told}");

    let with_password = Shell::at(&url(Postgres::PASSWORD));
    with_password.must("lmsctl init Acme --admin ada --quiet");
    let all =
        ["settings show", "db status", "config show", "doctor", "db status -vvv"].map(|command| {
            let Ran { stdout, stderr, .. } = with_password.run(&format!("lmsctl {command}"));
            stdout + &stderr
        });
    assert!(!all.concat().contains("sesame"), "{all:#?}");

    let without = url("x").replace(":x@", "@");
    let shell = Shell::at(&without);
    shell.fails(1, "lmsctl settings show");
    shell.write("password", Postgres::PASSWORD);
    shell.write("lms.toml", "[database]\npassword_file = \"password\"\n");
    assert!(shell.fails(2, "lmsctl settings show").contains("chmod 600"));
    shell.must("chmod 600 password");
    assert_eq!(shell.must("lmsctl settings show name"), "Acme\n");
}
