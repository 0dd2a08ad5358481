//! What a seal proves that the chain alone cannot: that nobody cut it off or computed it anew.

use lms_core::testkit::TestLms;
use lms_core::{Engine, Seal};
use sha2::{Digest, Sha256};

use super::{N_ENTRIES, TARGET, organisation_with_history};
use crate::support::engines::on_both_engines;
use crate::support::looks::{findings, head, verify};
use crate::support::raw::{Raw, hex, per_engine};

on_both_engines! {
    a_seal_holds_while_the_chain_grows,
    a_tail_that_was_cut_off_is_found_by_the_seal_alone,
    a_chain_that_was_computed_anew_is_found_by_the_seal_alone,
    an_entry_that_was_dropped_and_all_computed_anew_is_found_by_the_seal_alone,
    the_seal_of_another_database_does_not_fit,
    a_seal_survives_a_file,
}

async fn a_seal_holds_while_the_chain_grows(engine: Engine) {
    let lms = TestLms::fresh(engine).await;
    let early = head(&lms).await;
    drop(lms);
    let lms = organisation_with_history(engine).await;
    let seal = head(&lms).await;
    assert_eq!((seal.seq, seal.sealed_at), (N_ENTRIES, lms.now()));
    assert_ne!(early.hash, seal.hash);
    let change = lms_core::SettingsChange::new().set("grace_days", "1").unwrap();
    lms.settings().set(&lms.admin(), change).await.unwrap();
    let verified = verify(&lms, Some(&seal)).await;
    assert!(verified.ok, "{:?}", verified.findings);
    assert_eq!(verified.sealed_seq, Some(seal.seq));
    assert_eq!(verified.head_seq, seal.seq + 1);
    assert_eq!(verified.head_hash, head(&lms).await.hash);
}

/// Deletes all entries behind this one and moves the head back.
async fn cut_off(raw: &mut Raw, last: i64) {
    raw.run(format!("DELETE FROM outbox_events WHERE seq > {last}")).await;
    let gone = format!("SELECT operation_id FROM audit_chain WHERE seq > {last}");
    raw.run(format!("DELETE FROM operation_changes WHERE operation_id IN ({gone})")).await;
    raw.run(format!("DELETE FROM operations WHERE id IN ({gone})")).await;
    assert_ne!(raw.run(format!("DELETE FROM audit_chain WHERE seq > {last}")).await, 0);
    let hash = format!("(SELECT hash FROM audit_chain WHERE seq = {last})");
    raw.run_one(format!("UPDATE audit_head SET seq = {last}, hash = {hash}")).await;
}

async fn a_tail_that_was_cut_off_is_found_by_the_seal_alone(engine: Engine) {
    let lms = organisation_with_history(engine).await;
    let seal = head(&lms).await;
    let entry = lms.audit().show(&lms.admin(), &TARGET.to_string()).await.unwrap().entry;
    let early = Seal { seq: TARGET, hash: entry.hash, ..seal.clone() };
    cut_off(&mut Raw::without_references(lms.place()).await, TARGET).await;

    assert_eq!(findings(&lms, None).await, [], "the chain alone cannot know");
    assert_eq!(findings(&lms, Some(&early)).await, [], "nor can a seal from before the cut");
    let found = findings(&lms, Some(&seal)).await;
    assert_eq!(found[0].seq, Some(seal.seq));
    assert!(found[0].what.contains("cut off"), "{found:?}");

    // What is written afterwards does not cover it up.
    for days in 20..30 {
        let change = lms_core::SettingsChange::new().set("grace_days", &days.to_string()).unwrap();
        lms.settings().set(&lms.admin(), change).await.unwrap();
    }
    assert_eq!(findings(&lms, None).await, []);
    assert_eq!(findings(&lms, Some(&seal)).await.len(), 1);
}

/// The entries of an export: the canonical text of each.
async fn canonical_entries(lms: &TestLms) -> Vec<String> {
    let mut export = Vec::new();
    lms.audit().export(&lms.admin(), &mut export).await.unwrap();
    String::from_utf8(export)
        .unwrap()
        .lines()
        .map(|line| {
            let entry = line.split_once("\"entry\":").unwrap().1;
            entry.strip_suffix('}').unwrap().to_owned()
        })
        .collect()
}

/// Computes the whole chain as the library would, and writes it.
async fn compute_anew(engine: Engine, raw: &mut Raw, entries: &[String]) {
    let mut previous = [0_u8; 32];
    for (seq, entry) in (1..).zip(entries) {
        let mut hash = Sha256::new();
        hash.update(previous);
        hash.update(entry);
        previous = hash.finalize().into();
        let hash = literal(engine, &previous);
        raw.run_one(format!("UPDATE audit_chain SET hash = {hash} WHERE seq = {seq}")).await;
    }
    let hash = literal(engine, &previous);
    raw.run_one(format!("UPDATE audit_head SET seq = {}, hash = {hash}", entries.len())).await;
}

