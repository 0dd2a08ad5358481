//! Trainings in files.

use lms_core::testkit::TestLms;
use lms_core::{
    Engine, ErrorKind, FileFormat, ImportAction, NewTraining, Publishing, Shown, TrainingChange,
    TrainingField, TrainingFile, TrainingFilter, TrainingStatus,
};

use super::{draft, published};
use crate::support::engines::on_both_engines;
use crate::support::looks::{assert_sound, head};

on_both_engines! {
    the_same_files_twice_change_nothing,
    a_training_goes_from_one_organisation_to_another,
    what_is_published_together_may_wait_for_each_other,
    a_plan_is_carried_out_as_it_was_shown_or_not_at_all,
    one_bad_file_keeps_all_of_them_out,
}

const FIRE: &str = r#"
format = 1
code = "FIRE-SAFETY"
title = "Fire safety"
category = "Safety"
tags = ["fire", "annual"]
languages = ["en", "DE"]
validity_months = 12
prerequisites = ["WELCOME"]

[cost]
amount_minor = 0
currency = "eur"

[[modules]]
title = "Get out"
minutes = 10

[[modules.items]]
title = "Ways out"
kind = "text"
text = """
# Ways out
Know *two*.
"""

[[modules.items]]
title = "The plan"
kind = "link"
url = "https://intranet.example.com/fire?floor=2"
"#;

const WELCOME: &str = r#"{
  "format": 1, "code": "WELCOME", "title": "Welcome",
  "read_and_sign": { "text": "Be kind." }
}"#;

fn fire() -> TrainingFile {
    TrainingFile::read(FIRE, FileFormat::Toml).unwrap()
}

fn welcome() -> TrainingFile {
    TrainingFile::read(WELCOME, FileFormat::Json).unwrap()
}

fn actions(plan: &lms_core::ImportPlan) -> Vec<ImportAction> {
    plan.trainings.iter().map(|planned| planned.action).collect()
}

async fn the_same_files_twice_change_nothing(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (catalog, admin) = (lms.catalog(), lms.admin());
    let seal = head(&lms).await;
    let plan = catalog.plan_import(&admin, vec![fire(), welcome()], true).await.unwrap();
    assert_eq!(head(&lms).await, seal, "a plan changes nothing");
    assert_eq!(actions(&plan), [ImportAction::Create, ImportAction::Create]);
    assert!(plan.is_sound(), "{plan:?}");
    let outcome = catalog.import(&admin, plan).await.unwrap();
    assert!(outcome.operation.is_some());
    assert_eq!(head(&lms).await.seq, seal.seq + 1, "one operation for all");
    let card = catalog.show(&admin, "fire-safety", Shown::Current).await.unwrap();
    assert_eq!(card.training.status, TrainingStatus::Published);
    assert_eq!(card.definition.languages, ["en", "de"]);
    assert_eq!(card.definition.modules[0].key, "get-out");
    assert_eq!(card.prerequisites, ["WELCOME"]);

    let again = catalog.plan_import(&admin, vec![welcome(), fire()], true).await.unwrap();
    assert_eq!(actions(&again), [ImportAction::Keep, ImportAction::Keep]);
    assert_eq!(again.n_changes(), 0);
    assert!(catalog.import(&admin, again).await.unwrap().operation.is_none());

    // One word is different: the plan says which.
    let text = FIRE.replace("Know *two*.", "Know *three*.");
    let changed = TrainingFile::read(&text, FileFormat::Toml).unwrap();
    let plan = catalog.plan_import(&admin, vec![changed, welcome()], false).await.unwrap();
    assert_eq!(actions(&plan), [ImportAction::Change, ImportAction::Keep]);
    let fields: Vec<&str> = plan.trainings[0].changed.iter().map(|change| &*change.field).collect();
    assert_eq!(fields, ["draft", "modules.get-out.items.ways-out.text"]);
    catalog.import(&admin, plan).await.unwrap();
    let listed = catalog.list(&admin, TrainingFilter::new().search("fire")).await.unwrap();
    assert_eq!(listed.items[0].draft.unwrap().to_string(), "1.1");
    assert_sound(&lms).await;
}

