//! People and organisation: who is who, where, since when.

use lms_core::testkit::TestLms;
use lms_core::{
    AuditFilter, Day, Engine, ErrorKind, NewPerson, NewUnit, PersonChange, PersonField,
    PersonFilter, PersonStatus, Timestamp, UnitChange, UnitKind,
};

use crate::support::engines::on_both_engines;

on_both_engines! {
    a_working_life,
    who_was_there_and_as_we_knew_it_then,
    a_change_recorded_late_reaches_to_the_next_change,
    the_same_again_changes_nothing,
    one_address_number_or_name_is_one_person,
    nobody_reports_to_themselves,
    departments_are_a_tree_that_can_be_moved_and_closed,
    people_are_found_by_the_beginnings_of_words,
    lists_page_by_name_without_skipping,
    many_people_are_one_operation,
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

async fn company(engine: Engine) -> TestLms {
    let lms = TestLms::organisation(engine).await;
    let unit = |code: &str, name: &str| NewUnit::new(UnitKind::Department, code, name);
    lms.people()
        .add_units(
            &lms.admin(),
            vec![
                unit("ENG", "Engineering"),
                unit("ENG-PLAT", "Platform").parent("ENG"),
                unit("SALES", "Sales"),
                NewUnit::new(UnitKind::Location, "BER", "Berlin"),
                NewUnit::new(UnitKind::JobRole, "dev", "Developer"),
            ],
        )
        .await
        .unwrap();
    lms
}

async fn hire(lms: &TestLms, first: &str, last: &str, department: &str, hired_on: &str) {
    let person = NewPerson::new(first, last)
        .set(PersonField::Email, &format!("{first}@example.com").to_lowercase())
        .set(PersonField::Department, department)
        .hired_on(day(hired_on));
    lms.people().add(&lms.admin(), vec![person]).await.unwrap();
}

async fn names(lms: &TestLms, filter: PersonFilter) -> Vec<String> {
    let page = lms.people().list(&lms.admin(), filter).await.unwrap();
    page.items.into_iter().map(|person| person.name()).collect()
}

async fn a_working_life(engine: Engine) {
    let lms = company(engine).await;
    let admin = lms.admin();
    let people = lms.people();
    hire(&lms, "Ada", "Lovelace", "Engineering", "2026-05-01").await;
    let status = async |on: &str| {
        people.card(&admin, "ada@example.com", Some(day(on))).await.unwrap().person.status
    };
    assert_eq!(status("2026-04-01").await, PersonStatus::PreHire);
    assert_eq!(status("2026-05-01").await, PersonStatus::Active);

    people
        .add_leave(&admin, "ADA@example.com", day("2026-07-01"), None, Some("parental"))
        .await
        .unwrap();
    assert_eq!(status("2026-12-01").await, PersonStatus::OnLeave);
    people.end_leave(&admin, "ada@example.com", day("2026-09-30")).await.unwrap();
    assert_eq!(status("2026-09-30").await, PersonStatus::OnLeave);
    assert_eq!(status("2026-10-01").await, PersonStatus::Active);

    let gone = people
        .deactivate(&admin, "ada@example.com", day("2026-12-31"), Some("resigned"))
        .await
        .unwrap();
    assert_eq!(gone.value.terminated_on, Some(day("2026-12-31")));
    assert_eq!(status("2026-12-31").await, PersonStatus::Active);
    assert_eq!(status("2027-01-01").await, PersonStatus::Inactive);

    people.reactivate(&admin, "ada@example.com", day("2027-03-01")).await.unwrap();
    assert_eq!(status("2027-02-28").await, PersonStatus::Inactive);
    assert_eq!(status("2027-03-01").await, PersonStatus::Active);
    let card = people.card(&admin, "ada@example.com", Some(day("2027-03-01"))).await.unwrap();
    assert_eq!(card.employments.len(), 2);
    assert_eq!(card.person.hired_on, Some(day("2027-03-01")));
    assert_eq!(card.person.department.as_deref(), Some("ENG"));

    let refused =
        people.reactivate(&admin, "ada@example.com", day("2027-06-01")).await.unwrap_err();
    assert_eq!(refused.code(), "people.not_gone");
}

async fn who_was_there_and_as_we_knew_it_then(engine: Engine) {
    let lms = company(engine).await;
    hire(&lms, "Ada", "Lovelace", "ENG", "2025-01-01").await;
    hire(&lms, "Bob", "Baker", "ENG", "2025-01-01").await;
    lms.clock().advance(std::time::Duration::from_secs(1));
    let before: Timestamp = lms.now();
    lms.clock().advance(std::time::Duration::from_secs(86_400 * 10));

    // On 10 April it is recorded that Bob has been in Sales since 1 March.
    let moved = PersonChange::new().set(PersonField::Department, "Sales").from(day("2026-03-01"));
    lms.people().edit(&lms.admin(), "bob@example.com", moved).await.unwrap();

    let engineering = || PersonFilter::new().department("Engineering");
    assert_eq!(names(&lms, engineering()).await, ["Ada Lovelace"]);
    assert_eq!(
        names(&lms, engineering().as_of(day("2026-02-28"))).await,
        ["Bob Baker", "Ada Lovelace"]
    );
    assert_eq!(names(&lms, engineering().as_of(day("2026-03-31"))).await, ["Ada Lovelace"]);
    let as_known = engineering().as_of(day("2026-03-31")).known_at(before);
    assert_eq!(names(&lms, as_known).await, ["Bob Baker", "Ada Lovelace"]);
}

async fn a_change_recorded_late_reaches_to_the_next_change(engine: Engine) {
    let lms = company(engine).await;
    let admin = lms.admin();
    hire(&lms, "Ada", "Lovelace", "ENG", "2025-01-01").await;
    let change = |department: &str, from: &str| {
        PersonChange::new().set(PersonField::Department, department).from(day(from))
    };
    lms.people().edit(&admin, "ada@example.com", change("ENG-PLAT", "2026-06-01")).await.unwrap();
    lms.people().edit(&admin, "ada@example.com", change("SALES", "2026-02-01")).await.unwrap();

    let card = lms.people().card(&admin, "ada@example.com", None).await.unwrap();
    let told: Vec<String> = card
        .placements
        .iter()
        .map(|placed| format!("{} {}", placed.from, placed.department.as_deref().unwrap_or("-")))
        .collect();
    assert_eq!(told, ["2025-01-01 ENG", "2026-02-01 SALES", "2026-06-01 ENG-PLAT"]);
}

async fn the_same_again_changes_nothing(engine: Engine) {
    let lms = company(engine).await;
    let admin = lms.admin();
    hire(&lms, "Ada", "Lovelace", "ENG", "2025-01-01").await;
    let head = lms.audit().seal(&admin).await.unwrap().seq;
    let same = || {
        PersonChange::new()
            .set(PersonField::Department, "engineering")
            .set(PersonField::LastName, " Lovelace ")
            .from(day("2025-06-01"))
    };

    let changed = lms.people().edit(&admin, "ada@example.com", same()).await.unwrap();

    assert_eq!(changed.operation, None);
    assert_eq!(changed.changed, []);
    assert_eq!(lms.audit().seal(&admin).await.unwrap().seq, head);
}

async fn one_address_number_or_name_is_one_person(engine: Engine) {
    let lms = company(engine).await;
    let admin = lms.admin();
    let numbered = |number: &str, email: &str| {
        NewPerson::new("Ada", "Lovelace")
            .set(PersonField::EmployeeNumber, number)
            .set(PersonField::Email, email)
    };
    lms.people().add(&admin, vec![numbered("00123", "ada@example.com")]).await.unwrap();

    let same_email =
        lms.people().add(&admin, vec![numbered("1", "ADA@Example.com")]).await.unwrap_err();
    assert_eq!((same_email.kind(), same_email.field()), (ErrorKind::Conflict, Some("email")));
    let same_number =
        lms.people().add(&admin, vec![numbered("00123", "b@example.com")]).await.unwrap_err();
    assert_eq!(same_number.field(), Some("employee_number"));
    let twins = vec![numbered("7", "c@example.com"), numbered("8", "C@example.com")];
    assert!(lms.people().add(&admin, twins).await.is_err());
    lms.people().add(&admin, vec![numbered("123", "d@example.com")]).await.unwrap();

    let card = lms.people().card(&admin, "00123", None).await.unwrap();
    assert_eq!(card.person.email.as_deref(), Some("ada@example.com"));
    assert_eq!(
        names(&lms, PersonFilter::new()).await.len(),
        2,
        "nothing of what was refused is there"
    );
}

async fn nobody_reports_to_themselves(engine: Engine) {
    let lms = company(engine).await;
    let admin = lms.admin();
    let managed = |name: &str, manager: &str| {
        let person =
            NewPerson::new(name, "Smith").set(PersonField::Email, &format!("{name}@example.com"));
        if manager.is_empty() {
            person
        } else {
            person.set(PersonField::Manager, &format!("{manager}@example.com"))
        }
    };
    // In any order within one act.
    let people = vec![managed("cy", "bo"), managed("bo", "al"), managed("al", "")];
    lms.people().add(&admin, people).await.unwrap();

    let round = PersonChange::new().set(PersonField::Manager, "cy@example.com");
    let refused = lms.people().edit(&admin, "al@example.com", round).await.unwrap_err();

    assert_eq!(refused.code(), "people.manager_cycle");
    assert!(refused.message().contains("al Smith → cy Smith → bo Smith → al Smith"), "{refused}");
    let own = PersonChange::new().set(PersonField::Manager, "bo@example.com");
    assert!(lms.people().edit(&admin, "bo@example.com", own).await.is_err());
    let reports = |filter: PersonFilter| filter.manager("al@example.com");
    assert_eq!(names(&lms, reports(PersonFilter::new())).await, ["bo Smith"]);
    assert_eq!(
        names(&lms, reports(PersonFilter::new()).all_reports(true)).await,
        ["bo Smith", "cy Smith"]
    );
}

async fn departments_are_a_tree_that_can_be_moved_and_closed(engine: Engine) {
    let lms = company(engine).await;
    let admin = lms.admin();
    let people = lms.people();
    hire(&lms, "Ada", "Lovelace", "Platform", "2025-01-01").await;
    assert_eq!(names(&lms, PersonFilter::new().department("ENG")).await, ["Ada Lovelace"]);
    assert!(names(&lms, PersonFilter::new().department("ENG").exact(true)).await.is_empty());

    let below_itself = UnitChange::new().parent(Some("ENG-PLAT"));
    let refused =
        people.edit_unit(&admin, UnitKind::Department, "ENG", below_itself).await.unwrap_err();
    assert_eq!(refused.code(), "people.department_cycle");
    assert!(refused.message().contains("ENG → ENG-PLAT → ENG"), "{refused}");

    let moved = UnitChange::new().parent(Some("SALES")).from(day("2026-03-01"));
    people.edit_unit(&admin, UnitKind::Department, "Platform", moved).await.unwrap();
    assert!(names(&lms, PersonFilter::new().department("ENG")).await.is_empty());
    let then = PersonFilter::new().department("ENG").as_of(day("2026-02-01"));
    assert_eq!(names(&lms, then).await, ["Ada Lovelace"]);

    let close = || UnitChange::new().close();
    let in_use =
        people.edit_unit(&admin, UnitKind::Department, "Platform", close()).await.unwrap_err();
    assert_eq!(in_use.kind(), ErrorKind::Refused);
    people.edit_unit(&admin, UnitKind::Department, "ENG", close()).await.unwrap();
    let open = people.units(&admin, UnitKind::Department, None, false).await.unwrap();
    let codes: Vec<&str> = open.iter().map(|unit| unit.code.as_str()).collect();
    assert_eq!(codes, ["SALES", "ENG-PLAT"]);
    let there = NewPerson::new("Bo", "Baker").set(PersonField::Department, "Engineering");
    assert_eq!(people.add(&admin, vec![there]).await.unwrap_err().code(), "people.unit_closed");
    let misspelt = PersonFilter::new().department("Platfrom");
    let unknown = people.list(&admin, misspelt).await.unwrap_err();
    assert_eq!(unknown.hints()[0], "did you mean `Platform`?");
}

async fn people_are_found_by_the_beginnings_of_words(engine: Engine) {
    let lms = company(engine).await;
    hire(&lms, "Jürgen", "Müller-Groß", "ENG", "2025-01-01").await;
    hire(&lms, "Zoë", "Łukasik", "ENG", "2025-01-01").await;
    let found = async |text: &str| names(&lms, PersonFilter::new().search(text)).await;
    assert_eq!(found("mull").await, ["Jürgen Müller-Groß"]);
    assert_eq!(found("GROSS jurg").await, ["Jürgen Müller-Groß"]);
    assert_eq!(found("zoe@example.com").await, ["Zoë Łukasik"]);
    assert_eq!(found("luka").await, ["Zoë Łukasik"]);
    assert!(found("uller").await.is_empty(), "only beginnings");
    assert!(lms.people().list(&lms.admin(), PersonFilter::new().search("--")).await.is_err());

    let renamed = PersonChange::new().set(PersonField::LastName, "Nowak");
    let zoe = lms.people().list(&lms.admin(), PersonFilter::new().search("luk")).await.unwrap();
    let id = zoe.items[0].id.to_string();
    lms.people().edit(&lms.admin(), &id, renamed).await.unwrap();
    assert!(found("luka").await.is_empty());
    assert_eq!(found("now").await, ["Zoë Nowak"]);
}

async fn lists_page_by_name_without_skipping(engine: Engine) {
    let lms = company(engine).await;
    let people = (0..25).map(|n| NewPerson::new(&format!("P{n:02}"), "Same")).collect();
    lms.people().add(&lms.admin(), people).await.unwrap();
    let (mut seen, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let filter = PersonFilter::new().limit(10);
        let filter = match &cursor {
            Some(cursor) => filter.cursor(cursor),
            None => filter,
        };
        let page = lms.people().list(&lms.admin(), filter).await.unwrap();
        seen.extend(page.items.into_iter().map(|person| person.first_name));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let wanted: Vec<String> = (0..25).map(|n| format!("P{n:02}")).collect();
    assert_eq!(seen, wanted);
}

async fn many_people_are_one_operation(engine: Engine) {
    let lms = company(engine).await;
    let admin = lms.admin();
    let head = lms.audit().seal(&admin).await.unwrap().seq;
    let person = |n: usize| {
        let person = NewPerson::new("P", &format!("{n:05}"))
            .set(PersonField::EmployeeNumber, &format!("{n:05}"))
            .set(PersonField::Department, if n.is_multiple_of(2) { "ENG" } else { "SALES" });
        if n > 0 { person.set(PersonField::Manager, &format!("{:05}", n / 2)) } else { person }
    };
    lms.people().add(&admin, (0..2_500).map(person).collect()).await.unwrap();

    assert_eq!(lms.audit().seal(&admin).await.unwrap().seq, head + 1);
    let entry = &lms.audit().list(&admin, AuditFilter::new().limit(1)).await.unwrap().items[0];
    assert_eq!(entry.counts["created"], 2_500);
    let verified = lms.audit().verify(&admin, None, &mut |_, _| ()).await.unwrap();
    assert!(verified.ok, "{:?}", verified.findings);
    let below = PersonFilter::new().manager("00001").all_reports(true).limit(500);
    let long = names(&lms, below.clone()).await;
    assert_eq!(long.len(), 500);
    // Half of them lead others: a short page asks everybody who is above them.
    assert_eq!(names(&lms, below.limit(20)).await, long[..20]);
}
