//! API tokens: shown once, kept as a hash, narrowed, ended.

use std::collections::BTreeSet;
use std::time::Duration;

use lms_core::testkit::TestLms;
use lms_core::{
    AccountChange, AccountStatus, Day, Engine, ErrorKind, NewAccount, NewToken, PERMISSIONS,
    SettingsChange, Timestamp, TokenFilter,
};
use sha2::{Digest, Sha256};

use crate::support::engines::on_both_engines;
use crate::support::looks::{assert_sound, entries, events, head, token};
use crate::support::raw::{Raw, hex, sqlite_path};

on_both_engines! {
    a_secret_is_shown_once_and_kept_as_a_hash_only,
    a_token_may_do_what_it_names_and_its_account_may,
    the_last_day_of_a_token_ends_at_midnight_of_the_organisation,
    a_token_that_would_have_ended_already_is_refused,
    nobody_learns_why_a_token_does_not_work,
    a_token_follows_its_account,
    revoking_twice_changes_nothing_the_second_time,
    acting_as_an_account_only_narrows,
    pages_cover_each_token_once_while_others_come,
    many_tokens_made_at_once_all_work,
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

async fn a_secret_is_shown_once_and_kept_as_a_hash_only(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let new = NewToken::new("ada", "nightly import");
    let created = lms.access().create_token(&lms.admin(), new).await.unwrap();
    let secret = created.secret.clone();
    assert!(secret.starts_with("lms_"), "a scanner knows it");
    assert!(secret.len() >= 4 + 43, "256 bits");
    assert!(!format!("{created:?}").contains(&secret[4..]), "it does not slip into a log");
    lms.access().authenticate(&secret).await.unwrap();
    lms.access().revoke_token(&lms.admin(), &created.token.id.to_string()).await.unwrap();

    let hash = hex(&Sha256::digest(&secret));
    let dump = Raw::open(lms.place()).await.dump().await;
    for (table, rows) in &dump {
        for row in rows {
            assert!(!row.contains(&secret[4..]), "{table}: {row}");
            assert!(!row.contains(&hex(&secret.as_bytes()[4..])), "{table}: {row}");
            let place_of_hashes = table == "api_tokens";
            assert!(place_of_hashes || !row.contains(&hash), "{table}: {row}");
        }
    }
    assert!(dump["api_tokens"].iter().any(|row| row.contains(&hash)), "the hash is kept");
    let told = serde_json::to_string(&(
        entries(&lms, lms_core::AuditFilter::new()).await,
        events(&lms, lms_core::EventFilter::new()).await,
        lms.access().tokens(&lms.admin(), TokenFilter::new().include_revoked(true)).await.unwrap(),
    ))
    .unwrap();
    assert!(!told.contains(&secret[4..]) && !told.contains(&hash));
    if engine == Engine::Sqlite {
        let file = sqlite_path(lms.place());
        for suffix in ["", "-wal"] {
            let file = format!("{}{suffix}", file.display());
            let bytes = std::fs::read(&file).unwrap_or_default();
            assert!(!contains(&bytes, &secret.as_bytes()[4..]), "{file}");
        }
    }
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

async fn a_token_may_do_what_it_names_and_its_account_may(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    lms.access().add_account(&lms.admin(), NewAccount::new("hans").role("hr")).await.unwrap();
    let of = |account: &'static str, permissions: &'static [&'static str]| {
        let lms = &lms;
        async move {
            let new = NewToken::new(account, "t");
            let new = permissions.iter().fold(new, |new, name| new.permission(name));
            let secret = token(lms, new).await;
            let actor = lms.access().authenticate(&secret).await.unwrap();
            let may: Vec<&str> = PERMISSIONS
                .iter()
                .map(|permission| permission.name)
                .filter(|name| actor.may(name))
                .collect();
            may
        }
    };
    assert_eq!(of("ada", &["audit.read", "settings.read"]).await, ["settings.read", "audit.read"]);
    assert_eq!(of("ada", &["settings.write", "settings.write"]).await, ["settings.write"]);
    assert_eq!(of("ada", &[]).await.len(), PERMISSIONS.len());
    // Naming more than the account has does not give it.
    assert_eq!(of("hans", &["settings.read", "settings.write"]).await, ["settings.read"]);
    let hr = [
        "settings.read",
        "people.read",
        "people.write",
        "quizzes.read",
        "people.privacy",
        "organisation.read",
        "organisation.write",
        "catalog.read",
        "drafts.read",
        "catalog.write",
        "catalog.publish",
        "content.read",
        "content.write",
        "assignments.read",
        "assignments.write",
        "enrolments.write",
        "rules.read",
        "rules.write",
        "certificates.read",
        "certificates.write",
        "progress.read",
        "progress.write",
        "skills.read",
        "skills.write",
        "readiness.read",
        "notifications.read",
        "notifications.write",
        "jobs.read",
        "sweep.run",
        "analytics.read",
    ];
    assert_eq!(of("hans", &[]).await, hr);
    assert!(of("hans", &["audit.read"]).await.is_empty());

    let page = lms.access().tokens(&lms.admin(), TokenFilter::new().account("hans")).await.unwrap();
    let named: Vec<_> = page.items.iter().map(|token| token.permissions.join(" ")).collect();
    assert_eq!(named, ["audit.read", "", "settings.read settings.write"], "newest first");
}

async fn the_last_day_of_a_token_ends_at_midnight_of_the_organisation(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    // Days of 23, 24 and 25 hours, far east and west, and a day that begins at one o'clock.
    for (zone, made, last_day, end) in [
        ("Africa/Cairo", "2026-04-20T00:00:00Z", "2026-04-23", "2026-04-23T22:00:00Z"),
        ("Pacific/Kiritimati", "2026-05-01T00:00:00Z", "2026-05-02", "2026-05-02T10:00:00Z"),
        ("Etc/GMT+12", "2026-05-02T11:00:00Z", "2026-05-02", "2026-05-03T12:00:00Z"),
        ("Europe/Berlin", "2026-06-30T21:59:59Z", "2026-06-30", "2026-06-30T22:00:00Z"),
        ("Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25", "2026-10-25T23:00:00Z"),
        ("Europe/Berlin", "2027-03-27T12:00:00Z", "2027-03-28", "2027-03-28T22:00:00Z"),
        ("UTC", "2028-02-28T23:59:59Z", "2028-02-29", "2028-03-01T00:00:00Z"),
    ] {
        lms.clock().set(at(made));
        let change = SettingsChange::new().set("timezone", zone).unwrap();
        lms.settings().set(&lms.admin(), change).await.unwrap();
        let new = NewToken::new("ada", zone).expires_on(day(last_day));
        let created = lms.access().create_token(&lms.admin(), new).await.unwrap();
        assert_eq!(created.token.expires_at, Some(at(end)), "{zone} {last_day}");

        let end = at(end);
        let microsecond_before = Timestamp::new(end.inner() - jiff::SignedDuration::from_micros(1));
        lms.clock().set(microsecond_before);
        lms.access().authenticate(&created.secret).await.unwrap();
        lms.clock().set(end);
        let refused = lms.access().authenticate(&created.secret).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Unauthenticated, "{zone} {last_day}");
    }
}

async fn a_token_that_would_have_ended_already_is_refused(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let change = SettingsChange::new().set("timezone", "Pacific/Auckland").unwrap();
    lms.settings().set(&lms.admin(), change).await.unwrap();
    // Noon in Greenwich is the first of April, one in the morning, in Auckland.
    let before = head(&lms).await;
    for ended in ["2026-03-31", "2025-12-31", "0001-01-01"] {
        let new = NewToken::new("ada", "late").expires_on(day(ended));
        let refused = lms.access().create_token(&lms.admin(), new).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Invalid);
        assert_eq!(refused.field(), Some("expires_on"), "{ended}");
    }
    assert_eq!(head(&lms).await, before);
    for lasting in ["2026-04-01", "9999-12-31"] {
        let secret = token(&lms, NewToken::new("ada", "t").expires_on(day(lasting))).await;
        lms.access().authenticate(&secret).await.unwrap();
    }
}

