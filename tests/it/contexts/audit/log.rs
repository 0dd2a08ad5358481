//! Reading the log: one entry for each change, gap-free, with reason, before and after.

use std::collections::BTreeSet;

use lms_core::testkit::TestLms;
use lms_core::{
    AccountChange, Actor, AuditFilter, Day, Engine, ErrorKind, NewAccount, NewToken,
    SettingsChange, Timestamp,
};

use super::organisation_with_history;
use crate::support::engines::on_both_engines;
use crate::support::looks::{another_handle, assert_sound, entries, head, newest, usernames};

on_both_engines! {
    each_change_is_one_entry,
    an_entry_says_who_when_from_where_and_why,
    a_change_shows_before_and_after,
    an_entry_is_shown_by_number_and_by_id,
    the_list_can_be_narrowed,
    days_of_the_list_are_whole_days,
    pages_cover_each_entry_once_while_others_come,
    many_writers_leave_one_unbroken_chain,
    a_clock_that_was_set_back_breaks_nothing,
    verifying_tells_how_far_it_is,
}

async fn each_change_is_one_entry(engine: Engine) {
    let lms = organisation_with_history(engine).await;
    let mut kinds: Vec<String> =
        entries(&lms, AuditFilter::new()).await.into_iter().map(|entry| entry.kind).collect();
    kinds.reverse();
    assert_eq!(
        kinds,
        [
            "database.migrated",
            "organisation.created",
            "settings.changed",
            "account.created",
            "token.created",
            "settings.changed",
            "account.created",
            "account.changed",
            "token.created",
            "settings.changed",
        ]
    );
    assert_sound(&lms).await;

    // Reading leaves no entry.
    let before = head(&lms).await;
    lms.settings().show(&lms.admin()).await.unwrap();
    usernames(&lms).await;
    lms.database().check(&lms.admin()).await.unwrap();
    lms.database().status(&lms.admin()).await.unwrap();
    lms.audit().export(&lms.admin(), &mut std::io::sink()).await.unwrap();
    assert_eq!(head(&lms).await, before);
}

async fn an_entry_says_who_when_from_where_and_why(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let instant = Timestamp::parse("2026-07-01T08:30:00.000001Z").unwrap();
    lms.clock().set(instant);
    let reason = "wünsch dir was: \"quotes\", \u{1F980}\nand a second line";
    let actor =
        Actor::os_user("grace").with_origin("cli").with_request_id("request-7").with_reason(reason);
    let change = SettingsChange::new().set("name", "Globex").unwrap();
    let outcome = lms.settings().set(&actor, change).await.unwrap();

    let entry = newest(&lms).await;
    assert_eq!(Some(entry.operation_id), outcome.operation);
    assert_eq!(entry.actor, "os:grace");
    assert_eq!(entry.origin, "cli");
    assert_eq!(entry.request_id.as_deref(), Some("request-7"));
    assert_eq!(entry.reason.as_deref(), Some(reason));
    assert_eq!(entry.recorded_at, instant);
    assert_eq!(entry.hash, head(&lms).await.hash);
    assert_sound(&lms).await;
}

async fn a_change_shows_before_and_after(engine: Engine) {
    let lms = organisation_with_history(engine).await;
    let detail = lms.audit().show(&lms.admin(), "10").await.unwrap();
    assert_eq!(detail.changes.len(), 1);
    let change = &detail.changes[0];
    assert_eq!((change.subject_type.as_str(), change.subject_id), ("settings", None));
    assert_eq!(change.before, Some(serde_json::json!({ "grace_days": "7" })));
    assert_eq!(change.after, Some(serde_json::json!({ "grace_days": "9" })));

    // A reason is no change of anything.
    let detail = lms.audit().show(&lms.admin(), "6").await.unwrap();
    assert_eq!(detail.changes.len(), 1);
    assert_eq!(detail.changes[0].subject_type, "settings");
    assert_eq!(detail.entry.reason.as_deref(), Some("new policy"));
}

async fn an_entry_is_shown_by_number_and_by_id(engine: Engine) {
    let lms = organisation_with_history(engine).await;
    for entry in entries(&lms, AuditFilter::new()).await {
        let by_seq = lms.audit().show(&lms.admin(), &entry.seq.to_string()).await.unwrap();
        let id = entry.operation_id.to_string();
        let by_id = lms.audit().show(&lms.admin(), &id).await.unwrap();
        assert_eq!(by_seq.entry.hash, entry.hash);
        assert_eq!(by_id.entry.hash, entry.hash);
    }
    for unknown in ["0", "11", "-1", "last", "", "0197f0a0-0000-7000-8000-000000000001"] {
        let refused = lms.audit().show(&lms.admin(), unknown).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::NotFound, "{unknown}");
        assert!(!refused.hints().is_empty());
    }
}

