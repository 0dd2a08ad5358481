//! Whose records a scope reaches: every verb over people × every role × everybody's record. What is
//! expected is worked out here from the roles as they are written, without the library's matching.

use std::collections::BTreeSet;
use std::time::Duration;

use lms_core::testkit::TestLms;
use lms_core::{
    Actor, Day, Engine, Error, ErrorKind, NewAccount, NewPerson, NewRole, NewToken, NewUnit,
    PersonChange, PersonField, PersonFilter, ROLES, Result, UnitChange, UnitKind,
};

use crate::support::engines::on_both_engines;
use crate::support::looks::{head, token};

on_both_engines! {
    every_verb_for_every_role_on_everybodys_record,
    a_list_is_of_those_within_reach,
    whoever_moved_away_takes_their_history_along,
    nobody_is_moved_in_or_out,
    a_planned_move_does_not_lock_a_record,
    people_are_made_where_one_may_change_people,
    a_manager_may_only_be_somebody_who_may_be_known,
    a_narrow_token_and_another_account_narrow_further,
    an_account_of_nobody_reaches_nobody,
}

/// Who there is, seen from `me`, who leads the department `A`.
const EVERYBODY: &[&str] = &["me", "direct", "indirect", "headed", "below", "stranger", "boss"];
/// Somebody who is not there, with a name that is as far from all others as the stranger's.
const NOBODY: &str = "strangor";

/// No two writes share an instant: those of a moment reach into the next.
const HOUR: Duration = Duration::from_hours(1);

/// Roles beside those of every organisation, for what these do not show.
const OWN_ROLES: &[(&str, &[&str])] = &[
    ("keeps_self", &["people.read@self", "people.write@self"]),
    ("keeps_reports", &["people.read@reports", "people.write@reports"]),
    ("keeps_department", &["people.read@department", "people.write@department"]),
    ("sees_all_keeps_department", &["people.read", "people.write@department"]),
    ("sees_reports_keeps_self", &["people.read@reports", "people.write@self"]),
    ("only_keeps_reports", &["people.write@reports"]),
    ("keeps_some", &["people.*@department", "people.*@self"]),
    ("keeps_all", &["people.write"]),
    ("nothing", &["events.read"]),
];

/// Verbs over one person, and the permission that each needs.
const VERBS: &[(&str, &str)] = &[
    ("card", "people.read"),
    ("list", "people.read"),
    ("edit", "people.write"),
    ("deactivate", "people.write"),
    ("reactivate", "people.write"),
    ("add_leave", "people.write"),
    ("end_leave", "people.write"),
];

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

async fn company(engine: Engine) -> TestLms {
    let lms = TestLms::organisation(engine).await;
    let (people, admin) = (lms.people(), lms.admin());
    let unit = |code: &str| NewUnit::new(UnitKind::Department, code, &format!("Department {code}"));
    let units =
        vec![unit("TOP"), unit("A").parent("TOP"), unit("A1").parent("A"), unit("B"), unit("C")];
    people.add_units(&admin, units).await.unwrap();
    let person = |name: &str, department: &str, manager: &str| {
        NewPerson::new("Kim", name)
            .set(PersonField::Username, name)
            .set(PersonField::Department, department)
            .set(PersonField::Manager, manager)
            .hired_on(day("2025-01-01"))
    };
    let all = vec![
        person("boss", "TOP", ""),
        person("me", "B", "boss"),
        person("direct", "C", "me"),
        person("indirect", "C", "direct"),
        person("headed", "A", "boss"),
        person("below", "A1", "boss"),
        person("stranger", "B", "boss"),
    ];
    people.add(&admin, all).await.unwrap();
    let head = UnitChange::new().head(Some("me")).from(day("2025-01-01"));
    people.edit_unit(&admin, UnitKind::Department, "A", head).await.unwrap();
    for (name, grants) in OWN_ROLES {
        let role = grants.iter().fold(NewRole::new(name), |role, grant| role.grant(grant));
        lms.access().add_role(&admin, role).await.unwrap();
    }
    let account = NewAccount::new("my_account");
    people.add_account_for(&admin, "me", account).await.unwrap();
    lms
}