async fn nobody_learns_why_a_token_does_not_work(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let admin = lms.admin();
    let ends = NewToken::new("ada", "ends").expires_on(day("2026-03-31"));
    let expired = token(&lms, ends).await;
    let revoked = lms.access().create_token(&admin, NewToken::new("ada", "revoked")).await.unwrap();
    lms.access().revoke_token(&admin, &revoked.token.id.to_string()).await.unwrap();
    lms.access().add_account(&admin, NewAccount::new("bob").role("admin")).await.unwrap();
    let disabled = token(&lms, NewToken::new("bob", "disabled")).await;
    let disable = AccountChange::new().status(AccountStatus::Disabled);
    lms.access().edit_account(&admin, "bob", disable).await.unwrap();
    lms.clock().advance(Duration::from_hours(24));
    let never_was = format!("lms_{}", "A".repeat(43));
    let bits_more = format!("{} ", token(&lms, NewToken::new("ada", "good")).await);

    let mut told = BTreeSet::new();
    for secret in [
        expired.as_str(),
        &revoked.secret,
        &disabled,
        &never_was,
        &bits_more,
        "",
        "lms_",
        "Bearer x",
        "' OR 1=1 --",
        "\0",
    ] {
        let refused = lms.access().authenticate(secret).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Unauthenticated, "{secret:?}");
        told.insert(format!("{} {} {:?}", refused.code(), refused.message(), refused.hints()));
    }
    assert_eq!(told.len(), 1, "{told:#?}");
}

