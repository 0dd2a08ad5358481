//! Groups: lists and saved audiences, since when, and what holds them together.

use lms_core::testkit::TestLms;
use lms_core::{
    Audience, Day, Engine, ErrorKind, Group, GroupChange, GroupKind, NewGroup, NewPerson, NewUnit,
    PersonField, PersonFilter, PersonStatus, UnitChange, UnitKind,
};

use crate::support::engines::on_both_engines;
use crate::support::looks::head;

on_both_engines! {
    a_list_has_people_from_a_day_on,
    what_was_known_of_a_list_stays_known,
    a_saved_audience_is_of_whoever_it_is_true_of,
    an_audience_changes_from_a_day_on,
    groups_may_ask_for_groups_but_not_come_round,
    a_name_that_vanished_is_told_with_the_group,
    a_group_that_is_asked_for_stays,
    the_same_again_changes_nothing,
    a_plan_changes_nothing,
    what_cannot_be_is_refused,
    many_people_come_at_once,
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn asked(line: &str) -> Audience {
    Audience::parse(line).unwrap()
}

/// Ada and Bo in Engineering, Cy in Sales, all since 2024. Today is 31 March 2026.
async fn company(engine: Engine) -> TestLms {
    let lms = TestLms::organisation(engine).await;
    let department = |code: &str| NewUnit::new(UnitKind::Department, code, code);
    lms.people()
        .add_units(&lms.admin(), vec![department("ENG"), department("SALES")])
        .await
        .unwrap();
    let person = |name: &str, department: &str| {
        NewPerson::new(name, "Smith")
            .set(PersonField::Email, &format!("{name}@example.com"))
            .set(PersonField::Department, department)
            .hired_on(day("2024-01-01"))
    };
    let people = vec![person("Ada", "ENG"), person("Bo", "ENG"), person("Cy", "SALES")];
    lms.people().add(&lms.admin(), people).await.unwrap();
    lms
}

async fn add(lms: &TestLms, group: NewGroup) -> Group {
    lms.people().add_group(&lms.admin(), group).await.unwrap().value
}

async fn members(lms: &TestLms, group: &str, filter: PersonFilter) -> String {
    let page = lms.people().group_members(&lms.admin(), group, filter).await.unwrap();
    let names: Vec<String> = page.items.into_iter().map(|person| person.first_name).collect();
    names.join(" ")
}

async fn a_list_has_people_from_a_day_on(engine: Engine) {
    let lms = company(engine).await;
    let (people, admin) = (lms.people(), lms.admin());
    let council = NewGroup::fixed("COUNCIL", "Works council").members(["ada@example.com"]);
    let made = add(&lms, council.from(day("2025-01-01"))).await;
    assert_eq!((made.kind, made.open), (GroupKind::Fixed, true));

    let change = GroupChange::new()
        .add_members(["bo@example.com", "cy@example.com"])
        .remove_members(["ADA@example.com"])
        .from(day("2026-01-01"));
    let changed = people.edit_group(&admin, "works council", change).await.unwrap();
    assert_eq!(changed.changed[0].field, "members");
    assert_eq!(
        (changed.changed[0].before.as_deref(), changed.changed[0].after.as_deref()),
        (Some("1"), Some("2"))
    );
    assert_eq!(members(&lms, "COUNCIL", PersonFilter::new()).await, "Bo Cy");
    let then = PersonFilter::new().as_of(day("2025-12-31"));
    assert_eq!(members(&lms, "COUNCIL", then).await, "Ada");
    assert_eq!(members(&lms, "COUNCIL", PersonFilter::new().department("ENG")).await, "Bo");

    // Who has left stays on the list, and out of sight unless asked for.
    people.deactivate(&admin, "cy@example.com", day("2026-02-28"), None).await.unwrap();
    assert_eq!(members(&lms, "COUNCIL", PersonFilter::new()).await, "Bo");
    let gone = PersonFilter::new().status(PersonStatus::Inactive);
    assert_eq!(members(&lms, "COUNCIL", gone).await, "Cy");
    assert_eq!(people.group(&admin, "COUNCIL", None).await.unwrap().people, Some(1));
    let in_audience = PersonFilter::new().audience(asked("--not-group COUNCIL"));
    assert_eq!(people.list(&admin, in_audience).await.unwrap().items.len(), 1);
}

async fn what_was_known_of_a_list_stays_known(engine: Engine) {
    let lms = company(engine).await;
    add(&lms, NewGroup::fixed("TEAM", "Team").members(["ada@example.com"])).await;
    lms.clock().advance(std::time::Duration::from_secs(1));
    let before = lms.now();
    lms.clock().advance(std::time::Duration::from_secs(3_600));
    // It is found out today that Ada never was in it.
    let never =
        GroupChange::new().remove_members(["ada@example.com"]).add_members(["bo@example.com"]);
    let never = never.from(day("2026-03-31"));
    lms.people().edit_group(&lms.admin(), "TEAM", never).await.unwrap();
    assert_eq!(members(&lms, "TEAM", PersonFilter::new()).await, "Bo");
    assert_eq!(members(&lms, "TEAM", PersonFilter::new().known_at(before)).await, "Ada");
}

async fn a_saved_audience_is_of_whoever_it_is_true_of(engine: Engine) {
    let lms = company(engine).await;
    let admin = lms.admin();
    let made =
        add(&lms, NewGroup::saved("ENGINEERS", "Engineers", asked("--department ENG"))).await;
    assert_eq!(made.audience, Some(asked("--department ENG")));
    assert_eq!(members(&lms, "ENGINEERS", PersonFilter::new()).await, "Ada Bo");
    let dan = NewPerson::new("Dan", "Smith").set(PersonField::Department, "ENG");
    lms.people().add(&admin, vec![dan]).await.unwrap();
    assert_eq!(members(&lms, "ENGINEERS", PersonFilter::new()).await, "Ada Bo Dan");
    let then = PersonFilter::new().as_of(day("2025-01-01"));
    assert_eq!(members(&lms, "ENGINEERS", then).await, "Ada Bo", "as of that day");
    let listed = lms.people().groups(&admin, None, false).await.unwrap();
    assert_eq!(listed, [made]);
}

async fn an_audience_changes_from_a_day_on(engine: Engine) {
    let lms = company(engine).await;
    add(&lms, NewGroup::saved("G", "G", asked("--department ENG"))).await;
    let change = GroupChange::new().audience(asked("--department SALES")).from(day("2026-01-01"));
    let changed = lms.people().edit_group(&lms.admin(), "G", change).await.unwrap();
    assert_eq!(changed.changed[0].before.as_deref(), Some("department ENG"));
    assert_eq!(changed.changed[0].after.as_deref(), Some("department SALES"));
    assert_eq!(members(&lms, "G", PersonFilter::new()).await, "Cy");
    assert_eq!(members(&lms, "G", PersonFilter::new().as_of(day("2025-12-31"))).await, "Ada Bo");
}

async fn groups_may_ask_for_groups_but_not_come_round(engine: Engine) {
    let lms = company(engine).await;
    let (people, admin) = (lms.people(), lms.admin());
    add(&lms, NewGroup::fixed("LIST", "List").members(["cy@example.com"])).await;
    add(&lms, NewGroup::saved("A", "A", asked("--group LIST"))).await;
    add(&lms, NewGroup::saved("B", "B", asked("--group A"))).await;
    assert_eq!(members(&lms, "B", PersonFilter::new()).await, "Cy");

    let round = GroupChange::new().audience(asked("--not-group B"));
    let refused = people.edit_group(&admin, "A", round).await.unwrap_err();
    assert_eq!(refused.code(), "people.group_cycle");
    assert!(refused.message().contains("A → B → A"), "{refused}");
    let itself = NewGroup::saved("ANY", "Any", asked("--group 'A*'"));
    assert_eq!(people.add_group(&admin, itself).await.unwrap_err().code(), "people.group_cycle");
    assert!(people.group(&admin, "ANY", None).await.is_err(), "nothing of it is there");
    assert_eq!(members(&lms, "A", PersonFilter::new()).await, "Cy");
}

async fn a_name_that_vanished_is_told_with_the_group(engine: Engine) {
    let lms = company(engine).await;
    let (people, admin) = (lms.people(), lms.admin());
    let misspelt = NewGroup::saved("S", "S", asked("--department SALE"));
    let refused = people.add_group(&admin, misspelt).await.unwrap_err();
    assert_eq!(
        (refused.code(), refused.hints()[0].as_str()),
        ("people.unit_unknown", "did you mean `SALES`?")
    );

    add(&lms, NewGroup::saved("SELLERS", "Sellers", asked("--department SALES"))).await;
    let renamed = UnitChange::new().code("TRADE").name("Trade");
    people.edit_unit(&admin, UnitKind::Department, "SALES", renamed).await.unwrap();
    let filter = PersonFilter::new().audience(asked("--group SELLERS"));
    let error = people.list(&admin, filter).await.unwrap_err();
    assert_eq!(error.code(), "people.unit_unknown");
    assert!(
        error.hints().iter().any(|hint| hint.contains("group `SELLERS`")),
        "{:?}",
        error.hints()
    );
    let card = people.group(&admin, "SELLERS", None).await.unwrap();
    assert_eq!(card.people, None);
    assert_eq!(card.problem.as_deref(), Some("there is no department `SALES`"));
}

async fn a_group_that_is_asked_for_stays(engine: Engine) {
    let lms = company(engine).await;
    let (people, admin) = (lms.people(), lms.admin());
    add(&lms, NewGroup::fixed("LIST", "List").members(["cy@example.com"])).await;
    add(&lms, NewGroup::saved("USER", "User", asked("--department ENG --not-group list"))).await;
    let refused = people.remove_group(&admin, "LIST", None).await.unwrap_err();
    assert_eq!((refused.code(), refused.kind()), ("people.group_in_use", ErrorKind::Refused));
    assert!(refused.message().contains("USER"), "{refused}");

    people.remove_group(&admin, "USER", Some(day("2026-03-01"))).await.unwrap();
    let removed = people.remove_group(&admin, "LIST", Some(day("2026-03-01"))).await.unwrap();
    assert!(!removed.value.open);
    assert!(people.groups(&admin, None, false).await.unwrap().is_empty());
    assert_eq!(people.groups(&admin, None, true).await.unwrap().len(), 2);
    assert_eq!(people.groups(&admin, Some(day("2026-02-28")), false).await.unwrap().len(), 2);
    let filter = PersonFilter::new().audience(asked("--group LIST"));
    assert_eq!(people.list(&admin, filter).await.unwrap_err().code(), "people.group_closed");
    assert!(people.remove_group(&admin, "LIST", None).await.unwrap().operation.is_none());
    let again = people.add_group(&admin, NewGroup::fixed("list", "Again")).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Conflict);
}

