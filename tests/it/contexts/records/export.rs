//! A person is given all that is held about them.

use lms_core::{Engine, ErrorKind, PersonField};

use super::erase::{PLANTED, planted, text_canaries};
use super::{company, hire, person};
use crate::support::engines::on_both_engines;
use crate::support::looks::signed_in;

on_both_engines! {
    every_personal_value_is_in_it,
    it_tells_nothing_of_others,
    whoever_only_reads_people_takes_nothing_out,
}

/// What is held and not told, with the reason.
const NOT_TOLD: &[(&str, &str)] = &[
    ("request_keys.body", "whoever asked has it, it is kept for a day, and it may name others"),
    ("account_passwords.hash", "it would help to find the password out, and tells nothing"),
    ("group_periods.audience", "it belongs to the group, and may name others"),
];

async fn every_personal_value_is_in_it(engine: Engine) {
    let (lms, id) = planted(engine).await;
    let export = lms.people().export(&lms.admin(), &id.to_string()).await.unwrap();
    let json = serde_json::to_string(&export).unwrap().to_lowercase();
    let missing: Vec<&(&str, &str)> = PLANTED
        .iter()
        .filter(|(column, _)| NOT_TOLD.iter().all(|(not_told, _)| not_told != column))
        .filter(|(_, canary)| !json.contains(&canary.to_lowercase()))
        .collect();
    assert!(missing.is_empty(), "{missing:?} of {json}");
    let told = text_canaries().into_iter().filter(|canary| json.contains(canary)).count();
    assert!(told > 15, "{told}");
    assert!(!json.contains("canaryhash"));
    assert_eq!(export.records.len(), 2, "the record and the one that was merged into it");
    assert!(export.password_since.is_some());
    let placements = &export.records[1].placements;
    assert!(
        placements.iter().any(|placed| placed.retracted_at.is_some()),
        "also what was corrected"
    );
}

async fn it_tells_nothing_of_others(engine: Engine) {
    let lms = company(engine).await;
    let manager = person("Grace", "Hopper", "2020-01-01");
    let ada =
        person("Ada", "Lovelace", "2025-01-01").set(PersonField::Manager, "grace@example.com");
    hire(&lms, vec![manager, ada]).await;
    let export = lms.people().export(&lms.admin(), "grace@example.com").await.unwrap();
    let json = serde_json::to_string(&export).unwrap();
    assert!(json.contains("Hopper") && !json.contains("Lovelace"), "{json}");
    assert_eq!((export.account.is_none(), export.tokens.len()), (true, 0));
}

async fn whoever_only_reads_people_takes_nothing_out(engine: Engine) {
    let lms = company(engine).await;
    hire(&lms, vec![person("Ada", "Lovelace", "2025-01-01")]).await;
    let auditor = signed_in(&lms, "omar", "auditor").await;
    let refused = lms.people().export(&auditor, "ada@example.com").await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Forbidden);
    assert!(lms.people().card(&auditor, "ada@example.com", None).await.is_ok());
}
