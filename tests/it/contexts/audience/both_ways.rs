//! Random people and random audiences: what decides in memory and what narrows a statement agree,
//! person by person, on every day and at every instant.

use std::collections::HashSet;
use std::time::Duration;

use lms_core::testkit::{BothWays, TestLms};
use lms_core::{
    Audience, Day, Engine, GroupChange, NewGroup, NewPerson, NewUnit, PersonChange, PersonField,
    Timestamp, UnitChange, UnitKind,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use crate::support::engines::on_both_engines;
use crate::support::raw::{Raw, per_engine};

on_both_engines! {
    memory_and_statement_agree,
    down_and_up_agree,
    leading_in_a_circle_ends,
}

const WORLDS: u32 = 3;
const AUDIENCES: u32 = 60;
const DEPARTMENTS: &[(&str, Option<usize>)] =
    &[("D0", None), ("D1", Some(0)), ("D2", Some(1)), ("D3", Some(0)), ("D4", None)];
const LOCATIONS: &[&str] = &["L0", "L1", "L2"];
const ROLES: &[&str] = &["R0", "R1"];
const TITLES: &[&str] = &["Köchin", "kochin", "Baker", "Sous-Chef"];
const TYPES: &[&str] = &["permanent", "temporary"];
const COUNTRIES: &[&str] = &["DE", "DK", "PT"];
const GRADES: &[&str] = &["E1", "e1", "É1", "E2"];
const DAYS: &[&str] = &["2024-02-01", "2025-01-01", "2025-06-15", "2026-03-31", "2026-12-31"];

/// One of a list, by its place.
type Place = proptest::sample::Index;

#[derive(Debug, Clone)]
struct Somebody {
    department: Option<Place>,
    location: Option<Place>,
    job_role: Option<Place>,
    title: Option<Place>,
    employment_type: Option<Place>,
    country: Option<Place>,
    grade: Option<Place>,
    manager: Option<Place>,
    hired_on: Place,
    moves: Vec<(Place, Option<Place>, Option<Place>)>,
    fate: u8,
    on_lists: (bool, bool),
}

fn place() -> impl Strategy<Value = Place> {
    any::<Place>()
}

fn somebody() -> impl Strategy<Value = Somebody> {
    let placed = (of(place()), of(place()), of(place()), of(place()), of(place()), of(place()));
    let moves = vec((place(), of(place()), of(place())), 0..3);
    let life = (of(place()), of(place()), place(), moves, 0_u8..8, any::<(bool, bool)>());
    (placed, life).prop_map(|(placed, life)| {
        let (department, location, job_role, title, employment_type, country) = placed;
        let (grade, manager, hired_on, moves, fate, on_lists) = life;
        Somebody {
            department,
            location,
            job_role,
            title,
            employment_type,
            country,
            grade,
            manager,
            hired_on,
            moves,
            fate,
            on_lists,
        }
    })
}

/// A clause as it would be typed.
fn clause() -> impl Strategy<Value = String> {
    let field = prop_oneof![
        select(vec!["D0", "D1", "D2", "D3", "D4", "D?", "*1"])
            .prop_map(|v| ("department", v.to_owned())),
        select(vec!["L0", "L1", "L*", "L?"]).prop_map(|v| ("location", v.to_owned())),
        select(vec!["R0", "R1", "*"]).prop_map(|v| ("job-role", v.to_owned())),
        select(vec!["Köchin", "baker", "*-chef", "?a*"]).prop_map(|v| ("job-title", v.to_owned())),
        select(vec!["permanent", "TEMP*"]).prop_map(|v| ("employment-type", v.to_owned())),
        select(vec!["DE", "D?", "PT"]).prop_map(|v| ("country", v.to_owned())),
        select(vec!["e1", "*2", "*"]).prop_map(|v| ("attribute", format!("grade={v}"))),
        (0..6_u8).prop_map(|n| ("manager", format!("p{n}"))),
        (0..6_u8).prop_map(|n| ("person", format!("p{n}"))),
        select(vec!["p1*", "p?"]).prop_map(|v| ("person", v.to_owned())),
        select(vec!["LIST", "OTHER", "SAVED", "NESTED", "*T*"])
            .prop_map(|v| ("group", v.to_owned())),
        select(vec!["super-admin", "hr"]).prop_map(|v| ("access-role", v.to_owned())),
        select(vec!["active", "on-leave", "inactive", "pre-hire", "*"])
            .prop_map(|v| ("status", v.to_owned())),
        select(vec!["2024-06-01", "-200d", "2025-06-15"])
            .prop_map(|v| ("hired-before", v.to_owned())),
        select(vec!["2024-06-01", "-200d", "2025-06-15"])
            .prop_map(|v| ("hired-after", v.to_owned())),
    ];
    (prop::bool::weighted(0.3), field).prop_map(|(is_left_out, (key, value))| {
        format!("--{}{key} '{value}'", if is_left_out { "not-" } else { "" })
    })
}

#[derive(Debug, Clone)]
struct Question {
    line: String,
    day: &'static str,
    known_at: Option<Place>,
}

fn question() -> impl Strategy<Value = Question> {
    let asked = (vec(clause(), 0..5), any::<(bool, bool)>(), select(DAYS), of(place()));
    asked.prop_map(|(clauses, (exact, all_reports), day, known_at)| {
        let mut line = clauses.join(" ");
        if exact && line.contains("department") {
            line.push_str(" --exact");
        }
        if all_reports && line.contains("manager") {
            line.push_str(" --all-reports");
        }
        Question { line, day, known_at }
    })
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn one<'a>(of: &[&'a str], place: Option<Place>) -> Option<&'a str> {
    place.map(|place| of[place.index(of.len())])
}

