//! Accounts: made, found, changed, and the one super admin that stays.

use std::collections::BTreeSet;

use lms_core::testkit::TestLms;
use lms_core::{
    AccountChange, AccountFilter, AccountStatus, Actor, Engine, ErrorKind, Lms, NewAccount,
    NewToken,
};

use crate::support::engines::on_both_engines;
use crate::support::looks::{another_handle, assert_sound, head, newest, usernames};

on_both_engines! {
    an_account_is_found_by_name_email_and_id,
    one_name_leads_to_one_account_without_regard_to_case,
    what_does_not_fit_is_refused_with_the_field,
    a_name_that_is_nearly_right_is_suggested,
    the_second_edit_changes_nothing,
    an_edit_says_what_changed,
    an_address_that_was_given_up_is_free_again,
    the_last_super_admin_stays,
    of_two_super_admins_that_go_at_once_one_stays,
    pages_cover_each_account_once_while_others_come,
    a_page_is_asked_for_in_reason,
}

async fn add(lms: &Lms, account: NewAccount) -> lms_core::Result<lms_core::Account> {
    lms.access().add_account(&Actor::os_user("admin"), account).await
}

async fn an_account_is_found_by_name_email_and_id(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let new = NewAccount::new("Grace.Hopper")
        .email("Grace@Example.com")
        .display_name("Grace Hopper")
        .role("HR")
        .role("super-admin")
        .role("hr");
    lms.clock().advance(std::time::Duration::from_secs(1));
    let made = add(&lms, new).await.unwrap();
    assert_eq!(made.username, "Grace.Hopper");
    assert_eq!(made.roles, ["hr", "super_admin"]);
    assert_eq!(made.status, AccountStatus::Active);
    assert_eq!(made.created_at, lms.now());

    let id = made.id.to_string();
    for name in ["Grace.Hopper", "grace.hopper", "GRACE@EXAMPLE.COM", " grace.hopper ", &id] {
        let found = lms.access().account(&lms.admin(), name).await.unwrap();
        assert_eq!(found, made, "{name}");
    }
    let entry = newest(&lms).await;
    assert_eq!(entry.kind, "account.created");
    let detail = lms.audit().show(&lms.admin(), &entry.seq.to_string()).await.unwrap();
    assert_eq!(detail.changes[0].subject_id, Some(made.id.uuid()));
    assert_eq!(detail.changes[0].before, None);
    assert_eq!(detail.changes[0].after.as_ref().unwrap()["email"], "Grace@Example.com");
}

async fn one_name_leads_to_one_account_without_regard_to_case(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    add(&lms, NewAccount::new("jürgen").email("jürgen@müller.de")).await.unwrap();
    add(&lms, NewAccount::new("bob@example.com").email("bob@example.com")).await.unwrap();
    add(&lms, NewAccount::new("carl@example.com")).await.unwrap();
    let (before, names) = (head(&lms).await, usernames(&lms).await);

    for clash in [
        NewAccount::new("ada"),
        NewAccount::new("ADA"),
        NewAccount::new("JÜRGEN"),
        NewAccount::new("eve").email("ADA@example.COM"),
        NewAccount::new("eve").email("JÜRGEN@MÜLLER.DE"),
        // A user name may look like an address: it must not lead to somebody else's account.
        NewAccount::new("Ada@Example.com"),
        NewAccount::new("eve").email("Bob@Example.com"),
        NewAccount::new("Ada@Example.com").email("eve@example.com"),
        NewAccount::new("eve").email("Carl@Example.com"),
    ] {
        let told = format!("{clash:?}");
        let refused = add(&lms, clash).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Conflict, "{told}");
        assert_eq!(refused.code(), "access.account_exists");
        assert!(!refused.hints().is_empty());
    }
    let change = AccountChange::new().email(Some("ada@EXAMPLE.com"));
    let refused = lms.access().edit_account(&lms.admin(), "jürgen", change).await.unwrap_err();
    assert_eq!(refused.code(), "access.account_exists");
    assert_eq!(head(&lms).await, before);
    assert_eq!(usernames(&lms).await, names);

    // Writing one's own address in another way is no clash.
    let change = AccountChange::new().email(Some("ADA@example.com"));
    let changed = lms.access().edit_account(&lms.admin(), "ada", change).await.unwrap();
    assert_eq!(changed.value.email.as_deref(), Some("ADA@example.com"));
}

async fn what_does_not_fit_is_refused_with_the_field(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let before = head(&lms).await;
    for (account, field) in [
        (NewAccount::new("two words"), "username"),
        (NewAccount::new(&"x".repeat(65)), "username"),
        (NewAccount::new("0197f0a0-0000-7000-8000-000000000001"), "username"),
        (NewAccount::new("eve").email("eve@localhost"), "email"),
        (NewAccount::new("eve").display_name("line\nbreak"), "name"),
        (NewAccount::new("eve").role("boss"), "role"),
    ] {
        let told = format!("{account:?}");
        let refused = add(&lms, account).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Invalid, "{told}");
        assert_eq!(refused.field(), Some(field), "{told}");
    }
    assert_eq!(head(&lms).await, before);
}

