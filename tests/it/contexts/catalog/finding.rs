//! Lists and searches.

use std::time::Instant;

use lms_core::testkit::TestLms;
use lms_core::{
    Delivery, Engine, ErrorKind, FileFormat, NewTraining, TrainingField, TrainingFile,
    TrainingFilter, TrainingStatus,
};

use super::published;
use crate::support::engines::on_both_engines;

on_both_engines! {
    trainings_are_found_by_the_beginnings_of_words,
    lists_are_narrowed_and_paged,
    ten_thousand_are_found_at_once,
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
async fn ten_thousand_are_found_at_once(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (catalog, admin) = (lms.catalog(), lms.admin());
    let subjects = ["Fire", "Data", "Forklift", "Ladder", "Chemicals", "Conduct", "Bribery"];
    let files: Vec<TrainingFile> = (0..10_000)
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
    for filter in [
        TrainingFilter::new(),
        TrainingFilter::new().search("for numb"),
        TrainingFilter::new().search("t-0999"),
        TrainingFilter::new().category("ladder").tag("tag7").search("n"),
        TrainingFilter::new().status(TrainingStatus::Published).by_code(true),
    ] {
        let mut times = Vec::new();
        for _ in 0..5 {
            let started = Instant::now();
            let found = codes(&lms, filter.clone()).await;
            times.push(started.elapsed());
            assert!(!found.is_empty(), "{filter:?}");
        }
        times.sort();
        println!("{engine:?} {:?} {filter:?}", times[2]);
        assert!(times[0].as_millis() < 500, "{times:?} for {filter:?}");
    }
}
