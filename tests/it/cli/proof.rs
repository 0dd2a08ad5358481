//! Damage is found, named, and told by exit code 6.

use lms_core::Engine;

use super::Shell;
use crate::support::engines::on_both_engines;
use crate::support::raw::Raw;

on_both_engines! {
    an_edited_entry_is_named,
    a_cut_tail_is_found_with_a_seal,
    a_damaged_row_is_found_by_the_check,
    an_export_that_was_edited_is_found,
}

async fn an_edited_entry_is_named(engine: Engine) {
    let shell = Shell::organisation(engine);
    shell.must("lmsctl settings set grace_days 7");
    let mut raw = Raw::open(shell.place()).await;
    let sixth = "(SELECT operation_id FROM audit_chain WHERE seq = 6)";
    raw.run_one(format!("UPDATE operations SET actor = 'os:eve' WHERE id = {sixth}")).await;
    let ran = shell.run("lmsctl audit verify");
    assert_eq!(ran.code, 6, "{}", ran.stderr);
    assert!(ran.stdout.starts_with("ok          NO\n"), "{}", ran.stdout);
    assert!(ran.stdout.contains("\n  6  "), "{}", ran.stdout);
    assert!(ran.stderr.contains("the audit log does not hold"), "{}", ran.stderr);
    let found = shell.run("lmsctl audit verify --output json --quiet");
    let found: serde_json::Value = serde_json::from_str(&found.stdout).expect("the output is JSON");
    assert_eq!((&found["ok"], &found["findings"][0]["seq"]), (&false.into(), &6.into()));
    shell.fails(6, "lmsctl db check");
}

async fn a_cut_tail_is_found_with_a_seal(engine: Engine) {
    let shell = Shell::organisation(engine);
    shell.must("lmsctl settings set grace_days 7");
    shell.must("lmsctl audit seal seal.json");
    let mut raw = Raw::without_references(shell.place()).await;
    let last = "(SELECT operation_id FROM audit_chain WHERE seq = 6)";
    for statement in [
        format!("DELETE FROM operation_changes WHERE operation_id = {last}"),
        format!("DELETE FROM operations WHERE id = {last}"),
        "DELETE FROM outbox_events WHERE seq = 6".to_owned(),
        "DELETE FROM audit_chain WHERE seq = 6".to_owned(),
        "UPDATE audit_head SET seq = 5, hash = (SELECT hash FROM audit_chain WHERE seq = 5)"
            .to_owned(),
    ] {
        assert_ne!(raw.run(&statement).await, 0, "{statement}");
    }
    // Without the seal nothing can be known.
    shell.must("lmsctl audit verify");
    let ran = shell.run("lmsctl audit verify --seal seal.json");
    assert_eq!(ran.code, 6, "{}", ran.stderr);
    assert!(ran.stdout.contains("seal"), "{}", ran.stdout);
    shell.write("other.json", "{\"seq\": 5}");
    assert!(shell.fails(2, "lmsctl audit verify --seal other.json").contains("is not a seal"));
}

async fn a_damaged_row_is_found_by_the_check(engine: Engine) {
    let shell = Shell::organisation(engine);
    shell.must("lmsctl db check");
    let mut raw = Raw::open(shell.place()).await;
    raw.run_one("UPDATE settings_versions SET document = 'not a document'").await;
    let ran = shell.run("lmsctl db check");
    assert_eq!(ran.code, 6, "{}", ran.stderr);
    assert!(ran.stdout.contains("organisation  NO"), "{}", ran.stdout);
    assert!(ran.stderr.contains("the database is not sound: 1 of "), "{}", ran.stderr);
    let told = shell.fails(1, "lmsctl settings show");
    assert!(told.contains("settings_versions.document") && !told.contains("panic"), "{told}");
    shell.fails(6, "lmsctl doctor");
}

async fn an_export_that_was_edited_is_found(engine: Engine) {
    let shell = Shell::organisation(engine);
    shell.must("lmsctl audit export audit.ndjson");
    assert!(shell.fails(4, "lmsctl audit export audit.ndjson").contains("--force"));
    shell.must("sed -i '3s/os:/OS:/' audit.ndjson");
    let verify = shell.run("lmsctl audit verify --export audit.ndjson");
    assert_eq!(verify.code, 6, "{}{}", verify.stdout, verify.stderr);
    assert!(verify.stderr.contains("the file was cut or changed"), "{}", verify.stderr);
    shell.must("lmsctl audit seal seal.json && lmsctl audit export - | head -n 3 > cut.ndjson");
    shell.fails(6, "lmsctl audit verify --export cut.ndjson --seal seal.json");
}
