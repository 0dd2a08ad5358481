//! Learning paths: from single trainings to a way that people can go to its end.

use lms_core::testkit::TestLms;
use lms_core::{
    AuditFilter, Engine, ErrorKind, EventFilter, NewPath, NewTraining, PathCard, PathChange,
    PathField, PathFilter, PathShown, PathStatus, PathStep, Publishing, Result, TrainingChange,
    TrainingField, TrainingStatus,
};

use super::{draft, published, reading};
use crate::support::engines::on_both_engines;
use crate::support::looks::{assert_sound, entries, events, head};

on_both_engines! {
    from_single_trainings_to_a_path_and_on,
    what_a_path_leads_to_stays_in_the_catalog,
    what_is_being_written_holds_nobody_up,
    what_a_path_names_is_not_taken_away,
    the_order_of_a_path_is_looked_at,
    all_that_is_wrong_with_a_path_is_told_at_once,
    the_same_again_changes_nothing,
    a_code_is_one_path,
    a_path_that_somebody_changed_meanwhile_stays,
    paths_are_found_narrowed_and_paged,
    a_path_in_the_catalog_can_be_gone_to_its_end_whatever_happens,
}

/// A draft with these steps.
async fn path(lms: &TestLms, code: &str, steps: &[&str]) {
    let new = NewPath::new(code, code);
    let steps = steps.iter().map(|step| PathStep::parse(step).unwrap());
    lms.paths().add(&lms.admin(), steps.fold(new, NewPath::step)).await.unwrap();
}

/// The same, in the catalog.
async fn published_path(lms: &TestLms, code: &str, steps: &[&str]) {
    path(lms, code, steps).await;
    lms.paths().publish(&lms.admin(), code).await.unwrap();
}

async fn card(lms: &TestLms, code: &str, shown: PathShown) -> PathCard {
    lms.paths().show(&lms.admin(), code, shown).await.unwrap()
}

fn steps(card: &PathCard) -> Vec<String> {
    card.definition.steps.iter().map(ToString::to_string).collect()
}

fn places(hints: &[String]) -> Vec<&str> {
    hints.iter().filter_map(|hint| hint.split(':').next()).collect()
}