async fn the_same_again_changes_nothing(engine: Engine) {
    let lms = company(engine).await;
    add(&lms, NewGroup::fixed("TEAM", "Team").members(["ada@example.com"])).await;
    add(&lms, NewGroup::saved("G", "G", asked("--department ENG --department SALES"))).await;
    let before = head(&lms).await;
    let same = GroupChange::new()
        .name(" Team ")
        .add_members(["ADA@example.com"])
        .remove_members(["bo@example.com"]);
    let unchanged = lms.people().edit_group(&lms.admin(), "team", same).await.unwrap();
    assert_eq!((unchanged.operation, unchanged.changed.as_slice()), (None, &[][..]));
    let in_other_words = asked("--department SALES --department ENG");
    let same = GroupChange::new().audience(in_other_words);
    assert!(lms.people().edit_group(&lms.admin(), "G", same).await.unwrap().operation.is_none());
    assert_eq!(head(&lms).await, before);
}

async fn a_plan_changes_nothing(engine: Engine) {
    let lms = company(engine).await;
    add(&lms, NewGroup::fixed("TEAM", "Team")).await;
    let before = head(&lms).await;
    let change = || GroupChange::new().add_members(["ada@example.com", "bo@example.com"]);
    let planned = lms.people().plan_group(&lms.admin(), "TEAM", change()).await.unwrap();
    assert_eq!(head(&lms).await, before);
    assert_eq!(members(&lms, "TEAM", PersonFilter::new()).await, "");
    let done = lms.people().edit_group(&lms.admin(), "TEAM", change()).await.unwrap();
    assert_eq!(done.changed, planned);
}

