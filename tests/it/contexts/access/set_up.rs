//! From an empty database to an organisation with its first super admin.

use lms_core::testkit::TestLms;
use lms_core::{Engine, ErrorKind, PERMISSIONS, SetUp};

use crate::support::engines::on_both_engines;
use crate::support::looks::{assert_sound, entries, head};

on_both_engines! {
    the_first_super_admin_comes_with_a_token_that_may_do_everything,
    setting_up_a_second_time_changes_nothing,
    input_that_does_not_fit_leaves_the_database_as_it_was,
    of_many_at_once_one_sets_up,
}

async fn the_first_super_admin_comes_with_a_token_that_may_do_everything(engine: Engine) {
    let lms = TestLms::fresh(engine).await;
    let set_up = SetUp::new("Acme", "ada")
        .email("ada@example.com")
        .timezone("europe/berlin")
        .locale("DE_at");

    let outcome = lms.access().set_up(&lms.admin(), set_up).await.unwrap();

    assert!(outcome.created);
    let account = outcome.account.unwrap();
    assert_eq!(account.username, "ada");
    assert_eq!(account.email.as_deref(), Some("ada@example.com"));
    assert_eq!(account.roles, ["super_admin"]);
    assert_eq!(outcome.settings.name.as_str(), "Acme");
    assert_eq!(outcome.settings.timezone.as_str(), "Europe/Berlin");
    assert_eq!(outcome.settings.locale.as_str(), "de-AT");
    let actor = lms.access().authenticate(&outcome.token.unwrap()).await.unwrap();
    assert_eq!(actor.label(), format!("account:{}", account.id));
    for permission in PERMISSIONS {
        assert!(actor.may(permission.name), "{}", permission.name);
    }
    let mut kinds: Vec<String> = entries(&lms, lms_core::AuditFilter::new())
        .await
        .into_iter()
        .map(|entry| entry.kind)
        .collect();
    kinds.reverse();
    assert_eq!(
        kinds,
        [
            "database.migrated",
            "organisation.created",
            "settings.changed",
            "account.created",
            "token.created"
        ]
    );
    assert_sound(&lms).await;
}

async fn setting_up_a_second_time_changes_nothing(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let before = head(&lms).await;

    let again = SetUp::new("Globex", "eve").email("eve@example.com");
    let outcome = lms.access().set_up(&lms.admin(), again).await.unwrap();

    assert!(!outcome.created);
    assert!(outcome.account.is_none());
    assert!(outcome.token.is_none());
    assert_eq!(outcome.settings.name.as_str(), "Acme");
    assert_eq!(head(&lms).await, before);
    let eve = lms.access().account(&lms.admin(), "eve").await.unwrap_err();
    assert_eq!(eve.kind(), ErrorKind::NotFound);
}

async fn input_that_does_not_fit_leaves_the_database_as_it_was(engine: Engine) {
    let lms = TestLms::fresh(engine).await;
    let before = head(&lms).await;
    let good = || SetUp::new("Acme", "ada");
    let wrong = [
        (SetUp::new(" ", "ada"), "name"),
        (SetUp::new("Acme", "a b"), "username"),
        (SetUp::new("Acme", ""), "username"),
        (good().email("ada"), "email"),
        (good().timezone("Mars/Olympus"), "timezone"),
        (good().locale("klingon"), "locale"),
    ];
    for (set_up, field) in wrong {
        let refused = lms.access().set_up(&lms.admin(), set_up).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Invalid, "{refused:?}");
        assert_eq!(refused.field(), Some(field));
    }
    assert_eq!(head(&lms).await, before);
    assert!(lms.access().set_up(&lms.admin(), good()).await.unwrap().created);
}

async fn of_many_at_once_one_sets_up(engine: Engine) {
    let lms = TestLms::fresh(engine).await;
    let tasks: Vec<_> = (0..8)
        .map(|n| {
            let (lms, admin) = (lms_core::Lms::clone(&lms), lms.admin());
            tokio::spawn(async move {
                let set_up = SetUp::new("Acme", &format!("ada{n}"));
                lms.access().set_up(&admin, set_up).await.unwrap().created
            })
        })
        .collect();
    let mut created = 0;
    for task in tasks {
        created += usize::from(task.await.unwrap());
    }
    assert_eq!(created, 1);
    assert_eq!(crate::support::looks::usernames(&lms).await.len(), 1);
    assert_sound(&lms).await;
}
