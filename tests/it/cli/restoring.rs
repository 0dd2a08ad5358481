//! Restoring and migrating where somebody else does so too, or something is there already.

use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use lms_core::Engine;

use super::{Ran, Shell};
use crate::support::engines::on_both_engines;

on_both_engines! {
    of_two_restores_at_once_the_second_gives_up,
    an_interrupted_restore_leaves_nothing,
    a_restore_fills_only_what_is_empty,
}

/// A restore that has got all of its backup but the last bytes, and so holds the database.
struct Halted {
    process: Child,
    missing: Vec<u8>,
}

impl Halted {
    fn start(shell: &Shell, backup: &[u8]) -> Self {
        let mut command = shell.call(&["db", "restore", "-", "--yes"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().expect("`lmsctl` starts");
        let (first, missing) = backup.split_at(backup.len() - 1);
        let stdin = process.stdin.as_mut().expect("standard input is piped");
        stdin.write_all(first).and_then(|()| stdin.flush()).expect("it reads");
        let until = Instant::now() + Duration::from_secs(20);
        // A backup that ends too early changes nothing, whether it gets the database or not.
        std::fs::write(shell.file("cut.backup"), &backup[..backup.len() - 100])
            .expect("there is room");
        while shell.run("lmsctl db restore cut.backup --yes --wait 100ms").code != 75 {
            assert!(Instant::now() < until, "the restore does not hold the database");
        }
        Self { process, missing: missing.to_owned() }
    }

    fn finish(mut self) -> Ran {
        let mut stdin = self.process.stdin.take().expect("standard input is piped");
        stdin.write_all(&self.missing).expect("it reads");
        drop(stdin);
        Ran::of(self.process.wait_with_output().expect("it ends"))
    }

    fn interrupt(mut self) -> Ran {
        // What it reads must not end before it does.
        let stdin = self.process.stdin.take();
        let asked = Command::new("kill").args(["-INT", &self.process.id().to_string()]).status();
        assert!(asked.expect("`kill` starts").success());
        let ran = Ran::of(self.process.wait_with_output().expect("it ends"));
        drop(stdin);
        ran
    }
}

fn backup_of(engine: Engine) -> Vec<u8> {
    let source = Shell::demo(engine);
    source.must("lmsctl db backup demo.backup");
    std::fs::read(source.file("demo.backup")).expect("it was written")
}

async fn of_two_restores_at_once_the_second_gives_up(engine: Engine) {
    let backup = backup_of(engine);
    let shell = Shell::empty(engine);
    std::fs::write(shell.file("demo.backup"), &backup).expect("the folder can be written to");
    let first = Halted::start(&shell, &backup);
    let begun = Instant::now();
    let told = shell.fails(75, "lmsctl db restore demo.backup --yes --wait 300ms");
    assert!(told.contains("another migration or restore") && told.contains("--wait"), "{told}");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    let first = first.finish();
    assert_eq!(first.code, 0, "{}", first.stderr);
    shell.must("lmsctl audit verify");
    let told = shell.fails(1, "lmsctl db restore demo.backup --yes");
    assert!(told.contains("holds data already, of `Demo Company`"), "{told}");
}

async fn an_interrupted_restore_leaves_nothing(engine: Engine) {
    let backup = backup_of(engine);
    let shell = Shell::empty(engine);
    let begun = Instant::now();
    let interrupted = Halted::start(&shell, &backup).interrupt();
    assert_eq!(interrupted.code, 130, "{}", interrupted.stderr);
    let words = "error: interrupted; what had not been reported as done was rolled back\n";
    assert_eq!((interrupted.stdout.as_str(), interrupted.stderr.as_str()), ("", words));
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    // The database is free at once, and empty.
    std::fs::write(shell.file("demo.backup"), &backup).expect("the folder can be written to");
    shell.must("lmsctl db restore demo.backup --yes");
    shell.must("lmsctl db check");
}

async fn a_restore_fills_only_what_is_empty(engine: Engine) {
    let shell = Shell::demo(engine);
    shell.must("lmsctl db backup demo.backup");
    for line in ["lmsctl db restore demo.backup --yes", "lmsctl db restore demo.backup --dry-run"] {
        assert!(shell.fails(1, line).contains("holds data already"), "{line}");
    }
    shell.must("head -c 700 demo.backup > cut.backup");
    for line in [
        "lmsctl db restore cut.backup --database sqlite:copy.db --yes",
        "lmsctl db restore cut.backup --database sqlite:copy.db --dry-run",
    ] {
        let told = shell.fails(2, line);
        assert!(told.contains("the backup cannot be restored"), "{told}");
    }
    // What a broken backup left behind is no obstacle to a whole one.
    shell.must("lmsctl db restore demo.backup --database sqlite:copy.db --yes");
    shell.must("lmsctl settings show --database sqlite:copy.db");
}