async fn the_list_can_be_narrowed(engine: Engine) {
    let lms = organisation_with_history(engine).await;
    let grace = Actor::os_user("grace");
    let change = AccountChange::new().display_name(Some("Robert"));
    let bob = lms.access().edit_account(&grace, "bob", change).await.unwrap().value.id.to_string();
    let seqs = |filter: AuditFilter| {
        let lms = &lms;
        async move { entries(lms, filter).await.iter().map(|entry| entry.seq).collect::<Vec<_>>() }
    };
    let new = AuditFilter::new;
    assert_eq!(seqs(new().kind("settings.changed")).await, [10, 6, 3]);
    assert_eq!(seqs(new().actor("os:grace")).await, [11]);
    assert_eq!(seqs(new().subject(&bob)).await, [11, 8, 7]);
    assert_eq!(seqs(new().subject("account")).await, [11, 8, 7, 4]);
    assert_eq!(seqs(new().subject("settings")).await, [10, 6, 3]);
    let both = new().subject(&bob).actor("os:admin").kind("account.changed");
    assert_eq!(seqs(both).await, [8]);
    assert!(seqs(new().kind("no.such")).await.is_empty());
    assert!(seqs(new().subject("0197f0a0-0000-7000-8000-000000000001")).await.is_empty());
    // The filter goes on over pages.
    let page =
        lms.audit().list(&lms.admin(), new().kind("settings.changed").limit(2)).await.unwrap();
    let rest = new().kind("settings.changed").limit(2).cursor(&page.next.unwrap());
    let rest = lms.audit().list(&lms.admin(), rest).await.unwrap();
    assert_eq!(rest.items.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [3]);
    assert_eq!(rest.next, None);
}

async fn days_of_the_list_are_whole_days(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    for (n, instant) in [
        "2026-04-01T23:59:59.999999Z",
        "2026-04-02T00:00:00Z",
        "2026-04-02T23:59:59.999999Z",
        "2026-04-03T00:00:00Z",
    ]
    .iter()
    .enumerate()
    {
        lms.clock().set(Timestamp::parse(instant).unwrap());
        let change = SettingsChange::new().set("grace_days", &(n + 1).to_string()).unwrap();
        lms.settings().set(&lms.admin(), change).await.unwrap();
    }
    let count = |from: Option<&str>, until: Option<&str>| {
        let day = |text: &str| Day::parse(text).unwrap();
        let mut filter = AuditFilter::new().kind("settings.changed");
        if let Some(from) = from {
            filter = filter.from(day(from));
        }
        if let Some(until) = until {
            filter = filter.until(day(until));
        }
        let lms = &lms;
        async move { entries(lms, filter).await.len() }
    };
    assert_eq!(count(Some("2026-04-02"), Some("2026-04-02")).await, 2);
    assert_eq!(count(Some("2026-04-01"), Some("2026-04-01")).await, 1);
    assert_eq!(count(Some("2026-04-02"), None).await, 3);
    assert_eq!(count(None, Some("2026-04-02")).await, 4, "three, and the first version");
    assert_eq!(count(Some("2026-04-04"), None).await, 0);
    assert_eq!(count(Some("2026-04-03"), Some("2026-04-01")).await, 0);
}

async fn pages_cover_each_entry_once_while_others_come(engine: Engine) {
    let lms = organisation_with_history(engine).await;
    let (mut seen, mut filter, mut n) = (Vec::new(), AuditFilter::new().limit(3), 0);
    loop {
        let page = lms.audit().list(&lms.admin(), filter.clone()).await.unwrap();
        seen.extend(page.items.iter().map(|entry| entry.seq));
        n += 1;
        let new = NewAccount::new(&format!("late{n}"));
        lms.access().add_account(&lms.admin(), new).await.unwrap();
        match page.next {
            Some(next) => filter = filter.cursor(&next),
            None => break,
        }
    }
    assert_eq!(seen, (1..=super::N_ENTRIES).rev().collect::<Vec<_>>());
}

async fn many_writers_leave_one_unbroken_chain(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let before = head(&lms).await.seq;
    let handles = [lms_core::Lms::clone(&lms), another_handle(&lms).await];
    let mut tasks = Vec::new();
    for task in 0..20 {
        let writer = handles[task % 2].clone();
        tasks.push(tokio::spawn(async move {
            let actor = Actor::os_user(&format!("writer{task}"));
            for n in 0..10 {
                let new = NewAccount::new(&format!("w{task}-{n}"));
                writer.access().add_account(&actor, new).await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(head(&lms).await.seq, before + 200);
    assert_sound(&lms).await;
    assert_eq!(usernames(&lms).await.len(), 201);
    for task in 0..20 {
        let filter = AuditFilter::new().actor(&format!("os:writer{task}"));
        let ids: BTreeSet<_> =
            entries(&lms, filter).await.into_iter().map(|entry| entry.operation_id).collect();
        assert_eq!(ids.len(), 10);
    }
}

async fn a_clock_that_was_set_back_breaks_nothing(engine: Engine) {
    let lms = organisation_with_history(engine).await;
    lms.clock().set(Timestamp::parse("2020-01-01T00:00:00Z").unwrap());
    lms.access().add_account(&lms.admin(), NewAccount::new("early")).await.unwrap();
    lms.access().create_token(&lms.admin(), NewToken::new("early", "t")).await.unwrap();
    assert_eq!(newest(&lms).await.kind, "token.created");
    assert_sound(&lms).await;
    let feed = crate::support::looks::events(&lms, lms_core::EventFilter::new()).await;
    assert_eq!(feed.last().unwrap().event_type, "token.created");
    let tokens = lms.access().tokens(&lms.admin(), lms_core::TokenFilter::new()).await.unwrap();
    assert_eq!(tokens.items.len(), 3);
}

async fn verifying_tells_how_far_it_is(engine: Engine) {
    let lms = organisation_with_history(engine).await;
    let mut reports = Vec::new();
    let verified = lms
        .audit()
        .verify(&lms.admin(), None, &mut |done, total| reports.push((done, total)))
        .await
        .unwrap();
    let total = u64::try_from(verified.entries + verified.changes).unwrap();
    assert_eq!(reports.last(), Some(&(total, total)), "{reports:?}");
    assert!(reports.is_sorted());
    assert_eq!(verified.entries, super::N_ENTRIES);
    assert!(verified.changes >= super::N_ENTRIES, "{}", verified.changes);
}