async fn from_single_trainings_to_a_path_and_on(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (paths, admin) = (lms.paths(), lms.admin());
    published(&lms, "WELCOME", "").await;
    published(&lms, "GDPR-101", "").await;
    draft(&lms, "LADDERS", "").await;

    // A code that nobody has is refused at once, with the one that was meant.
    let new = NewPath::new("NEW-HIRE", "Your first weeks")
        .set(PathField::Category, "Onboarding")
        .step(PathStep::required("welcome"));
    let misspelt = new.clone().step(PathStep::elective(1, ["LADDERS", "GDPR-11"]));
    let refused = paths.add(&admin, misspelt).await.unwrap_err();
    assert_eq!(
        (refused.code(), refused.field()),
        ("catalog.definition_invalid", Some("steps[1].of[1]"))
    );
    assert!(refused.hints()[0].contains("did you mean `GDPR-101`?"), "{refused:?}");

    let new = new.step(PathStep::elective(1, ["LADDERS", "GDPR-101"]));
    let made = paths.add(&admin, new).await.unwrap().value;
    assert_eq!((made.status, made.version, made.draft), (PathStatus::Draft, None, Some(1)));
    assert_eq!((made.steps, made.trainings), (2, 3));
    let shown = card(&lms, "new-hire", PathShown::Current).await;
    assert_eq!(steps(&shown), ["WELCOME", "any 1 of LADDERS, GDPR-101"], "as the training has it");
    let titles: Vec<&str> = shown.named.iter().map(|training| &*training.title).collect();
    assert_eq!(titles, ["WELCOME", "LADDERS", "GDPR-101"]);

    // What nobody can be given is no way to go.
    let refused = paths.publish(&admin, "NEW-HIRE").await.unwrap_err();
    assert_eq!((refused.code(), refused.kind()), ("catalog.not_publishable", ErrorKind::Refused));
    assert_eq!(places(refused.hints()), ["steps[1].of[0]"]);
    let plan = paths.plan_publish(&admin, "NEW-HIRE").await.unwrap();
    assert_eq!((plan.version, plan.problems), (Some(1), shown.problems));
    lms.catalog().publish(&admin, "LADDERS", &Publishing::minor()).await.unwrap();
    let first = paths.publish(&admin, "NEW-HIRE").await.unwrap();
    assert_eq!((first.value.status, first.value.version), (PathStatus::Published, Some(1)));

    // It is edited: what people see is the first version until the second is published.
    let change = PathChange::new()
        .set(PathField::Title, "Your first month")
        .add_step(PathStep::required("LADDERS"), None)
        .remove_step("ladders")
        .move_step("GDPR-101", 1);
    let edited = paths.edit(&admin, "NEW-HIRE", change).await.unwrap();
    assert_eq!((&*edited.value.title, edited.value.draft), ("Your first weeks", Some(2)));
    assert_eq!(edited.value.version, Some(1));
    assert_eq!(steps(&card(&lms, "NEW-HIRE", PathShown::Current).await).len(), 2);
    let draft = card(&lms, "NEW-HIRE", PathShown::Draft).await;
    assert_eq!(steps(&draft), ["any 1 of GDPR-101", "WELCOME", "LADDERS"]);
    let second = paths.publish(&admin, "NEW-HIRE").await.unwrap();
    assert_eq!((&*second.value.title, second.value.version), ("Your first month", Some(2)));
    let old = card(&lms, "NEW-HIRE", PathShown::Version(1)).await;
    assert_eq!(steps(&old), ["WELCOME", "any 1 of LADDERS, GDPR-101"]);
    let versions: Vec<u32> = old.versions.iter().map(|version| version.version).collect();
    assert_eq!(versions, [2, 1]);
    for missing in [PathShown::Version(3), PathShown::Draft] {
        let missing = paths.show(&admin, "NEW-HIRE", missing).await.unwrap_err();
        assert_eq!(missing.code(), "catalog.version_unknown");
    }

    // Out of the catalog it is not written any more, and comes back as it was.
    let archived = paths.archive(&admin, "NEW-HIRE").await.unwrap();
    assert_eq!(archived.value.status, PathStatus::Archived);
    for refused in [
        paths.edit(&admin, "NEW-HIRE", PathChange::new().set(PathField::Title, "x")).await,
        paths.publish(&admin, "NEW-HIRE").await,
    ] {
        assert_eq!(refused.unwrap_err().code(), "catalog.archived");
    }
    let back = paths.reopen(&admin, "NEW-HIRE").await.unwrap();
    assert_eq!((back.value.status, back.value.version), (PathStatus::Published, Some(2)));

    let kinds: Vec<String> = entries(&lms, AuditFilter::new())
        .await
        .into_iter()
        .map(|entry| entry.kind)
        .filter(|kind| kind.starts_with("path."))
        .collect();
    assert_eq!(
        kinds,
        [
            "path.reopened",
            "path.archived",
            "path.published",
            "path.changed",
            "path.published",
            "path.created",
        ]
    );
    let told = events(&lms, EventFilter::new()).await;
    let told = told.iter().filter(|event| event.event_type.ends_with("path.published"));
    assert!(told.clone().count() == 2 && told.clone().all(|event| event.subject.is_some()));
    assert_sound(&lms).await;
}

