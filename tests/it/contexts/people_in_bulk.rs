//! Many people at once: a change of everybody whom a filter means, and departments that move, merge
//! and close with their people. Planned, done as planned, and taken back as a whole.

use lms_core::testkit::TestLms;
use lms_core::{
    Day, Engine, ErrorKind, NewPerson, NewUnit, PersonChange, PersonField, PersonFilter,
    Reorganisation, ReorganisationPlan, UnitChange, UnitKind,
};

use crate::support::engines::on_both_engines;
use crate::support::looks::{assert_sound, head, newest};

on_both_engines! {
    a_change_of_many_is_one_operation_and_adds_up,
    whoever_cannot_be_changed_is_left_out_and_named,
    a_plan_for_many_is_refused_when_the_people_are_others,
    what_is_one_persons_alone_is_not_for_many,
    departments_are_merged_with_their_people_and_parted_again,
    a_department_can_be_merged_into_one_below_it,
    a_department_is_removed_only_when_its_people_have_a_place,
    a_department_moves_with_all_below_it,
    locations_and_job_roles_are_merged_too,
    a_stale_reorganisation_is_refused_by_name,
    thousands_of_people_move_in_a_few_statements,
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn hire(name: &str, department: &str, location: &str) -> NewPerson {
    NewPerson::new(name, "Doe")
        .set(PersonField::Username, name)
        .set(PersonField::Department, department)
        .set(PersonField::Location, location)
        .hired_on(day("2025-01-01"))
}

/// ENG with WEB and PLAT below it, SALES; Berlin and Lisbon.
async fn company(engine: Engine) -> TestLms {
    let lms = TestLms::organisation(engine).await;
    let department = |code: &str| NewUnit::new(UnitKind::Department, code, code);
    let units = vec![
        department("ENG"),
        department("WEB").parent("ENG"),
        department("PLAT").parent("ENG"),
        department("SALES"),
        NewUnit::new(UnitKind::Location, "BER", "Berlin"),
        NewUnit::new(UnitKind::Location, "LIS", "Lisbon"),
    ];
    lms.people().add_units(&lms.admin(), units).await.unwrap();
    let people = vec![
        hire("ada", "ENG", "BER"),
        hire("bob", "WEB", "BER"),
        hire("cy", "WEB", "LIS"),
        hire("di", "PLAT", "BER"),
        hire("eve", "SALES", "LIS"),
    ];
    lms.people().add(&lms.admin(), people).await.unwrap();
    lms
}

async fn names(lms: &TestLms, filter: PersonFilter) -> Vec<String> {
    let page = lms.people().list(&lms.admin(), filter).await.unwrap();
    page.items.into_iter().map(|person| person.first_name).collect()
}

async fn codes(lms: &TestLms, on: &str) -> Vec<String> {
    let units =
        lms.people().units(&lms.admin(), UnitKind::Department, Some(day(on)), false).await.unwrap();
    units
        .into_iter()
        .map(|unit| match unit.parent {
            Some(parent) => format!("{parent}/{}", unit.code),
            None => unit.code,
        })
        .collect()
}

async fn undo(lms: &TestLms, seq: i64) {
    let plan = lms.batches().plan_undo(&lms.admin(), &seq.to_string()).await.unwrap();
    assert_eq!((&plan.parts.kept, &plan.parts.blocked), (&Vec::new(), &Vec::new()));
    lms.batches().undo(&lms.admin(), plan).await.unwrap();
    assert_sound(lms).await;
}

async fn plan(lms: &TestLms, reorganisation: Reorganisation) -> ReorganisationPlan {
    let reorganisation = reorganisation.from(day("2026-05-01"));
    lms.people().plan_reorganisation(&lms.admin(), reorganisation).await.unwrap()
}

/// The plan in words, and the number of the operation that carried it out.
async fn done(lms: &TestLms, reorganisation: Reorganisation) -> (Vec<String>, i64) {
    let plan = plan(lms, reorganisation).await;
    let units = plan.units.iter().map(|unit| {
        let fields: Vec<String> = unit
            .changed
            .iter()
            .map(|change| {
                let side = |side: &Option<String>| side.clone().unwrap_or("-".to_owned());
                format!("{} {} → {}", change.field, side(&change.before), side(&change.after))
            })
            .collect();
        format!("{}: {}", unit.code, fields.join(", "))
    });
    let people =
        plan.people.iter().map(|one| format!("{}: {} → {}", one.name, one.before, one.after));
    let leaders = plan.leaders.iter().map(|one| format!("{} {} {}", one.name, one.role, one.unit));
    let told = units.chain(people).chain(leaders).collect();
    let outcome = lms.people().reorganise(&lms.admin(), plan.clone()).await.unwrap();
    assert_eq!((outcome.n_units, outcome.n_people), (plan.units.len(), plan.people.len()));
    assert_sound(lms).await;
    (told, head(lms).await.seq)
}

async fn a_change_of_many_is_one_operation_and_adds_up(engine: Engine) {
    let lms = company(engine).await;
    let (people, admin) = (lms.people(), lms.admin());
    let before = head(&lms).await.seq;
    let who = PersonFilter::new().department("ENG").limit(1);
    let lisbon = PersonChange::new().set(PersonField::Location, "LIS").attribute("moved", "yes");
    let plan =
        people.plan_edit_all(&admin, who.clone(), lisbon.clone().from(day("2026-05-01"))).await;
    let plan = plan.unwrap();
    assert_eq!(head(&lms).await.seq, before, "a plan changes nothing");
    assert_eq!((plan.n_people, plan.changes.len(), plan.n_unchanged), (4, 4, 0));
    let ada = &plan.changes[0];
    assert_eq!(ada.name, "ada Doe");
    assert_eq!(ada.changed.len(), 2);
    assert_eq!(ada.changed[0].before.as_deref(), Some("BER"));
    assert_eq!(ada.changed[0].after.as_deref(), Some("LIS"));

    let outcome = people.edit_all(&admin, plan).await.unwrap();

    assert_eq!((outcome.n_changed, outcome.n_unchanged), (4, 0));
    assert_eq!(newest(&lms).await.counts["changed"], 4);
    assert_eq!(head(&lms).await.seq, before + 1);
    let in_lisbon = |on: &str| PersonFilter::new().location("LIS").as_of(day(on));
    assert_eq!(names(&lms, in_lisbon("2026-04-30")).await, ["cy", "eve"]);
    assert_eq!(names(&lms, in_lisbon("2026-05-01")).await, ["ada", "bob", "cy", "di", "eve"]);

    // The second time it is so already, of all of them.
    let again = people.plan_edit_all(&admin, who, lisbon.from(day("2026-05-01"))).await.unwrap();
    assert_eq!((again.n_people, again.changes.len(), again.n_unchanged), (4, 0, 4));
    assert_eq!(people.edit_all(&admin, again).await.unwrap().operation, None);
    assert_eq!(head(&lms).await.seq, before + 1);

    undo(&lms, before + 1).await;
    assert_eq!(names(&lms, in_lisbon("2026-05-01")).await, ["cy", "eve"]);
}

async fn whoever_cannot_be_changed_is_left_out_and_named(engine: Engine) {
    let lms = company(engine).await;
    let (people, admin) = (lms.people(), lms.admin());
    let manager = |of: &str| PersonChange::new().set(PersonField::Manager, of);
    people.edit(&admin, "bob", manager("ada")).await.unwrap();
    people.edit(&admin, "cy", manager("bob")).await.unwrap();

    let plan = people.plan_edit_all(&admin, PersonFilter::new(), manager("bob")).await.unwrap();

    assert_eq!(plan.n_people, plan.changes.len() + plan.n_unchanged + plan.refused.len());
    let changed: Vec<&str> = plan.changes.iter().map(|edit| edit.name.as_str()).collect();
    assert_eq!(changed, ["di Doe", "eve Doe"]);
    assert_eq!(plan.changes[0].changed[0].after.as_deref(), Some("bob Doe"));
    assert_eq!(plan.n_unchanged, 1, "cy has reported to bob before");
    let refused: Vec<String> =
        plan.refused.iter().map(|edit| format!("{}: {}", edit.name, edit.why)).collect();
    assert_eq!(
        refused,
        [
            "ada Doe: they would report to themselves: ada Doe → bob Doe → ada Doe",
            "bob Doe: they would report to themselves: bob Doe → bob Doe",
        ],
        "bob reports to ada"
    );
    let outcome = people.edit_all(&admin, plan).await.unwrap();
    assert_eq!((outcome.n_changed, outcome.refused.len()), (2, 2));
    assert_eq!(names(&lms, PersonFilter::new().manager("bob")).await, ["cy", "di", "eve"]);
}

async fn a_plan_for_many_is_refused_when_the_people_are_others(engine: Engine) {
    let lms = company(engine).await;
    let (people, admin) = (lms.people(), lms.admin());
    let lisbon = PersonChange::new().set(PersonField::Location, "LIS");
    let who = PersonFilter::new().department("WEB");
    let plan = people.plan_edit_all(&admin, who, lisbon).await.unwrap();
    assert_eq!((plan.changes.len(), plan.n_unchanged), (1, 1));
    people.add(&admin, vec![hire("fay", "WEB", "BER")]).await.unwrap();
    let before = head(&lms).await;
    let stale = people.edit_all(&admin, plan).await.unwrap_err();
    assert_eq!((stale.kind(), stale.code()), (ErrorKind::Stale, "plan.stale"));
    assert!(stale.message().ends_with("changed since: fay Doe"), "{stale}");
    assert_eq!(head(&lms).await, before);
}

async fn what_is_one_persons_alone_is_not_for_many(engine: Engine) {
    let lms = company(engine).await;
    let (people, admin) = (lms.people(), lms.admin());
    let email = PersonChange::new().set(PersonField::Email, "all@example.com");
    let refused = people.plan_edit_all(&admin, PersonFilter::new(), email).await.unwrap_err();
    assert_eq!(refused.code(), "people.one_persons_field");
    let nothing = PersonChange::new();
    assert!(people.plan_edit_all(&admin, PersonFilter::new(), nothing).await.is_err());
}

async fn departments_are_merged_with_their_people_and_parted_again(engine: Engine) {
    let lms = company(engine).await;
    let (people, admin) = (lms.people(), lms.admin());
    let led = UnitChange::new().head(Some("bob"));
    people.edit_unit(&admin, UnitKind::Department, "WEB", led).await.unwrap();
    // Somebody comes to WEB later, somebody has left it, and one is there now.
    let later = PersonChange::new().set(PersonField::Department, "WEB").from(day("2026-09-01"));
    people.edit(&admin, "eve", later).await.unwrap();
    people.deactivate(&admin, "cy", day("2026-01-31"), None).await.unwrap();
    let before = codes(&lms, "2026-05-01").await;
    let card = |name: &'static str| {
        let (people, admin) = (lms.people(), lms.admin());
        async move {
            let card = people.card(&admin, name, Some(day("2026-12-01"))).await.unwrap();
            let placed = card.placements.iter().map(|placed| {
                format!("{} {}", placed.from, placed.department.as_deref().unwrap_or("-"))
            });
            placed.collect::<Vec<_>>()
        }
    };
    let eve = card("eve").await;

    let web = ["WEB".to_owned(), "PLAT".to_owned()];
    let merge = Reorganisation::merge(UnitKind::Department, &web, "SALES");
    let (told, seq) = done(&lms, merge).await;

    assert_eq!(
        told,
        [
            "PLAT: open true → false",
            "WEB: open true → false",
            "bob Doe: WEB → SALES",
            "di Doe: PLAT → SALES",
            "eve Doe: WEB → SALES",
            "bob Doe head WEB",
        ]
    );
    assert_eq!(newest(&lms).await.kind, "organisation.changed");
    assert_eq!(codes(&lms, "2026-04-30").await, before);
    assert_eq!(codes(&lms, "2026-05-01").await, ["ENG", "SALES"]);
    let sales = |on: &str| PersonFilter::new().department("SALES").as_of(day(on));
    assert_eq!(names(&lms, sales("2026-04-30")).await, ["eve"], "history stays");
    assert_eq!(names(&lms, sales("2026-05-01")).await, ["bob", "di", "eve"]);
    assert_eq!(card("bob").await, ["2025-01-01 WEB", "2026-05-01 SALES"]);
    assert_eq!(card("eve").await, ["2025-01-01 SALES"], "what was to come is not");
    assert_eq!(card("cy").await, ["2025-01-01 WEB", "2026-02-01 WEB"], "who has left stays");

    undo(&lms, seq).await;
    assert_eq!(codes(&lms, "2026-05-01").await, before);
    assert_eq!(names(&lms, sales("2026-05-01")).await, ["eve"]);
    assert_eq!(card("eve").await, eve);
    let web = people.unit(&admin, UnitKind::Department, "WEB", Some(day("2026-05-01"))).await;
    assert!(web.unwrap().head.is_some(), "bob leads again");
    // And once more, the other way.
    undo(&lms, seq + 1).await;
    assert_eq!(codes(&lms, "2026-05-01").await, ["ENG", "SALES"]);
    assert_eq!(names(&lms, sales("2026-05-01")).await, ["bob", "di", "eve"]);
}

