//! Many acts on many people as one, and a whole company by them.

use lms_core::sample::{Company, found};
use lms_core::testkit::TestLms;
use lms_core::{
    Appointment, AuditFilter, Day, Engine, ErrorKind, NewPerson, NewUnit, PersonAct, PersonChange,
    PersonField, PersonFilter, PersonStatus, UnitKind,
};

use crate::support::engines::on_both_engines;
use crate::support::looks::head;

on_both_engines! {
    a_list_of_acts_is_one_operation,
    what_is_wrong_says_in_which_act_and_nothing_happens,
    names_are_those_of_people_hired_before_or_there_already,
    departments_get_heads_together,
    a_company_of_any_size_is_founded,
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn person(first: &str, number: &str) -> NewPerson {
    NewPerson::new(first, "Smith")
        .set(PersonField::EmployeeNumber, number)
        .set(PersonField::Email, &format!("{first}@example.com").to_lowercase())
        .set(PersonField::Department, "ENG")
        .hired_on(day("2025-01-01"))
}

fn department(code: &str) -> PersonChange {
    PersonChange::new().set(PersonField::Department, code)
}

async fn organisation(engine: Engine) -> TestLms {
    let lms = TestLms::organisation(engine).await;
    let unit = |code: &str| NewUnit::new(UnitKind::Department, code, code);
    lms.people().add_units(&lms.admin(), vec![unit("ENG"), unit("SALES")]).await.unwrap();
    lms
}

async fn a_list_of_acts_is_one_operation(engine: Engine) {
    let lms = organisation(engine).await;
    let (people, admin) = (lms.people(), lms.admin());
    people.add(&admin, vec![person("Ada", "00101")]).await.unwrap();
    let before = head(&lms).await;

    let acts = vec![
        PersonAct::hire(person("Bo", "00102").set(PersonField::Manager, "ada@example.com")),
        PersonAct::change("00102", department("SALES").from(day("2025-06-01"))),
        PersonAct::add_leave("bo@EXAMPLE.com", day("2025-07-01"), None, Some("parental")),
        PersonAct::end_leave("00102", day("2025-08-31")),
        PersonAct::deactivate("ADA@example.com", day("2025-09-30"), Some("resigned")),
        PersonAct::reactivate("00101", day("2026-01-01")),
        PersonAct::change(
            "00101",
            PersonChange::new().set(PersonField::Manager, "00102").from(day("2026-01-01")),
        ),
        PersonAct::change(
            "00102",
            PersonChange::new().set(PersonField::Manager, "").from(day("2025-10-01")),
        ),
    ];
    let applied = people.apply(&admin, acts).await.unwrap();

    assert_eq!(head(&lms).await.seq, before.seq + 1);
    assert_eq!((applied.people.len(), applied.n_changed), (8, 2));
    assert_eq!(applied.people[0], applied.people[3]);
    let entry = &lms.audit().list(&admin, AuditFilter::new().limit(1)).await.unwrap().items[0];
    assert_eq!((entry.counts["created"], entry.counts["changed"]), (1, 1));
    let on = async |person: &str, on: &str| {
        people.card(&admin, person, Some(day(on))).await.unwrap().person
    };
    let bo = on("00102", "2025-08-31").await;
    assert_eq!((bo.status, bo.department.as_deref()), (PersonStatus::OnLeave, Some("SALES")));
    assert_eq!(bo.manager, Some(applied.people[4]));
    assert_eq!(on("00102", "2025-09-01").await.status, PersonStatus::Active);
    assert_eq!(on("00101", "2025-10-01").await.status, PersonStatus::Inactive);
    assert_eq!(on("00101", "2026-01-01").await.manager, Some(applied.people[0]));

    let again = vec![PersonAct::change("00102", department("SALES").from(day("2025-06-01")))];
    let applied = people.apply(&admin, again).await.unwrap();
    assert_eq!((applied.operation, applied.n_changed), (None, 0));
    assert!(people.apply(&admin, Vec::new()).await.unwrap().operation.is_none());
}

async fn what_is_wrong_says_in_which_act_and_nothing_happens(engine: Engine) {
    let lms = organisation(engine).await;
    let (people, admin) = (lms.people(), lms.admin());
    people.add(&admin, vec![person("Ada", "00101"), person("Bo", "00102")]).await.unwrap();
    let before = head(&lms).await;
    let managed = |manager: &str| PersonChange::new().set(PersonField::Manager, manager);
    let wrong = [
        (
            PersonAct::change("adda@example.com", department("ENG")),
            ErrorKind::NotFound,
            "act 2, `adda@example.com`: there is no person `adda@example.com`",
        ),
        (
            PersonAct::change("00102", department("ENGG")),
            ErrorKind::NotFound,
            "act 2, `00102`: there is no department `ENGG`",
        ),
        (
            PersonAct::change("00102", managed("nobody")),
            ErrorKind::NotFound,
            "act 2, `00102`: there is no person `nobody`",
        ),
        (
            PersonAct::hire(person("ADA", "00103")),
            ErrorKind::Conflict,
            "act 2, `00103`: another person has the e-mail address `ada@example.com`",
        ),
        (
            PersonAct::hire(person("Cy", "00101")),
            ErrorKind::Conflict,
            "act 2, `00101`: another person has the employee number `00101`",
        ),
        (
            PersonAct::reactivate("00102", day("2026-01-01")),
            ErrorKind::Conflict,
            "act 2, `00102`: Bo Smith is employed since 2025-01-01",
        ),
        (
            PersonAct::change("00101", managed("00101")),
            ErrorKind::Invalid,
            "act 2, `00101`: they would report to themselves: Ada Smith → Ada Smith",
        ),
    ];
    for (act, kind, message) in wrong {
        let first = PersonAct::change("00101", department("SALES"));
        let refused = people.apply(&admin, vec![first, act]).await.unwrap_err();
        assert_eq!((refused.kind(), refused.message()), (kind, message));
        assert_eq!(head(&lms).await, before);
    }
    let misspelt = PersonAct::end_leave("adda@example.com", day("2026-01-01"));
    let refused = people.apply(&admin, vec![misspelt]).await.unwrap_err();
    assert!(refused.hints()[0].starts_with("did you mean `ada@example.com`"), "{refused:?}");
    let card = people.card(&admin, "00101", None).await.unwrap();
    assert_eq!(card.person.department.as_deref(), Some("ENG"));
}

async fn names_are_those_of_people_hired_before_or_there_already(engine: Engine) {
    let lms = organisation(engine).await;
    let (people, admin) = (lms.people(), lms.admin());
    let ada = people.add(&admin, vec![person("Ada", "a1")]).await.unwrap().people[0];
    let too_early = vec![
        PersonAct::change("00102", department("SALES")),
        PersonAct::hire(person("Bo", "00102")),
    ];
    let refused = people.apply(&admin, too_early).await.unwrap_err();
    assert_eq!(refused.message(), "act 1, `00102`: there is no person `00102`");

    // The number of one is the user name of the other: neither is meant.
    let other = person("Cy", "00103").set(PersonField::Username, "a1");
    people.apply(&admin, vec![PersonAct::hire(other)]).await.unwrap();
    let doubtful = vec![PersonAct::change("a1", department("SALES"))];
    let refused = people.apply(&admin, doubtful).await.unwrap_err();
    assert_eq!(refused.code(), "people.person_ambiguous");

    let by_id = vec![PersonAct::change(&ada.to_string(), department("SALES"))];
    assert_eq!(people.apply(&admin, by_id).await.unwrap().people, [ada]);
}

async fn departments_get_heads_together(engine: Engine) {
    let lms = organisation(engine).await;
    let (people, admin) = (lms.people(), lms.admin());
    let ids =
        people.add(&admin, vec![person("Ada", "00101"), person("Bo", "00102")]).await.unwrap();
    let appointments = || {
        vec![
            Appointment::new("ENG").head("00101").deputy("bo@example.com").from(day("2025-02-01")),
            Appointment::new("sales").head("00102"),
        ]
    };
    assert!(people.appoint(&admin, appointments()).await.unwrap().is_some());
    let on = async |code: &str, on: &str| {
        people.unit(&admin, UnitKind::Department, code, Some(day(on))).await.unwrap()
    };
    let engineering = on("ENG", "2025-02-01").await;
    assert_eq!((engineering.head, engineering.deputy), (Some(ids.people[0]), Some(ids.people[1])));
    assert_eq!(on("ENG", "2025-01-31").await.head, None);
    assert_eq!(on("SALES", "2026-04-01").await.head, Some(ids.people[1]));
    assert_eq!(people.appoint(&admin, appointments()).await.unwrap(), None);

    let unknown = vec![Appointment::new("ENG").head("00102"), Appointment::new("ENG").head("x")];
    let refused = people.appoint(&admin, unknown).await.unwrap_err();
    assert!(refused.message().starts_with("appointment 2, `ENG`: "), "{refused}");
    assert_eq!(on("ENG", "2026-04-01").await.head, Some(ids.people[0]));
}

async fn a_company_of_any_size_is_founded(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (people, admin) = (lms.people(), lms.admin());
    let company = Company::new(600, 1);
    let mut told = Vec::new();
    found(&lms, &admin, &company, &mut |done, total| told.push((done, total))).await.unwrap();
    assert_eq!(told, [(0, 600), (600, 600)]);

    let counts = people.headcounts(&admin, None).await.unwrap();
    let top: i64 = counts.iter().filter(|count| count.depth == 0).map(|count| count.people).sum();
    let own: i64 = counts.iter().map(|count| count.own_people).sum();
    assert_eq!(top, own);
    let mut statuses = Vec::new();
    let mut n_listed = 0;
    for status in PersonStatus::ALL {
        let (mut n, mut cursor) = (0, None::<String>);
        loop {
            let filter = PersonFilter::new().status(*status).as_of(day("2026-10-31")).limit(500);
            let filter = cursor.iter().fold(filter, |filter, cursor| filter.cursor(cursor));
            let page = people.list(&admin, filter).await.unwrap();
            n += page.items.len();
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        statuses.push(n);
        n_listed += n;
    }
    assert_eq!(n_listed, 601, "one of the named ones is on record twice");
    assert!(statuses.iter().all(|n| *n > 0), "some of each status: {statuses:?}");

    let zoe = people.card(&admin, "zoe@demo.example", None).await.unwrap();
    assert_eq!(zoe.placements.len(), 2);
    let aisha = people.card(&admin, "00109", None).await.unwrap();
    assert_eq!(aisha.employments.len(), 2);
    let engineering = people.unit(&admin, UnitKind::Department, "ENG", None).await.unwrap();
    let ada = people.card(&admin, "00101", None).await.unwrap();
    assert_eq!(engineering.head, Some(ada.person.id));
    assert!(ada.reports >= 2);
    let verified = lms.audit().verify(&admin, None, &mut |_, _| ()).await.unwrap();
    assert!(verified.ok, "{:?}", verified.findings);
}
