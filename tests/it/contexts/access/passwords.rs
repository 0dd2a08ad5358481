//! Passwords: what may be one, signing in, and that they are found nowhere.

use std::time::Duration;

use lms_core::testkit::TestLms;
use lms_core::{
    AccountChange, AccountStatus, Actor, Engine, Error, ErrorKind, NewAccount, NewPerson, Password,
    PersonField, Result,
};

use crate::support::engines::on_both_engines;
use crate::support::looks::{assert_sound, head, newest, signed_in};
use crate::support::raw::Raw;

on_both_engines! {
    signing_in_by_name_or_address,
    whatever_is_wrong_the_answer_is_one,
    after_five_failures_an_account_rests,
    a_success_begins_the_count_anew,
    many_attempts_at_once_are_counted,
    what_may_be_a_password,
    a_password_is_found_nowhere,
    only_who_holds_as_much_sets_a_password,
    a_password_is_taken_away,
    who_knows_their_password_changes_it,
    guessing_at_the_present_password_is_throttled,
    an_old_hash_is_renewed,
}

const PASSWORD: &str = "correct horse battery";

async fn with_kim(engine: Engine) -> TestLms {
    let lms = TestLms::organisation(engine).await;
    let (access, admin) = (lms.access(), lms.admin());
    let person = NewPerson::new("Kim", "Abel").set(PersonField::Username, "kim");
    lms.people().add(&admin, vec![person]).await.unwrap();
    let kim = NewAccount::new("Kim").email("kim@example.com").role("manager");
    lms.people().add_account_for(&admin, "kim", kim).await.unwrap();
    access.set_password(&admin, "kim", Some(Password::new(PASSWORD))).await.unwrap();
    lms
}

async fn sign_in(lms: &TestLms, name: &str, password: &str) -> Result<Actor> {
    lms.access().sign_in(name, Password::new(password)).await
}

fn told(error: &Error) -> String {
    format!("{} {} {:?} {:?}", error.code(), error.message(), error.hints(), error.field())
}

async fn signing_in_by_name_or_address(engine: Engine) {
    let lms = with_kim(engine).await;
    let before = head(&lms).await;
    for name in ["kim", " KIM ", "Kim@Example.com"] {
        let actor = sign_in(&lms, name, PASSWORD).await.unwrap();
        let account = lms.access().account(&lms.admin(), "kim").await.unwrap();
        assert_eq!(actor.label(), format!("account:{}", account.id));
        assert!(actor.may("people.read") && !actor.may("people.write"));
        let card = lms.people().card(&actor, "kim", None).await.unwrap();
        assert_eq!(card.person.last_name, "Abel", "their own record");
    }
    assert_eq!(head(&lms).await, before, "signing in is no operation");
}

async fn whatever_is_wrong_the_answer_is_one(engine: Engine) {
    let lms = with_kim(engine).await;
    let (access, admin) = (lms.access(), lms.admin());
    access.add_account(&admin, NewAccount::new("without")).await.unwrap();
    access.add_account(&admin, NewAccount::new("gone")).await.unwrap();
    access.set_password(&admin, "gone", Some(Password::new(PASSWORD))).await.unwrap();
    let disable = AccountChange::new().status(AccountStatus::Disabled);
    access.edit_account(&admin, "gone", disable).await.unwrap();
    let wrong = sign_in(&lms, "kim", "correct horse batterz").await.unwrap_err();
    assert_eq!(
        (wrong.kind(), wrong.code()),
        (ErrorKind::Unauthenticated, "access.sign_in_refused")
    );
    for (name, password) in [
        ("nobody", PASSWORD),
        ("without", PASSWORD),
        ("without", ""),
        ("gone", PASSWORD),
        ("", ""),
        ("kim", ""),
        ("kim", "Correct horse battery"),
    ] {
        let refused = sign_in(&lms, name, password).await.unwrap_err();
        assert_eq!(told(&refused), told(&wrong), "{name}");
    }
}

async fn after_five_failures_an_account_rests(engine: Engine) {
    let lms = with_kim(engine).await;
    let wrong = sign_in(&lms, "kim", "wrong").await.unwrap_err();
    for _ in 0..4 {
        lms.clock().advance(Duration::from_mins(2));
        sign_in(&lms, "kim", "wrong").await.unwrap_err();
    }
    // The right password is refused as a wrong one, and as a name that nobody has.
    let resting = sign_in(&lms, "kim", PASSWORD).await.unwrap_err();
    assert_eq!(told(&resting), told(&wrong));
    let unknown = sign_in(&lms, "nobody", PASSWORD).await.unwrap_err();
    assert_eq!(told(&resting), told(&unknown));
    assert!(resting.hints()[0].contains("wait"), "{resting:?}");

    // Trying while it rests makes the rest no longer.
    lms.clock().advance(Duration::from_mins(14));
    sign_in(&lms, "kim", PASSWORD).await.unwrap_err();
    sign_in(&lms, "kim", "wrong").await.unwrap_err();
    lms.clock().advance(Duration::from_mins(1));
    sign_in(&lms, "kim", PASSWORD).await.unwrap();

    // An administrator need not wait.
    for _ in 0..6 {
        sign_in(&lms, "kim", "wrong").await.unwrap_err();
    }
    let new = Password::new("another good password");
    lms.access().set_password(&lms.admin(), "kim", Some(new)).await.unwrap();
    sign_in(&lms, "kim", "another good password").await.unwrap();
    sign_in(&lms, "kim", PASSWORD).await.unwrap_err();
}