async fn what_cannot_be_is_refused(engine: Engine) {
    let lms = company(engine).await;
    let (people, admin) = (lms.people(), lms.admin());
    add(&lms, NewGroup::fixed("LIST", "List")).await;
    add(&lms, NewGroup::saved("SAVED", "Saved", asked("--department ENG"))).await;
    let edit = async |group: &str, change: GroupChange| {
        people.edit_group(&admin, group, change).await.unwrap_err().code()
    };
    let ada = || ["ada@example.com"];
    assert_eq!(edit("SAVED", GroupChange::new().add_members(ada())).await, "people.group_kind");
    let audience = GroupChange::new().audience(asked("--department ENG"));
    assert_eq!(edit("LIST", audience).await, "people.group_kind");
    assert_eq!(
        edit("LIST", GroupChange::new().add_members(ada()).remove_members(ada())).await,
        "input.invalid"
    );
    assert_eq!(
        edit("LIST", GroupChange::new().add_members(["zoe"])).await,
        "people.person_unknown"
    );
    assert_eq!(edit("LIST", GroupChange::new().code("saved")).await, "people.group_exists");
    assert_eq!(edit("LITS", GroupChange::new()).await, "people.group_unknown");
    let both = NewGroup::saved("X", "X", asked("--department ENG")).members(ada());
    assert_eq!(people.add_group(&admin, both).await.unwrap_err().code(), "people.group_kind");
}

async fn many_people_come_at_once(engine: Engine) {
    let lms = company(engine).await;
    let (people, admin) = (lms.people(), lms.admin());
    let number = |n: u32| format!("{n:05}");
    let new = (0..1_200)
        .map(|n| NewPerson::new("P", &number(n)).set(PersonField::EmployeeNumber, &number(n)));
    people.add(&admin, new.collect()).await.unwrap();
    add(&lms, NewGroup::fixed("ALL", "All")).await;
    let before = head(&lms).await.seq;
    let change = GroupChange::new().add_members((0..1_200).map(number));
    people.edit_group(&admin, "ALL", change).await.unwrap();
    assert_eq!(head(&lms).await.seq, before + 1, "one operation");
    assert_eq!(people.group(&admin, "ALL", None).await.unwrap().people, Some(1_200));
    let verified = lms.audit().verify(&admin, None, &mut |_, _| ()).await.unwrap();
    assert!(verified.ok, "{:?}", verified.findings);
}