async fn a_department_can_be_merged_into_one_below_it(engine: Engine) {
    let lms = company(engine).await;
    let inner = NewUnit::new(UnitKind::Department, "INNER", "Inner").parent("WEB");
    lms.people().add_units(&lms.admin(), vec![inner]).await.unwrap();
    let eng = ["ENG".to_owned()];
    let (told, seq) = done(&lms, Reorganisation::merge(UnitKind::Department, &eng, "INNER")).await;
    assert_eq!(
        told,
        [
            "ENG: open true → false",
            "PLAT: parent ENG → INNER",
            "WEB: parent ENG → -",
            "ada Doe: ENG → INNER",
        ]
    );
    assert_eq!(codes(&lms, "2026-05-01").await, ["SALES", "WEB", "WEB/INNER", "INNER/PLAT"]);
    undo(&lms, seq).await;
    assert_eq!(
        codes(&lms, "2026-05-01").await,
        ["ENG", "ENG/PLAT", "ENG/WEB", "WEB/INNER", "SALES"]
    );
    let itself = Reorganisation::merge(UnitKind::Department, &eng, "eng");
    assert!(lms.people().plan_reorganisation(&lms.admin(), itself).await.is_err());
}

async fn a_department_is_removed_only_when_its_people_have_a_place(engine: Engine) {
    let lms = company(engine).await;
    let remove = || Reorganisation::remove(UnitKind::Department, "ENG");
    let refused = lms.people().plan_reorganisation(&lms.admin(), remove()).await.unwrap_err();
    assert_eq!(refused.code(), "people.unit_in_use");
    assert!(refused.hints()[0].contains("--people-to"), "{refused:?}");

    let (told, seq) = done(&lms, remove().people_to("SALES")).await;

    assert_eq!(
        told,
        [
            "ENG: open true → false",
            "PLAT: parent ENG → -",
            "WEB: parent ENG → -",
            "ada Doe: ENG → SALES",
        ]
    );
    undo(&lms, seq).await;
    assert_eq!(codes(&lms, "2026-05-01").await, ["ENG", "ENG/PLAT", "ENG/WEB", "SALES"]);
}