fn literal(engine: Engine, bytes: &[u8]) -> String {
    let hex = hex(bytes);
    per_engine(engine, &format!("x'{hex}'"), &format!("decode('{hex}', 'hex')"))
}

async fn a_chain_that_was_computed_anew_is_found_by_the_seal_alone(engine: Engine) {
    let lms = organisation_with_history(engine).await;
    let seal = head(&lms).await;
    let mut entries = canonical_entries(&lms).await;
    let mut raw = Raw::without_references(lms.place()).await;

    // First of all: this test computes what the library computed.
    compute_anew(engine, &mut raw, &entries).await;
    assert_eq!(head(&lms).await.hash, seal.hash);

    let operation = format!("(SELECT operation_id FROM audit_chain WHERE seq = {TARGET})");
    raw.run_one(format!("UPDATE operations SET actor = 'os:eve' WHERE id = {operation}")).await;
    assert!(!verify(&lms, None).await.ok, "so far the forgery shows");
    let target = usize::try_from(TARGET - 1).unwrap();
    let forged = entries[target].replace("\"os:admin\"", "\"os:eve\"");
    assert_ne!(forged, entries[target]);
    entries[target] = forged;
    compute_anew(engine, &mut raw, &entries).await;

    assert_eq!(findings(&lms, None).await, [], "the chain alone cannot know");
    let found = findings(&lms, Some(&seal)).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].seq, Some(seal.seq));
    assert!(found[0].what.contains("anew"), "{found:?}");
}

async fn an_entry_that_was_dropped_and_all_computed_anew_is_found_by_the_seal_alone(
    engine: Engine,
) {
    let lms = organisation_with_history(engine).await;
    let seal = head(&lms).await;
    let mut entries = canonical_entries(&lms).await;
    let mut raw = Raw::without_references(lms.place()).await;
    raw.run("DELETE FROM outbox_events").await;
    let operation = format!("(SELECT operation_id FROM audit_chain WHERE seq = {TARGET})");
    raw.run(format!("DELETE FROM operation_changes WHERE operation_id = {operation}")).await;
    raw.run_one(format!("DELETE FROM operations WHERE id = {operation}")).await;
    raw.run_one(format!("DELETE FROM audit_chain WHERE seq = {TARGET}")).await;
    entries.remove(usize::try_from(TARGET - 1).unwrap());
    for seq in TARGET + 1..=N_ENTRIES {
        raw.run_one(format!("UPDATE audit_chain SET seq = {} WHERE seq = {seq}", seq - 1)).await;
        let place = usize::try_from(seq - 2).unwrap();
        let (here, there) = (format!("\"seq\":{seq},"), format!("\"seq\":{},", seq - 1));
        assert!(entries[place].contains(&here));
        entries[place] = entries[place].replace(&here, &there);
    }
    compute_anew(engine, &mut raw, &entries).await;

    assert_eq!(findings(&lms, None).await, [], "the chain alone cannot know");
    assert_eq!(findings(&lms, Some(&seal)).await.len(), 1);
}

async fn the_seal_of_another_database_does_not_fit(engine: Engine) {
    let lms = organisation_with_history(engine).await;
    let mut other = organisation_with_history(engine).await;
    if head(&other).await.hash == head(&lms).await.hash {
        // Seeded ids and a clock that stands still make twins; a minute sets them apart.
        other = TestLms::fresh(engine).await;
        other.clock().advance(std::time::Duration::from_mins(1));
        let set_up = lms_core::SetUp::new("Globex", "eve");
        other.access().set_up(&other.admin(), set_up).await.unwrap();
    }
    for (mine, theirs) in [(&lms, &other), (&other, &lms)] {
        let seal = head(theirs).await;
        let found = findings(mine, Some(&seal)).await;
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(findings(mine, Some(&head(mine).await)).await, []);
    }
}

async fn a_seal_survives_a_file(engine: Engine) {
    let lms = organisation_with_history(engine).await;
    let seal = head(&lms).await;
    let file = serde_json::to_string_pretty(&seal).unwrap();
    let read: Seal = serde_json::from_str(&file).unwrap();
    assert_eq!(read, seal);
    assert!(verify(&lms, Some(&read)).await.ok);
    for edited in [
        file.replace("\"seq\"", "\"number\""),
        file.replace('}', ", \"note\": 1 }"),
        file.replace(&format!("\"{}\"", seal.hash), "7"),
    ] {
        assert_ne!(edited, file);
        assert!(serde_json::from_str::<Seal>(&edited).is_err(), "{edited}");
    }
    // A seal whose hash was cut short is no seal of this chain.
    let short = Seal { hash: seal.hash[..10].to_owned(), ..seal };
    assert!(!verify(&lms, Some(&short)).await.ok);
}
