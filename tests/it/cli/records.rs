//! The records of people at the command line: their history, duplicates, merging, export, erasure.

use lms_core::Engine;

use super::Shell;
use super::transcript::assert_transcript;
use crate::support::engines::on_both_engines;

on_both_engines! {
    records,
}

async fn records(engine: Engine) {
    let shell = Shell::demo(engine);
    assert_transcript(
        "records",
        &shell,
        &[
            "lmsctl person duplicates",
            "lmsctl person merge 00112 112 --dry-run",
            "lmsctl person merge 00112 112 --dry-run --detailed-exitcode --quiet -o csv",
            "lmsctl person merge 00112 112",
            "lmsctl person merge 00112 112 --yes",
            "lmsctl person merge 00112 112 --yes",
            "lmsctl person duplicates --min-score 10 -o json",
            "lmsctl history 00112 --limit 2 --fields seq,kind,from,changed",
            "lmsctl history 00104 --oldest-first -o csv | cut -d , -f 1,3-5",
            "lmsctl person export 00110 --out katarzyna.json",
            "ls -l katarzyna.json | cut -c 1-10",
            "lmsctl person edit 00104 --release department",
            "lmsctl person erase 00110 --dry-run",
            "lmsctl person erase 00110",
            "lmsctl person erase 00110 --reason 'as Wójcik asked' --yes",
            "lmsctl person erase 00110 --reason 'request of 3 May' --yes",
            "lmsctl person show 00110",
            "lmsctl audit list --kind person.erased -o csv | cut -d , -f 1,3",
            "lmsctl audit verify --quiet && echo sound",
        ],
    );
}
