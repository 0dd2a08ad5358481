//! The demonstration: a company that has worked with the program for two years.

use lms_core::Engine;
use serde_json::Value;

use super::Shell;
use crate::support::engines::on_both_engines;

on_both_engines! {
    two_years_leave_something_to_look_at,
    a_small_company_lives_as_well,
}

/// `lmsctl demo` as it is, on a database that is named.
fn lived(engine: Engine, more: &str) -> Shell {
    let shell = Shell::empty(engine);
    shell.must(&format!("lmsctl demo {more} --database \"$LMS_DATABASE_URL\""));
    shell
}

fn rows(shell: &Shell, line: &str) -> Vec<Value> {
    shell.json(&format!("{line} -o json"))["items"].as_array().expect("a list").clone()
}

async fn two_years_leave_something_to_look_at(engine: Engine) {
    let shell = lived(engine, "");
    let status = shell.json("lmsctl status -o json");
    let total = &status["compliance"]["total"];
    for (what, least) in [("met", 100), ("overdue", 3), ("exempt", 1), ("on_leave", 1)] {
        assert!(total[what].as_i64() >= Some(least), "{what}: {total}");
    }
    assert!(status["exceptions"].as_i64() >= Some(1), "a decision is left to be taken: {status}");
    // Whatever day it is today, and on days before it: neither perfect nor hopeless.
    for days in [0, 30, 61, 122, 183, 244, 305, 365] {
        let gate = format!("lmsctl gate compliance --min 0 --as-of=-{days}d -o json");
        let percent = &shell.json(&gate)["compliance"]["total"]["met_percent"];
        let percent = percent.as_f64().expect("a share");
        assert!((70.0..=95.0).contains(&percent), "{percent} % {days} days ago");
    }
    assert!(rows(&shell, "lmsctl notify list --type escalation --limit 5").len() > 1);
    assert!(rows(&shell, "lmsctl certificate list --limit 500").len() > 200);
    assert!(rows(&shell, "lmsctl exempt list").len() > 1);
    assert!(!rows(&shell, "lmsctl overdue --limit 500").is_empty());
    let rules = rows(&shell, "lmsctl rule list");
    assert!(rules.len() >= 9, "{}", rules.len());
    let privacy = rules.iter().find(|rule| rule["code"] == "PRIVACY").expect("it is there");
    assert_eq!((&privacy["version"], &privacy["status"]), (&2.into(), &"active".into()));
    assert!(shell.must("lmsctl explain zoe@demo.example GDPR-101").contains("PRIVACY"));
    assert!(rows(&shell, "lmsctl history 00104 --learning").len() > 6);
    shell.must("lmsctl rule check");
    // It was left as a nightly pass leaves it, and all of it can be proven.
    let full = shell.json("lmsctl sweep --full -o json");
    let counts = full["counts"].as_object().expect("counts");
    let is_work = |name: &str| name != "looked_at" && name != "snapshots";
    let some = counts.iter().filter(|(name, count)| is_work(name) && **count != 0);
    let some: Vec<_> = some.collect();
    assert!(some.is_empty(), "{some:?}");
    shell.must("lmsctl audit verify");
    shell.must("lmsctl db check");
    shell.must("lmsctl status --max-age 1h");
}

async fn a_small_company_lives_as_well(engine: Engine) {
    for (people, years) in [(1, 1), (12, 1), (30, 2)] {
        let shell = lived(engine, &format!("--people {people} --years {years}"));
        let told = shell.run("lmsctl demo --database \"$LMS_DATABASE_URL\" -q");
        assert_eq!((told.code, told.stderr.as_str()), (0, ""), "{people} people");
        assert!(rows(&shell, "lmsctl rule list").len() >= 8);
        shell.must("lmsctl audit verify");
    }
}