async fn a_name_that_is_nearly_right_is_suggested(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let admin = lms.admin();
    let access = lms.access();
    let unknown_account = access.account(&admin, "adda").await.unwrap_err();
    assert_eq!(unknown_account.kind(), ErrorKind::NotFound);
    let unknown_role = add(&lms, NewAccount::new("eve").role("audtor")).await.unwrap_err();
    let unknown_permission = access
        .create_token(&admin, NewToken::new("ada", "t").permission("setings.read"))
        .await
        .unwrap_err();
    let edited = access.edit_account(&admin, "adda", AccountChange::new()).await.unwrap_err();
    let token_for = access.create_token(&admin, NewToken::new("adda", "t")).await.unwrap_err();
    let listed = lms_core::TokenFilter::new().account("adda");
    let listed = access.tokens(&admin, listed).await.unwrap_err();
    let acting = access.act_as(&admin, "adda").await.unwrap_err();
    for (error, nearest) in [
        (unknown_account, "`ada`"),
        (edited, "`ada`"),
        (token_for, "`ada`"),
        (listed, "`ada`"),
        (acting, "`ada`"),
        (unknown_role, "`auditor`"),
        (unknown_permission, "`settings.read`"),
    ] {
        let hint = error.hints().iter().find(|hint| hint.starts_with("did you mean"));
        assert!(hint.is_some_and(|hint| hint.contains(nearest)), "{error:?}");
    }
}

async fn the_second_edit_changes_nothing(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    add(&lms, NewAccount::new("bob").role("hr")).await.unwrap();
    let change = || {
        AccountChange::new()
            .email(Some("bob@example.com"))
            .display_name(Some("Bob"))
            .add_role("auditor")
            .remove_role("hr")
            .status(AccountStatus::Disabled)
    };
    let first = lms.access().edit_account(&lms.admin(), "bob", change()).await.unwrap();
    assert!(first.operation.is_some());
    let after_first = head(&lms).await;
    lms.clock().advance(std::time::Duration::from_mins(1));

    let second = lms.access().edit_account(&lms.admin(), "bob", change()).await.unwrap();

    assert_eq!(second.operation, None);
    assert!(second.changed.is_empty());
    assert_eq!(second.value, first.value);
    assert_eq!(head(&lms).await.seq, after_first.seq);
    let empty = AccountChange::new();
    let nothing = lms.access().edit_account(&lms.admin(), "bob", empty).await.unwrap();
    assert_eq!(nothing.operation, None);
}

async fn an_edit_says_what_changed(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    add(&lms, NewAccount::new("bob").role("hr").email("bob@example.com")).await.unwrap();
    let change = AccountChange::new().email(None).add_role("auditor").display_name(Some(" Bob "));
    let changed = lms.access().edit_account(&lms.admin(), "bob", change).await.unwrap();

    let told: Vec<_> = changed
        .changed
        .iter()
        .map(|change| (change.field.as_str(), change.before.as_deref(), change.after.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            ("email", Some("bob@example.com"), None),
            ("display_name", None, Some("Bob")),
            ("roles", Some("hr"), Some("auditor, hr")),
        ]
    );
    let operation = changed.operation.unwrap().to_string();
    let detail = lms.audit().show(&lms.admin(), &operation).await.unwrap();
    assert_eq!(detail.entry.kind, "account.changed");
    let before = detail.changes[0].before.clone().unwrap();
    let after = detail.changes[0].after.clone().unwrap();
    assert_eq!(before["email"], "bob@example.com");
    assert_eq!(after["email"], serde_json::Value::Null);
    assert_eq!(after["roles"], serde_json::json!(["auditor", "hr"]));
    assert_eq!(before.get("status"), None, "only what changed is kept");
}

async fn an_address_that_was_given_up_is_free_again(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    add(&lms, NewAccount::new("bob").email("bob@example.com")).await.unwrap();
    let clear = AccountChange::new().email(None);
    lms.access().edit_account(&lms.admin(), "bob", clear).await.unwrap();
    let found = lms.access().account(&lms.admin(), "bob@example.com").await.unwrap_err();
    assert_eq!(found.kind(), ErrorKind::NotFound);
    add(&lms, NewAccount::new("robert").email("bob@example.com")).await.unwrap();
}

