//! Roles that an organisation makes for itself.

use lms_core::testkit::TestLms;
use lms_core::{
    AccountChange, AccountStatus, Actor, Engine, ErrorKind, NewAccount, NewRole, NewToken, ROLES,
    RoleChange,
};

use crate::support::engines::on_both_engines;
use crate::support::looks::{assert_sound, head, newest, signed_in, token};

on_both_engines! {
    an_own_role_is_made_given_and_taken_away,
    one_name_is_one_role,
    what_cannot_be_given_is_refused,
    nobody_makes_a_role_of_more_than_they_hold,
    a_role_changes_for_whoever_has_it,
    a_role_that_somebody_has_stays,
}

async fn an_own_role_is_made_given_and_taken_away(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (access, admin) = (lms.access(), lms.admin());
    let new = NewRole::new("Team-Lead").summary(" looks after a team ");
    let new = new.grant("people.read@reports").grant("settings.read").grant("settings.read@all");
    let made = access.add_role(&admin, new).await.unwrap();
    assert_eq!((made.name.as_str(), made.summary.as_str()), ("team_lead", "looks after a team"));
    let json = serde_json::to_value(&made).unwrap();
    assert_eq!(json["permissions"], serde_json::json!(["people.read@reports", "settings.read"]));
    assert_eq!(json["built_in"], false);
    assert_eq!(newest(&lms).await.kind, "role.created");

    let all = access.roles(&admin).await.unwrap();
    let names: Vec<&str> = all.iter().map(|role| role.name.as_str()).collect();
    let built_in = ROLES.iter().map(|role| role.name);
    assert_eq!(names, built_in.chain(["team_lead"]).collect::<Vec<_>>());
    assert_eq!(access.role(&admin, " TEAM-lead ").await.unwrap(), made);

    let actor = signed_in(&lms, "kim", "Team-Lead").await;
    assert!(actor.may("settings.read") && actor.may("people.read"));
    assert!(!actor.may("settings.write"));
    let kim = access.account(&admin, "kim").await.unwrap();
    assert_eq!(kim.roles, ["team_lead"]);

    let away = AccountChange::new().remove_role("team_lead");
    access.edit_account(&admin, "kim", away).await.unwrap();
    let removed = access.remove_role(&admin, "team_lead").await.unwrap();
    assert_eq!(removed.value, made);
    assert!(removed.operation.is_some());
    let gone = access.role(&admin, "team_lead").await.unwrap_err();
    assert_eq!((gone.kind(), gone.code()), (ErrorKind::NotFound, "access.role_not_found"));
    assert_sound(&lms).await;
}

async fn one_name_is_one_role(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (access, admin) = (lms.access(), lms.admin());
    access.add_role(&admin, NewRole::new("lead")).await.unwrap();
    let before = head(&lms).await;
    for name in ["lead", "LEAD", "manager", "Super-Admin"] {
        let refused = access.add_role(&admin, NewRole::new(name)).await.unwrap_err();
        assert_eq!(
            (refused.kind(), refused.field()),
            (ErrorKind::Conflict, Some("role")),
            "{name}"
        );
    }
    for role in ROLES {
        let change = RoleChange::new().grant("settings.read");
        let refused = access.edit_role(&admin, role.name, change).await.unwrap_err();
        assert_eq!(refused.code(), "access.role_built_in");
        let refused = access.remove_role(&admin, role.name).await.unwrap_err();
        assert_eq!(refused.code(), "access.role_built_in");
    }
    let misspelt = access.role(&admin, "leed").await.unwrap_err();
    assert_eq!(misspelt.hints()[0], "did you mean `lead`?");
    let account = NewAccount::new("kim").role("leed");
    let misspelt = access.add_account(&admin, account).await.unwrap_err();
    assert_eq!((misspelt.kind(), misspelt.code()), (ErrorKind::Invalid, "access.role_unknown"));
    assert_eq!(misspelt.hints()[0], "did you mean `lead`?");
    assert_eq!(head(&lms).await, before);
}

async fn what_cannot_be_given_is_refused(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let before = head(&lms).await;
    for (grant, says) in [
        ("people.reed", "there is no permission `people.reed`"),
        ("people.read@boss", "`boss` is not a scope"),
        ("audit.read@self", "`audit.read` is not about people"),
        ("*@department", "`settings.read` is not about people"),
    ] {
        let refused =
            lms.access().add_role(&lms.admin(), NewRole::new("x").grant(grant)).await.unwrap_err();
        assert!(refused.message().starts_with(says), "{refused}");
        assert_eq!(refused.field(), Some("permission"));
        assert!(!refused.hints().is_empty());
    }
    for name in ["", "9lives", "with space", "ümlaut", "a,b", &"x".repeat(41)] {
        let refused = lms.access().add_role(&lms.admin(), NewRole::new(name)).await.unwrap_err();
        assert_eq!((refused.kind(), refused.field()), (ErrorKind::Invalid, Some("role")), "{name}");
    }
    assert_eq!(head(&lms).await, before);
}