async fn a_training_goes_from_one_organisation_to_another(engine: Engine) {
    let here = TestLms::organisation(engine).await;
    let there = TestLms::organisation(engine).await;
    let admin = here.admin();
    draft(&here, "A", "").await;
    let fields = [
        (TrainingField::Description, "Zeile \"eins\"\n\n'''\\ zwei\u{1F980}"),
        (TrainingField::Cost, "99.50 USD"),
        (TrainingField::SignText, "\"\"\"\nsigned\\"),
        (TrainingField::MinimumMinutes, "5"),
    ];
    let change =
        fields.iter().fold(TrainingChange::new(), |change, (field, text)| change.set(*field, text));
    here.catalog().edit(&admin, "A", change).await.unwrap();
    let file = here.catalog().export(&admin, "A").await.unwrap();
    for format in [FileFormat::Toml, FileFormat::Json] {
        let text = file.write(format);
        let read = TrainingFile::read(&text, format).unwrap_or_else(|error| {
            panic!("{error:?} of\n{text}");
        });
        assert_eq!(read, file, "{text}");
        let plan = there.catalog().plan_import(&admin, vec![read], false).await.unwrap();
        there.catalog().import(&admin, plan).await.unwrap();
        assert_eq!(there.catalog().export(&admin, "A").await.unwrap(), file);
    }
}

async fn what_is_published_together_may_wait_for_each_other(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (catalog, admin) = (lms.catalog(), lms.admin());
    let file = |code: &str, first: &str| {
        let text = format!(
            "format = 1\ncode = \"{code}\"\ntitle = \"{code}\"\nprerequisites = [{first}]\n\
             [read_and_sign]\ntext = \"x\"\n"
        );
        TrainingFile::read(&text, FileFormat::Toml).unwrap()
    };
    let circle = vec![file("A", "\"B\""), file("B", "\"C\""), file("C", "\"A\"")];
    let plan = catalog.plan_import(&admin, circle, true).await.unwrap();
    assert!(!plan.is_sound());
    let told = &plan.trainings[1].problems[0].message;
    assert_eq!(told, "each would wait for the other: B → C → A → B");
    let refused = catalog.import(&admin, plan).await.unwrap_err();
    assert_eq!(
        (refused.code(), refused.kind()),
        ("catalog.definition_invalid", ErrorKind::Invalid)
    );
    assert!(catalog.list(&admin, TrainingFilter::new()).await.unwrap().items.is_empty());

    let chain = vec![file("C", "\"B\""), file("B", "\"A\""), file("A", "")];
    let plan = catalog.plan_import(&admin, chain, true).await.unwrap();
    catalog.import(&admin, plan).await.unwrap();
    let card = catalog.show(&admin, "C", Shown::Current).await.unwrap();
    assert_eq!(card.prerequisites, ["B"]);
}

async fn a_plan_is_carried_out_as_it_was_shown_or_not_at_all(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (catalog, admin) = (lms.catalog(), lms.admin());
    let plan = catalog.plan_import(&admin, vec![welcome()], false).await.unwrap();
    catalog.add(&admin, NewTraining::new("WELCOME", "Somebody was faster")).await.unwrap();
    let seal = head(&lms).await;
    let stale = catalog.import(&admin, plan).await.unwrap_err();
    assert_eq!((stale.code(), stale.kind()), ("catalog.plan_stale", ErrorKind::Stale));
    assert_eq!(head(&lms).await, seal);
}

async fn one_bad_file_keeps_all_of_them_out(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (catalog, admin) = (lms.catalog(), lms.admin());
    let twice = catalog.plan_import(&admin, vec![welcome(), welcome()], false).await.unwrap_err();
    assert_eq!(twice.code(), "catalog.duplicate");

    published(&lms, "FIRE-SAFETY", "").await;
    catalog.archive(&admin, "FIRE-SAFETY").await.unwrap();
    let plan = catalog.plan_import(&admin, vec![welcome(), fire()], true).await.unwrap();
    assert_eq!(plan.trainings[1].problems[0].path, "status");
    catalog.import(&admin, plan).await.unwrap_err();
    let missing = catalog.show(&admin, "WELCOME", Shown::Current).await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);

    // A file that says what is archived is no reason to give it again, nor to refuse.
    let same = catalog.export(&admin, "FIRE-SAFETY").await.unwrap();
    let plan = catalog.plan_import(&admin, vec![same], true).await.unwrap();
    assert!(plan.is_sound() && plan.n_changes() == 0, "{plan:?}");

    // A published training does not become a template by a file.
    published(&lms, "WELCOME", "").await;
    let mut template = welcome();
    template.template = true;
    let plan = catalog.plan_import(&admin, vec![template], false).await.unwrap();
    assert!(plan.trainings[0].problems[0].message.contains("template"), "{plan:?}");
    catalog.publish(&admin, "WELCOME", &Publishing::minor()).await.unwrap();
}
