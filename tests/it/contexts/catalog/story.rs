//! The life of a training, and what stands in its way.

use std::time::Duration;

use lms_core::testkit::TestLms;
use lms_core::{
    AuditFilter, Day, Engine, ErrorKind, EventFilter, Item, ItemContent, Module, ModuleStep,
    NewQuestion, NewQuiz, NewTraining, Publishing, QuestionKind, QuizChange, Shown, TrainingChange,
    TrainingField, TrainingFilter, TrainingStatus, VersionNumber,
};

use super::{draft, published, reading};
use crate::support::engines::on_both_engines;
use crate::support::looks::{assert_sound, entries, events, head};

on_both_engines! {
    from_an_idea_into_the_catalog_and_out_of_it,
    who_waits_for_whom_goes_in_no_circle,
    what_is_published_stays_as_it_is,
    the_same_again_changes_nothing,
    a_template_is_copied_and_never_given,
    what_was_never_published_can_be_taken_away,
    what_others_wait_for_is_not_archived,
    all_that_is_wrong_is_told_at_once,
    a_review_is_of_what_is_published,
    a_draft_that_says_what_is_published_is_none,
    a_quiz_that_is_to_be_passed_has_to_be_there,
}

fn codes(hints: &[String]) -> Vec<&str> {
    hints.iter().filter_map(|hint| hint.split(':').next()).collect()
}

