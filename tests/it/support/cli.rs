//! `lmsctl` as a process of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Without any `HOME` a program asks the user database for one, and would find the real one.
const NO_HOME: &str = "/nonexistent";
/// Names a program to test in place of the one of this source tree.
const PROGRAM_VARIABLE: &str = "LMS_TEST_LMSCTL";

/// A call of `lmsctl` that sees neither the environment nor the terminal of whoever runs the tests.
pub fn lmsctl() -> Command {
    let mut command = Command::new(program());
    command.env_clear().env("TZ", "UTC").env("HOME", NO_HOME).stdin(Stdio::null());
    command
}

/// Where the program is; the first call builds it.
pub fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| match std::env::var_os(PROGRAM_VARIABLE) {
        Some(given) => PathBuf::from(given),
        None => build(),
    })
}

/// Cargo builds the programs of a package for its own tests only, so that the program beside this
/// test would be missing, or worse, the one of yesterday.
fn build() -> PathBuf {
    let test = std::env::current_exe().expect("a process knows its program");
    // target/PROFILE/deps/it-0123456789abcdef
    let folder = test.ancestors().nth(2).expect("tests lie two folders deep");
    let profile = match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(other) => other,
    };
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(1).expect("a workspace");

    let mut cargo = Command::new(env!("CARGO"));
    // With the test among the targets, cargo chooses the features that `cargo test --workspace`
    // chose: everything but the program itself is there already.
    cargo
        .args(["build", "--quiet", "--locked", "--workspace", "--bin", "lmsctl", "--test", "it"])
        .args(["--profile", profile])
        .current_dir(workspace)
        .stdin(Stdio::null());
    // What cargo tells a test about its package would look like a change to some build scripts.
    for (name, _) in std::env::vars_os() {
        let told = name.to_string_lossy();
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"].iter().any(|own| told.starts_with(own)) {
            cargo.env_remove(name);
        }
    }
    let output = cargo.output().expect("`cargo` starts");
    assert!(
        output.status.success(),
        "`lmsctl` cannot be built:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let program = folder.join(format!("lmsctl{}", std::env::consts::EXE_SUFFIX));
    assert!(
        program.exists(),
        "`{}` was not built; name another with {PROGRAM_VARIABLE}",
        program.display()
    );
    program
}
