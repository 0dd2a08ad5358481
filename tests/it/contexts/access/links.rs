//! Accounts that belong to people.

use lms_core::testkit::TestLms;
use lms_core::{
    AccountChange, AccountFilter, Engine, ErrorKind, NewAccount, NewPerson, NewRole, PersonField,
};

use crate::support::engines::on_both_engines;
use crate::support::looks::{assert_sound, head, newest, signed_in, usernames};

on_both_engines! {
    an_account_comes_to_belong_to_a_person_and_ceases_to,
    a_person_has_one_account_and_an_account_one_person,
    an_account_is_made_for_a_person_or_not_at_all,
    the_account_of_a_person_is_found_and_changed_by_the_person,
    nobody_reaches_further_by_a_link,
}

async fn with_people(engine: Engine) -> TestLms {
    let lms = TestLms::organisation(engine).await;
    let person =
        |name: &str| NewPerson::new("Kim", name).set(PersonField::Username, &name.to_lowercase());
    let people = vec![person("Abel"), person("Baker")];
    lms.people().add(&lms.admin(), people).await.unwrap();
    lms
}

async fn an_account_comes_to_belong_to_a_person_and_ceases_to(engine: Engine) {
    let lms = with_people(engine).await;
    let (people, access, admin) = (lms.people(), lms.access(), lms.admin());
    access.add_account(&admin, NewAccount::new("k.abel").role("manager")).await.unwrap();
    let abel = people.card(&admin, "abel", None).await.unwrap().person.id;

    let linked = people.link_account(&admin, "K.ABEL", Some("abel")).await.unwrap();
    assert_eq!(linked.value.person_id, Some(abel.uuid()));
    assert_eq!(linked.changed[0].field, "person_id");
    assert_eq!(linked.changed[0].after, Some(abel.to_string()));
    assert_eq!(newest(&lms).await.kind, "account.changed");
    assert_eq!(access.account(&admin, "k.abel").await.unwrap(), linked.value);
    let page = access.accounts(&admin, AccountFilter::new()).await.unwrap();
    assert_eq!(page.items[1].person_id, Some(abel.uuid()));

    let head_before = head(&lms).await;
    let again = people.link_account(&admin, "k.abel", Some("abel")).await.unwrap();
    assert_eq!((again.operation, again.changed.len()), (None, 0));
    assert_eq!(head(&lms).await.seq, head_before.seq);

    let unlinked = people.link_account(&admin, "k.abel", None).await.unwrap();
    assert_eq!(unlinked.value.person_id, None);
    assert_eq!(access.account(&admin, "k.abel").await.unwrap().person_id, None);
    assert_eq!(people.link_account(&admin, "k.abel", None).await.unwrap().operation, None);
    people.link_account(&admin, "k.abel", Some("baker")).await.unwrap();
    assert_sound(&lms).await;
}

async fn a_person_has_one_account_and_an_account_one_person(engine: Engine) {
    let lms = with_people(engine).await;
    let (people, access, admin) = (lms.people(), lms.access(), lms.admin());
    people.add_account_for(&admin, "abel", NewAccount::new("k.abel")).await.unwrap();
    access.add_account(&admin, NewAccount::new("other")).await.unwrap();
    let before = head(&lms).await;

    let second = people.link_account(&admin, "other", Some("abel")).await.unwrap_err();
    assert_eq!((second.kind(), second.field()), (ErrorKind::Conflict, Some("person")));
    assert_eq!(second.message(), "Kim Abel has the account `k.abel` already");
    let moved = people.link_account(&admin, "k.abel", Some("baker")).await.unwrap_err();
    assert_eq!((moved.kind(), moved.field()), (ErrorKind::Conflict, Some("account")));
    assert!(moved.hints()[0].contains("--person none"), "{moved:?}");
    let unknown = people.link_account(&admin, "other", Some("nobody")).await.unwrap_err();
    assert_eq!(unknown.code(), "people.person_unknown");
    let unknown = people.link_account(&admin, "nothing", Some("abel")).await.unwrap_err();
    assert_eq!(unknown.code(), "access.account_unknown");
    assert_eq!(head(&lms).await, before);
}