async fn what_a_path_leads_to_stays_in_the_catalog(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (paths, catalog, admin) = (lms.paths(), lms.catalog(), lms.admin());
    for code in ["A", "B"] {
        published(&lms, code, "").await;
    }
    published_path(&lms, "P", &["A"]).await;
    published_path(&lms, "Q", &["any 1 of A, B"]).await;
    let seal = head(&lms).await;
    let refused = catalog.archive(&admin, "A").await.unwrap_err();
    assert_eq!((refused.code(), refused.kind()), ("catalog.required", ErrorKind::Refused));
    assert_eq!(refused.message(), "`A` is a step of the learning paths `P`, `Q`");
    assert_eq!(head(&lms).await, seal);

    // A draft without it changes nothing yet; its publishing does.
    paths.archive(&admin, "P").await.unwrap();
    paths.edit(&admin, "Q", PathChange::new().remove_step("A")).await.unwrap();
    let refused = catalog.archive(&admin, "A").await.unwrap_err();
    assert_eq!(refused.message(), "`A` is a step of the learning path `Q`");
    paths.publish(&admin, "Q").await.unwrap();
    catalog.archive(&admin, "A").await.unwrap();

    // The archived path does not come back without it.
    let refused = paths.reopen(&admin, "P").await.unwrap_err();
    assert_eq!(refused.code(), "catalog.not_publishable");
    assert!(refused.hints()[0].contains("`A` is not published: it is archived"), "{refused:?}");
    assert_eq!(card(&lms, "P", PathShown::Current).await.path.status, PathStatus::Archived);
    catalog.reopen(&admin, "A").await.unwrap();
    paths.reopen(&admin, "P").await.unwrap();
    assert_sound(&lms).await;
}

async fn what_is_being_written_holds_nobody_up(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (catalog, admin) = (lms.catalog(), lms.admin());
    published(&lms, "A", "").await;
    path(&lms, "P", &["A"]).await;
    catalog.archive(&admin, "A").await.unwrap();
    let shown = card(&lms, "P", PathShown::Current).await;
    assert_eq!(shown.problems[0].message, "`A` is not published: it is archived");
    assert_eq!(shown.named[0].status, TrainingStatus::Archived);
}

async fn what_a_path_names_is_not_taken_away(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (paths, catalog, admin) = (lms.paths(), lms.catalog(), lms.admin());
    for code in ["A", "B"] {
        draft(&lms, code, "").await;
    }
    path(&lms, "P", &["A", "B"]).await;
    let refused = catalog.remove(&admin, "A").await.unwrap_err();
    assert_eq!(
        (refused.code(), refused.message()),
        ("catalog.required", "`A` is a step of the learning path `P`")
    );
    paths.edit(&admin, "P", PathChange::new().remove_step("1")).await.unwrap();
    catalog.remove(&admin, "A").await.unwrap();
    paths.remove(&admin, "P").await.unwrap();
    catalog.remove(&admin, "B").await.unwrap();
    assert_sound(&lms).await;
}

async fn the_order_of_a_path_is_looked_at(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (paths, admin) = (lms.paths(), lms.admin());
    published(&lms, "FIRST", "").await;
    published(&lms, "SECOND", "FIRST").await;
    published(&lms, "OTHER", "").await;
    for (code, order, warned) in [
        ("RIGHT", vec!["FIRST", "SECOND"], None),
        (
            "WRONG",
            vec!["SECOND", "FIRST"],
            Some("`SECOND` comes after `FIRST`, which stands further down"),
        ),
        ("WITHOUT", vec!["SECOND"], Some("`SECOND` comes after `FIRST`, which is not in the path")),
        (
            "PERHAPS",
            vec!["any 1 of FIRST, OTHER", "SECOND"],
            Some("`SECOND` comes after `FIRST`, which not everybody chooses"),
        ),
    ] {
        path(&lms, code, &order).await;
        let plan = paths.plan_publish(&admin, code).await.unwrap();
        let told: Vec<&str> = plan.warnings.iter().map(|one| &*one.message).collect();
        assert_eq!(told, Vec::from_iter(warned), "{code}");
        // Whoever is given the path may have done it long ago.
        paths.publish(&admin, code).await.unwrap();
        assert_eq!(card(&lms, code, PathShown::Current).await.warnings, plan.warnings);
    }
}

