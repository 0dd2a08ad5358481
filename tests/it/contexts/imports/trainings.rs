//! Trainings come from files, with their modules.

use lms_core::imports::reading::{Kind, ReadOptions, Source, survey};
use lms_core::testkit::TestLms;
use lms_core::{Engine, FileImported, ImportFile, RecordsImport, Shown, TrainingStatus};

use super::super::assignments::training;
use super::{codes, company, counts, row};
use crate::support::engines::on_both_engines;
use crate::support::looks::assert_sound;

on_both_engines! {
    trainings_are_drafts_with_their_modules,
    the_same_trainings_again_change_nothing_and_others_become_drafts,
    of_a_training_all_rows_land_or_none,
}

async fn import(lms: &TestLms, text: &str) -> FileImported {
    let source = Source::bytes("trainings.csv", text.as_bytes().to_vec());
    let survey = survey(&source, Kind::Trainings, &ReadOptions::new()).unwrap();
    let file = ImportFile::new(survey.layout(), survey.records().unwrap());
    let options = RecordsImport::of(Kind::Trainings, "old-lms").unwrap();
    let (imports, admin) = (lms.imports(), lms.admin());
    let staged = imports.stage_records(&admin, options, file, &mut |_, _| ()).await.unwrap();
    let plan = imports.plan(&admin, &staged).await.unwrap();
    let done = imports.apply(&admin, &staged, Some(&plan)).await.unwrap();
    assert_eq!(done.plan.counts, plan.counts, "a plan is what is done");
    done
}

const HEADER: &str =
    "code,title,tags,validity_months,module,module_minutes,module_required,module_link\n";

async fn trainings_are_drafts_with_their_modules(engine: Engine) {
    let lms = company(engine).await;
    let text = format!(
        "{HEADER}FIRE,Fire safety,safety|fire,12,Alarm,10,yes,https://example.com/alarm\n\
         fire,,,,Ways out,5,no,\nLIFTS,Lifts,,,,,,\n"
    );
    let done = import(&lms, &text).await;
    assert_eq!(counts(&done.plan), [("create", 3)], "{:?}", done.plan.rows);
    let card = lms.catalog().show(&lms.admin(), "FIRE", Shown::Draft).await.unwrap();
    let definition = &card.definition;
    assert_eq!((definition.title.as_str(), definition.validity_months), ("Fire safety", Some(12)));
    assert_eq!(definition.tags, ["safety", "fire"]);
    let modules: Vec<_> = definition
        .modules
        .iter()
        .map(|module| (module.title.as_str(), module.minutes, module.required, module.items.len()))
        .collect();
    assert_eq!(modules, [("Alarm", Some(10), true, 1), ("Ways out", Some(5), false, 0)]);
    assert_eq!(card.training.status, TrainingStatus::Draft);
    assert_sound(&lms).await;
}

async fn the_same_trainings_again_change_nothing_and_others_become_drafts(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let text = format!("{HEADER}A,Another title,,,Basics,30,,\nB,New,,,,,,\n");
    assert_eq!(counts(&import(&lms, &text).await.plan), [("create", 1), ("update", 1)]);
    let again = import(&lms, &text).await;
    assert_eq!(counts(&again.plan), [("unchanged", 2)], "{:?}", again.plan.rows);
    assert_eq!(again.operation, None);
    let published = lms.catalog().show(&lms.admin(), "A", Shown::Current).await.unwrap();
    assert_eq!(published.definition.title, "A", "what is published stays as it is");
}

async fn of_a_training_all_rows_land_or_none(engine: Engine) {
    let lms = company(engine).await;
    let text = format!(
        "{HEADER}FIRE,Fire,,,One,5,,\nFIRE,Flames,,,Two,5,,\nLINK,Links,,,One,,,not an address\nGOOD,Good,,,,,,\n"
    );
    let done = import(&lms, &text).await;
    assert_eq!(counts(&done.plan), [("create", 1), ("rejected", 3)], "{:?}", done.plan.rows);
    assert_eq!(codes(row(&done.plan, 2)), ["import.other_row"]);
    assert_eq!(codes(row(&done.plan, 3)), ["import.conflict_several_rows"]);
    assert_eq!(codes(row(&done.plan, 4)), ["catalog.definition_invalid"]);
}
