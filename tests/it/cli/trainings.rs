//! The catalog: written, published, looked at, taken out into a file and in again.

use lms_core::Engine;

use super::Shell;
use super::transcript::assert_transcript;
use crate::support::engines::on_both_engines;

on_both_engines! {
    trainings,
}

async fn trainings(engine: Engine) {
    let shell = Shell::demo(engine);
    shell
        .write("bad.toml", "format = 1\ncode = \"X\"\ntitle = \"x\"\n[[modules]]\ntitel = \"m\"\n");
    shell.write("wide.json", &"[".repeat(10_000));
    assert_transcript(
        "trainings",
        &shell,
        &[
            "lmsctl training list --category safety --by-code",
            "lmsctl training list --search 'dat prot' -o csv",
            "lmsctl training show FIRE-WARDEN | grep -v '^version'",
            "lmsctl training show GDPR-11",
            "lmsctl training publish LADDERS",
            "lmsctl training module add LADDERS 'Before you climb' --minutes 5 --text 'Look at it.'",
            "lmsctl training item put LADDERS before-you-climb Law --link http://example.com",
            "lmsctl training submit LADDERS",
            "lmsctl training publish LADDERS --dry-run --detailed-exitcode",
            "lmsctl training publish LADDERS",
            "lmsctl training publish LADDERS",
            "lmsctl training edit LADDERS --title Ladders --prerequisites FIRE-WARDEN",
            "lmsctl training publish LADDERS --major --require-retraining-by 2030-01-01",
            "lmsctl training versions LADDERS -o csv | cut -d , -f 1,2,3,5",
            "lmsctl training archive ONBOARDING",
            "lmsctl training remove LADDERS",
            "lmsctl training export LADDERS",
            "lmsctl training export LADDERS --out ladders.json",
            "lmsctl training import ladders.json --publish",
            "sed -i s/Look/Climb/ ladders.json; lmsctl training import ladders.json --dry-run",
            "lmsctl training import bad.toml",
            "lmsctl training import wide.json",
            "lmsctl --as ines training archive LADDERS",
        ],
    );
}