async fn a_token_follows_its_account(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let admin = lms.admin();
    lms.access().add_account(&admin, NewAccount::new("bob").role("admin")).await.unwrap();
    let secret = token(&lms, NewToken::new("bob", "t")).await;
    let may = |permission: &'static str| {
        let (lms, secret) = (&lms, &secret);
        async move { lms.access().authenticate(secret).await.unwrap().may(permission) }
    };
    assert!(may("settings.write").await);
    let demote = AccountChange::new().remove_role("admin").add_role("hr");
    lms.access().edit_account(&admin, "bob", demote).await.unwrap();
    assert!(!may("settings.write").await);
    assert!(may("settings.read").await);

    let status = |status| AccountChange::new().status(status);
    lms.access().edit_account(&admin, "bob", status(AccountStatus::Disabled)).await.unwrap();
    assert!(lms.access().authenticate(&secret).await.is_err());
    let new = NewToken::new("bob", "another");
    let refused = lms.access().create_token(&admin, new).await.unwrap_err();
    assert_eq!(refused.code(), "access.account_disabled");
    lms.access().edit_account(&admin, "bob", status(AccountStatus::Active)).await.unwrap();
    assert!(may("settings.read").await);
}

async fn revoking_twice_changes_nothing_the_second_time(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let admin = lms.admin();
    let created = lms.access().create_token(&admin, NewToken::new("ada", "t")).await.unwrap();
    let id = created.token.id.to_string();

    lms.clock().advance(std::time::Duration::from_secs(1));
    let first = lms.access().revoke_token(&admin, &id).await.unwrap();
    assert_eq!(first.value.revoked_at, Some(lms.now()));
    assert_eq!(first.changed[0].field, "revoked_at");
    assert!(first.operation.is_some());
    let before = head(&lms).await.seq;
    lms.clock().advance(Duration::from_mins(1));
    let second = lms.access().revoke_token(&admin, &id).await.unwrap();
    assert_eq!(second.operation, None);
    assert!(second.changed.is_empty());
    assert_eq!(second.value.revoked_at, first.value.revoked_at);
    assert_eq!(head(&lms).await.seq, before);

    for unknown in ["0197f0a0-0000-7000-8000-000000000001", "t", ""] {
        let refused = lms.access().revoke_token(&admin, unknown).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::NotFound, "{unknown}");
    }
    let listed = lms.access().tokens(&admin, TokenFilter::new()).await.unwrap();
    assert!(listed.items.iter().all(|token| token.id != created.token.id));
    let all = TokenFilter::new().include_revoked(true);
    let all = lms.access().tokens(&admin, all).await.unwrap();
    assert!(all.items.iter().any(|token| token.id == created.token.id));
}

