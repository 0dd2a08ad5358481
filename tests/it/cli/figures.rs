//! How things stand: the page, gates, what is overdue, and why.

use lms_core::Engine;
use serde_json::Value;

use super::Shell;
use super::transcript::assert_transcript;
use crate::support::engines::on_both_engines;

on_both_engines! {
    figures,
    one_figure_in_every_command,
}

/// What is behind a line so that days do not matter.
macro_rules! any_day {
    ($line:literal) => {
        concat!($line, " 2>&1 | sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2}/DAY/g'")
    };
}

async fn figures(engine: Engine) {
    let shell = Shell::demo(engine);
    shell.must("lmsctl assign GDPR-101 --department ENG --due +10d --grace 5 --yes");
    shell.must("lmsctl complete add GDPR-101 --person zoe@demo.example --yes");
    assert_transcript(
        "figures",
        &shell,
        &[
            any_day!("lmsctl status"),
            any_day!("lmsctl status --as-of +20d"),
            any_day!("lmsctl status --department SALES"),
            "lmsctl status --department SALLES",
            any_day!("lmsctl status --as-of +20d -o csv | cut -d, -f1-8 | head -4"),
            any_day!("lmsctl gate compliance --min 95"),
            any_day!("lmsctl gate compliance --min 50 --by department --as-of +20d"),
            "lmsctl gate compliance --min 50 --by department --as-of +20d -q > /dev/null",
            "lmsctl gate compliance --min 101",
            "lmsctl gate compliance --min 95 --by departement",
            any_day!("lmsctl overdue --by department --as-of +20d"),
            any_day!("lmsctl overdue --by training --as-of +20d -o csv"),
            any_day!("lmsctl overdue --by manager"),
            "lmsctl overdue",
            "lmsctl waitlist list",
            any_day!("lmsctl explain zoe@demo.example GDPR-101"),
            "lmsctl explain zoe@demo.example GDPR-101 -o json | grep -e '\"step\"' -e '\"code\"' -e '\"kind\"'",
            any_day!(
                "lmsctl history zoe@demo.example --learning --oldest-first | grep GDPR-101 | sed -E 's/number.*/number N/'"
            ),
        ],
    );
}

async fn one_figure_in_every_command(engine: Engine) {
    let shell = Shell::demo(engine);
    shell.must("lmsctl assign GDPR-101 --department ENG --due +10d --grace 5 --yes");
    shell.must("lmsctl complete add GDPR-101 --person zoe@demo.example --yes");
    let json = |line: &str| -> Value { serde_json::from_str(&shell.must(line)).unwrap() };
    for moment in ["", " --as-of +20d"] {
        let status = json(&format!("lmsctl status -o json{moment}"));
        let gate = json(&format!("lmsctl gate compliance --min 0 --by department -o json{moment}"));
        assert_eq!(status["compliance"], gate["compliance"], "{moment}");
        assert_eq!(status["compliance"]["total"]["met"], 1);
    }
}
