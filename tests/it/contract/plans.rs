//! What people ask every day is found by indexes, however many there are.

use lms_core::sample::{Company, found};
use lms_core::testkit::{StatementPlan, TestLms, plans_of};
use lms_core::{
    CertificateFilter, CertificateState, Day, Engine, NewPath, NewTraining, PathChange, PathFilter,
    PathShown, PathStep, PersonAct, PersonChange, PersonField, PersonFilter, PersonStatus,
    Publishing, Result, Shown, TrainingDefinition, TrainingField, TrainingFile, TrainingFilter,
};

use crate::support::engines::on_both_engines;

on_both_engines! {
    people_are_found_by_indexes,
    trainings_are_found_by_indexes,
    paths_are_found_by_indexes,
    certificates_are_found_by_indexes,
}

/// Tables that grow with the number of people, with the catalog and with the years.
const GROWING: &[&str] = &[
    "persons",
    "person_terms",
    "placements",
    "employments",
    "leaves",
    "operations",
    "operation_changes",
    "trainings",
    "training_versions",
    "training_terms",
    "path_versions",
    "path_labels",
    "path_terms",
    "path_trainings",
    "certificates",
];

/// By which name a statement knows each of the growing tables: `placements p`.
fn aliases(sql: &str) -> Vec<String> {
    let words: Vec<&str> = sql.split_whitespace().collect();
    let mut names: Vec<String> = GROWING.iter().map(|table| (*table).to_owned()).collect();
    for pair in words.windows(2) {
        let alias = pair[1].trim_end_matches([',', ')']);
        if GROWING.contains(&pair[0]) && alias.chars().all(char::is_lowercase) {
            names.push(alias.to_owned());
        }
    }
    names
}

/// The steps that read a growing table from end to end, without an index.
fn whole_reads(engine: Engine, plan: &StatementPlan) -> Vec<String> {
    let names = aliases(&plan.sql);
    let reads_whole = |step: &&String| match engine {
        Engine::Postgres => step.split_once("Seq Scan on ").is_some_and(|(_, table)| {
            GROWING.contains(&table.split_whitespace().next().unwrap_or_default())
        }),
        // Whether few are meant is counted up to a bound, whichever way the engine goes.
        _ if plan.sql.starts_with("SELECT COUNT(*) FROM (SELECT 1") => false,
        _ => step.strip_prefix("SCAN ").is_some_and(|rest| {
            let table = rest.split_whitespace().next().unwrap_or_default();
            !rest.contains("USING") && names.iter().any(|name| name == table)
        }),
    };
    plan.steps.iter().filter(reads_whole).cloned().collect()
}

async fn assert_by_index<T>(engine: Engine, what: &str, run: impl Future<Output = Result<T>>) {
    let (outcome, plans) = plans_of(run).await;
    assert!(outcome.is_ok(), "{what}: {:?}", outcome.err());
    assert!(!plans.is_empty(), "{what} asked nothing");
    for plan in plans {
        let whole = whole_reads(engine, &plan);
        assert!(whole.is_empty(), "{what}: {whole:?}\n{}\n{}", plan.sql, plan.steps.join("\n"));
    }
}

async fn people_are_found_by_indexes(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (people, admin) = (lms.people(), lms.admin());
    found(&lms, &admin, &Company::new(2_000, 1), &mut |_, _| ()).await.unwrap();

    let all = PersonFilter::new;
    let past = Day::parse("2023-06-30").unwrap();
    let lists = [
        ("by name", all()),
        ("a division", all().department("OPS")),
        ("a department", all().department("HR").exact(true)),
        ("a location", all().location("LIS")),
        ("location and job role", all().location("LIS").job_role("DEV")),
        ("direct reports", all().manager("00101")),
        ("all reports", all().manager("ada@demo.example").all_reports(true)),
        ("on leave", all().status(PersonStatus::OnLeave)),
        ("gone", all().status(PersonStatus::Inactive)),
        ("as of a past day", all().as_of(past)),
        ("as known then", all().as_of(past).known_at(lms.now())),
        ("one word", all().search("lovel")),
        ("two words", all().search("mul jur")),
        ("a letter", all().search("e")),
        ("an address", all().search("zoe@demo.example")),
    ];
    for (what, filter) in lists {
        assert_by_index(engine, what, people.list(&admin, filter)).await;
    }
    let page = people.list(&admin, all().limit(50)).await.unwrap();
    let next = all().cursor(&page.next.unwrap());
    assert_by_index(engine, "the next page", people.list(&admin, next)).await;
    for name in ["00104", "zoe@demo.example"] {
        assert_by_index(engine, "a card", people.card(&admin, name, None)).await;
    }
    let moved = || {
        PersonChange::new().set(PersonField::Department, "SALES").set(PersonField::Manager, "00108")
    };
    assert_by_index(engine, "a change", people.edit(&admin, "00104", moved())).await;
    let acts = vec![PersonAct::change("00103", moved()), PersonAct::change("00106", moved())];
    assert_by_index(engine, "several changes", people.apply(&admin, acts)).await;
}

