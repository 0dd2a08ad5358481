//! What tests ask again and again.

use lms_core::testkit::TestLms;
use lms_core::{
    AccountFilter, Actor, AuditEntry, AuditFilter, Event, EventFilter, Finding, Lms, NewAccount,
    NewToken, Seal, Verification,
};

/// Someone with full rights.
pub fn os_admin() -> Actor {
    Actor::os_user("admin").with_origin("test")
}

/// The last entry of the chain.
pub async fn head(lms: &Lms) -> Seal {
    lms.audit().seal(&os_admin()).await.unwrap()
}

pub async fn verify(lms: &Lms, seal: Option<&Seal>) -> Verification {
    lms.audit().verify(&os_admin(), seal, &mut |_, _| ()).await.unwrap()
}

pub async fn findings(lms: &Lms, seal: Option<&Seal>) -> Vec<Finding> {
    verify(lms, seal).await.findings
}

/// Asserts that the chain holds and has no gap.
pub async fn assert_sound(lms: &Lms) {
    let verified = verify(lms, None).await;
    assert!(verified.ok, "{:?}", verified.findings);
    assert_eq!(verified.entries, verified.head_seq);
    let entries = entries(lms, AuditFilter::new()).await;
    let seqs: Vec<i64> = entries.iter().map(|entry| entry.seq).collect();
    assert_eq!(seqs, (1..=verified.head_seq).rev().collect::<Vec<_>>());
}

/// All entries, newest first.
pub async fn entries(lms: &Lms, filter: AuditFilter) -> Vec<AuditEntry> {
    let (mut entries, mut filter) = (Vec::new(), filter.limit(100));
    loop {
        let page = lms.audit().list(&os_admin(), filter.clone()).await.unwrap();
        entries.extend(page.items);
        match page.next {
            Some(next) => filter = filter.cursor(&next),
            None => return entries,
        }
    }
}

/// The newest entry.
pub async fn newest(lms: &Lms) -> AuditEntry {
    let filter = AuditFilter::new().limit(1);
    lms.audit().list(&os_admin(), filter).await.unwrap().items.remove(0)
}

/// All events, oldest first.
pub async fn events(lms: &Lms, filter: EventFilter) -> Vec<Event> {
    let (mut events, mut filter) = (Vec::new(), filter.limit(100));
    loop {
        let page = lms.events().list(&os_admin(), filter.clone()).await.unwrap();
        events.extend(page.items);
        match page.next {
            Some(next) => filter = filter.cursor(&next),
            None => return events,
        }
    }
}

/// All user names, sorted.
pub async fn usernames(lms: &Lms) -> Vec<String> {
    let (mut names, mut filter) = (Vec::new(), AccountFilter::new().limit(100));
    loop {
        let page = lms.access().accounts(&os_admin(), filter.clone()).await.unwrap();
        names.extend(page.items.into_iter().map(|account| account.username));
        match page.next {
            Some(next) => filter = filter.cursor(&next),
            None => return names,
        }
    }
}

/// A new account with this role, and whoever its token speaks for.
pub async fn signed_in(lms: &TestLms, username: &str, role: &str) -> Actor {
    let account = NewAccount::new(username).role(role);
    lms.access().add_account(&lms.admin(), account).await.unwrap();
    let secret = token(lms, NewToken::new(username, "test")).await;
    lms.access().authenticate(&secret).await.unwrap()
}

/// The secret of a new token.
pub async fn token(lms: &TestLms, token: NewToken) -> String {
    lms.access().create_token(&lms.admin(), token).await.unwrap().secret
}

/// A second handle on the same database, as another process would have it.
pub async fn another_handle(lms: &TestLms) -> Lms {
    Lms::builder(lms.database_url()).clock(lms.clock().clone()).open().await.unwrap()
}