async fn a_department_moves_with_all_below_it(engine: Engine) {
    let lms = company(engine).await;
    let below_itself = Reorganisation::move_department("ENG", Some("WEB"));
    let refused = lms.people().plan_reorganisation(&lms.admin(), below_itself).await.unwrap_err();
    assert_eq!(refused.code(), "people.department_cycle");
    let to_sales = || Reorganisation::move_department("ENG", Some("SALES"));
    assert_eq!(plan(&lms, to_sales()).await.n_carried, 4);
    let (told, seq) = done(&lms, to_sales()).await;
    assert_eq!(told, ["ENG: parent - → SALES"]);
    let outcome = plan(&lms, to_sales()).await;
    let again = lms.people().reorganise(&lms.admin(), outcome).await.unwrap();
    assert_eq!(again.operation, None, "it is there already");
    undo(&lms, seq).await;
    assert_eq!(codes(&lms, "2026-05-01").await, ["ENG", "ENG/PLAT", "ENG/WEB", "SALES"]);
}

async fn locations_and_job_roles_are_merged_too(engine: Engine) {
    let lms = company(engine).await;
    let lisbon = ["Lisbon".to_owned()];
    let (told, _) = done(&lms, Reorganisation::merge(UnitKind::Location, &lisbon, "BER")).await;
    assert_eq!(told, ["LIS: open true → false", "cy Doe: LIS → BER", "eve Doe: LIS → BER"]);
    let unknown = Reorganisation::remove(UnitKind::JobRole, "nobody knows");
    let refused = lms.people().plan_reorganisation(&lms.admin(), unknown).await.unwrap_err();
    assert_eq!(refused.code(), "people.unit_unknown");
}

