//! Two records that are one human become one, and what was known before stays known.

use lms_core::testkit::TestLms;
use lms_core::{
    AuditFilter, Engine, ErrorKind, EventFilter, HistoryFilter, NewPerson, NewUnit, PersonChange,
    PersonField, PersonFilter, PersonStatus, UnitChange, UnitKind,
};

use super::{company, day, hire, person};
use crate::support::engines::on_both_engines;
use crate::support::looks::{assert_sound, head, newest};
use crate::support::raw::{Raw, per_engine};

on_both_engines! {
    both_histories_become_one,
    everything_that_named_the_other_names_the_one_that_stays,
    as_known_before_there_were_two,
    a_plan_is_carried_out_as_it_was_seen_or_not_at_all,
    circles_are_refused,
    two_accounts_are_refused_and_one_comes_along,
    what_cannot_be_merged_is_said,
}

/// Ada left in 2022; somebody recorded her anew when she came back.
async fn two_adas(engine: Engine) -> TestLms {
    let lms = company(engine).await;
    let (people, admin) = (lms.people(), lms.admin());
    let first = person("Ada", "Lovelace", "2019-01-01")
        .set(PersonField::EmployeeNumber, "00123")
        .set(PersonField::Department, "ENG");
    let second = NewPerson::new("Ada", "Lovelace-King")
        .set(PersonField::EmployeeNumber, "900")
        .set(PersonField::Username, "alk")
        .set(PersonField::Department, "SALES")
        .set(PersonField::Locale, "en")
        .attribute("cost_centre", "7")
        .source("payroll", "P-1")
        .hired_on(day("2025-01-01"));
    let bo = person("Bo", "Baker", "2025-01-01").set(PersonField::Manager, "900");
    people.add(&admin, vec![first, second, bo]).await.unwrap();
    people.deactivate(&admin, "00123", day("2022-06-30"), Some("resigned")).await.unwrap();
    let leave = people.add_leave(&admin, "900", day("2026-01-10"), Some(day("2026-02-01")), None);
    leave.await.unwrap();
    let led = UnitChange::new().head(Some("900")).from(day("2025-02-01"));
    people.edit_unit(&admin, UnitKind::Department, "SALES", led).await.unwrap();
    lms
}

async fn both_histories_become_one(engine: Engine) {
    let lms = two_adas(engine).await;
    let (people, admin) = (lms.people(), lms.admin());

    let merged = people.merge(&admin, "00123", "900", None).await.unwrap();

    let ada = merged.value;
    assert_eq!((ada.first_name.as_str(), ada.last_name.as_str()), ("Ada", "Lovelace"));
    assert_eq!(ada.employee_number.as_deref(), Some("00123"), "what is kept is kept");
    assert_eq!(ada.username.as_deref(), Some("alk"), "gaps are filled");
    assert_eq!(ada.locale.as_deref(), Some("en"));
    assert_eq!(ada.department.as_deref(), Some("SALES"));
    assert_eq!(ada.attributes["cost_centre"], "7");
    let card = people.card(&admin, "alk", None).await.unwrap();
    let employments: Vec<_> =
        card.employments.iter().map(|one| (one.hired_on, one.terminated_on)).collect();
    assert_eq!(
        employments,
        [(day("2019-01-01"), Some(day("2022-06-30"))), (day("2025-01-01"), None),]
    );
    let status = async |on: &str| {
        let person = people.card(&admin, "00123", Some(day(on))).await.unwrap().person;
        (person.status, person.department.unwrap_or_default(), person.hired_on.unwrap())
    };
    let (active, gone) = (PersonStatus::Active, PersonStatus::Inactive);
    assert_eq!(status("2022-06-30").await, (active, "ENG".to_owned(), day("2019-01-01")));
    assert_eq!(status("2023-01-01").await, (gone, "ENG".to_owned(), day("2019-01-01")));
    assert_eq!(status("2025-01-01").await, (active, "SALES".to_owned(), day("2025-01-01")));
    assert_eq!(status("2026-01-20").await.0, PersonStatus::OnLeave);

    let entry = newest(&lms).await;
    assert_eq!((entry.kind.as_str(), entry.counts["merged"]), ("person.merged", 1));
    let filter = EventFilter::new().event_type("user.merged");
    let event = lms.events().list(&admin, filter).await.unwrap().items.remove(0);
    assert_eq!(event.subject, Some(ada.id.to_string()));
    let history = people.history(&admin, "00123", HistoryFilter::new()).await.unwrap().items;
    let of_the_other = history.iter().filter(|entry| entry.merged_record.is_some()).count();
    assert_eq!((history.len(), of_the_other), (6, 3), "both histories are one: {history:#?}");
    assert_sound(&lms).await;
}