/// Every role, with what it gives.
fn roles() -> Vec<(&'static str, &'static [&'static str])> {
    let built_in = ROLES.iter().map(|role| (role.name, role.permissions));
    built_in.chain(OWN_ROLES.iter().copied()).collect()
}

/// Whoever signs in as `me` with this role.
async fn me_as(lms: &TestLms, role: &str) -> Actor {
    let (access, admin) = (lms.access(), lms.admin());
    let before = access.account(&admin, "my_account").await.unwrap().roles;
    let change = lms_core::AccountChange::new();
    let change = before.iter().fold(change, |change, held| change.remove_role(held));
    access.edit_account(&admin, "my_account", change.add_role(role)).await.unwrap();
    let secret = token(lms, NewToken::new("my_account", "test")).await;
    access.authenticate(&secret).await.unwrap()
}

/// The scopes in which these grants give a permission.
fn scopes(grants: &[&'static str], permission: &str) -> BTreeSet<&'static str> {
    let (area, verb) = permission.split_once('.').unwrap();
    let patterns =
        ["*".to_owned(), permission.to_owned(), format!("{area}.*"), format!("*.{verb}")];
    let parted = grants.iter().map(|grant| grant.split_once('@').unwrap_or((grant, "all")));
    parted.filter(|(pattern, _)| patterns.iter().any(|p| p == pattern)).map(|(_, s)| s).collect()
}

/// Whose record a scope reaches, by hand.
fn reached(scopes: &BTreeSet<&str>, who: &str) -> bool {
    let by = match who {
        "me" => "self",
        "direct" | "indirect" => "reports",
        "headed" | "below" => "department",
        "stranger" | "boss" => "all",
        _ => return false,
    };
    scopes.contains(by) || scopes.contains("all")
}

async fn attempt(lms: &TestLms, actor: &Actor, verb: &str, who: &str, tag: &str) -> Result<()> {
    let (people, today) = (lms.people(), day("2026-03-31"));
    match verb {
        "card" => people.card(actor, who, None).await.map(drop),
        "list" => people.list(actor, PersonFilter::new().manager(who)).await.map(drop),
        "edit" => {
            let change = PersonChange::new().set(PersonField::JobTitle, tag);
            people.edit(actor, who, change).await.map(drop)
        }
        "deactivate" => people.deactivate(actor, who, day("2030-01-01"), None).await.map(drop),
        "reactivate" => people.reactivate(actor, who, day("2031-01-01")).await.map(drop),
        "add_leave" => people.add_leave(actor, who, today, Some(today), None).await.map(drop),
        "end_leave" => people.end_leave(actor, who, today).await.map(drop),
        other => panic!("say how to try `{other}`"),
    }
}

/// All that somebody is told, with one word for the name that they asked for.
fn told(error: &Error, name: &str) -> String {
    let text =
        format!("{} {} {:?} {:?}", error.code(), error.message(), error.hints(), error.field());
    text.replace(&format!("`{name}`"), "`NAME`")
}

async fn every_verb_for_every_role_on_everybodys_record(engine: Engine) {
    let lms = company(engine).await;
    let (mut done, mut refused, mut unknown) = (0, 0, 0);
    for (role, grants) in roles() {
        let actor = me_as(&lms, role).await;
        let (read, write) = (scopes(grants, "people.read"), scopes(grants, "people.write"));
        for (verb, permission) in VERBS {
            let writes = *permission == "people.write";
            let wanted = if writes { &write } else { &read };
            let missing = attempt(&lms, &actor, verb, NOBODY, "x").await.unwrap_err();
            for who in EVERYBODY {
                let before = head(&lms).await;
                let outcome = attempt(&lms, &actor, verb, who, &format!("{role} {verb}")).await;
                let case = format!("{verb} of {who} as {role}: {outcome:?}");
                let code = outcome.as_ref().err().map(Error::code);
                if reached(wanted, who) {
                    done += 1;
                    let denials = [Some("access.forbidden"), Some("people.person_unknown")];
                    assert!(!denials.contains(&code), "{case}");
                    continue;
                }
                assert_eq!(head(&lms).await, before, "{case}");
                let error = outcome.expect_err(&case);
                if wanted.is_empty() || (writes && reached(&read, who)) {
                    refused += 1;
                    assert_eq!(error.code(), "access.forbidden", "{case}");
                    if !wanted.is_empty() {
                        continue;
                    }
                } else {
                    unknown += 1;
                    assert_eq!(error.code(), "people.person_unknown", "{case}");
                }
                assert_eq!(told(&error, who), told(&missing, NOBODY), "{case}");
            }
        }
    }
    assert_eq!(done + refused + unknown, roles().len() * VERBS.len() * EVERYBODY.len());
    assert!(done > 200 && refused > 100 && unknown > 100, "{done} {refused} {unknown}");
}

/// The user names of those whom an actor sees.
async fn seen(lms: &TestLms, actor: &Actor, filter: PersonFilter) -> BTreeSet<String> {
    let page = lms.people().list(actor, filter.limit(500)).await.unwrap();
    page.items.into_iter().filter_map(|person| person.username).collect()
}

async fn a_list_is_of_those_within_reach(engine: Engine) {
    let lms = company(engine).await;
    for (role, grants) in roles() {
        let actor = me_as(&lms, role).await;
        let read = scopes(grants, "people.read");
        if read.is_empty() {
            let refused = lms.people().list(&actor, PersonFilter::new()).await.unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::Forbidden, "{role}");
            continue;
        }
        let expected = |among: &[&str]| -> BTreeSet<String> {
            let reached = among.iter().filter(|who| reached(&read, who));
            reached.map(|who| (*who).to_owned()).collect()
        };
        assert_eq!(seen(&lms, &actor, PersonFilter::new()).await, expected(EVERYBODY), "{role}");
        let in_a = PersonFilter::new().department("A");
        assert_eq!(seen(&lms, &actor, in_a).await, expected(&["headed", "below"]), "{role}");
        let found = PersonFilter::new().search("stranger");
        assert_eq!(seen(&lms, &actor, found).await, expected(&["stranger"]), "{role}");
        let then = PersonFilter::new().as_of(day("2025-02-01")).known_at(lms.now().plus(HOUR));
        assert_eq!(seen(&lms, &actor, then).await, expected(EVERYBODY), "{role}");
    }
    // Page by page nobody is left out either, and nobody shines through.
    let manager = me_as(&lms, "manager").await;
    let (mut names, mut filter) = (Vec::new(), PersonFilter::new().limit(2));
    loop {
        let page = lms.people().list(&manager, filter.clone()).await.unwrap();
        names.extend(page.items.into_iter().filter_map(|person| person.username));
        match page.next {
            Some(next) => filter = filter.cursor(&next),
            None => break,
        }
    }
    assert_eq!(names, ["below", "direct", "headed", "indirect", "me"]);
}

async fn whoever_moved_away_takes_their_history_along(engine: Engine) {
    let lms = company(engine).await;
    let manager = me_as(&lms, "manager").await;
    let then = || PersonFilter::new().as_of(day("2025-06-01"));
    assert!(seen(&lms, &manager, then()).await.contains("headed"));
    let away = PersonChange::new().set(PersonField::Department, "B").from(day("2026-03-31"));
    lms.people().edit(&lms.admin(), "headed", away).await.unwrap();
    assert!(!seen(&lms, &manager, then()).await.contains("headed"));
    let card = lms.people().card(&manager, "headed", Some(day("2025-06-01"))).await.unwrap_err();
    assert_eq!(card.code(), "people.person_unknown");

    // Nor does the department stay with whoever does not lead it any more.
    let head = UnitChange::new().head(Some("boss")).deputy(Some("stranger"));
    let (people, admin) = (lms.people(), lms.admin());
    people.edit_unit(&admin, UnitKind::Department, "A", head).await.unwrap();
    assert!(!seen(&lms, &manager, PersonFilter::new()).await.contains("below"));
    let deputy = UnitChange::new().deputy(Some("me"));
    people.edit_unit(&admin, UnitKind::Department, "A", deputy).await.unwrap();
    assert!(seen(&lms, &manager, PersonFilter::new()).await.contains("below"));
    // What begins later is not so yet.
    let later = UnitChange::new().deputy(None).from(day("2026-06-01"));
    people.edit_unit(&admin, UnitKind::Department, "A", later).await.unwrap();
    assert!(seen(&lms, &manager, PersonFilter::new()).await.contains("below"));
    lms.clock().advance(Duration::from_secs(86_400 * 70));
    assert!(!seen(&lms, &manager, PersonFilter::new()).await.contains("below"));
}

/// Asserts that a change of a person is refused with this code, and that nothing happened.
async fn refused(lms: &TestLms, actor: &Actor, who: &str, change: PersonChange, code: &str) {
    let (before, case) = (head(lms).await, format!("{who}: {change:?}"));
    let error = lms.people().edit(actor, who, change).await.expect_err(&case);
    assert_eq!(error.code(), code, "{case}: {error:?}");
    assert_eq!(head(lms).await, before, "{case}");
}

async fn nobody_is_moved_in_or_out(engine: Engine) {
    let lms = company(engine).await;
    let to = |field: PersonField, value: &str| PersonChange::new().set(field, value);
    let department = |code: &str| to(PersonField::Department, code);
    let keeper = me_as(&lms, "sees_all_keeps_department").await;
    let forbidden = "access.forbidden";
    refused(&lms, &keeper, "headed", department("B"), forbidden).await;
    refused(&lms, &keeper, "headed", department(""), forbidden).await;
    refused(&lms, &keeper, "headed", department("B").from(day("2027-01-01")), forbidden).await;
    refused(&lms, &keeper, "headed", department("B").from(day("2024-01-01")), forbidden).await;
    refused(&lms, &keeper, "stranger", department("A"), forbidden).await;
    let inside = department("A1").from(day("2027-01-01"));
    assert!(lms.people().edit(&keeper, "headed", inside).await.unwrap().operation.is_some());

    let keeper = me_as(&lms, "keeps_reports").await;
    let manager = |name: &str| to(PersonField::Manager, name);
    refused(&lms, &keeper, "direct", manager(""), forbidden).await;
    refused(&lms, &keeper, "direct", manager("").from(day("2027-01-01")), forbidden).await;
    refused(&lms, &keeper, "stranger", manager("me"), "people.person_unknown").await;
    // Among themselves they may be moved.
    let up = PersonChange::new().set(PersonField::Manager, "direct");
    assert!(lms.people().edit(&keeper, "indirect", up).await.unwrap().operation.is_none());
    lms.people().edit(&keeper, "indirect", department("B")).await.unwrap();

    // Where two scopes hold, it is enough to stay within one.
    let grants = ["people.*@reports", "people.*@department"];
    let role = grants.iter().fold(NewRole::new("both"), |role, grant| role.grant(grant));
    lms.access().add_role(&lms.admin(), role).await.unwrap();
    let keeper = me_as(&lms, "both").await;
    lms.people().edit(&keeper, "direct", department("A")).await.unwrap();
    lms.people().edit(&keeper, "direct", manager("")).await.unwrap();
    refused(&lms, &keeper, "direct", department("C"), forbidden).await;
}

async fn a_planned_move_does_not_lock_a_record(engine: Engine) {
    let lms = company(engine).await;
    let away = PersonChange::new().set(PersonField::Department, "B").from(day("2026-06-01"));
    lms.people().edit(&lms.admin(), "headed", away).await.unwrap();
    let keeper = me_as(&lms, "keeps_department").await;
    let title = PersonChange::new().set(PersonField::JobTitle, "Lead");
    lms.people().edit(&keeper, "headed", title).await.unwrap();
    // The move itself is not theirs to take back.
    let back = PersonChange::new().set(PersonField::Department, "A").from(day("2026-06-01"));
    refused(&lms, &keeper, "headed", back, "access.forbidden").await;
}

async fn people_are_made_where_one_may_change_people(engine: Engine) {
    let lms = company(engine).await;
    let new = |department: &str| {
        vec![NewPerson::new("New", "Comer").set(PersonField::Department, department)]
    };
    for (role, grants) in roles() {
        let actor = me_as(&lms, role).await;
        let write = scopes(grants, "people.write");
        for (department, within) in [("A", true), ("A1", true), ("B", false), ("", false)] {
            let before = head(&lms).await;
            let outcome = lms.people().add(&actor, new(department)).await;
            let may = write.contains("all") || (within && write.contains("department"));
            let case = format!("{department} as {role}: {outcome:?}");
            assert_eq!(outcome.is_ok(), may, "{case}");
            if let Err(error) = outcome {
                assert_eq!(error.code(), "access.forbidden", "{case}");
                assert_eq!(head(&lms).await, before, "{case}");
            }
        }
    }
}

async fn a_manager_may_only_be_somebody_who_may_be_known(engine: Engine) {
    let lms = company(engine).await;
    let keeper = me_as(&lms, "keeps_department").await;
    let manager = |name: &str| PersonChange::new().set(PersonField::Manager, name);
    let people = lms.people();
    let there = people.edit(&keeper, "headed", manager("stranger")).await.unwrap_err();
    let missing = people.edit(&keeper, "headed", manager(NOBODY)).await.unwrap_err();
    assert_eq!(there.field(), Some("manager"));
    assert_eq!(told(&there, "stranger"), told(&missing, NOBODY));
    people.edit(&keeper, "headed", manager("below")).await.unwrap();

    // A circle names nobody whom the actor may not know.
    let away = PersonChange::new().set(PersonField::Manager, "headed");
    people.edit(&lms.admin(), "stranger", away).await.unwrap();
    let round = PersonChange::new().set(PersonField::Manager, "stranger");
    people.edit(&lms.admin(), "me", round).await.unwrap();
    let both = NewRole::new("some").grant("people.*@self").grant("people.*@department");
    lms.access().add_role(&lms.admin(), both).await.unwrap();
    let keeper = me_as(&lms, "some").await;
    let error = people.edit(&keeper, "below", manager("me")).await.unwrap_err();
    assert_eq!(error.code(), "people.manager_cycle");
    assert!(error.message().contains("Kim me → …"), "{error}");
    assert!(!error.message().contains("stranger"), "{error}");
}

async fn a_narrow_token_and_another_account_narrow_further(engine: Engine) {
    let lms = company(engine).await;
    me_as(&lms, "manager").await;
    let access = lms.access();
    let narrow = NewToken::new("my_account", "narrow").permission("people.read");
    let narrow = access.authenticate(&token(&lms, narrow).await).await.unwrap();
    let all: BTreeSet<String> =
        ["me", "direct", "indirect", "headed", "below"].map(str::to_owned).into();
    assert_eq!(seen(&lms, &narrow, PersonFilter::new()).await, all);
    assert!(!narrow.may("organisation.read"));

    // `--as` of whoever has all rights reaches what the account does.
    let acting = access.act_as(&lms.admin(), "my_account").await.unwrap();
    assert_eq!(seen(&lms, &acting, PersonFilter::new()).await, all);
    // Of two narrow ones, only what both reach is left: those who report to each of them.
    let boss = NewAccount::new("boss_account").role("keeps_reports").role("auditor");
    lms.people().add_account_for(&lms.admin(), "boss", boss).await.unwrap();
    let reports_only = NewRole::new("narrow_auditor").grant("people.read@reports");
    access.add_role(&lms.admin(), reports_only.grant("access.read")).await.unwrap();
    let change = lms_core::AccountChange::new()
        .remove_role("auditor")
        .remove_role("keeps_reports")
        .add_role("narrow_auditor");
    access.edit_account(&lms.admin(), "boss_account", change).await.unwrap();
    let boss = access.act_as(&lms.admin(), "boss_account").await.unwrap();
    let both = access.act_as(&boss, "my_account").await.unwrap();
    assert_eq!(seen(&lms, &both, PersonFilter::new()).await, all);
    let me_then_boss = NewToken::new("boss_account", "t");
    let boss_alone = access.authenticate(&token(&lms, me_then_boss).await).await.unwrap();
    let below_boss = seen(&lms, &boss_alone, PersonFilter::new()).await;
    assert!(below_boss.contains("stranger") && !below_boss.contains("boss"), "{below_boss:?}");
    let change = lms_core::AccountChange::new().add_role("narrow_auditor").remove_role("manager");
    access.edit_account(&lms.admin(), "my_account", change).await.unwrap();
    let me = access.act_as(&lms.admin(), "my_account").await.unwrap();
    let both = access.act_as(&me, "boss_account").await.unwrap();
    let mine: BTreeSet<String> = ["direct", "indirect"].map(str::to_owned).into();
    assert_eq!(seen(&lms, &both, PersonFilter::new()).await, mine);
}

async fn an_account_of_nobody_reaches_nobody(engine: Engine) {
    let lms = company(engine).await;
    let manager = me_as(&lms, "manager").await;
    assert_eq!(seen(&lms, &manager, PersonFilter::new()).await.len(), 5);
    lms.people().link_account(&lms.admin(), "my_account", None).await.unwrap();
    let manager = me_as(&lms, "manager").await;
    assert!(seen(&lms, &manager, PersonFilter::new()).await.is_empty());
    let unknown = lms.people().card(&manager, "me", None).await.unwrap_err();
    assert_eq!(unknown.code(), "people.person_unknown");
}