fn on_one_of_them(place: Place) -> Day {
    day(DAYS[place.index(DAYS.len())])
}

/// Builds the company, and gives back the instants between its acts.
async fn build(lms: &TestLms, engine: Engine, people: &[Somebody]) -> Vec<Timestamp> {
    let (verbs, admin) = (lms.people(), lms.admin());
    let mut instants = Vec::new();
    let mut pass = || {
        // No two writes share an instant, so that they run ahead of a clock that stands still.
        lms.clock().advance(Duration::from_secs(60));
        instants.push(lms.now());
        lms.clock().advance(Duration::from_secs(60));
    };
    let departments = DEPARTMENTS.iter().map(|(code, parent)| {
        let new = NewUnit::new(UnitKind::Department, code, code);
        parent.map_or(new.clone(), |parent| new.parent(DEPARTMENTS[parent].0))
    });
    let listed = |kind: UnitKind, codes: &'static [&'static str]| {
        codes.iter().map(move |code| NewUnit::new(kind, code, code))
    };
    let units = departments
        .chain(listed(UnitKind::Location, LOCATIONS))
        .chain(listed(UnitKind::JobRole, ROLES))
        .collect();
    verbs.add_units(&admin, units).await.unwrap();

    let codes: Vec<&str> = DEPARTMENTS.iter().map(|(code, _)| *code).collect();
    let new = people.iter().enumerate().map(|(at, somebody)| {
        let mut person = NewPerson::new("P", &format!("{at}"))
            .set(PersonField::Username, &format!("p{at}"))
            .hired_on(on_one_of_them(somebody.hired_on));
        let fields = [
            (PersonField::Department, one(&codes, somebody.department)),
            (PersonField::Location, one(LOCATIONS, somebody.location)),
            (PersonField::JobRole, one(ROLES, somebody.job_role)),
            (PersonField::JobTitle, one(TITLES, somebody.title)),
            (PersonField::EmploymentType, one(TYPES, somebody.employment_type)),
            (PersonField::Country, one(COUNTRIES, somebody.country)),
        ];
        for (field, value) in fields {
            person = value.into_iter().fold(person, |person, value| person.set(field, value));
        }
        if let Some(manager) = somebody.manager.filter(|_| at > 0) {
            person = person.set(PersonField::Manager, &format!("p{}", manager.index(at)));
        }
        let grade = one(GRADES, somebody.grade);
        grade.into_iter().fold(person, |person, grade| person.attribute("grade", grade))
    });
    verbs.add(&admin, new.collect()).await.unwrap();
    pass();

    for (at, somebody) in people.iter().enumerate() {
        let name = format!("p{at}");
        for (from, department, grade) in &somebody.moves {
            let change = PersonChange::new()
                .set(PersonField::Department, one(&codes, *department).unwrap_or_default())
                .attribute("grade", one(GRADES, *grade).unwrap_or_default());
            // Never anybody who comes later, so that nobody leads in a circle.
            let change = match department {
                Some(place) if at > 0 => {
                    change.set(PersonField::Manager, &format!("p{}", place.index(at)))
                }
                _ => change,
            };
            let change = change.from(on_one_of_them(*from));
            verbs.edit(&admin, &name, change).await.unwrap();
        }
        let last = day("2026-06-30");
        match somebody.fate {
            0 => drop(verbs.deactivate(&admin, &name, last, None).await),
            1 => drop(verbs.add_leave(&admin, &name, day("2025-03-01"), None, None).await),
            _ => {}
        }
    }
    pass();

    let on = |which: fn(&Somebody) -> bool| -> Vec<String> {
        let listed = people.iter().enumerate().filter(|(_, somebody)| which(somebody));
        listed.map(|(at, _)| format!("p{at}")).collect()
    };
    let saved = |line: &str| Audience::parse(line).unwrap();
    let groups = [
        NewGroup::fixed("LIST", "List").members(on(|who| who.on_lists.0)).from(day("2025-01-01")),
        NewGroup::fixed("OTHER", "Other").members(on(|who| who.on_lists.1)).from(day("2024-01-01")),
        NewGroup::saved("SAVED", "Saved", saved("--department D0 --not-location L1")),
        NewGroup::saved("NESTED", "Nested", saved("--group SAVED --group LIST --not-person p3")),
    ];
    for group in groups {
        verbs.add_group(&admin, group).await.unwrap();
    }
    pass();
    let moved = UnitChange::new().parent(Some("D4")).from(day("2025-06-15"));
    verbs.edit_unit(&admin, UnitKind::Department, "D1", moved).await.unwrap();
    let fewer =
        GroupChange::new().remove_members(["p0", "p2"]).add_members(["p1"]).from(day("2025-06-15"));
    verbs.edit_group(&admin, "LIST", fewer).await.unwrap();
    link(lms, engine).await;
    pass();
    instants
}

