//! The feed of what happened.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use lms_core::testkit::TestLms;
use lms_core::{
    AccountChange, AccountStatus, Actor, Engine, EventFilter, NewAccount, NewToken, SetUp,
    SettingsChange,
};

use crate::support::engines::on_both_engines;
use crate::support::looks::{entries, events, newest};

on_both_engines! {
    the_feed_has_the_order_of_the_chain,
    a_follower_sees_each_event_once_while_others_come,
    following_goes_on_from_where_it_ended,
    the_newest_can_be_asked_for_first,
    a_feed_can_be_narrowed_to_a_type_or_a_subject,
    every_event_is_a_cloud_event,
    no_event_names_a_person,
    a_refused_change_tells_nobody,
}

async fn change(lms: &lms_core::Lms, days: u32) {
    let change = SettingsChange::new().set("grace_days", &days.to_string()).unwrap();
    lms.settings().set(&Actor::os_user("admin"), change).await.unwrap();
}

async fn the_feed_has_the_order_of_the_chain(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    for days in 1..=5 {
        change(&lms, days).await;
        lms.clock().advance(Duration::from_secs(1));
    }
    let feed = events(&lms, EventFilter::new()).await;
    let places: Vec<_> = feed.iter().map(|event| (event.seq, event.position)).collect();
    assert!(places.is_sorted());
    assert_eq!(places.iter().collect::<BTreeSet<_>>().len(), places.len());
    let instants: Vec<_> = feed.iter().map(|event| event.recorded_at).collect();
    assert!(instants.is_sorted());

    let by_seq: BTreeMap<i64, _> = entries(&lms, lms_core::AuditFilter::new())
        .await
        .into_iter()
        .map(|entry| (entry.seq, entry))
        .collect();
    for event in &feed {
        assert_eq!(event.recorded_at, by_seq[&event.seq].recorded_at, "one operation, one instant");
    }
    let changed = feed.iter().filter(|event| event.event_type == "settings.changed").count();
    assert_eq!(changed, 6, "five changes and the first version");
}

async fn a_follower_sees_each_event_once_while_others_come(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    lms.access().add_account(&lms.admin(), NewAccount::new("bob")).await.unwrap();
    // A change of roles is two events of one operation: some pages end between them.
    let two_events = |add: &'static str, remove: &'static str| {
        let change = AccountChange::new().add_role(add).remove_role(remove);
        let lms = &lms;
        async move { lms.access().edit_account(&lms.admin(), "bob", change).await.unwrap() }
    };
    for limit in [1, 2, 3, 4] {
        for _ in 0..3 {
            two_events("hr", "manager").await;
            two_events("manager", "hr").await;
        }
        let (mut seen, mut filter, mut n_late) = (Vec::new(), EventFilter::new().limit(limit), 0);
        loop {
            let page = lms.events().list(&lms.admin(), filter.clone()).await.unwrap();
            seen.extend(page.items.iter().map(|event| (event.seq, event.position)));
            let Some(next) = page.next else { break };
            if n_late < 3 {
                n_late += 1;
                change(&lms, limit * 10 + n_late).await;
            }
            filter = filter.cursor(&next);
        }
        let all: Vec<_> = events(&lms, EventFilter::new())
            .await
            .iter()
            .map(|event| (event.seq, event.position))
            .collect();
        assert_eq!(n_late, 3, "events came between the pages");
        assert_eq!(seen, all, "pages of {limit}");
    }
}

/// A follower that has read all there is comes back with a cursor later on.
async fn following_goes_on_from_where_it_ended(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    change(&lms, 1).await;
    let all = events(&lms, EventFilter::new()).await;
    let few = u32::try_from(all.len() - 1).unwrap();
    let page = lms.events().list(&lms.admin(), EventFilter::new().limit(few)).await.unwrap();
    let cursor = page.next.unwrap();
    change(&lms, 2).await;
    let rest = lms.events().list(&lms.admin(), EventFilter::new().cursor(&cursor)).await.unwrap();
    let ids: Vec<_> = rest.items.iter().map(|event| event.id).collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], all.last().unwrap().id);
    assert_eq!(rest.items[1].body["data"]["version"], 3);
}

async fn the_newest_can_be_asked_for_first(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    for days in 1..=4 {
        change(&lms, days).await;
    }
    let mut forward = events(&lms, EventFilter::new()).await;
    let mut backward = events(&lms, EventFilter::new().newest_first(true)).await;
    backward.reverse();
    let ids = |events: &mut Vec<lms_core::Event>| -> Vec<_> {
        events.drain(..).map(|event| event.id).collect()
    };
    assert_eq!(ids(&mut backward), ids(&mut forward));
}

