//! What becomes of a database when several processes use it at once, or one of them is killed.
//!
//! `cargo test` runs a short form of each story. `scripts/fault` runs the same functions for longer:
//! `LMS_FAULT_ROUNDS` says how often, `LMS_FAULT_SECONDS` how long.

mod kill;
mod kill_import;
mod kill_learning;
mod kill_rules;
mod kill_sweep;
mod no_room;
mod server;
mod two_processes;

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use lms_core::Engine;
use lms_core::testkit::TestDatabase;
use serde_json::Value;

use crate::support::cli::lmsctl;
use crate::support::raw::Raw;

/// A place for a database, and calls of `lmsctl` on it.
struct Place(TestDatabase);

impl Place {
    fn empty(engine: Engine) -> Self {
        Self(TestDatabase::empty(engine))
    }

    /// The place of an organisation, and the token of its super admin.
    fn organisation(engine: Engine) -> (Self, String) {
        let place = Self::empty(engine);
        let token = place.must(&["init", "Acme", "--admin", "ada", "--quiet"]);
        (place, token.trim().to_owned())
    }

    fn call(&self, arguments: &[&str]) -> Command {
        let mut command = lmsctl();
        command.args(["--database", self.0.url(), "--yes"]).args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.call(arguments).output().expect("`lmsctl` starts")
    }

    /// Standard output of a call that must succeed.
    fn must(&self, arguments: &[&str]) -> String {
        succeeded(&format!("{arguments:?}"), self.run(arguments))
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.must(&[arguments, &["--output", "json"]].concat());
        serde_json::from_str(&output).expect("the output is JSON")
    }

    /// The number of audit entries of a database in which everything holds.
    fn entries_of_sound_database(&self) -> u64 {
        self.must(&["db", "check"]);
        self.json(&["audit", "verify"])["entries"].as_u64().expect("a number of entries")
    }

    /// The schema is there, an organisation can be set up in it, and all that holds afterwards.
    fn assert_migrated_once(&self) {
        assert_eq!(self.json(&["db", "status"])["state"], "current");
        let migrations = self.json(&["audit", "list"]);
        assert_eq!(migrations["items"].as_array().map(Vec::len), Some(1), "{migrations}");
        assert_eq!(migrations["items"][0]["kind"], "database.migrated");
        self.must(&["init", "Acme", "--admin", "ada"]);
        self.entries_of_sound_database();
    }

    /// Waits for what the server still does for a process that was killed: behind its lock.
    fn settle(&self) {
        self.must(&["settings", "set", "locale=en"]);
    }

    /// What these queries say, line by line.
    fn told(&self, queries: &[&'static str]) -> Vec<String> {
        let look = async {
            let mut raw = Raw::open(&self.0).await;
            let mut told = Vec::new();
            for sql in queries {
                told.extend(raw.texts(*sql).await);
            }
            told
        };
        tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(look))
    }

    /// The lease of one that died ends by itself within a minute or two; the test does not wait for it.
    fn end_leases(&self) {
        let end = async {
            let mut raw = Raw::open(&self.0).await;
            raw.run("UPDATE job_leases SET expires_at = acquired_at").await;
        };
        tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(end));
    }

    /// A file in the folder of the place.
    fn file(&self, name: &str) -> String {
        self.0.folder().join(name).display().to_string()
    }
}

/// Standard output, once the exit code was seen to be 0.
fn succeeded(what: &str, output: Output) -> String {
    assert!(
        output.status.success(),
        "{what}: {}, {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("the output is text")
}

/// Whether the process was killed before it had ended by itself.
fn was_killed(output: &Output) -> bool {
    output.status.signal() == Some(9)
}

fn spawn(command: &mut Command) -> std::process::Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("`lmsctl` starts")
}

/// The call, in a shell that does something first.
fn after_shell(first: &str, call: &Command) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", &format!("{first}; exec \"$@\""), "sh"]);
    shell.arg(call.get_program()).args(call.get_args());
    shell.env_clear().stdin(Stdio::null());
    for (name, value) in call.get_envs() {
        shell.env(name, value.unwrap_or_default());
    }
    shell
}

fn rounds(in_short: u32) -> u32 {
    from_environment("LMS_FAULT_ROUNDS").unwrap_or(in_short)
}

fn duration(seconds_in_short: u32) -> Duration {
    let seconds = from_environment("LMS_FAULT_SECONDS").unwrap_or(seconds_in_short);
    Duration::from_secs(seconds.into())
}

fn from_environment(name: &str) -> Option<u32> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name} is a number, not `{value}`")))
}

/// How long a call takes, and what came of it.
fn timed<T>(call: impl FnOnce() -> T) -> (Duration, T) {
    let begun = Instant::now();
    let outcome = call();
    (begun.elapsed(), outcome)
}