async fn the_account_of_a_person_is_found_and_changed_by_the_person(engine: Engine) {
    let lms = with_people(engine).await;
    let (people, access, admin) = (lms.people(), lms.access(), lms.admin());
    let made = NewAccount::new("k.abel").role("employee");
    let made = people.add_account_for(&admin, "abel", made).await.unwrap();
    assert_eq!(people.account(&admin, "abel").await.unwrap(), made);

    let change = || AccountChange::new().add_role("manager").remove_role("employee");
    let people = people.unchanged_since(Some(made.updated_at));
    let changed = people.edit_account(&admin, "abel", change()).await.unwrap();
    assert_eq!(changed.value.roles, ["manager"]);
    assert_eq!(access.account(&admin, "k.abel").await.unwrap(), changed.value);
    let stale = people.edit_account(&admin, "abel", change()).await.unwrap_err();
    assert_eq!((stale.kind(), stale.code()), (ErrorKind::Stale, "people.stale"));
    let people = lms.people();
    let again = people.edit_account(&admin, "abel", change()).await.unwrap();
    assert_eq!((again.operation, again.changed.len()), (None, 0));

    let none = people.edit_account(&admin, "baker", change()).await.unwrap_err();
    assert_eq!((none.code(), none.message()), ("people.no_account", "Kim Baker has no account"));
    assert_eq!(people.account(&admin, "baker").await.unwrap_err().code(), "people.no_account");
    let nobody = people.account(&admin, "nobody").await.unwrap_err();
    assert_eq!(nobody.code(), "people.person_unknown");
    // Whoever may change accounts and not look at people finds nobody by name.
    let role = NewRole::new("keeper").grant("access.*");
    access.add_role(&admin, role).await.unwrap();
    let keeper = signed_in(&lms, "keeper", "keeper").await;
    let before = head(&lms).await;
    for refused in [
        people.account(&keeper, "abel").await.unwrap_err(),
        people.edit_account(&keeper, "abel", change()).await.unwrap_err(),
    ] {
        assert_eq!(refused.kind(), ErrorKind::Forbidden, "{refused:?}");
    }
    assert_eq!(head(&lms).await, before);
    assert_sound(&lms).await;
}

async fn an_account_is_made_for_a_person_or_not_at_all(engine: Engine) {
    let lms = with_people(engine).await;
    let (people, admin) = (lms.people(), lms.admin());
    let made = NewAccount::new("k.abel").role("employee").email("abel@example.com");
    let made = people.add_account_for(&admin, "abel", made).await.unwrap();
    let abel = people.card(&admin, "abel", None).await.unwrap().person.id;
    assert_eq!(made.person_id, Some(abel.uuid()));
    let entry = newest(&lms).await;
    assert_eq!(entry.kind, "account.created");

    let (before, names) = (head(&lms).await, usernames(&lms).await);
    let taken = people.add_account_for(&admin, "baker", NewAccount::new("K.Abel")).await;
    assert_eq!(taken.unwrap_err().code(), "access.account_exists");
    let second = people.add_account_for(&admin, "abel", NewAccount::new("second")).await;
    assert_eq!(second.unwrap_err().code(), "people.account_linked");
    assert_eq!((head(&lms).await, usernames(&lms).await), (before, names));
    // The refused one left no trace: the person is still free.
    people.add_account_for(&admin, "baker", NewAccount::new("k.baker")).await.unwrap();
}

async fn nobody_reaches_further_by_a_link(engine: Engine) {
    let lms = with_people(engine).await;
    let (people, access, admin) = (lms.people(), lms.access(), lms.admin());
    let desk = NewRole::new("desk").grant("access.*").grant("organisation.read");
    access.add_role(&admin, desk).await.unwrap();
    let desk = signed_in(&lms, "desk", "desk").await;
    access.add_account(&admin, NewAccount::new("lead").role("manager")).await.unwrap();
    let before = head(&lms).await;
    // Without the right to see people there is nobody to link to.
    let refused = people.link_account(&desk, "lead", Some("abel")).await.unwrap_err();
    assert_eq!(refused.code(), "access.forbidden");
    let seeing = NewRole::new("seeing").grant("access.*").grant("people.read@self");
    access.add_role(&admin, seeing).await.unwrap();
    let seeing = NewAccount::new("seeing").role("seeing");
    people.add_account_for(&admin, "baker", seeing).await.unwrap();
    let seeing = access.act_as(&admin, "seeing").await.unwrap();
    let hidden = people.link_account(&seeing, "lead", Some("abel")).await.unwrap_err();
    let missing = people.link_account(&seeing, "lead", Some("abbl")).await.unwrap_err();
    assert_eq!(hidden.code(), "people.person_unknown");
    assert_eq!(hidden.hints(), missing.hints());
    // A manager's account reaches more than those who would link it.
    people.link_account(&admin, "lead", Some("abel")).await.unwrap();
    let refused = people.link_account(&seeing, "lead", None).await.unwrap_err();
    assert_eq!(refused.code(), "access.forbidden");
    assert!(head(&lms).await.seq > before.seq);
    assert!(access.account(&admin, "lead").await.unwrap().person_id.is_some());
}