async fn a_stale_reorganisation_is_refused_by_name(engine: Engine) {
    let lms = company(engine).await;
    let web = ["WEB".to_owned()];
    let stale = plan(&lms, Reorganisation::merge(UnitKind::Department, &web, "SALES")).await;
    let away = PersonChange::new().set(PersonField::Department, "PLAT").from(day("2026-04-01"));
    lms.people().edit(&lms.admin(), "bob", away).await.unwrap();
    let refused = lms.people().reorganise(&lms.admin(), stale).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Stale);
    assert!(refused.message().ends_with("changed since: bob Doe"), "{refused}");
}

async fn thousands_of_people_move_in_a_few_statements(engine: Engine) {
    let lms = company(engine).await;
    let crowd = (0..2_000).map(|n| hire(&format!("p{n}"), "SALES", "LIS")).collect();
    lms.people().add(&lms.admin(), crowd).await.unwrap();
    let seq = head(&lms).await.seq;
    let begun = std::time::Instant::now();
    let berlin = PersonChange::new().set(PersonField::Location, "BER").from(day("2026-05-01"));
    let who = PersonFilter::new().department("SALES");
    let plan = lms.people().plan_edit_all(&lms.admin(), who, berlin).await.unwrap();
    let planned = begun.elapsed();
    lms.people().edit_all(&lms.admin(), plan).await.unwrap();
    let edited = begun.elapsed();
    undo(&lms, seq + 1).await;
    println!(
        "{engine}: {planned:?} to plan, {:?} to edit, {:?} to plan an undo and to undo",
        edited - planned,
        begun.elapsed() - edited
    );
    let berlin = PersonFilter::new().location("BER").as_of(day("2026-06-01"));
    assert_eq!(names(&lms, berlin).await.len(), 3);
}