async fn from_an_idea_into_the_catalog_and_out_of_it(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (catalog, admin) = (lms.catalog(), lms.admin());

    // An author begins, and is told all that is missing.
    let new = NewTraining::new("GDPR-101", "Data protection basics")
        .set(TrainingField::ValidityMonths, "12")
        .set(TrainingField::Prerequisites, "ONBOARDING");
    let made = catalog.add(&admin, new).await.unwrap().value;
    assert_eq!((made.status, made.version), (TrainingStatus::Draft, None));
    let change = TrainingChange::new().add_module(Module::new("What is personal data"));
    catalog.edit(&admin, "gdpr-101", change).await.unwrap();
    let refused =
        catalog.publish(&admin, "GDPR-101", &Publishing::minor()).await.expect_err("half done");
    assert_eq!((refused.code(), refused.kind()), ("catalog.not_publishable", ErrorKind::Refused));
    assert_eq!(codes(refused.hints()), ["modules[0].items", "prerequisites[0]"]);
    let plan = catalog.plan_publish(&admin, "GDPR-101", &Publishing::minor()).await.unwrap();
    assert_eq!(plan.problems.len(), 2, "a plan says the same");

    // It is mended, looked at, published.
    published(&lms, "ONBOARDING", "").await;
    let item = Item::new("Names", ItemContent::Text { text: "A name is one.".to_owned() });
    let step = ModuleStep::PutItem { module: "what-is-personal-data".to_owned(), item };
    catalog.edit(&admin, "GDPR-101", TrainingChange::new().step(step)).await.unwrap();
    let submitted = catalog.submit(&admin, "GDPR-101").await.unwrap();
    assert_eq!(submitted.value.status, TrainingStatus::InReview);
    let first = catalog.publish(&admin, "GDPR-101", &Publishing::minor()).await.unwrap();
    assert_eq!(first.value.status, TrainingStatus::Published);
    assert_eq!(first.value.version.unwrap().to_string(), "1.0");
    assert_eq!(first.value.draft, None);

    // It is edited: what people see is the first version until the second is published.
    lms.clock().advance(Duration::from_hours(48));
    let change = TrainingChange::new()
        .set(TrainingField::Title, "Data protection")
        .add_module(reading("Your rights"))
        .step(ModuleStep::Move { module: "your-rights".to_owned(), to: 1 });
    let edited = catalog.edit(&admin, "GDPR-101", change).await.unwrap();
    assert_eq!(edited.value.title, "Data protection basics");
    assert_eq!(edited.value.draft.unwrap().to_string(), "1.1");
    let card = catalog.show(&admin, "GDPR-101", Shown::Current).await.unwrap();
    assert_eq!(card.definition.modules.len(), 1);
    let draft = catalog.show(&admin, "GDPR-101", Shown::Draft).await.unwrap();
    let keys: Vec<&str> = draft.definition.modules.iter().map(|module| &*module.key).collect();
    assert_eq!(keys, ["your-rights", "what-is-personal-data"]);

    let by = Day::parse("2026-12-31").unwrap();
    let major = Publishing::major().require_retraining_by(by);
    let plan = catalog.plan_publish(&admin, "GDPR-101", &major).await.unwrap();
    let fields: Vec<&str> = plan.changed.iter().map(|change| &*change.field).collect();
    assert_eq!(fields[..2], ["title", "modules"], "{fields:?}");
    assert_eq!(plan.version.unwrap().to_string(), "2.0");
    let second = catalog.publish(&admin, "GDPR-101", &major).await.unwrap();
    assert_eq!(second.value.version.unwrap().to_string(), "2.0");
    assert_eq!(second.value.title, "Data protection");
    let versions = catalog.versions(&admin, "GDPR-101").await.unwrap();
    let told: Vec<String> = versions
        .iter()
        .map(|version| format!("{} {:?}", version.version, version.require_retraining_by))
        .collect();
    assert_eq!(told, [format!("2.0 {:?}", Some(by)), "1.0 None".to_owned()]);
    let on = |day: &str| Shown::AsOf(Day::parse(day).unwrap());
    let then = catalog.show(&admin, "GDPR-101", on("2026-04-01")).await.unwrap();
    assert_eq!(then.definition.title, "Data protection basics");
    let now = catalog.show(&admin, "GDPR-101", on("2026-04-02")).await.unwrap();
    assert_eq!(now.shown.version.to_string(), "2.0");
    let before = catalog.show(&admin, "GDPR-101", on("2026-03-30")).await.unwrap_err();
    assert_eq!(before.code(), "catalog.version_unknown");

    // It is cloned, and the first is archived.
    let clone = NewTraining::copy_of("GDPR-102", "GDPR-101").set(TrainingField::Title, "For HR");
    let clone = catalog.add(&admin, clone).await.unwrap().value;
    assert_eq!((clone.status, clone.version), (TrainingStatus::Draft, None));
    let copied = catalog.show(&admin, "GDPR-102", Shown::Current).await.unwrap();
    assert_eq!(copied.definition.modules, now.definition.modules);
    assert_eq!(copied.definition.title, "For HR");
    let archived = catalog.archive(&admin, "GDPR-101").await.unwrap();
    assert_eq!(archived.value.status, TrainingStatus::Archived);
    let refused =
        catalog.edit(&admin, "GDPR-101", TrainingChange::new().set(TrainingField::Title, "x"));
    assert_eq!(refused.await.unwrap_err().code(), "catalog.archived");
    let listed = catalog.list(&admin, TrainingFilter::new()).await.unwrap();
    assert!(listed.items.iter().all(|training| training.code != "GDPR-101"));
    assert_eq!(catalog.versions(&admin, "GDPR-101").await.unwrap().len(), 2, "history stays");
    let back = catalog.reopen(&admin, "GDPR-101").await.unwrap();
    assert_eq!(back.value.status, TrainingStatus::Published);

    let told: Vec<String> = events(&lms, EventFilter::new())
        .await
        .into_iter()
        .filter(|event| event.event_type.starts_with("training."))
        .filter(|event| event.subject == Some(made.id.to_string()))
        .map(|event| event.event_type)
        .collect();
    assert_eq!(
        told,
        [
            "training.created",
            "training.changed",
            "training.changed",
            "training.changed",
            "training.published",
            "training.changed",
            "training.published",
            "training.archived",
            "training.changed",
        ]
    );
    assert_eq!(entries(&lms, AuditFilter::new().kind("training.published")).await.len(), 3);
    assert_sound(&lms).await;
}