async fn acting_as_an_account_only_narrows(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let admin = lms.admin().with_request_id("request-1").with_reason("on behalf");
    for (name, role) in [("hans", "hr"), ("aud", "auditor"), ("adm", "admin")] {
        lms.access().add_account(&admin, NewAccount::new(name).role(role)).await.unwrap();
    }
    let may = |actor: &lms_core::Actor| -> BTreeSet<&str> {
        PERMISSIONS.iter().map(|p| p.name).filter(|name| actor.may(name)).collect()
    };
    let hans = lms.access().act_as(&admin, "hans").await.unwrap();
    let hr = BTreeSet::from([
        "settings.read",
        "people.read",
        "people.write",
        "people.privacy",
        "organisation.read",
        "organisation.write",
        "quizzes.read",
        "catalog.read",
        "drafts.read",
        "catalog.write",
        "catalog.publish",
        "content.read",
        "content.write",
        "assignments.read",
        "assignments.write",
        "enrolments.write",
        "rules.read",
        "rules.write",
        "certificates.read",
        "certificates.write",
        "progress.read",
        "progress.write",
        "skills.read",
        "skills.write",
        "readiness.read",
        "notifications.read",
        "notifications.write",
        "jobs.read",
        "sweep.run",
        "analytics.read",
    ]);
    assert_eq!(may(&hans), hr);
    assert_eq!(hans.reason(), Some("on behalf"));
    assert_eq!(hans.request_id(), Some("request-1"));
    assert!(hans.origin().contains("os:admin"), "the log says who it really is: {}", hans.origin());

    let adm = lms.access().act_as(&admin, "adm").await.unwrap();
    let both = lms.access().act_as(&adm, "aud").await.unwrap();
    let adm = may(&adm);
    let aud = may(&lms.access().act_as(&admin, "aud").await.unwrap());
    assert_eq!(may(&both), adm.intersection(&aud).copied().collect());
    // The super admin's name gives nothing to those who act in it.
    let auditor = lms.access().act_as(&admin, "aud").await.unwrap();
    let borrowed = lms.access().act_as(&auditor, "ada").await.unwrap();
    assert_eq!(may(&borrowed), aud);
    // Whoever may not see accounts cannot try their names.
    let refused = lms.access().act_as(&hans, "nobody").await.unwrap_err();
    assert_eq!(refused.code(), "access.forbidden");

    let disable = AccountChange::new().status(AccountStatus::Disabled);
    lms.access().edit_account(&admin, "hans", disable).await.unwrap();
    let refused = lms.access().act_as(&admin, "hans").await.unwrap_err();
    assert_eq!(refused.code(), "access.account_disabled");
}

async fn pages_cover_each_token_once_while_others_come(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    for n in 0..15 {
        token(&lms, NewToken::new("ada", &format!("t{n}"))).await;
    }
    let (mut seen, mut filter) = (Vec::new(), TokenFilter::new().limit(4));
    let mut pages = 0;
    loop {
        let page = lms.access().tokens(&lms.admin(), filter.clone()).await.unwrap();
        seen.extend(page.items.into_iter().map(|token| token.name));
        token(&lms, NewToken::new("ada", &format!("late{pages}"))).await;
        pages += 1;
        match page.next {
            Some(next) => filter = filter.cursor(&next),
            None => break,
        }
    }
    let mut wanted: Vec<String> = (0..15).rev().map(|n| format!("t{n}")).collect();
    wanted.push("first token".to_owned());
    assert_eq!(seen, wanted, "newest first, each once");
}

async fn many_tokens_made_at_once_all_work(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let tasks: Vec<_> = (0..10)
        .map(|n| {
            let (lms, admin) = (lms_core::Lms::clone(&lms), lms.admin());
            tokio::spawn(async move {
                let new = NewToken::new("ada", &format!("t{n}"));
                lms.access().create_token(&admin, new).await.unwrap().secret
            })
        })
        .collect();
    let mut secrets = BTreeSet::new();
    for task in tasks {
        let secret = task.await.unwrap();
        lms.access().authenticate(&secret).await.unwrap();
        secrets.insert(secret);
    }
    assert_eq!(secrets.len(), 10);
    assert_sound(&lms).await;
}