async fn trainings_are_found_by_indexes(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (catalog, admin) = (lms.catalog(), lms.admin());
    let file = |n: usize| {
        let title = format!("{} number {n}", ["Fire safety", "Data protection"][n % 2]);
        TrainingFile::new(&format!("T-{n:04}"), TrainingDefinition::new(&title))
    };
    let plan = catalog.plan_import(&admin, (0..2_000).map(file).collect(), false).await.unwrap();
    catalog.import(&admin, plan).await.unwrap();

    let all = TrainingFilter::new;
    let lists = [
        ("by title", all()),
        ("by code", all().by_code(true)),
        ("one training", all().search("T-0042")),
        ("two words", all().search("fire 17")),
        ("half of them", all().search("prot")),
    ];
    for (what, filter) in lists {
        assert_by_index(engine, what, catalog.list(&admin, filter)).await;
    }
    let page = catalog.list(&admin, all().limit(50)).await.unwrap();
    let next = all().cursor(&page.next.unwrap());
    assert_by_index(engine, "the next page", catalog.list(&admin, next)).await;
    assert_by_index(engine, "a card", catalog.show(&admin, "T-0042", Shown::Current)).await;
}

async fn paths_are_found_by_indexes(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (paths, catalog, admin) = (lms.paths(), lms.catalog(), lms.admin());
    for code in ["A", "B"] {
        let new = NewTraining::new(code, code).set(TrainingField::SignText, "Be kind.");
        catalog.add(&admin, new).await.unwrap();
        catalog.publish(&admin, code, &Publishing::minor()).await.unwrap();
    }
    let new = NewPath::new("P", "P").step(PathStep::required("A"));
    paths.add(&admin, new).await.unwrap();
    let lists = [
        ("all", PathFilter::new()),
        ("one word", PathFilter::new().search("p")),
        ("a heading and a tag", PathFilter::new().category("x").tag("y")),
        ("those with a training", PathFilter::new().training("A")),
    ];
    for (what, filter) in lists {
        assert_by_index(engine, what, paths.list(&admin, filter)).await;
    }
    assert_by_index(engine, "a card", paths.show(&admin, "P", PathShown::Current)).await;
    assert_by_index(engine, "publishing", paths.publish(&admin, "P")).await;
    let change = PathChange::new().add_step(PathStep::required("B"), None);
    assert_by_index(engine, "a change", paths.edit(&admin, "P", change)).await;
    assert_by_index(engine, "archiving a training", catalog.archive(&admin, "B")).await;
}

async fn certificates_are_found_by_indexes(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (certificates, admin) = (lms.certificates(), lms.admin());
    found(&lms, &admin, &Company::new(2_000, 1), &mut |_, _| ()).await.unwrap();
    let new = NewTraining::new("GDPR-101", "Data protection");
    let new = new.set(TrainingField::SignText, "Be kind.");
    lms.catalog().add(&admin, new).await.unwrap();
    lms.catalog().publish(&admin, "GDPR-101", &Publishing::minor()).await.unwrap();
    let people: Vec<String> = (101..1_101).map(|n| format!("{n:05}")).collect();
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    let done = Day::parse("2026-03-01").unwrap();
    let given = lms.issue_certificates("GDPR-101", &people, done, None).await.unwrap();
    let code = certificates.show(&admin, "2026-000007").await.unwrap().code;

    let all = CertificateFilter::new;
    let lists = [
        ("all", all()),
        ("of a person", all().person("00104")),
        ("for a training", all().training("GDPR-101")),
        ("that hold", all().state(CertificateState::Valid)),
    ];
    for (what, filter) in lists {
        assert_by_index(engine, what, certificates.list(&admin, filter)).await;
    }
    let page = certificates.list(&admin, all()).await.unwrap();
    let next = all().cursor(&page.next.unwrap());
    assert_by_index(engine, "the next page", certificates.list(&admin, next)).await;
    for name in ["2026-000007", &code] {
        assert_by_index(engine, "one", certificates.show(&admin, name)).await;
    }
    assert_by_index(engine, "a code", certificates.verify(&code)).await;
    assert_by_index(engine, "revoking", certificates.revoke(&admin, "2026-000007", "x")).await;
    let one = [given[9].completion];
    assert_by_index(engine, "taking back", lms.revoke_certificates(&one, "x")).await;
}

#[test]
fn a_whole_read_is_seen() {
    let plan =
        |sql: &str, step: &str| StatementPlan { sql: sql.to_owned(), steps: vec![step.to_owned()] };
    let seen = |engine, sql, step| whole_reads(engine, &plan(sql, step)).len();
    assert_eq!(seen(Engine::Sqlite, "SELECT 1 FROM placements p", "SCAN p"), 1);
    assert_eq!(seen(Engine::Sqlite, "SELECT 1 FROM persons x", "SCAN x USING INDEX i"), 0);
    assert_eq!(seen(Engine::Sqlite, "SELECT 1 FROM units u", "SCAN u"), 0);
    assert_eq!(seen(Engine::Postgres, "", "  ->  Seq Scan on placements p  (cost=1)"), 1);
    assert_eq!(seen(Engine::Postgres, "", "  ->  Seq Scan on units u  (cost=1)"), 0);
}
