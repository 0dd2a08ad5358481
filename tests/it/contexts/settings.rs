//! The settings of the organisation.

use lms_core::testkit::TestLms;
use lms_core::{Engine, ErrorKind, SettingsChange};

use crate::support::engines::on_both_engines;

on_both_engines! {
    a_change_is_a_new_version_with_an_audit_entry_and_an_event,
    saying_again_what_is_so_changes_nothing,
    a_change_on_top_of_another_is_refused_as_stale,
}

async fn a_change_is_a_new_version_with_an_audit_entry_and_an_event(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let admin = lms.admin().with_reason("new policy");

    let change = SettingsChange::new().set("grace_days", "7").unwrap();
    let outcome = lms.settings().set(&admin, change).await.unwrap();

    assert_eq!(outcome.settings.version, 2);
    assert_eq!(outcome.settings.grace_days, 7);
    assert_eq!(outcome.changed[0].field, "grace_days");
    let audit = lms.audit().list(&admin, lms_core::AuditFilter::new().limit(1)).await.unwrap();
    assert_eq!(audit.items[0].kind, "settings.changed");
    assert_eq!(audit.items[0].actor, "os:admin");
    assert_eq!(audit.items[0].reason.as_deref(), Some("new policy"));
    let detail = lms.audit().show(&admin, &audit.items[0].seq.to_string()).await.unwrap();
    assert_eq!(detail.changes[0].before, Some(serde_json::json!({ "grace_days": "0" })));
    assert_eq!(detail.changes[0].after, Some(serde_json::json!({ "grace_days": "7" })));
    let newest = lms_core::EventFilter::new().newest_first(true).limit(1);
    let events = lms.events().list(&admin, newest).await.unwrap();
    assert_eq!(events.items[0].event_type, "settings.changed");
    assert_eq!(events.items[0].seq, audit.items[0].seq);
    assert_eq!(events.items[0].body["specversion"], "1.0");

    let verified = lms.audit().verify(&admin, None, &mut |_, _| ()).await.unwrap();
    assert!(verified.ok, "{:?}", verified.findings);
}

async fn saying_again_what_is_so_changes_nothing(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let change = SettingsChange::new().set("locale", "en").unwrap();
    let head = lms.audit().seal(&lms.admin()).await.unwrap().seq;

    let outcome = lms.settings().set(&lms.admin(), change).await.unwrap();

    assert_eq!(outcome.operation, None);
    assert!(outcome.changed.is_empty());
    assert_eq!(lms.audit().seal(&lms.admin()).await.unwrap().seq, head);
}

async fn a_change_on_top_of_another_is_refused_as_stale(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let read = lms.settings().show(&lms.admin()).await.unwrap().version;
    let change = |days: &str| SettingsChange::new().set("grace_days", days).unwrap();
    lms.settings().set(&lms.admin(), change("3")).await.unwrap();

    let late = change("5").expect_version(read);
    let refused = lms.settings().set(&lms.admin(), late).await.unwrap_err();

    assert_eq!(refused.kind(), ErrorKind::Stale);
    assert_eq!(lms.settings().show(&lms.admin()).await.unwrap().grace_days, 3);
}