/// The super admin is the first of the people.
async fn link(lms: &TestLms, engine: Engine) {
    let person = lms.people().card(&lms.admin(), "p0", None).await.unwrap().person.id.to_string();
    let account = lms.access().account(&lms.admin(), "ada").await.unwrap().id.to_string();
    let (person, account) = (person.replace('-', ""), account.replace('-', ""));
    let insert = per_engine(
        engine,
        &format!("INSERT INTO account_links VALUES (x'{account}', x'{person}')"),
        &format!("INSERT INTO account_links VALUES ('{account}', '{person}')"),
    );
    Raw::open(lms.place()).await.run_one(insert).await;
}

async fn memory_and_statement_agree(engine: Engine) {
    let mut runner = TestRunner::deterministic();
    let (mut answered, mut telling) = (0, 0);
    for _ in 0..WORLDS {
        let people = vec(somebody(), 12..30).new_tree(&mut runner).unwrap().current();
        let lms = TestLms::organisation(engine).await;
        let instants = build(&lms, engine, &people).await;
        let config = Config { cases: AUDIENCES, failure_persistence: None, ..Config::default() };
        let mut questions = TestRunner::new_with_rng(config, runner.new_rng());
        let counts = std::cell::Cell::new((0, 0));
        let held = questions.run(&question(), |question| {
            let audience = Audience::parse(&question.line).unwrap();
            let known_at = question.known_at.map(|place| *place.get(&instants));
            let asked = lms.both_ways(&audience, day(question.day), known_at);
            let both = block_in_place(|| Handle::current().block_on(asked));
            // A name that was not known then, or is nobody's, is an error in either way.
            if let Ok(BothWays { by_statement, in_memory }) = both {
                let (answered, telling) = counts.get();
                let tells = !in_memory.is_empty() && in_memory.len() < people.len();
                counts.set((answered + 1, telling + u32::from(tells)));
                prop_assert_eq!(by_statement, in_memory);
            }
            Ok(())
        });
        held.unwrap_or_else(|error| panic!("{error}\nof {people:#?}"));
        answered += counts.get().0;
        telling += counts.get().1;
    }
    // An audience of nobody, or of everybody, proves little.
    let asked = WORLDS * AUDIENCES;
    assert!(answered > asked / 2, "only {answered} of {asked} audiences had an answer");
    assert!(telling > asked / 5, "only {telling} of {asked} audiences told people apart");
}