async fn all_that_is_wrong_with_a_path_is_told_at_once(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (paths, admin) = (lms.paths(), lms.admin());
    published(&lms, "A", "").await;
    let new = NewPath::new("P", " ")
        .set(PathField::Tags, "x\ty, fine")
        .step(PathStep::required("A"))
        .step(PathStep::elective(3, ["a", "B"]))
        .step(PathStep::elective(0, Vec::<String>::new()));
    let refused = paths.add(&admin, new).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Invalid);
    assert_eq!(
        places(refused.hints()),
        ["title", "tags[0]", "steps[1].any", "steps[2].of", "steps[1].of[0]"]
    );
    // An unfinished one is kept, and not published.
    path(&lms, "P", &[]).await;
    let refused = paths.publish(&admin, "P").await.unwrap_err();
    assert_eq!(places(refused.hints()), ["steps"]);
    let unknown = paths.show(&admin, "PP", PathShown::Current).await.unwrap_err();
    assert_eq!((unknown.code(), unknown.kind()), ("catalog.path_unknown", ErrorKind::NotFound));
    let change = PathChange::new().remove_step("7");
    let unknown = paths.edit(&admin, "P", change).await.unwrap_err();
    assert_eq!(unknown.code(), "catalog.step_unknown");
}

async fn the_same_again_changes_nothing(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (paths, admin) = (lms.paths(), lms.admin());
    published(&lms, "A", "").await;
    published_path(&lms, "P", &["A"]).await;
    let seal = head(&lms).await;
    let same = PathChange::new()
        .set(PathField::Title, " P ")
        .steps(vec![PathStep::required("a")])
        .code("P");
    for outcome in [
        paths.edit(&admin, "P", same).await.unwrap(),
        paths.edit(&admin, "P", PathChange::new()).await.unwrap(),
        paths.publish(&admin, "P").await.unwrap(),
        paths.reopen(&admin, "P").await.unwrap(),
    ] {
        assert!(outcome.operation.is_none() && outcome.changed.is_empty(), "{outcome:?}");
    }
    assert_eq!(head(&lms).await, seal);

    // A draft that says what is published is none.
    for (title, draft) in [("Q", Some(2)), ("P", None), ("R", Some(2))] {
        let change = PathChange::new().set(PathField::Title, title);
        assert_eq!(paths.edit(&admin, "P", change).await.unwrap().value.draft, draft, "{title}");
    }
    paths.archive(&admin, "P").await.unwrap();
    assert!(paths.archive(&admin, "P").await.unwrap().operation.is_none());
}

async fn a_code_is_one_path(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (paths, admin) = (lms.paths(), lms.admin());
    published(&lms, "A", "").await;
    path(&lms, "One", &["A"]).await;
    let taken = paths.add(&admin, NewPath::new("ÓNE", "x")).await.unwrap_err();
    assert_eq!((taken.code(), taken.kind()), ("catalog.path_exists", ErrorKind::Conflict));
    path(&lms, "TWO", &["A"]).await;
    let taken = paths.edit(&admin, "TWO", PathChange::new().code("one")).await.unwrap_err();
    assert_eq!(taken.code(), "catalog.path_exists");
    paths.edit(&admin, "TWO", PathChange::new().code("THREE")).await.unwrap();
    paths.publish(&admin, "three").await.unwrap();
    let fixed = paths.edit(&admin, "THREE", PathChange::new().code("FOUR")).await.unwrap_err();
    assert_eq!(fixed.code(), "catalog.code_fixed");
    let stays = paths.remove(&admin, "THREE").await.unwrap_err();
    assert_eq!(stays.code(), "catalog.published");

    // What was taken away leaves its code, and is not found any more.
    let gone = paths.remove(&admin, "ONE").await.unwrap();
    let id = gone.value.id.to_string();
    paths.show(&admin, &id, PathShown::Current).await.unwrap_err();
    path(&lms, "ONE", &[]).await;
    let listed = paths.list(&admin, PathFilter::new().search("one")).await.unwrap();
    assert!(listed.items.len() == 1 && listed.items[0].id.to_string() != id);
    assert_sound(&lms).await;
}

async fn codes(lms: &TestLms, filter: PathFilter) -> Vec<String> {
    let page = lms.paths().list(&lms.admin(), filter).await.unwrap();
    page.items.into_iter().map(|path| path.code).collect()
}

