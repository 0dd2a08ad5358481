//! `lmsctl` as somebody at a shell meets it: exit code, standard output, standard error.

mod completing;
mod demo;
mod documents;
mod everyday;
mod figures;
mod files;
mod hris;
mod importing;
mod mistakes;
mod picking;
mod paths;
mod places;
mod process;
mod proof;
mod quizzes;
mod records;
mod restoring;
mod rules;
mod rights;
mod skills;
mod steady;
mod sweep;
mod trainings;
mod transcript;

use std::path::PathBuf;
use std::process::{Command, Output};

use lms_core::Engine;
use lms_core::testkit::TestDatabase;

use crate::support::cli::{lmsctl, program};

/// A shell without a terminal, in a folder of its own, whose environment has nothing but a path and
/// the database.
pub struct Shell {
    place: TestDatabase,
    database: Option<String>,
}

/// What came back.
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Shell {
    /// A database is named, and not there.
    pub fn empty(engine: Engine) -> Self {
        let place = TestDatabase::empty(engine);
        let database = Some(place.url().to_owned());
        Self { place, database }
    }

    /// `Acme`, whose super admin is `ada`.
    pub fn organisation(engine: Engine) -> Self {
        let shell = Self::empty(engine);
        shell.must("lmsctl init Acme --admin ada --email ada@acme.example");
        shell
    }

    /// What `lmsctl demo` makes of a company that begins today: nobody has learnt anything yet.
    pub fn demo(engine: Engine) -> Self {
        let shell = Self::empty(engine);
        shell.must("lmsctl demo --years 0 --database \"$LMS_DATABASE_URL\"");
        shell
    }

    /// No database is named.
    pub fn nowhere() -> Self {
        Self { database: None, ..Self::empty(Engine::Sqlite) }
    }

    /// Another database is named.
    pub fn at(url: &str) -> Self {
        Self { database: Some(url.to_owned()), ..Self::empty(Engine::Sqlite) }
    }

    pub fn place(&self) -> &TestDatabase {
        &self.place
    }

    /// A file in the folder of the shell.
    pub fn file(&self, name: &str) -> PathBuf {
        self.place.folder().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.file(name), text).expect("the folder can be written to");
    }

    /// A call with the environment and in the folder of this shell.
    pub fn call(&self, arguments: &[&str]) -> Command {
        let mut command = lmsctl();
        command.args(arguments);
        self.settle(&mut command);
        command
    }

    /// A line as it is typed.
    pub fn typed(&self, line: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", line]).env_clear().stdin(std::process::Stdio::null());
        let programs = program().parent().expect("a program lies in a folder").display();
        command.env("PATH", format!("{programs}:/usr/bin:/bin"));
        command.env("TZ", "UTC").env("HOME", self.place.folder());
        self.settle(&mut command);
        command
    }

    fn settle(&self, command: &mut Command) {
        command.current_dir(self.place.folder());
        if let Some(url) = &self.database {
            command.env("LMS_DATABASE_URL", url);
        }
    }

    pub fn run(&self, line: &str) -> Ran {
        Ran::of(self.typed(line).output().expect("there is a shell"))
    }

    /// Standard output of a line that must succeed.
    pub fn must(&self, line: &str) -> String {
        let ran = self.run(line);
        assert_eq!(ran.code, 0, "{line}\n{}{}", ran.stdout, ran.stderr);
        ran.stdout
    }

    pub fn json(&self, line: &str) -> serde_json::Value {
        serde_json::from_str(&self.must(line)).expect("the output is JSON")
    }

    /// Standard error of a line that must end with this code.
    pub fn fails(&self, code: i32, line: &str) -> String {
        let ran = self.run(line);
        assert_eq!(ran.code, code, "{line}\n{}{}", ran.stdout, ran.stderr);
        ran.stderr
    }
}

impl Ran {
    pub fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("the output is text");
        Self {
            code: output.status.code().expect("it ended by itself"),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}
