//! Learning paths in files.

use lms_core::testkit::TestLms;
use lms_core::{
    Engine, ErrorKind, FileFormat, ImportAction, NewPath, PathChange, PathField, PathFile,
    PathFilter, PathImportPlan, PathShown, PathStatus,
};

use super::{draft, published};
use crate::support::engines::on_both_engines;
use crate::support::looks::{assert_sound, head};

on_both_engines! {
    the_same_files_twice_change_nothing,
    a_path_goes_from_one_organisation_to_another,
    a_plan_is_carried_out_as_it_was_shown_or_not_at_all,
    one_bad_file_keeps_all_of_them_out,
}

const NEW_HIRE: &str = r#"
format = 1
code = "NEW-HIRE"
title = "Your first weeks"
tags = ["first week"]

[[steps]]
training = "welcome"

[[steps]]
title = "What helps you most"
any = 1
of = ["FIRE", "GDPR"]
"#;

const SHORT: &str =
    r#"{"format": 1, "code": "SHORT", "title": "Short", "steps": [{"training": "FIRE"}]}"#;

fn new_hire() -> PathFile {
    PathFile::read(NEW_HIRE, FileFormat::Toml).unwrap()
}

fn short() -> PathFile {
    PathFile::read(SHORT, FileFormat::Json).unwrap()
}

async fn with_trainings(engine: Engine) -> TestLms {
    let lms = TestLms::organisation(engine).await;
    for code in ["WELCOME", "FIRE", "GDPR"] {
        published(&lms, code, "").await;
    }
    lms
}

fn actions(plan: &PathImportPlan) -> Vec<ImportAction> {
    plan.paths.iter().map(|planned| planned.action).collect()
}

async fn the_same_files_twice_change_nothing(engine: Engine) {
    let lms = with_trainings(engine).await;
    let (paths, admin) = (lms.paths(), lms.admin());
    let seal = head(&lms).await;
    let plan = paths.plan_import(&admin, vec![new_hire(), short()], true).await.unwrap();
    assert_eq!(head(&lms).await, seal, "a plan changes nothing");
    assert_eq!(actions(&plan), [ImportAction::Create, ImportAction::Create]);
    assert!(plan.is_sound() && plan.paths[0].publishes == Some(1), "{plan:?}");
    assert!(paths.import(&admin, plan).await.unwrap().operation.is_some());
    assert_eq!(head(&lms).await.seq, seal.seq + 1, "one operation for all");
    let card = paths.show(&admin, "new-hire", PathShown::Current).await.unwrap();
    assert_eq!(card.path.status, PathStatus::Published);
    assert_eq!(card.definition.trainings().next(), Some("WELCOME"), "as the training has it");

    let again = paths.plan_import(&admin, vec![short(), new_hire()], true).await.unwrap();
    assert_eq!(actions(&again), [ImportAction::Keep, ImportAction::Keep]);
    assert_eq!(again.n_changes(), 0);
    assert!(paths.import(&admin, again).await.unwrap().operation.is_none());

    // One number is different: the plan says which.
    let text = NEW_HIRE.replace("any = 1", "any = 2");
    let changed = PathFile::read(&text, FileFormat::Toml).unwrap();
    let plan = paths.plan_import(&admin, vec![changed, short()], false).await.unwrap();
    assert_eq!(actions(&plan), [ImportAction::Change, ImportAction::Keep]);
    let fields: Vec<&str> = plan.paths[0].changed.iter().map(|change| &*change.field).collect();
    assert_eq!(fields, ["draft", "steps"]);
    let steps = plan.paths[0].changed[1].after.clone().unwrap();
    assert_eq!(steps, "WELCOME → What helps you most: any 2 of FIRE, GDPR");
    paths.import(&admin, plan).await.unwrap();
    let listed = paths.list(&admin, PathFilter::new().search("weeks")).await.unwrap();
    assert_eq!((listed.items[0].version, listed.items[0].draft), (Some(1), Some(2)));
    assert_sound(&lms).await;
}