async fn a_path_that_somebody_changed_meanwhile_stays(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let admin = lms.admin();
    published(&lms, "ONE", "").await;
    let new = NewPath::new("WAY", "Way").step(PathStep::required("ONE"));
    let made = lms.paths().add(&admin, new).await.unwrap();
    let titled = |title: &str| PathChange::new().set(PathField::Title, title);
    let named: Vec<&str> = made.changed.iter().map(|change| change.field.as_str()).collect();
    assert_eq!((named.contains(&"steps"), made.operation.is_some()), (true, true), "{named:?}");

    let before = || lms.paths().unchanged_since(Some(made.value.updated_at));
    let first = before().edit(&admin, "WAY", titled("The way")).await.unwrap();
    let seal = head(&lms).await;
    for refused in [
        before().edit(&admin, "WAY", titled("A way")).await.unwrap_err(),
        before().publish(&admin, "WAY").await.unwrap_err(),
        before().plan_publish(&admin, "WAY").await.unwrap_err(),
        before().archive(&admin, "WAY").await.unwrap_err(),
        before().reopen(&admin, "WAY").await.unwrap_err(),
        before().remove(&admin, "WAY").await.unwrap_err(),
    ] {
        assert_eq!((refused.code(), refused.kind()), ("catalog.stale", ErrorKind::Stale));
    }
    assert_eq!(head(&lms).await, seal, "nothing happened");
    let now = lms.paths().unchanged_since(Some(first.value.updated_at));
    assert_eq!(now.publish(&admin, "WAY").await.unwrap().value.status, PathStatus::Published);
}

async fn paths_are_found_narrowed_and_paged(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (paths, admin) = (lms.paths(), lms.admin());
    for code in ["GDPR-101", "FIRE"] {
        published(&lms, code, "").await;
    }
    for (code, title, category, tags, step) in [
        ("C", "Führung für Anfänger", "Leadership", "lead, first", "GDPR-101"),
        ("B", "données", "Compliance", "First", "Langues: any 1 of FIRE, GDPR-101"),
        ("A", "Zebra", "compliance", "", "FIRE"),
    ] {
        let new = NewPath::new(code, title)
            .set(PathField::Category, category)
            .set(PathField::Tags, tags)
            .step(PathStep::parse(step).unwrap());
        paths.add(&admin, new).await.unwrap();
    }
    let all = PathFilter::new;
    for (what, filter, found) in [
        ("by title", all(), vec!["B", "C", "A"]),
        ("by code", all().by_code(true), vec!["A", "B", "C"]),
        ("two words", all().search("ANFANG fuh"), vec!["C"]),
        ("accents", all().search("donn"), vec!["B"]),
        ("a choice", all().search("lang"), vec!["B"]),
        ("a training", all().search("gdpr-101"), vec!["B", "C"]),
        ("nothing", all().search("ührung"), vec![]),
        ("heading", all().category("COMPLIANCE"), vec!["B", "A"]),
        ("tags", all().tag("first").tag("lead"), vec!["B", "C"]),
        ("both", all().tag("first").category("leadership"), vec!["C"]),
        ("with", all().training("fire"), vec!["B", "A"]),
        ("with any", all().training("fire").training("GDPR-101"), vec!["B", "C", "A"]),
        ("status", all().status(PathStatus::Published), vec![]),
    ] {
        assert_eq!(codes(&lms, filter).await, found, "{what}");
    }
    let unknown = paths.list(&admin, all().training("NONE")).await.unwrap_err();
    assert_eq!(unknown.code(), "catalog.training_unknown");
    let listed = paths.list(&admin, all().search("c")).await.unwrap();
    assert_eq!(listed.items.iter().find(|path| path.code == "C").unwrap().tags, ["first", "lead"]);
    for by_code in [true, false] {
        let (mut seen, mut filter) = (Vec::new(), all().by_code(by_code).limit(1));
        loop {
            let page = paths.list(&admin, filter.clone()).await.unwrap();
            seen.extend(page.items.into_iter().map(|path| path.code));
            match page.next {
                Some(next) => filter = filter.cursor(&next),
                None => break,
            }
        }
        assert_eq!(seen, codes(&lms, all().by_code(by_code)).await);
    }

    // What is published is what is found; what is archived only where it is asked for.
    paths.publish(&admin, "A").await.unwrap();
    let change = PathChange::new().set(PathField::Title, "Quagga").steps(Vec::new());
    paths.edit(&admin, "A", change).await.unwrap();
    assert_eq!(codes(&lms, all().search("quagga")).await, [""; 0]);
    assert_eq!(codes(&lms, all().search("zebra")).await, ["A"]);
    paths.archive(&admin, "A").await.unwrap();
    assert_eq!(codes(&lms, all().search("zebra")).await, [""; 0]);
    assert_eq!(codes(&lms, all().status(PathStatus::Archived)).await, ["A"]);
}