async fn a_feed_can_be_narrowed_to_a_type_or_a_subject(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let bob = lms.access().add_account(&lms.admin(), NewAccount::new("bob")).await.unwrap();
    let promote = AccountChange::new().add_role("hr");
    lms.access().edit_account(&lms.admin(), "bob", promote).await.unwrap();
    change(&lms, 3).await;

    let of_bob = events(&lms, EventFilter::new().subject(&bob.id.to_string())).await;
    let types: Vec<&str> = of_bob.iter().map(|event| event.event_type.as_str()).collect();
    assert_eq!(types, ["account.created", "account.changed", "user.role.changed"]);
    let changed = events(&lms, EventFilter::new().event_type("user.role.changed")).await;
    assert_eq!(changed.len(), 1);
    assert_eq!(changed[0].body["data"]["after"], serde_json::json!(["hr"]));
    let both = EventFilter::new().event_type("settings.changed").subject(&bob.id.to_string());
    assert!(events(&lms, both).await.is_empty());
}

/// Everything that leaves an event behind, with marks in all that could name a person.
async fn organisation_with_marks(engine: Engine) -> TestLms {
    let lms = TestLms::fresh(engine).await;
    let admin = lms.admin().with_reason("MARK reason");
    let access = lms.access();
    access
        .set_up(&admin, SetUp::new("Acme", "mark-ada").email("mark-a@example.com"))
        .await
        .unwrap();
    let bob =
        NewAccount::new("mark-bob").email("mark-b@example.com").display_name("MARK Bob").role("hr");
    access.add_account(&admin, bob).await.unwrap();
    let change = AccountChange::new()
        .email(Some("mark-c@example.com"))
        .display_name(Some("MARK Robert"))
        .add_role("auditor")
        .status(AccountStatus::Disabled);
    access.edit_account(&admin, "mark-bob", change).await.unwrap();
    let new = NewToken::new("mark-ada", "MARK token");
    let created = access.create_token(&admin, new).await.unwrap();
    access.revoke_token(&admin, &created.token.id.to_string()).await.unwrap();
    change_name(&lms, &admin).await;
    lms
}

async fn change_name(lms: &TestLms, admin: &Actor) {
    let change = SettingsChange::new().set("quiet_hours", "20:00-07:00").unwrap();
    lms.settings().set(admin, change).await.unwrap();
}

async fn every_event_is_a_cloud_event(engine: Engine) {
    let lms = organisation_with_marks(engine).await;
    let feed = events(&lms, EventFilter::new()).await;
    let types: BTreeSet<&str> = feed.iter().map(|event| event.event_type.as_str()).collect();
    assert_eq!(
        types.into_iter().collect::<Vec<_>>(),
        [
            "account.changed",
            "account.created",
            "organisation.created",
            "settings.changed",
            "token.created",
            "token.revoked",
            "user.role.changed"
        ]
    );
    let mut ids = BTreeSet::new();
    for event in &feed {
        let body = event.body.as_object().unwrap();
        let text = |name: &str| body.get(name).map(|value| value.as_str().unwrap().to_owned());
        assert_eq!(text("specversion").as_deref(), Some("1.0"));
        assert_eq!(text("type").as_deref(), Some(event.event_type.as_str()));
        assert_eq!(text("id"), Some(event.id.to_string()));
        assert!(text("source").is_some_and(|source| !source.is_empty() && !source.contains(' ')));
        assert_eq!(text("time"), Some(event.recorded_at.to_string()), "RFC 3339, in UTC");
        assert!(text("time").unwrap().ends_with('Z'));
        assert_eq!(text("datacontenttype").as_deref(), Some("application/json"));
        assert_eq!(text("subject"), event.subject);
        assert_ne!(text("subject").as_deref(), Some(""), "left out rather than empty");
        assert!(body["data"].is_object());
        for (name, value) in body {
            assert!(!value.is_null(), "CloudEvents know no null: `{name}`");
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
            assert!(name.chars().all(plain), "not a CloudEvents attribute: `{name}`");
        }
        assert!(ids.insert(event.id), "an id twice");
    }
    let sequences: Vec<&str> =
        feed.iter().map(|event| event.body["sequence"].as_str().unwrap()).collect();
    assert!(sequences.is_sorted(), "receivers can sort by it: {sequences:?}");
}

async fn no_event_names_a_person(engine: Engine) {
    let lms = organisation_with_marks(engine).await;
    for event in events(&lms, EventFilter::new()).await {
        let told = serde_json::to_string(&event).unwrap().to_lowercase();
        assert!(!told.contains("mark"), "{told}");
    }
    // The marks are where they belong: in the values of the audit log.
    let mut marked = 0;
    for entry in entries(&lms, lms_core::AuditFilter::new()).await {
        let detail = lms.audit().show(&lms.admin(), &entry.seq.to_string()).await.unwrap();
        marked += usize::from(serde_json::to_string(&detail.changes).unwrap().contains("mark-"));
    }
    assert!(marked >= 3);
}

async fn a_refused_change_tells_nobody(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (before, entry) = (events(&lms, EventFilter::new()).await.len(), newest(&lms).await.seq);
    let change = AccountChange::new().status(AccountStatus::Disabled);
    lms.access().edit_account(&lms.admin(), "ada", change).await.unwrap_err();
    lms.access().add_account(&lms.admin(), NewAccount::new("ADA")).await.unwrap_err();
    assert_eq!(events(&lms, EventFilter::new()).await.len(), before);
    assert_eq!(newest(&lms).await.seq, entry);
}