/// Who reports to somebody, all the way down: found from above, and asked from below.
async fn down_and_up_agree(engine: Engine) {
    let mut runner = TestRunner::deterministic();
    let people = vec(somebody(), 20..30).new_tree(&mut runner).unwrap().current();
    let lms = TestLms::organisation(engine).await;
    let instants = build(&lms, engine, &people).await;
    let mut answers = HashSet::new();
    for manager in 0..6 {
        let name = format!("p{manager}");
        let id = lms.people().card(&lms.admin(), &name, None).await.unwrap().person.id;
        for on in DAYS.iter().map(|on| day(on)) {
            for known_at in instants.iter().copied().map(Some).chain([None]) {
                let line = format!("--manager {name} --all-reports --status '*'");
                let audience = Audience::parse(&line).unwrap();
                let down = lms.both_ways(&audience, on, known_at).await.unwrap().by_statement;
                let up = lms.asked_upwards(&[id], on, known_at).await.unwrap();
                assert_eq!(up, down, "{name} {on} {known_at:?}");
                answers.insert(up);
            }
        }
    }
    assert!(answers.len() > 10, "only {} different answers", answers.len());
}

async fn leading_in_a_circle_ends(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let new = (0..4_u8).map(|at| {
        let person = NewPerson::new("P", &format!("{at}"))
            .set(PersonField::Username, &format!("p{at}"))
            .hired_on(day("2025-01-01"));
        if at == 0 { person } else { person.set(PersonField::Manager, &format!("p{}", at - 1)) }
    });
    lms.people().add(&lms.admin(), new.collect()).await.unwrap();
    // No verb lets that happen: p0 reports to p2, who is below them.
    let somebody = |name: &str| format!("(SELECT id FROM persons WHERE username = '{name}')");
    let circle = format!(
        "UPDATE placements SET manager_id = {} WHERE person_id = {}",
        somebody("p2"),
        somebody("p0")
    );
    Raw::open(lms.place()).await.run_one(&circle).await;
    for (manager, n_below) in [("p0", 4), ("p1", 4), ("p2", 4), ("p3", 0)] {
        let id = lms.people().card(&lms.admin(), manager, None).await.unwrap().person.id;
        let audience = Audience::parse(&format!("--manager {manager} --all-reports")).unwrap();
        let down = lms.both_ways(&audience, day("2026-03-31"), None).await.unwrap().by_statement;
        let up = lms.asked_upwards(&[id], day("2026-03-31"), None).await.unwrap();
        assert_eq!((up.len(), up), (n_below, down), "{manager}");
    }
}