/// Whoever does whatever: a published path never leads to a training that is not.
async fn a_path_in_the_catalog_can_be_gone_to_its_end_whatever_happens(engine: Engine) {
    const TRAININGS: [&str; 3] = ["T0", "T1", "T2"];
    const PATHS: [&str; 2] = ["P0", "P1"];
    let lms = TestLms::organisation(engine).await;
    let (paths, catalog, admin) = (lms.paths(), lms.catalog(), lms.admin());
    let mut seed = 7_u64;
    let mut draw = move |n: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((seed >> 33) % n).unwrap()
    };
    let (mut n_done, mut n_held) = (0, 0);
    for act in 0..240 {
        let (training, other) = (TRAININGS[draw(3)], TRAININGS[draw(3)]);
        let path = PATHS[draw(2)];
        let outcome: Result<()> = match draw(13) {
            0 => match catalog.add(&admin, NewTraining::new(training, training)).await {
                Ok(_) => {
                    let change = TrainingChange::new().add_module(reading("Basics"));
                    catalog.edit(&admin, training, change).await.map(drop)
                }
                Err(error) => Err(error),
            },
            1 | 2 => catalog.publish(&admin, training, &Publishing::minor()).await.map(drop),
            3 | 11 => catalog.archive(&admin, training).await.map(drop),
            4 => catalog.reopen(&admin, training).await.map(drop),
            5 => catalog.remove(&admin, training).await.map(drop),
            6 => {
                let step = PathStep::elective(1, [training]);
                paths.add(&admin, NewPath::new(path, path).step(step)).await.map(drop)
            }
            7 => {
                let choice = PathStep::elective(1, [training, other]);
                let step = if training == other { PathStep::required(other) } else { choice };
                let change = PathChange::new().steps(vec![step]);
                paths.edit(&admin, path, change).await.map(drop)
            }
            8 | 12 => paths.publish(&admin, path).await.map(drop),
            9 => paths.archive(&admin, path).await.map(drop),
            _ => paths.reopen(&admin, path).await.map(drop),
        };
        match outcome {
            Ok(()) => n_done += 1,
            Err(error) => {
                n_held += usize::from(error.code() == "catalog.required");
                let kind = error.kind();
                assert_ne!(kind, ErrorKind::Internal, "{act}: {error:?}");
            }
        }
        let filter = PathFilter::new().status(PathStatus::Published);
        for code in codes(&lms, filter).await {
            let shown = card(&lms, &code, PathShown::Current).await;
            let n_named = shown.definition.trainings().count();
            let given = |status| status == TrainingStatus::Published;
            assert!(shown.named.len() == n_named && n_named > 0, "{act}: {shown:?}");
            assert!(shown.named.iter().all(|one| given(one.status)), "{act}: {shown:?}");
        }
    }
    assert!(n_done > 60 && n_held > 3, "{n_done} done, {n_held} held up");
    let title = TrainingField::Title;
    catalog.edit(&admin, "T0", TrainingChange::new().set(title, "x")).await.ok();
    assert_sound(&lms).await;
}