async fn a_path_goes_from_one_organisation_to_another(engine: Engine) {
    let (here, there) = (with_trainings(engine).await, with_trainings(engine).await);
    let admin = here.admin();
    let plan = here.paths().plan_import(&admin, vec![new_hire()], true).await.unwrap();
    here.paths().import(&admin, plan).await.unwrap();
    let change =
        PathChange::new().set(PathField::Description, "Zeile \"eins\"\n\n'''\\ zwei\u{1F980}");
    here.paths().edit(&admin, "NEW-HIRE", change).await.unwrap();
    let file = here.paths().export(&admin, "NEW-HIRE").await.unwrap();
    assert!(file.definition.description.contains("zwei"), "as its author has it now");
    for format in [FileFormat::Toml, FileFormat::Json] {
        let read = PathFile::read(&file.write(format), format).unwrap();
        let plan = there.paths().plan_import(&admin, vec![read], false).await.unwrap();
        there.paths().import(&admin, plan).await.unwrap();
        assert_eq!(there.paths().export(&admin, "NEW-HIRE").await.unwrap(), file);
    }
}

async fn a_plan_is_carried_out_as_it_was_shown_or_not_at_all(engine: Engine) {
    let lms = with_trainings(engine).await;
    let (paths, admin) = (lms.paths(), lms.admin());
    let plan = paths.plan_import(&admin, vec![short()], true).await.unwrap();
    paths.add(&admin, NewPath::new("SHORT", "Somebody was faster")).await.unwrap();
    let seal = head(&lms).await;
    let stale = paths.import(&admin, plan).await.unwrap_err();
    assert_eq!((stale.code(), stale.kind()), ("catalog.plan_stale", ErrorKind::Stale));

    // So it is where a training went in the meantime.
    let plan = paths.plan_import(&admin, vec![short()], true).await.unwrap();
    lms.catalog().archive(&admin, "FIRE").await.unwrap();
    assert_eq!(paths.import(&admin, plan).await.unwrap_err().code(), "catalog.plan_stale");
    assert_eq!(head(&lms).await.seq, seal.seq + 1, "the archiving");
}

async fn one_bad_file_keeps_all_of_them_out(engine: Engine) {
    let lms = with_trainings(engine).await;
    let (paths, admin) = (lms.paths(), lms.admin());
    let twice = paths.plan_import(&admin, vec![short(), short()], false).await.unwrap_err();
    assert_eq!(twice.code(), "catalog.duplicate");

    draft(&lms, "LADDERS", "").await;
    let bad = |training: &str| {
        let text = SHORT.replace("FIRE", training).replace("SHORT", "BAD");
        PathFile::read(&text, FileFormat::Json).unwrap()
    };
    for (training, publish, told) in [
        ("FIRES", false, "there is no training `FIRES`; did you mean `FIRE`?"),
        ("LADDERS", true, "`LADDERS` is not published: it is a draft"),
    ] {
        let files = vec![short(), bad(training)];
        let plan = paths.plan_import(&admin, files, publish).await.unwrap();
        assert!(!plan.is_sound() && plan.paths[0].problems.is_empty());
        let problem = &plan.paths[1].problems[0];
        assert_eq!((&*problem.path, &*problem.message), ("steps[0].training", told));
        let refused = paths.import(&admin, plan).await.unwrap_err();
        assert_eq!(refused.code(), "catalog.definition_invalid");
    }
    assert!(paths.list(&admin, PathFilter::new()).await.unwrap().items.is_empty());

    // A draft may name what is not published yet.
    let plan = paths.plan_import(&admin, vec![bad("LADDERS"), short()], false).await.unwrap();
    paths.import(&admin, plan).await.unwrap();

    // What is archived stays so: a file that says the same is no reason to refuse, one that says
    // something else is.
    paths.archive(&admin, "SHORT").await.unwrap();
    let plan = paths.plan_import(&admin, vec![short()], true).await.unwrap();
    assert!(plan.is_sound() && plan.n_changes() == 0, "{plan:?}");
    let text = SHORT.replace("\"Short\"", "\"Shorter\"");
    let other = PathFile::read(&text, FileFormat::Json).unwrap();
    let plan = paths.plan_import(&admin, vec![other], false).await.unwrap();
    assert_eq!(plan.paths[0].problems[0].path, "status");
}