/// Asserts that the actor is refused a role with this grant.
async fn refused(lms: &TestLms, actor: &Actor, grant: &str) {
    let before = head(lms).await;
    let error =
        lms.access().add_role(actor, NewRole::new("wide").grant(grant)).await.expect_err(grant);
    assert_eq!(error.code(), "access.forbidden", "{grant}");
    assert_eq!(head(lms).await, before, "{grant}");
}

async fn nobody_makes_a_role_of_more_than_they_hold(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (access, admin) = (lms.access(), lms.admin());
    let adm = signed_in(&lms, "adm", "admin").await;
    for grant in ["*", "database.manage", "*.read", "audit.*"] {
        refused(&lms, &adm, grant).await;
    }
    access.add_role(&adm, NewRole::new("fine").grant("people.*@reports")).await.unwrap();

    // Reports of one's own are no reports of others.
    let desk = NewRole::new("desk").grant("access.*").grant("people.read@reports");
    access.add_role(&admin, desk).await.unwrap();
    lms.people()
        .add(
            &admin,
            vec![
                lms_core::NewPerson::new("Kim", "Kim").set(lms_core::PersonField::Username, "kim"),
            ],
        )
        .await
        .unwrap();
    lms.people().add_account_for(&admin, "kim", NewAccount::new("kim").role("desk")).await.unwrap();
    let kim = access.authenticate(&token(&lms, NewToken::new("kim", "t")).await).await.unwrap();
    refused(&lms, &kim, "people.read@reports").await;
    for role in ["manager", "desk"] {
        let account = NewAccount::new("eve").role(role);
        let error = access.add_account(&kim, account).await.unwrap_err();
        assert_eq!(error.code(), "access.forbidden", "{role}");
    }
    access.create_token(&kim, NewToken::new("kim", "my own")).await.unwrap();

    // Nor is a role changed or removed by those who hold less than it gives.
    let strong = NewRole::new("strong").grant("database.manage");
    access.add_role(&admin, strong).await.unwrap();
    let less = RoleChange::new().revoke("database.manage");
    let error = access.edit_role(&adm, "strong", less).await.unwrap_err();
    assert_eq!(error.code(), "access.forbidden");
    let error = access.remove_role(&adm, "strong").await.unwrap_err();
    assert_eq!(error.code(), "access.forbidden");
    let more = RoleChange::new().grant("database.manage");
    let error = access.edit_role(&adm, "fine", more).await.unwrap_err();
    assert_eq!(error.code(), "access.forbidden");
}

async fn a_role_changes_for_whoever_has_it(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (access, admin) = (lms.access(), lms.admin());
    access.add_role(&admin, NewRole::new("clerk").grant("settings.read")).await.unwrap();
    access
        .add_account(&admin, NewAccount::new("kim").role("clerk").role("employee"))
        .await
        .unwrap();
    let secret = token(&lms, NewToken::new("kim", "t")).await;
    let may = async |permission: &str| access.authenticate(&secret).await.unwrap().may(permission);
    assert!(may("settings.read").await && !may("events.read").await);

    let change =
        || RoleChange::new().grant("events.read").revoke("settings.read").summary("keeps the feed");
    let changed = access.edit_role(&admin, "clerk", change()).await.unwrap();
    let told: Vec<_> = changed
        .changed
        .iter()
        .map(|change| (change.field.as_str(), change.before.as_deref(), change.after.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            ("summary", None, Some("keeps the feed")),
            ("permissions", Some("settings.read"), Some("events.read")),
        ]
    );
    assert!(!may("settings.read").await && may("events.read").await);
    let again = access.edit_role(&admin, "clerk", change()).await.unwrap();
    assert_eq!((again.operation, again.changed.len()), (None, 0));

    // Nothing at all is a role too.
    access.edit_role(&admin, "clerk", RoleChange::new().revoke("events.read")).await.unwrap();
    assert!(access.role(&admin, "clerk").await.unwrap().permissions.is_empty());
    assert!(!may("events.read").await && may("people.read").await);
}

async fn a_role_that_somebody_has_stays(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (access, admin) = (lms.access(), lms.admin());
    access.add_role(&admin, NewRole::new("clerk").grant("settings.read")).await.unwrap();
    for n in 1..=7 {
        let account = NewAccount::new(&format!("kim{n}")).role("clerk");
        access.add_account(&admin, account).await.unwrap();
    }
    let disable = AccountChange::new().status(AccountStatus::Disabled);
    access.edit_account(&admin, "kim1", disable).await.unwrap();
    let before = head(&lms).await;
    let refused = access.remove_role(&admin, "clerk").await.unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (ErrorKind::Refused, "access.role_in_use"));
    assert!(
        refused.message().ends_with("`kim1`, `kim2`, `kim3`, `kim4`, `kim5` and 2 more"),
        "{refused}"
    );
    assert_eq!(head(&lms).await, before);

    for n in 1..=7 {
        let away = AccountChange::new().remove_role("clerk");
        access.edit_account(&admin, &format!("kim{n}"), away).await.unwrap();
    }
    // That they had it once is history, and holds nobody up.
    access.remove_role(&admin, "clerk").await.unwrap();
    assert_sound(&lms).await;
}
