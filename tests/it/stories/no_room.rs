//! Files that may not grow. `scripts/fault disk` does the same with a real file system that runs
//! full, which needs the right to mount one.

use std::fs::File;
use std::process::Output;

use lms_core::Engine;

use super::{Place, after_shell};
use crate::support::engines::asked_for;

#[test]
fn a_database_that_may_not_grow_stays_sound() {
    if !asked_for(Engine::Sqlite) {
        return;
    }
    let (place, _) = Place::organisation(Engine::Sqlite);
    let before = place.entries_of_sound_database();
    let mut acknowledged = 0;
    let refused = loop {
        let output = with_small_files(&place, &format!("name=change {acknowledged}"));
        if !output.status.success() {
            break output;
        }
        acknowledged += 1;
        assert!(acknowledged < 1000, "the file grows nevertheless");
    };

    assert_eq!(refused.status.code(), Some(1));
    let complaint = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(complaint.starts_with("error: the database file could not be"), "{complaint}");
    assert!(complaint.contains("\nhint: check the disk"), "{complaint}");
    assert!(acknowledged > 0);
    assert_eq!(place.entries_of_sound_database(), before + acknowledged);
    place.must(&["settings", "set", "name=There is room again"]);
    assert_eq!(place.entries_of_sound_database(), before + acknowledged + 1);
}

/// A change of a setting by a process whose files must stay below 128 KiB.
fn with_small_files(place: &Place, change: &str) -> Output {
    // Without the signal the writer gets an error, as from a full disk.
    let limit = "trap '' XFSZ; ulimit -f 256";
    let call = place.call(&["settings", "set", change]);
    after_shell(limit, &call).output().expect("a shell starts")
}

#[test]
#[cfg(target_os = "linux")]
fn a_backup_without_room_says_so() {
    if !asked_for(Engine::Sqlite) {
        return;
    }
    let (place, _) = Place::organisation(Engine::Sqlite);
    let full = File::options().write(true).open("/dev/full").expect("Linux has it");
    let output = place.call(&["db", "backup", "-"]).stdout(full).output().expect("it starts");
    assert_eq!(output.status.code(), Some(1));
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(complaint.starts_with("error: "), "{complaint}");
    assert_eq!(complaint.matches("error: ").count(), 1, "{complaint}");
}