async fn change(lms: &TestLms, actor: &Actor, present: &str, new: &str) -> Result<()> {
    let (present, new) = (Password::new(present), Password::new(new));
    lms.access().change_own_password(actor, present, new).await.map(drop)
}

async fn who_knows_their_password_changes_it(engine: Engine) {
    const NEW: &str = "another good password";
    let lms = with_kim(engine).await;
    let kim = sign_in(&lms, "kim", PASSWORD).await.unwrap();
    let before = head(&lms).await;
    let code = |refused: Result<()>| refused.unwrap_err().code().to_owned();
    assert_eq!(code(change(&lms, &kim, "wrong", NEW).await), "access.sign_in_refused");
    assert_eq!(code(change(&lms, &kim, PASSWORD, "short").await), "access.password_weak");
    assert_eq!(code(change(&lms, &kim, PASSWORD, PASSWORD).await), "access.password_weak");
    assert_eq!(code(change(&lms, &lms.admin(), PASSWORD, NEW).await), "access.no_account");
    assert_eq!(head(&lms).await, before);

    change(&lms, &kim, PASSWORD, NEW).await.unwrap();
    sign_in(&lms, "kim", PASSWORD).await.unwrap_err();
    sign_in(&lms, "kim", NEW).await.unwrap();
    let entry = newest(&lms).await;
    assert_eq!((entry.kind.as_str(), entry.actor), ("account.password_set", kim.label()));
    assert_sound(&lms).await;

    // A token of theirs is as good, and as little.
    let secret = crate::support::looks::token(&lms, lms_core::NewToken::new("kim", "phone")).await;
    let phone = lms.access().authenticate(&secret).await.unwrap();
    assert_eq!(code(change(&lms, &phone, PASSWORD, NEW).await), "access.sign_in_refused");
    change(&lms, &phone, NEW, PASSWORD).await.unwrap();
    sign_in(&lms, "kim", PASSWORD).await.unwrap();
}

async fn guessing_at_the_present_password_is_throttled(engine: Engine) {
    let lms = with_kim(engine).await;
    let kim = sign_in(&lms, "kim", PASSWORD).await.unwrap();
    for _ in 0..5 {
        change(&lms, &kim, "wrong", "another good password").await.unwrap_err();
    }
    change(&lms, &kim, PASSWORD, "another good password").await.unwrap_err();
    sign_in(&lms, "kim", PASSWORD).await.unwrap_err();
    lms.clock().advance(Duration::from_mins(15));
    change(&lms, &kim, PASSWORD, "another good password").await.unwrap();
}

async fn a_success_begins_the_count_anew(engine: Engine) {
    let lms = with_kim(engine).await;
    for _ in 0..3 {
        for _ in 0..4 {
            sign_in(&lms, "kim", "wrong").await.unwrap_err();
        }
        sign_in(&lms, "kim", PASSWORD).await.unwrap();
    }
    // What lies further back than a quarter of an hour does not count.
    for _ in 0..12 {
        sign_in(&lms, "kim", "wrong").await.unwrap_err();
        lms.clock().advance(Duration::from_mins(15));
    }
    sign_in(&lms, "kim", PASSWORD).await.unwrap();
}

async fn many_attempts_at_once_are_counted(engine: Engine) {
    let lms = with_kim(engine).await;
    let attempts = (0..12).map(|n| {
        let handle = (*lms).clone();
        let password = if n == 11 { PASSWORD.to_owned() } else { format!("wrong {n}") };
        tokio::spawn(async move {
            handle.access().sign_in("kim", Password::new(&password)).await.is_ok()
        })
    });
    let attempts: Vec<_> = attempts.collect();
    for attempt in attempts {
        let _ = attempt.await.unwrap();
    }
    let counts = "SELECT CAST(n_failed AS TEXT) FROM account_passwords";
    let counted: i64 = Raw::open(lms.place()).await.texts(counts).await[0].parse().unwrap();
    assert!((0..=5).contains(&counted), "{counted}: no more than five were compared in a row");
    let _ = sign_in(&lms, "kim", "wrong").await;
    assert_sound(&lms).await;
}