async fn who_waits_for_whom_goes_in_no_circle(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (catalog, admin) = (lms.catalog(), lms.admin());
    published(&lms, "A", "").await;
    published(&lms, "B", "A").await;
    published(&lms, "C", "b").await;
    let card = catalog.show(&admin, "B", Shown::Current).await.unwrap();
    assert_eq!((card.prerequisites, card.required_by), (vec!["A".into()], vec!["C".into()]));

    let change = TrainingChange::new().set(TrainingField::Prerequisites, "C");
    catalog.edit(&admin, "A", change).await.unwrap();
    let refused = catalog.publish(&admin, "A", &Publishing::minor()).await.unwrap_err();
    assert_eq!(refused.hints(), ["prerequisites[0]: each would wait for the other: A → C → B → A"]);
    // Nothing of it happened: A still waits for nobody.
    let card = catalog.show(&admin, "A", Shown::Current).await.unwrap();
    assert_eq!(card.prerequisites, Vec::<String>::new());
    assert_eq!(card.problems.len(), 1, "the card says what stands in the way of the draft");

    // What comes first may be published with it, and may go again.
    let change = TrainingChange::new().set(TrainingField::Prerequisites, "");
    catalog.edit(&admin, "B", change).await.unwrap();
    catalog.publish(&admin, "B", &Publishing::minor()).await.unwrap();
    catalog.publish(&admin, "A", &Publishing::minor()).await.unwrap();
    let card = catalog.show(&admin, "A", Shown::Current).await.unwrap();
    assert_eq!((card.prerequisites, card.required_by), (vec!["C".into()], vec![]));
}

async fn what_is_published_stays_as_it_is(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (catalog, admin) = (lms.catalog(), lms.admin());
    published(&lms, "A", "").await;
    let first = VersionNumber::parse("1.0").unwrap();
    let before = catalog.show(&admin, "A", Shown::Version(first)).await.unwrap();
    for n in 1..=3 {
        lms.clock().advance(Duration::from_hours(1));
        let title = format!("A, again {n}");
        let change =
            TrainingChange::new().set(TrainingField::Title, &title).add_module(reading(&title));
        catalog.edit(&admin, "A", change).await.unwrap();
        catalog.publish(&admin, "A", &Publishing::minor()).await.unwrap();
    }
    let after = catalog.show(&admin, "A", Shown::Version(first)).await.unwrap();
    assert_eq!((after.shown, after.definition), (before.shown, before.definition));
    let refused = catalog.edit(&admin, "A", TrainingChange::new().code("Z")).await.unwrap_err();
    assert_eq!(refused.code(), "catalog.code_fixed");
    let spelt = catalog.edit(&admin, "A", TrainingChange::new().code("a")).await.unwrap();
    assert_eq!(spelt.value.code, "a", "case is no other code");
}

async fn the_same_again_changes_nothing(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (catalog, admin) = (lms.catalog(), lms.admin());
    published(&lms, "A", "").await;
    let seal = head(&lms).await;
    let same = TrainingChange::new().set(TrainingField::Title, " A ");
    let outcome = catalog.edit(&admin, "A", same).await.unwrap();
    assert!(outcome.changed.is_empty() && outcome.operation.is_none(), "{outcome:?}");
    assert!(catalog.publish(&admin, "A", &Publishing::minor()).await.unwrap().operation.is_none());
    assert!(catalog.reopen(&admin, "A").await.unwrap().operation.is_none());
    let refused = catalog.submit(&admin, "A").await.unwrap_err();
    assert_eq!(refused.code(), "catalog.no_draft");
    let refused = catalog.publish(&admin, "A", &Publishing::major()).await.unwrap_err();
    assert_eq!(refused.code(), "catalog.no_draft");
    assert_eq!(head(&lms).await, seal);
    catalog.archive(&admin, "A").await.unwrap();
    assert!(catalog.archive(&admin, "A").await.unwrap().operation.is_none());
    let taken = catalog.add(&admin, NewTraining::new("a", "Another")).await.unwrap_err();
    assert_eq!(taken.code(), "catalog.training_exists");
    let unknown = catalog.show(&admin, "AA", Shown::Current).await.unwrap_err();
    assert_eq!((unknown.code(), unknown.kind()), ("catalog.training_unknown", ErrorKind::NotFound));
}

