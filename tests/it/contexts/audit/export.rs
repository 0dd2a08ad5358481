//! The log as a file: verified without the database, with the same outcome.

use lms_core::testkit::TestLms;
use lms_core::{Engine, ErrorKind, Result, Seal, Verification, verify_export};

use super::{N_ENTRIES, TARGET, organisation_with_history};
use crate::support::engines::on_both_engines;
use crate::support::looks::{head, verify};

on_both_engines! {
    an_export_verifies_as_the_database_does,
    an_export_that_was_edited_is_found,
    an_export_that_was_cut_off_is_found_by_the_seal_alone,
    what_is_no_export_is_refused_with_its_line,
    an_export_holds_no_values,
}

async fn export(lms: &TestLms) -> Vec<String> {
    let mut export = Vec::new();
    let n_entries = lms.audit().export(&lms.admin(), &mut export).await.unwrap();
    let text = String::from_utf8(export).unwrap();
    assert!(text.ends_with('\n'));
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    assert_eq!(i64::try_from(lines.len()).unwrap(), n_entries);
    lines
}

fn verify_lines(lines: &[String], seal: Option<&Seal>) -> Result<Verification> {
    verify_export(&mut lines.join("\n").as_bytes(), seal)
}

async fn an_export_verifies_as_the_database_does(engine: Engine) {
    let lms = organisation_with_history(engine).await;
    let seal = head(&lms).await;
    let lines = export(&lms).await;
    assert_eq!(i64::try_from(lines.len()).unwrap(), N_ENTRIES);
    for seal in [None, Some(&seal)] {
        let (inside, outside) = (verify(&lms, seal).await, verify_lines(&lines, seal).unwrap());
        assert!(outside.ok, "{:?}", outside.findings);
        assert_eq!(outside.entries, inside.entries);
        assert_eq!(outside.head_seq, inside.head_seq);
        assert_eq!(outside.head_hash, inside.head_hash);
        assert_eq!(outside.sealed_seq, inside.sealed_seq);
        assert_eq!(outside.findings, inside.findings);
    }
    for line in &lines {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
}

async fn an_export_that_was_edited_is_found(engine: Engine) {
    let lms = organisation_with_history(engine).await;
    let lines = export(&lms).await;
    let target = usize::try_from(TARGET - 1).unwrap();
    let mut edits: Vec<(String, Vec<String>)> = Vec::new();
    let mut with_line = |what: &str, line: String| {
        assert_ne!(line, lines[target], "{what} changes nothing");
        let mut edited = lines.clone();
        edited[target] = line;
        edits.push((what.to_owned(), edited));
    };

    let entry: serde_json::Value = serde_json::from_str(&lines[target]).unwrap();
    for (field, value) in entry["entry"].as_object().unwrap() {
        let (old, new) = match value {
            serde_json::Value::Null => {
                ("null".to_owned(), format!("\"{}\"", entry["entry"]["id"].as_str().unwrap()))
            }
            serde_json::Value::Number(n) => (n.to_string(), (n.as_i64().unwrap() + 1).to_string()),
            serde_json::Value::Object(_) => (value.to_string(), "{\"changed\":7}".to_owned()),
            _ => {
                let text = value.as_str().unwrap();
                let last = text.chars().last().unwrap();
                let other = if last == '1' { '2' } else { '1' };
                (value.to_string(), format!("\"{}{other}\"", &text[..text.len() - last.len_utf8()]))
            }
        };
        let (old, new) = (format!("\"{field}\":{old}"), format!("\"{field}\":{new}"));
        assert!(lines[target].contains(&old), "{old} in {}", lines[target]);
        with_line(field, lines[target].replacen(&old, &new, 1));
    }
    let hash = entry["hash"].as_str().unwrap();
    with_line("hash", lines[target].replace(hash, &"0".repeat(64)));
    with_line("a shorter hash", lines[target].replace(hash, &hash[..62]));
    with_line("a word more", lines[target].replace("\"kind\"", "\"note\":\"forged\",\"kind\""));

    let without = |gone: usize| {
        lines.iter().enumerate().filter(|(n, _)| *n != gone).map(|(_, line)| line.clone()).collect()
    };
    edits.push(("first line lost".to_owned(), without(0)));
    edits.push(("middle line lost".to_owned(), without(target)));
    let mut swapped = lines.clone();
    swapped.swap(target, target + 1);
    edits.push(("two lines swapped".to_owned(), swapped));
    let mut doubled = lines.clone();
    doubled.insert(target, lines[target].clone());
    edits.push(("a line twice".to_owned(), doubled));

    let mut unnoticed = Vec::new();
    for (what, edited) in edits {
        match verify_lines(&edited, None) {
            Ok(verified) if verified.ok => unnoticed.push(what),
            Ok(verified) => assert!(!verified.findings.is_empty()),
            // A line that cannot be an entry at all is refused.
            Err(refused) => assert_eq!(refused.code(), "audit.export_unreadable", "{what}"),
        }
    }
    assert!(unnoticed.is_empty(), "{unnoticed:?}");
}

async fn an_export_that_was_cut_off_is_found_by_the_seal_alone(engine: Engine) {
    let lms = organisation_with_history(engine).await;
    let seal = head(&lms).await;
    let lines = export(&lms).await;
    for kept in 1..lines.len() {
        let verified = verify_lines(&lines[..kept], None).unwrap();
        assert!(verified.ok, "a log ends somewhere: {:?}", verified.findings);
        let verified = verify_lines(&lines[..kept], Some(&seal)).unwrap();
        assert!(!verified.ok, "{kept} lines");
    }
    for seal in [Some(&seal), None] {
        let refused = verify_lines(&[], seal).unwrap_err();
        assert_eq!(refused.code(), "audit.export_unreadable", "an empty file proves nothing");
    }
}

async fn what_is_no_export_is_refused_with_its_line(engine: Engine) {
    let lms = organisation_with_history(engine).await;
    let lines = export(&lms).await;
    for (junk, what) in [
        ("", "an empty line"),
        ("{}", "an empty object"),
        ("seq,kind,actor", "a table"),
        ("\u{0}\u{1}", "control characters"),
        ("{\"hash\":\"xyz\",\"entry\":{}}", "an empty entry"),
    ] {
        let mut edited = lines.clone();
        edited.insert(2, junk.to_owned());
        let refused = verify_lines(&edited, None).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Invalid, "{what}");
        assert!(refused.message().contains("line 3"), "{refused}");
        assert!(!refused.hints().is_empty());
    }
    let cut_within = lines.join("\n");
    let cut_within = &cut_within[..cut_within.len() - 10];
    assert!(verify_export(&mut cut_within.as_bytes(), None).is_err());
    let binary: &[u8] = &[0xff, 0xfe, 0x00, 0x0a];
    assert!(verify_export(&mut &*binary, None).is_err());
}

/// The file may leave the house: what could name somebody stays in the database.
async fn an_export_holds_no_values(engine: Engine) {
    let lms = organisation_with_history(engine).await;
    let text = export(&lms).await.join("\n");
    for personal in ["bob", "Bob", "example.com", "new policy", "Acme"] {
        assert!(!text.contains(personal), "{personal}");
    }
}
