//! Transcripts: what was typed and what came back, held against a file in `snapshots`.
//!
//! Standard output stands as it is, standard error behind `! `, an exit code other than 0 behind
//! `= `. `UPDATE_SNAPSHOTS=1` writes the files anew: read the difference before you commit it.

use std::path::PathBuf;

use super::Shell;
use super::steady::steady;

/// Types the lines, one after the other.
pub fn assert_transcript(name: &str, shell: &Shell, lines: &[&str]) {
    let found: String = lines.iter().map(|line| one(shell, line)).collect::<Vec<_>>().join("\n");
    let path: PathBuf =
        [env!("CARGO_MANIFEST_DIR"), "it", "cli", "snapshots", name].iter().collect();
    let path = path.with_extension("txt");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, &found).expect("snapshots can be written");
    }
    let wanted = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = found.lines().zip(wanted.lines()).find(|(found, wanted)| found != wanted);
    assert!(
        found == wanted,
        "{name}: the first difference is {differs:?}; accept all of it with UPDATE_SNAPSHOTS=1, or \
         mend it:\n{found}"
    );
}

fn one(shell: &Shell, line: &str) -> String {
    let ran = shell.run(line);
    let mut text = format!("$ {}\n", steady(line, shell).trim_end());
    text.push_str(&steady(&ran.stdout, shell));
    for complaint in steady(&ran.stderr, shell).lines() {
        text.push_str(&format!("! {complaint}\n"));
    }
    if ran.code != 0 {
        text.push_str(&format!("= {}\n", ran.code));
    }
    text
}