async fn a_template_is_copied_and_never_given(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (catalog, admin) = (lms.catalog(), lms.admin());
    let template = NewTraining::new("T-POLICY", "A policy")
        .template(true)
        .set(TrainingField::SignText, "Write the policy here.");
    catalog.add(&admin, template).await.unwrap();
    let refused = catalog.publish(&admin, "T-POLICY", &Publishing::minor()).await.unwrap_err();
    assert_eq!(refused.code(), "catalog.template");
    let listed = catalog.list(&admin, TrainingFilter::new()).await.unwrap();
    assert!(listed.items.is_empty());
    let templates = catalog.list(&admin, TrainingFilter::new().templates(true)).await.unwrap();
    assert_eq!(templates.items[0].code, "T-POLICY");

    let new = NewTraining::from_template("CONDUCT", "t-policy")
        .set(TrainingField::Title, "Code of conduct");
    let made = catalog.add(&admin, new).await.unwrap().value;
    assert!(!made.template);
    catalog.publish(&admin, "CONDUCT", &Publishing::minor()).await.unwrap();
    let refused =
        catalog.add(&admin, NewTraining::from_template("X", "CONDUCT")).await.unwrap_err();
    assert_eq!(refused.code(), "catalog.not_a_template");
    draft(&lms, "WAITS", "T-POLICY").await;
    let refused = catalog.publish(&admin, "WAITS", &Publishing::minor()).await.unwrap_err();
    assert!(refused.hints()[0].contains("is a template"), "{refused:?}");
}

