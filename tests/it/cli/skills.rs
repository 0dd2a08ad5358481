//! What people can: named, taught, required, held and lacked.

use lms_core::Engine;

use super::Shell;
use super::transcript::assert_transcript;
use crate::support::engines::on_both_engines;

on_both_engines! {
    skills,
}

async fn skills(engine: Engine) {
    let shell = Shell::demo(engine);
    assert_transcript(
        "skills",
        &shell,
        &[
            "lmsctl skill list",
            "lmsctl skill list --category safety --archived -o csv --fields code,name,archived",
            "lmsctl skill show SECURITY --as-of 2026-11-01 | grep -v -e '_at' -e '^id'",
            "lmsctl skill show SECURTY",
            "lmsctl training show SEC-200 | grep teaches",
            "lmsctl skill requirements DEV --as-of 2026-11-01",
            "lmsctl complete add SEC-101 --person zoe@demo.example --on 2026-06-01 -q -o csv --yes",
            "lmsctl skill of zoe@demo.example --as-of 2026-06-01",
            "lmsctl skill of zoe@demo.example --as-of 2026-06-01 -o csv",
            "lmsctl skill holders SECURITY --as-of 2026-06-01 --fields person,level,training",
            "lmsctl skill holders SECURITY --as-of 2026-06-01 --level expert",
            "lmsctl skill gaps --person zoe@demo.example --as-of 2026-06-01 --total",
            "lmsctl skill gaps --person zoe@demo.example --as-of 2026-06-01 -o ndjson --fields person,skill,required,held",
            "lmsctl skill readiness --department ENG-WEB --exact --as-of 2026-06-01",
            "lmsctl skill add GERMAN German --category Languages",
            "lmsctl skill add GERMAN German",
            "lmsctl skill require GERMAN --job-role DEV --level 7",
            "lmsctl skill require GERMAN --job-role DEV --level basic --from 2027-01-01",
            "lmsctl skill require GERMAN --job-role DEV --level 2 --from 2027-01-01",
            "lmsctl skill archive GERMAN",
            "lmsctl skill release GERMAN --job-role DEV --from 2027-01-01",
            "lmsctl skill archive GERMAN -o json | grep -v -e id -e '_at' -e operation",
            "lmsctl training edit SEC-101 --skills GERMAN=1",
            "lmsctl training publish SEC-101",
            "lmsctl --as ines skill require SECURITY --job-role DEV --level 1",
            "lmsctl --as ines skill gaps --skill PRIVACY --as-of 2026-06-01",
        ],
    );
}
