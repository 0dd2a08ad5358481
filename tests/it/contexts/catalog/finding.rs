//! Lists and searches.

use lms_core::testkit::TestLms;
use lms_core::{
    Actor, Delivery, Engine, ErrorKind, FileFormat, NewPath, NewTraining, PathChange, PathFilter,
    PathShown, PathStep, Shown, TrainingChange, TrainingField, TrainingFile, TrainingFilter,
    TrainingStatus,
};

use super::{draft, published};
use crate::support::engines::on_both_engines;
use crate::support::looks::signed_in;

on_both_engines! {
    trainings_are_found_by_the_beginnings_of_words,
    lists_are_narrowed_and_paged,
    what_many_have_is_found_like_what_few_have,
    a_draft_does_not_exist_for_those_who_learn,
}

async fn codes(lms: &TestLms, filter: TrainingFilter) -> Vec<String> {
    let page = lms.catalog().list(&lms.admin(), filter).await.unwrap();
    page.items.into_iter().map(|training| training.code).collect()
}

async fn trainings_are_found_by_the_beginnings_of_words(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (catalog, admin) = (lms.catalog(), lms.admin());
    for (code, title, tags) in [
        ("FEUER", "Feuerlöscher-Übung für Anfänger", "Sicherheit"),
        ("GDPR-101", "Données personnelles", "privacy, RGPD"),
        ("FORK", "Forklift (licence)", "warehouse"),
    ] {
        let new = NewTraining::new(code, title).set(TrainingField::Tags, tags);
        catalog.add(&admin, new).await.unwrap();
    }
    for (search, found) in [
        ("feuerlosch", vec!["FEUER"]),
        ("ANF übu", vec!["FEUER"]),
        ("donnees", vec!["GDPR-101"]),
        ("priv", vec!["GDPR-101"]),
        ("gdpr-101", vec!["GDPR-101"]),
        ("fo", vec!["FORK"]),
        ("f", vec!["FEUER", "FORK"]),
        ("löscher", vec![]),
        ("feuer privacy", vec![]),
    ] {
        assert_eq!(codes(&lms, TrainingFilter::new().search(search)).await, found, "{search}");
    }
    let nothing = catalog.list(&admin, TrainingFilter::new().search(" -! ")).await.unwrap_err();
    assert_eq!(nothing.kind(), ErrorKind::Invalid);

    // What is published is what is found, until the draft is.
    published(&lms, "A", "").await;
    let change = lms_core::TrainingChange::new().set(TrainingField::Title, "Zebra");
    catalog.edit(&admin, "A", change).await.unwrap();
    assert_eq!(codes(&lms, TrainingFilter::new().search("zebra")).await, Vec::<String>::new());
    catalog.publish(&admin, "A", &lms_core::Publishing::minor()).await.unwrap();
    assert_eq!(codes(&lms, TrainingFilter::new().search("zebra")).await, ["A"]);
}

async fn lists_are_narrowed_and_paged(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (catalog, admin) = (lms.catalog(), lms.admin());
    for (code, title, category, language, delivery) in [
        ("C", "Alpha", "Safety", "de", "classroom"),
        ("B", "beta", "safety", "en, de", "virtual"),
        ("A", "Gamma", "IT", "en", "self_paced"),
    ] {
        let new = NewTraining::new(code, title)
            .set(TrainingField::Category, category)
            .set(TrainingField::Languages, language)
            .set(TrainingField::Delivery, delivery);
        catalog.add(&admin, new).await.unwrap();
    }
    let all = TrainingFilter::new;
    assert_eq!(codes(&lms, all()).await, ["C", "B", "A"], "by title");
    assert_eq!(codes(&lms, all().by_code(true)).await, ["A", "B", "C"]);
    assert_eq!(codes(&lms, all().category("SAFETY")).await, ["C", "B"]);
    assert_eq!(codes(&lms, all().language("en").category("safety")).await, ["B"]);
    assert_eq!(codes(&lms, all().category("it").category("safety")).await.len(), 3);
    assert_eq!(codes(&lms, all().delivery(Delivery::Virtual)).await, ["B"]);
    assert_eq!(codes(&lms, all().status(TrainingStatus::Published)).await, Vec::<String>::new());
    let listed = catalog.list(&admin, all().search("beta")).await.unwrap();
    assert_eq!(listed.items[0].languages, ["de", "en"]);
    for by_code in [true, false] {
        let (mut seen, mut filter) = (Vec::new(), all().by_code(by_code).limit(1));
        loop {
            let page = catalog.list(&admin, filter.clone()).await.unwrap();
            seen.extend(page.items.into_iter().map(|training| training.code));
            match page.next {
                Some(next) => filter = filter.cursor(&next),
                None => break,
            }
        }
        assert_eq!(seen, codes(&lms, all().by_code(by_code)).await);
    }
}