async fn the_last_super_admin_stays(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let admin = lms.admin();
    let edit = |name: &'static str, change| {
        let (lms, admin) = (&lms, &admin);
        async move { lms.access().edit_account(admin, name, change).await }
    };
    add(&lms, NewAccount::new("zoe").role("super_admin")).await.unwrap();
    edit("zoe", AccountChange::new().status(AccountStatus::Disabled)).await.unwrap();
    let before = head(&lms).await;

    // Zoe is disabled and does not count.
    for change in [
        AccountChange::new().status(AccountStatus::Disabled),
        AccountChange::new().remove_role("super_admin"),
        AccountChange::new().remove_role("super_admin").add_role("admin"),
        AccountChange::new().remove_role("super_admin").status(AccountStatus::Disabled),
        AccountChange::new().email(None).status(AccountStatus::Disabled),
    ] {
        let told = format!("{change:?}");
        let refused = edit("ada", change).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Refused, "{told}");
        assert_eq!(refused.code(), "access.last_super_admin", "{told}");
    }
    assert_eq!(head(&lms).await, before);
    let ada = lms.access().account(&admin, "ada").await.unwrap();
    assert_eq!(ada.email.as_deref(), Some("ada@example.com"), "nothing of a refused edit stays");

    // Taking and giving the role in one edit leaves it.
    let same = AccountChange::new().remove_role("super_admin").add_role("super_admin");
    assert_eq!(edit("ada", same).await.unwrap().operation, None);

    edit("zoe", AccountChange::new().status(AccountStatus::Active)).await.unwrap();
    edit("ada", AccountChange::new().remove_role("super_admin")).await.unwrap();
    let refused = edit("zoe", AccountChange::new().remove_role("super_admin")).await.unwrap_err();
    assert_eq!(refused.code(), "access.last_super_admin");
}

async fn of_two_super_admins_that_go_at_once_one_stays(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    add(&lms, NewAccount::new("zoe").role("super_admin")).await.unwrap();
    let handles = [another_handle(&lms).await, another_handle(&lms).await];
    let [ada, zoe] = [("ada", &handles[0]), ("zoe", &handles[1])].map(|(name, other)| {
        let other = other.clone();
        tokio::spawn(async move {
            let change = AccountChange::new().status(AccountStatus::Disabled);
            other.access().edit_account(&Actor::os_user("x"), name, change).await
        })
    });
    let outcomes = [ada.await.unwrap(), zoe.await.unwrap()];
    let refused: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
    assert_eq!(refused.len(), 1, "{outcomes:?}");
    assert_eq!(refused[0].code(), "access.last_super_admin");
    assert_sound(&lms).await;
}

async fn pages_cover_each_account_once_while_others_come(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    for n in 0..20 {
        add(&lms, NewAccount::new(&format!("User{:02}", n * 2))).await.unwrap();
    }
    let there: BTreeSet<String> = usernames(&lms).await.into_iter().collect();
    assert_eq!(there.len(), 21);

    let (mut seen, mut filter, mut pages) = (Vec::new(), AccountFilter::new().limit(6), 0);
    loop {
        let page = lms.access().accounts(&lms.admin(), filter.clone()).await.unwrap();
        assert!(page.items.len() <= 6);
        seen.extend(page.items.into_iter().map(|account| account.username));
        // Newcomers before, on and behind the border of the page.
        add(&lms, NewAccount::new(&format!("aa{pages}"))).await.unwrap();
        add(&lms, NewAccount::new(&format!("user{:02}", pages * 12 + 1))).await.unwrap();
        add(&lms, NewAccount::new(&format!("zz{pages}"))).await.unwrap();
        pages += 1;
        match page.next {
            Some(next) => filter = filter.cursor(&next),
            None => break,
        }
    }
    let distinct: BTreeSet<String> = seen.iter().cloned().collect();
    assert_eq!(distinct.len(), seen.len(), "no account twice: {seen:?}");
    assert!(there.is_subset(&distinct), "none left out: {seen:?}");
    let folded: Vec<String> = seen.iter().map(|name| name.to_lowercase()).collect();
    assert!(folded.is_sorted(), "{seen:?}");

    let disable = AccountChange::new().status(AccountStatus::Disabled);
    lms.access().edit_account(&lms.admin(), "user00", disable).await.unwrap();
    let disabled = AccountFilter::new().status(AccountStatus::Disabled);
    let page = lms.access().accounts(&lms.admin(), disabled).await.unwrap();
    assert_eq!(page.items.len(), 1);
    assert_eq!(page.items[0].username, "User00");
}

async fn a_page_is_asked_for_in_reason(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let admin = lms.admin();
    for limit in [0, 501, u32::MAX] {
        let filter = AccountFilter::new().limit(limit);
        let refused = lms.access().accounts(&admin, filter).await.unwrap_err();
        assert_eq!(refused.field(), Some("limit"));
    }
    for cursor in ["", "nonsense", "eyJrIjoxfQ", "eyJrIjp7ImEiOjF9fQ"] {
        let filter = AccountFilter::new().cursor(cursor);
        let refused = lms.access().accounts(&admin, filter).await.unwrap_err();
        assert_eq!(refused.code(), "input.cursor", "{cursor}");
    }
}