async fn what_was_never_published_can_be_taken_away(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (catalog, admin) = (lms.catalog(), lms.admin());
    draft(&lms, "A", "").await;
    let removed = catalog.remove(&admin, "A").await.unwrap();
    assert_eq!(removed.changed.len(), 1);
    assert_eq!(
        catalog.show(&admin, "A", Shown::Current).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
    assert!(
        catalog.list(&admin, TrainingFilter::new().search("a")).await.unwrap().items.is_empty()
    );
    // The code is free again, and another training.
    published(&lms, "A", "").await;
    let refused = catalog.remove(&admin, "A").await.unwrap_err();
    assert_eq!((refused.code(), refused.kind()), ("catalog.published", ErrorKind::Refused));
}

async fn what_others_wait_for_is_not_archived(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (catalog, admin) = (lms.catalog(), lms.admin());
    published(&lms, "A", "").await;
    published(&lms, "B", "A").await;
    let refused = catalog.archive(&admin, "A").await.unwrap_err();
    assert_eq!(refused.code(), "catalog.required");
    assert!(refused.message().contains('B'), "{refused:?}");
    catalog.archive(&admin, "B").await.unwrap();
    catalog.archive(&admin, "A").await.unwrap();
}

async fn all_that_is_wrong_is_told_at_once(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (catalog, admin) = (lms.catalog(), lms.admin());
    let seal = head(&lms).await;
    let mut definition = lms_core::TrainingDefinition::new("");
    let mut module = Module::new("One");
    let url = "http://example.com".to_owned();
    module.items.push(Item::new("L", ItemContent::Link { url }));
    definition.modules.push(module);
    definition.languages.push("english".to_owned());
    let new = NewTraining::new("A", "").definition(definition);
    let refused = catalog.add(&admin, new).await.unwrap_err();
    assert_eq!(refused.code(), "catalog.definition_invalid");
    assert_eq!(codes(refused.hints()), ["title", "languages[0]", "modules[0].items[0].url"]);
    assert_eq!(head(&lms).await, seal);
}

async fn a_review_is_of_what_is_published(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (catalog, admin) = (lms.catalog(), lms.admin());
    draft(&lms, "A", "").await;
    catalog.submit(&admin, "A").await.unwrap();
    let change = TrainingChange::new().set(TrainingField::Title, "Slipped in");
    let edited = catalog.edit(&admin, "A", change).await.unwrap();
    assert_eq!(edited.value.status, TrainingStatus::Draft, "it has to be looked at again");
    catalog.publish(&admin, "A", &Publishing::minor()).await.unwrap();

    // Once in the catalog, a training stays there while its next version is looked at.
    let change = TrainingChange::new().set(TrainingField::Title, "Second");
    catalog.edit(&admin, "A", change).await.unwrap();
    let submitted = catalog.submit(&admin, "A").await.unwrap();
    assert_eq!(submitted.value.status, TrainingStatus::Published);
    let card = catalog.show(&admin, "A", Shown::Draft).await.unwrap();
    assert_eq!(card.shown.state, TrainingStatus::InReview);
}

async fn a_draft_that_says_what_is_published_is_none(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (catalog, admin) = (lms.catalog(), lms.admin());
    published(&lms, "A", "").await;
    for (title, draft) in [("B", Some("1.1")), ("A", None), ("C", Some("1.1"))] {
        let change = TrainingChange::new().set(TrainingField::Title, title);
        let edited = catalog.edit(&admin, "A", change).await.unwrap();
        let told = edited.value.draft.map(|draft| draft.to_string());
        assert_eq!(told.as_deref(), draft, "{title}");
    }
}

async fn a_quiz_that_is_to_be_passed_has_to_be_there(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (catalog, quizzes, admin) = (lms.catalog(), lms.quizzes(), lms.admin());
    draft(&lms, "FIRE-SAFETY", "").await;
    let item = Item::new("Test", ItemContent::Quiz { quiz: " fire ".to_owned() });
    let step = ModuleStep::PutItem { module: "basics".to_owned(), item };
    catalog.edit(&admin, "FIRE-SAFETY", TrainingChange::new().step(step)).await.unwrap();
    let minor = Publishing::minor();
    let refused = catalog.publish(&admin, "FIRE-SAFETY", &minor).await.unwrap_err();
    assert_eq!(refused.code(), "catalog.not_publishable");
    assert_eq!(codes(refused.hints()), ["modules[0].items[1].quiz"]);

    let question = NewQuestion::new("FIRE-1", QuestionKind::Essay, "Why?");
    quizzes.add_questions(&admin, vec![question]).await.unwrap();
    quizzes.add_quiz(&admin, NewQuiz::new("FIRE", "Fire").ask(&["FIRE-1"])).await.unwrap();
    let published = catalog.publish(&admin, "FIRE-SAFETY", &minor).await.unwrap();
    assert_eq!(published.value.status, TrainingStatus::Published);

    // A quiz that people are given stays; once nobody is, the training needs it to come back.
    let archive = || QuizChange::new().archived(true);
    let refused = quizzes.edit_quiz(&admin, "FIRE", archive()).await.unwrap_err();
    assert_eq!((refused.code(), refused.kind()), ("quizzes.in_use", ErrorKind::Refused));
    assert!(refused.message().contains("FIRE-SAFETY"), "{refused:?}");
    catalog.archive(&admin, "FIRE-SAFETY").await.unwrap();
    quizzes.edit_quiz(&admin, "FIRE", archive()).await.unwrap();
    let refused = catalog.reopen(&admin, "FIRE-SAFETY").await.unwrap_err();
    assert_eq!(refused.code(), "catalog.not_publishable");
    quizzes.edit_quiz(&admin, "FIRE", QuizChange::new().archived(false)).await.unwrap();
    catalog.reopen(&admin, "FIRE-SAFETY").await.unwrap();
    assert_sound(&lms).await;
}
