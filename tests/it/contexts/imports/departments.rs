//! Departments come from files, with their parents in any order.

use lms_core::imports::reading::{EmptyMeans, Kind, ReadOptions, Source, survey};
use lms_core::testkit::TestLms;
use lms_core::{Engine, FileImported, ImportFile, RecordsImport, Unit, UnitKind};

use super::{codes, company, counts, csv, from_hr, import as import_people, row};
use crate::support::engines::on_both_engines;
use crate::support::looks::assert_sound;

on_both_engines! {
    parents_may_stand_further_down,
    the_same_departments_again_change_nothing,
    departments_that_would_be_below_themselves_are_listed,
    what_hangs_below_what_cannot_be_made_is_not_made,
    names_parents_and_leaders_follow_the_file,
    an_import_of_departments_goes_back,
}

async fn import(lms: &TestLms, text: &str) -> FileImported {
    let source = Source::bytes("departments.csv", text.as_bytes().to_vec());
    let options = ReadOptions::new().empty(EmptyMeans::Clear);
    let survey = survey(&source, Kind::Departments, &options).unwrap();
    let file = ImportFile::new(survey.layout(), survey.records().unwrap());
    let options = RecordsImport::of(Kind::Departments, "hr").unwrap();
    let (imports, admin) = (lms.imports(), lms.admin());
    let staged = imports.stage_records(&admin, options, file, &mut |_, _| ()).await.unwrap();
    let plan = imports.plan(&admin, &staged).await.unwrap();
    let done = imports.apply(&admin, &staged, Some(&plan)).await.unwrap();
    assert_eq!(done.plan.counts, plan.counts, "a plan is what is done");
    done
}

/// `ENG-PLAT below ENG`.
async fn tree(lms: &TestLms) -> Vec<String> {
    let units = lms.people().units(&lms.admin(), UnitKind::Department, None, false).await.unwrap();
    let told = |unit: &Unit| match &unit.parent {
        Some(parent) => format!("{} below {parent}", unit.code),
        None => unit.code.clone(),
    };
    units.iter().map(told).collect()
}

async fn parents_may_stand_further_down(engine: Engine) {
    let lms = company(engine).await;
    let done = import(
        &lms,
        "code,name,parent\nPLAT,Platform,R&D\nRND,R&D,\nSRE,Reliability,plat\n,Field Sales,Sales\n",
    )
    .await;
    assert_eq!(counts(&done.plan), [("create", 4)], "{:?}", done.plan.rows);
    assert_eq!(
        tree(&lms).await,
        ["ENG", "RND", "PLAT below RND", "SRE below PLAT", "SALES", "FIELD-SALES below SALES"]
    );
    assert_sound(&lms).await;
}

async fn the_same_departments_again_change_nothing(engine: Engine) {
    let lms = company(engine).await;
    let text = "code,name,parent\nPLAT,Platform,RND\nRND,Research,\nENG,Engineering,RND\n";
    let first = import(&lms, text).await;
    assert_eq!(counts(&first.plan), [("create", 2), ("update", 1)]);
    lms.clock().advance(std::time::Duration::from_hours(24));
    let again = import(&lms, text).await;
    assert_eq!(counts(&again.plan), [("unchanged", 3)], "{:?}", again.plan.rows);
    assert_eq!(again.operation, None);
    let twice = import(&lms, "code,name\nNEW,New\nNEW,New\nODD,One\nodd,Another\n").await;
    assert_eq!(counts(&twice.plan), [("create", 1), ("unchanged", 1), ("conflict", 2)]);
}

async fn departments_that_would_be_below_themselves_are_listed(engine: Engine) {
    let lms = company(engine).await;
    let done =
        import(&lms, "code,name,parent\nA,A,C\nB,B,A\nC,C,B\nENG,Engineering,ENG\nD,D,Sales\n")
            .await;
    assert_eq!(counts(&done.plan), [("create", 1), ("rejected", 4)], "{:?}", done.plan.rows);
    for number in 2..=5 {
        assert_eq!(codes(row(&done.plan, number)), ["people.department_cycle"], "{number}");
    }
    assert_eq!(tree(&lms).await, ["ENG", "SALES", "D below SALES"]);
    assert_sound(&lms).await;
}

async fn what_hangs_below_what_cannot_be_made_is_not_made(engine: Engine) {
    let lms = company(engine).await;
    let done =
        import(&lms, "code,name,parent\nONE,One,NOWHERE\nTWO,Two,ONE\nTHREE,Three,ENG\n").await;
    assert_eq!(counts(&done.plan), [("create", 1), ("rejected", 2)], "{:?}", done.plan.rows);
    for number in [2, 3] {
        let wrong = row(&done.plan, number);
        assert_eq!(codes(wrong), ["people.unit_unknown"]);
        assert_eq!(wrong.problems[0].field.as_deref(), Some("parent"));
    }
}

async fn names_parents_and_leaders_follow_the_file(engine: Engine) {
    let lms = company(engine).await;
    let text = "code,name,parent,leader\nENG,Engineering & IT,SALES,1\n";
    let first = import(&lms, text).await;
    assert_eq!(counts(&first.plan), [("update", 1)]);
    assert_eq!(
        codes(row(&first.plan, 2)),
        ["people.person_unknown"],
        "it is said, and the rest lands"
    );
    import_people(&lms, from_hr(), &csv(&["1,a@x.org,Ada,Lovelace,ENG,,,"])).await;
    let again = import(&lms, text).await;
    let told: Vec<_> = row(&again.plan, 2).changed.iter().collect();
    assert_eq!((told.len(), told[0].after.as_deref()), (1, Some("Ada Lovelace")));
    assert_eq!(tree(&lms).await, ["SALES", "ENG below SALES"]);
    // An empty cell takes away, where it is said that it does.
    let top = import(&lms, "code,parent,leader\nENG,,\n").await;
    assert_eq!(counts(&top.plan), [("update", 1)]);
    assert_eq!(tree(&lms).await, ["ENG", "SALES"]);
    assert_sound(&lms).await;
}

async fn an_import_of_departments_goes_back(engine: Engine) {
    let lms = company(engine).await;
    let before = tree(&lms).await;
    let done = import(&lms, "code,name,parent\nRND,Research,\nENG,Engineers,RND\n").await;
    let operation = done.operation.unwrap().to_string();
    let plan = lms.batches().plan_undo(&lms.admin(), &operation).await.unwrap();
    assert!(plan.parts.kept.is_empty() && plan.parts.blocked.is_empty(), "{plan:?}");
    lms.batches().undo(&lms.admin(), plan).await.unwrap();
    assert_eq!(tree(&lms).await, before);
    let units = lms.people().units(&lms.admin(), UnitKind::Department, None, true).await.unwrap();
    assert!(units.iter().any(|unit| unit.name == "Engineering"), "{units:?}");
    assert_sound(&lms).await;
}