async fn everything_that_named_the_other_names_the_one_that_stays(engine: Engine) {
    let lms = two_adas(engine).await;
    let (people, admin) = (lms.people(), lms.admin());
    let other = people.card(&admin, "900", None).await.unwrap().person.id;
    let keep = people.card(&admin, "00123", None).await.unwrap().person.id;
    put_into_groups(&lms, &other.to_string()).await;

    let plan = people.plan_merge(&admin, "00123", "900").await.unwrap();
    assert_eq!((plan.reports, plan.leads.as_slice()), (1, &["SALES".to_owned()][..]));
    assert_eq!(plan.groups, ["all"]);
    assert_eq!(plan.lost, ["900"]);
    people.merge(&admin, "00123", "900", None).await.unwrap();

    let bo = people.card(&admin, "bo@example.com", None).await.unwrap().person;
    assert_eq!((bo.manager, bo.manager_name.as_deref()), (Some(keep), Some("Ada Lovelace")));
    let sales = people.unit(&admin, UnitKind::Department, "SALES", None).await.unwrap();
    assert_eq!(sales.head, Some(keep));
    let card = people.card(&admin, "payroll:P-1", None).await.unwrap();
    assert_eq!(card.person.id, keep, "the feed knows the one that stays");
    assert!(card.owned.iter().any(|owned| owned.field == "department"));
    let mut raw = Raw::open(lms.place()).await;
    let members =
        "SELECT CAST(COUNT(*) AS TEXT) FROM group_members m JOIN persons p ON p.id = m.person_id
                   WHERE m.retracted_at IS NULL AND p.closed_as IS NULL";
    assert_eq!(raw.texts(members).await, ["1"]);
    let audience =
        "SELECT audience FROM group_periods WHERE retracted_at IS NULL AND audience IS NOT NULL";
    assert_eq!(raw.texts(audience).await, [format!(r#"{{"person":["{keep}"]}}"#)]);

    // Nobody finds the other; whoever has its id is told where it went.
    for name in ["900", "alk-king"] {
        let error = people.card(&admin, name, None).await.unwrap_err();
        assert_eq!(error.code(), "people.person_unknown");
    }
    let error = people.card(&admin, &other.to_string(), None).await.unwrap_err();
    assert_eq!(error.code(), "people.person_closed");
    assert!(error.message().contains("was merged into Ada Lovelace"), "{error}");
    let history = people.history(&admin, &other.to_string(), HistoryFilter::new()).await.unwrap();
    assert_eq!(history.items[0].kind, "person.merged");
    let free = NewPerson::new("Cy", "New").set(PersonField::EmployeeNumber, "900");
    people.add(&admin, vec![free]).await.expect("the number is free");
}

/// A list with the other on it, and an audience that names them by their number.
async fn put_into_groups(lms: &TestLms, other: &str) {
    let engine = lms.engine();
    let id = |n: u8| {
        let id = format!("0197f0a0-0000-7000-8000-0000000000{n:02x}");
        per_engine(engine, &format!("x'{}'", id.replace('-', "")), &format!("'{id}'"))
    };
    let other =
        per_engine(engine, &format!("x'{}'", other.replace('-', "")), &format!("'{other}'"));
    let now = per_engine(engine, "1774958400000000", "'2026-03-31T12:00:00Z'");
    let mut raw = Raw::open(lms.place()).await;
    for (group, code) in [(1, "all"), (2, "saved")] {
        let group = id(group);
        raw.run_one(format!(
            "INSERT INTO groups (id, code, code_key, name, name_key, created_at, updated_at)
             VALUES ({group}, '{code}', '{code}', '{code}', '{code}', {now}, {now})"
        ))
        .await;
    }
    raw.run_one(format!(
        "INSERT INTO group_periods (id, group_id, valid_from, recorded_at, audience)
         VALUES ({}, {}, '2025-01-01', {now}, '{{\"person\":[\"900\"]}}')",
        id(3),
        id(2)
    ))
    .await;
    raw.run_one(format!(
        "INSERT INTO group_members (id, group_id, person_id, valid_from, recorded_at)
         VALUES ({}, {}, {other}, '2025-01-01', {now})",
        id(4),
        id(1)
    ))
    .await;
}

async fn as_known_before_there_were_two(engine: Engine) {
    let lms = two_adas(engine).await;
    lms.clock().advance(std::time::Duration::from_secs(60));
    let before = lms.now();
    lms.clock().advance(std::time::Duration::from_secs(60));
    lms.people().merge(&lms.admin(), "00123", "900", None).await.unwrap();
    let names = async |filter: PersonFilter| -> Vec<String> {
        let page = lms.people().list(&lms.admin(), filter).await.unwrap();
        page.items.into_iter().map(|person| person.name()).collect()
    };
    let all = || PersonFilter::new().status(PersonStatus::Active).status(PersonStatus::Inactive);
    assert_eq!(names(all()).await, ["Bo Baker", "Ada Lovelace"]);
    assert_eq!(
        names(all().known_at(before)).await,
        ["Bo Baker", "Ada Lovelace", "Ada Lovelace-King"]
    );
}

async fn a_plan_is_carried_out_as_it_was_seen_or_not_at_all(engine: Engine) {
    let lms = two_adas(engine).await;
    let (people, admin) = (lms.people(), lms.admin());
    let before = head(&lms).await;
    let plan = people.plan_merge(&admin, "00123", "900").await.unwrap();
    assert_eq!(head(&lms).await, before, "a plan changes nothing");
    lms.clock().advance(std::time::Duration::from_secs(60));
    assert_eq!(
        people.plan_merge(&admin, "00123", "900").await.unwrap(),
        plan,
        "time alone is no change"
    );

    let renamed = PersonChange::new().set(PersonField::LastName, "King");
    people.edit(&admin, "900", renamed).await.unwrap();
    let outdated = people.merge(&admin, "00123", "900", Some(&plan.fingerprint)).await.unwrap_err();
    assert_eq!((outdated.code(), outdated.kind()), ("people.merge_outdated", ErrorKind::Stale));
    assert!(people.card(&admin, "900", None).await.is_ok());

    let plan = people.plan_merge(&admin, "00123", "900").await.unwrap();
    let field = plan.fields.iter().find(|field| field.field == "last_name").unwrap();
    assert_eq!(field.other.as_deref(), Some("King"));
    people.merge(&admin, "00123", "900", Some(&plan.fingerprint)).await.unwrap();
}

async fn circles_are_refused(engine: Engine) {
    let lms = company(engine).await;
    let (people, admin) = (lms.people(), lms.admin());
    let managed = |name: &str, manager: &str| {
        person(name, "Smith", "2025-01-01")
            .set(PersonField::Manager, &format!("{manager}@example.com"))
    };
    hire(
        &lms,
        vec![person("Top", "Smith", "2025-01-01"), managed("mid", "top"), managed("low", "mid")],
    )
    .await;
    let before = head(&lms).await;
    let round = people.merge(&admin, "low@example.com", "top@example.com", None).await.unwrap_err();
    assert_eq!(round.code(), "people.manager_cycle");
    assert!(round.message().contains("mid Smith → low Smith → mid Smith"), "{round}");
    assert_eq!(head(&lms).await, before);
    assert!(people.card(&admin, "top@example.com", None).await.is_ok(), "nothing happened");

    // Whoever was written down as their own manager has none afterwards.
    people.merge(&admin, "mid@example.com", "top@example.com", None).await.unwrap();
    assert_eq!(people.card(&admin, "mid@example.com", None).await.unwrap().person.manager, None);
}

async fn two_accounts_are_refused_and_one_comes_along(engine: Engine) {
    let lms = two_adas(engine).await;
    let (people, admin) = (lms.people(), lms.admin());
    super::erase::link(&lms, "ada", "900").await;
    let plan = people.plan_merge(&admin, "00123", "900").await.unwrap();
    assert_eq!(plan.account.as_deref(), Some("ada"));
    let account = lms_core::NewAccount::new("second");
    lms.access().add_account(&admin, account).await.unwrap();
    super::erase::link(&lms, "second", "00123").await;
    let two = people.merge(&admin, "00123", "900", None).await.unwrap_err();
    assert_eq!(two.code(), "people.two_accounts");
    assert!(two.message().contains("`second` and `ada`"), "{two}");

    Raw::open(lms.place())
        .await
        .run_one(
            "DELETE FROM account_links WHERE account_id IN
                 (SELECT id FROM accounts WHERE username = 'second')",
        )
        .await;
    people.merge(&admin, "00123", "900", None).await.unwrap();
    let plan = people.plan_erase(&admin, "00123").await.unwrap();
    assert_eq!(plan.account.as_deref(), Some("ada"));
}

async fn what_cannot_be_merged_is_said(engine: Engine) {
    let lms = two_adas(engine).await;
    let (people, admin) = (lms.people(), lms.admin());
    let same = people.merge(&admin, "00123", "ada@example.com", None).await.unwrap_err();
    assert_eq!(same.code(), "people.same_person");
    let unknown = people.plan_merge(&admin, "00123", "nobody").await.unwrap_err();
    assert_eq!(unknown.code(), "people.person_unknown");
    people
        .add_units(&admin, vec![NewUnit::new(UnitKind::Location, "BER", "Berlin")])
        .await
        .unwrap();
    let other = people.card(&admin, "900", None).await.unwrap().person.id.to_string();
    people.merge(&admin, "00123", "900", None).await.unwrap();
    let again = people.merge(&admin, "00123", &other, None).await.unwrap_err();
    assert_eq!(again.code(), "people.person_closed");
    let merges = AuditFilter::new().kind("person.merged");
    assert_eq!(lms.audit().list(&admin, merges).await.unwrap().items.len(), 1);
}