async fn what_may_be_a_password(engine: Engine) {
    let lms = with_kim(engine).await;
    let (access, admin) = (lms.access(), lms.admin());
    let account = NewAccount::new("a-long-user-name").email("kim.abel@example.com");
    access.add_account(&admin, account).await.unwrap();
    let before = head(&lms).await;
    for password in [
        "",
        "elevenchars",
        "ööööööööööö",
        &"x".repeat(129),
        "A-Long-User-Name",
        "KIM.abel@example.com",
    ] {
        let refused = access
            .set_password(&admin, "a-long-user-name", Some(Password::new(password)))
            .await
            .unwrap_err();
        assert_eq!(refused.code(), "access.password_weak");
        assert_eq!((refused.kind(), refused.field()), (ErrorKind::Invalid, Some("password")));
        assert!(!refused.hints().is_empty());
    }
    assert_eq!(head(&lms).await, before);
    for password in ["twelve chars", &"ö".repeat(128), "\u{1F980}".repeat(12).as_str()] {
        let set = access.set_password(&admin, "a-long-user-name", Some(Password::new(password)));
        set.await.unwrap();
        sign_in(&lms, "a-long-user-name", password).await.unwrap();
    }
}

async fn a_password_is_found_nowhere(engine: Engine) {
    let lms = with_kim(engine).await;
    let (access, admin) = (lms.access(), lms.admin());
    let secret = "xyzzy-plugh-plover";
    assert!(!format!("{:?}", Password::new(secret)).contains(secret));
    let changed = access.set_password(&admin, "kim", Some(Password::new(secret))).await.unwrap();
    let entry = newest(&lms).await;
    assert_eq!(entry.kind, "account.password_set");
    let detail = lms.audit().show(&admin, &entry.seq.to_string()).await.unwrap();
    assert_eq!((&detail.changes[0].before, &detail.changes[0].after), (&None, &None));
    let wrong = format!("{secret}-wrong");
    let refused = sign_in(&lms, "kim", &wrong).await.unwrap_err();
    let short = "xyzzy-plugh";
    let weak = access.set_password(&admin, "kim", Some(Password::new(short))).await.unwrap_err();
    let mut backup = Vec::new();
    lms.database().backup(&admin, &mut backup, &mut |_, _| ()).await.unwrap();
    let mut unpacked = String::new();
    let mut reader = flate2::read::GzDecoder::new(backup.as_slice());
    std::io::Read::read_to_string(&mut reader, &mut unpacked).unwrap();
    assert!(unpacked.contains("$argon2id$"), "the hash is kept");
    let dump = Raw::open(lms.place()).await.dump().await;
    for text in [
        format!("{changed:?}"),
        serde_json::to_string(&changed).unwrap(),
        serde_json::to_string(&detail).unwrap(),
        format!("{refused:?} {weak:?}"),
        format!("{dump:?}"),
        unpacked,
    ] {
        assert!(!text.contains("xyzzy"), "{text}");
    }
}

async fn only_who_holds_as_much_sets_a_password(engine: Engine) {
    let lms = with_kim(engine).await;
    let adm = signed_in(&lms, "adm", "admin").await;
    let access = lms.access();
    let before = head(&lms).await;
    let refused =
        access.set_password(&adm, "ada", Some(Password::new(PASSWORD))).await.unwrap_err();
    assert_eq!(refused.code(), "access.forbidden");
    let refused = access.set_password(&adm, "ada", None).await.unwrap_err();
    assert_eq!(refused.code(), "access.forbidden");
    assert_eq!(head(&lms).await, before);
    sign_in(&lms, "ada", PASSWORD).await.unwrap_err();
    access.set_password(&adm, "kim", Some(Password::new("set by an admin"))).await.unwrap();
    sign_in(&lms, "kim", "set by an admin").await.unwrap();
}

async fn a_password_is_taken_away(engine: Engine) {
    let lms = with_kim(engine).await;
    let (access, admin) = (lms.access(), lms.admin());
    let removed = access.set_password(&admin, "kim", None).await.unwrap();
    assert_eq!(removed.changed[0].after, None);
    assert_eq!(newest(&lms).await.kind, "account.password_removed");
    sign_in(&lms, "kim", PASSWORD).await.unwrap_err();
    let before = head(&lms).await;
    let again = access.set_password(&admin, "kim", None).await.unwrap();
    assert_eq!((again.operation, again.changed.len()), (None, 0));
    assert_eq!(head(&lms).await, before);
}

async fn an_old_hash_is_renewed(engine: Engine) {
    let lms = with_kim(engine).await;
    let mut raw = Raw::open(lms.place()).await;
    let hash = "SELECT hash FROM account_passwords";
    let kept = raw.texts(hash).await;
    assert!(kept[0].starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept:?}");
    // The same password, made with next to no work.
    raw.run_one(format!("UPDATE account_passwords SET hash = '{CHEAP}'")).await;
    sign_in(&lms, "kim", "wrong").await.unwrap_err();
    assert_eq!(raw.texts(hash).await, [CHEAP], "a wrong password renews nothing");
    sign_in(&lms, "kim", PASSWORD).await.unwrap();
    let renewed = raw.texts(hash).await;
    assert!(renewed[0].starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{renewed:?}");
    sign_in(&lms, "kim", PASSWORD).await.unwrap();
    assert_eq!(raw.texts(hash).await, renewed, "once is enough");
}

/// `correct horse battery` with the least that argon2id allows.
const CHEAP: &str =
    "$argon2id$v=19$m=8,t=1,p=1$BwcHBwcHBwcHBwcHBwcHBw$Ifvh/2yXZNM2YXLKEULqjsGR8AQJ/t7RaWEEn8uEiG4";