/// The bound is that of a debug build on a busy machine; a scan for each of the words, or a sort of
/// everything with its documents, would be far behind it.
/// Many have a word or a label, and few both: what is found is the same whichever way it is looked for.
async fn what_many_have_is_found_like_what_few_have(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (catalog, admin) = (lms.catalog(), lms.admin());
    let subjects = ["Fire", "Data", "Forklift"];
    let files: Vec<TrainingFile> = (0..6_600)
        .map(|n| {
            let subject = subjects[n % subjects.len()];
            let text = format!(
                "format = 1\ncode = \"T-{n:05}\"\ntitle = \"{subject} number {n}\"\n\
                 category = \"{subject}\"\ntags = [\"tag{}\"]\nread_and_sign.text = \"x\"\n",
                n % 100
            );
            TrainingFile::read(&text, FileFormat::Toml).unwrap()
        })
        .collect();
    let plan = catalog.plan_import(&admin, files, true).await.unwrap();
    catalog.import(&admin, plan).await.unwrap();
    let all = || TrainingFilter::new().by_code(true).limit(500);
    let expected = |is_meant: &dyn Fn(usize) -> bool| -> Vec<String> {
        (0..6_600).filter(|n| is_meant(*n)).map(|n| format!("T-{n:05}")).take(500).collect()
    };
    assert_eq!(codes(&lms, all().search("numb")).await, expected(&|_| true));
    assert_eq!(codes(&lms, all().category("data")).await, expected(&|n| n % 3 == 1));
    assert_eq!(
        codes(&lms, all().search("numb fo").tag("tag7")).await,
        expected(&|n| n % 3 == 2 && n % 100 == 7)
    );
    assert_eq!(
        codes(&lms, all().category("data").category("fire").search("t-0659").tag("TAG8")).await,
        expected(&|n| n % 3 < 2 && (6_590..6_600).contains(&n) && n % 100 == 8)
    );
    assert_eq!(codes(&lms, all().search("t-06598")).await, ["T-06598"]);
    assert_eq!(codes(&lms, all().tag("tag1").tag("tag2")).await.len(), 132);
    assert_eq!(codes(&lms, all().search("t-06598 data fire")).await, Vec::<String>::new());
}

