//! Learning paths: made, put in order, published, taken out into a file and in again.

use lms_core::Engine;

use super::Shell;
use super::transcript::assert_transcript;
use crate::support::engines::on_both_engines;

on_both_engines! {
    paths,
}

async fn paths(engine: Engine) {
    let shell = Shell::demo(engine);
    shell.write("bad.toml", "format = 1\ncode = \"X\"\ntitle = \"x\"\n[[steps]]\nof = [\"A\"]\n");
    assert_transcript(
        "paths",
        &shell,
        &[
            "lmsctl path list",
            "lmsctl path list --training FIRST-AID -o csv | cut -d , -f 1,3,4,6,7,9",
            "lmsctl path show NEW-HIRE | grep -v '^version'",
            "lmsctl path show NEW-HIRED",
            "lmsctl path add NEW-LEAD 'New leads' --step LEAD-101 --step 'any 2 of SEC-101'",
            "lmsctl path add NEW-LEAD 'New leads' --step 'two of A, B'",
            "lmsctl path add NEW-LEAD 'New leads' --step SEC-200 --step 'any 1 of LADDERS, FORKLIFT'",
            "lmsctl path publish NEW-LEAD --dry-run",
            "lmsctl path publish NEW-LEAD",
            "lmsctl path edit NEW-LEAD --remove-step LADDERS --add-step SEC-101 --tags lead",
            "lmsctl path edit NEW-LEAD --add-step LEAD-100 --at 1 --move-step FORKLIFT --to 9",
            "lmsctl path edit NEW-LEAD --add-step LEAD-100 --at 1",
            "lmsctl path show NEW-LEAD",
            "lmsctl path publish NEW-LEAD --dry-run --detailed-exitcode",
            "lmsctl path publish NEW-LEAD",
            "lmsctl path edit NEW-LEAD --move-step SEC-101 --to 2",
            "lmsctl path show NEW-LEAD --draft -o json | grep -A 20 '\"steps\": \\['",
            "lmsctl training archive FORKLIFT",
            "lmsctl path archive NEW-LEAD",
            "lmsctl training archive FORKLIFT -o json | grep '\"status\"'",
            "lmsctl path archive NEW-LEAD --undo",
            "lmsctl path remove NEW-LEAD",
            "lmsctl path export NEW-HIRE",
            "lmsctl path export NEW-HIRE --out new-hire.json",
            "lmsctl path import new-hire.json --publish",
            "sed -i 's/\"any\": 2/\"any\": 1/' new-hire.json; lmsctl path import new-hire.json --dry-run",
            "lmsctl path import bad.toml",
            "lmsctl --as ines path archive NEW-HIRE",
        ],
    );
}
