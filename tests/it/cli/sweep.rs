//! The nightly pass, what people are told by it, and lines for cron.

use lms_core::Engine;
use serde_json::Value;

use super::Shell;
use super::transcript::assert_transcript;
use crate::support::engines::on_both_engines;
use crate::support::raw::Raw;

on_both_engines! {
    the_nightly_pass,
    the_summary_for_programs,
}

/// Kim and Lou have had something to do since January, as if the program had been there then.
async fn late(engine: Engine) -> Shell {
    let shell = Shell::organisation(engine);
    for line in [
        "lmsctl person add Kim Doe --username kim --hired-on 2025-01-01",
        "lmsctl person add Lou Doe --username lou --manager kim --hired-on 2025-01-01",
        "lmsctl training add FIRE-101 \"Fire safety\" --sign 'Run.'",
        "lmsctl training publish FIRE-101",
        "lmsctl assign FIRE-101 --status '*' --due 'after assignment + 30d' --yes",
    ] {
        shell.must(line);
    }
    let mut raw = Raw::open(shell.place()).await;
    raw.run(
        "UPDATE assignments SET assigned_on = '2026-01-05', due_on = '2026-02-04',
             overdue_on = '2026-02-05', baseline_due_on = '2026-02-04', wake_on = '2026-01-06'",
    )
    .await;
    raw.run(
        "UPDATE assignment_reasons SET added_on = '2026-01-05', due_on = '2026-02-04',
             baseline_due_on = '2026-02-04', grace_days = 0",
    )
    .await;
    raw.run("UPDATE assignment_orders SET ordered_on = '2026-01-05'").await;
    shell
}

async fn the_nightly_pass(engine: Engine) {
    let shell = late(engine).await;
    assert_transcript(
        "sweep",
        &shell,
        &[
            "lmsctl sweep --date 2026-02-05 --dry-run",
            "lmsctl sweep --date 2026-02-05 --dry-run --detailed-exitcode -o csv -q",
            "lmsctl sweep --date 2026-02-05 2>&1 | sed 's/, [0-9.]* s)/)/'",
            "lmsctl sweep --date 2026-02-05 2>&1 | sed 's/, [0-9.]* s)/)/'",
            "lmsctl sweep --date 2026-02-12 --only reminders -o csv -q",
            "lmsctl sweep --date 2026-02-12 --quiet",
            "lmsctl sweep --date 2999-12-31 2>&1 | sed 's/today is .*/today is …/'",
            "lmsctl sweep --only remainders",
            "lmsctl notify list --person lou",
            "lmsctl notify list --person kim --type escalation",
            "lmsctl notify list --person lou --unread -o csv --fields day,type,subject,training",
            "lmsctl notify list --type tweet",
            "lmsctl notify read --all --person lou --dry-run",
            "lmsctl notify read --all --person lou --yes",
            "lmsctl notify read --all --person lou",
            "lmsctl notify read",
            "lmsctl --database 'sqlite:/srv/our lms.db' schedule print | sed 's:[^ ]*/lmsctl:/usr/bin/lmsctl:'",
            "lmsctl --database sqlite:/srv/lms.db schedule print --systemd | sed 's:=[^ ]*/lmsctl:=/usr/bin/lmsctl:'",
            "lmsctl --database sqlite:/srv/lms.db schedule print -o json | grep -v /lmsctl",
        ],
    );
}

async fn the_summary_for_programs(engine: Engine) {
    let shell = late(engine).await;
    let outcome = shell.json("lmsctl sweep --date 2026-02-25 -o json");
    assert_eq!((&outcome["dry_run"], &outcome["day"]), (&false.into(), &"2026-02-25".into()));
    assert!(outcome["run"].is_string() && outcome["duration_ms"].is_u64(), "{outcome}");
    let counts = &outcome["counts"];
    assert_eq!((&counts["overdue"], &counts["reminded"]), (&2.into(), &2.into()));
    assert_eq!((&counts["escalated"], &counts["digests"]), (&4.into(), &2.into()));
    let steps = outcome["steps"].as_array().unwrap();
    let names: Vec<&str> = steps.iter().filter_map(|step| step["step"].as_str()).collect();
    assert_eq!(
        names,
        ["rules", "renewals", "expiries", "overdue", "reminders", "escalations", "snapshots"]
    );
    let one_pass: Vec<&Value> = steps.iter().map(|step| &step["one_pass"]).collect();
    assert_eq!(one_pass, [true, true, true, true, false, false, false]);
    assert!(steps.iter().all(|step| step["duration_ms"].is_u64()), "{steps:?}");
    // With `-q` nothing but data.
    let quiet = shell.run("lmsctl sweep -q");
    assert_eq!((quiet.code, quiet.stdout.as_str(), quiet.stderr.as_str()), (0, "", ""));
}