/// Whoever learns sees what is published. A draft, of whatever there is, is for those who write it.
async fn a_draft_does_not_exist_for_those_who_learn(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (catalog, paths, admin) = (lms.catalog(), lms.paths(), lms.admin());
    published(&lms, "OPEN", "").await;
    let change = || TrainingChange::new().set(TrainingField::Title, "Secret plans");
    catalog.edit(&admin, "OPEN", change()).await.unwrap();
    draft(&lms, "SECRET", "OPEN").await;
    published(&lms, "OLD", "").await;
    catalog.archive(&admin, "OLD").await.unwrap();
    let path = |code| NewPath::new(code, code).step(PathStep::parse("OPEN").unwrap());
    paths.add(&admin, path("WAY")).await.unwrap();
    paths.publish(&admin, "WAY").await.unwrap();
    let step = |code: &str| PathStep::parse(code).unwrap();
    let longer = PathChange::new().add_step(step("SECRET"), None).add_step(step("OLD"), None);
    paths.edit(&admin, "WAY", longer).await.unwrap();
    paths.add(&admin, path("SECRET-WAY")).await.unwrap();

    let listed = async |actor: &Actor, filter: TrainingFilter| -> Vec<String> {
        let page = catalog.list(actor, filter).await.unwrap();
        page.items.into_iter().map(|one| format!("{} {:?}", one.code, one.draft)).collect()
    };
    let every =
        || TrainingStatus::ALL.iter().fold(TrainingFilter::new(), |all, one| all.status(*one));
    for role in ["employee", "manager"] {
        let learner = signed_in(&lms, role, role).await;
        assert_eq!(listed(&learner, TrainingFilter::new()).await, ["OPEN None"]);
        assert_eq!(listed(&learner, every()).await, ["OLD None", "OPEN None"]);
        assert_eq!(listed(&learner, every().search("secret")).await, Vec::<String>::new());
        let card = catalog.show(&learner, "OPEN", Shown::Current).await.unwrap();
        assert_eq!((card.training.draft, card.problems.len()), (None, 0));
        assert_eq!(catalog.versions(&learner, "OPEN").await.unwrap().len(), 1);
        let told = [
            catalog.show(&learner, "OPEN", Shown::Draft).await.unwrap_err(),
            catalog.show(&learner, "SECRET", Shown::Current).await.unwrap_err(),
            catalog.show(&learner, "SECRE", Shown::Current).await.unwrap_err(),
            catalog.versions(&learner, "SECRET").await.unwrap_err(),
            paths.show(&learner, "SECRET-WAY", PathShown::Current).await.unwrap_err(),
            paths.show(&learner, "WAY", PathShown::Draft).await.unwrap_err(),
            paths.show(&learner, "WAY", PathShown::Version(2)).await.unwrap_err(),
            paths.list(&learner, PathFilter::new().training("SECRET")).await.unwrap_err(),
        ];
        for error in told {
            assert_eq!(error.kind(), ErrorKind::NotFound, "{error:?}");
            // The name that was asked for is repeated; nothing else may be suggested.
            assert!(!error.hints().iter().any(|hint| hint.contains("SECRET")), "{error:?}");
        }
        let ways = paths.list(&learner, PathFilter::new()).await.unwrap().items;
        let ways: Vec<_> = ways.iter().map(|way| (way.code.as_str(), way.draft)).collect();
        assert_eq!(ways, [("WAY", None)]);
        // Only the draft of the path leads to this one.
        let to_old = paths.list(&learner, PathFilter::new().training("OLD")).await.unwrap();
        assert!(to_old.items.is_empty(), "{role}: {:?}", to_old.items);
        let to_open = paths.list(&learner, PathFilter::new().training("OPEN")).await.unwrap();
        assert_eq!(to_open.items.len(), 1);
        let way = paths.show(&learner, "WAY", PathShown::Current).await.unwrap();
        assert_eq!((way.versions.len(), way.problems.len()), (1, 0));
    }
    for role in ["instructor", "hr", "auditor", "admin"] {
        let author = signed_in(&lms, role, role).await;
        assert_eq!(
            listed(&author, TrainingFilter::new().search("secret")).await.len(),
            1,
            "{role}"
        );
        assert!(catalog.show(&author, "OPEN", Shown::Draft).await.is_ok(), "{role}");
        assert!(paths.show(&author, "SECRET-WAY", PathShown::Current).await.is_ok(), "{role}");
        let to_old = paths.list(&author, PathFilter::new().training("OLD")).await.unwrap();
        assert_eq!(to_old.items.len(), 1, "{role}");
        assert!(catalog.export(&author, "SECRET").await.is_ok(), "{role}");
    }
}
