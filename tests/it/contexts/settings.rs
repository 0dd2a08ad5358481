//! The settings of the organisation.

use lms_core::testkit::TestLms;
use lms_core::{Engine, ErrorKind, SETTING_KEYS, SettingsChange};

use crate::support::engines::on_both_engines;
use crate::support::looks::{another_handle, assert_sound, head, newest};

on_both_engines! {
    a_change_is_a_new_version_with_an_audit_entry_and_an_event,
    saying_again_what_is_so_changes_nothing,
    a_change_on_top_of_another_is_refused_as_stale,
    several_settings_change_together_or_not_at_all,
    a_plan_is_what_the_change_does_and_changes_nothing,
    every_setting_is_kept_as_it_was_given,
    what_may_be_absent_can_be_cleared_and_nothing_else,
    of_many_who_saw_the_same_version_one_changes_it,
    without_an_organisation_there_are_no_settings,
}

#[test]
fn an_unknown_setting_names_the_nearest() {
    let refused = SettingsChange::new().set("time_zone", "UTC").unwrap_err();
    assert_eq!(refused.code(), "settings.unknown");
    assert_eq!(refused.hints()[0], "did you mean `timezone`?");
    for setting in SETTING_KEYS {
        assert!(refused.hints()[1].contains(setting.key), "{}", setting.key);
    }
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

async fn several_settings_change_together_or_not_at_all(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let version = lms.settings().show(&lms.admin()).await.unwrap().version;
    let change = SettingsChange::new()
        .set("name", "Globex")
        .and_then(|change| change.set("grace_days", "3"))
        .and_then(|change| change.set("locale", "en"))
        .and_then(|change| change.set("grace_days", "5"))
        .unwrap();

    lms.clock().advance(std::time::Duration::from_secs(1));
    let outcome = lms.settings().set(&lms.admin(), change).await.unwrap();

    let fields: Vec<&str> = outcome.changed.iter().map(|change| change.field.as_str()).collect();
    assert_eq!(fields, ["name", "grace_days"], "the locale was so already");
    assert_eq!(outcome.settings.grace_days, 5, "what is said last counts");
    assert_eq!(outcome.settings.version, version + 1);
    assert_eq!(newest(&lms).await.counts["changed"], 2);
    assert_eq!(outcome.settings.recorded_at, lms.now());
    assert_sound(&lms).await;
}

async fn a_plan_is_what_the_change_does_and_changes_nothing(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let change = || {
        let change = SettingsChange::new().set("name", "Globex").unwrap();
        change.set("locale", "en").unwrap().set("quiet_hours", "20:00-07:00").unwrap()
    };
    let before = head(&lms).await;
    let planned = lms.settings().plan(&lms.admin(), &change()).await.unwrap();
    assert_eq!(head(&lms).await, before);
    assert_eq!(lms.settings().show(&lms.admin()).await.unwrap().name.as_str(), "Acme");
    let done = lms.settings().set(&lms.admin(), change()).await.unwrap();
    assert_eq!(planned, done.changed);
    assert_eq!(planned.len(), 2);
    assert!(lms.settings().plan(&lms.admin(), &change()).await.unwrap().is_empty());

    let late = change().expect_version(1);
    let refused = lms.settings().plan(&lms.admin(), &late).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Stale);
}

async fn every_setting_is_kept_as_it_was_given(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let change = SETTING_KEYS.iter().fold(SettingsChange::new(), |change, setting| {
        change.set(setting.key, setting.example).unwrap()
    });
    lms.settings().set(&lms.admin(), change).await.unwrap();
    let shown = another_handle(&lms).await.settings().show(&lms.admin()).await.unwrap();
    for setting in SETTING_KEYS {
        assert_eq!(shown.get(setting.key).as_deref(), Some(setting.example), "{}", setting.key);
    }
    assert_eq!(shown.get("no_such"), None);
    let json = serde_json::to_value(&shown).unwrap();
    for setting in SETTING_KEYS {
        assert!(!json[setting.key].is_null(), "{json}");
    }
}

async fn what_may_be_absent_can_be_cleared_and_nothing_else(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let set = |value: &str| SettingsChange::new().set("quiet_hours", value).unwrap();
    lms.settings().set(&lms.admin(), set("20:00-07:00")).await.unwrap();
    let cleared = lms.settings().set(&lms.admin(), set("")).await.unwrap();
    assert_eq!(cleared.settings.quiet_hours, None);
    assert_eq!(cleared.changed[0].before.as_deref(), Some("20:00-07:00"));
    assert_eq!(cleared.changed[0].after, None);
    for key in ["name", "timezone", "locale", "grace_days", "due_soon_days"] {
        let refused = SettingsChange::new().set(key, " ").unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Invalid);
        assert_eq!(refused.field(), Some(key));
    }
}

async fn of_many_who_saw_the_same_version_one_changes_it(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let version = lms.settings().show(&lms.admin()).await.unwrap().version;
    let mut tasks = Vec::new();
    for n in 1..=8 {
        let (other, admin) = (another_handle(&lms).await, lms.admin());
        tasks.push(tokio::spawn(async move {
            let change = SettingsChange::new().set("grace_days", &n.to_string()).unwrap();
            other.settings().set(&admin, change.expect_version(version)).await
        }));
    }
    let mut winners = Vec::new();
    for task in tasks {
        match task.await.unwrap() {
            Ok(outcome) => winners.push(outcome.settings.grace_days),
            Err(refused) => assert_eq!(refused.kind(), ErrorKind::Stale, "{refused:?}"),
        }
    }
    assert_eq!(winners.len(), 1);
    let shown = lms.settings().show(&lms.admin()).await.unwrap();
    assert_eq!((shown.grace_days, shown.version), (winners[0], version + 1));
}

async fn without_an_organisation_there_are_no_settings(engine: Engine) {
    let lms = TestLms::fresh(engine).await;
    let before = head(&lms).await;
    let show = lms.settings().show(&lms.admin()).await.unwrap_err();
    let change = SettingsChange::new().set("grace_days", "3").unwrap();
    let set = lms.settings().set(&lms.admin(), change).await.unwrap_err();
    for refused in [show, set] {
        assert_eq!(refused.code(), "database.not_set_up");
        assert!(refused.hints()[0].contains("lmsctl init"), "{refused:?}");
    }
    assert_eq!(head(&lms).await, before);
}
